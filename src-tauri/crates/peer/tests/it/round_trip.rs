//! Descriptions through SDP and back; and any text into the reader.

use std::net::IpAddr;

use confab_model::{
    Candidate, CandidateKind, CandidateProtocol, CodecParameter, Content, ContentName, Creator, DtlsSetup, Fingerprint,
    HeaderExtension, MediaDescription, MediaKind, PayloadType, RtcpFeedback, Senders, Source, SourceGroup,
    TransportDescription,
};
use confab_peer::sdp::{candidate_line, parse_candidate, read, write};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z0-9+._-]{1,12}"
}

fn parameter() -> impl Strategy<Value = CodecParameter> {
    prop_oneof![
        (word(), word()).prop_map(|(name, value)| CodecParameter { name, value }),
        // RED: a value without a name, which the browser's side says as a name without a value.
        word().prop_map(|name| CodecParameter { name, value: String::new() }),
    ]
}

fn feedback() -> impl Strategy<Value = RtcpFeedback> {
    (word(), option::of(word())).prop_map(|(kind, subtype)| RtcpFeedback { kind, subtype })
}

fn payload_types() -> impl Strategy<Value = Vec<PayloadType>> {
    let entry = (word(), 1_u32..=192_000, 1_u8..=8, vec(parameter(), 0..4), vec(feedback(), 0..6));
    vec(entry, 1..6).prop_map(|entries| {
        let numbered = entries.into_iter().zip((0..=127).rev());
        numbered
            .map(|((name, clock_rate, channels, parameters, feedback), id)| PayloadType {
                id,
                name,
                clock_rate,
                channels,
                parameters,
                feedback,
            })
            .collect()
    })
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let address = prop_oneof![
        any::<[u8; 4]>().prop_map(|bytes| IpAddr::from(bytes).to_string()),
        any::<[u8; 16]>().prop_map(|bytes| IpAddr::from(bytes).to_string()),
        "[0-9a-f]{8}-[0-9a-f]{4}\\.local",
    ];
    let kind = prop_oneof![
        Just((CandidateKind::Host, false)),
        Just((CandidateKind::ServerReflexive, true)),
        Just((CandidateKind::PeerReflexive, true)),
        Just((CandidateKind::Relayed, true)),
    ];
    let tcp = option::of(prop_oneof![Just("active"), Just("passive"), Just("so")]);
    (word(), 1_u16..=2, any::<u32>(), address, 1_u16.., kind, any::<[u8; 4]>(), any::<u16>(), tcp).prop_map(
        |(foundation, component, priority, address, port, (kind, is_related), related, related_port, tcp)| Candidate {
            foundation,
            component,
            protocol: if tcp.is_some() { CandidateProtocol::Tcp } else { CandidateProtocol::Udp },
            priority,
            address,
            port,
            kind,
            related: is_related.then(|| (IpAddr::from(related), related_port)),
            tcp_type: tcp.map(str::to_owned),
            generation: 0,
            id: String::new(),
            network: 0,
        },
    )
}

fn transport() -> impl Strategy<Value = TransportDescription> {
    let setup = prop_oneof![Just(DtlsSetup::Active), Just(DtlsSetup::Passive), Just(DtlsSetup::ActPass)];
    let digest = any::<[u8; 32]>().prop_map(|bytes| bytes.map(|byte| format!("{byte:02X}")).join(":"));
    ("[a-zA-Z0-9+/]{4,8}", "[a-zA-Z0-9+/]{22,32}", digest, setup, vec(candidate(), 0..4)).prop_map(
        |(ufrag, pwd, value, setup, candidates)| TransportDescription {
            ufrag,
            pwd,
            fingerprint: Some(Fingerprint { hash: "sha-256".to_owned(), value, setup }),
            candidates,
        },
    )
}

fn sources() -> impl Strategy<Value = Vec<Source>> {
    let parameters = vec((word(), "[a-z0-9]{1,5}( [a-z0-9]{1,5})?"), 1..4);
    proptest::collection::btree_map(any::<u32>(), parameters, 0..4).prop_map(|sources| {
        let source = |(ssrc, parameters): (u32, Vec<(String, String)>)| {
            let parameters = parameters.into_iter().map(|(name, value)| CodecParameter { name, value }).collect();
            Source { ssrc, parameters }
        };
        sources.into_iter().map(source).collect()
    })
}

