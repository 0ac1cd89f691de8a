//! What a guide must say to be complete: the elements that are still to be written (待完善).

use super::ItemDocument;

/// One element of a complete guide.
#[derive(Debug, Clone, Copy)]
pub struct Element {
    /// The document's field.
    pub field: &'static str,
    /// Its name in the list (reference 2.1, GB/T 39046—2020 table 4).
    pub name: &'static str,
    /// Whether the document says it.
    pub is_there: fn(&ItemDocument) -> bool,
}

/// An element that is still to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The document's field.
    pub field: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// The elements a complete guide has: the fourteen groups of the licence guide (reference 2.3 rule 14) and those without which
/// no application can be taken.
pub const ELEMENTS: &[Element] = &[
    Element { field: "name", name: "事项名称", is_there: |it| !it.name.trim().is_empty() },
    Element {
        field: "base",
        name: "基本编码和设定依据",
        is_there: |it| it.base.as_ref().is_some_and(|base| !base.legal_basis.is_empty()),
    },
    Element { field: "use_levels", name: "行使层级", is_there: |it| !it.use_levels.is_empty() },
    Element { field: "power_source", name: "权力来源", is_there: |it| it.power_source.is_some() },
    Element { field: "service_objects", name: "服务对象", is_there: |it| !it.audience().is_empty() },
    Element { field: "handling_kind", name: "办件类型", is_there: |it| it.handling_kind.is_some() },
    Element { field: "promised_limit", name: "承诺办结时限", is_there: |it| it.promised_limit.is_some() },
    Element { field: "conditions", name: "受理条件", is_there: |it| !it.conditions.is_empty() },
    Element { field: "materials", name: "申请材料", is_there: |it| !it.materials.is_empty() },
    Element { field: "form", name: "申请表", is_there: |it| it.form.is_some() },
    Element { field: "steps", name: "办理流程", is_there: |it| !it.steps.is_empty() },
    Element { field: "fee", name: "收费标准", is_there: |it| it.fee.is_some() },
    Element { field: "visits", name: "到现场次数", is_there: |it| it.visits.is_some() },
    Element { field: "handling_forms", name: "办理形式", is_there: |it| !it.handling_forms.is_empty() },
    Element { field: "online_depth", name: "网上办理深度", is_there: |it| !it.online_depth.is_empty() },
    Element { field: "result", name: "审批结果", is_there: |it| it.result.is_some() },
    Element { field: "delivery", name: "送达方式", is_there: |it| !it.delivery.is_empty() },
    Element { field: "windows", name: "办理地点和时间", is_there: |it| !it.windows.is_empty() },
    Element { field: "consult_phone", name: "咨询电话", is_there: |it| !it.consult_phone.is_empty() },
    Element { field: "complaint_phone", name: "监督电话", is_there: |it| !it.complaint_phone.is_empty() },
    Element { field: "remedies", name: "行政复议、行政诉讼", is_there: |it| it.remedies.is_some() },
];

/// What is still to be written, in the order of the guide.
#[must_use]
pub fn missing(doc: &ItemDocument) -> Vec<Missing> {
    let absent = ELEMENTS.iter().filter(|it| !(it.is_there)(doc));
    absent.map(|it| Missing { field: it.field, name: it.name }).collect()
}

/// How complete a guide is that lacks so many elements, in whole percent; 100 only if nothing is missing.
#[must_use]
pub fn percent_complete(missing: i64) -> i64 {
    percent_of_list(1, missing).unwrap_or_default()
}

/// 完整度 of a list of so many items whose guides lack so many elements together, in whole percent; 100 only if nothing is missing.
/// `None`: a list without items has none.
#[must_use]
pub fn percent_of_list(items: i64, missing: i64) -> Option<i64> {
    let owed = items.saturating_mul(i64::try_from(ELEMENTS.len()).unwrap_or(i64::MAX));
    (owed > 0).then(|| (owed - missing.clamp(0, owed)) * 100 / owed)
}
