//! A page in the plain browser that comes with the web view's library: the same engine as the app's, without the app.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use confab_testkit::display::Xvfb;
use confab_testkit::error::{Context as _, Error, Result};
use confab_testkit::process::{Group, free_ports};
use serde_json::Value;

use super::webdriver::{self, Session};
use super::{READY, SCRIPT};

/// Room around the page for the browser's own bars, in pixels.
const FRAME: (u32, u32) = (100, 400);

/// A browser on a screen of its own. Both end with this value.
#[derive(Debug)]
pub struct Page {
    session: Session,
    // Before its screen.
    _driver: Group,
    _screen: Xvfb,
}

impl Page {
    /// Starts the browser; `largest` is the largest size that the page will have, `folder` takes its log and its profile.
    ///
    /// # Errors
    /// [`Error::Missing`] without Xvfb, WebKitWebDriver or the library's MiniBrowser.
    pub fn open(largest: (u32, u32), folder: &Path) -> Result<Self> {
        let Some(browser) = mini_browser() else { return Err(Error::Missing("MiniBrowser".into())) };
        let screen = Xvfb::start(largest.0 + FRAME.0, largest.1 + FRAME.1)?;
        let [port] = free_ports()?;
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).arg("--host=127.0.0.1").env("NO_AT_BRIDGE", "1").env("HOME", folder);
        command.envs(screen.env()).env("LANG", "C.UTF-8");
        // Pictures by WebDriver need the usual way to the screen.
        command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER");
        let mut driver = Group::spawn(&mut command, &folder.join("browser.log"))?;
        driver.wait_ready("WebKitWebDriver", READY, || webdriver::is_ready(port))?;
        let session = Session::start(port, &browser.to_string_lossy(), &["--automation"], SCRIPT)?;
        Ok(Self { session, _driver: driver, _screen: screen })
    }

    /// Loads an address into a frame of this size: the browser's own window does not become as narrow as the app's.
    ///
    /// # Errors
    /// The driver refuses.
    pub fn show(&self, address: &str, (width, height): (u32, u32)) -> Result<()> {
        self.session.navigate("about:blank")?;
        self.session.set_rect((0, 0), (width + FRAME.0, height + FRAME.1))?;
        // The picture of an element that is lower than the page around it has black in place of its top: the browser counts
        // rows from below. So the page is as high as the frame.
        let bars = self.session.run("return window.outerHeight - window.innerHeight", &[])?;
        let bars = bars.as_f64().map_or(0, |bars| bars.max(0.0) as u32);
        self.session.set_rect((0, 0), (width + FRAME.0, height + bars))?;
        let frame = "const [src, width, height] = arguments;
            document.body.style.margin = 0;
            document.body.append(Object.assign(document.createElement('iframe'), { src, width, height, frameBorder: 0 }));";
        self.session.run(frame, &[address.into(), width.into(), height.into()]).map(drop)
    }

    /// Loads an address as the page itself and runs the body of a function in it after a while.
    ///
    /// # Errors
    /// It threw, or the driver does not answer.
    pub fn ask(&self, address: &str, after: Duration, script: &str) -> Result<Value> {
        self.session.navigate(address)?;
        std::thread::sleep(after);
        self.session.run(script, &[])
    }

    /// Writes what is in the frame as it is drawn.
    ///
    /// # Errors
    /// Nothing is shown; the driver does not answer; the file cannot be written.
    pub fn screenshot(&self, png: &Path) -> Result<()> {
        let frames = self.session.find("iframe")?;
        let frame = frames.first().ok_or_else(|| Error::Unexpected("nothing is shown".into()))?;
        let picture = self.session.screenshot(frame)?;
        let octets = from_base64(&picture).ok_or_else(|| Error::Unexpected("a picture that is not Base64".into()))?;
        fs::write(png, octets).doing(|| format!("writing {}", png.display()))
    }
}

fn mini_browser() -> Option<PathBuf> {
    let libraries = fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    let places = libraries.chain([PathBuf::from("/usr/libexec"), PathBuf::from("/usr/lib64")]);
    places.map(|place| place.join("webkit2gtk-4.1/MiniBrowser")).find(|path| path.is_file())
}

/// RFC 4648 §4; line ends are passed over. `None`: that is none.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for digit in text.trim_end().trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\r' | b'\n' => continue,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count & 0xff) as u8);
        }
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::from_base64;

    #[test]
    fn base64_of_rfc_4648() {
        for (text, octets) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\nYmFy", "foobar")] {
            assert_eq!(from_base64(text).as_deref(), Some(octets.as_bytes()), "{text}");
        }
        assert_eq!(from_base64("Zm9v!"), None);
    }
}
