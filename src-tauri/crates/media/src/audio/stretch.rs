//! Time stretching of decoded sound by overlapping waveforms that look alike (WSOLA): one period is taken out or put
//! in, so the pitch stays. Works in place on the tail of a queue; the samples at its borders stay what they were.

/// The shortest period, 2.5 ms (400 Hz): shorter is not worth the seam.
const SHORTEST: usize = 120;
/// The longest, 12.5 ms (80 Hz): the pitch of a deep voice.
const LONGEST: usize = 600;
/// Below this likeness a seam is heard; such sound is stretched only when urgent.
const ALIKE: f32 = 0.6;
/// Mean square below which nothing is heard anyway (−50 dBFS).
const QUIET: f32 = 1e-5;
/// The coarse search looks at every fourth sample.
const COARSE: usize = 4;

/// Takes up to `at_most` samples out of `sound[from..]`. Returns how many; 0 if there is no fitting period.
pub fn accelerate(sound: &mut Vec<f32>, from: usize, at_most: usize, urgent: bool) -> usize {
    let Some((period, overlap)) = find_period(&sound[from..], at_most, urgent) else { return 0 };
    let tail = &mut sound[from..];
    for i in 0..overlap {
        let fade = (i as f32 + 0.5) / overlap as f32;
        tail[i] += (tail[i + period] - tail[i]) * fade;
    }
    let end = tail.len();
    tail.copy_within(overlap + period..end, overlap);
    sound.truncate(from + end - period);
    period
}

/// Puts up to `at_most` samples into `sound[from..]`. Returns how many; 0 if there is no fitting period.
pub fn expand(sound: &mut Vec<f32>, from: usize, at_most: usize) -> usize {
    let Some((period, overlap)) = find_period(&sound[from..], at_most, false) else { return 0 };
    let end = sound.len();
    sound.resize(end + period, 0.0);
    let tail = &mut sound[from..];
    let length = end - from;
    // [0, period) stays; then the first period again, faded in over what follows it; then the rest.
    tail.copy_within(overlap..length, period + overlap);
    for i in (0..overlap).rev() {
        let fade = (i as f32 + 0.5) / overlap as f32;
        // tail[period + i] for i < overlap was moved only from `period + overlap` on, so it still is the original
        // unless period < overlap, which `find_period` excludes.
        tail[period + i] += (tail[i] - tail[period + i]) * fade;
    }
    period
}

/// The period in samples (at most `at_most`) after which `sound` is most like its start, and the length of the seam.
fn find_period(sound: &[f32], at_most: usize, urgent: bool) -> Option<(usize, usize)> {
    let longest = at_most.min(LONGEST).min(sound.len() / 2);
    if longest < SHORTEST {
        return None;
    }
    let window = sound.len() - longest;
    let start = &sound[..window.min(2 * LONGEST)];
    let energy = start.iter().map(|x| x * x).sum::<f32>() / start.len() as f32;
    let mut best = (f32::MIN, SHORTEST);
    for period in (SHORTEST..=longest).step_by(COARSE) {
        best = better(best, likeness(sound, period, start.len(), COARSE), period);
    }
    let around = best.1.saturating_sub(COARSE).max(SHORTEST)..=(best.1 + COARSE).min(longest);
    best.0 = f32::MIN;
    for period in around {
        best = better(best, likeness(sound, period, start.len(), 1), period);
    }
    let (alike, period) = best;
    if !urgent && alike < ALIKE && energy > QUIET {
        return None;
    }
    let overlap = period.min(sound.len() - period);
    Some((period, overlap))
}

fn better(best: (f32, usize), likeness: f32, period: usize) -> (f32, usize) {
    if likeness > best.0 { (likeness, period) } else { best }
}

/// Normalised correlation of `sound` with itself `period` later, −1..=1.
fn likeness(sound: &[f32], period: usize, window: usize, step: usize) -> f32 {
    let (mut product, mut first, mut second) = (0.0f32, 1e-9f32, 1e-9f32);
    for i in (0..window).step_by(step) {
        let (a, b) = (sound[i], sound[i + period]);
        product += a * b;
        first += a * a;
        second += b * b;
    }
    product / (first * second).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(samples: usize, hz: f32) -> Vec<f32> {
        (0..samples)
            .map(|i| {
                let phase = i as f32 * hz * std::f32::consts::TAU / 48_000.0;
                0.3 * phase.sin() + 0.15 * (2.0 * phase).sin() + 0.1 * (3.0 * phase + 1.0).sin()
            })
            .collect()
    }

    fn largest_step(sound: &[f32]) -> f32 {
        sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn accelerating_takes_whole_periods_and_leaves_no_click() {
        let original = voice(960, 200.0);
        let mut sound = original.clone();
        let taken = accelerate(&mut sound, 0, 480, false);
        assert_eq!(taken % 240, 0, "a multiple of the period of 200 Hz, got {taken}");
        assert_eq!(sound.len(), 960 - taken);
        assert_eq!(sound.last(), original.last());
        assert!(largest_step(&sound) <= largest_step(&original) * 1.05);
    }

    #[test]
    fn expanding_puts_whole_periods_in_and_leaves_no_click() {
        let original = voice(960, 200.0);
        let mut sound = original.clone();
        let put = expand(&mut sound, 0, 480);
        assert_eq!(put % 240, 0, "a multiple of the period of 200 Hz, got {put}");
        assert_eq!(sound.len(), 960 + put);
        assert_eq!((sound.first(), sound.last()), (original.first(), original.last()));
        assert!(largest_step(&sound) <= largest_step(&original) * 1.05);
    }

    #[test]
    fn what_is_before_the_tail_stays() {
        let mut sound = voice(1_200, 150.0);
        let original = sound.clone();
        assert!(accelerate(&mut sound, 240, 600, false) > 0);
        assert_eq!(sound[..240], original[..240]);
        let mut sound = original.clone();
        assert!(expand(&mut sound, 240, 600) > 0);
        assert_eq!(sound[..240], original[..240]);
    }

    #[test]
    fn noise_is_left_alone_unless_urgent() {
        let mut state = 1u32;
        let noise: Vec<f32> = (0..960)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect();
        let mut sound = noise.clone();
        assert_eq!(accelerate(&mut sound, 0, 480, false), 0);
        assert_eq!(sound, noise);
        assert!(accelerate(&mut sound, 0, 480, true) >= SHORTEST);
    }

    #[test]
    fn silence_can_be_stretched_and_short_sound_cannot() {
        let mut silence = vec![0.0; 960];
        assert!(expand(&mut silence, 0, 480) >= SHORTEST);
        let mut short = vec![0.0; 200];
        assert_eq!(expand(&mut short, 0, 480), 0);
        assert_eq!(accelerate(&mut short, 0, 480, true), 0);
    }

    #[test]
    fn never_more_than_allowed() {
        let mut sound = voice(960, 100.0);
        assert!(accelerate(&mut sound, 0, 130, true) <= 130);
        let mut sound = voice(960, 100.0);
        assert_eq!(expand(&mut sound, 0, 119), 0);
    }
}
