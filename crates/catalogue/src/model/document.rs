//! The item document: base entry and implementing list (实施清单) of one version, as edited, published and kept.

use serde::{Deserialize, Serialize};
use standards::{
    AuthorityKind, HandlingArea, HandlingKind, ItemType, OnlineDepth, OnlineGrade, PowerSource, RealNameLevel,
    ReviewKind, UseLevel,
};

use super::{
    ApplicationForm, Audience, BaseEntry, Booking, Channels, ConditionCheck, ContactWay, Courier, Day, DeliveryWay,
    Discretion, Extension, Fee, FileRef, HandlingWay, Intermediary, ItemResult, LegalBasis, LocalField, Preliminary,
    ProcessStep, Question, Remedies, Requirement, Responsibility, Sample, SpecialProcedure, TimeLimit, Topics, Visits,
    Window,
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
    /// Laws and local rules besides those of the base entry; they may add to it, not loosen it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub local_basis: Vec<LegalBasis>,
    /// 业务办理项: number 1 to 99 among the parts of one item of one authority; `None`: the item has no parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handling_number: Option<u8>,
    /// 主项名称, where the item is one part of a larger one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub main_item: String,
    /// 地方实施编码, as the authority's own system writes it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub local_code: String,
    /// 行使层级.
    pub use_levels: Vec<UseLevel>,
    /// 权力来源.
    pub power_source: Option<PowerSource>,
    /// 实施主体性质.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_kind: Option<AuthorityKind>,
    /// 受委托部门; needed for a body that acts for another ([`AuthorityKind::Entrusted`]).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub entrusted_body: String,
    /// 权限划分: which part of the power lies at this level.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub power_split: String,
    /// 行使内容: what of the item this level does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub exercise_content: String,
    /// 承办机构: the section that does the work.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub office_in_charge: String,
    /// 共同实施部门.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joint_authorities: Vec<String>,
    /// 联办机构: others whose opinion or act is part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joint_offices: Vec<String>,
    /// 运行系统层级: whose system it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_level: Option<UseLevel>,
    /// 事项名称.
    pub name: String,
    /// What people call it: 「开饭店」.
    pub aliases: Vec<String>,
    /// One sentence in plain words.
    pub summary: String,
    /// 办件类型.
    pub handling_kind: Option<HandlingKind>,
    /// 审查类型; `None`: as the kind of handling says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_kind: Option<ReviewKind>,
    /// 承诺办结时限.
    pub promised_limit: Option<TimeLimit>,
    /// 承诺办结时限说明.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub promise_explain: String,
    /// 补正期限: within what an applicant answers a correction notice, or else the case ends (逾期未补正). No law sets one, so there is no
    /// default: `None` is without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_limit: Option<TimeLimit>,
    /// 接办分离: who accepted or reviewed an application may not decide it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub separate_hands: bool,
    /// 实名等级: what whoever files online must have reached; `None`: to be registered will do. At a window the clerk sees who it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real_name_level: Option<RealNameLevel>,
    /// 受理条件.
    pub conditions: Vec<String>,
    /// 数量限制; empty: none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub quantity_limit: String,
    /// 「我能不能办」: questions that tell whether to apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<ConditionCheck>,
    /// Who need not apply here, and where instead.
    pub not_for: String,
    /// 申请材料.
    pub materials: Vec<Requirement>,
    /// 常见错误 of the whole application; those of one material stand with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub common_mistakes: Vec<String>,
    /// 表格下载 besides the materials' own blank forms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub downloads: Vec<FileRef>,
    /// 中介服务 that must be had before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intermediaries: Vec<Intermediary>,
    /// 申请表.
    pub form: Option<ApplicationForm>,
    /// 办理流程.
    pub steps: Vec<ProcessStep>,
    /// 流程图 as a picture or paper, besides the one drawn from the steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_chart: Option<FileRef>,
    /// 特别程序.
    pub special_procedures: Vec<SpecialProcedure>,
    /// Extension of the limit; `None`: not possible.
    pub extension: Option<Extension>,
    /// 下级初审: who examines before the authority of the item decides; `None`: nobody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preliminary: Option<Preliminary>,
    /// 收费.
    pub fee: Option<Fee>,
    /// 到办事现场次数.
    pub visits: Option<Visits>,
    /// 办理形式.
    pub handling_forms: Vec<HandlingWay>,
    /// 进驻政务大厅.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_hall: Option<bool>,
    /// Name of the hall.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hall_name: String,
    /// 就近办: where near home, in words; empty: nowhere nearer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub nearby: String,
    /// 预约.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking: Option<Booking>,
    /// 物流快递.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub courier: Option<Courier>,
    /// 自助终端.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_service: Option<bool>,
    /// 通办范围.
    pub handling_area: Option<HandlingArea>,
    /// 网上办理深度.
    pub online_depth: Vec<OnlineDepth>,
    /// 网办等级.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_grade: Option<OnlineGrade>,
    /// Where one applies online; `None`: on this platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Channels>,
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
    /// Other ways to ask (咨询方式).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consult_ways: Vec<ContactWay>,
    /// Other ways to complain (监督投诉方式).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub complaint_ways: Vec<ContactWay>,
    /// 救济途径.
    pub remedies: Option<Remedies>,
    /// 申请人权利义务.
    pub rights: Vec<String>,
    /// 责任清单.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsibility: Option<Responsibility>,
    /// 裁量基准.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub discretion: Vec<Discretion>,
    /// 常见问题.
    pub questions: Vec<Question>,
    /// 主题分类.
    pub topics: Topics,
    /// 必审要点: what the examiner must have answered, point by point, before anything is answered in favour; shown to officers only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required_points: Vec<String>,
    /// What the examiner looks at besides; shown to officers only.
    pub review_points: Vec<String>,
    /// A filled example.
    pub sample: Option<Sample>,
    /// 计划生效日期: a version that is published before takes effect on this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_effect: Option<Day>,
    /// 计划取消日期: on this day the item is cancelled by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_cancel: Option<Day>,
    /// 地方扩展字段.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub local_fields: Vec<LocalField>,
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

    /// All points that the examiner looks at, those that must be answered first.
    pub fn points(&self) -> impl Iterator<Item = &String> {
        self.required_points.iter().chain(&self.review_points)
    }

    /// The requirement of this key.
    #[must_use]
    pub fn requirement(&self, key: &str) -> Option<&Requirement> {
        self.materials.iter().find(|it| it.key == key)
    }

    /// All laws it rests on: those of the base entry, then local ones.
    pub fn laws(&self) -> impl Iterator<Item = &LegalBasis> {
        self.base.iter().flat_map(|it| &it.legal_basis).chain(&self.local_basis)
    }

    /// All files it shows, each with its field (`materials/0/blank_form`).
    #[must_use]
    pub fn files(&self) -> Vec<(String, &FileRef)> {
        let mut out = Vec::new();
        for (i, it) in self.materials.iter().enumerate() {
            let three =
                [("blank_form", &it.blank_form), ("sample", &it.sample), ("filled_example", &it.filled_example)];
            let there = three.into_iter().filter_map(|(field, file)| Some((field, file.as_ref()?)));
            out.extend(there.map(|(field, file)| (format!("materials/{i}/{field}"), file)));
        }
        out.extend(self.downloads.iter().enumerate().map(|(i, it)| (format!("downloads/{i}"), it)));
        out.extend(self.flow_chart.iter().map(|it| ("flow_chart".to_owned(), it)));
        out.extend(self.result.iter().filter_map(|it| Some(("result/sample".to_owned(), it.sample.as_ref()?))));
        out
    }
}
