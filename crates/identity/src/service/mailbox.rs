//! A mailbox besides the telephone: proven by a code before it counts, since whoever reads it can sign in and set another password.

use std::net::IpAddr;

use journal::Head;
use kernel::{Ctx, Error, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    codes::{self, CodeClaim},
    kinds, messages,
    people::{card_of, digest_of, mailbox_from, vault_holder},
    told,
};
use crate::{
    FACTORS,
    model::{
        code::{CodePurpose, Recipient},
        person::PersonState,
    },
    store::people as rows,
};

/// Whether this site can send anything to a mailbox.
pub(crate) fn offered(app: &App) -> bool {
    messages::reachable(app, &Recipient::Mailbox(String::new())).is_ok()
}

/// The mailbox that somebody typed, if it is another than the present one.
async fn another(ctx: &Ctx, app: &App, typed: &str) -> Result<Recipient> {
    let Some(to @ Recipient::Mailbox(_)) = Recipient::parse(typed) else {
        return Err(Error::invalid("mailbox", "邮箱的写法不对，应像 name@example.cn，请核对。"));
    };
    if card_of(app, ctx.person()?).await?.mailbox == to.address() {
        return Err(Error::invalid("mailbox", "这就是现在登记的邮箱，请填写新的。"));
    }
    Ok(to)
}

/// Sends a code to the new mailbox.
///
/// # Errors
/// [`Error::ProveAgain`]; [`Error::Invalid`] at `mailbox` if it is none, or the present one; those of [`codes::send`].
pub(crate) async fn ask(ctx: &Ctx, app: &App, mailbox: &str, from: IpAddr) -> Result<String> {
    ctx.proven(FACTORS)?;
    let to = another(ctx, app, mailbox).await?;
    codes::send(ctx, app, CodePurpose::Change, (&to, true), from).await
}

/// Takes the new mailbox, by the code that was sent there; the telephone and the old mailbox are told.
///
/// # Errors
/// Those of [`ask`] and of [`codes::prove`]; [`Error::Stale`] if the person's data changed meanwhile; if the engine fails.
pub(crate) async fn change(ctx: &Ctx, app: &App, mailbox: &str, (handle, code): (&str, &str)) -> Result<()> {
    ctx.proven(FACTORS)?;
    let to = another(ctx, app, mailbox).await?;
    let claim = CodeClaim { purpose: CodePurpose::Change, handle, code };
    codes::prove(ctx, app, claim, &to).await?;
    let mut unit = Unit::new(ctx);
    codes::used(&mut unit, app, claim);
    set(ctx, app, unit, (Some(to), "您登记的邮箱已经更换，以后可以用新邮箱收验证码和消息。")).await
}

/// The person has no mailbox any more.
///
/// # Errors
/// [`Error::ProveAgain`]; [`Error::Stale`] if the person's data changed meanwhile; if the engine fails.
pub(crate) async fn remove(ctx: &Ctx, app: &App) -> Result<()> {
    ctx.proven(FACTORS)?;
    set(ctx, app, Unit::new(ctx), (None, "您登记的邮箱已经取消，以后的验证码和消息不再发到那里。")).await
}

/// Sets or takes away the mailbox of whoever acts, with this unit, and tells it in `words`.
pub(crate) async fn set(ctx: &Ctx, app: &App, mut unit: Unit, (to, words): (Option<Recipient>, &str)) -> Result<()> {
    let person = ctx.person()?;
    let row = app.db.find(rows::PERSON, args![person]).await?.ok_or(Error::NotFound { what: "人员" })?;
    let (state, before) = (rows::state(&row)?, Head::of(&row)?);
    if to.is_none() && state.mailbox.is_empty() {
        return Ok(());
    }
    told::tell(&mut unit, ctx, app, person, words).await?;
    let holder = vault_holder(person);
    let mut card = state.card.clone();
    if let Some(to) = &to {
        let key = app.vault.key(&holder).await?;
        let name = mailbox_from(before.version + 1);
        let sealed = app.vault.seal(&mut unit, ctx, (&holder, &key), &name, to.address().as_bytes());
        card.insert(name, sealed);
    }
    let mailbox = to.map(|it| digest_of(&app.vault, &it)).unwrap_or_default();
    let after = PersonState { mailbox, card, ..state };
    let head = journal::append(&mut unit, ctx, &before, (&holder, kinds::MAILBOX_CHANGED), &after)?;
    rows::set(&mut unit, person, &after, (&before, &head))?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { guard: codes::CODE_GUARD } => Err(Error::invalid("code", "验证码不正确或已过期，请重新获取。")),
        Commit::Lost { .. } => Err(Error::Stale { what: "邮箱", by: None }),
    }
}
