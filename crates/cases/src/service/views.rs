//! Lists that officers keep under a name (我的视图): what the address of the list asks for, and nothing of the cases in it.

use kernel::{Ctx, Error, Result};
use serde::Serialize;
use storage::{Commit, Unit, args};
use webkit::{App, utoipa};

use crate::{
    SEE,
    store::{desk, guard},
};

/// Lists that one officer keeps at most.
pub(crate) const VIEWS_MAX: usize = 20;
/// Characters of a name at most.
const NAME_MAX: usize = 20;
/// Bytes of what a list asks for at most.
const ASKED_MAX: usize = 500;

/// A list under a name.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct SavedView {
    /// 序号
    pub(crate) number: i64,
    /// 名称
    pub(crate) name: String,
    /// 列表的查询条件，如 `whose=mine&stage=filed`
    pub(crate) asked: String,
}

/// The caller's lists, in the order in which they were made.
///
/// # Errors
/// [`Error::SignIn`]; if the engine fails.
pub(crate) async fn views(ctx: &Ctx, app: &App) -> Result<Vec<SavedView>> {
    let most = i64::try_from(VIEWS_MAX).unwrap_or(i64::MAX);
    let rows = app.db.query(desk::VIEWS, args![ctx.person()?, most]).await?;
    let view = |row: &storage::Row| {
        Ok(SavedView { number: row.int("number")?, name: row.string("name")?, asked: row.string("asked")? })
    };
    rows.iter().map(view).collect()
}

/// Keeps a list under a name.
///
/// # Errors
/// [`Error::Forbidden`] without a post that handles cases; [`Error::Invalid`] at `name`; [`Error::Refused`] beyond [`VIEWS_MAX`]; if the
/// engine fails.
pub(crate) async fn keep_view(ctx: &Ctx, app: &App, (name, asked): (&str, &str)) -> Result<SavedView> {
    if !ctx.actor.grants.iter().any(|it| it.permission == SEE.code) {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Error::invalid("name", format!("请给视图起一个名字，最长 {NAME_MAX} 个字。")));
    }
    if asked.len() > ASKED_MAX || !asked.chars().all(|it| it.is_ascii_graphic()) {
        return Err(Error::invalid("asked", "筛选条件不对，请在工作台重新筛选后再保存。"));
    }
    let kept = views(ctx, app).await?;
    if kept.iter().any(|it| it.name == name) {
        return Err(Error::invalid("name", format!("已经有名为「{name}」的视图，请换一个名字。")));
    }
    if kept.len() >= VIEWS_MAX {
        return Err(Error::refused(format!("最多保存 {VIEWS_MAX} 个视图，请先删除不用的。")));
    }
    let number = kept.last().map_or(1, |it| it.number + 1);
    let mut unit = Unit::new(ctx);
    unit.one(guard::VIEW, desk::VIEW_ADD, args![ctx.person()?, number, name, asked]);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(SavedView { number, name: name.to_owned(), asked: asked.to_owned() }),
        Commit::Lost { .. } => Err(Error::refused("刚刚在别的窗口保存过视图，请刷新后再试。")),
    }
}

/// Forgets a list.
///
/// # Errors
/// [`Error::NotFound`] if the caller has none of that number; if the engine fails.
pub(crate) async fn forget_view(ctx: &Ctx, app: &App, number: i64) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.one(guard::VIEW, desk::VIEW_DROP, args![ctx.person()?, number]);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { .. } => Err(Error::NotFound { what: "视图" }),
    }
}
