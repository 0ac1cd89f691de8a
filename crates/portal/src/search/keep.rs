//! What can be done with the words of search: add, change, read; and what is kept of what was not found.

use journal::{Head, append};
use kernel::{Ctx, Cursor, Error, Id, Page, PageAsk, Result, Scope, Who};
use serde::Serialize;
use storage::{Commit, Db, Unit, args};

use super::{
    text::Fold,
    word::{Word, faults},
    words::OwnWord,
};
use crate::{
    WORDS,
    store::search::{self as store, WordMark, guard},
};

/// Words of the desk at most: the dictionary is in memory of each node.
const WORDS_MAX: i64 = 5_000;
/// Texts that were not found, at most.
const MISSES_MAX: i64 = 5_000;
/// Words read at once.
const BATCH: i64 = 500;
/// What nobody asked for in so many days is forgotten.
const MISS_DAYS: i64 = 90;

/// A text that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Miss {
    /// As compared.
    pub(crate) text: String,
    /// How often.
    pub(crate) times: i64,
    /// On which day first.
    pub(crate) first_day: String,
    /// On which day last.
    pub(crate) last_day: String,
}

/// What every entry of a word's chain says: the word as it stands after it.
#[derive(Serialize)]
struct Stands<'a> {
    said: &'a str,
    /// As it is compared: what was kept, whatever a later program would make of it.
    folded: &'a str,
    meant: &'a str,
    asking: bool,
    active: bool,
}

impl<'a> Stands<'a> {
    fn of(it: &'a Word, folded: &'a str) -> Self {
        Self { said: &it.said, folded, meant: &it.meant, asking: it.asking, active: it.active }
    }
}

/// Words hold for the whole site, so only a post of the whole site changes them.
fn allow(ctx: &Ctx, unit: &mut Unit) -> Result<()> {
    if matches!(ctx.actor.who, Who::System(_)) {
        return Ok(());
    }
    let basis = ctx.may(WORDS, &Scope::SITE)?;
    identity::still_holds(unit, ctx, &basis);
    Ok(())
}

/// Adds a word.
///
/// # Errors
/// [`Error::Forbidden`] without [`WORDS`] for the whole site; [`Error::Invalid`] if it is wrong or there already;
/// [`Error::Refused`] if there are too many.
pub(crate) async fn word_create(ctx: &Ctx, db: &Db, word: Word) -> Result<Id<WordMark>> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit)?;
    checked(&word)?;
    let count = db.find(store::WORDS_COUNT, args![]).await?.map_or(Ok(0), |row| row.int("words"))?;
    if count >= WORDS_MAX {
        return Err(Error::refused(format!("搜索词已有 {WORDS_MAX} 条，请先停用并整理。")));
    }
    let word = Word { id: ctx.new_id(), ..word };
    let folded = Fold::default().text(&word.said);
    if db.find(store::WORD_SAID, args![word.asking, &folded]).await?.is_some() {
        return Err(taken());
    }
    let kind = "portal.word_created";
    let head = append(&mut unit, ctx, &Head::none(), (&store::subject(word.id), kind), &Stands::of(&word, &folded))?;
    store::word_add(&mut unit, &word, &folded, &head);
    match db.commit(unit).await? {
        Commit::Done => Ok(word.id),
        Commit::Lost { guard: guard::SAID } => Err(taken()),
        Commit::Lost { .. } => Err(Error::Stale { what: "搜索词", by: None }),
    }
}

/// Changes what a word means and whether it counts.
///
/// # Errors
/// As [`word_create`]; [`Error::NotFound`] if there is none; [`Error::Stale`] if it is no longer at `version`.
pub(crate) async fn word_change(ctx: &Ctx, db: &Db, id: Id<WordMark>, version: i64, to: (String, bool)) -> Result<()> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit)?;
    let row = db.find(store::WORD, args![id]).await?.ok_or(Error::NotFound { what: "搜索词" })?;
    let (word, before) = store::read(&row)?;
    if before.version != version {
        return Err(Error::Stale { what: "搜索词", by: None });
    }
    let word = Word { meant: to.0, active: to.1, ..word };
    checked(&word)?;
    let kind = "portal.word_changed";
    let head = append(&mut unit, ctx, &before, (&store::subject(id), kind), &Stands::of(&word, row.text("folded")?))?;
    store::word_change(&mut unit, &word, before.version, &head);
    db.commit(unit).await?.or_stale("搜索词")
}

