//! Rows of pledges and of by when they are to be checked.

use journal::Head;
use kernel::{Id, Result};
use storage::{Row, Sql, Unit, args};

use crate::{
    model::pledge::PledgeState,
    service::pledges::{Pledge, PledgeMark},
    store,
};

/// The guard that fails when it was changed meanwhile, or its holder has a breach that is not repaired.
pub(crate) const GUARD: &str = "case pledge";

storage::sql! {
    /// One of them, by its case and file.
    PLEDGE = "SELECT id, document, version, head, changed_at FROM case_pledges WHERE case_id = $1 AND file = $2";
    /// Those of a case.
    PLEDGES_OF_CASE = "SELECT id, document, version, head, changed_at FROM case_pledges WHERE case_id = $1 ORDER BY file LIMIT $2";
    /// A new one, unless its holder has a breach for that item that is not repaired.
    PLEDGE_ADD = "INSERT INTO case_pledges (id, case_id, file, holder, item, authority, standing, document, version, head, changed_at) \
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE NOT EXISTS ( \
        SELECT 1 FROM case_pledges b WHERE b.holder = $4 AND b.item = $5 AND b.standing = 'broken')";
    /// Another state of it, unless somebody changed it meanwhile.
    PLEDGE_CHANGE = "UPDATE case_pledges SET standing = $2, document = $3, version = $4, head = $5, changed_at = $6 \
        WHERE id = $1 AND version = $7";
    /// A breach of a holder for an item that is not repaired.
    PLEDGE_BREACH = "SELECT case_id, file FROM case_pledges WHERE holder = $1 AND item = $2 AND standing = 'broken' LIMIT 1";
    /// Breaches at an authority that are not repaired.
    PLEDGES_BROKEN = "SELECT id, document, version, head, changed_at FROM case_pledges WHERE authority = $1 AND standing = 'broken' \
        AND id > $2 ORDER BY id LIMIT $3";
    /// For the verification of the record.
    PLEDGE_ROWS = "SELECT id, case_id, file, holder, item, authority, standing, document, version, head, changed_at FROM case_pledges \
        WHERE id > $1 ORDER BY id LIMIT $2";
    /// It is to be checked by this day, unless something was found already.
    DUE_ADD = "INSERT INTO case_pledges_due (pledge, authority, due) SELECT $1, $2, $3 \
        WHERE EXISTS (SELECT 1 FROM case_pledges p WHERE p.id = $1 AND p.standing = 'made') ON CONFLICT (pledge) DO NOTHING";
    /// Something was found.
    DUE_DROP = "DELETE FROM case_pledges_due WHERE pledge = $1";
    /// By when one is to be checked.
    DUE_OF = "SELECT due FROM case_pledges_due WHERE pledge = $1";
    /// What is to be checked at an authority, the first due first.
    PLEDGES_DUE = "SELECT p.id, p.document, p.version, p.head, p.changed_at, d.due FROM case_pledges_due d \
        JOIN case_pledges p ON p.id = d.pledge WHERE d.authority = $1 AND (d.due, d.pledge) > ($2, $3) \
        ORDER BY d.due, d.pledge LIMIT $4";
    /// As [`PLEDGES_DUE`], for a post that is held at every authority (`$1` is empty).
    PLEDGES_DUE_ANYWHERE = "SELECT p.id, p.document, p.version, p.head, p.changed_at, d.due FROM case_pledges_due d \
        JOIN case_pledges p ON p.id = d.pledge WHERE $1 = '' AND (d.due, d.pledge) > ($2, $3) ORDER BY d.due, d.pledge LIMIT $4";
    /// As [`PLEDGES_BROKEN`], for a post that is held at every authority (`$1` is empty).
    PLEDGES_BROKEN_ANYWHERE = "SELECT id, document, version, head, changed_at FROM case_pledges WHERE $1 = '' \
        AND standing = 'broken' AND id > $2 ORDER BY id LIMIT $3";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;

/// Reads one.
pub(crate) fn read(row: &Row) -> Result<Pledge> {
    Ok(Pledge { id: row.id("id")?, state: row.json("document")?, head: Head::of(row)? })
}

/// Adds one.
pub(crate) fn add(unit: &mut Unit, id: Id<PledgeMark>, it: &PledgeState, head: &Head) -> Result<()> {
    let mut values = args![id, it.case, it.file, &it.holder, it.item, it.authority, it.standing.code()];
    values.extend(args![store::json(it)?, head.version, &head.hash, head.at]);
    unit.one(GUARD, PLEDGE_ADD, values);
    Ok(())
}

/// Changes one.
pub(crate) fn change(unit: &mut Unit, before: &Pledge, it: &PledgeState, head: &Head) -> Result<()> {
    let mut values = args![before.id, it.standing.code(), store::json(it)?, head.version, &head.hash, head.at];
    values.extend(args![before.head.version]);
    unit.one(GUARD, PLEDGE_CHANGE, values);
    Ok(())
}
