//! Second factors: listed, set up, used, ended.

pub(crate) mod passkeys;
pub(crate) mod proof;
pub(crate) mod recovery;
pub(crate) mod reset;
pub(crate) mod totp;

use std::collections::HashMap;

use journal::Head;
use kernel::{Ctx, Error, Id, Moment, Person, Result};
use storage::{Unit, args};
use webkit::App;

use super::{kinds, told::tell};
use crate::{
    model::{
        factor::{CEREMONY_SECONDS, FactorKind, FactorMark, FactorState, NAME_MAX, OF_ONE_KIND_MAX},
        line,
    },
    store::factors::{self as rows, FactorRow},
};

/// Factors of one person that are read at most: of each of three kinds so many.
const OF_ONE_MAX: i64 = 40;

/// Under what the vault keeps a factor's secret and name; destroyed when the factor ends.
pub(crate) fn vault_holder(id: Id<FactorMark>) -> String {
    format!("factor:{id}")
}

/// The factors of a person that are in force.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn of(app: &App, person: Id<Person>) -> Result<Vec<FactorRow>> {
    let found = app.db.query(rows::FACTORS, args![person, OF_ONE_MAX]).await?;
    let mut found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    // Codes of paper after what they stand in for, though both were made at one instant.
    found.sort_by_key(|it| (it.state.kind == FactorKind::Recovery, it.state.made_at, it.id));
    Ok(found)
}

/// A factor as its owner sees it.
pub(crate) struct OwnFactor {
    pub(crate) id: Id<FactorMark>,
    pub(crate) kind: FactorKind,
    pub(crate) name: String,
    pub(crate) made_at: Moment,
    pub(crate) used_at: Option<Moment>,
    /// Recovery codes that are left; 0 for the other kinds.
    pub(crate) left: i64,
}

impl OwnFactor {
    /// When it was set up and used, in words.
    pub(crate) fn note(&self) -> String {
        if self.kind == FactorKind::Recovery {
            return format!("还有 {} 个没有用过，{} 生成", self.left, self.made_at.zh());
        }
        let used = self.used_at.map(|at| format!("，最近使用 {}", at.zh())).unwrap_or_default();
        format!("{}，{} 添加{used}", self.kind.name(), self.made_at.zh())
    }
}

/// The caller's factors.
///
/// # Errors
/// [`Error::SignIn`] if nobody is signed in; if the engine fails.
pub(crate) async fn own(ctx: &Ctx, app: &App) -> Result<Vec<OwnFactor>> {
    let found = of(app, ctx.person()?).await?;
    let holders: Vec<_> = found.iter().map(|it| vault_holder(it.id)).collect();
    let names: HashMap<_, _> = app.vault.open_each(&holders, "name").await?.into_iter().collect();
    let mut own = Vec::new();
    for (it, holder) in found.into_iter().zip(&holders) {
        let left = match it.state.kind {
            FactorKind::Recovery => recovery::left(app, it.id).await?,
            FactorKind::Totp | FactorKind::Passkey => 0,
        };
        let name = names.get(holder).map(|it| String::from_utf8_lossy(it).into_owned()).unwrap_or_default();
        let (id, kind, made_at, used_at) = (it.id, it.state.kind, it.state.made_at, it.used_at);
        own.push(OwnFactor { id, kind, name, made_at, used_at, left });
    }
    Ok(own)
}

/// What a factor that is being set up is.
pub(crate) struct NewFactor<'a> {
    pub(crate) kind: FactorKind,
    /// What its owner calls it.
    pub(crate) name: &'a str,
    /// What is sealed: the secret, or the public key.
    pub(crate) secret: &'a [u8],
    /// Used up to here.
    pub(crate) mark: i64,
}

/// Reads what somebody calls a factor; `otherwise` if it has no name.
pub(crate) fn named(typed: &str, otherwise: &str) -> Result<String> {
    let mut faults = Vec::new();
    let name = line(&mut faults, "name", "名称", if typed.is_empty() { otherwise } else { typed }, NAME_MAX);
    if faults.is_empty() { Ok(name) } else { Err(Error::Invalid(faults)) }
}

/// Adds a factor of the caller to this unit.
///
/// # Errors
/// [`Error::Refused`] if there are too many of the kind.
pub(crate) fn add(unit: &mut Unit, ctx: &Ctx, app: &App, had: &[FactorRow], new: &NewFactor<'_>) -> Result<()> {
    if had.iter().filter(|it| it.state.kind == new.kind).count() >= OF_ONE_KIND_MAX {
        return Err(Error::refused(format!("{}最多设 {OF_ONE_KIND_MAX} 个，请先移除不用的。", new.kind.name())));
    }
    let (person, id) = (ctx.person()?, ctx.new_id());
    let holder = vault_holder(id);
    let key = app.vault.create(unit, ctx, &holder);
    let sealed = app.vault.seal(unit, ctx, (&holder, &key), "secret", new.secret);
    let _ = app.vault.seal(unit, ctx, (&holder, &key), "name", new.name.as_bytes());
    let state = FactorState { person, kind: new.kind, sealed, made_at: ctx.now, ended_at: None };
    let head = journal::append(unit, ctx, &Head::none(), (&holder, kinds::FACTOR_SET), &state)?;
    rows::add(unit, id, &state, &head);
    unit.run(rows::USE_ADD, args![id, None::<Moment>, new.mark]);
    if new.kind == FactorKind::Recovery {
        for code in String::from_utf8_lossy(new.secret).lines() {
            unit.run(rows::RECOVERY_ADD, args![code, id]);
        }
    }
    Ok(())
}

