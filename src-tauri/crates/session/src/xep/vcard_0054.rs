//! XEP-0054: the older home of names and pictures, read only, and XEP-0153: its announcement in presence.

use minidom::Element;

use super::avatars_0084;
use crate::xml::{ElementExt, child_text, element};

pub const NS: &str = "vcard-temp";
const UPDATE: &str = "vcard-temp:x:update";

/// Name and picture of a card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    pub name: String,
    /// Media type (as its owner claims) and octets.
    pub picture: Option<(String, Vec<u8>)>,
}

/// Asks for a card.
pub fn get() -> Element {
    element("vCard", NS)
}

/// A card with a picture (media type and octets) and nothing else; `None`: not even that.
pub fn with_picture(picture: Option<(&str, &[u8])>) -> Element {
    use base64::Engine;
    let Some((media_type, bytes)) = picture else { return get() };
    let octets = base64::engine::general_purpose::STANDARD.encode(bytes);
    get().with_child(
        element("PHOTO", NS)
            .with_child(element("TYPE", NS).with_text(media_type))
            .with_child(element("BINVAL", NS).with_text(octets)),
    )
}

/// Reads a card; everything in it may be missing.
pub fn read(answer: &Element) -> Option<Card> {
    if !answer.is("vCard", NS) {
        return None;
    }
    let text = |name| child_text(answer, name, NS).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let picture = answer.get_child("PHOTO", NS).and_then(|photo| {
        let bytes = avatars_0084::picture(&child_text(photo, "BINVAL", NS)?)?;
        Some((child_text(photo, "TYPE", NS).unwrap_or_default().trim().chars().take(64).collect(), bytes))
    });
    Some(Card { name: text("NICKNAME").or_else(|| text("FN")).unwrap_or_default(), picture })
}

/// What a presence says of the picture of a card. `Some(None)`: there is none. `None`: nothing (yet).
pub fn read_update(presence: &Element) -> Option<Option<String>> {
    let photo = child_text(presence.get_child("x", UPDATE)?, "photo", UPDATE)?;
    if photo.trim().is_empty() { Some(None) } else { avatars_0084::read_id(&photo).map(Some) }
}
