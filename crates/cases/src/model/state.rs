//! Where a case stands. Each state carries what is known only then, so that a refused or accepted case cannot lack its date.

use super::{
    act::{DeliveryWay, Role},
    annul::Before,
    extension::ExtensionAsk,
    hearing::Hearing,
    preliminary::Preliminary,
    site_check::SiteCheck,
    stage::Stage,
};
use kernel::{Channel, Id, Moment, Person};
use serde::{Deserialize, Serialize};
use standards::{Due, ExchangeCaseState, Suspension};
use std::collections::BTreeSet;
use time::Date;

/// A case (办件): one application for one item, from filing to its end. It is the fold of its events and is stored as JSON
/// beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Case {
    /// How many events it is made of.
    pub(crate) events: u32,
    /// The instant of the last.
    pub(crate) at: Moment,
    /// Who filed it, and when.
    pub(crate) filed: Mark,
    /// By which way.
    pub(crate) channel: Channel,
    /// Codes of all materials that are in: handed in, supplied later or obtained by the office.
    pub(crate) materials: BTreeSet<String>,
    /// Where it stands.
    pub(crate) state: State,
    /// The last decisive act, while it can be undone, with the state before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Box<Before>>,
    /// The numbers of the events that were undone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) annulled: BTreeSet<u32>,
}

/// When and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// When.
    pub(crate) at: Moment,
    /// In which capacity.
    pub(crate) role: Role,
    /// By whom; `None`: the platform.
    #[serde(default)]
    pub(crate) person: Option<Id<Person>>,
}

/// Where a case stands, with what is known only then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(crate) enum State {
    /// 待接件.
    Filed { intake: Intake },
    /// 已接件.
    Received { intake: Intake, received: Mark },
    /// 待补正: nothing runs but the applicant's own time.
    CorrectionAsked { received: Option<Mark>, correction: Correction },
    /// 补正材料已收: from here no second notice is possible.
    Resupplied { intake: Intake, received: Option<Mark>, correction: Correction },
    /// Accepted and not yet decided; the step says at whose desk.
    InHand { handling: Handling, step: Step },
    /// A special procedure stops the clocks.
    Suspended { handling: Handling, step: Step, special: Special },
    /// Decided, the result not yet made (or, if refused, not yet delivered).
    Decided { handling: Handling, decision: Decision },
    /// The result is made.
    Issued { handling: Handling, decision: Decision, issued: Issued },
    /// The result reached the applicant.
    Delivered { handling: Handling, decision: Decision, issued: Option<Issued>, delivered: Delivered },
    /// Closed and archived.
    Closed { handling: Handling, decision: Decision, issued: Option<Issued>, delivered: Delivered, closed: Mark },
    /// Over without acceptance.
    Unaccepted { ended: Mark, why: Unaccepted, correction: Option<Correction> },
    /// Taken back by the applicant after acceptance.
    Withdrawn { ended: Mark, handling: Handling },
    /// The approval was taken back.
    Revoked { ended: Mark, handling: Handling, decision: Decision, reasons: String },
}

/// The time for acceptance runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intake {
    /// The day on which the materials came: filed, or supplied after the notice.
    #[serde(with = "super::day")]
    pub(crate) since: Date,
    /// The day by which the authority must speak.
    pub(crate) due: Due,
}

/// The one correction notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Correction {
    /// When and by whom.
    pub(crate) asked: Mark,
    /// Whether it is the return of a pre-review (预审退回).
    pub(crate) pre_review: bool,
    /// The materials and fields concerned.
    pub(crate) about: Vec<String>,
    /// The name of the sealed list of faults.
    pub(crate) faults: String,
    /// The time that was open for acceptance when the notice was given.
    pub(crate) intake: Intake,
    /// The day by which the applicant must answer, if the item sets one.
    pub(crate) answer_due: Option<Due>,
    /// The answer.
    pub(crate) answered: Option<Mark>,
}

/// Why a case was over before it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub(crate) enum Unaccepted {
    /// 不受理: no licence is needed.
    NotNeeded { reasons: String },
    /// 不予受理: another office is competent, or the answer to the notice was not complete. Names of sealed texts.
    NotAccepted { reasons: String, office: Option<String> },
    /// 撤件.
    TakenBack,
    /// 逾期未补正.
    Lapsed,
}

