//! Units of authorities: made, called otherwise, moved, ended; the tree as pages read it, and how one of thousands is found.

use std::collections::HashMap;

use journal::Head;
use kernel::{Authority, Ctx, Cursor, Error, Id, Page, PageAsk, Result};
use storage::{Commit, Db, Row, Unit, args, each};

use super::{administers, authorities, guard, kinds, reach::Reach};
use crate::{
    model::unit::{NewUnit, OrgUnit, OrgUnitMark, UnitState, may_lie},
    store::{posts as post_rows, units as rows},
};

/// The highest and lowest text that a division's code can be.
const EVERYWHERE: (&str, &str) = ("", "~");

/// Makes a unit of an authority, under another unit or (`None`) directly under the authority.
///
/// # Errors
/// Those of the permission at the authority; [`Error::Invalid`] for each field that is wrong; [`Error::Refused`] if it may not lie
/// there or there is one of that name; if the engine fails.
pub(crate) async fn create(
    ctx: &Ctx,
    db: &Db,
    (authority, parent): (Id<Authority>, Option<Id<OrgUnitMark>>),
    new: &NewUnit,
) -> Result<Id<OrgUnitMark>> {
    let right = administers(ctx, &authorities::scope(db, authority).await?)?;
    let (kind, name) = new.check().map_err(Error::Invalid)?;
    let above = above(db, authority, parent).await?;
    may_lie(kind, 0, &above).map_err(Error::refused)?;
    let (id, state) = (ctx.new_id(), UnitState { authority, parent, kind, name, ended_at: None });
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    stays(&mut unit, &above);
    let subject = format!("org_unit:{id}");
    let head = journal::append(&mut unit, ctx, &Head::none(), (&subject, kinds::UNIT_CREATED), &state)?;
    rows::add(&mut unit, id, &state, &head);
    committed(db, unit).await?;
    Ok(id)
}

/// What changes about a unit.
pub(crate) enum Change<'a> {
    /// What it is called, and what kind it is.
    Facts(&'a NewUnit),
    /// Where it lies: under another unit of the same authority, or directly under it.
    Move(Option<Id<OrgUnitMark>>),
    /// It is no more.
    End,
}

/// Changes a unit, unless somebody did since `version`.
///
/// # Errors
/// As [`create`]; [`Error::Stale`] if somebody was first; [`Error::Refused`] if it would lie under itself, or ends with something in it.
pub(crate) async fn change(ctx: &Ctx, db: &Db, (id, version): (Id<OrgUnitMark>, i64), what: Change<'_>) -> Result<()> {
    let before = unit(db, id).await?;
    let right = administers(ctx, &authorities::scope(db, before.state.authority).await?)?;
    if before.head.version != version || before.state.ended_at.is_some() {
        return Err(Error::Stale { what: "机构", by: None });
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    let (state, kind) = match what {
        Change::Facts(new) => {
            let (kind, name) = new.check().map_err(Error::Invalid)?;
            let state = UnitState { kind, name, ..before.state.clone() };
            lies(db, &mut unit, (id, &state)).await?;
            (state, kinds::UNIT_CHANGED)
        }
        Change::Move(parent) => {
            let state = UnitState { parent, ..before.state.clone() };
            lies(db, &mut unit, (id, &state)).await?;
            (state, kinds::UNIT_MOVED)
        }
        Change::End => {
            let ended_at = Some(ctx.now.max(before.head.at));
            (UnitState { ended_at, ..before.state.clone() }, kinds::UNIT_ENDED)
        }
    };
    if state == before.state {
        return Ok(());
    }
    let head = journal::append(&mut unit, ctx, &before.head, (&format!("org_unit:{id}"), kind), &state)?;
    rows::set(&mut unit, &before, &state, &head);
    if state.ended_at.is_some() {
        unit.expect(rows::EMPTY_GUARD, 0, rows::UNITS_LEFT, args![state.authority, id]);
        unit.expect(rows::EMPTY_GUARD, 0, rows::UNIT_POSTS_LEFT, args![id]);
    }
    committed(db, unit).await
}

/// Asks that a unit may lie where its state says, with what is in it.
async fn lies(db: &Db, unit: &mut Unit, (id, state): (Id<OrgUnitMark>, &UnitState)) -> Result<()> {
    let above = above(db, state.authority, state.parent).await?;
    if above.iter().any(|it| it.id == id) {
        return Err(Error::refused("不能移到自己或者自己的下级机构下面，请选择别的上级机构。"));
    }
    let below = db.find(rows::UNIT_BELOW, args![id]).await?.map_or(Ok(0), |row| row.int("below"))?;
    may_lie(state.kind, usize::try_from(below).unwrap_or(0), &above).map_err(Error::refused)?;
    // What is in it stays possible under it.
    for row in db.query(rows::UNITS_UNDER, args![state.authority, id, "", "", CHILDREN_CHECKED]).await? {
        let child = rows::read(&row)?;
        if !child.state.kind.fits_under(Some(state.kind)) {
            let words = format!(
                "其中有「{}」（{}），不能改为{}。",
                child.state.name,
                child.state.kind.name(),
                state.kind.name()
            );
            return Err(Error::refused(words));
        }
    }
    stays(unit, &above);
    Ok(())
}

/// Units directly in another that are looked at when that one becomes of another kind.
const CHILDREN_CHECKED: i64 = 1_000;

/// What lies above a place, from the authority down.
async fn above(db: &Db, authority: Id<Authority>, parent: Option<Id<OrgUnitMark>>) -> Result<Vec<OrgUnit>> {
    let Some(parent) = parent else { return Ok(Vec::new()) };
    let above = path(db, parent).await?;
    match above.last() {
        Some(it) if it.state.authority == authority => Ok(above),
        _ => Err(Error::NotFound { what: "上级机构" }),
    }
}

/// Guards the unit by all that lies above: that two moves at once make no circle.
fn stays(unit: &mut Unit, above: &[OrgUnit]) {
    for it in above {
        unit.check(rows::ABOVE_GUARD, rows::UNIT_AS_READ, args![it.id, it.head.version]);
    }
}

async fn committed(db: &Db, unit: Unit) -> Result<()> {
    match db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { guard: "org unit" } => Err(Error::refused("同一级里已有同名的机构，或者刚刚有人改过，请核对。")),
        Commit::Lost { guard: rows::EMPTY_GUARD } => {
            Err(Error::refused("这个机构下面还有机构或者岗位。请先移走、撤销下级机构，终止其中的岗位。"))
        }
        Commit::Lost { .. } => Err(Error::Stale { what: "机构", by: None }),
    }
}

