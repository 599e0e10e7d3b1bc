//! Which devices there are. Owns the catalogue of microphones, speakers and cameras, the built-in test sources
//! included, and the watch that notices a change; it opens nothing and remembers no choice.

mod catalog;
mod watch;

use confab_model::{Device, DeviceId, DeviceKind};

pub use self::{
    catalog::SystemCatalog,
    watch::{DeviceWatch, POLL_INTERVAL},
};
pub use crate::audio::io::DeviceError;
use crate::audio::io::{AudioInput, AudioOutput};

/// The seam to the machine's devices. All calls block (a sound server may take seconds): not for async tasks.
pub trait DeviceCatalog: Send + Sync {
    /// Microphones and speakers, test sources last. At most one of each kind `is_default`.
    ///
    /// # Errors
    /// The sound system does not answer now; what was known may still be true.
    fn audio(&self) -> Result<Vec<Device>, DeviceError>;

    /// Cameras, the test picture last.
    fn cameras(&self) -> Vec<Device>;

    /// All devices.
    ///
    /// # Errors
    /// As [`Self::audio`].
    fn list(&self) -> Result<Vec<Device>, DeviceError> {
        let mut devices = self.audio()?;
        devices.extend(self.cameras());
        Ok(devices)
    }

    /// A microphone or test source, not yet open.
    ///
    /// # Errors
    /// No such device now.
    fn audio_input(&self, id: &DeviceId) -> Result<Box<dyn AudioInput>, DeviceError>;

    /// A speaker or test sink, not yet open.
    ///
    /// # Errors
    /// No such device now.
    fn audio_output(&self, id: &DeviceId) -> Result<Box<dyn AudioOutput>, DeviceError>;
}

/// The device that a choice means now: the chosen one if it is there, else the system's default, else any real one.
pub fn resolve<'a>(devices: &'a [Device], kind: DeviceKind, choice: Option<&DeviceId>) -> Option<&'a Device> {
    let of_kind = || devices.iter().filter(move |device| device.kind == kind);
    choice
        .and_then(|id| of_kind().find(|device| device.id == *id))
        .or_else(|| of_kind().find(|device| device.is_default && !device.is_test))
        .or_else(|| of_kind().find(|device| !device.is_test))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, is_default: bool, is_test: bool) -> Device {
        Device { id: DeviceId(id.into()), kind: DeviceKind::Microphone, name: id.into(), is_default, is_test }
    }

    #[test]
    fn a_choice_falls_back_to_the_default_then_to_any_but_never_to_a_test_source() {
        let id = |id: &str| DeviceId(id.to_owned());
        let all = [device("a", false, false), device("b", true, false), device("t", false, true)];
        let of = |devices: &[Device], choice: Option<&str>| {
            resolve(devices, DeviceKind::Microphone, choice.map(id).as_ref()).map(|d| d.id.0.clone())
        };
        assert_eq!(of(&all, Some("a")).as_deref(), Some("a"));
        assert_eq!(of(&all, Some("t")).as_deref(), Some("t"));
        assert_eq!(of(&all, Some("gone")).as_deref(), Some("b"));
        assert_eq!(of(&all, None).as_deref(), Some("b"));
        assert_eq!(of(&all[..1], None).as_deref(), Some("a"));
        assert_eq!(of(&all[2..], None), None);
        assert_eq!(resolve(&all, DeviceKind::Speaker, None), None);
    }
}
