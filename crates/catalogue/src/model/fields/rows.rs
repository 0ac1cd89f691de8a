//! The fields of what stands in rows within an item: materials, windows, checks, steps, laws.

use standards::{
    ConsultWay, ItemType, MaterialCopy, MaterialForm, MaterialKind, MaterialNecessity, MaterialSource, UseLevel,
};

use super::{
    super::{Audience, StepPost},
    Field, Kind, f, h, must, outcomes,
};

/// A law or regulation.
pub const LAW: &[Field] = &[
    must(h("law", "法律法规名称", Kind::Line, "不加书名号")),
    f("article", "条款或者文号", Kind::Line),
    h("text", "条文原文", Kind::Text, "照录原文；只列名称的可以不填"),
    f("issuer", "颁布机关", Kind::Line),
    h("effective", "施行日期", Kind::Line, "如 2021-04-29"),
];

/// What an item inherits of its base entry.
pub(super) const BASE: &[Field] = &[
    f("name", "基本目录名称", Kind::Line),
    f("code", "基本编码", Kind::Line),
    f("item_type", "事项类型", table!(ItemType)),
    f("legal_basis", "设定依据", Kind::Rows(LAW)),
    f("statutory_limit", "法定办结时限", Kind::Limit),
    f("limit_explain", "法定时限说明", Kind::Text),
    f("service_objects", "服务对象", table!(many Audience)),
    f("use_levels", "行使层级", table!(many UseLevel)),
    f("main_item", "主项名称", Kind::Line),
    f("materials", "最多可以要的材料", Kind::Lines),
    f("visits_max", "最多到现场次数", Kind::Number),
    f("local_code", "地方基本编码", Kind::Line),
];

pub(super) const CONTACT: &[Field] =
    &[must(f("way", "方式", table!(ConsultWay))), must(f("text", "地址、号码或者网址", Kind::Line))];

pub(super) const CHECK_OPTION: &[Field] = &[
    h("key", "标识", Kind::Line, "字母，如 yes；不填由平台编号"),
    must(f("text", "答案", Kind::Line)),
    must(h("outcome", "选了怎么样", Kind::Choice(outcomes), "")),
    h("explain", "原因和怎么办", Kind::Text, "会改变结论的必须写"),
    h("item", "应办的事项", Kind::Line, "选「到别处办」时填写"),
];

pub(super) const CHECK_QUESTION: &[Field] = &[
    h("key", "标识", Kind::Line, "字母，如 age；不填由平台编号"),
    must(f("text", "问题", Kind::Line)),
    h("hint", "怎么判断", Kind::Line, ""),
    h(
        "only_if",
        "前提",
        Kind::Fields(&[must(f("question", "前面的问题标识", Kind::Line)), must(f("option", "答案标识", Kind::Line))]),
        "只在前面某个问题选了某个答案时才问；不填则都问",
    ),
    f("options", "答案", Kind::Rows(CHECK_OPTION)),
];

pub(super) const CHECK: &[Field] = &[
    f("intro", "开头的话", Kind::Line),
    f("questions", "问题", Kind::Rows(CHECK_QUESTION)),
    must(h("passed", "都符合时说什么", Kind::Line, "如「您可以办理，请准备好材料」")),
];

