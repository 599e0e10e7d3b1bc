//! Decides about a camera that may stall, vanish and come back. Pure: devices, pictures and time come in,
//! steps go out.
//!
//! ```text
//!            open          picture             3 s silent
//! Searching ─────→ Opening ───────→ Delivering ──────────→ Opening again (once)
//!     ↑               │ fails, or silent again    │ gone from the list
//!     └───────────────┴────── Lost, next camera ──┘
//! ```

use std::{collections::VecDeque, time::Duration};

use confab_model::{Device, DeviceId};

use super::super::{InputFailure, InputFailureCode, VideoInputEvent};

/// Without a picture for this long a camera has stalled. Slow ones need two seconds for their first.
const STALL: Duration = Duration::from_secs(3);
/// A camera that failed or stalled is not tried again before this, unless it was unplugged meanwhile.
const REST: Duration = Duration::from_secs(10);

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WatchStep {
    Open(DeviceId),
    Close,
    Say(VideoInputEvent),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Searching,
    Opening { device: Device, since: Duration, again: bool },
    Delivering { device: Device, last: Duration, again: bool },
}

/// See the module.
#[derive(Debug)]
pub(super) struct CameraWatch {
    wanted: Option<DeviceId>,
    state: State,
    /// The camera whose pictures were shown last.
    shown: Option<DeviceId>,
    lost: bool,
    devices: Vec<Device>,
    /// Cameras that rest, and until when.
    resting: Vec<(DeviceId, Duration)>,
    failed: Option<InputFailureCode>,
    steps: VecDeque<WatchStep>,
}

impl CameraWatch {
    pub(super) fn new(wanted: Option<DeviceId>) -> Self {
        Self {
            wanted,
            state: State::Searching,
            shown: None,
            lost: false,
            devices: Vec::new(),
            resting: Vec::new(),
            failed: None,
            steps: VecDeque::new(),
        }
    }

    /// Without a camera: new ones are looked for.
    pub(super) fn is_searching(&self) -> bool {
        self.state == State::Searching
    }

    pub(super) fn poll_step(&mut self) -> Option<WatchStep> {
        self.steps.pop_front()
    }

    /// The cameras that are plugged in.
    pub(super) fn handle_devices(&mut self, devices: &[Device], now: Duration) {
        self.devices = devices.to_vec();
        // Who was unplugged starts afresh.
        self.resting.retain(|(id, _)| devices.iter().any(|device| device.id == *id));
        let current = match &self.state {
            State::Searching => None,
            State::Opening { device, .. } | State::Delivering { device, .. } => Some(device.id.clone()),
        };
        if let Some(id) = current
            && !devices.iter().any(|device| device.id == id)
        {
            self.steps.push_back(WatchStep::Close);
            self.lose(&id);
            self.state = State::Searching;
        }
        self.search(now);
    }

    /// A picture came.
    pub(super) fn handle_picture(&mut self, now: Duration) {
        match &mut self.state {
            State::Searching => {}
            State::Delivering { last, again, .. } => {
                *last = now;
                *again = false;
            }
            State::Opening { device, again, .. } => {
                let (device, again) = (device.clone(), *again);
                self.announce(&device);
                self.state = State::Delivering { device, last: now, again };
            }
        }
    }

    /// The capture ended by itself: it could not be opened, or reading failed.
    pub(super) fn handle_ended(&mut self, failure: InputFailure, now: Duration) {
        match self.state.clone() {
            State::Searching => {}
            State::Delivering { device, again: false, .. } => {
                // Reading failed though it is still there: once more.
                self.steps.push_back(WatchStep::Open(device.id.clone()));
                self.state = State::Opening { device, since: now, again: true };
            }
            State::Delivering { device, .. } => self.give_up(&device.id, None, now),
            State::Opening { device, .. } => self.give_up(&device.id, Some(failure), now),
        }
    }

    /// Looks for silence.
    pub(super) fn handle_timeout(&mut self, now: Duration) {
        match self.state.clone() {
            State::Searching => self.search(now),
            State::Opening { since, .. } if now < since + STALL => {}
            State::Delivering { last, .. } if now < last + STALL => {}
            State::Delivering { device, again: false, .. } | State::Opening { device, again: false, .. } => {
                self.steps.push_back(WatchStep::Close);
                self.steps.push_back(WatchStep::Open(device.id.clone()));
                self.state = State::Opening { device, since: now, again: true };
            }
            State::Delivering { device, .. } | State::Opening { device, .. } => {
                self.steps.push_back(WatchStep::Close);
                self.give_up(&device.id, None, now);
            }
        }
    }

