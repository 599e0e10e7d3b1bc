//! Bounded memories: calls that are over, invitations that were withdrawn before they came, and how often people call.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use confab_model::{BareJid, CallId, RetractReason};

/// Enough for every call that can still have signals on the way; the oldest is forgotten first.
const SETTLED_MAX: usize = 256;
/// Kept apart from `SETTLED_MAX`: anybody can send retracts of calls that never were.
const EARLY_MAX: usize = 64;
/// People whose rate is watched; whoever called least recently is forgotten first.
const CALLERS_MAX: usize = 256;
/// `calls.md` rule 9.
const RATE_WINDOW: Duration = Duration::from_secs(60);
const RATE_RUNG: usize = 5;
/// Beyond this a caller is not even listed, so that nobody can fill the list.
const RATE_LISTED: usize = 30;

/// Calls that are over, with the far side, and whether that person knows from the call that this device is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settled(VecDeque<(CallId, BareJid, bool)>);

impl Settled {
    pub(crate) fn remember(&mut self, call: CallId, remote: BareJid, knows_us: bool) {
        if self.remote_of(&call).is_some() {
            return;
        }
        if self.0.len() == SETTLED_MAX {
            self.0.pop_front();
        }
        self.0.push_back((call, remote, knows_us));
    }
    pub(crate) fn remote_of(&self, call: &CallId) -> Option<&BareJid> {
        self.0.iter().find(|(id, ..)| id == call).map(|(_, remote, _)| remote)
    }
    /// Whether this person may be told that the call is over: a stranger whose call was never answered here must not
    /// learn by asking again that this device is online (`calls.md` rule 8).
    pub(crate) fn may_tell(&self, call: &CallId, person: &BareJid) -> bool {
        self.0.iter().any(|(id, remote, knows_us)| id == call && remote == person && *knows_us)
    }
}

/// What settled an invitation before it arrived here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EarlyEnd {
    Retracted(RetractReason),
    AnsweredElsewhere {
        resource: String,
    },
    DeclinedElsewhere,
    /// An own other device won a tie-break against it.
    Merged,
}

/// Invitations that were settled before they arrived, each with who settled it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Early(VecDeque<(CallId, BareJid, EarlyEnd)>);

impl Early {
    /// The first word about a call stays.
    pub(crate) fn remember(&mut self, call: CallId, by: BareJid, end: EarlyEnd) {
        if self.0.iter().any(|(id, who, _)| *id == call && *who == by) {
            return;
        }
        if self.0.len() == EARLY_MAX {
            self.0.pop_front();
        }
        self.0.push_back((call, by, end));
    }
    pub(crate) fn take(&mut self, call: &CallId, by: &BareJid) -> Option<EarlyEnd> {
        let index = self.0.iter().position(|(id, who, _)| id == call && who == by)?;
        self.0.remove(index).map(|(_, _, end)| end)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rate {
    Usual,
    /// Listed as missed, not rung.
    Listed,
    Flood,
}

/// When each person called in the last minute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Callers(BTreeMap<BareJid, VecDeque<Duration>>);

impl Callers {
    pub(crate) fn count(&mut self, person: &BareJid, now: Duration) -> Rate {
        if !self.0.contains_key(person) && self.0.len() == CALLERS_MAX {
            let oldest = self.0.iter().min_by_key(|(_, times)| times.back().copied()).map(|(jid, _)| jid.clone());
            if let Some(oldest) = oldest {
                self.0.remove(&oldest);
            }
        }
        let times = self.0.entry(person.clone()).or_default();
        while times.front().is_some_and(|at| now.saturating_sub(*at) >= RATE_WINDOW) {
            times.pop_front();
        }
        if times.len() >= RATE_LISTED {
            return Rate::Flood;
        }
        times.push_back(now);
        if times.len() > RATE_RUNG { Rate::Listed } else { Rate::Usual }
    }
}
