//! The table of units of authorities.

use journal::Head;
use kernel::{Error, Id, Result};
use storage::{Row, Unit, args};

use crate::model::unit::{OrgUnit, OrgUnitMark, UnitKind, UnitState};

/// The guard that fails when a unit that another is put under was changed meanwhile.
pub(crate) const ABOVE_GUARD: &str = "unit above";
/// The guard that fails when a unit that ends still has something in it.
pub(crate) const EMPTY_GUARD: &str = "unit empty";

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "u.id, u.authority, u.parent, u.kind, u.name, u.ended_at, u.version, u.head, u.changed_at"
    };
}

storage::sql! {
    /// One unit.
    UNIT = concat!("SELECT ", columns!(), " FROM org_units u WHERE u.id = $1");
    /// Units of these ids.
    UNITS_OF = concat!("SELECT ", columns!(), " FROM org_units u WHERE u.id IN (EACH($1))");
    /// A page of what lies directly under a unit ('' for the authority itself), by name.
    UNITS_UNDER = concat!("SELECT ", columns!(), " FROM org_units u WHERE u.authority = $1 AND u.parent = $2 \
        AND (u.name, u.id) > ($3, $4) AND u.ended_at IS NULL ORDER BY u.name, u.id LIMIT $5");
    /// A page of the units of one authority whose name holds a text, at any level.
    UNITS_NAMED_AT = concat!("SELECT ", columns!(), " FROM org_units u WHERE u.authority = $1 AND u.id > $2 \
        AND u.ended_at IS NULL AND u.name LIKE $3 ESCAPE '\\' ORDER BY u.id LIMIT $4");
    /// A page of the units whose name holds a text, of authorities from one division code to another.
    UNITS_NAMED_IN = concat!("SELECT ", columns!(), " FROM org_units u JOIN authorities a ON a.id = u.authority \
        WHERE u.id > $1 AND u.ended_at IS NULL AND u.name LIKE $2 ESCAPE '\\' AND a.division >= $3 AND a.division <= $4 \
        ORDER BY u.id LIMIT $5");
    /// A unit and all above it, from the top down; ten at most, should the tree ever be broken.
    UNIT_PATH = concat!("WITH RECURSIVE up(id, depth) AS (SELECT id, 0 FROM org_units WHERE id = $1 \
        UNION ALL SELECT u.parent, up.depth + 1 FROM org_units u JOIN up ON u.id = up.id WHERE u.parent <> '' AND up.depth < 10) \
        SELECT ", columns!(), " FROM up JOIN org_units u ON u.id = up.id ORDER BY up.depth DESC");
    /// How many levels of living units lie under a unit.
    UNIT_BELOW = "WITH RECURSIVE down(id, authority, depth) AS (SELECT id, authority, 0 FROM org_units WHERE id = $1 \
        UNION ALL SELECT u.id, u.authority, down.depth + 1 FROM down JOIN org_units u ON u.authority = down.authority \
            AND u.parent = down.id WHERE u.ended_at IS NULL AND down.depth < 10) \
        SELECT max(depth) AS below FROM down";
    /// A new unit.
    UNIT_ADD = "INSERT INTO org_units (id, authority, parent, kind, name, ended_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A unit is called otherwise, lies elsewhere, or ends.
    UNIT_SET = "UPDATE org_units SET parent = $2, kind = $3, name = $4, ended_at = $5, version = $6, head = $7, changed_at = $8 \
        WHERE id = $1 AND version = $9 AND ended_at IS NULL";
    /// The unit is as it was read.
    UNIT_AS_READ = "SELECT id FROM org_units WHERE id = $1 AND version = $2 AND ended_at IS NULL";
    /// The unit lives, and is of this authority.
    UNIT_LIVES = "SELECT id FROM org_units WHERE id = $1 AND authority = $2 AND ended_at IS NULL";
    /// Touches what lives directly under a unit: as it ends, nothing may.
    UNITS_LEFT = "UPDATE org_units SET version = version WHERE authority = $1 AND parent = $2 AND ended_at IS NULL";
    /// Touches the posts of a unit that are not ended: as it ends, none may be left.
    UNIT_POSTS_LEFT = "UPDATE posts SET version = version WHERE unit = $1 AND ended_at IS NULL";
    /// For the verification of the record.
    UNIT_ROWS = concat!("SELECT ", columns!(), " FROM org_units u WHERE u.id > $1 ORDER BY u.id LIMIT $2");
}

pub(crate) fn state(row: &Row) -> Result<UnitState> {
    let kind = UnitKind::from_code(row.text("kind")?).ok_or_else(|| Error::internal("a unit's kind"))?;
    let parent = row.text("parent")?;
    Ok(UnitState {
        authority: row.id("authority")?,
        parent: if parent.is_empty() { None } else { Some(parent.parse()?) },
        kind,
        name: row.string("name")?,
        ended_at: row.opt_moment("ended_at")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<OrgUnit> {
    Ok(OrgUnit { id: row.id("id")?, state: state(row)?, head: Head::of(row)? })
}

/// The column of a parent.
pub(crate) fn above(parent: Option<Id<OrgUnitMark>>) -> String {
    parent.map(|it| it.to_string()).unwrap_or_default()
}

pub(crate) fn add(unit: &mut Unit, id: Id<OrgUnitMark>, it: &UnitState, head: &Head) {
    let UnitState { authority, parent, kind, name, ended_at } = it;
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let values = args![id, *authority, above(*parent), kind.code(), name, *ended_at, version, hash, at];
    unit.one("org unit", UNIT_ADD, values);
}

pub(crate) fn set(unit: &mut Unit, before: &OrgUnit, it: &UnitState, head: &Head) {
    let UnitState { parent, kind, name, ended_at, .. } = it;
    let (version, hash, at, was) = (head.version, &head.hash, head.at, before.head.version);
    let values = args![before.id, above(*parent), kind.code(), name, *ended_at, version, hash, at, was];
    unit.one("org unit", UNIT_SET, values);
}
