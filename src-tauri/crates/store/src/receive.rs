//! Messages and changes as they come from the wire: live, by carbon, from an archive, in any order and more than once.
//!
//! In: [`Arrived`]s whose provenance the caller has checked (carbons of the own bare address only, archive ids by the own
//! archive or the room only). Out: each once, with what was new. Own messages start in `outbox`, calls in `calls`; what
//! changes do is in `amendments`.

use std::borrow::Cow;

use confab_model::{
    AccountId, BareJid, Composed, ConversationKind, DeliveryState, Direction, Message, MessageId, Sender, Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    Amended, ReceivedAmendment, ShownFile, Store, StoreError, accounts, amendments, attachments, codes,
    content::Content,
    conversations, deletion, displayed, groups, history, messages,
    order::{Order, Place, Standing},
    outbox, people,
    quick::{self, Quick},
    rows::millis,
    search,
    strangers::{self, Verdict},
};

/// A message of the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedMessage {
    /// What it is called here if it is new. Messages of own other devices keep their stanza id instead, because
    /// receipts name that.
    pub id: MessageId,
    /// The other person (for own messages: to whom), or the group.
    pub conversation: BareJid,
    pub kind: ConversationKind,
    pub sender: Sender,
    pub direction: Direction,
    /// The `id` attribute.
    pub stanza_id: Option<String>,
    /// XEP-0359 `origin-id`.
    pub origin_id: Option<String>,
    /// XEP-0359 `stanza-id` by the archive in which the message is; in a group by the room.
    pub archive_id: Option<String>,
    pub content: Composed,
    /// Of its file, if it has one.
    pub shown: Option<ShownFile>,
    pub sent_at: Timestamp,
    /// `sent_at` is the server's (a delay stamp or the archive's), not this device's time of arrival.
    pub sent_by_server: bool,
    /// What is known about its place among the others of the conversation.
    pub standing: Standing,
    /// What its archive has before it may not be here yet: it says nothing about where that stands.
    pub ahead: bool,
    /// Already displayed on some device of this account; does not count as unread.
    pub read: bool,
}

/// One thing of the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrived {
    Message(Box<ReceivedMessage>),
    Amendment(Box<ReceivedAmendment>),
}

/// What became of one thing of the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    Message(Box<Received>),
    Amendment(Box<Amended>),
}

/// How far an archive has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchivePosition<'a> {
    /// The account's own.
    Own(&'a str),
    /// That of a group.
    Group(&'a BareJid, &'a str),
}

/// What became of a received message.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// New.
    Added(Message),
    /// It was here; something that people see changed (its time, or an own message is now sent).
    Updated(Message),
    /// It was here and looks the same; ids may have been filled in.
    Known(Message),
}

impl Received {
    /// The message as it is now.
    pub fn message(&self) -> &Message {
        match self {
            Self::Added(message) | Self::Updated(message) | Self::Known(message) => message,
        }
    }

    /// New text of somebody else that has not been displayed: what a notification is for.
    pub fn is_news(&self) -> bool {
        match self {
            Self::Added(message) => {
                message.direction == Direction::Incoming && message.delivery == DeliveryState::Delivered
            }
            Self::Updated(_) | Self::Known(_) => false,
        }
    }
}

