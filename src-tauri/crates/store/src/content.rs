//! What a message says, between three forms: as it travels ([`Composed`]), in the columns of the file, and as people see it
//! ([`MessageContent`]).
//!
//! Text that can be searched has columns (`messages.body`, `attachments.name`); what is only carried is JSON in
//! `messages.details` and `attachments.details`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use confab_model::{
    Attachment, AttachmentKind, Composed, DeliveryState, Forwarded, GroupNotice, Location, Mention, Mentioned,
    MessageBody, MessageContent, Pii, ReplyReference, SharedFile, TransferState, WireId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{StoreError, codes};

/// Octets of a thumbnail as it travels (XEP-0264 in our messages).
const MOST_THUMBNAIL: usize = 48 * 1024;
/// Octets of the `data:` URL that is kept of it.
const MOST_THUMBNAIL_URL: usize = 64 * 1024;
/// Addresses of one file.
const MOST_URLS: usize = 5;
/// Values of a voice clip's loudness.
const MOST_LOUDNESS: usize = 64;
/// Octets of a name that is shown.
const LONGEST_NAME: usize = 255;

/// What people see of a received file, checked by whoever can: the store does not decode pictures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShownFile {
    /// Safe as the name of a file. Empty: made of what the sender wrote.
    pub name: String,
    /// A small picture as a `data:` URL of at most 64 KiB, decoded and encoded again here.
    pub thumbnail: Option<String>,
}

/// The columns of a message's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub kind: i64,
    /// The text, or the caption of a file.
    pub body: String,
    pub encryption: Option<String>,
    pub reply_to: Option<String>,
    pub details: Details,
    pub file: Option<KeptFile>,
}

/// `messages.details`. Whatever is missing has its default; unknown fields of a later version are left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_author: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reply_quote: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<GroupNotice>,
}

impl Details {
    /// `None` if there is nothing to keep.
    pub(crate) fn to_json(&self) -> Result<Option<String>, StoreError> {
        if *self == Self::default() { Ok(None) } else { codes::to_json(self).map(Some) }
    }

    pub(crate) fn read(json: Option<&str>) -> Result<Self, StoreError> {
        json.map_or_else(|| Ok(Self::default()), codes::from_json)
    }

    pub(crate) fn address(&self) -> &str {
        self.location.as_ref().map_or("", |location| &location.address)
    }

    /// Whether this account is addressed, by its address, its name in the group, or with everybody.
    pub(crate) fn mentions(&self, own: &str, nickname: Option<&str>) -> bool {
        self.mentions.iter().any(|mention| match &mention.of {
            Mentioned::Person { jid } => jid.to_string() == own,
            Mentioned::Nickname { nickname: name } => nickname == Some(name.as_str()),
            Mentioned::Everybody => true,
        })
    }
}

/// A row of `attachments`, without where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFile {
    pub name: String,
    pub media_type: String,
    pub size: Option<i64>,
    pub thumbnail: Option<String>,
    pub details: FileDetails,
}

/// What a file is to people: an [`AttachmentKind`] without its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShownAs {
    Voice,
    Image,
    Video,
    Audio,
    File,
}

/// `attachments.details`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct FileDetails {
    /// As the sender wrote it, if it differs from what is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_name: Option<String>,
    pub urls: Vec<String>,
    /// Hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    pub width: u32,
    pub height: u32,
    pub duration_ms: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<Vec<u8>>,
}

impl Content {
    /// From what travels. `shown`: what people see of its file.
    pub(crate) fn of(composed: &Composed, shown: Option<&ShownFile>) -> Self {
        let mut details = Details {
            forwarded: composed.forwarded.clone(),
            mentions: composed.mentions.clone(),
            extension: composed.extension.clone(),
            config: composed.config.clone(),
            push_text: composed.push_text.clone(),
            ..Details::default()
        };
        if let Some(reply) = &composed.reply {
            details.reply_author.clone_from(&reply.author);
            details.reply_quote.clone_from(&reply.quote);
        }
        let (mut encryption, mut file) = (None, None);
        let (kind, body) = match &composed.body {
            MessageBody::Text(text) => (codes::KIND_TEXT, text.0.clone()),
            MessageBody::Custom(text) => (codes::KIND_CUSTOM, text.0.clone()),
            MessageBody::File { file: shared, caption } => {
                file = Some(KeptFile::of(shared, shown));
                (codes::KIND_FILE, caption.0.clone())
            }
            MessageBody::Location(location) => {
                details.location = Some(location.clone());
                (codes::KIND_LOCATION, String::new())
            }
            MessageBody::Encrypted { method } => {
                encryption = Some(method.clone());
                (codes::KIND_ENCRYPTED, String::new())
            }
        };
        let reply_to = composed.reply.as_ref().map(|reply| reply.to.0.clone());
        Self { kind, body, encryption, reply_to, details, file }
    }

