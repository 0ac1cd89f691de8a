//! Codes of investment projects: no text makes the parser panic, and what it reads comes back as it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::ProjectCode;

fuzz_target!(|text: &str| {
    match ProjectCode::parse(text) {
        Ok(value) => assert_eq!(ProjectCode::parse(&value.to_string()).as_ref(), Ok(&value)),
        Err(error) => assert!(!error.message().is_empty()),
    }
});
