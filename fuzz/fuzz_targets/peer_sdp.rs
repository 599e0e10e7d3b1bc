//! Text → descriptions and candidates.
#![no_main]

use confab_peer::sdp::{candidate_line, parse_candidate, read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for by_initiator in [true, false] {
        if let Ok(description) = read(text, by_initiator) {
            let _ = write(&description, by_initiator);
        }
    }
    if let Some(candidate) = parse_candidate(text) {
        let _ = candidate_line(&candidate);
    }
});
