//! Closing one's own account: asked for by whoever has proven who it is, undone by signing in again within seven days, then done by a worker as
//! [`erase_person`](super::erasure) does it.

use journal::Head;
use kernel::{Ctx, Error, Holder, Id, Moment, Person, Result, Scope};
use storage::{Unit, args};
use webkit::App;

use super::{
    dossier::{self, Hindrance},
    enterprises::enterprises_of,
    erasure::erase_person,
    kinds, posts, told,
};
use crate::{
    DATA,
    model::{
        closing::{Closing, ClosingState, GRACE_DAYS},
        mandate::Role,
    },
    store::{closings as rows, openid::tokens, sessions},
};

/// Accounts that one round closes at most.
const A_ROUND: i64 = 50;

/// Somebody's closing, if one was ever asked for.
///
/// # Errors
/// If the engine fails.
async fn closing(app: &App, person: Id<Person>) -> Result<Option<Closing>> {
    app.db.find(rows::CLOSING, args![person]).await?.as_ref().map(rows::read).transpose()
}

/// When the account of a person will be closed, if its owner asked for it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn pending(app: &App, person: Id<Person>) -> Result<Option<Moment>> {
    Ok(closing(app, person).await?.and_then(|it| it.state.pending()))
}

/// What keeps an account from being closed, each with what to do about it. Other areas are asked once nothing hinders here, since their
/// answer costs a question for each enterprise that the person acts for.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn hindrances(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Hindrance>> {
    let mut found = Vec::new();
    if !posts::posts_of(&app.db, person).await?.is_empty() {
        found.push(Hindrance {
            what: "您有或者曾有工作岗位".to_owned(),
            remedy: "经办人的姓名是办件档案的一部分，依法随档案保存。不再任职的，请本单位管理员终止岗位。".to_owned(),
        });
    }
    for it in enterprises_of(&app.db, person, ctx.now.legal_date()).await? {
        if it.role == Role::Legal {
            found.push(Hindrance {
                what: format!("您是「{}」的法定代表人，只有您能为它办事、授权", it.enterprise.name),
                remedy:
                    "请先在登记机关变更法定代表人，由新的法定代表人在本站认领；单位已经注销的，请到政务服务窗口办理。"
                        .to_owned(),
            });
        }
    }
    if found.is_empty() { dossier::hindrances(ctx, app, person).await } else { Ok(found) }
}

fn write(
    unit: &mut Unit,
    ctx: &Ctx,
    (person, before): (Id<Person>, Option<Closing>),
    (kind, state): (&'static str, ClosingState),
) -> Result<()> {
    let before = before.map_or_else(Head::none, |it| it.head);
    let head = journal::append(unit, ctx, &before, (&format!("closing:{person}"), kind), &state)?;
    rows::put(unit, person, &state, (before.version, &head));
    Ok(())
}

/// Whose account it is; whoever acts for another does not close that one's.
pub(crate) fn own(ctx: &Ctx) -> Result<Id<Person>> {
    let person = ctx.person()?;
    if ctx.actor.on_behalf_of.is_some() {
        return Err(Error::refused("您现在在为别人办事。请先切换回本人，再办理自己的账号。"));
    }
    ctx.may(DATA, &Scope::own(Holder::Person(person)))?;
    Ok(person)
}

/// Asks for one's account to be closed when the days of grace are over. Whoever is signed in with it is signed out.
///
/// # Errors
/// [`Error::ProveAgain`]; [`Error::Refused`] if something hinders, or it was asked for already; if the engine fails.
pub(crate) async fn ask(ctx: &Ctx, app: &App) -> Result<()> {
    let person = own(ctx)?;
    ctx.proven(DATA)?;
    let before = closing(app, person).await?;
    if before.as_ref().is_some_and(|it| it.state.pending().is_some()) {
        return Err(Error::refused("您已经申请注销，不必重复申请。"));
    }
    if let Some(it) = hindrances(ctx, app, person).await?.first() {
        return Err(Error::refused(format!("{}，现在不能注销。{}", it.what, it.remedy)));
    }
    asked(ctx, app, (person, before)).await
}

/// What [`ask`] does once nothing is left to ask.
pub(crate) async fn asked(ctx: &Ctx, app: &App, (person, before): (Id<Person>, Option<Closing>)) -> Result<()> {
    let due = ctx.now.plus_seconds(GRACE_DAYS * 86_400);
    let mut unit = Unit::new(ctx);
    write(&mut unit, ctx, (person, before), (kinds::CLOSING_ASKED, ClosingState { due: Some(due), done_at: None }))?;
    let words = format!("您申请了注销账号，{GRACE_DAYS} 天后生效。在此之前登录就可以撤销。");
    told::tell(&mut unit, ctx, app, person, &words).await?;
    unit.run(tokens::FAMILIES_LOGOUT_OTHERS, args![person, "", ctx.now]);
    unit.run(sessions::SESSIONS_END, args![person]);
    app.db.commit(unit).await?.or_stale("注销申请")
}

/// Calls the closing of one's account off.
///
/// # Errors
/// [`Error::Refused`] if none was asked for; [`Error::Stale`] if it was done meanwhile; if the engine fails.
pub(crate) async fn undo(ctx: &Ctx, app: &App) -> Result<()> {
    let person = own(ctx)?;
    let before = closing(app, person).await?.filter(|it| it.state.pending().is_some());
    let before = before.ok_or_else(|| Error::refused("您没有申请注销，账号照常使用。"))?;
    let mut unit = Unit::new(ctx);
    write(&mut unit, ctx, (person, Some(before)), (kinds::CLOSING_UNDONE, ClosingState::default()))?;
    app.db.commit(unit).await?.or_stale("注销申请")
}

/// Closes the accounts whose days of grace are over. What has come up meanwhile keeps the account, and its owner is told.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    let due = app.db.query(rows::CLOSINGS_DUE, args![ctx.now, A_ROUND]).await?;
    if due.is_empty() || !readers_go_on(app).await? {
        return Ok(());
    }
    for row in due {
        match done(ctx, app, row.id("person")?).await {
            Ok(()) | Err(Error::Stale { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether papers are made as they should be: of a stopped reader some may still need the person's name.
async fn readers_go_on(app: &App) -> Result<bool> {
    for (reader, _, error) in journal::feed::lag(&app.db).await? {
        if error.is_some() {
            tracing::warn!(reader, "a reader of the record stands still; accounts are closed after it goes on");
            return Ok(false);
        }
    }
    Ok(true)
}

async fn done(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<()> {
    let Some(before) = closing(app, person).await? else { return Ok(()) };
    let mut unit = Unit::new(ctx);
    if let Some(it) = hindrances(ctx, app, person).await?.first() {
        let words = format!("您的账号没有注销：{}。", it.what);
        write(&mut unit, ctx, (person, Some(before)), (kinds::CLOSING_UNDONE, ClosingState::default()))?;
        told::tell(&mut unit, ctx, app, person, &words).await?;
        return app.db.commit(unit).await?.or_stale("注销申请");
    }
    let state = ClosingState { done_at: Some(ctx.now), ..before.state };
    write(&mut unit, ctx, (person, Some(before)), (kinds::CLOSING_DONE, state))?;
    erase_person(ctx, app, &mut unit, person).await?;
    let files = dossier::forget(app, &mut unit, person).await?;
    app.db.commit(unit).await?.or_stale("注销申请")?;
    for file in &files {
        app.blobs.delete(file).await?;
    }
    Ok(())
}
