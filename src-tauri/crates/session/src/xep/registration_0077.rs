//! XEP-0077: the server's registration form, and the answer to it.

use confab_model::{FormField, FormFieldKind, RegistrationForm, RegistrationFormAnswer};
use minidom::Element;

use super::{bob_0231, forms_0004};
use crate::xml::{ElementExt, child_text, element, ns};

pub const NS: &str = "jabber:iq:register";
pub const FEATURE: &str = "http://jabber.org/features/iq-register";
const OOB: &str = "jabber:x:oob";
/// The fields of the time before data forms (§14.1), in the order in which they are asked.
const LEGACY: [&str; 17] = [
    "username", "password", "email", "phone", "nick", "name", "first", "last", "address", "city", "state", "zip",
    "url", "date", "misc", "text", "key",
];

/// Asks for the form.
pub fn get() -> Element {
    element("query", NS)
}

/// Reads the form. A data form counts more than legacy fields; a page counts if there are no fields.
pub fn read(domain: &str, query: &Element) -> Option<RegistrationForm> {
    if !query.is("query", NS) {
        return None;
    }
    let mut form = RegistrationForm {
        domain: domain.to_owned(),
        title: String::new(),
        instructions: child_text(query, "instructions", NS).unwrap_or_default(),
        web_page: web_page(query),
        fields: Vec::new(),
    };
    if let Some(x) = query.get_child("x", ns::DATA_FORMS) {
        form.title = child_text(x, "title", ns::DATA_FORMS).unwrap_or_default();
        if let Some(instructions) = child_text(x, "instructions", ns::DATA_FORMS) {
            form.instructions = instructions;
        }
        form.fields = forms_0004::read_fields(x, &bob_0231::read(query));
        return Some(form);
    }
    form.fields = LEGACY.iter().filter_map(|name| legacy_field(query, name)).collect();
    Some(form)
}

fn web_page(query: &Element) -> Option<String> {
    let url = child_text(query.get_child("x", OOB)?, "url", OOB)?;
    let url = url.trim();
    // It is opened in a browser on a click: nothing but a web page.
    (url.starts_with("https://") || url.starts_with("http://")).then(|| url.to_owned())
}

fn legacy_field(query: &Element, name: &str) -> Option<FormField> {
    let value = child_text(query, name, NS)?;
    Some(FormField {
        name: name.to_owned(),
        label: name.to_owned(),
        help: String::new(),
        kind: match name {
            "password" => FormFieldKind::Password,
            "key" => FormFieldKind::Hidden,
            _ => FormFieldKind::Text,
        },
        required: matches!(name, "username" | "password"),
        values: if value.is_empty() { Vec::new() } else { vec![value] },
        options: Vec::new(),
        picture: None,
    })
}

/// The answer, in the same shape as the question: `as_form` if the server sent a data form.
pub fn set(as_form: bool, answers: &[RegistrationFormAnswer]) -> Element {
    if as_form {
        let fields: Vec<(String, Vec<String>)> = answers
            .iter()
            .map(|answer| (answer.name.clone(), answer.values.iter().map(|value| value.0.clone()).collect()))
            .collect();
        // FORM_TYPE is one of the form's own hidden fields and so one of the answers.
        return element("query", NS).with_child(forms_0004::submission(None, &fields));
    }
    let mut query = element("query", NS);
    for answer in answers {
        // Only names of the protocol may become element names.
        if let Some(name) = LEGACY.iter().find(|name| **name == answer.name) {
            let value = answer.values.first().map(|value| value.0.as_str()).unwrap_or_default();
            query.append_child(element(name, NS).with_text(value));
        }
    }
    query
}

/// Gives the account a new password (§3.3).
pub fn change_password(username: &str, password: &str) -> Element {
    element("query", NS)
        .with_child(element("username", NS).with_text(username))
        .with_child(element("password", NS).with_text(password))
}

/// Removes the account (§3.2).
pub fn remove() -> Element {
    element("query", NS).with_child(element("remove", NS))
}

