//! The call machine of an account: feeds it, and carries out what it says.

use confab_call::{
    Calls, CallsConfig, Done, FloorEvent, Input, Operation, Output, Policy, Readiness, Ring, Sender, SessionEvent,
    StrangerPolicy as CallStrangerPolicy, TimerValues,
};
use confab_model::{CallDirection, CallId, CallPhase, CallSnapshot, Event, FullJid, ReceivedSignal, RequestId};

use super::{Reply, actor::AccountActor, outgoing::Outgoing};
use crate::{
    ErrorCode, OperationError, Settings, StrangerPolicy,
    call::{DriverEvent, OpenCall},
};

fn policy(settings: &Settings) -> Policy {
    Policy {
        call_waiting: settings.call_waiting,
        do_not_disturb: None,
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
            self.end_all_calls().await;
            self.records.flush().await;
            self.device = Some(own.clone());
            let config =
                CallsConfig { account: self.id, own, timers: TimerValues::default(), policy: policy(&self.settings) };
            self.calls = Some(Calls::new(config, CallId::random));
            match self.context.store.open_calls(self.id).await {
                Ok(open) => self.feed(Input::Recover(open.into_iter().map(|(_, record)| record).collect())).await,
                Err(error) => self.store_failed(&error),
            }
            self.feed(Input::Readiness(Readiness::Ready)).await;
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
        self.feed(Input::Signal { received, sender: Sender { contact, muted: false } }).await;
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

    pub(super) async fn handle_floor(&mut self, event: FloorEvent) {
        self.feed(Input::Floor(event)).await;
    }

    pub(super) async fn network_changed(&mut self) {
        self.feed(Input::NetworkChanged).await;
    }

    pub(super) async fn settings_changed(&mut self, settings: Settings) {
        self.feed(Input::Policy(policy(&settings))).await;
        self.settings = settings;
    }

    /// Hangs up everything, for signing out.
    pub(super) async fn end_all_calls(&mut self) {
        let Some(calls) = &self.calls else { return };
        for snapshot in calls.snapshots() {
            let request = RequestId(CallId::random().0);
            let operation = end_operation(&snapshot);
            self.feed(Input::Operation { request, operation }).await;
        }
        self.drivers.close_all().await;
    }

    /// When the machine wants to be asked again.
    pub(super) fn next_deadline(&self) -> Option<std::time::Instant> {
        let mono = self.calls.as_ref()?.poll_timeout()?;
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
        while let Some(output) = self.calls.as_mut().and_then(Calls::poll_output) {
            self.carry_out_one(output).await;
        }
    }

    async fn carry_out_one(&mut self, output: Output) {
        match output {
            Output::Send(signal) => {
                self.outgoing.push(Outgoing::Signal(signal));
            }
            Output::OpenPeer { call, role, media, send_video, bundle } => {
                self.refresh_ice_servers();
                let ice_servers = self.ice_servers.clone();
                self.drivers.open(OpenCall { call, role, media, send_video, bundle, ice_servers });
            }
            Output::ApplyRemote { call, description } => self.drivers.apply_remote(&call, description),
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
                    let _ = reply.send(result.map_err(OperationError::from));
                }
            }
            Output::Ignored { why, from } => tracing::debug!(?why, ?from, "a call signal was not acted upon"),
        }
    }
}

/// What ends a call in the state it is in: a person has one button for it.
pub(crate) fn end_operation(snapshot: &CallSnapshot) -> Operation {
    let call = snapshot.id.clone();
    match (&snapshot.phase, snapshot.direction) {
        (CallPhase::Calling, CallDirection::Outgoing) => Operation::Cancel { call, extension: None },
        (CallPhase::Calling, CallDirection::Incoming) => Operation::Reject { call, text: None, extension: None },
        (
            CallPhase::Connecting
            | CallPhase::Connected { .. }
            | CallPhase::Reconnecting { .. }
            | CallPhase::Ended { .. },
            _,
        ) => Operation::HangUp { call, text: None, extension: None },
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
