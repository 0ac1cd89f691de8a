//! How far each department has come with its list: completeness, suspect materials, what is under way.

use askama::Template;
use axum::extract::{Query, State};
use identity::Reach;
use kernel::{Authority, Ctx, Error, Id, PageAsk};
use webkit::{Answer, App, Page, Shell, address, page};

use super::may_look;
use crate::{CATALOGUE, LEGAL_CHECK, OFFICE_CHECK, OfficeCount, reads};

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct OfficesAsk {
    q: String,
    after: String,
}

/// A department and how it stands.
pub(crate) struct OfficeLine {
    pub(crate) name: String,
    pub(crate) href: String,
    /// Its suspect materials.
    pub(crate) suspects: String,
    pub(crate) count: OfficeCount,
}

#[derive(Template)]
#[template(path = "offices_desk.html")]
pub(crate) struct OfficesPage {
    pub(crate) shell: Shell,
    pub(crate) q: String,
    /// Whether the caller sees the suspect materials of all departments together.
    pub(crate) whole: bool,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) next: String,
    pub(crate) first: String,
}

impl OfficeLine {
    fn percent(&self) -> i64 {
        self.count.percent().unwrap_or_default()
    }
}

pub(super) async fn show(State(app): State<App>, it: Page, Query(ask): Query<OfficesAsk>) -> Answer {
    let q: String = ask.q.trim().chars().take(100).collect();
    let wanted = PageAsk::from_query(Some(&ask.after), None)?;
    let reach = Reach::at(&app.db, whose(&it.ctx)?).await?;
    let found = reach.search(&app.db, &q, &wanted).await?;
    let ids: Vec<_> = found.items.iter().map(|it| it.id).collect();
    let counts = reads::office_counts(&app.db, &ids).await?;
    let line = |office: identity::Authority| OfficeLine {
        href: if it.ctx.may(CATALOGUE, &kernel::Scope::authority(office.id)).is_ok() {
            format!("/desk/items?authority={}", office.id)
        } else {
            format!("/lists/{}", office.id)
        },
        suspects: format!("/desk/items/suspects?authority={}", office.id),
        count: counts.get(&office.id).copied().unwrap_or_default(),
        name: office.facts.name,
    };
    let href = |after: &str| address("/desk/items/offices", &[("q", &q), ("after", after)]);
    page(&OfficesPage {
        next: found.next.as_deref().map(href).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { href("") },
        offices: found.items.into_iter().map(line).collect(),
        q,
        whole: reach.is_whole(),
        shell: it.shell,
    })
}

/// Whose lists the caller keeps or checks; `None`: everybody's.
pub(super) fn whose(ctx: &Ctx) -> kernel::Result<Option<Vec<Id<Authority>>>> {
    let wanted = [CATALOGUE.code, OFFICE_CHECK.code, LEGAL_CHECK.code];
    let granted: Vec<_> = ctx.actor.grants.iter().filter(|it| wanted.contains(&it.permission)).collect();
    if granted.is_empty() {
        return Err(Error::Forbidden { action: CATALOGUE.words });
    }
    if granted.iter().any(|it| it.authority.is_none()) {
        return Ok(None);
    }
    let mut own: Vec<_> = granted.iter().filter_map(|it| it.authority).collect();
    own.retain(|it| may_look(ctx, *it).is_ok());
    own.sort();
    own.dedup();
    Ok(Some(own))
}
