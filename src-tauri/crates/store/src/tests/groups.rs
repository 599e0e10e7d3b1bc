//! Groups, their people, requests and notices; profiles, blocking, availability; receipts per member.

use confab_model::{
    Availability, Composed, Contact, ConversationKind, DeliveryState, Direction, Group, GroupMember, GroupNotice,
    GroupRequest, GroupRequestKind, GroupRole, GroupState, MessageContent, PresenceShow, Profile, Sender, Subscription,
};

use super::{World, archived, at, id, incoming, jid, world};
use crate::{ArchivePosition, DueMarker, Queued, ReceivedMessage, SearchQuery, StoreError};

const ROOM: &str = "room@conference.example.org";

fn group() -> Group {
    Group {
        jid: jid(ROOM),
        name: "Friends".into(),
        description: "of mine".into(),
        public: true,
        has_archive: true,
        shows_addresses: true,
        moderation: false,
        nickname: "Alice".into(),
        role: GroupRole::Owner,
        state: GroupState::Disconnected { detail: "gone".into() },
        avatar: Some("abc".into()),
        member_count: 2,
    }
}

fn person(name: &str) -> Sender {
    Sender {
        jid: Some(jid(&format!("{name}@example.org"))),
        nickname: name.to_owned(),
        occupant: Some(format!("o-{name}")),
    }
}

fn from(name: &str, who: &str, ms: i64) -> ReceivedMessage {
    ReceivedMessage {
        conversation: jid(ROOM),
        kind: ConversationKind::Group,
        sender: person(who),
        archive_id: Some(format!("R-{name}")),
        ..incoming(name, ms)
    }
}

async fn in_group() -> World {
    let w = world().await;
    w.store.put_group(w.alice, &group()).await.unwrap();
    w.store.open_group_conversation(w.alice, &jid(ROOM), at(1)).await.unwrap();
    w
}

#[tokio::test]
async fn groups_members_and_requests_come_back() {
    let w = world().await;
    let (alice, room) = (w.alice, jid(ROOM));
    let member = |name: &str, role| GroupMember { who: person(name), role, present: true, own: name == "alice" };
    let early = w.store.put_group_member(alice, &room, &member("bob", GroupRole::Member)).await;
    assert_eq!(early, Err(StoreError::Unknown("group")));
    w.store.put_group(alice, &group()).await.unwrap();
    let changed = Group { name: "Others".into(), state: GroupState::Joined, ..group() };
    w.store.put_group(alice, &changed).await.unwrap();
    assert_eq!(w.store.groups(alice).await.unwrap(), std::slice::from_ref(&changed));
    assert_eq!(w.store.group(alice, &room).await.unwrap(), Some(changed));
    let all = [member("bob", GroupRole::Member), member("alice", GroupRole::Owner), member("anna", GroupRole::Member)];
    w.store.replace_group_members(alice, &room, &all).await.unwrap();
    w.store.put_group_member(alice, &room, &member("bob", GroupRole::Admin)).await.unwrap();
    assert!(w.store.remove_group_member(alice, &room, &person("anna")).await.unwrap());
    let members = w.store.group_members(alice, &room).await.unwrap();
    assert_eq!(members, [member("alice", GroupRole::Owner), member("bob", GroupRole::Admin)]);
    let request = GroupRequest {
        group: room.clone(),
        kind: GroupRequestKind::Application,
        from: jid("eve@example.org"),
        name: "Friends".into(),
        text: "let me in".into(),
        received_at: at(9),
    };
    assert!(w.store.put_group_request(alice, &request).await.unwrap());
    assert!(!w.store.put_group_request(alice, &request).await.unwrap());
    let invitation = GroupRequest { kind: GroupRequestKind::Invitation, received_at: at(10), ..request.clone() };
    assert!(w.store.put_group_request(alice, &invitation).await.unwrap());
    assert_eq!(w.store.group_requests(alice).await.unwrap(), [invitation.clone(), request]);
    let (from, kind) = (&invitation.from, GroupRequestKind::Invitation);
    assert!(w.store.remove_group_request(alice, &room, from, kind).await.unwrap());
    assert!(!w.store.remove_group_request(alice, &room, from, kind).await.unwrap());
    assert!(w.store.remove_group(alice, &room).await.unwrap());
    assert_eq!(w.store.group_members(alice, &room).await.unwrap(), []);
}

