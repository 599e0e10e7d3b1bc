//! Devices that do what a test wants, and the sounds of the folder.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use confab_media::{
    audio::{
        BLOCK, SAMPLE_RATE, SILENCE,
        io::{AudioInput, AudioOutput, CaptureFeed, PlayoutFeed, RunningStream},
        test_devices::{TestInput, TestOutput, Tone},
    },
    device::{DeviceCatalog, DeviceError},
};
use confab_model::{Device, DeviceId, DeviceKind};

pub fn sound(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sounds").join(name)
}

/// A machine with the built-in devices, and with a microphone and a speaker of which each breaks after some blocks.
#[derive(Debug, Default)]
pub struct Machine {
    /// Blocks that the microphone `mic` gives; `None`: there is none.
    pub microphone: Option<u32>,
    /// Blocks that the speaker `box` takes; `None`: there is none.
    pub speaker: Option<u32>,
    /// Times that a device of the machine was opened.
    pub opened: Arc<AtomicU32>,
}

fn device(id: &str, kind: DeviceKind) -> Device {
    Device { id: DeviceId(id.to_owned()), kind, name: format!("The {id}"), is_default: true, is_test: false }
}

impl DeviceCatalog for Machine {
    fn audio(&self) -> Result<Vec<Device>, DeviceError> {
        let microphone = self.microphone.map(|_| device("mic", DeviceKind::Microphone));
        let speaker = self.speaker.map(|_| device("box", DeviceKind::Speaker));
        Ok(microphone.into_iter().chain(speaker).collect())
    }

    fn cameras(&self) -> Vec<Device> {
        Vec::new()
    }

    fn audio_input(&self, id: &DeviceId) -> Result<Box<dyn AudioInput>, DeviceError> {
        match (TestInput::named(id), self.microphone) {
            (Some(test), _) => Ok(Box::new(test)),
            (None, Some(blocks)) if id.0 == "mic" => {
                self.opened.fetch_add(1, Ordering::Relaxed);
                Ok(Box::new(Microphone { device: device("mic", DeviceKind::Microphone), blocks }))
            }
            (None, _) => Err(DeviceError::NotFound(id.0.clone())),
        }
    }

    fn audio_output(&self, id: &DeviceId) -> Result<Box<dyn AudioOutput>, DeviceError> {
        match (TestOutput::named(id), self.speaker) {
            (Some(test), _) => Ok(Box::new(test)),
            (None, Some(blocks)) if id.0 == "box" => {
                self.opened.fetch_add(1, Ordering::Relaxed);
                Ok(Box::new(Speaker { device: device("box", DeviceKind::Speaker), blocks }))
            }
            (None, _) => Err(DeviceError::NotFound(id.0.clone())),
        }
    }
}

struct Microphone {
    device: Device,
    blocks: u32,
}

struct Speaker {
    device: Device,
    blocks: u32,
}

struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// A block every millisecond, then `last` once.
    fn start(blocks: u32, mut each: impl FnMut(bool) + Send + 'static) -> Box<dyn RunningStream> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            for _ in 0..blocks {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                each(false);
                thread::park_timeout(Duration::from_millis(1));
            }
            each(true);
        });
        Box::new(Self { stop, thread: Some(thread) })
    }
}

impl RunningStream for Running {
    fn rate(&self) -> u32 {
        SAMPLE_RATE
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl AudioInput for Microphone {
    fn device(&self) -> &Device {
        &self.device
    }
    fn open(&self, mut feed: CaptureFeed, _period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError> {
        let gauge = feed.gauge();
        let mut tone = Tone::new(440);
        Ok(Running::start(self.blocks, move |is_over| {
            if is_over { gauge.fail() } else { feed.push(&tone.next_block(), 1, |sample| sample) }
        }))
    }
}

impl AudioOutput for Speaker {
    fn device(&self) -> &Device {
        &self.device
    }
    fn open(&self, mut feed: PlayoutFeed, _period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError> {
        let gauge = feed.gauge();
        Ok(Running::start(self.blocks, move |is_over| {
            let mut block = SILENCE;
            if is_over { gauge.fail() } else { feed.pull(&mut block[..BLOCK], 1, |sample| sample) }
        }))
    }
}
