//! Ladders of calls that come in.

use confab_model::*;

use super::kit::*;
use crate::*;

fn decline(call: &str, text: Option<&str>) -> Operation {
    Operation::Reject { call: id(call), text: text.map(Into::into), extension: None }
}

const RINGS: [&str; 4] =
    ["-> bob@x ringing b1", "open b1 Incoming Received", "changed b1 Video Calling Received", "ring b1 Loud"];

#[test]
fn a_video_call_answered_without_camera() {
    let mut l = Ladder::new();
    l.signal(PHONE, propose("b1", CallMedia::Video), &RINGS);
    l.signal(PHONE, propose("b1", CallMedia::Video), &["ignored Duplicate"]);
    l.wait(s(2), &[]);
    l.does(
        accept("b1", CallMedia::Audio),
        &[
            "floor? b1",
            "-> bob@x/phone proceed b1 Some(Audio)",
            "-> own accept b1",
            "peer b1 Responder Video send_video=true bundle=true",
            "media b1 Video camera=false",
            "record b1 Incoming Accepted",
            "changed b1 Video Connecting Accepted",
            "ring b1 Stopped",
            "done",
        ],
    );
    // The own accept comes back to this device too.
    l.signal(ME, accept_signal("b1"), &["ignored OwnEcho"]);
    l.signal(TABLET, initiate("b1", video("evil")), &["ignored WrongDevice"]);
    l.signal(EVE, initiate("b1", video("evil")), &["ignored Forged"]);
    l.signal(
        PHONE,
        initiate("b1", video("theirs")),
        &["apply b1 offer theirs", "record b1 Incoming Accepted", "changed b1 Video Connecting Accepted far-camera"],
    );
    l.signal(PHONE, initiate("b1", video("theirs")), &["ignored Duplicate"]);
    l.peer(
        "b1",
        PeerEvent::LocalAnswer(video("mine")),
        &["-> bob@x/phone session-accept b1", "-> bob@x/phone session-info b1 mute video"],
    );
    l.peer(
        "b1",
        PeerEvent::LocalCandidates(video("mine")),
        &["-> bob@x/phone transport-info b1 mine", "-> bob@x/phone transport-info b1 mine"],
    );
    l.peer(
        "b1",
        PeerEvent::Connected,
        &["record b1 Incoming Accepted", "changed b1 Video Connecting Accepted far-camera", "gate b1 m--"],
    );
    l.peer(
        "b1",
        PeerEvent::FirstFrame { kind: MediaKind::Video },
        &["record b1 Incoming Accepted", "changed b1 Video Connected Accepted far-camera", "gate b1 m-p"],
    );
    l.wait(s(7), &[]);
    // A far side that only terminates.
    l.signal(
        PHONE,
        terminate("b1", TerminateReason::Success),
        &[
            "media-off b1",
            "close b1",
            "record b1 Incoming Completed { duration_s: 7 }",
            "changed b1 Video Completed { duration_s: 7 } Accepted far-camera",
            "floor- b1",
        ],
    );
    l.signal(PHONE, terminate("b1", TerminateReason::Success), &["ignored Settled"]);
    l.signal(PHONE, propose("b1", CallMedia::Video), &["ignored Settled"]);
}

#[test]
fn declined_with_words() {
    let mut l = rung();
    l.does(
        decline("b1", Some("later")),
        &[
            "-> bob@x/phone reject b1 Declined later",
            "-> own reject b1 Declined later",
            "record b1 Incoming Rejected { text: Some(\"later\") }",
            "changed b1 Video Rejected { text: Some(\"later\") } Rejected",
            "ring b1 Stopped",
            "done",
        ],
    );
}

#[test]
fn the_caller_withdraws() {
    for (reason, end, state) in [
        (RetractReason::Cancelled, "Cancelled", "Cancelled"),
        (RetractReason::Expired, "Timeout", "Timeout"),
        (RetractReason::Other("x".into()), "Cancelled", "Cancelled"),
    ] {
        let mut l = rung();
        l.signal(EVE, retract("b1", reason.clone()), &["ignored Forged"]);
        l.signal(
            PHONE,
            retract("b1", reason),
            &[&format!("record b1 Incoming {end}"), &format!("changed b1 Video {end} {state}"), "ring b1 Stopped"],
        );
        l.does(accept("b1", CallMedia::Video), &["refused unknownCall"]);
    }
}

