//! Whole conversations: this device, its twin, Bob's phone and Bob's tablet over a link that delays, reorders, doubles
//! and loses, with people who answer, decline, hang up and call each other at once. Every output of every machine goes
//! through the checker; at the end nothing is open, and over a link that loses nothing both sides agree.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use confab_model::*;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{check::Checker, kit::*};
use crate::*;

const CASES: u32 = 2_000;
const NODES: [&str; 4] = [ME, MINE, PHONE, TABLET];

#[derive(Debug, Clone)]
struct Story {
    seed: u64,
    /// Longest way of a signal, ms.
    delay: u64,
    in_order: bool,
    /// Per cent.
    loss: u64,
    doubled: u64,
    devices: usize,
    /// When, after this device, Bob's phone calls back; ms.
    crossing: Option<u64>,
    cancel: Option<u64>,
    cut: bool,
}

fn story() -> impl Strategy<Value = Story> {
    let link = (1_u64..800, any::<bool>(), prop_oneof![3 => Just(0_u64), 1 => 1_u64..40], 0_u64..30);
    let people = (2_usize..=4, prop::option::of(0_u64..1_500), prop::option::weighted(0.2, 0_u64..20_000));
    (any::<u64>(), link, people, any::<bool>()).prop_map(|(seed, link, people, cut)| Story {
        seed,
        delay: link.0,
        in_order: link.1,
        loss: link.2,
        doubled: link.3,
        devices: people.0,
        crossing: people.1,
        cancel: people.2,
        cut,
    })
}

enum Event {
    Signal(usize, Box<ReceivedSignal>),
    Peer(usize, CallId, PeerEvent),
    Do(usize, Operation),
    /// The path between the two ends of a call breaks.
    Cut(CallId),
    HangUpAll,
}

struct Node {
    jid: FullJid,
    calls: Calls,
    arbiter: Arbiter,
    checker: Checker,
}

#[derive(Default)]
struct Side {
    local: bool,
    remote: bool,
    up: bool,
}

struct World {
    story: Story,
    random: u64,
    now: Moment,
    nodes: Vec<Node>,
    events: BTreeMap<(Duration, u64), Event>,
    serial: u64,
    sides: BTreeMap<(usize, CallId), Side>,
    last_arrival: BTreeMap<(usize, usize), Duration>,
    planned: BTreeSet<(usize, CallId, &'static str)>,
    /// What was put out, for whoever has to find out why.
    trace: Vec<String>,
}

impl World {
    fn new(story: Story) -> Self {
        let now = Moment { mono: s(1), wall: Timestamp(1_800_000_000_000) };
        // Phone before twin: two devices are one of each side.
        let order = [0, 2, 1, 3];
        let nodes = order[..story.devices].iter().map(|index| {
            let jid = NODES[*index];
            let mut next = 0;
            // Ids sort either way round.
            let salt = story.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(*index as u32 * 16) & 0xfff;
            let ids = move || {
                next += 1;
                CallId(format!("{salt:03x}-{jid}-{next}"))
            };
            let mut calls = Calls::new(config(jid), ids);
            let mut arbiter = Arbiter::new();
            arbiter.add_account(AccountId(1));
            for event in [SessionEvent::Online, SessionEvent::CatchUpEnded] {
                calls.handle(Input::Session(event), now);
            }
            calls.handle(Input::Readiness(Readiness::Ready), now);
            Node { jid: full(jid), calls, arbiter, checker: Checker::default() }
        });
        let nodes = nodes.collect();
        let random = story.seed | 1;
        Self {
            story,
            random,
            now,
            nodes,
            events: BTreeMap::new(),
            serial: 0,
            sides: BTreeMap::new(),
            last_arrival: BTreeMap::new(),
            planned: BTreeSet::new(),
            trace: Vec::new(),
        }
    }

    /// xorshift64*
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        (self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit.max(1)
    }

    fn plan(&mut self, after_ms: u64, event: Event) {
        self.serial += 1;
        self.events.insert((self.now.mono + Duration::from_millis(after_ms), self.serial), event);
    }

    fn media(&mut self) -> CallMedia {
        if self.below(2) == 0 { CallMedia::Audio } else { CallMedia::Video }
    }

