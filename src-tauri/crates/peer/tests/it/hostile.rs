//! Far sides that are wrong, by mistake or on purpose.

use confab_model::{CallStage, Candidate, CodecParameter, ContentName, MediaDescription};
use confab_peer::{PeerError, PeerEvent, PeerRole, SendOutcome};

use crate::pair::{Pair, Side, both, config};

#[tokio::test]
async fn a_certificate_that_does_not_match_fails_dtls() {
    for wrong_offer in [true, false] {
        let mut pair = Pair::new(both(), both(), true);
        let spoil = |description: &mut MediaDescription| {
            for content in &mut description.contents {
                let value = &mut content.transport.fingerprint.as_mut().unwrap().value;
                let other = if value.starts_with("00") { "11" } else { "00" };
                value.replace_range(0..2, other);
            }
        };
        let mut offer = pair.initiator.peer.offer().await.unwrap();
        if wrong_offer {
            spoil(&mut offer);
        }
        let mut answer = pair.responder.peer.answer(&offer).await.unwrap();
        if !wrong_offer {
            spoil(&mut answer);
        }
        pair.initiator.peer.apply_answer(&answer).await.unwrap();
        let Pair { initiator, responder } = &mut pair;
        let (victim, other) = if wrong_offer { (responder, initiator) } else { (initiator, responder) };
        loop {
            tokio::select! {
                event = victim.event() => match event {
                    PeerEvent::LocalCandidates(description) => {
                        other.peer.apply_transport(&description).await.unwrap();
                    }
                    PeerEvent::Failed(stage) => {
                        assert_eq!(stage, CallStage::Dtls);
                        break;
                    }
                    PeerEvent::Connected => panic!("connected to somebody else"),
                    _ => {}
                },
                event = other.event() => if let PeerEvent::LocalCandidates(description) = event {
                    victim.peer.apply_transport(&description).await.unwrap();
                },
            }
        }
        assert_eq!(victim.states(), ["IceConnected", "Failed(Dtls)"]);
        pair.close().await;
    }
}

#[tokio::test]
async fn weak_unknown_and_missing_fingerprints_are_refused() {
    let initiator = Side::open(config(PeerRole::Initiator, both()));
    let offer = initiator.peer.offer().await.unwrap();
    let with = |hash: &str, value: &str| {
        let mut offer = offer.clone();
        for content in &mut offer.contents {
            let fingerprint = content.transport.fingerprint.as_mut().unwrap();
            (fingerprint.hash, fingerprint.value) = (hash.to_owned(), value.to_owned());
        }
        offer
    };
    let mut none = offer.clone();
    none.contents.iter_mut().for_each(|content| content.transport.fingerprint = None);
    let sha1 = vec!["AA"; 20].join(":");
    let sha512 = vec!["AA"; 64].join(":");
    let wrong = [("sha-1", &*sha1), ("md5", &*sha1), ("sha-256", &*sha1), ("sha-256", "x\r\ny"), ("sha-512", &*sha512)];
    for spoilt in std::iter::once(none).chain(wrong.map(|(hash, value)| with(hash, value))) {
        let responder = Side::open(config(PeerRole::Responder, both()));
        assert_eq!(responder.peer.answer(&spoilt).await, Err(PeerError::Fingerprint));
        responder.peer.close().await;
    }
    initiator.peer.close().await;
}

