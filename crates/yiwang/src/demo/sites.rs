//! Sites of places and their notices, from the city to a village, and of a hall that is no division.

use kernel::{Authority, Ctx, Id};
use portal::{NewSite, NoticeFacts, NoticeKind, SiteFacts};
use serde::Deserialize;
use standards::DivisionCode;
use storage::Db;
use time::{Date, Duration};

use crate::outcome::Failed;

const SITES: &str = include_str!("../../demo/sites.json");

/// A site of the demo.
#[derive(Deserialize)]
struct DemoSite {
    /// The division, or where the hall lies.
    place: DivisionCode,
    #[serde(default)]
    hall: String,
    /// The keeper's key.
    keeper: String,
    /// Keys of the departments of a hall.
    #[serde(default)]
    offices: Vec<String>,
    facts: SiteFacts,
    #[serde(default)]
    notices: Vec<DemoNotice>,
}

/// A notice, shown from so many days after today (before it, if negative).
#[derive(Deserialize)]
struct DemoNotice {
    kind: NoticeKind,
    title: String,
    body: String,
    below: bool,
    from: i64,
    days: i64,
}

/// Makes them; gives how many there are.
pub(crate) async fn load(
    ctx: &Ctx,
    db: &Db,
    today: Date,
    authority: &dyn Fn(&str) -> Option<Id<Authority>>,
) -> Result<usize, Failed> {
    let missing = |key: &str| Failed::Platform(format!("the demo has no authority {key}"));
    let sites: Vec<DemoSite> =
        serde_json::from_str(SITES).map_err(|error| Failed::Platform(format!("demo file sites.json: {error}")))?;
    for it in &sites {
        let keeper = authority(&it.keeper).ok_or_else(|| missing(&it.keeper))?;
        let new = NewSite { division: it.place.clone(), hall: it.hall.clone(), keeper };
        let place = portal::make_site(ctx, db, &new).await?;
        let mut facts = it.facts.clone();
        for key in &it.offices {
            facts.offices.push(authority(key).ok_or_else(|| missing(key))?);
        }
        portal::change_site(ctx, db, (&place, 1), (&it.hall, &facts)).await?;
        for notice in &it.notices {
            let starts = today + Duration::days(notice.from);
            let facts = NoticeFacts {
                kind: notice.kind,
                title: notice.title.clone(),
                body: notice.body.clone(),
                below: notice.below,
                starts: starts.to_string(),
                ends: (starts + Duration::days(notice.days)).to_string(),
            };
            portal::post_notice(ctx, db, &place, &facts).await?;
        }
    }
    Ok(sites.len())
}
