//! One call as this device has it.
//!
//! ```text
//!  archive ──▶ Held ──catch-up ends──┐
//!                                    ▼
//!  propose (live) ──────────────▶ Ringing ──accept──┐
//!                                                   ▼
//!  invite ──▶ Inviting ──────────proceed──────▶ Connecting ──frame──▶ Connected ⇄ Reconnecting
//!     │          │  ▲                              ▲
//!     │          └──┴── glare lost: merged ────────┘
//!     └ every state ends in `ended`, which is final; the call is then dropped and its id remembered as settled
//! ```

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use confab_model::{BareJid, RetractReason};
use confab_model::{
    CallDirection, CallId, CallMedia, CallRecord, CallSnapshot, CallTimings, ContentName, Creator, EndReason, FullJid,
    LocalMediaState, MediaDescription, MediaKind, Moment, OutgoingSignal, ParticipantState, RemoteMediaState,
    SessionId, Signal, SignalTarget, Timestamp,
};
use serde_json::{Map, Value};

use crate::{
    Gate, Output, PeerRole, Ring, Standing, TimerValues,
    contents::{Addition, Spent},
    reconnect::Repair,
    timers::{Timer, Timers},
};

/// Candidates of either side that wait for their description. A browser gathers some twenty; more are dropped.
pub(crate) const WAITING_CANDIDATES_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// An invitation out of the archive: not shown until the catch-up has brought what settled it.
    Held,
    /// Outgoing, not answered.
    Inviting,
    /// Incoming, not answered.
    Ringing,
    Connecting,
    /// `since` is the first time, kept over every repair.
    Connected {
        since: Moment,
    },
    Reconnecting {
        since: Moment,
        lost: Moment,
    },
}

impl State {
    pub(crate) fn is_answered(self) -> bool {
        match self {
            Self::Connecting | Self::Connected { .. } | Self::Reconnecting { .. } => true,
            Self::Held | Self::Inviting | Self::Ringing => false,
        }
    }
    pub(crate) fn is_shown(self) -> bool {
        match self {
            Self::Held => false,
            Self::Inviting | Self::Ringing | Self::Connecting | Self::Connected { .. } | Self::Reconnecting { .. } => {
                true
            }
        }
    }
    /// Since when it is connected, if it has ever been.
    pub(crate) fn connected_since(self) -> Option<Moment> {
        match self {
            Self::Connected { since } | Self::Reconnecting { since, .. } => Some(since),
            Self::Held | Self::Inviting | Self::Ringing | Self::Connecting => None,
        }
    }
}

/// How the call is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// XEP-0353 around a Jingle session.
    Messages,
    /// A bare session-initiate: only the one device rings and there is nothing but the session.
    JingleOnly,
}

/// The Jingle session of a call, from this side.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    pub(crate) peer_open: bool,
    /// An offer that came before this side answered.
    pub(crate) waiting_offer: Option<MediaDescription>,
    pub(crate) waiting_remote: Vec<MediaDescription>,
    pub(crate) waiting_local: Vec<MediaDescription>,
    /// Own offer or answer is on its way: the far side knows the session.
    pub(crate) local_sent: bool,
    /// The far side's description was handed to the peer.
    pub(crate) remote_applied: bool,
    pub(crate) remote_kinds: BTreeMap<ContentName, MediaKind>,
    pub(crate) local_kinds: BTreeMap<ContentName, MediaKind>,
    /// ICE user fragments of the far side by content, and those that a restart replaced.
    pub(crate) remote_ufrags: BTreeMap<ContentName, String>,
    pub(crate) old_ufrags: VecDeque<String>,
    /// What the far side told of its camera before its description came.
    pub(crate) camera_told: Option<bool>,
    /// On its way into the session.
    pub(crate) addition: Option<Addition>,
    /// Who made a content that was added.
    pub(crate) creators: BTreeMap<ContentName, Creator>,
    pub(crate) spent: Spent,
    pub(crate) ice_connected: bool,
    pub(crate) transport_up: bool,
    pub(crate) audio_seen: bool,
    pub(crate) video_seen: bool,
    pub(crate) rtcp_seen: bool,
}

impl Session {
    pub(crate) fn remote_has(&self, kind: MediaKind) -> bool {
        self.remote_kinds.values().any(|k| *k == kind)
    }
}

/// What was last put out, so that only differences are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) record: Option<CallRecord>,
    pub(crate) snapshot: Option<CallSnapshot>,
    pub(crate) ring: Option<Ring>,
    pub(crate) gate: Gate,
}

/// How a call ended, and what becomes of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Reason(EndReason),
    /// Glare: it was no call of its own.
    Discarded {
        by: Option<CallId>,
    },
    /// Over before anybody was told, and not to be listed.
    Forgotten,
    /// This device stopped while it rang: what becomes of the call is decided elsewhere.
    Left,
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) direction: CallDirection,
    pub(crate) carrier: Carrier,
    pub(crate) remote: BareJid,
    /// Incoming: the device that called. Outgoing: the one that answered.
    pub(crate) device: Option<FullJid>,
    pub(crate) speaks_bundle: bool,
    pub(crate) sender: Standing,
    pub(crate) media: CallMedia,
    pub(crate) state: State,
    pub(crate) participant: ParticipantState,
    pub(crate) ring: Ring,
    /// Devices of the callee that told that they ring.
    pub(crate) ringing_devices: Vec<FullJid>,
    /// The device of the callee that answered busy by itself.
    pub(crate) busy_device: Option<FullJid>,
    /// The own other device that told that it answered too; not after the caller's offer came to this one.
    pub(crate) answered_elsewhere: Option<String>,
    pub(crate) local: LocalMediaState,
    pub(crate) remote_media: RemoteMediaState,
    pub(crate) extension: Option<Map<String, Value>>,
    pub(crate) callee_would_confirm: bool,
    pub(crate) started: Moment,
    pub(crate) rings_until: Timestamp,
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) timings: CallTimings,
    pub(crate) session: Session,
    pub(crate) repair: Repair,
    pub(crate) timers: Timers,
    /// What was left of the connect deadline when a permission prompt stopped it.
    pub(crate) paused_connect: Option<Duration>,
    pub(crate) has_floor: bool,
    pub(crate) end: Option<End>,
    pub(crate) shown: Shown,
}

