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
