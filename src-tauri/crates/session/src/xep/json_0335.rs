//! XEP-0335: JSON in a message. A container needs something around it that says what it is (§3); ours are
//! `<extension xmlns='urn:confab:call:0'>`, for programs that speak through Confab, `<config xmlns='urn:confab:call:0'>`,
//! for the client's own use, and `<record xmlns='urn:confab:call:0'>`, a call's among the own devices, each with one `<json xmlns='urn:xmpp:json:0'/>` in it.

use confab_model::CONFAB_CALL_NS;
use minidom::Element;
use serde_json::Value;

use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:json:0";
/// Octets of one container's text.
pub const MAX_JSON: usize = 8 * 1_024;

/// Which container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    Extension,
    Config,
    Record,
}

impl Container {
    fn name(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::Config => "config",
            Self::Record => "record",
        }
    }
}

/// The object in a message's container. One that is too large, or no object, counts as none.
pub fn read(message: &Element, container: Container) -> Option<Value> {
    let text = message.get_child(container.name(), CONFAB_CALL_NS)?.get_child("json", NS)?.text();
    let fits = text.len() <= MAX_JSON;
    fits.then(|| serde_json::from_str(&text).ok()).flatten().filter(Value::is_object)
}

/// The child with it; `None`: it is no object, or too large.
pub fn child(container: Container, value: &Value) -> Option<Element> {
    let text = value.to_string();
    (value.is_object() && text.len() <= MAX_JSON)
        .then(|| element(container.name(), CONFAB_CALL_NS).with_child(element("json", NS).with_text(text)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_objects_of_a_bounded_size_are_read() {
        let parse = |json: &str| {
            let inner =
                format!("<config xmlns='urn:confab:call:0'><json xmlns='urn:xmpp:json:0'>{json}</json></config>");
            let message: Element = format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap();
            assert_eq!(read(&message, Container::Extension), None);
            read(&message, Container::Config)
        };
        assert_eq!(parse("{\"a\":1}"), Some(serde_json::json!({"a": 1})));
        assert_eq!(parse("[1]"), None);
        assert_eq!(parse("{"), None);
        assert_eq!(parse(&format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_JSON))), None);
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(4_000), "]".repeat(4_000));
        assert_eq!(parse(&deep), None, "nested without end");
    }
}
