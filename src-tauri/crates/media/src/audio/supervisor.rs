//! The slow half of a call's sound: opens the chosen devices, watches them and replaces what went away. It owns the open
//! streams; the engine only gets their ring ends.
//!
//! One rule covers start, choice, loss, return and a changed default: of the devices that are there and did not
//! just fail, the chosen one is used, else the default, else any real one, else silence; whenever that is another
//! than the one in use, it is opened and takes over.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    thread::Thread,
    time::{Duration, Instant},
};

use confab_model::{Device, DeviceId, DeviceKind};
use tokio::sync::mpsc;

use crate::{
    audio::{
        call::{AudioEvent, InputChoice, OutputChoice},
        engine::EngineCommand,
        io::{AudioInput, AudioOutput, DeviceError, Gauge, RunningStream, capture_ring, playout_ring},
        test_devices::{TestInput, TestOutput},
    },
    device::{DeviceCatalog, POLL_INTERVAL},
};

/// How often streams are asked whether they live: a dead microphone is noticed before a word is over.
const HEALTH_EVERY: Duration = Duration::from_millis(200);
/// A device that called back no more for this time is dead, whatever the platform says. Machines under load pause longer
/// than one would think.
const STALLED_AFTER: Duration = Duration::from_secs(4);
/// A device that moves less sound than this share of real time loses some on its way to us: it needs longer periods.
const STARVING_PERCENT: u64 = 96;
const STARVING_WINDOW: Duration = Duration::from_millis(500);
/// Below this share twice the period would not help.
const FAMISHED_PERCENT: u64 = 85;
/// ms; where every device begins, and the longest that is still a conversation.
const FIRST_PERIOD_MS: u32 = 10;
const LONGEST_PERIOD_MS: u32 = 40;
/// Asking costs half a millisecond at a PulseAudio, ten times as much at a bare ALSA: a quarter per cent of the time at
/// most, but often enough that a headset is taken while it is being put on.
const LIST_COST: u32 = 400;
const LONGEST_POLL: Duration = Duration::from_secs(3);
/// Questions to the sound system that may fail in a row before its devices count as gone.
const UNKNOWN_LISTS: u32 = 3;
/// A device that failed is tried again after 2 s, then 4, 8 … 64.
const RETRY_FIRST: Duration = Duration::from_secs(2);
const RETRY_DOUBLINGS: u32 = 5;

/// From the handle.
#[derive(Debug)]
pub(super) enum SupervisorCommand {
    Input(InputChoice),
    Output(OutputChoice),
    Stop,
}

struct InUse {
    device: Device,
    /// Held for its `Drop`.
    _stream: Box<dyn RunningStream>,
    gauge: Arc<Gauge>,
    rate: u32,
    callbacks: u64,
    alive: Instant,
    /// Since when, from which frame on the pace is measured.
    window: (Instant, u64),
}

#[derive(Debug)]
struct Failure {
    times: u32,
    retry_at: Instant,
}

/// One direction.
struct Direction {
    kind: DeviceKind,
    choice: Option<DeviceId>,
    in_use: Option<InUse>,
    /// The device in use is what is taken when there is none.
    is_stand_in: bool,
    failures: HashMap<DeviceId, Failure>,
    /// "There is no device at all" was said.
    absence_told: bool,
    period_ms: u32,
    /// The device in use shall be opened again with this longer period.
    is_starving: bool,
}

pub(super) struct Supervisor {
    catalog: Arc<dyn DeviceCatalog>,
    engine_commands: Sender<EngineCommand>,
    engine: Thread,
    events: mpsc::Sender<AudioEvent>,
    input: Direction,
    output: Direction,
}

impl Supervisor {
    pub(super) fn new(
        catalog: Arc<dyn DeviceCatalog>,
        (input, output): (InputChoice, OutputChoice),
        engine_commands: Sender<EngineCommand>,
        engine: Thread,
        events: mpsc::Sender<AudioEvent>,
    ) -> Self {
        Self {
            catalog,
            engine_commands,
            engine,
            events,
            input: Direction::new(DeviceKind::Microphone, input.id().cloned()),
            output: Direction::new(DeviceKind::Speaker, output.id().cloned()),
        }
    }

