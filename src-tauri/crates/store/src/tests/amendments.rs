//! Edits, recalls and reactions: who may, which holds, in any order, and what is left of a recalled message.

use confab_model::{
    Change, Composed, ConversationKind, DeliveryState, Direction, Group, GroupRole, GroupState, Mention, Mentioned,
    Message, MessageBody, MessageContent, Sender, SharedFile, WireId,
};

use super::{World, archived, at, id, incoming, jid, outgoing, text_of, world};
use crate::{
    Amended, ArchivePosition, Arrived, LocalFile, Received, ReceivedAmendment, ReceivedMessage, ShownFile, Taken,
};

fn change(name: &str, of: &str, change: Change, ms: i64) -> ReceivedAmendment {
    ReceivedAmendment {
        id: id(name),
        conversation: jid("bob@example.org"),
        kind: ConversationKind::Direct,
        by: Sender::person(jid("bob@example.org")),
        own: false,
        of: WireId(of.to_owned()),
        change,
        shown: None,
        at: at(ms),
    }
}

fn own(amendment: ReceivedAmendment) -> ReceivedAmendment {
    ReceivedAmendment { by: Sender::person(jid("alice@example.org")), own: true, ..amendment }
}

fn edit(text: &str) -> Change {
    Change::Edit(Box::new(Composed::text(text)))
}

fn react(emojis: &[&str]) -> Change {
    Change::React { emojis: emojis.iter().map(|emoji| (*emoji).to_owned()).collect() }
}

async fn take(w: &World, amendment: ReceivedAmendment) -> Amended {
    let arrived = [Arrived::Amendment(Box::new(amendment))];
    match w.store.take_in(w.alice, &arrived, None).await.unwrap().remove(0) {
        Taken::Amendment(amended) => *amended,
        Taken::Message(_) => panic!("no message was sent"),
    }
}

fn message(amended: Amended) -> Message {
    match amended {
        Amended::Changed { message, .. } => *message,
        other => panic!("{other:?}"),
    }
}

async fn now(w: &World, name: &str) -> Message {
    w.store.message(w.alice, &id(name)).await.unwrap().unwrap()
}

async fn found(w: &World, query: &str) -> usize {
    w.store.search(w.alice, query, None, None, 100).await.unwrap().len()
}

/// `emoji: people (+ own)` in order.
fn reactions(message: &Message) -> Vec<String> {
    let name = |who: &Sender| who.jid.as_ref().map_or(who.nickname.clone(), |jid| jid.node().unwrap().to_string());
    let all = message.reactions.iter().map(|reaction| {
        let by: Vec<_> = reaction.by.iter().map(name).collect();
        format!("{} {}{}", reaction.emoji, by.join(" "), if reaction.own { " +" } else { "" })
    });
    all.collect()
}

