//! Which window shows a call that rings loudly, and whether it is heard. Pure.
//!
//! One place at a time, decided here and nowhere else (`docs/decisions/0004-incoming-call-window.md`):
//!
//! ```text
//!                    ring begins
//!    main attended ──────┴────── main not attended
//!          ▼                           ▼
//!        Main ──── main left ───►  Incoming ──── closed by the person ───► Main, silenced
//!                 (not silenced)       └──────── no window to be had ────► Main, on top
//! ```
//!
//! While nothing rings the place follows the person's attention, so that the main window knows beforehand whether the
//! next call is its own: it never shows a card that goes away again at once.
//!
//! In: the core's events; what the person does with windows. Out: [`RingPlace`]; whether the main window must come to
//! the front. Calls that wait behind another call are not its business: they belong to the screen of that call.

use confab_model::{CallDirection, CallId, CallPhase, CallSnapshot, Event, RingKind};
use serde::{Deserialize, Serialize};

/// A window that can show a ringing call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum RingWindow {
    Main,
    /// The small one on top of everything.
    Incoming,
}

/// Where calls that ring loudly are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct RingPlace {
    /// Also while nothing rings: where the next call will be.
    pub window: RingWindow,
    /// The call that has rung longest.
    pub call: Option<CallId>,
    /// The person does not want to hear it; it can still be answered.
    pub silenced: bool,
}

/// What an event asks for beside a new place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follow {
    Nothing,
    /// The call was answered in the small window (or from its notification): the conversation is in the main one.
    RaiseMain,
}

/// The calls that ring loudly and what the person did about them.
#[derive(Debug)]
pub(crate) struct Ringing {
    /// In the order in which they began.
    calls: Vec<CallId>,
    /// Whether the person looks at the main window.
    attended: bool,
    window: RingWindow,
    silenced: bool,
    /// There is no small window for these calls; the main one has to draw attention.
    windowless: bool,
}

impl Ringing {
    pub(crate) fn new(attended: bool) -> Self {
        let mut new =
            Self { calls: Vec::new(), attended, window: RingWindow::Main, silenced: false, windowless: false };
        new.rest();
        new
    }

    pub(crate) fn place(&self) -> RingPlace {
        RingPlace { window: self.window, call: self.calls.first().cloned(), silenced: self.silenced }
    }

    pub(crate) fn wants_window(&self) -> bool {
        !self.calls.is_empty() && self.window == RingWindow::Incoming
    }

    /// The main window has to come forward, without the keyboard: there is no other.
    pub(crate) fn wants_main_on_top(&self) -> bool {
        !self.calls.is_empty() && self.windowless && !self.silenced
    }

    pub(crate) fn follow(&mut self, event: &Event) -> Follow {
        match event {
            Event::CallRinging { call, ring: RingKind::Loud } => self.begin(call),
            Event::CallRinging { call, .. } | Event::CallDiscarded { call } => self.end(call),
            Event::CallChanged { call } if call.phase != CallPhase::Calling && self.calls.contains(&call.id) => {
                let answered = !matches!(call.phase, CallPhase::Ended { .. });
                let elsewhere = self.window == RingWindow::Incoming;
                self.end(&call.id);
                if answered && elsewhere {
                    return Follow::RaiseMain;
                }
            }
            _ => {}
        }
        Follow::Nothing
    }

    /// Events were missed; these are the calls of now. One that began meanwhile is not announced (whether it rings
    /// loudly was in a missed event): the main window lists it.
    pub(crate) fn resync(&mut self, live: &[CallSnapshot]) {
        let rings = |call: &CallSnapshot| {
            call.direction == CallDirection::Incoming && call.phase == CallPhase::Calling && !call.waiting
        };
        let gone = |id: &CallId| !live.iter().any(|call| call.id == *id && rings(call));
        for call in self.calls.iter().filter(|call| gone(call)).cloned().collect::<Vec<_>>() {
            self.end(&call);
        }
    }

    /// The person came to the main window, or left it.
    pub(crate) fn attend(&mut self, attended: bool) {
        self.attended = attended;
        if self.calls.is_empty() {
            self.rest();
        } else if !attended && !self.silenced && !self.windowless {
            self.window = RingWindow::Incoming;
        }
    }

    /// No more sound for what rings now.
    pub(crate) fn silence(&mut self) {
        self.silenced = !self.calls.is_empty();
    }

    /// The person closed the small window. That is no answer: the call goes on quietly in the main one.
    pub(crate) fn close(&mut self) {
        self.silence();
        self.window = RingWindow::Main;
        if self.calls.is_empty() {
            self.rest();
        }
    }

    /// The small window could not be made, or shows nothing.
    pub(crate) fn fail(&mut self) {
        self.windowless = true;
        self.window = RingWindow::Main;
    }

    fn begin(&mut self, call: &CallId) {
        if self.calls.contains(call) {
            return;
        }
        self.calls.push(call.clone());
        // What was silenced was another call.
        self.silenced = false;
        if !self.attended && !self.windowless {
            self.window = RingWindow::Incoming;
        }
    }

    fn end(&mut self, call: &CallId) {
        self.calls.retain(|other| other != call);
        if self.calls.is_empty() {
            self.silenced = false;
            self.windowless = false;
            self.rest();
        }
    }

    fn rest(&mut self) {
        self.window = if self.attended { RingWindow::Main } else { RingWindow::Incoming };
    }
}

#[cfg(test)]
mod tests;
