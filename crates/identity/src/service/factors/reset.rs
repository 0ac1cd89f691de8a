//! An administrator takes a colleague's second factors away: the phone is lost, and the paper with it.

use journal::Head;
use kernel::{Ctx, Error, Id, Person, Result, Scope};
use storage::{Unit, args};
use webkit::App;

use super::{end, of};
use crate::{
    ADMINISTER,
    model::{factor::FactorKind, line},
    service::{kinds, people::vault_holder, posts, told::tell},
    store::{factors as rows, openid::tokens, sessions},
};

/// A reason has so many characters at most.
const REASON_MAX: usize = 200;

/// The kinds of factor of a colleague, for whoever may take them away.
///
/// # Errors
/// As [`allowed`].
pub(crate) async fn kinds_of(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<FactorKind>> {
    allowed(ctx, app, person).await?;
    Ok(of(app, person).await?.iter().map(|it| it.state.kind).collect())
}

/// Asks whether the caller administers every post of this person: who administers a branch must not let in whom somebody else answers for.
///
/// # Errors
/// Those of the permission; [`Error::NotFound`] if the person holds no post.
async fn allowed(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<kernel::Basis>> {
    let held = posts::posts_of(&app.db, person).await?;
    let mut rights = Vec::new();
    for it in held.iter().filter(|it| it.state.ended_at.is_none()) {
        rights.push(ctx.may(ADMINISTER, &posts::place(&app.db, &it.state).await?)?);
    }
    if rights.is_empty() {
        ctx.may(ADMINISTER, &Scope::SITE).map(|right| rights.push(right))?;
    }
    Ok(rights)
}

/// Takes all factors of a colleague away; every session ends, and the colleague is told. At the next sign-in another must be set up.
///
/// # Errors
/// Those of [`allowed`]; [`Error::Invalid`] at `reason`; [`Error::Refused`] for oneself, or if there is none; [`Error::ProveAgain`]; if
/// the engine fails.
pub(crate) async fn reset(ctx: &Ctx, app: &App, person: Id<Person>, reason: &str) -> Result<()> {
    let rights = allowed(ctx, app, person).await?;
    ctx.proven(ADMINISTER)?;
    if ctx.person()? == person {
        return Err(Error::refused("自己的验证方式请在「我的账号」里管理。"));
    }
    let mut faults = Vec::new();
    let reason = line(&mut faults, "reason", "重置原因", reason, REASON_MAX);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let all = of(app, person).await?;
    if all.is_empty() {
        return Err(Error::refused("此人没有设置两步验证，不必重置。"));
    }
    let mut unit = Unit::new(ctx);
    for right in &rights {
        posts::still_holds(&mut unit, ctx, right);
    }
    for it in &all {
        end(&mut unit, ctx, app, it)?;
    }
    let id = ctx.new_id::<Person>();
    let key = app.vault.key(&vault_holder(person)).await?;
    let item = format!("factors-reset:{id}");
    let reason = app.vault.seal(&mut unit, ctx, (&vault_holder(person), &key), &item, reason.as_bytes());
    let about = (format!("factors_reset:{id}"), kinds::FACTORS_RESET);
    let body = serde_json::json!({ "person": person, "reason": reason });
    journal::append(&mut unit, ctx, &Head::none(), (&about.0, about.1), &body)?;
    rows::entry_end_all(&mut unit, person);
    unit.run(tokens::FAMILIES_LOGOUT_OTHERS, args![person, "", ctx.now]);
    unit.run(sessions::SESSIONS_END, args![person]);
    tell(&mut unit, ctx, app, person, "管理员已重置您的两步验证，下次登录时请重新设置。").await?;
    app.db.commit(unit).await?.or_stale("验证方式")
}