/// The caller's word wins: its retract has two seconds to arrive.
#[test]
fn missed() {
    let mut l = rung();
    l.wait(s(61), &[]);
    l.wait(s(1), &["record b1 Incoming Timeout", "changed b1 Video Timeout Timeout", "ring b1 Stopped"]);
    let mut l = rung();
    l.wait(s(61), &[]);
    l.does(
        accept("b1", CallMedia::Audio),
        &[
            "floor? b1",
            "-> bob@x/phone proceed b1 Some(Audio)",
            "-> own accept b1",
            "peer b1 Responder Video send_video=true bundle=true",
            "media b1 Video camera=false",
            "record b1 Incoming Accepted",
            "changed b1 Video Connecting Accepted",
            "ring b1 Stopped",
            "done",
        ],
    );
    l.signal(
        PHONE,
        retract("b1", RetractReason::Expired),
        &["media-off b1", "close b1", "record b1 Incoming Timeout", "changed b1 Video Timeout Timeout", "floor- b1"],
    );
}

#[test]
fn the_other_own_devices_settle_it() {
    let mut l = rung();
    l.signal(
        MINE,
        accept_signal("b1"),
        &[
            "record b1 Incoming AnsweredElsewhere by lap",
            "changed b1 Video AnsweredElsewhere Accepted",
            "ring b1 Stopped",
        ],
    );
    let mut l = rung();
    l.signal_by(
        MINE,
        SignalSource::CarbonSent,
        proceed("b1", None),
        &[
            "record b1 Incoming AnsweredElsewhere by lap",
            "changed b1 Video AnsweredElsewhere Accepted",
            "ring b1 Stopped",
        ],
    );
    let mut l = rung();
    l.signal(
        MINE,
        reject("b1", RejectReason::Declined),
        &[
            "record b1 Incoming DeclinedElsewhere by lap",
            "changed b1 Video DeclinedElsewhere Rejected",
            "ring b1 Stopped",
        ],
    );
    // Busy there, free here; and a lost tie-break there means that the call goes on there under another id.
    let mut l = rung();
    let busy = reject("b1", RejectReason::Busy(Some(BusyCause::InAnotherCall)));
    l.signal_by(MINE, SignalSource::CarbonSent, busy, &["ignored OwnDevice"]);
    l.signal_by(
        MINE,
        SignalSource::CarbonSent,
        reject("b1", RejectReason::TieBreak),
        &["discarded b1 by none", "ring b1 Stopped"],
    );
    let mut l = Ladder::new();
    l.signal_by(MINE, SignalSource::CarbonSent, propose("m7", CallMedia::Video), &["ignored OwnDevice"]);
    l.signal_by(MINE, SignalSource::CarbonSent, retract("m7", RetractReason::Cancelled), &["ignored Settled"]);
}

#[test]
fn answered_on_two_own_devices_at_once() {
    let mut l = rung();
    l.does(
        accept("b1", CallMedia::Audio),
        &[
            "floor? b1",
            "-> bob@x/phone proceed b1 Some(Audio)",
            "-> own accept b1",
            "peer b1 Responder Video send_video=true bundle=true",
            "media b1 Video camera=false",
            "record b1 Incoming Accepted",
            "changed b1 Video Connecting Accepted",
            "ring b1 Stopped",
            "done",
        ],
    );
    l.signal(MINE, accept_signal("b1"), &["record b1 Incoming Accepted by lap"]);
    l.signal(
        PHONE,
        terminate("b1", TerminateReason::AlternativeSession),
        &[
            "media-off b1",
            "close b1",
            "record b1 Incoming AnsweredElsewhere by lap",
            "changed b1 Video AnsweredElsewhere Accepted",
            "floor- b1",
        ],
    );
}

