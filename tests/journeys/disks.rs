//! Disks that are full, read-only or broken: a clear word, nothing lost without one, and a way to go on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use confab_model::{Direction, Event};
use confab_testkit::skip;
use confab_tests::driver::World;
use serde_json::json;

use crate::{
    accounts::online,
    journeys,
    steps::{heard, say, texts, whole_conversation},
};

journeys!(shared: a_full_disk_loses_nothing);
journeys!(prosody: a_history_that_cannot_be_used_is_told_and_kept, a_disk_that_cannot_be_written_is_told);

/// Enough for a history and its log, little enough to fill quickly.
const SMALL: &str = "size=6m";

/// A small disk of its own, mounted on a folder.
struct Disk {
    at: PathBuf,
}

impl Disk {
    /// `None`: this user may not mount; the test is skipped.
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", SMALL, "confab-test"]).arg(&at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { at });
        }
        skip("a small disk needs the right to mount one");
        None
    }

    fn again(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(&self.at).status().unwrap();
        assert!(status.success(), "{options}");
    }

    /// Writes until nothing goes in any more.
    fn fill(&self) {
        use std::io::Write as _;
        let mut file = fs::OpenOptions::new().create(true).append(true).open(self.filler()).unwrap();
        for size in [1 << 16, 4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn empty(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.at.join("something else")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the agent may still have files open.
        let _ = Command::new("umount").arg("--lazy").arg(&self.at).status();
    }
}

async fn a_full_disk_loses_nothing(world: World) {
    let options = world.options("alice");
    let Some(disk) = Disk::mount(options.folder.join("data")) else { return };
    let (mut alice, mut bob) = tokio::join!(world.person_with(options), world.person("bob"));
    world.contacts(&mut alice, &mut bob).await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    say(&mut bob, &alice_jid, "while there is space").await;
    heard(&alice, "while there is space").await;

    disk.fill();
    let long = "that needs pages of its own ".repeat(800);
    let mut said: Vec<String> = vec!["while there is space".to_owned()];
    for number in 0..8 {
        said.push(format!("{number} {long}"));
        say(&mut bob, &alice_jid, said.last().unwrap()).await;
    }
    alice
        .event("the warning", |event| match event {
            Event::Warning { code, .. } if code == "diskFull" => Some(()),
            _ => None,
        })
        .await;
    // What cannot be kept is refused, with the text still in the hands of whoever wrote it.
    let mut refused = None;
    for _ in 0..50 {
        let draft = json!({ "account": alice.account, "conversation": bob_jid, "text": long });
        if let Err(failure) = alice.ask("sendText", draft).await {
            refused = Some(failure.code);
            break;
        }
    }
    assert_eq!(refused.as_deref(), Some("diskFull"));

    disk.empty();
    for text in &said[1..] {
        heard(&alice, text).await;
    }
    let all = whole_conversation(&mut alice, &bob_jid, 200).await;
    assert_eq!(texts(&all, Direction::Incoming), said, "all of it, once, in order");
    say(&mut alice, &bob_jid, "there is space again").await;
    heard(&bob, "there is space again").await;
    alice.quit().await;
}

async fn a_history_that_cannot_be_used_is_told_and_kept(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    for number in 0..40 {
        say(&mut bob, &alice_jid, &format!("before {number}")).await;
    }
    heard(&alice, "before 39").await;
    alice.quit().await;
    let file = alice.options.folder.join("data/history.sqlite");
    let history = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&history).await.unwrap();
    history.close().await;
    let whole = fs::read(&file).unwrap();

    // Of another program; cut short; with a hole in it that only reading all of it finds.
    let garbage = b"this has never been a database; ".repeat(400);
    let cut = whole[..whole.len() / 2 + 100].to_vec();
    for damaged in [garbage, cut] {
        write_alone(&file, &damaged);
        let failure = alice.cannot_start(&[]).await;
        assert_eq!(failure.code, "storeDamaged", "{failure:?}");
        assert_eq!(fs::read(&file).unwrap(), damaged, "left as it is");
    }

    // Put aside, with all its octets; a new one begins, and the server still has what was in it.
    let damaged = fs::read(&file).unwrap();
    alice.start_with(&["--set-history-aside"]).await;
    let aside: Vec<PathBuf> = fs::read_dir(file.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "aside"))
        .collect();
    let [aside] = aside.as_slice() else { panic!("one file aside: {aside:?}") };
    assert_eq!(fs::read(aside).unwrap(), damaged);
    let password = confab_tests::driver::PASSWORD;
    let args = json!({ "jid": alice_jid, "password": password, "server": world.address(), "remember": true });
    let mark = alice.mark();
    alice.account = serde_json::from_value(alice.ok("signIn", args).await).unwrap();
    online(&alice, mark).await;
    let all = whole_conversation(&mut alice, &bob_jid, 200).await;
    assert_eq!(texts(&all, Direction::Incoming).len(), 40);
    alice.quit().await;
    let sound = fs::read(&file).unwrap();
    alice.start_with(&["--set-history-aside"]).await;
    alice.quit().await;
    assert!(!sound.is_empty() && aside.exists(), "a sound one stays where it is");
}

async fn a_disk_that_cannot_be_written_is_told(world: World) {
    let options = world.options("alice");
    let Some(disk) = Disk::mount(options.folder.join("data")) else { return };
    let mut alice = world.person_with(options).await;
    alice.quit().await;
    disk.again("ro");
    assert_eq!(alice.cannot_start(&[]).await.code, "storeReadOnly");
    disk.again("rw");
    alice.start_again().await;
    alice.quit().await;
    // A new profile where there is not even space for an empty history.
    for file in ["history.sqlite-wal", "history.sqlite-shm", "history.sqlite"] {
        let _ = fs::remove_file(disk.at.join(file));
    }
    disk.fill();
    assert_eq!(alice.cannot_start(&[]).await.code, "diskFull");
    disk.empty();
    alice.start_again().await;
    alice.quit().await;
}

/// The file without the log of what was there before.
fn write_alone(file: &Path, content: &[u8]) {
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(file.with_file_name(format!("history.sqlite{suffix}")));
    }
    fs::write(file, content).unwrap();
}
