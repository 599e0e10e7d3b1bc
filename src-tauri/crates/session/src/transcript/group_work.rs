//! Groups: the list of them on all devices (XEP-0402), what those who lead one ask of its room, applications, the archive of
//! a room on a new device, and limits.

use confab_model::{
    GroupMember, GroupRefusal, GroupRequest, GroupRequestKind, GroupRole, GroupState, Sender, Timestamp, WireId,
};

use super::{
    groups::{BOB, INFO, OWN, PUBLIC, ROOM, archived, jid, known, presence, result, room, said, text, with_groups},
    personal::{PEP, event},
    *,
};
use crate::{GroupEvent, GroupLink, KnownGroup, Picture, RequestError, SendError, ServerFeatures};

const BOOKMARKS: &str = "urn:xmpp:bookmarks:1";

/// The handle's call, made beside the transcript.
macro_rules! beside {
    ($t:ident, $handle:ident => $call:expr) => {{
        let $handle = $t.handle.clone();
        tokio::spawn(async move { $call.await })
    }};
}

fn bookmark(group: &str, inner: &str) -> String {
    format!("<item id='{group}'><conference xmlns='{BOOKMARKS}' {inner}</conference></item>")
}

impl Transcript {
    /// At a server that keeps bookmarks, which are these.
    async fn bookmarked(groups: Vec<KnownGroup>, items: &str) -> Self {
        let features = ServerFeatures { personal_eventing: true, push: true, ..ServerFeatures::default() };
        let mut t = Self::at_with(with_groups(groups), "", PEP, features).await;
        t.answers_bookmarks(items).await;
        t
    }

