//! What others see of a call: snapshot, record, ring and gate, put out where they differ from what was last put out.

use std::time::Duration;

use confab_model::{
    AccountId, CallDirection, CallMode, CallPhase, CallRecord, CallSnapshot, EndReason, Moment, Participant,
    ParticipantState,
};

use crate::{
    Calls, FloorRequest, Output, Ring,
    state::{Call, End, State},
};

impl Call {
    pub(crate) fn snapshot(&self, account: AccountId) -> CallSnapshot {
        let phase = match (&self.end, self.state) {
            (Some(End::Reason(reason)), _) => CallPhase::Ended { reason: reason.clone() },
            (Some(End::Discarded { .. } | End::Forgotten), _) => CallPhase::Ended { reason: EndReason::Cancelled },
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
                Some(End::Discarded { .. } | End::Forgotten) | None => None,
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

    /// Whole seconds since it was first connected.
    pub(crate) fn duration_s(&self, now: Moment) -> u32 {
        let connected = self.state.connected_since().map_or(now.mono, |since| since.mono);
        whole_seconds(now.mono.saturating_sub(connected))
    }
}

fn whole_seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

impl Calls {
    /// Closes what a crash left open. When the crash was is not known: an answered call counts until the last thing
    /// that its record tells.
    pub(crate) fn recover(&mut self, records: Vec<CallRecord>, now: Moment) {
        for mut record in records {
            let known = self.position(&record.id).is_some();
            if record.reason.is_some() || known {
                continue;
            }
            let timings = record.timings;
            let last_ms = [timings.first_video_ms, timings.first_audio_ms, timings.connected_ms].into_iter().flatten();
            let (reason, state) = match (record.answered_at, record.direction, last_ms.max()) {
                (None, CallDirection::Outgoing, _) => (EndReason::Cancelled, ParticipantState::Cancelled),
                (None, CallDirection::Incoming, _) => (EndReason::Timeout, ParticipantState::Timeout),
                (Some(_), _, None) => (
                    EndReason::ConnectFailed { stage: confab_model::CallStage::Signalling },
                    ParticipantState::Disconnected,
                ),
                (Some(_), _, Some(last)) => {
                    let connected = timings.connected_ms.unwrap_or(last);
                    let duration_s = last.saturating_sub(connected) / 1000;
                    (EndReason::ConnectionLost { duration_s }, ParticipantState::Disconnected)
                }
            };
            if let Some((remote, participant)) = record.people.first_mut() {
                *participant = state;
                let knows_us = record.direction == CallDirection::Outgoing || record.answered_at.is_some();
                self.settled.remember(record.id.clone(), remote.clone(), knows_us);
            }
            record.reason = Some(reason);
            record.ended_at = Some(now.wall);
            self.out.push(Output::UpdateRecord(record));
        }
    }
}
