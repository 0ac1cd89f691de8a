//! Ready groups of fields that a keeper puts into a form with one click: the same questions under the same words in every form.

use crate::design::{Described, Made};

/// A ready group.
pub struct Kit {
    /// Its code.
    pub code: &'static str,
    /// Its name on the desk.
    pub name: &'static str,
    /// The heading of the section it makes.
    pub heading: &'static str,
    fields: &'static [Line],
}

/// One field: key, kind, title, hint, whether it must be filled in, source of its value, and its columns or choices.
struct Line {
    key: &'static str,
    kind: &'static str,
    title: &'static str,
    hint: &'static str,
    must: bool,
    prefill: &'static str,
    options: &'static [&'static str],
    columns: &'static [Line],
    made: (&'static str, &'static [&'static str]),
}

const fn line(key: &'static str, kind: &'static str, title: &'static str, hint: &'static str) -> Line {
    Line { key, kind, title, hint, must: true, prefill: "", options: &[], columns: &[], made: ("", &[]) }
}

const fn known(it: Line, prefill: &'static str) -> Line {
    Line { prefill, ..it }
}

const fn may(it: Line) -> Line {
    Line { must: false, ..it }
}

const RELATIONS: &[&str] = &["配偶", "子女", "父母", "兄弟姐妹", "祖父母、外祖父母", "孙子女、外孙子女", "其他"];

const RELATIVES: &[Line] = &[
    line("name", "text", "姓名", ""),
    Line { options: RELATIONS, ..line("relation", "choice", "与申请人的关系", "") },
    may(line("number", "citizen-number", "公民身份号码", "")),
    may(line("mobile", "mobile", "手机号码", "")),
];

const HOUSEHOLD: &[Line] = &[
    line("name", "text", "姓名", ""),
    Line { options: RELATIONS, ..line("relation", "choice", "与申请人的关系", "") },
    line("number", "citizen-number", "公民身份号码", ""),
    line("income", "money-fen", "月收入", "没有收入的填 0"),
];

/// All ready groups.
pub const KITS: &[Kit] = &[
    Kit {
        code: "person",
        name: "本人",
        heading: "申请人",
        fields: &[
            known(line("name", "text", "姓名", "与身份证一致"), "person.name"),
            known(
                line("citizen_number", "citizen-number", "公民身份号码", "18 位，末位可以是 X"),
                "person.citizen_number",
            ),
            known(line("mobile", "mobile", "手机号码", "办理进度会发到这个号码"), "person.mobile"),
        ],
    },
    Kit {
        code: "paper",
        name: "本人（各种身份证件）",
        heading: "申请人",
        fields: &[
            known(line("name", "text", "姓名", "与证件一致"), "person.name"),
            line("paper", "person-paper", "身份证件", ""),
            known(line("mobile", "mobile", "手机号码", "办理进度会发到这个号码"), "person.mobile"),
        ],
    },
    Kit {
        code: "enterprise",
        name: "企业",
        heading: "企业",
        fields: &[
            known(line("enterprise_name", "text", "企业名称", "与营业执照一致"), "enterprise.name"),
            known(
                line("credit_code", "credit-code", "统一社会信用代码", "18 位，见营业执照"),
                "enterprise.credit_code",
            ),
            line("representative", "text", "法定代表人（负责人）", ""),
            known(line("enterprise_address", "text", "住所", "与营业执照一致"), "enterprise.address"),
            may(line("enterprise_phone", "landline", "固定电话", "带区号，如 0558-5550101")),
        ],
    },
    Kit {
        code: "relatives",
        name: "亲属",
        heading: "亲属",
        fields: &[Line { columns: RELATIVES, ..line("relatives", "group", "亲属", "每人一行") }],
    },
    Kit {
        code: "household",
        name: "家庭成员和收入",
        heading: "家庭",
        fields: &[
            Line {
                columns: HOUSEHOLD, ..line("household", "group", "家庭成员", "共同生活的都要填，每人一行")
            },
            Line { made: ("count", &["household"]), ..may(line("household_size", "integer", "家庭人数", "")) },
            Line {
                made: ("sum", &["household/income"]),
                ..may(line("household_income", "money-fen", "家庭月收入合计", ""))
            },
        ],
    },
    Kit {
        code: "address",
        name: "住址",
        heading: "住址",
        fields: &[
            line("place", "place", "所在地", "逐级选到乡镇、街道"),
            known(line("address", "text", "详细地址", "写到门牌号"), "person.address"),
            may(line("postcode", "postcode", "邮政编码", "")),
        ],
    },
    Kit {
        code: "bank",
        name: "银行账户",
        heading: "收款账户",
        fields: &[
            known(line("account_name", "text", "户名", "应为申请人本人"), "person.name"),
            line("bank_card", "bank-card", "银行卡号、社保卡号", "照卡面填写"),
            line("bank", "text", "开户银行", "例如：某某农村商业银行"),
        ],
    },
    Kit {
        code: "vehicle",
        name: "车辆",
        heading: "车辆",
        fields: &[line("plate", "vehicle-plate", "车牌号", "照行驶证填写"), line("owner", "text", "车辆所有人", "")],
    },
    Kit {
        code: "sign",
        name: "声明和签名",
        heading: "声明和签名",
        fields: &[
            line("declared", "consent", "以上填写的内容真实、完整，如有不实，愿意承担相应的法律责任", ""),
            line("sign", "signature", "申请人签名", ""),
        ],
    },
];

impl Kit {
    /// The fields with their columns.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, Described, Vec<(&'static str, Described)>)> {
        self.fields
            .iter()
            .map(|it| (it.key, it.described(), it.columns.iter().map(|it| (it.key, it.described())).collect()))
    }
}

impl Line {
    fn described(&self) -> Described {
        let group = self.kind == "group";
        Described {
            kind: self.kind.to_owned(),
            title: self.title.to_owned(),
            hint: self.hint.to_owned(),
            required: self.must,
            options: self.options.iter().map(|it| (*it).to_owned()).collect(),
            least: if group { "1".to_owned() } else { String::new() },
            most: if group { "12".to_owned() } else { String::new() },
            row: if group { "人".to_owned() } else { String::new() },
            table: group,
            depth: if self.kind == "place" { "4".to_owned() } else { String::new() },
            prefill: self.prefill.to_owned(),
            made: Made { kind: self.made.0.to_owned(), of: self.made.1.iter().map(|it| (*it).to_owned()).collect() },
            ..Described::default()
        }
    }
}
