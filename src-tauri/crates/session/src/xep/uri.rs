//! Addresses within URIs: RFC 3986 percent-encoding and RFC 5122 `xmpp:`.

use jid::Jid;

/// Octets of an address of a file; servers sign their slots with some hundred.
pub const MAX_URL: usize = 4_096;

/// `xmpp:user@server/resource`.
pub fn xmpp(jid: &Jid) -> String {
    let mut uri = "xmpp:".to_owned();
    if let Some(node) = jid.node() {
        uri.push_str(&encode(node.as_str()));
        uri.push('@');
    }
    uri.push_str(jid.domain().as_str());
    if let Some(resource) = jid.resource() {
        uri.push('/');
        uri.push_str(&encode(resource.as_str()));
    }
    uri
}

/// The address in an `xmpp:` URI; what comes after `?` is not looked at.
pub fn read_xmpp(uri: &str) -> Option<Jid> {
    if uri.len() > MAX_URL {
        return None;
    }
    let (scheme, rest) = uri.split_once(':')?;
    let path = rest.split(['?', '#']).next()?;
    scheme.eq_ignore_ascii_case("xmpp").then(|| Jid::new(&decode(path)?).ok()).flatten()
}

/// The last part of a web address's path, decoded: what a file is called if nothing else tells.
pub fn last_segment(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let after_scheme = path.split_once("://").map_or(path, |(_, rest)| rest);
    let segment = after_scheme.split_once('/').and_then(|(_, path)| path.rsplit('/').next()).unwrap_or_default();
    decode(segment).unwrap_or_else(|| segment.to_owned())
}

/// A web address that is short enough and has no white space.
pub fn is_web(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("https" | "http"))
        && url.len() <= MAX_URL
        && !url.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// `None`: not percent-encoded UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        decoded.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_survive() {
        for text in ["bob@example.org", "room@rooms.example.org/Zoë & 王?#/x", "example.org"] {
            let jid = Jid::new(text).unwrap();
            assert_eq!(read_xmpp(&xmpp(&jid)), Some(jid), "{text}");
        }
        assert_eq!(read_xmpp("xmpp:bob@example.org?message"), Jid::new("bob@example.org").ok());
        for broken in ["bob@example.org", "xmpp:%zz", "xmpp:%", "xmpp:%ff@x", "mailto:bob@example.org", "xmpp:é%c"] {
            assert_eq!(read_xmpp(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_file_is_called_as_the_end_of_its_address() {
        assert_eq!(last_segment("https://example.org/a/b%20c.png?x=/y"), "b c.png");
        assert_eq!(last_segment("https://example.org/a/%zz"), "%zz");
        assert_eq!(last_segment("https://example.org"), "");
        assert!(is_web("https://example.org/x") && is_web("HTTP://example.org"));
        for other in ["javascript:alert(1)", "file:///etc/passwd", "https://a b", "aesgcm://x/y", "", "//x"] {
            assert!(!is_web(other), "{other}");
        }
    }
}
