//! The quick way in for a new message about which nothing is special: most of what a page of an archive has.
//!
//! Each statement costs some ten microseconds before it does anything, and the whole way (`receive`) asks twenty questions,
//! one after the other. Here one statement asks them all; if any answer is not the usual one the message goes the whole
//! way. What changes in its conversation (last message, unread ones) is written once for all messages of a transaction.
//!
//! Both ways leave the same rows behind (`tests/quick.rs`).

use std::collections::BTreeMap;

use confab_model::{AccountId, BareJid, Direction, Message};
use sqlx::SqliteConnection;

use crate::{
    ReceivedMessage, StoreError, attachments, codes,
    content::Content,
    conversations,
    deletion::{archive_name, sender_name},
    messages,
    order::Order,
    receive::origin,
    rows::{MessageRow, message_rows},
    search,
};

/// What a transaction still owes its conversations.
#[derive(Debug, Default)]
pub(crate) struct Quick {
    owed: BTreeMap<BareJid, Owed>,
}

#[derive(Debug, Default)]
struct Owed {
    conversation: i64,
    unread: i64,
    /// Time of the newest unread one.
    newest_ms: i64,
    /// The newest own message, by (time, row): whoever writes has seen what stands above.
    own_read: Option<(i64, i64)>,
}

/// What stands in the way of a message, if anything.
#[derive(Debug)]
struct Looked {
    conversation: i64,
    kind: i64,
    familiar: bool,
    trusted: bool,
    special: bool,
    unread_before: bool,
    read_by_peer: bool,
}

impl Quick {
    /// Takes a message in if it is new, of a known person, and nothing waits for it. Its name here; `None`: it has to go the
    /// whole way, and nothing was done.
    pub(crate) async fn take(
        &mut self,
        connection: &mut SqliteConnection,
        account: AccountId,
        message: &ReceivedMessage,
        order: &mut Order,
    ) -> Result<Option<String>, StoreError> {
        let id = match (&message.direction, &message.stanza_id) {
            (Direction::Outgoing, Some(stanza_id)) => stanza_id,
            _ => &message.id.0,
        };
        let sent_ms = order.new_time(connection, account, message).await?;
        let Some(looked) = look(connection, account, message, (id, sent_ms)).await? else { return Ok(None) };
        let is_incoming = message.direction == Direction::Incoming;
        let plain =
            if is_incoming { looked.trusted } else { looked.familiar && !looked.unread_before && !looked.read_by_peer };
        if looked.special || !plain || looked.kind != codes::conversation_kind(message.kind) {
            return Ok(None);
        }
        let conversation = looked.conversation;
        let content = Content::of(&message.content, message.shown.as_ref());
        let new = messages::New::received(message, id, sent_ms);
        let row = messages::insert(connection, account, conversation, &new, &content).await?;
        if let Some(file) = &content.file {
            attachments::put(connection, row, file).await?;
        }
        let found = search::Found::of(&content, &message.sender, message.kind);
        search::index_at(connection, row, search::first_slot(sent_ms), conversation, &found).await?;
        order.stands(message, (sent_ms, row));
        let owed = self.owed.entry(message.conversation.clone()).or_default();
        owed.conversation = conversation;
        if !is_incoming {
            owed.own_read = owed.own_read.max(Some((sent_ms, row)));
        } else if !message.read {
            owed.unread += 1;
            owed.newest_ms = owed.newest_ms.max(sent_ms);
        }
        Ok(Some(id.clone()))
    }

    /// Writes what is owed to one conversation, before something else looks at it.
    pub(crate) async fn settle(
        &mut self,
        connection: &mut SqliteConnection,
        conversation: &BareJid,
    ) -> Result<(), StoreError> {
        match self.owed.remove(conversation) {
            Some(owed) => owed.pay(connection).await,
            None => Ok(()),
        }
    }

