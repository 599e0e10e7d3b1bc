//! Changes of messages that this account makes on this device: their effect here and their place in the outbox, in one
//! transaction. The far side follows; if it does not, nothing is taken back, but it is told ([`Store::mark_unsent`]).

use std::path::PathBuf;

use confab_model::{AccountId, Composed, ConversationKind, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    ShownFile, Store, StoreError,
    amendments::{self, Amendment, Kept, Target, targets},
    codes,
    content::Content,
    messages::{self, Stored},
    outbox::{self, Next},
    rows::millis,
};

/// What this account does to a message.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnChange {
    /// The whole of an own message as it is now. Whom it answers and where it was forwarded from stay.
    Edit { content: Box<Composed>, shown: Option<ShownFile> },
    /// An own message.
    Recall,
    /// All own reactions from now on.
    React { emojis: Vec<String> },
    /// A message of a group. Nothing happens here before the room says so.
    Moderate { reason: String },
}

/// A message that was changed here.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    pub stored: Stored,
    /// Copies of files that are to be deleted.
    pub files: Vec<PathBuf>,
    /// There is something new in the outbox.
    pub is_queued: bool,
}

impl Store {
    /// Changes a message and queues the change as the stanza `id`. `at`: now, by the server's clock.
    ///
    /// `None`: there is no such message, or it cannot be changed so: somebody else wrote it, it was recalled, it failed (a
    /// failed message is deleted), it is a call or a notice, nobody else knows its name, or nothing would be different.
    pub async fn change(
        &self,
        account: AccountId,
        id: &MessageId,
        of: &MessageId,
        change: &OwnChange,
        at: Timestamp,
    ) -> Result<Option<Changed>, StoreError> {
        let at_ms = millis(at);
        let mut tx = self.write().await?;
        let target =
            targets!("WHERE m.account_id = ?1 AND m.uid = ?2", account.0, of.0).fetch_optional(&mut *tx).await?;
        let Some(target) = target.filter(|target| is_allowed(target, change)) else { return Ok(None) };
        let files = match local_effect(&mut tx, account, &target, (id, change), at_ms).await? {
            Some(files) => files,
            None => return Ok(None),
        };
        // What was never sent is only changed here.
        let is_queued = target.delivery != codes::UPLOADING || !target.is_own();
        if is_queued {
            queue(&mut tx, account, &target, (id, change), at_ms).await?;
        }
        let stored = messages::stored(&mut tx, target.row).await?;
        tx.commit().await?;
        Ok(Some(Changed { stored, files, is_queued }))
    }
}

fn is_allowed(target: &Target, change: &OwnChange) -> bool {
    if !target.can_change() || (target.is_own() && target.delivery == codes::FAILED) {
        return false;
    }
    let has_name = target.stanza_id.is_some() || target.origin_id.is_some() || target.archive_id.is_some();
    match change {
        OwnChange::Edit { .. } | OwnChange::Recall => target.is_own() && target.stanza_id.is_some(),
        OwnChange::React { .. } => has_name,
        OwnChange::Moderate { .. } => {
            target.conversation_kind == codes::conversation_kind(ConversationKind::Group) && has_name
        }
    }
}

/// What the change does here at once: copies of files to delete; `None` if nothing would be different.
async fn local_effect(
    connection: &mut SqliteConnection,
    account: AccountId,
    target: &Target,
    (id, change): (&MessageId, &OwnChange),
    at_ms: i64,
) -> Result<Option<Vec<PathBuf>>, StoreError> {
    let kept = match change {
        OwnChange::Edit { content, shown } => Kept::Edit(Box::new(Content::of(content, shown.as_ref()))),
        OwnChange::Recall => Kept::Recall,
        OwnChange::React { emojis } => Kept::React(amendments::usable(emojis)),
        OwnChange::Moderate { .. } => return Ok(Some(Vec::new())),
    };
    let kind = codes::conversation_kind_from(target.conversation_kind)?;
    let conversation = sqlx::query_scalar!("SELECT jid FROM conversations WHERE id = ?1", target.conversation_id)
        .fetch_one(&mut *connection)
        .await?;
    let by = outbox::own_sender(connection, account, &crate::database::jid(&conversation)?, kind).await?;
    // A clock that was set back must not lose what a person does now.
    let newest = sqlx::query_scalar!(
        r#"SELECT max(coalesce(m.edited_ms, 0), coalesce((SELECT r.at_ms FROM reactions r
            WHERE r.message_id = m.id AND r.person = 'me'), 0)) AS "ms!: i64" FROM messages m WHERE m.id = ?1"#,
        target.row
    )
    .fetch_one(&mut *connection)
    .await?;
    let amendment = Amendment {
        id: id.0.clone(),
        is_group: kind == ConversationKind::Group,
        by,
        own: true,
        change: kept,
        at_ms: at_ms.max(newest + 1),
    };
    amendments::apply(connection, account, target, &amendment).await
}

async fn queue(
    connection: &mut SqliteConnection,
    account: AccountId,
    target: &Target,
    (id, change): (&MessageId, &OwnChange),
    at_ms: i64,
) -> Result<(), StoreError> {
    let (kind, payload) = match change {
        OwnChange::Edit { .. } => (codes::SEND_EDIT, None),
        OwnChange::Recall => (codes::SEND_RECALL, None),
        OwnChange::React { .. } => (codes::SEND_REACTIONS, None),
        OwnChange::Moderate { reason } => (codes::SEND_MODERATION, Some(reason.as_str())),
    };
    // The newest says all: an older one of the same sort needs no sending.
    sqlx::query!("DELETE FROM outbox WHERE message_id = ?1 AND kind = ?2", target.row, kind)
        .execute(&mut *connection)
        .await?;
    outbox::enqueue(connection, account, &Next { uid: &id.0, row: target.row, kind, payload }, at_ms).await
}
