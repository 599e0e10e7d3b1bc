//! Which notifications stand on the desktop. Pure.
//!
//! In: the core's events, and whether the person looks at the main window. Out: what is to be shown and what is to be
//! taken back. One notification per call and conversation; a new message replaces the one before it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use confab_model::{
    AccountId, BareJid, CallDirection, CallId, CallMedia, CallPhase, CallRecord, CallSnapshot, ConnectionState,
    DeliveryState, Direction, EndReason, Event, EventEnvelope, GroupRequest, GroupRequestKind, Message, MessageContent,
    MessageId, RingKind, Sender,
};

/// Notifications at a time; the oldest is taken back for the next one. Against a flood from many addresses.
const MOST_SHOWN: usize = 20;
/// Applicants that one notification counts; of more, the oldest is forgotten.
const MOST_APPLICANTS: usize = 100;

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    Call(AccountId, CallId),
    MissedCall(AccountId, CallId),
    Conversation(AccountId, BareJid),
    /// People who ask to be let into a group.
    Applications(AccountId, BareJid),
    /// What came while the account was not connected.
    CaughtUp(AccountId),
}

impl Subject {
    pub(crate) fn account(&self) -> AccountId {
        match self {
            Self::Call(account, _)
            | Self::MissedCall(account, _)
            | Self::Conversation(account, _)
            | Self::Applications(account, _)
            | Self::CaughtUp(account) => *account,
        }
    }
}

/// What a notification says, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Ringing {
        from: BareJid,
        media: CallMedia,
    },
    Missed {
        from: BareJid,
        media: CallMedia,
    },
    /// `text` is `None` for a message that cannot be read here. `count` messages are unread since it was last empty.
    Message {
        /// The newest.
        id: MessageId,
        /// Its conversation: the person, or the group.
        from: BareJid,
        by: Sender,
        text: Option<String>,
        count: u32,
    },
    Applied {
        group: BareJid,
        /// Who waits for an answer; the newest last.
        from: Vec<BareJid>,
    },
    WhileAway {
        count: u32,
    },
}

/// One change on the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// In place of an earlier one about the same subject.
    Show(Subject, Content),
    Close(Subject),
}

/// The state of the desktop as far as it is ours.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// Oldest first.
    shown: VecDeque<(Subject, Content)>,
    /// Incoming calls that nobody has answered, and whether they ring.
    calls: BTreeMap<(AccountId, CallId), Incoming>,
    /// Accounts that are reading their archive, with the messages that came from it.
    catching_up: BTreeMap<AccountId, u32>,
    /// Whether the person looks at the main window.
    focused: bool,
}

#[derive(Debug, Default)]
struct Incoming {
    who: Option<(BareJid, CallMedia)>,
    loud: bool,
}

impl Board {
    /// Takes one event. With `enabled` off nothing new is shown.
    pub(crate) fn follow(&mut self, envelope: &EventEnvelope, enabled: bool) -> Vec<Step> {
        let Some(account) = envelope.account else { return Vec::new() };
        let mut steps = Vec::new();
        match &envelope.event {
            Event::CallChanged { call } => self.call_changed(account, call, &mut steps),
            Event::CallRinging { call, ring } => {
                self.calls.entry((account, call.clone())).or_default().loud = *ring == RingKind::Loud;
                if *ring == RingKind::Stopped {
                    self.forget_call(account, call, &mut steps);
                }
            }
            Event::CallDiscarded { call } => self.forget_call(account, call, &mut steps),
            Event::CallRecorded { record } => self.call_recorded(account, record, &mut steps),
            Event::MessageAdded { message } => self.message_added(account, message, &mut steps),
            Event::ConversationChanged { conversation } if conversation.unread == 0 => {
                self.close(&Subject::Conversation(account, conversation.jid.clone()), &mut steps);
            }
            Event::MessageUpdated { message } if message.content == MessageContent::Recalled => {
                self.message_gone(account, &message.conversation, &message.id, &mut steps);
            }
            Event::MessagesRemoved { conversation, messages } => {
                for message in messages {
                    self.message_gone(account, conversation, message, &mut steps);
                }
            }
            Event::ConversationRemoved { jid } => {
                self.close(&Subject::Conversation(account, jid.clone()), &mut steps);
            }
            Event::GroupRequested { request } => self.requested(account, request, &mut steps),
            Event::GroupRequestSettled { group, from, request: GroupRequestKind::Application } => {
                self.settled(account, group, from, &mut steps);
            }
            Event::GroupRemoved { jid } => self.close(&Subject::Applications(account, jid.clone()), &mut steps),
            Event::AccountChanged { account: changed } => self.connection(account, &changed.connection, &mut steps),
            Event::AccountRemoved => self.close_where(|subject| subject.account() == account, &mut steps),
            Event::Resync
            | Event::ContactChanged { .. }
            | Event::ContactRemoved { .. }
            | Event::ContactRequested { .. }
            | Event::ContactRequestSettled { .. }
            | Event::ContactDeclined { .. }
            | Event::ProfileChanged { .. }
            | Event::BlockedChanged { .. }
            | Event::AvailabilityChanged { .. }
            | Event::ConversationChanged { .. }
            | Event::MessageUpdated { .. }
            | Event::TransferProgressed { .. }
            | Event::GroupChanged { .. }
            | Event::GroupMembersChanged { .. }
            | Event::GroupRequestSettled { .. }
            | Event::Typing { .. }
            | Event::CallExtension { .. }
            | Event::AudioLevels { .. }
            | Event::RecordingProgressed { .. }
            | Event::VoicePlayed { .. }
            | Event::DevicesChanged { .. }
            | Event::DeviceReplaced { .. }
            | Event::DeviceFailed { .. }
            | Event::HistoryLoaded { .. }
            | Event::Warning { .. } => {}
        }
        self.show_ringing(&mut steps);
        if !enabled {
            self.shown
                .retain(|(subject, _)| !steps.iter().any(|s| matches!(s, Step::Show(shown, _) if shown == subject)));
            steps.retain(|step| matches!(step, Step::Close(_)));
        }
        steps
    }

