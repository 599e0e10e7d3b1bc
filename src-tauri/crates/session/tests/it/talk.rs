//! Contacts, messages, other devices, the archive.

use confab_model::FailureWhy;
use confab_session::{MessageSource, SessionEvent};

use super::*;

on_both_servers!(contacts_and_messages, catch_up_without_gaps_or_doubles, second_device, bounce);

async fn contacts_and_messages(kind: Kind) {
    let server = start(kind);
    let mut alice = User::online(&server, "alice").await;
    let mut bob = User::online(&server, "bob").await;
    befriend(&mut alice, &mut bob).await;

    let id = alice.says(&bob.jid, "hello").await;
    let heard = bob.hears("hello").await;
    assert_eq!((&heard.id, &heard.sender.jid, heard.own), (&id, &Some(alice.jid.clone()), false));
    assert!(heard.archive_id.is_some(), "the server's archive id");
    assert!(heard.markable);
    alice.sent(&id).await;
    alice.delivered(&id).await;
    bob.handle.send_displayed(alice.jid.clone(), id.clone()).await.unwrap();
    let by = alice
        .until("a marker", |event| match event {
            SessionEvent::MessageDisplayed(by) => Some(by.clone()),
            _ => None,
        })
        .await;
    assert_eq!((by.message, by.by), (id, bob.jid.clone()));

    let device = bob.handle.devices(alice.jid.clone()).await.first().unwrap().jid.clone();
    assert!(bob.handle.speaks(device.clone(), "urn:xmpp:receipts").await);
    assert!(!bob.handle.speaks(device, "urn:example:nothing").await);
    let round_trip = alice.handle.probe().await.unwrap();
    assert!(round_trip < Duration::from_secs(1), "{round_trip:?}");

    alice.handle.rename_contact(bob.jid.clone(), "Robert".to_owned()).await.unwrap();
    assert_eq!(alice.handle.contacts(true).await.unwrap()[0].name, "Robert");
    alice.handle.remove_contact(bob.jid.clone()).await.unwrap();
    assert_eq!(alice.handle.contacts(true).await.unwrap(), vec![]);
}

async fn catch_up_without_gaps_or_doubles(kind: Kind) {
    let server = start(kind);
    let mut alice = User::online(&server, "alice").await;
    let mut bob = User::online(&server, "bob").await;
    befriend(&mut alice, &mut bob).await;
    alice.says(&bob.jid, "before").await;
    let before = bob.hears("before").await;
    bob.until("the position", |event| matches!(event, SessionEvent::ArchiveReached { .. }).then_some(())).await;
    let position = bob.archive.clone();
    assert_eq!(position, before.archive_id);
    let before_id = before.id;
    bob.handle.sign_out().await;

    // More than a page.
    let mut ids = Vec::new();
    for number in 0..130 {
        ids.push(alice.says(&bob.jid, &format!("missed {number}")).await);
    }
    alice.sent(ids.last().unwrap()).await;

    let mut config = User::config(&server, "bob");
    config.last_archive_id = position;
    let connector = User::connector(&server, &config, address(&server));
    let mut bob = User::spawn(config, connector);
    let mut archived = Vec::new();
    loop {
        let event = timeout(LIMIT, bob.events.recv()).await.unwrap().unwrap();
        match event {
            SessionEvent::MessageReceived(message) if message.source == MessageSource::Archive => {
                bob.handle.send_receipt(message.receipt.unwrap()).await;
                archived.push(message.id);
            }
            SessionEvent::ConnectionChanged(ConnectionState::Online { catching_up: false }) => break,
            _ => {}
        }
    }
    assert_eq!(archived, ids);
    alice.delivered(ids.last().unwrap()).await;

    // Reads all of it again from the newest backwards; the receipts in between are not messages.
    let (mut history, mut before) = (Vec::new(), None);
    loop {
        let page = bob.handle.older_messages(alice.jid.clone(), before).await.unwrap();
        history.splice(0..0, page.messages.into_iter().map(|message| message.id));
        before = page.first;
        if page.complete {
            break;
        }
    }
    ids.insert(0, before_id);
    assert_eq!(history, ids);
}

async fn second_device(kind: Kind) {
    let server = start(kind);
    let mut alice = User::online(&server, "alice").await;
    let mut bob = User::online(&server, "bob").await;
    befriend(&mut alice, &mut bob).await;
    let mut config = User::config(&server, "alice");
    config.resource = Some("confab.other".to_owned());
    let mut other = User::online_at(&server, config, address(&server)).await;

    let id = alice.says(&bob.jid, "from one").await;
    let copy = other.hears("from one").await;
    assert_eq!((copy.own, copy.id, copy.conversation), (true, id, bob.jid.clone()));
    bob.says(&alice.jid, "to both").await;
    assert!(!alice.hears("to both").await.own);
    let copy = other.hears("to both").await;
    other.handle.send_displayed(bob.jid.clone(), copy.id.clone()).await.unwrap();
    let read = alice
        .until("what the other device read", |event| match event {
            SessionEvent::DisplayedElsewhere { conversation, up_to } => Some((conversation.clone(), up_to.clone())),
            _ => None,
        })
        .await;
    assert_eq!(read, (bob.jid.clone(), copy.id));
}

async fn bounce(kind: Kind) {
    let server = start(kind);
    let mut alice = User::online(&server, "alice").await;
    let nobody: BareJid = format!("nobody@{}", server.domain()).parse().unwrap();
    let id = alice.says(&nobody, "anybody?").await;
    let why = alice
        .until("a bounce", |event| match event {
            SessionEvent::MessageFailed { id: failed, why, .. } if *failed == id => Some(why.clone()),
            _ => None,
        })
        .await;
    // Servers do not tell who has no account.
    assert!(matches!(why, FailureWhy::Refused { .. } | FailureWhy::NoSuchAddress), "{why:?}");
}
