//! The one thread that writes to SQLite. Units that wait share one COMMIT, and so one wait for the disk.

use std::{fs::File, thread, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use kernel::{Error, Result};
use tokio::sync::oneshot;

use super::{
    copier::Copier,
    session::{self, Session},
};
use crate::{Commit, Unit};

/// Jobs that may wait; one more is told that the site is busy.
pub(super) const QUEUE: usize = 4_096;
/// Units that share a COMMIT at most.
const GROUP_UNITS: usize = 256;
/// Statements that share a COMMIT at most, but for a longer unit that came first.
const GROUP_STEPS: usize = 4_000;
/// After so long without work the log is emptied, if all of it has been copied into the database.
const IDLE: Duration = Duration::from_millis(100);
/// After so long it is tried again, if a long reader stood in the way.
const STILL_IDLE: Duration = Duration::from_secs(5);

/// Work that needs the writer's connection outside of a unit: migrations, the pragmas of a restore.
pub(super) type Alone = Box<dyn FnOnce(&Session) -> Result<()> + Send>;

/// What the writer is asked to do.
pub(super) enum Job {
    /// Carry out a unit.
    Unit(Unit, Reply),
    /// Do this alone, between two groups.
    Alone(Alone, oneshot::Sender<Result<()>>),
    /// Finish what came before and end.
    Stop,
}

impl Job {
    /// Tells whoever asked that the site is stopping.
    fn refuse(self) {
        match self {
            Self::Unit(_, reply) => drop(reply.send(Err(Error::Busy))),
            Self::Alone(_, reply) => drop(reply.send(Err(Error::Busy))),
            Self::Stop => {}
        }
    }
}

/// Whom to tell.
type Reply = oneshot::Sender<Result<Commit>>;

/// A unit of a group, how it fared, and whom to tell after COMMIT.
struct Asked {
    unit: Unit,
    outcome: Result<Commit>,
    reply: Reply,
}

/// The one that writes.
pub(super) struct Writer {
    pub(super) session: Session,
    pub(super) jobs: Receiver<Job>,
    pub(super) copier: Copier,
    pub(super) pause_after_commit: Duration,
    /// Keeps other programs from writing, until the writer has let go of the file.
    pub(super) _lock: File,
}

impl Writer {
    /// Works until told to stop, or until nobody is left who could ask.
    pub(super) fn run(mut self) {
        let mut next = self.jobs.recv().ok();
        while let Some(job) = next {
            next = match job {
                Job::Stop => break,
                Job::Alone(work, reply) => {
                    let _ = reply.send(work(&self.session));
                    self.copier.wrote(1);
                    None
                }
                Job::Unit(unit, reply) => self.group(unit, reply),
            };
            next = next.or_else(|| self.wait());
        }
        for job in self.jobs.try_iter() {
            job.refuse();
        }
        self.copier.stop();
        if !self.checkpoint() {
            tracing::warn!("a reader kept the log of SQLite from being emptied; the next start does so");
        }
    }

    /// The next job; empties the log if none comes soon and all of it is in the database.
    fn wait(&self) -> Option<Job> {
        let mut idle = IDLE;
        loop {
            match self.jobs.recv_timeout(idle) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if !self.copier.is_done() => self.shorten(),
                Err(RecvTimeoutError::Timeout) if self.tidy() => return self.jobs.recv().ok(),
                Err(RecvTimeoutError::Timeout) => idle = STILL_IDLE,
            }
        }
    }

    /// Copies the log into the database and cuts it to nothing, so that what was erased is in neither; whether that was possible
    /// without waiting for a reader.
    fn tidy(&self) -> bool {
        let connection = &self.session.connection;
        let emptied = connection.busy_timeout(Duration::ZERO).is_ok() && self.checkpoint();
        if let Err(error) = connection.busy_timeout(session::BUSY_TIMEOUT) {
            tracing::warn!(%error, "the writer of SQLite waits for nobody from now on");
        }
        emptied
    }

    /// Carries out this unit and those that wait, and answers after their common COMMIT.
    ///
    /// Units run bare, which spares setting aside every page that each of them touches. Once one fails half-way, the group so far is
    /// undone and carried out again, from then on with each unit in a savepoint of its own.
    ///
    /// Returns the job that ended the group, if one did.
    fn group(&mut self, unit: Unit, reply: Reply) -> Option<Job> {
        if let Err(error) = self.session.say("BEGIN IMMEDIATE") {
            let _ = reply.send(Err(session::failed("BEGIN", &error)));
            return None;
        }
        let mut group: Vec<Asked> = Vec::new();
        let (mut steps, mut apart) = (0, false);
        let mut next = Some(Job::Unit(unit, reply));
        while let Some(Job::Unit(unit, reply)) = next {
            steps += unit.steps().len();
            let bare = if apart { None } else { self.bare(&unit) };
            let outcome = bare.unwrap_or_else(|| {
                if !apart {
                    self.again(&mut group);
                }
                apart = true;
                self.apart(&unit)
            });
            group.push(Asked { unit, outcome, reply });
            let full = group.len() >= GROUP_UNITS || steps >= GROUP_STEPS || self.session.connection.is_autocommit();
            next = if full { None } else { self.waiting() };
        }
        let committed = self.commit();
        self.copier.wrote(steps);
        if !self.pause_after_commit.is_zero() {
            thread::sleep(self.pause_after_commit);
        }
        for asked in group {
            // Who asked may have gone; what it asked for stands all the same.
            let _ = asked.reply.send(match &committed {
                Ok(()) => asked.outcome,
                Err(error) => Err(session::failed("COMMIT", error)),
            });
        }
        self.shorten();
        next
    }

    /// Copies the last part of a long log, which came while the copier copied the rest: the next unit then begins the log anew.
    fn shorten(&self) {
        if self.copier.finds_log_long() {
            let copied = self.session.copy_log();
            if let Err(error) = &copied {
                tracing::warn!(%error, "the log of SQLite goes on growing");
            }
            self.copier.goes_on(matches!(copied, Ok(Some(_))));
        }
    }

    /// Carries out a unit without a savepoint; `None`: it failed half-way, and what it did must be undone.
    fn bare(&mut self, unit: &Unit) -> Option<Result<Commit>> {
        let before = self.session.connection.total_changes();
        let outcome = self.steps(unit);
        let whole = matches!(outcome, Ok(Commit::Done)) || self.session.connection.total_changes() == before;
        whole.then_some(outcome)
    }

    /// Undoes the whole group and carries it out again, each unit apart.
    fn again(&mut self, group: &mut [Asked]) {
        if !self.session.connection.is_autocommit() {
            self.undo("ROLLBACK");
        }
        if let Err(error) = self.session.say("BEGIN IMMEDIATE") {
            // COMMIT will fail too, and everybody is told.
            tracing::error!(%error, "BEGIN failed after a unit was undone");
        }
        for asked in group {
            asked.outcome = self.apart(&asked.unit);
        }
    }

    /// The next job, if one waits. Those just answered ask again at once: giving way to them for a moment makes the group whole,
    /// where a smaller one would pay for a COMMIT of its own.
    fn waiting(&self) -> Option<Job> {
        self.jobs.try_recv().ok().or_else(|| {
            thread::yield_now();
            self.jobs.try_recv().ok()
        })
    }

    /// After a disk error SQLite has already undone the whole transaction; then there is nothing to commit, and it fails here.
    fn commit(&self) -> rusqlite::Result<()> {
        self.session.say("COMMIT").inspect_err(|_| {
            if !self.session.connection.is_autocommit() {
                self.undo("ROLLBACK");
            }
        })
    }

    /// Carries out a unit so that its failing touches no other of the group.
    fn apart(&mut self, unit: &Unit) -> Result<Commit> {
        if self.session.connection.is_autocommit() {
            // A savepoint outside of a transaction would be one, and commit by itself.
            return Err(Error::internal("the group of units is undone"));
        }
        self.session.say("SAVEPOINT unit").map_err(|error| session::failed("SAVEPOINT", &error))?;
        let outcome = self.steps(unit);
        if !matches!(outcome, Ok(Commit::Done)) && !self.undo("ROLLBACK TO unit") {
            // Half of a unit must not stand: nothing of the group does.
            self.undo("ROLLBACK");
            return outcome;
        }
        match self.session.say("RELEASE unit") {
            Err(error) if outcome.is_ok() => Err(session::failed("RELEASE", &error)),
            _ => outcome,
        }
    }

    fn steps(&mut self, unit: &Unit) -> Result<Commit> {
        for step in unit.steps() {
            let (sql, _, wanted) = step.parts();
            match self.session.step(step) {
                Ok(rows) if wanted.is_none_or(|wanted| wanted == rows) => {}
                Ok(_) => return Ok(Commit::Lost { guard: step.guard() }),
                Err(error) if session::is_duplicate(&error) => return Ok(Commit::Lost { guard: step.guard() }),
                Err(error) => return Err(session::failed(sql.name, &error)),
            }
        }
        Ok(Commit::Done)
    }

    /// Whether it was undone.
    fn undo(&self, text: &'static str) -> bool {
        let undone = self.session.say(text);
        if let Err(error) = &undone {
            tracing::error!(%error, "{text} failed");
        }
        undone.is_ok()
    }

    /// Whether all of the log is in the database and the log is empty.
    fn checkpoint(&self) -> bool {
        let asked =
            self.session.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        match asked {
            Ok(busy) => busy == 0,
            Err(error) => {
                tracing::warn!(%error, "the checkpoint failed; it is tried again");
                false
            }
        }
    }
}
