//! What happens to messages after they were sent: edits, recalls, reactions; ours from other devices, theirs; live, by carbon,
//! from an archive, in any order.
//!
//! The rules stand here: who may change what, and which of several changes holds.
//! * Edit and recall: the author alone, in a conversation of two by address, in a group by [`Sender::is`]; a recall by a
//!   moderator only in a group, where the room itself says it. Reactions: anybody.
//! * The newest edit holds, by (time, id); so does the newest set of reactions of one person. Nothing follows a recall.
//! * A change of a message that is not here yet waits for it (`early`).
//!
//! Own changes that start on this device are in `changes`; both end in [`apply`].

pub(crate) mod early;

use std::path::PathBuf;

use confab_model::{
    AccountId, BareJid, Change, ConversationKind, Direction, Message, MessageId, Sender, Timestamp, WireId,
};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::{
    ShownFile, StoreError, attachments, codes,
    content::{Content, Details},
    conversations, messages, outbox, people,
    rows::millis,
    search,
    strangers::{self, Standing},
};

/// People who may react to one message; what others say is left out.
const MOST_REACTING: i64 = 1_000;
/// Emojis of one person on one message, and octets of each.
const MOST_EMOJIS: usize = 20;
const LONGEST_EMOJI: usize = 64;
/// Messages that may bear one id of their sender's choice before the others are not looked at.
const MOST_CANDIDATES: i64 = 16;

/// A change of the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedAmendment {
    /// The stanza id of the change itself.
    pub id: MessageId,
    pub conversation: BareJid,
    pub kind: ConversationKind,
    pub by: Sender,
    /// By this account, from whichever device.
    pub own: bool,
    pub of: WireId,
    pub change: Change,
    /// Of the file that an edited message has.
    pub shown: Option<ShownFile>,
    pub at: Timestamp,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Amended {
    /// The message as it is now, and copies of files that are to be deleted.
    Changed { message: Box<Message>, files: Vec<PathBuf> },
    /// The message is not here. If it ever comes, it comes changed.
    Waiting,
    /// Known already, overtaken by a newer one, or of a message that was recalled.
    Old,
    /// Whoever did it may not.
    Refused,
}

/// A change as it is kept while it waits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Amendment {
    pub id: String,
    pub is_group: bool,
    pub by: Sender,
    pub own: bool,
    pub change: Kept,
    pub at_ms: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Kept {
    Edit(Box<Content>),
    Recall,
    Moderated,
    React(Vec<String>),
}

impl Amendment {
    fn of(amendment: &ReceivedAmendment) -> Self {
        let change = match &amendment.change {
            Change::Edit(composed) => Kept::Edit(Box::new(Content::of(composed, amendment.shown.as_ref()))),
            Change::Recall => Kept::Recall,
            Change::Moderated { .. } => Kept::Moderated,
            Change::React { emojis } => Kept::React(usable(emojis)),
        };
        Self {
            id: amendment.id.0.clone(),
            is_group: amendment.kind == ConversationKind::Group,
            by: amendment.by.clone(),
            own: amendment.own,
            change,
            at_ms: millis(amendment.at),
        }
    }

    /// In a group everything but an edit names the message by the room's id (XEP-0424 §3, XEP-0444 §4.1).
    pub(crate) fn names_by_room(&self) -> bool {
        self.is_group && !matches!(self.change, Kept::Edit(_))
    }
}

/// Each once, in their order.
pub(crate) fn usable(emojis: &[String]) -> Vec<String> {
    let mut usable: Vec<String> = Vec::new();
    for emoji in emojis {
        let is_usable = !emoji.trim().is_empty() && emoji.len() <= LONGEST_EMOJI && !usable.contains(emoji);
        if is_usable && usable.len() < MOST_EMOJIS {
            usable.push(emoji.clone());
        }
    }
    usable
}

