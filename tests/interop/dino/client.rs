//! Dino at a desk of its own, in a namespace.
//!
//! Owns: the process, its profile and its desk. In: an account, what a person at the desk does. Out: its stanzas, its
//! records (`dino.db`), what it shows and plays. Its actions go through the interfaces that it exports to the session bus
//! and to screen readers, typing through the keyboard.
//! Does not: change Dino or the machine. Its trust is the system's list of authorities: it sees another file in place of
//! that list, in a mount namespace of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use confab_testkit::{
    Error, Result, barcode,
    netns::Namespace,
    process::{Group, is_installed, run, tail},
};
use sqlx::{
    ConnectOptions as _, Connection as _, Row as _,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use zbus::zvariant::Value;

use super::{
    desk::{Desk, Element},
    stanzas::{Stanzas, Way},
};

/// Its name on the bus.
const NAME: &str = "im.dino.Dino";
const PROGRAM: &str = "dino-im";
/// GnuTLS on Debian reads this file and no other.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";
/// How long anything may take before the test fails. A start takes 2 s on an idle machine.
const LIMIT: Duration = Duration::from_secs(30);
/// How often the bus, the screen and the records are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Dino's word for the end of a call (`Call.State`), as it stands in its records. They have no word for calls that are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Declined = 5,
    Missed = 6,
}

/// Where things are on the screen, pixels: the last message but one, in a chat with short ones; the button for files.
const LAST_BUT_ONE: i32 = 690;
const ATTACH: (i32, i32) = (378, 792);
/// Buttons with nothing but a picture that are there all the time.
const PICTURE_BUTTONS: usize = 4;

/// A chat in a room (`Conversation.Type.GROUPCHAT`) that is open.
const IN_ROOM: &str = "SELECT c.id FROM conversation c JOIN jid j ON j.id = c.jid_id WHERE j.bare_jid = ?1 AND c.type = 1 AND c.active = 1";

/// `Encryption.DTLS_SRTP` in Dino's records: it is known when the call's media is connected.
const DTLS_SRTP: i32 = 3;

/// A call in Dino's records.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    id: i32,
    conversation: i32,
    pub is_outgoing: bool,
}

/// A running Dino, signed in. It ends with this value.
#[derive(Debug)]
pub struct Dino {
    // Before the desk: it would complain when its screen vanishes.
    group: Group,
    pub desk: Desk,
    pub jid: String,
    pub stanzas: Stanzas,
    newest_call: i32,
    home: PathBuf,
}

/// The version of the package, for reports.
///
/// # Errors
/// It is not a package of this system.
pub fn version() -> Result<String> {
    run(Command::new("dpkg-query").args(["-W", "-f", "Dino ${Version}", PROGRAM]))
}

/// Where and how it runs.
#[derive(Debug)]
pub struct Place<'a> {
    pub namespace: &'a Namespace,
    /// Profile and logs.
    pub folder: &'a Path,
    /// Certificates (PEM) to trust.
    pub authorities: &'a Path,
}

impl Dino {
    /// Is it installed?
    pub fn is_installed() -> bool {
        is_installed(PROGRAM)
    }

    /// Starts Dino with a new profile and signs in; the server must be at port 5222 of the address's domain, as seen from
    /// the namespace.
    ///
    /// # Errors
    /// [`Error::Missing`] for what is not installed.
    pub async fn sign_in(place: &Place<'_>, desk: Desk, jid: &str, password: &str) -> Result<Self> {
        let home = place.folder.join("home");
        fs::create_dir_all(&home).map_err(unexpected)?;
        let log = place.folder.join("dino.log");
        // A first start makes the tables.
        let mut group = start(place, &desk, &home, &place.folder.join("dino-first.log"))?;
        until_there(&mut group, &desk).await?;
        let database = home.join("data/dino/dino.db");
        desk.activate(NAME, "quit", None).await?;
        group.wait_exit(LIMIT)?;
        add_account(&database, jid, password).await?;
        let group = start(place, &desk, &home, &log)?;
        let mut dino = Self { group, desk, jid: jid.to_owned(), stanzas: Stanzas::new(log), newest_call: 0, home };
        until_there(&mut dino.group, &dino.desk).await?;
        // What the server sends after its resource is bound.
        dino.stanzas.since(0, Way::In, &["jabber:iq:roster"]).await;
        Ok(dino)
    }

    fn database(&self) -> PathBuf {
        self.home.join("data/dino/dino.db")
    }

    /// Shows the chat with somebody.
    pub async fn open_chat(&self, with: &str) {
        self.desk.open(NAME, &format!("xmpp:{with}?message")).await.expect("Dino opens a chat");
    }

