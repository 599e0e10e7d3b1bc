//! ICE restarts.

use confab_model::MediaDescription;
use confab_peer::{Peer, PeerEvent, SendOutcome};

use crate::media::audio;
use crate::pair::{Pair, both};

/// Sends until a packet sent after `from` has come.
pub async fn media_flows(pair: &mut Pair, from: u32) {
    // Paces the sender like a codec does; nothing is measured by it.
    let mut beat = tokio::time::interval(std::time::Duration::from_millis(20));
    for number in from.. {
        assert_eq!(pair.initiator.peer.send(audio(number)), SendOutcome::Queued);
        let Pair { initiator, responder } = pair;
        tokio::select! {
            packet = responder.rtp.recv() => if packet.unwrap().timestamp >= from * 960 { return },
            event = initiator.event() => carry(&event, responder.peer.as_ref()).await,
            event = responder.events.recv() => carry(&event.unwrap(), initiator.peer.as_ref()).await,
            _ = beat.tick() => {}
        }
        assert!(number < from + 1_500, "no media after the restart");
    }
}

async fn carry(event: &PeerEvent, to: &dyn Peer) {
    match event {
        PeerEvent::LocalCandidates(description) => {
            to.apply_transport(description).await.unwrap();
        }
        PeerEvent::Failed(stage) => panic!("failed: {stage:?}"),
        _ => {}
    }
}

fn ufrags(description: &MediaDescription) -> Vec<String> {
    description.contents.iter().map(|content| content.transport.ufrag.clone()).collect()
}

#[tokio::test]
async fn either_side_may_restart_and_media_goes_on() {
    for bundle in [true, false] {
        let mut pair = Pair::new(both(), both(), bundle);
        let (offer, _) = pair.connect().await;
        media_flows(&mut pair, 0).await;

        let restart = pair.initiator.peer.restart_ice().await.unwrap();
        assert_ne!(ufrags(&restart), ufrags(&offer));
        assert_eq!(pair.initiator.peer.restart_ice().await.unwrap(), restart, "one at a time");
        let reply = pair.responder.peer.apply_transport(&restart).await.unwrap().expect("new credentials");
        assert_eq!(pair.initiator.peer.apply_transport(&reply).await, Ok(None));
        media_flows(&mut pair, 10_000).await;

        let restart = pair.responder.peer.restart_ice().await.unwrap();
        let reply = pair.initiator.peer.apply_transport(&restart).await.unwrap().expect("new credentials");
        assert_eq!(pair.responder.peer.apply_transport(&reply).await, Ok(None));
        media_flows(&mut pair, 20_000).await;

        let statistics = pair.initiator.peer.statistics().await;
        assert!(statistics.transports.iter().all(|transport| transport.ice_restarts == 2), "{statistics:?}");
        pair.close().await;
    }
}

#[tokio::test]
async fn restarts_of_both_at_once_meet() {
    let mut pair = Pair::new(both(), both(), true);
    pair.connect().await;
    let ours = pair.initiator.peer.restart_ice().await.unwrap();
    let theirs = pair.responder.peer.restart_ice().await.unwrap();
    assert_eq!(pair.initiator.peer.apply_transport(&theirs).await, Ok(None));
    assert_eq!(pair.responder.peer.apply_transport(&ours).await, Ok(None));
    media_flows(&mut pair, 1_000).await;
    pair.close().await;
}
