//! One machine with an arbiter and a clock that stands still until told; outputs as lines that a person reads.

use std::time::Duration;

use confab_model::*;

use crate::*;

pub(super) const ME: &str = "me@x/desk";
pub(super) const MINE: &str = "me@x/lap";
pub(super) const PHONE: &str = "bob@x/phone";
pub(super) const TABLET: &str = "bob@x/tablet";
pub(super) const EVE: &str = "eve@x/lair";

pub(super) fn full(text: &str) -> FullJid {
    text.parse().unwrap()
}
pub(super) fn bare(text: &str) -> BareJid {
    text.parse().unwrap()
}
pub(super) fn id(text: &str) -> CallId {
    CallId(text.into())
}
pub(super) fn sid(text: &str) -> SessionId {
    SessionId(text.into())
}
pub(super) fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A description whose contents have the given ICE user fragment.
pub(super) fn description(media: CallMedia, ufrag: &str, creator: Creator) -> MediaDescription {
    let content = |kind: MediaKind| {
        let name = ContentName::from(if kind == MediaKind::Audio { "audio" } else { "video" });
        let transport = TransportDescription {
            ufrag: ufrag.into(),
            pwd: "secret".into(),
            fingerprint: None,
            candidates: Vec::new(),
        };
        Content::bare(name, creator, kind, transport)
    };
    MediaDescription { contents: media.kinds().iter().map(|kind| content(*kind)).collect(), bundle: Vec::new() }
}

pub(super) fn video(ufrag: &str) -> MediaDescription {
    description(CallMedia::Video, ufrag, Creator::Initiator)
}
/// One content of pictures.
pub(super) fn pictures(name: &str, ufrag: &str, creator: Creator) -> MediaDescription {
    let mut description = description(CallMedia::Video, ufrag, creator);
    description.contents.remove(0);
    description.contents[0].name = name.into();
    description
}
pub(super) fn audio(ufrag: &str) -> MediaDescription {
    description(CallMedia::Audio, ufrag, Creator::Initiator)
}

pub(super) fn propose(call: &str, media: CallMedia) -> Signal {
    Signal::Propose { call: id(call), media, timeout_s: None, extension: None }
}
pub(super) fn ringing(call: &str) -> Signal {
    Signal::Ringing { call: id(call), early: false }
}
pub(super) fn proceed(call: &str, media: Option<CallMedia>) -> Signal {
    Signal::Proceed { call: id(call), media, extension: None }
}
pub(super) fn accept_signal(call: &str) -> Signal {
    Signal::Accept { call: id(call) }
}
pub(super) fn reject(call: &str, reason: RejectReason) -> Signal {
    Signal::Reject { call: id(call), reason, text: None, extension: None }
}
pub(super) fn retract(call: &str, reason: RetractReason) -> Signal {
    Signal::Retract { call: id(call), reason, extension: None }
}
pub(super) fn finish(call: &str, reason: TerminateReason) -> Signal {
    Signal::Finish { call: id(call), reason, text: None, extension: None }
}
pub(super) fn initiate(call: &str, offer: MediaDescription) -> Signal {
    Signal::SessionInitiate { sid: sid(call), description: offer }
}
pub(super) fn session_accept(call: &str, answer: MediaDescription) -> Signal {
    Signal::SessionAccept { sid: sid(call), description: answer }
}
pub(super) fn terminate(call: &str, reason: TerminateReason) -> Signal {
    Signal::SessionTerminate { sid: sid(call), reason, text: None }
}
pub(super) fn transport(call: &str, description: MediaDescription) -> Signal {
    Signal::TransportInfo { sid: sid(call), description }
}
pub(super) fn info(call: &str, info: SessionInfo) -> Signal {
    Signal::SessionInfo { sid: sid(call), info }
}

pub(super) fn invitation(to: &str, media: CallMedia) -> Invitation {
    Invitation {
        to: bare(to),
        media,
        timeout_s: None,
        extension: None,
        received_check_s: None,
        callee: Callee { available: true, speaks_confab: true },
    }
}

