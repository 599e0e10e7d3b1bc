//! From what a person wants to send to what travels: the limits, and what may not be sent at all. Pure.

use confab_model::{
    Composed, DraftContent, Forwarded, Location, Mention, Message, MessageBody, MessageContent, MessageDraft, Pii,
    SharedFile,
};
use serde_json::Value;

use crate::{ErrorCode, OperationError};

/// Characters that one message may have; servers cut stanzas at 256 KiB or more, a character has up to 4 bytes and
/// up to 6 as XML.
const MAX_TEXT: usize = 30_000;
/// People that one message may address.
const MAX_MENTIONS: usize = 50;
/// Octets of an extension or a configuration, as JSON text: they travel in every copy of the message.
const MAX_JSON: usize = 8 * 1024;
/// Characters of what a notification says in place of the text.
const MAX_PUSH_TEXT: usize = 1_000;
/// Characters of a place's address.
const MAX_ADDRESS: usize = 1_000;
/// Emojis that one person may react with, and octets of each (a family of four with skin tones has 41).
pub(super) const MAX_EMOJIS: usize = 20;
const MAX_EMOJI: usize = 64;

type Checked<T> = Result<T, OperationError>;

fn invalid(message: impl Into<String>) -> OperationError {
    OperationError::new(ErrorCode::InvalidArgument, message)
}

/// Checks a draft and makes of it what travels. A file's body comes from whoever prepared it.
pub(super) fn compose(draft: MessageDraft, file: Option<SharedFile>) -> Checked<Composed> {
    let MessageDraft { content, reply_to: _, mentions, extension, config, push_text } = draft;
    json(extension.as_ref())?;
    json(config.as_ref())?;
    let (body, characters) = match content {
        DraftContent::Text { text } => {
            let characters = text_length(&text)?;
            (MessageBody::Text(Pii(text)), characters)
        }
        DraftContent::File { caption, .. } => {
            let characters = caption_length(&caption)?;
            let file = file.ok_or_else(|| invalid("there is no file"))?;
            (MessageBody::File { file: Box::new(file), caption: Pii(caption) }, characters)
        }
        DraftContent::Location { location } => (MessageBody::Location(place(location)?), 0),
        DraftContent::Custom { text } => {
            if extension.is_none() {
                return Err(invalid("a custom message has an extension"));
            }
            let characters = caption_length(&text)?;
            (MessageBody::Custom(Pii(text)), characters)
        }
    };
    check_mentions(&mentions, characters)?;
    if push_text.as_ref().is_some_and(|text| text.chars().count() > MAX_PUSH_TEXT) {
        return Err(invalid("the text for notifications is too long"));
    }
    Ok(Composed { mentions, extension, config, push_text, ..Composed::of(body) })
}

/// A message as it travels when its own text was changed. `file`: the one that it has.
pub(super) fn edited(
    message: &Message,
    text: String,
    mentions: Vec<Mention>,
    file: Option<SharedFile>,
) -> Checked<Composed> {
    let characters = match &message.content {
        MessageContent::Text { .. } => text_length(&text)?,
        _ => caption_length(&text)?,
    };
    check_mentions(&mentions, characters)?;
    let text = Pii(text);
    let body = match (&message.content, file) {
        (MessageContent::Text { .. }, _) => MessageBody::Text(text),
        (MessageContent::Custom { .. }, _) => MessageBody::Custom(text),
        (MessageContent::File { .. }, Some(file)) => MessageBody::File { file: Box::new(file), caption: text },
        _ => return Err(not_allowed("there is no text in this message")),
    };
    let (extension, config) = (message.extension.clone(), message.config.clone());
    Ok(Composed { mentions, extension, config, ..Composed::of(body) })
}

