//! The search against a plain scan, and what it means that a text matches.

use proptest::{
    prelude::{Just, Strategy, prop},
    prop_oneof,
    test_runner::{Config, TestRunner},
};

use super::{id, incoming, jid, text_of, world};
use confab_model::Composed;

use crate::ReceivedMessage;

/// All hits, newest first.
async fn hits(w: &super::World, query: &str) -> Vec<String> {
    let found = w.store.search(w.alice, query, None, None, 100).await.unwrap();
    found.iter().map(|message| text_of(message).to_owned()).collect()
}

#[tokio::test]
async fn words_prefixes_scripts_and_symbols() {
    let w = world().await;
    let texts = [
        "Confab is a café, naïve ÉCOLE",
        "我们明天下午开会议吗",
        "会",
        "Straße in Ελλάς, ΟΔΥΣΣΕΥΣ",
        "привет, Ёлка",
        "e-mail: foo_bar@example.org 100% 👩‍💻🎉",
        "ｆｕｌｌ ｗｉｄｔｈ カタカナ ｶﾀ がぎ 한국어",
        "𰻞𰻞面",
        "x4f1a",
        "abc会议def",
        "Don't 1.5",
    ];
    for (n, text) in (0_i64..).zip(texts) {
        let content = Composed::text(text);
        w.receive(ReceivedMessage { content, ..incoming(&format!("m{n}"), n) }).await;
    }
    let cases: [(&str, &[usize]); 30] = [
        ("conf", &[0]),
        ("FAB", &[]),
        ("cafe", &[0]),
        ("Café", &[0]),
        ("ecole naive", &[0]),
        ("école,", &[]),
        ("会", &[9, 2, 1]),
        ("会议", &[9, 1]),
        ("议", &[9, 1]),
        ("开会议", &[1]),
        ("会 明天", &[1]),
        ("strasse", &[3]),
        ("ελλας", &[3]),
        ("οδυσσευς", &[3]),
        ("елка", &[4]),
        ("прив", &[4]),
        ("e-ma", &[5]),
        ("mail", &[5]),
        ("foo_bar@ex", &[5]),
        ("bar", &[5]),
        ("🎉", &[5]),
        ("100%", &[5]),
        ("full wid", &[6]),
        ("カタ", &[6]),
        ("국", &[6]),
        ("𰻞", &[7]),
        ("x4f1a", &[8]),
        ("bc", &[]),
        ("de", &[9]),
        ("don't", &[10]),
    ];
    for (query, expected) in cases {
        let expected: Vec<&str> = expected.iter().map(|&n| texts[n]).collect();
        assert_eq!(hits(&w, query).await, expected, "{query}");
    }
    for blank in ["", "  \n", "\u{200d}"] {
        assert_eq!(hits(&w, blank).await, [""; 0]);
    }
    for hostile in ["\"", "a\" OR \"b", "*", "tokens:x", "NEAR(", &"会".repeat(5000), &"a ".repeat(5000)] {
        hits(&w, hostile).await;
    }
}

#[tokio::test]
async fn letters_do_not_walk_through_other_scripts() {
    let w = world().await;
    for n in 0..50 {
        let content = Composed::text("会议 — 🎉");
        w.receive(ReceivedMessage { content, ..incoming(&format!("m{n}"), n) }).await;
    }
    for query in ["x", "x4", "e", "4f1a"] {
        let expression = crate::search::expression(query).unwrap();
        let candidates: i64 = sqlx::query_scalar("SELECT count(*) FROM messages_text WHERE messages_text MATCH ?1")
            .bind(&expression)
            .fetch_one(&w.store.readers)
            .await
            .unwrap();
        assert_eq!(candidates, 0, "{expression}");
    }
    assert_eq!(hits(&w, "议").await.len(), 50);
    assert_eq!(hits(&w, "—").await.len(), 50);
}

