//! The facts that rules speak of: one table of name and what a document says of it. A new rule is a row of `rules/rules.toml`; only what no
//! rule spoke of before needs a row here.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::Error as _};
use standards::{
    AuthorityKind, HandlingKind, MaterialNecessity, OnlineDepth, OnlineGrade, ResultKind, ReviewKind, UseLevel,
};

use super::super::{
    DeliveryWay, Discretion, HandlingWay, Intermediary, ItemDocument, Preliminary, Requirement, StepPost, Suspect,
    TimeLimit,
};

/// What a document says of a fact.
pub(super) enum Said<'a> {
    /// Nothing: no rule but one that asks for it is broken.
    Nothing,
    Flag(bool),
    Number(i64),
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
}

use Said::{Flag, List, Nothing, Number, Text};

/// The document, or one of its entries, of which a rule asks.
pub(super) struct At<'a> {
    pub(super) doc: &'a ItemDocument,
    /// The entry's number, from 0.
    pub(super) entry: usize,
    pub(super) part: Part<'a>,
}

/// What an entry is.
pub(super) enum Part<'a> {
    Whole,
    Condition(&'a str),
    Material(&'a Requirement),
    /// Whom an item may serve: their name, whether it does, whether it has topics for them.
    Audience(&'static str, bool, bool),
    Post(StepPost),
    Level(UseLevel),
    CheckFault(String),
    FormFault(String),
    Discretion(&'a Discretion),
    Intermediary(&'a Intermediary),
    Suspect(Suspect),
}

/// A fact by its name.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) of: for<'a> fn(&At<'a>) -> Said<'a>,
}

/// A fact that exists, as the table of rules names it.
#[derive(Clone, Copy)]
pub(super) struct Named(pub(super) &'static Fact);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        by_name(&name).map(Self).ok_or_else(|| D::Error::custom(format!("no fact is named {name}")))
    }
}

/// The fact of this name.
pub(super) fn by_name(name: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|it| it.name == name)
}

/// Rows of the table: name, what the document says.
macro_rules! facts {
    ($($name:literal $of:expr;)+) => { &[$(Fact { name: $name, of: $of }),+] };
}

/// Every fact. Of what is not written: [`Said::Nothing`].
#[rustfmt::skip]
const FACTS: &[Fact] = facts! {
    // 时限：单位和数目在当场办结时没有
    "promised_limit"       |it| told(it.doc.promised_limit.map(|it| it.to_string()));
    "promised_at_once"     |it| flag(it.doc.promised_limit.map(TimeLimit::is_at_once));
    "promised_unit"        |it| told(promise(it.doc).map(|it| it.unit.name().to_owned()));
    "promised_days"        |it| number(promise(it.doc).map(|it| it.n));
    "statutory_limit"      |it| told(statute(it.doc).map(|it| it.to_string()));
    "statutory_unit"       |it| told(statute(it.doc).map(|it| it.unit.name().to_owned()));
    "statutory_days"       |it| number(statute(it.doc).filter(|it| !it.is_at_once()).map(|it| it.n));
    "extension_days"       |it| number(it.doc.extension.as_ref().filter(|it| it.allowed).map(|it| it.days_max));
    // 下级初审
    "preliminary"          |it| Flag(it.doc.preliminary.is_some());
    "preliminary_told"     |it| flag(it.doc.preliminary.as_ref().map(Preliminary::is_told));
    "preliminary_days"     |it| number(it.doc.preliminary.as_ref().map(|it| it.days));
    // 办件和审查
    "item_type"            |it| told(it.doc.item_type().map(|it| it.name().to_owned()));
    "is_power"             |it| flag(it.doc.item_type().map(|it| it.code() < "20"));
    "handling_kind"        |it| word(it.doc.handling_kind.map(HandlingKind::name));
    "immediate"            |it| Flag(it.doc.is_immediate());
    "review_kind"          |it| word(it.doc.review_kind.map(ReviewKind::name));
    "steps"                |it| count(it.doc.steps.len());
    "step_names"           |it| List(it.doc.steps.iter().map(|it| it.name.as_str().into()).collect());
    "questions"            |it| count(it.doc.questions.len());
    // 结果：名称不计末尾的括号
    "result_name"          |it| told(it.doc.result.as_ref().map(|it| it.name.trim_end_matches(['）', ')']).to_owned()));
    "has_result"           |it| flag(it.doc.result.as_ref().map(|it| it.kind != ResultKind::None));
    "result_sample"        |it| flag(it.doc.result.as_ref().map(|it| it.sample.is_some() || !it.sample_note.trim().is_empty()));
    "post_alone"           |it| Flag(it.doc.delivery == [DeliveryWay::Post]);
    // 到现场和网办
    "visits"               |it| number(it.doc.visits.as_ref().map(|it| it.times));
    "visits_max"           |it| number(it.doc.base.as_ref().and_then(|it| it.visits_max));
    "visit_reason"         |it| it.doc.visits.as_ref().map_or(Nothing, |it| text(&it.reason));
    "handling_forms"       |it| List(it.doc.handling_forms.iter().map(|it| it.name().into()).collect());
    "accepts_online"       |it| Flag(accepts_online(it.doc));
    "fully_online"         |it| flag(it.doc.online_grade.map(|it| it == OnlineGrade::Full));
    // 收费
    "charged"              |it| flag(it.doc.fee.as_ref().map(|it| it.charged));
    "fee_basis"            |it| it.doc.fee.as_ref().map_or(Nothing, |it| text(&it.basis));
    "fee_lines"            |it| it.doc.fee.as_ref().map_or(Nothing, |it| count(it.lines.len()));
    "fee_lines_told"       |it| flag(it.doc.fee.as_ref().map(|it| !it.lines.is_empty() && it.lines.iter().all(|it| !it.name.trim().is_empty() && !it.standard.trim().is_empty())));
    "online_payment"       |it| flag(it.doc.fee.as_ref().map(|it| it.online_payment));
    // 电话：区号三四位、连字符、五至八位号码
    "consult_phone"        |it| written(&it.doc.consult_phone);
    "complaint_phone"      |it| written(&it.doc.complaint_phone);
    "consult_phone_whole"  |it| whole_phone(&it.doc.consult_phone);
    "complaint_phone_whole" |it| whole_phone(&it.doc.complaint_phone);
    // 服务对象（each = "audiences"）
    "audience"             |it| if let Part::Audience(name, ..) = it.part { Text(name.into()) } else { Nothing };
    "audience_served"      |it| if let Part::Audience(_, served, _) = it.part { Flag(served) } else { Nothing };
    "audience_has_topics"  |it| if let Part::Audience(.., topics) = it.part { Flag(topics) } else { Nothing };
    // 五个环节（each = "posts"）
    "post"                 |it| if let Part::Post(post) = it.part { Text(post.name().into()) } else { Nothing };
    "post_has_step"        |it| if let Part::Post(post) = it.part { Flag(it.doc.steps.iter().any(|it| it.post == post)) } else { Nothing };
    // 条件、材料（each = "conditions"、"materials"）
    "condition"            |it| if let Part::Condition(said) = it.part { text(said) } else { Nothing };
    "material"             |it| match &it.part { Part::Material(it) => Text(it.name.as_str().into()), Part::Suspect(it) => told(Some(it.name.clone())), _ => Nothing };
    "material_key"         |it| material(it, |it| Text(it.key.as_str().into()));
    "material_key_again"   |it| if let Part::Material(one) = it.part { Flag(one.key.trim().is_empty() || it.doc.materials.iter().take(it.entry).any(|other| other.key == one.key)) } else { Nothing };
    "material_may_follow"  |it| material(it, |it| Flag(it.need == MaterialNecessity::MayFollow));
    "material_days_owed"   |it| material(it, |it| number(Some(it.max_days_owed.unwrap_or(0))));
    "material_pledge"      |it| material(it, |it| Flag(it.pledge));
    "material_pledge_told" |it| material(it, |it| Flag(it.may_pledge()));
    "material_when_fits"   |it| if let Part::Material(one) = it.part { Flag(one.condition.as_ref().is_none_or(|when| fits_form(it.doc, when))) } else { Nothing };
    "material_in_base"     |it| material_in_base(it);
    // 可疑材料（each = "suspects"）
    "suspect_kind"         |it| if let Part::Suspect(it) = &it.part { Text(it.kind.name().into()) } else { Nothing };
    "suspect_why"          |it| if let Part::Suspect(it) = &it.part { told(Some(it.why.clone())) } else { Nothing };
    // 行使层级（each = "use_levels"）
    "level"                |it| if let Part::Level(level) = it.part { Text(level.name().into()) } else { Nothing };
    "level_in_base"        |it| level_in_base(it);
    "base_levels"          |it| told(it.doc.base.as_ref().map(|it| it.use_levels.iter().map(|it| it.name()).collect::<Vec<_>>().join("、")));
    // 其他要素
    "check_fault"          |it| if let Part::CheckFault(said) = &it.part { told(Some(said.clone())) } else { Nothing };
    "form_fault"           |it| if let Part::FormFault(said) = &it.part { told(Some(said.clone())) } else { Nothing };
    "discretion"           |it| if let Part::Discretion(it) = it.part { text(&it.matter) } else { Nothing };
    "discretion_told"      |it| if let Part::Discretion(one) = it.part { Flag(discretion_told(one, it.doc)) } else { Nothing };
    "intermediary"         |it| if let Part::Intermediary(it) = it.part { text(&it.name) } else { Nothing };
    "intermediary_basis"   |it| if let Part::Intermediary(it) = it.part { text(&it.basis) } else { Nothing };
    "entrusted"            |it| flag(it.doc.authority_kind.map(|it| it == AuthorityKind::Entrusted));
    "entrusted_body"       |it| text(&it.doc.entrusted_body);
    "planned_effect"       |it| told(it.doc.planned_effect.map(|it| it.to_string()));
    "planned_cancel"       |it| told(it.doc.planned_cancel.map(|it| it.to_string()));
    "planned_days"         |it| it.doc.planned_effect.zip(it.doc.planned_cancel).map_or(Nothing, |it| Number((it.1.0 - it.0.0).whole_days()));
    "responsibility_told"  |it| Flag(it.doc.responsibility.as_ref().is_some_and(|it| !it.duties.is_empty() && !it.situations.is_empty()));
};

fn flag<'a>(it: Option<bool>) -> Said<'a> {
    it.map_or(Nothing, Flag)
}

fn number<'a>(it: Option<impl Into<i64>>) -> Said<'a> {
    it.map_or(Nothing, |it| Number(it.into()))
}

fn count<'a>(n: usize) -> Said<'a> {
    Number(i64::try_from(n).unwrap_or(i64::MAX))
}

fn told<'a>(it: Option<String>) -> Said<'a> {
    it.map_or(Nothing, |it| Text(it.into()))
}

fn word<'a>(it: Option<&'static str>) -> Said<'a> {
    it.map_or(Nothing, |it| Text(it.into()))
}

