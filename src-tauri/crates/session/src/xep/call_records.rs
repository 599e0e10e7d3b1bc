//! Records of calls among the devices of an account: `<record xmlns='urn:confab:call:0'>` with the record as JSON (XEP-0335), in a
//! message of the account to itself, which its archive keeps. A new device finds its call list there.

use confab_model::{CallRecord, Timestamp};
use minidom::Element;

use super::json_0335::{self, Container};

/// People of a call, more than any call has.
const MAX_PEOPLE: usize = 64;
/// Octets of an id, and of a device's name.
const MAX_NAME: usize = 200;

/// The child of the message; `None`: the record is too large (a call of hundreds of people).
pub fn child(record: &CallRecord) -> Option<Element> {
    json_0335::child(Container::Record, &serde_json::to_value(record).ok()?)
}

/// The record in a message of the own account. One of a call that is not over, or that cannot be, counts as none.
pub fn read(message: &Element) -> Option<CallRecord> {
    let record: CallRecord = serde_json::from_value(json_0335::read(message, Container::Record)?).ok()?;
    let times = [Some(record.started_at), record.answered_at, record.ended_at];
    let names = [Some(&record.id.0), record.answered_by.as_ref()];
    let is_whole = record.reason.as_ref().is_some_and(confab_model::EndReason::is_whole)
        && (1..=MAX_PEOPLE).contains(&record.people.len())
        && names.into_iter().flatten().all(|name| !name.is_empty() && name.len() <= MAX_NAME)
        && times.into_iter().flatten().all(|at| (Timestamp(0)..=LATEST).contains(&at));
    is_whole.then_some(record)
}

/// The end of the year 9999, after which a time has no text (XEP-0082).
const LATEST: Timestamp = Timestamp(253_402_300_799_999);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::{CallDirection, CallId, CallMedia, CallTimings, EndReason, ParticipantState};

    use super::*;
    use crate::xml::{ElementExt, element, ns};

    fn record() -> CallRecord {
        CallRecord {
            id: CallId("c1".to_owned()),
            direction: CallDirection::Incoming,
            media: CallMedia::Video,
            people: vec![("bob@example.org".parse().unwrap(), ParticipantState::Quit)],
            started_at: Timestamp(1_800_000_000_000),
            answered_at: Some(Timestamp(1_800_000_002_000)),
            ended_at: Some(Timestamp(1_800_000_007_000)),
            reason: Some(EndReason::Completed { duration_s: 5 }),
            answered_by: None,
            timings: CallTimings { accepted_ms: Some(2_000), ..CallTimings::default() },
        }
    }

    fn carried(record: &CallRecord) -> Option<CallRecord> {
        read(&element("message", ns::CLIENT).with_child(child(record)?))
    }

    #[test]
    fn a_record_travels_whole() {
        assert_eq!(carried(&record()), Some(record()));
        let rejected = CallRecord { reason: Some(EndReason::Rejected { text: Some("later".to_owned()) }), ..record() };
        assert_eq!(carried(&rejected), Some(rejected));
    }

    #[test]
    fn what_is_no_whole_record_is_none() {
        let wrong = [
            CallRecord { reason: None, ..record() },
            CallRecord { reason: Some(EndReason::AnsweredElsewhere), ..record() },
            CallRecord { people: vec![], ..record() },
            CallRecord { id: CallId(String::new()), ..record() },
            CallRecord { answered_by: Some("x".repeat(MAX_NAME + 1)), ..record() },
            CallRecord { started_at: Timestamp(-1), ..record() },
            CallRecord { ended_at: Some(Timestamp(i64::MAX)), ..record() },
        ];
        for wrong in wrong {
            assert_eq!(carried(&wrong), None, "{wrong:?}");
        }
        let many = CallRecord { people: vec![record().people[0].clone(); 1_000], ..record() };
        assert_eq!(child(&many), None);
        for json in ["{}", "[]", "{\"id\":\"c1\"}", "null"] {
            let inner =
                format!("<record xmlns='urn:confab:call:0'><json xmlns='urn:xmpp:json:0'>{json}</json></record>");
            let message: Element = format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap();
            assert_eq!(read(&message), None);
        }
    }
}
