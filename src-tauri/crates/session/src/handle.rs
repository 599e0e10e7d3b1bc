//! The cloneable handle through which everybody talks to a session.

use std::time::Duration;

use confab_model::{Availability, BareJid, CallRecord, Contact, FullJid, MessageId, OutgoingSignal, Pii, TypingState};
use jid::Jid;
use minidom::Element;
use tokio::sync::{mpsc, oneshot};

use crate::{
    ArchivePage, ArchiveSpan, Device, OutgoingMessage, OwnPresence, Receipt, Report, RequestError, SendError, Services,
    groups::GroupCommand, profile::Nodes,
};

/// Commands that may wait for the actor. A caller beyond that waits, it is never dropped.
pub(crate) const COMMAND_QUEUE: usize = 64;

pub(crate) type Reply<T> = oneshot::Sender<T>;

/// What a handle asks of the actor.
#[derive(Debug)]
pub(crate) enum Command {
    SendMessage(OutgoingMessage, Option<u64>, Reply<Result<(), SendError>>),
    SendChatState(BareJid, TypingState, Reply<Result<(), SendError>>),
    SendDisplayed(BareJid, MessageId, Reply<Result<(), SendError>>),
    SendReceipt(Receipt),
    SendCallRecord(MessageId, Box<CallRecord>, Reply<Result<(), SendError>>),
    SendSignal(Box<OutgoingSignal>, Reply<Result<(), SendError>>),
    SetPresence(OwnPresence),
    AddContact { jid: BareJid, name: String, reason: String, reply: Reply<Result<(), RequestError>> },
    AcceptContact(BareJid, Reply<Result<(), RequestError>>),
    DeclineContact(BareJid, String, Reply<Result<(), RequestError>>),
    RenameContact(BareJid, String, Reply<Result<(), RequestError>>),
    GroupContact(BareJid, Vec<String>, Reply<Result<(), RequestError>>),
    RemoveContact(BareJid, Reply<Result<(), RequestError>>),
    Contacts { refresh: bool, reply: Reply<Result<Vec<Contact>, RequestError>> },
    Devices(BareJid, Reply<Vec<Device>>),
    Speaks(FullJid, String, Reply<bool>),
    Iq { set: bool, to: Option<Jid>, payload: Box<Element>, reply: Reply<Result<Option<Element>, RequestError>> },
    ArchivePage { with: BareJid, span: ArchiveSpan, reply: Reply<Result<ArchivePage, RequestError>> },
    Services(Reply<Services>),
    Block { jid: BareJid, report: Option<Report>, reply: Reply<Result<(), RequestError>> },
    Unblock(BareJid, Reply<Result<(), RequestError>>),
    SetAvailability(Availability, Reply<()>),
    Group(Box<GroupCommand>),
    ChangePassword(Pii<String>, Reply<Result<(), RequestError>>),
    RemoveAccount(Reply<Result<(), RequestError>>),
    Probe(Reply<Result<Duration, RequestError>>),
    NetworkChanged,
    Reconnect,
    SignOut(Reply<()>),
}

/// Talks to one session. Cheap to clone; the session ends when the last handle is dropped.
///
/// Every method may be cancelled. A session that has ended answers `Closed`.
#[derive(Debug, Clone)]
pub struct SessionHandle {
    pub(crate) commands: mpsc::Sender<Command>,
    /// The account.
    pub(crate) own: BareJid,
    pub(crate) nodes: Nodes,
}