    /// Until told to stop or the handle is gone. Commands are unbounded in number but come from a person's clicks.
    pub(super) fn run(&mut self, commands: &Receiver<SupervisorCommand>, stop: &AtomicBool) {
        let mut listed: Option<Instant> = None;
        let mut poll = POLL_INTERVAL;
        let mut unknown = 0;
        while !stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            let died = self.input.check(now) | self.output.check(now);
            // What is built in is always there.
            let is_settled = self.input.is_built_in() && self.output.is_built_in();
            if died || listed.is_none_or(|at| !is_settled && now.duration_since(at) >= poll) {
                let devices = self.catalog.audio();
                listed = Some(now);
                poll = (now.elapsed() * LIST_COST).clamp(POLL_INTERVAL, LONGEST_POLL);
                unknown = if devices.is_err() { unknown + 1 } else { 0 };
                // No answer is not the answer "none", until it stays so.
                if devices.is_ok() || died || unknown >= UNKNOWN_LISTS {
                    self.reconcile(&devices.unwrap_or_default(), now);
                }
            }
            match commands.recv_timeout(HEALTH_EVERY) {
                Ok(SupervisorCommand::Input(choice)) => {
                    self.input.choose(choice.id().cloned());
                    listed = None;
                }
                Ok(SupervisorCommand::Output(choice)) => {
                    self.output.choose(choice.id().cloned());
                    listed = None;
                }
                Ok(SupervisorCommand::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn reconcile(&mut self, devices: &[Device], now: Instant) {
        let opener = Opener {
            catalog: self.catalog.as_ref(),
            engine_commands: &self.engine_commands,
            engine: &self.engine,
            events: &self.events,
        };
        self.output.reconcile(devices, now, &opener);
        self.input.reconcile(devices, now, &opener);
    }
}

/// What both directions need to open a device.
struct Opener<'a> {
    catalog: &'a dyn DeviceCatalog,
    engine_commands: &'a Sender<EngineCommand>,
    engine: &'a Thread,
    events: &'a mpsc::Sender<AudioEvent>,
}

impl Opener<'_> {
    fn tell(&self, event: AudioEvent) {
        tracing::info!(?event, "audio device");
        let _ = self.events.try_send(event);
    }

    fn open(&self, kind: DeviceKind, id: &DeviceId, period_ms: u32) -> Result<InUse, DeviceError> {
        match kind {
            DeviceKind::Microphone => self.open_input(self.catalog.audio_input(id)?.as_ref(), period_ms),
            DeviceKind::Speaker => self.open_output(self.catalog.audio_output(id)?.as_ref(), period_ms),
            DeviceKind::Camera => Err(DeviceError::NotFound(id.0.clone())),
        }
    }

    fn open_input(&self, input: &dyn AudioInput, period_ms: u32) -> Result<InUse, DeviceError> {
        let (feed, ring) = capture_ring(Some(self.engine.clone()));
        let gauge = ring.gauge();
        let stream = input.open(feed, period_ms)?;
        let rate = stream.rate();
        let source = ring.at_rate(rate)?;
        let device = input.device().clone();
        let _ = self.engine_commands.send(EngineCommand::Capture { source, processed: !device.is_test });
        Ok(InUse::new(device, stream, gauge, rate))
    }

    fn open_output(&self, output: &dyn AudioOutput, period_ms: u32) -> Result<InUse, DeviceError> {
        let (ring, feed) = playout_ring(Some(self.engine.clone()));
        let gauge = ring.gauge();
        let stream = output.open(feed, period_ms)?;
        let rate = stream.rate();
        let sink = ring.at_rate(rate)?;
        let _ = self.engine_commands.send(EngineCommand::Playout(sink));
        Ok(InUse::new(output.device().clone(), stream, gauge, rate))
    }

    /// What is taken when there is no device: silence in, nowhere out.
    fn stand_in(&self, kind: DeviceKind) -> Option<InUse> {
        let opened = match kind {
            DeviceKind::Microphone => {
                self.open_input(&TestInput::named(&DeviceId("test:silence".to_owned()))?, FIRST_PERIOD_MS)
            }
            DeviceKind::Speaker | DeviceKind::Camera => self.open_output(&TestOutput::null(), FIRST_PERIOD_MS),
        };
        opened.ok()
    }
}

impl InUse {
    fn new(device: Device, stream: Box<dyn RunningStream>, gauge: Arc<Gauge>, rate: u32) -> Self {
        let now = Instant::now();
        Self { device, _stream: stream, window: (now, 0), gauge, rate, callbacks: 0, alive: now }
    }

