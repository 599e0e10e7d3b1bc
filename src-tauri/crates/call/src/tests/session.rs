//! Ladders of calls that are on: mute, hold, a second call, repair, and the arbiter.

use confab_model::*;

use super::kit::*;
use crate::*;

fn muted(call: &str, muted: bool) -> Operation {
    Operation::SetMuted { call: id(call), muted }
}
fn held(call: &str, held: bool) -> Operation {
    Operation::SetHeld { call: id(call), held }
}

#[test]
fn mute_and_camera_both_ways() {
    let mut l = connected_out();
    l.does(
        muted("m1", true),
        &[
            "-> bob@x/phone session-info m1 mute audio",
            "changed m1 Video Connected Accepted muted camera far-camera",
            "gate m1 -cp",
            "done",
        ],
    );
    l.does(muted("m1", true), &["done"]);
    l.does(
        Operation::SetCamera { call: id("m1"), camera: false },
        &[
            "-> bob@x/phone session-info m1 mute video",
            "changed m1 Video Connected Accepted muted far-camera",
            "gate m1 --p",
            "done",
        ],
    );
    l.does(
        muted("m1", false),
        &[
            "-> bob@x/phone session-info m1 unmute audio",
            "changed m1 Video Connected Accepted far-camera",
            "gate m1 m-p",
            "done",
        ],
    );
    l.signal(PHONE, info("m1", SessionInfo::Mute(Some("video".into()))), &["changed m1 Video Connected Accepted"]);
    l.signal(PHONE, info("m1", SessionInfo::Mute(None)), &["changed m1 Video Connected Accepted far-muted"]);
    l.signal(PHONE, info("m1", SessionInfo::Unmute(None)), &["changed m1 Video Connected Accepted far-camera"]);
    l.signal(PHONE, info("m1", SessionInfo::Mute(Some("slides".into()))), &["ignored Irrelevant"]);
    l.signal(TABLET, info("m1", SessionInfo::Mute(None)), &["ignored WrongDevice"]);
    // An audio call has no camera to switch.
    let mut l = Ladder::new();
    l.quietly(|calls, now| {
        let operation = Operation::Invite(invitation("bob@x", CallMedia::Audio));
        calls.handle(Input::Operation { request: RequestId("r".into()), operation }, now);
    });
    l.does(Operation::SetCamera { call: id("m1"), camera: true }, &["refused invalidState"]);
}

#[test]
fn the_camera_behind_a_shut_gate_follows_its_switch() {
    let mut l = calling();
    l.phone_answers(Some(CallMedia::Video));
    for (camera, flags) in [(false, ""), (true, " camera")] {
        l.does(
            Operation::SetCamera { call: id("m1"), camera },
            &[
                &format!("media m1 Video camera={camera}"),
                &format!("changed m1 Video Connecting Accepted{flags}"),
                "done",
            ],
        );
    }
}

#[test]
fn hold_answer_another_swap_back() {
    let mut l = connected_out();
    l.carol_waits();
    l.does(accept("c1", CallMedia::Audio), &["floor? c1", "refused anotherCall"]);
    l.does(
        held("m1", true),
        &[
            "-> bob@x/phone session-info m1 hold",
            "changed m1 Video Connected Accepted camera held far-camera",
            "gate m1 ---",
            "floor- m1",
            "done",
        ],
    );
    l.does(
        accept("c1", CallMedia::Audio),
        &[
            "floor? c1",
            "-> carol@x/pc proceed c1 Some(Audio)",
            "-> own accept c1",
            "peer c1 Responder Audio send_video=false bundle=true",
            "media c1 Audio camera=false",
            "record c1 Incoming Accepted",
            "changed c1 Audio Connecting Accepted",
            "ring c1 Stopped",
            "done",
        ],
    );
    l.does(held("m1", false), &["floor? m1", "refused anotherCall"]);
    l.does(
        hang_up("c1"),
        &[
            "-> carol@x finish c1 Cancel",
            "media-off c1",
            "close c1",
            "record c1 Incoming Cancelled",
            "changed c1 Audio Cancelled Accepted",
            "floor- c1",
            "done",
        ],
    );
    l.does(
        held("m1", false),
        &[
            "floor? m1",
            "-> bob@x/phone session-info m1 unhold",
            "changed m1 Video Connected Accepted camera far-camera",
            "gate m1 mcp",
            "done",
        ],
    );
    l.signal(
        PHONE,
        info("m1", SessionInfo::Hold),
        &["changed m1 Video Connected Accepted camera far-camera far-held", "gate m1 ---"],
    );
    l.signal(
        PHONE,
        info("m1", SessionInfo::Active),
        &["changed m1 Video Connected Accepted camera far-camera", "gate m1 mcp"],
    );
}

