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

use storage::{Migration, Sql, Value};

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

/// How many ids a statement with [`hundred!`] asks for at once; fewer are padded with `''`, which is no id.
pub(crate) const HUNDRED: usize = 100;

/// `$1` to `$100`, for `IN (…)`: neither engine takes a list as one value.
macro_rules! hundred {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
         $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, \
         $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, \
         $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, \
         $91, $92, $93, $94, $95, $96, $97, $98, $99, $100"
    };
}
pub(crate) use hundred;

/// The values of a statement with [`hundred!`] (at most a hundred ids).
pub(crate) fn hundred_values<T: ToString>(ids: &[T]) -> Vec<Value> {
    let mut values: Vec<Value> = ids.iter().map(|id| Value::Text(id.to_string())).collect();
    values.resize(HUNDRED, Value::from(""));
    values
}

/// A number of things as the database counts.
pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
