//! One opened camera on its thread.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use nokhwa::{
    Camera,
    utils::{CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType},
};

use super::{classify, convert::Converter, format, kick::kick};
use crate::video::input::{InputContext, InputFailure, InputFailureCode};

/// The formats that can be converted, for nokhwa's filter.
const FORMATS: [FrameFormat; 3] = [FrameFormat::NV12, FrameFormat::YUYV, FrameFormat::MJPEG];
/// A thread that does not end by itself is woken this often ...
const KICK_INTERVAL: Duration = Duration::from_millis(20);
/// ... and left behind after this.
const CLOSE_PATIENCE: Duration = Duration::from_millis(1_200);
/// Pictures in a row that cannot be converted before the camera counts as broken.
const MAX_BROKEN: u32 = 60;

/// What the thread says.
#[derive(Debug)]
pub(super) enum CaptureReport {
    /// It could not open the camera or lost it. Not sent after `close`.
    Ended(InputFailure),
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    pictures: AtomicU64,
}

/// A capture thread.
#[derive(Debug)]
pub(super) struct Capture {
    shared: Arc<Shared>,
    reports: mpsc::Receiver<CaptureReport>,
    thread: JoinHandle<()>,
}

impl Capture {
    pub(super) fn start(index: CameraIndex, context: InputContext) -> Result<Self, InputFailure> {
        let shared = Arc::new(Shared::default());
        let (reports_in, reports) = mpsc::channel();
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("camera".into())
            .spawn(move || {
                // v4l panics when a vanished device refuses to stop its stream.
                let run = std::panic::AssertUnwindSafe(|| capture(&index, &context, &theirs));
                let failure = match std::panic::catch_unwind(run) {
                    Ok(Ok(())) => return,
                    Ok(Err(failure)) => failure,
                    Err(_) => InputFailure { code: InputFailureCode::Failed, detail: "the driver panicked".into() },
                };
                if reports_in.send(CaptureReport::Ended(failure)).is_err() {
                    tracing::debug!("a camera ended after it was closed");
                }
            })
            .map_err(|error| classify(&error.to_string()))?;
        Ok(Self { shared, reports, thread })
    }

    /// Pictures delivered so far.
    pub(super) fn pictures(&self) -> u64 {
        self.shared.pictures.load(Ordering::Relaxed)
    }

    pub(super) fn poll_report(&mut self) -> Option<CaptureReport> {
        self.reports.try_recv().ok()
    }

    /// Ends the thread, by a signal if it is blocked, and waits for its device to be released.
    pub(super) fn close(self) {
        self.shared.stop.store(true, Ordering::Release);
        let give_up = Instant::now() + CLOSE_PATIENCE;
        // A running camera comes by within one picture's time.
        let mut next_kick = Instant::now() + Duration::from_millis(100);
        while !self.thread.is_finished() {
            let now = Instant::now();
            if now >= give_up {
                tracing::warn!("a camera does not return and is left behind");
                return;
            }
            if now >= next_kick {
                kick(&self.thread);
                next_kick = now + KICK_INTERVAL;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        if self.thread.join().is_err() {
            tracing::warn!("a camera thread panicked");
        }
    }
}

fn open(index: &CameraIndex, context: &InputContext) -> Result<Camera, InputFailure> {
    let failed = |error: nokhwa::NokhwaError| classify(&error.to_string());
    // `None` takes whatever comes first; it only serves to ask what there is.
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
    let mut camera = Camera::new(index.clone(), any).map_err(failed)?;
    let offers = camera.compatible_camera_formats().map_err(failed)?;
    let chosen = format::choose(&offers, context.limit).ok_or_else(|| InputFailure {
        code: InputFailureCode::Failed,
        detail: format!("none of {} formats can be read", offers.len()),
    })?;
    if camera.camera_format() != chosen {
        let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(chosen), &FORMATS);
        camera.set_camera_requset(exact).map_err(failed)?;
    }
    camera.open_stream().map_err(failed)?;
    tracing::info!(format = %camera.camera_format(), "camera opened");
    Ok(camera)
}

fn capture(index: &CameraIndex, context: &InputContext, shared: &Shared) -> Result<(), InputFailure> {
    let mut camera = open(index, context)?;
    let format = camera.camera_format();
    let size = (format.width(), format.height());
    let mut converter = Converter::default();
    let mut broken = 0;
    while !shared.stop.load(Ordering::Acquire) {
        let data = match camera.frame_raw() {
            Ok(data) => data,
            // The signal of `close`.
            Err(_) if shared.stop.load(Ordering::Acquire) => break,
            Err(error) => return Err(classify(&error.to_string())),
        };
        let captured = context.clock.now();
        match converter.convert(format.format(), size, &data, captured) {
            Ok(picture) => {
                broken = 0;
                if !shared.stop.load(Ordering::Acquire) {
                    context.deliver(picture);
                    shared.pictures.fetch_add(1, Ordering::Relaxed);
                }
            }
            Err(error) => {
                broken += 1;
                tracing::debug!(%error, broken, "a camera picture was lost");
                if broken >= MAX_BROKEN {
                    return Err(InputFailure { code: InputFailureCode::Failed, detail: error.to_string() });
                }
            }
        }
    }
    if let Err(error) = camera.stop_stream() {
        tracing::debug!(%error, "the camera did not stop its stream");
    }
    Ok(())
}
