//! Groups (XEP-0045 and what belongs to it): entering, talking, being put out, forgeries, archives, bookmarks, invitations.

use confab_model::{
    BareJid, Change, Composed, ConversationKind, GroupMember, GroupNotice, GroupRefusal, GroupRequest,
    GroupRequestKind, GroupRole, GroupState, MessageBody, MessageId, Pii, Sender, TypingState, WireId,
};

use super::*;
use crate::{GroupEvent, KnownGroup, MessageSource, OutgoingContent, OutgoingMessage, ReceivedMessage, SendError};

pub(super) const ROOM: &str = "hikers@rooms.example.org";
const CAPS: &str = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://confab.im' ver='{caps}'/>";
pub(super) const INFO: &str = "<identity category='conference' type='text' name='Hikers'/>\
    <feature var='http://jabber.org/protocol/muc'/><feature var='muc_membersonly'/><feature var='muc_nonanonymous'/>\
    <feature var='urn:xmpp:sid:0'/><feature var='urn:xmpp:occupant-id:0'/>";
pub(super) const PUBLIC: &str = "<identity category='conference' type='text' name='Hikers'/><feature var='muc_public'/>\
    <feature var='muc_semianonymous'/><feature var='urn:xmpp:sid:0'/>";

pub(super) fn room() -> BareJid {
    ROOM.parse().unwrap()
}

pub(super) fn jid(text: &str) -> BareJid {
    text.parse().unwrap()
}

pub(super) fn known() -> KnownGroup {
    KnownGroup {
        jid: room(),
        name: String::new(),
        nickname: "me".to_owned(),
        archive_id: None,
        joined: true,
        applied_to: None,
    }
}

pub(super) fn with_groups(groups: Vec<KnownGroup>) -> SessionConfig {
    let mut config = config();
    config.groups = Some(groups);
    config
}

pub(super) fn text(id: &str, text: &str) -> OutgoingMessage {
    OutgoingMessage { kind: ConversationKind::Group, ..OutgoingMessage::text(id.into(), room(), text) }
}

/// A presence of somebody in the room.
pub(super) fn presence(nick: &str, item: &str, codes: &[u16]) -> String {
    let codes: String = codes.iter().map(|code| format!("<status code='{code}'/>")).collect();
    format!(
        "<presence from='{ROOM}/{nick}' to='me@example.org/here'><occupant-id xmlns='urn:xmpp:occupant-id:0' \
         id='o-{nick}'/><x xmlns='http://jabber.org/protocol/muc#user'>{item}{codes}</x></presence>"
    )
}

pub(super) fn gone(nick: &str, inner: &str) -> String {
    format!(
        "<presence type='unavailable' from='{ROOM}/{nick}' to='me@example.org/here'>\
         <x xmlns='http://jabber.org/protocol/muc#user'>{inner}</x></presence>"
    )
}

pub(super) const BOB: &str = "<item affiliation='admin' role='moderator' jid='bob@example.org/x'/>";
pub(super) const OWN: &str = "<item affiliation='member' role='participant' jid='me@example.org/here'/>";

pub(super) fn bob() -> Sender {
    Sender { jid: Some(jid("bob@example.org")), nickname: "Bob".to_owned(), occupant: Some("o-Bob".to_owned()) }
}

pub(super) fn me() -> Sender {
    Sender { jid: Some(jid("me@example.org")), nickname: "me".to_owned(), occupant: Some("o-me".to_owned()) }
}

pub(super) fn said(from: &str, id: &str, inner: &str) -> String {
    format!("<message type='groupchat' from='{from}' to='me@example.org/here' id='{id}'>{inner}</message>")
}

pub(super) fn kept(id: &str) -> String {
    format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='{id}'/>")
}

impl Transcript {
    pub(super) async fn group(&mut self) -> GroupEvent {
        match self.event().await {
            SessionEvent::Group(event) => *event,
            other => panic!("unexpected event {other:?}"),
        }
    }

    /// The state that the group is told to be in.
    pub(super) async fn stands(&mut self, state: GroupState) {
        match self.group().await {
            GroupEvent::Changed(group) => assert_eq!(group.state, state),
            other => panic!("unexpected event {other:?}"),
        }
    }

    pub(super) async fn heard(&mut self) -> ReceivedMessage {
        match self.event().await {
            SessionEvent::MessageReceived(message) => *message,
            other => panic!("unexpected event {other:?}"),
        }
    }

