//! WAV files: whole clips in, running recordings out.

use std::{fs::File, io::BufWriter, path::Path};

use crate::audio::{SAMPLE_RATE, io::DeviceError, resample};

/// 10 minutes: clips are held in memory (115 MB then).
const LONGEST_CLIP_S: u32 = 600;
/// Samples after which the header is brought up to date, so that a killed program leaves a readable file: 1 s.
const FLUSH_AFTER: usize = SAMPLE_RATE as usize;

/// A clip as mono at 48 kHz. Blocks on the disk.
pub(super) fn read(path: &Path) -> Result<Vec<f32>, DeviceError> {
    let failed = |error: hound::Error| match error {
        hound::Error::IoError(error) if error.kind() == std::io::ErrorKind::NotFound => {
            DeviceError::NotFound(path.display().to_string())
        }
        error => DeviceError::Failed(format!("{}: {error}", path.display())),
    };
    let mut reader = hound::WavReader::open(path).map_err(failed)?;
    let spec = reader.spec();
    if reader.duration() > LONGEST_CLIP_S.saturating_mul(spec.sample_rate) {
        return Err(DeviceError::Failed(format!("{}: longer than {LONGEST_CLIP_S} s", path.display())));
    }
    let interleaved: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>().map_err(failed)?,
        hound::SampleFormat::Int => {
            let scale = 1.0 / (1u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
            let samples = reader.samples::<i32>().map(|sample| sample.map(|value| value as f32 * scale));
            samples.collect::<Result<_, _>>().map_err(failed)?
        }
    };
    let channels = usize::from(spec.channels.max(1));
    let mono = interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
    resample::clip(mono, spec.sample_rate)
}

/// A growing 16-bit mono file at 48 kHz, complete when dropped.
pub(super) struct Recording {
    writer: hound::WavWriter<BufWriter<File>>,
    unflushed: usize,
}

impl Recording {
    pub(super) fn create(path: &Path) -> Result<Self, hound::Error> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        Ok(Self { writer: hound::WavWriter::create(path, spec)?, unflushed: 0 })
    }

    pub(super) fn write(&mut self, sound: &[f32]) -> Result<(), hound::Error> {
        for sample in sound {
            self.writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16)?;
        }
        self.unflushed += sound.len();
        if self.unflushed >= FLUSH_AFTER {
            self.unflushed = 0;
            self.writer.flush()?;
        }
        Ok(())
    }
}
