//! Which codecs are offered, and what an offer and an answer have in common.

use confab_model::{CodecParameter, Content, HeaderExtension, MediaKind, PayloadType, RtcpFeedback};
use rtc::rtp_transceiver::rtp_sender::{RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind};

/// draft-holmer-rmcat-transport-wide-cc-extensions-01 §2.
pub(crate) const TRANSPORT_CC_URI: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// Header extension number of [`TRANSPORT_CC_URI`] in own offers.
const TRANSPORT_CC_ID: u16 = 1;

/// A content's codec, as one side says it or as both agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Codec {
    pub(crate) kind: MediaKind,
    pub(crate) payload_type: u8,
    /// Payload type of retransmissions (RFC 4588).
    pub(crate) rtx: Option<u8>,
    pub(crate) feedback: Vec<RtcpFeedback>,
    /// Number of the transport-wide sequence number extension.
    pub(crate) transport_cc: Option<u16>,
}

fn feedback(kind: &str, subtype: Option<&str>) -> RtcpFeedback {
    RtcpFeedback { kind: kind.to_owned(), subtype: subtype.map(str::to_owned) }
}

impl Codec {
    /// What is offered: Opus for audio (RFC 7587), VP8 with retransmission for video (RFC 7741, RFC 4588).
    ///
    /// Sound is sent again as it was, without RTX (RFC 4585 §6.2.1). Its receiver waits 200 ms for a packet after the next
    /// ones, so asking pays below a round trip of 150 ms, and again every 30 ms rather than once per round trip: the
    /// second question covers the loss of the first one and of its answer.
    pub(crate) fn offered(kind: MediaKind) -> Self {
        let transport_cc = Some(TRANSPORT_CC_ID);
        match kind {
            MediaKind::Audio => Self {
                kind,
                payload_type: 111,
                rtx: None,
                feedback: vec![feedback("nack", None), feedback("transport-cc", None)],
                transport_cc,
            },
            MediaKind::Video => Self {
                kind,
                payload_type: 96,
                rtx: Some(97),
                feedback: vec![
                    feedback("nack", None),
                    feedback("nack", Some("pli")),
                    feedback("ccm", Some("fir")),
                    feedback("goog-remb", None),
                    feedback("transport-cc", None),
                ],
                transport_cc,
            },
        }
    }