    /// By what to multiply the period: above 1 when the last window went by with less sound than time.
    fn starved(&mut self, now: Instant) -> u32 {
        let elapsed = now.saturating_duration_since(self.window.0);
        if elapsed < STARVING_WINDOW {
            return 1;
        }
        let frames = self.gauge.frames();
        let moved = frames - self.window.1;
        // The first window has the time in which the device was being started.
        let is_first = self.window.1 == 0;
        self.window = (now, frames);
        let due = (elapsed.as_secs_f64() * f64::from(self.rate)) as u64;
        // A machine that slept or stood still says nothing about the device.
        if is_first || elapsed >= 3 * STARVING_WINDOW {
            return 1;
        }
        let percent = moved * 100 / due.max(1);
        if percent < FAMISHED_PERCENT {
            4
        } else if percent < STARVING_PERCENT {
            2
        } else {
            1
        }
    }
}

impl Direction {
    fn new(kind: DeviceKind, choice: Option<DeviceId>) -> Self {
        Self {
            kind,
            choice,
            in_use: None,
            is_stand_in: false,
            failures: HashMap::new(),
            absence_told: false,
            period_ms: FIRST_PERIOD_MS,
            is_starving: false,
        }
    }

    fn choose(&mut self, choice: Option<DeviceId>) {
        // A person who chooses a device again wants it tried again.
        if let Some(id) = &choice {
            self.failures.remove(id);
        }
        self.choice = choice;
    }

    /// Notices a device that died. True: look for another at once.
    fn check(&mut self, now: Instant) -> bool {
        let Some(in_use) = &mut self.in_use else { return false };
        let callbacks = in_use.gauge.callbacks();
        if callbacks != in_use.callbacks {
            in_use.callbacks = callbacks;
            in_use.alive = now;
        }
        let longer = if in_use.device.is_test { 1 } else { in_use.starved(now) };
        if longer > 1 && self.period_ms < LONGEST_PERIOD_MS {
            self.period_ms = (self.period_ms * longer).min(LONGEST_PERIOD_MS);
            self.is_starving = true;
            tracing::info!(kind = ?self.kind, period_ms = self.period_ms, "audio device loses sound, opening it again");
        }
        let stalled = now.duration_since(in_use.alive) >= STALLED_AFTER;
        stalled || self.is_starving || in_use.gauge.has_failed()
    }

    fn is_dead(&self) -> bool {
        self.in_use.as_ref().is_some_and(|in_use| in_use.gauge.has_failed() || in_use.alive.elapsed() >= STALLED_AFTER)
    }

    fn failed(&mut self, id: &DeviceId, now: Instant) -> u32 {
        let failure = self.failures.entry(id.clone()).or_insert(Failure { times: 0, retry_at: now });
        failure.retry_at = now + RETRY_FIRST * 2u32.pow(failure.times.min(RETRY_DOUBLINGS));
        failure.times += 1;
        failure.times
    }

