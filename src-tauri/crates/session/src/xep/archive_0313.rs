//! XEP-0313: the server's archive, with XEP-0059 paging.

use confab_model::Timestamp;
use jid::BareJid;
use minidom::Element;

use super::{datetime_0082, delay_0203, forms_0004};
use crate::xml::{ElementExt, child_text, element, ns};

pub const NS: &str = "urn:xmpp:mam:2";

/// Which part of the archive is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// The oldest after this id, going forward.
    After(String),
    /// The newest before this id (`None`: the newest of all), going back.
    Before(Option<String>),
    /// The oldest of all, going forward.
    First,
}

/// One query. It never asks for totals: servers have to count for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub id: String,
    pub with: Option<BareJid>,
    pub since: Option<Timestamp>,
    pub range: Range,
    /// 1..=250; servers cut it down.
    pub max: u32,
}

impl Query {
    /// As the payload of an iq `set`.
    pub fn to_element(&self) -> Element {
        let mut fields = Vec::new();
        if let Some(with) = &self.with {
            fields.push(("with".to_owned(), vec![with.to_string()]));
        }
        if let Some(since) = self.since {
            fields.push(("start".to_owned(), vec![datetime_0082::format(since)]));
        }
        let mut query = element("query", NS).with("queryid", &self.id);
        query.append_child(forms_0004::submission(Some(NS), &fields));
        let mut set = element("set", ns::RSM).with_child(element("max", ns::RSM).with_text(self.max.to_string()));
        let place = match &self.range {
            Range::After(id) => Some(element("after", ns::RSM).with_text(id)),
            Range::Before(id) => Some(element("before", ns::RSM).with_text(id.as_deref().unwrap_or_default())),
            Range::First => None,
        };
        place.into_iter().for_each(|place| {
            set.append_child(place);
        });
        query.with_child(set)
    }
}

/// One message out of the archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Archived {
    pub query: String,
    pub id: String,
    pub message: Element,
    pub sent_at: Option<Timestamp>,
}

/// Reads a result. The caller has checked that the stanza comes from the own account.
pub fn read_result(message: &Element) -> Option<Archived> {
    let result = message.get_child("result", NS)?;
    let forwarded = result.get_child("forwarded", ns::FORWARD)?;
    Some(Archived {
        query: result.attr("queryid")?.to_owned(),
        id: result.attr("id").filter(|id| !id.is_empty())?.to_owned(),
        message: forwarded.get_child("message", ns::CLIENT)?.clone(),
        sent_at: delay_0203::read(forwarded),
    })
}

/// Whether a message has a result in it at all (a forged one must not be read as anything else either).
pub fn is_result(message: &Element) -> bool {
    message.has_child("result", NS)
}

/// The end of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fin {
    pub complete: bool,
    pub first: Option<String>,
    pub last: Option<String>,
}

/// Reads the result of the query's iq.
pub fn read_fin(payload: &Element) -> Option<Fin> {
    if !payload.is("fin", NS) {
        return None;
    }
    let set = payload.get_child("set", ns::RSM);
    let id = |name| set.and_then(|set| child_text(set, name, ns::RSM)).filter(|id| !id.is_empty());
    Some(Fin { complete: matches!(payload.attr("complete"), Some("true" | "1")), first: id("first"), last: id("last") })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_query_has_its_filters_and_never_asks_for_a_total() {
        let query = Query {
            id: "q".to_owned(),
            with: Some(BareJid::new("bob@example.org").unwrap()),
            since: Some(Timestamp(0)),
            range: Range::Before(None),
            max: 100,
        };
        let expected: Element = "<query xmlns='urn:xmpp:mam:2' queryid='q'><x xmlns='jabber:x:data' type='submit'>\
            <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>\
            <field var='with'><value>bob@example.org</value></field>\
            <field var='start'><value>1970-01-01T00:00:00.000Z</value></field></x>\
            <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query>"
            .parse()
            .unwrap();
        assert_eq!(query.to_element(), expected);
        let first = Query { with: None, since: None, range: Range::First, ..query };
        assert!(!String::from(&first.to_element()).contains("<before") && first.to_element().children().count() == 2);
    }
}
