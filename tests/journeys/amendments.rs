//! What happens to messages after they were sent: edits, recalls, reactions, answers, forwarding, deleting; on all devices of
//! both people, and on one that was away.

use confab_model::{DeliveryState, Direction, Event, Message, MessageContent, MessageId};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{delivered, heard, is_text, messages, say, updated, whole_conversation},
};

journeys!(
    shared: change_what_was_said,
    answer_and_forward,
    write_all_kinds,
    delete_here,
    a_new_device_sees_changes,
    a_device_that_was_away_has_everything
);

/// The same message here: by its text.
async fn same(agent: &mut Agent, with: &str, text: &str) -> MessageId {
    let page = messages(agent, with, None, 50).await;
    page.messages.into_iter().find(|message| is_text(message, text)).expect("the message").id
}

async fn change_what_was_said(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut tablet = world.device(&alice, "tablet").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let id = say(&mut alice, &bob_jid, "see you at sven").await;
    let at_bob = heard(&bob, "see you at sven").await.id;
    let at_tablet = heard(&tablet, "see you at sven").await.id;
    delivered(&alice, &id, DeliveryState::Delivered).await;

    alice.own::<Value>("editMessage", json!({ "message": id, "text": "see you at seven" })).await;
    for (agent, id) in [(&alice, &id), (&bob, &at_bob), (&tablet, &at_tablet)] {
        updated(agent, id, "the edit", |m| is_text(m, "see you at seven") && m.edited_at.is_some()).await;
    }
    let hits: Vec<Message> = bob.own("searchMessages", json!({ "query": "sven", "limit": 10 })).await;
    assert_eq!(hits, [], "the old text is nowhere");

    let reacted = |emoji: &'static str, own: bool| {
        move |m: &Message| m.reactions.iter().any(|r| r.emoji == emoji && r.own == own && r.by.len() == 1)
    };
    bob.own::<Value>("react", json!({ "message": at_bob, "emojis": ["👍"] })).await;
    updated(&bob, &at_bob, "the own reaction", reacted("👍", true)).await;
    updated(&alice, &id, "bob's reaction", reacted("👍", false)).await;
    bob.own::<Value>("react", json!({ "message": at_bob, "emojis": ["🎉"] })).await;
    updated(&alice, &id, "another one in its place", |m| m.reactions.len() == 1 && reacted("🎉", false)(m)).await;
    let mark = alice.mark();
    bob.own::<Value>("react", json!({ "message": at_bob, "emojis": [] })).await;
    alice
        .event_since(mark, "no reaction", |event| match event {
            Event::MessageUpdated { message } if message.id == id && message.reactions.is_empty() => Some(()),
            _ => None,
        })
        .await;

    let one: Message = bob.own("message", json!({ "message": at_bob })).await;
    assert!(is_text(&one, "see you at seven"));

    // Nobody changes what is not theirs.
    let not_theirs = bob.try_own("editMessage", json!({ "message": at_bob, "text": "at eight" })).await;
    assert_eq!(not_theirs.unwrap_err().code, "notAllowed");
    assert_eq!(bob.try_own("recallMessage", json!({ "message": at_bob })).await.unwrap_err().code, "notAllowed");
    let empty = alice.try_own("editMessage", json!({ "message": id, "text": "  " })).await;
    assert_eq!(empty.unwrap_err().code, "invalidArgument");
    let unknown = alice.try_own("editMessage", json!({ "message": "none", "text": "x" })).await;
    assert_eq!(unknown.unwrap_err().code, "unknownMessage");

    // From another device of the same person.
    tablet.own::<Value>("recallMessage", json!({ "message": at_tablet })).await;
    let is_gone = |m: &Message| m.content == MessageContent::Recalled && m.delivery == DeliveryState::Recalled;
    for (agent, id) in [(&alice, &id), (&bob, &at_bob), (&tablet, &at_tablet)] {
        updated(agent, id, "the recall", is_gone).await;
    }
    let again = alice.try_own("editMessage", json!({ "message": id, "text": "again" })).await;
    assert_eq!(again.unwrap_err().code, "notAllowed");
    let hits: Vec<Message> = bob.own("searchMessages", json!({ "query": "seven", "limit": 10 })).await;
    assert_eq!(hits, [], "nothing of it is left");
    let page = messages(&mut bob, &alice_jid, None, 10).await;
    assert_eq!(page.messages.len(), 1, "a placeholder stays");
}

