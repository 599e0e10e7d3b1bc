//! Files: pictures, voice clips and others go up, come down, are saved and taken back; what a stranger sends is not fetched.

use std::{
    fs,
    path::{Path, PathBuf},
};

use confab_model::{
    Attachment, AttachmentKind, DeliveryState, Event, FailureWhy, Message, MessageContent, MessageId, TransferFailure,
    TransferState,
};
use confab_tests::driver::{Agent, PASSWORD, RawClient, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{delivered, picture, updated, whole_conversation},
};

journeys!(shared: send_a_picture, send_a_file, files_of_strangers_are_not_fetched, a_name_that_is_a_path);
journeys!(alone: an_upload_is_cancelled_and_survives_a_kill, a_file_that_changed_on_the_server);
journeys!(with |options| options.uploads = Some(100_000); a_file_that_the_server_finds_too_large);
journeys!(with |options| options.uploads = None; a_server_without_uploads);

fn file_of(message: &Message) -> Option<(&Attachment, &str)> {
    match &message.content {
        MessageContent::File { file, caption } => Some((file, caption)),
        _ => None,
    }
}

/// A file came.
async fn came(agent: &Agent) -> Message {
    agent
        .event("a file", |event| match event {
            Event::MessageAdded { message } => file_of(message).map(|_| message.clone()),
            _ => None,
        })
        .await
}

async fn local(agent: &Agent, id: &MessageId) -> Message {
    let is_here = |message: &Message| file_of(message).is_some_and(|(file, _)| file.transfer == TransferState::Local);
    updated(agent, id, "the file is here", is_here).await
}

async fn send_file(agent: &mut Agent, to: &str, path: &Path, caption: &str) -> MessageId {
    let content = json!({ "kind": "file", "path": path, "name": null, "caption": caption, "voice": false });
    agent.own("sendMessage", json!({ "conversation": to, "content": content })).await
}

async fn save(agent: &mut Agent, id: &MessageId, folder: &Path) -> std::path::PathBuf {
    agent.own("saveAttachment", json!({ "message": id, "folder": folder })).await
}

async fn send_a_picture(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("at the sea 海边.png");
    picture(&path);
    let id = send_file(&mut alice, &bob_jid, &path, "look").await;
    delivered(&alice, &id, DeliveryState::Delivered).await;
    let received = came(&bob).await;
    let (file, caption) = file_of(&received).unwrap();
    assert_eq!((file.name.as_str(), caption), ("at the sea 海边.png", "look"));
    assert_eq!(file.kind, AttachmentKind::Image { width: 640, height: 480 });
    assert!(file.thumbnail.as_ref().is_some_and(|url| url.starts_with("data:image/")), "{:?}", file.thumbnail);
    // A contact's picture comes by itself.
    local(&bob, &received.id).await;
    let saved = save(&mut bob, &received.id, folder.path()).await;
    assert_eq!(saved.file_name().unwrap(), "at the sea 海边 (1).png", "nothing is overwritten");
    assert_eq!(image::open(&saved).unwrap().to_rgb8(), image::open(&path).unwrap().to_rgb8());

    alice.own::<Value>("recallMessage", json!({ "message": id })).await;
    updated(&bob, &received.id, "the recall", |m| m.content == MessageContent::Recalled).await;
    let gone = bob.try_own("saveAttachment", json!({ "message": received.id, "folder": folder.path() })).await;
    assert_eq!(gone.unwrap_err().code, "unknownMessage");
}

async fn send_a_file(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.bin");
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(&path, &bytes).unwrap();
    let id = send_file(&mut alice, &bob_jid, &path, "").await;
    delivered(&alice, &id, DeliveryState::Delivered).await;
    let progress = alice.told(|event| match event {
        Event::TransferProgressed { message, progress, .. } if *message == id => Some((progress.done, progress.total)),
        _ => None,
    });
    assert!(progress.is_sorted() && progress.len() > 1, "{progress:?}");
    assert_eq!(progress.last(), Some(&(3_000_000, Some(3_000_000))), "{progress:?}");
    let received = came(&bob).await;
    let (file, _) = file_of(&received).unwrap();
    assert_eq!((file.size, &file.transfer), (Some(3_000_000), &TransferState::Remote), "not a picture: on request");
    let early = bob.try_own("saveAttachment", json!({ "message": received.id, "folder": folder.path() })).await;
    assert_eq!(early.unwrap_err().code, "fileFailed");
    bob.own::<Value>("download", json!({ "message": received.id })).await;
    local(&bob, &received.id).await;
    bob.quit().await;
    let mark = bob.mark();
    bob.start_again().await;
    online(&bob, mark).await;
    let saved = save(&mut bob, &received.id, folder.path()).await;
    assert_eq!(fs::read(&saved).unwrap(), bytes);
}

