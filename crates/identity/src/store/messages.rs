//! The table of messages to people; what they say and to whom lies in the vault.

storage::sql! {
    /// A new message.
    MESSAGE_ADD = "INSERT INTO messages (id, state, made_at, until) VALUES ($1, $2, $3, $4)";
    /// A message.
    MESSAGE = "SELECT until FROM messages WHERE id = $1";
    /// The latest messages.
    MESSAGES_LATEST = "SELECT id, made_at FROM messages WHERE state = $1 ORDER BY id DESC LIMIT $2";
    /// Messages whose time is over.
    MESSAGES_OVER = "SELECT id FROM messages WHERE until < $1 ORDER BY until LIMIT $2";
    /// A message goes.
    MESSAGE_GONE = "DELETE FROM messages WHERE id = $1";
}