#[test]
fn a_waiting_call_rings_when_the_other_is_over() {
    let mut l = connected_in();
    l.carol_waits();
    l.signal(
        PHONE,
        finish("b1", TerminateReason::Success),
        &[
            "media-off b1",
            "close b1",
            "record b1 Incoming Completed { duration_s: 0 }",
            "changed b1 Video Completed { duration_s: 0 } Accepted camera far-camera",
            "floor- b1",
            "changed c1 Audio Calling Received",
            "ring c1 Loud",
        ],
    );
    l.does(Operation::Silence { call: id("c1") }, &["ring c1 Silent", "done"]);
}

#[test]
fn busy_when_nothing_may_wait() {
    let mut l = connected_in();
    l.feed(Input::Policy(Policy::default()), &[]);
    l.signal(
        "carol@x/pc",
        propose("c1", CallMedia::Audio),
        &["-> carol@x/pc reject c1 Busy(Some(InAnotherCall))", "open c1 Incoming Busy { text: None }"],
    );
    l.contact = false;
    l.signal(EVE, propose("e1", CallMedia::Audio), &["open e1 Incoming Busy { text: None }"]);
}

#[test]
fn a_call_of_another_account_has_the_floor() {
    let mut l = Ladder::new();
    l.arbiter.add_account(AccountId(2));
    let events = l.arbiter.handle(AccountId(2), FloorRequest::Claim(id("other")));
    assert_eq!(
        events,
        [(AccountId(2), FloorEvent::Granted(id("other"))), (AccountId(1), FloorEvent::Elsewhere(Some(id("other")))),]
    );
    l.feed(Input::Floor(events[1].1.clone()), &[]);
    l.signal(
        PHONE,
        propose("b1", CallMedia::Audio),
        &[
            "-> bob@x ringing b1",
            "open b1 Incoming Received",
            "changed b1 Audio Calling Received waiting",
            "ring b1 Waiting",
        ],
    );
    l.does(accept("b1", CallMedia::Audio), &["floor? b1", "refused anotherCall"]);
    let events = l.arbiter.handle(AccountId(2), FloorRequest::Release(id("other")));
    assert_eq!(events, [(AccountId(1), FloorEvent::Elsewhere(None))]);
    l.feed(Input::Floor(FloorEvent::Elsewhere(None)), &["changed b1 Audio Calling Received", "ring b1 Loud"]);
}

#[test]
fn the_arbiter_decides_in_order() {
    let mut arbiter = Arbiter::new();
    let (one, two) = (AccountId(1), AccountId(2));
    assert_eq!(arbiter.add_account(one), FloorEvent::Elsewhere(None));
    assert_eq!(arbiter.handle(one, FloorRequest::Claim(id("a"))), [(one, FloorEvent::Granted(id("a")))]);
    assert_eq!(arbiter.add_account(two), FloorEvent::Elsewhere(Some(id("a"))));
    let denied = FloorEvent::Denied { call: id("b"), holder: id("a") };
    assert_eq!(arbiter.handle(two, FloorRequest::Claim(id("b"))), [(two, denied)]);
    assert_eq!(arbiter.handle(one, FloorRequest::Claim(id("a"))), [(one, FloorEvent::Granted(id("a")))]);
    // Only the holder can give it away.
    assert_eq!(arbiter.handle(two, FloorRequest::Release(id("a"))), []);
    assert_eq!(arbiter.handle(one, FloorRequest::Release(id("b"))), []);
    assert_eq!(
        arbiter.handle(one, FloorRequest::Move { from: id("a"), to: id("c") }),
        [(two, FloorEvent::Elsewhere(Some(id("c"))))]
    );
    assert_eq!(arbiter.remove_account(one), [(two, FloorEvent::Elsewhere(None))]);
    assert_eq!(arbiter.holder(), None);
}

