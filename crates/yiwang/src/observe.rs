//! Logs and metrics: what operators see. Neither holds personal data: routes, not addresses; ids, not names.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::{cli::LogFormat, outcome::Failed};

/// A file that log lines are added to. Whoever moves it away (logrotate) finds the next line in a new one; it is readable for its user alone.
struct LogFile {
    path: PathBuf,
    open: Mutex<Option<File>>,
}

impl LogFile {
    fn open(path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    }

    /// Whether the open file is still the one of that name.
    fn same(&self, open: &File) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let (here, there) = (open.metadata(), std::fs::metadata(&self.path));
            here.ok().zip(there.ok()).is_some_and(|(a, b)| (a.dev(), a.ino()) == (b.dev(), b.ino()))
        }
        #[cfg(not(unix))]
        {
            let _ = open;
            self.path.exists()
        }
    }
}

/// Writes one line; one that cannot be written is on standard error all the same.
impl io::Write for &LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !open.as_ref().is_some_and(|it| self.same(it)) {
            *open = Some(LogFile::open(&self.path)?);
        }
        match open.as_mut() {
            Some(file) => file.write_all(line).map(|()| line.len()),
            None => Ok(0),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts structured logs on standard error, and as JSON lines in a file if one is named; `RUST_LOG` chooses what is said.
///
/// # Errors
/// If the file cannot be opened.
pub(crate) fn logs(format: LogFormat, file: Option<&Path>) -> io::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,yiwang=info"));
    let into = match file {
        Some(path) => {
            let open = Mutex::new(Some(LogFile::open(path)?));
            Some(Arc::new(LogFile { path: path.to_owned(), open }))
        }
        None => None,
    };
    let filed = into.map(|it| fmt::layer().json().with_writer(it));
    let registry = tracing_subscriber::registry().with(filter).with(filed);
    // A second start in the same process (tests) keeps the first.
    let _ = match format {
        LogFormat::Text => registry.with(fmt::layer().with_writer(std::io::stderr)).try_init(),
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init(),
    };
    Ok(())
}

/// What `/metrics` shows.
pub(crate) struct Meter(PrometheusHandle);

impl Meter {
    /// Starts counting.
    pub(crate) fn start() -> Result<Arc<Self>, Failed> {
        let builder = PrometheusBuilder::new()
            .set_buckets(&[0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0])
            .map_err(|error| Failed::Platform(error.to_string()))?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // A second start in the same process (tests) counts into the first.
        let _ = metrics::set_global_recorder(recorder);
        Ok(Arc::new(Self(handle)))
    }

    /// The text of Prometheus, with the database's own counters.
    pub(crate) fn text(&self, db: &storage::Db) -> String {
        let stats = db.stats();
        metrics::counter!("yiwang_db_queries").absolute(stats.queries);
        metrics::counter!("yiwang_db_units").absolute(stats.units);
        metrics::counter!("yiwang_db_commits").absolute(stats.commits);
        metrics::counter!("yiwang_db_lost_guards").absolute(stats.lost);
        metrics::counter!("yiwang_db_busy").absolute(stats.busy);
        self.0.run_upkeep();
        self.0.render()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn lines_go_on_in_a_new_file_when_the_old_one_was_moved_away_and_others_cannot_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("yiwang.log"), folder.path().join("yiwang.log.1"));
        let log = LogFile { path: path.clone(), open: Mutex::new(Some(LogFile::open(&path).unwrap())) };
        (&log).write_all(b"one\n").unwrap();
        std::fs::rename(&path, &moved).unwrap();
        (&log).write_all(b"two\n").unwrap();
        (&log).write_all(b"three\n").unwrap();
        assert_eq!(std::fs::read_to_string(&moved).unwrap(), "one\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two\nthree\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
