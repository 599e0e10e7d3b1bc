//! The outbox of everything: messages, changes, files; in order, over restarts, each once.

use confab_model::{
    Change, Composed, ConversationKind, DeliveryState, FailureWhy, Location, MessageBody, MessageContent, SharedFile,
    TransferFailure, TransferState, WireId,
};

use super::{World, at, id, incoming, jid, text_of, world};
use crate::{LocalFile, OwnChange, Queued, SendingContent, ShownFile, Store, StoreError, Unsent, Uploaded};

fn edit(text: &str) -> OwnChange {
    OwnChange::Edit { content: Box::new(Composed::text(text)), shown: None }
}

fn react(emojis: &[&str]) -> OwnChange {
    OwnChange::React { emojis: emojis.iter().map(|emoji| (*emoji).to_owned()).collect() }
}

async fn change(w: &World, name: &str, of: &str, what: OwnChange, ms: i64) -> Option<crate::Changed> {
    w.store.change(w.alice, &id(name), &id(of), &what, at(ms)).await.unwrap()
}

/// What is to be sent, in words.
async fn sending(store: &Store, w: &World) -> Vec<String> {
    let page = store.sending(w.alice, 0, 100).await.unwrap();
    let words = page.entries.into_iter().map(|entry| match entry.content {
        SendingContent::Message(content) => format!("{} {:?}", entry.id, text(&content)),
        SendingContent::Change { of, change } => match change {
            Change::Edit(content) => format!("{} edits {} {:?}", entry.id, of.0, text(&content)),
            Change::Recall => format!("{} recalls {}", entry.id, of.0),
            Change::Moderated { reason } => format!("{} moderates {} {reason}", entry.id, of.0),
            Change::React { emojis } => format!("{} reacts {} {}", entry.id, of.0, emojis.join("")),
        },
    });
    words.collect()
}

fn text(content: &Composed) -> String {
    match &content.body {
        MessageBody::Text(text) | MessageBody::Custom(text) => text.0.clone(),
        MessageBody::File { file, caption } => format!("{} {}", file.urls[0].0, caption.0),
        MessageBody::Location(location) => location.address.clone(),
        MessageBody::Encrypted { method } => method.clone(),
    }
}

#[tokio::test]
async fn messages_and_changes_go_in_one_order_over_a_restart() {
    let w = world().await;
    w.receive(incoming("in", 5)).await;
    w.queue("a", 10).await;
    let edited = change(&w, "e1", "a", edit("new a"), 11).await.unwrap();
    assert_eq!((text_of(&edited.stored.message), edited.stored.message.edited_at), ("new a", Some(at(11))));
    assert_eq!(edited.stored.conversation.last.unwrap().content, MessageContent::Text { text: "new a".into() });
    let reacted = change(&w, "r1", "in", react(&["👍"]), 12).await.unwrap();
    assert!(reacted.stored.message.reactions[0].own);
    w.queue("b", 13).await;
    w.store.close().await;
    let store = Store::open(&w.folder.path().join("confab.db")).await.unwrap();
    let expected = ["a \"new a\"", "e1 edits a \"new a\"", "r1 reacts o-in 👍", "b \"text of b\""];
    assert_eq!(sending(&store, &w).await, expected);
    for settled in ["a", "r1", "e1"] {
        store.mark_sent(w.alice, &id(settled)).await.unwrap();
    }
    assert_eq!(sending(&store, &w).await, ["b \"text of b\""]);
    let end = store.sending(w.alice, 0, 10).await.unwrap().last;
    assert_eq!(store.sending(w.alice, end, 10).await.unwrap().last, end);
}

#[tokio::test]
async fn only_the_newest_of_a_sort_is_sent() {
    let w = world().await;
    w.queue("a", 10).await;
    w.store.mark_sent(w.alice, &id("a")).await.unwrap();
    for (n, text) in (0..3).zip(["x", "y", "z"]) {
        change(&w, &format!("e{n}"), "a", edit(text), 20 + n).await.unwrap();
        change(&w, &format!("r{n}"), "a", react(&[text]), 20 + n).await.unwrap();
    }
    assert_eq!(sending(&w.store, &w).await, ["e2 edits a \"z\"", "r2 reacts a z"]);
    // With the clock set back the newest still counts.
    let back = change(&w, "e3", "a", edit("back"), 1).await.unwrap();
    assert_eq!(text_of(&back.stored.message), "back");
}

