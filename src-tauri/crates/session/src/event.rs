//! What a session tells. No XML from here on up.

use confab_model::{
    Availability, BareJid, CallRecord, ConnectionState, Contact, ContactRequest, FailureWhy, FullJid, Group,
    GroupMember, GroupNotice, GroupRequest, GroupRequestKind, MessageId, PresenceShow, ReceivedSignal, Sender,
    Timestamp, TypingState,
};

use crate::{
    Amendment, DeliveredBy, GroupAcknowledgement, ReceivedMessage, SignInToken,
    xep::{avatars_0084::AvatarInfo, displayed_0490::Displayed},
};

/// One thing that happened. In the order in which it happened.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionEvent {
    /// Replaces what was known of the connection.
    ConnectionChanged(ConnectionState),
    /// Stanzas can be sent. With `resumed`, nothing was lost: stanzas in flight were sent again by the stream.
    /// Otherwise the outbox sends again, with the same ids, what was never acknowledged.
    Online {
        jid: FullJid,
        resumed: bool,
        /// Counts those that were not resumed: for [`SessionHandle::send_message_in`](crate::SessionHandle::send_message_in).
        session: u64,
    },
    /// What this server can do; in every new (not resumed) session, and again when more of it is known.
    ServerFeaturesKnown(ServerFeatures),
    /// Keep it in the keychain in place of the one before; it stands for the password from now on.
    TokenIssued(SignInToken),
    /// Forget the token. With a known password the session has already gone on with that; otherwise
    /// `Failed{WrongPassword}` follows and the person has to type it.
    TokenRefused,

    /// Somebody signed out of all devices of the account, by this id: those that know another one sign out. Comes again with
    /// every new session.
    SignOutAsked {
        id: String,
    },

    /// The password was proven by this SASL mechanism, a stronger one than before. Keep it: it goes back into the
    /// configuration.
    SignInProven {
        mechanism: String,
    },

    /// Whether the server is to be signed in to without SASL2: with it, it ends the stream over a stanza that it takes without.
    /// Keep it: it goes back into the configuration.
    Sasl2Avoided {
        avoided: bool,
    },

    /// The whole roster. Replaces all contacts; `version` goes back into the configuration.
    ContactsLoaded {
        contacts: Vec<Contact>,
        version: Option<String>,
    },
    /// One contact changed: roster entry or presence. `version` if the roster changed.
    ContactChanged {
        contact: Contact,
        version: Option<String>,
    },
    ContactRemoved {
        jid: BareJid,
        version: Option<String>,
    },
    /// Somebody asks to see our presence. May be repeated after a new sign-in.
    ContactRequested(ContactRequest),
    /// Answered on another device, or withdrawn.
    ContactRequestSettled {
        from: BareJid,
    },
    /// Who was asked to become a contact does not want to; the reason may be empty.
    ContactDeclined {
        jid: BareJid,
        reason: String,
    },

    MessageReceived(Box<ReceivedMessage>),
    MessageAmended(Box<Amendment>),
    /// The server has an own message (XEP-0198; without it: it was written to the stream).
    MessageSent {
        id: MessageId,
    },
    /// The stream was lost for good before the server acknowledged these, in the order of sending: send them
    /// again with the same ids after the next `Online`. Those of them that did arrive are told apart by the
    /// archive catch-up and by the receiving side's check for doubles.
    MessagesUnacknowledged {
        ids: Vec<MessageId>,
    },
    /// The far side's device confirmed an own message (XEP-0184). Believe it only for a message to `by`.
    MessageDelivered(DeliveredBy),
    /// The far side displayed own messages up to this one (XEP-0333). Believe it only for a message to `by`.
    MessageDisplayed(DeliveredBy),
    /// Another own device displayed the conversation up to this message.
    DisplayedElsewhere {
        conversation: BareJid,
        up_to: MessageId,
    },
    /// Another device of this account displayed the conversation up to the message with this archive id (XEP-0490);
    /// comes again with every new session, and for what this device displayed itself.
    DisplayedUpTo(Displayed),
    /// An own message came back as an error. Believe it only for a message to `to`.
    MessageFailed {
        id: MessageId,
        to: BareJid,
        why: FailureWhy,
    },
    Typing {
        conversation: BareJid,
        who: Sender,
        state: TypingState,
    },

    /// Everything in the archive up to this id has been told. Keep it: it goes back into the configuration.
    /// (Not the id of the newest message: one that comes live during the catch-up is ahead of a gap.)
    ArchiveReached {
        id: String,
    },
    /// The server's archive does not go back to the last known id: older messages may be missing in the store.
    ArchiveGap,

    /// Everybody who is blocked (XEP-0191). Replaces what was known.
    BlockedChanged {
        blocked: Vec<BareJid>,
    },
    /// A contact, or this account on another device, has another name or picture.
    ProfileChanged(ProfileUpdate),
    /// The own availability was set on any device, or a time that was set for it is over. The own presence follows it
    /// already.
    AvailabilityChanged(Availability),

    /// Something of a group.
    Group(Box<GroupEvent>),

    /// How a call ended, as a device of this account tells; also this one's own words, out of the archive.
    CallTold(Box<ToldCall>),
    /// A call signal with its provenance (`xep::jmi_0353`, `xep::jingle_*`).
    SignalReceived(ReceivedSignal),
}

