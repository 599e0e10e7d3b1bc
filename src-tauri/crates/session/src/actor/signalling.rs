//! Call signals in and out: everything around the codecs of [`crate::signals`].

use confab_model::{
    BareJid, CONFAB_CALL_NS, FullJid, MessageId, Provenance, ReceivedSignal, RejectReason, SessionId, Signal,
    SignalSource, SignalTarget,
};
use jid::Jid;
use minidom::Element;

use super::{
    Actor, Purpose,
    messages::{Envelope, Parties, hint, note},
    requests::Answer,
};
use crate::{
    MessageSource, RequestError, SendError, SessionEvent,
    signals::{WriteContext, Written},
    xep::jingle_0166::{GROUPING_FEATURE, NS_GROUPING},
    xml::jid_attr,
};

/// Stands in for the device of a person whose server answered in its place.
const NO_DEVICE: &str = "unreachable";

impl Actor {
    pub(super) fn send_signal(&mut self, to: SignalTarget, signal: &Signal) -> Result<(), SendError> {
        let Some(own) = self.jid.clone().filter(|_| self.connection.is_online()) else {
            return Err(SendError::NotOnline);
        };
        let device = match &to {
            SignalTarget::Device(device) => Some(device.clone()),
            SignalTarget::Person(_) | SignalTarget::OwnDevices => None,
        };
        let context = WriteContext { own, device: device.clone() };
        let Some(written) = self.codecs.write(signal, &context) else {
            return Err(SendError::Invalid("no way to write this signal".to_owned()));
        };
        match &to {
            SignalTarget::Person(person) => self.people.was_told(person.clone()),
            SignalTarget::Device(device) => self.people.was_told(device.bare()),
            SignalTarget::OwnDevices => {}
        }
        match written {
            Written::Message(children) => {
                let id = MessageId::random();
                let mut message = match &to {
                    SignalTarget::Person(person) => note(person, &id),
                    SignalTarget::Device(device) => note(device, &id),
                    SignalTarget::OwnDevices => note(self.own(), &id),
                };
                for child in children {
                    message.append_child(child);
                }
                message.append_child(hint("store"));
                self.send(message)?;
                if let (Signal::Propose { call, .. }, SignalTarget::Person(person)) = (signal, to) {
                    self.calls.proposed(id.0, call.clone(), person);
                }
                Ok(())
            }
            Written::Iq(payload) => {
                let (Some(device), Some(sid)) = (device, signal.session().cloned()) else {
                    return Err(SendError::Invalid("a session's signal goes to one device".to_owned()));
                };
                self.calls.session(&device.bare(), signal);
                let is_description = matches!(signal, Signal::SessionInitiate { .. } | Signal::SessionAccept { .. });
                let purpose = Purpose::Signal { sid, device: device.clone(), is_description };
                self.request(true, Some(Jid::from(device)), payload, purpose);
                Ok(())
            }
        }
    }

    /// The far side's client took a session's signal, or did not.
    pub(super) fn signal_answered(
        &mut self,
        (sid, is_description): (SessionId, bool),
        device: FullJid,
        answer: Answer,
    ) {
        let condition = match answer {
            Ok(_) => return,
            // Jingle's own conditions say more (XEP-0166 §10).
            Err(RequestError::Refused(error)) => error.application.unwrap_or(error.condition),
            Err(RequestError::Timeout) => "remote-server-timeout".to_owned(),
            Err(_) => "recipient-unavailable".to_owned(),
        };
        if condition == "unknown-session" {
            self.calls.is_gone(&device.bare(), &sid);
        }
        let provenance = self.provenance(device, self.config.jid.clone(), SignalSource::Live, self.now());
        let signal = Signal::SessionError { sid, condition, is_description };
        self.emit(SessionEvent::SignalReceived(ReceivedSignal { signal, provenance }));
    }

    /// An invitation came back from the person's server, or from the own one for theirs: nobody rings. An error of one
    /// device says nothing of the others. `false`: it was not an invitation.
    pub(super) fn proposal_bounced(&mut self, stanza_id: &str, from: &Jid, condition: &str) -> bool {
        let person = BareJid::from(from.to_bare());
        if from.resource().is_some() {
            return false;
        }
        let Some(call) = self.calls.bounced(stanza_id, &person) else { return false };
        // A rejection is what it comes down to. No device sent it, so it has the name of none.
        let Ok(nobody) = person.with_resource(NO_DEVICE) else { return true };
        let reason = RejectReason::Other(condition.to_owned());
        let signal = Signal::Reject { call, reason, text: None, extension: None };
        let provenance = self.provenance(nobody, self.config.jid.clone(), SignalSource::Live, self.now());
        self.emit(SessionEvent::SignalReceived(ReceivedSignal { signal, provenance }));
        true
    }

    fn provenance(
        &self,
        from: FullJid,
        to: BareJid,
        source: SignalSource,
        sent_at: confab_model::Timestamp,
    ) -> Provenance {
        let speaks = |feature| self.people.speaks(&from, feature) == Some(true);
        let speaks_bundle = speaks(GROUPING_FEATURE) || speaks(NS_GROUPING);
        Provenance { speaks_confab: speaks(CONFAB_CALL_NS), speaks_bundle, from, to, source, sent_at }
    }

    pub(super) fn signal_received_live(&mut self, signal: Signal, from: FullJid, to: BareJid, stanza: &Element) {
        let provenance = self.provenance(from, to, SignalSource::Live, self.live_time(stanza));
        self.emit(SessionEvent::SignalReceived(ReceivedSignal { signal, provenance }));
    }

    /// A signal in a message. Decides what the call machine may believe about it.
    pub(super) fn message_signal(&mut self, signal: Signal, message: &Element, parties: &Parties, envelope: &Envelope) {
        // Only a device can ring; a bare address is a server's or a group's.
        let Ok(from) = parties.from.clone().try_into_full() else { return };
        let from = FullJid::from(from);
        if self.jid.as_ref() == Some(&from) {
            // Our own, come back because it went to all own devices.
            return;
        }
        if let Some(call) = signal.call()
            && !parties.own
        {
            self.calls.arrived(call, &parties.sender);
        }
        let addressed = jid_attr(message, "to");
        let source = match (envelope.source, parties.own) {
            (MessageSource::Archive, _) => SignalSource::Archive,
            (MessageSource::Live, _) => SignalSource::Live,
            (MessageSource::Carbon, true) => SignalSource::CarbonSent,
            // A copy of what was for the whole account is as good as the original; what was for one other device
            // (a `proceed`) is that device's.
            (MessageSource::Carbon, false) if addressed.as_ref().is_some_and(|to| to.resource().is_none()) => {
                SignalSource::Live
            }
            (MessageSource::Carbon, false) => return,
        };
        let to = addressed.map_or_else(|| self.config.jid.clone(), |to| to.to_bare().into());
        let stamped = envelope.stamped.unwrap_or(envelope.sent_at);
        let sent_at = match source {
            // Converted at the end of the catch-up.
            SignalSource::Archive => stamped,
            SignalSource::Live | SignalSource::CarbonSent => {
                envelope.stamped.map_or(envelope.sent_at, |stamp| self.by_own_clock(stamp))
            }
        };
        let provenance = self.provenance(from, to, source, sent_at);
        let received = ReceivedSignal { signal, provenance };
        if source == SignalSource::Archive {
            self.archive.hold(received);
        } else {
            self.emit(SessionEvent::SignalReceived(received));
        }
    }
}
