//! A pledge in the place of a material (告知承诺, 国办发〔2020〕42号): the words that the office tells and the applicant promises, how it stands,
//! and what may be found of it afterwards. Pure.

use kernel::{Authority, Id, Item, Person};
use serde::{Deserialize, Serialize};

use super::refusal::{Cause, Refusal};
use crate::CaseId;

/// What follows from an untrue pledge wherever no law says more (国办发〔2020〕42号, 二（四）).
const BREACH: &str = "承诺不实的，依法终止办理、责令限期整改、撤销行政决定或者予以行政处罚，并纳入信用记录；\
    涉嫌犯罪的，依法移送司法机关；给他人造成损失的，依法承担民事责任。";
/// The source of all of it.
pub(crate) const SOURCE: &str =
    "《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》（国办发〔2020〕42号）";

/// What is filled into the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms<'a> {
    /// The item.
    pub(crate) item: &'a str,
    /// The material in whose place it stands.
    pub(crate) material: &'a str,
    /// The office.
    pub(crate) authority: &'a str,
    /// The applicant.
    pub(crate) applicant: &'a str,
    /// By what law the material is asked for.
    pub(crate) basis: &'a str,
    /// What is pledged.
    pub(crate) content: &'a str,
    /// How it is checked.
    pub(crate) check: &'a str,
    /// Working days after the decision within which it is checked.
    pub(crate) check_days: u32,
    /// What the item's law adds to what follows from an untrue one; may be empty.
    pub(crate) breach: &'a str,
    /// Whether it is signed at a window, where it may also be signed by hand.
    pub(crate) at_window: bool,
}

impl Terms<'_> {
    /// The exact text, line by line; a line that begins with 「一、」 or 「二、」 heads those after it. Whoever signs, signs this.
    pub(crate) fn text(&self) -> String {
        let Self { item, material, authority, applicant, content, check, check_days: days, .. } = self;
        let basis = if self.basis.trim().is_empty() { "见办事指南" } else { self.basis.trim() };
        let breach = self.breach.trim();
        let way = match self.at_window {
            true => "阅读全文，以发送到本人手机的验证码签署，或者在打印的承诺书上签名、盖章",
            false => "阅读全文、勾选同意，以发送到本人手机的验证码签署",
        };
        [
            "告知承诺书".to_owned(),
            format!("事项：{item}"),
            format!("代替的材料：{material}"),
            format!("行政机关：{authority}"),
            format!("申请人：{applicant}"),
            "一、行政机关告知".to_owned(),
            format!("1. 设定依据：{basis}。"),
            format!("2. 承诺的内容：{content}"),
            format!(
                "3. 承诺的方式：是否承诺由申请人自愿选择。选择承诺的，{way}。\
                 不愿承诺或者无法承诺的，提交「{material}」，同样办理。"
            ),
            format!("4. 事后核查：行政机关有权核查，自作出决定次日起 {days} 个工作日内进行。方式：{check}"),
            format!("5. 承诺不实的责任：{BREACH}{breach}"),
            "6. 信用：违诺记录修复以前，办理本事项不再适用告知承诺，应当提交材料。".to_owned(),
            "7. 公开：本承诺书不对社会公开，只用于办理、核查和监督。".to_owned(),
            "二、申请人承诺".to_owned(),
            "1. 已经知晓行政机关告知的全部内容。".to_owned(),
            "2. 已经符合告知的条件，上述承诺的内容真实、准确。".to_owned(),
            "3. 接受核查，愿意承担不实承诺的法律责任。".to_owned(),
            "4. 以上承诺是申请人真实的意思表示。".to_owned(),
        ]
        .join("\n")
    }
}

/// How a pledge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Given, not checked.
    Made,
    /// Checked, and true.
    Kept,
    /// Checked, and untrue; not repaired.
    Broken,
    /// It was untrue, and the breach is repaired (信用修复).
    Mended,
}

