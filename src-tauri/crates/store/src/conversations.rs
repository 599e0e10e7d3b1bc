//! Conversations: the list with last message, unread count and draft.

use std::collections::BTreeSet;

use confab_model::{
    AccountId, BareJid, Conversation, ConversationChange, ConversationKind, ConversationPage, FolderTotal,
    FolderTotals, MUTED_FOR_EVER, MessageId, Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, codes, contacts,
    database::jid,
    groups, profiles,
    rows::{MessageRow, millis},
    strangers,
};

/// A conversation's row together with its last message.
#[derive(Debug)]
struct ConversationRow {
    row: i64,
    jid: String,
    kind: i64,
    name: Option<String>,
    unread: i64,
    mentions: i64,
    first_unread: Option<String>,
    message_count: i64,
    draft: String,
    updated_ms: i64,
    pinned: i64,
    archived: i64,
    muted_until_ms: Option<i64>,
    is_request: i64,
    uid: Option<String>,
    sender: Option<String>,
    nickname: Option<String>,
    occupant: Option<String>,
    direction: Option<i64>,
    message_kind: Option<i64>,
    body: Option<String>,
    encryption: Option<String>,
    sent_ms: Option<i64>,
    delivery: Option<i64>,
    failure: Option<String>,
    details: Option<String>,
    file_name: Option<String>,
    file_type: Option<String>,
    file_size: Option<i64>,
    file_details: Option<String>,
    file_transfer: Option<i64>,
    call: Option<String>,
    call_direction: Option<i64>,
    call_media: Option<i64>,
    call_started_ms: Option<i64>,
    call_answered_ms: Option<i64>,
    call_ended_ms: Option<i64>,
    call_reason: Option<String>,
    call_answered_by: Option<String>,
    call_timings: Option<String>,
    call_people: Option<String>,
}

/// `query_as!` for [`ConversationRow`]; `$rest` follows the joins of `v` (conversations). Of the last message the list needs
/// neither thumbnail nor what only a place or a notice has in its details.
macro_rules! conversation_rows {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            ConversationRow,
            r#"SELECT v.id AS "row!: i64", v.jid AS "jid!: String", v.kind AS "kind!: i64", g.name AS "name?: String",
                v.unread AS "unread!: i64", v.mentions AS "mentions!: i64", f.uid AS "first_unread?: String",
                v.message_count AS "message_count!: i64",
                v.draft AS "draft!: String", v.updated_ms AS "updated_ms!: i64", v.pinned AS "pinned!: i64",
                v.archived AS "archived!: i64", v.muted_until_ms AS "muted_until_ms?: i64",
                (v.familiar = 0 AND v.kind = 0 AND v.last_message_id IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM contacts k WHERE k.account_id = v.account_id AND k.jid = v.jid))
                    AS "is_request!: i64",
                m.uid AS "uid?: String", m.sender AS "sender?: String", m.nickname AS "nickname?: String",
                m.occupant AS "occupant?: String", m.direction AS "direction?: i64",
                m.kind AS "message_kind?: i64", substr(m.body, 1, 500) AS "body?: String",
                m.encryption AS "encryption?: String", m.sent_ms AS "sent_ms?: i64", m.delivery AS "delivery?: i64",
                m.failure AS "failure?: String", iif(m.kind IN (4, 6), m.details, NULL) AS "details?: String",
                a.name AS "file_name?: String", a.media_type AS "file_type?: String",
                a.size_bytes AS "file_size?: i64", a.details AS "file_details?: String",
                a.transfer AS "file_transfer?: i64",
                c.uid AS "call?: String", c.direction AS "call_direction?: i64",
                c.media AS "call_media?: i64", c.started_ms AS "call_started_ms?: i64",
                c.answered_ms AS "call_answered_ms?: i64", c.ended_ms AS "call_ended_ms?: i64",
                c.reason AS "call_reason?: String", c.answered_by AS "call_answered_by?: String",
                c.timings AS "call_timings?: String",
                (SELECT json_group_array(json_array(p.jid, p.state) ORDER BY p.position)
                    FROM call_participants p WHERE p.call_id = c.id) AS "call_people?: String"
            FROM conversations v LEFT JOIN messages f ON f.id = v.first_unread_id
            LEFT JOIN messages m ON m.id = v.last_message_id LEFT JOIN calls c ON c.id = m.call_id
            LEFT JOIN attachments a ON a.message_id = m.id AND a.position = 0
            LEFT JOIN groups g ON v.kind = 1 AND g.account_id = v.account_id AND g.jid = v.jid "#
            + $rest,
            $($argument),+
        )
    };
}

