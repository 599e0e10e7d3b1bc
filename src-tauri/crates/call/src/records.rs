//! What others see of a call: snapshot, record, ring and gate, put out where they differ from what was last put out.

use std::time::Duration;

use confab_model::{
    AccountId, BareJid, CallDirection, CallMode, CallPhase, CallRecord, CallSnapshot, EndReason, Moment, Participant,
    ParticipantState,
};

use crate::{
    Calls, FloorRequest, Output, Ring, Standing,
    propose::HOLD_MIN,
    state::{Call, Carrier, End, NewCall, State},
    timers::Timer,
};

impl Call {
    pub(crate) fn snapshot(&self, account: AccountId) -> CallSnapshot {
        let phase = match (&self.end, self.state) {
            (Some(End::Reason(reason)), _) => CallPhase::Ended { reason: reason.clone() },
            (Some(End::Discarded { .. } | End::Forgotten | End::Left), _) => {
                CallPhase::Ended { reason: EndReason::Cancelled }
            }
            (None, State::Held | State::Inviting | State::Ringing) => CallPhase::Calling,
            (None, State::Connecting) => CallPhase::Connecting,
            (None, State::Connected { since }) => CallPhase::Connected { since: since.wall },
            (None, State::Reconnecting { lost, .. }) => CallPhase::Reconnecting { since: lost.wall },
        };
        let rings = self.is_live() && !self.state.is_answered();
        CallSnapshot {
            id: self.id.clone(),
            account,
            direction: self.direction,
            media: self.media,
            mode: CallMode::Common,
            phase,
            participants: vec![Participant {
                jid: self.remote.clone(),
                state: self.participant,
                media: self.remote_media,
                quality: None,
            }],
            local: self.local,
            waiting: rings && self.ring == Ring::Waiting,
            started_at: self.started.wall,
            rings_until: rings.then_some(self.rings_until),
            timings: self.timings,
        }
    }

    fn record(&self) -> CallRecord {
        CallRecord {
            id: self.id.clone(),
            direction: self.direction,
            media: self.media,
            people: vec![(self.remote.clone(), self.participant)],
            started_at: self.started.wall,
            answered_at: self.answered_at,
            ended_at: self.ended_at,
            reason: match &self.end {
                Some(End::Reason(reason)) => Some(reason.clone()),
                Some(End::Discarded { .. } | End::Forgotten | End::Left) | None => None,
            },
            answered_by: self.answered_elsewhere.clone(),
            timings: self.timings,
        }
    }

    /// Order: record first, so that what the screen shows is already kept.
    pub(crate) fn flush(&mut self, account: AccountId, out: &mut Vec<Output>) {
        match &self.end {
            None if !self.state.is_shown() => return,
            None => {
                self.flush_record(out);
                self.flush_snapshot(account, out);
            }
            Some(End::Reason(_)) => {
                self.flush_record(out);
                if self.shown.snapshot.is_some() {
                    self.flush_snapshot(account, out);
                }
            }
            Some(End::Discarded { by }) => {
                if self.shown.record.is_some() {
                    out.push(Output::Discarded { call: self.id.clone(), by: by.clone() });
                }
            }
            Some(End::Forgotten) => {}
            Some(End::Left) => {
                if self.shown.snapshot.is_some() {
                    out.push(Output::Left { call: self.id.clone() });
                }
            }
        }
        self.flush_ring(out);
        let gate = self.gate();
        if self.shown.gate != gate {
            self.shown.gate = gate;
            if self.is_live() {
                out.push(Output::SetGate { call: self.id.clone(), gate });
            }
        }
        if self.has_floor && (!self.is_live() || self.local.held) {
            self.has_floor = false;
            out.push(Output::Floor(FloorRequest::Release(self.id.clone())));
        }
    }

    fn flush_record(&mut self, out: &mut Vec<Output>) {
        let record = self.record();
        match &self.shown.record {
            Some(shown) if *shown == record => return,
            Some(_) => out.push(Output::UpdateRecord(record.clone())),
            None => out.push(Output::OpenRecord(record.clone())),
        }
        self.shown.record = Some(record);
    }

