//! Numbered SQL of the areas, applied once each.

/// One step of an area's schema. Never edited once released: a later number changes what an earlier one made.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The area whose tables it makes.
    pub area: &'static str,
    /// Its number within the area, from 1, without gaps.
    pub number: u32,
    /// PostgreSQL's DDL, of which SQLite takes the same text by way of a token map (BIGINT, BYTEA, DOUBLE PRECISION).
    pub sql: &'static str,
}
