//! The stage of each test: a server in the middle of a private network, an agent and a browser on machines of their
//! own. Media goes between the two machines, over the addresses that both gather.

use std::{
    fs,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
};

use tokio::sync::{Mutex, MutexGuard};

use confab_model::{
    CallId, CallSnapshot, Contact, EndReason, Event, PresenceShow, QualityReport, RemoteMediaState, Subscription,
};
use confab_testkit::{
    netns::{Namespace, Network},
    process::run,
    server::{Kind, ServerOptions},
    skip,
};
use confab_tests::driver::{Agent, AgentOptions, PASSWORD, World};
use serde_json::{Value, json};

use crate::{
    chromium::Chromium,
    page::{self, Page, Place},
    steps,
};

/// The agent's tone, Hz; it rises to twice that in the last fifth of each second.
pub const AGENT_TONE: u32 = 500;
/// The browser's.
pub const BROWSER_TONE: u32 = 750;
/// Pictures a second that must arrive, of 30 sent: two busy cores run both ends and the server.
pub const BROWSER_RATE: f64 = 20.0;
pub const AGENT_RATE: u32 = 15;
/// Age of the picture on the other screen, ms. Measured 50 to 120.
pub const FRESH: f64 = 500.0;

/// The switch for `.local` names in place of addresses (draft-ietf-mmusic-mdns-ice-candidates).
pub const WITHOUT_MDNS: &[&str] = &["--disable-features=WebRtcHideLocalIpsWithMdns"];
pub const WITH_MDNS: &[&str] = &["--enable-features=WebRtcHideLocalIpsWithMdns"];

/// What all tests of this run share.
struct Theatre {
    network: Network,
    world: World,
    /// Two calls at once on two cores would only measure each other.
    turn: Mutex<()>,
}

static THEATRE: OnceLock<Result<Theatre, String>> = OnceLock::new();

impl Theatre {
    fn open() -> Result<Self, String> {
        if Chromium::program().is_none() {
            return Err("chromium is not installed (run `cargo xtask setup`)".to_owned());
        }
        page::build()?;
        let network = Network::new(2).map_err(|error| format!("no network namespaces here: {error}"))?;
        let options = ServerOptions {
            address: network.hub_address().into(),
            namespace: Some(network.hub()),
            ..ServerOptions::new(Kind::Prosody)
        };
        let world = World::alone(options, "interop").ok_or("prosody is not installed")?;
        Ok(Self { network, world, turn: Mutex::default() })
    }
}

/// How a test wants its browser.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    pub bundle: bool,
    pub flags: &'static [&'static str],
}

impl Default for Wishes {
    fn default() -> Self {
        Self { bundle: true, flags: WITHOUT_MDNS }
    }
}

/// One agent and one browser that are each other's contacts.
pub struct Stage {
    pub agent: Agent,
    pub page: Page,
    machine: Arc<Namespace>,
    // Ends after both: the fields above are dropped first.
    _turn: MutexGuard<'static, ()>,
}

/// Runs a test; or says why it is skipped.
pub fn play<F: Future<Output = ()>>(name: &str, wishes: Wishes, test: impl FnOnce(Stage) -> F) {
    let theatre = match THEATRE.get_or_init(Theatre::open) {
        Ok(theatre) => theatre,
        Err(reason) => return skip(reason),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let turn = theatre.turn.lock().await;
        let stage = set(theatre, turn, name, wishes).await;
        test(stage).await;
    });
}

async fn set(theatre: &'static Theatre, turn: MutexGuard<'static, ()>, name: &str, wishes: Wishes) -> Stage {
    let [one, other] = theatre.network.nodes() else { panic!("two machines") };
    let world = &theatre.world;
    let options = AgentOptions {
        namespace: Some(one.namespace.clone()),
        tone: AGENT_TONE,
        picture: "640x360@30".to_owned(),
        record: true,
        ..world.options(name)
    };
    let folder = options.folder.join("browser");
    fs::create_dir_all(&folder).unwrap();
    let user = format!("web-{name}");
    let url = {
        let server = world.server();
        server.register(&user, PASSWORD).unwrap();
        server.websocket_url()
    };
    let jid = format!("{user}@{}", world.domain());
    let place = Place {
        namespace: &other.namespace,
        folder: &folder,
        flags: wishes.flags,
        page: page::build().expect("it was built"),
    };
    let (mut agent, page) =
        tokio::join!(world.person_with(options), Page::sign_in(&place, &url, &jid, PASSWORD, wishes.bundle),);
    agent.own::<Value>("addContact", json!({ "jid": jid, "name": "Web" })).await;
    let online = |event: &Event| match event {
        Event::ContactChanged { contact: Contact { jid: who, subscription, presence, .. } } => {
            let both = *subscription == Subscription::Both && *presence == PresenceShow::Online;
            (who.to_string() == jid && both).then_some(())
        }
        _ => None,
    };
    agent.event("the browser online", online).await;
    page.until("state.friends.length > 0").await;
    Stage { agent, page, machine: one.namespace.clone(), _turn: turn }
}