/// A granted claim whose call is over by then gives the floor back.
#[test]
fn a_grant_that_comes_too_late() {
    let mut l = rung();
    let operation = accept("b1", CallMedia::Audio);
    l.calls.handle(Input::Operation { request: RequestId("r".into()), operation }, l.now);
    assert_eq!(l.calls.poll_output(), Some(Output::Floor(FloorRequest::Claim(id("b1")))));
    l.signal(
        PHONE,
        retract("b1", RetractReason::Cancelled),
        &[
            "record b1 Incoming Cancelled",
            "changed b1 Video Cancelled Cancelled",
            "ring b1 Stopped",
            "refused invalidState",
        ],
    );
    l.feed(Input::Floor(FloorEvent::Granted(id("b1"))), &["floor- b1"]);
}

#[test]
fn the_initiator_repairs_at_once() {
    let mut l = connected_out();
    l.peer("m1", PeerEvent::Disconnected, &["restart m1", "changed m1 Video Reconnecting Accepted camera far-camera"]);
    l.peer("m1", PeerEvent::RestartOffer(video("mine2")), &["-> bob@x/phone transport-info m1 mine2"]);
    l.signal(PHONE, transport("m1", video("theirs2")), &["apply m1 restart-answer theirs2"]);
    l.signal(PHONE, transport("m1", video("theirs2")), &["apply m1 candidates theirs2"]);
    l.signal(PHONE, transport("m1", video("theirs")), &["ignored StaleIce"]);
    // A second answer that is late does not begin a chase.
    l.signal(PHONE, transport("m1", video("theirs3")), &["ignored StaleIce"]);
    l.peer("m1", PeerEvent::IceConnected, &["changed m1 Video Connected Accepted camera far-camera"]);
    l.wait(s(100), &[]);
    l.signal(PHONE, transport("m1", video("theirs4")), &["apply m1 restart-offer theirs4"]);
    l.peer("m1", PeerEvent::RestartAnswer(video("mine4")), &["-> bob@x/phone transport-info m1 mine4"]);
}

#[test]
fn the_responder_waits_four_seconds() {
    let mut l = connected_in();
    l.peer("b1", PeerEvent::Disconnected, &["changed b1 Video Reconnecting Accepted camera far-camera"]);
    l.wait(s(3), &[]);
    l.signal(PHONE, transport("b1", video("theirs2")), &["apply b1 restart-offer theirs2"]);
    l.peer("b1", PeerEvent::RestartAnswer(video("mine2")), &["-> bob@x/phone transport-info b1 mine2"]);
    l.peer("b1", PeerEvent::IceConnected, &["changed b1 Video Connected Accepted camera far-camera"]);
    l.peer("b1", PeerEvent::Disconnected, &["changed b1 Video Reconnecting Accepted camera far-camera"]);
    l.wait(s(4), &["restart b1"]);
    l.peer("b1", PeerEvent::RestartOffer(video("mine3")), &["-> bob@x/phone transport-info b1 mine3"]);
    // Both at once: each offer answers the other.
    l.signal(PHONE, transport("b1", video("theirs3")), &["apply b1 restart-answer theirs3"]);
}

