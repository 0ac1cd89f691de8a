//! Applying: what one knows before one begins.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use catalogue::{Documents, ItemDocument};
use kernel::{Error, Id, Item, Scope};
use webkit::{Access, Answer, App, Caller, Form, Page, Routes, Shell, page, see_other};

use crate::{
    FILE, rules,
    service::drafts::{self, DraftAsk},
};

pub(crate) fn routes() -> Routes {
    let own = Access::May(FILE);
    Routes::new().get("/items/{id}/apply", own, start).post("/items/{id}/apply", own, begin)
}

/// What a person knows before beginning.
#[derive(Template)]
#[template(path = "apply.html")]
pub(crate) struct StartPage {
    pub(crate) shell: Shell,
    pub(crate) item: String,
    pub(crate) authority: String,
    pub(crate) document: Arc<ItemDocument>,
    /// Why it cannot be begun, or empty.
    pub(crate) refusal: String,
    /// Why the applicant should raise the real-name level before filing; empty: it will do.
    pub(crate) raise: String,
    /// What it has really taken here lately, in words; empty: too few cases to say.
    pub(crate) measured: String,
    /// A draft of the same item: its id and when it was last changed.
    pub(crate) draft: Option<(String, String)>,
}

impl StartPage {
    fn promise(&self) -> String {
        self.document.promised_limit.map_or_else(|| "见办事指南".to_owned(), |it| it.to_string())
    }

    fn statutory(&self) -> String {
        self.document.base.as_ref().map_or_else(String::new, |it| it.statutory_limit.to_string())
    }

    fn cost(&self) -> String {
        rules::cost(&self.document)
    }

    fn visits(&self) -> String {
        match &self.document.visits {
            Some(it) if it.times == 0 => "不用跑，全程网上办".to_owned(),
            Some(it) => format!("{} 次（{}）", it.times, it.reason),
            None => "见办事指南".to_owned(),
        }
    }
}

async fn start(State(app): State<App>, it: Page, Path(id): Path<Id<Item>>) -> Answer {
    let documents = app.part::<Documents>()?;
    let published = catalogue::published(&app.db, &documents, id).await?;
    let authority = identity::authority(&app.db, published.item.authority).await?.facts.name;
    let holder = it.ctx.actor.holder().ok_or(Error::SignIn)?;
    it.ctx.may(FILE, &Scope::item(published.item.authority, id).of(holder))?;
    let refusal = drafts::check_audience(&published.document, holder).err().map_or_else(String::new, |it| it.message());
    let raise = match drafts::check_level(&it.ctx, &app, &published.document).await {
        Ok(()) => String::new(),
        Err(error @ Error::Refused { .. }) => error.message(),
        Err(error) => return Err(error.into()),
    };
    let draft = drafts::drafts_of(&it.ctx, &app).await?.into_iter().find(|draft| draft.item == id);
    page(&StartPage {
        shell: it.shell,
        item: id.to_string(),
        authority,
        document: published.document,
        refusal,
        raise,
        measured: portal::measured(&app, id).await?.map(|it| it.words()).unwrap_or_default(),
        draft: draft.map(|it| (it.id.to_string(), it.updated_at.zh())),
    })
}

async fn begin(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<Item>>, Form(_): Form) -> Answer {
    let draft = drafts::create_draft(&ctx, &app, &DraftAsk { item: id, holder: None, consent: false }).await?;
    Ok(see_other(&format!("/drafts/{}", draft.id)))
}
