//! Seconds of a call in virtual time over a network of any badness. Nothing here reads a clock; every trace has a seed.

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::*;
use crate::audio::pull_clock::PullClock;

const FRAME: u32 = 960;
const FRAME_US: i64 = 20_000;

/// What the network does to a stream.
#[derive(Debug, Clone, Copy)]
struct Network {
    seed: u64,
    seconds: i64,
    loss_percent: u32,
    /// Uniform extra delay.
    jitter_us: i64,
    /// One packet in so many is late by `spike_us` (0: none).
    spike_every: u32,
    spike_us: i64,
    /// Of the sender's clock; positive: slow.
    drift_ppm: i64,
    first_timestamp: u32,
    first_sequence: u16,
    duplicate_percent: u32,
    /// Blocks that the speaker takes at once.
    burst: i64,
    /// Packets that are lost together on average (0: each for itself).
    lost_together: u32,
    /// The receiver asks for lost packets; the answer takes this long.
    repair_us: Option<i64>,
    /// One second in so many holds packets back for `hold_us`, which then come at once (0: none).
    hold_every: i64,
    hold_us: i64,
}

const CLEAN: Network = Network {
    seed: 1,
    seconds: 60,
    loss_percent: 0,
    jitter_us: 0,
    spike_every: 0,
    spike_us: 0,
    drift_ppm: 0,
    first_timestamp: 0,
    first_sequence: 0,
    duplicate_percent: 0,
    burst: 1,
    lost_together: 0,
    repair_us: None,
    hold_every: 0,
    hold_us: 0,
};

#[derive(Debug, Default)]
struct Heard {
    counters: JitterCounters,
    lost: u64,
    sent: u64,
    /// Sequence numbers in the order of playout.
    played: Vec<u16>,
    lag_ms: Vec<i64>,
    target_ms: i64,
    /// Blocks of playout, and blocks made of silence.
    blocks: u64,
    silent_blocks: u64,
}

impl Heard {
    fn concealed_percent(&self) -> f64 {
        let counters = &self.counters;
        counters.concealed_samples as f64 * 100.0 / (counters.concealed_samples + counters.decoded_samples) as f64
    }
    /// Over the second half.
    fn mean_lag(&self) -> f64 {
        let settled = &self.lag_ms[self.lag_ms.len() / 2..];
        settled.iter().sum::<i64>() as f64 / settled.len() as f64
    }
}

impl Network {
    fn loses(&self, rng: &mut StdRng, was_losing: bool) -> bool {
        if self.lost_together == 0 {
            return rng.random_range(0..100) < self.loss_percent;
        }
        // Gilbert: leaves the bad state with 1/length, enters it so that the share comes out.
        let leave = 1.0 / f64::from(self.lost_together);
        let share = f64::from(self.loss_percent) / 100.0;
        rng.random_bool(if was_losing { 1.0 - leave } else { share * leave / (1.0 - share) })
    }

    /// How long after the gap was seen a repair comes, if one does. The far side is asked 10 ms after it (packets may
    /// have changed places) and then every 30 ms, three times at most, as long as the answer could be waited for; each
    /// question and each answer is lost as often as anything else.
    fn repair(&self, rng: &mut StdRng) -> Option<i64> {
        let round_trip = self.repair_us?;
        let jitter = if self.jitter_us > 0 { rng.random_range(0..self.jitter_us) } else { 0 };
        let questions = [10_000, 40_000, 70_000].map(|asked| asked + round_trip);
        let mut arrivals = questions.into_iter().filter(|arrival| *arrival <= 180_000);
        arrivals.find(|_| !(self.loses(rng, false) || self.loses(rng, false))).map(|arrival| arrival + jitter)
    }
}

fn packet(network: &Network, n: i64) -> Packet {
    Packet {
        sequence: network.first_sequence.wrapping_add(n as u16),
        timestamp: network.first_timestamp.wrapping_add((n as u32).wrapping_mul(FRAME)),
        samples: FRAME,
        payload: Bytes::from_static(b"x"),
    }
}

