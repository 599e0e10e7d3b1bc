//! XEP-0215 External Service Discovery: STUN and TURN servers, with short-lived credentials.

use confab_model::{IceServer, IceServerKind, Pii};
use jid::Jid;
use minidom::Element;

use super::datetime_0082;
use crate::{RequestError, SessionHandle, xml::element};

pub const NS: &str = "urn:xmpp:extdisco:2";
/// More servers than ICE has use for; each costs a check per local address.
const MAX_SERVERS: usize = 16;
/// A host name (RFC 1035 §2.3.4).
const MAX_HOST: usize = 255;
/// STUN and TURN without and with TLS (RFC 8489 §8.1, RFC 8656 §3).
const PORT: u16 = 3478;
const TLS_PORT: u16 = 5349;

/// Asks a server for its STUN and TURN servers. An empty list is an answer: there are none.
pub async fn external_services(session: &SessionHandle, domain: &str) -> Result<Vec<IceServer>, RequestError> {
    let to = Jid::new(domain).map_err(|error| RequestError::Invalid(error.to_string()))?;
    let answer = session.iq_get(Some(to), element("services", NS)).await?;
    Ok(answer.as_ref().map(read).unwrap_or_default())
}

/// Reads a `<services/>`. What is not STUN or TURN over UDP, TCP or TLS is left out.
pub fn read(services: &Element) -> Vec<IceServer> {
    if services.name() != "services" || services.ns() != NS {
        return Vec::new();
    }
    services.children().filter_map(read_service).take(MAX_SERVERS).collect()
}

fn read_service(service: &Element) -> Option<IceServer> {
    if service.name() != "service" || service.ns() != NS || service.attr("action") == Some("delete") {
        return None;
    }
    let kind = match service.attr("type")? {
        "stun" => IceServerKind::Stun,
        "turn" => IceServerKind::Turn,
        "turns" => IceServerKind::Turns,
        _ => return None,
    };
    let tcp = match service.attr("transport") {
        Some("udp") | None => kind == IceServerKind::Turns,
        Some("tcp") => true,
        Some(_) => return None,
    };
    // STUN over TCP tells an address that is of no use here.
    if kind == IceServerKind::Stun && tcp {
        return None;
    }
    let host = service.attr("host").filter(|host| !host.is_empty() && host.len() <= MAX_HOST)?;
    let default_port = if kind == IceServerKind::Turns { TLS_PORT } else { PORT };
    let secret = |name: &str| service.attr(name).map(|value| Pii(value.to_owned()));
    Some(IceServer {
        kind,
        host: host.to_owned(),
        port: match service.attr("port") {
            Some(port) => port.trim().parse().ok().filter(|port| *port != 0)?,
            None => default_port,
        },
        tcp,
        username: secret("username"),
        password: secret("password"),
        expires_at: service.attr("expires").and_then(datetime_0082::parse),
    })
}

#[cfg(test)]
mod tests {
    use confab_model::Timestamp;

    use super::*;

    #[test]
    fn servers_are_read_and_nonsense_is_left_out() {
        let services: Element = "<services xmlns='urn:xmpp:extdisco:2'>\
            <service type='stun' host='stun.example.org' port='3478' transport='udp'/>\
            <service type='stun' host='stun.example.org' transport='tcp'/>\
            <service type='turn' host='192.0.2.1' username='1:u' password='p' expires='2026-11-21T04:00:00Z'/>\
            <service type='turns' host='turn.example.org' transport='tcp'/>\
            <service type='turn' host='h' port='70000'/><service type='turn' host='h' port='0'/>\
            <service type='turn'/><service type='ftp' host='h'/><service host='h'/><other/>\
            <service type='turn' host='h' action='delete'/></services>"
            .parse()
            .expect("well formed");
        let read = read(&services);
        let seen: Vec<_> = read.iter().map(|s| (s.kind, s.host.as_str(), s.port, s.tcp)).collect();
        assert_eq!(
            seen,
            [
                (IceServerKind::Stun, "stun.example.org", 3478, false),
                (IceServerKind::Turn, "192.0.2.1", 3478, false),
                (IceServerKind::Turns, "turn.example.org", 5349, true),
            ]
        );
        assert_eq!(read[1].username, Some(Pii("1:u".to_owned())));
        assert_eq!(read[1].expires_at, Some(Timestamp(1_795_233_600_000)));
        assert!(!format!("{read:?}").contains("1:u"), "credentials do not reach a log");
    }

    #[test]
    fn another_answer_has_no_servers() {
        assert_eq!(super::read(&element("services", "urn:xmpp:extdisco:1")), []);
    }
}
