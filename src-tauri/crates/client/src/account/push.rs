//! The push service of an account (XEP-0357): a server that wakes what cannot keep a stream, a phone as a rule.
//!
//! In: what the person has set, whether the account's server knows push, and when it is online. Out: enable and disable,
//! one at a time; the last wish counts. What was enabled is kept, so that another service, or none, takes the old one
//! away first, also after a restart. Signing out ends it: nothing is pushed for an account that is not used here.

use std::time::Duration;

use confab_model::{AccountId, Event};
use confab_session::{PushService, RequestError, SessionHandle};
use confab_store::{Store, StoreError};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::{sync::watch, task::JoinHandle};

use crate::{event_bus::EventBus, settings::PushSettings};

/// Signing out does not wait longer for the server's word.
const FAREWELL: Duration = Duration::from_secs(5);
/// Says whether the person wants notifications to tell who and what (`docs/protocol.md`); only told when not.
const DETAILS: &str = "urn:confab:call:0#details";

/// Where the store keeps what is enabled.
pub(crate) fn key(account: AccountId) -> String {
    format!("push.{}", account.0)
}

/// What is enabled at the server, as it is kept in the store's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Enabled {
    service: PushSettings,
    details: bool,
}

impl Enabled {
    /// What the person's settings ask for.
    pub(super) fn wanted(settings: &crate::Settings) -> Option<Self> {
        let service = settings.push.clone().filter(|_| settings.notifications)?;
        Some(Self { service, details: settings.notification_details })
    }

    fn service(&self) -> Option<PushService> {
        let PushSettings { service, node, options } = &self.service;
        let mut options = options.clone();
        if !self.details {
            options.push((DETAILS.to_owned(), "0".to_owned()));
        }
        PushService::new(service, node.clone(), options)
    }
}

/// Where enable and disable go. The session; a script in tests.
pub(super) trait PushSink: Clone + Send + Sync + 'static {
    fn enable(&self, service: PushService) -> BoxFuture<'static, Result<(), RequestError>>;
    fn disable(&self, service: PushService) -> BoxFuture<'static, Result<(), RequestError>>;
}

impl PushSink for SessionHandle {
    fn enable(&self, service: PushService) -> BoxFuture<'static, Result<(), RequestError>> {
        let session = self.clone();
        Box::pin(async move { session.enable_push(&service).await })
    }

    fn disable(&self, service: PushService) -> BoxFuture<'static, Result<(), RequestError>> {
        let session = self.clone();
        Box::pin(async move { session.disable_push(&service.jid, Some(&service.node)).await })
    }
}

/// The account's end. Ends with the task when dropped.
#[derive(Debug)]
pub(super) struct Push {
    /// `None`: there is nobody to ask. Else the wish; sent again in every session.
    wish: watch::Sender<Option<Option<Enabled>>>,
    task: JoinHandle<()>,
}

impl Push {
    pub(super) fn start(sink: impl PushSink, (store, account): (Store, AccountId), bus: EventBus) -> Self {
        let (wish, wishes) = watch::channel(None);
        let worker = Worker { sink, store, account, bus };
        Self { wish, task: tokio::spawn(worker.run(wishes)) }
    }

    /// The server knows push: this is what it is to do.
    pub(super) fn set(&self, wanted: Option<Enabled>) {
        self.wish.send_replace(Some(wanted));
    }

    /// The server does not know push, or there is none.
    pub(super) fn forget(&self) {
        self.wish.send_replace(None);
    }

    /// The settings are others; without a server that knows push they wait for one.
    pub(super) fn change(&self, wanted: Option<Enabled>) {
        self.wish.send_if_modified(|wish| match wish {
            Some(known) if *known != wanted => {
                *known = wanted;
                true
            }
            _ => false,
        });
    }

    /// Ends it for good and waits for that, while there is a stream.
    pub(super) async fn end(self) {
        if self.wish.borrow().is_some() {
            self.wish.send_replace(Some(None));
        }
        self.finish().await;
    }

    /// Waits for what is on its way. What is enabled stays enabled.
    pub(super) async fn finish(self) {
        let Self { wish, mut task } = self;
        drop(wish);
        if tokio::time::timeout(FAREWELL, &mut task).await.is_err() {
            task.abort();
            tracing::warn!("the server did not say that push is over");
        }
    }
}

struct Worker<S> {
    sink: S,
    store: Store,
    account: AccountId,
    bus: EventBus,
}

impl<S: PushSink> Worker<S> {
    async fn run(self, mut wishes: watch::Receiver<Option<Option<Enabled>>>) {
        while wishes.changed().await.is_ok() {
            let wish = wishes.borrow_and_update().clone();
            let Some(wanted) = wish else { continue };
            match self.settle(wanted).await {
                Ok(Ok(())) => {}
                // The next session is told again.
                Ok(Err(error)) => {
                    tracing::info!(%error, "push is not as it is wanted");
                    if let RequestError::Refused(refusal) = error {
                        let event = Event::Warning { code: "pushRefused".to_owned(), detail: refusal.to_string() };
                        self.bus.publish(Some(self.account), event);
                    }
                }
                Err(error) => tracing::warn!(%error, "what is pushed is not kept"),
            }
        }
    }

