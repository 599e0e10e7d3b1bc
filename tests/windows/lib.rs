//! The app's real window, driven as a person would: presses, keys, what is on the screen.
//!
//! Owns: one app with a WebKitWebDriver of its own, both in one process group with their web processes, on own ports and
//! with an own data folder. In: the binary, its environment, a screen ([`screen`]). Out: what the page shows, pictures of
//! the screen, the picture clock of a canvas. `screens` knows the test ids of our pages, nothing else here does.
//! Does not: start the app through `tauri-driver`, run on other systems than Linux.

mod http;
mod page;
mod picture;
mod screens;
mod webdriver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use confab_testkit::display::{Xvfb, screenshot};
use confab_testkit::error::{Error, Result};
use confab_testkit::process::{Group, free_ports, is_installed, run, tail};
use webdriver::{Element, Session, WindowHandle};

pub use page::Page;
pub use picture::ShownPicture;
pub use screens::Server;

/// The driver answers after about 50 ms.
const READY: Duration = Duration::from_secs(30);

/// How long a person's patience lasts for anything on the screen; two busy cores need a part of it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How often the page is looked at. Each look costs the page a few milliseconds.
const LOOK: Duration = Duration::from_millis(60);

/// Scripts that wait for something in the page bring their own limit; this one is above all of them.
const SCRIPT: Duration = Duration::from_secs(50);

/// After SIGTERM the app ends calls and signs off, for which it takes at most 5 s.
const FAREWELL: Duration = Duration::from_secs(10);

/// Enter, as WebDriver writes it (§17.4.2).
pub const ENTER: &str = "\u{E007}";

/// How an app is started.
#[derive(Debug, Clone)]
pub struct WindowOptions {
    /// What this window is called in errors.
    pub name: String,
    /// The shell, built with its pages inside (`custom-protocol`).
    pub binary: PathBuf,
    /// History, settings, the web view's own data.
    pub data: PathBuf,
    /// Where both programs' output goes.
    pub log: PathBuf,
    /// The screen's variables and the app's own.
    pub env: Vec<(String, String)>,
}

/// A screen of its own for a window, in pixels: a bit more than the app's first size with its frame.
const SCREEN: (u32, u32) = (1280, 860);

/// Starts a screen, with a window manager where there is one: focus and frames are nice to have.
///
/// # Errors
/// [`Error::Missing`] without Xvfb (a reason to skip).
pub fn screen() -> Result<Xvfb> {
    let (width, height) = SCREEN;
    match Xvfb::start(width, height)?.with_window_manager() {
        Err(Error::Missing(_)) => Xvfb::start(width, height),
        other => other,
    }
}

/// What the app is told on such a screen, so that nothing of the machine's desktop plays a part: neither its
/// notifications nor its language.
#[must_use]
pub fn screen_env(screen: &Xvfb) -> Vec<(String, String)> {
    let own = [("DBUS_SESSION_BUS_ADDRESS", "disabled:"), ("LANG", "C.UTF-8")];
    let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
    screen.env().into_iter().chain(own).collect()
}

/// Which window of the app it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Main,
    /// The small one of an incoming call.
    Small,
}

/// A running app and its window. Both end with this value.
#[derive(Debug)]
pub struct Window {
    options: WindowOptions,
    session: Session,
    /// The app's first window, on which everything is done that is not said to be elsewhere.
    main: WindowHandle,
    driver: Group,
}

