//! What the seeded tests of this crate and the targets in `fuzz/` share: stanzas of every kind that is read, a
//! generator that bends them, and one function that puts an element through every parser.
//!
//! Not part of the crate's interface: built for tests and with the feature `fuzzing`.

use minidom::{
    Element,
    rxml::{Namespace, NcName},
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

pub use crate::actor::Dispatcher;
use crate::{
    xep::{
        archive_0313, availability, avatars_0084, blocking_0191, bob_0231, bookmarks_0402, caps_0115, carbons_0280,
        chat_states_0085, datetime_0082, delay_0203, disco_0030, displayed_0490, encryption_0380, extdisco_0215,
        forms_0004, group_links, invite_0249, jingle_0166, jmi_0353, markers_0333, moderation_0425, muc_0045,
        muc_admin, muc_owner, nicknames_0172, occupant_0421, presence_6121, pubsub_0060, receipts_0184,
        registration_0077, roster_6121, search_0055, sign_outs, stanza_ids_0359, upload_0363, vcard_0054,
    },
    xml::{is_from_own_account, stanza_error},
};

const RECORDINGS: [&str; 3] = [
    include_str!("../fixtures/02-dino-video-calls-stanzajs.xml"),
    include_str!("../fixtures/03-stanzajs-video-calls-dino.xml"),
    include_str!("../fixtures/05-dino-reject-retract.xml"),
];

/// One of each kind that the recordings of calls do not have.
const STANZAS: &[&str] = &[
    "<message type='chat' from='bob@example.org/x' to='me@example.org' id='m1'><body>hi</body>\
     <origin-id xmlns='urn:xmpp:sid:0' id='m1'/><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='a1'/>\
     <request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>\
     <active xmlns='http://jabber.org/protocol/chatstates'/>\
     <delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-11-21T04:00:00.123+01:30'/></message>",
    "<message type='chat' from='bob@example.org/x' to='me@example.org'><received xmlns='urn:xmpp:receipts' id='o1'/>\
     <displayed xmlns='urn:xmpp:chat-markers:0' id='o1'/></message>",
    "<message type='error' from='bob@example.org' to='me@example.org' id='o1'><error type='cancel'><gone \
     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no</text>\
     <own xmlns='urn:own'/></error></message>",
    "<message from='me@example.org' to='me@example.org/here'><received xmlns='urn:xmpp:carbons:2'>\
     <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' from='bob@example.org/x' \
     to='me@example.org/phone' id='c'><body>copy</body></message></forwarded></received></message>",
    "<message from='me@example.org' to='me@example.org/here'><sent xmlns='urn:xmpp:carbons:2'>\
     <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' from='me@example.org/phone' \
     to='bob@example.org'><propose xmlns='urn:xmpp:jingle-message:0' id='p'><description \
     xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose></message></forwarded></sent></message>",
    "<message from='me@example.org'><result xmlns='urn:xmpp:mam:2' queryid='q' id='a2'><forwarded \
     xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T04:00:00Z'/><message \
     xmlns='jabber:client' type='chat' from='bob@example.org/x' to='me@example.org' id='m2'><encryption \
     xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2' name='OMEMO'/><body>no</body></message></forwarded></result>\
     </message>",
    "<message type='chat' from='bob@example.org/x' to='me@example.org'><reject xmlns='urn:xmpp:jingle-message:0' \
     id='c1'><reason xmlns='urn:xmpp:jingle:1'><busy/><text>later</text></reason><tie-break/></reject><call \
     xmlns='urn:confab:call:0' id='c1' timeout='45' early='true' cause='dnd' media='video'><text>asleep</text><json \
     xmlns='urn:xmpp:json:0'>{\"a\":[1,{\"b\":null}]}</json></call></message>",
    "<presence from='bob@example.org/x'><show>dnd</show><status>busy</status><priority>5</priority><c \
     xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/></presence>",
    "<presence type='subscribe' from='eve@example.net'><status>please</status><nick \
     xmlns='http://jabber.org/protocol/nick'>Eve</nick></presence>",
    "<presence type='unavailable' from='bob@example.org/x'/>",
    "<iq type='set' id='p1' from='me@example.org'><query xmlns='jabber:iq:roster' ver='7'><item jid='bob@example.org' \
     name='Bob' subscription='both' ask='subscribe'><group>Friends</group></item></query></iq>",
    "<iq type='result' id='roster' from='me@example.org'><query xmlns='jabber:iq:roster' ver='8'><item \
     jid='bob@example.org' subscription='from'/><item jid='joe@example.org' subscription='remove'/></query></iq>",
    "<iq type='result' id='device' from='bob@example.org/x'><query xmlns='http://jabber.org/protocol/disco#info' \
     node='n#v'><identity category='client' type='pc' name='Dino' xml:lang='en'/><feature var='urn:xmpp:jingle:1'/><x \
     xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:x</value></field><field \
     var='os'><value>Linux</value></field></x></query></iq>",
    "<iq type='result' id='page' from='me@example.org'><fin xmlns='urn:xmpp:mam:2' complete='true'><set \
     xmlns='http://jabber.org/protocol/rsm'><first index='0'>a1</first><last>a9</last></set></fin></iq>",
    "<iq type='result' id='services' from='example.org'><services xmlns='urn:xmpp:extdisco:2'><service type='turn' \
     host='192.0.2.1' port='3478' transport='udp' username='1:u' password='p' expires='2026-11-21T05:00:00Z'/></services>\
     </iq>",
    "<iq type='result' id='form' from='example.org'><query xmlns='jabber:iq:register'><instructions>x</instructions>\
     <username/><x xmlns='jabber:x:oob'><url>https://example.org/</url></x><x xmlns='jabber:x:data' type='form'>\
     <title>T</title><field var='ocr' type='list-single' label='Read'><required/><desc>d</desc><value>1</value><option \
     label='One'><value>1</value></option><media xmlns='urn:xmpp:media-element'><uri type='image/png'>cid:a@b</uri>\
     </media></field></x><data xmlns='urn:xmpp:bob' cid='a@b' type='image/png'>aGk=</data></query></iq>",
    "<iq type='get' id='v' from='bob@example.org/x'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    "<message type='chat' from='bob@example.org/x' to='me@example.org' id='m3'><body>&gt; quoted\n@bob hi</body>\
     <reply xmlns='urn:xmpp:reply:0' id='m1' to='me@example.org'/><fallback xmlns='urn:xmpp:fallback:0' \
     for='urn:xmpp:reply:0'><body start='0' end='9'/></fallback><reference xmlns='urn:xmpp:reference:0' type='mention' \
     begin='9' end='13' uri='xmpp:bob@example.org'/><mention-all xmlns='urn:confab:call:0' begin='9' end='10'/>\
     <replace xmlns='urn:xmpp:message-correct:0' id='m0'/><extension xmlns='urn:confab:call:0'><json \
     xmlns='urn:xmpp:json:0'>{\"a\":[1]}</json></extension><push-text xmlns='urn:confab:call:0'>p</push-text></message>",
    "<message type='chat' from='bob@example.org/x' to='me@example.org' id='m4'><retract \
     xmlns='urn:xmpp:message-retract:1' id='m3'/><reactions xmlns='urn:xmpp:reactions:0' id='m3'><reaction>👍</reaction>\
     </reactions></message>",
    "<message type='chat' from='bob@example.org/x' to='me@example.org' id='m5'><body>c\nhttps://x.org/a.png</body>\
     <file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><media-type>image/png</media-type>\
     <name>a.png</name><size>9</size><width>1</width><length>5</length><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>\
     AAAA</hash><thumbnail xmlns='urn:xmpp:thumbs:1' uri='cid:a'/></file><sources><url-data \
     xmlns='http://jabber.org/protocol/url-data' target='https://x.org/a.png'/></sources></file-sharing><data \
     xmlns='urn:xmpp:bob' cid='a' type='image/png'>aGk=</data><x xmlns='jabber:x:oob'><url>https://x.org/a.png</url></x>\
     <voice xmlns='urn:confab:call:0'>1 2</voice></message>",
    "<message type='chat' from='bob@example.org/x' to='me@example.org' id='m6'><body>geo:1,2;u=3</body><geoloc \
     xmlns='http://jabber.org/protocol/geoloc'><lat>1</lat><lon>2</lon><text>t</text></geoloc></message>",
    "<message type='headline' from='me@example.org' to='me@example.org/here'><event \
     xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mds:displayed:0'><item id='bob@example.org'>\
     <displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='a1'/>\
     </displayed></item></items></event></message>",
    "<message type='headline' from='me@example.org' to='me@example.org/here'><event \
     xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:confab:call:0#availability'><item id='current'>\
     <availability xmlns='urn:confab:call:0' dnd='true' until='2036-11-21T04:00:00Z'><status>s</status></availability>\
     </item></items></event></message>",
    "<message type='headline' from='me@example.org' to='me@example.org/here'><event \
     xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:avatar:metadata'><item id='1'><metadata \
     xmlns='urn:xmpp:avatar:metadata'><info id='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' type='image/png' bytes='1' \
     width='1'/></metadata></item></items></event></message>",
    "<iq type='set' id='b' from='me@example.org'><block xmlns='urn:xmpp:blocking'><item jid='eve@example.net'/></block>\
     </iq>",
    "<presence from='me@example.org/phone'><x xmlns='vcard-temp:x:update'><photo>\
     aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</photo></x></presence>",
    "<iq type='result' id='slot' from='upload.example.org'><slot xmlns='urn:xmpp:http:upload:0'><put \
     url='https://u.example.org/1'><header name='Cookie'>c</header></put><get url='https://d.example.org/1'/></slot></iq>",
    "<iq type='result' id='found' from='example.org'><query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' \
     type='result'><item><field var='jid'><value>bob@example.org</value></field><field var='fn'><value>Bob</value></field>\
     </item></x></query></iq>",
    "<iq type='result' id='card' from='bob@example.org'><vCard xmlns='vcard-temp'><FN>Bob</FN><PHOTO><TYPE>image/png\
     </TYPE><BINVAL>aGk=</BINVAL></PHOTO></vCard></iq>",
    "<presence from='room@rooms.example.org/Bob'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' \
     role='participant' jid='bob@example.org/x'/></x><occupant-id xmlns='urn:xmpp:occupant-id:0' id='o1'/></presence>",
    "<presence type='unavailable' from='room@rooms.example.org/Bob'><x xmlns='http://jabber.org/protocol/muc#user'><item \
     affiliation='none' role='none' nick='Robert' jid='bob@example.org/x'><actor nick='Eve'/><reason>r</reason></item>\
     <status code='307'/><status code='303'/></x></presence>",
    "<presence from='room@rooms.example.org/me'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' \
     role='moderator'/><status code='110'/><status code='201'/></x></presence>",
    "<presence type='unavailable' from='room@rooms.example.org/me'><x xmlns='http://jabber.org/protocol/muc#user'><item \
     affiliation='none' role='none'/><destroy jid='other@rooms.example.org'><reason>d</reason></destroy><status \
     code='110'/></x></presence>",
    "<presence type='error' from='room@rooms.example.org/me'><error type='auth'><registration-required \
     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
    "<presence from='room@rooms.example.org'><x xmlns='vcard-temp:x:update'><photo>\
     bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</photo></x></presence>",
    "<message type='groupchat' from='room@rooms.example.org/Bob' id='g1'><body>hi @me</body><origin-id \
     xmlns='urn:xmpp:sid:0' id='g1'/><stanza-id xmlns='urn:xmpp:sid:0' by='room@rooms.example.org' id='r1'/><occupant-id \
     xmlns='urn:xmpp:occupant-id:0' id='o1'/><reference xmlns='urn:xmpp:reference:0' type='mention' begin='3' end='6' \
     uri='xmpp:room@rooms.example.org/me'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>",
    "<message type='groupchat' from='room@rooms.example.org/Bob' id='g2'><body>hello</body><replace \
     xmlns='urn:xmpp:message-correct:0' id='g1'/></message>",
    "<message type='groupchat' from='room@rooms.example.org' id='g3'><retract xmlns='urn:xmpp:message-retract:1' id='r1'>\
     <moderated xmlns='urn:xmpp:message-moderate:1' by='room@rooms.example.org/Eve'/><reason>rude</reason></retract>\
     </message>",
    "<message type='groupchat' from='room@rooms.example.org' id='g4'><apply-to xmlns='urn:xmpp:fasten:0' id='r1'><moderated \
     xmlns='urn:xmpp:message-moderate:0' by='room@rooms.example.org/Eve'><retract xmlns='urn:xmpp:message-retract:0'/>\
     <reason>rude</reason></moderated></apply-to></message>",
    "<message type='groupchat' from='room@rooms.example.org/Bob'><subject>s</subject></message>",
    "<message type='groupchat' from='room@rooms.example.org'><x xmlns='http://jabber.org/protocol/muc#user'><status \
     code='104'/></x></message>",
    "<message from='room@rooms.example.org'><result xmlns='urn:xmpp:mam:2' queryid='q' id='r2'><forwarded \
     xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T04:00:00Z'/><message \
     xmlns='jabber:client' type='groupchat' from='room@rooms.example.org/Bob' id='g5'><body>old</body><x \
     xmlns='http://jabber.org/protocol/muc#user'><item jid='bob@example.org' affiliation='member'/></x><occupant-id \
     xmlns='urn:xmpp:occupant-id:0' id='o1'/></message></forwarded></result></message>",
    "<message from='other@rooms.example.org'><x xmlns='http://jabber.org/protocol/muc#user'><invite \
     from='bob@example.org/x'><reason>come</reason></invite></x><x xmlns='jabber:x:conference' \
     jid='other@rooms.example.org' reason='come'/></message>",
    "<message type='chat' from='eve@example.net/x' to='me@example.org'><body>let me in</body><application \
     xmlns='urn:confab:call:0' group='room@rooms.example.org'/></message>",
    "<message type='headline' from='me@example.org' to='me@example.org/here'><event \
     xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'><item \
     id='other@rooms.example.org'><conference xmlns='urn:xmpp:bookmarks:1' name='Other' autojoin='true'><nick>n</nick>\
     <extensions><a xmlns='urn:a'/></extensions></conference></item><retract id='room@rooms.example.org'/></items></event>\
     </message>",
    "<iq type='result' id='lists' from='room@rooms.example.org'><query xmlns='http://jabber.org/protocol/muc#admin'><item \
     affiliation='admin' jid='bob@example.org' nick='Bob'><reason>x</reason></item></query></iq>",
    "<iq type='result' id='config' from='room@rooms.example.org'><query xmlns='http://jabber.org/protocol/muc#owner'><x \
     xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>\
     http://jabber.org/protocol/muc#roomconfig</value></field><field var='muc#roomconfig_roomname' type='text-single'>\
     <value>n</value></field><field var='muc#roomconfig_whois' type='list-single'><option><value>anyone</value></option>\
     </field></x></query></iq>",
    "<iq type='result' id='room' from='room@rooms.example.org'><query xmlns='http://jabber.org/protocol/disco#info'>\
     <identity category='conference' type='text' name='Room'/><feature var='urn:xmpp:mam:2'/><feature \
     var='muc_membersonly'/><x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>\
     http://jabber.org/protocol/muc#roominfo</value></field><field var='muc#roominfo_description'><value>d</value></field>\
     </x></query></iq>",
    "<message type='chat' from='bob@example.org/x' to='me@example.org' id='m7'><body>look</body><forwarded \
     xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T04:00:00Z'/><message \
     xmlns='jabber:client' from='eve@example.net'><body>inner</body></message></forwarded></message>",
];

/// Values that have broken readers elsewhere: empty, huge, out of range, out of place.
const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "true",
    "both",
    "none",
    "error",
    "groupchat",
    "me@example.org",
    "me@example.org/here",
    "room@rooms.example.org",
    "room@rooms.example.org/me",
    "bob@example.org",
    "bob@example.org/x",
    "eve@example.net/x",
    "example.org",
    "@",
    "a@b@c",
    "/",
    "\u{202e}txt.exe",
    "\u{e9}\u{301}",
    "\u{10ffff}",
    "<&>'\"",
    "2026-02-31T99:99:99Z",
    "9999-12-31T23:59:60.999999999+23:59",
    "0000-01-01T00:00:00Z",
    "+\u{e9}1:00",
    "{\"a\":{\"a\":{}}}",
    "sha-256",
    "00:11",
    "::1",
    "x.local",
    "192.0.2.1",
    "\r\na=x",
];

const NAMES: &[&str] =
    &["jingle", "content", "candidate", "error", "body", "query", "item", "x", "sent", "result", "propose"];
const NAMESPACES: &[&str] = &[
    "jabber:client",
    "urn:xmpp:jingle:1",
    "urn:xmpp:jingle-message:0",
    "urn:xmpp:mam:2",
    "urn:xmpp:carbons:2",
    "urn:x",
];
/// What is grown by repeating stays below this; servers cut stanzas at about that size too.
const MAX_SIZE: usize = 256 * 1024;

/// Every stanza that is bent, as it is when it is well-formed.
pub fn corpus() -> Vec<Element> {
    // Comments are for people: XMPP has none, and so has the parser.
    let recordings = RECORDINGS.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with("<!--"));
    let all = format!("<a xmlns='jabber:client'>{}{}</a>", recordings.collect::<Vec<_>>().join("\n"), STANZAS.concat());
    all.parse::<Element>().map(|all| all.children().cloned().collect()).unwrap_or_default()
}