#[tokio::test]
async fn nothing_that_a_description_says_breaks_out_or_panics() {
    let initiator = Side::open(config(PeerRole::Initiator, both()));
    let offer = initiator.peer.offer().await.unwrap();
    let evil = "x\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
    let long = "y".repeat(100_000);
    for text in [evil, long.as_str(), "", "\0", "ü"] {
        let mut spoilt = offer.clone();
        for content in &mut spoilt.contents {
            content.transport.ufrag = text.to_owned();
        }
        let responder = Side::open(config(PeerRole::Responder, both()));
        assert_eq!(responder.peer.answer(&spoilt).await, Err(PeerError::Unusable("ICE credentials")), "{text:.20}");
        responder.peer.close().await;

        // What may be odd without harm is ignored.
        let mut odd = offer.clone();
        odd.bundle = vec![ContentName(text.to_owned()), "audio".into(), "audio".into(), "video".into()];
        for content in &mut odd.contents {
            for entry in &mut content.payload_types {
                entry.parameters.push(CodecParameter { name: text.to_owned(), value: text.to_owned() });
            }
            content.header_extensions.iter_mut().for_each(|entry| entry.uri = text.to_owned());
            for source in &mut content.sources {
                source.parameters = vec![CodecParameter { name: text.to_owned(), value: text.to_owned() }];
            }
            content.source_groups.iter_mut().for_each(|group| group.semantics = text.to_owned());
            content.name = ContentName(format!("{}{text}", content.name.0));
            content.transport.candidates = vec![odd_candidate(text); if text.len() > 1_000 { 2 } else { 1_000 }];
        }
        let doubles = odd.contents.clone();
        odd.contents.extend(std::iter::repeat_n(doubles, 10).flatten());
        let responder = Side::open(config(PeerRole::Responder, both()));
        let answer = responder.peer.answer(&odd).await.unwrap();
        assert_eq!(answer.contents.len(), 2);
        for number in 0..20 {
            let mut flood = odd.clone();
            flood.contents.iter_mut().for_each(|content| content.name = ContentName(format!("{number}")));
            assert_eq!(responder.peer.apply_transport(&flood).await, Ok(None));
        }
        responder.peer.close().await;
    }
    initiator.peer.close().await;
}

fn odd_candidate(text: &str) -> Candidate {
    let mut candidate = confab_peer::sdp::parse_candidate("1 1 udp 1 192.0.2.1 9 typ srflx").unwrap();
    candidate.foundation = text.to_owned();
    candidate.address = text.to_owned();
    candidate.id = text.to_owned();
    candidate
}

#[tokio::test]
async fn candidates_without_a_description_are_bounded() {
    let responder = Side::open(config(PeerRole::Responder, both()));
    let initiator = Side::open(config(PeerRole::Initiator, both()));
    let mut flood = initiator.peer.offer().await.unwrap();
    for number in 0..200 {
        for content in &mut flood.contents {
            content.name = ContentName(format!("{number}"));
            content.transport.candidates = vec![odd_candidate("192.0.2.9"); 100];
        }
        assert_eq!(responder.peer.apply_transport(&flood).await, Ok(None));
    }
    initiator.peer.close().await;
    responder.peer.close().await;
}

#[tokio::test]
async fn contents_without_rtcp_mux_are_left_out_by_both_sides() {
    let without = |description: &MediaDescription, names: &[&str]| {
        let mut description = description.clone();
        let spoilt = description.contents.iter_mut().filter(|content| names.contains(&content.name.0.as_str()));
        spoilt.for_each(|content| content.rtcp_mux = false);
        description
    };
    let initiator = Side::open(config(PeerRole::Initiator, both()));
    let offer = initiator.peer.offer().await.unwrap();
    let responder = Side::open(config(PeerRole::Responder, both()));
    let no_mux = Err(PeerError::Unusable("no rtcp-mux"));
    assert_eq!(responder.peer.answer(&without(&offer, &["audio", "video"])).await, no_mux);
    responder.peer.close().await;
    let responder = Side::open(config(PeerRole::Responder, both()));
    let answer = responder.peer.answer(&without(&offer, &["video"])).await.unwrap();
    assert_eq!(answer.contents.iter().map(|content| content.name.0.as_str()).collect::<Vec<_>>(), ["audio"]);
    initiator.peer.apply_answer(&answer).await.unwrap();
    responder.peer.close().await;
    initiator.peer.close().await;

    let pair = Pair::new(both(), both(), false);
    let offer = pair.initiator.peer.offer().await.unwrap();
    let answer = pair.responder.peer.answer(&offer).await.unwrap();
    pair.initiator.peer.apply_answer(&without(&answer, &["video"])).await.unwrap();
    assert_eq!(pair.initiator.peer.statistics().await.transports.len(), 1);
    assert_eq!(pair.initiator.peer.send(crate::media::video(0)), SendOutcome::NotSending);
    pair.responder.peer.close().await;
    pair.initiator.peer.close().await;

    let pair = Pair::new(both(), both(), true);
    let offer = pair.initiator.peer.offer().await.unwrap();
    let answer = pair.responder.peer.answer(&offer).await.unwrap();
    let refused = pair.initiator.peer.apply_answer(&without(&answer, &["audio", "video"])).await;
    assert_eq!(refused, Err(PeerError::Unusable("no rtcp-mux")));
    pair.close().await;
}

