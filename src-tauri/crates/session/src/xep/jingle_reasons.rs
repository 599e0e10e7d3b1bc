//! Reasons of XEP-0166 §7.4, as Jingle sessions and XEP-0353 messages both carry them.

use confab_model::TerminateReason;
use minidom::Element;

use crate::xml::{ElementExt as _, element, ns};

const ERRORS_AND_REASONS: &[(&str, TerminateReason)] = &[
    ("success", TerminateReason::Success),
    ("busy", TerminateReason::Busy),
    ("cancel", TerminateReason::Cancel),
    ("decline", TerminateReason::Decline),
    ("connectivity-error", TerminateReason::ConnectivityError),
    ("failed-transport", TerminateReason::FailedTransport),
    ("failed-application", TerminateReason::FailedApplication),
    ("incompatible-parameters", TerminateReason::IncompatibleParameters),
    ("unsupported-applications", TerminateReason::UnsupportedApplications),
    ("unsupported-transports", TerminateReason::UnsupportedTransports),
    ("media-error", TerminateReason::MediaError),
    ("security-error", TerminateReason::SecurityError),
    ("general-error", TerminateReason::GeneralError),
    ("gone", TerminateReason::Gone),
    ("expired", TerminateReason::Expired),
    ("alternative-session", TerminateReason::AlternativeSession),
    ("timeout", TerminateReason::Timeout),
];

/// Longest text and name that is taken over; a longer text is cut.
const MAX_TEXT: usize = 1_024;

/// What a `<reason/>` says: its condition and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) condition: Option<TerminateReason>,
    pub(super) text: Option<String>,
}

/// Reads the `<reason/>` of a parent; both parts are absent without one.
pub(super) fn read(parent: &Element) -> Reason {
    let mut reason = Reason { condition: None, text: None };
    let Some(element) = parent.get_child("reason", ns::JINGLE) else { return reason };
    for child in element.children().filter(|child| child.ns() == ns::JINGLE) {
        if child.name() == "text" {
            let text: String = child.text().chars().take(MAX_TEXT).collect();
            reason.text = (!text.trim().is_empty()).then_some(text);
        } else if reason.condition.is_none() {
            reason.condition = Some(from_name(child.name()));
        }
    }
    reason
}

/// Writes a `<reason/>`.
pub(super) fn write(reason: &TerminateReason, text: Option<&str>) -> Element {
    let mut out = element("reason", ns::JINGLE).with_child(element(name(reason), ns::JINGLE));
    if let Some(text) = text {
        out.append_child(element("text", ns::JINGLE).with_text(text));
    }
    out
}

fn from_name(name: &str) -> TerminateReason {
    let known = ERRORS_AND_REASONS.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| TerminateReason::Other(name.chars().take(MAX_TEXT).collect()), |(_, reason)| reason.clone())
}

fn name(reason: &TerminateReason) -> &'static str {
    // `migrated` is an element of XEP-0353 beside the reason, which is then `success`; a reason that we did not know
    // when we read it is not passed on.
    match reason {
        TerminateReason::Migrated => "success",
        TerminateReason::Other(_) => "general-error",
        known => {
            ERRORS_AND_REASONS.iter().find(|(_, reason)| reason == known).map_or("general-error", |(name, _)| name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_survives_the_wire() {
        for (_, reason) in ERRORS_AND_REASONS {
            let parent = element("jingle", ns::JINGLE).with_child(write(reason, Some("because")));
            let read = read(&parent);
            assert_eq!(read.condition.as_ref(), Some(reason));
            assert_eq!(read.text.as_deref(), Some("because"));
        }
    }

    #[test]
    fn unknown_and_missing_reasons_are_kept_apart() {
        let other: Element =
            "<jingle xmlns='urn:xmpp:jingle:1'><reason><tired xmlns='urn:xmpp:jingle:1'/></reason></jingle>"
                .parse()
                .expect("well formed");
        assert_eq!(read(&other).condition, Some(TerminateReason::Other("tired".to_owned())));
        assert_eq!(read(&element("jingle", ns::JINGLE)), Reason { condition: None, text: None });
    }
}
