//! The machine itself: takes inputs, finds the call they are about, and puts out what changed.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    time::Duration,
};

use confab_model::{CallDirection, CallId, CallSnapshot, FullJid, Moment, Pii};

use crate::{
    CallsConfig, FloorEvent, FloorRequest, Ignored, Input, Output, Policy, Readiness, Ring, SessionEvent,
    memory::{Callers, Early, Settled},
    operations::Claim,
    state::{Call, End, State},
    timers::Timer,
};

/// More calls than this at once are an attack: further ones are not acted upon.
pub(crate) const CALLS_MAX: usize = 16;
/// Of those by strangers at once, so that they cannot keep contacts from calling.
pub(crate) const STRANGERS_MAX: usize = 8;

/// Where new call ids come from: random in the product, counting in tests.
pub trait IdSource {
    /// An id that was never used before, unpredictable for others (XEP-0353 §3.1 recommends UUID v4).
    fn call_id(&mut self) -> CallId;
}

impl<F: FnMut() -> CallId> IdSource for F {
    fn call_id(&mut self) -> CallId {
        self()
    }
}

/// Every call of one account on this device.
pub struct Calls {
    pub(crate) config: CallsConfig,
    pub(crate) ids: Box<dyn IdSource + Send>,
    pub(crate) calls: Vec<Call>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) readiness: Readiness,
    pub(crate) online: bool,
    pub(crate) catching_up: bool,
    /// The call of another account that has the floor.
    pub(crate) elsewhere: Option<CallId>,
    pub(crate) settled: Settled,
    pub(crate) early: Early,
    pub(crate) callers: Callers,
    pub(crate) ignored: BTreeMap<Ignored, u64>,
    /// Filled by one input, moved to `queue` in order once that input is done.
    pub(crate) out: Vec<Output>,
    queue: VecDeque<Output>,
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: Vec<_> = self.calls.iter().map(|call| (&call.id, call.state)).collect();
        f.debug_struct("Calls").field("account", &self.config.account).field("calls", &calls).finish_non_exhaustive()
    }
}

impl Calls {
    /// No calls, offline, not ready.
    pub fn new(config: CallsConfig, ids: impl IdSource + Send + 'static) -> Self {
        Self {
            config,
            ids: Box::new(ids),
            calls: Vec::new(),
            claims: Vec::new(),
            readiness: Readiness::NotReady,
            online: false,
            catching_up: false,
            elsewhere: None,
            settled: Settled::default(),
            early: Early::default(),
            callers: Callers::default(),
            ignored: BTreeMap::new(),
            out: Vec::new(),
            queue: VecDeque::new(),
        }
    }

    /// A copy that goes its own way from here, for walks over all inputs.
    #[cfg(test)]
    pub(crate) fn fork(&self, ids: impl IdSource + Send + 'static) -> Self {
        Self {
            config: self.config.clone(),
            ids: Box::new(ids),
            calls: self.calls.clone(),
            claims: self.claims.clone(),
            readiness: self.readiness.clone(),
            online: self.online,
            catching_up: self.catching_up,
            elsewhere: self.elsewhere.clone(),
            settled: self.settled.clone(),
            early: self.early.clone(),
            callers: self.callers.clone(),
            ignored: self.ignored.clone(),
            out: Vec::new(),
            queue: VecDeque::new(),
        }
    }

