//! Where pictures come from: a camera, the built-in test picture, a file; later a screen.
//!
//! An input runs on a thread of its own from [`RunningInput::start`] to [`RunningInput::stop`] and holds its
//! device exactly for that time. Pictures go straight into the encoder's slot, events to the owner.

pub mod camera;
mod file;
mod test;

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use confab_model::{Device, DeviceId, DeviceKind};

pub use file::FileInput;
pub use test::TestInput;

use super::{CaptureLimit, Clock, Picture};

/// The id of the built-in test picture among the cameras.
pub const TEST_PICTURE_ID: &str = "test:picture";

/// The built-in test picture as a device, for the list of cameras.
pub fn test_picture_device() -> Device {
    Device {
        id: DeviceId(TEST_PICTURE_ID.to_owned()),
        kind: DeviceKind::Camera,
        name: "Test picture".to_owned(),
        is_default: false,
        is_test: true,
    }
}

/// Which input to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputChoice {
    /// This camera, or the first one. If it is lost the next one takes over.
    Camera(Option<DeviceId>),
    TestPicture,
    /// Y4M (4:2:0, 8 bit) or IVF (VP8), played over and over.
    File(PathBuf),
}

impl InputChoice {
    /// What the user's selection means: `None` is the system's default camera.
    pub fn from_selection(selection: Option<&DeviceId>) -> Self {
        match selection {
            Some(id) if id.0 == TEST_PICTURE_ID => Self::TestPicture,
            other => Self::Camera(other.cloned()),
        }
    }

    /// Makes the input; no device is touched before it runs.
    pub fn input(&self) -> Box<dyn VideoInput> {
        match self {
            Self::Camera(id) => Box::new(camera::CameraInput::new(id.clone())),
            Self::TestPicture => Box::new(TestInput),
            Self::File(path) => Box::new(FileInput::new(path.clone())),
        }
    }
}

/// Why no picture can be had. `code` is stable, `detail` is for logs and reports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code:?}: {detail}")]
pub struct InputFailure {
    pub code: InputFailureCode,
    pub detail: String,
}

/// What a user can do about it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputFailureCode {
    /// Another program has it.
    Busy,
    /// The system does not allow it.
    Denied,
    /// There is none.
    NotFound,
    Failed,
}

/// What happens to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoInputEvent {
    /// The first picture came.
    Started {
        device: DeviceId,
        name: String,
        is_test: bool,
    },
    /// The device vanished or stayed silent.
    Lost {
        device: DeviceId,
    },
    /// The first picture came from another device, or from the lost one again.
    Replaced {
        from: DeviceId,
        to: DeviceId,
        name: String,
    },
    Failed(InputFailure),
}

/// A source of pictures.
pub trait VideoInput: Send {
    /// Delivers until `context` is stopped. Called on a thread of its own; may block, but has to return
    /// within two seconds of the stop, with its device released.
    fn run(&mut self, context: &InputContext) -> Result<(), InputFailure>;
}

/// A flag that can be waited for.
#[derive(Debug, Default)]
struct StopSignal {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl StopSignal {
    fn stop(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn wait_until(&self, deadline: Instant) -> bool {
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if *stopped || left.is_zero() {
                return *stopped;
            }
            stopped = self.changed.wait_timeout(stopped, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Takes a picture; called on capture threads, never blocks.
pub type DeliverPicture = Arc<dyn Fn(Picture) + Send + Sync>;
/// Takes an event; called on capture threads, never blocks.
pub type DeliverEvent = Arc<dyn Fn(VideoInputEvent) + Send + Sync>;

/// What a running input needs.
#[derive(Clone)]
pub struct InputContext {
    pub limit: CaptureLimit,
    pub clock: Clock,
    deliver: DeliverPicture,
    events: DeliverEvent,
    stop: Arc<StopSignal>,
}

impl fmt::Debug for InputContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputContext").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl InputContext {
    /// Hands a picture over.
    pub fn deliver(&self, picture: Picture) {
        (self.deliver)(picture);
    }
    /// Tells the owner.
    pub fn say(&self, event: VideoInputEvent) {
        (self.events)(event);
    }
    /// Waits; true at once when stopped.
    pub fn wait_until(&self, deadline: Instant) -> bool {
        self.stop.wait_until(deadline)
    }
    /// Whether to end.
    pub fn is_stopped(&self) -> bool {
        self.wait_until(Instant::now())
    }
}

/// An input on its thread.
#[derive(Debug)]
pub struct RunningInput {
    stop: Arc<StopSignal>,
    thread: Option<JoinHandle<()>>,
}

impl RunningInput {
    /// Starts the thread. A failure to do so, or in the input, comes as an event.
    pub fn start(
        mut input: Box<dyn VideoInput>,
        limit: CaptureLimit,
        clock: Clock,
        deliver: DeliverPicture,
        events: DeliverEvent,
    ) -> Self {
        let stop = Arc::new(StopSignal::default());
        let context = InputContext { limit, clock, deliver, events: Arc::clone(&events), stop: Arc::clone(&stop) };
        let thread = std::thread::Builder::new().name("video-input".into()).spawn(move || {
            if let Err(failure) = input.run(&context) {
                context.say(VideoInputEvent::Failed(failure));
            }
        });
        let thread = thread
            .map_err(|error| {
                events(VideoInputEvent::Failed(InputFailure {
                    code: InputFailureCode::Failed,
                    detail: error.to_string(),
                }));
            })
            .ok();
        Self { stop, thread }
    }

    /// Ends the input and waits until its device is released.
    pub fn stop(mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("a video input panicked");
        }
    }
}

impl Drop for RunningInput {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

/// Even spacing of generated pictures: the next due time, without catching up after a stall.
#[derive(Debug)]
struct Pace {
    interval: Duration,
    due: Instant,
}

impl Pace {
    fn new(fps: f64) -> Self {
        let fps = if fps.is_finite() { fps.clamp(1.0, 120.0) } else { 30.0 };
        Self { interval: Duration::from_secs_f64(1.0 / fps), due: Instant::now() }
    }

    /// Waits for the next picture's time; true when stopped.
    fn wait(&mut self, context: &InputContext) -> bool {
        self.due = (self.due + self.interval).max(Instant::now().checked_sub(self.interval).unwrap_or(self.due));
        context.wait_until(self.due)
    }
}
