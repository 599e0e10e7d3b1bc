//! Repair of a connection: ICE restarts within a deadline, never a new call.
//!
//! The Jingle initiator restarts at once, the responder after 4 s. A transport-info with new credentials is an answer
//! while an own restart is under way, and an offer otherwise. When both restart at once, each therefore takes the
//! other's offer for the answer to its own: both end up with the same two sets of credentials, the roles of ICE stay
//! with the initiator, and nothing more is sent. An initiator that has just sent credentials never answers new ones:
//! two late answers would otherwise chase each other for ever.
//!
//! Clients of others may know restarts of the initiator only: stanza.js 12 ends a session whose responder sends new
//! credentials. Such an initiator gets more time, and is not asked while the path that there is still works.

use std::time::Duration;

use confab_model::{EndReason, MediaDescription, Moment, Signal, TerminateReason};

use crate::{
    Calls, Output, PeerRole, RemoteDescription, TimerValues,
    state::{Call, State},
    timers::Timer,
};

/// A restart that nobody answered in this time does not keep another one waiting.
const RESTART_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Default)]
pub(crate) struct Repair {
    /// This side answers a client of others, which may take a restart of the responder for an error.
    pub(crate) initiator_restarts: bool,
    /// An own restart that the far side has not answered.
    pub(crate) offered_at: Option<Duration>,
    /// New credentials are being made: their offer is still to be sent, whatever comes meanwhile.
    pub(crate) being_made: bool,
    /// When own new credentials were last made.
    pub(crate) renewed_at: Option<Duration>,
    /// The network changed again while a restart was under way.
    pub(crate) again: bool,
    /// The end of all patience.
    pub(crate) until: Duration,
    /// How much of the time in which signals could flow is left, as of `running_since`.
    pub(crate) online_left: Duration,
    pub(crate) running_since: Option<Duration>,
}

impl Calls {
    pub(crate) fn connection_lost(&mut self, index: usize, now: Moment) {
        let online = self.online;
        let call = &mut self.calls[index];
        let State::Connected { since } = call.state else { return };
        call.state = State::Reconnecting { since, lost: now };
        call.repair.until = now.mono + self.config.timers.reconnect;
        call.repair.online_left = self.config.timers.reconnect_online;
        call.repair.running_since = online.then_some(now.mono);
        call.set_reconnect_timer();
        self.want_restart(index, now);
    }

    /// Interfaces changed: the path may be dead though nobody has noticed.
    pub(crate) fn on_network_changed(&mut self, now: Moment) {
        for index in 0..self.calls.len() {
            if self.calls[index].is_live() && self.calls[index].state.connected_since().is_some() {
                self.want_restart(index, now);
            }
        }
    }

    fn want_restart(&mut self, index: usize, now: Moment) {
        if !self.online {
            // Begun by `signals_flow_again`.
            self.calls[index].repair.again = true;
            return;
        }
        let call = &mut self.calls[index];
        match call.role() {
            PeerRole::Initiator => call.restart(now, &mut self.out),
            PeerRole::Responder if call.timers.is_running(Timer::ResponderRestart) => {}
            PeerRole::Responder if call.repair.initiator_restarts => {
                // A path that died is noticed by the transport, and by the initiator.
                if let State::Reconnecting { .. } = call.state {
                    call.timers.set(Timer::ResponderRestart, now.mono + self.config.timers.foreign_restart);
                }
            }
            PeerRole::Responder => {
                call.timers.set(Timer::ResponderRestart, now.mono + self.config.timers.responder_restart);
            }
        }
    }

    pub(crate) fn responder_restarts(&mut self, index: usize, now: Moment) {
        if self.online {
            self.calls[index].restart(now, &mut self.out);
        } else {
            self.calls[index].repair.again = true;
        }
    }

    /// A restart that was put off because another one was under way.
    pub(crate) fn restart_again(&mut self, index: usize, now: Moment) {
        let call = &mut self.calls[index];
        if call.repair.offered_at.is_none() && std::mem::take(&mut call.repair.again) {
            self.want_restart(index, now);
        }
    }

