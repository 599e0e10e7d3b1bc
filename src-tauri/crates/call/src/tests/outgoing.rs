//! Ladders of calls that this device places.

use confab_model::*;

use super::kit::*;
use crate::*;

fn invite(media: CallMedia) -> Operation {
    Operation::Invite(invitation("bob@x", media))
}
fn cancel_op(call: &str) -> Operation {
    Operation::Cancel { call: id(call), extension: None }
}

/// Dino says that it sends a picture also where it has no camera.
#[test]
fn a_picture_that_never_comes_does_not_keep_a_call_from_beginning() {
    let mut l = calling();
    l.phone_answers(Some(CallMedia::Video));
    l.describe();
    l.peer(
        "m1",
        PeerEvent::Connected,
        &["record m1 Outgoing Accepted", "changed m1 Video Connecting Accepted camera far-camera", "gate m1 mc-"],
    );
    l.peer(
        "m1",
        PeerEvent::FirstFrame { kind: MediaKind::Audio },
        &["record m1 Outgoing Accepted", "changed m1 Video Connecting Accepted camera far-camera"],
    );
    l.wait(s(2), &[]);
    l.wait(s(1), &["changed m1 Video Connected Accepted camera far-camera", "gate m1 mcp"]);
}

#[test]
fn a_video_call_from_invite_to_hang_up() {
    let mut l = Ladder::new();
    l.does(
        invite(CallMedia::Video),
        &[
            "floor? m1",
            "-> bob@x propose m1 Video 60",
            "open m1 Outgoing Inviting",
            "changed m1 Video Calling Inviting camera",
            "done invited m1 60",
        ],
    );
    l.wait(s(1), &[]);
    l.signal(PHONE, ringing("m1"), &["record m1 Outgoing Received", "changed m1 Video Calling Received camera"]);
    l.wait(s(3), &[]);
    l.phone_answers(Some(CallMedia::Video));
    // Candidates wait for the offer. Dino takes one content at a time.
    l.peer("m1", PeerEvent::LocalCandidates(video("mine")), &[]);
    l.peer(
        "m1",
        PeerEvent::LocalOffer(video("mine")),
        &[
            "-> bob@x/phone session-initiate m1",
            "-> bob@x/phone transport-info m1 mine",
            "-> bob@x/phone transport-info m1 mine",
        ],
    );
    // Far candidates wait for the answer.
    l.signal(PHONE, transport("m1", video("theirs")), &[]);
    l.signal(
        PHONE,
        session_accept("m1", video("theirs")),
        &[
            "apply m1 answer theirs",
            "apply m1 candidates theirs",
            "record m1 Outgoing Accepted",
            "changed m1 Video Connecting Accepted camera far-camera",
        ],
    );
    l.peer(
        "m1",
        PeerEvent::IceConnected,
        &["record m1 Outgoing Accepted", "changed m1 Video Connecting Accepted camera far-camera"],
    );
    l.peer(
        "m1",
        PeerEvent::Connected,
        &["record m1 Outgoing Accepted", "changed m1 Video Connecting Accepted camera far-camera", "gate m1 mc-"],
    );
    // The far side sends a picture, so sound is not enough.
    l.peer(
        "m1",
        PeerEvent::FirstFrame { kind: MediaKind::Audio },
        &["record m1 Outgoing Accepted", "changed m1 Video Connecting Accepted camera far-camera"],
    );
    l.wait(s(1), &[]);
    l.peer(
        "m1",
        PeerEvent::FirstFrame { kind: MediaKind::Video },
        &["record m1 Outgoing Accepted", "changed m1 Video Connected Accepted camera far-camera", "gate m1 mcp"],
    );
    let timings = l.calls.snapshot(&id("m1")).unwrap().timings;
    assert_eq!(
        timings,
        CallTimings {
            received_ms: Some(1_000),
            accepted_ms: Some(4_000),
            described_ms: Some(4_000),
            ice_ms: Some(4_000),
            connected_ms: Some(4_000),
            first_audio_ms: Some(4_000),
            first_video_ms: Some(5_000),
        }
    );
    l.wait(s(90), &[]);
    l.does(
        hang_up("m1"),
        &[
            "-> bob@x/phone session-terminate m1 Success",
            "-> bob@x finish m1 Success",
            "media-off m1",
            "close m1",
            "record m1 Outgoing Completed { duration_s: 90 }",
            "changed m1 Video Completed { duration_s: 90 } Accepted camera far-camera",
            "floor- m1",
            "done",
        ],
    );
    l.signal(PHONE, finish("m1", TerminateReason::Success), &["ignored Settled"]);
    assert!(l.calls.snapshots().is_empty());
    assert_eq!(l.calls.poll_timeout(), None);
}

