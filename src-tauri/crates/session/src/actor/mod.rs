//! The session's one task. It alone changes the session's state; everybody else talks to it through the handle and
//! hears of it through events.
//!
//! It waits on commands, on the stream's events, on a connection attempt, on room in the event queue and on its
//! timers, and never for anything inside of a branch.
//!
//! Overflow: 256 events wait in the channel and [`MAX_EVENTS`] behind it. When the app takes none any more, the stream
//! is not read on, so that the server is slowed down by TCP; commands still work. Nothing is dropped.

mod availability;
mod blame;
mod blocking;
mod call_memory;
mod catch_up;
mod connection;
mod contacts;
#[cfg(any(test, feature = "fuzzing"))]
mod dispatcher;
mod greeting;
mod groups;
mod history;
mod link;
mod messages;
mod people;
mod personal;
mod reading;
mod receipts;
mod requests;
mod server_clock;
mod services;
mod signalling;
mod stanzas;
mod told;

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use confab_model::{BareJid, FullJid, MessageId, OutgoingSignal, Pii, Timestamp};
use jid::Jid;
use minidom::Element;
use tokio::{sync::mpsc, time::Instant};

#[cfg(any(test, feature = "fuzzing"))]
pub use self::dispatcher::Dispatcher;
pub use self::services::Services;
use self::{
    availability::OwnAvailability,
    blame::Reproaches,
    call_memory::CallMemory,
    catch_up::Archive,
    connection::Connection,
    greeting::Greeting,
    groups::{GroupPurpose, Groups},
    history::History,
    link::{Link, LinkEvent},
    people::People,
    personal::Personal,
    receipts::Receipts,
    requests::{Answer, IQ_TIMEOUT, Requests},
};
use crate::{
    Connector, RequestError, SendError, ServerFeatures, SessionConfig, SessionEvent, SessionHandle,
    handle::{COMMAND_QUEUE, Command, Reply},
    signals::Codecs,
    xep::{blocking_0191, caps_0115, disco_0030, queries, registration_0077, roster_6121},
    xml::{ElementExt, element, ns},
};

/// Events in the channel to the app.
const EVENT_QUEUE: usize = 256;
/// Events behind the channel, before the stream is not read on.
const MAX_EVENTS: usize = 4096;

/// Starts sessions.
#[derive(Debug)]
pub struct Session;

impl Session {
    /// Starts the session of one account, which begins to connect at once. It ends by
    /// [`SessionHandle::sign_out`] or when the last handle is dropped.
    ///
    /// The events must be read steadily; see [`SessionEvent`]. Must be called within a tokio runtime.
    pub fn spawn(config: SessionConfig, connector: impl Connector) -> (SessionHandle, mpsc::Receiver<SessionEvent>) {
        Self::spawn_with(config, connector, Codecs::installed(), wall_clock)
    }

    pub(crate) fn spawn_with(
        config: SessionConfig,
        connector: impl Connector,
        codecs: Codecs,
        clock: fn() -> Timestamp,
    ) -> (SessionHandle, mpsc::Receiver<SessionEvent>) {
        let (commands, inbox) = mpsc::channel(COMMAND_QUEUE);
        let (outlet, events) = mpsc::channel(EVENT_QUEUE);
        let own = config.jid.clone();
        let actor = Actor::new(config, Arc::new(connector), codecs, clock, inbox, outlet);
        tokio::spawn(actor.run());
        (SessionHandle { commands, own, nodes: Default::default() }, events)
    }
}

fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What an outstanding iq is for.
enum Purpose {
    /// Somebody else's; the answer goes back whole.
    Ask(Reply<Answer>),
    /// Only whether it worked.
    Done(Reply<Result<(), RequestError>>),
    Ping {
        sent: Instant,
        epoch: u64,
        reply: Option<Reply<Result<Duration, RequestError>>>,
    },
    Roster(Option<Reply<Result<Vec<confab_model::Contact>, RequestError>>>),
    AccountInfo,
    ServerInfo,
    Carbons,
    CatchUp,
    History {
        query: String,
        history: Box<History>,
    },
    DeviceInfo {
        device: FullJid,
        caps: Option<crate::xep::caps_0115::Caps>,
    },
    Signal {
        sid: confab_model::SessionId,
        device: FullJid,
        is_description: bool,
    },
    ServerTime {
        asked: Instant,
    },
    Services,
    /// What an entity of the server is.
    Service {
        jid: Jid,
    },
    Blocked,
    Block {
        push: blocking_0191::Push,
        reply: Reply<Result<(), RequestError>>,
    },
    /// How far the other devices displayed the conversations.
    Marks,
    Password {
        password: Pii<String>,
        reply: Reply<Result<(), RequestError>>,
    },
    RemoveAccount(Reply<Result<(), RequestError>>),
    Group(GroupPurpose),
}

impl Purpose {
    /// Nobody waits for the answer at the other end of a handle, and the stream may still bring it when it is resumed.
    fn outlives_a_cut(&self) -> bool {
        match self {
            Self::Group(purpose) => purpose.outlives_a_cut(),
            Self::Roster(None)
            | Self::AccountInfo
            | Self::ServerInfo
            | Self::Carbons
            | Self::Services
            | Self::Service { .. }
            | Self::Blocked
            | Self::Marks
            | Self::CatchUp
            | Self::Signal { .. } => true,
            Self::Ask(_)
            | Self::Done(_)
            | Self::Ping { .. }
            | Self::Roster(Some(_))
            | Self::History { .. }
            | Self::ServerTime { .. }
            | Self::Block { .. }
            | Self::Password { .. }
            | Self::RemoveAccount(_)
            | Self::DeviceInfo { .. } => false,
        }
    }
}

struct Actor {
    config: SessionConfig,
    connector: Arc<dyn Connector>,
    codecs: Codecs,
    clock: fn() -> Timestamp,
    commands: mpsc::Receiver<Command>,
    outlet: Outlet,

    connection: Connection,
    link: Option<Link>,
    /// The bound address; the last one while the stream is down.
    jid: Option<FullJid>,
    requests: Requests<Purpose>,
    people: People,
    /// Contact requests that nobody has answered yet.
    contact_requests: HashSet<BareJid>,
    /// Questions for features of devices that are being asked.
    feature_questions: HashMap<FullJid, Vec<(String, Reply<bool>)>>,
    calls: CallMemory,
    archive: Archive,
    server: ServerFeatures,
    services: Services,
    blocked: BTreeSet<BareJid>,
    availability: OwnAvailability,
    personal: Personal,
    groups: Groups,
    greeting: Greeting,
    /// The account's server removes forged stanza ids (XEP-0359 §6).
    trusts_stanza_ids: bool,
    /// How far the server's clock is ahead of this device's.
    server_ahead_ms: i64,
    reproaches: Reproaches,
    /// Own messages that the server has not acknowledged, in order.
    in_flight: VecDeque<MessageId>,
    receipts: Receipts,
    own_info: disco_0030::Info,
}

impl Actor {
    fn new(
        config: SessionConfig,
        connector: Arc<dyn Connector>,
        codecs: Codecs,
        clock: fn() -> Timestamp,
        commands: mpsc::Receiver<Command>,
        events: mpsc::Sender<SessionEvent>,
    ) -> Self {
        let mut features = config.features.clone();
        features.extend(codecs.features.iter().map(|&feature| feature.to_owned()));
        if config.groups.is_some() {
            features.extend(groups::FEATURES.map(str::to_owned));
        }
        let own_info = disco_0030::own_info(&config.client.name, &features);
        let mut people = People::new(config.roster.clone(), config.roster_version.clone());
        // Most contacts have the client that we have: nobody needs to be asked what it can do.
        people.knows_client(caps_0115::HASH.to_owned(), caps_0115::verification(&own_info), &own_info);
        Self {
            own_info,
            people,
            calls: CallMemory::default(),
            archive: Archive::new(config.last_archive_id.clone(), config.catch_up_since),
            config,
            connector,
            codecs,
            clock,
            commands,
            outlet: Outlet { waiting: VecDeque::new(), channel: events },
            connection: Connection::default(),
            link: None,
            jid: None,
            requests: Requests::default(),
            contact_requests: HashSet::new(),
            feature_questions: HashMap::new(),
            server: ServerFeatures::default(),
            services: Services::default(),
            blocked: BTreeSet::new(),
            availability: OwnAvailability::default(),
            personal: Personal::default(),
            groups: Groups::default(),
            greeting: Greeting::default(),
            trusts_stanza_ids: false,
            server_ahead_ms: 0,
            reproaches: Reproaches::default(),
            in_flight: VecDeque::new(),
            receipts: Receipts::default(),
        }
    }

