//! Systems of departments (业务系统): what they pull. A client with a post at the authority, or for some of its items, reads which cases moved
//! since it last asked, what applicants filled in and handed over, and sends back what its officers did ([`steps`]).

pub(crate) mod steps;

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use identity::{Look, Purpose};
use kernel::{Authority, Basis, Client, Ctx, Cursor, Error, Id, Item, Moment, PageAsk, Permission, Result, Scope, Who};
use lru::LruCache;
use serde::Serialize;
use serde_json::Value;
use storage::args;
use webkit::{App, utoipa::ToSchema};

use super::{
    Hands, answers, desk_scope, document,
    filled::{self, AnswersView},
    load, looks,
    materials::{self, ReadMaterial},
    papers,
    reads::{FileView, MaterialView, OfferView, PaperView, case_faults, material_views, offer, paper_views, results},
    scope, subject,
};
use crate::{
    Calendars, CaseId, SYSTEM_ACT, SYSTEM_CONTENT, SYSTEM_PULL,
    model::Stage,
    rules,
    store::{self, CaseRow, systems as rows},
    view::{self, ClockView},
};

/// Requests of one system in a minute at most, on each node.
const A_MINUTE: u32 = 600;
/// Seconds of a minute.
const MINUTE: i64 = 60;
/// Systems that are counted at once; one that is forgotten begins anew.
const COUNTED: NonZeroUsize = NonZeroUsize::new(10_000).expect("a number above zero");

/// How often each system asked in the present minute, on this node. One of `Parts::own`.
pub(crate) struct Allowances(Mutex<LruCache<Id<Client>, (Moment, u32)>>);

impl Default for Allowances {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(COUNTED)))
    }
}

impl Allowances {
    /// Counts a request.
    ///
    /// # Errors
    /// [`Error::TooMany`] if the system has used up its minute.
    fn take(&self, client: Id<Client>, now: Moment) -> Result<()> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, asked) = match seen.get(&client) {
            Some((since, asked)) if since.plus_seconds(MINUTE) > now => (*since, *asked),
            _ => (now, 0),
        };
        if asked >= A_MINUTE {
            let left = (since.plus_seconds(MINUTE).micros() - now.micros()).div_euclid(1_000_000) + 1;
            return Err(Error::TooMany { retry_after_s: u32::try_from(left.max(1)).unwrap_or(1) });
        }
        seen.put(client, (since, asked + 1));
        Ok(())
    }
}

/// The system that calls.
///
/// # Errors
/// [`Error::SignIn`]; [`Error::Forbidden`] if a person calls; [`Error::TooMany`].
fn system(ctx: &Ctx, app: &App) -> Result<Id<Client>> {
    match ctx.actor.who {
        Who::Client(client) => {
            app.part::<Allowances>()?.take(client, ctx.now)?;
            Ok(client)
        }
        Who::Anonymous => Err(Error::SignIn),
        Who::Person(_) | Who::System(_) => Err(Error::Forbidden { action: SYSTEM_PULL.words }),
    }
}

/// One case, for a system that may know of it. To others there is none.
///
/// # Errors
/// As [`system`]; [`Error::NotFound`].
pub(crate) async fn pulled(ctx: &Ctx, app: &App, id: CaseId) -> Result<CaseRow> {
    system(ctx, app)?;
    let row = load(app, id).await?;
    match (ctx.may(SYSTEM_PULL, &scope(&row)), row.facts.preliminary) {
        (Ok(_), _) => Ok(row),
        // The organ that examines, or examined, first: how the case goes on.
        (Err(_), Some(lower)) if ctx.may(SYSTEM_PULL, &Scope { authority: Some(lower), ..scope(&row) }).is_ok() => {
            Ok(row)
        }
        _ => Err(Error::NotFound { what: "办件" }),
    }
}

/// By what right a system reads what was filled in and handed over: that of who decides; or of who examines first, as long as the case is
/// there.
fn may_read(ctx: &Ctx, row: &CaseRow) -> Result<Basis> {
    ctx.may(SYSTEM_CONTENT, &scope(row)).or_else(|_| ctx.may(SYSTEM_CONTENT, &desk_scope(row)))
}