/// Everything about an accepted case on its way to the decision, and afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Handling {
    /// When it was received at the window, if it was.
    pub(crate) received: Option<Mark>,
    /// The notice, if there was one.
    pub(crate) correction: Option<Correction>,
    /// When and by whom acceptance was recorded.
    pub(crate) accepted: Mark,
    /// The legal day of acceptance; that of the materials where acceptance was deemed.
    #[serde(with = "super::day")]
    pub(crate) accepted_on: Date,
    /// 视为受理.
    pub(crate) deemed: bool,
    /// The time that was open for acceptance.
    pub(crate) intake: Intake,
    /// Materials still owed.
    pub(crate) owed: BTreeSet<String>,
    /// By when.
    pub(crate) owed_due: Option<Due>,
    /// 承诺办结 day, as last reckoned; meaningless while suspended.
    pub(crate) promised_due: Due,
    /// 法定办结 day, likewise.
    pub(crate) statutory_due: Due,
    /// Special procedures that are over.
    pub(crate) stops: Vec<Stop>,
    /// The one extension.
    pub(crate) extension: Option<Extension>,
    /// A proposal to extend that waits for the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) extension_asked: Option<ExtensionAsk>,
    /// Everybody who reviewed it.
    pub(crate) reviewers: BTreeSet<Id<Person>>,
    /// The hearing, from the notice of the right to it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hearing: Option<Hearing>,
    /// The review of a lower organ, where one examines first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preliminary: Option<Preliminary>,
    /// Checks on site, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) checks: Vec<SiteCheck>,
}

/// At whose desk an accepted case lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Step {
    /// 已受理, 待审核.
    Accepted,
    /// 审核中.
    UnderReview,
    /// 待审批, with the reviewer's opinion (the name of its sealed text).
    ForDecision { favour: bool, opinion: String },
}

/// Days that do not count, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stop {
    /// The first.
    #[serde(with = "super::day")]
    pub(crate) from: Date,
    /// The last; not before the first.
    #[serde(with = "super::day")]
    pub(crate) to: Date,
}

impl Stop {
    /// As the calendar takes it. A reversed stop, which the machine never makes, counts its first day.
    #[must_use]
    pub(crate) fn suspension(self) -> Option<Suspension> {
        Suspension::new(self.from, Some(self.to.max(self.from))).ok()
    }
}

/// A special procedure that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Special {
    /// 听证, 专家评审 …
    pub(crate) name: String,
    /// When and by whom it was begun.
    pub(crate) started: Mark,
    /// The first day that does not count.
    #[serde(with = "super::day")]
    pub(crate) from: Date,
    /// The working days that the applicant was told it needs.
    pub(crate) days: u32,
    /// The day until which it should take, as told.
    pub(crate) expected_end: Due,
}

/// The one extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extension {
    /// When and by whom.
    pub(crate) granted: Mark,
    /// Working days.
    pub(crate) days: u32,
    /// Whether the promised day moved too; a promise that was broken already stays broken.
    pub(crate) promised_moved: bool,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decision {
    /// When and by whom.
    pub(crate) decided: Mark,
    /// What.
    pub(crate) outcome: Outcome,
    /// The day by which the result is to be delivered.
    pub(crate) delivery_due: Due,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// 通过.
    Approved,
    /// 容缺通过.
    ApprovedOwing,
    /// 不通过, with the names of the sealed grounds.
    Refused { reasons: String, law: String, remedies: String },
}

/// The result is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issued {
    /// When and by whom.
    pub(crate) made: Mark,
    /// Ids of certificates and documents.
    pub(crate) documents: Vec<String>,
}

/// The result reached the applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivered {
    /// When and by whom it was recorded.
    pub(crate) handed: Mark,
    /// How.
    pub(crate) way: DeliveryWay,
}