impl SessionHandle {
    pub(crate) async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.ok()?;
        answer.await.ok()
    }

    /// Hands a chat message to the stream. `Ok` is not delivery: [`MessageSent`](crate::SessionEvent::MessageSent)
    /// follows when the server has it, or [`MessagesUnacknowledged`](crate::SessionEvent::MessagesUnacknowledged) when
    /// the stream fell. Until then the same id again is `Ok`, also while the stream is down, and sends nothing: the whole
    /// outbox may be handed over after every [`Online`](crate::SessionEvent::Online).
    pub async fn send_message(&self, message: OutgoingMessage) -> Result<(), SendError> {
        self.ask(|reply| Command::SendMessage(message, None, reply)).await.unwrap_or(Err(SendError::Closed))
    }

    /// [`SessionHandle::send_message`], if the session is still the one that [`Online`](crate::SessionEvent::Online) told of;
    /// otherwise it is refused as [`SendError::NotOnline`]. So a message cannot overtake those that fell with an older
    /// session, of which the caller has yet to hear.
    pub async fn send_message_in(&self, session: u64, message: OutgoingMessage) -> Result<(), SendError> {
        self.ask(|reply| Command::SendMessage(message, Some(session), reply)).await.unwrap_or(Err(SendError::Closed))
    }

    /// Confirms that a message is kept (XEP-0184). Sent as soon as there is a stream, and again in the next session if the
    /// server had not acknowledged it in this one.
    pub async fn send_receipt(&self, receipt: Receipt) {
        let _ = self.commands.send(Command::SendReceipt(receipt)).await;
    }

    /// Tells the own other devices, and the archive, how a call ended ([`CallTold`](crate::SessionEvent::CallTold)). As
    /// [`SessionHandle::send_message`]: [`MessageSent`](crate::SessionEvent::MessageSent) follows with this id.
    ///
    /// # Errors
    /// `Invalid` for the record of a call with too many people.
    pub async fn send_call_record(&self, id: MessageId, record: CallRecord) -> Result<(), SendError> {
        self.ask(|reply| Command::SendCallRecord(id, Box::new(record), reply)).await.unwrap_or(Err(SendError::Closed))
    }

    /// Tells the far side whether this person is typing (XEP-0085). Not stored by servers. To people who may not see our
    /// presence nothing is sent.
    pub async fn send_chat_state(&self, to: BareJid, state: TypingState) -> Result<(), SendError> {
        self.ask(|reply| Command::SendChatState(to, state, reply)).await.unwrap_or(Err(SendError::Closed))
    }

    /// Tells the far side (and, by carbons, the own devices) that messages up to this one were displayed
    /// (XEP-0333). `message` is the sender's id.
    pub async fn send_displayed(&self, to: BareJid, message: MessageId) -> Result<(), SendError> {
        self.ask(|reply| Command::SendDisplayed(to, message, reply)).await.unwrap_or(Err(SendError::Closed))
    }

    /// Sends a call signal. A Jingle signal that the far side's client refuses comes back as
    /// [`Signal::SessionError`](confab_model::Signal::SessionError).
    pub async fn send_signal(&self, signal: OutgoingSignal) -> Result<(), SendError> {
        self.ask(|reply| Command::SendSignal(Box::new(signal), reply)).await.unwrap_or(Err(SendError::Closed))
    }

    /// Sets the own presence, now or at the next sign-in.
    pub async fn set_presence(&self, presence: OwnPresence) {
        let _ = self.commands.send(Command::SetPresence(presence)).await;
    }

    /// Adds a person to the roster and asks to see their presence, with the reason as text and the own name
    /// (RFC 6121 §3.1, `<status>`; XEP-0172).
    pub async fn add_contact(&self, jid: BareJid, name: String, reason: String) -> Result<(), RequestError> {
        self.ask(|reply| Command::AddContact { jid, name, reason, reply }).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Lets a person see our presence, and asks to see theirs.
    pub async fn accept_contact(&self, jid: BareJid) -> Result<(), RequestError> {
        self.ask(|reply| Command::AcceptContact(jid, reply)).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Refuses a contact request, or takes back an earlier permission.
    pub async fn decline_contact(&self, jid: BareJid, reason: String) -> Result<(), RequestError> {
        self.ask(|reply| Command::DeclineContact(jid, reason, reply)).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Changes the name that this account gives a contact.
    pub async fn rename_contact(&self, jid: BareJid, name: String) -> Result<(), RequestError> {
        self.ask(|reply| Command::RenameContact(jid, name, reply)).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Changes the groups of the roster in which this account keeps a contact.
    pub async fn group_contact(&self, jid: BareJid, groups: Vec<String>) -> Result<(), RequestError> {
        self.ask(|reply| Command::GroupContact(jid, groups, reply)).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Removes a contact and both subscriptions (RFC 6121 §2.5); also withdraws an unanswered request.
    pub async fn remove_contact(&self, jid: BareJid) -> Result<(), RequestError> {
        self.ask(|reply| Command::RemoveContact(jid, reply)).await.unwrap_or(Err(RequestError::Closed))
    }

    /// All contacts as they are known here, or, with `refresh`, after asking the server.
    pub async fn contacts(&self, refresh: bool) -> Result<Vec<Contact>, RequestError> {
        self.ask(|reply| Command::Contacts { refresh, reply }).await.unwrap_or(Err(RequestError::Closed))
    }

    /// The signed-in devices of a person whose presence is seen, best first (RFC 6121 §4.7.2.1).
    pub async fn devices(&self, jid: BareJid) -> Vec<Device> {
        self.ask(|reply| Command::Devices(jid, reply)).await.unwrap_or_default()
    }

    /// Whether a device advertises a feature (XEP-0030, XEP-0115). Asks the device if that is not known yet; false if
    /// it does not answer within 5 s or is not online.
    pub async fn speaks(&self, device: FullJid, feature: &str) -> bool {
        let feature = feature.to_owned();
        self.ask(|reply| Command::Speaks(device, feature, reply)).await.unwrap_or(false)
    }

    /// Sends a `get` and waits for the result, 30 s at most. `None`: to the own account.
    pub async fn iq_get(&self, to: Option<Jid>, payload: Element) -> Result<Option<Element>, RequestError> {
        self.iq(false, to, payload).await
    }

    /// Sends a `set` and waits for the result, 30 s at most. `None`: to the own account.
    pub async fn iq_set(&self, to: Option<Jid>, payload: Element) -> Result<Option<Element>, RequestError> {
        self.iq(true, to, payload).await
    }

    async fn iq(&self, set: bool, to: Option<Jid>, payload: Element) -> Result<Option<Element>, RequestError> {
        let payload = Box::new(payload);
        self.ask(|reply| Command::Iq { set, to, payload, reply }).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Reads messages of a conversation that are older than `before` (an archive id; `None`: the newest), as a rule 40
    /// to 140 of them. Several queries may be needed for that; each takes 30 s at most.
    pub async fn older_messages(&self, with: BareJid, before: Option<String>) -> Result<ArchivePage, RequestError> {
        self.archive_page(with, ArchiveSpan::Before(before)).await
    }

    /// Reads a part of a conversation's archive, as [`Self::older_messages`] does.
    pub async fn archive_page(&self, with: BareJid, span: ArchiveSpan) -> Result<ArchivePage, RequestError> {
        self.ask(|reply| Command::ArchivePage { with, span, reply }).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Blocks a person or a whole server (XEP-0191), with a report (XEP-0377) where the server takes reports;
    /// [`BlockedChanged`](crate::SessionEvent::BlockedChanged) follows.
    pub async fn block(&self, jid: BareJid, report: Option<Report>) -> Result<(), RequestError> {
        self.ask(|reply| Command::Block { jid, report, reply }).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Lets somebody through again.
    pub async fn unblock(&self, jid: BareJid) -> Result<(), RequestError> {
        self.ask(|reply| Command::Unblock(jid, reply)).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Changes the account's password (XEP-0077 §3.3). This session knows the new one from then on.
    pub async fn change_password(&self, password: Pii<String>) -> Result<(), RequestError> {
        self.ask(|reply| Command::ChangePassword(password, reply)).await.unwrap_or(Err(RequestError::Closed))
    }

    /// Removes the account from its server for good (XEP-0077 §3.2). The session is `Offline` then.
    pub async fn remove_account(&self) -> Result<(), RequestError> {
        self.ask(Command::RemoveAccount).await.unwrap_or(Err(RequestError::Closed))
    }

    /// What the own server has for files and groups, as far as it is known by now.
    pub async fn services(&self) -> Services {
        self.ask(Command::Services).await.unwrap_or_default()
    }

    /// Asks the server for a sign of life and returns the round trip. No answer within 3 s: the link is given up
    /// and a new connection is made at once.
    pub async fn probe(&self) -> Result<Duration, RequestError> {
        self.ask(Command::Probe).await.unwrap_or(Err(RequestError::Closed))
    }

    /// The device's network changed: a waiting session connects at once, a connected one probes its link.
    pub async fn network_changed(&self) {
        let _ = self.commands.send(Command::NetworkChanged).await;
    }

    /// Connects at once if the session is waiting or has failed.
    pub async fn reconnect(&self) {
        let _ = self.commands.send(Command::Reconnect).await;
    }

    /// Closes the stream and ends the session, 10 s at most.
    pub async fn sign_out(&self) {
        let _ = self.ask(Command::SignOut).await;
    }
}
