//! A query made ready: what of it counts and how much, which sayings it holds, and what of it nobody knows.

use std::ops::Range;

use super::{
    sound,
    words::{Meaning, Saying, Words},
};

/// A query is read up to so many characters.
pub(crate) const QUERY_MAX: usize = 100;
/// Of those, so many are looked up.
const UNITS_MAX: usize = 40;
/// Sayings of one sound or of the same first letters that are taken into account.
const ALIKE_MAX: usize = 4;
/// A saying that was said with one character wrong counts so much.
const GUESSED: f32 = 0.8;
/// A saying that only sounds like what was said counts so much.
const SOUNDS_LIKE: f32 = 0.9;

/// What marks apart: nothing is read across it.
pub(crate) const MARKS: &str = "，。、？！；：,.?!;:“”\"'‘’（）()[]【】《》<>/\\|~`@#$%^&*-_=+…—·";

/// Characters that stand in any sentence, so that having them says little.
const WEAK: &str = "个家去到在给把被和与或及就都还有没是要想我你他她它这那哪啥咋上下里了的吗呢吧啊呀么嘛得地着过又再才从用让跟对为之来说请问办弄搞做开者等能会该";

/// Words that stand in most titles, and how much they count.
const GENERAL: [&str; 34] = [
    "办理", "申请", "登记", "许可", "审批", "备案", "手续", "业务", "服务", "政策", "咨询", "查询", "资格", "核发",
    "证明", "证书", "材料", "流程", "信息", "事项", "管理", "活动", "单位", "相关", "公司", "企业", "个人", "报告",
    "认定", "确认", "审核", "申报", "申领", "证",
];
const WEAK_WEIGHT: f32 = 0.15;
/// What no title and no saying has counts so much beside what they have.
const UNKNOWN: f32 = 0.35;
/// What is said in a saying counts so much more than other words.
const SAYING_COUNTS: f32 = 1.25;
const GENERAL_WEIGHT: f32 = 0.4;

/// One character, or one syllable written in letters, or first letters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// The character; `None`: only its sound is known.
    pub(crate) character: Option<char>,
    /// How it sounds.
    pub(crate) sound: Option<Box<str>>,
    /// First letters of several characters, if it is that.
    pub(crate) initials: Option<Box<str>>,
    /// How much it counts.
    pub(crate) weight: f32,
    /// Whether it stands right after the one before.
    pub(crate) joined: bool,
    /// Whether some title or saying has it beside its neighbour.
    pub(crate) known: bool,
}

impl Unit {
    /// How much it counts before what nobody knows is discounted.
    pub(crate) fn spoken(&self) -> f32 {
        if self.known || self.character.is_none() { self.weight } else { self.weight / UNKNOWN }
    }
}

/// A saying that the query holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claim {
    /// Which units say it.
    pub(crate) span: Range<usize>,
    pub(crate) meanings: Vec<Meaning>,
    /// How sure it is that it was said.
    pub(crate) sure: f32,
}

/// A query made ready.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Plan {
    /// The whole query as compared.
    pub(crate) whole: String,
    /// What counts of it, as one text.
    pub(crate) text: String,
    pub(crate) units: Vec<Unit>,
    pub(crate) claims: Vec<Claim>,
    /// Whether sounds must be compared too.
    pub(crate) by_sound: bool,
}

