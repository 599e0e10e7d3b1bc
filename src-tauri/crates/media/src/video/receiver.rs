//! The far side's picture on its way in: packets → pictures → playout → window, and a decoder where one is
//! wanted. One task owns the assembler and the playout; the decoder has a thread of its own, `video-decode`.
//!
//! Queues: an encoded picture that a sink does not take breaks the chain, so everything up to the next keyframe
//! is kept from that sink and a keyframe is asked for; raw pictures are dropped one by one.

use std::{collections::VecDeque, time::Duration};

use confab_model::{EncodedVideoFrame, Moment, RtpIn, VideoFrameBody};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::Instant,
};

use super::{
    AssembledFrame, AssemblerConfig, AssemblerOutput, FrameAssembler, Playout, VideoReceiverConfig, VideoReceiverEvent,
    VideoReceiverStatistics, vp8::Vp8Decoder,
};

/// Events that nobody took are dropped, except that a wanted keyframe is wanted again later.
const EVENT_QUEUE: usize = 64;
/// Pictures that wait for the decoder.
const DECODE_QUEUE: usize = 8;
/// Pictures that wait for their time; beyond it the oldest is shown at once. Playout holds 400 ms at most.
const MAX_WAITING: usize = 64;
/// Statistics are made this often.
const STATISTICS_INTERVAL: Duration = Duration::from_secs(1);
/// A gap above mean + this, and above three times the mean, is a freeze (W3C webrtc-stats `freezeCount`).
const FREEZE_EXTRA: Duration = Duration::from_millis(150);
/// Keyframes wanted by sinks and the decoder are asked for at most this often.
const SINK_REQUEST_INTERVAL: Duration = Duration::from_millis(500);
/// Gaps in the mean.
const GAP_WINDOW: usize = 30;

/// Where pictures go.
#[derive(Debug, Default)]
pub struct VideoSinks {
    /// [`VideoFrameBody::Encoded`], for WebCodecs and files.
    pub encoded: Option<mpsc::Sender<VideoFrameBody>>,
    /// [`VideoFrameBody::Raw`]; only with `VideoReceiverConfig::decode`.
    pub raw: Option<mpsc::Sender<VideoFrameBody>>,
}

#[derive(Debug)]
enum Command {
    RoundTrip(Duration),
    MinimumDelay(Duration),
    Rotation(u16),
    /// A window's decoder failed, or a window is new.
    KeyframeForSink,
}

/// The handle of a running receiver; dropping it ends the task and the decoder.
#[derive(Debug)]
pub struct VideoReceiver {
    commands: mpsc::UnboundedSender<Command>,
    statistics: watch::Receiver<VideoReceiverStatistics>,
    task: JoinHandle<()>,
}

impl VideoReceiver {
    /// Begins to receive; ends when `rtp_in` closes. Must be called within a tokio runtime.
    pub fn start(
        config: VideoReceiverConfig,
        rtp_in: mpsc::Receiver<RtpIn>,
        sinks: VideoSinks,
    ) -> (Self, mpsc::Receiver<VideoReceiverEvent>) {
        let (events_in, events) = mpsc::channel(EVENT_QUEUE);
        // Commands come from the owner, a few a second.
        let (commands, commands_out) = mpsc::unbounded_channel();
        let (statistics_in, statistics) = watch::channel(VideoReceiverStatistics::default());
        let worker = Worker::new(config, sinks, events_in, statistics_in);
        let task = tokio::spawn(worker.run(rtp_in, commands_out));
        (Self { commands, statistics, task }, events)
    }

    /// The measured round trip to the far side.
    pub fn set_round_trip(&self, round_trip: Duration) {
        self.post(Command::RoundTrip(round_trip));
    }
    /// Holds pictures back at least this long, so that they match the audio.
    pub fn set_minimum_delay(&self, delay: Duration) {
        self.post(Command::MinimumDelay(delay));
    }
    /// Clockwise degrees 0, 90, 180, 270, from the video-orientation header extension (3GPP TS 26.114 §7.4.5).
    pub fn set_rotation(&self, degrees: u16) {
        self.post(Command::Rotation(degrees / 90 % 4 * 90));
    }
    /// A window appeared or its decoder failed: it needs a keyframe.
    pub fn request_keyframe(&self) {
        self.post(Command::KeyframeForSink);
    }
    /// The last second's figures.
    pub fn statistics(&self) -> VideoReceiverStatistics {
        *self.statistics.borrow()
    }

