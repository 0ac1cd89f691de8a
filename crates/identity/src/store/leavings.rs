//! The table of days on which people leave.

use journal::Head;
use kernel::{Error, Id, Person, Result};
use storage::{Row, Unit, args};

use crate::model::leaving::{Leaving, LeavingState};

storage::sql! {
    /// Somebody's leaving.
    LEAVING = "SELECT person AS id, last_day, held, done_at, version, head, changed_at FROM leavings WHERE person = $1";
    /// Whose last day is over, and whose sessions are not ended yet.
    LEAVINGS_DUE = "SELECT person FROM leavings WHERE done_at IS NULL AND last_day < $1 ORDER BY last_day LIMIT $2";
    /// Somebody leaves for the first time.
    LEAVING_ADD = "INSERT INTO leavings (person, last_day, held, done_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Somebody leaves on another day, or not, or has left.
    LEAVING_SET = "UPDATE leavings SET last_day = $2, held = $3, done_at = $4, version = $5, head = $6, changed_at = $7 \
        WHERE person = $1 AND version = $8";
    /// For the verification of the record.
    LEAVING_ROWS = "SELECT person AS id, last_day, held, done_at, version, head, changed_at FROM leavings \
        WHERE person > $1 ORDER BY person LIMIT $2";
}

pub(crate) fn state(row: &Row) -> Result<LeavingState> {
    Ok(LeavingState {
        last_day: row.opt_text("last_day")?.map(str::to_owned),
        held: row.json("held")?,
        done_at: row.opt_moment("done_at")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Leaving> {
    Ok(Leaving { state: state(row)?, head: Head::of(row)? })
}

/// Writes somebody's leaving; `before` is the version that was read (0: none).
pub(crate) fn put(unit: &mut Unit, person: Id<Person>, it: &LeavingState, (before, head): (i64, &Head)) -> Result<()> {
    let held = serde_json::to_string(&it.held).map_err(Error::internal)?;
    let mut values = args![person, it.last_day.as_deref(), held, it.done_at, head.version, &head.hash, head.at];
    if before == 0 {
        unit.one("leaving", LEAVING_ADD, values);
    } else {
        values.push(before.into());
        unit.one("leaving", LEAVING_SET, values);
    }
    Ok(())
}
