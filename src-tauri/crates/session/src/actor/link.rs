//! The task around tokio-xmpp's stanza stream: plain elements in and out, acknowledgements by message id.
//!
//! The actor must never wait for the stream (which takes nothing while it is down), so the stream lives in a task of
//! its own behind two bounded queues. That task must not wait for it either: the library asks for a connection through
//! it. So it hands the library no more than its queue holds; see [`run`]. The library's worker panics in two situations
//! that we must not bring about: a connection without the bind feature, and a connection slot that is dropped; see
//! [`open`] and [`Slot`].

use std::{collections::VecDeque, sync::Arc, time::Duration};

use confab_model::{BareJid, FullJid, MessageId, SignInFailure};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use minidom::Element;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    task::AbortHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tokio_xmpp::{
    Stanza,
    stanzastream::{Connection, Event, StanzaStage, StanzaState, StanzaStream, StanzaToken, StreamEvent},
    xmlstream::{StreamHeader, Timeouts, initiate_stream},
};
use xmpp_parsers::{iq::Iq, message::Message, presence::Presence};

use super::blame::{StreamEnd, addressee};
use crate::{
    SendError, SignedIn,
    connect::{
        Bound,
        wire::{Wire, WireControl},
    },
    xml::ns,
};

/// Stanzas on their way to the stream. Above this the server does not take what we send: the sender is told.
const OUTGOING: usize = 1024;
/// Events on their way to the actor. When full, the stream stops reading: TCP slows the server down.
const INCOMING: usize = 64;
/// The library's own queues; it asks to be drained steadily.
const STREAM_QUEUE: usize = 16;
/// Octets of a request from which on it may be too long for a server; servers take 10,000 at least (RFC 6120 §13.12).
const LONG: usize = 8_000;
/// A clean end of the stream is a courtesy.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The stream header and features on a fresh connection.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);
/// The library's own check for a dead link; only a second line behind our pings.
const TIMEOUTS: Timeouts =
    Timeouts { read_timeout: Duration::from_secs(300), response_timeout: Duration::from_secs(120) };

/// A place for the next connection. The library takes a slot that is dropped for a bug of its user's and panics, so
/// one that is not filled gets a connection that is at its end.
pub(super) struct Slot(Option<oneshot::Sender<Connection>>);

impl Slot {
    /// Nobody takes it if the stream has ended meanwhile, which is told by [`LinkEvent::Ended`].
    pub(super) fn fill(mut self, connection: Connection) {
        if let Some(sender) = self.0.take() {
            let _ = sender.send(connection);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(sender) = self.0.take() else { return };
        let sender = Undropped(Some(sender));
        // Without a runtime the library's worker is gone too.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(fill_with_nothing(sender));
        }
    }
}

/// Leaks what it holds rather than drop it: some octets at the end of the process, when its task never ran.
struct Undropped(Option<oneshot::Sender<Connection>>);

impl Drop for Undropped {
    fn drop(&mut self) {
        std::mem::forget(self.0.take());
    }
}

async fn fill_with_nothing(mut slot: Undropped) {
    const OPENING: &[u8] = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
        xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='none'><stream:features>\
        <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";
    let nothing = SignedIn {
        io: Box::new(tokio::io::empty()),
        opening: Some(OPENING.to_vec()),
        token: None,
        token_refused: false,
        mechanism: None,
        bound: None,
    };
    let Ok(identity) = jid::Jid::new("none.invalid") else { return };
    if let Ok((connection, ..)) = open(nothing, identity).await
        && let Some(sender) = slot.0.take()
    {
        let _ = sender.send(connection);
    }
}

/// What the stream tells.
pub(super) enum LinkEvent {
    /// A connection is needed.
    Wanted(Slot),
    /// A new session: what was not acknowledged is lost.
    Reset {
        jid: FullJid,
        stream_management: bool,
        roster_versioning: bool,
    },
    /// `holds`: the library has stanzas that it has not written, and would begin a new session with them.
    Suspended {
        holds: bool,
    },
    Resumed,
    Stanza(Element),
    Acknowledged(MessageId),
    /// In the order of sending.
    Lost(Vec<MessageId>),
    Ended,
}

/// A stanza that the stream has and the server has not acknowledged.
#[derive(Debug)]
pub(super) struct OnTheWay {
    /// Of the message, or of the iq.
    pub id: MessageId,
    pub to: Option<BareJid>,
    pub octets: usize,
    /// It is an iq, a long one.
    pub request: Option<Element>,
}

