//! Another mobile number: the new one is proven by a code before anything changes, and the old one is told.
//!
//! What the person's real-name level owed to the old number falls with it, since nobody has said whose the new one is; what rests on other
//! proofs, or on being seen, stays ([`level::without_phone`]).

use std::net::IpAddr;

use journal::Head;
use kernel::{Ctx, Error, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    by_code,
    codes::{self, CodeClaim},
    kinds,
    people::{card_of, mobile_from, vault_holder},
    told,
};
use crate::{
    FACTORS,
    model::{
        code::{CodePurpose, Recipient},
        level,
        person::PersonState,
    },
    store::people as rows,
};

/// The number that somebody typed, if it is another than the present one.
async fn another(ctx: &Ctx, app: &App, typed: &str) -> Result<Recipient> {
    let to = by_code::number(typed)?;
    if card_of(app, ctx.person()?).await?.mobile == to.address() {
        return Err(Error::invalid("mobile", "这就是现在登记的手机号，请填写新的。"));
    }
    Ok(to)
}

/// Sends a code to the new number.
///
/// # Errors
/// [`Error::ProveAgain`]: whoever has the number can sign in with it; [`Error::Invalid`] at `mobile` if it is none, or the present one;
/// those of [`codes::send`].
pub(crate) async fn ask(ctx: &Ctx, app: &App, mobile: &str, from: IpAddr) -> Result<String> {
    ctx.proven(FACTORS)?;
    let to = another(ctx, app, mobile).await?;
    codes::send(ctx, app, CodePurpose::Change, (&to, true), from).await
}

/// Takes the new number, by the code that was sent there; gives the level before and after.
///
/// # Errors
/// Those of [`ask`] and of [`codes::prove`]; [`Error::Stale`] if the person's data changed meanwhile; if the engine fails.
pub(crate) async fn change(ctx: &Ctx, app: &App, mobile: &str, (handle, code): (&str, &str)) -> Result<(i64, i64)> {
    ctx.proven(FACTORS)?;
    let to = another(ctx, app, mobile).await?;
    let claim = CodeClaim { purpose: CodePurpose::Change, handle, code };
    codes::prove(ctx, app, claim, &to).await?;
    let person = ctx.person()?;
    let row = app.db.find(rows::PERSON, args![person]).await?.ok_or(Error::NotFound { what: "人员" })?;
    let (state, before) = (rows::state(&row)?, Head::of(&row)?);
    let holder = vault_holder(person);
    let key = app.vault.key(&holder).await?;
    let mut unit = Unit::new(ctx);
    codes::used(&mut unit, app, claim);
    told::tell_phone(&mut unit, ctx, app, person, "您的手机号已经更换，以后的消息不再发到这个号码。").await?;
    let name = mobile_from(before.version + 1);
    let sealed = app.vault.seal(&mut unit, ctx, (&holder, &key), &name, to.address().as_bytes());
    let mut card = state.card.clone();
    card.insert(name, sealed);
    let proved = level::without_phone(&state.proved);
    let level = level::level(&proved).min(state.level);
    let after = PersonState { mobile: app.vault.digest("mobile", to.address()), card, proved, level, ..state.clone() };
    let head = journal::append(&mut unit, ctx, &before, (&holder, kinds::PHONE_CHANGED), &after)?;
    rows::set(&mut unit, person, &after, (&before, &head))?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok((state.level, level)),
        Commit::Lost { guard: codes::CODE_GUARD } => Err(Error::invalid("code", "验证码不正确或已过期，请重新获取。")),
        Commit::Lost { .. } => Err(Error::Stale { what: "手机号", by: None }),
    }
}
