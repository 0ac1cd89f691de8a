//! What holds for every value: codes come back as they were written, one wrong character is found, no text makes a parser
//! panic, and periods agree with a count from day to day.

use crate::generators::{case, certificate, citizen, credit, item, project};
use proptest::prelude::*;
use standards::check::{self, Kind};
use standards::{
    Calendar, CaseNumber, CertificateId, CitizenNumber, CreditCode, DivisionCode, HandlingCode, ItemBaseCode, ItemCode,
    Limit, OrganisationCode, ProjectCode, Suspension, YearNotice,
};
use time::{Date, Duration, macros::date};

/// A value, written and read again by text and by serde, is the same.
macro_rules! assert_comes_back {
    ($type:ty, $value:expr) => {{
        let value: $type = $value;
        let text = value.to_string();
        prop_assert_eq!(&<$type>::parse(&text).unwrap(), &value);
        prop_assert_eq!(&text.to_lowercase().parse::<$type>().unwrap(), &value);
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(&serde_json::from_str::<$type>(&json).unwrap(), &value);
    }};
}

/// Every text that differs from `text` in one character at `index`, of the characters that codes use.
fn mistyped(text: &str, index: usize) -> Vec<String> {
    let before: String = text.chars().take(index).collect();
    let (old, after) = (text.chars().nth(index).unwrap(), text.chars().skip(index + 1).collect::<String>());
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-."
        .chars()
        .filter(|c| *c != old)
        .map(|c| format!("{before}{c}{after}"))
        .collect()
}

/// The naive count of the reference, day by day.
fn due_by_counting(calendar: &Calendar, start: Date, mut n: u32, suspensions: &[Suspension]) -> Date {
    let mut day = start;
    while n > 0 {
        day += Duration::days(1);
        let suspended = suspensions.iter().any(|s| s.from() <= day && s.to().is_none_or(|to| day <= to));
        if calendar.is_workday(day).unwrap().value() && !suspended {
            n -= 1;
        }
    }
    day
}

fn some_day() -> impl Strategy<Value = Date> {
    (0i64..4000).prop_map(|days| date!(2016 - 01 - 01) + Duration::days(days))
}

fn suspensions() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-10i64..120, 0i64..30), 0..5)
}

fn suspensions_from(start: Date, offsets: &[(i64, i64)]) -> Vec<Suspension> {
    let stop = |(from, length): &(i64, i64)| {
        let from = start + Duration::days(*from);
        Suspension::new(from, Some(from + Duration::days(*length))).unwrap()
    };
    offsets.iter().map(stop).collect()
}

#[test]
fn the_typing_errors_are_all_made() {
    assert_eq!(mistyped("12", 1).len(), 37);
    assert_eq!(mistyped("12", 1)[0], "10");
}

proptest! {
    #[test]
    fn a_citizen_number_comes_back(number in citizen()) {
        assert_comes_back!(CitizenNumber, number);
    }

    #[test]
    fn codes_of_bodies_come_back(code in credit()) {
        assert_comes_back!(OrganisationCode, code.organisation());
        assert_comes_back!(CreditCode, code);
    }

    #[test]
    fn a_division_comes_back_and_lies_within_all_its_parents(digits in "(11|34|44|65)[0-9]{2}[1-9][0-9]([0-9]{2}[1-9][0-9]{3}|000000)") {
        prop_assume!(&digits[2..4] != "00");
        let division = DivisionCode::parse(&digits).unwrap();
        let mut above = division.parent();
        while let Some(parent) = above {
            prop_assert!(division.is_within(&parent) && parent.level() < division.level());
            above = parent.parent();
        }
        assert_comes_back!(DivisionCode, division);
    }

    #[test]
    fn item_codes_come_back(item in item()) {
        assert_comes_back!(HandlingCode, HandlingCode::parse(&format!("{item}01")).unwrap());
        assert_comes_back!(ItemBaseCode, item.base());
        assert_comes_back!(ItemCode, item);
    }

    #[test]
    fn a_case_number_comes_back(number in case()) {
        assert_comes_back!(CaseNumber, number);
    }

    #[test]
    fn a_certificate_and_its_next_version_come_back(id in certificate()) {
        let next = id.next_version().unwrap();
        prop_assert_eq!(next.version(), id.version() + 1);
        assert_comes_back!(CertificateId, next);
        assert_comes_back!(CertificateId, id);
    }

    #[test]
    fn a_project_code_comes_back(code in project()) {
        assert_comes_back!(ProjectCode, code);
    }

    #[test]
    fn one_wrong_character_in_a_citizen_number_is_found(number in citizen(), index in 0usize..18) {
        for wrong in mistyped(number.as_str(), index) {
            prop_assert!(CitizenNumber::parse(&wrong).is_err(), "{}", wrong);
        }
    }

    #[test]
    fn one_wrong_character_in_a_credit_code_is_found(code in credit(), index in 0usize..18) {
        for wrong in mistyped(code.as_str(), index) {
            prop_assert!(CreditCode::parse(&wrong).is_err(), "{}", wrong);
        }
    }

    #[test]
    fn one_wrong_character_in_a_certificate_is_found(id in certificate(), place in any::<prop::sample::Index>()) {
        for wrong in mistyped(id.as_str(), place.index(id.as_str().len())) {
            prop_assert!(CertificateId::parse(&wrong).is_err(), "{}", wrong);
        }
    }

    /// One mistake goes unfound, and is documented: four digits that become 2013 to 2020 make a code of the old scheme, which has
    /// no check. It takes a code of 2020 (`2011`, `2012`) or a first digit pair one typing error from `20`.
    #[test]
    fn one_wrong_character_in_a_project_code_is_found(code in project(), index in 0usize..24) {
        for wrong in mistyped(code.as_str(), index) {
            let turned_old = ("2013"..="2020").contains(&&wrong[..4]);
            prop_assert!(turned_old || ProjectCode::parse(&wrong).is_err(), "{}", wrong);
        }
    }
}

