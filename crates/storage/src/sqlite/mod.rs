//! SQLite in the data folder: one writer with group commit, one that copies its log, and readers on connections of their own.

mod copier;
mod session;
mod waiting;
mod writer;

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Sender, TrySendError};
use kernel::{Error, Result};
use tokio::{
    sync::{Semaphore, oneshot},
    task,
};

use self::{
    copier::Copier,
    session::{Role, Session},
    waiting::Waiting,
    writer::{Alone, Job, Writer},
};
use crate::{Commit, Row, Settings, Sql, Unit, Value, dialect};

/// The database's name in the data folder.
const FILE: &str = "yiwang.db";
/// Held while a program may write to the folder.
const LOCK: &str = "yiwang.lock";

/// The database in a data folder.
pub(crate) struct Sqlite {
    readers: Arc<Readers>,
    free: Arc<Semaphore>,
    waiting: Waiting,
    writer: Option<WriterThread>,
}

/// Connections that read, and are free. There are no more than were wanted at once.
struct Readers {
    file: PathBuf,
    free: Mutex<Vec<Session>>,
}

impl Readers {
    /// The first tells whether the file can be read.
    fn open(file: PathBuf) -> Result<Self> {
        let first = Session::open(&file, Role::Reader)?;
        Ok(Self { file, free: Mutex::new(vec![first]) })
    }

    /// Works with the reader that was free last, whose pages are the freshest; the answer, and how long it took.
    fn lend<T>(&self, work: impl FnOnce(&mut Session) -> T) -> Result<(T, Duration)> {
        let taken = lock_of(&self.free).pop();
        let mut session = taken.map_or_else(|| Session::open(&self.file, Role::Reader), Ok)?;
        let begun = Instant::now();
        let answer = work(&mut session);
        let time = begun.elapsed();
        lock_of(&self.free).push(session);
        Ok((answer, time))
    }
}

/// How to reach the writer, and to wait for its end.
struct WriterThread {
    jobs: Sender<Job>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens or makes the database; no other program may write to the folder from then on.
    pub(crate) fn open(settings: &Settings) -> Result<Self> {
        std::fs::create_dir_all(&settings.folder).map_err(|error| no_folder(&settings.folder, &error))?;
        let lock = lock(&settings.folder)?;
        let file = settings.folder.join(FILE);
        let session = Session::open(&file, Role::Writer)?;
        let copier = Copier::start(Session::open(&file, Role::Copier)?)?;
        let (sender, jobs) = crossbeam_channel::bounded(writer::QUEUE);
        let writer = Writer { session, jobs, copier, pause_after_commit: settings.pause_after_commit, _lock: lock };
        let thread = thread::Builder::new().name("sqlite-writer".to_owned()).spawn(move || writer.run());
        let thread = Mutex::new(Some(thread.map_err(Error::internal)?));
        let mut opened = Self::open_for_reading(settings)?;
        opened.writer = Some(WriterThread { jobs: sender, thread });
        Ok(opened)
    }

    /// Whether another program may write to the folder now.
    pub(crate) fn is_open_elsewhere(settings: &Settings) -> Result<bool> {
        let path = settings.folder.join(LOCK);
        if !path.exists() {
            return Ok(false);
        }
        let file = File::options().write(true).open(&path).map_err(|error| no_folder(&settings.folder, &error))?;
        Ok(matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Opens an existing database beside the program that may write to it.
    pub(crate) fn open_for_reading(settings: &Settings) -> Result<Self> {
        let readers = Readers::open(settings.folder.join(FILE))?;
        let free = Arc::new(Semaphore::new(settings.connections.max(1)));
        Ok(Self { free, readers: Arc::new(readers), waiting: Waiting::default(), writer: None })
    }

    /// Rows that answer; read on the caller's own thread, which costs less than handing it to another, unless reads wait for the disk.
    pub(crate) async fn query(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        if !self.waiting.is_expected() {
            return self.read(|session| session.query(sql, &args)).await;
        }
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(|_| Error::Busy)?;
        let readers = Arc::clone(&self.readers);
        let read = task::spawn_blocking(move || {
            let answer = readers.lend(|session| session.query(sql, &args));
            drop(permit);
            answer
        });
        let (answer, time) = read.await.map_err(Error::internal)??;
        self.waiting.took(time);
        answer
    }

    /// Rows that answer a statement made up by this crate.
    pub(crate) async fn query_text(&self, text: &str, args: &[Value]) -> Result<Vec<Row>> {
        self.read(|session| session.query_text(text, args)).await
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(&self, sql: Sql) -> Result<()> {
        self.read(|session| session.prepare(sql)).await
    }

    /// How SQLite would go about a statement; for tests.
    pub(crate) async fn plan(&self, sql: Sql) -> Result<Vec<String>> {
        self.read(|session| session.plan(sql)).await
    }

    async fn read<T>(&self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        let _permit = self.free.acquire().await.map_err(|_| Error::Busy)?;
        let (answer, time) = self.readers.lend(work)?;
        self.waiting.took(time);
        answer
    }

    /// Hands the unit to the writer and waits for the COMMIT that carries it.
    pub(crate) async fn commit(&self, unit: Unit) -> Result<Commit> {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Unit(unit, reply))?;
        answer.await.map_err(|_| Error::internal("the writer of SQLite ended without an answer"))?
    }

    /// Does this on the writer's connection, between two units.
    async fn alone(&self, work: Alone) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Alone(work, reply))?;
        answer.await.map_err(|_| Error::internal("the writer of SQLite ended without an answer"))?
    }

