//! The parts of an item document: base entry, requirements, form, steps, limits, fee, result, windows, remedies.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use standards::{
    ItemBaseCode, ItemType, Limit, MaterialForm, MaterialKind, MaterialNecessity, MaterialSource, ResultKind,
};

use super::{Audience, StepPost, TimeUnit, codes};

/// One entry of the base directory (基本目录): what the item is by law, the same for every authority that implements it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseEntry {
    /// 基本编码, 12 digits.
    pub code: ItemBaseCode,
    /// 基本目录名称.
    pub name: String,
    /// 事项类型.
    pub item_type: ItemType,
    /// 设定依据: the laws that set the item up.
    pub legal_basis: Vec<LegalBasis>,
    /// 法定办结时限.
    pub statutory_limit: TimeLimit,
    /// 服务对象.
    pub service_objects: Vec<Audience>,
}

/// One law and article on which an item rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalBasis {
    /// The law's name.
    pub law: String,
    /// The article, or the number of the document.
    pub article: String,
    /// The article's wording; `None`: named, not quoted.
    pub text: Option<String>,
    /// Who issued the law.
    pub issuer: String,
    /// From which day this wording applies, `YYYY-MM-DD`.
    pub effective: String,
}

/// A limit of time as the list writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeLimit {
    /// How many; 0 with [`TimeUnit::AtOnce`].
    pub n: u32,
    /// Of what.
    pub unit: TimeUnit,
}

impl TimeLimit {
    /// The limit as the calendar reckons it; 「当场」 is 0 working days.
    #[must_use]
    pub const fn limit(self) -> Limit {
        Limit { n: self.n, unit: self.unit.standard() }
    }

    /// Whether it is 「即办」.
    #[must_use]
    pub const fn is_at_once(self) -> bool {
        matches!(self.unit, TimeUnit::AtOnce)
    }
}

/// 「8 个工作日」, 「当场办结」.
impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_at_once() { f.write_str(self.unit.name()) } else { write!(f, "{} {}", self.n, self.unit.name()) }
    }
}

/// What an applicant must hand in (申请材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Its name within the item for programs: `layout`. Never reused for something else.
    pub key: String,
    /// 材料名称.
    pub name: String,
    /// 材料类型.
    pub kind: MaterialKind,
    /// 材料形式.
    pub form: MaterialForm,
    /// 材料必要性.
    pub need: MaterialNecessity,
    /// 原件份数.
    pub original_copies: u32,
    /// 复印件份数.
    pub duplicate_copies: u32,
    /// 来源渠道.
    pub source: MaterialSource,
    /// 来源渠道说明.
    pub source_explain: String,
    /// 填报须知.
    pub fill_explain: String,
    /// 受理标准.
    pub accept_standard: String,
    /// What people get wrong.
    pub common_mistakes: Vec<String>,
    /// 要求提供材料的依据.
    pub legal_basis: String,
    /// Only needed in this case; `None`: always.
    pub condition: Option<NeededWhen>,
    /// 容缺后补: so many working days after acceptance it may follow.
    pub max_days_owed: Option<u32>,
}

impl Requirement {
    /// Whether these answers of the form make it needed. A form without the field does not.
    #[must_use]
    pub fn applies(&self, form: &Value) -> bool {
        self.condition.as_ref().is_none_or(|it| form.get(&it.field) == Some(&it.equals))
    }

    /// Whether it must lie before acceptance, unless it follows later by [`Requirement::max_days_owed`].
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.need != MaterialNecessity::Optional
    }
}

/// The answer of the form that makes a requirement needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededWhen {
    /// The field of the form.
    pub field: String,
    /// Its value.
    pub equals: Value,
}

/// The application form (申请表).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationForm {
    /// JSON Schema 2020-12 of the answers.
    pub schema: Value,
    /// In which groups and order the fields stand.
    pub layout: Vec<FormSection>,
    /// Field → what the platform knows: `person.name`, `enterprise.credit_code`, ….
    #[serde(default)]
    pub prefill: BTreeMap<String, String>,
}

impl ApplicationForm {
    /// The words of a field, as shown; the field's name if the schema has no title.
    #[must_use]
    pub fn title<'a>(&'a self, field: &'a str) -> &'a str {
        self.schema["properties"][field]["title"].as_str().unwrap_or(field)
    }
}

/// One group of fields of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSection {
    /// Its heading.
    pub heading: String,
    /// The fields, in order.
    pub fields: Vec<String>,
    /// What to know before one fills it in.
    pub hint: String,
}

/// One step of the process (办理流程).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessStep {
    /// The post that does it.
    pub post: StepPost,
    /// 环节名称.
    pub name: String,
    /// Working days it takes of the promised limit.
    pub days: u32,
    /// Who does it.
    pub office: String,
    /// What happens.
    pub how: String,
}

/// A special procedure (特别程序) during which the clock stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialProcedure {
    /// Its kind for programs: `hearing`, `test`, `expert_review`, ….
    pub kind: String,
    /// Its name.
    pub name: String,
    /// On what it rests.
    pub basis: String,
    /// Working days it may take at most.
    pub days_max: u32,
}

/// Whether and by how much the limit may be extended once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Whether at all.
    pub allowed: bool,
    /// Working days at most.
    pub days_max: u32,
    /// On what it rests.
    pub basis: String,
}

/// Whether it costs anything (是否收费).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Whether a fee is charged.
    pub charged: bool,
    /// 收费依据.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// What is charged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<FeeLine>,
}

/// One charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// 收费项目名称.
    pub name: String,
    /// 收费标准, in words.
    pub standard: String,
    /// The amount in fen, where it is fixed.
    pub amount_fen: Option<i64>,
}

/// How often one must come (到办事现场次数).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visits {
    /// How often.
    pub times: u32,
    /// Why; 「无」 if never.
    pub reason: String,
}

/// What comes out of it (审批结果).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemResult {
    /// 结果类型.
    #[serde(with = "codes::result_kind")]
    pub kind: ResultKind,
    /// 结果名称.
    pub name: String,
    /// How long it holds, in words.
    pub valid: String,
    /// 结果样本: what it looks like.
    pub sample_note: String,
}

/// A window where the item is handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its name.
    pub name: String,
    /// 办理地点.
    pub address: String,
    /// 办理时间.
    pub hours: String,
    /// With area code.
    pub phone: String,
}

/// What one can do against a decision (救济途径).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedies {
    /// 行政复议.
    pub reconsideration: OfficeWay,
    /// 行政诉讼.
    pub litigation: CourtWay,
}

/// Where one applies for reconsideration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeWay {
    /// The organ.
    pub office: String,
    /// Its address.
    pub address: String,
    /// Its telephone.
    pub phone: String,
}

/// Where one sues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtWay {
    /// The court.
    pub court: String,
    /// Its address.
    pub address: String,
}

/// A common question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The question.
    pub q: String,
    /// The answer.
    pub a: String,
}

/// Under which topics people find the item (主题分类).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topics {
    /// For natural persons.
    #[serde(default)]
    pub person: Vec<String>,
    /// For organisations.
    #[serde(default)]
    pub corp: Vec<String>,
}

/// A filled example (示例样表), of an invented applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The answers of the form.
    pub form: Value,
}
