//! XEP-0428: parts of a text that stand there only for clients without an extension. Ranges are in code points.

use minidom::Element;

use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:fallback:0";
/// Ranges that are looked at; one per extension is what there is.
const MAX_RANGES: usize = 16;

/// Where the text (of `len` code points) is a fallback for the extension. Sane and in the text's order.
pub fn ranges(message: &Element, feature: &str, len: u32) -> Vec<(u32, u32)> {
    let mut ranges = Vec::new();
    for fallback in message.children().filter(|child| child.is("fallback", NS) && child.attr("for") == Some(feature)) {
        if fallback.children().next().is_none() {
            ranges.push((0, len));
        }
        for part in fallback.children().filter(|child| child.is("body", NS)).take(MAX_RANGES) {
            let number = |name, default| match part.attr(name) {
                Some(text) => text.parse::<u32>().ok(),
                None => Some(default),
            };
            if let (Some(start), Some(end)) = (number("start", 0), number("end", len)) {
                ranges.push((start, end.min(len)));
            }
        }
    }
    ranges.truncate(MAX_RANGES);
    ranges.retain(|(start, end)| start < end);
    ranges.sort_unstable();
    ranges
}

/// The child that marks a part of the text.
pub fn child(feature: &str, (start, end): (u32, u32)) -> Element {
    let body = element("body", NS).with("start", start.to_string()).with("end", end.to_string());
    element("fallback", NS).with("for", feature).with_child(body)
}

/// The child that marks all of the text.
pub fn whole(feature: &str) -> Element {
    element("fallback", NS).with("for", feature)
}
