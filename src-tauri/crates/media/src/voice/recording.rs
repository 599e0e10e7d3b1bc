//! A recording that grows, without device or thread: blocks in, a file and its description out.

use std::{fs::File, io};

use crate::{
    audio::{
        Block,
        level::LevelMeter,
        processing::{Processing, Processor},
    },
    voice::{ogg_opus::OpusWriter, waveform::LoudnessLog},
};

/// Why a recording came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingEnd {
    /// It was asked to finish.
    Finished,
    /// [`crate::voice::LONGEST_RECORDING_MS`] are over.
    LimitReached,
    /// The microphone is gone; its name.
    MicrophoneLost(String),
    /// What was written before is kept.
    DiskFull,
    /// The file cannot be written for another reason.
    DiskFailed(String),
}

impl RecordingEnd {
    /// Stable: `finished`, `limitReached`, `microphoneLost`, `diskFull` or `diskFailed`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::LimitReached => "limitReached",
            Self::MicrophoneLost(_) => "microphoneLost",
            Self::DiskFull => "diskFull",
            Self::DiskFailed(_) => "diskFailed",
        }
    }

    pub(super) fn of_disk(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Self::DiskFull,
            _ => Self::DiskFailed(error.to_string()),
        }
    }
}

/// Where a recording is written.
pub(super) trait Target: io::Write {
    /// Cuts off everything from `length` bytes on and makes the rest safe against a power failure.
    fn close(&mut self, length: u64) -> io::Result<()>;
}

impl Target for File {
    fn close(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.sync_data()
    }
}

/// See the module.
pub(super) struct Recording<T> {
    writer: OpusWriter<T>,
    processor: Processor,
    meter: LevelMeter,
    loudness: LoudnessLog,
    /// Samples.
    longest: u64,
}

/// What a recording was.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    /// Samples that are in the file.
    pub(super) samples: u64,
    /// Bytes.
    pub(super) size: u64,
    pub(super) waveform: Vec<u8>,
    pub(super) end: RecordingEnd,
}

impl<T: Target> Recording<T> {
    /// # Errors
    /// The file cannot be written, or there is no memory for the codec.
    pub(super) fn new(target: T, serial: u32, processing: Processing, longest: u64) -> io::Result<Self> {
        Ok(Self {
            writer: OpusWriter::new(target, serial)?,
            processor: Processor::new(processing),
            meter: LevelMeter::default(),
            loudness: LoudnessLog::default(),
            longest,
        })
    }

    /// Takes 10 ms. Returns a new level (0..=1) about every 50 ms.
    ///
    /// # Errors
    /// Why it must end now; to be given to [`Self::close`].
    pub(super) fn take(&mut self, block: &Block) -> Result<Option<f32>, RecordingEnd> {
        let mut block = *block;
        self.processor.capture(&mut block, 0);
        self.loudness.add(&block);
        self.writer.write(&block).map_err(|error| RecordingEnd::of_disk(&error))?;
        if self.recorded() >= self.longest {
            return Err(RecordingEnd::LimitReached);
        }
        Ok(self.meter.add(&block).then(|| f32::from(self.meter.level()) / 100.0))
    }

    /// Samples.
    pub(super) fn recorded(&self) -> u64 {
        self.writer.recorded()
    }

