//! Groups: made, entered, talked in, led and ended; through kills, on second devices and after absences.

use confab_model::{
    ConversationKind, DeliveryState, Direction, Event, Group, GroupMember, GroupNotice, GroupRequest, GroupRequestKind,
    GroupRole, GroupState, Mentioned, Message, MessageContent, MessageId, MessageReceipt,
};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{conversation, delivered, heard, is_text, say, texts, updated, whole_conversation},
};

journeys!(shared:
    make_a_group_and_talk,
    catch_up_with_a_group,
    apply_for_a_group,
    lead_a_group,
    leave_and_come_back,
    join_a_public_group_by_its_link,
);
journeys!(alone: the_server_of_a_group_is_killed);

// Steps

/// Makes a group; its address.
async fn make(owner: &mut Agent, name: &str, public: bool, members: &[&Agent]) -> String {
    let members: Vec<&str> = members.iter().map(|member| member.jid.as_str()).collect();
    let draft = json!({
        "name": name, "description": "up and down", "public": public, "members": members, "welcome": "come along",
    });
    let group: Group = owner.own("createGroup", draft).await;
    assert_eq!((group.name.as_str(), group.public, group.role), (name, public, GroupRole::Owner));
    assert_eq!(group.state, GroupState::Joined);
    group.jid.to_string()
}

/// The request of this kind for a group.
async fn requested(agent: &Agent, kind: GroupRequestKind, group: &str) -> GroupRequest {
    agent
        .event(&format!("{kind:?}"), |event| match event {
            Event::GroupRequested { request } if request.kind == kind && request.group.to_string() == group => {
                Some(request.clone())
            }
            _ => None,
        })
        .await
}

async fn answer(agent: &mut Agent, request: &GroupRequest, accept: bool) {
    agent.own::<Value>("answerGroupRequest", json!({ "request": request, "accept": accept })).await;
}

/// Waits for the invitation and accepts it.
async fn accept(agent: &mut Agent, group: &str) {
    let request = requested(agent, GroupRequestKind::Invitation, group).await;
    answer(agent, &request, true).await;
    stands(agent, 0, group, "in the group", |group| group.state == GroupState::Joined).await;
}

/// A group with these people in it.
pub async fn gather(owner: &mut Agent, members: &mut [&mut Agent]) -> String {
    let of: Vec<&Agent> = members.iter().map(|member| &**member).collect();
    let group = make(owner, "Hikers", false, &of).await;
    for member in members {
        accept(member, &group).await;
    }
    group
}

/// The group as of an event from `mark` on that fits.
pub async fn stands(agent: &Agent, mark: usize, jid: &str, what: &str, fits: impl Fn(&Group) -> bool) -> Group {
    agent
        .event_since(mark, what, |event| match event {
            Event::GroupChanged { group } if group.jid.to_string() == jid && fits(group) => Some(group.clone()),
            _ => None,
        })
        .await
}

/// A system line from `mark` on that fits.
async fn noticed(agent: &Agent, mark: usize, what: &str, fits: impl Fn(&GroupNotice) -> bool) -> Message {
    agent
        .event_since(mark, what, |event| match event {
            Event::MessageAdded { message } => match &message.content {
                MessageContent::Notice { notice } if fits(notice) => Some(message.clone()),
                _ => None,
            },
            _ => None,
        })
        .await
}

/// Everybody who is more than a guest, with what they are.
async fn members(agent: &mut Agent, group: &str) -> Vec<(String, GroupRole)> {
    let members: Vec<GroupMember> = agent.own("groupMembers", json!({ "group": group, "refresh": true })).await;
    let address = |member: &GroupMember| member.who.jid.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut all: Vec<_> = members.iter().map(|member| (address(member), member.role)).collect();
    all.sort();
    all
}

fn sender(message: &Message) -> String {
    message.sender.jid.as_ref().map(ToString::to_string).unwrap_or_default()
}

async fn fails(agent: &mut Agent, op: &str, args: Value) -> String {
    match agent.try_own(op, args).await {
        Ok(value) => panic!("{op} was not refused: {value}"),
        Err(failure) => failure.code,
    }
}

// Journeys

