//! How well an item answers a query: what is said word for word first, then what shares pairs of characters. Pure.

/// A query is read up to so many characters.
pub(crate) const QUERY_MAX: usize = 100;

/// Words of asking that say nothing of what is asked for.
const FILLERS: [&str; 12] = [
    "怎么办理",
    "如何办理",
    "怎么办",
    "怎么",
    "如何",
    "在哪里",
    "在哪",
    "需要什么材料",
    "我要",
    "我想",
    "办理",
    "请问",
];

/// Pairs of characters of which at least this share must be found.
const SHARE_LEAST: f32 = 0.5;

/// A query made ready.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    words: Vec<String>,
}

/// The texts of an item that are searched, folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) authority: String,
}

impl Query {
    /// Reads a query: folded, split at spaces and marks, without words of asking. No words: nothing is asked for.
    pub(crate) fn read(text: &str) -> Self {
        let text: String = text.chars().take(QUERY_MAX).collect();
        let split = text.split(|c: char| c.is_whitespace() || "，。、？！,.?!;；“”\"".contains(c));
        let words = split.map(folded).map(|it| without_fillers(&it)).filter(|it| !it.is_empty()).collect();
        Self { words }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The score of an item; `None`: it does not answer. Every word must be found.
    pub(crate) fn score(&self, texts: &Texts) -> Option<f32> {
        let mut sum = 0.0;
        for word in &self.words {
            sum += score_word(word, texts)?;
        }
        Some(sum)
    }
}

/// Text as it is compared: lower case, narrow, without spaces.
pub(crate) fn folded(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).map(narrow).flat_map(char::to_lowercase).collect()
}

fn without_fillers(word: &str) -> String {
    let mut rest = word.to_owned();
    for filler in FILLERS {
        let shorter = rest.replace(filler, "");
        if shorter.chars().count() >= 2 {
            rest = shorter;
        }
    }
    rest
}

fn score_word(word: &str, texts: &Texts) -> Option<f32> {
    let length = chars(word);
    let mut said = Vec::new();
    if texts.name == word {
        said.push(1_000.0);
    } else if texts.name.contains(word) {
        // The larger the part of the name that was asked for, the likelier it is meant.
        said.push(500.0 + 100.0 * length / chars(&texts.name));
    }
    for alias in &texts.aliases {
        if alias == word {
            said.push(700.0);
        } else if alias.contains(word) {
            said.push(400.0 + 100.0 * length / chars(alias));
        } else if chars(alias) >= 2.0 && word.contains(alias.as_str()) {
            said.push(350.0 + 100.0 * chars(alias) / length);
        }
    }
    if texts.authority.contains(word) {
        said.push(200.0);
    }
    if let Some(best) = said.into_iter().max_by(f32::total_cmp) {
        return Some(best);
    }
    let all = std::iter::once(&texts.name).chain(&texts.aliases);
    let share = all.map(|it| shared_pairs(word, it)).fold(0.0, f32::max);
    (share >= SHARE_LEAST).then_some(150.0 * share)
}

/// The share of the word's pairs of neighbouring characters that the text has too.
fn shared_pairs(word: &str, text: &str) -> f32 {
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

#[expect(clippy::cast_precision_loss, reason = "names have at most a thousand characters")]
fn chars(text: &str) -> f32 {
    text.chars().count().max(1) as f32
}
