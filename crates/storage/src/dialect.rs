//! What must be said otherwise: on SQLite parameters, lists and the types of tables; PostgreSQL takes every text as written but for lists.

use std::borrow::Cow;

/// Before a list of values ([`crate::each`]): `id IN (EACH($1))`.
const EACH: &str = "EACH";

/// SQLite's text of a statement: `$1` becomes `?1`, since SQLite numbers `$1` by its first appearance and not by its digit; a list is read.
pub(crate) fn parameters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Mark('$') => out.push('?'),
            Part::Mark(mark) => out.push(mark),
            Part::Word(EACH) => out.push_str("SELECT value FROM json_each"),
            Part::Word(verbatim) | Part::Quoted(verbatim) => out.push_str(verbatim),
            Part::Comment => {}
        }
    }
    out
}

/// PostgreSQL's text of a statement.
pub(crate) fn postgres(text: &str) -> Cow<'_, str> {
    if !text.contains("EACH(") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 32);
    for part in parts(text) {
        match part {
            Part::Word(EACH) => out.push_str("SELECT json_array_elements_text"),
            Part::Word(verbatim) | Part::Quoted(verbatim) => out.push_str(verbatim),
            Part::Mark(mark) => out.push(mark),
            Part::Comment => {}
        }
    }
    Cow::Owned(out)
}

/// SQLite's text of a migration: column types by a token map, and every table `STRICT`.
pub(crate) fn ddl(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut words = 0;
    let mut makes_table = false;
    let mut started = "";
    for part in parts(text) {
        match part {
            Part::Word(word) => {
                words += 1;
                if words == 1 {
                    started = word;
                }
                makes_table |= words == 2 && is(started, "CREATE") && is(word, "TABLE");
                out.push_str(column_type(word));
            }
            Part::Mark(';') => {
                end_statement(&mut out, makes_table);
                out.push(';');
                (words, makes_table) = (0, false);
            }
            Part::Mark(mark) => out.push(mark),
            Part::Quoted(verbatim) => out.push_str(verbatim),
            Part::Comment => {}
        }
    }
    end_statement(&mut out, makes_table);
    out
}

fn end_statement(out: &mut String, makes_table: bool) {
    if makes_table {
        out.truncate(out.trim_end().len());
        out.push_str(" STRICT");
    }
}

/// `DOUBLE PRECISION` is two words: the first becomes REAL, the second nothing.
fn column_type(word: &str) -> &str {
    let map = [("BIGINT", "INTEGER"), ("BYTEA", "BLOB"), ("DOUBLE", "REAL"), ("PRECISION", "")];
    map.iter().find(|(from, _)| is(word, from)).map_or(word, |(_, to)| to)
}

fn is(word: &str, keyword: &str) -> bool {
    word.eq_ignore_ascii_case(keyword)
}

/// A piece of SQL text.
enum Part<'a> {
    /// Letters, digits, underscores.
    Word(&'a str),
    /// `'…'`, with its quotes.
    Quoted(&'a str),
    /// `-- …`, but for its line end.
    Comment,
    /// Any other character.
    Mark(char),
}

fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if first == '\'' {
            rest[1..].find('\'').map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (part, after) = rest.split_at(length);
        rest = after;
        Some(match first {
            '\'' => Part::Quoted(part),
            '-' if length > 1 => Part::Comment,
            mark if !is_word(mark) => Part::Mark(mark),
            _ => Part::Word(part),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_numbers_and_literals_their_dollars() {
        let table = [
            ("SELECT $2, $1", "SELECT ?2, ?1"),
            ("SELECT '$1 元', $1", "SELECT '$1 元', ?1"),
            ("SELECT 'it''s $1', $12 -- $3\n", "SELECT 'it''s $1', ?12 \n"),
            ("SELECT 'open", "SELECT 'open"),
            ("id IN (EACH($2))", "id IN (SELECT value FROM json_each(?2))"),
            ("SELECT 'EACH(', REACH", "SELECT 'EACH(', REACH"),
        ];
        for (from, to) in table {
            assert_eq!(parameters(from), to);
        }
    }

    #[test]
    fn a_list_is_read_on_postgresql_too_and_what_is_quoted_stays() {
        let table = [
            ("id = $1", "id = $1"),
            ("id IN (EACH($2))", "id IN (SELECT json_array_elements_text($2))"),
            ("SELECT 'it''s EACH(', REACH(1), n FROM a -- EACH(\n", "SELECT 'it''s EACH(', REACH(1), n FROM a \n"),
        ];
        for (from, to) in table {
            assert_eq!(postgres(from), to);
        }
    }

    #[test]
    fn every_table_is_strict_and_nothing_else_is() {
        let table = [
            ("CREATE TABLE a (n BIGINT, b bytea);", "CREATE TABLE a (n INTEGER, b BLOB) STRICT;"),
            ("CREATE TABLE a (r DOUBLE PRECISION NOT NULL)", "CREATE TABLE a (r REAL  NOT NULL) STRICT"),
            ("CREATE TABLE a (t TEXT CHECK (t <> 'BIGINT;'))", "CREATE TABLE a (t TEXT CHECK (t <> 'BIGINT;')) STRICT"),
            ("CREATE INDEX i ON a (n);\n-- CREATE TABLE b\n", "CREATE INDEX i ON a (n);\n\n"),
        ];
        for (from, to) in table {
            assert_eq!(ddl(from), to);
        }
    }
}
