//! Logs and metrics: what operators see. Neither holds personal data: routes, not addresses; ids, not names.

use std::sync::Arc;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::{cli::LogFormat, outcome::Failed};

/// Starts structured logs on standard error; `RUST_LOG` chooses what is said.
pub(crate) fn logs(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,yiwang=info"));
    let registry = tracing_subscriber::registry().with(filter);
    // A second start in the same process (tests) keeps the first.
    let _ = match format {
        LogFormat::Text => registry.with(fmt::layer().with_writer(std::io::stderr)).try_init(),
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init(),
    };
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
