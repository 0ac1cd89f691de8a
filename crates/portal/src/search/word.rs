//! What the desk of search keeps: words that people use, and what may be kept of what was not found. Pure.

use kernel::{Fault, Id, Moment};

use crate::store::search::WordMark;

/// A word's text at most, in characters.
pub(crate) const SAID_MAX: usize = 20;
/// Its meanings together at most, in characters.
pub(crate) const MEANT_MAX: usize = 300;
/// A text that was not found is kept from so many characters on, up to so many.
const MISS_MIN: usize = 2;
const MISS_MAX: usize = 20;
/// A text with more digits than this may be a number of somebody's.
const MISS_DIGITS: usize = 2;

/// The commonest surnames, one character each: a short text that begins with one and says nothing else may be a name.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

/// A word of search that the desk wrote (搜索词).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its id.
    pub(crate) id: Id<WordMark>,
    /// What people say.
    pub(crate) said: String,
    /// What it is called: meanings apart by spaces, words that must stand together joined by a plus. Empty for a word of asking.
    pub(crate) meant: String,
    /// Whether it is a word of asking, which is left out of queries.
    pub(crate) asking: bool,
    /// Whether it counts. A shipped one of the same text counts neither, if not.
    pub(crate) active: bool,
    /// Version of the row, which a form guards.
    pub(crate) version: i64,
    /// When it was last changed.
    pub(crate) changed_at: Moment,
}

/// What is wrong with a word, all of it at once.
pub(crate) fn faults(it: &Word) -> Vec<Fault> {
    let mut out = Vec::new();
    let said = it.said.chars().count();
    if !(2..=SAID_MAX).contains(&said) || it.said.chars().any(|c| c.is_whitespace() || c.is_control() || c == '=') {
        out.push(Fault::new("said", format!("请填写 2 到 {SAID_MAX} 个字，中间不留空格。")));
    }
    if it.meant.chars().count() > MEANT_MAX || it.meant.chars().any(char::is_control) {
        out.push(Fault::new("meant", format!("最多 {MEANT_MAX} 个字，写在一行里。")));
    }
    if it.active && !it.asking && it.meant.trim().is_empty() {
        out.push(Fault::new("meant", "请填写事项名称里的词；几个词之间用空格隔开，最可能的写在前面。"));
    }
    out
}

/// Whether a text that was not found may be kept: it must have no number and must not look like a name. `known`: some title
/// has part of it, so that it speaks of a service.
pub(crate) fn may_keep(folded: &str, known: bool) -> bool {
    let length = folded.chars().count();
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    let chinese = folded.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let plain = folded.chars().all(char::is_alphanumeric);
    let name = !known && length <= 4 && folded.chars().next().is_some_and(|c| SURNAMES.contains(c));
    (MISS_MIN..=MISS_MAX).contains(&length) && digits <= MISS_DIGITS && chinese && plain && !name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_personal_is_never_kept_of_what_was_not_found() {
        for (text, known, kept) in [
            ("", false, false),
            ("张桂兰", false, false),
            ("李四", false, false),
            ("13900000001", false, false),
            ("张三13900000001", false, false),
            ("341602194803120026", false, false),
            ("a@b.cn", false, false),
            ("select*from", false, false),
            ("一二三四五六七八九十一二三四五六七八九十一", false, false),
            ("马术俱乐部执照", true, true),
            ("无人机", false, true),
            ("80岁体检", false, true),
        ] {
            assert_eq!(may_keep(text, known), kept, "{text}");
        }
    }
}