/// Whether the server asks with a data form.
pub fn has_form(query: &Element) -> bool {
    query.has_child("x", ns::DATA_FORMS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn form(inner: &str) -> RegistrationForm {
        let query: Element = format!("<query xmlns='jabber:iq:register'>{inner}</query>").parse().unwrap();
        read("example.org", &query).unwrap()
    }

    #[test]
    fn legacy_fields_get_the_shape_of_a_form() {
        let form = form(
            "<instructions>Choose</instructions><username/><password/><email/><x xmlns='jabber:x:oob'>\
            <url>https://example.org/join</url></x>",
        );
        assert_eq!(form.instructions, "Choose");
        assert_eq!(form.web_page.as_deref(), Some("https://example.org/join"));
        let kinds: Vec<(&str, FormFieldKind, bool)> =
            form.fields.iter().map(|field| (field.name.as_str(), field.kind, field.required)).collect();
        assert_eq!(
            kinds,
            [
                ("username", FormFieldKind::Text, true),
                ("password", FormFieldKind::Password, true),
                ("email", FormFieldKind::Text, false)
            ]
        );
    }

    #[test]
    fn an_address_or_number_is_asked_with_its_code() {
        let form = form(
            "<instructions>old</instructions><username/><x xmlns='jabber:x:data' type='form'><title>Join</title>\
             <instructions>We send a code to your phone.</instructions>\
             <field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value></field>\
             <field var='username' type='text-single'><required/></field>\
             <field var='password' type='text-private'><required/></field>\
             <field var='phone' type='text-single' label='Phone'><value>+49</value><required/></field>\
             <field var='code' type='text-single' label='Code'><desc>Six digits</desc><required/></field>\
             <field var='email' type='jid-single' label='E-mail'/></x>",
        );
        assert_eq!((form.title.as_str(), form.instructions.as_str()), ("Join", "We send a code to your phone."));
        let asked: Vec<_> = form.fields.iter().map(|field| (field.name.as_str(), field.kind, field.required)).collect();
        assert_eq!(
            asked,
            [
                ("FORM_TYPE", FormFieldKind::Hidden, false),
                ("username", FormFieldKind::Text, true),
                ("password", FormFieldKind::Password, true),
                ("phone", FormFieldKind::Text, true),
                ("code", FormFieldKind::Text, true),
                ("email", FormFieldKind::Text, false),
            ]
        );
        assert_eq!(
            (form.fields[3].values.as_slice(), form.fields[4].help.as_str()),
            (&["+49".to_owned()][..], "Six digits")
        );
        let legacy = self::form("<username/><password/><phone/>");
        assert_eq!(
            legacy.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            ["username", "password", "phone"]
        );
    }

    #[test]
    fn a_captcha_picture_becomes_a_data_url_and_a_script_does_not() {
        let with = |kind: &str| {
            form(&format!(
                "<x xmlns='jabber:x:data' type='form'><title>T</title><field var='FORM_TYPE' type='hidden'>\
                 <value>urn:xmpp:captcha</value></field><field var='ocr' label='Read it'>\
                 <media xmlns='urn:xmpp:media-element'><uri type='{kind}'>cid:a@bob.xmpp.org</uri></media>\
                 <required/></field></x><data xmlns='urn:xmpp:bob' cid='a@bob.xmpp.org' type='{kind}'>aGk\n=</data>"
            ))
        };
        let png = with("image/png");
        assert_eq!(png.title, "T");
        assert_eq!(png.fields[0].kind, FormFieldKind::Hidden);
        assert_eq!(png.fields[1].picture.as_deref(), Some("data:image/png;base64,aGk="));
        assert!(png.fields[1].required);
        assert_eq!(with("image/svg+xml").fields[1].picture, None);
    }

    #[test]
    fn answers_keep_the_shape_of_the_question() {
        let answer = |name: &str, value: &str| RegistrationFormAnswer {
            name: name.to_owned(),
            values: vec![value.to_owned().into()],
        };
        let legacy = set(false, &[answer("username", "a"), answer("evil name", "b")]);
        assert_eq!(
            legacy,
            "<query xmlns='jabber:iq:register'><username>a</username></query>".parse::<Element>().unwrap()
        );
        let form = set(true, &[answer("FORM_TYPE", "x"), answer("ocr", "7nHL3")]);
        assert!(has_form(&form));
    }
}
