//! Short bursts above the target, to learn whether the path carries more.
//!
//! A burst is some packets at a known rate; the spread of their arrivals tells what the narrowest part of the path
//! made of it.

/// Fewer packets that arrived tell nothing.
const MIN_ARRIVED: usize = 5;
/// s: spreads below it are the clock's and the scheduler's.
const SHORTEST: f64 = 0.004;
/// s after the burst was asked for: the feedback does not come any more.
const PATIENCE: f64 = 1.5;
/// Packets of a burst and of media in between that are looked at.
const MAX_PACKETS: usize = 256;

/// Packets to be sent besides the media.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Burst {
    pub(crate) number: u32,
    /// bit/s
    pub(crate) rate: u32,
    pub(crate) packets: u32,
}

#[derive(Debug, Clone, Copy)]
struct Packet {
    departed: f64,
    arrived: f64,
    bits: f64,
}

/// The burst that is under way.
#[derive(Debug)]
struct Open {
    burst: Burst,
    asked: f64,
    /// Of the burst, arrived or not.
    known: u32,
    packets: Vec<Packet>,
}

#[derive(Debug, Default)]
pub(super) struct Probes {
    open: Option<Open>,
    numbers: u32,
}

impl Probes {
    /// Begins a burst; one that was under way is forgotten.
    pub(super) fn begin(&mut self, now: f64, rate: f64, packets: u32) -> Burst {
        self.numbers = self.numbers.wrapping_add(1);
        let burst = Burst { number: self.numbers, rate: rate as u32, packets };
        self.open = Some(Open { burst, asked: now, known: 0, packets: Vec::new() });
        burst
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn give_up(&mut self) {
        self.open = None;
    }

    /// A packet whose fate is known, in the order of departure; media between those of the burst spreads them too.
    pub(super) fn add(&mut self, burst: Option<u32>, departed: f64, arrived: Option<f64>, bits: f64) {
        let Some(open) = self.open.as_mut() else { return };
        let is_own = burst == Some(open.burst.number);
        let is_within = open.known > 0 && open.known < open.burst.packets;
        if (is_own || is_within)
            && let Some(arrived) = arrived
            && open.packets.len() < MAX_PACKETS
        {
            open.packets.push(Packet { departed, arrived, bits });
        }
        open.known += u32::from(is_own);
    }

    /// The rate (bit/s) that the burst was sent with, and the one that it arrived with, once both are known.
    pub(super) fn result(&mut self, now: f64) -> Option<Result<(f64, f64), NoResult>> {
        let open = self.open.as_ref()?;
        if open.known < open.burst.packets && now - open.asked < PATIENCE {
            return None;
        }
        let packets = self.open.take()?.packets;
        if packets.len() < MIN_ARRIVED {
            return Some(Err(NoResult));
        }
        let total: f64 = packets.iter().map(|packet| packet.bits).sum();
        let by_arrival = |one: &&Packet, two: &&Packet| one.arrived.total_cmp(&two.arrived);
        let by_departure = |one: &&Packet, two: &&Packet| one.departed.total_cmp(&two.departed);
        let ends = (packets.iter().min_by(by_departure), packets.iter().max_by(by_departure));
        let (Some(first_out), Some(last_out)) = ends else { return Some(Err(NoResult)) };
        let ends = (packets.iter().min_by(by_arrival), packets.iter().max_by(by_arrival));
        let (Some(first_in), Some(last_in)) = ends else { return Some(Err(NoResult)) };
        // n packets have n - 1 spaces between them: the last one sent and the first one received do not count.
        let sent = (total - last_out.bits) / (last_out.departed - first_out.departed).max(SHORTEST);
        let received = (total - first_in.bits) / (last_in.arrived - first_in.arrived).max(SHORTEST);
        // Packets that were held up together somewhere arrive faster than any line: of no use.
        Some(if received > 2.0 * sent { Err(NoResult) } else { Ok((sent, received)) })
    }
}

/// The burst was lost, or its spread tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoResult;

#[cfg(test)]
mod tests {
    use super::*;

    /// A burst of 10 packets of 10 kbit at 1 Mbit/s, over a line.
    fn burst(line: f64, losses: &[u32]) -> Option<Result<(f64, f64), NoResult>> {
        let mut probes = Probes::default();
        let burst = probes.begin(0.0, 1e6, 10);
        let mut free: f64 = 0.0;
        for number in 0..10 {
            let departed = f64::from(number) * 0.01;
            free = free.max(departed) + 10_000.0 / line;
            let arrived = (!losses.contains(&number)).then_some(free + 33.0);
            probes.add(Some(burst.number), departed, arrived, 10_000.0);
        }
        probes.result(0.2)
    }

    #[test]
    fn the_spread_tells_the_line() {
        let Some(Ok((sent, received))) = burst(10e6, &[]) else { panic!("a result") };
        assert!((sent - 1e6).abs() < 1e4 && (received - 1e6).abs() < 1e4, "{sent} {received}");
        let Some(Ok((sent, received))) = burst(600e3, &[]) else { panic!("a result") };
        assert!((sent - 1e6).abs() < 1e4 && (received - 600e3).abs() < 1e4, "{sent} {received}");
    }

    #[test]
    fn a_lost_burst_tells_nothing_and_a_missing_one_is_given_up() {
        assert_eq!(burst(10e6, &[1, 2, 3, 4, 5, 6, 7, 8, 9]), Some(Err(NoResult)));
        let mut probes = Probes::default();
        probes.begin(0.0, 1e6, 5);
        assert_eq!(probes.result(1.0), None);
        assert_eq!(probes.result(PATIENCE), Some(Err(NoResult)));
        assert!(!probes.is_open());
    }
}
