//! A run of an archive: a part of a conversation, oldest first and without a hole, that is read out of the archive's order and
//! goes between what is here already. Older pages are one, and so is what is read around a date and on from there.
//!
//! What is here and not in the run is either before all of it or behind all of it. So each new message has neighbours, and stands
//! between them even where an archive stamps whole seconds and gives all of them one time. Where there is no time between two
//! that are here, those behind move, as little as it takes (`make_room`).

use std::collections::BTreeSet;

use confab_model::{AccountId, Timestamp};
use sqlx::SqliteConnection;

use crate::{
    Arrived, ReceivedMessage, StoreError, Taken, conversations, history, messages,
    order::{CLOCKS_MS, Order, Place, STAMP_STEP_MS},
    receive::{self, Received},
    rows::millis,
    search,
};

/// Messages that are looked at at once while room is made.
const STEP: i64 = 200;

/// Where a run was read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whence {
    /// Right behind the message that stands here.
    Behind(Place),
    /// Right before the first message that the archive has at or after this time.
    Before(i64),
    /// Around a time, or at the end of the archive as it was when it was asked.
    Around,
}

/// Where a run stands, message by message.
#[derive(Debug)]
pub(crate) struct Run {
    conversation: Option<i64>,
    /// By row, for each thing of the run: itself if it is here already, and the next one behind it that is.
    known: Vec<(Option<i64>, Option<i64>)>,
    /// Where the last one before stands.
    last: Option<Place>,
    /// Where the one right behind the run stood when it was read.
    end: Option<Place>,
    /// Messages that were here and moved, by row.
    moved: BTreeSet<i64>,
    order: Order,
}

impl Run {
    pub(crate) async fn new(
        connection: &mut SqliteConnection,
        conversation: Option<i64>,
        arrived: &[Arrived],
        whence: Whence,
    ) -> Result<Self, StoreError> {
        let order = Order::of_history();
        let Some(id) = conversation else {
            let known = vec![(None, None); arrived.len()];
            return Ok(Self { conversation, known, last: None, end: None, moved: BTreeSet::new(), order });
        };
        let mut here = Vec::with_capacity(arrived.len());
        for one in arrived {
            here.push(match one {
                Arrived::Message(message) => row(connection, id, message).await?,
                Arrived::Amendment(_) => None,
            });
        }
        let first_here = here.iter().flatten().next().copied();
        let last_here = here.iter().flatten().next_back().copied();
        let (last, end) = match whence {
            Whence::Behind(place) => {
                let end = match last_here {
                    Some(row) => place.max(place_of(connection, row).await?),
                    None => place,
                };
                (Some(place), neighbour(connection, id, (end, Side::Behind)).await?)
            }
            Whence::Before(ms) => {
                // The last one before a gap may be of the same time.
                let gap = history::gap_before(connection, id, (ms, i64::MAX)).await?.filter(|gap| gap.0 == ms);
                let end = neighbour(connection, id, (gap.unwrap_or((ms, -1)), Side::Behind)).await?;
                (begin(connection, id, (first_here, end.or(Some((ms, -1))))).await?, end)
            }
            Whence::Around => {
                let end = match last_here {
                    Some(row) => place_of(connection, row).await?,
                    None => (end_of_first(arrived), i64::MAX),
                };
                let end = neighbour(connection, id, (end, Side::Behind)).await?;
                (begin(connection, id, (first_here, end)).await?, end)
            }
        };
        let mut known = Vec::with_capacity(arrived.len());
        let mut next = end.map(|(_, row)| row);
        for here in here.into_iter().rev() {
            known.push((here, next));
            next = here.or(next);
        }
        known.reverse();
        Ok(Self { conversation, known, last, end, moved: BTreeSet::new(), order })
    }

