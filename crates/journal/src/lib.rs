//! The one append-only record of who did what, its chain, and its feed (architecture, section 3).
//!
//! Every change of state in any area is one unit: the thing's new row and its journal entry together, guarded by the version
//! that was read. The applicant's timeline, the audit trail, clocks, notifications, the search index, statistics and
//! exchange are all readers of this record; nothing else records who did what.

mod attested;
mod entry;
pub mod feed;
pub mod outbox;
mod sequence;
mod sign;
mod store;
#[cfg(test)]
mod tests;
mod verify;

pub use attested::Attested;
pub use entry::{
    BODY_MAX, CHAIN_MAX, FEED_MAX, GUARD, Hash, Head, Record, append, entries_after, find, history, row_hash,
};
pub use sequence::{BATCH, FeedHead, LEASE_SECONDS, Sequencer};
pub use sign::{SignedHead, Signer, SiteKey, SitePublicKey, verify_signature};
pub use store::{MIGRATIONS, SQL};
pub use verify::{Broken, Replay, Report, Thing, verify};