impl Window {
    /// Starts the app and waits for its page.
    ///
    /// # Errors
    /// [`Error::Missing`] without WebKitWebDriver (a reason to skip); when the app does not start, or was built without
    /// its pages, with the end of the log.
    pub fn open(options: WindowOptions) -> Result<Self> {
        if !options.binary.is_file() {
            return Err(Error::Unexpected(format!("{} was not built", options.binary.display())));
        }
        let [port] = free_ports()?;
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).arg("--host=127.0.0.1");
        command.envs([("TAURI_AUTOMATION", "true"), ("TAURI_WEBVIEW_AUTOMATION", "true"), ("NO_AT_BRIDGE", "1")]);
        command.env("CONFAB_DATA_DIR", &options.data).envs(options.env.iter().map(|(name, value)| (name, value)));
        let mut driver = Group::spawn(&mut command, &options.log)?;
        driver.wait_ready("WebKitWebDriver", READY, || webdriver::is_ready(port))?;
        let binary = options.binary.to_string_lossy();
        let session = Session::start(port, &binary, &[], SCRIPT)
            .map_err(|e| Error::Unexpected(format!("{}: {e}\n{}", options.name, tail(&options.log))))?;
        let main = session.window()?;
        let window = Self { options, session, main, driver };
        window.wait_for("#app > *")?;
        Ok(window)
    }

    /// Ends the app in order, as closing the window does, and starts it again with the same options.
    ///
    /// # Errors
    /// As [`Window::open`].
    pub fn restart(self) -> Result<Self> {
        let options = self.options.clone();
        self.close();
        Self::open(options)
    }

    /// Ends the app in order (SIGTERM: it hangs up and signs off), then everything of it.
    pub fn close(mut self) {
        for pid in children(self.driver.id()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let id = self.driver.id();
        let _ = confab_testkit::process::wait_until(FAREWELL, || children(id).is_empty());
        self.driver.kill();
    }

    /// Has the app ended (its window was closed, it crashed)?
    #[must_use]
    pub fn is_over(&self) -> bool {
        children(self.driver.id()).is_empty()
    }

    /// What this window is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// How it was started.
    #[must_use]
    pub fn options(&self) -> &WindowOptions {
        &self.options
    }

    fn env(&self, name: &str) -> Option<&str> {
        self.options.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Places the window on its screen.
    ///
    /// # Errors
    /// The driver refuses.
    pub fn place(&self, at: (i32, i32), size: (u32, u32)) -> Result<()> {
        self.session.set_rect(at, size)
    }

    /// Writes a PNG of the screen that the window is on.
    ///
    /// # Errors
    /// As [`confab_testkit::display::screenshot`].
    pub fn screenshot(&self, png: &Path) -> Result<()> {
        let display = self.env("DISPLAY").map(|display| ("DISPLAY".to_owned(), display.to_owned()));
        screenshot(display, png)
    }

    /// Puts the main window out of sight. It comes back when the app raises it.
    ///
    /// # Errors
    /// There is no window manager that could.
    pub fn minimize(&self) -> Result<()> {
        self.session.minimize()
    }

    /// Does something in the first window that shows an element: the main one, else another of the app. `None` when none
    /// shows it. Afterwards the main window is the current one again.
    fn in_any<T>(&self, selector: &str, act: impl Fn(&Self) -> Result<T>) -> Result<Option<(T, Place)>> {
        if self.shows(selector)? {
            return Ok(Some((act(self)?, Place::Main)));
        }
        for handle in self.session.windows()?.into_iter().filter(|handle| *handle != self.main) {
            match self.session.switch_to(&handle)? {
                Ok(_) => {}
                Err(refused) if refused.is_without_window() => continue,
                Err(refused) => return Err(refused.into()),
            }
            let done = self.shows(selector).and_then(|shown| shown.then(|| act(self)).transpose());
            self.session.switch_to(&self.main)??;
            if let Some(done) = done? {
                return Ok(Some((done, Place::Small)));
            }
        }
        Ok(None)
    }

    /// Looks until `look` finds what it wants.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after [`PATIENCE`], with what was on the page; whatever `look` fails with.
    pub fn until<T>(&self, what: &str, mut look: impl FnMut(&Self) -> Result<Option<T>>) -> Result<T> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            if Instant::now() >= end {
                let text = self.run("return document.body.innerText", &[]);
                let shown = text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default();
                let output = format!("on the page:\n{shown}\nlog:\n{}", tail(&self.options.log));
                let what = format!("{}: {what}", self.options.name);
                return Err(Error::TimedOut { what, seconds: PATIENCE.as_secs(), output });
            }
            thread::sleep(LOOK);
        }
    }

    /// The first element that is displayed.
    fn displayed(&self, selector: &str) -> Result<Option<Element>> {
        for element in self.session.find(selector)? {
            match self.session.is_displayed(&element)? {
                Ok(Value::Bool(true)) => return Ok(Some(element)),
                Ok(_) => {}
                Err(refused) if refused.is_passing() => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Ok(None)
    }

    /// Waits until an element can be seen.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_for(&self, selector: &str) -> Result<()> {
        self.until(selector, |window| Ok(window.displayed(selector)?.map(drop)))
    }

    /// Waits until no such element is left.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_gone(&self, selector: &str) -> Result<()> {
        self.until(&format!("no {selector}"), |window| Ok(window.session.find(selector)?.is_empty().then_some(())))
    }

    /// Can such an element be seen now?
    ///
    /// # Errors
    /// The driver does not answer.
    pub fn shows(&self, selector: &str) -> Result<bool> {
        Ok(self.displayed(selector)?.is_some())
    }

    /// Presses an element as soon as it can be pressed.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn click(&self, selector: &str) -> Result<()> {
        self.act(&format!("a press on {selector}"), selector, |session, element| session.click(element))
    }

    /// Moves the pointer a little over the middle of an element.
    ///
    /// # Errors
    /// There is no such element.
    pub fn point_at(&self, selector: &str) -> Result<()> {
        let script = "const box = document.querySelector(arguments[0])?.getBoundingClientRect();
            return box ? [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)] : null;";
        let middle = self.wait_script(selector, script, &[selector.into()])?;
        let (x, y) = (middle[0].as_i64().unwrap_or_default(), middle[1].as_i64().unwrap_or_default());
        self.session.move_pointer(&[(x - 9, y - 9), (x, y)])
    }

    /// Types into an element, after what is there.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn keys(&self, selector: &str, text: &str) -> Result<()> {
        self.act(&format!("typing into {selector}"), selector, |session, element| session.keys(element, text))
    }

    /// Types into an element instead of what is there.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn fill(&self, selector: &str, text: &str) -> Result<()> {
        self.act(&format!("emptying {selector}"), selector, |session, element| session.clear(element))?;
        self.keys(selector, text)
    }

    /// Presses keys as a keyboard does, on the screen that the window is on, so that input methods see them: names as
    /// `xdotool` knows them, such as `ctrl+shift+u`. They go to whatever has the focus in the main window.
    ///
    /// # Errors
    /// `xdotool` is not installed, or fails.
    pub fn press_keys(&self, keys: &[&str]) -> Result<()> {
        let xdotool = |arguments: &[&str]| {
            let mut command = Command::new("xdotool");
            command.args(arguments).envs(self.env("DISPLAY").map(|display| ("DISPLAY", display)));
            run(&mut command).map(drop)
        };
        // Two commands: keys to a window that was searched for are made up, and no input method sees them.
        xdotool(&["search", "--onlyvisible", "--name", "^Confab$", "windowactivate", "--sync"])?;
        xdotool(&[&["key", "--delay", "40"], keys].concat())
    }

    fn act(
        &self,
        what: &str,
        selector: &str,
        act: impl Fn(&Session, &Element) -> Result<std::result::Result<Value, webdriver::Refused>>,
    ) -> Result<()> {
        self.until(what, |window| {
            let Some(element) = window.displayed(selector)? else { return Ok(None) };
            match act(&window.session, &element)? {
                Ok(_) => Ok(Some(())),
                Err(refused) if refused.is_passing() => Ok(None),
                Err(refused) => Err(Error::Unexpected(format!("{what}: {}", Error::from(refused)))),
            }
        })
    }

    /// One try to press an element of the current window, which may close by that.
    fn press(&self, selector: &str) -> Result<Option<()>> {
        let Some(element) = self.displayed(selector)? else { return Ok(None) };
        match self.session.click(&element)? {
            Ok(_) => Ok(Some(())),
            Err(refused) if refused.is_without_window() => Ok(Some(())),
            Err(refused) if refused.is_passing() => Ok(None),
            Err(refused) => Err(refused.into()),
        }
    }

    /// What the first such element says; `None` when there is none.
    ///
    /// # Errors
    /// The driver does not answer.
    pub fn text(&self, selector: &str) -> Result<Option<String>> {
        let text = self.run("return document.querySelector(arguments[0])?.innerText ?? null", &[selector.into()])?;
        Ok(text.as_str().map(str::to_owned))
    }

    /// Waits until the first such element says something with this in it, and returns all of it.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_text(&self, selector: &str, part: &str) -> Result<String> {
        let what = format!("{part:?} in {selector}");
        self.until(&what, |window| Ok(window.text(selector)?.filter(|text| text.contains(part))))
    }

    /// Waits until a script (the body of a function) returns something else than nothing, `false` or `null`.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_script(&self, what: &str, script: &str, arguments: &[Value]) -> Result<Value> {
        self.until(what, |window| {
            let value = window.run(script, arguments)?;
            Ok((!value.is_null() && value != Value::Bool(false)).then_some(value))
        })
    }

    /// Runs the body of a function in the page.
    ///
    /// # Errors
    /// It threw, or the driver does not answer.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.session.run(script, arguments)
    }

    /// Runs the body of a function that calls its last argument with its result.
    ///
    /// # Errors
    /// As [`Window::run`], and when it does not call it within 50 s.
    pub fn run_async(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.session.run_async(script, arguments)
    }
}