    fn ask(&self, job: Job) -> Result<()> {
        let writer = self.writer.as_ref().ok_or_else(|| Error::refused("数据库以只读方式打开，不能写入。"))?;
        match writer.jobs.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Error::Busy),
        }
    }

    /// Applies a migration and its record in one transaction, unless somebody else did so meanwhile.
    pub(crate) async fn migrate(&self, ddl: &'static str, record: String) -> Result<()> {
        self.alone(Box::new(move |session| {
            session.say("BEGIN IMMEDIATE").map_err(|error| session::failed("BEGIN", &error))?;
            apply(session, &dialect::ddl(ddl), &record).map_err(|error| {
                if let Err(error) = session.say("ROLLBACK") {
                    tracing::error!(%error, "ROLLBACK of a migration failed");
                }
                session::failed("migration", &error)
            })
        }))
        .await
    }

    /// Makes what is not there yet.
    pub(crate) async fn make(&self, ddl: &'static str) -> Result<()> {
        let text = dialect::ddl(ddl);
        self.alone(Box::new(move |session| {
            session.connection.execute_batch(&text).map_err(|error| session::failed("migration", &error))
        }))
        .await
    }

    /// Stops asking that references lead to rows.
    pub(crate) async fn loosen_references(&self) -> Result<()> {
        self.alone(Box::new(|session| {
            let said = session.connection.execute_batch("PRAGMA foreign_keys = OFF");
            said.map_err(|error| session::failed("PRAGMA foreign_keys", &error))
        }))
        .await
    }

    /// Asks so again, also of what is there.
    pub(crate) async fn fasten_references(&self) -> Result<()> {
        self.alone(Box::new(|session| {
            let said = session.connection.execute_batch("PRAGMA foreign_keys = ON");
            said.map_err(|error| session::failed("PRAGMA foreign_keys", &error))?;
            match session.query_text("PRAGMA foreign_key_check", &[])?.first() {
                Some(row) => Err(Error::internal(format!("a reference of table {} leads nowhere", row.text("table")?))),
                None => Ok(()),
            }
        }))
        .await
    }

    /// One moment of the database, on a connection of its own.
    pub(crate) async fn snapshot(&self) -> Result<SqliteSnapshot> {
        let file = self.readers.file.clone();
        let opened = task::spawn_blocking(move || {
            let session = Session::open(&file, Role::Reader)?;
            // The moment is that of the first read, not of BEGIN.
            let begun = session.connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;");
            begun.map_err(|error| session::failed("BEGIN", &error))?;
            Ok(SqliteSnapshot { session: Arc::new(Mutex::new(session)) })
        });
        opened.await.map_err(Error::internal)?
    }

    /// Finishes what was asked for, and copies the log into the database.
    pub(crate) async fn close(&self) -> Result<()> {
        let Some(writer) = &self.writer else { return Ok(()) };
        let thread = lock_of(&writer.thread).take();
        let jobs = writer.jobs.clone();
        let ended = task::spawn_blocking(move || end(&jobs, thread));
        ended.await.map_err(Error::internal)
    }
}

/// Whoever drops the last handle waits until the writer has let go of the file.
impl Drop for Sqlite {
    fn drop(&mut self) {
        if let Some(writer) = &self.writer {
            lock_of(&self.readers.free).clear();
            end(&writer.jobs, lock_of(&writer.thread).take());
        }
    }
}

/// The record goes first: if somebody else was faster, its key refuses ours before any table is touched.
fn apply(session: &Session, ddl: &str, record: &str) -> rusqlite::Result<()> {
    match session.connection.execute_batch(record) {
        Err(error) if session::is_duplicate(&error) => return session.say("ROLLBACK"),
        recorded => recorded?,
    }
    session.connection.execute_batch(ddl)?;
    session.say("COMMIT")
}

fn end(jobs: &Sender<Job>, thread: Option<JoinHandle<()>>) {
    if let Some(thread) = thread {
        let _ = jobs.send(Job::Stop);
        if thread.join().is_err() {
            tracing::error!("the writer of SQLite had panicked");
        }
    }
}

/// One moment of the database; read on threads that may block, since its answers are long.
pub(crate) struct SqliteSnapshot {
    session: Arc<Mutex<Session>>,
}

impl SqliteSnapshot {
    /// Rows that answer, as of this moment.
    pub(crate) async fn query(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        self.work(move |session| session.query(sql, &args)).await
    }

    /// Rows that answer a statement made up by this crate, as of this moment.
    pub(crate) async fn query_text(&self, text: String, args: Vec<Value>) -> Result<Vec<Row>> {
        self.work(move |session| session.query_text(&text, &args)).await
    }

    async fn work<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Session) -> Result<T> + Send + 'static,
    {
        let session = Arc::clone(&self.session);
        let done = task::spawn_blocking(move || work(&mut lock_of(&session)));
        done.await.map_err(Error::internal)?
    }
}

fn lock_of<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock ends with the process, however that ends.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|error| no_folder(folder, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::refused(format!(
            "数据文件夹「{}」正被另一个一网程序使用，同一时间只能有一个程序写入。请先停止那个程序，或换一个数据文件夹。",
            folder.display()
        ))),
        Err(TryLockError::Error(error)) => Err(no_folder(folder, &error)),
    }
}

fn no_folder(folder: &Path, error: &std::io::Error) -> Error {
    Error::refused(format!("数据文件夹「{}」不能使用：{error}。请检查路径和读写权限。", folder.display()))
}
