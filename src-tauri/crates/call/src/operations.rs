//! What the person at this device wants. Each operation is answered by exactly one `Finished`.
//!
//! Inviting, accepting and resuming need the floor: they become a [`Claim`], which the arbiter answers. Inviting also
//! waits while the engine gets ready. Both waits have a deadline.

use std::time::Duration;

use confab_model::{
    CallDirection, CallId, CallMedia, ContentName, EndReason, MediaKind, Moment, ParticipantState, RejectReason,
    RequestId, RetractReason, SessionInfo, Signal, SignalTarget, TerminateReason,
};
use confab_model::{OutgoingSignal, SessionId};
use serde_json::{Map, Value};

use crate::{
    Calls, Done, FloorRequest, Invitation, Operation, OperationError, Output, Readiness, Ring,
    calls::CALLS_MAX,
    reconnect::Repair,
    state::{Call, Carrier, End, NewCall, State},
    timers::Timer,
};

/// `calls.md` section 1, as JSON text.
const EXTENSION_MAX: usize = 4096;
/// `calls.md` section 4, seconds.
const TIMEOUT_MAX_S: u32 = 600;

/// An operation that waits for the arbiter or for readiness.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) request: RequestId,
    pub(crate) call: CallId,
    pub(crate) what: Wanted,
    /// The claim was put to the arbiter; before that it waits for readiness.
    pub(crate) asked: bool,
    pub(crate) until: Duration,
}

#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    Invite(Box<Invitation>),
    Accept { media: CallMedia, extension: Option<Map<String, Value>> },
    Resume,
}

pub(crate) fn extension_fits(extension: Option<&Map<String, Value>>) -> bool {
    extension.is_none_or(|map| serde_json::to_string(map).is_ok_and(|text| text.len() <= EXTENSION_MAX))
}

impl Calls {
    pub(crate) fn on_operation(&mut self, request: RequestId, operation: Operation, now: Moment) {
        let result = match operation {
            Operation::Invite(invitation) => self.invite(&request, invitation, now),
            Operation::Accept { call, media, extension } => self.accept(&request, call, media, extension, now),
            Operation::Reject { call, text, extension } => self.reject(&call, text, extension, now).map(Some),
            Operation::Cancel { call, extension } => self.cancel(&call, extension, now).map(Some),
            Operation::End { call } => self.end(&call, now).map(Some),
            Operation::HangUp { call, text, extension } => self.hang_up(&call, text, extension, now).map(Some),
            Operation::SetMuted { call, muted } => self.set_muted(&call, muted).map(Some),
            Operation::SetCamera { call, camera } => self.set_camera(&call, camera).map(Some),
            Operation::AddVideo { call } => self.add_video(&request, &call, now),
            Operation::RemoveVideo { call } => self.remove_video(&call).map(Some),
            Operation::SetHeld { call, held } => self.set_held(&request, &call, held, now),
            Operation::Silence { call } => self.silence(&call).map(Some),
        };
        match result {
            Ok(Some(done)) => self.finished(request, Ok(done)),
            Err(error) => self.finished(request, Err(error)),
            // A claim answers later.
            Ok(None) => {}
        }
    }

    fn finished(&mut self, request: RequestId, result: Result<Done, OperationError>) {
        self.out.push(Output::Finished { request, result });
    }

    fn shown(&self, id: &CallId) -> Result<usize, OperationError> {
        let index = self.position(id).filter(|index| self.calls[*index].state.is_shown());
        index.ok_or(OperationError::UnknownCall)
    }

