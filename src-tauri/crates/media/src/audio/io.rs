//! The seam to microphones and speakers, and the lock-free rings between their callbacks and the call.
//!
//! A device calls [`CaptureFeed::push`] or [`PlayoutFeed::pull`] from its real-time thread: no lock, no allocation, no
//! logging; what does not fit is dropped, what is missing is silence, both are counted. The call holds the other ends,
//! [`CaptureSource`] and [`PlayoutSink`], which re-block to 10 ms and resample. Devices may use any rate and any number
//! of channels: capture is averaged to mono, playout is copied to all channels.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread::Thread,
};

use confab_model::Device;

use crate::audio::{BLOCK, Block, resample::Resample};

/// Samples in a ring: 250 ms at 192 kHz, above 1 s at 48 kHz. Full: the newest samples are dropped (capture).
pub(crate) const RING: usize = 48_000;

/// Why a device cannot be used. `code` is stable (see `Event::DeviceFailed`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    #[error("no such device: {0}")]
    NotFound(String),
    #[error("in use by another program: {0}")]
    Busy(String),
    #[error("not permitted: {0}")]
    Denied(String),
    #[error("{0}")]
    Failed(String),
}

impl DeviceError {
    /// `notFound`, `busy`, `denied` or `failed`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "notFound",
            Self::Busy(_) => "busy",
            Self::Denied(_) => "denied",
            Self::Failed(_) => "failed",
        }
    }
}

/// Something that makes sound: a microphone, a file, a tone. Making one opens nothing.
pub trait AudioInput: Send {
    fn device(&self) -> &Device;
    /// Starts it; it fills `feed` from a thread of its own until the stream is dropped, about every
    /// `period_ms` as far as it can choose. May block for some seconds.
    fn open(&self, feed: CaptureFeed, period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError>;
}

/// Something that takes sound: a speaker, a file, nothing. Making one opens nothing.
pub trait AudioOutput: Send {
    fn device(&self) -> &Device;
    /// Starts it; it empties `feed` from a thread of its own until the stream is dropped, about every
    /// `period_ms` as far as it can choose. May block for some seconds.
    fn open(&self, feed: PlayoutFeed, period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError>;
}

/// An open device. Dropping it closes it.
pub trait RunningStream: Send {
    /// Sample rate that its feed runs at, in Hz.
    fn rate(&self) -> u32;
    /// ms between the device's membrane and its callback, as far as the platform tells.
    fn latency_ms(&self) -> u32 {
        0
    }
}

/// What a callback tells the rest of the program.
#[derive(Debug, Default)]
pub struct Gauge {
    callbacks: AtomicU64,
    frames: AtomicU64,
    /// Samples dropped (capture) or invented (playout).
    lost: AtomicU64,
    /// Frames of the largest callback.
    largest: AtomicU32,
    failed: AtomicBool,
    latency_ms: AtomicU32,
}

impl Gauge {
    pub fn callbacks(&self) -> u64 {
        self.callbacks.load(Ordering::Relaxed)
    }
    /// Frames given or taken by the device since it was opened.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
    pub fn largest(&self) -> usize {
        self.largest.load(Ordering::Relaxed) as usize
    }
    /// The platform said that the stream is over.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
    pub fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }
    pub fn latency_ms(&self) -> u32 {
        self.latency_ms.load(Ordering::Relaxed)
    }
    pub fn set_latency_ms(&self, latency: u32) {
        self.latency_ms.store(latency, Ordering::Relaxed);
    }
    fn called(&self, frames: usize) {
        self.callbacks.fetch_add(1, Ordering::Relaxed);
        self.frames.fetch_add(frames as u64, Ordering::Relaxed);
        self.largest.fetch_max(frames as u32, Ordering::Relaxed);
    }
}

/// The device's end of a capture ring.
pub struct CaptureFeed {
    ring: rtrb::Producer<f32>,
    gauge: Arc<Gauge>,
    wake: Option<Thread>,
}

impl fmt::Debug for CaptureFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptureFeed").field("gauge", &self.gauge).finish_non_exhaustive()
    }
}

