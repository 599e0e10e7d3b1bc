//! The stage of each test with Dino: a server and Dino on one machine, an agent on another.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::{Duration, Instant},
};

use confab_model::{CallId, CallPhase, Contact, Event, PresenceShow, Subscription};
use confab_testkit::{
    Error,
    audio::{RATE, tone, write_wav},
    netns::Network,
    process::Group,
    pulse::Recording,
    server::{Kind, ServerOptions},
    skip,
};
use confab_tests::driver::{Agent, AgentOptions, PASSWORD, World};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::{
    client::{Call, Dino, Place},
    desk::Desk,
    stanzas::Way,
};
use crate::{
    stage::AGENT_TONE,
    steps::{self, assert_heard},
};

/// What Dino's microphone hears, Hz. In beeps: Dino takes a steady tone for noise and removes it.
pub const DINO_TONE: u32 = 750;
const BEEP_MS: u32 = 600;
const PAUSE_MS: u32 = 200;
/// Longer than any of the calls: 80 s.
const BEEPS: usize = 100;

/// The agent waits for a picture until its connect deadline (30 s) before it calls a video call with Dino connected.
const CONNECT: Duration = Duration::from_secs(45);

/// The port of a server that has no SRV records.
const PORT: u16 = 5222;

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
        if !Dino::is_installed() {
            return Err("dino-im is not installed".to_owned());
        }
        let network = Network::new(2).map_err(|error| format!("no network namespaces here: {error}"))?;
        let there = &network.nodes()[1];
        let options = ServerOptions {
            address: there.address.into(),
            namespace: Some(there.namespace.clone()),
            port: Some(PORT),
            web_name: Some("localhost".to_owned()),
            ..ServerOptions::new(Kind::Prosody)
        };
        let world = World::alone(options, "dino").ok_or("prosody is not installed")?;
        Ok(Self { network, world, turn: Mutex::default() })
    }
}

/// One agent and one Dino that are each other's contacts, with the chat open.
pub struct Stage {
    pub agent: Agent,
    pub dino: Dino,
    /// What goes into Dino's microphone, and what comes out of its speaker.
    said: Option<Group>,
    heard: Option<Recording>,
    folder: PathBuf,
    // Ends after both: the fields above are dropped first.
    _turn: MutexGuard<'static, ()>,
}

/// Runs a test; or says why it is skipped.
pub fn play<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Stage) -> F) {
    let theatre = match THEATRE.get_or_init(Theatre::open) {
        Ok(theatre) => theatre,
        Err(reason) => return skip(reason),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let turn = theatre.turn.lock().await;
        let desk = match Desk::new().await {
            Ok(desk) => desk,
            Err(error @ Error::Missing(_)) => return skip(&error.to_string()),
            Err(error) => panic!("{error}"),
        };
        let stage = set(theatre, turn, desk, name).await;
        test(stage).await;
    });
}

async fn set(theatre: &'static Theatre, turn: MutexGuard<'static, ()>, desk: Desk, name: &str) -> Stage {
    let [one, other] = theatre.network.nodes() else { panic!("two machines") };
    let world = &theatre.world;
    // Dino is on the server's machine, and names it in TLS; the agent finds it by that name too.
    let hosts = world.options(name).folder.join("hosts");
    fs::create_dir_all(hosts.parent().unwrap()).unwrap();
    fs::write(&hosts, format!("{} localhost\n", other.address)).unwrap();
    let options = AgentOptions {
        namespace: Some(one.namespace.clone()),
        hosts: Some(hosts),
        tone: AGENT_TONE,
        picture: "640x360@30".to_owned(),
        record: true,
        ..world.options(name)
    };
    let folder = options.folder.join("dino");
    fs::create_dir_all(&folder).unwrap();
    let user = format!("of-{name}");
    let authorities = {
        let server = world.server();
        server.register(&user, PASSWORD).unwrap();
        server.ca_file().to_owned()
    };
    let jid = format!("{user}@{}", world.domain());
    let place = Place { namespace: &other.namespace, folder: &folder, authorities: &authorities };
    let (agent, dino) = tokio::join!(world.person_with(options), Dino::sign_in(&place, desk, &jid, PASSWORD));
    let dino = dino.expect("Dino");
    let mut stage = Stage { agent, dino, said: None, heard: None, folder, _turn: turn };
    stage.meet().await;
    stage
}

