//! The one table of an item's fields: what the desk asks, in which section, under which name, in which form.
//!
//! The editing pages, the comparison of versions, the bulk change and the data dictionary of the open data all read it; a field
//! that is missing here is missing everywhere, and a test finds it.

use standards::{
    AuthorityKind, HandlingArea, HandlingKind, OnlineDepth, OnlineGrade, PowerSource, RealNameLevel, ResultKind,
    ReviewKind, UseLevel,
};

use self::rows::{BASE, CHECK, CONTACT, FEE_LINE, GRADE, INTERMEDIARY, MATERIAL, PROCEDURE, STEP, WINDOW};
use super::{BusinessEvent, CORP_TOPICS, DeliveryWay, HandlingWay, LifeEvent, PERSON_TOPICS, codes::codes};

codes! {
    /// A section of the editing desk.
    Group {
        /// What it is and who does it.
        Basic = "basic" "基本信息",
        /// How it is found: colloquial names, topics, questions.
        Search = "search" "群众怎么找",
        /// How long, how often, by which ways.
        Time = "time" "时限和方式",
        /// Conditions and the check of them.
        Conditions = "conditions" "受理条件",
        /// What one must bring.
        Materials = "materials" "申请材料",
        /// The application form.
        Form = "form" "申请表",
        /// The process.
        Steps = "steps" "办理流程",
        /// Fee, result, delivery.
        Result = "result" "收费和结果",
        /// Where, and whom to ask.
        Contact = "contact" "地点和联系",
        /// What the authority answers for.
        Duty = "duty" "责任和裁量",
    }
}

/// Values and words of a closed list.
pub type Options = fn() -> Vec<(&'static str, &'static str)>;

