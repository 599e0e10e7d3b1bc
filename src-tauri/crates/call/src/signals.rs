//! XEP-0353 signals about calls that are known. A signal counts only if it comes from a party of that call; who sent it is
//! decided by its provenance alone (`calls.md` rule 7).

use confab_model::{
    BusyCause, CallDirection, CallId, CallMedia, EndReason, FullJid, Moment, OutgoingSignal, Provenance,
    ReceivedSignal, RejectReason, RetractReason, Signal, SignalSource, SignalTarget, TerminateReason,
};
use confab_model::{ParticipantState, SessionId};
use serde_json::{Map, Value};

use crate::{
    Calls, Ignored, Output, Standing,
    end::reason_for,
    memory::EarlyEnd,
    operations::extension_fits,
    propose::Proposal,
    state::{Call, Carrier, State},
    timers::Timer,
};

/// Devices of one person that are remembered as ringing.
const RINGING_DEVICES_MAX: usize = 16;

/// What a person says with an answer.
#[derive(Debug)]
struct Words {
    text: Option<String>,
    extension: Option<Map<String, Value>>,
}

/// Who sent a signal about a known call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    Remote,
    OwnDevice,
}

impl Calls {
    pub(crate) fn on_signal(&mut self, received: ReceivedSignal, sender: Standing, now: Moment) {
        let from = received.provenance;
        if from.from == self.config.own && from.source == SignalSource::Archive {
            self.own_earlier_words(&received.signal, &from, now);
        }
        let (archived, sent_at) = (from.source == SignalSource::Archive, from.sent_at);
        self.hear(received.signal, &from, sender, now);
        if archived {
            // Whatever ended by it ended then, not when it was read.
            for call in self.calls.iter_mut().filter(|call| !call.is_live()) {
                call.ended_at =
                    call.ended_at.map(|_| sent_at.clamp(call.started.wall, now.wall.max(call.started.wall)));
            }
        }
    }

    fn hear(&mut self, signal: Signal, from: &Provenance, sender: Standing, now: Moment) {
        // A copy of what an own device sent comes only from an own device (the copy's sender was checked before).
        if from.source == SignalSource::CarbonSent && from.from.bare() != self.config.own.bare() {
            return self.ignore(Ignored::Forged, &from.from);
        }
        match signal {
            Signal::Propose { call, media, timeout_s, extension } => {
                let carrier = Carrier::Messages;
                let proposal = Proposal { call, media, timeout_s, extension, carrier, offer: None };
                self.on_propose(proposal, from, sender, now);
            }
            Signal::Ringing { call, early: _ } => self.on_ringing(&call, from, now),
            Signal::Proceed { call, media, extension } => self.on_proceed(&call, media, extension, from, now),
            Signal::Accept { call } => self.on_accept(&call, from, now),
            Signal::Reject { call, reason, text, extension } => {
                self.on_reject(&call, reason, Words { text, extension }, from, now);
            }
            Signal::Retract { call, reason, extension } => self.on_retract(&call, reason, extension, from, now),
            Signal::Finish { call, reason, text, extension } => {
                self.on_finish(&call, &reason, Words { text, extension }, from, now);
            }
            Signal::SessionInitiate { sid, description } => {
                self.on_session_initiate(&sid, description, from, sender, now);
            }
            Signal::SessionAccept { sid, description } => self.on_session_accept(&sid, description, from, now),
            Signal::SessionTerminate { sid, reason, text } => {
                self.on_session_terminate(&sid, &reason, text, from, now);
            }
            Signal::TransportInfo { sid, description } => self.on_transport_info(&sid, description, from, now),
            Signal::SessionInfo { sid, info } => self.on_session_info(&sid, info, from, now),
            Signal::ContentChange { sid, action, description } => {
                self.on_content_change(&sid, action, description, from, now);
            }
            Signal::SessionError { sid, condition, is_description } => {
                self.on_session_error((&sid, &condition, is_description), from, now);
            }
        }
    }

    /// The call, and which side speaks. Everything else is counted and answered `None`.
    fn party(&mut self, id: &CallId, from: &Provenance) -> Option<(usize, Party)> {
        let own = from.from.bare() == self.config.own.bare();
        if from.from == self.config.own {
            self.ignore(Ignored::OwnEcho, &from.from);
            return None;
        }
        let Some(index) = self.position(id) else {
            let settled = self.settled.remote_of(id).is_some();
            self.ignore(if settled { Ignored::Settled } else { Ignored::Unknown }, &from.from);
            return None;
        };
        if own {
            return Some((index, Party::OwnDevice));
        }
        if self.calls[index].remote == from.from.bare() {
            return Some((index, Party::Remote));
        }
        self.ignore(Ignored::Forged, &from.from);
        None
    }