pub(super) fn config(own: &str) -> CallsConfig {
    CallsConfig {
        account: AccountId(1),
        own: full(own),
        timers: TimerValues::default(),
        policy: Policy { call_waiting: true, ..Policy::default() },
    }
}

pub(super) fn provenance(from: &str, source: SignalSource, sent_at: Timestamp) -> Provenance {
    Provenance { from: full(from), to: bare("me@x"), source, sent_at, speaks_confab: true, speaks_bundle: true }
}

pub(super) struct Ladder {
    pub(super) calls: Calls,
    pub(super) arbiter: Arbiter,
    pub(super) now: Moment,
    pub(super) contact: bool,
    pub(super) muted: bool,
}

impl Ladder {
    /// Online, ready, caught up.
    pub(super) fn new() -> Self {
        Self::with(config(ME))
    }

    pub(super) fn with(config: CallsConfig) -> Self {
        let mut next = 0;
        let calls = Calls::new(config, move || {
            next += 1;
            CallId(format!("m{next}"))
        });
        let mut arbiter = Arbiter::new();
        arbiter.add_account(AccountId(1));
        let now = Moment { mono: s(1_000), wall: Timestamp(1_800_000_000_000) };
        let mut ladder = Self { calls, arbiter, now, contact: true, muted: false };
        for input in [
            Input::Session(SessionEvent::Online),
            Input::Session(SessionEvent::CatchUpEnded),
            Input::Readiness(Readiness::Ready),
        ] {
            ladder.feed(input, &[]);
        }
        ladder
    }

    fn drain(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(output) = self.calls.poll_output() {
            lines.push(line(&output));
            if let Output::Floor(request) = output {
                for (account, event) in self.arbiter.handle(AccountId(1), request) {
                    if account == AccountId(1) {
                        self.calls.handle(Input::Floor(event), self.now);
                    }
                }
            }
        }
        lines
    }

    #[track_caller]
    pub(super) fn feed(&mut self, input: Input, expected: &[&str]) {
        self.calls.handle(input.clone(), self.now);
        let lines = self.drain();
        assert_eq!(lines, expected, "\nafter {input:?}");
    }

    #[track_caller]
    pub(super) fn signal(&mut self, from: &str, signal: Signal, expected: &[&str]) {
        self.signal_by(from, SignalSource::Live, signal, expected);
    }

    #[track_caller]
    pub(super) fn signal_by(&mut self, from: &str, source: SignalSource, signal: Signal, expected: &[&str]) {
        let provenance = provenance(from, source, self.now.wall);
        let sender = Standing { contact: self.contact, muted: self.muted };
        self.feed(Input::Signal { received: ReceivedSignal { signal, provenance }, sender }, expected);
    }

    /// A signal that the server had stored `ago`.
    #[track_caller]
    pub(super) fn archived(&mut self, from: &str, ago: Duration, signal: Signal, expected: &[&str]) {
        let sent_at = Timestamp(self.now.wall.0 - i64::try_from(ago.as_millis()).unwrap());
        let provenance = provenance(from, SignalSource::Archive, sent_at);
        let sender = Standing { contact: self.contact, muted: false };
        self.feed(Input::Signal { received: ReceivedSignal { signal, provenance }, sender }, expected);
    }

    #[track_caller]
    pub(super) fn does(&mut self, operation: Operation, expected: &[&str]) {
        self.feed(Input::Operation { request: RequestId("r".into()), operation }, expected);
    }

    #[track_caller]
    pub(super) fn peer(&mut self, call: &str, event: PeerEvent, expected: &[&str]) {
        self.feed(Input::Peer { call: id(call), event }, expected);
    }

    /// Time passes; every deadline on the way is kept.
    #[track_caller]
    pub(super) fn wait(&mut self, duration: Duration, expected: &[&str]) {
        let end = self.now.plus(duration);
        let mut lines = Vec::new();
        while let Some(at) = self.calls.poll_timeout().filter(|at| *at <= end.mono) {
            self.now = self.now.plus(at.saturating_sub(self.now.mono));
            self.calls.handle_timeout(self.now);
            lines.extend(self.drain());
        }
        self.now = end;
        assert_eq!(lines, expected, "\nafter {duration:?}");
    }

