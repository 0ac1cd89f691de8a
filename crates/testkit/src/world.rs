//! A fixed noon, seeded chance, and a database of one's own.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use kernel::{Clock, Moment, Random};
use storage::Settings;

/// Noon of Monday 2 March 2026 in China: a working day, far from any holiday.
pub const NOON: Moment = Moment::from_micros(1_772_424_000_000_000);

/// A clock that moves only when told.
#[derive(Debug)]
pub struct Ticker(AtomicI64);

impl Ticker {
    /// A clock that stands at this instant.
    #[must_use]
    pub fn at(start: Moment) -> Self {
        Self(AtomicI64::new(start.micros()))
    }

    /// Moves it on by so many hours.
    pub fn hours(&self, hours: i64) {
        self.0.fetch_add(hours * 3_600_000_000, Ordering::SeqCst);
    }

    /// Moves it on by so many seconds.
    pub fn seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, to: Moment) {
        self.0.store(to.micros(), Ordering::SeqCst);
    }
}

impl Clock for Ticker {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness that is the same in every run (SplitMix64).
#[derive(Debug)]
pub struct Draw(AtomicU64);

impl Draw {
    /// The sequence of this seed.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for Draw {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A database that is gone when this is dropped.
pub struct Database {
    drop: Option<(String, String)>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = self.drop.take() {
            // Its connections may still be closing: leave it to the server, which the test run throws away as a whole.
            let _ =
                std::thread::spawn(move || world_sql(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
                    .join();
        }
    }
}

/// The server of this test run, if there is one.
#[must_use]
pub fn postgres_url() -> Option<String> {
    std::env::var("TEST_PG").ok().filter(|it| !it.is_empty())
}

/// Settings of a fresh database of this engine; `None`: no such server at hand.
///
/// # Panics
/// If the server does not make one.
pub async fn fresh_database(engine: &str, folder: &std::path::Path) -> Option<(Settings, Database)> {
    if engine == "sqlite" {
        return Some((Settings::sqlite(folder), Database { drop: None }));
    }
    let server = postgres_url()?;
    let mut random = [0; 8];
    kernel::SystemRandom.fill(&mut random);
    let name = format!("yw_{:016x}", u64::from_le_bytes(random));
    // What a test writes need not outlive a power cut: no commit waits for the disk.
    let made = [format!("CREATE DATABASE {name}"), format!("ALTER DATABASE {name} SET synchronous_commit = off")];
    let at = server.clone();
    let make = move || made.iter().for_each(|sql| world_sql(&at, sql));
    tokio::task::spawn_blocking(make).await.expect("the server answers");
    let base = server.rsplit_once('/').map_or(server.as_str(), |it| it.0);
    let settings = Settings { connections: 6, ..Settings::postgres(format!("{base}/{name}"), folder) };
    Some((settings, Database { drop: Some((server, name)) }))
}

fn world_sql(server: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(storage::testing::server_statement(server, sql)).expect("the server carries out the statement");
}
