//! How far each department has come with its list: completeness, suspect materials, what is under way.

use askama::Template;
use axum::extract::{Query, State};
use identity::Reach;
use kernel::{Authority, Ctx, Error, Id, PageAsk};
use webkit::{Answer, App, Listing, Page, Shell, address, asked, filter_of, page};

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

impl OfficesAsk {
    /// The words that are looked for.
    fn text(&self) -> String {
        self.q.trim().chars().take(100).collect()
    }
}

impl OfficesPage {
    fn asked(&self) -> String {
        asked(&[("q", &self.q)])
    }
}

impl OfficeLine {
    fn percent(&self) -> i64 {
        self.count.percent().unwrap_or_default()
    }
}

pub(super) async fn show(State(app): State<App>, it: Page, Query(ask): Query<OfficesAsk>) -> Answer {
    let q = ask.text();
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

/// The list as it is written out.
pub(crate) const LISTING: Listing = Listing {
    code: "catalogue.offices",
    name: "部门和完整度",
    page: "/desk/items/offices",
    needs: &[CATALOGUE, OFFICE_CHECK, LEGAL_CHECK],
    columns: &[
        ("部门", 36),
        ("区划代码", 16),
        ("完整度（%）", 12),
        ("事项", 10),
        ("还缺要素", 10),
        ("可疑材料", 10),
        ("修改、审核中", 14),
    ],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let asked: OfficesAsk = filter_of(query)?;
    let found = Reach::at(&app.db, whose(ctx)?).await?.search(&app.db, &asked.text(), ask).await?;
    let ids: Vec<_> = found.items.iter().map(|it| it.id).collect();
    let counts = reads::office_counts(&app.db, &ids).await?;
    Ok(found.map(|it| {
        let count = counts.get(&it.id).copied().unwrap_or_default();
        let numbers = [count.items, count.missing, count.suspects, count.open];
        let percent = count.percent().map(|it| it.to_string()).unwrap_or_default();
        let mut cells = vec![it.facts.name, it.facts.division, percent];
        cells.extend(numbers.map(|it| it.to_string()));
        cells
    }))
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
