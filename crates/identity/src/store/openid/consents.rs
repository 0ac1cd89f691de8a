//! The table of consents.

use journal::Head;
use kernel::{Id, Result};
use storage::{Row, Unit, args};

use crate::model::openid::consent::{Consent, ConsentMark, ConsentState};

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, person, client, scopes, asked, ended_at, version, head, changed_at"
    };
}

storage::sql! {
    /// What a person agreed to with a system, in force.
    CONSENT = concat!("SELECT ", columns!(), " FROM consents WHERE person = $1 AND client = $2 AND ended_at IS NULL");
    /// All that a person agreed to, in force.
    CONSENTS = concat!("SELECT ", columns!(), " FROM consents WHERE person = $1 AND ended_at IS NULL ORDER BY client LIMIT $2");
    /// A new consent.
    CONSENT_ADD = "INSERT INTO consents (id, person, client, scopes, asked, ended_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Another decision, unless the consent was changed meanwhile.
    CONSENT_SET = "UPDATE consents SET scopes = $2, asked = $3, ended_at = $4, version = $5, head = $6, changed_at = $7 \
        WHERE id = $1 AND version = $8 AND ended_at IS NULL";
    /// A consent that is in force: what tokens rest on.
    CONSENT_HOLDS = "SELECT id FROM consents WHERE id = $1 AND ended_at IS NULL";
    /// For the verification of the record.
    CONSENT_ROWS = concat!("SELECT ", columns!(), " FROM consents WHERE id > $1 ORDER BY id LIMIT $2");
}

pub(crate) fn state(row: &Row) -> Result<ConsentState> {
    Ok(ConsentState {
        person: row.id("person")?,
        client: row.id("client")?,
        scopes: row.string("scopes")?,
        asked: row.string("asked")?,
        ended_at: row.opt_moment("ended_at")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Consent> {
    Ok(Consent { id: row.id("id")?, state: state(row)?, head: Head::of(row)? })
}

pub(crate) fn add(unit: &mut Unit, id: Id<ConsentMark>, it: &ConsentState, head: &Head) {
    let ConsentState { person, client, scopes, asked, ended_at } = it;
    let values = args![id, *person, *client, scopes, asked, *ended_at, head.version, &head.hash, head.at];
    unit.one("consent", CONSENT_ADD, values);
}

pub(crate) fn set(unit: &mut Unit, before: &Consent, it: &ConsentState, head: &Head) {
    let (id, was) = (before.id, before.head.version);
    let values = args![id, &it.scopes, &it.asked, it.ended_at, head.version, &head.hash, head.at, was];
    unit.one("consent", CONSENT_SET, values);
}
