//! What this account sends, on its way to the server, in one order: messages and changes of messages. A message and its row
//! in the outbox are written in one transaction, so what a person saw as queued is sent after any crash, with the same
//! ids; so are a change and its effect here. A message with a file gets its row when the file is on a server.
//!
//! What goes out is made of the message as it is then: several edits send the newest text, each.

use confab_model::{
    AccountId, BareJid, Change, Composed, ConversationKind, Direction, FailureWhy, Message, MessageId, ReplyReference,
    Sender, Timestamp, WireId,
};
use sqlx::SqliteConnection;

use crate::{
    LocalFile, ShownFile, Store, StoreError, accounts, attachments, codes,
    content::{Content, Details, excerpt},
    conversations,
    database::jid,
    messages::{self, Stored, confirm_by_marker, set_delivery},
    order, people,
    rows::{MessageRow, message_rows, millis},
    search, strangers, unconfirmed,
};

/// A part of what is to be sent, messages only.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxPage {
    /// In the order of sending.
    pub messages: Vec<Message>,
    /// The place of the last one in the outbox: where the next page starts.
    pub last: i64,
}

/// A part of what is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct SendingPage {
    /// In the order of sending. May be empty before the end is reached: a change in a group waits until the room has named
    /// its message. The end is reached when `last` is the place that was asked for.
    pub entries: Vec<Sending>,
    /// The place of the last one in the outbox: where the next page starts.
    pub last: i64,
}

/// One stanza that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Sending {
    /// Stanza id and origin id, the same on every repetition.
    pub id: MessageId,
    pub to: BareJid,
    pub kind: ConversationKind,
    pub content: SendingContent,
}

/// What goes out: the words of `OutgoingContent` of the session.
#[derive(Debug, Clone, PartialEq)]
pub enum SendingContent {
    Message(Box<Composed>),
    Change { of: WireId, change: Change },
}

/// What a new own message has beside its content.
#[derive(Debug, Clone, Default)]
pub struct Queued<'a> {
    /// A message of the same conversation that it answers. Its reference and quote are made here.
    pub reply_to: Option<&'a MessageId>,
    /// Of its file.
    pub shown: Option<&'a ShownFile>,
    /// The file, which is to be uploaded first: then [`Store::upload_finished`] puts the message into the outbox.
    pub upload: Option<&'a LocalFile>,
    /// It is sent at once, to a server whose archive keeps it: on the disk only soon after it is queued. It survives a crash all the
    /// same, and what a power cut takes of it the archive gives back.
    pub is_archived: bool,
}

/// Something that could not be sent, or came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Unsent {
    /// It is marked as failed.
    Message(Box<Message>),
    /// A change of this message. What it did here stays.
    Change(Box<Message>),
}

