//! STUN messages and channel data one after the other on a stream (RFC 8656 §12.5, RFC 8489 §6.2.2).

use bytes::{Buf, Bytes, BytesMut};

use crate::stun::{CHANNEL_HEADER, HEADER};

/// The stream carries something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotTurn;

/// Fills channel data up to four bytes, which its length field does not count.
pub(crate) fn padding(datagram: &[u8]) -> &'static [u8] {
    let missing = datagram.len().next_multiple_of(4) - datagram.len();
    // STUN messages have a length that needs none.
    &[0; 3][..missing]
}

/// Takes the first whole message off, without its padding. `None`: more has to come, at most 64 KiB.
pub(crate) fn take(stream: &mut BytesMut) -> Result<Option<Bytes>, NotTurn> {
    let Some((head, _)) = stream.split_first_chunk::<CHANNEL_HEADER>() else { return Ok(None) };
    let told = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let length = match head[0] {
        0x00..=0x3F if told.is_multiple_of(4) => HEADER + told,
        0x40..=0x4F => CHANNEL_HEADER + told,
        _ => return Err(NotTurn),
    };
    let padded = length.next_multiple_of(4);
    if stream.len() < padded {
        return Ok(None);
    }
    let message = stream.split_to(length).freeze();
    stream.advance(padded - length);
    Ok(Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::tests::message;

    fn channel(payload: &[u8]) -> Vec<u8> {
        [&[0x40, 0, 0, payload.len() as u8], payload].concat()
    }

    #[test]
    fn messages_come_out_as_they_went_in_however_the_stream_is_cut() {
        let messages = [message(0x0103, &[(0x0006, b"name")]), channel(b"x"), channel(b""), channel(b"12345678")];
        let stream: Vec<u8> = messages.iter().flat_map(|message| [message, padding(message)].concat()).collect();
        for cut in 1..stream.len() {
            let (mut buffer, mut out) = (BytesMut::new(), Vec::new());
            for piece in stream.chunks(cut) {
                buffer.extend_from_slice(piece);
                while let Some(message) = take(&mut buffer).unwrap() {
                    out.push(message.to_vec());
                }
            }
            assert_eq!((out.as_slice(), buffer.len()), (messages.as_slice(), 0), "cut every {cut}");
        }
    }

    #[test]
    fn other_protocols_are_told() {
        for text in [b"HTTP/1.1 400".as_slice(), b"\x16\x03\x01\x00", b"\x01\x01\x00\x03\x21"] {
            let mut buffer = BytesMut::from(text);
            // "HTTP" looks like channel data of 21,584 bytes, of which the rest never comes.
            let expected = if text[0] == b'H' { Ok(None) } else { Err(NotTurn) };
            let expected = if text[0] == 0x16 { Ok(None) } else { expected };
            assert_eq!(take(&mut buffer), expected);
        }
    }
}