impl CaptureFeed {
    pub fn gauge(&self) -> Arc<Gauge> {
        self.gauge.clone()
    }

    /// Takes interleaved frames of `channels`. For real-time threads: waking is the only call to the system.
    pub fn push<T: Copy>(&mut self, frames: &[T], channels: usize, sample: impl Fn(T) -> f32) {
        let channels = channels.max(1);
        let count = frames.len() / channels;
        self.gauge.called(count);
        let room = count.min(self.ring.slots());
        if room < count {
            self.gauge.lost.fetch_add((count - room) as u64, Ordering::Relaxed);
        }
        let share = 1.0 / channels as f32;
        if let Ok(chunk) = self.ring.write_chunk_uninit(room) {
            chunk.fill_from_iter(
                frames.chunks_exact(channels).map(|frame| frame.iter().map(|s| sample(*s)).sum::<f32>() * share),
            );
        }
        if let Some(thread) = &self.wake {
            thread.unpark();
        }
    }
}

/// The call's end of a capture ring.
pub struct CaptureSource {
    ring: rtrb::Consumer<f32>,
    resample: Resample,
    scratch: Vec<f32>,
    gauge: Arc<Gauge>,
}

impl fmt::Debug for CaptureSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptureSource").field("gauge", &self.gauge).finish_non_exhaustive()
    }
}

/// A ring from a device to a call. `wake` is the thread to unpark after every callback.
pub fn capture_ring(wake: Option<Thread>) -> (CaptureFeed, CaptureRing) {
    let (producer, consumer) = rtrb::RingBuffer::new(RING);
    let gauge = Arc::new(Gauge::default());
    (CaptureFeed { ring: producer, gauge: gauge.clone(), wake }, CaptureRing { ring: consumer, gauge })
}

/// A capture ring whose rate is not known yet.
pub struct CaptureRing {
    ring: rtrb::Consumer<f32>,
    gauge: Arc<Gauge>,
}

impl fmt::Debug for CaptureRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptureRing").field("gauge", &self.gauge).finish_non_exhaustive()
    }
}

impl CaptureRing {
    pub fn gauge(&self) -> Arc<Gauge> {
        self.gauge.clone()
    }

    /// # Errors
    /// A rate that cannot be converted to 48 kHz.
    pub fn at_rate(self, rate: u32) -> Result<CaptureSource, DeviceError> {
        let resample = Resample::to_blocks(rate)?;
        let scratch = vec![0.0; resample.largest_input()];
        Ok(CaptureSource { ring: self.ring, resample, scratch, gauge: self.gauge })
    }
}

impl CaptureSource {
    pub fn gauge(&self) -> &Gauge {
        &self.gauge
    }

    /// The next 10 ms, if they are there.
    pub fn next_block(&mut self, block: &mut Block) -> bool {
        let wanted = self.resample.next_input();
        let Some(scratch) = self.scratch.get_mut(..wanted) else { return false };
        if self.ring.pop_entire_slice(scratch).is_err() {
            return false;
        }
        self.resample.fill_block(scratch, block);
        true
    }

    /// Drops all but the newest `keep_blocks`: for a ring that filled while nobody listened.
    pub fn catch_up(&mut self, keep_blocks: usize) {
        let keep = keep_blocks * self.resample.largest_input();
        let surplus = self.ring.slots().saturating_sub(keep);
        if let Ok(chunk) = self.ring.read_chunk(surplus) {
            chunk.commit_all();
        }
    }
}

/// The device's end of a playout ring.
pub struct PlayoutFeed {
    ring: rtrb::Consumer<f32>,
    gauge: Arc<Gauge>,
    wake: Option<Thread>,
    begun: bool,
}

impl fmt::Debug for PlayoutFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlayoutFeed").field("gauge", &self.gauge).finish_non_exhaustive()
    }
}