    async fn settle(&self, wanted: Option<Enabled>) -> Result<Result<(), RequestError>, StoreError> {
        let key = key(self.account);
        let known: Option<Enabled> = self.store.setting(&key).await?;
        if let Some(old) = known.filter(|old| wanted.as_ref().is_none_or(|wanted| !wanted.is_same_place(old))) {
            // A refusal says that it is not known there (any more).
            if let Some(service) = old.service()
                && let Err(error) = self.sink.disable(service).await
                && !matches!(error, RequestError::Refused(_))
            {
                return Ok(Err(error));
            }
            self.store.remove_setting(&key).await?;
        }
        let Some(wanted) = wanted else { return Ok(Ok(())) };
        // Settings are checked where they are made.
        let Some(service) = wanted.service() else { return Ok(Ok(())) };
        // Kept before it is done: a crash in between leaves nothing that nobody takes away.
        self.store.set_setting(&key, &wanted).await?;
        Ok(self.sink.enable(service).await)
    }
}

impl Enabled {
    /// Enabling the one replaces the other (XEP-0357 §5).
    fn is_same_place(&self, other: &Self) -> bool {
        self.service.service == other.service.service && self.service.node == other.service.node
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, Mutex};

    use confab_session::IqError;

    use super::*;

    /// What was asked, and the answers that are left, the next one last.
    type Lines = (Vec<String>, Vec<Result<(), RequestError>>);

    /// Notes what it is asked and answers as it is told.
    #[derive(Clone, Default)]
    struct Script(Arc<Mutex<Lines>>);

    impl Script {
        fn ask(&self, word: &str, service: &PushService) -> BoxFuture<'static, Result<(), RequestError>> {
            let mut inner = self.0.lock().unwrap();
            let options: Vec<String> = service.options.iter().map(|(name, value)| format!(" {name}={value}")).collect();
            inner.0.push(format!("{word} {}/{}{}", service.jid, service.node, options.concat()));
            let answer = inner.1.pop().unwrap_or(Ok(()));
            Box::pin(std::future::ready(answer))
        }

        fn asked(&self) -> Vec<String> {
            std::mem::take(&mut self.0.lock().unwrap().0)
        }
    }

    impl PushSink for Script {
        fn enable(&self, service: PushService) -> BoxFuture<'static, Result<(), RequestError>> {
            self.ask("enable", &service)
        }

        fn disable(&self, service: PushService) -> BoxFuture<'static, Result<(), RequestError>> {
            self.ask("disable", &service)
        }
    }

    fn wanted(node: &str, details: bool) -> Option<Enabled> {
        let options = vec![("secret".to_owned(), "s".to_owned())];
        let service = PushSettings { service: "push.example.org".to_owned(), node: node.to_owned(), options };
        Some(Enabled { service, details })
    }

    struct World {
        _folder: tempfile::TempDir,
        store: Store,
        script: Script,
    }

    async fn world() -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("history.sqlite")).await.unwrap();
        World { _folder: folder, store, script: Script::default() }
    }

    impl World {
        /// A run of the app: everything is done when it is over.
        async fn run(&self, with: impl AsyncFnOnce(Push)) -> Vec<String> {
            let (store, bus) = (self.store.clone(), EventBus::new());
            with(Push::start(self.script.clone(), (store, AccountId(1)), bus)).await;
            self.script.asked()
        }
    }

    #[tokio::test]
    async fn the_last_wish_counts_and_an_old_service_is_taken_away() {
        let w = world().await;
        let asked = w.run(async |push| {
            push.change(wanted("a", true));
            push.finish().await;
        });
        assert_eq!(asked.await, [] as [&str; 0], "without a server that knows it");
        let asked = w.run(async |push| {
            push.set(wanted("a", true));
            push.finish().await;
        });
        assert_eq!(asked.await, ["enable push.example.org/a secret=s"]);
        let asked = w.run(async |push| {
            push.set(wanted("a", false));
            push.finish().await;
        });
        assert_eq!(asked.await, ["enable push.example.org/a secret=s urn:confab:call:0#details=0"]);
        let asked = w.run(async |push| {
            push.set(wanted("b", true));
            push.finish().await;
        });
        let replaced = "disable push.example.org/a secret=s urn:confab:call:0#details=0";
        assert_eq!(asked.await, [replaced, "enable push.example.org/b secret=s"]);
        let asked = w.run(async |push| {
            push.set(wanted("b", true));
            push.end().await;
        });
        assert_eq!(asked.await, ["disable push.example.org/b secret=s"]);
    }

    #[tokio::test]
    async fn what_could_not_be_ended_is_ended_the_next_time() {
        let w = world().await;
        let run = async |wish: Option<Enabled>| {
            w.run(async |push| {
                push.set(wish);
                push.finish().await;
            })
            .await
        };
        run(wanted("a", true)).await;
        w.script.0.lock().unwrap().1.push(Err(RequestError::Timeout));
        assert_eq!(run(None).await, ["disable push.example.org/a secret=s"]);
        let gone = IqError { condition: "item-not-found".into(), application: None, text: String::new() };
        w.script.0.lock().unwrap().1.push(Err(RequestError::Refused(gone)));
        assert_eq!(run(None).await, ["disable push.example.org/a secret=s"]);
        assert_eq!(run(None).await, [] as [&str; 0]);
    }
}
