//! Sessions against a real Prosody and a real ejabberd on loopback.
//!
//! Every wait is for an event, with a generous limit; nothing here sleeps.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod devices;
mod groups;
mod proxy;
mod sign_in;
mod stream;
mod talk;

use std::{sync::Arc, time::Duration};

use confab_model::{BareJid, ConnectionState, MessageBody, MessageId, Pii, ServerAddress};
use confab_session::{
    NetworkConnector, OutgoingMessage, ReceivedMessage, Session, SessionConfig, SessionEvent, SessionHandle,
};
use confab_testkit::server::{Kind, LocalServer, ServerOptions};
use tokio::{sync::mpsc, time::timeout};

/// A server restart takes two seconds, reconnecting with back-off some more.
const LIMIT: Duration = Duration::from_secs(60);

fn start(kind: Kind) -> LocalServer {
    let server = LocalServer::start(ServerOptions::new(kind)).expect("a server");
    for user in ["alice", "bob"] {
        server.register(user, "secret").expect("an account");
    }
    server
}

fn address(server: &LocalServer) -> ServerAddress {
    ServerAddress { host: server.address().to_string(), port: server.port(), direct_tls: false }
}

/// A person's device.
struct User {
    name: String,
    jid: BareJid,
    handle: SessionHandle,
    events: mpsc::Receiver<SessionEvent>,
    /// What the app would have stored.
    archive: Option<String>,
}

impl User {
    fn config(server: &LocalServer, name: &str) -> SessionConfig {
        let jid = format!("{name}@{}", server.domain()).parse().unwrap();
        let mut config = SessionConfig::new(jid, "secret".to_owned());
        config.resource = Some(format!("confab.{name}"));
        config
    }

    fn connector(server: &LocalServer, config: &SessionConfig, address: ServerAddress) -> NetworkConnector {
        NetworkConnector::new(config.jid.clone(), Some(address), Some(server.ca_file().to_owned()))
    }

    fn spawn(config: SessionConfig, connector: NetworkConnector) -> Self {
        let jid = config.jid.clone();
        let name = jid.node().map(ToString::to_string).unwrap_or_default();
        let archive = config.last_archive_id.clone();
        let (handle, events) = Session::spawn(config, connector);
        Self { name, jid, handle, events, archive }
    }

    async fn online(server: &LocalServer, name: &str) -> Self {
        Self::online_at(server, Self::config(server, name), address(server)).await
    }

    async fn online_at(server: &LocalServer, config: SessionConfig, address: ServerAddress) -> Self {
        let connector = Self::connector(server, &config, address);
        let mut user = Self::spawn(config, connector);
        user.caught_up().await;
        user
    }

    /// The first event for which `pick` has an answer; those before it are dropped.
    async fn until<T>(&mut self, what: &str, pick: impl Fn(&SessionEvent) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let found = timeout(LIMIT, async {
            loop {
                let event = self.events.recv().await.expect("the session goes on");
                if let SessionEvent::ArchiveReached { id } = &event {
                    self.archive = Some(id.clone());
                }
                if let Some(found) = pick(&event) {
                    return found;
                }
                seen.push(event);
            }
        })
        .await;
        found.unwrap_or_else(|_| panic!("{} waited for {what} and saw {seen:#?}", self.name))
    }

    async fn caught_up(&mut self) {
        self.until("online", |event| {
            matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Online { catching_up: false }))
                .then_some(())
        })
        .await;
    }

    async fn online_again(&mut self) -> bool {
        self.until("online again", |event| match event {
            SessionEvent::Online { resumed, .. } => Some(*resumed),
            _ => None,
        })
        .await
    }

    async fn state(&mut self, what: &str, is: impl Fn(&ConnectionState) -> bool) -> ConnectionState {
        self.until(what, |event| match event {
            SessionEvent::ConnectionChanged(state) if is(state) => Some(state.clone()),
            _ => None,
        })
        .await
    }

    async fn says(&self, to: &BareJid, text: &str) -> MessageId {
        let id = MessageId::random();
        let message = OutgoingMessage::text(id.clone(), to.clone(), text);
        self.handle.send_message(message).await.expect("sent");
        id
    }

    /// Confirms it, as an app does that has kept it.
    async fn hears(&mut self, text: &str) -> ReceivedMessage {
        let text = MessageBody::Text(Pii(text.to_owned()));
        let message = self
            .until("a message", |event| match event {
                SessionEvent::MessageReceived(message) if message.content.body == text => Some((**message).clone()),
                _ => None,
            })
            .await;
        if let Some(receipt) = message.receipt.clone() {
            self.handle.send_receipt(receipt).await;
        }
        message
    }

    async fn sent(&mut self, id: &MessageId) {
        self.until("an acknowledgement", |event| {
            matches!(event, SessionEvent::MessageSent { id: sent } if sent == id).then_some(())
        })
        .await;
    }

    async fn delivered(&mut self, id: &MessageId) {
        self.until("a receipt", |event| {
            matches!(event, SessionEvent::MessageDelivered(by) if by.message == *id).then_some(())
        })
        .await;
    }
}

/// Makes contacts of two people, through a request and its acceptance.
async fn befriend(alice: &mut User, bob: &mut User) {
    alice.handle.add_contact(bob.jid.clone(), "Bob".to_owned(), "we met".to_owned()).await.unwrap();
    let request = bob
        .until("a request", |event| match event {
            SessionEvent::ContactRequested(request) => Some(request.clone()),
            _ => None,
        })
        .await;
    assert_eq!((&request.from, request.reason.as_str()), (&alice.jid, "we met"));
    assert_eq!(request.nickname, "alice");
    bob.handle.accept_contact(alice.jid.clone()).await.unwrap();
    for user in [alice, bob] {
        user.until("the other's presence", |event| match event {
            SessionEvent::ContactChanged { contact, .. }
                if contact.subscription == confab_model::Subscription::Both
                    && contact.presence == confab_model::PresenceShow::Online =>
            {
                Some(())
            }
            _ => None,
        })
        .await;
    }
}

/// Runs a test on both servers, one after the other.
macro_rules! on_both_servers {
    ($($name:ident),+ $(,)?) => {
        mod prosody {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(confab_testkit::server::Kind::Prosody).await;
            })+
        }
        mod ejabberd {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(confab_testkit::server::Kind::Ejabberd).await;
            })+
        }
    };
}
pub(crate) use on_both_servers;

/// A server whose blocking methods can be called from a task.
type Shared = Arc<std::sync::Mutex<LocalServer>>;

async fn on_server<T: Send + 'static>(server: &Shared, act: impl FnOnce(&mut LocalServer) -> T + Send + 'static) -> T {
    let server = server.clone();
    tokio::task::spawn_blocking(move || act(&mut server.lock().unwrap())).await.unwrap()
}
