//! The rules in force on this site, and the lists of words that legal affairs keep. Read anew for every check, so that a new word counts at
//! once on every node.

use std::collections::HashMap;

use journal::{Head, append};
use kernel::{Ctx, Error, Moment, Result, Scope, Who};
use storage::{Db, Row, Unit, args};

use super::fingerprint;
use crate::{
    LEGAL_CHECK,
    model::{Rulebook, WordList},
    store::{self, guard},
};

/// Lists at most: there are as many as the table of rules names.
const LISTS_MAX: i64 = 100;

/// The lists that the site wrote itself.
async fn written(db: &Db) -> Result<Vec<Row>> {
    db.query(store::WORDS_ROWS, args!["", LISTS_MAX]).await
}

/// A list of words as it stands.
#[derive(Debug, Clone)]
pub struct KeptWords {
    /// The list with the words in force.
    pub list: WordList,
    /// Its version; 0: the words that the program ships.
    pub version: i64,
    /// When it was written; `None`: never.
    pub changed_at: Option<Moment>,
}

/// The rules with the words in force.
///
/// # Errors
/// If the engine fails.
pub async fn rulebook(db: &Db) -> Result<Rulebook> {
    in_force(db).await.map(|it| it.0)
}

/// The rules with the words in force, and an SM3 of both: it is another when a word or, with a newer program, a rule is.
pub(crate) async fn in_force(db: &Db) -> Result<(Rulebook, String)> {
    let rows = written(db).await?;
    let (mut book, mut text) = (Rulebook::shipped()?, Rulebook::TABLE.to_owned());
    for row in &rows {
        let (list, words) = (row.text("id")?, row.text("words")?);
        text.extend(["\n", list, "\n", words]);
        book = book.with_words(list, words.lines().map(str::to_owned).collect());
    }
    Ok((book, fingerprint(&text)))
}

/// The lists of words, as they stand.
///
/// # Errors
/// If the engine fails.
pub async fn word_lists(db: &Db) -> Result<Vec<KeptWords>> {
    let rows = written(db).await?;
    let mut kept = HashMap::with_capacity(rows.len());
    for row in &rows {
        kept.insert(row.string("id")?, (row.int("version")?, row.moment("changed_at")?));
    }
    let book = rulebook(db).await?;
    let list = |list: &WordList| {
        let known = kept.get(&list.key);
        KeptWords { list: list.clone(), version: known.map_or(0, |it| it.0), changed_at: known.map(|it| it.1) }
    };
    Ok(book.lists().iter().map(list).collect())
}

/// Writes the words of a list, one a line, for the whole site. `version`: what the form showed.
///
/// # Errors
/// [`Error::Forbidden`] without [`LEGAL_CHECK`] for the whole site; [`Error::NotFound`] if there is no such list; [`Error::Invalid`] at
/// `words`; [`Error::Stale`] if somebody wrote it meanwhile.
pub async fn put_words(ctx: &Ctx, db: &Db, (key, version): (&str, i64), lines: &str) -> Result<()> {
    let mut unit = Unit::new(ctx);
    if !matches!(ctx.actor.who, Who::System(_)) {
        identity::still_holds(&mut unit, ctx, &ctx.may(LEGAL_CHECK, &Scope::SITE)?);
    }
    let book = Rulebook::shipped()?;
    let list = book.lists().iter().find(|it| it.key == key).ok_or(Error::NotFound { what: "这张词表" })?;
    let text = list.checked(lines)?.join("\n");
    let rows = written(db).await?;
    let row = rows.iter().find(|row| row.text("id").is_ok_and(|it| it == key));
    let head = row.map(Head::of).transpose()?.unwrap_or_else(Head::none);
    if head.version != version {
        return Err(Error::Stale { what: "词表", by: None });
    }
    let body = serde_json::json!({ "words": fingerprint(&text) });
    let next = append(&mut unit, ctx, &head, (&format!("catalogue-words:{key}"), "catalogue.words_written"), &body)?;
    if version == 0 {
        unit.one(guard::WORDS, store::WORDS_ADD, args![key, text, next.version, &next.hash, next.at]);
    } else {
        unit.one(guard::WORDS, store::WORDS_CHANGE, args![key, text, next.version, &next.hash, next.at, version]);
    }
    db.commit(unit).await?.or_stale("词表")
}
