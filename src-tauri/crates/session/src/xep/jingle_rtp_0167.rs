//! XEP-0167 RTP descriptions with XEP-0293 (feedback), XEP-0294 (header extensions) and XEP-0339 (sources), and the
//! informational messages of XEP-0167 §6.

use confab_model::{
    CodecParameter, Content, HeaderExtension, MediaKind, PayloadType, RtcpFeedback, SessionInfo, Source, SourceGroup,
};
use minidom::Element;

use crate::xml::{ElementExt as _, element};

pub const NS: &str = "urn:xmpp:jingle:apps:rtp:1";
/// Features by which a client says what it can take part in (XEP-0167 §8).
pub const NS_AUDIO: &str = "urn:xmpp:jingle:apps:rtp:audio";
pub const NS_VIDEO: &str = "urn:xmpp:jingle:apps:rtp:video";
pub const NS_INFO: &str = "urn:xmpp:jingle:apps:rtp:info:1";
pub const NS_FEEDBACK: &str = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0";
pub const NS_EXTENSIONS: &str = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0";
pub const NS_SOURCES: &str = "urn:xmpp:jingle:apps:rtp:ssma:0";
/// By which a client says that it tells its sources (XEP-0339 §5).
pub const SOURCES_FEATURE: &str = "urn:ietf:rfc:5576";
/// RTP has 128 payload types.
const MAX_PAYLOAD_TYPES: usize = 128;
/// More of anything else than a description has.
const MAX_PARTS: usize = 64;
/// Characters of names and values; the longest real one is an H.264 `sprop-parameter-sets`.
const MAX_VALUE: usize = 1_024;

/// The kind of a `<description/>`; `None` for kinds that are neither audio nor video.
pub(super) fn read_kind(description: &Element) -> Option<MediaKind> {
    match description.attr("media") {
        Some("audio") => Some(MediaKind::Audio),
        Some("video") => Some(MediaKind::Video),
        _ => None,
    }
}

/// Reads a `<description/>` into a content.
pub(super) fn read(description: &Element, content: &mut Content) {
    let own = |name: &'static str| description.children().filter(move |c| c.name() == name && c.ns() == NS);
    content.payload_types = own("payload-type").filter_map(read_payload_type).take(MAX_PAYLOAD_TYPES).collect();
    content.rtcp_mux = own("rtcp-mux").next().is_some();
    content.feedback = read_feedback(description);
    content.header_extensions = children(description, "rtp-hdrext", NS_EXTENSIONS)
        .filter_map(|e| Some(HeaderExtension { id: e.attr("id")?.parse().ok()?, uri: value(e, "uri")? }))
        .collect();
    content.sources = children(description, "source", NS_SOURCES).filter_map(read_source).collect();
    content.source_groups = children(description, "ssrc-group", NS_SOURCES)
        .filter_map(|group| {
            let ssrcs = children(group, "source", NS_SOURCES).filter_map(ssrc).collect();
            Some(SourceGroup { semantics: value(group, "semantics")?, ssrcs })
        })
        .collect();
}

fn children<'a>(parent: &'a Element, name: &'static str, ns: &'static str) -> impl Iterator<Item = &'a Element> {
    parent.children().filter(move |child| child.name() == name && child.ns() == ns).take(MAX_PARTS)
}

fn value(element: &Element, name: &str) -> Option<String> {
    element.attr(name).filter(|value| value.len() <= MAX_VALUE).map(str::to_owned)
}

fn ssrc(source: &Element) -> Option<u32> {
    source.attr("ssrc")?.trim().parse().ok()
}

fn read_payload_type(element: &Element) -> Option<PayloadType> {
    let number = |name: &str| element.attr(name).and_then(|value| value.trim().parse::<u32>().ok());
    let id = u8::try_from(number("id")?).ok().filter(|id| *id < 128)?;
    Some(PayloadType {
        id,
        // Static payload types (RFC 3551) may come without a name.
        name: value(element, "name").unwrap_or_default(),
        clock_rate: number("clockrate").unwrap_or(0),
        channels: u8::try_from(number("channels").unwrap_or(1)).unwrap_or(1).max(1),
        parameters: children(element, "parameter", NS).map(read_parameter).collect(),
        feedback: read_feedback(element),
    })
}

fn read_parameter(element: &Element) -> CodecParameter {
    CodecParameter {
        name: value(element, "name").unwrap_or_default(),
        value: value(element, "value").unwrap_or_default(),
    }
}