/// A case as a system's list has it: nothing of who applied.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SystemCase {
    /// 办件标识
    pub(crate) id: String,
    /// 办件编号
    pub(crate) number: String,
    /// 事项标识
    pub(crate) item: String,
    /// 事项版本：按这一版办理
    pub(crate) item_version: i64,
    /// 事项名称
    pub(crate) item_name: String,
    /// 实施主体
    pub(crate) authority_name: String,
    /// 初审机关；不先由下级机关审查的为空
    pub(crate) preliminary_name: String,
    /// 现在在哪个机关办理：报送以前是初审机关，其他时候是实施主体。只有这个机关的系统能送回办理步骤
    pub(crate) desk_name: String,
    /// 状态代码
    pub(crate) stage: String,
    /// 状态
    pub(crate) stage_name: String,
    /// 由谁办理：`accept`、`review`、`decide`、`issue`、`applicant`、`none`
    pub(crate) post: String,
    /// 提交时间（RFC 3339）
    pub(crate) filed_at: String,
    /// 受理日期；没有受理时为空
    pub(crate) accepted_on: Option<String>,
    /// 最后一次变动的时间（RFC 3339）
    pub(crate) changed_at: String,
    /// 时限
    pub(crate) clocks: Vec<ClockView>,
    /// 版本号，办理时放在 `If-Match`
    pub(crate) version: i64,
}

/// A page of the cases that moved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemCases {
    /// 按变动的先后
    pub(crate) items: Vec<SystemCase>,
    /// 下次从这里接着取（放在 `after`）；一直有，保存下来即可，不会漏也不会倒退
    pub(crate) next: String,
    /// 后面还有，可以马上接着取
    pub(crate) more: bool,
}

/// What the organ that examined first said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemOpinion {
    /// 初审机关
    pub(crate) office: String,
    /// 同意（true）或不同意（false）
    pub(crate) favour: bool,
    /// 初步审查意见
    pub(crate) opinion: String,
    /// 报送时间（RFC 3339）
    pub(crate) handed_up_at: String,
}

/// What applicants filled in and handed over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemContent {
    /// 申请人姓名或名称
    pub(crate) applicant: String,
    /// 申请表，供人阅读
    pub(crate) form: Vec<AnswersView>,
    /// 申请表，按事项的表单定义
    #[schema(value_type = Object)]
    pub(crate) values: Value,
    /// 材料和文件
    pub(crate) materials: Vec<MaterialView>,
    /// 结果附件
    pub(crate) results: Vec<FileView>,
    /// 平台已出具的文书
    pub(crate) papers: Vec<PaperView>,
    /// 已告知申请人需要补正的内容（待补正时）
    pub(crate) faults: Vec<(String, String)>,
    /// 下级初审的意见；没有报送的为空
    pub(crate) preliminary: Option<SystemOpinion>,
}

/// One case, whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemCaseWhole {
    #[serde(flatten)]
    pub(crate) case: SystemCase,
    /// 现在可以办理的操作
    pub(crate) acts: Vec<OfferView>,
    /// 还缺的材料：代码和名称
    pub(crate) missing: Vec<(String, String)>,
    /// 申请内容和材料；令牌没有 `cases.system_content` 范围的为空
    pub(crate) content: Option<SystemContent>,
}

/// Where a system may look: authorities, each whole or some of its items.
fn places(ctx: &Ctx, permission: Permission) -> BTreeMap<Id<Authority>, Vec<Id<Item>>> {
    let mut places: BTreeMap<Id<Authority>, Vec<Id<Item>>> = BTreeMap::new();
    let grants = || ctx.actor.grants.iter().filter(|it| it.permission == permission.code);
    for grant in grants() {
        if let Some(authority) = grant.authority {
            places.entry(authority).or_default().extend(grant.item);
        }
    }
    // An authority that is there whole has no items listed.
    for grant in grants().filter(|it| it.item.is_none()) {
        if let Some(items) = grant.authority.and_then(|it| places.get_mut(&it)) {
            items.clear();
        }
    }
    places
}

