//! 听证 (行政许可法 arts. 46–48): the notice of the right to it, the request, the sitting, the presider who may be objected to, the record.
//!
//! The notice itself stops no clock; while the right is open nothing is decided. From the day of the request (or of the office's own
//! decision to hear) to the day of the record the case is in a special procedure, whose time does not count (art. 45).

use super::{
    act::Role,
    event::Fact,
    kind::ActKind,
    rules::HEARING,
    site_check::Exhibit,
    state::{Handling, Mark, Special, State},
    text::Slot,
};
use kernel::{Id, Moment, Person};
use serde::{Deserialize, Serialize};
use standards::Due;
use std::collections::BTreeSet;
use time::Date;

/// What is done about a hearing. Texts are here in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HearingAct {
    /// 告知听证权利; `others`: interested persons were told as well, so that the applicant's waiver does not end the right.
    Tell { others: bool, reason: String },
    /// 申请听证, by the applicant, or recorded by the desk for an interested person.
    Ask { reason: String },
    /// 放弃听证.
    Waive,
    /// 决定举行听证 by the office itself (art. 46), for so many working days.
    Call { days: u32, reason: String },
    /// 发出听证通知: when, where, before whom; `public`: it was announced publicly.
    Set { at: Moment, place: String, presider: Id<Person>, public: bool },
    /// 申请主持人回避.
    AskRecusal { reason: String },
    /// 答复回避申请.
    AnswerRecusal { granted: bool, reason: String },
    /// 登记听证笔录; `signed`: who took part confirmed and signed it.
    Hold { signed: bool, record: String, files: Vec<Exhibit> },
    /// 终止听证: who asked for it wants it no more, or did not come.
    Drop { reason: String },
}

impl HearingAct {
    /// Which act it is.
    pub(super) fn kind(&self) -> ActKind {
        match self {
            Self::Tell { .. } => ActKind::TellHearing,
            Self::Ask { .. } => ActKind::AskHearing,
            Self::Waive => ActKind::WaiveHearing,
            Self::Call { .. } => ActKind::CallHearing,
            Self::Set { .. } => ActKind::SetHearing,
            Self::AskRecusal { .. } => ActKind::AskRecusal,
            Self::AnswerRecusal { .. } => ActKind::AnswerRecusal,
            Self::Hold { .. } => ActKind::HoldHearing,
            Self::Drop { .. } => ActKind::DropHearing,
        }
    }

    /// The text for one slot, if it has one.
    pub(super) fn text(&self, slot: Slot) -> Option<&str> {
        match (self, slot) {
            (
                Self::Tell { reason, .. }
                | Self::Ask { reason }
                | Self::Call { reason, .. }
                | Self::AskRecusal { reason }
                | Self::AnswerRecusal { reason, .. }
                | Self::Drop { reason },
                Slot::Reason,
            ) => Some(reason),
            (Self::Set { place, .. }, Slot::Place) => Some(place),
            (Self::Hold { record, .. }, Slot::Record) => Some(record),
            _ => None,
        }
    }
}

/// How a hearing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HearingEnd {
    /// It was held; the decision rests on its record.
    Held,
    /// Nobody wants it any more, or who asked for it did not come.
    Dropped,
}

/// A hearing, from the notice of the right to it (or the office's own decision) on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Hearing {
    /// The notice of the right.
    pub(crate) told: Option<Told>,
    /// The applicant wants none.
    pub(crate) waived: Option<Mark>,
    /// Who asked for it, or that the office decided it, and when.
    pub(crate) begun: Option<Mark>,
    /// The sitting, as announced last.
    pub(crate) sitting: Option<Sitting>,
    /// Officers who may not preside, since an objection to them was granted.
    pub(crate) excluded: BTreeSet<Id<Person>>,
    /// How it ended, and when that was recorded.
    pub(crate) ended: Option<(Mark, HearingEnd)>,
}

/// The notice of the right to a hearing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// When and by whom.
    pub(crate) by: Mark,
    /// The last day for asking.
    pub(crate) ask_by: Due,
    /// Whether interested persons besides the applicant were told.
    pub(crate) others: bool,
}

/// An announced sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sitting {
    /// When and by whom it was announced.
    pub(crate) set: Mark,
    /// When it is.
    pub(crate) at: Moment,
    /// Who presides.
    pub(crate) presider: Id<Person>,
    /// The name of the sealed text that says where.
    pub(crate) place: String,
    /// Whether it was announced publicly.
    pub(crate) public: bool,
    /// How an objection to the presider stands.
    pub(crate) recusal: Recusal,
}

/// How an objection to the presider stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Recusal {
    /// There is none.
    #[default]
    None,
    /// It waits for an answer; the hearing cannot be closed meanwhile.
    Asked,
    /// It was answered: the presider stays.
    Refused,
}

impl Hearing {
    /// Whether it runs: asked for or decided, and not ended.
    #[must_use]
    pub(crate) fn runs(&self) -> bool {
        self.begun.is_some() && self.ended.is_none()
    }

    /// The last day for asking, while the right is open on `today`.
    #[must_use]
    pub(crate) fn open_until(&self, today: Date) -> Option<Due> {
        let told = self.told.filter(|it| self.begun.is_none() && (it.others || self.waived.is_none()))?;
        (today <= told.ask_by.value()).then_some(told.ask_by)
    }