/// A text without what surrounds it; it is there even if it says nothing.
fn text(it: &str) -> Said<'_> {
    Text(it.trim().into())
}

/// A text that is there only if it says something.
fn written(it: &str) -> Said<'_> {
    if it.is_empty() { Nothing } else { Text(it.into()) }
}

/// The promise, unless it is kept at once.
fn promise(doc: &ItemDocument) -> Option<TimeLimit> {
    doc.promised_limit.filter(|it| !it.is_at_once())
}

fn statute(doc: &ItemDocument) -> Option<TimeLimit> {
    doc.base.as_ref().map(|it| it.statutory_limit)
}

fn accepts_online(doc: &ItemDocument) -> bool {
    doc.handling_forms.contains(&HandlingWay::Online)
        && doc.online_depth.iter().any(|it| matches!(it, OnlineDepth::Accepting | OnlineDepth::Handling))
}

/// `0558-5550101`: area code of three or four digits, a hyphen, five to eight digits.
fn whole_phone(phone: &str) -> Said<'_> {
    if phone.is_empty() {
        return Nothing;
    }
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    Flag(phone.split_once('-').is_some_and(|(area, number)| {
        area.starts_with('0')
            && (3..=4).contains(&area.len())
            && (5..=8).contains(&number.len())
            && digits(area)
            && digits(number)
    }))
}