/// A player without a codec: it counts what it would play and stretches by whole allowance, as good sound allows.
struct Player {
    buffer: JitterBuffer,
    queued: usize,
    heard: Heard,
}

impl Player {
    fn new() -> Self {
        Self { buffer: JitterBuffer::new(), queued: 0, heard: Heard::default() }
    }

    /// Plays 10 ms. Returns the decisions that it took.
    fn block(&mut self, now: Duration) -> Vec<Decision> {
        let mut decisions = Vec::new();
        while self.queued < 480 {
            let decision = self.buffer.pull(now, self.queued);
            match &decision {
                Decision::Play { packet, stretch } => {
                    self.heard.played.push(packet.sequence);
                    self.heard.lag_ms.push(self.buffer.lag_ms());
                    let samples = packet.samples as i32;
                    let most = |at_most: u32| at_most.min(packet.samples / 2).min(600) as i32;
                    let change = match *stretch {
                        Stretch::Accelerate { at_most, .. } if at_most >= 120 => -most(at_most),
                        Stretch::Expand { at_most } if at_most >= 120 => most(at_most),
                        Stretch::Keep | Stretch::Accelerate { .. } | Stretch::Expand { .. } => 0,
                    };
                    self.buffer.stretched(change);
                    self.queued += (samples + change) as usize;
                }
                Decision::Fec { samples, .. } | Decision::Conceal { samples } => {
                    assert!(*samples > 0 && samples % 120 == 0, "not concealable: {samples}");
                    self.queued += *samples as usize;
                }
                Decision::Empty => {
                    self.heard.silent_blocks += 1;
                    self.queued = 480;
                }
            }
            decisions.push(decision);
        }
        self.queued -= 480;
        self.heard.blocks += 1;
        decisions
    }
}

fn run(network: Network) -> Heard {
    println!("{network:?}");
    let mut rng = StdRng::seed_from_u64(network.seed);
    let mut arrivals: Vec<(i64, i64)> = Vec::new();
    let mut player = Player::new();
    let (mut missing, mut is_losing) = (Vec::new(), false);
    for n in 0..network.seconds * 50 {
        player.heard.sent += 1;
        is_losing = network.loses(&mut rng, is_losing);
        if is_losing {
            player.heard.lost += 1;
            missing.push(n);
            continue;
        }
        let sent = n * FRAME_US + n * FRAME_US * network.drift_ppm / 1_000_000;
        let mut delay = 30_000 + if network.jitter_us > 0 { rng.random_range(0..network.jitter_us) } else { 0 };
        if network.spike_every > 0 && rng.random_range(0..network.spike_every) == 0 {
            delay += network.spike_us;
        }
        if network.hold_every > 0 && sent / 1_000_000 % network.hold_every == network.hold_every - 1 {
            delay = delay.max(30_000 + network.hold_us - sent % 1_000_000);
        }
        for lost in missing.drain(..) {
            if let Some(repair) = network.repair(&mut rng) {
                arrivals.push((sent + delay + repair, lost));
            }
        }
        arrivals.push((sent + delay, n));
        if rng.random_range(0..100) < network.duplicate_percent {
            arrivals.push((sent + delay + rng.random_range(0..30_000), n));
        }
    }
    arrivals.sort_unstable();
    let mut arrivals = arrivals.into_iter().peekable();
    let mut now = 0;
    let mut clock = PullClock::default();
    while arrivals.peek().is_some() {
        now += 10_000;
        while let Some((arrived, n)) = arrivals.next_if(|(arrived, _)| *arrived <= now + 3_000) {
            player.buffer.insert(packet(&network, n), Duration::from_micros(arrived as u64));
        }
        if now % (network.burst * 10_000) == 0 {
            for _ in 0..network.burst {
                let steady = clock.next(Duration::from_micros((now + 3_000) as u64));
                player.block(steady);
            }
        }
        assert!(player.buffer.packets.len() <= MAX_PACKETS);
    }
    let mut heard = player.heard;
    heard.counters = player.buffer.counters();
    heard.target_ms = player.buffer.target_ms();
    println!(
        "target {} ms, mean lag {:.1} ms, concealed {:.2} %, {:?}",
        heard.target_ms,
        heard.mean_lag(),
        heard.concealed_percent(),
        heard.counters
    );
    let forward = heard.played.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) as i16 > 0);
    assert!(forward, "played out of order");
    heard
}