    /// What a content of the far side has in common with what is offered, with its numbers. `None`: nothing.
    pub(crate) fn agreed(content: &Content) -> Option<Self> {
        let own = Self::offered(content.kind);
        let (name, clock_rate) = own.encoding();
        let is_ours = |entry: &&PayloadType| {
            entry.name.eq_ignore_ascii_case(name) && entry.clock_rate == clock_rate && is_usable(entry.id)
        };
        let entry = content.payload_types.iter().find(is_ours)?;
        let theirs: Vec<&RtcpFeedback> = entry.feedback.iter().chain(&content.feedback).collect();
        let is_empty = |subtype: &Option<String>| subtype.as_deref().unwrap_or_default().is_empty();
        let feedback: Vec<RtcpFeedback> = own
            .feedback
            .into_iter()
            .filter(|ours| {
                theirs.iter().any(|their| {
                    their.kind.eq_ignore_ascii_case(&ours.kind)
                        && (their.subtype == ours.subtype || is_empty(&their.subtype) && is_empty(&ours.subtype))
                })
            })
            .collect();
        let retransmits = feedback.iter().any(|entry| entry.kind == "nack" && entry.subtype.is_none());
        let repairs = |rtx: &&PayloadType| {
            let of = rtx.parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case("apt"));
            rtx.name.eq_ignore_ascii_case("rtx")
                && rtx.clock_rate == clock_rate
                && is_usable(rtx.id)
                && rtx.id != entry.id
                && of.and_then(|parameter| parameter.value.trim().parse().ok()) == Some(entry.id)
        };
        let rtx = own.rtx.and(content.payload_types.iter().find(repairs)).map(|rtx| rtx.id).filter(|_| retransmits);
        // One-byte header extensions only (RFC 8285 §4.2).
        let is_transport_cc =
            |extension: &&HeaderExtension| extension.uri == TRANSPORT_CC_URI && (1..=14).contains(&extension.id);
        let reports = feedback.iter().any(|entry| entry.kind == "transport-cc");
        let transport_cc =
            content.header_extensions.iter().find(is_transport_cc).map(|extension| extension.id).filter(|_| reports);
        Some(Self { kind: content.kind, payload_type: entry.id, rtx, feedback, transport_cc })
    }

    /// Name and clock rate.
    fn encoding(&self) -> (&'static str, u32) {
        match self.kind {
            MediaKind::Audio => ("opus", 48_000),
            MediaKind::Video => ("VP8", 90_000),
        }
    }

    fn parameters(&self) -> Vec<CodecParameter> {
        let parameter = |name: &str, value: &str| CodecParameter { name: name.to_owned(), value: value.to_owned() };
        match self.kind {
            // RFC 7587 §7: frames of 10 ms and more; in-band FEC is made use of.
            MediaKind::Audio => vec![parameter("minptime", "10"), parameter("useinbandfec", "1")],
            MediaKind::Video => Vec::new(),
        }
    }

    /// For a description.
    pub(crate) fn payload_types(&self) -> Vec<PayloadType> {
        let (name, clock_rate) = self.encoding();
        let channels = if self.kind == MediaKind::Audio { 2 } else { 1 };
        let mut list = vec![PayloadType {
            id: self.payload_type,
            name: name.to_owned(),
            clock_rate,
            channels,
            parameters: self.parameters(),
            feedback: self.feedback.clone(),
        }];
        if let Some(rtx) = self.rtx {
            list.push(PayloadType {
                id: rtx,
                name: "rtx".to_owned(),
                clock_rate,
                channels: 1,
                parameters: vec![CodecParameter { name: "apt".to_owned(), value: self.payload_type.to_string() }],
                feedback: Vec::new(),
            });
        }
        list
    }

    /// For a description.
    pub(crate) fn header_extensions(&self) -> Vec<HeaderExtension> {
        let extension = |id| HeaderExtension { id, uri: TRANSPORT_CC_URI.to_owned() };
        self.transport_cc.map(extension).into_iter().collect()
    }

    /// For the engine: the codec, then its retransmission.
    pub(crate) fn engine_codecs(&self) -> Vec<RTCRtpCodecParameters> {
        let engine = |entry: PayloadType| {
            let kind = if self.kind == MediaKind::Audio { "audio" } else { "video" };
            let said: Vec<String> =
                entry.parameters.iter().map(|parameter| format!("{}={}", parameter.name, parameter.value)).collect();
            RTCRtpCodecParameters {
                rtp_codec: RTCRtpCodec {
                    mime_type: format!("{kind}/{}", entry.name),
                    clock_rate: entry.clock_rate,
                    channels: if entry.channels > 1 { u16::from(entry.channels) } else { 0 },
                    sdp_fmtp_line: said.join(";"),
                    rtcp_feedback: entry
                        .feedback
                        .into_iter()
                        .map(|entry| RTCPFeedback { typ: entry.kind, parameter: entry.subtype.unwrap_or_default() })
                        .collect(),
                },
                payload_type: entry.id,
            }
        };
        self.payload_types().into_iter().map(engine).collect()
    }

    /// For the engine.
    pub(crate) fn engine_kind(&self) -> RtpCodecKind {
        match self.kind {
            MediaKind::Audio => RtpCodecKind::Audio,
            MediaKind::Video => RtpCodecKind::Video,
        }
    }
}

/// RFC 5761 §4: 64..=95 would be taken for RTCP.
fn is_usable(payload_type: u8) -> bool {
    payload_type < 64 || (96..=127).contains(&payload_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use confab_model::{Creator, Senders, TransportDescription};

    fn content(codec: &Codec) -> Content {
        Content {
            name: "x".into(),
            creator: Creator::Initiator,
            senders: Senders::Both,
            kind: codec.kind,
            payload_types: codec.payload_types(),
            header_extensions: codec.header_extensions(),
            rtcp_mux: true,
            feedback: Vec::new(),
            sources: Vec::new(),
            source_groups: Vec::new(),
            is_screen: false,
            transport: TransportDescription::default(),
        }
    }

    #[test]
    fn an_own_offer_is_agreed_as_it_is() {
        for kind in [MediaKind::Audio, MediaKind::Video] {
            let offered = Codec::offered(kind);
            assert_eq!(Codec::agreed(&content(&offered)), Some(offered));
        }
    }

    #[test]
    fn the_numbers_of_the_far_side_are_kept_and_rtx_needs_nack() {
        let mut codec = Codec::offered(MediaKind::Video);
        (codec.payload_type, codec.rtx, codec.transport_cc) = (120, Some(121), Some(9));
        let mut theirs = content(&codec);
        assert_eq!(Codec::agreed(&theirs), Some(codec.clone()));
        theirs.payload_types[0].feedback.retain(|entry| entry.kind != "nack" || entry.subtype.is_some());
        assert_eq!(Codec::agreed(&theirs).and_then(|agreed| agreed.rtx), None);
        theirs.payload_types[0].id = 72;
        assert_eq!(Codec::agreed(&theirs), None, "72 is RTCP");
    }
}