async fn make_a_group_and_talk(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut carol = world.person("carol").await;
    world.contacts(&mut alice, &mut carol).await;
    let (alice_jid, bob_jid) = (alice.jid.clone(), bob.jid.clone());

    let group = make(&mut alice, "Hikers", false, &[&bob, &carol]).await;
    let invitation = requested(&bob, GroupRequestKind::Invitation, &group).await;
    assert_eq!((invitation.from.to_string(), invitation.text.as_str()), (alice_jid.clone(), "come along"));
    let named = |event: &Event| match event {
        Event::GroupRequested { request } if request.name == "Hikers" => Some(()),
        _ => None,
    };
    bob.event("the name of the group", named).await;
    let waiting: Vec<GroupRequest> = bob.own("groupRequests", json!({})).await;
    assert_eq!(waiting.len(), 1, "by the room and directly, and once: {waiting:?}");
    accept(&mut bob, &group).await;
    accept(&mut carol, &group).await;
    assert_eq!(bob.own::<Vec<Value>>("groupRequests", json!({})).await, [] as [Value; 0]);
    noticed(&alice, 0, "the making", |notice| matches!(notice, GroupNotice::Created { .. })).await;
    let listed: Vec<Group> = bob.own("groups", json!({ "refresh": true })).await;
    assert_eq!(listed.iter().map(|known| known.name.as_str()).collect::<Vec<_>>(), ["Hikers"]);
    let here: Group = carol.own("groupInfo", json!({ "group": group })).await;
    let asked: Group = carol.own("groupInfo", json!({ "group": group, "refresh": true })).await;
    for told in [here, asked] {
        assert_eq!((told.description.as_str(), told.role, told.has_archive), ("up and down", GroupRole::Member, true));
    }

    // Everybody hears, and the room's copy makes it sent.
    let hello = say(&mut alice, &group, "hello all").await;
    delivered(&alice, &hello, DeliveryState::Sent).await;
    let at_bob = heard(&bob, "hello all").await;
    let at_carol = heard(&carol, "hello all").await;
    assert_eq!((sender(&at_bob), at_bob.conversation.to_string()), (alice_jid.clone(), group.clone()));
    let unread = conversation(&bob, 0, &group, "an unread one", |told| told.unread == 1).await;
    assert_eq!((unread.kind, unread.name.as_str(), unread.mentions), (ConversationKind::Group, "Hikers", 0));

    // Who has read it, member by member.
    bob.own::<Value>("markDisplayed", json!({ "conversation": group, "upTo": at_bob.id })).await;
    conversation(&bob, 0, &group, "nothing unread", |told| told.unread == 0 && told.message_count > 0).await;
    delivered(&alice, &hello, DeliveryState::Read).await;
    carol.own::<Value>("markDisplayed", json!({ "conversation": group, "upTo": at_carol.id })).await;
    let both = |event: &Event| matches!(event, Event::MessageUpdated { message } if message.id == hello).then_some(());
    let mut readers: Vec<String> = Vec::new();
    let mut mark = 0;
    while readers.len() < 2 {
        alice.event_since(mark, "another reader", both).await;
        mark = alice.mark();
        let receipts: Vec<MessageReceipt> = alice.own("receipts", json!({ "message": hello })).await;
        let read = receipts.iter().filter(|receipt| receipt.read_at.is_some());
        readers = read.filter_map(|receipt| receipt.by.jid.as_ref()).map(ToString::to_string).collect();
    }
    readers.sort();
    let mut wanted = [bob_jid.clone(), carol.jid.clone()];
    wanted.sort();
    assert_eq!(readers, wanted);

    // Typing is told by member.
    bob.own::<Value>("setTyping", json!({ "conversation": group, "state": "composing" })).await;
    let typing = |event: &Event| match event {
        Event::Typing { conversation, who, .. } if conversation.to_string() == group => who.jid.clone(),
        _ => None,
    };
    assert_eq!(alice.event("typing", typing).await.to_string(), bob_jid);

    // An answer with a mention, and one of everybody.
    let reply = json!({
        "conversation": group, "content": { "kind": "text", "text": "hi @alice" }, "replyTo": at_bob.id,
        "mentions": [{ "of": { "kind": "person", "jid": alice_jid }, "begin": 3, "end": 9 }],
    });
    let reply: MessageId = bob.own("sendMessage", reply).await;
    let at_alice = heard(&alice, "hi @alice").await;
    assert!(at_alice.mentions_me);
    assert_eq!(at_alice.reply_to.clone().and_then(|quote| quote.id), Some(hello.clone()));
    assert!(!heard(&carol, "hi @alice").await.mentions_me);
    conversation(&alice, 0, &group, "a mention", |told| told.mentions == 1).await;
    let all = json!({
        "conversation": group, "content": { "kind": "text", "text": "@all lunch" },
        "mentions": [{ "of": { "kind": "everybody" }, "begin": 0, "end": 4 }],
    });
    alice.own::<MessageId>("sendMessage", all).await;
    for agent in [&bob, &carol] {
        let told = heard(agent, "@all lunch").await;
        assert!(told.mentions_me && told.mentions[0].of == Mentioned::Everybody);
    }

    // Changes by whoever wrote it, reactions by anybody.
    bob.own::<Value>("editMessage", json!({ "message": reply, "text": "hi dear" })).await;
    updated(&alice, &at_alice.id, "the edit", |m| is_text(m, "hi dear") && m.edited_at.is_some()).await;
    carol.own::<Value>("react", json!({ "message": at_carol.id, "emojis": ["👍"] })).await;
    bob.own::<Value>("react", json!({ "message": at_bob.id, "emojis": ["👍"] })).await;
    let reacted = updated(&alice, &hello, "two reactions", |m| m.reactions.iter().any(|r| r.by.len() == 2)).await;
    assert_eq!((reacted.reactions.len(), reacted.reactions[0].own), (1, false));
    assert_eq!(fails(&mut carol, "recallMessage", json!({ "message": at_carol.id })).await, "notAllowed");
    bob.own::<Value>("recallMessage", json!({ "message": reply })).await;
    updated(&alice, &at_alice.id, "the recall", |m| m.content == MessageContent::Recalled).await;

    // A file.
    let path = alice.options.folder.join("plan.txt");
    std::fs::write(&path, "north face").unwrap();
    let content = json!({ "kind": "file", "path": path, "name": null, "caption": "the plan", "voice": false });
    let file: MessageId = alice.own("sendMessage", json!({ "conversation": group, "content": content })).await;
    delivered(&alice, &file, DeliveryState::Sent).await;
    let arrived = bob
        .event("the file", |event| match event {
            Event::MessageAdded { message } => match &message.content {
                MessageContent::File { file, caption } if caption == "the plan" => Some(file.name.clone()),
                _ => None,
            },
            _ => None,
        })
        .await;
    assert_eq!(arrived, "plan.txt");
}

