//! The nokhwa path on a virtual camera: this binary runs itself again with the Video4Linux shim preloaded.

#![cfg(target_os = "linux")]

use std::process::Command;

use confab_media::video::{
    Clock, InputChoice, Picture, VideoSender, VideoSenderConfig, VideoSenderEvent, barcode, camera,
};
use confab_model::{Moment, RtpOut, VideoFrameBody};
use confab_testkit::camera::VirtualCamera;
use tokio::sync::mpsc;

use super::threads::next;

#[test]
fn a_camera_is_opened_stalls_vanishes_and_comes_back() {
    let camera = VirtualCamera::build().unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "video::camera::with_the_shim", "--ignored", "--nocapture"])
        .envs(camera.env())
        .status()
        .unwrap();
    assert!(status.success(), "the inner test failed: {status}");
}

fn plug(text: &str) {
    let control = std::env::var("CONFAB_SHIM_CONTROL").expect("only run by the test above");
    let new = format!("{control}.new");
    std::fs::write(&new, text).unwrap();
    std::fs::rename(&new, &control).unwrap();
}

/// Cameras of the shim that this process has open: each is a timerfd.
fn open_cameras() -> usize {
    let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    links
        .filter(|link| std::fs::read_link(link.path()).is_ok_and(|to| to.to_string_lossy().contains("timerfd")))
        .count()
}

fn start() -> (VideoSender, mpsc::Receiver<VideoSenderEvent>, mpsc::Receiver<VideoFrameBody>, mpsc::Receiver<RtpOut>) {
    let (rtp_out, packets) = mpsc::channel(1_024);
    let (preview, previews) = mpsc::channel(1);
    let config = VideoSenderConfig::new("video".into(), InputChoice::Camera(None), Clock::default());
    let (sender, events) = VideoSender::start(config, rtp_out, Some(preview)).unwrap();
    (sender, events, previews, packets)
}

/// The next event about the input, short.
async fn input_event(events: &mut mpsc::Receiver<VideoSenderEvent>) -> String {
    loop {
        match next(events).await {
            VideoSenderEvent::InputStarted { name, is_test, .. } => return format!("started {name} {is_test}"),
            VideoSenderEvent::InputLost { device } => return format!("lost {}", device.0),
            VideoSenderEvent::InputReplaced { from, to, .. } => return format!("{} for {}", to.0, from.0),
            VideoSenderEvent::InputFailed { failure } => return format!("failed {:?}", failure.code),
            VideoSenderEvent::SizeChanged { .. } => {}
            VideoSenderEvent::EncoderFailed { detail } => panic!("{detail}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by a_camera_is_opened_stalls_vanishes_and_comes_back"]
async fn with_the_shim() {
    plug("0 on\n1 unplug\n");
    let found = camera::enumerate().unwrap();
    let names: Vec<&str> = found.iter().map(|device| device.name.as_str()).collect();
    assert_eq!(names, ["Confab test camera 0"]);
    assert_eq!(open_cameras(), 0);

    let (sender, mut events, mut previews, _packets) = start();
    assert_eq!(input_event(&mut events).await, "started Confab test camera 0 false");
    let VideoFrameBody::Raw(frame) = next(&mut previews).await else { panic!("not raw") };
    let picture = Picture::from_frame(&frame, Moment::default()).unwrap();
    let clock = barcode::read(&picture).expect("the shim draws the picture clock");
    println!("capture to preview: {} ms", (Clock::default().now().wall.0 as u32).wrapping_sub(clock));
    assert_eq!(open_cameras(), 1);

    // Camera off closes it, on opens it again.
    sender.pause();
    while open_cameras() > 0 {
        tokio::task::yield_now().await;
    }
    sender.resume();
    assert_eq!(input_event(&mut events).await, "started Confab test camera 0 false");

    // A frozen camera is restarted once, then given up for the other one.
    plug("0 freeze\n1 on\n");
    assert_eq!(input_event(&mut events).await, "lost video0");
    assert_eq!(input_event(&mut events).await, "video1 for video0");
    // Unplugged, with the first one back from the dead.
    plug("0 unplug\n1 on\n");
    plug("0 on\n1 unplug\n");
    assert_eq!(input_event(&mut events).await, "lost video1");
    assert_eq!(input_event(&mut events).await, "video0 for video1");
    // None left, and one comes back.
    plug("0 unplug\n1 unplug\n");
    assert_eq!(input_event(&mut events).await, "lost video0");
    assert_eq!(input_event(&mut events).await, "failed NotFound");
    assert_eq!(open_cameras(), 0);
    plug("0 unplug\n1 on\n");
    assert_eq!(input_event(&mut events).await, "video1 for video0");

    // A camera that hangs is released as well: only a signal gets its thread out of the driver.
    while previews.try_recv().is_ok() {}
    next(&mut previews).await;
    plug("0 unplug\n1 freeze\n");
    tokio::task::spawn_blocking(move || sender.stop()).await.unwrap();
    assert_eq!(open_cameras(), 0);
}
