//! The item document: base entry and implementing list (实施清单) of one version, as edited, published and kept.

use serde::{Deserialize, Serialize};
use standards::{HandlingArea, HandlingKind, ItemType, OnlineDepth, PowerSource, UseLevel};

use super::{
    ApplicationForm, Audience, BaseEntry, DeliveryWay, Extension, Fee, HandlingWay, ItemResult, ProcessStep, Question,
    Remedies, Requirement, Sample, SpecialProcedure, TimeLimit, Topics, Visits, Window,
};

/// All that is said of an item in one version (exchange tables `up_task_general_basic`, `_extend`, `_material`, `_fee`, `_question`).
///
/// A draft may lack anything but the name; [`missing`](super::missing) names what is still to be written and
/// [`findings`](super::findings) what keeps it from being published. Reading ignores fields it does not know, so a file may
/// carry more (the demo's files name the authority).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemDocument {
    /// The entry of the base directory it implements; `None`: a local item, or not chosen yet.
    pub base: Option<BaseEntry>,
    /// 行使层级.
    pub use_levels: Vec<UseLevel>,
    /// 权力来源.
    pub power_source: Option<PowerSource>,
    /// 事项名称.
    pub name: String,
    /// What people call it: 「开饭店」.
    pub aliases: Vec<String>,
    /// One sentence in plain words.
    pub summary: String,
    /// 办件类型.
    pub handling_kind: Option<HandlingKind>,
    /// 承诺办结时限.
    pub promised_limit: Option<TimeLimit>,
    /// 受理条件.
    pub conditions: Vec<String>,
    /// Who need not apply here, and where instead.
    pub not_for: String,
    /// 申请材料.
    pub materials: Vec<Requirement>,
    /// 申请表.
    pub form: Option<ApplicationForm>,
    /// 办理流程.
    pub steps: Vec<ProcessStep>,
    /// 特别程序.
    pub special_procedures: Vec<SpecialProcedure>,
    /// Extension of the limit; `None`: not possible.
    pub extension: Option<Extension>,
    /// 收费.
    pub fee: Option<Fee>,
    /// 到办事现场次数.
    pub visits: Option<Visits>,
    /// 办理形式.
    pub handling_forms: Vec<HandlingWay>,
    /// 通办范围.
    pub handling_area: Option<HandlingArea>,
    /// 网上办理深度.
    pub online_depth: Vec<OnlineDepth>,
    /// 审批结果.
    pub result: Option<ItemResult>,
    /// 送达方式.
    pub delivery: Vec<DeliveryWay>,
    /// 办理地点、时间.
    pub windows: Vec<Window>,
    /// 咨询电话, with area code.
    pub consult_phone: String,
    /// 监督投诉电话, with area code.
    pub complaint_phone: String,
    /// 救济途径.
    pub remedies: Option<Remedies>,
    /// 申请人权利义务.
    pub rights: Vec<String>,
    /// 常见问题.
    pub questions: Vec<Question>,
    /// 主题分类.
    pub topics: Topics,
    /// What the examiner looks at; shown to officers only.
    pub review_points: Vec<String>,
    /// A filled example.
    pub sample: Option<Sample>,
}

impl ItemDocument {
    /// The beginning of a document: nothing but its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The item's type, if its base entry is chosen.
    #[must_use]
    pub fn item_type(&self) -> Option<ItemType> {
        self.base.as_ref().map(|it| it.item_type)
    }

    /// Whom it serves.
    #[must_use]
    pub fn audience(&self) -> &[Audience] {
        self.base.as_ref().map_or(&[], |it| &it.service_objects)
    }

    /// Whether natural persons can apply.
    #[must_use]
    pub fn serves_persons(&self) -> bool {
        self.audience().contains(&Audience::Person)
    }

    /// Whether organisations can apply.
    #[must_use]
    pub fn serves_organisations(&self) -> bool {
        self.audience().iter().any(|it| it.is_organisation())
    }

    /// Whether it is 即办件: decided at one sitting.
    #[must_use]
    pub fn is_immediate(&self) -> bool {
        self.handling_kind == Some(HandlingKind::Immediate)
    }

    /// The form's title of a field, for a condition that rests on it.
    #[must_use]
    pub fn field_title<'a>(&'a self, field: &'a str) -> &'a str {
        self.form.as_ref().map_or(field, |it| it.title(field))
    }

    /// The requirement of this key.
    #[must_use]
    pub fn requirement(&self, key: &str) -> Option<&Requirement> {
        self.materials.iter().find(|it| it.key == key)
    }
}