#[tokio::test]
async fn the_newest_edit_holds_and_the_place_stays() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    w.receive(incoming("b", 20)).await;
    let edited = message(take(&w, change("e2", "s-a", edit("second 会"), 200)).await);
    assert_eq!((text_of(&edited), edited.edited_at, edited.sent_at), ("second 会", Some(at(200)), at(10)));
    assert_eq!(take(&w, change("e1", "s-a", edit("first"), 100)).await, Amended::Old);
    assert_eq!(take(&w, change("e2", "s-a", edit("second"), 200)).await, Amended::Old, "the same again");
    let same_time = take(&w, change("e3", "s-a", edit("third"), 200)).await;
    assert_eq!(text_of(&message(same_time)), "third", "the id decides");
    assert_eq!((found(&w, "third").await, found(&w, "second").await, found(&w, "会").await), (1, 0, 0));
    assert_eq!(found(&w, "text of a").await, 0);
    let page = w.store.messages(w.alice, &w.bob, None, 10).await.unwrap().messages;
    assert_eq!(page.iter().map(|message| message.id.0.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(w.unread().await, (2, Some("a".into())));
}

#[tokio::test]
async fn nobody_else_changes_a_message() {
    let w = world().await;
    w.receive(incoming("in", 10)).await;
    w.receive(outgoing("out", 20)).await;
    let before = w.store.messages(w.alice, &w.bob, None, 10).await.unwrap();
    // Bob changes mine, I (a forged carbon) change bob's.
    for forged in [edit("forged"), Change::Recall, Change::Moderated { reason: String::new() }] {
        assert_eq!(take(&w, change("f1", "out", forged.clone(), 100)).await, Amended::Refused);
        assert_eq!(take(&w, change("f2", "out", forged.clone(), 100)).await, Amended::Refused);
        assert_eq!(take(&w, own(change("f3", "s-in", forged, 100))).await, Amended::Refused);
    }
    // Somebody else, in the same conversation or in the own one.
    let mallory = Sender::person(jid("mallory@example.org"));
    let forged = ReceivedAmendment { by: mallory.clone(), ..change("f4", "s-in", Change::Recall, 100) };
    assert_eq!(take(&w, forged).await, Amended::Refused);
    let elsewhere = ReceivedAmendment {
        conversation: jid("mallory@example.org"),
        by: mallory,
        ..change("f5", "s-in", edit("x"), 9)
    };
    assert_eq!(take(&w, elsewhere).await, Amended::Waiting, "no such message of theirs");
    assert_eq!(w.store.messages(w.alice, &w.bob, None, 10).await.unwrap(), before);
}

#[tokio::test]
async fn of_two_messages_with_one_id_the_authors_is_meant() {
    let w = world().await;
    w.receive(ReceivedMessage { stanza_id: Some("1".into()), ..incoming("theirs", 10) }).await;
    w.receive(outgoing("1", 20)).await;
    assert_eq!(message(take(&w, change("e", "1", edit("by bob"), 100)).await).id, id("theirs"));
    assert_eq!(message(take(&w, own(change("r", "1", Change::Recall, 100))).await).id, id("1"));
}

#[tokio::test]
async fn nothing_is_left_of_a_recalled_message() {
    let w = world().await;
    w.receive(incoming("before", 5)).await;
    let file = SharedFile {
        name: "secret plan.png".into(),
        media_type: "image/png".into(),
        size: Some(10),
        urls: vec!["https://example.org/f".to_owned().into()],
        sha256: None,
        width: 1,
        height: 1,
        duration_ms: 0,
        voice: None,
        thumbnail: None,
    };
    let content = Composed::of(MessageBody::File { file: Box::new(file), caption: "look 会议".to_owned().into() });
    let shown = ShownFile { name: "secret plan.png".into(), thumbnail: Some("data:image/png;base64,AAAA".into()) };
    w.receive(ReceivedMessage { content, shown: Some(shown), ..incoming("a", 10) }).await;
    w.receive(incoming("after", 20)).await;
    let copy = LocalFile { path: "/cache/copy.png".into(), is_copy: true, size: 10 };
    let local = confab_model::TransferState::Local;
    w.store.set_transfer(w.alice, &id("a"), &local, Some(&copy), at(11)).await.unwrap().unwrap();
    take(&w, change("r", "s-a", react(&["👍"]), 15)).await;
    assert_eq!((found(&w, "plan").await, found(&w, "会").await, w.unread().await.0), (1, 1, 3));

    let Amended::Changed { message, files } = take(&w, change("x", "s-a", Change::Recall, 100)).await else { panic!() };
    assert_eq!(files, [copy.path]);
    assert_eq!((message.delivery, &message.content), (DeliveryState::Recalled, &MessageContent::Recalled));
    assert_eq!((message.reactions.len(), message.sent_at), (0, at(10)));
    assert_eq!((found(&w, "plan").await, found(&w, "会").await), (0, 0));
    assert_eq!(w.unread().await, (2, Some("before".into())));
    let bytes = sqlx::query_scalar::<_, String>(
        "SELECT group_concat(quote(body) || quote(details) || quote(encryption) || quote(ciphertext) || quote(search_id))
            || (SELECT count(*) FROM attachments) || (SELECT count(*) FROM reactions) FROM messages WHERE uid = 'a'",
    )
    .fetch_one(&w.store.readers)
    .await
    .unwrap();
    assert_eq!(bytes, "''NULLNULLNULLNULL00");
    for later in [edit("again"), react(&["👍"]), Change::Recall] {
        assert_eq!(take(&w, change("z", "s-a", later, 300)).await, Amended::Old);
    }
    // The archive brings the first version again.
    w.receive(archived(incoming("a", 10), "A1")).await;
    assert_eq!(now(&w, "a").await.content, MessageContent::Recalled);
    w.store.check().await.unwrap();
}

#[tokio::test]
async fn the_list_shows_that_the_last_message_was_recalled() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    take(&w, change("x", "s-a", Change::Recall, 100)).await;
    let conversation = w.store.conversation(w.alice, &w.bob).await.unwrap().unwrap();
    let last = conversation.last.unwrap();
    assert_eq!((last.content, last.delivery), (MessageContent::Recalled, DeliveryState::Recalled));
    assert_eq!((conversation.unread, conversation.first_unread, conversation.updated_at), (0, None, at(10)));
}

