//! What PostgreSQL and the way to it can answer instead of rows.

use deadpool_postgres::{PoolError, TimeoutType};
use kernel::Error;
use tokio_postgres::error::SqlState;

/// Why a statement has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// There was no connection to be had; nothing was sent.
    Unreachable(PoolError),
    /// The server or the driver said no to the statement of this name.
    Statement(&'static str, tokio_postgres::Error),
}

impl Failure {
    fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Statement(_, error) => error.code(),
            Self::Unreachable(_) => None,
        }
    }

    /// Whether the connection is gone: broken, or ended by the server, which is stopping.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            // All connections are busy, or the site is stopping: asking again only adds to the wait.
            Self::Unreachable(PoolError::Timeout(TimeoutType::Wait) | PoolError::Closed) => false,
            Self::Unreachable(_) => true,
            Self::Statement(_, error) => match error.code() {
                Some(code) => {
                    [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW].contains(code)
                }
                None => {
                    error.is_closed() || std::error::Error::source(error).is_some_and(|it| it.is::<std::io::Error>())
                }
            },
        }
    }

    /// Whether the server undid the transaction for the sake of another and asks to try again.
    pub(super) fn is_collision(&self) -> bool {
        self.code()
            .is_some_and(|it| [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(it))
    }

    /// Whether a primary key or a unique index refused the row.
    pub(super) fn is_duplicate(&self) -> bool {
        self.code() == Some(&SqlState::UNIQUE_VIOLATION)
    }

    /// Whether the statement divided by zero: see `alone` in `unit.rs`.
    pub(super) fn is_division_by_zero(&self) -> bool {
        self.code() == Some(&SqlState::DIVISION_BY_ZERO)
    }

    /// In the platform's words. The server's message and detail may quote values and stay out, except where it speaks of
    /// the text of the statement itself.
    pub(super) fn into_error(self) -> Error {
        let (statement, error) = match self {
            Self::Unreachable(cause) => {
                tracing::warn!(%cause, "PostgreSQL cannot be reached");
                return Error::Busy;
            }
            Self::Statement(statement, error) => (statement, error),
        };
        let Some(told) = error.as_db_error() else { return Error::internal(format!("{statement}: {}", chain(&error))) };
        let about_the_text = told.code().code().starts_with("42");
        let message = if about_the_text { told.message() } else { "" };
        let place =
            [told.table(), told.column(), told.constraint()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Error::internal(format!("{statement}: SQLSTATE {} {place} {message}", told.code().code()))
    }
}

/// An error with what caused it: the driver's own says only «db error» or «error serializing parameter 0».
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        out.push_str(": ");
        out.push_str(&cause.to_string());
        source = cause.source();
    }
    out
}