impl Stage {
    /// The agent calls.
    pub async fn agent_calls(&mut self, media: &str) -> CallId {
        let to = self.page.jid.clone();
        self.agent.own("placeCall", json!({ "to": to, "media": media, "timeoutS": 30 })).await
    }

    /// The browser calls, and the agent's device rings.
    pub async fn browser_calls(&mut self, media: &str, options: Value) -> CallId {
        let to = json!(self.agent.jid);
        let id = self.page.evaluate(&format!("peer.call({to}, {}, {options})", json!(media))).await;
        let id = CallId(id.as_str().expect("an id").to_owned());
        let rings = |event: &Event| match event {
            Event::CallRinging { call, .. } if *call == id => Some(()),
            _ => None,
        };
        self.agent.event("the browser's call", rings).await;
        self.page.until("state.call.phase === 'ringing'").await;
        id
    }

    pub async fn agent_answers(&mut self, call: &CallId, media: &str) {
        steps::accept(&mut self.agent, call, media).await;
    }

    pub async fn agent_hangs_up(&mut self, call: &CallId) {
        steps::hang_up(&mut self.agent, call).await;
    }

    /// Both sides say that they are connected.
    pub async fn connected(&self, call: &CallId) {
        steps::connected(&self.agent, call).await;
        self.page.until("state.call.phase === 'connected'").await;
    }

    /// The first snapshot of the call of which `wanted` makes something.
    pub async fn snapshot<T>(&self, call: &CallId, what: &str, wanted: impl FnMut(&CallSnapshot) -> Option<T>) -> T {
        steps::snapshot(&self.agent, call, what, wanted).await
    }

    /// How the agent saw the call end.
    pub async fn end(&self, call: &CallId) -> EndReason {
        steps::end(&self.agent, call).await
    }

    /// The agent shows this of the browser's media.
    pub async fn agent_shows(&self, call: &CallId, media: RemoteMediaState) {
        let shown = |call: &CallSnapshot| (call.participants.first()?.media == media).then_some(());
        self.snapshot(call, &format!("{media:?}"), shown).await;
    }

    /// The picture arrives on both sides, whole, fresh and fast.
    pub async fn pictures_flow(&self, call: &CallId) {
        let seen = self.page.sees().await;
        assert_eq!((seen.width, seen.height), (640, 360), "{seen:?}");
        assert!(seen.best_age_ms.is_some_and(|age| age < FRESH), "{seen:?}");
        self.page.decodes_more_than(BROWSER_RATE).await;
        let first = self.snapshot(call, "the first picture", |call| call.timings.first_video_ms).await;
        let report = |call: &CallSnapshot| -> Option<QualityReport> {
            let quality = call.participants.first()?.quality.clone()?;
            (quality.frames_per_second > AGENT_RATE).then_some(quality)
        };
        let report = self.snapshot(call, "pictures fast enough", report).await;
        assert_eq!((report.width, report.height), (640, 360), "{report:?}");
        let shown: Vec<_> = seen.best_age_ms.into_iter().collect();
        println!("first picture after {first} ms; on the browser's screen {shown:?} ms old; {report:?}");
    }

    /// The agent has played a second and a half of sound.
    pub async fn agent_plays(&self, call: &CallId) {
        steps::plays(&self.agent, call).await;
    }

    /// The agent measures enough pictures after a mark in its events.
    pub async fn pictures_since(&self, mark: usize, call: &CallId) {
        let look = |event: &Event| match event {
            Event::CallChanged { call: snapshot } if snapshot.id == *call => {
                let quality = snapshot.participants.first()?.quality.as_ref()?;
                println!("{} pictures/s, {} ‰ lost", quality.frames_per_second, quality.loss_in_permille);
                (quality.frames_per_second > AGENT_RATE && quality.loss_in_permille < 20).then_some(())
            }
            _ => None,
        };
        self.agent.event_since(mark, "pictures on the new way", look).await;
    }

    /// The agent's machine gets one more address.
    pub fn change_network(&self) {
        static NEXT: AtomicU8 = AtomicU8::new(10);
        let address = format!("10.77.1.{}/24", NEXT.fetch_add(1, Ordering::Relaxed));
        run(self.machine.command("ip").args(["address", "add", &address, "dev", "net0"])).unwrap();
    }

    /// Ends the agent and finds the browser's tone in what the agent heard.
    pub async fn agent_heard(&mut self, call: &CallId) {
        steps::heard(&mut self.agent, call, BROWSER_TONE).await;
    }
}
