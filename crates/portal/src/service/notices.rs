//! Notices: posted, changed, taken back, read.

use journal::{Head, append};
use kernel::{Ctx, Cursor, Error, Page, PageAsk, Result};
use serde::Serialize;
use storage::{Db, Unit, args};

use super::{allow, fingerprint, kinds, sites::site};
use crate::{
    model::{
        notice::{Notice, NoticeFacts, NoticeId},
        place::Place,
    },
    store,
};

/// Notices that a page of a place shows.
const SHOWN_MAX: i64 = 6;

/// What an entry of a notice's chain says: the notice as it stands after it, its words by their SM3.
#[derive(Serialize)]
struct Stands<'a> {
    place: String,
    starts: &'a str,
    ends: &'a str,
    below: bool,
    withdrawn: bool,
    words: String,
}

impl<'a> Stands<'a> {
    fn of(it: &'a Notice) -> Self {
        Self {
            place: it.place.key(),
            starts: &it.facts.starts,
            ends: &it.facts.ends,
            below: it.facts.below,
            withdrawn: it.withdrawn,
            words: words(it.facts.kind.code(), &it.facts.title, &it.facts.body),
        }
    }
}

/// SM3 of all words of a notice.
pub(crate) fn words(kind: &str, title: &str, body: &str) -> String {
    fingerprint(&format!("{kind}\n{title}\n{body}"))
}

/// Posts a notice on the site of a place.
///
/// # Errors
/// Those of [`SITES`](crate::SITES) at the site's keeper; [`Error::NotFound`] if the place has no site;
/// [`Error::Invalid`] at each field that is wrong.
pub async fn post_notice(ctx: &Ctx, db: &Db, place: &Place, facts: &NoticeFacts) -> Result<NoticeId> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit, site(db, place).await?.keeper)?;
    let facts = facts.check().map_err(Error::Invalid)?;
    let notice = Notice { id: ctx.new_id(), place: place.clone(), facts, withdrawn: false, head: Head::none() };
    let subject = format!("portal-notice:{}", notice.id);
    let head = append(&mut unit, ctx, &notice.head, (&subject, kinds::NOTICE_POSTED), &Stands::of(&notice))?;
    store::notice_add(&mut unit, &notice, &head);
    db.commit(unit).await?.or_stale("公告")?;
    Ok(notice.id)
}

/// Changes a notice, unless somebody did since `version`.
///
/// # Errors
/// As [`post_notice`]; [`Error::Refused`] if it was taken back; [`Error::Stale`] if somebody was first.
pub async fn change_notice(ctx: &Ctx, db: &Db, (id, version): (NoticeId, i64), facts: &NoticeFacts) -> Result<()> {
    let before = notice(db, id).await?;
    let facts = facts.check().map_err(Error::Invalid)?;
    let after = Notice { facts, ..before.clone() };
    put(ctx, db, (&before, version), (&after, kinds::NOTICE_CHANGED)).await
}

/// Takes a notice back: it is shown no more, and stays in the record.
///
/// # Errors
/// As [`change_notice`].
pub async fn withdraw_notice(ctx: &Ctx, db: &Db, (id, version): (NoticeId, i64)) -> Result<()> {
    let before = notice(db, id).await?;
    let after = Notice { withdrawn: true, ..before.clone() };
    put(ctx, db, (&before, version), (&after, kinds::NOTICE_WITHDRAWN)).await
}

async fn put(
    ctx: &Ctx,
    db: &Db,
    (before, version): (&Notice, i64),
    (after, kind): (&Notice, &'static str),
) -> Result<()> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit, site(db, &before.place).await?.keeper)?;
    if before.withdrawn {
        return Err(Error::refused("公告已经撤下，不能再改。需要的话请另发一条。"));
    }
    if before.head.version != version {
        return Err(Error::Stale { what: "公告", by: None });
    }
    let subject = format!("portal-notice:{}", before.id);
    let head = append(&mut unit, ctx, &before.head, (&subject, kind), &Stands::of(after))?;
    store::notice_change(&mut unit, before.id, after, &head);
    db.commit(unit).await?.or_stale("公告")
}

/// One notice.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub async fn notice(db: &Db, id: NoticeId) -> Result<Notice> {
    let row = db.find(store::NOTICE, args![id]).await?;
    store::read_notice(&row.ok_or(Error::NotFound { what: "公告" })?)
}

/// What is shown on a legal day at the first of these places: its own notices, and those of the others, which lie above it, that are
/// for all below.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn shown(db: &Db, places: &[Place], today: &str) -> Result<Vec<Notice>> {
    let mut values = store::path_keys(places);
    values.extend(args![today, SHOWN_MAX]);
    db.query(store::NOTICES_SHOWN, values).await?.iter().map(store::read_notice).collect()
}

/// A page of a place's notices, newest first.
///
/// # Errors
/// If the engine fails.
pub async fn notices_of(db: &Db, place: &Place, ask: &PageAsk) -> Result<Page<Notice>> {
    let (starts, id) = match &ask.after {
        Some(key) => (key.text(0)?, key.text(1)?),
        // Later than any day.
        None => ("9999-99-99", ""),
    };
    let rows = db.query(store::NOTICES_OF, args![place.key(), starts, id, ask.sql_limit()]).await?;
    let rows = rows.iter().map(store::read_notice).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, ask, |it| Cursor::new([it.facts.starts.clone(), it.id.to_string()])))
}
