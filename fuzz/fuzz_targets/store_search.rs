//! A message and a query: the index finds whatever matches, and makes a bounded number of tokens of a text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let (text, query) = texts;
    confab_store::fuzzing::search(text, query);
});