impl ConversationRow {
    fn into_conversation(self) -> Result<Conversation, StoreError> {
        let address: BareJid = jid(&self.jid)?;
        let last = match (self.uid, self.sender, self.direction, self.message_kind, self.sent_ms, self.delivery) {
            (Some(uid), Some(sender), Some(direction), Some(kind), Some(sent_ms), Some(delivery)) => Some(
                MessageRow {
                    uid,
                    conversation: self.jid,
                    sender,
                    nickname: self.nickname.unwrap_or_default(),
                    occupant: self.occupant,
                    direction,
                    kind,
                    body: self.body.unwrap_or_default(),
                    encryption: self.encryption,
                    sent_ms,
                    delivery,
                    failure: self.failure,
                    details: self.details,
                    file_name: self.file_name,
                    file_type: self.file_type,
                    file_size: self.file_size,
                    file_details: self.file_details,
                    file_transfer: self.file_transfer,
                    call: self.call,
                    call_direction: self.call_direction,
                    call_media: self.call_media,
                    call_started_ms: self.call_started_ms,
                    call_answered_ms: self.call_answered_ms,
                    call_ended_ms: self.call_ended_ms,
                    call_reason: self.call_reason,
                    call_answered_by: self.call_answered_by,
                    call_timings: self.call_timings,
                    call_people: self.call_people,
                    ..MessageRow::default()
                }
                .into_preview()?,
            ),
            _ => None,
        };
        let count = |number: i64| u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX });
        Ok(Conversation {
            jid: address,
            kind: codes::conversation_kind_from(self.kind)?,
            name: self.name.unwrap_or_default(),
            last,
            unread: count(self.unread),
            mentions: count(self.mentions),
            first_unread: self.first_unread.map(MessageId),
            message_count: count(self.message_count),
            draft: self.draft,
            updated_at: Timestamp(self.updated_ms),
            pinned: self.pinned != 0,
            archived: self.archived != 0,
            muted_until: self.muted_until_ms.map(Timestamp),
            is_request: self.is_request != 0,
        })
    }
}

impl Store {
    /// All conversations, newest first. Of the last message's text at most 500 characters.
    pub async fn conversations(&self, account: AccountId) -> Result<Vec<Conversation>, StoreError> {
        let rows = conversation_rows!("WHERE v.account_id = ?1 ORDER BY v.updated_ms DESC, v.id DESC", account.0)
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(ConversationRow::into_conversation).collect()
    }

