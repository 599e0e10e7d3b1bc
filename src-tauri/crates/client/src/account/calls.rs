//! The call machine of an account: feeds it, and carries out what it says.

use std::{collections::BTreeMap, time::Duration};

use confab_call::{
    Calls, CallsConfig, DoNotDisturb, Done, FloorEvent, Input, Leaving, Operation, Output, PeerEvent, Policy,
    Readiness, Ring, SessionEvent, Standing, StrangerPolicy as CallStrangerPolicy, TimerValues,
};
use confab_model::{
    AccountId, Availability, BareJid, CallDirection, CallId, CallRecord, CallSnapshot, CallStage, ConnectionState,
    Event, FullJid, ReceivedSignal, RequestId, SignInFailure, Signal, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Reply, actor::AccountActor, outgoing::Outgoing, push::Enabled};
use crate::{
    ErrorCode, OperationError, Settings, StrangerPolicy,
    call::{DriverEvent, OpenCall},
};

/// How often it is kept that a call goes on: what a crash may take from a call's length.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// The calls that went on, with when that was last known.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Heartbeat(BTreeMap<String, Timestamp>);

fn heartbeat_key(account: AccountId) -> String {
    format!("calls-on.{}", account.0)
}

/// A stream that is back within this time is worth waiting for with a call: what the machine waits for readiness.
const SOON: Duration = Duration::from_secs(10);

/// Whether calls can be placed (`docs/call-states.md`): there is a stream, and STUN and TURN servers are known or known
/// to be absent. Without them the first call of the day would fail behind a router that the second one passes.
fn readiness(connection: &ConnectionState, servers_settled: bool, now: Timestamp) -> Readiness {
    let failed = |why: &SignInFailure| OperationError::from(why.clone()).code.as_str().to_owned();
    match connection {
        ConnectionState::Online { .. } if servers_settled => Readiness::Ready,
        ConnectionState::Online { .. } | ConnectionState::Connecting => Readiness::Preparing,
        ConnectionState::Waiting { retry_at, .. } if *retry_at <= now.plus(SOON) => Readiness::Preparing,
        ConnectionState::Waiting { why, .. } | ConnectionState::Failed { why } => {
            Readiness::Failed { why: failed(why) }
        }
        ConnectionState::Offline => Readiness::NotReady,
    }
}

fn policy(settings: &Settings, availability: &Availability) -> Policy {
    Policy {
        call_waiting: settings.call_waiting,
        do_not_disturb: availability.do_not_disturb.then(DoNotDisturb::default),
        strangers: match settings.ring_strangers {
            StrangerPolicy::Ring => CallStrangerPolicy::Ring,
            StrangerPolicy::Silent => CallStrangerPolicy::Silent,
            StrangerPolicy::Block => CallStrangerPolicy::Block,
        },
    }
}

impl AccountActor {
    /// The stream is up. The machine is made the first time, and again if the server gave another address: then
    /// nobody can reach this device in its old calls.
    pub(super) async fn calls_online(&mut self, own: FullJid, resumed: bool) {
        if self.calls.is_none() || self.device.as_ref() != Some(&own) {
            self.leave_calls(Leaving::UntilStart).await;
            self.records.flush().await;
            self.device = Some(own.clone());
            let config = CallsConfig {
                account: self.id,
                own,
                timers: TimerValues::default(),
                policy: policy(&self.settings, &self.availability),
            };
            self.calls = Some(Calls::new(config, CallId::random));
            self.recover_calls().await;
            self.readiness = None;
            self.update_readiness().await;
        }
        let event = if resumed { SessionEvent::Resumed } else { SessionEvent::Online };
        self.feed(Input::Session(event)).await;
    }

    pub(super) async fn calls_offline(&mut self) {
        self.feed(Input::Session(SessionEvent::Offline)).await;
    }

    pub(super) async fn calls_caught_up(&mut self) {
        self.feed(Input::Session(SessionEvent::CatchUpEnded)).await;
    }

    pub(super) async fn signal_received(&mut self, received: ReceivedSignal) {
        let other = if received.provenance.from.bare() == self.jid {
            received.provenance.to.clone()
        } else {
            received.provenance.from.bare()
        };
        let contact = self.may_know_of_us(&other).await;
        self.look_up_settled(&received.signal, contact).await;
        self.feed(Input::Signal { received, sender: Standing { contact, muted: false } }).await;
    }

    pub(super) async fn operate_call(&mut self, operation: Operation, reply: Reply<Done>) {
        if self.calls.is_none() {
            let _ = reply.send(Err(OperationError::new(ErrorCode::NotOnline, "not signed in yet")));
            return;
        }
        let request = RequestId(CallId::random().0);
        self.waiting_operations.insert(request.clone(), reply);
        self.feed(Input::Operation { request, operation }).await;
    }

