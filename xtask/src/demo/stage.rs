//! Where the windows appear and what they run with.

use std::path::{Path, PathBuf};

use anyhow::Result;
use confab_testkit::audio;
use confab_testkit::display::Xvfb;
use confab_testkit::server::LocalServer;
use confab_windows::{Window, WindowOptions, screen, screen_env};
use serde_json::json;

use super::history::{ALICE, BOB};

/// What the two say, again and again. Different, so that nobody can be taken for the other.
const SPEECH: [(&str, &str); 2] = [
    (
        ALICE.0,
        "The quick brown fox jumps over the lazy dog. Seven wizards quietly boxed five jumping toads near the river.",
    ),
    (
        BOB.0,
        "A large fawn jumped quickly over white zinc boxes. Meanwhile the old captain counted every ship in the harbour.",
    ),
];

pub struct Stage {
    folder: PathBuf,
    shell: PathBuf,
    ca_file: PathBuf,
    /// One for each of two windows, whose picture then shows nothing else and which has the focus; empty with a display.
    screens: Vec<Xvfb>,
}

/// The two windows of the demo.
pub struct Windows {
    pub alice: Window,
    pub bob: Window,
}

impl Windows {
    pub fn both(&self) -> [&Window; 2] {
        [&self.alice, &self.bob]
    }

    pub fn are_closed(&self) -> bool {
        self.alice.is_over() && self.bob.is_over()
    }

    pub fn close(self) {
        self.bob.close();
        self.alice.close();
    }
}

impl Stage {
    pub fn new(folder: &Path, shell: &Path, server: &LocalServer) -> Result<Self> {
        let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let mut screens = Vec::new();
        if !(has("DISPLAY") || has("WAYLAND_DISPLAY")) {
            println!("There is no display: the windows open under Xvfb");
            for _ in 0..2 {
                screens.push(screen()?);
            }
        }
        for (name, text) in SPEECH {
            audio::speech(text, &folder.join(format!("{name}.wav")))?;
        }
        Ok(Self { folder: folder.to_owned(), shell: shell.to_owned(), ca_file: server.ca_file().to_owned(), screens })
    }

    pub fn is_headless(&self) -> bool {
        !self.screens.is_empty()
    }

    /// Where recordings of a person's calls are.
    pub fn recordings(&self, name: &str) -> PathBuf {
        self.folder.join("recordings").join(name)
    }

    /// Opens a window for a person; `screen` is 0 or 1. Whose data folder has a sign-in is signed in.
    pub fn open(&self, name: &str, screen: usize) -> Result<Window> {
        let mut env = self.screens.get(screen).map(screen_env).unwrap_or_default();
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        let own = [
            ("CONFAB_CA_FILE", path(self.ca_file.clone())),
            ("CONFAB_SECRETS", "file".into()),
            // Closing a window ends it.
            ("CONFAB_TRAY", "0".into()),
            ("CONFAB_DEVICE_NAME", format!("Demo of {name}")),
            ("CONFAB_LOOPBACK", "1".into()),
            ("CONFAB_TEST_MEDIA", "1".into()),
            ("CONFAB_CAMERA", "test:picture".into()),
            ("CONFAB_MICROPHONE", format!("file-loop:{}", path(self.folder.join(format!("{name}.wav"))))),
            ("CONFAB_SPEAKER", "test:null".into()),
            ("CONFAB_RECORD_DIR", path(self.recordings(name))),
        ];
        env.extend(own.map(|(name, value)| (name.to_owned(), value)));
        let window = Window::open(WindowOptions {
            name: name.to_owned(),
            binary: self.shell.clone(),
            data: self.folder.join(name),
            log: self.folder.join(format!("{name}.log")),
            env,
        })?;
        if self.screens.is_empty() {
            // Side by side, as far as the desktop lets itself be told; wide enough that the window does not fold.
            let _ = window.place((40 + 880 * screen as i32, 60), (860, 760));
        }
        Ok(window)
    }

    /// Keeps a picture of a window's screen. On a person's own display there is more than the window: none there.
    pub fn picture(&self, window: &Window, name: &str) -> Result<()> {
        if self.is_headless() {
            window.screenshot(&self.folder.join(format!("{name}.png")))?;
        }
        Ok(())
    }

    /// From here on the windows belong to the person: bob gets the machine's own devices, where it has them.
    pub fn hand_over(&self, windows: &Windows) -> Result<()> {
        for kind in ["camera", "microphone", "speaker"] {
            windows.bob.ask("select_device", json!({ "kind": kind, "id": null }))?;
        }
        let displays: Vec<String> = self.screens.iter().map(Xvfb::display).collect();
        let place = if displays.is_empty() { String::new() } else { format!(" on {}", displays.join(" and ")) };
        println!(
            "Both windows stay open{place}. Bob's uses the camera and microphone of this computer if it has them."
        );
        println!("The demo ends when both are closed, or with Ctrl-C.");
        Ok(())
    }
}