    /// A part of the list, at most `limit`: the first one, or what follows the place `after` that an earlier part gave.
    /// A conversation that moves up while somebody reads on is in none of the later parts; one that moves down may come
    /// twice. `at`: now, by which it is decided what is muted. With it come those whom it shows.
    ///
    /// # Errors
    /// `Unknown` if `after` is no place.
    pub async fn conversation_page(
        &self,
        account: AccountId,
        after: Option<&str>,
        limit: u32,
        at: Timestamp,
    ) -> Result<ConversationPage, StoreError> {
        let place = after.map_or(Ok(Place::START), Place::read)?;
        let one_more = i64::from(limit) + 1;
        // One transaction: the sums are of what the page does not have.
        let mut tx = self.readers.begin().await?;
        let mut rows = conversation_rows!(
            "WHERE v.account_id = ?1 AND (v.pinned, v.updated_ms, v.id) < (?2, ?3, ?4)
            ORDER BY v.pinned DESC, v.updated_ms DESC, v.id DESC LIMIT ?5",
            account.0,
            place.pinned,
            place.updated_ms,
            place.row,
            one_more
        )
        .fetch_all(&mut *tx)
        .await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(Place::of);
        let behind = match next {
            Some(place) => totals_behind(&mut tx, account, place, millis(at)).await?,
            None => FolderTotals::default(),
        };
        let conversations = rows.into_iter().map(ConversationRow::into_conversation).collect::<Result<Vec<_>, _>>()?;
        let shown = codes::to_json(&addresses(&conversations))?;
        let contacts = contacts::among(&mut tx, account, &shown).await?;
        let profiles = profiles::among(&mut tx, account, &shown).await?;
        let groups = groups::among(&mut tx, account, &shown).await?;
        Ok(ConversationPage { conversations, next: next.map(Place::write), behind, contacts, profiles, groups })
    }

    /// One conversation, if it is there.
    pub async fn conversation(
        &self,
        account: AccountId,
        conversation: &BareJid,
    ) -> Result<Option<Conversation>, StoreError> {
        let conversation = conversation.to_string();
        conversation_rows!("WHERE v.account_id = ?1 AND v.jid = ?2", account.0, conversation)
            .fetch_optional(&self.readers)
            .await?
            .map(ConversationRow::into_conversation)
            .transpose()
    }

    /// The conversation with a person, made if it is missing. `at`: now, where a new one stands in the list.
    pub async fn open_conversation(
        &self,
        account: AccountId,
        conversation: &BareJid,
        at: Timestamp,
    ) -> Result<Conversation, StoreError> {
        self.open_with(account, (conversation, ConversationKind::Direct), at).await
    }

    /// The conversation of a group, made if it is missing.
    pub async fn open_group_conversation(
        &self,
        account: AccountId,
        group: &BareJid,
        at: Timestamp,
    ) -> Result<Conversation, StoreError> {
        self.open_with(account, (group, ConversationKind::Group), at).await
    }

    async fn open_with(
        &self,
        account: AccountId,
        whose: (&BareJid, ConversationKind),
        at: Timestamp,
    ) -> Result<Conversation, StoreError> {
        let mut tx = self.write().await?;
        let known = find(&mut tx, account, whose.0).await?;
        let id = ensure(&mut tx, account, whose, millis(at)).await?;
        // Looking at what a stranger wrote lets nobody in: an answer does, or `accept_request`.
        if known.is_none() {
            strangers::familiar(&mut tx, id).await?;
        }
        let opened = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// A stranger's conversation leaves the requests folder. `None`: there is no such conversation.
    pub async fn accept_request(
        &self,
        account: AccountId,
        conversation: &BareJid,
    ) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.write().await?;
        let Some(id) = find(&mut tx, account, conversation).await? else { return Ok(None) };
        strangers::familiar(&mut tx, id).await?;
        let accepted = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(accepted))
    }

    /// Pins, archives, mutes. A time of muting that is over at `at` (now) unmutes. `None`: there is no such conversation.
    pub async fn change_conversation(
        &self,
        account: AccountId,
        conversation: &BareJid,
        change: ConversationChange,
        at: Timestamp,
    ) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.write().await?;
        let Some(id) = find(&mut tx, account, conversation).await? else { return Ok(None) };
        if let Some(pinned) = change.pinned {
            sqlx::query!("UPDATE conversations SET pinned = ?2 WHERE id = ?1", id, pinned).execute(&mut *tx).await?;
        }
        if let Some(archived) = change.archived {
            sqlx::query!("UPDATE conversations SET archived = ?2 WHERE id = ?1", id, archived)
                .execute(&mut *tx)
                .await?;
        }
        if let Some(until) = change.muted_until {
            let until = (until > at).then_some(until.0.min(MUTED_FOR_EVER.0));
            sqlx::query!("UPDATE conversations SET muted_until_ms = ?2 WHERE id = ?1", id, until)
                .execute(&mut *tx)
                .await?;
        }
        let changed = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(changed))
    }

    /// Keeps what a person has typed and not sent; an empty text forgets it.
    pub async fn save_draft(&self, account: AccountId, conversation: &BareJid, text: &str) -> Result<(), StoreError> {
        let conversation = conversation.to_string();
        let done = sqlx::query!(
            "UPDATE conversations SET draft = ?3 WHERE account_id = ?1 AND jid = ?2",
            account.0,
            conversation,
            text
        )
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 0 { Err(StoreError::Unknown("conversation")) } else { Ok(()) }
    }
}

