//! Everything that goes into the machine and comes out of it, as data.

use std::time::Duration;

use confab_model::{
    BareJid, CallId, CallMedia, CallRecord, CallSnapshot, CallStage, ContentName, FullJid, MediaDescription, MediaKind,
    OutgoingSignal, ParticipantState, Pii, ReceivedSignal, RequestId,
};
use serde_json::{Map, Value};

use crate::{FloorEvent, FloorRequest, Policy};

/// Something that happened, or that a person wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// What the person at this device wants. Answered by exactly one [`Output::Finished`].
    Operation {
        request: RequestId,
        operation: Operation,
    },
    /// A signal arrived. `sender` is looked up by the caller of the machine when the signal comes in.
    Signal {
        received: ReceivedSignal,
        sender: Standing,
    },
    /// The media session of a call told something. Events of a call that is over are dropped.
    Peer {
        call: CallId,
        event: PeerEvent,
    },
    Session(SessionEvent),
    /// Another interface or default route: paths that were probed before may be dead.
    NetworkChanged,
    Readiness(Readiness),
    /// The person's settings, whole. They hold for calls that arrive from now on.
    Policy(Policy),
    /// The device-wide arbiter answers a claim or tells of another account.
    Floor(FloorEvent),
    /// The system asks the person for the camera or the microphone (`shown`), or they have answered.
    PermissionPrompt {
        call: CallId,
        shown: bool,
    },
    /// After a start: the records of this account that a crash or [`Self::Leave`] left open. They are closed; those of
    /// calls that rang here wait until the catch-up has told what became of them.
    Recover(Vec<CallRecord>),
    /// The store has a closed record of this call: whatever comes about it is over. Before a signal that would begin it; one that
    /// the catch-up still holds back is over as well.
    Settled {
        call: CallId,
        remote: BareJid,
        /// That person knows from the call that this device is there.
        knows_us: bool,
    },
    /// This device stops. What it placed is cancelled and what it answered is hung up; a call that rings goes on ringing
    /// at the other devices.
    Leave(Leaving),
}

/// For how long this device stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// The app ends, or the server gave another address: the next start reads what became of a call that rings.
    UntilStart,
    /// The person signs out: nobody may ever look again, so a call that rings here was missed here.
    ForGood,
}

/// How the sender of a signal stands to this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// In the roster (a subscription in either direction).
    pub contact: bool,
    /// The person asked for silence from this contact.
    pub muted: bool,
}

/// What a person can do about calls.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    Invite(Invitation),
    /// Answer, with or without the camera: `Audio` on a video call sees the far side's picture and sends none.
    Accept {
        call: CallId,
        media: CallMedia,
        extension: Option<Map<String, Value>>,
    },
    Reject {
        call: CallId,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
    },
    /// Withdraw an invitation that nobody has answered.
    Cancel {
        call: CallId,
        extension: Option<Map<String, Value>>,
    },
    /// One button for whatever state the call is in by now: cancel, reject or hang up.
    End {
        call: CallId,
    },
    /// End a call that was answered.
    HangUp {
        call: CallId,
        text: Option<String>,
        extension: Option<Map<String, Value>>,
    },
    SetMuted {
        call: CallId,
        muted: bool,
    },
    SetCamera {
        call: CallId,
        camera: bool,
    },
    /// Pictures for a call that has none, with the own camera. Answered when the far side has.
    AddVideo {
        call: CallId,
    },
    /// No pictures any more, of neither side.
    RemoveVideo {
        call: CallId,
    },
    /// Hold, or resume (`held: false`), which needs the device to be free.
    SetHeld {
        call: CallId,
        held: bool,
    },
    /// Stop the ringtone of an incoming call; it goes on in silence.
    Silence {
        call: CallId,
    },
}

/// A new outgoing call.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    pub to: BareJid,
    pub media: CallMedia,
    /// Seconds that it rings, 1..=600; `None`: 60.
    pub timeout_s: Option<u32>,
    /// At most 4 KiB as JSON text.
    pub extension: Option<Map<String, Value>>,
    /// Seconds until the person counts as "may be offline": 3, 4 or 5; `None`: 5.
    pub received_check_s: Option<u32>,
    pub callee: Callee,
}

