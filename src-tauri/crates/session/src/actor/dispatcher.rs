//! The session's handling of stanzas without a stream, for fuzzing: what it would send is made and dropped.

use futures::future::BoxFuture;
use tokio::{sync::mpsc, time::Instant};

use super::{Actor, IQ_TIMEOUT, Purpose, reading};
use crate::{
    ConnectError, Connector, KnownGroup, SessionConfig, SessionEvent, SignInRequest, SignedIn, signals::Codecs,
    xep::archive_0313,
};

struct NoConnector;

impl Connector for NoConnector {
    fn connect(&self, _: SignInRequest) -> BoxFuture<'static, Result<SignedIn, ConnectError>> {
        Box::pin(std::future::pending())
    }
}

/// An account `me@example.org/here` that takes stanzas.
pub struct Dispatcher {
    actor: Actor,
    _events: mpsc::Receiver<SessionEvent>,
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatcher").finish_non_exhaustive()
    }
}

impl Dispatcher {
    /// Never `None`: its addresses are fixed.
    pub fn new() -> Option<Self> {
        let mut config = SessionConfig::new("me@example.org".parse().ok()?, String::new());
        config.groups = Some(vec![KnownGroup {
            jid: "room@rooms.example.org".parse().ok()?,
            name: String::new(),
            nickname: "me".to_owned(),
            archive_id: None,
            joined: true,
            applied_to: None,
        }]);
        let (_, commands) = mpsc::channel(1);
        let (outlet, events) = mpsc::channel(1);
        let clock = || confab_model::Timestamp(1_800_000_000_000);
        let mut actor =
            Actor::new(config, std::sync::Arc::new(NoConnector), Codecs::installed(), clock, commands, outlet);
        actor.jid = Some("me@example.org/here".parse().ok()?);
        actor.trusts_stanza_ids = true;
        actor.pretend_to_be_in_rooms();
        Some(Self { actor, _events: events })
    }

    /// Handles a stanza, live and as it would come out of the archive. Returns how many events it made.
    pub fn stanza(&mut self, stanza: &minidom::Element) -> usize {
        let deadline = Instant::now() + IQ_TIMEOUT;
        let own = jid::Jid::from(self.actor.own().clone());
        if let Ok(device) = "bob@example.org/x".parse::<confab_model::FullJid>() {
            let (purpose, asked) = (Purpose::DeviceInfo { device: device.clone(), caps: None }, jid::Jid::from(device));
            self.actor.requests.add("device".to_owned(), Some(asked), deadline, purpose);
        }
        self.actor.requests.add("roster".to_owned(), None, deadline, Purpose::Roster(None));
        self.actor.requests.add("page".to_owned(), Some(own), deadline, Purpose::CatchUp);
        self.actor.stanza(stanza);
        if let Some(archived) = archive_0313::read_result(stanza) {
            let envelope = reading::envelope(&archived, self.actor.now(), false);
            self.actor.delivered(&archived.message, &envelope);
        }
        self.actor.pretend_room_result(stanza);
        self.actor.outlet.waiting.drain(..).count()
    }

    /// How many contact requests and outstanding requests are kept.
    pub fn kept(&self) -> (usize, usize) {
        (self.actor.contact_requests.len(), self.actor.requests.len())
    }

    /// How many people in rooms, and requests about rooms, are kept.
    pub fn kept_of_rooms(&self) -> (usize, usize) {
        self.actor.kept_of_rooms()
    }
}
