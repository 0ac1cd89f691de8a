//! A case with all that its page shows.

use catalogue::ItemDocument;
use kernel::{Channel, Ctx, Error, Holder, Result};
use serde::Serialize;
use serde_json::Value;
use webkit::{App, utoipa::ToSchema};

use super::{
    CaseSummary, FileView, MaterialView, PaperView,
    lists::summary,
    material_views,
    papers::paper_views,
    results,
    weights::{self, WeightView},
};
use crate::{
    Calendars, CaseId,
    model::{ActKind, Advice, Case, CorrectionFault, Offer, Progress, Role, Rules, Stage, State},
    rules,
    service::{
        Hands, answers,
        claims::{self, ClaimView},
        document, exhibits,
        extension::{self, ExtensionView},
        filled::{self, AnswersView},
        hearing::{self, HearingView},
        load_for, looks, materials, opinions, papers,
        preliminary::{self, PreliminaryView},
        reuse, subject,
    },
    store::CaseRow,
    view::{self, ClockView},
};

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
    /// 结果附件：由业务系统随决定或制证送来
    pub results: Vec<FileView>,
    /// 文书
    pub papers: Vec<PaperView>,
    /// 可以办理的操作
    pub acts: Vec<OfferView>,
    /// 五个环节
    pub steps: Vec<StepView>,
    /// 对工作人员：审查要点，必审的在前
    pub review_points: Vec<String>,
    /// 其中前几条必须写明结论，才能建议准予、准予
    pub required_points: usize,
    /// 对工作人员：裁量基准
    pub discretion: Vec<WeightView>,
    /// 是否以工作人员身份查看
    pub officer: bool,
    /// 对工作人员：在谁手上，本人能否认领、放回、转派
    pub claim: ClaimView,
    /// 下级初审
    pub preliminary: Option<PreliminaryView>,
    /// 听证
    pub hearing: Option<HearingView>,
    /// 对工作人员：等候本机关负责人批准的延期
    pub extension_asked: Option<ExtensionView>,
    /// 对审核岗、审批岗：可以征求其他单位的意见
    pub asks_opinion: bool,
    /// 对负责人：可以撤销的最近一次办理
    pub undoable: Option<UndoableView>,
    /// Who carried the running special procedure out is named with its result: how it is asked.
    #[serde(skip)]
    pub(crate) experts: &'static str,
    /// Who can preside at a hearing, while it waits for its sitting.
    #[serde(skip)]
    pub(crate) presiders: Vec<(String, String)>,
    /// Who can have been on site with the caller.
    #[serde(skip)]
    pub(crate) companions: Vec<(String, String)>,
    #[serde(skip)]
    pub(crate) authority: kernel::Id<kernel::Authority>,
    #[serde(skip)]
    pub(crate) document: std::sync::Arc<ItemDocument>,
    #[serde(skip)]
    pub(crate) values: Value,
    #[serde(skip)]
    pub(crate) item_version: i64,
    #[serde(skip)]
    pub(crate) holder: Holder,
    #[serde(skip)]
    pub(crate) special: Vec<(String, String)>,
    /// 受理还缺的材料：代码和名称
    pub(crate) missing: Vec<(String, String)>,
    /// 其中可以容缺后补的：代码和名称
    pub(crate) may_owe: Vec<(String, String)>,
    #[serde(skip)]
    pub(crate) uncertain: bool,
    /// To officers, where the item separates hands: that it does, and whether the caller may still decide.
    #[serde(skip)]
    pub(crate) apart: String,
}

