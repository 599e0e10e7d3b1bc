//! XEP-0203: when a stanza was really sent.

use confab_model::Timestamp;
use minidom::Element;

const NS: &str = "urn:xmpp:delay";

/// The time that a stanza or a forwarding element carries. Whether it is believed depends on who wrote it: on a
/// stanza that was delivered live it may be the sender's own claim.
pub fn read(parent: &Element) -> Option<Timestamp> {
    super::datetime_0082::parse(parent.get_child("delay", NS)?.attr("stamp")?)
}

/// As [`read`], but only what one of the given addresses wrote (§4: `from` is who delayed it).
pub fn read_from(parent: &Element, trusted: &[&str]) -> Option<Timestamp> {
    parent
        .children()
        .filter(|child| child.is("delay", NS))
        .filter(|delay| delay.attr("from").is_some_and(|from| trusted.contains(&from)))
        .find_map(|delay| super::datetime_0082::parse(delay.attr("stamp")?))
}