    fn run(mut self) -> Self {
        let media = self.media();
        self.plan(0, Event::Do(0, Operation::Invite(invitation("bob@x", media))));
        if let Some(at) = self.story.crossing {
            let media = self.media();
            self.plan(at, Event::Do(1, Operation::Invite(invitation("me@x", media))));
        }
        self.plan(1_000_000, Event::HangUpAll);
        loop {
            let event = self.events.keys().next().map(|key| key.0);
            let timeouts = self.nodes.iter().enumerate().filter_map(|(n, node)| Some((node.calls.poll_timeout()?, n)));
            let timeout = timeouts.min();
            let at = match (event, timeout) {
                (None, None) => return self,
                (Some(event), Some((timeout, _))) => event.min(timeout),
                (Some(at), None) | (None, Some((at, _))) => at,
            };
            self.now = self.now.plus(at.saturating_sub(self.now.mono));
            assert!(self.now.mono < s(5_000), "it never ends");
            match timeout {
                Some((timeout, node)) if timeout <= at => {
                    self.nodes[node].checker.before(None);
                    self.nodes[node].calls.handle_timeout(self.now);
                    self.drain(node, false);
                }
                Some(_) | None => {
                    let event = self.events.pop_first().unwrap().1;
                    self.happen(event);
                }
            }
        }
    }

    fn feed(&mut self, node: usize, input: Input) {
        let asked = self.nodes[node].checker.before(Some(&input));
        self.nodes[node].calls.handle(input, self.now);
        self.drain(node, asked);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Signal(node, received) => {
                let sender = Standing { contact: true, muted: false };
                self.feed(node, Input::Signal { received: *received, sender });
            }
            Event::Peer(node, call, event) => {
                let Some(side) = self.sides.get_mut(&(node, call.clone())) else { return };
                side.local |= matches!(event, PeerEvent::LocalOffer(_) | PeerEvent::LocalAnswer(_));
                self.feed(node, Input::Peer { call: call.clone(), event });
                self.join(&call);
            }
            Event::Do(node, operation) => {
                self.feed(node, Input::Operation { request: RequestId("r".into()), operation });
            }
            Event::Cut(call) => {
                for node in 0..self.nodes.len() {
                    if self.sides.get(&(node, call.clone())).is_some_and(|side| side.up) {
                        self.plan(0, Event::Peer(node, call.clone(), PeerEvent::Disconnected));
                    }
                }
            }
            Event::HangUpAll => {
                self.agree_on_pictures();
                for node in 0..self.nodes.len() {
                    for call in self.nodes[node].calls.snapshots() {
                        self.plan(0, Event::Do(node, hang_up(call.id.as_str())));
                    }
                }
            }
        }
    }

    /// Two sides that both have both descriptions find each other.
    fn join(&mut self, call: &CallId) {
        let ready = |side: &Side| side.local && side.remote;
        let nodes = self.sides.iter().filter(|((_, id), side)| id == call && ready(side)).map(|((node, _), _)| *node);
        let nodes: Vec<_> = nodes.collect();
        if nodes.len() < 2 {
            return;
        }
        for node in nodes {
            let side = self.sides.get_mut(&(node, call.clone())).unwrap();
            if std::mem::replace(&mut side.up, true) {
                continue;
            }
            let wait = self.below(300);
            let audio = PeerEvent::FirstFrame { kind: MediaKind::Audio };
            let video = PeerEvent::FirstFrame { kind: MediaKind::Video };
            for (after, event) in [
                (0, PeerEvent::IceConnected),
                (5, PeerEvent::Connected),
                (9, PeerEvent::FirstRtcp),
                (20, audio),
                (60, video),
            ] {
                self.plan(wait + after, Event::Peer(node, call.clone(), event));
            }
        }
    }

    fn drain(&mut self, node: usize, asked: bool) {
        while let Some(output) = self.nodes[node].calls.poll_output() {
            self.nodes[node].checker.output(&output, asked);
            let at = self.now.mono.as_millis();
            self.trace.push(format!("{at} {}: {}", self.nodes[node].jid, super::kit::line(&output)));
            self.act(node, output);
        }
        let Node { calls, arbiter, checker, .. } = &self.nodes[node];
        checker.after(calls, arbiter);
    }

