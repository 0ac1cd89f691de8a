//! Imports of officers on their way, and what many rows of a list ask at once.

use storage::sql;

/// The guard that fails when an import was taken further, or dropped, by somebody else.
pub(crate) const GUARD: &str = "officer import";

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, starter, name, blob, report, state, place, total, added, changed, same, refused, made_at"
    };
}

sql! {
    /// People by the digests of their papers.
    PEOPLE_OF_PAPERS = "SELECT id, citizen, mobile FROM people WHERE citizen IN (EACH($1))";
    /// People by their ids.
    PEOPLE_OF_IDS = "SELECT id, citizen, mobile FROM people WHERE id IN (EACH($1))";
    /// Whose login names these are.
    ACCOUNTS_OF_LOGINS = "SELECT person, login FROM accounts WHERE login IN (EACH($1))";
    /// The accounts of these people.
    ACCOUNTS_OF_PEOPLE = "SELECT person, login FROM accounts WHERE person IN (EACH($1))";
    /// The posts of these people that are not ended, but for those of others.
    POSTS_OF_PEOPLE = "SELECT p.id, p.person, p.code, p.authority, p.item, p.starts, p.ends, p.ended_at, p.division, p.unit, \
        p.stands_for, p.principal, p.version, p.head, p.changed_at FROM posts p \
        WHERE p.ended_at IS NULL AND p.stands_for IS NULL AND p.person IN (EACH($1)) ORDER BY p.person, p.id";
    /// What a person's posts allow on the day $2.
    POSTS_ALLOW = "SELECT id AS post, code, authority, item, division, principal AS stead FROM posts WHERE person = $1 \
        AND ended_at IS NULL AND starts <= $2 AND (ends IS NULL OR ends >= $2) ORDER BY id LIMIT 200";
    /// A new import.
    IMPORT_ADD = "INSERT INTO officer_imports (id, starter, name, blob, report, state, place, total, added, changed, same, refused, made_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12)";
    /// One import.
    IMPORT = concat!("SELECT ", columns!(), " FROM officer_imports WHERE id = $1");
    /// The latest imports of somebody.
    IMPORTS_OF = concat!("SELECT ", columns!(), " FROM officer_imports WHERE starter = $1 ORDER BY id DESC LIMIT $2");
    /// The oldest imports in a state.
    IMPORTS_IN = concat!("SELECT ", columns!(), " FROM officer_imports WHERE state = $1 ORDER BY id LIMIT $2");
    /// Imports that were made before a moment.
    IMPORTS_BEFORE = concat!("SELECT ", columns!(), " FROM officer_imports WHERE made_at < $1 ORDER BY made_at LIMIT $2");
    /// An import goes on from the state $2 and the place $3.
    IMPORT_MOVE = "UPDATE officer_imports SET state = $4, place = $5, added = $6, changed = $7, same = $8, refused = $9, report = $10 \
        WHERE id = $1 AND state = $2 AND place = $3";
    /// An import is forgotten.
    IMPORT_DROP = "DELETE FROM officer_imports WHERE id = $1";
}
