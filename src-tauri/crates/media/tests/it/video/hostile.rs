//! Bytes from strangers: nothing panics, nothing grows without bound.

use std::time::Duration;

use confab_media::video::{
    AssemblerConfig, AssemblerOutput, FrameAssembler, PipelineConfig, Playout, SendPipeline,
    test_picture::TestPicture,
    vp8::{FrameHeader, Vp8Decoder},
};
use confab_model::{Moment, RtpOut};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::link::{moment, rtp_in};

const SEED: u64 = 20_261_121;

/// Half a second of real packets.
fn recording() -> Vec<RtpOut> {
    let mut pipeline = SendPipeline::new(PipelineConfig {
        content: "video".into(),
        limit: confab_media::video::CaptureLimit { width: 320, height: 180, fps: 30 },
        start_rate: 300_000,
        max_rate: 300_000,
        processors: 1,
        seed: 5,
    });
    let source = TestPicture::new(320, 180);
    (0..15)
        .flat_map(|frame| {
            pipeline.handle_picture(&source.at(moment(frame * 33_333))).unwrap().map_or(vec![], |out| out.packets)
        })
        .collect()
}

fn damage(random: &mut StdRng, bytes: &mut Vec<u8>) {
    match random.random_range(0..4) {
        0 => bytes.truncate(random.random_range(0..=bytes.len())),
        1 if !bytes.is_empty() => {
            for _ in 0..random.random_range(1..10) {
                let at = random.random_range(0..bytes.len());
                bytes[at] = random.random();
            }
        }
        2 => *bytes = (0..random.random_range(0..1_400)).map(|_| random.random()).collect(),
        _ => {}
    }
}

#[test]
fn damaged_streams_neither_panic_nor_stop_the_path() {
    println!("seed {SEED}");
    let mut random = StdRng::seed_from_u64(SEED);
    let packets = recording();
    let mut decoder = Vp8Decoder::new().unwrap();
    let (mut refused, mut decoded) = (0, 0);
    for round in 0..60u64 {
        let mut assembler = FrameAssembler::new(AssemblerConfig { round_trip: Duration::from_millis(20) });
        let mut playout = Playout::default();
        let mut sequence: u16 = random.random();
        for (index, packet) in packets.iter().enumerate() {
            let now = moment(round * 2_000_000 + index as u64 * 10_000);
            let mut bytes = packet.payload.to_vec();
            if random.random_bool(0.2) {
                damage(&mut random, &mut bytes);
            }
            sequence = sequence.wrapping_add(if random.random_bool(0.01) { random.random() } else { 1 });
            let timestamp = if random.random_bool(0.02) { random.random() } else { packet.timestamp };
            let mut packet = rtp_in(sequence, timestamp, packet.marker ^ random.random_bool(0.02), bytes.into());
            packet.ssrc = if random.random_bool(0.005) { random.random() } else { 7 };
            assembler.handle_timeout(now);
            assembler.handle_packet(&packet, now);
            while let Some(output) = assembler.poll_output() {
                let AssemblerOutput::Frame(frame) = output else { continue };
                playout.schedule(frame.timestamp, now.mono);
                match decoder.decode(&frame.data, now) {
                    Ok(_) => decoded += 1,
                    Err(_) => {
                        refused += 1;
                        decoder = Vp8Decoder::new().unwrap();
                    }
                }
            }
        }
    }
    assert!(refused > 0 && decoded > 0, "{refused} refused, {decoded} decoded: the damage is not what was meant");
}

#[test]
fn random_bytes_are_no_picture() {
    println!("seed {SEED}");
    let mut random = StdRng::seed_from_u64(SEED);
    let mut decoder = Vp8Decoder::new().unwrap();
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..random.random_range(0..200)).map(|_| random.random()).collect();
        FrameHeader::parse(&bytes);
        assert!(decoder.decode(&bytes, Moment::default()).is_err());
    }
    // A keyframe that says 16383x16383 must not cost a gigabyte.
    let bomb = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0xFF, 0x3F, 0xFF, 0x3F, 0, 0, 0, 0];
    let error = decoder.decode(&bomb, Moment::default()).unwrap_err();
    assert_eq!(error.to_string(), "16383x16383 is larger than allowed");
}
