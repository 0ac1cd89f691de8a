//! Effects outside the database (mail, SMS, webhooks): rows written in the unit, sent after it, with retry and back-off.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use kernel::{Ctx, Error, Moment, Result};
use serde::Serialize;
use storage::{Commit, Db, Row, Unit, args, each};
use tokio::time::Instant;

use crate::{
    entry::{limit, to_json},
    store,
};

/// Tries of one message; after the last it is set aside.
pub const TRIES_MAX: i64 = 12;
/// The pause after the first failure, in seconds; it doubles with each.
pub const BACKOFF_FIRST: i64 = 30;
/// The longest pause, in seconds (six hours): twelve tries span about a day.
pub const BACKOFF_MAX: i64 = 6 * 3_600;
/// Messages tried in one round.
pub const ROUND: usize = 50;
/// Messages of which one round finds that they wait for another before them in their line.
const PARKED: usize = 1_000;
/// So long nobody looks at a message that waits for another, unless that one leaves the line: in seconds. Should it be forgotten, it is
/// found again by this.
pub const HELD_SECONDS: i64 = 86_400;
/// How long one try may take, in seconds.
pub const SEND_SECONDS: u64 = 60;
/// A round begins no further try after so many seconds.
const ROUND_SECONDS: u64 = 60;
/// How long a claim lasts, in seconds from the round's instant: longer than a round and its last try, so that no second process
/// begins meanwhile.
const CLAIM_SECONDS: i64 = 180;
/// The longest text kept of why a try failed, in characters.
const ERROR_MAX: usize = 500;
/// The guard that fails when another process claimed the message first.
const GUARD: &str = "outbox claim";
/// The guard that fails when a message was not set aside, or is no longer.
const ASIDE: &str = "outbox aside";

/// A message as its courier gets it.
#[derive(Debug, Clone)]
pub struct Message {
    /// Which courier it is for: `mail`, `sms`, `webhook`.
    pub kind: String,
    /// The receiver may see it twice; this key lets it tell.
    pub idempotency_key: String,
    /// What to send, as JSON; personal data only as sealed references.
    pub body: String,
    /// Which try this is, from 1.
    pub attempt: i64,
}

/// Sends messages of one kind.
#[async_trait]
pub trait Courier: Send + Sync {
    /// The kind it sends.
    fn kind(&self) -> &'static str;
    /// Sends one, within [`SEND_SECONDS`].
    ///
    /// # Errors
    /// It is tried again later, with back-off, up to a limit; then it is set aside and alarms. What the error says is kept and
    /// logged: no address, number or text of the message may stand in it.
    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()>;
}

/// Adds a message to the unit; the same key twice is one message.
///
/// # Errors
/// If `body` cannot be written as JSON or is larger than [`BODY_MAX`](crate::BODY_MAX).
pub fn enqueue(unit: &mut Unit, ctx: &Ctx, kind: &'static str, key: &str, body: &impl Serialize) -> Result<()> {
    enqueue_for(unit, (kind, key), body, ctx.now)
}

