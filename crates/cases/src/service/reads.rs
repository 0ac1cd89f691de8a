//! What people ask about cases: their own, the case itself, its timeline.

use std::collections::BTreeMap;

use catalogue::ItemDocument;
use kernel::{Ctx, Cursor, Error, Page, PageAsk, Result};
use serde::Serialize;
use serde_json::Value;
use storage::args;
use webkit::{App, utoipa::ToSchema};

use super::{
    Hands,
    acts::is_internal,
    answers, document,
    forms::{self, AnswersView},
    load_for, materials, papers, subject,
};
use crate::{
    Calendars, CaseId, FILE,
    model::{Advice, CorrectionFault, Event, Fact, Offer, PaperKind, Progress, Role, Slot, Stage},
    rules::{self, APPLICATION},
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
    /// 版本号，操作时带上
    pub version: i64,
}

/// One's own cases, newest first.
///
/// # Errors
/// [`Error::SignIn`]; [`Error::NotFound`] for a key of another list; if the engine fails.
pub async fn my_cases(ctx: &Ctx, app: &App, ask: &PageAsk) -> Result<Page<CaseSummary>> {
    let holder = ctx.actor.holder().ok_or(Error::SignIn)?;
    ctx.may(FILE, &kernel::Scope::own(holder))?;
    let (at, id) = match &ask.after {
        Some(cursor) => (cursor.int(0)?, cursor.text(1)?.to_owned()),
        None => (i64::MAX, String::new()),
    };
    let rows = app.db.query(store::OF_HOLDER, args![holder.to_string(), at, id, ask.sql_limit()]).await?;
    let rows = rows.iter().map(store::case).collect::<Result<Vec<_>>>()?;
    let page = Page::cut(rows, ask, |it| Cursor::new([it.case.filed.at.micros().to_string(), it.id.to_string()]));
    summaries(ctx, app, page).await
}

/// These cases as lists show them, with the names that they need.
pub(super) async fn summaries(ctx: &Ctx, app: &App, page: Page<CaseRow>) -> Result<Page<CaseSummary>> {
    let items: Vec<_> = page.items.iter().map(|it| it.facts.item).collect();
    let items = catalogue::items_of(&app.db, &distinct(items)).await?;
    let authorities: Vec<_> = page.items.iter().map(|it| it.facts.authority).collect();
    let authorities = identity::authorities(&app.db, &authorities).await?;
    let names = identity::names(app, page.items.iter().map(|it| it.facts.holder)).await?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    Ok(page.map(|row| {
        let item = items.get(&row.facts.item).map_or("", |it| it.name.as_str()).to_owned();
        let authority = authorities.get(&row.facts.authority).map_or("", |it| it.facts.name.as_str()).to_owned();
        summary(
            &row,
            (item, authority, names.of(&row.facts.holder).to_owned()),
            view::pressing(&row.case, &calendar, today),
        )
    }))
}

fn distinct<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort();
    ids.dedup();
    ids
}

fn summary(
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
        version: row.head.version,
    }
}

/// One thing to mend, as the applicant reads it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FaultView {
    /// 材料代码或表格字段
    pub about: String,
    /// 材料或字段名称
    pub name: String,
    /// 缺什么、怎么补
    pub what: String,
}

/// A file as pages show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileView {
    /// 序号
    pub number: i64,
    /// 文件名
    pub name: String,
    /// 大小和种类
    pub note: String,
    /// 是否纸质
    pub on_paper: bool,
    /// 是否已随申请提交
    pub filed: bool,
}

/// A material of the item with the files handed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MaterialView {
    /// 材料代码
    pub key: String,
    /// 材料名称
    pub name: String,
    /// 说明
    pub hint: String,
    /// 受理标准
    pub standard: String,
    /// 是否必要
    pub required: bool,
    /// 是否由填写的申请表生成
    pub from_form: bool,
    /// 是否可以容缺后补
    pub may_follow: bool,
    /// 已有的文件
    pub files: Vec<FileView>,
}

/// A paper as pages show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PaperView {
    /// 序号
    pub number: i64,
    /// 标题
    pub title: String,
    /// 文号；空：正在出具
    pub document_number: String,
    /// 出具时间
    pub made_at: String,
}

/// An act that the caller can do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfferView {
    /// 操作代码
    pub act: String,
    /// 操作名称
    pub words: String,
}

