//! Where somebody may do something: at every authority, or at some; and how one of them is found by words of its name.

use kernel::{Authority as AuthorityMark, Branch, Ctx, Cursor, Id, Page, PageAsk, Permission, Result};
use storage::Db;

use super::authorities::{authorities, authority_named, authority_search, in_branch};
use crate::model::{authority::Authority, division::number};

/// So many authorities are offered for the words of a form; who finds more writes more of the name.
pub(crate) const MEANT_MAX: u16 = 20;

/// The authorities at which somebody may do something.
#[derive(Debug, Clone)]
pub struct Reach {
    whole: bool,
    /// By division, as all lists of authorities; empty if it is the whole site.
    own: Vec<Authority>,
    /// Divisions with all in them.
    branches: Vec<Branch>,
}

/// What the words of a form mean.
#[derive(Debug)]
pub enum Meant {
    /// This authority.
    One(Id<AuthorityMark>),
    /// One of these, which is still to be chosen; at most twenty.
    Several(Vec<Authority>),
    /// More than can be offered: more of the name must be written.
    TooMany,
    /// None.
    Nothing,
}

impl Reach {
    /// Where the caller holds this permission.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn of(ctx: &Ctx, db: &Db, permission: Permission) -> Result<Self> {
        let grants = ctx.actor.grants.iter().filter(|it| it.permission == permission.code);
        let (bound, plain): (Vec<_>, Vec<_>) = grants.partition(|it| it.branch.is_some());
        let mut reach = Self::at(db, plain.iter().map(|it| it.authority).collect()).await?;
        if !reach.whole {
            reach.branches = bound.iter().filter_map(|it| it.branch).collect();
            reach.branches.sort_unstable();
            // What lies in another is reached with it.
            let all = reach.branches.clone();
            reach.branches.retain(|it| !all.iter().any(|other| other != it && other.has(it.from) && other.has(it.to)));
            reach.branches.dedup();
        }
        Ok(reach)
    }

    /// These authorities; `None`: all of the site.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn at(db: &Db, ids: Option<Vec<Id<AuthorityMark>>>) -> Result<Self> {
        let Some(ids) = ids else { return Ok(Self { whole: true, own: Vec::new(), branches: Vec::new() }) };
        let mut own: Vec<_> = authorities(db, &ids).await?.into_values().collect();
        own.sort_by(|a, b| (&a.facts.division, a.id).cmp(&(&b.facts.division, b.id)));
        Ok(Self { whole: false, own, branches: Vec::new() })
    }

    /// Whether it is every authority, and what belongs to none.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether this authority is among them; `None`, what belongs to none, only if all are.
    #[must_use]
    pub fn covers(&self, authority: Option<&Authority>) -> bool {
        let within =
            |it: &Authority| self.has(number(&it.facts.division)) || self.own.iter().any(|own| own.id == it.id);
        self.whole || authority.is_some_and(within)
    }

    /// Whether all of the division of this code is of it.
    pub(crate) fn has(&self, division: u64) -> bool {
        self.whole || self.branches.iter().any(|it| it.has(division))
    }

    /// Divisions that are of it with all in them; none if it is the whole site.
    pub(crate) fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Authorities that are of it one by one; none if it is the whole site.
    pub(crate) fn own(&self) -> &[Authority] {
        &self.own
    }

    /// A page of those whose name or short name holds these words, by division; of all if there are no words.
    ///
    /// # Errors
    /// As [`authority_search`].
    pub async fn search(&self, db: &Db, words: &str, ask: &PageAsk) -> Result<Page<Authority>> {
        if self.whole {
            return authority_search(db, words, ask).await;
        }
        let (division, id) = match &ask.after {
            Some(cursor) => (cursor.text(0)?, cursor.text(1)?.to_owned()),
            None => ("", String::new()),
        };
        let holds = |it: &&Authority| it.facts.name.contains(words) || it.facts.short_name.contains(words);
        let later = |it: &&Authority| (it.facts.division.as_str(), it.id.to_string()) > (division, id.clone());
        let mut found: Vec<_> = self.own.iter().filter(holds).filter(later).cloned().collect();
        for branch in &self.branches {
            found.extend(in_branch(db, *branch, words, (division, &id, ask.sql_limit())).await?);
        }
        found.sort_by(|a, b| (&a.facts.division, a.id).cmp(&(&b.facts.division, b.id)));
        found.dedup_by_key(|it| it.id);
        Ok(Page::cut(found, ask, |it| Cursor::new([it.facts.division.clone(), it.id.to_string()])))
    }

    /// The one authority that has exactly this name or short name; `None`: there is none, or more than one.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn named(&self, db: &Db, name: &str) -> Result<Option<Authority>> {
        let mut found: Vec<_> = if self.whole {
            authority_named(db, name).await?
        } else {
            let mut found = self.own.clone();
            if !self.branches.is_empty() {
                found.extend(authority_named(db, name).await?.into_iter().filter(|it| self.covers(Some(it))));
            }
            found.retain(|it| it.facts.name == name || it.facts.short_name == name);
            found.sort_by_key(|it| it.id);
            found.dedup_by_key(|it| it.id);
            found
        };
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    /// What the words of a form mean: an authority of exactly this name before those whose name holds them; of several, the one that
    /// was chosen (its id; empty: none yet). A choice counts only if it is of those that the words mean, since these may be changed
    /// after a choice was offered.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn meant(&self, db: &Db, words: &str, chosen: &str) -> Result<Meant> {
        if let Some(exact) = self.named(db, words).await? {
            return Ok(Meant::One(exact.id));
        }
        let found = self.search(db, words, &PageAsk { after: None, limit: MEANT_MAX }).await?;
        Ok(match found.items.as_slice() {
            _ if found.next.is_some() => Meant::TooMany,
            [] => Meant::Nothing,
            [only] => Meant::One(only.id),
            several => match several.iter().find(|it| it.id.to_string() == chosen) {
                Some(it) => Meant::One(it.id),
                None => Meant::Several(found.items),
            },
        })
    }
}
