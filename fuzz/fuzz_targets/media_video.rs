//! RTP payloads → frames → pictures.
#![no_main]

use std::time::{Duration, Instant};

use arbitrary::Arbitrary;
use bytes::Bytes;
use confab_media::video::{
    AssemblerConfig, AssemblerOutput, FrameAssembler, Playout,
    rtp::PayloadDescriptor,
    vp8::{FrameHeader, Vp8Decoder},
};
use confab_model::{Moment, RtpIn, Timestamp};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Packet {
    skipped: u8,
    later_ms: u16,
    timestamp: u32,
    marker: bool,
    ssrc: u8,
    payload: Vec<u8>,
}

fuzz_target!(|packets: Vec<Packet>| {
    let mut assembler = FrameAssembler::new(AssemblerConfig { round_trip: Duration::from_millis(20) });
    let mut playout = Playout::default();
    let Ok(mut decoder) = Vp8Decoder::new() else { return };
    let (mut sequence, mut at, start) = (65_530_u16, Duration::ZERO, Instant::now());
    for packet in packets.into_iter().take(200) {
        let _ = PayloadDescriptor::parse(&packet.payload);
        let _ = FrameHeader::parse(&packet.payload);
        sequence = sequence.wrapping_add(1 + u16::from(packet.skipped));
        at += Duration::from_millis(packet.later_ms.into());
        let now = Moment { mono: at, wall: Timestamp(0) };
        let rtp = RtpIn {
            content: "video".into(),
            payload_type: 96,
            sequence,
            timestamp: packet.timestamp,
            ssrc: packet.ssrc.into(),
            marker: packet.marker,
            payload: Bytes::from(packet.payload),
            arrived: start + at,
        };
        assembler.handle_timeout(now);
        assembler.handle_packet(&rtp, now);
        while let Some(output) = assembler.poll_output() {
            let AssemblerOutput::Frame(frame) = output else { continue };
            playout.schedule(frame.timestamp, now.mono);
            if decoder.decode(&frame.data, now).is_err() {
                assembler.handle_decode_error(now);
            }
        }
    }
});
