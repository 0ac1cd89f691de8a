//! Who acts for whom in the demo: an old woman's son, an enterprise's agent for some items, a mother for her child, and what waits: an
//! invitation, and a father's declaration that a window confirms.

use identity::{Declaration, NewMandate};
use kernel::{Holder, Moment};

use crate::{
    demo::{
        content::{DemoMandate, DemoWard},
        loader::Loading,
    },
    outcome::Failed,
};

/// An invitation that nobody answers is over after a month; those of the demo are so many days old.
const OFFERED_DAYS_AGO: i64 = 2;
/// What was accepted ends so many days after it was offered.
const TERM_DAYS: i64 = 365;

/// Settles all of it through the service, as people do.
pub(crate) async fn settle(loading: &Loading<'_>) -> Result<(), Failed> {
    let at = loading.app.clock.now().plus_seconds(-OFFERED_DAYS_AGO * 86_400);
    for it in &loading.content.mandates {
        mandate(loading, it, at).await?;
    }
    for DemoWard { guardian, name, number } in &loading.content.wards {
        let ctx = loading.person(guardian, None, at)?;
        identity::declare_guardian(&ctx, loading.app, &Declaration { name, number, declared: true }).await?;
    }
    println!("  委托和监护：{} 项", loading.content.mandates.len() + loading.content.wards.len());
    Ok(())
}

async fn mandate(loading: &Loading<'_>, it: &DemoMandate, at: Moment) -> Result<(), Failed> {
    let (content, who) = (loading.content, &loading.who);
    let missing = |key: &str| Failed::Platform(format!("the demo has no {key}"));
    let (principal, by) = match content.enterprises.iter().find(|firm| firm.key == it.principal) {
        Some(firm) => (who.enterprises.get(&firm.key).copied().map(Holder::Enterprise), &firm.legal_representative),
        None => (who.people.get(&it.principal).copied().map(Holder::Person), &it.principal),
    };
    let items = it.items.iter().map(|slug| who.items.get(slug).copied().ok_or_else(|| missing(slug)));
    let agent = content.person(&it.agent)?;
    let new = NewMandate {
        name: agent.name.clone(),
        mobile: agent.mobile.clone(),
        items: items.collect::<Result<_, _>>()?,
        matter: None,
        looks_only: false,
        starts: None,
        ends: Some(at.legal_date() + time::Duration::days(TERM_DAYS)),
    };
    let principal = principal.ok_or_else(|| missing(&it.principal))?;
    let id = identity::offer(&loading.person(by, None, at)?, loading.app, principal, &new).await?;
    if it.accepted {
        identity::accept(&loading.person(&it.agent, None, at)?, loading.app, id).await?;
    }
    Ok(())
}
