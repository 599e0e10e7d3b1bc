//! Messages as they come from the wire: live, by carbon, from the archive, in any order and more than once.
//!
//! In: [`ReceivedMessage`]s whose provenance the caller has checked (carbons of the own bare address only, archive ids
//! by the own archive only). Out: each message once, with what was new. Own messages start in `outbox`, calls in `calls`.

use std::borrow::Cow;

use confab_model::{AccountId, BareJid, Conversation, DeliveryState, Direction, Message, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, accounts, codes, conversations, displayed, history, outbox,
    rows::{MessageRow, message_rows, millis},
    search,
    strangers::{self, Verdict},
};

/// A message of the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// What it is called here if it is new. Messages of own other devices keep their stanza id instead, because
    /// receipts name that.
    pub id: MessageId,
    /// The other person (for own messages: to whom).
    pub conversation: BareJid,
    pub sender: BareJid,
    pub direction: Direction,
    /// The `id` attribute.
    pub stanza_id: Option<String>,
    /// XEP-0359 `origin-id`.
    pub origin_id: Option<String>,
    /// XEP-0359 `stanza-id` by the archive in which the message is.
    pub archive_id: Option<String>,
    pub content: ReceivedContent,
    pub sent_at: Timestamp,
    /// `sent_at` is the server's (a delay stamp or the archive's), not this device's time of arrival.
    pub sent_by_server: bool,
    /// Already displayed on some device of this account; does not count as unread.
    pub read: bool,
}

/// What a message of the wire says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceivedContent {
    Text(String),
    /// For a method that cannot be read here (XEP-0380), with the payload for a later version that can.
    Encrypted {
        method: String,
        ciphertext: Option<Vec<u8>>,
    },
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

/// A page of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// There are older ones in the store that follow without a gap.
    pub more: bool,
    /// The server has nothing older than the oldest one in the store, and nothing is missing down to there.
    pub history_complete: bool,
}

impl Store {
    /// Takes messages in, in one transaction: all or none. `position`: with them everything up to this archive id is
    /// in the store (a page of the catch-up); `None` for live messages and for pages of older history.
    ///
    /// A message that is here already (the same archive id; or the same sender and origin id in the conversation) is not
    /// doubled: missing ids are filled in, the server's time replaces this device's for messages of others. An own
    /// message that comes back is sent, and leaves the outbox.
    ///
    /// Of what strangers send only a part is kept (see `strangers`); a message that is left out is not in the answer.
    pub async fn receive(
        &self,
        account: AccountId,
        messages: &[ReceivedMessage],
        position: Option<&str>,
    ) -> Result<Vec<Received>, StoreError> {
        let mut tx = self.write().await?;
        let is_read_back = history::is_read_again(&mut tx, account).await?;
        let mut received = Vec::with_capacity(messages.len());
        for message in messages {
            let read_back_from = (is_read_back && message.sent_by_server).then_some(i64::MAX);
            received.extend(receive(&mut tx, account, message, read_back_from).await?);
        }
        if let Some(position) = position {
            accounts::set_archive_position(&mut tx, account, position).await?;
        }
        tx.commit().await?;
        Ok(received)
    }

    /// One message, if it is there.
    pub async fn message(&self, account: AccountId, message: &MessageId) -> Result<Option<Message>, StoreError> {
        message_rows!("WHERE m.account_id = ?1 AND m.uid = ?2", account.0, message.0)
            .fetch_optional(&self.readers)
            .await?
            .map(MessageRow::into_message)
            .transpose()
    }

