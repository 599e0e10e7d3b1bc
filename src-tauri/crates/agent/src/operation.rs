//! The operations that a line may ask for, as they are written: names, arguments, what may be left out.
//!
//! Which function of the core does each is in `dispatch`.

use std::path::PathBuf;

use confab_client::{ExportForm, GroupChange, Language, Place, SearchFor, Settings};
use confab_model::{
    AccountId, Availability, BareJid, CallId, CallMedia, ConversationChange, DeviceId, DeviceKind, DraftContent,
    GroupRequest, GroupRole, Mention, MessageId, Pii, RegistrationFormAnswer, ReportReason, Sender, ServerAddress,
    Timestamp, TypingState, VoiceSpeed,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Every operation of the core, by name, with its arguments.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "op", content = "args", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Operation {
    Startup {},
    SettingsSave {
        settings: Settings,
    },

    SignIn {
        jid: BareJid,
        password: Pii<String>,
        server: Option<ServerAddress>,
        #[serde(default, deserialize_with = "or_default")]
        remember: bool,
    },
    SignOut {
        account: AccountId,
    },
    SignOutEverywhere {
        account: AccountId,
    },
    ChangePassword {
        account: AccountId,
        password: Pii<String>,
    },
    /// From its server, for good.
    DeleteAccount {
        account: AccountId,
    },
    RemoveAccount {
        account: AccountId,
    },
    Reconnect {
        account: AccountId,
    },
    RegistrationForm {
        domain: String,
        server: Option<ServerAddress>,
    },
    Register {
        domain: String,
        server: Option<ServerAddress>,
        answers: Vec<RegistrationFormAnswer>,
    },

    Contacts {
        account: AccountId,
        #[serde(default, deserialize_with = "or_default")]
        refresh: bool,
    },
    ContactRequests {
        account: AccountId,
    },
    AddContact {
        account: AccountId,
        jid: BareJid,
        #[serde(default, deserialize_with = "or_default")]
        name: String,
        #[serde(default, deserialize_with = "or_default")]
        reason: String,
    },
    AcceptContact {
        account: AccountId,
        jid: BareJid,
    },
    DeclineContact {
        account: AccountId,
        jid: BareJid,
        #[serde(default, deserialize_with = "or_default")]
        reason: String,
    },
    RemoveContact {
        account: AccountId,
        jid: BareJid,
    },
    RenameContact {
        account: AccountId,
        jid: BareJid,
        name: String,
    },
    GroupContact {
        account: AccountId,
        jid: BareJid,
        groups: Vec<String>,
    },

    Conversations {
        account: AccountId,
    },
    ConversationPage {
        account: AccountId,
        #[serde(default)]
        after: Option<String>,
        limit: u32,
    },
    OpenConversation {
        account: AccountId,
        jid: BareJid,
    },
    Messages {
        account: AccountId,
        conversation: BareJid,
        before: Option<MessageId>,
        limit: u32,
    },
    SendText {
        account: AccountId,
        conversation: BareJid,
        text: String,
    },
    SendMessage {
        account: AccountId,
        conversation: BareJid,
        content: DraftContent,
        reply_to: Option<MessageId>,
        #[serde(default, deserialize_with = "or_default")]
        mentions: Vec<Mention>,
        extension: Option<Value>,
        config: Option<Value>,
        push_text: Option<String>,
    },
    EditMessage {
        account: AccountId,
        message: MessageId,
        text: String,
        #[serde(default, deserialize_with = "or_default")]
        mentions: Vec<Mention>,
    },
    RecallMessage {
        account: AccountId,
        message: MessageId,
    },
    React {
        account: AccountId,
        message: MessageId,
        emojis: Vec<String>,
    },
    ForwardMessages {
        account: AccountId,
        messages: Vec<MessageId>,
        to: Vec<BareJid>,
    },
    DeleteMessages {
        account: AccountId,
        messages: Vec<MessageId>,
    },
    Message {
        account: AccountId,
        message: MessageId,
    },
    Receipts {
        account: AccountId,
        message: MessageId,
    },
    Resend {
        account: AccountId,
        message: MessageId,
    },
    Download {
        account: AccountId,
        message: MessageId,
    },
    CancelTransfer {
        account: AccountId,
        message: MessageId,
    },
    SaveAttachment {
        account: AccountId,
        message: MessageId,
        folder: PathBuf,
    },
    StartRecording {},
    FinishRecording {},
    CancelRecording {},
    /// Without a message: stops.
    PlayVoice {
        account: AccountId,
        message: Option<MessageId>,
        #[serde(default, deserialize_with = "or_default")]
        from_ms: u32,
        #[serde(default, deserialize_with = "or_default")]
        speed: VoiceSpeed,
    },
    /// What was recorded and waits to be sent; `PlayVoice` stops it.
    PlayRecording {
        path: String,
        #[serde(default, deserialize_with = "or_default")]
        from_ms: u32,
        #[serde(default, deserialize_with = "or_default")]
        speed: VoiceSpeed,
    },
    SetTyping {
        account: AccountId,
        conversation: BareJid,
        state: TypingState,
    },
    MarkDisplayed {
        account: AccountId,
        conversation: BareJid,
        up_to: MessageId,
    },
    SaveDraft {
        account: AccountId,
        conversation: BareJid,
        text: String,
    },
    SearchMessages {
        account: AccountId,
        query: String,
        conversation: Option<BareJid>,
        before: Option<MessageId>,
        limit: u32,
    },
    Search {
        account: AccountId,
        #[serde(default, deserialize_with = "or_default")]
        text: String,
        conversation: Option<BareJid>,
        #[serde(default, deserialize_with = "or_default")]
        kind: SearchFor,
        sender: Option<BareJid>,
        from: Option<Timestamp>,
        #[serde(default, deserialize_with = "or_default")]
        forward: bool,
        before: Option<MessageId>,
        limit: u32,
    },
    MessagesAround {
        account: AccountId,
        conversation: BareJid,
        place: Place,
        limit: u32,
    },
    MessagesAfter {
        account: AccountId,
        conversation: BareJid,
        after: Option<MessageId>,
        limit: u32,
    },
    SetConversation {
        account: AccountId,
        jid: BareJid,
        #[serde(default, deserialize_with = "or_default")]
        change: ConversationChange,
    },
    DeleteConversation {
        account: AccountId,
        jid: BareJid,
    },
    AcceptRequest {
        account: AccountId,
        jid: BareJid,
    },

    ExportConversation {
        account: AccountId,
        conversation: BareJid,
        folder: PathBuf,
        form: ExportForm,
        #[serde(default = "english")]
        language: Language,
    },
    DeleteOlder {
        before: Timestamp,
    },
    BackUp {
        to: PathBuf,
        passphrase: Pii<String>,
    },
    RestoreBackup {
        from: PathBuf,
        passphrase: Pii<String>,
    },

    Block {
        account: AccountId,
        jid: BareJid,
        report: Option<ReportReason>,
        #[serde(default, deserialize_with = "or_default")]
        messages: Vec<MessageId>,
    },
    Unblock {
        account: AccountId,
        jid: BareJid,
    },
    Blocked {
        account: AccountId,
    },
    Profiles {
        account: AccountId,
    },
    Profile {
        account: AccountId,
        jid: BareJid,
    },
    SetProfile {
        account: AccountId,
        name: String,
    },
    /// Of a file of this device; `null` takes the picture away.
    SetAvatar {
        account: AccountId,
        path: Option<PathBuf>,
    },
    Avatar {
        account: AccountId,
        key: String,
    },
    Availability {
        account: AccountId,
    },
    SetAvailability {
        account: AccountId,
        availability: Availability,
    },

    Groups {
        account: AccountId,
        #[serde(default, deserialize_with = "or_default")]
        refresh: bool,
    },
    GroupInfo {
        account: AccountId,
        group: BareJid,
        #[serde(default, deserialize_with = "or_default")]
        refresh: bool,
    },
    GroupMembers {
        account: AccountId,
        group: BareJid,
        #[serde(default, deserialize_with = "or_default")]
        refresh: bool,
    },
    GroupRequests {
        account: AccountId,
    },
    CreateGroup {
        account: AccountId,
        name: String,
        #[serde(default, deserialize_with = "or_default")]
        description: String,
        #[serde(default, deserialize_with = "or_default")]
        public: bool,
        #[serde(default, deserialize_with = "or_default")]
        members: Vec<BareJid>,
        #[serde(default, deserialize_with = "or_default")]
        welcome: String,
        /// Of a file of this device.
        picture: Option<String>,
    },
    JoinGroup {
        account: AccountId,
        address: String,
        #[serde(default, deserialize_with = "or_default")]
        text: String,
    },
    LeaveGroup {
        account: AccountId,
        group: BareJid,
    },
    DissolveGroup {
        account: AccountId,
        group: BareJid,
        #[serde(default, deserialize_with = "or_default")]
        reason: String,
    },
    ChangeGroup {
        account: AccountId,
        group: BareJid,
        #[serde(default, deserialize_with = "or_default")]
        change: GroupChange,
    },
    /// Of a file of this device; `null` takes the picture away.
    SetGroupPicture {
        account: AccountId,
        group: BareJid,
        path: Option<PathBuf>,
    },
    InviteToGroup {
        account: AccountId,
        group: BareJid,
        people: Vec<BareJid>,
        #[serde(default, deserialize_with = "or_default")]
        text: String,
    },
    SetGroupRole {
        account: AccountId,
        group: BareJid,
        member: Sender,
        role: GroupRole,
    },
    RemoveFromGroup {
        account: AccountId,
        group: BareJid,
        member: Sender,
        #[serde(default, deserialize_with = "or_default")]
        reason: String,
    },
    ModerateMessage {
        account: AccountId,
        message: MessageId,
        #[serde(default, deserialize_with = "or_default")]
        reason: String,
    },
    AnswerGroupRequest {
        account: AccountId,
        request: GroupRequest,
        accept: bool,
        #[serde(default, deserialize_with = "or_default")]
        text: String,
    },
    GroupLink {
        account: AccountId,
        group: BareJid,
    },

    PlaceCall {
        account: AccountId,
        to: BareJid,
        media: CallMedia,
        timeout_s: Option<u32>,
        extension: Option<Map<String, Value>>,
    },
    AcceptCall {
        account: AccountId,
        call: CallId,
        media: CallMedia,
    },
    RejectCall {
        account: AccountId,
        call: CallId,
        text: Option<String>,
    },
    HangUp {
        account: AccountId,
        call: CallId,
    },
    SetMuted {
        account: AccountId,
        call: CallId,
        muted: bool,
    },
    SetCamera {
        account: AccountId,
        call: CallId,
        on: bool,
    },
    AddVideo {
        account: AccountId,
        call: CallId,
    },
    RemoveVideo {
        account: AccountId,
        call: CallId,
    },
    SetHeld {
        account: AccountId,
        call: CallId,
        held: bool,
    },
    Calls {},
    CallRecords {
        account: AccountId,
        count: u32,
        #[serde(default, deserialize_with = "or_default")]
        cursor: u32,
    },
    CallReport {
        account: AccountId,
        call: CallId,
    },

    Devices {},
    SelectDevice {
        kind: DeviceKind,
        id: Option<DeviceId>,
    },

    /// Ends the agent after everything queued before it; end of input does the same.
    Quit {},
}

fn english() -> Language {
    Language::English
}

/// `null` says as much as nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}
