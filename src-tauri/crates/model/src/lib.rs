//! The vocabulary of Confab: identities, messages, calls, signals and media descriptions as plain data.
//!
//! Every other crate speaks these types, so that none of the five libraries below `client` has to know
//! another. What comes in and goes out is data only: there is no I/O, no clock and no randomness here,
//! except for the constructors of random identifiers ([`MessageId::random`], [`CallId::random`]).
//!
//! All types that cross the border to the UI or to `confab-agent` derive serde in `camelCase`, with enums
//! tagged by `kind`; with the feature `specta` they also describe themselves for generated TypeScript.

mod account;
mod attachment;
mod call;
mod composed;
mod contact;
mod conversation;
mod description;
mod device;
mod event;
mod group;
mod ids;
mod message;
mod packet;
mod pii;
mod profile;
mod signal;
mod time;
mod voice;

pub use account::{
    Account, ConnectionState, Credentials, FormField, FormFieldKind, RegistrationForm, RegistrationFormAnswer,
    ServerAddress, ServerOffers, SignInFailure,
};
pub use attachment::{Attachment, AttachmentKind, TransferFailure, TransferProgress, TransferState};
pub use call::{
    CallDirection, CallMedia, CallMode, CallPhase, CallRecord, CallSnapshot, CallStage, CallTimings, EndReason,
    LocalMediaState, Participant, ParticipantState, QualityLevel, QualityReport, RemoteMediaState, RingKind,
};
pub use composed::{Change, Composed, MessageBody, ReplyReference, SharedFile, WireId};
pub use contact::{Contact, ContactRequest, PresenceShow, Subscription};
pub use conversation::{
    Conversation, ConversationChange, ConversationKind, ConversationPage, FolderTotal, FolderTotals, MUTED_FOR_EVER,
};
pub use description::{
    Candidate, CandidateKind, CandidateProtocol, CodecParameter, Content, ContentAction, ContentName, Creator,
    DtlsSetup, Fingerprint, HeaderExtension, MediaDescription, MediaKind, PayloadType, RtcpFeedback, Senders, Source,
    SourceGroup, TransportDescription,
};
pub use device::{AudioLevel, Device, DeviceId, DeviceKind, DeviceSelection, Devices};
pub use event::{Event, EventEnvelope};
pub use group::{
    Group, GroupDraft, GroupMember, GroupNotice, GroupRefusal, GroupRequest, GroupRequestKind, GroupRole, GroupState,
};
pub use ids::{AccountId, BareJid, CallId, FullJid, InvalidJid, MessageId, RequestId, SessionId};
pub use message::{
    DeliveryState, Direction, DraftContent, FailureWhy, Forwarded, Location, Mention, Mentioned, Message,
    MessageContent, MessageDraft, MessagePreview, MessageReceipt, Quote, Reaction, Sender, TypingState,
};
pub use packet::{EncodedVideoFrame, I420Frame, RtpIn, RtpOut, VideoFrameBody, VideoSourceKind};
pub use pii::Pii;
pub use profile::{Availability, Profile, ReportReason};
pub use signal::{
    BusyCause, IceServer, IceServerKind, OutgoingSignal, Provenance, ReceivedSignal, RejectReason, RetractReason,
    SessionInfo, Signal, SignalSource, SignalTarget, TerminateReason,
};
pub use time::{Moment, Timestamp};
pub use voice::{RecordedClip, RecordingEnd, RecordingProgress, VoicePlayback, VoicePlaybackState, VoiceSpeed};

/// The namespace of everything that no published extension covers (`docs/protocol.md`).
pub const CONFAB_CALL_NS: &str = "urn:confab:call:0";
