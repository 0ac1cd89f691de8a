//! Authorities: made known, changed, looked up.

use std::collections::HashMap;

use journal::Head;
use kernel::{Authority as AuthorityMark, Basis, Branch, Ctx, Cursor, Error, Id, Page, PageAsk, Result, Scope};
use storage::{Commit, Db, Row, Unit, args, each};

use super::{administers, guard, kinds};
use crate::{
    model::{
        authority::{Authority, AuthorityFacts},
        division::number,
    },
    store::authorities as rows,
};

/// Makes an authority known.
///
/// # Errors
/// Those of the permission (in its division); [`Error::Invalid`] for each field that is wrong, or at `uscc` if another
/// authority has the code; if the engine fails.
pub async fn create_authority(ctx: &Ctx, db: &Db, facts: &AuthorityFacts) -> Result<Id<AuthorityMark>> {
    let facts = facts.check().map_err(Error::Invalid)?;
    let right = administers(ctx, &Scope::SITE.within(number(&facts.division)))?;
    make(ctx, db, right, facts).await
}

/// Makes an authority known of which a published list tells no more than name, division and perhaps its code. It gets no national
/// item codes until its own code is filled in.
///
/// # Errors
/// As [`create_authority`].
pub async fn create_listed_authority(ctx: &Ctx, db: &Db, facts: &AuthorityFacts) -> Result<Id<AuthorityMark>> {
    let facts = facts.check_listed().map_err(Error::Invalid)?;
    let right = administers(ctx, &Scope::SITE.within(number(&facts.division)))?;
    make(ctx, db, right, facts).await
}

async fn make(ctx: &Ctx, db: &Db, right: Option<Basis>, facts: AuthorityFacts) -> Result<Id<AuthorityMark>> {
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    let subject = format!("authority:{id}");
    let head = journal::append(&mut unit, ctx, &Head::none(), (&subject, kinds::AUTHORITY_CREATED), &facts)?;
    rows::add(&mut unit, id, &facts, &head);
    match db.commit(unit).await? {
        Commit::Done => Ok(id),
        Commit::Lost { guard: "authority" } => Err(taken()),
        Commit::Lost { .. } => Err(Error::Stale { what: "实施主体", by: None }),
    }
}

/// Changes an authority, unless somebody did since `version`.
///
/// # Errors
/// As [`create_authority`], the permission at this authority being enough; [`Error::Stale`] if somebody was first.
pub async fn authority_change(
    ctx: &Ctx,
    db: &Db,
    (id, version): (Id<AuthorityMark>, i64),
    facts: &AuthorityFacts,
) -> Result<()> {
    let before = authority(db, id).await?;
    let right = administers(ctx, &Scope::authority(id).within(number(&before.facts.division)))?;
    let facts = facts.check().map_err(Error::Invalid)?;
    if facts.division != before.facts.division {
        // Whoever administers a division puts nothing into another.
        administers(ctx, &Scope::authority(id).within(number(&facts.division)))?;
    }
    if before.head.version != version {
        return Err(Error::Stale { what: "实施主体", by: None });
    }
    if before.facts == facts {
        return Ok(());
    }
    if let Some(other) = find_authority_by_uscc(db, &facts.uscc).await?.filter(|other| other.id != id) {
        tracing::debug!(other = %other.id, "the credit code is another authority's");
        return Err(taken());
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    let subject = format!("authority:{id}");
    let head = journal::append(&mut unit, ctx, &before.head, (&subject, kinds::AUTHORITY_CHANGED), &facts)?;
    rows::change(&mut unit, &before, &facts, &head);
    db.commit(unit).await?.or_stale("实施主体")
}

fn taken() -> Error {
    Error::invalid("uscc", "已有实施主体使用这个统一社会信用代码，请核对。")
}

/// One authority.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub async fn authority(db: &Db, id: Id<AuthorityMark>) -> Result<Authority> {
    let row = db.find(rows::AUTHORITY, args![id]).await?;
    rows::read(&row.ok_or(Error::NotFound { what: "实施主体" })?)
}

/// The authority with this unified social credit code, if there is one.
///
/// # Errors
/// If the engine fails.
pub async fn find_authority_by_uscc(db: &Db, uscc: &str) -> Result<Option<Authority>> {
    db.find(rows::AUTHORITY_BY_USCC, args![uscc]).await?.as_ref().map(rows::read).transpose()
}

/// Many authorities by id, in one query if there are any. Those that do not exist are left out.
///
/// # Errors
/// If the engine fails.
pub async fn authorities(db: &Db, ids: &[Id<AuthorityMark>]) -> Result<HashMap<Id<AuthorityMark>, Authority>> {
    let mut distinct = ids.to_vec();
    distinct.sort();
    distinct.dedup();
    if distinct.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.query(rows::AUTHORITIES_OF, args![each(distinct)]).await?;
    rows.iter().map(|row| rows::read(row).map(|it| (it.id, it))).collect()
}

/// A page of all authorities, by division.
///
/// # Errors
/// [`Error::NotFound`] if the cursor is not of this list; if the engine fails.
pub async fn authority_list(db: &Db, ask: &PageAsk) -> Result<Page<Authority>> {
    let (division, id) = match &ask.after {
        Some(cursor) => (cursor.text(0)?, cursor.text(1)?),
        None => ("", ""),
    };
    let found = db.query(rows::AUTHORITIES, args![division, id, ask.sql_limit()]).await?;
    cut(&found, ask)
}

/// A page of the authorities whose name or short name holds these words, by division; of all if there are no words.
///
/// # Errors
/// As [`authority_list`].
pub async fn authority_search(db: &Db, words: &str, ask: &PageAsk) -> Result<Page<Authority>> {
    if words.is_empty() {
        return authority_list(db, ask).await;
    }
    let (division, id) = match &ask.after {
        Some(cursor) => (cursor.text(0)?, cursor.text(1)?),
        None => ("", ""),
    };
    let values = args![division, id, ask.sql_limit(), pattern(words)];
    cut(&db.query(rows::AUTHORITIES_NAMED, values).await?, ask)
}

/// Authorities of a branch whose name or short name holds these words, by division, after a key: as many as a page takes.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn in_branch(
    db: &Db,
    branch: Branch,
    words: &str,
    (division, id, limit): (&str, &str, i64),
) -> Result<Vec<Authority>> {
    let (from, to) = (format!("{:012}", branch.from), format!("{:012}", branch.to));
    let values = args![division, id, limit, pattern(words), from, to];
    db.query(rows::AUTHORITIES_IN, values).await?.iter().map(rows::read).collect()
}

/// What is asked of permissions that concern an authority: with its division, so that whoever administers that may.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub(crate) async fn scope(db: &Db, id: Id<AuthorityMark>) -> Result<Scope> {
    Ok(authority(db, id).await?.scope())
}

/// The authorities whose name or short name is exactly this; at most two, which tells whether there is one.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn authority_named(db: &Db, name: &str) -> Result<Vec<Authority>> {
    let found = db.query(rows::AUTHORITIES_NAMED, args!["", "", 2_i64, exactly(name)]).await?;
    found.iter().map(rows::read).collect()
}

/// What holds these words, as a pattern.
pub(crate) fn pattern(words: &str) -> String {
    format!("%{}%", exactly(words))
}

/// Words as a pattern that means only themselves.
fn exactly(words: &str) -> String {
    words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn cut(found: &[Row], ask: &PageAsk) -> Result<Page<Authority>> {
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, ask, |it| Cursor::new([it.facts.division.clone(), it.id.to_string()])))
}