    /// Brings the file to its end: all of it, or after a failure the whole pages that are there.
    pub(super) fn close(mut self, mut end: RecordingEnd) -> Outcome {
        let is_writable = match end {
            RecordingEnd::DiskFull | RecordingEnd::DiskFailed(_) => false,
            RecordingEnd::Finished | RecordingEnd::LimitReached | RecordingEnd::MicrophoneLost(_) => true,
        };
        if is_writable && let Err(error) = self.writer.finish() {
            end = RecordingEnd::of_disk(&error);
        }
        let (samples, size) = self.writer.on_disk();
        if let Err(error) = self.writer.file_mut().close(size) {
            tracing::warn!(%error, "a recording cannot be closed");
            end = RecordingEnd::of_disk(&error);
        }
        Outcome { samples, size, waveform: self.loudness.waveform(), end }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::{
        audio::{SAMPLE_RATE, test_devices::Tone},
        voice::{clip::Clip, voice_details},
    };

    /// A disk with room for so many bytes.
    struct SmallDisk {
        file: File,
        room: usize,
    }

    impl Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let part = bytes.len().min(self.room);
            if part == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.room -= part;
            self.file.write(&bytes[..part])
        }
        fn flush(&mut self) -> io::Result<()> {
            self.file.flush()
        }
    }

    impl Target for SmallDisk {
        fn close(&mut self, length: u64) -> io::Result<()> {
            self.file.close(length)
        }
    }

    fn record(target: impl Target, blocks: usize, longest_s: u64) -> Outcome {
        let longest = longest_s * u64::from(SAMPLE_RATE);
        let mut recording = Recording::new(target, 7, Processing::NONE, longest).unwrap();
        let mut tone = Tone::new(440);
        for _ in 0..blocks {
            if let Err(end) = recording.take(&tone.next_block()) {
                return recording.close(end);
            }
        }
        recording.close(RecordingEnd::Finished)
    }

    #[test]
    fn what_is_recorded_is_read_back_to_the_sample() {
        let folder = tempfile::tempdir().unwrap();
        for blocks in [0, 1, 2, 3, 49, 50, 51, 149, 250, 1_234] {
            let path = folder.path().join(format!("{blocks}.ogg"));
            let outcome = record(File::create(&path).unwrap(), blocks, 60);
            assert_eq!((outcome.samples, &outcome.end), (blocks as u64 * 480, &RecordingEnd::Finished));
            assert_eq!(outcome.size, std::fs::metadata(&path).unwrap().len());
            if blocks == 0 {
                assert_eq!(Clip::open(&path).unwrap_err().code(), "damaged");
                continue;
            }
            let mut clip = Clip::open(&path).unwrap();
            assert_eq!(clip.length(), blocks as u64 * 480);
            let mut sound = Vec::new();
            while clip.read(&mut sound).unwrap() {}
            assert_eq!(sound.len(), blocks * 480);
            let details = voice_details(&path).unwrap();
            assert_eq!(details.duration_ms, blocks as u32 * 10);
            assert!(outcome.waveform.len() <= 64 && !outcome.waveform.is_empty());
        }
    }

    #[test]
    fn sound_stays_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ogg");
        record(File::create(&path).unwrap(), 500, 60);
        let mut tone = Tone::new(440);
        let original: Vec<f32> = (0..500).flat_map(|_| tone.next_block()).collect();
        let likeness = |sound: &[f32], from: usize| {
            let part = &original[from..from + sound.len()];
            let energy = |x: &[f32]| x.iter().map(|v| v * v).sum::<f32>();
            let product = part.iter().zip(sound).map(|(a, b)| a * b).sum::<f32>();
            product / (energy(part) * energy(sound)).sqrt()
        };
        let mut clip = Clip::open(&path).unwrap();
        for to in [0u64, 60_000, 100_001, 7, 200_000, 236_000] {
            let mut sound = Vec::new();
            clip.seek(to, &mut sound).unwrap();
            while sound.len() < 900 && clip.read(&mut sound).unwrap() {}
            let heard = &sound[..900];
            assert!(likeness(heard, to as usize) > 0.98, "at {to}: {}", likeness(heard, to as usize));
        }
    }

    #[test]
    fn a_full_disk_leaves_what_fits_in_whole_pages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ogg");
        let disk = SmallDisk { file: File::create(&path).unwrap(), room: 15_000 };
        let outcome = record(disk, 1_000, 60);
        assert_eq!(outcome.end, RecordingEnd::DiskFull);
        assert_eq!(outcome.size, std::fs::metadata(&path).unwrap().len());
        assert!(outcome.samples > 48_000, "{} samples", outcome.samples);
        assert_eq!(Clip::open(&path).unwrap().length(), outcome.samples);
    }

    #[test]
    fn a_disk_that_fills_at_the_end_is_told_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ogg");
        let disk = SmallDisk { file: File::create(&path).unwrap(), room: 300 };
        let outcome = record(disk, 40, 60);
        assert_eq!((outcome.end, outcome.samples), (RecordingEnd::DiskFull, 0));
    }

    #[test]
    fn a_recording_ends_at_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ogg");
        let outcome = record(File::create(&path).unwrap(), 1_000, 2);
        assert_eq!((outcome.end, outcome.samples), (RecordingEnd::LimitReached, 96_000));
        assert_eq!(outcome.waveform.len(), 40);
    }
}
