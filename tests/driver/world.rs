//! A server and the people on it.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use confab_model::{AccountId, ConnectionState, Contact, Event, PresenceShow, Subscription};
use confab_testkit::{
    Error,
    cable::Cable,
    netns::Namespace,
    server::{Kind, LocalServer, ServerOptions},
    skip,
};
use serde_json::{Value, json};

use super::{Agent, AgentOptions};

/// Of every account.
pub const PASSWORD: &str = "correct horse";
/// Of the first agent of a test, Hz; each next one says another. In the band that every codec keeps.
const FIRST_TONE: u32 = 400;
const TONE_STEP: u32 = 170;

/// A server with the agents' folders of one test.
#[derive(Debug)]
pub struct World {
    server: Arc<Mutex<LocalServer>>,
    folder: PathBuf,
    agents: AtomicU32,
}

impl World {
    /// The server of this kind that all tests of the process share; nobody may stop it. `None`: not installed, the
    /// test is skipped.
    pub fn shared(kind: Kind, test: &str) -> Option<Self> {
        static PROSODY: OnceLock<Option<Arc<Mutex<LocalServer>>>> = OnceLock::new();
        static EJABBERD: OnceLock<Option<Arc<Mutex<LocalServer>>>> = OnceLock::new();
        let cell = match kind {
            Kind::Prosody => &PROSODY,
            Kind::Ejabberd => &EJABBERD,
        };
        let server = cell.get_or_init(|| start(own_folder(&format!("{kind:?}")), ServerOptions::new(kind)));
        Some(Self::new(Arc::clone(server.as_ref()?), test, kind))
    }

    /// A server for this test alone, which it may kill or put into a namespace.
    pub fn alone(options: ServerOptions, test: &str) -> Option<Self> {
        let kind = options.kind;
        let server = start(own_folder(&format!("{test}-{kind:?}-server")), options)?;
        Some(Self::new(server, test, kind))
    }

    fn new(server: Arc<Mutex<LocalServer>>, test: &str, kind: Kind) -> Self {
        let folder = own_folder(&format!("{test}-{kind:?}"));
        Self { server, folder, agents: AtomicU32::new(0) }
    }

    /// The server itself.
    pub fn server(&self) -> MutexGuard<'_, LocalServer> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills the server; clients see a cut.
    pub async fn kill_server(&self) {
        let server = Arc::clone(&self.server);
        let kill = move || server.lock().unwrap_or_else(PoisonError::into_inner).kill();
        tokio::task::spawn_blocking(kill).await.expect("the server is killed");
    }

    /// Brings a killed server back, with its data, and waits until it takes clients.
    pub async fn start_server(&self) {
        let server = Arc::clone(&self.server);
        let start = move || server.lock().unwrap_or_else(PoisonError::into_inner).start_again();
        tokio::task::spawn_blocking(start).await.expect("no panic").expect("the server comes back");
    }

