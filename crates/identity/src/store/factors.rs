//! The tables of second factors, of their last use, of recovery codes, of what was asked, and of who is half-way in.

use journal::Head;
use kernel::{Error, Id, Moment, Person, Result};
use storage::{Row, Unit, args};

use crate::model::factor::{FactorKind, FactorMark, FactorState};

/// The guard that fails when a code or an answer was used meanwhile.
pub(crate) const USED_GUARD: &str = "factor used once";

storage::sql! {
    /// Factors of a person.
    FACTORS = "SELECT f.id, f.person, f.kind, f.sealed, f.made_at, f.ended_at, f.version, f.head, f.changed_at, u.used_at, u.mark \
        FROM factors f LEFT JOIN factor_uses u ON u.factor = f.id WHERE f.person = $1 AND f.ended_at IS NULL ORDER BY f.id LIMIT $2";
    /// A new factor.
    FACTOR_ADD = "INSERT INTO factors (id, person, kind, sealed, made_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// A factor ends, unless it was changed meanwhile.
    FACTOR_END = "UPDATE factors SET ended_at = $2, version = $3, head = $4, changed_at = $5 WHERE id = $1 AND version = $6";
    /// For the verification of the record.
    FACTOR_ROWS = "SELECT id, person, kind, sealed, made_at, ended_at, version, head, changed_at FROM factors \
        WHERE id > $1 ORDER BY id LIMIT $2";
    /// A new factor was used never, or just now.
    USE_ADD = "INSERT INTO factor_uses (factor, used_at, mark) VALUES ($1, $2, $3)";
    /// A factor is used, once for each mark.
    USE_ONCE = "UPDATE factor_uses SET used_at = $2, mark = $3 WHERE factor = $1 AND mark < $3";
    /// A passkey that counts nothing is used.
    USE_AGAIN = "UPDATE factor_uses SET used_at = $2 WHERE factor = $1 AND mark = 0";
    /// Of a factor that ended nothing is kept.
    USE_GONE = "DELETE FROM factor_uses WHERE factor = $1";
    /// A new recovery code.
    RECOVERY_ADD = "INSERT INTO recovery_codes (code, factor) VALUES ($1, $2)";
    /// A recovery code is used, once.
    RECOVERY_USE = "UPDATE recovery_codes SET used_at = $2 WHERE code = $1 AND factor = $3 AND used_at IS NULL";
    /// Whether a recovery code is still good.
    RECOVERY_WORKS = "SELECT code FROM recovery_codes WHERE code = $1 AND factor = $2 AND used_at IS NULL";
    /// Recovery codes that are left.
    RECOVERY_LEFT = "SELECT COUNT(*) AS n FROM recovery_codes WHERE factor = $1 AND used_at IS NULL";
    /// Recovery codes of a set that ended.
    RECOVERY_GONE = "DELETE FROM recovery_codes WHERE factor = $1";
    /// Something is asked.
    CEREMONY_ADD = "INSERT INTO ceremonies (id, kind, person, state, until) VALUES ($1, $2, $3, $4, $5)";
    /// What was asked.
    CEREMONY = "SELECT kind, person, state FROM ceremonies WHERE id = $1 AND until > $2";
    /// It is answered.
    CEREMONY_DONE = "DELETE FROM ceremonies WHERE id = $1";
    /// What nobody answered in time.
    CEREMONIES_SWEEP = "DELETE FROM ceremonies WHERE until < $1";
    /// Somebody is half-way in.
    ENTRY_ADD = "INSERT INTO entries (token, person, stage, until, link, link_sid) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Who is half-way in.
    ENTRY = "SELECT e.person, e.stage, e.link, e.link_sid, a.demo FROM entries e JOIN accounts a ON a.person = e.person WHERE e.token = $1 AND e.until > $2";
    /// In, or given up.
    ENTRY_DONE = "DELETE FROM entries WHERE token = $1";
    /// All of a person's, once factors or password changed.
    ENTRIES_END = "DELETE FROM entries WHERE person = $1";
    /// Who gave up.
    ENTRIES_SWEEP = "DELETE FROM entries WHERE until < $1";
    /// Devices of a person.
    DEVICES = "SELECT device FROM devices WHERE person = $1 ORDER BY device LIMIT $2";
    /// A device is used.
    DEVICE_SEEN = "INSERT INTO devices (person, device, seen_at) VALUES ($1, $2, $3) \
        ON CONFLICT (person, device) DO UPDATE SET seen_at = excluded.seen_at";
    /// Devices of a person are forgotten.
    DEVICES_GONE = "DELETE FROM devices WHERE person = $1";
    /// Devices not seen for long.
    DEVICES_SWEEP = "DELETE FROM devices WHERE seen_at < $1";
    /// Whether a person holds a post on a day.
    POST_NOW = "SELECT id FROM posts WHERE person = $1 AND ended_at IS NULL AND starts <= $2 AND (ends IS NULL OR ends >= $2) LIMIT 1";
}

/// A factor as stored.
#[derive(Debug, Clone)]
pub(crate) struct FactorRow {
    pub(crate) id: Id<FactorMark>,
    pub(crate) state: FactorState,
    pub(crate) used_at: Option<Moment>,
    pub(crate) mark: i64,
    pub(crate) head: Head,
}

pub(crate) fn state(row: &Row) -> Result<FactorState> {
    let kind = row.text("kind")?;
    Ok(FactorState {
        person: row.id("person")?,
        kind: FactorKind::parse(kind).ok_or_else(|| Error::internal(format!("no kind of factor: {kind}")))?,
        sealed: row.string("sealed")?,
        made_at: row.moment("made_at")?,
        ended_at: row.opt_moment("ended_at")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<FactorRow> {
    let (used_at, mark) = (row.opt_moment("used_at")?, row.opt_int("mark")?.unwrap_or(0));
    Ok(FactorRow { id: row.id("id")?, state: state(row)?, used_at, mark, head: Head::of(row)? })
}

pub(crate) fn add(unit: &mut Unit, id: Id<FactorMark>, it: &FactorState, head: &Head) {
    let values = args![id, it.person, it.kind.code(), &it.sealed, it.made_at, head.version, &head.hash, head.at];
    unit.one("factor", FACTOR_ADD, values);
}

pub(crate) fn end(unit: &mut Unit, before: &FactorRow, ended_at: Moment, head: &Head) {
    let values = args![before.id, ended_at, head.version, &head.hash, head.at, before.head.version];
    unit.one("factor", FACTOR_END, values);
    unit.run(USE_GONE, args![before.id]);
    unit.run(RECOVERY_GONE, args![before.id]);
}

pub(crate) fn entry_end_all(unit: &mut Unit, person: Id<Person>) {
    unit.run(ENTRIES_END, args![person]);
}