    fn post(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::debug!("a command came after the video receiver's end");
        }
    }
}

impl Drop for VideoReceiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
enum Decoded {
    First { width: u32, height: u32 },
    Picture,
    RawDropped,
    Failed,
}

/// The decoder's side of the receiver.
#[derive(Debug)]
struct DecodeThread {
    input: std::sync::mpsc::SyncSender<EncodedVideoFrame>,
    results: mpsc::UnboundedReceiver<Decoded>,
}

impl DecodeThread {
    fn start(raw: Option<mpsc::Sender<VideoFrameBody>>) -> std::io::Result<Self> {
        let (input, frames) = std::sync::mpsc::sync_channel::<EncodedVideoFrame>(DECODE_QUEUE);
        // At most two results for each picture, and pictures are bounded.
        let (results_in, results) = mpsc::unbounded_channel();
        std::thread::Builder::new().name("video-decode".into()).spawn(move || {
            decode_all(&frames, raw.as_ref(), &results_in);
        })?;
        Ok(Self { input, results })
    }
}

fn decode_all(
    frames: &std::sync::mpsc::Receiver<EncodedVideoFrame>,
    raw: Option<&mpsc::Sender<VideoFrameBody>>,
    results: &mpsc::UnboundedSender<Decoded>,
) {
    let mut first = true;
    let mut decoder = Vp8Decoder::new().ok();
    while let Ok(frame) = frames.recv() {
        let result = match &mut decoder {
            Some(decoder) => decoder.decode(&frame.data, frame.started),
            None => Err(super::vp8::DecodeError::NoKeyframe),
        };
        let sent = match result {
            Ok(None) => Ok(()),
            Ok(Some(picture)) => {
                if std::mem::take(&mut first) {
                    let (width, height) = (picture.width(), picture.height());
                    if results.send(Decoded::First { width, height }).is_err() {
                        return;
                    }
                }
                let taken = raw.is_none_or(|sink| match sink.try_reserve() {
                    Ok(place) => {
                        let mut out = picture.to_frame();
                        (out.timestamp, out.rotation) = (frame.timestamp, frame.rotation);
                        place.send(VideoFrameBody::Raw(out));
                        true
                    }
                    Err(_) => false,
                });
                results.send(if taken { Decoded::Picture } else { Decoded::RawDropped })
            }
            Err(error) => {
                tracing::debug!(%error, "a picture could not be decoded");
                // A fresh context: libvpx promises nothing about one that failed.
                decoder = Vp8Decoder::new().ok();
                results.send(Decoded::Failed)
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

struct Worker {
    config: VideoReceiverConfig,
    encoded: Option<mpsc::Sender<VideoFrameBody>>,
    decoder: Option<DecodeThread>,
    events: mpsc::Sender<VideoReceiverEvent>,
    publish: watch::Sender<VideoReceiverStatistics>,
    assembler: FrameAssembler,
    playout: Playout,
    waiting: VecDeque<(Duration, AssembledFrame)>,
    rotation: u16,
    shape: Option<(u32, u32, u16)>,
    first_done: bool,
    sink_broken: bool,
    decoder_broken: bool,
    sink_requested: Option<Duration>,
    statistics: VideoReceiverStatistics,
    tallied: Instant,
    frames_before: u64,
    bytes_before: u64,
    last_shown: Option<Duration>,
    gaps: VecDeque<Duration>,
}

impl Worker {
    fn new(
        config: VideoReceiverConfig,
        sinks: VideoSinks,
        events: mpsc::Sender<VideoReceiverEvent>,
        publish: watch::Sender<VideoReceiverStatistics>,
    ) -> Self {
        let decoder = config.decode.then(|| DecodeThread::start(sinks.raw)).and_then(|started| {
            started.map_err(|error| tracing::warn!(%error, "the decoder thread could not be started")).ok()
        });
        Self {
            assembler: FrameAssembler::new(AssemblerConfig { round_trip: config.round_trip }),
            encoded: sinks.encoded,
            decoder,
            events,
            publish,
            playout: Playout::default(),
            waiting: VecDeque::new(),
            rotation: 0,
            shape: None,
            first_done: false,
            sink_broken: false,
            decoder_broken: false,
            sink_requested: None,
            statistics: VideoReceiverStatistics::default(),
            tallied: Instant::now(),
            frames_before: 0,
            bytes_before: 0,
            last_shown: None,
            gaps: VecDeque::new(),
            config,
        }
    }

    fn now(&self) -> Moment {
        // Tokio's clock, so that tests can stop it.
        self.config.clock.at(Instant::now().into_std())
    }

    async fn run(mut self, mut rtp_in: mpsc::Receiver<RtpIn>, mut commands: mpsc::UnboundedReceiver<Command>) {
        loop {
            let wake = self.next_wake();
            let decoded = async {
                match &mut self.decoder {
                    Some(decoder) => decoder.results.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                packet = rtp_in.recv() => match packet {
                    Some(packet) => self.handle_packet(&packet),
                    None => return,
                },
                command = commands.recv() => match command {
                    Some(command) => self.handle_command(command),
                    None => return,
                },
                result = decoded => match result {
                    Some(result) => self.handle_decoded(&result),
                    None => self.decoder = None,
                },
                () = tokio::time::sleep_until(wake) => {}
            }
            let now = self.now();
            self.assembler.handle_timeout(now);
            self.take_assembled();
            self.show_due(now);
            if self.tallied.elapsed() >= STATISTICS_INTERVAL {
                self.publish_statistics();
            }
        }
    }

    fn next_wake(&self) -> Instant {
        let statistics = self.tallied + STATISTICS_INTERVAL;
        let timers = [self.assembler.poll_timeout(), self.waiting.front().map(|(release, _)| *release)];
        let Some(soonest) = timers.into_iter().flatten().min() else { return statistics };
        let from_now = soonest.saturating_sub(self.now().mono);
        statistics.min(Instant::now() + from_now)
    }

    fn handle_packet(&mut self, packet: &RtpIn) {
        let arrived = self.config.clock.at(packet.arrived);
        self.assembler.handle_packet(packet, arrived);
    }

    fn handle_command(&mut self, command: Command) {
        match command {
            Command::RoundTrip(round_trip) => self.assembler.set_round_trip(round_trip),
            Command::MinimumDelay(delay) => self.playout.set_minimum(delay),
            Command::Rotation(rotation) => self.rotation = rotation,
            Command::KeyframeForSink => {
                self.sink_broken = true;
                self.want_keyframe();
            }
        }
    }

    fn handle_decoded(&mut self, result: &Decoded) {
        match result {
            Decoded::First { width, height } => {
                let at = self.now();
                self.say(VideoReceiverEvent::FirstFrameDecoded { at, width: *width, height: *height });
            }
            Decoded::Picture => self.statistics.decoded += 1,
            Decoded::RawDropped => {
                self.statistics.decoded += 1;
                self.statistics.sink_drops += 1;
            }
            Decoded::Failed => {
                self.statistics.decode_errors += 1;
                self.decoder_broken = true;
                self.want_keyframe();
            }
        }
    }

    fn take_assembled(&mut self) {
        while let Some(output) = self.assembler.poll_output() {
            match output {
                AssemblerOutput::Frame(frame) => {
                    let release = self.playout.schedule(frame.timestamp, frame.completed.mono);
                    self.waiting.push_back((release, frame));
                }
                AssemblerOutput::KeyframeWanted => self.say_keyframe_wanted(),
            }
        }
    }

    fn show_due(&mut self, now: Moment) {
        while let Some((release, frame)) = self.waiting.pop_front() {
            if release > now.mono && self.waiting.len() < MAX_WAITING {
                self.waiting.push_front((release, frame));
                return;
            }
            self.show(frame, now);
        }
    }

    fn show(&mut self, frame: AssembledFrame, now: Moment) {
        self.note_shown(now.mono);
        let (width, height) = (frame.width, frame.height);
        if !std::mem::replace(&mut self.first_done, true) {
            self.say(VideoReceiverEvent::FirstFrameComplete { at: now, width, height });
        }
        if self.shape != Some((width, height, self.rotation)) {
            self.shape = Some((width, height, self.rotation));
            (self.statistics.width, self.statistics.height) = (width, height);
            self.say(VideoReceiverEvent::SizeChanged { width, height, rotation: self.rotation });
        }
        let frame = EncodedVideoFrame {
            codec: "VP8",
            keyframe: frame.keyframe,
            timestamp: frame.timestamp,
            width,
            height,
            rotation: self.rotation,
            data: frame.data,
            started: frame.started,
        };
        self.decode(&frame);
        self.give_to_window(frame);
    }

    fn decode(&mut self, frame: &EncodedVideoFrame) {
        let Some(decoder) = &self.decoder else { return };
        self.decoder_broken &= !frame.keyframe;
        if self.decoder_broken {
            return;
        }
        if decoder.input.try_send(frame.clone()).is_err() {
            self.decoder_broken = true;
            self.statistics.sink_drops += 1;
            self.want_keyframe();
        }
    }

    fn give_to_window(&mut self, frame: EncodedVideoFrame) {
        let Some(sink) = &self.encoded else { return };
        self.sink_broken &= !frame.keyframe;
        let taken = !self.sink_broken && sink.try_send(VideoFrameBody::Encoded(frame)).is_ok();
        if !taken {
            self.statistics.sink_drops += 1;
            if !sink.is_closed() {
                self.sink_broken = true;
                self.want_keyframe();
            }
        }
    }

    /// For a sink or the decoder; the assembler limits its own requests.
    fn want_keyframe(&mut self) {
        let now = self.now().mono;
        if self.sink_requested.is_some_and(|last| now < last + SINK_REQUEST_INTERVAL) {
            return;
        }
        self.sink_requested = Some(now);
        self.say_keyframe_wanted();
    }

    fn say_keyframe_wanted(&mut self) {
        self.statistics.keyframe_requests += 1;
        let content = self.config.content.clone();
        self.say(VideoReceiverEvent::KeyframeWanted { content });
    }

    fn say(&self, event: VideoReceiverEvent) {
        if self.events.try_send(event).is_err() {
            tracing::debug!("a video receiver event was not taken");
        }
    }

    fn note_shown(&mut self, now: Duration) {
        if let Some(last) = self.last_shown {
            let gap = now.saturating_sub(last);
            if !self.gaps.is_empty() {
                let mean = self.gaps.iter().sum::<Duration>() / u32::try_from(self.gaps.len()).unwrap_or(1);
                if gap > (3 * mean).max(mean + FREEZE_EXTRA) {
                    self.statistics.freezes += 1;
                    self.statistics.freeze_time += gap;
                }
            }
            if self.gaps.len() == GAP_WINDOW {
                self.gaps.pop_front();
            }
            self.gaps.push_back(gap);
        }
        self.last_shown = Some(now);
    }

    fn publish_statistics(&mut self) {
        let elapsed = self.tallied.elapsed().as_secs_f64();
        self.tallied = Instant::now();
        let counters = self.assembler.statistics();
        let per_second = |count: f64| (count / elapsed).round() as u32;
        let statistics = &mut self.statistics;
        statistics.fps = per_second((counters.frames - self.frames_before) as f64);
        statistics.bits_per_second = per_second((counters.bytes - self.bytes_before) as f64 * 8.0);
        statistics.frames = counters.frames;
        statistics.keyframes = counters.keyframes;
        statistics.dropped = counters.dropped;
        statistics.malformed = counters.malformed;
        statistics.jitter = self.playout.jitter();
        statistics.playout_delay = self.playout.delay();
        self.frames_before = counters.frames;
        self.bytes_before = counters.bytes;
        self.publish.send_replace(*statistics);
    }
}
