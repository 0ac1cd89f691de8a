//! Promises of the journal, on every engine.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use kernel::{Actor, Ctx, Moment, Random};

/// The same bytes for the same seed.
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            // SplitMix64, a byte a step.
            let mut it = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (it ^ (it >> 31)).to_be_bytes()[0];
        }
    }
}

pub(crate) fn ctx(seed: u64) -> Ctx {
    let noon = Moment::from_micros(1_772_424_000_000_000);
    Ctx::new(Actor::system("test"), noon, Arc::new(Seeded(AtomicU64::new(seed))))
}
