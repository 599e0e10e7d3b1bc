//! The real-time half of a call's sound: one thread that is woken by the devices' callbacks, and every 10 ms without
//! them. In: blocks of the microphone, RTP packets. Out: RTP payloads, blocks for the speaker, events. It never waits for a
//! device, a disk or a receiver; devices come and go as ring ends sent by the `supervisor`.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver as CommandReceiver, TryRecvError as NoCommand},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use confab_model::{AudioLevel, ContentName, RtpIn, RtpOut};
use tokio::sync::mpsc;

use crate::audio::{
    BLOCK, Block, SILENCE,
    call::{AudioCallConfig, AudioEvent, AudioStatistics, Controls, StartError},
    codec::{Encoder, MAX_PAYLOAD, PACKET},
    io::{CaptureSource, PlayoutSink},
    jitter::JitterCounters,
    level::LevelMeter,
    mixer::Mixer,
    playout_depth::PlayoutDepth,
    processing::Processor,
    pull_clock::PullClock,
    remote::RemoteAudio,
    send_clock::SendClock,
    tap::Tap,
};

/// The longest sleep: device callbacks wake earlier.
const TICK: Duration = Duration::from_millis(10);
/// Levels and statistics 20 times a second.
const REPORT_EVERY: Duration = Duration::from_millis(50);
/// Blocks made for the speaker in one turn: after a pause the rest comes in the next.
const MAX_BLOCKS: usize = 20;
/// Streams (SSRCs) in one content; more are ignored. A direct call has one, or two while the far side restarts.
const MAX_STREAMS: usize = 8;
/// A stream without packets for so long is forgotten when another is there.
const STREAM_IDLE: Duration = Duration::from_secs(10);

/// From the supervisor.
#[derive(Debug)]
pub(super) enum EngineCommand {
    /// `processed`: hardware, whose sound wants cleaning.
    Capture {
        source: CaptureSource,
        processed: bool,
    },
    Playout(PlayoutSink),
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    heard: Duration,
    audio: RemoteAudio,
}

/// What counts, beside the streams' own counters.
#[derive(Debug, Default)]
struct Counters {
    packets_out: u64,
    packets_out_dropped: u64,
    packets_in: u64,
    malformed: u64,
    /// Of streams that are forgotten.
    past: JitterCounters,
    capture_lost: u64,
    playout_lost: u64,
}

#[derive(Debug)]
pub(super) struct Engine {
    content: ContentName,
    payload_type: u8,
    controls: Arc<Controls>,
    commands: CommandReceiver<EngineCommand>,
    rtp_out: mpsc::Sender<RtpOut>,
    rtp_in: mpsc::Receiver<RtpIn>,
    events: mpsc::Sender<AudioEvent>,
    /// Zero of all times in here.
    started: Instant,

    capture: Option<CaptureSource>,
    processed: bool,
    processor: Processor,
    send_clock: SendClock,
    encoder: Encoder,
    packet: [f32; PACKET],
    filled: usize,
    timestamp: u32,
    /// The next packet begins after silence (RFC 3551 §4.1).
    marker: bool,
    local_level: LevelMeter,
    sent_tap: Option<Tap>,

    playout: Option<PlayoutSink>,
    depth: PlayoutDepth,
    pull_clock: PullClock,
    streams: Vec<Stream>,
    mixer: Mixer,
    remote_level: LevelMeter,
    received_tap: Option<Tap>,
    first_audio_told: bool,

    counters: Counters,
    reported: Duration,
}

