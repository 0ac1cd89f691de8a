//! The line of `calendar due`: no text makes it panic, and an answer lies after its start, on a working day, in a published
//! year.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::{Calendar, Reckoned, calendar};
use std::cell::LazyCell;

thread_local! {
    static CALENDAR: LazyCell<Calendar> = LazyCell::new(Calendar::published);
}

fuzz_target!(|text: &str| {
    CALENDAR.with(|published| match calendar::line(published, text) {
        Ok(due) => assert_eq!(published.is_workday(due), Ok(Reckoned::Fixed(true))),
        Err(error) => assert!(!error.to_string().is_empty()),
    });
});
