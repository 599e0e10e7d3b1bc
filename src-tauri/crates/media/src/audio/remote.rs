//! One incoming stream: jitter buffer, decoder and time stretching behind a queue of decoded sound. Without clock or thread.

use std::time::Duration;

use bytes::Bytes;
use confab_model::RtpIn;

use crate::audio::{
    BLOCK, Block, SILENCE,
    codec::{self, Decoder},
    jitter::{Decision, JitterBuffer, JitterCounters, Packet, Stretch},
    stretch,
};

/// Samples over which sound that begins or ends in silence is faded: 2.5 ms, too short to be missed.
const FADE: usize = 120;
/// Room of the queue: what is left, the longest packet, a period put in.
const QUEUE: usize = BLOCK + codec::LONGEST + 1_200;
/// Decisions for one block: the shortest packet has 2.5 ms.
const MAX_DECISIONS: usize = 16;

/// See the module.
#[derive(Debug)]
pub struct RemoteAudio {
    jitter: JitterBuffer,
    decoder: Decoder,
    sound: Vec<f32>,
    /// Whether the last thing queued was silence.
    silent: bool,
    last_sample: f32,
    decoded: bool,
    undecodable: u64,
}

impl RemoteAudio {
    /// # Errors
    /// No memory for the codec.
    pub fn new() -> Result<Self, opus::Error> {
        Ok(Self {
            jitter: JitterBuffer::new(),
            decoder: Decoder::new()?,
            sound: Vec::with_capacity(QUEUE),
            silent: true,
            last_sample: 0.0,
            decoded: false,
            undecodable: 0,
        })
    }

    /// Takes a packet that arrived at `arrived`. False: it is no Opus packet.
    pub fn insert(&mut self, rtp: &RtpIn, arrived: Duration) -> bool {
        let Some(samples) = codec::packet_samples(&rtp.payload) else { return false };
        let payload: Bytes = rtp.payload.clone();
        let packet = Packet { sequence: rtp.sequence, timestamp: rtp.timestamp, samples, payload };
        self.jitter.insert(packet, arrived);
        true
    }

    /// Whether anything was ever decoded.
    pub fn has_decoded(&self) -> bool {
        self.decoded
    }

    pub fn counters(&self) -> JitterCounters {
        self.jitter.counters()
    }

    /// Packets that the decoder refused.
    pub fn undecodable(&self) -> u64 {
        self.undecodable
    }

    /// ms: now, aimed at.
    pub fn delay_ms(&self) -> (i64, i64) {
        (self.jitter.lag_ms(), self.jitter.target_ms())
    }

    /// The 10 ms to play at `now`.
    pub fn next_block(&mut self, now: Duration) -> Block {
        for _ in 0..MAX_DECISIONS {
            if self.sound.len() >= BLOCK {
                break;
            }
            let decision = self.jitter.pull(now, self.sound.len());
            self.follow(decision);
        }
        let mut block = SILENCE;
        let there = self.sound.len().min(BLOCK);
        block[..there].copy_from_slice(&self.sound[..there]);
        self.sound.drain(..there);
        block
    }

    fn follow(&mut self, decision: Decision) {
        let from = self.sound.len();
        match decision {
            Decision::Play { packet, stretch } => {
                self.sound.resize(from + packet.samples as usize, 0.0);
                if self.decoder.decode(&packet.payload, &mut self.sound[from..]) {
                    self.decoded = true;
                    self.stretch(from, stretch);
                } else {
                    self.undecodable += 1;
                    self.conceal(from);
                }
                self.begin_sound(from);
            }
            Decision::Fec { samples, from: payload } => {
                self.sound.resize(from + samples as usize, 0.0);
                if !self.decoder.recover(&payload, &mut self.sound[from..]) {
                    self.conceal(from);
                }
                self.begin_sound(from);
            }
            Decision::Conceal { samples } => {
                self.sound.resize(from + samples as usize, 0.0);
                self.conceal(from);
                self.begin_sound(from);
            }
            Decision::Empty => self.end_sound(from),
        }
        if let Some(sample) = self.sound.last() {
            self.last_sample = *sample;
        }
    }

    fn conceal(&mut self, from: usize) {
        if !self.decoder.conceal(&mut self.sound[from..]) {
            self.sound[from..].fill(0.0);
        }
    }

    fn stretch(&mut self, from: usize, how: Stretch) {
        let samples = match how {
            Stretch::Keep => 0,
            Stretch::Accelerate { at_most, urgent } => {
                -(stretch::accelerate(&mut self.sound, from, at_most as usize, urgent) as i32)
            }
            Stretch::Expand { at_most } => stretch::expand(&mut self.sound, from, at_most as usize) as i32,
        };
        self.jitter.stretched(samples);
    }

    fn begin_sound(&mut self, from: usize) {
        if std::mem::take(&mut self.silent) {
            for (i, sample) in self.sound[from..].iter_mut().take(FADE).enumerate() {
                *sample *= i as f32 / FADE as f32;
            }
        }
    }

    /// Queues silence up to a block, without a step.
    fn end_sound(&mut self, from: usize) {
        self.sound.resize(BLOCK.max(from), 0.0);
        if !std::mem::replace(&mut self.silent, true) {
            let last = self.last_sample;
            for (i, sample) in self.sound[from..].iter_mut().take(FADE).enumerate() {
                *sample = last * (1.0 - (i as f32 + 1.0) / FADE as f32);
            }
        }
    }
}