/// What presence and capabilities tell of the person who is called. Decides whether silence means anything: a
/// client that never confirms (Dino) must not look offline while it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Callee {
    /// At least one resource is known to be available.
    pub available: bool,
    /// At least one available client speaks our namespace, so it would confirm.
    pub speaks_confab: bool,
}

/// What the media session of one call tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerEvent {
    /// The description for session-initiate, as asked for by [`Output::OpenPeer`] with [`PeerRole::Initiator`].
    LocalOffer(MediaDescription),
    /// The description for session-accept, as asked for by [`RemoteDescription::Offer`].
    LocalAnswer(MediaDescription),
    LocalCandidates(MediaDescription),
    /// The description for content-add, as asked for by [`Output::AddContent`].
    LocalAddition(MediaDescription),
    /// The description for content-accept, as asked for by [`RemoteDescription::Addition`].
    LocalAcceptance(MediaDescription),
    /// A content could not be added, or did not get through; the rest goes on.
    ContentFailed {
        content: ContentName,
    },
    /// New credentials, as asked for by [`Output::RestartIce`].
    RestartOffer(MediaDescription),
    /// New credentials in answer to [`RemoteDescription::RestartOffer`].
    RestartAnswer(MediaDescription),
    /// ICE found a path, at first or again.
    IceConnected,
    /// DTLS is done on every transport.
    Connected,
    /// ICE consent was lost (RFC 7675), or neither RTP nor RTCP came for 5 s.
    Disconnected,
    /// It cannot go on.
    Failed {
        stage: CallStage,
    },
    /// The first frame of this kind from the far side was decoded.
    FirstFrame {
        kind: MediaKind,
    },
    FirstRtcp,
}

/// What the XMPP session tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEvent {
    /// A new stream: signals on the way may be lost, the archive is read from now until `CatchUpEnded`.
    Online,
    Offline,
    /// The old stream goes on (XEP-0198): nothing was lost.
    Resumed,
    CatchUpEnded,
}

/// Whether calls can be placed, apart from any call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    NotReady,
    Preparing,
    Ready,
    Failed { why: String },
}

/// What the machine wants done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    Send(OutgoingSignal),
    /// Make a media session with STUN and TURN servers. An initiator makes an offer at once, a responder waits for one.
    OpenPeer {
        call: CallId,
        role: PeerRole,
        media: CallMedia,
        send_video: bool,
        bundle: bool,
    },
    ApplyRemote {
        call: CallId,
        description: RemoteDescription,
    },
    /// Describe one more content; [`PeerEvent::LocalAddition`] brings it.
    AddContent {
        call: CallId,
        content: ContentName,
        kind: MediaKind,
    },
    /// A content is no part of the session any more, nor its media.
    RemoveContent {
        call: CallId,
        content: ContentName,
    },
    /// Make new ICE credentials; [`PeerEvent::RestartOffer`] brings them.
    RestartIce {
        call: CallId,
    },
    ClosePeer {
        call: CallId,
    },
    /// The call was answered: devices may be opened, the camera if `camera`. Nothing leaves this device before the
    /// gate says so. Once more for each change of the camera before the transport is up.
    StartMedia {
        call: CallId,
        media: CallMedia,
        camera: bool,
    },
    SetGate {
        call: CallId,
        gate: Gate,
    },
    StopMedia {
        call: CallId,
    },
    /// The first output about the record of a call. It is closed at once (`reason` set) for a call that never rang.
    /// A store that already has a closed record of this id keeps that one (the archive may repeat a call).
    OpenRecord(CallRecord),
    /// Replaces the record; the one with a `reason` is the last.
    UpdateRecord(CallRecord),
    /// The call is no call after all: glare merged it into `by`, here or on another device. Its record is deleted and it
    /// leaves the screen; `by` follows in the next snapshot where this device is in it.
    Discarded {
        call: CallId,
        by: Option<CallId>,
    },
    /// This device stopped for now while the call rang: it leaves the screen, its record stays open ([`Input::Recover`]).
    Left {
        call: CallId,
    },
    /// Replaces the snapshot. One with the phase `Ended` is the last.
    Changed(CallSnapshot),
    Ring {
        call: CallId,
        ring: Ring,
    },
    /// The far side's extension object, never from a stranger before accept.
    Extension {
        call: CallId,
        extension: Map<String, Value>,
    },
    /// For the arbiter.
    Floor(FloorRequest),
    /// After everything else that the operation did, so that whoever waits for it finds the floor free and the record
    /// on its way.
    Finished {
        request: RequestId,
        result: Result<Done, OperationError>,
    },
    /// Something was not acted upon; counted in [`crate::Calls::ignored`].
    Ignored {
        why: Ignored,
        from: Pii<FullJid>,
    },
}