#[tokio::test]
async fn a_recall_takes_everything_of_the_message_out_of_the_outbox() {
    let w = world().await;
    w.queue("a", 10).await;
    change(&w, "e", "a", edit("new"), 11).await.unwrap();
    change(&w, "r", "a", react(&["👍"]), 12).await.unwrap();
    let recalled = change(&w, "x", "a", OwnChange::Recall, 13).await.unwrap();
    assert_eq!(recalled.stored.message.delivery, DeliveryState::Recalled);
    assert_eq!(sending(&w.store, &w).await, ["x recalls a"]);
    // What was in hand is acknowledged late, delivered, read: it stays recalled.
    assert_eq!(w.store.mark_sent(w.alice, &id("a")).await.unwrap(), None);
    assert_eq!(w.receipt(&w.bob, "a", 20).await, None);
    assert!(w.read(&w.bob, "a", 21).await.is_empty());
    assert_eq!(change(&w, "y", "a", edit("again"), 22).await, None);
    assert_eq!(w.store.message(w.alice, &id("a")).await.unwrap().unwrap().content, MessageContent::Recalled);
    assert_eq!(w.store.search(w.alice, "new", None, None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn what_cannot_be_changed_is_left_alone() {
    let w = world().await;
    w.receive(incoming("in", 5)).await;
    w.queue("failed", 10).await;
    w.store.mark_failed(w.alice, &id("failed"), &FailureWhy::NoUpload).await.unwrap();
    assert_eq!(change(&w, "1", "in", edit("x"), 20).await, None, "not mine");
    assert_eq!(change(&w, "2", "in", OwnChange::Recall, 20).await, None);
    assert_eq!(change(&w, "3", "in", OwnChange::Moderate { reason: String::new() }, 20).await, None, "no group");
    assert_eq!(change(&w, "4", "failed", edit("x"), 20).await, None);
    assert_eq!(change(&w, "5", "failed", OwnChange::Recall, 20).await, None);
    assert_eq!(change(&w, "6", "nothing", react(&["👍"]), 20).await, None);
    assert_eq!(sending(&w.store, &w).await, [""; 0]);
}

#[tokio::test]
async fn a_change_that_comes_back_is_told_and_undoes_nothing() {
    let w = world().await;
    w.queue("a", 10).await;
    w.store.mark_sent(w.alice, &id("a")).await.unwrap();
    change(&w, "e", "a", edit("new"), 11).await.unwrap();
    let why = FailureWhy::Refused { detail: "no".into() };
    let mallory = jid("mallory@example.org");
    assert_eq!(w.store.mark_unsent(w.alice, &id("e"), Some(&mallory), &why).await.unwrap(), None);
    assert_eq!(w.store.mark_unsent(w.alice, &id("a"), Some(&mallory), &why).await.unwrap(), None);
    let Some(Unsent::Change(message)) = w.store.mark_unsent(w.alice, &id("e"), Some(&w.bob), &why).await.unwrap()
    else {
        panic!()
    };
    assert_eq!((text_of(&message), &message.delivery), ("new", &DeliveryState::Sent));
    assert_eq!(sending(&w.store, &w).await, [""; 0]);
    let Some(Unsent::Message(message)) = w.store.mark_unsent(w.alice, &id("a"), Some(&w.bob), &why).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(message.delivery, DeliveryState::Failed { why });
}

fn picture() -> (Composed, ShownFile, LocalFile) {
    let file = SharedFile {
        name: "picture.png".into(),
        media_type: "image/png".into(),
        size: Some(99),
        urls: Vec::new(),
        sha256: None,
        width: 2,
        height: 3,
        duration_ms: 0,
        voice: None,
        thumbnail: None,
    };
    let content = Composed::of(MessageBody::File { file: Box::new(file), caption: "caption".to_owned().into() });
    let shown = ShownFile { name: "picture.png".into(), thumbnail: Some("data:image/png;base64,AQID".into()) };
    (content, shown, LocalFile { path: "/home/alice/picture.png".into(), is_copy: false, size: 99 })
}

async fn queue_picture(w: &World, name: &str, ms: i64) -> crate::Stored {
    let (content, shown, local) = picture();
    let queued = Queued { shown: Some(&shown), upload: Some(&local), ..Queued::default() };
    let whose = (&w.bob, ConversationKind::Direct);
    w.store.queue(w.alice, whose, &id(name), (&content, &queued), at(ms)).await.unwrap()
}

#[tokio::test]
async fn a_file_is_sent_when_it_is_on_the_server_and_texts_do_not_wait() {
    let w = world().await;
    let stored = queue_picture(&w, "file", 10).await;
    assert_eq!(stored.message.delivery, DeliveryState::Uploading { percent: 0 });
    let MessageContent::File { file, caption } = stored.message.content else { panic!() };
    assert_eq!((file.transfer, caption.as_str()), (TransferState::Uploading { percent: 0 }, "caption"));
    w.queue("text", 20).await;
    assert_eq!(sending(&w.store, &w).await, ["text \"text of text\""]);
    w.store.close().await;
    // After a restart the upload begins again.
    let store = Store::open(&w.folder.path().join("confab.db")).await.unwrap();
    let pending = store.pending_uploads(w.alice).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!((&pending[0].message, &pending[0].conversation), (&id("file"), &w.bob));
    assert_eq!(pending[0].local.as_ref().unwrap().path.to_str(), Some("/home/alice/picture.png"));
    let uploaded = Uploaded { urls: vec!["https://up.example.org/1".into()], sha256: Some([7; 32]), size: Some(100) };
    let stored = store.upload_finished(w.alice, &id("file"), &uploaded, at(30)).await.unwrap().unwrap();
    assert_eq!(stored.message.delivery, DeliveryState::Queued);
    assert_eq!(store.upload_finished(w.alice, &id("file"), &uploaded, at(31)).await.unwrap(), None, "once");
    let page = store.sending(w.alice, 0, 10).await.unwrap();
    assert_eq!(page.entries[1].id, id("file"));
    let SendingContent::Message(content) = &page.entries[1].content else { panic!() };
    let MessageBody::File { file, .. } = &content.body else { panic!() };
    assert_eq!((file.urls.len(), file.sha256, file.size), (1, Some([7; 32]), Some(100)));
    assert_eq!(file.thumbnail, Some(("image/png".into(), vec![1, 2, 3])));
    assert!(store.pending_uploads(w.alice).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_upload_that_failed_begins_again_and_one_that_was_recalled_does_not() {
    let w = world().await;
    queue_picture(&w, "file", 10).await;
    let why = FailureWhy::TooLarge { limit: Some(5) };
    w.store.mark_failed(w.alice, &id("file"), &why).await.unwrap().unwrap();
    assert!(w.store.pending_uploads(w.alice).await.unwrap().is_empty());
    let again = w.store.resend(w.alice, &id("file"), at(20)).await.unwrap().unwrap();
    assert_eq!(again.message.delivery, DeliveryState::Uploading { percent: 0 });
    assert_eq!(sending(&w.store, &w).await, [""; 0]);
    let recalled = change(&w, "x", "file", OwnChange::Recall, 30).await.unwrap();
    assert!(!recalled.is_queued, "nobody has it");
    assert!(recalled.files.is_empty(), "the person's own file stays");
    let uploaded = Uploaded { urls: vec!["https://up.example.org/1".into()], sha256: None, size: None };
    assert_eq!(w.store.upload_finished(w.alice, &id("file"), &uploaded, at(31)).await.unwrap(), None);
    assert_eq!(sending(&w.store, &w).await, [""; 0]);
}

#[tokio::test]
async fn an_answer_quotes_what_it_answers() {
    let w = world().await;
    w.receive(incoming("in", 5)).await;
    let queued = |reply_to| Queued { reply_to, ..Queued::default() };
    let text = Composed::text("yes");
    let whose = (&w.bob, ConversationKind::Direct);
    let answered = id("in");
    let stored = w.store.queue(w.alice, whose, &id("out"), (&text, &queued(Some(&answered))), at(10)).await.unwrap();
    assert_eq!(stored.message.reply_to.unwrap().id, Some(answered.clone()));
    let page = w.store.sending(w.alice, 0, 10).await.unwrap();
    let SendingContent::Message(content) = &page.entries[0].content else { panic!() };
    let reply = content.reply.as_ref().unwrap();
    assert_eq!((&reply.to, reply.author.as_deref()), (&WireId("o-in".into()), Some("bob@example.org")));
    assert_eq!(reply.quote, "text of in");
    let nothing = id("nothing");
    let missing = w.store.queue(w.alice, whose, &id("o2"), (&text, &queued(Some(&nothing))), at(10)).await;
    assert_eq!(missing, Err(StoreError::Unknown("message")));
}

#[tokio::test]
async fn all_that_a_message_carries_comes_back() {
    let w = world().await;
    let location = Location { latitude: 52.5, longitude: -13.25, address: "Alexanderplatz 会".into() };
    let mut content = Composed::of(MessageBody::Location(location.clone()));
    content.extension = Some(serde_json::json!({"a": 1}));
    content.config = Some(serde_json::json!({"b": [2]}));
    content.push_text = Some("a place".into());
    content.forwarded = Some(confab_model::Forwarded { from: "Carol".into(), sent_at: Some(at(3)) });
    let whose = (&w.bob, ConversationKind::Direct);
    let stored =
        w.store.queue(w.alice, whose, &id("out"), (&content, &Queued::default()), at(10)).await.unwrap().message;
    assert_eq!(stored.content, MessageContent::Location { location: location.clone() });
    assert_eq!((&stored.extension, &stored.config), (&content.extension, &content.config));
    assert_eq!(stored.forwarded, content.forwarded);
    let page = w.store.sending(w.alice, 0, 10).await.unwrap();
    assert_eq!(page.entries[0].content, SendingContent::Message(Box::new(content)));
    let list = w.store.conversations(w.alice).await.unwrap();
    assert_eq!(list[0].last.as_ref().unwrap().content, MessageContent::Location { location });
    assert_eq!(w.store.search(w.alice, "会", None, None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn transfers_leave_their_state_and_copies_can_be_counted() {
    let w = world().await;
    let (content, shown, _) = picture();
    for (n, name) in (0..3).zip(["a", "b", "c"]) {
        let mut content = content.clone();
        let MessageBody::File { file, .. } = &mut content.body else { panic!() };
        file.urls = vec!["https://example.org/x".to_owned().into()];
        let received = crate::ReceivedMessage { content, shown: Some(shown.clone()), ..incoming(name, 10 + n) };
        w.receive(received).await;
    }
    let transfer = async |name: &str, state: &TransferState, local: Option<&LocalFile>, ms: i64| {
        let message = w.store.set_transfer(w.alice, &id(name), state, local, at(ms)).await.unwrap()?;
        match message.content {
            MessageContent::File { file, .. } => Some(file.transfer),
            other => panic!("{other:?}"),
        }
    };
    let failed = TransferState::Failed { why: TransferFailure::TooLarge { limit: 7 } };
    assert_eq!(transfer("a", &failed, None, 20).await, Some(failed));
    let downloading = TransferState::Downloading { percent: 50 };
    assert_eq!(transfer("a", &downloading, None, 20).await, Some(TransferState::Remote), "progress is not kept");
    let copy = |name: &str| LocalFile { path: format!("/cache/{name}").into(), is_copy: true, size: 100 };
    for (name, ms) in [("b", 30), ("a", 40), ("c", 50)] {
        assert_eq!(transfer(name, &TransferState::Local, Some(&copy(name)), ms).await, Some(TransferState::Local));
    }
    let going = async |limit| {
        let files = w.store.copies_beyond(limit).await.unwrap();
        files.into_iter().map(|file| file.message.0).collect::<Vec<_>>()
    };
    assert_eq!(going(300).await, [""; 0]);
    assert_eq!(going(150).await, ["b", "a"]);
    transfer("b", &TransferState::Remote, None, 60).await;
    assert_eq!(going(150).await, ["a"]);
    assert_eq!(w.store.file(w.alice, &id("b")).await.unwrap().unwrap().local, None);
    assert_eq!(transfer("nothing", &TransferState::Remote, None, 60).await, None);
}