    /// Without looking at the outputs; for what comes before the rung under test.
    pub(super) fn quietly(&mut self, act: impl FnOnce(&mut Calls, Moment)) {
        act(&mut self.calls, self.now);
        self.drain();
    }

    /// Bob's phone answers the call `m1` of [`calling`].
    #[track_caller]
    pub(super) fn phone_answers(&mut self, media: Option<CallMedia>) {
        self.signal(
            PHONE,
            proceed("m1", media),
            &[
                "peer m1 Initiator Video send_video=true bundle=true",
                "media m1 Video camera=true",
                "record m1 Outgoing Accepted",
                "changed m1 Video Connecting Accepted camera",
            ],
        );
    }

    /// The descriptions of `m1` go to the phone and come from it.
    #[track_caller]
    pub(super) fn describe(&mut self) {
        self.peer("m1", PeerEvent::LocalOffer(video("mine")), &["-> bob@x/phone session-initiate m1"]);
        self.signal(
            PHONE,
            session_accept("m1", video("theirs")),
            &[
                "apply m1 answer theirs",
                "record m1 Outgoing Accepted",
                "changed m1 Video Connecting Accepted camera far-camera",
            ],
        );
    }

    /// Carol calls while another call is on.
    #[track_caller]
    pub(super) fn carol_waits(&mut self) {
        self.signal(
            "carol@x/pc",
            propose("c1", CallMedia::Audio),
            &[
                "-> carol@x ringing c1",
                "open c1 Incoming Received",
                "changed c1 Audio Calling Received waiting",
                "ring c1 Waiting",
            ],
        );
    }

    pub(super) fn state(&self, call: &str) -> String {
        self.calls.snapshot(&id(call)).map_or("none".into(), |snapshot| changed(&snapshot))
    }
}

fn target(target: &SignalTarget) -> String {
    match target {
        SignalTarget::Person(jid) => jid.to_string(),
        SignalTarget::Device(jid) => jid.to_string(),
        SignalTarget::OwnDevices => "own".into(),
    }
}

fn signal(signal: &Signal) -> String {
    match signal {
        Signal::Propose { call, media, timeout_s, .. } => {
            format!("propose {call} {media:?} {}", timeout_s.unwrap_or(0))
        }
        Signal::Ringing { call, .. } => format!("ringing {call}"),
        Signal::Proceed { call, media, .. } => format!("proceed {call} {media:?}"),
        Signal::Accept { call } => format!("accept {call}"),
        Signal::Reject { call, reason, text, .. } => match text {
            Some(text) => format!("reject {call} {reason:?} {text}"),
            None => format!("reject {call} {reason:?}"),
        },
        Signal::Retract { call, reason, .. } => format!("retract {call} {reason:?}"),
        Signal::Finish { call, reason, .. } => format!("finish {call} {reason:?}"),
        Signal::SessionInitiate { sid, .. } => format!("session-initiate {}", sid.0),
        Signal::SessionAccept { sid, .. } => format!("session-accept {}", sid.0),
        Signal::SessionTerminate { sid, reason, .. } => format!("session-terminate {} {reason:?}", sid.0),
        Signal::TransportInfo { sid, description } => {
            format!("transport-info {} {}", sid.0, ufrag(description))
        }
        Signal::SessionInfo { sid, info } => format!("session-info {} {}", sid.0, session_info(info)),
        Signal::ContentChange { sid, action, description } => {
            let names: Vec<_> = description.contents.iter().map(|content| content.name.0.as_str()).collect();
            format!("content-{action:?} {} {}", sid.0, names.join(" "))
        }
        Signal::SessionError { sid, condition, .. } => format!("error {} {condition}", sid.0),
    }
}