    fn announce(&mut self, device: &Device) {
        self.failed = None;
        let event = match self.shown.take() {
            None => Some(VideoInputEvent::Started {
                device: device.id.clone(),
                name: device.name.clone(),
                is_test: device.is_test,
            }),
            Some(from) if self.lost || from != device.id => {
                Some(VideoInputEvent::Replaced { from, to: device.id.clone(), name: device.name.clone() })
            }
            Some(_) => None,
        };
        self.lost = false;
        self.shown = Some(device.id.clone());
        self.steps.extend(event.map(WatchStep::Say));
    }

    fn give_up(&mut self, id: &DeviceId, failure: Option<InputFailure>, now: Duration) {
        self.resting.push((id.clone(), now + REST));
        self.state = State::Searching;
        if self.shown.as_ref() == Some(id) {
            self.lose(id);
        }
        self.search(now);
        if self.state == State::Searching {
            let failure = failure.unwrap_or_else(|| InputFailure {
                code: InputFailureCode::Failed,
                detail: "the camera delivers no picture".into(),
            });
            self.fail(failure);
        }
    }

    fn lose(&mut self, id: &DeviceId) {
        if !self.lost {
            self.lost = true;
            self.steps.push_back(WatchStep::Say(VideoInputEvent::Lost { device: id.clone() }));
        }
        self.shown.get_or_insert_with(|| id.clone());
    }

    /// Says a failure once; the search goes on in silence.
    fn fail(&mut self, failure: InputFailure) {
        if self.failed != Some(failure.code) {
            self.failed = Some(failure.code);
            self.steps.push_back(WatchStep::Say(VideoInputEvent::Failed(failure)));
        }
    }

    fn search(&mut self, now: Duration) {
        if self.state != State::Searching {
            return;
        }
        self.resting.retain(|(_, until)| now < *until);
        let may = |device: &&Device| !self.resting.iter().any(|(id, _)| *id == device.id);
        let wanted = self.devices.iter().filter(may).find(|device| Some(&device.id) == self.wanted.as_ref());
        let Some(device) = wanted.or_else(|| self.devices.iter().find(may)).cloned() else {
            if self.devices.is_empty() {
                self.fail(InputFailure { code: InputFailureCode::NotFound, detail: "there is no camera".into() });
            }
            return;
        };
        self.steps.push_back(WatchStep::Open(device.id.clone()));
        self.state = State::Opening { device, since: now, again: false };
    }
}

#[cfg(test)]
mod tests {
    use confab_model::DeviceKind;

    use super::*;

