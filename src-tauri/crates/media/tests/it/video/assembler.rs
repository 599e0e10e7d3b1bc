//! The frame assembler: properties over bad links, and one ladder for each rule.

use std::time::Duration;

use bytes::Bytes;
use confab_media::video::{
    AssembledFrame, AssemblerConfig, AssemblerOutput, FrameAssembler,
    rtp::{Packetizer, PayloadDescriptor, TemporalLayer},
};
use proptest::prelude::*;

use super::link::{Link, LinkConfig, fake_picture, moment, payload, rtp_in};

/// The number that `fake_picture` put in.
fn number(frame: &AssembledFrame) -> u32 {
    u32::from_be_bytes(frame.data[10..14].try_into().unwrap())
}

/// All outputs since the last call, short.
fn outputs(assembler: &mut FrameAssembler) -> String {
    let mut words = Vec::new();
    while let Some(output) = assembler.poll_output() {
        words.push(match output {
            AssemblerOutput::Frame(frame) if frame.keyframe => format!("K{}", number(&frame)),
            AssemblerOutput::Frame(frame) => format!("{}", number(&frame)),
            AssemblerOutput::KeyframeWanted => "want".into(),
        });
    }
    words.join(" ")
}

struct Bench {
    assembler: FrameAssembler,
    sequence: u16,
}

impl Bench {
    fn new() -> Self {
        Self {
            assembler: FrameAssembler::new(AssemblerConfig { round_trip: Duration::from_millis(50) }),
            sequence: 65_534,
        }
    }

    /// Sends one packet that is a picture, unless `lost`; returns what came out.
    fn picture(&mut self, at_ms: u64, descriptor: PayloadDescriptor, keyframe: bool, id: u32, lost: bool) -> String {
        let descriptor = PayloadDescriptor { partition_start: true, ..descriptor };
        let data = payload(descriptor, &fake_picture(keyframe, id, 20));
        self.packet(at_ms, id * 3_000, true, data, lost)
    }

    fn packet(&mut self, at_ms: u64, timestamp: u32, marker: bool, data: Bytes, lost: bool) -> String {
        let packet = rtp_in(self.sequence, timestamp, marker, data);
        self.sequence = self.sequence.wrapping_add(1);
        let now = moment(at_ms * 1_000);
        self.assembler.handle_timeout(now);
        if !lost {
            self.assembler.handle_packet(&packet, now);
        }
        outputs(&mut self.assembler)
    }

    fn timeout(&mut self, at_ms: u64) -> String {
        self.assembler.handle_timeout(moment(at_ms * 1_000));
        outputs(&mut self.assembler)
    }
}

fn with_id(id: u16) -> PayloadDescriptor {
    PayloadDescriptor { picture_id: Some((id, true)), ..PayloadDescriptor::default() }
}

fn layered(id: u16, tl0_index: u8, layer: u8) -> PayloadDescriptor {
    let temporal = Some(TemporalLayer { tl0_index, layer, depends_on_base_only: layer == 1 });
    PayloadDescriptor { temporal, ..with_id(id) }
}

#[test]
fn a_hole_freezes_the_picture_until_a_keyframe_and_requests_are_spaced() {
    let mut bench = Bench::new();
    assert_eq!(bench.picture(0, with_id(1), true, 1, false), "K1");
    assert_eq!(bench.picture(33, with_id(2), false, 2, false), "2");
    assert_eq!(bench.picture(66, with_id(3), false, 3, true), "");
    assert_eq!(bench.picture(100, with_id(4), false, 4, false), "");
    // Three round trips and 50 ms after the hole was seen.
    assert_eq!(bench.timeout(299), "");
    assert_eq!(bench.timeout(300), "want");
    assert_eq!(bench.picture(333, with_id(5), false, 5, false), "");
    assert_eq!(bench.timeout(799), "");
    assert_eq!(bench.timeout(800), "want");
    assert_eq!(bench.picture(833, with_id(6), true, 6, false), "K6");
    assert_eq!(bench.picture(866, with_id(7), false, 7, false), "7");
    assert_eq!(bench.timeout(5_000), "");
    assert_eq!(bench.assembler.statistics().dropped, 2);
}

