//! What an item says of law: on what it rests, who answers for it, how its discretion is bound, how one contests a decision.

use serde::{Deserialize, Serialize};

/// One law and article on which an item rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalBasis {
    /// The law's name, without 《》.
    pub law: String,
    /// The article, or the number of the document.
    pub article: String,
    /// The article's wording (条文原文); `None`: named, not quoted.
    #[serde(default, deserialize_with = "quoted")]
    pub text: Option<String>,
    /// Who issued the law.
    #[serde(default)]
    pub issuer: String,
    /// From which day this wording applies, `YYYY-MM-DD`; empty: not said.
    #[serde(default)]
    pub effective: String,
}

/// A wording; an empty one is none.
fn quoted<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|it| !it.is_empty()))
}

impl LegalBasis {
    /// 「《中华人民共和国食品安全法》第三十五条第一款」.
    #[must_use]
    pub fn cited(&self) -> String {
        format!("《{}》{}", self.law.trim_matches(['《', '》']), self.article)
    }
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
    /// Its telephone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
}

/// 责任清单: what the authority owes at each stage, and who answers for what is not done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Responsibility {
    /// 责任事项, stage by stage.
    pub duties: Vec<Duty>,
    /// 追责情形: what brings liability, one case an entry.
    pub situations: Vec<String>,
    /// 追责主体: who holds to account, and whom.
    pub accountable: Vec<String>,
    /// 追责依据.
    pub bases: Vec<LegalBasis>,
    /// 应负责任: what follows.
    pub liabilities: Vec<String>,
}

/// One duty (责任事项) of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// The stage: 「受理责任」, 「审查责任」, 「决定责任」, 「送达责任」, 「事后监管责任」.
    pub stage: String,
    /// What must be done.
    pub text: String,
    /// On what it rests; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
}

/// 裁量基准 of one matter: which circumstances lead to which range of outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discretion {
    /// What is decided: 「未经许可从事食品经营」, 「准予许可的经营面积」.
    pub matter: String,
    /// The article that leaves room to decide.
    pub basis: String,
    /// From the mildest to the gravest.
    pub grades: Vec<DiscretionGrade>,
}

/// One row of a discretion standard: condition → range of outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscretionGrade {
    /// 裁量阶次: 「轻微」, 「较轻」, 「一般」, 「较重」, 「严重」; for licences 「予以批准」, 「不予批准」.
    pub grade: String,
    /// 适用条件.
    pub condition: String,
    /// Which answer of the form puts a case under this grade; `None`: people judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<forms::Condition>,
    /// 裁量幅度, in words.
    pub outcome: String,
    /// The least amount in fen, where the outcome is an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fen_min: Option<i64>,
    /// The most, in fen; not below the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fen_max: Option<i64>,
}

/// A service that must be had from an intermediary before one applies (中介服务).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intermediary {
    /// 中介服务名称.
    pub name: String,
    /// 设定依据; without it the service may not be demanded (国办发〔2015〕31号).
    pub basis: String,
    /// When it is needed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// What it results in (成果): 「检测报告」.
    pub product: String,
    /// Who may give it, and how one is chosen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub providers: String,
    /// 服务时限, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub time_limit: String,
    /// 收费标准, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fee: String,
    /// Who pays.
    #[serde(default)]
    pub payer: Payer,
}

/// Who pays for an intermediary's service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The applicant.
    #[default]
    Applicant,
    /// The authority, from its budget: services that the authority itself commissions.
    Authority,
}

impl Payer {
    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "申请人付费",
            Self::Authority => "行政机关付费",
        }
    }
}