impl Case {
    /// The name of its state.
    #[must_use]
    pub(crate) fn stage(&self) -> Stage {
        match &self.state {
            State::Filed { .. } => Stage::Filed,
            State::Received { .. } => Stage::Received,
            State::CorrectionAsked { .. } => Stage::CorrectionAsked,
            State::Resupplied { .. } => Stage::Resupplied,
            State::InHand { step, .. } => step.stage(),
            State::Suspended { .. } => Stage::Suspended,
            State::Decided { handling, decision } => match decision.outcome {
                Outcome::ApprovedOwing if !handling.owed.is_empty() => Stage::ApprovedOwing,
                Outcome::Approved | Outcome::ApprovedOwing => Stage::Approved,
                Outcome::Refused { .. } => Stage::Refused,
            },
            State::Issued { .. } => Stage::Issued,
            State::Delivered { .. } => Stage::Delivered,
            State::Closed { .. } => Stage::Closed,
            State::Unaccepted { why, .. } => match why {
                Unaccepted::NotNeeded { .. } => Stage::NotNeeded,
                Unaccepted::NotAccepted { .. } => Stage::NotAccepted,
                Unaccepted::TakenBack => Stage::TakenBack,
                Unaccepted::Lapsed => Stage::Lapsed,
            },
            State::Withdrawn { .. } => Stage::Withdrawn,
            State::Revoked { .. } => Stage::Revoked,
        }
    }

    /// What is known since acceptance, if it was accepted.
    #[must_use]
    pub(crate) fn handling(&self) -> Option<&Handling> {
        match &self.state {
            State::InHand { handling, .. }
            | State::Suspended { handling, .. }
            | State::Decided { handling, .. }
            | State::Issued { handling, .. }
            | State::Delivered { handling, .. }
            | State::Closed { handling, .. }
            | State::Withdrawn { handling, .. }
            | State::Revoked { handling, .. } => Some(handling),
            State::Filed { .. }
            | State::Received { .. }
            | State::CorrectionAsked { .. }
            | State::Resupplied { .. }
            | State::Unaccepted { .. } => None,
        }
    }

    /// The decision, if there is one.
    #[must_use]
    pub(crate) fn decision(&self) -> Option<&Decision> {
        match &self.state {
            State::Decided { decision, .. }
            | State::Issued { decision, .. }
            | State::Delivered { decision, .. }
            | State::Closed { decision, .. }
            | State::Revoked { decision, .. } => Some(decision),
            _ => None,
        }
    }

    /// The one correction notice, if it was given.
    #[must_use]
    pub(crate) fn correction(&self) -> Option<&Correction> {
        match &self.state {
            State::CorrectionAsked { correction, .. } | State::Resupplied { correction, .. } => Some(correction),
            State::Unaccepted { correction, .. } => correction.as_ref(),
            _ => self.handling().and_then(|it| it.correction.as_ref()),
        }
    }

    /// Its state in the national exchange of data.
    ///
    /// A case is concluded (办结) at the decision: from then on the exchange shows the outcome, also while the result is made and
    /// delivered. 逾期未补正 is told as 已撤件, the nearest of the fifteen.
    #[must_use]
    #[cfg_attr(not(test), expect(dead_code, reason = "the exchange with the province will read it"))]
    pub(crate) fn exchange_state(&self) -> ExchangeCaseState {
        match &self.state {
            State::Filed { .. } | State::Received { .. } => ExchangeCaseState::Received,
            State::CorrectionAsked { .. } => ExchangeCaseState::CorrectionBegun,
            State::Resupplied { .. } => ExchangeCaseState::CorrectionEnded,
            State::InHand { step: Step::Accepted, handling } if handling.stops.is_empty() => {
                ExchangeCaseState::Accepted
            }
            State::InHand { handling, .. } if !handling.stops.is_empty() => ExchangeCaseState::SpecialEnded,
            State::InHand { .. } => ExchangeCaseState::DepartmentBegun,
            State::Suspended { .. } => ExchangeCaseState::SpecialBegun,
            State::Decided { decision, .. }
            | State::Issued { decision, .. }
            | State::Delivered { decision, .. }
            | State::Closed { decision, .. } => match decision.outcome {
                Outcome::Approved => ExchangeCaseState::Approved,
                Outcome::ApprovedOwing => ExchangeCaseState::ApprovedWithPending,
                Outcome::Refused { .. } => ExchangeCaseState::Refused,
            },
            State::Unaccepted { why, .. } => match why {
                Unaccepted::NotNeeded { .. } => ExchangeCaseState::NotNeeded,
                Unaccepted::NotAccepted { .. } => ExchangeCaseState::NotAccepted,
                Unaccepted::TakenBack | Unaccepted::Lapsed => ExchangeCaseState::TakenBack,
            },
            State::Withdrawn { .. } => ExchangeCaseState::Withdrawn,
            State::Revoked { .. } => ExchangeCaseState::Revoked,
        }
    }
}