    /// As it travels. Fails for what never travels: calls, notices, recalled messages.
    pub(crate) fn into_composed(self) -> Result<Composed, StoreError> {
        let Details { reply_author, reply_quote, forwarded, mentions, extension, config, push_text, location, .. } =
            self.details;
        let missing = |what: &str| StoreError::Damaged { detail: format!("a message without its {what}") };
        let body = match self.kind {
            codes::KIND_TEXT => MessageBody::Text(Pii(self.body)),
            codes::KIND_CUSTOM => MessageBody::Custom(Pii(self.body)),
            codes::KIND_FILE => MessageBody::File {
                file: Box::new(self.file.ok_or_else(|| missing("file"))?.into_shared()),
                caption: Pii(self.body),
            },
            codes::KIND_LOCATION => MessageBody::Location(location.ok_or_else(|| missing("place"))?),
            codes::KIND_ENCRYPTED => MessageBody::Encrypted { method: self.encryption.unwrap_or_default() },
            other => return Err(StoreError::Internal { detail: format!("a message of kind {other} is not sent") }),
        };
        // An answered message that others know by no name cannot be pointed at.
        let named = self.reply_to.filter(|to| !to.is_empty());
        let reply = named.map(|to| ReplyReference { to: WireId(to), author: reply_author, quote: reply_quote });
        Ok(Composed { body, reply, forwarded, mentions, extension, config, push_text })
    }

    /// What can be found of it.
    pub(crate) fn searchable(&self) -> String {
        searchable(&self.body, self.file.as_ref().map(|file| file.name.as_str()), self.details.address())
    }
}

/// All text of a message that can be found: text or caption, name of the file, address of the place. A line break keeps words
/// of two of them apart.
pub(crate) fn searchable(body: &str, file: Option<&str>, address: &str) -> String {
    let mut text = body.to_owned();
    for more in [file.unwrap_or_default(), address] {
        if !more.is_empty() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(more);
        }
    }
    text
}

impl KeptFile {
    pub(crate) fn of(file: &SharedFile, shown: Option<&ShownFile>) -> Self {
        let name = match shown {
            Some(shown) if !shown.name.is_empty() => shown.name.clone(),
            _ => plain_name(&file.name),
        };
        let sent_name = (name != file.name && !file.name.is_empty()).then(|| file.name.clone());
        let thumbnail = shown.and_then(|shown| shown.thumbnail.clone());
        Self {
            media_type: media_type(&file.media_type),
            size: file.size.and_then(|size| i64::try_from(size).ok()),
            thumbnail: thumbnail.filter(|url| url.len() <= MOST_THUMBNAIL_URL),
            details: FileDetails {
                sent_name,
                urls: file.urls.iter().take(MOST_URLS).map(|url| url.0.clone()).collect(),
                sha256: file.sha256.as_ref().map(|sum| hexadecimal(sum)),
                width: file.width,
                height: file.height,
                duration_ms: file.duration_ms,
                voice: file.voice.as_ref().map(|loudness| loudness.iter().copied().take(MOST_LOUDNESS).collect()),
            },
            name,
        }
    }

    pub(crate) fn into_shared(self) -> SharedFile {
        SharedFile {
            name: self.details.sent_name.unwrap_or(self.name),
            media_type: self.media_type,
            size: self.size.and_then(|size| u64::try_from(size).ok()),
            urls: self.details.urls.into_iter().map(Pii).collect(),
            sha256: self.details.sha256.as_deref().and_then(octets),
            width: self.details.width,
            height: self.details.height,
            duration_ms: self.details.duration_ms,
            voice: self.details.voice,
            thumbnail: self.thumbnail.as_deref().and_then(from_data_url),
        }
    }

    pub(crate) fn shown_as(&self) -> ShownAs {
        match (&self.details.voice, self.media_type.split('/').next()) {
            (Some(_), _) => ShownAs::Voice,
            // A drawing of vectors is a program; it is not shown in line.
            (None, Some("image")) if self.media_type != "image/svg+xml" => ShownAs::Image,
            (None, Some("video")) => ShownAs::Video,
            (None, Some("audio")) => ShownAs::Audio,
            (None, _) => ShownAs::File,
        }
    }

    /// As people see it.
    pub(crate) fn into_attachment(self, transfer: TransferState) -> Attachment {
        let shown_as = self.shown_as();
        let FileDetails { width, height, duration_ms, voice, .. } = self.details;
        let kind = match shown_as {
            ShownAs::Voice => AttachmentKind::Voice { duration_ms, waveform: voice.unwrap_or_default() },
            ShownAs::Image => AttachmentKind::Image { width, height },
            ShownAs::Video => AttachmentKind::Video { width, height, duration_ms },
            ShownAs::Audio => AttachmentKind::Audio { duration_ms },
            ShownAs::File => AttachmentKind::File,
        };
        Attachment {
            kind,
            name: self.name,
            media_type: self.media_type,
            size: self.size.and_then(|size| u32::try_from(size).ok()),
            thumbnail: self.thumbnail,
            transfer,
        }
    }
}

