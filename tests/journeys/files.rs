//! Files: pictures, voice clips and others go up, come down, are saved and taken back; what a stranger sends is not fetched.

use std::{fs, path::Path};

use confab_model::{
    Attachment, AttachmentKind, DeliveryState, Event, Message, MessageContent, MessageId, TransferState,
};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{delivered, updated},
};

journeys!(shared: send_a_picture, send_a_file, files_of_strangers_are_not_fetched);

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

fn picture(path: &Path) {
    let picture = image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 90]));
    picture.save(path).unwrap();
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
        Event::TransferProgressed { message, progress, .. } if *message == id => Some(progress.done),
        _ => None,
    });
    assert!(progress.is_sorted(), "{progress:?}");
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
