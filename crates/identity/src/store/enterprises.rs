//! The tables of enterprises and of those who act for them.

use journal::Head;
use kernel::{Enterprise as EnterpriseMark, Id, Result};
use storage::{Row, Unit, args};

use super::hundred;
use crate::model::enterprise::{AgentMark, AgentState, Enterprise, EnterpriseState};

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
    /// A new agent.
    AGENT_ADD = "INSERT INTO agents (id, enterprise, person, role, ended_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Rights of a person to act for enterprises, in force.
    AGENTS_OF = "SELECT id, enterprise, person, role, ended_at, version, head, changed_at FROM agents \
        WHERE person = $1 AND ended_at IS NULL ORDER BY enterprise LIMIT $2";
    /// A right to act for an enterprise ends.
    AGENT_END = "UPDATE agents SET ended_at = $2, version = $3, head = $4, changed_at = $2 \
        WHERE id = $1 AND version = $5 AND ended_at IS NULL";
    /// Enterprises a person acts for.
    ENTERPRISES_OF = "SELECT e.id, e.uscc, e.name, e.representative, e.address, e.version, e.head, e.changed_at, a.role \
        FROM agents a JOIN enterprises e ON e.id = a.enterprise \
        WHERE a.person = $1 AND a.ended_at IS NULL ORDER BY e.id LIMIT $2";
    /// For the verification of the record.
    ENTERPRISE_ROWS = concat!("SELECT ", columns!(), " FROM enterprises WHERE id > $1 ORDER BY id LIMIT $2");
    /// For the verification of the record.
    AGENT_ROWS = "SELECT id, enterprise, person, role, ended_at, version, head, changed_at FROM agents WHERE id > $1 ORDER BY id LIMIT $2";
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

pub(crate) fn agent_state(row: &Row) -> Result<AgentState> {
    Ok(AgentState {
        enterprise: row.id("enterprise")?,
        person: row.id("person")?,
        role: row.string("role")?,
        ended_at: row.opt_moment("ended_at")?,
    })
}

pub(crate) fn add_agent(unit: &mut Unit, id: Id<AgentMark>, it: &AgentState, head: &Head) {
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let values = args![id, it.enterprise, it.person, &it.role, it.ended_at, version, hash, at];
    unit.one("agent", AGENT_ADD, values);
}

pub(crate) fn end_agent(unit: &mut Unit, id: &str, (before, head): (&Head, &Head)) {
    unit.one("agent", AGENT_END, args![id, head.at, head.version, &head.hash, before.version]);
}
