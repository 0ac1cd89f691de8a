//! How well a title answers a query. Pure.
//!
//! Two shares decide: how much of what was said the title answers, word for word or through a saying, and how much of the title
//! was asked for. Whoever says the exact name, or an alias, is answered with that first.

use super::{
    plan::{Claim, Plan, Unit},
    sound::Syllable,
    text::{Has, length},
    title::Title,
};

/// So much of what was said must be answered at least for a title to be shown.
const ANSWERED_LEAST: f32 = 0.3;
/// From so much on the answer is held for what was meant.
const ANSWERED_SURE: f32 = 0.55;

/// Or a saying in it is answered so well.
const CLAIMED_SURE: f32 = 0.75;

/// What a fully answered query is worth; the other numbers are to be read beside it.
const ANSWERED: f32 = 100.0;
const ASKED_FOR: f32 = 22.0;
const EXACT_NAME: f32 = 200.0;
const EXACT_ALIAS: f32 = 120.0;
const NAME_HOLDS: f32 = 14.0;
const ALIAS_HOLDS: f32 = 10.0;
/// What is taken off a title that is about another act than was asked for: 注销, where somebody wants to begin.
const OTHER_ACT: f32 = 16.0;
/// What a beginning gets where no act was named.
const BEGINNING: f32 = 4.0;

/// What a character found in each of the texts is worth.
const IN_ALIAS: f32 = 0.97;
const IN_MAIN: f32 = 0.8;
const IN_SUMMARY: f32 = 0.6;
/// A character that stands in the name without its neighbour.
const ALONE: f32 = 0.3;
/// A pair that only sounds alike.
const ALIKE: f32 = 0.75;
/// A meaning of which the title has not all, but most.
const MOST: f32 = 0.6;

/// How well a title answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Answer {
    /// The higher, the better; a title that answers all of the query has about a hundred.
    pub(crate) score: f32,
    /// Whether it may be what was meant.
    pub(crate) sure: bool,
}

/// The answer of a title; `None`: it has nothing to do with the query.
pub(crate) fn rank(plan: &Plan, title: &Title) -> Option<Answer> {
    let mut look = Look::new(plan, title);
    look.pairs();
    look.singles();
    if plan.by_sound {
        look.sounds();
    }
    for claim in &plan.claims {
        look.claim(claim);
    }
    look.answer()
}

/// One title looked at for one query.
struct Look<'a> {
    plan: &'a Plan,
    title: &'a Title,
    /// The name's characters.
    name: Vec<char>,
    /// How well each unit of the query is answered, of 1.
    credit: Vec<f32>,
    /// Which characters of the name were asked for.
    asked: Vec<bool>,
    /// How well the best saying is answered.
    claimed: f32,
}

impl<'a> Look<'a> {
    fn new(plan: &'a Plan, title: &'a Title) -> Self {
        let name: Vec<char> = title.name.chars().collect();
        Self { plan, title, credit: vec![0.0; plan.units.len()], asked: vec![false; name.len()], claimed: 0.0, name }
    }

    fn give(&mut self, at: usize, credit: f32) {
        self.credit[at] = self.credit[at].max(credit);
    }

    /// Pairs of neighbours that the texts have too.
    fn pairs(&mut self) {
        let mut pair = String::new();
        for at in 1..self.plan.units.len() {
            let Some((a, b)) = self.plan.pair(at) else { continue };
            let mut found = 0.0;
            for start in 1..self.name.len() {
                if self.name[start - 1] == a && self.name[start] == b {
                    found = 1.0;
                    self.asked[start - 1] = true;
                    self.asked[start] = true;
                }
            }
            if found == 0.0 && self.title.marks.has.pair(a, b) {
                pair.clear();
                pair.extend([a, b]);
                found = elsewhere(self.title, &pair);
            }
            if found > 0.0 {
                self.give(at - 1, found);
                self.give(at, found);
            }
        }
    }

    /// Characters that stand in the name by themselves.
    fn singles(&mut self) {
        let alone = if self.plan.units.len() == 1 { 1.0 } else { ALONE };
        for at in 0..self.plan.units.len() {
            let Some(c) = self.plan.units[at].character else { continue };
            let may = self.credit[at] == 0.0 && self.title.marks.has.character(c);
            if may && self.title.names().any(|it| it.contains(c)) {
                self.give(at, alone);
            }
        }
    }

    /// What only sounds like the names, or begins like them.
    fn sounds(&mut self) {
        let (names, plan) = (&self.title.marks.sounds, self.plan);
        for (at, unit) in plan.units.iter().enumerate() {
            if let Some(initials) = &unit.initials {
                if names.iter().any(|it| it.begin(initials)) {
                    self.give(at, ALIKE);
                }
                continue;
            }
            let Some(before) = at.checked_sub(1).and_then(|it| plan.units.get(it)) else { continue };
            if (unit.known && before.known) || !unit.joined {
                continue;
            }
            let (Some(a), Some(b)) = (&before.sound, &unit.sound) else { continue };
            let (a, b) = (Syllable::of(a), Syllable::of(b));
            if names.iter().any(|it| it.has(a, b)) {
                self.give(at - 1, ALIKE);
                self.give(at, ALIKE);
            }
        }
    }

