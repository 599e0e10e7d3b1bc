//! Descriptions, trickling and connecting.

use confab_model::{CandidateKind, ContentName, DtlsSetup, MediaDescription, MediaKind, Senders};
use confab_peer::{LocalContent, PeerError, PeerEvent, PeerRole, SendOutcome};

use crate::media::{audio, video};
use crate::pair::{Pair, Side, both, config};

fn names(description: &MediaDescription) -> Vec<&str> {
    description.contents.iter().map(|content| content.name.0.as_str()).collect()
}

#[tokio::test]
async fn bundled_contents_share_one_transport() {
    let mut pair = Pair::new(both(), both(), true);
    let (offer, answer) = pair.connect().await;
    let bundle = vec![ContentName::from("audio"), ContentName::from("video")];
    assert_eq!((&offer.bundle, &answer.bundle), (&bundle, &bundle));
    for description in [&offer, &answer] {
        assert_eq!(names(description), ["audio", "video"]);
        assert_eq!(description.contents[0].transport, description.contents[1].transport);
        assert!(description.contents.iter().all(|content| content.senders == Senders::Both && content.rtcp_mux));
    }
    let setup = |description: &MediaDescription| description.contents[0].transport.fingerprint.clone().unwrap().setup;
    assert_eq!((setup(&offer), setup(&answer)), (DtlsSetup::ActPass, DtlsSetup::Active));
    let said = |index: usize| {
        let entries = offer.contents[index].payload_types.iter();
        entries
            .map(|entry| format!("{} {}/{}/{}", entry.id, entry.name, entry.clock_rate, entry.channels))
            .collect::<Vec<_>>()
    };
    assert_eq!(said(0), ["111 opus/48000/2"]);
    assert_eq!(said(1), ["96 VP8/90000/1", "97 rtx/90000/1"]);
    let feedback = offer.contents[1].payload_types[0].feedback.iter();
    let feedback: Vec<_> =
        feedback.map(|entry| format!("{} {}", entry.kind, entry.subtype.as_deref().unwrap_or_default())).collect();
    assert_eq!(feedback, ["nack ", "nack pli", "ccm fir", "goog-remb ", "transport-cc "]);
    assert_eq!(offer.contents[1].source_groups.len(), 1);
    // The one keyframe request is our own: send a fresh one now.
    for side in [&mut pair.initiator, &mut pair.responder] {
        assert_eq!(side.told(3).await, ["IceConnected", "Connected", "KeyframeRequested video"]);
        let statistics = side.peer.statistics().await;
        assert_eq!(statistics.transports.len(), 1);
        let transport = &statistics.transports[0];
        assert!(matches!(transport.pair, Some((CandidateKind::Host, _))), "{transport:?}");
        assert!(transport.checks.is_some() && transport.dtls.is_some(), "{transport:?}");
    }
    pair.close().await;
}

#[tokio::test]
async fn unbundled_contents_have_their_own() {
    let mut pair = Pair::new(both(), both(), false);
    let (offer, answer) = pair.connect().await;
    assert!(offer.bundle.is_empty() && answer.bundle.is_empty());
    for description in [&offer, &answer] {
        assert_eq!(names(description), ["audio", "video"]);
        let [audio, video] = [&description.contents[0], &description.contents[1]];
        assert_ne!(audio.transport.ufrag, video.transport.ufrag);
        // Lip-sync over two transports needs one cname.
        assert_eq!(audio.sources[0].parameters[0], video.sources[0].parameters[0]);
    }
    for side in [&mut pair.initiator, &mut pair.responder] {
        assert_eq!(side.told(3).await, ["IceConnected", "Connected", "KeyframeRequested video"]);
        assert_eq!(side.peer.statistics().await.transports.len(), 2);
    }
    pair.close().await;
}

#[tokio::test]
async fn the_answer_names_only_what_both_can_do() {
    for bundle in [true, false] {
        let audio_only = vec![LocalContent::both("audio", MediaKind::Audio)];
        let mut pair = Pair::new(both(), audio_only, bundle);
        let (_, answer) = pair.connect().await;
        assert_eq!(names(&answer), ["audio"]);
        assert_eq!(pair.initiator.peer.send(video(0)), SendOutcome::NotSending);
        assert_eq!(pair.initiator.peer.send(audio(0)), SendOutcome::Queued);
        assert_eq!(pair.responder.packet().await.content, "audio".into());
        pair.close().await;
    }
}

#[tokio::test]
async fn directions_meet_and_names_are_the_offerers() {
    let one_way = |sends, receives| vec![LocalContent { sends, receives, ..LocalContent::both("0", MediaKind::Video) }];
    for (initiator, responder, expected) in [
        ((true, true), (true, true), Senders::Both),
        ((true, true), (false, true), Senders::Initiator),
        ((false, true), (true, true), Senders::Responder),
        ((true, false), (true, false), Senders::None),
    ] {
        let responder = vec![LocalContent { name: "video".into(), ..one_way(responder.0, responder.1)[0].clone() }];
        let pair = Pair::new(one_way(initiator.0, initiator.1), responder, false);
        let (_, answer) = pair.exchange().await;
        assert_eq!((answer.contents[0].senders, names(&answer)), (expected, vec!["0"]));
        assert_eq!(answer.contents[0].sources.is_empty(), expected == Senders::Initiator || expected == Senders::None);
        pair.close().await;
    }
}

