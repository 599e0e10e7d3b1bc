//! Groups: make, invite, enter, talk, archive, manage, end.

use confab_model::{
    ConversationKind, Group, GroupDraft, GroupRequest, GroupRequestKind, GroupRole, GroupState, Sender,
};
use confab_session::{GroupEvent, KnownGroup, MessageSource, SessionEvent};

use super::*;

on_both_servers!(a_group_from_its_making_to_its_end);

async fn with_groups(server: &LocalServer, name: &str, groups: Vec<KnownGroup>) -> User {
    let mut config = User::config(server, name);
    config.groups = Some(groups);
    let mut user = User::online_at(server, config, address(server)).await;
    if user.handle.services().await.groups.is_none() {
        user.until("the group service", |event| match event {
            SessionEvent::ServerFeaturesKnown(features) if features.groups => Some(()),
            _ => None,
        })
        .await;
    }
    user
}

impl User {
    async fn group<T>(&mut self, what: &str, pick: impl Fn(&GroupEvent) -> Option<T>) -> T {
        self.until(what, |event| match event {
            SessionEvent::Group(event) => pick(event),
            _ => None,
        })
        .await
    }

    async fn stands(&mut self, what: &str, is: impl Fn(&Group) -> bool) -> Group {
        self.group(what, |event| match event {
            GroupEvent::Changed(group) if is(group) => Some(group.clone()),
            _ => None,
        })
        .await
    }

    async fn says_in(&mut self, group: &BareJid, text: &str) -> MessageId {
        let id = MessageId::random();
        let message =
            OutgoingMessage { kind: ConversationKind::Group, ..OutgoingMessage::text(id.clone(), group.clone(), text) };
        self.handle.send_message(message).await.expect("sent");
        self.sent(&id).await;
        id
    }
}

async fn a_group_from_its_making_to_its_end(kind: Kind) {
    let server = start(kind);
    let mut alice = with_groups(&server, "alice", vec![]).await;
    let mut bob = with_groups(&server, "bob", vec![]).await;
    let draft = GroupDraft {
        name: "Hikers".to_owned(),
        description: "Up and down".to_owned(),
        public: false,
        members: vec![bob.jid.clone()],
        welcome: "come along".to_owned(),
        picture: None,
    };
    let made = alice.handle.create_group(&draft, None).await.unwrap();
    assert_eq!((made.name.as_str(), made.public, made.role), ("Hikers", false, GroupRole::Owner));
    assert_eq!((made.state.clone(), made.shows_addresses, made.has_archive), (GroupState::Joined, true, true));

    let request: GroupRequest = bob
        .group("an invitation", |event| match event {
            GroupEvent::Requested { request, .. } => Some(request.clone()),
            _ => None,
        })
        .await;
    assert_eq!((request.kind, &request.group), (GroupRequestKind::Invitation, &made.jid));
    assert_eq!((&request.from, request.text.as_str()), (&alice.jid, "come along"));
    let joined = bob.handle.answer_invitation(&made.jid, &alice.jid, true, "").await.unwrap().unwrap();
    assert_eq!((joined.state, joined.role), (GroupState::Joined, GroupRole::Member));

    let first = alice.says_in(&made.jid, "hello").await;
    let heard = bob.hears("hello").await;
    assert_eq!((&heard.id, heard.kind, heard.own), (&first, ConversationKind::Group, false));
    assert_eq!(heard.sender.jid.as_ref(), Some(&alice.jid), "the room shows addresses");
    let archive_id = heard.archive_id.clone().expect("the room's id");
    bob.says_in(&made.jid, "hi").await;
    assert_eq!(alice.hears("hi").await.sender.jid.as_ref(), Some(&bob.jid));

    // What is said while Bob is away is read from the room's archive.
    bob.handle.sign_out().await;
    alice.says_in(&made.jid, "missed").await;
    let known = KnownGroup {
        jid: made.jid.clone(),
        name: made.name.clone(),
        nickname: String::new(),
        archive_id: Some(archive_id),
        joined: true,
        applied_to: None,
    };
    let mut bob = with_groups(&server, "bob", vec![known]).await;
    let missed = bob.hears("missed").await;
    assert_eq!((missed.source, missed.sender.jid.as_ref()), (MessageSource::Archive, Some(&alice.jid)));
    let page = bob.handle.older_messages(made.jid.clone(), None).await.unwrap();
    assert_eq!(page.messages.len(), 3);

    let members = alice.handle.group_members(&made.jid, true).await.unwrap();
    let is_bob = |who: &Sender| who.jid.as_ref() == Some(&bob.jid);
    let member = members.iter().find(|member| is_bob(&member.who)).unwrap();
    assert_eq!((member.role, member.present), (GroupRole::Member, true));

    alice.handle.configure_group(&made.jid, Some("Climbers"), None, None).await.unwrap();
    bob.stands("the new name", |group| group.name == "Climbers").await;
    alice.handle.set_group_role(&made.jid, &bob.jid, GroupRole::Admin, "").await.unwrap();
    bob.stands("the new role", |group| group.role == GroupRole::Admin).await;

    let who = Sender::person(bob.jid.clone());
    alice.handle.remove_member(&made.jid, &who, "too slow").await.unwrap();
    bob.stands("out", |group| matches!(group.state, GroupState::Removed { .. })).await;
    let refused = bob.handle.join_group(&made.jid, None).await.unwrap();
    assert!(matches!(refused.state, GroupState::Refused { .. }), "{:?}", refused.state);

    alice.handle.destroy_group(&made.jid, "over").await.unwrap();
    alice.stands("the end", |group| matches!(group.state, GroupState::Dissolved { .. })).await;
}
