//! Two calls in one process, packet by packet: what one says, the other hears; devices come and go meanwhile.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use confab_media::{
    audio::{
        AudioCall, AudioCallConfig, AudioEvent, InputChoice, OutputChoice,
        io::{AudioInput, AudioOutput, CaptureFeed, RunningStream},
        test_devices::{TestInput, TestOutput},
    },
    device::{DeviceCatalog, DeviceError},
};
use confab_model::{ContentName, Device, DeviceId, DeviceKind, RtpIn, RtpOut};
use tokio::sync::mpsc;

use crate::STOP_PATIENCE;

const PAYLOAD_TYPE: u8 = 111;
/// As `client` makes them.
const QUEUE: usize = 64;

fn id(id: &str) -> DeviceId {
    DeviceId(id.to_owned())
}

/// A machine with the devices that a test says; each sounds like a built-in source.
struct Machine {
    devices: Mutex<Vec<Device>>,
    /// Ids that refuse to open, and why.
    refusing: Mutex<Vec<(DeviceId, DeviceError)>>,
    opened: Mutex<Vec<String>>,
}

impl Machine {
    fn new(devices: &[(&str, DeviceKind)]) -> Arc<Self> {
        let machine = Self { devices: Mutex::default(), refusing: Mutex::default(), opened: Mutex::default() };
        for (id, kind) in devices {
            machine.plug(id, *kind);
        }
        Arc::new(machine)
    }

    /// The first of its kind is the default.
    fn plug(&self, id: &str, kind: DeviceKind) {
        let mut devices = self.devices.lock().unwrap();
        let is_default = !devices.iter().any(|device| device.kind == kind);
        let name = format!("{id}'s name");
        devices.push(Device { id: DeviceId(id.into()), kind, name, is_default, is_test: false });
    }

    fn unplug(&self, id: &str) {
        let mut devices = self.devices.lock().unwrap();
        devices.retain(|device| device.id.0 != id);
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            if let Some(first) = devices.iter_mut().find(|device| device.kind == kind) {
                first.is_default = true;
            }
        }
    }

    fn find(&self, id: &DeviceId) -> Result<Device, DeviceError> {
        self.opened.lock().unwrap().push(id.0.clone());
        if let Some((_, why)) = self.refusing.lock().unwrap().iter().find(|(refusing, _)| refusing == id) {
            return Err(why.clone());
        }
        let devices = self.devices.lock().unwrap();
        devices.iter().find(|device| device.id == *id).cloned().ok_or(DeviceError::NotFound(id.0.clone()))
    }
}

struct Microphone(Device);

