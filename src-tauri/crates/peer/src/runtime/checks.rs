//! How often ICE checks go out (RFC 8445 §14, §19.5.1).
//!
//! The engine sends one on every pair at each of its ticks, whoever is at the other end. A contact in an accepted call
//! may name addresses of others, so what leaves here is bounded: it is thinned at the socket, which the engine cannot
//! tell from loss.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::stream::lock;
use crate::stun::{self, Target};

/// Between checks of one pair at first. Less than the engine's tick, so that with few pairs each tick counts.
const SOON: Duration = Duration::from_millis(15);
/// How long a pair is checked that often after its first check.
const SOON_LASTS: Duration = Duration::from_secs(1);
/// Between checks of a pair from then on. The path may still open when the far side's answer is late.
const LATER: Duration = Duration::from_millis(200);
/// Between any two checks in the long run: the least that RFC 8445 §14.2 allows.
const SPACING: Duration = Duration::from_millis(5);
/// First checks that may go out at once: what a usual call has of pairs, so that its set-up waits for nothing.
const BURST: f64 = 16.0;
/// A pair whose other end was heard so recently is answered without further thought.
const HEARD_LASTS: Duration = Duration::from_secs(2);
/// Pairs that are told apart; checks of further ones are not sent. A little more than RFC 8445 §6.1.2.5 has by default.
const MAX_PAIRS: usize = 128;
/// Without a check for so long, a pair is forgotten when there is no room.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(5);

/// Lets checks pass or not. One for all sockets of a transport.
#[derive(Debug, Default)]
pub(crate) struct CheckPacer {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    pairs: HashMap<(SocketAddr, Target), Pair>,
    /// First checks that may go out now, and as of when.
    room: Option<(f64, Instant)>,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    first: Instant,
    last: Instant,
    heard: Option<Instant>,
}

impl CheckPacer {
    /// Whether this datagram may go out now: always, unless it is an ICE check.
    pub(crate) fn admits(&self, local: SocketAddr, to: SocketAddr, datagram: &[u8], now: Instant) -> bool {
        let (target, inner) = stun::unwrapped(to, datagram);
        // Questions to STUN servers have no user name.
        let is_check = stun::message_type(inner) == Some(stun::BINDING_REQUEST)
            && stun::attribute(inner, stun::USERNAME).is_some();
        !is_check || lock(&self.state).admits((local, target), now)
    }

    /// Something that belongs to ICE has come: whoever sent it wants an answer.
    pub(crate) fn heard(&self, local: SocketAddr, from: SocketAddr, datagram: &[u8], now: Instant) {
        let (target, inner) = stun::unwrapped(from, datagram);
        if stun::message_type(inner).is_some()
            && let Some(pair) = lock(&self.state).pairs.get_mut(&(local, target))
        {
            pair.heard = Some(now);
        }
    }
}

impl State {
    fn admits(&mut self, key: (SocketAddr, Target), now: Instant) -> bool {
        let count = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let Some(pair) = self.pairs.get_mut(&key) else { return self.admits_first(key, now) };
        let is_heard = pair.heard.is_some_and(|heard| now.saturating_duration_since(heard) < HEARD_LASTS);
        let is_young = now.saturating_duration_since(pair.first) < SOON_LASTS;
        let interval = match (is_heard, is_young) {
            (true, _) => SOON,
            (false, true) => SOON.max(SPACING * count),
            (false, false) => LATER.max(SPACING * count),
        };
        // What came since the last check may have changed everything: no waiting then.
        let is_news = pair.heard.is_some_and(|heard| heard > pair.last);
        let is_due = is_news || now.saturating_duration_since(pair.last) >= interval;
        if is_due {
            pair.last = now;
        }
        is_due
    }

    fn admits_first(&mut self, key: (SocketAddr, Target), now: Instant) -> bool {
        if self.pairs.len() >= MAX_PAIRS {
            self.pairs.retain(|_, pair| now.saturating_duration_since(pair.last) < FORGOTTEN_AFTER);
        }
        let (before, as_of) = self.room.unwrap_or((BURST, now));
        let gained = now.saturating_duration_since(as_of).as_secs_f64() / SPACING.as_secs_f64();
        let room = (before + gained).min(BURST);
        let is_admitted = room >= 1.0 && self.pairs.len() < MAX_PAIRS;
        self.room = Some((if is_admitted { room - 1.0 } else { room }, now));
        if is_admitted {
            self.pairs.insert(key, Pair { first: now, last: now, heard: None });
        }
        is_admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::tests::message;

    const LOCAL: ([u8; 4], u16) = ([10, 0, 0, 1], 50_000);
    /// The engine's tick.
    const TICK: Duration = Duration::from_millis(20);

    fn check() -> Vec<u8> {
        message(stun::BINDING_REQUEST, &[(stun::USERNAME, b"far:near")])
    }

    fn victim(number: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], number))
    }

    /// Checks that leave in each second when all of so many pairs are pinged at each tick.
    fn sent(pairs: u16, seconds: u32) -> Vec<usize> {
        let (pacer, start, check) = (CheckPacer::default(), Instant::now(), check());
        let mut sent = vec![0; seconds as usize];
        for tick in 0..seconds * 50 {
            let now = start + TICK * tick;
            let passed = (0..pairs).filter(|pair| pacer.admits(LOCAL.into(), victim(*pair), &check, now));
            sent[tick as usize / 50] += passed.count();
        }
        sent
    }

    #[test]
    fn a_single_pair_is_checked_at_every_tick_and_then_now_and_then() {
        assert_eq!(sent(1, 3), [50, 5, 5]);
    }

    #[test]
    fn however_many_addresses_are_named_the_rate_is_bounded() {
        for pairs in [8, 32, 128, 1_000] {
            for (second, sent) in sent(pairs, 5).into_iter().enumerate() {
                let most = if second == 0 { 200 + BURST as usize } else { 200 };
                assert!(sent <= most, "{pairs} pairs, second {second}: {sent}");
            }
        }
    }

    #[test]
    fn whoever_answers_is_checked_at_once_again() {
        let (pacer, start, check) = (CheckPacer::default(), Instant::now(), check());
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let admits = |pair, now| pacer.admits(LOCAL.into(), victim(pair), &check, now);
        assert!((0..10).all(|pair| admits(pair, at(0))));
        assert!((0..10).all(|pair| !admits(pair, at(20))), "ten pairs, 50 ms");
        pacer.heard(LOCAL.into(), victim(3), &message(0x0101, &[]), at(21));
        assert!(admits(3, at(22)), "its answer is followed by the nomination");
        assert!(!admits(4, at(22)));
        // Media is not an answer.
        pacer.heard(LOCAL.into(), victim(4), &[0x80, 96, 0, 1], at(23));
        assert!(!admits(4, at(24)));
        // Long after, the far side has got the answer and begins.
        assert!(admits(5, at(9_000)) && !admits(5, at(9_020)));
        pacer.heard(LOCAL.into(), victim(5), &check, at(9_021));
        assert!(admits(5, at(9_022)) && admits(5, at(9_040)) && admits(5, at(9_060)));
    }

    #[test]
    fn everything_else_passes() {
        let (pacer, now) = (CheckPacer::default(), Instant::now());
        let response = message(0x0101, &[(stun::USERNAME, b"x")]);
        let question = message(stun::BINDING_REQUEST, &[]);
        for _ in 0..100 {
            for datagram in [&response, &question, &vec![0x80, 96, 0, 0], &Vec::new()] {
                assert!(pacer.admits(LOCAL.into(), victim(1), datagram, now));
            }
        }
    }
}