#[tokio::test]
async fn pages_conversations_and_accounts_are_kept_apart() {
    let w = world().await;
    let carol = jid("carol@example.org");
    let second = w.store.add_account(&jid("alice2@example.org"), None, true).await.unwrap();
    for n in 0..200 {
        // All at once: thousands of messages with one time stamp are ordinary in archives.
        let message = incoming(&format!("m{n}"), 7);
        let with = if n % 4 == 0 { carol.clone() } else { w.bob.clone() };
        let message = ReceivedMessage { conversation: with, ..message };
        let account = if n % 5 == 0 { second } else { w.alice };
        w.store.receive(account, &[message], None).await.unwrap();
    }
    let with_carol = w.store.search(w.alice, "text", Some(&carol), None, 100).await.unwrap();
    assert_eq!(with_carol.len(), 40);
    assert!(with_carol.iter().all(|message| message.conversation == carol));
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = w.store.search(w.alice, "te of", None, before.as_ref(), 9).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id.clone());
        seen.extend(page.into_iter().map(|message| message.id.0));
    }
    let expected: Vec<String> = (0..200).rev().filter(|n| n % 5 != 0).map(|n| format!("m{n}")).collect();
    assert_eq!(seen, expected);
    let nobody = jid("x@example.org");
    assert_eq!(w.store.search(w.alice, "text", Some(&nobody), None, 9).await.unwrap(), []);
    assert_eq!(w.store.search(w.alice, "text", None, Some(&id("x")), 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_message_whose_time_is_corrected_is_found_once_and_in_its_place() {
    let w = world().await;
    w.receive(incoming("a", 1000)).await;
    w.receive(incoming("b", 500)).await;
    w.receive(super::archived(incoming("a", 100), "A1")).await;
    assert_eq!(hits(&w, "text").await, ["text of b", "text of a"]);
}

/// Pieces of which both texts and queries are made, so that they often meet.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec!["a", "ab", "abc", "b", "ba", "Cab", "É", "é", "e", "ÀB", "x", "4", "40"]),
        4 => prop::sample::select(vec!["会", "议", "会议", "今", "天", "的", "𠀀"]),
        2 => Just(" "),
        1 => prop::sample::select(vec!["-", ".", "!", "😀", "  ", "'"]),
    ];
    prop::collection::vec(piece, 1..9).prop_map(|pieces| pieces.concat())
}

/// The definition, written down a second time for the characters above.
fn plain_match(text: &str, query: &str) -> bool {
    let fold = |text: &str| -> Vec<char> {
        let bare = text.chars().map(|c| match c {
            'É' | 'é' => 'e',
            'À' => 'a',
            other => other.to_ascii_lowercase(),
        });
        bare.collect()
    };
    let (text, query) = (fold(text), fold(query));
    query.split(|&c| c == ' ').filter(|word| !word.is_empty()).all(|word| {
        text.windows(word.len()).enumerate().any(|(at, window)| {
            let free = !word[0].is_ascii_alphanumeric() || at == 0 || !text[at - 1].is_ascii_alphanumeric();
            window == word && free
        })
    })
}

#[test]
fn the_search_finds_what_a_plain_scan_finds() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: 24, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    let cases = (prop::collection::vec(text(), 1..60), prop::collection::vec(text(), 1..20));
    TestRunner::new(config)
        .run(&cases, |(texts, mut queries)| {
            queries.extend(["会", "的", "议", "a", "é", "x"].map(str::to_owned));
            runtime.block_on(async {
                let w = world().await;
                let messages: Vec<ReceivedMessage> = (0_i64..)
                    .zip(&texts)
                    .map(|(n, text)| ReceivedMessage {
                        content: Composed::text(text.clone()),
                        ..incoming(&format!("m{n}"), n)
                    })
                    .collect();
                w.store.receive(w.alice, &messages, None).await.unwrap();
                for query in &queries {
                    let wanted = |text: &&String| !query.trim().is_empty() && plain_match(text, query);
                    let expected: Vec<&String> = texts.iter().rev().filter(wanted).collect();
                    let found = hits(&w, query).await;
                    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "query {query:?}");
                }
            });
            Ok(())
        })
        .unwrap();
}
