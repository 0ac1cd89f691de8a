//! The rules a document must keep to be published, as data: `rules/rules.toml` says for each its number, the field at which it speaks, which
//! facts together break it, its words, its weight and its source. Here they are read and asked; what a fact is stands in [`facts`].
//!
//! Numbers 1 to 15 are those of the item checkers in use (15 quality rules before publication); 16 is the base directory's, 17 and
//! more are the document's own sense. The lists of words that some rules look for are the site's own where it wrote them.

mod facts;
mod words;

use facts::{At, Named, Part, Said};
use kernel::{Error, Fault, Result};
use serde::Deserialize;

use super::{
    ApplicationForm, ConditionCheck, ItemDocument, StepPost, Suspect, limits, missing, suspects::suspects_after,
};

pub use words::{LIST_WORDS_MAX, WORD_MAX, WordList};

/// The table that the program ships.
const TABLE: &str = include_str!("../../rules/rules.toml");

/// What a broken rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It keeps the document from being submitted and published.
    Block,
    /// It is told; the department decides.
    Warn,
}

impl Severity {
    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "必须更正",
            Self::Warn => "建议完善",
        }
    }
}

/// One rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its number.
    pub number: u8,
    /// The field at which it speaks; `#` stands for the number of the entry, from 0.
    pub field: String,
    /// What it asks, in Chinese.
    pub asks: String,
    /// What is wrong and what to do; `{fact}` is filled with what was found.
    pub message: String,
    /// What breaking it means.
    pub severity: Severity,
    /// Where it comes from: law and article, standard, or list of rules.
    pub source: String,
    /// Of what it asks one after the other.
    #[serde(default)]
    each: Each,
    /// What breaks it, all together; empty: what only the database sees.
    broken: Vec<Condition>,
}

/// Of what a rule asks.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Each {
    #[default]
    Whole,
    Audiences,
    Posts,
    Conditions,
    Materials,
    Suspects,
    UseLevels,
    CheckFaults,
    FormFaults,
    Discretion,
    Intermediaries,
}

/// What is asked of one fact; all that is written here must hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    fact: Named,
    is: Option<Value>,
    is_not: Option<Value>,
    same_as: Option<Named>,
    other_than: Option<Named>,
    over: Option<i64>,
    under: Option<i64>,
    over_fact: Option<Named>,
    empty: Option<bool>,
    has: Option<String>,
    lacks: Option<String>,
    ends_with: Option<String>,
    /// The key of a list of words.
    names: Option<String>,
}

/// A value in the table.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Flag(bool),
    Number(i64),
    Text(String),
}

/// Something that was found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's number; 0: a limit of length.
    pub rule: u8,
    /// The document's field.
    pub field: String,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
    /// What it means.
    pub severity: Severity,
}

impl Finding {
    /// What a rule says whose breach does not lie in the document alone.
    pub(crate) fn of(rule: &Rule) -> Self {
        let (field, message) = (rule.field.clone(), rule.message.clone());
        Self { rule: rule.number, field, message, severity: rule.severity }
    }
}

impl From<Finding> for Fault {
    fn from(it: Finding) -> Self {
        Self::new(it.field, it.message)
    }
}

/// The rules and the lists of words by which documents are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rulebook {
    #[serde(rename = "rule")]
    rules: Vec<Rule>,
    #[serde(rename = "list")]
    lists: Vec<WordList>,
}

impl Rulebook {
    /// The table that the program ships, as text.
    pub(crate) const TABLE: &'static str = TABLE;

    /// The rules with the words that the program ships.
    ///
    /// # Errors
    /// [`Error::Internal`] if the table that was built in cannot be read.
    pub fn shipped() -> Result<Self> {
        Self::read(TABLE).map_err(Error::internal)
    }

    /// The rules of a table; what it names must exist.
    pub(crate) fn read(table: &str) -> std::result::Result<Self, String> {
        let book: Self = toml::from_str(table).map_err(|error| error.to_string())?;
        let lists: Vec<&str> = book.lists.iter().map(|it| it.key.as_str()).collect();
        for rule in &book.rules {
            let asked: Vec<&str> = rule.broken.iter().filter_map(|it| it.names.as_deref()).collect();
            if let Some(unknown) = asked.iter().find(|it| !lists.contains(it)) {
                return Err(format!("rule {}: no list is named {unknown}", rule.number));
            }
            if let Some(bare) = rule.broken.iter().find(|it| !it.asks_something()) {
                return Err(format!("rule {}: nothing is asked of {}", rule.number, bare.fact.0.name));
            }
            if let Some(unknown) = blanks(&rule.message).find(|it| *it != WORD && facts::by_name(it).is_none()) {
                return Err(format!("rule {}: no fact is named {unknown}", rule.number));
            }
        }
        Ok(book)
    }