/// Ends a factor in this unit: its secret can be read by nobody any more.
///
/// # Errors
/// If the entry cannot be written.
pub(crate) fn end(unit: &mut Unit, ctx: &Ctx, app: &App, it: &FactorRow) -> Result<()> {
    let at = ctx.now.max(it.head.at);
    let state = FactorState { ended_at: Some(at), ..it.state.clone() };
    let holder = vault_holder(it.id);
    let head = journal::append(unit, ctx, &it.head, (&holder, kinds::FACTOR_ENDED), &state)?;
    rows::end(unit, it, at, &head);
    app.vault.destroy(unit, &holder);
    Ok(())
}

/// How a factor is set up.
#[derive(Clone, Copy)]
pub(crate) enum SetUp<'a> {
    /// An app: the ceremony and the code that it shows.
    Totp(&'a str, &'a str),
    /// A passkey.
    Passkey(passkeys::BrowserAnswer<'a>),
}

/// Sets a factor of the caller up in this unit, under this name; gives recovery codes if these are the first.
///
/// # Errors
/// Those of [`totp::confirm`] and [`passkeys::confirm`].
pub(crate) async fn confirm(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    (set_up, name): (SetUp<'_>, &str),
) -> Result<Vec<String>> {
    match set_up {
        SetUp::Totp(ceremony, code) => totp::confirm(unit, ctx, app, (ceremony, code), name).await,
        SetUp::Passkey(answer) => passkeys::confirm(unit, ctx, app, answer, name).await,
    }
}

/// Sets a factor of the caller up; gives recovery codes if these are the first.
///
/// # Errors
/// Those of [`confirm`]; if the engine fails.
pub(crate) async fn set_up(ctx: &Ctx, app: &App, (set_up, name): (SetUp<'_>, &str)) -> Result<Vec<String>> {
    let mut unit = Unit::new(ctx);
    let codes = confirm(&mut unit, ctx, app, (set_up, name)).await?;
    app.db.commit(unit).await?.or_stale("验证方式")?;
    Ok(codes)
}

/// Removes one of the caller's factors; with the last that stands alone go the recovery codes.
///
/// # Errors
/// [`Error::NotFound`] if it is none of the caller's; [`Error::Refused`] if the caller holds a post and it is the last; if the engine
/// fails.
pub(crate) async fn remove(ctx: &Ctx, app: &App, id: Id<FactorMark>) -> Result<()> {
    ctx.proven(crate::FACTORS)?;
    let person = ctx.person()?;
    let all = of(app, person).await?;
    let gone = all.iter().find(|it| it.id == id).ok_or(Error::NotFound { what: "验证方式" })?;
    let last = !all.iter().any(|it| it.id != id && it.state.kind.stands_alone());
    if last && gone.state.kind.stands_alone() && super::entry::bound(ctx, app, person).await? {
        return Err(Error::refused("有岗位的人员至少要留一种两步验证方式。请先添加另一种，再移除这一种。"));
    }
    let mut unit = Unit::new(ctx);
    for it in all.iter().filter(|it| it.id == id || (last && it.state.kind == FactorKind::Recovery)) {
        end(&mut unit, ctx, app, it)?;
    }
    let words = format!("您账号的一个{}已移除。", gone.state.kind.name());
    tell(&mut unit, ctx, app, person, &words).await?;
    app.db.commit(unit).await?.or_stale("验证方式")
}

/// Keeps what was asked of a browser or an app until it is answered; gives its id.
pub(crate) fn ask(unit: &mut Unit, ctx: &Ctx, kind: &str, (person, state): (Option<Id<Person>>, &str)) -> String {
    let id: String = ctx.random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    unit.run(rows::CEREMONY_ADD, args![&id, kind, person, state, ctx.now.plus_seconds(CEREMONY_SECONDS)]);
    id
}

/// What was asked under this id, of this kind and person.
///
/// # Errors
/// [`Error::Refused`] if there is no such question any more; if the engine fails.
pub(crate) async fn asked(ctx: &Ctx, app: &App, id: &str, kind: &str, person: Option<Id<Person>>) -> Result<String> {
    let over = || Error::refused("这一步等得太久，已经失效，请重新开始。");
    let row = app.db.find(rows::CEREMONY, args![id, ctx.now]).await?.ok_or_else(over)?;
    let same = row.text("kind")? == kind && row.opt_id("person")? == person;
    if same { row.string("state") } else { Err(over()) }
}

/// It is answered: in this unit, once.
pub(crate) fn answered(unit: &mut Unit, id: &str) {
    unit.one(rows::USED_GUARD, rows::CEREMONY_DONE, args![id]);
}

/// Forgets what nobody answered, who gave up, and devices not seen for thirteen months.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    const MONTHS_13: i64 = 400 * 86_400;
    let mut unit = Unit::new(ctx);
    unit.run(rows::CEREMONIES_SWEEP, args![ctx.now]);
    unit.run(rows::ENTRIES_SWEEP, args![ctx.now]);
    unit.run(crate::store::qr::QR_SWEEP, args![ctx.now]);
    unit.run(rows::DEVICES_SWEEP, args![ctx.now.plus_seconds(-MONTHS_13)]);
    app.db.commit(unit).await?.or_stale("验证方式")
}