/// As [`enqueue`], to be sent from `due` on: what would wake somebody at night waits until the morning.
///
/// # Errors
/// As [`enqueue`].
pub fn enqueue_for(
    unit: &mut Unit,
    (kind, key): (&'static str, &str),
    body: &impl Serialize,
    due: Moment,
) -> Result<()> {
    unit.run(store::OUTBOX_ADD, args![key, kind, to_json(body)?, due, "", 0_i64]);
    Ok(())
}

/// As [`enqueue`], in a line of its own: messages of one line go out one after the other by their `turn`. One that fails holds back those
/// after it, and no other line; one that was set aside does so until it is sent [`again`] or given up ([`skip`]). An empty line is none.
///
/// # Errors
/// As [`enqueue`].
pub fn enqueue_in_line(
    unit: &mut Unit,
    ctx: &Ctx,
    (kind, key): (&'static str, &str),
    (line, turn): (&str, i64),
    body: &impl Serialize,
) -> Result<()> {
    unit.run(store::OUTBOX_ADD, args![key, kind, to_json(body)?, ctx.now, line, turn]);
    Ok(())
}

/// Of these messages those that are over: whether they were sent, not set aside, and when. What was sent long ago is
/// forgotten.
///
/// # Errors
/// If the engine fails.
pub async fn ended(db: &Db, keys: &[String]) -> Result<HashMap<String, (bool, Moment)>> {
    let rows = db.query(store::OUTBOX_ENDED, args![each(keys)]).await?;
    let read = |row: &Row| Ok((row.string("key")?, (row.text("state")? == "sent", row.moment("ended_at")?)));
    rows.iter().map(read).collect()
}

/// How a message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `waiting`, `sent`, `aside` after the last try, or `skipped` when somebody gave it up after that.
    pub state: String,
    /// Whether it waits for another one before it in its line.
    pub held: bool,
    /// Tries so far.
    pub attempts: i64,
    /// When the next try is due, of one that waits.
    pub due: Moment,
    /// Why the last try failed; empty if none did.
    pub error: String,
    /// When it was sent or set aside.
    pub ended_at: Option<Moment>,
}

/// How these messages stand. What was sent long ago is forgotten, and not among them.
///
/// # Errors
/// If the engine fails.
pub async fn standing(db: &Db, keys: &[String]) -> Result<HashMap<String, Standing>> {
    let read = |row: &Row| {
        let standing = Standing {
            state: row.string("state")?,
            held: row.int("held")? == 1,
            attempts: row.int("attempt")?,
            due: row.moment("due")?,
            error: row.opt_text("error")?.unwrap_or_default().to_owned(),
            ended_at: row.opt_moment("ended_at")?,
        };
        Ok((row.string("key")?, standing))
    };
    db.query(store::OUTBOX_STANDING, args![each(keys)]).await?.iter().map(read).collect()
}

/// Whether something is due. Asked before a lease is taken, since a site where nothing happens writes nothing.
///
/// # Errors
/// If the engine fails.
pub async fn is_due(db: &Db, now: Moment) -> Result<bool> {
    Ok(db.find(store::OUTBOX_DUE, args![now, limit(1)]).await?.is_some())
}

/// Sends what is due, at most [`ROUND`]; gives how many were tried. The caller holds the lease; should another process think so too,
/// each message is claimed by one of them. A message whose kind has no courier here waits.
///
/// # Errors
/// If the engine fails.
pub async fn deliver(db: &Db, ctx: &Ctx, couriers: &[&dyn Courier]) -> Result<usize> {
    let mut tried = 0;
    // How long the round has gone on, not what time it is: claims end by the instant of `ctx`.
    let begun = Instant::now();
    for row in due(db, ctx).await? {
        if begun.elapsed() >= Duration::from_secs(ROUND_SECONDS) {
            break;
        }
        let kind = row.text("kind")?;
        let Some(courier) = couriers.iter().find(|courier| courier.kind() == kind) else {
            tracing::warn!(kind, "a message waits for a courier that this node has not");
            postpone(db, ctx, &row).await?;
            continue;
        };
        if let Some(message) = claim(db, ctx, &row).await? {
            attempt(db, ctx, *courier, &message).await?;
            tried += 1;
        }
    }
    Ok(tried)
}

/// What may be tried now. What is due but waits for another costs this one look; then it lies still until its turn comes.
async fn due(db: &Db, ctx: &Ctx) -> Result<Vec<Row>> {
    let is_held = |row: &Row| Ok(row.int("held")? == 1);
    let mut rows = db.query(store::OUTBOX_DUE, args![ctx.now, limit(ROUND)]).await?;
    if rows.iter().map(is_held).collect::<Result<Vec<_>>>()?.contains(&true) {
        let mut unit = Unit::new(ctx);
        unit.run(store::OUTBOX_PARK, args![ctx.now, ctx.now.plus_seconds(HELD_SECONDS), limit(PARKED)]);
        db.commit(unit).await?.or_stale("消息")?;
        rows = db.query(store::OUTBOX_DUE, args![ctx.now, limit(ROUND)]).await?;
    }
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        if !is_held(&row)? {
            out.push(row);
        }
    }
    Ok(out)
}

/// Messages not yet sent, by kind and state: for metrics and alarms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which courier they are for.
    pub kind: String,
    /// Whether they were set aside after the last try; else they wait.
    pub aside: bool,
    /// How many.
    pub messages: i64,
}

/// How many messages wait and how many were set aside.
///
/// # Errors
/// If the engine fails.
pub async fn waiting(db: &Db) -> Result<Vec<Waiting>> {
    let rows = db.query(store::OUTBOX_COUNT, args![]).await?;
    let read = |row: &Row| {
        let (kind, aside) = (row.string("kind")?, row.text("state")? == "aside");
        Ok(Waiting { kind, aside, messages: row.int("messages")? })
    };
    rows.iter().map(read).collect()
}

