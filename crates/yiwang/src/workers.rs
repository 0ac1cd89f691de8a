//! The platform's own workers: the sequencer, the readers of the record, the rounds of the areas, the signing of heads.
//! Each takes a lease, so that of many nodes one does the work and another takes over when it falls silent.

use std::{sync::Arc, time::Duration};

use journal::{Sequencer, SiteKey, feed::Reader};
use tokio::{sync::watch, task::JoinSet};
use webkit::{App, Area, Sweep};

/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(100);
/// How long a worker waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// A lease runs so many seconds; it is renewed at each round.
const LEASE_SECONDS: i64 = 10;
/// A silent site's head is signed this often.
const SIGN_EVERY: Duration = Duration::from_secs(300);

/// Running workers; they stop when this is told to.
pub(crate) struct Workers {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Workers {
    /// Starts the workers of these areas under the name of this process.
    pub(crate) fn start(app: &App, areas: &'static [&'static Area], key: SiteKey, node: &str) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        running.spawn(sequence(app.clone(), node.to_owned(), stopped.clone()));
        for area in areas {
            for reader in (area.readers)(app) {
                running.spawn(read(app.clone(), reader, node.to_owned(), stopped.clone()));
            }
            for sweep in area.sweeps {
                running.spawn(go_round(app.clone(), *sweep, node.to_owned(), stopped.clone()));
            }
        }
        running.spawn(sign(app.clone(), key, node.to_owned(), stopped));
        Self { stop, running }
    }

    /// Tells the workers to stop after what they are at, and waits for them.
    pub(crate) async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.running.join_next().await.is_some() {}
    }
}

/// Waits so long, or until the site stops; says whether it stops.
async fn stopping(stopped: &mut watch::Receiver<bool>, wait: Duration) -> bool {
    tokio::time::timeout(wait, stopped.wait_for(|it| *it)).await.is_ok()
}

async fn sequence(app: App, node: String, mut stopped: watch::Receiver<bool>) {
    let sequencer = Sequencer { holder: node };
    loop {
        let wait = match sequencer.run(&app.db, &app.system("sequencer")).await {
            Ok(Some(numbered)) if numbered > 0 => Duration::ZERO,
            Ok(_) => IDLE,
            Err(error) => alarm("sequencer", &error),
        };
        if stopping(&mut stopped, wait).await {
            return;
        }
    }
}

async fn read(app: App, reader: Arc<dyn Reader>, node: String, mut stopped: watch::Receiver<bool>) {
    loop {
        let wait = match read_once(&app, reader.as_ref(), &node).await {
            Ok(taken) if taken > 0 => Duration::ZERO,
            Ok(_) => IDLE,
            Err(error) => alarm(reader.name(), &error),
        };
        if stopping(&mut stopped, wait).await {
            return;
        }
    }
}

async fn read_once(app: &App, reader: &dyn Reader, node: &str) -> kernel::Result<usize> {
    let ctx = app.system(reader.name());
    match storage::lease::take(&app.db, &ctx, reader.name(), node, LEASE_SECONDS).await? {
        Some(_) => journal::feed::advance(&app.db, &ctx, reader).await,
        None => Ok(0),
    }
}

async fn go_round(app: App, sweep: Sweep, node: String, mut stopped: watch::Receiver<bool>) {
    let every = Duration::from_secs(sweep.every_s.into());
    loop {
        let ctx = app.system(sweep.name);
        let lease =
            storage::lease::take(&app.db, &ctx, sweep.name, &node, i64::from(sweep.every_s) + LEASE_SECONDS).await;
        let wait = match lease {
            Ok(Some(_)) => match (sweep.run)(&app, &ctx).await {
                Ok(()) => every,
                Err(error) => alarm(sweep.name, &error),
            },
            Ok(None) => every,
            Err(error) => alarm(sweep.name, &error),
        };
        if stopping(&mut stopped, wait).await {
            return;
        }
    }
}

async fn sign(app: App, key: SiteKey, node: String, mut stopped: watch::Receiver<bool>) {
    loop {
        let ctx = app.system("signer");
        let lease = storage::lease::take(&app.db, &ctx, "signer", &node, LEASE_SECONDS).await;
        let wait = match lease {
            Ok(Some(_)) => match key.sign_head(&app.db, &ctx).await {
                Ok(()) => SIGN_EVERY,
                Err(error) => alarm("signer", &error),
            },
            Ok(None) => SIGN_EVERY,
            Err(error) => alarm("signer", &error),
        };
        if stopping(&mut stopped, wait).await {
            return;
        }
    }
}

fn alarm(worker: &str, error: &kernel::Error) -> Duration {
    tracing::error!(worker, %error, "a worker failed and will try again");
    metrics::counter!("yiwang_worker_failures", "worker" => worker.to_owned()).increment(1);
    AFTER_FAILURE
}