    /// Takes a request for presence, as the button in the chat does.
    pub async fn accept_contact(&self, from: &str) {
        let number = self.conversation(from).await;
        self.desk.activate(NAME, "accept-subscription", Some(Value::from(number))).await.expect("Dino accepts");
    }

    /// Answers a call, as the button of the notification does.
    pub async fn accept_call(&self, call: Call) {
        let which = Value::from((call.conversation, call.id));
        self.desk.activate(NAME, "accept-call", Some(which)).await.expect("Dino answers");
    }

    /// Declines a call, as the button of the notification does.
    pub async fn reject_call(&self, call: Call) {
        let which = Value::from((call.conversation, call.id));
        self.desk.activate(NAME, "reject-call", Some(which)).await.expect("Dino declines");
    }

    /// The number of the conversation with somebody, once there is one.
    pub async fn conversation(&self, with: &str) -> i32 {
        let query = "SELECT c.id FROM conversation c JOIN jid j ON j.id = c.jid_id WHERE j.bare_jid = ?1";
        self.look(&format!("a conversation with {with}"), query, with, |row| Some(row.get(0))).await
    }

    /// The next call with somebody that was not yet asked for.
    pub async fn next_call(&mut self, with: &str) -> Call {
        let query = "SELECT c.id, v.id, c.direction FROM call c JOIN jid j ON j.id = c.counterpart_id \
                     JOIN conversation v ON v.jid_id = j.id WHERE j.bare_jid = ?1 ORDER BY c.id DESC LIMIT 1";
        let newest = self.newest_call;
        let wanted = |row: &SqliteRow| {
            let call = Call { id: row.get(0), conversation: row.get(1), is_outgoing: row.get(2) };
            (call.id > newest).then_some(call)
        };
        let call = self.look("a new call", query, with, wanted).await;
        self.newest_call = call.id;
        call
    }

    /// The call's media is connected and encrypted.
    pub async fn is_connected(&self, call: Call) {
        let query = "SELECT encryption FROM call WHERE id = ?1";
        let wanted = |row: &SqliteRow| (row.get::<i32, _>(0) == DTLS_SRTP).then_some(());
        self.look("a connected call", query, &call.id.to_string(), wanted).await;
    }

    /// The call ended like this, without having been connected.
    pub async fn ended(&self, call: Call, outcome: Outcome) {
        let query = "SELECT state FROM call WHERE id = ?1";
        let wanted = |row: &SqliteRow| (row.get::<i32, _>(0) == outcome as i32).then_some(());
        self.look(&format!("a call {outcome:?}"), query, &call.id.to_string(), wanted).await;
    }

    /// The `marked` column (0 none, 1 received, 2 read, 3 acknowledged, 6 sending, 7 sent) of Dino's message with this text.
    pub async fn message_is_marked(&self, body: &str, marked: i64) {
        let query = "SELECT marked FROM message WHERE body = ?1 ORDER BY id DESC LIMIT 1";
        let wanted = |row: &SqliteRow| (row.get::<i64, _>(0) == marked).then_some(());
        self.look(&format!("{body:?} marked {marked}"), query, body, wanted).await;
    }

