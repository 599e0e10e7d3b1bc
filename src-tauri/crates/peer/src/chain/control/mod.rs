//! Congestion control by transport-wide feedback: what may be sent so that the path carries it without a queue.
//!
//! Owns: the target rate of a transport, how fast its packets may leave, when it probes. In: packets that leave, what
//! feedback tells of them, the time. Out: [`Controller::advice`]. Does not: read RTCP, pace, know streams; no clock.
//!
//! ```text
//! Growing ──queue (slope or standing delay)──► Draining ──drained, or it does not help──► Growing
//! ```
//!
//! * A queue cuts the rate below what arrives, the further the longer the queue, until it is drained. What then was
//!   carried is the ceiling: the rate is taken up close below it and grows slowly for [`CEILING_HOLD`]; after that, or
//!   beyond it, the growth doubles until it doubles the rate in a second. Short bursts look for more meanwhile.
//! * A cut that does not shorten the queue was for a queue of others, or for jitter: as much delay is then tolerated
//!   for a while. So a jittery link or a neighbour that fills the buffer does not push the rate to nothing.
//! * Losses lower the rate only when they come with the rate ([`loss`]).
//! * Never far above what arrives: an encoder that does not use the rate proves nothing ([`HEADROOM`]).

mod delay;
mod flight;
mod loss;
mod probe;
#[cfg(test)]
mod simulation;
mod throughput;

use std::time::{Duration, Instant};

use delay::{Delay, Slope};
use flight::Flight;
pub(crate) use loss::{Loss, Verdict};
pub(crate) use probe::Burst;
use probe::Probes;
use throughput::Throughput;

/// s: what the newest packets may wait beyond the tolerated delay before a rising slope counts.
const SLACK: f64 = 0.010;
/// s: beyond that no queue is left standing, whatever the slope.
const STANDING_LIMIT: f64 = 0.035;
/// s: jitter is allowed for up to so much.
const NOISE_MOST: f64 = 0.06;
/// Per s: how fast the rate shrinks while a short queue stands.
const SHRINKAGE: f64 = 0.2;
/// s within which that helps: a tenth less drains 10 ms in 100.
const SHRINKING_HELPS: f64 = 0.8;
/// Of the rate that arrives: what is sent while a queue drains, at most and at least.
const DRAIN: f64 = 0.85;
const DRAIN_LEAST: f64 = 0.2;
/// s: a queue is drained within about this.
const DRAIN_TIME: f64 = 0.8;
/// Of what was carried when a queue came up: where sending goes on once it is drained.
const BELOW_CEILING: f64 = 0.95;
/// s: how long a ceiling is believed, and how far above it it is refuted.
const CEILING_HOLD: f64 = 3.0;
const CEILING_REFUTED: f64 = 1.08;
/// Per s: growth below a ceiling; at first above it; and at most.
const GROWTH_AT_CEILING: f64 = 0.04;
const GROWTH_FIRST: f64 = 0.10;
const GROWTH_MOST: f64 = 1.0;
/// s: the growth doubles while nothing speaks against it.
const GROWTH_DOUBLES: f64 = 0.4;
/// Growth ends at so much above what arrives.
const HEADROOM: f64 = 1.7;
/// bit/s: likewise, so that a call that has only sent sound can begin to send pictures.
const HEADROOM_LEAST: f64 = 150_000.0;
/// s: how fast tolerated delay is forgotten, and how much there is at most.
const TOLERANCE_FADES: f64 = 12.0;
const TOLERANCE_MOST: f64 = 0.25;
/// A cut in vain has not shortened the queue to this share.
const HELPED: f64 = 0.7;
/// s: between a drained queue and the first burst, then between bursts; longer after each in vain.
const PROBE_FIRST: f64 = 1.5;
const PROBE_INTERVAL: f64 = 3.0;
const PROBE_INTERVAL_MOST: f64 = 5.0;
/// A burst is so much faster than the target, lasts so long (s), and has at least so many packets.
const PROBE_FACTOR: f64 = 2.0;
const PROBE_TIME: f64 = 0.015;
const PROBE_PACKETS: u32 = 5;
/// bit/s: below it a burst would be a long queue, and growing does not take long.
const PROBE_FROM: f64 = 400_000.0;
/// Bits of a packet of a burst.
const PROBE_PACKET: f64 = 9_600.0;
/// s of silence after which less is sent.
const SILENCE: f64 = 0.6;
/// Cuts for silence: afterwards consent freshness decides (RFC 7675).
const SILENCE_CUTS: u32 = 3;
/// bit/s: losses and silence alone never push the rate below it. It pays for sound and a small fluent picture.
pub(crate) const LOSS_FLOOR: f64 = 250_000.0;
/// Packets leave at up to so much times the target, so that a keyframe does not take a second.
const PACING: f64 = 2.5;
/// Likewise while a queue drains.
const PACING_DRAINING: f64 = 1.1;

