//! How a unit is carried out on PostgreSQL: BEGIN and all statements leave in one packet, COMMIT in a second.

use std::{
    borrow::Cow,
    future::{Future, poll_fn},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    task::Poll,
    time::Duration,
};

use futures_util::future::maybe_done;
use kernel::{Error, Result};
use tokio::time::sleep;
use tokio_postgres::Statement;

use super::{Loan, Postgres, failure::Failure, value};
use crate::{Commit, Step, Unit};

/// A unit is tried so often: after a collision with another transaction, or with a server that is starting again.
const TRIES: u32 = 8;
/// The pause before the second try; it doubles with each further one, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(4);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Why a try has no outcome.
struct Trouble {
    failure: Failure,
    /// The answer was lost after the unit could have been committed.
    may_stand: bool,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { failure, may_stand: false }
    }
}

/// Carries out the unit, again if the server asks for it or its answer was lost.
pub(super) async fn commit(database: &Postgres, unit: &Unit) -> Result<Commit> {
    let mut may_stand = false;
    for attempt in 0..TRIES {
        if attempt > 0 {
            sleep(pause(unit, attempt)).await;
        }
        if may_stand {
            match stands(database, unit).await {
                Ok(true) => return Ok(Commit::Done),
                Ok(false) => {}
                // Until the evidence was looked at nothing is known, least of all that nothing was done.
                Err(_) => continue,
            }
        }
        match once(database, unit).await {
            // A lost guard may be our own doing: the first try was committed after all, just after we asked.
            Ok(Commit::Lost { guard }) if may_stand => match stands(database, unit).await {
                Ok(true) => return Ok(Commit::Done),
                Ok(false) => return Ok(Commit::Lost { guard }),
                Err(_) => {}
            },
            Ok(outcome) => return Ok(outcome),
            Err(Trouble { may_stand: true, .. }) if unit.evidence.is_none() => {
                let id = unit.id;
                return Err(Error::internal(format!("the answer to unit {id} was lost and it has no evidence")));
            }
            Err(trouble) if trouble.may_stand => may_stand = true,
            Err(Trouble { failure, .. }) if failure.is_collision() || failure.is_lost() => {}
            Err(_) if may_stand => {}
            Err(Trouble { failure, .. }) => return Err(failure.into_error()),
        }
    }
    match may_stand {
        true => Err(Error::internal(format!("the answer to unit {} was lost and the server is away", unit.id))),
        false => Err(Error::Busy),
    }
}

/// Units that collided must not meet again: each pauses for a time of its own.
fn pause(unit: &Unit, attempt: u32) -> Duration {
    let mut hasher = DefaultHasher::new();
    (unit.id, attempt).hash(&mut hasher);
    let longest = FIRST_PAUSE.saturating_mul(1 << attempt).min(LONGEST_PAUSE);
    let share = u32::try_from(hasher.finish() % 1_000).unwrap_or_default();
    longest / 2 + longest * share / 2_000
}

/// Whether the evidence of the unit is there.
async fn stands(database: &Postgres, unit: &Unit) -> Result<bool, Failure> {
    let Some((sql, args)) = &unit.evidence else { return Ok(false) };
    Ok(!database.try_query(sql.name, sql.text, args).await?.is_empty())
}

async fn once(database: &Postgres, unit: &Unit) -> Result<Commit, Trouble> {
    let mut loan = database.lend().await?;
    let outcome = match unit.steps() {
        [step] => alone(&loan, step).await,
        steps => together(&loan, steps).await,
    };
    // Only an outcome says that the transaction has ended.
    loan.in_order = outcome.is_ok();
    if !database.pause_after_commit.is_zero() {
        sleep(database.pause_after_commit).await;
    }
    outcome
}

/// One statement is a transaction of its own, in one round trip; so that too many rows undo it too, it counts them itself.
async fn alone(loan: &Loan, step: &Step) -> Result<Commit, Trouble> {
    let (sql, args, wanted) = step.parts();
    let Some(text) = counting_itself(step) else { return together(loan, std::slice::from_ref(step)).await };
    let failed = |error| Failure::Statement(sql.name, error);
    let statement = loan.prepare_cached(&text).await.map_err(failed)?;
    let args = value::bound(args);
    match loan.execute_raw(&statement, &args).await.map_err(failed) {
        Ok(_) => Ok(Commit::Done),
        Err(failure) if failure.is_duplicate() => Ok(Commit::Lost { guard: step.guard() }),
        Err(failure) if wanted.is_some() && failure.is_division_by_zero() => Ok(Commit::Lost { guard: step.guard() }),
        Err(failure) => Err(Trouble { may_stand: failure.is_lost(), failure }),
    }
}

