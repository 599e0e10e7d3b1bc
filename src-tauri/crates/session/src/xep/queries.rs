//! Small queries that other entities put to this client, each a few lines: XEP-0199 ping, XEP-0092 software version,
//! XEP-0202 time.

use confab_model::Timestamp;
use minidom::Element;

use super::datetime_0082;
use crate::{
    ClientIdentity,
    xml::{ElementExt, element},
};

pub const PING: &str = "urn:xmpp:ping";
pub const VERSION: &str = "jabber:iq:version";
pub const TIME: &str = "urn:xmpp:time";

/// A ping.
pub fn ping() -> Element {
    element("ping", PING)
}

/// The answer to a version query.
pub fn version(client: &ClientIdentity) -> Element {
    let mut query = element("query", VERSION)
        .with_child(element("name", VERSION).with_text(&client.name))
        .with_child(element("version", VERSION).with_text(&client.version));
    if let Some(os) = &client.os {
        query.append_child(element("os", VERSION).with_text(os));
    }
    query
}

/// The answer to a time query. The zone is always told as UTC: the real one would tell where the person is.
pub fn time(now: Timestamp) -> Element {
    element("time", TIME)
        .with_child(element("tzo", TIME).with_text("+00:00"))
        .with_child(element("utc", TIME).with_text(datetime_0082::format(now)))
}

/// A time query.
pub fn time_query() -> Element {
    element("time", TIME)
}

/// The time in the answer to one, by the other side's clock.
pub fn read_time(answer: &Element) -> Option<Timestamp> {
    datetime_0082::parse(answer.get_child("utc", TIME).filter(|_| answer.is("time", TIME))?.text().trim())
}