    /// Takes a message of the run in, at its place, which is returned with it. `None`: it is not kept here. `read_back_from`:
    /// see [`receive::receive`].
    pub(crate) async fn take(
        &mut self,
        connection: &mut SqliteConnection,
        account: AccountId,
        (number, message): (usize, &ReceivedMessage),
        read_back_from: Option<Place>,
    ) -> Result<Option<(Received, Place)>, StoreError> {
        let message = self.between(connection, number, message).await?;
        let received = receive::receive(connection, account, &message, (&mut self.order, read_back_from)).await?;
        let Some(received) = received else { return Ok(None) };
        let place = messages::place_of(connection, account, &message.conversation, received.message()).await?;
        self.last = self.last.max(Some(place));
        Ok(Some((received, place)))
    }

    /// A message of the run, with the time at which it stands where it belongs if it is new.
    async fn between(
        &mut self,
        connection: &mut SqliteConnection,
        number: usize,
        message: &ReceivedMessage,
    ) -> Result<ReceivedMessage, StoreError> {
        let last = self.last.unwrap_or((0, 0));
        let told = millis(message.sent_at);
        let ms = match (self.conversation, self.known.get(number)) {
            (_, Some((Some(_), _))) => return Ok(message.clone()),
            (Some(conversation), Some((None, Some(next)))) => {
                let place = place_of(connection, *next).await?;
                if told - place.0 >= CLOCKS_MS {
                    // It was written here while the clock was wrong.
                    i64::MAX
                } else if last < place && place.0 == last.0 {
                    self.moved.extend(make_room(connection, conversation, place).await?);
                    place.0
                } else {
                    place.0 - 1
                }
            }
            _ => i64::MAX,
        };
        let ms = told.min(ms);
        let is_order = last.0 - ms < CLOCKS_MS;
        Ok(ReceivedMessage { sent_at: Timestamp(if is_order { ms.max(last.0) } else { ms }), ..message.clone() })
    }

    /// Where the one right behind the run stood when it was read.
    pub(crate) fn end(&self) -> Option<Place> {
        self.end
    }

    /// What was here and stands elsewhere now.
    pub(crate) async fn moved(self, connection: &mut SqliteConnection) -> Result<Vec<Taken>, StoreError> {
        let mut moved = Vec::with_capacity(self.moved.len());
        for row in self.moved {
            let message = messages::load(connection, row).await?;
            moved.push(Taken::Message(Box::new(Received::Updated(message))));
        }
        Ok(moved)
    }
}

/// The row of a message that is here by its archive's id.
async fn row(
    connection: &mut SqliteConnection,
    conversation: i64,
    message: &ReceivedMessage,
) -> Result<Option<i64>, StoreError> {
    let Some(archive_id) = &message.archive_id else { return Ok(None) };
    let row = sqlx::query_scalar!(
        r#"SELECT id AS "row!: i64" FROM messages WHERE conversation_id = ?1 AND archive_id = ?2"#,
        conversation,
        archive_id
    );
    Ok(row.fetch_optional(connection).await?)
}

async fn place_of(connection: &mut SqliteConnection, row: i64) -> Result<Place, StoreError> {
    let ms = sqlx::query_scalar!("SELECT sent_ms FROM messages WHERE id = ?1", row).fetch_one(connection).await?;
    Ok((ms, row))
}

/// The last message that the archive has before a run: before the first one of it that is here, or before its end.
async fn begin(
    connection: &mut SqliteConnection,
    conversation: i64,
    (first_here, end): (Option<i64>, Option<Place>),
) -> Result<Option<Place>, StoreError> {
    let first = match first_here {
        Some(row) => Some(place_of(connection, row).await?),
        None => end,
    };
    match first {
        Some(first) => neighbour(connection, conversation, (first, Side::Before)).await,
        None => Ok(None),
    }
}

/// Whatever is here and later than this is later than the first message.
fn end_of_first(arrived: &[Arrived]) -> i64 {
    let first = arrived.iter().find_map(|one| match one {
        Arrived::Message(message) => Some(millis(message.sent_at)),
        Arrived::Amendment(_) => None,
    });
    match first {
        Some(ms) if ms % STAMP_STEP_MS == 0 => ms + STAMP_STEP_MS - 1,
        Some(ms) => ms,
        None => i64::MAX,
    }
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Before,
    Behind,
}

