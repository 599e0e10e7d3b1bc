//! The microphone into a file. A microphone is opened by [`VoiceRecorder::start`] and by nothing else, and closed when the
//! recording ends for whatever reason.

use std::{
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use confab_model::{Device, DeviceId, DeviceKind};
use tokio::sync::watch;

use crate::{
    audio::{
        SAMPLE_RATE, SILENCE,
        io::{CaptureSource, DeviceError, RunningStream, capture_ring},
        processing::Processing,
    },
    device::DeviceCatalog,
    voice::{
        LONGEST_RECORDING_MS, SAMPLES_PER_MS, milliseconds,
        presence::{Presence, candidates},
        recording::{Outcome, Recording, RecordingEnd},
    },
};

/// ms between callbacks: nobody hears the delay, and long periods cost less.
const PERIOD_MS: u32 = 20;
/// A device that has not opened by then is broken; it may have been asked twice.
const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
/// The ring holds 250 ms at the highest rate.
const PAUSE: Duration = Duration::from_millis(50);

/// What to record.
#[derive(Debug, Clone)]
pub struct RecordingOptions {
    /// The finished file, replaced if it exists. Until then it is written beside it with `.part` added to its name.
    pub path: PathBuf,
    /// `None`, or one that is not there: the system's default.
    pub microphone: Option<DeviceId>,
    /// What is done to the sound of a real microphone; nothing to test sources. There is no echo to cancel.
    pub noise_suppression: bool,
    pub gain_control: bool,
}

impl RecordingOptions {
    /// With noise suppression and gain control.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), microphone: None, noise_suppression: true, gain_control: true }
    }
}

/// A recording that runs, several times a second.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordingProgress {
    pub elapsed_ms: u32,
    /// 0..=1, decibels above −60 dBFS.
    pub level: f32,
    /// It came to its end by itself; [`VoiceRecorder::finish`] gives what is there.
    pub ended: Option<RecordingEnd>,
}

/// A finished recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub path: PathBuf,
    pub duration_ms: u32,
    /// Bytes.
    pub size: u64,
    /// 1..=64 values of 0..=100, loudness over time.
    pub waveform: Vec<u8>,
    pub end: RecordingEnd,
}

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("microphone: {0}")]
    Device(#[from] DeviceError),
    #[error("the disk is full")]
    DiskFull,
    #[error("cannot be written: {0}")]
    Disk(io::Error),
    /// It ended before anything was recorded.
    #[error("nothing was recorded")]
    Empty(RecordingEnd),
    #[error("the recording broke off")]
    Broken,
}

impl RecordError {
    /// Stable: that of the device (see [`DeviceError::code`]), `diskFull`, `diskFailed`, `empty` or `broken`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Device(error) => error.code(),
            Self::DiskFull => "diskFull",
            Self::Disk(_) => "diskFailed",
            Self::Empty(_) => "empty",
            Self::Broken => "broken",
        }
    }
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        if RecordingEnd::of_disk(&error) == RecordingEnd::DiskFull { Self::DiskFull } else { Self::Disk(error) }
    }
}

/// A recording. Dropping it without [`Self::finish`] deletes it.
pub struct VoiceRecorder {
    /// Closed: stop.
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<Outcome>>,
    progress: watch::Receiver<RecordingProgress>,
    device: Device,
    path: PathBuf,
}

impl fmt::Debug for VoiceRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoiceRecorder").field("device", &self.device).finish_non_exhaustive()
    }
}

impl VoiceRecorder {
    /// Opens the microphone and begins. Blocks until it is open: usually 100 ms, at most 10 s.
    ///
    /// # Errors
    /// No microphone can be opened, or the file cannot be made.
    pub fn start(options: RecordingOptions, catalog: Arc<dyn DeviceCatalog>) -> Result<Self, RecordError> {
        let part = part_path(&options.path);
        let file = File::create(&part)?;
        let made = Self::start_into(file, &options, catalog);
        if made.is_err() {
            remove(&part);
        }
        made
    }

    fn start_into(
        file: File,
        options: &RecordingOptions,
        catalog: Arc<dyn DeviceCatalog>,
    ) -> Result<Self, RecordError> {
        let (progress, seen) = watch::channel(RecordingProgress::default());
        let (stop, stopped) = sync_channel(1);
        let (opened, is_open) = sync_channel(1);
        let wanted = options.clone();
        let run = move || record(file, &wanted, &catalog, &opened, &stopped, &progress);
        let thread = thread::Builder::new().name("voice-recorder".to_owned()).spawn(run)?;
        // When it gives up later, the thread finds nobody there and closes what it opened.
        let device = is_open.recv_timeout(OPEN_TIMEOUT).map_err(|error| match error {
            RecvTimeoutError::Timeout => DeviceError::Failed("it does not open".to_owned()).into(),
            RecvTimeoutError::Disconnected => RecordError::Broken,
        })??;
        tracing::info!(device = %device.name, "recording a voice clip");
        Ok(Self { stop: Some(stop), thread: Some(thread), progress: seen, device, path: options.path.clone() })
    }

    /// Level and elapsed time. The last value has `ended` set when it came to its end by itself.
    pub fn progress(&self) -> watch::Receiver<RecordingProgress> {
        self.progress.clone()
    }

