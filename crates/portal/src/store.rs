//! The only SQL of the portal.

pub(crate) mod search;

use storage::Migration;

/// The portal's schema.
pub(crate) const MIGRATIONS: &[Migration] =
    &[Migration { area: "portal", number: 1, sql: include_str!("../migrations/0001_search.sql") }];
