//! Ladders of what lies between two runs of the app: leaving, records that were left open, what the archive tells.

use confab_model::*;

use super::kit::*;
use crate::*;

#[test]
fn records_that_a_crash_left_open_are_closed() {
    let mut l = Ladder::new();
    let record = |call: &str, direction, answered: bool, connected: Option<u32>| CallRecord {
        id: id(call),
        direction,
        media: CallMedia::Audio,
        people: vec![(bare("bob@x"), ParticipantState::Accepted)],
        started_at: Timestamp(5),
        answered_at: answered.then_some(Timestamp(6)),
        ended_at: None,
        reason: None,
        answered_by: None,
        timings: CallTimings {
            connected_ms: connected,
            first_audio_ms: connected.map(|ms| ms + 2_500),
            ..CallTimings::default()
        },
    };
    l.feed(
        Input::Recover(vec![
            record("a", CallDirection::Outgoing, false, None),
            record("b", CallDirection::Incoming, false, None),
            record("c", CallDirection::Incoming, true, None),
            record("d", CallDirection::Outgoing, true, Some(100)),
        ]),
        &[
            "record a Outgoing Cancelled",
            "record c Incoming ConnectFailed { stage: Signalling }",
            "record d Outgoing ConnectionLost { duration_s: 2 }",
        ],
    );
    // Nothing says what became of the one that rang.
    l.wait(s(60), &["record b Incoming Timeout"]);
    l.signal(PHONE, propose("b", CallMedia::Audio), &["ignored Settled"]);
}

/// A record that was still written while the call went on tells how long that was.
#[test]
fn a_crashed_call_lasted_until_it_was_last_seen() {
    let mut l = Ladder::new();
    let record = CallRecord {
        id: id("d"),
        direction: CallDirection::Outgoing,
        media: CallMedia::Audio,
        people: vec![(bare("bob@x"), ParticipantState::Accepted)],
        started_at: Timestamp(5),
        answered_at: Some(Timestamp(6)),
        ended_at: Some(Timestamp(5 + 1_800_100)),
        reason: None,
        answered_by: None,
        timings: CallTimings { connected_ms: Some(100), ..CallTimings::default() },
    };
    l.feed(Input::Recover(vec![record]), &["record d Outgoing ConnectionLost { duration_s: 1800 }"]);
}

/// What rings goes on ringing at the other devices; what was placed or answered here ends.
#[test]
fn leaving_ends_only_what_is_of_this_device() {
    let mut l = connected_in();
    l.carol_waits();
    l.feed(
        Input::Leave(Leaving::UntilStart),
        &[
            "-> bob@x/phone session-terminate b1 Success",
            "-> bob@x finish b1 Success",
            "media-off b1",
            "close b1",
            "record b1 Incoming Completed { duration_s: 0 }",
            "changed b1 Video Completed { duration_s: 0 } Accepted camera far-camera",
            "floor- b1",
            "left c1",
            "ring c1 Stopped",
        ],
    );
    assert!(l.calls.snapshots().is_empty());
    let mut l = calling();
    l.feed(
        Input::Leave(Leaving::UntilStart),
        &[
            "-> bob@x retract m1 Cancelled",
            "record m1 Outgoing Cancelled",
            "changed m1 Video Cancelled Cancelled camera",
            "floor- m1",
        ],
    );
    // Nobody may ever look again what became of a call that rings: here it was missed.
    let mut l = rung();
    l.feed(
        Input::Leave(Leaving::ForGood),
        &["record b1 Incoming Timeout", "changed b1 Video Timeout Timeout", "ring b1 Stopped"],
    );
    let mut l = rang_before_a_restart();
    l.feed(Input::Leave(Leaving::ForGood), &["record b1 Incoming Timeout"]);
    // Whoever waits is told.
    let mut l = Ladder::new();
    l.feed(Input::Readiness(Readiness::Preparing), &[]);
    l.does(Operation::Invite(invitation("bob@x", CallMedia::Audio)), &[]);
    l.feed(Input::Leave(Leaving::UntilStart), &["refused notReady"]);
}

fn rang_before_a_restart() -> Ladder {
    let mut l = Ladder::new();
    let record = CallRecord {
        id: id("b1"),
        direction: CallDirection::Incoming,
        media: CallMedia::Video,
        people: vec![(bare("bob@x"), ParticipantState::Received)],
        started_at: Timestamp(l.now.wall.0 - 20_000),
        answered_at: None,
        ended_at: None,
        reason: None,
        answered_by: None,
        timings: CallTimings::default(),
    };
    l.feed(Input::Recover(vec![record]), &[]);
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l
}

#[test]
fn what_became_of_a_call_that_rang_before_a_restart() {
    let mut l = rang_before_a_restart();
    l.archived(MINE, s(10), accept_signal("b1"), &["record b1 Incoming AnsweredElsewhere by lap"]);
    let mut l = rang_before_a_restart();
    l.archived(PHONE, s(10), retract("b1", RetractReason::Cancelled), &["record b1 Incoming Cancelled"]);
    // Nobody tells: missed. It is nowhere on the screen meanwhile.
    let mut l = rang_before_a_restart();
    assert_eq!(l.state("b1"), "none");
    l.feed(Input::Session(SessionEvent::CatchUpEnded), &["record b1 Incoming Timeout"]);
    // Its invitation comes again, and it still rings elsewhere.
    let mut l = rang_before_a_restart();
    l.archived(EVE, s(20), propose("b1", CallMedia::Video), &["ignored Forged"]);
    l.archived(PHONE, s(20), propose("b1", CallMedia::Video), &[]);
    l.feed(
        Input::Session(SessionEvent::CatchUpEnded),
        &["-> bob@x ringing b1", "changed b1 Video Calling Received", "ring b1 Loud"],
    );
    l.wait(s(41), &[]);
    l.wait(s(1), &["record b1 Incoming Timeout", "changed b1 Video Timeout Timeout", "ring b1 Stopped"]);
}