    /// `fresh`: a new stream, on which a restart that was under way may have been lost.
    pub(crate) fn signals_flow_again(&mut self, now: Moment, fresh: bool) {
        for index in 0..self.calls.len() {
            let call = &mut self.calls[index];
            if !call.is_live() || call.state.connected_since().is_none() {
                continue;
            }
            if fresh {
                call.repair.offered_at = None;
            }
            let again = std::mem::take(&mut call.repair.again);
            if let State::Reconnecting { .. } = call.state {
                call.repair.running_since.get_or_insert(now.mono);
                call.set_reconnect_timer();
                self.want_restart(index, now);
            } else if again {
                self.want_restart(index, now);
            }
        }
    }

    pub(crate) fn signals_stopped(&mut self, now: Moment) {
        for call in self.calls.iter_mut().filter(|call| call.is_live()) {
            if let State::Reconnecting { .. } = call.state {
                let ran = call.repair.running_since.take().map_or(Duration::ZERO, |at| now.mono.saturating_sub(at));
                call.repair.online_left = call.repair.online_left.saturating_sub(ran);
                call.set_reconnect_timer();
            }
        }
    }

    pub(crate) fn reconnect_expired(&mut self, index: usize, now: Moment) {
        let call = &mut self.calls[index];
        let State::Reconnecting { .. } = call.state else { return };
        let duration_s = call.duration_s(now);
        call.terminate(TerminateReason::ConnectivityError, None, None, &mut self.out);
        call.finish_with(EndReason::ConnectionLost { duration_s }, now, &mut self.out);
        self.drop_claims_of(index);
    }
}

impl Call {
    fn set_reconnect_timer(&mut self) {
        let repair = &self.repair;
        let at = repair.running_since.map_or(repair.until, |since| repair.until.min(since + repair.online_left));
        self.timers.set(Timer::Reconnect, at);
    }

    fn restart(&mut self, now: Moment, out: &mut Vec<Output>) {
        let busy = self.repair.offered_at.is_some_and(|at| now.mono.saturating_sub(at) < RESTART_PATIENCE);
        if busy {
            self.repair.again = true;
            return;
        }
        self.timers.clear(Timer::ResponderRestart);
        self.repair.offered_at = Some(now.mono);
        // Credentials that are being made serve this restart too: two offers would get two answers.
        if !std::mem::replace(&mut self.repair.being_made, true) {
            out.push(Output::RestartIce { call: self.id.clone() });
        }
    }

    /// The connection is back.
    pub(crate) fn repaired(&mut self) {
        if let State::Reconnecting { since, .. } = self.state {
            self.state = State::Connected { since };
            self.timers.clear(Timer::Reconnect);
            self.timers.clear(Timer::ResponderRestart);
            self.repair.running_since = None;
        }
    }

    /// An offer that was made is always sent: the own transport uses its credentials already. If the far side's offer
    /// came first, this one is the answer that it waits for.
    pub(crate) fn send_restart_offer(&mut self, offer: MediaDescription, now: Moment, out: &mut Vec<Output>) {
        self.repair.being_made = false;
        self.repair.renewed_at = Some(now.mono);
        self.send_to_device(Signal::TransportInfo { sid: self.sid(), description: offer }, out);
    }

    pub(crate) fn send_restart_answer(&mut self, answer: MediaDescription, now: Moment, out: &mut Vec<Output>) {
        self.repair.renewed_at = Some(now.mono);
        self.send_to_device(Signal::TransportInfo { sid: self.sid(), description: answer }, out);
    }

    /// The far side sent new credentials; `None`: a late answer that fits nothing.
    pub(crate) fn remote_restarts(
        &mut self,
        description: MediaDescription,
        now: Moment,
        values: TimerValues,
    ) -> Option<RemoteDescription> {
        let answers = self.repair.offered_at.take().is_some();
        let quiet = values.responder_restart;
        let just_sent = self.repair.renewed_at.is_some_and(|at| now.mono.saturating_sub(at) < quiet);
        if !answers && just_sent && self.role() == PeerRole::Initiator {
            return None;
        }
        // The responder had waited for just this.
        self.timers.clear(Timer::ResponderRestart);
        self.session.renew_ufrags(&description);
        Some(if answers {
            RemoteDescription::RestartAnswer(description)
        } else {
            RemoteDescription::RestartOffer(description)
        })
    }
}