/// A place in the list.
#[derive(Debug, Clone, Copy)]
struct Place {
    pinned: i64,
    updated_ms: i64,
    row: i64,
}

impl Place {
    /// Before all conversations.
    const START: Self = Self { pinned: 2, updated_ms: 0, row: 0 };

    fn of(row: &ConversationRow) -> Self {
        Self { pinned: row.pinned, updated_ms: row.updated_ms, row: row.row }
    }

    fn write(self) -> String {
        format!("{}.{}.{}", self.pinned, self.updated_ms, self.row)
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        let numbers: Vec<i64> = text.split('.').map_while(|number| number.parse().ok()).collect();
        match numbers[..] {
            [pinned, updated_ms, row] => Ok(Self { pinned, updated_ms, row }),
            _ => Err(StoreError::Unknown("place in the list")),
        }
    }
}

/// Whom a part of the list shows: whom its conversations are with and who wrote their last messages.
fn addresses(conversations: &[Conversation]) -> BTreeSet<&BareJid> {
    let writers = conversations.iter().filter_map(|conversation| conversation.last.as_ref()?.sender.jid.as_ref());
    conversations.iter().map(|conversation| &conversation.jid).chain(writers).collect()
}

/// The sums of the folders behind a place.
async fn totals_behind(
    connection: &mut SqliteConnection,
    account: AccountId,
    place: Place,
    at_ms: i64,
) -> Result<FolderTotals, StoreError> {
    let sums = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE b.folder = 0) AS "main!: u32",
            coalesce(sum(b.unread) FILTER (WHERE b.folder = 0), 0) AS "main_unread!: u32",
            count(*) FILTER (WHERE b.folder = 1) AS "archived!: u32",
            coalesce(sum(b.unread) FILTER (WHERE b.folder = 1), 0) AS "archived_unread!: u32",
            count(*) FILTER (WHERE b.folder = 2) AS "requests!: u32",
            coalesce(sum(b.unread) FILTER (WHERE b.folder = 2), 0) AS "requests_unread!: u32"
        FROM (SELECT iif(v.archived = 0 AND v.muted_until_ms > ?5, v.mentions, v.unread) AS unread,
                CASE WHEN v.familiar = 0 AND v.kind = 0 AND v.last_message_id IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM contacts k WHERE k.account_id = v.account_id AND k.jid = v.jid)
                THEN 2 ELSE v.archived END AS folder
            FROM conversations v
            WHERE v.account_id = ?1 AND (v.pinned, v.updated_ms, v.id) < (?2, ?3, ?4)) b"#,
        account.0,
        place.pinned,
        place.updated_ms,
        place.row,
        at_ms
    )
    .fetch_one(connection)
    .await?;
    Ok(FolderTotals {
        main: FolderTotal { chats: sums.main, unread: sums.main_unread },
        archived: FolderTotal { chats: sums.archived, unread: sums.archived_unread },
        requests: FolderTotal { chats: sums.requests, unread: sums.requests_unread },
    })
}

