//! Posts: granted, ended, and what an act rests on.

use journal::Head;
use kernel::{Authority, Basis, Ctx, Cursor, Error, Id, Page, PageAsk, Person, PostRow, Result, Scope};
use standards::DivisionCode;
use storage::{Commit, Db, Row, Unit, args};
use time::Date;
use webkit::App;

use super::{
    administers, authorities, divisions, guard, kinds, leavings,
    names::{Names, person_names},
    units,
};
use crate::{
    ADMIN, ADMINISTER, SiteCallers,
    model::{
        division::number,
        person::Sounded,
        post::{Held, HeldState, NewPost},
        unit::OrgUnitMark,
    },
    store::{mandates, openid::clients, people, posts as rows, units as unit_rows},
};

/// People of one authority who are listed by name at most: so many names are unsealed for one page.
const NAMED_MAX: i64 = 500;
/// Posts of one person that a page shows at most.
const OF_ONE_MAX: i64 = 200;

/// Guards a unit by the right it rests on: if the post or mandate was ended since the session was read, nothing of the unit stands.
pub fn still_holds(unit: &mut Unit, ctx: &Ctx, basis: &Basis) {
    match basis {
        Basis::Holder => {}
        Basis::Post(post) => {
            unit.check(kernel::POST_GUARD, rows::POST_HOLDS, args![*post, ctx.now.legal_date()]);
        }
        Basis::Mandate(mandate) => {
            unit.check(kernel::MANDATE_GUARD, mandates::MANDATE_HOLDS, args![*mandate, ctx.now.legal_date()]);
        }
    }
}

/// What is asked of whoever grants or ends a post: to administer the authority, the division, or all of the site.
async fn scope(db: &Db, authority: Option<Id<Authority>>, division: Option<&str>) -> Result<Scope> {
    match (authority, division) {
        (Some(authority), _) => authorities::scope(db, authority).await,
        (None, Some(division)) => Ok(Scope::SITE.within(number(division))),
        (None, None) => Ok(Scope::SITE),
    }
}

/// As [`scope`], of a post that stands.
pub(crate) async fn place(db: &Db, held: &HeldState) -> Result<Scope> {
    scope(db, held.authority, held.division.as_deref()).await
}

/// Asks all that is asked of a post before it is granted, and gives what it would be with the right it rests on. `known`: the person is
/// somebody, or is being made known in the same unit.
///
/// # Errors
/// Those of [`grant_post`] but for what only the unit tells.
pub(crate) async fn granting(ctx: &Ctx, app: &App, new: &NewPost, known: bool) -> Result<(HeldState, Option<Basis>)> {
    let division = new.division.as_ref().map(DivisionCode::as_str);
    let right = administers(ctx, &scope(&app.db, new.authority, division).await?)?;
    ctx.proven(ADMINISTER)?;
    let callers = app.part::<SiteCallers>()?;
    let Some(kind) = callers.post(&new.code) else {
        return Err(Error::invalid("code", "没有这种岗位，请从列表中选择。"));
    };
    if division.is_some() && (new.code != ADMIN.code || new.authority.is_some() || new.item.is_some()) {
        return Err(Error::invalid("code", "只有人员管理岗位可以管一个地区，其他岗位请写明实施主体。"));
    }
    if new.unit.is_some() && new.authority.is_none() {
        return Err(Error::invalid("unit", "处室、窗口属于一个实施主体，请写明实施主体。"));
    }
    let starts = new.starts.unwrap_or_else(|| ctx.now.legal_date());
    if new.ends.is_some_and(|ends| ends < starts) {
        return Err(Error::invalid("ends", "结束日期早于开始日期，请更正。"));
    }
    if let Some(code) = &new.division
        && divisions::find_division(&app.db, code).await?.is_none()
    {
        return Err(Error::invalid("division", "没有这个行政区划，请从列表中选择。"));
    }
    leavings::before_leaving(&app.db, new.person, new.ends).await?;
    // A machine holds posts as people do, so that all that is true of them is true of it.
    let person = known || app.db.find(people::PERSON, args![new.person]).await?.is_some();
    if person && kind.is_of_systems() {
        return Err(Error::invalid("code", "这是业务系统的岗位，不能授予工作人员。请在「接入系统」里授予机器接口。"));
    }
    if !person && app.db.find(clients::CLIENT, args![new.person]).await?.is_none() {
        return Err(Error::NotFound { what: "人员" });
    }
    let state = HeldState {
        person: new.person,
        code: new.code.clone(),
        authority: new.authority,
        item: new.item,
        starts: starts.to_string(),
        ends: new.ends.map(|day| day.to_string()),
        ended_at: None,
        division: division.map(str::to_owned),
        unit: new.unit,
        stands_for: None,
        principal: None,
    };
    Ok((state, right))
}

