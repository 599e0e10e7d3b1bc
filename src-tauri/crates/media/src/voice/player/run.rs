//! The player's thread.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use confab_model::DeviceId;
use tokio::sync::watch;

use crate::{
    device::DeviceCatalog,
    voice::{
        SAMPLES_PER_MS,
        clip::Clip,
        milliseconds,
        player::{ClipId, Command, Playback, PlaybackError, PlaybackState, Speed, speaker::Speaker},
        tempo::Tempo,
    },
};

/// A fifth of what waits for the device.
const PAUSE: Duration = Duration::from_millis(40);
/// How far a position moves before it is told: ten times a second.
const TELL_EVERY_MS: u32 = 100;

/// A clip and where it is.
struct Loaded {
    id: ClipId,
    path: PathBuf,
    /// `None` until it could be opened.
    clip: Option<Clip>,
    /// Samples: where it goes on when it plays again.
    at: u64,
    /// The clip gives no more; what it gave is still to be heard.
    is_read: bool,
}

pub(super) struct Player {
    catalog: Arc<dyn DeviceCatalog>,
    choice: Option<DeviceId>,
    told: watch::Sender<Playback>,
    speed: Speed,
    state: PlaybackState,
    loaded: Option<Loaded>,
    /// Open while playing.
    speaker: Option<Speaker>,
    tempo: Tempo,
    scratch: Vec<f32>,
}

impl Player {
    pub(super) fn new(
        catalog: Arc<dyn DeviceCatalog>,
        choice: Option<DeviceId>,
        told: watch::Sender<Playback>,
    ) -> Self {
        Self {
            catalog,
            choice,
            told,
            speed: Speed::Normal,
            state: PlaybackState::Idle,
            loaded: None,
            speaker: None,
            tempo: Tempo::new(1.0),
            scratch: Vec::new(),
        }
    }