    /// The main window got or lost the person's eyes. It shows calls itself, and what was missed.
    pub(crate) fn focus(&mut self, focused: bool, enabled: bool) -> Vec<Step> {
        self.focused = focused;
        let mut steps = Vec::new();
        if focused {
            self.close_where(|subject| !matches!(subject, Subject::Conversation(..)), &mut steps);
        } else if enabled {
            self.show_ringing(&mut steps);
        }
        steps
    }

    /// The desktop or the person took it away.
    pub(crate) fn closed(&mut self, subject: &Subject) {
        self.shown.retain(|(shown, _)| shown != subject);
        if let Subject::Call(account, call) = subject
            && let Some(incoming) = self.calls.get_mut(&(*account, call.clone()))
        {
            // Not shown again; the window goes on to ring.
            incoming.loud = false;
        }
    }

    /// The app ends.
    pub(crate) fn clear(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        self.calls.clear();
        self.close_where(|_| true, &mut steps);
        steps
    }

    /// What is shown about a subject.
    pub(crate) fn content(&self, subject: &Subject) -> Option<&Content> {
        self.shown.iter().find(|(shown, _)| shown == subject).map(|(_, content)| content)
    }

    fn call_changed(&mut self, account: AccountId, call: &CallSnapshot, steps: &mut Vec<Step>) {
        if call.direction != CallDirection::Incoming || call.phase != CallPhase::Calling {
            self.forget_call(account, &call.id, steps);
        } else if let Some(person) = call.participants.first() {
            let incoming = self.calls.entry((account, call.id.clone())).or_default();
            incoming.who = Some((person.jid.clone(), call.media));
        }
    }

    fn forget_call(&mut self, account: AccountId, call: &CallId, steps: &mut Vec<Step>) {
        self.calls.remove(&(account, call.clone()));
        self.close(&Subject::Call(account, call.clone()), steps);
    }

    fn show_ringing(&mut self, steps: &mut Vec<Step>) {
        let known: BTreeSet<_> = self.shown.iter().map(|(subject, _)| subject.clone()).collect();
        let ringing = self.calls.iter().filter(|(_, incoming)| incoming.loud);
        let news: Vec<_> = ringing
            .filter_map(|((account, call), incoming)| {
                let (from, media) = incoming.who.clone()?;
                Some((Subject::Call(*account, call.clone()), Content::Ringing { from, media }))
            })
            .filter(|(subject, _)| !known.contains(subject))
            .collect();
        for (subject, content) in news {
            self.show(subject, content, steps);
        }
    }

    fn call_recorded(&mut self, account: AccountId, record: &CallRecord, steps: &mut Vec<Step>) {
        let missed = record.direction == CallDirection::Incoming
            && record.answered_at.is_none()
            && matches!(record.reason, Some(EndReason::Timeout | EndReason::Cancelled));
        let Some((from, _)) = record.people.first().filter(|_| missed) else { return };
        if let Some(count) = self.catching_up.get_mut(&account) {
            *count = count.saturating_add(1);
            return;
        }
        let content = Content::Missed { from: from.clone(), media: record.media };
        self.show(Subject::MissedCall(account, record.id.clone()), content, steps);
    }

