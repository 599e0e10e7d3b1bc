//! Which packets of a stream are missing, and when to ask for them. Pure.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Between noticing a gap and asking: packets that overtook each other are rarely further apart.
const REORDER_WAIT: Duration = Duration::from_millis(8);
/// Between requests for the same packet: round trips, and at least so long, which is the other side's pacing.
const RETRY_ROUND_TRIPS: f64 = 1.2;
const RETRY_LEAST: Duration = Duration::from_millis(40);
/// Requests that are one such time apart; after them each waits one more than the one before. Who could not answer those (a
/// rate that leaves no room for repairs yet, a pause of its processor) can later, while the picture still waits.
const QUICK_REQUESTS: u32 = 3;
/// Between a request and its repetition where much is lost: requests are as easily. Short against a round trip, but
/// beyond a burst of losses; who answers once per round trip does not answer twice.
const REPETITION: Duration = Duration::from_millis(12);
/// Share of missing packets from which on requests are repeated. Below it a lost request is rare, and far sides that do
/// answer twice would be asked for too much.
const REPEATED_FROM: f32 = 0.03;
/// Weight of a packet in that share: a few seconds of pictures.
const LOSS_WEIGHT: f32 = 1.0 / 256.0;
/// Requests for a packet. At a fifth of loss both ways the tenth is needed once in 10,000 times.
const MAX_REQUESTS: u32 = 10;
/// No picture waits longer for a packet; a keyframe is on its way by then.
const MAX_AGE: Duration = Duration::from_millis(1_500);
/// A longer gap is a restart, or hopeless (libwebrtc gives up at 1,000 too).
const MAX_MISSING: usize = 1_000;
/// Until repairs have shown it.
const ROUND_TRIP: Duration = Duration::from_millis(100);
/// Longest believed.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(1);
/// So many repairs in a row that came after a second request: the round trip is longer than believed. By losses alone, at
/// 20 % both ways, this happens once in 500 repairs.
const TOO_SHORT: u32 = 6;

#[derive(Debug, Clone, Copy)]
struct Entry {
    since: Instant,
    due: Instant,
    asked: Option<Instant>,
    /// While the repetition of a request is due: when the next one is.
    next_request: Option<Instant>,
    requests: u32,
}

/// The gaps of one stream.
#[derive(Debug)]
pub(super) struct Missing {
    /// Without a wrap.
    highest: Option<u64>,
    missing: BTreeMap<u64, Entry>,
    round_trip: Duration,
    /// Repairs in a row that do not tell the round trip.
    ambiguous: u32,
    /// Share of packets that did not come at first.
    loss: f32,
}

impl Default for Missing {
    fn default() -> Self {
        Self { highest: None, missing: BTreeMap::new(), round_trip: ROUND_TRIP, ambiguous: 0, loss: 0.0 }
    }
}

impl Missing {
    /// A packet came, first hand or repaired.
    pub(super) fn note(&mut self, now: Instant, sequence: u16) {
        let Some(highest) = self.highest else {
            // Far from 0, so that older packets have a number.
            self.highest = Some(u64::from(sequence) + (1 << 32));
            return;
        };
        let ahead = sequence.wrapping_sub(highest as u16);
        if ahead >= 0x8000 || ahead == 0 {
            let number = highest - u64::from((highest as u16).wrapping_sub(sequence));
            if let Some(entry) = self.missing.remove(&number) {
                self.learn(now, &entry);
            }
            return;
        }
        let number = highest + u64::from(ahead);
        self.highest = Some(number);
        if usize::from(ahead) + self.missing.len() > MAX_MISSING {
            self.missing.clear();
            return;
        }
        for _ in 1..ahead {
            self.loss += LOSS_WEIGHT * (1.0 - self.loss);
        }
        self.loss -= LOSS_WEIGHT * self.loss;
        let entry = Entry { since: now, due: now + REORDER_WAIT, asked: None, next_request: None, requests: 0 };
        self.missing.extend((highest + 1..number).map(|number| (number, entry)));
    }

    /// How long a repair took. Only first requests tell: later ones may have been answered twice. A belief that is too short
    /// never sees one, so it grows when there is none for long.
    fn learn(&mut self, now: Instant, entry: &Entry) {
        match (entry.requests, entry.asked) {
            (1, Some(asked)) => {
                let sample = now.saturating_duration_since(asked).min(MAX_ROUND_TRIP);
                self.round_trip = (self.round_trip * 7 + sample) / 8;
                self.ambiguous = 0;
            }
            // Only late.
            (0, _) => {}
            _ => self.ambiguous += 1,
        }
        if self.ambiguous >= TOO_SHORT {
            self.round_trip = (self.round_trip * 2).min(MAX_ROUND_TRIP);
            self.ambiguous = 0;
        }
    }

