//! Sessions against a scripted server: what is sent and received, and what is told, in one order, with nothing left
//! over at the end.
//!
//! A [`Transcript`] is the server's side and the app's side of one session. The stanza stream is the real one, over a
//! pipe; time is tokio's paused time. In patterns, `{name}` as an attribute or text matches anything the first
//! time and the same thing after that, also in what is sent.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod archive;
mod calls;
mod contacts;
mod contents;
mod greeting;
mod group_work;
mod groups;
mod limits;
mod messages;
mod offers;
mod personal;
mod profiles;
mod queries;
mod reconnect;
mod sign_in;

use std::{collections::HashMap, time::Duration};

use confab_model::{ConnectionState, Timestamp};
use futures::{SinkExt, StreamExt, future::BoxFuture};
use minidom::{Element, Node};
use tokio::{
    io::{BufStream, DuplexStream, duplex},
    sync::mpsc,
    time::timeout,
};
use tokio_xmpp::xmlstream::{StreamHeader, Timeouts, XmlStream, accept_stream};
use xmpp_parsers::stream_features::StreamFeatures;

use crate::{
    Bound, ConnectError, Connector, Session, SessionConfig, SessionEvent, SessionHandle, SignInRequest, SignInToken,
    SignedIn, signals::Codecs,
};

/// What the clock of all transcripts says.
pub const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub const NOW_TEXT: &str = "2027-01-15T08:00:00.000Z";
const OPENED: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='s'>";
/// Nothing takes time on a pipe; this is paused time.
const AT_ONCE: Duration = Duration::from_millis(1);

/// What the scripted connector does with one attempt.
pub enum Attempt {
    Succeed,
    SucceedWith(SignInToken),
    SucceedBy(&'static str),
    /// The `<success/>` of a server that binds on the way.
    SucceedBound(&'static str),
    Fail(ConnectError),
}

struct PipeConnector {
    script: std::sync::Mutex<mpsc::UnboundedReceiver<Attempt>>,
    requests: mpsc::UnboundedSender<SignInRequest>,
    pipes: mpsc::UnboundedSender<DuplexStream>,
}

impl Connector for PipeConnector {
    fn connect(&self, request: SignInRequest) -> BoxFuture<'static, Result<SignedIn, ConnectError>> {
        self.requests.send(request).ok();
        let attempt = self.script.lock().unwrap().try_recv().unwrap_or(Attempt::Succeed);
        let pipes = self.pipes.clone();
        Box::pin(async move {
            let (mut token, mut mechanism, mut bound) = (None, None, None);
            match attempt {
                Attempt::Fail(error) => return Err(error),
                Attempt::Succeed => {}
                Attempt::SucceedWith(issued) => token = Some(issued),
                Attempt::SucceedBy(name) => mechanism = Some(name),
                Attempt::SucceedBound(success) => {
                    let identifier = Some("me@example.org/chosen".to_owned());
                    bound = Bound::read(&parse(success), &"me@example.org".parse().unwrap(), identifier)?;
                }
            }
            let opening = bound.as_ref().map(|bound| {
                let mut features = parse("<stream:features/>");
                bound.complete(&mut features);
                format!("{OPENED}{}", String::from(&features)).into_bytes()
            });
            let (near, far) = duplex(1 << 20);
            pipes.send(far).ok();
            Ok(SignedIn { io: Box::new(BufStream::new(near)), opening, token, token_refused: false, mechanism, bound })
        })
    }
}

pub struct Transcript {
    pub handle: SessionHandle,
    pub events: mpsc::Receiver<SessionEvent>,
    pub requests: mpsc::UnboundedReceiver<SignInRequest>,
    pipes: mpsc::UnboundedReceiver<DuplexStream>,
    server: Option<XmlStream<BufStream<DuplexStream>, Element>>,
    captured: HashMap<String, String>,
}

/// What a scripted server offers.
#[derive(Clone, Copy, Default)]
pub struct Offers {
    pub stream_management: bool,
    pub roster_versions: bool,
    pub archive: bool,
}

pub fn config() -> SessionConfig {
    let mut config = SessionConfig::new("me@example.org".parse().unwrap(), "secret".to_owned());
    config.client.version = "1".to_owned();
    config
}

impl Transcript {
    pub fn start(config: SessionConfig) -> Self {
        Self::start_with(config, Codecs::default(), vec![])
    }

    pub fn start_with(config: SessionConfig, codecs: Codecs, attempts: Vec<Attempt>) -> Self {
        let (script, attempts_taken) = mpsc::unbounded_channel();
        for attempt in attempts {
            script.send(attempt).ok();
        }
        let (requests_made, requests) = mpsc::unbounded_channel();
        let (pipes_made, pipes) = mpsc::unbounded_channel();
        let connector =
            PipeConnector { script: std::sync::Mutex::new(attempts_taken), requests: requests_made, pipes: pipes_made };
        let (handle, events) = Session::spawn_with(config, connector, codecs, || NOW);
        Self { handle, events, requests, pipes, server: None, captured: HashMap::new() }
    }

