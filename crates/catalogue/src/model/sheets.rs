//! The lists that an authority publishes: powers, responsibilities, services, fees; each as one table.

use super::{ItemDocument, ItemSummary, LegalBasis, codes::codes};

codes! {
    /// Which list.
    ListKind {
        /// What the authority may decide (types 01 to 19).
        Power = "power" "权力清单",
        /// What it answers for.
        Duty = "duty" "责任清单",
        /// What people can apply for.
        Service = "service" "服务清单",
        /// What it charges.
        Fee = "fee" "收费清单",
    }
}

impl ListKind {
    /// What the list says, in one sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Power => "本单位依法行使的行政权力。不在清单上的，不得行使。",
            Self::Duty => "每项权力由谁负责、做不到怎么追责。",
            Self::Service => "群众和企业可以申请办理的事项。",
            Self::Fee => "办事收取的费用。不在清单上的，不得收取。",
        }
    }

    /// Whether an item stands on it.
    #[must_use]
    pub fn holds(self, item: &ItemSummary, doc: Option<&ItemDocument>) -> bool {
        let power = item.item_type.code() < "20";
        match self {
            Self::Power => power,
            Self::Duty => power && doc.is_some_and(|it| it.responsibility.is_some()),
            Self::Service => item.item_type.is_on_application(),
            Self::Fee => doc.is_some_and(|it| it.fee.as_ref().is_some_and(|it| it.charged)),
        }
    }

    /// The heads of its columns.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Power => {
                &["序号", "事项名称", "事项类型", "实施编码", "设定依据", "行使层级", "法定时限", "承诺时限", "状态"]
            }
            Self::Duty => &["序号", "事项名称", "责任事项", "追责情形", "追责主体", "追责依据", "应负责任"],
            Self::Service => &[
                "序号",
                "事项名称",
                "事项类型",
                "服务对象",
                "承诺时限",
                "到现场次数",
                "收费",
                "办理地点",
                "咨询电话",
                "监督电话",
            ],
            Self::Fee => &["序号", "事项名称", "收费项目", "收费标准", "收费依据", "减免"],
        }
    }
}

/// A list as a table of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Which list.
    pub kind: ListKind,
    /// Whose.
    pub authority: String,
    /// Its rows, as many values as the list has columns.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// 「谯城区市场监督管理局权力清单」.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}{}", self.authority, self.kind.name())
    }

    /// The list of these items; an item that is only named has no document.
    #[must_use]
    pub fn of(kind: ListKind, authority: &str, items: &[(ItemSummary, Option<ItemDocument>)]) -> Self {
        let mut rows = Vec::new();
        let on = items.iter().filter(|it| kind.holds(&it.0, it.1.as_ref()));
        for (n, (item, doc)) in on.enumerate() {
            let n = (n + 1).to_string();
            let bare = ItemDocument::named(&item.name);
            let doc = doc.as_ref().unwrap_or(&bare);
            match kind {
                ListKind::Power => rows.push(power(n, item, doc)),
                ListKind::Duty => rows.push(duty(n, item, doc)),
                ListKind::Service => rows.push(service(n, item, doc)),
                ListKind::Fee => rows.extend(fees(&n, item, doc)),
            }
        }
        Self { kind, authority: authority.to_owned(), rows }
    }
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("；")
}

fn power(n: String, item: &ItemSummary, doc: &ItemDocument) -> Vec<String> {
    let statute = doc.base.as_ref().map(|it| it.statutory_limit.to_string()).unwrap_or_default();
    let code = if item.handling_code.is_empty() { &item.item_code } else { &item.handling_code };
    vec![
        n,
        item.name.clone(),
        item.item_type.name().to_owned(),
        if code.is_empty() { item.local_code.clone() } else { code.clone() },
        joined(doc.laws().map(LegalBasis::cited)),
        joined(doc.use_levels.iter().map(|it| it.name().to_owned())),
        statute,
        item.promise.clone(),
        item.state.name().to_owned(),
    ]
}

fn duty(n: String, item: &ItemSummary, doc: &ItemDocument) -> Vec<String> {
    let it = doc.responsibility.clone().unwrap_or_default();
    vec![
        n,
        item.name.clone(),
        joined(it.duties.iter().map(|it| format!("{}：{}", it.stage, it.text))),
        joined(it.situations),
        joined(it.accountable),
        joined(it.bases.iter().map(LegalBasis::cited)),
        joined(it.liabilities),
    ]
}

fn service(n: String, item: &ItemSummary, doc: &ItemDocument) -> Vec<String> {
    let fee = match &doc.fee {
        Some(fee) if fee.charged => joined(fee.lines.iter().map(|it| format!("{}：{}", it.name, it.standard))),
        Some(_) => "不收费".to_owned(),
        None => String::new(),
    };
    vec![
        n,
        item.name.clone(),
        item.item_type.name().to_owned(),
        joined(doc.audience().iter().map(|it| it.name().to_owned())),
        item.promise.clone(),
        item.visits.map(|it| it.to_string()).unwrap_or_default(),
        fee,
        joined(doc.windows.iter().map(|it| format!("{} {}", it.name, it.address))),
        doc.consult_phone.clone(),
        doc.complaint_phone.clone(),
    ]
}