    /// What a saying means.
    fn claim(&mut self, claim: &Claim) {
        let mut best = 0.0_f32;
        for meaning in &claim.meanings {
            if meaning.weight * claim.sure <= best {
                break;
            }
            let has = meaning.parts.iter().map(|it| self.has(it)).fold(1.0, f32::min);
            if has > 0.0 {
                best = best.max(has * meaning.weight * claim.sure);
                meaning.parts.iter().for_each(|it| self.mark(it));
            }
        }
        self.claimed = self.claimed.max(best);
        for at in claim.span.clone() {
            self.give(at, best);
        }
    }

    /// How far the title has these words.
    fn has(&self, words: &str) -> f32 {
        let title = self.title;
        let most = at_most(words, &title.marks.has);
        if most < MOST {
            return 0.0;
        }
        if most == 1.0 {
            if title.bare.contains(words) || title.name.contains(words) {
                return 1.0;
            }
            if title.aliases.iter().any(|it| it.contains(words)) {
                return IN_ALIAS;
            }
            if title.main.contains(words) {
                return IN_MAIN;
            }
        }
        let share = shared(words, &title.bare);
        if share >= MOST { share * IN_MAIN } else { 0.0 }
    }

    /// Marks words in the name as asked for.
    fn mark(&mut self, words: &str) {
        let letters: Vec<char> = words.chars().collect();
        let whole = self.title.name.contains(words);
        for start in 0..self.name.len() {
            let piece = if whole { letters.len() } else { 2 };
            let here = &self.name[start..];
            let found = if whole {
                here.starts_with(&letters)
            } else {
                here.len() >= 2 && letters.windows(2).any(|it| here.starts_with(it))
            };
            if found {
                self.asked[start..start + piece].fill(true);
            }
        }
    }

    fn answer(&self) -> Option<Answer> {
        let weight = |it: &Unit| it.weight;
        let all: f32 = self.plan.units.iter().map(weight).sum();
        let got: f32 = self.plan.units.iter().zip(&self.credit).map(|(unit, credit)| unit.weight * credit).sum();
        let answered = if all > 0.0 { got / all } else { 0.0 };
        if answered < ANSWERED_LEAST {
            return None;
        }
        let score = ANSWERED * answered + ASKED_FOR * self.asked_share() + self.exact() + self.act();
        // Beside a saying what nobody knows is small talk; without one it may be the very thing.
        let spoken: f32 = self.plan.units.iter().map(Unit::spoken).sum();
        let sure = answered >= ANSWERED_SURE && (self.claimed >= CLAIMED_SURE || got >= ANSWERED_SURE * spoken);
        Some(Answer { score, sure })
    }

    /// How much of the name was asked for; what nobody would say counts little.
    fn asked_share(&self) -> f32 {
        let weights = &self.title.marks.weights;
        let all: f32 = weights.iter().sum();
        let asked: f32 = weights.iter().zip(&self.asked).filter(|it| *it.1).map(|it| it.0).sum();
        if all > 0.0 { asked / all } else { 0.0 }
    }

    /// What is said word for word.
    fn exact(&self) -> f32 {
        let (plan, title) = (self.plan, self.title);
        let said = |it: &str| it == plan.whole || it == plan.text;
        if said(&title.name) || said(&title.bare) {
            return EXACT_NAME;
        }
        if title.aliases.iter().any(|it| said(it)) {
            return EXACT_ALIAS;
        }
        if plan.text.chars().count() < 2 {
            return 0.0;
        }
        if title.bare.contains(&plan.text) || title.name.contains(&plan.text) {
            return NAME_HOLDS;
        }
        let near = |it: &String| it.contains(&plan.text) || (length(it) >= 3.0 && plan.text.contains(it.as_str()));
        if title.aliases.iter().any(near) { ALIAS_HOLDS } else { 0.0 }
    }

    /// Whether the title is about an act that nobody asked for, or about a beginning.
    fn act(&self) -> f32 {
        let marks = &self.title.marks;
        if marks.acts.iter().any(|it| !self.asked[it.clone()].iter().all(|asked| *asked)) {
            return -OTHER_ACT;
        }
        if marks.begins && marks.acts.is_empty() { BEGINNING } else { 0.0 }
    }
}

/// What a pair of characters is worth that the name has not.
fn elsewhere(title: &Title, pair: &str) -> f32 {
    if title.aliases.iter().any(|it| it.contains(pair)) {
        return IN_ALIAS;
    }
    if title.main.contains(pair) {
        return IN_MAIN;
    }
    if title.summary.contains(pair) { IN_SUMMARY } else { 0.0 }
}

/// The share of a word's pairs that a title has at most; of a single character whether it may have that.
fn at_most(word: &str, has: &Has) -> f32 {
    let (mut all, mut found, mut before) = (0.0, 0.0, None);
    for c in word.chars() {
        if let Some(before) = before {
            all += 1.0;
            found += f32::from(u8::from(has.pair(before, c)));
        }
        before = Some(c);
    }
    match before {
        Some(c) if all == 0.0 => f32::from(u8::from(has.character(c))),
        _ => found / f32::max(all, 1.0),
    }
}

/// The share of a word's pairs that a text has too.
fn shared(word: &str, text: &str) -> f32 {
    let (mut all, mut found) = (0.0, 0.0);
    let starts: Vec<usize> = word.char_indices().map(|it| it.0).chain([word.len()]).collect();
    for ends in starts.windows(3) {
        all += 1.0;
        if text.contains(&word[ends[0]..ends[2]]) {
            found += 1.0;
        }
    }
    if all == 0.0 { 0.0 } else { found / all }
}
