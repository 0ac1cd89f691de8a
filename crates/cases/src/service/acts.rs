//! Acts on a case: one read, the machine's word, one unit.

use catalogue::ItemDocument;
use kernel::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use storage::{Commit, Unit, args};
use time::macros::format_description;
use webkit::{App, utoipa};

use super::{
    Entry, Hands, answers, append, claims, document,
    filled::Asked,
    subject,
    systems::steps::{Operator, Step},
    typed,
};
use crate::{
    Calendars, CaseId,
    model::{
        Act, ActKind, CorrectionFault, DeliveryWay, Event, Exhibit, Fact, Found, Grounds, HearingAct, Role, Setting,
        Slot, TextRef,
    },
    rules,
    store::{self, CaseRow, FileRef, FormRef, RESULT, guard},
};

/// An act as a form or a program sends it. Which fields count depends on the act; the others are ignored.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ActInput {
    /// 操作代码：`receive`、`ask_correction`、`supply`、`accept`、`not_needed`、`not_accept`、`lapse`、`withdraw`、`start_review`、
    /// `recommend`、`return`、`start_special`、`end_special`、`tell_hearing`、`ask_hearing`、`waive_hearing`、`call_hearing`、`set_hearing`、
    /// `ask_recusal`、`answer_recusal`、`hold_hearing`、`drop_hearing`、`record_check`、`confirm_check`、`extend`、`supply_owed`、`approve`、`refuse`、`handle_at_once`、
    /// `issue`、`deliver`、`close`、`revoke`
    pub act: String,
    /// 补正告知的全部内容
    pub faults: Vec<FaultInput>,
    /// 窗口收到的纸质材料
    pub materials: Vec<String>,
    /// 由部门自行获取的材料
    pub obtained: Vec<String>,
    /// 容缺后补的材料
    pub owed: Vec<String>,
    /// 理由
    pub reasons: String,
    /// 法律依据；不填时用事项的设定依据
    pub law: String,
    /// 救济途径；不填时用事项的救济途径
    pub remedies: String,
    /// 有权办理的机关
    pub office: String,
    /// 原因（撤回、退回、特别程序、延期）
    pub reason: String,
    /// 审核意见：同意（true）或不同意（false）
    pub favour: bool,
    /// 意见
    pub opinion: String,
    /// 特别程序名称
    pub procedure: String,
    /// 工作日数
    pub days: u32,
    /// 特别程序结果
    pub result: String,
    /// 制作的证照、文书编号
    pub documents: Vec<String>,
    /// 送达方式：`window`、`courier`、`electronic`、`agent_point`、`public_notice`
    pub way: String,
    /// 送达证明
    pub proof: String,
    /// 听证权利也告知了利害关系人
    pub others: bool,
    /// 听证时间（北京时间）：`2026-03-20T09:30`
    pub held_at: String,
    /// 听证地点
    pub place: String,
    /// 听证主持人（人员标识）
    pub presider: String,
    /// 听证已经向社会公告
    pub public: bool,
    /// 同意回避
    pub granted: bool,
    /// 听证笔录
    pub record: String,
    /// 听证笔录已经参加人确认签字
    pub signed: bool,
    /// 一同核查的另一名工作人员（人员标识）
    pub second: String,
    /// 核查日期：`2026-03-20`
    pub checked_on: String,
    /// 现场核查的结果
    pub finding: String,
    /// 确认现场核查属实
    pub agrees: bool,
    /// 补正时更正后的申请表内容（只填要改的字段）
    #[schema(value_type = Option<Object>)]
    pub values: Option<Value>,
}

/// One thing that the applicant must mend.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FaultInput {
    /// 材料代码或表格字段
    pub about: String,
    /// 缺什么、怎么补
    pub what: String,
}

/// How a case stands after an act.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Acted {
    /// 版本号，下次操作时带上
    pub version: i64,
    /// 状态代码
    pub stage: String,
    /// 状态
    pub stage_name: String,
}

/// Carries out an act on the case that somebody saw at `version`.
///
/// # Errors
/// [`Error::NotFound`] if there is none or the caller may not see it; [`Error::Stale`], with the name of who was first, if it was
/// acted on since `version`; [`Error::Refused`] or [`Error::Invalid`] with the machine's reason; [`Error::Forbidden`] if the caller's post
/// ended meanwhile; if the engine fails.
pub async fn act(ctx: &Ctx, app: &App, id: CaseId, version: i64, input: &ActInput) -> Result<Acted> {
    let row = super::load_for(ctx, app, id).await?;
    if row.head.version != version {
        return Err(stale(ctx, app, &row, version).await);
    }
    let hands = Hands::of(ctx, &row.facts)?;
    if hands.officer() {
        super::looks::looked(ctx, app, &row).await?;
    }
    carry_out(ctx, app, (&row, &hands), (input, None)).await
}

