//! Sound and pictures of one call: which streams run, with which devices, behind which gate.
//!
//! Owned by the call's driver. In: the local description (payload types, contents), orders of the machine, the
//! person's choice of devices, what peer and windows ask for. Out: packets to the peer, pictures to the hub, events
//! to the driver ([`MediaNews`]). No device is opened before [`CallMediaRun::start`]; from then on the camera runs behind
//! the shut gate, with its picture shown to its owner only, so that opening it costs the call no time.

use std::{sync::Arc, time::Duration};

use confab_call::Gate;
use confab_media::{
    audio::{AudioCall, AudioCallConfig, AudioEvent, AudioStatistics},
    video::{
        CaptureLimit, Clock as VideoClock, InputChoice, VideoReceiver, VideoReceiverConfig, VideoReceiverEvent,
        VideoReceiverStatistics, VideoSender, VideoSenderConfig, VideoSenderEvent, VideoSinks,
        input::{InputFailureCode, TEST_PICTURE_ID},
    },
};
use confab_model::{
    AudioLevel, CallId, ContentName, DeviceId, DeviceKind, DeviceSelection, MediaDescription, MediaKind,
    VideoSourceKind,
};
use confab_peer::Peer;
use tokio::{sync::mpsc, time::Instant};

use super::{
    packets::{AUDIO_QUEUE, Inbound, VIDEO_QUEUE, carry_out},
    pictures::{PICTURE_QUEUE, PictureRoute},
    stack::CallStack,
};
use crate::voice::SoundTaken;

/// News that may wait for the driver, which reads them at once; levels beyond it are dropped.
const NEWS: usize = 64;
/// How much later than the picture the sound may be without anybody noticing (ITU-R BT.1359-1: 125 ms).
const SOUND_MAY_LAG: Duration = Duration::from_millis(100);

/// Levels that stay the same (silence, mostly) are told this seldom: each wakes every window.
const SAME_LEVEL: Duration = Duration::from_millis(500);

/// What the streams tell the driver.
#[derive(Debug)]
pub(crate) enum MediaNews {
    FirstFrame(MediaKind),
    /// A whole picture can be decoded; it may not be on any screen yet.
    FirstPictureComplete,
    KeyframeWanted(ContentName),
    /// A packet of the own picture did not fit into the pacer's queue: the far side needs a keyframe.
    SendOverflowed,
    Levels(AudioLevel),
    DeviceReplaced {
        kind: DeviceKind,
        lost: String,
        replacement: Option<String>,
    },
    DeviceFailed {
        kind: DeviceKind,
        code: String,
        detail: String,
    },
}

/// What the streams of a call measure.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MediaStatistics {
    pub(crate) audio: AudioStatistics,
    pub(crate) received: Option<VideoReceiverStatistics>,
}

/// See the module.
pub(crate) struct CallMediaRun {
    call: CallId,
    stack: Arc<CallStack>,
    peer: Arc<dyn Peer>,
    inbound: Inbound,
    news: mpsc::Sender<MediaNews>,
    audio_content: Option<(ContentName, u8)>,
    video_content: Option<ContentName>,
    /// The own description is there: what it does not name is not part of the call.
    is_described: bool,
    audio: Option<AudioCall>,
    /// Held while it runs: voice clips give way.
    sound: Option<SoundTaken>,
    sender: Option<VideoSender>,
    /// The sender's pictures go out, not only into the preview.
    is_sending: bool,
    /// The machine wants the camera although the gate is still shut.
    camera_ordered: bool,
    /// The gate was told once: from then on it alone decides about the camera.
    gate_came: bool,
    /// bit/s; the newest that the transport told, also from before there was a sender.
    target_rate: Option<u32>,
    receiver: Option<VideoReceiver>,
    gate: Gate,
    /// The far side was heard once.
    was_connected: bool,
    /// The machine allows devices.
    started: bool,
    pictures: PictureRoute,
    selection: DeviceSelection,
}

impl std::fmt::Debug for CallMediaRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallMediaRun").field("gate", &self.gate).field("started", &self.started).finish_non_exhaustive()
    }
}