/// One unit.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub(crate) async fn unit(db: &Db, id: Id<OrgUnitMark>) -> Result<OrgUnit> {
    let row = db.find(rows::UNIT, args![id]).await?;
    rows::read(&row.ok_or(Error::NotFound { what: "机构" })?)
}

/// Many units by id, in one query.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn many(db: &Db, ids: &[Id<OrgUnitMark>]) -> Result<HashMap<Id<OrgUnitMark>, OrgUnit>> {
    let mut distinct = ids.to_vec();
    distinct.sort();
    distinct.dedup();
    let mut found = HashMap::with_capacity(distinct.len());
    for row in db.query(rows::UNITS_OF, args![each(distinct)]).await? {
        let it = rows::read(&row)?;
        found.insert(it.id, it);
    }
    Ok(found)
}

/// A unit and all above it, from the authority down.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn path(db: &Db, id: Id<OrgUnitMark>) -> Result<Vec<OrgUnit>> {
    db.query(rows::UNIT_PATH, args![id]).await?.iter().map(rows::read).collect()
}

/// A page of what lies directly under a unit, or (`None`) under the authority, by name.
///
/// # Errors
/// [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn under(
    db: &Db,
    (authority, parent): (Id<Authority>, Option<Id<OrgUnitMark>>),
    ask: &PageAsk,
) -> Result<Page<OrgUnit>> {
    let (name, id) = match &ask.after {
        Some(cursor) => (cursor.text(0)?, cursor.text(1)?),
        None => ("", ""),
    };
    let values = args![authority, rows::above(parent), name, id, ask.sql_limit()];
    let found = read(&db.query(rows::UNITS_UNDER, values).await?)?;
    Ok(Page::cut(found, ask, |it| Cursor::new([it.state.name.clone(), it.id.to_string()])))
}

/// A page of the units of one authority whose name holds these words, at any level.
///
/// # Errors
/// As [`under`].
pub(crate) async fn named_at(db: &Db, authority: Id<Authority>, words: &str, ask: &PageAsk) -> Result<Page<OrgUnit>> {
    let after = ask.after.as_ref().map_or(Ok(""), |cursor| cursor.text(0))?;
    let values = args![authority, after, authorities::pattern(words), ask.sql_limit()];
    let found = read(&db.query(rows::UNITS_NAMED_AT, values).await?)?;
    Ok(Page::cut(found, ask, key))
}

/// A page of the units whose name holds these words, wherever the reach reaches.
///
/// # Errors
/// As [`under`].
pub(crate) async fn named(db: &Db, reach: &Reach, words: &str, ask: &PageAsk) -> Result<Page<OrgUnit>> {
    let after = ask.after.as_ref().map_or(Ok(""), |cursor| cursor.text(0))?;
    let pattern = authorities::pattern(words);
    let runs: Vec<(String, String)> = if reach.is_whole() {
        vec![(EVERYWHERE.0.to_owned(), EVERYWHERE.1.to_owned())]
    } else {
        reach.branches().iter().map(|it| (format!("{:012}", it.from), format!("{:012}", it.to))).collect()
    };
    let mut found = Vec::new();
    for (from, to) in &runs {
        found.extend(read(&db.query(rows::UNITS_NAMED_IN, args![after, &pattern, from, to, ask.sql_limit()]).await?)?);
    }
    for authority in reach.own() {
        let values = args![authority.id, after, &pattern, ask.sql_limit()];
        found.extend(read(&db.query(rows::UNITS_NAMED_AT, values).await?)?);
    }
    found.sort_by_key(|it| it.id);
    found.dedup_by_key(|it| it.id);
    Ok(Page::cut(found, ask, key))
}

fn key(it: &OrgUnit) -> Cursor {
    Cursor::new([it.id.to_string()])
}

fn read(found: &[Row]) -> Result<Vec<OrgUnit>> {
    found.iter().map(rows::read).collect()
}

/// Guards the unit by an org unit that something is put into.
pub(crate) fn lives(unit: &mut Unit, id: Id<OrgUnitMark>, authority: Id<Authority>) {
    unit.check(rows::ABOVE_GUARD, rows::UNIT_LIVES, args![id, authority]);
}

/// People in a unit, with their posts there: rows as [`super::posts::officers`] reads them.
pub(crate) async fn posts_in(db: &Db, id: Id<OrgUnitMark>, ask: &PageAsk) -> Result<Vec<Row>> {
    let after = ask.after.as_ref().map_or(Ok(""), |cursor| cursor.text(0))?;
    db.query(post_rows::OFFICERS_IN, args![after, ask.sql_limit(), id]).await
}