async fn catch_up_with_a_group(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let group = gather(&mut alice, &mut [&mut bob]).await;
    say(&mut alice, &group, "before").await;
    let before = heard(&bob, "before").await;
    bob.own::<Value>("markDisplayed", json!({ "conversation": group, "upTo": before.id })).await;
    // Dies without a word, misses some, and says something before it is there again.
    bob.kill().await;
    for text in ["missed one", "missed two"] {
        let id = say(&mut alice, &group, text).await;
        delivered(&alice, &id, DeliveryState::Sent).await;
    }
    let mark = bob.mark();
    bob.start_again().await;
    let late = say(&mut bob, &group, "said on the way").await;
    delivered(&bob, &late, DeliveryState::Sent).await;
    heard(&bob, "missed two").await;
    conversation(&bob, mark, &group, "two unread", |told| told.unread == 2).await;
    heard(&alice, "said on the way").await;
    let said = ["before", "missed one", "missed two"];
    let all = whole_conversation(&mut bob, &group, 50).await;
    assert_eq!(texts(&all, Direction::Incoming), said);
    assert_eq!(texts(&all, Direction::Outgoing), ["said on the way"]);

    // A second device finds the group and what was said in it; what it says is the person's.
    let mut tablet = world.device(&bob, "tablet").await;
    stands(&tablet, 0, &group, "in by the bookmark", |group| group.state == GroupState::Joined).await;
    heard(&tablet, "said on the way").await;
    let all = whole_conversation(&mut tablet, &group, 50).await;
    assert_eq!(texts(&all, Direction::Incoming), said);
    assert_eq!(texts(&all, Direction::Outgoing), ["said on the way"]);
    say(&mut tablet, &group, "from the tablet").await;
    let at_bob = heard(&bob, "from the tablet").await;
    assert_eq!(at_bob.direction, Direction::Outgoing);
    let at_alice = heard(&alice, "from the tablet").await;
    assert_eq!(sender(&at_alice), bob.jid);
    // Read on one device, read on the other.
    let last = say(&mut alice, &group, "read me").await;
    let at_tablet = heard(&tablet, "read me").await;
    heard(&bob, "read me").await;
    let mark = bob.mark();
    tablet.own::<Value>("markDisplayed", json!({ "conversation": group, "upTo": at_tablet.id })).await;
    conversation(&bob, mark, &group, "nothing unread", |told| told.unread == 0).await;
    delivered(&alice, &last, DeliveryState::Read).await;
}