#[test]
fn settled_before_it_arrived() {
    let mut l = Ladder::new();
    l.signal(PHONE, retract("b1", RetractReason::Cancelled), &["ignored Unknown"]);
    l.signal(PHONE, propose("b1", CallMedia::Audio), &["open b1 Incoming Cancelled"]);
    l.signal(MINE, accept_signal("b2"), &["ignored Unknown"]);
    l.signal(PHONE, propose("b2", CallMedia::Audio), &["open b2 Incoming AnsweredElsewhere by lap"]);
    // Somebody else's word about it does not count.
    l.signal(EVE, retract("b3", RetractReason::Cancelled), &["ignored Unknown"]);
    l.signal(
        PHONE,
        propose("b3", CallMedia::Audio),
        &["-> bob@x ringing b3", "open b3 Incoming Received", "changed b3 Audio Calling Received", "ring b3 Loud"],
    );
}

#[test]
fn do_not_disturb() {
    let mut l = Ladder::new();
    let dnd = Some(DoNotDisturb { text: Some("asleep".into()) });
    l.feed(Input::Policy(Policy { do_not_disturb: dnd, ..Policy::default() }), &[]);
    l.signal(
        PHONE,
        propose("b1", CallMedia::Audio),
        &["-> bob@x/phone reject b1 Busy(Some(DoNotDisturb { text: Some(\"asleep\") }))", "open b1 Incoming Timeout"],
    );
    l.contact = false;
    l.signal(EVE, propose("e1", CallMedia::Audio), &["open e1 Incoming Timeout"]);
}

#[test]
fn strangers() {
    let mut l = Ladder::new();
    l.contact = false;
    l.signal(
        EVE,
        propose("e1", CallMedia::Audio),
        &["open e1 Incoming Received", "changed e1 Audio Calling Received", "ring e1 Silent"],
    );
    // Nothing for a description before accept, and nothing for a decline.
    l.signal(EVE, initiate("e1", audio("theirs")), &[]);
    l.does(
        decline("e1", None),
        &[
            "-> own reject e1 Declined",
            "record e1 Incoming Rejected { text: None }",
            "changed e1 Audio Rejected { text: None } Rejected",
            "ring e1 Stopped",
            "done",
        ],
    );
    l.signal(EVE, initiate("e2", audio("theirs")), &["ignored Stranger"]);
    let strangers = StrangerPolicy::Block;
    l.feed(Input::Policy(Policy { strangers, ..Policy::default() }), &[]);
    l.signal(EVE, propose("e3", CallMedia::Audio), &["ignored Stranger"]);
    let strangers = StrangerPolicy::Ring;
    l.feed(Input::Policy(Policy { strangers, ..Policy::default() }), &[]);
    l.signal(
        EVE,
        propose("e4", CallMedia::Audio),
        &["open e4 Incoming Received", "changed e4 Audio Calling Received", "ring e4 Loud"],
    );
    l.does(
        accept("e4", CallMedia::Audio),
        &[
            "floor? e4",
            "-> eve@x/lair proceed e4 Some(Audio)",
            "-> own accept e4",
            "peer e4 Responder Audio send_video=false bundle=true",
            "media e4 Audio camera=false",
            "record e4 Incoming Accepted",
            "changed e4 Audio Connecting Accepted",
            "ring e4 Stopped",
            "done",
        ],
    );
}

#[test]
fn a_stranger_extension_waits_for_accept() {
    let mut extension = serde_json::Map::new();
    extension.insert("k".into(), 1.into());
    let signal = |call: &str, extension| Signal::Propose {
        call: id(call),
        media: CallMedia::Audio,
        timeout_s: Some(9),
        extension: Some(extension),
    };
    let mut l = Ladder::new();
    l.signal(
        PHONE,
        signal("b1", extension.clone()),
        &[
            "-> bob@x ringing b1",
            "extension b1 {\"k\":1}",
            "open b1 Incoming Received",
            "changed b1 Audio Calling Received",
            "ring b1 Loud",
        ],
    );
    l.wait(s(11), &["record b1 Incoming Timeout", "changed b1 Audio Timeout Timeout", "ring b1 Stopped"]);
    l.contact = false;
    l.signal(
        EVE,
        signal("e1", extension),
        &["open e1 Incoming Received", "changed e1 Audio Calling Received", "ring e1 Silent"],
    );
    l.does(
        accept("e1", CallMedia::Audio),
        &[
            "floor? e1",
            "extension e1 {\"k\":1}",
            "-> eve@x/lair proceed e1 Some(Audio)",
            "-> own accept e1",
            "peer e1 Responder Audio send_video=false bundle=true",
            "media e1 Audio camera=false",
            "record e1 Incoming Accepted",
            "changed e1 Audio Connecting Accepted",
            "ring e1 Stopped",
            "done",
        ],
    );
}

