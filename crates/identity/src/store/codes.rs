//! The table of codes that were sent.

storage::sql! {
    /// A new code.
    CODE_ADD = "INSERT INTO sent_codes (handle, code, tries, until) VALUES ($1, $2, 0, $3)";
    /// One more try of a code that is still good.
    CODE_TRY = "UPDATE sent_codes SET tries = tries + 1 WHERE handle = $1 AND until > $2 AND tries < $3";
    /// A code.
    CODE = "SELECT code FROM sent_codes WHERE handle = $1";
    /// A code is used.
    CODE_USED = "DELETE FROM sent_codes WHERE handle = $1";
    /// Codes that nobody can use.
    CODES_SWEEP = "DELETE FROM sent_codes WHERE until < $1";
}
