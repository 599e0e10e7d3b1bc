//! XEP-0357: notifications through a push service while this device is away.

use jid::Jid;
use minidom::Element;

use super::forms_0004;
use crate::xml::{ElementExt, element};

pub const NS: &str = "urn:xmpp:push:0";
const PUBLISH_OPTIONS: &str = "http://jabber.org/protocol/pubsub#publish-options";

/// A push service, as it was set up for this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushService {
    pub jid: Jid,
    /// The device's node at the service.
    pub node: String,
    /// What the service asks to be published with, for example a secret.
    pub options: Vec<(String, String)>,
}

impl PushService {
    /// `None`: that is no address.
    pub fn new(jid: &str, node: String, options: Vec<(String, String)>) -> Option<Self> {
        Some(Self { jid: Jid::new(jid).ok()?, node, options })
    }
}

/// Turns it on.
pub fn enable(service: &PushService) -> Element {
    let enable = element("enable", NS).with("jid", service.jid.to_string()).with("node", &service.node);
    if service.options.is_empty() {
        return enable;
    }
    let fields: Vec<(String, Vec<String>)> =
        service.options.iter().map(|(name, value)| (name.clone(), vec![value.clone()])).collect();
    enable.with_child(forms_0004::submission(Some(PUBLISH_OPTIONS), &fields))
}

/// Turns it off; without a node: everything of that service.
pub fn disable(jid: &Jid, node: Option<&str>) -> Element {
    let disable = element("disable", NS).with("jid", jid.to_string());
    match node {
        Some(node) => disable.with("node", node),
        None => disable,
    }
}
