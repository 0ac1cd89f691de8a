//! The rules a document must keep to be published: one table of field, rule, message and severity.
//!
//! Numbers 1 to 15 are those of the item checkers in use (15 quality rules before publication); 16 is the base directory's, 17
//! are the document's own sense. What breaks a rule is told by the functions of [`checks`], which only find; the words stand here.

mod checks;

use checks::Hit;
use kernel::Fault;

use super::{ItemDocument, limits, missing};

/// What a broken rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It keeps the document from being submitted and published.
    Block,
    /// It is told; the department decides.
    Warn,
}

impl Severity {
    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "必须更正",
            Self::Warn => "建议完善",
        }
    }
}

/// One rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its number.
    pub number: u8,
    /// The field at which it speaks; `#` stands for the number of the entry, from 0.
    pub field: &'static str,
    /// What it asks, in Chinese.
    pub asks: &'static str,
    /// What is wrong and what to do; each `{}` is filled with what was found.
    pub message: &'static str,
    /// What breaking it means.
    pub severity: Severity,
    breaks: fn(&ItemDocument) -> Vec<Hit>,
}

/// Something that was found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's number; 0: a limit of length.
    pub rule: u8,
    /// The document's field.
    pub field: String,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
    /// What it means.
    pub severity: Severity,
}

impl From<Finding> for Fault {
    fn from(it: Finding) -> Self {
        Self::new(it.field, it.message)
    }
}

/// Rows of the table: number, field, what it asks, message, finder.
macro_rules! rules {
    ($($severity:ident $number:literal $field:literal $asks:literal $message:literal $breaks:ident;)+) => {
        &[$(Rule {
            number: $number,
            field: $field,
            asks: $asks,
            message: $message,
            severity: Severity::$severity,
            breaks: checks::$breaks,
        }),+]
    };
}

/// All rules, in the order of their numbers.
#[rustfmt::skip]
pub const RULES: &[Rule] = rules! {
    Block 1  "promised_limit" "承诺时限不超过法定时限" "承诺时限（{}）与法定时限（{}）单位不同，无法比较，请改用同一单位。" promise_in_other_unit;
    Block 1  "promised_limit" "承诺时限不超过法定时限" "承诺时限（{}）超过法定时限（{}），请缩短。" promise_too_long;
    Block 2  "promised_limit" "即办件当场办结" "即办件应当场办结，不能承诺「{}」；需要几天的请改为承诺件。" immediate_with_days;
    Block 2  "handling_kind"  "当场办结的是即办件" "承诺时限为当场办结的，办件类型应为即办件。" at_once_but_promised;
    Block 2  "promised_limit" "承诺件有期限" "承诺时限不能是 0，当场办结的请选「当场办结」。" promise_of_nothing;
    Block 2  "review_kind"    "审查类型与办件类型一致" "{}的审查类型应为「{}」。" review_of_other_kind;
    Block 3  "steps"          "结果名称与办结环节一致" "结果名称「{}」以「{}」结尾，办理流程应有「{}」环节。" result_without_step;
    Block 4  "visits"         "不到现场的写「无」" "不需要到现场的，原因应写「无」。" no_visit_with_reason;
    Block 4  "visits"         "到现场的说明原因" "需要到现场 {} 次，请写明必须到现场的原因。" visit_without_reason;
    Block 5  "handling_forms" "零跑动须能网办或者快递" "到现场次数为 0 又不能网上受理的，办理形式应包含快递申请。" no_visit_without_way;
    Block 6  "visits"         "全程网办不到现场" "网办等级为Ⅳ级（全程网办）的，到现场次数应为 0，现为 {} 次。" full_online_with_visit;
    Block 7  "fee"            "不收费的不列收费项" "不收费的事项不能列收费项目、依据和网上支付。" free_with_lines;
    Block 7  "fee"            "收费有依据" "收费的事项请写明收费依据。" fee_without_basis;
    Block 7  "fee"            "收费有项目和标准" "收费的事项请逐项写明收费项目和标准。" fee_without_lines;
    Block 7  "fee"            "收费能网上支付" "收费的事项应支持网上支付，请开通后勾选「可以网上支付」。" fee_without_payment;
    Block 8  "consult_phone"  "电话带区号" "咨询电话「{}」请带区号书写，如 0558-5550101。" consult_phone_bare;
    Block 8  "complaint_phone" "电话带区号" "监督电话「{}」请带区号书写，如 0558-5550101。" complaint_phone_bare;
    Block 8  "complaint_phone" "咨询与监督不同" "监督电话不能与咨询电话相同，否则投诉会回到被投诉的人手里。" phones_alike;
    Block 9  "topics"         "服务对象与主题一致" "服务对象包含{}，请选择面向{}的主题分类。" topics_lacking;
    Block 9  "topics"         "服务对象与主题一致" "服务对象不含{}，不应有面向{}的主题分类。" topics_too_many;
    Block 10 "questions"      "许可有常见问题" "行政许可事项至少要有一条常见问题。" licence_without_question;
    Block 10 "steps"          "许可有五个环节" "行政许可事项的办理流程应有受理、审核、审批、办结、送达五个环节，现有 {} 个。" licence_with_few_steps;
    Warn  10 "steps"          "许可有五个环节" "行政许可事项的办理流程缺少「{}」环节。" licence_lacks_post;
    Block 11 "result"         "有结果就有样本" "有审批结果的，请说明或者上传结果样本。" result_without_sample;
    Block 12 "conditions"     "不用含糊的兜底词" "受理条件「{}」中的「{}」让人无法准备，请逐项写明。" vague_condition;
    Block 12 "materials/#/name" "不用含糊的兜底词" "材料名称「{}」中的「{}」让人无法准备，请逐项写明。" vague_material;
    Block 13 "materials/#"    "容缺写明补交期限" "容缺材料「{}」请写明受理后几个工作日内补交。" owed_without_days;
    Block 14 "delivery"       "送达不只靠邮寄" "送达方式不能只有邮寄，请增加窗口领取或者网上下载。" post_alone;
    Block 14 "base"           "法定时限大于 0" "法定办结时限不能是 0。" statute_of_nothing;
    Block 15 "handling_number" "一事一码" "本单位已有这个编码的事项（一事一码）。同一事项分几种情形办理的，请填写业务办理项序号；不是的，请核对是否重复编制。" kept_by_the_database;
    Block 16 "use_levels"     "不超出基本目录的层级" "基本目录规定的行使层级是{}，不能由「{}」行使。" level_beyond_base;
    Block 16 "materials/#/name" "不多要材料" "材料「{}」不在基本目录规定的材料中，不得增加；确有依据的，请先变更基本目录。" material_beyond_base;
    Block 16 "visits"         "不多跑一次" "基本目录规定最多到现场 {} 次，不能要求 {} 次。" visits_beyond_base;
    Block 17 "check"          "自查问题能走到结论" "{}" check_is_broken;
    Block 17 "discretion/#"   "裁量有条件有幅度" "裁量事项「{}」请逐档写明适用条件和裁量幅度，金额下限不高于上限。" discretion_is_broken;
    Block 17 "entrusted_body" "受委托写明委托关系" "实施主体性质为受委托组织的，请写明受委托部门。" entrusted_by_nobody;
    Block 17 "intermediaries/#/basis" "中介服务有依据" "中介服务「{}」没有法定依据，不得作为受理条件。" intermediary_without_basis;
    Block 17 "planned_cancel" "先生效后取消" "计划取消日期（{}）应晚于计划生效日期（{}）。" cancelled_before_effect;
    Block 17 "materials/#/key" "材料标识不重复" "材料「{}」的标识「{}」为空或者与别的材料重复。" key_twice;
    Block 17 "extension"      "许可延长不超过十日" "延长审批最多 10 个工作日（行政许可法第四十二条），现为 {} 个。" extension_too_long;
    Warn  18 "materials/#/legal_basis" "材料有依据" "材料「{}」没有写要求提交的依据，没有依据的应当取消。" material_without_basis;
    Warn  18 "materials/#/need" "能查到的不要交" "材料「{}」{}，建议改为「非必要」，由平台查询。" material_held;
    Warn  19 "responsibility" "行政权力有责任清单" "行政权力事项请补充责任清单（责任事项、追责情形）。" power_without_responsibility;
};

