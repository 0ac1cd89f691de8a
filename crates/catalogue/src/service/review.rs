//! The hands a revision goes through: submitted, passed, returned with a reason at a field, withdrawn.

use kernel::{Ctx, Error, Id, Item, Permission, Result};
use serde_json::json;
use storage::{Db, args};
use webkit::App;

use super::{Change, codes, in_force, rules::rulebook, said::Sealing};
use crate::{
    CATALOGUE, LEGAL_CHECK, OFFICE_CHECK,
    model::{LIST_MAX, Revision, Stage, TEXT_MAX},
    store,
};

/// Why a check sends a revision back: at which field, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The document's field; empty: the whole.
    pub field: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// Hands the revision to the organisation office. Whatever would keep it from being published is told now, so that nobody checks in vain.
///
/// # Errors
/// [`Error::Invalid`] with every finding at once; [`Error::Refused`] if nothing is being written; [`Error::Stale`].
pub async fn submit(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    let (change, revision) = begin(ctx, db, (id, version), CATALOGUE).await?;
    let row = db.find(store::DRAFT, args![id]).await?.ok_or(Error::Stale { what: "事项", by: None })?;
    codes::coded(db, &change.item, &store::document(&row)?, &rulebook(db).await?).await?;
    moved(ctx, db, change, revision.submitted()?, ("catalogue.item_submitted", json!(null))).await
}

/// Passes the revision on, by whoever's turn it is; one person has one hand in it.
///
/// # Errors
/// [`Error::Forbidden`] without the permission of the check that is due; [`Error::Refused`] to who wrote or checked it before.
pub async fn pass(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    let stage = stage(db, id).await?;
    let (change, revision) = begin(ctx, db, (id, version), check_of(stage)).await?;
    let next = revision.passed(&ctx.actor.who.to_string())?;
    moved(ctx, db, change, next, ("catalogue.item_check_passed", json!({ "check": stage.code() }))).await
}

/// Sends the revision back to the department, with what is to be mended where.
///
/// # Errors
/// As [`pass`]; [`Error::Invalid`] without a reason.
pub async fn send_back(ctx: &Ctx, app: &App, id: Id<Item>, version: i64, remarks: &[Remark]) -> Result<()> {
    let db = &app.db;
    let stage = stage(db, id).await?;
    let (mut change, revision) = begin(ctx, db, (id, version), check_of(stage)).await?;
    let who = ctx.actor.who.to_string();
    let next = revision.returned(&who)?;
    let said: Vec<_> = remarks.iter().filter(|it| !it.reason.trim().is_empty()).take(LIST_MAX).collect();
    if said.is_empty() {
        return Err(Error::invalid("reason", "请写明退回的理由：哪一处、怎么改。"));
    }
    if said.iter().any(|it| it.reason.chars().count() > TEXT_MAX) {
        return Err(Error::invalid("reason", format!("每条理由最多 {TEXT_MAX} 个字。")));
    }
    let round = change.head.version + 1;
    let sealing = Sealing::of(ctx, app, &mut change.unit, id).await?;
    let mut reasons = Vec::with_capacity(said.len());
    for (n, it) in (0_i64..).zip(said) {
        let sealed = sealing.seal(ctx, app, &mut change.unit, (&remark_name(round, n), it.reason.trim()));
        let values = args![id, round, n, stage.code(), &it.field, &sealed, &who, ctx.now];
        change.unit.run(store::REMARK_ADD, values);
        reasons.push(sealed);
    }
    let note = json!({ "check": stage.code(), "reasons": reasons });
    moved(ctx, db, change, next, ("catalogue.item_sent_back", note)).await
}

/// The names under which the vault keeps remarks begin so.
pub(crate) const REMARKS: &str = "remark/";

/// The name under which the vault keeps a remark.
pub(crate) fn remark_name(round: i64, n: i64) -> String {
    format!("{REMARKS}{round}/{n}")
}

/// Takes the revision back to the department's own desk.
///
/// # Errors
/// [`Error::Refused`] if it is there already.
pub async fn withdraw(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    let (mut change, revision) = begin(ctx, db, (id, version), CATALOGUE).await?;
    change.unit.run(store::AGENDA_DROP, args!["publish", id, ""]);
    moved(ctx, db, change, revision.withdrawn()?, ("catalogue.item_withdrawn", json!(null))).await
}

/// The permission that a check asks.
pub(crate) const fn check_of(stage: Stage) -> Permission {
    if matches!(stage, Stage::Legal) { LEGAL_CHECK } else { OFFICE_CHECK }
}

async fn stage(db: &Db, id: Id<Item>) -> Result<Stage> {
    let row = db.find(store::ITEM, args![id]).await?.ok_or(Error::NotFound { what: "事项" })?;
    Ok(store::read(&row)?.0.stage.unwrap_or(Stage::Writing))
}

async fn begin(ctx: &Ctx, db: &Db, at: (Id<Item>, i64), permission: Permission) -> Result<(Change, Revision)> {
    let change = Change::begin(ctx, db, at, permission).await?;
    let row = db.find(store::DRAFT, args![at.0]).await?;
    let row = row.ok_or_else(|| Error::refused("没有正在进行的修改。"))?;
    Ok((change, store::revision(&row)?))
}

async fn moved(
    ctx: &Ctx,
    db: &Db,
    mut change: Change,
    next: Revision,
    (kind, note): (&'static str, serde_json::Value),
) -> Result<()> {
    change.item.stage = Some(next.stage);
    change.unit.one(store::guard::ITEM, store::DRAFT_MOVE, args![change.item.id, store::json(&next)?]);
    let in_force = in_force(db, &change.item).await?;
    change.record(ctx, db, kind, (&in_force, "", note)).await
}
