//! The ways out of a call: what is told to whom, and which reason both sides keep.

use confab_model::{
    BusyCause, CallDirection, CallStage, EndReason, Moment, ParticipantState, RejectReason, RetractReason, Signal,
    TerminateReason, Timestamp,
};
use serde_json::{Map, Value};

use crate::{
    Calls, Leaving, Output,
    state::{Call, Carrier, End, State},
    timers::Timer,
};

/// What the far side's word means here (XEP-0166 §7.4). The other way round: `Call::terminate`.
pub(crate) fn reason_for(call: &Call, reason: &TerminateReason, text: Option<String>, now: Moment) -> EndReason {
    let duration_s = call.duration_s(now);
    if call.state.connected_since().is_some() {
        return match reason {
            TerminateReason::Success
            | TerminateReason::Busy
            | TerminateReason::Cancel
            | TerminateReason::Decline
            | TerminateReason::Gone
            | TerminateReason::Expired
            | TerminateReason::AlternativeSession
            | TerminateReason::Migrated
            | TerminateReason::Other(_) => EndReason::Completed { duration_s },
            TerminateReason::ConnectivityError | TerminateReason::FailedTransport | TerminateReason::Timeout => {
                EndReason::ConnectionLost { duration_s }
            }
            TerminateReason::FailedApplication
            | TerminateReason::IncompatibleParameters
            | TerminateReason::UnsupportedApplications
            | TerminateReason::UnsupportedTransports
            | TerminateReason::MediaError
            | TerminateReason::SecurityError
            | TerminateReason::GeneralError => EndReason::Failed { code: "remoteFailed".into() },
        };
    }
    if call.direction == CallDirection::Incoming && !call.state.is_answered() {
        // The caller is gone before anybody answered, whatever its word for that is; a text would be a message past
        // the chat.
        return match reason {
            TerminateReason::Expired | TerminateReason::Timeout => EndReason::Timeout,
            TerminateReason::AlternativeSession => EndReason::AnsweredElsewhere,
            TerminateReason::Success
            | TerminateReason::Busy
            | TerminateReason::Cancel
            | TerminateReason::Decline
            | TerminateReason::ConnectivityError
            | TerminateReason::FailedTransport
            | TerminateReason::FailedApplication
            | TerminateReason::IncompatibleParameters
            | TerminateReason::UnsupportedApplications
            | TerminateReason::UnsupportedTransports
            | TerminateReason::MediaError
            | TerminateReason::SecurityError
            | TerminateReason::GeneralError
            | TerminateReason::Gone
            | TerminateReason::Migrated
            | TerminateReason::Other(_) => EndReason::Cancelled,
        };
    }
    match reason {
        TerminateReason::Success | TerminateReason::Cancel | TerminateReason::Gone => EndReason::Cancelled,
        TerminateReason::Decline => EndReason::Rejected { text },
        TerminateReason::Busy | TerminateReason::Migrated | TerminateReason::Other(_) => EndReason::Unavailable,
        TerminateReason::Expired | TerminateReason::Timeout if call.state.is_answered() => {
            EndReason::ConnectFailed { stage: CallStage::Signalling }
        }
        TerminateReason::Expired | TerminateReason::Timeout => EndReason::Timeout,
        TerminateReason::AlternativeSession => EndReason::AnsweredElsewhere,
        TerminateReason::ConnectivityError | TerminateReason::FailedTransport => {
            EndReason::ConnectFailed { stage: CallStage::Ice }
        }
        TerminateReason::SecurityError => EndReason::ConnectFailed { stage: CallStage::Dtls },
        TerminateReason::MediaError => EndReason::ConnectFailed { stage: CallStage::Media },
        TerminateReason::FailedApplication
        | TerminateReason::IncompatibleParameters
        | TerminateReason::UnsupportedApplications
        | TerminateReason::UnsupportedTransports => EndReason::Failed { code: "incompatible".into() },
        TerminateReason::GeneralError => EndReason::Failed { code: "remoteFailed".into() },
    }
}

