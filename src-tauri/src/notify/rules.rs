//! What may be told at all. Pure.
//!
//! Silent are: muted conversations (a message that addresses the person breaks through if they want that), strangers whose
//! conversation waits in the requests folder, everything while the person does not want to be disturbed, and messages
//! that only programs read.

use confab_client::Settings;
use confab_model::{Availability, Conversation, Message, MessageContent, Timestamp};

/// Whether a new message may be told. `conversation`: as it is after the message came.
pub(super) fn may_be_told(
    message: &Message,
    conversation: &Conversation,
    availability: &Availability,
    settings: &Settings,
    now: Timestamp,
) -> bool {
    if is_quiet(availability, now) || conversation.is_request {
        return false;
    }
    if matches!(message.content, MessageContent::Custom { .. }) {
        return false;
    }
    let is_muted = conversation.muted_until.is_some_and(|until| until > now);
    !is_muted || (message.mentions_me && settings.mentions_break_mute)
}

/// Whether the person does not want to be disturbed now.
pub(super) fn is_quiet(availability: &Availability, now: Timestamp) -> bool {
    availability.do_not_disturb && availability.until.is_none_or(|until| until > now)
}

#[cfg(test)]
mod tests {
    use confab_model::{BareJid, ConversationKind, MUTED_FOR_EVER};

    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn jid() -> BareJid {
        "room@example.org".parse().unwrap()
    }

    fn told(change: impl FnOnce(&mut Message, &mut Conversation, &mut Availability, &mut Settings)) -> bool {
        let content = MessageContent::Text { text: "hi".to_owned() };
        let mut message = Message::incoming("m".into(), jid(), content, NOW);
        let mut conversation = Conversation::new(jid(), ConversationKind::Group, NOW);
        let (mut availability, mut settings) = (Availability::default(), Settings::default());
        change(&mut message, &mut conversation, &mut availability, &mut settings);
        may_be_told(&message, &conversation, &availability, &settings, NOW)
    }

    #[test]
    fn what_is_told_and_what_is_not() {
        assert!(told(|_, _, _, _| {}));
        assert!(!told(|_, c, _, _| c.muted_until = Some(MUTED_FOR_EVER)));
        assert!(told(|_, c, _, _| c.muted_until = Some(NOW)), "over");
        let mention = |m: &mut Message, c: &mut Conversation| {
            m.mentions_me = true;
            c.muted_until = Some(MUTED_FOR_EVER);
        };
        assert!(told(|m, c, _, _| mention(m, c)));
        assert!(!told(|m, c, _, s| {
            mention(m, c);
            s.mentions_break_mute = false;
        }));
        assert!(!told(|_, c, _, _| c.is_request = true));
        assert!(!told(|m, _, _, _| m.content = MessageContent::Custom { text: "x".to_owned() }));
        let disturb = |until| Availability { do_not_disturb: true, until, ..Availability::default() };
        assert!(!told(|m, _, a, _| {
            m.mentions_me = true;
            *a = disturb(None);
        }));
        assert!(told(|_, _, a, _| *a = disturb(Some(NOW))), "over");
    }
}