struct Outgoing {
    stanza: Box<Stanza>,
    message: Option<MessageId>,
}

/// The actor's end. Dropping it ends the stream at once.
pub(super) struct Link {
    outgoing: Option<mpsc::Sender<Outgoing>>,
    events: mpsc::Receiver<LinkEvent>,
    closing: CancellationToken,
    task: AbortHandle,
    /// Octets that the server takes; more is not sent.
    pub(super) limit: Option<usize>,
    /// In the order of sending: messages of which the acknowledgement is told, and long requests.
    on_the_way: VecDeque<OnTheWay>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Link {
    pub(super) fn spawn() -> Self {
        let (outgoing, to_stream) = mpsc::channel(OUTGOING);
        let (to_actor, events) = mpsc::channel(INCOMING);
        let closing = CancellationToken::new();
        let task = tokio::spawn(run(to_stream, to_actor, closing.clone())).abort_handle();
        Self { outgoing: Some(outgoing), events, closing, task, limit: None, on_the_way: VecDeque::new() }
    }

    /// Queues a stanza. With `message`, its acknowledgement is told; so is that of a long request, by its id.
    pub(super) fn send(&mut self, stanza: Element, message: Option<MessageId>) -> Result<(), SendError> {
        let octets = octets(&stanza);
        if let Some(limit) = self.limit.filter(|limit| octets > *limit) {
            return Err(SendError::TooLarge { limit });
        }
        let is_request = message.is_none() && octets > LONG && stanza.name() == "iq";
        let id = message.or_else(|| stanza.attr("id").filter(|_| is_request).map(MessageId::from));
        let to = addressee(&stanza);
        let request = is_request.then(|| stanza.clone());
        let stanza = Box::new(to_stanza(stanza).map_err(SendError::Invalid)?);
        let outgoing = self.outgoing.as_ref().ok_or(SendError::NotOnline)?;
        outgoing.try_send(Outgoing { stanza, message: id.clone() }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => SendError::NotOnline,
        })?;
        if let Some(id) = id {
            self.on_the_way.push_back(OnTheWay { id, to, octets, request });
        }
        Ok(())
    }

    /// It is not on its way any more. `None`: it was not.
    pub(super) fn settled(&mut self, id: &MessageId) -> Option<OnTheWay> {
        let place = self.on_the_way.iter().position(|other| other.id == *id)?;
        self.on_the_way.remove(place)
    }

    /// The message that was sent first.
    pub(super) fn first_message(&self) -> Option<MessageId> {
        self.on_the_way.iter().find(|stanza| stanza.request.is_none()).map(|stanza| stanza.id.clone())
    }

    pub(super) fn take_longest(&mut self) -> Option<OnTheWay> {
        let longest = self.on_the_way.iter().max_by_key(|stanza| stanza.octets)?.id.clone();
        self.settled(&longest)
    }

    /// Takes out the long requests.
    pub(super) fn requests_on_the_way(&mut self) -> Vec<OnTheWay> {
        let (requests, messages) =
            std::mem::take(&mut self.on_the_way).into_iter().partition(|stanza| stanza.request.is_some());
        self.on_the_way = messages;
        Vec::from(requests)
    }

    /// The next event. Cancel-safe.
    pub(super) async fn next(&mut self) -> LinkEvent {
        self.events.recv().await.unwrap_or(LinkEvent::Ended)
    }

    /// Closes the stream cleanly, as far as the server plays along.
    pub(super) async fn close(mut self) {
        self.outgoing = None;
        self.closing.cancel();
        let ended = async { while !matches!(self.next().await, LinkEvent::Ended) {} };
        let _ = timeout(CLOSE_TIMEOUT, ended).await;
    }
}

/// How long a stanza is on the wire, about.
fn octets(stanza: &Element) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            self.0 += octets.len();
            Ok(octets.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // What cannot be written is refused further on.
    let _ = stanza.write_to(&mut counter);
    counter.0
}

fn to_stanza(element: Element) -> Result<Stanza, String> {
    match element.name() {
        "message" => Message::try_from(element).map(Stanza::from).map_err(|error| error.to_string()),
        "presence" => Presence::try_from(element).map(Stanza::from).map_err(|error| error.to_string()),
        "iq" => Iq::try_from(element).map(Stanza::from).map_err(|error| error.to_string()),
        other => Err(format!("<{other}/> is not a stanza")),
    }
}