/// stanza.js ends a session whose responder restarts; by itself it restarts about 7 s after the path died.
#[test]
fn the_responder_leaves_restarts_to_a_client_of_others() {
    let mut l = Ladder::new();
    let foreign = |signal| {
        let provenance = Provenance { speaks_confab: false, ..provenance(PHONE, SignalSource::Live, l.now.wall) };
        let sender = Standing { contact: true, muted: false };
        Input::Signal { received: ReceivedSignal { signal, provenance }, sender }
    };
    let inputs = [
        foreign(propose("b1", CallMedia::Video)),
        Input::Operation { request: RequestId("r".into()), operation: accept("b1", CallMedia::Video) },
        foreign(initiate("b1", video("theirs"))),
        Input::Peer { call: id("b1"), event: PeerEvent::LocalAnswer(video("mine")) },
        Input::Peer { call: id("b1"), event: PeerEvent::IceConnected },
        Input::Peer { call: id("b1"), event: PeerEvent::Connected },
        Input::Peer { call: id("b1"), event: PeerEvent::FirstFrame { kind: MediaKind::Video } },
    ];
    for input in inputs {
        l.quietly(|calls, now| calls.handle(input, now));
    }
    l.feed(Input::NetworkChanged, &[]);
    l.wait(s(20), &[]);
    l.peer("b1", PeerEvent::Disconnected, &["changed b1 Video Reconnecting Accepted camera far-camera"]);
    l.wait(s(11), &[]);
    l.wait(s(1), &["restart b1"]);
}

#[test]
fn a_connection_that_does_not_come_back() {
    let mut l = connected_out();
    l.wait(s(10), &[]);
    l.peer("m1", PeerEvent::Disconnected, &["restart m1", "changed m1 Video Reconnecting Accepted camera far-camera"]);
    l.wait(
        s(30),
        &[
            "-> bob@x/phone session-terminate m1 ConnectivityError",
            "-> bob@x finish m1 ConnectivityError",
            "media-off m1",
            "close m1",
            "record m1 Outgoing ConnectionLost { duration_s: 10 }",
            "changed m1 Video ConnectionLost { duration_s: 10 } Disconnected camera far-camera",
            "floor- m1",
        ],
    );
}

/// 30 s while signals can flow, 60 s in all.
#[test]
fn without_a_session_the_reconnect_deadline_is_longer() {
    let mut l = connected_out();
    l.feed(Input::Session(SessionEvent::Offline), &[]);
    l.peer("m1", PeerEvent::Disconnected, &["changed m1 Video Reconnecting Accepted camera far-camera"]);
    l.wait(s(35), &[]);
    l.feed(Input::Session(SessionEvent::Resumed), &["restart m1"]);
    l.wait(s(24), &[]);
    l.wait(
        s(1),
        &[
            "-> bob@x/phone session-terminate m1 ConnectivityError",
            "-> bob@x finish m1 ConnectivityError",
            "media-off m1",
            "close m1",
            "record m1 Outgoing ConnectionLost { duration_s: 0 }",
            "changed m1 Video ConnectionLost { duration_s: 0 } Disconnected camera far-camera",
            "floor- m1",
        ],
    );
}

#[test]
fn a_changed_network_restarts_without_a_word_on_the_screen() {
    let mut l = connected_out();
    l.feed(Input::NetworkChanged, &["restart m1"]);
    l.feed(Input::NetworkChanged, &[]);
    l.peer("m1", PeerEvent::RestartOffer(video("mine2")), &["-> bob@x/phone transport-info m1 mine2"]);
    l.signal(PHONE, transport("m1", video("theirs2")), &["apply m1 restart-answer theirs2", "restart m1"]);
    let mut l = connected_in();
    l.feed(Input::Session(SessionEvent::Offline), &[]);
    l.feed(Input::NetworkChanged, &[]);
    l.feed(Input::Session(SessionEvent::Resumed), &[]);
    l.wait(s(4), &["restart b1"]);
}

