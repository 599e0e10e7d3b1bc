//! One account: the actor that is the only writer of its state, and the handle that others hold.
//!
//! In: commands of the person, events of the XMPP session, of running calls and of the device-wide arbiter, all
//! through one mailbox. Out: rows in the store, stanzas through [`outgoing`], orders to call drivers, events.
//! The actor never waits for the network; what has to wait is done by the caller or by a task of its own.

mod actor;
mod amendments;
mod arrivals;
mod calls;
mod connection;
mod contacts;
mod doubts;
mod drafts;
mod files;
pub(crate) mod groups;
mod history;
mod ice;
mod markers;
mod marks;
mod messages;
mod outbox;
mod outgoing;
mod personal;
mod positions;
mod push;
mod records;
pub(crate) mod sign_outs;
mod told_records;

use confab_call::{Done, FloorEvent, Leaving, Operation};
use confab_model::{
    Account, BareJid, CallId, CallSnapshot, Conversation, ConversationChange, Group, GroupRequest, GroupRequestKind,
    IceServer, Mention, MessageDraft, MessageId, Pii, Profile, TypingState,
};
use confab_session::{RequestError, SessionHandle};
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use actor::{AccountContext, AccountStart, start};
pub(crate) use history::Part;
pub(crate) use push::key as push_key;

use crate::{
    OperationError, Settings,
    call::DriverEvent,
    files::{Outcome, PreparedFile},
    secrets::AccountSecret,
};

/// Commands and call events that may wait for the actor. A caller beyond that waits; so does the task of a call, up to a
/// time at which the actor is not there any more (`call::driver`).
const MAILBOX: usize = 256;

pub(crate) type Reply<T> = oneshot::Sender<Result<T, OperationError>>;

/// What the mailbox takes.
#[derive(Debug)]
pub(crate) enum AccountMessage {
    Send {
        conversation: BareJid,
        draft: Box<MessageDraft>,
        file: Option<Box<PreparedFile>>,
        reply: Reply<MessageId>,
    },
    Edit {
        message: MessageId,
        text: String,
        mentions: Vec<Mention>,
        reply: Reply<()>,
    },
    Recall {
        message: MessageId,
        reply: Reply<()>,
    },
    React {
        message: MessageId,
        emojis: Vec<String>,
        reply: Reply<()>,
    },
    Forward {
        messages: Vec<MessageId>,
        to: Vec<BareJid>,
        reply: Reply<Vec<MessageId>>,
    },
    DeleteMessages {
        messages: Vec<MessageId>,
        reply: Reply<()>,
    },
    Download {
        message: MessageId,
        reply: Reply<()>,
    },
    CancelTransfer {
        message: MessageId,
        reply: Reply<()>,
    },
    /// Of [`crate::files::Transfers`].
    Transferred {
        message: MessageId,
        number: u64,
        outcome: Outcome,
    },
    SetConversation {
        jid: BareJid,
        change: ConversationChange,
        reply: Reply<Conversation>,
    },
    DeleteConversation {
        jid: BareJid,
        reply: Reply<()>,
    },
    AcceptRequest {
        jid: BareJid,
        reply: Reply<Conversation>,
    },
    /// The server has given the account this password.
    PasswordChanged {
        password: Pii<String>,
    },
    /// The id of the last time that all devices were to sign out; empty: never.
    SignOutKnown(String),
    /// What somebody publishes was read.
    ProfileRead(Box<Profile>),
    Resend {
        message: MessageId,
        reply: Reply<()>,
    },
    OpenConversation {
        jid: BareJid,
        reply: Reply<Conversation>,
    },
    LoadOlder {
        conversation: BareJid,
        before: Option<MessageId>,
        reply: Reply<bool>,
    },
    /// Answered with whether something came.
    LoadPart {
        conversation: BareJid,
        part: Part,
        reply: Reply<bool>,
    },
    /// For [`AccountMessage::LoadPart`].
    PartLoaded {
        conversation: BareJid,
        part: Box<history::LoadedPart>,
        reply: Reply<bool>,
    },
    SetTyping {
        conversation: BareJid,
        state: TypingState,
    },
    MarkDisplayed {
        conversation: BareJid,
        up_to: MessageId,
        reply: Reply<()>,
    },
    SaveDraft {
        conversation: BareJid,
        text: String,
        reply: Reply<()>,
    },
    RequestAnswered {
        from: BareJid,
        reply: Reply<()>,
    },
    /// The session has answered with what a group is now.
    GroupKnown {
        group: Box<Group>,
        reply: Reply<Group>,
    },
    /// The name of a group was read into which somebody invites.
    GroupNamed(Box<GroupRequest>),
    GroupRequestAnswered {
        group: BareJid,
        kind: GroupRequestKind,
        from: BareJid,
        reply: Reply<()>,
    },
    Call {
        operation: Operation,
        reply: Reply<Done>,
    },
    LiveCalls {
        reply: oneshot::Sender<Vec<CallSnapshot>>,
    },
    Driver {
        call: CallId,
        event: DriverEvent,
    },
    IceServersAnswered(Result<Vec<IceServer>, RequestError>),
    SettingsChanged(Settings),
    NetworkChanged,
    /// A page of older messages arrived for [`AccountMessage::LoadOlder`].
    OlderLoaded {
        conversation: BareJid,
        page: Box<messages::OlderPage>,
        reply: Reply<bool>,
    },
    /// Answered with what it signed in with, when everything is over.
    Stop {
        leaving: Leaving,
        reply: oneshot::Sender<AccountSecret>,
    },
}

/// Talks to a running account. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct AccountHandle {
    pub(crate) jid: BareJid,
    pub(crate) session: SessionHandle,
    pub(crate) account: watch::Receiver<Account>,
    mailbox: mpsc::Sender<AccountMessage>,
    floor: mpsc::UnboundedSender<FloorEvent>,
}

impl AccountHandle {
    /// Puts a message into the mailbox; waits while it is full.
    pub(crate) async fn tell(&self, message: AccountMessage) -> Result<(), OperationError> {
        self.mailbox.send(message).await.map_err(|_| OperationError::gone())
    }

    /// A verdict or news of the device-wide arbiter. In order, and never waited for: an account that waits for the core
    /// must not make the core wait for it. What may wait is bounded by the claims of the device's people.
    pub(crate) fn tell_floor(&self, event: FloorEvent) {
        let _ = self.floor.send(event);
    }

    /// Asks for something and waits for the answer.
    pub(crate) async fn ask<T>(&self, message: impl FnOnce(Reply<T>) -> AccountMessage) -> Result<T, OperationError> {
        let (reply, answer) = oneshot::channel();
        self.tell(message(reply)).await?;
        answer.await.map_err(|_| OperationError::gone())?
    }

    pub(crate) async fn live_calls(&self) -> Result<Vec<CallSnapshot>, OperationError> {
        let (reply, answer) = oneshot::channel();
        self.tell(AccountMessage::LiveCalls { reply }).await?;
        answer.await.map_err(|_| OperationError::gone())
    }

    /// Ends the calls that were placed or answered here and the session, and waits until both are over. What it
    /// signed in with; `None` if it had stopped already.
    pub(crate) async fn stop(&self, leaving: Leaving) -> Option<AccountSecret> {
        let (reply, stopped) = oneshot::channel();
        self.tell(AccountMessage::Stop { leaving, reply }).await.ok()?;
        stopped.await.ok()
    }
}
