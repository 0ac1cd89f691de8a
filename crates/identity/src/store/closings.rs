//! The table of accounts whose owners asked for them to be closed.

use journal::Head;
use kernel::{Id, Person, Result};
use storage::{Row, Unit, args};

use crate::model::closing::{Closing, ClosingState};

storage::sql! {
    /// Somebody's closing.
    CLOSING = "SELECT person AS id, due, done_at, version, head, changed_at FROM closings WHERE person = $1";
    /// Closings whose days of grace are over.
    CLOSINGS_DUE = "SELECT person FROM closings WHERE done_at IS NULL AND due <= $1 ORDER BY due LIMIT $2";
    /// Somebody asks for the first time.
    CLOSING_ADD = "INSERT INTO closings (person, due, done_at, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Somebody asks again, thinks otherwise, or it is done.
    CLOSING_SET = "UPDATE closings SET due = $2, done_at = $3, version = $4, head = $5, changed_at = $6 \
        WHERE person = $1 AND version = $7";
    /// For the verification of the record.
    CLOSING_ROWS = "SELECT person AS id, due, done_at, version, head, changed_at FROM closings \
        WHERE person > $1 ORDER BY person LIMIT $2";
}

pub(crate) fn state(row: &Row) -> Result<ClosingState> {
    Ok(ClosingState { due: row.opt_moment("due")?, done_at: row.opt_moment("done_at")? })
}

pub(crate) fn read(row: &Row) -> Result<Closing> {
    Ok(Closing { state: state(row)?, head: Head::of(row)? })
}

/// Writes a closing; `before` is the version that was read (0: none).
pub(crate) fn put(unit: &mut Unit, person: Id<Person>, it: &ClosingState, (before, head): (i64, &Head)) {
    let mut values = args![person, it.due, it.done_at, head.version, &head.hash, head.at];
    if before == 0 {
        unit.one("closing", CLOSING_ADD, values);
    } else {
        values.push(before.into());
        unit.one("closing", CLOSING_SET, values);
    }
}
