//! Parts of an archive that are read out of its order: around a date to which somebody jumps, and on from there.
//!
//! Such a piece is whole in itself, and stands in a conversation between what was here before. Where it does not touch that,
//! a gap is left ([`crate::history`] has the rest of them), which is filled when somebody scrolls there from either side.

use confab_model::{AccountId, BareJid, MessageId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Arrived, Store, StoreError, Taken, amendments, conversations, messages,
    order::Place,
    receive::Received,
    run::{Run, Whence},
};

/// A part of a conversation's archive, oldest first and without a hole in it.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    pub arrived: &'a [Arrived],
    /// It follows directly behind this message. `None`: it was read around a time.
    pub behind: Option<&'a MessageId>,
    /// The archive has nothing before it.
    pub begins: bool,
    /// The archive has nothing behind it.
    pub ends: bool,
}

/// Where a message is found in the archive again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivePlace {
    pub archive_id: Option<String>,
    pub sent_at: Timestamp,
}

impl Store {
    /// Where to read on behind a message. `None`: it is not in the conversation.
    pub async fn archive_place(
        &self,
        account: AccountId,
        conversation: &BareJid,
        message: &MessageId,
    ) -> Result<Option<ArchivePlace>, StoreError> {
        let address = conversation.to_string();
        let found = sqlx::query!(
            "SELECT m.archive_id, m.sent_ms FROM messages m JOIN conversations v ON v.id = m.conversation_id
            WHERE m.account_id = ?1 AND m.uid = ?2 AND v.jid = ?3",
            account.0,
            message.0,
            address
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.map(|found| ArchivePlace { archive_id: found.archive_id, sent_at: Timestamp(found.sent_ms) }))
    }

    /// Takes a piece in, in one transaction, and keeps the gaps of the conversation right.
    pub async fn take_in_piece(
        &self,
        account: AccountId,
        conversation: &BareJid,
        piece: Piece<'_>,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut tx = self.write().await?;
        let known = conversations::find(&mut tx, account, conversation).await?;
        let behind = match (known, piece.behind) {
            (Some(id), Some(behind)) => messages::place(&mut tx, account, id, behind).await?,
            _ => None,
        };
        let mut taken = Vec::with_capacity(piece.arrived.len());
        let mut ends = Ends { first: behind, last: behind.map(|place| (place, false)) };
        let whence = behind.map_or(Whence::Around, Whence::Behind);
        let mut run = Run::new(&mut tx, known, piece.arrived, whence).await?;
        for (number, one) in piece.arrived.iter().enumerate() {
            match one {
                Arrived::Message(message) => {
                    if let Some((received, place)) = run.take(&mut tx, account, (number, message), None).await? {
                        ends.reach(place, &received);
                        taken.push(Taken::Message(Box::new(received)));
                    }
                }
                Arrived::Amendment(amendment) => {
                    let amended = amendments::amend(&mut tx, account, amendment).await?;
                    taken.push(Taken::Amendment(Box::new(amended)));
                }
            }
        }
        if let Some(id) = conversations::find(&mut tx, account, conversation).await? {
            mend_gaps(&mut tx, id, &ends, &piece).await?;
        }
        taken.extend(run.moved(&mut tx).await?);
        tx.commit().await?;
        Ok(taken)
    }
}

/// The first and the last message of a piece, and whether the last is new.
struct Ends {
    first: Option<Place>,
    last: Option<(Place, bool)>,
}

impl Ends {
    fn reach(&mut self, place: Place, received: &Received) {
        self.first = Some(self.first.map_or(place, |first| first.min(place)));
        if self.last.is_none_or(|(last, _)| last <= place) {
            self.last = Some((place, matches!(received, Received::Added(_))));
        }
    }
}

async fn mend_gaps(
    connection: &mut SqliteConnection,
    conversation: i64,
    ends: &Ends,
    piece: &Piece<'_>,
) -> Result<(), StoreError> {
    if let (Some((first_ms, first_row)), Some(((last_ms, last_row), is_new))) = (ends.first, ends.last) {
        // Nothing is missing within the piece.
        sqlx::query!(
            "DELETE FROM gaps WHERE conversation_id = ?1 AND (before_ms, before_id) >= (?2, ?3)
                AND (before_ms, before_id) < (?4, ?5)",
            conversation,
            first_ms,
            first_row,
            last_ms,
            last_row
        )
        .execute(&mut *connection)
        .await?;
        if piece.ends {
            sqlx::query!(
                "DELETE FROM gaps WHERE conversation_id = ?1 AND before_ms = ?2 AND before_id = ?3",
                conversation,
                last_ms,
                last_row
            )
            .execute(&mut *connection)
            .await?;
        } else if is_new {
            // A message that was here is followed by what followed it before.
            sqlx::query!(
                "INSERT INTO gaps (conversation_id, before_ms, before_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                conversation,
                last_ms,
                last_row
            )
            .execute(&mut *connection)
            .await?;
        }
    }
    if piece.begins && piece.behind.is_none() {
        let (first_ms, first_row) = ends.first.unwrap_or((i64::MAX, i64::MAX));
        sqlx::query!(
            "DELETE FROM gaps WHERE conversation_id = ?1 AND (before_ms, before_id) < (?2, ?3)",
            conversation,
            first_ms,
            first_row
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!("UPDATE conversations SET history_complete = 1 WHERE id = ?1", conversation)
            .execute(connection)
            .await?;
    }
    Ok(())
}
