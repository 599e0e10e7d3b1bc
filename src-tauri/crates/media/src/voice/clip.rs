//! A sound file of this device as mono at 48 kHz, whatever it is inside.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use crate::{
    audio::SAMPLE_RATE,
    voice::{foreign::Foreign, ogg_opus::OpusFile},
};

/// Bytes. Half an hour of uncompressed stereo is 330 MB; nobody sends that as a voice clip.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;
/// Samples: 12 hours. A file of tiny packets could claim months.
const LONGEST: u64 = 12 * 3_600 * SAMPLE_RATE as u64;
/// Samples decoded and thrown away before a position that was jumped to, until decoders have settled: 80 ms
/// (RFC 7845 §4.6), which are also four packets of MP3 or AAC.
const PRE_ROLL: u64 = 3_840;

/// Why a sound file cannot be played or described. `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A kind of sound, or of file, that is not known here.
    #[error("unknown kind of sound: {0}")]
    Unsupported(String),
    #[error("damaged: {0}")]
    Damaged(String),
    #[error("larger than {} MB", LARGEST_FILE / 1024 / 1024)]
    TooLarge,
    #[error("longer than {} hours", LONGEST / 3_600 / SAMPLE_RATE as u64)]
    TooLong,
}

impl ClipError {
    /// `unreadable`, `unsupported`, `damaged`, `tooLarge` or `tooLong`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Unsupported(_) => "unsupported",
            Self::Damaged(_) => "damaged",
            Self::TooLarge => "tooLarge",
            Self::TooLong => "tooLong",
        }
    }
}

impl From<io::Error> for ClipError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// What the two readers have in common.
pub(super) trait Sound: Send {
    /// Back to the start.
    fn rewind(&mut self) -> Result<(), ClipError>;

    /// The next packet: counted, and with `out` also decoded and appended there as mono at 48 kHz. Returns its length
    /// in samples at 48 kHz, `None` at the end. What is appended may come a packet later; the sums are the same.
    ///
    /// # Errors
    /// Nothing more can be read. A packet that cannot be decoded is silence, not an error.
    fn step(&mut self, out: Option<&mut Vec<f32>>) -> Result<Option<u64>, ClipError>;
}

/// See the module.
pub(super) struct Clip {
    sound: Box<dyn Sound>,
    /// Samples.
    length: u64,
    /// Samples; what [`Self::read`] gives next begins here.
    position: u64,
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clip").field("length", &self.length).field("position", &self.position).finish_non_exhaustive()
    }
}

impl Clip {
    /// Opens it and reads it once through to learn its length.
    pub(super) fn open(path: &Path) -> Result<Self, ClipError> {
        let mut file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(ClipError::Unreadable("not a file".to_owned()));
        }
        if about.len() > LARGEST_FILE {
            return Err(ClipError::TooLarge);
        }
        let mut magic = [0; 4];
        let is_ogg = file.read_exact(&mut magic).is_ok() && &magic == b"OggS";
        file.seek(SeekFrom::Start(0))?;
        let opus = if is_ogg { OpusFile::open(file.try_clone()?)? } else { None };
        let sound: Box<dyn Sound> = match opus {
            Some(opus) => Box::new(opus),
            None => Box::new(Foreign::open(file)?),
        };
        Self::measured(sound)
    }

    fn measured(mut sound: Box<dyn Sound>) -> Result<Self, ClipError> {
        let mut length = 0u64;
        while let Some(samples) = sound.step(None)? {
            length = length.saturating_add(samples);
            if length > LONGEST {
                return Err(ClipError::TooLong);
            }
        }
        if length == 0 {
            return Err(ClipError::Damaged("no sound in it".to_owned()));
        }
        sound.rewind()?;
        Ok(Self { sound, length, position: 0 })
    }

    /// Samples at 48 kHz.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Samples at 48 kHz.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Appends some more to `out`. False: the end.
    pub(super) fn read(&mut self, out: &mut Vec<f32>) -> Result<bool, ClipError> {
        let Some(samples) = self.sound.step(Some(out))? else { return Ok(false) };
        self.position += samples;
        Ok(true)
    }

    /// Goes to a sample and appends what of the packet there comes after it to `out`.
    pub(super) fn seek(&mut self, to: u64, out: &mut Vec<f32>) -> Result<(), ClipError> {
        let to = to.min(self.length);
        if to < self.position {
            self.sound.rewind()?;
            self.position = 0;
        }
        while self.position + PRE_ROLL < to {
            // May end up to a packet (120 ms at most) too far: nobody hears that in a jump.
            let Some(samples) = self.sound.step(None)? else { return Ok(()) };
            self.position += samples;
        }
        let mut settling = Vec::new();
        while self.position < to {
            settling.clear();
            let Some(samples) = self.sound.step(Some(&mut settling))? else { return Ok(()) };
            self.position += samples;
        }
        let surplus = usize::try_from(self.position - to).unwrap_or(usize::MAX).min(settling.len());
        out.extend_from_slice(&settling[settling.len() - surplus..]);
        Ok(())
    }
}