/// A message that may be changed.
#[derive(Debug)]
pub(crate) struct Target {
    pub row: i64,
    pub conversation_id: i64,
    pub conversation_kind: i64,
    pub direction: i64,
    pub kind: i64,
    pub delivery: i64,
    pub sender: String,
    pub nickname: String,
    pub occupant: Option<String>,
    pub stanza_id: Option<String>,
    pub origin_id: Option<String>,
    pub archive_id: Option<String>,
    pub edited_ms: Option<i64>,
    pub edited_id: Option<String>,
}

/// `query_as!` for [`Target`]; `$rest` follows the joins of `m` (messages), `v` (conversations).
macro_rules! targets {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::amendments::Target,
            r#"SELECT m.id AS "row!: i64", m.conversation_id AS "conversation_id!: i64",
                v.kind AS "conversation_kind!: i64", m.direction AS "direction!: i64", m.kind AS "kind!: i64",
                m.delivery AS "delivery!: i64", m.sender AS "sender!: String", m.nickname AS "nickname!: String",
                m.occupant AS "occupant?: String", m.stanza_id AS "stanza_id?: String",
                m.origin_id AS "origin_id?: String", m.archive_id AS "archive_id?: String",
                m.edited_ms AS "edited_ms?: i64", m.edited_id AS "edited_id?: String"
            FROM messages m JOIN conversations v ON v.id = m.conversation_id "#
            + $rest,
            $($argument),+
        )
    };
}
pub(crate) use targets;

impl Target {
    pub(crate) fn is_own(&self) -> bool {
        self.direction == codes::direction(Direction::Outgoing)
    }

    /// Calls and notices were not sent; of a recalled message nothing is left.
    pub(crate) fn can_change(&self) -> bool {
        !matches!(self.kind, codes::KIND_CALL | codes::KIND_NOTICE | codes::KIND_RECALLED)
    }

    fn is_by(&self, amendment: &Amendment) -> Result<bool, StoreError> {
        if amendment.own || self.is_own() {
            return Ok(amendment.own && self.is_own());
        }
        let author = people::sender(&self.sender, self.nickname.clone(), self.occupant.clone())?;
        Ok(if amendment.is_group { author.is(&amendment.by) } else { author.jid == amendment.by.jid })
    }

    /// Whether whoever made the change may.
    pub(crate) fn may_be_changed_by(&self, amendment: &Amendment) -> Result<bool, StoreError> {
        match amendment.change {
            Kept::Edit(_) | Kept::Recall => self.is_by(amendment),
            Kept::Moderated => Ok(amendment.is_group),
            Kept::React(_) => Ok(true),
        }
    }
}

/// Takes a change in.
pub(crate) async fn amend(
    connection: &mut SqliteConnection,
    account: AccountId,
    received: &ReceivedAmendment,
) -> Result<Amended, StoreError> {
    let amendment = Amendment::of(received);
    if amendment.own {
        // It came back: the far side, or the room, has it.
        outbox::settle_change(connection, account, &amendment.id).await?;
    }
    let Some(conversation) = conversations::find(connection, account, &received.conversation).await? else {
        early::keep(connection, account, &received.conversation, &received.of, &amendment).await?;
        return Ok(Amended::Waiting);
    };
    let targets = find(connection, conversation, &received.of, &amendment).await?;
    if targets.is_empty() {
        early::keep(connection, account, &received.conversation, &received.of, &amendment).await?;
        return Ok(Amended::Waiting);
    }
    for target in targets {
        if target.may_be_changed_by(&amendment)? {
            return match apply(connection, account, &target, &amendment).await? {
                Some(files) => {
                    let message = Box::new(messages::load(connection, target.row).await?);
                    Ok(Amended::Changed { message, files })
                }
                None => Ok(Amended::Old),
            };
        }
    }
    tracing::info!("a change of somebody else's message was dropped");
    Ok(Amended::Refused)
}

