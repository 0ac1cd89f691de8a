//! From a template and the words of a case to what stands on the paper.

use std::collections::HashMap;

use papers::{Block, Field, ListItem};

use super::{
    Example, Form, Kit, Part, Spec, Template,
    words::{self, Piece},
};

/// What the placeholders of one paper stand for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values {
    texts: HashMap<String, String>,
    lists: HashMap<String, Vec<ListItem>>,
    circumstance: String,
}

/// The middle of a paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// From the addressee to the signature.
    pub(crate) blocks: Vec<Block>,
    /// Under the date.
    pub(crate) notes: Vec<String>,
}

/// The placeholder for which a block of remedies stands.
const REMEDIES: &str = "救济途径";

impl Values {
    /// Says what a placeholder stands for.
    pub(crate) fn say(&mut self, name: &str, words: impl Into<String>) {
        self.texts.insert(name.to_owned(), words.into());
    }

    /// Says which circumstance of its kind holds.
    pub(crate) fn hold(&mut self, circumstance: &str) {
        circumstance.clone_into(&mut self.circumstance);
    }

    /// Says what the ways are to have the decision reviewed.
    pub(crate) fn remedies(&mut self, words: &str) {
        self.say(REMEDIES, words);
    }

    /// Says what a placeholder of a list stands for.
    pub(crate) fn list(&mut self, name: &str, items: Vec<ListItem>) {
        self.lists.insert(name.to_owned(), items);
    }

    /// The circumstance that holds; empty: the kind has but one.
    #[cfg(test)]
    pub(crate) fn circumstance(&self) -> &str {
        &self.circumstance
    }

    /// Whether something is said for this placeholder, be it nothing.
    #[cfg(test)]
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.texts.contains_key(name) || self.lists.contains_key(name)
    }

    /// Made-up words for a preview in this circumstance.
    #[must_use]
    pub(crate) fn examples(kit: &Kit, spec: &Spec, circumstance: &str) -> Self {
        let first = spec.circumstances.first();
        let known = spec.circumstances.iter().find(|it| it.code == circumstance).or(first);
        let mut values = Self { circumstance: known.map(|it| it.code.clone()).unwrap_or_default(), ..Self::default() };
        for it in kit.placeholders(spec.kind) {
            match &it.example {
                Example::Words(words) => values.say(&it.name, words),
                Example::List(items) => {
                    let item = |it: &(String, String)| ListItem {
                        text: it.0.clone(),
                        notes: Some(it.1.clone()).filter(|it| !it.is_empty()).into_iter().collect(),
                    };
                    values.list(&it.name, items.iter().map(item).collect());
                }
            }
        }
        values
    }

    /// What a placeholder stands for in the examples.
    #[must_use]
    pub(crate) fn example(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// The words of a block with their placeholders replaced, once: what a placeholder stands for is never read again. Words that cannot
    /// be read, which no template in force has, are said as they stand.
    fn fill(&self, text: &str) -> String {
        words::read(text).map_or_else(|_| text.to_owned(), |pieces| self.said(&pieces))
    }

    fn said(&self, pieces: &[Piece]) -> String {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Slot(name) => out.push_str(self.text(name)),
                Piece::Perhaps(inner) if words::slots(inner).all(|it| !self.text(it).is_empty()) => {
                    out.push_str(&self.said(inner));
                }
                Piece::Perhaps(_) => {}
            }
        }
        out
    }

    /// The rows of a table. A row whose placeholders all have nothing to say is left out; one without placeholders stays, to be filled in
    /// by hand.
    fn rows(&self, text: &str) -> Vec<Field> {
        let field = |line: &str| {
            let (label, content) = words::row(line)?;
            let value = self.fill(content);
            let blank = value.is_empty() && !content.is_empty();
            (!blank).then(|| Field { label: label.to_owned(), value })
        };
        text.lines().filter_map(field).collect()
    }
}

impl Template {
    /// What stands on the paper. A block that comes to nothing is left out.
    #[must_use]
    pub(crate) fn render(&self, values: &Values) -> Rendered {
        let mut out = Rendered::default();
        for part in self.blocks.iter().filter(|it| it.when.is_empty() || it.when == values.circumstance) {
            if part.form == Form::Note {
                out.notes.extend(Some(values.fill(&part.text)).filter(|it| !it.trim().is_empty()));
            } else {
                out.blocks.extend(part.block(values));
            }
        }
        out
    }
}

impl Part {
    fn block(&self, values: &Values) -> Option<Block> {
        let said = || Some(values.fill(&self.text)).filter(|it| !it.trim().is_empty());
        match self.form {
            Form::Heading => said().map(Block::Heading),
            Form::Paragraph => said().map(Block::Paragraph),
            Form::Table => Some(values.rows(&self.text)).filter(|it| !it.is_empty()).map(Block::Table),
            Form::Remedies => Some(Block::Remedies(vec![values.text(REMEDIES).to_owned()])),
            Form::List => {
                let pieces = words::read(&self.text).unwrap_or_default();
                let name = words::slots(&pieces).next()?;
                values.lists.get(name).filter(|it| !it.is_empty()).cloned().map(Block::List)
            }
            Form::Note => None,
        }
    }
}
