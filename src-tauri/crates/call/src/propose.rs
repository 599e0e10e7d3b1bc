//! Invitations that come in: by XEP-0353, out of the archive, or as a bare session-initiate.

use std::time::Duration;

use confab_model::{
    BusyCause, CallDirection, CallId, CallMedia, EndReason, MediaDescription, MediaKind, Moment, Provenance,
    RetractReason, SessionInfo, Signal, SignalSource,
};
use serde_json::{Map, Value};

use crate::{
    Calls, Ignored, Output, Standing,
    calls::{CALLS_MAX, STRANGERS_MAX},
    memory::{EarlyEnd, Rate},
    operations::extension_fits,
    policy::Admission,
    state::{Call, Carrier, End, NewCall, State},
    timers::Timer,
};

/// During a catch-up anything older than this was stored for this device, so what settled it may follow.
const FRESH: Duration = Duration::from_secs(2);
/// How long an invitation that is already too old is held for the word that settled it.
pub(crate) const HOLD_MIN: Duration = Duration::from_secs(60);
const RING_MAX_S: u32 = 600;

/// What an invitation says.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) call: CallId,
    pub(crate) media: CallMedia,
    pub(crate) timeout_s: Option<u32>,
    pub(crate) extension: Option<Map<String, Value>>,
    pub(crate) carrier: Carrier,
    pub(crate) offer: Option<MediaDescription>,
}

impl Calls {
    pub(crate) fn on_propose(&mut self, proposal: Proposal, from: &Provenance, sender: Standing, now: Moment) {
        let own = self.config.own.bare();
        let person = from.from.bare();
        if person == own {
            // Calling out on another own device never rings here.
            let echo = from.from == self.config.own;
            if !echo {
                self.settled.remember(proposal.call, from.to.clone(), true);
            }
            return self.ignore(if echo { Ignored::OwnEcho } else { Ignored::OwnDevice }, &from.from);
        }
        if let Some(index) = self.position(&proposal.call) {
            let known = &self.calls[index];
            let again = known.direction == CallDirection::Incoming && known.remote == person;
            if !(again && known.is_recovered()) {
                return self.ignore(if again { Ignored::Duplicate } else { Ignored::Forged }, &from.from);
            }
        }
        if self.settled.remote_of(&proposal.call).is_some() {
            return self.ignore(Ignored::Settled, &from.from);
        }
        let rate = match from.source {
            SignalSource::Archive => Rate::Usual,
            SignalSource::Live | SignalSource::CarbonSent => self.callers.count(&person, now.mono),
        };
        let strangers = self.calls.iter().filter(|call| !call.sender.contact).count();
        let crowded = self.calls.len() >= CALLS_MAX || !sender.contact && strangers >= STRANGERS_MAX;
        if rate == Rate::Flood || crowded {
            return self.ignore(Ignored::Flood, &from.from);
        }
        let recovered = self.position(&proposal.call).map(|index| self.calls.remove(index).shown);
        let early = self.early.take(&proposal.call, &person).or_else(|| self.early.take(&proposal.call, &own));
        let index = self.list(proposal, from, sender, now);
        if let Some(shown) = recovered {
            // It rang before a restart, and may ring on if it still does elsewhere.
            self.calls[index].shown = shown;
        }
        if let Some(early) = early {
            return self.settle_early(index, early, now);
        }
        let age = age(from, now);
        if self.catching_up && (from.source == SignalSource::Archive || age >= FRESH) {
            let left = Duration::from_millis(self.calls[index].rings_until.millis_since(now.wall));
            let until = now.mono + HOLD_MIN.max(left + self.config.timers.ring_grace);
            self.calls[index].timers.set(Timer::Ring, until);
            return;
        }
        self.present(index, rate, now);
    }

    /// Notes a call without showing it.
    fn list(&mut self, proposal: Proposal, from: &Provenance, sender: Standing, now: Moment) -> usize {
        let ring = self.config.timers.ring;
        let timeout = proposal.timeout_s.map_or(ring, |s| Duration::from_secs(s.clamp(1, RING_MAX_S).into()));
        // A server clock ahead of ours must not lengthen the ringing.
        let sent_at = from.sent_at.min(now.wall);
        let mut call = Call::new(
            NewCall {
                id: proposal.call,
                direction: CallDirection::Incoming,
                carrier: proposal.carrier,
                remote: from.from.bare(),
                media: proposal.media,
                state: State::Held,
            },
            Moment { mono: now.mono, wall: sent_at },
        );
        call.device = Some(from.from.clone());
        call.speaks_bundle = from.speaks_bundle;
        call.repair.initiator_restarts = !from.speaks_confab;
        call.sender = sender;
        call.rings_until = sent_at.plus(timeout);
        call.extension = proposal.extension.filter(|map| extension_fits(Some(map)));
        call.session.waiting_offer = proposal.offer;
        self.calls.push(call);
        self.calls.len() - 1
    }

