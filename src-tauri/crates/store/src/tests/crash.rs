//! Kill -9 at any moment: what was reported as queued is there, in order, in message, outbox and index alike; so are changes
//! of messages and what they did here.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use confab_model::{Composed, ConversationKind, MessageContent};

use super::{at, id, jid};
use crate::{OwnChange, Queued, Store};

/// Tells this test binary, started again, which file it is to write to until it is killed.
const FILE_VARIABLE: &str = "CONFAB_STORE_CRASH_FILE";
const ROUNDS: u32 = 6;

/// Not a test of its own: the process that is killed.
#[tokio::test]
async fn writer() {
    let Some(file) = std::env::var_os(FILE_VARIABLE).map(PathBuf::from) else { return };
    let store = Store::open(&file).await.unwrap();
    let alice = store.add_account(&jid("alice@example.org"), None, true).await.unwrap();
    let start = store.outbox(alice, 0, u32::MAX).await.unwrap().messages.len();
    for n in (start..).take(1_000_000) {
        let name = format!("m{n}");
        let text = format!("crash word{n} 会议");
        let time = at(i64::try_from(n).unwrap());
        // One waits for the disk, the other does not: for a crash it is the same.
        let content = (&Composed::text(text), &Queued { is_archived: n % 2 == 1, ..Queued::default() });
        let bob = (&jid("bob@example.org"), ConversationKind::Direct);
        store.queue(alice, bob, &id(&name), content, time).await.unwrap();
        let edit = OwnChange::Edit { content: Box::new(Composed::text(format!("edited{n} 会议"))), shown: None };
        store.change(alice, &id(&format!("e{n}")), &id(&name), &edit, time).await.unwrap().unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "committed {name}").unwrap();
        out.flush().unwrap();
    }
}

/// Starts the writer, kills it after some reports, and returns all reports.
fn write_and_kill(file: &Path, after: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crash::writer", "--nocapture", "--test-threads=1"])
        .env(FILE_VARIABLE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut reported = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        // The line that the kill cut short is no report.
        let Ok(line) = line else { break };
        // libtest prints the name of the test without a line end before the first report.
        if let Some((_, name)) = line.split_once("committed ") {
            reported.push(name.to_owned());
        }
        if reported.len() == after {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    reported
}

#[tokio::test]
async fn nothing_that_was_reported_is_lost() {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("confab.db");
    let mut reported: Vec<String> = Vec::new();
    for _ in 0..ROUNDS {
        let after = random.random_range(1..120);
        let path = file.clone();
        reported.extend(tokio::task::spawn_blocking(move || write_and_kill(&path, after)).await.unwrap());
        let store = Store::open(&file).await.unwrap();
        store.check().await.unwrap();
        let alice = store.accounts().await.unwrap()[0].id;
        let queued = store.outbox(alice, 0, u32::MAX).await.unwrap().messages;
        let names: Vec<String> = queued.iter().map(|message| message.id.0.clone()).collect();
        let expected: Vec<String> = (0..names.len()).map(|n| format!("m{n}")).collect();
        assert_eq!(names, expected, "in order, without gaps");
        // A message may be committed and the report of it cut off: then it is there all the same.
        for name in &reported {
            assert!(names.contains(name), "{name} was reported and is gone");
        }
        let last = names.len() - 1;
        let mut of_last = 0;
        for word in [format!("word{last}"), format!("edited{last}")] {
            of_last += store.search(alice, &word, None, None, 10).await.unwrap().len();
        }
        assert_eq!(of_last, 1, "the index has what the table has");
        let entries = store.sending(alice, 0, u32::MAX).await.unwrap().entries;
        let sent: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        for (n, message) in queued.iter().enumerate() {
            let is_edited = matches!(&message.content, MessageContent::Text { text } if text.starts_with("edited"));
            let change = format!("e{n}");
            assert_eq!(
                sent.contains(&change.as_str()),
                is_edited,
                "the effect and its place in the outbox, or neither"
            );
            assert_eq!(is_edited, message.edited_at.is_some());
            assert!(is_edited || n == last || !reported.contains(&message.id.0), "{n} was reported as edited");
        }
        let bob = jid("bob@example.org");
        let conversation = store.conversation(alice, &bob).await.unwrap().unwrap();
        assert_eq!(conversation.last.unwrap().id.0, names[last]);
        store.close().await;
    }
}