    pub(super) async fn look<T>(
        &self,
        what: &str,
        query: &'static str,
        key: &str,
        wanted: impl Fn(&SqliteRow) -> Option<T>,
    ) -> T {
        let options = SqliteConnectOptions::new().filename(self.database()).read_only(true);
        let mut records = options.connect().await.expect("Dino's records");
        let found = async {
            loop {
                let row = sqlx::query(query).bind(key.to_owned()).fetch_optional(&mut records).await;
                if let Some(found) = row.expect("Dino's tables").as_ref().and_then(&wanted) {
                    return found;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match tokio::time::timeout(LIMIT, found).await {
            Ok(found) => found,
            Err(_) => panic!("Dino's records do not have {what}\n{}", self.report().await),
        }
    }

    /// Waits until a text is on the screen.
    pub async fn shows(&self, text: &str) {
        let found = async {
            while !self.desk.elements().await.expect("the accessibility bus").iter().any(|element| element.name == text)
            {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(LIMIT, found).await.is_err() {
            panic!("Dino does not show {text:?}\n{}", self.report().await);
        }
    }

    /// Does what a button or menu offers under this name, once there is one.
    async fn press(&self, action: &str) {
        let pressed = async {
            loop {
                for element in self.desk.elements().await.expect("the accessibility bus") {
                    if element.role == "button" && self.try_press(&element, action).await {
                        return;
                    }
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(LIMIT, pressed).await.is_err() {
            panic!("Dino does not offer {action:?}\n{}", self.report().await);
        }
    }

    async fn try_press(&self, element: &Element, action: &str) -> bool {
        let offered = self.desk.actions(element).await.unwrap_or_default();
        let Some(number) = offered.iter().position(|name| name == action) else { return false };
        self.desk.act(element, number as i32).await.is_ok()
    }

    /// Dino has fetched a file of this name and content.
    pub async fn has_file(&self, name: &str, content: &[u8]) {
        let query = "SELECT path FROM file_transfer WHERE file_name = ?1 AND direction = 0 AND path IS NOT NULL \
                     ORDER BY id DESC LIMIT 1";
        let files = self.home.join("data/dino/files");
        let fetched = |row: &SqliteRow| {
            let bytes = fs::read(files.join(row.get::<String, _>(0))).ok()?;
            (bytes == content).then_some(())
        };
        self.look(&format!("{name} of {} octets", content.len()), query, name, fetched).await;
    }

    /// Enters a room, as the link and the dialog after it do; a room that is not there is made.
    pub async fn joins(&self, room: &str) {
        self.desk.open(NAME, &format!("xmpp:{room}?join")).await.expect("Dino opens a dialog");
        let clicked = async {
            loop {
                let buttons = self.buttons().await;
                let join = buttons.iter().find(|button| button.name.starts_with("Join"));
                if let Some(join) = join
                    && self.desk.act(join, 0).await.is_ok()
                {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(LIMIT, clicked).await.is_err() {
            panic!("Dino does not offer to join\n{}", self.report().await);
        }
        self.look(&format!("a chat in {room}"), IN_ROOM, room, |_| Some(())).await;
    }

    /// What can be clicked now.
    pub async fn buttons(&self) -> Vec<Element> {
        let mut buttons = Vec::new();
        for element in self.desk.elements().await.expect("the accessibility bus") {
            let offered = self.desk.actions(&element).await.unwrap_or_default();
            if element.role == "button" && offered.iter().any(|action| action == "Click") {
                buttons.push(element);
            }
        }
        buttons
    }

    /// Clicks the button of this number among those that are new since `before`, once it is there. Buttons have no names.
    pub async fn clicks_new(&self, before: &[Element], number: usize) {
        let clicked = async {
            loop {
                let now = self.buttons().await;
                let new = now.iter().filter(|button| before.iter().all(|known| known.path != button.path));
                if let Some(button) = new.into_iter().nth(number)
                    && self.desk.act(button, 0).await.is_ok()
                {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(LIMIT, clicked).await.is_err() {
            panic!("Dino has no new button {number}\n{}", self.report().await);
        }
    }

    /// Answers the last message but one, which says this: the pointer over it brings up what can be done with it.
    pub async fn begins_answer(&self, to: &str) {
        let answered = async {
            for x in (700..).step_by(2) {
                // It has to move over the message.
                self.desk.point(x, LAST_BUT_ONE).expect("the pointer");
                tokio::time::sleep(LOOK).await;
                let buttons = self.buttons().await;
                let pictures = buttons.iter().filter(|button| button.name == "GtkImage").skip(PICTURE_BUTTONS);
                for button in pictures {
                    if self.desk.act(button, 0).await.is_ok() && self.quotes(to).await {
                        return;
                    }
                    // What opened instead is closed.
                    self.desk.key("Escape").expect("a key");
                }
            }
        };
        if tokio::time::timeout(LIMIT, answered).await.is_err() {
            panic!("Dino does not offer to answer\n{}", self.report().await);
        }
    }

    /// Whether a text gets to be on the screen twice: as a message, and above the field for an answer to it.
    async fn quotes(&self, text: &str) -> bool {
        for _ in 0..10 {
            let elements = self.desk.elements().await.expect("the accessibility bus");
            if elements.iter().filter(|element| element.name == text).count() > 1 {
                return true;
            }
            tokio::time::sleep(LOOK).await;
        }
        false
    }

    /// Sends a file of its machine: the dialog takes a path, the next question a yes.
    pub async fn sends_file(&self, path: &Path) {
        let (x, y) = ATTACH;
        self.desk.point(x, y).expect("the pointer");
        let before = self.desk.elements().await.expect("the accessibility bus").len();
        self.desk.click().expect("a click");
        let opened = async {
            while self.desk.elements().await.expect("the accessibility bus").len() <= before {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(LIMIT, opened).await.expect("a dialog for files");
        self.types(&path.display().to_string());
        self.sends();
        self.shows("Send").await;
        self.sends();
    }

    /// Calls who the open chat is with, as the menu of the telephone button does.
    pub async fn place_call(&self, media: &str) {
        self.press(&format!("call.{media}")).await;
    }

    /// Writes into the open chat, without sending.
    pub fn types(&self, text: &str) {
        self.desk.types(text).expect("typing");
    }

    /// Sends what was typed.
    pub fn sends(&self) {
        self.desk.key("Return").expect("a key");
    }

    /// Closes the window that has the focus. That of a call hangs up.
    pub fn closes_window(&self) {
        self.desk.key("alt+F4").expect("a key");
    }

    /// The agent's picture clock is in the window of the call, at the upper left of the screen, and reads differently from
    /// time to time. Returns how old the picture is, ms.
    pub async fn sees(&self) -> u32 {
        let file = self.home.with_file_name("picture.png");
        let seen = async {
            let mut first = None;
            loop {
                self.desk.screen.screenshot(&file).expect("a screenshot");
                let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u32;
                match (picture_clock(&file), first) {
                    (Some(clock), None) => first = Some(clock),
                    (Some(clock), Some(first)) if clock != first => return now.wrapping_sub(clock),
                    _ => {}
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match tokio::time::timeout(LIMIT, seen).await {
            Ok(age) => age,
            Err(_) => panic!("Dino shows no moving picture: {}", file.display()),
        }
    }

    /// What is on the screen, for the report of a failure.
    pub async fn report(&self) -> String {
        let elements = self.desk.elements().await.unwrap_or_default();
        let mut shown = String::new();
        for element in &elements {
            let actions = self.desk.actions(element).await.unwrap_or_default();
            shown += &format!("{} {:?} {actions:?}\n", element.role, element.name);
        }
        format!("--- Dino's screen\n{shown}")
    }
}

impl Drop for Dino {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let screen = self.home.with_file_name("screen.png");
            let _ = self.desk.screen.screenshot(&screen);
            eprintln!("=== {} ({})\n{}", self.jid, screen.display(), self.stanzas.report());
            eprintln!("--- the end of its log\n{}", tail(self.group.log()));
        }
    }
}

/// The picture clock in a window whose upper left corner is that of the screen: whatever the window adds around it and
/// however it scales it, a wrong reading is not to be feared (2⁻³⁶).
fn picture_clock(file: &Path) -> Option<u32> {
    let screen = image::open(file).ok()?.to_luma8();
    let (stride, rows) = (screen.width() as usize, screen.height() as usize);
    // Dino fits its window to the picture: 640 pixels and a tenth more.
    let sizes = (640..=720).step_by(4).map(|width| (width, width * 9 / 16));
    let corners = (0..=16).step_by(2).flat_map(|x| (0..=8).step_by(2).map(move |y| (x, y)));
    let places = sizes.flat_map(|size| corners.clone().map(move |corner| (size, corner)));
    let fits = places.filter(|((width, height), (x, y))| x + width <= stride && y + height <= rows);
    fits.into_iter().find_map(|((width, height), (x, y))| {
        barcode::read(screen.as_raw().get(y * stride + x..)?, stride, width, height)
    })
}

fn start(place: &Place<'_>, desk: &Desk, home: &Path, log: &Path) -> Result<Group> {
    let mut command = place.namespace.command("unshare");
    let script = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
    command.args(["--mount", "--", "sh", "-c", script, "dino"]).arg(place.authorities).arg(AUTHORITIES);
    command.args([PROGRAM, "--print-xmpp=no-ansi;all"]);
    command.envs(desk.env(home)).env("G_MESSAGES_DEBUG", std::env::var("CONFAB_DINO_DEBUG").unwrap_or_default());
    Group::spawn(&mut command, log)
}

/// Waits until it has its name on the bus.
async fn until_there(group: &mut Group, desk: &Desk) -> Result<()> {
    let there = async {
        while !desk.is_there(NAME).await {
            if let Some(status) = group.exited() {
                return Err(Error::Unexpected(format!("Dino ended, {status}\n{}", tail(group.log()))));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    };
    tokio::time::timeout(LIMIT, there).await.map_err(|_| Error::Unexpected("Dino is not on the bus".to_owned()))?
}

async fn add_account(database: &Path, jid: &str, password: &str) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(database);
    let mut records = options.connect().await.map_err(unexpected)?;
    let insert =
        "INSERT INTO account (bare_jid, resourcepart, password, alias, enabled) VALUES (?1, 'dino', ?2, NULL, 1)";
    sqlx::query(insert)
        .bind(jid.to_owned())
        .bind(password.to_owned())
        .execute(&mut records)
        .await
        .map_err(unexpected)?;
    records.close().await.map_err(unexpected)
}

fn unexpected(error: impl std::fmt::Display) -> Error {
    Error::Unexpected(error.to_string())
}
