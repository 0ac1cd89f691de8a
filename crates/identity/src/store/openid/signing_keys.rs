//! The table of keys that sign tokens: public halves; the private ones lie in the vault.

use journal::Head;
use kernel::Result;
use storage::{Row, Unit, args};

use crate::model::openid::key::KeyState;

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, alg, jwk, use_from, gone_at, version, head, changed_at"
    };
}

storage::sql! {
    /// Keys that are shown, oldest first.
    SIGNING_KEYS = concat!("SELECT ", columns!(), " FROM signing_keys WHERE gone_at IS NULL ORDER BY use_from LIMIT $1");
    /// A new key.
    SIGNING_KEY_ADD = "INSERT INTO signing_keys (id, alg, jwk, use_from, gone_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// A key goes.
    SIGNING_KEY_GONE = "UPDATE signing_keys SET gone_at = $2, version = $3, head = $4, changed_at = $5 \
        WHERE id = $1 AND version = $6 AND gone_at IS NULL";
    /// For the verification of the record.
    SIGNING_KEY_ROWS = concat!("SELECT ", columns!(), " FROM signing_keys WHERE id > $1 ORDER BY id LIMIT $2");
}

pub(crate) fn state(row: &Row) -> Result<KeyState> {
    Ok(KeyState {
        alg: row.string("alg")?,
        jwk: row.string("jwk")?,
        use_from: row.moment("use_from")?,
        gone_at: row.opt_moment("gone_at")?,
    })
}

pub(crate) fn add(unit: &mut Unit, id: &str, it: &KeyState, head: &Head) {
    let values = args![id, &it.alg, &it.jwk, it.use_from, it.gone_at, head.version, &head.hash, head.at];
    unit.one("signing key", SIGNING_KEY_ADD, values);
}

pub(crate) fn gone(unit: &mut Unit, id: &str, (before, head): (&Head, &Head)) {
    unit.one("signing key", SIGNING_KEY_GONE, args![id, head.at, head.version, &head.hash, head.at, before.version]);
}
