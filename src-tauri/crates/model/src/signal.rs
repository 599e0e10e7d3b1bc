//! Call signals, free of XML. `session` maps them to XEP-0353 and Jingle; any other channel can carry them too.

use serde_json::{Map, Value};

use crate::{
    BareJid, CallId, CallMedia, Candidate, ContentAction, ContentName, FullJid, MediaDescription, MediaKind, SessionId,
    Timestamp,
};

/// A signal as it goes over the wire in one direction.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// XEP-0353 `propose`: an invitation. `timeout_s` and `extension` travel in our own child.
    Propose {
        call: CallId,
        media: CallMedia,
        timeout_s: Option<u32>,
        extension: Option<Map<String, Value>>,
    },
    /// A device of the callee rings. `early`: it offers early media.
    Ringing {
        call: CallId,
        early: bool,
    },
    /// To the proposing device: the answering device is the sender; start the session.
    Proceed {
        call: CallId,
        media: Option<CallMedia>,
        extension: Option<Map<String, Value>>,
    },
    /// To the own other devices: this device answered.
    Accept {
        call: CallId,
    },
    /// To the caller and to the own other devices.
    Reject {
        call: CallId,
        reason: RejectReason,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
    },
    /// The caller withdraws.
    Retract {
        call: CallId,
        reason: RetractReason,
        extension: Option<Map<String, Value>>,
    },
    /// A call that was answered is over.
    Finish {
        call: CallId,
        reason: TerminateReason,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
    },

    /// XEP-0166 `session-initiate`.
    SessionInitiate {
        sid: SessionId,
        description: MediaDescription,
    },
    SessionAccept {
        sid: SessionId,
        description: MediaDescription,
    },
    SessionTerminate {
        sid: SessionId,
        reason: TerminateReason,
        text: Option<String>,
    },
    /// Candidates, or new ICE credentials (a restart) for the named contents.
    TransportInfo {
        sid: SessionId,
        description: MediaDescription,
    },
    /// XEP-0167 §6 informational messages.
    SessionInfo {
        sid: SessionId,
        info: SessionInfo,
    },
    /// content-add, -accept, -reject, -modify, -remove.
    ContentChange {
        sid: SessionId,
        action: ContentAction,
        description: MediaDescription,
    },
    /// The far side's client answered a Jingle iq with an error (`unknown-session`, `service-unavailable` …):
    /// a signal of ours did not arrive.
    SessionError {
        sid: SessionId,
        condition: String,
        /// What was refused is a description (`session-initiate`, `session-accept`), without which there is no session.
        is_description: bool,
    },
}

impl Signal {
    /// The XEP-0353 call that this signal belongs to, where it names one.
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Self::Propose { call, .. }
            | Self::Ringing { call, .. }
            | Self::Proceed { call, .. }
            | Self::Accept { call }
            | Self::Reject { call, .. }
            | Self::Retract { call, .. }
            | Self::Finish { call, .. } => Some(call),
            Self::SessionInitiate { .. }
            | Self::SessionAccept { .. }
            | Self::SessionTerminate { .. }
            | Self::TransportInfo { .. }
            | Self::SessionInfo { .. }
            | Self::ContentChange { .. }
            | Self::SessionError { .. } => None,
        }
    }

    /// The Jingle session that this signal belongs to, where it names one.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::SessionInitiate { sid, .. }
            | Self::SessionAccept { sid, .. }
            | Self::SessionTerminate { sid, .. }
            | Self::TransportInfo { sid, .. }
            | Self::SessionInfo { sid, .. }
            | Self::ContentChange { sid, .. }
            | Self::SessionError { sid, .. } => Some(sid),
            Self::Propose { .. }
            | Self::Ringing { .. }
            | Self::Proceed { .. }
            | Self::Accept { .. }
            | Self::Reject { .. }
            | Self::Retract { .. }
            | Self::Finish { .. } => None,
        }
    }
}

