//! `yiwang calendar due`: the due date of each line. Needs no data folder.

use standards::{Calendar, calendar::line};

use crate::{commands::code::judge_lines, outcome::Failed};

/// Reads `DATE DAYS [START..END …]` a line and writes each with its due date.
pub(crate) fn due() -> Result<(), Failed> {
    let calendar = Calendar::published();
    judge_lines(|text| line(&calendar, text).map(|date| date.to_string()).map_err(|error| error.to_string()))
}
