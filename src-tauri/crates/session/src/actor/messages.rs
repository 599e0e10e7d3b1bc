//! One-to-one messages: sending them, and telling what is in those that arrive.

use confab_model::{
    BareJid, CallRecord, Change, ConversationKind, FailureWhy, FullJid, MessageId, Sender, Timestamp, TypingState,
};
use jid::Jid;
use minidom::Element;

use super::{
    Actor,
    told::{Said, Told},
};
use crate::{
    DeliveredBy, MessageSource, OutgoingContent, OutgoingMessage, Receipt, SendError, SessionEvent, ToldCall,
    content::{self, Content},
    xep::{
        archive_0313, call_records,
        carbons_0280::{self, Carbon},
        chat_states_0085, markers_0333, pubsub_0060, receipts_0184, stanza_ids_0359,
    },
    xml::{ElementExt, element, jid_attr, ns, stanza_error},
};

/// Where a message came from, and what is certain about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub source: MessageSource,
    pub sent_at: Timestamp,
    /// What the own server says about that, by its clock.
    pub stamped: Option<Timestamp>,
    /// The id that the own archive gave it.
    pub archive_id: Option<String>,
    /// What that has before it was not all told.
    pub ahead: bool,
}

/// Sender and conversation of a message that is not an error and not a group's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parties {
    pub from: Jid,
    pub sender: BareJid,
    pub conversation: BareJid,
    pub own: bool,
}

/// Who talks to whom. `None`: it is not part of a conversation with a person.
pub(super) fn parties(message: &Element, own: &jid::BareJid) -> Option<Parties> {
    if !matches!(message.attr("type"), None | Some("chat" | "normal")) {
        return None;
    }
    let from = jid_attr(message, "from")?;
    let sender = from.to_bare();
    let is_own = sender == *own;
    // What an account sends to itself Prosody archives without an address.
    let other = jid_attr(message, "to").filter(|_| is_own).map_or_else(|| sender.clone(), |to| to.to_bare());
    Some(Parties { from, sender: sender.into(), conversation: other.into(), own: is_own })
}

/// Reads what a message says. `None`: nothing that a person said, for example a receipt.
pub(super) fn read_message(message: &Element, parties: &Parties, envelope: &Envelope) -> Option<Told> {
    let content = content::read(message, None)?;
    if matches!(content, Content::Change { change: Change::Moderated { .. }, .. }) {
        // Between two people nobody moderates.
        tracing::info!("a moderation outside of a group");
        return None;
    }
    let said = Said {
        conversation: &parties.conversation,
        kind: ConversationKind::Direct,
        sender: Sender::person(parties.sender.clone()),
        device: parties.from.clone().try_into_full().ok().map(FullJid::from),
        own: parties.own,
    };
    Some(said.told(message, content, envelope))
}

impl Actor {
    pub(super) fn message(&mut self, stanza: &Element) {
        if archive_0313::is_result(stanza) {
            if self.is_own_account(stanza) {
                self.archive_result(stanza);
            } else if !self.room_archive_result(stanza) {
                tracing::warn!("forged archive result");
            }
            return;
        }
        if pubsub_0060::is_event(stanza) {
            if !self.bookmarks_changed(stanza) {
                self.node_changed(stanza);
            }
            return;
        }
        if self.room_message(stanza) {
            return;
        }
        match carbons_0280::read(stanza, self.own()) {
            Carbon::None => self.live_message(stanza),
            Carbon::Forged => tracing::warn!("forged carbon"),
            Carbon::Sent(inner) => {
                let inner = inner.clone();
                let from_own = jid_attr(&inner, "from").is_some_and(|from| from.to_bare() == *self.own());
                if from_own {
                    let envelope = self.carbon_envelope(&inner);
                    self.delivered(&inner, &envelope);
                }
            }
            Carbon::Received(inner) => {
                let inner = inner.clone();
                let to_own = jid_attr(&inner, "to").is_some_and(|to| to.to_bare() == *self.own());
                if to_own {
                    let envelope = self.carbon_envelope(&inner);
                    self.delivered(&inner, &envelope);
                }
            }
        }
    }

    fn carbon_envelope(&self, inner: &Element) -> Envelope {
        Envelope {
            source: MessageSource::Carbon,
            // A delay in the copy may be the sender's own claim.
            sent_at: self.live_time(inner),
            stamped: self.stamp(inner),
            archive_id: self.archive_id(inner),
            ahead: !self.follows_archive(self.stamp(inner).is_some()),
        }
    }