/// As [`act`], of a department's own system, which has asked for the case and named who did it over there. Sent again, the step that was
/// done is told again.
///
/// # Errors
/// As [`act`].
pub(crate) async fn act_of_system(
    ctx: &Ctx,
    app: &App,
    (row, hands): (&CaseRow, &Hands),
    (step, input): (&Step, &ActInput),
) -> Result<Acted> {
    if row.head.version != step.version {
        return Err(stale(ctx, app, row, step.version).await);
    }
    let done = carry_out(ctx, app, (row, hands), (input, Some(step))).await;
    match done {
        // The same step, sent twice at once: the other one was first.
        Err(Error::Stale { .. }) => match step.earlier(ctx, app).await? {
            Some(acted) => Ok(acted),
            None => done,
        },
        done => done,
    }
}

async fn carry_out(
    ctx: &Ctx,
    app: &App,
    (row, hands): (&CaseRow, &Hands),
    (input, step): (&ActInput, Option<&Step>),
) -> Result<Acted> {
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let answers = answers(app, row).await?;
    let rules = rules::rules(&document, &answers)?;
    let mut more = More::of(ctx, app, (row, &document), input, &answers).await?;
    more.operator = step.map(|it| it.operator.clone());
    let act = more.act(input, &document)?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let events = row.case.act(&act, &hands.by, &Setting { rules: &rules, calendar: &calendar, now: ctx.now })?;
    match &act {
        Act::Hearing(HearingAct::Set { presider, .. }) => {
            super::hearing::may_preside(ctx, app, row, *presider).await?;
        }
        Act::RecordCheck(found) => super::exhibits::may_check(ctx, app, row, found.second).await?,
        _ => {}
    }
    claims::before(ctx, app, row, &events).await?;
    let behind = roles(act.kind(), hands);
    Hands::proven(ctx, &behind)?;
    let mut unit = Unit::new(ctx);
    let recorded = events.first().map_or_else(|| ctx.clone(), |it| hands.in_stead(ctx, it.role));
    let after = write(&mut unit, &recorded, app, row, (&act, events, &mut more)).await?;
    hands.guard(&mut unit, ctx, &behind);
    let acted = Acted {
        version: after.head.version,
        stage: after.case.stage().code().to_owned(),
        stage_name: after.case.stage().name().to_owned(),
    };
    match step {
        Some(step) => step.mark(&mut unit, ctx, &acted)?,
        None if hands.officer() => typed::throw_away(&mut unit, ctx, row.id)?,
        None => {}
    }
    match app.db.commit(unit).await? {
        Commit::Done => Ok(acted),
        Commit::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
        Commit::Lost { guard: kernel::MANDATE_GUARD } => Err(Error::mandate_ended()),
        Commit::Lost { guard: guard::FILES } => Err(Error::refused("材料刚刚有变动，请刷新页面核对后再提交。")),
        Commit::Lost { .. } => Err(stale(ctx, app, row, row.head.version).await),
    }
}

/// The platform's own act; `None`: the machine has nothing to do, or somebody else acted meanwhile.
pub(crate) async fn act_as_system(ctx: &Ctx, app: &App, row: &CaseRow, act: &Act) -> Result<Option<CaseRow>> {
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let answers = answers(app, row).await?;
    let rules = rules::rules(&document, &answers)?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let setting = Setting { rules: &rules, calendar: &calendar, now: ctx.now };
    let events = row.case.act(act, &crate::model::By::system(), &setting)?;
    if events.is_empty() {
        return Ok(None);
    }
    let mut unit = Unit::new(ctx);
    let after = write(&mut unit, ctx, app, row, (act, events, &mut More::default())).await?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok(Some(after)),
        Commit::Lost { .. } => Ok(None),
    }
}

/// The roles behind an act: all that it names, so that each of the posts is guarded.
fn roles(act: ActKind, hands: &Hands) -> Vec<Role> {
    let lines = crate::model::TABLE.iter().filter(|line| line.act == act);
    let named: Vec<Role> = lines.flat_map(|line| line.hands.roles()).copied().collect();
    hands.by.roles.iter().copied().filter(|role| named.contains(role)).collect()
}

