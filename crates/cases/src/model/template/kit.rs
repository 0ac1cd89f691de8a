//! What the program ships: every placeholder with its meaning, and each kind of paper with what it must say and its first words.

use serde::{Deserialize, Deserializer};

use super::{Form, PaperKind, Part, Template, words};

/// The shipped templates.
const SHIPPED: &str = include_str!("../../../papers/papers.toml");

/// All that is known of papers before anybody writes a template.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Kit {
    #[serde(rename = "placeholder")]
    placeholders: Vec<Placeholder>,
    #[serde(rename = "paper")]
    papers: Vec<Spec>,
}

/// A name that stands for words of the case at hand.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Placeholder {
    /// As written between braces.
    pub(crate) name: String,
    /// What it stands for.
    pub(crate) about: String,
    /// What a preview shows.
    pub(crate) example: Example,
    /// The kinds of paper that know it; empty: all.
    #[serde(default)]
    pub(crate) kinds: Vec<PaperKind>,
    /// Whether it may have nothing to say.
    #[serde(default)]
    pub(crate) optional: bool,
}

/// An example of a placeholder.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Example {
    /// Words.
    Words(String),
    /// Items of a list, each with what is said under it.
    List(Vec<(String, String)>),
}

impl Placeholder {
    /// Whether it stands for several items, each in a line of its own.
    #[must_use]
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.example, Example::List(_))
    }

    /// The example in one line.
    #[must_use]
    pub(crate) fn example_words(&self) -> String {
        match &self.example {
            Example::Words(words) => words.clone(),
            Example::List(items) => items.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join("；"),
        }
    }
}

/// One of the shapes in which a kind of paper comes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Circumstance {
    /// As stored.
    pub(crate) code: String,
    /// In words: 「容缺通过时」.
    pub(crate) name: String,
}

/// What a kind of paper must say.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Need {
    /// The placeholders, of which one suffices.
    #[serde(deserialize_with = "one_or_more")]
    pub(super) any: Vec<String>,
    /// The circumstance in which it must; empty: always.
    #[serde(default)]
    pub(super) when: String,
    /// The source of the rule.
    pub(super) source: String,
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(String),
        More(Vec<String>),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::One(it) => vec![it],
        Either::More(all) => all,
    })
}

/// A kind of paper: what it must say, and the words that the program ships.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Spec {
    /// Which.
    pub(crate) kind: PaperKind,
    /// When it is made, for who writes its template.
    pub(crate) about: String,
    /// The shapes in which it comes; exactly one holds for each paper. Empty: it has but one.
    #[serde(default)]
    pub(crate) circumstances: Vec<Circumstance>,
    #[serde(default)]
    pub(super) needs: Vec<Need>,
    /// The shipped template.
    #[serde(flatten)]
    pub(crate) shipped: Template,
}

impl Kit {
    /// As shipped.
    ///
    /// # Errors
    /// If the table of the program cannot be read, or its own templates break its rules: then the program does not start.
    pub(crate) fn shipped() -> Result<Self, String> {
        let kit: Self = toml::from_str(SHIPPED).map_err(|error| error.to_string())?;
        for kind in PaperKind::ALL {
            let faults = kit.faults(kit.spec(kind)?, &kit.spec(kind)?.shipped);
            if let Some(fault) = faults.first() {
                return Err(format!("{}: {}", kind.code(), fault.message));
            }
        }
        Ok(kit)
    }

    /// A kind of paper.
    ///
    /// # Errors
    /// If the table does not have it.
    pub(crate) fn spec(&self, kind: PaperKind) -> Result<&Spec, String> {
        self.papers
            .iter()
            .find(|it| it.kind == kind)
            .ok_or_else(|| format!("no template is shipped for {}", kind.code()))
    }

    /// The kinds of papers, in the order of a case.
    pub(crate) fn specs(&self) -> &[Spec] {
        &self.papers
    }

    /// The placeholders that a kind of paper knows, its own first.
    pub(crate) fn placeholders(&self, kind: PaperKind) -> Vec<&Placeholder> {
        let (own, common): (Vec<_>, Vec<_>) = self
            .placeholders
            .iter()
            .filter(|it| it.kinds.is_empty() || it.kinds.contains(&kind))
            .partition(|it| !it.kinds.is_empty());
        [own, common].concat()
    }

    /// The placeholder of a name, if this kind of paper knows it.
    pub(super) fn placeholder(&self, kind: PaperKind, name: &str) -> Option<&Placeholder> {
        self.placeholders(kind).into_iter().find(|it| it.name == name)
    }
}

impl Template {
    /// The same with its words as the program reads them.
    #[must_use]
    pub(crate) fn normal(&self) -> Self {
        let part = |it: &Part| Part {
            text: if it.form == Form::Remedies { String::new() } else { words::normal(&it.text) },
            when: it.when.trim().to_owned(),
            ..it.clone()
        };
        Self { blocks: self.blocks.iter().map(part).collect() }
    }
}
