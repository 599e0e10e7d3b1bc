//! XEP-0363: a place on the server for a file.

use minidom::Element;

use super::{disco_0030::Info, uri};
use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:http:upload:0";
/// What may be sent with the file (§3): nothing else, so that a service cannot make a client say things.
const HEADERS: [&str; 3] = ["Authorization", "Cookie", "Expires"];
/// Octets of a header's value.
const MAX_HEADER: usize = 8_192;

/// Where a file goes, and where it can be fetched then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadSlot {
    /// `https`.
    pub put_url: String,
    /// To be sent with the `PUT`.
    pub headers: Vec<(String, String)>,
    /// `https`.
    pub get_url: String,
}

/// Whether an entity takes files, and its largest size in octets if it tells.
pub fn offered(info: &Info) -> Option<Option<u64>> {
    let fields = info.forms.iter().filter(|(kind, _)| kind == NS).flat_map(|(_, fields)| fields);
    let limit = fields.filter(|(name, _)| name == "max-file-size").find_map(|(_, values)| values.first()?.parse().ok());
    info.features.contains(NS).then_some(limit)
}

/// Asks for a place.
pub fn request(name: &str, size: u64, media_type: &str) -> Element {
    element("request", NS).with("filename", name).with("size", size.to_string()).with("content-type", media_type)
}

/// Reads the answer. `None`: not a slot, or not by TLS (§13: MUST).
pub fn read(answer: &Element) -> Option<UploadSlot> {
    let put = answer.get_child("put", NS).filter(|_| answer.is("slot", NS))?;
    let url = |element: &Element| {
        let url = element.attr("url").filter(|url| uri::is_web(url))?;
        url.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).map(|_| url.to_owned())
    };
    let headers = put.children().filter(|child| child.is("header", NS)).filter_map(|header| {
        let given = header.attr("name")?;
        let name = HEADERS.iter().find(|name| name.eq_ignore_ascii_case(given))?;
        // §5: line ends would begin another header.
        let value: String = header.text().chars().filter(|c| !c.is_control()).collect();
        (value.len() <= MAX_HEADER).then(|| ((*name).to_owned(), value))
    });
    Some(UploadSlot {
        headers: headers.take(HEADERS.len()).collect(),
        put_url: url(put)?,
        get_url: url(answer.get_child("get", NS)?)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn slot(put: &str, get: &str, headers: &str) -> Option<UploadSlot> {
        let answer =
            format!("<slot xmlns='urn:xmpp:http:upload:0'><put url='{put}'>{headers}</put><get url='{get}'/></slot>");
        read(&answer.parse().unwrap())
    }

    #[test]
    fn only_known_headers_without_line_ends_and_only_tls() {
        let headers = "<header name='authorization'>Basic&#13;&#10; x</header><header name='Host'>evil</header>";
        let slot_read = slot("https://u.example.org/1", "https://d.example.org/1", headers).unwrap();
        assert_eq!(slot_read.headers, [("Authorization".to_owned(), "Basic x".to_owned())]);
        assert_eq!(slot("http://u.example.org/1", "https://d.example.org/1", ""), None);
        assert_eq!(slot("https://u.example.org/1", "http://d.example.org/1", ""), None);
        assert_eq!(slot("https://u.example.org/ 1", "https://d.example.org/1", ""), None);
    }
}
