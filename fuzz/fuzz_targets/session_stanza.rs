//! Bytes → stanzas in order → the session's whole handling of them. Octet 0 separates stanzas.
#![no_main]

use confab_session::fuzzing::{Bender, Dispatcher, parse_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(mut dispatcher) = Dispatcher::new() else { return };
    for text in data.split(|byte| *byte == 0) {
        if let Some(stanza) = parse_bytes(text) {
            dispatcher.stanza(&stanza);
        }
    }
    // What no blind change of bytes finds: well-formed stanzas with a strange content.
    let seed = data.iter().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    let mut bender = Bender::new(seed);
    for _ in 0..8 {
        dispatcher.stanza(&bender.stanza());
    }
});
