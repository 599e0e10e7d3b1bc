//! Where the modules of call signals (`xep::jmi_0353`, `xep::jingle_*`) are plugged in.
//!
//! A codec is a set of plain functions between [`Signal`] and XML; [`Codecs::installed`] is the one place that names
//! them. Everything around them is done here and in the actor, the same for all: who may send what, carbons and
//! archive, capabilities, ids, `<store/>`, acknowledging Jingle iqs and turning their errors into
//! [`Signal::SessionError`].

use confab_model::{CONFAB_CALL_NS, FullJid, Signal};
use minidom::Element;

use crate::{
    xep::{jingle_0166, jingle_ice_0176, jingle_rtp_0167, jmi_0353},
    xml::ns,
};

/// Reads a call signal out of a message. `None`: there is none, or it is not well-formed.
pub type ReadMessage = fn(&Element) -> Option<Signal>;

/// Reads a call signal out of the payload of an iq `set`.
pub type ReadIq = fn(&Element) -> Result<Signal, Refusal>;

/// Writes a signal. `None`: it is another codec's.
pub type Write = fn(&Signal, &WriteContext) -> Option<Written>;

/// Why an iq is answered with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `bad-request`: not what the extension says.
    Malformed,
    /// `feature-not-implemented`: an action that we do not know.
    NotImplemented,
}

/// What a codec may need beside the signal.
#[derive(Debug, Clone)]
pub struct WriteContext {
    /// This device.
    pub own: FullJid,
    /// The device it goes to, if it goes to one.
    pub device: Option<FullJid>,
}

/// A signal as XML.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// Children of a message, which is sent as `chat` with `<store/>` (XEP-0334) and an id.
    Message(Vec<Element>),
    /// The payload of an iq `set` to a device. Its error comes back as [`Signal::SessionError`].
    Iq(Element),
}

/// The codecs of call signals.
#[derive(Debug, Clone, Default)]
pub struct Codecs {
    pub messages: Vec<ReadMessage>,
    /// By namespace of the payload.
    pub iqs: Vec<(&'static str, ReadIq)>,
    pub writers: Vec<Write>,
    /// Advertised by disco and caps.
    pub features: Vec<&'static str>,
}

impl Codecs {
    /// The codecs of this build.
    pub fn installed() -> Self {
        Self {
            messages: vec![jmi_0353::read],
            iqs: vec![(ns::JINGLE, jingle_0166::read)],
            writers: vec![jmi_0353::write, jingle_0166::write],
            features: vec![
                CONFAB_CALL_NS,
                jmi_0353::NS,
                ns::JINGLE,
                jingle_0166::NS_GROUPING,
                jingle_0166::GROUPING_FEATURE,
                jingle_rtp_0167::NS,
                jingle_rtp_0167::NS_AUDIO,
                jingle_rtp_0167::NS_VIDEO,
                jingle_rtp_0167::NS_INFO,
                jingle_rtp_0167::NS_FEEDBACK,
                jingle_rtp_0167::NS_EXTENSIONS,
                jingle_rtp_0167::NS_SOURCES,
                jingle_rtp_0167::SOURCES_FEATURE,
                jingle_ice_0176::NS,
                jingle_ice_0176::NS_DTLS,
            ],
        }
    }

    pub(crate) fn read_message(&self, message: &Element) -> Option<Signal> {
        self.messages.iter().find_map(|read| read(message))
    }

    /// `None`: no codec has this namespace.
    pub(crate) fn read_iq(&self, payload: &Element) -> Option<Result<Signal, Refusal>> {
        let namespace = payload.ns();
        self.iqs.iter().find(|(own, _)| *own == namespace).map(|(_, read)| read(payload))
    }

    pub(crate) fn write(&self, signal: &Signal, context: &WriteContext) -> Option<Written> {
        self.writers.iter().find_map(|write| write(signal, context))
    }
}