/// The nearest message that the archive has on one side of a place.
async fn neighbour(
    connection: &mut SqliteConnection,
    conversation: i64,
    ((ms, row), side): (Place, Side),
) -> Result<Option<Place>, StoreError> {
    let before = sqlx::query_as!(
        Neighbour,
        r#"SELECT id AS "row!: i64", sent_ms FROM messages
        WHERE conversation_id = ?1 AND archive_id IS NOT NULL AND (sent_ms, id) < (?2, ?3)
        ORDER BY sent_ms DESC, id DESC LIMIT 1"#,
        conversation,
        ms,
        row
    );
    let behind = sqlx::query_as!(
        Neighbour,
        r#"SELECT id AS "row!: i64", sent_ms FROM messages
        WHERE conversation_id = ?1 AND archive_id IS NOT NULL AND (sent_ms, id) > (?2, ?3)
        ORDER BY sent_ms, id LIMIT 1"#,
        conversation,
        ms,
        row
    );
    let found = match side {
        Side::Before => before.fetch_optional(connection).await?,
        Side::Behind => behind.fetch_optional(connection).await?,
    };
    Ok(found.map(|found| (found.sent_ms, found.row)))
}

#[derive(Debug)]
struct Neighbour {
    row: i64,
    sent_ms: i64,
}

/// The message at `first` and those behind it stand a millisecond later, as far as it takes for them to keep their order. Which
/// moved, by row.
async fn make_room(connection: &mut SqliteConnection, conversation: i64, first: Place) -> Result<Vec<i64>, StoreError> {
    // All are read before the first moves: it would be met again.
    let mut moves: Vec<(Place, i64)> = Vec::new();
    let (mut from, mut before) = (first, (first.0, i64::MAX));
    'all: loop {
        let behind = sqlx::query_as!(
            Neighbour,
            r#"SELECT id AS "row!: i64", sent_ms FROM messages WHERE conversation_id = ?1 AND (sent_ms, id) >= (?2, ?3)
            ORDER BY sent_ms, id LIMIT ?4"#,
            conversation,
            from.0,
            from.1,
            STEP
        )
        .fetch_all(&mut *connection)
        .await?;
        let Some(last) = behind.last() else { break };
        from = (last.sent_ms, last.row + 1);
        for one in behind {
            if (one.sent_ms, one.row) > before {
                break 'all;
            }
            before = (if one.row > before.1 { before.0 } else { before.0 + 1 }, one.row);
            moves.push(((one.sent_ms, one.row), before.0));
        }
    }
    for (place, ms) in &moves {
        shift(connection, conversation, *place, *ms).await?;
    }
    conversations::refresh_last(connection, conversation).await?;
    Ok(moves.into_iter().map(|((_, row), _)| row).collect())
}

/// Moves one message in time, with what points at its place.
async fn shift(
    connection: &mut SqliteConnection,
    conversation: i64,
    (from_ms, row): Place,
    ms: i64,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE messages SET sent_ms = ?2 WHERE id = ?1", row, ms).execute(&mut *connection).await?;
    sqlx::query!(
        "UPDATE gaps SET before_ms = ?4 WHERE conversation_id = ?1 AND before_ms = ?2 AND before_id = ?3",
        conversation,
        from_ms,
        row,
        ms
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE conversations SET own_read_ms = iif(own_read_ms = ?2 AND own_read_id = ?3, ?4, own_read_ms),
            peer_read_ms = iif(peer_read_ms = ?2 AND peer_read_id = ?3, ?4, peer_read_ms)
        WHERE id = ?1",
        conversation,
        from_ms,
        row,
        ms
    )
    .execute(&mut *connection)
    .await?;
    search::reindex(connection, row).await
}
