//! The extension that waits for the head of the organ, for its readers.

use kernel::{Error, Result};
use serde::Serialize;
use webkit::{App, utoipa::ToSchema};

use super::subject;
use crate::store::CaseRow;

/// A proposal to extend the time, as officers read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExtensionView {
    /// 提请延长的工作日
    pub days: u32,
    /// 理由
    pub reason: String,
    /// 谁提请的
    pub who: String,
    /// 什么时候
    pub when: String,
}

/// Days and reasons of the extension that waits for the head.
///
/// # Errors
/// If the engine fails.
pub(super) async fn asked(app: &App, row: &CaseRow) -> Result<Option<(u32, String)>> {
    let Some(ask) = row.case.handling().and_then(|it| it.extension_asked.as_ref()) else { return Ok(None) };
    let text = app.vault.open(&subject(row.id), &ask.reason).await?;
    Ok(Some((ask.days, String::from_utf8(text).map_err(Error::internal)?)))
}

/// The extension that waits for the head.
///
/// # Errors
/// If the engine fails.
pub(super) async fn view(app: &App, row: &CaseRow) -> Result<Option<ExtensionView>> {
    let Some((days, reason)) = asked(app, row).await? else { return Ok(None) };
    let by = row.case.handling().and_then(|it| it.extension_asked.as_ref()).map(|it| it.by);
    let who = match by.and_then(|it| it.person) {
        Some(person) => identity::person_name(app, person).await?,
        None => String::new(),
    };
    Ok(Some(ExtensionView { days, reason, who, when: by.map(|it| it.at.zh()).unwrap_or_default() }))
}