/// One of the five steps.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    /// 环节名称
    pub name: String,
    /// 状态：`done`、`current`、`ahead`、`ended`、`skipped`
    pub state: String,
}

/// A case with all that its page shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseDetail {
    /// 概要
    #[serde(flatten)]
    pub summary: CaseSummary,
    /// 您现在需要做什么
    pub advice: String,
    /// 是否轮到申请人
    pub your_turn: bool,
    /// 时限
    pub clocks: Vec<ClockView>,
    /// 需要补正的全部内容（待补正时）
    pub faults: Vec<FaultView>,
    /// 尚待补交的容缺材料
    pub owed: Vec<FaultView>,
    /// 申请表
    pub form: Vec<AnswersView>,
    /// 材料
    pub materials: Vec<MaterialView>,
    /// 文书
    pub papers: Vec<PaperView>,
    /// 可以办理的操作
    pub acts: Vec<OfferView>,
    /// 五个环节
    pub steps: Vec<StepView>,
    /// 对受理岗、审核岗：审查要点
    pub review_points: Vec<String>,
    /// 是否以工作人员身份查看
    pub officer: bool,
    #[serde(skip)]
    pub(crate) document: std::sync::Arc<ItemDocument>,
    #[serde(skip)]
    pub(crate) values: Value,
    #[serde(skip)]
    pub(crate) special: Vec<(String, String)>,
    /// 受理还缺的材料：代码和名称
    pub(crate) missing: Vec<(String, String)>,
    /// 其中可以容缺后补的：代码和名称
    pub(crate) may_owe: Vec<(String, String)>,
    #[serde(skip)]
    pub(crate) uncertain: bool,
}

/// One line of a case's timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// 时间（RFC 3339）
    pub at: String,
    /// 时间，供人阅读
    pub when: String,
    /// 发生了什么
    pub title: String,
    /// 由谁：对申请人是机关和岗位，对工作人员是姓名
    pub who: String,
    /// 说明：名称和内容
    pub texts: Vec<(String, String)>,
    /// 文书序号和标题；没有文书时为空
    pub paper: Option<PaperView>,
    /// 事件代码
    pub kind: String,
    /// `past`、`now`、`bad`
    pub state: String,
}

/// A case with all that its page shows to this caller.
///
/// # Errors
/// [`Error::NotFound`] if there is none or the caller may not see it; if the engine fails.
pub async fn case(ctx: &Ctx, app: &App, id: CaseId) -> Result<CaseDetail> {
    let row = load_for(ctx, app, id).await?;
    let hands = Hands::of(ctx, &row.facts)?;
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let values = answers(app, &row).await?;
    let rules = rules::rules(&document, &values)?;
    let authority = identity::authority(&app.db, row.facts.authority).await?;
    let applicant = identity::holder_name(app, &row.facts.holder).await?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    let files = materials::list(app, id).await?;
    let made = papers::list(app, id).await?;
    let faults = match row.case.stage() {
        Stage::CorrectionAsked => faults(app, &row, &document).await?,
        _ => Vec::new(),
    };
    let Advice { your_turn, now, .. } = row.case.advice(&rules);
    let name = |code: &String| (code.clone(), rules.material_name(code).to_owned());
    let owed = row.case.handling().map(|it| it.owed.iter().map(name).collect::<Vec<_>>()).unwrap_or_default();
    let in_hand = |code: &str| row.case.materials.contains(code);
    let missing: Vec<_> =
        rules.needed().filter(|it| !in_hand(&it.code)).map(|it| (it.code.clone(), it.name.clone())).collect();
    let may_owe = missing.iter().filter(|it| rules.may_follow(&it.0)).cloned().collect();
    let clock = view::pressing(&row.case, &calendar, today);
    Ok(CaseDetail {
        summary: summary(&row, (document.name.clone(), authority.facts.name, applicant), clock),
        advice: now,
        your_turn,
        clocks: view::clocks(&row.case, &calendar, today),
        faults,
        owed: owed.into_iter().map(|(about, name)| FaultView { about, name, what: "尚待补交".to_owned() }).collect(),
        form: forms::told(app, &document, &values).await?,
        materials: material_views(&document, &values, files),
        papers: paper_views(app, &row, &document, made).await?,
        acts: row.case.offers(&hands.by, &rules, today).into_iter().map(offer).collect(),
        steps: row.case.progress().into_iter().map(step).collect(),
        review_points: if hands.officer() { document.review_points.clone() } else { Vec::new() },
        officer: hands.officer(),
        special: rules.special_names().into_iter().map(|it| (it.to_owned(), it.to_owned())).collect(),
        missing,
        may_owe,
        uncertain: view::alarm(&row.case, &calendar, today).is_some_and(|it| it.acceptance_uncertain),
        document,
        values,
    })
}

