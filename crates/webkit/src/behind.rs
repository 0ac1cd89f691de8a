//! Work that can wait: it gives way to people. Papers that follow from an act and files of long lists take as much of the processor as all
//! pages together; where both want it, pages come first.

use std::sync::LazyLock;

use kernel::{Error, Result};
use tokio::runtime::{Builder, Runtime};

/// How much such work stands back: of a core that somebody else wants too it gets a tenth (`nice`).
const NICENESS: i32 = 10;
/// Threads for it at most.
const THREADS: usize = 2;

/// Its threads. They answer nobody and hold nothing of the database while they work.
static THREADS_BEHIND: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    let stand_back = || {
        // On Linux this is of the thread alone. Where it is not to be had, the work is done all the same.
        let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
    };
    let name = || "behind".to_owned();
    Builder::new_current_thread().max_blocking_threads(THREADS).thread_name_fn(name).on_thread_start(stand_back).build()
});

/// Does work that nobody waits for, apart from the threads that answer and after them.
///
/// # Errors
/// [`Error::Internal`] if the work breaks off, or no thread can be had.
pub async fn behind<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let threads = THREADS_BEHIND.as_ref().map_err(Error::internal)?;
    threads.spawn_blocking(work).await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[tokio::test]
    async fn work_that_can_wait_gives_way_and_other_work_does_not() {
        let niceness = || rustix::process::getpriority_process(Some(rustix::thread::gettid()));
        let before = niceness().expect("a priority");
        let stood_back = behind(niceness).await.expect("it is done").expect("a priority");
        assert_eq!(stood_back, 10.max(before), "what can wait stands back");
        assert_eq!(niceness().expect("a priority"), before, "who asked for it does not");
        let other = tokio::task::spawn_blocking(niceness).await.expect("it is done").expect("a priority");
        assert_eq!(other, before, "nor do those that people wait for");
    }
}