    /// Its domain.
    pub fn domain(&self) -> &'static str {
        self.server().domain()
    }

    /// How agents reach it: loopback has no SRV records.
    pub fn address(&self) -> Value {
        let server = self.server();
        json!({ "host": server.address().to_string(), "port": server.port(), "directTls": false })
    }

    /// How the next agent is started: its own name, folder and tone.
    pub fn options(&self, name: &str) -> AgentOptions {
        let number = self.agents.fetch_add(1, Ordering::Relaxed);
        AgentOptions {
            name: name.to_owned(),
            folder: self.folder.join(format!("{number}-{name}")),
            ca_file: Some(self.server().ca_file().to_owned()),
            // Small: a dozen calls share two cores here, and few are about sharpness.
            picture: "320x180@10".to_owned(),
            tone: FIRST_TONE + number * TONE_STEP,
            namespace: None,
            record: false,
            relay_only: false,
            hosts: None,
            history_days: None,
        }
    }

    /// A new person on a first device: registered through the server's form and signed in.
    pub async fn person(&self, name: &str) -> Agent {
        self.person_with(self.options(name)).await
    }

    /// A new person in a namespace.
    pub async fn person_in(&self, name: &str, namespace: &Arc<Namespace>) -> Agent {
        self.person_with(AgentOptions { namespace: Some(Arc::clone(namespace)), ..self.options(name) }).await
    }

    /// A new person whose first device reaches the server by a cable that can be pulled out.
    pub async fn person_behind(&self, name: &str, cable: &Cable) -> Agent {
        let address = cable.address();
        let address = json!({ "host": address.ip().to_string(), "port": address.port(), "directTls": false });
        self.person_at(self.options(name), address).await
    }

    /// A cable to this server.
    pub fn cable(&self) -> Cable {
        let (host, port) = {
            let server = self.server();
            (server.address(), server.port())
        };
        let address = SocketAddr::new(host, port);
        Cable::to(address).expect("a cable on loopback")
    }

    /// A new person whose first device is started in a certain way.
    pub async fn person_with(&self, options: AgentOptions) -> Agent {
        self.person_at(options, self.address()).await
    }

    async fn person_at(&self, options: AgentOptions, address: Value) -> Agent {
        let user = new_name(&options.name);
        let mut agent = Agent::start(options).await;
        let args = json!({
            "domain": self.domain(),
            "server": address,
            "answers": [
                { "name": "username", "values": [user] },
                { "name": "password", "values": [PASSWORD] },
            ],
        });
        agent.jid = format!("{user}@{}", self.domain());
        agent.account = number(&agent.ok("register", args).await);
        caught_up(&agent).await;
        agent
    }

    /// Another device of a person.
    pub async fn device(&self, person: &Agent, name: &str) -> Agent {
        self.device_with(person, self.options(name)).await
    }

    /// Another device of a person, started in a certain way.
    pub async fn device_with(&self, person: &Agent, options: AgentOptions) -> Agent {
        let mut agent = Agent::start(options).await;
        agent.jid.clone_from(&person.jid);
        let args = json!({ "jid": person.jid, "password": PASSWORD, "server": self.address(), "remember": true });
        agent.account = number(&agent.ok("signIn", args).await);
        caught_up(&agent).await;
        agent
    }

    /// Two people who are each other's contacts and see each other online.
    pub async fn contacts(&self, one: &mut Agent, other: &mut Agent) {
        let (one_jid, other_jid) = (one.jid.clone(), other.jid.clone());
        one.own::<Value>("addContact", json!({ "jid": other_jid, "name": other.options.name })).await;
        let asked = |event: &Event| match event {
            Event::ContactRequested { request } if request.from.to_string() == one_jid => Some(()),
            _ => None,
        };
        other.event("the request", asked).await;
        other.own::<Value>("acceptContact", json!({ "jid": one_jid })).await;
        for (agent, jid) in [(one, &other_jid), (other, &one_jid)] {
            agent.event("the contact online", |event| is_friend_online(event, jid)).await;
        }
    }

    /// Two people who know each other, ready to talk.
    pub async fn pair(&self, one: &str, other: &str) -> (Agent, Agent) {
        let (mut one, mut other) = tokio::join!(self.person(one), self.person(other));
        self.contacts(&mut one, &mut other).await;
        (one, other)
    }
}

/// The account's archive has been read up to now.
pub(super) async fn caught_up(agent: &Agent) {
    let account = AccountId(agent.account);
    agent
        .event("the end of the catch-up", |event| match event {
            Event::AccountChanged { account: changed }
                if changed.id == account && changed.connection == (ConnectionState::Online { catching_up: false }) =>
            {
                Some(())
            }
            _ => None,
        })
        .await;
}

fn is_friend_online(event: &Event, jid: &str) -> Option<()> {
    match event {
        Event::ContactChanged { contact: Contact { jid: changed, subscription, presence, .. } } => {
            let matches =
                changed.to_string() == jid && *subscription == Subscription::Both && *presence == PresenceShow::Online;
            matches.then_some(())
        }
        _ => None,
    }
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).expect("an account's number")
}

/// A name that no other person of this process has.
pub(super) fn new_name(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn start(folder: PathBuf, options: ServerOptions) -> Option<Arc<Mutex<LocalServer>>> {
    match LocalServer::start(ServerOptions { data: Some(folder), ..options }) {
        Ok(server) => Some(Arc::new(Mutex::new(server))),
        Err(error @ Error::Missing(_)) => {
            skip(&error.to_string());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// A folder of this run; kept after it, so that the logs of a failure can be read, and removed by a later run.
fn own_folder(name: &str) -> PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    let root = ROOT.get_or_init(|| {
        let test = std::env::current_exe().expect("a running test has a path");
        let runs = test.ancestors().nth(3).expect("target/<profile>/deps/<test>").join("tmp/journeys");
        fs::create_dir_all(&runs).unwrap();
        remove_old(&runs);
        runs.join(std::process::id().to_string())
    });
    root.join(name)
}

/// Of runs that are over, as far as can be told.
fn remove_old(runs: &Path) {
    let processes = Path::new("/proc/self").parent().filter(|_| Path::new("/proc/self").exists());
    let Some(processes) = processes else { return };
    for run in fs::read_dir(runs).into_iter().flatten().flatten() {
        if !processes.join(run.file_name()).exists() {
            let _ = fs::remove_dir_all(run.path());
        }
    }
}
