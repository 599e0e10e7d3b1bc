//! XEP-0166 Jingle sessions: the envelope around RTP descriptions and ICE transports, with XEP-0338 grouping.
//!
//! Actions that the call machine has no use for (transport-replace, security-info, description-info) are refused as
//! not implemented; contents of other applications are left out, and the machine sees a description without them.

use confab_model::{
    Content, ContentAction, ContentName, Creator, MediaDescription, MediaKind, Senders, SessionId, Signal,
    TerminateReason, TransportDescription,
};
use minidom::Element;

use super::{jingle_ice_0176 as ice, jingle_reasons, jingle_rtp_0167 as rtp};
use crate::{
    signals::{Refusal, WriteContext, Written},
    xml::{ElementExt as _, element, ns},
};

/// XEP-0166 §10: conditions of errors.
pub const NS_ERRORS: &str = "urn:xmpp:jingle:errors:1";
/// XEP-0338.
pub const NS_GROUPING: &str = "urn:xmpp:jingle:apps:grouping:0";
/// By which a client says that it groups (XEP-0338 §2). Some advertise the namespace instead.
pub const GROUPING_FEATURE: &str = "urn:ietf:rfc:5888";
const MAX_ID: usize = 256;
/// A call has two contents, with a screen three; the rest is nonsense.
const MAX_CONTENTS: usize = 16;

/// Reads the payload of an iq `set`.
pub fn read(jingle: &Element) -> Result<Signal, Refusal> {
    if jingle.name() != "jingle" || jingle.ns() != ns::JINGLE {
        return Err(Refusal::Malformed);
    }
    let sid = jingle.attr("sid").filter(|sid| !sid.is_empty() && sid.len() <= MAX_ID).ok_or(Refusal::Malformed)?;
    let sid = SessionId(sid.to_owned());
    let described = || read_description(jingle);
    let change = |action| Ok(Signal::ContentChange { sid: sid.clone(), action, description: described()? });
    match jingle.attr("action").ok_or(Refusal::Malformed)? {
        "session-initiate" => Ok(Signal::SessionInitiate { description: described()?, sid }),
        "session-accept" => Ok(Signal::SessionAccept { description: described()?, sid }),
        "transport-info" => Ok(Signal::TransportInfo { description: described()?, sid }),
        "session-terminate" => {
            let reason = jingle_reasons::read(jingle);
            let condition = reason.condition.unwrap_or(TerminateReason::Success);
            Ok(Signal::SessionTerminate { sid, reason: condition, text: reason.text })
        }
        "session-info" => {
            // XEP-0166 §6.8: an empty session-info is a ping; what we do not know is not implemented.
            let Some(payload) = jingle.children().next() else {
                return Ok(Signal::SessionInfo { sid, info: confab_model::SessionInfo::Active });
            };
            let info = rtp::read_info(payload).ok_or(Refusal::NotImplemented)?;
            Ok(Signal::SessionInfo { sid, info })
        }
        "content-add" => change(ContentAction::Add),
        "content-accept" => change(ContentAction::Accept),
        "content-reject" => change(ContentAction::Reject),
        "content-modify" => change(ContentAction::Modify),
        "content-remove" => change(ContentAction::Remove),
        _ => Err(Refusal::NotImplemented),
    }
}

fn read_description(jingle: &Element) -> Result<MediaDescription, Refusal> {
    let contents: Vec<Content> = jingle
        .children()
        .filter(|child| child.name() == "content" && child.ns() == ns::JINGLE)
        .take(MAX_CONTENTS)
        .map(read_content)
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    let bundle = jingle
        .children()
        .find(|child| child.name() == "group" && child.ns() == NS_GROUPING && child.attr("semantics") == Some("BUNDLE"))
        .map(|group| {
            let names = group.children().filter(|child| child.name() == "content");
            names.filter_map(|child| child.attr("name").map(ContentName::from)).take(MAX_CONTENTS).collect()
        })
        .unwrap_or_default();
    Ok(MediaDescription { contents, bundle })
}