#[test]
fn no_text_makes_a_parser_panic() {
    let calendar = Calendar::published();
    proptest!(|(text in prop_oneof![".*", "[0-9A-Zａ-ｚ０-９ .－-]{0,60}", "[0-9X]{18}", "[0-9]{6,50}"])| {
        for kind in Kind::ALL {
            if let Err(error) = check::line(*kind, &text, date!(2026 - 03 - 02)) {
                prop_assert!(!error.message().is_empty());
                prop_assert!(error.position.is_none_or(|p| (1..=text.chars().count()).contains(&p)));
            }
        }
        let _ = OrganisationCode::parse(&text).map_err(|error| error.message());
        let _ = YearNotice::parse(&text).map_err(|errors| errors.to_string());
        let _ = standards::calendar::line(&calendar, &text).map_err(|error| error.to_string());
    });
}

#[test]
fn due_and_elapsed_agree_with_a_count_from_day_to_day() {
    let calendar = Calendar::published();
    proptest!(|(start in some_day(), n in 1u32..90, offsets in suspensions(), later in 0i64..60)| {
        let stops = suspensions_from(start, &offsets);
        let counted = due_by_counting(&calendar, start, n, &stops);
        let due = calendar.due(start, Limit::working_days(n), &stops).unwrap();
        prop_assert_eq!(due.value(), counted);
        prop_assert_eq!(due.is_provisional(), counted.year() > 2026);
        prop_assert_eq!(calendar.elapsed(start, counted, &stops).unwrap().value(), i64::from(n));
        prop_assert_eq!(calendar.remaining(start, counted, &stops).unwrap().value(), i64::from(n));
        let today = start + Duration::days(later);
        if today <= counted {
            let used = calendar.elapsed(start, today, &stops).unwrap().value();
            let left = calendar.remaining(today, counted, &stops).unwrap().value();
            prop_assert_eq!(used + left, i64::from(n));
        }
    });
}

#[test]
fn a_natural_day_limit_ends_on_a_working_day_that_is_not_suspended() {
    let calendar = Calendar::published();
    proptest!(|(start in some_day(), n in 1u32..200, offsets in suspensions())| {
        let stops = suspensions_from(start, &offsets);
        let due = calendar.due(start, Limit::natural_days(n), &stops).unwrap().value();
        let suspended = |day: Date| stops.iter().any(|s| s.from() <= day && s.to().is_some_and(|to| day <= to));
        let counts = |day: Date| calendar.is_workday(day).unwrap().value() && !suspended(day);
        prop_assert!(counts(due));
        let mut last = start;
        let mut left = n;
        while left > 0 {
            last += Duration::days(1);
            left -= u32::from(!suspended(last));
        }
        while !counts(last) {
            last += Duration::days(1);
        }
        prop_assert_eq!(due, last);
    });
}