fn to_element(stanza: Stanza) -> Element {
    match stanza {
        Stanza::Iq(iq) => iq.into(),
        Stanza::Message(message) => message.into(),
        Stanza::Presence(presence) => presence.into(),
    }
}

/// The loop of the task. A stanza goes to the library only while the stream is up and there is certainly room in its queue:
/// the library takes nothing from there while it is down, and asks for the next connection through this loop.
async fn run(mut to_stream: mpsc::Receiver<Outgoing>, to_actor: mpsc::Sender<LinkEvent>, closing: CancellationToken) {
    let (wanted, mut slots) = mpsc::unbounded_channel::<Slot>();
    let mut stream = StanzaStream::new(
        Box::new(move |_location, slot| {
            let _ = wanted.send(Slot(Some(slot)));
        }),
        STREAM_QUEUE,
    );
    let room = Arc::new(Semaphore::new(STREAM_QUEUE));
    let mut tracked = Tracked::default();
    let mut is_up = false;
    loop {
        let event = tokio::select! {
            biased;
            Some(outcome) = tracked.pending.next(), if !tracked.pending.is_empty() => tracked.told(outcome),
            event = stream.next() => match event {
                Some(Event::Stream(event)) => {
                    is_up = !matches!(event, StreamEvent::Suspended);
                    for before in tracked.stream_changed(&event, &mut to_stream) {
                        if to_actor.send(before).await.is_err() {
                            return;
                        }
                    }
                    Some(translate(event, room.available_permits() < STREAM_QUEUE))
                }
                Some(Event::Stanza(stanza)) => Some(LinkEvent::Stanza(to_element(stanza))),
                None => break,
            },
            // After the stream's events: `Suspended` is queued before the slot is asked for.
            Some(slot) = slots.recv() => Some(LinkEvent::Wanted(slot)),
            next = next_outgoing(&room, &mut to_stream), if is_up => match next {
                Some((place, Outgoing { stanza, message })) => {
                    let token = stream.send(stanza).await;
                    tracked.add(message, token, place);
                    None
                }
                None => {
                    drop(slots);
                    let _ = timeout(CLOSE_TIMEOUT, stream.close()).await;
                    break;
                }
            },
            () = closing.cancelled(), if !is_up => break,
        };
        if let Some(event) = event
            && to_actor.send(event).await.is_err()
        {
            return;
        }
    }
    let _ = to_actor.send(LinkEvent::Ended).await;
}

/// The next stanza, with a place in the library's queue. `None`: the actor has hung up. Cancel-safe.
async fn next_outgoing(
    room: &Arc<Semaphore>,
    to_stream: &mut mpsc::Receiver<Outgoing>,
) -> Option<(OwnedSemaphorePermit, Outgoing)> {
    if to_stream.is_closed() && to_stream.is_empty() {
        return None;
    }
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    Some((place, to_stream.recv().await?))
}

fn translate(event: StreamEvent, holds: bool) -> LinkEvent {
    match event {
        StreamEvent::Suspended => LinkEvent::Suspended { holds },
        StreamEvent::Resumed => LinkEvent::Resumed,
        StreamEvent::Reset { bound_jid, features } => match bound_jid.try_into_full() {
            Ok(jid) => LinkEvent::Reset {
                jid: jid.into(),
                stream_management: features.stream_management.is_some(),
                roster_versioning: features
                    .others
                    .iter()
                    .any(|feature| feature.is("ver", "urn:xmpp:features:rosterver")),
            },
            // RFC 6120 §7.6.1: a server always binds a full address.
            Err(_) => LinkEvent::Ended,
        },
    }
}

/// What became of a stanza, with its place in the order of sending.
struct Outcome {
    number: u64,
    message: Option<MessageId>,
    state: Option<StanzaState>,
}

/// Stanzas that the library has, and messages whose acknowledgement is awaited.
struct Tracked {
    pending: FuturesUnordered<BoxFuture<'static, Outcome>>,
    next: u64,
    /// Fell with the old session; told together when the new one begins.
    lost: Vec<(u64, MessageId)>,
    acknowledged_at: StanzaStage,
}

impl Default for Tracked {
    fn default() -> Self {
        Self { pending: FuturesUnordered::new(), next: 0, lost: Vec::new(), acknowledged_at: StanzaStage::Acked }
    }
}