    /// All rules, in the order of their numbers.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The lists of words.
    #[must_use]
    pub fn lists(&self) -> &[WordList] {
        &self.lists
    }

    /// The same rules with the site's own words in the list of this key, if there is such a list.
    #[must_use]
    pub fn with_words(mut self, key: &str, words: Vec<String>) -> Self {
        if let Some(list) = self.lists.iter_mut().find(|it| it.key == key) {
            list.words = words;
        }
        self
    }

    /// The words of a list.
    pub(super) fn words(&self, key: &str) -> &[String] {
        self.lists.iter().find(|it| it.key == key).map_or(&[], |it| &it.words)
    }

    /// All that keeps the document from being published, in the order of the rules, the missing elements last.
    #[must_use]
    pub fn findings(&self, doc: &ItemDocument) -> Vec<Finding> {
        let limits = limits::over_limits(doc).into_iter();
        let limits = limits.map(|it| block(0, it.field, it.message));
        let absent = missing(doc).into_iter();
        let absent = absent.map(|it| block(14, it.field.to_owned(), format!("请补充「{}」。", it.name)));
        limits.chain(self.found(doc, Severity::Block)).chain(absent).collect()
    }

    /// What is only recommended.
    #[must_use]
    pub fn warnings(&self, doc: &ItemDocument) -> Vec<Finding> {
        self.found(doc, Severity::Warn)
    }

    /// [`Rulebook::findings`], then [`Rulebook::warnings`].
    #[must_use]
    pub fn all(&self, doc: &ItemDocument) -> Vec<Finding> {
        let mut found = self.findings(doc);
        found.extend(self.warnings(doc));
        found
    }

    /// All suspect materials of a document, by material.
    #[must_use]
    pub fn suspects(&self, doc: &ItemDocument) -> Vec<Suspect> {
        suspects_after(self, doc)
    }

    fn found(&self, doc: &ItemDocument, severity: Severity) -> Vec<Finding> {
        let mut out = Vec::new();
        for rule in self.rules.iter().filter(|it| it.severity == severity && !it.broken.is_empty()) {
            for at in self.parts(doc, rule.each) {
                if let Some(word) = self.breaks(rule, &at) {
                    let field = rule.field.replace('#', &at.entry.to_string());
                    out.push(Finding { rule: rule.number, field, message: say(&rule.message, &at, word), severity });
                }
            }
        }
        out
    }

    /// Whether all that breaks a rule holds here; with the word of a list that was found, if one was looked for.
    fn breaks<'a>(&'a self, rule: &Rule, at: &At<'_>) -> Option<&'a str> {
        let mut found = "";
        for it in &rule.broken {
            let said = (it.fact.0.of)(at);
            if let Some(list) = &it.names {
                let Said::Text(text) = &said else { return None };
                found = self.words(list).iter().find(|word| text.contains(word.as_str()))?;
            }
            if !it.holds(&said, at) {
                return None;
            }
        }
        Some(found)
    }

    /// What a rule asks of, one after the other.
    fn parts<'a>(&self, doc: &'a ItemDocument, each: Each) -> Vec<At<'a>> {
        fn of<'a, T>(doc: &'a ItemDocument, all: impl IntoIterator<Item = T>, part: fn(T) -> Part<'a>) -> Vec<At<'a>> {
            all.into_iter().enumerate().map(|(entry, it)| At { doc, entry, part: part(it) }).collect()
        }
        match each {
            Each::Whole => of(doc, [()], |()| Part::Whole),
            Each::Audiences => of(doc, audiences(doc), |it| Part::Audience(it.0, it.1, it.2)),
            Each::Posts => of(doc, StepPost::ALL, |it| Part::Post(*it)),
            Each::Conditions => of(doc, &doc.conditions, |it| Part::Condition(it)),
            Each::Materials => of(doc, &doc.materials, Part::Material),
            Each::UseLevels => of(doc, &doc.use_levels, |it| Part::Level(*it)),
            Each::CheckFaults => {
                let faults = doc.check.iter().flat_map(ConditionCheck::faults);
                of(doc, faults, |it| Part::CheckFault(it.message))
            }
            Each::FormFaults => {
                let faults = doc.form.iter().flat_map(ApplicationForm::faults);
                of(doc, faults, |it| Part::FormFault(it.message))
            }
            Each::Discretion => of(doc, &doc.discretion, Part::Discretion),
            Each::Intermediaries => of(doc, &doc.intermediaries, Part::Intermediary),
            Each::Suspects => {
                let at = |it: Suspect| At { doc, entry: it.material, part: Part::Suspect(it) };
                self.suspects(doc).into_iter().map(at).collect()
            }
        }
    }
}

