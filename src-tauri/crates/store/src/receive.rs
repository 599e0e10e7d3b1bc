//! Messages and changes as they come from the wire: live, by carbon, from an archive, in any order and more than once.
//!
//! In: [`Arrived`]s whose provenance the caller has checked (carbons of the own bare address only, archive ids by the own
//! archive or the room only). Out: each once, with what was new. Own messages start in `outbox`, calls in `calls`; what
//! changes do is in `amendments`.

use std::borrow::Cow;

use confab_model::{
    AccountId, BareJid, Composed, ConversationKind, DeliveryState, Direction, Message, MessageId, Sender, Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    Amended, ReceivedAmendment, ShownFile, Store, StoreError, accounts, amendments, attachments, codes,
    content::Content,
    conversations, deletion, displayed, groups, history, messages, outbox, people,
    rows::millis,
    search,
    strangers::{self, Verdict},
};

/// A message of the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedMessage {
    /// What it is called here if it is new. Messages of own other devices keep their stanza id instead, because
    /// receipts name that.
    pub id: MessageId,
    /// The other person (for own messages: to whom), or the group.
    pub conversation: BareJid,
    pub kind: ConversationKind,
    pub sender: Sender,
    pub direction: Direction,
    /// The `id` attribute.
    pub stanza_id: Option<String>,
    /// XEP-0359 `origin-id`.
    pub origin_id: Option<String>,
    /// XEP-0359 `stanza-id` by the archive in which the message is; in a group by the room.
    pub archive_id: Option<String>,
    pub content: Composed,
    /// Of its file, if it has one.
    pub shown: Option<ShownFile>,
    pub sent_at: Timestamp,
    /// `sent_at` is the server's (a delay stamp or the archive's), not this device's time of arrival.
    pub sent_by_server: bool,
    /// Already displayed on some device of this account; does not count as unread.
    pub read: bool,
}

/// One thing of the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrived {
    Message(Box<ReceivedMessage>),
    Amendment(Box<ReceivedAmendment>),
}

/// What became of one thing of the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    Message(Box<Received>),
    Amendment(Box<Amended>),
}

/// How far an archive has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchivePosition<'a> {
    /// The account's own.
    Own(&'a str),
    /// That of a group.
    Group(&'a BareJid, &'a str),
}

/// What became of a received message.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// New.
    Added(Message),
    /// It was here; something that people see changed (its time, or an own message is now sent).
    Updated(Message),
    /// It was here and looks the same; ids may have been filled in.
    Known(Message),
}

impl Received {
    /// The message as it is now.
    pub fn message(&self) -> &Message {
        match self {
            Self::Added(message) | Self::Updated(message) | Self::Known(message) => message,
        }
    }

    /// New text of somebody else that has not been displayed: what a notification is for.
    pub fn is_news(&self) -> bool {
        match self {
            Self::Added(message) => {
                message.direction == Direction::Incoming && message.delivery == DeliveryState::Delivered
            }
            Self::Updated(_) | Self::Known(_) => false,
        }
    }
}

