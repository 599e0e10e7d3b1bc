//! Messages: sending, receipts (0184), markers (0333), typing (0085), carbons (0280), ids (0359), EME (0380), errors.

use confab_model::{
    BareJid, CallDirection, CallMedia, CallRecord, CallTimings, Composed, ConversationKind, EndReason, FailureWhy,
    MessageBody, MessageId, ParticipantState, Sender, Timestamp, TypingState,
};

use super::*;
use crate::{DeliveredBy, MessageSource, OutgoingMessage, Receipt, ReceivedMessage, SendError};

fn jid(text: &str) -> BareJid {
    text.parse().unwrap()
}

/// Online, with Bob as a contact in both directions.
async fn with_bob() -> Transcript {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.send(
        "<iq type='set' id='p0'><query xmlns='jabber:iq:roster'>\
         <item jid='bob@example.org' subscription='both'/></query></iq>",
    )
    .await;
    t.recv("<iq type='result' id='p0'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    t
}

fn received(id: &str, from: &str, text: &str) -> ReceivedMessage {
    let device: confab_model::FullJid = from.parse().unwrap();
    ReceivedMessage {
        id: id.into(),
        origin_id: None,
        archive_id: None,
        conversation: device.bare(),
        kind: ConversationKind::Direct,
        sender: Sender::person(device.bare()),
        device: Some(device),
        own: false,
        content: Composed::text(text),
        sent_at: NOW,
        stamped: false,
        ahead: false,
        source: MessageSource::Live,
        markable: false,
        receipt: None,
    }
}

fn receipt(id: &str, to: &str) -> Receipt {
    Receipt { to: to.parse().unwrap(), message: id.into() }
}

fn told(message: ReceivedMessage) -> SessionEvent {
    SessionEvent::MessageReceived(Box::new(message))
}

#[tokio::test(start_paused = true)]
async fn a_message_carries_everything_and_is_sent_when_the_server_has_it() {
    let mut t = with_bob().await;
    let message = OutgoingMessage::text("m1".into(), jid("bob@example.org"), "hi\u{0}!");
    t.handle.send_message(message).await.unwrap();
    t.recv(
        "<message type='chat' to='bob@example.org' id='m1'><body>hi!</body><origin-id xmlns='urn:xmpp:sid:0' id='m1'/>\
         <request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>\
         <active xmlns='http://jabber.org/protocol/chatstates'/></message>",
    )
    .await;
    assert_eq!(t.event().await, SessionEvent::MessageSent { id: "m1".into() });
    t.send("<message from='bob@example.org/x' id='r'><received xmlns='urn:xmpp:receipts' id='m1'/></message>").await;
    let by = |id: &str| DeliveredBy { message: id.into(), by: jid("bob@example.org"), at: NOW };
    assert_eq!(t.event().await, SessionEvent::MessageDelivered(by("m1")));
    t.send("<message from='bob@example.org/x'><displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/></message>").await;
    assert_eq!(t.event().await, SessionEvent::MessageDisplayed(by("m1")));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_receipt_names_who_gave_it_and_own_devices_give_none() {
    let mut t = with_bob().await;
    t.send("<message from='eve@example.net/x'><received xmlns='urn:xmpp:receipts' id='m1'/></message>").await;
    let by = DeliveredBy { message: "m1".into(), by: jid("eve@example.net"), at: NOW };
    assert_eq!(t.event().await, SessionEvent::MessageDelivered(by));
    t.send(
        "<message from='me@example.org/other' to='bob@example.org'><received xmlns='urn:xmpp:receipts' id='m1'/>\
         </message>",
    )
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn contacts_get_receipts_and_strangers_do_not() {
    let mut t = with_bob().await;
    let message = |from: &str| {
        format!(
            "<message type='chat' from='{from}' id='a'><body>hi</body><request xmlns='urn:xmpp:receipts'/>\
             <markable xmlns='urn:xmpp:chat-markers:0'/></message>"
        )
    };
    t.send(&message("bob@example.org/x")).await;
    let owed = receipt("a", "bob@example.org/x");
    let from_bob = received("a", "bob@example.org/x", "hi");
    let expected = ReceivedMessage { markable: true, receipt: Some(owed.clone()), ..from_bob };
    assert_eq!(t.event().await, told(expected));
    // Nothing is confirmed before the app has kept it.
    t.quiet().await;
    t.handle.send_receipt(owed).await;
    t.recv(
        "<message type='chat' to='bob@example.org/x' id='{r}'><received xmlns='urn:xmpp:receipts' id='a'/>\
         <store xmlns='urn:xmpp:hints'/></message>",
    )
    .await;
    t.send(&message("eve@example.net/x")).await;
    assert_eq!(t.event().await, told(ReceivedMessage { markable: true, ..received("a", "eve@example.net/x", "hi") }));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn only_the_own_archive_gives_archive_ids() {
    let mut t = with_bob().await;
    t.send(
        "<message type='chat' from='bob@example.org/x' id='a'><body>hi</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.org' id='forged1'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org/here' id='forged2'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='example.org' id='forged3'/>\
         <origin-id xmlns='urn:xmpp:sid:0' id='o'/></message>",
    )
    .await;
    let plain = ReceivedMessage { origin_id: Some("o".to_owned()), ..received("a", "bob@example.org/x", "hi") };
    assert_eq!(t.event().await, told(plain.clone()));
    t.send(
        "<message type='chat' from='bob@example.org/x' id='a'><body>hi</body>\
         <origin-id xmlns='urn:xmpp:sid:0' id='o'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='real'/></message>",
    )
    .await;
    assert_eq!(t.event().await, told(ReceivedMessage { archive_id: Some("real".to_owned()), ..plain }));
    assert_eq!(t.event().await, SessionEvent::ArchiveReached { id: "real".to_owned() });
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_late_message_has_the_servers_time_and_not_the_senders() {
    let mut t = with_bob().await;
    let late = |delay: &str| {
        format!(
            "<message type='chat' from='bob@example.org/x' id='a'><body>hi</body>\
             <delay xmlns='urn:xmpp:delay' {delay}/></message>"
        )
    };
    t.send(&late("from='example.org' stamp='2026-01-01T00:00:00Z'")).await;
    let at = |ms, stamped| ReceivedMessage {
        sent_at: Timestamp(ms),
        stamped,
        ahead: stamped,
        ..received("a", "bob@example.org/x", "hi")
    };
    assert_eq!(t.event().await, told(at(1_767_225_600_000, true)));
    t.send(&late("from='bob@example.org' stamp='2026-01-01T00:00:00Z'")).await;
    assert_eq!(t.event().await, told(at(NOW.0, false)));
    t.send(&late("from='example.org' stamp='2037-01-01T00:00:00Z'")).await;
    assert_eq!(t.event().await, told(at(NOW.0, true)));
    t.end().await;
}

fn carbon(kind: &str, outer_from: &str, inner: &str) -> String {
    format!(
        "<message {outer_from} to='me@example.org/here'><{kind} xmlns='urn:xmpp:carbons:2'>\
         <forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></{kind}></message>"
    )
}

#[tokio::test(start_paused = true)]
async fn carbons_show_what_other_devices_do() {
    let mut t = with_bob().await;
    let sent = "<message xmlns='jabber:client' type='chat' from='me@example.org/phone' to='bob@example.org' id='c1'>\
        <body>from my phone</body><request xmlns='urn:xmpp:receipts'/></message>";
    t.send(&carbon("sent", "from='me@example.org'", sent)).await;
    let expected = ReceivedMessage {
        conversation: jid("bob@example.org"),
        own: true,
        source: MessageSource::Carbon,
        ..received("c1", "me@example.org/phone", "from my phone")
    };
    assert_eq!(t.event().await, told(expected));
    let got = "<message xmlns='jabber:client' type='chat' from='bob@example.org/x' to='me@example.org/phone' id='c2'>\
        <body>to my phone</body><request xmlns='urn:xmpp:receipts'/></message>";
    t.send(&carbon("received", "from='me@example.org'", got)).await;
    let expected =
        ReceivedMessage { source: MessageSource::Carbon, ..received("c2", "bob@example.org/x", "to my phone") };
    assert_eq!(t.event().await, told(expected));
    let read = "<message xmlns='jabber:client' type='chat' from='me@example.org/phone' to='bob@example.org' id='c3'>\
        <displayed xmlns='urn:xmpp:chat-markers:0' id='c2'/></message>";
    t.send(&carbon("sent", "from='me@example.org'", read)).await;
    let up_to = MessageId::from("c2");
    assert_eq!(t.event().await, SessionEvent::DisplayedElsewhere { conversation: jid("bob@example.org"), up_to });
    // No receipt was sent: the phone's business.
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn forged_carbons_are_dropped_whole() {
    let mut t = with_bob().await;
    let inner = "<message xmlns='jabber:client' type='chat' from='bob@example.org/x' to='me@example.org' id='c'>\
        <body>send me money</body></message>";
    for from in
        ["from='eve@example.net'", "from='bob@example.org'", "from='me@example.org/here'", "from='example.org'", ""]
    {
        for kind in ["sent", "received"] {
            t.send(&carbon(kind, from, inner)).await;
        }
    }
    // From the account, but of a message that this account neither sent nor received.
    let foreign = "<message xmlns='jabber:client' type='chat' from='bob@example.org/x' to='eve@example.net' id='c'>\
        <body>psst</body></message>";
    for kind in ["sent", "received"] {
        t.send(&carbon(kind, "from='me@example.org'", foreign)).await;
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn encrypted_messages_are_shown_as_such() {
    let mut t = with_bob().await;
    t.send(
        "<message type='chat' from='bob@example.org/x' id='a'><body>I sent you an OMEMO message</body>\
         <encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/></message>",
    )
    .await;
    let content = Composed::of(MessageBody::Encrypted { method: "OMEMO".to_owned() });
    assert_eq!(t.event().await, told(ReceivedMessage { content, ..received("a", "bob@example.org/x", "") }));
    t.end().await;
}

/// Somebody whom we asked will be let in, so that a new contact need not wait for the other half.
#[tokio::test(start_paused = true)]
async fn typing_is_told_only_to_those_who_may_see_that_we_are_here() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    for item in ["subscription='none' ask='subscribe'", "subscription='to'"] {
        let push = format!("<item jid='bob@example.org' {item}/>");
        t.send(&format!("<iq type='set' id='p'><query xmlns='jabber:iq:roster'>{push}</query></iq>")).await;
        t.recv("<iq type='result' id='p'/>").await;
        t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
        for to in ["eve@example.net", "bob@example.org"] {
            t.handle.send_chat_state(jid(to), TypingState::Composing).await.unwrap();
        }
        t.recv(
            "<message type='chat' to='bob@example.org' id='{any}'><composing \
             xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>",
        )
        .await;
        t.captured.remove("any");
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn typing_and_reading_are_told_and_sent() {
    let mut t = with_bob().await;
    for (name, state) in [("composing", TypingState::Composing), ("gone", TypingState::Paused)] {
        t.send(&format!(
            "<message type='chat' from='bob@example.org/x'><{name} xmlns='http://jabber.org/protocol/chatstates'/>\
             </message>"
        ))
        .await;
        assert_eq!(t.event().await, {
            let bob = jid("bob@example.org");
            SessionEvent::Typing { conversation: bob.clone(), who: Sender::person(bob), state }
        });
    }
    t.handle.send_chat_state(jid("bob@example.org"), TypingState::Composing).await.unwrap();
    t.recv(
        "<message type='chat' to='bob@example.org' id='{a}'><composing xmlns='http://jabber.org/protocol/chatstates'/>\
         <no-store xmlns='urn:xmpp:hints'/></message>",
    )
    .await;
    t.handle.send_displayed(jid("bob@example.org"), "m9".into()).await.unwrap();
    t.recv(
        "<message type='chat' to='bob@example.org' id='{b}'><displayed xmlns='urn:xmpp:chat-markers:0' id='m9'/>\
         <store xmlns='urn:xmpp:hints'/></message>",
    )
    .await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn bounces_say_why() {
    let mut t = with_bob().await;
    let cases = [
        ("item-not-found", FailureWhy::NoSuchAddress),
        ("remote-server-not-found", FailureWhy::ServerUnreachable { domain: "example.net".to_owned() }),
        ("service-unavailable", FailureWhy::Refused { detail: "service-unavailable".to_owned() }),
        ("internal-server-error", FailureWhy::Other { detail: "internal-server-error".to_owned() }),
    ];
    for (condition, why) in cases {
        t.send(&format!(
            "<message type='error' from='eve@example.net' id='m1'><body>hi</body><error type='cancel'>\
             <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        ))
        .await;
        let to = jid("eve@example.net");
        assert_eq!(t.event().await, SessionEvent::MessageFailed { id: "m1".into(), to, why });
    }
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_costs_itself_only() {
    let mut t = with_bob().await;
    // Stanzas that the library's types refuse, and kinds that are not conversations.
    t.send("<message from='@' id='x'><body>no sender</body></message>").await;
    t.send("<presence type='asleep' from='bob@example.org/x'/>").await;
    t.send("<message type='groupchat' from='room@example.org/bob' id='2'><body>a</body></message>").await;
    t.send("<iq type='what' id='3'/>").await;
    t.send("<message type='chat' from='bob@example.org/x' id='ok'><body>still here</body></message>").await;
    assert_eq!(t.event().await, told(received("ok", "bob@example.org/x", "still here")));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_stanza_nested_without_end_does_not_end_the_process() {
    use tokio::io::AsyncWriteExt;
    let mut t = with_bob().await;
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let mut pipe = t.server.take().unwrap().into_inner();
    let text = format!("<message type='chat' from='bob@example.org/x' id='ok'><body>hi</body>{deep}</message>");
    pipe.write_all(text.as_bytes()).await.unwrap();
    pipe.flush().await.unwrap();
    assert_eq!(t.event().await, told(received("ok", "bob@example.org/x", "hi")));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_while_offline() {
    let t = Transcript::start(config());
    let message = OutgoingMessage::text("m1".into(), jid("bob@example.org"), "hi");
    assert_eq!(t.handle.send_message(message).await, Err(SendError::NotOnline));
}

#[tokio::test(start_paused = true)]
async fn odd_values_cost_the_value_and_not_the_stanza() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    t.send("<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='both'/></query></iq>")
        .await;
    t.recv("<iq type='result' id='p'/>").await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    t.send("<presence from='bob@example.org/x'><show>online</show><status>here</status><priority>200</priority></presence>")
        .await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { contact, .. } if contact.status == "here"))
        .await;
    t.send("<message type='odd' from='bob@example.org/x' id='m'><body>hi</body></message>").await;
    t.event_matching(|event| matches!(event, SessionEvent::MessageReceived(_))).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn records_of_calls_are_told_by_own_devices_alone() {
    let record = CallRecord {
        id: "c1".into(),
        direction: CallDirection::Outgoing,
        media: CallMedia::Audio,
        people: vec![(jid("bob@example.org"), ParticipantState::Quit)],
        started_at: Timestamp(NOW.0 - 9_000),
        answered_at: Some(Timestamp(NOW.0 - 7_000)),
        ended_at: Some(NOW),
        reason: Some(EndReason::Completed { duration_s: 7 }),
        answered_by: None,
        timings: CallTimings::default(),
    };
    let json = serde_json::to_string(&record).unwrap().replace('"', "&quot;");
    let child = format!("<record xmlns='urn:confab:call:0'><json xmlns='urn:xmpp:json:0'>{json}</json></record>");
    let mut t = with_bob().await;
    t.handle.send_call_record("r1".into(), record.clone()).await.unwrap();
    let store = "<store xmlns='urn:xmpp:hints'/>";
    t.recv(&format!("<message type='chat' to='me@example.org' id='r1'>{child}{store}</message>")).await;
    t.event_matching(|event| *event == SessionEvent::MessageSent { id: "r1".into() }).await;

    let told = SessionEvent::CallTold(Box::new(crate::ToldCall {
        record,
        by: Some("me@example.org/tablet".parse().unwrap()),
    }));
    let from_tablet = |to: &str| {
        format!(
            "<message xmlns='jabber:client' type='chat' from='me@example.org/tablet' to='{to}' id='r2'>{child}</message>"
        )
    };
    t.send(&from_tablet("me@example.org")).await;
    assert_eq!(t.event().await, told);
    t.send(&carbon("sent", "from='me@example.org'", &from_tablet("me@example.org"))).await;
    assert_eq!(t.event().await, told);
    // As Prosody gives it back.
    t.send(&from_tablet("me@example.org").replace(" to='me@example.org'", "")).await;
    assert_eq!(t.event().await, told);
    // Others can write what they want, and what is said to others is no record of ours.
    t.send(&format!("<message type='chat' from='bob@example.org/x' to='me@example.org' id='r3'>{child}</message>"))
        .await;
    t.send(&carbon("sent", "from='me@example.org'", &from_tablet("bob@example.org"))).await;
    t.end().await;
}
