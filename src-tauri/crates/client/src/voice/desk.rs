//! The desk's task.

use std::path::PathBuf;

use confab_media::voice::{
    ClipId, Playback, PlaybackState, RecordError, Recorded, RecordingEnd as MediaEnd, RecordingOptions,
    RecordingProgress as MediaProgress, Speed, VoicePlayer, VoiceRecorder,
};
use confab_model::{
    AccountId, DeviceId, DeviceKind, Event, MessageId, RecordedClip, RecordingEnd, RecordingProgress, VoicePlayback,
    VoicePlaybackState, VoiceSpeed,
};
use tokio::sync::{mpsc, watch};

use super::{Order, Played, VoiceContext};
use crate::{ErrorCode, OperationError};

/// What a clip is called on the far side's disk, should it be saved there.
const FILE_NAME: &str = "voice message.ogg";

/// What there is of a recording.
enum Recording {
    None,
    Running {
        recorder: VoiceRecorder,
        progress: watch::Receiver<MediaProgress>,
        path: PathBuf,
    },
    /// It ended by itself and waits for the person.
    Waiting(Result<RecordedClip, OperationError>),
}

/// The player, and what it plays.
struct Playing {
    player: VoicePlayer,
    seen: watch::Receiver<Playback>,
    speaker: Option<DeviceId>,
    now: Option<(ClipId, Option<AccountId>, MessageId)>,
}

pub(super) struct Desk {
    context: VoiceContext,
    calls: watch::Receiver<u32>,
    recording: Recording,
    playing: Option<Playing>,
}

/// What woke the desk up.
enum Woken {
    Order(Order),
    Calls,
    Recording,
    /// The recorder's thread has died.
    RecorderLost,
    Playback,
    /// Nobody is left who could give orders.
    Over,
}

impl Desk {
    pub(super) fn new(context: VoiceContext, calls: watch::Receiver<u32>) -> Self {
        Self { context, calls, recording: Recording::None, playing: None }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            match self.next(&mut orders).await {
                Woken::Order(order) => self.obey(order).await,
                Woken::Calls => self.make_way().await,
                Woken::Recording => self.recording_moved().await,
                Woken::RecorderLost => self.keep_recording(RecordingEnd::DiskFailed).await,
                Woken::Playback => self.tell_playback(),
                Woken::Over => break,
            }
        }
        // Closes the devices, which blocks.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }

    async fn next(&mut self, orders: &mut mpsc::Receiver<Order>) -> Woken {
        let (recording, playing) = (&mut self.recording, &mut self.playing);
        let recorded = async {
            match recording {
                Recording::Running { progress, .. } => progress.changed().await.is_ok(),
                Recording::None | Recording::Waiting(_) => std::future::pending().await,
            }
        };
        let played = async {
            match playing {
                Some(playing) => playing.seen.changed().await.is_ok(),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            order = orders.recv() => order.map_or(Woken::Over, Woken::Order),
            Ok(()) = self.calls.changed() => Woken::Calls,
            is_alive = recorded => if is_alive { Woken::Recording } else { Woken::RecorderLost },
            is_alive = played => {
                if !is_alive {
                    // Its thread has died: the next clip gets a new one.
                    self.playing = None;
                }
                Woken::Playback
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        // Whoever asked may have gone meanwhile.
        match order {
            Order::Record { reply } => drop(reply.send(self.record().await)),
            Order::Finish { reply } => drop(reply.send(self.finish().await)),
            Order::Cancel { reply } => {
                self.forget_recording().await;
                drop(reply.send(Ok(())));
            }
            Order::Play { played, reply } => drop(reply.send(self.play(played).await)),
            Order::Stop { reply } => {
                self.stop_playing();
                drop(reply.send(Ok(())));
            }
        }
    }

    fn not_during_a_call(&self) -> Result<(), OperationError> {
        match *self.calls.borrow() {
            0 => Ok(()),
            _ => Err(OperationError::new(ErrorCode::Busy, "not during a call")),
        }
    }

    async fn record(&mut self) -> Result<(), OperationError> {
        self.not_during_a_call()?;
        self.stop_playing();
        self.forget_recording().await;
        let (context, mut microphone) = (self.context.clone(), self.context.selection.borrow().microphone.clone());
        let started = blocking(move || {
            let path = context.files.waiting_path(FILE_NAME).map_err(|error| refusal(&error.into()))?;
            if microphone.is_none() && context.needs_test(DeviceKind::Microphone) {
                microphone = Some(DeviceId("test:tone".to_owned()));
            }
            let options = RecordingOptions { microphone, ..RecordingOptions::new(&path) };
            match VoiceRecorder::start(options, context.catalog.clone()) {
                Ok(recorder) => Ok((recorder, path)),
                Err(error) => {
                    context.files.throw_away(path);
                    Err(refusal(&error))
                }
            }
        });
        let (recorder, path) = started.await?;
        let progress = recorder.progress();
        self.recording = Recording::Running { recorder, progress, path };
        Ok(())
    }

    async fn finish(&mut self) -> Result<RecordedClip, OperationError> {
        match std::mem::replace(&mut self.recording, Recording::None) {
            Recording::None => Err(OperationError::new(ErrorCode::NotAllowed, "nothing is being recorded")),
            Recording::Running { recorder, path, .. } => self.finished(recorder, path).await,
            Recording::Waiting(clip) => clip,
        }
    }

    /// Deletes what was recorded, running or waiting.
    async fn forget_recording(&mut self) {
        match std::mem::replace(&mut self.recording, Recording::None) {
            Recording::Running { recorder, path, .. } => {
                let _ = tokio::task::spawn_blocking(move || recorder.cancel()).await;
                self.context.files.throw_away(path);
            }
            Recording::Waiting(Ok(clip)) => {
                self.context.files.throw_away(PathBuf::from(clip.path));
            }
            Recording::None | Recording::Waiting(Err(_)) => {}
        }
    }

    async fn recording_moved(&mut self) {
        let Recording::Running { progress, .. } = &mut self.recording else { return };
        let seen = progress.borrow_and_update().clone();
        let level = (seen.level.clamp(0.0, 1.0) * 100.0) as u8;
        match seen.ended.as_ref().map(end_of) {
            None => self.tell_recording(RecordingProgress { elapsed_ms: seen.elapsed_ms, level, ended: None }),
            Some(end) => self.keep_recording(end.unwrap_or(RecordingEnd::DiskFailed)).await,
        }
    }

    /// It is over though nobody asked for that: what is there waits.
    async fn keep_recording(&mut self, why: RecordingEnd) {
        let Recording::Running { recorder, progress, path } = std::mem::replace(&mut self.recording, Recording::None)
        else {
            return;
        };
        let clip = self.finished(recorder, path).await;
        let elapsed_ms = clip.as_ref().map_or(progress.borrow().elapsed_ms, |clip| clip.duration_ms);
        self.recording = Recording::Waiting(clip);
        self.tell_recording(RecordingProgress { elapsed_ms, level: 0, ended: Some(why) });
    }

    /// A call uses the sound devices from now on, or does not any more.
    async fn make_way(&mut self) {
        if *self.calls.borrow_and_update() == 0 {
            return;
        }
        self.stop_playing();
        if matches!(self.recording, Recording::Running { .. }) {
            self.keep_recording(RecordingEnd::CallStarted).await;
        }
    }

    async fn play(&mut self, played: Played) -> Result<(), OperationError> {
        self.not_during_a_call()?;
        let mut speaker = self.context.selection.borrow().speaker.clone();
        if speaker.is_none() {
            let context = self.context.clone();
            let needs_test = move || Ok(context.needs_test(DeviceKind::Speaker));
            speaker = blocking(needs_test).await?.then(|| DeviceId("test:null".to_owned()));
        }
        let playing = match &mut self.playing {
            Some(playing) => playing,
            none => {
                let (player, seen) =
                    VoicePlayer::start(self.context.catalog.clone(), speaker.clone()).map_err(|error| {
                        OperationError::new(ErrorCode::DeviceFailed, "nothing can be played").with_detail(error)
                    })?;
                none.insert(Playing { player, seen, speaker: speaker.clone(), now: None })
            }
        };
        if playing.speaker != speaker {
            playing.player.set_speaker(speaker.clone());
            playing.speaker = speaker;
        }
        playing.player.set_speed(match played.speed {
            VoiceSpeed::Normal => Speed::Normal,
            VoiceSpeed::OneAndAHalf => Speed::OneAndAHalf,
            VoiceSpeed::Double => Speed::Double,
        });
        // The clip before it stops where it was.
        let before = playing.now.take().filter(|(_, account, clip)| (account, clip) != (&played.account, &played.clip));
        let position_ms = playing.seen.borrow().position_ms;
        let clip = playing.player.play(played.path, played.from_ms);
        playing.now = Some((clip, played.account, played.clip));
        if let Some((_, account, message)) = before {
            self.tell_stopped(account, message, position_ms);
        }
        Ok(())
    }

    fn stop_playing(&mut self) {
        let Some(playing) = &mut self.playing else { return };
        // Also one that was heard to its end: its file stays open until then.
        playing.player.stop();
        let Some((_, account, message)) = playing.now.take() else { return };
        let position_ms = playing.seen.borrow().position_ms;
        self.tell_stopped(account, message, position_ms);
    }

    fn tell_stopped(&self, account: Option<AccountId>, message: MessageId, position_ms: u32) {
        let playback = VoicePlayback { message, state: VoicePlaybackState::Stopped, position_ms, duration_ms: 0 };
        self.context.bus.publish(account, Event::VoicePlayed { playback });
    }

    fn tell_playback(&mut self) {
        let Some(playing) = &mut self.playing else { return };
        let seen = playing.seen.borrow_and_update().clone();
        let Some((clip, account, message)) = playing.now.clone() else { return };
        if seen.clip != Some(clip) {
            return;
        }
        let state = match seen.state {
            PlaybackState::Playing => VoicePlaybackState::Playing,
            PlaybackState::Ended => VoicePlaybackState::Ended,
            PlaybackState::Idle | PlaybackState::Paused => VoicePlaybackState::Stopped,
            PlaybackState::Failed(error) => VoicePlaybackState::Failed { code: error.code().to_owned() },
        };
        if state != VoicePlaybackState::Playing {
            playing.now = None;
        }
        let (position_ms, duration_ms) = (seen.position_ms, seen.duration_ms);
        let playback = VoicePlayback { message, state, position_ms, duration_ms };
        self.context.bus.publish(account, Event::VoicePlayed { playback });
    }

    async fn finished(&self, recorder: VoiceRecorder, path: PathBuf) -> Result<RecordedClip, OperationError> {
        let files = self.context.files.clone();
        blocking(move || {
            recorder.finish().map(clip).map_err(|error| {
                files.throw_away(path);
                refusal(&error)
            })
        })
        .await
    }

    fn tell_recording(&self, progress: RecordingProgress) {
        self.context.bus.publish(None, Event::RecordingProgressed { progress });
    }
}

impl VoiceContext {
    /// Whether what is built in stands in for a missing device. Blocks.
    fn needs_test(&self, kind: DeviceKind) -> bool {
        self.test_media
            && !self.catalog.audio().unwrap_or_default().iter().any(|device| device.kind == kind && !device.is_test)
    }
}

fn clip(recorded: Recorded) -> RecordedClip {
    RecordedClip {
        path: recorded.path.to_string_lossy().into_owned(),
        duration_ms: recorded.duration_ms,
        waveform: recorded.waveform,
        // 30 minutes are 7 MB.
        size: u32::try_from(recorded.size).unwrap_or(u32::MAX),
    }
}

/// `None`: it was asked to end.
fn end_of(end: &MediaEnd) -> Option<RecordingEnd> {
    match end {
        MediaEnd::Finished => None,
        MediaEnd::LimitReached => Some(RecordingEnd::LimitReached),
        MediaEnd::MicrophoneLost(_) => Some(RecordingEnd::MicrophoneLost),
        MediaEnd::DiskFull => Some(RecordingEnd::DiskFull),
        MediaEnd::DiskFailed(_) => Some(RecordingEnd::DiskFailed),
    }
}

fn refusal(error: &RecordError) -> OperationError {
    let (code, message) = match error {
        RecordError::Device(_) => (ErrorCode::DeviceFailed, "the microphone cannot be used"),
        RecordError::DiskFull => (ErrorCode::DiskFull, "there is no space for a recording"),
        RecordError::Disk(_) | RecordError::Broken => (ErrorCode::FileFailed, "the recording cannot be kept"),
        RecordError::Empty(_) => (ErrorCode::InvalidArgument, "nothing was recorded"),
    };
    OperationError::new(code, message).with_detail(error.code())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OperationError> + Send + 'static,
) -> Result<T, OperationError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| OperationError::gone())?
}