/// Bends stanzas, the same way for the same seed.
#[derive(Debug)]
pub struct Bender {
    random: StdRng,
    corpus: Vec<Element>,
}

impl Bender {
    pub fn new(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), corpus: corpus() }
    }

    /// A stanza of the corpus with one to six changes.
    pub fn stanza(&mut self) -> Element {
        let mut stanza = self.pick();
        for _ in 0..self.random.random_range(1..=6) {
            let target = self.random.random_range(0..count(&stanza));
            if let Some(element) = nth(&mut stanza, &mut target.clone()) {
                self.bend(element);
            }
            if String::from(&stanza).len() > MAX_SIZE {
                break;
            }
        }
        stanza
    }

    /// Bytes: a stanza's text with some of them replaced, left out or repeated. Most are not XML any more.
    pub fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = String::from(&self.stanza()).into_bytes();
        for _ in 0..self.random.random_range(1..=8) {
            let at = self.random.random_range(0..bytes.len().max(1));
            match self.random.random_range(0..3) {
                0 if at < bytes.len() => bytes[at] = self.random.random(),
                1 => bytes.truncate(at),
                _ => {
                    let end = bytes.len().min(at + 40);
                    let again: Vec<u8> = bytes.get(at..end).unwrap_or_default().to_vec();
                    bytes.splice(at.min(bytes.len())..at.min(bytes.len()), again);
                }
            }
        }
        bytes
    }

    fn pick(&mut self) -> Element {
        self.corpus.choose(&mut self.random).cloned().unwrap_or_else(|| Element::bare("message", "jabber:client"))
    }

    fn value(&mut self) -> String {
        let value = VALUES.choose(&mut self.random).copied().unwrap_or_default();
        let times = if self.random.random_bool(0.05) { self.random.random_range(2..2_000) } else { 1 };
        value.repeat(times)
    }

    fn bend(&mut self, element: &mut Element) {
        match self.random.random_range(0..9) {
            0 | 1 => {
                let names: Vec<NcName> = element.attrs().iter().map(|((_, name), _)| name.clone()).collect();
                if let Some(name) = names.choose(&mut self.random) {
                    if self.random.random_bool(0.7) {
                        let value = self.value();
                        element.set_attr(Namespace::NONE, name.clone(), value);
                    } else {
                        element.attrs_mut().remove(&Namespace::NONE, name);
                    }
                }
            }
            2 => {
                let name = ["id", "type", "from", "to", "sid", "xmlns-x"].choose(&mut self.random).copied();
                if let Some(name) = name.and_then(|name| NcName::try_from(name).ok()) {
                    let value = self.value();
                    element.set_attr(Namespace::NONE, name, value);
                }
            }
            3 => {
                let text = self.value();
                element.take_nodes();
                element.append_text(text);
            }
            4 => {
                element.unshift_child();
            }
            5 => {
                let again: Vec<Element> = element.children().take(3).cloned().collect();
                let times = *[1, 1, 2, 20, 200].choose(&mut self.random).unwrap_or(&1);
                for child in again.iter().cycle().take(again.len() * times) {
                    element.append_child(child.clone());
                }
            }
            6 => {
                let mut other = self.pick();
                let target = self.random.random_range(0..count(&other));
                if let Some(part) = nth(&mut other, &mut target.clone()) {
                    element.append_child(part.clone());
                }
            }
            7 => {
                let whole = element.clone();
                element.append_child(whole);
            }
            _ => {
                let name = NAMES.choose(&mut self.random).copied().unwrap_or("x");
                let namespace = match NAMESPACES.choose(&mut self.random) {
                    Some(namespace) if self.random.random_bool(0.5) => (*namespace).to_owned(),
                    _ => element.ns(),
                };
                let name = if self.random.random_bool(0.5) { name } else { element.name() };
                let mut renamed = Element::bare(name, namespace);
                for ((_, name), value) in element.attrs().iter() {
                    renamed.set_attr(Namespace::NONE, name.clone(), value.clone());
                }
                element.take_nodes().into_iter().for_each(|node| renamed.append_node(node));
                *element = renamed;
            }
        }
    }
}

