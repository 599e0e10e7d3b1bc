//! The devices of this machine and the built-in ones.

use confab_model::{Device, DeviceId, DeviceKind};

use crate::{
    audio::{
        io::{AudioInput, AudioOutput, DeviceError},
        system::SystemAudio,
        test_devices::{TestInput, TestOutput},
    },
    device::DeviceCatalog,
    video::{camera, input::test_picture_device},
};

/// cpal, nokhwa and the test sources. Cheap to make: nothing is connected before the first question.
#[derive(Debug, Default)]
pub struct SystemCatalog {
    audio: SystemAudio,
}

impl SystemCatalog {
    pub fn new() -> Self {
        Self::default()
    }
}

impl DeviceCatalog for SystemCatalog {
    fn audio(&self) -> Result<Vec<Device>, DeviceError> {
        let mut devices = self.audio.enumerate()?;
        devices.extend(TestInput::listed());
        devices.extend(TestOutput::listed());
        Ok(devices)
    }

    fn cameras(&self) -> Vec<Device> {
        let mut devices = camera::enumerate().unwrap_or_else(|error| {
            tracing::debug!(?error, "cameras cannot be listed");
            Vec::new()
        });
        devices.push(test_picture_device());
        devices
    }

    fn audio_input(&self, id: &DeviceId) -> Result<Box<dyn AudioInput>, DeviceError> {
        if let Some(test) = TestInput::named(id) {
            return Ok(Box::new(test));
        }
        let device = self.find(id, DeviceKind::Microphone)?;
        Ok(Box::new(SystemAudio::input(device)?))
    }

    fn audio_output(&self, id: &DeviceId) -> Result<Box<dyn AudioOutput>, DeviceError> {
        if let Some(test) = TestOutput::named(id) {
            return Ok(Box::new(test));
        }
        let device = self.find(id, DeviceKind::Speaker)?;
        Ok(Box::new(SystemAudio::output(device)?))
    }
}

impl SystemCatalog {
    fn find(&self, id: &DeviceId, kind: DeviceKind) -> Result<Device, DeviceError> {
        self.audio
            .enumerate()?
            .into_iter()
            .find(|device| device.kind == kind && device.id == *id)
            .ok_or_else(|| DeviceError::NotFound(id.0.clone()))
    }
}
