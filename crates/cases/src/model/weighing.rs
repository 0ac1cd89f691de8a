//! What is weighed before an application is answered: points of review (审查要点) of which some must have an answer, and the discretion
//! standard (裁量基准), whose range the answers of the form choose.

use super::{
    machine::Doing,
    refusal::{Cause, Refusal},
    text::{Slot, TextRef},
};
use serde::{Deserialize, Serialize};

const ART_34: &str = "行政许可法第三十四条第一款";
/// Points that a refusal names; of further ones it tells only how many.
const NAMED: usize = 3;

/// A point of review that must be answered before the application is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PointRule {
    /// Its place among the points of the item, from 0.
    pub(crate) place: u32,
    /// The point in words.
    pub(crate) text: String,
}

/// A matter of the discretion standard, for the answers of one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weight {
    /// What is decided.
    pub(crate) matter: String,
    /// Its grades, from the mildest to the gravest.
    pub(crate) grades: Vec<GradeRule>,
}

/// A grade of such a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GradeRule {
    /// Its name.
    pub(crate) name: String,
    /// Whether the answers of the form put the case under it.
    pub(crate) applies: bool,
    /// The least amount in fen, where the range is one of money.
    pub(crate) fen_min: Option<i64>,
    /// The most, in fen.
    pub(crate) fen_max: Option<i64>,
}

impl Weight {
    /// Whether the answers of the form say which grade it is, so that one must be chosen.
    #[must_use]
    pub(crate) fn is_told(&self) -> bool {
        self.grades.iter().any(|it| it.applies)
    }

    /// Whether this choice leaves the range that the standard gives.
    fn leaves(&self, grade: Option<u32>, fen: Option<i64>) -> bool {
        let Some(grade) = grade.and_then(|it| at(&self.grades, it)) else { return true };
        let too_little = fen.zip(grade.fen_min).is_some_and(|(fen, min)| fen < min);
        let too_much = fen.zip(grade.fen_max).is_some_and(|(fen, max)| fen > max);
        too_little || too_much || (self.is_told() && !grade.applies)
    }
}

/// What was found of a point of review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PointVerdict {
    /// 符合.
    Met,
    /// 不符合, with words.
    Unmet,
    /// 不适用, with words.
    NotApplicable,
}

impl PointVerdict {
    /// Every verdict.
    pub(crate) const ALL: [Self; 3] = [Self::Met, Self::Unmet, Self::NotApplicable];

    /// As stored.
    #[must_use]
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Unmet => "unmet",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// As officers read it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Met => "符合",
            Self::Unmet => "不符合",
            Self::NotApplicable => "不适用",
        }
    }
}

/// What an officer answered to a point of review: the note that holds, by its number, and the digest of its sealed words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PointAnswer {
    /// The place of the point, from 0.
    pub(crate) point: u32,
    /// What was found.
    pub(crate) verdict: PointVerdict,
    /// The number of the note among those of the case.
    pub(crate) note: i64,
    /// SM3 of its sealed words; empty: it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) sm3: String,
}

/// What was chosen in a matter of the discretion standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// The place of the matter, from 0.
    pub(crate) matter: u32,
    /// The place of the grade, from 0; `None`: none of them.
    pub(crate) grade: Option<u32>,
    /// The amount in fen, where it is one.
    pub(crate) fen: Option<i64>,
}

/// What an act weighs. The words are here in full.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Weighed {
    /// The answers that hold, one a point.
    pub(crate) points: Vec<PointAnswer>,
    /// What was chosen.
    pub(crate) chosen: Vec<Chosen>,
    /// Why the range of the standard was left.
    pub(crate) deviation: String,
}

/// What was weighed, as the record keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Weighing {
    /// The answers to points of review.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) points: Vec<PointAnswer>,
    /// The grades that were chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) grades: Vec<GradeChosen>,
    /// Why the range of the standard was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deviation: Option<TextRef>,
}

/// A grade that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GradeChosen {
    /// The place of the matter, from 0.
    pub(crate) matter: u32,
    /// The place of the grade, from 0; `None`: none of them.
    pub(crate) grade: Option<u32>,
    /// The amount in fen, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fen: Option<i64>,
    /// Whether it leaves the range that the standard gives for the answers of the form.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) outside: bool,
}

impl Weighing {
    /// Whether nothing was weighed.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Doing<'_> {
    /// Weighs the application. What answers in its favour needs an answer to every required point, and a grade wherever the form says which
    /// one it is; whoever leaves the range says why.
    pub(super) fn weighed(&self, favour: bool, it: &Weighed) -> Result<Weighing, Refusal> {
        if favour {
            self.points_answered(&it.points)?;
        }
        let mut grades: Vec<GradeChosen> = Vec::new();
        for chosen in &it.chosen {
            let known = |weight: &&Weight| chosen.grade.is_none_or(|it| at(&weight.grades, it).is_some());
            let Some(weight) = at(&self.setting.rules.weights, chosen.matter).filter(known) else {
                return Err(bad("grades", "裁量基准没有这一档，请从列出的阶次中选择。"));
            };
            if grades.iter().any(|it| it.matter == chosen.matter) {
                return Err(bad("grades", format!("「{}」选了两次，请只选一档。", weight.matter)));
            }
            if chosen.fen.is_some_and(|fen| fen < 0) {
                return Err(bad("grades", format!("「{}」的金额不能小于零。", weight.matter)));
            }
            let outside = weight.leaves(chosen.grade, chosen.fen);
            grades.push(GradeChosen { matter: chosen.matter, grade: chosen.grade, fen: chosen.fen, outside });
        }
        let open = (0_u32..).zip(&self.setting.rules.weights).filter(|it| favour && it.1.is_told());
        for (matter, weight) in open {
            if grades.iter().all(|it| it.matter != matter) {
                let reason =
                    format!("请选择「{}」的裁量阶次；不按裁量基准的，选「基准以外」并写明理由。", weight.matter);
                return Err(bad("grades", reason));
            }
        }
        let deviation = self.optional_text(Slot::Deviation, &it.deviation)?;
        if deviation.is_none()
            && let Some(out) = grades.iter().find(|it| it.outside)
        {
            let matter = at(&self.setting.rules.weights, out.matter).map_or("", |it| it.matter.as_str());
            let reason = format!("「{matter}」超出了裁量基准按申请表给出的幅度，请写明理由。");
            return Err(bad("deviation", reason));
        }
        Ok(Weighing { points: it.points.clone(), grades, deviation })
    }

    fn points_answered(&self, answers: &[PointAnswer]) -> Result<(), Refusal> {
        let answered = |rule: &PointRule| answers.iter().any(|it| it.point == rule.place);
        let open: Vec<&str> =
            self.setting.rules.points.iter().filter(|it| !answered(it)).map(|it| it.text.as_str()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let more = if open.len() > NAMED { "等" } else { "" };
        let named = open.iter().take(NAMED).map(|it| format!("「{it}」")).collect::<Vec<_>>().join("、");
        let reason = format!(
            "还有 {} 条必审要点没有结论：{named}{more}。请在「审查要点」逐条写明符合、不符合或者不适用，再「{}」。",
            open.len(),
            self.line.act.words()
        );
        Err(Refusal::new(Cause::Rule, reason).under(ART_34))
    }
}

/// The element at this place.
fn at<T>(list: &[T], place: u32) -> Option<&T> {
    usize::try_from(place).ok().and_then(|it| list.get(it))
}

fn bad(field: &'static str, reason: impl Into<String>) -> Refusal {
    Refusal::new(Cause::Input(field), reason)
}
