//! Several like cases at once (批量办理): one check, one act and one result for each. Every case is acted on in a unit of its own, at
//! the version that was shown: what can be done is done whole, what cannot is told with its reason, and nothing is half done.

use catalogue::ItemDocument;
use kernel::{Ctx, Error, Result};
use serde::Serialize;
use webkit::{App, utoipa};

use super::{
    Hands,
    acts::{self, ActInput},
    answers, claims, document, load_for,
};
use crate::{
    CaseId,
    model::{ActKind, Role, Stage},
    rules,
    store::CaseRow,
};

/// Cases of one batch at most.
pub(crate) const BATCH_MAX: usize = 50;

/// Acts that may be carried out on several cases with the same words. What refuses, asks for a correction or reckons anew has reasons of
/// each case's own and is done one by one.
pub(crate) const ACTS: [ActKind; 8] = [
    ActKind::Receive,
    ActKind::Accept,
    ActKind::StartReview,
    ActKind::Recommend,
    ActKind::Approve,
    ActKind::Issue,
    ActKind::Deliver,
    ActKind::Close,
];

/// A case of a batch, as the check shows it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct BatchRow {
    /// 办件标识
    pub(crate) id: String,
    /// 办件编号
    pub(crate) number: String,
    /// 申请人
    pub(crate) applicant: String,
    /// 版本号，办理时带上
    pub(crate) version: i64,
    /// 不能一起办的原因；空：可以办
    pub(crate) hindrance: String,
}

/// What a batch can do.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Batch {
    /// 事项名称
    pub(crate) item_name: String,
    /// 状态
    pub(crate) stage_name: String,
    /// 可以批量办理的操作：代码和名称
    pub(crate) acts: Vec<(String, String)>,
    /// 各件
    pub(crate) rows: Vec<BatchRow>,
}

/// What came of one case of a batch.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct BatchResult {
    /// 办件标识
    pub(crate) id: String,
    /// 办件编号
    pub(crate) number: String,
    /// 是否办成
    pub(crate) done: bool,
    /// 现在的状态；没有办成的，原因
    pub(crate) told: String,
}

/// Checks several cases: all of one item's version and in one state, each with why it cannot go along.
///
/// # Errors
/// [`Error::Invalid`] if they are none, more than [`BATCH_MAX`], or not alike; [`Error::NotFound`] if one is not there for the caller;
/// if the engine fails.
pub(crate) async fn check_batch(ctx: &Ctx, app: &App, ids: &[CaseId]) -> Result<Batch> {
    let mut rows = Vec::with_capacity(ids.len());
    if ids.is_empty() || ids.len() > BATCH_MAX {
        return Err(Error::invalid("case", format!("请勾选 1 至 {BATCH_MAX} 件办件。")));
    }
    for id in ids {
        rows.push(load_for(ctx, app, *id).await?);
    }
    let first = &rows[0];
    let (item, stage) = ((first.facts.item, first.facts.item_version), first.case.stage());
    if rows.iter().any(|it| (it.facts.item, it.facts.item_version) != item || it.case.stage() != stage) {
        return Err(Error::invalid("case", "批量办理的办件要是同一个事项、同一个状态。请先用筛选找出同类的，再勾选。"));
    }
    let document = document(app, item.0, item.1).await?;
    let names = identity::names(app, rows.iter().map(|it| it.facts.holder)).await?;
    let (mut offered, mut out): (Vec<ActKind>, Vec<BatchRow>) = (Vec::new(), Vec::new());
    for row in &rows {
        let acts = may(ctx, app, row, &document).await?;
        offered.extend(acts.iter().filter(|it| !offered.contains(it)).copied().collect::<Vec<_>>());
        out.push(BatchRow {
            id: row.id.to_string(),
            number: row.facts.number.clone(),
            applicant: names.of(&row.facts.holder).to_owned(),
            version: row.head.version,
            hindrance: hindrance(ctx, app, row, (&document, &acts)).await?,
        });
    }
    offered.sort_by_key(|it| ACTS.iter().position(|act| act == it));
    Ok(Batch {
        item_name: document.name.clone(),
        stage_name: stage.name().to_owned(),
        acts: offered.into_iter().map(|it| (it.code().to_owned(), it.words().to_owned())).collect(),
        rows: out,
    })
}