/// Adds the events to the unit, each with its sealed texts and its entry, and the case's new row.
pub(crate) async fn write(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    row: &CaseRow,
    (act, events, more): (&Act, Vec<Event>, &mut More),
) -> Result<CaseRow> {
    let holder = subject(row.id);
    let mut after = row.clone();
    let sealing =
        events.iter().any(|event| !event.fact.texts().is_empty()) || more.values.is_some() || more.operator.is_some();
    let key = if sealing { Some(app.vault.key(&holder).await?) } else { None };
    for mut event in events {
        if let Some(key) = &key {
            event.seal_texts(act, |name, text| app.vault.seal(unit, ctx, (&holder, key), name, text.as_bytes()));
        }
        super::exhibits::file(unit, ctx, row.id, event.fact.exhibits())?;
        let supplies = matches!(event.fact, Fact::Resupplied { .. } | Fact::OwedSupplied { .. });
        let gives = matches!(event.fact, Fact::Approved { .. } | Fact::Refused { .. } | Fact::Issued { .. });
        let files = if supplies || gives { std::mem::take(&mut more.files) } else { Vec::new() };
        let mut form = None;
        if let (true, Some(key), Some(values)) = (supplies, &key, more.values.take()) {
            let name = format!("form.{}", after.head.version + 1);
            let sm3 = app.vault.seal(unit, ctx, (&holder, key), &name, store::json(&values)?.as_bytes());
            form = Some(FormRef { name, sm3 });
        }
        let mut operator = None;
        if let (Some(who), Some(key)) = (&more.operator, &key) {
            let name = format!("act.{}.operator", after.head.version + 1);
            let sm3 = app.vault.seal(unit, ctx, (&holder, key), &name, store::json(who)?.as_bytes());
            operator = Some(TextRef { name, sm3 });
        }
        let entry =
            Entry { event: &event, facts: None, form: form.as_ref(), files: &files, operator: operator.as_ref() };
        after.head = append(unit, ctx, &after.head, row.id, &entry)?;
        after.case = after.case.apply(&event).map_err(Error::internal)?;
        after.form = form.unwrap_or(after.form);
        if !files.is_empty() {
            more.file(unit, ctx, row, &files)?;
            after.files.extend(files);
        }
    }
    store::case_change(unit, &after, row.head.version)?;
    Ok(after)
}

/// Somebody was first: who.
async fn stale(ctx: &Ctx, app: &App, row: &CaseRow, version: i64) -> Error {
    let first = journal::find(&app.db, &subject(row.id), version + 1).await;
    let Ok(Some(first)) = first else { return Error::Stale { what: "办件", by: None } };
    let own = ctx.actor.holder() == Some(row.facts.holder);
    let by = match first.actor.split_once(':') {
        Some(("person", _)) if own && first.actor != ctx.actor.who.to_string() => Some("工作人员".to_owned()),
        _ => identity::names(app, [&first.actor]).await.ok().map(|names| names.of(&first.actor).to_owned()),
    };
    Error::Stale { what: "办件", by }
}

/// What an act brings with it besides texts: files that lie ready, papers received, corrected answers.
#[derive(Default)]
pub(crate) struct More {
    files: Vec<FileRef>,
    /// How many of the files have rows already.
    uploaded: usize,
    values: Option<Value>,
    /// Files of the acting officer that lie ready.
    exhibits: Vec<Exhibit>,
    /// Who did it in a department's own system.
    operator: Option<Operator>,
    /// Whether the files are those of the result, not the applicant's.
    of_result: bool,
}

/// Acts to which files of the acting officer belong.
const WITH_EXHIBITS: [&str; 3] = ["record_check", "hold_hearing", "end_special"];

