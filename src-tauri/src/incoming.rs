//! Brings the main window forward while a call rings, where its screen shows the call.
//!
//! In: events. Out: orders to the main window, only when the first call begins and the last one stops to ring.

use std::collections::BTreeSet;

use confab_model::{CallId, CallPhase, Event, RingKind};

/// The calls that ring loudly.
#[derive(Debug, Default)]
pub(crate) struct Ringing {
    calls: BTreeSet<CallId>,
}

impl Ringing {
    /// `Some(true)`: it begins to ring; `Some(false)`: nothing rings any more; `None`: as before.
    pub(crate) fn follow(&mut self, event: &Event) -> Option<bool> {
        let before = !self.calls.is_empty();
        match event {
            Event::CallRinging { call, ring: RingKind::Loud } => {
                self.calls.insert(call.clone());
            }
            Event::CallRinging { call, .. } | Event::CallDiscarded { call } => {
                self.calls.remove(call);
            }
            Event::CallChanged { call } if call.phase != CallPhase::Calling => {
                self.calls.remove(&call.id);
            }
            // What was missed may have been the end of the ringing; a call that still rings tells so again.
            Event::Resync => self.calls.clear(),
            _ => {}
        }
        let now = !self.calls.is_empty();
        (before != now).then_some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(call: &str, ring: RingKind) -> Event {
        Event::CallRinging { call: CallId::from(call), ring }
    }

    #[test]
    fn the_window_comes_forward_once_and_goes_back_after_the_last_call() {
        let mut ringing = Ringing::default();
        let steps = [
            (ring("a", RingKind::Silent), None),
            (ring("a", RingKind::Loud), Some(true)),
            (ring("b", RingKind::Loud), None),
            (ring("a", RingKind::Stopped), None),
            (ring("a", RingKind::Stopped), None),
            (Event::CallDiscarded { call: CallId::from("b") }, Some(false)),
            (ring("c", RingKind::Loud), Some(true)),
            (Event::Resync, Some(false)),
        ];
        for (event, expected) in steps {
            assert_eq!(ringing.follow(&event), expected, "{event:?}");
        }
    }
}
