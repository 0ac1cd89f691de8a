//! Rows of where systems of departments are told what happens to cases, and of what they were told.

use journal::Head;
use kernel::{Id, Result};
use storage::{Row, Unit, args};

use crate::{
    model::hook::HookState,
    service::hooks::{Hook, HookMark},
    store,
};

/// The guard that fails when somebody changed it meanwhile.
pub(crate) const GUARD: &str = "case hook";

storage::sql! {
    /// One of them.
    HOOK = "SELECT id, client, authority, document, version, head, changed_at FROM case_hooks WHERE id = $1";
    /// Those of a system.
    HOOKS_OF = "SELECT id, client, authority, document, version, head, changed_at FROM case_hooks WHERE client = $1 ORDER BY id LIMIT $2";
    /// Those at an authority.
    HOOKS_AT = "SELECT id, client, authority, document, version, head, changed_at FROM case_hooks WHERE authority = $1 ORDER BY id LIMIT $2";
    /// Whether there is any after this id.
    HOOKS_ANY = "SELECT id FROM case_hooks WHERE id > $1 ORDER BY id LIMIT 1";
    /// A new one.
    HOOK_ADD = "INSERT INTO case_hooks (id, client, authority, document, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Another state of it, unless somebody changed it meanwhile.
    HOOK_CHANGE = "UPDATE case_hooks SET document = $2, version = $3, head = $4, changed_at = $5 WHERE id = $1 AND version = $6";
    /// For the verification of the record.
    HOOK_ROWS = "SELECT id, client, authority, document, version, head, changed_at FROM case_hooks WHERE id > $1 ORDER BY id LIMIT $2";
    /// What it is told.
    TOLD_ADD = "INSERT INTO case_hook_messages (hook, position, id, case_id, sequence, kind, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (hook, position) DO NOTHING";
    /// What it was told, the latest first.
    TOLD = "SELECT position, id, case_id, sequence, kind, made_at FROM case_hook_messages WHERE hook = $1 AND position < $2 \
        ORDER BY position DESC LIMIT $3";
    /// One message to it.
    TOLD_ONE = "SELECT hook FROM case_hook_messages WHERE id = $1";
    /// Forgets what was told long ago.
    TOLD_FORGET = "DELETE FROM case_hook_messages WHERE id IN ( \
        SELECT id FROM case_hook_messages WHERE made_at < $1 ORDER BY made_at, id LIMIT $2)";
}

/// Reads one.
pub(crate) fn read(row: &Row) -> Result<Hook> {
    Ok(Hook { id: row.id("id")?, state: row.json("document")?, head: Head::of(row)? })
}

/// Adds one.
pub(crate) fn add(unit: &mut Unit, id: Id<HookMark>, it: &HookState, head: &Head) -> Result<()> {
    let values = args![id, it.client, it.authority, store::json(it)?, head.version, &head.hash, head.at];
    unit.one(GUARD, HOOK_ADD, values);
    Ok(())
}

/// Changes one.
pub(crate) fn change(unit: &mut Unit, before: &Hook, it: &HookState, head: &Head) -> Result<()> {
    let values = args![before.id, store::json(it)?, head.version, &head.hash, head.at, before.head.version];
    unit.one(GUARD, HOOK_CHANGE, values);
    Ok(())
}