/// s: between one packet and the next no path becomes so much longer or shorter. A far side's clock was set.
const CLOCK_STEP: f64 = 10.0;

/// What feedback tells of one packet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fate {
    pub(crate) departed: Instant,
    /// On the far side's clock; `None` = lost.
    pub(crate) arrived: Option<Duration>,
    /// On the wire, with all headers.
    pub(crate) bytes: usize,
    /// The burst it belongs to.
    pub(crate) burst: Option<u32>,
    /// It was told as lost before.
    pub(crate) was_lost: bool,
}

/// What the rest of the chain goes by. bit/s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Advice {
    pub(crate) target: u32,
    pub(crate) pacing: u32,
}

#[derive(Debug, Clone, Copy)]
struct Draining {
    cut: f64,
    /// (time, standing delay) a round trip ago or so.
    mark: (f64, f64),
    /// Of the present attempt.
    began: f64,
    until: f64,
    /// bit/s that arrived.
    capacity: f64,
    /// s: the longest queue since.
    worst: f64,
    /// Of the second half: sum of standing delays, and how many.
    late: (f64, u32),
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Growing,
    Draining(Draining),
}

/// See the module. All times in seconds since the first packet.
#[derive(Debug)]
pub(crate) struct Controller {
    min: f64,
    max: f64,
    epoch: Option<Instant>,
    target: f64,
    phase: Phase,
    growth: f64,
    /// Since when a short queue is shrunk away.
    shrinking: Option<f64>,
    /// (bit/s, since)
    ceiling: Option<(f64, f64)>,
    /// s of delay that is not ours.
    tolerance: f64,
    delay: Delay,
    /// Of the last arrival: s between two clocks that have nothing in common.
    transit: Option<f64>,
    /// What leaves, and what arrives.
    sending: Throughput,
    throughput: Throughput,
    loss: Loss,
    flight: Flight,
    probes: Probes,
    burst: Option<Burst>,
    next_probe: f64,
    probe_interval: f64,
    /// A burst of our own may still be queued until then.
    undisturbed_from: f64,
    round_trip: f64,
    last_feedback: Option<f64>,
    /// The first packet since the last feedback left then.
    unanswered: Option<f64>,
    silent_cuts: u32,
    last_loss_cut: f64,
}

impl Controller {
    /// bit/s
    pub(crate) fn new(start: u32, min: u32, max: u32) -> Self {
        Self {
            min: f64::from(min),
            max: f64::from(max),
            epoch: None,
            target: f64::from(start),
            phase: Phase::Growing,
            growth: GROWTH_MOST,
            shrinking: None,
            ceiling: None,
            tolerance: 0.0,
            delay: Delay::default(),
            transit: None,
            sending: Throughput::default(),
            throughput: Throughput::default(),
            loss: Loss::default(),
            flight: Flight::default(),
            probes: Probes::default(),
            burst: None,
            next_probe: 0.3,
            probe_interval: PROBE_INTERVAL,
            undisturbed_from: 0.0,
            round_trip: 0.1,
            last_feedback: None,
            unanswered: None,
            silent_cuts: 0,
            last_loss_cut: 0.0,
        }
    }

    pub(crate) fn advice(&self) -> Advice {
        let factor = if matches!(self.phase, Phase::Draining(_)) { PACING_DRAINING } else { PACING };
        Advice { target: self.target as u32, pacing: (self.target * factor) as u32 }
    }

    /// A burst that should be sent now.
    pub(crate) fn take_burst(&mut self) -> Option<Burst> {
        self.burst.take()
    }

    /// Smoothed, with the queues.
    pub(crate) fn round_trip(&self) -> Duration {
        Duration::from_secs_f64(self.round_trip)
    }

    fn seconds(&mut self, at: Instant) -> f64 {
        at.saturating_duration_since(*self.epoch.get_or_insert(at)).as_secs_f64()
    }

    /// A packet leaves; bytes on the wire.
    pub(crate) fn on_sent(&mut self, now: Instant, bytes: usize) {
        let now = self.seconds(now);
        let bits = bytes as f64 * 8.0;
        self.flight.add(now, bits);
        self.sending.add(now, bits);
        self.unanswered.get_or_insert(now);
    }