impl Store {
    /// Queues a message. `id` is also its stanza id and origin id; a message with this id that is here already comes back
    /// unchanged. `at`: now, by the server's clock where its offset is known.
    ///
    /// # Errors
    /// `Unknown` if the answered message is not in the conversation.
    pub async fn queue(
        &self,
        account: AccountId,
        (conversation, kind): (&BareJid, ConversationKind),
        id: &MessageId,
        (content, queued): (&Composed, &Queued<'_>),
        at: Timestamp,
    ) -> Result<Stored, StoreError> {
        let sent_ms = millis(at);
        let mut tx = self.write_waiting(!queued.is_archived || queued.upload.is_some()).await?;
        if let Some(row) = messages::row(&mut tx, account, &id.0).await? {
            return messages::stored(&mut tx, row).await;
        }
        let sender = own_sender(&mut tx, account, conversation, kind).await?;
        let sent_ms = order::time_of_own(&mut tx, account, conversation, sent_ms).await?;
        let conversation_id = conversations::ensure(&mut tx, account, (conversation, kind), sent_ms).await?;
        let mut content = Content::of(content, queued.shown);
        if let Some(answered) = queued.reply_to {
            let reply = reply_reference(&mut tx, account, (conversation, conversation_id), answered).await?;
            content.reply_to = Some(reply.to.0);
            content.details.reply_author = reply.author;
            content.details.reply_quote = reply.quote;
        }
        let delivery = if queued.upload.is_some() { codes::UPLOADING } else { codes::QUEUED };
        let new = messages::New {
            uid: &id.0,
            stanza_id: Some(&id.0),
            origin_id: Some(&id.0),
            archive_id: None,
            sender: &sender,
            direction: Direction::Outgoing,
            sent_ms,
            sent_by_server: false,
            ahead: false,
            delivery,
        };
        let row = messages::insert(&mut tx, account, conversation_id, &new, &content).await?;
        if let Some(file) = &content.file {
            attachments::put(&mut tx, row, file).await?;
        }
        match queued.upload {
            Some(local) => attachments::set_local(&mut tx, row, local, sent_ms).await?,
            None => {
                let next = Next { uid: &id.0, row, kind: codes::SEND_MESSAGE, payload: None };
                enqueue(&mut tx, account, &next, sent_ms).await?;
            }
        }
        let found = search::Found::of(&content, &sender, kind);
        search::index(&mut tx, row, conversation_id, sent_ms, &found).await?;
        conversations::refresh_last(&mut tx, conversation_id).await?;
        strangers::familiar(&mut tx, conversation_id).await?;
        let stored = messages::stored(&mut tx, row).await?;
        tx.commit().await?;
        Ok(stored)
    }

    /// [`Store::queue`] for a text to a person.
    pub async fn queue_text(
        &self,
        account: AccountId,
        conversation: &BareJid,
        id: &MessageId,
        text: &str,
        at: Timestamp,
    ) -> Result<Stored, StoreError> {
        let content = (&Composed::text(text), &Queued::default());
        self.queue(account, (conversation, ConversationKind::Direct), id, content, at).await
    }

    /// The messages that are to be sent, in order, after a place in the outbox (0: from the start). At most `limit`. For
    /// changes as well see [`Store::sending`].
    pub async fn outbox(&self, account: AccountId, after: i64, limit: u32) -> Result<OutboxPage, StoreError> {
        // One transaction: the last place is that of the last message.
        let mut tx = self.readers.begin().await?;
        let places = sqlx::query_scalar!(
            "SELECT seq FROM outbox WHERE account_id = ?1 AND seq > ?2 AND kind = 0 ORDER BY seq LIMIT ?3",
            account.0,
            after,
            limit
        )
        .fetch_all(&mut *tx)
        .await?;
        let Some(&last) = places.last() else { return Ok(OutboxPage { messages: Vec::new(), last: after }) };
        let messages = message_rows!(
            "JOIN outbox o ON o.message_id = m.id AND o.kind = 0
            WHERE o.account_id = ?1 AND o.seq > ?2 AND o.seq <= ?3 ORDER BY o.seq",
            account.0,
            after,
            last
        )
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .map(MessageRow::into_message)
        .collect::<Result<_, _>>()?;
        Ok(OutboxPage { messages, last })
    }

    /// What is to be sent, in order, after a place in the outbox (0: from the start). At most `limit`.
    pub async fn sending(&self, account: AccountId, after: i64, limit: u32) -> Result<SendingPage, StoreError> {
        let mut tx = self.readers.begin().await?;
        let rows = sqlx::query_as!(
            SendingRow,
            r#"SELECT o.seq AS "seq!: i64", o.uid AS "uid!: String", o.kind AS "kind!: i64",
                o.payload AS "payload?: String", m.id AS "row!: i64", v.jid AS "jid!: String",
                v.kind AS "conversation_kind!: i64", m.stanza_id AS "stanza_id?: String",
                m.origin_id AS "origin_id?: String", m.archive_id AS "archive_id?: String",
                m.kind AS "message_kind!: i64", m.body AS "body!: String", m.encryption AS "encryption?: String",
                m.reply_to AS "reply_to?: String", m.details AS "details?: String"
            FROM outbox o JOIN messages m ON m.id = o.message_id JOIN conversations v ON v.id = m.conversation_id
            WHERE o.account_id = ?1 AND o.seq > ?2 ORDER BY o.seq LIMIT ?3"#,
            account.0,
            after,
            limit
        )
        .fetch_all(&mut *tx)
        .await?;
        let last = rows.last().map_or(after, |row| row.seq);
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.extend(row.into_sending(&mut tx).await?);
        }
        Ok(SendingPage { entries, last })
    }

    /// The server has this stanza (XEP-0198). `None`: unknown, a change, or the message had got as far already. A message to
    /// a group is not sent before the room has told it to everybody: then it comes back by [`Store::take_in`].
    pub async fn mark_sent(&self, account: AccountId, stanza: &MessageId) -> Result<Option<Message>, StoreError> {
        self.mark_acknowledged(account, stanza, None).await
    }

