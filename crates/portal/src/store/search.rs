//! The SQL of search: the desk's words of search, and what was not found.

use journal::Head;
use kernel::{Id, Result};
use storage::{Row, Sql, Unit, args};

use crate::search::word::Word;

/// Every SQL text of search, for the test that prepares each on both engines.
pub(crate) const SQL: &[Sql] = ALL;

/// Guards of units.
pub(crate) mod guard {
    /// The word's version that was read.
    pub(crate) const WORD: &str = "search word";
    /// A word that is there already.
    pub(crate) const SAID: &str = "search word said";
}

/// The mark of a word's id.
#[derive(Debug)]
pub(crate) enum WordMark {}

macro_rules! columns {
    () => {
        "id, said, folded, meant, asking, active, version, head, changed_at"
    };
}

storage::sql! {
    /// One word.
    WORD = concat!("SELECT ", columns!(), " FROM search_words WHERE id = $1");
    /// The word of a text.
    WORD_SAID = concat!("SELECT ", columns!(), " FROM search_words WHERE asking = $1 AND folded = $2");
    /// A page of words of a kind by their text.
    WORDS = concat!("SELECT ", columns!(), " FROM search_words WHERE asking = $1 AND folded > $2 ORDER BY folded LIMIT $3");
    /// A page of all words by id: for the dictionary, and for the verification of the record.
    WORD_ROWS = concat!("SELECT ", columns!(), " FROM search_words WHERE id > $1 ORDER BY id LIMIT $2");
    /// How many words there are.
    WORDS_COUNT = "SELECT count(*) AS words FROM search_words";
    /// A new word.
    WORD_ADD = "INSERT INTO search_words (id, said, folded, meant, asking, active, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Changes a word, unless somebody changed it meanwhile.
    WORD_CHANGE = "UPDATE search_words SET meant = $2, active = $3, version = $4, head = $5, changed_at = $6 \
        WHERE id = $1 AND version = $7";
    /// Counts what was not found.
    MISS = "INSERT INTO search_misses (text, times, first_day, last_day) VALUES ($1, $2, $3, $3) \
        ON CONFLICT (text) DO UPDATE SET times = search_misses.times + excluded.times, last_day = excluded.last_day";
    /// A page of what was not found, most asked for first.
    MISSES = "SELECT text, times, first_day, last_day FROM search_misses WHERE (times, text) < ($1, $2) \
        ORDER BY times DESC, text DESC LIMIT $3";
    /// How many texts were not found.
    MISSES_COUNT = "SELECT count(*) AS texts FROM search_misses";
    /// Forgets one text.
    MISS_DROP = "DELETE FROM search_misses WHERE text = $1";
    /// Forgets what nobody asked for since a day.
    MISSES_OLD = "DELETE FROM search_misses WHERE last_day < $1";
}

/// A word and where its chain stands.
pub(crate) fn read(row: &Row) -> Result<(Word, Head)> {
    let word = Word {
        id: row.id("id")?,
        said: row.string("said")?,
        meant: row.string("meant")?,
        asking: row.flag("asking")?,
        active: row.flag("active")?,
        version: row.int("version")?,
        changed_at: row.moment("changed_at")?,
    };
    Ok((word, Head::of(row)?))
}

/// Adds a word; its version is that of `head`.
pub(crate) fn word_add(unit: &mut Unit, it: &Word, folded: &str, head: &Head) {
    let values = args![it.id, &it.said, folded, &it.meant, it.asking, it.active, head.version, &head.hash, head.at];
    unit.one(guard::SAID, WORD_ADD, values);
}

/// Changes a word from the version that was read.
pub(crate) fn word_change(unit: &mut Unit, it: &Word, was: i64, head: &Head) {
    let values = args![it.id, &it.meant, it.active, head.version, &head.hash, head.at, was];
    unit.one(guard::WORD, WORD_CHANGE, values);
}

/// The subject of a word's chain.
pub(crate) fn subject(id: Id<WordMark>) -> String {
    format!("portal-word:{id}")
}