#[tokio::test]
async fn reactions_of_a_person_replace_each_other_by_time() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    take(&w, change("r2", "s-a", react(&["👍", "❤️", "👍", "", &"x".repeat(65)]), 200)).await;
    take(&w, own(change("o1", "s-a", react(&["👍"]), 150))).await;
    assert_eq!(reactions(&now(&w, "a").await), ["👍 alice bob +", "❤️ bob"]);
    assert_eq!(take(&w, change("r1", "s-a", react(&["😀"]), 100)).await, Amended::Old);
    take(&w, change("r3", "s-a", react(&["🎉", "❤️"]), 300)).await;
    assert_eq!(reactions(&now(&w, "a").await), ["👍 alice +", "❤️ bob", "🎉 bob"], "by first use");
    take(&w, change("r4", "s-a", react(&[]), 400)).await;
    assert_eq!(take(&w, change("r3", "s-a", react(&["🎉"]), 300)).await, Amended::Old, "taken back stays so");
    assert_eq!(reactions(&now(&w, "a").await), ["👍 alice +"]);
    let many: Vec<String> = (0..50).map(|n| format!("e{n:02}")).collect();
    take(&w, change("r5", "s-a", Change::React { emojis: many }, 500)).await;
    assert_eq!(now(&w, "a").await.reactions.len(), 21);
}

#[tokio::test]
async fn changes_that_come_first_wait_for_their_message() {
    let w = world().await;
    let early = [
        change("e1", "s-a", edit("first"), 100),
        change("e2", "s-a", edit("second"), 200),
        change("r", "s-a", react(&["👍"]), 300),
        own(change("f", "s-a", edit("forged"), 900)),
        change("x", "s-b", Change::Recall, 100),
    ];
    for amendment in early {
        assert_eq!(take(&w, amendment).await, Amended::Waiting);
    }
    let Received::Added(a) = w.receive(incoming("a", 10)).await else { panic!() };
    assert_eq!((text_of(&a), reactions(&a)), ("second", vec!["👍 bob".to_owned()]));
    let b = w.receive(incoming("b", 20)).await;
    assert_eq!(b.message().content, MessageContent::Recalled);
    assert!(!b.is_news());
    assert_eq!(w.unread().await, (1, Some("a".into())));
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM early_amendments").fetch_one(&w.store.readers).await.unwrap();
    assert_eq!(left, 1, "the forged one goes with the oldest");
}

#[tokio::test]
async fn any_order_ends_the_same() {
    let amendments = || {
        [
            change("e1", "s-a", edit("first"), 100),
            change("e2", "s-a", edit("second"), 200),
            change("r1", "s-a", react(&["👍"]), 120),
            change("r2", "s-a", react(&["❤️"]), 220),
        ]
    };
    let mut ends = Vec::new();
    for n in (0..120_usize).step_by(7) {
        let mut arrived: Vec<Arrived> = amendments().into_iter().map(|a| Arrived::Amendment(Box::new(a))).collect();
        arrived.push(Arrived::Message(Box::new(incoming("a", 10))));
        // The n-th order of five.
        let mut order = Vec::new();
        let mut rest = n;
        for left in (1..=5).rev() {
            order.push(arrived.remove(rest % left));
            rest /= left;
        }
        let w = world().await;
        w.store.take_in(w.alice, &order, None).await.unwrap();
        ends.push(now(&w, "a").await);
    }
    ends.dedup();
    assert_eq!(ends.len(), 1, "{ends:#?}");
    assert_eq!((text_of(&ends[0]), reactions(&ends[0])), ("second", vec!["❤️ bob".to_owned()]));
}

#[tokio::test]
async fn what_waits_is_bounded() {
    let w = world().await;
    let all: Vec<_> = (0..250)
        .map(|n| Arrived::Amendment(Box::new(change(&format!("c{n}"), &format!("nowhere{n}"), Change::Recall, n))))
        .collect();
    w.store.take_in(w.alice, &all, None).await.unwrap();
    w.store.take_in(w.alice, &all[240..], None).await.unwrap();
    let kept: (i64, String) =
        sqlx::query_as("SELECT count(*), min(wire) FROM early_amendments").fetch_one(&w.store.readers).await.unwrap();
    assert_eq!(kept, (100, "nowhere150".to_owned()));
}

