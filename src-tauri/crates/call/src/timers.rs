//! Deadlines. Every state that is not final has one, except a call that is connected: there the media session
//! watches for silence and says [`crate::PeerEvent::Disconnected`].

use std::{collections::BTreeMap, time::Duration};

/// How long things may take (`calls.md`, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerValues {
    /// Ring time where nobody names one.
    pub ring: Duration,
    /// How much longer a callee waits for the caller's own word after the ring time: the caller's wins, and it
    /// needs the way through two servers.
    pub ring_grace: Duration,
    /// How long one busy device waits for another device of that person to ring.
    pub busy: Duration,
    /// How long a call that lost a tie-break waits for the invitation that won.
    pub tie_break: Duration,
    pub connect: Duration,
    /// How long the picture may come after the sound. Dino announces a camera also where it has none; people who hear
    /// each other are in a call.
    pub picture: Duration,
    /// A prompt that nobody answers pauses the connect deadline no longer than this.
    pub prompt: Duration,
    /// For the far side's answer to an addition, and the media session's to one of the far side.
    pub addition: Duration,
    /// To repair a connection while signals can flow.
    pub reconnect_online: Duration,
    /// To repair it in all.
    pub reconnect: Duration,
    /// How long a Jingle responder leaves the restart to the initiator.
    pub responder_restart: Duration,
    /// The same where the initiator is a client of others. Chromium calls a path dead after 5 s, stanza.js waits 2 s
    /// more; beyond that the initiator is one that does not restart at all.
    pub foreign_restart: Duration,
    /// For the arbiter's answer, or for getting ready.
    pub claim: Duration,
}

impl Default for TimerValues {
    fn default() -> Self {
        Self {
            ring: Duration::from_secs(60),
            ring_grace: Duration::from_secs(2),
            busy: Duration::from_secs(2),
            tie_break: Duration::from_secs(5),
            connect: Duration::from_secs(30),
            picture: Duration::from_millis(2_500),
            prompt: Duration::from_secs(120),
            addition: Duration::from_secs(15),
            reconnect_online: Duration::from_secs(30),
            reconnect: Duration::from_secs(60),
            responder_restart: Duration::from_secs(4),
            foreign_restart: Duration::from_secs(12),
            claim: Duration::from_secs(10),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    Ring,
    ReceivedCheck,
    Busy,
    TieBreak,
    Connect,
    Picture,
    Prompt,
    Addition,
    Reconnect,
    ResponderRestart,
}

/// The running timers of one call, by monotonic time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Timers(BTreeMap<Timer, Duration>);

impl Timers {
    pub(crate) fn set(&mut self, timer: Timer, at: Duration) {
        self.0.insert(timer, at);
    }
    pub(crate) fn clear(&mut self, timer: Timer) -> Option<Duration> {
        self.0.remove(&timer)
    }
    pub(crate) fn clear_all(&mut self) {
        self.0.clear();
    }
    pub(crate) fn is_running(&self, timer: Timer) -> bool {
        self.0.contains_key(&timer)
    }
    pub(crate) fn next(&self) -> Option<Duration> {
        self.0.values().min().copied()
    }
    /// Takes one timer that has run out, the earliest first.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<Timer> {
        let due = self.0.iter().filter(|(_, at)| **at <= now).min_by_key(|(timer, at)| (**at, **timer));
        let timer = *due?.0;
        self.0.remove(&timer);
        Some(timer)
    }
}