    /// Best first; without those that failed a moment ago.
    fn candidates(&self, devices: &[Device], now: Instant) -> Vec<DeviceId> {
        let of_kind = || devices.iter().filter(|device| device.kind == self.kind);
        let is_there = |id: &&DeviceId| is_built_in(id) || of_kind().any(|device| device.id == **id);
        let chosen = self.choice.iter().filter(is_there).cloned();
        let default = of_kind().filter(|device| device.is_default && !device.is_test).map(|device| device.id.clone());
        let others = of_kind().filter(|device| !device.is_default && !device.is_test).map(|device| device.id.clone());
        let mut ids: Vec<DeviceId> = Vec::new();
        for id in chosen.chain(default).chain(others) {
            let is_in_use = self.in_use.as_ref().is_some_and(|in_use| in_use.device.id == id);
            let waits = !is_in_use && self.failures.get(&id).is_some_and(|failure| now < failure.retry_at);
            if !waits && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    fn reconcile(&mut self, devices: &[Device], now: Instant, opener: &Opener<'_>) {
        let dead = self.is_dead();
        let current = self.in_use.as_ref().filter(|_| !self.is_stand_in).map(|in_use| in_use.device.clone());
        let vanished = current.as_ref().is_some_and(|device| {
            !is_built_in(&device.id) && !devices.iter().any(|there| there.kind == self.kind && there.id == device.id)
        });
        let lost = current.clone().filter(|_| dead || vanished);
        if let Some(device) = &lost {
            tracing::info!(dead, vanished, kind = ?self.kind, "audio device is gone");
            opener.tell(AudioEvent::DeviceLost { kind: self.kind, name: device.name.clone() });
            // Closed first: the platform may have moved its stream to the device that is opened next.
            self.in_use = None;
            if dead && !vanished && self.failures.contains_key(&device.id) {
                self.failed(&device.id, now);
            } else if dead && !vanished {
                // The first time it may be the server that was restarted: the same device is tried at once.
                self.failures.insert(device.id.clone(), Failure { times: 0, retry_at: now });
            }
        }
        let still = current.filter(|_| lost.is_none());
        if std::mem::take(&mut self.is_starving)
            && let Some(device) = &still
        {
            self.open_again(device, opener);
        }
        let opened = self.open_best(devices, still.as_ref(), now, opener);
        if let Some(lost) = lost {
            let replacement = opened.map(|device| device.name);
            opener.tell(AudioEvent::DeviceReplaced { kind: self.kind, lost: lost.name, replacement });
        }
    }

    /// The same device with the present period; when that fails it goes on as it is.
    fn open_again(&mut self, device: &Device, opener: &Opener<'_>) {
        match opener.open(self.kind, &device.id, self.period_ms) {
            Ok(in_use) => self.in_use = Some(in_use),
            Err(error) => tracing::warn!(%error, kind = ?self.kind, "audio device cannot be opened again"),
        }
    }

    /// Opens the best candidate unless it is `still` in use. Returns what was opened.
    fn open_best(
        &mut self,
        devices: &[Device],
        still: Option<&Device>,
        now: Instant,
        opener: &Opener<'_>,
    ) -> Option<Device> {
        for id in self.candidates(devices, now) {
            if still.is_some_and(|device| device.id == id) {
                return None;
            }
            match opener.open(self.kind, &id, self.period_ms) {
                Ok(in_use) => {
                    let device = in_use.device.clone();
                    self.in_use = Some(in_use);
                    self.is_stand_in = false;
                    self.absence_told = false;
                    let (id, name, is_test) = (device.id.clone(), device.name.clone(), device.is_test);
                    opener.tell(AudioEvent::DeviceOpened { kind: self.kind, id, name, is_test });
                    return Some(device);
                }
                Err(error) => {
                    if self.failed(&id, now) == 1 {
                        self.tell_failure(&error, opener);
                    }
                }
            }
        }
        if still.is_none() {
            self.stand_in(opener);
        }
        None
    }

    fn stand_in(&mut self, opener: &Opener<'_>) {
        if !(self.is_stand_in && self.in_use.is_some()) {
            self.in_use = opener.stand_in(self.kind);
            self.is_stand_in = true;
        }
        if !self.absence_told && self.failures.is_empty() {
            self.tell_failure(&DeviceError::NotFound("there is no device".to_owned()), opener);
        }
        self.absence_told = true;
    }

    fn tell_failure(&self, error: &DeviceError, opener: &Opener<'_>) {
        opener.tell(AudioEvent::DeviceFailed { kind: self.kind, code: error.code(), detail: error.to_string() });
    }
}

impl Direction {
    /// The choice is in use, and it is one of ours.
    fn is_built_in(&self) -> bool {
        let in_use = self.in_use.as_ref().map(|in_use| &in_use.device.id);
        in_use.is_some_and(|id| self.choice.as_ref() == Some(id) && is_built_in(id))
    }
}

fn is_built_in(id: &DeviceId) -> bool {
    TestInput::named(id).is_some() || TestOutput::named(id).is_some()
}