/// The text that fails, by a division by zero, unless exactly the wanted rows were touched; `None` if it cannot be so written.
fn counting_itself(step: &Step) -> Option<Cow<'static, str>> {
    let (sql, _, wanted) = step.parts();
    let Some(wanted) = wanted else { return Some(Cow::Borrowed(sql.text)) };
    let text = sql.text.to_ascii_uppercase();
    let plain = !text.contains("RETURNING") && !text.contains('/') && !text.contains("--");
    let writes = ["INSERT", "UPDATE", "DELETE"].iter().any(|word| text.trim_start().starts_with(word));
    (plain && writes).then(|| {
        let text = sql.text;
        let count = format!("SELECT 1 / CAST(count(*) = {wanted} AS INTEGER) FROM touched");
        Cow::Owned(format!("WITH touched AS ({text} RETURNING 1) {count}"))
    })
}

/// Many statements in one transaction.
async fn together(loan: &Loan, steps: &[Step]) -> Result<Commit, Trouble> {
    let mut prepared: Vec<Statement> = Vec::with_capacity(steps.len());
    for step in steps {
        let (sql, _, _) = step.parts();
        let statement = loan.prepare_cached(&text(step)).await;
        prepared.push(statement.map_err(|error| Failure::Statement(sql.name, error))?);
    }
    let begin = loan.batch_execute("BEGIN");
    let all = steps.iter().zip(&prepared).map(|(step, statement)| async move {
        let (_, args, _) = step.parts();
        loan.execute_raw(statement, &value::bound(args)).await
    });
    let (begun, answers) = sent_at_once(begin, all).await;
    begun.map_err(|error| Failure::Statement("BEGIN", error))?;
    match verdict(steps, answers)? {
        Commit::Done => match loan.batch_execute("COMMIT").await.map_err(|error| Failure::Statement("COMMIT", error)) {
            Ok(()) => Ok(Commit::Done),
            Err(failure) => Err(Trouble { may_stand: failure.is_lost(), failure }),
        },
        lost => {
            loan.batch_execute("ROLLBACK").await.map_err(|error| Failure::Statement("ROLLBACK", error))?;
            Ok(lost)
        }
    }
}

/// A row that was checked stays as it is until COMMIT.
fn text(step: &Step) -> Cow<'static, str> {
    match step {
        Step::Run { sql, .. } | Step::Expect { sql, .. } => Cow::Borrowed(sql.text),
        Step::Check { sql, .. } => Cow::Owned(format!("{} FOR SHARE", sql.text)),
    }
}

/// The first statement that went wrong decides; those after it only say that the transaction was aborted.
fn verdict(steps: &[Step], answers: Vec<Result<u64, tokio_postgres::Error>>) -> Result<Commit, Failure> {
    for (step, answer) in steps.iter().zip(answers) {
        let (sql, _, wanted) = step.parts();
        match answer.map_err(|error| Failure::Statement(sql.name, error)) {
            Ok(rows) if wanted.is_none_or(|wanted| wanted == rows) => {}
            Ok(_) => return Ok(Commit::Lost { guard: step.guard() }),
            Err(failure) if failure.is_duplicate() => return Ok(Commit::Lost { guard: step.guard() }),
            Err(failure) => return Err(failure),
        }
    }
    Ok(Commit::Done)
}

/// Sends `first` and then each of `rest` without waiting for an answer in between, and then takes the answers in order.
async fn sent_at_once<A: Future, B: Future>(first: A, rest: impl Iterator<Item = B>) -> (A::Output, Vec<B::Output>) {
    let mut first = Box::pin(maybe_done(first));
    let mut rest: Vec<_> = rest.map(|it| Box::pin(maybe_done(it))).collect();
    poll_fn(|cx| {
        // The driver sends a statement when it is first polled, in that order.
        let _ = first.as_mut().poll(cx);
        for it in &mut rest {
            let _ = it.as_mut().poll(cx);
        }
        Poll::Ready(())
    })
    .await;
    first.as_mut().await;
    let mut answers = Vec::with_capacity(rest.len());
    for mut it in rest {
        it.as_mut().await;
        answers.extend(it.as_mut().take_output());
    }
    match first.as_mut().take_output() {
        Some(answer) => (answer, answers),
        None => unreachable!("a future that was awaited has its output"),
    }
}