    /// What this very device said before a restart, out of the archive, about a call that the store does not know closed.
    fn own_earlier_words(&mut self, signal: &Signal, from: &Provenance, now: Moment) {
        let index = signal.call().and_then(|id| self.position(id));
        let Some(index) = index.filter(|index| self.calls[*index].state == State::Held) else { return };
        let call = &mut self.calls[index];
        let end = match signal {
            Signal::Proceed { .. } | Signal::Accept { .. } => {
                call.answered_at.get_or_insert(from.sent_at);
                call.participant = ParticipantState::Accepted;
                return;
            }
            Signal::Finish { .. } => return call.end_as_told(from.sent_at, now, &mut self.out),
            Signal::Reject { reason: RejectReason::Declined, text, .. } => EndReason::Rejected { text: text.clone() },
            Signal::Reject { reason: RejectReason::TieBreak, .. } => return self.discard(index, None, now),
            Signal::Reject { reason: RejectReason::Busy(Some(BusyCause::InAnotherCall)), .. } => {
                EndReason::Busy { text: None }
            }
            Signal::Reject { reason: RejectReason::Busy(_) | RejectReason::Other(_), .. } => EndReason::Timeout,
            Signal::Propose { .. }
            | Signal::Ringing { .. }
            | Signal::Retract { .. }
            | Signal::SessionInitiate { .. }
            | Signal::SessionAccept { .. }
            | Signal::SessionTerminate { .. }
            | Signal::TransportInfo { .. }
            | Signal::SessionInfo { .. }
            | Signal::ContentChange { .. }
            | Signal::SessionError { .. } => return,
        };
        call.finish_with(end, now, &mut self.out);
    }

    /// Keeps a word about an invitation that has not arrived yet.
    fn remember_early(&mut self, id: &CallId, from: &Provenance, end: EarlyEnd) {
        let unknown = self.position(id).is_none() && self.settled.remote_of(id).is_none();
        if unknown && from.from != self.config.own {
            self.early.remember(id.clone(), from.from.bare(), end);
        }
    }

    fn extension(&mut self, id: &CallId, extension: Option<Map<String, Value>>) {
        if let Some(extension) = extension.filter(|map| extension_fits(Some(map))) {
            self.out.push(Output::Extension { call: id.clone(), extension });
        }
    }

    fn on_ringing(&mut self, id: &CallId, from: &Provenance, now: Moment) {
        let Some((index, party)) = self.party(id, from) else { return };
        let call = &mut self.calls[index];
        if party == Party::OwnDevice {
            return self.ignore(Ignored::OwnDevice, &from.from);
        }
        if call.state != State::Inviting {
            return self.ignore(Ignored::OutOfOrder, &from.from);
        }
        if call.ringing_devices.contains(&from.from) || call.ringing_devices.len() == RINGING_DEVICES_MAX {
            return self.ignore(Ignored::Duplicate, &from.from);
        }
        call.ringing_devices.push(from.from.clone());
        call.participant = ParticipantState::Received;
        call.timers.clear(Timer::ReceivedCheck);
        if call.busy_device.as_ref() != Some(&from.from) {
            call.timers.clear(Timer::Busy);
        }
        let elapsed = call.elapsed_ms(now);
        call.timings.received_ms.get_or_insert(elapsed);
    }

    fn on_proceed(
        &mut self,
        id: &CallId,
        media: Option<CallMedia>,
        extension: Option<Map<String, Value>>,
        from: &Provenance,
        now: Moment,
    ) {
        if from.from.bare() == self.config.own.bare() {
            // The copy of another own device's answer says what its accept says.
            return self.on_accept(id, from, now);
        }
        if self.position(id).is_none() && self.settled.may_tell(id, &from.from.bare()) {
            // It waits for a session that will never come, and may have missed why.
            self.answer_stale(SessionId(id.0.clone()), TerminateReason::Cancel, &from.from);
        }
        let Some((index, _)) = self.party(id, from) else { return };
        let timers = self.config.timers;
        let call = &mut self.calls[index];
        if call.direction != CallDirection::Outgoing {
            return self.ignore(Ignored::OutOfOrder, &from.from);
        }
        if call.state != State::Inviting {
            if call.is_device(&from.from) {
                return self.ignore(Ignored::Duplicate, &from.from);
            }
            // Answered on two devices at once: the first has the call.
            self.answer_stale(SessionId(id.0.clone()), TerminateReason::AlternativeSession, &from.from);
            return self.ignore(Ignored::WrongDevice, &from.from);
        }
        call.device = Some(from.from.clone());
        call.speaks_bundle = from.speaks_bundle;
        call.session.camera_told = media.map(|media| media == CallMedia::Video);
        call.begin_connecting(now, &timers, &mut self.out);
        self.extension(id, extension);
    }