/// The row of a conversation, made if it is missing. What has once been a group stays one: only a room that this account is
/// in gives messages of that kind.
pub(crate) async fn ensure(
    connection: &mut SqliteConnection,
    account: AccountId,
    (conversation, kind): (&BareJid, ConversationKind),
    at_ms: i64,
) -> Result<i64, StoreError> {
    let is_group = kind == ConversationKind::Group;
    if let Some(id) = find(connection, account, conversation).await? {
        if is_group {
            sqlx::query!("UPDATE conversations SET kind = 1, familiar = 1 WHERE id = ?1 AND kind = 0", id)
                .execute(connection)
                .await?;
        }
        return Ok(id);
    }
    let address = conversation.to_string();
    let kind = codes::conversation_kind(kind);
    // What was deleted here is not fetched again: the history of the conversation begins now.
    let id = sqlx::query_scalar!(
        r#"INSERT INTO conversations (account_id, jid, kind, familiar, unread, draft, created_ms, updated_ms,
            peer_read_ms, peer_read_id, history_complete)
        VALUES (?1, ?2, ?3, ?4, 0, '', ?5, ?5, -1, 0,
            EXISTS (SELECT 1 FROM cleared l WHERE l.account_id = ?1 AND l.jid = ?2)) RETURNING id AS "id!: i64""#,
        account.0,
        address,
        kind,
        is_group,
        at_ms
    )
    .fetch_one(connection)
    .await;
    match id {
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::Unknown("account")),
        other => Ok(other?),
    }
}

/// The row of a conversation.
pub(crate) async fn find(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
) -> Result<Option<i64>, StoreError> {
    let address = conversation.to_string();
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM conversations WHERE account_id = ?1 AND jid = ?2"#,
        account.0,
        address
    )
    .fetch_optional(connection)
    .await?)
}

/// The whole conversation by its row.
pub(crate) async fn load(connection: &mut SqliteConnection, id: i64) -> Result<Conversation, StoreError> {
    conversation_rows!("WHERE v.id = ?1", id).fetch_one(connection).await?.into_conversation()
}

/// Brings the last message up to date after messages came, went or changed their time.
pub(crate) async fn refresh_last(connection: &mut SqliteConnection, id: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE conversations SET
            last_message_id =
                (SELECT id FROM messages WHERE conversation_id = ?1 ORDER BY sent_ms DESC, id DESC LIMIT 1),
            updated_ms = coalesce(
                (SELECT sent_ms FROM messages WHERE conversation_id = ?1 ORDER BY sent_ms DESC, id DESC LIMIT 1),
                created_ms)
        WHERE id = ?1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Moves the unread count by `change` (messages came) and finds the first unread message and the mentions again.
pub(crate) async fn add_unread(connection: &mut SqliteConnection, id: i64, change: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE conversations SET unread = max(0, unread + ?2), first_unread_id =
            (SELECT id FROM messages WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3
                ORDER BY sent_ms, id LIMIT 1),
            mentions = (SELECT count(*) FROM messages WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3
                AND mentions_me = 1)
        WHERE id = ?1",
        id,
        change
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts what is unread afresh, after messages were deleted.
pub(crate) async fn recount(connection: &mut SqliteConnection, id: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE conversations SET unread =
            (SELECT count(*) FROM messages WHERE conversation_id = ?1 AND direction = 0 AND delivery = 3)
        WHERE id = ?1",
        id
    )
    .execute(&mut *connection)
    .await?;
    add_unread(&mut *connection, id, 0).await?;
    refresh_last(connection, id).await
}

/// Something new came: an archived conversation comes back, unless it is muted then.
pub(crate) async fn come_back(connection: &mut SqliteConnection, id: i64, at_ms: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE conversations SET archived = 0
        WHERE id = ?1 AND archived = 1 AND (muted_until_ms IS NULL OR muted_until_ms <= ?2)",
        id,
        at_ms
    )
    .execute(connection)
    .await?;
    Ok(())
}
