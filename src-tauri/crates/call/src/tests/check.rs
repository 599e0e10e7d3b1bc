//! The invariants of `architecture.md`, checked on every output of a machine.

use std::collections::{BTreeMap, BTreeSet};

use confab_model::*;

use crate::*;

/// What a machine has put out so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Checker {
    /// Records by call; `Some`: closed, with the reason (or "discarded").
    pub(super) records: BTreeMap<CallId, Option<String>>,
    pub(super) peers: BTreeSet<CallId>,
    media: BTreeSet<CallId>,
    ringing: BTreeSet<CallId>,
    floors: BTreeSet<CallId>,
    /// Closed before the input that is being handled.
    over: BTreeSet<CallId>,
    /// Operations that were not answered yet.
    pub(super) requests: i64,
    pub(super) strangers: BTreeSet<BareJid>,
    /// Calls of strangers that this device accepted.
    accepted: BTreeSet<BareJid>,
}

impl Checker {
    /// Before an input; `true` if it asks about a session, which even a call that is over may answer once.
    pub(super) fn before(&mut self, input: Option<&Input>) -> bool {
        self.over = self.records.iter().filter(|(_, end)| end.is_some()).map(|(id, _)| id.clone()).collect();
        match input {
            Some(Input::Operation { .. }) => self.requests += 1,
            Some(Input::Signal { received, sender }) => {
                if !sender.contact {
                    self.strangers.insert(received.provenance.from.bare());
                }
                return matches!(received.signal, Signal::SessionInitiate { .. } | Signal::Proceed { .. });
            }
            _ => {}
        }
        false
    }

    pub(super) fn output(&mut self, output: &Output, asked: bool) {
        match output {
            Output::Send(out) => self.sent(out, asked),
            Output::OpenPeer { call, .. } => {
                assert!(self.peers.insert(call.clone()), "a second peer for {call}");
                assert_eq!(
                    self.peers.iter().filter(|peer| !self.floors.contains(*peer)).count(),
                    0,
                    "a peer without the floor"
                );
            }
            Output::ApplyRemote { call, .. }
            | Output::RestartIce { call }
            | Output::AddContent { call, .. }
            | Output::RemoveContent { call, .. } => {
                assert!(self.peers.contains(call), "no peer for {call}");
            }
            Output::ClosePeer { call } => assert!(self.peers.remove(call), "{call} has no peer to close"),
            Output::StartMedia { call, .. } => {
                assert!(self.peers.contains(call), "media before the peer");
                self.media.insert(call.clone());
            }
            Output::SetGate { call, .. } => assert!(self.media.contains(call), "a gate without media"),
            Output::StopMedia { call } => assert!(self.media.remove(call), "media of {call} was not on"),
            Output::OpenRecord(record) => {
                let end = record.reason.as_ref().map(|reason| format!("{reason:?}"));
                assert!(self.records.insert(record.id.clone(), end).is_none(), "a second record of {}", record.id);
            }
            Output::UpdateRecord(record) => {
                let entry = self.records.get_mut(&record.id).expect("an update opens nothing");
                assert_eq!(*entry, None, "{} was closed", record.id);
                *entry = record.reason.as_ref().map(|reason| format!("{reason:?}"));
                assert_eq!(record.reason.is_some(), record.ended_at.is_some());
            }
            Output::Discarded { call, .. } => {
                let entry = self.records.get_mut(call).expect("discards what was shown");
                assert_eq!(*entry, None);
                *entry = Some("discarded".into());
            }
            Output::Left { call } => {
                let entry = self.records.get_mut(call).expect("leaves what was shown");
                assert_eq!(*entry, None);
                *entry = Some("left".into());
            }
            Output::Changed(snapshot) => {
                assert!(!self.over.contains(&snapshot.id), "{} changed after its end", snapshot.id);
                assert!(self.records.contains_key(&snapshot.id), "shown before it is kept");
            }
            Output::Ring { call, ring: Ring::Stopped } => assert!(self.ringing.remove(call), "{call} did not ring"),
            Output::Ring { call, ring: _ } => {
                assert!(!self.over.contains(call));
                self.ringing.insert(call.clone());
            }
            Output::Finished { .. } => self.requests -= 1,
            Output::Extension { .. } | Output::Ignored { .. } | Output::Floor(_) => {}
        }
    }

    fn sent(&mut self, out: &OutgoingSignal, asked: bool) {
        let call = match (out.signal.call(), out.signal.session()) {
            (Some(call), _) => call.clone(),
            (None, Some(sid)) => CallId(sid.0.clone()),
            (None, None) => panic!("a signal about nothing"),
        };
        let answer = asked && matches!(out.signal, Signal::SessionTerminate { .. });
        assert!(!self.over.contains(&call) || answer, "{:?} after the end", out.signal);
        let to = match &out.to {
            SignalTarget::Person(person) => person.clone(),
            SignalTarget::Device(device) => device.bare(),
            SignalTarget::OwnDevices => return,
        };
        if self.strangers.contains(&to) {
            let answers = matches!(out.signal, Signal::Proceed { .. });
            assert!(answers || self.accepted.contains(&to), "{:?} to a stranger", out.signal);
            self.accepted.insert(to);
        }
    }

    pub(super) fn granted(&mut self, call: &CallId) {
        self.floors.insert(call.clone());
    }

    /// After an input and all its outputs.
    pub(super) fn after(&self, calls: &Calls, arbiter: &Arbiter) {
        let shown = calls.snapshots();
        let mut active = 0;
        for snapshot in &shown {
            assert_eq!(self.records.get(&snapshot.id), Some(&None), "{} is shown without an open record", snapshot.id);
            match snapshot.phase {
                CallPhase::Connected { .. } => active += usize::from(!snapshot.local.held),
                CallPhase::Connecting | CallPhase::Reconnecting { .. } => {
                    active += usize::from(!snapshot.local.held);
                    assert!(calls.poll_timeout().is_some(), "no deadline");
                }
                CallPhase::Calling => assert!(calls.poll_timeout().is_some(), "no deadline"),
                CallPhase::Ended { .. } => panic!("shown after its end"),
            }
        }
        assert!(active <= 1, "{active} calls have the microphone");
        assert!(self.peers.iter().all(|peer| shown.iter().any(|s| s.id == *peer)), "a peer without a call");
        assert!(self.ringing.iter().all(|ring| shown.iter().any(|s| s.id == *ring)), "a ring without a call");
        let open = self.records.iter().filter(|(_, end)| end.is_none());
        assert!(open.clone().all(|(id, _)| shown.iter().any(|s| s.id == *id)), "an open record without a call");
        if shown.is_empty() && self.requests == 0 {
            assert_eq!(arbiter.holder(), None, "the floor was not given back");
        }
        if let Some(holder) = arbiter.holder() {
            let known = shown.iter().any(|s| s.id == holder.call && !s.local.held);
            assert!(known || self.requests > 0, "{} has the floor", holder.call);
        }
    }

    /// At the end of everything.
    pub(super) fn at_end(&self) {
        assert!(self.peers.is_empty() && self.media.is_empty() && self.ringing.is_empty(), "{self:?}");
        assert!(self.records.values().all(Option::is_some), "open records: {:?}", self.records);
        assert_eq!(self.requests, 0, "an operation without an answer");
    }
}