#[tokio::test]
async fn of_an_answer_that_bundles_some_the_bundle_is_kept() {
    let mut pair = Pair::new(both(), both(), true);
    let offer = pair.initiator.peer.offer().await.unwrap();
    let bundled = pair.responder.peer.answer(&offer).await.unwrap();
    let apart = |description: &MediaDescription| {
        let mut description = description.clone();
        description.contents[1].transport.ufrag = "other".to_owned();
        description
    };
    let none = MediaDescription { bundle: Vec::new(), ..apart(&bundled) };
    assert_eq!(pair.initiator.peer.apply_answer(&none).await, Err(PeerError::Unusable("bundle refused")));
    let some = MediaDescription { bundle: vec!["audio".into()], ..apart(&bundled) };
    pair.initiator.peer.apply_answer(&some).await.unwrap();
    pair.trickle_until(|event| *event == PeerEvent::Connected).await;
    assert_eq!(pair.initiator.peer.send(crate::media::video(0)), SendOutcome::NotSending);
    assert_eq!(pair.initiator.peer.send(crate::media::audio(0)), SendOutcome::Queued);
    assert_eq!(pair.responder.packet().await.content, "audio".into());
    pair.close().await;
}

/// Counts the checks that go to addresses of somebody else.
#[derive(Debug, Default)]
struct Victims(std::sync::atomic::AtomicUsize);

impl confab_peer::DatagramGate for Victims {
    fn lets_pass(&self, to: std::net::SocketAddr, _: &[u8]) -> bool {
        let is_victim = to.ip() != std::net::Ipv4Addr::LOCALHOST;
        self.0.fetch_add(usize::from(is_victim), std::sync::atomic::Ordering::Relaxed);
        !is_victim
    }
}

#[tokio::test]
async fn a_session_does_not_flood_addresses_that_it_is_told() {
    let victims = std::sync::Arc::new(Victims::default());
    let mut responder = config(PeerRole::Responder, both());
    responder.datagram_gate = Some(std::sync::Arc::<Victims>::clone(&victims));
    let (initiator, responder) = (Side::open(config(PeerRole::Initiator, both())), Side::open(responder));
    let mut offer = initiator.peer.offer().await.unwrap();
    offer.contents[0].transport.candidates =
        (1..=128).map(|host| Candidate { port: 9, ..odd_candidate(&format!("127.1.0.{host}")) }).collect();
    let start = std::time::Instant::now();
    responder.peer.answer(&offer).await.unwrap();
    while victims.0.load(std::sync::atomic::Ordering::Relaxed) < 100 {
        tokio::task::yield_now().await;
    }
    // Twenty addresses, of which sixteen are asked at once, then one check each 5 ms. Unbounded it would be 128
    // checks each 20 ms.
    assert!(start.elapsed() >= std::time::Duration::from_millis(5 * (100 - 20)), "{:?}", start.elapsed());
    responder.peer.close().await;
    initiator.peer.close().await;
}
