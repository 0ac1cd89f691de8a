//! Lists paged by key: the next page starts after the last key seen, so that no list grows slower with its depth.

use crate::{Error, Result};

/// Rows on a page when nothing is asked.
pub const PAGE_DEFAULT: u16 = 20;
/// Rows on a page at most.
pub const PAGE_MAX: u16 = 100;

/// The key of the last row seen: the values of the list's order, as text. Opaque to those who carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(Vec<String>);

impl Cursor {
    /// A cursor of these key values.
    #[must_use]
    pub fn new<S: Into<String>>(keys: impl IntoIterator<Item = S>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }

    /// The `index`th key as text.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the cursor was not made by this list.
    pub fn text(&self, index: usize) -> Result<&str> {
        self.0.get(index).map(String::as_str).ok_or(Error::NotFound { what: "这一页" })
    }

    /// The `index`th key as a number.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the cursor was not made by this list.
    pub fn int(&self, index: usize) -> Result<i64> {
        self.text(index)?.parse().map_err(|_| Error::NotFound { what: "这一页" })
    }
}

/// As carried in an address: keys joined by `~`, with `~` and `%` written as `%7E` and `%25`.
impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys: Vec<_> = self.0.iter().map(|key| key.replace('%', "%25").replace('~', "%7E")).collect();
        f.write_str(&keys.join("~"))
    }
}

impl std::str::FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.len() > 512 || text.contains('\0') {
            return Err(Error::NotFound { what: "这一页" });
        }
        Ok(Self(text.split('~').map(|key| key.replace("%7E", "~").replace("%25", "%")).collect()))
    }
}

/// Which page is wanted.
#[derive(Debug, Clone, Default)]
pub struct PageAsk {
    /// After this key; `None`: from the start.
    pub after: Option<Cursor>,
    /// So many rows; 0: [`PAGE_DEFAULT`]; never more than [`PAGE_MAX`].
    pub limit: u16,
}

impl PageAsk {
    /// Reads the query parameters `after` and `limit` of an address.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `after` is no cursor.
    pub fn from_query(after: Option<&str>, limit: Option<u16>) -> Result<Self> {
        let after = after.filter(|it| !it.is_empty()).map(str::parse).transpose()?;
        Ok(Self { after, limit: limit.unwrap_or(0) })
    }

    /// Rows on this page.
    #[must_use]
    pub fn rows(&self) -> usize {
        usize::from(if self.limit == 0 { PAGE_DEFAULT } else { self.limit.min(PAGE_MAX) })
    }

    /// What to bind to `LIMIT`: one row more than the page has tells whether there is a next page.
    #[must_use]
    pub fn sql_limit(&self) -> i64 {
        i64::try_from(self.rows() + 1).unwrap_or(i64::MAX)
    }
}

/// One page of a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts, as text for an address; `None`: this is the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows read with [`PageAsk::sql_limit`].
    #[must_use]
    pub fn cut(mut rows: Vec<T>, ask: &PageAsk, key: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > ask.rows();
        rows.truncate(ask.rows());
        let next = if more { rows.last().map(|row| key(row).to_string()) } else { None };
        Self { items: rows, next }
    }

    /// The same page of other things.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
