//! How sending follows the path, with real sessions over a [`Link`] in real time: printed, not judged, as it takes
//! minutes and a machine for itself. The same is judged in virtual time by the unit tests of `chain::control`.
//! `cargo test -p confab-peer adaptation -- --ignored --nocapture --test-threads 1`

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use confab_model::{MediaDescription, RtpIn, RtpOut};
use confab_peer::{Peer, PeerEvent, PeerRole, SendOutcome};
use tokio::time::Instant;

use crate::link::{Conditions, Link};
use crate::pair::{Side, both, config};

/// bit/s: the largest that the encoder makes.
const ENCODER_LIMIT: u32 = 3_500_000;
const PICTURE_INTERVAL: Duration = Duration::from_micros(33_333);
/// A picture that is later than its successor by this is given up.
const GIVE_UP: Duration = Duration::from_millis(500);

fn cut(description: &mut MediaDescription) {
    for content in &mut description.contents {
        content.transport.candidates.clear();
    }
}

/// Encodes nothing at a rate.
struct Encoder {
    rate: u32,
    number: u32,
    keyframe: bool,
    random: u64,
    debt: f64,
}

impl Encoder {
    fn picture(&mut self) -> Vec<RtpOut> {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let spread = 0.8 + 0.4 * ((self.random >> 40) as f64 / f64::from(1_u32 << 24));
        let mean = f64::from(self.rate.min(ENCODER_LIMIT)) / 8.0 * PICTURE_INTERVAL.as_secs_f64();
        self.debt = (self.debt - mean).max(0.0);
        if self.debt > mean * 3.0 && !self.keyframe {
            return Vec::new();
        }
        let is_key = std::mem::take(&mut self.keyframe);
        let bytes = (mean * spread * if is_key { 5.0 } else { 1.0 }).max(100.0);
        self.debt += bytes;
        let count = (bytes / 1_150.0).ceil() as u16;
        self.number += 1;
        (0..count)
            .map(|index| {
                let mut payload = self.number.to_be_bytes().to_vec();
                payload.extend(index.to_be_bytes());
                payload.extend(count.to_be_bytes());
                payload.push(u8::from(is_key));
                payload.resize((bytes / f64::from(count)) as usize + 11, 7);
                RtpOut {
                    content: "video".into(),
                    timestamp: self.number * 3_000,
                    marker: index + 1 == count,
                    payload: Bytes::from(payload),
                }
            })
            .collect()
    }
}

#[derive(Default)]
struct Picture {
    packets: std::collections::BTreeSet<u16>,
    count: u16,
    is_key: bool,
    first: Option<Instant>,
}

/// Shows pictures in their order, waits for repairs, asks for a keyframe when it gives up.
#[derive(Default)]
struct Viewer {
    pictures: BTreeMap<u32, Picture>,
    shown: Vec<Instant>,
    next: u32,
    stuck: Option<Instant>,
    needs_key: bool,
}

impl Viewer {
    /// Returns whether a keyframe is wanted.
    fn take(&mut self, packet: &RtpIn, now: Instant) -> bool {
        let payload = &packet.payload;
        let number = u32::from_be_bytes([payload[0], payload[1], payload[2], payload[3]]);
        if number >= self.next {
            let picture = self.pictures.entry(number).or_default();
            picture.packets.insert(u16::from_be_bytes([payload[4], payload[5]]));
            picture.count = u16::from_be_bytes([payload[6], payload[7]]);
            picture.is_key = payload[8] == 1;
            picture.first.get_or_insert(now);
        }
        self.show(now)
    }

    fn show(&mut self, now: Instant) -> bool {
        let is_whole = |picture: &Picture| picture.packets.len() == usize::from(picture.count);
        loop {
            let head = self
                .pictures
                .get(&self.next)
                .filter(|picture| is_whole(picture) && (!self.needs_key || picture.is_key));
            if head.is_some() {
                self.shown.push(now);
                (self.needs_key, self.stuck) = (false, None);
                self.pictures.remove(&self.next);
                self.next += 1;
                continue;
            }
            let key =
                self.pictures.iter().find(|(_, picture)| picture.is_key && is_whole(picture)).map(|entry| *entry.0);
            if let Some(key) = key {
                self.next = key;
                self.pictures.retain(|number, _| *number >= key);
                self.needs_key = false;
                continue;
            }
            break;
        }
        if self.pictures.len() > 1 && now - *self.stuck.get_or_insert(now) > GIVE_UP {
            (self.needs_key, self.stuck) = (true, Some(now));
            return true;
        }
        false
    }

    /// fps, freezes and their time from `from` on.
    fn told(&self, from: Instant, until: Instant) -> String {
        let shown: Vec<Instant> = self.shown.iter().copied().filter(|at| *at >= from).collect();
        let gaps = shown.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > Duration::from_millis(183));
        let (count, time) = gaps.fold((0, Duration::ZERO), |(count, time), gap| (count + 1, time + gap));
        let fps = shown.len() as f64 / (until - from).as_secs_f64();
        format!("{fps:.1} fps, {count} freezes of {:.1} s", time.as_secs_f64())
    }
}

struct Run {
    initiator: Side,
    responder: Side,
    link: Link,
    encoder: Encoder,
    viewer: Viewer,
    start: Instant,
    audio: u32,
    next_picture: Instant,
}

