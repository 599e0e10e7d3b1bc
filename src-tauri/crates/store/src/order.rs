//! Where a message that came over the wire stands among the others of its conversation.
//!
//! A conversation is shown by `(sent_ms, row)`. The archive's own order is the truth, and times alone do not give it: some
//! archives stamp whole seconds, and what came live has this device's time. So the time of a message is moved as little as it
//! takes for it to stand behind what the archive has before it ([`Standing::Behind`]); what is read backwards was brought into
//! order by whoever read it ([`Standing::ByTime`]); what has just arrived stands last ([`Standing::Last`]). What was written on
//! this device stays where it was written, and the others go around it.
//!
//! What came live while the archive was still being read (`ahead`) says nothing about where the archive's pages stand, until
//! one of them has it or all are read.

use std::collections::BTreeMap;

use confab_model::{AccountId, BareJid};
use sqlx::SqliteConnection;

use crate::{ReceivedMessage, Store, StoreError, conversations, rows::millis};

/// Clocks that are further apart than this are wrong, and then a message stands where its time says: ten minutes.
pub(crate) const CLOCKS_MS: i64 = 600_000;
/// Some servers stamp whole seconds, within which times do not tell what is before what.
pub(crate) const STAMP_STEP_MS: i64 = 1_000;

/// What is known about where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Only its time.
    ByTime,
    /// In the archive it stands behind everything of its conversation that came out of that, or that was covered by the place up
    /// to which it has been read.
    Behind,
    /// It has just arrived.
    Last,
}

/// A place in a conversation, by (time, row).
pub(crate) type Place = (i64, i64);

/// The places that the messages of one transaction take, in their order.
#[derive(Debug)]
pub(crate) struct Order {
    /// The last one that the archive has; `None`: there is none.
    behind: BTreeMap<BareJid, Option<Place>>,
    /// The one before, as it was told and where it stands.
    before: BTreeMap<BareJid, (i64, Place)>,
    /// Messages of one second are given the milliseconds of it, as the index of texts has few places for each.
    spreads: bool,
}

impl Order {
    /// For what is told as it comes: live, and the pages of a catch-up.
    pub(crate) fn of_arrivals() -> Self {
        Self { behind: BTreeMap::new(), before: BTreeMap::new(), spreads: true }
    }

    /// For older pages, of which the end is bounded by what is here.
    pub(crate) fn of_history() -> Self {
        Self { spreads: false, ..Self::of_arrivals() }
    }

    /// The time that a new message is given.
    pub(crate) async fn new_time(
        &mut self,
        connection: &mut SqliteConnection,
        account: AccountId,
        message: &ReceivedMessage,
    ) -> Result<i64, StoreError> {
        let told = millis(message.sent_at);
        let step = i64::from(self.spreads && message.sent_by_server);
        Ok(match message.standing {
            Standing::ByTime if message.sent_by_server => match self.before.get(&message.conversation) {
                // Of a page that was read backwards: it ends before the next one, and spread it would run into that.
                Some((before, (ms, _))) if *before == told => *ms,
                _ => told,
            },
            // It waited for a stream that was cut, and the stamp says only in which second it came.
            Standing::ByTime if told % STAMP_STEP_MS == 0 => {
                let newest = newest_received(connection, account, &message.conversation).await?;
                newest.filter(|(ms, _)| ms - told < STAMP_STEP_MS).map_or(told, |(ms, _)| ms.max(told))
            }
            Standing::ByTime => told,
            Standing::Last => {
                let newest = newest(connection, account, &message.conversation).await?;
                newest.filter(|(ms, _)| ms - told < CLOCKS_MS).map_or(told, |(ms, _)| ms.max(told))
            }
            Standing::Behind => match self.bound(connection, account, &message.conversation).await? {
                Some((ms, _)) if ms >= told && ms - told < CLOCKS_MS => {
                    let is_spread = told % STAMP_STEP_MS == 0 && ms + step - told < STAMP_STEP_MS;
                    if is_spread { ms + step } else { ms }
                }
                _ => told,
            },
        })
    }

    /// The time that a message gets which is here already, at `here`, and which the archive has now told at this place;
    /// `None`: it stays. `is_archives`: its time is the archive's.
    pub(crate) async fn known_time(
        &mut self,
        connection: &mut SqliteConnection,
        account: AccountId,
        message: &ReceivedMessage,
        (here, is_archives): (Place, bool),
    ) -> Result<Option<i64>, StoreError> {
        let (told, row) = (millis(message.sent_at), here.1);
        let after = |(ms, before): Place| if row < before { ms + 1 } else { ms };
        match message.standing {
            Standing::Behind => {
                let bound = self.bound(connection, account, &message.conversation).await?;
                let is_behind = bound.is_none_or(|bound| bound < here);
                if is_behind && (is_archives || (here.0 - told).abs() < CLOCKS_MS) {
                    return Ok(None);
                }
                let least = bound.filter(|(ms, _)| ms - told < CLOCKS_MS).map(after);
                Ok(Some(least.map_or(told, |least| least.max(told))))
            }
            Standing::ByTime | Standing::Last if is_archives => Ok(None),
            Standing::ByTime | Standing::Last => match self.before.get(&message.conversation) {
                Some((before, place)) if *before == told => Ok(Some(after(*place).max(told))),
                _ => Ok(Some(told)),
            },
        }
    }

