//! The search against a plain scan, and what it means that a text matches.

use proptest::{
    prelude::{Just, Strategy, prop},
    prop_oneof,
    test_runner::{Config, TestRunner},
};

use super::{id, incoming, jid, text_of, world};
use confab_model::{Composed, ConversationKind, Direction, MessageBody, Sender, SharedFile, Timestamp};

use crate::{ReceivedMessage, SearchDirection, SearchKind, SearchQuery, ShownFile};

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

/// Who wrote it, and where.
#[derive(Debug, Clone, Copy)]
struct Written {
    /// 0 the person, 1 and 2 groups.
    conversation: usize,
    /// 0 this account; others by number.
    by: usize,
    /// 0 a text, 1 a picture, 2 another file, both called by the text.
    kind: usize,
}

fn written() -> impl Strategy<Value = (Written, String)> {
    (0..3_usize, 0..4_usize, 0..3_usize, text())
        .prop_map(|(conversation, by, kind, text)| (Written { conversation, by, kind }, text))
}

/// People of groups: one whose address and occupant id are known, one by address, one by nothing but a name.
fn somebody(by: usize) -> Sender {
    let person =
        |name: &str| Sender { nickname: name.to_owned(), ..Sender::person(jid(&format!("{name}@example.org"))) };
    match by {
        0 => person("alice"),
        1 => Sender { occupant: Some("o-bob".into()), ..person("bob") },
        2 => person("carol"),
        _ => Sender { jid: None, nickname: "owl".into(), occupant: None },
    }
}

fn said(n: i64, what: Written, text: &str) -> ReceivedMessage {
    let is_direct = what.conversation == 0;
    // With one person only that one and this account write.
    let by = if is_direct { what.by % 2 } else { what.by };
    let sender = somebody(by);
    let direct = |sender: Sender| Sender { nickname: String::new(), occupant: None, ..sender };
    let file = |name: String, media_type: &str| SharedFile {
        name,
        media_type: media_type.to_owned(),
        size: None,
        urls: vec!["https://example.org/f".to_owned().into()],
        sha256: None,
        width: 0,
        height: 0,
        duration_ms: 0,
        voice: None,
        thumbnail: None,
    };
    let shared = |media_type: &str| {
        let file = Box::new(file(text.to_owned(), media_type));
        Composed::of(MessageBody::File { file, caption: String::new().into() })
    };
    let message = incoming(&format!("m{n}"), n);
    ReceivedMessage {
        conversation: jid(["bob@example.org", "one@rooms.example.org", "two@rooms.example.org"][what.conversation]),
        kind: if is_direct { ConversationKind::Direct } else { ConversationKind::Group },
        sender: if is_direct { direct(sender) } else { sender },
        direction: if by == 0 { Direction::Outgoing } else { Direction::Incoming },
        stanza_id: Some(format!("m{n}")),
        origin_id: Some(format!("m{n}")),
        content: match what.kind {
            0 => Composed::text(text),
            1 => shared("image/png"),
            _ => shared("application/pdf"),
        },
        shown: (what.kind > 0).then(|| ShownFile { name: text.to_owned(), thumbnail: None }),
        ..message
    }
}

/// What somebody looks for: words, whose, where, which kinds, from when, which way, how many.
type Wish = (Option<String>, Option<usize>, Option<usize>, Option<usize>, Option<i64>, bool, u32);

fn wishes() -> impl Strategy<Value = Wish> {
    let words = prop::option::of(text());
    let (by, conversation, kind) =
        (prop::option::of(0..4_usize), prop::option::of(0..3_usize), prop::option::of(0..3_usize));
    (words, by, conversation, kind, prop::option::of(0..60_i64), prop::bool::ANY, 1..40_u32)
}

#[test]
fn senders_files_times_and_directions_are_found_as_by_a_plain_scan() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: 16, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    let cases = (prop::collection::vec(written(), 1..60), prop::collection::vec(wishes(), 1..30));
    TestRunner::new(config)
        .run(&cases, |(all, wishes)| {
            runtime.block_on(async {
                let w = world().await;
                let all: Vec<_> = (0_i64..)
                    .zip(&all)
                    .filter(|(_, (_, text))| !text.trim().is_empty())
                    .map(|(n, (what, text))| (n, said(n, *what, text), text, what.kind))
                    .collect();
                for (_, message, ..) in &all {
                    w.store.receive(w.alice, std::slice::from_ref(message), None).await.unwrap();
                }
                for (words, by, conversation, kind, from, forward, limit) in wishes {
                    let conversation = conversation
                        .map(|n| jid(["bob@example.org", "one@rooms.example.org", "two@rooms.example.org"][n]));
                    // A person is asked for by address where there is one.
                    let sender = by.map(|by| match somebody(by) {
                        Sender { jid: Some(jid), .. } => Sender::person(jid),
                        nameless => nameless,
                    });
                    let words = words.filter(|words| !words.trim().is_empty());
                    if words.is_none()
                        && sender.is_none()
                        && conversation.is_none()
                        && kind.is_none_or(|kind| kind == 0)
                    {
                        continue;
                    }
                    let query = SearchQuery {
                        text: words.clone().unwrap_or_default(),
                        conversation: conversation.clone(),
                        sender: sender.clone(),
                        kinds: kind
                            .map(|kind| [SearchKind::Text, SearchKind::Image, SearchKind::File][kind])
                            .into_iter()
                            .collect(),
                        direction: if forward { SearchDirection::Newer } else { SearchDirection::Older },
                        from: from.map(Timestamp),
                        beyond: None,
                        limit,
                    };
                    let is_by = |message: &ReceivedMessage| {
                        sender.as_ref().is_none_or(|wanted| match (&wanted.jid, &message.sender.jid) {
                            (Some(wanted), Some(jid)) => wanted == jid,
                            (None, None) => wanted.nickname == message.sender.nickname,
                            _ => false,
                        })
                    };
                    let mut expected: Vec<_> = all
                        .iter()
                        .filter(|(n, message, text, of_kind)| {
                            words.as_ref().is_none_or(|words| plain_match(text, words))
                                && is_by(message)
                                && conversation.as_ref().is_none_or(|jid| *jid == message.conversation)
                                && kind.is_none_or(|kind| kind == *of_kind)
                                && from.is_none_or(|from| if forward { *n >= from } else { *n <= from })
                        })
                        .map(|(n, ..)| format!("m{n}"))
                        .collect();
                    if !forward {
                        expected.reverse();
                    }
                    expected.truncate(limit as usize);
                    let found = w.store.find(w.alice, &query).await.unwrap();
                    let found: Vec<_> = found.into_iter().map(|message| message.id.0).collect();
                    assert_eq!(found, expected, "{query:?}");
                    // Page by page it is the same.
                    let (mut paged, mut beyond) = (Vec::new(), None);
                    loop {
                        let query = SearchQuery { beyond: beyond.clone(), limit: 3, ..query.clone() };
                        let page = w.store.find(w.alice, &query).await.unwrap();
                        let Some(last) = page.last() else { break };
                        beyond = Some(last.id.clone());
                        paged.extend(page.into_iter().map(|message| message.id.0));
                    }
                    paged.truncate(limit as usize);
                    assert_eq!(paged, expected, "{query:?}");
                }
            });
            Ok(())
        })
        .unwrap();
}
