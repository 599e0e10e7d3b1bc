//! Sound as data: WAV files, spoken sentences and the question whether one recording is in another.
//!
//! In and out: mono, 16 bits, 48 kHz. Does not: play anything ([`crate::pulse`] does).

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Context, Error, Result, unexpected_file};
use crate::process::run;

/// Samples per second of everything here.
pub const RATE: u32 = 48_000;

/// Size of a WAV header without optional chunks, in bytes.
const HEADER: usize = 44;

/// Writes 48 kHz mono samples as a WAV file.
///
/// # Errors
/// When the file cannot be written or there are more than 2³¹ samples.
pub fn write_wav(path: &Path, samples: &[i16]) -> Result<()> {
    let bytes = u32::try_from(samples.len() * 2).ok().filter(|n| *n < u32::MAX - 36);
    let bytes = bytes.ok_or_else(|| unexpected_file(path, "too long for a WAV file"))?;
    let mut out = Vec::with_capacity(HEADER + samples.len() * 2);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + bytes).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    out.extend_from_slice(&16u32.to_le_bytes());
    out.extend_from_slice(&1u16.to_le_bytes()); // PCM
    out.extend_from_slice(&1u16.to_le_bytes()); // mono
    out.extend_from_slice(&RATE.to_le_bytes());
    out.extend_from_slice(&(RATE * 2).to_le_bytes());
    out.extend_from_slice(&2u16.to_le_bytes());
    out.extend_from_slice(&16u16.to_le_bytes());
    out.extend_from_slice(b"data");
    out.extend_from_slice(&bytes.to_le_bytes());
    for sample in samples {
        out.extend_from_slice(&sample.to_le_bytes());
    }
    fs::write(path, out).doing(|| format!("writing {}", path.display()))
}

/// Reads a WAV file of 16 bit samples at 48 kHz; of several channels the first.
///
/// # Errors
/// When the file cannot be read or has another format.
pub fn read_wav(path: &Path) -> Result<Vec<i16>> {
    let bytes = fs::read(path).doing(|| format!("reading {}", path.display()))?;
    parse_wav(&bytes).ok_or_else(|| unexpected_file(path, "not a WAV file of 16 bit samples at 48 kHz"))
}

fn parse_wav(bytes: &[u8]) -> Option<Vec<i16>> {
    let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12;
    let mut channels = None;
    loop {
        let (name, length) = (bytes.get(at..at + 4)?, u32_at(at + 4)? as usize);
        let body = at + 8;
        if name == b"fmt " {
            if u32_at(body + 4)? != RATE || u16_at(body + 14)? != 16 {
                return None;
            }
            channels = Some(usize::from(u16_at(body + 2)?).max(1));
        } else if name == b"data" {
            // A recorder that was killed leaves a length of 0 or 2³²−1: take what is there.
            let end = if length == 0 { bytes.len() } else { body.saturating_add(length).min(bytes.len()) };
            let samples = bytes.get(body..end)?.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]]));
            return Some(samples.step_by(channels?).collect());
        }
        at = body.checked_add(length)?.checked_add(length % 2)?;
    }
}

/// Speaks `text` into a WAV file (espeak-ng, resampled by sox).
///
/// # Errors
/// [`Error::Missing`] when one of the two is not installed.
pub fn speech(text: &str, path: &Path) -> Result<()> {
    let raw = tempfile::Builder::new().suffix(".wav").tempfile().doing(|| "making a file for speech".into())?;
    run(Command::new("espeak-ng").args(["-v", "en", "-s", "150", "-w"]).arg(raw.path()).arg("--").arg(text))?;
    let rate = RATE.to_string();
    run(Command::new("sox").arg(raw.path()).args(["-b", "16", "-c", "1", "-r", &rate]).arg(path))?;
    if read_wav(path)?.is_empty() {
        return Err(Error::Unexpected(format!("espeak-ng said nothing for {text:?}")));
    }
    Ok(())
}

/// A sine tone of `hertz` with half of the full scale.
#[must_use]
pub fn tone(hertz: f64, milliseconds: u32) -> Vec<i16> {
    let count = u64::from(RATE) * u64::from(milliseconds) / 1000;
    let step = std::f64::consts::TAU * hertz / f64::from(RATE);
    (0..count).map(|n| ((n as f64 * step).sin() * 16_384.0) as i16).collect()
}