fn session_info(info: &SessionInfo) -> String {
    match info {
        SessionInfo::Mute(name) => format!("mute {}", name.as_ref().map_or("all", |n| &n.0)),
        SessionInfo::Unmute(name) => format!("unmute {}", name.as_ref().map_or("all", |n| &n.0)),
        SessionInfo::Active | SessionInfo::Hold | SessionInfo::Unhold | SessionInfo::Ringing => {
            format!("{info:?}").to_lowercase()
        }
    }
}

pub(super) fn ufrag(description: &MediaDescription) -> &str {
    description.contents.first().map_or("", |content| &content.transport.ufrag)
}

fn changed(snapshot: &CallSnapshot) -> String {
    let phase = match &snapshot.phase {
        CallPhase::Calling => "Calling".to_owned(),
        CallPhase::Connecting => "Connecting".to_owned(),
        CallPhase::Connected { .. } => "Connected".to_owned(),
        CallPhase::Reconnecting { .. } => "Reconnecting".to_owned(),
        CallPhase::Ended { reason } => format!("{reason:?}"),
    };
    let person = &snapshot.participants[0];
    let mut flags = String::new();
    for (set, name) in [
        (snapshot.waiting, " waiting"),
        (snapshot.local.muted, " muted"),
        (snapshot.local.camera, " camera"),
        (snapshot.local.held, " held"),
        (person.media.muted, " far-muted"),
        (person.media.camera, " far-camera"),
        (person.media.held, " far-held"),
    ] {
        if set {
            flags.push_str(name);
        }
    }
    format!("changed {} {:?} {phase} {:?}{flags}", snapshot.id, snapshot.media, person.state)
}

fn record(verb: &str, record: &CallRecord) -> String {
    let by = record.answered_by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
    match &record.reason {
        Some(reason) => format!("{verb} {} {:?} {reason:?}{by}", record.id, record.direction),
        None => format!("{verb} {} {:?} {:?}{by}", record.id, record.direction, record.people[0].1),
    }
}

fn described(description: &RemoteDescription) -> String {
    match description {
        RemoteDescription::Offer(d) => format!("offer {}", ufrag(d)),
        RemoteDescription::Answer(d) => format!("answer {}", ufrag(d)),
        RemoteDescription::Addition(d) => format!("addition {}", ufrag(d)),
        RemoteDescription::AdditionAnswer(d) => format!("addition-answer {}", ufrag(d)),
        RemoteDescription::Candidates(d) => format!("candidates {}", ufrag(d)),
        RemoteDescription::RestartOffer(d) => format!("restart-offer {}", ufrag(d)),
        RemoteDescription::RestartAnswer(d) => format!("restart-answer {}", ufrag(d)),
    }
}

pub(super) fn line(output: &Output) -> String {
    match output {
        Output::Send(out) => format!("-> {} {}", target(&out.to), signal(&out.signal)),
        Output::OpenPeer { call, role, media, send_video, bundle } => {
            format!("peer {call} {role:?} {media:?} send_video={send_video} bundle={bundle}")
        }
        Output::ApplyRemote { call, description } => format!("apply {call} {}", described(description)),
        Output::AddContent { call, content, kind } => format!("add {call} {} {kind:?}", content.0),
        Output::RemoveContent { call, content } => format!("remove {call} {}", content.0),
        Output::RestartIce { call } => format!("restart {call}"),
        Output::ClosePeer { call } => format!("close {call}"),
        Output::StartMedia { call, media, camera } => format!("media {call} {media:?} camera={camera}"),
        Output::SetGate { call, gate } => {
            let flag = |on: bool, c: char| if on { c } else { '-' };
            let Gate { microphone, camera, playback } = *gate;
            format!("gate {call} {}{}{}", flag(microphone, 'm'), flag(camera, 'c'), flag(playback, 'p'))
        }
        Output::StopMedia { call } => format!("media-off {call}"),
        Output::OpenRecord(r) => record("open", r),
        Output::UpdateRecord(r) => record("record", r),
        Output::Discarded { call, by } => {
            format!("discarded {call} by {}", by.as_ref().map_or("none", |by| by.as_str()))
        }
        Output::Left { call } => format!("left {call}"),
        Output::Changed(snapshot) => changed(snapshot),
        Output::Ring { call, ring } => format!("ring {call} {ring:?}"),
        Output::Extension { call, extension } => {
            format!("extension {call} {}", serde_json::to_string(extension).unwrap())
        }
        Output::Floor(FloorRequest::Claim(call)) => format!("floor? {call}"),
        Output::Floor(FloorRequest::Release(call)) => format!("floor- {call}"),
        Output::Floor(FloorRequest::Move { from, to }) => format!("floor {from}>{to}"),
        Output::Finished { result: Ok(Done::Invited { call, timeout }), .. } => {
            format!("done invited {call} {}", timeout.as_secs())
        }
        Output::Finished { result: Ok(Done::Ok), .. } => "done".into(),
        Output::Finished { result: Err(error), .. } => format!("refused {}", error.code()),
        Output::Ignored { why, .. } => format!("ignored {why:?}"),
    }
}

