//! What Dino 0.5.0 and a Chromium with stanza.js have really said, against our sessions.

use confab_model::{
    Candidate, CodecParameter, Content, ContentName, Creator, DtlsSetup, Fingerprint, HeaderExtension,
    MediaDescription, MediaKind, PayloadType, RtcpFeedback, Source, SourceGroup, TransportDescription,
};
use confab_peer::{PeerEvent, PeerRole, sdp};

use crate::pair::{Side, both, config};

const DINO: &str = "53:12:06:6D:9D:FE:91:3B:43:68:32:DD:C4:50:54:5E:0E:34:69:46:57:F6:83:36:4A:02:03:4B:CC:FE:68:49";
const CHROMIUM: &str =
    "C3:53:FF:46:BD:62:A6:49:6A:90:DD:E8:AA:FA:1F:11:7C:8E:53:D6:48:6D:43:E1:34:EA:E2:6B:B1:54:F3:2F";

fn payload_type(id: u8, name: &str, clock_rate: u32, channels: u8, parameters: &[(&str, &str)]) -> PayloadType {
    let parameter = |(name, value): &(&str, &str)| CodecParameter { name: (*name).into(), value: (*value).into() };
    let parameters = parameters.iter().map(parameter).collect();
    PayloadType { id, name: name.into(), clock_rate, channels, parameters, feedback: Vec::new() }
}

fn feedback(list: &[&str]) -> Vec<RtcpFeedback> {
    let entry = |text: &&str| {
        let (kind, subtype) = text.split_once(' ').map_or((*text, None), |(kind, subtype)| (kind, Some(subtype)));
        RtcpFeedback { kind: kind.into(), subtype: subtype.map(str::to_owned) }
    };
    list.iter().map(entry).collect()
}

/// XEP-0176 candidates as they were: some without generation, id and network.
fn candidates(lines: &[&str]) -> Vec<Candidate> {
    lines.iter().map(|line| sdp::parse_candidate(line).unwrap()).collect()
}

fn content(name: &str, kind: MediaKind, payload_types: Vec<PayloadType>, transport: TransportDescription) -> Content {
    Content { payload_types, ..Content::bare(name.into(), Creator::Initiator, kind, transport) }
}

fn transport(ufrag: &str, pwd: &str, value: &str, setup: DtlsSetup, lines: &[&str]) -> TransportDescription {
    let fingerprint = Some(Fingerprint { hash: "sha-256".into(), value: value.into(), setup });
    TransportDescription { ufrag: ufrag.into(), pwd: pwd.into(), fingerprint, candidates: candidates(lines) }
}

const DINO_VIDEO_FEEDBACK: [&str; 4] = ["goog-remb", "ccm fir", "nack", "nack pli"];

fn dino_offer() -> MediaDescription {
    let audio = content(
        "audio",
        MediaKind::Audio,
        vec![
            payload_type(111, "opus", 48_000, 2, &[("useinbandfec", "1")]),
            payload_type(112, "speex", 32_000, 1, &[]),
            payload_type(113, "speex", 16_000, 1, &[]),
            payload_type(114, "speex", 8_000, 1, &[]),
            payload_type(0, "PCMU", 8_000, 1, &[]),
            payload_type(8, "PCMA", 8_000, 1, &[]),
        ],
        transport(
            "UPc+",
            "rgTz9caaJmZkOKjAe5ShVW",
            DINO,
            DtlsSetup::ActPass,
            &[
                "1 1 udp 2015363327 10.77.0.2 42322 typ host",
                "2 1 udp 2015363583 10.77.0.1 35879 typ host",
                "1 2 udp 2015363326 10.77.0.2 36352 typ host",
                "2 2 udp 2015363582 10.77.0.1 56246 typ host",
            ],
        ),
    );
    let mut vp8 = payload_type(98, "VP8", 90_000, 1, &[]);
    vp8.feedback = feedback(&DINO_VIDEO_FEEDBACK);
    let mut video = content(
        "video",
        MediaKind::Video,
        vec![vp8],
        transport(
            "lIAr",
            "5waLkTb8nVYLIToasj1pgY",
            DINO,
            DtlsSetup::ActPass,
            &["1 1 udp 2015363327 10.77.0.2 55697 typ host", "1 2 udp 2015363326 10.77.0.2 57635 typ host"],
        ),
    );
    video.header_extensions = vec![HeaderExtension { id: 1, uri: "urn:3gpp:video-orientation".into() }];
    MediaDescription { contents: vec![audio, video], bundle: Vec::new() }
}

fn dino_answer(ours: &MediaDescription) -> MediaDescription {
    let mut answer = dino_offer();
    for (content, offered) in answer.contents.iter_mut().zip(&ours.contents) {
        content.name = offered.name.clone();
        content.transport.fingerprint.as_mut().unwrap().setup = DtlsSetup::Active;
        content.payload_types.truncate(1);
        content.payload_types[0].id = offered.payload_types[0].id;
    }
    answer
}

