//! 特别程序 (行政许可法 art. 45): begun for the days that the applicant is told, prolonged only in time and with a reason, ended with a result
//! in words, who found it, and files. Both clocks stand meanwhile; the procedure has a clock of its own. Hearings have acts of their own.

use super::{
    event::Fact,
    hearing::Hearing,
    machine::Doing,
    refusal::{Cause, Refusal},
    rules::{HEARING, Rules, SPECIAL_BY_LAW, SPECIAL_DAYS_MAX, SPECIAL_LISTED},
    site_check::Exhibit,
    state::{Handling, Mark, Special, State, Stop},
    text::Slot,
};
use standards::{Due, Limit};

/// Procedures that somebody with knowledge of the matter carries out, who is named with the result.
const BY_EXPERTS: [&str; 6] = ["检验", "检测", "检疫", "鉴定", "勘验", EXPERT_REVIEW];
/// The review by experts, who are named one by one.
const EXPERT_REVIEW: &str = "专家评审";

impl Rules {
    /// The longest time of a special procedure in working days; `None`: neither the law nor the item knows it.
    #[must_use]
    pub(crate) fn special_days_max(&self, name: &str) -> Option<u32> {
        match self.special.iter().find(|rule| rule.name == name) {
            Some(rule) => Some(rule.days_max.unwrap_or(SPECIAL_DAYS_MAX)),
            None => SPECIAL_BY_LAW.iter().any(|it| it.0 == name).then_some(SPECIAL_DAYS_MAX),
        }
    }

    /// On what a special procedure rests: what the item's list says, else the articles of the law; empty: nobody says.
    #[must_use]
    pub(crate) fn special_basis(&self, name: &str) -> &str {
        let listed = self.special.iter().find(|rule| rule.name == name).map(|it| it.basis.trim());
        let lawful = SPECIAL_BY_LAW.iter().chain(&SPECIAL_LISTED).find(|it| it.0 == name).map(|it| it.1);
        listed.filter(|it| !it.is_empty()).or(lawful).unwrap_or_default()
    }

    /// The special procedures that may be begun: those of the item, then those of the law; a hearing has acts of its own.
    #[must_use]
    pub(crate) fn special_names(&self) -> Vec<&str> {
        let listed = self.special.iter().map(|rule| rule.name.as_str());
        let lawful = SPECIAL_BY_LAW.iter().map(|it| it.0);
        let lawful = lawful.filter(|name| self.special.iter().all(|rule| rule.name != *name));
        listed.chain(lawful).filter(|name| *name != HEARING).collect()
    }
}

impl Special {
    /// Whether its result names who found it.
    #[must_use]
    pub(crate) fn names_experts(&self) -> bool {
        BY_EXPERTS.contains(&self.name.as_str())
    }
}

