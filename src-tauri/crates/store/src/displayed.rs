//! What this account has displayed: here, on its other devices, and what it owes the far side for it (XEP-0333).
//!
//! Each conversation has one place up to which it was displayed. Own markers and own messages move it forward, never
//! back. While the archive is read backwards, messages come before what tells whether they were displayed: they are
//! taken as read, and [`Store::settle_history`] decides at the end.

use confab_model::{AccountId, BareJid, Conversation, ConversationKind, Message, MessageId};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, codes, conversations, messages,
    rows::{MessageRow, message_rows},
};

/// Early markers that are kept per conversation; of more the oldest go. Most markers name a message of the same page.
const EARLY_MARKERS: i64 = 64;

/// What this account has now displayed.
#[derive(Debug, Clone, PartialEq)]
pub struct Displayed {
    pub conversation: Conversation,
    /// The messages that were unread, oldest first. A marker is due for the last one with a `stanza_id` (XEP-0333 §4:
    /// a marker covers all earlier ones), a synchronised position (XEP-0490) for the last one with an `archive_id`.
    pub messages: Vec<DisplayedMessage>,
}

/// One message that has now been displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayedMessage {
    pub id: MessageId,
    /// What the sender calls it.
    pub stanza_id: Option<String>,
    pub archive_id: Option<String>,
}

/// A displayed marker that the far side has not been sent for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMarker {
    pub conversation: BareJid,
    /// The `id` attribute of the newest displayed message; in a group the id that the room gave it (XEP-0333 §6).
    pub stanza_id: String,
}

/// How far this device has displayed a conversation, which the account's other devices have not been told for certain
/// (XEP-0490).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePosition {
    pub conversation: BareJid,
    pub kind: ConversationKind,
    /// The id that the own archive, or the group's, gave the newest displayed message.
    pub archive_id: String,
}