#[test]
fn a_clean_network_is_played_whole_with_the_least_delay() {
    let heard = run(CLEAN);
    assert!(heard.counters.played >= heard.sent - 2, "{}", heard.counters.played);
    assert_eq!(heard.counters.concealed_samples, 0);
    assert_eq!((heard.counters.late, heard.counters.discarded, heard.counters.recovered), (0, 0, 0));
    assert_eq!(heard.target_ms, MIN_TARGET_MS);
    assert!(heard.mean_lag() <= 15.0, "{}", heard.mean_lag());
}

#[test]
fn jitter_is_covered_by_delay_and_not_by_loss() {
    for (jitter_ms, highest) in [(20, 35), (60, 75), (150, 175)] {
        let heard = run(Network { jitter_us: jitter_ms * 1_000, seed: 7, ..CLEAN });
        assert!(heard.target_ms <= jitter_ms + 5 && heard.target_ms >= jitter_ms * 9 / 10, "{}", heard.target_ms);
        assert!(heard.mean_lag() <= highest as f64);
        assert!(heard.concealed_percent() <= 2.0, "{}", heard.concealed_percent());
        // Reordered packets that come after their time are the only ones lost.
        let missing = heard.sent - heard.counters.played;
        assert!(missing * 100 <= heard.sent * 2, "{missing} of {}", heard.sent);
    }
}

#[test]
fn lost_packets_come_from_their_copies() {
    // Copies restore every packet whose successor arrives: a share `loss` of the lost ones stays lost.
    for loss_percent in [1, 5, 10, 20, 30] {
        let heard = run(Network { loss_percent, jitter_us: 15_000, seed: 11, ..CLEAN });
        let recovered = heard.counters.recovered as f64 / heard.lost as f64;
        let possible = 1.0 - f64::from(loss_percent) / 100.0;
        // Below 2 % a copy is not worth waiting for (98 % are covered without).
        if loss_percent > 2 {
            assert!(recovered >= possible * 0.9, "{loss_percent} %: {recovered:.2} of {possible:.2}");
        }
        let unavoidable = f64::from(loss_percent * loss_percent) / 100.0;
        assert!(heard.concealed_percent() <= unavoidable * 1.5 + 1.0, "{loss_percent} %");
        assert!(heard.mean_lag() <= 60.0, "{loss_percent} %: {}", heard.mean_lag());
    }
}

/// Concealed and copied in per cent, mean lag in ms.
fn under_loss(loss_percent: u32, lost_together: u32, repair_us: Option<i64>) -> (f64, f64, f64) {
    let heard =
        run(Network { loss_percent, lost_together, repair_us, jitter_us: 15_000, seed: 11, seconds: 120, ..CLEAN });
    let copied = heard.counters.recovered as f64 * 100.0 / heard.sent as f64;
    let row = (heard.concealed_percent(), copied, heard.mean_lag());
    println!("ROW {loss_percent} % by {lost_together}, repair {repair_us:?}: {row:.2?}");
    row
}

#[test]
fn repairs_are_waited_for_where_copies_are_not_enough() {
    // Loss in per cent, lost together, round trip in ms, the most that may be concealed (per cent), the longest lag (ms).
    let bounds = [
        (5, 0, 100, 0.8, 75.0),
        (10, 0, 40, 0.5, 140.0),
        (10, 0, 100, 0.7, 190.0),
        (20, 0, 40, 1.0, 170.0),
        (20, 0, 100, 1.3, 210.0),
        (30, 0, 40, 2.4, 200.0),
        (30, 0, 100, 3.0, 220.0),
        (10, 3, 40, 2.0, 200.0),
        (10, 3, 100, 3.2, 215.0),
        (20, 3, 100, 7.0, 215.0),
    ];
    for (loss, together, round_trip_ms, most, longest) in bounds {
        let (without, _, _) = under_loss(loss, together, None);
        let (concealed, _, lag) = under_loss(loss, together, Some(round_trip_ms * 1_000));
        let case = format!("{loss} % by {together} at {round_trip_ms} ms");
        assert!(concealed <= most && lag <= longest, "{case}: {concealed:.2} % concealed, {lag:.0} ms");
        assert!(loss < 10 || concealed <= without * 0.7, "{case}: {concealed:.2} % of {without:.2} %");
    }
}

