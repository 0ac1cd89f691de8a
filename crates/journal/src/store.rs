//! The only SQL of the journal.

use storage::{Migration, Sql};

/// The journal's schema.
pub const MIGRATIONS: &[Migration] = &[
    Migration { area: "journal", number: 1, sql: include_str!("../migrations/1_journal.sql") },
    Migration { area: "journal", number: 2, sql: include_str!("../migrations/2_lines.sql") },
];

/// Every SQL text of the journal, for the test that prepares each on both engines.
pub const SQL: &[Sql] = ALL;

/// How many entries one [`NUMBER`] numbers; fewer are padded with subject `''`, which no entry has.
pub(crate) const NUMBERED_AT_ONCE: usize = 100;

storage::sql! {
    /// A new entry. A duplicate key says that somebody else appended this version first.
    APPEND = "INSERT INTO journal (subject, version, kind, at, actor, on_behalf_of, unit, body, prev, hash, position) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL)";
    /// Whether a unit was committed.
    OF_UNIT = "SELECT subject, version FROM journal WHERE unit = $1 LIMIT 1";
    /// A thing's chain, oldest first.
    CHAIN = "SELECT subject, version, kind, at, actor, on_behalf_of, unit, body, prev, hash, position FROM journal \
        WHERE subject = $1 ORDER BY version LIMIT $2";
    /// One entry.
    ENTRY = "SELECT subject, version, kind, at, actor, on_behalf_of, unit, body, prev, hash, position FROM journal \
        WHERE subject = $1 AND version = $2";
    /// The feed after a position.
    AFTER = "SELECT subject, version, kind, at, actor, on_behalf_of, unit, body, prev, hash, position FROM journal \
        WHERE position > $1 ORDER BY position LIMIT $2";
    /// All entries, chain by chain.
    BY_KEY = "SELECT subject, version, kind, at, actor, on_behalf_of, unit, body, prev, hash, position FROM journal \
        WHERE (subject, version) > ($1, $2) ORDER BY subject, version LIMIT $3";
    /// The numbered entries, in the order of the feed, as the running chain needs them.
    BY_POSITION = "SELECT subject, version, hash, position FROM journal WHERE position > $1 ORDER BY position LIMIT $2";
    /// An entry numbered past the head, or before the first.
    OUTSIDE = "SELECT subject, version, position FROM journal WHERE position < 1 OR position > $1 ORDER BY position LIMIT 1";
    /// What the sequencer has to number.
    UNNUMBERED = "SELECT subject, version, hash FROM journal WHERE position IS NULL ORDER BY at, subject, version LIMIT $1";
    /// Numbers up to a hundred entries: subject, version and position of each. That they have none yet is asked in words that no
    /// index answers, so that each is found by its key however many wait.
    NUMBER = "UPDATE journal SET position = v.column3 FROM (VALUES \
            (CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS BIGINT)), ($4, $5, $6), ($7, $8, $9), \
            ($10, $11, $12), ($13, $14, $15), ($16, $17, $18), ($19, $20, $21), ($22, $23, $24), \
            ($25, $26, $27), ($28, $29, $30), ($31, $32, $33), ($34, $35, $36), ($37, $38, $39), \
            ($40, $41, $42), ($43, $44, $45), ($46, $47, $48), ($49, $50, $51), ($52, $53, $54), \
            ($55, $56, $57), ($58, $59, $60), ($61, $62, $63), ($64, $65, $66), ($67, $68, $69), \
            ($70, $71, $72), ($73, $74, $75), ($76, $77, $78), ($79, $80, $81), ($82, $83, $84), \
            ($85, $86, $87), ($88, $89, $90), ($91, $92, $93), ($94, $95, $96), ($97, $98, $99), \
            ($100, $101, $102), ($103, $104, $105), ($106, $107, $108), ($109, $110, $111), \
            ($112, $113, $114), ($115, $116, $117), ($118, $119, $120), ($121, $122, $123), \
            ($124, $125, $126), ($127, $128, $129), ($130, $131, $132), ($133, $134, $135), \
            ($136, $137, $138), ($139, $140, $141), ($142, $143, $144), ($145, $146, $147), \
            ($148, $149, $150), ($151, $152, $153), ($154, $155, $156), ($157, $158, $159), \
            ($160, $161, $162), ($163, $164, $165), ($166, $167, $168), ($169, $170, $171), \
            ($172, $173, $174), ($175, $176, $177), ($178, $179, $180), ($181, $182, $183), \
            ($184, $185, $186), ($187, $188, $189), ($190, $191, $192), ($193, $194, $195), \
            ($196, $197, $198), ($199, $200, $201), ($202, $203, $204), ($205, $206, $207), \
            ($208, $209, $210), ($211, $212, $213), ($214, $215, $216), ($217, $218, $219), \
            ($220, $221, $222), ($223, $224, $225), ($226, $227, $228), ($229, $230, $231), \
            ($232, $233, $234), ($235, $236, $237), ($238, $239, $240), ($241, $242, $243), \
            ($244, $245, $246), ($247, $248, $249), ($250, $251, $252), ($253, $254, $255), \
            ($256, $257, $258), ($259, $260, $261), ($262, $263, $264), ($265, $266, $267), \
            ($268, $269, $270), ($271, $272, $273), ($274, $275, $276), ($277, $278, $279), \
            ($280, $281, $282), ($283, $284, $285), ($286, $287, $288), ($289, $290, $291), \
            ($292, $293, $294), ($295, $296, $297), ($298, $299, $300) \
        ) AS v WHERE journal.subject = v.column1 AND journal.version = v.column2 AND coalesce(journal.position, 0) = 0";
    /// How far the record is numbered.
    HEAD = "SELECT id, position, running, epoch, mark FROM journal_head ORDER BY id LIMIT 2";
    /// Moves the head, unless somebody else moved it or a later holder of the lease was here.
    HEAD_MOVE = "UPDATE journal_head SET position = $1, running = $2, epoch = $3, mark = $4 \
        WHERE id = 1 AND position = $5 AND running = $6 AND epoch <= $3";
    /// Whether a batch was numbered: its last entry stands at its last position.
    NUMBERED = "SELECT position FROM journal WHERE position = $1 AND hash = $2";
    /// A signed head, unless another was signed after the one at $5.
    SIGNED_ADD = "INSERT INTO journal_signed_heads (position, running, at, signature) \
        SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT) \
        WHERE NOT EXISTS (SELECT 1 FROM journal_signed_heads WHERE position > $5)";
    /// Signed heads in order.
    SIGNED_AFTER = "SELECT position, running, at, signature FROM journal_signed_heads WHERE position > $1 \
        ORDER BY position LIMIT $2";
    /// The last signed head.
    SIGNED_LAST = "SELECT position, running, at, signature FROM journal_signed_heads ORDER BY position DESC LIMIT 1";
    /// Whether the engine answers at all.
    ALIVE = "SELECT count(*) AS readers FROM journal_cursors";
    /// A reader's cursor.
    CURSOR = "SELECT position, error FROM journal_cursors WHERE reader = $1";
    /// Whether a reader has not begun yet, or entries wait for it.
    CURSOR_BEHIND = "SELECT 1 AS behind FROM journal_head h WHERE h.id = 1 \
        AND h.position > coalesce((SELECT position FROM journal_cursors WHERE reader = $1), -1)";
    /// A new reader's cursor; two processes may both find none.
    CURSOR_ADD = "INSERT INTO journal_cursors (reader, position, error, at) VALUES ($1, $2, NULL, $3) \
        ON CONFLICT (reader) DO NOTHING";
    /// Moves a cursor from where it was read, and clears what stopped it.
    CURSOR_MOVE = "UPDATE journal_cursors SET position = $2, error = NULL, at = $3 WHERE reader = $1 AND position = $4";
    /// Says why a reader stands still.
    CURSOR_STOP = "UPDATE journal_cursors SET error = $2, at = $3 WHERE reader = $1 AND position = $4";
    /// How far each reader is behind.
    LAG = "SELECT c.reader, h.position - c.position AS behind, c.error FROM journal_cursors c \
        JOIN journal_head h ON h.id = 1 ORDER BY c.reader";
    /// A message; the same key twice is one message.
    OUTBOX_ADD = "INSERT INTO outbox (key, kind, body, state, attempt, due, error, made_at, ended_at, line, turn) \
        VALUES ($1, $2, $3, 'waiting', 0, $4, NULL, $4, NULL, $5, $6) ON CONFLICT (key) DO NOTHING";
    /// Messages that are due, and whether they wait for one before them in their line that is neither sent nor given up.
    OUTBOX_DUE = "SELECT key, kind, body, attempt, due, CASE WHEN line <> '' AND EXISTS (SELECT 1 FROM outbox e WHERE e.line = o.line \
        AND e.line <> '' AND e.turn < o.turn AND e.state IN ('waiting', 'aside')) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS held \
        FROM outbox o WHERE state = 'waiting' AND due <= $1 ORDER BY due, key LIMIT $2";
    /// Those due that wait for one before them are not looked at again until then, or until they are woken. Who was woken meanwhile has
    /// another instant and stays.
    OUTBOX_PARK = "UPDATE outbox SET due = $2 FROM (SELECT o.key AS k, o.due AS d FROM outbox o WHERE o.state = 'waiting' AND o.due <= $1 \
        AND o.line <> '' AND EXISTS (SELECT 1 FROM outbox e WHERE e.line = o.line AND e.line <> '' AND e.turn < o.turn \
        AND e.state IN ('waiting', 'aside')) ORDER BY o.due, o.key LIMIT $3) h \
        WHERE outbox.key = h.k AND outbox.due = h.d AND outbox.state = 'waiting'";
    /// The next one in the line of this one is due.
    OUTBOX_WAKE = "UPDATE outbox SET due = $2 WHERE key = (SELECT n.key FROM outbox o JOIN outbox n ON n.line = o.line AND n.line <> '' \
        AND n.turn > o.turn WHERE o.key = $1 AND n.state = 'waiting' ORDER BY n.turn LIMIT 1) AND state = 'waiting'";
    /// Gives up what was set aside.
    OUTBOX_SKIP = "UPDATE outbox SET state = 'skipped', ended_at = $2 WHERE key = $1 AND state = 'aside'";
    /// Claims a message for one try, if nobody else did.
    OUTBOX_CLAIM = "UPDATE outbox SET attempt = attempt + 1, due = $4 \
        WHERE key = $1 AND attempt = $2 AND due = $3 AND state = 'waiting'";
    /// How a claimed try ended.
    OUTBOX_END = "UPDATE outbox SET state = $3, due = $4, error = $5, ended_at = $6 \
        WHERE key = $1 AND attempt = $2 AND state = 'waiting'";
    /// How these messages ended, those that did.
    OUTBOX_ENDED = "SELECT key, state, ended_at FROM outbox WHERE ended_at IS NOT NULL AND key IN (EACH($1))";
    /// How these messages stand.
    OUTBOX_STANDING = "SELECT key, state, attempt, due, error, ended_at, CASE WHEN state = 'waiting' AND line <> '' AND EXISTS ( \
        SELECT 1 FROM outbox e WHERE e.line = o.line AND e.line <> '' AND e.turn < o.turn AND e.state IN ('waiting', 'aside')) \
        THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS held FROM outbox o WHERE key IN (EACH($1))";
    /// Tries again what was set aside.
    OUTBOX_AGAIN = "UPDATE outbox SET state = 'waiting', attempt = 0, due = $2, ended_at = NULL \
        WHERE key = $1 AND state = 'aside'";
    /// How many messages there are of each kind and state that is not yet over.
    OUTBOX_COUNT = "SELECT kind, state, count(*) AS messages FROM outbox WHERE state = 'waiting' GROUP BY kind, state \
        UNION ALL SELECT kind, state, count(*) AS messages FROM outbox \
        WHERE state = 'aside' AND ended_at IS NOT NULL GROUP BY kind, state ORDER BY kind, state";
    /// Forgets what was sent long ago.
    OUTBOX_FORGET = "DELETE FROM outbox WHERE key IN ( \
        SELECT key FROM outbox WHERE state = 'sent' AND ended_at < $1 ORDER BY ended_at LIMIT $2)";
    /// Forgets what was given up long ago.
    OUTBOX_FORGET_SKIPPED = "DELETE FROM outbox WHERE key IN ( \
        SELECT key FROM outbox WHERE state = 'skipped' AND ended_at < $1 ORDER BY ended_at LIMIT $2)";
}