fn fees(n: &str, item: &ItemSummary, doc: &ItemDocument) -> Vec<Vec<String>> {
    let Some(fee) = &doc.fee else { return Vec::new() };
    let line = |it: &super::FeeLine| {
        let basis = if it.basis.is_empty() { fee.basis.clone() } else { it.basis.clone() };
        vec![n.to_owned(), item.name.clone(), it.name.clone(), it.standard.clone(), basis, it.reduction.clone()]
    };
    fee.lines.iter().map(line).collect()
}

/// One column of the open data: its name, what it means, and how it is told.
pub struct OpenColumn {
    /// Its name in files.
    pub key: &'static str,
    /// Its name in Chinese.
    pub name: &'static str,
    /// What it means, its unit and codes.
    pub meaning: &'static str,
    /// Its value for an item of an authority with this name and code.
    pub value: fn(&ItemSummary, (&str, &str)) -> String,
}

/// The columns of the open data about items: the data dictionary and the files are made of this one table.
#[rustfmt::skip]
pub const OPEN_COLUMNS: &[OpenColumn] = &[
    OpenColumn { key: "id", name: "事项标识", meaning: "本平台内唯一，不变", value: |it, _| it.id.to_string() },
    OpenColumn { key: "name", name: "事项名称", meaning: "", value: |it, _| it.name.clone() },
    OpenColumn { key: "main_item", name: "主项名称", meaning: "是某个主项的子项时有", value: |it, _| it.main_item.clone() },
    OpenColumn { key: "item_type", name: "事项类型代码", meaning: "GB/T 39046—2020 事项类型，两位", value: |it, _| it.item_type.code().to_owned() },
    OpenColumn { key: "item_type_name", name: "事项类型", meaning: "", value: |it, _| it.item_type.name().to_owned() },
    OpenColumn { key: "base_code", name: "基本编码", meaning: "12 位", value: |it, _| it.base_code.clone() },
    OpenColumn { key: "item_code", name: "实施编码", meaning: "31 位：统一社会信用代码 18 + 行使层级 1 + 基本编码 12", value: |it, _| it.item_code.clone() },
    OpenColumn { key: "handling_code", name: "业务办理项编码", meaning: "33 位，没有分办理项的为空", value: |it, _| it.handling_code.clone() },
    OpenColumn { key: "local_code", name: "地方实施编码", meaning: "", value: |it, _| it.local_code.clone() },
    OpenColumn { key: "authority", name: "实施主体", meaning: "", value: |_, office| office.0.to_owned() },
    OpenColumn { key: "authority_code", name: "实施主体统一社会信用代码", meaning: "18 位", value: |_, office| office.1.to_owned() },
    OpenColumn { key: "division", name: "行政区划代码", meaning: "12 位", value: |it, _| it.division.to_string() },
    OpenColumn { key: "state", name: "状态", meaning: "published 在用，suspended 暂停，listed 待完善", value: |it, _| it.state.code().to_owned() },
    OpenColumn { key: "version", name: "版本号", meaning: "每次发布加 1，0 为没有发布过", value: |it, _| it.current_version.to_string() },
    OpenColumn { key: "handling", name: "办件类型", meaning: "即办件、承诺件，没有写明的为空", value: |it, _| it.immediate.map_or("", |it| if it { "即办件" } else { "承诺件" }).to_owned() },
    OpenColumn { key: "promise", name: "承诺办结时限", meaning: "", value: |it, _| it.promise.clone() },
    OpenColumn { key: "visits", name: "到现场次数", meaning: "次，没有写明的为空", value: |it, _| it.visits.map(|it| it.to_string()).unwrap_or_default() },
    OpenColumn { key: "for_persons", name: "面向自然人", meaning: "1 是，0 否", value: |it, _| i64::from(it.for_persons).to_string() },
    OpenColumn { key: "for_organisations", name: "面向法人和其他组织", meaning: "1 是，0 否", value: |it, _| i64::from(it.for_organisations).to_string() },
    OpenColumn { key: "flags", name: "便民标签", meaning: "马上办、就近办、一次办、网上办、零跑动，以顿号分隔", value: |it, _| it.tags.flags.iter().map(|it| it.name()).collect::<Vec<_>>().join("、") },
    OpenColumn { key: "summary", name: "一句话说明", meaning: "", value: |it, _| it.summary.clone() },
    OpenColumn { key: "changed_at", name: "变更日期", meaning: "年月日，北京时间", value: |it, _| it.changed_at.legal_date().to_string() },
];
