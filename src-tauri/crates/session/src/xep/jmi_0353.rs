//! XEP-0353 Jingle Message Initiation: ringing before a session, on all devices of a person.
//!
//! What the XEP does not carry goes into one child of our own beside its element,
//! `<call xmlns='urn:confab:call:0' id='…'>`, with the attributes `timeout` (seconds that it rings), `early`, `cause`
//! (`busy` or `dnd`) and `media`, a `<text/>`, and the extension as a JSON container (XEP-0335). Other clients ignore it.

use confab_model::{
    BusyCause, CONFAB_CALL_NS, CallId, CallMedia, RejectReason, RetractReason, Signal, TerminateReason,
};
use minidom::Element;
use serde_json::{Map, Value};

use super::jingle_reasons::{self, Reason};
use crate::{
    signals::{WriteContext, Written},
    xml::{ElementExt as _, element},
};

pub const NS: &str = "urn:xmpp:jingle-message:0";
const NS_RTP: &str = "urn:xmpp:jingle:apps:rtp:1";
/// XEP-0335.
const NS_JSON: &str = "urn:xmpp:json:0";
/// Longest id that is believed; ours have 36 characters.
const MAX_ID: usize = 256;
/// Bytes of extension JSON that are read at all. The call machine has a limit of its own, in the same place as for
/// what is sent; this one keeps a parser from working on nonsense.
const MAX_EXTENSION: usize = 16 * 1_024;
const MAX_TEXT: usize = 1_024;

/// Reads the signal of a message.
pub fn read(message: &Element) -> Option<Signal> {
    let payload = message.children().find(|child| child.ns() == NS)?;
    let id = payload.attr("id").filter(|id| !id.is_empty() && id.len() <= MAX_ID)?;
    let call = CallId(id.to_owned());
    let own = OwnChild::read(message, id);
    let extension = own.extension;
    match payload.name() {
        "propose" => {
            Some(Signal::Propose { call, media: proposed_media(payload)?, timeout_s: own.timeout_s, extension })
        }
        "ringing" => Some(Signal::Ringing { call, early: own.early }),
        "proceed" => Some(Signal::Proceed { call, media: own.media, extension }),
        "accept" => Some(Signal::Accept { call }),
        "reject" => {
            let Reason { condition, text } = jingle_reasons::read(payload);
            let reason = if has_tie_break(payload) {
                RejectReason::TieBreak
            } else {
                match condition {
                    None | Some(TerminateReason::Busy) => RejectReason::Busy(own.busy),
                    Some(TerminateReason::Decline) => RejectReason::Declined,
                    Some(other) => RejectReason::Other(format!("{other:?}")),
                }
            };
            Some(Signal::Reject { call, reason, text: own.text.or(text), extension })
        }
        "retract" => {
            let reason = if has_tie_break(payload) {
                RetractReason::TieBreak
            } else {
                match jingle_reasons::read(payload).condition {
                    None | Some(TerminateReason::Cancel) => RetractReason::Cancelled,
                    Some(TerminateReason::Expired | TerminateReason::Timeout) => RetractReason::Expired,
                    Some(other) => RetractReason::Other(format!("{other:?}")),
                }
            };
            Some(Signal::Retract { call, reason, extension })
        }
        "finish" => {
            let Reason { condition, text } = jingle_reasons::read(payload);
            let migrated = payload.get_child("migrated", NS).is_some();
            let reason =
                if migrated { TerminateReason::Migrated } else { condition.unwrap_or(TerminateReason::Success) };
            Some(Signal::Finish { call, reason, text, extension })
        }
        _ => None,
    }
}

fn has_tie_break(payload: &Element) -> bool {
    payload.get_child("tie-break", NS).is_some()
}

/// What is proposed; `None` without any description of ours, as for a file transfer.
fn proposed_media(propose: &Element) -> Option<CallMedia> {
    let has = |media: &str| {
        propose.children().any(|c| c.name() == "description" && c.ns() == NS_RTP && c.attr("media") == Some(media))
    };
    match (has("audio"), has("video")) {
        (_, true) => Some(CallMedia::Video),
        (true, false) => Some(CallMedia::Audio),
        (false, false) => None,
    }
}

