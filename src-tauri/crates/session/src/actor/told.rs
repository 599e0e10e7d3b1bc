//! What somebody said in a conversation, as the core is told: one way for what people say to each other and in groups.
//!
//! In: a message, what it says ([`crate::content`]), by whom and where ([`Said`]), and where it came from ([`Envelope`]). Out:
//! [`Told`]. Does not decide who may say it: that is done before, in `messages` and `groups::messages`.

use confab_model::{BareJid, ConversationKind, FullJid, MessageId, Sender};
use minidom::Element;

use super::messages::Envelope;
use crate::{
    Amendment, ReceivedMessage,
    content::Content,
    xep::{markers_0333, stanza_ids_0359},
};

/// What a message of a conversation turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told {
    Message(Box<ReceivedMessage>),
    Amendment(Box<Amendment>),
}

/// By whom and where something was said.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub conversation: &'a BareJid,
    pub kind: ConversationKind,
    pub sender: Sender,
    /// Where its receipt goes to, if the address tells.
    pub device: Option<FullJid>,
    /// By this account, here or on another device.
    pub own: bool,
}

impl Said<'_> {
    pub(super) fn told(self, message: &Element, content: Content, envelope: &Envelope) -> Told {
        let Self { conversation, kind, sender, device, own } = self;
        let (conversation, archive_id, source) = (conversation.clone(), envelope.archive_id.clone(), envelope.source);
        let origin_id = stanza_ids_0359::origin_id(message);
        let id = message.attr("id").filter(|id| !id.is_empty() && id.len() <= stanza_ids_0359::MAX_ID);
        let id = id.map(str::to_owned).or_else(|| origin_id.clone()).or_else(|| archive_id.clone());
        let id = id.map_or_else(MessageId::random, MessageId);
        let at = envelope.sent_at;
        match content {
            Content::Change { of, change } => Told::Amendment(Box::new(Amendment {
                id,
                archive_id,
                conversation,
                kind,
                by: sender,
                own,
                of,
                change,
                at,
                source,
            })),
            Content::Message(composed) => Told::Message(Box::new(ReceivedMessage {
                id,
                origin_id,
                archive_id,
                conversation,
                kind,
                sender,
                device,
                own,
                content: *composed,
                sent_at: at,
                stamped: envelope.stamped.is_some(),
                ahead: envelope.ahead,
                source,
                markable: markers_0333::is_markable(message),
                receipt: None,
            })),
        }
    }
}
