//! Cameras through nokhwa: Video4Linux, Media Foundation, AVFoundation.
//!
//! nokhwa's `frame()` blocks for ever on a camera that stalls, its `Camera` must stay on one thread, and nothing
//! tells of plugging. So the capture runs on a thread of its own (`capture`), and the input's thread watches it:
//! [`watch::CameraWatch`] decides (pure, in tests with a manual clock), this module does what it says. On Linux
//! a stalled capture is woken by a signal and releases its device; elsewhere it is left behind until its driver
//! returns.

mod capture;
mod convert;
mod format;
mod kick;
mod watch;

use std::time::{Duration, Instant};

use confab_model::{Device, DeviceId, DeviceKind};
use nokhwa::utils::{ApiBackend, CameraIndex};

use super::{InputContext, InputFailure, InputFailureCode, VideoInput, VideoInputEvent};
use capture::{Capture, CaptureReport};
use watch::{CameraWatch, WatchStep};

/// The watch looks this often at the capture.
const TICK: Duration = Duration::from_millis(100);
/// The list of devices is compared this often.
const LIST_INTERVAL: Duration = Duration::from_secs(2);

/// A camera and how nokhwa finds it.
#[derive(Debug, Clone)]
struct Found {
    device: Device,
    index: CameraIndex,
}

/// The cameras of this machine, best first; without the built-in test picture
/// ([`super::test_picture_device`]). Takes some milliseconds and may block on a driver: not for async threads.
///
/// # Errors
/// The platform's list cannot be read; `Denied` on macOS without permission.
pub fn enumerate() -> Result<Vec<Device>, InputFailure> {
    Ok(find_all()?.into_iter().map(|found| found.device).collect())
}

fn find_all() -> Result<Vec<Found>, InputFailure> {
    let mut list = nokhwa::query(ApiBackend::Auto).map_err(|error| classify(&error.to_string()))?;
    list.retain(|info| is_capture_node(info.index()));
    list.sort_by_key(|info| info.index().as_index().unwrap_or(u32::MAX));
    let mut found: Vec<Found> = Vec::new();
    for info in list {
        let id = stable_id(info.index());
        found.push(Found {
            device: Device {
                id: DeviceId(id),
                kind: DeviceKind::Camera,
                name: info.human_name(),
                is_default: found.is_empty(),
                is_test: false,
            },
            index: info.index().clone(),
        });
    }
    Ok(found)
}

/// A USB camera has two nodes, of which the second carries metadata only: its `index` in sysfs is not 0.
#[cfg(target_os = "linux")]
fn is_capture_node(index: &CameraIndex) -> bool {
    let Ok(number) = index.as_index() else { return true };
    std::fs::read_to_string(format!("/sys/class/video4linux/video{number}/index"))
        .map_or(true, |text| text.trim() == "0")
}

#[cfg(not(target_os = "linux"))]
fn is_capture_node(_: &CameraIndex) -> bool {
    true
}

/// The name that udev gives to the device rather than its number, which changes with the order of plugging.
#[cfg(target_os = "linux")]
fn stable_id(index: &CameraIndex) -> String {
    let node = format!("video{}", index.as_string());
    let links = std::fs::read_dir("/dev/v4l/by-id").into_iter().flatten().flatten();
    for link in links {
        let target = std::fs::read_link(link.path()).unwrap_or_default();
        if target.file_name().is_some_and(|name| *name == *node) {
            return link.file_name().to_string_lossy().into_owned();
        }
    }
    node
}

#[cfg(not(target_os = "linux"))]
fn stable_id(index: &CameraIndex) -> String {
    index.as_string()
}

/// Something cheap that changes when a camera comes or goes. Listing `/dev` opens no device; the platform's own
/// enumeration opens each, which wakes sleeping cameras.
#[cfg(target_os = "linux")]
fn fingerprint() -> Vec<String> {
    let entries = std::fs::read_dir("/dev").into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with("video"))
        .collect();
    names.sort();
    names
}

#[cfg(not(target_os = "linux"))]
fn fingerprint() -> Vec<String> {
    enumerate().into_iter().flatten().map(|device| device.id.0).collect()
}

/// nokhwa's errors are text. The numbers are errno on Linux; the words are those of the other platforms.
fn classify(text: &str) -> InputFailure {
    let has = |needles: &[&str]| needles.iter().any(|needle| text.contains(needle));
    let code = if has(&["os error 16", "busy", "in use", "0x80070020", "0xC00D3EA3"]) {
        InputFailureCode::Busy
    } else if has(&["os error 13", "os error 1)", "ermission", "denied", "0x80070005", "uthoriz"]) {
        InputFailureCode::Denied
    } else if has(&["os error 2)", "os error 6)", "os error 19", "No such", "not found", "NotFound"]) {
        InputFailureCode::NotFound
    } else {
        InputFailureCode::Failed
    };
    InputFailure { code, detail: text.to_owned() }
}

