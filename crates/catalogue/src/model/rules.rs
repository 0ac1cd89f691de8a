//! The rules a document must keep to be published, each with its number in the national quality rules.
//!
//! The numbers are those of the item checkers in use (15 quality rules before publication). Rule 6 needs the grade of online
//! service, which this document does not hold; rule 15, one code an authority and version, is kept by the database.

use kernel::Fault;
use standards::{ItemType, MaterialNecessity, OnlineDepth, ResultKind};

use super::{DeliveryWay, HandlingWay, ItemDocument, TimeLimit, limits, missing};

/// Something that keeps a document from being published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's number; 0: a limit of length.
    pub rule: u8,
    /// The document's field.
    pub field: String,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
}

impl From<Finding> for Fault {
    fn from(it: Finding) -> Self {
        Self::new(it.field, it.message)
    }
}

/// A field and what is wrong with it.
type Said = (String, String);

/// One rule for publishing.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its number.
    pub number: u8,
    /// What it asks, in Chinese.
    pub title: &'static str,
    /// What of the document breaks it.
    check: fn(&ItemDocument) -> Vec<Said>,
}

/// All rules, in the order of their numbers.
pub const RULES: &[Rule] = &[
    Rule { number: 1, title: "承诺时限不超过法定时限", check: promise_within_statute },
    Rule { number: 2, title: "即办件当场办结，承诺件有期限", check: kind_fits_limit },
    Rule { number: 3, title: "结果名称与办结环节一致", check: result_fits_last_step },
    Rule { number: 4, title: "到现场须说明原因，不到现场写「无」", check: visits_have_reason },
    Rule { number: 5, title: "零跑动须能网办或者快递", check: no_visit_has_a_way },
    Rule { number: 7, title: "收费有依据和标准，不收费不列收费项", check: fee_is_explained },
    Rule { number: 8, title: "咨询电话与监督电话不同，都带区号", check: phones },
    Rule { number: 9, title: "服务对象与主题分类一致", check: topics_fit_audience },
    Rule { number: 10, title: "行政许可有常见问题和五个环节", check: licence_is_explained },
    Rule { number: 11, title: "有结果就有样本", check: result_has_sample },
    Rule { number: 12, title: "不用含糊的兜底词", check: vague_words },
    Rule { number: 13, title: "容缺材料写明补交期限", check: owed_materials_have_days },
    Rule { number: 14, title: "办事指南要素齐全", check: elements_are_there },
];

/// Words that leave the applicant guessing (reference 2.3 rule 12).
const VAGUE: [&str; 7] = ["其他材料", "其它材料", "符合有关规定", "视情况", "其他条件", "相关材料", "有关材料"];

/// All that keeps the document from being published, in the order of the rules.
#[must_use]
pub fn findings(doc: &ItemDocument) -> Vec<Finding> {
    let limits = limits::over_limits(doc).into_iter();
    let limits = limits.map(|it| Finding { rule: 0, field: it.field, message: it.message });
    let broken = RULES.iter().flat_map(|rule| {
        let said = (rule.check)(doc).into_iter();
        said.map(|(field, message)| Finding { rule: rule.number, field, message })
    });
    limits.chain(broken).collect()
}

fn say(field: &str, message: impl Into<String>) -> Vec<Said> {
    vec![(field.to_owned(), message.into())]
}

fn promise_within_statute(doc: &ItemDocument) -> Vec<Said> {
    let (Some(promise), Some(base)) = (doc.promised_limit, &doc.base) else { return Vec::new() };
    let statute = base.statutory_limit;
    if promise.is_at_once() {
        return Vec::new();
    }
    if promise.unit != statute.unit {
        let message = format!("承诺时限（{promise}）与法定时限（{statute}）单位不同，无法比较，请改用同一单位。");
        return say("promised_limit", message);
    }
    if promise.n > statute.n {
        return say("promised_limit", format!("承诺时限（{promise}）超过法定时限（{statute}），请缩短。"));
    }
    Vec::new()
}