/// Writes the signals of this extension.
pub fn write(signal: &Signal, _context: &WriteContext) -> Option<Written> {
    let (payload, own) = match signal {
        Signal::Propose { call, media, timeout_s, extension } => {
            let mut propose = payload("propose", call);
            for kind in media_names(*media) {
                propose.append_child(element("description", NS_RTP).with("media", *kind));
            }
            let own = OwnChild { timeout_s: *timeout_s, extension: extension.clone(), ..OwnChild::default() };
            (propose, own)
        }
        Signal::Ringing { call, early } => {
            (payload("ringing", call), OwnChild { early: *early, ..OwnChild::default() })
        }
        Signal::Proceed { call, media, extension } => {
            let own = OwnChild { media: *media, extension: extension.clone(), ..OwnChild::default() };
            (payload("proceed", call), own)
        }
        Signal::Accept { call } => (payload("accept", call), OwnChild::default()),
        Signal::Reject { call, reason, text, extension } => {
            let mut own = OwnChild { extension: extension.clone(), ..OwnChild::default() };
            (reject(call, reason, text.as_deref(), &mut own), own)
        }
        Signal::Retract { call, reason, extension } => {
            let own = OwnChild { extension: extension.clone(), ..OwnChild::default() };
            (retract(call, reason), own)
        }
        Signal::Finish { call, reason, text, extension } => {
            let mut finish = payload("finish", call).with_child(jingle_reasons::write(reason, text.as_deref()));
            if *reason == TerminateReason::Migrated {
                finish.append_child(element("migrated", NS));
            }
            (finish, OwnChild { extension: extension.clone(), ..OwnChild::default() })
        }
        Signal::SessionInitiate { .. }
        | Signal::SessionAccept { .. }
        | Signal::SessionTerminate { .. }
        | Signal::TransportInfo { .. }
        | Signal::SessionInfo { .. }
        | Signal::ContentChange { .. }
        | Signal::SessionError { .. } => return None,
    };
    let call = signal.call()?;
    let mut children = vec![payload];
    children.extend(own.write(call));
    Some(Written::Message(children))
}

fn payload(name: &str, call: &CallId) -> Element {
    element(name, NS).with("id", call.as_str())
}

fn reject(call: &CallId, reason: &RejectReason, text: Option<&str>, own: &mut OwnChild) -> Element {
    let rejected = payload("reject", call);
    match reason {
        RejectReason::Declined => rejected.with_child(jingle_reasons::write(&TerminateReason::Decline, text)),
        RejectReason::Busy(cause) => {
            own.busy.clone_from(cause);
            rejected.with_child(jingle_reasons::write(&TerminateReason::Busy, text))
        }
        // XEP-0353 §5: the reason is `expired`, the element says why.
        RejectReason::TieBreak => rejected
            .with_child(jingle_reasons::write(&TerminateReason::Expired, Some("Tie-Break")))
            .with_child(element("tie-break", NS)),
        RejectReason::Other(_) => rejected.with_child(jingle_reasons::write(&TerminateReason::GeneralError, text)),
    }
}

fn retract(call: &CallId, reason: &RetractReason) -> Element {
    let retracted = payload("retract", call);
    match reason {
        RetractReason::Cancelled => retracted.with_child(jingle_reasons::write(&TerminateReason::Cancel, None)),
        RetractReason::Expired => retracted.with_child(jingle_reasons::write(&TerminateReason::Expired, None)),
        RetractReason::TieBreak => retracted
            .with_child(jingle_reasons::write(&TerminateReason::Cancel, Some("Tie-Break")))
            .with_child(element("tie-break", NS)),
        RetractReason::Other(_) => retracted.with_child(jingle_reasons::write(&TerminateReason::GeneralError, None)),
    }
}

fn media_names(media: CallMedia) -> &'static [&'static str] {
    match media {
        CallMedia::Audio => &["audio"],
        CallMedia::Video => &["audio", "video"],
    }
}

/// Our own child.
#[derive(Debug, Clone, Default, PartialEq)]
struct OwnChild {
    timeout_s: Option<u32>,
    early: bool,
    media: Option<CallMedia>,
    busy: Option<BusyCause>,
    text: Option<String>,
    extension: Option<Map<String, Value>>,
}

