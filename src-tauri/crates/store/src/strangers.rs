//! What people who are no contacts, and to whom this account never wrote, may leave in the store. Anybody on the network
//! can make addresses and send; without a bound they would fill the disk.

use confab_model::{AccountId, BareJid, Direction};
use sqlx::SqliteConnection;

use crate::{ReceivedContent, ReceivedMessage, StoreError};

/// Characters that are kept of a stranger's message: a long letter.
const LONGEST_TEXT: usize = 4_000;
/// Octets that are kept of what a stranger encrypted.
const LONGEST_CIPHERTEXT: usize = 16 * 1024;
/// New conversations of strangers within an hour. More than one person's day brings; what comes beyond is left out.
const CONVERSATIONS_PER_HOUR: i64 = 30;
const HOUR_MS: i64 = 3_600_000;

/// What may be kept of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Whole,
    Cut(Box<ReceivedMessage>),
    /// Another conversation would be too many.
    Nothing,
}

/// Looks at a message that is not here yet, by whether its conversation is.
pub(crate) async fn judge(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
    sent_ms: i64,
) -> Result<Verdict, StoreError> {
    if message.direction == Direction::Outgoing || is_contact(connection, account, &message.conversation).await? {
        return Ok(Verdict::Whole);
    }
    let address = message.conversation.to_string();
    let familiar = sqlx::query_scalar!(
        r#"SELECT familiar AS "familiar!: bool" FROM conversations WHERE account_id = ?1 AND jid = ?2"#,
        account.0,
        address
    )
    .fetch_optional(&mut *connection)
    .await?;
    match familiar {
        Some(true) => return Ok(Verdict::Whole),
        Some(false) => {}
        None => {
            let since = sent_ms.saturating_sub(HOUR_MS);
            let others = sqlx::query_scalar!(
                r#"SELECT count(*) AS "count!: i64" FROM conversations v
                WHERE v.account_id = ?1 AND v.familiar = 0 AND v.created_ms > ?2 AND v.created_ms <= ?3
                    AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.account_id = ?1 AND c.jid = v.jid)"#,
                account.0,
                since,
                sent_ms
            )
            .fetch_one(&mut *connection)
            .await?;
            if others >= CONVERSATIONS_PER_HOUR {
                return Ok(Verdict::Nothing);
            }
        }
    }
    Ok(cut(message).map_or(Verdict::Whole, |message| Verdict::Cut(Box::new(message))))
}

/// The message without what is too long; `None` if nothing is.
fn cut(message: &ReceivedMessage) -> Option<ReceivedMessage> {
    let content = match &message.content {
        ReceivedContent::Text(text) => {
            let (end, _) = text.char_indices().nth(LONGEST_TEXT)?;
            ReceivedContent::Text(format!("{}…", text.get(..end)?))
        }
        ReceivedContent::Encrypted { method, ciphertext } => {
            if ciphertext.as_ref().is_none_or(|octets| octets.len() <= LONGEST_CIPHERTEXT) {
                return None;
            }
            // A part of it is of no use.
            ReceivedContent::Encrypted { method: method.clone(), ciphertext: None }
        }
    };
    Some(ReceivedMessage { content, ..message.clone() })
}

/// This account has written in the conversation, or opened it.
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