impl Plan {
    /// Reads a query. `known` says whether a pair of characters stands in any title.
    pub(crate) fn read(words: &Words, text: &str, known: &dyn Fn(&str) -> bool) -> Self {
        let text: String = text.chars().take(QUERY_MAX).collect();
        let mut plan = Self { whole: words.fold.text(&text), ..Self::default() };
        for segment in text.split(|c: char| c.is_whitespace() || c.is_control() || MARKS.contains(c)) {
            let folded = words.fold.text(segment);
            if !folded.is_empty() {
                plan.add_segment(words, &folded, known);
            }
        }
        plan.leave_out_asking(words);
        plan.units.truncate(UNITS_MAX);
        plan.weigh();
        plan.text = plan.units.iter().filter_map(|it| it.character).collect();
        plan.claim(words);
        plan.ground(known);
        plan.guess(words);
        plan.by_sound = plan.units.iter().any(|it| !it.known);
        plan.discount();
        plan
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The pair of this unit and the one before, if both are characters.
    pub(crate) fn pair(&self, at: usize) -> Option<(char, char)> {
        let unit = self.units.get(at)?;
        let before = self.units.get(at.checked_sub(1)?)?;
        if !unit.joined {
            return None;
        }
        Some((before.character?, unit.character?))
    }

    fn add_segment(&mut self, words: &Words, folded: &str, known: &dyn Fn(&str) -> bool) {
        let mut joined = false;
        let mut rest = folded;
        while let Some(first) = rest.chars().next() {
            let letters = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
            let cut = if letters == 0 { first.len_utf8() } else { letters };
            let (piece, after) = rest.split_at(cut);
            let units = if letters >= 2 { spelled(words, piece, known) } else { written(piece) };
            for unit in units {
                self.units.push(Unit { joined, ..unit });
                joined = true;
            }
            rest = after;
        }
    }

    /// Takes out words of asking, unless they are part of a longer saying or nothing would be left.
    fn leave_out_asking(&mut self, words: &Words) {
        let letters: Vec<char> = self.units.iter().map(|it| it.character.unwrap_or('\0')).collect();
        let mut held = vec![0; letters.len()];
        for (span, _) in sayings(words, &letters) {
            let length = span.len();
            held[span].fill(length);
        }
        let (mut keep, mut at) = (vec![true; letters.len()], 0);
        while at < letters.len() {
            match words.asking(&letters[at..]).filter(|it| held[at..at + it].iter().all(|held| held <= it)) {
                Some(length) => {
                    keep[at..at + length].fill(false);
                    at += length;
                }
                None => at += 1,
            }
        }
        if keep.iter().any(|it| *it) {
            let mut keep = keep.into_iter();
            self.units.retain(|_| keep.next().unwrap_or(true));
        }
    }

    fn weigh(&mut self) {
        let letters: Vec<char> = self.units.iter().map(|it| it.character.unwrap_or('\0')).collect();
        for unit in &mut self.units {
            if unit.character.is_some_and(|c| WEAK.contains(c)) {
                unit.weight = WEAK_WEIGHT;
            }
        }
        for word in GENERAL {
            let word: Vec<char> = word.chars().collect();
            for start in 0..letters.len() {
                if letters[start..].starts_with(&word) {
                    for unit in &mut self.units[start..start + word.len()] {
                        unit.weight = unit.weight.min(GENERAL_WEIGHT);
                    }
                }
            }
        }
        // A query of such words alone must still be answered.
        if self.units.iter().all(|it| it.weight < 1.0) {
            self.units.iter_mut().for_each(|it| it.weight = 1.0);
        }
    }

    fn claim(&mut self, words: &Words) {
        let letters: Vec<char> = self.units.iter().map(|it| it.character.unwrap_or('\0')).collect();
        for (span, saying) in sayings(words, &letters) {
            // What is said in a saying counts, however common its characters are.
            self.units[span.clone()].iter_mut().for_each(|it| it.weight = it.weight.max(GENERAL_WEIGHT));
            self.claims.push(Claim { span, meanings: saying.meanings.clone(), sure: 1.0 });
        }
    }

    /// Finds out which units stand in no saying and beside no neighbour in any title.
    fn ground(&mut self, known: &dyn Fn(&str) -> bool) {
        for claim in &self.claims {
            self.units[claim.span.clone()].iter_mut().for_each(|it| it.known = true);
        }
        let mut buffer = String::new();
        for at in 1..self.units.len() {
            let Some((a, b)) = self.pair(at) else { continue };
            buffer.clear();
            buffer.extend([a, b]);
            if known(&buffer) {
                self.units[at - 1].known = true;
                self.units[at].known = true;
            }
        }
        for unit in &mut self.units {
            unit.known |= unit.weight <= WEAK_WEIGHT;
        }
        if let [unit] = self.units.as_mut_slice() {
            unit.known |= unit.character.is_some();
        }
    }

    /// Looks for sayings that sound like what nobody knows, or differ from it in one character.
    fn guess(&mut self, words: &Words) {
        if self.units.iter().all(|it| it.known) {
            return;
        }
        let mut guessed: Vec<Claim> = Vec::new();
        for length in (2..=words.longest().min(self.units.len())).rev() {
            for start in 0..=self.units.len() - length {
                let span = start..start + length;
                let fresh = self.units[span.clone()].iter().any(|it| !it.known)
                    && !guessed.iter().any(|it| it.span.start < span.end && span.start < it.span.end);
                if let Some(claim) = fresh.then(|| self.guess_at(words, span)).flatten() {
                    guessed.push(claim);
                }
            }
        }
        for claim in guessed {
            for unit in &mut self.units[claim.span.clone()] {
                unit.known = true;
                unit.weight = unit.weight.max(GENERAL_WEIGHT);
            }
            self.claims.push(claim);
        }
    }

    /// What nobody knows is mostly what surrounds the matter; it counts little beside what somebody knows.
    fn discount(&mut self) {
        if self.claims.is_empty() && !self.units.iter().any(|it| it.known && it.weight > WEAK_WEIGHT) {
            return;
        }
        for unit in self.units.iter_mut().filter(|it| !it.known && it.character.is_some()) {
            unit.weight *= UNKNOWN;
        }
        for claim in &self.claims {
            self.units[claim.span.clone()].iter_mut().for_each(|it| it.weight *= SAYING_COUNTS);
        }
    }

    fn guess_at(&self, words: &Words, span: Range<usize>) -> Option<Claim> {
        let units = &self.units[span.clone()];
        let sounds: Option<String> = units.iter().map(|it| it.sound.as_deref()).collect();
        let letters: Option<Vec<char>> = units.iter().map(|it| it.character).collect();
        let alike = sounds.iter().flat_map(|it| words.sounding(it)).take(ALIKE_MAX);
        let mut meanings: Vec<Meaning> = alike.flat_map(|it| it.meanings.clone()).collect();
        let mut sure = SOUNDS_LIKE;
        if meanings.is_empty() {
            let letters = letters?;
            meanings = words.guessed(&letters).into_iter().take(ALIKE_MAX).flat_map(|it| it.meanings.clone()).collect();
            sure = GUESSED;
        }
        (!meanings.is_empty()).then_some(Claim { span, meanings, sure })
    }
}

/// Characters as units.
fn written(text: &str) -> Vec<Unit> {
    let letters: Vec<char> = text.chars().collect();
    let sounds = sound::of(&letters);
    let unit = |(c, sound): (&char, Option<&'static str>)| Unit {
        character: Some(*c),
        sound: sound.map(Into::into),
        initials: None,
        weight: 1.0,
        joined: false,
        known: false,
    };
    letters.iter().zip(sounds).map(unit).collect()
}

/// Letters as what they spell: a saying in letters, pinyin, first letters; or themselves.
fn spelled(words: &Words, letters: &str, known: &dyn Fn(&str) -> bool) -> Vec<Unit> {
    let (mut each, mut all_known) = (Vec::new(), true);
    super::text::cut(letters, |it| each.push(it.to_owned()));
    for pair in each.iter().filter(|it| it.len() == 2) {
        all_known &= known(pair);
    }
    if words.said(letters).is_some() {
        return written(letters);
    }
    if let Some(saying) = words.sounding(letters).next().or_else(|| words.beginning(letters).next()) {
        return written(&saying.text);
    }
    if all_known {
        return written(letters);
    }
    if let Some(syllables) = words.syllables.read(letters) {
        return pronounced(words, &syllables);
    }
    if letters.len() < 3 {
        return written(letters);
    }
    #[expect(clippy::cast_precision_loss, reason = "a query has at most a hundred characters")]
    let weight = letters.len() as f32;
    vec![Unit { character: None, sound: None, initials: Some(letters.into()), weight, joined: false, known: false }]
}

/// Syllables: the longest sayings that sound so, and between them sounds.
fn pronounced(words: &Words, syllables: &[&str]) -> Vec<Unit> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < syllables.len() {
        let longest = (at + 2..=syllables.len()).rev();
        let found = longest.filter_map(|end| Some((end, words.sounding(&syllables[at..end].concat()).next()?))).next();
        match found {
            Some((end, saying)) => {
                out.extend(written(&saying.text));
                at = end;
            }
            None => {
                out.push(Unit {
                    character: None,
                    sound: Some(syllables[at].into()),
                    initials: None,
                    weight: 1.0,
                    joined: true,
                    known: false,
                });
                at += 1;
            }
        }
    }
    out
}

/// The sayings in a text that do not overlap and together cover most; of two ways the one with longer sayings.
fn sayings<'a>(words: &'a Words, letters: &[char]) -> Vec<(Range<usize>, &'a Saying)> {
    // best[i]: the worth of the first i characters, and the saying that ends there, if one does.
    let mut best: Vec<(usize, Option<(usize, &Saying)>)> = vec![(0, None); letters.len() + 1];
    for end in 1..=letters.len() {
        best[end] = (best[end - 1].0, None);
        for start in end.saturating_sub(words.longest())..end {
            let text: String = letters[start..end].iter().collect();
            let Some(saying) = words.said(&text) else { continue };
            let worth = best[start].0 + (end - start).pow(2);
            if worth > best[end].0 {
                best[end] = (worth, Some((start, saying)));
            }
        }
    }
    let (mut out, mut end) = (Vec::new(), letters.len());
    while end > 0 {
        match best[end].1 {
            Some((start, saying)) => {
                out.push((start..end, saying));
                end = start;
            }
            None => end -= 1,
        }
    }
    out.reverse();
    out
}
