//! What an account keeps for its devices and tells of itself: read marks (0490), blocking (0191, 0377), profiles (0172,
//! 0084, 0054, 0153), availability (0223), places for files (0363), push (0357), password and removal (0077).

use confab_model::{Availability, BareJid, ConversationKind, PresenceShow, ReportReason};

use super::*;
use crate::{
    AvatarInfo, Displayed, Found, Picture, ProfileChange, ProfileUpdate, PublishedProfile, PushService, Report,
    RequestError, ServerFeatures, Services, UploadError, UploadSlot, xep::avatars_0084,
};

fn jid(text: &str) -> BareJid {
    text.parse().unwrap()
}

const PEP: &str = "<identity category='pubsub' type='pep'/><feature var='urn:xmpp:push:0'/>";
const BLOCKING: &str = "<feature var='urn:xmpp:blocking'/><feature var='urn:xmpp:reporting:1'/>";
const ITEMS: &str = "<feature var='http://jabber.org/protocol/disco#items'/>";
const CAPS: &str = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://confab.im' ver='{caps}'/>";
const DONE: &str = "<iq type='result' id='{iq}'/>";

impl Transcript {
    /// Online, at a server and with an account that have these features, up to where it is told what they are.
    async fn at(server: &str, account: &str, expected: ServerFeatures) -> Self {
        let mut t = Self::start(config());
        let offers = Offers::default();
        t.connected(ConnectionState::Connecting).await;
        t.accept(offers).await;
        t.bind(offers).await;
        t.connected(ConnectionState::Online { catching_up: true }).await;
        t.event_matching(|event| matches!(event, SessionEvent::Online { resumed: false, .. })).await;
        t.asked(offers).await;
        t.send(
            "<iq type='result' id='{roster}'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' \
             subscription='both'/></query></iq>",
        )
        .await;
        t.event_matching(|event| matches!(event, SessionEvent::ContactsLoaded { .. })).await;
        t.send("<iq type='result' id='{carbons}'/>").await;
        t.told_features("account", "me@example.org", account).await;
        t.recv(&format!("<presence>{CAPS}</presence>")).await;
        t.connected(ConnectionState::Online { catching_up: false }).await;
        if account.contains("'pep'") {
            t.asks(
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub>",
            )
            .await;
            t.refuses("item-not-found", "").await;
        }
        t.told_features("server", "example.org", server).await;
        let expected = ServerFeatures { carbons: true, ..expected };
        assert_eq!(t.event().await, SessionEvent::ServerFeaturesKnown(expected));
        t
    }

    async fn with_pep() -> Self {
        let features = ServerFeatures { personal_eventing: true, push: true, ..ServerFeatures::default() };
        Self::at("", PEP, features).await
    }

    async fn told_features(&mut self, id: &str, from: &str, features: &str) {
        let query = format!("<query xmlns='http://jabber.org/protocol/disco#info'>{features}</query>");
        self.send(&format!("<iq type='result' id='{{{id}}}' from='{from}'>{query}</iq>")).await;
    }

    async fn iq(&mut self, kind: &str, to: &str, payload: &str) {
        self.captured.remove("iq");
        self.recv(&format!("<iq type='{kind}' id='{{iq}}' {to}>{payload}</iq>")).await;
    }

    async fn asks(&mut self, payload: &str) {
        self.iq("get", "", payload).await;
    }

    async fn sets(&mut self, payload: &str) {
        self.iq("set", "", payload).await;
    }

    async fn asks_bob(&mut self, payload: &str) {
        self.iq("get", "to='bob@example.org'", payload).await;
    }

