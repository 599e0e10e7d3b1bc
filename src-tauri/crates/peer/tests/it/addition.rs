//! Contents that come into a running session and go out of it.

use confab_model::{Creator, MediaDescription, MediaKind, Senders};
use confab_peer::{LocalContent, PeerError, PeerEvent, SendOutcome};

use crate::media::{audio, carry, video};
use crate::pair::{Pair, Side};

fn sound() -> Vec<LocalContent> {
    vec![LocalContent::both("audio", MediaKind::Audio)]
}

fn pictures() -> LocalContent {
    LocalContent::both("video", MediaKind::Video)
}

/// Two who talk.
async fn talking(bundle: bool) -> Pair {
    let mut pair = Pair::new(sound(), sound(), bundle);
    pair.connect().await;
    pair
}

fn by(pair: &Pair, initiator: bool) -> (&Side, &Side) {
    if initiator { (&pair.initiator, &pair.responder) } else { (&pair.responder, &pair.initiator) }
}

/// One side adds pictures, the other takes them.
async fn add(pair: &Pair, initiator: bool) -> (MediaDescription, MediaDescription) {
    let (from, to) = by(pair, initiator);
    let offer = from.peer.add(pictures()).await.unwrap();
    let answer = to.peer.accept_added(&offer, LocalContent::both("any", MediaKind::Video)).await.unwrap();
    from.peer.apply_added(&answer).await.unwrap();
    (offer, answer)
}

/// Both will send pictures.
async fn pictures_flow(pair: &mut Pair) {
    pair.trickle_until(|event| *event == PeerEvent::KeyframeRequested("video".into())).await;
    let Pair { initiator, responder } = pair;
    for packet in [video, audio] {
        carry(initiator, responder, packet).await;
        carry(responder, initiator, packet).await;
    }
}

#[tokio::test]
async fn either_side_adds_pictures_to_a_call() {
    for (bundle, initiator) in [(true, true), (true, false), (false, false)] {
        let mut pair = talking(bundle).await;
        let (offer, answer) = add(&pair, initiator).await;
        let creator = if initiator { Creator::Initiator } else { Creator::Responder };
        for description in [&offer, &answer] {
            let content = &description.contents[0];
            assert_eq!((content.name.0.as_str(), content.creator, content.senders), ("video", creator, Senders::Both));
            assert!(content.transport.candidates.is_empty() && !content.transport.ufrag.is_empty());
        }
        assert_ne!(offer.contents[0].transport.ufrag, answer.contents[0].transport.ufrag);
        pictures_flow(&mut pair).await;
        for side in [&pair.initiator, &pair.responder] {
            assert!(side.peer.statistics().await.target_rate_bps.is_some(), "the encoder is told a rate");
        }
        pair.close().await;
    }
}

#[tokio::test]
async fn candidates_that_come_before_the_acceptance_are_used_with_it() {
    let mut pair = talking(true).await;
    let offer = pair.initiator.peer.add(pictures()).await.unwrap();
    let answer = pair.responder.peer.accept_added(&offer, pictures()).await.unwrap();
    let candidates = pair.responder.until(|event| matches!(event, PeerEvent::LocalCandidates(_))).await;
    let PeerEvent::LocalCandidates(candidates) = candidates else { unreachable!() };
    assert_eq!(candidates.contents[0].name.0, "video");
    assert_eq!(pair.initiator.peer.apply_transport(&candidates).await, Ok(None));
    pair.initiator.peer.apply_added(&answer).await.unwrap();
    pictures_flow(&mut pair).await;
    pair.close().await;
}

#[tokio::test]
async fn what_is_taken_out_is_gone_and_may_come_again() {
    let mut pair = talking(true).await;
    // Refused: nobody answered it.
    pair.responder.peer.add(pictures()).await.unwrap();
    pair.responder.peer.remove(&"video".into()).await;
    for initiator in [true, false] {
        add(&pair, initiator).await;
        pictures_flow(&mut pair).await;
        for side in [&pair.initiator, &pair.responder] {
            side.peer.remove(&"video".into()).await;
            assert_eq!(side.peer.send(video(0)), SendOutcome::NotSending);
            assert_eq!(side.peer.statistics().await.contents.len(), 1);
        }
        let Pair { initiator, responder } = &mut pair;
        carry(initiator, responder, audio).await;
    }
    pair.close().await;
}

