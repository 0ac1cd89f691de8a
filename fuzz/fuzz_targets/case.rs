//! Case numbers: no text makes the parser panic, and what it reads comes back as it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::CaseNumber;

fuzz_target!(|text: &str| {
    match CaseNumber::parse(text) {
        Ok(value) => assert_eq!(CaseNumber::parse(&value.to_string()).as_ref(), Ok(&value)),
        Err(error) => assert!(!error.message().is_empty()),
    }
});
