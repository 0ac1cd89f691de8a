//! The table of rights to act for another.

use journal::Head;
use kernel::{Error, Id, MandateRow, Result};
use storage::{Row, Unit, Value, args};

use crate::model::mandate::{MandateState, Mandated, OneMatter, Principal, Role};

/// The guard that fails when the right was changed meanwhile, or when there is one already between the same two.
pub(crate) const GUARD: &str = "mandate";

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, principal, agent, invited, role, items, starts, ends, card, offered_at, accepted_at, ended_at, version, head, changed_at, matter, \
         matter_number, looks_only"
    };
}

storage::sql! {
    /// One mandate.
    MANDATE = concat!("SELECT ", columns!(), " FROM mandates WHERE id = $1");
    /// A new mandate.
    MANDATE_ADD = concat!("INSERT INTO mandates (", columns!(), ") \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");
    /// What became of a mandate, unless somebody changed it meanwhile.
    MANDATE_SET = "UPDATE mandates SET agent = $2, invited = $3, card = $4, accepted_at = $5, ended_at = $6, version = $7, head = $8, \
        changed_at = $9 WHERE id = $1 AND version = $10";
    /// The mandate is in force on the day $2: what an act rests on, asked again as it is committed.
    MANDATE_HOLDS = "SELECT id FROM mandates WHERE id = $1 AND accepted_at IS NOT NULL AND ended_at IS NULL AND starts <= $2 \
        AND (ends IS NULL OR ends >= $2)";
    /// The rights of a person to act for others, accepted and not ended; those that are over are sorted out by their day.
    MANDATES_TO = concat!("SELECT ", columns!(), " FROM mandates WHERE agent = $1 AND ended_at IS NULL ORDER BY id LIMIT $2");
    /// The right of a person to act for this principal in one thing (empty: in all that its items say), not ended.
    MANDATE_BETWEEN = concat!("SELECT ", columns!(), " FROM mandates WHERE agent = $1 AND principal = $2 AND matter = $3 \
        AND ended_at IS NULL");
    /// Who acts, or acted, for a principal: a page, the newest first.
    MANDATES_FROM = concat!("SELECT ", columns!(), " FROM mandates WHERE principal = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    /// Who acts, or acted, for a principal in this one thing, the first first.
    MANDATES_IN = concat!("SELECT ", columns!(), " FROM mandates WHERE principal = $1 AND matter = $2 AND accepted_at IS NOT NULL \
        ORDER BY id LIMIT $3");
    /// Whoever acts for a principal, and invitations, not ended.
    MANDATES_OPEN = concat!("SELECT ", columns!(), " FROM mandates WHERE principal = $1 AND ended_at IS NULL ORDER BY id LIMIT $2");
    /// Invitations made out to somebody of this name and number.
    MANDATES_INVITED = concat!("SELECT ", columns!(), " FROM mandates WHERE invited = $1 AND invited <> '' AND ended_at IS NULL \
        ORDER BY id LIMIT $2");
    /// Mandates whose last day is past.
    MANDATES_OVER = concat!("SELECT ", columns!(), " FROM mandates WHERE ended_at IS NULL AND ends IS NOT NULL AND ends < $1 \
        ORDER BY ends, id LIMIT $2");
    /// Invitations that nobody answered.
    MANDATES_UNANSWERED = concat!("SELECT ", columns!(), " FROM mandates WHERE ended_at IS NULL AND accepted_at IS NULL \
        AND offered_at < $1 ORDER BY offered_at, id LIMIT $2");
    /// For the verification of the record.
    MANDATE_ROWS = concat!("SELECT ", columns!(), " FROM mandates WHERE id > $1 ORDER BY id LIMIT $2");
}

/// Both are there or neither; a number without its matter was written by somebody else, and has no id to be read.
fn matter(row: &Row) -> Result<Option<OneMatter>> {
    if row.text("matter")?.is_empty() && row.text("matter_number")?.is_empty() {
        return Ok(None);
    }
    Ok(Some(OneMatter { id: row.id("matter")?, number: row.string("matter_number")? }))
}

pub(crate) fn state(row: &Row) -> Result<MandateState> {
    Ok(MandateState {
        principal: Principal(row.text("principal")?.parse()?),
        agent: row.opt_id("agent")?,
        invited: row.string("invited")?,
        role: Role::from_code(row.text("role")?).ok_or_else(|| Error::internal("a mandate's role"))?,
        items: row.json("items")?,
        matter: matter(row)?,
        looks_only: row.flag("looks_only")?,
        starts: row.string("starts")?,
        ends: row.opt_text("ends")?.map(str::to_owned),
        card: row.json("card")?,
        offered_at: row.moment("offered_at")?,
        accepted_at: row.opt_moment("accepted_at")?,
        ended_at: row.opt_moment("ended_at")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Mandated> {
    Ok(Mandated { id: row.id("id")?, state: state(row)?, head: Head::of(row)? })
}

fn json(it: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(it).map_err(Error::internal)
}

pub(crate) fn add(unit: &mut Unit, id: Id<MandateRow>, it: &MandateState, head: &Head) -> Result<()> {
    let values: Vec<Value> = args![
        id,
        it.principal.0.to_string(),
        it.agent,
        &it.invited,
        it.role.code(),
        json(&it.items)?,
        &it.starts,
        it.ends.as_deref(),
        json(&it.card)?,
        it.offered_at,
        it.accepted_at,
        it.ended_at,
        head.version,
        &head.hash,
        head.at,
        it.matter.as_ref().map(|it| it.id.to_string()).unwrap_or_default(),
        it.matter.as_ref().map_or("", |it| it.number.as_str()),
        it.looks_only
    ];
    unit.one(GUARD, MANDATE_ADD, values);
    Ok(())
}

pub(crate) fn set(unit: &mut Unit, before: &Mandated, it: &MandateState, head: &Head) -> Result<()> {
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let values = args![
        before.id,
        it.agent,
        &it.invited,
        json(&it.card)?,
        it.accepted_at,
        it.ended_at,
        version,
        hash,
        at,
        before.head.version
    ];
    unit.one(GUARD, MANDATE_SET, values);
    Ok(())
}
