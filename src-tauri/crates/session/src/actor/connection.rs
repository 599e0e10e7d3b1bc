//! Being connected: attempts, back-off, dead links, and when to stop trying.
//!
//! ```text
//! Off ──start──→ Down ──slot──→ Waiting ──time, network──→ Connecting ──→ Negotiating ──→ Online
//!  ↑              ↑                ↑─────────failed────────────┘              │             │
//!  │              └───────────────────────lost────────────────────────────────┴─────────────┘
//!  └──fatal answer (from Connecting, Negotiating, Down)
//! ```

use std::time::Duration;

use confab_model::{ConnectionState, SignInFailure};
use futures::future::BoxFuture;
use minidom::Element;
use rand::Rng;
use tokio::time::Instant;
use tokio_xmpp::stanzastream::Connection as StreamConnection;

use super::{
    Actor, Purpose,
    blame::StreamEnd,
    link::{self, Link, LinkEvent, Slot},
    requests::Answer,
};
use crate::{
    ConnectError, RequestError, SessionEvent, SignInRequest, SignInToken,
    connect::{scram::Mechanism, wire::WireControl},
    handle::Reply,
    xep::delay_0203,
};

/// First and longest pause between attempts.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A connection that held this long starts the back-off anew; one that a server drops at once does not.
const STABLE: Duration = Duration::from_secs(30);
/// Silence after which the server is asked for a sign of life. NAT bindings for TCP live longer (RFC 5382: 2 h), dead
/// Wi-Fi does not tell.
const IDLE: Duration = Duration::from_secs(30);
/// For the answer to that. The library would take 75 s at best, ten minutes by default.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// For the answer when somebody has a reason to doubt the link.
pub(super) const PROBE_TIMEOUT: Duration = Duration::from_secs(3);
/// Connections on which the library fails to go on from an old session, before that session is given up: it would
/// try for ever.
const MAX_FAILED_NEGOTIATIONS: u32 = 2;
/// Binding or resuming is two round trips; the library waits for ever.
const NEGOTIATION_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// Not connecting: before the start, or after a fatal answer.
    #[default]
    Off,
    /// The stream will ask for a connection.
    Down,
    Waiting {
        until: Instant,
    },
    Connecting,
    Negotiating {
        until: Instant,
    },
    Online,
}

pub(super) struct Attempted {
    connection: StreamConnection,
    wire: WireControl,
    token: Option<SignInToken>,
    token_refused: bool,
    mechanism: Option<&'static str>,
    /// Bound on the way, with or without carbons.
    bound: Option<bool>,
    by_sasl2: bool,
    /// Octets of a stanza that the server says it takes.
    limit: Option<usize>,
}

pub(super) type Attempt = BoxFuture<'static, Result<Attempted, ConnectError>>;

/// The state of the connection.
#[derive(Default)]
pub(super) struct Connection {
    phase: Phase,
    pub(super) attempt: Option<Attempt>,
    slot: Option<Slot>,
    wire: Option<WireControl>,
    /// The stream has a session that it will try to resume.
    resumable: bool,
    /// The stream has stanzas that it would begin a new session with.
    holds: bool,
    /// The present connection was bound on the way in, and by that the server copies from the other devices.
    pub(super) copies: bool,
    /// Signed in by SASL2.
    pub(super) by_sasl2: bool,
    /// The resource is one that the server chose; it is asked for when the session has to be bound again.
    server_chose: bool,
    /// Connections in a row on which the stream could be neither resumed nor bound.
    failed_negotiations: u32,
    /// Attempts since the last stable connection.
    attempts: u32,
    online_since: Option<Instant>,
    ever_online: bool,
    /// Counts connections: a ping says something only about the one that it was sent on.
    pub(super) epoch: u64,
    /// The present session was cut and resumed.
    pub(super) resumed: bool,
    /// Counts sessions: what is meant for an older one does not overtake what fell with that.
    pub(super) session: u64,
    last_heard: Option<Instant>,
    pub(super) stream_management: bool,
    pub(super) roster_versioning: bool,
}