    /// The newest `limit` messages, or those before `before`, down to the next gap (see [`Store::note_gap`]). An unknown
    /// `before` or conversation gives an empty page.
    pub async fn messages(
        &self,
        account: AccountId,
        conversation: &BareJid,
        before: Option<&MessageId>,
        limit: u32,
    ) -> Result<StoredPage, StoreError> {
        let address = conversation.to_string();
        // One connection and transaction: both queries see the same state.
        let mut tx = self.readers.begin().await?;
        let state = sqlx::query!(
            r#"SELECT id AS "id!: i64", history_complete AS "complete!: bool" FROM conversations
            WHERE account_id = ?1 AND jid = ?2"#,
            account.0,
            address
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(state) = state else {
            return Ok(StoredPage { messages: Vec::new(), more: false, history_complete: false });
        };
        let before = match before {
            None => Some((i64::MAX, i64::MAX)),
            Some(before) => place(&mut tx, account, state.id, before).await?,
        };
        let Some((before_ms, before_row)) = before else {
            return Ok(StoredPage { messages: Vec::new(), more: false, history_complete: state.complete });
        };
        let gap = history::gap_before(&mut tx, state.id, (before_ms, before_row)).await?;
        let (after_ms, after_row) = gap.unwrap_or((-1, 0));
        let history_complete = state.complete && gap.is_none();
        let one_more = i64::from(limit) + 1;
        let mut rows = message_rows!(
            "WHERE m.conversation_id = ?1 AND (m.sent_ms, m.id) < (?2, ?3) AND (m.sent_ms, m.id) > (?5, ?6)
            ORDER BY m.sent_ms DESC, m.id DESC LIMIT ?4",
            state.id,
            before_ms,
            before_row,
            one_more,
            after_ms,
            after_row
        )
        .fetch_all(&mut *tx)
        .await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let messages = rows.into_iter().rev().map(MessageRow::into_message).collect::<Result<_, _>>()?;
        Ok(StoredPage { messages, more, history_complete })
    }

    /// The message that a receipt, marker or correction of the conversation names by its `id` attribute; of several
    /// (not every client gives unique ids) the newest.
    pub async fn find_by_stanza_id(
        &self,
        account: AccountId,
        conversation: &BareJid,
        stanza_id: &str,
    ) -> Result<Option<MessageId>, StoreError> {
        let address = conversation.to_string();
        let id = sqlx::query_scalar!(
            "SELECT m.uid FROM conversations v JOIN messages m ON m.conversation_id = v.id
            WHERE v.account_id = ?1 AND v.jid = ?2 AND m.stanza_id = ?3 ORDER BY m.sent_ms DESC, m.id DESC LIMIT 1",
            account.0,
            address,
            stanza_id
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(id.map(MessageId))
    }

    /// The message with an id of the archive (XEP-0490 names messages so).
    pub async fn find_by_archive_id(
        &self,
        account: AccountId,
        conversation: &BareJid,
        archive_id: &str,
    ) -> Result<Option<MessageId>, StoreError> {
        let address = conversation.to_string();
        let id = sqlx::query_scalar!(
            "SELECT m.uid FROM conversations v JOIN messages m ON m.conversation_id = v.id
            WHERE v.account_id = ?1 AND v.jid = ?2 AND m.archive_id = ?3",
            account.0,
            address,
            archive_id
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(id.map(MessageId))
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
        return merge(connection, known, message, sent_ms, read_back_from).await.map(Some);
    }
    let message = match strangers::judge(connection, account, message, sent_ms).await? {
        Verdict::Whole => Cow::Borrowed(message),
        Verdict::Cut(message) => Cow::Owned(*message),
        Verdict::Nothing => {
            tracing::info!("a message of a stranger is left out: too many of them wrote within an hour");
            return Ok(None);
        }
    };
    let conversation = conversations::ensure(connection, account, &message.conversation, sent_ms).await?;
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
            r#"SELECT id AS "row!: i64", conversation_id, direction, delivery, sent_ms, sent_by_server FROM messages
            WHERE conversation_id = ?1 AND archive_id = ?2"#,
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
    let sender = message.sender.to_string();
    Ok(sqlx::query_as!(
        Known,
        r#"SELECT id AS "row!: i64", conversation_id, direction, delivery, sent_ms, sent_by_server FROM messages
        WHERE conversation_id = ?1 AND sender = ?2 AND origin_id = ?3 ORDER BY id LIMIT 1"#,
        conversation,
        sender,
        origin
    )
    .fetch_optional(connection)
    .await?)
}

async fn insert(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: i64,
    message: &ReceivedMessage,
    sent_ms: i64,
) -> Result<Message, StoreError> {
    let id = free_id(connection, account, message).await?;
    let sender = message.sender.to_string();
    let direction = codes::direction(message.direction);
    let origin = origin(message);
    let (kind, body, encryption, ciphertext) = match &message.content {
        ReceivedContent::Text(text) => (codes::KIND_TEXT, text.as_str(), None, None),
        ReceivedContent::Encrypted { method, ciphertext } => {
            (codes::KIND_ENCRYPTED, "", Some(method.as_str()), ciphertext.as_deref())
        }
    };
    let delivery = match message.direction {
        Direction::Outgoing => codes::SENT,
        Direction::Incoming if message.read => codes::READ,
        Direction::Incoming => codes::DELIVERED,
    };
    let row = sqlx::query_scalar!(
        r#"INSERT INTO messages (account_id, conversation_id, uid, stanza_id, origin_id, archive_id, sender, direction,
            kind, body, encryption, ciphertext, sent_ms, sent_by_server, delivery)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) RETURNING id AS "id!: i64""#,
        account.0,
        conversation,
        id,
        message.stanza_id,
        origin,
        message.archive_id,
        sender,
        direction,
        kind,
        body,
        encryption,
        ciphertext,
        sent_ms,
        message.sent_by_server,
        delivery
    )
    .fetch_one(&mut *connection)
    .await?;
    search::index(connection, row, conversation, sent_ms, body).await?;
    conversations::refresh_last(connection, conversation).await?;
    if message.direction == Direction::Incoming && !message.read {
        conversations::add_unread(connection, conversation, 1).await?;
    }
    let place = (sent_ms, row);
    match message.direction {
        Direction::Outgoing => outgoing_came(connection, conversation, place, message.sent_by_server).await?,
        Direction::Incoming => {
            if let Some(stanza_id) = &message.stanza_id {
                let whose = (&message.conversation, conversation);
                displayed::apply_early_marker(connection, account, whose, stanza_id, place).await?;
            }
        }
    }
    load(connection, row).await
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
        confirm_by_marker(connection, place.1, true).await?;
    }
    Ok(())
}