#[test]
fn a_far_far_side_is_not_waited_for() {
    // Somebody sends again what nobody could wait for: neither delay nor sound is worse for it.
    for loss in [5, 20] {
        let (without, _, usual) = under_loss(loss, 0, None);
        let far = Network { loss_percent: loss, jitter_us: 15_000, seed: 11, seconds: 120, ..CLEAN };
        let heard = run(Network { spike_every: 10, spike_us: 400_000, ..far });
        assert!(heard.mean_lag() <= usual + 25.0, "{loss} %: {} ms, without {usual} ms", heard.mean_lag());
        // A tenth of the packets is as good as lost.
        assert!(heard.concealed_percent() <= without + 8.0, "{loss} %: {}", heard.concealed_percent());
    }
}

#[test]
fn packets_that_come_late_alone_are_replaced_by_their_copies() {
    let heard = run(Network { spike_every: 25, spike_us: 120_000, seed: 3, ..CLEAN });
    assert!(heard.target_ms <= 30, "{}", heard.target_ms);
    assert!(heard.concealed_percent() <= 1.0, "{}", heard.concealed_percent());
}

#[test]
fn holds_are_expected_when_they_come_often_and_forgotten_when_they_do_not() {
    let held = |hold_every, hold_ms: i64| {
        let network = Network { hold_every, hold_us: hold_ms * 1_000, jitter_us: 5_000, seconds: 120, ..CLEAN };
        let heard = run(network);
        println!(
            "ROW {hold_ms} ms every {hold_every} s: {:.2} %, {:.0} ms",
            heard.concealed_percent(),
            heard.mean_lag()
        );
        (heard.target_ms, heard.concealed_percent())
    };
    let (target, concealed) = held(1, 200);
    assert!((170..=200).contains(&target) && concealed <= 0.5, "{target} ms, {concealed:.2} %");
    let (target, concealed) = held(2, 400);
    assert!((350..=400).contains(&target) && concealed <= 2.0, "{target} ms, {concealed:.2} %");
    let (target, concealed) = held(20, 900);
    assert!(target <= 15 && concealed <= 5.0, "{target} ms, {concealed:.2} %");
}

#[test]
fn drifting_clocks_are_followed_without_a_gap() {
    for drift_ppm in [-300, 300] {
        let heard = run(Network { drift_ppm, seconds: 600, ..CLEAN });
        assert!(heard.counters.played >= heard.sent - 3);
        assert!(heard.concealed_percent() <= 0.05, "{}", heard.concealed_percent());
        assert!(heard.mean_lag() <= 22.0, "{drift_ppm}: {}", heard.mean_lag());
    }
}

#[test]
fn a_speaker_that_takes_several_blocks_at_once_costs_delay_and_no_sound() {
    for burst in [2, 4, 6] {
        let heard = run(Network { burst, jitter_us: 8_000, ..CLEAN });
        assert!(heard.concealed_percent() <= 0.3, "{burst}: {}", heard.concealed_percent());
        let counters = heard.counters;
        let stretched = counters.accelerated_samples + counters.expanded_samples;
        assert!(stretched * 200 <= counters.decoded_samples, "{burst}: {stretched} samples");
    }
}

#[test]
fn numbers_that_wrap_are_nothing_special() {
    let straight = run(Network { jitter_us: 10_000, loss_percent: 3, ..CLEAN });
    let wrapping = run(Network {
        jitter_us: 10_000,
        loss_percent: 3,
        first_timestamp: u32::MAX - 100 * FRAME,
        first_sequence: u16::MAX - 200,
        ..CLEAN
    });
    assert_eq!(straight.counters, wrapping.counters);
    assert_eq!(straight.lag_ms, wrapping.lag_ms);
}

