//! The own picture on its way: input → encoder → packets, with a preview. One thread, `video-send`, owns the
//! input, the encoder and the counters; this handle only posts commands.
//!
//! Queues: the input's pictures go through a slot in which the newest wins; a picture whose packets do not all
//! fit into `rtp_out` is dropped whole and the next one is a keyframe, since a hole that no sequence number
//! shows could not be repaired; preview and events are dropped when nobody takes them.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use confab_model::{ContentName, RtpOut, VideoFrameBody};
use tokio::sync::{mpsc, watch};

use super::{
    Picture, PicturePool, PreviewConfig, SendPipeline, VideoInput, VideoInputEvent, VideoSenderConfig,
    VideoSenderEvent, VideoSenderStatistics,
    input::{InputChoice, RunningInput},
    pipeline::PipelineConfig,
    scale,
    slot::{Slot, Wake},
    vp8::EncoderError,
};

/// Statistics are made this often.
const STATISTICS_INTERVAL: Duration = Duration::from_secs(1);
/// A picture that waited for the call is sent if it is not older: cameras in the dark give one in 130 ms.
const WAITING_PICTURE: Duration = Duration::from_millis(150);
/// Events that nobody took; the oldest stay.
const EVENT_QUEUE: usize = 32;

#[derive(Debug)]
enum Command {
    TargetRate(u32),
    Keyframe,
    Input(InputRequest),
    Pause,
    Resume,
    Sending(bool),
    Content(ContentName),
    Preview(Option<PreviewConfig>),
    Close,
}

/// An input, and what it was made from: after a pause it is made again.
struct InputRequest(Box<dyn VideoInput>, Option<InputChoice>);

impl std::fmt::Debug for InputRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InputRequest")
    }
}

/// The handle of a running sender. Dropping it ends the thread and releases the device soon after;
/// [`Self::stop`] waits for that.
#[derive(Debug)]
pub struct VideoSender {
    slot: Arc<Slot<Command>>,
    statistics: watch::Receiver<VideoSenderStatistics>,
    thread: Option<JoinHandle<()>>,
}

impl VideoSender {
    /// Opens the input and begins to send. Preview pictures are [`VideoFrameBody::Raw`].
    ///
    /// # Errors
    /// The thread could not be started.
    pub fn start(
        config: VideoSenderConfig,
        rtp_out: mpsc::Sender<RtpOut>,
        preview: Option<mpsc::Sender<VideoFrameBody>>,
    ) -> std::io::Result<(Self, mpsc::Receiver<VideoSenderEvent>)> {
        let input = config.input.input();
        Self::start_with(config, input, rtp_out, preview)
    }

    /// The same with an input of the caller's instead of `config.input`.
    ///
    /// # Errors
    /// The thread could not be started.
    pub fn start_with(
        config: VideoSenderConfig,
        input: Box<dyn VideoInput>,
        rtp_out: mpsc::Sender<RtpOut>,
        preview: Option<mpsc::Sender<VideoFrameBody>>,
    ) -> std::io::Result<(Self, mpsc::Receiver<VideoSenderEvent>)> {
        let slot = Arc::new(Slot::default());
        let (events_in, events) = mpsc::channel(EVENT_QUEUE);
        let (statistics_in, statistics) = watch::channel(VideoSenderStatistics::default());
        slot.command(Command::Input(InputRequest(input, None)));
        let worker = Worker::new(config, Arc::clone(&slot), rtp_out, preview, events_in, statistics_in);
        let thread = std::thread::Builder::new().name("video-send".into()).spawn(move || worker.run())?;
        Ok((Self { slot, statistics, thread: Some(thread) }, events))
    }

    /// Follows the network's estimate (bits a second).
    pub fn set_target_rate(&self, rate: u32) {
        self.slot.command(Command::TargetRate(rate));
    }
    /// The far side asked for a keyframe (PLI, FIR).
    pub fn force_keyframe(&self) {
        self.slot.command(Command::Keyframe);
    }
    /// Changes to another input; the old device is released first. During a pause the new one is opened by
    /// [`Self::resume`] only.
    pub fn set_input(&self, choice: &InputChoice) {
        self.slot.command(Command::Input(InputRequest(choice.input(), Some(choice.clone()))));
    }
    /// The same with an input of the caller's, which ends a pause; after the next one the last choice is opened.
    pub fn set_input_with(&self, input: Box<dyn VideoInput>) {
        self.slot.command(Command::Input(InputRequest(input, None)));
    }
    /// Camera off: the device is closed, nothing is sent.
    pub fn pause(&self) {
        self.slot.command(Command::Pause);
    }
    /// Camera on again; begins with a keyframe.
    pub fn resume(&self) {
        self.slot.command(Command::Resume);
    }
    /// Whether pictures are encoded and sent; without it there is only the preview (before the call). When it is turned
    /// on, the picture at hand goes out at once.
    pub fn set_sending(&self, sending: bool) {
        self.slot.command(Command::Sending(sending));
    }
    /// The content of all packets from now on: a camera may be opened before a far side has named it.
    pub fn set_content(&self, content: ContentName) {
        self.slot.command(Command::Content(content));
    }
    /// Size and rate of the preview; `None` saves its cost while no window shows it.
    pub fn set_preview(&self, preview: Option<PreviewConfig>) {
        self.slot.command(Command::Preview(preview));
    }
    /// The last second's figures.
    pub fn statistics(&self) -> VideoSenderStatistics {
        *self.statistics.borrow()
    }

