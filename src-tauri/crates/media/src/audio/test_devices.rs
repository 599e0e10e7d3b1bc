//! Built-in sources and sinks: a tone, a file, silence; a file, nothing. Each has a thread of its own that keeps the
//! pace of a device, so that everything behind the seam runs as with hardware.
//!
//! | id | |
//! |---|---|
//! | `test:tone`, `test:tone:660` | a tone (440 Hz or the number) that rises to twice that in the last fifth of each second |
//! | `test:silence` | nothing |
//! | `file:/a/b.wav`, `file-loop:/a/b.wav` | a WAV file, once (then silence) or again and again |
//! | speaker `test:null` | nowhere |
//! | speaker `file:/a/b.wav` | a WAV file, overwritten |

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use confab_model::{Device, DeviceId, DeviceKind};

use crate::audio::{
    BLOCK, Block, SAMPLE_RATE, SILENCE,
    io::{AudioInput, AudioOutput, CaptureFeed, DeviceError, PlayoutFeed, RunningStream},
    wav,
};

const BLOCK_TIME: Duration = Duration::from_millis(10);
/// A thread that was away for longer (suspended machine) does not catch up.
const MAX_BEHIND: Duration = Duration::from_millis(500);
/// −14 dBFS: loud speech.
const TONE_PEAK: f32 = 0.2;
const DEFAULT_HZ: u32 = 440;
/// Of the tone: hearable, and its rise stays below half of the narrowest codec bandwidth (4 kHz).
const TONE_RANGE: std::ops::RangeInclusive<u32> = 100..=1_900;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Tone { hz: u32 },
    Silence,
    File { path: PathBuf, again: bool },
}

/// A built-in source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestInput {
    device: Device,
    source: Source,
}