#[test]
fn a_muted_contact_is_listed_without_a_sound() {
    let mut l = Ladder::new();
    l.muted = true;
    l.signal(
        PHONE,
        propose("b1", CallMedia::Audio),
        &["open b1 Incoming Received", "changed b1 Audio Calling Received", "ring b1 Silent"],
    );
}

#[test]
fn more_than_five_in_a_minute_are_only_listed() {
    let mut l = Ladder::new();
    for n in 1..=5 {
        let call = format!("b{n}");
        l.signal(
            PHONE,
            propose(&call, CallMedia::Audio),
            &[
                &format!("-> bob@x ringing {call}"),
                &format!("open {call} Incoming Received"),
                &format!("changed {call} Audio Calling Received"),
                &format!("ring {call} Loud"),
            ],
        );
        l.signal(
            PHONE,
            retract(&call, RetractReason::Cancelled),
            &[
                &format!("record {call} Incoming Cancelled"),
                &format!("changed {call} Audio Cancelled Cancelled"),
                &format!("ring {call} Stopped"),
            ],
        );
    }
    l.signal(PHONE, propose("b6", CallMedia::Audio), &["open b6 Incoming Timeout"]);
    l.wait(s(60), &[]);
    l.signal(
        PHONE,
        propose("b7", CallMedia::Audio),
        &["-> bob@x ringing b7", "open b7 Incoming Received", "changed b7 Audio Calling Received", "ring b7 Loud"],
    );
    // Nobody can fill the list.
    for n in 0..40 {
        l.quietly(|calls, now| {
            let provenance = provenance(EVE, SignalSource::Live, now.wall);
            let received = ReceivedSignal { signal: propose(&format!("e{n}"), CallMedia::Audio), provenance };
            calls.handle(Input::Signal { received, sender: Standing::default() }, now);
        });
    }
    l.signal(EVE, propose("e99", CallMedia::Audio), &["ignored Flood"]);
}

#[test]
fn archived_invitations_wait_for_the_catch_up() {
    let mut l = Ladder::new();
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l.archived(PHONE, s(20), propose("b1", CallMedia::Video), &[]);
    l.archived(PHONE, s(15), propose("b2", CallMedia::Video), &[]);
    l.archived(PHONE, s(900), propose("b3", CallMedia::Video), &[]);
    l.archived(PHONE, s(900), propose("b4", CallMedia::Video), &[]);
    l.archived(PHONE, s(10), retract("b2", RetractReason::Cancelled), &["open b2 Incoming Cancelled"]);
    l.archived(MINE, s(850), accept_signal("b3"), &["open b3 Incoming AnsweredElsewhere by lap"]);
    assert_eq!(l.state("b1"), "none");
    l.does(accept("b1", CallMedia::Video), &["refused unknownCall"]);
    l.feed(
        Input::Session(SessionEvent::CatchUpEnded),
        &[
            "-> bob@x ringing b1",
            "open b1 Incoming Received",
            "changed b1 Video Calling Received",
            "ring b1 Loud",
            "open b4 Incoming Timeout",
        ],
    );
    // Forty seconds are left, and the grace.
    l.wait(s(41), &[]);
    l.wait(s(1), &["record b1 Incoming Timeout", "changed b1 Video Timeout Timeout", "ring b1 Stopped"]);
    // A catch-up that never ends leaves nothing behind.
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l.archived(PHONE, s(20), propose("b5", CallMedia::Video), &[]);
    l.wait(s(61), &["open b5 Incoming Timeout"]);
}

