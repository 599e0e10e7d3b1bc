#![allow(clippy::unwrap_used)]

use confab_model::{Forwarded, Location, Mention, Mentioned, MessageBody, Pii, ReplyReference, SharedFile, Timestamp};
use minidom::Element;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::OutgoingContent;

const ROOM: &str = "room@rooms.example.org";

fn wire(children: &[Element]) -> String {
    let mut message = Element::bare("message", "jabber:client");
    for child in children {
        message.append_child(child.clone());
    }
    String::from(&message)
}

fn parse(inner: &str) -> Option<Content> {
    let message: Element = format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap();
    read(&message, Some(&ROOM.parse().unwrap()))
}

fn message(inner: &str) -> Composed {
    match parse(inner) {
        Some(Content::Message(composed)) => *composed,
        other => panic!("no message: {other:?}"),
    }
}

fn text(text: &str) -> MessageBody {
    MessageBody::Text(Pii(text.to_owned()))
}

/// What comes out at the other end.
fn travelled(content: &OutgoingContent) -> Option<Content> {
    let children = children(content, &ROOM.parse().unwrap()).unwrap();
    read(&wire(&children).parse().unwrap(), Some(&ROOM.parse().unwrap()))
}

/// What people write: several lines, marks, other scripts, emoji of more than one code point, what XML escapes.
fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("hello"),
            Just(" "),
            Just("\n"),
            Just("> "),
            Just("<b>&amp;]]>"),
            Just("会议"),
            Just("👩‍👩‍👧"),
            Just("e\u{301}"),
            Just("\u{202e}"),
            Just("https://example.org/a"),
            Just("*bold*"),
            Just("@bob"),
        ],
        1..12,
    )
    .prop_map(|parts| parts.concat())
}

fn file() -> impl Strategy<Value = SharedFile> {
    let looks = (0u32..5000, 0u32..5000, 0u32..600_000);
    let picture = prop::option::of(prop::collection::vec(any::<u8>(), 1..200));
    let voice = prop::option::of(prop::collection::vec(0u8..=100, 0..64));
    (words(), prop::option::of(any::<u64>()), looks, prop::option::of(any::<[u8; 32]>()), picture, voice, 1usize..=5)
        .prop_map(|(name, size, (width, height, duration_ms), sha256, picture, voice, urls)| SharedFile {
            name: format!("{}.png", name.trim()),
            media_type: "image/png".to_owned(),
            size,
            urls: (0..urls).map(|number| Pii(format!("https://example.org/{number}/a%20b.png?x=1&y"))).collect(),
            sha256,
            width,
            height,
            duration_ms,
            voice,
            thumbnail: picture.map(|bytes| ("image/jpeg".to_owned(), bytes)),
        })
}

fn body() -> impl Strategy<Value = MessageBody> {
    let place =
        (-90.0..=90.0f64, -180.0..=180.0f64, prop_oneof![Just(String::new()), Just("Wien, Österreich".to_owned())]);
    prop_oneof![
        words().prop_map(|text| MessageBody::Text(Pii(text))),
        (file(), prop_oneof![Just(String::new()), words()])
            .prop_map(|(file, caption)| MessageBody::File { file: Box::new(file), caption: Pii(caption) }),
        place.prop_map(|(latitude, longitude, address)| MessageBody::Location(Location {
            latitude,
            longitude,
            address
        })),
        words().prop_map(|text| MessageBody::Custom(Pii(text))),
    ]
}