    /// Acts upon one input. `now` never goes back.
    pub fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Operation { request, operation } => self.on_operation(request, operation, now),
            Input::Signal { received, sender } => self.on_signal(received, sender, now),
            Input::Peer { call, event } => self.on_peer(&call, event, now),
            Input::Session(event) => self.on_session(event, now),
            Input::NetworkChanged => self.on_network_changed(now),
            Input::Readiness(readiness) => self.on_readiness(readiness, now),
            Input::Policy(policy) => self.on_policy(policy),
            Input::Floor(event) => self.on_floor(event, now),
            Input::PermissionPrompt { call, shown } => self.on_prompt(&call, shown, now),
            Input::Recover(records) => self.recover(records, now),
            Input::Settled { call, remote, knows_us } => match self.position(&call) {
                None => self.settled.remember(call, remote, knows_us),
                // It never rang here, and has its record.
                Some(index) if self.calls[index].state == State::Held => {
                    self.calls[index].finish(End::Left, now, &mut self.out);
                }
                Some(_) => {}
            },
            Input::Leave(leaving) => self.leave(leaving, now),
        }
        self.flush();
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }

    /// The monotonic time at which [`Self::handle_timeout`] wants to be called; changes with every input.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let calls = self.calls.iter().filter_map(|call| call.timers.next());
        calls.chain(self.claims.iter().map(|claim| claim.until)).min()
    }

    /// Acts upon every deadline that has come.
    pub fn handle_timeout(&mut self, now: Moment) {
        for index in 0..self.calls.len() {
            while let Some(timer) = self.calls[index].timers.take_due(now.mono) {
                self.on_timer(index, timer, now);
            }
        }
        self.expire_claims(now);
        self.flush();
    }

    /// The call as the UI shows it; `None` when it is over, unknown, or held back until the catch-up ends.
    pub fn snapshot(&self, id: &CallId) -> Option<CallSnapshot> {
        let call = self.calls.iter().find(|call| call.id == *id)?;
        call.state.is_shown().then(|| call.snapshot(self.config.account))
    }

    /// Whether the call is going on, or is remembered as over: its record says nothing that is not known here.
    pub fn knows(&self, id: &CallId) -> bool {
        self.position(id).is_some_and(|index| !self.calls[index].is_recovered()) || self.settled.remote_of(id).is_some()
    }

    /// The calls that are connected, or were and may be again.
    pub fn connected(&self) -> impl Iterator<Item = &CallId> {
        let is_on = |call: &&Call| call.is_live() && call.state.connected_since().is_some();
        self.calls.iter().filter(is_on).map(|call| &call.id)
    }

    /// All calls that are shown, the oldest first.
    pub fn snapshots(&self) -> Vec<CallSnapshot> {
        let shown = self.calls.iter().filter(|call| call.state.is_shown());
        shown.map(|call| call.snapshot(self.config.account)).collect()
    }

    /// How many inputs were not acted upon, by reason, since the start.
    pub fn ignored(&self) -> &BTreeMap<Ignored, u64> {
        &self.ignored
    }

    pub(crate) fn position(&self, id: &CallId) -> Option<usize> {
        self.calls.iter().position(|call| call.id == *id && call.is_live())
    }

    pub(crate) fn ignore(&mut self, why: Ignored, from: &FullJid) {
        let count = self.ignored.entry(why).or_default();
        *count = count.saturating_add(1);
        self.out.push(Output::Ignored { why, from: Pii(from.clone()) });
    }

    fn on_policy(&mut self, policy: Policy) {
        self.config.policy = policy;
    }

    fn on_session(&mut self, event: SessionEvent, now: Moment) {
        match event {
            SessionEvent::Online => {
                self.online = true;
                self.catching_up = true;
                self.signals_flow_again(now, true);
            }
            SessionEvent::Resumed => {
                self.online = true;
                self.signals_flow_again(now, false);
            }
            SessionEvent::Offline => {
                // A catch-up that was cut goes on when the stream is resumed: only its end ends it.
                self.online = false;
                self.signals_stopped(now);
            }
            SessionEvent::CatchUpEnded => {
                self.catching_up = false;
                self.present_held(now);
            }
        }
    }

    fn on_floor(&mut self, event: FloorEvent, now: Moment) {
        match event {
            FloorEvent::Granted(call) => self.on_granted(call, now),
            FloorEvent::Denied { call, holder } => self.on_denied(&call, holder),
            FloorEvent::Elsewhere(call) => self.elsewhere = call,
        }
    }

    /// A system prompt takes as long as the person takes (`calls.md` rule 11), within reason.
    fn on_prompt(&mut self, id: &CallId, shown: bool, now: Moment) {
        let Some(index) = self.position(id) else { return };
        let call = &mut self.calls[index];
        if shown {
            if let Some(at) = call.timers.clear(Timer::Connect) {
                call.paused_connect = Some(at.saturating_sub(now.mono));
                call.timers.set(Timer::Prompt, now.mono + self.config.timers.prompt);
            }
        } else {
            call.resume_connect(now);
        }
    }

    fn on_timer(&mut self, index: usize, timer: Timer, now: Moment) {
        if !self.calls[index].is_live() {
            return;
        }
        match timer {
            Timer::Ring => self.ring_expired(index, now),
            Timer::ReceivedCheck => self.calls[index].check_received(),
            Timer::Busy => self.busy_is_final(index, now),
            Timer::TieBreak => self.tie_break_expired(index, now),
            Timer::Connect => self.connect_expired(index, now),
            Timer::Picture => self.calls[index].stop_waiting_for_picture(now),
            Timer::Prompt => self.calls[index].resume_connect(now),
            Timer::Addition => self.calls[index].addition_expired(&mut self.out),
            Timer::Reconnect => self.reconnect_expired(index, now),
            Timer::ResponderRestart => self.responder_restarts(index, now),
        }
    }

    /// Puts out what the last input changed, and drops calls that are over. Results come last: the floor is free by
    /// then, for whoever ends one call to answer another.
    fn flush(&mut self) {
        self.demote_ringing();
        self.promote_waiting();
        for call in &mut self.calls {
            call.flush(self.config.account, &mut self.out);
        }
        let (over, live) = std::mem::take(&mut self.calls).into_iter().partition::<Vec<_>, _>(|call| !call.is_live());
        self.calls = live;
        for call in over {
            let knows_us =
                call.sender.contact || call.direction == CallDirection::Outgoing || call.answered_at.is_some();
            self.settled.remember(call.id, call.remote, knows_us);
        }
        let is_result = |output: &mut Output| matches!(output, Output::Finished { .. });
        let results: Vec<_> = self.out.extract_if(.., is_result).collect();
        self.queue.extend(self.out.drain(..));
        self.queue.extend(results);
    }

    /// Another call of this device has the floor now: what rings aloud waits quietly behind it.
    fn demote_ringing(&mut self) {
        let on = |call: &Call| call.is_live() && (call.state.is_answered() || call.state == State::Inviting);
        if self.elsewhere.is_none() && !self.calls.iter().any(on) {
            return;
        }
        let rings = |call: &&mut Call| call.is_live() && call.state == State::Ringing && call.ring == Ring::Loud;
        self.calls.iter_mut().filter(rings).for_each(|call| call.ring = Ring::Waiting);
    }

    /// A call that waited behind another one rings aloud when that is over. A held one still keeps it quiet.
    fn promote_waiting(&mut self) {
        let mut live = self.calls.iter().filter(|call| call.is_live());
        let engaged = live.any(|call| match call.state {
            State::Held => false,
            State::Ringing => call.ring == Ring::Loud,
            State::Inviting | State::Connecting | State::Connected { .. } | State::Reconnecting { .. } => true,
        });
        if engaged || self.elsewhere.is_some() {
            return;
        }
        let waiting = |call: &&mut Call| call.is_live() && call.state == State::Ringing && call.ring == Ring::Waiting;
        if let Some(call) = self.calls.iter_mut().find(waiting) {
            call.ring = Ring::Loud;
        }
    }

    pub(crate) fn floor(&mut self, request: FloorRequest) {
        self.out.push(Output::Floor(request));
    }
}
