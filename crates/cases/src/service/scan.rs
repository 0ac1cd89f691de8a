//! Asking a scanner about a file before it counts, where the operator names one (`/docs/connectors.md`).

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use kernel::{Error, Result};
use webkit::App;

/// What a scanner says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// Something harmful was found.
    Harmful,
}

/// Looks through files.
#[async_trait]
pub trait Scanner: Send + Sync {
    /// What it says of this file.
    ///
    /// # Errors
    /// If it does not say: then nobody knows, and the file does not count.
    async fn scan(&self, bytes: &Bytes) -> Result<Verdict>;
}

/// The scanner as one of the site's own parts ([`webkit::Parts::own`]); without it files are not looked through.
pub struct Scanning(pub Arc<dyn Scanner>);

/// Whether a file may count.
///
/// # Errors
/// [`Error::Invalid`] at this field if it is harmful; [`Error::Refused`] if the scanner does not say: a file is never taken unseen.
pub(super) async fn passes(app: &App, field: &str, bytes: &Bytes) -> Result<()> {
    let Ok(scanning) = app.part::<Scanning>() else { return Ok(()) };
    match scanning.0.scan(bytes).await {
        Ok(Verdict::Clean) => Ok(()),
        Ok(Verdict::Harmful) => {
            tracing::warn!(target: "yiwang::security", "a harmful file was refused");
            let words = "安全检查发现这个文件有病毒，没有收下。请用杀毒软件检查您的手机或电脑，换一个文件再上传。";
            Err(Error::invalid(field, words))
        }
        Err(error) => {
            tracing::error!(%error, "the scanner does not say whether a file is harmful");
            Err(Error::refused(
                "文件的安全检查暂时不能进行，这个文件没有收下。请过几分钟再上传，已经填写的内容都还在。",
            ))
        }
    }
}
