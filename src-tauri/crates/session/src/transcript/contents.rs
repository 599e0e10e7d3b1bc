//! What messages carry beside text: changes (0308, 0424, 0444), answers (0461), files (0447), in both directions, live,
//! by carbon and out of the archive.

use confab_model::{
    BareJid, Change, Composed, ConversationKind, Mention, Mentioned, MessageBody, MessageId, Pii, ReplyReference,
    Sender, SharedFile, WireId,
};
use serde_json::json;

use super::*;
use crate::{Amendment, MessageSource, OutgoingContent, OutgoingMessage, ReceivedMessage, SendError};

fn bob() -> BareJid {
    "bob@example.org".parse().unwrap()
}

fn outgoing(id: &str, content: OutgoingContent) -> OutgoingMessage {
    OutgoingMessage { id: id.into(), to: bob(), kind: ConversationKind::Direct, content }
}

fn change(id: &str, of: &str, change: Change) -> OutgoingMessage {
    outgoing(id, OutgoingContent::Change { of: WireId(of.to_owned()), change })
}

fn message(id: &str, composed: Composed) -> OutgoingMessage {
    outgoing(id, OutgoingContent::Message(Box::new(composed)))
}

fn amended(id: &str, of: &str, change: Change) -> Amendment {
    Amendment {
        id: id.into(),
        archive_id: None,
        conversation: bob(),
        kind: ConversationKind::Direct,
        by: Sender::person(bob()),
        own: false,
        of: WireId(of.to_owned()),
        change,
        at: NOW,
        source: MessageSource::Live,
    }
}

fn told(amendment: Amendment) -> SessionEvent {
    SessionEvent::MessageAmended(Box::new(amendment))
}

fn edit(text: &str) -> Change {
    Change::Edit(Box::new(Composed::text(text)))
}

impl Transcript {
    async fn writes(&mut self, message: OutgoingMessage, children: &str) {
        let id = message.id.clone();
        self.handle.send_message(message).await.unwrap();
        self.recv(&format!(
            "<message type='chat' to='bob@example.org' id='{id}'>{}</message>",
            children.replace("{origin}", &format!("<origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>"))
        ))
        .await;
        assert_eq!(self.event().await, SessionEvent::MessageSent { id });
    }

    async fn message(&mut self) -> ReceivedMessage {
        match self.event().await {
            SessionEvent::MessageReceived(message) => *message,
            other => panic!("unexpected event {other:?}"),
        }
    }
}

const MARKS: &str = "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>\
    <active xmlns='http://jabber.org/protocol/chatstates'/>";
const STORE: &str = "<store xmlns='urn:xmpp:hints'/>";