    fn settle_early(&mut self, index: usize, early: EarlyEnd, now: Moment) {
        let call = &mut self.calls[index];
        let end = match early {
            EarlyEnd::Retracted(RetractReason::TieBreak) | EarlyEnd::Merged => End::Forgotten,
            EarlyEnd::Retracted(RetractReason::Expired) => End::Reason(EndReason::Timeout),
            EarlyEnd::Retracted(RetractReason::Cancelled | RetractReason::Other(_)) => {
                End::Reason(EndReason::Cancelled)
            }
            EarlyEnd::AnsweredElsewhere { resource } => {
                call.answered_elsewhere = Some(resource);
                End::Reason(EndReason::AnsweredElsewhere)
            }
            EarlyEnd::DeclinedElsewhere => End::Reason(EndReason::DeclinedElsewhere),
        };
        call.finish(end, now, &mut self.out);
    }

    /// The catch-up is over: whatever settled an invitation has been read.
    pub(crate) fn present_held(&mut self, now: Moment) {
        for index in 0..self.calls.len() {
            if self.calls[index].is_live() && self.calls[index].state == State::Held {
                self.present(index, Rate::Usual, now);
            }
        }
    }

    /// Lets a call ring, or not, as the settings say.
    fn present(&mut self, index: usize, rate: Rate, now: Moment) {
        if self.calls[index].device.is_none() || self.calls[index].answered_at.is_some() {
            // From before a restart: only its record is left, or it was answered then. Nobody has told how it went on.
            return self.calls[index].end_untold(now, &mut self.out);
        }
        let left = Duration::from_millis(self.calls[index].rings_until.millis_since(now.wall));
        if let Some(own) = self.crossing(index).filter(|_| !left.is_zero()) {
            return self.break_tie(own, index, now);
        }
        let engaged = self.is_engaged(index);
        let sender = self.calls[index].sender;
        let admission = self.config.policy.admit(sender, engaged);
        if admission == Admission::Block {
            let device = self.calls[index].device.clone();
            let end = if self.calls[index].is_recovered() { End::Reason(EndReason::Timeout) } else { End::Forgotten };
            self.calls[index].finish(end, now, &mut self.out);
            return device.iter().for_each(|from| self.ignore(Ignored::Stranger, from));
        }
        if left.is_zero() || rate != Rate::Usual {
            return self.calls[index].finish_with(EndReason::Timeout, now, &mut self.out);
        }
        match admission {
            Admission::Block => {}
            Admission::Ring { ring, confirm } => self.ring(index, ring, confirm, left, now),
            Admission::DoNotDisturb => {
                let text = self.config.policy.do_not_disturb.as_ref().and_then(|dnd| dnd.text.clone());
                if sender.contact {
                    self.refuse(index, BusyCause::DoNotDisturb { text });
                }
                self.calls[index].finish_with(EndReason::Timeout, now, &mut self.out);
            }
            Admission::Busy => {
                if sender.contact {
                    self.refuse(index, BusyCause::InAnotherCall);
                }
                self.calls[index].finish_with(EndReason::Busy { text: None }, now, &mut self.out);
            }
        }
    }

    fn ring(&mut self, index: usize, ring: crate::Ring, confirm: bool, left: Duration, now: Moment) {
        let grace = self.config.timers.ring_grace;
        let call = &mut self.calls[index];
        call.state = State::Ringing;
        call.ring = ring;
        call.timers.clear_all();
        call.timers.set(Timer::Ring, now.mono + left + grace);
        if confirm {
            match call.carrier {
                Carrier::Messages => {
                    call.send_to_person(Signal::Ringing { call: call.id.clone(), early: false }, &mut self.out);
                }
                Carrier::JingleOnly => {
                    let signal = Signal::SessionInfo { sid: call.sid(), info: SessionInfo::Ringing };
                    call.send_to_device(signal, &mut self.out);
                }
            }
        }
        if call.sender.contact
            && let Some(extension) = call.extension.take()
        {
            self.out.push(Output::Extension { call: call.id.clone(), extension });
        }
    }

    /// Another call is placed, answered (held ones too) or ringing. One that rings silently is not: a stranger could keep
    /// everybody else from being heard.
    fn is_engaged(&self, except: usize) -> bool {
        let here =
            self.calls.iter().enumerate().any(|(index, call)| {
                index != except && call.is_live() && call.state.is_shown() && !call.rings_silently()
            });
        here || self.elsewhere.is_some()
    }

    /// A session-initiate without an invitation: a client that does not know XEP-0353. Only contacts may, since the
    /// answer gives away that this device is online.
    pub(crate) fn on_unannounced(
        &mut self,
        call: CallId,
        offer: MediaDescription,
        from: &Provenance,
        sender: Standing,
        now: Moment,
    ) {
        if !sender.contact {
            return self.ignore(Ignored::Stranger, &from.from);
        }
        let media = if offer.has(MediaKind::Video) { CallMedia::Video } else { CallMedia::Audio };
        let proposal = Proposal {
            call,
            media,
            timeout_s: None,
            extension: None,
            carrier: Carrier::JingleOnly,
            offer: Some(offer),
        };
        self.on_propose(proposal, from, sender, now);
    }
}

fn age(from: &Provenance, now: Moment) -> Duration {
    Duration::from_millis(now.wall.millis_since(from.sent_at))
}
