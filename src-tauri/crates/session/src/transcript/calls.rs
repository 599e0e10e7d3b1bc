//! Call signals around the codecs: provenance, carbons, archive, acknowledgements and errors.
//!
//! With a codec of three lines, so that nothing here depends on how Jingle looks.

use confab_model::{
    BareJid, CallId, CallMedia, MediaDescription, OutgoingSignal, Provenance, ReceivedSignal, RejectReason, SessionId,
    Signal, SignalSource, SignalTarget, TerminateReason,
};

use super::*;
use crate::{
    signals::{Codecs, Refusal, Written},
    xml::{ElementExt, element},
};

const TOY: &str = "urn:toy";

fn codecs() -> Codecs {
    Codecs {
        messages: vec![|message| {
            let toy = message.get_child("ring", TOY)?;
            Some(Signal::Ringing { call: CallId(toy.attr("id")?.to_owned()), early: false })
        }],
        iqs: vec![(TOY, |payload| match payload.name() {
            "start" => Ok(Signal::SessionInitiate {
                sid: SessionId(payload.attr("sid").ok_or(Refusal::Malformed)?.to_owned()),
                description: MediaDescription::default(),
            }),
            "stop" => Ok(Signal::SessionTerminate {
                sid: SessionId(payload.attr("sid").ok_or(Refusal::Malformed)?.to_owned()),
                reason: TerminateReason::Success,
                text: None,
            }),
            _ => Err(Refusal::NotImplemented),
        })],
        writers: vec![|signal, _| match signal {
            Signal::Ringing { call, .. } => {
                Some(Written::Message(vec![element("ring", TOY).with("id", call.as_str())]))
            }
            Signal::Propose { call, .. } => {
                Some(Written::Message(vec![element("propose", TOY).with("id", call.as_str())]))
            }
            Signal::SessionInitiate { sid, .. } => Some(Written::Iq(element("start", TOY).with("sid", sid.as_str()))),
            _ => None,
        }],
        features: vec![TOY],
    }
}

fn ringing(call: &str) -> Signal {
    Signal::Ringing { call: call.into(), early: false }
}

fn from(device: &str, to: &str, source: SignalSource, signal: Signal) -> SessionEvent {
    SessionEvent::SignalReceived(ReceivedSignal {
        signal,
        provenance: Provenance {
            from: device.parse().unwrap(),
            to: to.parse().unwrap(),
            source,
            sent_at: NOW,
            speaks_confab: false,
            speaks_bundle: false,
        },
    })
}

async fn online() -> Transcript {
    Transcript::online_with(config(), Offers::default(), codecs()).await
}

/// Online, and in a call with bob, who knows by our signal that we are.
async fn online_with_bob() -> Transcript {
    let mut t = online().await;
    let to = SignalTarget::Person("bob@example.org".parse().unwrap());
    t.handle.send_signal(OutgoingSignal { to, signal: ringing("c") }).await.unwrap();
    t.recv(
        "<message type='chat' to='bob@example.org' id='{}'><ring xmlns='urn:toy' id='c'/>\
         <store xmlns='urn:xmpp:hints'/></message>",
    )
    .await;
    t.captured.clear();
    t
}

fn carbon(kind: &str, inner: &str) -> String {
    format!(
        "<message from='me@example.org'><{kind} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{inner}\
         </forwarded></{kind}></message>"
    )
}

fn ring(from: &str, to: &str) -> String {
    format!(
        "<message xmlns='jabber:client' type='chat' from='{from}' to='{to}'><ring xmlns='urn:toy' id='c'/></message>"
    )
}