/// The store has the call closed: nobody opens it again, neither the caller nor somebody else with the same id.
#[test]
fn a_call_that_the_store_has_closed_is_over() {
    let mut l = Ladder::new();
    l.feed(Input::Settled { call: id("b1"), remote: bare("bob@x"), knows_us: true }, &[]);
    l.signal(PHONE, propose("b1", CallMedia::Audio), &["ignored Settled"]);
    l.signal(EVE, propose("b1", CallMedia::Audio), &["ignored Settled"]);
    l.signal(PHONE, initiate("b1", video("x")), &["-> bob@x/phone session-terminate b1 Gone", "ignored Settled"]);
}

/// Without the record, for the history is new: what this device said then is in the archive.
#[test]
fn what_this_device_said_before_a_restart() {
    let archive = || {
        let mut l = Ladder::new();
        l.feed(Input::Session(SessionEvent::Online), &[]);
        l.archived(PHONE, s(90), propose("b1", CallMedia::Video), &[]);
        l
    };
    let mut l = archive();
    let declined = ["ignored OwnEcho", "open b1 Incoming Rejected { text: None }"];
    l.archived(ME, s(85), reject("b1", RejectReason::Declined), &declined);
    let mut l = archive();
    l.archived(ME, s(80), accept_signal("b1"), &["ignored OwnEcho"]);
    l.archived(
        PHONE,
        s(50),
        finish("b1", TerminateReason::Success),
        &["open b1 Incoming Completed { duration_s: 30 }"],
    );
    let mut l = archive();
    l.archived(ME, s(80), accept_signal("b1"), &["ignored OwnEcho"]);
    let completed = ["ignored OwnEcho", "open b1 Incoming Completed { duration_s: 20 }"];
    l.archived(ME, s(60), finish("b1", TerminateReason::Success), &completed);
    let mut l = archive();
    l.archived(ME, s(80), accept_signal("b1"), &["ignored OwnEcho"]);
    l.feed(Input::Session(SessionEvent::CatchUpEnded), &["open b1 Incoming ConnectionLost { duration_s: 0 }"]);
}

/// What the archive tells of a call happened then.
#[test]
fn an_archived_end_has_its_own_time() {
    let mut l = Ladder::new();
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l.archived(PHONE, s(9_000), propose("b1", CallMedia::Video), &[]);
    let sent_at = Timestamp(l.now.wall.0 - 8_970_000);
    let provenance = provenance(PHONE, SignalSource::Archive, sent_at);
    let received = ReceivedSignal { signal: retract("b1", RetractReason::Expired), provenance };
    l.calls.handle(Input::Signal { received, sender: Standing { contact: true, muted: false } }, l.now);
    let Some(Output::OpenRecord(record)) = l.calls.poll_output() else { panic!("no record") };
    assert_eq!(record.ended_at, Some(sent_at));
}

/// A catch-up that is cut goes on when the stream is resumed: until its end nothing of the archive rings.
#[test]
fn a_catch_up_outlives_a_cut() {
    let mut l = Ladder::new();
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l.feed(Input::Session(SessionEvent::Offline), &[]);
    l.feed(Input::Session(SessionEvent::Resumed), &[]);
    l.archived(PHONE, s(20), propose("b1", CallMedia::Video), &[]);
    l.archived(PHONE, s(10), retract("b1", RetractReason::Cancelled), &["open b1 Incoming Cancelled"]);
    l.archived(PHONE, s(5), propose("b2", CallMedia::Video), &[]);
    l.feed(
        Input::Session(SessionEvent::CatchUpEnded),
        &["-> bob@x ringing b2", "open b2 Incoming Received", "changed b2 Video Calling Received", "ring b2 Loud"],
    );
}

/// Another device of the account tells in the archive how a call ended, behind the invitation that is held back until the end.
#[test]
fn what_another_device_has_recorded_does_not_ring_after_the_catch_up() {
    let settled = |call: &str| Input::Settled { call: id(call), remote: bare("bob@x"), knows_us: true };
    let mut l = Ladder::new();
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l.archived(PHONE, s(20), propose("b1", CallMedia::Video), &[]);
    l.feed(settled("b1"), &[]);
    l.archived(PHONE, s(10), retract("b1", RetractReason::Cancelled), &["ignored Settled"]);
    l.feed(settled("b2"), &[]);
    l.archived(PHONE, s(5), propose("b2", CallMedia::Video), &["ignored Settled"]);
    l.feed(Input::Session(SessionEvent::CatchUpEnded), &[]);
    // One that rang here before a restart.
    let mut l = rang_before_a_restart();
    l.feed(settled("b1"), &[]);
    l.feed(Input::Session(SessionEvent::CatchUpEnded), &[]);
    // What goes on here is nobody else's.
    let mut l = rung();
    l.feed(settled("b1"), &[]);
    assert!(l.calls.snapshot(&id("b1")).is_some());
}
