//! The table of sessions, and the one question that every request asks.

use kernel::{Id, Moment, Result};
use storage::{Row, Unit, args};

use super::party;
use crate::model::session::{SessionMark, SessionRow};

storage::sql! {
    /// A session with its account, the mandate by which it acts for another (if that may still be on the day $2), whether there is any
    /// mandate to choose from, and every post in force: one row a post, or one without.
    CALLER = "SELECT s.token, s.id, s.person, s.device, s.acting_for, s.made_at, s.seen_at, s.strong, s.proved_at, s.unfamiliar, s.link, s.link_sid, a.demo, \
            m.id AS mandate, m.principal, m.items, m.matter, coalesce(m.looks_only, 0) AS looks_only, e.name AS enterprise_name, \
            (SELECT o.id FROM mandates o WHERE o.agent = s.person AND o.ended_at IS NULL LIMIT 1) AS other, \
            p.id AS post, p.code, p.authority, p.item, p.division, p.principal AS stead \
        FROM sessions s JOIN accounts a ON a.person = s.person \
        LEFT JOIN mandates m ON m.id = s.acting_for AND m.agent = s.person AND m.accepted_at IS NOT NULL \
            AND m.ended_at IS NULL AND m.starts <= $2 AND (m.ends IS NULL OR m.ends >= $2) \
        LEFT JOIN enterprises e ON e.id = SUBSTR(m.principal, 12) \
        LEFT JOIN posts p ON p.person = s.person AND p.ended_at IS NULL AND p.starts <= $2 \
            AND (p.ends IS NULL OR p.ends >= $2) \
        WHERE s.token = $1 ORDER BY p.id";
    /// A new session.
    SESSION_ADD = "INSERT INTO sessions (token, id, person, device, made_at, seen_at, strong, proved_at, unfamiliar, link, link_sid) \
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)";
    /// The session was used.
    SESSION_SEEN = "UPDATE sessions SET seen_at = $2 WHERE token = $1 AND seen_at < $2";
    /// Its owner has just proven who it is.
    SESSION_PROVEN = "UPDATE sessions SET proved_at = $2 WHERE token = $1";
    /// By which mandate the session acts from now on.
    SESSION_ACT_FOR = "UPDATE sessions SET acting_for = $2 WHERE token = $1";
    /// By which mandate a session acts.
    SESSION_ACTS_FOR = "SELECT acting_for FROM sessions WHERE id = $1";
    /// A person's sessions, the latest first.
    SESSIONS = "SELECT token, id, person, device, acting_for, made_at, seen_at, strong, proved_at, unfamiliar, link, link_sid FROM sessions \
        WHERE person = $1 ORDER BY seen_at DESC, id LIMIT $2";
    /// A session ends by its secret.
    SESSION_END = "DELETE FROM sessions WHERE token = $1";
    /// One of a person's sessions ends.
    SESSION_END_OWN = "DELETE FROM sessions WHERE id = $1 AND person = $2";
    /// All of a person's sessions end.
    SESSIONS_END = "DELETE FROM sessions WHERE person = $1";
    /// All of a person's sessions but one end.
    SESSIONS_END_OTHERS = "DELETE FROM sessions WHERE person = $1 AND token <> $2";
    /// Sessions that nobody can use any more.
    SESSIONS_SWEEP = "DELETE FROM sessions WHERE seen_at < $1";
}

pub(crate) fn read(row: &Row) -> Result<SessionRow> {
    Ok(SessionRow {
        token: row.string("token")?,
        id: row.id("id")?,
        person: row.id("person")?,
        device: row.string("device")?,
        made_at: row.moment("made_at")?,
        seen_at: row.moment("seen_at")?,
        strong: row.int("strong")? != 0,
        proved_at: row.moment("proved_at")?,
        unfamiliar: row.int("unfamiliar")? != 0,
        came: party::came(row)?,
    })
}

pub(crate) fn add(unit: &mut Unit, it: &SessionRow) {
    let (strong, unfamiliar) = (i64::from(it.strong), i64::from(it.unfamiliar));
    let (link, sid) = (it.came.as_ref().map(|it| it.link), it.came.as_ref().map(|it| it.sid.as_str()));
    let values = args![
        &it.token,
        it.id,
        it.person,
        &it.device,
        it.made_at,
        strong,
        it.proved_at,
        unfamiliar,
        link,
        sid.filter(|it| !it.is_empty())
    ];
    unit.one("session", SESSION_ADD, values);
}

pub(crate) fn end_own(unit: &mut Unit, id: Id<SessionMark>, person: Id<kernel::Person>) {
    unit.run(SESSION_END_OWN, args![id, person]);
}

pub(crate) fn seen(unit: &mut Unit, token: &str, now: Moment) {
    unit.run(SESSION_SEEN, args![token, now]);
}
