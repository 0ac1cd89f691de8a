//! The SQL of desks: who has which case in hand, what waits for whom, who is away, lists kept under a name.

storage::sql! {
    /// Who has a case in hand at a post.
    CLAIM = "SELECT case_id, post, id, person, version, head, changed_at FROM case_claims WHERE case_id = $1 AND post = $2";
    /// The first time that somebody takes a case at a post.
    CLAIM_ADD = "INSERT INTO case_claims (case_id, post, id, person, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Another has it, or nobody.
    CLAIM_CHANGE = "UPDATE case_claims SET person = $3, version = $4, head = $5, changed_at = $6 \
        WHERE case_id = $1 AND post = $2 AND version = $7";
    /// The same in the case's row, while it still waits at the post and is in the hands that were read.
    CASE_CLAIM = "UPDATE cases SET claimed_by = $3 WHERE id = $1 AND post = $2 AND claimed_by = $4";
    /// For the verification of the record.
    CLAIM_ROWS = "SELECT case_id, post, id, person, version, head, changed_at FROM case_claims WHERE id > $1 ORDER BY id LIMIT $2";
    /// What somebody has in hand, the most pressing first. `$2`, `$3`: after this key; `$4`: due by this day; `$6`: of one item, `$7`: in one
    /// stage, `$8`: at one post; empty: any.
    IN_HAND = "SELECT due_key, id FROM cases WHERE claimed_by = $1 AND claimed_by <> '' AND (due_key, id) > ($2, $3) AND due_key <= $4 \
        AND ($6 = '' OR item = $6) AND ($7 = '' OR stage = $7) AND ($8 = '' OR post = $8) ORDER BY due_key, id LIMIT $5";
    /// What waits for a post of an authority and nobody has in hand; parameters as those of `WAITING_FOR`.
    FREE = "SELECT due_key, id FROM cases WHERE desk = $1 AND post = $2 AND claimed_by = '' AND post <> 'none' \
        AND (due_key, id) > ($3, $4) AND due_key <= $5 AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) \
        ORDER BY due_key, id LIMIT $6";
    /// As [`FREE`], for a post that is held at every authority (`$1` is empty).
    FREE_ANYWHERE = "SELECT due_key, id FROM cases WHERE $1 = '' AND post || '' = $2 AND claimed_by = '' \
        AND (due_key, id) > ($3, $4) AND due_key <= $5 AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) \
        ORDER BY due_key, id LIMIT $6";
    /// As [`FREE`], of what officers have in hand who are away on the day `$9`.
    LEFT_BEHIND = "SELECT due_key, id FROM cases WHERE claimed_by IN (SELECT a.person FROM case_absences a \
            WHERE a.authority = $1 AND a.ends >= $9 AND a.starts <= $9) AND claimed_by <> '' \
        AND desk = $1 AND post = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) ORDER BY due_key, id LIMIT $6";
    /// What waits for the head of an authority, the most pressing first; `$2` is `head`. `$3` to `$8` as in `FREE`.
    HEAD_WAITING = "SELECT due_key, id FROM cases WHERE head_asked = 1 AND desk = $1 AND $2 = 'head' \
        AND (due_key, id) > ($3, $4) AND due_key <= $5 AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) \
        ORDER BY due_key, id LIMIT $6";
    /// As [`HEAD_WAITING`], for who is head of every authority (`$1` is empty).
    HEAD_WAITING_ANYWHERE = "SELECT due_key, id FROM cases WHERE head_asked = 1 AND $1 = '' AND $2 = 'head' \
        AND (due_key, id) > ($3, $4) AND due_key <= $5 AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) \
        ORDER BY due_key, id LIMIT $6";
    /// What an authority examined first and handed up (`$2` is `handed_up`); the other parameters as in `FREE`.
    HANDED_UP = "SELECT due_key, id FROM cases WHERE preliminary = $1 AND preliminary <> '' AND desk <> preliminary \
        AND $2 = 'handed_up' AND (due_key, id) > ($3, $4) AND due_key <= $5 AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) \
        ORDER BY due_key, id LIMIT $6";
    /// How many wait for the head of an authority, counted up to a limit; nobody claims them.
    COUNT_HEAD = "SELECT count(*) AS waiting, CAST(0 AS BIGINT) AS free FROM (SELECT id FROM cases WHERE head_asked = 1 \
        AND desk = $1 AND $2 = 'head' AND ($3 = '' OR item = $3) LIMIT $4) AS s";
    /// As [`COUNT_HEAD`], for who is head of every authority (`$1` is empty).
    COUNT_HEAD_ANYWHERE = "SELECT count(*) AS waiting, CAST(0 AS BIGINT) AS free FROM (SELECT id FROM cases WHERE head_asked = 1 \
        AND due_key > '' AND $1 = '' AND $2 = 'head' AND ($3 = '' OR item = $3) LIMIT $4) AS s";
    /// How many somebody has in hand, counted up to a limit.
    COUNT_IN_HAND = "SELECT count(*) AS cases FROM (SELECT id FROM cases WHERE claimed_by = $1 AND claimed_by <> '' LIMIT $2) AS s";
    /// How many wait for a post of an authority, and how many of them nobody has in hand, each counted up to a limit. `$3`: of one item;
    /// empty: of any.
    COUNT_WAITING = "SELECT (SELECT count(*) FROM (SELECT id FROM cases WHERE desk = $1 AND post = $2 \
            AND ($3 = '' OR item = $3) LIMIT $4) AS s) AS waiting, \
        (SELECT count(*) FROM (SELECT id FROM cases WHERE desk = $1 AND post = $2 AND claimed_by = '' AND post <> 'none' \
            AND ($3 = '' OR item = $3) LIMIT $4) AS s) AS free";
    /// As [`COUNT_WAITING`], for a post that is held at every authority (`$1` is empty).
    COUNT_WAITING_ANYWHERE = "SELECT (SELECT count(*) FROM (SELECT id FROM cases WHERE $1 = '' AND post || '' = $2 \
            AND ($3 = '' OR item = $3) LIMIT $4) AS s) AS waiting, \
        (SELECT count(*) FROM (SELECT id FROM cases WHERE post || '' = $2 AND claimed_by = '' \
            AND ($3 = '' OR item = $3) LIMIT $4) AS s) AS free";
    /// When somebody is away.
    ABSENCE = "SELECT starts, ends FROM case_absences WHERE person = $1 AND ends >= $2 ORDER BY authority LIMIT 1";
    /// Somebody is away from an authority.
    ABSENCE_ADD = "INSERT INTO case_absences (person, authority, starts, ends) VALUES ($1, $2, $3, $4)";
    /// Nothing is said of somebody's absence any more.
    ABSENCE_DROP = "DELETE FROM case_absences WHERE person = $1";
    /// What officers wrote on a case, oldest first.
    NOTES = "SELECT case_id, number, id, kind, about, verdict, page, person, sealed, version, head, changed_at FROM case_notes \
        WHERE case_id = $1 ORDER BY number LIMIT $2";
    /// How many notes a case has.
    NOTE_LAST = "SELECT coalesce(max(number), 0) AS number FROM case_notes WHERE case_id = $1";
    /// A note, a mark, or a word on a point of review.
    NOTE_ADD = "INSERT INTO case_notes (case_id, number, id, kind, about, verdict, page, person, sealed, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// For the verification of the record.
    NOTE_ROWS = "SELECT case_id, number, id, kind, about, verdict, page, person, sealed, version, head, changed_at FROM case_notes \
        WHERE id > $1 ORDER BY id LIMIT $2";
    /// What an officer has typed for acts of a case.
    TYPED = "SELECT act, sealed FROM case_typed WHERE case_id = $1 AND person = $2 ORDER BY act LIMIT $3";
    /// Keeps what is typed for an act.
    TYPED_KEEP = "INSERT INTO case_typed (case_id, person, act, sealed, changed_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (case_id, person, act) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at";
    /// Nothing is typed for an act any more.
    TYPED_DROP_ONE = "DELETE FROM case_typed WHERE case_id = $1 AND person = $2 AND act = $3";
    /// What an officer typed on a case is thrown away.
    TYPED_DROP = "DELETE FROM case_typed WHERE case_id = $1 AND person = $2";
    /// Phrases of an officer or of an authority.
    PHRASES = "SELECT number, text FROM case_phrases WHERE owner = $1 ORDER BY number LIMIT $2";
    /// A phrase.
    PHRASE_ADD = "INSERT INTO case_phrases (owner, number, text) VALUES ($1, $2, $3)";
    /// Forgets a phrase.
    PHRASE_DROP = "DELETE FROM case_phrases WHERE owner = $1 AND number = $2";
    /// Forgets all phrases of somebody.
    PHRASES_DROP = "DELETE FROM case_phrases WHERE owner = $1";
    /// The lists that somebody keeps.
    VIEWS = "SELECT number, name, asked FROM case_views WHERE person = $1 ORDER BY number LIMIT $2";
    /// Keeps a list.
    VIEW_ADD = "INSERT INTO case_views (person, number, name, asked) VALUES ($1, $2, $3, $4)";
    /// Forgets a list.
    VIEW_DROP = "DELETE FROM case_views WHERE person = $1 AND number = $2";
    /// Forgets all lists of somebody.
    VIEWS_DROP = "DELETE FROM case_views WHERE person = $1";
}
