//! Every sequence of six inputs out of an alphabet, with the invariants checked after each. Sequences that lead to the
//! same state of machine and checker are walked on once.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use confab_model::*;

use super::{check::Checker, kit::*};
use crate::*;

const DEPTH: usize = 6;

#[derive(Debug, Clone)]
enum Step {
    Do(Operation),
    Hear(&'static str, bool, Signal),
    Peer(&'static str, PeerEvent),
    Other(Input),
    /// Until the next deadline.
    Wait,
}

fn hear(signal: Signal) -> Step {
    Step::Hear(PHONE, true, signal)
}

/// Placing a call, glare, busy, answers of two devices.
fn outgoing() -> Vec<Step> {
    vec![
        Step::Wait,
        Step::Do(Operation::Invite(invitation("bob@x", CallMedia::Video))),
        Step::Do(Operation::Cancel { call: id("m1"), extension: None }),
        Step::Do(hang_up("m1")),
        Step::Do(Operation::End { call: id("m1") }),
        hear(proceed("m1", None)),
        Step::Hear(TABLET, true, proceed("m1", None)),
        hear(propose("b1", CallMedia::Video)),
        hear(propose("z1", CallMedia::Audio)),
        hear(reject("m1", RejectReason::TieBreak)),
        Step::Hear(TABLET, true, reject("m1", RejectReason::Busy(Some(BusyCause::InAnotherCall)))),
        hear(retract("b1", RetractReason::TieBreak)),
        Step::Peer("m1", PeerEvent::LocalOffer(video("mine"))),
        hear(session_accept("m1", video("theirs"))),
        hear(finish("m1", TerminateReason::Success)),
    ]
}

/// Being called: by a contact, a second contact, a stranger, a client without 0353, out of the archive.
fn incoming() -> Vec<Step> {
    vec![
        Step::Wait,
        hear(propose("b1", CallMedia::Video)),
        Step::Hear("carol@x/pc", true, propose("c1", CallMedia::Audio)),
        Step::Hear(EVE, false, propose("e1", CallMedia::Video)),
        hear(initiate("j1", audio("theirs"))),
        hear(initiate("b1", video("theirs"))),
        hear(retract("b1", RetractReason::Expired)),
        Step::Hear(MINE, true, accept_signal("b1")),
        Step::Do(accept("b1", CallMedia::Video)),
        Step::Do(accept("e1", CallMedia::Audio)),
        Step::Do(Operation::Reject { call: id("b1"), text: None, extension: None }),
        Step::Other(Input::Session(SessionEvent::Online)),
        Step::Other(Input::Session(SessionEvent::CatchUpEnded)),
        Step::Other(Input::Leave(Leaving::UntilStart)),
        Step::Other(Input::Policy(Policy { do_not_disturb: Some(DoNotDisturb::default()), ..Policy::default() })),
    ]
}

/// A call that is answered: session, hold, repair, a second call, every way out.
fn answered() -> Vec<Step> {
    let hold = |held| Step::Do(Operation::SetHeld { call: id("b1"), held });
    vec![
        Step::Wait,
        hear(initiate("b1", video("theirs"))),
        Step::Peer("b1", PeerEvent::LocalAnswer(video("mine"))),
        Step::Peer("b1", PeerEvent::Connected),
        Step::Peer("b1", PeerEvent::FirstFrame { kind: MediaKind::Video }),
        Step::Peer("b1", PeerEvent::Disconnected),
        hear(transport("b1", video("new"))),
        hear(terminate("b1", TerminateReason::Success)),
        hold(true),
        hold(false),
        Step::Do(hang_up("b1")),
        Step::Do(accept("c1", CallMedia::Audio)),
        Step::Other(Input::Session(SessionEvent::Offline)),
        Step::Other(Input::Session(SessionEvent::Online)),
    ]
}

struct Walker {
    ladder: Ladder,
    checker: Checker,
}

impl Walker {
    fn new() -> Self {
        Self { ladder: Ladder::new(), checker: Checker::default() }
    }

    fn step(&mut self, step: &Step) {
        let now = self.ladder.now;
        let input = match step {
            Step::Wait => {
                let Some(at) = self.ladder.calls.poll_timeout() else { return };
                self.ladder.now = now.plus(at.saturating_sub(now.mono));
                self.checker.before(None);
                self.ladder.calls.handle_timeout(self.ladder.now);
                return self.drain(false);
            }
            Step::Do(operation) => Input::Operation { request: RequestId("r".into()), operation: operation.clone() },
            Step::Hear(from, contact, signal) => {
                let provenance = provenance(from, SignalSource::Live, now.wall);
                let received = ReceivedSignal { signal: signal.clone(), provenance };
                Input::Signal { received, sender: Standing { contact: *contact, muted: false } }
            }
            Step::Peer(call, event) => Input::Peer { call: id(call), event: event.clone() },
            Step::Other(input) => input.clone(),
        };
        let asked = self.checker.before(Some(&input));
        self.ladder.calls.handle(input, now);
        self.drain(asked);
    }

    fn drain(&mut self, asked: bool) {
        while let Some(output) = self.ladder.calls.poll_output() {
            self.checker.output(&output, asked);
            if let Output::Floor(request) = output {
                if let FloorRequest::Move { to, .. } = &request {
                    self.checker.granted(to);
                }
                for (_, event) in self.ladder.arbiter.handle(AccountId(1), request) {
                    if let FloorEvent::Granted(call) = &event {
                        self.checker.granted(call);
                    }
                    self.ladder.calls.handle(Input::Floor(event), self.ladder.now);
                }
            }
        }
        self.checker.after(&self.ladder.calls, &self.ladder.arbiter);
    }

    fn fork(&self) -> Self {
        let mut next = self.checker.records.len() + 10;
        let ids = move || {
            next += 1;
            // The first call of a walk is always `m1`.
            if next == 11 { id("m1") } else { CallId(format!("m{next}")) }
        };
        let ladder = &self.ladder;
        let ladder = Ladder { calls: ladder.calls.fork(ids), arbiter: ladder.arbiter.clone(), ..*ladder };
        Self { ladder, checker: self.checker.clone() }
    }

    fn fingerprint(&self) -> u64 {
        let calls = &self.ladder.calls;
        let mut hasher = DefaultHasher::new();
        let text = format!(
            "{:?}{:?}{:?}{}{}{:?}",
            calls.calls, calls.claims, calls.config.policy, calls.online, calls.catching_up, self.checker
        );
        text.hash(&mut hasher);
        hasher.finish()
    }

    /// From here, waiting alone ends every call that is not connected.
    fn waits_out(mut self) {
        while self.ladder.calls.poll_timeout().is_some() {
            self.step(&Step::Wait);
        }
        let left = self.ladder.calls.snapshots();
        assert!(left.iter().all(|snapshot| matches!(snapshot.phase, CallPhase::Connected { .. })), "{left:?}");
    }
}

/// Pictures that come and go, and every way out meanwhile.
fn with_pictures() -> Vec<Step> {
    let change = |action, name| Signal::ContentChange {
        sid: sid("b1"),
        action,
        description: pictures(name, "theirs", Creator::Initiator),
    };
    let local = |name, creator| pictures(name, "mine", creator);
    vec![
        Step::Wait,
        Step::Do(Operation::AddVideo { call: id("b1") }),
        Step::Do(Operation::RemoveVideo { call: id("b1") }),
        Step::Do(Operation::SetCamera { call: id("b1"), camera: true }),
        Step::Peer("b1", PeerEvent::LocalAddition(local("camera", Creator::Responder))),
        Step::Peer("b1", PeerEvent::LocalAcceptance(local("video", Creator::Initiator))),
        Step::Peer("b1", PeerEvent::ContentFailed { content: "video".into() }),
        Step::Peer("b1", PeerEvent::ContentFailed { content: "camera".into() }),
        hear(change(ContentAction::Add, "video")),
        hear(change(ContentAction::Accept, "camera")),
        hear(change(ContentAction::Reject, "camera")),
        hear(change(ContentAction::Remove, "video")),
        Step::Peer("b1", PeerEvent::Disconnected),
        Step::Do(hang_up("b1")),
    ]
}

fn walk(name: &str, start: &[Step], alphabet: &[Step]) {
    let mut walker = Walker::new();
    start.iter().for_each(|step| walker.step(step));
    let mut seen = HashSet::new();
    let mut level = vec![walker];
    for depth in 1..=DEPTH {
        let mut next = Vec::new();
        for walker in &level {
            for step in alphabet {
                let mut further = walker.fork();
                further.step(step);
                if seen.insert(further.fingerprint()) {
                    next.push(further);
                }
            }
        }
        println!("{name}, depth {depth}: {} new states", next.len());
        level = next;
    }
    // Every call of every state on the way has its deadlines checked; the last ones are also waited out.
    level.into_iter().for_each(Walker::waits_out);
}

#[test]
fn all_inputs_of_a_call_that_is_placed() {
    walk("outgoing", &[], &outgoing());
}

#[test]
fn all_inputs_of_calls_that_come_in() {
    walk("incoming", &[], &incoming());
}

#[test]
fn all_inputs_of_a_call_that_is_answered() {
    let start = [
        hear(propose("b1", CallMedia::Video)),
        Step::Hear("carol@x/pc", true, propose("c1", CallMedia::Audio)),
        Step::Do(accept("b1", CallMedia::Video)),
    ];
    walk("answered", &start, &answered());
}

#[test]
fn all_inputs_of_a_call_that_gets_pictures() {
    let start = [
        hear(propose("b1", CallMedia::Audio)),
        Step::Do(accept("b1", CallMedia::Audio)),
        hear(initiate("b1", audio("theirs"))),
        Step::Peer("b1", PeerEvent::LocalAnswer(audio("mine"))),
        Step::Peer("b1", PeerEvent::Connected),
        Step::Peer("b1", PeerEvent::FirstFrame { kind: MediaKind::Audio }),
    ];
    walk("with pictures", &start, &with_pictures());
}
