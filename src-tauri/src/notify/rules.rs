//! What may be told at all. Pure.
//!
//! Silent are: muted conversations (a message that addresses the person breaks through if they want that), strangers whose
//! conversation waits in the requests folder, requests to become a contact, everything while the person does not want to
//! be disturbed, and messages of programs that bring no words for a notification. Who asks to be let into a group that this
//! person leads is told as its messages are.

use confab_client::Settings;
use confab_model::{Availability, Conversation, Message, MessageContent, Timestamp};

/// Whether a new message may be told. `conversation`: as it is after the message came.
pub(super) fn may_be_told(message: &Message, conversation: &Conversation, settings: &Settings, now: Timestamp) -> bool {
    if conversation.is_request {
        return false;
    }
    if matches!(message.content, MessageContent::Custom { .. }) && message.push_text.is_none() {
        return false;
    }
    !conversation.is_muted(now) || (message.mentions_me && settings.mentions_break_mute)
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

    fn told(change: impl FnOnce(&mut Message, &mut Conversation, &mut Settings)) -> bool {
        let content = MessageContent::Text { text: "hi".to_owned() };
        let mut message = Message::incoming("m".into(), jid(), content, NOW);
        let mut conversation = Conversation::new(jid(), ConversationKind::Group, NOW);
        let mut settings = Settings::default();
        change(&mut message, &mut conversation, &mut settings);
        may_be_told(&message, &conversation, &settings, NOW)
    }

    #[test]
    fn what_is_told_and_what_is_not() {
        assert!(told(|_, _, _| {}));
        assert!(!told(|_, c, _| c.muted_until = Some(MUTED_FOR_EVER)));
        assert!(told(|_, c, _| c.muted_until = Some(NOW)), "over");
        let mention = |m: &mut Message, c: &mut Conversation| {
            m.mentions_me = true;
            c.muted_until = Some(MUTED_FOR_EVER);
        };
        assert!(told(|m, c, _| mention(m, c)));
        assert!(!told(|m, c, s| {
            mention(m, c);
            s.mentions_break_mute = false;
        }));
        assert!(!told(|_, c, _| c.is_request = true));
        assert!(!told(|m, _, _| m.content = MessageContent::Custom { text: "x".to_owned() }));
        assert!(told(|m, _, _| {
            m.content = MessageContent::Custom { text: "x".to_owned() };
            m.push_text = Some("your turn".to_owned());
        }));
    }

    #[test]
    fn do_not_disturb_ends_at_its_time() {
        let disturb = |until| Availability { do_not_disturb: true, until, ..Availability::default() };
        assert!(is_quiet(&disturb(None), NOW));
        assert!(is_quiet(&disturb(Some(Timestamp(NOW.0 + 1))), NOW));
        assert!(!is_quiet(&disturb(Some(NOW)), NOW), "over");
        assert!(!is_quiet(&Availability::default(), NOW));
    }
}