/// Where the bytes of a file are, as the file of the store has it. While the message is being uploaded, so is its file.
pub(crate) fn transfer(
    code: i64,
    failure: Option<&str>,
    delivery: &DeliveryState,
) -> Result<TransferState, StoreError> {
    if let DeliveryState::Uploading { percent } = delivery {
        return Ok(TransferState::Uploading { percent: *percent });
    }
    codes::transfer_from(code, failure)
}

/// The quoted beginning of a message: one line.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 200;
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars().take(LONGEST).collect()
}

/// What is shown of a body without columns of its own.
pub(crate) fn simple(kind: i64, body: String, encryption: Option<String>) -> Option<MessageContent> {
    match kind {
        codes::KIND_TEXT => Some(MessageContent::Text { text: body }),
        codes::KIND_CUSTOM => Some(MessageContent::Custom { text: body }),
        codes::KIND_ENCRYPTED => Some(MessageContent::Encrypted { method: encryption.unwrap_or_default() }),
        codes::KIND_RECALLED => Some(MessageContent::Recalled),
        _ => None,
    }
}

fn media_type(claimed: &str) -> String {
    let is_token = |part: &str| {
        (1..=100).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&c))
    };
    match claimed.split_once('/') {
        Some((kind, subtype)) if is_token(kind) && is_token(subtype) => claimed.to_ascii_lowercase(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// A name of a file that nobody has made safe: without folders, controls and direction marks. Never used on a disk.
fn plain_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_direction =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut name = String::new();
    for c in last.trim().chars().filter(|&c| !c.is_control() && !is_direction(c)) {
        if name.len() + c.len_utf8() > LONGEST_NAME {
            break;
        }
        name.push(c);
    }
    if name.is_empty() { "file".to_owned() } else { name }
}

pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn octets(hexadecimal: &str) -> Option<[u8; 32]> {
    let mut sum = [0; 32];
    if hexadecimal.len() != 64 {
        return None;
    }
    for (n, octet) in sum.iter_mut().enumerate() {
        *octet = u8::from_str_radix(hexadecimal.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(sum)
}

/// Media type and octets of a `data:` URL of our own making.
fn from_data_url(url: &str) -> Option<(String, Vec<u8>)> {
    let (media_type, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
    let octets = STANDARD.decode(data).ok()?;
    (octets.len() <= MOST_THUMBNAIL).then(|| (media_type.to_owned(), octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> SharedFile {
        SharedFile {
            name: "../../a\u{202e}gpj.exe".into(),
            media_type: "Image/PNG".into(),
            size: Some(1 << 33),
            urls: (0..9).map(|n| Pii(format!("https://example.org/{n}"))).collect(),
            sha256: Some([0xa5; 32]),
            width: 4,
            height: 3,
            duration_ms: 0,
            voice: None,
            thumbnail: Some(("image/png".into(), vec![1, 2, 3])),
        }
    }

    #[test]
    fn a_file_is_shown_safely_and_travels_whole() {
        let shown = ShownFile { name: String::new(), thumbnail: Some("data:image/png;base64,AQID".into()) };
        let kept = KeptFile::of(&file(), Some(&shown));
        assert_eq!((kept.name.as_str(), kept.media_type.as_str()), ("agpj.exe", "image/png"));
        let seen = kept.clone().into_attachment(TransferState::Remote);
        assert_eq!(seen.kind, AttachmentKind::Image { width: 4, height: 3 });
        assert_eq!(seen.size, None, "more than 4 GiB");
        let again = kept.into_shared();
        let expected = SharedFile { urls: file().urls[..5].to_vec(), media_type: "image/png".into(), ..file() };
        assert_eq!(again, expected);
    }

    #[test]
    fn what_is_no_media_type_is_just_octets() {
        for claimed in ["", "image", "image/", "/png", "image/p ng", "text/html;x=<b>"] {
            assert_eq!(media_type(claimed), "application/octet-stream", "{claimed}");
        }
        let vectors = SharedFile { media_type: "image/svg+xml".into(), ..file() };
        assert_eq!(KeptFile::of(&vectors, None).into_attachment(TransferState::Remote).kind, AttachmentKind::File);
    }

    #[test]
    fn composed_goes_there_and_back() {
        let mut composed = Composed::of(MessageBody::File { file: Box::new(file()), caption: Pii("look".into()) });
        composed.reply =
            Some(ReplyReference { to: WireId("w".into()), author: Some("a@example.org".into()), quote: "q".into() });
        composed.mentions = vec![Mention { of: Mentioned::Everybody, begin: 0, end: 1 }];
        composed.extension = Some(serde_json::json!({"a": [1]}));
        composed.push_text = Some("push".into());
        let content = Content::of(&composed, None);
        assert_eq!(content.searchable(), "look\nagpj.exe");
        let json = codes::to_json(&content).unwrap();
        let again: Content = codes::from_json(&json).unwrap();
        let MessageBody::File { file, .. } = &mut composed.body else { unreachable!() };
        file.urls.truncate(5);
        file.media_type = "image/png".into();
        file.thumbnail = None;
        assert_eq!(again.into_composed().unwrap(), composed);
    }
}
