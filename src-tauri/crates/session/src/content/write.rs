//! What goes out, as the children of a stanza.

use confab_model::{BareJid, Change, Composed, MessageBody};
use minidom::Element;

use super::body::{BodyWriter, normal};
use crate::{
    OutgoingContent,
    xep::{
        corrections_0308, fallback_0428, files_0447, forwarding_0297, geoloc_0080,
        json_0335::{self, Container},
        own_children, reactions_0444, references_0372, replies_0461, retractions_0424, uri,
    },
    xml::{ElementExt, element, ns},
};

/// The children that say it. `to`: the person or the room. An error says what cannot be written: such a message is
/// refused, not cut.
pub(crate) fn children(content: &OutgoingContent, to: &BareJid) -> Result<Vec<Element>, String> {
    match content {
        OutgoingContent::Message(composed) => composed_children(composed, to),
        OutgoingContent::Change { of, change } => match change {
            Change::Edit(composed) => {
                let mut children = composed_children(composed, to)?;
                children.push(corrections_0308::child(of));
                Ok(children)
            }
            Change::Recall => Ok(vec![
                element("body", ns::CLIENT).with_text(retractions_0424::FALLBACK),
                fallback_0428::whole(retractions_0424::NS),
                retractions_0424::child(of),
            ]),
            Change::React { emojis } => {
                let fits = emojis.len() <= reactions_0444::MAX_EMOJIS;
                if !fits || !emojis.iter().all(|emoji| reactions_0444::is_emoji(emoji)) {
                    return Err("too many reactions, or not emoji".to_owned());
                }
                Ok(vec![reactions_0444::child(of, emojis)])
            }
            Change::Moderated { .. } => Err("only a room moderates".to_owned()),
        },
    }
}

fn composed_children(composed: &Composed, to: &BareJid) -> Result<Vec<Element>, String> {
    let mut body = BodyWriter::default();
    if let Some(reply) = composed.reply.as_ref().filter(|reply| !reply.quote.is_empty()) {
        body.push_fallback(replies_0461::NS, &replies_0461::quoted(&normal(&reply.quote)));
    }
    let payload = payload(&composed.body, &mut body)?;
    if composed.mentions.len() > references_0372::MAX_MENTIONS {
        return Err("too many mentions".to_owned());
    }
    let mut mentions = Vec::new();
    for mention in &composed.mentions {
        let mut mention = mention.clone();
        let places = (body.place(mention.begin), body.place(mention.end));
        let (Some(begin), Some(end)) = places else { return Err("a mention outside of the text".to_owned()) };
        (mention.begin, mention.end) = (begin, end);
        mentions.extend(references_0372::child(&mention, to).filter(|_| begin < end));
    }
    let mut children = body.finish();
    if let Some(reply) = &composed.reply {
        children.push(replies_0461::child(&reply.to, reply.author.as_deref()));
    }
    children.extend(payload);
    children.extend(mentions);
    for (container, value) in [(Container::Extension, &composed.extension), (Container::Config, &composed.config)] {
        if let Some(value) = value {
            let child = json_0335::child(container, value);
            children.push(child.ok_or_else(|| "JSON that is no object, or more than 8 KiB".to_owned())?);
        }
    }
    children.extend(composed.push_text.as_deref().map(own_children::push_text));
    if let Some(forwarded) = &composed.forwarded {
        let text = match &composed.body {
            MessageBody::Text(text) => Some(text.0.as_str()),
            MessageBody::File { .. }
            | MessageBody::Location(_)
            | MessageBody::Custom(_)
            | MessageBody::Encrypted { .. } => None,
        };
        children.push(forwarding_0297::child(forwarded, text.map(normal).as_deref()));
    }
    Ok(children)
}

/// Writes the text, and returns what says the same to clients that know more.
fn payload(of: &MessageBody, body: &mut BodyWriter) -> Result<Vec<Element>, String> {
    match of {
        MessageBody::Text(text) => {
            if normal(&text.0).is_empty() {
                return Err("an empty text".to_owned());
            }
            body.push(&text.0);
            Ok(Vec::new())
        }
        MessageBody::File { file, caption } => {
            let url = file.urls.first().filter(|_| file.urls.iter().all(|url| uri::is_web(&url.0)));
            let url = &url.ok_or_else(|| "a file without a web address".to_owned())?.0;
            body.push(&caption.0);
            // Without a caption the text is the address and nothing else, as XEP-0066 clients want it.
            let lead = if normal(&caption.0).is_empty() { "" } else { "\n" };
            body.push_fallback(files_0447::NS, &format!("{lead}{url}"));
            Ok(files_0447::children(file))
        }
        MessageBody::Location(location) => {
            if !geoloc_0080::is_place(location.latitude, location.longitude) {
                return Err("no such place".to_owned());
            }
            body.push("");
            body.push_fallback(geoloc_0080::NS, &geoloc_0080::uri(location));
            Ok(vec![geoloc_0080::child(location)])
        }
        MessageBody::Custom(text) => {
            body.push(&text.0);
            Ok(vec![own_children::custom()])
        }
        MessageBody::Encrypted { .. } => Err("no method of encryption".to_owned()),
    }
}
