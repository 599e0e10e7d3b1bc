//! Do not disturb, for all devices of the account: a private node of our own (XEP-0223), `urn:confab:call:0#availability`,
//! with one item `<availability xmlns='urn:confab:call:0' dnd='true' until='…'><status>…</status></availability>`.

use confab_model::{Availability, CONFAB_CALL_NS};
use minidom::Element;

use super::{
    datetime_0082,
    pubsub_0060::{Item, Options},
};
use crate::xml::{ElementExt, child_text, element};

pub const NODE: &str = "urn:confab:call:0#availability";
/// The only item.
pub const ITEM: &str = "current";
/// XEP-0223 §3: nobody else reads it. The newest item is sent to a device that signs in.
pub const OPTIONS: Options<'_> = &[("persist_items", "true"), ("access_model", "whitelist")];
/// Characters of a status.
const MAX_STATUS: usize = 1_000;

/// Reads the item. The caller has checked whose node it is.
pub fn read(item: &Item) -> Option<Availability> {
    let availability = item.payload.as_ref().filter(|payload| payload.is("availability", CONFAB_CALL_NS))?;
    let status = child_text(availability, "status", CONFAB_CALL_NS).unwrap_or_default();
    Some(Availability {
        do_not_disturb: matches!(availability.attr("dnd"), Some("true" | "1")),
        until: availability.attr("until").and_then(datetime_0082::parse),
        status: status.chars().take(MAX_STATUS).collect(),
    })
}

/// The payload.
pub fn payload(availability: &Availability) -> Element {
    let mut payload = element("availability", CONFAB_CALL_NS).with("dnd", availability.do_not_disturb.to_string());
    if let Some(until) = availability.until {
        payload = payload.with("until", datetime_0082::format(until));
    }
    if !availability.status.is_empty() {
        payload.append_child(element("status", CONFAB_CALL_NS).with_text(&availability.status));
    }
    payload
}
