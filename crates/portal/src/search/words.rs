//! The dictionary: how people say it and what the lists call it, and the words of asking that say nothing.
//!
//! Shipped with the program as two plain files; the catalogue desk adds to them and overrides them. Looked up by the characters, by
//! their sound, by their first letters, and with one character wrong or missing.

use std::collections::HashMap;

use super::{
    sound::{self, Syllables},
    text::Fold,
};

/// What people say, and what it is called. Shipped.
const SAYINGS: &str = include_str!("../../words/sayings.txt");
/// Words of asking. Shipped.
const ASKING: &str = include_str!("../../words/asking.txt");

/// The longest saying, in characters.
pub(crate) const SAYING_MAX: usize = 20;
/// Meanings of one saying at most.
pub(crate) const MEANINGS_MAX: usize = 12;
/// Each further meaning of a saying counts so much less than the one before.
const NEXT: f32 = 0.03;
/// Sayings shorter than this are not guessed from a wrong character.
const GUESS_MIN: usize = 3;

/// One way of saying it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Saying {
    /// As compared.
    pub(crate) text: String,
    /// What it is called, likeliest first.
    pub(crate) meanings: Vec<Meaning>,
}

/// Words that a title must have all of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) parts: Vec<String>,
    /// How likely it is meant, of 1.
    pub(crate) weight: f32,
}

/// A row that the desk wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnWord {
    /// What people say.
    pub(crate) said: String,
    /// What it is called, as in the shipped file; empty: the shipped saying is switched off.
    pub(crate) meant: String,
    /// Whether it is a word of asking, which has no meaning.
    pub(crate) asking: bool,
    /// Whether it counts; a shipped one of the same text counts neither, if not.
    pub(crate) active: bool,
}

/// The dictionary, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) fold: Fold,
    pub(crate) syllables: Syllables,
    sayings: Vec<Saying>,
    by_text: HashMap<String, u32>,
    by_sound: HashMap<String, Vec<u32>>,
    by_initials: HashMap<String, Vec<u32>>,
    by_gap: HashMap<String, Vec<u32>>,
    asking: Vec<Vec<char>>,
    longest: usize,
}

impl Default for Words {
    fn default() -> Self {
        Self::with(&[])
    }
}

/// The shipped sayings: what is said, and what it is called, line by line.
pub(crate) fn shipped() -> impl Iterator<Item = (Vec<&'static str>, &'static str)> {
    let lines = SAYINGS.lines().filter(|it| !it.starts_with('#'));
    lines.filter_map(|it| it.split_once('=')).map(|(said, meant)| (said.split_whitespace().collect(), meant.trim()))
}

/// The shipped words of asking.
pub(crate) fn shipped_asking() -> impl Iterator<Item = &'static str> {
    ASKING.lines().filter(|it| !it.starts_with('#')).flat_map(str::split_whitespace)
}

impl Words {
    /// The shipped words, with what the desk added and switched off.
    pub(crate) fn with(own: &[OwnWord]) -> Self {
        let mut out = Self {
            fold: Fold::default(),
            syllables: Syllables::default(),
            sayings: Vec::new(),
            by_text: HashMap::new(),
            by_sound: HashMap::new(),
            by_initials: HashMap::new(),
            by_gap: HashMap::new(),
            asking: Vec::new(),
            longest: 0,
        };
        let own: Vec<(String, &OwnWord)> = own.iter().map(|it| (out.fold.text(&it.said), it)).collect();
        let replaced = |text: &str, asking: bool| own.iter().any(|(said, it)| said == text && it.asking == asking);
        for (said, it) in own.iter().filter(|it| it.1.active && !it.1.asking) {
            out.learn(said.clone(), &it.meant);
        }
        for (said, meant) in shipped() {
            for said in said {
                let text = out.fold.text(said);
                if !replaced(&text, false) {
                    out.learn(text, meant);
                }
            }
        }
        let asking = shipped_asking().map(|it| out.fold.text(it)).filter(|it| !replaced(it, true));
        let mut asking: Vec<String> = asking.collect();
        asking.extend(own.iter().filter(|it| it.1.active && it.1.asking).map(|it| it.0.clone()));
        out.asking = asking.iter().map(|it| it.chars().collect()).filter(|it: &Vec<char>| !it.is_empty()).collect();
        out.asking.sort_by_key(|it| std::cmp::Reverse(it.len()));
        out
    }

