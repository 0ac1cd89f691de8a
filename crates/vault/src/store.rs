//! The only SQL of the vault.

use storage::{Migration, Sql};

/// The vault's schema.
pub const MIGRATIONS: &[Migration] =
    &[Migration { area: "vault", number: 1, sql: include_str!("../migrations/1_vault.sql") }];

/// Every SQL text of the vault, for the test that prepares each on both engines.
pub const SQL: &[Sql] = ALL;

storage::sql! {
    /// A new holder's wrapped key.
    KEY_ADD = "INSERT INTO vault_keys (holder, epoch, wrapped, at) VALUES ($1, $2, $3, $4)";
    /// A holder's wrapped key.
    KEY = "SELECT holder, epoch, wrapped FROM vault_keys WHERE holder = $1";
    /// Keys wrapped under an older epoch; destroyed ones are past rewrapping.
    KEYS_BEFORE = "SELECT holder, epoch, wrapped FROM vault_keys WHERE epoch > 0 AND epoch < $1 \
        ORDER BY epoch, holder LIMIT $2";
    /// Some keys of the oldest epoch there is.
    KEYS_FIRST = "SELECT holder, epoch, wrapped FROM vault_keys WHERE epoch > 0 ORDER BY epoch, holder LIMIT 3";
    /// Some keys of the newest.
    KEYS_LAST = "SELECT holder, epoch, wrapped FROM vault_keys WHERE epoch > 0 ORDER BY epoch DESC, holder DESC LIMIT 3";
    /// The same key under a newer epoch, unless it was destroyed or rewrapped meanwhile.
    KEY_REWRAP = "UPDATE vault_keys SET epoch = $2, wrapped = $3, at = $4 WHERE holder = $1 AND epoch = $5";
    /// How many keys stand under each epoch.
    KEYS_BY_EPOCH = "SELECT epoch, count(*) AS keys FROM vault_keys WHERE epoch > 0 GROUP BY epoch ORDER BY epoch";
    /// Leaves of a key only that it was.
    KEY_DESTROY = "UPDATE vault_keys SET epoch = 0, wrapped = $2 WHERE holder = $1";
    /// A new item.
    ITEM_ADD = "INSERT INTO vault_items (holder, name, sealed) VALUES ($1, $2, $3)";
    /// One item with its holder's key.
    ITEM = "SELECT i.name, i.sealed, k.holder, k.epoch, k.wrapped FROM vault_items i \
        JOIN vault_keys k ON k.holder = i.holder WHERE i.holder = $1 AND i.name = $2";
    /// A holder's items whose names begin with `$2`, by name.
    ITEMS = "SELECT name, sealed FROM vault_items \
        WHERE holder = $1 AND substr(name, 1, length(CAST($2 AS TEXT))) = CAST($2 AS TEXT) ORDER BY name LIMIT 1000";
    /// One item of each of these holders, with their keys.
    ITEM_OF_EACH = "SELECT i.sealed, k.holder, k.epoch, k.wrapped FROM vault_items i \
        JOIN vault_keys k ON k.holder = i.holder WHERE i.name = $1 AND k.epoch > 0 AND i.holder IN (EACH($2))";
}