/// Fills in what the known message lacks.
async fn merge(
    connection: &mut SqliteConnection,
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
            archive_id = coalesce(archive_id, ?4)
        WHERE id = ?1",
        known.row,
        message.stanza_id,
        origin,
        message.archive_id
    )
    .execute(&mut *connection)
    .await?;
    let mut changed = false;
    // Not of own messages: some would take the server's time and some keep this device's, and change places.
    let is_incoming = known.direction == codes::direction(Direction::Incoming);
    if message.sent_by_server && known.sent_by_server == 0 && is_incoming {
        sqlx::query!("UPDATE messages SET sent_ms = ?2, sent_by_server = 1 WHERE id = ?1", known.row, sent_ms)
            .execute(&mut *connection)
            .await?;
        if sent_ms != known.sent_ms {
            search::reindex(connection, known.row, sent_ms).await?;
            conversations::refresh_last(connection, known.conversation_id).await?;
            changed = true;
        }
    }
    if known.direction == codes::direction(Direction::Outgoing) {
        changed |= outbox::sent(connection, known.row, known.delivery).await?;
    } else if message.read && known.delivery == codes::DELIVERED {
        set_delivery(connection, known.row, codes::READ, None).await?;
        conversations::add_unread(connection, known.conversation_id, -1).await?;
        changed = true;
    }
    let message = load(connection, known.row).await?;
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
    Ok(match row(connection, account, wanted).await? {
        None => wanted.clone(),
        Some(_) => MessageId::random().0,
    })
}

/// Where a message of a conversation stands, by `(sent_ms, row)`.
pub(crate) async fn place(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: i64,
    message: &MessageId,
) -> Result<Option<(i64, i64)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT id AS "row!: i64", sent_ms FROM messages
        WHERE account_id = ?1 AND uid = ?2 AND conversation_id = ?3"#,
        account.0,
        message.0,
        conversation
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|found| (found.sent_ms, found.row)))
}

/// The row of a message.
pub(crate) async fn row(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &str,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM messages WHERE account_id = ?1 AND uid = ?2"#,
        account.0,
        message
    )
    .fetch_optional(connection)
    .await?)
}

/// The message by its row.
pub(crate) async fn load(connection: &mut SqliteConnection, row: i64) -> Result<Message, StoreError> {
    message_rows!("WHERE m.id = ?1", row).fetch_one(connection).await?.into_message()
}

/// Writes a state that the caller has found allowed.
pub(crate) async fn set_delivery(
    connection: &mut SqliteConnection,
    row: i64,
    delivery: i64,
    failure: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE messages SET delivery = ?2, failure = ?3 WHERE id = ?1", row, delivery, failure)
        .execute(connection)
        .await?;
    Ok(())
}

/// A sent message before the other side's read marker has been read. `by_time`: the server's time alone tells;
/// otherwise it must also have been queued before the marked one, so that a clock that was set back shows nothing as
/// read too early.
pub(crate) async fn confirm_by_marker(
    connection: &mut SqliteConnection,
    row: i64,
    by_time: bool,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE messages SET delivery = 4 WHERE id = ?1 AND direction = 1 AND delivery IN (2, 3) AND EXISTS
            (SELECT 1 FROM conversations v WHERE v.id = messages.conversation_id
                AND (messages.sent_ms, messages.id) <= (v.peer_read_ms, v.peer_read_id)
                AND (?2 OR messages.id <= v.peer_read_id))",
        row,
        by_time
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A message together with its conversation as it is after the change.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub message: Message,
    pub conversation: Conversation,
}

/// Both by their rows.
pub(crate) async fn stored(connection: &mut SqliteConnection, row: i64) -> Result<Stored, StoreError> {
    let message = load(connection, row).await?;
    let conversation_id = sqlx::query_scalar!("SELECT conversation_id FROM messages WHERE id = ?1", row)
        .fetch_one(&mut *connection)
        .await?;
    Ok(Stored { message, conversation: conversations::load(connection, conversation_id).await? })
}
