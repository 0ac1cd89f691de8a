//! Rows for systems of departments: where each case stands in the one order of the record.

use storage::{Migration, Sql};

/// The schema of it.
pub(crate) const MIGRATION: Migration =
    Migration { area: "cases", number: 9, sql: include_str!("../../migrations/0009_systems.sql") };

storage::sql! {
    /// The case has moved: it stands at the position of this entry from now on. `$3`: whether the entry is its acceptance.
    MOVE = "INSERT INTO case_moves (case_id, position, authority, item, accepted, preliminary) \
        SELECT id, CAST($2 AS BIGINT), authority, item, CAST($3 AS BIGINT), preliminary FROM cases WHERE id = $1 \
        ON CONFLICT (case_id) DO UPDATE SET position = excluded.position, preliminary = excluded.preliminary, \
        accepted = CASE WHEN excluded.accepted = 1 THEN 1 ELSE case_moves.accepted END";
    /// Cases of an authority that moved after this position, in the order of the record; `$3` = 1: also those that are not accepted.
    MOVED_AT = "SELECT case_id, position FROM case_moves WHERE authority = $1 AND position > $2 \
        AND (accepted = 1 OR $3 = 1) AND $5 = '' ORDER BY position LIMIT $4";
    /// As [`MOVED_AT`], of one item (`$5`).
    MOVED_OF = "SELECT case_id, position FROM case_moves WHERE item = $5 AND authority = $1 AND position > $2 \
        AND (accepted = 1 OR $3 = 1) ORDER BY position LIMIT $4";
    /// As [`MOVED_AT`], of the organ that examines first; of one item (`$5`), or of any.
    MOVED_BELOW = "SELECT case_id, position FROM case_moves WHERE preliminary = $1 AND preliminary <> '' AND position > $2 \
        AND (accepted = 1 OR $3 = 1) AND ($5 = '' OR item = $5) ORDER BY position LIMIT $4";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;
