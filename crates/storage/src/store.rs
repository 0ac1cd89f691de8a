//! The SQL of this crate's own tables: leases and idempotency keys.

crate::sql! {
    /// Takes a lease that has run out, or renews one's own; the epoch rises when the holder changes.
    LEASE_TAKE = "INSERT INTO leases (name, holder, epoch, lease_until) VALUES ($1, $2, 1, $3)
        ON CONFLICT (name) DO UPDATE SET
            epoch = CASE WHEN leases.holder = excluded.holder THEN leases.epoch ELSE leases.epoch + 1 END,
            holder = excluded.holder, lease_until = excluded.lease_until
        WHERE leases.lease_until < $4 OR leases.holder = excluded.holder";
    /// The epoch of a lease that one holds.
    LEASE_EPOCH = "SELECT epoch FROM leases WHERE name = $1 AND holder = $2 AND lease_until = $3";
    /// Gives a lease back before it runs out.
    LEASE_RELEASE = "UPDATE leases SET lease_until = 0 WHERE name = $1 AND holder = $2";
    /// The row of a lease under this epoch, for a guard.
    LEASE_HELD = "SELECT 1 FROM leases WHERE name = $1 AND epoch = $2";
    /// Records that an actor used a key.
    KEY_MARK = "INSERT INTO idempotency (actor, key, answer, at) VALUES ($1, $2, $3, $4)";
    /// What came of an actor's request.
    KEY_ANSWER = "SELECT answer FROM idempotency WHERE actor = $1 AND key = $2";
    /// Forgets the keys of requests that nobody repeats any more.
    KEY_FORGET = "DELETE FROM idempotency WHERE at < $1";
}