    fn act(&mut self, node: usize, output: Output) {
        match output {
            Output::Send(out) => self.send(node, out),
            Output::OpenPeer { call, role, media, .. } => {
                self.sides.insert((node, call.clone()), Side::default());
                if role == PeerRole::Initiator {
                    let offer = description(media, &format!("o{node}"), Creator::Initiator);
                    self.plan(5, Event::Peer(node, call, PeerEvent::LocalOffer(offer)));
                }
            }
            Output::ApplyRemote { call, description } => self.apply(node, call, description),
            Output::RestartIce { call } => {
                let ufrag = format!("r{node}-{}", self.serial);
                self.plan(5, Event::Peer(node, call, PeerEvent::RestartOffer(video(&ufrag))));
            }
            Output::ClosePeer { call } => {
                self.sides.remove(&(node, call.clone()));
                for other in 0..self.nodes.len() {
                    if self.sides.get(&(other, call.clone())).is_some_and(|side| side.up) {
                        self.plan(5_000, Event::Peer(other, call.clone(), PeerEvent::Disconnected));
                    }
                }
            }
            Output::Ring { call, ring: Ring::Loud | Ring::Waiting | Ring::Silent } => self.person_hears(node, call),
            Output::Changed(snapshot) => self.person_sees(node, &snapshot),
            Output::Floor(request) => {
                if let FloorRequest::Move { to, .. } = &request {
                    self.nodes[node].checker.granted(to);
                }
                for (_, event) in self.nodes[node].arbiter.handle(AccountId(1), request) {
                    if let FloorEvent::Granted(call) = &event {
                        self.nodes[node].checker.granted(call);
                    }
                    self.nodes[node].calls.handle(Input::Floor(event), self.now);
                }
            }
            Output::AddContent { call, content, .. } => {
                let event = match self.below(10) {
                    0 => PeerEvent::ContentFailed { content },
                    _ => PeerEvent::LocalAddition(pictures(&content.0, &format!("p{node}"), Creator::Initiator)),
                };
                self.plan(5, Event::Peer(node, call, event));
            }
            Output::RemoveContent { .. }
            | Output::StartMedia { .. }
            | Output::SetGate { .. }
            | Output::StopMedia { .. }
            | Output::OpenRecord(_)
            | Output::UpdateRecord(_)
            | Output::Discarded { .. }
            | Output::Left { .. }
            | Output::Extension { .. }
            | Output::Finished { .. }
            | Output::Ignored { .. }
            | Output::Ring { ring: Ring::Stopped, .. } => {}
        }
    }

    fn apply(&mut self, node: usize, call: CallId, description: RemoteDescription) {
        match description {
            RemoteDescription::Offer(offer) => {
                self.sides.get_mut(&(node, call.clone())).unwrap().remote = true;
                let media = if offer.has(MediaKind::Video) { CallMedia::Video } else { CallMedia::Audio };
                let answer = super::kit::description(media, &format!("a{node}"), Creator::Initiator);
                let answer = PeerEvent::LocalAnswer(answer);
                self.plan(5, Event::Peer(node, call.clone(), PeerEvent::LocalCandidates(video(&format!("a{node}")))));
                self.plan(6, Event::Peer(node, call, answer));
            }
            RemoteDescription::Answer(_) => {
                self.sides.get_mut(&(node, call.clone())).unwrap().remote = true;
                self.join(&call);
            }
            RemoteDescription::Candidates(_) | RemoteDescription::AdditionAnswer(_) => {}
            RemoteDescription::Addition(offer) => {
                let Content { name, creator, .. } = &offer.contents[0];
                let event = match self.below(10) {
                    0 => PeerEvent::ContentFailed { content: name.clone() },
                    _ => PeerEvent::LocalAcceptance(pictures(&name.0, &format!("p{node}"), *creator)),
                };
                self.plan(5, Event::Peer(node, call, event));
            }
            RemoteDescription::RestartOffer(_) => {
                let ufrag = format!("r{node}-{}", self.serial);
                self.plan(5, Event::Peer(node, call, PeerEvent::RestartAnswer(video(&ufrag))));
            }
            RemoteDescription::RestartAnswer(_) => {
                let both: Vec<_> = self.sides.keys().filter(|(_, id)| *id == call).map(|(node, _)| *node).collect();
                if both.len() == 2 {
                    for node in both {
                        self.plan(20, Event::Peer(node, call.clone(), PeerEvent::IceConnected));
                    }
                }
            }
        }
    }

