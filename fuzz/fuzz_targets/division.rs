//! Division codes: no text makes the parser panic, and what it reads comes back as it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::DivisionCode;

fuzz_target!(|text: &str| {
    match DivisionCode::parse(text) {
        Ok(value) => assert_eq!(DivisionCode::parse(&value.to_string()).as_ref(), Ok(&value)),
        Err(error) => assert!(!error.message().is_empty()),
    }
});
