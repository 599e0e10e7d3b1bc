//! Incoming stanzas to their places, and answers to other entities' queries.

use confab_model::FullJid;
use jid::Jid;
use minidom::Element;

use super::Actor;
use crate::{
    signals::Refusal,
    xep::{blocking_0191, jingle_0166, queries, roster_6121},
    xml::{ElementExt, element, error_child, jid_attr, ns},
};

impl Actor {
    pub(super) fn stanza(&mut self, stanza: &Element) {
        tracing::debug!(kind = stanza.name(), of = stanza.attr("type"), "received");
        match stanza.name() {
            "message" => self.message(stanza),
            "presence" if self.room_presence(stanza) => {}
            "presence" => self.presence(stanza),
            "iq" => self.iq(stanza),
            _ => {}
        }
    }

    fn iq(&mut self, iq: &Element) {
        match iq.attr("type") {
            Some("result" | "error") => {
                let Some(own) = self.jid.clone() else { return };
                if let Some((purpose, answer)) = self.requests.answered(iq, &own) {
                    self.answered(purpose, answer);
                }
            }
            Some("get") => self.query(iq),
            Some("set") => self.set(iq),
            _ => {}
        }
    }

    fn query(&mut self, iq: &Element) {
        if !self.is_trusted(iq) {
            return self.refuse(iq, "cancel", "service-unavailable");
        }
        let Some(payload) = iq.children().next() else { return self.refuse(iq, "modify", "bad-request") };
        let own_node = format!("{}#{}", crate::xep::caps_0115::NODE, self.own_caps());
        let answer = match (payload.name(), payload.ns().as_str()) {
            ("ping", queries::PING) => None,
            ("query", ns::DISCO_INFO) => match payload.attr("node") {
                Some(node) if node != own_node => return self.refuse(iq, "cancel", "item-not-found"),
                node => Some(self.own_info.to_element(node)),
            },
            ("query", queries::VERSION) => Some(queries::version(&self.config.client)),
            ("time", queries::TIME) => Some(queries::time(self.now())),
            _ => return self.refuse(iq, "cancel", "service-unavailable"),
        };
        self.answer(iq, answer);
    }

    fn set(&mut self, iq: &Element) {
        if !self.is_trusted(iq) {
            return self.refuse(iq, "cancel", "service-unavailable");
        }
        let Some(payload) = iq.children().next() else { return self.refuse(iq, "modify", "bad-request") };
        if payload.is("query", roster_6121::NS) {
            // Anybody else's is not answered as if it were one (CVE-2015-8688).
            if !self.is_own_account(iq) {
                tracing::warn!("forged roster push");
                return self.refuse(iq, "cancel", "service-unavailable");
            }
            if self.roster_push(payload) {
                self.answer(iq, None);
            } else {
                self.refuse(iq, "modify", "bad-request");
            }
            return;
        }
        if let Some(push) = blocking_0191::read_push(payload) {
            if !self.is_own_account(iq) {
                tracing::warn!("forged blocking push");
                return self.refuse(iq, "cancel", "service-unavailable");
            }
            self.block_changed(push);
            return self.answer(iq, None);
        }
        let from = jid_attr(iq, "from").and_then(|from| from.try_into_full().ok());
        match (self.codecs.read_iq(payload), from) {
            (Some(Ok(signal)), Some(from)) => {
                let from = FullJid::from(from);
                if !self.calls.session(&from.bare(), &signal) {
                    // XEP-0166 §6.1: after a restart of this device, say, the far side is not to go on in vain.
                    let unknown = element("unknown-session", jingle_0166::NS_ERRORS);
                    let error = error_child("cancel", "item-not-found").with_child(unknown);
                    return self.refuse_with(iq, error);
                }
                // Acknowledged before it is acted on: the far side's timers run.
                self.answer(iq, None);
                self.signal_received_live(signal, from, self.config.jid.clone(), iq);
            }
            (Some(Err(Refusal::NotImplemented)), _) => self.refuse(iq, "cancel", "feature-not-implemented"),
            (Some(_), _) => self.refuse(iq, "modify", "bad-request"),
            (None, _) => self.refuse(iq, "cancel", "service-unavailable"),
        }
    }

    fn own_caps(&self) -> String {
        crate::xep::caps_0115::verification(&self.own_info)
    }

    /// The own account, the own server, contacts who see our presence, and people whom a call signal of ours told that
    /// we are here. Everybody else gets what the server answers for a device that is not there (RFC 6121
    /// §8.5.3.2.3), as XEP-0030, XEP-0166 and XEP-0199 advise: whoever guesses a resource must not learn that it is online.
    fn is_trusted(&self, iq: &Element) -> bool {
        let Some(from) = jid_attr(iq, "from") else { return true };
        from.to_bare() == *self.own()
            || from.as_str() == self.own().domain().as_str()
            || self.people.knows_us(&from.to_bare().into())
    }

    fn reply_to(&self, iq: &Element, kind: &str) -> Option<Element> {
        let mut answer = element("iq", ns::CLIENT).with("type", kind).with("id", iq.attr("id")?);
        if let Some(from) = iq.attr("from") {
            answer = answer.with("to", Jid::new(from).ok()?.to_string());
        }
        Some(answer)
    }

    fn answer(&mut self, iq: &Element, payload: Option<Element>) {
        if let Some(mut answer) = self.reply_to(iq, "result") {
            if let Some(payload) = payload {
                answer.append_child(payload);
            }
            let _ = self.send(answer);
        }
    }

    fn refuse(&mut self, iq: &Element, kind: &str, condition: &str) {
        self.refuse_with(iq, error_child(kind, condition));
    }

    fn refuse_with(&mut self, iq: &Element, error: Element) {
        if let Some(answer) = self.reply_to(iq, "error") {
            let _ = self.send(answer.with_child(error));
        }
    }
}
