//! What people who are no contacts, and to whom this account never turned, may leave in the store. Anybody on the network
//! can make addresses, write and call; without a bound they would fill the disk.

use confab_model::{AccountId, BareJid, ConversationKind, Direction, MessageBody};
use sqlx::SqliteConnection;

use crate::{ReceivedMessage, StoreError};

/// Characters that are kept of a stranger's message: a long letter.
const LONGEST_TEXT: usize = 4_000;
/// New conversations of strangers within an hour. More than one person's day brings; what comes beyond is left out.
const CONVERSATIONS_PER_HOUR: i64 = 30;
/// Messages and calls of one stranger, until the person answers or lets them in. Who is not heard by then says nothing new.
const MESSAGES: i64 = 1_000;
const HOUR_MS: i64 = 3_600_000;

/// What may be kept of a message.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    Whole,
    Cut(Box<ReceivedMessage>),
    /// Another conversation, or another message of it, would be too many.
    Nothing,
}

/// What a person is to this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A contact, or somebody to whom this account has turned.
    Known,
    Stranger,
    /// A stranger without a conversation, after too many of them; or one who has left too many messages.
    OneTooMany,
}

/// Looks at a message that is not here yet.
pub(crate) async fn judge(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
    sent_ms: i64,
) -> Result<Verdict, StoreError> {
    // Of a room that this account has not joined, nothing comes.
    if message.direction == Direction::Outgoing || message.kind == ConversationKind::Group {
        return Ok(Verdict::Whole);
    }
    Ok(match standing(connection, account, &message.conversation, sent_ms).await? {
        Standing::Known => Verdict::Whole,
        Standing::Stranger => cut(message).map_or(Verdict::Whole, |message| Verdict::Cut(Box::new(message))),
        Standing::OneTooMany => Verdict::Nothing,
    })
}

/// What a person is to this account at a time.
pub(crate) async fn standing(
    connection: &mut SqliteConnection,
    account: AccountId,
    person: &BareJid,
    at_ms: i64,
) -> Result<Standing, StoreError> {
    if is_contact(connection, account, person).await? {
        return Ok(Standing::Known);
    }
    let address = person.to_string();
    let known = sqlx::query!(
        r#"SELECT familiar AS "familiar!: bool", message_count FROM conversations WHERE account_id = ?1 AND jid = ?2"#,
        account.0,
        address
    )
    .fetch_optional(&mut *connection)
    .await?;
    match known {
        Some(known) if known.familiar => return Ok(Standing::Known),
        Some(known) if known.message_count >= MESSAGES => return Ok(Standing::OneTooMany),
        Some(_) => return Ok(Standing::Stranger),
        None => {}
    }
    let since = at_ms.saturating_sub(HOUR_MS);
    let others = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM conversations v
        WHERE v.account_id = ?1 AND v.familiar = 0 AND v.created_ms > ?2 AND v.created_ms <= ?3
            AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.account_id = ?1 AND c.jid = v.jid)"#,
        account.0,
        since,
        at_ms
    )
    .fetch_one(&mut *connection)
    .await?;
    Ok(if others >= CONVERSATIONS_PER_HOUR { Standing::OneTooMany } else { Standing::Stranger })
}

/// The message without what is too long; `None` if nothing is.
fn cut(message: &ReceivedMessage) -> Option<ReceivedMessage> {
    let mut content = message.content.clone();
    let was_cut = match &mut content.body {
        MessageBody::Text(text) | MessageBody::Custom(text) => cut_text(&mut text.0),
        MessageBody::File { caption, .. } => cut_text(&mut caption.0),
        MessageBody::Location(location) => cut_text(&mut location.address),
        MessageBody::Encrypted { .. } => false,
    };
    was_cut.then(|| ReceivedMessage { content, ..message.clone() })
}

/// Shortens a stranger's text. Whether it was too long.
pub(crate) fn cut_text(text: &mut String) -> bool {
    let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) else { return false };
    text.truncate(end);
    text.push('…');
    true
}

/// This account has written in the conversation, opened it, or placed or answered a call there.
pub(crate) async fn familiar(connection: &mut SqliteConnection, conversation: i64) -> Result<(), StoreError> {
    sqlx::query!("UPDATE conversations SET familiar = 1 WHERE id = ?1 AND familiar = 0", conversation)
        .execute(connection)
        .await?;
    Ok(())
}

async fn is_contact(
    connection: &mut SqliteConnection,
    account: AccountId,
    person: &BareJid,
) -> Result<bool, StoreError> {
    let address = person.to_string();
    let found = sqlx::query_scalar!(
        r#"SELECT 1 AS "one!: i64" FROM contacts WHERE account_id = ?1 AND jid = ?2"#,
        account.0,
        address
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}