    /// One answer to a device that asks for a call that is over or not its own. The only thing sent about a call that
    /// ended, and only when asked.
    pub(crate) fn answer_stale(&mut self, sid: SessionId, reason: TerminateReason, to: &FullJid) {
        let signal = Signal::SessionTerminate { sid, reason, text: None };
        self.out.push(Output::Send(OutgoingSignal { to: SignalTarget::Device(to.clone()), signal }));
    }

    fn on_accept(&mut self, id: &CallId, from: &Provenance, now: Moment) {
        if from.from.bare() == self.config.own.bare() {
            let resource = resource(&from.from);
            self.remember_early(id, from, EarlyEnd::AnsweredElsewhere { resource });
        }
        let Some((index, party)) = self.party(id, from) else { return };
        let call = &mut self.calls[index];
        match (party, call.state) {
            (Party::OwnDevice, State::Ringing | State::Held) => {
                call.answered_elsewhere = Some(resource(&from.from));
                call.finish_with(EndReason::AnsweredElsewhere, now, &mut self.out);
                self.drop_claims_of(index);
            }
            // Both answered: the caller decides by where it sends the session.
            (Party::OwnDevice, State::Connecting) if !call.session.remote_applied => {
                call.answered_elsewhere = Some(resource(&from.from));
            }
            (
                Party::OwnDevice,
                State::Inviting | State::Connecting | State::Connected { .. } | State::Reconnecting { .. },
            ) => self.ignore(Ignored::OwnDevice, &from.from),
            // Only meant for the callee's own devices; `proceed` is the caller's.
            (Party::Remote, _) => self.ignore(Ignored::Irrelevant, &from.from),
        }
    }

    fn on_reject(&mut self, id: &CallId, reason: RejectReason, words: Words, from: &Provenance, now: Moment) {
        if from.from.bare() == self.config.own.bare() {
            return self.on_own_reject(id, &reason, from, now);
        }
        let Some((index, _)) = self.party(id, from) else { return };
        let timers = self.config.timers;
        let call = &mut self.calls[index];
        if call.direction != CallDirection::Outgoing {
            return self.ignore(Ignored::OutOfOrder, &from.from);
        }
        if call.state != State::Inviting {
            if !call.is_device(&from.from) {
                return self.ignore(Ignored::WrongDevice, &from.from);
            }
            let end = reason_for(call, &TerminateReason::Decline, words.text, now);
            call.finish_with(end, now, &mut self.out);
            self.drop_claims_of(index);
            return;
        }
        let end = match reason {
            RejectReason::Declined => EndReason::Rejected { text: words.text },
            RejectReason::Busy(None) | RejectReason::Other(_) => {
                // Which of the devices it was that is busy, and whether the others heard of it, is not known.
                call.retract(RetractReason::Cancelled, &mut self.out);
                EndReason::Unavailable
            }
            RejectReason::Busy(Some(BusyCause::DoNotDisturb { text })) => EndReason::Busy { text },
            RejectReason::Busy(Some(BusyCause::InAnotherCall)) => {
                call.ringing_devices.retain(|device| *device != from.from);
                call.busy_device = Some(from.from.clone());
                if call.ringing_devices.is_empty() {
                    call.timers.set(Timer::Busy, now.mono + timers.busy);
                }
                return;
            }
            RejectReason::TieBreak => {
                call.timers.set(Timer::TieBreak, now.mono + timers.tie_break);
                return;
            }
        };
        call.finish_with(end, now, &mut self.out);
        self.extension(id, words.extension);
    }