impl Store {
    /// This account has displayed the conversation up to a message, on this device. The place is due for the own other
    /// devices from then on, see [`Store::due_positions`]; with `tell`, so is a marker, see [`Store::due_markers`].
    ///
    /// # Errors
    /// `Unknown` if the conversation does not hold that message.
    pub async fn mark_displayed(
        &self,
        account: AccountId,
        conversation: &BareJid,
        up_to: &MessageId,
        tell: bool,
    ) -> Result<Displayed, StoreError> {
        let mut tx = self.write().await?;
        let id =
            conversations::find(&mut tx, account, conversation).await?.ok_or(StoreError::Unknown("conversation"))?;
        let last = messages::place(&mut tx, account, id, up_to).await?.ok_or(StoreError::Unknown("message"))?;
        let messages = display_up_to(&mut tx, id, last).await?;
        let kind = sqlx::query_scalar!("SELECT kind FROM conversations WHERE id = ?1", id).fetch_one(&mut *tx).await?;
        let kind = codes::conversation_kind_from(kind)?;
        let due = messages.iter().rev().find_map(|message| match kind {
            ConversationKind::Direct => message.stanza_id.as_deref(),
            ConversationKind::Group => message.archive_id.as_deref(),
        });
        if let (true, Some(due)) = (tell, due) {
            sqlx::query!("UPDATE conversations SET marker_due = ?2 WHERE id = ?1", id, due).execute(&mut *tx).await?;
        }
        if let Some(position) = messages.iter().rev().find_map(|message| message.archive_id.as_deref()) {
            sqlx::query!("UPDATE conversations SET position_due = ?2 WHERE id = ?1", id, position)
                .execute(&mut *tx)
                .await?;
        }
        let conversation = conversations::load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Displayed { conversation, messages })
    }

    /// Another device of this account displayed the conversation up to the message with this `id` attribute, or this id of
    /// an archive (all markers in groups). If that is not here yet, the marker waits for it. The conversation, if it
    /// changed.
    pub async fn displayed_elsewhere(
        &self,
        account: AccountId,
        conversation: &BareJid,
        stanza_id: &str,
    ) -> Result<Option<Conversation>, StoreError> {
        self.other_displayed(account, conversation, stanza_id, false).await
    }

    /// All devices of this account have been told that the conversation was displayed up to the message with this id of an
    /// archive (XEP-0490), by this or another one. The conversation, if it changed.
    pub async fn displayed_everywhere(
        &self,
        account: AccountId,
        conversation: &BareJid,
        archive_id: &str,
    ) -> Result<Option<Conversation>, StoreError> {
        self.other_displayed(account, conversation, archive_id, true).await
    }

    async fn other_displayed(
        &self,
        account: AccountId,
        conversation: &BareJid,
        stanza_id: &str,
        all_know: bool,
    ) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.write().await?;
        let found = match conversations::find(&mut tx, account, conversation).await? {
            Some(id) => named(&mut tx, id, stanza_id).await?.map(|place| (id, place)),
            None => None,
        };
        let Some((id, (sent_ms, row))) = found else {
            keep_early_marker(&mut tx, account, conversation, stanza_id).await?;
            tx.commit().await?;
            return Ok(None);
        };
        let displayed = display_up_to(&mut tx, id, (sent_ms, row)).await?;
        // The other device has told the far side.
        sqlx::query!(
            "UPDATE conversations SET marker_due = NULL WHERE id = ?1 AND marker_due IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM messages m WHERE m.conversation_id = ?1 AND m.direction = 0
                    AND (m.sent_ms, m.id) > (?2, ?3)
                    AND conversations.marker_due IN (m.stanza_id, m.archive_id))",
            id,
            sent_ms,
            row
        )
        .execute(&mut *tx)
        .await?;
        if all_know {
            // What this device would tell is not newer: it would take the others back.
            sqlx::query!(
                "UPDATE conversations SET position_due = NULL WHERE id = ?1 AND position_due IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM messages m WHERE m.conversation_id = ?1 AND (m.sent_ms, m.id) > (?2, ?3)
                        AND m.archive_id = conversations.position_due)",
                id,
                sent_ms,
                row
            )
            .execute(&mut *tx)
            .await?;
        }
        let conversation = conversations::load(&mut tx, id).await?;
        tx.commit().await?;
        Ok((!displayed.is_empty()).then_some(conversation))
    }

    /// The places that the account's other devices are to be told.
    pub async fn due_positions(&self, account: AccountId) -> Result<Vec<DuePosition>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT jid, kind, position_due AS "archive_id!: String" FROM conversations
            WHERE account_id = ?1 AND position_due IS NOT NULL ORDER BY id"#,
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(DuePosition {
                    conversation: crate::database::jid(&row.jid)?,
                    kind: codes::conversation_kind_from(row.kind)?,
                    archive_id: row.archive_id,
                })
            })
            .collect()
    }

    /// The server has this place, or will never take it. One that was replaced by a newer one stays due.
    pub async fn position_told(&self, account: AccountId, position: &DuePosition) -> Result<(), StoreError> {
        let address = position.conversation.to_string();
        sqlx::query!(
            "UPDATE conversations SET position_due = NULL WHERE account_id = ?1 AND jid = ?2 AND position_due = ?3",
            account.0,
            address,
            position.archive_id
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The markers that are due, to groups and to people who see our presence anyway: nobody else is told that this device is
    /// there.
    pub async fn due_markers(&self, account: AccountId) -> Result<Vec<DueMarker>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT v.jid, v.marker_due AS "stanza_id!: String"
            FROM conversations v
            WHERE v.account_id = ?1 AND v.marker_due IS NOT NULL AND (v.kind = 1 OR EXISTS
                (SELECT 1 FROM contacts c WHERE c.account_id = v.account_id AND c.jid = v.jid AND c.subscription IN (2, 3)))
            ORDER BY v.id"#,
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| Ok(DueMarker { conversation: crate::database::jid(&row.jid)?, stanza_id: row.stanza_id }))
            .collect()
    }

    /// The server has these markers. One that was replaced by a newer one stays due.
    pub async fn markers_sent(&self, account: AccountId, markers: &[DueMarker]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for marker in markers {
            let address = marker.conversation.to_string();
            sqlx::query!(
                "UPDATE conversations SET marker_due = NULL WHERE account_id = ?1 AND jid = ?2 AND marker_due = ?3",
                account.0,
                address,
                marker.stanza_id
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The archive has been read back as far as it will be. What it had after the place up to which a conversation was
    /// displayed becomes unread; on a new device a conversation without such a place was read elsewhere, or nobody can
    /// know. The conversations that changed. Does nothing when it was done before.
    pub async fn settle_history(&self, account: AccountId) -> Result<Vec<Conversation>, StoreError> {
        let mut tx = self.write().await?;
        let history =
            sqlx::query_scalar!(r#"SELECT history AS "history!: i64" FROM accounts WHERE id = ?1"#, account.0)
                .fetch_optional(&mut *tx)
                .await?
                .ok_or(StoreError::Unknown("account"))?;
        if history == codes::HISTORY_READ {
            return Ok(Vec::new());
        }
        let least = if history == codes::HISTORY_FIRST { 0 } else { -1 };
        let changed = sqlx::query_scalar!(
            r#"SELECT v.id AS "id!: i64" FROM conversations v WHERE v.account_id = ?1 AND v.own_read_ms >= ?2
                AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = v.id AND m.direction = 0
                    AND m.kind NOT IN (1, 6) AND m.delivery = 4 AND (m.sent_ms, m.id) > (v.own_read_ms, v.own_read_id))"#,
            account.0,
            least
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut conversations = Vec::with_capacity(changed.len());
        for id in changed {
            let unread = sqlx::query!(
                "UPDATE messages SET delivery = 3 WHERE conversation_id = ?1 AND direction = 0 AND kind NOT IN (1, 6)
                    AND delivery = 4 AND (sent_ms, id) >
                        ((SELECT own_read_ms FROM conversations WHERE id = ?1),
                         (SELECT own_read_id FROM conversations WHERE id = ?1))",
                id
            )
            .execute(&mut *tx)
            .await?;
            let more = i64::try_from(unread.rows_affected()).unwrap_or(i64::MAX);
            conversations::add_unread(&mut tx, id, more).await?;
            conversations.push(conversations::load(&mut tx, id).await?);
        }
        sqlx::query!("UPDATE accounts SET history = ?2 WHERE id = ?1", account.0, codes::HISTORY_READ)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(conversations)
    }

    /// All unread messages of a conversation, oldest first.
    pub async fn unread(&self, account: AccountId, conversation: &BareJid) -> Result<Vec<Message>, StoreError> {
        let address = conversation.to_string();
        message_rows!(
            "WHERE v.account_id = ?1 AND v.jid = ?2 AND m.direction = 0 AND m.delivery = 3 ORDER BY m.sent_ms, m.id",
            account.0,
            address
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(MessageRow::into_message)
        .collect()
    }
}

/// A new message of the other side: an own marker may have waited for it.
pub(crate) async fn apply_early_marker(
    connection: &mut SqliteConnection,
    account: AccountId,
    (jid, conversation): (&BareJid, i64),
    stanza_id: &str,
    place: (i64, i64),
) -> Result<(), StoreError> {
    let address = jid.to_string();
    let waited = sqlx::query!(
        "DELETE FROM early_markers WHERE account_id = ?1 AND jid = ?2 AND stanza_id = ?3",
        account.0,
        address,
        stanza_id
    )
    .execute(&mut *connection)
    .await?;
    if waited.rows_affected() > 0 {
        display_up_to(connection, conversation, place).await?;
    }
    Ok(())
}

/// Moves the place up to which a conversation was displayed forward to `(sent_ms, row)`, and takes what was unread up to
/// there. The messages that were, oldest first.
pub(crate) async fn display_up_to(
    connection: &mut SqliteConnection,
    conversation: i64,
    (sent_ms, row): (i64, i64),
) -> Result<Vec<DisplayedMessage>, StoreError> {
    sqlx::query!(
        "UPDATE conversations SET own_read_ms = ?2, own_read_id = ?3
        WHERE id = ?1 AND (own_read_ms, own_read_id) < (?2, ?3)",
        conversation,
        sent_ms,
        row
    )
    .execute(&mut *connection)
    .await?;
    let unread = sqlx::query!(
        "SELECT uid, stanza_id, archive_id FROM messages
        WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3 AND (sent_ms, id) <= (?2, ?3)
        ORDER BY sent_ms, id",
        conversation,
        sent_ms,
        row
    )
    .fetch_all(&mut *connection)
    .await?;
    if !unread.is_empty() {
        sqlx::query!(
            "UPDATE messages SET delivery = 4
            WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3 AND (sent_ms, id) <= (?2, ?3)",
            conversation,
            sent_ms,
            row
        )
        .execute(&mut *connection)
        .await?;
        let fewer = i64::try_from(unread.len()).unwrap_or(i64::MAX);
        conversations::add_unread(connection, conversation, -fewer).await?;
    }
    let displayed = unread.into_iter().map(|row| DisplayedMessage {
        id: MessageId(row.uid),
        stanza_id: row.stanza_id,
        archive_id: row.archive_id,
    });
    Ok(displayed.collect())
}

/// By which ids a marker may name a message: in a group only by the room's, because everybody picks the own ones.
pub(crate) fn named_by<'a>(
    kind: ConversationKind,
    stanza_id: Option<&'a str>,
    archive_id: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let stanza_id = stanza_id.filter(|_| kind == ConversationKind::Direct);
    stanza_id.into_iter().chain(archive_id)
}

/// Where the message stands that an own marker names: by the id of an archive, else, between two people, by the `id`
/// attribute of the other side; of several the newest.
async fn named(
    connection: &mut SqliteConnection,
    conversation: i64,
    id: &str,
) -> Result<Option<(i64, i64)>, StoreError> {
    let by_archive = sqlx::query!(
        r#"SELECT sent_ms, id AS "id!: i64" FROM messages WHERE conversation_id = ?1 AND archive_id = ?2"#,
        conversation,
        id
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(row) = by_archive {
        return Ok(Some((row.sent_ms, row.id)));
    }
    let row = sqlx::query!(
        r#"SELECT m.sent_ms, m.id AS "id!: i64" FROM messages m JOIN conversations v ON v.id = m.conversation_id
        WHERE m.conversation_id = ?1 AND m.stanza_id = ?2 AND m.direction = 0 AND v.kind = 0
        ORDER BY m.sent_ms DESC, m.id DESC LIMIT 1"#,
        conversation,
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.sent_ms, row.id)))
}

async fn keep_early_marker(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    stanza_id: &str,
) -> Result<(), StoreError> {
    let address = conversation.to_string();
    sqlx::query!(
        "INSERT INTO early_markers (account_id, jid, stanza_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        account.0,
        address,
        stanza_id
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM early_markers WHERE account_id = ?1 AND jid = ?2 AND id <=
            (SELECT id FROM early_markers WHERE account_id = ?1 AND jid = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)",
        account.0,
        address,
        EARLY_MARKERS
    )
    .execute(connection)
    .await?;
    Ok(())
}