    fn flush_snapshot(&mut self, account: AccountId, out: &mut Vec<Output>) {
        let snapshot = self.snapshot(account);
        if self.shown.snapshot.as_ref() != Some(&snapshot) {
            out.push(Output::Changed(snapshot.clone()));
            self.shown.snapshot = Some(snapshot);
        }
    }

    fn flush_ring(&mut self, out: &mut Vec<Output>) {
        let ring = if self.is_live() && self.state == State::Ringing { Some(self.ring) } else { None };
        if self.shown.ring == ring {
            return;
        }
        out.push(Output::Ring { call: self.id.clone(), ring: ring.unwrap_or(Ring::Stopped) });
        self.shown.ring = ring;
    }

    /// Whole seconds since it was first connected, up to the loss if the connection is lost: both sides agree on that
    /// one, whoever gives up first.
    pub(crate) fn duration_s(&self, now: Moment) -> u32 {
        match self.state {
            State::Connected { since } => whole_seconds(now.mono.saturating_sub(since.mono)),
            State::Reconnecting { since, lost } => whole_seconds(lost.mono.saturating_sub(since.mono)),
            State::Held | State::Inviting | State::Ringing | State::Connecting => 0,
        }
    }
}

fn whole_seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

impl Calls {
    /// Closes what a crash left open. When the crash was is not known: an answered call counts until the last time at
    /// which its record tells that it went on.
    pub(crate) fn recover(&mut self, records: Vec<CallRecord>, now: Moment) {
        for mut record in records {
            let known = self.position(&record.id).is_some();
            let Some((remote, _)) = record.people.first().filter(|_| record.reason.is_none() && !known) else {
                continue;
            };
            let remote = remote.clone();
            let (reason, state) = match (record.answered_at, record.direction) {
                (None, CallDirection::Incoming) => {
                    self.hold_recovered(record, remote, now);
                    continue;
                }
                (None, CallDirection::Outgoing) => (EndReason::Cancelled, ParticipantState::Cancelled),
                (Some(_), _) => (lost_in_crash(&record), ParticipantState::Disconnected),
            };
            if let Some((_, participant)) = record.people.first_mut() {
                *participant = state;
            }
            self.settled.remember(record.id.clone(), remote, true);
            record.reason = Some(reason);
            record.ended_at = record.ended_at.or(Some(now.wall));
            self.out.push(Output::UpdateRecord(record));
        }
    }

    /// A call that rang when this device stopped: another one may have answered it, and the archive tells.
    fn hold_recovered(&mut self, record: CallRecord, remote: BareJid, now: Moment) {
        let mut call = Call::new(
            NewCall {
                id: record.id.clone(),
                direction: CallDirection::Incoming,
                carrier: Carrier::Messages,
                remote,
                media: record.media,
                state: State::Held,
            },
            Moment { mono: now.mono, wall: record.started_at },
        );
        // Whether that person may know of this device is looked up with the next signal.
        call.sender = Standing::default();
        call.timers.set(Timer::Ring, now.mono + HOLD_MIN);
        call.shown.record = Some(record);
        self.calls.push(call);
    }
}

/// How an answered call ended that nobody ended. `ended_at` of an open record: it still went on then.
fn lost_in_crash(record: &CallRecord) -> EndReason {
    let timings = record.timings;
    let Some(connected) = timings.connected_ms else {
        return EndReason::ConnectFailed { stage: confab_model::CallStage::Signalling };
    };
    let seen = record.ended_at.map(|at| u32::try_from(at.millis_since(record.started_at)).unwrap_or(u32::MAX));
    let last = [timings.first_video_ms, timings.first_audio_ms, seen].into_iter().flatten().max();
    EndReason::ConnectionLost { duration_s: last.map_or(0, |last| last.saturating_sub(connected) / 1000) }
}