/// Cases of the caller's items that moved since it last asked, in the order of the record; those that are accepted, or `all`. A case that
/// moves again comes again, once, at its new place: whoever keeps `next` misses nothing.
///
/// # Errors
/// As [`system`]; [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn moved(ctx: &Ctx, app: &App, ask: &PageAsk, all: bool) -> Result<SystemCases> {
    system(ctx, app)?;
    let after = ask.after.as_ref().map_or(Ok(0), |cursor| cursor.int(0))?;
    let mut found: BTreeMap<i64, String> = BTreeMap::new();
    for (authority, items) in places(ctx, SYSTEM_PULL) {
        let walk = |sql, item: &str| (sql, item.to_owned());
        let one = |it: &Id<Item>| [walk(rows::MOVED_OF, &it.to_string()), walk(rows::MOVED_BELOW, &it.to_string())];
        let mut walks: Vec<_> = items.iter().flat_map(one).collect();
        if walks.is_empty() {
            walks = vec![walk(rows::MOVED_AT, ""), walk(rows::MOVED_BELOW, "")];
        }
        for (sql, item) in walks {
            for row in app.db.query(sql, args![authority, after, all, ask.sql_limit(), item]).await? {
                found.insert(row.int("position")?, row.string("case_id")?);
            }
        }
    }
    let more = found.len() > ask.rows();
    let page: Vec<(i64, String)> = found.into_iter().take(ask.rows()).collect();
    let last = page.last().map_or(after, |it| it.0);
    let ids: Vec<&str> = page.iter().map(|it| it.1.as_str()).collect();
    let mut cases = super::worklist::read(app, &ids).await?;
    let cases: Vec<CaseRow> = page.iter().filter_map(|it| cases.remove(&it.1)).collect();
    Ok(SystemCases { items: told(ctx, app, &cases).await?, next: Cursor::new([last.to_string()]).to_string(), more })
}

/// These cases as a system's list has them.
async fn told(ctx: &Ctx, app: &App, cases: &[CaseRow]) -> Result<Vec<SystemCase>> {
    let mut items: Vec<_> = cases.iter().map(|it| it.facts.item).collect();
    items.sort();
    items.dedup();
    let items = catalogue::items_of(&app.db, &items).await?;
    let authorities: Vec<_> =
        cases.iter().flat_map(|it| [Some(it.facts.authority), it.facts.preliminary]).flatten().collect();
    let authorities = identity::authorities(&app.db, &authorities).await?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    let name = |id: Id<Authority>| authorities.get(&id).map_or_else(String::new, |it| it.facts.name.clone());
    let one = |row: &CaseRow| {
        let (facts, stage) = (&row.facts, row.case.stage());
        SystemCase {
            id: row.id.to_string(),
            number: facts.number.clone(),
            item: facts.item.to_string(),
            item_version: facts.item_version,
            item_name: items.get(&facts.item).map_or_else(String::new, |it| it.name.clone()),
            authority_name: name(facts.authority),
            preliminary_name: facts.preliminary.map(name).unwrap_or_default(),
            desk_name: name(row.desk()),
            stage: stage.code().to_owned(),
            stage_name: stage.name().to_owned(),
            post: store::post_of(stage).to_owned(),
            filed_at: row.case.filed.at.to_string(),
            accepted_on: row.case.handling().map(|it| it.accepted_on.to_string()),
            changed_at: row.head.at.to_string(),
            clocks: view::clocks(&row.case, &calendar, today),
            version: row.head.version,
        }
    };
    Ok(cases.iter().map(one).collect())
}