    /// [`Store::mark_sent`]; with the time it is remembered until it is confirmed (see `unconfirmed`).
    pub async fn mark_acknowledged(
        &self,
        account: AccountId,
        stanza: &MessageId,
        at: Option<Timestamp>,
    ) -> Result<Option<Message>, StoreError> {
        let mut tx = self.write_soon().await?;
        if settle_change(&mut tx, account, &stanza.0).await?.is_some() {
            tx.commit().await?;
            return Ok(None);
        }
        let Some((row, delivery)) = own(&mut tx, account, stanza).await? else { return Ok(None) };
        let kind = sqlx::query_scalar!(
            "SELECT v.kind FROM messages m JOIN conversations v ON v.id = m.conversation_id WHERE m.id = ?1",
            row
        )
        .fetch_one(&mut *tx)
        .await?;
        if kind == codes::conversation_kind(ConversationKind::Group) {
            return Ok(None);
        }
        let changed = sent(&mut tx, row, delivery).await?;
        if let Some(at) = at.filter(|_| changed) {
            unconfirmed::acknowledged(&mut tx, account, row, at).await?;
        }
        let message = messages::load(&mut tx, row).await?;
        tx.commit().await?;
        Ok(changed.then_some(message))
    }

    /// The message will not be sent, or came back. `None`: unknown, failed already, or delivered all the same.
    pub async fn mark_failed(
        &self,
        account: AccountId,
        message: &MessageId,
        why: &FailureWhy,
    ) -> Result<Option<Message>, StoreError> {
        Ok(match self.mark_unsent(account, message, None, why).await? {
            Some(Unsent::Message(message)) => Some(*message),
            Some(Unsent::Change(_)) | None => None,
        })
    }

    /// A stanza will not be sent, or came back from `from`, which must be whom it went to. `None`: unknown, failed
    /// already, sent to somebody else, or delivered all the same.
    pub async fn mark_unsent(
        &self,
        account: AccountId,
        stanza: &MessageId,
        from: Option<&BareJid>,
        why: &FailureWhy,
    ) -> Result<Option<Unsent>, StoreError> {
        let failure = codes::to_json(why)?;
        let mut tx = self.write().await?;
        if let Some(row) = changed_by(&mut tx, account, &stanza.0).await? {
            let message = messages::load(&mut tx, row).await?;
            if from.is_some_and(|from| *from != message.conversation) {
                return Ok(None);
            }
            settle_change(&mut tx, account, &stanza.0).await?;
            tx.commit().await?;
            return Ok(Some(Unsent::Change(Box::new(message))));
        }
        let Some((row, delivery)) = own(&mut tx, account, stanza).await? else { return Ok(None) };
        if !codes::may_advance(delivery, codes::FAILED) {
            return Ok(None);
        }
        set_delivery(&mut tx, row, codes::FAILED, Some(&failure)).await?;
        dequeue(&mut tx, row).await?;
        let message = messages::load(&mut tx, row).await?;
        if from.is_some_and(|from| *from != message.conversation) {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(Unsent::Message(Box::new(message))))
    }

    /// Queues a failed message again, with the same ids, at the end of the outbox and of the conversation (`at`: now).
    /// With a file that is not on a server it is `Uploading` again. `None`: unknown or not failed.
    pub async fn resend(
        &self,
        account: AccountId,
        message: &MessageId,
        at: Timestamp,
    ) -> Result<Option<Stored>, StoreError> {
        let sent_ms = millis(at);
        let mut tx = self.write().await?;
        let Some((row, delivery)) = own(&mut tx, account, message).await? else { return Ok(None) };
        if !codes::may_advance(delivery, codes::QUEUED) {
            return Ok(None);
        }
        let conversation = sqlx::query_scalar!(
            "UPDATE messages SET sent_ms = ?2, sent_by_server = 0 WHERE id = ?1 RETURNING conversation_id",
            row,
            sent_ms
        )
        .fetch_one(&mut *tx)
        .await?;
        if attachments::needs_upload(&mut tx, row).await? {
            set_delivery(&mut tx, row, codes::UPLOADING, None).await?;
        } else {
            set_delivery(&mut tx, row, codes::QUEUED, None).await?;
            let next = Next { uid: &message.0, row, kind: codes::SEND_MESSAGE, payload: None };
            enqueue(&mut tx, account, &next, sent_ms).await?;
        }
        search::reindex(&mut tx, row).await?;
        conversations::refresh_last(&mut tx, conversation).await?;
        let stored = messages::stored(&mut tx, row).await?;
        tx.commit().await?;
        Ok(Some(stored))
    }
}