    fn message_added(&mut self, account: AccountId, message: &Message, steps: &mut Vec<Step>) {
        let text = match &message.content {
            MessageContent::Text { text } => Some(text.clone()),
            MessageContent::Encrypted { .. } => None,
            // The call has a notification of its own; of the others nothing was written to the person.
            MessageContent::Call { .. } | MessageContent::Notice { .. } | MessageContent::Recalled => return,
            MessageContent::File { file, caption } if caption.is_empty() => Some(file.name.clone()),
            MessageContent::File { caption: text, .. } | MessageContent::Custom { text } => Some(text.clone()),
            MessageContent::Location { location } => Some(location.address.clone()),
        };
        let text = message.push_text.clone().or(text);
        // Read already: on another device, before the archive told us.
        if message.direction != Direction::Incoming || message.delivery == DeliveryState::Read {
            return;
        }
        if let Some(count) = self.catching_up.get_mut(&account) {
            *count = count.saturating_add(1);
            return;
        }
        let subject = Subject::Conversation(account, message.conversation.clone());
        let before = match self.content(&subject) {
            Some(Content::Message { count, .. }) => *count,
            _ => 0,
        };
        let from = message.conversation.clone();
        let by = message.sender.clone();
        let content = Content::Message { id: message.id.clone(), from, by, text, count: before.saturating_add(1) };
        self.show(subject, content, steps);
    }

    /// Invitations wait in the window, as strangers do.
    fn requested(&mut self, account: AccountId, request: &GroupRequest, steps: &mut Vec<Step>) {
        if request.kind != GroupRequestKind::Application {
            return;
        }
        let subject = Subject::Applications(account, request.group.clone());
        let mut from = match self.content(&subject) {
            Some(Content::Applied { from, .. }) => from.clone(),
            _ => Vec::new(),
        };
        // They stand there already: who writes again does not ring again.
        if from.contains(&request.from) {
            return;
        }
        if from.len() >= MOST_APPLICANTS {
            from.remove(0);
        }
        from.push(request.from.clone());
        self.show(subject, Content::Applied { group: request.group.clone(), from }, steps);
    }

    /// Answered, here or by another who leads the group.
    fn settled(&mut self, account: AccountId, group: &BareJid, of: &BareJid, steps: &mut Vec<Step>) {
        let subject = Subject::Applications(account, group.clone());
        let Some(Content::Applied { from, .. }) = self.content(&subject) else { return };
        let rest: Vec<_> = from.iter().filter(|other| *other != of).cloned().collect();
        if rest.is_empty() {
            self.close(&subject, steps);
        } else if rest.len() < from.len() {
            self.show(subject, Content::Applied { group: group.clone(), from: rest }, steps);
        }
    }

    /// What was taken back is not left on the desktop.
    fn message_gone(&mut self, account: AccountId, conversation: &BareJid, gone: &MessageId, steps: &mut Vec<Step>) {
        let subject = Subject::Conversation(account, conversation.clone());
        if matches!(self.content(&subject), Some(Content::Message { id, .. }) if id == gone) {
            self.close(&subject, steps);
        }
    }

    fn connection(&mut self, account: AccountId, state: &ConnectionState, steps: &mut Vec<Step>) {
        if let ConnectionState::Online { catching_up: true } = state {
            self.catching_up.entry(account).or_default();
        } else if let Some(count) = self.catching_up.remove(&account).filter(|count| *count > 0) {
            self.show(Subject::CaughtUp(account), Content::WhileAway { count }, steps);
        }
    }

    fn show(&mut self, subject: Subject, content: Content, steps: &mut Vec<Step>) {
        if self.focused {
            return;
        }
        self.shown.retain(|(shown, _)| *shown != subject);
        if self.shown.len() >= MOST_SHOWN
            && let Some((oldest, _)) = self.shown.pop_front()
        {
            steps.push(Step::Close(oldest));
        }
        self.shown.push_back((subject.clone(), content.clone()));
        steps.push(Step::Show(subject, content));
    }

    fn close(&mut self, subject: &Subject, steps: &mut Vec<Step>) {
        self.close_where(|shown| shown == subject, steps);
    }

    fn close_where(&mut self, goes: impl Fn(&Subject) -> bool, steps: &mut Vec<Step>) {
        self.shown.retain(|(subject, _)| {
            let gone = goes(subject);
            if gone {
                steps.push(Step::Close(subject.clone()));
            }
            !gone
        });
    }
}

#[cfg(test)]
mod tests;
