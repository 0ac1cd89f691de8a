//! Effects outside the database (mail, SMS, webhooks): rows written in the unit, sent after it, with retry and back-off.

use async_trait::async_trait;
use kernel::{Ctx, Error, Result};
use serde::Serialize;
use storage::{Db, Unit};

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
    /// Sends one.
    ///
    /// # Errors
    /// It is tried again later, with back-off, up to a limit; then it is set aside and alarms.
    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()>;
}

/// Adds a message to the unit; the same key twice is one message.
///
/// # Errors
/// If `body` cannot be written as JSON.
pub fn enqueue(_unit: &mut Unit, _ctx: &Ctx, _kind: &'static str, _key: &str, _body: &impl Serialize) -> Result<()> {
    Err(Error::internal("being built"))
}

/// Sends what is due; gives how many were tried. The caller holds the lease.
///
/// # Errors
/// If the engine fails.
pub async fn deliver(_db: &Db, _ctx: &Ctx, _couriers: &[&dyn Courier]) -> Result<usize> {
    Err(Error::internal("being built"))
}
