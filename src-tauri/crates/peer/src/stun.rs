//! What has to be read of STUN and TURN datagrams on their way through the sockets (RFC 8489, RFC 8656).
//!
//! In: datagrams of anybody. Out: views into them, nothing copied. Does not: check integrity (the engine does), build
//! messages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// RFC 8489 §5.
pub(crate) const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
/// RFC 8656 §12.4.
pub(crate) const CHANNEL_HEADER: usize = 4;

/// Message types: method and class (RFC 8489 §5, RFC 8656 §17).
pub(crate) const BINDING_REQUEST: u16 = 0x0001;
pub(crate) const BINDING_SUCCESS: u16 = 0x0101;
pub(crate) const ALLOCATE_REQUEST: u16 = 0x0003;
pub(crate) const ALLOCATE_SUCCESS: u16 = 0x0103;
pub(crate) const ALLOCATE_ERROR: u16 = 0x0113;
pub(crate) const SEND_INDICATION: u16 = 0x0016;
pub(crate) const DATA_INDICATION: u16 = 0x0017;

/// Attributes.
pub(crate) const USERNAME: u16 = 0x0006;
pub(crate) const ERROR_CODE: u16 = 0x0009;
const XOR_PEER_ADDRESS: u16 = 0x0012;
const DATA: u16 = 0x0013;

/// The type of a STUN message; `None` for anything else.
pub(crate) fn message_type(datagram: &[u8]) -> Option<u16> {
    let is_stun = datagram.len() >= HEADER && datagram[0] & 0xC0 == 0 && datagram[4..8] == COOKIE;
    is_stun.then(|| u16::from_be_bytes([datagram[0], datagram[1]]))
}

/// The transaction of a STUN message.
pub(crate) fn transaction(message: &[u8]) -> Option<[u8; 12]> {
    message.get(8..HEADER)?.try_into().ok()
}

/// The value of the first attribute of this type.
pub(crate) fn attribute(message: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = message.get(HEADER..)?;
    loop {
        let (head, tail) = rest.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if u16::from_be_bytes([head[0], head[1]]) == wanted {
            return tail.get(..length);
        }
        rest = tail.get(length.next_multiple_of(4)..)?;
    }
}

/// The number in ERROR-CODE (RFC 8489 §14.8).
pub(crate) fn error_code(message: &[u8]) -> Option<u16> {
    match attribute(message, ERROR_CODE)? {
        [_, _, class, number, ..] => Some(u16::from(class & 7) * 100 + u16::from(*number)),
        _ => None,
    }
}

/// XOR-PEER-ADDRESS (RFC 8489 §14.2).
fn peer_address(message: &[u8]) -> Option<SocketAddr> {
    let value = attribute(message, XOR_PEER_ADDRESS)?;
    let mut key = [0; 16];
    key[..4].copy_from_slice(&COOKIE);
    key[4..].copy_from_slice(&transaction(message)?);
    let port = u16::from_be_bytes([value.get(2)? ^ key[0], value.get(3)? ^ key[1]]);
    let plain: Vec<u8> = value.get(4..)?.iter().zip(key).map(|(byte, key)| byte ^ key).collect();
    let address: IpAddr = match (value.get(1)?, plain.len()) {
        (1, 4) => Ipv4Addr::from(<[u8; 4]>::try_from(plain).ok()?).into(),
        (2, 16) => Ipv6Addr::from(<[u8; 16]>::try_from(plain).ok()?).into(),
        _ => return None,
    };
    Some(SocketAddr::new(address, port))
}

/// Who is at the other end of a datagram, through a relay if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Direct(SocketAddr),
    /// By a relay that was told the peer in each datagram.
    Relayed {
        relay: SocketAddr,
        peer: SocketAddr,
    },
    /// By a relay that knows the peer by a number (RFC 8656 §12).
    Channel {
        relay: SocketAddr,
        number: u16,
    },
}

/// Takes the relay's wrapping off.
pub(crate) fn unwrapped(address: SocketAddr, datagram: &[u8]) -> (Target, &[u8]) {
    if let [0x40..=0x4F, ..] = datagram
        && let Some((head, payload)) = datagram.split_first_chunk::<CHANNEL_HEADER>()
    {
        let number = u16::from_be_bytes([head[0], head[1]]);
        return (Target::Channel { relay: address, number }, payload);
    }
    if let Some(SEND_INDICATION | DATA_INDICATION) = message_type(datagram)
        && let (Some(peer), Some(payload)) = (peer_address(datagram), attribute(datagram, DATA))
    {
        return (Target::Relayed { relay: address, peer }, payload);
    }
    (Target::Direct(address), datagram)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A message with these attributes.
    pub(crate) fn message(kind: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend((value.len() as u16).to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut message = kind.to_be_bytes().to_vec();
        message.extend((body.len() as u16).to_be_bytes());
        message.extend(COOKIE);
        message.extend([7; 12]);
        message.extend(body);
        message
    }

    #[test]
    fn attributes_are_found_behind_padding_and_never_beyond_the_end() {
        let message = message(ALLOCATE_ERROR, &[(USERNAME, b"abcde"), (ERROR_CODE, &[0, 0, 4, 1, b'n', b'o'])]);
        assert_eq!(message_type(&message), Some(ALLOCATE_ERROR));
        assert_eq!(attribute(&message, USERNAME), Some(b"abcde".as_slice()));
        assert_eq!(error_code(&message), Some(401));
        assert_eq!(attribute(&message, DATA), None);
        for length in 0..message.len() {
            let _ = (message_type(&message[..length]), error_code(&message[..length]), transaction(&message[..length]));
            let _ = unwrapped(SocketAddr::from(([1, 2, 3, 4], 5)), &message[..length]);
        }
    }

    #[test]
    fn the_peer_behind_a_relay_is_known() {
        let relay = SocketAddr::from(([198, 51, 100, 1], 3478));
        // 192.0.2.1:32853, the example of RFC 5769 §2.2.
        let peer = [0, 1, 0xA1, 0x47, 0xE1, 0x12, 0xA6, 0x43];
        let inner = message(BINDING_REQUEST, &[]);
        let wrapped = message(SEND_INDICATION, &[(XOR_PEER_ADDRESS, &peer), (DATA, &inner)]);
        let expected = Target::Relayed { relay, peer: SocketAddr::from(([192, 0, 2, 1], 32_853)) };
        assert_eq!(unwrapped(relay, &wrapped), (expected, inner.as_slice()));
        let mut channel = vec![0x40, 0x01, 0, inner.len() as u8];
        channel.extend(&inner);
        assert_eq!(unwrapped(relay, &channel), (Target::Channel { relay, number: 0x4001 }, inner.as_slice()));
        assert_eq!(unwrapped(relay, &inner), (Target::Direct(relay), inner.as_slice()));
    }
}
