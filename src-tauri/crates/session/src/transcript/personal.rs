//! What an account keeps for its devices and tells of itself: read marks (0490), blocking (0191, 0377), availability (0223),
//! signing out everywhere.

use confab_model::{Availability, BareJid, ConversationKind, PresenceShow, ReportReason};

use super::*;
use crate::{Displayed, Report, RequestError, ServerFeatures, UploadError};

pub(super) fn jid(text: &str) -> BareJid {
    text.parse().unwrap()
}

pub(super) const PEP: &str = "<identity category='pubsub' type='pep'/><feature var='urn:xmpp:push:0'/>";
pub(super) const BLOCKING: &str = "<feature var='urn:xmpp:blocking'/><feature var='urn:xmpp:reporting:1'/>";
pub(super) const ITEMS: &str = "<feature var='http://jabber.org/protocol/disco#items'/>";
pub(super) const CAPS: &str =
    "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://confab.im' ver='{caps}'/>";
pub(super) const DONE: &str = "<iq type='result' id='{iq}'/>";

impl Transcript {
    /// Online, at a server and with an account that have these features, up to where it is told what they are.
    pub(super) async fn at(server: &str, account: &str, expected: ServerFeatures) -> Self {
        Self::at_with(config(), server, account, expected).await
    }

    pub(super) async fn at_with(config: SessionConfig, server: &str, account: &str, expected: ServerFeatures) -> Self {
        let mut t = Self::start(config);
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

    pub(super) async fn with_pep() -> Self {
        let features = ServerFeatures { personal_eventing: true, push: true, ..ServerFeatures::default() };
        Self::at("", PEP, features).await
    }

    pub(super) async fn told_features(&mut self, id: &str, from: &str, features: &str) {
        let query = format!("<query xmlns='http://jabber.org/protocol/disco#info'>{features}</query>");
        self.send(&format!("<iq type='result' id='{{{id}}}' from='{from}'>{query}</iq>")).await;
    }

    pub(super) async fn iq(&mut self, kind: &str, to: &str, payload: &str) {
        self.captured.remove("iq");
        self.recv(&format!("<iq type='{kind}' id='{{iq}}' {to}>{payload}</iq>")).await;
    }

    pub(super) async fn asks(&mut self, payload: &str) {
        self.iq("get", "", payload).await;
    }

    pub(super) async fn sets(&mut self, payload: &str) {
        self.iq("set", "", payload).await;
    }

    pub(super) async fn asks_bob(&mut self, payload: &str) {
        self.iq("get", "to='bob@example.org'", payload).await;
    }

    pub(super) async fn refuses(&mut self, condition: &str, from: &str) {
        self.send(&format!(
            "<iq type='error' id='{{iq}}' {from}><error type='cancel'><{condition} \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ))
        .await;
    }

    pub(super) async fn answered(&mut self, from: &str, payload: &str) {
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
pub(super) use beside;

pub(super) fn event(from: &str, node: &str, items: &str) -> String {
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
async fn a_new_device_is_caught_up_when_it_knows_what_the_others_have_read() {
    let mut t = Transcript::start(config());
    let offers = Offers::default();
    t.connected(ConnectionState::Connecting).await;
    t.accept(offers).await;
    t.bind(offers).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    t.event_matching(|event| matches!(event, SessionEvent::Online { resumed: false, .. })).await;
    t.asked(offers).await;
    t.send("<iq type='result' id='{roster}'><query xmlns='jabber:iq:roster'/></iq>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactsLoaded { .. })).await;
    t.send("<iq type='result' id='{carbons}'/>").await;
    t.told_features("account", "me@example.org", &format!("{PEP}<feature var='urn:xmpp:mam:2'/>")).await;
    t.recv(&format!("<presence>{CAPS}</presence>")).await;
    t.recv(
        "<iq type='set' id='{page}'><query xmlns='urn:xmpp:mam:2' queryid='{q}'><x xmlns='jabber:x:data' \
         type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field></x>\
         <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>",
    )
    .await;
    t.recv(
        "<iq type='get' id='{marks}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <items node='urn:xmpp:mds:displayed:0'/></pubsub></iq>",
    )
    .await;
    // All of the archive is there first.
    t.send(
        "<iq type='result' id='{page}'><fin xmlns='urn:xmpp:mam:2' complete='true'>\
         <set xmlns='http://jabber.org/protocol/rsm'/></fin></iq>",
    )
    .await;
    t.quiet().await;
    t.send(&format!(
        "<iq type='result' id='{{marks}}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <items node='urn:xmpp:mds:displayed:0'>{}</items></pubsub></iq>",
        mark("bob@example.org", "me@example.org", "a1")
    ))
    .await;
    let told = displayed("bob@example.org", ConversationKind::Direct, "a1");
    assert_eq!(t.event().await, SessionEvent::DisplayedUpTo(told));
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn all_devices_are_asked_to_sign_out_by_the_account_alone() {
    let mut t = Transcript::with_pep().await;
    let node = "urn:confab:call:0#sign-outs";
    let item = |id: &str| format!("<item id='current'><signed-out xmlns='urn:confab:call:0' id='{id}'/></item>");
    t.send(&event("bob@example.org", node, &item("evil"))).await;
    t.send(&event("me@example.org/phone", node, &item("evil"))).await;
    t.send(&event("me@example.org", node, &item(""))).await;
    t.send(&event("me@example.org", node, "<item id='current'><x xmlns='urn:x'/></item>")).await;
    t.quiet().await;
    t.send(&event("me@example.org", node, &item("one"))).await;
    assert_eq!(t.event().await, SessionEvent::SignOutAsked { id: "one".to_owned() });
    // What this sign-in belongs to.
    for (answer, known) in [(item("one"), Some("one".to_owned())), (String::new(), None)] {
        let asked = beside!(t, handle => async move { handle.last_sign_out().await });
        let items = format!("<items node='{node}' max_items='1'/>");
        let query = format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'>{items}</pubsub>");
        t.iq("get", "to='me@example.org'", &query).await;
        let items = format!("<items node='{node}'>{answer}</items>");
        let answer = format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'>{items}</pubsub>");
        t.answered("me@example.org", &answer).await;
        assert_eq!(asked.await.unwrap(), Ok(known));
    }
    t.end().await;
}