/// A message as it travels on to somebody else: what it says, who said it first, and nothing of the conversation that it
/// is from. `file`: the one that it has.
pub(super) fn forwarded(message: &Message, file: Option<SharedFile>) -> Checked<Composed> {
    let body = match (&message.content, file) {
        (MessageContent::Text { text }, _) => MessageBody::Text(Pii(text.clone())),
        (MessageContent::Custom { text }, _) => MessageBody::Custom(Pii(text.clone())),
        (MessageContent::Location { location }, _) => MessageBody::Location(location.clone()),
        (MessageContent::File { caption, .. }, Some(file)) if !file.urls.is_empty() => {
            MessageBody::File { file: Box::new(file), caption: Pii(caption.clone()) }
        }
        (MessageContent::File { .. }, _) => return Err(not_allowed("the file is not on a server yet")),
        (
            MessageContent::Notice { .. }
            | MessageContent::Call { .. }
            | MessageContent::Encrypted { .. }
            | MessageContent::Recalled,
            _,
        ) => return Err(not_allowed("there is nothing in this message that could be forwarded")),
    };
    let first = message.forwarded.clone().unwrap_or_else(|| Forwarded {
        from: match &message.sender.jid {
            Some(jid) if message.sender.nickname.is_empty() => jid.to_string(),
            _ => message.sender.nickname.clone(),
        },
        sent_at: Some(message.sent_at),
    });
    let extension = message.extension.clone();
    Ok(Composed { forwarded: Some(first), extension, ..Composed::of(body) })
}

/// The emojis, each once.
pub(super) fn reactions(emojis: Vec<String>) -> Checked<Vec<String>> {
    let mut wanted: Vec<String> = Vec::new();
    for emoji in emojis {
        // As the session has it: what others would not show is not to stand here either.
        let steers = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
        let is_odd = |c: char| c.is_control() || c.is_whitespace() || steers(c);
        if emoji.is_empty() || emoji.len() > MAX_EMOJI || emoji.chars().any(is_odd) {
            return Err(invalid("that is not an emoji"));
        }
        if !wanted.contains(&emoji) {
            wanted.push(emoji);
        }
    }
    if wanted.len() > MAX_EMOJIS {
        return Err(invalid(format!("at most {MAX_EMOJIS} reactions")));
    }
    Ok(wanted)
}

pub(super) fn not_allowed(message: &str) -> OperationError {
    OperationError::new(ErrorCode::NotAllowed, message)
}

fn text_length(text: &str) -> Checked<usize> {
    if text.trim().is_empty() {
        return Err(invalid("an empty message is not sent"));
    }
    caption_length(text)
}

fn caption_length(text: &str) -> Checked<usize> {
    let characters = text.chars().count();
    if characters > MAX_TEXT {
        let limit = format!("at most {MAX_TEXT} characters");
        return Err(invalid("the message is too long").with_detail(limit));
    }
    Ok(characters)
}

fn json(value: Option<&Value>) -> Checked<()> {
    match value {
        None => Ok(()),
        Some(value) if !value.is_object() => Err(invalid("extension and configuration are JSON objects")),
        Some(value) if value.to_string().len() > MAX_JSON => {
            Err(OperationError::new(ErrorCode::ExtensionTooLarge, "more than 8 KiB of JSON"))
        }
        Some(_) => Ok(()),
    }
}

fn place(location: Location) -> Checked<Location> {
    let Location { latitude, longitude, .. } = location;
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return Err(invalid("that place is not on Earth"));
    }
    if location.address.chars().count() > MAX_ADDRESS {
        return Err(invalid("the address is too long"));
    }
    Ok(location)
}