#[test]
fn doubled_packets_are_played_once() {
    let heard = run(Network { duplicate_percent: 30, jitter_us: 10_000, ..CLEAN });
    assert!(heard.counters.duplicate + heard.counters.late > heard.sent / 5);
    assert!(heard.counters.played <= heard.sent);
    assert!(heard.concealed_percent() <= 1.0);
}

#[test]
fn everything_at_once_still_sounds() {
    let heard = run(Network {
        seed: 99,
        loss_percent: 10,
        jitter_us: 40_000,
        spike_every: 50,
        spike_us: 200_000,
        drift_ppm: 100,
        duplicate_percent: 5,
        ..CLEAN
    });
    assert!(heard.concealed_percent() <= 6.0, "{}", heard.concealed_percent());
    assert!(heard.silent_blocks * 100 <= heard.blocks, "{} of {}", heard.silent_blocks, heard.blocks);
    assert!(heard.target_ms <= 300);
}

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A stream that has played for a second on a clean network; the next packet is number 50, due at 1,000 ms.
fn settled() -> Player {
    let mut player = Player::new();
    for block in 0..100u64 {
        if block % 2 == 0 {
            player.buffer.insert(packet(&CLEAN, block as i64 / 2), at(block * 10));
        }
        player.block(at(block * 10));
    }
    player
}

fn kinds(decisions: &[Decision]) -> Vec<&'static str> {
    decisions
        .iter()
        .map(|decision| match decision {
            Decision::Play { .. } => "play",
            Decision::Fec { .. } => "fec",
            Decision::Conceal { .. } => "conceal",
            Decision::Empty => "empty",
        })
        .collect()
}

#[test]
fn an_outage_fades_to_silence_and_what_was_held_up_is_skipped() {
    let mut player = settled();
    let mut seen = Vec::new();
    for block in 100..200u64 {
        seen.extend(kinds(&player.block(at(block * 10))));
    }
    let concealed = seen.iter().filter(|kind| **kind == "conceal").count();
    assert!((12..=13).contains(&concealed), "120 ms are invented, not {concealed} blocks");
    assert!(seen[seen.len() - 80..].iter().all(|kind| *kind == "empty"));
    // The network delivers the whole second at once.
    for n in 50..100 {
        player.buffer.insert(packet(&CLEAN, n), at(2_000));
    }
    let played = player.heard.played.len();
    player.block(at(2_000));
    player.buffer.insert(packet(&CLEAN, 100), at(2_000));
    for block in 201..300u64 {
        if block % 2 == 0 {
            player.buffer.insert(packet(&CLEAN, block as i64 / 2), at(block * 10));
        }
        player.block(at(block * 10));
    }
    assert!(player.heard.played[played] >= 40, "{}", player.heard.played[played]);
    assert!(player.buffer.counters().discarded >= 1, "{:?}", player.buffer.counters());
    // What was held back says nothing about the path: the conversation goes on as before.
    assert!(player.buffer.target_ms() <= 15, "{}", player.buffer.target_ms());
    assert!(*player.heard.lag_ms.last().unwrap() <= 60, "{:?}", player.heard.lag_ms);
}

#[test]
fn a_path_that_is_longer_from_now_on_is_followed() {
    let mut player = settled();
    // Handed over to a network that is 500 ms slower.
    let (mut n, mut concealed) = (50, 0);
    for block in 100..1_000u64 {
        while n * 20 + 500 <= block as i64 * 10 {
            player.buffer.insert(packet(&CLEAN, n), at(n as u64 * 20 + 500));
            n += 1;
        }
        let blocks = kinds(&player.block(at(block * 10)));
        concealed += usize::from(block >= 300 && blocks.contains(&"conceal"));
    }
    assert!(concealed <= 20, "{concealed} blocks after two seconds");
}

