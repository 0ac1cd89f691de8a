//! Whether reads wait for the disk at present. A read goes on in the thread of its caller, and there is one such thread for each core: two
//! reads of what lies in no memory would let everybody wait, whoever wants only the home page too. So while the disk is read, reads go on
//! in threads of their own, at some ten microseconds each, which would be much where no read waits.

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use nix::sys::resource::{UsageWho, getrusage};

/// What takes longer may have waited for the disk: the longest list is read in a fifth of it, if nobody else wants the core.
const SLOW: Duration = Duration::from_millis(3);
/// So long after such a read others are expected to wait too.
const EXPECTED: Duration = Duration::from_secs(1);

/// What reads have met.
pub(super) struct Waiting {
    start: Instant,
    /// Until when reads are expected to wait: microseconds from `start`.
    until: AtomicU64,
    /// Blocks that the process had read from the disk when it was last asked.
    blocks: AtomicI64,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { start: Instant::now(), until: AtomicU64::new(0), blocks: AtomicI64::new(blocks_read()) }
    }
}

impl Waiting {
    /// Whether a read that begins now is expected to wait.
    pub(super) fn is_expected(&self) -> bool {
        micros(self.start.elapsed()) < self.until.load(Ordering::Relaxed)
    }

    /// A read took so long. One that was long while nobody read from the disk waited for a core, and threads would not help it.
    pub(super) fn took(&self, time: Duration) {
        self.learn(time, blocks_read);
    }

    fn learn(&self, time: Duration, blocks: impl FnOnce() -> i64) {
        if time > SLOW {
            let blocks = blocks();
            if self.blocks.swap(blocks, Ordering::Relaxed) < blocks {
                self.until.store(micros(self.start.elapsed() + EXPECTED), Ordering::Relaxed);
            }
        }
    }
}

/// Blocks that the process has read from the disk; 0 where the system does not tell.
fn blocks_read() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |it| it.block_reads())
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_expected_to_wait_after_a_long_one_for_which_the_disk_was_read() {
        let waiting = Waiting::default();
        let now = blocks_read();
        for (time, blocks, expected) in [(SLOW / 2, now + 8, false), (SLOW * 2, now, false), (SLOW * 2, now + 8, true)]
        {
            waiting.learn(time, || blocks);
            assert_eq!(waiting.is_expected(), expected, "{time:?}, {blocks} blocks after {now}");
        }
        waiting.until.store(0, Ordering::Relaxed);
        waiting.learn(SLOW * 2, || now + 8);
        assert!(!waiting.is_expected(), "nothing more was read from the disk");
    }
}
