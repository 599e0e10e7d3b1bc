//! The call machine: what a device does about calls, as a pure function of what it is told.
//!
//! [`Calls`] owns every call of one account; [`Arbiter`] owns what is true of the whole device (which call, of
//! which account, has the microphone). In go operations of the person, signals of far sides with their
//! provenance, events of the media session, readings of the clock; out come signals to send, orders to the media
//! session, call records and snapshots. Nothing here reads a clock, draws a random number (see [`IdSource`]),
//! knows XML or opens a socket, so a whole call can be replayed from its inputs.
//!
//! Use: feed [`Calls::handle`], then take from [`Calls::poll_output`] until it is empty; call
//! [`Calls::handle_timeout`] when the deadline of [`Calls::poll_timeout`] has come. `docs/call-states.md` has the
//! model and the reasons.
//!
//! Direct calls only. Not here: groups, take-over, early media, the lease of a ringing call, screens.

mod arbiter;
mod calls;
mod contents;
mod end;
mod glare;
mod io;
mod jingle;
mod memory;
mod operations;
mod peer;
mod policy;
mod propose;
mod reconnect;
mod records;
mod signals;
mod state;
mod timers;

pub use arbiter::{Arbiter, FloorEvent, FloorRequest, Holder};
pub use calls::{Calls, IdSource};
pub use io::{
    Callee, Done, Gate, Ignored, Input, Invitation, Leaving, Operation, OperationError, Output, PeerEvent, PeerRole,
    Readiness, RemoteDescription, Ring, SessionEvent, Standing,
};
pub use policy::{CallsConfig, DoNotDisturb, Policy, StrangerPolicy};
pub use timers::TimerValues;

#[cfg(test)]
mod tests;
