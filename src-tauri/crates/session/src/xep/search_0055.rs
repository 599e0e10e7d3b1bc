//! XEP-0055: the directory of a server, as far as it has one.
//!
//! Directories differ in their fields: those of names are asked one after the other (a directory takes several for "and"),
//! or the one field of a directory that looks everywhere by itself.

use confab_model::BareJid;
use minidom::Element;

use super::forms_0004;
use crate::xml::{ElementExt, child_text, element, ns};

pub const NS: &str = "jabber:iq:search";
/// Fields that hold names, in the order in which they are asked.
const NAMES: [&str; 5] = ["user", "nick", "fn", "first", "last"];
/// The field of a directory that looks everywhere, and where it is to look.
const EVERYWHERE: &str = "search";
const PLACES: [&str; 3] = ["Username", "Name", "Email"];
/// People that are taken of one answer.
const MAX_FOUND: usize = 50;
/// Characters of a name.
const MAX_NAME: usize = 200;

/// Somebody in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub jid: BareJid,
    /// May be empty.
    pub name: String,
}

/// Asks for the fields.
pub fn get() -> Element {
    element("query", NS)
}

/// The queries that find people of that name, at most three.
pub fn queries(fields: &Element, name: &str) -> Vec<Element> {
    let Some(form) = fields.get_child("x", ns::DATA_FORMS) else {
        let known = NAMES.iter().filter(|field| fields.has_child(**field, NS)).take(3);
        return known.map(|field| get().with_child(element(field, NS).with_text(name))).collect();
    };
    let has = |wanted: &str| {
        form.children().any(|field| field.is("field", ns::DATA_FORMS) && field.attr("var") == Some(wanted))
    };
    let submit = |fields: &[(String, Vec<String>)]| get().with_child(forms_0004::submission(Some(NS), fields));
    if has(EVERYWHERE) {
        let mut fields = vec![(EVERYWHERE.to_owned(), vec![name.to_owned()])];
        fields
            .extend(PLACES.iter().filter(|place| has(place)).map(|place| ((*place).to_owned(), vec!["1".to_owned()])));
        return vec![submit(&fields)];
    }
    // The star: also longer names, where the directory knows it; elsewhere names do not have stars.
    let value = format!("{name}*");
    let known = NAMES.iter().filter(|field| has(field)).take(3);
    known.map(|field| submit(&[((*field).to_owned(), vec![value.clone()])])).collect()
}

/// Reads an answer.
pub fn read(answer: &Element) -> Vec<Found> {
    let found = match answer.get_child("x", ns::DATA_FORMS) {
        Some(form) => {
            let items = form.children().filter(|child| child.is("item", ns::DATA_FORMS));
            items.filter_map(|item| of(&|name| field(item, name))).take(MAX_FOUND).collect()
        }
        None => {
            let items = answer.children().filter(|child| child.is("item", NS));
            let read = |item: &Element| {
                of(&|name| match name {
                    "jid" => item.attr("jid").map(str::to_owned),
                    name => child_text(item, name, NS),
                })
            };
            items.filter_map(read).take(MAX_FOUND).collect()
        }
    };
    if answer.is("query", NS) { found } else { Vec::new() }
}

fn field(item: &Element, name: &str) -> Option<String> {
    let mut fields = item.children().filter(|child| child.is("field", ns::DATA_FORMS));
    child_text(fields.find(|field| field.attr("var") == Some(name))?, "value", ns::DATA_FORMS)
}

fn of(value: &dyn Fn(&str) -> Option<String>) -> Option<Found> {
    let text = |name: &str| value(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let both = || {
        let names = [text("first"), text("last")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!names.is_empty()).then_some(names)
    };
    let name = text("fn").or_else(|| text("nick")).or_else(both).or_else(|| text("Name")).unwrap_or_default();
    Some(Found { jid: text("jid")?.parse().ok()?, name: name.chars().take(MAX_NAME).collect() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(inner: &str) -> Element {
        format!("<query xmlns='jabber:iq:search'>{inner}</query>").parse().unwrap()
    }

    fn form(names: &[&str]) -> Element {
        let fields: String = names.iter().map(|name| format!("<field var='{name}'/>")).collect();
        parse(&format!("<x xmlns='jabber:x:data' type='form'>{fields}</x>"))
    }

    #[test]
    fn directories_of_every_kind_are_asked_in_their_way() {
        let asked = |fields: &Element| -> Vec<String> { queries(fields, "Bob").iter().map(String::from).collect() };
        let legacy = asked(&parse("<instructions>x</instructions><first/><nick/><email/>"));
        assert_eq!(legacy.len(), 2);
        assert!(legacy[0].contains("<nick>Bob</nick>"));
        let ejabberd = asked(&form(&["user", "fn", "last", "first", "nick"]));
        assert_eq!(ejabberd.len(), 3);
        assert!(ejabberd[0].contains("var='user'") && ejabberd[0].contains("Bob*"));
        let openfire = asked(&form(&["search", "Username", "Name"]));
        assert_eq!(openfire.len(), 1);
        assert!(openfire[0].contains("Username") && openfire[0].contains(">Bob<") && !openfire[0].contains("Email"));
        assert!(asked(&form(&["bday"])).is_empty());
    }

    #[test]
    fn answers_of_every_kind_are_read() {
        let bob = |name: &str| Found { jid: "bob@example.org".parse().unwrap(), name: name.to_owned() };
        let legacy = parse("<item jid='bob@example.org'><first>Bob</first><last>B</last></item><item jid='@'/>");
        assert_eq!(read(&legacy), [bob("Bob B")]);
        let item = "<item><field var='jid'><value>bob@example.org</value></field><field var='fn'><value>Bob\
            </value></field></item>";
        let form = parse(&format!("<x xmlns='jabber:x:data' type='result'><reported/>{item}<item/></x>"));
        assert_eq!(read(&form), [bob("Bob")]);
        let many = parse(&format!("<x xmlns='jabber:x:data' type='result'>{}</x>", item.repeat(99)));
        assert_eq!(read(&many).len(), MAX_FOUND);
    }
}