async fn apply_for_a_group(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut carol = world.person("carol").await;
    let group = make(&mut alice, "Climbers", false, &[]).await;
    let link: String = alice.own("groupLink", json!({ "group": group })).await;
    assert_eq!(link, format!("xmpp:{group}?join;owner={}", alice.jid));
    // By its address alone nobody comes into a group for members.
    let refused: Group = bob.own("joinGroup", json!({ "address": group })).await;
    assert!(matches!(refused.state, GroupState::Refused { .. }), "{:?}", refused.state);

    let applied: Group = bob.own("joinGroup", json!({ "address": link, "text": "I climb" })).await;
    assert_eq!(applied.state, GroupState::Applied { to: alice.jid.parse().unwrap() });
    let application = requested(&alice, GroupRequestKind::Application, &group).await;
    assert_eq!((application.from.to_string(), application.text.as_str()), (bob.jid.clone(), "I climb"));
    assert_eq!(application.name, "Climbers");
    answer(&mut alice, &application, true).await;
    stands(&bob, 0, &group, "let in", |group| group.state == GroupState::Joined).await;
    assert_eq!(alice.own::<Vec<Value>>("groupRequests", json!({})).await, [] as [Value; 0]);
    say(&mut bob, &group, "thanks").await;
    heard(&alice, "thanks").await;

    // A stranger's waits as well, and is refused.
    let applied: Group = carol.own("joinGroup", json!({ "address": link, "text": "me too" })).await;
    assert!(matches!(applied.state, GroupState::Applied { .. }));
    let application = alice
        .event("carol's application", |event| match event {
            Event::GroupRequested { request } if request.from.to_string() == carol.jid => Some(request.clone()),
            _ => None,
        })
        .await;
    answer(&mut alice, &application, false).await;
    stands(&carol, 0, &group, "refused", |group| matches!(group.state, GroupState::Refused { .. })).await;
    let said = json!({ "conversation": group, "text": "hello?" });
    assert_eq!(fails(&mut carol, "sendText", said).await, "notAllowed");
}

