//! Duration and waveform of a clip whose sender did not tell, or should not be believed.

use std::path::Path;

use crate::{
    audio::SAMPLE_RATE,
    voice::{
        WAVEFORM_BINS,
        clip::{Clip, ClipError},
        milliseconds,
        waveform::drawn,
    },
};

/// Samples that are decoded for one bar: 4 s. What is longer is judged by the start of each bar, so that 12 hours take as
/// little as four minutes.
const LISTEN: u64 = 4 * SAMPLE_RATE as u64;
/// Samples below which a bar would show nothing but a syllable: 50 ms.
const SHORTEST_BIN: u64 = SAMPLE_RATE as u64 / 20;

/// What is shown of a voice clip before it is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceDetails {
    pub duration_ms: u32,
    /// 1..=64 values of 0..=100, loudness over time.
    pub waveform: Vec<u8>,
}

/// Listens to a file. Blocks: 100 ms for a clip of a minute, a second or two for the largest.
///
/// # Errors
/// See [`ClipError`].
pub fn voice_details(path: &Path) -> Result<VoiceDetails, ClipError> {
    let mut clip = Clip::open(path)?;
    let length = clip.length();
    let bins = (length / SHORTEST_BIN).clamp(1, WAVEFORM_BINS as u64);
    let mut means = Vec::with_capacity(WAVEFORM_BINS);
    let mut sound = Vec::new();
    for bin in 0..bins {
        let (from, until) = (length * bin / bins, length * (bin + 1) / bins);
        if until - from > LISTEN || clip.position() < from {
            sound.clear();
            clip.seek(from, &mut sound)?;
        }
        let wanted = (until - from).clamp(1, LISTEN) as usize;
        while sound.len() < wanted && clip.read(&mut sound)? {}
        let heard = &sound[..wanted.min(sound.len())];
        means.push(heard.iter().map(|x| x * x).sum::<f32>() / heard.len().max(1) as f32);
        sound.drain(..wanted.min(sound.len()));
    }
    Ok(VoiceDetails { duration_ms: milliseconds(length), waveform: drawn(&means) })
}
