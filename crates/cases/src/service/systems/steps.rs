//! Systems of departments: what they send back. Each step is an act of the same case machine, under the same rules and clocks, with the
//! officer named who did it over there; the same step sent twice is done once.

use kernel::{Basis, Ctx, Error, Result, Scope, Who};
use serde::{Deserialize, Serialize};
use storage::Unit;
use webkit::{App, utoipa::ToSchema};

use super::pulled;
use crate::{
    CaseId, SYSTEM_ACT,
    model::{ActKind, Stage},
    service::{
        Hands,
        acts::{self, ActInput, Acted},
        desk_scope,
        materials::{self, NewMaterial},
        preliminary, scope,
    },
    store::{CaseRow, RESULT},
};

/// A key by which a step is known again has so many characters at most.
const KEY_MAX: usize = 100;
/// An officer's name, and a work number, have so many characters at most.
const NAME_MAX: usize = 40;

/// The acts that a system may send: those of officers. What applicants do they do here.
const STEPS: [ActKind; 23] = [
    ActKind::Receive,
    ActKind::AskCorrection,
    ActKind::Accept,
    ActKind::NotNeeded,
    ActKind::NotAccept,
    ActKind::Lapse,
    ActKind::StartReview,
    ActKind::HandUp,
    ActKind::Recommend,
    ActKind::Return,
    ActKind::StartSpecial,
    ActKind::ProlongSpecial,
    ActKind::EndSpecial,
    ActKind::AskExtension,
    ActKind::Extend,
    ActKind::RefuseExtension,
    ActKind::Approve,
    ActKind::Refuse,
    ActKind::HandleAtOnce,
    ActKind::Issue,
    ActKind::Deliver,
    ActKind::Close,
    ActKind::Revoke,
];

/// Whether a system may send this act.
pub(crate) fn is_step(act: ActKind) -> bool {
    STEPS.contains(&act)
}

/// The officer who did a step, as the system tells: a name, and the work number by which the system knows its own people apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Operator {
    /// 承办人姓名
    pub(crate) name: String,
    /// 承办人工号：同一个人始终相同，用来核对受理、审核和审批是不是分开
    pub(crate) number: String,
}

impl Operator {
    fn checked(&self) -> Result<Self> {
        let one = |field: &str, what: &str, text: &str| {
            let text = text.trim();
            if text.is_empty() || text.chars().count() > NAME_MAX || text.chars().any(char::is_control) {
                return Err(Error::invalid(field, format!("请填写承办人的{what}，最长 {NAME_MAX} 个字。")));
            }
            Ok(text.to_owned())
        };
        let name = one("operator.name", "姓名", &self.name)?;
        Ok(Self { name, number: one("operator.number", "工号", &self.number)? })
    }
}

/// What a step brings besides the act.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// The version of the case that the system read.
    pub(crate) version: i64,
    /// Under which the step is done only once (`Idempotency-Key`).
    pub(crate) key: String,
    /// Who did it over there.
    pub(crate) operator: Operator,
    /// SM3 of the request, to tell whether the same key came with another step.
    pub(crate) digest: String,
}

/// What is kept of a step that was done.
#[derive(Serialize, Deserialize)]
struct Kept {
    digest: String,
    acted: Acted,
}

impl Step {
    fn mark_name(&self) -> String {
        format!("step {}", self.key)
    }

    /// Marks in the unit of the step that it was done, and what came of it.
    pub(crate) fn mark(&self, unit: &mut Unit, ctx: &Ctx, acted: &Acted) -> Result<()> {
        let kept = Kept { digest: self.digest.clone(), acted: acted.clone() };
        storage::once::mark(unit, ctx, &self.mark_name(), &serde_json::to_string(&kept).map_err(Error::internal)?);
        Ok(())
    }

    /// What came of the step if it was done before.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `Idempotency-Key` if the key came with another step; if the engine fails.
    pub(crate) async fn earlier(&self, ctx: &Ctx, app: &App) -> Result<Option<Acted>> {
        let Some(text) = storage::once::earlier(&app.db, ctx, &self.mark_name()).await? else { return Ok(None) };
        let kept: Kept = serde_json::from_str(&text).map_err(Error::internal)?;
        if kept.digest != self.digest {
            let words = "这个 Idempotency-Key 已经用于另一项操作。每项操作请用新的标识；重发同一项操作时内容不能改。";
            return Err(Error::invalid("Idempotency-Key", words));
        }
        Ok(Some(kept.acted))
    }
}

