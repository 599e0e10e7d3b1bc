//! What the server ends the stream over (RFC 6120 §4.9.3), and what comes of it.
//!
//! A stanza that ends the stream is not acknowledged, so it would be sent again, first of all, in the next one, for ever. Three
//! things keep that from happening:
//!
//! * A stanza that is too big after a sign-in by SASL2 may be none: some servers (Prosody 0.12 with the community's module) leave
//!   such streams at the limit of strangers. From then on the account is signed in the older way, and what was asked is asked again.
//! * One that is too big otherwise is the longest of those on their way. It fails, and none of its length is sent again. A server
//!   that tells its limit (XEP-0478) is never sent more.
//! * Of any other reproach it is not known what it is about. Messages go one by one then, and the one that was the first on its way
//!   at [`MAX_STRIKES`] such ends in a row fails.

use confab_model::{BareJid, FailureWhy, MessageId, SignInFailure};
use minidom::Element;

use super::{Actor, link::OnTheWay};
use crate::{RequestError, SessionEvent, connect::stream_condition};

/// Stream ends in a row with the same message on its way first.
const MAX_STRIKES: u32 = 3;
/// Messages that go one by one after such an end.
const CAREFUL: u32 = 20;

/// A stream error of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StreamEnd {
    pub why: SignInFailure,
    condition: String,
    is_too_big: bool,
}

impl StreamEnd {
    /// From its XML.
    pub(super) fn read(xml: &[u8]) -> Self {
        let text = String::from_utf8_lossy(xml);
        let wrapped = format!("<x xmlns='x' xmlns:stream='http://etherx.jabber.org/streams'>{text}</x>");
        let parsed = wrapped.parse::<Element>().ok();
        let Some(error) = parsed.as_ref().and_then(|wrapper| wrapper.children().next()) else {
            let why = SignInFailure::ServerClosed { detail: String::new() };
            return Self { why, condition: String::new(), is_too_big: false };
        };
        let (condition, text) = stream_condition(error);
        let text = text.to_lowercase();
        // XEP-0205 §4 has no name for it: Prosody adds one of its own, ejabberd says it in words.
        let is_too_big = error.has_child("stanza-too-big", "urn:xmpp:errors")
            || condition == "policy-violation" && (text.contains("too big") || text.contains("too large"));
        Self { why: crate::connect::stream_failure(error), condition: condition.to_owned(), is_too_big }
    }

    /// Whether it reproaches us with what we sent.
    fn is_reproach(&self) -> bool {
        matches!(
            self.condition.as_str(),
            "bad-format"
                | "bad-namespace-prefix"
                | "improper-addressing"
                | "internal-server-error"
                | "invalid-from"
                | "invalid-namespace"
                | "invalid-xml"
                | "not-well-formed"
                | "policy-violation"
                | "restricted-xml"
                | "undefined-condition"
                | "unsupported-stanza-type"
        )
    }
}

/// What is remembered of such ends.
#[derive(Debug, Default)]
pub(super) struct Reproaches {
    /// What was first on its way at the last one, and at how many in a row.
    first: Option<(MessageId, u32)>,
    /// Messages that are still to go one by one.
    careful: u32,
    /// Octets that the server was found to take at most.
    limit: Option<usize>,
    /// Requests that ended a stream after SASL2, to be asked again.
    held: Vec<OnTheWay>,
}

impl Reproaches {
    /// The octets that may be sent, `told` by the server or found out.
    pub(super) fn limit(&self, told: Option<usize>) -> Option<usize> {
        told.into_iter().chain(self.limit).min()
    }

    /// Messages go one by one for now.
    pub(super) fn is_careful(&self) -> bool {
        self.careful > 0
    }

    /// The server has this one.
    pub(super) fn acknowledged(&mut self, id: &MessageId) {
        self.careful = self.careful.saturating_sub(1);
        if self.first.as_ref().is_some_and(|(first, _)| first == id) {
            self.first = None;
        }
    }

    fn strike(&mut self, id: &MessageId) -> u32 {
        let strikes = match &self.first {
            Some((first, strikes)) if first == id => strikes + 1,
            _ => 1,
        };
        self.first = Some((id.clone(), strikes));
        strikes
    }

