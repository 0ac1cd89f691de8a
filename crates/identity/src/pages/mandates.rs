//! For whom one acts, and who acts for one: chosen, invited, accepted, ended.

use std::{collections::HashMap, fmt::Write};

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Ctx, Enterprise as EnterpriseMark, Fault, Holder, Id, Item, MandateRow, PageAsk};
use webkit::{Answer, App, Caller, Form, FormData, Page, Shell, address, flash, page};

use super::{Token, again, day, fault, mendable, onward, zh_day};
use crate::{
    model::mandate::{ITEMS_MAX, NewMandate, OneMatter, POWERS_FOR_ITEMS, YEARS_MAX, powers},
    service::{
        items::{self, ItemName},
        mandates::{self, Acting, MandateLine},
        names::names,
        sessions,
    },
};

/// Where a person's own mandates are.
pub(crate) const HERE: &str = "/me/mandates";

/// Somebody for whom one may act.
pub(crate) struct ActingLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) enterprise: bool,
    /// In what capacity, for what and until when.
    pub(crate) words: String,
    pub(crate) current: bool,
}

impl ActingLine {
    fn icon(&self) -> &'static str {
        icon(self.enterprise)
    }
}

/// The sign of an enterprise or a person.
fn icon(enterprise: bool) -> &'static str {
    if enterprise { "firm" } else { "person" }
}

#[derive(Template)]
#[template(path = "acting.html")]
pub(crate) struct ActingPage {
    pub(crate) shell: Shell,
    pub(crate) name: String,
    pub(crate) others: Vec<ActingLine>,
    pub(crate) next: String,
}

impl ActingPage {
    /// Whether one acts for oneself now.
    fn own(&self) -> bool {
        !self.others.iter().any(|it| it.current)
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct ActingAsk {
    next: String,
}

/// Items in words: all, one by its name, more by their number.
fn items_words(items: &[Id<Item>], named: &HashMap<Id<Item>, String>) -> String {
    match items {
        [] => "全部事项".to_owned(),
        [one] => named.get(one).map_or_else(|| "1 个事项".to_owned(), |it| format!("「{it}」")),
        [first, ..] => match named.get(first) {
            Some(it) => format!("「{it}」等 {} 个事项", items.len()),
            None => format!("{} 个事项", items.len()),
        },
    }
}

/// What one is charged with, in words: items, or one thing of an item.
fn charged_words(
    items: &[Id<Item>],
    (matter, looks_only): (Option<&OneMatter>, bool),
    named: &HashMap<Id<Item>, String>,
) -> String {
    let what = match matter {
        Some(it) => format!("只限{}办件 {} 这一件", items_words(items, named), it.number),
        None => items_words(items, named),
    };
    if looks_only { format!("{what}，{}", powers(true)) } else { what }
}

/// Until when, in words.
fn until(ends: Option<&str>) -> String {
    ends.map_or_else(|| "长期".to_owned(), |it| format!("到{}", zh_day(it)))
}

async fn item_names(app: &App, all: impl Iterator<Item = Id<Item>>) -> kernel::Result<HashMap<Id<Item>, String>> {
    let mut ids: Vec<_> = all.collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(items::named(app, &ids).await?.into_iter().map(|it| (it.id, it.name)).collect())
}

pub(crate) async fn acting(State(app): State<App>, it: Page, Query(ask): Query<ActingAsk>) -> Answer {
    let Page { ctx, shell } = it;
    let found = mandates::acting(&app.db, ctx.person()?, ctx.now.legal_date()).await?;
    let known = names(&app, found.iter().map(|it| it.principal)).await?;
    let named = item_names(&app, found.iter().flat_map(|it| it.items.iter().copied())).await?;
    let now = ctx.actor.mandate.as_ref().map(|it| it.row);
    let line = |it: Acting| ActingLine {
        id: it.id.to_string(),
        name: known.of(&it.principal).to_owned(),
        enterprise: matches!(it.principal, Holder::Enterprise(_)),
        words: format!(
            "{}，{}，{}",
            it.role.name(),
            charged_words(&it.items, (it.matter.as_ref(), it.looks_only), &named),
            until(it.ends.as_deref())
        ),
        current: now == Some(it.id),
    };
    let (name, others) = (ctx.actor.name.clone(), found.into_iter().map(line).collect());
    page(&ActingPage { shell, name, others, next: ask.next })
}

pub(crate) async fn act_for(
    State(app): State<App>,
    Caller(ctx): Caller,
    Token(token): Token,
    Form(form): Form,
) -> Answer {
    let mandate = if form.has("mandate") { Some(form.text("mandate").parse()?) } else { None };
    sessions::act_for(&ctx, &app, &token, mandate).await?;
    let words = if mandate.is_some() {
        "已切换，现在是代人办事，页面上方写着为谁。"
    } else {
        "已切换，现在为本人办事。"
    };
    // A draft or case is of whom one acted for before.
    let next = match onward(form.text("next")) {
        next if next.starts_with("/drafts/") || next.starts_with("/cases/") => "/cases",
        next if next.starts_with("/me/acting") => "/me",
        next => next,
    };
    Ok(flash(next, "done", words))
}

/// A mandate in a list.
pub(crate) struct MandateView {
    pub(crate) id: String,
    /// The other side.
    pub(crate) name: String,
    pub(crate) enterprise: bool,
    pub(crate) words: String,
    pub(crate) tone: &'static str,
    pub(crate) state: &'static str,
    /// Whether one may end it here.
    pub(crate) may_end: bool,
}

impl MandateView {
    fn icon(&self) -> &'static str {
        icon(self.enterprise)
    }
}

/// Mandates as a list shows them; `given`: the other side is who acts.
pub(crate) async fn views(app: &App, found: Vec<MandateLine>, given: bool) -> kernel::Result<Vec<MandateView>> {
    let named = item_names(app, found.iter().flat_map(|it| it.items.iter().copied())).await?;
    let view = |it: MandateLine| {
        let (tone, state) = it.standing.words();
        let mut words = it.role.name().to_owned();
        if !it.mobile.is_empty() {
            let _ = write!(words, "，手机号 {}", it.mobile);
        }
        let _ = write!(
            words,
            "，{}，{}起，{}",
            charged_words(&it.items, (it.matter.as_ref(), it.looks_only), &named),
            zh_day(&it.starts),
            until(it.ends.as_deref())
        );
        MandateView {
            id: it.id.to_string(),
            may_end: it.open() && it.role != crate::Role::Legal,
            enterprise: !given && it.enterprise,
            name: if given { it.agent } else { it.principal },
            words,
            tone,
            state,
        }
    };
    Ok(found.into_iter().map(view).collect())
}

#[derive(Template)]
#[template(path = "mandates.html")]
pub(crate) struct MandatesPage {
    pub(crate) shell: Shell,
    pub(crate) invitations: Vec<MandateView>,
    pub(crate) received: Vec<MandateView>,
    pub(crate) given: Vec<MandateView>,
    pub(crate) next: String,
    pub(crate) first: String,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct ListAsk {
    pub(crate) after: String,
}

impl ListAsk {
    pub(crate) fn page(&self) -> kernel::Result<PageAsk> {
        PageAsk::from_query(Some(&self.after), None)
    }