impl OwnChild {
    /// Nothing is believed of a child that names another call.
    fn read(message: &Element, call: &str) -> Self {
        let Some(child) = message.get_child("call", CONFAB_CALL_NS).filter(|child| child.attr("id") == Some(call))
        else {
            return Self::default();
        };
        let text = child
            .get_child("text", CONFAB_CALL_NS)
            .map(|text| text.text().chars().take(MAX_TEXT).collect::<String>())
            .filter(|text| !text.trim().is_empty());
        Self {
            timeout_s: child.attr("timeout").and_then(|seconds| seconds.parse().ok()),
            early: child.attr("early") == Some("true"),
            media: match child.attr("media") {
                Some("audio") => Some(CallMedia::Audio),
                Some("video") => Some(CallMedia::Video),
                _ => None,
            },
            busy: match child.attr("cause") {
                Some("busy") => Some(BusyCause::InAnotherCall),
                Some("dnd") => Some(BusyCause::DoNotDisturb { text: text.clone() }),
                _ => None,
            },
            text,
            extension: child
                .get_child("json", NS_JSON)
                .map(Element::text)
                .filter(|json| json.len() <= MAX_EXTENSION)
                .and_then(|json| serde_json::from_str(&json).ok()),
        }
    }

    /// `None` if there is nothing to say.
    fn write(self, call: &CallId) -> Option<Element> {
        if self == Self::default() {
            return None;
        }
        let mut child = element("call", CONFAB_CALL_NS).with("id", call.as_str());
        if let Some(seconds) = self.timeout_s {
            child = child.with("timeout", seconds.to_string());
        }
        if self.early {
            child = child.with("early", "true");
        }
        match self.media {
            Some(CallMedia::Audio) => child = child.with("media", "audio"),
            Some(CallMedia::Video) => child = child.with("media", "video"),
            None => {}
        }
        let (cause, text) = match self.busy {
            None => (None, self.text),
            Some(BusyCause::InAnotherCall) => (Some("busy"), self.text),
            Some(BusyCause::DoNotDisturb { text }) => (Some("dnd"), text),
        };
        if let Some(cause) = cause {
            child = child.with("cause", cause);
        }
        if let Some(text) = text {
            child.append_child(element("text", CONFAB_CALL_NS).with_text(text));
        }
        if let Some(extension) = self.extension {
            child.append_child(element("json", NS_JSON).with_text(Value::Object(extension).to_string()));
        }
        Some(child)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::ns;

    fn parse(xml: &str) -> Option<Signal> {
        read(&xml.parse::<Element>().expect("well formed"))
    }

    fn written(signal: &Signal) -> Element {
        let own = "me@example.org/a".parse().expect("valid");
        match write(signal, &WriteContext { own, device: None }) {
            Some(Written::Message(children)) => {
                children.into_iter().fold(element("message", ns::CLIENT), crate::xml::ElementExt::with_child)
            }
            other => panic!("{signal:?} became {other:?}"),
        }
    }

    fn extension() -> Option<Map<String, Value>> {
        serde_json::from_str(r#"{"topic":"<lunch> & 会议"}"#).ok()
    }

    #[test]
    fn every_signal_survives_the_wire() {
        let call = || CallId::from("c1");
        let signals = [
            Signal::Propose { call: call(), media: CallMedia::Video, timeout_s: Some(45), extension: extension() },
            Signal::Propose { call: call(), media: CallMedia::Audio, timeout_s: None, extension: None },
            Signal::Ringing { call: call(), early: true },
            Signal::Ringing { call: call(), early: false },
            Signal::Proceed { call: call(), media: Some(CallMedia::Audio), extension: None },
            Signal::Accept { call: call() },
            Signal::Reject {
                call: call(),
                reason: RejectReason::Declined,
                text: Some("in a meeting".to_owned()),
                extension: extension(),
            },
            Signal::Reject {
                call: call(),
                reason: RejectReason::Busy(Some(BusyCause::InAnotherCall)),
                text: None,
                extension: None,
            },
            Signal::Reject { call: call(), reason: RejectReason::Busy(None), text: None, extension: None },
            Signal::Retract { call: call(), reason: RetractReason::Cancelled, extension: None },
            Signal::Retract { call: call(), reason: RetractReason::Expired, extension: None },
            Signal::Retract { call: call(), reason: RetractReason::TieBreak, extension: None },
            Signal::Finish { call: call(), reason: TerminateReason::Success, text: None, extension: None },
            Signal::Finish { call: call(), reason: TerminateReason::Migrated, text: None, extension: None },
            Signal::Finish { call: call(), reason: TerminateReason::ConnectivityError, text: None, extension: None },
        ];
        for signal in signals {
            assert_eq!(read(&written(&signal)), Some(signal));
        }
    }

    #[test]
    fn do_not_disturb_carries_its_text_in_both_places() {
        let cause = BusyCause::DoNotDisturb { text: Some("back at five".to_owned()) };
        let signal = Signal::Reject {
            call: CallId::from("c1"),
            reason: RejectReason::Busy(Some(cause.clone())),
            text: None,
            extension: None,
        };
        let Some(Signal::Reject { reason, text, .. }) = read(&written(&signal)) else { panic!("not a reject") };
        assert_eq!(reason, RejectReason::Busy(Some(cause)));
        assert_eq!(text.as_deref(), Some("back at five"));
    }

    #[test]
    fn a_tie_break_is_told_from_other_rejections() {
        let signal =
            Signal::Reject { call: CallId::from("c1"), reason: RejectReason::TieBreak, text: None, extension: None };
        assert!(matches!(read(&written(&signal)), Some(Signal::Reject { reason: RejectReason::TieBreak, .. })));
    }

    #[test]
    fn what_is_not_a_call_or_names_none_is_no_signal() {
        assert_eq!(parse("<message xmlns='jabber:client'><body>hi</body></message>"), None);
        assert_eq!(parse("<message xmlns='jabber:client'><accept xmlns='urn:xmpp:jingle-message:0'/></message>"), None);
        let file = "<message xmlns='jabber:client'><propose xmlns='urn:xmpp:jingle-message:0' id='1'>\
            <description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/></propose></message>";
        assert_eq!(parse(file), None);
        let long = format!(
            "<message xmlns='jabber:client'><accept xmlns='urn:xmpp:jingle-message:0' id='{}'/></message>",
            "x".repeat(MAX_ID + 1)
        );
        assert_eq!(parse(&long), None);
    }

    #[test]
    fn our_child_of_another_call_or_with_broken_parts_is_not_believed() {
        let xml = |child: &str| {
            format!(
                "<message xmlns='jabber:client'><propose xmlns='urn:xmpp:jingle-message:0' id='1'>\
                <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>{child}</message>"
            )
        };
        let plain = Some(Signal::Propose {
            call: CallId::from("1"),
            media: CallMedia::Audio,
            timeout_s: None,
            extension: None,
        });
        assert_eq!(parse(&xml("<call xmlns='urn:confab:call:0' id='2' timeout='5'/>")), plain);
        assert_eq!(parse(&xml("<call xmlns='urn:confab:call:0' id='1' timeout='soon'/>")), plain);
        let json = "<call xmlns='urn:confab:call:0' id='1'><json xmlns='urn:xmpp:json:0'>[1]</json></call>";
        assert_eq!(parse(&xml(json)), plain, "an array is no object");
    }

    #[test]
    fn a_browser_client_and_dino_are_understood() {
        // Shapes of interop transcripts: reason and text of a rejection, a retraction, Dino's two accepts.
        let rejected = "<message xmlns='jabber:client'><reject xmlns='urn:xmpp:jingle-message:0' id='r'/></message>";
        assert!(matches!(parse(rejected), Some(Signal::Reject { reason: RejectReason::Busy(None), text: None, .. })));
        let retracted = "<message xmlns='jabber:client'><retract xmlns='urn:xmpp:jingle-message:0' id='r'/></message>";
        assert!(matches!(parse(retracted), Some(Signal::Retract { reason: RetractReason::Cancelled, .. })));
        let finished = "<message xmlns='jabber:client'><finish xmlns='urn:xmpp:jingle-message:0' id='r'/></message>";
        assert!(matches!(parse(finished), Some(Signal::Finish { reason: TerminateReason::Success, .. })));
    }
}
