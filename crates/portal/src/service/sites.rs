//! Sites of places: made, changed, given a picture, read.

use journal::{Head, append};
use kernel::{Authority, Ctx, Cursor, Error, Id, Page, PageAsk, Result};
use serde::Serialize;
use standards::DivisionCode;
use storage::{Blobs, Db, Unit, args};

use super::{allow, fingerprint, kinds};
use crate::{
    model::{
        place::{Hall, Place},
        site::{Picture, SiteFacts},
    },
    store,
};

/// A picture at most, in bytes.
pub(crate) const PICTURE_MAX: usize = 2 * 1024 * 1024;
/// Halls of one division that a page shows.
const HALLS_MAX: i64 = 50;

/// What a place says of itself, as it stands.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its id in the record; a hall's place is known by it.
    pub id: Id<Hall>,
    /// Whose site it is.
    pub place: Place,
    /// The division itself, or where the hall lies.
    pub division: DivisionCode,
    /// A hall's name; empty for a division, whose name stands in the division table.
    pub name: String,
    /// The authority that keeps it.
    pub keeper: Id<Authority>,
    /// What it says.
    pub facts: SiteFacts,
    /// Where its chain stands.
    pub head: Head,
}

impl Site {
    pub(crate) fn subject(&self) -> String {
        format!("portal-place:{}", self.id)
    }
}

/// A site to be made.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// The division, or where the hall lies.
    pub division: DivisionCode,
    /// The hall's name; empty: the division's own site.
    pub hall: String,
    /// The authority that keeps it.
    pub keeper: Id<Authority>,
}

/// What an entry of a site's chain says: the site as it stands after it, its words by their SM3.
#[derive(Serialize)]
struct Stands<'a> {
    place: String,
    division: &'a str,
    keeper: Id<Authority>,
    /// SM3 of the document as stored.
    document: String,
    /// SM3 of the hall's name.
    name: String,
}

impl<'a> Stands<'a> {
    fn of(it: &'a Site, document: &str) -> Self {
        Self {
            place: it.place.key(),
            division: it.division.as_str(),
            keeper: it.keeper,
            document: fingerprint(document),
            name: fingerprint(&it.name),
        }
    }
}

/// Gives a place a site of its own, empty as yet.
///
/// # Errors
/// Those of [`SITES`](crate::SITES) at the keeper; [`Error::Invalid`] at `division` if there is no such division or it does not lie in the
/// keeper's, at `hall` if the name is too long; [`Error::Refused`] if the place has a site.
pub async fn make_site(ctx: &Ctx, db: &Db, new: &NewSite) -> Result<Place> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit, new.keeper)?;
    let keeper = identity::authority(db, new.keeper).await?;
    let within = DivisionCode::parse(&keeper.facts.division).is_ok_and(|it| new.division.is_within(&it));
    if !within {
        return Err(Error::invalid("division", format!("只能建立「{}」所在地区及其下级的站点。", keeper.facts.name)));
    }
    if identity::find_division(db, &new.division).await?.is_none() {
        return Err(Error::invalid("division", "没有这个行政区划，请核对代码。"));
    }
    let mut faults = Vec::new();
    let name = crate::model::line(&mut faults, "hall", &new.hall, 60);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let id = ctx.new_id();
    let place = if name.is_empty() { Place::Division(new.division.clone()) } else { Place::Hall(id) };
    let (division, facts) = (new.division.clone(), SiteFacts::default());
    let site = Site { id, place, division, name, keeper: new.keeper, facts, head: Head::none() };
    let document = document(&site.facts)?;
    let about = (site.subject(), kinds::SITE_MADE);
    let head = append(&mut unit, ctx, &site.head, (&about.0, about.1), &Stands::of(&site, &document))?;
    store::site_add(&mut unit, &site, &document, &head);
    db.commit(unit).await?.or_else(|_| Error::refused("这个地方已经有站点了，请在列表中打开修改。"))?;
    Ok(site.place)
}