/// Where one recording lies in another, and how alike they are there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// How much later than in the first recording the same sound is in the second, in milliseconds.
    pub lag_ms: f64,
    /// Normalised correlation at that lag, −1 to 1: 1 the same sound, 0 nothing in common.
    pub coefficient: f64,
}

/// Largest lag that [`correlate`] looks for, either way, in milliseconds.
const MAX_LAG_MS: usize = 3_000;

/// Samples that are averaged into one for the coarse search (4 kHz: speech is still itself).
const COARSE: usize = 12;

/// Finds `played` in `recorded` within ±3 s and tells how alike they are, whatever the volume.
///
/// Coarse search at 4 kHz over all lags, then sample by sample around the best. 10 s of sound take about a second
/// unoptimised. Two silences have nothing in common.
#[must_use]
pub fn correlate(played: &[i16], recorded: &[i16]) -> Match {
    let (a, b) = (averaged(played, COARSE), averaged(recorded, COARSE));
    let reach = (MAX_LAG_MS * RATE as usize / 1000 / COARSE) as isize;
    let coarse = best_lag(&a, &b, -reach..=reach);
    let (a, b) = (averaged(played, 1), averaged(recorded, 1));
    let middle = coarse.0 * COARSE as isize;
    let span = COARSE as isize;
    let (lag, coefficient) = best_lag(&a, &b, middle - span..=middle + span);
    Match { lag_ms: lag as f64 * 1000.0 / f64::from(RATE), coefficient }
}

/// Means of `n` samples each, without the constant part.
fn averaged(samples: &[i16], n: usize) -> Vec<f32> {
    let mean = samples.iter().map(|s| f64::from(*s)).sum::<f64>() / samples.len().max(1) as f64;
    samples.chunks_exact(n).map(|c| (c.iter().map(|s| f64::from(*s) - mean).sum::<f64>() / n as f64) as f32).collect()
}

fn best_lag(a: &[f32], b: &[f32], lags: std::ops::RangeInclusive<isize>) -> (isize, f64) {
    let mut best = (0, 0.0);
    // A match of the last few samples of one with the first of the other means nothing: half of the shorter must overlap.
    let least = a.len().min(b.len()) / 2;
    for lag in lags {
        let (a, b) = if lag >= 0 {
            (a, b.get(lag as usize..).unwrap_or_default())
        } else {
            (a.get(lag.unsigned_abs()..).unwrap_or_default(), b)
        };
        let overlap = a.len().min(b.len());
        if overlap < least.max(1) {
            continue;
        }
        let (mut product, mut power_a, mut power_b) = (0.0f64, 0.0f64, 0.0f64);
        for (x, y) in a.iter().zip(b) {
            product += f64::from(x * y);
            power_a += f64::from(x * x);
            power_b += f64::from(y * y);
        }
        let power = (power_a * power_b).sqrt();
        let coefficient = if power > 0.0 { product / power } else { 0.0 };
        if coefficient > best.1 {
            best = (lag, coefficient);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    /// Noise with the slow changes of speech.
    fn babble(seed: u64, seconds: usize) -> Vec<i16> {
        let mut random = StdRng::seed_from_u64(seed);
        let mut level = 0.0f64;
        (0..seconds * RATE as usize)
            .map(|_| {
                level = level * 0.95 + random.random_range(-1500.0..1500.0);
                level as i16
            })
            .collect()
    }

    #[test]
    fn a_delayed_quieter_copy_is_found() {
        let played = babble(3, 4);
        let mut recorded = vec![0; 48 * 250];
        recorded.extend(played.iter().map(|s| s / 3));
        let found = correlate(&played, &recorded);
        assert!((found.lag_ms - 250.0).abs() < 0.1 && found.coefficient > 0.99, "{found:?}");
        let back = correlate(&recorded, &played);
        assert!((back.lag_ms + 250.0).abs() < 0.1 && back.coefficient > 0.99, "{back:?}");
    }

    #[test]
    fn different_sounds_and_silence_do_not_match() {
        let other = correlate(&babble(1, 3), &babble(2, 3));
        assert!(other.coefficient < 0.3, "{other:?}");
        assert_eq!(correlate(&babble(1, 1), &vec![0; 48_000]).coefficient, 0.0);
        assert_eq!(correlate(&[], &[]).coefficient, 0.0);
    }

    #[test]
    fn wav_files_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        let samples = tone(440.0, 20);
        write_wav(&path, &samples).unwrap();
        assert_eq!(read_wav(&path).unwrap(), samples);
        fs::write(&path, b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff").unwrap();
        assert!(read_wav(&path).is_err());
    }
}