fn count(element: &Element) -> usize {
    1 + element.children().map(count).sum::<usize>()
}

/// The element of that number in the order of the text.
fn nth<'a>(element: &'a mut Element, number: &mut usize) -> Option<&'a mut Element> {
    if *number == 0 {
        return Some(element);
    }
    *number -= 1;
    element.children_mut().find_map(|child| nth(child, number))
}

/// One stanza's bytes as the parser of the stream takes them. The bound is the wire's: whatever is nested deeper is left
/// out there.
pub fn parse_bytes(bytes: &[u8]) -> Option<Element> {
    let (bounded, _) = scan(&[bytes]);
    Element::from_reader(bounded.as_slice()).ok()
}

/// What the wire lets through of bytes that arrive in these pieces within an open stream, and a stream error in them.
pub fn scan(pieces: &[&[u8]]) -> (Vec<u8>, Option<Vec<u8>>) {
    crate::connect::scanner::scan(pieces)
}

/// Reads bytes as what a server says before the sign-in, or whoever speaks for it before TLS: header, features and
/// elements after them, until something is refused. Returns how many elements there were.
pub fn opening(bytes: &[u8]) -> usize {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return 0 };
    let io = tokio::io::BufStream::new(tokio::io::join(std::io::Cursor::new(bytes.to_vec()), tokio::io::sink()));
    runtime.block_on(async {
        let Ok((_, mut stream)) = crate::connect::open_stream(io, "example.org", None).await else { return 0 };
        let mut elements = 1;
        while crate::connect::read_element(&mut stream).await.is_ok() {
            elements += 1;
        }
        elements
    })
}