pub(super) const MATERIAL: &[Field] = &[
    must(h("name", "材料名称", Kind::Line, "不写「其他材料」「相关材料」")),
    h("key", "标识", Kind::Line, "字母，如 layout；不填由平台编号，确定后不改"),
    must(f("kind", "材料类型", table!(MaterialKind))),
    must(f("form", "材料形式", table!(MaterialForm))),
    must(f("need", "材料必要性", table!(MaterialNecessity))),
    h("max_days_owed", "容缺补交期限（工作日）", Kind::Number, "选「容缺后补」时必填"),
    h(
        "reuse_days",
        "多少天内不用再交",
        Kind::Number,
        "同一申请人以前交过同名材料的，多少天内可以直接用；不填则每次都交",
    ),
    f("copy", "材料性质", table!(MaterialCopy)),
    f("original_copies", "原件份数", Kind::Number),
    f("duplicate_copies", "复印件份数", Kind::Number),
    f("copy_explain", "复印件说明", Kind::Line),
    f("page_format", "规格", Kind::Line),
    must(f("source", "来源渠道", table!(MaterialSource))),
    f("source_explain", "来源渠道说明", Kind::Line),
    f("issuer", "出具机构", Kind::Line),
    h("held_by_platform", "平台已掌握", Kind::Line, "能查询代替的证照或者数据名称，如「营业执照」"),
    h("pledge", "可以告知承诺代替", Kind::Flag, ""),
    h(
        "pledge_content",
        "承诺的内容",
        Kind::Text,
        "这份材料要证明的事实、应当符合的条件，写得能核对；可以承诺代替的必填",
    ),
    h("pledge_check", "事后核查的方式", Kind::Line, "向谁核对、是否上门；可以承诺代替的必填"),
    h("pledge_check_days", "事后核查的期限（工作日）", Kind::Number, "从作出决定次日起算；可以承诺代替的必填"),
    h("pledge_breach", "承诺不实的其他后果", Kind::Text, "本事项法律另有规定的才填；通行的后果由平台写明"),
    f("legal_basis", "要求提交的依据", Kind::Text),
    f("fill_explain", "填报须知", Kind::Text),
    f("accept_standard", "受理标准", Kind::Text),
    h("common_mistakes", "常见错误", Kind::Lines, "每行一条"),
    h("condition", "什么情形才要交", Kind::When, "申请表中某项填了某个值的才要交；不选则都要"),
    f("not_needed_when", "非必要情形", Kind::Line),
    f("blank_form", "空白表格", Kind::File),
    f("sample", "示例样表", Kind::File),
    f("filled_example", "填写样例", Kind::File),
    f("remark", "备注", Kind::Line),
];

pub(super) const INTERMEDIARY: &[Field] = &[
    must(f("name", "中介服务名称", Kind::Line)),
    h("basis", "设定依据", Kind::Line, "没有法定依据的不得列入"),
    f("condition", "什么情形需要", Kind::Line),
    f("product", "服务成果", Kind::Line),
    f("providers", "服务机构", Kind::Line),
    f("time_limit", "服务时限", Kind::Line),
    f("fee", "收费标准", Kind::Line),
    must(f("payer", "付费方", Kind::Choice(|| vec![("applicant", "申请人付费"), ("authority", "行政机关付费")]))),
];

pub(super) const STEP: &[Field] = &[
    must(f("name", "环节名称", Kind::Line)),
    must(f("post", "岗位", table!(StepPost))),
    f("days", "办理天数（工作日）", Kind::Number),
    f("office", "办理部门", Kind::Line),
    f("person", "办理人岗位", Kind::Line),
    f("how", "做什么", Kind::Text),
    f("standard", "审查标准", Kind::Text),
    f("product", "办理结果", Kind::Line),
    h("special", "特殊环节", Kind::Flag, "部分情形才有"),
];

pub(super) const PROCEDURE: &[Field] = &[
    must(f("name", "名称", Kind::Line)),
    h("kind", "标识", Kind::Line, "字母，如 hearing"),
    f("basis", "依据", Kind::Line),
    f("days_max", "最长（工作日）", Kind::Number),
    f("explain", "什么情形", Kind::Line),
    h("required", "必经", Kind::Flag, "听证：作出决定前都要先告知听证权利"),
];

pub(super) const FEE_LINE: &[Field] = &[
    must(f("name", "收费项目", Kind::Line)),
    f("standard", "收费标准", Kind::Line),
    h("amount_fen", "金额（元）", Kind::Money, "固定金额的填写"),
    f("basis", "收费依据", Kind::Line),
    f("reduction", "减免", Kind::Line),
    f("remark", "备注", Kind::Line),
];

pub(super) const WINDOW: &[Field] = &[
    must(f("name", "窗口名称", Kind::Line)),
    f("address", "办理地点", Kind::Line),
    f("hours", "办理时间", Kind::Line),
    f("phone", "电话", Kind::Line),
    f("directions", "怎么去", Kind::Line),
];

pub(super) const GRADE: &[Field] = &[
    must(f("grade", "裁量阶次", Kind::Line)),
    f("condition", "适用条件", Kind::Text),
    h("only_if", "申请表中填了什么就适用", Kind::When, "不选则由审查人员判断"),
    f("outcome", "裁量幅度", Kind::Text),
    f("fen_min", "最低（元）", Kind::Money),
    f("fen_max", "最高（元）", Kind::Money),
];
