//! The sender's and the receiver's threads together, in real time but without timed assertions.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use confab_media::video::{
    CaptureLimit, Clock, InputChoice, InputFailure, Picture, PreviewConfig, VideoInput, VideoInputEvent, VideoReceiver,
    VideoReceiverConfig, VideoReceiverEvent, VideoSender, VideoSenderConfig, VideoSenderEvent, VideoSinks, barcode,
    input::InputContext, test_picture::TestPicture,
};
use confab_model::{DeviceId, Moment, RtpIn, RtpOut, VideoFrameBody};
use tokio::sync::mpsc;

use super::link::rtp_in;

/// Long enough for any machine; a test that comes near it hangs.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The next item, or a failed test.
pub async fn next<T>(queue: &mut mpsc::Receiver<T>) -> T {
    tokio::time::timeout(PATIENCE, queue.recv()).await.expect("nothing came").expect("the queue was closed")
}

/// Carries packets to the receiver, without those that `lose` names by their number.
async fn wire(mut from: mpsc::Receiver<RtpOut>, to: mpsc::Sender<RtpIn>, lose: impl Fn(u64) -> bool) {
    let mut number = 0u64;
    while let Some(packet) = from.recv().await {
        if !lose(number) {
            let packet = RtpIn {
                arrived: Instant::now(),
                ..rtp_in(number as u16, packet.timestamp, packet.marker, packet.payload)
            };
            if to.send(packet).await.is_err() {
                return;
            }
        }
        number += 1;
    }
}

