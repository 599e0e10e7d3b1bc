//! How far conversations were displayed here, on its way to the account's other devices (XEP-0490).
//!
//! The store knows which places are due; they stay due until the server has taken them. One is published at a time: while
//! that is on its way, a conversation that is read on only moves its place, so reading a thousand messages publishes a
//! few places. Nothing is published before this device knows how far the others are, which its catch-up brings.

use confab_model::AccountId;
use confab_session::{Displayed, RequestError, SessionHandle};
use confab_store::{DuePosition, Store};
use futures::future::BoxFuture;

use super::outbox::Sending;

/// Where the places go. The session; a script in tests.
pub(super) trait PositionSink {
    fn publish(&self, position: DuePosition) -> BoxFuture<'static, Result<(), RequestError>>;
}

impl PositionSink for SessionHandle {
    fn publish(&self, position: DuePosition) -> BoxFuture<'static, Result<(), RequestError>> {
        let session = self.clone();
        Box::pin(async move {
            let DuePosition { conversation, kind, archive_id } = position;
            session.publish_displayed(&Displayed { conversation, kind, archive_id }).await
        })
    }
}

/// See the module.
pub(super) struct Positions<S> {
    sink: S,
    store: Store,
    account: AccountId,
    publishing: Option<(DuePosition, BoxFuture<'static, Result<(), RequestError>>)>,
    /// One was taken: there may be another.
    goes_on: bool,
}

impl<S: PositionSink> Positions<S> {
    pub(super) fn new(sink: S, store: Store, account: AccountId) -> Self {
        Self { sink, store, account, publishing: None, goes_on: false }
    }

    /// Publishes the next place, if there is one and none is on its way.
    pub(super) async fn step(&mut self, sending: &Sending) {
        if self.publishing.is_some() {
            return;
        }
        let is_asked = sending.take_position_work();
        if !std::mem::take(&mut self.goes_on) && !is_asked {
            return;
        }
        match self.store.due_positions(self.account).await {
            Ok(due) => {
                self.publishing = due.into_iter().next().map(|position| {
                    let answer = self.sink.publish(position.clone());
                    (position, answer)
                });
            }
            Err(error) => tracing::warn!(%error, "the due places cannot be read"),
        }
    }

    /// Waits for the answer; for ever if nothing is on its way. Cancel-safe.
    pub(super) async fn answer(&mut self) -> Result<(), RequestError> {
        match &mut self.publishing {
            Some((_, answer)) => answer.await,
            None => std::future::pending().await,
        }
    }

    pub(super) async fn answered(&mut self, answer: Result<(), RequestError>) {
        let Some((position, _)) = self.publishing.take() else { return };
        match answer {
            Ok(()) => {}
            // A server without nodes of accounts (XEP-0163) would refuse it for ever.
            Err(RequestError::Refused(error)) => tracing::info!(%error, "the server keeps no places"),
            Err(
                RequestError::Unsupported(_)
                | RequestError::Invalid(_)
                | RequestError::TooLarge { .. }
                | RequestError::Unexpected(_),
            ) => {}
            // It stays due: the next stream, or the next place, tries again.
            Err(error) => return tracing::debug!(%error, "a place was not told"),
        }
        self.goes_on = true;
        if let Err(error) = self.store.position_told(self.account, &position).await {
            self.goes_on = false;
            tracing::warn!(%error, "a place that was told stays due");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, Mutex};

    use confab_model::{BareJid, Composed, ConversationKind, Direction, MessageId, Sender, Timestamp};
    use confab_store::ReceivedMessage;

    use super::*;

    /// Notes what it is given and answers as it is told.
    #[derive(Clone, Default)]
    struct Script(Arc<Mutex<Vec<String>>>, Arc<Mutex<Vec<Result<(), RequestError>>>>);

    impl Script {
        fn taken(&self) -> Vec<String> {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    impl PositionSink for Script {
        fn publish(&self, position: DuePosition) -> BoxFuture<'static, Result<(), RequestError>> {
            self.0.lock().unwrap().push(position.archive_id);
            let answer = self.1.lock().unwrap().pop().unwrap_or(Ok(()));
            Box::pin(std::future::ready(answer))
        }
    }

    struct World {
        _folder: tempfile::TempDir,
        store: Store,
        account: AccountId,
        sending: Sending,
        script: Script,
        positions: Positions<Script>,
    }

    async fn world() -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("history.sqlite")).await.unwrap();
        let account = store.add_account(&"alice@example.org".parse().unwrap(), None, true).await.unwrap();
        let script = Script::default();
        let positions = Positions::new(script.clone(), store.clone(), account);
        World { _folder: folder, store, account, sending: Sending::default(), script, positions }
    }

    impl World {
        async fn displays(&self, from: &str, name: &str) {
            let conversation: BareJid = from.parse().unwrap();
            let message = ReceivedMessage {
                id: MessageId::from(name),
                conversation: conversation.clone(),
                kind: ConversationKind::Direct,
                sender: Sender::person(conversation.clone()),
                direction: Direction::Incoming,
                stanza_id: Some(format!("s-{name}")),
                origin_id: None,
                archive_id: Some(name.to_owned()),
                content: Composed::text("hi".to_owned()),
                shown: None,
                sent_at: Timestamp(10),
                sent_by_server: false,
                standing: confab_store::Standing::Last,
                ahead: false,
                read: false,
            };
            self.store.receive(self.account, &[message], None).await.unwrap();
            self.store.mark_displayed(self.account, &conversation, &MessageId::from(name), false).await.unwrap();
            self.sending.marker_due();
        }

        /// As the sending task does it, until there is nothing to wait for.
        async fn run(&mut self) -> Vec<String> {
            loop {
                self.positions.step(&self.sending).await;
                if self.positions.publishing.is_none() {
                    return self.script.taken();
                }
                let answer = self.positions.answer().await;
                self.positions.answered(answer).await;
            }
        }
    }

    #[tokio::test]
    async fn places_are_told_once_this_device_knows_those_of_the_others() {
        let mut w = world().await;
        w.displays("bob@example.org", "b1").await;
        w.displays("carol@example.org", "c1").await;
        w.displays("bob@example.org", "b2").await;
        w.sending.online(false, 1);
        assert_eq!(w.run().await, [] as [&str; 0], "the others may be further");
        // Another device was.
        w.store.displayed_everywhere(w.account, &"carol@example.org".parse().unwrap(), "c1").await.unwrap();
        w.sending.caught_up();
        assert_eq!(w.run().await, ["b2"], "only the newest of a conversation");
        w.sending.offline();
        w.displays("bob@example.org", "b3").await;
        assert_eq!(w.run().await, [] as [&str; 0]);
    }

    #[tokio::test]
    async fn what_is_not_taken_stays_due_and_what_is_refused_does_not() {
        let mut w = world().await;
        w.sending.online(false, 1);
        w.sending.caught_up();
        w.displays("bob@example.org", "b1").await;
        w.script.1.lock().unwrap().push(Err(RequestError::NotOnline));
        assert_eq!(w.run().await, ["b1"]);
        assert_eq!(w.store.due_positions(w.account).await.unwrap().len(), 1);
        w.sending.caught_up();
        w.script.1.lock().unwrap().push(Err(RequestError::Unsupported("urn:x")));
        assert_eq!(w.run().await, ["b1"]);
        assert_eq!(w.store.due_positions(w.account).await.unwrap(), []);
    }
}
