//! Text to descriptions.

use confab_model::{
    CodecParameter, Content, ContentName, Creator, DtlsSetup, Fingerprint, HeaderExtension, MediaDescription,
    MediaKind, PayloadType, RtcpFeedback, Source, SourceGroup, TransportDescription,
};

use super::{Direction, MAX_CANDIDATES, MAX_CONTENTS, MAX_ENTRIES, SdpError, parse_candidate};

/// Reads a text. `by_initiator`: whose it is, for `senders`.
///
/// Session-level credentials, fingerprint and setup hold for the contents that have none. Media sections other than
/// audio and video, and attributes that a [`MediaDescription`] has no place for, are skipped.
///
/// # Errors
/// [`SdpError::Line`] for a line that is not `x=…` or a broken number where one must stand, [`SdpError::Empty`],
/// [`SdpError::TooMany`].
pub fn read(sdp: &str, by_initiator: bool) -> Result<MediaDescription, SdpError> {
    let mut description = MediaDescription::default();
    let mut session = Section::default();
    let mut media: Option<Section> = None;
    for (index, line) in sdp.lines().enumerate() {
        let number = index + 1;
        if line.is_empty() {
            continue;
        }
        let (kind, value) = line.split_once('=').ok_or(SdpError::Line(number))?;
        match kind {
            "m" => {
                if let Some(done) = media.replace(Section::of_media(value, number)?) {
                    done.finish(&session, by_initiator, &mut description)?;
                }
            }
            "a" => {
                let (key, value) = value.split_once(':').unwrap_or((value, ""));
                match &mut media {
                    Some(section) => section.attribute(key, value, number)?,
                    None if key == "group" => {
                        if let Some(mids) = value.strip_prefix("BUNDLE") {
                            let mids = mids.split_ascii_whitespace().take(MAX_CONTENTS);
                            description.bundle = mids.map(ContentName::from).collect();
                        }
                    }
                    None => session.attribute(key, value, number)?,
                }
            }
            _ => {}
        }
    }
    if let Some(done) = media {
        done.finish(&session, by_initiator, &mut description)?;
    }
    if description.contents.is_empty() { Err(SdpError::Empty) } else { Ok(description) }
}

/// A media section, or the lines before the first.
#[derive(Default)]
struct Section {
    kind: Option<MediaKind>,
    mid: String,
    formats: Vec<u8>,
    payload_types: Vec<PayloadType>,
    header_extensions: Vec<HeaderExtension>,
    feedback: Vec<RtcpFeedback>,
    rtcp_mux: bool,
    direction: Option<Direction>,
    sources: Vec<Source>,
    source_groups: Vec<SourceGroup>,
    transport: TransportDescription,
    hash: Option<(String, String)>,
    setup: Option<DtlsSetup>,
}

impl Section {
    fn of_media(value: &str, number: usize) -> Result<Self, SdpError> {
        let mut words = value.split_ascii_whitespace();
        let kind = match words.next().ok_or(SdpError::Line(number))? {
            "audio" => Some(MediaKind::Audio),
            "video" => Some(MediaKind::Video),
            _ => None,
        };
        let formats = words.skip(2).take(MAX_ENTRIES).filter_map(|word| word.parse().ok()).collect();
        Ok(Self { kind, formats, ..Self::default() })
    }

    fn attribute(&mut self, key: &str, value: &str, number: usize) -> Result<(), SdpError> {
        let broken = SdpError::Line(number);
        match key {
            "mid" => self.mid = value.to_owned(),
            "ice-ufrag" => self.transport.ufrag = value.to_owned(),
            "ice-pwd" => self.transport.pwd = value.to_owned(),
            "rtcp-mux" => self.rtcp_mux = true,
            "sendrecv" => self.direction = Some(Direction::SendRecv),
            "sendonly" => self.direction = Some(Direction::SendOnly),
            "recvonly" => self.direction = Some(Direction::RecvOnly),
            "inactive" => self.direction = Some(Direction::Inactive),
            "fingerprint" => {
                let (hash, digest) = value.split_once(' ').ok_or(broken)?;
                self.hash = Some((hash.to_ascii_lowercase(), digest.to_ascii_uppercase()));
            }
            "setup" => {
                self.setup = match value {
                    "active" => Some(DtlsSetup::Active),
                    "passive" => Some(DtlsSetup::Passive),
                    "actpass" => Some(DtlsSetup::ActPass),
                    _ => return Err(broken),
                }
            }
            "candidate" if self.transport.candidates.len() < MAX_CANDIDATES => {
                self.transport.candidates.push(parse_candidate(value).ok_or(broken)?);
            }
            "extmap" if self.header_extensions.len() < MAX_ENTRIES => {
                let mut words = value.split_ascii_whitespace();
                // `1/sendonly uri attributes…` (RFC 8285 §8)
                let id = words.next().and_then(|word| word.split('/').next()).and_then(|word| word.parse().ok());
                let (Some(id), Some(uri)) = (id, words.next()) else { return Err(broken) };
                self.header_extensions.push(HeaderExtension { id, uri: uri.to_owned() });
            }
            "rtpmap" => self.rtpmap(value).ok_or(broken)?,
            "fmtp" => self.fmtp(value).ok_or(broken)?,
            "rtcp-fb" => self.rtcp_fb(value).ok_or(broken)?,
            "ssrc" => self.ssrc(value).ok_or(broken)?,
            "ssrc-group" if self.source_groups.len() < MAX_ENTRIES => {
                let mut words = value.split_ascii_whitespace();
                let semantics = words.next().ok_or(broken)?.to_owned();
                let ssrcs = words.take(MAX_ENTRIES).filter_map(|word| word.parse().ok()).collect();
                self.source_groups.push(SourceGroup { semantics, ssrcs });
            }
            _ => {}
        }
        Ok(())
    }

