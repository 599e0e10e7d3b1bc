//! Histories for measurements and for looking at: `cargo xtask generate` and `cargo xtask bench history` run this.
//!
//! ```text
//! history generate FILE [--messages N] [--chats N] [--seed N]      a new file of one account, me@example.org
//! history compare FILE WORD…      whether the search finds what a plain reading of all messages finds, as JSON
//! ```
//! What is written goes through [`Store::take_in`] like the pages of an archive, some thousand messages in one transaction:
//! there is no second way into the file that could differ from the app's.

mod convert;
mod scan;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Instant;

use confab_model::{AccountId, BareJid, Sender, Timestamp};
use confab_store::{Arrived, Store};
use confab_testkit::history::{Circle, History, Plan, Thing};

use convert::Cast;

/// Of one transaction.
const BATCH: usize = 4_000;
/// Own messages of the last days have been delivered and not been read.
const UNREAD_DAYS_MS: i64 = 3 * 86_400_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("generate"), Some(file)) => {
            let plan = plan(arguments)?;
            let start = Instant::now();
            write(Path::new(&file), plan, BATCH).await?;
            println!("{} messages in {:.1} s", plan.messages, start.elapsed().as_secs_f64());
        }
        (Some("compare"), Some(file)) => {
            let words: Vec<String> = arguments.collect();
            scan::compare(Path::new(&file), &words.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        }
        _ => {
            return Err(
                "usage: history generate FILE [--messages N] [--chats N] [--seed N] | compare FILE WORD…".into()
            );
        }
    }
    Ok(())
}

fn plan(mut arguments: impl Iterator<Item = String>) -> Outcome<Plan> {
    let (mut messages, mut chats, mut seed) = (Plan::MILLION.messages, Plan::MILLION.conversations, Plan::MILLION.seed);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a number"))?;
        match name.as_str() {
            "--messages" => messages = value.parse()?,
            "--chats" => chats = value.parse()?,
            "--seed" => seed = value.parse()?,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(Plan { seed, ..Plan::of(messages, chats) })
}

/// Writes a whole history into a new file, `batch` messages in a transaction.
async fn write(file: &Path, plan: Plan, batch: usize) -> Outcome<()> {
    let store = Store::open(file).await?;
    if !store.accounts().await?.is_empty() {
        return Err(format!("{}: there is a history already", file.display()).into());
    }
    let me: BareJid = convert::ME.parse()?;
    let account = store.add_account(&me, None, false).await?;
    let history = History::new(plan);
    let cast = Cast::of(&history)?;
    cast.introduce(&store, account).await?;
    let (chats, count) = (history.chats().to_vec(), history.chats().len());
    // The newest own message of each conversation, and the newest one that has been read.
    let mut newest: Vec<Option<(String, i64)>> = vec![None; count];
    let mut page: Vec<Arrived> = Vec::with_capacity(batch);
    for thing in history {
        if let Thing::Said(line) = &thing
            && line.by.is_none()
            && line.at_ms < plan.end_ms - UNREAD_DAYS_MS
            && let Some(place) = newest.get_mut(line.chat)
        {
            *place = Some((convert::stanza(line.number), line.at_ms));
        }
        page.push(cast.arrived(thing)?);
        if page.len() >= batch {
            store.take_in(account, &page, None).await?;
            page.clear();
        }
    }
    store.take_in(account, &page, None).await?;
    for (chat, newest) in chats.iter().zip(newest) {
        if let (Circle::With(person), Some((stanza, at_ms))) = (&chat.circle, newest) {
            let by = cast.person(*person)?;
            read_up_to(&store, account, &by, &stanza, at_ms).await?;
        }
    }
    store.close().await;
    Ok(())
}

/// The other side has displayed everything up to this message.
async fn read_up_to(store: &Store, account: AccountId, by: &BareJid, stanza: &str, at_ms: i64) -> Outcome<()> {
    store.read_marker(account, by, &Sender::person(by.clone()), stanza, Timestamp(at_ms + 60_000)).await?;
    Ok(())
}
