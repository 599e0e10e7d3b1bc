//! A screen for programs with windows on a machine without one.
//!
//! Owns: an X server without hardware (Xvfb) on a free display and, if wanted, a window manager. In: a size. Out: the
//! environment for programs, and pictures of the screen. Does not: accelerate anything.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::error::{Context, Result};
use crate::process::{Group, is_installed, run, tail};

/// Xvfb answers after about 200 ms.
const READY: Duration = Duration::from_secs(30);

/// A running X server. It ends with this value.
#[derive(Debug)]
pub struct Xvfb {
    // Before the server: a window manager complains when its display vanishes.
    window_manager: Option<Group>,
    _server: Group,
    number: u32,
    dir: tempfile::TempDir,
}

impl Xvfb {
    /// Starts a screen of this size in pixels.
    ///
    /// # Errors
    /// [`crate::Error::Missing`] when Xvfb is not installed (a reason to skip).
    pub fn start(width: u32, height: u32) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("confab-display").tempdir();
        let dir = dir.doing(|| "making a folder for a display".into())?;
        let log = dir.path().join("log");
        let mut command = Command::new("Xvfb");
        // The server chooses a free number itself and prints it when it is ready; 1 is its standard output.
        command.args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24")]);
        command.args(["-nolisten", "tcp", "-noreset", "-ac", "-dpi", "96"]);
        let mut server = Group::spawn(&mut command, &log)?;
        let mut number = None;
        server.wait_ready("a display", READY, || {
            // Complete only with its line end.
            let text = tail(&log);
            number = text.split_inclusive('\n').filter(|l| l.ends_with('\n')).find_map(|l| l.trim().parse().ok());
            number.is_some()
        })?;
        Ok(Self { window_manager: None, _server: server, number: number.unwrap_or_default(), dir })
    }

    /// Starts openbox on it: windows get places, frames and the keyboard focus.
    ///
    /// # Errors
    /// [`crate::Error::Missing`] when openbox is not installed.
    pub fn with_window_manager(mut self) -> Result<Self> {
        let mut command = Command::new("openbox");
        command.arg("--sm-disable").envs(self.env()).env("HOME", self.dir.path());
        self.window_manager = Some(Group::spawn(&mut command, &self.dir.path().join("openbox.log"))?);
        Ok(self)
    }

    /// ":7"
    #[must_use]
    pub fn display(&self) -> String {
        format!(":{}", self.number)
    }

    /// Environment for programs that shall appear here.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        // A Wayland session of the machine's user would win over DISPLAY.
        vec![
            ("DISPLAY".into(), self.display()),
            ("WAYLAND_DISPLAY".into(), String::new()),
            ("GDK_BACKEND".into(), "x11".into()),
            // Without a graphics card WebKit's usual way to the screen costs three to ten times as much.
            ("WEBKIT_DISABLE_DMABUF_RENDERER".into(), "1".into()),
        ]
    }

    /// Writes a PNG of the whole screen.
    ///
    /// # Errors
    /// When neither scrot nor ImageMagick is installed, or the file cannot be written.
    pub fn screenshot(&self, png: &Path) -> Result<()> {
        screenshot(self.env(), png)
    }
}

/// Writes a PNG of the whole screen that these variables name.
///
/// # Errors
/// When neither scrot nor ImageMagick is installed, or the file cannot be written.
pub fn screenshot(env: impl IntoIterator<Item = (String, String)>, png: &Path) -> Result<()> {
    let mut command = if is_installed("scrot") {
        let mut scrot = Command::new("scrot");
        scrot.args(["--overwrite", "--silent"]);
        scrot
    } else {
        let mut import = Command::new("import");
        import.args(["-window", "root"]);
        import
    };
    run(command.arg(png).envs(env)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, skip};

    #[test]
    fn two_displays_at_once_and_a_picture_of_one() {
        let (first, second) = match (Xvfb::start(320, 200), Xvfb::start(640, 480)) {
            (Ok(first), Ok(second)) => (first, second),
            (Err(Error::Missing(what)), _) | (_, Err(Error::Missing(what))) => {
                return skip(&format!("{what} is not installed"));
            }
            (Err(e), _) | (_, Err(e)) => panic!("{e}"),
        };
        assert_ne!(first.display(), second.display());
        let dir = tempfile::tempdir().unwrap();
        let png = dir.path().join("screen.png");
        second.screenshot(&png).unwrap();
        let bytes = std::fs::read(png).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"));
        assert_eq!((&bytes[16..20], &bytes[20..24]), (&640u32.to_be_bytes()[..], &480u32.to_be_bytes()[..]));
    }
}
