//! A desk for one desktop program: a screen, a session bus, sound, and what is on the screen as a screen reader has it.
//!
//! Owns: Xvfb with openbox, a private D-Bus daemon that starts nothing but the accessibility bus, PulseAudio. In: the
//! names of buttons, keys. Out: the environment for programs, the texts on the screen. Does not: know Dino.

use std::{
    collections::{HashMap, VecDeque},
    fs,
    path::Path,
    process::Command,
};

use confab_testkit::{
    Error, Result,
    bus::SessionBus,
    display::Xvfb,
    process::{is_installed, run},
    pulse::PulseServer,
};
use zbus::{
    Connection, connection,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

/// What must be there besides what [`Xvfb`], [`PulseServer`] and [`SessionBus`] name themselves.
const PROGRAMS: [&str; 2] = ["openbox", "xdotool"];
/// Where at-spi2-core says how the accessibility bus is started.
const ACCESSIBILITY: &str = "/usr/share/dbus-1/services/org.a11y.Bus.service";
/// Elements of one program that are looked at; Dino has some hundreds.
const ELEMENTS: usize = 5_000;

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const ACTION: &str = "org.a11y.atspi.Action";

/// See the module's description. The parts end with this value.
#[derive(Debug)]
pub struct Desk {
    pub screen: Xvfb,
    pub sound: PulseServer,
    pub session: Connection,
    accessibility: Connection,
    bus: SessionBus,
    // The address of a socket may have 107 bytes: not a folder below target/.
    folder: tempfile::TempDir,
}

/// One thing on the screen.
#[derive(Debug, Clone)]
pub struct Element {
    program: String,
    pub path: OwnedObjectPath,
    /// In AT-SPI's words, for example "push button".
    pub role: String,
    /// What a screen reader says; GTK says the type of a widget that has no text.
    pub name: String,
}

impl Desk {
    /// Sets one up.
    ///
    /// # Errors
    /// [`Error::Missing`] names what is not installed.
    pub async fn new() -> Result<Self> {
        if let Some(missing) = PROGRAMS.into_iter().find(|program| !is_installed(program)) {
            return Err(Error::Missing(missing.to_owned()));
        }
        if !Path::new(ACCESSIBILITY).exists() {
            return Err(Error::Missing("at-spi2-core".to_owned()));
        }
        let screen = Xvfb::start(1280, 960)?.with_window_manager()?;
        let sound = PulseServer::start()?;
        let folder = tempfile::Builder::new().prefix("confab-desk").tempdir().map_err(unexpected)?;
        let bus = start_bus(folder.path(), &screen)?;
        let session = connect(bus.address()).await?;
        let reply = session.call_method(Some("org.a11y.Bus"), "/org/a11y/bus", Some("org.a11y.Bus"), "GetAddress", &());
        let at: String = reply.await.map_err(unexpected)?.body().deserialize().map_err(unexpected)?;
        let accessibility = connect(&at).await?;
        Ok(Self { screen, sound, session, accessibility, bus, folder })
    }

    /// Environment for a program at this desk that keeps its files in `home`.
    pub fn env(&self, home: &Path) -> Vec<(String, String)> {
        let mut env = self.screen.env();
        env.extend(self.sound.env());
        env.extend(private(home, self.folder.path()));
        env.push(("DBUS_SESSION_BUS_ADDRESS".into(), self.bus.address().to_owned()));
        env
    }

    /// Everything on the screen of the programs that speak AT-SPI, in breadth first order.
    ///
    /// # Errors
    /// The bus is gone. Elements that vanish meanwhile are left out.
    pub async fn elements(&self) -> Result<Vec<Element>> {
        let root = "/org/a11y/atspi/accessible/root";
        let mut waiting: VecDeque<(String, OwnedObjectPath)> =
            self.children("org.a11y.atspi.Registry", root).await?.into();
        let mut found = Vec::new();
        while let Some((program, path)) = waiting.pop_front() {
            if found.len() >= ELEMENTS {
                break;
            }
            let Ok(element) = self.element(&program, &path).await else { continue };
            found.push(element);
            waiting.extend(self.children(&program, path.as_str()).await.unwrap_or_default());
        }
        Ok(found)
    }

    async fn children(&self, program: &str, path: &str) -> Result<Vec<(String, OwnedObjectPath)>> {
        let reply = self.accessibility.call_method(Some(program), path, Some(ACCESSIBLE), "GetChildren", &());
        reply.await.map_err(unexpected)?.body().deserialize().map_err(unexpected)
    }

    async fn element(&self, program: &str, path: &OwnedObjectPath) -> Result<Element> {
        let ask = async |method: &str| {
            self.accessibility
                .call_method(Some(program), path.as_str(), Some(ACCESSIBLE), method, &())
                .await
                .map_err(unexpected)
        };
        let role: String = ask("GetRoleName").await?.body().deserialize().map_err(unexpected)?;
        let properties = Some("org.freedesktop.DBus.Properties");
        let name =
            self.accessibility.call_method(Some(program), path.as_str(), properties, "Get", &(ACCESSIBLE, "Name"));
        let name: OwnedValue = name.await.map_err(unexpected)?.body().deserialize().map_err(unexpected)?;
        let name = String::try_from(name).unwrap_or_default();
        Ok(Element { program: program.to_owned(), path: path.clone(), role, name })
    }

    /// The names of what can be done with an element, in the order of [`Desk::act`].
    ///
    /// # Errors
    /// Nothing can be done with it, or it is gone.
    pub async fn actions(&self, element: &Element) -> Result<Vec<String>> {
        let (program, path) = (element.program.as_str(), element.path.as_str());
        let reply = self.accessibility.call_method(Some(program), path, Some(ACTION), "GetActions", &()).await;
        let actions: Vec<(String, String, String)> =
            reply.map_err(unexpected)?.body().deserialize().map_err(unexpected)?;
        Ok(actions.into_iter().map(|(name, ..)| name).collect())
    }

    /// Does one of [`Desk::actions`].
    ///
    /// # Errors
    /// It cannot be done.
    pub async fn act(&self, element: &Element, number: i32) -> Result<()> {
        let (program, path) = (element.program.as_str(), element.path.as_str());
        let reply = self.accessibility.call_method(Some(program), path, Some(ACTION), "DoAction", &(number,)).await;
        let done: bool = reply.map_err(unexpected)?.body().deserialize().map_err(unexpected)?;
        if done { Ok(()) } else { Err(Error::Unexpected(format!("{element:?} refuses"))) }
    }

    /// Types into the window that has the focus.
    ///
    /// # Errors
    /// xdotool fails.
    pub fn types(&self, text: &str) -> Result<()> {
        run(Command::new("xdotool").envs(self.screen.env()).args(["type", "--delay", "20", "--", text])).map(drop)
    }

    /// Presses a key, for example "Return" or "alt+F4".
    ///
    /// # Errors
    /// xdotool fails.
    pub fn key(&self, key: &str) -> Result<()> {
        run(Command::new("xdotool").envs(self.screen.env()).args(["key", "--clearmodifiers", key])).map(drop)
    }

    /// Moves the pointer to a place on the screen, pixels from its upper left corner.
    ///
    /// # Errors
    /// xdotool fails.
    pub fn point(&self, x: i32, y: i32) -> Result<()> {
        let (x, y) = (x.to_string(), y.to_string());
        run(Command::new("xdotool").envs(self.screen.env()).args(["mousemove", "--sync", &x, &y])).map(drop)
    }

    /// Presses the left button of the mouse.
    ///
    /// # Errors
    /// xdotool fails.
    pub fn click(&self) -> Result<()> {
        run(Command::new("xdotool").envs(self.screen.env()).args(["click", "1"])).map(drop)
    }

    /// Activates an action that a program exports as `GApplication` does.
    ///
    /// # Errors
    /// Nobody has that name on the bus.
    pub async fn activate(&self, program: &str, action: &str, parameter: Option<Value<'_>>) -> Result<()> {
        let parameters: Vec<Value<'_>> = parameter.into_iter().collect();
        let body = (action, parameters, HashMap::<&str, Value<'_>>::new());
        let path = format!("/{}", program.replace('.', "/"));
        let done = self.session.call_method(Some(program), path.as_str(), Some("org.gtk.Actions"), "Activate", &body);
        done.await.map(drop).map_err(unexpected)
    }

    /// Opens an address in a program.
    ///
    /// # Errors
    /// Nobody has that name on the bus.
    pub async fn open(&self, program: &str, uri: &str) -> Result<()> {
        let body = (vec![uri], HashMap::<&str, Value<'_>>::new());
        let path = format!("/{}", program.replace('.', "/"));
        let interface = Some("org.freedesktop.Application");
        let done = self.session.call_method(Some(program), path.as_str(), interface, "Open", &body);
        done.await.map(drop).map_err(unexpected)
    }

    /// Has somebody this name on the session bus?
    pub async fn is_there(&self, program: &str) -> bool {
        let bus = "org.freedesktop.DBus";
        let body = (program,);
        let reply = self.session.call_method(Some(bus), "/org/freedesktop/DBus", Some(bus), "NameHasOwner", &body);
        reply.await.is_ok_and(|reply| reply.body().deserialize::<bool>().unwrap_or(false))
    }
}

/// Folders of a user that is nobody's.
fn private(home: &Path, runtime: &Path) -> Vec<(String, String)> {
    let home = home.display();
    vec![
        ("HOME".into(), home.to_string()),
        ("XDG_DATA_HOME".into(), format!("{home}/data")),
        ("XDG_CONFIG_HOME".into(), format!("{home}/config")),
        ("XDG_CACHE_HOME".into(), format!("{home}/cache")),
        ("XDG_RUNTIME_DIR".into(), runtime.display().to_string()),
        ("GSETTINGS_BACKEND".into(), "memory".into()),
        ("LANG".into(), "C.UTF-8".into()),
        ("LANGUAGE".into(), "en".into()),
        // Without a graphics card GTK's other ways to the screen are slower or missing.
        ("GSK_RENDERER".into(), "cairo".into()),
    ]
}

/// A session bus that can start the accessibility bus and nothing else: no portals, no keyring, no settings of anybody.
fn start_bus(folder: &Path, screen: &Xvfb) -> Result<SessionBus> {
    let services = folder.join("services");
    fs::create_dir(&services).map_err(unexpected)?;
    fs::copy(ACCESSIBILITY, services.join("org.a11y.Bus.service")).map_err(unexpected)?;
    SessionBus::start(folder, screen.env().into_iter().chain(private(folder, folder)))
}

async fn connect(address: &str) -> Result<Connection> {
    connection::Builder::address(address).map_err(unexpected)?.build().await.map_err(unexpected)
}

fn unexpected(error: impl std::fmt::Display) -> Error {
    Error::Unexpected(error.to_string())
}
