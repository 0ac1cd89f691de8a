//! Beginning an item: choose the entry of the base directory, then fill it in.

use askama::Template;
use axum::extract::{Query, State};
use identity::{Choice, ChoiceAsk, Reach};
use kernel::{Authority, Error, Id, PageAsk, Scope};
use standards::{ItemType, UseLevel};
use webkit::{Answer, App, Form, Page, Shell, address, flash, page};

use super::owned;
use crate::{BaseRow, CATALOGUE, model::ItemDocument, reads, service::items};

const HERE: &str = "/desk/items/new";

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct NewAsk {
    #[serde(flatten)]
    choice: ChoiceAsk,
    #[serde(rename = "type")]
    item_type: String,
    q: String,
    after: String,
}

#[derive(Template)]
#[template(path = "item_new.html")]
pub(crate) struct NewPage {
    pub(crate) shell: Shell,
    pub(crate) choice: Choice,
    pub(crate) types: Vec<(String, String)>,
    pub(crate) item_type: String,
    pub(crate) q: String,
    pub(crate) entries: Vec<BaseRow>,
    pub(crate) next: String,
    pub(crate) first: String,
}

pub(super) async fn choose(State(app): State<App>, it: Page, Query(ask): Query<NewAsk>) -> Answer {
    let text: String = ask.q.chars().take(100).collect();
    let keep = [("type", ask.item_type.as_str()), ("q", &text)];
    let reach = Reach::of(&it.ctx, &app.db, CATALOGUE).await?;
    let choice = reach.choose(&app.db, &ask.choice, (HERE, &keep), true).await?;
    let ask_page = PageAsk::from_query(Some(&ask.after), None)?;
    let found = reads::base_entries(&app.db, ItemType::from_code(&ask.item_type), &text, &ask_page).await?;
    let authority = choice.id();
    let href = |after: &str| address(HERE, &[&keep[..], &[("authority", &authority), ("after", after)]].concat());
    let next = found.next.map(|key| href(&key)).unwrap_or_default();
    let first = if ask.after.is_empty() { String::new() } else { href("") };
    let types = owned(ItemType::ALL.iter().map(|it| (it.code(), it.name())));
    page(&NewPage {
        shell: it.shell,
        choice,
        types,
        next,
        first,
        entries: found.items,
        item_type: ask.item_type.clone(),
        q: text.clone(),
    })
}

pub(super) async fn create(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let authority: Id<Authority> = form.text("authority").parse()?;
    it.ctx.may(CATALOGUE, &Scope::authority(authority))?;
    let entry = reads::base_entry(&app.db, form.text("code")).await?.entry;
    let office = identity::authority(&app.db, authority).await?.facts;
    let doc = ItemDocument {
        name: entry.name.clone(),
        main_item: entry.main_item.clone(),
        use_levels: level(&entry.use_levels, &office.division).into_iter().collect(),
        base: Some(entry),
        ..ItemDocument::default()
    };
    match items::create_item(&it.ctx, &app.db, authority, &doc).await {
        Ok(id) => Ok(flash(&format!("/desk/items/{id}/edit/basic"), "done", "已建立草稿，基本目录的内容已经带入。")),
        Err(Error::Invalid(faults)) => {
            let said = faults.first().map_or("内容有误。", |it| it.message.as_str());
            Ok(flash("/desk/items/new", "fault", said))
        }
        Err(error) => Err(error.into()),
    }
}

/// The level at which an authority of this division exercises an item: its own, if the law allows it.
fn level(allowed: &[UseLevel], division: &str) -> Option<UseLevel> {
    use standards::DivisionLevel;
    let own = match standards::DivisionCode::parse(division).ok()?.level() {
        DivisionLevel::Province => UseLevel::Province,
        DivisionLevel::City => UseLevel::City,
        DivisionLevel::County => UseLevel::County,
        DivisionLevel::Town => UseLevel::Town,
        DivisionLevel::Village => UseLevel::Village,
    };
    (allowed.is_empty() || allowed.contains(&own)).then_some(own)
}
