//! Signing out of all devices: a private node of our own (XEP-0223), `urn:confab:call:0#sign-outs`, with one item
//! `<signed-out xmlns='urn:confab:call:0' id='…'/>`.
//!
//! A device remembers the id that it found when the person last typed the password there. With another one it signs out by
//! itself, now or when it is online again, and has the server forget its token. No clock has to be right for that. Clients
//! that do not know the node stay; a new password keeps them out at their next sign-in.

use confab_model::CONFAB_CALL_NS;
use minidom::Element;

use super::pubsub_0060::{Item, Options};
use crate::xml::{ElementExt, element};

pub const NODE: &str = "urn:confab:call:0#sign-outs";
/// The only item.
pub const ITEM: &str = "current";
/// XEP-0223 §3: nobody else reads it. The newest item is sent to a device that signs in.
pub const OPTIONS: Options<'_> = &[("persist_items", "true"), ("access_model", "whitelist")];
/// Characters of an id; ours are UUIDs.
const MAX_ID: usize = 100;

/// Reads the item. The caller has checked whose node it is.
pub fn read(item: &Item) -> Option<String> {
    let payload = item.payload.as_ref().filter(|payload| payload.is("signed-out", CONFAB_CALL_NS))?;
    payload.attr("id").filter(|id| !id.is_empty() && id.len() <= MAX_ID).map(str::to_owned)
}

/// The payload.
pub fn payload(id: &str) -> Element {
    element("signed-out", CONFAB_CALL_NS).with("id", id)
}