    /// Feedback, in the order of departure.
    pub(crate) fn on_feedback(&mut self, now: Instant, fates: &[Fate]) {
        let now = self.seconds(now);
        let mut newest = None;
        for fate in fates {
            let departed = self.seconds(fate.departed);
            let bits = fate.bytes as f64 * 8.0;
            let arrived = fate.arrived.map(|at| at.as_secs_f64());
            if fate.was_lost {
                self.loss.take_back();
            } else {
                self.loss.add(departed, bits, arrived.is_none());
                self.probes.add(fate.burst, departed, arrived, bits);
            }
            if let Some(arrived) = arrived {
                self.follow_clock(arrived - departed);
                self.throughput.add(arrived, bits);
                // Bursts queue by design.
                if fate.burst.is_none() && !fate.was_lost {
                    let calm = self.slack();
                    self.delay.add(departed, arrived, calm);
                }
                newest = Some(departed);
            }
        }
        let Some(newest) = newest else { return };
        self.flight.land(newest);
        let sample = (now - newest).clamp(0.001, 5.0);
        self.round_trip = if self.last_feedback.is_none() { sample } else { 0.8 * self.round_trip + 0.2 * sample };
        let elapsed = (now - self.last_feedback.replace(now).unwrap_or(now)).clamp(0.0, 0.25);
        (self.unanswered, self.silent_cuts) = (None, 0);
        self.tolerance *= 1.0 - elapsed / TOLERANCE_FADES;
        match self.phase {
            Phase::Growing => self.grow(now, elapsed),
            Phase::Draining(draining) => self.drain(now, draining),
        }
        self.heed_losses(now);
        self.heed_burst(now);
        self.target = self.target.clamp(self.min, self.max);
        self.plan_burst(now);
    }

    /// What was measured with a clock that has been set since is of no use, and arrivals before it would seem to be old.
    fn follow_clock(&mut self, transit: f64) {
        if self.transit.replace(transit).is_some_and(|before| (transit - before).abs() > CLOCK_STEP) {
            self.delay.reset();
            self.throughput.reset();
            self.probes.give_up();
        }
    }

    /// When [`Self::on_timeout`] has something to do.
    pub(crate) fn timeout(&self) -> Option<Instant> {
        let unanswered = self.unanswered.filter(|_| self.last_feedback.is_some() && self.silent_cuts < SILENCE_CUTS)?;
        Some(self.epoch? + Duration::from_secs_f64(unanswered + self.patience()))
    }

    fn patience(&self) -> f64 {
        SILENCE.max(3.0 * self.round_trip) * f64::from(self.silent_cuts + 1)
    }

    /// Nothing comes back: perhaps because nothing gets through.
    pub(crate) fn on_timeout(&mut self, now: Instant) {
        if self.timeout().is_none_or(|at| at > now) {
            return;
        }
        let now = self.seconds(now);
        self.silent_cuts += 1;
        self.lower_to(self.target * 0.5, LOSS_FLOOR);
        (self.ceiling, self.growth, self.phase) = (None, GROWTH_MOST, Phase::Growing);
        self.probes.give_up();
        self.next_probe = now + PROBE_FIRST;
        // What comes back may come by another path.
        self.delay.reset();
        self.throughput.reset();
        self.flight.reset();
        self.loss.reset();
    }

    /// Lowers the target, not below `floor`, and never raises it.
    fn lower_to(&mut self, rate: f64, floor: f64) {
        self.target = self.target.min(rate.max(floor)).max(self.min);
    }

    /// The share that the path loses at any rate.
    pub(crate) fn own_loss(&self) -> f64 {
        match self.loss.verdict() {
            Verdict::Own(share) => share.min(0.4),
            Verdict::Narrow(_) | Verdict::TooMuch => 0.0,
        }
    }

    /// bit/s that would have arrived over the newest `span` s without the path's own losses.
    fn arriving(&self, span: f64) -> Option<f64> {
        Some(self.throughput.over(span)? / (1.0 - self.own_loss()))
    }

    /// s: what packets may wait before it is taken for an own queue.
    fn slack(&self) -> f64 {
        self.tolerance + SLACK + self.delay.noise().min(NOISE_MOST)
    }

    fn has_queue(&self, now: f64, standing: f64) -> bool {
        let limit = if now < self.undisturbed_from { 2.0 * STANDING_LIMIT } else { STANDING_LIMIT };
        let rises = self.delay.slope() == Slope::Rising && now >= self.undisturbed_from;
        standing > self.slack() + limit || (rises && standing > self.slack())
    }