#[test]
fn errors_of_the_far_side() {
    let error =
        |condition: &str| Signal::SessionError { sid: sid("m1"), condition: condition.into(), is_description: false };
    let mut l = connected_out();
    // An answer to a session-info that it does not know.
    l.signal(PHONE, error("feature-not-implemented"), &["ignored Irrelevant"]);
    l.signal(PHONE, error("service-unavailable"), &["ignored Irrelevant"]);
    l.signal(EVE, error("item-not-found"), &["ignored Forged"]);
    l.signal(
        PHONE,
        error("item-not-found"),
        &[
            "-> bob@x/phone session-terminate m1 ConnectivityError",
            "-> bob@x finish m1 ConnectivityError",
            "media-off m1",
            "close m1",
            "record m1 Outgoing ConnectionLost { duration_s: 0 }",
            "changed m1 Video ConnectionLost { duration_s: 0 } Disconnected camera far-camera",
            "floor- m1",
        ],
    );
}

#[test]
fn the_far_side_wants_to_add_a_content() {
    let mut l = connected_out();
    let add = Signal::ContentChange { sid: sid("m1"), action: ContentAction::Add, description: video("x") };
    l.signal(PHONE, add, &["-> bob@x/phone content-Reject m1 audio video"]);
    let mut without = video("x");
    without.contents[1].senders = Senders::Initiator;
    let modify = Signal::ContentChange { sid: sid("m1"), action: ContentAction::Modify, description: without };
    l.signal(PHONE, modify, &["changed m1 Video Connected Accepted camera"]);
}

#[test]
fn every_end_of_a_session_has_a_reason() {
    let connecting = |reason| {
        let mut l = calling();
        l.phone_answers(None);
        last_reason(l, reason)
    };
    let connected = |reason| last_reason(connected_out(), reason);
    for (reason, before, after) in [
        (TerminateReason::Success, "Cancelled", "Completed { duration_s: 0 }"),
        (TerminateReason::Busy, "Unavailable", "Completed { duration_s: 0 }"),
        (TerminateReason::Decline, "Rejected { text: None }", "Completed { duration_s: 0 }"),
        (TerminateReason::ConnectivityError, "ConnectFailed { stage: Ice }", "ConnectionLost { duration_s: 0 }"),
        (TerminateReason::SecurityError, "ConnectFailed { stage: Dtls }", "Failed { code: \"remoteFailed\" }"),
        (TerminateReason::MediaError, "ConnectFailed { stage: Media }", "Failed { code: \"remoteFailed\" }"),
        (TerminateReason::Timeout, "ConnectFailed { stage: Signalling }", "ConnectionLost { duration_s: 0 }"),
        (
            TerminateReason::IncompatibleParameters,
            "Failed { code: \"incompatible\" }",
            "Failed { code: \"remoteFailed\" }",
        ),
        (TerminateReason::Other("x".into()), "Unavailable", "Completed { duration_s: 0 }"),
    ] {
        assert_eq!(
            (connecting(reason.clone()), connected(reason.clone())),
            (before.into(), after.into()),
            "{reason:?}"
        );
    }
}

fn last_reason(mut l: Ladder, reason: TerminateReason) -> String {
    let provenance = provenance(PHONE, SignalSource::Live, l.now.wall);
    let received = ReceivedSignal { signal: terminate("m1", reason), provenance };
    l.calls.handle(Input::Signal { received, sender: Standing { contact: true, muted: false } }, l.now);
    let outputs = std::iter::from_fn(|| l.calls.poll_output());
    let ends = outputs.filter_map(|output| match output {
        Output::UpdateRecord(record) => record.reason,
        _ => None,
    });
    format!("{:?}", ends.last().unwrap())
}

/// The far side's restart comes while the own credentials are still being made: both offers are sent, each answers the
/// other, and neither side is left with credentials that the other does not know.
#[test]
fn restarts_that_cross_before_the_own_offer_is_made() {
    let mut l = connected_out();
    l.feed(Input::NetworkChanged, &["restart m1"]);
    l.signal(PHONE, transport("m1", video("theirs2")), &["apply m1 restart-answer theirs2"]);
    l.peer("m1", PeerEvent::RestartOffer(video("mine2")), &["-> bob@x/phone transport-info m1 mine2"]);
    // Nothing is awaited any more: the next offer of the far side is one.
    l.wait(s(5), &[]);
    l.signal(PHONE, transport("m1", video("theirs3")), &["apply m1 restart-offer theirs3"]);
}

