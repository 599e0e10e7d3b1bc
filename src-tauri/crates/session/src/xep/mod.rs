//! One module per extension: XML to data and back. Pure functions; state is the actor's.
//!
//! The modules of call signals (`jmi_0353`, `jingle_*`) and `extdisco_0215` are plugged in at
//! [`crate::signals`] and on [`crate::SessionHandle::iq_get`].

pub mod archive_0313;
pub mod availability;
pub mod avatars_0084;
pub mod blocking_0191;
pub mod bob_0231;
pub mod bookmarks_0402;
pub mod call_records;
pub mod caps_0115;
pub mod carbons_0280;
pub mod chat_states_0085;
pub mod corrections_0308;
pub mod datetime_0082;
pub mod delay_0203;
pub mod disco_0030;
pub mod displayed_0490;
pub mod encryption_0380;
pub mod extdisco_0215;
pub mod fallback_0428;
pub mod files_0447;
pub mod forms_0004;
pub mod forwarding_0297;
pub mod geoloc_0080;
pub mod group_links;
pub mod invite_0249;
pub mod jingle_0166;
pub mod jingle_ice_0176;
mod jingle_reasons;
pub mod jingle_rtp_0167;
#[cfg(test)]
mod jingle_tests;
pub mod jmi_0353;
pub mod json_0335;
pub mod markers_0333;
pub mod moderation_0425;
pub mod muc_0045;
pub mod muc_admin;
pub mod muc_owner;
pub mod nicknames_0172;
pub mod occupant_0421;
pub mod oob_0066;
pub mod own_children;
pub mod presence_6121;
pub mod pubsub_0060;
pub mod push_0357;
pub mod queries;
pub mod reactions_0444;
pub mod receipts_0184;
pub mod references_0372;
pub mod registration_0077;
pub mod replies_0461;
pub mod retractions_0424;
pub mod roster_6121;
pub mod search_0055;
pub mod sign_outs;
pub mod stanza_ids_0359;
pub mod upload_0363;
pub mod uri;
pub mod vcard_0054;