/// The messages that a change may mean, newest first.
async fn find(
    connection: &mut SqliteConnection,
    conversation: i64,
    of: &WireId,
    amendment: &Amendment,
) -> Result<Vec<Target>, StoreError> {
    if amendment.names_by_room() {
        return Ok(targets!("WHERE m.conversation_id = ?1 AND m.archive_id = ?2", conversation, of.0)
            .fetch_all(connection)
            .await?);
    }
    // Whoever knows an id can give it to messages of their own: those of the author come first, however many others there are.
    let direction = codes::direction(if amendment.own { Direction::Outgoing } else { Direction::Incoming });
    let occupant = amendment.by.occupant.as_deref();
    let address = amendment.by.jid.as_ref().map(ToString::to_string);
    let by_stanza = targets!(
        "WHERE m.conversation_id = ?1 AND m.stanza_id = ?2
        ORDER BY (m.direction = ?4 AND (?4 = 1 OR m.occupant = ?5 OR m.sender = ?6)) DESC, m.sent_ms DESC, m.id DESC
        LIMIT ?3",
        conversation,
        of.0,
        MOST_CANDIDATES,
        direction,
        occupant,
        address
    )
    .fetch_all(&mut *connection)
    .await?;
    if !by_stanza.is_empty() {
        return Ok(by_stanza);
    }
    Ok(targets!(
        "WHERE m.conversation_id = ?1 AND m.origin_id = ?2
        ORDER BY (m.direction = ?4 AND (?4 = 1 OR m.occupant = ?5 OR m.sender = ?6)) DESC, m.sent_ms DESC, m.id DESC
        LIMIT ?3",
        conversation,
        of.0,
        MOST_CANDIDATES,
        direction,
        occupant,
        address
    )
    .fetch_all(connection)
    .await?)
}

/// Changes a message, if the change holds: the copies of files that are to be deleted then.
pub(crate) async fn apply(
    connection: &mut SqliteConnection,
    account: AccountId,
    target: &Target,
    amendment: &Amendment,
) -> Result<Option<Vec<PathBuf>>, StoreError> {
    if !target.can_change() {
        return Ok(None);
    }
    match &amendment.change {
        Kept::Edit(content) => edit(connection, account, target, amendment, content).await,
        Kept::Recall | Kept::Moderated => recall(connection, target).await.map(Some),
        Kept::React(emojis) => {
            let is_new = react(connection, target.row, amendment, emojis).await?;
            Ok(is_new.then(Vec::new))
        }
    }
}

async fn edit(
    connection: &mut SqliteConnection,
    account: AccountId,
    target: &Target,
    amendment: &Amendment,
    content: &Content,
) -> Result<Option<Vec<PathBuf>>, StoreError> {
    if let (Some(ms), Some(id)) = (target.edited_ms, &target.edited_id)
        && (amendment.at_ms, &amendment.id) <= (ms, id)
    {
        return Ok(None);
    }
    let known = sqlx::query!("SELECT reply_to, details, sent_ms FROM messages WHERE id = ?1", target.row)
        .fetch_one(&mut *connection)
        .await?;
    let mut content = content.clone();
    if !target.is_own() {
        let person = sqlx::query_scalar!("SELECT jid FROM conversations WHERE id = ?1", target.conversation_id)
            .fetch_one(&mut *connection)
            .await?;
        let person: BareJid = crate::database::jid(&person)?;
        let is_direct = target.conversation_kind == 0;
        if is_direct && strangers::standing(connection, account, &person, known.sent_ms).await? != Standing::Known {
            strangers::cut_text(&mut content.body);
        }
    }
    if content.reply_to.is_none() {
        // What an edit does not repeat (XEP-0461 §4.1) still holds.
        let before = Details::read(known.details.as_deref())?;
        content.reply_to = known.reply_to;
        content.details.reply_author = before.reply_author;
        content.details.reply_quote = before.reply_quote;
        content.details.forwarded = content.details.forwarded.or(before.forwarded);
    }
    let files = replace_file(connection, target.row, &content).await?;
    let details = content.details.to_json()?;
    let mentions_me =
        !target.is_own() && messages::mentions_me(connection, account, target.conversation_id, &content).await?;
    sqlx::query!(
        "UPDATE messages SET kind = ?2, body = ?3, encryption = ?4, ciphertext = NULL, reply_to = ?5, details = ?6,
            mentions_me = ?7, edited_ms = ?8, edited_id = ?9
        WHERE id = ?1",
        target.row,
        content.kind,
        content.body,
        content.encryption,
        content.reply_to,
        details,
        mentions_me,
        amendment.at_ms,
        amendment.id
    )
    .execute(&mut *connection)
    .await?;
    search::reindex(connection, target.row).await?;
    // An unread message may have begun or ceased to mention this account.
    conversations::add_unread(connection, target.conversation_id, 0).await?;
    Ok(Some(files))
}

