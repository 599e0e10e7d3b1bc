//! A line of standard input of `confab-agent`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &str| {
    let _ = confab_agent::parse(line);
});