impl Tracked {
    fn add(&mut self, message: Option<MessageId>, mut token: StanzaToken, place: OwnedSemaphorePermit) {
        let (number, stage) = (self.next, self.acknowledged_at);
        self.next += 1;
        self.pending.push(Box::pin(async move {
            let mut state = token.wait_for(StanzaStage::Sent).await;
            // It has left the library's queue.
            drop(place);
            if message.is_some() && state.is_some() {
                state = token.wait_for(stage).await;
            }
            Outcome { number, message, state }
        }));
    }

    fn told(&mut self, Outcome { number, message, state }: Outcome) -> Option<LinkEvent> {
        let message = message?;
        match state {
            Some(StanzaState::Acked { .. } | StanzaState::Sent { .. }) => Some(LinkEvent::Acknowledged(message)),
            Some(StanzaState::Failed { .. }) => Some(LinkEvent::Lost(vec![message])),
            Some(StanzaState::Queued | StanzaState::Dropped) | None => {
                self.lost.push((number, message));
                None
            }
        }
    }

    /// What is to be told before the stream's event. It brings the places in the library's queue up to date.
    fn stream_changed(&mut self, event: &StreamEvent, to_stream: &mut mpsc::Receiver<Outgoing>) -> Vec<LinkEvent> {
        match event {
            StreamEvent::Resumed => Vec::new(),
            StreamEvent::Suspended => {
                let outcomes = std::iter::from_fn(|| self.pending.next().now_or_never().flatten());
                let outcomes: Vec<_> = outcomes.collect();
                outcomes.into_iter().filter_map(|outcome| self.told(outcome)).collect()
            }
            StreamEvent::Reset { features, .. } => {
                self.acknowledged_at =
                    if features.stream_management.is_some() { StanzaStage::Acked } else { StanzaStage::Sent };
                // The old session's tokens fell before this event was sent.
                self.drain_lost(to_stream).into_iter().collect()
            }
        }
    }

    /// At the beginning of a new session: what fell with the old one. What still waits for the library was meant for
    /// the old one too, for nothing is queued while the stream is down.
    fn drain_lost(&mut self, to_stream: &mut mpsc::Receiver<Outgoing>) -> Option<LinkEvent> {
        while let Some(Some(outcome)) = self.pending.next().now_or_never() {
            if let Some(message) = outcome.message
                && !matches!(outcome.state, Some(StanzaState::Acked { .. } | StanzaState::Sent { .. }))
            {
                self.lost.push((outcome.number, message));
            }
        }
        let mut lost = std::mem::take(&mut self.lost);
        lost.sort_unstable_by_key(|(number, _)| *number);
        let mut lost: Vec<MessageId> = lost.into_iter().map(|(_, message)| message).collect();
        while let Ok(outgoing) = to_stream.try_recv() {
            lost.extend(outgoing.message);
        }
        (!lost.is_empty()).then_some(LinkEvent::Lost(lost))
    }
}

/// A stream that was opened, and how long a stanza the server takes on it, if it says that (XEP-0478).
pub(super) type Opened = (Connection, WireControl, Option<usize>);

/// Opens the stream on a signed-in connection.
pub(super) async fn open(signed_in: SignedIn, identity: jid::Jid) -> Result<Opened, SignInFailure> {
    let replies = signed_in.bound.map(Bound::replies).unwrap_or_default();
    let (wire, control) = Wire::new(signed_in.io, signed_in.opening, replies);
    let header = StreamHeader { to: Some(identity.domain().as_str().to_owned().into()), from: None, id: None };
    let opening = async {
        let pending = initiate_stream(wire, ns::CLIENT, header, TIMEOUTS).await.map_err(|error| error.to_string())?;
        pending.recv_features().await.map_err(|error| error.to_string())
    };
    let (features, stream) = match timeout(OPEN_TIMEOUT, opening).await {
        Ok(Ok(opened)) => opened,
        Ok(Err(detail)) => {
            return Err(match control.stream_error() {
                Some(error) => StreamEnd::read(error).why,
                None => SignInFailure::Protocol { detail },
            });
        }
        Err(_) => return Err(SignInFailure::Unreachable { detail: "the server does not answer".to_owned() }),
    };
    if !features.can_bind() {
        return Err(SignInFailure::Protocol { detail: "the server does not bind resources".to_owned() });
    }
    let limit = features.limits.as_ref().and_then(|limits| limits.max_bytes);
    let limit = limit.and_then(|octets| usize::try_from(octets.get()).ok());
    Ok((Connection { stream: stream.box_stream(), features, identity }, control, limit))
}
