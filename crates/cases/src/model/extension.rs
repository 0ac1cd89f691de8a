//! 延长办理期限 (行政许可法 art. 42, first paragraph): proposed by who handles the case, approved by the head of the organ, once, by ten
//! working days at most; the applicant is told the reasons. Without the head's word no day moves.

use super::{
    event::Fact,
    handling::extended,
    kind::ActKind,
    machine::Doing,
    refusal::{Cause, Refusal},
    rules::{EXTENSION_DAYS_MAX, Rules},
    state::{Extension, Handling, Mark, State},
    text::Slot,
};
use kernel::{Id, Person};
use serde::{Deserialize, Serialize};
use standards::Due;
use time::Date;

/// What is done about an extension. Texts are here in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExtensionAct {
    /// 提请 by who handles the case, for so many working days.
    Ask { days: u32, reason: String },
    /// 批准 by the head; the reason is what the applicant is told.
    Grant { days: u32, reason: String },
    /// 不批准 by the head.
    Refuse { reason: String },
}

impl ExtensionAct {
    /// Which act it is.
    pub(super) fn kind(&self) -> ActKind {
        match self {
            Self::Ask { .. } => ActKind::AskExtension,
            Self::Grant { .. } => ActKind::Extend,
            Self::Refuse { .. } => ActKind::RefuseExtension,
        }
    }

    /// The text for one slot, if it has one.
    pub(super) fn text(&self, slot: Slot) -> Option<&str> {
        let (Self::Ask { reason, .. } | Self::Grant { reason, .. } | Self::Refuse { reason }) = self;
        (slot == Slot::Reason).then_some(reason)
    }
}

/// A proposal that waits for the head's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExtensionAsk {
    /// When and by whom.
    pub(crate) by: Mark,
    /// Working days.
    pub(crate) days: u32,
    /// The name of the sealed reasons.
    pub(crate) reason: String,
}

impl Handling {
    /// Whether an extension still makes sense: none was granted, and the statutory day is not past.
    fn extends(&self, rules: &Rules, today: Date) -> bool {
        rules.extension_days_max > 0 && self.extension.is_none() && today <= self.statutory_due.value()
    }

    /// Whether this act makes sense for somebody; what is written is left to the act.
    pub(super) fn extension_makes_sense(
        &self,
        act: ActKind,
        person: Option<Id<Person>>,
        (rules, today): (&Rules, Date),
    ) -> bool {
        match (act, &self.extension_asked) {
            (ActKind::AskExtension, None) => self.extends(rules, today),
            (ActKind::Extend, Some(ask)) => self.extends(rules, today) && ask.by.person != person,
            (ActKind::RefuseExtension, Some(_)) => true,
            _ => false,
        }
    }
}

impl Doing<'_> {
    pub(super) fn extension(&mut self, act: &ExtensionAct) -> Result<(), Refusal> {
        match act {
            ExtensionAct::Ask { days, reason } => self.ask_extension(*days, reason),
            ExtensionAct::Grant { days, reason } => self.extend(*days, reason),
            ExtensionAct::Refuse { reason } => self.refuse_extension(reason),
        }
    }

    fn lawful(&self, cause: Cause, reason: impl Into<String>) -> Refusal {
        Refusal::new(cause, reason).under(self.line.law)
    }

    /// The case while its time can be extended by so many days.
    fn extensible(&self, days: u32) -> Result<Handling, Refusal> {
        let State::InHand { handling, .. } = &self.case.state else { return Err(self.astray()) };
        let days_max = self.setting.rules.extension_days_max.min(EXTENSION_DAYS_MAX);
        if days_max == 0 {
            return Err(self.lawful(Cause::Rule, "本事项不允许延长办理期限，请在期限内作出决定。"));
        }
        if let Some(extension) = handling.extension {
            let (day, days) = (extension.granted.at.zh_date(), extension.days);
            let reason = format!("办理期限只能延长一次，本办件已于{day}延长 {days} 个工作日。请在期限内作出决定。");
            return Err(self.lawful(Cause::Rule, reason));
        }
        if days == 0 || days > days_max {
            return Err(self.lawful(Cause::Input("days"), format!("延长期限应为 1 至 {days_max} 个工作日。")));
        }
        if self.today() > handling.statutory_due.value() {
            let due = handling.statutory_due;
            let reason = format!("法定办结期限已于 {due} 届满，期限届满后不能延长。请尽快作出决定，并说明超期原因。");
            return Err(self.lawful(Cause::Time, reason));
        }
        Ok(handling.clone())
    }

    fn ask_extension(&mut self, days: u32, reason: &str) -> Result<(), Refusal> {
        if let Some(ask) = &self.extensible(days)?.extension_asked {
            let reason = format!("已于{}提请延长 {} 个工作日，请等候本机关负责人决定。", ask.by.at.zh_date(), ask.days);
            return Err(self.lawful(Cause::Rule, reason));
        }
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::ExtensionAsked { days, reason })
    }

    fn extend(&mut self, days: u32, reason: &str) -> Result<(), Refusal> {
        let handling = self.extensible(days)?;
        let Some(ask) = &handling.extension_asked else {
            let reason = "没有等候批准的延期申请。延长办理期限先由承办人提请，再由本机关负责人批准。";
            return Err(self.lawful(Cause::Rule, reason));
        };
        if ask.by.person == self.by.person {
            let reason = "延期由您本人提请，应当由本机关负责人中的另一人批准。";
            return Err(self.lawful(Cause::Rule, reason));
        }
        if days > ask.days {
            let reason = format!("承办人提请延长 {} 个工作日，批准的天数不能更多。", ask.days);
            return Err(self.lawful(Cause::Input("days"), reason));
        }
        // A promise that was broken already is not mended by an extension.
        let promised_moved = self.today() <= handling.promised_due.value();
        let further = |due: Due| extended(self.setting.calendar, due, days, &handling.stops);
        let promised_due = if promised_moved { further(handling.promised_due)? } else { handling.promised_due };
        let statutory_due = further(handling.statutory_due)?;
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::Extended { days, promised_moved, promised_due, statutory_due, reason })
    }

    fn refuse_extension(&mut self, reason: &str) -> Result<(), Refusal> {
        if self.case.handling().is_none_or(|it| it.extension_asked.is_none()) {
            return Err(self.lawful(Cause::Rule, "没有等候批准的延期申请。"));
        }
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::ExtensionRefused { reason })
    }
}

/// What an event of an extension makes of a case; the state back where it belongs elsewhere. One that was granted before heads were asked
/// here has no proposal.
pub(super) fn fold(mut state: State, fact: &Fact, mark: Mark) -> Result<State, Box<State>> {
    let State::InHand { handling, .. } = &mut state else { return Err(Box::new(state)) };
    match fact {
        Fact::ExtensionAsked { days, reason } if handling.extension_asked.is_none() => {
            handling.extension_asked = Some(ExtensionAsk { by: mark, days: *days, reason: reason.name.clone() });
        }
        Fact::ExtensionRefused { .. } if handling.extension_asked.is_some() => handling.extension_asked = None,
        Fact::Extended { days, promised_moved, promised_due, statutory_due, .. } => {
            handling.extension_asked = None;
            handling.extension = Some(Extension { granted: mark, days: *days, promised_moved: *promised_moved });
            (handling.promised_due, handling.statutory_due) = (*promised_due, *statutory_due);
        }
        _ => return Err(Box::new(state)),
    }
    Ok(state)
}