/// A press goes to what is seen; this is for what a test wants to know and no screen shows.
impl Window {
    /// Asks the core through the page's own bridge: a command by name with its arguments.
    ///
    /// # Errors
    /// The command failed: its error as JSON.
    pub fn ask(&self, command: &str, arguments: Value) -> Result<Value> {
        let script = "const [command, args, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, args)
              .then((value) => done({ value: value ?? null }), (error) => done({ error }));";
        let mut answer = self.run_async(script, &[command.into(), arguments])?;
        match answer.get("error") {
            None => Ok(answer["value"].take()),
            Some(error) => Err(Error::Unexpected(format!("{}: {command}: {error}", self.options.name))),
        }
    }
}

/// Is everything there that windows without a person need? Otherwise the name of what is missing.
#[must_use]
pub fn missing_program() -> Option<&'static str> {
    ["WebKitWebDriver", "Xvfb"].into_iter().find(|program| !is_installed(program))
}

/// The processes that this one started and that still run (the fourth field of `/proc/PID/stat`, after the name in
/// brackets, is the parent; the third is Z for those that have ended).
fn children(parent: u32) -> Vec<rustix::process::Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is_child = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        fields.next().is_some_and(|state| state != "Z") && fields.next().is_some_and(|id| id == parent.to_string())
    };
    numbers.filter(is_child).filter_map(rustix::process::Pid::from_raw).collect()
}