/// Who makes the offer (XEP-0166 initiator and responder).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerRole {
    Initiator,
    Responder,
}

/// What the far side described, and what it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteDescription {
    /// Answer it with [`PeerEvent::LocalAnswer`].
    Offer(MediaDescription),
    Answer(MediaDescription),
    Candidates(MediaDescription),
    /// A content that the far side adds; answer it with [`PeerEvent::LocalAcceptance`]. It is received, and sent if the
    /// gate lets pictures pass.
    Addition(MediaDescription),
    /// For an own addition.
    AdditionAnswer(MediaDescription),
    /// New credentials that the far side began with; answer with [`PeerEvent::RestartAnswer`].
    RestartOffer(MediaDescription),
    /// New credentials for an own restart that is under way.
    RestartAnswer(MediaDescription),
}

/// What may pass. Capture and decoding may run behind a closed gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Gate {
    pub microphone: bool,
    pub camera: bool,
    /// The far side's sound and picture.
    pub playback: bool,
}

/// How an incoming call makes itself known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ring {
    /// Window, notification, ringtone.
    Loud,
    /// Shown in the call screen of another call, with at most a tick.
    Waiting,
    /// Listed without window or sound.
    Silent,
    Stopped,
}

/// What an operation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    Invited { call: CallId, timeout: Duration },
    Ok,
}

/// Why an operation changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    #[error("the ring time must be 1 to 600 seconds")]
    InvalidTimeout,
    #[error("the received check must be 3, 4 or 5 seconds")]
    InvalidReceivedCheck,
    #[error("the extension is larger than 4 KiB")]
    ExtensionTooLarge,
    #[error("nobody calls himself")]
    InvalidTarget,
    #[error("calls are not ready: {why}")]
    NotReady { why: String },
    #[error("no such call")]
    UnknownCall,
    #[error("{operation} does not fit the state {state:?}")]
    InvalidState { state: ParticipantState, operation: &'static str },
    /// Hold it or hang up first.
    #[error("another call is on")]
    AnotherCall { call: CallId },
    /// The far side takes none, did not answer, or no path was found for them.
    #[error("pictures could not be added to the call")]
    VideoRefused,
}

impl OperationError {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidTimeout => "invalidTimeout",
            Self::InvalidReceivedCheck => "invalidReceivedCheck",
            Self::ExtensionTooLarge => "extensionTooLarge",
            Self::InvalidTarget => "invalidTarget",
            Self::NotReady { .. } => "notReady",
            Self::UnknownCall => "unknownCall",
            Self::InvalidState { .. } => "invalidState",
            Self::AnotherCall { .. } => "anotherCall",
            Self::VideoRefused => "videoRefused",
        }
    }
}

/// Why a signal was not acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ignored {
    /// From somebody who is not a party of that call.
    Forged,
    /// From a party, but not from the device that is in the call.
    WrongDevice,
    /// No call or session of that id.
    Unknown,
    /// The call is over.
    Settled,
    Duplicate,
    /// It makes no sense in the state of that call.
    OutOfOrder,
    /// A copy of what this device sent itself.
    OwnEcho,
    /// The person is calling, or was busy, on another device of theirs.
    OwnDevice,
    /// Not a contact, and only contacts may do this.
    Stranger,
    /// More invitations in a minute than are even listed.
    Flood,
    /// A bounded queue was full.
    QueueFull,
    /// ICE credentials or candidates of an earlier generation.
    StaleIce,
    /// An error of the far side that does not matter, or an extension that is too large.
    Irrelevant,
}
