use confab_model::{AccountId, CallMedia, CallMode, CallTimings, EndReason, LocalMediaState, Timestamp};

use super::*;

fn ring(call: &str, ring: RingKind) -> Event {
    Event::CallRinging { call: CallId::from(call), ring }
}

fn snapshot(call: &str, phase: CallPhase, waiting: bool) -> CallSnapshot {
    CallSnapshot {
        id: CallId::from(call),
        account: AccountId(1),
        direction: CallDirection::Incoming,
        media: CallMedia::Video,
        mode: CallMode::Common,
        phase,
        participants: Vec::new(),
        local: LocalMediaState::default(),
        waiting,
        started_at: Timestamp(0),
        rings_until: None,
        timings: CallTimings::default(),
    }
}

fn changed(call: &str, phase: CallPhase) -> Event {
    Event::CallChanged { call: snapshot(call, phase, false) }
}

/// What a step leaves: where, which call, and `x` for silenced, `^` for the main window on top.
fn shown(ringing: &Ringing) -> String {
    let place = ringing.place();
    let window = match place.window {
        RingWindow::Main => "main",
        RingWindow::Incoming => "incoming",
    };
    let call = place.call.map_or("-".to_owned(), |call| call.to_string());
    let silenced = if place.silenced { " x" } else { "" };
    let on_top = if ringing.wants_main_on_top() { " ^" } else { "" };
    assert_eq!(ringing.wants_window(), window == "incoming" && call != "-");
    format!("{window} {call}{silenced}{on_top}")
}

#[test]
fn it_rings_where_the_person_looks() {
    let mut ringing = Ringing::new(true);
    assert_eq!(shown(&ringing), "main -");
    ringing.follow(&ring("a", RingKind::Loud));
    assert_eq!(shown(&ringing), "main a");
    ringing.follow(&changed("a", CallPhase::Ended { reason: EndReason::Cancelled }));
    assert_eq!(shown(&ringing), "main -");

    ringing.attend(false);
    assert_eq!(shown(&ringing), "incoming -", "known before the next call");
    ringing.follow(&ring("b", RingKind::Loud));
    assert_eq!(shown(&ringing), "incoming b");
    ringing.attend(true);
    assert_eq!(shown(&ringing), "incoming b", "it does not jump while the person reaches for it");
    ringing.follow(&ring("b", RingKind::Stopped));
    assert_eq!(shown(&ringing), "main -");
}

#[test]
fn who_leaves_the_main_window_takes_the_call_along() {
    let mut ringing = Ringing::new(true);
    ringing.follow(&ring("a", RingKind::Loud));
    ringing.attend(false);
    assert_eq!(shown(&ringing), "incoming a");

    let mut ringing = Ringing::new(true);
    ringing.follow(&ring("a", RingKind::Loud));
    ringing.silence();
    ringing.attend(false);
    assert_eq!(shown(&ringing), "main a x", "who silenced it does not want it in the way");
}

#[test]
fn closing_the_small_window_silences_and_leaves_the_call_in_the_main_one() {
    let mut ringing = Ringing::new(false);
    ringing.follow(&ring("a", RingKind::Loud));
    ringing.close();
    assert_eq!(shown(&ringing), "main a x");
    ringing.attend(true);
    ringing.attend(false);
    assert_eq!(shown(&ringing), "main a x");
    ringing.follow(&ring("b", RingKind::Loud));
    assert_eq!(shown(&ringing), "incoming a", "another call is news");
    ringing.follow(&Event::CallDiscarded { call: CallId::from("a") });
    assert_eq!(shown(&ringing), "incoming b");
    ringing.follow(&ring("b", RingKind::Stopped));
    assert_eq!(shown(&ringing), "incoming -");
    ringing.close();
    assert_eq!(shown(&ringing), "incoming -", "a press that came too late means nothing");
}

#[test]
fn only_an_answer_in_the_small_window_raises_the_main_one() {
    let connecting = || changed("a", CallPhase::Connecting);
    let cases = [
        (false, connecting(), Follow::RaiseMain),
        (true, connecting(), Follow::Nothing),
        (false, changed("a", CallPhase::Ended { reason: EndReason::AnsweredElsewhere }), Follow::Nothing),
        (false, changed("other", CallPhase::Connecting), Follow::Nothing),
        (false, changed("a", CallPhase::Calling), Follow::Nothing),
    ];
    for (attended, event, expected) in cases {
        let mut ringing = Ringing::new(attended);
        ringing.follow(&ring("a", RingKind::Loud));
        assert_eq!(ringing.follow(&event), expected, "{event:?}");
    }
}

#[test]
fn quiet_calls_are_not_its_business() {
    let mut ringing = Ringing::new(false);
    for kind in [RingKind::Silent, RingKind::Waiting, RingKind::Stopped] {
        assert_eq!(ringing.follow(&ring("a", kind)), Follow::Nothing);
        assert_eq!(shown(&ringing), "incoming -");
    }
    ringing.silence();
    assert_eq!(shown(&ringing), "incoming -");
}

#[test]
fn without_a_small_window_the_main_one_comes_forward_until_it_is_over() {
    let mut ringing = Ringing::new(false);
    ringing.follow(&ring("a", RingKind::Loud));
    ringing.fail();
    assert_eq!(shown(&ringing), "main a ^");
    ringing.attend(true);
    ringing.attend(false);
    assert_eq!(shown(&ringing), "main a ^");
    ringing.silence();
    assert_eq!(shown(&ringing), "main a x");
    ringing.follow(&ring("a", RingKind::Stopped));
    ringing.follow(&ring("b", RingKind::Loud));
    assert_eq!(shown(&ringing), "incoming b", "the next call tries again");
}

#[test]
fn after_missed_events_only_what_still_rings_stays() {
    let mut ringing = Ringing::new(false);
    for call in ["a", "b", "c"] {
        ringing.follow(&ring(call, RingKind::Loud));
    }
    ringing.resync(&[
        snapshot("b", CallPhase::Calling, false),
        snapshot("c", CallPhase::Connecting, false),
        snapshot("new", CallPhase::Calling, false),
    ]);
    assert_eq!(shown(&ringing), "incoming b");
    ringing.resync(&[snapshot("b", CallPhase::Calling, true)]);
    assert_eq!(shown(&ringing), "incoming -");
}