#[test]
fn a_repair_after_the_request_still_counts() {
    let mut bench = Bench::new();
    bench.picture(0, with_id(1), true, 1, false);
    let lost = bench.sequence;
    bench.picture(33, with_id(2), false, 2, true);
    assert_eq!(bench.picture(66, with_id(3), false, 3, false), "");
    assert_eq!(bench.timeout(300), "want");
    let repair = rtp_in(
        lost,
        6_000,
        true,
        payload(PayloadDescriptor { partition_start: true, ..with_id(2) }, &fake_picture(false, 2, 20)),
    );
    bench.assembler.handle_packet(&repair, moment(350_000));
    assert_eq!(outputs(&mut bench.assembler), "2 3");
    bench.assembler.handle_packet(&repair, moment(351_000));
    assert_eq!(outputs(&mut bench.assembler), "");
    assert_eq!(bench.assembler.statistics().late, 1);
}

#[test]
fn a_stream_joined_in_the_middle_asks_for_a_keyframe_soon() {
    let mut bench = Bench::new();
    assert_eq!(bench.picture(0, with_id(9), false, 9, false), "");
    assert_eq!(bench.timeout(39), "");
    assert_eq!(bench.timeout(40), "want");
    assert_eq!(bench.picture(70, with_id(10), true, 10, false), "K10");
}

#[test]
fn lost_padding_is_no_loss() {
    let mut bench = Bench::new();
    bench.picture(0, with_id(0x7FFF), true, 1, false);
    assert_eq!(bench.packet(10, 3_000, false, Bytes::new(), true), "");
    assert_eq!(bench.picture(33, with_id(0), false, 2, false), "2");
    assert_eq!(bench.packet(40, 6_000, false, Bytes::new(), false), "");
    assert_eq!(bench.picture(66, with_id(1), false, 3, false), "3");
    assert_eq!(bench.assembler.poll_timeout(), None);
}

#[test]
fn a_lost_upper_layer_costs_no_keyframe() {
    let mut bench = Bench::new();
    assert_eq!(bench.picture(0, layered(1, 255, 0), true, 1, false), "K1");
    assert_eq!(bench.picture(33, layered(2, 255, 1), false, 2, true), "");
    assert_eq!(bench.picture(66, layered(3, 0, 0), false, 3, false), "");
    assert_eq!(bench.timeout(266), "3");
    assert_eq!(bench.picture(300, layered(4, 0, 1), false, 4, false), "4");
    // A lost base picture does.
    assert_eq!(bench.picture(333, layered(5, 1, 0), false, 5, true), "");
    assert_eq!(bench.picture(366, layered(6, 1, 1), false, 6, false), "");
    assert_eq!(bench.picture(400, layered(7, 2, 0), false, 7, false), "");
    assert_eq!(bench.timeout(566), "want");
}

#[test]
fn senders_without_picture_ids_and_without_markers_are_understood() {
    let mut bench = Bench::new();
    let plain = PayloadDescriptor { partition_start: true, ..PayloadDescriptor::default() };
    assert_eq!(bench.packet(0, 0, false, payload(plain, &fake_picture(true, 1, 20)), false), "");
    assert_eq!(bench.packet(33, 3_000, false, payload(plain, &fake_picture(false, 2, 20)), false), "K1");
    assert_eq!(bench.packet(66, 6_000, false, payload(plain, &fake_picture(false, 3, 20)), false), "2");
}

#[test]
fn another_source_starts_over() {
    let mut bench = Bench::new();
    bench.picture(0, with_id(1), true, 1, false);
    let mut packet = rtp_in(
        9,
        0,
        true,
        payload(PayloadDescriptor { partition_start: true, ..with_id(2) }, &fake_picture(false, 2, 20)),
    );
    packet.ssrc = 8;
    bench.assembler.handle_packet(&packet, moment(33_000));
    assert_eq!(outputs(&mut bench.assembler), "");
    assert_eq!(bench.timeout(80), "want");
}

