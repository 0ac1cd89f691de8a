//! The end of drafts: a word before their time is over, some days in which they can be brought back, and then nothing that anybody could
//! read.

use kernel::{Channel, Ctx, Error, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    drafts::{self, DRAFT_DAYS, OwnDraft},
    notices, uploads,
};
use crate::{
    CaseId,
    model::notice::send_at,
    store::{self, guard},
};

/// A draft that was thrown away, or not touched for [`DRAFT_DAYS`], can be brought back for so many days.
pub(crate) const BIN_DAYS: i64 = 30;
/// Its owner is told so many days before its time is over.
pub(crate) const WARN_DAYS: i64 = 7;
/// Drafts that can be brought back and are listed at most.
const BINNED_MAX: i64 = 50;
/// Drafts looked at in one query, and such queries in one round.
const BATCH: i64 = 100;
const BATCHES_MAX: usize = 50;
const DAY: i64 = 86_400;

/// One's drafts that can be brought back, those thrown away last first.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn binned(ctx: &Ctx, app: &App) -> Result<Vec<OwnDraft>> {
    let rows = app.db.query(store::DRAFTS_BINNED, args![ctx.person()?, BINNED_MAX]).await?;
    rows.iter().map(OwnDraft::read).collect()
}

/// Throws one's draft away; it can be brought back for [`BIN_DAYS`].
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] if it was changed meanwhile; if the engine fails.
pub(crate) async fn discard(ctx: &Ctx, app: &App, id: CaseId) -> Result<()> {
    let row = drafts::own_row(ctx, app, id).await?;
    bin(ctx, app, id, row.version).await
}

async fn bin(ctx: &Ctx, app: &App, id: CaseId, version: i64) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let until = ctx.now.plus_seconds(BIN_DAYS * DAY);
    unit.one(guard::DRAFT, store::DRAFT_BIN, args![id, version, ctx.now, until]);
    // What was still on its way does not come back.
    let pieces = uploads::forget_of_case(app, &mut unit, id).await?;
    app.db.commit(unit).await?.or_stale("草稿")?;
    for piece in &pieces {
        app.blobs.delete(piece).await?;
    }
    Ok(())
}

/// Brings a draft back, to be kept as if it had been saved just now.
///
/// # Errors
/// [`Error::NotFound`] if there is none that could be brought back, or it is somebody else's; [`Error::Refused`] if it was begun for somebody
/// for whom one does not act now; if the engine fails.
pub(crate) async fn restore(ctx: &Ctx, app: &App, id: CaseId) -> Result<()> {
    let version = drafts::own_row_where(ctx, app, id, true).await?.version;
    let mut unit = Unit::new(ctx);
    let until = ctx.now.plus_seconds(DRAFT_DAYS * DAY);
    unit.one(guard::DRAFT, store::DRAFT_RESTORE, args![id, version, until]);
    app.db.commit(unit).await?.or_stale("草稿")
}

/// Destroys a draft for good, before its days are over.
///
/// # Errors
/// As [`restore`].
pub(crate) async fn destroy(ctx: &Ctx, app: &App, id: CaseId) -> Result<()> {
    let version = drafts::own_row_where(ctx, app, id, true).await?.version;
    drafts::drop_draft(ctx, app, id, version).await
}

/// Tells owners whose drafts have little time left, puts those away whose time is over, and destroys those that lay there long enough. A
/// draft with which this fails is passed over and tried again in the next round; the others do not wait for it.
///
/// # Errors
/// If drafts cannot be listed; the first failure, once all others are done.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    let mut failed = Ok(());
    let soon = ctx.now.plus_seconds(WARN_DAYS * DAY);
    for _ in 0..BATCHES_MAX {
        let rows = app.db.query(store::DRAFTS_TO_WARN, args![ctx.now, soon, BATCH]).await?;
        for row in &rows {
            failed = failed.and(warn(ctx, app, &store::draft(row)?).await);
        }
        if rows.is_empty() || failed.is_err() {
            break;
        }
    }
    for _ in 0..BATCHES_MAX {
        let rows = app.db.query(store::DRAFTS_EXPIRED, args![ctx.now, BATCH]).await?;
        for row in &rows {
            failed = failed.and(end(ctx, app, &store::draft(row)?).await);
        }
        if rows.is_empty() || failed.is_err() {
            break;
        }
    }
    failed
}

/// Puts a draft away whose time is over, or destroys it if it lay there long enough.
async fn end(ctx: &Ctx, app: &App, row: &store::DraftRow) -> Result<()> {
    let done = match row.binned_at {
        None => bin(ctx, app, row.id, row.version).await,
        Some(_) => drafts::drop_draft(ctx, app, row.id, row.version).await,
    };
    match done {
        Ok(()) | Err(Error::Stale { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A text message to the owner, once; what a clerk fills in at a window needs none.
async fn warn(ctx: &Ctx, app: &App, row: &store::DraftRow) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.one(guard::DRAFT, store::DRAFT_WARNED, args![row.id, row.version]);
    if row.channel != Channel::Window {
        let item = catalogue::item(&app.db, row.item).await?.name;
        let until = row.expires.zh_date();
        let words = format!(
            "您填写的“{item}”还没有提交，草稿保留到{until}。要办的，请登录“我的办件”继续填写；不办了，不用理会。"
        );
        let at = send_at(ctx.now, notices::choices_of(app, row.person).await?);
        let _ = identity::text_person(&mut unit, ctx, app, row.person, (&words, at)).await?;
    }
    match app.db.commit(unit).await? {
        // Lost: it was saved meanwhile, and has its time again.
        Commit::Done | Commit::Lost { .. } => Ok(()),
    }
}
