//! Changes of messages that are not here yet: an archive is read backwards on a new device, and the page with an edit comes
//! before the page with what it edits.
//!
//! Overflow: of one person in a conversation the oldest beyond [`OF_PERSON`] go, so that nobody pushes out the recalls of
//! others; of a conversation those beyond [`OF_CONVERSATION`], of an account those beyond [`OF_ACCOUNT`].

use confab_model::{AccountId, BareJid, WireId};
use sqlx::SqliteConnection;

use super::{Amendment, Target, targets};
use crate::{StoreError, codes, people};

/// Changes of one person that wait in a conversation; most name a message of the same page.
const OF_PERSON: i64 = 100;
/// Changes that wait per conversation.
const OF_CONVERSATION: i64 = 200;
/// Changes that wait per account: anybody can send some for messages that never were.
const OF_ACCOUNT: i64 = 5_000;

/// Keeps a change until its message comes.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    of: &WireId,
    amendment: &Amendment,
) -> Result<(), StoreError> {
    let address = conversation.to_string();
    let json = codes::to_json(amendment)?;
    // Whose change it is belongs to what tells changes apart: ids are theirs to choose. No attribute has a line feed.
    let person = if amendment.own { people::ME.to_owned() } else { people::key(&amendment.by) };
    let person = format!("{person}\n");
    let change = format!("{person}{}", amendment.id);
    sqlx::query!(
        "INSERT INTO early_amendments (account_id, jid, wire, change_id, amendment) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO NOTHING",
        account.0,
        address,
        of.0,
        change,
        json
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM early_amendments WHERE id IN
            (SELECT id FROM early_amendments
            WHERE account_id = ?1 AND jid = ?2 AND substr(change_id, 1, length(?3)) = ?3
            ORDER BY id DESC LIMIT -1 OFFSET ?4)",
        account.0,
        address,
        person,
        OF_PERSON
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM early_amendments WHERE account_id = ?1 AND jid = ?2 AND id <=
            (SELECT id FROM early_amendments WHERE account_id = ?1 AND jid = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)",
        account.0,
        address,
        OF_CONVERSATION
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM early_amendments WHERE account_id = ?1 AND id <=
            (SELECT id FROM early_amendments WHERE account_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        account.0,
        OF_ACCOUNT
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A message came, or has got its name: whatever waited for it and may change it, does. Whether something did.
pub(crate) async fn apply(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    row: i64,
) -> Result<bool, StoreError> {
    let address = conversation.to_string();
    let waiting = sqlx::query!(
        r#"SELECT e.id AS "id!: i64", e.wire AS "wire!: String", e.amendment AS "amendment!: String"
        FROM messages m JOIN early_amendments e ON e.account_id = ?1 AND e.jid = ?2
            AND e.wire IN (m.stanza_id, m.origin_id, m.archive_id)
        WHERE m.id = ?3"#,
        account.0,
        address,
        row
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut changed = false;
    for early in waiting {
        let amendment: Amendment = codes::from_json(&early.amendment)?;
        let target = targets!("WHERE m.id = ?1", row).fetch_one(&mut *connection).await?;
        if !is_named(&target, &early.wire, &amendment) || !target.may_be_changed_by(&amendment)? {
            // It may mean another message of that id, or it was forged: then it goes with the oldest.
            continue;
        }
        // Nothing of a message that has just come is on the disk beside it.
        changed |= super::apply(connection, account, &target, &amendment).await?.is_some();
        sqlx::query!("DELETE FROM early_amendments WHERE id = ?1", early.id).execute(&mut *connection).await?;
    }
    Ok(changed)
}

/// Whether the change means this message by that id: nobody picks the ids of a room, everybody the own ones.
fn is_named(target: &Target, wire: &str, amendment: &Amendment) -> bool {
    if amendment.names_by_room() {
        target.archive_id.as_deref() == Some(wire)
    } else {
        target.stanza_id.as_deref() == Some(wire) || target.origin_id.as_deref() == Some(wire)
    }
}
