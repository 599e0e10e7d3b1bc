//! The window is closed and the app goes on, where an icon beside the clock brings it back; and a further start shows it too.

use std::process::Command;
use std::time::{Duration, Instant};

use confab_model::MessageId;
use confab_testkit::bus::SessionBus;
use confab_tests::driver::{Agent, AgentOptions};
use confab_windows::{PATIENCE, Server};
use serde_json::{Value, json};
use tokio::{runtime::Runtime, sync::mpsc};
use zbus::{
    Connection, connection,
    names::UniqueName,
    zvariant::{self, OwnedObjectPath, OwnedValue},
};

use super::people::{Person, World};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A panel that shows icons, as far as programs see it.
struct Panel {
    icons: mpsc::UnboundedSender<String>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Panel {
    fn register_status_notifier_item(&self, #[zbus(header)] header: zbus::message::Header<'_>, _service: &str) {
        let of = header.sender().map(UniqueName::to_string).unwrap_or_default();
        self.icons.send(of).unwrap();
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The app's icon, as the panel has it.
struct Icon {
    runtime: Runtime,
    bus: Connection,
    app: String,
}

impl Icon {
    fn property<T: TryFrom<OwnedValue>>(&self, name: &str) -> T {
        let asked = (ITEM, name);
        let get = self.bus.call_method(
            Some(self.app.as_str()),
            "/StatusNotifierItem",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &asked,
        );
        let reply = self.runtime.block_on(get).unwrap();
        let value: OwnedValue = reply.body().deserialize().unwrap();
        T::try_from(value).unwrap_or_else(|_| panic!("{name} is something else"))
    }

    /// What stands when the pointer is over it.
    fn hint(&self) -> String {
        type ToolTip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
        let tip: ToolTip = self.property::<OwnedValue>("ToolTip").try_into().unwrap();
        tip.2
    }

    fn press(&self) {
        let call = self.bus.call_method(
            Some(self.app.as_str()),
            "/StatusNotifierItem",
            Some(ITEM),
            "Activate",
            &(0_i32, 0_i32),
        );
        self.runtime.block_on(call).unwrap();
    }

    /// Presses the last entry of its menu.
    fn quit(&self) {
        let menu: OwnedObjectPath = self.property("Menu");
        let (app, path) = (self.app.as_str(), menu.as_str());
        let asked = (0_i32, -1_i32, Vec::<String>::new());
        let layout = self.bus.call_method(Some(app), path, Some(MENU), "GetLayout", &asked);
        let reply = self.runtime.block_on(layout).unwrap();
        type Layout = (i32, std::collections::HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let (_, (_, _, entries)): (u32, Layout) = reply.body().deserialize().unwrap();
        let last: Layout = entries.into_iter().next_back().unwrap().try_into().unwrap();
        let pressed = (last.0, "clicked", zvariant::Value::from(0_i32), 0_u32);
        let call = self.bus.call_method(Some(app), path, Some(MENU), "Event", &pressed);
        self.runtime.block_on(call).unwrap();
    }
}

/// Waits until the page is on the screen, or no longer.
fn until_shown(person: &Person, shown: bool) {
    let what = if shown { "the window" } else { "no window" };
    let script = "return document.hidden !== arguments[0]";
    person.wait_script(what, script, &[shown.into()]).unwrap();
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Starts the app once more with the same data folder; whether it ended by itself, and well.
fn starts_again(person: &Person, link: Option<&str>) -> bool {
    let options = person.options();
    let mut command = Command::new(&options.binary);
    command
        .args(link)
        .env("CONFAB_DATA_DIR", &options.data)
        .envs(options.env.iter().map(|(name, value)| (name, value)));
    let mut child = command.spawn().unwrap();
    let mut ended = None;
    until("a further start ends", || {
        ended = child.try_wait().unwrap();
        ended.is_some()
    });
    ended.is_some_and(|status| status.success())
}

/// Alice without a window.
async fn asks_carol(world: &World) -> Agent {
    let mut alice = Agent::start(AgentOptions {
        name: "alice".to_owned(),
        folder: world.folder().join("writer"),
        ca_file: Some(world.ca_file()),
        picture: "320x180@10".to_owned(),
        tone: 400,
        namespace: None,
        record: false,
        relay_only: false,
        hosts: None,
        history_days: None,
    })
    .await;
    let Server { host, port } = world.place();
    let server = json!({ "host": host, "port": port, "directTls": false });
    let who = json!({ "jid": "alice@localhost", "password": "alice", "server": server, "remember": false });
    alice.account = serde_json::from_value(alice.ok("signIn", who).await).unwrap();
    alice.own::<Value>("addContact", json!({ "jid": "carol@localhost" })).await;
    alice
}

pub fn closes_and_comes_back(world: &World) {
    let runtime = Runtime::new().unwrap();
    let bus = SessionBus::start(world.folder(), []).unwrap();
    let (icons, mut registered) = mpsc::unbounded_channel();
    let panel = runtime.block_on(async {
        let panel =
            connection::Builder::address(bus.address()).unwrap().serve_at("/StatusNotifierWatcher", Panel { icons });
        panel.unwrap().name(WATCHER).unwrap().build().await.unwrap()
    });
    let own = [("DBUS_SESSION_BUS_ADDRESS", bus.address().to_owned()), ("CONFAB_TRAY", "1".to_owned())];
    let person = world.person_with("carol", own);
    person.register("carol", "a good password", "localhost", &world.place()).unwrap();
    let mut alice = runtime.block_on(asks_carol(world));
    person.contact_request("alice@localhost").unwrap();
    person.accept_contact("alice@localhost").unwrap();
    let app = runtime.block_on(async { tokio::time::timeout(PATIENCE, registered.recv()).await }).unwrap().unwrap();
    let icon = Icon { runtime, bus: panel, app };
    until("a hint", || icon.hint() == "Confab");
    assert_eq!(icon.property::<String>("Id"), "confab");

    // Closed, it goes on, and still rings and tells.
    until_shown(&person, true);
    person.press_keys(&["alt+F4"]).unwrap();
    until_shown(&person, false);
    assert!(!person.is_over());
    let words = json!({ "conversation": "carol@localhost", "text": "are you there?" });
    icon.runtime.block_on(alice.own::<MessageId>("sendText", words));
    until("what waits", || icon.hint() == "Confab – 1 new message");
    icon.press();
    until_shown(&person, true);

    person.press_keys(&["alt+F4"]).unwrap();
    until_shown(&person, false);
    assert!(starts_again(&person, Some("xmpp:dave@localhost")));
    until_shown(&person, true);
    let header = person.wait_text("[data-testid=\"conversation\"]", "dave").unwrap();
    assert!(header.contains("dave"), "{header}");

    icon.quit();
    until("the app ends", || person.is_over());
}