fn composed() -> impl Strategy<Value = Composed> {
    let reply = prop::option::of((words(), any::<bool>()).prop_map(|(quote, named)| ReplyReference {
        to: WireId("m 1<".to_owned()),
        author: named.then(|| "bob@example.org".to_owned()),
        quote,
    }));
    let forwarded =
        prop::option::of((any::<bool>(), prop::option::of(0i64..4_000_000_000_000)).prop_map(|(is_name, sent_at)| {
            Forwarded {
                from: if is_name { "Zoë & co" } else { "zoe@example.org" }.to_owned(),
                sent_at: sent_at.map(Timestamp),
            }
        }));
    let json = || prop::option::of(words().prop_map(|text| json!({ "a": text, "b": [1, null] })));
    (body(), reply, forwarded, any::<[bool; 3]>(), json(), json(), prop::option::of(words())).prop_map(
        |(body, reply, forwarded, mentioned, extension, config, push_text)| {
            let is_custom = matches!(body, MessageBody::Custom(_));
            let len = match &body {
                MessageBody::Text(text) | MessageBody::File { caption: text, .. } | MessageBody::Custom(text) => {
                    u32::try_from(text.0.chars().count()).unwrap()
                }
                MessageBody::Location(_) | MessageBody::Encrypted { .. } => 0,
            };
            let all = [
                Mentioned::Everybody,
                Mentioned::Person { jid: "zoë@example.org".parse().unwrap() },
                Mentioned::Nickname { nickname: "王 & Co/2".to_owned() },
            ];
            let mentions = all.into_iter().zip(mentioned).filter(|(_, mentioned)| *mentioned && len > 0);
            Composed {
                mentions: mentions.map(|(of, _)| Mention { of, begin: len - 1, end: len }).collect(),
                body,
                reply,
                forwarded,
                extension: extension.or_else(|| is_custom.then(|| json!({}))),
                config,
                push_text: push_text.filter(|text| !text.trim().is_empty()),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_written_is_read(composed in composed(), is_edit in any::<bool>()) {
        let composed = Box::new(composed);
        let (content, expected) = if is_edit {
            let (of, change) = (WireId("m0".to_owned()), Change::Edit(composed));
            (OutgoingContent::Change { of: of.clone(), change: change.clone() }, Content::Change { of, change })
        } else {
            (OutgoingContent::Message(composed.clone()), Content::Message(composed))
        };
        prop_assert_eq!(travelled(&content), Some(expected));
    }
}

#[test]
fn recalls_and_reactions_travel_and_are_no_messages() {
    for change in [
        Change::Recall,
        Change::React { emojis: vec!["👍".to_owned(), "❤️".to_owned()] },
        Change::React { emojis: vec![] },
    ] {
        let of = WireId("m0".to_owned());
        let content = OutgoingContent::Change { of: of.clone(), change: change.clone() };
        assert_eq!(travelled(&content), Some(Content::Change { of, change }));
    }
    for inner in ["<reactions xmlns='urn:xmpp:reactions:0'/>", "<retract xmlns='urn:xmpp:message-retract:1' id=''/>"] {
        assert_eq!(parse(&format!("{inner}<body>fallback</body>")), None);
    }
}

#[test]
fn a_message_that_cannot_be_written_is_refused() {
    let refused = |composed: Composed| {
        children(&OutgoingContent::Message(Box::new(composed)), &ROOM.parse().unwrap()).unwrap_err();
    };
    refused(Composed::text(""));
    refused(Composed::text("\u{0}"));
    refused(Composed::of(MessageBody::Encrypted { method: "OMEMO".to_owned() }));
    let place = Location { latitude: 91.0, longitude: f64::NAN, address: String::new() };
    refused(Composed::of(MessageBody::Location(place)));
    refused(Composed { extension: Some(json!([1])), ..Composed::text("x") });
    refused(Composed { config: Some(json!({"a": "x".repeat(9_000)})), ..Composed::text("x") });
    let mention = Mention { of: Mentioned::Everybody, begin: 0, end: 2 };
    refused(Composed { mentions: vec![mention], ..Composed::text("x") });
    let change = Change::React { emojis: vec!["not an emoji".to_owned()] };
    let change = OutgoingContent::Change { of: WireId("m".to_owned()), change };
    children(&change, &ROOM.parse().unwrap()).unwrap_err();
}

/// XEP-0461 §3.1 and XEP-0428 §2 as they stand there: other clients count as we do.
#[test]
fn the_example_of_the_extension_is_read() {
    let composed = message(
        "<body>&gt; Anna wrote:\n&gt; We should bake a cake\nGreat idea!</body>\
         <reply to='anna@example.com/tablet' id='message-id1' xmlns='urn:xmpp:reply:0'/>\
         <fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='38'/></fallback>",
    );
    assert_eq!(composed.body, text("Great idea!"));
    let reply = composed.reply.unwrap();
    assert_eq!((reply.to.0.as_str(), reply.quote.as_str()), ("message-id1", "Anna wrote:\nWe should bake a cake"));
}

#[test]
fn line_ends_and_forbidden_characters_do_not_move_what_is_mentioned() {
    let mention = |begin, end| Mention { of: Mentioned::Everybody, begin, end };
    let composed = Composed { mentions: vec![mention(5, 8)], ..Composed::text("a\r\n\u{0}\r@me!") };
    let content = OutgoingContent::Message(Box::new(composed));
    let expected = Composed { mentions: vec![mention(3, 6)], ..Composed::text("a\n\n@me!") };
    assert_eq!(travelled(&content), Some(Content::Message(Box::new(expected))));
}

#[test]
fn ranges_out_of_the_text_are_left_out() {
    let ranges = |inner: &str| {
        message(&format!(
            "<body>0123456789</body><reply id='m' xmlns='urn:xmpp:reply:0'/>\
             <fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>{inner}</fallback>"
        ))
        .body
    };
    assert_eq!(ranges("<body start='8' end='4294967295'/>"), text("01234567"));
    assert_eq!(ranges("<body start='2' end='4'/><body start='3' end='6'/><body end='1'/>"), text("16789"));
    assert_eq!(
        ranges("<body start='-1' end='4'/><body start='5' end='5'/><body start='20' end='30'/>"),
        text("0123456789")
    );
    let mentioned = |begin: &str, end: &str| {
        let inner = format!(
            "<body>0123456789</body><reference xmlns='urn:xmpp:reference:0' type='mention' begin='{begin}' end='{end}' \
             uri='xmpp:bob@example.org'/>"
        );
        message(&inner).mentions.len()
    };
    assert_eq!(mentioned("0", "10"), 1);
    for (begin, end) in [("0", "11"), ("5", "5"), ("6", "5"), ("-1", "3"), ("", "3"), ("4294967295", "4294967296")] {
        assert_eq!(mentioned(begin, end), 0, "{begin}..{end}");
    }
    let many = "<mention-all xmlns='urn:confab:call:0' begin='0' end='1'/>".repeat(99);
    assert_eq!(message(&format!("<body>x</body>{many}")).mentions.len(), 50);
}

#[test]
fn an_address_alone_is_a_file_and_one_in_a_sentence_is_not() {
    let url = "https://upload.example.org/abc/photo%201.jpg";
    let oob = format!("<x xmlns='jabber:x:oob'><url>{url}</url></x>");
    let MessageBody::File { file, caption } = message(&format!("<body>{url}</body>{oob}")).body else { panic!() };
    assert_eq!((file.name.as_str(), file.media_type.as_str(), caption.0.as_str()), ("photo 1.jpg", "image/jpeg", ""));
    assert_eq!(message(&format!("<body>{url}</body>")).body, text(url));
    assert_eq!(message(&format!("<body>see {url}</body>{oob}")).body, text(&format!("see {url}")));
    let script = "<body>javascript:x</body><x xmlns='jabber:x:oob'><url>javascript:x</url></x>";
    assert_eq!(message(script).body, text("javascript:x"));
}

#[test]
fn places_without_our_marks_are_read() {
    let place = |address: &str| {
        MessageBody::Location(Location { latitude: 48.2, longitude: 16.37, address: address.to_owned() })
    };
    let geoloc = "<geoloc xmlns='http://jabber.org/protocol/geoloc'><lat>48.2</lat><lon>16.37</lon></geoloc>";
    assert_eq!(message("<body> geo:48.2,16.37;u=5 </body>").body, place(""));
    assert_eq!(message(&format!("<body>geo:48.2,16.37</body>{geoloc}")).body, place(""));
    assert_eq!(message(&format!("<body>I am here</body>{geoloc}")).body, place("I am here"));
    assert_eq!(message(geoloc).body, place(""));
    assert_eq!(message("<body>go to geo:1,2</body>").body, text("go to geo:1,2"));
}

#[test]
fn what_others_hand_on_is_read() {
    let forwarded = "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>\
        <message xmlns='jabber:client' from='romeo@montague.example/orchard' type='chat'><body>Call me but love\
        </body></message></forwarded>";
    let composed = message(&format!("<body>Look:</body>{forwarded}"));
    assert_eq!(composed.body, text("Look:\nCall me but love"));
    let from = composed.forwarded.unwrap();
    assert_eq!(
        (from.from.as_str(), from.sent_at),
        ("romeo@montague.example/orchard", Some(Timestamp(1_278_803_305_000)))
    );
    assert_eq!(message(forwarded).body, text("Call me but love"));
}

#[test]
fn a_custom_message_without_its_extension_is_its_text() {
    assert_eq!(message("<body>hi</body><custom xmlns='urn:confab:call:0'/>").body, text("hi"));
    let bare = Composed { extension: Some(json!({"a": 1})), ..Composed::of(MessageBody::Custom(Pii(String::new()))) };
    let content = OutgoingContent::Message(Box::new(bare.clone()));
    assert_eq!(travelled(&content), Some(Content::Message(Box::new(bare))));
}

#[test]
fn a_correction_of_nothing_is_a_message_and_an_encrypted_one_a_correction() {
    assert_eq!(message("<body>x</body><replace xmlns='urn:xmpp:message-correct:0'/>").body, text("x"));
    let encrypted = "<body>no</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>\
        <replace xmlns='urn:xmpp:message-correct:0' id='m'/>";
    let edit = Change::Edit(Box::new(Composed::of(MessageBody::Encrypted { method: "OMEMO".to_owned() })));
    assert_eq!(parse(encrypted), Some(Content::Change { of: WireId("m".to_owned()), change: edit }));
}