    /// Learns a saying; of two of the same text the first stands, with the meanings of both.
    fn learn(&mut self, text: String, meant: &str) {
        let letters: Vec<char> = text.chars().collect();
        if letters.is_empty() || letters.len() > SAYING_MAX {
            return;
        }
        let mut meanings = self.meanings(meant);
        if let Some(at) = self.by_text.get(&text) {
            let known = &mut self.sayings[*at as usize].meanings;
            meanings.retain(|it| !known.iter().any(|had| had.parts == it.parts));
            known.extend(meanings);
            known.truncate(MEANINGS_MAX);
            return;
        }
        let Ok(at) = u32::try_from(self.sayings.len()) else { return };
        self.longest = self.longest.max(letters.len());
        let sounds = sound::of(&letters);
        if letters.len() >= 2 && sounds.iter().all(Option::is_some) {
            let initials = sound::firsts(&letters, &sounds);
            let sounds: String = sounds.into_iter().flatten().collect();
            self.by_sound.entry(sounds).or_default().push(at);
            self.by_initials.entry(initials).or_default().push(at);
        }
        if letters.len() >= GUESS_MIN {
            for gap in gaps(&letters) {
                self.by_gap.entry(gap).or_default().push(at);
            }
        }
        self.by_text.insert(text.clone(), at);
        self.sayings.push(Saying { text, meanings });
    }

    /// Reads `食品经营许可 个体工商户+设立`: meanings apart by spaces, parts of one joined by a plus.
    fn meanings(&self, meant: &str) -> Vec<Meaning> {
        let parts = |it: &str| it.split('+').map(|it| self.fold.text(it)).filter(|it| !it.is_empty()).collect();
        let all = meant.split_whitespace().map(parts).filter(|it: &Vec<String>| !it.is_empty()).take(MEANINGS_MAX);
        all.scan(1.0, |weight, parts| {
            let meaning = Meaning { parts, weight: *weight };
            *weight -= NEXT;
            Some(meaning)
        })
        .collect()
    }

    /// The saying of exactly this text.
    pub(crate) fn said(&self, text: &str) -> Option<&Saying> {
        self.by_text.get(text).and_then(|it| self.sayings.get(*it as usize))
    }

    /// Sayings that sound so, written together without tones.
    pub(crate) fn sounding(&self, letters: &str) -> impl Iterator<Item = &Saying> {
        self.of(self.by_sound.get(letters))
    }

    /// Sayings whose syllables begin so.
    pub(crate) fn beginning(&self, initials: &str) -> impl Iterator<Item = &Saying> {
        self.of(self.by_initials.get(initials))
    }

    /// Sayings that differ from these characters in one: wrong, missing or too much.
    pub(crate) fn guessed<'a>(&'a self, letters: &[char]) -> Vec<&'a Saying> {
        let text: String = letters.iter().collect();
        let mut out: Vec<_> = self.of(self.by_gap.get(&text)).collect();
        // In three characters two that are right stand together by chance; such slips are found by their sound.
        if letters.len() > GUESS_MIN {
            for gap in gaps(letters) {
                let wrong = self.of(self.by_gap.get(&gap)).filter(|it| one_wrong(&it.text, letters));
                out.extend(wrong);
                out.extend(self.said(&gap));
            }
        }
        out.dedup_by(|a, b| a.text == b.text);
        out
    }

    fn of<'a>(&'a self, places: Option<&'a Vec<u32>>) -> impl Iterator<Item = &'a Saying> {
        places.into_iter().flatten().filter_map(|it| self.sayings.get(*it as usize))
    }

    /// The length of the longest saying.
    pub(crate) const fn longest(&self) -> usize {
        self.longest
    }

    /// The length of the longest word of asking that stands here.
    pub(crate) fn asking(&self, letters: &[char]) -> Option<usize> {
        self.asking.iter().find(|it| letters.starts_with(it)).map(Vec::len)
    }

    /// Sayings that begin so, by their characters, their sound or their first letters.
    pub(crate) fn starting<'a>(&'a self, typed: &'a str) -> impl Iterator<Item = &'a str> {
        let letters = typed.len() >= 2 && typed.bytes().all(|it| it.is_ascii_lowercase());
        let sounds = move |it: &Saying| {
            let text: Vec<char> = it.text.chars().collect();
            let sounds: String = sound::of(&text).into_iter().flatten().collect();
            sounds.starts_with(typed) || sound::initials(&text).starts_with(typed)
        };
        let starts = move |it: &&Saying| it.text.starts_with(typed) || letters && sounds(it);
        self.sayings.iter().filter(starts).map(|it| it.text.as_str())
    }
}

/// The text with each of its characters left out in turn.
fn gaps(letters: &[char]) -> impl Iterator<Item = String> {
    (0..letters.len()).map(|gap| letters.iter().enumerate().filter(|it| it.0 != gap).map(|it| it.1).collect())
}

/// Whether two texts of one length differ in one place only.
fn one_wrong(text: &str, letters: &[char]) -> bool {
    text.chars().count() == letters.len() && text.chars().zip(letters).filter(|(a, b)| a != *b).count() == 1
}
