//! The list of an authority's items: tree by department and type, filters, completeness.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use kernel::{Authority, Ctx, Id, PageAsk, Scope};
use standards::ItemType;
use webkit::{Answer, App, Listing, Page, Shell, address, asked, filter_of, page, see_other};

use super::offices::whose;
use crate::{
    CATALOGUE, ItemFilter, StateCount, TypeCount,
    model::{ItemState, ItemSummary, percent_of_list},
    reads,
};

#[derive(serde::Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct ListAsk {
    pub(crate) authority: String,
    pub(crate) state: String,
    #[serde(rename = "type")]
    pub(crate) item_type: String,
    pub(crate) q: String,
    pub(crate) after: String,
}

impl ListAsk {
    fn asked(&self) -> String {
        let pairs =
            [("authority", &*self.authority), ("state", &self.state), ("type", &self.item_type), ("q", &self.q)];
        asked(&pairs)
    }

    fn filter(&self, authority: Id<Authority>) -> ItemFilter {
        ItemFilter {
            authority: Some(authority),
            state: ItemState::from_code(&self.state),
            item_type: ItemType::from_code(&self.item_type),
            text: self.q.chars().take(100).collect(),
            ..ItemFilter::default()
        }
    }

    /// The address of the same list in this state and of this type, from its start or after a key.
    fn href(&self, state: &str, item_type: &str, after: &str) -> String {
        let pairs = [
            ("authority", self.authority.as_str()),
            ("state", state),
            ("type", item_type),
            ("q", &self.q),
            ("after", after),
        ];
        address("/desk/items", &pairs)
    }
}

/// A link with a count.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) current: bool,
    pub(crate) count: String,
}

#[derive(Template)]
#[template(path = "items_desk.html")]
pub(crate) struct ItemsPage {
    pub(crate) shell: Shell,
    pub(crate) ask: ListAsk,
    pub(crate) authority: String,
    /// Whether the caller keeps more than this one.
    pub(crate) others: bool,
    pub(crate) types: Vec<Tab>,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) items: Vec<ItemSummary>,
    pub(crate) percent: i64,
    pub(crate) total: i64,
    pub(crate) incomplete: i64,
    pub(crate) suspects: i64,
    pub(crate) next: String,
    pub(crate) first: String,
}

