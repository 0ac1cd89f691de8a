//! The platform's own workers: the sequencer, the readers of the record, the rounds of the areas, the signing of heads, the keys,
//! the outbox.
//! Each takes a lease, so that of many nodes one does the work and another takes over when it falls silent.

use std::{sync::Arc, time::Duration};

use journal::{Head, Sequencer, Signer, feed::Reader, outbox::Courier};
use kernel::Ctx;
use tokio::{sync::watch, task::JoinSet};
use webkit::{App, Area, Sweep};

use crate::{
    couriers::{self, Gateways},
    keys::KeyFolder,
    site::Site,
};

/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(100);
/// How long a worker waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// A lease runs so many seconds; it is renewed at each round.
const LEASE_SECONDS: i64 = 10;
/// A round that takes long renews its lease this often.
const RENEW_EVERY: Duration = Duration::from_secs(3);
/// An empty outbox is looked at this often.
const OUTBOX_EVERY: Duration = Duration::from_secs(1);
/// A silent site's head is signed this often.
const SIGN_EVERY: Duration = Duration::from_secs(300);

/// The key folder is looked at this often, so that keys are changed while the site serves.
const KEYS_EVERY: Duration = Duration::from_secs(5);
/// A breath between two batches of data keys, so that people are served in between.
const BETWEEN_BATCHES: Duration = Duration::from_millis(50);

