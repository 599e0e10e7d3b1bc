//! From counters to the five steps that people see. Pure.

use confab_model::{QualityLevel, QualityReport};

/// What decides the step, over the last two seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Measured {
    pub(crate) round_trip_ms: Option<u32>,
    pub(crate) loss_out_permille: u32,
    pub(crate) loss_in_permille: u32,
    /// Nothing at all arrived.
    pub(crate) silent: bool,
}

/// The worse of delay and loss decides. The limits follow what people notice: speech suffers from 300 ms on, and from
/// 2 % on in spite of error correction (ITU-T G.114; measurements of Opus with in-band FEC in `docs/benchmarks.md`).
pub(crate) fn level(measured: Measured) -> QualityLevel {
    if measured.silent {
        return QualityLevel::Lost;
    }
    let loss = measured.loss_out_permille.max(measured.loss_in_permille);
    let by_loss = match loss {
        0..20 => QualityLevel::Excellent,
        20..60 => QualityLevel::Good,
        60..150 => QualityLevel::Poor,
        _ => QualityLevel::Bad,
    };
    let by_delay = match measured.round_trip_ms.unwrap_or(0) {
        0..200 => QualityLevel::Excellent,
        200..400 => QualityLevel::Good,
        400..800 => QualityLevel::Poor,
        _ => QualityLevel::Bad,
    };
    by_loss.min(by_delay)
}

/// Parts per thousand of a counter pair's growth; 0 if nothing was expected.
pub(crate) fn permille(lost: u64, received: u64) -> u32 {
    let part = (lost * 1_000).checked_div(lost + received).unwrap_or(0);
    u32::try_from(part).unwrap_or(1_000)
}

/// The reports of one call, thinned out so that a call of any length stays small: every second one is dropped when
/// there are too many, and from then on only every second one is taken.
#[derive(Debug, Default)]
pub(crate) struct QualityHistory {
    reports: Vec<(u32, QualityReport)>,
    stride: u32,
    seen: u32,
}

/// 20 minutes at one report every 2 s before thinning begins.
const HISTORY: usize = 600;

impl QualityHistory {
    /// Takes a report, `at_ms` since the call began.
    pub(crate) fn push(&mut self, at_ms: u32, report: QualityReport) {
        let stride = self.stride.max(1);
        if self.seen.is_multiple_of(stride) {
            self.reports.push((at_ms, report));
        }
        self.seen = self.seen.wrapping_add(1);
        if self.reports.len() >= HISTORY {
            let mut index = 0;
            self.reports.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride = stride * 2;
        }
    }

    pub(crate) fn take(self) -> Vec<(u32, QualityReport)> {
        self.reports
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_of_loss_and_delay_decides() {
        let of = |round_trip_ms, loss_out_permille, loss_in_permille| {
            level(Measured { round_trip_ms: Some(round_trip_ms), loss_out_permille, loss_in_permille, silent: false })
        };
        assert_eq!(of(30, 0, 0), QualityLevel::Excellent);
        assert_eq!(of(250, 0, 0), QualityLevel::Good);
        assert_eq!(of(30, 0, 100), QualityLevel::Poor);
        assert_eq!(of(30, 200, 0), QualityLevel::Bad);
        assert_eq!(of(1_000, 0, 0), QualityLevel::Bad);
        assert_eq!(level(Measured { silent: true, ..Measured::default() }), QualityLevel::Lost);
    }

    #[test]
    fn loss_is_a_part_of_what_was_expected() {
        assert_eq!(permille(0, 0), 0);
        assert_eq!(permille(5, 95), 50);
        assert_eq!(permille(7, 0), 1_000);
    }

    #[test]
    fn a_long_call_keeps_its_whole_course_in_a_bounded_history() {
        let mut history = QualityHistory::default();
        let report = QualityReport {
            level: QualityLevel::Good,
            round_trip_ms: None,
            loss_out_permille: 0,
            loss_in_permille: 0,
            rate_out_kbps: 0,
            rate_in_kbps: 0,
            jitter_buffer_ms: 0,
            frames_per_second: 0,
            width: 0,
            height: 0,
            codecs: Vec::new(),
            path: None,
        };
        for second in 0..10_000u32 {
            history.push(second * 2_000, report.clone());
        }
        let reports = history.take();
        assert!(reports.len() < HISTORY);
        assert_eq!(reports.first().map(|r| r.0), Some(0));
        assert!(reports.last().is_some_and(|r| r.0 > 19_900_000), "the end is there too");
        assert!(reports.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