impl PlayoutFeed {
    pub fn gauge(&self) -> Arc<Gauge> {
        self.gauge.clone()
    }

    /// Fills interleaved frames of `channels`; silence where the ring has run dry. For real-time threads.
    pub fn pull<T: Copy>(&mut self, frames: &mut [T], channels: usize, sample: impl Fn(f32) -> T) {
        let channels = channels.max(1);
        let count = frames.len() / channels;
        self.gauge.called(count);
        let there = count.min(self.ring.slots());
        let mut out = frames.chunks_exact_mut(channels);
        if let Ok(chunk) = self.ring.read_chunk(there) {
            let (first, second) = chunk.as_slices();
            for (value, frame) in first.iter().chain(second).zip(out.by_ref()) {
                frame.fill(sample(*value));
            }
            chunk.commit_all();
        }
        for frame in out {
            frame.fill(sample(0.0));
        }
        self.begun |= there > 0;
        if there < count && self.begun {
            self.gauge.lost.fetch_add((count - there) as u64, Ordering::Relaxed);
        }
        if let Some(thread) = &self.wake {
            thread.unpark();
        }
    }
}

/// A ring from a call to a device whose rate is not known yet.
pub struct PlayoutRing {
    ring: rtrb::Producer<f32>,
    gauge: Arc<Gauge>,
}

impl fmt::Debug for PlayoutRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlayoutRing").field("gauge", &self.gauge).finish_non_exhaustive()
    }
}

/// A ring from a call to a device. `wake` is the thread to unpark after every callback.
pub fn playout_ring(wake: Option<Thread>) -> (PlayoutRing, PlayoutFeed) {
    let (producer, consumer) = rtrb::RingBuffer::new(RING);
    let gauge = Arc::new(Gauge::default());
    (PlayoutRing { ring: producer, gauge: gauge.clone() }, PlayoutFeed { ring: consumer, gauge, wake, begun: false })
}

impl PlayoutRing {
    pub fn gauge(&self) -> Arc<Gauge> {
        self.gauge.clone()
    }

    /// # Errors
    /// A rate that 48 kHz cannot be converted to.
    pub fn at_rate(self, rate: u32) -> Result<PlayoutSink, DeviceError> {
        let resample = Resample::from_blocks(rate)?;
        let scratch = vec![0.0; resample.largest_output()];
        Ok(PlayoutSink { ring: self.ring, resample, scratch, gauge: self.gauge, rate })
    }
}

/// The call's end of a playout ring.
pub struct PlayoutSink {
    ring: rtrb::Producer<f32>,
    resample: Resample,
    scratch: Vec<f32>,
    gauge: Arc<Gauge>,
    rate: u32,
}

impl fmt::Debug for PlayoutSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlayoutSink").field("gauge", &self.gauge).field("rate", &self.rate).finish_non_exhaustive()
    }
}

impl PlayoutSink {
    pub fn gauge(&self) -> &Gauge {
        &self.gauge
    }

    /// Samples at 48 kHz that wait in the ring.
    pub fn queued(&self) -> usize {
        self.to_call_rate(self.ring.buffer().capacity() - self.ring.slots())
    }

    /// Samples at 48 kHz that the device takes at once.
    pub fn period(&self) -> usize {
        self.to_call_rate(self.gauge.largest()).clamp(BLOCK, RING / 4)
    }

    fn to_call_rate(&self, samples: usize) -> usize {
        samples * crate::audio::SAMPLE_RATE as usize / self.rate.max(1) as usize
    }

    /// Appends 10 ms. Dropped when the device has taken nothing for a second.
    pub fn push_block(&mut self, block: &Block) {
        let made = self.resample.convert_block(block, &mut self.scratch);
        if let Some(samples) = self.scratch.get(..made)
            && self.ring.push_entire_slice(samples).is_err()
        {
            self.gauge.lost.fetch_add(made as u64, Ordering::Relaxed);
        }
    }
}