/// A case with all that its page shows to this caller.
///
/// # Errors
/// [`Error::NotFound`] if there is none or the caller may not see it; if the engine fails.
pub async fn case(ctx: &Ctx, app: &App, id: CaseId) -> Result<CaseDetail> {
    let row = load_for(ctx, app, id).await?;
    let hands = Hands::of(ctx, &row)?;
    look(ctx, app, (&row, &hands)).await?;
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let values = answers(app, &row).await?;
    let rules = rules::rules(&document, &values)?;
    let authority = identity::authority(&app.db, row.facts.authority).await?;
    let applicant = identity::holder_name(app, &row.facts.holder).await?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    let files = materials::list(app, id).await?;
    let results = results(&files);
    let mut handed_in = material_views(&document, &values, files);
    reuse::beside(ctx, app, (&row, hands.officer()), &mut handed_in).await?;
    let asked = row.case.stage() == Stage::CorrectionAsked;
    let faults = if asked { case_faults(app, &row, &document).await? } else { Vec::new() };
    let Advice { mut your_turn, mut now, .. } = row.case.advice(&rules);
    let heard = hearing::hearing(ctx, app, &row).await?;
    if let Some(it) = heard.as_ref().filter(|it| it.your_turn) {
        (your_turn, now) = (true, it.advice.clone());
    }
    let offers = row.case.offers(&hands.by, &rules, today);
    let (companions, presiders) = others(ctx, app, &row, &offers).await?;
    let name = |code: &String| (code.clone(), rules.material_name(code).to_owned());
    let owed = row.case.handling().map(|it| it.owed.iter().map(name).collect::<Vec<_>>()).unwrap_or_default();
    let until = owed_until(row.case.handling().and_then(|it| it.owed_due), today);
    let missing = missing(&row, &rules);
    let may_owe = missing.iter().filter(|it| rules.may_follow(&it.0)).cloned().collect();
    let apart = if hands.officer() && rules.separate_hands { apart(&row, &hands) } else { String::new() };
    let clock = view::in_lists(&row.case, &calendar, today).0;
    let claim = if hands.officer() { claims::seen(ctx, app, &row).await? } else { ClaimView::default() };
    Ok(CaseDetail {
        summary: summary(&row, (document.name.clone(), authority.facts.name, applicant), clock),
        advice: now,
        your_turn,
        clocks: view::clocks(&row.case, &calendar, today),
        faults,
        owed: owed.into_iter().map(|(about, name)| FaultView { about, name, what: until.clone() }).collect(),
        form: filled::told(app, &document, &values).await?,
        results,
        materials: handed_in,
        papers: paper_views(app, &row, &document, papers::list(app, id).await?).await?,
        acts: offers.into_iter().map(offer).collect(),
        preliminary: preliminary::view(app, &row, hands.officer()).await?,
        hearing: heard,
        extension_asked: if hands.officer() { extension::view(app, &row).await? } else { None },
        asks_opinion: opinions::asks(ctx, &row),
        undoable: undoable(app, &row, &hands).await?,
        experts: experts(&row),
        companions,
        presiders,
        steps: steps(&row.case),
        review_points: if hands.officer() { document.points().cloned().collect() } else { Vec::new() },
        required_points: if hands.officer() { document.required_points.len() } else { 0 },
        discretion: if hands.officer() { weights::weights(&document, &rules) } else { Vec::new() },
        officer: hands.officer(),
        claim,
        special: specials(&rules),
        missing,
        may_owe,
        apart,
        authority: row.desk(),
        uncertain: view::alarm(&row.case, &calendar, today).is_some_and(|it| it.acceptance_uncertain),
        document,
        values,
        item_version: row.facts.item_version,
        holder: row.facts.holder,
    })
}

/// An officer's look at a case. The page shows what is not personal, and asks; a program is given an answer whole or not at all.
async fn look(ctx: &Ctx, app: &App, (row, hands): (&CaseRow, &Hands)) -> Result<()> {
    match ctx.actor.channel {
        _ if !hands.officer() => Ok(()),
        Channel::Api => looks::must_look(ctx, app, row).await,
        Channel::Web | Channel::Window | Channel::System => looks::looked(ctx, app, row).await.map(drop),
    }
}

