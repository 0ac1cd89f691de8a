//! Opinions asked of other offices: the only SQL about them.

storage::sql! {
    /// An opinion that was asked.
    OPINION_ADD = "INSERT INTO case_opinions (id, case_id, number, authority, due_day, open, state, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// It was answered or taken back, unless somebody was first.
    OPINION_CHANGE = "UPDATE case_opinions SET open = $2, state = $3, version = $4, head = $5, changed_at = $6 \
        WHERE id = $1 AND version = $7";
    /// One of them.
    OPINION = "SELECT id, case_id, number, authority, due_day, open, state, version, head, changed_at FROM case_opinions \
        WHERE id = $1";
    /// Those of a case, oldest first.
    OPINIONS = "SELECT id, case_id, number, authority, due_day, open, state, version, head, changed_at FROM case_opinions \
        WHERE case_id = $1 ORDER BY number LIMIT $2";
    /// Those that an authority is asked (`$2` = 1) or has answered (0), by their day.
    OPINIONS_AT = "SELECT id, case_id, number, authority, due_day, open, state, version, head, changed_at FROM case_opinions \
        WHERE authority = $1 AND open = $2 AND (due_day, id) > ($3, $4) ORDER BY due_day, id LIMIT $5";
    /// It is waited for.
    REMINDER_ADD = "INSERT INTO case_opinion_reminders (id, due_day, reminded) VALUES ($1, $2, 0)";
    /// It is waited for no more.
    REMINDER_DROP = "DELETE FROM case_opinion_reminders WHERE id = $1";
    /// Those whose day is near or past, with how far reminders went.
    REMINDERS_DUE = "SELECT o.id, o.case_id, o.number, o.authority, o.due_day, o.open, o.state, o.version, o.head, o.changed_at, r.reminded \
        FROM case_opinion_reminders r JOIN case_opinions o ON o.id = r.id \
        WHERE r.reminded < 2 AND r.due_day <= $1 AND (r.due_day, r.id) > ($2, $3) ORDER BY r.due_day, r.id LIMIT $4";
    /// Who is asked was reminded.
    REMINDED = "UPDATE case_opinion_reminders SET reminded = $2 WHERE id = $1 AND reminded = $3";
    /// For the verification of the record.
    OPINION_ROWS = "SELECT id, case_id, number, authority, due_day, open, state, version, head, changed_at FROM case_opinions \
        WHERE id > $1 ORDER BY id LIMIT $2";
}

/// Every statement, for the registry.
pub(crate) const SQL: &[storage::Sql] = ALL;
