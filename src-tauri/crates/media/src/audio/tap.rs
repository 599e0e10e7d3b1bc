//! Records what passes by, without ever waiting for the disk: a ring and a thread that writes.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::sync::mpsc;

use crate::audio::{Block, SAMPLE_RATE, call::AudioEvent, wav::Recording};

/// Samples: 2 s of a slow disk; then sound is missing in the file.
const RING: usize = 2 * SAMPLE_RATE as usize;
const WRITE_EVERY: Duration = Duration::from_millis(100);

/// One recording. Dropping it completes the file (and waits for that).
#[derive(Debug)]
pub(super) struct Tap {
    ring: rtrb::Producer<f32>,
    stop: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

impl Tap {
    pub(super) fn start(path: &Path, events: mpsc::Sender<AudioEvent>) -> std::io::Result<Self> {
        let (ring, samples) = rtrb::RingBuffer::new(RING);
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, path) = (stop.clone(), path.to_owned());
        let writer = thread::Builder::new().name("audio-record".into()).spawn(move || {
            if let Err(error) = write(&path, samples, &stopped) {
                tracing::warn!(%error, "recording ended");
                let _ = events.try_send(AudioEvent::RecordingFailed { path, detail: error.to_string() });
            }
        })?;
        Ok(Self { ring, stop, writer: Some(writer) })
    }

    pub(super) fn write(&mut self, block: &Block) {
        let _ = self.ring.push_entire_slice(block);
    }
}

fn write(path: &Path, mut samples: rtrb::Consumer<f32>, stop: &AtomicBool) -> Result<(), hound::Error> {
    let mut file = Recording::create(path)?;
    loop {
        let last = stop.load(Ordering::Acquire);
        if let Ok(chunk) = samples.read_chunk(samples.slots()) {
            let (first, second) = chunk.as_slices();
            file.write(first)?;
            file.write(second)?;
            chunk.commit_all();
        }
        if last {
            return Ok(());
        }
        thread::park_timeout(WRITE_EVERY);
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(writer) = self.writer.take() {
            writer.thread().unpark();
            let _ = writer.join();
        }
    }
}
