//! Where a lower organ examines first (下级初审): which one, at filing; and why somebody of the other level has nothing to do with a case.

use catalogue::{ItemDocument, Published};
use identity::Authority as Known;
use kernel::{Authority, Basis, Ctx, Error, Holder, Id, Item, Result, Scope};
use serde::Serialize;
use webkit::{App, utoipa};

use super::{Hands, drafts};
use crate::{ACCEPT, DECIDE, FILE_AT_WINDOW, HEAD, ISSUE, REVIEW, store::CaseRow, view};

/// What the case page says of the lower organ's review.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PreliminaryView {
    /// 初审机关
    pub office: String,
    /// 决定机关
    pub upper: String,
    /// 初审意见和全部申请材料已经报送
    pub done: bool,
    /// 什么时候报送
    pub when: String,
    /// 应当在哪天以前审查完毕；还没有受理的为空
    pub due: String,
    /// 对工作人员：初审结论，同意（true）或不同意（false）
    pub favour: Option<bool>,
}

/// The organs that may examine first, in the order of the item's list; empty: none does.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn offices(app: &App, document: &ItemDocument) -> Result<Vec<Known>> {
    let mut out = Vec::new();
    for code in document.preliminary.iter().flat_map(|it| &it.offices) {
        out.extend(identity::find_authority_by_uscc(&app.db, code.trim()).await?);
    }
    Ok(out)
}

/// The same as an applicant chooses among them, by code and name, and the name of the organ that decides.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn choice(
    ctx: &Ctx,
    app: &App,
    (item, holder): (Id<Item>, Holder),
    document: &ItemDocument,
) -> Result<(Vec<(String, String)>, String)> {
    let offices = offices(app, document).await?;
    if offices.is_empty() {
        return Ok((Vec::new(), String::new()));
    }
    let upper = catalogue::item(&app.db, item).await?.authority;
    let offices = choosable(ctx, (upper, item), holder, offices);
    let upper = identity::authority(&app.db, upper).await?.facts.name;
    Ok((offices.into_iter().map(|it| (it.facts.uscc, it.facts.name)).collect(), upper))
}

/// By what right somebody may file for this holder: at a window also that of an organ that examines first.
///
/// # Errors
/// Those of the permission; if the engine fails.
pub(crate) async fn may_file(ctx: &Ctx, app: &App, published: &Published, holder: Holder) -> Result<Basis> {
    let item = published.item.id;
    let refused = match drafts::may_file(ctx, Scope::item(published.item.authority, item), holder) {
        Err(error @ Error::Forbidden { .. }) if ctx.actor.holder() != Some(holder) => error,
        answer => return answer,
    };
    for office in offices(app, &published.document).await? {
        if let Ok(basis) = ctx.may(FILE_AT_WINDOW, &Scope::item(office.id, item)) {
            return Ok(basis);
        }
    }
    Err(refused)
}

/// Of these organs those among which somebody chooses who files for this holder: all for oneself and at the window of the organ that
/// decides, else those at whose window one files.
fn choosable(
    ctx: &Ctx,
    (upper, item): (Id<Authority>, Id<Item>),
    holder: Holder,
    mut offices: Vec<Known>,
) -> Vec<Known> {
    let at = |office| ctx.may(FILE_AT_WINDOW, &Scope::item(office, item)).is_ok();
    if ctx.actor.holder() != Some(holder) && !at(upper) {
        offices.retain(|it| at(it.id));
    }
    offices
}

/// Which organ examines first: the one whose code was chosen, the only one, or the one at whose window it is filed.
///
/// # Errors
/// [`Error::Invalid`] at `preliminary` if one is to be chosen; [`Error::Refused`] if none of them is there any more; if the engine fails.
pub(crate) async fn chosen(
    ctx: &Ctx,
    app: &App,
    published: &Published,
    (holder, code): (Holder, &str),
) -> Result<Option<Id<Authority>>> {
    if published.document.preliminary.is_none() {
        return Ok(None);
    }
    let item = published.item.id;
    let offices = offices(app, &published.document).await?;
    let offices = choosable(ctx, (published.item.authority, item), holder, offices);
    if !code.trim().is_empty() {
        let named = offices.iter().find(|it| it.facts.uscc == code.trim());
        let wrong = || Error::invalid("preliminary", "这个机关不受理本事项，请从列出的初审机关中选择。");
        return named.map(|it| Some(it.id)).ok_or_else(wrong);
    }
    let at_window = ctx.actor.holder() != Some(holder);
    let own = |it: &&Known| at_window && ctx.may(FILE_AT_WINDOW, &Scope::item(it.id, item)).is_ok();
    let own: Vec<_> = offices.iter().filter(own).collect();
    match (offices.as_slice(), own.as_slice()) {
        ([only], _) => Ok(Some(only.id)),
        (_, [only]) => Ok(Some(only.id)),
        ([], _) => Err(Error::refused("本事项的初审机关还没有设置好，暂时不能提交。请向本事项的咨询电话询问。")),
        _ => Err(Error::invalid("preliminary", "请选择由哪个机关受理和初审。")),
    }
}

/// Refuses who has a post for this item at the other level, where the case is not.
///
/// # Errors
/// [`Error::Refused`] with where the case is; if the engine fails.
pub(crate) async fn here(ctx: &Ctx, app: &App, row: &CaseRow, hands: &Hands) -> Result<()> {
    let Some(lower) = row.facts.preliminary.filter(|_| hands.officer() && hands.by.roles.is_empty()) else {
        return Ok(());
    };
    let holds = |authority| {
        let scope = Scope::item(authority, row.facts.item);
        [ACCEPT, REVIEW, DECIDE, ISSUE, HEAD].into_iter().any(|it| ctx.may(it, &scope).is_ok())
    };
    if !holds(lower) && !holds(row.facts.authority) {
        return Ok(());
    }
    Err(elsewhere(app, row).await?)
}

/// What is told somebody of the level where the case is not: where it is.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn elsewhere(app: &App, row: &CaseRow) -> Result<Error> {
    let (office, upper) = names(app, row, row.facts.preliminary.unwrap_or(row.facts.authority)).await?;
    Ok(Error::refused(if row.desk() == row.facts.authority {
        format!("本办件的初审意见和全部申请材料已经报送{upper}，由{upper}继续办理。您可以查看，不能再办理。")
    } else {
        format!(
            "本办件由{office}受理和初审，还没有报送；初审意见和全部申请材料报送以后，再由{upper}办理。（依据：行政许可法第三十五条、第四十三条）"
        )
    }))
}

/// What is told of the lower organ's review; `None`: there is none.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn view(app: &App, row: &CaseRow, officer: bool) -> Result<Option<PreliminaryView>> {
    let Some(lower) = row.facts.preliminary else { return Ok(None) };
    let (office, upper) = names(app, row, lower).await?;
    let given = row.case.handed_up();
    let due = row.case.preliminary_due().map_or_else(String::new, view::due);
    Ok(Some(PreliminaryView {
        office,
        upper,
        done: given.is_some(),
        when: given.map_or_else(String::new, |it| it.by.at.zh()),
        due,
        favour: given.filter(|_| officer).map(|it| it.favour),
    }))
}

/// The names of the lower organ and of the one that decides.
async fn names(app: &App, row: &CaseRow, lower: Id<Authority>) -> Result<(String, String)> {
    let office = identity::authority(&app.db, lower).await?.facts.name;
    Ok((office, identity::authority(&app.db, row.facts.authority).await?.facts.name))
}