    fn grow(&mut self, now: f64, elapsed: f64) {
        let standing = self.delay.standing();
        if self.has_queue(now, standing) {
            self.cut(now, standing);
            return;
        }
        if self.ceiling.is_some_and(|(rate, at)| now - at > CEILING_HOLD || self.target > rate * CEILING_REFUTED) {
            (self.ceiling, self.growth) = (None, GROWTH_FIRST);
        }
        if standing > self.slack() {
            self.growth = self.growth.min(GROWTH_FIRST);
            if now >= self.undisturbed_from {
                self.shrink(now, elapsed, standing);
            }
            return;
        }
        self.shrinking = None;
        if self.delay.slope() == Slope::Rising {
            return;
        }
        let growth = match self.ceiling {
            Some(_) => GROWTH_AT_CEILING,
            None => {
                self.growth = (self.growth * 2_f64.powf(elapsed / GROWTH_DOUBLES)).min(GROWTH_MOST);
                self.growth
            }
        };
        let arriving = self.arriving(0.5).unwrap_or(0.0);
        let limit = (arriving * HEADROOM).max(arriving + HEADROOM_LEAST);
        if self.target < limit {
            self.target = (self.target * (1.0 + growth * elapsed)).min(limit);
        }
    }

    /// A short queue stands: gives way a little, and if that does not help, it is not an own one.
    fn shrink(&mut self, now: f64, elapsed: f64, standing: f64) {
        let since = *self.shrinking.get_or_insert(now);
        if now - since > SHRINKING_HELPS {
            self.shrinking = None;
            self.tolerate(standing);
            return;
        }
        self.target *= 1.0 - SHRINKAGE * elapsed;
    }

    fn tolerate(&mut self, standing: f64) {
        self.tolerance = self.tolerance.max(standing * 1.2).min(TOLERANCE_MOST);
    }

    /// bit/s that arrived since the queue began: that is what the path carries. Not less than three pictures, which
    /// are bursts of their own.
    fn capacity(&self) -> Option<f64> {
        let newest = self.throughput.newest()?;
        let least = 0.1 + 5.0 * self.delay.noise().min(NOISE_MOST);
        let span = self.delay.last_calm().map_or(least, |calm| newest - calm).clamp(least, 0.5);
        self.arriving(span)
    }

    fn cut(&mut self, now: f64, standing: f64) {
        let Some(capacity) = self.capacity() else { return };
        let capacity = capacity.min(self.target);
        let before = self.target;
        let time = self.drain_at(capacity, standing);
        let is_idle = self.sending.over(0.5).is_some_and(|sent| sent < 0.5 * before);
        if is_idle && standing < self.slack() + 0.15 {
            // Far less is sent than may be: hardly the own queue.
            self.target = self.target.max(0.5 * before);
        }
        let (until, mark) = (now + time, (now, standing));
        let late = (0.0, 0);
        self.phase = Phase::Draining(Draining { cut: now, mark, began: now, until, capacity, worst: standing, late });
        self.probes.give_up();
    }

    /// Lowers the target so that the queue drains; returns how long that takes.
    fn drain_at(&mut self, capacity: f64, standing: f64) -> f64 {
        // What is under way beyond what an empty path holds waits, though the packets that tell so are yet to arrive.
        let empty = (self.round_trip - standing).max(0.0) * capacity;
        let waiting = (self.flight.bits() - empty).max(0.0) / capacity.max(1.0);
        let queue = standing.max(waiting).min(2.0) - self.tolerance;
        let factor = (DRAIN - queue.max(0.0) / DRAIN_TIME).clamp(DRAIN_LEAST, DRAIN);
        self.lower_to(capacity * factor, self.min);
        0.3 + self.round_trip + 1.5 * queue.max(0.0) / (1.0 - factor)
    }

