//! Fills a file with messages of 2,000 conversations and measures what people wait for (P11 of the goals).
//! `cargo run -p confab-store --example measure -- FILE MESSAGES`; an existing file is measured as it is.

use std::{path::Path, time::Instant};

use confab_model::{BareJid, Composed, ConversationKind, Direction, MessageId, Sender, Timestamp};
use confab_store::{ReceivedMessage, Store};

const CONVERSATIONS: u64 = 2_000;
const BATCH: u64 = 2_000;
const WORDS: [&str; 16] = [
    "the", "meeting", "is", "at", "noon", "please", "send", "report", "我们", "会议", "今天", "下午", "的", "好",
    "谢谢", "再见",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("usage: measure FILE MESSAGES".into());
    };
    let count: u64 = count.parse()?;
    let start = Instant::now();
    let store = Store::open(Path::new(&path)).await?;
    println!("open {:?}", start.elapsed());
    let me: BareJid = "me@example.org".parse()?;
    let account = match store.accounts().await?.first() {
        Some(account) => account.id,
        None => {
            let account = store.add_account(&me, None, false).await?;
            let start = Instant::now();
            let mut random = 1_u64;
            for batch in 0..count.div_ceil(BATCH) {
                let numbers = batch * BATCH..((batch + 1) * BATCH).min(count);
                let messages: Vec<_> = numbers.map(|n| message(n, &mut random)).collect::<Result<_, _>>()?;
                store.receive(account, &messages, None).await?;
            }
            println!("{count} messages written in {:?}", start.elapsed());
            account
        }
    };
    for round in ["cold", "warm"] {
        let start = Instant::now();
        let list = store.conversations(account).await?;
        println!("{round}: list of {} {:?}", list.len(), start.elapsed());
        let start = Instant::now();
        let page = store.messages(account, &list[7].jid, None, 50).await?;
        println!("{round}: page of {} {:?}", page.messages.len(), start.elapsed());
        for query in ["the", "t", "report", "re", "rare123", "会议", "会", "的", "meeting 下午", "absent"] {
            let start = Instant::now();
            let all = store.search(account, query, None, None, 50).await?.len();
            let everywhere = start.elapsed();
            let start = Instant::now();
            let one = store.search(account, query, Some(&list[7].jid), None, 50).await?.len();
            println!("{round}: {query}: {all} in {everywhere:?}; in one conversation {one} in {:?}", start.elapsed());
        }
    }
    println!("{} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    store.close().await;
    Ok(())
}

/// A message of 3 to 14 words by a small congruential generator (Knuth's MMIX constants): the same file every time.
fn message(n: u64, random: &mut u64) -> Result<ReceivedMessage, Box<dyn std::error::Error>> {
    let mut next = |below: u64| {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*random >> 33) % below
    };
    let with: BareJid = format!("peer{}@example.org", next(CONVERSATIONS)).parse()?;
    let mut text = if n.is_multiple_of(9_973) { "rare123 ".to_owned() } else { String::new() };
    for _ in 0..3 + next(12) {
        text.push_str(WORDS[next(16) as usize]);
        text.push(' ');
    }
    Ok(ReceivedMessage {
        id: MessageId(format!("measure-{n}")),
        conversation: with.clone(),
        kind: ConversationKind::Direct,
        sender: Sender::person(with),
        direction: Direction::Incoming,
        stanza_id: Some(format!("s{n}")),
        origin_id: Some(format!("o{n}")),
        archive_id: Some(format!("a{n}")),
        content: Composed::text(text),
        shown: None,
        sent_at: Timestamp(1_700_000_000_000 + i64::try_from(n)? * 30_000),
        sent_by_server: true,
        read: true,
    })
}