/// In a group somebody floods with changes of nothing, and repeats the ids of what others did.
#[tokio::test]
async fn nobody_pushes_out_or_stands_in_for_the_changes_of_others() {
    let w = world().await;
    let in_room = |amendment: ReceivedAmendment, who: &str| ReceivedAmendment {
        conversation: jid(ROOM),
        kind: ConversationKind::Group,
        by: member(who, Some(who)),
        ..amendment
    };
    take(&w, in_room(change("e1", "s-a", edit("forged"), 900), "eve")).await;
    take(&w, in_room(change("e1", "s-a", edit("mended"), 100), "bob")).await;
    take(&w, in_room(change("r1", "R-b", Change::Recall, 101), "bob")).await;
    let flood: Vec<_> = (0..300)
        .map(|n| change(&format!("c{n}"), &format!("nowhere{n}"), Change::Recall, n))
        .map(|amendment| Arrived::Amendment(Box::new(in_room(amendment, "eve"))))
        .collect();
    w.store.take_in(w.alice, &flood, None).await.unwrap();
    let said = |name: &str, ms| ReceivedMessage {
        conversation: jid(ROOM),
        kind: ConversationKind::Group,
        sender: member("bob", Some("bob")),
        ..archived(incoming(name, ms), &format!("R-{name}"))
    };
    assert_eq!(text_of(w.receive(said("a", 10)).await.message()), "mended");
    assert_eq!(w.receive(said("b", 20)).await.message().content, MessageContent::Recalled);
    // Many messages with the id of somebody else's do not keep that from being changed.
    for n in 0..40 {
        let copy = ReceivedMessage {
            stanza_id: Some("s-a".into()),
            origin_id: None,
            sender: member("eve", Some("eve")),
            archive_id: Some(format!("E{n}")),
            ..said(&format!("copy{n}"), 30 + n)
        };
        w.receive(copy).await;
    }
    let mended = message(take(&w, in_room(change("e2", "s-a", edit("again"), 2_000), "bob")).await);
    assert_eq!((text_of(&mended), mended.sender.occupant.as_deref()), ("again", Some("bob")));
    let own = take(&w, in_room(change("e3", "s-a", edit("mine"), 3_000), "eve")).await;
    assert_eq!(message(own).sender.occupant.as_deref(), Some("eve"), "each changes their own");
    assert_eq!(take(&w, in_room(change("e4", "s-a", Change::Recall, 4_000), "mallory")).await, Amended::Waiting);
}

#[tokio::test]
async fn a_page_is_taken_whole_with_its_position() {
    let w = world().await;
    let page = [
        Arrived::Message(Box::new(archived(incoming("a", 10), "A1"))),
        Arrived::Amendment(Box::new(change("e", "s-a", edit("edited"), 11))),
        Arrived::Message(Box::new(archived(incoming("b", 20), "A2"))),
    ];
    let taken = w.store.take_in(w.alice, &page, Some(ArchivePosition::Own("A2"))).await.unwrap();
    assert_eq!(taken.len(), 3);
    assert_eq!(w.store.account(w.alice).await.unwrap().unwrap().archive_position.as_deref(), Some("A2"));
    assert_eq!(text_of(&now(&w, "a").await), "edited");
    // The same page again changes nothing.
    let again = w.store.take_in(w.alice, &page, None).await.unwrap();
    assert!(again.iter().all(|taken| match taken {
        Taken::Message(received) => matches!(**received, Received::Known(_)),
        Taken::Amendment(amended) => **amended == Amended::Old,
    }));
}

#[tokio::test]
async fn an_edit_of_a_strangers_message_is_cut_like_the_message() {
    let w = world().await;
    w.receive(incoming("a", 10)).await;
    let long = message(take(&w, change("e", "s-a", edit(&"会".repeat(9_000)), 100)).await);
    assert_eq!(text_of(&long).chars().count(), 4_001);
}

const ROOM: &str = "room@conference.example.org";

fn member(name: &str, occupant: Option<&str>) -> Sender {
    Sender { jid: None, nickname: name.to_owned(), occupant: occupant.map(str::to_owned) }
}

