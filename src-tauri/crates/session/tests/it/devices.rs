//! What servers keep for an account: read marks, blocking, profiles, availability, places for files, password.

use confab_model::{Availability, Change, Composed, ConversationKind, Pii, PresenceShow, WireId};
use confab_session::{
    Displayed, OutgoingContent, OutgoingMessage, Picture, ProfileChange, ServerFeatures, SessionEvent, UploadError,
};

use super::*;

on_both_servers!(
    read_marks_and_availability_on_two_devices,
    profiles_of_contacts,
    blocked_people_are_not_heard,
    changes_of_messages_and_a_place_for_a_file,
    password_and_removal,
);

async fn two_devices(server: &LocalServer) -> (User, User) {
    let alice = User::online(server, "alice").await;
    let mut config = User::config(server, "alice");
    config.resource = Some("confab.other".to_owned());
    (alice, User::online_at(server, config, address(server)).await)
}

async fn read_marks_and_availability_on_two_devices(kind: Kind) {
    let server = start(kind);
    let (alice, mut other) = two_devices(&server).await;
    let displayed = |name: &str, id: &str| Displayed {
        conversation: format!("{name}@{}", server.domain()).parse().unwrap(),
        kind: ConversationKind::Direct,
        archive_id: id.to_owned(),
    };
    for (name, id) in [("bob", "1"), ("carol", "2"), ("bob", "3")] {
        alice.handle.publish_displayed(&displayed(name, id)).await.unwrap();
        // What was there before may be told again.
        let mark = SessionEvent::DisplayedUpTo(displayed(name, id));
        other.until("a mark", |event| (*event == mark).then_some(())).await;
    }
    let busy = Availability { do_not_disturb: true, until: None, status: "busy".to_owned() };
    alice.handle.set_availability(busy.clone()).await.unwrap();
    let availability = |event: &SessionEvent| match event {
        SessionEvent::AvailabilityChanged(availability) => Some(availability.clone()),
        _ => None,
    };
    assert_eq!(other.until("the availability", availability).await, busy);
    other.handle.sign_out().await;

    // A device that was not there hears all of it; in which order is the server's.
    let mut config = User::config(&server, "alice");
    config.resource = Some("confab.third".to_owned());
    let connector = User::connector(&server, &config, address(&server));
    let mut third = User::spawn(config, connector);
    let (mut marks, mut known) = (Vec::new(), None);
    while marks.len() < 2 || known.is_none() {
        match timeout(LIMIT, third.events.recv()).await.unwrap().unwrap() {
            SessionEvent::DisplayedUpTo(mark) => marks.push(mark),
            SessionEvent::AvailabilityChanged(availability) => known = Some(availability),
            _ => {}
        }
    }
    marks.sort_by_key(|mark| mark.conversation.clone());
    assert_eq!(marks, [displayed("bob", "3"), displayed("carol", "2")]);
    assert_eq!(known, Some(busy));
}

async fn profiles_of_contacts(kind: Kind) {
    let server = start(kind);
    let mut alice = User::online(&server, "alice").await;
    let mut bob = User::online(&server, "bob").await;
    befriend(&mut alice, &mut bob).await;
    // ejabberd notes what a contact wants to be told when they become available and are one already.
    bob.handle.sign_out().await;
    let mut bob = User::online(&server, "bob").await;
    let here = |event: &SessionEvent| match event {
        SessionEvent::ContactChanged { contact, .. } => (contact.presence == PresenceShow::Online).then_some(()),
        _ => None,
    };
    alice.until("Bob's presence", here).await;
    alice.handle.set_nickname("Ann").await.unwrap();
    // 1×1 PNG.
    let picture = Picture { media_type: "image/png".to_owned(), bytes: png() };
    let id = alice.handle.set_avatar(Some(&picture), (1, 1)).await.unwrap().unwrap();
    let (mut name, mut avatar) = (None, None);
    while name.is_none() || avatar.is_none() {
        let change = bob
            .until("a profile", |event| match event {
                SessionEvent::ProfileChanged(update) if update.jid == alice.jid => Some(update.change.clone()),
                _ => None,
            })
            .await;
        match change {
            ProfileChange::Nickname(nickname) => name = Some(nickname),
            ProfileChange::Avatar(info) => avatar = info,
        }
    }
    assert_eq!((name.as_deref(), avatar.map(|info| info.id)), (Some("Ann"), Some(id.clone())));
    let profile = bob.handle.profile(&alice.jid).await.unwrap();
    assert_eq!((profile.name.as_str(), profile.avatar.map(|info| info.id)), ("Ann", Some(id.clone())));
    assert_eq!(bob.handle.avatar(&alice.jid, &id).await.unwrap().unwrap().bytes, picture.bytes);
    assert_eq!(bob.handle.avatar(&alice.jid, &"0".repeat(40)).await.unwrap(), None);
    assert_eq!(alice.handle.set_avatar(None, (0, 0)).await.unwrap(), None);
    bob.until("no picture", |event| match event {
        SessionEvent::ProfileChanged(update) if update.change == ProfileChange::Avatar(None) => Some(()),
        _ => None,
    })
    .await;
}