    /// Addresses of the next page and, but on the first, of the first.
    pub(crate) fn links(&self, here: &str, next: Option<String>) -> (String, String) {
        let next = next.map(|key| address(here, &[("after", &key)])).unwrap_or_default();
        (next, if self.after.is_empty() { String::new() } else { here.to_owned() })
    }
}

pub(crate) async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let Page { ctx, shell } = it;
    let own = Holder::Person(ctx.person()?);
    let given = mandates::given(&ctx, &app, own, &ask.page()?).await?;
    let (next, first) = ask.links(HERE, given.next);
    page(&MandatesPage {
        shell,
        invitations: views(&app, mandates::invitations(&ctx, &app).await?, false).await?,
        received: views(&app, mandates::received(&ctx, &app).await?, false).await?,
        given: views(&app, given.items, true).await?,
        next,
        first,
    })
}

#[derive(Template)]
#[template(path = "mandate_offer.html")]
pub(crate) struct OfferPage {
    pub(crate) shell: Shell,
    /// Where the form goes.
    pub(crate) action: String,
    /// The page it belongs to, and its name.
    pub(crate) back: (String, String),
    /// The enterprise's name; empty: for oneself.
    pub(crate) enterprise: String,
    pub(crate) form: FormData,
    /// Items to choose from: those chosen already, and those found.
    pub(crate) items: Vec<ItemName>,
    /// What was chosen.
    pub(crate) chosen: Vec<String>,
    /// Whether words were looked for and nothing was found.
    pub(crate) nothing: bool,
    pub(crate) faults: Vec<Fault>,
}

impl OfferPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// 「全部事项」 or 「只办指定的事项」.
    fn scopes(&self) -> [(&'static str, &'static str); 2] {
        [("all", "全部事项"), ("some", "只办指定的事项")]
    }

    fn scope(&self) -> &str {
        match self.form.text("scope") {
            "" if self.enterprise.is_empty() => "some",
            "" => "all",
            scope => scope,
        }
    }

    fn choices(&self) -> Vec<(String, String)> {
        self.items.iter().map(|it| (it.id.to_string(), format!("{}（{}）", it.name, it.authority))).collect()
    }

    fn powers(&self) -> &str {
        if self.form.text("powers") == "look" { "look" } else { "act" }
    }

    fn offered_powers(&self) -> [(&'static str, &'static str); 2] {
        POWERS_FOR_ITEMS
    }

    fn ends_hint(&self) -> String {
        match self.enterprise.is_empty() {
            true => format!("含当日，最长 {YEARS_MAX} 年；随时可以提前终止"),
            false => "含当日；不填为长期，随时可以终止".to_owned(),
        }
    }
}