#[test]
fn a_pause_of_the_sender_is_no_loss() {
    let mut player = settled();
    // Nothing for 30 s (hold), then on with a timestamp that has moved by as much (RFC 3550 §5.1).
    for block in 100..3_100u64 {
        player.block(at(block * 10));
    }
    let before = player.buffer.counters();
    assert!(before.concealed_samples <= 48_000 + 480, "{}", before.concealed_samples);
    for block in 3_100..3_200u64 {
        if block % 2 == 0 {
            let mut resumed = packet(&CLEAN, block as i64 / 2);
            resumed.sequence = 50 + ((block - 3_100) / 2) as u16;
            player.buffer.insert(resumed, at(block * 10));
        }
        player.block(at(block * 10));
    }
    let counters = player.buffer.counters();
    assert_eq!((counters.discarded, counters.late), (0, 0));
    assert!(counters.played >= before.played + 48, "{counters:?}");
    assert!(counters.concealed_samples - before.concealed_samples <= 960);
}

#[test]
fn a_stray_packet_is_ignored_and_a_restart_is_followed() {
    let mut player = settled();
    let stray = |n: u32| Packet {
        sequence: 40_000 + n as u16,
        timestamp: 3_000_000_000 + n * FRAME,
        samples: FRAME,
        payload: Bytes::from_static(b"y"),
    };
    player.buffer.insert(stray(0), at(1_000));
    player.buffer.insert(packet(&CLEAN, 50), at(1_000));
    player.buffer.insert(stray(1), at(1_010));
    player.buffer.insert(packet(&CLEAN, 51), at(1_020));
    assert_eq!(player.buffer.counters().discarded, 2);
    (100..104u64).for_each(|block| {
        player.block(at(block * 10));
    });
    assert_eq!(*player.heard.played.last().unwrap(), 51);
    for block in 104..160u64 {
        if block % 2 == 0 {
            player.buffer.insert(stray(10 + (block as u32 - 104) / 2), at(block * 10));
        }
        player.block(at(block * 10));
    }
    // The first two of three in a row are the price.
    assert_eq!(player.buffer.counters().discarded, 4);
    assert!(player.heard.played.len() >= 52 + 24, "{}", player.heard.played.len());
}

#[test]
fn more_than_a_second_is_never_held() {
    let mut buffer = JitterBuffer::new();
    for n in 0..10_000 {
        buffer.insert(packet(&CLEAN, n), at(5));
        assert!(buffer.packets.len() <= 51, "{}", buffer.packets.len());
    }
    let mut short = JitterBuffer::new();
    for n in 0..10_000u32 {
        // 2.5 ms packets, all at once.
        let tiny = Packet { sequence: n as u16, timestamp: n * 120, samples: 120, payload: Bytes::from_static(b"z") };
        short.insert(tiny, at(5));
        assert!(short.packets.len() <= MAX_PACKETS, "{}", short.packets.len());
    }
    assert!(matches!(short.pull(at(100), 0), Decision::Play { .. }));
}

#[test]
fn any_numbers_in_any_order_neither_panic_nor_grow() {
    for seed in 0..20 {
        println!("seed {seed}");
        let mut rng = StdRng::seed_from_u64(seed);
        let mut player = Player::new();
        for step in 0..5_000u64 {
            let samples = [120, 240, 480, 960, 1_920, 2_880, 5_760][rng.random_range(0..7)];
            let (sequence, timestamp) = if rng.random_bool(0.5) {
                (rng.random(), rng.random())
            } else {
                (step as u16, (step as u32).wrapping_mul(960).wrapping_add(rng.random_range(0..5_000)))
            };
            let arrived = Duration::from_micros(rng.random_range(0..60_000_000));
            player.buffer.insert(Packet { sequence, timestamp, samples, payload: Bytes::from_static(b"?") }, arrived);
            player.block(at(step * 10));
            assert!(player.buffer.packets.len() <= MAX_PACKETS);
            assert!((MIN_TARGET_MS..=MAX_TARGET_MS).contains(&player.buffer.target_ms()));
        }
    }
}