fn kind_fits_limit(doc: &ItemDocument) -> Vec<Said> {
    let (Some(_), Some(limit)) = (doc.handling_kind, doc.promised_limit) else { return Vec::new() };
    match (doc.is_immediate(), limit.is_at_once()) {
        (true, false) => {
            say("promised_limit", format!("即办件应当场办结，不能承诺「{limit}」；需要几天的请改为承诺件。"))
        }
        (false, true) => say("handling_kind", "承诺时限为当场办结的，办件类型应为即办件。"),
        _ if !limit.is_at_once() && limit.n == 0 => {
            say("promised_limit", "承诺时限不能是 0，当场办结的请选「当场办结」。")
        }
        _ => Vec::new(),
    }
}

fn result_fits_last_step(doc: &ItemDocument) -> Vec<Said> {
    let Some(result) = &doc.result else { return Vec::new() };
    let name = result.name.trim_end_matches(['）', ')']);
    let wanted =
        [("批复", "审批办结"), ("证", "出证办结"), ("文", "出文办结")].into_iter().find(|it| name.ends_with(it.0));
    match wanted {
        Some((suffix, step)) if !doc.steps.is_empty() && !doc.steps.iter().any(|it| it.name == step) => {
            say("steps", format!("结果名称「{}」以「{suffix}」结尾，办理流程应有「{step}」环节。", result.name))
        }
        _ => Vec::new(),
    }
}

fn visits_have_reason(doc: &ItemDocument) -> Vec<Said> {
    let Some(visits) = &doc.visits else { return Vec::new() };
    let reason = visits.reason.trim();
    match visits.times {
        0 if reason != "无" => say("visits", "不需要到现场的，原因应写「无」。"),
        1.. if reason.is_empty() || reason == "无" => {
            say("visits", format!("需要到现场 {} 次，请写明必须到现场的原因。", visits.times))
        }
        _ => Vec::new(),
    }
}

fn no_visit_has_a_way(doc: &ItemDocument) -> Vec<Said> {
    let never = doc.visits.as_ref().is_some_and(|it| it.times == 0);
    let online = doc.handling_forms.contains(&HandlingWay::Online)
        && doc.online_depth.iter().any(|it| matches!(it, OnlineDepth::Accepting | OnlineDepth::Handling));
    let courier = doc.handling_forms.contains(&HandlingWay::Courier);
    if !never || online || courier || doc.handling_forms.is_empty() {
        return Vec::new();
    }
    say("handling_forms", "到现场次数为 0 又不能网上受理的，办理形式应包含快递申请。")
}

fn fee_is_explained(doc: &ItemDocument) -> Vec<Said> {
    let Some(fee) = &doc.fee else { return Vec::new() };
    if !fee.charged {
        let extra = !fee.lines.is_empty() || !fee.basis.is_empty();
        return if extra { say("fee", "不收费的事项不能列收费项目和依据。") } else { Vec::new() };
    }
    let mut out = Vec::new();
    if fee.basis.trim().is_empty() {
        out.extend(say("fee", "收费的事项请写明收费依据。"));
    }
    if fee.lines.is_empty() || fee.lines.iter().any(|it| it.name.trim().is_empty() || it.standard.trim().is_empty()) {
        out.extend(say("fee", "收费的事项请逐项写明收费项目和标准。"));
    }
    out
}

fn phones(doc: &ItemDocument) -> Vec<Said> {
    let mut out = Vec::new();
    for (field, name, phone) in
        [("consult_phone", "咨询电话", &doc.consult_phone), ("complaint_phone", "监督电话", &doc.complaint_phone)]
    {
        if !phone.is_empty() && !has_area_code(phone) {
            out.extend(say(field, format!("{name}「{phone}」请带区号书写，如 0558-5550101。")));
        }
    }
    if !doc.consult_phone.is_empty() && doc.consult_phone == doc.complaint_phone {
        out.extend(say("complaint_phone", "监督电话不能与咨询电话相同，否则投诉会回到被投诉的人手里。"));
    }
    out
}

