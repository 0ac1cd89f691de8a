//! Notices as everybody reads them: those of a place, and one alone.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
};
use kernel::{Error, PageAsk};
use webkit::{Answer, App, Shell};

use super::known;
use crate::{
    model::{notice::Notice, place::Place},
    pages::public::{Asked, PublicPages},
    service::{notices, sites},
};

#[derive(Template)]
#[template(path = "notices.html")]
pub(crate) struct NoticesPage {
    pub(crate) shell: Shell,
    pub(crate) place: String,
    pub(crate) name: String,
    /// The present legal day.
    pub(crate) today: String,
    pub(crate) notices: Vec<Notice>,
    pub(crate) next: String,
    pub(crate) first: String,
}

#[derive(Template)]
#[template(path = "notice.html")]
pub(crate) struct NoticePage {
    pub(crate) shell: Shell,
    pub(crate) place: String,
    pub(crate) name: String,
    pub(crate) notice: Notice,
    pub(crate) past: bool,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct ListAsk {
    after: String,
}

/// The name of a place.
pub(crate) async fn name_of(app: &App, place: &Place) -> kernel::Result<String> {
    match place {
        Place::Division(code) => Ok(identity::division(&app.db, code).await?.name),
        Place::Hall(_) => Ok(sites::site(&app.db, place).await?.name),
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    shell: Shell,
    (Path(place), Query(ask)): (Path<String>, Query<ListAsk>),
    headers: HeaderMap,
) -> Answer {
    let (place, now): (Place, _) = (place.parse()?, app.clock.now());
    let asked = Asked { shell, headers, stamp: known(&app).await?.stamp(now) };
    let render = async |shell: Shell| {
        let found = notices::notices_of(&app.db, &place, &PageAsk::from_query(Some(&ask.after), None)?).await?;
        let today = now.legal_date().to_string();
        // What begins later is not public yet; what was taken back is no more.
        let public = |it: &Notice| !it.withdrawn && it.facts.starts <= today;
        let notices = found.items.into_iter().filter(public).collect();
        let here = format!("/places/{place}/notices");
        let next = found.next.map(|key| format!("{here}?after={key}")).unwrap_or_default();
        let first = if ask.after.is_empty() { String::new() } else { here };
        Ok(NoticesPage { shell, name: name_of(&app, &place).await?, place: place.key(), notices, next, first, today })
    };
    app.part::<PublicPages>()?.answer(asked, render).await
}

pub(crate) async fn show(State(app): State<App>, shell: Shell, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let (id, now) = (id.parse()?, app.clock.now());
    let asked = Asked { shell, headers, stamp: known(&app).await?.stamp(now) };
    let render = async |shell: Shell| {
        let notice = notices::notice(&app.db, id).await?;
        let today = now.legal_date().to_string();
        if notice.withdrawn || notice.facts.starts > today {
            return Err(Error::NotFound { what: "公告" });
        }
        let (place, name) = (notice.place.key(), name_of(&app, &notice.place).await?);
        Ok(NoticePage { shell, past: notice.facts.ends < today, notice, place, name })
    };
    app.part::<PublicPages>()?.answer(asked, render).await
}
