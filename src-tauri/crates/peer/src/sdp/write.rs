//! Descriptions to text.

use std::fmt::Write as _;

use confab_model::{
    CodecParameter, Content, DtlsSetup, Fingerprint, MediaDescription, MediaKind, PayloadType, RtcpFeedback,
};

use super::{Direction, MAX_CANDIDATES, MAX_CONTENTS, MAX_ENTRIES, MAX_TEXT, SdpError, candidate_line, is_word};

/// Writes a description. `by_initiator`: whose it is, for the direction.
///
/// Bundled contents without a transport of their own get the one of the first content of the group.
/// Parts that SDP cannot say (parameters with line breaks and the like) are left out.
///
/// # Errors
/// See [`SdpError`]; credentials and fingerprint are needed for every content.
pub fn write(description: &MediaDescription, by_initiator: bool) -> Result<String, SdpError> {
    let contents = &description.contents;
    if contents.is_empty() {
        return Err(SdpError::Empty);
    }
    if contents.len() > MAX_CONTENTS {
        return Err(SdpError::TooMany);
    }
    let mut sdp = String::from("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
    if !description.bundle.is_empty() {
        sdp.push_str("a=group:BUNDLE");
        for name in &description.bundle {
            push_word(&mut sdp, &name.0, SdpError::Name)?;
        }
        sdp.push_str("\r\n");
    }
    sdp.push_str("a=ice-options:trickle\r\na=msid-semantic:WMS *\r\n");
    let shared = description
        .bundle
        .first()
        .and_then(|first| contents.iter().find(|content| content.name == *first))
        .map(|content| &content.transport);
    for content in contents {
        let transport = if content.transport.ufrag.is_empty() && description.bundle.contains(&content.name) {
            shared.unwrap_or(&content.transport)
        } else {
            &content.transport
        };
        media_line(&mut sdp, content);
        line(&mut sdp, format_args!("c=IN IP4 0.0.0.0"));
        sdp.push_str("a=mid:");
        push_text(&mut sdp, &content.name.0, SdpError::Name)?;
        sdp.push_str("\r\na=ice-ufrag:");
        push_text(&mut sdp, &transport.ufrag, SdpError::Credentials)?;
        sdp.push_str("\r\na=ice-pwd:");
        push_text(&mut sdp, &transport.pwd, SdpError::Credentials)?;
        sdp.push_str("\r\n");
        fingerprint(&mut sdp, transport.fingerprint.as_ref().ok_or(SdpError::Fingerprint)?)?;
        line(&mut sdp, format_args!("a={}", Direction::of(content.senders, by_initiator).as_str()));
        if content.rtcp_mux {
            line(&mut sdp, format_args!("a=rtcp-mux"));
        }
        for extension in content.header_extensions.iter().take(MAX_ENTRIES).filter(|entry| is_word(&entry.uri)) {
            line(&mut sdp, format_args!("a=extmap:{} {}", extension.id, extension.uri));
        }
        for payload_type in payload_types(content) {
            codec(&mut sdp, payload_type);
        }
        for entry in content.feedback.iter().take(MAX_ENTRIES) {
            feedback(&mut sdp, None, entry);
        }
        sources(&mut sdp, content);
        let candidates = transport.candidates.iter().take(MAX_CANDIDATES);
        for candidate in candidates.filter_map(candidate_line) {
            line(&mut sdp, format_args!("a={candidate}"));
        }
    }
    Ok(sdp)
}

/// The payload types that can be said: each number once.
fn payload_types(content: &Content) -> impl Iterator<Item = &PayloadType> {
    let mut seen = [false; 256];
    content
        .payload_types
        .iter()
        .take(MAX_ENTRIES)
        .filter(|entry| is_word(&entry.name) && !entry.name.contains('/'))
        .filter(move |entry| !std::mem::replace(&mut seen[usize::from(entry.id)], true))
}

fn media_line(sdp: &mut String, content: &Content) {
    sdp.push_str(match content.kind {
        MediaKind::Audio => "m=audio 9 UDP/TLS/RTP/SAVPF",
        MediaKind::Video => "m=video 9 UDP/TLS/RTP/SAVPF",
    });
    for payload_type in payload_types(content) {
        // Writing to a String cannot fail, here and below.
        let _ = write!(sdp, " {}", payload_type.id);
    }
    sdp.push_str("\r\n");
}

fn codec(sdp: &mut String, payload_type: &PayloadType) {
    let PayloadType { id, name, clock_rate, channels, parameters, feedback: entries } = payload_type;
    if *channels > 1 {
        line(sdp, format_args!("a=rtpmap:{id} {name}/{clock_rate}/{channels}"));
    } else {
        line(sdp, format_args!("a=rtpmap:{id} {name}/{clock_rate}"));
    }
    let said: Vec<String> = parameters.iter().take(MAX_ENTRIES).filter_map(parameter).collect();
    if !said.is_empty() {
        line(sdp, format_args!("a=fmtp:{id} {}", said.join(";")));
    }
    for entry in entries.iter().take(MAX_ENTRIES) {
        feedback(sdp, Some(*id), entry);
    }
}

/// `name=value`, or a bare value such as `111/111` of RED (RFC 2198).
fn parameter(parameter: &CodecParameter) -> Option<String> {
    let says = |text: &str| is_word(text) && !text.contains(';');
    match (parameter.name.as_str(), parameter.value.as_str()) {
        ("", "") => None,
        ("", bare) | (bare, "") => (says(bare) && !bare.contains('=')).then(|| bare.to_owned()),
        (name, value) => (says(name) && !name.contains('=') && says(value)).then(|| format!("{name}={value}")),
    }
}

fn feedback(sdp: &mut String, payload_type: Option<u8>, entry: &RtcpFeedback) {
    let subtype = entry.subtype.as_deref().unwrap_or_default();
    if !is_word(&entry.kind) || !(subtype.is_empty() || is_word(subtype)) {
        return;
    }
    match payload_type {
        Some(id) => {
            let _ = write!(sdp, "a=rtcp-fb:{id} {}", entry.kind);
        }
        None => {
            let _ = write!(sdp, "a=rtcp-fb:* {}", entry.kind);
        }
    }
    if !subtype.is_empty() {
        let _ = write!(sdp, " {subtype}");
    }
    sdp.push_str("\r\n");
}

fn sources(sdp: &mut String, content: &Content) {
    for group in content.source_groups.iter().take(MAX_ENTRIES).filter(|group| is_word(&group.semantics)) {
        let _ = write!(sdp, "a=ssrc-group:{}", group.semantics);
        for ssrc in group.ssrcs.iter().take(MAX_ENTRIES) {
            let _ = write!(sdp, " {ssrc}");
        }
        sdp.push_str("\r\n");
    }
    for source in content.sources.iter().take(MAX_ENTRIES) {
        let mut said = false;
        for CodecParameter { name, value } in source.parameters.iter().take(MAX_ENTRIES) {
            // RFC 5576 §4.1; the value of msid is two words.
            let is_text = value.len() <= MAX_TEXT && value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
            if !is_word(name) || name.contains(':') || !is_text {
                continue;
            }
            said = true;
            if value.is_empty() {
                line(sdp, format_args!("a=ssrc:{} {name}", source.ssrc));
            } else {
                line(sdp, format_args!("a=ssrc:{} {name}:{value}", source.ssrc));
            }
        }
        if !said {
            // The engine learns a source only from a line with an attribute; RFC 5576 §6.1 wants a cname anyway.
            line(sdp, format_args!("a=ssrc:{} cname:-", source.ssrc));
        }
    }
}

fn fingerprint(sdp: &mut String, fingerprint: &Fingerprint) -> Result<(), SdpError> {
    sdp.push_str("a=fingerprint:");
    push_text(sdp, &fingerprint.hash, SdpError::Fingerprint)?;
    push_word(sdp, &fingerprint.value, SdpError::Fingerprint)?;
    let setup = match fingerprint.setup {
        DtlsSetup::Active => "active",
        DtlsSetup::Passive => "passive",
        DtlsSetup::ActPass => "actpass",
    };
    let _ = write!(sdp, "\r\na=setup:{setup}\r\n");
    Ok(())
}

fn line(sdp: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = write!(sdp, "{text}\r\n");
}

fn push_text(sdp: &mut String, word: &str, error: SdpError) -> Result<(), SdpError> {
    if !is_word(word) {
        return Err(error);
    }
    sdp.push_str(word);
    Ok(())
}

fn push_word(sdp: &mut String, word: &str, error: SdpError) -> Result<(), SdpError> {
    sdp.push(' ');
    push_text(sdp, word, error)
}
