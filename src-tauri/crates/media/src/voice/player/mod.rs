//! A file to the speaker. One clip at a time: the next one takes the place of the last. The speaker is open only while
//! something plays.
//!
//! ```text
//!           play            pause             resume
//! Idle ───────────▶ Playing ─────▶ Paused ───────────▶ Playing
//!   ▲                  │ │                               ▲ ▲
//!   │ stop (from any)  │ └── speaker or file fails ──▶ Failed: resume tries again
//!                      └──── its end ──▶ Ended: resume or a seek begins again
//! ```

mod run;
mod speaker;

use std::{
    fmt, io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use confab_model::DeviceId;
use tokio::sync::watch;

use crate::{audio::io::DeviceError, device::DeviceCatalog, voice::clip::ClipError};

/// One act of playing: what a [`Playback`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClipId(u64);

/// How fast; the pitch stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speed {
    #[default]
    Normal,
    OneAndAHalf,
    Double,
}

impl Speed {
    pub fn factor(self) -> f64 {
        match self {
            Self::Normal => 1.0,
            Self::OneAndAHalf => 1.5,
            Self::Double => 2.0,
        }
    }
}

/// Why nothing is heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaybackError {
    #[error("file: {0}")]
    Clip(#[from] ClipError),
    #[error("speaker: {0}")]
    Device(#[from] DeviceError),
}

impl PlaybackError {
    /// Stable: see [`ClipError::code`] and [`DeviceError::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Clip(error) => error.code(),
            Self::Device(error) => error.code(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PlaybackState {
    /// Nothing was chosen, or it was stopped.
    #[default]
    Idle,
    Playing,
    Paused,
    Ended,
    /// The position stays.
    Failed(PlaybackError),
}

/// What is to be seen of the player.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Playback {
    /// `None` while idle.
    pub clip: Option<ClipId>,
    pub state: PlaybackState,
    pub position_ms: u32,
    /// 0 until the file was opened.
    pub duration_ms: u32,
    pub speed: Speed,
}

/// What a person asks for.
#[derive(Debug)]
enum Command {
    Play { clip: ClipId, path: PathBuf, from_ms: u32 },
    Pause,
    Resume,
    Seek(u32),
    Speed(Speed),
    Speaker(Option<DeviceId>),
    Stop,
}

/// Plays clips, on a thread of its own until dropped. Its functions return at once; what came of them is seen in the watch
/// channel. Commands are unbounded in number but come from a person's hands; seeks that pile up count as the last of them.
pub struct VoicePlayer {
    commands: Sender<Command>,
    next: AtomicU64,
}

impl fmt::Debug for VoicePlayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoicePlayer")
    }
}

impl VoicePlayer {
    /// Opens nothing yet. `speaker`: `None`, or one that is not there, is the system's default. The position is told ten
    /// times a second while something plays.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(
        catalog: Arc<dyn DeviceCatalog>,
        speaker: Option<DeviceId>,
    ) -> io::Result<(Self, watch::Receiver<Playback>)> {
        let (told, seen) = watch::channel(Playback::default());
        let (commands, asked) = channel();
        let run = move || run::Player::new(catalog, speaker, told).run(&asked);
        thread::Builder::new().name("voice-player".to_owned()).spawn(run)?;
        Ok((Self { commands, next: AtomicU64::new(1) }, seen))
    }

    /// Plays a file instead of what is playing now.
    pub fn play(&self, path: impl Into<PathBuf>, from_ms: u32) -> ClipId {
        let clip = ClipId(self.next.fetch_add(1, Ordering::Relaxed));
        self.ask(Command::Play { clip, path: path.into(), from_ms });
        clip
    }

    /// Closes the speaker. Also to be called when a call begins.
    pub fn pause(&self) {
        self.ask(Command::Pause);
    }

    /// Goes on; after the end from the start.
    pub fn resume(&self) {
        self.ask(Command::Resume);
    }

    /// Goes to a place, playing or not.
    pub fn seek(&self, position_ms: u32) {
        self.ask(Command::Seek(position_ms));
    }

    /// Stays for the clips that follow.
    pub fn set_speed(&self, speed: Speed) {
        self.ask(Command::Speed(speed));
    }

    /// Changes over while playing.
    pub fn set_speaker(&self, speaker: Option<DeviceId>) {
        self.ask(Command::Speaker(speaker));
    }

    /// Closes speaker and file.
    pub fn stop(&self) {
        self.ask(Command::Stop);
    }

    fn ask(&self, command: Command) {
        // The thread ends only when this end is dropped.
        let _ = self.commands.send(command);
    }
}
