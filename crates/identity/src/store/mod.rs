//! The only SQL of the area: one text for both engines, and rows read into what the model knows.

pub(crate) mod accounts;
pub(crate) mod authorities;
pub(crate) mod closings;
pub(crate) mod codes;
pub(crate) mod divisions;
pub(crate) mod enterprises;
pub(crate) mod factors;
pub(crate) mod leavings;
pub(crate) mod looks;
pub(crate) mod mandates;
pub(crate) mod messages;
pub(crate) mod openid;
pub(crate) mod party;
pub(crate) mod people;
pub(crate) mod posts;
pub(crate) mod qr;
pub(crate) mod roster;
pub(crate) mod sessions;
pub(crate) mod units;

use storage::{Migration, Sql};

/// The area's schema.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { area: "identity", number: 1, sql: include_str!("../../migrations/0001_identity.sql") },
    Migration { area: "identity", number: 2, sql: include_str!("../../migrations/0002_openid.sql") },
    Migration { area: "identity", number: 3, sql: include_str!("../../migrations/0003_codes.sql") },
    Migration { area: "identity", number: 4, sql: include_str!("../../migrations/0004_mandates.sql") },
    Migration { area: "identity", number: 5, sql: include_str!("../../migrations/0005_posts.sql") },
    Migration { area: "identity", number: 6, sql: include_str!("../../migrations/0006_looks.sql") },
    Migration { area: "identity", number: 7, sql: include_str!("../../migrations/0007_levels.sql") },
    Migration { area: "identity", number: 8, sql: include_str!("../../migrations/0008_branches.sql") },
    Migration { area: "identity", number: 9, sql: include_str!("../../migrations/0009_factors.sql") },
    Migration { area: "identity", number: 10, sql: include_str!("../../migrations/0010_qr.sql") },
    Migration { area: "identity", number: 11, sql: include_str!("../../migrations/0011_party.sql") },
    Migration { area: "identity", number: 12, sql: include_str!("../../migrations/0012_roster.sql") },
    Migration { area: "identity", number: 13, sql: include_str!("../../migrations/0013_closings.sql") },
    Migration { area: "identity", number: 14, sql: include_str!("../../migrations/0014_mailbox.sql") },
    Migration { area: "identity", number: 15, sql: include_str!("../../migrations/0015_one_matter.sql") },
    Migration { area: "identity", number: 16, sql: include_str!("../../migrations/0016_looks_only.sql") },
];

/// The registries of the area's SQL.
pub(crate) const SQL: &[&[Sql]] = &[
    accounts::ALL,
    authorities::ALL,
    closings::ALL,
    codes::ALL,
    divisions::ALL,
    enterprises::ALL,
    factors::ALL,
    leavings::ALL,
    looks::ALL,
    mandates::ALL,
    messages::ALL,
    openid::clients::ALL,
    openid::consents::ALL,
    openid::signing_keys::ALL,
    openid::tokens::ALL,
    party::ALL,
    people::ALL,
    posts::ALL,
    qr::ALL,
    roster::ALL,
    sessions::ALL,
    units::ALL,
];

/// A number of things as the database counts.
pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
