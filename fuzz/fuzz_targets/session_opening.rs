//! Bytes → what is read of a server before the sign-in, also before TLS, where anybody on the path may speak.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    confab_session::fuzzing::opening(data);
});
