//! 下级初审 (行政许可法 arts. 35 and 43): where the law has a lower organ examine first, that organ accepts and examines, within days of its
//! own, and hands its opinion and all papers up; the upper organ decides and asks for none of these papers again. The clocks of the
//! decision run on meanwhile.

use super::{
    event::Fact,
    handling::suspensions,
    kind::ActKind,
    machine::Doing,
    refusal::{Cause, Refusal},
    rules::Rules,
    state::{Case, Handling, Mark, State, Step, Stop},
    text::Slot,
};
use serde::{Deserialize, Serialize};
use standards::{CalendarError, Due};
use time::Date;

/// The articles behind it.
pub(super) const LAW: &str = "行政许可法第三十五条、第四十三条";
/// The upper organ asks for nothing twice.
const ONCE: &str = "行政许可法第三十五条";

/// What belongs to the organ that decides and so waits until the papers are handed up.
const OF_THE_UPPER: [ActKind; 9] = [
    ActKind::Recommend,
    ActKind::TellHearing,
    ActKind::AskHearing,
    ActKind::CallHearing,
    ActKind::AskExtension,
    ActKind::Extend,
    ActKind::Approve,
    ActKind::Refuse,
    ActKind::HandleAtOnce,
];

/// The preliminary review of an accepted case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Preliminary {
    /// The day by which the lower organ examines, as last reckoned; meaningless while suspended.
    pub(crate) due: Due,
    /// What it said, and when it handed the papers up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) given: Option<Given>,
}

/// The opinion of the lower organ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Given {
    /// When and by whom.
    pub(crate) by: Mark,
    /// For or against.
    pub(crate) favour: bool,
    /// The name of the sealed opinion.
    pub(crate) opinion: String,
}

impl Fact {
    /// Whether it belongs to the time up to acceptance, which is the lower organ's wherever one examines first.
    #[must_use]
    pub(crate) fn is_of_intake(&self) -> bool {
        matches!(
            self,
            Self::Filed { .. }
                | Self::Received {}
                | Self::CorrectionAsked { .. }
                | Self::Resupplied { .. }
                | Self::NotNeeded { .. }
                | Self::NotAccepted { .. }
                | Self::Accepted(_)
                | Self::DeemedAccepted(_)
                | Self::Lapsed {}
        )
    }
}

impl Handling {
    /// The day that presses the office: of the lower organ while it examines, else of the decision as promised.
    #[must_use]
    pub(crate) fn pressing_due(&self) -> Due {
        let below = self.preliminary.as_ref().filter(|it| it.given.is_none()).map(|it| it.due);
        below.filter(|it| it.value() < self.promised_due.value()).unwrap_or(self.promised_due)
    }

    /// Whether the lower organ still examines.
    #[must_use]
    pub(crate) fn is_examined_below(&self) -> bool {
        self.preliminary.as_ref().is_some_and(|it| it.given.is_none())
    }
}

impl Case {
    /// What the lower organ said, once it has handed the papers up.
    #[must_use]
    pub(crate) fn handed_up(&self) -> Option<&Given> {
        self.handling()?.preliminary.as_ref()?.given.as_ref()
    }

    /// The day by which the lower organ examines, or should have; `None`: not accepted, or nobody examines first.
    #[must_use]
    pub(crate) fn preliminary_due(&self) -> Option<Due> {
        Some(self.handling()?.preliminary.as_ref()?.due)
    }

    /// Whether the case is with the organ that examines first.
    #[must_use]
    pub(super) fn is_below(&self, rules: &Rules) -> bool {
        self.handling().map_or(rules.preliminary.is_some(), Handling::is_examined_below)
    }

    /// Whether this act may be done where the case is now: by the lower organ or by the upper.
    #[must_use]
    pub(super) fn is_level_of(&self, act: ActKind, rules: &Rules) -> bool {
        match act {
            ActKind::HandUp => self.is_below(rules),
            act => !(OF_THE_UPPER.contains(&act) && self.is_below(rules)),
        }
    }

    /// Refuses what belongs to the other level.
    pub(super) fn check_level(&self, act: ActKind, rules: &Rules) -> Result<(), Refusal> {
        let reason = match act {
            _ if self.is_level_of(act, rules) => return Ok(()),
            ActKind::HandUp if self.handed_up().is_some() => "初审意见和全部申请材料已经报送上级机关，不能再次报送。",
            ActKind::HandUp => "本事项不需要先由下级机关审查，请直接提交审核意见。",
            _ => "本事项依法先由下级机关审查。请先提交初审意见，连同全部申请材料报送上级机关，再由上级机关办理这一步。",
        };
        Err(Refusal::new(Cause::Rule, reason).under(LAW))
    }

    /// Why nothing that was handed up is asked for again; `None`: nothing was handed up.
    pub(super) fn asked_twice(&self) -> Option<Refusal> {
        self.handed_up()?;
        let reason = "下级机关已经把全部申请材料报送本机关，不能要求申请人重复提供。请依据报送的材料审查；需要核实的，请向下级机关查证或者现场核查。";
        Some(Refusal::new(Cause::State, reason).under(ONCE))
    }
}

impl Doing<'_> {
    /// The opinion of the lower organ; with it all papers go up.
    pub(super) fn hand_up(&mut self, favour: bool, opinion: &str) -> Result<(), Refusal> {
        self.check_confirmed()?;
        let opinion = self.text(Slot::Opinion, opinion)?;
        self.push(Fact::HandedUp { favour, opinion })
    }

    /// The day by which the lower organ examines what was accepted on this day; `None`: nobody examines first.
    pub(super) fn preliminary_due(&self, on: Date, stops: &[Stop]) -> Result<Option<Due>, CalendarError> {
        let due = |limit| self.setting.calendar.due(on, limit, &suspensions(stops));
        self.setting.rules.preliminary.map(due).transpose()
    }

    /// The same, while it still examines.
    pub(super) fn open_preliminary_due(
        &self,
        handling: &Handling,
        stops: &[Stop],
    ) -> Result<Option<Due>, CalendarError> {
        if handling.is_examined_below() { self.preliminary_due(handling.accepted_on, stops) } else { Ok(None) }
    }
}

/// What the opinion makes of a case: it waits for the upper organ's review; the state back where it belongs elsewhere.
pub(super) fn fold(state: State, fact: &Fact, mark: Mark) -> Result<State, Box<State>> {
    match (state, fact) {
        (State::InHand { mut handling, step: Step::UnderReview }, Fact::HandedUp { favour, opinion })
            if handling.is_examined_below() =>
        {
            handling.reviewers.extend(mark.person);
            let given = Given { by: mark, favour: *favour, opinion: opinion.name.clone() };
            if let Some(preliminary) = handling.preliminary.as_mut() {
                preliminary.given = Some(given);
            }
            Ok(State::InHand { handling, step: Step::Accepted })
        }
        (state, _) => Err(Box::new(state)),
    }
}
