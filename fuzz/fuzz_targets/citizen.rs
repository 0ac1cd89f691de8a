//! Citizen numbers: no text makes the parser panic, what it reads comes back as it is written, and is never shown by `Debug`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::CitizenNumber;
use time::macros::date;

fuzz_target!(|text: &str| {
    match CitizenNumber::parse_on(text, date!(2026 - 03 - 02)) {
        Ok(number) => {
            assert_eq!(CitizenNumber::parse(&number.to_string()).as_ref(), Ok(&number));
            assert!(!format!("{number:?}").contains(&number.as_str()[..6]));
            assert!(number.age_on(date!(2026 - 03 - 02)).is_some());
        }
        Err(error) => assert!(!error.message().is_empty()),
    }
});