    fn person_hears(&mut self, node: usize, call: CallId) {
        if !self.planned.insert((node, call.clone(), "answer")) {
            return;
        }
        let after = self.below(70_000);
        let media = self.media();
        match self.below(10) {
            0..=5 => self.plan(after / 4, Event::Do(node, accept(call.as_str(), media))),
            6 | 7 => self.plan(after, Event::Do(node, Operation::Reject { call, text: None, extension: None })),
            _ => {}
        }
    }

    fn person_sees(&mut self, node: usize, snapshot: &CallSnapshot) {
        let call = snapshot.id.clone();
        match snapshot.phase {
            CallPhase::Calling if snapshot.direction == CallDirection::Outgoing => {
                let planned = self.planned.insert((node, call.clone(), "cancel"));
                if let Some(after) = self.story.cancel.filter(|_| planned) {
                    self.plan(after, Event::Do(node, Operation::Cancel { call, extension: None }));
                }
            }
            CallPhase::Connected { .. } if self.planned.insert((node, call.clone(), "hang up")) => {
                let after = self.below(60_000);
                let at = self.below(60_000);
                if self.story.cut {
                    self.plan(at, Event::Cut(call.clone()));
                }
                self.plan(at / 2, Event::Do(node, Operation::SetMuted { call: call.clone(), muted: true }));
                for _ in 0..self.below(4) {
                    let at = self.below(2_000);
                    self.plan(at, Event::Do(node, Operation::AddVideo { call: call.clone() }));
                    let at = self.below(20_000);
                    self.plan(at, Event::Do(node, Operation::RemoveVideo { call: call.clone() }));
                }
                if self.below(2) == 0 {
                    self.plan(after, Event::Do(node, hang_up(call.as_str())));
                }
            }
            CallPhase::Calling
            | CallPhase::Connecting
            | CallPhase::Connected { .. }
            | CallPhase::Reconnecting { .. }
            | CallPhase::Ended { .. } => {}
        }
    }

    fn send(&mut self, from: usize, out: OutgoingSignal) {
        let own = self.nodes[from].jid.bare();
        let (to, device) = match &out.to {
            SignalTarget::Person(person) => (person.clone(), None),
            SignalTarget::Device(device) => (device.bare(), Some(device.clone())),
            SignalTarget::OwnDevices => (own.clone(), None),
        };
        let is_message = out.signal.call().is_some();
        for node in 0..self.nodes.len() {
            let jid = self.nodes[node].jid.clone();
            let addressed = device.as_ref().map_or(jid.bare() == to, |device| *device == jid);
            let copied = is_message && node != from && jid.bare() == own && to != own;
            if addressed {
                self.deliver(from, node, &out.signal, SignalSource::Live, &to);
            } else if copied {
                self.deliver(from, node, &out.signal, SignalSource::CarbonSent, &to);
            }
        }
    }

    fn deliver(&mut self, from: usize, node: usize, signal: &Signal, source: SignalSource, to: &BareJid) {
        let copies = 1 + u64::from(self.below(100) < self.story.doubled);
        for _ in 0..copies {
            if self.below(100) < self.story.loss {
                continue;
            }
            let mut at = self.now.mono + Duration::from_millis(1 + self.below(self.story.delay));
            if self.story.in_order {
                let last = self.last_arrival.entry((from, node)).or_default();
                at = at.max(*last);
                *last = at;
            }
            let provenance = Provenance {
                from: self.nodes[from].jid.clone(),
                to: to.clone(),
                source,
                sent_at: self.now.wall,
                speaks_confab: true,
                speaks_bundle: true,
            };
            let received = ReceivedSignal { signal: signal.clone(), provenance };
            self.serial += 1;
            self.events.insert((at, self.serial), Event::Signal(node, Box::new(received)));
        }
    }

