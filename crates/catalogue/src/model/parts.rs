//! The parts of an item document: steps, limits, fee, result, windows, ways to reach and to be reached.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use standards::{ConsultWay, Limit, ResultKind};

use super::{FileRef, StepPost, TimeUnit, codes};

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

/// One step of the process (办理流程).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessStep {
    /// The post that does it.
    pub post: StepPost,
    /// 环节名称.
    pub name: String,
    /// So many working days it takes of the promised limit.
    pub days: u32,
    /// Which office does it.
    pub office: String,
    /// Who in that office: 「审核岗」; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// What happens.
    pub how: String,
    /// 审查标准: what is looked at; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub standard: String,
    /// 办理结果 of the step: 「受理通知书」; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// 是否特殊环节: only some cases pass it (现场核查, 听证).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub special: bool,
}

impl ProcessStep {
    /// A step with what every step says.
    #[must_use]
    pub fn new(post: StepPost, name: &str, days: u32, office: &str, how: &str) -> Self {
        let (name, office, how) = (name.to_owned(), office.to_owned(), how.to_owned());
        let (person, standard, product) = (String::new(), String::new(), String::new());
        Self { post, name, days, office, person, how, standard, product, special: false }
    }
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
    /// When it comes about; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explain: String,
    /// Of a hearing: whether the right to it is always told before a decision (行政许可法 arts. 46, 47).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
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

/// 下级初审 (行政许可法 arts. 35 and 43): an organ of a lower level accepts and examines first, and hands its opinion with all papers up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preliminary {
    /// The organs that may, by unified social credit code; of several the applicant chooses one.
    pub offices: Vec<String>,
    /// Working days from acceptance within which they examine; [`Preliminary::DAYS`] unless a law says otherwise.
    #[serde(default = "Preliminary::usual", deserialize_with = "days_or_usual")]
    pub days: u32,
    /// The law that says so.
    pub basis: String,
}

/// A number of days; none is the usual one.
fn days_or_usual<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Ok(Option::<u32>::deserialize(deserializer)?.unwrap_or(Preliminary::DAYS))
}

impl Preliminary {
    /// What art. 43 sets where no other law does.
    pub const DAYS: u32 = 20;

    fn usual() -> u32 {
        Self::DAYS
    }

    /// Whether all is said that makes it work.
    #[must_use]
    pub fn is_told(&self) -> bool {
        let named = !self.offices.is_empty() && self.offices.iter().all(|it| !it.trim().is_empty());
        named && self.days > 0 && !self.basis.trim().is_empty()
    }
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
    /// 网上支付: whether it can be paid online.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub online_payment: bool,
}

/// One charge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// 收费项目名称.
    pub name: String,
    /// 收费标准, in words.
    pub standard: String,
    /// The amount in fen, where it is fixed.
    #[serde(default)]
    pub amount_fen: Option<i64>,
    /// 收费依据 of this charge, where it has one of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// 允许减免: who pays less or nothing; empty: nobody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reduction: String,
    /// 备注.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
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
    #[serde(default)]
    pub valid: String,
    /// 结果样本: what it looks like, in words.
    #[serde(default)]
    pub sample_note: String,
    /// 结果样本 as a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<FileRef>,
    /// 证照类型代码, where the result is a licence of the catalogue of licences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub certificate_type: String,
    /// 适用范围: 「全国」, 「亳州市」; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub area: String,
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
    /// How one gets there: 「乘 12 路到政务中心站」; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub directions: String,
}

/// A way to ask or to complain, besides the telephone (咨询方式、监督投诉方式).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactWay {
    /// 窗口、网络、电话、信件、邮件.
    pub way: ConsultWay,
    /// Address, number or link.
    pub text: String,
}

/// Where one applies online (办理渠道).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Channels {
    /// 网上办理跳转地址; empty: on this platform.
    pub url: String,
    /// 移动端办理地址; empty: on this platform.
    pub mobile_url: String,
    /// 单点登录: the linked site takes this platform's login.
    pub single_login: bool,
    /// 移动端单点登录.
    pub app_single_login: bool,
}

/// Whether and how one can book a time (预约).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// 支持预约.
    pub possible: bool,
    /// 预约规则: how long ahead, what to bring, when it lapses.
    #[serde(default)]
    pub rule: String,
    /// How many a day; `None`: no fixed number.
    #[serde(default)]
    pub places_a_day: Option<u32>,
}

/// What the courier carries (物流快递).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Courier {
    /// 材料可邮寄.
    pub materials: bool,
    /// 结果可邮寄.
    pub results: bool,
}

/// A field that only this place has (地方扩展字段).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalField {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A common question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The question.
    pub q: String,
    /// The answer.
    pub a: String,
}

/// A filled example (示例样表), of an invented applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The answers of the form.
    pub form: Value,
}