fn config(clock: Clock) -> VideoSenderConfig {
    VideoSenderConfig {
        limit: CaptureLimit { width: 640, height: 360, fps: 30 },
        ..VideoSenderConfig::new("video".into(), InputChoice::TestPicture, clock)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_goes_from_input_to_window_and_a_lost_start_is_healed() {
    let clock = Clock::default();
    let (rtp_out, packets) = mpsc::channel(1_024);
    let (to_receiver, rtp_in) = mpsc::channel(1_024);
    let (preview, mut previews) = mpsc::channel(4);
    let (raw_in, mut raw) = mpsc::channel(4);
    let (encoded_in, mut encoded) = mpsc::channel(64);
    let sinks = VideoSinks { encoded: Some(encoded_in), raw: Some(raw_in) };
    let receiver_config = VideoReceiverConfig { decode: true, ..VideoReceiverConfig::new("video".into(), clock) };
    let (receiver, mut received) = VideoReceiver::start(receiver_config, rtp_in, sinks);
    // The path loses the first packets, as relays do.
    tokio::spawn(wire(packets, to_receiver, |number| number < 3));
    let (sender, mut sent) = VideoSender::start(config(clock), rtp_out, Some(preview)).unwrap();

    assert!(matches!(next(&mut sent).await, VideoSenderEvent::InputStarted { is_test: true, .. }));
    assert!(matches!(next(&mut sent).await, VideoSenderEvent::SizeChanged { width: 640, height: 360 }));
    assert_eq!(next(&mut received).await, VideoReceiverEvent::KeyframeWanted { content: "video".into() });
    sender.force_keyframe();
    let mut order = Vec::new();
    while order.len() < 3 {
        match next(&mut received).await {
            VideoReceiverEvent::FirstFrameComplete { width: 640, .. } => order.push("complete"),
            VideoReceiverEvent::SizeChanged { width: 640, height: 360, rotation: 0 } => order.push("size"),
            VideoReceiverEvent::FirstFrameDecoded { width: 640, .. } => order.push("decoded"),
            VideoReceiverEvent::KeyframeWanted { .. } => sender.force_keyframe(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(order, ["complete", "size", "decoded"]);

    let VideoFrameBody::Raw(frame) = next(&mut raw).await else { panic!("not raw") };
    let picture = Picture::from_frame(&frame, Moment::default()).unwrap();
    assert!(barcode::read(&picture).is_some());
    let VideoFrameBody::Encoded(frame) = next(&mut encoded).await else { panic!("not encoded") };
    assert!(frame.keyframe && (frame.width, frame.height) == (640, 360));
    let VideoFrameBody::Raw(frame) = next(&mut previews).await else { panic!("not raw") };
    assert_eq!((frame.width, frame.height), (320, 180));
    let picture = Picture::from_frame(&frame, Moment::default()).unwrap();
    assert!(barcode::read(&picture).is_some());

    // A window that takes nothing more breaks its chain, and gets a keyframe once it takes again.
    while encoded.len() < encoded.max_capacity() {
        tokio::task::yield_now().await;
        while raw.try_recv().is_ok() {}
    }
    let wanted = next(&mut received).await;
    assert_eq!(wanted, VideoReceiverEvent::KeyframeWanted { content: "video".into() });
    while encoded.try_recv().is_ok() {}
    sender.force_keyframe();
    let VideoFrameBody::Encoded(frame) = next(&mut encoded).await else { panic!("not encoded") };
    assert!(frame.keyframe);

    tokio::task::spawn_blocking(move || sender.stop()).await.unwrap();
    drop(receiver);
    while received.recv().await.is_some() {}
    while encoded.recv().await.is_some() {}
}

/// An input that counts how often its device is open.
struct Counting {
    open: Arc<AtomicUsize>,
    opened: Arc<AtomicUsize>,
    name: &'static str,
}

impl VideoInput for Counting {
    fn run(&mut self, context: &InputContext) -> Result<(), InputFailure> {
        assert_eq!(self.open.fetch_add(1, Ordering::SeqCst), 0, "two devices are open at once");
        self.opened.fetch_add(1, Ordering::SeqCst);
        let source = TestPicture::new(320, 180);
        context.deliver(source.at(context.clock.now()));
        let device = DeviceId(self.name.into());
        context.say(VideoInputEvent::Started { device, name: self.name.into(), is_test: false });
        while !context.wait_until(Instant::now() + Duration::from_millis(5)) {
            context.deliver(source.at(context.clock.now()));
        }
        self.open.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_are_open_only_while_they_are_needed() {
    let (open, opened) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let input = |name| Box::new(Counting { open: Arc::clone(&open), opened: Arc::clone(&opened), name });
    let (rtp_out, mut packets) = mpsc::channel(4_096);
    let first = input("first");
    assert_eq!(opened.load(Ordering::SeqCst), 0);
    // Before the call: preview only.
    let config = VideoSenderConfig { sending: false, ..config(Clock::default()) };
    let (preview, mut previews) = mpsc::channel(1);
    let (sender, mut events) = VideoSender::start_with(config, first, rtp_out, Some(preview)).unwrap();
    let started = |event| matches!(event, VideoSenderEvent::InputStarted { .. });
    assert!(started(next(&mut events).await));
    next(&mut previews).await;
    assert!(packets.try_recv().is_err());
    sender.set_preview(Some(PreviewConfig { width: 160, height: 90, fps: 30 }));
    loop {
        let VideoFrameBody::Raw(frame) = next(&mut previews).await else { panic!("not raw") };
        if frame.width == 160 {
            break;
        }
    }
    sender.set_content("camera".into());
    sender.set_sending(true);
    assert_eq!(next(&mut packets).await.content, "camera".into());
    sender.set_input_with(input("second"));
    loop {
        if let VideoSenderEvent::InputStarted { name, .. } = next(&mut events).await {
            assert_eq!(name, "second");
            break;
        }
    }
    assert_eq!((open.load(Ordering::SeqCst), opened.load(Ordering::SeqCst)), (1, 2));
    // Camera off closes the device; a choice made meanwhile opens nothing. The file was the wrong one.
    sender.pause();
    sender.set_input(&InputChoice::File("/nowhere/picture.y4m".into()));
    sender.set_input(&InputChoice::TestPicture);
    sender.resume();
    loop {
        match next(&mut events).await {
            VideoSenderEvent::InputStarted { is_test: true, .. } => break,
            VideoSenderEvent::SizeChanged { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open.load(Ordering::SeqCst), 0);
    sender.set_input_with(input("third"));
    while !started(next(&mut events).await) {}
    tokio::task::spawn_blocking(move || sender.stop()).await.unwrap();
    assert_eq!((open.load(Ordering::SeqCst), opened.load(Ordering::SeqCst)), (0, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_drops_whole_pictures_and_continues_with_a_keyframe() {
    let (rtp_out, mut packets) = mpsc::channel(2);
    let (sender, mut events) = VideoSender::start(config(Clock::default()), rtp_out, None).unwrap();
    while !matches!(next(&mut events).await, VideoSenderEvent::SizeChanged { .. }) {}
    // The first keyframe needs more than two packets, so nothing of it was sent; small pictures pass later.
    let first = next(&mut packets).await;
    let (descriptor, _) = confab_media::video::rtp::PayloadDescriptor::parse(&first.payload).unwrap();
    assert!(descriptor.is_picture_start());
    tokio::task::spawn_blocking(move || sender.stop()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_cannot_open_is_said() {
    let (rtp_out, _packets) = mpsc::channel(16);
    let config =
        VideoSenderConfig { input: InputChoice::File("/nowhere/picture.y4m".into()), ..config(Clock::default()) };
    let (sender, mut events) = VideoSender::start(config, rtp_out, None).unwrap();
    let VideoSenderEvent::InputFailed { failure } = next(&mut events).await else { panic!("no failure") };
    assert_eq!(format!("{:?}", failure.code), "NotFound");
    sender.set_input(&InputChoice::TestPicture);
    assert!(matches!(next(&mut events).await, VideoSenderEvent::InputStarted { is_test: true, .. }));
}