    fn archive_id(&self, message: &Element) -> Option<String> {
        self.trusts_stanza_ids.then(|| stanza_ids_0359::stanza_id(message, self.own())).flatten()
    }

    fn live_message(&mut self, stanza: &Element) {
        if stanza.attr("type") == Some("error") {
            self.bounced(stanza);
            return;
        }
        let envelope = Envelope {
            source: MessageSource::Live,
            sent_at: self.live_time(stanza),
            stamped: self.stamp(stanza),
            archive_id: self.archive_id(stanza),
            ahead: !self.follows_archive(self.stamp(stanza).is_some()),
        };
        self.delivered(stanza, &envelope);
    }

    /// A message of a conversation, live, by carbon or from the catch-up. Tells everything that is in it.
    pub(super) fn delivered(&mut self, message: &Element, envelope: &Envelope) {
        let Some(parties) = parties(message, self.own()) else { return };
        if self.group_wish(message, &parties, envelope) {
            return;
        }
        if let Some(signal) = self.codecs.read_message(message) {
            self.message_signal(signal, message, &parties, envelope);
        }
        self.tell_acknowledgements(message, &parties, envelope);
        if envelope.source == MessageSource::Live
            && !parties.own
            && let Some(state) = chat_states_0085::read(message)
        {
            let (conversation, who) = (parties.conversation.clone(), Sender::person(parties.sender.clone()));
            self.emit(SessionEvent::Typing { conversation, who, state });
        }
        if parties.own
            && parties.conversation == parties.sender
            && let Some(record) = call_records::read(message)
        {
            let by = parties.from.clone().try_into_full().ok().map(FullJid::from);
            self.emit(SessionEvent::CallTold(Box::new(ToldCall { record, by })));
        }
        match read_message(message, &parties, envelope) {
            Some(Told::Message(mut received)) => {
                received.receipt = self.receipt(message, &parties, envelope);
                self.emit(SessionEvent::MessageReceived(received));
            }
            Some(Told::Amendment(amendment)) => self.emit(SessionEvent::MessageAmended(amendment)),
            None => {}
        }
        if let Some(id) = &envelope.archive_id
            && envelope.source != MessageSource::Archive
        {
            self.live_archive_id(id.clone(), envelope.stamped.is_some());
        }
    }

    /// The receipt that a message asks for. It tells the sender that we are here, which is only for those who may see that
    /// anyway. What came by carbon was for another device, which confirms it.
    fn receipt(&self, message: &Element, parties: &Parties, envelope: &Envelope) -> Option<Receipt> {
        let answers = match envelope.source {
            MessageSource::Live => true,
            MessageSource::Carbon => false,
            MessageSource::Archive => self.archive.confirms_receipt(),
        };
        let is_owed = answers && !parties.own && receipts_0184::is_requested(message);
        let id = message.attr("id").filter(|id| !id.is_empty() && id.len() <= stanza_ids_0359::MAX_ID)?;
        (is_owed && self.people.may_see_us(&parties.sender))
            .then(|| Receipt { to: parties.from.clone(), message: id.into() })
    }

    fn tell_acknowledgements(&mut self, message: &Element, parties: &Parties, envelope: &Envelope) {
        let by = || (parties.sender.clone(), envelope.sent_at);
        if let Some(id) = receipts_0184::received(message)
            && !parties.own
        {
            let (by, at) = by();
            self.emit(SessionEvent::MessageDelivered(DeliveredBy { message: id.into(), by, at }));
        }
        if let Some(id) = markers_0333::displayed(message) {
            let (by, at) = by();
            self.emit(if parties.own {
                SessionEvent::DisplayedElsewhere { conversation: parties.conversation.clone(), up_to: id.into() }
            } else {
                SessionEvent::MessageDisplayed(DeliveredBy { message: id.into(), by, at })
            });
        }
    }

