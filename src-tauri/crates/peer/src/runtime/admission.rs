//! What of the datagrams that come in the engine sees.
//!
//! The engine looks for a conflict of roles before it looks who asks: a check of anybody could turn its role round. It
//! takes media and DTLS from any address, and keeps a state for each source before it has authenticated a packet: whoever
//! knows a port could fill the memory. So only these pass: checks that are meant for us, other STUN, what comes through a
//! relay, and from addresses that ICE has dealt with a bounded number of sources.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::stun::{self, Target};

/// Addresses that ICE has dealt with; who was dealt with longest ago is forgotten. Three ICE generations full of candidates.
const MAX_KNOWN: usize = 64;
/// Sources of RTP and RTCP; more are not heard. A far side has four, and some more after it has begun anew.
const MAX_SOURCES: usize = 64;

/// See the module. One for all sockets of a transport.
#[derive(Debug, Default)]
pub(super) struct Admission {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The own `ufrag` and the colon behind it, once there is somebody whose checks can be answered.
    expected: Option<String>,
    /// The newest last.
    known: VecDeque<SocketAddr>,
    sources: HashSet<u32>,
}

impl Admission {
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on checks that are meant for this `ufrag` are taken.
    pub(super) fn expect_checks(&self, ufrag: &str) {
        self.write().expected = Some(format!("{ufrag}:"));
    }

    /// The engine sends something. It checks candidates only, and says yes only to who knows the password.
    pub(super) fn note_sent(&self, to: SocketAddr, datagram: &[u8]) {
        let is_ice = match stun::message_type(datagram) {
            Some(stun::BINDING_REQUEST) => stun::attribute(datagram, stun::USERNAME).is_some(),
            kind => kind == Some(stun::BINDING_SUCCESS),
        };
        if is_ice && self.read().known.back() != Some(&to) {
            let known = &mut self.write().known;
            known.retain(|address| *address != to);
            if known.len() >= MAX_KNOWN {
                known.pop_front();
            }
            known.push_back(to);
        }
    }

    /// Whether the engine should see a datagram that has come.
    pub(super) fn admits(&self, from: SocketAddr, datagram: &[u8]) -> bool {
        let (target, inner) = stun::unwrapped(from, datagram);
        match (stun::message_type(inner), target) {
            (Some(stun::BINDING_REQUEST), _) => {
                let name = stun::attribute(inner, stun::USERNAME);
                let state = self.read();
                let expected = state.expected.as_ref().map(|expected| expected.as_bytes());
                name.zip(expected).is_some_and(|(name, expected)| name.starts_with(expected))
            }
            (Some(_), _) => true,
            (None, Target::Direct(address)) => self.read().known.contains(&address) && self.admits_source(inner),
            // The relay lets pass only whom it was told of.
            (None, Target::Relayed { .. } | Target::Channel { .. }) => self.admits_source(inner),
        }
    }

    fn admits_source(&self, datagram: &[u8]) -> bool {
        let Some(source) = source(datagram) else { return true };
        let state = self.read();
        if state.sources.contains(&source) {
            return true;
        }
        let has_room = state.sources.len() < MAX_SOURCES;
        drop(state);
        has_room && self.write().sources.insert(source)
    }
}

/// The source of an RTP (RFC 3550 §5.1) or RTCP packet (§6.4.1), told apart by RFC 5761 §4; `None` for anything else.
fn source(datagram: &[u8]) -> Option<u32> {
    let at = match datagram {
        [128..=191, 192..=223, ..] => 4,
        [128..=191, ..] => 8,
        _ => return None,
    };
    Some(u32::from_be_bytes(datagram.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::tests::message;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn rtp(source: u32) -> Vec<u8> {
        [&[0x80, 96, 0, 1, 0, 0, 0, 0], &source.to_be_bytes()[..], b"payload"].concat()
    }

    fn rtcp(source: u32) -> Vec<u8> {
        [&[0x80, 200, 0, 6], &source.to_be_bytes()[..], b"report"].concat()
    }

    fn answer() -> Vec<u8> {
        message(stun::BINDING_SUCCESS, &[])
    }

    #[test]
    fn media_and_dtls_of_strangers_are_not_seen() {
        let admission = Admission::default();
        let dtls = [22, 254, 253, 0, 0];
        for datagram in [rtp(1).as_slice(), &rtcp(1), &dtls] {
            assert!(!admission.admits(address(1), datagram));
        }
        assert!(admission.admits(address(1), &answer()), "the engine knows what it has asked");
        // A question to a STUN server, and a refusal.
        admission.note_sent(address(1), &message(stun::BINDING_REQUEST, &[]));
        admission.note_sent(address(1), &message(0x0111, &[]));
        assert!(!admission.admits(address(1), &dtls));
        admission.note_sent(address(1), &answer());
        admission.note_sent(address(2), &message(stun::BINDING_REQUEST, &[(stun::USERNAME, b"far:near")]));
        for port in [1, 2] {
            assert!(admission.admits(address(port), &dtls) && admission.admits(address(port), &rtp(1)));
        }
        assert!(!admission.admits(address(3), &rtp(1)));
    }

    #[test]
    fn who_is_dealt_with_is_not_forgotten_for_others() {
        let admission = Admission::default();
        for port in 1..=1_000 {
            admission.note_sent(address(port), &answer());
            admission.note_sent(address(7), &answer());
        }
        assert!(admission.admits(address(7), &rtp(1)) && admission.admits(address(1_000), &rtp(1)));
        assert!(!admission.admits(address(900), &rtp(1)));
        assert_eq!(admission.read().known.len(), MAX_KNOWN);
    }

    #[test]
    fn a_flood_of_sources_is_cut_and_known_ones_go_on() {
        let admission = Admission::default();
        admission.note_sent(address(1), &answer());
        let wrapped = |inner: &[u8]| [&[0x40, 0, 0, inner.len() as u8], inner].concat();
        assert!(admission.admits(address(1), &rtp(1)) && admission.admits(address(9), &wrapped(&rtcp(2))));
        let admitted = (3..10_000).filter(|number| admission.admits(address(1), &rtp(*number))).count();
        assert_eq!(admitted, MAX_SOURCES - 2);
        assert!(!admission.admits(address(9), &wrapped(&rtp(20_000))) && !admission.admits(address(1), &rtcp(20_001)));
        assert!(admission.admits(address(1), &rtcp(1)) && admission.admits(address(1), &rtp(2)));
        for length in 0..12 {
            admission.admits(address(1), &rtp(1)[..length]);
        }
    }
}
