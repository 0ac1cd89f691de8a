//! Cases as lists show them, and one's own.

use kernel::{Ctx, Cursor, Error, Holder, Page, PageAsk, Result};
use serde::Serialize;
use storage::{args, each};
use webkit::{App, utoipa::ToSchema};

use crate::{
    Calendars, SEE,
    service::claims,
    store::{self, CaseRow},
    view::{self, ClockView},
};

/// A case as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseSummary {
    /// 办件标识
    pub id: String,
    /// 办件编号
    pub number: String,
    /// 事项标识
    pub item: String,
    /// 事项名称
    pub item_name: String,
    /// 实施主体
    pub authority_name: String,
    /// 申请人
    pub applicant: String,
    /// 状态代码
    pub stage: String,
    /// 状态
    pub stage_name: String,
    /// 状态的语气，供页面着色
    pub tone: String,
    /// 由谁办理：`accept`、`review`、`decide`、`issue`、`applicant`、`none`
    pub post: String,
    /// 提交时间（RFC 3339）
    pub filed_at: String,
    /// 提交日期
    pub filed_on: String,
    /// 最紧的期限
    pub clock: Option<ClockView>,
    /// 法定办结期限（受理以后、决定以前）
    pub statutory: Option<ClockView>,
    /// 对工作人员：由谁办理；空：无人认领
    pub claimed_by: String,
    /// 对工作人员：办理人的人员标识
    pub claimant: String,
    /// 对工作人员：由本人办理，或者由本人代岗
    pub mine: bool,
    /// 版本号，操作时带上
    pub version: i64,
}

/// One's own cases, newest first.
///
/// # Errors
/// [`Error::SignIn`]; [`Error::NotFound`] for a key of another list; if the engine fails.
pub async fn my_cases(ctx: &Ctx, app: &App, ask: &PageAsk) -> Result<Page<CaseSummary>> {
    let holder = ctx.actor.holder().ok_or(Error::SignIn)?;
    // Who acts in one case alone has that one.
    if let Some(one) = ctx.actor.mandate.as_ref().and_then(|it| it.matter) {
        let items = vec![crate::service::load_for(ctx, app, one.cast()).await?];
        return summaries(ctx, app, Page { items, next: None }).await;
    }
    let items = ctx.actor.mandate.as_ref().map_or(&[][..], |it| &it.items);
    // Who acts for certain items sees the cases of these; anybody else is asked as ever.
    if items.is_empty() {
        ctx.may(SEE, &kernel::Scope::own(holder))?;
    }
    let (at, id) = match &ask.after {
        Some(cursor) => (cursor.int(0)?, cursor.text(1)?.to_owned()),
        None => (i64::MAX, String::new()),
    };
    let rows = if items.is_empty() {
        app.db.query(store::OF_HOLDER, args![holder.to_string(), at, id, ask.sql_limit()]).await?
    } else {
        let values = args![holder.to_string(), at, id, ask.sql_limit(), each(items)];
        app.db.query(store::OF_HOLDER_FOR, values).await?
    };
    let rows = rows.iter().map(store::case).collect::<Result<Vec<_>>>()?;
    let page = Page::cut(rows, ask, |it| Cursor::new([it.case.filed.at.micros().to_string(), it.id.to_string()]));
    summaries(ctx, app, page).await
}

/// These cases as lists show them, with the names that they need.
pub(crate) async fn summaries(ctx: &Ctx, app: &App, page: Page<CaseRow>) -> Result<Page<CaseSummary>> {
    let items: Vec<_> = page.items.iter().map(|it| it.facts.item).collect();
    let items = catalogue::items_of(&app.db, &distinct(items)).await?;
    let authorities: Vec<_> = page.items.iter().map(|it| it.facts.authority).collect();
    let authorities = identity::authorities(&app.db, &authorities).await?;
    let mut people: Vec<Holder> = page.items.iter().map(|it| it.facts.holder).collect();
    let seen = page.items.iter().filter(|it| sees_hands(ctx, it));
    people.extend(seen.filter_map(|it| it.claimed_by).map(Holder::Person));
    let names = identity::names(app, people).await?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    Ok(page.map(|row| {
        let item = items.get(&row.facts.item).map_or("", |it| it.name.as_str()).to_owned();
        let authority = authorities.get(&row.facts.authority).map_or("", |it| it.facts.name.as_str()).to_owned();
        let told = (item, authority, names.of(&row.facts.holder).to_owned());
        let (pressing, statutory) = view::in_lists(&row.case, &calendar, today);
        let mut shown = summary(&row, told, pressing);
        shown.statutory = statutory;
        if let Some(claimant) = row.claimed_by.filter(|_| sees_hands(ctx, &row)) {
            shown.claimed_by = names.person(&claimant).to_owned();
            shown.claimant = claimant.to_string();
            shown.mine = claims::is_mine(ctx, &row);
        }
        shown
    }))
}

/// Whether the caller is told who has a case in hand: officers are, the applicant is not.
pub(super) fn sees_hands(ctx: &Ctx, row: &CaseRow) -> bool {
    ctx.actor.holder() != Some(row.facts.holder) && crate::service::sees(ctx, row).is_ok()
}

fn distinct<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort();
    ids.dedup();
    ids
}

pub(super) fn summary(
    row: &CaseRow,
    (item, authority, applicant): (String, String, String),
    clock: Option<ClockView>,
) -> CaseSummary {
    let stage = row.case.stage();
    CaseSummary {
        id: row.id.to_string(),
        number: row.facts.number.clone(),
        item: row.facts.item.to_string(),
        item_name: item,
        authority_name: authority,
        applicant,
        stage: stage.code().to_owned(),
        stage_name: stage.name().to_owned(),
        tone: view::tone(stage).to_owned(),
        post: store::post_of(stage).to_owned(),
        filed_at: row.case.filed.at.to_string(),
        filed_on: row.case.filed.at.zh_date(),
        clock,
        statutory: None,
        claimed_by: String::new(),
        claimant: String::new(),
        mine: false,
        version: row.head.version,
    }
}
