//! Item codes of 12, 31 and 33 characters: no text makes the parsers panic, and what they read comes back as it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standards::{HandlingCode, ItemBaseCode, ItemCode};

fuzz_target!(|text: &str| {
    if let Ok(code) = ItemBaseCode::parse(text) {
        assert_eq!(ItemBaseCode::parse(&code.to_string()).as_ref(), Ok(&code));
        assert_eq!(code.item_type().code(), &code.as_str()[2..4]);
    }
    if let Ok(code) = ItemCode::parse(text) {
        let again = ItemCode::from_parts(&code.body(), code.use_level(), &code.base());
        assert_eq!(again.as_ref(), Ok(&code));
    }
    if let Ok(code) = HandlingCode::parse(text) {
        assert_eq!(HandlingCode::parse(&format!("{}{}", code.item(), code.sequence())).as_ref(), Ok(&code));
    }
});