    async fn refuses(&mut self, condition: &str, from: &str) {
        self.send(&format!(
            "<iq type='error' id='{{iq}}' {from}><error type='cancel'><{condition} \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ))
        .await;
    }

    async fn answered(&mut self, from: &str, payload: &str) {
        self.send(&format!("<iq type='result' id='{{iq}}' from='{from}'>{payload}</iq>")).await;
    }
}

/// The handle's call, made beside the transcript.
macro_rules! beside {
    ($t:ident, $handle:ident => $call:expr) => {{
        let $handle = $t.handle.clone();
        tokio::spawn(async move { $call.await })
    }};
}

fn event(from: &str, node: &str, items: &str) -> String {
    format!(
        "<message type='headline' from='{from}'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
         <items node='{node}'>{items}</items></event></message>"
    )
}

fn mark(conversation: &str, by: &str, id: &str) -> String {
    format!(
        "<item id='{conversation}'><displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' \
         by='{by}' id='{id}'/></displayed></item>"
    )
}

fn displayed(conversation: &str, kind: ConversationKind, id: &str) -> Displayed {
    Displayed { conversation: jid(conversation), kind, archive_id: id.to_owned() }
}

#[tokio::test(start_paused = true)]
async fn what_other_devices_read_is_told_at_the_beginning_and_as_it_happens() {
    let mut t = Transcript::start(config());
    let offers = Offers::default();
    t.connected(ConnectionState::Connecting).await;
    t.accept(offers).await;
    t.bind(offers).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    t.event_matching(|event| matches!(event, SessionEvent::Online { .. })).await;
    t.asked(offers).await;
    t.told_features("account", "me@example.org", PEP).await;
    t.recv(&format!("<presence>{CAPS}</presence>")).await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.asks("<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub>").await;
    // Ids that neither the own archive nor the room gave name nothing here.
    let items = [
        mark("bob@example.org", "me@example.org", "a1"),
        mark("room@rooms.example.org", "room@rooms.example.org", "r1"),
        mark("bob@example.org", "bob@example.org/x", "forged"),
        mark("room@rooms.example.org", "other@rooms.example.org", "forged"),
        mark("@", "me@example.org", "x"),
        mark("bob@example.org", "me@example.org", ""),
        "<item id='bob@example.org'/>".to_owned(),
    ];
    t.answered(
        "me@example.org",
        &format!(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'>{}</items>\
             </pubsub>",
            items.concat()
        ),
    )
    .await;
    let (direct, group) = (ConversationKind::Direct, ConversationKind::Group);
    assert_eq!(t.event().await, SessionEvent::DisplayedUpTo(displayed("bob@example.org", direct, "a1")));
    assert_eq!(t.event().await, SessionEvent::DisplayedUpTo(displayed("room@rooms.example.org", group, "r1")));
    let node = "urn:xmpp:mds:displayed:0";
    t.send(&event("me@example.org", node, &mark("bob@example.org", "me@example.org", "a2"))).await;
    assert_eq!(t.event().await, SessionEvent::DisplayedUpTo(displayed("bob@example.org", direct, "a2")));
    for forger in ["eve@example.net", "bob@example.org", "me@example.org/phone", "example.org"] {
        t.send(&event(forger, node, &mark("bob@example.org", "me@example.org", "a3"))).await;
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_this_device_read_is_published_on_a_node_that_is_private() {
    let mut t = Transcript::with_pep().await;
    let field = |name: &str, value: &str| format!("<field var='pubsub#{name}'><value>{value}</value></field>");
    let form = |kind: &str| {
        format!(
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>\
             http://jabber.org/protocol/pubsub#{kind}</value></field>{}{}{}{}</x>",
            field("persist_items", "true"),
            field("max_items", "max"),
            field("send_last_published_item", "never"),
            field("access_model", "whitelist")
        )
    };
    let publish = format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:mds:displayed:0'>{}</publish>\
         <publish-options>{}</publish-options></pubsub>",
        mark("bob@example.org", "me@example.org", "a1"),
        form("publish-options")
    );
    let published = beside!(t, handle => {
        let mark = displayed("bob@example.org", ConversationKind::Direct, "a1");
        async move { handle.publish_displayed(&mark).await }
    });
    t.sets(&publish).await;
    // The node was made by a client that wanted it otherwise.
    t.send(
        "<iq type='error' id='{iq}'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/></error></iq>",
    )
    .await;
    t.sets(&format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='urn:xmpp:mds:displayed:0'>{}\
         </configure></pubsub>",
        form("node_config")
    ))
    .await;
    t.send(DONE).await;
    t.sets(&publish).await;
    t.send(DONE).await;
    assert_eq!(published.await.unwrap(), Ok(()));
    t.end().await;
}

/// ejabberd 23.01 does not know `max_items` among the options of publishing.
#[tokio::test(start_paused = true)]
async fn a_node_is_made_private_before_anything_is_published_where_options_are_not_known() {
    let mut t = Transcript::with_pep().await;
    let field = |name: &str, value: &str| format!("<field var='pubsub#{name}'><value>{value}</value></field>");
    let form = |kind: &str| {
        format!(
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>\
             http://jabber.org/protocol/pubsub#{kind}</value></field>{}{}</x>",
            field("persist_items", "true"),
            field("access_model", "whitelist")
        )
    };
    let node = "urn:confab:call:0#availability";
    let item = "<item id='current'><availability xmlns='urn:confab:call:0' dnd='false'/></item>";
    let publish = |options: &str| {
        format!(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{node}'>{item}</publish>{options}</pubsub>"
        )
    };
    let with_options = publish(&format!("<publish-options>{}</publish-options>", form("publish-options")));
    let configure = format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='{node}'>{}</configure></pubsub>",
        form("node_config")
    );
    let create = format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><create node='{node}'/><configure>{}</configure></pubsub>",
        form("node_config")
    );
    let set = |t: &Transcript| beside!(t, handle => handle.set_availability(Availability::default()));
    // Neither: nothing is published.
    let done = set(&t);
    t.sets(&with_options).await;
    t.refuses("resource-constraint", "").await;
    t.sets(&configure).await;
    t.refuses("item-not-found", "").await;
    t.sets(&create).await;
    t.refuses("not-allowed", "").await;
    assert!(matches!(done.await.unwrap(), Err(RequestError::Refused(_))));
    let done = set(&t);
    t.sets(&with_options).await;
    t.refuses("resource-constraint", "").await;
    t.sets(&configure).await;
    t.refuses("item-not-found", "").await;
    t.sets(&create).await;
    t.send(DONE).await;
    t.sets(&publish("")).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    // From now on it is.
    let done = set(&t);
    t.sets(&publish("")).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_is_blocked_is_told_and_followed() {
    let features = ServerFeatures { blocking: true, reporting: true, ..ServerFeatures::default() };
    let mut t = Transcript::at(BLOCKING, "", features).await;
    let blocked =
        |people: &[&str]| SessionEvent::BlockedChanged { blocked: people.iter().map(|who| jid(who)).collect() };
    t.asks("<blocklist xmlns='urn:xmpp:blocking'/>").await;
    t.send(
        "<iq type='result' id='{iq}'><blocklist xmlns='urn:xmpp:blocking'><item jid='eve@example.net'/><item jid='@'/>\
         <item jid='spam.example'/></blocklist></iq>",
    )
    .await;
    assert_eq!(t.event().await, blocked(&["eve@example.net", "spam.example"]));

    let done = beside!(t, handle => handle.block(
        jid("joe@example.net"),
        Some(Report { reason: ReportReason::Spam, text: "ads".to_owned(), messages: vec!["a1".to_owned()] }),
    ));
    t.sets(
        "<block xmlns='urn:xmpp:blocking'><item jid='joe@example.net'><report xmlns='urn:xmpp:reporting:1' \
         reason='urn:xmpp:reporting:spam'><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='a1'/><text>ads\
         </text></report></item></block>",
    )
    .await;
    // The push may be ahead of the answer; it is told once.
    let push = |inner: &str| format!("<iq type='set' id='p'>{inner}</iq>");
    t.send(&push("<block xmlns='urn:xmpp:blocking'><item jid='joe@example.net'/></block>")).await;
    t.recv("<iq type='result' id='p'/>").await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    assert_eq!(t.event().await, blocked(&["eve@example.net", "joe@example.net", "spam.example"]));

    let done = beside!(t, handle => handle.unblock(jid("joe@example.net")));
    t.sets("<unblock xmlns='urn:xmpp:blocking'><item jid='joe@example.net'/></unblock>").await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    assert_eq!(t.event().await, blocked(&["eve@example.net", "spam.example"]));

    for forger in ["eve@example.net", "bob@example.org/x", "example.org"] {
        t.send(&format!(
            "<iq type='set' id='f' from='{forger}'><unblock xmlns='urn:xmpp:blocking'><item jid='eve@example.net'/>\
             </unblock></iq>"
        ))
        .await;
        t.recv(&format!(
            "<iq type='error' id='f' to='{forger}'><error type='cancel'><service-unavailable \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ))
        .await;
    }
    t.send(&push("<unblock xmlns='urn:xmpp:blocking'/>")).await;
    t.recv("<iq type='result' id='p'/>").await;
    assert_eq!(t.event().await, blocked(&[]));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn without_blocking_nobody_is_blocked() {
    let mut t = Transcript::at("", "", ServerFeatures::default()).await;
    let refused = Err(RequestError::Unsupported("urn:xmpp:blocking"));
    assert_eq!(t.handle.block(jid("eve@example.net"), None).await, refused);
    t.quiet().await;
    assert_eq!(t.handle.upload_slot("a", 1, "text/plain").await, Err(UploadError::NoService));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn names_and_pictures_of_contacts_are_told_and_of_strangers_not() {
    let mut t = Transcript::with_pep().await;
    let nick = "<item id='current'><nick xmlns='http://jabber.org/protocol/nick'>\u{202e}Bobby </nick></item>";
    let id = "a".repeat(40);
    let info = AvatarInfo { id: id.clone(), media_type: "image/png".to_owned(), width: 64, height: 48 };
    let metadata =
        |info: &str| format!("<item id='x'><metadata xmlns='urn:xmpp:avatar:metadata'>{info}</metadata></item>");
    let one = metadata(&format!("<info id='{id}' type='image/png' bytes='9' width='64' height='48'/>"));
    let told =
        |change: ProfileChange| SessionEvent::ProfileChanged(ProfileUpdate { jid: jid("bob@example.org"), change });
    t.send(&event("bob@example.org", "http://jabber.org/protocol/nick", nick)).await;
    assert_eq!(t.event().await, told(ProfileChange::Nickname("Bobby".to_owned())));
    t.send(&event("bob@example.org", "urn:xmpp:avatar:metadata", &one)).await;
    assert_eq!(t.event().await, told(ProfileChange::Avatar(Some(info))));
    for stranger in ["eve@example.net", "bob@example.org/x", "example.org"] {
        t.send(&event(stranger, "http://jabber.org/protocol/nick", nick)).await;
        t.send(&event(stranger, "urn:xmpp:avatar:metadata", &one)).await;
    }
    // What presence says of a card does not count while there is a picture on the node.
    let presence = |photo: &str| {
        format!("<presence from='bob@example.org/x'><x xmlns='vcard-temp:x:update'>{photo}</x></presence>")
    };
    let card = |letter: &str| presence(&format!("<photo>{}</photo>", letter.repeat(40)));
    t.send(&card("b")).await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    t.quiet().await;
    t.send(&event("bob@example.org", "urn:xmpp:avatar:metadata", &metadata(""))).await;
    assert_eq!(t.event().await, told(ProfileChange::Avatar(None)));
    t.send(&card("B")).await;
    let of_card = AvatarInfo { id: "b".repeat(40), media_type: String::new(), width: 0, height: 0 };
    assert_eq!(t.event().await, told(ProfileChange::Avatar(Some(of_card))));
    t.send(&card("b")).await;
    t.send(&presence("")).await;
    t.quiet().await;
    t.send(&presence("<photo/>")).await;
    assert_eq!(t.event().await, told(ProfileChange::Avatar(None)));
    t.end().await;
}

const NO_ITEMS: &str = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/></pubsub>";

#[tokio::test(start_paused = true)]
async fn a_profile_is_put_together_from_nodes_and_card() {
    let mut t = Transcript::with_pep().await;
    let newest = |node: &str| {
        format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{node}' max_items='1'/></pubsub>")
    };
    let profile = beside!(t, handle => async move { handle.profile(&jid("bob@example.org")).await });
    t.asks_bob(&newest("http://jabber.org/protocol/nick")).await;
    t.answered(
        "bob@example.org",
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'><item id='1'><nick \
         xmlns='http://jabber.org/protocol/nick'>Bob</nick></item></items></pubsub>",
    )
    .await;
    t.asks_bob(&newest("urn:xmpp:avatar:metadata")).await;
    t.refuses("item-not-found", "from='bob@example.org'").await;
    t.asks_bob("<vCard xmlns='vcard-temp'/>").await;
    t.answered(
        "bob@example.org",
        "<vCard xmlns='vcard-temp'><NICKNAME>other</NICKNAME><PHOTO><TYPE>image/png</TYPE><BINVAL>aG\nk=</BINVAL>\
         </PHOTO></vCard>",
    )
    .await;
    let id = avatars_0084::id(b"hi");
    let media_type = "image/png".to_owned();
    let expected = PublishedProfile {
        name: "Bob".to_owned(),
        avatar: Some(AvatarInfo { id: id.clone(), media_type: media_type.clone(), width: 0, height: 0 }),
        picture: Some(Picture { media_type, bytes: b"hi".to_vec() }),
    };
    assert_eq!(profile.await.unwrap(), Ok(expected));

    // A picture that is not the one that was asked for is none.
    let item = format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='{id}'/></items>\
         </pubsub>"
    );
    let data = |text: &str| {
        item.replace("/></items>", &format!("><data xmlns='urn:xmpp:avatar:data'>{text}</data></item></items>"))
    };
    for (answer, expected) in [("aGk=", Some(b"hi".to_vec())), ("aG8=", None)] {
        let wanted = id.clone();
        let picture = beside!(t, handle => async move { handle.avatar(&jid("bob@example.org"), &wanted).await });
        t.asks_bob(&item).await;
        t.answered("bob@example.org", &data(answer)).await;
        if expected.is_none() {
            t.asks_bob("<vCard xmlns='vcard-temp'/>").await;
            t.refuses("service-unavailable", "from='bob@example.org'").await;
        }
        assert_eq!(picture.await.unwrap().map(|picture| picture.map(|picture| picture.bytes)), Ok(expected));
    }
    // Nobody answers in Bob's place.
    let profile = beside!(t, handle => async move { handle.profile(&jid("bob@example.org")).await });
    t.asks_bob(&newest("http://jabber.org/protocol/nick")).await;
    t.answered("eve@example.net", NO_ITEMS).await;
    assert_eq!(profile.await.unwrap(), Err(RequestError::Timeout));
}

#[tokio::test(start_paused = true)]
async fn the_own_name_and_picture_are_published() {
    let mut t = Transcript::with_pep().await;
    let publish = |node: &str, item: &str| {
        format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{node}'>{item}</publish></pubsub>")
    };
    let done = beside!(t, handle => async move { handle.set_nickname("Ann").await });
    let nick = "<item id='current'><nick xmlns='http://jabber.org/protocol/nick'>Ann</nick></item>";
    t.sets(&publish("http://jabber.org/protocol/nick", nick)).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    // From now on that is what strangers are told.
    t.send(&event("me@example.org", "http://jabber.org/protocol/nick", nick)).await;
    t.event_matching(|event| matches!(event, SessionEvent::ProfileChanged(_))).await;
    let added = beside!(t, handle => handle.add_contact(jid("zoe@example.net"), "Zoë".to_owned(), String::new()));
    t.sets("<query xmlns='jabber:iq:roster'><item jid='zoe@example.net' name='Zoë'/></query>").await;
    t.recv(
        "<presence type='subscribe' to='zoe@example.net'><nick xmlns='http://jabber.org/protocol/nick'>Ann</nick>\
         </presence>",
    )
    .await;
    t.send(DONE).await;
    assert_eq!(added.await.unwrap(), Ok(()));

    let id = avatars_0084::id(b"hi");
    let done = beside!(t, handle => async move {
        let picture = Picture { media_type: "image/png".to_owned(), bytes: b"hi".to_vec() };
        handle.set_avatar(Some(&picture), (2, 1)).await
    });
    let data = format!("<item id='{id}'><data xmlns='urn:xmpp:avatar:data'>aGk=</data></item>");
    t.sets(&publish("urn:xmpp:avatar:data", &data)).await;
    t.send(DONE).await;
    let metadata = format!(
        "<item id='{id}'><metadata xmlns='urn:xmpp:avatar:metadata'><info id='{id}' type='image/png' bytes='2' \
         width='2' height='1'/></metadata></item>"
    );
    t.sets(&publish("urn:xmpp:avatar:metadata", &metadata)).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(Some(id)));
    let large = Picture { media_type: "image/png".to_owned(), bytes: vec![0; 128 * 1024 + 1] };
    assert!(matches!(t.handle.set_avatar(Some(&large), (0, 0)).await, Err(RequestError::Invalid(_))));
    let done = beside!(t, handle => async move { handle.set_avatar(None, (0, 0)).await });
    let nothing = "<item id='current'><metadata xmlns='urn:xmpp:avatar:metadata'/></item>";
    t.sets(&publish("urn:xmpp:avatar:metadata", nothing)).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(None));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn do_not_disturb_is_the_same_everywhere_and_ends_by_itself() {
    let mut t = Transcript::with_pep().await;
    let until = NOW.plus(Duration::from_secs(600));
    let busy = Availability { do_not_disturb: true, until: Some(until), status: "in a meeting".to_owned() };
    let shown = format!("<presence><show>dnd</show><status>in a meeting</status>{CAPS}</presence>");
    let item = "<item id='current'><availability xmlns='urn:confab:call:0' dnd='true' until='2027-01-15T08:10:00.000Z'>\
        <status>in a meeting</status></availability></item>";
    let node = "urn:confab:call:0#availability";
    // Set here.
    let set = busy.clone();
    let done = beside!(t, handle => handle.set_availability(set));
    t.recv(&shown).await;
    assert_eq!(t.event().await, SessionEvent::AvailabilityChanged(busy.clone()));
    t.sets(&format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{node}'>{item}</publish><publish-options>\
         <x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>\
         <value>http://jabber.org/protocol/pubsub#publish-options</value></field>\
         <field var='pubsub#persist_items'><value>true</value></field>\
         <field var='pubsub#access_model'><value>whitelist</value></field></x></publish-options></pubsub>"
    ))
    .await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    // Our own echo, and somebody else's idea of it.
    t.send(&event("me@example.org", node, item)).await;
    let off = "<item id='current'><availability xmlns='urn:confab:call:0' dnd='false'/></item>";
    t.send(&event("bob@example.org", node, off)).await;
    t.send(&event("me@example.org/phone", node, off)).await;
    t.quiet().await;
    // Set on another device.
    t.send(&event("me@example.org", node, off)).await;
    t.recv(&format!("<presence>{CAPS}</presence>")).await;
    assert_eq!(t.event().await, SessionEvent::AvailabilityChanged(Availability::default()));
    // What was set for a time that is over is not set.
    t.send(&event("me@example.org", node, &item.replace("08:10", "07:10"))).await;
    t.recv(&format!("<presence><status>in a meeting</status>{CAPS}</presence>")).await;
    let over = Availability { status: "in a meeting".to_owned(), ..Availability::default() };
    assert_eq!(t.event().await, SessionEvent::AvailabilityChanged(over));
    t.send(&event("me@example.org", node, item)).await;
    t.recv(&shown).await;
    assert_eq!(t.event().await, SessionEvent::AvailabilityChanged(busy));
    // The person's own state is below it.
    let away = crate::OwnPresence { show: PresenceShow::Away, ..crate::OwnPresence::default() };
    t.handle.set_presence(away).await;
    t.recv(&shown).await;
    t.send(&event("me@example.org", node, off)).await;
    t.recv(&format!("<presence><show>away</show>{CAPS}</presence>")).await;
    assert_eq!(t.event().await, SessionEvent::AvailabilityChanged(Availability::default()));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn places_for_files_and_groups_are_found() {
    let mut t = Transcript::at(ITEMS, "", ServerFeatures::default()).await;
    t.iq("get", "to='example.org'", "<query xmlns='http://jabber.org/protocol/disco#items'/>").await;
    t.answered(
        "example.org",
        "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='upload.example.org'/>\
         <item jid='rooms.example.org'/><item jid='@'/></query>",
    )
    .await;
    let info = |features: &str| format!("<query xmlns='http://jabber.org/protocol/disco#info'>{features}</query>");
    let query = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
    t.recv(&format!("<iq type='get' id='{{upload}}' to='upload.example.org'>{query}</iq>")).await;
    t.recv(&format!("<iq type='get' id='{{rooms}}' to='rooms.example.org'>{query}</iq>")).await;
    let upload = info(
        "<identity category='store' type='file'/><feature var='urn:xmpp:http:upload:0'/><x xmlns='jabber:x:data' \
         type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:http:upload:0</value></field>\
         <field var='max-file-size'><value>1000</value></field></x>",
    );
    t.send(&format!("<iq type='result' id='{{upload}}' from='upload.example.org'>{upload}</iq>")).await;
    let rooms = info("<identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/>");
    t.send(&format!("<iq type='result' id='{{rooms}}' from='rooms.example.org'>{rooms}</iq>")).await;
    let known = ServerFeatures {
        carbons: true,
        upload: true,
        max_upload: Some(1000),
        groups: true,
        ..ServerFeatures::default()
    };
    assert_eq!(t.event().await, SessionEvent::ServerFeaturesKnown(known));
    let upload: jid::Jid = "upload.example.org".parse().unwrap();
    let services =
        Services { upload: Some((upload, Some(1000))), groups: "rooms.example.org".parse().ok(), directory: None };
    assert_eq!(t.handle.search_directory("x").await, Err(RequestError::Unsupported("jabber:iq:search")));
    assert_eq!(t.handle.services().await, services);

    let too_large = Err(UploadError::TooLarge { limit: Some(1000) });
    assert_eq!(t.handle.upload_slot("a.png", 1001, "image/png").await, too_large);
    let request = "<request xmlns='urn:xmpp:http:upload:0' filename='a b.png' size='1000' content-type='image/png'/>";
    let ask =
        |t: &Transcript| beside!(t, handle => async move { handle.upload_slot("a b.png", 1000, "image/png").await });
    let slot = ask(&t);
    t.iq("get", "to='upload.example.org'", request).await;
    t.answered(
        "upload.example.org",
        "<slot xmlns='urn:xmpp:http:upload:0'><put url='https://u.example.org/1'><header name='Authorization'>x</header>\
         <header name='X-Evil'>y</header></put><get url='https://d.example.org/1'/></slot>",
    )
    .await;
    let expected = UploadSlot {
        put_url: "https://u.example.org/1".to_owned(),
        headers: vec![("Authorization".to_owned(), "x".to_owned())],
        get_url: "https://d.example.org/1".to_owned(),
    };
    assert_eq!(slot.await.unwrap(), Ok(expected));
    let slot = ask(&t);
    t.iq("get", "to='upload.example.org'", request).await;
    t.send(
        "<iq type='error' id='{iq}' from='upload.example.org'><error type='modify'><not-acceptable \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><file-too-large xmlns='urn:xmpp:http:upload:0'/></error></iq>",
    )
    .await;
    assert_eq!(slot.await.unwrap(), too_large);
    let slot = ask(&t);
    t.iq("get", "to='upload.example.org'", request).await;
    t.refuses("resource-constraint", "from='upload.example.org'").await;
    assert_eq!(slot.await.unwrap(), Err(UploadError::QuotaReached(String::new())));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn people_are_looked_up_in_the_directory() {
    let features = "<identity category='directory' type='user'/><feature var='jabber:iq:search'/>";
    let expected = ServerFeatures { directory: true, ..ServerFeatures::default() };
    let mut t = Transcript::at(features, "", expected).await;
    let found = beside!(t, handle => async move { handle.search_directory("bo").await });
    t.iq("get", "to='example.org'", "<query xmlns='jabber:iq:search'/>").await;
    t.answered("example.org", "<query xmlns='jabber:iq:search'><nick/><first/></query>").await;
    let bob = "<item jid='bob@example.org'><nick>Bob</nick></item>";
    t.iq("set", "to='example.org'", "<query xmlns='jabber:iq:search'><nick>bo</nick></query>").await;
    t.answered("example.org", &format!("<query xmlns='jabber:iq:search'>{bob}</query>")).await;
    t.iq("set", "to='example.org'", "<query xmlns='jabber:iq:search'><first>bo</first></query>").await;
    let both = format!("<query xmlns='jabber:iq:search'>{bob}<item jid='bo@example.org'/></query>");
    t.answered("example.org", &both).await;
    let person = |who: &str, name: &str| Found { jid: jid(who), name: name.to_owned() };
    let expected = vec![person("bob@example.org", "Bob"), person("bo@example.org", "")];
    assert_eq!(found.await.unwrap(), Ok(expected));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn push_is_switched_on_and_off() {
    let mut t = Transcript::with_pep().await;
    let service: jid::Jid = "push.example.net".parse().unwrap();
    let push = PushService {
        jid: service.clone(),
        node: "n".to_owned(),
        options: vec![("secret".to_owned(), "s".to_owned())],
    };
    let done = beside!(t, handle => async move { handle.enable_push(&push).await });
    t.sets(
        "<enable xmlns='urn:xmpp:push:0' jid='push.example.net' node='n'><x xmlns='jabber:x:data' type='submit'>\
         <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>\
         <field var='secret'><value>s</value></field></x></enable>",
    )
    .await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    let done = beside!(t, handle => async move { handle.disable_push(&service, Some("n")).await });
    t.sets("<disable xmlns='urn:xmpp:push:0' jid='push.example.net' node='n'/>").await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_password_is_used_from_then_on() {
    let mut t = Transcript::at("", "", ServerFeatures::default()).await;
    let change = |password: &str| {
        format!("<query xmlns='jabber:iq:register'><username>me</username><password>{password}</password></query>")
    };
    let refused = beside!(t, handle => handle.change_password("weak".to_owned().into()));
    t.iq("set", "to='example.org'", &change("weak")).await;
    t.refuses("not-acceptable", "from='example.org'").await;
    assert!(matches!(refused.await.unwrap(), Err(RequestError::Refused(_))));
    let done = beside!(t, handle => handle.change_password("better".to_owned().into()));
    t.iq("set", "to='example.org'", &change("better")).await;
    t.answered("example.org", "").await;
    assert_eq!(done.await.unwrap(), Ok(()));
    assert_eq!(t.requests.try_recv().unwrap().password.unwrap().0, "secret");
    t.cut();
    t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))).await;
    t.connected(ConnectionState::Connecting).await;
    assert_eq!(t.requests.recv().await.unwrap().password.unwrap().0, "better");
}

#[tokio::test(start_paused = true)]
async fn a_removed_account_does_not_come_back() {
    let mut t = Transcript::at("", "", ServerFeatures::default()).await;
    let remove = "<query xmlns='jabber:iq:register'><remove/></query>";
    let refused = beside!(t, handle => handle.remove_account());
    t.sets(remove).await;
    t.refuses("not-allowed", "").await;
    assert!(matches!(refused.await.unwrap(), Err(RequestError::Refused(_))));
    let done = beside!(t, handle => handle.remove_account());
    t.sets(remove).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    t.connected(ConnectionState::Offline).await;
    t.requests.try_recv().unwrap();
    tokio::time::advance(Duration::from_secs(600)).await;
    assert!(t.requests.try_recv().is_err(), "it connects again");
    t.server = None;
    t.end().await;
}