/// Changes what a site says, unless somebody did since `version`. The picture stays as it is: see [`set_picture`].
///
/// # Errors
/// Those of [`SITES`](crate::SITES) at the keeper; [`Error::Invalid`] at each field that is wrong; [`Error::Stale`] if somebody was first.
pub async fn change_site(
    ctx: &Ctx,
    db: &Db,
    (place, version): (&Place, i64),
    (name, facts): (&str, &SiteFacts),
) -> Result<()> {
    let before = site(db, place).await?;
    let mut checked = facts.check(place.is_hall()).map_err(Error::Invalid)?;
    let mut faults = Vec::new();
    let name = crate::model::line(&mut faults, "name", name, 60);
    if place.is_hall() && name.is_empty() {
        faults.push(kernel::Fault::new("name", "请填写大厅名称。"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let alt = checked.picture.take().map(|it| it.alt);
    checked.picture = before.facts.picture.clone().map(|it| Picture { alt: alt.unwrap_or(it.alt.clone()), ..it });
    put(ctx, db, before, version, (if place.is_hall() { name } else { String::new() }, checked)).await
}

/// Gives a site its picture, or takes it away.
///
/// # Errors
/// As [`change_site`]; [`Error::Invalid`] at `picture` if it is no picture that browsers show, [`Error::TooLarge`] past
/// [`PICTURE_MAX`].
pub async fn set_picture(
    ctx: &Ctx,
    (db, blobs): (&Db, &Blobs),
    (place, version): (&Place, i64),
    picture: Option<(Vec<u8>, String)>,
) -> Result<()> {
    let before = site(db, place).await?;
    // Before anything is stored; the unit that is committed asks again.
    allow(ctx, &mut Unit::new(ctx), before.keeper)?;
    let picture = match picture {
        None => None,
        Some((bytes, _)) if bytes.len() > PICTURE_MAX => {
            return Err(Error::TooLarge { reason: "图片不能超过 2 MB，请压缩后再传。".to_owned() });
        }
        Some((bytes, alt)) => {
            let media = infer::get(&bytes).map(|it| it.mime_type());
            let known = media.filter(|it| matches!(*it, "image/jpeg" | "image/png" | "image/webp"));
            let media = known.ok_or_else(|| Error::invalid("picture", "请选择 JPG、PNG 或 WebP 图片。"))?.to_owned();
            let mut faults = Vec::new();
            let alt = crate::model::line(&mut faults, "alt", &alt, crate::model::LINE_MAX);
            if alt.is_empty() {
                faults.push(kernel::Fault::new("alt", "请用一句话写明图片上是什么，读屏的人靠它知道。"));
            }
            if !faults.is_empty() {
                return Err(Error::Invalid(faults));
            }
            Some(Picture { blob: blobs.put(bytes).await?, media, alt })
        }
    };
    let facts = SiteFacts { picture, ..before.facts.clone() };
    let name = before.name.clone();
    put(ctx, db, before, version, (name, facts)).await
}

async fn put(ctx: &Ctx, db: &Db, before: Site, version: i64, (name, facts): (String, SiteFacts)) -> Result<()> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit, before.keeper)?;
    if before.head.version != version {
        return Err(Error::Stale { what: "站点", by: None });
    }
    if before.facts == facts && before.name == name {
        return Ok(());
    }
    let (document, subject) = (document(&facts)?, before.subject());
    let after = Site { name, facts, ..before.clone() };
    let body = Stands::of(&after, &document);
    let head = append(&mut unit, ctx, &before.head, (&subject, kinds::SITE_CHANGED), &body)?;
    store::site_change(&mut unit, &before, (&after.name, &document), &head);
    db.commit(unit).await?.or_stale("站点")
}

fn document(facts: &SiteFacts) -> Result<String> {
    serde_json::to_string(facts).map_err(Error::internal)
}

/// The site of a place.
///
/// # Errors
/// [`Error::NotFound`] if it has none of its own; if the engine fails.
pub async fn site(db: &Db, place: &Place) -> Result<Site> {
    find_site(db, place).await?.ok_or(Error::NotFound { what: "这个地方的站点" })
}

/// The site of a place, if it has one of its own.
///
/// # Errors
/// If the engine fails.
pub async fn find_site(db: &Db, place: &Place) -> Result<Option<Site>> {
    db.find(store::SITE, args![place.key()]).await?.as_ref().map(store::read_site).transpose()
}

/// The sites of these places (six at most), as far as they have one of their own.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn sites_at(db: &Db, places: &[Place]) -> Result<Vec<Site>> {
    db.query(store::SITES_AT, store::path_keys(places)).await?.iter().map(store::read_site).collect()
}

/// The halls that lie in a division and are no divisions themselves.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn halls(db: &Db, division: &DivisionCode) -> Result<Vec<Site>> {
    db.query(store::HALLS, args![division.as_str(), HALLS_MAX]).await?.iter().map(store::read_site).collect()
}

/// A page of the sites that an authority keeps; `None`: of all.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn sites(db: &Db, keeper: Option<Id<Authority>>, ask: &PageAsk) -> Result<Page<Site>> {
    let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
    let rows = match keeper {
        Some(keeper) => db.query(store::SITES_OF, args![keeper, after, ask.sql_limit()]).await?,
        None => db.query(store::SITES, args![after, ask.sql_limit()]).await?,
    };
    let rows = rows.iter().map(store::read_site).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, ask, |it| Cursor::new([it.place.key()])))
}
