//! Requests to sign in, codes, tokens and their families. Secrets lie here as digests only.

use kernel::{Id, Moment, Result};
use storage::{Row, Unit, args};

use crate::model::openid::{
    scope::Scopes,
    token::{Code, Family, FamilyMark, Refresh},
};

/// The guard that fails when a request was answered before.
pub(crate) const REQUEST_GUARD: &str = "sign-in request";
/// The guard that fails when a code was used before.
pub(crate) const CODE_GUARD: &str = "sign-in code";
/// The guard that fails when a refresh token was used before.
pub(crate) const REFRESH_GUARD: &str = "refresh token";
/// The guard that fails when the session that tokens rest on has ended.
pub(crate) const SESSION_GUARD: &str = "session runs";

storage::sql! {
    /// A request waits.
    REQUEST_ADD = "INSERT INTO sign_in_requests (handle, client, request, made_at, until) VALUES ($1, $2, $3, $4, $5)";
    /// A request that waits still.
    REQUEST = "SELECT client, request, made_at, until FROM sign_in_requests WHERE handle = $1 AND until > $2";
    /// A pushed request waits longer, for a person who signs in.
    REQUEST_WAITS = "UPDATE sign_in_requests SET until = $2 WHERE handle = $1 AND until < $2";
    /// A request is answered.
    REQUEST_DONE = "DELETE FROM sign_in_requests WHERE handle = $1";
    /// Requests that nobody answered.
    REQUESTS_SWEEP = "DELETE FROM sign_in_requests WHERE until < $1";
    /// A new code.
    CODE_ADD = "INSERT INTO sign_in_codes (code, family, client, person, session, consent, scopes, redirect, nonce, challenge, \
        signed_in_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// A code.
    CODE = "SELECT code, family, client, person, session, consent, scopes, redirect, nonce, challenge, signed_in_at, until, \
        used_at FROM sign_in_codes WHERE code = $1";
    /// A code is used up, unless somebody was first.
    CODE_USE = "UPDATE sign_in_codes SET used_at = $2 WHERE code = $1 AND used_at IS NULL";
    /// Codes of a consent that was withdrawn.
    CODES_OF_CONSENT = "DELETE FROM sign_in_codes WHERE consent = $1 AND used_at IS NULL";
    /// Codes that nobody can use; kept for a while, so that a second use is known.
    CODES_SWEEP = "DELETE FROM sign_in_codes WHERE until < $1";
    /// The session that tokens rest on runs.
    SESSION_RUNS = "SELECT id FROM sessions WHERE id = $1";
    /// The session of a secret token: which, whose, and since when.
    SESSION_OF = "SELECT id, person, made_at FROM sessions WHERE token = $1";
    /// A new family.
    FAMILY_ADD = "INSERT INTO token_families (id, client, person, session, consent, scopes, offline, signed_in_at, until, ended_at, \
        logout) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, 0)";
    /// A family.
    FAMILY = "SELECT id, client, person, session, consent, scopes, offline, signed_in_at, until, ended_at \
        FROM token_families WHERE id = $1";
    /// A family ends.
    FAMILY_END = "UPDATE token_families SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    /// All families of a consent end.
    FAMILIES_END_OF_CONSENT = "UPDATE token_families SET ended_at = $2 WHERE consent = $1 AND ended_at IS NULL";
    /// The session of a secret token ends: so do its families, but those that outlive it, and their systems are to be told.
    FAMILIES_LOGOUT = "UPDATE token_families SET logout = 1, ended_at = CASE WHEN offline = 1 THEN ended_at ELSE \
        COALESCE(ended_at, $2) END WHERE logout = 0 AND session IN (SELECT id FROM sessions WHERE token = $1)";
    /// The same for one session of a person.
    FAMILIES_LOGOUT_OWN = "UPDATE token_families SET logout = 1, ended_at = CASE WHEN offline = 1 THEN ended_at ELSE \
        COALESCE(ended_at, $3) END WHERE logout = 0 AND session IN (SELECT id FROM sessions WHERE id = $1 AND person = $2)";
    /// The same for all sessions of a person but one.
    FAMILIES_LOGOUT_OTHERS = "UPDATE token_families SET logout = 1, ended_at = CASE WHEN offline = 1 THEN ended_at ELSE \
        COALESCE(ended_at, $3) END WHERE logout = 0 AND session IN (SELECT id FROM sessions WHERE person = $1 AND token <> $2)";
    /// The same for sessions that nobody used since $1.
    FAMILIES_LOGOUT_IDLE = "UPDATE token_families SET logout = 1, ended_at = CASE WHEN offline = 1 THEN ended_at ELSE \
        COALESCE(ended_at, $2) END WHERE logout = 0 AND session IN (SELECT id FROM sessions WHERE seen_at < $1)";
    /// All families of a person who is erased.
    FAMILIES_END_OF_PERSON = "UPDATE token_families SET ended_at = $2 WHERE ended_at IS NULL AND consent IN \
        (SELECT id FROM consents WHERE person = $1)";
    /// Families whose systems are to be told that the session ended.
    FAMILIES_TO_TELL = "SELECT id, client, person, session, consent, scopes, offline, signed_in_at, until, ended_at \
        FROM token_families WHERE logout = 1 ORDER BY id LIMIT $1";
    /// The system is being told.
    FAMILY_TOLD = "UPDATE token_families SET logout = 2 WHERE id = $1 AND logout = 1";
    /// Families that gave their last token.
    FAMILIES_SWEEP = "DELETE FROM token_families WHERE until < $1";
    /// A new token.
    TOKEN_ADD = "INSERT INTO tokens (token, kind, family, client, scopes, made_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// A token with its family, if it has one.
    TOKEN = "SELECT t.kind, t.client, t.scopes, t.made_at, t.until, t.used_at, f.id AS family, f.person, f.session, f.ended_at, \
        c.document FROM tokens t JOIN clients c ON c.id = t.client LEFT JOIN token_families f ON f.id = t.family WHERE t.token = $1";
    /// A refresh token with its family.
    REFRESH = "SELECT t.until AS good_until, t.used_at, f.id, f.client, f.person, f.session, f.consent, f.scopes, f.offline, \
        f.signed_in_at, f.until, f.ended_at FROM tokens t JOIN token_families f ON f.id = t.family \
        WHERE t.token = $1 AND t.kind = 'refresh'";
    /// A refresh token is used up, unless somebody was first.
    REFRESH_USE = "UPDATE tokens SET used_at = $2 WHERE token = $1 AND used_at IS NULL";
    /// A token that its client gives back.
    TOKEN_GONE = "DELETE FROM tokens WHERE token = $1";
    /// Tokens that nobody can use.
    TOKENS_SWEEP = "DELETE FROM tokens WHERE until < $1";
    /// What a machine's token is: its system, and every post of it in force on the day $2.
    MACHINE = "SELECT t.client, t.scopes, t.until, c.document, p.id AS post, p.code, p.authority, p.item, \
        p.division, p.principal AS stead \
        FROM tokens t JOIN clients c ON c.id = t.client \
        LEFT JOIN posts p ON p.person = t.client AND p.ended_at IS NULL AND p.starts <= $2 AND (p.ends IS NULL OR p.ends >= $2) \
        WHERE t.token = $1 AND t.kind = 'machine' ORDER BY p.id";
    /// The kinds of post that somebody holds on the day $2.
    POSTS_ON = "SELECT id, code, authority FROM posts WHERE person = $1 AND ended_at IS NULL AND starts <= $2 \
        AND (ends IS NULL OR ends >= $2) ORDER BY id LIMIT $3";
}

