//! Rooms without a server, for fuzzing: this device is inside, and stanzas come as they would from there and out of the archive.

use minidom::Element;

use super::{Actor, Phase, muc_0045::RoomInfo};
use crate::{actor::reading, xep::archive_0313, xml::jid_attr};

impl Actor {
    /// Inside of every room that is known, which all do whatever rooms can.
    pub(in crate::actor) fn pretend_to_be_in_rooms(&mut self) {
        self.know_groups();
        for room in self.groups.rooms.values_mut() {
            room.phase = Phase::In;
            room.info = RoomInfo {
                shows_addresses: true,
                archive: true,
                stanza_ids: true,
                occupant_ids: true,
                moderation: Some(crate::xep::moderation_0425::VERSIONS[0]),
                ..RoomInfo::default()
            };
        }
    }

    /// A result as it is read at the end of a page.
    pub(in crate::actor) fn pretend_room_result(&mut self, stanza: &Element) {
        let Some(from) = jid_attr(stanza, "from") else { return };
        let group = from.to_bare().into();
        let Some(archived) = archive_0313::read_result(stanza).filter(|_| self.groups.has(&group)) else { return };
        let envelope = reading::envelope(&archived, self.now(), false);
        self.said_in_room(&group, &archived.message, &envelope);
    }

    /// How many occupants and requests are kept.
    pub(in crate::actor) fn kept_of_rooms(&self) -> (usize, usize) {
        (self.groups.rooms.values().map(|room| room.occupants.len()).sum(), self.groups.requests.len())
    }
}
