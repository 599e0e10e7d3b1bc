//! A generated file is what the app would have written.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use sqlx::{Column as _, Row as _, SqlitePool, TypeInfo as _, ValueRef as _};

use super::{Plan, write};

/// Every row of every table as text, sorted, and what the index has.
async fn dump(file: &Path) -> Vec<String> {
    let pool = SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
            AND name NOT LIKE '_sqlx_%' AND name NOT LIKE 'messages_text%' ORDER BY name",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
        for row in sqlx::query(sql).fetch_all(&pool).await.unwrap() {
            let mut line = table.clone();
            for column in row.columns() {
                let raw = row.try_get_raw(column.ordinal()).unwrap();
                let is_null = raw.is_null();
                let value = match raw.type_info().name() {
                    _ if is_null => "NULL".to_owned(),
                    "INTEGER" | "BOOLEAN" => row.get::<i64, _>(column.ordinal()).to_string(),
                    "TEXT" => row.get::<String, _>(column.ordinal()),
                    other => panic!("{table}.{}: {other}", column.name()),
                };
                line.push_str(&format!(" | {}={value}", column.name()));
            }
            rows.push(line);
        }
    }
    rows.sort();
    // What the index has: its own check, and which rows have some of the words.
    sqlx::query("INSERT INTO messages_text (messages_text) VALUES ('integrity-check')").execute(&pool).await.unwrap();
    for word in ["the", "meeting", "会", "会议", "\u{e9}1", "\u{ea}1"] {
        let found: Vec<i64> = sqlx::query_scalar("SELECT rowid FROM messages_text WHERE messages_text MATCH ?1")
            .bind(format!("\"{word}\""))
            .fetch_all(&pool)
            .await
            .unwrap();
        assert!(!found.is_empty(), "nothing has {word}");
        rows.push(format!("index {word}: {found:?}"));
    }
    pool.close().await;
    rows
}

#[tokio::test]
async fn a_generated_file_is_what_single_messages_make() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan::of(1_500, 12);
    let (generated, lived) = (folder.path().join("generated.db"), folder.path().join("lived.db"));
    write(&generated, plan, 700).await.unwrap();
    // The app's way: each message in a transaction of its own.
    write(&lived, plan, 1).await.unwrap();
    let (generated, lived) = (dump(&generated).await, dump(&lived).await);
    assert_eq!(generated.len(), lived.len());
    for (one, other) in generated.iter().zip(&lived) {
        assert_eq!(one, other);
    }
    for table in ["messages", "attachments", "reactions", "groups", "group_members", "contacts", "conversations"] {
        assert!(generated.iter().any(|row| row.starts_with(&format!("{table} | "))), "nothing in {table}");
    }
}

#[tokio::test]
async fn searching_finds_what_a_plain_reading_finds() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.db");
    write(&file, Plan::of(3_000, 20), 1_000).await.unwrap();
    super::scan::compare(&file, &["the", "report", "re", "会", "会议", "的", "鳞", "霁", "img_1", "合同", "zyx"])
        .await
        .unwrap();
}