    async fn answers_bookmarks(&mut self, items: &str) {
        self.asks(&format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{BOOKMARKS}'/></pubsub>"))
            .await;
        let answer = format!(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{BOOKMARKS}'>{items}</items></pubsub>"
        );
        self.answered("me@example.org", &answer).await;
    }

    async fn retracts(&mut self) {
        self.sets(&format!(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><retract node='{BOOKMARKS}' notify='true'><item \
             id='{ROOM}'/></retract></pubsub>"
        ))
        .await;
        self.answered("me@example.org", "").await;
    }

    async fn leaves(&mut self, nick: &str) {
        self.recv(&format!("<presence type='unavailable' to='{ROOM}/{nick}'/>")).await;
    }
}

fn item_of(t: &str) -> String {
    bookmark(ROOM, &format!("autojoin='true' name='Hikers'><nick>{t}</nick>"))
}

#[tokio::test(start_paused = true)]
async fn the_list_of_groups_is_followed_on_all_devices() {
    let other = KnownGroup { jid: jid("left@rooms.example.org"), ..known() };
    let mut t = Transcript::bookmarked(vec![other], &item_of("me")).await;
    // One that was left on another device is not entered; one that was entered there is.
    match t.group().await {
        GroupEvent::Changed(group) => {
            assert_eq!((group.jid, group.state), (jid("left@rooms.example.org"), GroupState::Left));
        }
        other => panic!("unexpected event {other:?}"),
    }
    t.stands(GroupState::Joining).await;
    t.tells_what_it_is(INFO).await;
    // What it says of itself.
    t.stands(GroupState::Joining).await;
    t.enters_as("me").await;
    t.send(&presence("me", OWN, &[110])).await;
    t.stands(GroupState::Joined).await;
    t.group().await;
    t.caught_up().await;
    // Somebody else's word about the list is nothing.
    t.send(&event("eve@example.net", BOOKMARKS, &format!("<retract id='{ROOM}'/>"))).await;
    t.quiet().await;
    // Left on another device.
    t.send(&event("me@example.org", BOOKMARKS, &format!("<retract id='{ROOM}'/>"))).await;
    t.leaves("me").await;
    t.stands(GroupState::Left).await;
    // Entered there again, by another name.
    t.send(&event("me@example.org", BOOKMARKS, &item_of("myself"))).await;
    t.stands(GroupState::Joining).await;
    t.tells_what_it_is(INFO).await;
    t.enters_as("myself").await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn leaving_and_being_put_out_takes_the_bookmark_away() {
    let mut t = Transcript::bookmarked(vec![], &item_of("me")).await;
    t.stands(GroupState::Joining).await;
    t.tells_what_it_is(INFO).await;
    t.stands(GroupState::Joining).await;
    t.enters_as("me").await;
    t.send(&presence("me", OWN, &[110])).await;
    t.stands(GroupState::Joined).await;
    t.group().await;
    t.caught_up().await;
    let leaving = beside!(t, handle => handle.leave_group(&room()));
    t.leaves("me").await;
    let published = t.next_element().await;
    let told = String::from(&published);
    assert!(told.contains("autojoin=\"false\"") || told.contains("autojoin='false'"), "{told}");
    t.send(&format!("<iq type='result' id='{}'/>", published.attr("id").unwrap())).await;
    t.retracts().await;
    leaving.await.unwrap().unwrap();
    t.stands(GroupState::Left).await;
    // The list is read anew when that is asked for.
    let listing = beside!(t, handle => handle.refresh_groups());
    t.answers_bookmarks("").await;
    let groups = listing.await.unwrap().unwrap();
    assert_eq!(groups.iter().map(|group| group.state.clone()).collect::<Vec<_>>(), [GroupState::Left]);
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_room_is_asked_to_take_back_what_somebody_said() {
    for (version, asked) in [
        (
            "urn:xmpp:message-moderate:1",
            "<moderate xmlns='urn:xmpp:message-moderate:1' id='k1'><retract xmlns='urn:xmpp:message-retract:1'/><reason>rude\
             </reason></moderate>",
        ),
        (
            "urn:xmpp:message-moderate:0",
            "<apply-to xmlns='urn:xmpp:fasten:0' id='k1'><moderate xmlns='urn:xmpp:message-moderate:0'><retract \
             xmlns='urn:xmpp:message-retract:0'/><reason>rude</reason></moderate></apply-to>",
        ),
    ] {
        let mut t = Transcript::inside(&format!("{INFO}<feature var='{version}'/>")).await;
        let moderating = beside!(t, handle => handle.moderate(&room(), &WireId("k1".to_owned()), "rude"));
        t.iq("set", &format!("to='{ROOM}'"), asked).await;
        t.answered(ROOM, "").await;
        moderating.await.unwrap().unwrap();
        t.end().await;
    }
    let t = Transcript::inside(INFO).await;
    let refused = t.handle.moderate(&room(), &WireId("k1".to_owned()), "").await;
    assert!(matches!(refused, Err(RequestError::Unsupported(_))), "{refused:?}");
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_picture_goes_to_the_room_and_is_told_by_it() {
    let mut t = Transcript::inside(INFO).await;
    let picture = Picture { media_type: "image/png".to_owned(), bytes: b"png".to_vec() };
    let setting = beside!(t, handle => handle.set_group_picture(&room(), Some(&picture)));
    let card = "<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>cG5n</BINVAL></PHOTO></vCard>";
    t.iq("set", &format!("to='{ROOM}'"), card).await;
    t.answered(ROOM, "").await;
    setting.await.unwrap().unwrap();
    let taking = beside!(t, handle => handle.set_group_picture(&room(), None));
    t.iq("set", &format!("to='{ROOM}'"), "<vCard xmlns='vcard-temp'/>").await;
    t.refuses("forbidden", &format!("from='{ROOM}'")).await;
    assert!(matches!(taking.await.unwrap(), Err(RequestError::Refused(_))));
    let large = Picture { media_type: "image/png".to_owned(), bytes: vec![0; 200_000] };
    assert!(matches!(t.handle.set_group_picture(&room(), Some(&large)).await, Err(RequestError::Invalid(_))));
    // XEP-0153, by the room alone.
    let told = |from: &str, hash: &str| {
        format!("<presence from='{from}'><x xmlns='vcard-temp:x:update'><photo>{hash}</photo></x></presence>")
    };
    let hash = "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33";
    t.send(&told(ROOM, hash)).await;
    match t.group().await {
        GroupEvent::Changed(group) => assert_eq!(group.avatar.as_deref(), Some(hash)),
        other => panic!("unexpected event {other:?}"),
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_application_goes_to_whom_the_link_names_and_their_no_ends_it() {
    let mut t = Transcript::online(with_groups(vec![]), Offers::default()).await;
    let link = GroupLink::read(&format!("xmpp:{ROOM}?join;owner=ann@example.org")).unwrap();
    t.handle.apply_to_group(&link, "let me in").await.unwrap();
    t.recv(
        "<message type='chat' to='ann@example.org' id='{application}'><body>let me in</body><application \
         xmlns='urn:confab:call:0' group='hikers@rooms.example.org'/><store xmlns='urn:xmpp:hints'/></message>",
    )
    .await;
    t.stands(GroupState::Applied { to: jid("ann@example.org") }).await;
    let no = |from: &str| {
        format!(
            "<message type='chat' from='{from}/x' id='n'><body>no</body><application xmlns='urn:confab:call:0' \
             group='{ROOM}' declined='true'/></message>"
        )
    };
    t.send(&no("ann@example.org")).await;
    t.stands(GroupState::Refused { why: GroupRefusal::MembersOnly }).await;
    t.end().await;
    let unnamed = GroupLink { owner: None, ..link };
    let t = Transcript::online(with_groups(vec![]), Offers::default()).await;
    assert!(matches!(t.handle.apply_to_group(&unnamed, "").await, Err(RequestError::Unsupported(_))));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn applications_are_for_those_who_lead_the_group() {
    let application = |from: &str| {
        format!(
            "<message type='chat' from='{from}/x' id='a'><body>hello</body><application xmlns='urn:confab:call:0' group='{ROOM}'/></message>"
        )
    };
    let mut t = Transcript::inside(INFO).await;
    // A member decides nothing: it is a message of a stranger like others.
    t.send(&application("eve@example.net")).await;
    assert_eq!(t.heard().await.conversation, jid("eve@example.net"));
    t.send(&presence("me", "<item affiliation='owner' role='moderator'/>", &[110])).await;
    assert!(matches!(t.group().await, GroupEvent::MemberChanged { .. }));
    assert!(matches!(t.group().await, GroupEvent::Noticed { .. }));
    t.stands(GroupState::Joined).await;
    t.send(&application("eve@example.net")).await;
    let request = GroupRequest {
        group: room(),
        kind: GroupRequestKind::Application,
        from: jid("eve@example.net"),
        name: "Hikers".to_owned(),
        text: "hello".to_owned(),
        received_at: NOW,
    };
    assert_eq!(t.group().await, GroupEvent::Requested { request, from_contact: false });
    let answering = beside!(t, handle => handle.answer_application(&room(), &jid("eve@example.net"), true, "welcome"));
    let admin = "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member' jid='eve@example.net'/></query>";
    t.iq("set", &format!("to='{ROOM}'"), admin).await;
    t.answered(ROOM, "").await;
    t.recv(&format!(
        "<message to='{ROOM}' id='{{mediated}}'><x xmlns='http://jabber.org/protocol/muc#user'><invite \
         to='eve@example.net'><reason>welcome</reason></invite></x></message>"
    ))
    .await;
    t.recv(&format!(
        "<message to='eve@example.net' id='{{direct}}'><x xmlns='jabber:x:conference' jid='{ROOM}' reason='welcome'/></message>"
    ))
    .await;
    answering.await.unwrap().unwrap();
    let (group, kind, from) = (room(), GroupRequestKind::Application, jid("eve@example.net"));
    assert_eq!(t.group().await, GroupEvent::RequestSettled { group, kind, from });
    t.end().await;
}

fn page(range: &str) -> String {
    format!(
        "<iq type='set' id='{{page}}' to='{ROOM}'><query xmlns='urn:xmpp:mam:2' queryid='{{q}}'><x \
         xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>\
         <field var='start'><value>2026-12-16T08:00:00.000Z</value></field></x><set \
         xmlns='http://jabber.org/protocol/rsm'><max>100</max>{range}</set></query></iq>"
    )
}

fn fin(complete: bool, first: &str, last: &str) -> String {
    let complete = if complete { "complete='true'" } else { "" };
    format!(
        "<iq type='result' id='{{page}}' from='{ROOM}'><fin xmlns='urn:xmpp:mam:2' {complete}><set \
         xmlns='http://jabber.org/protocol/rsm'><first>{first}</first><last>{last}</last></set></fin></iq>"
    )
}

#[tokio::test(start_paused = true)]
async fn a_new_device_reads_the_archive_of_a_room_backwards() {
    let info = format!("{INFO}<feature var='urn:xmpp:mam:2'/>");
    let mut config = with_groups(vec![known()]);
    config.catch_up_since = Some(Timestamp(NOW.0 - 30 * 24 * 3_600_000));
    let mut t = Transcript::online(config, Offers::default()).await;
    t.enters(&info).await;
    let from = format!("{ROOM}/Bob");
    t.recv(&page("<before/>")).await;
    t.send(&result(ROOM, "k3", &archived(&from, "m3", ""))).await;
    t.send(&result(ROOM, "k4", &archived(&from, "m4", ""))).await;
    t.send(&fin(false, "k3", "k4")).await;
    for id in ["k3", "k4"] {
        assert_eq!(t.heard().await.archive_id.as_deref(), Some(id));
    }
    t.captured.remove("page");
    t.captured.remove("q");
    t.recv(&page("<before>k3</before>")).await;
    // Live meanwhile: told at once, and no reason to think that all before it is here.
    t.send(&said(
        &from,
        "m5",
        "<body>now</body><stanza-id xmlns='urn:xmpp:sid:0' by='hikers@rooms.example.org' id='k5'/>",
    ))
    .await;
    assert_eq!(t.heard().await.archive_id.as_deref(), Some("k5"));
    t.send(&result(ROOM, "k2", &archived(&from, "m2", ""))).await;
    t.send(&fin(true, "k2", "k2")).await;
    assert_eq!(t.heard().await.archive_id.as_deref(), Some("k2"));
    assert_eq!(t.group().await, GroupEvent::ArchiveReached { group: room(), id: "k4".to_owned() });
    assert_eq!(t.group().await, GroupEvent::ArchiveReached { group: room(), id: "k5".to_owned() });
    t.caught_up().await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_archive_that_lost_the_place_leaves_a_gap_and_one_that_is_silent_is_asked_again() {
    let info = format!("{INFO}<feature var='urn:xmpp:mam:2'/>");
    let known = KnownGroup { archive_id: Some("old".to_owned()), ..known() };
    let mut t = Transcript::inside_with(&info, Offers::default(), known).await;
    let asked = t.next_element().await;
    let id = asked.attr("id").unwrap().to_owned();
    t.send(&format!(
        "<iq type='error' id='{id}' from='{ROOM}'><error type='cancel'><item-not-found \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    ))
    .await;
    assert_eq!(t.group().await, GroupEvent::ArchiveGap { group: room() });
    let asked = t.next_element().await;
    assert!(String::from(&asked).contains("<before"), "backwards from now");
    // No answer at all: own messages do not wait for it, and it is asked again.
    loop {
        let next = t.next_element().await;
        if next.has_child("query", "urn:xmpp:mam:2") {
            break;
        }
        let (id, to) = (next.attr("id").unwrap_or_default(), next.attr("to").unwrap_or("example.org"));
        t.send(&format!("<iq type='result' id='{id}' from='{to}'/>")).await;
    }
    t.event_matching(
        |event| matches!(event, SessionEvent::Group(told) if matches!(**told, GroupEvent::CaughtUp { .. })),
    )
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_rooms_occupants_and_requests_is_bounded() {
    const PEOPLE: usize = 5_000;
    let mut t = Transcript::inside(PUBLIC).await;
    for number in 0..PEOPLE + 20 {
        t.send(&presence(&format!("n{number}"), "<item affiliation='none' role='participant'/>", &[])).await;
        // The events are taken: their queue is another limit.
        if number < PEOPLE - 2 {
            assert!(matches!(t.group().await, GroupEvent::MemberChanged { .. }), "{number}");
        }
    }
    t.quiet().await;
    assert_eq!(t.handle.group_members(&room(), false).await.unwrap().len(), PEOPLE);
    // Own messages that do not come back.
    for number in 0..1_000 {
        t.handle.send_message(text(&format!("m{number}"), "x")).await.unwrap();
        t.next_element().await;
    }
    assert_eq!(t.handle.send_message(text("one more", "x")).await, Err(SendError::QueueFull));
    t.end().await;

    let known =
        |number: usize| KnownGroup { jid: jid(&format!("r{number}@rooms.example.org")), joined: false, ..known() };
    let t = Transcript::online(with_groups((0..600).map(known).collect()), Offers::default()).await;
    assert_eq!(t.handle.groups().await.len(), 500);
    assert_eq!(t.handle.join_group(&room(), None).await, Err(RequestError::QueueFull));
    t.end().await;

    let mut t = Transcript::online(with_groups(vec![]), Offers::default()).await;
    for number in 0..300 {
        t.send(&format!(
            "<message from='bob{number}@example.org/x' id='i'><x xmlns='jabber:x:conference' jid='{ROOM}'/></message>"
        ))
        .await;
        assert!(matches!(t.group().await, GroupEvent::Requested { .. }));
    }
    // The newest are remembered, and not told twice.
    t.send(&format!(
        "<message from='bob299@example.org/x' id='i'><x xmlns='jabber:x:conference' jid='{ROOM}'/></message>"
    ))
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_is_not_there_is_something_else_now() {
    let mut t = Transcript::inside(INFO).await;
    let listing = beside!(t, handle => handle.group_members(&room(), true));
    for (affiliation, people) in [
        ("owner", ""),
        ("admin", BOB),
        ("member", "<item affiliation='member' jid='carol@example.org'/>"),
        ("outcast", ""),
    ] {
        let query = |inner: &str| format!("<query xmlns='http://jabber.org/protocol/muc#admin'>{inner}</query>");
        t.iq("get", &format!("to='{ROOM}'"), &query(&format!("<item affiliation='{affiliation}'/>"))).await;
        let people = people.replace("role='moderator' jid='bob@example.org/x'", "jid='bob@example.org'");
        t.answered(ROOM, &query(&people)).await;
    }
    let listed = listing.await.unwrap().unwrap();
    let absent = GroupMember {
        who: Sender::person(jid("carol@example.org")),
        role: GroupRole::Member,
        present: false,
        own: false,
    };
    assert!(listed.contains(&absent), "{listed:?}");
    // How many there are.
    t.stands(GroupState::Joined).await;
    assert!(matches!(t.group().await, GroupEvent::Members { complete: true, .. }));
    t.send(&said(
        ROOM,
        "x",
        "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='admin' jid='carol@example.org'/></x>",
    ))
    .await;
    let member = GroupMember { role: GroupRole::Admin, ..absent };
    assert_eq!(t.group().await, GroupEvent::MemberChanged { group: room(), member });
    assert!(matches!(t.group().await, GroupEvent::Noticed { .. }));
    t.end().await;
}