impl Store {
    /// Takes messages and changes in, in their order and in one transaction: all or none. `position`: with them
    /// everything up to this id of an archive is in the store (a page of the catch-up); `None` for what is live and
    /// for pages of older history.
    ///
    /// A message that is here already (the same archive id; or the same sender and origin id in the conversation) is not
    /// doubled: missing ids are filled in, and it takes the place that the archive gives it if it is somebody else's (see
    /// [`Standing`]). An own message that comes back is sent, and leaves the outbox.
    ///
    /// What an archive has is given back by it after a power cut, as its position here is never ahead of it: such messages are on
    /// the disk only soon after this returns. They survive a crash.
    ///
    /// Of what strangers send only a part is kept (see `strangers`), and nothing that was deleted here comes back; what
    /// is left out is not in the answer.
    pub async fn take_in(
        &self,
        account: AccountId,
        arrived: &[Arrived],
        position: Option<ArchivePosition<'_>>,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut tx = self.write_waiting(!arrived.iter().all(is_in_archive)).await?;
        let is_read_back = history::is_read_again(&mut tx, account).await?;
        let mut taken = Vec::with_capacity(arrived.len());
        let (mut quick, mut order) = (Quick::default(), Order::of_arrivals());
        for one in arrived {
            match one {
                Arrived::Message(message) => {
                    if let Some(id) = quick.take(&mut tx, account, message, &mut order).await? {
                        taken.push(InTransit::New(id));
                        continue;
                    }
                    quick.settle(&mut tx, &message.conversation).await?;
                    let of_own_archive = message.sent_by_server && message.kind == ConversationKind::Direct;
                    let read_back_from = (is_read_back && of_own_archive).then_some((i64::MAX, i64::MAX));
                    let received = receive(&mut tx, account, message, (&mut order, read_back_from)).await?;
                    taken.extend(received.map(|received| InTransit::Settled(Taken::Message(Box::new(received)))));
                }
                Arrived::Amendment(amendment) => {
                    quick.settle(&mut tx, &amendment.conversation).await?;
                    let amended = amendments::amend(&mut tx, account, amendment).await?;
                    taken.push(InTransit::Settled(Taken::Amendment(Box::new(amended))));
                }
            }
        }
        quick.settle_all(&mut tx).await?;
        let taken = arrive(&mut tx, account, taken).await?;
        match position {
            Some(ArchivePosition::Own(position)) => {
                accounts::set_archive_position(&mut tx, account, position).await?;
            }
            Some(ArchivePosition::Group(group, position)) => {
                groups::set_archive_position(&mut tx, account, group, position).await?;
            }
            None => {}
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// A group has an own message and gave it this id: it is sent, and leaves the outbox. `None`: it is not here (any
    /// more).
    pub async fn reflected(
        &self,
        account: AccountId,
        group: &BareJid,
        id: &MessageId,
        archive_id: Option<&str>,
        sent_at: Timestamp,
    ) -> Result<Option<Received>, StoreError> {
        let mut tx = self.write().await?;
        let Some(conversation) = conversations::find(&mut tx, account, group).await? else { return Ok(None) };
        let message = ReceivedMessage {
            id: id.clone(),
            conversation: group.clone(),
            kind: ConversationKind::Group,
            sender: outbox::own_sender(&mut tx, account, group, ConversationKind::Group).await?,
            direction: Direction::Outgoing,
            stanza_id: Some(id.0.clone()),
            origin_id: Some(id.0.clone()),
            archive_id: archive_id.map(str::to_owned),
            // What it says is here already: only ids and times of it are taken.
            content: Composed::text(""),
            shown: None,
            sent_at,
            sent_by_server: true,
            standing: Standing::ByTime,
            ahead: false,
            read: true,
        };
        let Some(known) = find_known(&mut tx, conversation, &message).await? else { return Ok(None) };
        let received = merge(&mut tx, account, known, &message, (&mut Order::of_arrivals(), None)).await?;
        tx.commit().await?;
        Ok(Some(received))
    }

    /// [`Store::take_in`] for messages alone; `position` is the own archive's.
    pub async fn receive(
        &self,
        account: AccountId,
        messages: &[ReceivedMessage],
        position: Option<&str>,
    ) -> Result<Vec<Received>, StoreError> {
        let arrived: Vec<_> = messages.iter().map(|message| Arrived::Message(Box::new(message.clone()))).collect();
        let taken = self.take_in(account, &arrived, position.map(ArchivePosition::Own)).await?;
        Ok(taken
            .into_iter()
            .filter_map(|taken| match taken {
                Taken::Message(received) => Some(*received),
                Taken::Amendment(_) => None,
            })
            .collect())
    }
}

/// Whether an archive is known to have it.
fn is_in_archive(arrived: &Arrived) -> bool {
    match arrived {
        Arrived::Message(message) => message.archive_id.is_some(),
        Arrived::Amendment(_) => false,
    }
}

/// What became of one thing, while the transaction goes on.
#[derive(Debug)]
enum InTransit {
    Settled(Taken),
    /// A new message that went the quick way, by its name here.
    New(String),
}

/// With the new messages as they are at the end, all read at once.
async fn arrive(
    connection: &mut SqliteConnection,
    account: AccountId,
    taken: Vec<InTransit>,
) -> Result<Vec<Taken>, StoreError> {
    let new: Vec<&str> = taken
        .iter()
        .filter_map(|one| match one {
            InTransit::New(id) => Some(id.as_str()),
            InTransit::Settled(_) => None,
        })
        .collect();
    let mut loaded = quick::load(connection, account, &new).await?;
    let arrived = taken.into_iter().filter_map(|one| match one {
        InTransit::Settled(taken) => Some(taken),
        // Each was written in this transaction.
        InTransit::New(id) => loaded.remove(&id).map(|message| Taken::Message(Box::new(Received::Added(message)))),
    });
    Ok(arrived.collect())
}

/// What decides over a message that is here already.
#[derive(Debug)]
struct Known {
    row: i64,
    conversation_id: i64,
    direction: i64,
    delivery: i64,
    sent_ms: i64,
    sent_by_server: i64,
    ahead: i64,
    archive_id: Option<String>,
    sender: String,
    nickname: String,
    occupant: Option<String>,
}

/// `read_back_from`: the message belongs to a part of the archive that was read backwards from this place on without a
/// break.
pub(crate) async fn receive(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
    (order, read_back_from): (&mut Order, Option<Place>),
) -> Result<Option<Received>, StoreError> {
    if let Some(conversation) = conversations::find(connection, account, &message.conversation).await?
        && let Some(known) = find_known(connection, conversation, message).await?
    {
        return merge(connection, account, known, message, (order, read_back_from)).await.map(Some);
    }
    let sent_ms = order.new_time(connection, account, message).await?;
    if message.sent_by_server && deletion::was_deleted(connection, account, message, sent_ms).await? {
        return Ok(None);
    }
    let message = match strangers::judge(connection, account, message, sent_ms).await? {
        Verdict::Whole => Cow::Borrowed(message),
        Verdict::Cut(message) => Cow::Owned(*message),
        Verdict::Nothing => {
            tracing::info!("a message of a stranger is left out: too many of them wrote, or this one too much");
            return Ok(None);
        }
    };
    let whose = (&message.conversation, message.kind);
    let conversation = conversations::ensure(connection, account, whose, sent_ms).await?;
    let row = insert(connection, account, conversation, &message, sent_ms).await?;
    order.stands(&message, (sent_ms, row));
    Ok(Some(Received::Added(messages::load(connection, row).await?)))
}

/// The id by which the sender knows the message. Own messages carry the same stanza id and origin id, and a server that
/// strips the latter must not double them.
pub(crate) fn origin(message: &ReceivedMessage) -> Option<&str> {
    match message.direction {
        Direction::Incoming => message.origin_id.as_deref(),
        Direction::Outgoing => message.origin_id.as_deref().or(message.stanza_id.as_deref()),
    }
}

async fn find_known(
    connection: &mut SqliteConnection,
    conversation: i64,
    message: &ReceivedMessage,
) -> Result<Option<Known>, StoreError> {
    if let Some(archive_id) = &message.archive_id {
        let known = sqlx::query_as!(
            Known,
            r#"SELECT id AS "row!: i64", conversation_id, direction, delivery, sent_ms, sent_by_server, ahead,
                archive_id,
                sender, nickname, occupant
            FROM messages WHERE conversation_id = ?1 AND archive_id = ?2"#,
            conversation,
            archive_id
        )
        .fetch_optional(&mut *connection)
        .await?;
        if known.is_some() {
            return Ok(known);
        }
    }
    let Some(origin) = origin(message) else { return Ok(None) };
    for known in same_origin(&mut *connection, conversation, origin, message.direction).await? {
        let sender = people::sender(&known.sender, known.nickname.clone(), known.occupant.clone())?;
        if message.direction == Direction::Outgoing || people::is_same(&sender, &message.sender) {
            return Ok(Some(known));
        }
    }
    if message.kind == ConversationKind::Group && message.sender.jid.is_none() && message.sender.occupant.is_none() {
        // A room that tells nobody's address, nor an occupant id, in its archive: what was sent from here and not known
        // to be sent comes back as by anybody. Nobody but the room has seen that id before.
        let own = same_origin(connection, conversation, origin, Direction::Outgoing).await?;
        let waits = |known: &Known| codes::may_advance(known.delivery, codes::SENT) && known.archive_id.is_none();
        return Ok(own.into_iter().find(|known| waits(known) && known.nickname == message.sender.nickname));
    }
    Ok(None)
}

/// Messages of one direction with an origin id. Anybody may choose the id of somebody else: a few candidates, of which the
/// sender's is meant.
async fn same_origin(
    connection: &mut SqliteConnection,
    conversation: i64,
    origin: &str,
    direction: Direction,
) -> Result<Vec<Known>, StoreError> {
    let direction = codes::direction(direction);
    let candidates = sqlx::query_as!(
        Known,
        r#"SELECT id AS "row!: i64", conversation_id, direction, delivery, sent_ms, sent_by_server, ahead,
                archive_id,
            sender, nickname, occupant
        FROM messages WHERE conversation_id = ?1 AND origin_id = ?2 AND direction = ?3 LIMIT 16"#,
        conversation,
        origin,
        direction
    )
    .fetch_all(connection)
    .await?;
    Ok(candidates)
}

async fn insert(
    connection: &mut SqliteConnection,
    account: AccountId,
    conversation: i64,
    message: &ReceivedMessage,
    sent_ms: i64,
) -> Result<i64, StoreError> {
    let id = free_id(connection, account, message).await?;
    let content = Content::of(&message.content, message.shown.as_ref());
    let new = messages::New::received(message, &id, sent_ms);
    let row = messages::insert(connection, account, conversation, &new, &content).await?;
    if let Some(file) = &content.file {
        attachments::put(connection, row, file).await?;
    }
    search::index(connection, row, conversation, sent_ms, &search::Found::of(&content, &message.sender, message.kind))
        .await?;
    conversations::refresh_last(connection, conversation).await?;
    if message.direction == Direction::Incoming && !message.read {
        conversations::add_unread(connection, conversation, 1).await?;
        conversations::come_back(connection, conversation, sent_ms).await?;
    }
    let place = (sent_ms, row);
    let whose = (&message.conversation, conversation);
    match message.direction {
        Direction::Outgoing => outgoing_came(connection, conversation, place, message.sent_by_server).await?,
        Direction::Incoming => {
            for id in displayed::named_by(message.kind, message.stanza_id.as_deref(), message.archive_id.as_deref()) {
                displayed::apply_early_marker(connection, account, whose, id, place).await?;
            }
        }
    }
    amendments::early::apply(connection, account, &message.conversation, row).await?;
    Ok(row)
}

/// An own message from another device: whoever writes has seen what stands above.
async fn outgoing_came(
    connection: &mut SqliteConnection,
    conversation: i64,
    place: (i64, i64),
    sent_by_server: bool,
) -> Result<(), StoreError> {
    displayed::display_up_to(connection, conversation, place).await?;
    strangers::familiar(connection, conversation).await?;
    if sent_by_server {
        // Older history: its read marker came long ago.
        messages::confirm_by_marker(connection, place.1, true).await?;
    }
    Ok(())
}

/// Fills in what the known message lacks.
async fn merge(
    connection: &mut SqliteConnection,
    account: AccountId,
    known: Known,
    message: &ReceivedMessage,
    (order, read_back_from): (&mut Order, Option<Place>),
) -> Result<Received, StoreError> {
    let origin = origin(message);
    if let Some(from) = read_back_from {
        history::met(connection, known.conversation_id, (known.sent_ms, known.row), from).await?;
    }
    sqlx::query!(
        "UPDATE messages SET stanza_id = coalesce(stanza_id, ?2), origin_id = coalesce(origin_id, ?3),
            archive_id = coalesce(archive_id, ?4), occupant = coalesce(occupant, ?5)
        WHERE id = ?1",
        known.row,
        message.stanza_id,
        origin,
        message.archive_id,
        message.sender.occupant
    )
    .execute(&mut *connection)
    .await?;
    if known.occupant.is_none() && message.sender.occupant.is_some() {
        // The index knows people of groups by their occupant id.
        search::reindex(connection, known.row).await?;
    }
    let mut changed = take_place(connection, account, &known, message, order).await?;
    if known.direction == codes::direction(Direction::Outgoing) {
        changed |= outbox::sent(connection, known.row, known.delivery).await?;
    } else if message.read && known.delivery == codes::DELIVERED {
        messages::set_delivery(connection, known.row, codes::READ, None).await?;
        conversations::add_unread(connection, known.conversation_id, -1).await?;
        changed = true;
    }
    if known.archive_id.is_none() && message.archive_id.is_some() {
        // What waited for this name: own changes, and those of others that were faster.
        outbox::named(connection, known.row).await?;
        changed |= amendments::early::apply(connection, account, &message.conversation, known.row).await?;
    }
    let message = messages::load(connection, known.row).await?;
    Ok(if changed { Received::Updated(message) } else { Received::Known(message) })
}

/// The archive tells where a message stands that is here already. Returns whether it stands elsewhere now.
async fn take_place(
    connection: &mut SqliteConnection,
    account: AccountId,
    known: &Known,
    message: &ReceivedMessage,
    order: &mut Order,
) -> Result<bool, StoreError> {
    if !message.sent_by_server {
        return Ok(false);
    }
    let here = (known.sent_ms, known.row);
    // Own messages stay where they were written: some would take the server's time and some keep this device's, and change
    // places.
    let is_incoming = known.direction == codes::direction(Direction::Incoming);
    // The archive may have it twice, as its sender heard nothing of the first: the first one's place counts.
    let is_copy = known.archive_id.is_some()
        && known.archive_id != message.archive_id
        && millis(message.sent_at) >= known.sent_ms;
    let is_placed = message.standing == Standing::Behind && known.archive_id.is_some() && (is_copy || known.ahead == 0);
    let time = if is_incoming && !is_placed {
        order.known_time(connection, account, message, (here, known.sent_by_server != 0)).await?
    } else {
        None
    };
    let sent_ms = time.unwrap_or(known.sent_ms);
    order.stands(message, (sent_ms, known.row));
    let ahead = known.ahead != 0 && message.standing != Standing::Behind;
    let is_archives = is_incoming || known.sent_by_server != 0;
    sqlx::query!(
        "UPDATE messages SET sent_ms = ?2, sent_by_server = ?3, ahead = ?4 WHERE id = ?1",
        known.row,
        sent_ms,
        is_archives,
        ahead
    )
    .execute(&mut *connection)
    .await?;
    if sent_ms == known.sent_ms {
        return Ok(false);
    }
    search::reindex(connection, known.row).await?;
    conversations::refresh_last(connection, known.conversation_id).await?;
    Ok(true)
}

/// The id of a new message: a peer's or another device's choice never takes the place of a message that is here.
async fn free_id(
    connection: &mut SqliteConnection,
    account: AccountId,
    message: &ReceivedMessage,
) -> Result<String, StoreError> {
    let wanted = match (&message.direction, &message.stanza_id) {
        (Direction::Outgoing, Some(stanza_id)) => stanza_id,
        _ => &message.id.0,
    };
    Ok(match messages::row(connection, account, wanted).await? {
        None => wanted.clone(),
        Some(_) => MessageId::random().0,
    })
}
