//! Rows of what is owed, for reminders.

use storage::Sql;

storage::sql! {
    /// Something is owed by a day; of another day than before nobody was reminded yet.
    OWED_KEEP = "INSERT INTO case_owed (case_id, due, told) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO UPDATE SET \
        told = CASE WHEN case_owed.due = excluded.due THEN case_owed.told ELSE excluded.told END, due = excluded.due";
    /// Nothing is owed any more.
    OWED_DROP = "DELETE FROM case_owed WHERE case_id = $1";
    /// What is owed by a day at latest and has reminders left.
    OWED_DUE = "SELECT case_id, due, told FROM case_owed WHERE told > -1 AND due <= $1 AND (due, case_id) > ($2, $3) \
        ORDER BY due, case_id LIMIT $4";
    /// A further reminder was made, unless another node made it meanwhile.
    OWED_TOLD = "UPDATE case_owed SET told = $2 WHERE case_id = $1 AND told = $3";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;