    fn invite(
        &mut self,
        request: &RequestId,
        invitation: Invitation,
        now: Moment,
    ) -> Result<Option<Done>, OperationError> {
        if invitation.to == self.config.own.bare() {
            return Err(OperationError::InvalidTarget);
        }
        if invitation.timeout_s.is_some_and(|s| !(1..=TIMEOUT_MAX_S).contains(&s)) {
            return Err(OperationError::InvalidTimeout);
        }
        if invitation.received_check_s.is_some_and(|s| !(3..=5).contains(&s)) {
            return Err(OperationError::InvalidReceivedCheck);
        }
        if !extension_fits(invitation.extension.as_ref()) {
            return Err(OperationError::ExtensionTooLarge);
        }
        // The one call with this person is the one to answer or to resume.
        if let Some(call) = self.calls.iter().find(|c| c.is_live() && c.state.is_shown() && c.remote == invitation.to) {
            return Err(OperationError::AnotherCall { call: call.id.clone() });
        }
        if let Some(claim) = self.claims.iter().find(|claim| matches!(claim.what, Wanted::Invite(_))) {
            return Err(OperationError::AnotherCall { call: claim.call.clone() });
        }
        let asked = match &self.readiness {
            Readiness::Ready => true,
            Readiness::Preparing => false,
            Readiness::NotReady => return Err(OperationError::NotReady { why: "notReady".into() }),
            Readiness::Failed { why } => return Err(OperationError::NotReady { why: why.clone() }),
        };
        let call = self.ids.call_id();
        if asked {
            self.floor(FloorRequest::Claim(call.clone()));
        }
        let until = now.mono + self.config.timers.claim;
        let what = Wanted::Invite(Box::new(invitation));
        self.claims.push(Claim { request: request.clone(), call, what, asked, until });
        Ok(None)
    }

    fn accept(
        &mut self,
        request: &RequestId,
        id: CallId,
        media: CallMedia,
        extension: Option<Map<String, Value>>,
        now: Moment,
    ) -> Result<Option<Done>, OperationError> {
        if !extension_fits(extension.as_ref()) {
            return Err(OperationError::ExtensionTooLarge);
        }
        self.require(&id, "accept", |call| call.state == State::Ringing)?;
        self.claim(request, id, Wanted::Accept { media, extension }, now)
    }

    fn claim(
        &mut self,
        request: &RequestId,
        call: CallId,
        what: Wanted,
        now: Moment,
    ) -> Result<Option<Done>, OperationError> {
        if self.claims.iter().any(|claim| claim.call == call) {
            return Err(OperationError::InvalidState { state: ParticipantState::Received, operation: "again" });
        }
        self.floor(FloorRequest::Claim(call.clone()));
        let until = now.mono + self.config.timers.claim;
        self.claims.push(Claim { request: request.clone(), call, what, asked: true, until });
        Ok(None)
    }

    /// The position of a call that the operation fits.
    pub(crate) fn require(
        &self,
        id: &CallId,
        operation: &'static str,
        fits: impl Fn(&Call) -> bool,
    ) -> Result<usize, OperationError> {
        let index = self.shown(id)?;
        let call = &self.calls[index];
        if fits(call) { Ok(index) } else { Err(OperationError::InvalidState { state: call.participant, operation }) }
    }

    fn reject(
        &mut self,
        id: &CallId,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
        now: Moment,
    ) -> Result<Done, OperationError> {
        if !extension_fits(extension.as_ref()) {
            return Err(OperationError::ExtensionTooLarge);
        }
        let index = self.require(id, "reject", |call| call.state == State::Ringing)?;
        let call = &mut self.calls[index];
        match call.carrier {
            Carrier::Messages => {
                let reject = Signal::Reject {
                    call: call.id.clone(),
                    reason: RejectReason::Declined,
                    text: text.clone(),
                    extension,
                };
                // A stranger learns nothing: only the own devices stop (`calls.md` rule 8).
                if call.sender.contact {
                    call.send_to_device(reject.clone(), &mut self.out);
                }
                self.out.push(Output::Send(OutgoingSignal { to: SignalTarget::OwnDevices, signal: reject }));
            }
            Carrier::JingleOnly => call.terminate(TerminateReason::Decline, text.clone(), None, &mut self.out),
        }
        call.finish_with(EndReason::Rejected { text }, now, &mut self.out);
        self.drop_claims_of(index);
        Ok(Done::Ok)
    }

