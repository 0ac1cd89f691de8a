//! The table of enterprises.

use journal::Head;
use kernel::{Enterprise as EnterpriseMark, Id, Result};
use storage::{Row, Unit, args};

use crate::model::enterprise::{Enterprise, EnterpriseState};

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, uscc, name, representative, address, head_office, version, head, changed_at"
    };
}

storage::sql! {
    /// One enterprise.
    ENTERPRISE = concat!("SELECT ", columns!(), " FROM enterprises WHERE id = $1");
    /// The enterprise with this unified social credit code.
    ENTERPRISE_BY_USCC = concat!("SELECT ", columns!(), " FROM enterprises WHERE uscc = $1");
    /// Names of these enterprises.
    ENTERPRISE_NAMES = "SELECT id, name FROM enterprises WHERE id IN (EACH($1))";
    /// A new enterprise.
    ENTERPRISE_ADD = "INSERT INTO enterprises (id, uscc, name, representative, address, version, head, changed_at, head_office) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// What the register says of an enterprise from now on, unless somebody changed it meanwhile.
    ENTERPRISE_SET = "UPDATE enterprises SET name = $2, representative = $3, address = $4, head_office = $5, version = $6, head = $7, \
        changed_at = $8 WHERE id = $1 AND version = $9";
    /// The branches of a head office.
    BRANCHES = concat!("SELECT ", columns!(), " FROM enterprises WHERE head_office = $1 AND head_office <> '' ORDER BY id LIMIT $2");
    /// Enterprises a person acts for on the day $2; the principal of such a mandate is `enterprise:ID`.
    ENTERPRISES_OF = "SELECT e.id, e.uscc, e.name, e.representative, e.address, e.head_office, e.version, e.head, e.changed_at, \
            m.id AS mandate, m.role \
        FROM mandates m JOIN enterprises e ON e.id = SUBSTR(m.principal, 12) \
        WHERE m.agent = $1 AND m.accepted_at IS NOT NULL AND m.ended_at IS NULL AND m.starts <= $2 \
            AND (m.ends IS NULL OR m.ends >= $2) ORDER BY e.id LIMIT $3";
    /// For the verification of the record.
    ENTERPRISE_ROWS = concat!("SELECT ", columns!(), " FROM enterprises WHERE id > $1 ORDER BY id LIMIT $2");
}

pub(crate) fn state(row: &Row) -> Result<EnterpriseState> {
    Ok(EnterpriseState {
        uscc: row.string("uscc")?,
        name: row.string("name")?,
        representative: row.opt_id("representative")?,
        address: row.string("address")?,
        head_office: Some(row.string("head_office")?).filter(|it| !it.is_empty()),
    })
}

pub(crate) fn read(row: &Row) -> Result<Enterprise> {
    let EnterpriseState { uscc, name, representative, address, head_office } = state(row)?;
    Ok(Enterprise { id: row.id("id")?, uscc, name, representative, address, head_office })
}

pub(crate) fn add(unit: &mut Unit, id: Id<EnterpriseMark>, it: &EnterpriseState, head: &Head) {
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let office = it.head_office.as_deref().unwrap_or_default();
    let values = args![id, &it.uscc, &it.name, it.representative, &it.address, version, hash, at, office];
    unit.one("enterprise", ENTERPRISE_ADD, values);
}

pub(crate) fn set(unit: &mut Unit, id: Id<EnterpriseMark>, it: &EnterpriseState, (before, head): (&Head, &Head)) {
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let office = it.head_office.as_deref().unwrap_or_default();
    let values = args![id, &it.name, it.representative, &it.address, office, version, hash, at, before.version];
    unit.one("enterprise", ENTERPRISE_SET, values);
}
