//! Sites of places, and the notices of one, as they are written out.

use kernel::{Ctx, Error, Page, PageAsk, Result, Scope};
use webkit::{App, Listing, filter_of};

use super::desk::places;
use crate::{
    SITES,
    service::{notices, sites},
};

/// All sites.
pub(super) const PLACES: Listing = Listing {
    code: "portal.places",
    name: "站点",
    page: "/desk/places",
    needs: &[SITES],
    columns: &[("地方", 36), ("代码", 24), ("维护单位", 36), ("网页", 48)],
    rows: |ctx, app, _, ask| Box::pin(place_rows(ctx, app, ask)),
};

async fn place_rows(ctx: &Ctx, app: &App, ask: &PageAsk) -> Result<Page<Vec<String>>> {
    if !ctx.may_somewhere(SITES) {
        return Err(Error::Forbidden { action: SITES.words });
    }
    let site = app.site.address.trim_end_matches('/');
    let found = places(ctx, app, ask).await?;
    Ok(found.map(|it| {
        let address = format!("{site}/places/{}", it.place);
        vec![it.name, it.place, it.keeper, address]
    }))
}

/// The notices of a place, for whoever edits its site.
pub(super) const NOTICES: Listing = Listing {
    code: "portal.notices",
    name: "公告",
    page: "/desk/places/{place}/notices",
    needs: &[SITES],
    columns: &[
        ("标题", 36),
        ("内容", 60),
        ("种类", 12),
        ("开始", 14),
        ("结束", 14),
        ("下级地方也显示", 16),
        ("状态", 12),
    ],
    rows: |ctx, app, query, ask| Box::pin(notice_rows(ctx, app, query, ask)),
};

#[derive(serde::Deserialize)]
struct NoticesAsk {
    place: String,
}

async fn notice_rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> Result<Page<Vec<String>>> {
    let site = sites::site(&app.db, &filter_of::<NoticesAsk>(query)?.place.parse()?).await?;
    ctx.may(SITES, &Scope::authority(site.keeper))?;
    let today = ctx.now.legal_date().to_string();
    let found = notices::notices_of(&app.db, &site.place, ask).await?;
    Ok(found.map(|it| {
        let state = it.words(&today).1;
        let below = if it.facts.below { "是" } else { "" };
        let facts = it.facts;
        let kind = facts.kind.name();
        let words = [kind, &facts.starts, &facts.ends, below, state].map(str::to_owned);
        [facts.title, facts.body].into_iter().chain(words).collect()
    }))
}