#[tokio::test(start_paused = true)]
async fn changes_go_out_for_the_archive_and_ask_for_no_receipt() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let children = format!("<body>better</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>{{origin}}{STORE}");
    t.writes(change("e1", "m1", edit("better")), &children).await;
    let children = format!(
        "<body>{}</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>\
         <retract xmlns='urn:xmpp:message-retract:1' id='m1'/>{{origin}}{STORE}",
        crate::xep::retractions_0424::FALLBACK
    );
    t.writes(change("r1", "m1", Change::Recall), &children).await;
    let children = format!(
        "<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction><reaction>🎉</reaction></reactions>\
         {{origin}}{STORE}"
    );
    let emojis = vec!["👍".to_owned(), "🎉".to_owned()];
    t.writes(change("x1", "m1", Change::React { emojis }), &children).await;
    let children = format!("<reactions xmlns='urn:xmpp:reactions:0' id='m1'/>{{origin}}{STORE}");
    t.writes(change("x2", "m1", Change::React { emojis: vec![] }), &children).await;
    // Nothing of these is for two people, or can be written.
    let moderated = change("y1", "m1", Change::Moderated { reason: String::new() });
    assert!(matches!(t.handle.send_message(moderated).await, Err(SendError::Invalid(_))));
    let group = OutgoingMessage { kind: ConversationKind::Group, ..message("y2", Composed::text("x")) };
    assert_eq!(t.handle.send_message(group).await, Err(SendError::NotOnline), "in no such group");
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_with_everything_goes_out_readable_for_all() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let composed = Composed {
        reply: Some(ReplyReference {
            to: WireId("m0".to_owned()),
            author: Some("bob@example.org".to_owned()),
            quote: "one\ntwo".to_owned(),
        }),
        mentions: vec![Mention { of: Mentioned::Person { jid: bob() }, begin: 3, end: 7 }],
        extension: Some(json!({"topic": "lunch"})),
        config: Some(json!({"silent": true})),
        push_text: Some("news".to_owned()),
        ..Composed::text("hi @bob")
    };
    let children = format!(
        "<body>&gt; one\n&gt; two\nhi @bob</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>\
         <body start='0' end='12'/></fallback><reply xmlns='urn:xmpp:reply:0' id='m0' to='bob@example.org'/>\
         <reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:bob@example.org' begin='15' end='19'/>\
         <extension xmlns='urn:confab:call:0'><json xmlns='urn:xmpp:json:0'>{}</json></extension>\
         <config xmlns='urn:confab:call:0'><json xmlns='urn:xmpp:json:0'>{}</json></config>\
         <push-text xmlns='urn:confab:call:0'>news</push-text>{{origin}}{MARKS}",
        r#"{"topic":"lunch"}"#, r#"{"silent":true}"#
    );
    t.writes(message("m1", composed), &children).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_file_goes_out_for_clients_of_every_age() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let url = "https://upload.example.org/a/clip.ogg";
    let file = Box::new(SharedFile {
        name: "clip.ogg".to_owned(),
        media_type: "audio/ogg".to_owned(),
        size: Some(1234),
        urls: vec![Pii(url.to_owned())],
        sha256: Some([0; 32]),
        width: 0,
        height: 0,
        duration_ms: 1500,
        voice: Some(vec![0, 50, 100]),
        thumbnail: None,
    });
    let children = format!(
        "<body>{url}</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'><body start='0' end='37'/>\
         </fallback><file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'><file \
         xmlns='urn:xmpp:file:metadata:0'><media-type>audio/ogg</media-type><name>clip.ogg</name><size>1234</size>\
         <length>1500</length><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>\
         AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</hash></file><sources><url-data \
         xmlns='http://jabber.org/protocol/url-data' target='{url}'/></sources></file-sharing>\
         <x xmlns='jabber:x:oob'><url>{url}</url></x><voice xmlns='urn:confab:call:0'>0 50 100</voice>\
         {{origin}}{MARKS}"
    );
    let caption = Pii(String::new());
    t.writes(message("m1", Composed::of(MessageBody::File { file, caption })), &children).await;
    let custom = Composed { extension: Some(json!({})), ..Composed::of(MessageBody::Custom(Pii(String::new()))) };
    let children = format!(
        "<custom xmlns='urn:confab:call:0'/><extension xmlns='urn:confab:call:0'><json xmlns='urn:xmpp:json:0'>{}</json>\
         </extension>{{origin}}{MARKS}{STORE}",
        "{}"
    );
    t.writes(message("m2", custom), &children).await;
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn changes_are_told_as_such_and_never_as_messages() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let from_bob =
        |id: &str, inner: &str| format!("<message type='chat' from='bob@example.org/x' id='{id}'>{inner}</message>");
    let correction = "<body>better</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>\
        <request xmlns='urn:xmpp:receipts'/>";
    t.send(&from_bob("e1", correction)).await;
    assert_eq!(t.event().await, told(amended("e1", "m1", edit("better"))));
    for retraction in [
        "<body>gone</body><retract xmlns='urn:xmpp:message-retract:1' id='m1'/>",
        "<body>gone</body><apply-to xmlns='urn:xmpp:fasten:0' id='m1'><retract xmlns='urn:xmpp:message-retract:0'/>\
         </apply-to>",
    ] {
        t.send(&from_bob("r1", retraction)).await;
        assert_eq!(t.event().await, told(amended("r1", "m1", Change::Recall)));
    }
    let reaction = "<body>👍</body><reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions>";
    t.send(&from_bob("x1", reaction)).await;
    let emojis = vec!["👍".to_owned()];
    assert_eq!(t.event().await, told(amended("x1", "m1", Change::React { emojis })));
    // Nobody moderates two people, and what names no message changes none.
    for nothing in [
        "<body>x</body><retract xmlns='urn:xmpp:message-retract:1' id='m1'><moderated \
         xmlns='urn:xmpp:message-moderate:1'/></retract>",
        "<body>x</body><retract xmlns='urn:xmpp:message-retract:1'/>",
        "<body>x</body><reactions xmlns='urn:xmpp:reactions:0'><reaction>👍</reaction></reactions>",
    ] {
        t.send(&from_bob("n", nothing)).await;
    }
    t.end().await;
}