impl Store {
    /// Takes messages and changes in, in their order and in one transaction: all or none. `position`: with them
    /// everything up to this id of an archive is in the store (a page of the catch-up); `None` for what is live and
    /// for pages of older history.
    ///
    /// A message that is here already (the same archive id; or the same sender and origin id in the conversation) is not
    /// doubled: missing ids are filled in, the server's time replaces this device's for messages of others. An own
    /// message that comes back is sent, and leaves the outbox.
    ///
    /// Of what strangers send only a part is kept (see `strangers`), and nothing that was deleted here comes back; what
    /// is left out is not in the answer.
    pub async fn take_in(
        &self,
        account: AccountId,
        arrived: &[Arrived],
        position: Option<ArchivePosition<'_>>,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut tx = self.write().await?;
        let is_read_back = history::is_read_again(&mut tx, account).await?;
        let mut taken = Vec::with_capacity(arrived.len());
        for one in arrived {
            match one {
                Arrived::Message(message) => {
                    let of_own_archive = message.sent_by_server && message.kind == ConversationKind::Direct;
                    let read_back_from = (is_read_back && of_own_archive).then_some(i64::MAX);
                    let received = receive(&mut tx, account, message, read_back_from).await?;
                    taken.extend(received.map(|received| Taken::Message(Box::new(received))));
                }
                Arrived::Amendment(amendment) => {
                    let amended = amendments::amend(&mut tx, account, amendment).await?;
                    taken.push(Taken::Amendment(Box::new(amended)));
                }
            }
        }
        match position {
            Some(ArchivePosition::Own(position)) => {
                accounts::set_archive_position(&mut tx, account, position).await?;
            }
            Some(ArchivePosition::Group(group, position)) => {
                groups::set_archive_position(&mut tx, account, group, position).await?;
            }
            None => {}
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// [`Store::take_in`] for messages alone; `position` is the own archive's.
    pub async fn receive(
        &self,
        account: AccountId,
        messages: &[ReceivedMessage],
        position: Option<&str>,
    ) -> Result<Vec<Received>, StoreError> {
        let arrived: Vec<_> = messages.iter().map(|message| Arrived::Message(Box::new(message.clone()))).collect();
        let taken = self.take_in(account, &arrived, position.map(ArchivePosition::Own)).await?;
        Ok(taken
            .into_iter()
            .filter_map(|taken| match taken {
                Taken::Message(received) => Some(*received),
                Taken::Amendment(_) => None,
            })
            .collect())
    }
}

/// What decides over a message that is here already.
#[derive(Debug)]
struct Known {
    row: i64,
    conversation_id: i64,
    direction: i64,
    delivery: i64,
    sent_ms: i64,
    sent_by_server: i64,
    archive_id: Option<String>,
    sender: String,
    nickname: String,
    occupant: Option<String>,
}

/// `read_back_from`: the message belongs to a part of the archive that was read backwards from this time on without a
/// break.
pub(crate) async fn receive(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
    read_back_from: Option<i64>,
) -> Result<Option<Received>, StoreError> {
    let sent_ms = millis(message.sent_at);
    if let Some(conversation) = conversations::find(connection, account, &message.conversation).await?
        && let Some(known) = find_known(connection, conversation, message).await?
    {
        return merge(connection, account, known, message, sent_ms, read_back_from).await.map(Some);
    }
    if message.sent_by_server && deletion::was_deleted(connection, account, message, sent_ms).await? {
        return Ok(None);
    }
    let message = match strangers::judge(connection, account, message, sent_ms).await? {
        Verdict::Whole => Cow::Borrowed(message),
        Verdict::Cut(message) => Cow::Owned(*message),
        Verdict::Nothing => {
            tracing::info!("a message of a stranger is left out: too many of them wrote within an hour");
            return Ok(None);
        }
    };
    let whose = (&message.conversation, message.kind);
    let conversation = conversations::ensure(connection, account, whose, sent_ms).await?;
    insert(connection, account, conversation, &message, sent_ms).await.map(|message| Some(Received::Added(message)))
}

/// The id by which the sender knows the message. Own messages carry the same stanza id and origin id, and a server that
/// strips the latter must not double them.
fn origin(message: &ReceivedMessage) -> Option<&str> {
    match message.direction {
        Direction::Incoming => message.origin_id.as_deref(),
        Direction::Outgoing => message.origin_id.as_deref().or(message.stanza_id.as_deref()),
    }
}

async fn find_known(
    connection: &mut SqliteConnection,
    conversation: i64,
    message: &ReceivedMessage,
) -> Result<Option<Known>, StoreError> {
    if let Some(archive_id) = &message.archive_id {
        let known = sqlx::query_as!(
            Known,
            r#"SELECT id AS "row!: i64", conversation_id, direction, delivery, sent_ms, sent_by_server, archive_id,
                sender, nickname, occupant
            FROM messages WHERE conversation_id = ?1 AND archive_id = ?2"#,
            conversation,
            archive_id
        )
        .fetch_optional(&mut *connection)
        .await?;
        if known.is_some() {
            return Ok(known);
        }
    }
    let Some(origin) = origin(message) else { return Ok(None) };
    let direction = codes::direction(message.direction);
    // Anybody may choose the id of somebody else: a few candidates, of which the sender's is meant.
    let candidates = sqlx::query_as!(
        Known,
        r#"SELECT id AS "row!: i64", conversation_id, direction, delivery, sent_ms, sent_by_server, archive_id,
            sender, nickname, occupant
        FROM messages WHERE conversation_id = ?1 AND origin_id = ?2 AND direction = ?3 LIMIT 16"#,
        conversation,
        origin,
        direction
    )
    .fetch_all(connection)
    .await?;
    for known in candidates {
        let sender = people::sender(&known.sender, known.nickname.clone(), known.occupant.clone())?;
        if message.direction == Direction::Outgoing || people::is_same(&sender, &message.sender) {
            return Ok(Some(known));
        }
    }
    Ok(None)
}

async fn insert(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: i64,
    message: &ReceivedMessage,
    sent_ms: i64,
) -> Result<Message, StoreError> {
    let id = free_id(connection, account, message).await?;
    let content = Content::of(&message.content, message.shown.as_ref());
    let delivery = match message.direction {
        Direction::Outgoing => codes::SENT,
        Direction::Incoming if message.read => codes::READ,
        Direction::Incoming => codes::DELIVERED,
    };
    let new = messages::New {
        uid: &id,
        stanza_id: message.stanza_id.as_deref(),
        origin_id: origin(message),
        archive_id: message.archive_id.as_deref(),
        sender: &message.sender,
        direction: message.direction,
        sent_ms,
        sent_by_server: message.sent_by_server,
        delivery,
    };
    let row = messages::insert(connection, account, conversation, &new, &content).await?;
    if let Some(file) = &content.file {
        attachments::put(connection, row, file).await?;
    }
    search::index(connection, row, conversation, sent_ms, &search::Found::of(&content, &message.sender, message.kind))
        .await?;
    conversations::refresh_last(connection, conversation).await?;
    if message.direction == Direction::Incoming && !message.read {
        conversations::add_unread(connection, conversation, 1).await?;
        conversations::come_back(connection, conversation, sent_ms).await?;
    }
    let place = (sent_ms, row);
    let whose = (&message.conversation, conversation);
    match message.direction {
        Direction::Outgoing => outgoing_came(connection, conversation, place, message.sent_by_server).await?,
        Direction::Incoming => {
            for id in displayed::named_by(message.kind, message.stanza_id.as_deref(), message.archive_id.as_deref()) {
                displayed::apply_early_marker(connection, account, whose, id, place).await?;
            }
        }
    }
    amendments::early::apply(connection, account, &message.conversation, row).await?;
    messages::load(connection, row).await
}

/// An own message from another device: whoever writes has seen what stands above.
async fn outgoing_came(
    connection: &mut SqliteConnection,
    conversation: i64,
    place: (i64, i64),
    sent_by_server: bool,
) -> Result<(), StoreError> {
    displayed::display_up_to(connection, conversation, place).await?;
    strangers::familiar(connection, conversation).await?;
    if sent_by_server {
        // Older history: its read marker came long ago.
        messages::confirm_by_marker(connection, place.1, true).await?;
    }
    Ok(())
}

/// Fills in what the known message lacks.
async fn merge(
    connection: &mut SqliteConnection,
    account: AccountId,
    known: Known,
    message: &ReceivedMessage,
    sent_ms: i64,
    read_back_from: Option<i64>,
) -> Result<Received, StoreError> {
    let origin = origin(message);
    if let Some(from_ms) = read_back_from {
        history::met(connection, known.conversation_id, (known.sent_ms, known.row), from_ms).await?;
    }
    sqlx::query!(
        "UPDATE messages SET stanza_id = coalesce(stanza_id, ?2), origin_id = coalesce(origin_id, ?3),
            archive_id = coalesce(archive_id, ?4), occupant = coalesce(occupant, ?5)
        WHERE id = ?1",
        known.row,
        message.stanza_id,
        origin,
        message.archive_id,
        message.sender.occupant
    )
    .execute(&mut *connection)
    .await?;
    if known.occupant.is_none() && message.sender.occupant.is_some() {
        // The index knows people of groups by their occupant id.
        search::reindex(connection, known.row).await?;
    }
    let mut changed = false;
    // Not of own messages: some would take the server's time and some keep this device's, and change places.
    let is_incoming = known.direction == codes::direction(Direction::Incoming);
    if message.sent_by_server && known.sent_by_server == 0 && is_incoming {
        sqlx::query!("UPDATE messages SET sent_ms = ?2, sent_by_server = 1 WHERE id = ?1", known.row, sent_ms)
            .execute(&mut *connection)
            .await?;
        if sent_ms != known.sent_ms {
            search::reindex(connection, known.row).await?;
            conversations::refresh_last(connection, known.conversation_id).await?;
            changed = true;
        }
    }
    if known.direction == codes::direction(Direction::Outgoing) {
        changed |= outbox::sent(connection, known.row, known.delivery).await?;
    } else if message.read && known.delivery == codes::DELIVERED {
        messages::set_delivery(connection, known.row, codes::READ, None).await?;
        conversations::add_unread(connection, known.conversation_id, -1).await?;
        changed = true;
    }
    if known.archive_id.is_none() && message.archive_id.is_some() {
        // What waited for this name: own changes, and those of others that were faster.
        outbox::named(connection, known.row).await?;
        changed |= amendments::early::apply(connection, account, &message.conversation, known.row).await?;
    }
    let message = messages::load(connection, known.row).await?;
    Ok(if changed { Received::Updated(message) } else { Received::Known(message) })
}

/// The id of a new message: a peer's or another device's choice never takes the place of a message that is here.
async fn free_id(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
) -> Result<String, StoreError> {
    let wanted = match (&message.direction, &message.stanza_id) {
        (Direction::Outgoing, Some(stanza_id)) => stanza_id,
        _ => &message.id.0,
    };
    Ok(match messages::row(connection, account, wanted).await? {
        None => wanted.clone(),
        Some(_) => MessageId::random().0,
    })
}