impl More {
    async fn of(
        ctx: &Ctx,
        app: &App,
        (row, document): (&CaseRow, &ItemDocument),
        input: &ActInput,
        answers: &Value,
    ) -> Result<Self> {
        // A department's own system has no files of an officer here.
        if WITH_EXHIBITS.contains(&input.act.as_str()) && ctx.person().is_ok() {
            return Ok(Self { exhibits: super::exhibits::ready(ctx, app, row.id).await?, ..Self::default() });
        }
        match input.act.as_str() {
            "supply" | "supply_owed" => {}
            "approve" | "refuse" | "issue" | "handle_at_once" => return Self::of_result(app, row).await,
            _ => return Ok(Self::default()),
        }
        if let Some(unknown) = input.materials.iter().find(|key| document.requirement(key).is_none()) {
            return Err(Error::invalid("materials", format!("本事项没有材料「{unknown}」。")));
        }
        let rows = app.db.query(store::MATERIALS, args![row.id, store::FILES_MAX]).await?;
        let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
        let next = rows.iter().map(|it| it.number).max().unwrap_or(0) + 1;
        let ready = rows.into_iter().filter(|it| it.filed_at.is_none() && it.material != RESULT);
        let mut files: Vec<FileRef> =
            ready.map(|it| FileRef { number: it.number, material: it.material, sm3: it.blob }).collect();
        let uploaded = files.len();
        let on_paper = (next..).zip(&input.materials);
        files.extend(on_paper.map(|(number, it)| FileRef { number, material: it.clone(), sm3: String::new() }));
        let values = match &input.values {
            Some(changed) => Some(corrected(ctx, app, (row, document), (answers, changed)).await?),
            None => None,
        };
        Ok(Self { files, uploaded, values, ..Self::default() })
    }

    /// The files of the result that lie ready.
    async fn of_result(app: &App, row: &CaseRow) -> Result<Self> {
        let rows = app.db.query(store::MATERIALS, args![row.id, store::FILES_MAX]).await?;
        let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
        let ready = rows.into_iter().filter(|it| it.filed_at.is_none() && it.material == RESULT);
        let files: Vec<FileRef> =
            ready.map(|it| FileRef { number: it.number, material: it.material, sm3: it.blob }).collect();
        Ok(Self { uploaded: files.len(), files, of_result: true, ..Self::default() })
    }

    /// The files' rows, sent now.
    fn file(&self, unit: &mut Unit, ctx: &Ctx, row: &CaseRow, files: &[FileRef]) -> Result<()> {
        for it in &files[self.uploaded.min(files.len())..] {
            let values = args![
                row.id,
                it.number,
                &it.material,
                "",
                Vec::<u8>::new(),
                "paper",
                0_i64,
                true,
                ctx.person()?,
                ctx.now,
                ""
            ];
            unit.one(guard::FILES, store::MATERIAL_ADD, values);
        }
        let rows = u64::try_from(files.len()).unwrap_or(u64::MAX);
        unit.expect(guard::FILES, rows, store::MATERIALS_FILE, args![row.id, ctx.now, self.of_result]);
        Ok(())
    }

    fn codes(&self, document: &ItemDocument) -> Vec<String> {
        let mut codes: Vec<String> = self.files.iter().map(|it| it.material.clone()).collect();
        if self.values.is_some() && document.requirement(rules::APPLICATION).is_some() {
            codes.push(rules::APPLICATION.to_owned());
        }
        codes.sort();
        codes.dedup();
        codes
    }

