//! Everything that the core tells a shell. Small entities travel whole and replace what the receiver has.

use serde::{Deserialize, Serialize};

use crate::{
    Account, AccountId, AudioLevel, Availability, BareJid, CallId, CallRecord, CallSnapshot, Contact, ContactRequest,
    Conversation, DeviceKind, Devices, Group, GroupRequest, GroupRequestKind, Message, MessageId, Profile,
    RecordingProgress, RingKind, Sender, TransferProgress, TypingState, VoicePlayback,
};

/// An event with its account (`None`: of the whole device) and a number that grows by one per event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EventEnvelope {
    pub account: Option<AccountId>,
    /// Starts again at 1 with every start of the core; wraps at 2³².
    pub seq: u32,
    pub event: Event,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum Event {
    /// The receiver was too slow and missed events: ask for everything again.
    Resync,
    AccountChanged {
        account: Account,
    },
    AccountRemoved,
    ContactChanged {
        contact: Contact,
    },
    ContactRemoved {
        jid: BareJid,
    },
    ContactRequested {
        request: ContactRequest,
    },
    /// Answered here or on another device, or withdrawn.
    ContactRequestSettled {
        from: BareJid,
    },
    /// Who was asked to become a contact declined, with a reason or without (empty).
    ContactDeclined {
        jid: BareJid,
        reason: String,
    },
    /// Somebody's name or picture, or the own.
    ProfileChanged {
        profile: Profile,
    },
    /// Everybody who is blocked (XEP-0191).
    BlockedChanged {
        blocked: Vec<BareJid>,
    },
    /// The own availability, set here or on another device.
    AvailabilityChanged {
        availability: Availability,
    },
    ConversationChanged {
        conversation: Conversation,
    },
    /// Deleted here.
    ConversationRemoved {
        jid: BareJid,
    },
    MessageAdded {
        message: Message,
    },
    MessageUpdated {
        message: Message,
    },
    /// Deleted here, or by the retention that the person has set.
    MessagesRemoved {
        conversation: BareJid,
        messages: Vec<MessageId>,
    },
    /// At most five times a second and file; the message follows when the state of its file changes.
    TransferProgressed {
        conversation: BareJid,
        message: MessageId,
        progress: TransferProgress,
    },
    Typing {
        conversation: BareJid,
        /// Who types; of more than one in a group, each is told.
        who: Sender,
        state: TypingState,
    },
    GroupChanged {
        group: Group,
    },
    /// The group is not kept any more.
    GroupRemoved {
        jid: BareJid,
    },
    /// Somebody came, went or changed: ask for the members again if they are on screen.
    GroupMembersChanged {
        group: BareJid,
    },
    /// An invitation into a group, or an application for an own group.
    GroupRequested {
        request: GroupRequest,
    },
    GroupRequestSettled {
        group: BareJid,
        from: BareJid,
        request: GroupRequestKind,
    },
    /// Replaces what is known of this call.
    CallChanged {
        call: CallSnapshot,
    },
    /// How an incoming call makes itself known from now on.
    CallRinging {
        call: CallId,
        ring: RingKind,
    },
    /// The far side's extension object; never from a stranger before accept.
    CallExtension {
        call: CallId,
        extension: serde_json::Value,
    },
    /// The call leaves the screen without an end: two people called each other and it was merged into the other call, or
    /// this device stopped while it rang.
    CallDiscarded {
        call: CallId,
    },
    /// A record was opened or closed.
    CallRecorded {
        record: CallRecord,
    },
    /// 20 times a second at most, during a call or a device test.
    AudioLevels {
        call: Option<CallId>,
        level: AudioLevel,
    },
    /// Of the voice clip that is being recorded, several times a second; the last one says why it ended by itself.
    RecordingProgressed {
        progress: RecordingProgress,
    },
    /// Of the voice clip that is played, ten times a second, and when it stops.
    VoicePlayed {
        playback: VoicePlayback,
    },
    DevicesChanged {
        devices: Devices,
    },
    /// A device went away in use and another took its place (`None`: none was left).
    DeviceReplaced {
        device: DeviceKind,
        lost: String,
        replacement: Option<String>,
    },
    /// A device could not be used; the call goes on without it. `code`: `busy`, `denied`, `notFound`, `failed`.
    DeviceFailed {
        device: DeviceKind,
        code: String,
        detail: String,
    },
    /// The person asked for history that is now in the store: messages before `before` may be read again.
    HistoryLoaded {
        conversation: BareJid,
        before: Option<MessageId>,
        complete: bool,
    },
    /// Something happened that a person should read once, for example a full disk. `code` is stable.
    Warning {
        code: String,
        detail: String,
    },
}