/// A row of the outbox with its message.
#[derive(Debug)]
struct SendingRow {
    seq: i64,
    uid: String,
    kind: i64,
    payload: Option<String>,
    row: i64,
    jid: String,
    conversation_kind: i64,
    stanza_id: Option<String>,
    origin_id: Option<String>,
    archive_id: Option<String>,
    message_kind: i64,
    body: String,
    encryption: Option<String>,
    reply_to: Option<String>,
    details: Option<String>,
}

impl SendingRow {
    /// `None`: it has to wait until the room has named the message.
    async fn into_sending(mut self, connection: &mut SqliteConnection) -> Result<Option<Sending>, StoreError> {
        let to = jid(&self.jid)?;
        let kind = codes::conversation_kind_from(self.conversation_kind)?;
        let id = MessageId(std::mem::take(&mut self.uid));
        if self.kind == codes::SEND_MESSAGE {
            let content = SendingContent::Message(Box::new(self.composed(connection).await?));
            return Ok(Some(Sending { id, to, kind, content }));
        }
        let sender_id = self.stanza_id.clone().or_else(|| self.origin_id.clone());
        let of = match (self.kind, kind) {
            (codes::SEND_EDIT, _) => sender_id,
            (_, ConversationKind::Direct) => self.origin_id.clone().or(sender_id),
            (_, ConversationKind::Group) => self.archive_id.clone(),
        };
        let Some(of) = of else { return Ok(None) };
        let change = match self.kind {
            codes::SEND_EDIT => Change::Edit(Box::new(self.composed(connection).await?)),
            codes::SEND_RECALL => Change::Recall,
            codes::SEND_REACTIONS => Change::React { emojis: own_reactions(connection, self.row).await? },
            codes::SEND_MODERATION => Change::Moderated { reason: self.payload.unwrap_or_default() },
            other => return Err(StoreError::Damaged { detail: format!("unknown kind {other} in the outbox") }),
        };
        Ok(Some(Sending { id, to, kind, content: SendingContent::Change { of: WireId(of), change } }))
    }

    async fn composed(&mut self, connection: &mut SqliteConnection) -> Result<Composed, StoreError> {
        Content {
            kind: self.message_kind,
            body: std::mem::take(&mut self.body),
            encryption: self.encryption.take(),
            reply_to: self.reply_to.take(),
            details: Details::read(self.details.as_deref())?,
            file: attachments::load(connection, self.row).await?,
        }
        .into_composed()
    }
}

async fn own_reactions(connection: &mut SqliteConnection, row: i64) -> Result<Vec<String>, StoreError> {
    let emojis =
        sqlx::query_scalar!("SELECT emojis FROM reactions WHERE message_id = ?1 AND person = ?2", row, people::ME)
            .fetch_optional(connection)
            .await?;
    let emojis: Vec<(String, i64)> = emojis.map_or_else(|| Ok(Vec::new()), |json| codes::from_json(&json))?;
    Ok(emojis.into_iter().map(|(emoji, _)| emoji).collect())
}

/// This account, as it writes in a conversation.
pub(crate) async fn own_sender(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    kind: ConversationKind,
) -> Result<Sender, StoreError> {
    let own = jid(&accounts::own_jid(connection, account).await?)?;
    if kind == ConversationKind::Direct {
        return Ok(Sender::person(own));
    }
    let address = conversation.to_string();
    let nickname =
        sqlx::query_scalar!("SELECT nickname FROM groups WHERE account_id = ?1 AND jid = ?2", account.0, address)
            .fetch_optional(connection)
            .await?;
    Ok(Sender { jid: Some(own), nickname: nickname.unwrap_or_default(), occupant: None })
}

