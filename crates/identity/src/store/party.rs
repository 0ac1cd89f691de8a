//! The tables of login at others: providers, links, browsers on their way there and back.

use journal::Head;
use kernel::{Error, Id, Moment, Result};
use storage::{Row, Unit, args};

use crate::model::party::{
    link::{Came, Link, LinkMark, LinkState},
    provider::{Provider, ProviderMark, ProviderState},
};

/// The guard that fails when an account at a provider, or the person's place at it, is taken.
pub(crate) const LINK_GUARD: &str = "link";
/// The guard that fails when a browser was back already.
pub(crate) const TRIP_GUARD: &str = "trip";

/// The columns of the links, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, provider, person, subject, told, made_at, ended_at, version, head, changed_at"
    };
}

storage::sql! {
    /// One provider.
    PROVIDER = "SELECT id, document, version, head, changed_at FROM login_providers WHERE id = $1";
    /// Providers by id.
    PROVIDERS = "SELECT id, document, version, head, changed_at FROM login_providers WHERE id > $1 ORDER BY id LIMIT $2";
    /// A new provider.
    PROVIDER_ADD = "INSERT INTO login_providers (id, document, version, head, changed_at) VALUES ($1, $2, $3, $4, $5)";
    /// What is registered of a provider from now on, unless somebody changed it meanwhile.
    PROVIDER_SET = "UPDATE login_providers SET document = $2, version = $3, head = $4, changed_at = $5 WHERE id = $1 AND version = $6";
    /// Whose an account at a provider is.
    LINK_BY_SUBJECT = concat!("SELECT ", columns!(), " FROM login_links WHERE subject = $1 AND ended_at IS NULL");
    /// One link that is in force.
    LINK = concat!("SELECT ", columns!(), " FROM login_links WHERE id = $1 AND ended_at IS NULL");
    /// The links of a person.
    LINKS = concat!("SELECT ", columns!(), " FROM login_links WHERE person = $1 AND ended_at IS NULL ORDER BY provider LIMIT $2");
    /// A new link.
    LINK_ADD = "INSERT INTO login_links (id, provider, person, subject, told, made_at, ended_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// A link ends, unless it did meanwhile.
    LINK_END = "UPDATE login_links SET ended_at = $2, version = $3, head = $4, changed_at = $5 WHERE id = $1 AND version = $6";
    /// For the verification of the record.
    LINK_ROWS = concat!("SELECT ", columns!(), " FROM login_links WHERE id > $1 ORDER BY id LIMIT $2");
    /// A browser is sent away.
    TRIP_ADD = "INSERT INTO login_trips (token, provider, next, until) VALUES ($1, $2, $3, $4)";
    /// Where a browser was sent.
    TRIP = "SELECT provider, next, until FROM login_trips WHERE token = $1";
    /// It is back, once.
    TRIP_DONE = "DELETE FROM login_trips WHERE token = $1";
    /// Who did not come back.
    TRIPS_SWEEP = "DELETE FROM login_trips WHERE until < $1";
    /// A browser is back with somebody not known here.
    ARRIVAL_ADD = "INSERT INTO login_arrivals (token, id, provider, next, until) VALUES ($1, $2, $3, $4, $5)";
    /// With whom a browser is back.
    ARRIVAL = "SELECT id, provider, next FROM login_arrivals WHERE token = $1 AND until > $2";
    /// It is linked, or given up.
    ARRIVAL_DONE = "DELETE FROM login_arrivals WHERE token = $1";
    /// Nobody decided in time.
    ARRIVALS_OVER = "SELECT token, id FROM login_arrivals WHERE until < $1 ORDER BY until LIMIT $2";
    /// Sessions that came by a link.
    SESSIONS_OF_LINK = "SELECT id, person FROM sessions WHERE link = $1 ORDER BY id LIMIT $2";
    /// Sessions that came by a session at a provider.
    SESSIONS_OF_SID = "SELECT id, person FROM sessions WHERE link_sid = $1 ORDER BY id LIMIT $2";
    /// By which link a session came.
    SESSION_LINK = "SELECT l.provider FROM sessions s JOIN login_links l ON l.id = s.link WHERE s.token = $1";
}

pub(crate) fn provider(row: &Row) -> Result<Provider> {
    Ok(Provider { id: row.id("id")?, state: row.json("document")?, head: Head::of(row)? })
}

pub(crate) fn provider_add(unit: &mut Unit, id: Id<ProviderMark>, it: &ProviderState, head: &Head) -> Result<()> {
    let document = serde_json::to_string(it).map_err(Error::internal)?;
    unit.one("provider", PROVIDER_ADD, args![id, document, head.version, &head.hash, head.at]);
    Ok(())
}

pub(crate) fn provider_set(unit: &mut Unit, before: &Provider, it: &ProviderState, head: &Head) -> Result<()> {
    let document = serde_json::to_string(it).map_err(Error::internal)?;
    let values = args![before.id, document, head.version, &head.hash, head.at, before.head.version];
    unit.one("provider", PROVIDER_SET, values);
    Ok(())
}

/// What the record determines of a link, as its row has it.
pub(crate) fn link_state(row: &Row) -> Result<LinkState> {
    Ok(LinkState {
        provider: row.id("provider")?,
        person: row.id("person")?,
        subject: row.string("subject")?,
        told: row.string("told")?,
        made_at: row.moment("made_at")?,
        ended_at: row.opt_moment("ended_at")?,
    })
}

pub(crate) fn link(row: &Row) -> Result<Link> {
    Ok(Link { id: row.id("id")?, state: link_state(row)?, head: Head::of(row)? })
}

pub(crate) fn link_add(unit: &mut Unit, id: Id<LinkMark>, it: &LinkState, head: &Head) {
    let LinkState { provider, person, subject, told, made_at, ended_at } = it;
    let values = args![id, *provider, *person, subject, told, *made_at, *ended_at, head.version, &head.hash, head.at];
    unit.one(LINK_GUARD, LINK_ADD, values);
}

pub(crate) fn link_end(unit: &mut Unit, before: &Link, ended_at: Moment, head: &Head) {
    let values = args![before.id, ended_at, head.version, &head.hash, head.at, before.head.version];
    unit.one(LINK_GUARD, LINK_END, values);
}

/// By which link a row of sessions or of those half-way in came, if by any.
pub(crate) fn came(row: &Row) -> Result<Option<Came>> {
    let Some(link) = row.opt_id("link")? else { return Ok(None) };
    Ok(Some(Came { link, sid: row.opt_text("link_sid")?.unwrap_or_default().to_owned() }))
}
