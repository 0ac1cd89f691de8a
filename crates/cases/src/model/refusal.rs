//! Why an act is not done: in Chinese, with the law, and with what can be done instead.

use std::fmt;

/// An act that the machine refuses. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What sort of refusal it is.
    pub(crate) cause: Cause,
    /// Why not, and what can be done instead: whole sentences in Chinese.
    pub(crate) reason: String,
    /// The law behind it, with its article.
    pub(crate) law: Option<&'static str>,
}

/// The sort of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The case does not stand where this can be done.
    State,
    /// None of the actor's posts may do it.
    Role,
    /// Something is missing or wrong in what was written; the field's name.
    Input(&'static str),
    /// Too early or too late.
    Time,
    /// A rule of the item says no.
    Rule,
}

impl Refusal {
    /// A refusal of this sort.
    #[must_use]
    pub(crate) fn new(cause: Cause, reason: impl Into<String>) -> Self {
        Self { cause, reason: reason.into(), law: None }
    }

    /// The same, with the law behind it.
    #[must_use]
    pub(crate) fn under(self, law: &'static str) -> Self {
        Self { law: Some(law), ..self }
    }
}

/// The whole sentence: the reason, and the law in brackets.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.law {
            Some(law) => write!(f, "{}（依据：{law}）", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<standards::CalendarError> for Refusal {
    fn from(error: standards::CalendarError) -> Self {
        Self::new(Cause::Time, format!("无法计算期限：{error}。请联系管理员更新放假安排后再办理。"))
    }
}

impl From<Refusal> for kernel::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal.cause {
            Cause::Input(field) => Self::invalid(field, refusal.to_string()),
            Cause::State | Cause::Role | Cause::Time | Cause::Rule => Self::refused(refusal.to_string()),
        }
    }
}
