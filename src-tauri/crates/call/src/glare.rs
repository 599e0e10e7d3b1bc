//! Two people who call each other at once (XEP-0353, tie breaking; `calls.md` rule 1).
//!
//! Both devices see the same two ids, so both know without a word which call lives. The winner answers the losing
//! invitation with a tie-break reject, for far sides that do not compare; the loser takes its own back and proceeds with
//! the winning one as if its user had accepted, which they have: they called.

use confab_model::{CallDirection, CallId, CallMedia, Moment, RejectReason, RetractReason, Signal};

use crate::{
    Calls, FloorRequest, Output,
    state::{Carrier, State},
    timers::Timer,
};

/// The lower id wins, compared octet by octet (RFC 4790 `i;octet`). Equal ids never get here: a far side that sends an id
/// of ours back forges it.
pub(crate) fn own_wins(own: &CallId, remote: &CallId) -> bool {
    own.as_str().as_bytes() < remote.as_str().as_bytes()
}

/// Audio if either chose audio.
fn common_media(one: CallMedia, other: CallMedia) -> CallMedia {
    match (one, other) {
        (CallMedia::Video, CallMedia::Video) => CallMedia::Video,
        (CallMedia::Audio, CallMedia::Audio | CallMedia::Video) | (CallMedia::Video, CallMedia::Audio) => {
            CallMedia::Audio
        }
    }
}

impl Calls {
    /// The own invitation that crosses with the incoming one at `incoming`. One that was answered does not cross: then
    /// the incoming call is a second call.
    pub(crate) fn crossing(&self, incoming: usize) -> Option<usize> {
        let call = &self.calls[incoming];
        if call.carrier != Carrier::Messages || call.direction != CallDirection::Incoming {
            return None;
        }
        self.calls.iter().position(|own| own.is_live() && own.state == State::Inviting && own.remote == call.remote)
    }

    pub(crate) fn break_tie(&mut self, own: usize, incoming: usize, now: Moment) {
        let (own_id, incoming_id) = (self.calls[own].id.clone(), self.calls[incoming].id.clone());
        let media = common_media(self.calls[own].media, self.calls[incoming].media);
        // A far side that has said that it won is taken at its word: two clients that both wait help nobody.
        let yielded = self.calls[own].timers.is_running(Timer::TieBreak);
        if own_wins(&own_id, &incoming_id) && !yielded {
            let reject =
                Signal::Reject { call: incoming_id, reason: RejectReason::TieBreak, text: None, extension: None };
            self.calls[incoming].send_to_device(reject, &mut self.out);
            self.discard(incoming, Some(own_id), now);
            let call = &mut self.calls[own];
            call.media = media;
            call.local.camera &= media == CallMedia::Video;
            return;
        }
        self.calls[own].retract(RetractReason::TieBreak, &mut self.out);
        let mut local = self.calls[own].local;
        local.camera &= media == CallMedia::Video;
        if std::mem::take(&mut self.calls[own].has_floor) {
            self.out.push(Output::Floor(FloorRequest::Move { from: own_id, to: incoming_id.clone() }));
        }
        self.discard(own, Some(incoming_id), now);
        let timers = self.config.timers;
        let call = &mut self.calls[incoming];
        call.has_floor = true;
        call.local = local;
        call.media = media;
        call.proceed(None, &mut self.out);
        call.begin_connecting(now, &timers, &mut self.out);
    }
}