fn content() -> impl Strategy<Value = Content> {
    let senders =
        prop_oneof![Just(Senders::Both), Just(Senders::Initiator), Just(Senders::Responder), Just(Senders::None)];
    let extension = (1_u16..=14, word()).prop_map(|(id, name)| HeaderExtension { id, uri: format!("urn:{name}") });
    let group = (word(), vec(any::<u32>(), 0..3)).prop_map(|(semantics, ssrcs)| SourceGroup { semantics, ssrcs });
    let media = (any::<bool>(), payload_types(), vec(extension, 0..4), vec(feedback(), 0..3), any::<bool>());
    (senders, media, sources(), vec(group, 0..3), transport()).prop_map(
        |(senders, (is_audio, payload_types, header_extensions, feedback, rtcp_mux), sources, groups, transport)| {
            Content {
                name: ContentName(String::new()),
                creator: Creator::Initiator,
                senders,
                kind: if is_audio { MediaKind::Audio } else { MediaKind::Video },
                payload_types,
                header_extensions,
                rtcp_mux,
                feedback,
                sources,
                source_groups: groups,
                is_screen: false,
                transport,
            }
        },
    )
}

fn description() -> impl Strategy<Value = MediaDescription> {
    (vec(content(), 1..5), any::<bool>()).prop_map(|(mut contents, is_bundled)| {
        for (index, content) in contents.iter_mut().enumerate() {
            content.name = ContentName(format!("content-{index}"));
        }
        let bundle = if is_bundled { contents.iter().map(|content| content.name.clone()).collect() } else { vec![] };
        MediaDescription { contents, bundle }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_description_comes_back_as_it_was(description in description(), by_initiator: bool) {
        let text = write(&description, by_initiator).unwrap();
        prop_assert_eq!(read(&text, by_initiator).unwrap(), description);
    }

    #[test]
    fn a_candidate_comes_back_as_it_was(candidate in candidate()) {
        prop_assert_eq!(parse_candidate(&candidate_line(&candidate).unwrap()), Some(candidate));
    }

    #[test]
    fn no_text_panics(text: String, lines in vec("[vmas]=(mid|rtpmap|fmtp|ssrc|ssrc-group|candidate|extmap|rtcp-fb|fingerprint|setup|group|audio|video)?[: ]?.{0,30}", 0..40)) {
        let _ = read(&text, true);
        let _ = read(&lines.join("\r\n"), false);
        let _ = parse_candidate(&text);
    }

    #[test]
    fn no_string_leaves_its_line(mut description in description(), evil in "[a-z]{0,3}[\r\n\0 ]{1,3}a=.{0,5}") {
        let lines = write(&description, true).unwrap().lines().count();
        for content in &mut description.contents {
            for entry in &mut content.payload_types {
                entry.parameters.push(CodecParameter { name: evil.clone(), value: evil.clone() });
                entry.feedback.push(RtcpFeedback { kind: evil.clone(), subtype: Some(evil.clone()) });
            }
            content.header_extensions.push(HeaderExtension { id: 1, uri: evil.clone() });
            content.source_groups.push(SourceGroup { semantics: evil.clone(), ssrcs: vec![] });
            let mut odd = parse_candidate("1 1 udp 1 192.0.2.1 9 typ host").unwrap();
            odd.address = evil.clone();
            content.transport.candidates.push(odd);
        }
        let text = write(&description, true).unwrap();
        // Parameters may open an fmtp line that was not there before, everything else adds nothing or one line.
        prop_assert!(text.lines().all(|line| line.get(1..2) == Some("=")), "{}", text);
        let added: usize = description.contents.iter().map(|content| 3 + 2 * content.payload_types.len()).sum();
        prop_assert!(text.lines().count() <= lines + added);
        for content in &mut description.contents {
            content.transport.ufrag = evil.clone();
        }
        prop_assert!(write(&description, true).is_err());
    }
}