/// Adds a post that [`granting`] let pass to this unit, guarded by the right it rests on and by the unit of the authority it is in.
pub(crate) fn grant(
    unit: &mut Unit,
    ctx: &Ctx,
    id: Id<PostRow>,
    (state, right): (&HeldState, Option<Basis>),
) -> Result<()> {
    guard(unit, ctx, right);
    if let (Some(of), Some(authority)) = (state.unit, state.authority) {
        units::lives(unit, of, authority);
    }
    add(unit, ctx, id, state)
}

/// Grants a post. It counts from the person's next request on.
///
/// # Errors
/// Those of the permission at the post's authority (for the whole site if it has none); [`Error::Invalid`] if the kind is unknown
/// or the days are the wrong way round; [`Error::Refused`] if the person holds the same post; [`Error::NotFound`] if there is no such
/// person; if the engine fails.
pub async fn grant_post(ctx: &Ctx, app: &App, new: &NewPost) -> Result<Id<PostRow>> {
    let (state, right) = granting(ctx, app, new, false).await?;
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    grant(&mut unit, ctx, id, (&state, right))?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok(id),
        Commit::Lost { guard: "post held" } => {
            Err(Error::refused("此人已有这个岗位，不必重复授予；如已到期，请先终止原来的岗位，再重新授予。"))
        }
        Commit::Lost { guard: unit_rows::ABOVE_GUARD } => {
            Err(Error::invalid("unit", "没有这个处室或窗口，或者已经撤销，请重新选择。"))
        }
        Commit::Lost { .. } => Err(Error::Stale { what: "岗位", by: None }),
    }
}

/// Another last day of a post that is in force, with those of who stands in for its holder, which end no later.
pub(crate) struct LastDay {
    held: Vec<Held>,
    ends: Option<String>,
    right: Option<Basis>,
}

/// Asks whether a post may have another last day (`None`: until ended).
///
/// # Errors
/// Those of the permission at the post's place; [`Error::Invalid`] at `ends` if the day is over or before the first, the post is over
/// already, or the person is to leave; if the engine fails.
pub(crate) async fn lasting(ctx: &Ctx, app: &App, post: &Held, ends: Option<Date>) -> Result<LastDay> {
    let right = administers(ctx, &place(&app.db, &post.state).await?)?;
    ctx.proven(ADMINISTER)?;
    let today = ctx.now.legal_date();
    if let Some(before) = post.state.ends.as_ref().filter(|it| it.as_str() < today.to_string().as_str()) {
        return Err(Error::invalid("ends", format!("这个岗位已在 {before} 到期。请先在页面上终止它，再重新授予。")));
    }
    if ends.is_some_and(|ends| ends < today || ends.to_string() < post.state.starts) {
        return Err(Error::invalid("ends", "结束日期已过，或者早于开始日期。要立即停止的，请在页面上终止岗位。"));
    }
    if leavings::leaving(&app.db, post.state.person).await?.is_some_and(|it| it.state.pending().is_some()) {
        return Err(Error::invalid("ends", "此人已设离岗日期，请先取消离岗，再改任期。"));
    }
    let ends = ends.map(|it| it.to_string());
    let mut held = vec![post.clone()];
    let later = |it: &Held| ends.as_ref().is_some_and(|day| it.state.ends.as_ref().is_none_or(|last| last > day));
    held.extend(standins(&app.db, post.id).await?.into_iter().filter(later));
    Ok(LastDay { held, ends, right })
}

impl LastDay {
    /// Whether it is that of a post which is like this.
    pub(crate) fn of(&self, like: impl Fn(&HeldState) -> bool) -> bool {
        self.held.first().is_some_and(|it| like(&it.state))
    }

    /// Adds it to this unit.
    pub(crate) fn write(&self, unit: &mut Unit, ctx: &Ctx) -> Result<()> {
        guard(unit, ctx, self.right);
        self.held.iter().try_for_each(|it| lasts(unit, ctx, it, self.ends.clone()))
    }
}