fn participant_after(call: &Call, reason: &EndReason) -> ParticipantState {
    match reason {
        EndReason::Completed { .. } => ParticipantState::Accepted,
        EndReason::Cancelled if call.state.is_answered() => ParticipantState::Accepted,
        EndReason::Cancelled => ParticipantState::Cancelled,
        EndReason::Rejected { .. } | EndReason::DeclinedElsewhere => ParticipantState::Rejected,
        EndReason::Busy { .. } | EndReason::Unavailable => ParticipantState::Busy,
        EndReason::Timeout => ParticipantState::Timeout,
        EndReason::AnsweredElsewhere | EndReason::TakenOver => ParticipantState::Accepted,
        EndReason::ConnectFailed { .. } | EndReason::ConnectionLost { .. } | EndReason::Failed { .. } => {
            ParticipantState::Disconnected
        }
    }
}

impl Call {
    /// Nothing more is sent after this. What is to be told goes out before it.
    pub(crate) fn finish(&mut self, end: End, now: Moment, out: &mut Vec<Output>) {
        if let End::Reason(reason) = &end {
            self.participant = participant_after(self, reason);
            self.ended_at = Some(now.wall);
        }
        self.timers.clear_all();
        self.abandon_addition(out);
        if self.session.peer_open {
            self.session.peer_open = false;
            out.push(Output::StopMedia { call: self.id.clone() });
            out.push(Output::ClosePeer { call: self.id.clone() });
        }
        self.end = Some(end);
    }

    pub(crate) fn finish_with(&mut self, reason: EndReason, now: Moment, out: &mut Vec<Output>) {
        self.finish(End::Reason(reason), now, out);
    }

    /// Tells the far side that an answered call is over: the session, if it knows one, and the person, so that the
    /// archive and other devices know too.
    pub(crate) fn terminate(
        &self,
        reason: TerminateReason,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
        out: &mut Vec<Output>,
    ) {
        let session_known =
            self.session.local_sent || self.session.remote_applied || self.session.waiting_offer.is_some();
        if session_known || self.carrier == Carrier::JingleOnly {
            let signal = Signal::SessionTerminate { sid: self.sid(), reason: reason.clone(), text: text.clone() };
            self.send_to_device(signal, out);
        }
        if self.carrier == Carrier::Messages {
            self.send_to_person(Signal::Finish { call: self.id.clone(), reason, text, extension }, out);
        }
    }

    /// The person at this device ends a call that was answered.
    pub(crate) fn hang_up(
        &mut self,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let (reason, end) = match self.state.connected_since() {
            Some(_) => (TerminateReason::Success, EndReason::Completed { duration_s: self.duration_s(now) }),
            None => (TerminateReason::Cancel, EndReason::Cancelled),
        };
        self.terminate(reason, text, extension, out);
        self.finish_with(end, now, out);
    }

    /// A call of the archive that this device answered before a restart, and whose end the archive tells too.
    pub(crate) fn end_as_told(&mut self, sent_at: Timestamp, now: Moment, out: &mut Vec<Output>) {
        let answered = self.answered_at.unwrap_or(sent_at);
        let duration_s = u32::try_from(sent_at.millis_since(answered) / 1000).unwrap_or(u32::MAX);
        self.finish_with(EndReason::Completed { duration_s }, now, out);
    }

    /// A call that came in, or was answered before a restart, and whose end nobody has told.
    pub(crate) fn end_untold(&mut self, now: Moment, out: &mut Vec<Output>) {
        let end = match self.answered_at {
            Some(_) => EndReason::ConnectionLost { duration_s: 0 },
            None => EndReason::Timeout,
        };
        self.finish_with(end, now, out);
    }

    /// The stage at which a connection that is not there yet hangs.
    pub(crate) fn stage(&self) -> CallStage {
        if self.session.transport_up {
            CallStage::Media
        } else if self.session.ice_connected {
            CallStage::Dtls
        } else if self.session.remote_applied && self.session.local_sent {
            CallStage::Ice
        } else {
            CallStage::Signalling
        }
    }

    pub(crate) fn fail_to_connect(&mut self, stage: CallStage, now: Moment, out: &mut Vec<Output>) {
        let reason = match stage {
            CallStage::Signalling => TerminateReason::Timeout,
            CallStage::Ice => TerminateReason::ConnectivityError,
            CallStage::Dtls => TerminateReason::SecurityError,
            CallStage::Media => TerminateReason::MediaError,
        };
        self.terminate(reason, None, None, out);
        // Where another own device told that it answered too, the caller took that one.
        let end = match (&self.answered_elsewhere, stage) {
            (Some(_), CallStage::Signalling) => EndReason::AnsweredElsewhere,
            (Some(_) | None, _) => EndReason::ConnectFailed { stage },
        };
        self.finish_with(end, now, out);
    }