#[tokio::test]
async fn candidates_may_come_before_the_description() {
    let mut pair = Pair::new(both(), both(), true);
    let offer = pair.initiator.peer.offer().await.unwrap();
    let PeerEvent::LocalCandidates(early) =
        pair.initiator.until(|event| matches!(event, PeerEvent::LocalCandidates(_))).await
    else {
        unreachable!()
    };
    // transport-info overtakes session-initiate, and the responder's overtakes session-accept.
    assert_eq!(pair.responder.peer.apply_transport(&early).await, Ok(None));
    let answer = pair.responder.peer.answer(&offer).await.unwrap();
    let PeerEvent::LocalCandidates(early) =
        pair.responder.until(|event| matches!(event, PeerEvent::LocalCandidates(_))).await
    else {
        unreachable!()
    };
    assert_eq!(pair.initiator.peer.apply_transport(&early).await, Ok(None));
    pair.initiator.peer.apply_answer(&answer).await.unwrap();
    pair.trickle_until(|event| *event == PeerEvent::Connected).await;
    pair.close().await;
}

#[tokio::test]
async fn an_offer_with_a_fixed_dtls_role_is_followed() {
    let mut pair = Pair::new(both(), both(), true);
    let mut offer = pair.initiator.peer.offer().await.unwrap();
    for content in &mut offer.contents {
        content.transport.fingerprint.as_mut().unwrap().setup = DtlsSetup::Active;
    }
    let mut answer = pair.responder.peer.answer(&offer).await.unwrap();
    let setup = answer.contents[0].transport.fingerprint.as_ref().unwrap().setup;
    assert_eq!(setup, DtlsSetup::Passive);
    // Whoever still says actpass in an answer has not chosen: taken as active, here a contradiction that the
    // answer's own words resolve.
    for content in &mut answer.contents {
        content.transport.fingerprint.as_mut().unwrap().setup = DtlsSetup::Passive;
    }
    pair.initiator.peer.apply_answer(&answer).await.unwrap();
    pair.trickle_until(|event| *event == PeerEvent::Connected).await;
    pair.close().await;
}

#[tokio::test]
async fn operations_out_of_order_are_refused() {
    let initiator = Side::open(config(PeerRole::Initiator, both()));
    let responder = Side::open(config(PeerRole::Responder, both()));
    let nothing = MediaDescription::default();
    assert_eq!(initiator.peer.answer(&nothing).await, Err(PeerError::WrongState("answer")));
    assert_eq!(responder.peer.offer().await, Err(PeerError::WrongState("offer")));
    assert_eq!(initiator.peer.apply_answer(&nothing).await, Err(PeerError::WrongState("apply_answer")));
    assert_eq!(initiator.peer.restart_ice().await, Err(PeerError::WrongState("restart_ice")));
    assert_eq!(responder.peer.answer(&nothing).await, Err(PeerError::NothingInCommon));
    assert_eq!(initiator.peer.send(audio(0)), SendOutcome::NotSending);
    initiator.peer.request_keyframe(&"video".into());
    initiator.peer.offer().await.unwrap();
    assert_eq!(initiator.peer.offer().await, Err(PeerError::WrongState("offer")));
    initiator.peer.close().await;
    assert_eq!(initiator.peer.apply_transport(&nothing).await, Err(PeerError::Closed));
    assert_eq!(initiator.peer.restart_ice().await, Err(PeerError::Closed));
}

/// Sockets of this process that are bound to UDP on loopback (proc(5)); `None` where there is no such file.
#[cfg(target_os = "linux")]
fn sockets() -> std::collections::HashSet<String> {
    let mine = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| {
        let target = std::fs::read_link(entry.ok()?.path()).ok()?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned)
    });
    mine.collect()
}

#[cfg(target_os = "linux")]
#[test]
fn closing_frees_sockets_and_tasks() {
    // Other tests of this binary open sockets meanwhile, so that a process of its own is needed.
    const CHILD: &str = "CONFAB_PEER_CLOSING_CHILD";
    if std::env::var_os(CHILD).is_none() {
        let binary = std::env::current_exe().unwrap();
        let name = "connect::closing_frees_sockets_and_tasks";
        let status = std::process::Command::new(binary).args(["--exact", name]).env(CHILD, "1").status().unwrap();
        assert!(status.success());
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let before = sockets();
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        for bundle in [true, false] {
            let mut pair = Pair::new(both(), both(), bundle);
            pair.connect().await;
            assert!(sockets().len() > before.len());
            pair.close().await;
            // Aborted tasks end at their next turn.
            while tokio::runtime::Handle::current().metrics().num_alive_tasks() > tasks {
                tokio::task::yield_now().await;
            }
            assert_eq!(sockets(), before);
        }
    });
}