impl Connection {
    pub(super) fn is_online(&self) -> bool {
        self.phase == Phase::Online
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Off | Phase::Down | Phase::Connecting => None,
            Phase::Waiting { until } | Phase::Negotiating { until } => Some(until),
            Phase::Online => self.last_heard.map(|at| at + IDLE),
        }
    }

    fn pause(&self) -> Duration {
        let doubled = FIRST_PAUSE.saturating_mul(2u32.saturating_pow(self.attempts.saturating_sub(1).min(6)));
        let jitter = rand::rng().random_range(0.5..1.0);
        match self.attempts {
            // After a stable connection: at once, but not everybody in the same instant when a server restarts.
            0 => Duration::from_millis(500).mul_f64(jitter),
            _ => doubled.min(LONGEST_PAUSE).mul_f64(jitter),
        }
    }

    /// Gives up everything that is under way.
    pub(super) fn stop(&mut self) {
        self.attempt = None;
        self.phase = Phase::Off;
        self.slot = None;
    }
}

/// Waits for the attempt that is under way. Cancel-safe.
pub(super) async fn finished(attempt: &mut Option<Attempt>) -> Result<Attempted, ConnectError> {
    match attempt {
        Some(running) => {
            let result = running.await;
            *attempt = None;
            result
        }
        None => std::future::pending().await,
    }
}

/// For the log, which must not name servers.
fn kind(failure: &SignInFailure) -> &'static str {
    match failure {
        SignInFailure::Unreachable { .. } => "unreachable",
        SignInFailure::UnknownServer { .. } => "unknown server",
        SignInFailure::Certificate { .. } => "certificate",
        SignInFailure::NoEncryption => "no encryption",
        SignInFailure::WrongPassword => "wrong password",
        SignInFailure::NotRemembered => "not remembered",
        SignInFailure::AccountDisabled { .. } => "account disabled",
        SignInFailure::NoMechanism => "no mechanism",
        SignInFailure::Replaced => "replaced",
        SignInFailure::ServerClosed { .. } => "closed by the server",
        SignInFailure::Protocol { .. } => "protocol",
    }
}

impl Actor {
    pub(super) fn start_link(&mut self) {
        self.connection.phase = Phase::Down;
        (self.connection.resumable, self.connection.holds) = (false, false);
        self.link = Some(Link::spawn());
    }

    pub(super) fn link_event(&mut self, event: LinkEvent) {
        self.connection.last_heard = Some(Instant::now());
        match event {
            LinkEvent::Wanted(slot) => self.connection_wanted(slot),
            LinkEvent::Reset { jid, stream_management, roster_versioning } => {
                self.connection.stream_management = stream_management;
                self.connection.resumable = stream_management;
                self.connection.roster_versioning = roster_versioning;
                self.jid = Some(jid);
                self.went_online(false);
            }
            LinkEvent::Resumed => self.went_online(true),
            LinkEvent::Suspended { holds } => {
                self.connection.holds = holds;
                if matches!(self.connection.phase, Phase::Negotiating { .. }) {
                    self.connection.failed_negotiations += 1;
                }
                self.connection.phase = Phase::Down;
                self.requests.suspend(Instant::now(), Purpose::outlives_a_cut);
            }
            LinkEvent::Stanza(stanza) => self.stanza(&stanza),
            LinkEvent::Acknowledged(id) => {
                let was = self.link.as_mut().and_then(|link| link.settled(&id));
                if was.is_some_and(|was| was.request.is_some()) {
                    return;
                }
                self.reproaches.acknowledged(&id);
                if !self.receipts.acknowledged(&id) && !self.groups.acknowledged(&id) {
                    self.in_flight.retain(|other| *other != id);
                    self.emit(SessionEvent::MessageSent { id });
                }
            }
            LinkEvent::Lost(mut ids) => {
                ids.retain(|id| !self.reproaches.holds(id));
                if let Some(link) = &mut self.link {
                    ids.retain(|id| link.settled(id).is_none_or(|was| was.request.is_none()));
                }
                let ids = self.groups.lost(self.receipts.lost(ids));
                if !ids.is_empty() {
                    self.in_flight.retain(|other| !ids.contains(other));
                    self.emit(SessionEvent::MessagesUnacknowledged { ids });
                }
            }
            LinkEvent::Ended => self.link_ended(),
        }
    }

