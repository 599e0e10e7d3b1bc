//! Jingle against recorded stanzas of Dino 0.5.0 and of a browser client (`fixtures/`), and against itself.

use confab_model::{
    Candidate, CandidateKind, CandidateProtocol, CodecParameter, Content, ContentAction, ContentName, Creator,
    DtlsSetup, Fingerprint, HeaderExtension, MediaDescription, MediaKind, PayloadType, RtcpFeedback, Senders,
    SessionId, SessionInfo, Signal, Source, SourceGroup, TerminateReason, TransportDescription,
};
use minidom::Element;

use super::{jingle_0166, jmi_0353};
use crate::{
    signals::{Refusal, WriteContext, Written},
    xml::ns,
};

pub(super) const DINO_CALLS_BROWSER: &str = include_str!("../../fixtures/02-dino-video-calls-stanzajs.xml");
pub(super) const BROWSER_CALLS_DINO: &str = include_str!("../../fixtures/03-stanzajs-video-calls-dino.xml");
pub(super) const DINO_REJECTS: &str = include_str!("../../fixtures/05-dino-reject-retract.xml");

/// The stanzas of a transcript, in order. Its comments are for people: XMPP has none, and so has the parser.
pub(super) fn stanzas(transcript: &str) -> Vec<Element> {
    let transcript: String = transcript.lines().filter(|line| !line.starts_with("<!--")).collect::<Vec<_>>().join("\n");
    let wrapped = format!("<all xmlns='jabber:client'>{transcript}</all>");
    let all: Element = wrapped.parse().expect("a transcript is well-formed");
    all.children().cloned().collect()
}

/// The signals of a transcript, in order: iqs and messages alike.
fn signals(transcript: &str) -> Vec<Signal> {
    let signal = |stanza: Element| match stanza.name() {
        "iq" => stanza.get_child("jingle", ns::JINGLE).map(|jingle| jingle_0166::read(jingle).expect("understood")),
        _ => jmi_0353::read(&stanza),
    };
    stanzas(transcript).into_iter().filter_map(signal).collect()
}