    pub(super) async fn asked_what_it_is(&mut self) {
        self.captured.remove("info");
        self.recv(&format!(
            "<iq type='get' id='{{info}}' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
        ))
        .await;
    }

    pub(super) async fn tells_what_it_is(&mut self, info: &str) {
        self.asked_what_it_is().await;
        self.send(&format!(
            "<iq type='result' id='{{info}}' from='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'>{info}\
             </query></iq>"
        ))
        .await;
    }

    pub(super) async fn enters_as(&mut self, nick: &str) {
        self.captured.remove("caps");
        self.recv(&format!(
            "<presence to='{ROOM}/{nick}'>{CAPS}<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>\
             </presence>"
        ))
        .await;
    }

    /// In the room, with Bob, who is an admin; nothing left to hear.
    pub(super) async fn inside(info: &str) -> Self {
        Self::inside_with(info, Offers::default(), known()).await
    }

    pub(super) async fn inside_with(info: &str, offers: Offers, known: KnownGroup) -> Self {
        let mut t = Self::online(with_groups(vec![known]), offers).await;
        t.enters(info).await;
        t
    }

    pub(super) async fn enters(&mut self, info: &str) {
        self.tells_what_it_is(info).await;
        self.stands(GroupState::Joining).await;
        self.enters_as("me").await;
        self.send(&presence("Bob", BOB, &[])).await;
        self.send(&presence("me", OWN, &[100, 110])).await;
        self.stands(GroupState::Joined).await;
        let members = vec![
            GroupMember { who: self.bob(info), role: GroupRole::Admin, present: true, own: false },
            GroupMember { who: self.me(info), role: GroupRole::Member, present: true, own: true },
        ];
        assert_eq!(self.group().await, GroupEvent::Members { group: room(), members, complete: false });
        if !info.contains("urn:xmpp:mam:2") {
            self.caught_up().await;
        }
    }

    pub(super) async fn caught_up(&mut self) {
        assert_eq!(self.group().await, GroupEvent::CaughtUp { group: room() });
    }

    /// Without occupant ids in a room that does not advertise them.
    fn bob(&self, info: &str) -> Sender {
        Sender { occupant: bob().occupant.filter(|_| info.contains("occupant-id")), ..bob() }
    }

    fn me(&self, info: &str) -> Sender {
        Sender { occupant: me().occupant.filter(|_| info.contains("occupant-id")), ..me() }
    }
}