fn read_feedback(parent: &Element) -> Vec<RtcpFeedback> {
    children(parent, "rtcp-fb", NS_FEEDBACK)
        .filter_map(|fb| Some(RtcpFeedback { kind: value(fb, "type")?, subtype: value(fb, "subtype") }))
        .collect()
}

fn read_source(element: &Element) -> Option<Source> {
    Some(Source {
        ssrc: ssrc(element)?,
        parameters: children(element, "parameter", NS_SOURCES).map(read_parameter).collect(),
    })
}

/// Writes the `<description/>` of a content.
pub(super) fn write(content: &Content) -> Element {
    let mut out = element("description", NS).with("media", media_name(content.kind));
    if let Some(source) = content.sources.first() {
        out = out.with("ssrc", source.ssrc.to_string());
    }
    for payload_type in &content.payload_types {
        out.append_child(write_payload_type(payload_type));
    }
    append_feedback(&mut out, &content.feedback);
    for extension in &content.header_extensions {
        let written = element("rtp-hdrext", NS_EXTENSIONS)
            .with("id", extension.id.to_string())
            .with("uri", extension.uri.as_str());
        out.append_child(written);
    }
    if content.rtcp_mux {
        out.append_child(element("rtcp-mux", NS));
    }
    for source in &content.sources {
        let mut written = element("source", NS_SOURCES).with("ssrc", source.ssrc.to_string());
        for parameter in &source.parameters {
            written.append_child(write_parameter(parameter, NS_SOURCES));
        }
        out.append_child(written);
    }
    for group in &content.source_groups {
        let mut written = element("ssrc-group", NS_SOURCES).with("semantics", group.semantics.as_str());
        for ssrc in &group.ssrcs {
            written.append_child(element("source", NS_SOURCES).with("ssrc", ssrc.to_string()));
        }
        out.append_child(written);
    }
    out
}

pub(super) fn media_name(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Audio => "audio",
        MediaKind::Video => "video",
    }
}

fn write_payload_type(payload_type: &PayloadType) -> Element {
    let mut out = element("payload-type", NS)
        .with("id", payload_type.id.to_string())
        .with("name", payload_type.name.as_str())
        .with("clockrate", payload_type.clock_rate.to_string());
    if payload_type.channels > 1 {
        out = out.with("channels", payload_type.channels.to_string());
    }
    for parameter in &payload_type.parameters {
        out.append_child(write_parameter(parameter, NS));
    }
    append_feedback(&mut out, &payload_type.feedback);
    out
}

fn write_parameter(parameter: &CodecParameter, ns: &str) -> Element {
    let mut out = element("parameter", ns).with("name", parameter.name.as_str());
    if !parameter.value.is_empty() {
        out = out.with("value", parameter.value.as_str());
    }
    out
}

fn append_feedback(parent: &mut Element, feedback: &[RtcpFeedback]) {
    for item in feedback {
        let mut written = element("rtcp-fb", NS_FEEDBACK).with("type", item.kind.as_str());
        if let Some(subtype) = &item.subtype {
            written = written.with("subtype", subtype.as_str());
        }
        parent.append_child(written);
    }
}

/// Reads the payload of a session-info; `None` for payloads of other extensions.
pub(super) fn read_info(payload: &Element) -> Option<SessionInfo> {
    let name = || payload.attr("name").filter(|name| name.len() <= MAX_VALUE).map(Into::into);
    match payload.name() {
        _ if payload.ns() != NS_INFO => None,
        "active" => Some(SessionInfo::Active),
        "hold" => Some(SessionInfo::Hold),
        "unhold" => Some(SessionInfo::Unhold),
        "mute" => Some(SessionInfo::Mute(name())),
        "unmute" => Some(SessionInfo::Unmute(name())),
        "ringing" => Some(SessionInfo::Ringing),
        _ => None,
    }
}

/// Writes the payload of a session-info. `creator` is that of the content that is named (XEP-0167 §6.4).
pub(super) fn write_info(info: &SessionInfo, creator: &'static str) -> Element {
    let named = |name: &str, content: &Option<confab_model::ContentName>| {
        let out = element(name, NS_INFO).with("creator", creator);
        match content {
            Some(content) => out.with("name", content.0.as_str()),
            None => out,
        }
    };
    match info {
        SessionInfo::Active => element("active", NS_INFO),
        SessionInfo::Hold => element("hold", NS_INFO),
        SessionInfo::Unhold => element("unhold", NS_INFO),
        SessionInfo::Mute(content) => named("mute", content),
        SessionInfo::Unmute(content) => named("unmute", content),
        SessionInfo::Ringing => element("ringing", NS_INFO),
    }
}