/// Puts an element and everything in it through every parser of this crate. Returns the size of what came out, as
/// text for a log: it is to stay in proportion to what went in.
pub fn parse_everything(element: &Element) -> usize {
    let mut size = 0;
    let mut weigh = |output: &dyn std::fmt::Debug| size += format!("{output:?}").len();
    let Ok(own) = jid::BareJid::new("me@example.org") else { return 0 };
    weigh(&crate::content::read(element, None));
    weigh(&crate::content::read(element, "room@rooms.example.org".parse().ok().as_ref()));
    weigh(&muc_0045::read_user(element));
    weigh(&muc_0045::read_invitation(element));
    weigh(&muc_0045::read_subject(element));
    weigh(&invite_0249::read(element));
    weigh(&moderation_0425::moderator(element));
    weigh(&occupant_0421::read(element));
    weigh(&bookmarks_0402::read_retracted(element));
    weigh(&group_links::GroupLink::read(&element.text()));
    weigh(&stanza_error(element));
    weigh(&is_from_own_account(element, &own));
    weigh(&jmi_0353::read(element));
    weigh(&carbons_0280::read(element, &own));
    weigh(&archive_0313::read_result(element));
    weigh(&receipts_0184::received(element));
    weigh(&markers_0333::displayed(element));
    weigh(&chat_states_0085::read(element));
    weigh(&encryption_0380::method(element));
    weigh(&delay_0203::read(element));
    weigh(&delay_0203::read_from(element, &["example.org"]));
    weigh(&stanza_ids_0359::origin_id(element));
    weigh(&stanza_ids_0359::stanza_id(element, &own));
    weigh(&caps_0115::read(element));
    weigh(&presence_6121::read(element));
    weigh(&datetime_0082::parse(&element.text()));
    weigh(&pubsub_0060::read_event(element));
    weigh(&vcard_0054::read_update(element));
    for part in element.children() {
        weigh(&jingle_0166::read(part));
        weigh(&blocking_0191::read_list(part));
        weigh(&blocking_0191::read_push(part));
        weigh(&upload_0363::read(part));
        weigh(&search_0055::read(part));
        weigh(&search_0055::queries(part, "x"));
        weigh(&vcard_0054::read(part));
        weigh(&disco_0030::read_items(part));
        for item in pubsub_0060::read_event(element).map(|(_, event)| event.items).unwrap_or_default() {
            weigh(&displayed_0490::read(&item, &own));
            weigh(&availability::read(&item));
            weigh(&sign_outs::read(&item));
            weigh(&avatars_0084::read_metadata(&item));
            weigh(&nicknames_0172::read(&item));
            weigh(&bookmarks_0402::read(&item));
        }
        weigh(&muc_admin::read_list(part));
        weigh(&muc_owner::filled(part, muc_owner::Settings::default()));
        weigh(&roster_6121::read(part));
        weigh(&extdisco_0215::read(part));
        weigh(&archive_0313::read_fin(part));
        weigh(&registration_0077::read("example.org", part));
        weigh(&forms_0004::read_fields(part, &bob_0231::read(part)));
        if let Some(info) = disco_0030::Info::read(part) {
            weigh(&caps_0115::verification(&info));
            weigh(&muc_0045::read_info(&info));
            weigh(&info);
        }
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Another seed for another run; a failure names the one that it had.
    fn seed() -> u64 {
        std::env::var("CONFAB_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_121)
    }

    #[test]
    fn the_corpus_is_read_as_it_is_meant() {
        let corpus = corpus();
        assert_eq!(corpus.iter().filter(|stanza| jmi_0353::read(stanza).is_some()).count(), 13);
        let parts = || corpus.iter().flat_map(Element::children);
        assert!(parts().filter(|part| jingle_0166::read(part).is_ok()).count() > 10);
        assert_eq!(parts().filter_map(roster_6121::read).count(), 2);
        assert_eq!(parts().filter(|part| !extdisco_0215::read(part).is_empty()).count(), 1);
    }

    #[test]
    fn bent_stanzas_are_read_without_panic_and_nothing_is_blown_up() {
        let seed = seed();
        println!("seed {seed}");
        let mut bender = Bender::new(seed);
        for round in 0..1_200 {
            let stanza = bender.stanza();
            let (given, taken) = (String::from(&stanza).len(), parse_everything(&stanza));
            // A candidate of 20 octets becomes a structure of 300; pictures and texts are copied a few times.
            assert!(taken <= 40 * given + 4_096, "seed {seed}, round {round}: {given} octets became {taken}");
        }
    }

    #[test]
    fn bent_bytes_are_refused_or_read() {
        let seed = seed();
        println!("seed {seed}");
        let mut bender = Bender::new(seed);
        let mut read = 0;
        for _ in 0..800 {
            let bytes = bender.bytes();
            assert_eq!(scan(&[&bytes]), scan(&bytes.chunks(7).collect::<Vec<_>>()), "seed {seed}");
            if let Some(element) = parse_bytes(&bytes) {
                parse_everything(&element);
                read += 1;
            }
        }
        assert!(read > 0, "nothing was XML any more: the bytes are bent too much to test anything");
    }

    #[test]
    fn bent_bytes_before_the_sign_in_are_refused_or_read() {
        let seed = seed();
        println!("seed {seed}");
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
            version='1.0' id='x'><stream:features/>";
        let mut bender = Bender::new(seed);
        let mut read = 0;
        for _ in 0..200 {
            // Bytes rarely stay XML; stanzas that are bent as elements do.
            read += opening(format!("{header}{}", String::from(&bender.stanza())).as_bytes());
            let bent = bender.bytes();
            opening(&[header.as_bytes(), &bent].concat());
            opening(&bent);
            opening(&[&header.as_bytes()[..100], b"x='", &bent].concat());
        }
        assert!(read > 200, "nothing after the features was read");
        // The process is still there.
        assert!(opening(format!("{header}{}", "<a>".repeat(100_000)).as_bytes()) <= 1);
    }

    #[test]
    fn bent_stanzas_go_through_the_whole_session() {
        let seed = seed();
        println!("seed {seed}");
        let mut bender = Bender::new(seed);
        let Some(mut dispatcher) = Dispatcher::new() else { panic!("fixed addresses are valid") };
        for round in 0..1_200 {
            let stanza = bender.stanza();
            let told = dispatcher.stanza(&stanza);
            // One per entry of a roster or page at most.
            assert!(told <= 8 + count(&stanza), "seed {seed}, round {round}: {told} events");
        }
        let kept = dispatcher.kept();
        assert!(kept.0 <= 1_000 && kept.1 <= 1_000, "{kept:?} requests and signals are kept");
        let of_rooms = dispatcher.kept_of_rooms();
        assert!(of_rooms.0 <= 5_000 && of_rooms.1 <= 200, "{of_rooms:?} occupants and requests are kept");
    }
}
