//! What an applicant must hand in (申请材料).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use standards::{MaterialCopy, MaterialForm, MaterialKind, MaterialNecessity, MaterialSource};

use super::FileRef;

/// One material (exchange table `up_task_general_material`; GB/T 39046—2020 table 4).
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
    /// 材料性质; `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<MaterialCopy>,
    /// 原件份数.
    #[serde(default)]
    pub original_copies: u32,
    /// 复印件份数.
    #[serde(default)]
    pub duplicate_copies: u32,
    /// 复印件说明: what of it is copied, and how.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub copy_explain: String,
    /// 规格: 「A4」, 「二寸白底」.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page_format: String,
    /// 来源渠道.
    pub source: MaterialSource,
    /// 来源渠道说明.
    #[serde(default)]
    pub source_explain: String,
    /// 材料出具机构: who issues it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// What the platform holds already and looks up instead: 「营业执照」, 「居民身份证」. Empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub held_by_platform: String,
    /// 告知承诺: a written pledge may stand for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pledge: bool,
    /// 承诺的内容: which facts or conditions are pledged; what the material would prove.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pledge_content: String,
    /// 事后核查的方式: with whom it is compared, whether somebody comes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pledge_check: String,
    /// 事后核查的期限: working days after the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pledge_check_days: Option<u32>,
    /// 承诺不实的后果 that this item's law adds to those that hold everywhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pledge_breach: String,
    /// 填报须知.
    #[serde(default)]
    pub fill_explain: String,
    /// 受理标准.
    #[serde(default)]
    pub accept_standard: String,
    /// 常见错误: what people get wrong.
    #[serde(default)]
    pub common_mistakes: Vec<String>,
    /// 要求提供材料的依据.
    #[serde(default)]
    pub legal_basis: String,
    /// Which answer of the form makes it needed; `None`: always.
    #[serde(default)]
    pub condition: Option<forms::Condition>,
    /// 非必要情形, in words: when it need not be handed in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub not_needed_when: String,
    /// 容缺后补: so many working days after acceptance it may follow.
    #[serde(default)]
    pub max_days_owed: Option<u32>,
    /// 重复使用天数: the same applicant need not hand in a material of this name again for so many days after it did; `None`: every time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse_days: Option<u32>,
    /// 空白表格.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank_form: Option<FileRef>,
    /// 示例样表: what it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<FileRef>,
    /// 填写样例: filled in for an invented applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filled_example: Option<FileRef>,
    /// 备注.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

impl Requirement {
    /// The key of the material that is the application form itself: the platform makes it of the answers.
    pub const FROM_FORM: &str = "application";

    /// Whether these answers of the form make it needed. A form without the field does not.
    #[must_use]
    pub fn applies(&self, form: &Value) -> bool {
        self.condition.as_ref().is_none_or(|it| it.holds(form))
    }

    /// Whether it must lie before acceptance, unless it follows later by [`Requirement::max_days_owed`].
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.need != MaterialNecessity::Optional
    }

    /// Whether a pledge can be signed for it: it may stand for it, and all that the person must be told of it is written
    /// (国办发〔2020〕42号: what is proven, who checks and how, what follows from an untrue one).
    #[must_use]
    pub fn may_pledge(&self) -> bool {
        let told = [&self.pledge_content, &self.pledge_check].iter().all(|it| !it.trim().is_empty());
        self.pledge && told && self.pledge_check_days.is_some_and(|it| it > 0)
    }

    /// Its files: blank form, sample, filled example, with the words of each.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &FileRef)> {
        let all = [("空白表格", &self.blank_form), ("示例样表", &self.sample), ("填写样例", &self.filled_example)];
        all.into_iter().filter_map(|(words, file)| Some((words, file.as_ref()?)))
    }
}
