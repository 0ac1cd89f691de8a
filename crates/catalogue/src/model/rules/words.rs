//! Lists of words that rules look for: the program ships them, legal affairs may write the site's own.

use kernel::{Error, Fault, Result};
use serde::Deserialize;

/// Words of one list at most.
pub const LIST_WORDS_MAX: usize = 200;
/// Characters of one word, with what stands behind it, at most.
pub const WORD_MAX: usize = 60;

/// A list of words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordList {
    /// By what it is known.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is for, and how a line is written.
    pub about: String,
    /// Where the words come from that the program ships.
    pub source: String,
    /// The words. Of a list whose words say something: 「词：说明」.
    pub words: Vec<String>,
}

impl WordList {
    /// Whether each word says something: 「词：说明」.
    #[must_use]
    pub fn explains(&self) -> bool {
        self.words.iter().any(|it| it.contains('：'))
    }

    /// Lines as somebody wrote them, without what is blank or comes twice.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `words`: none, too many, too long, or without what a line of this list must say.
    pub fn checked(&self, lines: &str) -> Result<Vec<String>> {
        let mut words: Vec<String> = Vec::new();
        let mut faults = Vec::new();
        for (n, line) in (1..).zip(lines.lines()) {
            let word = line.trim().replacen(':', "：", usize::from(self.explains()));
            if word.is_empty() || words.contains(&word) {
                continue;
            }
            if word.chars().count() > WORD_MAX {
                faults.push(format!("第 {n} 行超过 {WORD_MAX} 个字。"));
            }
            let told =
                word.split_once('：').is_some_and(|(word, said)| !word.trim().is_empty() && !said.trim().is_empty());
            if self.explains() && !told {
                faults.push(format!("第 {n} 行请写成「词：说明」。"));
            }
            words.push(word);
        }
        if words.is_empty() {
            faults.push("请至少写一个词。".to_owned());
        }
        if words.len() > LIST_WORDS_MAX {
            faults.push(format!("最多 {LIST_WORDS_MAX} 个词，现有 {} 个。", words.len()));
        }
        if faults.is_empty() {
            return Ok(words);
        }
        Err(Error::Invalid(faults.into_iter().map(|it| Fault::new("words", it)).collect()))
    }
}
