//! Whether losses are the path's own or come from sending too much.
//!
//! Radio loses packets at any rate; a narrow line with a short queue loses what is more than it carries. The two are
//! told apart by looking at several seconds in which the rate was not the same: the model `loss = own + (1 − own) ×
//! max(0, 1 − line / sent)` is fitted (greatest likelihood over a grid of `own` and `line`, as in the loss-based
//! estimation of libwebrtc, second version). A narrow line is believed only if it explains the losses clearly better
//! than any `own` alone: so random loss never lowers the rate, however high, unless it is beyond [`TOO_MUCH`].
//!
//! A rate that creeps up on a narrow line differs too little within the fit. So losses that have clearly grown over the
//! least of the last half minute are taken for a narrow line as well, on trial: if they are no less at the lower rate,
//! they are the path's own from then on.

use std::collections::VecDeque;

/// s: one observation; shorter ones have too few packets for a share.
const OBSERVATION: f64 = 0.25;
/// Packets in an observation, likewise.
const MIN_PACKETS: u32 = 12;
/// Observations in the fit: about 6 s.
const WINDOW: usize = 24;
/// What an observation weighs against the next younger one.
const AGEING: f64 = 0.94;
/// Shares of own loss that are tried.
const OWN: [f64; 17] =
    [0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35, 0.4];
/// Steps of the line's rate between the lowest and the highest that was sent.
const LINES: u32 = 16;
/// How much likelier (natural logarithm) a narrow line must be: one in 2,000 by chance.
const EVIDENCE: f64 = 7.5;
/// Losses within a burst are not independent of each other: packets count as this many.
const INDEPENDENCE: f64 = 0.6;
/// Beyond it nothing is of use, and the reason does not matter (RFC 8083 §4.3 stops such a sender).
const TOO_MUCH: f64 = 0.45;

/// Observations in the present share: 2 s.
const RECENT: usize = 8;
/// Parts of the time of which the least share is kept, and their length in s.
const LEAST_PARTS: usize = 6;
const LEAST_PART: f64 = 5.0;
/// Growth of the share that is more than chance: absolute, and in standard deviations of losses that come in pairs.
const GROWN: f64 = 0.03;
const GROWN_DEVIATIONS: f64 = 3.0;
/// s: after a lower rate, until the losses show what it has changed.
const TRIAL: f64 = 2.5;

#[derive(Debug, Clone, Copy)]
struct Observation {
    /// bit/s
    sent: f64,
    packets: f64,
    lost: f64,
}

/// What the losses mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// The path's own or none: the share over the last seconds.
    Own(f64),
    /// A line of so many bit/s.
    Narrow(f64),
    /// The path is all but dead.
    TooMuch,
}

#[derive(Debug)]
pub(crate) struct Loss {
    window: VecDeque<Observation>,
    begun: Option<f64>,
    last: f64,
    bits: f64,
    packets: u32,
    lost: u32,
    /// (since, least share)
    least: VecDeque<(f64, f64)>,
    trial_until: Option<f64>,
    verdict: Verdict,
}

impl Default for Loss {
    fn default() -> Self {
        let window = VecDeque::with_capacity(WINDOW + 1);
        Self {
            window,
            begun: None,
            last: 0.0,
            bits: 0.0,
            packets: 0,
            lost: 0,
            least: VecDeque::with_capacity(LEAST_PARTS + 1),
            trial_until: None,
            verdict: Verdict::Own(0.0),
        }
    }
}

impl Loss {
    /// A packet whose fate is known, in the order of departure (s).
    pub(crate) fn add(&mut self, departed: f64, bits: f64, lost: bool) {
        let begun = *self.begun.get_or_insert(departed);
        self.bits += bits;
        self.packets += 1;
        self.lost += u32::from(lost);
        self.last = self.last.max(departed);
        let elapsed = self.last - begun;
        if elapsed >= OBSERVATION && self.packets >= MIN_PACKETS {
            self.observe(self.last, self.bits / elapsed, f64::from(self.packets), f64::from(self.lost));
            self.begin_anew();
        }
    }

    /// A packet that was told as lost has come after all.
    pub(crate) fn take_back(&mut self) {
        match self.window.back_mut() {
            _ if self.lost > 0 => self.lost -= 1,
            Some(last) if last.lost >= 1.0 => last.lost -= 1.0,
            _ => {}
        }
    }

    /// What became of the packets up to `at` (s): the rate they were sent with, and how many of how many were lost.
    pub(crate) fn observe(&mut self, at: f64, sent: f64, packets: f64, lost: f64) {
        self.window.push_back(Observation { sent, packets, lost: lost.min(packets) });
        if self.window.len() > WINDOW {
            self.window.pop_front();
        }
        self.verdict = self.judge(at);
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The rate was lowered for the losses: the old ones do not count twice.
    pub(crate) fn lowered(&mut self) {
        self.window.clear();
        self.begin_anew();
        self.trial_until = Some(self.last + TRIAL);
        self.verdict = Verdict::Own(self.least_share().min(1.0));
    }

    /// Another path.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    fn least_share(&self) -> f64 {
        self.least.iter().map(|part| part.1).fold(f64::INFINITY, f64::min)
    }

    fn note_least(&mut self, at: f64, share: f64) {
        match self.least.back_mut() {
            Some((since, least)) if at < *since + LEAST_PART => *least = least.min(share),
            _ => self.least.push_back((at, share)),
        }
        if self.least.len() > LEAST_PARTS {
            self.least.pop_front();
        }
    }

