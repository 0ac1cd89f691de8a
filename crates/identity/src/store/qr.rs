//! The table of browsers that wait for a telephone.

storage::sql! {
    /// A browser begins to wait.
    QR_ADD = "INSERT INTO qr_sign_ins (code, browser, device, address, state, strong, proved_at, until) \
        VALUES ($1, $2, $3, $4, 'waiting', 0, 0, $5)";
    /// What a square code stands for.
    QR_BY_CODE = "SELECT device, address, state FROM qr_sign_ins WHERE code = $1 AND until > $2";
    /// How far a waiting browser is.
    QR_BY_BROWSER = "SELECT code, state, person, strong, proved_at FROM qr_sign_ins WHERE browser = $1 AND until > $2";
    /// The telephone answers, once, as the session $3 of this moment.
    QR_ANSWER = "UPDATE qr_sign_ins SET state = $3, person = $4, strong = $5, proved_at = $6 \
        WHERE code = $1 AND until > $2 AND state = 'waiting'";
    /// The browser goes in, once.
    QR_DONE = "DELETE FROM qr_sign_ins WHERE browser = $1 AND state = 'agreed' AND until > $2";
    /// Nobody waits any more.
    QR_SWEEP = "DELETE FROM qr_sign_ins WHERE until < $1";
    /// The session by which a telephone answers.
    QR_SESSION = "SELECT strong, proved_at FROM sessions WHERE token = $1 AND person = $2";
}
