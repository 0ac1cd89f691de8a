//! Every way a use case can fail, in the platform's own words.

use std::{error, fmt};

/// What is wrong with one value that a person gave.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The field's name, as in the form or the JSON pointer of the document.
    pub field: String,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
}

impl Fault {
    /// What is wrong with `field`.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Every way a use case can fail. The web turns it into a status and a page or a problem document, and speaks last.
///
/// What a person reads is [`Error::message`], in Chinese. `Display` is for operators' logs and holds no personal data.
#[derive(Debug)]
pub enum Error {
    /// Values that the person can mend.
    Invalid(Vec<Fault>),
    /// There is no such thing, or the person may not know that there is.
    NotFound {
        /// What was looked for, in Chinese: 「办件」.
        what: &'static str,
    },
    /// One must sign in first.
    SignIn,
    /// Signed in, but not allowed.
    Forbidden {
        /// The permission's words, in Chinese: 「受理办件」.
        action: &'static str,
    },
    /// Allowed, but the person must prove once more who it is: the last proof is old.
    ProveAgain {
        /// The permission's words, in Chinese: 「审批办件」.
        action: &'static str,
    },
    /// A rule says no: the state of the thing, a deadline, a law.
    Refused {
        /// Why, and what can be done instead, in Chinese.
        reason: String,
    },
    /// Somebody else acted on the thing first.
    Stale {
        /// What was changed, in Chinese: 「办件」.
        what: &'static str,
        /// By whom, if that may be told.
        by: Option<String>,
    },
    /// More than a limit allows.
    TooLarge {
        /// What is too large and what the limit is, in Chinese.
        reason: String,
    },
    /// Too many tries; wait.
    TooMany {
        /// After so many seconds one may try again.
        retry_after_s: u32,
    },
    /// The site is busy or stopping; the same request may be sent again.
    Busy,
    /// A fault of the platform. Shown to nobody; logged once, at the edge.
    Internal(Box<dyn error::Error + Send + Sync>),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// One fault of one field.
    #[must_use]
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault::new(field, message)])
    }

    /// A rule says no, and why, in Chinese.
    #[must_use]
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }

    /// The post that the act rested on was ended since the session was read ([`POST_GUARD`](crate::POST_GUARD)).
    #[must_use]
    pub fn post_ended() -> Self {
        Self::Forbidden { action: "办理这件事" }
    }

    /// The right to act for another, on which the act rested, was ended since the session was read
    /// ([`MANDATE_GUARD`](crate::MANDATE_GUARD)).
    #[must_use]
    pub fn mandate_ended() -> Self {
        Self::refused("代办的授权刚刚终止，这次操作没有执行。")
    }

    /// A fault of the platform, with its cause.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// What the person reads, in Chinese: what is wrong and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Invalid(faults) => faults.iter().map(|it| it.message.as_str()).collect::<Vec<_>>().join("；"),
            Self::NotFound { what } => format!("没有找到{what}。请核对地址或编号，或从首页重新查找。"),
            Self::SignIn => "请先登录，再继续办理。".to_owned(),
            Self::Forbidden { action } => {
                format!("您没有「{action}」的权限。如属工作需要，请联系本单位管理员授予岗位。")
            }
            Self::ProveAgain { action } => format!("为了安全，「{action}」前请再确认一次是您本人。"),
            Self::Refused { reason } | Self::TooLarge { reason } => reason.clone(),
            Self::Stale { what, by: Some(by) } => {
                format!("{what}已被他人（{by}）处理，您的操作没有执行。请查看最新情况后再决定。")
            }
            Self::Stale { what, by: None } => {
                format!("{what}已被他人处理，您的操作没有执行。请查看最新情况后再决定。")
            }
            Self::TooMany { retry_after_s } => format!("操作过于频繁，请 {retry_after_s} 秒后再试。"),
            Self::Busy => "系统繁忙，请稍后再试；您填写的内容没有丢失。".to_owned(),
            Self::Internal(_) => "系统出了故障，您的操作没有完成。请稍后再试，或拨打服务电话。".to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(faults) => {
                let fields: Vec<_> = faults.iter().map(|it| it.field.as_str()).collect();
                write!(f, "invalid: {}", fields.join(", "))
            }
            Self::NotFound { what } => write!(f, "not found: {what}"),
            Self::SignIn => f.write_str("not signed in"),
            Self::Forbidden { action } => write!(f, "forbidden: {action}"),
            Self::ProveAgain { action } => write!(f, "to be proven again: {action}"),
            Self::Refused { .. } => f.write_str("refused by a rule"),
            Self::Stale { what, .. } => write!(f, "stale: {what}"),
            Self::TooLarge { .. } => f.write_str("too large"),
            Self::TooMany { .. } => f.write_str("too many requests"),
            Self::Busy => f.write_str("busy"),
            Self::Internal(cause) => write!(f, "internal: {cause}"),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Internal(cause) => Some(cause.as_ref()),
            _ => None,
        }
    }
}