/// Whom an item may serve and whether it has topics for them; none before it is said whom it serves.
fn audiences(doc: &ItemDocument) -> Vec<(&'static str, bool, bool)> {
    if doc.audience().is_empty() {
        return Vec::new();
    }
    vec![
        ("自然人", doc.serves_persons(), !doc.topics.person.is_empty()),
        ("法人和其他组织", doc.serves_organisations(), !doc.topics.corp.is_empty()),
    ]
}

impl Condition {
    fn asks_something(&self) -> bool {
        let named = [&self.same_as, &self.other_than, &self.over_fact].iter().any(|it| it.is_some());
        let words = [&self.has, &self.lacks, &self.ends_with, &self.names].iter().any(|it| it.is_some());
        let values = self.is.is_some() || self.is_not.is_some() || self.empty.is_some();
        named || words || values || self.over.is_some() || self.under.is_some()
    }

    /// Whether all that is asked here holds, but for the words of a list. Of what a document does not say nothing holds but that it is empty.
    fn holds(&self, said: &Said<'_>, at: &At<'_>) -> bool {
        let other = |it: &Named| (it.0.of)(at);
        let held = [
            self.is.as_ref().map(|it| it.is(said) == Some(true)),
            self.is_not.as_ref().map(|it| it.is(said) == Some(false)),
            self.same_as.as_ref().map(|it| same(said, &other(it)) == Some(true)),
            self.other_than.as_ref().map(|it| same(said, &other(it)) == Some(false)),
            self.over.map(|it| as_number(said).is_some_and(|n| n > it)),
            self.under.map(|it| as_number(said).is_some_and(|n| n < it)),
            self.over_fact.as_ref().map(|it| as_number(said).zip(as_number(&other(it))).is_some_and(|it| it.0 > it.1)),
            self.empty.map(|it| is_empty(said) == it),
            self.has.as_ref().map(|it| matches!(said, Said::List(all) if all.iter().any(|word| word == it))),
            self.lacks.as_ref().map(|it| matches!(said, Said::List(all) if all.iter().all(|word| word != it))),
            self.ends_with.as_ref().map(|it| matches!(said, Said::Text(text) if text.ends_with(it.as_str()))),
        ];
        held.iter().all(|it| it.unwrap_or(true))
    }
}

impl Value {
    /// Whether this is what was said; `None`: nothing was, or something of another kind.
    fn is(&self, said: &Said<'_>) -> Option<bool> {
        match (self, said) {
            (Self::Flag(it), Said::Flag(said)) => Some(it == said),
            (Self::Number(it), Said::Number(said)) => Some(it == said),
            (Self::Text(it), Said::Text(said)) => Some(it == said),
            _ => None,
        }
    }
}

fn same(one: &Said<'_>, other: &Said<'_>) -> Option<bool> {
    match (one, other) {
        (Said::Text(one), Said::Text(other)) => Some(one == other),
        (Said::Number(one), Said::Number(other)) => Some(one == other),
        _ => None,
    }
}

const fn as_number(said: &Said<'_>) -> Option<i64> {
    if let Said::Number(it) = said { Some(*it) } else { None }
}

fn is_empty(said: &Said<'_>) -> bool {
    match said {
        Said::Nothing => true,
        Said::Text(it) => it.is_empty(),
        Said::List(it) => it.is_empty(),
        Said::Flag(_) | Said::Number(_) => false,
    }
}

fn block(rule: u8, field: String, message: String) -> Finding {
    Finding { rule, field, message, severity: Severity::Block }
}

/// Stands in a message for the word of a list that was found.
const WORD: &str = "word";

/// The names in braces of a message.
fn blanks(message: &str) -> impl Iterator<Item = &str> {
    message.split('{').skip(1).filter_map(|it| it.split_once('}')).map(|it| it.0)
}

/// The message with its blanks filled.
fn say(message: &str, at: &At<'_>, word: &str) -> String {
    let mut parts = message.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (name, rest) in parts.filter_map(|it| it.split_once('}')) {
        match facts::by_name(name).map(|it| (it.of)(at)) {
            None => out.push_str(word),
            Some(Said::Text(it)) => out.push_str(&it),
            Some(Said::Number(it)) => out.push_str(&it.to_string()),
            Some(Said::Nothing | Said::Flag(_) | Said::List(_)) => {}
        }
        out.push_str(rest);
    }
    out
}
