//! The session's handling of stanzas without a stream, for fuzzing: what it would send is made and dropped.

use futures::future::BoxFuture;
use tokio::{sync::mpsc, time::Instant};

use super::{Actor, IQ_TIMEOUT, Purpose, messages::Envelope};
use crate::{
    ConnectError, Connector, MessageSource, SessionConfig, SessionEvent, SignInRequest, SignedIn, signals::Codecs,
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
        let config = SessionConfig::new("me@example.org".parse().ok()?, String::new());
        let (_, commands) = mpsc::channel(1);
        let (outlet, events) = mpsc::channel(1);
        let clock = || confab_model::Timestamp(1_800_000_000_000);
        let mut actor =
            Actor::new(config, std::sync::Arc::new(NoConnector), Codecs::installed(), clock, commands, outlet);
        actor.jid = Some("me@example.org/here".parse().ok()?);
        actor.trusts_stanza_ids = true;
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
            let (source, sent_at) = (MessageSource::Archive, archived.sent_at.unwrap_or_default());
            let envelope = Envelope { source, sent_at, stamped: archived.sent_at, archive_id: Some(archived.id) };
            self.actor.delivered(&archived.message, &envelope);
        }
        self.actor.outlet.waiting.drain(..).count()
    }

    /// How many contact requests and outstanding requests are kept.
    pub fn kept(&self) -> (usize, usize) {
        (self.actor.contact_requests.len(), self.actor.requests.len())
    }
}
