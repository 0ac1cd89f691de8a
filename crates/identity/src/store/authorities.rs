//! The table of authorities.

use journal::Head;
use kernel::{Authority as AuthorityMark, Id, Result};
use storage::{Row, Unit, args};

use crate::model::authority::{Authority, AuthorityFacts};

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, name, short_name, uscc, division, phone, address, hours, version, head, changed_at"
    };
}

storage::sql! {
    /// One authority.
    AUTHORITY = concat!("SELECT ", columns!(), " FROM authorities WHERE id = $1");
    /// One authority by its unified social credit code.
    AUTHORITY_BY_USCC = concat!("SELECT ", columns!(), " FROM authorities WHERE uscc = $1 AND uscc <> ''");
    /// Authorities of these ids.
    AUTHORITIES_OF = concat!("SELECT ", columns!(), " FROM authorities WHERE id IN (EACH($1))");
    /// A page of authorities by division.
    AUTHORITIES = concat!("SELECT ", columns!(), " FROM authorities WHERE (division, id) > ($1, $2) ORDER BY division, id LIMIT $3");
    /// A page of authorities by division, of those whose name or short name holds a text.
    AUTHORITIES_NAMED = concat!("SELECT ", columns!(), " FROM authorities WHERE (division, id) > ($1, $2) \
        AND (name LIKE $4 ESCAPE '\\' OR short_name LIKE $4 ESCAPE '\\') ORDER BY division, id LIMIT $3");
    /// As [`AUTHORITIES_NAMED`], from one division code to another.
    AUTHORITIES_IN = concat!("SELECT ", columns!(), " FROM authorities WHERE (division, id) > ($1, $2) \
        AND division >= $5 AND division <= $6 AND (name LIKE $4 ESCAPE '\\' OR short_name LIKE $4 ESCAPE '\\') \
        ORDER BY division, id LIMIT $3");
    /// A new authority.
    AUTHORITY_ADD = "INSERT INTO authorities \
        (id, name, short_name, uscc, division, phone, address, hours, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// Other facts of an authority, unless somebody changed it meanwhile.
    AUTHORITY_CHANGE = "UPDATE authorities SET name = $2, short_name = $3, uscc = $4, division = $5, phone = $6, \
        address = $7, hours = $8, version = $9, head = $10, changed_at = $11 WHERE id = $1 AND version = $12";
    /// For the verification of the record.
    AUTHORITY_ROWS = concat!("SELECT ", columns!(), " FROM authorities WHERE id > $1 ORDER BY id LIMIT $2");
}

pub(crate) fn facts(row: &Row) -> Result<AuthorityFacts> {
    Ok(AuthorityFacts {
        name: row.string("name")?,
        short_name: row.string("short_name")?,
        uscc: row.string("uscc")?,
        division: row.string("division")?,
        phone: row.string("phone")?,
        address: row.string("address")?,
        hours: row.string("hours")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Authority> {
    Ok(Authority { id: row.id("id")?, facts: facts(row)?, head: Head::of(row)? })
}

pub(crate) fn add(unit: &mut Unit, id: Id<AuthorityMark>, it: &AuthorityFacts, head: &Head) {
    let AuthorityFacts { name, short_name, uscc, division, phone, address, hours } = it;
    let values = args![id, name, short_name, uscc, division, phone, address, hours, head.version, &head.hash, head.at];
    unit.one("authority", AUTHORITY_ADD, values);
}

pub(crate) fn change(unit: &mut Unit, before: &Authority, it: &AuthorityFacts, head: &Head) {
    let AuthorityFacts { name, short_name, uscc, division, phone, address, hours } = it;
    let (version, hash, at, was) = (head.version, &head.hash, head.at, before.head.version);
    let values = args![before.id, name, short_name, uscc, division, phone, address, hours, version, hash, at, was];
    unit.one("authority", AUTHORITY_CHANGE, values);
}