    /// A reject of another own device. One that was busy or lost no words with the caller settles nothing here.
    fn on_own_reject(&mut self, id: &CallId, reason: &RejectReason, from: &Provenance, now: Moment) {
        let early = match reason {
            RejectReason::Declined | RejectReason::Busy(None) | RejectReason::Other(_) => EarlyEnd::DeclinedElsewhere,
            RejectReason::TieBreak => EarlyEnd::Merged,
            RejectReason::Busy(Some(BusyCause::InAnotherCall | BusyCause::DoNotDisturb { .. })) => {
                return self.ignore(Ignored::OwnDevice, &from.from);
            }
        };
        self.remember_early(id, from, early.clone());
        let Some((index, _)) = self.party(id, from) else { return };
        match self.calls[index].state {
            State::Ringing | State::Held => {}
            State::Inviting | State::Connecting | State::Connected { .. } | State::Reconnecting { .. } => {
                return self.ignore(Ignored::OwnDevice, &from.from);
            }
        }
        match early {
            EarlyEnd::Merged => self.discard(index, None, now),
            EarlyEnd::DeclinedElsewhere | EarlyEnd::AnsweredElsewhere { .. } | EarlyEnd::Retracted(_) => {
                let call = &mut self.calls[index];
                call.answered_elsewhere = Some(resource(&from.from));
                call.finish_with(EndReason::DeclinedElsewhere, now, &mut self.out);
                self.drop_claims_of(index);
            }
        }
    }

    fn on_retract(
        &mut self,
        id: &CallId,
        reason: RetractReason,
        extension: Option<Map<String, Value>>,
        from: &Provenance,
        now: Moment,
    ) {
        if from.from.bare() != self.config.own.bare() {
            self.remember_early(id, from, EarlyEnd::Retracted(reason.clone()));
        }
        let Some((index, party)) = self.party(id, from) else { return };
        let call = &mut self.calls[index];
        if party == Party::OwnDevice {
            return self.ignore(Ignored::OwnDevice, &from.from);
        }
        // The caller's word wins over an accept that crossed with it, but a session that began ends by its own signals.
        if call.direction != CallDirection::Incoming || call.session.remote_applied {
            return self.ignore(Ignored::OutOfOrder, &from.from);
        }
        let end = match reason {
            RetractReason::Expired => EndReason::Timeout,
            RetractReason::Cancelled | RetractReason::Other(_) => EndReason::Cancelled,
            RetractReason::TieBreak => return self.discard(index, None, now),
        };
        let contact = call.sender.contact;
        call.finish_with(end, now, &mut self.out);
        self.drop_claims_of(index);
        if contact {
            self.extension(id, extension);
        }
    }

    fn on_finish(&mut self, id: &CallId, reason: &TerminateReason, words: Words, from: &Provenance, now: Moment) {
        let Some((index, party)) = self.party(id, from) else { return };
        let call = &mut self.calls[index];
        match (party, call.state) {
            // The other own device had answered it; its accept was missed.
            (Party::OwnDevice, State::Ringing | State::Held) => {
                call.answered_elsewhere = Some(resource(&from.from));
                call.finish_with(EndReason::AnsweredElsewhere, now, &mut self.out);
            }
            (
                Party::OwnDevice,
                State::Inviting | State::Connecting | State::Connected { .. } | State::Reconnecting { .. },
            ) => return self.ignore(Ignored::OwnDevice, &from.from),
            (Party::Remote, State::Connecting | State::Connected { .. } | State::Reconnecting { .. })
                if !call.is_device(&from.from) =>
            {
                return self.ignore(Ignored::WrongDevice, &from.from);
            }
            (Party::Remote, State::Held) if call.answered_at.is_some() => {
                call.end_as_told(from.sent_at, now, &mut self.out)
            }
            (Party::Remote, _) => {
                call.end_by_remote(reason, words.text, now, &mut self.out);
                if call.sender.contact {
                    self.extension(id, words.extension);
                }
            }
        }
        self.drop_claims_of(index);
    }
}

impl Call {
    pub(crate) fn end_by_remote(
        &mut self,
        reason: &TerminateReason,
        text: Option<String>,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let end = match (reason_for(self, reason, text, now), &self.answered_elsewhere) {
            (EndReason::Cancelled, Some(_)) => EndReason::AnsweredElsewhere,
            (end, Some(_) | None) => end,
        };
        self.finish_with(end, now, out);
    }
}

fn resource(jid: &FullJid) -> String {
    jid.resource().as_str().to_owned()
}