    /// Whether who asked, in this role, may say that it is wanted no more on `today`.
    pub(super) fn may_drop(&self, role: Role, today: Date) -> bool {
        let asked = self.begun.map(|it| it.role);
        let sat = self.sitting.as_ref().is_some_and(|it| today >= it.at.legal_date());
        match role {
            Role::Applicant => asked == Some(Role::Applicant),
            // Who asked and did not come loses it; before that the desk does not take it away.
            _ => asked != Some(Role::Applicant) || sat,
        }
    }

    /// Whether this act makes sense on `today`, in this role; what depends on what is written is left to the act.
    #[must_use]
    pub(super) fn makes_sense(this: Option<&Self>, act: ActKind, role: Role, today: Date) -> bool {
        let sitting = this.filter(|it| it.runs()).and_then(|it| it.sitting.as_ref());
        match act {
            ActKind::TellHearing => this.is_none(),
            ActKind::CallHearing => this.is_none_or(|it| it.begun.is_none()),
            ActKind::AskHearing => this.is_some_and(|it| it.open_until(today).is_some()),
            ActKind::WaiveHearing => this.is_some_and(|it| it.waived.is_none() && it.open_until(today).is_some()),
            ActKind::SetHearing => {
                this.is_some_and(Self::runs) && sitting.is_none_or(|it| it.recusal != Recusal::Asked)
            }
            ActKind::AskRecusal => sitting.is_some_and(|it| it.recusal == Recusal::None),
            ActKind::AnswerRecusal => sitting.is_some_and(|it| it.recusal == Recusal::Asked),
            ActKind::HoldHearing => {
                sitting.is_some_and(|it| it.recusal != Recusal::Asked && today >= it.at.legal_date())
            }
            ActKind::DropHearing => this.is_some_and(|it| it.runs() && it.may_drop(role, today)),
            _ => true,
        }
    }
}

/// What an event of a hearing makes of a case; the state back where it belongs elsewhere.
pub(super) fn fold(state: State, fact: &Fact, mark: Mark) -> Result<State, Box<State>> {
    match (state, fact) {
        (State::InHand { mut handling, step }, Fact::HearingTold { ask_by, others, .. })
            if handling.hearing.is_none() =>
        {
            let told = Told { by: mark, ask_by: *ask_by, others: *others };
            handling.hearing = Some(Hearing { told: Some(told), ..Hearing::default() });
            Ok(State::InHand { handling, step })
        }
        (State::InHand { handling, step }, Fact::HearingBegun { from, days, expected_end, .. })
            if handling.hearing.as_ref().is_none_or(|it| it.begun.is_none()) =>
        {
            let hearing = Hearing { begun: Some(mark), ..handling.hearing.clone().unwrap_or_default() };
            let handling = Handling { hearing: Some(hearing), ..handling };
            let (name, from) = (HEARING.to_owned(), *from);
            let special = Special { name, started: mark, from, days: *days, expected_end: *expected_end };
            Ok(State::Suspended { handling, step, special })
        }
        (State::InHand { mut handling, step }, Fact::HearingWaived {}) => match &mut handling.hearing {
            Some(hearing) if hearing.told.is_some() => {
                hearing.waived = Some(mark);
                Ok(State::InHand { handling, step })
            }
            _ => Err(Box::new(State::InHand { handling, step })),
        },
        (State::Suspended { mut handling, step, mut special }, fact) => {
            if !sat(&mut handling, &mut special, fact, mark) {
                return Err(Box::new(State::Suspended { handling, step, special }));
            }
            match fact {
                Fact::HearingEnded { stop, promised_due, statutory_due, .. } => {
                    handling.stops.push(*stop);
                    (handling.promised_due, handling.statutory_due) = (*promised_due, *statutory_due);
                    Ok(State::InHand { handling, step })
                }
                _ => Ok(State::Suspended { handling, step, special }),
            }
        }
        (state, _) => Err(Box::new(state)),
    }
}

/// What happens to a hearing that runs; `false`: the fact does not fit.
fn sat(handling: &mut Handling, special: &mut Special, fact: &Fact, mark: Mark) -> bool {
    let Some(hearing) = handling.hearing.as_mut().filter(|it| it.runs()) else { return false };
    match fact {
        Fact::HearingSet { sits_at, presider, public, place } => {
            let (place, recusal) = (place.name.clone(), Recusal::None);
            let sitting = Sitting { set: mark, at: *sits_at, presider: *presider, place, public: *public, recusal };
            hearing.sitting = Some(sitting);
            special.expected_end = Due::Fixed(sits_at.legal_date());
        }
        Fact::RecusalAsked { .. } => {
            let Some(sitting) = &mut hearing.sitting else { return false };
            sitting.recusal = Recusal::Asked;
        }
        Fact::RecusalAnswered { granted: false, .. } => {
            let Some(sitting) = &mut hearing.sitting else { return false };
            sitting.recusal = Recusal::Refused;
        }
        Fact::RecusalAnswered { granted: true, .. } => {
            let Some(sitting) = hearing.sitting.take() else { return false };
            hearing.excluded.insert(sitting.presider);
        }
        Fact::HearingEnded { end, .. } => hearing.ended = Some((mark, *end)),
        _ => return false,
    }
    true
}