    fn cancel(
        &mut self,
        id: &CallId,
        extension: Option<Map<String, Value>>,
        now: Moment,
    ) -> Result<Done, OperationError> {
        if !extension_fits(extension.as_ref()) {
            return Err(OperationError::ExtensionTooLarge);
        }
        let index = self.require(id, "cancel", |call| call.state == State::Inviting)?;
        let call = &mut self.calls[index];
        let reason = RetractReason::Cancelled;
        call.send_to_person(Signal::Retract { call: call.id.clone(), reason, extension }, &mut self.out);
        call.finish_with(EndReason::Cancelled, now, &mut self.out);
        Ok(Done::Ok)
    }

    /// Decided here and not by what the person last saw: an answer may have crossed the wish to cancel.
    fn end(&mut self, id: &CallId, now: Moment) -> Result<Done, OperationError> {
        match self.calls[self.shown(id)?].state {
            State::Inviting => self.cancel(id, None, now),
            State::Held | State::Ringing => self.reject(id, None, None, now),
            State::Connecting | State::Connected { .. } | State::Reconnecting { .. } => {
                self.hang_up(id, None, None, now)
            }
        }
    }

    fn hang_up(
        &mut self,
        id: &CallId,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
        now: Moment,
    ) -> Result<Done, OperationError> {
        if !extension_fits(extension.as_ref()) {
            return Err(OperationError::ExtensionTooLarge);
        }
        let index = self.require(id, "hangUp", |call| call.state.is_answered())?;
        self.calls[index].hang_up(text, extension, now, &mut self.out);
        self.drop_claims_of(index);
        Ok(Done::Ok)
    }

    fn set_muted(&mut self, id: &CallId, muted: bool) -> Result<Done, OperationError> {
        let index = self.shown(id)?;
        let call = &mut self.calls[index];
        if call.local.muted != muted {
            call.local.muted = muted;
            call.tell_content(MediaKind::Audio, !muted, &mut self.out);
        }
        Ok(Done::Ok)
    }

    fn set_camera(&mut self, id: &CallId, camera: bool) -> Result<Done, OperationError> {
        let index = self.require(id, "setCamera", |call| call.media == CallMedia::Video)?;
        let call = &mut self.calls[index];
        if call.local.camera != camera {
            call.local.camera = camera;
            call.tell_content(MediaKind::Video, camera, &mut self.out);
            // The gate, still shut, says nothing of it, and the device may be open behind it.
            if call.state.is_answered() && !call.session.transport_up {
                self.out.push(Output::StartMedia { call: call.id.clone(), media: call.media, camera });
            }
        }
        Ok(Done::Ok)
    }

    fn set_held(
        &mut self,
        request: &RequestId,
        id: &CallId,
        held: bool,
        now: Moment,
    ) -> Result<Option<Done>, OperationError> {
        let index = self.require(id, "setHeld", |call| call.state.connected_since().is_some())?;
        let call = &mut self.calls[index];
        match (call.local.held, held) {
            (false, true) => {
                call.local.held = true;
                call.tell(SessionInfo::Hold, &mut self.out);
                Ok(Some(Done::Ok))
            }
            (true, false) => self.claim(request, id.clone(), Wanted::Resume, now),
            (false, false) | (true, true) => Ok(Some(Done::Ok)),
        }
    }

    fn silence(&mut self, id: &CallId) -> Result<Done, OperationError> {
        let index = self.require(id, "silence", |call| call.state == State::Ringing)?;
        self.calls[index].ring = Ring::Silent;
        Ok(Done::Ok)
    }

    pub(crate) fn on_readiness(&mut self, readiness: Readiness, now: Moment) {
        self.readiness = readiness;
        let why = match &self.readiness {
            Readiness::Preparing => return,
            Readiness::Ready => {
                let waiting: Vec<_> = self.claims.iter_mut().filter(|claim| !claim.asked).collect();
                let mut calls = Vec::new();
                for claim in waiting {
                    claim.asked = true;
                    claim.until = now.mono + self.config.timers.claim;
                    calls.push(claim.call.clone());
                }
                for call in calls {
                    self.floor(FloorRequest::Claim(call));
                }
                return;
            }
            Readiness::NotReady => "notReady".to_owned(),
            Readiness::Failed { why } => why.clone(),
        };
        for claim in self.claims.extract_if(.., |claim| !claim.asked).collect::<Vec<_>>() {
            self.finished(claim.request, Err(OperationError::NotReady { why: why.clone() }));
        }
    }