    pub(super) async fn handle_driver(&mut self, call: CallId, event: DriverEvent) {
        match event {
            DriverEvent::Peer(event) => self.feed(Input::Peer { call, event }).await,
            DriverEvent::Quality(report) => {
                self.heartbeat();
                if let Some(calls) = &mut self.calls {
                    self.drivers.keep_quality(&call, report.clone());
                    if let Some(mut snapshot) = calls.snapshot(&call) {
                        self.drivers.add_quality(&mut snapshot);
                        self.publish(Event::CallChanged { call: snapshot });
                    }
                }
            }
        }
    }

    /// The calls that are not over, as their events show them.
    pub(super) fn live_calls(&self) -> Vec<CallSnapshot> {
        let mut calls = self.calls.as_ref().map(Calls::snapshots).unwrap_or_default();
        for call in &mut calls {
            self.drivers.add_quality(call);
        }
        calls
    }

    pub(super) async fn handle_floor(&mut self, event: FloorEvent) {
        self.feed(Input::Floor(event)).await;
    }

    pub(super) fn is_online(&self) -> bool {
        matches!(self.account.borrow().connection, ConnectionState::Online { .. })
    }

    /// Tells the machine whether calls can be placed, where that has changed.
    pub(super) async fn update_readiness(&mut self) {
        let now = self.context.clock.now().wall;
        let readiness = readiness(&self.account.borrow().connection, self.ice_servers.is_settled(), now);
        if self.calls.is_some() && self.readiness.as_ref() != Some(&readiness) {
            self.readiness = Some(readiness.clone());
            self.feed(Input::Readiness(readiness)).await;
        }
    }

    pub(super) async fn network_changed(&mut self) {
        self.feed(Input::NetworkChanged).await;
    }

    pub(super) async fn settings_changed(&mut self, settings: Settings) {
        self.settings = settings;
        self.push.change(Enabled::wanted(&self.settings));
        self.policy_changed().await;
    }

    /// Settings or the own availability are others.
    pub(super) async fn policy_changed(&mut self) {
        let policy = policy(&self.settings, &self.availability);
        self.feed(Input::Policy(policy)).await;
    }

    /// Ends what this device placed or answered, and waits until its devices are free. What rings goes on elsewhere.
    pub(super) async fn leave_calls(&mut self, leaving: Leaving) {
        self.feed(Input::Leave(leaving)).await;
        self.calls = None;
        // The machine has answered all; whoever waits for a call that it never had is not left waiting either.
        for (_, reply) in self.waiting_operations.drain() {
            let _ = reply.send(Err(OperationError::gone()));
        }
        self.drivers.close_all().await;
    }

    /// Closes the records that a crash left open.
    async fn recover_calls(&mut self) {
        let open = match self.context.store.open_calls(self.id).await {
            Ok(open) => open,
            Err(error) => return self.store_failed(&error),
        };
        let seen = match self.context.store.setting::<Heartbeat>(&heartbeat_key(self.id)).await {
            Ok(seen) => seen.unwrap_or_default(),
            Err(error) => return self.store_failed(&error),
        };
        let records = open.into_iter().map(|(_, record)| {
            let ended_at = record.ended_at.or_else(|| seen.0.get(&record.id.0).copied());
            CallRecord { ended_at, ..record }
        });
        let records = records.collect();
        self.feed(Input::Recover(records)).await;
    }

    /// Keeps now and then that calls go on, so that a crash does not make a long call a short one.
    fn heartbeat(&mut self) {
        let now = self.context.clock.now();
        let Some(calls) = &self.calls else { return };
        if self.last_heartbeat.is_some_and(|last| now.mono.saturating_sub(last) < HEARTBEAT) {
            return;
        }
        let beat = Heartbeat(calls.connected().map(|call| (call.0.clone(), now.wall)).collect());
        if beat.0.is_empty() {
            return;
        }
        self.last_heartbeat = Some(now.mono);
        let (store, key) = (self.context.store.clone(), heartbeat_key(self.id));
        // Beside the calls' way: it waits for the disk.
        tokio::spawn(async move {
            if let Err(error) = store.set_setting(&key, &beat).await {
                tracing::warn!(%error, "it is not kept that a call goes on");
            }
        });
    }

    /// Tells the machine of a closed record before the signal that would open the call again: an archive is read twice
    /// after a crash, and ids are chosen by the far side.
    async fn look_up_settled(&mut self, signal: &Signal, contact: bool) {
        let call = match signal {
            Signal::Propose { call, .. } => call.clone(),
            Signal::SessionInitiate { sid, .. } => CallId(sid.0.clone()),
            _ => return,
        };
        if self.calls.as_ref().is_none_or(|calls| calls.knows(&call)) {
            return;
        }
        match self.context.store.call_record(self.id, &call).await {
            Ok(Some(record)) if record.reason.is_some() => {
                let Some((remote, _)) = record.people.first() else { return };
                let knows_us = contact || record.direction == CallDirection::Outgoing || record.answered_at.is_some();
                self.feed(Input::Settled { call, remote: remote.clone(), knows_us }).await;
            }
            Ok(_) => {}
            Err(error) => self.store_failed(&error),
        }
    }

    /// The store has a closed record of a call, of another device.
    pub(super) async fn call_settled(&mut self, call: CallId, remote: BareJid, knows_us: bool) {
        self.feed(Input::Settled { call, remote, knows_us }).await;
    }