    fn payload_type(&mut self, id: u8) -> Option<&mut PayloadType> {
        self.payload_types.iter_mut().find(|entry| entry.id == id)
    }

    fn rtpmap(&mut self, value: &str) -> Option<()> {
        let (id, encoding) = value.split_once(' ')?;
        let id = id.parse().ok()?;
        let mut parts = encoding.split('/');
        let name = parts.next()?.to_owned();
        let clock_rate = parts.next()?.parse().ok()?;
        let channels = parts.next().and_then(|word| word.parse().ok()).unwrap_or(1);
        if self.payload_type(id).is_none() && self.payload_types.len() < MAX_ENTRIES {
            let (parameters, feedback) = (Vec::new(), Vec::new());
            self.payload_types.push(PayloadType { id, name, clock_rate, channels, parameters, feedback });
        }
        Some(())
    }

    fn fmtp(&mut self, value: &str) -> Option<()> {
        let (id, parameters) = value.split_once(' ')?;
        let id = id.parse().ok()?;
        if let Some(entry) = self.payload_type(id) {
            let parameters = parameters.split(';').map(str::trim).filter(|text| !text.is_empty()).take(MAX_ENTRIES);
            entry.parameters.extend(parameters.map(|text| match text.split_once('=') {
                Some((name, value)) => CodecParameter { name: name.to_owned(), value: value.to_owned() },
                None => CodecParameter { name: text.to_owned(), value: String::new() },
            }));
        }
        Some(())
    }

    fn rtcp_fb(&mut self, value: &str) -> Option<()> {
        let mut words = value.split_ascii_whitespace();
        let id = words.next()?;
        let kind = words.next()?.to_owned();
        let entry = RtcpFeedback { kind, subtype: words.next().map(str::to_owned) };
        let list = if id == "*" {
            Some(&mut self.feedback)
        } else {
            let id = id.parse().ok()?;
            self.payload_type(id).map(|entry| &mut entry.feedback)
        };
        if let Some(list) = list.filter(|list| list.len() < MAX_ENTRIES) {
            list.push(entry);
        }
        Some(())
    }

    fn ssrc(&mut self, value: &str) -> Option<()> {
        let (ssrc, attribute) = value.split_once(' ').unwrap_or((value, ""));
        let ssrc = ssrc.parse().ok()?;
        let position = self.sources.iter().position(|source| source.ssrc == ssrc);
        let index = match position {
            Some(index) => index,
            None if self.sources.len() < MAX_ENTRIES => {
                self.sources.push(Source { ssrc, parameters: Vec::new() });
                self.sources.len() - 1
            }
            None => return Some(()),
        };
        let parameters = &mut self.sources[index].parameters;
        if !attribute.is_empty() && parameters.len() < MAX_ENTRIES {
            let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
            parameters.push(CodecParameter { name: name.to_owned(), value: value.to_owned() });
        }
        Some(())
    }

    fn finish(
        mut self,
        session: &Section,
        by_initiator: bool,
        description: &mut MediaDescription,
    ) -> Result<(), SdpError> {
        let Some(kind) = self.kind else { return Ok(()) };
        if description.contents.len() == MAX_CONTENTS {
            return Err(SdpError::TooMany);
        }
        if self.transport.ufrag.is_empty() {
            self.transport.ufrag.clone_from(&session.transport.ufrag);
            self.transport.pwd.clone_from(&session.transport.pwd);
        }
        let setup = self.setup.or(session.setup).unwrap_or(DtlsSetup::ActPass);
        self.transport.fingerprint =
            self.hash.or_else(|| session.hash.clone()).map(|(hash, value)| Fingerprint { hash, value, setup });
        // The order of the m line is the order of preference.
        let formats = &self.formats;
        self.payload_types.sort_by_key(|entry| formats.iter().position(|id| *id == entry.id).unwrap_or(usize::MAX));
        description.contents.push(Content {
            name: ContentName(self.mid),
            creator: Creator::Initiator,
            senders: self.direction.or(session.direction).unwrap_or(Direction::SendRecv).senders(by_initiator),
            kind,
            payload_types: self.payload_types,
            header_extensions: self.header_extensions,
            rtcp_mux: self.rtcp_mux,
            feedback: self.feedback,
            sources: self.sources,
            source_groups: self.source_groups,
            is_screen: false,
            transport: self.transport,
        });
        Ok(())
    }
}