/// XEP-0167 §6: what a side tells about its own media.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionInfo {
    Active,
    Hold,
    Unhold,
    /// `None`: all contents that the sender created.
    Mute(Option<ContentName>),
    Unmute(Option<ContentName>),
    Ringing,
}

/// Why somebody did not take a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectReason {
    /// The person declined.
    Declined,
    /// `<busy/>`; with the cause where the far side speaks our namespace.
    Busy(Option<BusyCause>),
    /// XEP-0353 tie-break: this invitation lost against the far side's own.
    TieBreak,
    /// Any other reason element, by name.
    Other(String),
}

/// Our own child of a busy answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusyCause {
    InAnotherCall,
    DoNotDisturb { text: Option<String> },
}

/// Why a caller withdrew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetractReason {
    Cancelled,
    Expired,
    TieBreak,
    Other(String),
}

/// XEP-0166 §7.4 reasons that a session or call ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminateReason {
    Success,
    Busy,
    Cancel,
    Decline,
    ConnectivityError,
    FailedTransport,
    FailedApplication,
    IncompatibleParameters,
    UnsupportedApplications,
    UnsupportedTransports,
    MediaError,
    SecurityError,
    GeneralError,
    Gone,
    Expired,
    AlternativeSession,
    /// XEP-0353 `<migrated/>`: the call goes on in another session.
    Migrated,
    Timeout,
    Other(String),
}

/// A signal together with where it is to go.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingSignal {
    pub to: SignalTarget,
    pub signal: Signal,
}

/// Where a signal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignalTarget {
    /// All devices of a person.
    Person(BareJid),
    /// One device.
    Device(FullJid),
    /// The other devices of the own account.
    OwnDevices,
}

/// A signal with what is known of its origin. The machine decides by this, never by what a stanza claims.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedSignal {
    pub signal: Signal,
    pub provenance: Provenance,
}

/// Where a signal really came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The address that the server vouches for: of the far side, or of an own device for own signals.
    pub from: FullJid,
    /// Whom it was addressed to; for own signals seen by carbon, the far side.
    pub to: BareJid,
    pub source: SignalSource,
    /// The server's time of it, where known; else the time of arrival.
    pub sent_at: Timestamp,
    /// The sender's client advertises `urn:confab:call:0`.
    pub speaks_confab: bool,
    /// The sender's client advertises BUNDLE (XEP-0338).
    pub speaks_bundle: bool,
}

/// How a signal reached this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalSource {
    /// Addressed to this account and delivered now.
    Live,
    /// Sent by another own device, seen through XEP-0280 (the bare own JID was checked).
    CarbonSent,
    /// Read from the archive; the catch-up has ended unless it is held back.
    Archive,
}

/// A STUN or TURN server (XEP-0215).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceServer {
    pub kind: IceServerKind,
    pub host: String,
    pub port: u16,
    pub tcp: bool,
    pub username: Option<crate::Pii<String>>,
    pub password: Option<crate::Pii<String>>,
    pub expires_at: Option<Timestamp>,
}

/// What a server of XEP-0215 is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IceServerKind {
    Stun,
    Turn,
    /// TURN over TLS.
    Turns,
}

/// Used where only the kinds of media matter.
impl CallMedia {
    /// The kinds that a call of this sort has at its start.
    pub fn kinds(self) -> &'static [MediaKind] {
        match self {
            Self::Audio => &[MediaKind::Audio],
            Self::Video => &[MediaKind::Audio, MediaKind::Video],
        }
    }
}

impl SignalTarget {
    /// Whether this names one device.
    pub fn is_device(&self) -> bool {
        matches!(self, Self::Device(_))
    }
}

/// A candidate for a named content, as trickle ICE tells it.
impl MediaDescription {
    /// All candidates with the content they belong to.
    pub fn candidates(&self) -> impl Iterator<Item = (&ContentName, &Candidate)> {
        self.contents.iter().flat_map(|content| content.transport.candidates.iter().map(move |c| (&content.name, c)))
    }
}
