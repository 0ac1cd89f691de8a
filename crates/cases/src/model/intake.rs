//! Acts before acceptance: the correction notice and its answer, acceptance, its refusals, lapse and withdrawal.

use super::{
    act::{CODE_MAX, CorrectionFault, FAULTS_MAX, TEXT_MAX},
    event::{Acceptance, Fact},
    machine::{Doing, codes},
    refusal::{Cause, Refusal},
    state::{Intake, State},
    text::{Slot, TextRef},
};
use standards::Due;
use std::collections::BTreeSet;

/// 行政许可法 art. 32(4): one notice within five days, or accepted.
const ART_32_4: &str = "行政许可法第三十二条第一款第四项";

impl Doing<'_> {
    pub(super) fn ask_correction(&mut self, faults: &[CorrectionFault]) -> Result<(), Refusal> {
        self.still_in_time("告知补正")?;
        let bad = |reason: String| Refusal::new(Cause::Input(Slot::Faults.code()), reason).under(ART_32_4);
        if faults.is_empty() {
            return Err(bad("补正告知必须一次写明需要补正的全部内容，请至少列出一项。".to_owned()));
        }
        if faults.len() > FAULTS_MAX {
            return Err(bad(format!("一份补正告知书最多列 {FAULTS_MAX} 项，请合并同类内容。")));
        }
        if let Some(place) = faults.iter().position(|it| it.what.trim().is_empty()) {
            return Err(bad(format!("第 {} 项没有写明要补正什么，请写清楚缺什么、怎么补。", place + 1)));
        }
        let long = |it: &CorrectionFault| it.about.len() > CODE_MAX || it.what.chars().count() > TEXT_MAX;
        if let Some(place) = faults.iter().position(long) {
            return Err(bad(format!("第 {} 项太长，每项不能超过 {TEXT_MAX} 个字。", place + 1)));
        }
        let answer_due = match self.setting.rules.correction {
            Some(limit) => Some(self.setting.calendar.due(self.today(), limit, &[])?),
            None => None,
        };
        self.push(Fact::CorrectionAsked {
            pre_review: matches!(self.case.state, State::Filed { .. }),
            about: faults.iter().map(|it| it.about.clone()).filter(|about| !about.is_empty()).collect(),
            faults: TextRef::new(self.case.events.saturating_add(1), Slot::Faults),
            answer_due,
        })
    }

    pub(super) fn supply(&mut self, materials: &[String]) -> Result<(), Refusal> {
        let materials = codes("materials", materials)?;
        let acceptance_due = self.setting.calendar.due(self.today(), self.setting.rules.acceptance, &[])?;
        self.push(Fact::Resupplied { materials, acceptance_due })
    }

    pub(super) fn accept(&mut self, obtained: &[String], owed: &[String]) -> Result<(), Refusal> {
        let obtained = codes("obtained", obtained)?;
        let owed = codes("owed", owed)?;
        let rules = self.setting.rules;
        if let Some(code) = owed.iter().find(|code| !rules.may_follow(code)) {
            return Err(Refusal::new(
                Cause::Rule,
                format!("「{}」不能容缺后补：实施清单没有列为容缺材料。请一次性告知补正。", rules.material_name(code)),
            ));
        }
        let intake = self.intake()?;
        if matches!(self.case.state, State::Filed { .. }) {
            self.push(Fact::Received {})?;
        }
        if is_over(intake.due, self) {
            return self.accept_by_law(intake, obtained);
        }
        let missing = self.missing(&obtained);
        let unexcused: Vec<_> = missing.difference(&owed).map(|code| rules.material_name(code)).collect();
        if !unexcused.is_empty() {
            return Err(self.incomplete(&unexcused.join("、")));
        }
        let acceptance = self.acceptance(self.today(), obtained, missing)?;
        self.push(Fact::Accepted(acceptance))
    }

    pub(super) fn deem_accepted(&mut self) -> Result<(), Refusal> {
        let intake = self.intake()?;
        match intake.due {
            Due::Fixed(due) if self.today() > due => self.accept_by_law(intake, BTreeSet::new()),
            Due::Provisional(due) if self.today() > due => Err(Refusal::new(
                Cause::Time,
                format!("受理期限 {} 是暂定日期，放假安排公布前不自动视为受理。请受理岗尽快人工处理。", intake.due),
            )
            .under(ART_32_4)),
            due => Err(Refusal::new(Cause::Time, format!("受理期限 {due} 还没有届满，不能视为受理。")).under(ART_32_4)),
        }
    }

    pub(super) fn not_needed(&mut self, reasons: &str, remedies: &str) -> Result<(), Refusal> {
        self.still_in_time("不受理")?;
        let reasons = self.text(Slot::Reasons, reasons)?;
        let remedies = self.text(Slot::Remedies, remedies)?;
        self.push(Fact::NotNeeded { reasons, remedies })
    }

    pub(super) fn not_accept(&mut self, reasons: &str, office: &str, remedies: &str) -> Result<(), Refusal> {
        self.still_in_time("不予受理")?;
        let reasons = self.text(Slot::Reasons, reasons)?;
        // After the notice an incomplete answer is a reason of its own; before it only another office's competence is.
        let office = match self.case.state {
            State::Resupplied { .. } => self.optional_text(Slot::Office, office)?,
            _ => Some(self.text(Slot::Office, office)?),
        };
        let remedies = self.text(Slot::Remedies, remedies)?;
        self.push(Fact::NotAccepted { reasons, office, remedies })
    }

    pub(super) fn lapse(&mut self) -> Result<(), Refusal> {
        let State::CorrectionAsked { correction, .. } = &self.case.state else { return Err(self.astray()) };
        let reason = match correction.answer_due {
            None => "本事项没有规定补正期限，不能因逾期终止。申请人可以随时补正，也可以撤回申请。".to_owned(),
            Some(Due::Fixed(due)) if self.today() > due => return self.push(Fact::Lapsed {}),
            Some(due) if self.today() > due.value() => {
                format!("补正期限 {due} 是暂定日期，放假安排公布前不能按逾期处理。")
            }
            Some(due) => format!("补正期限 {due} 还没有届满，不能按逾期处理。"),
        };
        Err(Refusal::new(Cause::Time, reason))
    }

    pub(super) fn withdraw(&mut self, reason: &str) -> Result<(), Refusal> {
        let reason = self.optional_text(Slot::Reason, reason)?;
        self.push(Fact::Withdrawn { reason })
    }

    fn intake(&self) -> Result<Intake, Refusal> {
        match &self.case.state {
            State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => Ok(*intake),
            _ => Err(self.astray()),
        }
    }

    /// The table let an act through that its rule has no answer for; a property test shows that this does not happen.
    pub(super) fn astray(&self) -> Refusal {
        let (act, stage) = (self.line.act.words(), self.case.stage().name());
        Refusal::new(Cause::State, format!("本办件现为「{stage}」，不能「{act}」。"))
    }

    /// Refuses what is lawful only before the time for acceptance is over.
    fn still_in_time(&self, what: &str) -> Result<(), Refusal> {
        let intake = self.intake()?;
        if !is_over(intake.due, self) {
            return Ok(());
        }
        Err(Refusal::new(
            Cause::Time,
            format!(
                "自收到材料之日起的受理期限已于 {} 届满，依法视为受理，不能再「{what}」。请办理受理，并在审查后依法作出决定。",
                intake.due
            ),
        )
        .under(ART_32_4))
    }

    /// Accepted by law, back to the day of the materials; whatever is missing is owed.
    fn accept_by_law(&mut self, intake: Intake, obtained: BTreeSet<String>) -> Result<(), Refusal> {
        let missing = self.missing(&obtained);
        let acceptance = self.acceptance(intake.since, obtained, missing)?;
        self.push(Fact::DeemedAccepted(acceptance))
    }

    fn missing(&self, obtained: &BTreeSet<String>) -> BTreeSet<String> {
        let needed = self.setting.rules.needed().map(|it| it.code.clone());
        needed.filter(|code| !self.case.materials.contains(code) && !obtained.contains(code)).collect()
    }

    fn incomplete(&self, names: &str) -> Refusal {
        let instead = match self.case.state {
            State::Resupplied { .. } => {
                "补正告知只能有一次：可以容缺的请选择容缺受理，仍不符合要求的可以不予受理并说明理由。"
            }
            _ => "请一次性告知申请人需要补正的全部内容；可以容缺的请选择容缺受理。",
        };
        Refusal::new(Cause::Rule, format!("申请材料不齐全，缺少：{names}。{instead}")).under(ART_32_4)
    }

    fn acceptance(
        &self,
        on: time::Date,
        obtained: BTreeSet<String>,
        owed: BTreeSet<String>,
    ) -> Result<Acceptance, Refusal> {
        let (rules, calendar) = (self.setting.rules, self.setting.calendar);
        let owed_due = match rules.owed {
            Some(limit) if !owed.is_empty() => Some(calendar.due(self.today(), limit, &[])?),
            _ => None,
        };
        Ok(Acceptance {
            on,
            obtained,
            owed,
            owed_due,
            promised_due: calendar.due(on, rules.promised, &[])?,
            statutory_due: calendar.due(on, rules.statutory, &[])?,
            preliminary_due: self.preliminary_due(on, &[])?,
        })
    }
}

/// Whether a due day is past, and certainly so: on a provisional day nothing follows by itself.
fn is_over(due: Due, doing: &Doing) -> bool {
    due.fixed().is_some_and(|due| doing.today() > due)
}