impl AudioInput for Microphone {
    fn device(&self) -> &Device {
        &self.0
    }
    fn open(&self, feed: CaptureFeed, period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError> {
        TestInput::named(&id("test:tone")).unwrap().open(feed, period_ms)
    }
}

impl DeviceCatalog for Machine {
    fn audio(&self) -> Result<Vec<Device>, DeviceError> {
        Ok(self.devices.lock().unwrap().clone())
    }
    fn cameras(&self) -> Vec<Device> {
        Vec::new()
    }
    fn audio_input(&self, id: &DeviceId) -> Result<Box<dyn AudioInput>, DeviceError> {
        match TestInput::named(id) {
            Some(test) => Ok(Box::new(test)),
            None => Ok(Box::new(Microphone(self.find(id)?))),
        }
    }
    fn audio_output(&self, id: &DeviceId) -> Result<Box<dyn AudioOutput>, DeviceError> {
        TestOutput::named(id).map(|test| Box::new(test) as _).ok_or(DeviceError::NotFound(id.0.clone()))
    }
}

/// Numbers packets as `peer` would.
struct Wire {
    ssrc: u32,
    sequence: u16,
}

impl Wire {
    fn carry(&mut self, out: RtpOut) -> RtpIn {
        self.sequence = self.sequence.wrapping_add(1);
        RtpIn {
            content: out.content,
            ssrc: self.ssrc,
            payload_type: PAYLOAD_TYPE,
            sequence: self.sequence,
            timestamp: out.timestamp,
            marker: out.marker,
            payload: out.payload,
            arrived: Instant::now(),
        }
    }
}

async fn forward(mut from: mpsc::Receiver<RtpOut>, to: mpsc::Sender<RtpIn>, ssrc: u32) -> Vec<u32> {
    let mut wire = Wire { ssrc, sequence: 65_500 };
    let mut timestamps = Vec::new();
    while let Some(out) = from.recv().await {
        timestamps.push(out.timestamp);
        let _ = to.try_send(wire.carry(out));
    }
    timestamps
}

fn config(tone: &str, record: &Path) -> AudioCallConfig {
    AudioCallConfig {
        input: InputChoice::Device(id(tone)),
        output: OutputChoice::Device(id("test:null")),
        record_received: Some(record.to_owned()),
        ..AudioCallConfig::new(ContentName("audio".to_owned()), PAYLOAD_TYPE)
    }
}

/// The share of the sound's energy at `hz`, by Goertzel over the steady part of the tone.
fn share_at(sound: &[f32], hz: f32) -> f32 {
    let step = std::f32::consts::TAU * hz / 48_000.0;
    let (mut in_phase, mut quadrature, mut energy) = (0.0f32, 0.0f32, 1e-9f32);
    for (i, sample) in sound.iter().enumerate() {
        let phase = step * i as f32;
        in_phase += sample * phase.cos();
        quadrature += sample * phase.sin();
        energy += sample * sample;
    }
    2.0 * (in_phase * in_phase + quadrature * quadrature) / (energy * sound.len() as f32)
}

/// The best share among windows of 100 ms: the tone rises in the last fifth of each second.
fn best_share(path: &Path, hz: f32) -> f32 {
    let mut reader = hound::WavReader::open(path).unwrap();
    let sound: Vec<f32> = reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect();
    let windows: Vec<f32> = sound.chunks_exact(4_800).skip(10).map(|window| share_at(window, hz)).collect();
    println!("{hz} Hz in {}: {windows:.2?}", path.display());
    let clear = windows.iter().filter(|share| **share > 0.9).count();
    clear as f32 / windows.len().max(1) as f32
}

async fn levels(events: &mut mpsc::Receiver<AudioEvent>, count: usize) -> Vec<(u8, u8)> {
    let mut seen = Vec::new();
    while seen.len() < count {
        if let AudioEvent::Levels(level) = events.recv().await.unwrap() {
            seen.push((level.local, level.remote));
        }
    }
    seen
}

async fn next_but_levels(events: &mut mpsc::Receiver<AudioEvent>) -> AudioEvent {
    loop {
        match events.recv().await.unwrap() {
            AudioEvent::Levels(_) => {}
            event => return event,
        }
    }
}

#[tokio::test]
async fn each_side_hears_the_other_and_nothing_when_it_is_muted() {
    let folder = tempfile::tempdir().unwrap();
    let (heard_by_a, heard_by_b) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
    let machine = Machine::new(&[]);
    let ((a_out, from_a), (b_out, from_b)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
    let ((to_a, a_in), (to_b, b_in)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
    let (a, mut a_events) =
        AudioCall::start(config("test:tone:440", &heard_by_a), machine.clone(), a_out, a_in).unwrap();
    let (b, mut b_events) = AudioCall::start(config("test:tone:660", &heard_by_b), machine, b_out, b_in).unwrap();
    let a_to_b = tokio::spawn(forward(from_a, to_b, 1));
    let b_to_a = tokio::spawn(forward(from_b, to_a, 2));

    for events in [&mut a_events, &mut b_events] {
        let mut first = VecDeque::from([
            next_but_levels(events).await,
            next_but_levels(events).await,
            next_but_levels(events).await,
        ]);
        first.retain(|event| !matches!(event, AudioEvent::DeviceOpened { is_test: true, .. }));
        assert_eq!(first, [AudioEvent::FirstAudio]);
    }
    let heard = levels(&mut a_events, 60).await;
    assert!(heard[20..].iter().all(|(local, remote)| *local > 70 && *remote > 70), "{heard:?}");

    b.set_muted(true);
    levels(&mut a_events, 15).await;
    let muted = levels(&mut a_events, 5).await;
    assert!(muted.iter().all(|(local, remote)| *local > 70 && *remote < 20), "{muted:?}");
    b.set_muted(false);
    a.close_gate();
    levels(&mut a_events, 15).await;
    assert!(levels(&mut a_events, 5).await.iter().all(|(_, remote)| *remote == 0));
    a.open_gate();
    levels(&mut a_events, 10).await;
    assert!(levels(&mut a_events, 5).await.iter().all(|(_, remote)| *remote > 70));

    let (of_a, of_b) = (a.statistics(), b.statistics());
    println!("{of_a:?}\n{of_b:?}");
    for statistics in [of_a, of_b] {
        assert!(statistics.packets_in > 200 && statistics.packets_out > 200);
        assert_eq!((statistics.packets_malformed, statistics.packets_duplicate), (0, 0));
        assert_eq!(statistics.packets_out_dropped, 0);
        assert!(statistics.concealed_permille < 50, "{statistics:?}");
    }
    assert!(
        tokio::task::spawn_blocking(move || a.stop_within(STOP_PATIENCE) && b.stop_within(STOP_PATIENCE))
            .await
            .unwrap()
    );
    for timestamps in [a_to_b.await.unwrap(), b_to_a.await.unwrap()] {
        assert!(timestamps.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == 960));
    }
    assert!(best_share(&heard_by_a, 660.0) > 0.4);
    assert!(best_share(&heard_by_a, 440.0) < 0.1);
    assert!(best_share(&heard_by_b, 440.0) > 0.4);
}

#[tokio::test]
async fn a_lost_microphone_is_replaced_announced_and_taken_back() {
    let machine = Machine::new(&[("built-in", DeviceKind::Microphone), ("headset", DeviceKind::Microphone)]);
    let config = AudioCallConfig {
        input: InputChoice::Device(id("headset")),
        output: OutputChoice::Device(id("test:null")),
        ..AudioCallConfig::new(ContentName("audio".to_owned()), PAYLOAD_TYPE)
    };
    assert!(machine.opened.lock().unwrap().is_empty());
    let (out, from) = mpsc::channel(QUEUE);
    let (_to, rtp_in) = mpsc::channel(QUEUE);
    let (call, mut events) = AudioCall::start(config, machine.clone(), out, rtp_in).unwrap();
    let (discard, _) = mpsc::channel(1);
    let sent = tokio::spawn(forward(from, discard, 1));
    let kind = DeviceKind::Microphone;
    let opened = |device: &str| AudioEvent::DeviceOpened {
        kind,
        id: id(device),
        name: format!("{device}'s name"),
        is_test: false,
    };
    let lost = |device: &str| AudioEvent::DeviceLost { kind, name: format!("{device}'s name") };
    let replaced = |device: &str, by: Option<&str>| AudioEvent::DeviceReplaced {
        kind,
        lost: format!("{device}'s name"),
        replacement: by.map(|by| format!("{by}'s name")),
    };

    assert!(matches!(next_but_levels(&mut events).await, AudioEvent::DeviceOpened { kind: DeviceKind::Speaker, .. }));
    assert_eq!(next_but_levels(&mut events).await, opened("headset"));

    machine.unplug("headset");
    assert_eq!(next_but_levels(&mut events).await, lost("headset"));
    assert_eq!(next_but_levels(&mut events).await, opened("built-in"));
    assert_eq!(next_but_levels(&mut events).await, replaced("headset", Some("built-in")));

    machine.plug("headset", kind);
    assert_eq!(next_but_levels(&mut events).await, opened("headset"));

    machine.unplug("headset");
    machine.unplug("built-in");
    assert_eq!(next_but_levels(&mut events).await, lost("headset"));
    assert!(matches!(next_but_levels(&mut events).await, AudioEvent::DeviceFailed { code: "notFound", .. }));
    assert_eq!(next_but_levels(&mut events).await, replaced("headset", None));
    let silent = levels(&mut events, 20).await;
    assert!(silent[10..].iter().all(|(local, _)| *local == 0), "{silent:?}");

    let busy = DeviceError::Busy("taken".to_owned());
    machine.refusing.lock().unwrap().push((id("usb"), busy));
    machine.plug("usb", kind);
    assert!(matches!(next_but_levels(&mut events).await, AudioEvent::DeviceFailed { code: "busy", .. }));
    machine.refusing.lock().unwrap().clear();
    assert_eq!(next_but_levels(&mut events).await, opened("usb"));
    let loud = levels(&mut events, 20).await;
    assert!(loud[10..].iter().all(|(local, _)| *local > 50), "{loud:?}");

    call.set_input(InputChoice::Device(id("test:silence")));
    assert!(matches!(next_but_levels(&mut events).await, AudioEvent::DeviceOpened { is_test: true, .. }));

    assert!(tokio::task::spawn_blocking(move || call.stop_within(STOP_PATIENCE)).await.unwrap());
    let timestamps = sent.await.unwrap();
    assert!(timestamps.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == 960), "the far side heard a gap");
}

#[tokio::test]
async fn rubbish_on_the_wire_is_counted_and_changes_nothing() {
    let machine = Machine::new(&[]);
    let config = AudioCallConfig {
        input: InputChoice::Device(id("test:silence")),
        output: OutputChoice::Device(id("test:null")),
        ..AudioCallConfig::new(ContentName("audio".to_owned()), PAYLOAD_TYPE)
    };
    let (out, _from) = mpsc::channel(QUEUE);
    let (to, rtp_in) = mpsc::channel(QUEUE);
    let (call, mut events) = AudioCall::start(config, machine, out, rtp_in).unwrap();
    let packet = |n: u16, payload_type: u8, payload: &'static [u8]| RtpIn {
        content: ContentName("audio".to_owned()),
        ssrc: u32::from(n),
        payload_type,
        sequence: n.wrapping_mul(7_919),
        timestamp: u32::from(n).wrapping_mul(2_654_435_761),
        marker: false,
        payload: payload.into(),
        arrived: Instant::now(),
    };
    let rubbish: [(u8, &[u8]); 4] =
        [(0, b"pcmu"), (PAYLOAD_TYPE, b""), (PAYLOAD_TYPE, b"\xff\x00"), (PAYLOAD_TYPE, b"\xfb\x3f")];
    for n in 0..200 {
        let (payload_type, payload) = rubbish[usize::from(n) % rubbish.len()];
        to.send(packet(n, payload_type, payload)).await.unwrap();
    }
    levels(&mut events, 4).await;
    let statistics = call.statistics();
    assert_eq!((statistics.packets_in, statistics.packets_malformed), (200, 200));
    assert!(tokio::task::spawn_blocking(move || call.stop_within(STOP_PATIENCE)).await.unwrap());
    while let Ok(event) = events.try_recv() {
        assert_ne!(event, AudioEvent::FirstAudio);
    }
}