#[tokio::test(start_paused = true)]
async fn a_known_group_is_entered_and_says_what_it_is() {
    let t = Transcript::inside(INFO).await;
    let groups = t.handle.groups().await;
    assert_eq!(groups.len(), 1);
    let group = &groups[0];
    assert_eq!((group.name.as_str(), group.public, group.shows_addresses), ("Hikers", false, true));
    assert_eq!((group.role, group.member_count, group.nickname.as_str()), (GroupRole::Member, 2, "me"));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn refusals_say_why_and_a_taken_name_is_changed() {
    for (condition, state) in [
        ("registration-required", Some(GroupRefusal::MembersOnly)),
        ("forbidden", Some(GroupRefusal::Banned)),
        ("service-unavailable", Some(GroupRefusal::Full)),
        ("not-authorized", Some(GroupRefusal::PasswordNeeded)),
        ("conflict", None),
    ] {
        let mut t = Transcript::online(with_groups(vec![known()]), Offers::default()).await;
        t.tells_what_it_is(INFO).await;
        t.stands(GroupState::Joining).await;
        t.enters_as("me").await;
        t.send(&format!(
            "<presence type='error' from='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'/><error type='cancel'>\
             <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
        ))
        .await;
        match state {
            Some(why) => t.stands(GroupState::Refused { why }).await,
            None => t.enters_as("me 2").await,
        }
        t.end().await;
    }
    // A room that is gone is not made anew.
    let mut t = Transcript::online(with_groups(vec![known()]), Offers::default()).await;
    t.asked_what_it_is().await;
    t.send(&format!(
        "<iq type='error' id='{{info}}' from='{ROOM}'><error type='cancel'><item-not-found \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    ))
    .await;
    t.stands(GroupState::Refused { why: GroupRefusal::NotFound }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_goes_out_is_sent_when_the_room_has_it() {
    let mut t = Transcript::inside(INFO).await;
    t.handle.send_message(text("m1", "hello")).await.unwrap();
    t.recv(&said_out("m1", "hello")).await;
    // The same again, before the room has said anything.
    t.handle.send_message(text("m1", "hello")).await.unwrap();
    t.quiet().await;
    // Somebody else's words with our id are not ours.
    t.send(&said(&format!("{ROOM}/Bob"), "m1", &format!("<body>forged</body>{}", kept("k0")))).await;
    let heard = t.heard().await;
    assert_eq!((heard.own, heard.sender), (false, bob()));
    t.send(&said(&format!("{ROOM}/me"), "m1", &format!("<body>hello</body>{}", kept("k1")))).await;
    let (group, id, archive_id) = (room(), MessageId::from("m1"), Some("k1".to_owned()));
    assert_eq!(t.group().await, GroupEvent::Reflected { group, id: id.clone(), archive_id, sent_at: NOW });
    assert_eq!(t.event().await, SessionEvent::MessageSent { id });
    t.end().await;
}

pub(super) fn said_out(id: &str, text: &str) -> String {
    format!(
        "<message type='groupchat' to='{ROOM}' id='{id}'><body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' \
         id='{id}'/><markable xmlns='urn:xmpp:chat-markers:0'/><active xmlns='http://jabber.org/protocol/chatstates'/>\
         </message>"
    )
}

#[tokio::test(start_paused = true)]
async fn people_are_told_apart_whatever_they_are_called() {
    let mut t = Transcript::inside(INFO).await;
    let eve = "<item affiliation='none' role='participant' jid='eve@example.net/x'/>";
    let imitated = "bob@example.org";
    t.send(&presence(imitated, eve, &[])).await;
    let who = Sender {
        jid: Some(jid("eve@example.net")),
        nickname: imitated.to_owned(),
        occupant: Some(format!("o-{imitated}")),
    };
    let member = GroupMember { who: who.clone(), role: GroupRole::Guest, present: true, own: false };
    assert_eq!(t.group().await, GroupEvent::MemberChanged { group: room(), member });
    // Neither a name, nor an address that a member writes into the message, nor an id of another archive counts.
    let inner = "<body>hi</body><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' \
        jid='bob@example.org'/></x><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='z'/>\
        <delay xmlns='urn:xmpp:delay' from='eve@example.net' stamp='2020-01-01T00:00:00Z'/>";
    t.send(&said(&format!("{ROOM}/{imitated}"), "m1", inner)).await;
    let heard = t.heard().await;
    assert_eq!((&heard.sender, heard.own, heard.archive_id, heard.sent_at), (&who, false, None, NOW));
    assert!(!heard.sender.is(&bob()));
    // What is not from the room is nothing of it.
    for from in ["eve@example.net/x", "rooms.example.org", "other@rooms.example.org/Bob"] {
        t.send(&said(from, "m2", "<body>no</body>")).await;
    }
    // Private messages within a room are not conversations.
    t.send(&format!(
        "<message type='chat' from='{ROOM}/Bob' id='p'><body>psst</body><x xmlns='http://jabber.org/protocol/muc#user'/>\
         </message>"
    ))
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn only_the_room_moderates() {
    let mut t = Transcript::inside(INFO).await;
    let retract = format!(
        "<retract xmlns='urn:xmpp:message-retract:1' id='k1'><moderated xmlns='urn:xmpp:message-moderate:1' \
         by='{ROOM}/Bob'/><reason>rude</reason></retract>"
    );
    t.send(&said(&format!("{ROOM}/Bob"), "f", &retract)).await;
    t.quiet().await;
    t.send(&said(ROOM, "r", &retract)).await;
    match t.event().await {
        SessionEvent::MessageAmended(amendment) => {
            assert_eq!(amendment.change, Change::Moderated { reason: "rude".to_owned() });
            assert_eq!((amendment.of, amendment.by.nickname), (WireId("k1".to_owned()), "Bob".to_owned()));
        }
        other => panic!("unexpected event {other:?}"),
    }
    let edit = "<body>better</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>";
    t.send(&said(&format!("{ROOM}/Bob"), "e", edit)).await;
    match t.event().await {
        SessionEvent::MessageAmended(amendment) => {
            assert_eq!((amendment.by, amendment.own, amendment.kind), (bob(), false, ConversationKind::Group));
        }
        other => panic!("unexpected event {other:?}"),
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn typing_and_read_marks_name_the_member() {
    let mut t = Transcript::inside(INFO).await;
    let from = format!("{ROOM}/Bob");
    t.send(&said(&from, "t", "<composing xmlns='http://jabber.org/protocol/chatstates'/>")).await;
    let typing = SessionEvent::Typing { conversation: room(), who: bob(), state: TypingState::Composing };
    assert_eq!(t.event().await, typing);
    t.send(&said(&from, "d", "<displayed xmlns='urn:xmpp:chat-markers:0' id='k1'/>")).await;
    match t.group().await {
        GroupEvent::Displayed(told) => assert_eq!((told.of, told.by), (WireId("k1".to_owned()), bob())),
        other => panic!("unexpected event {other:?}"),
    }
    t.handle.send_displayed(room(), MessageId::from("k1")).await.unwrap();
    t.recv(&format!(
        "<message type='groupchat' to='{ROOM}' id='{{mark}}'><displayed xmlns='urn:xmpp:chat-markers:0' id='k1'/>\
         <store xmlns='urn:xmpp:hints'/></message>"
    ))
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn ways_out_of_a_room() {
    let item = |inner: &str| format!("<item affiliation='none' role='none'>{inner}</item>");
    let by = "<actor nick='Bob'/><reason>bye</reason>";
    let removed = || GroupState::Removed { by: "Bob".to_owned(), reason: "bye".to_owned() };
    for code in [301, 307, 321, 322] {
        let mut t = Transcript::inside(INFO).await;
        let inner = format!("{}<status code='{code}'/><status code='110'/>", item(by));
        t.send(&gone("me", &inner)).await;
        t.stands(removed()).await;
        assert_eq!(t.handle.send_message(text("m", "x")).await, Err(SendError::NotOnline));
        t.end().await;
    }
    let mut t = Transcript::inside(INFO).await;
    let destroyed = format!("{}<destroy><reason>over</reason></destroy><status code='110'/>", item(""));
    t.send(&gone("me", &destroyed)).await;
    t.stands(GroupState::Dissolved { reason: "over".to_owned() }).await;
    let notice = GroupNotice::Dissolved { reason: "over".to_owned() };
    assert_eq!(t.group().await, GroupEvent::Noticed { group: room(), notice, at: NOW });
    t.end().await;
    // A server that goes down is not a removal: it is tried again.
    let mut t = Transcript::inside(INFO).await;
    t.send(&gone("me", &format!("{}<status code='110'/><status code='332'/>", item("")))).await;
    t.stands(GroupState::Disconnected { detail: "the room is not there".to_owned() }).await;
    t.asked_what_it_is().await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_happens_to_others_is_told() {
    let mut t = Transcript::inside(INFO).await;
    let inner = "<item affiliation='outcast' role='none' jid='bob@example.org/x'><reason>spam</reason></item>\
        <status code='301'/>";
    t.send(&gone("Bob", inner)).await;
    let member = GroupMember { who: bob(), role: GroupRole::Banned, present: false, own: false };
    assert_eq!(t.group().await, GroupEvent::MemberChanged { group: room(), member });
    let notice = GroupNotice::Banned { who: bob(), by: None, reason: "spam".to_owned() };
    assert_eq!(t.group().await, GroupEvent::Noticed { group: room(), notice, at: NOW });
    // This account is an admin from now on.
    t.send(&presence("me", "<item affiliation='admin' role='moderator'/>", &[110])).await;
    let member = GroupMember { who: me(), role: GroupRole::Admin, present: true, own: true };
    assert_eq!(t.group().await, GroupEvent::MemberChanged { group: room(), member });
    let notice = GroupNotice::RoleChanged { who: me(), role: GroupRole::Admin };
    assert_eq!(t.group().await, GroupEvent::Noticed { group: room(), notice, at: NOW });
    t.stands(GroupState::Joined).await;
    // It was renamed.
    t.send(&said(ROOM, "c", "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>")).await;
    t.tells_what_it_is(&INFO.replace("Hikers", "Climbers")).await;
    let notice = GroupNotice::Renamed { name: "Climbers".to_owned(), by: None };
    assert_eq!(t.group().await, GroupEvent::Noticed { group: room(), notice, at: NOW });
    t.stands(GroupState::Joined).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_silence_the_room_is_asked_whether_we_are_there() {
    let mut t = Transcript::inside(INFO).await;
    tokio::time::advance(Duration::from_secs(599)).await;
    loop {
        let stanza = t.next_element().await;
        let id = stanza.attr("id").unwrap().to_owned();
        if stanza.attr("to") == Some("hikers@rooms.example.org/me") {
            t.send(&format!(
                "<iq type='error' id='{id}' from='{ROOM}/me'><error type='cancel'><not-acceptable \
                 xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
            ))
            .await;
            break;
        }
        // The stream's own pings.
        t.send(&format!("<iq type='result' id='{id}' from='example.org'/>")).await;
    }
    t.stands(GroupState::Joining).await;
    t.asked_what_it_is().await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_session_enters_again_and_tells_what_did_not_come_back() {
    let mut t = Transcript::inside(INFO).await;
    t.handle.send_message(text("m1", "hello")).await.unwrap();
    t.recv(&said_out("m1", "hello")).await;
    t.cut();
    t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))).await;
    t.connected(ConnectionState::Connecting).await;
    let offers = Offers::default();
    t.accept(offers).await;
    t.captured.clear();
    t.bind(offers).await;
    t.event_matching(|event| *event == SessionEvent::MessagesUnacknowledged { ids: vec!["m1".into()] }).await;
    t.stands(GroupState::Joining).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    t.event_matching(|event| matches!(event, SessionEvent::Online { resumed: false, .. })).await;
    t.greeted(offers, "<query xmlns='jabber:iq:roster'/>").await;
    t.tells_what_it_is(INFO).await;
    t.enters_as("me").await;
    t.end().await;
}

pub(super) fn result(from: &str, id: &str, inner: &str) -> String {
    format!(
        "<message from='{from}'><result xmlns='urn:xmpp:mam:2' queryid='{{q}}' id='{id}'><forwarded \
         xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>{inner}</forwarded>\
         </result></message>"
    )
}

pub(super) fn archived(from: &str, id: &str, inner: &str) -> String {
    format!("<message xmlns='jabber:client' type='groupchat' from='{from}' id='{id}'><body>x</body>{inner}</message>")
}

#[tokio::test(start_paused = true)]
async fn the_archive_of_a_room_is_read_on_and_only_from_the_room() {
    let known = KnownGroup { archive_id: Some("k0".to_owned()), ..known() };
    let info = format!("{INFO}<feature var='urn:xmpp:mam:2'/>");
    let mut t = Transcript::inside_with(&info, Offers::default(), known).await;
    t.recv(&format!(
        "<iq type='set' id='{{page}}' to='{ROOM}'><query xmlns='urn:xmpp:mam:2' queryid='{{q}}'><x \
         xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>\
         </x><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><after>k0</after></set></query></iq>"
    ))
    .await;
    let item = |jid: &str| {
        format!("<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' jid='{jid}'/></x>")
    };
    let from = |nick: &str| format!("{ROOM}/{nick}");
    t.send(&result("eve@example.net", "k1", &archived(&from("Bob"), "f1", ""))).await;
    t.send(&result(ROOM, "k2", &archived("other@rooms.example.org/Bob", "f2", ""))).await;
    t.send(&result(ROOM, "k3", &archived(&from("Bob"), "m3", &item("carol@example.org")))).await;
    // A second address beside the room's own is a member's.
    let two = format!("{}{}", item("bob@example.org"), item("carol@example.org"));
    t.send(&result(ROOM, "k4", &archived(&from("Bob"), "m4", &two))).await;
    t.send(&result(ROOM, "k5", &archived(&from("me"), "m5", &item("me@example.org/phone")))).await;
    t.send(&format!(
        "<iq type='result' id='{{page}}' from='{ROOM}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>"
    ))
    .await;
    for (id, who, own) in
        [("k3", Some("carol@example.org"), false), ("k4", None, false), ("k5", Some("me@example.org"), true)]
    {
        let heard = t.heard().await;
        assert_eq!((heard.archive_id.as_deref(), heard.source), (Some(id), MessageSource::Archive));
        assert_eq!((heard.sender.jid, heard.own), (who.map(jid), own), "{id}");
    }
    assert_eq!(t.group().await, GroupEvent::ArchiveReached { group: room(), id: "k5".to_owned() });
    t.caught_up().await;
    // Live ids move the position from here on.
    t.send(&said(&from("Bob"), "m6", &format!("<body>y</body>{}", kept("k6")))).await;
    assert_eq!(t.heard().await.archive_id.as_deref(), Some("k6"));
    assert_eq!(t.group().await, GroupEvent::ArchiveReached { group: room(), id: "k6".to_owned() });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn invitations_are_told_once_and_answered() {
    let mut t = Transcript::online(with_groups(vec![]), Offers::default()).await;
    let mediated = format!(
        "<message from='{ROOM}'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob@example.org/x'>\
         <reason>come</reason></invite></x></message>"
    );
    t.send(&mediated).await;
    let request = GroupRequest {
        group: room(),
        kind: GroupRequestKind::Invitation,
        from: jid("bob@example.org"),
        name: String::new(),
        text: "come".to_owned(),
        received_at: NOW,
    };
    let told = GroupEvent::Requested { request, from_contact: false };
    assert_eq!(t.group().await, told);
    t.send(&format!(
        "<message from='bob@example.org/x' id='i'><x xmlns='jabber:x:conference' jid='{ROOM}' reason='come'/></message>"
    ))
    .await;
    t.quiet().await;
    t.handle.answer_invitation(&room(), &jid("bob@example.org"), false, "no time").await.unwrap();
    t.recv(&format!(
        "<message to='{ROOM}' id='{{decline}}'><x xmlns='http://jabber.org/protocol/muc#user'><decline \
         to='bob@example.org'><reason>no time</reason></decline></x></message>"
    ))
    .await;
    let (group, kind, from) = (room(), GroupRequestKind::Invitation, jid("bob@example.org"));
    assert_eq!(t.group().await, GroupEvent::RequestSettled { group, kind, from });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_application_is_approved_by_an_invitation_of_who_was_asked() {
    let known = KnownGroup { joined: false, applied_to: Some(jid("ann@example.org")), ..known() };
    let mut t = Transcript::online(with_groups(vec![known]), Offers::default()).await;
    let direct =
        |from: &str| format!("<message from='{from}/x' id='i'><x xmlns='jabber:x:conference' jid='{ROOM}'/></message>");
    t.send(&direct("eve@example.net")).await;
    match t.group().await {
        GroupEvent::Requested { request, from_contact: false } => assert_eq!(request.from, jid("eve@example.net")),
        other => panic!("unexpected event {other:?}"),
    }
    t.send(&direct("ann@example.org")).await;
    t.stands(GroupState::Joining).await;
    t.asked_what_it_is().await;
    t.end().await;
}

/// In a room that hides addresses and has no occupant ids, a name is all there is, and that is not a person.
#[tokio::test(start_paused = true)]
async fn a_room_that_hides_people_names_nobody() {
    let mut t = Transcript::online(with_groups(vec![known()]), Offers::default()).await;
    t.tells_what_it_is(PUBLIC).await;
    t.stands(GroupState::Joining).await;
    t.enters_as("me").await;
    t.send(&presence("me", "<item affiliation='none' role='participant'/>", &[110])).await;
    t.stands(GroupState::Joined).await;
    t.group().await;
    t.caught_up().await;
    t.send(&presence("Bob", "<item affiliation='none' role='participant'/>", &[])).await;
    t.group().await;
    t.send(&said(&format!("{ROOM}/Bob"), "m1", "<body>hi</body>")).await;
    let heard = t.heard().await;
    assert_eq!(heard.sender, Sender { jid: None, nickname: "Bob".to_owned(), occupant: None });
    assert!(!heard.sender.is(&heard.sender.clone()));
    assert_eq!(heard.content, Composed::of(MessageBody::Text(Pii("hi".to_owned()))));
    // Changes are for the room, in its words.
    let content = OutgoingContent::Change { of: WireId("k1".to_owned()), change: Change::Recall };
    let recall = OutgoingMessage { id: "r1".into(), to: room(), kind: ConversationKind::Group, content };
    t.handle.send_message(recall).await.unwrap();
    t.recv(&format!(
        "<message type='groupchat' to='{ROOM}' id='r1'><body>{}</body><fallback xmlns='urn:xmpp:fallback:0' \
         for='urn:xmpp:message-retract:1'/><retract xmlns='urn:xmpp:message-retract:1' id='k1'/><origin-id \
         xmlns='urn:xmpp:sid:0' id='r1'/><store xmlns='urn:xmpp:hints'/></message>",
        crate::xep::retractions_0424::FALLBACK
    ))
    .await;
    t.end().await;
}