#[tokio::test]
async fn a_groups_conversation_has_its_name_and_its_own_archive() {
    let w = in_group().await;
    let page = [crate::Arrived::Message(Box::new(archived(from("a", "bob", 10), "R-a")))];
    w.store.take_in(w.alice, &page, Some(ArchivePosition::Group(&jid(ROOM), "R-a"))).await.unwrap();
    assert_eq!(w.store.group_archive_position(w.alice, &jid(ROOM)).await.unwrap().as_deref(), Some("R-a"));
    assert_eq!(w.store.account(w.alice).await.unwrap().unwrap().archive_position, None);
    let conversation = w.store.conversation(w.alice, &jid(ROOM)).await.unwrap().unwrap();
    assert_eq!((conversation.kind, conversation.name.as_str()), (ConversationKind::Group, "Friends"));
    assert!(!conversation.is_request);
    assert_eq!(conversation.last.unwrap().sender, person("bob"));
    // A change of the group keeps the position.
    w.store.put_group(w.alice, &group()).await.unwrap();
    assert_eq!(w.store.group_archive_position(w.alice, &jid(ROOM)).await.unwrap().as_deref(), Some("R-a"));
}

#[tokio::test]
async fn notices_stand_between_messages_and_are_never_unread() {
    let w = in_group().await;
    w.receive(from("a", "bob", 10)).await;
    let notice = GroupNotice::Joined { who: person("carol") };
    let stored = w.store.add_notice(w.alice, &jid(ROOM), (&id("n"), &notice), at(20)).await.unwrap();
    assert_eq!(stored.message.content, MessageContent::Notice { notice: notice.clone() });
    assert_eq!(stored.conversation.last.unwrap().content, MessageContent::Notice { notice: notice.clone() });
    assert_eq!(stored.conversation.unread, 1);
    let again = w.store.add_notice(w.alice, &jid(ROOM), (&id("n"), &notice), at(99)).await.unwrap();
    assert_eq!(again.message, stored.message);
    w.store.settle_history(w.alice).await.unwrap();
    assert_eq!(w.store.unread(w.alice, &jid(ROOM)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_id_of_two_members_is_two_messages() {
    let w = in_group().await;
    let two = |who: &str, archive: &str| ReceivedMessage {
        id: id(archive),
        stanza_id: Some("1".into()),
        origin_id: Some("1".into()),
        archive_id: Some(archive.to_owned()),
        ..from("x", who, 10)
    };
    w.receive(two("bob", "R1")).await;
    w.receive(two("carol", "R2")).await;
    w.receive(two("bob", "R1")).await;
    let page = w.store.messages(w.alice, &jid(ROOM), None, 9).await.unwrap().messages;
    assert_eq!(page.iter().map(|message| message.sender.nickname.as_str()).collect::<Vec<_>>(), ["bob", "carol"]);
}

#[tokio::test]
async fn receipts_are_kept_per_member() {
    let w = in_group().await;
    let room = jid(ROOM);
    let whose = (&room, ConversationKind::Group);
    for (name, ms) in [("one", 10), ("two", 20)] {
        let text = Composed::text(name);
        w.store.queue(w.alice, whose, &id(name), (&text, &Queued::default()), at(ms)).await.unwrap();
        let reflection = ReceivedMessage {
            direction: Direction::Outgoing,
            sender: Sender { jid: Some(jid("alice@example.org")), ..person("alice") },
            stanza_id: Some(name.to_owned()),
            origin_id: Some(name.to_owned()),
            ..from(name, "alice", ms)
        };
        w.receive(reflection).await;
    }
    let delivered = w.store.receipt(w.alice, &room, &person("bob"), "one", at(30)).await.unwrap().unwrap();
    assert_eq!(delivered.delivery, DeliveryState::Delivered);
    assert_eq!(w.store.receipt(w.alice, &room, &person("carol"), "one", at(31)).await.unwrap(), None);
    // Markers name messages by the room's id, and cover the earlier ones.
    let read = w.store.read_marker(w.alice, &room, &person("carol"), "R-two", at(40)).await.unwrap();
    assert_eq!(read.iter().map(|message| message.id.0.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    let receipts = async |name: &str| {
        let receipts = w.store.message_receipts(w.alice, &id(name)).await.unwrap();
        let word = |receipt: &confab_model::MessageReceipt| {
            let ms = |time: Option<confab_model::Timestamp>| time.map_or(-1, |time| time.0);
            (receipt.by.nickname.clone(), ms(receipt.delivered_at), ms(receipt.read_at))
        };
        receipts.iter().map(word).collect::<Vec<_>>()
    };
    assert_eq!(receipts("one").await, [("bob".into(), 30, -1), ("carol".into(), 31, 40)]);
    assert_eq!(receipts("two").await, [("carol".into(), -1, 40)]);
    w.store.read_marker(w.alice, &room, &person("bob"), "R-one", at(50)).await.unwrap();
    assert_eq!(receipts("one").await, [("bob".into(), 30, 50), ("carol".into(), 31, 40)]);
    assert_eq!(receipts("nothing").await, []);
}

#[tokio::test]
async fn markers_of_groups_go_by_the_rooms_ids() {
    let w = in_group().await;
    w.receive(from("a", "bob", 10)).await;
    w.receive(from("b", "bob", 20)).await;
    w.store.mark_displayed(w.alice, &jid(ROOM), &id("a"), true).await.unwrap();
    let due = w.store.due_markers(w.alice).await.unwrap();
    assert_eq!(due, [DueMarker { conversation: jid(ROOM), stanza_id: "R-a".into() }]);
    assert_eq!(w.store.displayed_elsewhere(w.alice, &jid(ROOM), "s-b").await.unwrap(), None, "anybody's id");
    let read = w.store.displayed_elsewhere(w.alice, &jid(ROOM), "R-b").await.unwrap().unwrap();
    assert_eq!(read.unread, 0);
    assert!(w.store.due_markers(w.alice).await.unwrap().is_empty(), "the other device has told");
    // One that waits.
    w.store.displayed_elsewhere(w.alice, &jid(ROOM), "R-c").await.unwrap();
    w.receive(from("c", "bob", 30)).await;
    assert_eq!(w.store.conversation(w.alice, &jid(ROOM)).await.unwrap().unwrap().unread, 0);
}

#[tokio::test]
async fn a_search_in_a_group_finds_who_wrote() {
    let w = in_group().await;
    for n in 0..40 {
        let who = if n % 10 == 0 { "carol" } else { "bob" };
        w.receive(from(&format!("m{n:02}"), who, 10 + n)).await;
    }
    let query = SearchQuery {
        text: "text".into(),
        conversation: Some(jid(ROOM)),
        sender: Some(person("carol")),
        limit: 3,
        ..SearchQuery::default()
    };
    let names = async |query: &SearchQuery| {
        let found = w.store.find(w.alice, query).await.unwrap();
        found.into_iter().map(|message| message.id.0).collect::<Vec<_>>()
    };
    assert_eq!(names(&query).await, ["m30", "m20", "m10"]);
    let rest = SearchQuery { beyond: Some(id("m10")), ..query.clone() };
    assert_eq!(names(&rest).await, ["m00"]);
    let all = SearchQuery { text: String::new(), limit: 9, ..query };
    assert_eq!(names(&all).await, ["m30", "m20", "m10", "m00"]);
}

#[tokio::test]
async fn profiles_blocking_and_availability_come_back() {
    let w = world().await;
    let profile = |name: &str, avatar: Option<&str>, ms| Profile {
        jid: w.bob.clone(),
        name: name.to_owned(),
        avatar: avatar.map(str::to_owned),
        updated_at: Some(at(ms)),
    };
    assert!(!w.store.put_profile(w.alice, &profile("", None, 1)).await.unwrap(), "nothing is known before and after");
    assert!(w.store.put_profile(w.alice, &profile("Bob", Some("abc"), 2)).await.unwrap());
    assert!(!w.store.put_profile(w.alice, &profile("Bob", Some("abc"), 3)).await.unwrap());
    assert!(w.store.put_profile(w.alice, &profile("Bob", None, 4)).await.unwrap());
    assert_eq!(w.store.profile(w.alice, &w.bob).await.unwrap(), Some(profile("Bob", None, 4)));
    assert_eq!(w.store.profiles(w.alice).await.unwrap(), [profile("Bob", None, 4)]);
    let (eve, mallory) = (jid("eve@example.org"), jid("mallory@example.org"));
    w.store.replace_blocked(w.alice, &[mallory.clone(), eve.clone(), eve.clone()]).await.unwrap();
    w.store.set_blocked(w.alice, &mallory, false).await.unwrap();
    w.store.set_blocked(w.alice, &w.bob, true).await.unwrap();
    assert_eq!(w.store.blocked(w.alice).await.unwrap(), [w.bob.clone(), eve]);
    assert_eq!(w.store.availability(w.alice).await.unwrap(), Availability::default());
    let busy = Availability { do_not_disturb: true, until: Some(at(99)), status: "会议".into() };
    w.store.set_availability(w.alice, &busy).await.unwrap();
    assert_eq!(w.store.availability(w.alice).await.unwrap(), busy);
    let nobody = confab_model::AccountId(99);
    assert_eq!(w.store.set_availability(nobody, &busy).await, Err(StoreError::Unknown("account")));
}

/// Queues a text of alice in the group.
async fn queued(w: &World, name: &str, ms: i64) {
    let content = (&Composed::text(name), &Queued::default());
    w.store.queue(w.alice, (&jid(ROOM), ConversationKind::Group), &id(name), content, at(ms)).await.unwrap();
}

#[tokio::test]
async fn what_the_room_sent_back_is_sent_and_has_its_name() {
    let w = in_group().await;
    let room = jid(ROOM);
    queued(&w, "one", 10).await;
    assert_eq!(w.store.group_message(w.alice, &room, &id("one")).await.unwrap(), None, "not named yet");
    assert_eq!(w.store.mark_sent(w.alice, &id("one")).await.unwrap(), None, "the own server is not the room");
    let reflected =
        async |name: &str| w.store.reflected(w.alice, &room, &id(name), Some("R-one"), at(15)).await.unwrap();
    let sent = reflected("one").await.unwrap();
    let crate::Received::Updated(message) = sent else { panic!("{sent:?}") };
    assert_eq!((message.delivery, message.sent_at), (DeliveryState::Sent, at(10)), "in its place");
    assert_eq!(w.store.sending(w.alice, 0, 9).await.unwrap().entries, []);
    assert_eq!(
        w.store.group_message(w.alice, &room, &id("one")).await.unwrap(),
        Some(confab_model::WireId("R-one".into()))
    );
    assert!(matches!(reflected("one").await, Some(crate::Received::Known(_))));
    // One that was deleted here does not come back as an empty one.
    assert_eq!(w.store.reflected(w.alice, &room, &id("gone"), Some("R-2"), at(15)).await.unwrap(), None);
    assert_eq!(w.store.messages(w.alice, &room, None, 9).await.unwrap().messages.len(), 1);
}

/// A room that tells neither addresses nor occupant ids in its archive.
#[tokio::test]
async fn an_own_message_of_a_room_without_identities_is_not_doubled() {
    let w = in_group().await;
    queued(&w, "one", 10).await;
    let nameless = |nickname: &str, archive_id: &str| ReceivedMessage {
        sender: Sender { jid: None, nickname: nickname.to_owned(), occupant: None },
        stanza_id: Some("one".into()),
        origin_id: Some("one".into()),
        ..archived(from("x", "x", 10), archive_id)
    };
    // Somebody else with that id: another name.
    w.receive(nameless("Eve", "R-0")).await;
    w.receive(nameless("Alice", "R-1")).await;
    let page = w.store.messages(w.alice, &jid(ROOM), None, 9).await.unwrap().messages;
    let said: Vec<_> = page.iter().map(|m| (m.direction, m.sender.nickname.clone(), m.delivery.clone())).collect();
    let mut wanted = [
        (Direction::Outgoing, "Alice".to_owned(), DeliveryState::Sent),
        (Direction::Incoming, "Eve".to_owned(), DeliveryState::Delivered),
    ];
    if said[0].0 == Direction::Incoming {
        wanted.reverse();
    }
    assert_eq!(said, wanted);
    // Once it is known to be sent, nobody can take its place.
    w.receive(nameless("Alice", "R-2")).await;
    assert_eq!(w.store.messages(w.alice, &jid(ROOM), None, 9).await.unwrap().messages.len(), 3);
}

#[tokio::test]
async fn the_first_reading_of_a_group_leaves_unread_what_no_device_has_displayed() {
    let w = in_group().await;
    let room = jid(ROOM);
    let old = |name: &str, ms| ReceivedMessage { read: true, ..archived(from(name, "bob", ms), &format!("R-{name}")) };
    for (name, ms) in [("a", 10), ("b", 20), ("c", 30)] {
        w.receive(old(name, ms)).await;
    }
    assert_eq!(w.store.settle_group_history(w.alice, &room).await.unwrap(), None, "nobody knows: all is old");
    w.store.displayed_elsewhere(w.alice, &room, "R-a").await.unwrap();
    let settled = w.store.settle_group_history(w.alice, &room).await.unwrap().unwrap();
    assert_eq!((settled.unread, settled.first_unread), (2, Some(id("b"))));
    assert_eq!(w.store.settle_group_history(w.alice, &room).await.unwrap(), None);
}

#[tokio::test]
async fn a_page_of_the_list_brings_those_whom_it_shows() {
    let w = in_group().await;
    let contact = |name: &str| Contact {
        jid: jid(&format!("{name}@example.org")),
        name: name.to_owned(),
        subscription: Subscription::Both,
        requested: false,
        groups: vec!["Friends".to_owned()],
        presence: PresenceShow::Offline,
        status: String::new(),
    };
    let profile = |name: &str| Profile {
        jid: jid(&format!("{name}@example.org")),
        name: format!("{name} says"),
        avatar: Some("abc".to_owned()),
        updated_at: Some(at(5)),
    };
    let roster = ["bob", "carol", "dave", "erin"].map(contact);
    w.store.replace_roster(w.alice, &roster, None).await.unwrap();
    let other = w.store.add_account(&jid("other@example.org"), None, true).await.unwrap();
    w.store.put_contact(other, &Contact { name: "not this one".to_owned(), ..contact("bob") }, None).await.unwrap();
    for name in ["carol", "dave", "erin"] {
        assert!(w.store.put_profile(w.alice, &profile(name)).await.unwrap());
    }
    let away = Group { jid: jid("away@conference.example.org"), ..group() };
    w.store.put_group(w.alice, &away).await.unwrap();
    // Dave is in the list only as who wrote last; Erin's conversation is of another page.
    w.store.open_conversation(w.alice, &jid("erin@example.org"), at(1)).await.unwrap();
    w.receive(incoming("bob's", 20)).await;
    w.store.open_conversation(w.alice, &jid("carol@example.org"), at(25)).await.unwrap();
    w.receive(from("1", "carol", 29)).await;
    w.receive(from("2", "dave", 30)).await;

    let page = w.store.conversation_page(w.alice, None, 3, at(100)).await.unwrap();
    assert_eq!(page.contacts, ["bob", "carol", "dave"].map(contact));
    assert_eq!(page.profiles, ["carol", "dave"].map(profile));
    assert_eq!(page.groups, [group()]);
    let rest = w.store.conversation_page(w.alice, page.next.as_deref(), 3, at(100)).await.unwrap();
    assert_eq!((rest.contacts, rest.profiles, rest.groups), (vec![contact("erin")], vec![profile("erin")], vec![]));
}