    pub(crate) fn on_denied(&mut self, call: &CallId, holder: CallId) {
        if let Some(index) = self.claims.iter().position(|claim| claim.call == *call && claim.asked) {
            let claim = self.claims.remove(index);
            self.finished(claim.request, Err(OperationError::AnotherCall { call: holder }));
        }
    }

    pub(crate) fn on_granted(&mut self, id: CallId, now: Moment) {
        let Some(index) = self.claims.iter().position(|claim| claim.call == id && claim.asked) else {
            // Answered too late. A call that has the floor by now keeps it.
            if !self.calls.iter().any(|call| call.id == id && call.has_floor) {
                self.floor(FloorRequest::Release(id));
            }
            return;
        };
        let claim = self.claims.remove(index);
        let result = match claim.what {
            Wanted::Invite(invitation) => self.place(id.clone(), *invitation, now),
            Wanted::Accept { media, extension } => self.answer(&id, media, extension, now),
            Wanted::Resume => self.resume(&id),
        };
        if result.is_err() {
            self.floor(FloorRequest::Release(id));
        }
        self.finished(claim.request, result);
    }

    /// Claims that nobody answered; a late answer gives the floor back.
    pub(crate) fn expire_claims(&mut self, now: Moment) {
        for claim in self.claims.extract_if(.., |claim| claim.until <= now.mono).collect::<Vec<_>>() {
            if claim.asked {
                self.floor(FloorRequest::Release(claim.call));
            }
            self.finished(claim.request, Err(OperationError::NotReady { why: "timedOut".into() }));
        }
    }

    /// This device stops: nobody will grant them, and whoever waits is told.
    pub(crate) fn drop_all_claims(&mut self) {
        for claim in std::mem::take(&mut self.claims) {
            if claim.asked {
                self.floor(FloorRequest::Release(claim.call));
            }
            self.finished(claim.request, Err(OperationError::NotReady { why: "stopped".into() }));
        }
    }

    /// The call ended or was answered otherwise while its claim was on the way.
    pub(crate) fn drop_claims_of(&mut self, index: usize) {
        let (id, state) = (self.calls[index].id.clone(), self.calls[index].participant);
        for claim in self.claims.extract_if(.., |claim| claim.call == id).collect::<Vec<_>>() {
            let operation = match claim.what {
                Wanted::Invite(_) => "invite",
                Wanted::Accept { .. } => "accept",
                Wanted::Resume => "resume",
            };
            self.finished(claim.request, Err(OperationError::InvalidState { state, operation }));
        }
    }

    fn place(&mut self, id: CallId, invitation: Invitation, now: Moment) -> Result<Done, OperationError> {
        // The person may have called while the claim was on the way: then there is a call to answer.
        let crossing = |c: &&Call| c.is_live() && c.state.is_shown() && c.remote == invitation.to;
        if let Some(call) = self.calls.iter().find(crossing) {
            return Err(OperationError::AnotherCall { call: call.id.clone() });
        }
        if self.calls.len() >= CALLS_MAX {
            return Err(OperationError::NotReady { why: "tooManyCalls".into() });
        }
        let timers = self.config.timers;
        let timeout = invitation.timeout_s.map_or(timers.ring, |s| Duration::from_secs(s.into()));
        let check = Duration::from_secs(invitation.received_check_s.unwrap_or(5).into());
        let mut call = Call::new(
            NewCall {
                id: id.clone(),
                direction: CallDirection::Outgoing,
                carrier: Carrier::Messages,
                remote: invitation.to,
                media: invitation.media,
                state: State::Inviting,
            },
            now,
        );
        call.has_floor = true;
        call.rings_until = now.wall.plus(timeout);
        // Rule of section 3: silence says something only where nobody is online or the client would confirm.
        call.callee_would_confirm = !invitation.callee.available || invitation.callee.speaks_confab;
        call.timers.set(Timer::Ring, now.mono + timeout);
        call.timers.set(Timer::ReceivedCheck, now.mono + check);
        let propose = Signal::Propose {
            call: id.clone(),
            media: invitation.media,
            timeout_s: Some(u32::try_from(timeout.as_secs()).unwrap_or(TIMEOUT_MAX_S)),
            extension: invitation.extension,
        };
        call.send_to_person(propose, &mut self.out);
        self.calls.push(call);
        Ok(Done::Invited { call: id, timeout })
    }