fn png() -> Vec<u8> {
    let bytes = "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360000002000001 \
        e221bc330000000049454e44ae426082";
    let digits: Vec<u8> = bytes.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

async fn blocked_people_are_not_heard(kind: Kind) {
    let server = start(kind);
    let (mut alice, mut other) = two_devices(&server).await;
    let bob = User::online(&server, "bob").await;
    let blocked = |event: &SessionEvent| match event {
        SessionEvent::BlockedChanged { blocked } => Some(blocked.clone()),
        _ => None,
    };
    for user in [&mut alice, &mut other] {
        assert_eq!(user.until("who is blocked", blocked).await, []);
    }
    alice.handle.block(bob.jid.clone(), None).await.unwrap();
    for user in [&mut alice, &mut other] {
        assert_eq!(user.until("who is blocked", blocked).await, vec![bob.jid.clone()]);
    }
    bob.says(&alice.jid, "blocked").await;
    // The server has it before Alice lets Bob through again.
    bob.handle.probe().await.unwrap();
    alice.handle.unblock(bob.jid.clone()).await.unwrap();
    for user in [&mut alice, &mut other] {
        assert_eq!(user.until("who is blocked", blocked).await, []);
    }
    bob.says(&alice.jid, "heard").await;
    let first = alice
        .until("a message", |event| match event {
            SessionEvent::MessageReceived(message) => Some(message.content.clone()),
            _ => None,
        })
        .await;
    assert_eq!(first, Composed::text("heard"));
}

async fn changes_of_messages_and_a_place_for_a_file(kind: Kind) {
    let server = start(kind);
    let mut alice = User::online(&server, "alice").await;
    let mut bob = User::online(&server, "bob").await;
    let id = alice.says(&bob.jid, "helo").await;
    bob.hears("helo").await;
    let changes = [
        Change::Edit(Box::new(Composed::text("hello"))),
        Change::React { emojis: vec!["👍".to_owned()] },
        Change::Recall,
    ];
    let mut sent = Vec::new();
    for change in &changes {
        let content = OutgoingContent::Change { of: WireId(id.0.clone()), change: change.clone() };
        let message =
            OutgoingMessage { id: MessageId::random(), to: bob.jid.clone(), kind: ConversationKind::Direct, content };
        sent.push(message.id.clone());
        alice.handle.send_message(message).await.unwrap();
        let amended = bob
            .until("a change", |event| match event {
                SessionEvent::MessageAmended(amendment) => Some((**amendment).clone()),
                _ => None,
            })
            .await;
        assert_eq!((&amended.of.0, &amended.change, amended.by.jid), (&id.0, change, Some(alice.jid.clone())));
        assert!(amended.archive_id.is_some(), "it is in the archive");
    }
    alice.sent(sent.last().unwrap()).await;
    // All of it is there for a device that was not.
    let page = bob.handle.older_messages(alice.jid.clone(), None).await.unwrap();
    assert_eq!(page.messages.iter().map(|message| &message.id).collect::<Vec<_>>(), [&id]);
    assert_eq!(
        page.amendments.iter().map(|amendment| &amendment.id).collect::<Vec<_>>(),
        sent.iter().collect::<Vec<_>>()
    );

    let services = alice.handle.services().await;
    let (_, limit) = services.upload.expect("a place for files");
    assert!(services.groups.is_some(), "a place for groups");
    let slot = alice.handle.upload_slot("a b&ü.txt", 5, "text/plain").await.unwrap();
    assert!(slot.put_url.starts_with("https://") && slot.get_url.starts_with("https://"));
    let limit = limit.expect("a limit");
    let too_large = alice.handle.upload_slot("a", limit + 1, "text/plain").await;
    assert_eq!(too_large, Err(UploadError::TooLarge { limit: Some(limit) }));
}

async fn password_and_removal(kind: Kind) {
    let server = start(kind);
    let alice = User::online(&server, "alice").await;
    alice.handle.change_password(Pii("better".to_owned())).await.unwrap();
    let mut config = User::config(&server, "alice");
    config.password = Some(Pii("better".to_owned()));
    config.resource = Some("confab.other".to_owned());
    let mut other = User::online_at(&server, config.clone(), address(&server)).await;
    other.handle.remove_account().await.unwrap();
    other.state("offline", |state| *state == ConnectionState::Offline).await;
    let connector = User::connector(&server, &config, address(&server));
    let mut gone = User::spawn(config, connector);
    gone.state("a refusal", |state| matches!(state, ConnectionState::Failed { .. })).await;
}

/// Prosody has none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_found_in_the_directory_of_ejabberd() {
    let server = start(Kind::Ejabberd);
    let alice = User::online(&server, "alice").await;
    let card = "<vCard xmlns='vcard-temp'><FN>Alice Liddell</FN><NICKNAME>Ally</NICKNAME></vCard>";
    alice.handle.iq_set(None, card.parse().unwrap()).await.unwrap();
    let mut bob = User::online(&server, "bob").await;
    bob.until("a directory", |event| match event {
        SessionEvent::ServerFeaturesKnown(features) => features.directory.then_some(()),
        _ => None,
    })
    .await;
    for name in ["alice", "Alice L", "ally"] {
        let found = bob.handle.search_directory(name).await.unwrap();
        assert_eq!(
            found.first().map(|person| (&person.jid, person.name.as_str())),
            Some((&alice.jid, "Alice Liddell"))
        );
    }
    assert_eq!(bob.handle.search_directory("nobody").await.unwrap(), []);
}

/// What both servers have, so that tests of it mean something.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_servers_offer_everything() {
    for kind in [Kind::Prosody, Kind::Ejabberd] {
        let server = start(kind);
        let config = User::config(&server, "alice");
        let connector = User::connector(&server, &config, address(&server));
        let mut alice = User::spawn(config, connector);
        let features = alice
            .until("all of the server", |event| match event {
                SessionEvent::ServerFeaturesKnown(features) if features.upload && features.groups => Some(*features),
                _ => None,
            })
            .await;
        let ServerFeatures { blocking, personal_eventing, archive, carbons, max_upload, .. } = features;
        assert!(blocking && personal_eventing && archive && carbons && max_upload.is_some(), "{features:?}");
    }
}