#[test]
fn operations_that_are_refused_change_nothing() {
    let mut l = Ladder::new();
    for timeout_s in [0, 601] {
        let invitation = Invitation { timeout_s: Some(timeout_s), ..invitation("bob@x", CallMedia::Audio) };
        l.does(Operation::Invite(invitation), &["refused invalidTimeout"]);
    }
    for received_check_s in [2, 6] {
        let invitation =
            Invitation { received_check_s: Some(received_check_s), ..invitation("bob@x", CallMedia::Audio) };
        l.does(Operation::Invite(invitation), &["refused invalidReceivedCheck"]);
    }
    let mut extension = serde_json::Map::new();
    extension.insert("k".into(), "v".repeat(4_096).into());
    let large = Invitation { extension: Some(extension), ..invitation("bob@x", CallMedia::Audio) };
    l.does(Operation::Invite(large), &["refused extensionTooLarge"]);
    l.does(Operation::Invite(invitation("me@x", CallMedia::Audio)), &["refused invalidTarget"]);
    l.does(cancel_op("nothing"), &["refused unknownCall"]);
    let mut l = calling();
    l.does(hang_up("m1"), &["refused invalidState"]);
    l.does(accept("m1", CallMedia::Audio), &["refused invalidState"]);
    l.does(Operation::SetHeld { call: id("m1"), held: true }, &["refused invalidState"]);
    l.does(invite(CallMedia::Audio), &["refused anotherCall"]);
    l.does(Operation::Invite(invitation("carol@x", CallMedia::Audio)), &["floor? m2", "refused anotherCall"]);
}

#[test]
fn an_invitation_waits_while_the_engine_gets_ready() {
    let mut l = Ladder::new();
    l.feed(Input::Readiness(Readiness::NotReady), &[]);
    l.does(invite(CallMedia::Audio), &["refused notReady"]);
    l.feed(Input::Readiness(Readiness::Preparing), &[]);
    l.does(invite(CallMedia::Audio), &[]);
    l.feed(
        Input::Readiness(Readiness::Ready),
        &[
            "floor? m1",
            "-> bob@x propose m1 Audio 60",
            "open m1 Outgoing Inviting",
            "changed m1 Audio Calling Inviting",
            "done invited m1 60",
        ],
    );
    let mut l = Ladder::new();
    l.feed(Input::Readiness(Readiness::Preparing), &[]);
    l.does(invite(CallMedia::Audio), &[]);
    l.wait(s(10), &["refused notReady"]);
}

#[test]
fn cancel() {
    let mut l = calling();
    l.does(
        cancel_op("m1"),
        &[
            "-> bob@x retract m1 Cancelled",
            "record m1 Outgoing Cancelled",
            "changed m1 Video Cancelled Cancelled camera",
            "floor- m1",
            "done",
        ],
    );
    // An answer that crossed: told once that there is nothing.
    l.signal(PHONE, proceed("m1", None), &["-> bob@x/phone session-terminate m1 Cancel", "ignored Settled"]);
}

#[test]
fn nobody_answers() {
    let mut l = calling();
    l.wait(
        s(60),
        &[
            "record m1 Outgoing NotYetReceived",
            "changed m1 Video Calling NotYetReceived camera",
            "-> bob@x retract m1 Expired",
            "record m1 Outgoing Timeout",
            "changed m1 Video Timeout Timeout camera",
            "floor- m1",
        ],
    );
}