    fn drain(&mut self, now: f64, mut draining: Draining) {
        let standing = self.delay.standing();
        draining.worst = draining.worst.max(standing);
        // Later what arrives is what was sent since. A queue that grows on is fed by others, who gain what this side
        // gives way.
        let is_young = now < draining.cut + self.round_trip + 0.1;
        let is_answered = now > draining.mark.0 + self.round_trip + 0.1;
        let grows = is_answered && standing > draining.mark.1 + SLACK + self.delay.noise().min(NOISE_MOST);
        if is_answered {
            draining.mark = (now, standing);
        }
        if standing > self.slack() + STANDING_LIMIT
            && let Some(capacity) = self.capacity()
            && (grows || is_young && capacity < 0.9 * draining.capacity)
        {
            let capacity = capacity.min(draining.capacity);
            let until = now + self.drain_at(capacity, standing);
            draining = Draining { began: now, until, capacity, late: (0.0, 0), ..draining };
        }
        if now > (draining.began + draining.until) / 2.0 {
            draining.late = (draining.late.0 + standing, draining.late.1 + 1);
        }
        self.phase = Phase::Draining(draining);
        let is_drained = standing < self.slack() && self.delay.slope() != Slope::Rising;
        if !is_drained && now < draining.until {
            return;
        }
        if !is_drained && standing < draining.worst * HELPED {
            // It helps, but it takes longer.
            let until = now + (draining.until - draining.began).min(1.0);
            self.phase = Phase::Draining(Draining { began: now, until, worst: standing, late: (0.0, 0), ..draining });
            return;
        }
        if !is_drained && draining.late.1 > 0 {
            self.tolerate(draining.late.0 / f64::from(draining.late.1));
        }
        self.phase = Phase::Growing;
        self.target = self.target.max(draining.capacity * BELOW_CEILING);
        self.growth = GROWTH_FIRST;
        self.ceiling = Some((draining.capacity, now));
        (self.next_probe, self.probe_interval) = (now + PROBE_FIRST, PROBE_INTERVAL);
    }

    fn heed_losses(&mut self, now: f64) {
        if now - self.last_loss_cut < 0.5 {
            return;
        }
        match self.loss.verdict() {
            Verdict::Own(_) => {}
            Verdict::Narrow(line) => {
                if line * BELOW_CEILING < self.target {
                    self.lower_to(line * BELOW_CEILING, LOSS_FLOOR);
                    self.ceiling = Some((line, now));
                    self.growth = GROWTH_FIRST;
                }
                self.after_loss_cut(now);
            }
            Verdict::TooMuch => {
                self.lower_to(self.target * 0.7, LOSS_FLOOR);
                self.ceiling = Some((self.target, now));
                self.growth = GROWTH_FIRST;
                self.after_loss_cut(now);
            }
        }
    }

    fn after_loss_cut(&mut self, now: f64) {
        self.last_loss_cut = now;
        self.loss.lowered();
        self.probes.give_up();
        (self.next_probe, self.probe_interval) = (now + PROBE_INTERVAL, PROBE_INTERVAL_MOST);
    }

    fn heed_burst(&mut self, now: f64) {
        let Some(result) = self.probes.result(now) else { return };
        self.probe_interval = (self.probe_interval * 1.5).min(PROBE_INTERVAL_MOST);
        self.next_probe = now + self.probe_interval;
        let Ok((sent, received)) = result else { return };
        if !matches!(self.phase, Phase::Growing) {
            return;
        }
        let carried = sent.min(received);
        let is_free = received > 0.9 * sent;
        let rate = if is_free { carried } else { carried * 0.85 };
        if rate > self.target * 1.1 {
            self.target = rate;
            self.ceiling = if is_free { None } else { Some((carried, now)) };
            self.growth = self.growth.max(GROWTH_FIRST);
            self.probe_interval = PROBE_INTERVAL;
            // Once the new rate is in use.
            self.next_probe = now + if is_free { 0.2 + self.round_trip } else { PROBE_INTERVAL };
        }
    }

    fn plan_burst(&mut self, now: f64) {
        let is_calm = matches!(self.phase, Phase::Growing)
            && self.delay.slope() != Slope::Rising
            && self.delay.standing() < 0.6 * self.slack();
        let is_useful = (PROBE_FROM..self.max * 0.9).contains(&self.target);
        if now < self.next_probe || !is_calm || !is_useful || self.probes.is_open() {
            return;
        }
        // An encoder that does not use what it has needs no more.
        if self.arriving(0.5).is_none_or(|arriving| arriving * 1.5 < self.target) {
            return;
        }
        let rate = (self.target * PROBE_FACTOR).min(self.max);
        let packets = ((rate * PROBE_TIME / PROBE_PACKET) as u32).clamp(PROBE_PACKETS, 40);
        self.burst = Some(self.probes.begin(now, rate, packets));
        let time = f64::from(packets) * PROBE_PACKET / rate;
        self.undisturbed_from = now + time + self.round_trip + 0.2;
        self.next_probe = now + self.probe_interval;
    }
}