    fn connection_wanted(&mut self, slot: Slot) {
        self.connection.slot = Some(slot);
        let wire = self.connection.wire.take();
        let is_session_lost = wire.as_ref().is_some_and(WireControl::is_session_lost);
        let end = wire.and_then(|wire| wire.stream_error().map(StreamEnd::read));
        let was_online = self.connection.online_since.take();
        if was_online.is_some_and(|since| since.elapsed() >= STABLE) {
            self.connection.attempts = 0;
        }
        if is_session_lost {
            // The server is there.
            self.connection.attempts = 0;
        }
        let gives_up_session = is_session_lost
            || end.as_ref().is_some_and(|end| self.reproached(end))
            || self.connection.failed_negotiations >= MAX_FAILED_NEGOTIATIONS;
        let error = end.map(|end| end.why);
        if gives_up_session && error != Some(SignInFailure::Replaced) {
            self.connection.failed_negotiations = 0;
            self.connection.stop();
            self.drop_link();
            self.connection.ever_online = true;
            self.start_link();
            return;
        }
        match error {
            Some(SignInFailure::Replaced) => self.fail(SignInFailure::Replaced),
            _ if !self.connection.ever_online && self.connection.attempts == 0 => self.attempt(),
            Some(why) => self.wait(why),
            None => self.wait(SignInFailure::Unreachable { detail: "the connection was lost".to_owned() }),
        }
    }

    fn wait(&mut self, why: SignInFailure) {
        let pause = self.connection.pause();
        tracing::info!(why = kind(&why), ?pause, attempts = self.connection.attempts, "waiting to connect");
        self.connection.phase = Phase::Waiting { until: Instant::now() + pause };
        let retry_at = self.now().plus(pause);
        self.emit(SessionEvent::ConnectionChanged(ConnectionState::Waiting { retry_at, why }));
    }

    fn attempt(&mut self) {
        self.connection.attempts = self.connection.attempts.saturating_add(1);
        self.connection.phase = Phase::Connecting;
        self.emit(SessionEvent::ConnectionChanged(ConnectionState::Connecting));
        let avoids_sasl2 = self.config.avoids_sasl2 && self.config.password.is_some();
        let request = SignInRequest {
            jid: self.config.jid.clone(),
            password: self.config.password.clone(),
            // A token is good for SASL2 only.
            token: self.config.token.clone().filter(|_| !avoids_sasl2),
            client: self.config.client.clone(),
            proven_mechanism: self.config.proven_mechanism.clone(),
            avoids_sasl2,
            binds: !self.connection.resumable,
            ends_token: false,
        };
        let chosen = self.jid.as_ref().filter(|_| self.connection.server_chose).map(|jid| jid.resource().to_string());
        let resource = chosen.as_deref().or(self.config.resource.as_deref());
        let resource = resource.and_then(|resource| self.own().with_resource_str(resource).ok());
        let identity = resource.map_or_else(|| jid::Jid::from(self.own().clone()), jid::Jid::from);
        let connector = self.connector.clone();
        self.connection.attempt = Some(Box::pin(async move {
            let mut signed_in = connector.connect(request).await?;
            let (token, token_refused) = (signed_in.token.take(), signed_in.token_refused);
            let mechanism = signed_in.mechanism;
            let bound = signed_in.bound.as_ref().map(|bound| bound.carbons);
            let by_sasl2 = signed_in.opening.is_some();
            let (connection, wire, limit) = link::open(signed_in, identity).await?;
            Ok(Attempted { connection, wire, token, token_refused, mechanism, bound, by_sasl2, limit })
        }));
    }

