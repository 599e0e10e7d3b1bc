//! Outstanding iqs: who is asked, until when, and what is to be done with the answer.

use std::{collections::HashMap, time::Duration};

use jid::Jid;
use minidom::Element;
use tokio::time::Instant;

use crate::{
    IqError, RequestError,
    xml::{jid_attr, stanza_error},
};

/// For an answer over federation; a local one takes milliseconds.
pub(super) const IQ_TIMEOUT: Duration = Duration::from_secs(30);

/// What is left at least when the stream is back: the answer comes after everything else that waited.
const LEAST_REST: Duration = Duration::from_secs(10);

/// What came of a request.
pub(super) type Answer = Result<Option<Element>, RequestError>;

struct Request<P> {
    to: Option<Jid>,
    patience: Patience,
    purpose: P,
}

/// How long an answer is waited for.
#[derive(Debug, Clone, Copy)]
enum Patience {
    Until(Instant),
    /// The stream is down: this long once it is back.
    Paused(Duration),
}

impl<P> Request<P> {
    fn deadline(&self) -> Option<Instant> {
        match self.patience {
            Patience::Until(deadline) => Some(deadline),
            Patience::Paused(_) => None,
        }
    }
}

/// Requests by id. `P` says what the answer is for.
pub(super) struct Requests<P> {
    by_id: HashMap<String, Request<P>>,
}

impl<P> Default for Requests<P> {
    fn default() -> Self {
        Self { by_id: HashMap::new() }
    }
}

impl<P> Requests<P> {
    pub(super) fn add(&mut self, id: String, to: Option<Jid>, deadline: Instant, purpose: P) {
        self.by_id.insert(id, Request { to, patience: Patience::Until(deadline), purpose });
    }

    /// Matches an iq `result` or `error`. `None`: nobody asked, or somebody else was asked (RFC 6120 §8.1.2.1; an
    /// id alone proves nothing).
    pub(super) fn answered(&mut self, iq: &Element, own: &jid::FullJid) -> Option<(P, Answer)> {
        let id = iq.attr("id")?;
        let request = self.by_id.get(id)?;
        if !is_from(iq, request.to.as_ref(), own) {
            return None;
        }
        let request = self.by_id.remove(id)?;
        let answer = match iq.attr("type") {
            Some("result") => Ok(iq.children().next().cloned()),
            _ => Err(RequestError::Refused(stanza_error(iq))),
        };
        Some((request.purpose, answer))
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.by_id.values().filter_map(Request::deadline).min()
    }

    /// Takes out what has waited too long.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<P> {
        let is_due = |request: &Request<P>| request.deadline().is_some_and(|deadline| deadline <= now);
        let due: Vec<String> =
            self.by_id.iter().filter(|(_, request)| is_due(request)).map(|(id, _)| id.clone()).collect();
        due.iter().filter_map(|id| self.by_id.remove(id)).map(|request| request.purpose).collect()
    }

    /// The stream is down: those of these purposes wait until it is back.
    pub(super) fn suspend(&mut self, now: Instant, waits: impl Fn(&P) -> bool) {
        for request in self.by_id.values_mut().filter(|request| waits(&request.purpose)) {
            if let Patience::Until(deadline) = request.patience {
                request.patience = Patience::Paused(deadline.saturating_duration_since(now));
            }
        }
    }

    /// The stream is back, and with it the answers that were on their way.
    pub(super) fn resume(&mut self, now: Instant) {
        for request in self.by_id.values_mut() {
            if let Patience::Paused(rest) = request.patience {
                request.patience = Patience::Until(now + rest.max(LEAST_REST));
            }
        }
    }

    /// Takes out everything but what is kept.
    pub(super) fn clear_but(&mut self, keeps: impl Fn(&str) -> bool) -> Vec<P> {
        self.by_id.extract_if(|id, _| !keeps(id)).map(|(_, request)| request.purpose).collect()
    }

    /// Takes out one, which will not be answered.
    pub(super) fn take(&mut self, id: &str) -> Option<P> {
        self.by_id.remove(id).map(|request| request.purpose)
    }

    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether any outstanding request matches.
    pub(super) fn any(&self, matches: impl Fn(&P) -> bool) -> bool {
        self.by_id.values().any(|request| matches(&request.purpose))
    }

    /// How many outstanding requests match.
    pub(super) fn count(&self, matches: impl Fn(&P) -> bool) -> usize {
        self.by_id.values().filter(|request| matches(&request.purpose)).count()
    }
}

/// A request to nobody in particular is answered by the own account or the own server.
fn is_from(iq: &Element, asked: Option<&Jid>, own: &jid::FullJid) -> bool {
    let from = match (iq.attr("from"), jid_attr(iq, "from")) {
        (None, _) => None,
        (Some(_), None) => return false,
        (Some(_), Some(from)) => Some(from),
    };
    let is_account = |jid: &Jid| *jid == own.to_bare() || *jid == *own;
    match (asked, from) {
        (None, None) => true,
        (None, Some(from)) => is_account(&from) || from.as_str() == own.domain().as_str(),
        (Some(asked), None) => is_account(asked) || asked.as_str() == own.domain().as_str(),
        (Some(asked), Some(from)) => *asked == from,
    }
}

/// A refusal that was made here.
pub(super) fn refused(condition: &str) -> RequestError {
    RequestError::Refused(IqError { condition: condition.to_owned(), application: None, text: String::new() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn iq(from: Option<&str>) -> Element {
        let from = from.map(|from| format!("from='{from}'")).unwrap_or_default();
        format!("<iq xmlns='jabber:client' type='result' id='1' {from}/>").parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_counts_only_from_whom_was_asked() {
        let own = jid::FullJid::new("me@example.org/a").unwrap();
        let accepts = |to: Option<&str>, from: Option<&str>| {
            let mut requests = Requests::default();
            requests.add("1".to_owned(), to.map(|to| Jid::new(to).unwrap()), Instant::now(), ());
            requests.answered(&iq(from), &own).is_some()
        };
        assert!(accepts(None, None));
        assert!(accepts(None, Some("me@example.org")));
        assert!(accepts(None, Some("me@example.org/a")));
        assert!(accepts(None, Some("example.org")));
        assert!(!accepts(None, Some("eve@example.org")));
        assert!(accepts(Some("bob@example.org/x"), Some("bob@example.org/x")));
        assert!(!accepts(Some("bob@example.org/x"), Some("bob@example.org/y")));
        assert!(!accepts(Some("bob@example.org/x"), None));
        assert!(accepts(Some("example.org"), None));
        assert!(!accepts(None, Some("@")));
    }
}