async fn lead_a_group(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let mut carol = world.person("carol").await;
    world.contacts(&mut alice, &mut carol).await;
    let group = gather(&mut alice, &mut [&mut bob, &mut carol]).await;
    let (alice_jid, bob_jid, carol_jid) = (alice.jid.clone(), bob.jid.clone(), carol.jid.clone());
    let who = |jid: &str| json!({ "jid": jid, "nickname": "", "occupant": null });
    let mut wanted =
        [(alice_jid, GroupRole::Owner), (bob_jid.clone(), GroupRole::Member), (carol_jid.clone(), GroupRole::Member)];
    wanted.sort();
    assert_eq!(members(&mut alice, &group).await, wanted);

    // Only those who lead may lead.
    let rename = |name: &str| json!({ "group": group, "change": { "name": name } });
    assert_eq!(fails(&mut bob, "changeGroup", rename("Bob's")).await, "serverRefused");
    alice.own::<Value>("changeGroup", rename("Climbers")).await;
    for agent in [&alice, &bob, &carol] {
        stands(agent, 0, &group, "the new name", |group| group.name == "Climbers").await;
        conversation(agent, 0, &group, "its conversation", |told| told.name == "Climbers").await;
        let renamed = |notice: &GroupNotice| matches!(notice, GroupNotice::Renamed { name, .. } if name == "Climbers");
        noticed(agent, 0, "the renaming", renamed).await;
    }
    let role = json!({ "group": group, "member": who(&bob_jid), "role": "admin" });
    alice.own::<Value>("setGroupRole", role).await;
    stands(&bob, 0, &group, "an admin", |group| group.role == GroupRole::Admin).await;
    noticed(&carol, 0, "the new role", |notice| match notice {
        GroupNotice::RoleChanged { who, role } => who.jid == bob_jid.parse().ok() && *role == GroupRole::Admin,
        _ => false,
    })
    .await;

    // An admin puts somebody out, who cannot come back by themself, and hears why.
    let remove = json!({ "group": group, "member": who(&carol_jid), "reason": "too slow" });
    bob.own::<Value>("removeFromGroup", remove).await;
    let out = stands(&carol, 0, &group, "out", |group| matches!(group.state, GroupState::Removed { .. })).await;
    assert!(matches!(out.state, GroupState::Removed { reason, .. } if reason == "too slow"));
    noticed(&alice, 0, "the removal", |notice| match notice {
        GroupNotice::Removed { who, .. } => who.jid == carol_jid.parse().ok(),
        _ => false,
    })
    .await;
    assert_eq!(fails(&mut carol, "sendText", json!({ "conversation": group, "text": "hey" })).await, "notAllowed");
    assert!(!members(&mut alice, &group).await.iter().any(|(jid, _)| *jid == carol_jid));
    // Invited again she may.
    let invite = json!({ "group": group, "people": [carol_jid], "text": "sorry" });
    let mark = carol.mark();
    bob.own::<Value>("inviteToGroup", invite).await;
    let again = carol
        .event_since(mark, "another invitation", |event| match event {
            Event::GroupRequested { request } => Some(request.clone()),
            _ => None,
        })
        .await;
    answer(&mut carol, &again, true).await;
    stands(&carol, mark, &group, "in again", |group| group.state == GroupState::Joined).await;

    // A message of somebody else is taken back by those who lead, where the room can.
    let rude = say(&mut carol, &group, "rude words").await;
    delivered(&carol, &rude, DeliveryState::Sent).await;
    let at_bob = heard(&bob, "rude words").await;
    let at_alice = heard(&alice, "rude words").await;
    let known: Group = bob.own("groupInfo", json!({ "group": group })).await;
    assert_eq!(known.moderation, world.server().moderates(), "what the server has is used");
    let moderate = json!({ "message": at_bob.id, "reason": "rude" });
    if known.moderation {
        bob.own::<Value>("moderateMessage", moderate).await;
        for (agent, id) in [(&carol, &rude), (&alice, &at_alice.id)] {
            updated(agent, id, "taken back", |m| m.content == MessageContent::Recalled).await;
        }
    } else {
        assert_eq!(fails(&mut bob, "moderateMessage", moderate).await, "serverRefused");
    }

    // The end.
    assert_eq!(fails(&mut bob, "dissolveGroup", json!({ "group": group })).await, "serverRefused");
    alice.own::<Value>("dissolveGroup", json!({ "group": group, "reason": "winter" })).await;
    for agent in [&alice, &bob, &carol] {
        let over = |group: &Group| matches!(&group.state, GroupState::Dissolved { reason } if reason == "winter");
        stands(agent, 0, &group, "the end", over).await;
        noticed(agent, 0, "its line", |notice| matches!(notice, GroupNotice::Dissolved { .. })).await;
    }
    // The conversation stays to be read, and goes with what is kept of the group.
    let all = whole_conversation(&mut bob, &group, 50).await;
    assert!(all.iter().any(|m| matches!(m.content, MessageContent::Notice { .. })));
    bob.own::<Value>("deleteConversation", json!({ "jid": group })).await;
    assert_eq!(bob.own::<Vec<Value>>("groups", json!({})).await, [] as [Value; 0]);
}

async fn leave_and_come_back(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let group = gather(&mut alice, &mut [&mut bob]).await;
    let tablet = world.device(&bob, "tablet").await;
    stands(&tablet, 0, &group, "in by the bookmark", |group| group.state == GroupState::Joined).await;
    say(&mut alice, &group, "one").await;
    heard(&bob, "one").await;
    bob.own::<Value>("leaveGroup", json!({ "group": group })).await;
    for agent in [&bob, &tablet] {
        stands(agent, 0, &group, "left", |group| group.state == GroupState::Left).await;
    }
    assert_eq!(fails(&mut bob, "sendText", json!({ "conversation": group, "text": "x" })).await, "notAllowed");
    let two = say(&mut alice, &group, "two").await;
    delivered(&alice, &two, DeliveryState::Sent).await;
    // Not entered again by a new start.
    bob.quit().await;
    let mark = bob.mark();
    bob.start_again().await;
    online(&bob, mark).await;
    let listed: Vec<Group> = bob.own("groups", json!({ "refresh": true })).await;
    assert!(listed.iter().all(|known| known.state == GroupState::Left), "{listed:?}");
    // Still a member: it may come back, and sees what it missed.
    let back: Group = bob.own("joinGroup", json!({ "address": group })).await;
    assert_eq!(back.state, GroupState::Joined);
    heard(&bob, "two").await;
    stands(&tablet, 0, &group, "with the tablet", |group| group.state == GroupState::Joined).await;
    let three = say(&mut bob, &group, "three").await;
    delivered(&bob, &three, DeliveryState::Sent).await;
    heard(&alice, "three").await;
    let all = whole_conversation(&mut bob, &group, 50).await;
    assert_eq!(texts(&all, Direction::Incoming), ["one", "two"]);
}