    pub(super) fn attempted(&mut self, result: Result<Attempted, ConnectError>) {
        match result {
            Ok(Attempted { connection, wire, token, token_refused, mechanism, bound, by_sasl2, limit }) => {
                self.connection.by_sasl2 = by_sasl2;
                if self.config.avoids_sasl2 && limit.is_some() {
                    // A newer server, which says what it takes.
                    self.avoid_sasl2(false);
                }
                if let Some(link) = &mut self.link {
                    link.limit = self.reproaches.limit(limit);
                }
                self.connection.copies = bound == Some(true);
                self.connection.server_chose |= bound.is_some();
                if let Some(mechanism) = mechanism {
                    self.proven(mechanism);
                }
                if token_refused {
                    self.forget_token();
                }
                if let Some(token) = token {
                    self.config.token = Some(token.clone());
                    self.emit(SessionEvent::TokenIssued(token));
                }
                let Some(slot) = self.connection.slot.take() else { return };
                if self.connection.holds && self.connection.resumable {
                    wire.insist_on_resumption();
                }
                self.connection.wire = Some(wire);
                self.connection.phase = Phase::Negotiating { until: Instant::now() + NEGOTIATION_TIMEOUT };
                slot.fill(connection);
            }
            Err(ConnectError { failure, token_refused }) => {
                if token_refused {
                    self.forget_token();
                }
                if self.is_fatal(&failure) { self.fail(failure) } else { self.wait(failure) }
            }
        }
    }

    fn proven(&mut self, mechanism: &'static str) {
        let before = self.config.proven_mechanism.as_deref().and_then(Mechanism::named);
        let is_news =
            Mechanism::named(mechanism).is_some_and(|now| before.is_none_or(|before| before.is_weaker_than(now)));
        if is_news {
            self.config.proven_mechanism = Some(mechanism.to_owned());
            self.emit(SessionEvent::SignInProven { mechanism: mechanism.to_owned() });
        }
    }

    fn forget_token(&mut self) {
        self.config.token = None;
        self.emit(SessionEvent::TokenRefused);
    }

    /// Whether trying again would not help. A certificate or a name that was good before is most likely the fault of
    /// a network that wants a log-in page read first.
    fn is_fatal(&self, failure: &SignInFailure) -> bool {
        match failure {
            SignInFailure::WrongPassword
            | SignInFailure::NotRemembered
            | SignInFailure::AccountDisabled { .. }
            | SignInFailure::NoMechanism
            | SignInFailure::Replaced => true,
            SignInFailure::Certificate { .. } | SignInFailure::UnknownServer { .. } | SignInFailure::NoEncryption => {
                !self.connection.ever_online
            }
            SignInFailure::Unreachable { .. } | SignInFailure::ServerClosed { .. } | SignInFailure::Protocol { .. } => {
                false
            }
        }
    }

    /// Stops for good; only [`Actor::reconnect_now`] leaves this.
    fn fail(&mut self, why: SignInFailure) {
        tracing::info!(why = kind(&why), "giving up");
        self.connection.stop();
        self.drop_link();
        self.emit(SessionEvent::ConnectionChanged(ConnectionState::Failed { why }));
    }

    /// The account is gone, or not: the session of one that is gone is over for good.
    pub(super) fn account_removed(&mut self, answer: Answer, reply: Reply<Result<(), RequestError>>) {
        if answer.is_ok() {
            tracing::info!("the account was removed");
            self.connection.stop();
            self.drop_link();
            self.emit(SessionEvent::ConnectionChanged(ConnectionState::Offline));
        }
        let _ = reply.send(answer.map(|_| ()));
    }

    fn drop_link(&mut self) {
        self.link = None;
        self.connection.wire = None;
        let reproaches = &self.reproaches;
        for purpose in self.requests.clear_but(|id| reproaches.holds(&id.into())) {
            self.abandoned(purpose);
        }
        self.receipts.all_lost();
        self.groups_lost_stream();
        if !self.in_flight.is_empty() {
            let ids = self.in_flight.drain(..).collect();
            self.emit(SessionEvent::MessagesUnacknowledged { ids });
        }
    }

    /// The stream's task is gone, which only a bug in the library brings about: start over.
    fn link_ended(&mut self) {
        if self.connection.phase == Phase::Off {
            return;
        }
        tracing::warn!("the stream ended by itself");
        self.connection.stop();
        self.drop_link();
        self.connection.attempts = self.connection.attempts.max(1);
        self.connection.ever_online = true;
        self.start_link();
    }

