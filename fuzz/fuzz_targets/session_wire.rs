//! Bytes → the bounds that stand between TLS and the XML parser.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (at_once, bit_by_bit) = (confab_session::fuzzing::scan(&[data]), {
        let bits: Vec<&[u8]> = data.chunks(1).collect();
        confab_session::fuzzing::scan(&bits)
    });
    assert_eq!(at_once, bit_by_bit, "how the bytes are cut must not matter");
});
