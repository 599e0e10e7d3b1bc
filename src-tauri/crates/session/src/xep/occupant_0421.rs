//! XEP-0421: an id that is the same for one person in one room for ever.

use minidom::Element;

pub const NS: &str = "urn:xmpp:occupant-id:0";
/// Octets; real ones have 40 to 60.
const MAX_ID: usize = 256;

/// The id. Only of a room that advertises it, and takes out forged ones (§4); the caller checks that.
pub fn read(stanza: &Element) -> Option<String> {
    let id = stanza.get_child("occupant-id", NS)?.attr("id")?;
    (!id.is_empty() && id.len() <= MAX_ID).then(|| id.to_owned())
}