fn chromium_offer() -> MediaDescription {
    let shared = || transport("m/vY", "bM+9Nut3yI6/zwclZoX0Oa3R", CHROMIUM, DtlsSetup::ActPass, &[]);
    let mut opus = payload_type(111, "opus", 48_000, 2, &[("minptime", "10"), ("useinbandfec", "1")]);
    opus.feedback = feedback(&["transport-cc"]);
    let mut audio = content(
        "0",
        MediaKind::Audio,
        vec![
            opus,
            payload_type(63, "red", 48_000, 2, &[("111/111", "")]),
            payload_type(9, "G722", 8_000, 1, &[]),
            payload_type(110, "telephone-event", 48_000, 1, &[]),
        ],
        shared(),
    );
    let mut vp8 = payload_type(96, "VP8", 90_000, 1, &[]);
    vp8.feedback = feedback(&["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"]);
    let mut video = content(
        "1",
        MediaKind::Video,
        vec![
            vp8,
            payload_type(97, "rtx", 90_000, 1, &[("apt", "96")]),
            payload_type(102, "H264", 90_000, 1, &[("packetization-mode", "1"), ("profile-level-id", "42001f")]),
            payload_type(103, "rtx", 90_000, 1, &[("apt", "102")]),
        ],
        shared(),
    );
    for (content, ssrc) in [(&mut audio, 2_671_321_525), (&mut video, 1_665_468_814)] {
        let uri = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01".to_owned();
        content.header_extensions = vec![
            HeaderExtension { id: 2, uri: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time".into() },
            HeaderExtension { id: 3, uri },
            HeaderExtension { id: 4, uri: "urn:ietf:params:rtp-hdrext:sdes:mid".into() },
        ];
        let cname = CodecParameter { name: "cname".into(), value: "ewfZcGeRHOaKWh2k".into() };
        content.sources = vec![Source { ssrc, parameters: vec![cname] }];
    }
    video.sources.push(Source { ssrc: 7, parameters: Vec::new() });
    video.source_groups = vec![SourceGroup { semantics: "FID".into(), ssrcs: vec![1_665_468_814, 7] }];
    MediaDescription { contents: vec![audio, video], bundle: vec!["0".into(), "1".into()] }
}

fn said(content: &Content) -> Vec<(u8, &str)> {
    content.payload_types.iter().map(|entry| (entry.id, entry.name.as_str())).collect()
}

#[test]
fn what_they_said_survives_sdp() {
    for description in [dino_offer(), chromium_offer()] {
        let mut back = sdp::read(&sdp::write(&description, true).unwrap(), true).unwrap();
        for (content, original) in back.contents.iter_mut().zip(&description.contents) {
            // A source without parameters gets a cname, see RFC 5576 §6.1.
            for (source, original) in content.sources.iter_mut().zip(&original.sources) {
                source.parameters.retain(|_| !original.parameters.is_empty());
            }
        }
        assert_eq!(back, description);
    }
}

#[tokio::test]
async fn the_offer_of_dino_is_answered_on_two_transports_with_its_numbers() {
    let responder = Side::open(config(PeerRole::Responder, both()));
    let answer = responder.peer.answer(&dino_offer()).await.unwrap();
    assert_eq!(answer.bundle, []);
    let [audio, video] = &answer.contents[..] else { panic!("{answer:?}") };
    assert_eq!((said(audio), said(video)), (vec![(111, "opus")], vec![(98, "VP8")]));
    let order: Vec<String> = video.payload_types[0]
        .feedback
        .iter()
        .map(|entry| format!("{} {}", entry.kind, entry.subtype.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(order.len(), 4, "what Dino offered, without transport-cc: {order:?}");
    assert!(audio.header_extensions.is_empty() && video.header_extensions.is_empty());
    assert_ne!(audio.transport.ufrag, video.transport.ufrag);
    assert!(
        answer
            .contents
            .iter()
            .all(|content| { content.transport.fingerprint.as_ref().unwrap().setup == DtlsSetup::Active })
    );
    responder.peer.close().await;
}

#[tokio::test]
async fn the_answer_of_dino_is_taken() {
    let mut initiator = Side::open(config(PeerRole::Initiator, both()));
    let offer = initiator.peer.offer().await.unwrap();
    assert_eq!(
        offer.contents.iter().map(|content| content.name.clone()).collect::<Vec<ContentName>>(),
        ["audio".into(), "video".into()]
    );
    initiator.peer.apply_answer(&dino_answer(&offer)).await.unwrap();
    // transport-info of stanza.js: no password, no id, no generation, and an mDNS name among them.
    let mut info = dino_answer(&offer);
    for content in &mut info.contents {
        content.transport.pwd = String::new();
        content.transport.fingerprint = None;
        content.transport.candidates = candidates(&[
            "3919645909 1 udp 2122260223 10.77.0.1 41221 typ host",
            "1 1 udp 2122260223 0e5a7b4c-1111-2222-3333-444455556666.local 41221 typ host",
        ]);
    }
    assert_eq!(initiator.peer.apply_transport(&info).await, Ok(None));
    initiator.until(|event| *event == PeerEvent::GatheringEnded).await;
    initiator.peer.close().await;
}

#[tokio::test]
async fn the_offer_of_chromium_is_answered_on_one_transport() {
    let responder = Side::open(config(PeerRole::Responder, both()));
    let answer = responder.peer.answer(&chromium_offer()).await.unwrap();
    assert_eq!(answer.bundle, [ContentName::from("0"), ContentName::from("1")]);
    let [audio, video] = &answer.contents[..] else { panic!("{answer:?}") };
    assert_eq!((said(audio), said(video)), (vec![(111, "opus")], vec![(96, "VP8"), (97, "rtx")]));
    assert_eq!(audio.header_extensions.iter().map(|entry| entry.id).collect::<Vec<_>>(), [3]);
    assert_eq!(audio.transport, video.transport);
    assert_eq!(video.source_groups.len(), 1);
    responder.peer.close().await;
}