fn in_room(name: &str, who: Sender, ms: i64) -> ReceivedMessage {
    ReceivedMessage {
        conversation: jid(ROOM),
        kind: ConversationKind::Group,
        sender: who,
        archive_id: Some(format!("R-{name}")),
        ..incoming(name, ms)
    }
}

fn room_change(name: &str, of: &str, by: Sender, what: Change, ms: i64) -> ReceivedAmendment {
    ReceivedAmendment { conversation: jid(ROOM), kind: ConversationKind::Group, by, ..change(name, of, what, ms) }
}

async fn in_group() -> World {
    let w = world().await;
    let group = Group {
        jid: jid(ROOM),
        name: "Friends".into(),
        description: String::new(),
        public: false,
        has_archive: true,
        shows_addresses: false,
        moderation: false,
        nickname: "Alice".into(),
        role: GroupRole::Member,
        state: GroupState::Joined,
        avatar: None,
        member_count: 3,
    };
    w.store.put_group(w.alice, &group).await.unwrap();
    w.store.open_group_conversation(w.alice, &jid(ROOM), at(1)).await.unwrap();
    w
}

#[tokio::test]
async fn in_a_group_the_occupant_decides_and_the_room_may_moderate() {
    let w = in_group().await;
    w.receive(in_room("a", member("Bob", Some("o-bob")), 10)).await;
    w.receive(in_room("n", member("Nobody", None), 20)).await;
    let imitator = member("Bob", Some("o-mallory"));
    assert_eq!(take(&w, room_change("f", "s-a", imitator.clone(), edit("x"), 50)).await, Amended::Refused);
    assert_eq!(take(&w, room_change("f", "R-a", imitator, Change::Recall, 50)).await, Amended::Refused);
    let renamed = member("Robert", Some("o-bob"));
    let edited = message(take(&w, room_change("e", "s-a", renamed.clone(), edit("mine"), 60)).await);
    assert_eq!(text_of(&edited), "mine");
    // Not by the sender's id: anybody may take the room's as an own one.
    assert_eq!(take(&w, room_change("x", "s-a", renamed.clone(), Change::Recall, 70)).await, Amended::Waiting);
    let recalled = message(take(&w, room_change("x", "R-a", renamed, Change::Recall, 70)).await);
    assert_eq!(recalled.content, MessageContent::Recalled);
    // Where the room tells neither address nor occupant, nobody certainly is the author; the room itself may.
    assert_eq!(take(&w, room_change("e", "s-n", member("Nobody", None), edit("x"), 80)).await, Amended::Refused);
    let moderator = member("Owner", None);
    let by_room = Change::Moderated { reason: "spam".into() };
    let moderated = message(take(&w, room_change("m", "R-n", moderator, by_room, 90)).await);
    assert_eq!(moderated.delivery, DeliveryState::Recalled);
}

#[tokio::test]
async fn mentions_are_counted_while_they_are_unread() {
    let w = in_group().await;
    let mention = |of: Mentioned| {
        let mut content = Composed::text("hello there");
        content.mentions = vec![Mention { of, begin: 0, end: 5 }];
        content
    };
    let bob = member("Bob", Some("o-bob"));
    let cases = [
        ("jid", Mentioned::Person { jid: jid("alice@example.org") }, true),
        ("nick", Mentioned::Nickname { nickname: "Alice".into() }, true),
        ("all", Mentioned::Everybody, true),
        ("other", Mentioned::Person { jid: jid("carol@example.org") }, false),
        ("name", Mentioned::Nickname { nickname: "Carol".into() }, false),
    ];
    for (n, (name, of, expected)) in (0_i64..).zip(cases) {
        let content = mention(of);
        let received = w.receive(ReceivedMessage { content, ..in_room(name, bob.clone(), 10 + n) }).await;
        assert_eq!(received.message().mentions_me, expected, "{name}");
        assert_eq!(received.message().mentions.len(), 1);
    }
    let counts = async || {
        let conversation = w.store.conversation(w.alice, &jid(ROOM)).await.unwrap().unwrap();
        (conversation.unread, conversation.mentions)
    };
    assert_eq!(counts().await, (5, 3));
    take(&w, room_change("x", "R-jid", bob.clone(), Change::Recall, 50)).await;
    assert_eq!(counts().await, (4, 2));
    take(&w, room_change("e", "s-nick", bob.clone(), edit("never mind"), 60)).await;
    assert_eq!(counts().await, (4, 1));
    let to_me = Change::Edit(Box::new(mention(Mentioned::Everybody)));
    take(&w, room_change("e2", "s-other", bob, to_me, 70)).await;
    assert_eq!(counts().await, (4, 2));
    w.store.mark_displayed(w.alice, &jid(ROOM), &id("name"), false).await.unwrap();
    assert_eq!(counts().await, (0, 0));
}

