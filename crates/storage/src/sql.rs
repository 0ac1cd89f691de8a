//! SQL texts as constants, each known to a registry that a test prepares on both engines.

/// One SQL text. Made by [`sql!`](crate::sql!) only, so that each is in its area's registry.
///
/// Write PostgreSQL that SQLite also runs: `$1` parameters, `RETURNING`, `ON CONFLICT … DO UPDATE`, keyset paging with row
/// values, CTEs, window functions, partial and expression indexes; `IN (EACH($1))` for a list ([`each`](crate::each)). Not: `now()`, `FOR UPDATE`, `->>`, arrays, `"quoted"`
/// names, `LIMIT NULL`, LIKE without `ESCAPE`, `$1 IS NULL OR …`. Flags are 0/1 in BIGINT; `sum` is cast to BIGINT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sql {
    /// The constant's name, for errors, metrics and the registry test.
    pub name: &'static str,
    /// The text.
    pub text: &'static str,
}

/// Declares the SQL texts of a store, and `ALL`, the registry of them.
///
/// ```
/// storage::sql! {
///     /// One case by its id.
///     CASE_BY_ID = "SELECT id, state FROM cases WHERE id = $1";
/// }
/// assert_eq!(ALL[0], CASE_BY_ID);
/// ```
#[macro_export]
macro_rules! sql {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* pub(crate) const $name: $crate::Sql = $crate::Sql { name: stringify!($name), text: $text };)+
        /// Every SQL text of this store; a test prepares each on both engines.
        pub(crate) const ALL: &[$crate::Sql] = &[$($name),+];
    };
}