#[test]
fn the_received_check_and_a_late_ringing() {
    let mut l = calling();
    l.wait(s(5), &["record m1 Outgoing NotYetReceived", "changed m1 Video Calling NotYetReceived camera"]);
    l.signal(PHONE, ringing("m1"), &["record m1 Outgoing Received", "changed m1 Video Calling Received camera"]);
    l.signal(PHONE, ringing("m1"), &["ignored Duplicate"]);
    // A client that never confirms (Dino) does not look offline.
    let mut l = Ladder::new();
    let callee = Callee { available: true, speaks_confab: false };
    let dino = Invitation { callee, received_check_s: Some(3), ..invitation("bob@x", CallMedia::Audio) };
    l.does(
        Operation::Invite(dino),
        &[
            "floor? m1",
            "-> bob@x propose m1 Audio 60",
            "open m1 Outgoing Inviting",
            "changed m1 Audio Calling Inviting",
            "done invited m1 60",
        ],
    );
    l.wait(s(6), &[]);
}

#[test]
fn declined_with_words() {
    let mut l = calling();
    let signal =
        Signal::Reject { call: id("m1"), reason: RejectReason::Declined, text: Some("later".into()), extension: None };
    l.signal(
        PHONE,
        signal,
        &[
            "record m1 Outgoing Rejected { text: Some(\"later\") }",
            "changed m1 Video Rejected { text: Some(\"later\") } Rejected camera",
            "floor- m1",
        ],
    );
}

#[test]
fn busy_by_one_device_is_final_only_when_no_other_rings() {
    let busy = || reject("m1", RejectReason::Busy(Some(BusyCause::InAnotherCall)));
    let mut l = calling();
    l.signal(PHONE, busy(), &[]);
    l.wait(
        s(2),
        &[
            "-> bob@x retract m1 Cancelled",
            "record m1 Outgoing Busy { text: None }",
            "changed m1 Video Busy { text: None } Busy camera",
            "floor- m1",
        ],
    );
    let mut l = calling();
    l.signal(PHONE, busy(), &[]);
    l.signal(TABLET, ringing("m1"), &["record m1 Outgoing Received", "changed m1 Video Calling Received camera"]);
    l.wait(s(3), &[]);
    let mut l = calling();
    l.signal(TABLET, ringing("m1"), &["record m1 Outgoing Received", "changed m1 Video Calling Received camera"]);
    l.signal(PHONE, busy(), &[]);
    l.wait(s(3), &[]);
}

#[test]
fn do_not_disturb_and_busy_without_our_child() {
    let mut l = calling();
    let cause = BusyCause::DoNotDisturb { text: Some("asleep".into()) };
    l.signal(
        PHONE,
        reject("m1", RejectReason::Busy(Some(cause))),
        &[
            "record m1 Outgoing Busy { text: Some(\"asleep\") }",
            "changed m1 Video Busy { text: Some(\"asleep\") } Busy camera",
            "floor- m1",
        ],
    );
    let mut l = calling();
    l.signal(
        PHONE,
        reject("m1", RejectReason::Busy(None)),
        &[
            // Its other devices may not have heard of it.
            "-> bob@x retract m1 Cancelled",
            "record m1 Outgoing Unavailable",
            "changed m1 Video Unavailable Busy camera",
            "floor- m1",
        ],
    );
}

#[test]
fn forged_and_foreign_signals() {
    let mut l = calling();
    l.signal(EVE, ringing("m1"), &["ignored Forged"]);
    l.signal(EVE, proceed("m1", None), &["ignored Forged"]);
    l.signal(EVE, reject("m1", RejectReason::Declined), &["ignored Forged"]);
    l.signal(EVE, propose("m1", CallMedia::Audio), &["ignored Forged"]);
    l.signal(PHONE, propose("m1", CallMedia::Audio), &["ignored Forged"]);
    l.signal_by(PHONE, SignalSource::CarbonSent, retract("m1", RetractReason::Cancelled), &["ignored Forged"]);
    l.signal(ME, retract("m1", RetractReason::Cancelled), &["ignored OwnEcho"]);
    l.signal(MINE, retract("m1", RetractReason::Cancelled), &["ignored OwnDevice"]);
    l.signal(PHONE, retract("m1", RetractReason::Cancelled), &["ignored OutOfOrder"]);
    l.signal(PHONE, session_accept("m1", video("x")), &["ignored WrongDevice"]);
    l.signal(PHONE, initiate("m1", video("x")), &["ignored WrongDevice"]);
    l.signal(EVE, terminate("m1", TerminateReason::Success), &["ignored Forged"]);
    l.signal(EVE, ringing("zz"), &["ignored Unknown"]);
    l.signal(EVE, terminate("zz", TerminateReason::Success), &["ignored Unknown"]);
    assert_eq!(l.state("m1"), "changed m1 Video Calling Inviting camera");
    assert_eq!(l.calls.ignored()[&Ignored::Forged], 7);
}

