//! Promises about when messages leave.

use kernel::Moment;
use time::{Date, Month};

use crate::model::notice::{Choices, send_at};

#[test]
fn nobody_is_woken_at_night_unless_they_chose_it() {
    let day = |n| Moment::start_of(Date::from_calendar_date(2026, Month::March, n).unwrap());
    let at = |n, hour: i64, second: i64| day(n).plus_seconds(hour * 3_600 + second);
    let table = [
        (at(2, 0, 0), at(2, 8, 0)),
        (at(2, 7, 3_599), at(2, 8, 0)),
        (at(2, 8, 0), at(2, 8, 0)),
        (at(2, 12, 5), at(2, 12, 5)),
        (at(2, 21, 3_599), at(2, 21, 3_599)),
        (at(2, 22, 0), at(3, 8, 0)),
        (at(2, 23, 3_599), at(3, 8, 0)),
    ];
    for (made, sent) in table {
        assert_eq!(send_at(made, Choices::default()), sent, "{made:?}");
        assert_eq!(send_at(made, Choices { night: true, ..Choices::default() }), made);
    }
}
