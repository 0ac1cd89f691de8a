//! How a command ends when it does not end well.

use std::process::ExitCode;

use kernel::Error;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The input or the command line was wrong; nothing was done. Exit code 2.
    Input(String),
    /// The command did its work and the answer is bad news (an altered journal): said already. Exit code 1.
    BadNews(String),
    /// The platform failed. Exit code 1.
    Platform(String),
}

impl Failed {
    /// Wrong input: what, where, why, what to do.
    pub(crate) fn input(text: impl Into<String>) -> Self {
        Self::Input(text.into())
    }

    /// Says why on standard error and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Input(text) => {
                eprintln!("输入有误：{text}");
                ExitCode::from(2)
            }
            Self::BadNews(text) => {
                eprintln!("{text}");
                ExitCode::from(1)
            }
            Self::Platform(text) => {
                eprintln!("系统故障：{text}");
                ExitCode::from(1)
            }
        }
    }
}

/// What a person can mend is input; the rest is the platform's fault. Operators read causes, so `Internal` shows its own.
impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        match error {
            Error::Internal(cause) => Self::Platform(cause.to_string()),
            Error::Busy => Self::Platform(error.message()),
            other => Self::Input(other.message()),
        }
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Platform(error.to_string())
    }
}