/// Tries again, from the first try, what was set aside; of anything else the unit is lost.
pub fn again(unit: &mut Unit, ctx: &Ctx, key: &str) {
    unit.one(ASIDE, store::OUTBOX_AGAIN, args![key, ctx.now]);
}

/// Gives up what was set aside: those after it in its line go out without it. Of anything else the unit is lost.
pub fn skip(unit: &mut Unit, ctx: &Ctx, key: &str) {
    unit.one(ASIDE, store::OUTBOX_SKIP, args![key, ctx.now]);
    unit.run(store::OUTBOX_WAKE, args![key, ctx.now]);
}

/// Forgets up to `at_most` messages that were sent before this instant, and as many that were given up, in this unit.
pub fn forget(unit: &mut Unit, before: Moment, at_most: usize) {
    unit.run(store::OUTBOX_FORGET, args![before, limit(at_most)]);
    unit.run(store::OUTBOX_FORGET_SKIPPED, args![before, limit(at_most)]);
}

/// The pause after so many failed tries, in seconds.
fn backoff(attempt: i64) -> i64 {
    let doublings = u32::try_from(attempt.clamp(1, 32) - 1).unwrap_or(0);
    BACKOFF_FIRST.saturating_mul(1 << doublings).min(BACKOFF_MAX)
}

/// The message, if nobody else claimed it first.
async fn claim(db: &Db, ctx: &Ctx, row: &Row) -> Result<Option<Message>> {
    let (key, attempt) = (row.string("key")?, row.int("attempt")?);
    let mut unit = Unit::new(ctx);
    let until = ctx.now.plus_seconds(CLAIM_SECONDS);
    unit.one(GUARD, store::OUTBOX_CLAIM, args![&key, attempt, row.int("due")?, until]);
    match db.commit(unit).await? {
        Commit::Lost { .. } => Ok(None),
        Commit::Done => Ok(Some(Message {
            kind: row.string("kind")?,
            idempotency_key: key,
            body: row.string("body")?,
            attempt: attempt + 1,
        })),
    }
}

/// One try of a claimed message, and how it ended.
async fn attempt(db: &Db, ctx: &Ctx, courier: &dyn Courier, message: &Message) -> Result<()> {
    let sent = tokio::time::timeout(Duration::from_secs(SEND_SECONDS), courier.send(ctx, message)).await;
    let failed = match sent {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error),
        Err(_) => Some(Error::internal(format!("no answer within {SEND_SECONDS} s"))),
    };
    let again = ctx.now.plus_seconds(backoff(message.attempt));
    let (state, ended) = match &failed {
        None => ("sent", Some(ctx.now)),
        Some(_) if message.attempt >= TRIES_MAX => ("aside", Some(ctx.now)),
        Some(_) => ("waiting", None),
    };
    let why = failed.map(|error| error.to_string().chars().take(ERROR_MAX).collect::<String>());
    let Message { kind, idempotency_key: key, attempt, .. } = message;
    if let Some(why) = &why {
        tracing::warn!(kind, key, attempt, state, "a message was not sent: {why}");
    }
    let mut unit = Unit::new(ctx);
    unit.run(store::OUTBOX_END, args![key, *attempt, state, again, why, ended]);
    if state == "sent" {
        unit.run(store::OUTBOX_WAKE, args![key, ctx.now]);
    }
    db.commit(unit).await?.or_stale("消息")
}

/// Looks at a message without a courier again later, so that it does not stand in the way of others.
async fn postpone(db: &Db, ctx: &Ctx, row: &Row) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let (key, attempt) = (row.text("key")?, row.int("attempt")?);
    let later = ctx.now.plus_seconds(BACKOFF_MAX);
    unit.run(store::OUTBOX_END, args![key, attempt, "waiting", later, "no courier", None::<Moment>]);
    db.commit(unit).await?.or_stale("消息")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_six_hours() {
        let table = [(1, 30), (2, 60), (3, 120), (9, 7_680), (10, 15_360), (11, 21_600), (12, 21_600), (99, 21_600)];
        for (attempt, seconds) in table {
            assert_eq!(backoff(attempt), seconds, "{attempt}");
        }
    }
}
