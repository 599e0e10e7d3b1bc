//! XEP-0080: a place, with an RFC 5870 `geo:` URI as the text for other clients.

use confab_model::Location;
use minidom::Element;

use crate::xml::{ElementExt, child_text, element};

pub const NS: &str = "http://jabber.org/protocol/geoloc";
/// Characters of an address.
const MAX_ADDRESS: usize = 1_024;
/// Octets of a `geo:` URI.
const MAX_URI: usize = 512;

/// Reads the place of a message.
pub fn read(message: &Element) -> Option<Location> {
    let geoloc = message.get_child("geoloc", NS)?;
    let number = |name| child_text(geoloc, name, NS).and_then(|text| text.trim().parse().ok());
    let location = located(number("lat")?, number("lon")?)?;
    let part = |name| child_text(geoloc, name, NS).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let parts =
        || ["street", "locality", "region", "country"].into_iter().filter_map(part).collect::<Vec<_>>().join(", ");
    let address = part("text").or_else(|| part("description")).unwrap_or_else(parts);
    Some(Location { address: address.chars().take(MAX_ADDRESS).collect(), ..location })
}

/// The child of a message.
pub fn child(location: &Location) -> Element {
    let mut geoloc = element("geoloc", NS)
        .with_child(element("lat", NS).with_text(location.latitude.to_string()))
        .with_child(element("lon", NS).with_text(location.longitude.to_string()));
    if !location.address.is_empty() {
        geoloc.append_child(element("text", NS).with_text(&location.address));
    }
    geoloc
}

/// `geo:48.2,16.37`. Rust writes numbers without exponents, as the URI wants them.
pub fn uri(location: &Location) -> String {
    format!("geo:{},{}", location.latitude, location.longitude)
}

/// Reads a `geo:` URI of the default coordinate system, WGS 84.
pub fn read_uri(uri: &str) -> Option<Location> {
    let scheme = uri.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("geo:"))?;
    let mut parts = uri.get(scheme.len()..).filter(|_| uri.len() <= MAX_URI)?.split(';');
    let mut numbers = parts.next()?.split(',');
    let (latitude, longitude) = (number(numbers.next()?)?, number(numbers.next()?)?);
    let altitude_is_fine = numbers.next().is_none_or(|altitude| number(altitude).is_some());
    let is_wgs84 = parts.all(|part| part.to_ascii_lowercase().strip_prefix("crs=").is_none_or(|crs| crs == "wgs84"));
    (altitude_is_fine && numbers.next().is_none() && is_wgs84).then(|| located(latitude, longitude)).flatten()
}

/// `1*DIGIT [ "." 1*DIGIT ]` with a sign (RFC 5870 §3.3); not what else Rust takes for a number.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| text.parse().ok()).flatten()
}

fn located(latitude: f64, longitude: f64) -> Option<Location> {
    is_place(latitude, longitude).then(|| Location { latitude, longitude, address: String::new() })
}

/// Whether there is such a place (RFC 5870 §3.4.2).
pub fn is_place(latitude: f64, longitude: f64) -> bool {
    (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_read_as_the_rfc_has_them() {
        let place = |latitude, longitude| Some(Location { latitude, longitude, address: String::new() });
        assert_eq!(read_uri("geo:48.2010,16.3695,183"), place(48.201, 16.3695));
        assert_eq!(read_uri("geo:48.198634,-16.371648;crs=wgs84;u=40"), place(48.198634, -16.371648));
        assert_eq!(read_uri("GEO:90,180"), place(90.0, 180.0));
        for broken in ["geo:", "geo:1", "geo:91,0", "geo:0,181", "geo:NaN,0", "geo:1e1,0", "geo:1,2,3,4", "gé:1,2"] {
            assert_eq!(read_uri(broken), None, "{broken}");
        }
        assert_eq!(read_uri("geo:1,2;crs=Moon-2011"), None);
        assert_eq!(read_uri("geo:1,2 and more"), None);
    }
}
