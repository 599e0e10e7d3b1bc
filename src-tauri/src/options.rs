//! What the environment says about this run. People need none of it; tests, demonstrations and developers do.
//!
//! | variable | meaning |
//! |---|---|
//! | `CONFAB_DATA_DIR` | history, settings and the web view's own data lie here instead of in the person's data folder |
//! | `CONFAB_CA_FILE` | certificates (PEM) to trust in addition to the system's |
//! | `CONFAB_SECRETS` | `keychain` or `file`: where remembered sign-ins are kept, instead of looking for a keychain |
//! | `CONFAB_DEVICE_NAME` | how this device calls itself to servers, instead of the computer's name |
//! | `CONFAB_TEST_MEDIA` | `1`: a built-in picture and tone stand in for a missing camera or microphone |
//! | `CONFAB_CAMERA_FILE` | a Y4M or IVF file as the camera |
//! | `CONFAB_MICROPHONE`, `CONFAB_SPEAKER`, `CONFAB_CAMERA` | devices by id instead of the person's choice |
//! | `CONFAB_LOOPBACK` | `1`: media may use loopback addresses (servers and peers on this machine) |
//! | `CONFAB_RELAY_ONLY` | `1`: media only through a relay |
//! | `CONFAB_RECORD_DIR` | each call leaves what it sent and received in this folder (WAV, IVF); made if it is missing |
//! | `CONFAB_TRAY` | `0`: no icon beside the clock, so that closing the window ends the app |
//! | `CONFAB_LOG` | what is logged, as a `tracing` filter such as `confab=debug` (read by [`crate::log`]) |
//!
//! Reads nothing but the given lookup and touches no file.

use std::{ffi::OsString, path::PathBuf};

use confab_client::{MediaOptions, SecretPlace};
use confab_model::{DeviceId, DeviceSelection};

/// The options of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) secrets: Option<SecretPlace>,
    pub(crate) device_name: Option<String>,
    pub(crate) media: MediaOptions,
    pub(crate) no_tray: bool,
}

/// A variable has a value that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadOption {
    name: &'static str,
    allowed: &'static str,
}

impl std::fmt::Display for BadOption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} must be {}", self.name, self.allowed)
    }
}

impl Options {
    /// Reads the options. An empty variable counts as one that is not set.
    ///
    /// # Errors
    /// A switch that is neither `0` nor `1`, an unknown place for secrets, a text that is not UTF-8.
    pub(crate) fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, BadOption> {
        let lookup = |name: &'static str| lookup(name).filter(|value| !value.is_empty());
        let path = |name| lookup(name).map(PathBuf::from);
        let text = |name| match lookup(name).map(OsString::into_string).transpose() {
            Ok(text) => Ok(text),
            Err(_) => Err(BadOption { name, allowed: "UTF-8" }),
        };
        let switch = |name| match text(name)?.as_deref() {
            None | Some("0") => Ok(false),
            Some("1") => Ok(true),
            Some(_) => Err(BadOption { name, allowed: "0 or 1" }),
        };
        let no_tray = text("CONFAB_TRAY")?.is_some() && !switch("CONFAB_TRAY")?;
        let device = |name| Ok(text(name)?.map(DeviceId));
        let secrets = match text("CONFAB_SECRETS")?.as_deref() {
            None => None,
            Some("keychain") => Some(SecretPlace::Keychain),
            Some("file") => Some(SecretPlace::File),
            Some(_) => return Err(BadOption { name: "CONFAB_SECRETS", allowed: "keychain or file" }),
        };
        let devices = DeviceSelection {
            microphone: device("CONFAB_MICROPHONE")?,
            speaker: device("CONFAB_SPEAKER")?,
            camera: device("CONFAB_CAMERA")?,
        };
        let media = MediaOptions {
            devices,
            test_media: switch("CONFAB_TEST_MEDIA")?,
            camera_file: path("CONFAB_CAMERA_FILE"),
            loopback: switch("CONFAB_LOOPBACK")?,
            relay_only: switch("CONFAB_RELAY_ONLY")?,
            record_dir: path("CONFAB_RECORD_DIR"),
            ..MediaOptions::default()
        };
        // The web view's processes have working folders of their own.
        let data_dir = path("CONFAB_DATA_DIR").map(|dir| std::path::absolute(&dir).unwrap_or(dir));
        let (ca_file, device_name) = (path("CONFAB_CA_FILE"), text("CONFAB_DEVICE_NAME")?);
        Ok(Self { data_dir, ca_file, secrets, device_name, media, no_tray })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Options, BadOption> {
        Options::read(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn nothing_set_is_what_people_have() {
        let options = read(&[("CONFAB_DATA_DIR", ""), ("CONFAB_LOOPBACK", "0")]).unwrap();
        assert_eq!((options.data_dir, options.secrets, options.device_name), (None, None, None));
        assert!(!options.media.test_media && !options.media.loopback && !options.media.relay_only && !options.no_tray);
    }

    #[test]
    fn every_variable_is_understood() {
        let options = read(&[
            ("CONFAB_DATA_DIR", "/data"),
            ("CONFAB_CA_FILE", "/ca.pem"),
            ("CONFAB_SECRETS", "file"),
            ("CONFAB_DEVICE_NAME", "desk"),
            ("CONFAB_TEST_MEDIA", "1"),
            ("CONFAB_CAMERA_FILE", "/picture.y4m"),
            ("CONFAB_SPEAKER", "pulse:one"),
            ("CONFAB_LOOPBACK", "1"),
            ("CONFAB_RELAY_ONLY", "1"),
            ("CONFAB_RECORD_DIR", "/calls"),
            ("CONFAB_TRAY", "0"),
        ])
        .unwrap();
        assert_eq!(options.data_dir, Some("/data".into()));
        assert_eq!(options.ca_file, Some("/ca.pem".into()));
        assert_eq!(options.secrets, Some(SecretPlace::File));
        assert_eq!(options.device_name.as_deref(), Some("desk"));
        assert_eq!(options.media.camera_file, Some("/picture.y4m".into()));
        assert_eq!(options.media.record_dir, Some("/calls".into()));
        assert_eq!(options.media.devices.speaker, Some(DeviceId("pulse:one".into())));
        assert!(options.media.test_media && options.media.loopback && options.media.relay_only && options.no_tray);
    }

    #[test]
    fn a_meaningless_value_is_named() {
        let error = read(&[("CONFAB_LOOPBACK", "yes")]).unwrap_err();
        assert_eq!(error.to_string(), "CONFAB_LOOPBACK must be 0 or 1");
        let error = read(&[("CONFAB_SECRETS", "pocket")]).unwrap_err();
        assert_eq!(error.to_string(), "CONFAB_SECRETS must be keychain or file");
    }
}