fn offer(it: Offer) -> OfferView {
    OfferView { act: it.act.code().to_owned(), words: it.words.to_owned() }
}

fn step(it: Progress) -> StepView {
    use crate::model::ProgressState::{Ahead, Current, Done, Ended, Skipped};
    let state = match it.state {
        Done => "done",
        Current => "current",
        Ahead => "ahead",
        Ended => "ended",
        Skipped => "skipped",
    };
    StepView { name: it.name.to_owned(), state: state.to_owned() }
}

/// The materials that these answers ask for, each with its files.
pub(crate) fn material_views(
    document: &ItemDocument,
    values: &Value,
    files: Vec<(store::MaterialRow, String)>,
) -> Vec<MaterialView> {
    let mut by_key: BTreeMap<String, Vec<FileView>> = BTreeMap::new();
    for (row, name) in files {
        let kind = if row.on_paper { "窗口收取".to_owned() } else { row.kind.to_uppercase() };
        let note = if row.on_paper { kind } else { format!("{kind}，{}", view::size(row.size)) };
        let file = FileView { number: row.number, name, note, on_paper: row.on_paper, filed: row.filed_at.is_some() };
        by_key.entry(row.material).or_default().push(file);
    }
    let shown = document.materials.iter().filter(|it| it.applies(values) || by_key.contains_key(&it.key));
    let keys: Vec<_> = shown.collect();
    keys.into_iter()
        .map(|it| MaterialView {
            key: it.key.clone(),
            name: it.name.clone(),
            hint: it.fill_explain.clone(),
            standard: it.accept_standard.clone(),
            required: it.need == standards::MaterialNecessity::Required,
            from_form: it.key == APPLICATION,
            may_follow: it.max_days_owed.is_some(),
            files: by_key.remove(&it.key).unwrap_or_default(),
        })
        .collect()
}

/// The papers that are made, and those that are being made.
async fn paper_views(
    app: &App,
    row: &CaseRow,
    document: &ItemDocument,
    made: Vec<papers::PaperRow>,
) -> Result<Vec<PaperView>> {
    let mut views: BTreeMap<i64, PaperView> = made.into_iter().map(|it| (it.number, paper_view(&it))).collect();
    for record in journal::history(&app.db, &subject(row.id)).await? {
        let event = Event::read(&record.kind, &record.body).map_err(Error::internal)?;
        if let (Some(kind), Some(item_type)) = (event.paper(), document.item_type()) {
            views.entry(record.version).or_insert_with(|| unkept(row, &record, kind.title(item_type), kind));
        }
    }
    Ok(views.into_values().collect())
}

fn paper_view(it: &papers::PaperRow) -> PaperView {
    PaperView {
        number: it.number,
        title: it.title.clone(),
        document_number: it.document_number.clone(),
        made_at: it.made_at.zh(),
    }
}

/// A paper that is not kept: one read off the record is there at once, another is being made.
fn unkept(row: &CaseRow, record: &journal::Record, title: &str, kind: PaperKind) -> PaperView {
    let (document_number, made_at) =
        if kind.is_read_off() { (row.facts.number.clone(), record.at.zh()) } else { Default::default() };
    PaperView { number: record.version, title: title.to_owned(), document_number, made_at }
}

async fn faults(app: &App, row: &CaseRow, document: &ItemDocument) -> Result<Vec<FaultView>> {
    let Some(correction) = row.case.correction() else { return Ok(Vec::new()) };
    let bytes = app.vault.open(&subject(row.id), &correction.faults).await?;
    let faults: Vec<CorrectionFault> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
    let view =
        |it: CorrectionFault| FaultView { name: about_name(document, &it.about), about: it.about, what: it.what };
    Ok(faults.into_iter().map(view).collect())
}