async fn answer_and_forward(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut carol = world.person("carol").await;
    world.contacts(&mut bob, &mut carol).await;
    let (alice_jid, bob_jid, carol_jid) = (alice.jid.clone(), bob.jid.clone(), carol.jid.clone());
    let question = say(&mut alice, &bob_jid, "Where do we eat? 吃什么").await;
    let at_bob = heard(&bob, "Where do we eat? 吃什么").await.id;
    let answer = json!({
        "conversation": alice_jid,
        "content": { "kind": "text", "text": "At the harbour" },
        "replyTo": at_bob,
    });
    let answer: MessageId = bob.own("sendMessage", answer).await;
    let heard_answer = heard(&alice, "At the harbour").await;
    let quote = heard_answer.reply_to.expect("a quote");
    assert_eq!((quote.id, quote.excerpt.as_str()), (Some(question), "Where do we eat? 吃什么"));
    assert_eq!(quote.sender.and_then(|sender| sender.jid).map(|jid| jid.to_string()), Some(alice_jid.clone()));
    let unknown = json!({
        "conversation": alice_jid, "content": { "kind": "text", "text": "x" }, "replyTo": "no-such-message",
    });
    assert_eq!(bob.try_own("sendMessage", unknown).await.unwrap_err().code, "unknownMessage");

    let going = json!({ "messages": [at_bob, answer], "to": [carol_jid] });
    let sent: Vec<MessageId> = bob.own("forwardMessages", going).await;
    assert_eq!(sent.len(), 2);
    let first = heard(&carol, "Where do we eat? 吃什么").await;
    assert_eq!(first.forwarded.map(|forwarded| forwarded.from), Some(alice_jid));
    assert_eq!(first.reply_to, None);
    let second = heard(&carol, "At the harbour").await;
    assert_eq!(second.forwarded.map(|forwarded| forwarded.from), Some(bob_jid.clone()));
    assert_eq!(second.reply_to, None, "what the answer was to is nobody else's business");
    let all = whole_conversation(&mut carol, &bob_jid, 10).await;
    assert_eq!(all.len(), 2, "in order, once: {all:?}");
    assert!(is_text(&all[0], "Where do we eat? 吃什么"));
}

async fn write_all_kinds(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let mentioned = json!({
        "conversation": bob_jid,
        "content": { "kind": "text", "text": "héy @bob look" },
        "mentions": [{ "of": { "kind": "person", "jid": bob_jid }, "begin": 4, "end": 8 }],
        "extension": { "game": { "move": "e4" } },
        "config": { "silent": false },
    });
    alice.own::<MessageId>("sendMessage", mentioned).await;
    let message = heard(&bob, "héy @bob look").await;
    assert!(message.mentions_me, "{message:?}");
    assert_eq!((message.mentions[0].begin, message.mentions[0].end), (4, 8));
    assert_eq!(message.extension, Some(json!({ "game": { "move": "e4" } })));
    assert_eq!(message.config, Some(json!({ "silent": false })));

    let place =
        json!({ "kind": "location", "location": { "latitude": 52.52, "longitude": 13.405, "address": "Mitte" } });
    alice.own::<MessageId>("sendMessage", json!({ "conversation": bob_jid, "content": place })).await;
    let custom = json!({
        "conversation": bob_jid,
        "content": { "kind": "custom", "text": "a move in a game" },
        "extension": { "move": "e5" },
    });
    alice.own::<MessageId>("sendMessage", custom).await;
    bob.event("the place", |event| match event {
        Event::MessageAdded { message } => match &message.content {
            MessageContent::Location { location } => (location.address == "Mitte"
                && (location.latitude - 52.52).abs() < 1e-6
                && (location.longitude - 13.405).abs() < 1e-6)
                .then_some(()),
            _ => None,
        },
        _ => None,
    })
    .await;
    let custom = bob
        .event("the custom message", |event| match event {
            Event::MessageAdded { message } => match &message.content {
                MessageContent::Custom { text } => Some((text.clone(), message.extension.clone())),
                _ => None,
            },
            _ => None,
        })
        .await;
    assert_eq!(custom, ("a move in a game".to_owned(), Some(json!({ "move": "e5" }))));

    let refused = [
        (json!({ "content": { "kind": "text", "text": " " } }), "invalidArgument"),
        (json!({ "content": { "kind": "text", "text": "x".repeat(30_001) } }), "invalidArgument"),
        (json!({ "content": { "kind": "custom", "text": "x" } }), "invalidArgument"),
        (json!({ "content": { "kind": "text", "text": "x" }, "extension": [1] }), "invalidArgument"),
        (
            json!({ "content": { "kind": "text", "text": "x" }, "extension": { "a": "x".repeat(9_000) } }),
            "extensionTooLarge",
        ),
        (json!({ "content": { "kind": "file", "path": "/nowhere", "caption": "", "voice": false } }), "fileFailed"),
    ];
    for (mut draft, code) in refused {
        draft["conversation"] = bob_jid.clone().into();
        assert_eq!(alice.try_own("sendMessage", draft.clone()).await.unwrap_err().code, code, "{draft}");
    }
}