    /// The machine's act.
    fn act(&mut self, input: &ActInput, document: &ItemDocument) -> Result<Act> {
        let kind = ActKind::from_code(&input.act)
            .filter(|it| !matches!(it, ActKind::DeemAccepted | ActKind::Reckon))
            .ok_or_else(|| Error::invalid("act", format!("没有「{}」这种操作。", input.act)))?;
        let text = String::clone;
        let or_else = |given: &String, default: fn(&ItemDocument) -> String| match given.trim() {
            "" => default(document),
            given => given.to_owned(),
        };
        let (remedies, law) = (or_else(&input.remedies, rules::remedies), or_else(&input.law, rules::legal_basis));
        let grounds = || Grounds { reasons: text(&input.reasons), law: law.clone(), remedies: remedies.clone() };
        Ok(match kind {
            ActKind::Receive => Act::Receive,
            ActKind::AskCorrection => {
                let told = |it: &FaultInput| CorrectionFault { about: text(&it.about), what: text(&it.what) };
                Act::AskCorrection { faults: input.faults.iter().map(told).collect() }
            }
            ActKind::Supply => Act::Supply { materials: self.codes(document) },
            ActKind::Accept => Act::Accept { obtained: input.obtained.clone(), owed: input.owed.clone() },
            ActKind::NotNeeded => Act::NotNeeded { reasons: text(&input.reasons), remedies },
            ActKind::NotAccept => {
                Act::NotAccept { reasons: text(&input.reasons), office: text(&input.office), remedies }
            }
            ActKind::Lapse => Act::Lapse,
            ActKind::Withdraw => Act::Withdraw { reason: text(&input.reason) },
            ActKind::StartReview => Act::StartReview,
            ActKind::Recommend => Act::Recommend { favour: input.favour, opinion: text(&input.opinion) },
            ActKind::Return => Act::Return { reason: text(&input.reason) },
            ActKind::StartSpecial => {
                Act::StartSpecial { name: text(&input.procedure), days: input.days, reason: text(&input.reason) }
            }
            ActKind::EndSpecial => {
                Act::EndSpecial { result: text(&input.result), files: std::mem::take(&mut self.exhibits) }
            }
            ActKind::RecordCheck => Act::RecordCheck(found(input, std::mem::take(&mut self.exhibits))?),
            ActKind::ConfirmCheck => Act::ConfirmCheck { agrees: input.agrees, remark: text(&input.reason) },
            kind if super::hearing::ACTS.contains(&kind) => {
                Act::Hearing(super::hearing::read(kind, input, std::mem::take(&mut self.exhibits))?)
            }
            ActKind::Extend => Act::Extend { days: input.days, reason: text(&input.reason) },
            ActKind::SupplyOwed => Act::SupplyOwed { materials: self.codes(document) },
            ActKind::Approve => Act::Approve { opinion: text(&input.opinion) },
            ActKind::Refuse => Act::Refuse { grounds: grounds() },
            ActKind::HandleAtOnce => Act::HandleAtOnce {
                obtained: input.obtained.clone(),
                opinion: text(&input.opinion),
                documents: input.documents.clone(),
                delivery: if input.way.is_empty() { None } else { Some(way(&input.way)?) },
            },
            ActKind::Issue => Act::Issue { documents: input.documents.clone() },
            ActKind::Deliver => Act::Deliver { way: way(&input.way)?, proof: text(&input.proof) },
            ActKind::Close => Act::Close,
            ActKind::Revoke => Act::Revoke { grounds: grounds() },
            _ => return Err(Error::internal("not a person's act")),
        })
    }
}

/// The form with what the applicant corrected, if all of it is in order.
async fn corrected(
    ctx: &Ctx,
    app: &App,
    (row, document): (&CaseRow, &ItemDocument),
    (before, changed): (&Value, &Value),
) -> Result<Value> {
    let (Some(form), Some(changed)) = (&document.form, changed.as_object()) else {
        return Err(Error::invalid("values", "申请表的内容应当是一个 JSON 对象。"));
    };
    let mut values = before.clone();
    if let Some(all) = values.as_object_mut() {
        all.extend(changed.clone());
    }
    let item = (row.facts.item, row.facts.item_version);
    let asked = Asked { item, form, holder: row.facts.holder, before: Some(before) };
    let (values, faults) = asked.filed(ctx, app, &values).await?;
    if faults.is_empty() { Ok(values) } else { Err(Error::Invalid(faults)) }
}

/// What was found on site.
fn found(input: &ActInput, photos: Vec<Exhibit>) -> Result<Found> {
    let second = input.second.parse().map_err(|_| Error::invalid("second", "请选择一同核查的另一名工作人员。"))?;
    let wrong = |_| Error::invalid("checked_on", "请填写核查日期，例如 2026-03-20。");
    let on = time::Date::parse(input.checked_on.trim(), format_description!("[year]-[month]-[day]")).map_err(wrong)?;
    Ok(Found { second, on, finding: input.finding.clone(), photos })
}

fn way(code: &str) -> Result<DeliveryWay> {
    let found = DeliveryWay::ALL.into_iter().find(|it| way_code(*it) == code);
    found.ok_or_else(|| Error::invalid("way", "请选择送达方式。"))
}

/// As forms and programs name it.
pub(crate) fn way_code(way: DeliveryWay) -> &'static str {
    match way {
        DeliveryWay::Window => "window",
        DeliveryWay::Courier => "courier",
        DeliveryWay::Electronic => "electronic",
        DeliveryWay::AgentPoint => "agent_point",
        DeliveryWay::PublicNotice => "public_notice",
    }
}

/// Slots whose texts only officers read.
pub(crate) fn is_internal(fact: &Fact, slot: Slot) -> bool {
    matches!(slot, Slot::Opinion | Slot::Proof | Slot::Finding)
        || matches!(fact, Fact::SiteConfirmed { .. })
        || (matches!(fact, Fact::Returned { .. }) && slot == Slot::Reason)
}
