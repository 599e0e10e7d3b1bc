//! Candidates as SDP says them (RFC 8839 §5.1, RFC 6544 §4.5).

use std::fmt::Write as _;
use std::net::IpAddr;

use confab_model::{Candidate, CandidateKind, CandidateProtocol};

use super::is_word;

/// The value of a `candidate` attribute with its key (`candidate:…`), or `None` if a field cannot be said.
pub fn candidate_line(candidate: &Candidate) -> Option<String> {
    let foundation = if candidate.foundation.is_empty() { "0" } else { candidate.foundation.as_str() };
    if !is_word(foundation) || !is_word(&candidate.address) || candidate.port == 0 {
        return None;
    }
    let protocol = match candidate.protocol {
        CandidateProtocol::Udp => "udp",
        CandidateProtocol::Tcp => "tcp",
    };
    let kind = match candidate.kind {
        CandidateKind::Host => "host",
        CandidateKind::ServerReflexive => "srflx",
        CandidateKind::PeerReflexive => "prflx",
        CandidateKind::Relayed => "relay",
    };
    let mut line = format!(
        "candidate:{foundation} {} {protocol} {} {} {} typ {kind}",
        candidate.component, candidate.priority, candidate.address, candidate.port
    );
    // RFC 8839 §5.1: obligatory for all but host candidates; peers leave it out for privacy.
    let related = match (candidate.kind, candidate.related) {
        (CandidateKind::Host, _) => None,
        (_, Some(related)) => Some(related),
        (_, None) => Some((IpAddr::from([0, 0, 0, 0]), 0)),
    };
    if let Some((address, port)) = related {
        // Writing to a String cannot fail.
        let _ = write!(line, " raddr {address} rport {port}");
    }
    if candidate.protocol == CandidateProtocol::Tcp
        && let Some(tcp_type) = candidate.tcp_type.as_deref().filter(|text| is_word(text))
    {
        let _ = write!(line, " tcptype {tcp_type}");
    }
    Some(line)
}

/// The opposite of [`candidate_line`]; the key and unknown extensions may be there or not.
pub fn parse_candidate(line: &str) -> Option<Candidate> {
    let text = line.strip_prefix("a=").unwrap_or(line);
    let mut words = text.strip_prefix("candidate:").unwrap_or(text).split_ascii_whitespace();
    let foundation = words.next()?.to_owned();
    let component = words.next()?.parse().ok()?;
    let protocol = match words.next()? {
        word if word.eq_ignore_ascii_case("udp") => CandidateProtocol::Udp,
        word if word.eq_ignore_ascii_case("tcp") => CandidateProtocol::Tcp,
        _ => return None,
    };
    let priority = words.next()?.parse().ok()?;
    let address = words.next()?.to_owned();
    let port = words.next()?.parse().ok()?;
    if words.next()? != "typ" {
        return None;
    }
    let kind = match words.next()? {
        "host" => CandidateKind::Host,
        "srflx" => CandidateKind::ServerReflexive,
        "prflx" => CandidateKind::PeerReflexive,
        "relay" => CandidateKind::Relayed,
        _ => return None,
    };
    let (mut related_address, mut related_port, mut tcp_type, mut generation) = (None, None, None, 0);
    while let (Some(key), Some(value)) = (words.next(), words.next()) {
        match key {
            "raddr" => related_address = value.parse::<IpAddr>().ok(),
            "rport" => related_port = value.parse().ok(),
            "tcptype" => tcp_type = Some(value.to_owned()),
            "generation" => generation = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    Some(Candidate {
        foundation,
        component,
        protocol,
        priority,
        address,
        port,
        kind,
        related: related_address.zip(related_port),
        tcp_type,
        generation,
        id: String::new(),
        network: 0,
    })
}
