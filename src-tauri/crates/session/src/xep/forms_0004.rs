//! XEP-0004: data forms, as far as registration and queries need them.

use confab_model::{FormField, FormFieldKind};
use minidom::Element;

use super::bob_0231;
use crate::xml::{ElementExt, child_text, element, ns};

/// Fields beyond this are dropped: nobody fills in such a form.
const MAX_FIELDS: usize = 64;

/// Reads the fields of a form. `pictures` are the XEP-0231 data that came with it.
pub fn read_fields(form: &Element, pictures: &[bob_0231::Data]) -> Vec<FormField> {
    form.children()
        .filter(|child| child.is("field", ns::DATA_FORMS))
        .take(MAX_FIELDS)
        .map(|field| read_field(field, pictures))
        .collect()
}

fn read_field(field: &Element, pictures: &[bob_0231::Data]) -> FormField {
    let texts = |parent: &Element| -> Vec<String> {
        parent.children().filter(|child| child.is("value", ns::DATA_FORMS)).map(Element::text).collect()
    };
    let kind = match field.attr("type").unwrap_or("text-single") {
        "text-private" => FormFieldKind::Password,
        "text-multi" | "jid-multi" => FormFieldKind::Multiline,
        "boolean" => FormFieldKind::Boolean,
        "list-single" => FormFieldKind::Choice,
        "list-multi" => FormFieldKind::Choices,
        "fixed" => FormFieldKind::Note,
        "hidden" => FormFieldKind::Hidden,
        _ => FormFieldKind::Text,
    };
    let name = field.attr("var").unwrap_or_default().to_owned();
    let options = field
        .children()
        .filter(|child| child.is("option", ns::DATA_FORMS))
        .filter_map(|option| {
            let value = texts(option).into_iter().next()?;
            let label = option.attr("label").unwrap_or(&value).to_owned();
            Some((value, label))
        })
        .collect();
    FormField {
        label: field.attr("label").unwrap_or(&name).to_owned(),
        help: child_text(field, "desc", ns::DATA_FORMS).unwrap_or_default(),
        kind,
        required: field.has_child("required", ns::DATA_FORMS),
        values: texts(field),
        options,
        picture: bob_0231::picture(field, pictures),
        name,
    }
}

/// A filled-in form.
pub fn submission(form_type: Option<&str>, fields: &[(String, Vec<String>)]) -> Element {
    let mut form = element("x", ns::DATA_FORMS).with("type", "submit");
    if let Some(form_type) = form_type {
        form.append_child(
            element("field", ns::DATA_FORMS)
                .with("var", "FORM_TYPE")
                .with("type", "hidden")
                .with_child(element("value", ns::DATA_FORMS).with_text(form_type)),
        );
    }
    for (name, values) in fields {
        let mut field = element("field", ns::DATA_FORMS).with("var", name);
        for value in values {
            field.append_child(element("value", ns::DATA_FORMS).with_text(value));
        }
        form.append_child(field);
    }
    form
}