    /// Ends and waits until the device is released: up to two seconds, so not on an async thread.
    pub fn stop(mut self) {
        self.slot.command(Command::Close);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("the video sender panicked");
        }
    }
}

impl Drop for VideoSender {
    fn drop(&mut self) {
        self.slot.command(Command::Close);
    }
}

/// What is summed up until the next statistics.
#[derive(Debug, Default)]
struct Tally {
    encoded: u32,
    bytes: usize,
    cost: Duration,
    captured_before: u64,
}

struct Worker {
    config: VideoSenderConfig,
    slot: Arc<Slot<Command>>,
    rtp_out: mpsc::Sender<RtpOut>,
    preview: Option<mpsc::Sender<VideoFrameBody>>,
    events: mpsc::Sender<VideoSenderEvent>,
    publish: watch::Sender<VideoSenderStatistics>,
    pipeline: SendPipeline,
    input: Option<RunningInput>,
    /// The input to open again after a pause.
    choice: InputChoice,
    paused: bool,
    sending: bool,
    /// The newest picture while nothing is sent.
    waiting: Option<Box<Picture>>,
    preview_config: Option<PreviewConfig>,
    preview_due: Duration,
    pool: PicturePool,
    statistics: VideoSenderStatistics,
    tally: Tally,
    tallied: Instant,
    failed: bool,
}

impl Worker {
    fn new(
        config: VideoSenderConfig,
        slot: Arc<Slot<Command>>,
        rtp_out: mpsc::Sender<RtpOut>,
        preview: Option<mpsc::Sender<VideoFrameBody>>,
        events: mpsc::Sender<VideoSenderEvent>,
        publish: watch::Sender<VideoSenderStatistics>,
    ) -> Self {
        let pipeline = SendPipeline::new(PipelineConfig {
            content: config.content.clone(),
            limit: config.limit,
            start_rate: config.start_rate,
            max_rate: config.max_rate,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            // The standard library's only source of randomness; nothing secret depends on it.
            seed: RandomState::new().build_hasher().finish() as u32,
        });
        Self {
            slot,
            rtp_out,
            preview,
            events,
            publish,
            pipeline,
            input: None,
            choice: config.input.clone(),
            paused: false,
            sending: config.sending,
            waiting: None,
            preview_config: Some(config.preview),
            preview_due: Duration::ZERO,
            pool: PicturePool::default(),
            statistics: VideoSenderStatistics::default(),
            tally: Tally::default(),
            tallied: Instant::now(),
            failed: false,
            config,
        }
    }

    fn run(mut self) {
        loop {
            let until = (self.tallied + STATISTICS_INTERVAL).saturating_duration_since(Instant::now());
            match self.slot.wait(until) {
                Wake::Command(Command::Close) => break,
                Wake::Command(command) => self.handle_command(command),
                Wake::Picture(picture) => {
                    self.show_preview(&picture);
                    if self.sending {
                        self.send(&picture);
                    } else {
                        self.prepare(picture);
                    }
                }
                Wake::Timeout => {}
            }
            if self.tallied.elapsed() >= STATISTICS_INTERVAL {
                self.publish_statistics();
            }
        }
        if let Some(input) = self.input.take() {
            input.stop();
        }
    }

    fn handle_command(&mut self, command: Command) {
        match command {
            Command::TargetRate(rate) => {
                let result = self.pipeline.set_target_rate(rate);
                self.note_encoder(result.err());
            }
            Command::Keyframe => self.pipeline.force_keyframe(),
            Command::Input(InputRequest(input, choice)) => {
                let by_choice = choice.is_some();
                self.choice = choice.unwrap_or_else(|| self.choice.clone());
                if !(self.paused && by_choice) {
                    self.open(input);
                }
            }
            Command::Pause => {
                self.paused = true;
                self.close_input();
            }
            Command::Resume => {
                if self.paused {
                    let input = self.choice.input();
                    self.open(input);
                }
            }
            Command::Sending(sending) => {
                self.sending = sending;
                self.pipeline.force_keyframe();
                let waiting = self.waiting.take().filter(|_| sending);
                let now = self.config.clock.now().mono;
                if let Some(picture) =
                    waiting.filter(|picture| now.saturating_sub(picture.captured.mono) <= WAITING_PICTURE)
                {
                    self.send(&picture);
                }
            }
            Command::Content(content) => self.pipeline.set_content(content),
            Command::Preview(preview) => self.preview_config = preview,
            Command::Close => {}
        }
    }

    fn close_input(&mut self) {
        self.slot.open_generation();
        self.waiting = None;
        if let Some(input) = self.input.take() {
            input.stop();
        }
    }

