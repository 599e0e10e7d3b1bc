//! The contract of the store. Times and ids are given; each test has its own file.

mod amendments;
mod archive;
mod calls;
mod chat;
mod crash;
mod displayed;
mod faults;
mod gaps;
mod groups;
mod lists;
mod marks;
mod order;
mod pieces;
mod plans;
mod quick;
mod searching;
mod sending;
mod strangers;
mod unconfirmed;
mod upgrade;
mod windows;

use confab_model::{
    AccountId, BareJid, Composed, ConversationKind, Direction, Message, MessageContent, MessageId, Sender, Timestamp,
};
use tempfile::TempDir;

use crate::{ReceivedMessage, Standing, Store};

pub(crate) fn jid(text: &str) -> BareJid {
    text.parse().unwrap()
}

pub(crate) fn id(text: &str) -> MessageId {
    MessageId::from(text)
}

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp(ms)
}

/// A store of alice, who talks to bob.
pub(crate) struct World {
    pub store: Store,
    pub alice: AccountId,
    pub bob: BareJid,
    pub folder: TempDir,
}

pub(crate) async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("confab.db")).await.unwrap();
    let alice = store.add_account(&jid("alice@example.org"), None, true).await.unwrap();
    World { store, alice, bob: jid("bob@example.org"), folder }
}

impl World {
    pub async fn queue(&self, name: &str, ms: i64) -> Message {
        let text = format!("text of {name}");
        self.store.queue_text(self.alice, &self.bob, &id(name), &text, at(ms)).await.unwrap().message
    }

    pub async fn receive(&self, message: ReceivedMessage) -> crate::Received {
        self.store.receive(self.alice, &[message], None).await.unwrap().remove(0)
    }

    /// A receipt in the conversation with bob.
    pub async fn receipt(&self, by: &BareJid, message: &str, ms: i64) -> Option<Message> {
        let by = Sender::person(by.clone());
        self.store.receipt(self.alice, &self.bob, &by, message, at(ms)).await.unwrap()
    }

    /// A displayed marker in the conversation with bob.
    pub async fn read(&self, by: &BareJid, message: &str, ms: i64) -> Vec<Message> {
        let by = Sender::person(by.clone());
        self.store.read_marker(self.alice, &self.bob, &by, message, at(ms)).await.unwrap()
    }

    /// `(id, delivery)` of all messages, oldest first.
    pub async fn ladder(&self) -> Vec<(String, String)> {
        let page = self.store.messages(self.alice, &self.bob, None, 200).await.unwrap();
        page.messages.iter().map(|message| (message.id.0.clone(), format!("{:?}", message.delivery))).collect()
    }

    pub async fn unread(&self) -> (u32, Option<String>) {
        let conversation = self.store.conversation(self.alice, &self.bob).await.unwrap().unwrap();
        (conversation.unread, conversation.first_unread.map(|id| id.0))
    }
}

pub(crate) fn ladder(steps: &[(&str, &str)]) -> Vec<(String, String)> {
    steps.iter().map(|(id, state)| ((*id).to_owned(), (*state).to_owned())).collect()
}

pub(crate) fn incoming(name: &str, ms: i64) -> ReceivedMessage {
    ReceivedMessage {
        id: id(name),
        conversation: jid("bob@example.org"),
        kind: ConversationKind::Direct,
        sender: Sender::person(jid("bob@example.org")),
        direction: Direction::Incoming,
        stanza_id: Some(format!("s-{name}")),
        origin_id: Some(format!("o-{name}")),
        archive_id: None,
        content: Composed::text(format!("text of {name}")),
        shown: None,
        sent_at: at(ms),
        sent_by_server: false,
        standing: Standing::ByTime,
        ahead: false,
        read: false,
    }
}

/// An own message as a carbon or the archive shows it.
pub(crate) fn outgoing(name: &str, ms: i64) -> ReceivedMessage {
    ReceivedMessage {
        id: id("unused"),
        sender: Sender::person(jid("alice@example.org")),
        direction: Direction::Outgoing,
        stanza_id: Some(name.to_owned()),
        origin_id: Some(name.to_owned()),
        read: false,
        ..incoming(name, ms)
    }
}

pub(crate) fn archived(message: ReceivedMessage, archive_id: &str) -> ReceivedMessage {
    ReceivedMessage { archive_id: Some(archive_id.to_owned()), sent_by_server: true, ..message }
}

pub(crate) fn text_of(message: &Message) -> &str {
    match &message.content {
        MessageContent::Text { text } => text,
        other => panic!("not a text: {other:?}"),
    }
}
