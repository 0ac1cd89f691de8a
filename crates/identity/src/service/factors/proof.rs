//! A second factor is shown: a code of an app, or a recovery code.

use kernel::{Ctx, Error, Id, Person, Result};
use storage::{Unit, args};
use webkit::App;

use super::{of, recovery, vault_holder};
use crate::{
    model::{
        account::Allowance,
        factor::{FactorKind, Typed, matching_step},
    },
    service::tries::{count_tries, try_key},
    store::{accounts, factors as rows},
};

/// Codes that may be typed for one person: whoever gets so far has shown the password, or the number, before.
pub(crate) const FACTOR: Allowance = Allowance { tries: 10, seconds: 15 * 60 };

/// Takes a code of the person's app, or one of paper, in this unit; [`rows::USED_GUARD`] fails if it was used meanwhile.
///
/// # Errors
/// [`Error::Invalid`] at `code` if it is none of theirs; [`Error::TooMany`] after too many wrong ones; if the engine fails.
pub(crate) async fn take(unit: &mut Unit, ctx: &Ctx, app: &App, person: Id<Person>, typed: &str) -> Result<()> {
    let wrong = || Error::invalid("code", "验证码不对，请输入验证器里现在显示的 6 位数字，或一个没有用过的恢复码。");
    let typed = Typed::read(typed).ok_or_else(wrong)?;
    let tries = [(try_key(app, &["factor", &person.to_string()]), FACTOR)];
    count_tries(ctx, app, &tries).await?;
    for it in of(app, person).await? {
        match (&typed, it.state.kind) {
            (Typed::Totp(digits), FactorKind::Totp) => {
                let secret = app.vault.open(&vault_holder(it.id), "secret").await?;
                let Some(step) = matching_step(&secret, digits, ctx.now).filter(|step| *step > it.mark) else {
                    continue;
                };
                unit.one(rows::USED_GUARD, rows::USE_ONCE, args![it.id, ctx.now, step]);
            }
            (Typed::Recovery(code), FactorKind::Recovery) => {
                let digest = recovery::digest(app, code);
                if app.db.find(rows::RECOVERY_WORKS, args![&digest, it.id]).await?.is_none() {
                    continue;
                }
                unit.one(rows::USED_GUARD, rows::RECOVERY_USE, args![&digest, ctx.now, it.id]);
            }
            _ => continue,
        }
        unit.run(accounts::TRIES_GONE, args![&tries[0].0]);
        return Ok(());
    }
    Err(wrong())
}