/// Whether somebody may change a message is not known here: whoever says so is named truly.
#[tokio::test(start_paused = true)]
async fn a_change_names_who_really_sent_it() {
    let mut t = Transcript::online(config(), Offers::default()).await;
    let eve: BareJid = "eve@example.net".parse().unwrap();
    t.send(
        "<message type='chat' from='eve@example.net/x' id='r1'><retract xmlns='urn:xmpp:message-retract:1' id='m1'/>\
         <body>x</body></message>",
    )
    .await;
    let by_eve =
        Amendment { conversation: eve.clone(), by: Sender::person(eve), ..amended("r1", "m1", Change::Recall) };
    assert_eq!(t.event().await, told(by_eve));
    // In a forged copy it is nobody's.
    let inner = "<message xmlns='jabber:client' type='chat' from='me@example.org/phone' to='bob@example.org' id='r2'>\
        <retract xmlns='urn:xmpp:message-retract:1' id='m1'/></message>";
    let carbon = |from: &str| {
        format!(
            "<message from='{from}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{inner}\
             </forwarded></sent></message>"
        )
    };
    for from in ["eve@example.net", "bob@example.org", "me@example.org/phone"] {
        t.send(&carbon(from)).await;
    }
    t.quiet().await;
    t.send(&carbon("me@example.org")).await;
    let me = Sender::person("me@example.org".parse().unwrap());
    let own = Amendment { by: me, own: true, source: MessageSource::Carbon, ..amended("r2", "m1", Change::Recall) };
    assert_eq!(t.event().await, told(own));
    t.end().await;
}

#[tokio::test(start_paused = true)]
async fn older_pages_bring_changes_beside_messages() {
    let offers = Offers { archive: true, ..Offers::default() };
    let mut config = config();
    config.last_archive_id = Some("a9".to_owned());
    let mut t = Transcript::online(config, offers).await;
    let result = |id: &str, inner: &str| {
        format!(
            "<message from='me@example.org'><result xmlns='urn:xmpp:mam:2' queryid='{{q}}' id='{id}'>\
             <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2027-01-15T08:00:00Z'/>\
             <message xmlns='jabber:client' type='chat' from='bob@example.org/x' to='me@example.org' id='m-{id}'>\
             {inner}</message></forwarded></result></message>"
        )
    };
    let query = |filter: &str, range: &str| {
        format!(
            "<iq type='set' id='{{iq}}'><query xmlns='urn:xmpp:mam:2' queryid='{{q}}'><x xmlns='jabber:x:data' \
             type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>{filter}</x>\
             <set xmlns='http://jabber.org/protocol/rsm'><max>100</max>{range}</set></query></iq>"
        )
    };
    let complete = "<iq type='result' id='{iq}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>";
    let archived = |id: &str, of: &str, change: Change| Amendment {
        archive_id: Some(id.to_owned()),
        source: MessageSource::Archive,
        ..amended(&format!("m-{id}"), of, change)
    };
    // By the catch-up, in the archive's order.
    t.recv(&query("", "<after>a9</after>")).await;
    t.send(&result("b1", "<body>x</body><replace xmlns='urn:xmpp:message-correct:0' id='m-b2'/>")).await;
    t.send(&result("b2", "<body>first</body>")).await;
    t.send(complete).await;
    assert_eq!(t.event().await, told(archived("b1", "m-b2", edit("x"))));
    assert_eq!(t.message().await.id, MessageId::from("m-b2"));
    assert_eq!(t.event().await, SessionEvent::ArchiveReached { id: "b2".to_owned() });
    t.connected(ConnectionState::Online { catching_up: false }).await;
    t.captured.remove("iq");
    t.captured.remove("q");
    // On demand.
    let handle = t.handle.clone();
    let page = tokio::spawn(async move { handle.older_messages(bob(), Some("a5".to_owned())).await });
    t.recv(&query("<field var='with'><value>bob@example.org</value></field>", "<before>a5</before>")).await;
    t.send(&result("a1", "<body>old</body>")).await;
    t.send(&result("a2", "<retract xmlns='urn:xmpp:message-retract:1' id='m-a1'/><body>x</body>")).await;
    t.send(complete).await;
    let page = page.await.unwrap().unwrap();
    assert_eq!(page.messages.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(), ["m-a1"]);
    assert_eq!(page.amendments, [archived("a2", "m-a1", Change::Recall)]);
    t.end().await;
}