impl Engine {
    pub(super) fn new(
        config: &AudioCallConfig,
        controls: Arc<Controls>,
        commands: CommandReceiver<EngineCommand>,
        rtp_out: mpsc::Sender<RtpOut>,
        rtp_in: mpsc::Receiver<RtpIn>,
        events: mpsc::Sender<AudioEvent>,
    ) -> Result<Self, StartError> {
        let tap =
            |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| Tap::start(path, events.clone())).transpose();
        let loss = controls.loss_percent.load(Ordering::Relaxed);
        Ok(Self {
            content: config.content.clone(),
            payload_type: config.payload_type,
            capture: None,
            processed: false,
            processor: Processor::new(config.processing),
            send_clock: SendClock::new(Duration::ZERO),
            encoder: Encoder::new(loss)?,
            packet: [0.0; PACKET],
            filled: 0,
            // RFC 3550 §5.1: random, so that known plaintext does not help.
            timestamp: RandomState::new().build_hasher().finish() as u32,
            marker: true,
            local_level: LevelMeter::default(),
            sent_tap: tap(&config.record_sent)?,
            playout: None,
            depth: PlayoutDepth::default(),
            pull_clock: PullClock::default(),
            streams: Vec::with_capacity(MAX_STREAMS),
            mixer: Mixer::default(),
            remote_level: LevelMeter::default(),
            received_tap: tap(&config.record_received)?,
            first_audio_told: false,
            counters: Counters::default(),
            reported: Duration::ZERO,
            started: Instant::now(),
            controls,
            commands,
            rtp_out,
            rtp_in,
            events,
        })
    }

    /// Until told to stop.
    pub(super) fn run(&mut self) {
        while !self.controls.stop.load(Ordering::Relaxed) {
            self.turn(self.started.elapsed());
            thread::park_timeout(TICK);
        }
    }

    fn turn(&mut self, now: Duration) {
        self.obey();
        self.receive(now);
        // Playout first: echo cancellation wants to know a sound before the microphone hears it.
        self.play(now);
        self.send(now);
        if now.saturating_sub(self.reported) >= REPORT_EVERY {
            self.reported = now;
            self.report();
        }
    }

    fn obey(&mut self) {
        loop {
            match self.commands.try_recv() {
                Ok(EngineCommand::Capture { mut source, processed }) => {
                    source.catch_up(1);
                    if let Some(old) = self.capture.replace(source) {
                        self.counters.capture_lost += old.gauge().lost();
                    }
                    self.processed = processed;
                }
                Ok(EngineCommand::Playout(sink)) => {
                    self.depth.device_changed();
                    if let Some(old) = self.playout.replace(sink) {
                        self.counters.playout_lost += old.gauge().lost();
                    }
                }
                Err(NoCommand::Empty | NoCommand::Disconnected) => return,
            }
        }
    }

    fn receive(&mut self, now: Duration) {
        while let Ok(rtp) = self.rtp_in.try_recv() {
            self.counters.packets_in += 1;
            let arrived = rtp.arrived.saturating_duration_since(self.started).min(now);
            let understood = rtp.payload_type == self.payload_type
                && self.stream(rtp.ssrc, now).is_some_and(|s| s.insert(&rtp, arrived));
            if !understood {
                self.counters.malformed += 1;
            }
        }
    }

    /// The stream of this source; a new one if there is room.
    fn stream(&mut self, ssrc: u32, now: Duration) -> Option<&mut RemoteAudio> {
        if let Some(at) = self.streams.iter().position(|stream| stream.ssrc == ssrc) {
            let stream = &mut self.streams[at];
            stream.heard = now;
            return Some(&mut stream.audio);
        }
        let past = &mut self.counters.past;
        self.streams.retain(|stream| {
            let keep = now.saturating_sub(stream.heard) < STREAM_IDLE;
            if !keep {
                past.add(&stream.audio.counters());
            }
            keep
        });
        if self.streams.len() >= MAX_STREAMS {
            return None;
        }
        let audio = RemoteAudio::new().ok()?;
        self.streams.push(Stream { ssrc, heard: now, audio });
        self.streams.last_mut().map(|stream| &mut stream.audio)
    }

    fn play(&mut self, now: Duration) {
        for _ in 0..MAX_BLOCKS {
            let Some(sink) = &mut self.playout else { return };
            let wanted = self.depth.wanted(sink.period(), sink.gauge().lost(), now);
            if sink.queued() >= wanted {
                return;
            }
            let mut block = mix(&mut self.streams, &mut self.mixer, self.pull_clock.next(now));
            if let Some(tap) = &mut self.received_tap {
                tap.write(&block);
            }
            if !self.controls.gate_open.load(Ordering::Relaxed) {
                block = SILENCE;
            }
            self.remote_level.add(&block);
            // A test source hears no speaker: nothing would be cancelled.
            if self.processed {
                self.processor.render(&block);
            }
            sink.push_block(&block);
        }
    }

    fn send(&mut self, now: Duration) {
        let delay_ms = self.echo_delay_ms();
        let mut block = SILENCE;
        while self.capture.as_mut().is_some_and(|source| source.next_block(&mut block)) {
            if !self.send_clock.accept(now) {
                continue;
            }
            if self.processed {
                self.processor.capture(&mut block, delay_ms);
            }
            self.send_block(&block);
        }
        for _ in 0..self.send_clock.missing(now) {
            self.send_block(&SILENCE);
        }
    }

    /// From the mixer to the loudspeaker and from the microphone to here.
    fn echo_delay_ms(&self) -> u32 {
        let out = self.playout.as_ref().map_or(0, |sink| sink.gauge().latency_ms() + (sink.queued() / 48) as u32);
        let back = self.capture.as_ref().map_or(0, |source| source.gauge().latency_ms());
        out + back
    }

    fn send_block(&mut self, block: &Block) {
        let muted = self.controls.muted.load(Ordering::Relaxed);
        let block = if muted { &SILENCE } else { block };
        self.marker |= muted;
        self.local_level.add(block);
        if let Some(tap) = &mut self.sent_tap {
            tap.write(block);
        }
        self.packet[self.filled..self.filled + BLOCK].copy_from_slice(block);
        self.filled += BLOCK;
        if self.filled < PACKET {
            return;
        }
        self.filled = 0;
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(PACKET as u32);
        let mut out = [0; MAX_PAYLOAD];
        // Neither fails with these arguments; if one did, a packet is missing, which the far side can handle.
        let _ = self.encoder.set_loss(self.controls.loss_percent.load(Ordering::Relaxed));
        let Ok(length) = self.encoder.encode(&self.packet, &mut out) else { return };
        let marker = self.marker && !muted;
        self.marker &= !marker;
        let rtp = RtpOut {
            content: self.content.clone(),
            timestamp,
            marker,
            payload: Bytes::copy_from_slice(&out[..length]),
        };
        match self.rtp_out.try_send(rtp) {
            Ok(()) => self.counters.packets_out += 1,
            Err(_) => self.counters.packets_out_dropped += 1,
        }
    }

    fn report(&mut self) {
        if !self.first_audio_told && self.streams.iter().any(|stream| stream.audio.has_decoded()) {
            self.first_audio_told = self.events.try_send(AudioEvent::FirstAudio).is_ok();
        }
        let level = AudioLevel { local: self.local_level.level(), remote: self.remote_level.level() };
        if self.events.capacity() > self.events.max_capacity() / 2 {
            let _ = self.events.try_send(AudioEvent::Levels(level));
        }
        let statistics = self.statistics(level);
        // Contended: the next time.
        if let Ok(mut shared) = self.controls.statistics.try_lock() {
            *shared = statistics;
        }
    }

    fn statistics(&self, level: AudioLevel) -> AudioStatistics {
        let mut sum = self.counters.past;
        let mut undecodable = 0;
        for stream in &self.streams {
            sum.add(&stream.audio.counters());
            undecodable += stream.audio.undecodable();
        }
        let newest = self.streams.iter().max_by_key(|stream| stream.heard);
        let (delay, target) = newest.map_or((0, 0), |stream| stream.audio.delay_ms());
        let capture_lost = self.capture.as_ref().map_or(0, |source| source.gauge().lost());
        let playout_lost = self.playout.as_ref().map_or(0, |sink| sink.gauge().lost());
        let all = sum.decoded_samples + sum.concealed_samples;
        AudioStatistics {
            level,
            packets_out: self.counters.packets_out,
            packets_out_dropped: self.counters.packets_out_dropped,
            packets_in: self.counters.packets_in,
            packets_late: sum.late,
            packets_duplicate: sum.duplicate,
            packets_discarded: sum.discarded,
            packets_malformed: self.counters.malformed + undecodable,
            fec_used: sum.recovered,
            concealed_permille: permille(sum.concealed_samples, all),
            stretched_permille: permille(sum.accelerated_samples + sum.expanded_samples, all),
            jitter_delay_ms: u32::try_from(delay).unwrap_or(0),
            jitter_target_ms: u32::try_from(target).unwrap_or(0),
            capture_overrun_samples: self.counters.capture_lost + capture_lost,
            playout_underrun_samples: self.counters.playout_lost + playout_lost,
            echo_reduction_db: self.processor.echo_reduction_db(),
        }
    }
}

/// 10 ms of everybody.
fn mix(streams: &mut [Stream], mixer: &mut Mixer, now: Duration) -> Block {
    for stream in streams {
        mixer.add(&stream.audio.next_block(now));
    }
    mixer.finish()
}

fn permille(part: u64, of: u64) -> u32 {
    // Nothing yet is nothing concealed.
    u32::try_from((part * 1_000).checked_div(of).unwrap_or(0)).unwrap_or(1_000)
}