/// How others find a message, to answer it or to say what it is about.
pub(crate) async fn reply_reference(
    connection: &mut SqliteConnection,
    account: AccountId,
    (conversation, id): (&BareJid, i64),
    answered: &MessageId,
) -> Result<ReplyReference, StoreError> {
    let found = sqlx::query!(
        r#"SELECT v.kind AS "kind!: i64", m.stanza_id, m.origin_id, m.archive_id, m.sender, m.nickname, m.body
        FROM messages m JOIN conversations v ON v.id = m.conversation_id
        WHERE m.account_id = ?1 AND m.uid = ?2 AND m.conversation_id = ?3"#,
        account.0,
        answered.0,
        id
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::Unknown("message"))?;
    let is_group = found.kind == codes::conversation_kind(ConversationKind::Group);
    let (to, author) = if is_group {
        (found.archive_id, Some(format!("{conversation}/{}", found.nickname)))
    } else {
        (found.origin_id.or(found.stanza_id), Some(found.sender).filter(|sender| !sender.is_empty()))
    };
    // Without a name by which others know it the quote is all that can be told; an empty id names nothing.
    Ok(ReplyReference { to: WireId(to.unwrap_or_default()), author, quote: excerpt(&found.body) })
}

/// Row and delivery of an own message.
pub(crate) async fn own(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &MessageId,
) -> Result<Option<(i64, i64)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id!: i64", delivery FROM messages
        WHERE account_id = ?1 AND uid = ?2 AND direction = 1 AND kind <> 1"#,
        account.0,
        message.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.id, row.delivery)))
}

/// An own message is with the server: out of the outbox, and read if the other side's marker was faster.
pub(crate) async fn sent(connection: &mut SqliteConnection, row: i64, delivery: i64) -> Result<bool, StoreError> {
    if !codes::may_advance(delivery, codes::SENT) {
        return Ok(false);
    }
    set_delivery(connection, row, codes::SENT, None).await?;
    sent_message(connection, row).await?;
    confirm_by_marker(connection, row, false).await?;
    Ok(true)
}

/// The message itself needs no sending any more; its changes may.
pub(crate) async fn sent_message(connection: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM outbox WHERE message_id = ?1 AND kind = 0", row).execute(connection).await?;
    Ok(())
}

/// Neither the message nor any change of it needs sending any more.
pub(crate) async fn dequeue(connection: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM outbox WHERE message_id = ?1", row).execute(connection).await?;
    Ok(())
}

/// The room has named the message: changes that waited for it go to the end of the outbox, where they are read. As new rows:
/// a place that was read is never used again.
pub(crate) async fn named(connection: &mut SqliteConnection, row: i64) -> Result<(), StoreError> {
    let waiting = sqlx::query!(
        r#"SELECT seq AS "seq!: i64", account_id AS "account!: u32", uid AS "uid!: String", kind AS "kind!: i64",
            payload AS "payload?: String", queued_ms AS "queued_ms!: i64"
        FROM outbox WHERE message_id = ?1 AND kind > 1 ORDER BY seq"#,
        row
    )
    .fetch_all(&mut *connection)
    .await?;
    for change in waiting {
        sqlx::query!("DELETE FROM outbox WHERE seq = ?1", change.seq).execute(&mut *connection).await?;
        let next = Next { uid: &change.uid, row, kind: change.kind, payload: change.payload.as_deref() };
        enqueue(connection, AccountId(change.account), &next, change.queued_ms).await?;
    }
    Ok(())
}

/// The message that a queued change is of.
async fn changed_by(
    connection: &mut SqliteConnection,
    account: AccountId,
    stanza: &str,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT message_id FROM outbox WHERE account_id = ?1 AND uid = ?2 AND kind <> 0",
        account.0,
        stanza
    )
    .fetch_optional(connection)
    .await?)
}

/// A change needs no sending any more. Its message, if it was queued.
pub(crate) async fn settle_change(
    connection: &mut SqliteConnection,
    account: AccountId,
    stanza: &str,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"DELETE FROM outbox WHERE account_id = ?1 AND uid = ?2 AND kind <> 0 RETURNING message_id AS "row!: i64""#,
        account.0,
        stanza
    )
    .fetch_optional(connection)
    .await?)
}

/// A new row of the outbox.
#[derive(Debug)]
pub(crate) struct Next<'a> {
    pub uid: &'a str,
    pub row: i64,
    /// `SEND_…` of the codes.
    pub kind: i64,
    pub payload: Option<&'a str>,
}

pub(crate) async fn enqueue(
    connection: &mut SqliteConnection,
    account: AccountId,
    next: &Next<'_>,
    at_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO outbox (account_id, uid, message_id, kind, payload, queued_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        account.0,
        next.uid,
        next.row,
        next.kind,
        next.payload,
        at_ms
    )
    .execute(connection)
    .await?;
    Ok(())
}
