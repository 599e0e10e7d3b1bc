//! What is kept, and how it gets out and in: exports, backups, deletion by age.

use std::fs;

use confab_model::{Conversation, DeliveryState, Direction, Event};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{heard, say, texts, updated, whole_conversation},
};

journeys!(shared: export_and_back_up, delete_what_is_old);

async fn export_and_back_up(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let folder = alice.options.folder.clone();
    let file = folder.join("plan <1>.txt");
    fs::write(&file, b"the plan").unwrap();
    say(&mut bob, &alice_jid, "<b>bold</b> & \"plain\"").await;
    heard(&alice, "<b>bold</b> & \"plain\"").await;
    let content = json!({ "kind": "file", "path": file, "name": null, "caption": "as agreed", "voice": false });
    let sent = alice.own("sendMessage", json!({ "conversation": bob_jid, "content": content })).await;
    updated(&alice, &sent, "sent", |m| matches!(m.delivery, DeliveryState::Sent | DeliveryState::Delivered)).await;

    let args = |form: &str| json!({ "conversation": bob_jid, "folder": folder, "form": form, "language": "zh-CN" });
    let json_folder: String = alice.own("exportConversation", args("json")).await;
    let whole: Value =
        serde_json::from_str(&fs::read_to_string(format!("{json_folder}/messages.json")).unwrap()).unwrap();
    assert_eq!(whole["messages"].as_array().unwrap().len(), 2);
    let copy = whole["messages"][1]["file"].as_str().unwrap();
    assert_eq!(fs::read(format!("{json_folder}/{copy}")).unwrap(), b"the plan");
    let html_folder: String = alice.own("exportConversation", args("html")).await;
    assert_ne!(html_folder, json_folder, "nothing is overwritten");
    let html = fs::read_to_string(format!("{html_folder}/messages.html")).unwrap();
    assert!(html.contains("&lt;b&gt;bold&lt;/b&gt; &amp; &quot;plain&quot;") && !html.contains("<b>bold"), "{html}");
    let nobody = json!({ "conversation": "nobody@localhost", "folder": folder, "form": "json" });
    assert_eq!(alice.try_own("exportConversation", nobody).await.unwrap_err().code, "unknownConversation");

    let backup = folder.join("all.confab-backup");
    alice.ok("backUp", json!({ "to": backup, "passphrase": "correct horse battery" })).await;
    let before = whole_conversation(&mut alice, &bob_jid, 50).await;
    say(&mut alice, &bob_jid, "after the backup").await;
    let restore = |passphrase: &str| json!({ "from": backup, "passphrase": passphrase });
    let mut other = Agent::start(world.options("other")).await;
    assert_eq!(other.refused("restoreBackup", restore("wrong horse")).await, "backupLocked");
    let no_backup = json!({ "from": file, "passphrase": "correct horse battery" });
    assert_eq!(other.refused("restoreBackup", no_backup).await, "notABackup");
    other.ok("restoreBackup", restore("correct horse battery")).await;
    other.quit().await;
    other.start_again().await;
    let startup = other.ok("startup", json!({})).await;
    // The password is not in it.
    assert_eq!(startup["accounts"][0]["connection"]["why"]["kind"], "notRemembered");
    other.account = startup["accounts"][0]["id"].as_u64().unwrap().try_into().unwrap();
    let list: Vec<Conversation> = other.own("conversations", json!({})).await;
    assert_eq!(list.len(), 1);
    let page: crate::steps::Page = crate::steps::messages(&mut other, &bob_jid, None, 50).await;
    assert_eq!(texts(&page.messages, Direction::Incoming), texts(&before, Direction::Incoming));
    assert_eq!(page.messages.len(), before.len(), "what came later is not in it");
}

async fn delete_what_is_old(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    say(&mut bob, &alice_jid, "of today").await;
    let kept = heard(&alice, "of today").await;
    let none = alice.ok("deleteOlder", json!({ "before": kept.sent_at.0 })).await;
    assert_eq!(none, 0, "not what is as old as that");
    let one = alice.ok("deleteOlder", json!({ "before": kept.sent_at.0 + 1 })).await;
    assert_eq!(one, 1);
    alice
        .event("what was deleted", |event| match event {
            Event::MessagesRemoved { messages, .. } => (*messages == [kept.id.clone()]).then_some(()),
            _ => None,
        })
        .await;
    alice.quit().await;
    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
    assert_eq!(whole_conversation(&mut alice, &bob_jid, 50).await, [], "the archive does not bring it back");
    let bad = alice.refused("settingsSave", json!({ "settings": { "keepDays": 0 } })).await;
    assert_eq!(bad, "invalidArgument");
}