    pub(crate) fn check_received(&mut self) {
        let silence_means_offline = self.callee_would_confirm;
        if self.participant == ParticipantState::Inviting && silence_means_offline {
            self.participant = ParticipantState::NotYetReceived;
        }
    }

    pub(crate) fn resume_connect(&mut self, now: Moment) {
        self.timers.clear(Timer::Prompt);
        if let Some(left) = self.paused_connect.take() {
            self.timers.set(Timer::Connect, now.mono + left);
        }
    }
}

impl Calls {
    pub(crate) fn ring_expired(&mut self, index: usize, now: Moment) {
        let call = &mut self.calls[index];
        match call.state {
            State::Inviting => {
                call.retract(RetractReason::Expired, &mut self.out);
                call.finish_with(EndReason::Timeout, now, &mut self.out);
            }
            // Held: the catch-up never ended; the invitation is over all the same.
            State::Ringing => call.finish_with(EndReason::Timeout, now, &mut self.out),
            State::Held => call.end_untold(now, &mut self.out),
            State::Connecting | State::Connected { .. } | State::Reconnecting { .. } => {}
        }
        self.drop_claims_of(index);
    }

    /// One device said that it is busy and no other one rings: tell those that cannot say so to stop.
    pub(crate) fn busy_is_final(&mut self, index: usize, now: Moment) {
        let call = &mut self.calls[index];
        call.retract(RetractReason::Cancelled, &mut self.out);
        call.finish_with(EndReason::Busy { text: None }, now, &mut self.out);
    }

    /// The far side said that its own invitation won, but that never came.
    pub(crate) fn tie_break_expired(&mut self, index: usize, now: Moment) {
        let call = &mut self.calls[index];
        call.retract(RetractReason::TieBreak, &mut self.out);
        call.finish_with(EndReason::Unavailable, now, &mut self.out);
    }

    pub(crate) fn connect_expired(&mut self, index: usize, now: Moment) {
        let call = &mut self.calls[index];
        // The far side is there but its camera gives no picture, or its microphone no sound: that is a call.
        if call.session.transport_up && (call.session.audio_seen || call.session.video_seen || call.session.rtcp_seen) {
            call.become_connected(now);
            return;
        }
        let stage = call.stage();
        call.fail_to_connect(stage, now, &mut self.out);
    }

    /// Nothing of this account goes on at this device. The outputs are the last ones.
    pub(crate) fn leave(&mut self, leaving: Leaving, now: Moment) {
        self.drop_all_claims();
        for index in 0..self.calls.len() {
            let call = &mut self.calls[index];
            match call.state {
                State::Held | State::Ringing if leaving == Leaving::ForGood && call.shown.record.is_some() => {
                    call.end_untold(now, &mut self.out);
                }
                // Nobody at this device answered: the other devices ring on, and what they do is in the archive.
                State::Held | State::Ringing => call.finish(End::Left, now, &mut self.out),
                State::Inviting => {
                    call.retract(RetractReason::Cancelled, &mut self.out);
                    call.finish_with(EndReason::Cancelled, now, &mut self.out);
                }
                State::Connecting | State::Connected { .. } | State::Reconnecting { .. } => {
                    call.hang_up(None, None, now, &mut self.out);
                }
            }
        }
    }

    /// The callee's answer to an invitation that it does not take, by whichever way the call came.
    pub(crate) fn refuse(&mut self, index: usize, busy: BusyCause) {
        let call = &self.calls[index];
        let signal = match call.carrier {
            Carrier::Messages => Signal::Reject {
                call: call.id.clone(),
                reason: RejectReason::Busy(Some(busy)),
                text: None,
                extension: None,
            },
            Carrier::JingleOnly => {
                Signal::SessionTerminate { sid: call.sid(), reason: TerminateReason::Busy, text: None }
            }
        };
        call.send_to_device(signal, &mut self.out);
    }
}