/// All that keeps the document from being published, in the order of the rules, the missing elements last.
#[must_use]
pub fn findings(doc: &ItemDocument) -> Vec<Finding> {
    let limits = limits::over_limits(doc).into_iter();
    let limits = limits.map(|it| block(0, it.field, it.message));
    let absent = missing(doc).into_iter();
    let absent = absent.map(|it| block(14, it.field.to_owned(), format!("请补充「{}」。", it.name)));
    limits.chain(found(doc, Severity::Block)).chain(absent).collect()
}

/// What is only recommended.
#[must_use]
pub fn warnings(doc: &ItemDocument) -> Vec<Finding> {
    found(doc, Severity::Warn).collect()
}

fn block(rule: u8, field: String, message: String) -> Finding {
    Finding { rule, field, message, severity: Severity::Block }
}

fn found(doc: &ItemDocument, severity: Severity) -> impl Iterator<Item = Finding> {
    RULES.iter().filter(move |it| it.severity == severity).flat_map(move |rule| {
        let hits = (rule.breaks)(doc).into_iter();
        hits.map(move |hit| Finding {
            rule: rule.number,
            field: at(rule.field, &hit),
            message: say(rule.message, &hit),
            severity,
        })
    })
}

fn at(field: &str, hit: &Hit) -> String {
    match hit.entry {
        Some(entry) => field.replace('#', &entry.to_string()),
        None => field.to_owned(),
    }
}

/// The message with its blanks filled in order.
fn say(message: &str, hit: &Hit) -> String {
    let mut out = String::with_capacity(message.len());
    let mut values = hit.values.iter();
    let mut parts = message.split("{}").peekable();
    while let Some(part) = parts.next() {
        out.push_str(part);
        if parts.peek().is_some() {
            out.push_str(values.next().map_or("", String::as_str));
        }
    }
    out
}