#[test]
fn only_the_first_device_that_answers_has_the_call() {
    let mut l = calling();
    l.phone_answers(None);
    l.signal(PHONE, proceed("m1", None), &["ignored Duplicate"]);
    l.signal(
        TABLET,
        proceed("m1", None),
        &["-> bob@x/tablet session-terminate m1 AlternativeSession", "ignored WrongDevice"],
    );
    l.signal(TABLET, reject("m1", RejectReason::Declined), &["ignored WrongDevice"]);
    l.signal(PHONE, session_accept("m1", video("theirs")), &["ignored OutOfOrder"]);
    l.peer("m1", PeerEvent::LocalOffer(video("mine")), &["-> bob@x/phone session-initiate m1"]);
    l.signal(TABLET, session_accept("m1", video("theirs")), &["ignored WrongDevice"]);
    l.signal(TABLET, finish("m1", TerminateReason::Success), &["ignored WrongDevice"]);
    l.signal(TABLET, terminate("m1", TerminateReason::Success), &["ignored WrongDevice"]);
}

#[test]
fn answered_without_camera() {
    let mut l = calling();
    l.phone_answers(Some(CallMedia::Audio));
    l.peer("m1", PeerEvent::LocalOffer(video("mine")), &["-> bob@x/phone session-initiate m1"]);
    l.signal(
        PHONE,
        session_accept("m1", video("theirs")),
        &["apply m1 answer theirs", "record m1 Outgoing Accepted", "changed m1 Video Connecting Accepted camera"],
    );
    l.peer(
        "m1",
        PeerEvent::Connected,
        &["record m1 Outgoing Accepted", "changed m1 Video Connecting Accepted camera", "gate m1 mc-"],
    );
    l.peer(
        "m1",
        PeerEvent::FirstFrame { kind: MediaKind::Audio },
        &["record m1 Outgoing Accepted", "changed m1 Video Connected Accepted camera", "gate m1 mcp"],
    );
}

#[test]
fn the_connect_deadline_names_the_stage() {
    let mut l = calling();
    l.phone_answers(None);
    l.wait(
        s(30),
        &[
            "-> bob@x finish m1 Timeout",
            "media-off m1",
            "close m1",
            "record m1 Outgoing ConnectFailed { stage: Signalling }",
            "changed m1 Video ConnectFailed { stage: Signalling } Disconnected camera",
            "floor- m1",
        ],
    );
    let mut l = calling();
    l.phone_answers(None);
    l.describe();
    // The system asks for the microphone: the clock stands.
    l.feed(Input::PermissionPrompt { call: id("m1"), shown: true }, &[]);
    l.wait(s(60), &[]);
    l.feed(Input::PermissionPrompt { call: id("m1"), shown: false }, &[]);
    l.wait(s(29), &[]);
    l.wait(
        s(1),
        &[
            "-> bob@x/phone session-terminate m1 ConnectivityError",
            "-> bob@x finish m1 ConnectivityError",
            "media-off m1",
            "close m1",
            "record m1 Outgoing ConnectFailed { stage: Ice }",
            "changed m1 Video ConnectFailed { stage: Ice } Disconnected camera far-camera",
            "floor- m1",
        ],
    );
}

