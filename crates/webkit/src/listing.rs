//! Lists that can be written out in the background (导出): an area declares each of them beside its page; whoever writes them out walks over it
//! with the rights and the filter of whoever asked.

use std::{future::Future, pin::Pin};

use axum::{extract::Query, http::Uri};
use kernel::{Ctx, Error, Page, PageAsk, Permission, Result};
use serde::de::DeserializeOwned;

use crate::App;

/// A page of rows, each cell as it is written.
pub type Rows<'a> = Pin<Box<dyn Future<Output = Result<Page<Vec<String>>>> + Send + 'a>>;

/// A list that can be written out. It holds nobody else's personal data: a list that does writes down a look for each row.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// Its code, never changed: `catalogue.items`.
    pub code: &'static str,
    /// What it is called: 「事项目录」.
    pub name: &'static str,
    /// The page that shows it; what stands behind `?` there says which part of it.
    pub page: &'static str,
    /// Whoever has one of these somewhere may ask for it; none: whoever is signed in, of the own.
    pub needs: &'static [Permission],
    /// The columns, and how wide each is in a workbook, in characters.
    pub columns: &'static [(&'static str, u16)],
    /// A page of it, as its page asks for it (what stands behind `?`): the same rights are asked, and the same filter is kept.
    pub rows: for<'a> fn(&'a Ctx, &'a App, &'a str, &'a PageAsk) -> Rows<'a>,
}

/// Reads what stands behind `?` in the address of a list's page.
///
/// # Errors
/// [`Error::Invalid`] at `asked` if it is none.
pub fn filter_of<T: DeserializeOwned>(query: &str) -> Result<T> {
    let wrong = || Error::invalid("asked", "筛选条件不对，请在列表页重新筛选后再导出。");
    let uri: Uri = format!("/?{query}").parse().map_err(|_| wrong())?;
    Query::try_from_uri(&uri).map(|it| it.0).map_err(|_| wrong())
}
