//! The file of a year's arrangement: no text makes the parser panic, and what it reads comes back as it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::YearNotice;

fuzz_target!(|text: &str| {
    match YearNotice::parse(text) {
        Ok(notice) => assert_eq!(YearNotice::parse(&notice.to_csv()).as_ref(), Ok(&notice)),
        Err(errors) => assert!(!errors.0.is_empty() && !errors.to_string().is_empty()),
    }
});
