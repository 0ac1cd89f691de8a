//! What is searched of an item: its names as compared. Items of many places with the same names share one title.

use std::ops::Range;

use catalogue::ItemSummary;

use super::{
    sound::{self, Sounds},
    text::{Fold, Has, bare},
};

/// Acts that a title may be about; a query that names none means the beginning.
const ACTS: [&str; 86] = [
    "变更",
    "注销",
    "补办",
    "补发",
    "补领",
    "补证",
    "补打",
    "补换",
    "补正",
    "遗失",
    "延续",
    "延期",
    "换证",
    "换发",
    "换领",
    "校验",
    "年检",
    "年审",
    "审验",
    "复审",
    "复查",
    "到期",
    "转让",
    "转移",
    "过户",
    "转入",
    "转出",
    "撤销",
    "终止",
    "停业",
    "歇业",
    "解除",
    "暂停",
    "恢复",
    "缴销",
    "分公司",
    "分支机构",
    "子公司",
    "查询",
    "咨询",
    "投诉",
    "裁决",
    "仲裁",
    "合并",
    "迁移",
    "更正",
    "抵押",
    "封存",
    "解封",
    "挂失",
    "解挂",
    "修改",
    "重置",
    "转接",
    "异地",
    "竣工",
    "验收",
    "改建",
    "扩建",
    "修复",
    "复核",
    "复评",
    "补评",
    "处罚",
    "强制",
    "检查",
    "扣押",
    "查封",
    "罚款",
    "维护",
    "认证",
    "核验",
    "补缴",
    "重核",
    "名单",
    "临时",
    "备案解除",
    "退付",
    "退费",
    "作废",
    "账户",
    "停止",
    "减少",
    "激活",
    "提前",
    "鉴定",
];
/// Acts that begin something.
const BEGINNINGS: [&str; 9] = ["新办", "核发", "设立", "首次", "初次", "申领", "新增", "新建", "成立"];
/// Words of a title that nobody says.
const UNSAID: [&str; 24] = [
    "县级", "市级", "省级", "行使", "办理", "审批", "许可", "登记", "备案", "申请", "核发", "新办", "设立", "首次",
    "初次", "申领", "审核", "确认", "认定", "管理", "事项", "服务", "证书", "证",
];
const UNSAID_WEIGHT: f32 = 0.25;
const BRACKETED_WEIGHT: f32 = 0.4;

/// What of a name counts, whatever is asked; found once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Marks {
    /// How much each character of the name says.
    pub(crate) weights: Vec<f32>,
    /// Where acts stand.
    pub(crate) acts: Vec<Range<usize>>,
    /// Whether it says that something begins.
    pub(crate) begins: bool,
    /// How its names sound, in the order of [`Title::names`].
    pub(crate) sounds: Vec<Sounds>,
    /// What stands in any of its texts.
    pub(crate) has: Has,
}

/// The names of one or many items, as compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Title {
    /// A fingerprint of all the rest; what the index keeps of it.
    pub(crate) key: u64,
    pub(crate) name: String,
    /// The name without what stands in brackets.
    pub(crate) bare: String,
    /// The item of which this one is a part; may be empty.
    pub(crate) main: String,
    pub(crate) aliases: Vec<String>,
    /// One sentence in plain words; may be empty.
    pub(crate) summary: String,
    pub(crate) marks: Marks,
}

impl Title {
    pub(crate) fn of(fold: &Fold, item: &ItemSummary) -> Self {
        let name = fold.text(&item.name);
        let mut title = Self {
            key: 0,
            bare: bare(&name),
            main: bare(&fold.text(&item.main_item)),
            aliases: item.aliases.iter().map(|it| fold.text(it)).filter(|it| !it.is_empty()).collect(),
            summary: fold.text(&item.summary),
            marks: Marks::default(),
            name,
        };
        let aliases = title.aliases.join("\n");
        title.key = fingerprint(&[&title.name, &title.main, &aliases, &title.summary]);
        title
    }

    /// The same with what of its name counts.
    pub(crate) fn marked(self) -> Self {
        Self { marks: Marks::of(&self), ..self }
    }

    /// The names by which it is called: its own, and what people say.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// How its names sound, syllable by syllable, one name after another.
    pub(crate) fn sounds(&self) -> Vec<Vec<Option<&'static str>>> {
        let of = |it: &str| sound::of(&it.chars().collect::<Vec<_>>());
        self.names().map(of).collect()
    }
}

/// FNV-1a of the texts with their lengths. Kept on disk, hence written out here.
pub(crate) fn fingerprint(texts: &[&str]) -> u64 {
    let mut out = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |byte: u8| out = (out ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for text in texts {
        text.bytes().for_each(&mut take);
        take(0xff);
    }
    out
}

impl Marks {
    fn of(title: &Title) -> Self {
        let name: Vec<char> = title.name.chars().collect();
        let mut has = Has::default();
        title.names().chain([title.bare.as_str(), &title.main, &title.summary]).for_each(|it| has.add(it));
        let mut weights = vec![1.0_f32; name.len()];
        let mut depth = 0;
        for (weight, c) in weights.iter_mut().zip(&name) {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if !c.is_alphanumeric() {
                *weight = 0.0;
            } else if depth > 0 {
                *weight = BRACKETED_WEIGHT;
            }
        }
        for at in UNSAID.iter().flat_map(|it| places(&name, it)) {
            weights[at].iter_mut().for_each(|it| *it = it.min(UNSAID_WEIGHT));
        }
        Self {
            weights,
            acts: ACTS.iter().flat_map(|it| places(&name, it)).collect(),
            begins: BEGINNINGS.iter().any(|it| places(&name, it).next().is_some()),
            sounds: title.names().map(Sounds::of).collect(),
            has,
        }
    }
}

/// Where a word stands in a name.
fn places<'a>(name: &'a [char], word: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let length = word.chars().count();
    let stands = move |at: &usize| name[*at..].iter().take(length).copied().eq(word.chars());
    (0..name.len()).filter(stands).map(move |at| at..at + length)
}