async fn files_of_strangers_are_not_fetched(world: World) {
    let (mut alice, mut eve) = tokio::join!(world.person("alice"), world.person("eve"));
    let alice_jid = alice.jid.clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("look.png");
    picture(&path);
    let id = send_file(&mut eve, &alice_jid, &path, "").await;
    delivered(&eve, &id, DeliveryState::Sent).await;
    let received = came(&alice).await;
    assert_eq!(file_of(&received).unwrap().0.transfer, TransferState::Remote);
    // What came later was not fetched before: asking is what fetches it.
    let so_far = alice.told(|event| match event {
        Event::MessageUpdated { message } | Event::MessageAdded { message } => {
            file_of(message).map(|(file, _)| file.transfer.clone())
        }
        _ => None,
    });
    assert!(so_far.iter().all(|state| *state == TransferState::Remote), "{so_far:?}");
    alice.own::<Value>("download", json!({ "message": received.id })).await;
    local(&alice, &received.id).await;

    let nothing = eve.try_own("cancelTransfer", json!({ "message": id })).await;
    assert_eq!(nothing.unwrap_err().code, "notAllowed");
}

async fn failed(agent: &Agent, id: &MessageId) -> FailureWhy {
    let message =
        updated(agent, id, "the failure", |message| matches!(message.delivery, DeliveryState::Failed { .. })).await;
    match message.delivery {
        DeliveryState::Failed { why } => why,
        other => panic!("{other:?}"),
    }
}

/// Octets that look like nothing else.
fn noise(length: u32) -> Vec<u8> {
    (0..length).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

async fn uploading(agent: &Agent, mark: usize, id: &MessageId) {
    agent
        .event_since(mark, "the upload", |event| match event {
            Event::MessageAdded { message } | Event::MessageUpdated { message } => {
                (message.id == *id && matches!(message.delivery, DeliveryState::Uploading { .. })).then_some(())
            }
            _ => None,
        })
        .await;
}

/// The server stands still, so that the upload does: cancelled, tried again, and in the middle of that the client is
/// killed. It begins again by itself, and the far side has the file once.
async fn an_upload_is_cancelled_and_survives_a_kill(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.bin");
    let bytes = noise(2_000_000);
    fs::write(&path, &bytes).unwrap();

    world.server().freeze();
    let mark = alice.mark();
    let id = send_file(&mut alice, &bob_jid, &path, "").await;
    uploading(&alice, mark, &id).await;
    alice.own::<Value>("cancelTransfer", json!({ "message": id })).await;
    assert_eq!(failed(&alice, &id).await, FailureWhy::Cancelled);
    let mark = alice.mark();
    alice.own::<Value>("resend", json!({ "message": id })).await;
    uploading(&alice, mark, &id).await;
    alice.kill().await;
    world.server().thaw();
    alice.start_again().await;
    delivered(&alice, &id, DeliveryState::Delivered).await;

    let received = came(&bob).await;
    let all = whole_conversation(&mut bob, &alice_jid, 50).await;
    assert_eq!(all.iter().filter(|message| file_of(message).is_some()).count(), 1, "neither lost nor doubled");
    bob.own::<Value>("download", json!({ "message": received.id })).await;
    local(&bob, &received.id).await;
    let saved = save(&mut bob, &received.id, folder.path()).await;
    assert_eq!(fs::read(&saved).unwrap(), bytes);
}

/// All files below a folder with these octets.
fn find(folder: &Path, bytes: &[u8], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, bytes, found);
        } else if entry.metadata().is_ok_and(|data| data.len() == bytes.len() as u64)
            && fs::read(&path).is_ok_and(|there| there == bytes)
        {
            found.push(path);
        }
    }
}