/// macOS asks the user once; the answer can take as long as they do.
#[cfg(target_os = "macos")]
fn ensure_permission(context: &InputContext) -> Result<(), InputFailure> {
    use std::sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    };
    if nokhwa::nokhwa_check() {
        return Ok(());
    }
    let answer = Arc::new(AtomicU8::new(0));
    let told = Arc::clone(&answer);
    nokhwa::nokhwa_initialize(move |granted| told.store(if granted { 1 } else { 2 }, Ordering::Release));
    while answer.load(Ordering::Acquire) == 0 && !context.wait_until(Instant::now() + TICK) {}
    if answer.load(Ordering::Acquire) == 2 {
        return Err(InputFailure { code: InputFailureCode::Denied, detail: "no permission for the camera".into() });
    }
    Ok(())
}

#[cfg(not(target_os = "macos"))]
fn ensure_permission(_: &InputContext) -> Result<(), InputFailure> {
    Ok(())
}

/// A camera, replaced by the next one when it is lost.
#[derive(Debug)]
pub struct CameraInput {
    wanted: Option<DeviceId>,
}

impl CameraInput {
    /// This camera, or the first one. No device is touched before it runs.
    pub fn new(wanted: Option<DeviceId>) -> Self {
        Self { wanted }
    }
}

impl VideoInput for CameraInput {
    fn run(&mut self, context: &InputContext) -> Result<(), InputFailure> {
        ensure_permission(context)?;
        let mut session = Session {
            context,
            watch: CameraWatch::new(self.wanted.clone()),
            capture: None,
            known: fingerprint(),
            found: Vec::new(),
            pictures: 0,
        };
        session.list_devices();
        session.act();
        let mut list_due = Instant::now() + LIST_INTERVAL;
        while !context.wait_until(Instant::now() + TICK) {
            session.look_at_capture();
            if Instant::now() >= list_due {
                list_due = Instant::now() + LIST_INTERVAL;
                session.notice_plugging();
            }
            let now = context.clock.now().mono;
            session.watch.handle_timeout(now);
            session.act();
        }
        if let Some(capture) = session.capture.take() {
            capture.close();
        }
        Ok(())
    }
}

struct Session<'a> {
    context: &'a InputContext,
    watch: CameraWatch,
    capture: Option<Capture>,
    known: Vec<String>,
    found: Vec<Found>,
    pictures: u64,
}

impl Session<'_> {
    fn list_devices(&mut self) {
        let now = self.context.clock.now().mono;
        match find_all() {
            Ok(found) => {
                let devices: Vec<Device> = found.iter().map(|found| found.device.clone()).collect();
                self.found = found;
                self.watch.handle_devices(&devices, now);
            }
            Err(failure) => {
                tracing::warn!(%failure, "cameras cannot be listed");
                self.watch.handle_devices(&[], now);
            }
        }
    }

    fn notice_plugging(&mut self) {
        let names = fingerprint();
        if names != self.known || self.watch.is_searching() {
            self.known = names;
            self.list_devices();
        }
    }

    fn look_at_capture(&mut self) {
        let Some(capture) = &mut self.capture else { return };
        let now = self.context.clock.now().mono;
        let pictures = capture.pictures();
        if pictures != self.pictures {
            self.pictures = pictures;
            self.watch.handle_picture(now);
        }
        let report = capture.poll_report();
        if let Some(CaptureReport::Ended(failure)) = report {
            tracing::info!(%failure, "the camera ended");
            if let Some(capture) = self.capture.take() {
                capture.close();
            }
            // An unplugged camera is gone from the list by now.
            self.known = fingerprint();
            self.list_devices();
            self.watch.handle_ended(failure, now);
        }
    }

    fn act(&mut self) {
        while let Some(step) = self.watch.poll_step() {
            match step {
                WatchStep::Open(id) => self.open(&id),
                WatchStep::Close => {
                    if let Some(capture) = self.capture.take() {
                        capture.close();
                    }
                }
                WatchStep::Say(event) => self.say(event),
            }
        }
    }

    fn say(&self, event: VideoInputEvent) {
        tracing::info!(?event, "camera");
        self.context.say(event);
    }

    fn open(&mut self, id: &DeviceId) {
        let now = self.context.clock.now().mono;
        let Some(found) = self.found.iter().find(|found| found.device.id == *id) else {
            let failure = InputFailure { code: InputFailureCode::NotFound, detail: "gone before it was opened".into() };
            return self.watch.handle_ended(failure, now);
        };
        self.pictures = 0;
        match Capture::start(found.index.clone(), self.context.clone()) {
            Ok(capture) => self.capture = Some(capture),
            Err(failure) => self.watch.handle_ended(failure, now),
        }
    }
}
