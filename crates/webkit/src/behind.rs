//! Work that can wait: it gives way to people. Papers that follow from an act and files of long lists take as much of the processor as all
//! pages together; where both want it, pages come first.

use kernel::{Error, Result};
use tokio::runtime::{Builder, Runtime};

/// How much such work stands back: of a core that somebody else wants too it gets a tenth (`nice`).
const NICENESS: i32 = 10;
/// Threads for it at most.
const THREADS: usize = 2;

/// A site's threads for it. They answer nobody and hold nothing of the database while they work. `None`: the machine gives none.
pub(crate) struct Behind(Option<Runtime>);

impl Default for Behind {
    fn default() -> Self {
        let stand_back = || {
            // On Linux this is of the thread alone. Where it is not to be had, the work is done all the same.
            let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
        };
        let mut threads = Builder::new_current_thread();
        threads.max_blocking_threads(THREADS).thread_name_fn(|| "behind".to_owned()).on_thread_start(stand_back);
        Self(threads.build().ok())
    }
}

impl Behind {
    /// Does it there.
    pub(crate) async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let threads = self.0.as_ref().ok_or_else(|| Error::internal("no threads for work that can wait"))?;
        threads.spawn_blocking(work).await.map_err(Error::internal)
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        // Nobody waits for what is left, and where a site goes nobody may.
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Behind;

    #[tokio::test]
    async fn work_that_can_wait_gives_way_and_other_work_does_not() {
        let niceness = || rustix::process::getpriority_process(Some(rustix::thread::gettid()));
        let before = niceness().expect("a priority");
        let stood_back = Behind::default().work(niceness).await.expect("it is done").expect("a priority");
        assert_eq!(stood_back, 10.max(before), "what can wait stands back");
        assert_eq!(niceness().expect("a priority"), before, "who asked for it does not");
        let other = tokio::task::spawn_blocking(niceness).await.expect("it is done").expect("a priority");
        assert_eq!(other, before, "nor do those that people wait for");
    }
}