fn kinds(signals: &[Signal]) -> Vec<&'static str> {
    let kind = |signal: &Signal| match signal {
        Signal::Propose { .. } => "propose",
        Signal::Ringing { .. } => "ringing",
        Signal::Proceed { .. } => "proceed",
        Signal::Accept { .. } => "accept",
        Signal::Reject { .. } => "reject",
        Signal::Retract { .. } => "retract",
        Signal::Finish { .. } => "finish",
        Signal::SessionInitiate { .. } => "initiate",
        Signal::SessionAccept { .. } => "session-accept",
        Signal::SessionTerminate { .. } => "terminate",
        Signal::TransportInfo { .. } => "transport-info",
        Signal::SessionInfo { .. } => "info",
        Signal::ContentChange { .. } => "content",
        Signal::SessionError { .. } => "error",
    };
    let mut kinds: Vec<_> = signals.iter().map(kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn dino_calls_a_browser() {
    let signals = signals(DINO_CALLS_BROWSER);
    let expected = ["propose", "ringing", "accept", "proceed", "initiate", "session-accept", "transport-info"];
    assert_eq!(&kinds(&signals)[..expected.len()], expected);
    let Some(Signal::SessionInitiate { description, .. }) =
        signals.iter().find(|signal| matches!(signal, Signal::SessionInitiate { .. }))
    else {
        panic!("no session-initiate");
    };
    assert!(description.bundle.is_empty(), "Dino offers one transport per content");
    let [audio, video] = description.contents.as_slice() else { panic!("two contents") };
    assert_eq!((audio.kind, video.kind), (MediaKind::Audio, MediaKind::Video));
    let opus = &audio.payload_types[0];
    assert_eq!((opus.id, opus.name.as_str(), opus.clock_rate, opus.channels), (111, "opus", 48_000, 2));
    let feedback: Vec<_> =
        video.payload_types[0].feedback.iter().map(|fb| (fb.kind.as_str(), fb.subtype.as_deref())).collect();
    assert_eq!(feedback, [("goog-remb", None), ("ccm", Some("fir")), ("nack", None), ("nack", Some("pli"))]);
    assert_eq!(video.header_extensions, [HeaderExtension { id: 1, uri: "urn:3gpp:video-orientation".to_owned() }]);
    assert!(audio.rtcp_mux && video.rtcp_mux);
    for content in [audio, video] {
        assert_eq!(content.transport.candidates.len(), 4, "two addresses, two components");
        let fingerprint = content.transport.fingerprint.as_ref().expect("a fingerprint");
        assert_eq!((fingerprint.hash.as_str(), fingerprint.setup), ("sha-256", DtlsSetup::ActPass));
    }
}

#[test]
fn a_browser_calls_dino_and_is_understood_in_every_stanza() {
    let signals = signals(BROWSER_CALLS_DINO);
    let expected = ["propose", "accept", "proceed", "initiate"];
    assert_eq!(&kinds(&signals)[..expected.len()], expected);
    let all: Vec<_> = signals
        .iter()
        .filter_map(|signal| match signal {
            Signal::TransportInfo { description, .. } => Some(description),
            _ => None,
        })
        .collect();
    assert!(!all.is_empty(), "the browser trickles");
    let empty = all.iter().filter(|description| description.candidates().count() == 0).count();
    assert_eq!(empty, 1, "only the word that gathering is over has no candidate");
}

#[test]
fn dino_rejects_without_a_reason_to_the_caller_and_to_itself() {
    assert_eq!(kinds(&signals(DINO_REJECTS)), ["propose", "reject", "propose", "retract"]);
}

fn written(signal: &Signal) -> Element {
    let own = "me@example.org/a".parse().expect("valid");
    match jingle_0166::write(signal, &WriteContext { own, device: None }) {
        Some(Written::Iq(jingle)) => jingle,
        other => panic!("{signal:?} became {other:?}"),
    }
}

fn parameter(name: &str, value: &str) -> CodecParameter {
    CodecParameter { name: name.to_owned(), value: value.to_owned() }
}

fn feedback(kind: &str, subtype: Option<&str>) -> RtcpFeedback {
    RtcpFeedback { kind: kind.to_owned(), subtype: subtype.map(str::to_owned) }
}

fn video_content() -> Content {
    Content {
        name: ContentName::from("video"),
        creator: Creator::Responder,
        senders: Senders::Initiator,
        kind: MediaKind::Video,
        payload_types: vec![
            PayloadType {
                id: 96,
                name: "VP8".to_owned(),
                clock_rate: 90_000,
                channels: 1,
                parameters: Vec::new(),
                feedback: vec![feedback("nack", None), feedback("nack", Some("pli"))],
            },
            PayloadType {
                id: 97,
                name: "rtx".to_owned(),
                clock_rate: 90_000,
                channels: 1,
                parameters: vec![parameter("apt", "96"), parameter("cname", "")],
                feedback: Vec::new(),
            },
        ],
        header_extensions: vec![HeaderExtension { id: 3, uri: "urn:example:extension".to_owned() }],
        rtcp_mux: true,
        feedback: vec![feedback("transport-cc", None)],
        sources: vec![Source { ssrc: u32::MAX, parameters: vec![parameter("cname", "a b")] }],
        source_groups: vec![SourceGroup { semantics: "FID".to_owned(), ssrcs: vec![u32::MAX, 7] }],
        is_screen: false,
        transport: TransportDescription {
            ufrag: "uf+/".to_owned(),
            pwd: "pwd".to_owned(),
            fingerprint: Some(Fingerprint {
                hash: "sha-256".to_owned(),
                value: "AB:01".to_owned(),
                setup: DtlsSetup::Passive,
            }),
            candidates: vec![Candidate {
                foundation: "1".to_owned(),
                component: 1,
                protocol: CandidateProtocol::Tcp,
                priority: u32::MAX,
                address: "2001:db8::1".to_owned(),
                port: 9,
                kind: CandidateKind::Relayed,
                related: Some(("192.0.2.1".parse().expect("valid"), 50_000)),
                tcp_type: Some("active".to_owned()),
                generation: 2,
                id: "c1".to_owned(),
                network: 1,
            }],
        },
    }
}

#[test]
fn every_session_signal_survives_the_wire() {
    let sid = || SessionId::from("s1");
    let whole = MediaDescription {
        contents: vec![video_content()],
        bundle: vec![ContentName::from("audio"), ContentName::from("video")],
    };
    let signals = [
        Signal::SessionInitiate { sid: sid(), description: whole.clone() },
        Signal::SessionAccept { sid: sid(), description: whole.clone() },
        Signal::ContentChange { sid: sid(), action: ContentAction::Add, description: whole },
        Signal::SessionTerminate { sid: sid(), reason: TerminateReason::MediaError, text: Some("no".to_owned()) },
        Signal::SessionInfo { sid: sid(), info: SessionInfo::Mute(Some(ContentName::from("audio"))) },
        Signal::SessionInfo { sid: sid(), info: SessionInfo::Unmute(None) },
        Signal::SessionInfo { sid: sid(), info: SessionInfo::Hold },
        Signal::SessionInfo { sid: sid(), info: SessionInfo::Unhold },
        Signal::SessionInfo { sid: sid(), info: SessionInfo::Active },
        Signal::SessionInfo { sid: sid(), info: SessionInfo::Ringing },
    ];
    for signal in signals {
        assert_eq!(jingle_0166::read(&written(&signal)), Ok(signal));
    }
}

#[test]
fn a_transport_info_tells_the_transport_only() {
    let description = MediaDescription { contents: vec![video_content()], bundle: Vec::new() };
    let jingle = written(&Signal::TransportInfo { sid: SessionId::from("s1"), description });
    let Ok(Signal::TransportInfo { description, .. }) = jingle_0166::read(&jingle) else { panic!("read back") };
    let content = &description.contents[0];
    assert_eq!(content.transport, video_content().transport);
    assert!(content.payload_types.is_empty());
}

fn read(xml: &str) -> Result<Signal, Refusal> {
    jingle_0166::read(&xml.parse::<Element>().expect("well formed"))
}

#[test]
fn nonsense_is_refused_and_what_we_lack_is_said() {
    assert_eq!(read("<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate'/>"), Err(Refusal::Malformed));
    assert_eq!(read("<jingle xmlns='urn:xmpp:jingle:1' sid='s'/>"), Err(Refusal::Malformed));
    assert_eq!(read("<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='dance'/>"), Err(Refusal::NotImplemented));
    assert_eq!(
        read("<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='session-initiate'><content/></jingle>"),
        Err(Refusal::Malformed)
    );
}

#[test]
fn a_broken_part_costs_that_part_only() {
    let xml = "<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='session-initiate'>\
        <content name='a' creator='initiator'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>\
        <payload-type id='300' name='x'/><payload-type name='y'/><payload-type id='0'/>\
        <rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='x' uri='u'/>\
        <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='-1'/></description>\
        <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='u' pwd='p'>\
        <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='SHA-256'>zz:01</fingerprint>\
        <candidate ip='10.0.0.1' port='70000'/><candidate ip='10.0.0.1'/><candidate port='1'/>\
        <candidate ip='x.local' port='1' protocol='UDP' type='host'/><candidate ip='10.0.0.1' port='1' type='odd'/>\
        </transport></content>\
        <content name='f'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/></content>\
        <content name='t'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='text'/></content></jingle>";
    let Ok(Signal::SessionInitiate { description, .. }) = read(xml) else { panic!("read") };
    let [content] = description.contents.as_slice() else { panic!("one content is ours") };
    assert_eq!(content.payload_types.iter().map(|pt| pt.id).collect::<Vec<_>>(), [0]);
    assert_eq!(content.transport.fingerprint, None);
    let addresses: Vec<_> = content.transport.candidates.iter().map(|c| c.address.as_str()).collect();
    assert_eq!(addresses, ["x.local"]);
    assert!(content.header_extensions.is_empty() && content.sources.is_empty());
}

#[test]
fn of_several_fingerprints_the_one_that_everybody_can_check_is_taken() {
    let told = |hashes: &[&str]| {
        let fingerprint =
            |hash: &&str| format!("<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='{hash}'>AA:01</fingerprint>");
        let xml = format!(
            "<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='transport-info'><content name='a'>\
             <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'>{}</transport></content></jingle>",
            hashes.iter().map(fingerprint).collect::<String>()
        );
        let Ok(Signal::TransportInfo { description, .. }) = read(&xml) else { panic!("read") };
        description.contents[0].transport.fingerprint.as_ref().map(|fingerprint| fingerprint.hash.clone())
    };
    for (hashes, expected) in [
        (&["sha-512", "SHA-256"][..], Some("sha-256")),
        (&["sha-256", "sha-512"], Some("sha-256")),
        (&["sha-512", "sha-384"], Some("sha-512")),
        (&[], None),
    ] {
        assert_eq!(told(hashes).as_deref(), expected);
    }
}

#[test]
fn a_flood_of_parts_is_cut() {
    let candidates = "<candidate ip='10.0.0.1' port='1'/>".repeat(10_000);
    let contents = format!(
        "<content name='a'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'>{candidates}</transport></content>"
    )
    .repeat(20);
    let xml = format!("<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='transport-info'>{contents}</jingle>");
    let Ok(Signal::TransportInfo { description, .. }) = read(&xml) else { panic!("read") };
    assert_eq!(description.contents.len(), 16);
    assert!(description.contents.iter().all(|content| content.transport.candidates.len() == 64));
}
