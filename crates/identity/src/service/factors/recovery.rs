//! Recovery codes: ten on paper, each good once.

use kernel::{Ctx, Error, Id, Result};
use storage::{Unit, args};
use webkit::App;

use super::{NewFactor, add, end, of};
use crate::{
    model::factor::{FactorKind, FactorMark, recovery_codes},
    store::factors::{self as rows, FactorRow},
};

/// The keyed digest of a code: as typed, without its hyphen.
pub(crate) fn digest(app: &App, code: &str) -> String {
    app.vault.digest("recovery", &code.replace('-', ""))
}

/// Codes that are left of a set.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn left(app: &App, factor: Id<FactorMark>) -> Result<i64> {
    app.db.find(rows::RECOVERY_LEFT, args![factor]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Makes codes in this unit if the caller has none; they are shown now or never.
///
/// # Errors
/// If they cannot be written.
pub(crate) fn first(unit: &mut Unit, ctx: &Ctx, app: &App, had: &[FactorRow]) -> Result<Vec<String>> {
    if had.iter().any(|it| it.state.kind == FactorKind::Recovery) {
        return Ok(Vec::new());
    }
    make(unit, ctx, app)
}

fn make(unit: &mut Unit, ctx: &Ctx, app: &App) -> Result<Vec<String>> {
    let codes = recovery_codes(&ctx.random_bytes());
    let digests = codes.iter().map(|it| digest(app, it)).collect::<Vec<_>>().join("\n");
    let new = NewFactor { kind: FactorKind::Recovery, name: "恢复码", secret: digests.as_bytes(), mark: 0 };
    add(unit, ctx, app, &[], &new)?;
    Ok(codes)
}

/// Makes ten new codes for the caller; the old ones end.
///
/// # Errors
/// [`Error::Refused`] if there is nothing that they could stand in for; [`Error::ProveAgain`]; if the engine fails.
pub(crate) async fn renew(ctx: &Ctx, app: &App) -> Result<Vec<String>> {
    ctx.proven(crate::FACTORS)?;
    let had = of(app, ctx.person()?).await?;
    if !had.iter().any(|it| it.state.kind.stands_alone()) {
        return Err(Error::refused("请先添加动态验证码或通行密钥；恢复码在它们用不了的时候才用。"));
    }
    let mut unit = Unit::new(ctx);
    for it in had.iter().filter(|it| it.state.kind == FactorKind::Recovery) {
        end(&mut unit, ctx, app, it)?;
    }
    let codes = make(&mut unit, ctx, app)?;
    app.db.commit(unit).await?.or_stale("恢复码")?;
    Ok(codes)
}
