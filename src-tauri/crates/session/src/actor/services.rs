//! The entities of the own server (XEP-0030): where files go, where groups are and where people
//! are looked up.

use jid::Jid;

use super::{Actor, Purpose, greeting::Question, requests::Answer};
use crate::xep::{
    disco_0030::{self, Info},
    search_0055, upload_0363,
};

const MUC: &str = "http://jabber.org/protocol/muc";

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Services {
    /// XEP-0363, and its largest file in octets if it tells.
    pub upload: Option<(Jid, Option<u64>)>,
    /// XEP-0045: where groups are made.
    pub groups: Option<Jid>,
    /// XEP-0055: where people are looked up.
    pub directory: Option<Jid>,
}

impl Actor {
    pub(super) fn services_told(&mut self, answer: Answer) {
        if !self.settle(Question::Services, &answer) {
            return;
        }
        let items = answer.ok().flatten().as_ref().map(disco_0030::read_items).unwrap_or_default();
        for jid in items {
            self.request(false, Some(jid.clone()), disco_0030::query(None), Purpose::Service { jid });
        }
    }

    pub(super) fn service_told(&mut self, jid: Jid, answer: Answer) {
        let info = answer.ok().flatten().as_ref().and_then(disco_0030::Info::read).unwrap_or_default();
        self.note_service(jid, &info);
        let is_last = !self.requests.any(|purpose| matches!(purpose, Purpose::Service { .. }));
        if is_last && self.services != Services::default() {
            self.tell_server();
        }
    }

    /// The first of a kind counts: servers name their own before gateways.
    pub(super) fn note_service(&mut self, jid: Jid, info: &Info) {
        if self.services.upload.is_none()
            && let Some(limit) = upload_0363::offered(info)
        {
            self.services.upload = Some((jid.clone(), limit));
            self.server.upload = true;
            self.server.max_upload = limit;
        }
        let is_text = |identity: &disco_0030::Identity| identity.category == "conference" && identity.kind == "text";
        if self.services.directory.is_none()
            && info.features.contains(search_0055::NS)
            && info.identities.iter().any(|identity| identity.category == "directory")
        {
            self.services.directory = Some(jid.clone());
            self.server.directory = true;
        }
        if self.services.groups.is_none() && info.features.contains(MUC) && info.identities.iter().any(is_text) {
            self.services.groups = Some(jid);
            self.server.groups = true;
        }
    }
}
