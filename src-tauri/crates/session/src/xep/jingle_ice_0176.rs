//! XEP-0176 ICE-UDP transports with XEP-0320 fingerprints.
//!
//! Real clients leave out `generation`, `id` and `network`, and give mDNS names as addresses: what is missing gets a
//! default, a candidate that makes no sense is dropped alone.

use confab_model::{Candidate, CandidateKind, CandidateProtocol, DtlsSetup, Fingerprint, TransportDescription};
use minidom::Element;

use crate::xml::{ElementExt as _, element};

pub const NS: &str = "urn:xmpp:jingle:transports:ice-udp:1";
pub const NS_DTLS: &str = "urn:xmpp:jingle:apps:dtls:0";
/// More candidates of one content than any host has interfaces.
const MAX_CANDIDATES: usize = 64;
/// RFC 8445 §5.3: at most 256 characters each.
const MAX_CREDENTIAL: usize = 256;
/// A host name (RFC 1035 §2.3.4).
const MAX_ADDRESS: usize = 255;

/// Reads a `<transport/>`.
pub(super) fn read(transport: &Element) -> TransportDescription {
    let credential = |name: &str| {
        transport.attr(name).filter(|value| value.len() <= MAX_CREDENTIAL).map(str::to_owned).unwrap_or_default()
    };
    TransportDescription {
        ufrag: credential("ufrag"),
        pwd: credential("pwd"),
        fingerprint: choose_fingerprint(transport),
        candidates: transport
            .children()
            .filter(|child| child.name() == "candidate" && child.ns() == NS)
            .filter_map(read_candidate)
            .take(MAX_CANDIDATES)
            .collect(),
    }
}

/// Several may be told (RFC 8122 §5): SHA-256 is the one that every peer can check, else the first.
fn choose_fingerprint(transport: &Element) -> Option<Fingerprint> {
    let all = transport.children().filter(|child| child.name() == "fingerprint" && child.ns() == NS_DTLS);
    let mut readable = all.filter_map(read_fingerprint);
    let first = readable.next()?;
    if first.hash == "sha-256" {
        return Some(first);
    }
    Some(readable.find(|other| other.hash == "sha-256").unwrap_or(first))
}

fn read_fingerprint(element: &Element) -> Option<Fingerprint> {
    let setup = match element.attr("setup") {
        Some("active") => DtlsSetup::Active,
        Some("passive") => DtlsSetup::Passive,
        // XEP-0320 makes it mandatory; an offer without it can only mean that either role will do (RFC 5763 §5).
        Some("actpass") | None => DtlsSetup::ActPass,
        Some(_) => return None,
    };
    let value = element.text().trim().to_ascii_uppercase();
    let well_formed = !value.is_empty()
        && value.len() <= 3 * 64
        && value.split(':').all(|byte| byte.len() == 2 && byte.bytes().all(|b| b.is_ascii_hexdigit()));
    well_formed.then(|| Fingerprint {
        hash: element.attr("hash").unwrap_or_default().to_ascii_lowercase(),
        value,
        setup,
    })
}

fn read_candidate(element: &Element) -> Option<Candidate> {
    let number = |name: &str| element.attr(name).and_then(|value| value.trim().parse::<u32>().ok());
    let address = element.attr("ip").filter(|ip| !ip.is_empty() && ip.len() <= MAX_ADDRESS)?;
    let kind = match element.attr("type") {
        Some("host") | None => CandidateKind::Host,
        Some("srflx") => CandidateKind::ServerReflexive,
        Some("prflx") => CandidateKind::PeerReflexive,
        Some("relay") => CandidateKind::Relayed,
        Some(_) => return None,
    };
    let protocol = match element.attr("protocol") {
        None => CandidateProtocol::Udp,
        Some(name) if name.eq_ignore_ascii_case("udp") => CandidateProtocol::Udp,
        Some(name) if name.eq_ignore_ascii_case("tcp") => CandidateProtocol::Tcp,
        Some(_) => return None,
    };
    let related = element
        .attr("rel-addr")
        .and_then(|address| address.parse().ok())
        .zip(number("rel-port").and_then(|port| u16::try_from(port).ok()));
    let short = |name: &str| element.attr(name).unwrap_or_default().chars().take(64).collect::<String>();
    Some(Candidate {
        foundation: short("foundation"),
        component: u16::try_from(number("component").unwrap_or(1)).ok()?,
        protocol,
        priority: number("priority").unwrap_or(0),
        address: address.to_owned(),
        port: u16::try_from(number("port")?).ok()?,
        kind,
        related,
        tcp_type: element.attr("tcptype").map(|_| short("tcptype")),
        generation: number("generation").unwrap_or(0),
        id: short("id"),
        network: number("network").unwrap_or(0),
    })
}

/// Writes a `<transport/>`.
pub(super) fn write(transport: &TransportDescription) -> Element {
    let mut out = element("transport", NS);
    if !transport.ufrag.is_empty() {
        out = out.with("ufrag", transport.ufrag.as_str()).with("pwd", transport.pwd.as_str());
    }
    if let Some(fingerprint) = &transport.fingerprint {
        let setup = match fingerprint.setup {
            DtlsSetup::Active => "active",
            DtlsSetup::Passive => "passive",
            DtlsSetup::ActPass => "actpass",
        };
        out.append_child(
            element("fingerprint", NS_DTLS)
                .with("hash", fingerprint.hash.as_str())
                .with("setup", setup)
                .with_text(fingerprint.value.as_str()),
        );
    }
    for (index, candidate) in transport.candidates.iter().enumerate() {
        out.append_child(write_candidate(candidate, index));
    }
    out
}

fn write_candidate(candidate: &Candidate, index: usize) -> Element {
    let kind = match candidate.kind {
        CandidateKind::Host => "host",
        CandidateKind::ServerReflexive => "srflx",
        CandidateKind::PeerReflexive => "prflx",
        CandidateKind::Relayed => "relay",
    };
    let protocol = match candidate.protocol {
        CandidateProtocol::Udp => "udp",
        CandidateProtocol::Tcp => "tcp",
    };
    // XEP-0176 §13 wants an id that is unique within the session.
    let id = if candidate.id.is_empty() {
        format!("{}-{}-{}-{index}", candidate.foundation, candidate.component, candidate.port)
    } else {
        candidate.id.clone()
    };
    let mut out = element("candidate", NS)
        .with("component", candidate.component.to_string())
        .with("foundation", candidate.foundation.as_str())
        .with("generation", candidate.generation.to_string())
        .with("id", id)
        .with("ip", candidate.address.as_str())
        .with("network", candidate.network.to_string())
        .with("port", candidate.port.to_string())
        .with("priority", candidate.priority.to_string())
        .with("protocol", protocol)
        .with("type", kind);
    if let Some((address, port)) = &candidate.related {
        out = out.with("rel-addr", address.to_string()).with("rel-port", port.to_string());
    }
    if let Some(tcp_type) = &candidate.tcp_type {
        out = out.with("tcptype", tcp_type.as_str());
    }
    out
}