/// What distinguishes a new call.
#[derive(Debug)]
pub(crate) struct NewCall {
    pub(crate) id: CallId,
    pub(crate) direction: CallDirection,
    pub(crate) carrier: Carrier,
    pub(crate) remote: BareJid,
    pub(crate) media: CallMedia,
    pub(crate) state: State,
}

impl Call {
    pub(crate) fn new(new: NewCall, now: Moment) -> Self {
        let outgoing = new.direction == CallDirection::Outgoing;
        Self {
            id: new.id,
            direction: new.direction,
            carrier: new.carrier,
            remote: new.remote,
            device: None,
            speaks_bundle: false,
            sender: Standing { contact: true, muted: false },
            media: new.media,
            state: new.state,
            participant: if outgoing { ParticipantState::Inviting } else { ParticipantState::Received },
            ring: Ring::Silent,
            ringing_devices: Vec::new(),
            busy_device: None,
            answered_elsewhere: None,
            local: LocalMediaState { muted: false, camera: outgoing && new.media == CallMedia::Video, held: false },
            remote_media: RemoteMediaState::default(),
            extension: None,
            callee_would_confirm: false,
            started: now,
            rings_until: now.wall,
            answered_at: None,
            ended_at: None,
            timings: CallTimings::default(),
            session: Session::default(),
            repair: Repair::default(),
            timers: Timers::default(),
            paused_connect: None,
            has_floor: false,
            end: None,
            shown: Shown::default(),
        }
    }

    /// XEP-0353 §3.1: the id of the propose is the id of the session.
    pub(crate) fn sid(&self) -> SessionId {
        SessionId(self.id.0.clone())
    }

    pub(crate) fn role(&self) -> PeerRole {
        match self.direction {
            CallDirection::Outgoing => PeerRole::Initiator,
            CallDirection::Incoming => PeerRole::Responder,
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.end.is_none()
    }

    /// Nobody at this device hears of it.
    pub(crate) fn rings_silently(&self) -> bool {
        self.state == State::Ringing && self.ring == Ring::Silent
    }

    /// Rang here before a restart; all that is known of it is its record.
    pub(crate) fn is_recovered(&self) -> bool {
        self.state == State::Held && self.shown.record.is_some()
    }

    pub(crate) fn is_device(&self, from: &FullJid) -> bool {
        self.device.as_ref() == Some(from)
    }

    /// Milliseconds since the call was started or received.
    pub(crate) fn elapsed_ms(&self, now: Moment) -> u32 {
        u32::try_from(now.mono.saturating_sub(self.started.mono).as_millis()).unwrap_or(u32::MAX)
    }

    pub(crate) fn send_to_person(&self, signal: Signal, out: &mut Vec<Output>) {
        out.push(Output::Send(OutgoingSignal { to: SignalTarget::Person(self.remote.clone()), signal }));
    }

    pub(crate) fn send_to_device(&self, signal: Signal, out: &mut Vec<Output>) {
        if let Some(device) = &self.device {
            out.push(Output::Send(OutgoingSignal { to: SignalTarget::Device(device.clone()), signal }));
        }
    }

    pub(crate) fn retract(&self, reason: RetractReason, out: &mut Vec<Output>) {
        self.send_to_person(Signal::Retract { call: self.id.clone(), reason, extension: None }, out);
    }

    /// Both sides have answered: the media session and the devices begin.
    pub(crate) fn begin_connecting(&mut self, now: Moment, values: &TimerValues, out: &mut Vec<Output>) {
        self.state = State::Connecting;
        self.participant = ParticipantState::Accepted;
        self.answered_at = Some(now.wall);
        self.timings.accepted_ms = Some(self.elapsed_ms(now));
        self.timers.clear_all();
        self.timers.set(Timer::Connect, now.mono + values.connect);
        self.session.peer_open = true;
        out.push(Output::OpenPeer {
            call: self.id.clone(),
            role: self.role(),
            media: self.media,
            // Also without the camera: it may be turned on later, and then nothing is left to be negotiated. That it is
            // off is told (`tell_initial_state`), and the gate holds it.
            send_video: self.media == CallMedia::Video,
            bundle: self.speaks_bundle,
        });
        out.push(Output::StartMedia { call: self.id.clone(), media: self.media, camera: self.local.camera });
    }

    /// What may pass now. Nothing before both have answered and the transport is secure; the far side is heard once
    /// the call is Connected (`calls.md` section 2).
    pub(crate) fn gate(&self) -> Gate {
        let open = self.is_live()
            && self.state.is_answered()
            && self.session.transport_up
            && !self.local.held
            && !self.remote_media.held;
        Gate {
            microphone: open && !self.local.muted,
            camera: open && self.local.camera,
            playback: open && self.state.connected_since().is_some(),
        }
    }
}
