//! Rows of lists that are written out in the background.

use storage::{Migration, Sql};

/// The schema of it.
pub(crate) const MIGRATION: Migration =
    Migration { area: "cases", number: 15, sql: include_str!("../../migrations/0015_exports.sql") };

/// The guard that fails when somebody stopped the export, or another node was faster.
pub(crate) const GUARD: &str = "case export";

storage::sql! {
    /// One export.
    EXPORT = "SELECT id, person, grants, asked, form, purpose, state, place, key_after, done, bytes, failure, begun_at, expires \
        FROM case_exports WHERE id = $1";
    /// A person's exports, the latest first.
    EXPORTS_OF = "SELECT id, person, grants, asked, form, purpose, state, place, key_after, done, bytes, failure, begun_at, expires \
        FROM case_exports WHERE person = $1 ORDER BY id DESC LIMIT $2";
    /// Exports in a state, the oldest first.
    EXPORTS_IN = "SELECT id, person, grants, asked, form, purpose, state, place, key_after, done, bytes, failure, begun_at, expires \
        FROM case_exports WHERE state = $1 ORDER BY id LIMIT $2";
    /// Exports whose time is over.
    EXPORTS_EXPIRED = "SELECT id FROM case_exports WHERE expires < $1 ORDER BY expires, id LIMIT $2";
    /// A new one, unless the person has $11 already, or $12 of the site wait.
    EXPORT_ADD = "INSERT INTO case_exports (id, person, grants, asked, form, purpose, state, place, key_after, done, bytes, failure, \
        begun_at, expires) SELECT $1, $2, $3, $4, $5, $6, $7, 0, $8, 0, 0, '', $9, $10 \
        WHERE (SELECT count(*) FROM case_exports WHERE person = $2) < $11 \
        AND (SELECT count(*) FROM (SELECT id FROM case_exports WHERE state = $7 LIMIT $12) AS s) < $12";
    /// Moves one on from where it was read.
    EXPORT_MOVE = "UPDATE case_exports SET state = $4, place = $5, key_after = $6, done = $7, bytes = $8, failure = $9 \
        WHERE id = $1 AND state = $2 AND place = $3";
    /// It is over.
    EXPORT_DROP = "DELETE FROM case_exports WHERE id = $1";
    /// A piece of it lies among the files.
    EXPORT_PIECE_ADD = "INSERT INTO case_export_pieces (job, kind, n, blob) VALUES ($1, $2, $3, $4)";
    /// Its pieces of a kind, after a number.
    EXPORT_PIECES = "SELECT n, blob FROM case_export_pieces WHERE job = $1 AND kind = $2 AND n > $3 ORDER BY n LIMIT $4";
    /// Its pieces of a kind are not wanted any more.
    EXPORT_PIECES_DROP = "DELETE FROM case_export_pieces WHERE job = $1 AND kind = $2";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;
