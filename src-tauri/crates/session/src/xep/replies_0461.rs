//! XEP-0461: a message answers another one.

use confab_model::WireId;
use minidom::Element;

use super::stanza_ids_0359;
use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:reply:0";
/// Octets of an address (RFC 7622 §3.1).
const MAX_ADDRESS: usize = 3_071;

/// The message that is answered, and its author as the sender wrote it.
pub fn read(message: &Element) -> Option<(WireId, Option<String>)> {
    let reply = message.get_child("reply", NS)?;
    let author = reply.attr("to").filter(|to| !to.is_empty() && to.len() <= MAX_ADDRESS);
    Some((stanza_ids_0359::wire_id(reply.attr("id")?)?, author.map(str::to_owned)))
}

/// The child that says so.
pub fn child(to: &WireId, author: Option<&str>) -> Element {
    let reply = element("reply", NS).with("id", &to.0);
    match author {
        Some(author) => reply.with("to", author),
        None => reply,
    }
}

/// A quotation for the fallback text (§3.1): every line with its mark.
pub fn quoted(quote: &str) -> String {
    quote.split('\n').map(|line| format!("> {line}\n")).collect()
}

/// The quotation without its marks.
pub fn unquoted(fallback: &str) -> String {
    let text = fallback.strip_suffix('\n').unwrap_or(fallback);
    let lines = text.split('\n').map(|line| {
        let line = line.strip_prefix('>').unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_put_on_and_taken_off() {
        for text in ["one", "one\ntwo", "> deeper\n\nend", " indented"] {
            assert_eq!(unquoted(&quoted(text)), text);
        }
        assert_eq!(quoted("a\nb"), "> a\n> b\n");
        assert_eq!(unquoted(">tight\n> wide\n"), "tight\nwide");
    }
}