fn checked(word: &Word) -> Result<()> {
    let found = faults(word);
    if found.is_empty() { Ok(()) } else { Err(Error::Invalid(found)) }
}

fn taken() -> Error {
    Error::invalid("said", "这个说法已经有了，请在下面的列表中修改它。")
}

/// A page of words of a kind, by their text.
///
/// # Errors
/// If the engine fails, or [`Error::NotFound`] for a page key of another list.
pub(crate) async fn words(db: &Db, asking: bool, ask: &PageAsk) -> Result<Page<Word>> {
    let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
    let rows = db.query(store::WORDS, args![asking, after, ask.sql_limit()]).await?;
    let found = rows.iter().map(|row| Ok((row.string("folded")?, store::read(row)?.0))).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, ask, |it| Cursor::new([it.0.clone()])).map(|it| it.1))
}

/// All words of the desk, for the dictionary.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn own_words(db: &Db) -> Result<Vec<OwnWord>> {
    let (mut out, mut after) = (Vec::new(), String::new());
    loop {
        let rows = db.query(store::WORD_ROWS, args![after, BATCH]).await?;
        let Some(last) = rows.last() else { return Ok(out) };
        after = last.string("id")?;
        for row in &rows {
            let it = store::read(row)?.0;
            out.push(OwnWord { said: it.said, meant: it.meant, asking: it.asking, active: it.active });
        }
    }
}

/// Counts what was not found; past the most that is kept only what is known is counted.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn keep_misses(ctx: &Ctx, db: &Db, missed: Vec<(String, i64)>) -> Result<()> {
    let count = db.find(store::MISSES_COUNT, args![]).await?.map_or(Ok(0), |row| row.int("texts"))?;
    let (mut unit, today) = (Unit::new(ctx), ctx.now.legal_date());
    let room = usize::try_from((MISSES_MAX - count).max(0)).unwrap_or(0);
    for (text, times) in missed.into_iter().take(room) {
        unit.run(store::MISS, args![text, times, today.to_string()]);
    }
    db.commit(unit).await.map(drop)
}

/// A page of what was not found, most asked for first.
///
/// # Errors
/// As [`words`].
pub(crate) async fn misses(db: &Db, ask: &PageAsk) -> Result<Page<Miss>> {
    let (times, text) = match &ask.after {
        Some(key) => (key.int(0)?, key.text(1)?.to_owned()),
        None => (i64::MAX, String::new()),
    };
    let rows = db.query(store::MISSES, args![times, text, ask.sql_limit()]).await?;
    let read = |row: &storage::Row| {
        Ok(Miss {
            text: row.string("text")?,
            times: row.int("times")?,
            first_day: row.string("first_day")?,
            last_day: row.string("last_day")?,
        })
    };
    let found = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, ask, |it: &Miss| Cursor::new([it.times.to_string(), it.text.clone()])))
}

/// Takes a text off the list of what was not found. The list is a note to oneself: nothing of it is journalled.
///
/// # Errors
/// [`Error::Forbidden`] without [`WORDS`] for the whole site.
pub(crate) async fn forget_miss(ctx: &Ctx, db: &Db, text: &str) -> Result<()> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit)?;
    unit.run(store::MISS_DROP, args![text]);
    db.commit(unit).await?.or_stale("没搜到的说法")
}

/// Forgets what nobody asked for in a long time.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn forget_old(ctx: &Ctx, db: &Db) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let day = ctx.now.plus_seconds(-MISS_DAYS * 86_400).legal_date();
    unit.run(store::MISSES_OLD, args![day.to_string()]);
    db.commit(unit).await.map(drop)
}