    /// Whatever crossed: on a link that keeps everything, both sides have pictures or neither has.
    fn agree_on_pictures(&self) {
        if self.story.loss > 0 || !self.story.in_order {
            return;
        }
        let mut media: BTreeMap<CallId, CallMedia> = BTreeMap::new();
        for snapshot in self.nodes.iter().flat_map(|node| node.calls.snapshots()) {
            let other = *media.entry(snapshot.id.clone()).or_insert(snapshot.media);
            assert_eq!(other, snapshot.media, "{}\n{}", snapshot.id, self.trace.join("\n"));
        }
    }

    fn ends(&self, call: &CallId, mine: bool) -> Vec<&str> {
        let of = |node: &&Node| (node.jid.bare() == bare("me@x")) == mine;
        let ends = self.nodes.iter().filter(of).filter_map(|node| node.checker.records.get(call)?.as_deref());
        ends.collect()
    }

    fn check_end(&self) {
        for node in &self.nodes {
            node.checker.at_end();
            assert!(node.calls.snapshots().is_empty(), "{} is stuck", node.jid);
            assert_eq!(node.arbiter.holder(), None);
        }
        if self.story.loss > 0 || !self.story.in_order {
            return;
        }
        let calls: BTreeSet<_> = self.nodes.iter().flat_map(|node| node.checker.records.keys()).collect();
        for call in calls {
            let from_me = call.as_str().contains("me@x");
            let (callers, callees) = (self.ends(call, from_me), self.ends(call, !from_me));
            let talked = |end: &&&str| end.starts_with("Completed") || end.starts_with("ConnectionLost");
            let spoke = callees.iter().filter(talked).count();
            assert_eq!(callers.len(), 1, "one device calls: {callers:?}");
            let caller = callers[0];
            let all = format!("{call}: {caller} / {callees:?}");
            assert!(spoke <= 1, "two devices have one call: {all}");
            assert!(spoke == 0 || !callees.contains(&"Timeout"), "a device went on ringing: {all}");
            match caller {
                "discarded" => {
                    assert!(callees.iter().all(|end| *end == "discarded"), "glare: {all}");
                    let loser = self.nodes.iter().find(|node| call.as_str().contains(&node.jid.to_string())).unwrap();
                    let other =
                        loser.checker.records.iter().any(|(id, end)| id != call && end.as_deref() != Some("discarded"));
                    assert!(other, "glare left no call: {all}");
                }
                "Timeout" => assert_eq!(spoke, 0, "{all}"),
                caller if caller.starts_with("Rejected") => {
                    assert!(callees.iter().any(|end| end.starts_with("Rejected")) && spoke == 0, "{all}");
                }
                caller if caller.starts_with("Busy") => assert_eq!(spoke, 0, "{all}"),
                caller if talked(&&caller) => {
                    // Whoever hangs up before its own first frame was never connected.
                    let answered = callees.iter().filter(|end| talked(end) || **end == "Cancelled").count();
                    assert_eq!(answered, 1, "{all}");
                }
                "Cancelled" => assert!(!callees.iter().any(|end| end.starts_with("Failed")), "{all}"),
                other => panic!("{other}: a link that loses nothing fails no call: {all}"),
            }
        }
    }
}

#[test]
fn conversations_over_a_bad_link() {
    let seed = [7; 32];
    println!("seed {seed:?}");
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let tally = std::cell::RefCell::new(BTreeMap::<String, u32>::new());
    let result = runner.run(&story(), |story| {
        let world = World::new(story).run();
        world.check_end();
        for node in &world.nodes {
            for end in node.checker.records.values().flatten() {
                let kind = end.split([' ', '{']).next().unwrap_or_default().to_owned();
                *tally.borrow_mut().entry(kind).or_default() += 1;
            }
        }
        Ok(())
    });
    println!("{:?}", tally.borrow());
    result.unwrap();
    // The stories are not all the same one.
    for end in ["Completed", "Cancelled", "Rejected", "Timeout", "AnsweredElsewhere", "ConnectionLost", "discarded"] {
        assert!(tally.borrow().get(end).is_some_and(|count| *count >= 10), "{end} is too rare");
    }
}