    /// Writes everything that is owed.
    pub(crate) async fn settle_all(self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for owed in self.owed.into_values() {
            owed.pay(connection).await?;
        }
        Ok(())
    }
}

impl Owed {
    async fn pay(self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        conversations::refresh_last(connection, self.conversation).await?;
        if self.unread > 0 {
            conversations::add_unread(connection, self.conversation, self.unread).await?;
            conversations::come_back(connection, self.conversation, self.newest_ms).await?;
        }
        if let Some((sent_ms, row)) = self.own_read {
            sqlx::query!(
                "UPDATE conversations SET own_read_ms = ?2, own_read_id = ?3
                WHERE id = ?1 AND (own_read_ms, own_read_id) < (?2, ?3)",
                self.conversation,
                sent_ms,
                row
            )
            .execute(connection)
            .await?;
        }
        Ok(())
    }
}

/// All that the whole way asks, at once; `None`: there is no such conversation yet.
async fn look(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
    (id, sent_ms): (&str, i64),
) -> Result<Option<Looked>, StoreError> {
    let address = message.conversation.to_string();
    let (archive, stanza, origin) = (message.archive_id.as_deref(), message.stanza_id.as_deref(), origin(message));
    let slot = search::first_slot(sent_ms);
    let (deleted_archive, deleted_stanza) = (archive.map(archive_name), stanza.map(sender_name));
    Ok(sqlx::query_as!(
        Looked,
        r#"SELECT v.id AS "conversation!: i64", v.kind AS "kind!: i64", v.familiar = 1 AS "familiar!: bool",
            (v.kind = 1 OR v.familiar = 1
                OR EXISTS (SELECT 1 FROM contacts k WHERE k.account_id = ?1 AND k.jid = ?2)) AS "trusted!: bool",
            (EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = v.id AND m.archive_id = ?3)
                OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = v.id AND m.origin_id = ?4)
                OR EXISTS (SELECT 1 FROM messages m WHERE m.account_id = ?1 AND m.uid = ?5)
                OR EXISTS (SELECT 1 FROM messages m WHERE m.search_id = ?6)
                OR EXISTS (SELECT 1 FROM cleared l WHERE l.account_id = ?1 AND l.jid = ?2)
                OR EXISTS (SELECT 1 FROM deleted_messages d
                    WHERE d.account_id = ?1 AND d.jid = ?2 AND d.wire IN (?7, ?8))
                OR EXISTS (SELECT 1 FROM early_markers e
                    WHERE e.account_id = ?1 AND e.jid = ?2 AND e.stanza_id IN (?9, ?3))
                OR EXISTS (SELECT 1 FROM early_amendments e
                    WHERE e.account_id = ?1 AND e.jid = ?2 AND e.wire IN (?9, ?4, ?3))) AS "special!: bool",
            EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = v.id AND m.direction = 0 AND m.delivery = 3
                AND m.sent_ms <= ?10) AS "unread_before!: bool",
            v.peer_read_ms >= ?10 AS "read_by_peer!: bool"
        FROM conversations v WHERE v.account_id = ?1 AND v.jid = ?2"#,
        account.0,
        address,
        archive,
        origin,
        id,
        slot,
        deleted_archive,
        deleted_stanza,
        stanza,
        sent_ms
    )
    .fetch_optional(connection)
    .await?)
}

/// The messages of these names as they are now.
pub(crate) async fn load(
    connection: &mut SqliteConnection,
    account: AccountId,
    names: &[&str],
) -> Result<BTreeMap<String, Message>, StoreError> {
    let names = codes::to_json(&names)?;
    let rows =
        message_rows!("WHERE m.account_id = ?1 AND m.uid IN (SELECT value FROM json_each(?2))", account.0, names)
            .fetch_all(connection)
            .await?;
    rows.into_iter()
        .map(|row| {
            let message = MessageRow::into_message(row)?;
            Ok((message.id.0.clone(), message))
        })
        .collect()
}