impl CallMediaRun {
    pub(crate) fn new(
        call: CallId,
        stack: Arc<CallStack>,
        peer: Arc<dyn Peer>,
        inbound: Inbound,
    ) -> (Self, mpsc::Receiver<MediaNews>) {
        let (news, receiver) = mpsc::channel(NEWS);
        let pictures = PictureRoute::new(call.clone(), stack.hub.clone(), stack.options.record_dir.clone());
        let selection = stack.selection.borrow().clone();
        let run = Self {
            call,
            stack,
            peer,
            inbound,
            news,
            audio_content: None,
            video_content: None,
            is_described: false,
            audio: None,
            sound: None,
            sender: None,
            is_sending: false,
            camera_ordered: false,
            gate_came: false,
            target_rate: None,
            receiver: None,
            gate: Gate::default(),
            was_connected: false,
            started: false,
            pictures,
            selection,
        };
        (run, receiver)
    }

    /// The own description is known: contents and payload types. Receiving pictures needs no device and begins now.
    pub(crate) fn described(&mut self, local: &MediaDescription) {
        for content in &local.contents {
            match content.kind {
                MediaKind::Audio => {
                    let opus = content.payload_types.iter().find(|pt| pt.name.eq_ignore_ascii_case("opus"));
                    self.audio_content = opus.map(|pt| (content.name.clone(), pt.id));
                }
                MediaKind::Video => self.video_content = Some(content.name.clone()),
            }
        }
        self.is_described = true;
        match (&self.sender, &self.video_content) {
            (Some(sender), Some(content)) => sender.set_content(content.clone()),
            (Some(_), None) => self.sender = None,
            (None, _) => {}
        }
        self.start_receiver();
    }

    /// The far side left contents out of its answer.
    pub(crate) fn agreed(&mut self, remote: &MediaDescription) {
        if !remote.has(MediaKind::Video) {
            self.video_content = None;
            self.receiver = None;
            self.sender = None;
        }
    }

    /// Pictures went out of the call: their streams end, and the camera with them.
    pub(crate) async fn without(&mut self, content: &ContentName) {
        if self.video_content.as_ref() != Some(content) {
            return;
        }
        (self.video_content, self.receiver) = (None, None);
        (self.camera_ordered, self.is_sending) = (false, false);
        if let Some(sender) = self.sender.take() {
            // It waits for the camera to be closed.
            let _ = tokio::task::spawn_blocking(move || sender.stop()).await;
        }
        self.pictures.end().await;
    }

    /// The call was answered here or there: devices may be opened, the camera if `camera`.
    pub(crate) async fn start(&mut self, camera: bool) {
        self.started = true;
        self.sound.get_or_insert_with(|| self.stack.sound.take());
        self.camera_ordered = camera;
        self.apply().await;
    }

    pub(crate) async fn set_gate(&mut self, gate: Gate) {
        self.gate = gate;
        self.gate_came = true;
        // Windows have to decode the first picture for the call to become connected (`calls.md` section 2); they show
        // none before. Later a shut gate means that the call is held.
        self.was_connected |= gate.playback;
        self.pictures.set_open(gate.playback || !self.was_connected);
        self.apply().await;
    }

    /// Brings what runs in line with what is allowed and wanted.
    pub(crate) async fn apply(&mut self) {
        if !self.started {
            return;
        }
        if self.audio.is_none() {
            self.start_audio().await;
        }
        if let Some(audio) = &self.audio {
            audio.set_muted(!self.gate.microphone);
            if self.gate.playback { audio.open_gate() } else { audio.close_gate() }
        }
        let is_awaited = self.camera_ordered && !self.gate_came;
        match (&self.sender, self.gate.camera || is_awaited) {
            (None, true) => self.start_sender().await,
            (Some(sender), true) => {
                sender.resume();
                if self.gate.camera && !std::mem::replace(&mut self.is_sending, true) {
                    sender.set_sending(true);
                }
            }
            (Some(sender), false) => sender.pause(),
            (None, false) => {}
        }
    }

