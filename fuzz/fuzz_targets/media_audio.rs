//! RTP payloads → jitter buffer → sound.
#![no_main]

use std::time::{Duration, Instant};

use arbitrary::Arbitrary;
use confab_media::audio::remote::RemoteAudio;
use confab_model::RtpIn;
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Packet {
    sequence: u16,
    timestamp: u32,
    later_ms: u8,
    payload: Vec<u8>,
}

fuzz_target!(|packets: Vec<Packet>| {
    let Ok(mut remote) = RemoteAudio::new() else { return };
    let (start, mut at) = (Instant::now(), Duration::ZERO);
    for packet in packets.into_iter().take(200) {
        at += Duration::from_millis(packet.later_ms.into());
        let rtp = RtpIn {
            content: "audio".into(),
            ssrc: 1,
            payload_type: 111,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            marker: false,
            payload: packet.payload.into(),
            arrived: start + at,
        };
        remote.insert(&rtp, at);
        let block = remote.next_block(at);
        assert!(block.iter().all(|sample| sample.is_finite()));
    }
});