impl Doing<'_> {
    pub(super) fn start_special(&mut self, name: &str, days: u32, reason: &str) -> Result<(), Refusal> {
        let rules = self.setting.rules;
        if name == HEARING {
            let reason = "听证有专门的程序：申请人、利害关系人可以要求听证的，「告知听证权利」；依法应当听证的，「决定举行听证」。";
            return Err(Refusal::new(Cause::Input("name"), reason).under("行政许可法第四十六条、第四十七条"));
        }
        let open = self.case.handling().and_then(|it| it.hearing.as_ref()?.open_until(self.today()));
        if let Some(until) = open {
            let reason = format!("申请听证的期限到 {until}，期限届满之前不能启动其他特别程序。");
            return Err(Refusal::new(Cause::Time, reason).under("行政许可法第四十七条"));
        }
        let Some(days_max) = rules.special_days_max(name) else {
            return Err(Refusal::new(Cause::Input("name"), self.unknown(name)).under(self.line.law));
        };
        if days == 0 || days > days_max {
            return Err(Refusal::new(
                Cause::Input("days"),
                format!("「{name}」所需时间应为 1 至 {days_max} 个工作日，并书面告知申请人。"),
            )
            .under(self.line.law));
        }
        let reason = self.text(Slot::Reason, reason)?;
        let from = self.today();
        let expected_end = self.setting.calendar.due(from, Limit::working_days(days), &[])?;
        let (name, basis) = (name.to_owned(), rules.special_basis(name).to_owned());
        self.push(Fact::SpecialStarted { name, from, days, expected_end, basis, reason })
    }

    /// Why there is no procedure of this name, and which there are.
    fn unknown(&self, name: &str) -> String {
        let names = self.setting.rules.special_names().join("、");
        match SPECIAL_LISTED.iter().find(|it| it.0 == name) {
            Some((_, article)) => {
                format!("「{name}」（{article}）要由实施清单列为本事项的特别程序才能启动。可以启动的有：{names}。")
            }
            None => format!("本事项没有名为「{name}」的特别程序。可以启动的有：{names}。"),
        }
    }

    /// The special procedure that runs, if it is no hearing.
    fn special_running(&self) -> Result<Special, Refusal> {
        if self.case.handling().and_then(|it| it.hearing.as_ref()).is_some_and(Hearing::runs) {
            let reason = "正在进行的是听证，请「登记听证笔录」；申请人撤回听证申请的，「终止听证」。";
            return Err(Refusal::new(Cause::Rule, reason).under(self.line.law));
        }
        match &self.case.state {
            State::Suspended { special, .. } => Ok(special.clone()),
            _ => Err(self.astray()),
        }
    }

    /// Tells the applicant another day, so many working days from today; the whole stays within what the item allows.
    pub(super) fn prolong_special(&mut self, more: u32, reason: &str) -> Result<(), Refusal> {
        let special = self.special_running()?;
        let calendar = self.setting.calendar;
        let used = calendar.elapsed(special.from, self.today(), &[])?.value();
        let used = u32::try_from(used).unwrap_or(0);
        let days_max = self.setting.rules.special_days_max(&special.name).unwrap_or(SPECIAL_DAYS_MAX);
        let bad = |reason: String| Err(Refusal::new(Cause::Input("days"), reason).under(self.line.law));
        let left = days_max.saturating_sub(used);
        if left == 0 {
            return bad(format!(
                "「{}」最长 {days_max} 个工作日，已经用完，不能再推后。请尽快取得结果，结束特别程序。",
                special.name
            ));
        }
        if more == 0 || more > left {
            return bad(format!("「{}」最长 {days_max} 个工作日，还可以安排 1 至 {left} 个工作日。", special.name));
        }
        let days = used.saturating_add(more);
        let expected_end = calendar.due(special.from, Limit::working_days(days), &[])?;
        if expected_end.value() <= special.expected_end.value() {
            return bad(format!("已经告知申请人到 {} 结束，新的日期应当更晚。", special.expected_end));
        }
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::SpecialProlonged { name: special.name, days, expected_end, reason })
    }

    pub(super) fn end_special(&mut self, result: &str, experts: &str, files: &[Exhibit]) -> Result<(), Refusal> {
        let special = self.special_running()?;
        let result = self.text(Slot::Result, result)?;
        let experts = self.optional_text(Slot::Experts, experts)?;
        if experts.is_none() && special.names_experts() {
            let reason = match special.name.as_str() {
                EXPERT_REVIEW => "请写明参加评审的专家，每行一位：姓名、单位、职称。".to_owned(),
                name => format!("请写明由哪个机构、哪些人员进行{name}。"),
            };
            return Err(Refusal::new(Cause::Input("experts"), reason).under(self.line.law));
        }
        let (stop, promised_due, statutory_due) = self.dues_after_stop()?;
        let preliminary_due = self.preliminary_after(stop)?;
        let files = files.to_vec();
        self.push(Fact::SpecialEnded { stop, promised_due, statutory_due, preliminary_due, result, experts, files })
    }

    /// The lower organ's day, if it still examines, after this procedure.
    fn preliminary_after(&self, stop: Stop) -> Result<Option<Due>, Refusal> {
        let Some(handling) = self.case.handling() else { return Err(self.astray()) };
        let stops: Vec<_> = handling.stops.iter().copied().chain([stop]).collect();
        Ok(self.open_preliminary_due(handling, &stops)?)
    }

    /// The days of the special procedure that ends today, and the due days that follow.
    pub(super) fn dues_after_stop(&self) -> Result<(Stop, Due, Due), Refusal> {
        let State::Suspended { handling, special, .. } = &self.case.state else { return Err(self.astray()) };
        let stop = Stop { from: special.from, to: self.today() };
        let mut stops = handling.stops.clone();
        stops.push(stop);
        let (promised_due, statutory_due) = self.decision_dues(&Handling { stops, ..handling.clone() })?;
        Ok((stop, promised_due, statutory_due))
    }
}

/// What an event of a special procedure makes of a case; the state back where it belongs elsewhere.
pub(super) fn fold(state: State, fact: &Fact, mark: Mark) -> Result<State, Box<State>> {
    match (state, fact) {
        (State::InHand { handling, step }, Fact::SpecialStarted { name, from, days, expected_end, .. }) => {
            let (name, from, days, expected_end) = (name.clone(), *from, *days, *expected_end);
            let special = Special { name, started: mark, from, days, expected_end };
            Ok(State::Suspended { handling, step, special })
        }
        (State::Suspended { handling, step, special }, Fact::SpecialProlonged { days, expected_end, .. }) => {
            let special = Special { days: *days, expected_end: *expected_end, ..special };
            Ok(State::Suspended { handling, step, special })
        }
        (
            State::Suspended { mut handling, step, .. },
            Fact::SpecialEnded { stop, promised_due, statutory_due, preliminary_due, .. },
        ) => {
            handling.stops.push(*stop);
            (handling.promised_due, handling.statutory_due) = (*promised_due, *statutory_due);
            if let (Some(preliminary), Some(due)) = (handling.preliminary.as_mut(), preliminary_due) {
                preliminary.due = *due;
            }
            Ok(State::InHand { handling, step })
        }
        (state, _) => Err(Box::new(state)),
    }
}
