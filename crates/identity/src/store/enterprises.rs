//! The table of enterprises.

use journal::Head;
use kernel::{Enterprise as EnterpriseMark, Id, Result};
use storage::{Row, Unit, args};

use super::hundred;
use crate::model::enterprise::{Enterprise, EnterpriseState};

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, uscc, name, representative, address, version, head, changed_at"
    };
}

storage::sql! {
    /// One enterprise.
    ENTERPRISE = concat!("SELECT ", columns!(), " FROM enterprises WHERE id = $1");
    /// The enterprise with this unified social credit code.
    ENTERPRISE_BY_USCC = concat!("SELECT ", columns!(), " FROM enterprises WHERE uscc = $1");
    /// Names of these enterprises.
    ENTERPRISE_NAMES = concat!("SELECT id, name FROM enterprises WHERE id IN (", hundred!(), ")");
    /// A new enterprise.
    ENTERPRISE_ADD = "INSERT INTO enterprises (id, uscc, name, representative, address, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Enterprises a person acts for on the day $2; the principal of such a mandate is `enterprise:ID`.
    ENTERPRISES_OF = "SELECT e.id, e.uscc, e.name, e.representative, e.address, e.version, e.head, e.changed_at, \
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
    })
}

pub(crate) fn read(row: &Row) -> Result<Enterprise> {
    let EnterpriseState { uscc, name, representative, address } = state(row)?;
    Ok(Enterprise { id: row.id("id")?, uscc, name, representative, address })
}

pub(crate) fn add(unit: &mut Unit, id: Id<EnterpriseMark>, it: &EnterpriseState, head: &Head) {
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let values = args![id, &it.uscc, &it.name, it.representative, &it.address, version, hash, at];
    unit.one("enterprise", ENTERPRISE_ADD, values);
}