/// The acts of a batch that the caller can carry out on this case now.
async fn may(ctx: &Ctx, app: &App, row: &CaseRow, document: &ItemDocument) -> Result<Vec<ActKind>> {
    let hands = Hands::of(ctx, row)?;
    if !hands.officer() {
        return Ok(Vec::new());
    }
    let rules = rules::rules(document, &answers(app, row).await?)?;
    let offers = row.case.offers(&hands.by, &rules, ctx.now.legal_date());
    let complete = rules.needed().all(|it| row.case.materials.contains(&it.code));
    let held = row.claimed_by.is_some() && !claims::is_mine(ctx, row);
    let goes = |act: &ActKind| {
        let waits = held && claims::of_post(*act, row.case.stage());
        ACTS.contains(act) && !waits && (complete || *act != ActKind::Accept)
    };
    Ok(offers.into_iter().map(|it| it.act).filter(goes).collect())
}

/// Why a case cannot go along; empty: it can.
async fn hindrance(
    ctx: &Ctx,
    app: &App,
    row: &CaseRow,
    (document, acts): (&ItemDocument, &[ActKind]),
) -> Result<String> {
    if !acts.is_empty() {
        return Ok(String::new());
    }
    if let Some(claimant) = row.claimed_by.filter(|_| !claims::is_mine(ctx, row)) {
        return Ok(format!("在{}手上，请先接手", identity::person_name(app, claimant).await?));
    }
    let hands = Hands::of(ctx, row)?;
    let had = row.case.handling().zip(hands.by.person).and_then(|(it, person)| it.hand_of(person));
    Ok(match had {
        Some(before) if document.separate_hands && hands.by.roles.contains(&Role::Decide) => {
            format!("您已{before}过，须由其他审批人员决定")
        }
        _ if !hands.officer() => "您自己的申请，由其他人员办理".to_owned(),
        _ if matches!(row.case.stage(), Stage::Filed | Stage::Received | Stage::Resupplied) => {
            "材料不齐，请打开办件单独办理".to_owned()
        }
        _ => "这一环节不由您的岗位办理".to_owned(),
    })
}

/// Carries one act out on each of these cases, at the version that was shown of it, and tells what came of each.
///
/// # Errors
/// [`Error::Invalid`] if the act is none of a batch, or the words are wrong, so that it would fail for all; [`Error::ProveAgain`] before the first
/// case; if the engine fails.
pub(crate) async fn act_batch(
    ctx: &Ctx,
    app: &App,
    cases: &[(CaseId, i64)],
    input: &ActInput,
) -> Result<Vec<BatchResult>> {
    let kind = ActKind::from_code(&input.act).filter(|it| ACTS.contains(it));
    let kind = kind.ok_or_else(|| Error::invalid("act", "请选择要批量办理的操作。"))?;
    if cases.is_empty() || cases.len() > BATCH_MAX {
        return Err(Error::invalid("case", format!("请勾选 1 至 {BATCH_MAX} 件办件。")));
    }
    match kind {
        ActKind::Approve => ctx.proven(crate::DECIDE)?,
        ActKind::Issue | ActKind::Deliver | ActKind::Close => ctx.proven(crate::ISSUE)?,
        _ => {}
    }
    let mut out = Vec::with_capacity(cases.len());
    for (id, version) in cases {
        let number = match load_for(ctx, app, *id).await {
            Ok(row) => row.facts.number,
            Err(Error::NotFound { .. }) => continue,
            Err(error) => return Err(error),
        };
        let (done, told) = match acts::act(ctx, app, *id, *version, input).await {
            Ok(acted) => (true, acted.stage_name),
            // Words that are wrong are wrong for every case: told at their fields, before anything was done.
            Err(error @ (Error::Invalid(_) | Error::ProveAgain { .. } | Error::Internal(_))) if out.is_empty() => {
                return Err(error);
            }
            Err(error) => (false, error.message()),
        };
        out.push(BatchResult { id: id.to_string(), number, done, told });
    }
    Ok(out)
}