    /// The microphone in use.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Ends it and keeps it. Blocks until it is on the disk.
    ///
    /// # Errors
    /// Nothing was recorded, or the file could not be put into its place. Then there is no file.
    pub fn finish(mut self) -> Result<Recorded, RecordError> {
        let outcome = self.stop().ok_or(RecordError::Broken)?;
        let part = part_path(&self.path);
        if outcome.samples == 0 {
            remove(&part);
            let is_full = outcome.end == RecordingEnd::DiskFull;
            return Err(if is_full { RecordError::DiskFull } else { RecordError::Empty(outcome.end) });
        }
        if let Err(error) = fs::rename(&part, &self.path) {
            remove(&part);
            return Err(error.into());
        }
        Ok(Recorded {
            path: self.path.clone(),
            duration_ms: milliseconds(outcome.samples),
            size: outcome.size,
            waveform: outcome.waveform,
            end: outcome.end,
        })
    }

    /// Ends it and deletes it.
    pub fn cancel(self) {
        drop(self);
    }

    fn stop(&mut self) -> Option<Outcome> {
        self.stop = None;
        let thread = self.thread.take()?;
        thread.thread().unpark();
        thread.join().ok()
    }
}

impl Drop for VoiceRecorder {
    fn drop(&mut self) {
        if self.stop().is_some() {
            remove(&part_path(&self.path));
        }
    }
}

fn part_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "an unfinished recording cannot be removed");
    }
}

/// An open microphone.
struct Microphone {
    device: Device,
    source: CaptureSource,
    presence: Presence,
    /// Held for its `Drop`.
    _stream: Box<dyn RunningStream>,
}

fn open(catalog: &Arc<dyn DeviceCatalog>, choice: Option<&DeviceId>) -> Result<Microphone, DeviceError> {
    let mut failed = DeviceError::NotFound("there is no microphone".to_owned());
    for id in candidates(catalog.as_ref(), DeviceKind::Microphone, choice)? {
        match open_one(catalog, &id) {
            Ok(microphone) => return Ok(microphone),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn open_one(catalog: &Arc<dyn DeviceCatalog>, id: &DeviceId) -> Result<Microphone, DeviceError> {
    let input = catalog.audio_input(id)?;
    let (feed, ring) = capture_ring(Some(thread::current()));
    let gauge = ring.gauge();
    let stream = input.open(feed, PERIOD_MS)?;
    let source = ring.at_rate(stream.rate())?;
    let device = input.device().clone();
    let presence = Presence::watch(catalog.clone(), &device, gauge);
    Ok(Microphone { device, source, presence, _stream: stream })
}

fn processing_for(device: &Device, options: &RecordingOptions) -> Processing {
    if device.is_test {
        return Processing::NONE;
    }
    Processing {
        echo_cancellation: false,
        noise_suppression: options.noise_suppression,
        gain_control: options.gain_control,
    }
}

/// The thread.
fn record(
    file: File,
    options: &RecordingOptions,
    catalog: &Arc<dyn DeviceCatalog>,
    opened: &SyncSender<Result<Device, RecordError>>,
    stopped: &Receiver<()>,
    progress: &watch::Sender<RecordingProgress>,
) -> Outcome {
    let nothing = |end| Outcome { samples: 0, size: 0, waveform: Vec::new(), end };
    let longest = u64::from(LONGEST_RECORDING_MS) * SAMPLES_PER_MS;
    let made = open(catalog, options.microphone.as_ref()).map_err(RecordError::from).and_then(|microphone| {
        let processing = processing_for(&microphone.device, options);
        Ok((Recording::new(file, stream_serial(), processing, longest)?, microphone))
    });
    let (mut recording, mut microphone) = match made {
        Ok(made) => made,
        Err(error) => {
            let _ = opened.send(Err(error));
            return nothing(RecordingEnd::Finished);
        }
    };
    if opened.send(Ok(microphone.device.clone())).is_err() {
        return nothing(RecordingEnd::Finished);
    }
    let end = pump(&mut recording, &mut microphone, stopped, progress);
    // Closed before the disk takes its time: the light of a microphone goes out when recording ends.
    drop(microphone);
    let outcome = recording.close(end);
    if outcome.end != RecordingEnd::Finished {
        tracing::info!(end = outcome.end.code(), "a recording ended by itself");
        progress.send_modify(|seen| seen.ended = Some(outcome.end.clone()));
    }
    outcome
}

fn pump(
    recording: &mut Recording<File>,
    microphone: &mut Microphone,
    stopped: &Receiver<()>,
    progress: &watch::Sender<RecordingProgress>,
) -> RecordingEnd {
    let mut block = SILENCE;
    loop {
        // Asked first: what was said before is in the ring by then.
        let is_stopped = stopped.try_recv() == Err(TryRecvError::Disconnected);
        let is_gone = microphone.presence.is_gone(Instant::now());
        while microphone.source.next_block(&mut block) {
            match recording.take(&block) {
                Ok(Some(level)) => {
                    let elapsed_ms = milliseconds(recording.recorded());
                    progress.send_replace(RecordingProgress { elapsed_ms, level, ended: None });
                }
                Ok(None) => {}
                Err(end) => return end,
            }
        }
        if is_stopped {
            return RecordingEnd::Finished;
        }
        if is_gone {
            return RecordingEnd::MicrophoneLost(microphone.device.name.clone());
        }
        thread::park_timeout(PAUSE);
    }
}

/// Of the Ogg stream: it need only differ from those of files that it is joined with (RFC 3533 §6).
fn stream_serial() -> u32 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.subsec_nanos() ^ since.as_secs() as u32 ^ SAMPLE_RATE
}