impl Run {
    async fn new(conditions: Conditions) -> Self {
        let seed = 0x5eed;
        println!("seed {seed:#x} {conditions:?}");
        let link = Link::new(conditions, seed).await;
        let mut first = config(PeerRole::Initiator, both());
        first.bundle = true;
        let mut initiator = Side::open(first);
        let mut responder = Side::open(config(PeerRole::Responder, both()));
        let mut offer = initiator.peer.offer().await.unwrap();
        cut(&mut offer);
        let mut answer = responder.peer.answer(&offer).await.unwrap();
        cut(&mut answer);
        initiator.peer.apply_answer(&answer).await.unwrap();
        let (mut one, mut two) = (false, false);
        while !(one && two) {
            tokio::select! {
                event = initiator.event() => one |= forward(event, &link, true, responder.peer.as_ref()).await,
                event = responder.event() => two |= forward(event, &link, false, initiator.peer.as_ref()).await,
            }
        }
        let encoder = Encoder { rate: 600_000, number: 0, keyframe: true, random: seed, debt: 0.0 };
        let start = Instant::now();
        let viewer = Viewer { next: 1, ..Viewer::default() };
        link.take();
        Self { initiator, responder, link, encoder, viewer, start, audio: 0, next_picture: start }
    }

    /// Runs on; prints a line each second.
    async fn go(&mut self, seconds: u64) {
        let mut audio = tokio::time::interval(Duration::from_millis(20));
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut second = Instant::now() + Duration::from_secs(1);
        while Instant::now() < end {
            tokio::select! {
                event = self.initiator.event() => match event {
                    PeerEvent::TargetRate { bps } => self.encoder.rate = bps,
                    PeerEvent::KeyframeRequested(_) => self.encoder.keyframe = true,
                    _ => {}
                },
                Some(packet) = self.responder.rtp.recv() => {
                    if packet.content == "video".into() && self.viewer.take(&packet, Instant::now()) {
                        self.responder.peer.request_keyframe(&"video".into());
                    }
                }
                _ = audio.tick() => {
                    self.audio += 1;
                    let payload = Bytes::from(vec![3; 80]);
                    let timestamp = self.audio.wrapping_mul(960);
                    let _ = self.initiator.peer.send(RtpOut { content: "audio".into(), timestamp, marker: false, payload });
                }
                () = tokio::time::sleep_until(self.next_picture) => {
                    self.next_picture += PICTURE_INTERVAL;
                    for packet in self.encoder.picture() {
                        if self.initiator.peer.send(packet) == SendOutcome::QueueFull {
                            self.encoder.keyframe = true;
                        }
                    }
                }
                () = tokio::time::sleep_until(second) => {
                    second += Duration::from_secs(1);
                    self.line();
                }
            }
        }
    }

    fn line(&self) {
        let counted = self.link.take();
        let bits: usize = counted.iter().map(|entry| entry.bytes * 8).sum();
        let dropped = counted.iter().filter(|entry| entry.queued.is_none()).count();
        let mut waits: Vec<Duration> = counted.iter().filter_map(|entry| entry.queued).collect();
        waits.sort();
        let p95 = waits.get(waits.len() * 95 / 100).copied().unwrap_or_default();
        println!(
            "{:5.1} s  encoder {:5} kbit/s  sent {:5} kbit/s  queue p95 {:4} ms  overflowed {dropped}",
            self.start.elapsed().as_secs_f64(),
            self.encoder.rate / 1_000,
            bits / 1_000,
            p95.as_millis()
        );
    }

    async fn close(self) {
        let statistics = self.responder.peer.statistics().await;
        let video = &statistics.contents[1];
        println!(
            "received {} repaired {} missing {}; keyframes asked {}",
            video.packets_received, video.packets_repaired, video.packets_lost, video.keyframes_requested
        );
        let told = self.viewer.told(self.start + Duration::from_secs(5), Instant::now());
        println!("after 5 s: {told}");
        self.initiator.peer.close().await;
        self.responder.peer.close().await;
    }
}

async fn forward(event: PeerEvent, link: &Link, initiator: bool, to: &dyn Peer) -> bool {
    if let PeerEvent::LocalCandidates(mut description) = event {
        link.stand_for(&mut description, initiator);
        to.apply_transport(&description).await.unwrap();
        return false;
    }
    event == PeerEvent::Connected
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of a minute"]
async fn adaptation_random_loss() {
    for loss in [0.05, 0.1, 0.2] {
        let delay = Duration::from_millis(25);
        let conditions = Conditions { rate: 20e6, queue: Duration::from_millis(300), delay, loss };
        let mut run = Run::new(conditions).await;
        run.go(20).await;
        run.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of a minute"]
async fn adaptation_rate_step() {
    let delay = Duration::from_millis(25);
    let conditions = Conditions { rate: 3e6, queue: Duration::from_millis(1_000), delay, loss: 0.0 };
    let mut run = Run::new(conditions).await;
    run.go(15).await;
    println!("down to 500 kbit/s");
    run.link.set(|conditions| conditions.rate = 500e3);
    run.go(15).await;
    println!("up to 3 Mbit/s");
    run.link.set(|conditions| conditions.rate = 3e6);
    run.go(20).await;
    run.close().await;
}