fn check_mentions(mentions: &[Mention], characters: usize) -> Checked<()> {
    let is_inside = |mention: &Mention| mention.begin < mention.end && mention.end as usize <= characters;
    if mentions.len() > MAX_MENTIONS {
        return Err(invalid(format!("at most {MAX_MENTIONS} mentions")));
    }
    if !mentions.iter().all(is_inside) {
        return Err(invalid("a mention stands outside of the text"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::{BareJid, Mentioned, Sender, Timestamp};
    use serde_json::json;

    use super::*;

    fn jid() -> BareJid {
        "bob@example.org".parse().unwrap()
    }

    fn mention(begin: u32, end: u32) -> Mention {
        Mention { of: Mentioned::Everybody, begin, end }
    }

    fn refusal(draft: MessageDraft) -> ErrorCode {
        compose(draft, None).unwrap_err().code
    }

    #[test]
    fn limits_of_a_draft() {
        let text = || MessageDraft::text("héllo");
        let composed = compose(MessageDraft { mentions: vec![mention(0, 5)], ..text() }, None).unwrap();
        assert_eq!(composed.mentions, [mention(0, 5)], "code points, not octets");
        let big = json!({ "a": "x".repeat(MAX_JSON) });
        let location = |latitude| DraftContent::Location {
            location: Location { latitude, longitude: 0.0, address: String::new() },
        };
        let custom = DraftContent::Custom { text: "hi".into() };
        let cases = [
            (MessageDraft::text(" \n"), ErrorCode::InvalidArgument),
            (MessageDraft::text("x".repeat(MAX_TEXT + 1)), ErrorCode::InvalidArgument),
            (MessageDraft { mentions: vec![mention(0, 6)], ..text() }, ErrorCode::InvalidArgument),
            (MessageDraft { mentions: vec![mention(2, 2)], ..text() }, ErrorCode::InvalidArgument),
            (MessageDraft { mentions: vec![mention(0, 1); MAX_MENTIONS + 1], ..text() }, ErrorCode::InvalidArgument),
            (MessageDraft { extension: Some(json!([1])), ..text() }, ErrorCode::InvalidArgument),
            (MessageDraft { extension: Some(big.clone()), ..text() }, ErrorCode::ExtensionTooLarge),
            (MessageDraft { config: Some(big), ..text() }, ErrorCode::ExtensionTooLarge),
            (MessageDraft { push_text: Some("x".repeat(1_001)), ..text() }, ErrorCode::InvalidArgument),
            (MessageDraft { content: custom, ..text() }, ErrorCode::InvalidArgument),
            (MessageDraft { content: location(90.5), ..text() }, ErrorCode::InvalidArgument),
            (MessageDraft { content: location(f64::NAN), ..text() }, ErrorCode::InvalidArgument),
        ];
        for (number, (draft, code)) in cases.into_iter().enumerate() {
            assert_eq!(refusal(draft), code, "case {number}");
        }
    }

    #[test]
    fn what_is_forwarded_says_who_wrote_it_first() {
        let text = MessageContent::Text { text: "hi".into() };
        let mut message = Message::incoming("m".into(), jid(), text, Timestamp(5));
        let first = Forwarded { from: "bob@example.org".into(), sent_at: Some(Timestamp(5)) };
        assert_eq!(forwarded(&message, None).unwrap().forwarded, Some(first));
        message.sender = Sender { nickname: "Bob".into(), ..Sender::person(jid()) };
        assert_eq!(forwarded(&message, None).unwrap().forwarded.unwrap().from, "Bob", "a group's name, no address");
        let origin = Forwarded { from: "zoe@example.org".into(), sent_at: None };
        message.forwarded = Some(origin.clone());
        assert_eq!(forwarded(&message, None).unwrap().forwarded, Some(origin));
        message.content = MessageContent::Recalled;
        assert_eq!(forwarded(&message, None).unwrap_err().code, ErrorCode::NotAllowed);
    }

    #[test]
    fn reactions_are_short_and_each_counts_once() {
        assert_eq!(reactions(vec!["👍".into(), "👍".into()]).unwrap(), ["👍"]);
        assert_eq!(reactions(Vec::new()).unwrap(), [""; 0]);
        assert!(reactions(vec!["👨🏽\u{200d}👩🏽\u{200d}👧🏽\u{200d}👦🏽".to_owned()]).is_ok(), "a family");
        for bad in
            ["".to_owned(), " ".to_owned(), "two words".to_owned(), "\u{202e}x".to_owned(), "x".repeat(MAX_EMOJI + 1)]
        {
            assert!(reactions(vec![bad.clone()]).is_err(), "{bad:?}");
        }
        assert!(reactions((0..=MAX_EMOJIS).map(|n| n.to_string()).collect()).is_err());
    }
}
