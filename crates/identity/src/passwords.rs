//! Passwords hashed with argon2id on a bounded pool: a flood of sign-ins must not starve the site.

use std::{sync::Arc, thread};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use kernel::{Ctx, Error, Result};
use tokio::sync::Semaphore;

/// Memory in KiB, passes and lanes: what OWASP's password storage cheat sheet asks of argon2id at least (19 MiB, 2, 1).
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Hashes that may wait for each one that runs; more are turned away as busy. At some 25 ms each that is under two seconds.
const WAITING: usize = 64;
/// The salt of the hash that is made for nobody, so that an unknown login takes as long as a known one.
const NOBODY: &[u8; 16] = b"nobody-knows-it!";

/// The pool. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Passwords {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Passwords {
    /// A pool that hashes on as many threads as the machine has cores.
    pub(crate) fn new() -> Self {
        Self::bounded(thread::available_parallelism().map_or(2, usize::from), WAITING)
    }

    fn bounded(cores: usize, waiting: usize) -> Self {
        let admitted = Arc::new(Semaphore::new(cores * (1 + waiting)));
        Self { admitted, running: Arc::new(Semaphore::new(cores)) }
    }

    /// The PHC string of a password, with a fresh salt.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many wait.
    pub(crate) async fn hash(&self, ctx: &Ctx, password: &str) -> Result<String> {
        let (salt, password) = (ctx.random_bytes::<16>(), password.to_owned());
        self.run(move || hash(password.as_bytes(), &salt)).await?
    }

    /// Whether the password is that of the PHC string; with none, or an empty one (an account whose owner has set no password yet), takes as
    /// long and says no.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many wait; [`Error::Internal`] if the string is damaged.
    pub(crate) async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
        self.run(move || match stored.filter(|it| !it.is_empty()) {
            None => hash(password.as_bytes(), NOBODY).map(|_| false),
            Some(stored) => match argon2()?.verify_password(password.as_bytes(), stored.as_str()) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(Error::internal(format!("a stored password hash: {error}"))),
            },
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Error::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(Error::internal)?;
        // The permit goes with the work: a caller who gives up does not make room before the thread is free.
        let done = tokio::task::spawn_blocking(move || {
            let made = work();
            drop(running);
            made
        });
        done.await.map_err(Error::internal)
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &[u8], salt: &[u8]) -> Result<String> {
    let made = argon2()?.hash_password_with_salt(password, salt);
    made.map(|hash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn more_hashes_than_may_wait_are_turned_away_and_the_others_are_made() {
        let pool = Passwords::bounded(1, 1);
        let (go, wait) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move || wait.recv().is_ok()).await }
        });
        while pool.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let second = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| true).await }
        });
        while pool.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(pool.run(|| true).await, Err(Error::Busy)));
        go.send(()).unwrap();
        assert!(first.await.unwrap().unwrap());
        assert!(second.await.unwrap().unwrap());
        assert!(pool.run(|| true).await.unwrap(), "there is room again");
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let pool = Passwords::new();
        let stored = pool.run(|| hash("一二三四五六七八".as_bytes(), b"0123456789abcdef")).await.unwrap().unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(pool.verify("一二三四五六七八", Some(&stored)).await.unwrap());
        assert!(!pool.verify("一二三四五六七九", Some(&stored)).await.unwrap());
        assert!(!pool.verify("一二三四五六七八", None).await.unwrap());
        assert!(!pool.verify("", Some("")).await.unwrap(), "an account without a password has none to be guessed");
        assert!(pool.verify("x", Some("not a hash")).await.is_err());
    }
}