    fn went_online(&mut self, resumed: bool) {
        let Some(jid) = self.jid.clone() else { return };
        let held = self.reproaches.take_held();
        if !resumed {
            // What was asked in the old session will not be answered in this one.
            for purpose in self.requests.clear_but(|id| held.iter().any(|held| held.id.as_str() == id)) {
                self.abandoned(purpose);
            }
        }
        self.requests.resume(Instant::now());
        self.connection.phase = Phase::Online;
        self.connection.epoch += 1;
        self.connection.failed_negotiations = 0;
        self.connection.online_since = Some(Instant::now());
        self.connection.ever_online = true;
        tracing::info!(resumed, "online");
        if !resumed {
            self.archive.new_session();
            for contact in self.people.forget_presence() {
                self.emit(SessionEvent::ContactChanged { contact, version: None });
            }
            self.groups_in_new_session();
        }
        let catching_up = !self.archive.is_caught_up() || self.personal.marks_awaited;
        self.emit(SessionEvent::ConnectionChanged(ConnectionState::Online { catching_up }));
        self.connection.resumed = resumed;
        self.connection.session += u64::from(!resumed);
        let session = self.connection.session;
        self.emit(SessionEvent::Online { jid, resumed, session });
        if resumed {
            // What was under way when the stream fell, and was not asked or not answered.
            self.go_on_greeting();
            if self.greeting.has_account() {
                self.go_on_catching_up();
            }
            self.groups_resumed();
        } else {
            self.greet();
            self.ask_again(held);
        }
        self.send_receipts();
    }

    pub(super) fn connection_timers(&mut self, now: Instant) {
        match self.connection.phase {
            Phase::Waiting { until } if until <= now => self.attempt(),
            Phase::Negotiating { until } if until <= now => {
                self.connection.failed_negotiations += 1;
                self.connection.phase = Phase::Down;
                self.cut();
            }
            Phase::Online if self.connection.last_heard.is_some_and(|at| at + IDLE <= now) => {
                // The next look is after another pause, whatever comes of this.
                self.connection.last_heard = Some(now);
                if !self.requests.any(|purpose| matches!(purpose, Purpose::Ping { .. })) {
                    self.ping(None);
                }
            }
            _ => {}
        }
    }

    pub(super) fn pinged(
        &mut self,
        (sent, epoch): (Instant, u64),
        reply: Option<Reply<Result<Duration, RequestError>>>,
        answer: &Answer,
    ) {
        let result = match answer {
            // Also a refusal is a sign of life.
            Ok(_) | Err(RequestError::Refused(_)) => Ok(sent.elapsed()),
            Err(error) => Err(error.clone()),
        };
        let is_current = self.connection.is_online() && self.connection.epoch == epoch;
        if matches!(result, Err(RequestError::Timeout)) && is_current {
            tracing::info!("the link is dead");
            self.connection.attempts = 0;
            self.cut();
        }
        if let Some(reply) = reply {
            let _ = reply.send(result);
        }
    }

    fn cut(&self) {
        if let Some(wire) = &self.connection.wire {
            wire.cut();
        }
    }

    pub(super) fn network_changed(&mut self) {
        match self.connection.phase {
            Phase::Waiting { .. } => self.attempt(),
            // The attempt may be stuck in the old network.
            Phase::Connecting => self.attempt(),
            Phase::Online => {
                let (reply, _) = tokio::sync::oneshot::channel();
                self.ping(Some(reply));
            }
            Phase::Negotiating { .. } => self.cut(),
            Phase::Off | Phase::Down => {}
        }
    }

    pub(super) fn reconnect_now(&mut self) {
        match self.connection.phase {
            Phase::Off => {
                self.connection.attempts = 0;
                self.connection.ever_online = false;
                self.start_link();
            }
            Phase::Waiting { .. } => self.attempt(),
            Phase::Down | Phase::Connecting | Phase::Negotiating { .. } | Phase::Online => {}
        }
    }

    /// When a live stanza was sent: the own server's word, if it was kept for us, else now.
    pub(super) fn live_time(&self, stanza: &Element) -> confab_model::Timestamp {
        let now = self.now();
        self.stamp(stanza).map_or(now, |stamp| stamp.min(now))
    }

    /// The own server's word about that, by its clock.
    pub(super) fn stamp(&self, stanza: &Element) -> Option<confab_model::Timestamp> {
        let (domain, own) = (self.own().domain().as_str().to_owned(), self.own().to_string());
        delay_0203::read_from(stanza, &[&domain, &own])
    }
}