/// Officers whom an act of the caller may name, by id and name: the second at a check on site, and who presides at a hearing.
async fn others(ctx: &Ctx, app: &App, row: &CaseRow, offers: &[Offer]) -> Result<(Vec<Named>, Vec<Named>)> {
    let offered = |act: ActKind| offers.iter().any(|it| it.act == act);
    let (mut companions, mut presiders) = (Vec::new(), Vec::new());
    if offered(ActKind::RecordCheck) {
        companions = exhibits::companions(ctx, app, row).await?;
    }
    if offered(ActKind::SetHearing) {
        presiders = hearing::presiders(ctx, app, row).await?;
    }
    let named = |all: Vec<(kernel::Id<kernel::Person>, String)>| {
        all.into_iter().map(|it| (it.0.to_string(), it.1)).collect::<Vec<Named>>()
    };
    Ok((named(companions), named(presiders)))
}

/// The last decisive act, while it can be undone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UndoableView {
    /// 步骤序号，撤销时带上
    pub number: u32,
    /// 办理了什么
    pub words: String,
    /// 谁办理的
    pub who: String,
    /// 什么时候
    pub when: String,
}

/// What the head of the organ could undo.
async fn undoable(app: &App, row: &CaseRow, hands: &Hands) -> Result<Option<UndoableView>> {
    let Some(before) = row.case.undoable().filter(|_| hands.by.roles.contains(&Role::Head)) else { return Ok(None) };
    let who = match before.by.person {
        Some(person) => identity::person_name(app, person).await.unwrap_or_default(),
        None => String::new(),
    };
    let (number, words) = (before.number, before.words().to_owned());
    Ok(Some(UndoableView { number, words, who, when: before.by.at.zh() }))
}

/// The special procedures that can be begun, each with the articles that order it.
fn specials(rules: &Rules) -> Vec<Named> {
    let shown = |name: &str| match rules.special_basis(name) {
        "" => name.to_owned(),
        basis => format!("{name}（{basis}）"),
    };
    rules.special_names().into_iter().map(|it| (it.to_owned(), shown(it))).collect()
}

/// How it is asked who carried the running special procedure out; empty: nobody need be named.
fn experts(row: &CaseRow) -> &'static str {
    match &row.case.state {
        State::Suspended { special, .. } if special.names_experts() => match special.name.as_str() {
            "专家评审" => "评审专家，每行一位：姓名、单位、职称",
            _ => "由哪个机构、哪些人员实施",
        },
        _ => "",
    }
}

/// An id and a name.
type Named = (String, String);

/// What is needed and does not lie yet: codes and names.
fn missing(row: &CaseRow, rules: &Rules) -> Vec<Named> {
    let absent = rules.needed().filter(|it| !row.case.materials.contains(&it.code));
    absent.map(|it| (it.code.clone(), it.name.clone())).collect()
}

/// By when what is owed must come, in words.
fn owed_until(due: Option<standards::Due>, today: time::Date) -> String {
    match due {
        Some(due) if due.fixed().is_some_and(|day| today > day) => {
            format!("应当在{}前补交，已经逾期", view::due(due))
        }
        Some(due) => format!("{}前补交", view::due(due)),
        None => "尚待补交".to_owned(),
    }
}

/// 接办分离 in the words of the desk.
fn apart(row: &CaseRow, hands: &Hands) -> String {
    match row.case.handling().zip(hands.by.person).and_then(|(it, person)| it.hand_of(person)) {
        Some(before) if !row.case.stage().is_final() => {
            format!("本事项实行受理、审核与审批分离，您已{before}过本办件，由其他审批人员作决定。")
        }
        _ => "本事项实行受理、审核与审批分离：受理、审核过的人不再作决定。".to_owned(),
    }
}

/// An act as pages and programs name it.
pub(crate) fn offer(it: Offer) -> OfferView {
    OfferView { act: it.act.code().to_owned(), words: it.words.to_owned() }
}

/// The five steps of a case.
pub(crate) fn steps(case: &Case) -> Vec<StepView> {
    case.progress().into_iter().map(step).collect()
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

/// What the applicant is to mend, unsealed.
pub(crate) async fn case_faults(app: &App, row: &CaseRow, document: &ItemDocument) -> Result<Vec<FaultView>> {
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
