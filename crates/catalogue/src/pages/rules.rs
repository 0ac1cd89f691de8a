//! The rules by which documents are checked (检查规则), and the lists of words that legal affairs keep for them.

use askama::Template;
use axum::extract::{Path, State};
use kernel::{Error, Fault, Scope};
use webkit::{Answer, App, Form, Page, Shell, flash, page};

use super::{ITEMS, LEGAL_CHECKS, OFFICE_CHECKS, may_look_somewhere};
use crate::{
    CATALOGUE, LEGAL_CHECK, OFFICE_CHECK,
    model::{Rule, Severity, WORD_MAX, WordList, field},
    service::rules::{KeptWords, put_words, rulebook, word_lists},
};

/// A rule as the page shows it.
pub(crate) struct RuleLine {
    pub(crate) number: u8,
    pub(crate) asks: String,
    pub(crate) field: &'static str,
    pub(crate) message: String,
    pub(crate) severity: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) source: String,
}

impl RuleLine {
    pub(crate) fn of(it: &Rule) -> Self {
        let top = it.field.split('/').next().unwrap_or_default();
        Self {
            number: it.number,
            asks: it.asks.clone(),
            field: field(top).map_or("基本目录", |it| it.name),
            message: plain(&it.message),
            severity: it.severity.name(),
            tone: if it.severity == Severity::Block { "bad" } else { "warn" },
            source: it.source.clone(),
        }
    }
}

/// A message with its blanks as people read them: 「…」.
fn plain(message: &str) -> String {
    let mut parts = message.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + "…" + part.split_once('}').map_or(part, |it| it.1)).replace("「…」", "…")
}

#[derive(Template)]
#[template(path = "rules_desk.html")]
pub(crate) struct RulesPage {
    pub(crate) shell: Shell,
    pub(crate) rules: Vec<RuleLine>,
    pub(crate) lists: Vec<KeptWords>,
    /// The caller's own list of items, and what it is called.
    pub(crate) list: (&'static str, &'static str),
    /// Whether the caller writes the lists.
    pub(crate) keeps: bool,
}

pub(super) async fn show(State(app): State<App>, it: Page) -> Answer {
    may_look_somewhere(&it.ctx)?;
    let book = rulebook(&app.db).await?;
    page(&RulesPage {
        rules: book.rules().iter().map(RuleLine::of).collect(),
        lists: word_lists(&app.db).await?,
        list: if it.ctx.may_somewhere(CATALOGUE) {
            ITEMS
        } else if it.ctx.may_somewhere(OFFICE_CHECK) {
            OFFICE_CHECKS
        } else {
            LEGAL_CHECKS
        },
        keeps: it.ctx.may(LEGAL_CHECK, &Scope::SITE).is_ok(),
        shell: it.shell,
    })
}

#[derive(Template)]
#[template(path = "words_desk.html")]
pub(crate) struct WordsPage {
    pub(crate) shell: Shell,
    pub(crate) list: WordList,
    pub(crate) version: i64,
    pub(crate) text: String,
    pub(crate) faults: Vec<Fault>,
}

impl WordsPage {
    fn fault(&self) -> String {
        self.faults.iter().map(|it| it.message.as_str()).collect()
    }

    fn hint(&self) -> String {
        let line = if self.list.explains() { "一行一个，写成「词：说明」" } else { "一行一个词" };
        format!("{line}，每行不超过 {WORD_MAX} 个字")
    }
}

async fn words_page(app: &App, it: Page, key: &str, typed: Option<(String, Vec<Fault>)>) -> Answer {
    it.ctx.may(LEGAL_CHECK, &Scope::SITE)?;
    let kept = word_lists(&app.db).await?.into_iter().find(|it| it.list.key == key);
    let kept = kept.ok_or(Error::NotFound { what: "这张词表" })?;
    let (text, faults) = typed.unwrap_or_else(|| (kept.list.words.join("\n"), Vec::new()));
    page(&WordsPage { shell: it.shell, list: kept.list, version: kept.version, text, faults })
}

pub(super) async fn edit(State(app): State<App>, it: Page, Path(key): Path<String>) -> Answer {
    words_page(&app, it, &key, None).await
}

pub(super) async fn save(State(app): State<App>, it: Page, Path(key): Path<String>, Form(form): Form) -> Answer {
    let text = form.text("words").to_owned();
    match put_words(&it.ctx, &app.db, (&key, form.version()?), &text).await {
        Ok(()) => Ok(flash("/desk/item-rules", "done", "已保存，立即用于检查。")),
        Err(Error::Invalid(faults)) => words_page(&app, it, &key, Some((text, faults))).await,
        Err(error) => Err(error.into()),
    }
}