fn material<'a>(it: &At<'a>, of: impl FnOnce(&'a Requirement) -> Said<'a>) -> Said<'a> {
    if let Part::Material(it) = it.part { of(it) } else { Nothing }
}

/// Nothing if the base entry lists no materials.
fn material_in_base<'a>(it: &At<'a>) -> Said<'a> {
    let base = it.doc.base.as_ref().filter(|it| !it.materials.is_empty());
    match (base, &it.part) {
        (Some(base), Part::Material(it)) => Flag(base.materials.contains(&it.name)),
        _ => Nothing,
    }
}

/// Nothing if the base entry leaves the levels open.
fn level_in_base<'a>(it: &At<'a>) -> Said<'a> {
    let base = it.doc.base.as_ref().filter(|it| !it.use_levels.is_empty());
    match (base, &it.part) {
        (Some(base), Part::Level(level)) => Flag(base.use_levels.contains(level)),
        _ => Nothing,
    }
}

/// Whether the form has what a condition names, and it can hold.
fn fits_form(doc: &ItemDocument, it: &forms::Condition) -> bool {
    doc.form.as_ref().is_some_and(|form| form.condition_fault(it).is_none())
}

fn discretion_told(it: &Discretion, doc: &ItemDocument) -> bool {
    let told = |it: &super::super::DiscretionGrade| {
        let turned = it.fen_min.zip(it.fen_max).is_some_and(|(min, max)| min > max || min < 0);
        let known = it.only_if.as_ref().is_none_or(|it| fits_form(doc, it));
        !turned && known && !it.condition.trim().is_empty() && !it.outcome.trim().is_empty()
    };
    !it.grades.is_empty() && it.grades.iter().all(told)
}