/// 0353, tie breaking: `b1` is lower than `m1`, so Bob's call lives.
#[test]
fn glare_lost() {
    let mut l = calling();
    l.signal(
        PHONE,
        propose("b1", CallMedia::Audio),
        &[
            "-> bob@x retract m1 TieBreak",
            "floor m1>b1",
            "-> bob@x/phone proceed b1 Some(Audio)",
            "-> own accept b1",
            "peer b1 Responder Audio send_video=false bundle=true",
            "media b1 Audio camera=false",
            "discarded m1 by b1",
            "open b1 Incoming Accepted",
            "changed b1 Audio Connecting Accepted",
        ],
    );
    l.signal(PHONE, reject("m1", RejectReason::TieBreak), &["ignored Settled"]);
    assert_eq!(l.arbiter.holder().unwrap().call, id("b1"));
}

#[test]
fn glare_won() {
    let mut l = calling();
    // The loser may have chosen audio.
    l.signal(
        PHONE,
        propose("z9", CallMedia::Audio),
        &["-> bob@x/phone reject z9 TieBreak", "record m1 Outgoing Inviting", "changed m1 Audio Calling Inviting"],
    );
    l.signal(PHONE, retract("z9", RetractReason::TieBreak), &["ignored Settled"]);
    l.signal(
        PHONE,
        proceed("m1", Some(CallMedia::Audio)),
        &[
            "peer m1 Initiator Audio send_video=false bundle=true",
            "media m1 Audio camera=false",
            "record m1 Outgoing Accepted",
            "changed m1 Audio Connecting Accepted",
        ],
    );
}

#[test]
fn glare_where_the_reject_overtakes_the_winner() {
    let mut l = calling();
    l.signal(PHONE, reject("m1", RejectReason::TieBreak), &[]);
    l.signal(
        PHONE,
        propose("b1", CallMedia::Video),
        &[
            "-> bob@x retract m1 TieBreak",
            "floor m1>b1",
            "-> bob@x/phone proceed b1 Some(Video)",
            "-> own accept b1",
            "peer b1 Responder Video send_video=true bundle=true",
            "media b1 Video camera=true",
            "discarded m1 by b1",
            "open b1 Incoming Accepted",
            "changed b1 Video Connecting Accepted camera",
        ],
    );
    let mut l = calling();
    l.signal(PHONE, reject("m1", RejectReason::TieBreak), &[]);
    l.wait(
        s(5),
        &[
            "-> bob@x retract m1 TieBreak",
            "record m1 Outgoing Unavailable",
            "changed m1 Video Unavailable Busy camera",
            "floor- m1",
        ],
    );
}

/// Candidates that the far side's client refuses, or a server that is away for a moment, end no call that both sides
/// have agreed on.
#[test]
fn one_refused_piece_does_not_end_a_call_that_connects() {
    let refused = |condition: &str, is_description| Signal::SessionError {
        sid: sid("m1"),
        condition: condition.into(),
        is_description,
    };
    let error = |condition: &str| refused(condition, false);
    let mut l = calling();
    l.phone_answers(None);
    // The answer may be on its way: so does Dino with a candidate of several contents.
    l.peer("m1", PeerEvent::LocalOffer(video("mine")), &["-> bob@x/phone session-initiate m1"]);
    l.signal(PHONE, error("feature-not-implemented"), &["ignored Irrelevant"]);
    l.signal(
        PHONE,
        refused("feature-not-implemented", true),
        &[
            "-> bob@x/phone session-terminate m1 Timeout",
            "-> bob@x finish m1 Timeout",
            "media-off m1",
            "close m1",
            "record m1 Outgoing ConnectFailed { stage: Signalling }",
            "changed m1 Video ConnectFailed { stage: Signalling } Disconnected camera",
            "floor- m1",
        ],
    );
    let mut l = calling();
    l.phone_answers(None);
    l.describe();
    for condition in ["bad-request", "service-unavailable", "remote-server-timeout", "feature-not-implemented"] {
        l.signal(PHONE, error(condition), &["ignored Irrelevant"]);
    }
    l.signal(
        PHONE,
        error("unknown-session"),
        &[
            "-> bob@x/phone session-terminate m1 Timeout",
            "-> bob@x finish m1 Timeout",
            "media-off m1",
            "close m1",
            "record m1 Outgoing ConnectFailed { stage: Signalling }",
            "changed m1 Video ConnectFailed { stage: Signalling } Disconnected camera far-camera",
            "floor- m1",
        ],
    );
}