/// The record of a call, of the own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCall {
    pub record: CallRecord,
    /// The device that tells.
    pub by: Option<FullJid>,
}

/// What happens to groups and in them, beside their messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEvent {
    /// A group, or how this account stands to it, changed. Replaces what was known of it.
    Changed(Group),
    /// Who is in a group. `complete`: its lists were read too
    /// ([`SessionHandle::group_members`](crate::SessionHandle::group_members)), and this replaces what was known; without
    /// them, after entering, it is who is there with a device.
    Members { group: BareJid, members: Vec<GroupMember>, complete: bool },
    /// Somebody came, went or is something else now.
    MemberChanged { group: BareJid, member: GroupMember },
    /// Something happened in a group while this device was there.
    Noticed { group: BareJid, notice: GroupNotice, at: Timestamp },
    /// An invitation, or an application for a group that this account rules. Those of strangers (not `from_contact`) ring
    /// and load nothing.
    Requested { request: GroupRequest, from_contact: bool },
    /// Answered, here or on another device.
    RequestSettled { group: BareJid, kind: GroupRequestKind, from: BareJid },
    /// A group has an own message, and gave it this id; [`SessionEvent::MessageSent`] follows.
    Reflected { group: BareJid, id: MessageId, archive_id: Option<String>, sent_at: Timestamp },
    /// XEP-0184 in a group: only from clients that give such receipts there.
    Delivered(GroupAcknowledgement),
    /// A member displayed messages of a group up to this one (XEP-0333).
    Displayed(GroupAcknowledgement),
    /// As [`SessionEvent::ArchiveReached`], of the archive of a group.
    ArchiveReached { group: BareJid, id: String },
    /// As [`SessionEvent::ArchiveGap`].
    ArchiveGap { group: BareJid },
    /// This device is in the group, and its archive was read up to now as far as it can be: whatever of the own messages the
    /// group has was told before. What was not may be sent (again) from here on.
    CaughtUp { group: BareJid },
}

/// What somebody changed of what they publish of themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileUpdate {
    pub jid: BareJid,
    pub change: ProfileChange,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileChange {
    /// XEP-0172; empty: none any more.
    Nickname(String),
    /// XEP-0084 or XEP-0153. `None`: no picture any more.
    Avatar(Option<AvatarInfo>),
}

/// What the server offers, so that the app can name what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerFeatures {
    /// XEP-0313
    pub archive: bool,
    /// XEP-0280
    pub carbons: bool,
    /// XEP-0198
    pub stream_management: bool,
    /// XEP-0215
    pub external_services: bool,
    /// XEP-0191
    pub blocking: bool,
    /// XEP-0377
    pub reporting: bool,
    /// XEP-0357
    pub push: bool,
    /// XEP-0163: profiles, read marks and availability are kept by the account.
    pub personal_eventing: bool,
    /// XEP-0363, and the largest file in octets if the service tells. May be told a moment after the rest.
    pub upload: bool,
    pub max_upload: Option<u64>,
    /// There is a service for groups (XEP-0045). May be told a moment after the rest.
    pub groups: bool,
    /// People can be looked up (XEP-0055). May be told a moment after the rest.
    pub directory: bool,
}

/// A signed-in device of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub jid: FullJid,
    pub show: PresenceShow,
    pub priority: i8,
    pub status: String,
}
