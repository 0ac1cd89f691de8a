//! The table of divisions.

use kernel::{Error, Result};
use standards::DivisionCode;
use storage::{Row, Unit, args};

use crate::model::division::Division;

/// Rows read at once when the whole table is compared with a file.
pub(crate) const SCAN: usize = 5_000;

storage::sql! {
    /// One division.
    DIVISION = "SELECT code, name, level, parent FROM divisions WHERE code = $1";
    /// Divisions of these codes.
    DIVISIONS_OF = "SELECT code, name, level, parent FROM divisions WHERE code IN (EACH($1))";
    /// What lies directly under a division ('' for the tops).
    CHILDREN = "SELECT code, name, level, parent FROM divisions WHERE parent = $1 ORDER BY code LIMIT $2";
    /// A division and all above it, from the top down.
    PATH = "WITH RECURSIVE up(code, name, level, parent) AS ( \
        SELECT code, name, level, parent FROM divisions WHERE code = $1 \
        UNION ALL SELECT d.code, d.name, d.level, d.parent FROM divisions d JOIN up ON d.code = up.parent) \
        SELECT code, name, level, parent FROM up ORDER BY level";
    /// A page of the whole table by key.
    DIVISIONS_AFTER = "SELECT code, name, level, parent FROM divisions WHERE code > $1 ORDER BY code LIMIT $2";
    /// A division as a file tells it.
    DIVISION_PUT = "INSERT INTO divisions (code, name, level, parent) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, parent = excluded.parent";
}

pub(crate) fn read(row: &Row) -> Result<Division> {
    let code = |name: &str| {
        row.text(name)
            .and_then(|text| DivisionCode::parse(text).map_err(|error| Error::internal(format!("{name}: {error}"))))
    };
    let parent = if row.text("parent")?.is_empty() { None } else { Some(code("parent")?) };
    let level = u8::try_from(row.int("level")?).map_err(Error::internal)?;
    Ok(Division { code: code("code")?, name: row.string("name")?, level, parent })
}

pub(crate) fn put(unit: &mut Unit, it: &Division) {
    let parent = it.parent.as_ref().map_or("", DivisionCode::as_str);
    unit.run(DIVISION_PUT, args![it.code.as_str(), &it.name, i32::from(it.level), parent]);
}