async fn join_a_public_group_by_its_link(world: World) {
    let (mut alice, mut bob) = (world.person("alice").await, world.person("bob").await);
    let group = make(&mut alice, "Everybody", true, &[]).await;
    let link: String = alice.own("groupLink", json!({ "group": group })).await;
    assert_eq!(link, format!("xmpp:{group}?join"));
    // It says what it is before anybody enters.
    let preview: Group = bob.own("groupInfo", json!({ "group": group })).await;
    assert_eq!((preview.name.as_str(), preview.public, preview.state), ("Everybody", true, GroupState::Left));
    let joined: Group = bob.own("joinGroup", json!({ "address": link })).await;
    assert_eq!((joined.state, joined.public), (GroupState::Joined, true));
    say(&mut bob, &group, "hello").await;
    assert_eq!(sender(&heard(&alice, "hello").await), bob.jid);
    // What is no group.
    assert_eq!(fails(&mut bob, "joinGroup", json!({ "address": "not an address" })).await, "invalidArgument");
    let nowhere = format!("nowhere-{group}");
    let none: Group = bob.own("joinGroup", json!({ "address": nowhere })).await;
    assert!(matches!(none.state, GroupState::Refused { .. }), "{:?}", none.state);
    // Nor was a line of it in any list meanwhile.
    let shown = bob.told(|event| match event {
        Event::GroupChanged { group } if group.jid.as_str() == nowhere => Some(group.state.clone()),
        _ => None,
    });
    assert_eq!(shown, []);
    let conversations = bob.told(|event| match event {
        Event::ConversationChanged { conversation } if conversation.jid.as_str() == nowhere => Some(()),
        _ => None,
    });
    assert_eq!(conversations, []);
    let listed: Vec<Group> = bob.own("groups", json!({})).await;
    assert_eq!(listed.len(), 1, "nothing is kept of what was never entered: {listed:?}");
}

/// What was said while the room was away, and by a client that died with it, is there once and in order.
async fn the_server_of_a_group_is_killed(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let group = gather(&mut alice, &mut [&mut bob]).await;
    let mut said = vec!["first".to_owned()];
    say(&mut alice, &group, "first").await;
    heard(&bob, "first").await;
    for round in 0..2 {
        // On their way when the server dies, and after that.
        for number in 0..10 {
            said.push(format!("on the way {round} {number}"));
            say(&mut alice, &group, said.last().unwrap()).await;
        }
        world.kill_server().await;
        for number in 0..10 {
            said.push(format!("queued {round} {number}"));
            say(&mut alice, &group, said.last().unwrap()).await;
        }
        let mark = alice.mark();
        if round == 1 {
            alice.kill().await;
        }
        world.start_server().await;
        if round == 1 {
            alice.start_again().await;
        }
        for agent in [&mut alice, &mut bob] {
            agent.own::<Value>("reconnect", json!({})).await;
        }
        stands(&alice, mark, &group, "in again", |group| group.state == GroupState::Joined).await;
        heard(&bob, said.last().unwrap()).await;
    }
    let last = said.last().unwrap().clone();
    alice
        .event("the last one is sent", |event| match event {
            Event::MessageUpdated { message } if is_text(message, &last) => {
                (message.delivery != DeliveryState::Queued).then_some(())
            }
            _ => None,
        })
        .await;
    let all = whole_conversation(&mut bob, &group, 200).await;
    assert_eq!(texts(&all, Direction::Incoming), said, "all of them, once, in order");
    let all = whole_conversation(&mut alice, &group, 200).await;
    assert_eq!(texts(&all, Direction::Outgoing), said);
    assert!(!all.iter().any(|message| message.delivery == DeliveryState::Queued), "nothing waits any more");
}
