//! Closing one's own account (注销账号, 个人信息保护法 art. 15, 47): asked for, thought over, done.

use journal::Head;
use kernel::Moment;
use serde::{Deserialize, Serialize};

/// Days in which whoever asked may think again: a stolen session must not be able to destroy an account before its owner comes by.
pub(crate) const GRACE_DAYS: i64 = 7;

/// What the record determines of a closing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClosingState {
    /// When it is done; `None`: it was called off.
    pub(crate) due: Option<Moment>,
    /// When it was done.
    pub(crate) done_at: Option<Moment>,
}

impl ClosingState {
    /// When it will be done, if it is still ahead.
    pub(crate) fn pending(&self) -> Option<Moment> {
        self.due.filter(|_| self.done_at.is_none())
    }
}

/// A closing as stored.
#[derive(Debug, Clone)]
pub(crate) struct Closing {
    pub(crate) state: ClosingState,
    pub(crate) head: Head,
}