    async fn start_audio(&mut self) {
        let Some((content, payload_type)) = self.audio_content.clone() else { return };
        let choice = self.sound_choice().await;
        let mut config = AudioCallConfig::new(content.clone(), payload_type);
        config.input = choice.microphone.into();
        config.output = choice.speaker.into();
        config.muted = !self.gate.microphone;
        config.gate_open = self.gate.playback;
        if let Some(dir) = &self.stack.options.record_dir {
            config.record_sent = Some(dir.join(format!("{}.sent.wav", super::file_stem(&self.call))));
            config.record_received = Some(dir.join(format!("{}.received.wav", super::file_stem(&self.call))));
        }
        let (out_sender, out) = mpsc::channel(AUDIO_QUEUE);
        let (in_sender, packets) = mpsc::channel(AUDIO_QUEUE);
        match AudioCall::start(config, Arc::clone(&self.stack.catalog), out_sender, packets) {
            Ok((audio, events)) => {
                self.inbound.route(content, in_sender);
                // Speech that does not fit is late anyway; the far side's concealment covers it.
                carry_out(Arc::clone(&self.peer), out, || {});
                tokio::spawn(follow_audio(events, self.news.clone()));
                self.audio = Some(audio);
            }
            Err(error) => self.tell_failure(DeviceKind::Microphone, "failed", error.to_string()),
        }
    }

    /// The chosen devices; with the option for it, the built-in ones where the machine has none.
    async fn sound_choice(&mut self) -> DeviceSelection {
        let mut choice = self.selection.clone();
        if self.stack.options.test_media {
            let catalog = Arc::clone(&self.stack.catalog);
            let known =
                tokio::task::spawn_blocking(move || catalog.audio().unwrap_or_default()).await.unwrap_or_default();
            let has = |kind| known.iter().any(|device| device.kind == kind && !device.is_test);
            if choice.microphone.is_none() && !has(DeviceKind::Microphone) {
                choice.microphone = Some(DeviceId("test:tone".to_owned()));
            }
            if choice.speaker.is_none() && !has(DeviceKind::Speaker) {
                choice.speaker = Some(DeviceId("test:null".to_owned()));
            }
        }
        choice
    }

    async fn camera_choice(&mut self) -> InputChoice {
        if let Some(file) = &self.stack.options.camera_file {
            return InputChoice::File(file.clone());
        }
        if self.stack.options.test_media && self.selection.camera.is_none() {
            let catalog = Arc::clone(&self.stack.catalog);
            let known = tokio::task::spawn_blocking(move || catalog.cameras()).await.unwrap_or_default();
            if !known.iter().any(|device| !device.is_test) {
                return InputChoice::from_selection(Some(&DeviceId(TEST_PICTURE_ID.to_owned())));
            }
        }
        InputChoice::from_selection(self.selection.camera.as_ref())
    }

    async fn start_sender(&mut self) {
        let content = match self.video_content.clone() {
            Some(content) => content,
            // The far side's offer is on its way and will name it; nothing is sent before.
            None if !self.is_described => ContentName::from("video"),
            None => return,
        };
        let clock = VideoClock::new(self.stack.clock.start());
        let mut config = VideoSenderConfig::new(content, self.camera_choice().await, clock);
        config.sending = self.gate.camera;
        self.is_sending = config.sending;
        if let Some(rate) = self.target_rate {
            config.start_rate = rate;
        }
        if let Some((width, height, fps)) = self.stack.options.picture_limit {
            config.limit = CaptureLimit { width, height, fps };
        }
        let (out_sender, out) = mpsc::channel(VIDEO_QUEUE);
        let (preview_sender, preview) = mpsc::channel(PICTURE_QUEUE);
        match VideoSender::start(config, out_sender, Some(preview_sender)) {
            Ok((sender, events)) => {
                let news = self.news.clone();
                carry_out(Arc::clone(&self.peer), out, move || {
                    let _ = news.try_send(MediaNews::SendOverflowed);
                });
                tokio::spawn(follow_sender(events, self.news.clone()));
                self.pictures.carry(VideoSourceKind::LocalPreview, preview);
                self.sender = Some(sender);
            }
            Err(error) => self.tell_failure(DeviceKind::Camera, "failed", error.to_string()),
        }
    }

