//! XEP-0444: what somebody thinks of a message, as emoji.

use confab_model::WireId;
use minidom::Element;

use super::stanza_ids_0359;
use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:reactions:0";
/// Emoji of one person on one message.
pub const MAX_EMOJIS: usize = 20;
/// Octets of one; a family of four with its skin tones has 41.
pub const MAX_EMOJI: usize = 64;

/// Reads it: the message, and all reactions of the sender to it from now on. `Some(None)`: it names no message, and its
/// text is not a message all the same. What does not look like an emoji, or is too much, is left out.
pub fn read(message: &Element) -> Option<Option<(WireId, Vec<String>)>> {
    let reactions = message.get_child("reactions", NS)?;
    let Some(of) = reactions.attr("id").and_then(stanza_ids_0359::wire_id) else { return Some(None) };
    let mut emojis: Vec<String> = Vec::new();
    for reaction in reactions.children().filter(|child| child.is("reaction", NS)) {
        let emoji = reaction.text().trim().to_owned();
        if is_emoji(&emoji) && !emojis.contains(&emoji) {
            emojis.push(emoji);
            if emojis.len() == MAX_EMOJIS {
                break;
            }
        }
    }
    Some(Some((of, emojis)))
}

/// An emoji, or a short text that takes no more room on a line than one.
pub fn is_emoji(text: &str) -> bool {
    let steers = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    !text.is_empty()
        && text.len() <= MAX_EMOJI
        && !text.chars().any(|c| c.is_control() || c.is_whitespace() || steers(c))
}

/// The child that tells them.
pub fn child(of: &WireId, emojis: &[String]) -> Element {
    let mut reactions = element("reactions", NS).with("id", &of.0);
    for emoji in emojis {
        reactions.append_child(element("reaction", NS).with_text(emoji));
    }
    reactions
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_so_many_short_ones_are_read() {
        let many: String = (0..30).map(|number| format!("<reaction>{number}</reaction>")).collect();
        let inner = format!(
            "<reactions xmlns='urn:xmpp:reactions:0' id='m'><reaction>👍</reaction><reaction> 👍 </reaction>\
             <reaction>two words</reaction><reaction>\u{202e}x</reaction><reaction>{}</reaction><reaction/>{many}\
             </reactions>",
            "a".repeat(MAX_EMOJI + 1)
        );
        let message: Element = format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap();
        let (of, emojis) = read(&message).unwrap().unwrap();
        assert_eq!((of.0.as_str(), emojis.len()), ("m", MAX_EMOJIS));
        assert_eq!(emojis[..2], ["👍".to_owned(), "0".to_owned()]);
        assert!(is_emoji("👨🏽\u{200d}👩🏽\u{200d}👧🏽\u{200d}👦🏽"), "a family");
        assert!(is_emoji("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"), "the flag of England");
    }
}