    fn answer(
        &mut self,
        id: &CallId,
        media: CallMedia,
        extension: Option<Map<String, Value>>,
        now: Moment,
    ) -> Result<Done, OperationError> {
        let index = self.require(id, "accept", |call| call.state == State::Ringing)?;
        let timers = self.config.timers;
        let call = &mut self.calls[index];
        call.has_floor = true;
        call.local.camera = media == CallMedia::Video && call.media == CallMedia::Video;
        // A stranger's extension was kept back until now (`calls.md` section 1).
        if let Some(received) = call.extension.take() {
            self.out.push(Output::Extension { call: id.clone(), extension: received });
        }
        if call.carrier == Carrier::Messages {
            call.proceed(extension, &mut self.out);
        }
        call.begin_connecting(now, &timers, &mut self.out);
        call.apply_waiting_offer(now, &mut self.out);
        Ok(Done::Ok)
    }

    fn resume(&mut self, id: &CallId) -> Result<Done, OperationError> {
        let index = self.require(id, "resume", |call| call.state.connected_since().is_some())?;
        let call = &mut self.calls[index];
        call.has_floor = true;
        call.local.held = false;
        call.tell(SessionInfo::Unhold, &mut self.out);
        Ok(Done::Ok)
    }

    /// Drops a call as glare does: no record, no end on the screen.
    pub(crate) fn discard(&mut self, index: usize, by: Option<CallId>, now: Moment) {
        self.calls[index].finish(End::Discarded { by }, now, &mut self.out);
        self.drop_claims_of(index);
    }
}

impl Call {
    /// Tells the caller which device answers, and the own other devices to stop.
    pub(crate) fn proceed(&self, extension: Option<Map<String, Value>>, out: &mut Vec<Output>) {
        let media = if self.local.camera { CallMedia::Video } else { CallMedia::Audio };
        let signal = Signal::Proceed { call: self.id.clone(), media: Some(media), extension };
        self.send_to_device(signal, out);
        out.push(Output::Send(OutgoingSignal {
            to: SignalTarget::OwnDevices,
            signal: Signal::Accept { call: self.id.clone() },
        }));
    }

    /// XEP-0167 §6, where the far side knows the session; before that the state is told with the description.
    pub(crate) fn tell(&self, info: SessionInfo, out: &mut Vec<Output>) {
        if self.session.local_sent && self.session.remote_applied {
            let sid: SessionId = self.sid();
            self.send_to_device(Signal::SessionInfo { sid, info }, out);
        }
    }

    pub(crate) fn tell_content(&self, kind: MediaKind, on: bool, out: &mut Vec<Output>) {
        let name: Option<ContentName> =
            self.session.local_kinds.iter().find(|(_, k)| **k == kind).map(|(name, _)| name.clone());
        // Without a name it would mean every content (XEP-0167 §6.2).
        if let Some(name) = name {
            self.tell(if on { SessionInfo::Unmute(Some(name)) } else { SessionInfo::Mute(Some(name)) }, out);
        }
    }

    /// Called once both descriptions are there.
    pub(crate) fn tell_initial_state(&self, out: &mut Vec<Output>) {
        if self.local.muted {
            self.tell_content(MediaKind::Audio, false, out);
        }
        if self.media == CallMedia::Video && !self.local.camera {
            self.tell_content(MediaKind::Video, false, out);
        }
    }

    pub(crate) fn become_connected(&mut self, now: Moment) {
        self.timers.clear(Timer::Connect);
        self.timers.clear(Timer::Picture);
        self.timers.clear(Timer::Prompt);
        self.paused_connect = None;
        self.state = State::Connected { since: now };
        self.repair = Repair { initiator_restarts: self.repair.initiator_restarts, ..Repair::default() };
    }
}