    fn open(&mut self, input: Box<dyn VideoInput>) {
        self.close_input();
        self.paused = false;
        let generation = self.slot.open_generation();
        let slot = Arc::clone(&self.slot);
        let deliver = Arc::new(move |picture| slot.put(picture, generation));
        let events = self.events.clone();
        let say = Arc::new(move |event| {
            if events.try_send(translate(event)).is_err() {
                tracing::debug!("an event of the video input was not taken");
            }
        });
        self.pipeline.force_keyframe();
        self.input = Some(RunningInput::start(input, self.config.limit, self.config.clock, deliver, say));
    }

    fn show_preview(&mut self, picture: &Picture) {
        let (Some(sink), Some(config)) = (&self.preview, self.preview_config) else { return };
        let (now, interval) = (picture.captured.mono, Duration::from_secs(1) / config.fps.max(1));
        if now + interval / 4 < self.preview_due {
            return;
        }
        self.preview_due = self.preview_due.max(now.saturating_sub(interval)) + interval;
        // The place is taken first: a window that is behind costs no scaling.
        let Ok(place) = sink.try_reserve() else {
            self.statistics.dropped_preview += 1;
            return;
        };
        let (width, height) = scale::fit(picture.width(), picture.height(), config.width, config.height);
        let frame = if (width, height) == (picture.width(), picture.height()) {
            picture.to_frame()
        } else {
            scale::resize(picture, width, height, &self.pool).to_frame()
        };
        place.send(VideoFrameBody::Raw(frame));
    }

    /// Not yet sending: keeps the picture and has an encoder of its size ready.
    fn prepare(&mut self, picture: Box<Picture>) {
        if self.failed {
            return;
        }
        let result = self.pipeline.prepare(&picture);
        self.note_encoder(result.err());
        self.waiting = Some(picture);
    }

    fn send(&mut self, picture: &Picture) {
        if self.failed {
            return;
        }
        let began = Instant::now();
        let output = match self.pipeline.handle_picture(picture) {
            Ok(Some(output)) => output,
            Ok(None) => return,
            Err(error) => return self.note_encoder(Some(error)),
        };
        let cost = began.elapsed();
        self.pipeline.note_cost(picture.captured.mono, cost);
        self.tally.encoded += 1;
        self.tally.cost += cost;
        self.tally.bytes += output.packets.iter().map(|packet| packet.payload.len()).sum::<usize>();
        self.note_picture(&output.picture);
        match self.rtp_out.try_reserve_many(output.packets.len()) {
            Ok(places) => places.zip(output.packets).for_each(|(place, packet)| place.send(packet)),
            Err(_) => {
                self.statistics.dropped_queue += 1;
                self.pipeline.force_keyframe();
            }
        }
    }

    fn note_picture(&mut self, picture: &super::vp8::EncodedPicture) {
        self.statistics.encoded += 1;
        self.statistics.keyframes += u64::from(picture.keyframe);
        self.statistics.quantizer = picture.quantizer;
        if (self.statistics.width, self.statistics.height) != (picture.width, picture.height) {
            (self.statistics.width, self.statistics.height) = (picture.width, picture.height);
            self.say(VideoSenderEvent::SizeChanged { width: picture.width, height: picture.height });
        }
    }

    fn note_encoder(&mut self, error: Option<EncoderError>) {
        let Some(error) = error else { return };
        tracing::warn!(%error, "the video encoder failed");
        self.failed = true;
        self.say(VideoSenderEvent::EncoderFailed { detail: error.to_string() });
    }

    fn say(&self, event: VideoSenderEvent) {
        if self.events.try_send(event).is_err() {
            tracing::debug!("a video sender event was not taken");
        }
    }

    fn publish_statistics(&mut self) {
        let elapsed = self.tallied.elapsed().as_secs_f64();
        self.tallied = Instant::now();
        let (captured, late) = self.slot.counters();
        let tally = std::mem::take(&mut self.tally);
        let per_second = |count: f64| (count / elapsed).round() as u32;
        self.statistics.captured_fps = per_second((captured - tally.captured_before) as f64);
        self.statistics.fps = per_second(f64::from(tally.encoded));
        self.statistics.bits_per_second = per_second(tally.bytes as f64 * 8.0);
        self.statistics.encode_time = tally.cost.checked_div(tally.encoded).unwrap_or_default();
        self.statistics.target_rate = self.pipeline.target_rate();
        self.statistics.dropped_late = late;
        self.statistics.dropped_rate = self.pipeline.dropped_rate();
        self.tally.captured_before = captured;
        self.publish.send_replace(self.statistics);
    }
}

fn translate(event: VideoInputEvent) -> VideoSenderEvent {
    match event {
        VideoInputEvent::Started { device, name, is_test } => VideoSenderEvent::InputStarted { device, name, is_test },
        VideoInputEvent::Lost { device } => VideoSenderEvent::InputLost { device },
        VideoInputEvent::Replaced { from, to, name } => VideoSenderEvent::InputReplaced { from, to, name },
        VideoInputEvent::Failed(failure) => VideoSenderEvent::InputFailed { failure },
    }
}
