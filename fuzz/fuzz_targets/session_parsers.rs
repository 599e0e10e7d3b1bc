//! Bytes → one element → every parser of the session.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(element) = confab_session::fuzzing::parse_bytes(data) {
        confab_session::fuzzing::parse_everything(&element);
    }
});
