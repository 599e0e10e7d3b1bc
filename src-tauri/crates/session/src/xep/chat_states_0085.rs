//! XEP-0085: whether the other side is typing.

use confab_model::TypingState;
use minidom::Element;

use crate::xml::element;

pub const NS: &str = "http://jabber.org/protocol/chatstates";

/// The state that a message tells, if it tells one.
pub fn read(message: &Element) -> Option<TypingState> {
    message.children().find(|child| child.has_ns(NS)).and_then(|state| match state.name() {
        "composing" => Some(TypingState::Composing),
        "active" | "paused" | "inactive" | "gone" => Some(TypingState::Paused),
        _ => None,
    })
}

/// The child that tells it.
pub fn child(state: TypingState) -> Element {
    element(
        match state {
            TypingState::Composing => "composing",
            TypingState::Paused => "paused",
        },
        NS,
    )
}

/// The state that goes with a message (§5.1).
pub fn active_child() -> Element {
    element("active", NS)
}