/// The name of a material or field that a fault is about.
pub(crate) fn about_name(document: &ItemDocument, about: &str) -> String {
    let field = about.trim_start_matches('/');
    match (document.requirement(about), &document.form) {
        (Some(it), _) => it.name.clone(),
        (None, Some(form)) if form.schema["properties"].get(field).is_some() => form.title(field).to_owned(),
        _ if about.is_empty() => "其他".to_owned(),
        _ => about.to_owned(),
    }
}

/// What happened to a case, in plain words, newest last. To the applicant who acted is told by office, to officers by name.
///
/// # Errors
/// As [`case`].
pub async fn timeline(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<TimelineEntry>> {
    let row = load_for(ctx, app, id).await?;
    let officer = Hands::of(ctx, &row.facts)?.officer();
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let office = identity::authority(&app.db, row.facts.authority).await?.facts.name;
    let records = journal::history(&app.db, &subject(id)).await?;
    let names = identity::names(app, records.iter().map(|it| it.actor.as_str())).await?;
    let texts: BTreeMap<String, Vec<u8>> = app.vault.open_all(&subject(id), "act.").await?.into_iter().collect();
    let made: BTreeMap<i64, papers::PaperRow> =
        papers::list(app, id).await?.into_iter().map(|it| (it.number, it)).collect();
    let mut out = Vec::with_capacity(records.len());
    for record in &records {
        let event = Event::read(&record.kind, &record.body).map_err(Error::internal)?;
        let who = match event.role {
            Role::System => "系统".to_owned(),
            Role::Applicant if officer => format!("{}（申请人）", names.of(&record.actor)),
            Role::Applicant => "申请人".to_owned(),
            role if officer => format!("{}（{}）", names.of(&record.actor), role.name()),
            role => format!("{office} {}", role.name()),
        };
        let paper = event.paper().zip(document.item_type()).map(|(kind, item_type)| match made.get(&record.version) {
            Some(it) => paper_view(it),
            None => unkept(&row, record, kind.title(item_type), kind),
        });
        let last = record.version == row.head.version;
        out.push(TimelineEntry {
            at: record.at.to_string(),
            when: record.at.zh(),
            title: event.fact.words().to_owned(),
            who,
            texts: event_texts(&event, &texts, &document, officer),
            paper,
            kind: record.kind.clone(),
            state: state_of(&event.fact, last && !row.case.stage().is_final()).to_owned(),
        });
    }
    Ok(out)
}

fn state_of(fact: &Fact, last: bool) -> &'static str {
    match fact {
        Fact::NotNeeded { .. }
        | Fact::NotAccepted { .. }
        | Fact::Refused { .. }
        | Fact::Revoked { .. }
        | Fact::Lapsed {} => "bad",
        _ if last => "now",
        _ => "past",
    }
}

fn event_texts(
    event: &Event,
    texts: &BTreeMap<String, Vec<u8>>,
    document: &ItemDocument,
    officer: bool,
) -> Vec<(String, String)> {
    let mut out = Vec::new();
    match &event.fact {
        Fact::SpecialStarted { name, days, .. } => {
            out.push(("特别程序".to_owned(), format!("{name}，预计 {days} 个工作日")))
        }
        Fact::Extended { days, statutory_due, .. } => {
            out.push(("延长".to_owned(), format!("{days} 个工作日，法定期限到{}", view::due(*statutory_due))));
        }
        Fact::Accepted(it) | Fact::DeemedAccepted(it) => {
            out.push(("承诺办结".to_owned(), format!("{}前", view::due(it.promised_due))));
            out.push(("法定办结".to_owned(), format!("{}前", view::due(it.statutory_due))));
        }
        Fact::Delivered { way, .. } => out.push(("送达方式".to_owned(), way.name().to_owned())),
        Fact::Recommended { favour, .. } if officer => {
            out.push(("审核结论".to_owned(), if *favour { "同意" } else { "不同意" }.to_owned()));
        }
        _ => {}
    }
    for (slot, text) in event.fact.texts() {
        if !officer && is_internal(&event.fact, slot) {
            continue;
        }
        let Some(bytes) = texts.get(&text.name) else { continue };
        if slot == Slot::Faults {
            let faults: Vec<CorrectionFault> = serde_json::from_slice(bytes).unwrap_or_default();
            out.extend(faults.into_iter().map(|it| (about_name(document, &it.about), it.what)));
        } else {
            out.push((slot.words().to_owned(), String::from_utf8_lossy(bytes).into_owned()));
        }
    }
    out
}