    #[tracing::instrument(name = "account", skip_all)]
    async fn run(mut self) {
        self.know_groups();
        self.start_link();
        loop {
            let deadline = self.next_deadline();
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(Command::SignOut(reply)) => {
                        self.finish().await;
                        let _ = reply.send(());
                        return;
                    }
                    Some(command) => self.command(command),
                    None => {
                        self.finish().await;
                        return;
                    }
                },
                event = next_event(&mut self.link), if self.outlet.has_room() => self.link_event(event),
                result = connection::finished(&mut self.connection.attempt) => self.attempted(result),
                () = self.outlet.flush(), if !self.outlet.waiting.is_empty() => {}
                () = tokio::time::sleep_until(deadline) => self.timers(),
            }
        }
    }

    /// Says good-bye and closes the stream.
    async fn finish(&mut self) {
        if self.connection.is_online() {
            let _ = self.send(element("presence", ns::CLIENT).with("type", "unavailable"));
        }
        self.connection.stop();
        if let Some(link) = self.link.take() {
            link.close().await;
        }
    }

    fn emit(&mut self, event: SessionEvent) {
        self.outlet.waiting.push_back(event);
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn own(&self) -> &jid::BareJid {
        &self.config.jid
    }

    fn next_deadline(&self) -> Instant {
        let far = Instant::now() + Duration::from_secs(3600);
        let deadlines = [
            self.connection.deadline(),
            self.requests.next_deadline(),
            self.greeting.retry_at(),
            self.archive.retry_at(),
            self.availability.ends_at(),
            self.groups.next_deadline().filter(|_| self.connection.is_online()),
        ];
        deadlines.into_iter().flatten().fold(far, Instant::min)
    }

    fn timers(&mut self) {
        let now = Instant::now();
        for purpose in self.requests.expire(now) {
            self.answered(purpose, Err(RequestError::Timeout));
        }
        self.connection_timers(now);
        if self.greeting.retry_at().is_some_and(|at| at <= now) {
            self.go_on_greeting();
        }
        if self.archive.retry_at().is_some_and(|at| at <= now) {
            self.start_catch_up();
        }
        if self.availability.ends_at().is_some_and(|at| at <= now) {
            self.availability_ended();
        }
        self.group_timers(now);
    }

    /// Sends a stanza that nobody waits for.
    fn send(&mut self, stanza: Element) -> Result<(), SendError> {
        if !self.connection.is_online() {
            return Err(SendError::NotOnline);
        }
        self.link.as_mut().ok_or(SendError::NotOnline)?.send(stanza, None)
    }

    /// Sends an iq and remembers what for.
    fn request(&mut self, set: bool, to: Option<Jid>, payload: Element, purpose: Purpose) {
        self.request_within(IQ_TIMEOUT, set, to, payload, purpose);
    }

    fn request_within(&mut self, patience: Duration, set: bool, to: Option<Jid>, payload: Element, purpose: Purpose) {
        let id = uuid::Uuid::new_v4().to_string();
        let mut iq =
            element("iq", ns::CLIENT).with("type", if set { "set" } else { "get" }).with("id", &id).with_child(payload);
        if let Some(to) = &to {
            iq = iq.with("to", to.to_string());
        }
        match self.send(iq) {
            Ok(()) => self.requests.add(id, to, Instant::now() + patience, purpose),
            Err(error) => self.answered(purpose, Err(error.into())),
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::SendMessage(message, session, reply) => {
                let is_older = session.is_some_and(|session| session != self.connection.session);
                let result = if is_older { Err(SendError::NotOnline) } else { self.send_message(message) };
                let _ = reply.send(result);
            }
            Command::SendChatState(to, state, reply) => {
                let result = self.send_chat_state(&to, state);
                let _ = reply.send(result);
            }
            Command::SendDisplayed(to, message, reply) => {
                let result = self.send_displayed(&to, &message);
                let _ = reply.send(result);
            }
            Command::SendReceipt(receipt) => self.send_receipt(receipt),
            Command::SendCallRecord(id, record, reply) => {
                let result = self.send_call_record(id, &record);
                let _ = reply.send(result);
            }
            Command::SendSignal(signal, reply) => {
                let OutgoingSignal { to, signal } = *signal;
                let result = self.send_signal(to, &signal);
                let _ = reply.send(result);
            }
            Command::SetPresence(presence) => {
                self.config.presence = presence;
                if self.connection.is_online() {
                    let _ = self.send_presence();
                }
            }
            Command::AddContact { jid, name, reason, reply } => self.add_contact(&jid, &name, &reason, reply),
            Command::AcceptContact(jid, reply) => self.accept_contact(&jid, reply),
            Command::DeclineContact(jid, reason, reply) => self.decline_contact(&jid, &reason, reply),
            Command::RenameContact(jid, name, reply) => self.rename_contact(&jid, &name, reply),
            Command::GroupContact(jid, groups, reply) => self.group_contact(&jid, &groups, reply),
            Command::RemoveContact(jid, reply) => {
                self.request(true, None, roster_6121::remove(&jid), Purpose::Done(reply));
            }
            Command::Contacts { refresh: false, reply } => {
                let _ = reply.send(Ok(self.people.contacts()));
            }
            Command::Contacts { refresh: true, reply } => {
                self.request(false, None, roster_6121::get(None), Purpose::Roster(Some(reply)));
            }
            Command::Devices(jid, reply) => {
                let _ = reply.send(self.people.devices(&jid));
            }
            Command::Speaks(device, feature, reply) => self.speaks(device, feature, reply),
            Command::Iq { set, to, payload, reply } => self.request(set, to, *payload, Purpose::Ask(reply)),
            Command::ArchivePage { with, span, reply } => self.history(History::new(with, span, reply)),
            Command::Services(reply) => {
                let _ = reply.send(self.services.clone());
            }
            Command::Block { jid, report, reply } => self.block(jid, report.as_ref(), reply),
            Command::Unblock(jid, reply) => self.unblock(jid, reply),
            Command::SetAvailability(availability, reply) => {
                self.availability_told(availability);
                let _ = reply.send(());
            }
            Command::Group(command) => self.group_command(*command),
            Command::ChangePassword(password, reply) => self.change_password(password, reply),
            Command::RemoveAccount(reply) => {
                let query = registration_0077::remove();
                self.request(true, None, query, Purpose::RemoveAccount(reply));
            }
            Command::Probe(reply) => self.ping(Some(reply)),
            Command::NetworkChanged => self.network_changed(),
            Command::Reconnect => self.reconnect_now(),
            // Ends the loop in `run`.
            Command::SignOut(reply) => drop(reply),
        }
    }

    /// Does what an iq was sent for.
    fn answered(&mut self, purpose: Purpose, answer: Answer) {
        match purpose {
            Purpose::Ask(reply) => {
                let _ = reply.send(answer);
            }
            Purpose::Done(reply) => {
                let _ = reply.send(answer.map(|_| ()));
            }
            Purpose::Ping { sent, epoch, reply } => self.pinged((sent, epoch), reply, &answer),
            Purpose::Roster(reply) => self.roster_loaded(answer, reply),
            Purpose::AccountInfo => self.account_info(answer),
            Purpose::ServerInfo => self.server_info(answer),
            Purpose::Carbons => self.carbons_answered(&answer),
            Purpose::CatchUp => self.catch_up_page(answer),
            Purpose::History { query, history } => self.history_page(&query, answer, *history),
            Purpose::DeviceInfo { device, caps } => self.device_info(&device, caps.as_ref(), answer),
            Purpose::Signal { sid, device, is_description } => {
                self.signal_answered((sid, is_description), device, answer);
            }
            Purpose::ServerTime { asked } => self.server_time(asked, &answer),
            Purpose::Services => self.services_told(answer),
            Purpose::Service { jid } => self.service_told(jid, answer),
            Purpose::Blocked => self.blocked_told(answer),
            Purpose::Block { push, reply } => {
                if answer.is_ok() {
                    self.block_changed(push);
                }
                let _ = reply.send(answer.map(|_| ()));
            }
            Purpose::Marks => self.marks_told(answer),
            Purpose::Password { password, reply } => {
                if answer.is_ok() {
                    self.config.password = Some(password);
                }
                let _ = reply.send(answer.map(|_| ()));
            }
            Purpose::RemoveAccount(reply) => self.account_removed(answer, reply),
            Purpose::Group(purpose) => self.group_answered(purpose, answer),
        }
    }

    /// What an iq was sent for will not be done: the session that it was sent in is gone.
    fn abandoned(&mut self, purpose: Purpose) {
        match purpose {
            Purpose::Group(purpose) => self.group_abandoned(purpose),
            Purpose::Ask(_)
            | Purpose::Done(_)
            | Purpose::Ping { .. }
            | Purpose::Roster(Some(_))
            | Purpose::History { .. }
            | Purpose::Block { .. }
            | Purpose::Password { .. }
            | Purpose::RemoveAccount(_)
            | Purpose::DeviceInfo { .. } => self.answered(purpose, Err(RequestError::Timeout)),
            // The next session asks anew.
            Purpose::Roster(None)
            | Purpose::AccountInfo
            | Purpose::ServerInfo
            | Purpose::Carbons
            | Purpose::ServerTime { .. }
            | Purpose::Services
            | Purpose::Service { .. }
            | Purpose::Blocked
            | Purpose::Marks
            | Purpose::CatchUp => {}
            // Whether it arrived is not known; the call's own deadlines decide.
            Purpose::Signal { sid, .. } => tracing::debug!(%sid, "a signal fell with its session"),
        }
    }

    /// Asks the server for a sign of life.
    fn ping(&mut self, reply: Option<Reply<Result<Duration, RequestError>>>) {
        let patience = if reply.is_some() { connection::PROBE_TIMEOUT } else { connection::PING_TIMEOUT };
        let server = Jid::new(self.own().domain().as_str()).ok();
        let purpose = Purpose::Ping { sent: Instant::now(), epoch: self.connection.epoch, reply };
        self.request_within(patience, false, server, queries::ping(), purpose);
    }
}

async fn next_event(link: &mut Option<Link>) -> LinkEvent {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

/// The queue to the app, and what does not fit into it.
struct Outlet {
    waiting: VecDeque<SessionEvent>,
    channel: mpsc::Sender<SessionEvent>,
}

impl Outlet {
    fn has_room(&self) -> bool {
        self.waiting.len() < MAX_EVENTS
    }

    /// Moves events into the channel as it has room. Cancel-safe: an event leaves only when it is through.
    async fn flush(&mut self) {
        match self.channel.reserve().await {
            Ok(permit) => {
                if let Some(event) = self.waiting.pop_front() {
                    permit.send(event);
                }
            }
            // Nobody listens any more; the session goes on for whoever holds a handle.
            Err(_) => self.waiting.clear(),
        }
    }
}
