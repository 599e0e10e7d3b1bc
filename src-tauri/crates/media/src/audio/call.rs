//! The sound of one call: [`AudioCall`] is the handle, a real-time thread (`engine`) does the work, a second thread
//! (`supervisor`) opens, watches and replaces devices, so that a slow sound server never stops the sound.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc as std_mpsc,
    },
    thread::{self, Thread},
    time::Duration,
};

use confab_model::{AudioLevel, ContentName, DeviceId, DeviceKind, RtpIn, RtpOut};
use tokio::sync::mpsc;

use crate::{
    audio::{
        engine::{Engine, EngineCommand},
        processing::Processing,
        supervisor::{Supervisor, SupervisorCommand},
    },
    device::DeviceCatalog,
};

/// Events that wait for the receiver. Full: levels are dropped from half of it on, the others when it is full.
const EVENTS: usize = 64;
/// A hung sound server must not keep a call from ending.
const STOP_WAIT: Duration = Duration::from_secs(2);
/// Loss in percent that the encoder assumes before the first report: copies from the start cost 10 % of the rate, a hole in
/// the first words costs more.
const LOSS_BEFORE_REPORTS: u32 = 5;

/// Where the own sound comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum InputChoice {
    /// The system's default microphone, followed when it changes; silence while there is none.
    #[default]
    Default,
    /// This device (or test source, see [`crate::audio::test_devices`]); the default while it is away.
    Device(DeviceId),
}

/// Where the far side's sound goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OutputChoice {
    /// The system's default speaker, followed when it changes; nothing while there is none.
    #[default]
    Default,
    /// This device (or test sink); the default while it is away.
    Device(DeviceId),
}

macro_rules! choice_from_selection {
    ($choice:ident) => {
        impl From<Option<DeviceId>> for $choice {
            fn from(selected: Option<DeviceId>) -> Self {
                selected.map_or(Self::Default, Self::Device)
            }
        }
        impl $choice {
            pub(super) fn id(&self) -> Option<&DeviceId> {
                match self {
                    Self::Default => None,
                    Self::Device(id) => Some(id),
                }
            }
        }
    };
}
choice_from_selection!(InputChoice);
choice_from_selection!(OutputChoice);

/// What a call's sound begins with.
#[derive(Debug, Clone)]
pub struct AudioCallConfig {
    /// Written into every [`RtpOut`].
    pub content: ContentName,
    /// Packets of other payload types are dropped and counted as malformed.
    pub payload_type: u8,
    pub input: InputChoice,
    pub output: OutputChoice,
    /// Not applied to test sources, whose sound shall arrive as it is.
    pub processing: Processing,
    pub muted: bool,
    /// Whether the far side is heard from the start ([`AudioCall::open_gate`]).
    pub gate_open: bool,
    /// 16-bit WAV files, 48 kHz mono, of what is sent and what is received.
    pub record_sent: Option<PathBuf>,
    pub record_received: Option<PathBuf>,
}

impl AudioCallConfig {
    /// Default devices, all processing, not muted, heard, not recorded.
    pub fn new(content: ContentName, payload_type: u8) -> Self {
        Self {
            content,
            payload_type,
            input: InputChoice::Default,
            output: OutputChoice::Default,
            processing: Processing::default(),
            muted: false,
            gate_open: true,
            record_sent: None,
            record_received: None,
        }
    }
}

/// Something happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioEvent {
    /// A device is in use now: at the start, after a change, or because the chosen one is back.
    DeviceOpened { kind: DeviceKind, id: DeviceId, name: String, is_test: bool },
    /// The device in use went away. `DeviceReplaced` follows.
    DeviceLost { kind: DeviceKind, name: String },
    /// After `DeviceLost`: what took its place; `None`: nothing was left (silence; kept trying).
    DeviceReplaced { kind: DeviceKind, lost: String, replacement: Option<String> },
    /// A device could not be opened, said once per device; the call goes on. `code`: `busy`, `denied`, `notFound`, `failed`.
    DeviceFailed { kind: DeviceKind, code: &'static str, detail: String },
    /// The first packet of the far side was decoded.
    FirstAudio,
    /// 20 times a second.
    Levels(AudioLevel),
    /// The file could not be written; the call goes on.
    RecordingFailed { path: PathBuf, detail: String },
}

/// Counters since the start, and the state of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AudioStatistics {
    pub level: AudioLevel,
    /// Packets handed out, and packets dropped because the queue was full.
    pub packets_out: u64,
    pub packets_out_dropped: u64,
    /// Packets taken in; among them late, doubled, thrown away, not understood.
    pub packets_in: u64,
    pub packets_late: u64,
    pub packets_duplicate: u64,
    pub packets_discarded: u64,
    pub packets_malformed: u64,
    /// Packets restored by forward error correction.
    pub fec_used: u64,
    /// Invented sound per thousand, of all since the start.
    pub concealed_permille: u32,
    /// Time-stretched sound per thousand, of all since the start.
    pub stretched_permille: u32,
    /// ms from arrival of the fastest packets to their playout: now, and aimed at.
    pub jitter_delay_ms: u32,
    pub jitter_target_ms: u32,
    /// Samples lost between device and call: microphone, speaker.
    pub capture_overrun_samples: u64,
    pub playout_underrun_samples: u64,
    /// Echo return loss enhancement in dB where the canceller knows it.
    pub echo_reduction_db: Option<i32>,
}