    /// A session that is online: bound, greeted, all its questions answered, and the events of that taken.
    pub async fn online(config: SessionConfig, offers: Offers) -> Self {
        Self::online_with(config, offers, Codecs::default()).await
    }

    pub async fn online_with(config: SessionConfig, offers: Offers, codecs: Codecs) -> Self {
        let mut transcript = Self::start_with(config, codecs, vec![]);
        transcript.connected(ConnectionState::Connecting).await;
        transcript.accept(offers).await;
        transcript.bind(offers).await;
        transcript.connected(ConnectionState::Online { catching_up: true }).await;
        transcript.event_matching(|event| matches!(event, SessionEvent::Online { resumed: false, .. })).await;
        transcript.greeted(offers, "<query xmlns='jabber:iq:roster'/>").await;
        transcript
    }

    /// Takes the next connection and opens its stream.
    pub async fn accept(&mut self, offers: Offers) {
        self.accept_with(offers, "").await;
    }

    /// With further features.
    pub async fn accept_with(&mut self, offers: Offers, more: &str) {
        let pipe = timeout(Duration::from_secs(120), self.pipes.recv()).await.expect("no connection").unwrap();
        let timeouts =
            Timeouts { read_timeout: Duration::from_secs(9999), response_timeout: Duration::from_secs(9999) };
        let accepted = accept_stream(BufStream::new(pipe), "jabber:client", timeouts).await.unwrap();
        let header = StreamHeader { from: Some("example.org".into()), to: None, id: Some("s".into()) };
        let mut features = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>".to_owned();
        if offers.stream_management {
            features.push_str("<sm xmlns='urn:xmpp:sm:3'/>");
        }
        if offers.roster_versions {
            features.push_str("<ver xmlns='urn:xmpp:features:rosterver'/>");
        }
        features.push_str(more);
        let features: Element =
            format!("<f:features xmlns:f='http://etherx.jabber.org/streams'>{features}</f:features>").parse().unwrap();
        let features = StreamFeatures::try_from(features).unwrap();
        let stream = accepted.send_header(header).await.unwrap().send_features(&features).await.unwrap();
        self.server = Some(stream);
    }

    pub async fn bind(&mut self, offers: Offers) {
        self.recv("<iq type='set' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>").await;
        self.send(
            "<iq type='result' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
             <jid>me@example.org/here</jid></bind></iq>",
        )
        .await;
        if offers.stream_management {
            self.recv("<enable xmlns='urn:xmpp:sm:3' resume='true'/>").await;
            self.send("<enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/>").await;
        }
    }

    /// The questions of a new session and their answers.
    pub async fn greeted(&mut self, offers: Offers, roster: &str) {
        self.asked(offers).await;
        self.told(offers, roster).await;
    }

