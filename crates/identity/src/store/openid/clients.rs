//! The table of systems, and which of their assertions were used.

use journal::Head;
use kernel::{Client as ClientMark, Id, Moment, Result};
use storage::{Row, Unit, args};

use crate::model::openid::client::{Client, ClientState};

/// The guard that fails when an assertion was used before.
pub(crate) const ASSERTION_GUARD: &str = "assertion";

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, authority, document, version, head, changed_at"
    };
}

storage::sql! {
    /// One system.
    CLIENT = concat!("SELECT ", columns!(), " FROM clients WHERE id = $1");
    /// A page of all systems.
    CLIENTS = concat!("SELECT ", columns!(), " FROM clients WHERE id > $1 ORDER BY id LIMIT $2");
    /// A page of one authority's systems.
    CLIENTS_AT = concat!("SELECT ", columns!(), " FROM clients WHERE authority = $3 AND id > $1 ORDER BY id LIMIT $2");
    /// Systems of these ids.
    CLIENTS_OF = concat!("SELECT ", columns!(), " FROM clients WHERE id IN (EACH($1))");
    /// A new system.
    CLIENT_ADD = "INSERT INTO clients (id, authority, document, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// What is registered of a system from now on, unless somebody changed it meanwhile.
    CLIENT_SET = "UPDATE clients SET document = $2, version = $3, head = $4, changed_at = $5 WHERE id = $1 AND version = $6";
    /// An assertion is used up.
    ASSERTION_USE = "INSERT INTO used_assertions (id, until) VALUES ($1, $2)";
    /// Assertions that would be refused anyhow.
    ASSERTIONS_SWEEP = "DELETE FROM used_assertions WHERE until < $1";
}

pub(crate) fn read(row: &Row) -> Result<Client> {
    Ok(Client { id: row.id("id")?, state: row.json("document")?, head: Head::of(row)? })
}

/// What the record determines of a system, as its row has it.
pub(crate) fn state(row: &Row) -> Result<(String, ClientState)> {
    Ok((row.string("authority")?, row.json("document")?))
}

pub(crate) fn add(unit: &mut Unit, id: Id<ClientMark>, it: &ClientState, head: &Head) -> Result<()> {
    let document = serde_json::to_string(it).map_err(kernel::Error::internal)?;
    unit.one("client", CLIENT_ADD, args![id, it.authority, document, head.version, &head.hash, head.at]);
    Ok(())
}

pub(crate) fn set(unit: &mut Unit, before: &Client, it: &ClientState, head: &Head) -> Result<()> {
    let document = serde_json::to_string(it).map_err(kernel::Error::internal)?;
    let values = args![before.id, document, head.version, &head.hash, head.at, before.head.version];
    unit.one("client", CLIENT_SET, values);
    Ok(())
}

/// Uses up an assertion; [`ASSERTION_GUARD`] fails if it was used before.
pub(crate) fn use_assertion(unit: &mut Unit, id: &str, until: Moment) {
    unit.one(ASSERTION_GUARD, ASSERTION_USE, args![id, until]);
}