    /// Whether it is to be asked again.
    pub(super) fn holds(&self, id: &MessageId) -> bool {
        self.held.iter().any(|held| held.id == *id)
    }

    /// What is to be asked again in a new session.
    pub(super) fn take_held(&mut self) -> Vec<OnTheWay> {
        std::mem::take(&mut self.held)
    }
}

impl Actor {
    /// The server ended the stream with an error. Returns whether the session is to be given up with what is on its way in it.
    pub(super) fn reproached(&mut self, end: &StreamEnd) -> bool {
        if !end.is_reproach() {
            return false;
        }
        self.reproaches.careful = CAREFUL;
        let Some(link) = &mut self.link else { return false };
        if end.is_too_big {
            if self.connection.by_sasl2 && !self.config.avoids_sasl2 && self.config.password.is_some() {
                tracing::info!("too long a stanza after SASL2: signing in without it");
                self.reproaches.held = link.requests_on_the_way();
                self.avoid_sasl2(true);
                // What waits behind it would else go out first in the new session.
                return true;
            }
            if let Some(longest) = link.take_longest() {
                tracing::warn!(octets = longest.octets, "the server does not take a stanza of this length");
                self.reproaches.limit = self.reproaches.limit(Some(longest.octets.saturating_sub(1)));
                let limit = self.reproaches.limit.unwrap_or_default();
                self.will_not_be_taken(longest, FailureWhy::TooLarge { limit: None }, RequestError::TooLarge { limit });
                return true;
            }
        }
        let Some(first) = link.first_message() else { return false };
        if self.reproaches.strike(&first) < MAX_STRIKES {
            return false;
        }
        tracing::warn!(condition = end.condition, "the server ends the stream over a message");
        self.reproaches.first = None;
        if let Some(first) = link.settled(&first) {
            let why = FailureWhy::StreamEnded { detail: end.condition.clone() };
            self.will_not_be_taken(first, why, RequestError::Timeout);
        }
        true
    }

    pub(super) fn avoid_sasl2(&mut self, avoided: bool) {
        self.config.avoids_sasl2 = avoided;
        self.emit(SessionEvent::Sasl2Avoided { avoided });
    }

    fn will_not_be_taken(&mut self, stanza: OnTheWay, why: FailureWhy, error: RequestError) {
        let OnTheWay { id, to, request, .. } = stanza;
        if request.is_some() {
            if let Some(purpose) = self.requests.take(id.as_str()) {
                self.answered(purpose, Err(error));
            }
            return;
        }
        if self.receipts.acknowledged(&id) {
            return;
        }
        self.in_flight.retain(|other| *other != id);
        self.groups.lost(vec![id.clone()]);
        if let Some(to) = to {
            self.emit(SessionEvent::MessageFailed { id, to, why });
        }
    }

    /// Asks again what ended the stream.
    pub(super) fn ask_again(&mut self, held: Vec<OnTheWay>) {
        for request in held.into_iter().filter_map(|held| held.request) {
            if let Err(error) = self.send(request) {
                tracing::debug!(%error, "a request was not asked again");
            }
        }
    }
}

/// To whom a stanza goes.
pub(super) fn addressee(stanza: &Element) -> Option<BareJid> {
    crate::xml::jid_attr(stanza, "to").map(|to| to.to_bare().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(inside: &str) -> StreamEnd {
        StreamEnd::read(format!("<stream:error>{inside}</stream:error>").as_bytes())
    }

    #[test]
    fn what_servers_say_of_too_long_a_stanza() {
        const POLICY: &str = "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
        let prosody = end(&format!(
            "{POLICY}<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>XML stanza is too big</text>\
             <stanza-too-big xmlns='urn:xmpp:errors'/>"
        ));
        let ejabberd = end(&format!(
            "{POLICY}<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>XML stanza is too big</text>"
        ));
        let other = end(POLICY);
        assert!(prosody.is_too_big && ejabberd.is_too_big && !other.is_too_big);
        assert!(prosody.is_reproach() && other.is_reproach());
        for harmless in ["conflict", "system-shutdown", "reset", "connection-timeout", "resource-constraint"] {
            assert!(!end(&format!("<{harmless} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>")).is_reproach());
        }
        assert!(!StreamEnd::read(b"<stream:err").is_reproach());
    }
}