    /// What is to be asked for now, in order.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<u16> {
        let retry = self.round_trip.mul_f64(RETRY_ROUND_TRIPS).max(RETRY_LEAST);
        let is_repeated = self.loss >= REPEATED_FROM;
        self.missing.retain(|_, entry| {
            now.saturating_duration_since(entry.since) < MAX_AGE && (entry.requests < MAX_REQUESTS || entry.due > now)
        });
        let due = self.missing.iter_mut().filter(|(_, entry)| entry.due <= now);
        due.map(|(number, entry)| {
            let due = match entry.next_request.take() {
                Some(next) => next,
                None => {
                    entry.requests += 1;
                    entry.asked = Some(now);
                    let wait = retry * entry.requests.saturating_sub(QUICK_REQUESTS - 1).max(1);
                    entry.next_request = is_repeated.then_some(now + wait);
                    now + if is_repeated { REPETITION } else { wait }
                }
            };
            entry.due = due.min(entry.since + MAX_AGE);
            *number as u16
        })
        .collect()
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.missing.values().map(|entry| entry.due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_gap_is_asked_for_after_a_moment_and_again_after_a_round_trip() {
        let start = Instant::now();
        let mut missing = Missing::default();
        missing.note(start, 65_534);
        missing.note(start, 2);
        assert_eq!(missing.next(), Some(start + 8 * MS));
        // Only late.
        missing.note(start + MS, 0);
        assert_eq!(missing.take_due(start + 7 * MS), [0_u16; 0]);
        assert_eq!(missing.take_due(start + 8 * MS), [65_535, 1]);
        assert_eq!(missing.take_due(start + 127 * MS), [0_u16; 0]);
        missing.note(start + 60 * MS, 65_535);
        assert_eq!(missing.take_due(start + 128 * MS), [1]);
        missing.note(start + 200 * MS, 1);
        assert_eq!(missing.next(), None);
    }

    #[test]
    fn repairs_teach_the_round_trip() {
        let mut now = Instant::now();
        let mut missing = Missing::default();
        for number in 0..200_u16 {
            missing.note(now, number * 2);
            now += 10 * MS;
            let due = missing.take_due(now);
            now += 400 * MS;
            due.into_iter().for_each(|sequence| missing.note(now, sequence));
        }
        missing.note(now, 400);
        let first = missing.next().unwrap();
        assert_eq!(missing.take_due(first), [399]);
        assert_eq!(missing.next(), Some(first + REPETITION));
        assert_eq!(missing.take_due(first + REPETITION), [399]);
        let again = missing.next().unwrap() - first;
        assert!((475 * MS..485 * MS).contains(&again), "{again:?}");
    }

    /// 100 packets a second for 3 s, of which every tenth is lost, and of these for every tenth the first request; repairs
    /// take `round_trip`. Returns how often each packet was asked for.
    fn requests(missing: &mut Missing, start: Instant, from: u16, round_trip: Duration) -> Vec<usize> {
        let (mut asked, mut repairs) = (BTreeMap::<u16, usize>::new(), Vec::<(Instant, u16)>::new());
        for tick in 0..3_000_u32 {
            let now = start + MS * tick;
            if tick % 10 == 0 && tick % 100 != 50 {
                missing.note(now, from + (tick / 10) as u16);
            }
            repairs.retain(|(at, sequence)| {
                let is_due = *at <= now;
                if is_due {
                    missing.note(now, *sequence);
                }
                !is_due
            });
            for sequence in missing.take_due(now) {
                let count = asked.entry(sequence).or_default();
                *count += 1;
                if *count == if sequence % 100 == 5 { 2 } else { 1 } {
                    repairs.push((now + round_trip, sequence));
                }
            }
        }
        asked.into_values().collect()
    }

    #[test]
    fn a_round_trip_that_is_longer_than_believed_is_found() {
        let (mut missing, start) = (Missing::default(), Instant::now());
        requests(&mut missing, start, 0, 500 * MS);
        requests(&mut missing, start + 3_000 * MS, 300, 500 * MS);
        let round_trip = missing.round_trip;
        assert!((490 * MS..700 * MS).contains(&round_trip), "{round_trip:?}");
        let asked = requests(&mut missing, start + 6_000 * MS, 600, 500 * MS);
        // Twice each, as much is lost.
        assert!(asked.iter().all(|count| *count <= 4), "{asked:?}");
        requests(&mut missing, start + 9_000 * MS, 900, 50 * MS);
        assert!((45 * MS..90 * MS).contains(&missing.round_trip), "{:?}", missing.round_trip);
    }

    #[test]
    fn where_much_is_lost_requests_are_repeated() {
        let start = Instant::now();
        let mut missing = Missing { loss: 0.1, ..Missing::default() };
        missing.note(start, 0);
        missing.note(start, 2);
        let mut asked = Vec::new();
        while let Some(at) = missing.next().filter(|at| *at < start + 300 * MS) {
            assert_eq!(missing.take_due(at), [1]);
            asked.push((at - start).as_millis());
        }
        assert_eq!(asked, [8, 20, 128, 140, 248, 260]);
        missing.note(start + 300 * MS, 1);
        assert_eq!(missing.next(), None);
    }

    #[test]
    fn requests_last_as_long_as_the_picture_waits() {
        let start = Instant::now();
        let mut missing = Missing { round_trip: 10 * MS, ..Missing::default() };
        missing.note(start, 0);
        missing.note(start, 2);
        let mut asked = Vec::new();
        while let Some(at) = missing.next() {
            asked.extend(missing.take_due(at).iter().map(|_| (at - start).as_millis()));
        }
        assert_eq!(asked, [8, 48, 88, 128, 208, 328, 488, 688, 928, 1_208]);
    }

    #[test]
    fn it_gives_up() {
        let start = Instant::now();
        let mut missing = Missing::default();
        missing.note(start, 0);
        missing.note(start, 2);
        let mut requests = 0;
        let mut last = start;
        while let Some(at) = missing.next() {
            requests += missing.take_due(at).len();
            last = at;
        }
        assert!(requests <= 10 && last - start <= MAX_AGE + 120 * MS, "{requests} {:?}", last - start);
        missing.note(last, 5_000);
        assert_eq!(missing.next(), None, "a restart is no gap");
    }

    proptest! {
        #[test]
        fn any_order_is_bounded_and_received_packets_are_not_asked_for(sequences: Vec<u16>) {
            let now = Instant::now();
            let mut missing = Missing::default();
            for sequence in &sequences {
                missing.note(now, *sequence);
                prop_assert!(missing.missing.len() <= MAX_MISSING);
            }
            if let Some(last) = sequences.last() {
                prop_assert!(!missing.take_due(now + MS * 8).contains(last));
            }
        }
    }
}
