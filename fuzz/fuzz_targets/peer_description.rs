//! A Jingle description as the far side's client sends it → SDP, as the engine gets it. No string may leave its line.
#![no_main]

use confab_model::Signal;
use confab_peer::sdp::write;
use confab_session::{fuzzing::parse_bytes, xep::jingle_0166};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(element) = parse_bytes(data) else { return };
    let description = match jingle_0166::read(&element) {
        Ok(
            Signal::SessionInitiate { description, .. }
            | Signal::SessionAccept { description, .. }
            | Signal::TransportInfo { description, .. }
            | Signal::ContentChange { description, .. },
        ) => description,
        _ => return,
    };
    if let Ok(text) = write(&description, true) {
        assert!(text.lines().all(|line| line.get(1..2) == Some("=")), "{text}");
    }
});