pub(crate) fn add_code(unit: &mut Unit, it: &Code) {
    let Code { code, family, client, person, session, consent, scopes, redirect, nonce, challenge, .. } = it;
    let values = args![
        code,
        *family,
        *client,
        *person,
        *session,
        *consent,
        scopes,
        redirect,
        nonce.as_deref(),
        challenge,
        it.signed_in_at,
        it.until
    ];
    unit.one(CODE_GUARD, CODE_ADD, values);
}

pub(crate) fn code(row: &Row) -> Result<Code> {
    Ok(Code {
        code: row.string("code")?,
        family: row.id("family")?,
        client: row.id("client")?,
        person: row.id("person")?,
        session: row.id("session")?,
        consent: row.id("consent")?,
        scopes: row.string("scopes")?,
        redirect: row.string("redirect")?,
        nonce: row.opt_text("nonce")?.map(str::to_owned),
        challenge: row.string("challenge")?,
        signed_in_at: row.moment("signed_in_at")?,
        until: row.moment("until")?,
        used_at: row.opt_moment("used_at")?,
    })
}

pub(crate) fn family(row: &Row) -> Result<Family> {
    Ok(Family {
        id: row.id("id")?,
        client: row.id("client")?,
        person: row.id("person")?,
        session: row.id("session")?,
        consent: row.id("consent")?,
        scopes: Scopes::parse(row.text("scopes")?),
        offline: row.flag("offline")?,
        signed_in_at: row.moment("signed_in_at")?,
        until: row.moment("until")?,
        ended_at: row.opt_moment("ended_at")?,
    })
}

pub(crate) fn refresh(row: &Row) -> Result<Refresh> {
    Ok(Refresh { family: family(row)?, until: row.moment("good_until")?, used_at: row.opt_moment("used_at")? })
}

pub(crate) fn add_family(unit: &mut Unit, it: &Family) {
    let Family { id, client, person, session, consent, scopes, offline, signed_in_at, until, .. } = it;
    let scopes = scopes.to_string();
    let values = args![*id, *client, *person, *session, *consent, scopes, *offline, *signed_in_at, *until];
    unit.one("token family", FAMILY_ADD, values);
}

pub(crate) fn end_family(unit: &mut Unit, id: Id<FamilyMark>, now: Moment) {
    unit.run(FAMILY_END, args![id, now]);
}

/// Guards a unit by the session: what it gives is not given after the person has left.
pub(crate) fn session_runs(unit: &mut Unit, session: Id<crate::model::session::SessionMark>) {
    unit.check(SESSION_GUARD, SESSION_RUNS, args![session]);
}