    /// Whether the losses have grown, as a line: bit/s.
    fn grown(&mut self, at: f64, share: f64, packets: f64, sent: f64) -> Option<f64> {
        if self.trial_until.is_some_and(|until| at < until) || self.window.len() < RECENT {
            return None;
        }
        let chance = GROWN + GROWN_DEVIATIONS * (2.0 * share * (1.0 - share) / packets.max(1.0)).sqrt();
        let has_grown = share > self.least_share() + chance;
        if self.trial_until.take().is_some() && has_grown {
            // The lower rate has not helped.
            self.least.clear();
        }
        self.note_least(at, share);
        let least = self.least_share();
        (has_grown && share > least).then(|| sent * (1.0 - share) / (1.0 - least))
    }

    fn begin_anew(&mut self) {
        (self.begun, self.bits, self.packets, self.lost) = (None, 0.0, 0, 0);
    }

    fn judge(&mut self, at: f64) -> Verdict {
        self.last = self.last.max(at);
        let recent = self.window.iter().rev().take(RECENT);
        let sum =
            |sum: (f64, f64, f64), entry: &Observation| (sum.0 + entry.lost, sum.1 + entry.packets, sum.2 + entry.sent);
        let (lost, packets, sent) = recent.fold((0.0, 0.0, 0.0), sum);
        let share = if packets > 0.0 { lost / packets } else { 0.0 };
        if share > TOO_MUCH && self.window.len() >= 4 {
            return Verdict::TooMuch;
        }
        if let Some(line) = self.grown(at, share, packets, sent / self.window.len().clamp(1, RECENT) as f64) {
            return Verdict::Narrow(line);
        }
        let newest = self.window.back().map_or(0.0, |entry| entry.lost / entry.packets.max(1.0));
        if self.window.len() < 4 || share < 0.01 || newest < 0.01 {
            return Verdict::Own(share);
        }
        let highest = self.window.iter().map(|entry| entry.sent).fold(0.0, f64::max);
        let lowest = self.window.iter().map(|entry| entry.sent).fold(f64::INFINITY, f64::min) * 0.7;
        let wide = self.best_own(f64::INFINITY);
        let lines = (0..LINES).map(|step| lowest + (highest - lowest) * f64::from(step) / f64::from(LINES));
        let narrow = lines.map(|line| (line, self.best_own(line))).max_by(|one, two| one.1.total_cmp(&two.1));
        match narrow {
            Some((line, likelihood)) if likelihood > wide + EVIDENCE => Verdict::Narrow(line),
            _ => Verdict::Own(share),
        }
    }

    fn best_own(&self, line: f64) -> f64 {
        OWN.iter().map(|own| self.likelihood(*own, line)).fold(f64::NEG_INFINITY, f64::max)
    }

    fn likelihood(&self, own: f64, line: f64) -> f64 {
        let mut weight = INDEPENDENCE;
        let mut sum = 0.0;
        for entry in self.window.iter().rev() {
            let surplus = if entry.sent > line { 1.0 - line / entry.sent } else { 0.0 };
            let loss = (own + (1.0 - own) * surplus).clamp(0.001, 0.999);
            sum += weight * (entry.lost * loss.ln() + (entry.packets - entry.lost) * (1.0 - loss).ln());
            weight *= AGEING;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    /// 20 observations at rates that rise by 5 % each, over a line with its own loss.
    fn observe(loss: &mut Loss, seed: u64, start: f64, own: f64, line: f64) {
        let mut random = StdRng::seed_from_u64(seed);
        for step in 0..20 {
            let sent = start * 1.05_f64.powi(step);
            let packets = (sent / 4.0 / 9_600.0) as u32;
            let share = own + (1.0 - own) * (1.0 - line / sent).max(0.0);
            let lost = (0..packets).filter(|_| random.random_range(0.0..1.0) < share).count();
            loss.observe(f64::from(step) * 0.25, sent, f64::from(packets), lost as f64);
            if matches!(loss.verdict(), Verdict::Narrow(_)) {
                return;
            }
        }
    }

    proptest! {
        #[test]
        fn random_loss_is_not_taken_for_a_narrow_line(seed: u64, own in 0.0..0.3, start in 3e5..3e6) {
            let mut loss = Loss::default();
            observe(&mut loss, seed, start, own, f64::INFINITY);
            prop_assert!(matches!(loss.verdict(), Verdict::Own(share) if (share - own).abs() < 0.2), "{:?}", loss.verdict());
        }

        #[test]
        fn a_narrow_line_is_found_under_random_loss(seed: u64, own in 0.0..0.05) {
            let mut loss = Loss::default();
            observe(&mut loss, seed, 1e6, own, 1.3e6);
            let Verdict::Narrow(line) = loss.verdict() else { return Err(TestCaseError::fail(format!("{:?}", loss.verdict()))) };
            prop_assert!((1.0e6..1.6e6).contains(&line), "{line}");
        }
    }

    #[test]
    fn a_dead_path_is_told() {
        let mut loss = Loss::default();
        for step in 0..8 {
            loss.observe(f64::from(step) * 0.25, 1e6, 25.0, 15.0);
        }
        assert_eq!(loss.verdict(), Verdict::TooMuch);
    }
}