/// In which form a field is asked.
#[derive(Clone, Copy)]
pub enum Kind {
    /// One line.
    Line,
    /// Several lines.
    Text,
    /// A list of texts, one a line.
    Lines,
    /// A whole number, not below 0.
    Number,
    /// An amount in yuan, kept in fen.
    Money,
    /// A day.
    Day,
    /// A limit of time: number and unit.
    Limit,
    /// Yes, no, or not said.
    YesNo,
    /// Ticked or not.
    Flag,
    /// One of a list.
    Choice(Options),
    /// Several of a list.
    Choices(Options),
    /// Words of a list, and other words besides.
    Words(Options),
    /// Fields that belong together.
    Fields(&'static [Field]),
    /// A list of such.
    Rows(&'static [Field]),
    /// A file.
    File,
    /// Several files.
    Files,
    /// The application form, as a list of its questions.
    Form,
    /// An answer of the form on which something depends.
    When,
    /// Shown, not asked here; by these fields, or whole if there are none.
    Shown(&'static [Field]),
}

/// One field.
#[derive(Clone, Copy)]
pub struct Field {
    /// Its name in the document.
    pub key: &'static str,
    /// Its name on pages.
    pub name: &'static str,
    /// What to write, in one sentence; may be empty.
    pub hint: &'static str,
    /// In which form it is asked.
    pub kind: Kind,
    /// Whether a row without it is no row.
    pub required: bool,
}

/// Options of a code table.
macro_rules! table {
    ($type:ty) => {
        Kind::Choice(|| <$type>::ALL.iter().map(|it| (it.code(), it.name())).collect())
    };
    (many $type:ty) => {
        Kind::Choices(|| <$type>::ALL.iter().map(|it| (it.code(), it.name())).collect())
    };
}

const fn f(key: &'static str, name: &'static str, kind: Kind) -> Field {
    Field { key, name, hint: "", kind, required: false }
}

const fn h(key: &'static str, name: &'static str, kind: Kind, hint: &'static str) -> Field {
    Field { key, name, hint, kind, required: false }
}

const fn must(field: Field) -> Field {
    Field { required: true, ..field }
}

mod rows;

pub use rows::LAW;

fn outcomes() -> Vec<(&'static str, &'static str)> {
    vec![
        ("go_on", "不影响，继续问"),
        ("note", "可以办，另有要求"),
        ("no", "不能办"),
        ("elsewhere", "到别处办"),
        ("ask", "需要问窗口"),
    ]
}

fn person_topics() -> Vec<(&'static str, &'static str)> {
    PERSON_TOPICS.iter().map(|it| (it.1, it.1)).collect()
}

fn corp_topics() -> Vec<(&'static str, &'static str)> {
    CORP_TOPICS.iter().map(|it| (it.1, it.1)).collect()
}

fn result_kinds() -> Vec<(&'static str, &'static str)> {
    ResultKind::ALL.iter().map(|it| (it.name(), it.name())).collect()
}

/// Every field of the document, in the order of the desk.
#[rustfmt::skip]
pub const SECTIONS: &[(Group, &[Field])] = &[
    (Group::Basic, &[
        f("base", "基本目录", Kind::Shown(BASE)),
        must(h("name", "事项名称", Kind::Line, "业务办理项在名称后加括号说明，如「食品经营许可（首次申请）」")),
        h("main_item", "主项名称", Kind::Line, "本事项是某个主项的子项时填写"),
        h("handling_number", "业务办理项序号", Kind::Number, "同一事项分几种情形办理的，从 1 编起；没有分的不填"),
        f("local_code", "地方实施编码", Kind::Line),
        f("use_levels", "行使层级", table!(many UseLevel)),
        f("power_source", "权力来源", table!(PowerSource)),
        f("authority_kind", "实施主体性质", table!(AuthorityKind)),
        h("entrusted_body", "受委托部门", Kind::Line, "性质为受委托组织的填写"),
        f("power_split", "权限划分", Kind::Text),
        f("exercise_content", "行使内容", Kind::Text),
        f("office_in_charge", "承办机构", Kind::Line),
        h("joint_authorities", "共同实施部门", Kind::Lines, "每行一个"),
        h("joint_offices", "联办机构", Kind::Lines, "每行一个"),
        f("system_level", "运行系统层级", table!(UseLevel)),
        h("local_basis", "本地依据", Kind::Rows(LAW), "基本目录以外的地方性法规、规章、文件"),
        h("planned_effect", "计划生效日期", Kind::Day, "发布后到这一天自动生效；不填则发布即生效"),
        h("planned_cancel", "计划取消日期", Kind::Day, "到这一天自动取消"),
        h("local_fields", "地方扩展字段", Kind::Rows(&[must(f("name", "名称", Kind::Line)), f("value", "内容", Kind::Line)]), ""),
    ]),
    (Group::Search, &[
        h("summary", "一句话说明", Kind::Text, "用群众的话说清楚：什么情况要办、办完能做什么"),
        h("aliases", "俗称", Kind::Lines, "群众会怎么搜，每行一个，如「开饭店」"),
        f("topics", "主题分类", Kind::Fields(&[
            h("person", "面向自然人", Kind::Words(person_topics), "服务对象有自然人的必选"),
            h("corp", "面向法人", Kind::Words(corp_topics), "服务对象有法人和其他组织的必选"),
            f("life_events", "人生事件", table!(many LifeEvent)),
            f("business_events", "经营活动", table!(many BusinessEvent)),
        ])),
        h("questions", "常见问题", Kind::Rows(&[must(f("q", "问", Kind::Line)), must(f("a", "答", Kind::Text))]), "行政许可至少一条"),
    ]),
    (Group::Time, &[
        f("handling_kind", "办件类型", table!(HandlingKind)),
        h("review_kind", "审查类型", table!(ReviewKind), "不填则随办件类型"),
        h("promised_limit", "承诺办结时限", Kind::Limit, "不超过法定时限，单位相同；当场办结的选「当场办结」"),
        f("promise_explain", "承诺时限说明", Kind::Line),
        h("correction_limit", "补正期限", Kind::Limit, "申请人补正材料的期限；不填则不限"),
        h("separate_hands", "接办分离", Kind::Flag, "受理或者审核过的人，不得再对同一办件作决定"),
        h("real_name_level", "网上申请的实名等级", table!(RealNameLevel), "不填则注册即可；窗口办理的不看等级"),
        f("visits", "到现场次数", Kind::Fields(&[
            must(f("times", "次数", Kind::Number)),
            h("reason", "必须到现场的原因", Kind::Line, "0 次的写「无」"),
        ])),
        f("handling_forms", "办理形式", table!(many HandlingWay)),
        f("handling_area", "通办范围", table!(HandlingArea)),
        f("online_depth", "网上办理深度", table!(many OnlineDepth)),
        f("online_grade", "网办等级", table!(OnlineGrade)),
        h("channels", "网上办理渠道", Kind::Fields(&[
            h("url", "网页地址", Kind::Line, "在本平台办理的不填"),
            f("mobile_url", "移动端地址", Kind::Line),
            f("single_login", "单点登录", Kind::Flag),
            f("app_single_login", "移动端单点登录", Kind::Flag),
        ]), "在别的网站办理的填写"),
        f("in_hall", "进驻政务大厅", Kind::YesNo),
        f("hall_name", "大厅名称", Kind::Line),
        h("nearby", "就近办", Kind::Text, "乡镇、村、代办点怎么办；没有的不填"),
        f("booking", "预约", Kind::Fields(&[
            must(f("possible", "支持预约", Kind::YesNo)),
            f("rule", "预约规则", Kind::Line),
            f("places_a_day", "每天号数", Kind::Number),
        ])),
        f("courier", "物流快递", Kind::Fields(&[
            must(f("materials", "材料可以邮寄", Kind::YesNo)),
            must(f("results", "结果可以邮寄", Kind::YesNo)),
        ])),
        f("self_service", "自助终端", Kind::YesNo),
    ]),
    (Group::Conditions, &[
        h("conditions", "受理条件", Kind::Lines, "每行一条，不写「其他条件」「符合有关规定」"),
        h("quantity_limit", "数量限制", Kind::Line, "没有的不填"),
        f("not_for", "哪些情况不在这里办", Kind::Text),
        h("check", "我能不能办", Kind::Fields(CHECK), "几个问题帮群众先判断；没有的不填"),
        h("intermediaries", "中介服务", Kind::Rows(INTERMEDIARY), "申请前必须先做的检测、评估等；没有的不填"),
    ]),
    (Group::Materials, &[
        f("materials", "申请材料", Kind::Rows(MATERIAL)),
        h("common_mistakes", "整份申请的常见错误", Kind::Lines, "每行一条"),
        f("downloads", "其他表格下载", Kind::Files),
    ]),
    (Group::Form, &[f("form", "申请表", Kind::Form), f("sample", "申请表样例", Kind::Shown(&[]))]),
    (Group::Steps, &[
        f("steps", "办理流程", Kind::Rows(STEP)),
        f("flow_chart", "流程图", Kind::File),
        f("special_procedures", "特别程序", Kind::Rows(PROCEDURE)),
        f("extension", "延长审批", Kind::Fields(&[
            must(f("allowed", "可以延长", Kind::YesNo)),
            f("days_max", "最多（工作日）", Kind::Number),
            f("basis", "依据", Kind::Line),
        ])),
        h("preliminary", "下级初审", Kind::Fields(&[
            must(h("offices", "初审机关", Kind::Lines, "每行一个统一社会信用代码；几个机关都可以的，由申请人选一个")),
            h("days", "初审期限（工作日）", Kind::Number, "自受理之日起；法律、法规没有另外规定的是 20 个工作日"),
            must(h("basis", "依据", Kind::Line, "规定先由下级机关审查的法律、法规和条款")),
        ]), "依法应当先经下级行政机关审查、再报本机关决定的填写；其他事项不填"),
        h("required_points", "必审要点", Kind::Lines, "每行一条，逐条写明结论以前不能建议准予，也不能准予；只给工作人员看"),
        h("review_points", "其他审查要点", Kind::Lines, "每行一条，只给工作人员看"),
    ]),
    (Group::Result, &[
        f("fee", "收费", Kind::Fields(&[
            must(f("charged", "是否收费", Kind::YesNo)),
            f("basis", "收费依据", Kind::Line),
            f("lines", "收费项目", Kind::Rows(FEE_LINE)),
            f("online_payment", "可以网上支付", Kind::Flag),
        ])),
        f("result", "审批结果", Kind::Fields(&[
            must(f("kind", "结果类型", Kind::Choice(result_kinds))),
            f("name", "结果名称", Kind::Line),
            f("valid", "有效期", Kind::Line),
            f("sample_note", "结果样本说明", Kind::Text),
            f("sample", "结果样本", Kind::File),
            f("certificate_type", "证照类型代码", Kind::Line),
            f("area", "适用范围", Kind::Line),
        ])),
        f("delivery", "送达方式", table!(many DeliveryWay)),
    ]),
    (Group::Contact, &[
        f("windows", "办理地点和时间", Kind::Rows(WINDOW)),
        h("consult_phone", "咨询电话", Kind::Line, "带区号，如 0558-5550101"),
        h("complaint_phone", "监督电话", Kind::Line, "带区号，不能与咨询电话相同"),
        f("consult_ways", "其他咨询方式", Kind::Rows(CONTACT)),
        f("complaint_ways", "其他监督投诉方式", Kind::Rows(CONTACT)),
        f("remedies", "行政复议和行政诉讼", Kind::Fields(&[
            must(f("reconsideration", "行政复议", Kind::Fields(&[
                must(f("office", "机关", Kind::Line)), f("address", "地址", Kind::Line), f("phone", "电话", Kind::Line),
            ]))),
            must(f("litigation", "行政诉讼", Kind::Fields(&[
                must(f("court", "法院", Kind::Line)), f("address", "地址", Kind::Line), f("phone", "电话", Kind::Line),
            ]))),
        ])),
        h("rights", "申请人权利义务", Kind::Lines, "每行一条"),
    ]),
    (Group::Duty, &[
        f("responsibility", "责任清单", Kind::Fields(&[
            f("duties", "责任事项", Kind::Rows(&[
                must(h("stage", "环节", Kind::Line, "如「受理责任」")), f("text", "内容", Kind::Text), f("basis", "依据", Kind::Line),
            ])),
            h("situations", "追责情形", Kind::Lines, "每行一条"),
            h("accountable", "追责主体", Kind::Lines, "每行一条"),
            f("bases", "追责依据", Kind::Rows(LAW)),
            h("liabilities", "应负责任", Kind::Lines, "每行一条"),
        ])),
        f("discretion", "裁量基准", Kind::Rows(&[
            must(f("matter", "裁量事项", Kind::Line)),
            f("basis", "依据", Kind::Line),
            f("grades", "裁量阶次", Kind::Rows(GRADE)),
        ])),
    ]),
];

/// Words of keys that stand only in the base entry or in values of several parts.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("code", "基本编码"),
    ("item_type", "事项类型"),
    ("legal_basis", "设定依据"),
    ("statutory_limit", "法定办结时限"),
    ("limit_explain", "法定时限说明"),
    ("service_objects", "服务对象"),
    ("visits_max", "最多到现场次数"),
    ("directory", "目录层级"),
    ("n", "数"),
    ("unit", "单位"),
    ("blob", "文件"),
    ("bytes", "字节"),
    ("media", "格式"),
    ("schema", "字段"),
    ("layout", "分组"),
    ("prefill", "自动填写"),
];

/// The top-level fields with their sections.
pub fn fields_of() -> impl Iterator<Item = (Group, &'static str)> {
    SECTIONS.iter().flat_map(|(group, fields)| fields.iter().map(|it| (*group, it.key)))
}

/// The field of this key, wherever it stands at the top.
#[must_use]
pub fn field(key: &str) -> Option<&'static Field> {
    SECTIONS.iter().flat_map(|it| it.1).find(|it| it.key == key)
}

/// The name of a top-level field.
#[must_use]
pub fn field_name(key: &str) -> &'static str {
    field(key).map_or("其他", |it| it.name)
}

/// The section of a field at which a finding speaks: `materials/0/name` → materials.
#[must_use]
pub fn group_of(path: &str) -> Option<Group> {
    let top = path.split('/').next().unwrap_or(path);
    fields_of().find(|it| it.1 == top).map(|it| it.0)
}

/// The word for a key at any depth.
#[must_use]
pub fn word_of(key: &str) -> &str {
    let known = SECTIONS.iter().find_map(|it| named(it.1, key));
    known.or_else(|| OTHER_WORDS.iter().find(|it| it.0 == key).map(|it| it.1)).unwrap_or(key)
}

fn named(fields: &'static [Field], key: &str) -> Option<&'static str> {
    let here = fields.iter().find(|it| it.key == key).map(|it| it.name);
    here.or_else(|| {
        fields.iter().find_map(|it| match it.kind {
            Kind::Fields(inner) | Kind::Rows(inner) => named(inner, key),
            Kind::Limit => (key == "unit").then_some("单位"),
            _ => None,
        })
    })
}
