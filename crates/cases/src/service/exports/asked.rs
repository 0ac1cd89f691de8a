//! Which list an export writes out, and who may have it: worklists and found cases of this area, and the lists that areas declare
//! ([`Listing`]).

use kernel::{Ctx, Error, PageAsk, Result};
use serde::{Deserialize, Serialize};
use webkit::{App, Listing};

use super::NewExport;
use crate::{
    SEE,
    service::{
        find,
        worklist::{CaseFilter, POSTS},
    },
};

/// What of a list is asked for, at most, in bytes.
const QUERY_MAX: usize = 1_000;

/// Which list is written out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Asked {
    /// A worklist.
    Worklist(CaseFilter),
    /// What the caller sees of the cases of one applicant.
    Of(String),
    /// Another list, by its code and name; what of it lies sealed beside, since somebody typed it.
    List(String, String),
}

impl Asked {
    /// In words, without anything personal.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::List(_, name) => name,
            Self::Worklist(filter) if filter.post == "none" => "已结束的办件",
            Self::Worklist(filter) if filter.post == "applicant" => "等申请人的办件",
            Self::Worklist(_) => "工作台的办件",
            Self::Of(_) => "按号码查找的办件",
        }
    }

    /// Whether it holds the data of applicants, so that it is said what for.
    pub(crate) fn is_personal(&self) -> bool {
        !matches!(self, Self::List(..))
    }

    /// What its rows are counted in.
    pub(crate) fn unit(&self) -> &'static str {
        if self.is_personal() { "件" } else { "行" }
    }

    /// Whether the caller may have it still: who lost the post has nothing of it.
    pub(super) fn may(&self, ctx: &Ctx, app: &App) -> Result<()> {
        match self {
            Self::List(code, _) => listing(app, code).and_then(|it| may_ask(ctx, &it)),
            _ if ctx.actor.grants.iter().any(|it| it.permission == SEE.code) => Ok(()),
            _ => Err(Error::Forbidden { action: "办理办件" }),
        }
    }
}

/// The list of this code.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn listing(app: &App, code: &str) -> Result<Listing> {
    app.lists().iter().find(|it| it.code == code).copied().ok_or(Error::NotFound { what: "这个列表" })
}

fn may_ask(ctx: &Ctx, it: &Listing) -> Result<()> {
    ctx.person()?;
    match it.needs.first() {
        Some(first) if !it.needs.iter().any(|it| ctx.may_somewhere(*it)) => {
            Err(Error::Forbidden { action: first.words })
        }
        _ => Ok(()),
    }
}

/// The permissions on which a list of cases rests.
pub(super) fn of_cases() -> impl Iterator<Item = &'static str> {
    POSTS.iter().map(|it| it.2).chain([SEE]).map(|it| it.code)
}

/// Which list it is, if the caller may have it.
pub(super) async fn asked(ctx: &Ctx, app: &App, new: &NewExport) -> Result<Asked> {
    if let Some((code, query)) = &new.other {
        let it = listing(app, code)?;
        may_ask(ctx, &it)?;
        if query.len() > QUERY_MAX {
            return Err(Error::invalid("asked", "筛选条件太长，请缩短后再导出。"));
        }
        // What its page would refuse is refused now, not in the background.
        (it.rows)(ctx, app, query, &PageAsk { after: None, limit: 1 }).await?;
        return Ok(Asked::List(it.code.to_owned(), it.name.to_owned()));
    }
    let asked = match &new.list {
        Some(filter) => Asked::Worklist(filter.clone()),
        None => Asked::Of(String::new()),
    };
    asked.may(ctx, app)?;
    match asked {
        Asked::Of(_) => find::whose(ctx, app, &new.number).await.map(Asked::Of),
        asked => Ok(asked),
    }
}