    /// Until the other end is dropped.
    pub(super) fn run(&mut self, asked: &Receiver<Command>) {
        loop {
            let first = if self.speaker.is_some() {
                match asked.recv_timeout(PAUSE) {
                    Ok(command) => Some(command),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            } else {
                let Ok(command) = asked.recv() else { return };
                Some(command)
            };
            self.obey(first.into_iter().chain(asked.try_iter()).collect());
            if let Err(error) = self.keep_playing() {
                self.fail(error);
            }
            self.tell();
        }
    }

    fn obey(&mut self, commands: Vec<Command>) {
        let mut seek = None;
        for command in commands {
            // A slider that is dragged asks for every pixel.
            if let Command::Seek(position) = command {
                seek = Some(position);
                continue;
            }
            self.obey_seek(seek.take());
            if let Err(error) = self.obey_one(command) {
                self.fail(error);
            }
        }
        self.obey_seek(seek);
    }

    fn obey_one(&mut self, command: Command) -> Result<(), PlaybackError> {
        match command {
            Command::Play { clip, path, from_ms } => {
                self.close_speaker();
                let at = u64::from(from_ms) * SAMPLES_PER_MS;
                self.loaded = Some(Loaded { id: clip, path, clip: None, at, is_read: false });
                self.begin()?;
            }
            Command::Pause => {
                if self.state == PlaybackState::Playing {
                    self.close_speaker();
                    self.state = PlaybackState::Paused;
                }
            }
            Command::Resume => match self.state {
                PlaybackState::Paused | PlaybackState::Failed(_) => self.begin()?,
                PlaybackState::Ended => {
                    if let Some(loaded) = &mut self.loaded {
                        loaded.at = 0;
                    }
                    self.begin()?;
                }
                PlaybackState::Idle | PlaybackState::Playing => {}
            },
            Command::Speed(speed) => {
                self.speed = speed;
                self.tempo.set_factor(speed.factor());
            }
            Command::Speaker(choice) => {
                self.choice = choice;
                if self.speaker.is_some() {
                    self.close_speaker();
                    self.begin()?;
                }
            }
            Command::Stop => {
                self.close_speaker();
                self.loaded = None;
                self.state = PlaybackState::Idle;
            }
            Command::Seek(position) => self.obey_seek(Some(position)),
        }
        Ok(())
    }

    fn obey_seek(&mut self, position_ms: Option<u32>) {
        let Some(position_ms) = position_ms else { return };
        let was_playing = self.state == PlaybackState::Playing;
        let Some(loaded) = &mut self.loaded else { return };
        let length = loaded.clip.as_ref().map_or(u64::MAX, Clip::length);
        loaded.at = (u64::from(position_ms) * SAMPLES_PER_MS).min(length);
        if was_playing {
            if let Err(error) = self.jump() {
                self.fail(error);
            }
        } else if self.state == PlaybackState::Ended {
            self.state = PlaybackState::Paused;
        }
    }

    /// Plays what is loaded from `at` on.
    fn begin(&mut self) -> Result<(), PlaybackError> {
        let Some(loaded) = &mut self.loaded else { return Ok(()) };
        if loaded.clip.is_none() {
            loaded.clip = Some(Clip::open(&loaded.path)?);
        }
        self.jump()?;
        self.speaker = Some(Speaker::open(&self.catalog, self.choice.as_ref())?);
        self.state = PlaybackState::Playing;
        Ok(())
    }

    /// What is given next is that at `at`.
    fn jump(&mut self) -> Result<(), PlaybackError> {
        let Some(loaded) = &mut self.loaded else { return Ok(()) };
        let Some(clip) = &mut loaded.clip else { return Ok(()) };
        self.tempo.clear();
        self.scratch.clear();
        loaded.is_read = false;
        loaded.at = loaded.at.min(clip.length());
        clip.seek(loaded.at, &mut self.scratch)?;
        self.tempo.push(&self.scratch);
        Ok(())
    }

    /// Fills the ring and notices the end.
    fn keep_playing(&mut self) -> Result<(), PlaybackError> {
        let (Some(speaker), Some(loaded)) = (&mut self.speaker, &mut self.loaded) else { return Ok(()) };
        let Some(clip) = &mut loaded.clip else { return Ok(()) };
        speaker.check()?;
        while speaker.wants_more() && !loaded.is_read {
            if let Some(block) = self.tempo.next_block(false) {
                speaker.push(&block);
                continue;
            }
            self.scratch.clear();
            if clip.read(&mut self.scratch)? {
                self.tempo.push(&self.scratch);
                continue;
            }
            // The last call may have given what a resampler still held.
            self.tempo.push(&self.scratch);
            self.tempo.flush();
            while let Some(block) = self.tempo.next_block(true) {
                speaker.push(&block);
            }
            speaker.push_tail();
            loaded.is_read = true;
        }
        if loaded.is_read && speaker.queued() == 0 {
            loaded.at = clip.length();
            self.speaker = None;
            self.state = PlaybackState::Ended;
        }
        Ok(())
    }

    /// Sample that is being heard now.
    fn position(&self) -> u64 {
        let Some(loaded) = &self.loaded else { return 0 };
        match (&self.speaker, &loaded.clip) {
            (Some(speaker), Some(clip)) => {
                let queued = (speaker.queued() as f64 * self.speed.factor()) as u64;
                clip.position().saturating_sub(self.tempo.held() + queued).max(loaded.at).min(clip.length())
            }
            (Some(_) | None, _) => loaded.at,
        }
    }

    fn close_speaker(&mut self) {
        let at = self.position();
        self.speaker = None;
        if let Some(loaded) = &mut self.loaded {
            loaded.at = at;
        }
    }

    fn fail(&mut self, error: PlaybackError) {
        tracing::info!(%error, "a clip cannot be played");
        self.close_speaker();
        self.state = PlaybackState::Failed(error);
    }

    fn tell(&self) {
        let duration = self.loaded.as_ref().and_then(|loaded| loaded.clip.as_ref()).map_or(0, Clip::length);
        let now = Playback {
            clip: self.loaded.as_ref().map(|loaded| loaded.id),
            state: self.state.clone(),
            position_ms: milliseconds(self.position()),
            duration_ms: milliseconds(duration),
            speed: self.speed,
        };
        self.told.send_if_modified(|known| {
            let moved = known.position_ms.abs_diff(now.position_ms);
            let is_news = Playback { position_ms: known.position_ms, ..now.clone() } != *known
                || moved >= TELL_EVERY_MS
                || (moved > 0 && now.state != PlaybackState::Playing);
            if is_news {
                *known = now;
            }
            is_news
        });
    }
}