/// Running workers; they stop when this is told to.
pub(crate) struct Workers {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Workers {
    /// Starts the workers of the site and of these areas under the name of this process.
    pub(crate) fn start(site: &Site, areas: &'static [&'static Area]) -> Self {
        let (app, node) = (&site.app, site.node.as_str());
        let (stop, stopped) = watch::channel(false);
        let (change_signer, signer) = watch::channel(site.signer.clone());
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
        running.spawn(deliver(app.clone(), site.gateways.clone(), node.to_owned(), stopped.clone()));
        running.spawn(sign(app.clone(), signer, node.to_owned(), stopped.clone()));
        running.spawn(keep_keys(app.clone(), (site.keys.clone(), change_signer), node.to_owned(), stopped));
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
    if !journal::feed::waits(&app.db, reader).await? {
        return Ok(0);
    }
    let ctx = app.system(reader.name());
    match storage::lease::take(&app.db, &ctx, reader.name(), node, LEASE_SECONDS).await? {
        Some(_) => journal::feed::advance(&app.db, &ctx, reader).await,
        None => Ok(0),
    }
}

async fn go_round(app: App, sweep: Sweep, node: String, mut stopped: watch::Receiver<bool>) {
    let every = Duration::from_secs(sweep.every_s.into());
    loop {
        // A long round (a list of a million rows) does not hold up the end of the site: it goes on from where it is after the next start.
        let round = tokio::select! {
            round = one_round(&app, sweep, &node, RENEW_EVERY) => round,
            _ = stopped.wait_for(|it| *it) => return,
        };
        let wait = match round {
            Ok(_) => every,
            Err(error) => alarm(sweep.name, &error),
        };
        if stopping(&mut stopped, wait).await {
            return;
        }
    }
}

/// One round of a sweep, if this node has its lease; says whether it went round to its end. The lease outlasts the pause until the next
/// round, so that the other nodes rest too, and is renewed while a round takes longer; a node that lost it stops where it is.
///
/// # Errors
/// If the engine or the sweep fails.
async fn one_round(app: &App, sweep: Sweep, node: &str, renew: Duration) -> kernel::Result<bool> {
    let seconds = i64::from(sweep.every_s) + LEASE_SECONDS;
    let ctx = app.system(sweep.name);
    if storage::lease::take(&app.db, &ctx, sweep.name, node, seconds).await?.is_none() {
        return Ok(false);
    }
    let mut round = (sweep.run)(app, &ctx);
    loop {
        if let Ok(done) = tokio::time::timeout(renew, &mut round).await {
            return done.map(|()| true);
        }
        if storage::lease::take(&app.db, &app.system(sweep.name), sweep.name, node, seconds).await?.is_none() {
            tracing::warn!(sweep = sweep.name, "another node took over; this round stops");
            return Ok(false);
        }
    }
}

/// Sends what lies in the outbox.
async fn deliver(app: App, gateways: Gateways, node: String, mut stopped: watch::Receiver<bool>) {
    let couriers = couriers::all(&app, &gateways);
    let couriers: Vec<&dyn Courier> = couriers.iter().map(AsRef::as_ref).collect();
    loop {
        let wait = match deliver_once(&app, &couriers, &node).await {
            Ok(tried) if tried > 0 => Duration::ZERO,
            Ok(_) => OUTBOX_EVERY,
            Err(error) => alarm("outbox", &error),
        };
        if stopping(&mut stopped, wait).await {
            return;
        }
    }
}

async fn deliver_once(app: &App, couriers: &[&dyn Courier], node: &str) -> kernel::Result<usize> {
    let ctx = app.system("outbox");
    if !journal::outbox::is_due(&app.db, ctx.now).await? {
        return Ok(0);
    }
    match storage::lease::take(&app.db, &ctx, "outbox", node, LEASE_SECONDS).await? {
        Some(_) => journal::outbox::deliver(&app.db, &ctx, couriers).await,
        None => Ok(0),
    }
}

async fn sign(app: App, signer: watch::Receiver<Signer>, node: String, mut stopped: watch::Receiver<bool>) {
    loop {
        let ctx = app.system("signer");
        let lease = storage::lease::take(&app.db, &ctx, "signer", &node, LEASE_SECONDS).await;
        let present = signer.borrow().clone();
        let wait = match lease {
            Ok(Some(_)) => match present.sign_head(&app.db, &ctx).await {
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

/// Reads the keys anew where their files were changed, and brings data keys under the newest master key.
async fn keep_keys(
    app: App,
    (folder, signer): (KeyFolder, watch::Sender<Signer>),
    node: String,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let ctx = app.system("keys");
        let kept = match read_keys(&app, &folder, &signer) {
            Ok(()) => rewrap(&app, &ctx, &node).await,
            Err(error) => Err(error),
        };
        let wait = match kept {
            Ok(0) => KEYS_EVERY,
            Ok(_) => BETWEEN_BATCHES,
            Err(error) => alarm("keys", &error),
        };
        if stopping(&mut stopped, wait).await {
            return;
        }
    }
}

fn read_keys(app: &App, folder: &KeyFolder, signer: &watch::Sender<Signer>) -> kernel::Result<()> {
    let master = folder.master()?;
    if master.to_text() != app.vault.keys().to_text() {
        tracing::info!(epoch = master.epoch(), "the master keys were changed");
        app.vault.replace_keys(master)?;
    }
    let read = folder.signer()?;
    signer.send_if_modified(|present| {
        let changed = present.public_keys() != read.public_keys();
        if changed {
            tracing::info!("the signing key was changed");
            *present = read;
        }
        changed
    });
    Ok(())
}

/// Brings one batch of data keys under the newest master key, if older ones are left and this node has the lease; gives how many.
///
/// # Errors
/// If a data key cannot be opened; if the engine fails.
pub(crate) async fn rewrap(app: &App, ctx: &Ctx, node: &str) -> kernel::Result<usize> {
    if app.vault.keys().epochs().len() < 2
        || storage::lease::take(&app.db, ctx, "keys", node, LEASE_SECONDS).await?.is_none()
    {
        return Ok(0);
    }
    let Some(mut batch) = app.vault.rewrapping(ctx, vault::REWRAP_MAX).await? else { return Ok(0) };
    let subject = format!("keys:{}", ctx.new_id::<Site>());
    let body = serde_json::json!({ "epoch": batch.epoch, "keys": batch.keys });
    journal::append(&mut batch.unit, ctx, &Head::none(), (&subject, "site.data_keys_rewrapped"), &body)?;
    app.db.commit(batch.unit).await?.or_stale("密钥")?;
    Ok(batch.keys)
}

fn alarm(worker: &str, error: &kernel::Error) -> Duration {
    tracing::error!(worker, %error, "a worker failed and will try again");
    metrics::counter!("yiwang_worker_failures", "worker" => worker.to_owned()).increment(1);
    AFTER_FAILURE
}

#[cfg(test)]
mod tests {
    use std::{
        any::Any,
        sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    };

    use super::*;
    use crate::site::AREAS;

    /// What a sweep under test tells of itself.
    #[derive(Default)]
    struct Probe {
        /// Rounds that are on their way, the most there ever were at once, and those that came to their end.
        now: AtomicUsize,
        most: AtomicUsize,
        ended: AtomicUsize,
        /// How often rounds were looked at.
        looks: AtomicUsize,
        /// Whether a round may end.
        open: AtomicBool,
    }

    /// Counts a round while it lives, however it ends.
    struct Under<'a>(&'a Probe);

    impl Drop for Under<'_> {
        fn drop(&mut self) {
            self.0.now.fetch_sub(1, SeqCst);
        }
    }

    async fn watched(app: &App) -> kernel::Result<()> {
        let probe = app.part::<Probe>()?;
        let now = probe.now.fetch_add(1, SeqCst) + 1;
        probe.most.fetch_max(now, SeqCst);
        let _under = Under(&probe);
        std::future::poll_fn(|cx| {
            probe.looks.fetch_add(1, SeqCst);
            if probe.open.load(SeqCst) {
                return std::task::Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
        probe.ended.fetch_add(1, SeqCst);
        Ok(())
    }

    const SWEEP: Sweep = Sweep { name: "test.watched", every_s: 60, run: |app, _| Box::pin(watched(app)) };
    /// After so many seconds without renewal the lease is free.
    const FREE: i64 = 60 + LEASE_SECONDS + 1;

    fn own(db: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
        let mut own = crate::tests::own(db);
        own.push(Arc::new(Probe::default()));
        own
    }

    /// Until when somebody has the lease of the sweep; 0: nobody has taken it yet.
    async fn renewed_until(app: &App) -> i64 {
        const UNTIL: storage::Sql =
            storage::Sql { name: "UNTIL", text: "SELECT lease_until FROM leases WHERE name = $1" };
        let row = app.db.find(UNTIL, storage::args![SWEEP.name]).await.expect("the engine answers");
        row.map_or(0, |row| row.int("lease_until").expect("a number"))
    }

    async fn round(app: &App, node: &str) -> bool {
        one_round(app, SWEEP, node, Duration::ZERO).await.expect("the engine answers")
    }

    #[tokio::test]
    async fn a_site_where_nothing_happens_writes_nothing() {
        for site in testkit::sites_with(AREAS, own, None).await {
            let (app, units) = (&site.app, || site.app.db.stats().units);
            let readers: Vec<_> = AREAS.iter().flat_map(|it| (it.readers)(app)).collect();
            let look = async || {
                let mut taken = 0;
                for reader in &readers {
                    taken += read_once(app, reader.as_ref(), "a").await.expect("the reader reads");
                }
                taken + deliver_once(app, &[], "a").await.expect("the outbox is looked at")
            };
            site.settle(AREAS).await;
            let before = units();
            assert_eq!((look().await, units() - before), (0, 0), "{}: nothing happened", site.engine);
            let mut unit = storage::Unit::new(&app.system("test"));
            let head = journal::append(&mut unit, &app.system("test"), &Head::none(), ("test:1", "test.happened"), &1);
            head.expect("an entry");
            assert_eq!(app.db.commit(unit).await.expect("the engine answers"), storage::Commit::Done);
            journal::Sequencer { holder: "a".to_owned() }.run(&app.db, &app.system("test")).await.expect("numbered");
            assert_eq!(look().await, readers.len(), "{}: each reader takes what happened", site.engine);
        }
    }

    #[tokio::test]
    async fn of_two_servers_one_goes_round_and_the_other_rests_until_the_next_time() {
        for site in testkit::sites_with(AREAS, own, None).await {
            let (app, probe) = (&site.app, site.app.part::<Probe>().expect("the probe"));
            probe.open.store(true, SeqCst);
            for n in 1..=10 {
                let (a, b) = tokio::join!(round(app, "a"), round(app, "b"));
                assert!(a != b, "{}: exactly one", site.engine);
                assert_eq!(probe.ended.load(SeqCst), n, "{}", site.engine);
                let other = if a { "b" } else { "a" };
                assert!(!round(app, other).await, "{}: the other rests until the next round", site.engine);
                site.clock.seconds(FREE);
            }
            assert_eq!(probe.most.load(SeqCst), 1, "{}", site.engine);
        }
    }

    #[tokio::test]
    async fn a_round_that_takes_longer_than_its_lease_keeps_it() {
        for site in testkit::sites_with(AREAS, own, None).await {
            let (app, probe) = (&site.app, site.app.part::<Probe>().expect("the probe"));
            let others = async {
                for _ in 0..5 {
                    while renewed_until(app).await < app.clock.now().micros() + (FREE - 1) * 1_000_000 {
                        tokio::task::yield_now().await;
                    }
                    site.clock.seconds(FREE - 2);
                    assert!(!round(app, "b").await, "{}: a is still at it", site.engine);
                }
                probe.open.store(true, SeqCst);
            };
            let (a, ()) = tokio::join!(round(app, "a"), others);
            assert!(a && probe.most.load(SeqCst) == 1, "{}", site.engine);
        }
    }

    #[tokio::test]
    async fn the_lease_of_a_server_that_died_passes_on_and_a_server_that_lost_it_stops() {
        for site in testkit::sites_with(AREAS, own, None).await {
            let (app, probe) = (&site.app, site.app.part::<Probe>().expect("the probe"));
            {
                let mut dying = std::pin::pin!(round(app, "a"));
                while probe.looks.load(SeqCst) == 0 {
                    let _ = tokio::time::timeout(Duration::ZERO, &mut dying).await;
                }
            }
            assert_eq!(probe.now.load(SeqCst), 0, "{}: it died in the midst", site.engine);
            assert!(!round(app, "b").await, "{}: nobody knows yet", site.engine);
            site.clock.seconds(FREE);
            let mut slow = std::pin::pin!(round(app, "b"));
            while probe.now.load(SeqCst) == 0 {
                let _ = tokio::time::timeout(Duration::ZERO, &mut slow).await;
            }
            // Asleep for longer than its lease, while a is there again and takes over.
            site.clock.seconds(FREE);
            probe.open.store(true, SeqCst);
            assert!(round(app, "a").await, "{}: it passes on", site.engine);
            probe.open.store(false, SeqCst);
            assert!(!slow.await, "{}: b stops where it is", site.engine);
            assert_eq!((probe.now.load(SeqCst), probe.ended.load(SeqCst)), (0, 1), "{}", site.engine);
        }
    }
}
