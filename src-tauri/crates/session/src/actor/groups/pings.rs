//! Whether we still are in the rooms (XEP-0410), and what else is due in them.

use std::time::Duration;

use confab_model::{BareJid, GroupState};
use tokio::time::Instant;

use super::{
    super::{Actor, Purpose, requests::Answer},
    GroupPurpose,
    room::{Phase, SILENCE},
};
use crate::{RequestError, xep::queries};

/// For the answer of a room to a self-ping.
const PING_TIMEOUT: Duration = Duration::from_secs(30);
/// Self-pings without an answer, before the room is taken for lost.
const MAX_PINGS_LOST: u32 = 2;

impl Actor {
    pub(in crate::actor) fn group_timers(&mut self, now: Instant) {
        if !self.connection.is_online() {
            return;
        }
        let due: Vec<BareJid> = self
            .groups
            .rooms
            .values()
            .filter(|room| room.deadline().is_some_and(|deadline| deadline <= now))
            .map(|room| room.group.jid.clone())
            .collect();
        for group in due {
            let Some(room) = self.groups.rooms.get_mut(&group) else { continue };
            match room.phase {
                Phase::Entering { .. } => self.disconnected(&group, "no answer".to_owned()),
                Phase::Waiting { .. } => {
                    room.phase = Phase::Queued;
                    self.enter_rooms();
                }
                Phase::In if room.archive.retry_at().is_some_and(|at| at <= now) => self.start_room_catch_up(&group),
                Phase::In => self.ping_room(&group),
                Phase::Out | Phase::Queued | Phase::Asking => {}
            }
        }
    }

    /// XEP-0410: a ping to ourselves comes back if we are there.
    fn ping_room(&mut self, group: &BareJid) {
        let Some(room) = self.groups.rooms.get_mut(group) else { return };
        room.is_pinging = true;
        room.ping_at = Instant::now() + SILENCE;
        let to = room.occupant_jid();
        let purpose = Purpose::Group(GroupPurpose::Ping { group: group.clone() });
        self.request_within(PING_TIMEOUT, false, to, queries::ping(), purpose);
    }

    /// XEP-0410 §3.2.
    pub(super) fn room_pinged(&mut self, group: &BareJid, answer: &Answer) {
        let Some(room) = self.groups.rooms.get_mut(group).filter(|room| room.phase == Phase::In) else { return };
        room.is_pinging = false;
        let is_lost = match answer {
            Ok(_) => false,
            Err(RequestError::Refused(error)) => match error.condition.as_str() {
                "service-unavailable" | "feature-not-implemented" | "item-not-found" => false,
                "remote-server-not-found" | "remote-server-timeout" => {
                    room.pings_lost += 1;
                    room.pings_lost > MAX_PINGS_LOST
                }
                _ => true,
            },
            Err(_) => {
                room.pings_lost += 1;
                room.pings_lost > MAX_PINGS_LOST
            }
        };
        if is_lost {
            tracing::info!("a group lost us");
            // Back in at once: only if that fails the pauses begin.
            let ids = room.give_up(false);
            room.emptied();
            room.phase = Phase::Queued;
            room.group.state = GroupState::Joining;
            self.unacknowledged(ids);
            self.tell_group(group);
            self.enter_rooms();
        } else if room.pings_lost > 0 {
            room.ping_at = Instant::now() + PING_TIMEOUT;
        } else {
            room.heard();
            // It is there, and what we sent did not come back: it did not arrive.
            let ids = room.late(Instant::now());
            self.unacknowledged(ids);
        }
    }
}