/// Adds a new post to this unit; the guard `post held` fails if the person holds it already.
pub(crate) fn add(unit: &mut Unit, ctx: &Ctx, id: Id<PostRow>, state: &HeldState) -> Result<()> {
    let head = journal::append(unit, ctx, &Head::none(), (&format!("post:{id}"), kinds::POST_GRANTED), state)?;
    rows::add(unit, id, state, &head);
    Ok(())
}

/// Ends a post: from now on it gives nothing, and what is being committed on its strength is undone.
///
/// # Errors
/// Those of the permission at the post's authority; [`Error::Refused`] if it has ended; [`Error::Stale`] if somebody was first; if
/// the engine fails.
pub async fn end_post(ctx: &Ctx, app: &App, id: Id<PostRow>) -> Result<()> {
    let held = held(&app.db, id).await?;
    let right = administers(ctx, &place(&app.db, &held.state).await?)?;
    ctx.proven(ADMINISTER)?;
    if held.state.ended_at.is_some() {
        return Err(Error::refused("这个岗位已经终止。"));
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    ends(&mut unit, ctx, &held)?;
    for standing in standins(&app.db, id).await? {
        ends(&mut unit, ctx, &standing)?;
    }
    // Nobody got to stand in for it meanwhile.
    unit.expect(rows::STANDINS_GUARD, 0, rows::STANDINS_LEFT, args![id]);
    app.db.commit(unit).await?.or_stale("岗位")
}

/// Adds the end of a post to this unit.
fn ends(unit: &mut Unit, ctx: &Ctx, held: &Held) -> Result<()> {
    let ended_at = Some(ctx.now.max(held.head.at));
    let state = HeldState { ended_at, ..held.state.clone() };
    let about = format!("post:{}", held.id);
    let head = journal::append(unit, ctx, &held.head, (&about, kinds::POST_ENDED), &state)?;
    rows::set(unit, held, &state, &head);
    Ok(())
}

/// Adds another last day of a post to this unit.
pub(crate) fn lasts(unit: &mut Unit, ctx: &Ctx, held: &Held, ends: Option<String>) -> Result<()> {
    let state = HeldState { ends, ..held.state.clone() };
    let about = format!("post:{}", held.id);
    let head = journal::append(unit, ctx, &held.head, (&about, kinds::POST_CHANGED), &state)?;
    rows::set(unit, held, &state, &head);
    Ok(())
}

/// One post.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub(crate) async fn held(db: &Db, id: Id<PostRow>) -> Result<Held> {
    let row = db.find(rows::POST, args![id]).await?;
    rows::read(&row.ok_or(Error::NotFound { what: "岗位" })?)
}

/// Who stands in for a post, those not ended.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn standins(db: &Db, id: Id<PostRow>) -> Result<Vec<Held>> {
    db.query(rows::STANDINS_OF, args![id, OF_ONE_MAX]).await?.iter().map(rows::read).collect()
}

/// Who stands in for a person in any of its posts, those not ended.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn standings_for(db: &Db, person: Id<Person>) -> Result<Vec<Held>> {
    db.query(rows::STANDINGS_FOR, args![person, OF_ONE_MAX]).await?.iter().map(rows::read).collect()
}

/// Which of the kinds of post that a person holds should not lie in one hand with this one, at the same authority (or at all of
/// them): their names, for a warning.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn apart(
    ctx: &Ctx,
    app: &App,
    (person, code, authority): (Id<Person>, &str, Option<Id<Authority>>),
) -> Result<Vec<&'static str>> {
    let kinds = app.part::<SiteCallers>()?;
    let Some(kind) = kinds.post(code) else { return Ok(Vec::new()) };
    let today = ctx.now.legal_date().to_string();
    let running = |it: &Held| it.state.ended_at.is_none() && it.state.ends.as_ref().is_none_or(|ends| *ends >= today);
    let same = |it: &Held| it.state.authority.is_none() || authority.is_none() || it.state.authority == authority;
    let held = posts_of(&app.db, person).await?;
    let mut found: Vec<_> = held.iter().filter(|it| running(it) && same(it)).collect();
    found.sort_by_key(|it| it.state.code.clone());
    found.dedup_by_key(|it| it.state.code.clone());
    let against = found.iter().filter(|it| kind.apart.contains(&it.state.code.as_str()));
    Ok(against.filter_map(|it| kinds.post(&it.state.code)).map(|it| it.name).collect())
}