async fn delete_here(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    for text in ["one", "two", "three"] {
        say(&mut alice, &bob_jid, text).await;
        heard(&bob, text).await;
    }
    let two = same(&mut bob, &alice_jid, "two").await;
    bob.own::<Value>("deleteMessages", json!({ "messages": [two] })).await;
    let gone = bob
        .event("the removal", |event| match event {
            Event::MessagesRemoved { messages, .. } => Some(messages.clone()),
            _ => None,
        })
        .await;
    assert_eq!(gone, [two]);
    bob.quit().await;
    let mark = bob.mark();
    bob.start_again().await;
    online(&bob, mark).await;
    let texts = |all: Vec<Message>| -> Vec<String> {
        all.into_iter()
            .filter_map(|message| match message.content {
                MessageContent::Text { text } => Some(text),
                _ => None,
            })
            .collect()
    };
    assert_eq!(texts(whole_conversation(&mut bob, &alice_jid, 50).await), ["one", "three"], "it does not come back");
    assert_eq!(texts(whole_conversation(&mut alice, &bob_jid, 50).await), ["one", "two", "three"]);

    bob.own::<Value>("deleteConversation", json!({ "jid": alice_jid })).await;
    let list: Vec<Value> = bob.own("conversations", json!({})).await;
    assert_eq!(list, [] as [Value; 0]);
    bob.quit().await;
    let mark = bob.mark();
    bob.start_again().await;
    online(&bob, mark).await;
    say(&mut alice, &bob_jid, "four").await;
    heard(&bob, "four").await;
    assert_eq!(texts(whole_conversation(&mut bob, &alice_jid, 50).await), ["four"]);
}

async fn a_new_device_sees_changes(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let edited = say(&mut alice, &bob_jid, "draft of a plan").await;
    let recalled = say(&mut alice, &bob_jid, "a secret").await;
    say(&mut alice, &bob_jid, "last").await;
    heard(&bob, "last").await;
    alice.own::<Value>("editMessage", json!({ "message": edited, "text": "the plan" })).await;
    alice.own::<Value>("recallMessage", json!({ "message": recalled })).await;
    alice.own::<Value>("react", json!({ "message": edited, "emojis": ["❤️"] })).await;
    bob.event("the reaction", |event| match event {
        Event::MessageUpdated { message } => (!message.reactions.is_empty()).then_some(()),
        _ => None,
    })
    .await;

    let mut fresh = world.device(&bob, "fresh").await;
    let with = alice.jid.clone();
    let all = whole_conversation(&mut fresh, &with, 50).await;
    let said: Vec<_> = all.iter().map(|message| (message.direction, message.content.clone())).collect();
    let text = |text: &str| (Direction::Incoming, MessageContent::Text { text: text.to_owned() });
    assert_eq!(said, [text("the plan"), (Direction::Incoming, MessageContent::Recalled), text("last")]);
    assert!(all[0].edited_at.is_some());
    assert_eq!(all[0].reactions.len(), 1);
}