    fn camera(id: &str) -> Device {
        Device {
            id: DeviceId(id.into()),
            kind: DeviceKind::Camera,
            name: id.to_uppercase(),
            is_default: false,
            is_test: false,
        }
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn failure(code: InputFailureCode) -> InputFailure {
        InputFailure { code, detail: String::new() }
    }

    /// All steps since the last call, short.
    fn steps(watch: &mut CameraWatch) -> String {
        let mut words = Vec::new();
        while let Some(step) = watch.poll_step() {
            words.push(match step {
                WatchStep::Open(id) => format!("open {}", id.0),
                WatchStep::Close => "close".into(),
                WatchStep::Say(VideoInputEvent::Started { device, .. }) => format!("started {}", device.0),
                WatchStep::Say(VideoInputEvent::Lost { device }) => format!("lost {}", device.0),
                WatchStep::Say(VideoInputEvent::Replaced { from, to, .. }) => format!("{} replaced {}", to.0, from.0),
                WatchStep::Say(VideoInputEvent::Failed(failure)) => format!("failed {:?}", failure.code),
            });
        }
        words.join(", ")
    }

    #[test]
    fn a_stalled_camera_is_restarted_then_lost_then_tried_again() {
        let mut watch = CameraWatch::new(None);
        watch.handle_devices(&[camera("a")], at(0));
        assert_eq!(steps(&mut watch), "open a");
        watch.handle_picture(at(500));
        assert_eq!(steps(&mut watch), "started a");
        watch.handle_timeout(at(3_400));
        assert_eq!(steps(&mut watch), "");
        watch.handle_timeout(at(3_500));
        assert_eq!(steps(&mut watch), "close, open a");
        watch.handle_timeout(at(6_500));
        assert_eq!(steps(&mut watch), "close, lost a, failed Failed");
        watch.handle_timeout(at(16_400));
        assert_eq!(steps(&mut watch), "");
        watch.handle_timeout(at(16_500));
        assert_eq!(steps(&mut watch), "open a");
        watch.handle_picture(at(17_000));
        assert_eq!(steps(&mut watch), "a replaced a");
    }

    #[test]
    fn a_restart_that_helps_is_not_announced() {
        let mut watch = CameraWatch::new(None);
        watch.handle_devices(&[camera("a")], at(0));
        watch.handle_picture(at(500));
        steps(&mut watch);
        watch.handle_timeout(at(4_000));
        assert_eq!(steps(&mut watch), "close, open a");
        watch.handle_picture(at(4_500));
        watch.handle_picture(at(4_600));
        assert_eq!(steps(&mut watch), "");
        watch.handle_timeout(at(7_600));
        assert_eq!(steps(&mut watch), "close, open a");
    }

    #[test]
    fn an_unplugged_camera_is_replaced_by_the_next() {
        let mut watch = CameraWatch::new(Some(DeviceId("b".into())));
        watch.handle_devices(&[camera("a"), camera("b")], at(0));
        assert_eq!(steps(&mut watch), "open b");
        watch.handle_picture(at(100));
        assert_eq!(steps(&mut watch), "started b");
        watch.handle_devices(&[camera("a")], at(2_000));
        assert_eq!(steps(&mut watch), "close, lost b, open a");
        watch.handle_picture(at(2_100));
        assert_eq!(steps(&mut watch), "a replaced b");
    }

    #[test]
    fn the_only_camera_may_go_and_come_back() {
        let mut watch = CameraWatch::new(None);
        watch.handle_devices(&[camera("a")], at(0));
        watch.handle_picture(at(100));
        steps(&mut watch);
        // Reading fails before the list tells.
        watch.handle_devices(&[], at(1_000));
        watch.handle_ended(failure(InputFailureCode::NotFound), at(1_000));
        assert_eq!(steps(&mut watch), "close, lost a, failed NotFound");
        watch.handle_devices(&[], at(3_000));
        assert_eq!(steps(&mut watch), "");
        watch.handle_devices(&[camera("a")], at(5_000));
        assert_eq!(steps(&mut watch), "open a");
        watch.handle_picture(at(5_500));
        assert_eq!(steps(&mut watch), "a replaced a");
    }

    #[test]
    fn a_busy_camera_is_said_once_and_tried_again() {
        let mut watch = CameraWatch::new(None);
        watch.handle_devices(&[camera("a")], at(0));
        watch.handle_ended(failure(InputFailureCode::Busy), at(10));
        assert_eq!(steps(&mut watch), "open a, failed Busy");
        watch.handle_timeout(at(10_010));
        watch.handle_ended(failure(InputFailureCode::Busy), at(10_020));
        assert_eq!(steps(&mut watch), "open a");
        watch.handle_timeout(at(20_020));
        watch.handle_picture(at(20_100));
        assert_eq!(steps(&mut watch), "open a, started a");
    }

    #[test]
    fn no_camera_is_a_failure_until_one_is_plugged_in() {
        let mut watch = CameraWatch::new(None);
        watch.handle_devices(&[], at(0));
        assert_eq!(steps(&mut watch), "failed NotFound");
        watch.handle_devices(&[camera("a")], at(2_000));
        assert_eq!(steps(&mut watch), "open a");
    }

    #[test]
    fn a_read_error_of_a_present_camera_is_retried_once() {
        let mut watch = CameraWatch::new(None);
        watch.handle_devices(&[camera("a"), camera("b")], at(0));
        watch.handle_picture(at(100));
        steps(&mut watch);
        watch.handle_ended(failure(InputFailureCode::Failed), at(200));
        assert_eq!(steps(&mut watch), "open a");
        watch.handle_ended(failure(InputFailureCode::Failed), at(300));
        assert_eq!(steps(&mut watch), "lost a, open b");
    }
}
