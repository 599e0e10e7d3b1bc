//! XEP-0030: what an entity is and can do.

use std::collections::BTreeSet;

use minidom::Element;

use super::{
    availability, avatars_0084, caps_0115, carbons_0280, chat_states_0085, corrections_0308, displayed_0490,
    fallback_0428, files_0447, geoloc_0080, json_0335, markers_0333, nicknames_0172, oob_0066, reactions_0444,
    receipts_0184, references_0372, replies_0461, retractions_0424, sign_outs, stanza_ids_0359,
};
use crate::xml::{ElementExt, element, ns};

/// What this crate does by itself. The configuration's features come on top.
pub const OWN_FEATURES: [&str; 24] = [
    ns::DISCO_INFO,
    caps_0115::NS,
    carbons_0280::NS,
    chat_states_0085::NS,
    corrections_0308::NS,
    fallback_0428::NS,
    files_0447::NS,
    geoloc_0080::NS,
    json_0335::NS,
    ns::FORWARD,
    oob_0066::NS,
    reactions_0444::NS,
    references_0372::NS,
    replies_0461::NS,
    retractions_0424::NS,
    "urn:xmpp:thumbs:1",
    nicknames_0172::NODE,
    markers_0333::NS,
    receipts_0184::NS,
    "urn:xmpp:eme:0",
    "urn:xmpp:ping",
    stanza_ids_0359::NS,
    "urn:xmpp:time",
    "jabber:iq:version",
];
/// Nodes of accounts of which this crate wants to be told (XEP-0163 §4.3.2).
const NODES: [&str; 5] =
    [nicknames_0172::NODE, avatars_0084::METADATA, displayed_0490::NODE, availability::NODE, sign_outs::NODE];
/// Entities of a server that are looked at.
const MAX_ITEMS: usize = 32;
const ITEMS: &str = "http://jabber.org/protocol/disco#items";
/// More features than this are not from a client or server.
const MAX_FEATURES: usize = 1000;
/// Octets of a feature's name: sets of them are kept. A longer one makes the answer no good for caps.
const MAX_FEATURE: usize = 512;

/// An identity: category, type, language, name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub category: String,
    pub kind: String,
    pub lang: String,
    pub name: String,
}

/// A field of an extended form: its name and its values.
pub type InfoField = (String, Vec<String>);

/// What an entity told about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Info {
    pub identities: BTreeSet<Identity>,
    pub features: BTreeSet<String>,
    /// XEP-0128 forms: form type and fields.
    pub forms: Vec<(String, Vec<InfoField>)>,
    /// Something is given twice, which XEP-0115 §5.4 forbids for caps.
    pub ill_formed: bool,
}

impl Info {
    /// Reads a `disco#info` result.
    pub fn read(query: &Element) -> Option<Self> {
        if !query.is("query", ns::DISCO_INFO) {
            return None;
        }
        let mut info = Self::default();
        for child in query.children().take(MAX_FEATURES) {
            if child.is("identity", ns::DISCO_INFO) {
                let text = |name: &str| child.attr(name).unwrap_or_default().to_owned();
                let lang = child.attr_ns("http://www.w3.org/XML/1998/namespace", "lang").unwrap_or_default().to_owned();
                let identity = Identity { category: text("category"), kind: text("type"), lang, name: text("name") };
                info.ill_formed |= !info.identities.insert(identity);
            } else if child.is("feature", ns::DISCO_INFO) {
                match child.attr("var") {
                    Some(var) if var.len() <= MAX_FEATURE => {
                        info.ill_formed |= !info.features.insert(var.to_owned());
                    }
                    Some(_) => info.ill_formed = true,
                    None => {}
                }
            } else if child.is("x", ns::DATA_FORMS) {
                info.read_form(child);
            }
        }
        Some(info)
    }

    fn read_form(&mut self, form: &Element) {
        let mut form_type = None;
        let mut fields = Vec::new();
        for field in form.children().filter(|child| child.is("field", ns::DATA_FORMS)) {
            let values: Vec<String> =
                field.children().filter(|child| child.is("value", ns::DATA_FORMS)).map(Element::text).collect();
            match field.attr("var") {
                Some("FORM_TYPE") if field.attr("type") == Some("hidden") => form_type = values.into_iter().next(),
                Some(var) => fields.push((var.to_owned(), values)),
                None => {}
            }
        }
        if let Some(form_type) = form_type {
            self.ill_formed |= self.forms.iter().any(|(known, _)| *known == form_type);
            self.forms.push((form_type, fields));
        }
    }

    /// As the answer to a query.
    pub fn to_element(&self, node: Option<&str>) -> Element {
        let mut query = element("query", ns::DISCO_INFO);
        if let Some(node) = node {
            query = query.with("node", node);
        }
        for identity in &self.identities {
            query.append_child(
                element("identity", ns::DISCO_INFO)
                    .with("category", &identity.category)
                    .with("type", &identity.kind)
                    .with("name", &identity.name),
            );
        }
        for feature in &self.features {
            query.append_child(element("feature", ns::DISCO_INFO).with("var", feature));
        }
        query
    }
}

/// What this client tells about itself.
pub fn own_info(name: &str, further: &[String]) -> Info {
    Info {
        identities: BTreeSet::from([Identity {
            category: "client".to_owned(),
            kind: "pc".to_owned(),
            lang: String::new(),
            name: name.to_owned(),
        }]),
        features: OWN_FEATURES
            .iter()
            .map(|&feature| feature.to_owned())
            .chain(NODES.iter().map(|node| format!("{node}+notify")))
            .chain(further.iter().cloned())
            .collect(),
        ..Info::default()
    }
}

/// Whether an entity has others.
pub fn has_items(info: &Info) -> bool {
    info.features.contains(ITEMS)
}

/// Asks for the entities of a server.
pub fn items_query() -> Element {
    element("query", ITEMS)
}

/// Reads the answer.
pub fn read_items(query: &Element) -> Vec<jid::Jid> {
    let items = query.children().filter(|child| query.is("query", ITEMS) && child.is("item", ITEMS)).take(MAX_ITEMS);
    items.filter_map(|item| jid::Jid::new(item.attr("jid")?).ok()).collect()
}

/// A query.
pub fn query(node: Option<&str>) -> Element {
    let query = element("query", ns::DISCO_INFO);
    match node {
        Some(node) => query.with("node", node),
        None => query,
    }
}