    fn start_receiver(&mut self) {
        let Some(content) = self.video_content.clone() else { return };
        let raw = *self.stack.hub.raw_wanted().borrow();
        let mut config = VideoReceiverConfig::new(content.clone(), VideoClock::new(self.stack.clock.start()));
        config.decode = raw || self.stack.options.decode;
        let (encoded_sender, encoded) = mpsc::channel(PICTURE_QUEUE);
        let (raw_sender, raw_pictures) = mpsc::channel(PICTURE_QUEUE);
        let wants_encoded = !raw || self.stack.options.record_dir.is_some();
        let sinks = VideoSinks { encoded: wants_encoded.then_some(encoded_sender), raw: raw.then_some(raw_sender) };
        let (in_sender, packets) = mpsc::channel(VIDEO_QUEUE);
        let (receiver, events) = VideoReceiver::start(config, packets, sinks);
        self.inbound.route(content, in_sender);
        if raw {
            self.pictures.carry(VideoSourceKind::Remote, raw_pictures);
        } else {
            self.pictures.carry(VideoSourceKind::Remote, encoded);
        }
        tokio::spawn(follow_receiver(events, self.news.clone()));
        self.receiver = Some(receiver);
    }

    /// A window that cannot decode came, or the last one of them went.
    pub(crate) fn raw_wanted_changed(&mut self) {
        if self.receiver.is_some() {
            self.start_receiver();
            self.request_remote_keyframe();
        }
    }

    pub(crate) async fn selection_changed(&mut self) {
        let new = self.stack.selection.borrow().clone();
        let old = std::mem::replace(&mut self.selection, new.clone());
        if let Some(audio) = &self.audio {
            if old.microphone != new.microphone {
                audio.set_input(new.microphone.into());
            }
            if old.speaker != new.speaker {
                audio.set_output(new.speaker.into());
            }
        }
        if old.camera != new.camera {
            let choice = self.camera_choice().await;
            if let Some(sender) = &self.sender {
                sender.set_input(&choice);
            }
        }
    }

    pub(crate) fn force_keyframe(&self) {
        if let Some(sender) = &self.sender {
            sender.force_keyframe();
        }
    }

    pub(crate) fn set_target_rate(&mut self, bps: u32) {
        self.target_rate = Some(bps);
        if let Some(sender) = &self.sender {
            sender.set_target_rate(bps);
        }
    }

    pub(crate) fn request_remote_keyframe(&self) {
        if let Some(receiver) = &self.receiver {
            receiver.request_keyframe();
        }
    }

    /// Whether this content carries the call's sound.
    pub(crate) fn is_sound(&self, content: &ContentName) -> bool {
        self.audio_content.as_ref().is_some_and(|(name, _)| name == content)
    }

    /// What the transport measured: decides error correction, repair times and lip synchronisation. `sound_loss_permille`
    /// is what the far side misses of the sound, smoothed.
    pub(crate) fn adapt(&self, sound_loss_permille: u32, round_trip: Option<Duration>) {
        let mut sound_delay = Duration::ZERO;
        if let Some(audio) = &self.audio {
            audio.set_loss_out(sound_loss_permille);
            sound_delay = Duration::from_millis(u64::from(audio.statistics().jitter_delay_ms));
        }
        if let Some(receiver) = &self.receiver {
            if let Some(round_trip) = round_trip {
                receiver.set_round_trip(round_trip);
            }
            receiver.set_minimum_delay(sound_delay.saturating_sub(SOUND_MAY_LAG));
        }
    }

    pub(crate) fn statistics(&self) -> MediaStatistics {
        MediaStatistics {
            audio: self.audio.as_ref().map(AudioCall::statistics).unwrap_or_default(),
            received: self.receiver.as_ref().map(VideoReceiver::statistics),
        }
    }

    /// Ends all streams and waits until the devices are released. Stopping blocks, so it is done off the async threads.
    pub(crate) async fn stop(&mut self) {
        self.started = false;
        self.receiver = None;
        let (audio, sender) = (self.audio.take(), self.sender.take());
        let stopping = tokio::task::spawn_blocking(move || {
            if let Some(audio) = audio
                && !audio.stop()
            {
                tracing::warn!("a sound device did not close in time");
            }
            if let Some(sender) = sender {
                sender.stop();
            }
        });
        if stopping.await.is_err() {
            tracing::error!("stopping the media of a call panicked");
        }
        self.sound = None;
        self.pictures.end().await;
    }