    /// When the machine, or the servers' list, wants to be looked after again.
    pub(super) fn next_deadline(&self) -> Option<std::time::Instant> {
        let calls = self.calls.as_ref().and_then(Calls::poll_timeout);
        let mono = calls.into_iter().chain(self.ice_servers.next(self.is_online())).min()?;
        Some(self.context.clock.instant(mono))
    }

    pub(super) async fn call_timers_due(&mut self) {
        if let Some(calls) = &mut self.calls {
            calls.handle_timeout(self.context.clock.now());
            self.carry_out().await;
        }
    }

    async fn feed(&mut self, input: Input) {
        if let Some(calls) = &mut self.calls {
            calls.handle(input, self.context.clock.now());
            self.carry_out().await;
        }
    }

    async fn carry_out(&mut self) {
        loop {
            while let Some(output) = self.calls.as_mut().and_then(Calls::poll_output) {
                self.carry_out_one(output).await;
            }
            let Some(call) = self.drivers.take_failed() else { return };
            if let Some(calls) = &mut self.calls {
                let event = PeerEvent::Failed { stage: CallStage::Media };
                calls.handle(Input::Peer { call, event }, self.context.clock.now());
            }
        }
    }

    async fn carry_out_one(&mut self, output: Output) {
        match output {
            Output::Send(signal) => {
                self.outgoing.push(Outgoing::Signal(signal));
            }
            Output::OpenPeer { call, role, media, send_video, bundle } => {
                self.ask_for_ice_servers();
                let ice_servers = self.ice_servers.usable(self.context.clock.now());
                self.drivers.open(OpenCall { call, role, media, send_video, bundle, ice_servers });
            }
            Output::ApplyRemote { call, description } => self.drivers.apply_remote(&call, description),
            Output::AddContent { call, content, kind } => self.drivers.add_content(&call, content, kind),
            Output::RemoveContent { call, content } => self.drivers.remove_content(&call, content),
            Output::RestartIce { call } => self.drivers.restart_ice(&call),
            Output::ClosePeer { call } => self.drivers.close(&call),
            Output::StartMedia { call, media, camera } => self.drivers.start_media(&call, media, camera),
            Output::SetGate { call, gate } => self.drivers.set_gate(&call, gate),
            Output::StopMedia { call } => self.drivers.stop_media(&call),
            Output::OpenRecord(record) | Output::UpdateRecord(record) => self.records.keep(record),
            Output::Discarded { call, by: _ } => {
                self.drivers.close(&call);
                self.records.discard(call.clone());
                self.publish(Event::CallDiscarded { call });
            }
            // Its record stays open, for the archive tells at the next start what became of it.
            Output::Left { call } => self.publish(Event::CallDiscarded { call }),
            Output::Changed(mut snapshot) => {
                self.drivers.add_quality(&mut snapshot);
                self.publish(Event::CallChanged { call: snapshot });
            }
            Output::Ring { call, ring } => self.publish(Event::CallRinging { call, ring: ring_kind(ring) }),
            Output::Extension { call, extension } => {
                self.publish(Event::CallExtension { call, extension: extension.into() });
            }
            Output::Floor(request) => {
                let _ = self.context.floor.send((self.id, request));
            }
            Output::Finished { request, result } => {
                if let Some(reply) = self.waiting_operations.remove(&request) {
                    self.records.answer(reply, result.map_err(OperationError::from));
                }
            }
            Output::Ignored { why, from } => tracing::debug!(?why, ?from, "a call signal was not acted upon"),
        }
    }
}

fn ring_kind(ring: Ring) -> confab_model::RingKind {
    match ring {
        Ring::Loud => confab_model::RingKind::Loud,
        Ring::Waiting => confab_model::RingKind::Waiting,
        Ring::Silent => confab_model::RingKind::Silent,
        Ring::Stopped => confab_model::RingKind::Stopped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_ready_with_a_stream_and_known_servers_only() {
        let now = Timestamp(1_800_000_000_000);
        let of = |connection| readiness(&connection, true, now);
        assert_eq!(of(ConnectionState::Online { catching_up: true }), Readiness::Ready);
        assert_eq!(readiness(&ConnectionState::Online { catching_up: false }, false, now), Readiness::Preparing);
        assert_eq!(of(ConnectionState::Connecting), Readiness::Preparing);
        let waiting = |seconds| ConnectionState::Waiting {
            retry_at: now.plus(Duration::from_secs(seconds)),
            why: SignInFailure::Unreachable { detail: "no route".to_owned() },
        };
        assert_eq!(of(waiting(2)), Readiness::Preparing);
        assert_eq!(of(waiting(40)), Readiness::Failed { why: "unreachable".to_owned() });
        assert_eq!(
            of(ConnectionState::Failed { why: SignInFailure::WrongPassword }),
            Readiness::Failed { why: "wrongPassword".to_owned() }
        );
        assert_eq!(of(ConnectionState::Offline), Readiness::NotReady);
    }
}
