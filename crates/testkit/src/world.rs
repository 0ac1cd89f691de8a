//! A fixed noon, seeded chance, and a database of one's own.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use kernel::{Clock, Moment, Random};
use storage::{Migration, Settings, testing::server_statement};
use tokio::sync::Mutex;

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

/// The fonts within the program, read once for all sites of a process: reading them took a tenth of a test's time.
///
/// # Panics
/// If they are damaged.
#[must_use]
pub fn fonts() -> Arc<papers::Fonts> {
    static FONTS: std::sync::Mutex<Option<Arc<papers::Fonts>>> = std::sync::Mutex::new(None);
    let mut read = FONTS.lock().expect("fonts that were read");
    Arc::clone(read.get_or_insert_with(|| Arc::new(papers::Fonts::embedded().expect("the embedded fonts"))))
}

/// A database that is gone when this is dropped.
pub struct Database {
    drop: Option<(String, String)>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = self.drop.take() {
            // Its connections may still be closing: leave it to the server, which the test run throws away as a whole.
            let _ = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                runtime.block_on(server_statement(&server, &sql))
            })
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
pub async fn fresh_database(engine: &str, folder: &Path) -> Option<(Settings, Database)> {
    if engine == "sqlite" {
        return Some((Settings::sqlite(folder), Database { drop: None }));
    }
    Some(of_server(&postgres_url()?, folder, None).await)
}

/// As [`fresh_database`], with these migrations applied. They are applied once, to a template, and each test gets a copy: applying them took
/// a third of its time. On PostgreSQL the template stays on the server under a name made from them; on SQLite it is this process's.
///
/// # Panics
/// If the server does not make one.
pub(crate) async fn migrated_database(
    engine: &str,
    folder: &Path,
    migrations: &[Migration],
) -> Option<(Settings, Database)> {
    let mut hasher = DefaultHasher::new();
    migrations.iter().for_each(|it| (it.area, it.number, it.sql).hash(&mut hasher));
    if engine == "sqlite" {
        copy_files(hasher.finish(), folder, migrations).await;
        return fresh_database(engine, folder).await;
    }
    let server = postgres_url()?;
    let template = format!("yw_template_{:016x}", hasher.finish());
    let mut known = TEMPLATES.lock().await;
    if !known.contains(&template) {
        if !is_there(&server, &template).await {
            make_template(&server, &template, (folder, migrations)).await;
        }
        known.insert(template.clone());
    }
    drop(known);
    Some(of_server(&server, folder, Some(&template)).await)
}

/// Names and bytes of the files of a database.
type Files = Arc<[(OsString, Vec<u8>)]>;

/// Files of databases that have migrations applied, by what was made of these.
static FILES: Mutex<BTreeMap<u64, Files>> = Mutex::const_new(BTreeMap::new());

/// Puts the files of a database with these migrations into the folder.
async fn copy_files(template: u64, folder: &Path, migrations: &[Migration]) {
    let mut known = FILES.lock().await;
    let files = match known.get(&template) {
        Some(files) => Arc::clone(files),
        None => Arc::clone(known.entry(template).or_insert(database_files(migrations).await)),
    };
    drop(known);
    for (name, bytes) in files.iter() {
        std::fs::write(folder.join(name), bytes).expect("a file of the database is written");
    }
}

async fn database_files(migrations: &[Migration]) -> Files {
    let folder = tempfile::tempdir().expect("a folder of its own");
    let db = storage::Db::open(&Settings::sqlite(folder.path())).await.expect("the database opens");
    db.migrate(migrations).await.expect("migrations apply");
    db.close().await.expect("the database closes");
    let made = std::fs::read_dir(folder.path()).expect("the folder is read").map(|it| it.expect("a file"));
    made.map(|it| (it.file_name(), std::fs::read(it.path()).expect("a file is read"))).collect()
}

/// The templates that are known to be there.
static TEMPLATES: Mutex<BTreeSet<String>> = Mutex::const_new(BTreeSet::new());

/// Made under another name first: what has the template's name is whole, and who makes it in another process at the same time loses nothing.
async fn make_template(server: &str, template: &str, (folder, migrations): (&Path, &[Migration])) {
    let (settings, made) = of_server(server, folder, None).await;
    let db = storage::Db::open(&settings).await.expect("the database opens");
    db.migrate(migrations).await.expect("migrations apply");
    drop(db);
    let (_, name) = made.drop.as_ref().expect("a database of the server");
    let rename = format!("ALTER DATABASE {name} RENAME TO {template}");
    if let Err(error) = server_statement(server, &rename).await {
        assert!(is_there(server, template).await, "no template of the database: {error}");
    }
}

/// Whether the server has this template.
async fn is_there(server: &str, template: &str) -> bool {
    // A statement that does nothing to it, and fails without it.
    server_statement(server, &format!("ALTER DATABASE {template} SET synchronous_commit = off")).await.is_ok()
}

/// A database of the server, empty or a copy.
async fn of_server(server: &str, folder: &Path, template: Option<&str>) -> (Settings, Database) {
    let mut random = [0; 8];
    kernel::SystemRandom.fill(&mut random);
    let name = format!("yw_{:016x}", u64::from_le_bytes(random));
    let copy = template.map(|it| format!(" TEMPLATE {it}")).unwrap_or_default();
    // What a test writes need not outlive a power cut: no commit waits for the disk.
    let made = [format!("CREATE DATABASE {name}{copy}"), format!("ALTER DATABASE {name} SET synchronous_commit = off")];
    for sql in made {
        server_statement(server, &sql).await.expect("the server makes a database");
    }
    let base = server.rsplit_once('/').map_or(server, |it| it.0);
    let settings = Settings { connections: 6, ..Settings::postgres(format!("{base}/{name}"), folder) };
    (settings, Database { drop: Some((server.to_owned(), name)) })
}