    pub(super) fn bounced(&mut self, stanza: &Element) {
        let (Some(id), Some(from)) = (stanza.attr("id"), jid_attr(stanza, "from")) else { return };
        let error = stanza_error(stanza);
        if self.proposal_bounced(id, &from, &error.condition) {
            return;
        }
        let detail = if error.text.is_empty() { error.condition.clone() } else { error.text };
        let why = match error.condition.as_str() {
            "item-not-found" | "jid-malformed" | "gone" => FailureWhy::NoSuchAddress,
            "remote-server-not-found" | "remote-server-timeout" => {
                FailureWhy::ServerUnreachable { domain: from.domain().as_str().to_owned() }
            }
            "service-unavailable"
            | "forbidden"
            | "not-allowed"
            | "not-acceptable"
            | "not-authorized"
            | "policy-violation"
            | "registration-required"
            | "subscription-required" => FailureWhy::Refused { detail },
            _ => FailureWhy::Other { detail },
        };
        self.emit(SessionEvent::MessageFailed { id: id.into(), to: from.to_bare().into(), why });
    }

    pub(super) fn send_message(&mut self, message: OutgoingMessage) -> Result<(), SendError> {
        let OutgoingMessage { id, to, kind, content } = message;
        let waits = self.link.as_ref().is_some_and(|link| link.first_message().is_some_and(|first| first != id));
        if self.reproaches.is_careful() && waits {
            return Err(SendError::QueueFull);
        }
        if kind == ConversationKind::Group {
            return self.send_to_room(id, &to, &content);
        }
        if self.in_flight.contains(&id) {
            // The stream has it, and sends it again itself after a resumption.
            return Ok(());
        }
        let mut stanza = note(&to, &id);
        let children = content::children(&content, &to).map_err(SendError::Invalid)?;
        let has_text = children.iter().any(|child| child.is("body", ns::CLIENT));
        for child in children {
            stanza.append_child(child);
        }
        stanza.append_child(stanza_ids_0359::origin_id_child(id.as_str()));
        let is_message = matches!(content, OutgoingContent::Message(_));
        if is_message {
            stanza.append_child(receipts_0184::request_child());
            stanza.append_child(markers_0333::markable_child());
            stanza.append_child(chat_states_0085::active_child());
        }
        if !is_message || !has_text {
            // Archives keep texts by themselves, and nothing else (XEP-0313 §5.1.1).
            stanza.append_child(hint("store"));
        }
        self.send_tracked(id, stanza)
    }

    /// To this account itself: its other devices get it, and its archive.
    pub(super) fn send_call_record(&mut self, id: MessageId, record: &CallRecord) -> Result<(), SendError> {
        if self.in_flight.contains(&id) {
            return Ok(());
        }
        let child =
            call_records::child(record).ok_or_else(|| SendError::Invalid("the record is too large".to_owned()))?;
        let stanza = note(self.own(), &id).with_child(child).with_child(hint("store"));
        self.send_tracked(id, stanza)
    }

    /// What became of it is told by its id.
    fn send_tracked(&mut self, id: MessageId, stanza: Element) -> Result<(), SendError> {
        if !self.connection.is_online() {
            return Err(SendError::NotOnline);
        }
        self.link.as_mut().ok_or(SendError::NotOnline)?.send(stanza, Some(id.clone()))?;
        self.in_flight.push_back(id);
        Ok(())
    }

    pub(super) fn send_chat_state(&mut self, to: &BareJid, state: TypingState) -> Result<(), SendError> {
        if self.groups.has(to) {
            return self.note_to_room(to, chat_states_0085::child(state), false);
        }
        // It says that somebody sits here now.
        if !self.people.may_see_us(to) {
            return Ok(());
        }
        let stanza =
            note(to, &MessageId::random()).with_child(chat_states_0085::child(state)).with_child(hint("no-store"));
        self.send(stanza)
    }

    pub(super) fn send_displayed(&mut self, to: &BareJid, message: &MessageId) -> Result<(), SendError> {
        if self.groups.has(to) {
            return self.note_to_room(to, markers_0333::displayed_child(message.as_str()), true);
        }
        let stanza = note(to, &MessageId::random())
            .with_child(markers_0333::displayed_child(message.as_str()))
            .with_child(hint("store"));
        self.send(stanza)
    }
}

/// A chat message without text.
pub(super) fn note(to: &impl ToString, id: &MessageId) -> Element {
    element("message", ns::CLIENT).with("type", "chat").with("to", to.to_string()).with("id", id.as_str())
}

/// XEP-0334.
pub(super) fn hint(name: &str) -> Element {
    element(name, ns::HINTS)
}
