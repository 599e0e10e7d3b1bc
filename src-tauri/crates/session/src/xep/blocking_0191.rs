//! XEP-0191: people from whom nothing comes through, with XEP-0377 reports to the server.

use confab_model::{BareJid, ReportReason};
use minidom::Element;

use super::stanza_ids_0359;
use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:blocking";
pub const REPORTING: &str = "urn:xmpp:reporting:1";
/// People that are kept; nobody has blocked more by hand.
const MAX_BLOCKED: usize = 10_000;
/// Messages that are shown to the server with a report.
pub const MAX_REPORTED: usize = 10;

/// What a push says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    Blocked(Vec<BareJid>),
    Unblocked(Vec<BareJid>),
    AllUnblocked,
}

/// What the server is told of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub reason: ReportReason,
    /// In the person's own words; may be empty.
    pub text: String,
    /// The messages that it is about, by the ids of the own archive.
    pub messages: Vec<String>,
}

/// Asks for everybody who is blocked.
pub fn get() -> Element {
    element("blocklist", NS)
}

/// The answer. Whole servers count; single devices are not shown anywhere and are left out.
pub fn read_list(answer: &Element) -> Option<Vec<BareJid>> {
    answer.is("blocklist", NS).then(|| items(answer))
}

/// A push. The caller has checked who it is from.
pub fn read_push(payload: &Element) -> Option<Push> {
    let everybody = payload.children().next().is_none();
    match payload.name() {
        _ if payload.ns() != NS => None,
        "block" => Some(Push::Blocked(items(payload))),
        "unblock" if everybody => Some(Push::AllUnblocked),
        "unblock" => Some(Push::Unblocked(items(payload))),
        _ => None,
    }
}

fn items(of: &Element) -> Vec<BareJid> {
    let addresses = of.children().filter(|child| child.is("item", NS)).filter_map(|item| item.attr("jid"));
    addresses.filter_map(|jid| jid.parse().ok()).take(MAX_BLOCKED).collect()
}

/// Blocks somebody, with a report if there is one.
pub fn block(jid: &BareJid, report: Option<&Report>, own: &jid::BareJid) -> Element {
    let mut item = element("item", NS).with("jid", jid.to_string());
    if let Some(report) = report {
        let reason = match report.reason {
            ReportReason::Spam => "urn:xmpp:reporting:spam",
            ReportReason::Abuse => "urn:xmpp:reporting:abuse",
        };
        let mut child = element("report", REPORTING).with("reason", reason);
        for id in report.messages.iter().take(MAX_REPORTED) {
            child.append_child(element("stanza-id", stanza_ids_0359::NS).with("by", own.to_string()).with("id", id));
        }
        if !report.text.is_empty() {
            child.append_child(element("text", REPORTING).with_text(&report.text));
        }
        item.append_child(child);
    }
    element("block", NS).with_child(item)
}

/// Lets somebody through again.
pub fn unblock(jid: &BareJid) -> Element {
    element("unblock", NS).with_child(element("item", NS).with("jid", jid.to_string()))
}