#[tokio::test]
async fn answers_find_what_they_answer_whenever_it_comes() {
    let w = world().await;
    let mut content = Composed::text("yes");
    content.reply = Some(confab_model::ReplyReference {
        to: WireId("s-a".into()),
        author: Some("bob@example.org".into()),
        quote: "as quoted\nmore".into(),
    });
    let answer = w.receive(ReceivedMessage { content, ..incoming("answer", 20) }).await;
    let quote = answer.message().reply_to.clone().unwrap();
    assert_eq!((quote.id, quote.sender, quote.excerpt.as_str()), (None, None, "as quoted"));
    w.receive(incoming("a", 10)).await;
    let quote = now(&w, "answer").await.reply_to.unwrap();
    assert_eq!((quote.id, quote.excerpt.as_str()), (Some(id("a")), "text of a"));
    take(&w, change("e", "s-answer", edit("no"), 30)).await;
    assert_eq!(now(&w, "answer").await.reply_to.unwrap().id, Some(id("a")), "an edit need not repeat it");
    take(&w, change("x", "s-a", Change::Recall, 40)).await;
    let quote = now(&w, "answer").await.reply_to.unwrap();
    assert_eq!((quote.id, quote.excerpt.as_str()), (Some(id("a")), ""));
}

#[tokio::test]
async fn own_messages_of_a_group_are_sent_when_the_room_tells_them() {
    let w = in_group().await;
    let room = (&jid(ROOM), ConversationKind::Group);
    let queued = crate::Queued::default();
    let text = Composed::text("hello");
    w.store.queue(w.alice, room, &id("out"), (&text, &queued), at(10)).await.unwrap();
    // A recall of it has no name yet.
    let recall = crate::OwnChange::React { emojis: vec!["👍".into()] };
    let changed = w.store.change(w.alice, &id("own-r"), &id("out"), &recall, at(11)).await.unwrap().unwrap();
    assert!(changed.is_queued);
    let sending = async || {
        let page = w.store.sending(w.alice, 0, 10).await.unwrap();
        page.entries.into_iter().map(|entry| entry.id.0).collect::<Vec<_>>()
    };
    assert_eq!(sending().await, ["out"]);
    assert_eq!(w.store.mark_sent(w.alice, &id("out")).await.unwrap(), None, "the server is not the room");
    assert_eq!(now(&w, "out").await.delivery, DeliveryState::Queued);
    let after = w.store.sending(w.alice, 0, 10).await.unwrap().last;
    // A reaction of somebody else is quicker than the reflection.
    take(&w, room_change("r", "R-out", member("Bob", Some("o-bob")), react(&["❤️"]), 20)).await;
    let me = Sender { jid: Some(jid("alice@example.org")), nickname: "Alice".into(), occupant: Some("o-me".into()) };
    let reflection = ReceivedMessage {
        sender: me,
        direction: Direction::Outgoing,
        stanza_id: Some("out".into()),
        origin_id: None,
        ..in_room("out", member("", None), 30)
    };
    let Received::Updated(sent) = w.receive(reflection).await else { panic!() };
    assert_eq!((sent.delivery.clone(), sent.sent_at), (DeliveryState::Sent, at(10)));
    assert_eq!(reactions(&sent), ["👍 alice +", "❤️ Bob"]);
    let page = w.store.sending(w.alice, after, 10).await.unwrap();
    assert_eq!(page.entries.len(), 1, "behind the place that was read");
    assert_eq!(
        page.entries[0].content,
        crate::SendingContent::Change { of: WireId("R-out".into()), change: react(&["👍"]) }
    );
    // The room tells it back.
    take(&w, ReceivedAmendment { own: true, ..room_change("own-r", "R-out", sent.sender, react(&["👍"]), 31) }).await;
    assert_eq!(sending().await, [""; 0]);
    // A place that was read is never used again: what is queued next is behind it.
    w.queue("next", 40).await;
    assert_eq!(w.store.sending(w.alice, page.last, 10).await.unwrap().entries.len(), 1);
}
