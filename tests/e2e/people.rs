//! The two people of the test: each with a screen, a window manager, a data folder and an app.

use std::env;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use confab_testkit::Result;
use confab_testkit::display::Xvfb;
use confab_testkit::server::LocalServer;
use confab_windows::{PATIENCE, Server, Window, WindowOptions, screen, screen_env};
use serde_json::json;

/// `target/<profile>`, where Cargo also puts the app: a test lies in its `deps`.
fn built() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf()
}

/// The app with its pages inside. Cargo builds it for the tests of its own package, which are part of the workspace.
fn binary() -> PathBuf {
    let binary = env::var_os("CONFAB_BINARY").map_or_else(|| built().join("confab"), PathBuf::from);
    let how = "cargo build -p confab --features custom-protocol";
    assert!(binary.is_file(), "{} is not there: {how}", binary.display());
    binary
}

/// The server and what both have in common.
pub struct World {
    server: LocalServer,
    folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> Result<Self> {
        let server = LocalServer::prosody()?;
        server.register("alice", "alice")?;
        let folder = tempfile::Builder::new().prefix("confab-e2e").tempdir().unwrap();
        Ok(Self { server, folder })
    }

    /// Where the server is, as typed into forms.
    pub fn place(&self) -> Server {
        (&self.server).into()
    }

    /// Below which everything lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn ca_file(&self) -> PathBuf {
        self.server.ca_file().to_owned()
    }

    /// Starts a screen and an app on it, with nobody signed in.
    pub fn person(&self, name: &str) -> Person {
        self.person_with(name, [])
    }

    /// The same, told more by its environment.
    pub fn person_with(&self, name: &str, more: impl IntoIterator<Item = (&'static str, String)>) -> Person {
        let screen = screen().unwrap_or_else(|error| panic!("{error}"));
        let mut env = screen_env(&screen);
        let own = [
            ("CONFAB_CA_FILE", self.server.ca_file().to_string_lossy().into_owned()),
            ("CONFAB_SECRETS", "file".into()),
            ("CONFAB_TEST_MEDIA", "1".into()),
            ("CONFAB_CAMERA", "test:picture".into()),
            ("CONFAB_MICROPHONE", "test:tone".into()),
            ("CONFAB_SPEAKER", "test:null".into()),
            ("CONFAB_LOOPBACK", "1".into()),
        ];
        env.extend(own.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value)));
        let options = WindowOptions {
            name: name.to_owned(),
            binary: binary(),
            data: self.folder.path().join(name),
            log: self.folder.path().join(format!("{name}.log")),
            env,
        };
        Person { window: Some(Window::open(options).unwrap()), screen }
    }
}

pub struct Person {
    // Before its screen.
    window: Option<Window>,
    screen: Xvfb,
}

impl Deref for Person {
    type Target = Window;

    fn deref(&self) -> &Window {
        self.window.as_ref().unwrap()
    }
}

impl Person {
    /// Closes the window and starts the app again.
    pub fn restart(&mut self) {
        let window = self.window.take().unwrap().restart();
        self.window = Some(window.unwrap());
    }

    pub fn leave(mut self) {
        self.window.take().unwrap().close();
    }

    /// Leaves a picture of the screen for whoever looks into the failure.
    pub fn keep_screen(&self) {
        let folder = built().ancestors().nth(1).unwrap_or(Path::new("target")).join("e2e");
        let name = self.window.as_ref().map_or("screen", |window| window.name());
        let png = folder.join(format!("{name}.png"));
        let _ = std::fs::create_dir_all(&folder);
        match self.screen.screenshot(&png) {
            Ok(()) => println!("the screen of {name}: {}", png.display()),
            Err(error) => println!("no picture of {name}'s screen: {error}"),
        }
        if let Some(window) = &self.window {
            if let Ok(calls) = window.ask("calls", json!({})) {
                println!("the calls of {name}: {calls}");
            }
            println!("the end of the log of {name}:\n{}", confab_testkit::process::tail(&window.options().log));
        }
    }
}

/// Waits until pictures of the other side come whose clock is at most this old and goes on.
pub fn until_pictures_are_fresh(person: &Person, most_ms: i64) {
    const COUNT: usize = 10;
    const GAP: Duration = Duration::from_millis(100);
    let canvas = "[data-testid=\"remote-video\"]";
    let shown = person.watch_pictures(canvas, COUNT, GAP, PATIENCE / 2).unwrap();
    let captured: Vec<i64> = shown.iter().filter_map(|picture| picture.captured_ms()).collect();
    let name = person.name();
    assert!(captured.len() >= COUNT - 1, "{name}: too few pictures with a clock: {shown:?}");
    assert!(captured.is_sorted() && captured[0] < captured[captured.len() - 1], "{name}: time goes on: {shown:?}");
    let late: Vec<_> = shown.iter().filter(|p| p.delay_ms.is_none_or(|ms| !(0..=most_ms).contains(&ms))).collect();
    assert!(late.len() <= 1, "{name}: pictures are not from now: {late:?}");
}
