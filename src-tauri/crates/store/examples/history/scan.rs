//! The plain way to search: read every message and look. Slow and simple, and written without a look at the index, so that
//! what the index finds can be compared with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use confab_model::{AccountId, BareJid, Message, MessageContent};
use confab_store::Store;

use super::Outcome;

/// Messages read at a time.
const PAGE: u32 = 5_000;
/// Messages found at a time.
const FOUND: u32 = 1_000;

/// The messages that have each word, newest first, as a plain reading finds them.
type Found = BTreeMap<String, Vec<String>>;

/// Time, number and name of a message: the order of the search, backwards.
type Hit = (i64, u64, String);

/// Says of each word as JSON how many messages have it, by a plain reading and by the index. Fails if they differ.
pub(crate) async fn compare(file: &Path, words: &[&str]) -> Outcome<()> {
    let store = Store::open(file).await?;
    let account = store.accounts().await?.first().ok_or("a history without an account")?.id;
    let start = Instant::now();
    let read = read_all(&store, account, words).await?;
    let seconds = start.elapsed().as_secs_f64();
    let mut counts = BTreeMap::new();
    for (word, plain) in &read {
        let indexed = search_all(&store, account, word).await?;
        if indexed != *plain {
            let missed = plain.iter().filter(|id| !indexed.contains(id)).count();
            return Err(format!("{word}: {} of {} found, {missed} missed", indexed.len(), plain.len()).into());
        }
        counts.insert(word, plain.len());
    }
    println!("{}", serde_json::to_string(&serde_json::json!({ "found": counts, "readingSeconds": seconds }))?);
    store.close().await;
    Ok(())
}

async fn read_all(store: &Store, account: AccountId, words: &[&str]) -> Outcome<Found> {
    let mut found: Vec<(String, Vec<Hit>)> = words.iter().map(|word| (word.to_lowercase(), Vec::new())).collect();
    for conversation in store.conversations(account).await? {
        read(store, account, &conversation.jid, |message| {
            let text = text_of(message).to_lowercase();
            for (word, ids) in &mut found {
                if has(&text, word) {
                    let number = message.id.0.rsplit('-').next().and_then(|number| number.parse().ok());
                    ids.push((message.sent_at.0, number.unwrap_or(0), message.id.0.clone()));
                }
            }
        })
        .await?;
    }
    Ok(found
        .into_iter()
        .map(|(word, mut ids)| {
            ids.sort_unstable_by(|one, other| other.cmp(one));
            (word, ids.into_iter().map(|(.., id)| id).collect())
        })
        .collect())
}

/// Page after page, as the window does.
async fn search_all(store: &Store, account: AccountId, word: &str) -> Outcome<Vec<String>> {
    let mut ids: Vec<String> = Vec::new();
    let mut before = None;
    loop {
        let page = store.search(account, word, None, before.as_ref(), FOUND).await?;
        before = page.last().map(|last| last.id.clone());
        let is_last = page.len() < FOUND as usize;
        ids.extend(page.into_iter().map(|message| message.id.0));
        if is_last {
            return Ok(ids);
        }
    }
}

/// Every message of a conversation, oldest first.
async fn read(
    store: &Store,
    account: AccountId,
    conversation: &BareJid,
    mut visit: impl FnMut(&Message),
) -> Outcome<()> {
    let mut after = None;
    loop {
        let window = store.messages_after(account, conversation, after.as_ref(), PAGE).await?;
        window.messages.iter().for_each(&mut visit);
        match window.messages.last() {
            Some(last) if window.newer => after = Some(last.id.clone()),
            _ => return Ok(()),
        }
    }
}

/// Everything of a message that people can look for.
fn text_of(message: &Message) -> String {
    match &message.content {
        MessageContent::Text { text } | MessageContent::Custom { text } => text.clone(),
        MessageContent::File { file, caption } => format!("{caption}\n{}", file.name),
        MessageContent::Location { location } => location.address.clone(),
        MessageContent::Notice { .. }
        | MessageContent::Call { .. }
        | MessageContent::Encrypted { .. }
        | MessageContent::Recalled => String::new(),
    }
}

/// Words of letters begin where no letter or digit stands before them; Chinese stands anywhere.
fn has(text: &str, word: &str) -> bool {
    let is_ascii = word.is_ascii();
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !is_ascii || before.is_none_or(|c| !c.is_ascii_alphanumeric())
    })
}