fn device(id: &str, kind: DeviceKind, name: &str) -> Device {
    Device { id: DeviceId(id.to_owned()), kind, name: name.to_owned(), is_default: false, is_test: true }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

impl TestInput {
    /// Those that a person may choose.
    pub fn listed() -> Vec<Device> {
        ["test:tone", "test:silence"].iter().filter_map(|id| Self::parse(id)).map(|input| input.device).collect()
    }

    /// The source with this id, if it is one of ours.
    pub fn named(id: &DeviceId) -> Option<Self> {
        Self::parse(&id.0)
    }

    fn parse(id: &str) -> Option<Self> {
        let input = |name: &str, source| Self { device: device(id, DeviceKind::Microphone, name), source };
        if let Some(path) = id.strip_prefix("file:") {
            return Some(input(file_name(path), Source::File { path: path.into(), again: false }));
        }
        if let Some(path) = id.strip_prefix("file-loop:") {
            return Some(input(file_name(path), Source::File { path: path.into(), again: true }));
        }
        match id {
            "test:silence" => Some(input("Silence", Source::Silence)),
            "test:tone" => Some(input("Test tone", Source::Tone { hz: DEFAULT_HZ })),
            _ => {
                let hz = id.strip_prefix("test:tone:")?.parse().ok().filter(|hz| TONE_RANGE.contains(hz))?;
                Some(input("Test tone", Source::Tone { hz }))
            }
        }
    }
}

impl AudioInput for TestInput {
    fn device(&self) -> &Device {
        &self.device
    }

    fn open(&self, mut feed: CaptureFeed, _period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError> {
        let mut source = Playing::open(&self.source)?;
        Paced::start("audio-test-in", move || {
            let block = source.next_block();
            feed.push(&block, 1, |sample| sample);
        })
    }
}

/// The state of a source: what it has given and what comes next.
#[derive(Debug)]
enum Playing {
    Tone(Tone),
    Silence,
    Clip { sound: Vec<f32>, at: usize, again: bool },
}

impl Playing {
    fn open(source: &Source) -> Result<Self, DeviceError> {
        Ok(match source {
            Source::Tone { hz } => Self::Tone(Tone::new(*hz)),
            Source::Silence => Self::Silence,
            Source::File { path, again } => Self::Clip { sound: wav::read(path)?, at: 0, again: *again },
        })
    }

    fn next_block(&mut self) -> Block {
        match self {
            Self::Tone(tone) => tone.next_block(),
            Self::Silence => SILENCE,
            Self::Clip { sound, at, again } => {
                let mut block = SILENCE;
                for sample in &mut block {
                    if *at >= sound.len() && *again {
                        *at = 0;
                    }
                    let Some(value) = sound.get(*at) else { break };
                    *sample = *value;
                    *at += 1;
                }
                block
            }
        }
    }
}

/// A tone that rises to twice its frequency in the last fifth of each second: the rise tells where in a second a
/// recording begins, the frequency tells whose tone it is.
#[derive(Debug, Clone)]
pub struct Tone {
    hz: f32,
    /// Cycles, 0..1
    phase: f32,
    /// Sample within the second.
    at: usize,
}

impl Tone {
    pub fn new(hz: u32) -> Self {
        Self { hz: hz as f32, phase: 0.0, at: 0 }
    }

    /// The next 10 ms.
    pub fn next_block(&mut self) -> Block {
        let second = SAMPLE_RATE as usize;
        let rise_from = second * 4 / 5;
        std::array::from_fn(|_| {
            let rise = self.at.saturating_sub(rise_from) as f32 / (second - rise_from) as f32;
            self.phase = (self.phase + self.hz * (1.0 + rise) / SAMPLE_RATE as f32).fract();
            self.at = (self.at + 1) % second;
            TONE_PEAK * (self.phase * std::f32::consts::TAU).sin()
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Sink {
    Null,
    File(PathBuf),
}

/// A built-in sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutput {
    device: Device,
    sink: Sink,
}

impl TestOutput {
    /// Those that a person may choose.
    pub fn listed() -> Vec<Device> {
        vec![Self::null().device]
    }

    pub(super) fn null() -> Self {
        Self { device: device("test:null", DeviceKind::Speaker, "No sound"), sink: Sink::Null }
    }

    /// The sink with this id, if it is one of ours.
    pub fn named(id: &DeviceId) -> Option<Self> {
        if id.0 == "test:null" {
            return Some(Self::null());
        }
        let path = id.0.strip_prefix("file:")?;
        Some(Self { device: device(&id.0, DeviceKind::Speaker, file_name(path)), sink: Sink::File(path.into()) })
    }
}

impl AudioOutput for TestOutput {
    fn device(&self) -> &Device {
        &self.device
    }

    fn open(&self, mut feed: PlayoutFeed, _period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError> {
        let mut file = match &self.sink {
            Sink::Null => None,
            Sink::File(path) => Some(
                wav::Recording::create(path)
                    .map_err(|error| DeviceError::Failed(format!("{}: {error}", path.display())))?,
            ),
        };
        let gauge = feed.gauge();
        Paced::start("audio-test-out", move || {
            let mut block: Block = [0.0; BLOCK];
            feed.pull(&mut block, 1, |sample| sample);
            if let Some(Err(_)) = file.as_mut().map(|file| file.write(&block)) {
                file = None;
                gauge.fail();
            }
        })
    }
}

/// A thread that does something every 10 ms, on average exactly, until dropped.
struct Paced {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Paced {
    fn start(name: &str, mut work: impl FnMut() + Send + 'static) -> Result<Box<dyn RunningStream>, DeviceError> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let pace = move || {
            let mut next = Instant::now();
            while !stopped.load(Ordering::Relaxed) {
                let now = Instant::now();
                if now < next {
                    thread::park_timeout(next - now);
                    continue;
                }
                if now.duration_since(next) > MAX_BEHIND {
                    next = now;
                }
                next += BLOCK_TIME;
                work();
            }
        };
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(pace)
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Box::new(Self { stop, thread: Some(thread) }))
    }
}

impl RunningStream for Paced {
    fn rate(&self) -> u32 {
        SAMPLE_RATE
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_sources_and_sinks() {
        let id = |id: &str| DeviceId(id.to_owned());
        let source = |text: &str| TestInput::named(&id(text)).map(|input| input.source);
        assert_eq!(source("test:tone"), Some(Source::Tone { hz: 440 }));
        assert_eq!(source("test:tone:660"), Some(Source::Tone { hz: 660 }));
        assert_eq!(source("test:silence"), Some(Source::Silence));
        assert_eq!(source("file:/x/a.wav"), Some(Source::File { path: "/x/a.wav".into(), again: false }));
        assert_eq!(source("file-loop:a.wav"), Some(Source::File { path: "a.wav".into(), again: true }));
        for unknown in ["test:tone:", "test:tone:5", "test:tone:99999", "test:null", "pulseaudio:mic", ""] {
            assert_eq!(source(unknown), None, "{unknown}");
        }
        assert!(TestOutput::named(&id("test:null")).is_some());
        assert!(TestOutput::named(&id("file:/x/a.wav")).is_some());
        assert!(TestOutput::named(&id("test:tone")).is_none());
        assert!(TestInput::listed().iter().chain(&TestOutput::listed()).all(|d| d.is_test && !d.is_default));
    }

    #[test]
    fn a_tone_is_continuous_and_repeats_every_second() {
        let mut tone = Tone::new(440);
        let sound: Vec<f32> = (0..100).flat_map(|_| tone.next_block()).collect();
        assert_eq!(sound.len(), SAMPLE_RATE as usize);
        let step = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step <= TONE_PEAK * 880.0 * std::f32::consts::TAU / SAMPLE_RATE as f32 * 1.01, "{step}");
        assert_eq!(tone.at, 0);
    }

    #[test]
    fn a_clip_ends_in_silence_or_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut file = wav::Recording::create(&path).unwrap();
        file.write(&[0.5; BLOCK + BLOCK / 2]).unwrap();
        drop(file);
        let blocks = |again| {
            let mut playing = Playing::open(&Source::File { path: path.clone(), again }).unwrap();
            (0..3).map(|_| playing.next_block()).map(|b| (b[0] > 0.4, b[BLOCK - 1] > 0.4)).collect::<Vec<_>>()
        };
        assert_eq!(blocks(false), [(true, true), (true, false), (false, false)]);
        assert_eq!(blocks(true), [(true, true), (true, true), (true, true)]);
        let missing = Playing::open(&Source::File { path: folder.path().join("b.wav"), again: false });
        assert_eq!(missing.unwrap_err().code(), "notFound");
    }
}
