//! The quick way in leaves behind what the whole way does.

use confab_model::{
    AccountId, Composed, Contact, ConversationKind, Mention, Mentioned, PresenceShow, ReplyReference, Sender,
    Subscription, WireId,
};
use sqlx::Row as _;

use super::{archived, at, id, incoming, jid, outgoing, world};
use crate::{Arrived, ReceivedMessage, Store, order::Order, receive, rows::millis};

/// What a page may bring: read and unread, own and others', of people and of a group, with files' and answers' columns, twice,
/// late, of one time, and answered by own messages.
fn page() -> Vec<ReceivedMessage> {
    let mut page = Vec::new();
    for n in 0..60_i64 {
        let name = format!("m{n}");
        // Some are late, some have one time.
        let ms = 1_000 + (n / 2) * 10 - if n % 13 == 5 { 55 } else { 0 };
        let message = if n % 5 == 3 { outgoing(&name, ms) } else { incoming(&name, ms) };
        let mut message = archived(message, &format!("A{n}"));
        message.read = n < 20 || n % 7 == 0;
        if n % 4 == 1 {
            let reply = ReplyReference { to: WireId(format!("s-m{}", n - 1)), author: None, quote: "q".into() };
            message.content = Composed { reply: Some(reply), ..Composed::text(format!("answer 会议 {n}")) };
        }
        if n % 6 == 2 {
            message.conversation = jid("room@conference.example.org");
            message.kind = ConversationKind::Group;
            message.sender.nickname = "Somebody".into();
            message.sender.occupant = Some(format!("o{}", n % 3));
            let everybody = Mention { of: Mentioned::Everybody, begin: 0, end: 1 };
            message.content = Composed { mentions: vec![everybody], ..Composed::text("all of you") };
        }
        if n % 11 == 4 && n % 6 != 2 {
            message.conversation = jid("carol@example.org");
            message.sender = if n % 5 == 3 { message.sender } else { Sender::person(jid("carol@example.org")) };
        }
        page.push(message);
    }
    let again = page.iter().step_by(9).cloned().collect::<Vec<_>>();
    page.extend(again);
    page
}

async fn known(store: &Store, account: AccountId) {
    for name in ["bob@example.org", "carol@example.org"] {
        let contact = Contact {
            jid: jid(name),
            name: String::new(),
            subscription: Subscription::Both,
            requested: false,
            groups: Vec::new(),
            presence: PresenceShow::Offline,
            status: String::new(),
        };
        store.put_contact(account, &contact, None).await.unwrap();
    }
}

async fn rows(store: &Store) -> Vec<String> {
    let mut rows = Vec::new();
    for sql in [
        "SELECT json_array(id, uid, conversation_id, stanza_id, origin_id, archive_id, sender, nickname, occupant, direction,
            kind, body, reply_to, details, mentions_me, sent_ms, sent_by_server, delivery, search_id) FROM messages
        ORDER BY id",
        "SELECT json_array(jid, kind, last_message_id, first_unread_id, unread, mentions, message_count, created_ms,
            updated_ms, own_read_ms, own_read_id, familiar, archived) FROM conversations ORDER BY jid",
        "SELECT json_array(rowid) FROM messages_text WHERE messages_text MATCH '\"of\" OR \"answer\" OR \"all\"' ORDER BY rowid",
    ] {
        for row in sqlx::query(sql).fetch_all(&store.readers).await.unwrap() {
            rows.push(row.get::<String, _>(0));
        }
    }
    rows
}

#[tokio::test]
async fn both_ways_leave_the_same_rows() {
    let (quick, whole) = (world().await, world().await);
    for w in [&quick, &whole] {
        known(&w.store, w.alice).await;
        // Archived by the person: something new brings it back.
        w.store.open_conversation(w.alice, &w.bob, at(1)).await.unwrap();
        let change = confab_model::ConversationChange { archived: Some(true), ..Default::default() };
        w.store.change_conversation(w.alice, &w.bob, change, at(1)).await.unwrap();
        w.queue("waits", 900).await;
    }
    let page = page();
    for part in page.chunks(17) {
        let arrived: Vec<_> = part.iter().map(|message| Arrived::Message(Box::new(message.clone()))).collect();
        let taken = quick.store.take_in(quick.alice, &arrived, None).await.unwrap();
        assert_eq!(taken.len(), part.len());
        let mut tx = whole.store.write().await.unwrap();
        let mut order = Order::of_arrivals();
        for message in part {
            assert!(millis(message.sent_at) > 0);
            receive::receive(&mut tx, whole.alice, message, (&mut order, None)).await.unwrap().unwrap();
        }
        tx.commit().await.unwrap();
    }
    let (one, other) = (rows(&quick.store).await, rows(&whole.store).await);
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert!(quick.store.message(quick.alice, &id("m59")).await.unwrap().is_some());
}