#[test]
fn a_caller_without_0353() {
    let mut l = Ladder::new();
    l.signal(
        PHONE,
        initiate("j1", audio("theirs")),
        &[
            "-> bob@x/phone session-info j1 ringing",
            "open j1 Incoming Received",
            "changed j1 Audio Calling Received",
            "ring j1 Loud",
        ],
    );
    l.signal(PHONE, transport("j1", audio("theirs")), &[]);
    l.does(
        accept("j1", CallMedia::Audio),
        &[
            "floor? j1",
            "peer j1 Responder Audio send_video=false bundle=true",
            "media j1 Audio camera=false",
            "apply j1 offer theirs",
            "apply j1 candidates theirs",
            "record j1 Incoming Accepted",
            "changed j1 Audio Connecting Accepted",
            "ring j1 Stopped",
            "done",
        ],
    );
    l.does(
        hang_up("j1"),
        &[
            "-> bob@x/phone session-terminate j1 Cancel",
            "media-off j1",
            "close j1",
            "record j1 Incoming Cancelled",
            "changed j1 Audio Cancelled Accepted",
            "floor- j1",
            "done",
        ],
    );
    l.signal(
        PHONE,
        initiate("j2", audio("theirs")),
        &[
            "-> bob@x/phone session-info j2 ringing",
            "open j2 Incoming Received",
            "changed j2 Audio Calling Received",
            "ring j2 Loud",
        ],
    );
    l.does(
        decline("j2", None),
        &[
            "-> bob@x/phone session-terminate j2 Decline",
            "record j2 Incoming Rejected { text: None }",
            "changed j2 Audio Rejected { text: None } Rejected",
            "ring j2 Stopped",
            "done",
        ],
    );
}

/// A session-initiate for a call that is over is told so, once, and nothing else happens.
#[test]
fn a_session_for_a_call_that_is_over() {
    let mut l = rung();
    l.does(
        decline("b1", None),
        &[
            "-> bob@x/phone reject b1 Declined",
            "-> own reject b1 Declined",
            "record b1 Incoming Rejected { text: None }",
            "changed b1 Video Rejected { text: None } Rejected",
            "ring b1 Stopped",
            "done",
        ],
    );
    l.signal(PHONE, initiate("b1", video("x")), &["-> bob@x/phone session-terminate b1 Gone", "ignored Settled"]);
    l.signal(EVE, initiate("b1", video("x")), &["ignored Settled"]);
}

#[test]
fn candidates_before_the_offer_are_bounded() {
    let mut l = rung();
    for _ in 0..64 {
        l.signal(PHONE, transport("b1", video("theirs")), &[]);
    }
    l.signal(PHONE, transport("b1", video("theirs")), &["ignored QueueFull"]);
}

/// A caller's "declined" to a call that rings here means that it gave up, and its words are no message.
#[test]
fn the_caller_ends_a_ringing_call_with_other_words() {
    let mut l = rung();
    let signal = Signal::Finish {
        call: id("b1"),
        reason: TerminateReason::Decline,
        text: Some("read this".into()),
        extension: None,
    };
    l.signal(
        PHONE,
        signal,
        &["record b1 Incoming Cancelled", "changed b1 Video Cancelled Cancelled", "ring b1 Stopped"],
    );
}

/// The other own device answered too, and the caller took this one: the record must not name the other.
#[test]
fn answered_on_two_own_devices_and_taken_here() {
    let mut l = rung();
    l.quietly(|calls, now| {
        let operation = accept("b1", CallMedia::Video);
        calls.handle(Input::Operation { request: RequestId("r".into()), operation }, now);
    });
    l.signal(MINE, accept_signal("b1"), &["record b1 Incoming Accepted by lap"]);
    l.signal(
        PHONE,
        initiate("b1", video("theirs")),
        &[
            "apply b1 offer theirs",
            "record b1 Incoming Accepted",
            "changed b1 Video Connecting Accepted camera far-camera",
        ],
    );
}
