//! The part of a call between two agents that all benches have in common.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::agent::Agent;

/// Places a call, waits until it rings, and answers it. The call's id, and how long it took to ring.
pub fn answered(caller: &mut Agent, callee: &mut Agent, media: &str) -> Result<(Value, Duration)> {
    let asked = Instant::now();
    let call = caller.ask("placeCall", json!({ "to": callee.jid(), "media": media }))?;
    let rings = |event: &Value| {
        (event["kind"] == "callRinging" && event["call"] == call && event["ring"] == "loud").then_some(())
    };
    let (rang, ()) = callee.event("ring", rings)?;
    callee.ask("acceptCall", json!({ "call": call, "media": media }))?;
    Ok((call, rang - asked))
}

/// The whole snapshot, if an event says that this call is in this phase.
pub fn in_phase<'a>(event: &'a Value, call: &Value, phase: &str) -> Option<&'a Value> {
    let snapshot = &event["call"];
    let is_it = event["kind"] == "callChanged" && snapshot["id"] == *call && snapshot["phase"]["kind"] == phase;
    is_it.then_some(snapshot)
}