impl Stage {
    /// The agent asks, Dino accepts and asks back.
    async fn meet(&mut self) {
        let jid = self.dino.jid.clone();
        self.agent.own::<Value>("addContact", json!({ "jid": jid, "name": "Dino" })).await;
        self.dino.accept_contact(&self.agent.jid).await;
        let both = |event: &Event| match event {
            Event::ContactChanged { contact: Contact { jid: who, subscription, presence, .. } } => {
                let both = *subscription == Subscription::Both && *presence == PresenceShow::Online;
                (who.to_string() == jid && both).then_some(())
            }
            _ => None,
        };
        self.agent.event("Dino online", both).await;
        let device = format!("from='{}/", self.agent.jid);
        self.dino.stanzas.since(0, Way::In, &["{jabber:client}:presence", &device]).await;
        self.dino.open_chat(&self.agent.jid).await;
    }

    /// For files of the test.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Dino's microphone gets beeps, and what its speaker plays is recorded.
    pub fn with_sound(&mut self) {
        let beeps = self.folder.join("beeps.wav");
        let beep = [tone(f64::from(DINO_TONE), BEEP_MS), vec![0; (PAUSE_MS * RATE / 1000) as usize]].concat();
        write_wav(&beeps, &beep.repeat(BEEPS)).unwrap();
        self.said = Some(self.dino.desk.sound.play_in_background(&beeps).unwrap());
        self.heard = Some(self.dino.desk.sound.record_speaker(&self.folder.join("speaker.wav")).unwrap());
    }

    /// Each side is heard by the other, one after the other: where both speak, Dino's echo canceller takes the beeps for
    /// an echo of the tone.
    pub async fn sound_flows(&mut self, id: &CallId) {
        self.agent.own::<Value>("setMuted", json!({ "call": id, "muted": true })).await;
        let mark = self.agent.mark();
        steps::plays_since(&self.agent, mark, id, 60).await;
        self.agent.own::<Value>("setMuted", json!({ "call": id, "muted": false })).await;
        let mark = self.agent.mark();
        let mut reports = 0;
        let reported = |event: &Event| match event {
            Event::CallChanged { call } if call.id == *id && call.participants.first()?.quality.is_some() => {
                reports += 1;
                // Every 2 s.
                (reports == 5).then_some(())
            }
            _ => None,
        };
        self.agent.event_since(mark, "reports", reported).await;
        self.said = None;
    }

    /// Dino played the agent's tone.
    pub fn dino_heard(&mut self) {
        let samples = self.heard.take().expect("with sound").finish().unwrap();
        assert_heard(&samples, AGENT_TONE, &self.folder.join("speaker.wav"));
    }

    /// The agent calls and Dino rings.
    pub async fn agent_calls(&mut self, media: &str) -> (CallId, Call) {
        let to = self.dino.jid.clone();
        let id: CallId = self.agent.own("placeCall", json!({ "to": to, "media": media, "timeoutS": 30 })).await;
        let call = self.dino.next_call(&self.agent.jid).await;
        assert!(!call.is_outgoing);
        (id, call)
    }

    /// Dino calls and the agent rings.
    pub async fn dino_calls(&mut self, media: &str) -> (CallId, Call) {
        let mark = self.agent.mark();
        self.dino.place_call(media).await;
        let call = self.dino.next_call(&self.agent.jid).await;
        assert!(call.is_outgoing);
        (steps::ringing(&self.agent, mark).await, call)
    }

    /// Both sides say that they are connected, the agent in time or with [`CONNECT`].
    pub async fn connected(&self, id: &CallId, call: Call) {
        let began = Instant::now();
        self.dino.is_connected(call).await;
        let there = began.elapsed();
        let connected = |event: &Event| match event {
            Event::CallChanged { call } if call.id == *id => {
                matches!(call.phase, CallPhase::Connected { .. }).then_some(call.timings)
            }
            _ => None,
        };
        let timings = self.agent.event_within(CONNECT, "the agent connected", connected).await;
        println!("connected after {there:?}, the agent after {:?}: {timings:?}", began.elapsed());
    }
}