/// The file of an edited message: the same one stays where it is.
async fn replace_file(
    connection: &mut SqliteConnection,
    row: i64,
    content: &Content,
) -> Result<Vec<PathBuf>, StoreError> {
    let known = attachments::load(connection, row).await?;
    match (&known, &content.file) {
        (Some(known), Some(file)) if known.details.urls.first() == file.details.urls.first() => Ok(Vec::new()),
        (_, file) => {
            let files = attachments::remove(connection, row).await?;
            if let Some(file) = file {
                attachments::put(connection, row, file).await?;
            }
            Ok(files)
        }
    }
}

/// Nothing of what the message said stays: neither its text, nor the index entry, nor its file, nor what people said of it.
async fn recall(connection: &mut SqliteConnection, target: &Target) -> Result<Vec<PathBuf>, StoreError> {
    let files = attachments::remove(connection, target.row).await?;
    search::unindex(connection, target.row).await?;
    sqlx::query!("DELETE FROM reactions WHERE message_id = ?1", target.row).execute(&mut *connection).await?;
    outbox::dequeue(connection, target.row).await?;
    sqlx::query!(
        "UPDATE messages SET kind = ?2, body = '', encryption = NULL, ciphertext = NULL, reply_to = NULL,
            details = NULL, mentions_me = 0, edited_ms = NULL, edited_id = NULL, failure = NULL, delivery = ?3
        WHERE id = ?1",
        target.row,
        codes::KIND_RECALLED,
        codes::RECALLED
    )
    .execute(&mut *connection)
    .await?;
    let was_unread = !target.is_own() && target.delivery == codes::DELIVERED;
    conversations::add_unread(connection, target.conversation_id, if was_unread { -1 } else { 0 }).await?;
    Ok(files)
}

/// What one person says of a message from now on. `false`: something newer of them is here.
async fn react(
    connection: &mut SqliteConnection,
    row: i64,
    amendment: &Amendment,
    emojis: &[String],
) -> Result<bool, StoreError> {
    let person = if amendment.own { people::ME.to_owned() } else { people::key(&amendment.by) };
    let known = sqlx::query!(
        "SELECT emojis, at_ms, change_id FROM reactions WHERE message_id = ?1 AND person = ?2",
        row,
        person
    )
    .fetch_optional(&mut *connection)
    .await?;
    let mut since: Vec<(String, i64)> = Vec::new();
    match known {
        Some(known) if (amendment.at_ms, &amendment.id) <= (known.at_ms, &known.change_id) => return Ok(false),
        Some(known) => since = codes::from_json(&known.emojis)?,
        None => {
            let count =
                sqlx::query_scalar!(r#"SELECT count(*) AS "count!: i64" FROM reactions WHERE message_id = ?1"#, row)
                    .fetch_one(&mut *connection)
                    .await?;
            if count >= MOST_REACTING && !amendment.own {
                return Ok(false);
            }
        }
    }
    let emojis: Vec<(&String, i64)> = emojis
        .iter()
        .map(|emoji| {
            let first = since.iter().find(|(known, _)| known == emoji).map_or(amendment.at_ms, |(_, since)| *since);
            (emoji, first)
        })
        .collect();
    let emojis = codes::to_json(&emojis)?;
    let who = codes::to_json(&amendment.by)?;
    sqlx::query!(
        "INSERT INTO reactions (message_id, person, who, own, emojis, at_ms, change_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (message_id, person) DO UPDATE SET who = excluded.who, emojis = excluded.emojis,
            at_ms = excluded.at_ms, change_id = excluded.change_id",
        row,
        person,
        who,
        amendment.own,
        emojis,
        amendment.at_ms,
        amendment.id
    )
    .execute(connection)
    .await?;
    Ok(true)
}