#[test]
fn a_flood_without_keyframes_stays_bounded() {
    let mut bench = Bench::new();
    let mut wanted = 0;
    for id in 0..10_000u32 {
        wanted += bench.picture(u64::from(id), with_id(id as u16 & 0x7FFF), false, id, false).matches("want").count();
    }
    // One per 500 ms, over ten seconds.
    assert!((18..=21).contains(&wanted), "{wanted}");
    assert!(bench.assembler.statistics().dropped >= 10_000 - 2_048);
}

/// Runs pictures over a link; returns the numbers given out, and the keyframe requests.
fn run(link: &mut Link, pictures: u32, key_every: u32, start: (u16, u32), reply: bool) -> (Vec<(u32, bool)>, u32) {
    let mut assembler = FrameAssembler::new(AssemblerConfig { round_trip: Duration::from_millis(40) });
    let mut packetizer = Packetizer::new("video".into(), start.0);
    let (mut out, mut wanted, mut key_due) = (Vec::new(), 0, None);
    for id in 0..pictures + 60 {
        let now = u64::from(id) * 33_333;
        if id < pictures {
            let key = id % key_every == 0 || key_due.is_some_and(|due| now >= due);
            if key {
                key_due = None;
            }
            let size = 20 + (id as usize * 997) % 6_000;
            link.send(&packetizer.packetize(&fake_picture(key, id, size), start.1.wrapping_add(id * 3_000)), now);
        }
        let mut clock = now;
        while let Some((at, packet)) = link.receive(now + 33_333) {
            while let Some(due) = assembler.poll_timeout().filter(|due| due.as_micros() as u64 <= at) {
                clock = clock.max(due.as_micros() as u64);
                assembler.handle_timeout(moment(clock));
                if assembler.poll_timeout() == Some(due) {
                    break;
                }
            }
            clock = clock.max(at);
            assembler.handle_packet(&packet, moment(clock));
            while let Some(output) = assembler.poll_output() {
                match output {
                    AssemblerOutput::Frame(frame) => {
                        let id = number(&frame);
                        let size = 20 + (id as usize * 997) % 6_000;
                        assert_eq!(
                            frame.data,
                            fake_picture(frame.keyframe, id, size),
                            "picture {id} is not what was sent"
                        );
                        out.push((id, frame.keyframe));
                    }
                    AssemblerOutput::KeyframeWanted => {
                        wanted += 1;
                        if reply {
                            key_due = Some(clock + 20_000);
                        }
                    }
                }
            }
        }
    }
    (out, wanted)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn repaired_losses_lose_nothing(seed in any::<u64>(), sequence in any::<u16>(), id in any::<u16>(), timestamp in any::<u32>()) {
        let config = LinkConfig {
            loss: 0.1,
            duplicate: 0.1,
            jitter: Duration::from_millis(15),
            one_way: Duration::from_millis(10),
            repair: true,
        };
        let mut link = Link::new(config, seed, sequence);
        let (out, wanted) = run(&mut link, 300, u32::MAX, (id, timestamp), false);
        prop_assert!(link.lost > 0);
        // A reordered first packet may cost the one request of a stream joined in the middle.
        prop_assert!(wanted <= 1, "{} requests", wanted);
        let numbers: Vec<u32> = out.iter().map(|(id, _)| *id).collect();
        prop_assert_eq!(numbers, (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn without_repairs_every_picture_shown_can_be_decoded(seed in any::<u64>(), sequence in any::<u16>(), id in any::<u16>(), timestamp in any::<u32>()) {
        let config = LinkConfig {
            loss: 0.03,
            duplicate: 0.05,
            jitter: Duration::from_millis(8),
            one_way: Duration::from_millis(10),
            repair: false,
        };
        let mut link = Link::new(config, seed, sequence);
        let (out, wanted) = run(&mut link, 300, u32::MAX, (id, timestamp), true);
        prop_assert!(wanted > 0 && out.len() > 10, "{} requests, {} pictures", wanted, out.len());
        prop_assert!(out[0].1);
        for pair in out.windows(2) {
            prop_assert!(pair[1].0 == pair[0].0 + 1 || (pair[1].1 && pair[1].0 > pair[0].0), "{:?}", pair);
        }
    }
}
