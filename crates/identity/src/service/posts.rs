//! Posts: granted, ended, and what an act rests on.

use journal::Head;
use kernel::{Authority, Basis, Ctx, Cursor, Error, Id, Page, PageAsk, Person, PostRow, Result, Scope};
use storage::{Commit, Db, Row, Unit, args};
use webkit::App;

use super::{
    administers, guard, kinds,
    names::{Names, person_names},
};
use crate::{
    SiteCallers,
    model::{
        person::Sounded,
        post::{Held, HeldState, NewPost},
    },
    store::{mandates, openid::clients, people, posts as rows},
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

fn scope(authority: Option<Id<Authority>>) -> Scope {
    authority.map_or(Scope::SITE, Scope::authority)
}

/// Grants a post. It counts from the person's next request on.
///
/// # Errors
/// Those of the permission at the post's authority (for the whole site if it has none); [`Error::Invalid`] if the kind is unknown
/// or the days are the wrong way round; [`Error::Refused`] if the person holds the same post; [`Error::NotFound`] if there is no such
/// person; if the engine fails.
pub async fn grant_post(ctx: &Ctx, app: &App, new: &NewPost) -> Result<Id<PostRow>> {
    let right = administers(ctx, &scope(new.authority))?;
    if app.part::<SiteCallers>()?.post(&new.code).is_none() {
        return Err(Error::invalid("code", "没有这种岗位，请从列表中选择。"));
    }
    let starts = new.starts.unwrap_or_else(|| ctx.now.legal_date());
    if new.ends.is_some_and(|ends| ends < starts) {
        return Err(Error::invalid("ends", "结束日期早于开始日期，请更正。"));
    }
    if let Some(authority) = new.authority {
        super::authorities::authority(&app.db, authority).await?;
    }
    // A machine holds posts as people do, so that all that is true of them is true of it.
    let known = app.db.find(people::PERSON, args![new.person]).await?.is_some()
        || app.db.find(clients::CLIENT, args![new.person]).await?.is_some();
    if !known {
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
    };
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    add(&mut unit, ctx, id, &state)?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok(id),
        Commit::Lost { guard: "post held" } => {
            Err(Error::refused("此人已有这个岗位，不必重复授予；如已到期，请先终止原来的岗位，再重新授予。"))
        }
        Commit::Lost { .. } => Err(Error::Stale { what: "岗位", by: None }),
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
    let row = app.db.find(rows::POST, args![id]).await?;
    let held = row.as_ref().map(rows::read).transpose()?.ok_or(Error::NotFound { what: "岗位" })?;
    let right = administers(ctx, &scope(held.state.authority))?;
    if held.state.ended_at.is_some() {
        return Err(Error::refused("这个岗位已经终止。"));
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    let at = ctx.now.max(held.head.at);
    let state = HeldState { ended_at: Some(at), ..held.state.clone() };
    let head = journal::append(&mut unit, ctx, &held.head, (&format!("post:{id}"), kinds::POST_ENDED), &state)?;
    rows::end(&mut unit, &held, &head);
    app.db.commit(unit).await?.or_stale("岗位")
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
    administers(ctx, &scope(authority))?;
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