/// `Ok(None)`: a content of an application that is not RTP.
fn read_content(element: &Element) -> Result<Option<Content>, Refusal> {
    let name = element.attr("name").filter(|name| !name.is_empty() && name.len() <= MAX_ID);
    let name = ContentName::from(name.ok_or(Refusal::Malformed)?);
    let description = element.children().find(|child| child.name() == "description");
    let kind = match description {
        Some(description) if description.ns() == rtp::NS => match rtp::read_kind(description) {
            Some(kind) => kind,
            None => return Ok(None),
        },
        Some(_) => return Ok(None),
        // Of a transport-info or content-remove only the name counts. A guess for readers; nothing is decided by it.
        None if name.0.contains("video") => MediaKind::Video,
        None => MediaKind::Audio,
    };
    let transport = element.get_child("transport", ice::NS).map(ice::read);
    let mut content = Content {
        name,
        creator: match element.attr("creator") {
            Some("responder") => Creator::Responder,
            _ => Creator::Initiator,
        },
        senders: match element.attr("senders") {
            Some("initiator") => Senders::Initiator,
            Some("responder") => Senders::Responder,
            Some("none") => Senders::None,
            _ => Senders::Both,
        },
        kind,
        payload_types: Vec::new(),
        header_extensions: Vec::new(),
        rtcp_mux: false,
        feedback: Vec::new(),
        sources: Vec::new(),
        source_groups: Vec::new(),
        is_screen: false,
        transport: transport.unwrap_or_default(),
    };
    if let Some(description) = description {
        rtp::read(description, &mut content);
    }
    Ok(Some(content))
}

/// Writes the signals of this extension.
pub fn write(signal: &Signal, context: &WriteContext) -> Option<Written> {
    let jingle = match signal {
        Signal::SessionInitiate { sid, description } => {
            let out = envelope("session-initiate", sid).with("initiator", context.own.to_string());
            with_contents(out, description, Parts::All)
        }
        Signal::SessionAccept { sid, description } => {
            let out = envelope("session-accept", sid).with("responder", context.own.to_string());
            with_contents(out, description, Parts::All)
        }
        Signal::TransportInfo { sid, description } => {
            with_contents(envelope("transport-info", sid), description, Parts::Transport)
        }
        Signal::SessionTerminate { sid, reason, text } => {
            envelope("session-terminate", sid).with_child(jingle_reasons::write(reason, text.as_deref()))
        }
        // Sent by either side about its own sending; contents of a first offer are the initiator's.
        Signal::SessionInfo { sid, info } => {
            envelope("session-info", sid).with_child(rtp::write_info(info, "initiator"))
        }
        Signal::ContentChange { sid, action, description } => {
            let (name, parts) = match action {
                ContentAction::Add => ("content-add", Parts::All),
                ContentAction::Accept => ("content-accept", Parts::All),
                ContentAction::Reject => ("content-reject", Parts::Name),
                ContentAction::Modify => ("content-modify", Parts::Name),
                ContentAction::Remove => ("content-remove", Parts::Name),
            };
            with_contents(envelope(name, sid), description, parts)
        }
        Signal::Propose { .. }
        | Signal::Ringing { .. }
        | Signal::Proceed { .. }
        | Signal::Accept { .. }
        | Signal::Reject { .. }
        | Signal::Retract { .. }
        | Signal::Finish { .. }
        | Signal::SessionError { .. } => return None,
    };
    Some(Written::Iq(jingle))
}

fn envelope(action: &str, sid: &SessionId) -> Element {
    element("jingle", ns::JINGLE).with("action", action).with("sid", sid.as_str())
}

/// How much of each content an action tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    All,
    Transport,
    Name,
}

fn with_contents(mut out: Element, description: &MediaDescription, parts: Parts) -> Element {
    if !description.bundle.is_empty() && parts == Parts::All {
        let mut group = element("group", NS_GROUPING).with("semantics", "BUNDLE");
        for name in &description.bundle {
            group.append_child(element("content", NS_GROUPING).with("name", name.0.as_str()));
        }
        out.append_child(group);
    }
    for content in &description.contents {
        out.append_child(write_content(content, parts));
    }
    out
}

fn write_content(content: &Content, parts: Parts) -> Element {
    let creator = match content.creator {
        Creator::Initiator => "initiator",
        Creator::Responder => "responder",
    };
    let mut out = element("content", ns::JINGLE).with("creator", creator).with("name", content.name.0.as_str());
    if parts != Parts::Transport {
        let senders = match content.senders {
            Senders::Both => "both",
            Senders::Initiator => "initiator",
            Senders::Responder => "responder",
            Senders::None => "none",
        };
        out = out.with("senders", senders);
    }
    if parts == Parts::All {
        out.append_child(rtp::write(content));
    }
    if parts != Parts::Name && content.transport != TransportDescription::default() {
        out.append_child(ice::write(&content.transport));
    } else if parts == Parts::All {
        // XEP-0166 §7.3 wants a transport in every content, also in one that rides on another's.
        out.append_child(element("transport", ice::NS));
    }
    out
}