/// What the handle tells the threads without a queue.
#[derive(Debug)]
pub(super) struct Controls {
    pub(super) stop: AtomicBool,
    pub(super) muted: AtomicBool,
    pub(super) gate_open: AtomicBool,
    pub(super) loss_percent: AtomicU32,
    pub(super) statistics: Mutex<AudioStatistics>,
}

/// The running sound of one call. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct AudioCall {
    controls: Arc<Controls>,
    engine: Thread,
    supervisor: std_mpsc::Sender<SupervisorCommand>,
    finished: std_mpsc::Receiver<()>,
}

impl AudioCall {
    /// Starts both threads and returns at once; devices open meanwhile and are reported by events.
    ///
    /// `rtp_out` gets a packet every 20 ms (full: the newest is dropped and counted), also while muted or without a
    /// microphone (silence), so that the far side's statistics and NAT bindings stay alive. `rtp_in` is emptied every
    /// 10 ms or earlier.
    ///
    /// # Errors
    /// The system has no thread left, or the codec no memory.
    pub fn start(
        config: AudioCallConfig,
        catalog: Arc<dyn DeviceCatalog>,
        rtp_out: mpsc::Sender<RtpOut>,
        rtp_in: mpsc::Receiver<RtpIn>,
    ) -> Result<(Self, mpsc::Receiver<AudioEvent>), StartError> {
        let (events, event_receiver) = mpsc::channel(EVENTS);
        let (engine_commands, engine_receiver) = std_mpsc::channel::<EngineCommand>();
        let (supervisor, supervisor_receiver) = std_mpsc::channel();
        let (done, finished) = std_mpsc::channel();
        let controls = Arc::new(Controls {
            stop: AtomicBool::new(false),
            muted: AtomicBool::new(config.muted),
            gate_open: AtomicBool::new(config.gate_open),
            loss_percent: AtomicU32::new(LOSS_BEFORE_REPORTS),
            statistics: Mutex::new(AudioStatistics::default()),
        });
        let mut engine = Engine::new(&config, controls.clone(), engine_receiver, rtp_out, rtp_in, events.clone())?;
        let engine_done = done.clone();
        let engine_thread = thread::Builder::new().name("audio-call".into()).spawn(move || {
            engine.run();
            drop(engine);
            let _ = engine_done.send(());
        })?;
        let engine = engine_thread.thread().clone();
        let mut owner =
            Supervisor::new(catalog, (config.input, config.output), engine_commands, engine.clone(), events);
        let supervised = thread::Builder::new().name("audio-devices".into()).spawn({
            let controls = controls.clone();
            move || {
                owner.run(&supervisor_receiver, &controls.stop);
                drop(owner);
                let _ = done.send(());
            }
        });
        let call = Self { controls, engine, supervisor, finished };
        // On an error the engine is stopped by dropping `call`.
        supervised?;
        Ok((call, event_receiver))
    }

    /// Muted: silence is sent, the microphone stays open (unmuting must be instant).
    pub fn set_muted(&self, muted: bool) {
        self.controls.muted.store(muted, Ordering::Relaxed);
    }

    /// The far side is heard from now on.
    pub fn open_gate(&self) {
        self.controls.gate_open.store(true, Ordering::Relaxed);
    }

    /// The far side is received and measured, not heard (early media before the answer, hold).
    pub fn close_gate(&self) {
        self.controls.gate_open.store(false, Ordering::Relaxed);
    }

    /// Packets that the far side reports lost, in per mille: decides how much of the rate goes into copies.
    pub fn set_loss_out(&self, permille: u32) {
        self.controls.loss_percent.store(permille.min(1_000).div_ceil(10), Ordering::Relaxed);
    }

    /// Changes the microphone; sound goes on meanwhile.
    pub fn set_input(&self, input: InputChoice) {
        let _ = self.supervisor.send(SupervisorCommand::Input(input));
    }

    /// Changes the speaker; sound goes on meanwhile.
    pub fn set_output(&self, output: OutputChoice) {
        let _ = self.supervisor.send(SupervisorCommand::Output(output));
    }

    /// At most 50 ms old.
    pub fn statistics(&self) -> AudioStatistics {
        *self.controls.statistics.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Ends both threads, closes the devices and files. Blocks until that is done, two seconds for each at most: not for async
    /// tasks. Returns false if a device did not close in time (it does so later, by itself).
    pub fn stop(self) -> bool {
        self.stop_within(STOP_WAIT)
    }

    /// [`Self::stop`] with another patience for each of the two.
    pub fn stop_within(self, patience: Duration) -> bool {
        self.signal_stop();
        // One message of each thread.
        (0..2).all(|_| self.finished.recv_timeout(patience).is_ok())
    }

    fn signal_stop(&self) {
        self.controls.stop.store(true, Ordering::Relaxed);
        self.engine.unpark();
        let _ = self.supervisor.send(SupervisorCommand::Stop);
    }
}

impl Drop for AudioCall {
    fn drop(&mut self) {
        self.signal_stop();
    }
}

/// Why a call's sound could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
    #[error("codec: {0}")]
    Codec(#[from] opus::Error),
}