pub(super) async fn list(State(app): State<App>, it: Page, Query(mut ask): Query<ListAsk>) -> Answer {
    let Some((authority, others)) = chosen(&it, &ask.authority)? else { return Ok(see_other("/desk/items/offices")) };
    it.ctx.may(CATALOGUE, &Scope::authority(authority))?;
    ask.authority = authority.to_string();
    let filter = ask.filter(authority);
    let found = reads::items(&app.db, &filter, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let counts = reads::by_type(&app.db, authority).await?;
    let name = identity::authority(&app.db, authority).await?.facts.name;
    page(&ItemsPage::new(it.shell, ask, (name, others), &counts, found))
}

/// The list as it is written out.
pub(crate) const LISTING: Listing = Listing {
    code: "catalogue.items",
    name: "事项目录",
    page: "/desk/items",
    needs: &[CATALOGUE],
    columns: &[
        ("事项名称", 36),
        ("事项类型", 12),
        ("状态", 10),
        ("基本编码", 16),
        ("实施编码", 34),
        ("业务办理项编码", 36),
        ("地方编码", 18),
        ("还缺要素", 10),
        ("待更正", 10),
        ("变更日期", 16),
    ],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let asked: ListAsk = filter_of(query)?;
    let authority: Id<Authority> = asked.authority.parse()?;
    ctx.may(CATALOGUE, &Scope::authority(authority))?;
    let found = reads::items(&app.db, &asked.filter(authority), ask).await?;
    Ok(found.map(|it| {
        vec![
            it.name,
            it.item_type.name().to_owned(),
            it.state.name().to_owned(),
            it.base_code,
            it.item_code,
            it.handling_code,
            it.local_code,
            it.missing.to_string(),
            it.findings.to_string(),
            it.changed_at.zh_date(),
        ]
    }))
}

/// The authority of the address, or the caller's only one, and whether there are others to go to; `None`: one is still to be chosen.
pub(super) fn chosen(it: &Page, asked: &str) -> kernel::Result<Option<(Id<Authority>, bool)>> {
    let own = whose(&it.ctx)?;
    let others = own.as_ref().is_none_or(|own| own.len() > 1);
    match (asked, own.as_deref()) {
        ("", Some([only])) => Ok(Some((*only, false))),
        ("", _) => Ok(None),
        (asked, _) => Ok(Some((asked.parse()?, others))),
    }
}

impl ItemsPage {
    fn score(&self) -> String {
        format!("{}%", self.percent)
    }

    fn lacking(&self) -> String {
        format!("还缺 {} 项要素", self.incomplete)
    }

    fn tone(&self, good: bool) -> &'static str {
        if good { "good" } else { "warn" }
    }

    pub(crate) fn new(
        shell: Shell,
        ask: ListAsk,
        (authority, others): (String, bool),
        counts: &[TypeCount],
        found: kernel::Page<ItemSummary>,
    ) -> Self {
        let open: Vec<_> = counts.iter().filter(|it| it.state != ItemState::Cancelled).collect();
        let total: i64 = open.iter().map(|it| it.items).sum();
        let missing: i64 = open.iter().map(|it| it.missing).sum();
        let first = if ask.after.is_empty() { String::new() } else { ask.href(&ask.state, &ask.item_type, "") };
        Self {
            types: types(&ask, counts),
            tabs: states(&ask, counts),
            next: found.next.map(|key| ask.href(&ask.state, &ask.item_type, &key)).unwrap_or_default(),
            first,
            items: found.items,
            percent: percent_of_list(total, missing).unwrap_or_default(),
            incomplete: missing,
            suspects: counts.iter().map(|it| it.suspects).sum(),
            total,
            ask,
            authority,
            others,
            shell,
        }
    }
}

/// The branches of the tree: every type that the authority has, in the type's order.
fn types(ask: &ListAsk, counts: &[TypeCount]) -> Vec<Tab> {
    let mut by_type: BTreeMap<ItemType, i64> = BTreeMap::new();
    for it in counts {
        *by_type.entry(it.item_type).or_default() += it.items;
    }
    let all = Tab {
        href: ask.href(&ask.state, "", ""),
        text: "全部类型".to_owned(),
        current: ask.item_type.is_empty(),
        count: by_type.values().sum::<i64>().to_string(),
    };
    let each = by_type.into_iter().map(|(it, n)| Tab {
        href: ask.href(&ask.state, it.code(), ""),
        text: it.name().to_owned(),
        current: ask.item_type == it.code(),
        count: n.to_string(),
    });
    std::iter::once(all).chain(each).collect()
}

fn states(ask: &ListAsk, counts: &[TypeCount]) -> Vec<Tab> {
    let counts: Vec<_> = counts
        .iter()
        .filter(|it| ask.item_type.is_empty() || it.item_type.code() == ask.item_type)
        .map(|it| StateCount { state: it.state, items: it.items, missing: it.missing })
        .collect();
    let of = |state: ItemState| counts.iter().filter(|it| it.state == state).map(|it| it.items).sum::<i64>();
    let all = Tab {
        href: ask.href("", &ask.item_type, ""),
        text: "全部".to_owned(),
        current: ask.state.is_empty(),
        count: counts.iter().map(|it| it.items).sum::<i64>().to_string(),
    };
    let each = ItemState::ALL.into_iter().map(|state| Tab {
        href: ask.href(state.code(), &ask.item_type, ""),
        text: state.name().to_owned(),
        current: ask.state == state.code(),
        count: of(state).to_string(),
    });
    std::iter::once(all).chain(each).collect()
}
