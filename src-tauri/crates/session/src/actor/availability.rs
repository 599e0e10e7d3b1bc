//! The own availability, the same on all devices: what the account's private node says goes into the own presence, and
//! ends at its time.

use std::time::Duration;

use confab_model::{Availability, PresenceShow};
use tokio::time::Instant;

use super::Actor;
use crate::{OwnPresence, SessionEvent};

/// Timers are not set further ahead: clocks may be moved, and the end is looked at again then.
const FAR: Duration = Duration::from_secs(3_600);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct OwnAvailability {
    known: Availability,
    ends_at: Option<Instant>,
}

impl OwnAvailability {
    pub(super) fn ends_at(&self) -> Option<Instant> {
        self.ends_at
    }
}

impl Actor {
    /// What contacts are to see now.
    pub(super) fn presence_now(&self) -> OwnPresence {
        let mut presence = self.config.presence.clone();
        let Availability { do_not_disturb, until: _, status } = &self.availability.known;
        if *do_not_disturb {
            presence.show = PresenceShow::DoNotDisturb;
        }
        if !status.is_empty() {
            presence.status.clone_from(status);
        }
        presence
    }

    /// It was set, here or on another device.
    pub(super) fn availability_told(&mut self, mut told: Availability) {
        let now = self.now();
        if told.do_not_disturb && told.until.is_some_and(|until| until <= now) {
            told.do_not_disturb = false;
        }
        told.until = told.until.filter(|_| told.do_not_disturb);
        self.availability.ends_at =
            told.until.map(|until| Instant::now() + Duration::from_millis(until.millis_since(now)).min(FAR));
        if self.availability.known == told {
            return;
        }
        let before = self.presence_now();
        self.availability.known = told.clone();
        self.emit(SessionEvent::AvailabilityChanged(told));
        if self.presence_now() != before && self.greeting.has_announced() {
            self.send_presence();
        }
    }

    /// Its time may be over.
    pub(super) fn availability_ended(&mut self) {
        self.availability_told(self.availability.known.clone());
    }
}