    fn tell_failure(&self, kind: DeviceKind, code: &str, detail: String) {
        let _ = self.news.try_send(MediaNews::DeviceFailed { kind, code: code.to_owned(), detail });
    }
}

async fn follow_audio(mut events: mpsc::Receiver<AudioEvent>, news: mpsc::Sender<MediaNews>) {
    let mut told: Option<(AudioLevel, Instant)> = None;
    while let Some(event) = events.recv().await {
        let told = match event {
            AudioEvent::FirstAudio => MediaNews::FirstFrame(MediaKind::Audio),
            AudioEvent::Levels(level) => {
                if told.is_some_and(|(told, at)| told == level && at.elapsed() < SAME_LEVEL) {
                    continue;
                }
                told = Some((level, Instant::now()));
                let _ = news.try_send(MediaNews::Levels(level));
                continue;
            }
            AudioEvent::DeviceReplaced { kind, lost, replacement } => {
                MediaNews::DeviceReplaced { kind, lost, replacement }
            }
            AudioEvent::DeviceFailed { kind, code, detail } => {
                MediaNews::DeviceFailed { kind, code: code.to_owned(), detail }
            }
            AudioEvent::DeviceOpened { kind, name, .. } => {
                tracing::info!(?kind, name, "a sound device is in use");
                continue;
            }
            AudioEvent::DeviceLost { .. } => continue,
            AudioEvent::RecordingFailed { path, detail } => {
                tracing::warn!(path = %path.display(), detail, "a recording failed");
                continue;
            }
        };
        if news.send(told).await.is_err() {
            return;
        }
    }
}

async fn follow_sender(mut events: mpsc::Receiver<VideoSenderEvent>, news: mpsc::Sender<MediaNews>) {
    let kind = DeviceKind::Camera;
    let mut lost = None;
    while let Some(event) = events.recv().await {
        let told = match event {
            VideoSenderEvent::InputStarted { device, name, is_test } => {
                tracing::info!(name, is_test, "a camera is in use");
                lost = Some(device.0);
                continue;
            }
            VideoSenderEvent::InputLost { device } => {
                lost = Some(device.0);
                continue;
            }
            VideoSenderEvent::InputReplaced { from, to: _, name } => {
                MediaNews::DeviceReplaced { kind, lost: from.0, replacement: Some(name) }
            }
            VideoSenderEvent::InputFailed { failure } => match (failure.code, lost.take()) {
                (InputFailureCode::NotFound, Some(lost)) => MediaNews::DeviceReplaced { kind, lost, replacement: None },
                (code, _) => {
                    MediaNews::DeviceFailed { kind, code: failure_code(code).to_owned(), detail: failure.detail }
                }
            },
            VideoSenderEvent::SizeChanged { width, height } => {
                tracing::debug!(width, height, "the size of sent pictures changed");
                continue;
            }
            VideoSenderEvent::EncoderFailed { detail } => {
                MediaNews::DeviceFailed { kind, code: "failed".to_owned(), detail }
            }
        };
        if news.send(told).await.is_err() {
            return;
        }
    }
}

fn failure_code(code: InputFailureCode) -> &'static str {
    match code {
        InputFailureCode::Busy => "busy",
        InputFailureCode::Denied => "denied",
        InputFailureCode::NotFound => "notFound",
        InputFailureCode::Failed => "failed",
    }
}

async fn follow_receiver(mut events: mpsc::Receiver<VideoReceiverEvent>, news: mpsc::Sender<MediaNews>) {
    while let Some(event) = events.recv().await {
        let told = match event {
            VideoReceiverEvent::FirstFrameComplete { .. } => MediaNews::FirstPictureComplete,
            VideoReceiverEvent::FirstFrameDecoded { .. } => MediaNews::FirstFrame(MediaKind::Video),
            VideoReceiverEvent::KeyframeWanted { content } => MediaNews::KeyframeWanted(content),
            VideoReceiverEvent::SizeChanged { .. } => continue,
        };
        if news.send(told).await.is_err() {
            return;
        }
    }
}
