//! Far sides that are wrong, by mistake or on purpose.

use confab_model::{CallStage, Candidate, CodecParameter, ContentName, MediaDescription};
use confab_peer::{PeerError, PeerEvent, PeerRole};

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
async fn weak_and_missing_fingerprints_are_refused() {
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
    for spoilt in [none, with("sha-1", &sha1), with("md5", &sha1), with("sha-256", &sha1), with("sha-256", "x\r\ny")] {
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
