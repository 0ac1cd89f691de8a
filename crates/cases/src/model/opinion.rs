//! 征求意见: what an office asks another one about a case. It stops no clock, has a day of its own, and is of officers alone. Pure.

use super::{stage::Stage, state::Case};
use kernel::{Authority, Id, Moment, Person};
use serde::{Deserialize, Serialize};
use time::Date;

/// An answer may be asked for within so many natural days at most; no law sets a limit, and what takes longer holds up the decision.
pub(crate) const OPINION_DAYS_MAX: i64 = 60;
/// Files of the case that are shown to who is asked at most.
pub(crate) const OPINION_FILES_MAX: usize = 50;
/// Characters of a question or an answer at most.
pub(crate) const OPINION_TEXT_MAX: usize = 4_000;

/// All that the record determines of an opinion that was asked. The words lie sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpinionState {
    /// The case, and the number of the question within it.
    pub(crate) case: String,
    pub(crate) number: i64,
    /// Who is asked.
    pub(crate) authority: Id<Authority>,
    /// Who asked, and when.
    pub(crate) asked_by: Id<Person>,
    pub(crate) asked_at: Moment,
    /// By when.
    #[serde(with = "super::day")]
    pub(crate) due: Date,
    /// The files of the case that are shown, by number.
    pub(crate) files: Vec<i64>,
    /// SM3 of the sealed question.
    pub(crate) question: String,
    /// The answer.
    pub(crate) answered: Option<Answered>,
    /// When it was taken back.
    pub(crate) withdrawn: Option<Moment>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    /// By whom, and when.
    pub(crate) by: Id<Person>,
    pub(crate) at: Moment,
    /// SM3 of the sealed words.
    pub(crate) words: String,
}

/// How an opinion stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpinionStanding {
    /// It is waited for, in time.
    Waiting,
    /// Its day is past, and nobody answered.
    Late,
    /// Answered in time.
    InTime,
    /// Answered after its day.
    AnsweredLate,
    /// Nobody wants it any more.
    Withdrawn,
}

impl OpinionStanding {
    /// As officers read it.
    #[must_use]
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Waiting => "等候答复",
            Self::Late => "逾期未答复",
            Self::InTime => "已按时答复",
            Self::AnsweredLate => "已逾期答复",
            Self::Withdrawn => "已撤回",
        }
    }

    /// The tone of its tag.
    #[must_use]
    pub(crate) fn tone(self) -> &'static str {
        match self {
            Self::Waiting => "info",
            Self::Late => "bad",
            Self::InTime => "good",
            Self::AnsweredLate => "warn",
            Self::Withdrawn => "plain",
        }
    }
}

impl OpinionState {
    /// How it stands on the day `today`.
    #[must_use]
    pub(crate) fn standing(&self, today: Date) -> OpinionStanding {
        match (&self.answered, self.withdrawn) {
            (Some(it), _) if it.at.legal_date() > self.due => OpinionStanding::AnsweredLate,
            (Some(_), _) => OpinionStanding::InTime,
            (None, Some(_)) => OpinionStanding::Withdrawn,
            (None, None) if today > self.due => OpinionStanding::Late,
            (None, None) => OpinionStanding::Waiting,
        }
    }

    /// Whether it is still waited for.
    #[must_use]
    pub(crate) fn is_open(&self) -> bool {
        self.answered.is_none() && self.withdrawn.is_none()
    }
}

/// Why no opinion can be asked on this case; `None`: it can, as long as it is undecided.
#[must_use]
pub(crate) fn no_opinion(case: &Case) -> Option<&'static str> {
    match case.stage() {
        Stage::Accepted | Stage::UnderReview | Stage::ForDecision | Stage::Suspended => None,
        Stage::Filed | Stage::Received | Stage::CorrectionAsked | Stage::Resupplied => {
            Some("还没有受理，受理以后才能征求其他单位的意见。")
        }
        _ => Some("已经作出决定或者已经结束，不再征求意见。"),
    }
}

/// What is wrong with the day by which an answer is asked for.
#[must_use]
pub(crate) fn due_fault(today: Date, due: Date) -> Option<String> {
    let days = (due - today).whole_days();
    if days < 1 {
        return Some("答复日期应当在今天以后。".to_owned());
    }
    (days > OPINION_DAYS_MAX).then(|| format!("答复日期最迟在 {OPINION_DAYS_MAX} 天以内；征求意见不停止计时。"))
}
