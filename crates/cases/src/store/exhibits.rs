//! Files that officers add to a case.

use storage::{Migration, Sql};

/// The schema of it.
pub(crate) const MIGRATION: Migration =
    Migration { area: "cases", number: 8, sql: include_str!("../../migrations/0008_exhibits.sql") };

storage::sql! {
    /// Those of a case.
    EXHIBITS = "SELECT case_id, number, blob, name, kind, size, added_by, added_at, filed_at, thumb FROM case_exhibits \
        WHERE case_id = $1 ORDER BY number LIMIT $2";
    /// One of them.
    EXHIBIT = "SELECT case_id, number, blob, name, kind, size, added_by, added_at, filed_at, thumb FROM case_exhibits \
        WHERE case_id = $1 AND number = $2";
    /// A new one.
    EXHIBIT_ADD = "INSERT INTO case_exhibits (case_id, number, blob, name, kind, size, added_by, added_at, thumb) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Its officer takes it back, before an act named it.
    EXHIBIT_DROP = "DELETE FROM case_exhibits WHERE case_id = $1 AND number = $2 AND added_by = $3 AND filed_at IS NULL";
    /// Those that lie ready of this officer belong to an act now.
    EXHIBITS_FILE = "UPDATE case_exhibits SET filed_at = $3 WHERE case_id = $1 AND added_by = $2 AND filed_at IS NULL";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;