/// What this person did elsewhere, and what others did: by copies while it is there, from the archive when it was away.
async fn a_device_that_was_away_has_everything(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut tablet = world.device(&alice, "tablet").await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());
    let mut of_bob = Vec::new();
    for text in ["one", "two", "three"] {
        of_bob.push(say(&mut bob, &alice_jid, text).await);
        heard(&tablet, text).await;
    }
    let last = heard(&alice, "three").await.id;
    let one = same(&mut alice, &bob_jid, "one").await;
    tablet.quit().await;

    alice.own::<Value>("react", json!({ "message": one, "emojis": ["👍"] })).await;
    let draft = say(&mut alice, &bob_jid, "draft").await;
    let secret = say(&mut alice, &bob_jid, "secret").await;
    heard(&bob, "secret").await;
    alice.own::<Value>("editMessage", json!({ "message": draft, "text": "final" })).await;
    alice.own::<Value>("recallMessage", json!({ "message": secret })).await;
    bob.own::<Value>("editMessage", json!({ "message": of_bob[1], "text": "zwei" })).await;
    bob.own::<Value>("recallMessage", json!({ "message": of_bob[2] })).await;
    let recalled = |m: &Message| m.content == MessageContent::Recalled;
    updated(&alice, &last, "the recall", recalled).await;
    say(&mut bob, &alice_jid, "four").await;
    let four = heard(&alice, "four").await.id;
    alice.own::<Value>("markDisplayed", json!({ "conversation": bob_jid, "upTo": four })).await;
    // The far side has it, so the server has it.
    delivered_up_to(&bob, "four").await;

    let mark = tablet.mark();
    tablet.start_again().await;
    online(&tablet, mark).await;
    tablet
        .event_since(mark, "everything read", |event| match event {
            Event::ConversationChanged { conversation } if conversation.jid.to_string() == bob_jid => {
                (conversation.unread == 0 && conversation.message_count == 6).then_some(())
            }
            _ => None,
        })
        .await;
    let shown = async |agent: &mut Agent| {
        let all = whole_conversation(agent, &bob_jid, 50).await;
        let line = |message: &Message| {
            let text = match &message.content {
                MessageContent::Text { text } => text.clone(),
                other => format!("{other:?}"),
            };
            let own: Vec<_> = message.reactions.iter().filter(|r| r.own).map(|r| r.emoji.as_str()).collect();
            (text, message.edited_at.is_some(), own.concat())
        };
        all.iter().map(line).collect::<Vec<_>>()
    };
    let line = |text: &str, edited: bool, own: &str| (text.to_owned(), edited, own.to_owned());
    let expected = [
        line("one", false, "👍"),
        line("zwei", true, ""),
        line("Recalled", false, ""),
        line("final", true, ""),
        line("Recalled", false, ""),
        line("four", false, ""),
    ];
    assert_eq!(shown(&mut tablet).await, expected);
    assert_eq!(shown(&mut alice).await, expected);

    // And the other way, while both are there.
    let (one, two) = (same(&mut tablet, &bob_jid, "one").await, same(&mut alice, &bob_jid, "zwei").await);
    let two_there = same(&mut tablet, &bob_jid, "zwei").await;
    tablet.own::<Value>("react", json!({ "message": one, "emojis": [] })).await;
    tablet.own::<Value>("react", json!({ "message": two_there, "emojis": ["🎉"] })).await;
    updated(&alice, &two, "the own reaction", |m| m.reactions.iter().any(|r| r.own && r.emoji == "🎉")).await;
    let there = same(&mut tablet, &bob_jid, "final").await;
    tablet.own::<Value>("editMessage", json!({ "message": there, "text": "last word" })).await;
    updated(&alice, &draft, "the edit", |m| is_text(m, "last word")).await;
    // What is deleted on one device stays on the others.
    tablet.own::<Value>("deleteMessages", json!({ "messages": [there] })).await;
    let [mut there, mut here] = [shown(&mut tablet).await, shown(&mut alice).await];
    assert_eq!(here.remove(3).0, "last word");
    assert_eq!(there, here);
    assert_eq!(there.remove(0), line("one", false, ""));
}

/// The far side has displayed this own message.
async fn delivered_up_to(agent: &Agent, text: &str) {
    agent
        .event("the read mark", |event| match event {
            Event::MessageUpdated { message } => {
                (is_text(message, text) && message.delivery == DeliveryState::Read).then_some(())
            }
            _ => None,
        })
        .await;
}
