//! Text as it is compared: one width, one case, simplified characters, without spaces; names without what stands in brackets.

use std::collections::HashMap;

/// Characters of which each has another that means the same: traditional → simplified.
const TRADITIONAL: &str = include_str!("../../words/traditional.txt");

/// Makes texts comparable. Holds the table of characters, so one is made and kept.
#[derive(Debug, Clone)]
pub(crate) struct Fold {
    simplified: HashMap<char, char>,
}

impl Default for Fold {
    fn default() -> Self {
        let lines = TRADITIONAL.lines().filter(|it| !it.starts_with('#'));
        let pairs = lines.flat_map(str::split_whitespace);
        let pair = |it: &str| {
            let mut characters = it.chars();
            Some((characters.next()?, characters.next()?))
        };
        Self { simplified: pairs.filter_map(pair).collect() }
    }
}

impl Fold {
    /// Lower case, narrow, simplified; without spaces and control characters.
    pub(crate) fn text(&self, text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace() && !is_mark(*c)).flat_map(|c| self.character(c)).collect()
    }

    fn character(&self, c: char) -> impl Iterator<Item = char> + use<> {
        let narrow = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        };
        self.simplified.get(&narrow).copied().unwrap_or(narrow).to_lowercase()
    }
}

/// Control characters and the invisible marks that come with pasted text.
fn is_mark(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}')
}

/// A folded name without what stands in brackets: 「食品(含保健食品)经营许可」 is 「食品经营许可」. What is all brackets stays.
pub(crate) fn bare(folded: &str) -> String {
    let (mut out, mut depth) = (String::with_capacity(folded.len()), 0_u32);
    for c in folded.chars() {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            '《' | '》' | '"' | '“' | '”' => {}
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    if out.is_empty() { folded.to_owned() } else { out }
}

/// Cuts a text for the index: each character by itself and with its neighbour. `each` is called with every piece.
pub(crate) fn cut(folded: &str, mut each: impl FnMut(&str)) {
    let mut before: Option<(usize, char)> = None;
    for (at, c) in folded.char_indices() {
        if !c.is_alphanumeric() {
            before = None;
            continue;
        }
        each(&folded[at..at + c.len_utf8()]);
        if let Some((start, _)) = before {
            each(&folded[start..at + c.len_utf8()]);
        }
        before = Some((at, c));
    }
}

/// Which characters and pairs of neighbours some texts have, roughly: it may hold one for there that is not, never the other way. Most
/// of what is asked for stands in few titles, and most titles are passed over by this without reading their texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Has([u64; 8]);

impl Has {
    /// Adds what a text has.
    pub(crate) fn add(&mut self, text: &str) {
        let mut before = None;
        for c in text.chars() {
            self.set(spot('\0', c));
            if let Some(before) = before {
                self.set(spot(before, c));
            }
            before = Some(c);
        }
    }

    fn set(&mut self, (word, bit): (usize, u64)) {
        self.0[word] |= bit;
    }

    /// Whether they may have this character.
    pub(crate) fn character(&self, c: char) -> bool {
        self.pair('\0', c)
    }

    /// Whether they may have these neighbours.
    pub(crate) fn pair(&self, a: char, b: char) -> bool {
        let (word, bit) = spot(a, b);
        self.0[word] & bit != 0
    }
}

/// Where a pair is marked.
fn spot(a: char, b: char) -> (usize, u64) {
    let mixed = (u32::from(a).rotate_left(16) ^ u32::from(b)).wrapping_mul(0x9e37_79b1);
    ((mixed >> 29) as usize, 1 << (mixed >> 23 & 63))
}

/// How many characters a text has, at least one.
#[expect(clippy::cast_precision_loss, reason = "texts have at most a few thousand characters")]
pub(crate) fn length(text: &str) -> f32 {
    text.chars().count().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_script_make_no_difference() {
        let fold = Fold::default();
        for (text, folded) in [
            ("", ""),
            ("\u{0}\u{200b}\u{7} ", ""),
            ("营業執照", "营业执照"),
            ("ＫＴＶ 許可（新辦）", "ktv许可(新办)"),
            ("房屋產權過戶", "房屋产权过户"),
        ] {
            assert_eq!(fold.text(text), folded, "{text:?}");
        }
    }

    #[test]
    fn brackets_are_left_out_of_a_bare_name() {
        for (name, short) in [
            ("食品(含保健食品)经营许可", "食品经营许可"),
            ("(县级)", "(县级)"),
            ("((a)b", "((a)b"),
            ("《出生医学证明》首次签发", "出生医学证明首次签发"),
        ] {
            assert_eq!(bare(name), short);
        }
    }

    #[test]
    fn what_a_text_has_is_never_held_for_missing() {
        let (mut has, text) = (Has::default(), "食品经营许可证k1");
        has.add(text);
        let letters: Vec<char> = text.chars().collect();
        assert!(letters.iter().all(|it| has.character(*it)) && letters.windows(2).all(|it| has.pair(it[0], it[1])));
        let others =
            ('\u{4e00}'..'\u{5e00}').filter(|it| !letters.contains(it)).filter(|it| has.character(*it)).count();
        assert!(others < 4_096 / 10, "{others} of 4,096 others are held for there");
    }

    #[test]
    fn text_is_cut_into_characters_and_pairs_but_not_across_marks() {
        let mut cuts = Vec::new();
        cut("证、k1", |it| cuts.push(it.to_owned()));
        assert_eq!(cuts, ["证", "k", "1", "k1"]);
    }
}
