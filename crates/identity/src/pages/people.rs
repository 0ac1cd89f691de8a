//! The administrator's desk: who holds which post.

use askama::Template;
use axum::extract::{Query, State};
use kernel::{Error, PageAsk};
use standards::CitizenNumber;
use webkit::{Answer, App, Caller, Form, Page, Shell, address, flash, page, see_other};

use super::{
    choice::{Choice, ChoiceAsk},
    post_words::{OfficerLine, Words},
};
use crate::{
    ADMINISTER, SiteCallers,
    service::{
        people::find_person_by_citizen_number,
        posts::{self, Officers, Order},
        reach::Reach,
    },
};

pub(super) const HERE: &str = "/desk/people";

#[derive(Template)]
#[template(path = "people.html")]
pub(crate) struct PeoplePage {
    pub(crate) shell: Shell,
    pub(crate) officers: Vec<OfficerLine>,
    pub(crate) choice: Choice,
    pub(crate) order: Order,
    pub(crate) next: String,
    pub(crate) first: String,
}

impl PeoplePage {
    /// The page before an authority is chosen.
    pub(crate) fn choosing(shell: Shell, choice: Choice) -> Self {
        let (next, first) = (String::new(), String::new());
        Self { shell, officers: Vec::new(), choice, order: Order::Name, next, first }
    }

    fn order_words(&self) -> &'static str {
        match (self.order, self.choice.chosen.is_some()) {
            (Order::Name, _) => "按姓名拼音排列。",
            (Order::Known, false) => "姓名加密保存，全站人员按登记先后排列；选一个实施主体，就按姓名排列。",
            (Order::Known, true) => "姓名加密保存，人数较多时按登记先后排列。",
        }
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct ListAsk {
    #[serde(flatten)]
    choice: ChoiceAsk,
    after: Option<String>,
}

pub(crate) async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let Page { ctx, shell } = it;
    let realm = Reach::of(&ctx, &app.db, ADMINISTER).await?;
    let choice = realm.choose(&app.db, &ask.choice, (HERE, &[]), !realm.is_whole()).await?;
    if choice.open {
        return page(&PeoplePage::choosing(shell, choice));
    }
    let at = choice.chosen.as_ref().map(|it| it.id);
    let Officers { page: found, names, order } =
        posts::officers(&ctx, &app, at, &PageAsk::from_query(ask.after.as_deref(), None)?).await?;
    let kinds = app.part::<SiteCallers>()?;
    let words = Words::of(&ctx, &app, (&kinds, &realm), found.items.iter().flat_map(|it| &it.posts)).await?;
    let officers = found.items.iter().map(|it| words.officer(it, &names)).collect();
    let href = |after: &str| address(HERE, &[("authority", &choice.id()), ("after", after)]);
    let next = found.next.map(|next| href(&next)).unwrap_or_default();
    let first = if ask.after.is_some() { href("") } else { String::new() };
    page(&PeoplePage { shell, officers, choice, order, next, first })
}

/// Finds a person by citizen number; the number is sent as a form, never in an address.
pub(crate) async fn find(State(app): State<App>, Caller(ctx): Caller, Form(form): Form) -> Answer {
    if !ctx.may_somewhere(ADMINISTER) {
        return Err(Error::Forbidden { action: ADMINISTER.words }.into());
    }
    let Ok(number) = CitizenNumber::parse(form.text("citizen_number")) else {
        return Ok(flash("/desk/people", "warn", "身份证号不正确，请核对后再查。"));
    };
    match find_person_by_citizen_number(&app, &number).await? {
        Some(person) => Ok(see_other(&format!("/desk/people/{person}"))),
        None => Ok(flash("/desk/people", "warn", "没有找到这个人。请本人先注册账号，或核对身份证号。")),
    }
}