    pub async fn asked(&mut self, offers: Offers) {
        let version = if offers.roster_versions { "ver='{version}'" } else { "" };
        self.recv(&format!("<iq type='get' id='{{roster}}'><query xmlns='jabber:iq:roster' {version}/></iq>")).await;
        self.recv(
            "<iq type='get' id='{account}' to='me@example.org'>\
             <query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        )
        .await;
        self.recv(
            "<iq type='get' id='{server}' to='example.org'>\
             <query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        )
        .await;
        self.recv("<iq type='set' id='{carbons}'><enable xmlns='urn:xmpp:carbons:2'/></iq>").await;
    }

    pub async fn told(&mut self, offers: Offers, roster: &str) {
        self.send(&format!("<iq type='result' id='{{roster}}'>{roster}</iq>")).await;
        self.event_matching(|event| matches!(event, SessionEvent::ContactsLoaded { .. })).await;
        self.send("<iq type='result' id='{carbons}'/>").await;
        self.send(
            "<iq type='result' id='{server}' from='example.org'><query xmlns='http://jabber.org/protocol/disco#info'>\
             <feature var='urn:xmpp:carbons:2'/></query></iq>",
        )
        .await;
        self.account_told(offers).await;
        self.announced().await;
        if !offers.archive {
            self.connected(ConnectionState::Online { catching_up: false }).await;
        }
        self.event_matching(|event| matches!(event, SessionEvent::ServerFeaturesKnown(_))).await;
    }

    async fn account_told(&mut self, offers: Offers) {
        let archive = if offers.archive { "<feature var='urn:xmpp:mam:2'/>" } else { "" };
        self.send(&format!(
            "<iq type='result' id='{{account}}' from='me@example.org'>\
             <query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:sid:0'/>{archive}</query></iq>",
        ))
        .await;
    }

    async fn announced(&mut self) {
        self.recv(
            "<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://confab.im' ver='{caps}'/>\
             </presence>",
        )
        .await;
    }

    /// The next element must match.
    pub async fn recv(&mut self, pattern: &str) {
        let pattern = parse(pattern);
        let actual = self.next_element().await;
        if let Err(why) = unify(&pattern, &actual, &mut self.captured) {
            panic!("{why}\nexpected {}\n     got {}", String::from(&pattern), String::from(&actual));
        }
    }

    async fn next_element(&mut self) -> Element {
        let server = self.server.as_mut().expect("not connected");
        loop {
            let next = timeout(Duration::from_secs(90), server.next()).await.expect("nothing was sent");
            let mut element = next.expect("the stream ended").expect("not well-formed");
            // The library's type always writes the default.
            if element.get_child("priority", "jabber:client").is_some_and(|priority| priority.text() == "0") {
                element.remove_child("priority", "jabber:client");
            }
            // Requests for acknowledgements are the library's, and where they stand depends on how writes batch.
            if !element.is("r", "urn:xmpp:sm:3") {
                return element;
            }
        }
    }

    pub async fn send(&mut self, xml: &str) {
        let element = parse(&self.filled(xml));
        self.server.as_mut().expect("not connected").send(&element).await.unwrap();
    }

    fn filled(&self, xml: &str) -> String {
        self.captured.iter().fold(xml.to_owned(), |xml, (name, value)| xml.replace(&format!("{{{name}}}"), value))
    }

    /// The connection breaks without a word.
    pub fn cut(&mut self) {
        self.server = None;
    }

    pub fn captured(&self, name: &str) -> &str {
        &self.captured[name]
    }

    pub async fn event(&mut self) -> SessionEvent {
        timeout(Duration::from_secs(90), self.events.recv()).await.expect("nothing was told").expect("session ended")
    }

    pub async fn event_matching(&mut self, matches: impl Fn(&SessionEvent) -> bool) -> SessionEvent {
        let event = self.event().await;
        assert!(matches(&event), "unexpected event {event:?}");
        event
    }

    pub async fn connected(&mut self, state: ConnectionState) {
        assert_eq!(self.event().await, SessionEvent::ConnectionChanged(state));
    }

    /// Nothing was told and nothing was sent that the transcript does not name.
    pub async fn end(mut self) {
        self.quiet().await;
    }

    /// As [`Transcript::end`], in the middle.
    pub async fn quiet(&mut self) {
        if let Ok(Some(event)) = timeout(AT_ONCE, self.events.recv()).await {
            panic!("left over: {event:?}");
        }
        if let Some(server) = &mut self.server {
            while let Ok(Some(Ok(element))) = timeout(AT_ONCE, server.next()).await {
                assert!(element.is("r", "urn:xmpp:sm:3"), "left over: {}", String::from(&element));
            }
        }
    }
}

fn parse(xml: &str) -> Element {
    let wrapped = format!("<x xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>{xml}</x>");
    let wrapper: Element = wrapped.parse().unwrap_or_else(|error| panic!("{error}: {xml}"));
    wrapper.children().next().unwrap().clone()
}

fn unify(pattern: &Element, actual: &Element, captured: &mut HashMap<String, String>) -> Result<(), String> {
    if pattern.name() != actual.name() || pattern.ns() != actual.ns() {
        return Err(format!("<{}> is not <{}>", actual.name(), pattern.name()));
    }
    let of = |element: &Element| -> HashMap<String, String> {
        element.attrs().iter().map(|((_, name), value)| (name.to_string(), value.clone())).collect()
    };
    let (wanted, given) = (of(pattern), of(actual));
    if let Some(extra) = given.keys().find(|name| !wanted.contains_key(*name)) {
        return Err(format!("<{}> has {extra}", actual.name()));
    }
    for (name, value) in &wanted {
        let given = given.get(name).ok_or_else(|| format!("<{}> lacks {name}", actual.name()))?;
        unify_text(value, given, captured)?;
    }
    // How a text is cut into nodes is the parser's business.
    let parts = |element: &Element| -> Vec<Node> {
        let mut parts: Vec<Node> = Vec::new();
        for node in element.nodes() {
            match (parts.last_mut(), node) {
                (Some(Node::Text(before)), Node::Text(text)) => before.push_str(text),
                _ => parts.push(node.clone()),
            }
        }
        parts
    };
    let (wanted, given) = (parts(pattern), parts(actual));
    if wanted.len() != given.len() {
        return Err(format!("<{}> has {} parts, not {}", actual.name(), given.len(), wanted.len()));
    }
    for pair in wanted.iter().zip(&given) {
        match pair {
            (Node::Element(wanted), Node::Element(given)) => unify(wanted, given, captured)?,
            (Node::Text(wanted), Node::Text(given)) => unify_text(wanted, given, captured)?,
            _ => return Err(format!("<{}> mixes text and elements otherwise", actual.name())),
        }
    }
    Ok(())
}

fn unify_text(wanted: &str, given: &str, captured: &mut HashMap<String, String>) -> Result<(), String> {
    let variable = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let wanted = match variable {
        Some(name) => captured.entry(name.to_owned()).or_insert_with(|| given.to_owned()).as_str(),
        None => wanted,
    };
    if wanted == given { Ok(()) } else { Err(format!("{given:?} is not {wanted:?}")) }
}