async fn a_file_that_changed_on_the_server(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.bin");
    let bytes = noise(300_000);
    fs::write(&path, &bytes).unwrap();
    let id = send_file(&mut alice, &bob_jid, &path, "").await;
    delivered(&alice, &id, DeliveryState::Delivered).await;
    let received = came(&bob).await;

    let mut kept = Vec::new();
    find(world.server().folder(), &bytes, &mut kept);
    let [kept] = <[PathBuf; 1]>::try_from(kept).unwrap();
    let mut other = bytes.clone();
    other[200_000] ^= 1;
    fs::write(&kept, &other).unwrap();
    bob.own::<Value>("download", json!({ "message": received.id })).await;
    let is_damaged = |message: &Message| {
        let failed = TransferState::Failed { why: TransferFailure::Damaged };
        file_of(message).is_some_and(|(file, _)| file.transfer == failed)
    };
    updated(&bob, &received.id, "the wrong checksum", is_damaged).await;
    let nothing = bob.try_own("saveAttachment", json!({ "message": received.id, "folder": folder.path() })).await;
    assert_eq!(nothing.unwrap_err().code, "fileFailed");

    fs::write(&kept, &bytes).unwrap();
    bob.own::<Value>("download", json!({ "message": received.id })).await;
    local(&bob, &received.id).await;
    let saved = save(&mut bob, &received.id, folder.path()).await;
    assert_eq!(fs::read(&saved).unwrap(), bytes);
}

async fn a_file_that_the_server_finds_too_large(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.bin");
    fs::write(&path, noise(100_001)).unwrap();
    let id = send_file(&mut alice, &bob_jid, &path, "").await;
    assert_eq!(failed(&alice, &id).await, FailureWhy::TooLarge { limit: Some(100_000) });
    // What fits goes, and the failed one is in nobody's way.
    fs::write(&path, noise(90_000)).unwrap();
    let id = send_file(&mut alice, &bob_jid, &path, "").await;
    delivered(&alice, &id, DeliveryState::Delivered).await;
    assert_eq!(file_of(&came(&bob).await).unwrap().0.size, Some(90_000));
}

async fn a_server_without_uploads(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.bin");
    fs::write(&path, noise(1_000)).unwrap();
    let id = send_file(&mut alice, &bob_jid, &path, "").await;
    // It may still be telling what it can: the failure waits for that.
    let text: MessageId = alice.own("sendText", json!({ "conversation": bob_jid, "text": "without a file" })).await;
    delivered(&alice, &text, DeliveryState::Delivered).await;
    assert_eq!(failed(&alice, &id).await, FailureWhy::NoUpload);
}

/// A client that means harm gives a file a name that leads elsewhere.
async fn a_name_that_is_a_path(world: World) {
    let (mut alice, mut bob) = tokio::join!(world.person("alice"), world.person("bob"));
    let name = format!("eve-of-{}", alice.jid.split('@').next().unwrap());
    world.server().register(&name, PASSWORD).unwrap();
    let url = world.server().websocket_url();
    let mut eve = RawClient::sign_in(&url, world.domain(), &name, PASSWORD).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.bin");
    fs::write(&path, noise(1_000)).unwrap();
    send_file(&mut alice, &format!("{name}@{}", world.domain()), &path, "").await;
    let stanza = eve.receive("data.bin</name>").await;
    let end = "</file-sharing>";
    let shared = &stanza[stanza.find("<file-sharing").unwrap()..stanza.find(end).unwrap() + end.len()];

    let cases = [
        ("../../x", "x"),
        (r"..\..\x.exe", "x.exe"),
        ("/etc/passwd", "passwd"),
        ("a\u{202e}gpj.exe", "agpj.exe"),
        ("con", "_con"),
        ("..", "file"),
    ];
    for (name, safe) in cases {
        let mark = bob.mark();
        let shared = shared.replace("data.bin</name>", &format!("{name}</name>"));
        let to = &bob.jid;
        eve.send(&format!("<message xmlns='jabber:client' type='chat' to='{to}'>{shared}</message>")).await;
        let added = |event: &Event| match event {
            Event::MessageAdded { message } => {
                file_of(message).map(|(file, _)| (message.id.clone(), file.name.clone()))
            }
            _ => None,
        };
        let (id, shown) = bob.event_since(mark, "the file", added).await;
        assert_eq!(shown, safe, "{name:?}");
        bob.own::<Value>("download", json!({ "message": id })).await;
        local(&bob, &id).await;
        let own = tempfile::tempdir().unwrap();
        assert_eq!(save(&mut bob, &id, own.path()).await, own.path().join(safe), "it stays in its folder");
        assert_eq!(fs::read(own.path().join(safe)).unwrap(), noise(1_000));
    }
}
