//! Leaving (离岗): on one legal day all that a person holds ends, also what others do in its stead, and then its sessions and tokens.

use std::collections::BTreeMap;

use journal::Head;
use kernel::{Ctx, Error, Id, Person, PostRow, Result};
use storage::{Db, Unit, args};
use time::Date;
use webkit::App;

use super::{administers, guard, kinds, posts};
use crate::{
    ADMINISTER,
    model::{
        leaving::{HeldBefore, Leaving, LeavingState, last_day},
        post::Held,
    },
    store::{leavings as rows, openid::tokens, sessions},
};

/// People whose sessions one round ends at most; the rest in the next, a minute later.
const A_ROUND: i64 = 200;

/// Somebody's leaving, if a day was ever set.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn leaving(db: &Db, person: Id<Person>) -> Result<Option<Leaving>> {
    db.find(rows::LEAVING, args![person]).await?.as_ref().map(rows::read).transpose()
}

/// Asks that what a person is to hold does not outlast its last day.
///
/// # Errors
/// [`Error::Invalid`] at `ends` if it would; if the engine fails.
pub(crate) async fn before_leaving(db: &Db, person: Id<Person>, ends: Option<Date>) -> Result<()> {
    let Some(leaving) = leaving(db, person).await? else { return Ok(()) };
    let Some(day) = leaving.state.pending() else { return Ok(()) };
    if ends.is_some_and(|ends| ends.to_string().as_str() <= day) {
        return Ok(());
    }
    Err(Error::invalid("ends", format!("此人在岗的最后一天是 {day}，岗位不能超过这一天，请填写结束日期。")))
}

/// Sets the last day of a person in office, another one, or (`None`) takes it back. Every post that it holds or stands in for, and every
/// post of its own that others stand in for, ends with that day at the latest.
///
/// # Errors
/// [`Error::ProveAgain`]; those of the permission wherever the person holds a post; [`Error::Invalid`] at `day` if it is over; [`Error::Refused`] if the
/// person holds no post; [`Error::Stale`] if one of them changed meanwhile; if the engine fails.
pub(crate) async fn leave(ctx: &Ctx, app: &App, person: Id<Person>, day: Option<Date>) -> Result<()> {
    ctx.proven(ADMINISTER)?;
    if day.is_some_and(|day| day < ctx.now.legal_date()) {
        return Err(Error::invalid("day", "这一天已过。要立即停止的，请终止各个岗位。"));
    }
    let before = leaving(&app.db, person).await?;
    let held = everything(&app.db, person).await?;
    if held.is_empty() {
        return Err(Error::refused("此人没有岗位，不用设离岗日期。"));
    }
    let mut unit = Unit::new(ctx);
    for it in held.values() {
        let right = administers(ctx, &posts::place(&app.db, &it.state).await?)
            .map_err(|_| Error::refused("此人还有不归您管理的岗位（或者代着那里的岗位）。请由管理全部岗位的人员设离岗日期，或者终止您这里的岗位。"))?;
        guard(&mut unit, ctx, right);
    }
    let day = day.map(|it| it.to_string());
    let state = before.as_ref().map(|it| it.state.clone()).unwrap_or_default();
    let mut told = Vec::with_capacity(held.len());
    for it in held.values() {
        let by_itself = state.before(it.id, it.state.ends.as_deref());
        let ends = last_day(by_itself.as_deref(), day.as_deref());
        if ends != it.state.ends {
            posts::lasts(&mut unit, ctx, it, ends)?;
        }
        told.push(HeldBefore { post: it.id, ends: by_itself });
    }
    let state = LeavingState { last_day: day, held: told, done_at: None };
    write(&mut unit, ctx, (person, before), (kinds::LEAVING_SET, state))?;
    app.db.commit(unit).await?.or_stale("岗位")
}

/// All that ends as a person leaves, by post.
async fn everything(db: &Db, person: Id<Person>) -> Result<BTreeMap<Id<PostRow>, Held>> {
    let mut all = BTreeMap::new();
    let own = posts::posts_of(db, person).await?;
    for it in own.into_iter().chain(posts::standings_for(db, person).await?) {
        if it.state.ended_at.is_none() {
            all.insert(it.id, it);
        }
    }
    Ok(all)
}

fn write(
    unit: &mut Unit,
    ctx: &Ctx,
    (person, before): (Id<Person>, Option<Leaving>),
    (kind, state): (&'static str, LeavingState),
) -> Result<()> {
    let before = before.map_or_else(Head::none, |it| it.head);
    let head = journal::append(unit, ctx, &before, (&format!("leaving:{person}"), kind), &state)?;
    rows::put(unit, person, &state, (before.version, &head))
}

/// Ends the sessions and tokens of those whose last day is over: whatever is still open then was opened by an officer.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    for row in app.db.query(rows::LEAVINGS_DUE, args![ctx.now.legal_date(), A_ROUND]).await? {
        let person: Id<Person> = row.id("person")?;
        let Some(before) = leaving(&app.db, person).await? else { continue };
        let mut unit = Unit::new(ctx);
        let state = LeavingState { done_at: Some(ctx.now), ..before.state.clone() };
        write(&mut unit, ctx, (person, Some(before)), (kinds::LEFT, state))?;
        unit.run(tokens::FAMILIES_LOGOUT_OTHERS, args![person, "", ctx.now]);
        unit.run(tokens::FAMILIES_END_OF_PERSON, args![person, ctx.now]);
        unit.run(sessions::SESSIONS_END, args![person]);
        app.db.commit(unit).await?.or_stale("离岗")?;
    }
    Ok(())
}