/// An outgoing video call `m1` to Bob that rings at his phone.
pub(super) fn calling() -> Ladder {
    let mut ladder = Ladder::new();
    let invite = Operation::Invite(invitation("bob@x", CallMedia::Video));
    ladder.quietly(|calls, now| {
        calls.handle(Input::Operation { request: RequestId("r".into()), operation: invite }, now);
    });
    ladder
}

pub(super) fn quiet_signal(ladder: &mut Ladder, signal: Signal) {
    let provenance = provenance(PHONE, SignalSource::Live, ladder.now.wall);
    let sender = Standing { contact: true, muted: false };
    ladder.quietly(|calls, now| {
        calls.handle(Input::Signal { received: ReceivedSignal { signal, provenance }, sender }, now);
    });
}

fn connect(ladder: &mut Ladder, call: &str) {
    for event in [
        PeerEvent::IceConnected,
        PeerEvent::Connected,
        PeerEvent::FirstFrame { kind: MediaKind::Audio },
        PeerEvent::FirstFrame { kind: MediaKind::Video },
    ] {
        ladder.quietly(|calls, now| calls.handle(Input::Peer { call: id(call), event }, now));
    }
}

/// The call `m1` of `calling`, connected with the phone.
pub(super) fn connected_out() -> Ladder {
    let mut ladder = calling();
    quiet_signal(&mut ladder, proceed("m1", Some(CallMedia::Video)));
    ladder.quietly(|calls, now| {
        calls.handle(Input::Peer { call: id("m1"), event: PeerEvent::LocalOffer(video("mine")) }, now);
    });
    quiet_signal(&mut ladder, session_accept("m1", video("theirs")));
    connect(&mut ladder, "m1");
    ladder
}

/// An incoming video call `b1` from Bob's phone that rings.
pub(super) fn rung() -> Ladder {
    let mut ladder = Ladder::new();
    quiet_signal(&mut ladder, propose("b1", CallMedia::Video));
    ladder
}

pub(super) fn accept(call: &str, media: CallMedia) -> Operation {
    Operation::Accept { call: id(call), media, extension: None }
}

/// The call `b1`, accepted with camera and connected.
pub(super) fn connected_in() -> Ladder {
    let mut ladder = rung();
    let operation = accept("b1", CallMedia::Video);
    ladder.quietly(|calls, now| calls.handle(Input::Operation { request: RequestId("r".into()), operation }, now));
    quiet_signal(&mut ladder, initiate("b1", video("theirs")));
    ladder.quietly(|calls, now| {
        calls.handle(Input::Peer { call: id("b1"), event: PeerEvent::LocalAnswer(video("mine")) }, now);
    });
    connect(&mut ladder, "b1");
    ladder
}

pub(super) fn hang_up(call: &str) -> Operation {
    Operation::HangUp { call: id(call), text: None, extension: None }
}