#[tokio::test]
async fn what_is_taken_out_of_a_bundle_stays_shut() {
    let both = || vec![LocalContent::both("audio", MediaKind::Audio), pictures()];
    let mut pair = Pair::new(both(), both(), true);
    pair.connect().await;
    pair.initiator.peer.remove(&"video".into()).await;
    pair.initiator.peer.set_senders(&"video".into(), Senders::Both);
    assert_eq!(pair.initiator.peer.send(video(0)), SendOutcome::NotSending);
    let Pair { initiator, responder } = &mut pair;
    carry(initiator, responder, audio).await;
    assert_eq!(initiator.peer.add(pictures()).await, Err(PeerError::WrongState("there is a content of that name")));
    let again = initiator.peer.add(LocalContent::both("video-2", MediaKind::Video)).await.unwrap();
    assert_eq!(again.contents[0].name.0, "video-2");
    pair.close().await;
}

#[tokio::test]
async fn an_addition_that_fails_costs_itself_only() {
    let mut pair = talking(true).await;
    let offer = pair.initiator.peer.add(pictures()).await.unwrap();
    let mut answer = pair.responder.peer.accept_added(&offer, pictures()).await.unwrap();
    // Somebody else's certificate.
    let fingerprint = answer.contents[0].transport.fingerprint.as_mut().unwrap();
    fingerprint.value = fingerprint.value.chars().map(|c| if c == ':' { c } else { 'A' }).collect();
    pair.initiator.peer.apply_added(&answer).await.unwrap();
    let Pair { initiator, responder } = &mut pair;
    let failed = PeerEvent::ContentFailed("video".into());
    loop {
        tokio::select! {
            event = initiator.event() => match event {
                PeerEvent::LocalCandidates(candidates) => drop(responder.peer.apply_transport(&candidates).await),
                event if event == failed => break,
                PeerEvent::Failed(stage) => panic!("{stage:?}"),
                _ => {}
            },
            event = responder.event() => if let PeerEvent::LocalCandidates(candidates) = event {
                drop(initiator.peer.apply_transport(&candidates).await);
            },
        }
    }
    assert_eq!(initiator.peer.statistics().await.contents.len(), 1);
    carry(initiator, responder, audio).await;
    pair.close().await;
}

#[tokio::test]
async fn what_cannot_be_added_changes_nothing() {
    let pair = Pair::new(sound(), sound(), true);
    assert_eq!(pair.initiator.peer.add(pictures()).await, Err(PeerError::WrongState("nothing to add to yet")));
    pair.close().await;
    let mut pair = talking(true).await;
    let offer = pair.initiator.peer.add(pictures()).await.unwrap();
    let sound_only = LocalContent::both("a", MediaKind::Audio);
    assert_eq!(pair.responder.peer.accept_added(&offer, sound_only).await, Err(PeerError::NothingInCommon));
    // An acceptance of what nobody added, and one without anything in it.
    let mut nonsense = offer.clone();
    nonsense.contents[0].name = "slides".into();
    assert_eq!(pair.initiator.peer.apply_added(&nonsense).await, Err(PeerError::UnknownContent("slides".into())));
    assert_eq!(pair.initiator.peer.apply_added(&MediaDescription::default()).await, Err(PeerError::NothingInCommon));
    let Pair { initiator, responder } = &mut pair;
    carry(initiator, responder, audio).await;
    // Nobody makes the other side bind sockets without end.
    initiator.peer.remove(&"video".into()).await;
    let mut last = Ok(());
    for _ in 0..32 {
        last = initiator.peer.add(pictures()).await.map(drop);
        initiator.peer.remove(&"video".into()).await;
    }
    assert_eq!(last, Err(PeerError::Unusable("too many contents were added")));
    pair.close().await;
}
