//! A file of an older version: what it has is kept, found and unread as before.

use std::borrow::Cow;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::{id, jid, text_of};
use crate::Store;

#[tokio::test]
async fn the_first_schema_becomes_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("confab.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let mut first = sqlx::migrate!("./migrations");
    first.migrations = Cow::Owned(first.migrations.iter().take(1).cloned().collect());
    first.run(&pool).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO accounts (id, jid, name, signed_in, remember, archive_position)
            VALUES (1, 'alice@example.org', '', 1, 1, 'A2');
        INSERT INTO conversations (id, account_id, jid, unread, draft, created_ms, updated_ms, peer_read_ms, peer_read_id,
            history_complete, last_message_id, first_unread_id)
            VALUES (1, 1, 'bob@example.org', 1, '', 10, 5000, -1, 0, 0, 5000, 5000),
                   (2, 1, 'carol@example.org', 0, '', 10, 10, -1, 0, 0, NULL, NULL);
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
        INSERT INTO messages (id, account_id, conversation_id, uid, stanza_id, sender, direction, kind, body, sent_ms,
            sent_by_server, delivery, search_id)
            SELECT n, 1, 1, 'm' || n, 's' || n, 'bob@example.org', 0, 0, '会议 word' || n, n, 1, iif(n < 5000, 4, 3), n * 16
            FROM n;
        INSERT INTO messages_text (rowid, tokens) SELECT search_id, 'old tokens' FROM messages;",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;

    let store = Store::open(&file).await.unwrap();
    store.check().await.unwrap();
    let (alice, bob) = (confab_model::AccountId(1), jid("bob@example.org"));
    for query in ["word1", "word4999", "会议 word2500"] {
        let found = store.search(alice, query, Some(&bob), None, 1).await.unwrap();
        assert!(text_of(&found[0]).contains(query.rsplit(' ').next().unwrap()), "{query}");
    }
    assert_eq!(store.search(alice, "old", None, None, 9).await.unwrap(), []);
    assert!(store.account(alice).await.unwrap().unwrap().history_read);
    assert_eq!(store.conversation(alice, &bob).await.unwrap().unwrap().first_unread, Some(id("m5000")));
    // The place up to which it was displayed is the last read message.
    let place: Vec<(i64, i64)> = sqlx::query_as("SELECT own_read_ms, own_read_id FROM conversations ORDER BY id")
        .fetch_all(&store.readers)
        .await
        .unwrap();
    assert_eq!(place, [(4_999, 4_999), (-1, 0)]);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM search_rebuild").fetch_one(&store.readers).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_sixth_schema_keeps_what_waits_and_what_is_marked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("confab.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let mut six = sqlx::migrate!("./migrations");
    six.migrations = Cow::Owned(six.migrations.iter().take(6).cloned().collect());
    six.run(&pool).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO accounts (id, jid, name, signed_in, remember, history) VALUES (1, 'alice@example.org', '', 1, 1, 1);
        INSERT INTO conversations (id, account_id, jid, unread, draft, created_ms, updated_ms, peer_read_ms, peer_read_id,
            history_complete, last_message_id, familiar)
            VALUES (1, 1, 'bob@example.org', 0, 'half', 10, 30, -1, 0, 1, 3, 1),
                   (2, 1, 'eve@example.org', 0, '', 10, 40, -1, 0, 0, 4, 0);
        INSERT INTO messages (id, account_id, conversation_id, uid, stanza_id, origin_id, sender, direction, kind, body,
            encryption, ciphertext, sent_ms, sent_by_server, delivery, search_id)
            VALUES (1, 1, 1, 'sent', 'sent', 'sent', 'alice@example.org', 1, 0, 'was sent', NULL, NULL, 10, 0, 4, 160),
                   (2, 1, 1, 'first', 'first', 'first', 'alice@example.org', 1, 0, 'goes first', NULL, NULL, 20, 0, 0, 320),
                   (3, 1, 1, 'next', 'next', 'next', 'alice@example.org', 1, 0, 'goes next', NULL, NULL, 30, 0, 0, 480),
                   (4, 1, 2, 'omemo', 's4', NULL, 'eve@example.org', 0, 2, '', 'OMEMO', x'00ff', 40, 0, 4, NULL);
        INSERT INTO outbox (seq, account_id, message_id, queued_ms) VALUES (7, 1, 2, 20), (9, 1, 3, 30);
        INSERT INTO receipts (message_id, jid, delivered_ms, read_ms) VALUES (1, 'bob@example.org', 11, 12);",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;

    let store = Store::open(&file).await.unwrap();
    store.check().await.unwrap();
    let (alice, bob) = (confab_model::AccountId(1), jid("bob@example.org"));
    let page = store.sending(alice, 0, 10).await.unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.id.0.as_str()).collect::<Vec<_>>(), ["first", "next"]);
    assert_eq!(page.last, 9);
    // New rows go behind the old ones.
    store.queue_text(alice, &bob, &id("new"), "new", super::at(50)).await.unwrap();
    assert!(store.sending(alice, 9, 10).await.unwrap().last > 9);
    let list = store.conversations(alice).await.unwrap();
    let marks = |n: usize| (list[n].jid.to_string(), list[n].message_count, list[n].is_request, list[n].draft.clone());
    assert_eq!(marks(0), ("bob@example.org".into(), 4, false, "half".into()));
    assert_eq!(marks(1), ("eve@example.org".into(), 1, true, String::new()));
    let receipts = store.message_receipts(alice, &id("sent")).await.unwrap();
    assert_eq!(receipts.len(), 1);
    assert_eq!((receipts[0].by.jid.as_ref(), receipts[0].read_at), (Some(&bob), Some(super::at(12))));
    let recall = crate::OwnChange::Recall;
    store.change(alice, &id("x"), &id("sent"), &recall, super::at(60)).await.unwrap().unwrap();
    assert_eq!(store.search(alice, "sent", None, None, 9).await.unwrap(), []);
}
