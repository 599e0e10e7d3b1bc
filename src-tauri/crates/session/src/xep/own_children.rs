//! Small children of our own in a message, which no extension has (`urn:confab:call:0`): `<custom/>`, only the extension
//! JSON of the message counts; `<push-text/>`, what a notification says in place of the text.

use confab_model::CONFAB_CALL_NS;
use minidom::Element;

use crate::xml::{ElementExt, child_text, element};

/// Characters of a push text: notifications show fewer.
const MAX_PUSH_TEXT: usize = 1_024;

/// Whether only the extension counts.
pub fn is_custom(message: &Element) -> bool {
    message.has_child("custom", CONFAB_CALL_NS)
}

/// The child that says so.
pub fn custom() -> Element {
    element("custom", CONFAB_CALL_NS)
}

/// What a notification says in place of the text.
pub fn read_push_text(message: &Element) -> Option<String> {
    let text = child_text(message, "push-text", CONFAB_CALL_NS)?;
    Some(text.chars().take(MAX_PUSH_TEXT).collect::<String>()).filter(|text| !text.trim().is_empty())
}

/// The child with it.
pub fn push_text(text: &str) -> Element {
    element("push-text", CONFAB_CALL_NS).with_text(text)
}
