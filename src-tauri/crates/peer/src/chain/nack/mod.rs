//! Repair by retransmission (RFC 4585 §6.2.1, RFC 4588): asking for what is missing, and answering.
//!
//! The engine's own parts ask every 50 ms whatever the round trip, and answer each time: at 400 ms round trip every
//! lost packet is sent eight times.

pub(crate) mod generator;
pub(crate) mod missing;
pub(crate) mod responder;
#[cfg(test)]
mod simulation;

use rtc::interceptor::StreamInfo;

fn supports_nack(info: &StreamInfo) -> bool {
    info.rtcp_feedback.iter().any(|entry| entry.typ == "nack" && entry.parameter.is_empty())
}
