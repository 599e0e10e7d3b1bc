//! Every statement of this crate (they all are in `.sqlx`) can be prepared against the migrated schema and finds its
//! rows by an index.

use std::collections::BTreeSet;

use sqlx::Row as _;

use super::world;

/// Steps that read everything on purpose, by a piece of their statement: accounts are a handful, the next has one row or
/// none, copies of files have an index of their own, the sweep at the start asks which files are in use, the retention asks every conversation.
const WHOLE_TABLES: [&str; 6] = [
    "FROM accounts ORDER BY id",
    "FROM search_rebuild",
    "SELECT EXISTS (SELECT 1 FROM cleared",
    "is_copy = 1",
    "FROM attachments WHERE local_path IS NOT NULL",
    "v.jid AS \"jid!: String\" FROM conversations v\n            WHERE EXISTS",
];

fn statements() -> BTreeSet<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let data: serde_json::Value =
                serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
            data["query"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn every_statement_uses_an_index() {
    let w = world().await;
    let statements = statements();
    assert!(statements.len() > 200, "only {} statements in .sqlx", statements.len());
    let mut faults = Vec::new();
    for statement in &statements {
        let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = sqlx::query(sql).fetch_all(&w.store.readers).await.unwrap();
        let allowed = WHOLE_TABLES.iter().any(|piece| statement.contains(piece));
        for step in steps {
            let step: String = step.get("detail");
            let whole = step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE INDEX");
            if (whole && !allowed) || step.contains("TEMP B-TREE FOR ORDER BY") && !sorts_few(statement) {
                faults.push(format!("{step}\n    {statement}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Statements that sort what an index found, because it is few: requests, a page of search results, hits of
/// one id, changes of one message, places that are due.
fn sorts_few(statement: &str) -> bool {
    [
        "FROM contact_requests",
        "json_each",
        "m.stanza_id = ?",
        "m.origin_id = ?",
        "FROM outbox WHERE message_id = ?1 AND kind > 1",
        "position_due IS NOT NULL",
    ]
    .iter()
    .any(|piece| statement.contains(piece))
}

#[tokio::test]
async fn the_index_of_each_hot_query_is_the_intended_one() {
    let w = world().await;
    let hot = [
        ("(m.sent_ms, m.id) > (?5, ?6)", "messages_page (conversation_id=? AND sent_ms>? AND sent_ms<?)"),
        ("ORDER BY v.updated_ms DESC", "conversations_newest (account_id=?)"),
        ("ORDER BY v.pinned DESC", "conversations_in_order (account_id=? AND (pinned,updated_ms)<"),
        ("m.search_id IN (SELECT value FROM json_each(?1)) AND +m", "messages_search (search_id=?)"),
        ("x.archive_id = m.reply_to", "messages_archive (conversation_id=? AND archive_id=?)"),
        ("x.stanza_id = m.reply_to", "messages_stanza (conversation_id=? AND stanza_id=?)"),
        ("o.seq <= ?3 ORDER BY o.seq", "outbox_order (account_id=? AND seq>"),
        (
            "m.body AS \"body!: String\", m.encryption AS \"encryption?: String\",\n                m.reply_to",
            "outbox_order",
        ),
        ("kind > 1 ORDER BY seq", "outbox_message (message_id=? AND kind>?)"),
        ("AND mentions_me = 1)", "messages_mentions (conversation_id=?)"),
        ("m.delivery = 1 ORDER BY m.id", "messages_uploading (account_id=?)"),
        (
            "(m.sent_ms, m.id) >= (?2, ?3) AND (m.sent_ms, m.id) <= (?5, ?6)",
            "messages_page (conversation_id=? AND sent_ms>",
        ),
        ("early_amendments e ON", "sqlite_autoindex_early_amendments_1 (account_id=? AND jid=? AND wire=?)"),
        ("early_amendments WHERE account_id = ?1 AND id <=", "early_amendments_of_account (account_id=?"),
        ("JOIN receipts r ON r.message_id = m.id", "messages_page (conversation_id=? AND sent_ms>"),
        ("v.marker_due IS NOT NULL AND (v.kind = 1", "conversations_marker_due (account_id=?)"),
        (
            "FROM early_markers WHERE account_id = ?1 AND jid = ?2 AND id <=",
            "early_markers_oldest (account_id=? AND jid=?)",
        ),
        ("v.familiar = 0", "conversations_strange (account_id=? AND created_ms>? AND created_ms<?)"),
        ("(c.started_ms, c.id) < (?2, ?3)", "calls_newest (account_id=? AND started_ms<"),
        ("c.reason IS NULL ORDER BY", "calls_open (account_id=?)"),
        ("archive_id = ?2", "messages_archive (conversation_id=? AND archive_id=?)"),
        ("origin_id = ?2 AND direction", "messages_origin (conversation_id=? AND origin_id=?)"),
        ("SELECT uid, stanza_id, archive_id FROM messages", "messages_unread (conversation_id=? AND sent_ms<"),
        ("delivery IN (2, 3) AND (sent_ms, id) < (?2, ?3)", "messages_unconfirmed (conversation_id=? AND sent_ms<"),
    ];
    let statements = statements();
    for (piece, index) in hot {
        let statement = statements.iter().find(|statement| statement.contains(piece)).expect(piece);
        let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = sqlx::query(sql).fetch_all(&w.store.readers).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
        assert!(steps.iter().any(|step| step.contains(index)), "{piece}: {steps:#?}");
    }
}
