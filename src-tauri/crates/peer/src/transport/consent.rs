//! Consent freshness (RFC 7675): whether the far side still agrees to be sent media.
//!
//! The engine asks once a second, but takes whatever comes from the far side's address as its agreement, and what
//! comes is easily forged. Here only answers count, whose integrity the engine has checked.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};
use webrtc::peer_connection::{PeerConnection, StatsSelector};

use crate::event::{Inner, InnerEvent};
use crate::runtime::Wire;

/// Between two looks: as often as the engine asks.
const LOOK: Duration = Duration::from_secs(1);
/// Without an answer for so long a path counts as silent in one direction at least. At 30 % loss both ways this
/// happens by chance once in an hour.
const SILENT_AFTER: Duration = Duration::from_secs(12);
/// RFC 7675 §5.1.
const EXPIRES_AFTER: Duration = Duration::from_secs(30);

/// ```text
/// Fresh ─► Silent ─► Expired
///   ▲        │          │
///   └────────┴──────────┘ an answer
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Silent,
    Expired,
}

#[derive(Debug)]
struct Consent {
    state: State,
    answers: u64,
    since: Instant,
}

impl Consent {
    fn new(now: Instant) -> Self {
        Self { state: State::Fresh, answers: 0, since: now }
    }

    /// An ICE restart: nothing is sent on the old path, and the new one begins with an answer.
    fn restart(&mut self, now: Instant) {
        (self.state, self.since) = (State::Fresh, now);
    }

    /// `answers`: all so far. Returns the state if it has changed.
    fn look(&mut self, answers: u64, now: Instant) -> Option<State> {
        if answers != self.answers {
            (self.answers, self.since) = (answers, now);
        }
        let waited = now.saturating_duration_since(self.since);
        let state = match waited {
            _ if waited >= EXPIRES_AFTER => State::Expired,
            _ if waited >= SILENT_AFTER => State::Silent,
            _ => State::Fresh,
        };
        (std::mem::replace(&mut self.state, state) != state).then_some(state)
    }
}

/// Watches a connection until it is closed, from when it is first secure.
pub(super) async fn watch(
    connection: Arc<dyn PeerConnection>,
    wire: Arc<Wire>,
    transport: usize,
    events: mpsc::Sender<Inner>,
) {
    let mut consent = Consent::new(Instant::now());
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = wire.closed.cancelled() => return,
            () = wire.driver_ended.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if wire.wake.is_connecting() {
            consent.restart(Instant::now());
            wire.is_unwanted.store(false, Ordering::Relaxed);
            continue;
        }
        let report = connection.get_stats(std::time::Instant::now(), StatsSelector::None).await;
        let answers = report.candidate_pairs().map(|pair| pair.responses_received).sum();
        let Some(state) = consent.look(answers, Instant::now()) else { continue };
        wire.is_unwanted.store(state == State::Expired, Ordering::Relaxed);
        let event = match state {
            State::Fresh => InnerEvent::IceConnected,
            State::Silent => InnerEvent::Disconnected,
            State::Expired => {
                tracing::info!("the far side no longer agrees to be sent media");
                InnerEvent::Failed
            }
        };
        if events.send(Inner { transport, event }).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_is_silent_then_expires_and_comes_back_with_an_answer() {
        let start = Instant::now();
        let mut consent = Consent::new(start);
        let mut told = Vec::new();
        // Answers for 20 s, none for 40 s, then again.
        for second in 0..70u32 {
            let answers = u64::from(if second < 60 { second.min(20) } else { second });
            let state = consent.look(answers, start + LOOK * second);
            told.extend(state.map(|state| (second, state)));
        }
        assert_eq!(told, [(32, State::Silent), (50, State::Expired), (60, State::Fresh)]);
    }
}
