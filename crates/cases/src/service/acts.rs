//! Acts on a case: one read, the machine's word, one unit.

mod input;
mod more;

use kernel::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use storage::{Commit, Unit};
use webkit::{App, utoipa};

pub use input::{ActInput, FaultInput, GradeInput};
pub(crate) use input::{NO_GRADE, way_code};
pub(crate) use more::More;

use super::{Entry, Hands, answers, append, claims, document, subject, systems::steps::Step, typed};
use crate::{
    Calendars, CaseId,
    model::{Act, ActKind, Event, Fact, HearingAct, Role, Setting, Slot, TextRef},
    rules,
    store::{self, CaseRow, FormRef, guard},
};

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
    let hands = Hands::of(ctx, &row)?;
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

/// The unit by which [`act`] would carry out an act, as it stands now; nothing is written. For measuring what the rest costs.
///
/// # Errors
/// As [`act`], but for those of the commit.
pub async fn act_unit(ctx: &Ctx, app: &App, id: CaseId, input: &ActInput) -> Result<Unit> {
    let row = super::load_for(ctx, app, id).await?;
    let hands = Hands::of(ctx, &row)?;
    Ok(prepare(ctx, app, (&row, &hands), (input, None)).await?.0)
}

async fn carry_out(
    ctx: &Ctx,
    app: &App,
    (row, hands): (&CaseRow, &Hands),
    (input, step): (&ActInput, Option<&Step>),
) -> Result<Acted> {
    let (unit, acted) = prepare(ctx, app, (row, hands), (input, step)).await?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok(acted),
        Commit::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
        Commit::Lost { guard: kernel::MANDATE_GUARD } => Err(Error::mandate_ended()),
        Commit::Lost { guard: store::pledges::GUARD } => Err(super::pledges::broken_meanwhile()),
        Commit::Lost { guard: guard::FILES } => Err(Error::refused("材料刚刚有变动，请刷新页面核对后再提交。")),
        Commit::Lost { .. } => Err(stale(ctx, app, row, row.head.version).await),
    }
}

/// What an act writes, and how the case stands then.
async fn prepare(
    ctx: &Ctx,
    app: &App,
    (row, hands): (&CaseRow, &Hands),
    (input, step): (&ActInput, Option<&Step>),
) -> Result<(Unit, Acted)> {
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let answers = answers(app, row).await?;
    let rules = rules::rules(&document, &answers)?;
    let mut more = More::of(ctx, app, (row, &document), input, &answers).await?;
    more.operator = step.map(|it| it.operator.clone());
    super::preliminary::here(ctx, app, row, hands).await?;
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
    if matches!(act, Act::HandUp { .. }) {
        claims::let_go(&mut unit, ctx, app, row).await?;
    }
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
    Ok((unit, acted))
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
        if supplies {
            super::pledges::file(unit, ctx, (row.id, &row.facts), &std::mem::take(&mut more.signed))?;
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

/// Slots whose texts only officers read.
pub(crate) fn is_internal(fact: &Fact, slot: Slot) -> bool {
    matches!(slot, Slot::Opinion | Slot::Proof | Slot::Finding | Slot::Deviation)
        || slot == Slot::Experts
        || matches!(
            fact,
            Fact::Annulled { told: false, .. }
                | Fact::SiteConfirmed { .. }
                | Fact::Returned { .. }
                | Fact::ExtensionAsked { .. }
                | Fact::ExtensionRefused { .. }
        )
}