/// One case, with what the applicant filled in and handed over if the caller may read that; the look is written down for the applicant.
///
/// # Errors
/// As [`pulled`]; if the engine fails.
pub(crate) async fn whole(ctx: &Ctx, app: &App, id: CaseId) -> Result<SystemCaseWhole> {
    let row = pulled(ctx, app, id).await?;
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let values = answers(app, &row).await?;
    let rules = rules::rules(&document, &values)?;
    let today = ctx.now.legal_date();
    let acts = match ctx.may(SYSTEM_ACT, &desk_scope(&row)) {
        Ok(_) => row.case.offers(&Hands::of_system(ctx, &row, None)?.by, &rules, today),
        Err(_) => Vec::new(),
    };
    let acts = acts.into_iter().filter(|it| steps::is_step(it.act)).map(offer).collect();
    let missing = rules.needed().filter(|it| !row.case.materials.contains(&it.code));
    let missing = missing.map(|it| (it.code.clone(), it.name.clone())).collect();
    let mut content = None;
    if let Ok(basis) = may_read(ctx, &row) {
        looked(ctx, app, &row, basis).await?;
        let files = materials::list(app, id).await?;
        let faults = match row.case.stage() {
            Stage::CorrectionAsked => case_faults(app, &row, &document).await?,
            _ => Vec::new(),
        };
        content = Some(SystemContent {
            applicant: identity::holder_name(app, &row.facts.holder).await?,
            form: filled::told(app, &document, &values).await?,
            results: results(&files),
            materials: material_views(&document, &values, files),
            papers: paper_views(app, &row, &document, papers::list(app, id).await?).await?,
            faults: faults.into_iter().map(|it| (it.name, it.what)).collect(),
            preliminary: handed_up(app, &row).await?,
            values,
        });
    }
    let case = told(ctx, app, std::slice::from_ref(&row)).await?.pop().ok_or(Error::NotFound { what: "办件" })?;
    Ok(SystemCaseWhole { case, acts, missing, content })
}

/// What the organ that examined first said, once the papers are handed up.
async fn handed_up(app: &App, row: &CaseRow) -> Result<Option<SystemOpinion>> {
    let (Some(given), Some(lower)) = (row.case.handed_up(), row.facts.preliminary) else { return Ok(None) };
    let opinion = app.vault.open(&subject(row.id), &given.opinion).await?;
    Ok(Some(SystemOpinion {
        office: identity::authority(&app.db, lower).await?.facts.name,
        favour: given.favour,
        opinion: String::from_utf8(opinion).map_err(Error::internal)?,
        handed_up_at: given.by.at.to_string(),
    }))
}

/// A file of a case, for a system that may read what was handed over; the look is written down for the applicant.
///
/// # Errors
/// As [`pulled`]; [`Error::Forbidden`] without the scope; [`Error::NotFound`] if there is no such file.
pub(crate) async fn file(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<ReadMaterial> {
    let row = pulled(ctx, app, id).await?;
    let basis = may_read(ctx, &row)?;
    looked(ctx, app, &row, basis).await?;
    materials::opened(app, id, number).await
}

/// Written down for the applicant before anything is shown: a system handles the case, or keeps the file of one that is over.
async fn looked(ctx: &Ctx, app: &App, row: &CaseRow, basis: Basis) -> Result<()> {
    let purpose = if row.case.stage().is_final() { Purpose::Archive } else { Purpose::Handling };
    let matter = row.facts.number.clone();
    let authority = Some(if ctx.may(SYSTEM_PULL, &scope(row)).is_ok() { row.facts.authority } else { row.desk() });
    let look = Look { matter, authority, basis: Some(basis), ..Look::default() };
    identity::look(ctx, app, looks::whose(row), (purpose, &look)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_used_up_its_minute_is_told_how_long_to_wait_and_another_is_not_held_up() {
        let allowances = Allowances::default();
        let at = |seconds| Moment::from_micros(1_772_424_000_000_000).plus_seconds(seconds);
        let id = |text: &str| text.repeat(32).parse().unwrap();
        let (one, other): (Id<Client>, Id<Client>) = (id("1"), id("2"));
        for _ in 0..A_MINUTE {
            allowances.take(one, at(0)).unwrap();
        }
        assert!(matches!(allowances.take(one, at(10)), Err(Error::TooMany { retry_after_s: 51 })));
        allowances.take(other, at(10)).unwrap();
        allowances.take(one, at(60)).unwrap();
    }
}
