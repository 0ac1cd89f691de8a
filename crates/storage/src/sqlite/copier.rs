//! The thread that copies what was written from SQLite's log into the database (a checkpoint), beside the writer: on a slow disk that
//! takes seconds, in which nobody's unit should have to wait.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread::{self, JoinHandle, Thread},
    time::{Duration, Instant},
};

use kernel::{Error, Result};

use super::session::Session;

/// So long what is written gathers before it is copied: a page that is written again meanwhile is copied once.
const GATHER: Duration = Duration::from_secs(1);
/// So many statements are copied at once, however soon they came.
const MUCH: u64 = 8_000;
/// A log of so many pages (of 4 KiB) is begun anew, before reads are slowed by looking through it.
const LONG: i64 = 16_384;
/// A copy that takes longer is told to the operator.
const SLOW: Duration = Duration::from_secs(2);

/// How the writer and the thread that copies speak to each other.
#[derive(Default)]
struct Shared {
    /// Statements written since the start.
    written: AtomicU64,
    /// Those of them that are in the database.
    copied: AtomicU64,
    /// Whether the log is long: the writer copies its last part, between two units, so that it can begin anew. Until then the thread
    /// stands back.
    long: AtomicBool,
    stop: AtomicBool,
}

impl Shared {
    fn waiting(&self) -> u64 {
        self.written.load(SeqCst).saturating_sub(self.copied.load(SeqCst))
    }
}

/// The thread, as the writer sees it.
pub(super) struct Copier {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    handle: Thread,
}

impl Copier {
    /// Starts the thread on a connection of its own.
    pub(super) fn start(session: Session) -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new().name("sqlite-copier".to_owned()).spawn(move || run(&session, &theirs));
        let thread = thread.map_err(Error::internal)?;
        Ok(Self { shared, handle: thread.thread().clone(), thread: Some(thread) })
    }

    /// So many more statements stand in the log.
    pub(super) fn wrote(&self, statements: usize) {
        let more = u64::try_from(statements).unwrap_or(MUCH);
        // First added, then looked at: whichever of the two threads comes second sees what the other did.
        self.shared.written.fetch_add(more, SeqCst);
        let waiting = self.shared.waiting();
        let before = waiting.saturating_sub(more);
        if before == 0 || (before < MUCH && waiting >= MUCH) {
            self.handle.unpark();
        }
    }

    /// Whether all that was written is in the database too.
    pub(super) fn is_done(&self) -> bool {
        self.shared.waiting() == 0
    }

    /// Whether the writer should copy the last part of the log, so that it begins anew.
    pub(super) fn finds_log_long(&self) -> bool {
        self.shared.long.load(SeqCst)
    }

    /// The writer has done so, or could not.
    pub(super) fn goes_on(&self, all_is_copied: bool) {
        if all_is_copied {
            self.shared.copied.store(self.shared.written.load(SeqCst), SeqCst);
        }
        self.shared.long.store(false, SeqCst);
        self.handle.unpark();
    }

    /// Ends the thread after what it has under way.
    pub(super) fn stop(&mut self) {
        self.shared.stop.store(true, SeqCst);
        self.handle.unpark();
        if self.thread.take().is_some_and(|it| it.join().is_err()) {
            tracing::error!("the thread that copies SQLite's log had panicked");
        }
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(session: &Session, shared: &Shared) {
    let stopped = || shared.stop.load(SeqCst);
    while !stopped() {
        if shared.waiting() == 0 || shared.long.load(SeqCst) {
            thread::park();
            continue;
        }
        let begun = Instant::now();
        while !stopped() && shared.waiting() < MUCH && begun.elapsed() < GATHER {
            thread::park_timeout(GATHER.saturating_sub(begun.elapsed()));
        }
        if !stopped() && !copy(session, shared) {
            // A long reader, or the disk: what is left keeps.
            thread::park_timeout(GATHER);
        }
    }
}

/// Copies what stands in the log now; whether that was possible without waiting for a reader.
fn copy(session: &Session, shared: &Shared) -> bool {
    let (seen, begun) = (shared.written.load(SeqCst), Instant::now());
    let pages = match session.copy_log() {
        Ok(Some(pages)) => pages,
        Ok(None) => return false,
        Err(error) => {
            tracing::warn!(%error, "copying SQLite's log into the database failed; it is tried again");
            return false;
        }
    };
    if begun.elapsed() > SLOW {
        tracing::warn!(pages, seconds = begun.elapsed().as_secs(), "the disk is slow: SQLite's log was copied late");
    }
    shared.copied.store(seen, SeqCst);
    if pages > LONG {
        shared.long.store(true, SeqCst);
    }
    true
}