/// All posts of a person, those in force first.
pub(crate) async fn posts_of(db: &Db, person: Id<Person>) -> Result<Vec<Held>> {
    db.query(rows::POSTS_OF, args![person, OF_ONE_MAX]).await?.iter().map(rows::read).collect()
}

/// Somebody who holds posts.
pub(crate) struct Officer {
    pub(crate) person: Id<Person>,
    pub(crate) posts: Vec<Held>,
}

/// People who hold posts, a page of them.
pub(crate) struct Officers {
    pub(crate) page: Page<Officer>,
    /// Their names.
    pub(crate) names: Names,
    /// In which order they stand.
    pub(crate) order: Order,
}

/// In which order people are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// By the sound of their names.
    Name,
    /// As they became known: names are sealed, and the database cannot order what it cannot read.
    Known,
}

/// A page of people who hold posts, at one authority or at all. Those of one authority, if they are at most [`NAMED_MAX`], are
/// ordered by name, which is done with names unsealed for this answer alone; all others as they became known. The key of a page is an
/// id, never a name: addresses are logged.
///
/// # Errors
/// Those of the permission in that scope; if the engine fails.
pub(crate) async fn officers(
    ctx: &Ctx,
    app: &App,
    authority: Option<Id<Authority>>,
    ask: &PageAsk,
) -> Result<Officers> {
    administers(ctx, &scope(&app.db, authority, None).await?)?;
    if let Some(authority) = authority {
        let all = people(&app.db.query(rows::OFFICERS_AT, args!["", NAMED_MAX + 1, authority]).await?)?;
        if i64::try_from(all.len()).is_ok_and(|it| it <= NAMED_MAX) {
            return by_name(app, all, ask).await;
        }
    }
    let after = ask.after.as_ref().map_or(Ok(""), |cursor| cursor.text(0))?;
    let found = match authority {
        Some(authority) => app.db.query(rows::OFFICERS_AT, args![after, ask.sql_limit(), authority]).await?,
        None => app.db.query(rows::OFFICERS, args![after, ask.sql_limit()]).await?,
    };
    let page = Page::cut(people(&found)?, ask, key);
    let shown: Vec<_> = page.items.iter().map(|it| it.person).collect();
    Ok(Officers { names: person_names(app, &shown).await?, page, order: Order::Known })
}

async fn by_name(app: &App, all: Vec<Officer>, ask: &PageAsk) -> Result<Officers> {
    let ids: Vec<_> = all.iter().map(|it| it.person).collect();
    let names = person_names(app, &ids).await?;
    let mut sorted: Vec<_> = all.into_iter().map(|it| (Sounded::of(names.person(&it.person)), it)).collect();
    sorted.sort_by(|a, b| (&a.0, a.1.person).cmp(&(&b.0, b.1.person)));
    let mut sorted: Vec<_> = sorted.into_iter().map(|it| it.1).collect();
    if let Some(cursor) = &ask.after {
        let last: Id<Person> = cursor.text(0)?.parse()?;
        // Who was last seen may hold no post any more: then the list is shown from its start, and nobody is left out.
        if let Some(place) = sorted.iter().position(|it| it.person == last) {
            sorted.drain(..=place);
        }
    }
    Ok(Officers { page: Page::cut(sorted, ask, key), names, order: Order::Name })
}

fn key(it: &Officer) -> Cursor {
    Cursor::new([it.person.to_string()])
}

/// A page of people who hold posts in one unit, as they became known. Whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn in_unit(app: &App, unit: Id<OrgUnitMark>, ask: &PageAsk) -> Result<Officers> {
    let page = Page::cut(people(&units::posts_in(&app.db, unit, ask).await?)?, ask, key);
    let shown: Vec<_> = page.items.iter().map(|it| it.person).collect();
    Ok(Officers { names: person_names(app, &shown).await?, page, order: Order::Known })
}

/// Rows of posts, ordered by person, as people.
fn people(found: &[Row]) -> Result<Vec<Officer>> {
    let mut people: Vec<Officer> = Vec::new();
    for row in found {
        let held = rows::read(row)?;
        match people.last_mut().filter(|last| last.person == held.state.person) {
            Some(last) => last.posts.push(held),
            None => people.push(Officer { person: held.state.person, posts: vec![held] }),
        }
    }
    Ok(people)
}
