//! What a person who is not a contact can bring about without being answered: nothing that others notice.

use confab_model::*;

use super::kit::*;
use crate::*;

#[test]
fn a_silent_call_of_a_stranger_keeps_nobody_else_quiet() {
    let mut config = config(ME);
    config.policy.call_waiting = false;
    let mut l = Ladder::with(config);
    l.feed(Input::Session(SessionEvent::Online), &[]);
    l.feed(Input::Session(SessionEvent::CatchUpEnded), &[]);
    l.contact = false;
    l.signal(
        EVE,
        propose("e1", CallMedia::Audio),
        &["open e1 Incoming Received", "changed e1 Audio Calling Received", "ring e1 Silent"],
    );
    l.contact = true;
    l.signal(
        PHONE,
        propose("b1", CallMedia::Audio),
        &["-> bob@x ringing b1", "open b1 Incoming Received", "changed b1 Audio Calling Received", "ring b1 Loud"],
    );
}

#[test]
fn strangers_leave_room_for_contacts() {
    let mut l = Ladder::new();
    for n in 0..40 {
        l.quietly(|calls, now| {
            let provenance = provenance(&format!("eve{n}@x/a"), SignalSource::Live, now.wall);
            let received = ReceivedSignal { signal: propose(&format!("e{n}"), CallMedia::Audio), provenance };
            calls.handle(Input::Signal { received, sender: Standing::default() }, now);
        });
    }
    l.signal(
        PHONE,
        propose("b1", CallMedia::Audio),
        &["-> bob@x ringing b1", "open b1 Incoming Received", "changed b1 Audio Calling Received", "ring b1 Loud"],
    );
    l.contact = false;
    l.signal(EVE, propose("e99", CallMedia::Audio), &["ignored Flood"]);
}

#[test]
fn a_stranger_learns_nothing_by_asking_after_a_call_that_was_never_answered() {
    let mut l = Ladder::new();
    l.contact = false;
    let strangers = StrangerPolicy::Block;
    l.feed(Input::Policy(Policy { strangers, ..Policy::default() }), &[]);
    l.signal(EVE, propose("e1", CallMedia::Audio), &["ignored Stranger"]);
    l.signal(EVE, proceed("e1", None), &["ignored Settled"]);
    l.signal(EVE, initiate("e1", audio("theirs")), &["ignored Settled"]);
}
