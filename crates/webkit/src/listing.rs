//! Lists that can be written out in the background (导出): an area declares each of them beside its page; whoever writes them out walks over it
//! with the rights and the filter of whoever asked.

use std::{future::Future, pin::Pin};

use axum::{extract::Query, http::Uri};
use kernel::{Ctx, Error, Page, PageAsk, Permission, Result};
use serde::de::DeserializeOwned;

use crate::{App, address, encoded};

/// A page of rows, each cell as it is written.
pub type Rows<'a> = Pin<Box<dyn Future<Output = Result<Page<Vec<String>>>> + Send + 'a>>;

/// A list that can be written out. It holds nobody else's personal data: a list that does writes down a look for each row.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// Its code, never changed: `catalogue.items`.
    pub code: &'static str,
    /// What it is called: 「事项目录」.
    pub name: &'static str,
    /// The page that shows it; what stands behind `?` there says which part of it, and what stands in braces in the path as well
    /// (`/desk/base/{code}`).
    pub page: &'static str,
    /// Whoever has one of these somewhere may ask for it; none: whoever is signed in, of the own.
    pub needs: &'static [Permission],
    /// The columns, and how wide each is in a workbook, in characters.
    pub columns: &'static [(&'static str, u16)],
    /// A page of it, as its page asks for it (what stands behind `?`): the same rights are asked, and the same filter is kept.
    pub rows: for<'a> fn(&'a Ctx, &'a App, &'a str, &'a PageAsk) -> Rows<'a>,
}

impl Listing {
    /// The address of its page, of the part that was asked for.
    #[must_use]
    pub fn href(&self, asked: &str) -> String {
        let (mut path, mut rest) = (self.page.to_owned(), Vec::new());
        for (name, value) in form_urlencoded::parse(asked.as_bytes()) {
            let place = format!("{{{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, &encoded(&value));
            } else {
                rest.push((name, value));
            }
        }
        let rest: Vec<_> = rest.iter().map(|it| (&*it.0, &*it.1)).collect();
        address(&path, &rest)
    }
}

/// What stands behind `?` in the address of a list's page: the pairs that have a value.
#[must_use]
pub fn asked(pairs: &[(&str, &str)]) -> String {
    address("", pairs).trim_start_matches('?').to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_leads_back_to_the_part_of_its_page_that_was_asked_for() {
        let list = |page| Listing {
            code: "test.list",
            name: "试验",
            page,
            needs: &[],
            columns: &[],
            rows: |_, _, _, _| Box::pin(async { Ok(Page { items: Vec::new(), next: None }) }),
        };
        for (page, pairs, expected) in [
            ("/desk/items", vec![], "/desk/items"),
            (
                "/desk/items",
                vec![("q", "食品 & 药品"), ("state", "")],
                "/desk/items?q=%E9%A3%9F%E5%93%81%20%26%20%E8%8D%AF%E5%93%81",
            ),
            ("/desk/base/{code}", vec![("code", "000101"), ("q", "a")], "/desk/base/000101?q=a"),
            ("/desk/base/{code}", vec![("code", "../../login?a")], "/desk/base/..%2F..%2Flogin%3Fa"),
            ("/a/{b}/c/{d}", vec![("d", "2"), ("b", "1")], "/a/1/c/2"),
        ] {
            assert_eq!(list(page).href(&asked(&pairs)), expected, "{page} {pairs:?}");
        }
    }

    #[test]
    fn what_stands_behind_the_question_mark_is_read_or_refused() {
        #[derive(Debug, serde::Deserialize)]
        struct Ask {
            n: u8,
        }
        for bad in ["", "n=x", "n=999", "n=1 \u{7f}"] {
            assert!(filter_of::<Ask>(bad).is_err(), "{bad}");
        }
        assert_eq!(filter_of::<Ask>("n=7").unwrap().n, 7);
    }
}