/// A new stream while credentials are being made: they are sent on it, and made once.
#[test]
fn credentials_that_are_being_made_serve_the_next_restart_too() {
    let mut l = connected_out();
    l.peer("m1", PeerEvent::Disconnected, &["restart m1", "changed m1 Video Reconnecting Accepted camera far-camera"]);
    l.feed(Input::Session(SessionEvent::Offline), &[]);
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l.peer("m1", PeerEvent::RestartOffer(video("mine2")), &["-> bob@x/phone transport-info m1 mine2"]);
    // That one was sent on a stream that is lost: another is made.
    l.feed(Input::Session(SessionEvent::Online), &["restart m1"]);
}

#[test]
fn a_call_that_ends_while_it_reconnects_lasted_until_the_loss() {
    let mut l = connected_out();
    l.wait(s(10), &[]);
    l.peer("m1", PeerEvent::Disconnected, &["restart m1", "changed m1 Video Reconnecting Accepted camera far-camera"]);
    l.wait(s(7), &[]);
    l.signal(
        PHONE,
        finish("m1", TerminateReason::Success),
        &[
            "media-off m1",
            "close m1",
            "record m1 Outgoing Completed { duration_s: 10 }",
            "changed m1 Video Completed { duration_s: 10 } Accepted camera far-camera",
            "floor- m1",
        ],
    );
}

/// The call that rings and the one that is placed meanwhile: one ringtone over a conversation is one too many.
#[test]
fn a_loud_ring_becomes_quiet_when_another_call_has_the_floor() {
    let mut l = rung();
    l.does(
        Operation::Invite(invitation("carol@x", CallMedia::Audio)),
        &[
            "floor? m1",
            "-> carol@x propose m1 Audio 60",
            "changed b1 Video Calling Received waiting",
            "ring b1 Waiting",
            "open m1 Outgoing Inviting",
            "changed m1 Audio Calling Inviting",
            "done invited m1 60",
        ],
    );
    let mut l = rung();
    l.feed(
        Input::Floor(FloorEvent::Elsewhere(Some(id("other")))),
        &["changed b1 Video Calling Received waiting", "ring b1 Waiting"],
    );
}

/// One button: what it does is decided by the state that the call is in by now.
#[test]
fn end_means_what_fits() {
    let end = |call: &str| Operation::End { call: id(call) };
    let mut l = calling();
    l.does(
        end("m1"),
        &[
            "-> bob@x retract m1 Cancelled",
            "record m1 Outgoing Cancelled",
            "changed m1 Video Cancelled Cancelled camera",
            "floor- m1",
            "done",
        ],
    );
    l.does(end("m1"), &["refused unknownCall"]);
    // The answer crossed the wish to cancel.
    let mut l = calling();
    l.quietly(|calls, now| {
        let received =
            ReceivedSignal { signal: proceed("m1", None), provenance: provenance(PHONE, SignalSource::Live, now.wall) };
        calls.handle(Input::Signal { received, sender: Standing { contact: true, muted: false } }, now);
    });
    l.does(
        end("m1"),
        &[
            "-> bob@x finish m1 Cancel",
            "media-off m1",
            "close m1",
            "record m1 Outgoing Cancelled",
            "changed m1 Video Cancelled Accepted camera",
            "floor- m1",
            "done",
        ],
    );
    let mut l = rung();
    l.does(
        end("b1"),
        &[
            "-> bob@x/phone reject b1 Declined",
            "-> own reject b1 Declined",
            "record b1 Incoming Rejected { text: None }",
            "changed b1 Video Rejected { text: None } Rejected",
            "ring b1 Stopped",
            "done",
        ],
    );
}