/// `0558-5550101`: area code of three or four digits, a hyphen, five to eight digits.
fn has_area_code(phone: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    phone.split_once('-').is_some_and(|(area, number)| {
        area.starts_with('0')
            && (3..=4).contains(&area.len())
            && (5..=8).contains(&number.len())
            && digits(area)
            && digits(number)
    })
}

fn topics_fit_audience(doc: &ItemDocument) -> Vec<Said> {
    if doc.audience().is_empty() {
        return Vec::new();
    }
    let pairs = [
        ("自然人", doc.serves_persons(), !doc.topics.person.is_empty()),
        ("法人和其他组织", doc.serves_organisations(), !doc.topics.corp.is_empty()),
    ];
    let mut out = Vec::new();
    for (who, serves, has) in pairs {
        match (serves, has) {
            (true, false) => out.extend(say("topics", format!("服务对象包含{who}，请选择面向{who}的主题分类。"))),
            (false, true) => out.extend(say("topics", format!("服务对象不含{who}，不应有面向{who}的主题分类。"))),
            _ => {}
        }
    }
    out
}

fn licence_is_explained(doc: &ItemDocument) -> Vec<Said> {
    if doc.item_type() != Some(ItemType::Licence) {
        return Vec::new();
    }
    let mut out = Vec::new();
    if doc.questions.is_empty() {
        out.extend(say("questions", "行政许可事项至少要有一条常见问题。"));
    }
    if doc.steps.len() < 5 {
        let message =
            format!("行政许可事项的办理流程应有受理、审核、审批、办结、送达五个环节，现有 {} 个。", doc.steps.len());
        out.extend(say("steps", message));
    }
    out
}

fn result_has_sample(doc: &ItemDocument) -> Vec<Said> {
    let Some(result) = &doc.result else { return Vec::new() };
    let bare = result.kind != ResultKind::None && result.sample_note.trim().is_empty();
    if bare { say("result", "有审批结果的，请说明结果样本。") } else { Vec::new() }
}

fn vague_words(doc: &ItemDocument) -> Vec<Said> {
    let conditions = doc.conditions.iter().map(|it| ("conditions".to_owned(), "受理条件", it));
    let materials = doc.materials.iter().enumerate();
    let materials = materials.map(|(i, it)| (format!("materials/{i}/name"), "材料名称", &it.name));
    conditions
        .chain(materials)
        .filter_map(|(field, name, text)| {
            let word = VAGUE.iter().find(|it| text.contains(**it))?;
            Some((field, format!("{name}「{text}」中的「{word}」让人无法准备，请逐项写明。")))
        })
        .collect()
}

fn owed_materials_have_days(doc: &ItemDocument) -> Vec<Said> {
    let materials = doc.materials.iter().enumerate();
    let owed = materials.filter(|(_, it)| it.need == MaterialNecessity::MayFollow);
    owed.filter(|(_, it)| it.max_days_owed.is_none_or(|days| days == 0))
        .map(|(i, it)| (format!("materials/{i}"), format!("容缺材料「{}」请写明受理后几个工作日内补交。", it.name)))
        .collect()
}

fn elements_are_there(doc: &ItemDocument) -> Vec<Said> {
    let mut out: Vec<_> =
        missing(doc).iter().map(|it| (it.field.to_owned(), format!("请补充「{}」。", it.name))).collect();
    // A way of delivery that needs no address of the applicant must exist: the window, or the platform.
    if doc.delivery == [DeliveryWay::Post] {
        out.extend(say("delivery", "送达方式不能只有邮寄，请增加窗口领取或者网上下载。"));
    }
    let zero = |it: TimeLimit| !it.is_at_once() && it.n == 0;
    if doc.base.as_ref().is_some_and(|it| zero(it.statutory_limit)) {
        out.extend(say("base", "法定办结时限不能是 0。"));
    }
    out
}