    /// The message stands here now: the next one is behind it.
    pub(crate) fn stands(&mut self, message: &ReceivedMessage, place: Place) {
        let told = millis(message.sent_at);
        // If it was not asked for, it is read from the table, which has this one too.
        if let Some(bound) = self.behind.get_mut(&message.conversation)
            && message.standing != Standing::ByTime
            && message.archive_id.is_some()
            && !message.ahead
            && place.0 - told < CLOCKS_MS
        {
            *bound = Some(bound.map_or(place, |before| before.max(place)));
        }
        if message.sent_by_server {
            self.before.insert(message.conversation.clone(), (told, place));
        }
    }

    /// The last message of the conversation that the archive is known to have before what is told now.
    async fn bound(
        &mut self,
        connection: &mut SqliteConnection,
        account: AccountId,
        conversation: &BareJid,
    ) -> Result<Option<Place>, StoreError> {
        if let Some(bound) = self.behind.get(conversation) {
            return Ok(*bound);
        }
        let address = conversation.to_string();
        let bound = sqlx::query!(
            r#"SELECT m.sent_ms, m.id AS "row!: i64" FROM conversations v JOIN messages m ON m.conversation_id = v.id
            WHERE v.account_id = ?1 AND v.jid = ?2 AND m.archive_id IS NOT NULL AND m.ahead = 0
            ORDER BY m.sent_ms DESC, m.id DESC LIMIT 1"#,
            account.0,
            address
        )
        .fetch_optional(connection)
        .await?;
        let bound = bound.map(|bound| (bound.sent_ms, bound.row));
        self.behind.insert(conversation.clone(), bound);
        Ok(bound)
    }
}

/// The last of everything in a conversation.
pub(crate) async fn newest(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
) -> Result<Option<Place>, StoreError> {
    let address = conversation.to_string();
    let newest = sqlx::query!(
        r#"SELECT m.sent_ms, m.id AS "row!: i64" FROM conversations v JOIN messages m ON m.conversation_id = v.id
        WHERE v.account_id = ?1 AND v.jid = ?2 ORDER BY m.sent_ms DESC, m.id DESC LIMIT 1"#,
        account.0,
        address
    )
    .fetch_optional(connection)
    .await?;
    Ok(newest.map(|newest| (newest.sent_ms, newest.row)))
}

/// The last one of somebody else.
async fn newest_received(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
) -> Result<Option<Place>, StoreError> {
    let address = conversation.to_string();
    let newest = sqlx::query!(
        r#"SELECT m.sent_ms, m.id AS "row!: i64" FROM conversations v JOIN messages m ON m.conversation_id = v.id
        WHERE v.account_id = ?1 AND v.jid = ?2 AND m.direction = 0 AND m.kind NOT IN (1, 6)
        ORDER BY m.sent_ms DESC, m.id DESC LIMIT 1"#,
        account.0,
        address
    )
    .fetch_optional(connection)
    .await?;
    Ok(newest.map(|newest| (newest.sent_ms, newest.row)))
}

/// The time of something that is written now: behind everything that is here.
pub(crate) async fn time_of_own(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: &BareJid,
    now_ms: i64,
) -> Result<i64, StoreError> {
    let newest = newest(connection, account, conversation).await?;
    Ok(newest.filter(|(ms, _)| ms - now_ms < CLOCKS_MS).map_or(now_ms, |(ms, _)| ms.max(now_ms)))
}

impl Store {
    /// An archive has been read up to now, the account's own or that of a group: everything that came live meanwhile stands
    /// behind it.
    pub async fn archive_read(&self, account: AccountId, group: Option<&BareJid>) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        match group {
            Some(group) => {
                if let Some(conversation) = conversations::find(&mut tx, account, group).await? {
                    sqlx::query!(
                        "UPDATE messages SET ahead = 0 WHERE account_id = ?1 AND conversation_id = ?2 AND ahead = 1",
                        account.0,
                        conversation
                    )
                    .execute(&mut *tx)
                    .await?;
                }
            }
            None => {
                sqlx::query!(
                    "UPDATE messages SET ahead = 0 WHERE account_id = ?1 AND ahead = 1
                        AND conversation_id IN (SELECT id FROM conversations WHERE account_id = ?1 AND kind = 0)",
                    account.0
                )
                .execute(&mut *tx)
                .await?;
            }
        }
        tx.commit().await
    }
}
