//! From an item's document to the machine's rules, and the words that follow from it.

use catalogue::{
    ItemDocument,
    model::{Discretion, Requirement, SpecialProcedure},
};
use kernel::{Error, Result};
use serde_json::Value;
use standards::{HandlingKind, Limit, MaterialNecessity};

use crate::model::{EXTENSION_DAYS_MAX, GradeRule, HEARING, MaterialRule, PointRule, Rules, SpecialRule, Weight};

/// The material that the filled form itself is: it is made from the answers and never asked for as a file.
pub(crate) const APPLICATION: &str = catalogue::model::Requirement::FROM_FORM;

/// The rules of a case under this document, for the applicant who gave these answers.
///
/// # Errors
/// [`Error::Internal`] for a document that should not have been published: without base entry or limits.
pub(crate) fn rules(document: &ItemDocument, answers: &Value) -> Result<Rules> {
    let incomplete =
        || Error::internal(format!("the published item «{}» lacks its base entry or a limit", document.name));
    let base = document.base.as_ref().ok_or_else(incomplete)?;
    let promised = document.promised_limit.unwrap_or(base.statutory_limit).limit();
    let handling = document.handling_kind.unwrap_or(HandlingKind::Promised);
    let owed = document.materials.iter().filter_map(|it| it.max_days_owed).max();
    let special = document.special_procedures.iter();
    let extension = document.extension.as_ref().filter(|it| it.allowed);
    Ok(Rules {
        handling,
        separate_hands: document.separate_hands,
        hearing_first: document.special_procedures.iter().any(|it| it.name == HEARING && it.required),
        preliminary: document.preliminary.as_ref().map(|it| Limit::working_days(it.days)),
        correction: document.correction_limit.map(|it| it.limit()),
        extension_days_max: extension.map_or(0, |it| it.days_max.min(EXTENSION_DAYS_MAX)),
        special: special.map(special_rule).collect(),
        owed: owed.map(Limit::working_days),
        materials: asked(document, answers).map(material_rule).collect(),
        points: points(document),
        weights: document.discretion.iter().map(|it| weight(it, answers)).collect(),
        ..Rules::of_law(base.item_type, base.statutory_limit.limit(), promised)
    })
}

/// The materials that these answers make needed or possible.
pub(crate) fn asked<'a>(document: &'a ItemDocument, answers: &'a Value) -> impl Iterator<Item = &'a Requirement> {
    document.materials.iter().filter(move |it| it.applies(answers))
}

fn special_rule(it: &SpecialProcedure) -> SpecialRule {
    SpecialRule { name: it.name.clone(), days_max: Some(it.days_max), basis: it.basis.clone() }
}

/// The points that must be answered; they stand before the others.
fn points(document: &ItemDocument) -> Vec<PointRule> {
    let rule = |(place, text): (u32, &String)| PointRule { place, text: text.clone() };
    (0..).zip(&document.required_points).map(rule).collect()
}

/// A matter of the discretion standard, as these answers put it.
fn weight(it: &Discretion, answers: &Value) -> Weight {
    let grade = |it: &catalogue::model::DiscretionGrade| GradeRule {
        name: it.grade.clone(),
        applies: it.only_if.as_ref().is_some_and(|it| it.holds(answers)),
        fen_min: it.fen_min,
        fen_max: it.fen_max,
    };
    Weight { matter: it.matter.clone(), grades: it.grades.iter().map(grade).collect() }
}

fn material_rule(it: &Requirement) -> MaterialRule {
    let necessity = match it.need {
        MaterialNecessity::Required if it.max_days_owed.is_some() => MaterialNecessity::MayFollow,
        need => need,
    };
    MaterialRule { code: it.key.clone(), name: it.name.clone(), necessity }
}

/// How a decision of this item can be contested (行政复议法 art. 20: sixty days; 行政诉讼法 art. 46: six months), one paragraph.
pub(crate) fn remedies(document: &ItemDocument) -> String {
    match &document.remedies {
        Some(it) => format!(
            "如不服本决定，可以自收到本文书之日起六十日内向{}（{}，电话 {}）申请行政复议，也可以自收到本文书之日起六个月内直接向{}（{}）提起行政诉讼。",
            it.reconsideration.office,
            it.reconsideration.address,
            it.reconsideration.phone,
            it.litigation.court,
            it.litigation.address,
        ),
        None => "如不服本决定，可以自收到本文书之日起六十日内依法向有管辖权的行政复议机关申请行政复议，也可以自收到本文书之日起六个月内直接向有管辖权的人民法院提起行政诉讼。".to_owned(),
    }
}

/// The laws that set the item up, as a default for 「法律依据」: 「《食品安全法》第三十五条」.
pub(crate) fn legal_basis(document: &ItemDocument) -> String {
    let laws = document.base.iter().flat_map(|it| &it.legal_basis);
    laws.map(|it| format!("《{}》{}", it.law.trim_matches(['《', '》']), it.article)).collect::<Vec<_>>().join("；")
}

/// 「不收费」, or what is charged.
pub(crate) fn cost(document: &ItemDocument) -> String {
    match &document.fee {
        Some(fee) if fee.charged => {
            let lines: Vec<_> = fee.lines.iter().map(|it| format!("{}：{}", it.name, it.standard)).collect();
            if lines.is_empty() { "收费".to_owned() } else { lines.join("；") }
        }
        _ => "不收费".to_owned(),
    }
}