#[tokio::test(start_paused = true)]
async fn provenance_is_what_the_server_vouches_for() {
    let mut t = online().await;
    t.send(&ring("bob@example.org/x", "me@example.org/here")).await;
    assert_eq!(t.event().await, from("bob@example.org/x", "me@example.org", SignalSource::Live, ringing("c")));
    t.send(&carbon("sent", &ring("me@example.org/phone", "bob@example.org"))).await;
    assert_eq!(
        t.event().await,
        from("me@example.org/phone", "bob@example.org", SignalSource::CarbonSent, ringing("c"))
    );
    t.send(&carbon("received", &ring("bob@example.org/x", "me@example.org"))).await;
    assert_eq!(t.event().await, from("bob@example.org/x", "me@example.org", SignalSource::Live, ringing("c")));
    // For another device; from a bare address; our own, come back.
    t.send(&carbon("received", &ring("bob@example.org/x", "me@example.org/phone"))).await;
    t.send(&ring("bob@example.org", "me@example.org/here")).await;
    t.send(&ring("me@example.org/here", "me@example.org")).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_far_side_speaks_is_looked_up() {
    // XEP-0338 names the first; clients that advertise the namespace are understood as well.
    for grouping in ["urn:ietf:rfc:5888", "urn:xmpp:jingle:apps:grouping:0"] {
        speaks(&format!("<feature var='urn:confab:call:0'/><feature var='{grouping}'/>")).await;
    }
}

async fn speaks(info: &str) {
    let mut t = online_with_bob().await;
    let parsed: Element =
        format!("<query xmlns='http://jabber.org/protocol/disco#info'>{info}</query>").parse().unwrap();
    let ver = crate::xep::caps_0115::verification(&crate::xep::disco_0030::Info::read(&parsed).unwrap());
    t.send(&format!(
        "<presence from='bob@example.org/x'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' \
         ver='{ver}'/></presence>"
    ))
    .await;
    let query = t.next_element().await;
    t.captured.insert("q".to_owned(), query.attr("id").unwrap().to_owned());
    t.send(&format!(
        "<iq type='result' id='{{q}}' from='bob@example.org/x'>\
         <query xmlns='http://jabber.org/protocol/disco#info'>{info}</query></iq>"
    ))
    .await;
    t.send(&ring("bob@example.org/x", "me@example.org/here")).await;
    t.event_matching(|event| {
        matches!(event, SessionEvent::SignalReceived(ReceivedSignal { provenance, .. })
            if provenance.speaks_confab && provenance.speaks_bundle)
    })
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn session_iqs_are_acknowledged_or_refused() {
    let mut t = online_with_bob().await;
    t.send("<iq type='set' id='1' from='bob@example.org/x'><start xmlns='urn:toy' sid='s'/></iq>").await;
    t.recv("<iq type='result' id='1' to='bob@example.org/x'/>").await;
    let start = Signal::SessionInitiate { sid: "s".into(), description: MediaDescription::default() };
    assert_eq!(t.event().await, from("bob@example.org/x", "me@example.org", SignalSource::Live, start));
    for (payload, condition) in [
        ("<start xmlns='urn:toy'/>", "<error type='modify'><bad-request"),
        ("<other xmlns='urn:toy'/>", "<error type='cancel'><feature-not-implemented"),
    ] {
        t.send(&format!("<iq type='set' id='2' from='bob@example.org/x'>{payload}</iq>")).await;
        t.recv(&format!(
            "<iq type='error' id='2' to='bob@example.org/x'>{condition} \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ))
        .await;
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn signals_go_out_stored_and_their_errors_come_back() {
    let mut t = online().await;
    let bob: BareJid = "bob@example.org".parse().unwrap();
    for (to, address) in [(SignalTarget::Person(bob), "bob@example.org"), (SignalTarget::OwnDevices, "me@example.org")]
    {
        t.handle.send_signal(OutgoingSignal { to, signal: ringing("c") }).await.unwrap();
        t.recv(&format!(
            "<message type='chat' to='{address}' id='{{}}'><ring xmlns='urn:toy' id='c'/>\
             <store xmlns='urn:xmpp:hints'/></message>"
        ))
        .await;
        t.captured.clear();
    }
    let device = SignalTarget::Device("bob@example.org/x".parse().unwrap());
    let start = Signal::SessionInitiate { sid: "s".into(), description: MediaDescription::default() };
    t.handle.send_signal(OutgoingSignal { to: device.clone(), signal: start.clone() }).await.unwrap();
    t.recv("<iq type='set' id='{a}' to='bob@example.org/x'><start xmlns='urn:toy' sid='s'/></iq>").await;
    t.send(
        "<iq type='error' id='{a}' from='bob@example.org/x'><error type='cancel'>\
         <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>",
    )
    .await;
    let failed = |condition: &str| Signal::SessionError {
        sid: "s".into(),
        condition: condition.to_owned(),
        is_description: true,
    };
    let told = |condition| from("bob@example.org/x", "me@example.org", SignalSource::Live, failed(condition));
    assert_eq!(t.event().await, told("unknown-session"));
    t.handle.send_signal(OutgoingSignal { to: device, signal: start }).await.unwrap();
    t.recv("<iq type='set' id='{b}' to='bob@example.org/x'><start xmlns='urn:toy' sid='s'/></iq>").await;
    assert_eq!(t.event().await, told("remote-server-timeout"));
}

#[tokio::test(start_paused = true)]
async fn archived_signals_wait_for_the_end_of_the_catch_up() {
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let offers = Offers { archive: true, ..Offers::default() };
    let mut t = Transcript::online_with(config, offers, codecs()).await;
    let query = t.next_element().await;
    t.captured.insert("iq".to_owned(), query.attr("id").unwrap().to_owned());
    let queryid = query.children().next().unwrap().attr("queryid").unwrap().to_owned();
    let inner = ring("bob@example.org/x", "me@example.org");
    t.send(&format!(
        "<message from='me@example.org'><result xmlns='urn:xmpp:mam:2' queryid='{queryid}' id='a1'>\
         <forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></result></message>"
    ))
    .await;
    t.send(&ring("bob@example.org/y", "me@example.org")).await;
    assert_eq!(t.event().await, from("bob@example.org/y", "me@example.org", SignalSource::Live, ringing("c")));
    t.send("<iq type='result' id='{iq}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>").await;
    assert_eq!(t.event().await, SessionEvent::ArchiveReached { id: "a1".to_owned() });
    assert_eq!(t.event().await, from("bob@example.org/x", "me@example.org", SignalSource::Archive, ringing("c")));
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_cut_does_not_fail_a_signal_whose_answer_it_held_back() {
    let sm = Offers { stream_management: true, ..Offers::default() };
    let mut t = Transcript::online_with(config(), sm, codecs()).await;
    let to = SignalTarget::Device("bob@example.org/x".parse().unwrap());
    let start = Signal::SessionInitiate { sid: "s".into(), description: MediaDescription::default() };
    t.handle.send_signal(OutgoingSignal { to, signal: start }).await.unwrap();
    t.recv("<iq type='set' id='{a}' to='bob@example.org/x'><start xmlns='urn:toy' sid='s'/></iq>").await;
    tokio::time::sleep(Duration::from_secs(19)).await;
    t.cut();
    t.event_matching(|event| matches!(event, SessionEvent::ConnectionChanged(ConnectionState::Waiting { .. }))).await;
    t.connected(ConnectionState::Connecting).await;
    tokio::time::sleep(Duration::from_secs(14)).await;
    t.accept(sm).await;
    t.recv("<resume xmlns='urn:xmpp:sm:3' h='4' previd='sm1'/>").await;
    t.send("<resumed xmlns='urn:xmpp:sm:3' h='6' previd='sm1'/>").await;
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.event_matching(|event| matches!(event, SessionEvent::Online { resumed: true, .. })).await;
    t.send("<iq type='result' id='{a}' from='bob@example.org/x'/>").await;
    t.quiet().await;
    // The answer counted: nothing is told when the rest of the time is over.
    tokio::time::sleep(Duration::from_secs(12)).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_speaks_of_a_session_that_is_not_there_is_told() {
    let mut t = online_with_bob().await;
    let unknown = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
        <unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error>";
    let stop = |id: &str, sid: &str| {
        format!("<iq type='set' id='{id}' from='bob@example.org/x'><stop xmlns='urn:toy' sid='{sid}'/></iq>")
    };
    t.send(&stop("1", "s")).await;
    t.recv(&format!("<iq type='error' id='1' to='bob@example.org/x'>{unknown}</iq>")).await;
    // From now on it is there, until it ends.
    t.send("<iq type='set' id='2' from='bob@example.org/x'><start xmlns='urn:toy' sid='s'/></iq>").await;
    t.recv("<iq type='result' id='2' to='bob@example.org/x'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::SignalReceived(_))).await;
    t.send(&stop("3", "another")).await;
    t.recv(&format!("<iq type='error' id='3' to='bob@example.org/x'>{unknown}</iq>")).await;
    t.send(&stop("4", "s")).await;
    t.recv("<iq type='result' id='4' to='bob@example.org/x'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::SignalReceived(_))).await;
    t.send(&stop("5", "s")).await;
    t.recv(&format!("<iq type='error' id='5' to='bob@example.org/x'>{unknown}</iq>")).await;
    // One that this side begins.
    let to = SignalTarget::Device("bob@example.org/x".parse().unwrap());
    let start = Signal::SessionInitiate { sid: "ours".into(), description: MediaDescription::default() };
    t.handle.send_signal(OutgoingSignal { to, signal: start }).await.unwrap();
    t.recv("<iq type='set' id='{a}' to='bob@example.org/x'><start xmlns='urn:toy' sid='ours'/></iq>").await;
    t.send(&stop("6", "ours")).await;
    t.recv("<iq type='result' id='6' to='bob@example.org/x'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::SignalReceived(_))).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_comes_back_rejects_the_call() {
    let mut t = online().await;
    let bob: BareJid = "bob@example.net".parse().unwrap();
    let bounce = |from: &str, id: &str| {
        format!(
            "<message type='error' from='{from}' id='{id}'><error type='cancel'>\
             <remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )
    };
    for call in ["c1", "c2"] {
        let signal = Signal::Propose { call: call.into(), media: CallMedia::Audio, timeout_s: None, extension: None };
        t.handle.send_signal(OutgoingSignal { to: SignalTarget::Person(bob.clone()), signal }).await.unwrap();
        t.recv(&format!(
            "<message type='chat' to='bob@example.net' id='{{{call}}}'><propose xmlns='urn:toy' id='{call}'/>\
             <store xmlns='urn:xmpp:hints'/></message>"
        ))
        .await;
    }
    // Of somebody else, who cannot know the id but may guess it; and of one device of several.
    t.send(&bounce("eve@example.net", "{c1}")).await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageFailed { .. })).await;
    t.send(&bounce("bob@example.net/phone", "{c1}")).await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageFailed { .. })).await;
    t.send(&bounce("bob@example.net", "{c1}")).await;
    let reason = RejectReason::Other("remote-server-not-found".to_owned());
    let rejected = Signal::Reject { call: "c1".into(), reason, text: None, extension: None };
    assert_eq!(t.event().await, from("bob@example.net/unreachable", "me@example.org", SignalSource::Live, rejected));
    // Bob's phone rings already: what comes back is a copy for something else.
    let rings = ring("bob@example.net/phone", "me@example.org/here").replace("id='c'", "id='c2'");
    t.send(&rings).await;
    t.event_matching(|event| matches!(event, SessionEvent::SignalReceived(_))).await;
    t.send(&bounce("bob@example.net", "{c2}")).await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageFailed { .. })).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn how_old_a_signal_is_does_not_depend_on_whose_clock_is_right() {
    let offers = Offers { archive: true, ..Offers::default() };
    let mut config = config();
    config.last_archive_id = Some("a0".to_owned());
    let mut t = Transcript::start_with(config, codecs(), vec![]);
    t.connected(ConnectionState::Connecting).await;
    t.accept(offers).await;
    t.bind(offers).await;
    t.connected(ConnectionState::Online { catching_up: true }).await;
    t.event_matching(|event| matches!(event, SessionEvent::Online { .. })).await;
    t.asked(offers).await;
    t.send("<iq type='result' id='{roster}'><query xmlns='jabber:iq:roster'/></iq>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactsLoaded { .. })).await;
    t.send("<iq type='result' id='{carbons}'/>").await;
    t.send(
        "<iq type='result' id='{server}' from='example.org'><query xmlns='http://jabber.org/protocol/disco#info'>\
         <feature var='urn:xmpp:time'/></query></iq>",
    )
    .await;
    t.recv("<iq type='get' id='{time}' to='example.org'><time xmlns='urn:xmpp:time'/></iq>").await;
    // Ten minutes ahead.
    t.send(
        "<iq type='result' id='{time}' from='example.org'><time xmlns='urn:xmpp:time'><tzo>+01:00</tzo>\
         <utc>2027-01-15T08:10:00Z</utc></time></iq>",
    )
    .await;
    t.account_told(offers).await;
    t.announced().await;
    t.event_matching(|event| matches!(event, SessionEvent::ServerFeaturesKnown(_))).await;
    let query = t.next_element().await;
    t.captured.insert("iq".to_owned(), query.attr("id").unwrap().to_owned());
    let queryid = query.children().next().unwrap().attr("queryid").unwrap().to_owned();
    let told = |device: &str, source, seconds_ago: i64| match from(device, "me@example.org", source, ringing("c")) {
        SessionEvent::SignalReceived(mut received) => {
            received.provenance.sent_at = Timestamp(NOW.0 - seconds_ago * 1000);
            SessionEvent::SignalReceived(received)
        }
        other => other,
    };
    t.send(&format!(
        "<message from='me@example.org'><result xmlns='urn:xmpp:mam:2' queryid='{queryid}' id='a1'>\
         <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2027-01-15T08:09:30Z'/>{}\
         </forwarded></result></message>",
        ring("bob@example.org/x", "me@example.org")
    ))
    .await;
    t.send("<iq type='result' id='{iq}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>").await;
    assert_eq!(t.event().await, SessionEvent::ArchiveReached { id: "a1".to_owned() });
    assert_eq!(t.event().await, told("bob@example.org/x", SignalSource::Archive, 30));
    t.connected(ConnectionState::Online { catching_up: false }).await;
    let delay = "<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2027-01-15T08:09:55Z'/></message>";
    t.send(&ring("bob@example.org/y", "me@example.org").replace("</message>", delay)).await;
    assert_eq!(t.event().await, told("bob@example.org/y", SignalSource::Live, 5));
    // What comes now comes now.
    t.send(&ring("bob@example.org/z", "me@example.org")).await;
    assert_eq!(t.event().await, told("bob@example.org/z", SignalSource::Live, 0));
    t.end().await;
}