impl Standing {
    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Mended => "mended",
        }
    }

    /// As shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Made => "等待核查",
            Self::Kept => "核查相符",
            Self::Broken => "核查不符（违诺）",
            Self::Mended => "违诺已修复",
        }
    }

    /// How well it is, for the eye.
    pub(crate) fn tone(self) -> &'static str {
        match self {
            Self::Made => "info",
            Self::Kept => "good",
            Self::Broken => "bad",
            Self::Mended => "plain",
        }
    }

    /// What may be found of it now.
    pub(crate) fn findings(self) -> &'static [Finding] {
        match self {
            Self::Made => &[Finding::Kept, Finding::Broken],
            // What was found true may turn out otherwise in daily supervision.
            Self::Kept => &[Finding::Broken],
            Self::Broken => &[Finding::Mended],
            Self::Mended => &[],
        }
    }

    /// How it stands after this was found.
    ///
    /// # Errors
    /// [`Refusal`] if this cannot be found of it now.
    pub(crate) fn after(self, found: Finding) -> Result<Self, Refusal> {
        if !self.findings().contains(&found) {
            let words = match (self, found) {
                (_, Finding::Mended) => "没有需要修复的违诺记录。",
                (Self::Kept, _) => "这份承诺已经核查过，结果为相符。",
                (Self::Broken | Self::Mended, _) => "这份承诺已经记录为违诺，不能再登记核查结果。",
                (Self::Made, _) => "现在不能这样登记。",
            };
            return Err(Refusal::new(Cause::State, words));
        }
        Ok(match found {
            Finding::Kept => Self::Kept,
            Finding::Broken => Self::Broken,
            Finding::Mended => Self::Mended,
        })
    }
}

/// What an officer finds of a pledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It is true (相符).
    Kept,
    /// It is untrue (不符).
    Broken,
    /// The breach is repaired.
    Mended,
}

impl Finding {
    const ALL: [Self; 3] = [Self::Kept, Self::Broken, Self::Mended];

    /// As forms and programs name it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Mended => "mended",
        }
    }

    /// As shown on a choice.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kept => "相符",
            Self::Broken => "不符，记录违诺",
            Self::Mended => "违诺已经修复",
        }
    }

    /// By its code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The kind of its entry in the record.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Kept => "cases.pledge_kept",
            Self::Broken => "cases.pledge_broken",
            Self::Mended => "cases.pledge_mended",
        }
    }
}

/// All that the record says of a pledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PledgeState {
    pub(crate) case: CaseId,
    /// The number of the signed text among the files of the case.
    pub(crate) file: i64,
    /// The material in whose place it stands.
    pub(crate) material: String,
    /// Whose it is: `person:…`, `enterprise:…`.
    pub(crate) holder: String,
    pub(crate) item: Id<Item>,
    pub(crate) authority: Id<Authority>,
    /// Who signed; `None`: by hand for an enterprise.
    pub(crate) signed_by: Option<Id<Person>>,
    /// The officer at whose window it was signed; `None`: signed online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) window: Option<Id<Person>>,
    /// The paper that was signed by hand, by its number among the files of the case and its SM3; `None`: signed by a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) paper: Option<(i64, String)>,
    /// SM3 of the sealed text.
    pub(crate) text: String,
    pub(crate) standing: Standing,
    /// SM3 of the sealed reason of what was found last; empty: nothing was yet.
    #[serde(default)]
    pub(crate) reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_found_of_a_pledge_follows_from_how_it_stands() {
        let table = [
            (Standing::Made, [Some(Standing::Kept), Some(Standing::Broken), None]),
            (Standing::Kept, [None, Some(Standing::Broken), None]),
            (Standing::Broken, [None, None, Some(Standing::Mended)]),
            (Standing::Mended, [None, None, None]),
        ];
        for (standing, expected) in table {
            let found = Finding::ALL.map(|it| standing.after(it).ok());
            assert_eq!(found, expected, "{standing:?}");
            for it in Finding::ALL {
                assert_eq!(Finding::from_code(it.code()), Some(it));
                assert_eq!(standing.after(it).is_ok(), standing.findings().contains(&it));
            }
        }
    }

    #[test]
    fn the_text_tells_all_that_the_state_council_asks_for() {
        let terms = Terms {
            item: "失业登记",
            material: "终止劳动关系的证明",
            authority: "谯城区人社局",
            applicant: "陈志远",
            basis: "社会保险法第五十条",
            content: "本人已与原单位终止劳动关系。",
            check: "与原单位核实。",
            check_days: 20,
            breach: "骗取待遇的，退回并处二倍以上五倍以下罚款。",
            at_window: false,
        };
        let text = terms.text();
        let told = [
            "失业登记",
            "设定依据：社会保险法第五十条",
            "本人已与原单位终止劳动关系",
            "自愿选择",
            "20 个工作日内",
            "与原单位核实",
            "撤销行政决定",
            "移送司法机关",
            "民事责任",
            "二倍以上五倍以下罚款",
            "不对社会公开",
            "已经知晓",
            "已经符合",
            "真实的意思表示",
        ];
        for words in told {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(Terms { at_window: true, ..terms.clone() }.text().contains("在打印的承诺书上签名、盖章"));
        assert_ne!(text, Terms { check_days: 30, ..terms }.text(), "another term is another text");
    }
}