/// Whose offer a form is: one's own, or that of one's enterprise.
async fn whose(ctx: &Ctx, app: &App, enterprise: Option<Id<EnterpriseMark>>) -> kernel::Result<(Holder, OfferPlace)> {
    let Some(id) = enterprise else {
        let back = (HERE.to_owned(), "委托代办".to_owned());
        let place = OfferPlace { action: format!("{HERE}/new"), back, enterprise: String::new() };
        return Ok((Holder::Person(ctx.person()?), place));
    };
    let holder = Holder::Enterprise(id);
    mandates::over(ctx, app, holder).await?;
    let name = crate::enterprise(&app.db, id).await?.name;
    let here = format!("/me/enterprises/{id}");
    let place = OfferPlace { action: format!("{here}/agents/new"), back: (here, name.clone()), enterprise: name };
    Ok((holder, place))
}

struct OfferPlace {
    action: String,
    back: (String, String),
    enterprise: String,
}

async fn offer_page(
    app: &App,
    shell: Shell,
    place: OfferPlace,
    (form, faults): (FormData, Vec<Fault>),
) -> kernel::Result<OfferPage> {
    let chosen: Vec<String> = form.all("items").into_iter().map(str::to_owned).take(ITEMS_MAX + 1).collect();
    let ids: Vec<Id<Item>> = chosen.iter().filter_map(|it| it.parse().ok()).collect();
    let mut offered = items::named(app, &ids).await?;
    let words = form.text("words").to_owned();
    let found = items::find(app, &words, None).await?;
    let nothing = !words.trim().is_empty() && found.is_empty();
    offered.extend(found.into_iter().filter(|it| !ids.contains(&it.id)));
    let OfferPlace { action, back, enterprise } = place;
    Ok(OfferPage { shell, action, back, enterprise, form, items: offered, chosen, nothing, faults })
}

/// With what a form begins: the item and the last day that another page had in mind.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct OfferAsk {
    items: String,
    ends: String,
}

pub(crate) async fn offer_own(State(app): State<App>, it: Page, Query(ask): Query<OfferAsk>) -> Answer {
    let (_, place) = whose(&it.ctx, &app, None).await?;
    let said = [("items", ask.items), ("ends", ask.ends)].map(|(name, text)| (name.to_owned(), text));
    let form = FormData::of(said.into_iter().filter(|it| !it.1.is_empty()).collect());
    page(&offer_page(&app, it.shell, place, (form, Vec::new())).await?)
}

pub(crate) async fn offer_enterprise(State(app): State<App>, it: Page, Path(id): Path<Id<EnterpriseMark>>) -> Answer {
    let (_, place) = whose(&it.ctx, &app, Some(id)).await?;
    page(&offer_page(&app, it.shell, place, (FormData::default(), Vec::new())).await?)
}

pub(crate) async fn send_own(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    send(app, it, None, form).await
}

pub(crate) async fn send_enterprise(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<EnterpriseMark>>,
    Form(form): Form,
) -> Answer {
    send(app, it, Some(id), form).await
}

/// Reads the form of an offer.
pub(crate) fn new_mandate(form: &FormData) -> kernel::Result<NewMandate> {
    let some = form.text("scope") != "all";
    let items =
        if some { form.all("items").into_iter().map(str::parse).collect::<Result<_, _>>()? } else { Vec::new() };
    if some && items.is_empty() {
        return Err(kernel::Error::invalid("items", "请选择要代办的事项；什么都可以代办的，请选「全部事项」。"));
    }
    Ok(NewMandate {
        name: form.text("name").to_owned(),
        mobile: form.text("mobile").to_owned(),
        items,
        matter: None,
        looks_only: form.text("powers") == "look",
        starts: day(form, "starts")?,
        ends: day(form, "ends")?,
    })
}

async fn send(app: App, it: Page, enterprise: Option<Id<EnterpriseMark>>, form: FormData) -> Answer {
    let (holder, place) = whose(&it.ctx, &app, enterprise).await?;
    if form.has("find") {
        return page(&offer_page(&app, it.shell, place, (form, Vec::new())).await?);
    }
    let sent = match new_mandate(&form) {
        Ok(new) => mandates::offer(&it.ctx, &app, holder, &new).await.map(drop),
        Err(error) => Err(error),
    };
    match sent {
        Ok(()) => {
            let words = "邀请已发出。请对方登录后，在「我的账号」的「委托代办」里接受；接受以后才生效。";
            Ok(flash(&place.back.0, "done", words))
        }
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&offer_page(&app, it.shell, place, (form, faults)).await?))
        }
    }
}

pub(crate) async fn accept(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<MandateRow>>,
    _: Form,
) -> Answer {
    mandates::accept(&ctx, &app, id).await?;
    Ok(flash(HERE, "done", "已接受。要代办时，请在页面上方切换为对方办事。"))
}

pub(crate) async fn decline(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<MandateRow>>,
    _: Form,
) -> Answer {
    mandates::decline(&ctx, &app, id).await?;
    Ok(flash(HERE, "done", "已谢绝这份邀请。"))
}

pub(crate) async fn end(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<MandateRow>>,
    Form(form): Form,
) -> Answer {
    mandates::end(&ctx, &app, id).await?;
    Ok(flash(onward(form.text("next")), "done", "已终止，立即生效。"))
}