/// Carries out what an officer did in the department's own system.
///
/// # Errors
/// As [`pulled`](super::pulled); [`Error::Forbidden`] without the scope to act; [`Error::Invalid`] at `Idempotency-Key`, at `operator`,
/// or at the act; and all of [`acts::act`].
pub(crate) async fn step(ctx: &Ctx, app: &App, id: CaseId, (step, input): (Step, &ActInput)) -> Result<Acted> {
    let row = pulled(ctx, app, id).await?;
    let basis = acting(ctx, app, &row).await?;
    if step.key.is_empty() || step.key.len() > KEY_MAX || !step.key.bytes().all(|it| it.is_ascii_graphic()) {
        let words =
            format!("请在请求头 Idempotency-Key 中给出这项操作的标识：1 至 {KEY_MAX} 个可见的 ASCII 字符，不含空格。");
        return Err(Error::invalid("Idempotency-Key", words));
    }
    if let Some(done) = step.earlier(ctx, app).await? {
        return Ok(done);
    }
    let step = Step { operator: step.operator.checked()?, ..step };
    if !ActKind::from_code(&input.act).is_some_and(is_step) {
        let words =
            format!("业务系统不能办理「{}」。请核对操作代码；补正、补交和撤回由申请人在平台上办理。", input.act);
        return Err(Error::invalid("act", words));
    }
    super::looked(ctx, app, &row, basis).await?;
    let hands = Hands::of_system(ctx, &row, Some(app.vault.digest("case-operators", &own_number(ctx, &step))))?;
    acts::act_of_system(ctx, app, (&row, &hands), (&step, input)).await
}

/// By what right a system acts: that of the organ where the case is now.
///
/// # Errors
/// [`Error::Refused`] with where the case is, for the system of the other level; else those of the permission.
async fn acting(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<Basis> {
    let refused = match ctx.may(SYSTEM_ACT, &desk_scope(row)) {
        Err(error @ Error::Forbidden { .. }) => error,
        answer => return answer,
    };
    let other = match row.facts.preliminary {
        Some(lower) if row.desk() == lower => row.facts.authority,
        Some(lower) => lower,
        None => return Err(refused),
    };
    match ctx.may(SYSTEM_ACT, &Scope { authority: Some(other), ..scope(row) }) {
        Ok(_) => Err(preliminary::elsewhere(app, row).await?),
        Err(_) => Err(refused),
    }
}

/// The work number, of this system.
fn own_number(ctx: &Ctx, step: &Step) -> String {
    format!("{}\n{}", ctx.actor.who, step.operator.number)
}

/// Takes in a file of the result: it counts with the decision, or with the making of the result, whichever is sent next.
///
/// # Errors
/// As [`step`]; [`Error::Refused`] if the case waits for neither; those of a file that is taken in.
pub(crate) async fn result_file(
    ctx: &Ctx,
    app: &App,
    id: CaseId,
    (name, bytes): (String, bytes::Bytes),
) -> Result<i64> {
    let row = pulled(ctx, app, id).await?;
    acting(ctx, app, &row).await?;
    let Who::Client(client) = ctx.actor.who else { return Err(Error::Forbidden { action: SYSTEM_ACT.words }) };
    if row.desk() != row.facts.authority {
        return Err(Error::refused("结果由决定机关制作。初审意见请随报送（hand_up）送回，这里不收结果附件。"));
    }
    if row.case.stage().is_final() || matches!(row.case.stage(), Stage::Issued | Stage::Delivered) {
        return Err(Error::refused("这件办件的结果已经制作，不能再加附件。"));
    }
    let new = NewMaterial { material: RESULT.to_owned(), name, bytes, replaces: None };
    materials::add_result(ctx, app, (id, client.cast()), &new).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_system_does_what_is_the_applicants() {
        for act in [ActKind::Supply, ActKind::SupplyOwed, ActKind::Withdraw, ActKind::DeemAccepted, ActKind::Reckon] {
            assert!(!is_step(act), "{}", act.words());
        }
        assert!(is_step(ActKind::Accept) && is_step(ActKind::Approve) && is_step(ActKind::Issue));
    }

    #[test]
    fn an_officer_is_named_by_name_and_number_or_the_step_is_refused() {
        let operator = |name: &str, number: &str| Operator { name: name.to_owned(), number: number.to_owned() };
        let long = "长".repeat(NAME_MAX + 1);
        for (wrong, field) in [
            (operator("", "7"), "operator.name"),
            (operator("  ", "7"), "operator.name"),
            (operator("张\n三", "7"), "operator.name"),
            (operator(&long, "7"), "operator.name"),
            (operator("张三", " "), "operator.number"),
        ] {
            let Err(Error::Invalid(faults)) = wrong.checked() else { panic!("{wrong:?}") };
            assert_eq!(faults[0].field, field);
        }
        assert_eq!(operator(" 张三 ", "A7").checked().unwrap(), operator("张三", "A7"));
    }
}
