//! What a message says that arrived.

use confab_model::{BareJid, Change, Composed, Location, Mention, MessageBody, Pii, ReplyReference, SharedFile};
use minidom::Element;

use super::{Content, body::Body};
use crate::{
    xep::{
        corrections_0308, encryption_0380, files_0447, forwarding_0297, geoloc_0080,
        json_0335::{self, Container},
        oob_0066, own_children, reactions_0444, references_0372, replies_0461,
        retractions_0424::{self, Retraction},
    },
    xml::{child_text, ns},
};

/// Characters of what an answer quotes.
const MAX_QUOTE: usize = 2_000;

/// Reads a message; `room`: in which it was said. `None`: it says nothing, for example a receipt.
pub(crate) fn read(message: &Element, room: Option<&BareJid>) -> Option<Content> {
    if let Some(retraction) = retractions_0424::read(message) {
        let (of, retraction) = retraction?;
        let change = match retraction {
            Retraction::ByItsSender => Change::Recall,
            Retraction::ByTheRoom { reason } => Change::Moderated { reason },
        };
        return Some(Content::Change { of, change });
    }
    if let Some(reaction) = reactions_0444::read(message) {
        let (of, emojis) = reaction?;
        return Some(Content::Change { of, change: Change::React { emojis } });
    }
    let composed = Box::new(read_composed(message, room)?);
    Some(match corrections_0308::read(message) {
        Some(of) => Content::Change { of, change: Change::Edit(composed) },
        None => Content::Message(composed),
    })
}

fn read_composed(message: &Element, room: Option<&BareJid>) -> Option<Composed> {
    if let Some(method) = encryption_0380::method(message) {
        return Some(Composed::of(MessageBody::Encrypted { method }));
    }
    let mut body = Body::of(&child_text(message, "body", ns::CLIENT).unwrap_or_default());
    let reply = replies_0461::read(message).map(|(to, author)| {
        let quote = replies_0461::unquoted(&body.cut_fallback(message, replies_0461::NS));
        ReplyReference { to, author, quote: quote.chars().take(MAX_QUOTE).collect() }
    });
    let (forwarded, inner) = forwarding_0297::read(message).unzip();
    let extension = json_0335::read(message, Container::Extension);
    let says = read_body(message, &mut body, extension.is_some());
    let says = match (says, inner.flatten()) {
        (None, inner) => MessageBody::Text(Pii(inner?)),
        // Somebody's own words before what they hand on; ours are the same twice.
        (Some(MessageBody::Text(Pii(own))), Some(inner)) if !own.contains(&inner) => {
            MessageBody::Text(Pii(format!("{own}\n{inner}")))
        }
        (Some(says), _) => says,
    };
    Some(Composed {
        mentions: mentions(message, room, &body, &says),
        body: says,
        reply,
        forwarded,
        extension,
        config: json_0335::read(message, Container::Config),
        push_text: own_children::read_push_text(message),
    })
}

fn read_body(message: &Element, body: &mut Body, has_extension: bool) -> Option<MessageBody> {
    if let Some(file) = files_0447::read(message) {
        body.cut_fallback(message, files_0447::NS);
        body.cut_fallback(message, oob_0066::NS);
        return Some(with_caption(file, &body.text()));
    }
    if let Some(location) = geoloc_0080::read(message) {
        body.cut_fallback(message, geoloc_0080::NS);
        return Some(with_words(location, body.text()));
    }
    if own_children::is_custom(message) && has_extension {
        return Some(MessageBody::Custom(Pii(body.text())));
    }
    let text = body.text();
    if text.is_empty() {
        return None;
    }
    if oob_0066::read(message).is_some_and(|url| url == text.trim()) {
        return Some(with_caption(files_0447::at(text.trim()), ""));
    }
    if let Some(location) = geoloc_0080::read_uri(text.trim()) {
        return Some(MessageBody::Location(location));
    }
    Some(MessageBody::Text(Pii(text)))
}

/// The text beside a file is its caption, unless it is only the address in a client's words.
fn with_caption(file: SharedFile, text: &str) -> MessageBody {
    let is_address = file.urls.iter().any(|url| url.0 == text.trim());
    let caption = if is_address { String::new() } else { text.to_owned() };
    MessageBody::File { file: Box::new(file), caption: Pii(caption) }
}

/// What somebody wrote beside a place, if it is not the place itself, tells where it is; if that is told, the words
/// count more than the place.
fn with_words(location: Location, text: String) -> MessageBody {
    let words = text.trim();
    if words.is_empty() || geoloc_0080::read_uri(words).is_some() {
        MessageBody::Location(location)
    } else if location.address.is_empty() {
        MessageBody::Location(Location { address: words.to_owned(), ..location })
    } else {
        MessageBody::Text(Pii(text))
    }
}

/// Mentions by their places in what is left of the text; those without a place in it are none.
fn mentions(message: &Element, room: Option<&BareJid>, body: &Body, says: &MessageBody) -> Vec<Mention> {
    let len = match says {
        MessageBody::Text(text) | MessageBody::File { caption: text, .. } | MessageBody::Custom(text) => {
            u32::try_from(text.0.chars().count()).unwrap_or(u32::MAX)
        }
        MessageBody::Location(_) | MessageBody::Encrypted { .. } => 0,
    };
    let placed = references_0372::read(message, room).into_iter().filter_map(|mention| {
        let (begin, end) = (body.place(mention.begin)?, body.place(mention.end)?);
        (begin < end && end <= len).then_some(Mention { begin, end, ..mention })
    });
    placed.collect()
}
