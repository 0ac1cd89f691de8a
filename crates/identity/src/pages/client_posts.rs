//! Posts of a machine at the API, on the desk of systems: which it has, for all items of its authority or for one.

use axum::extract::{Path, State};
use kernel::{Authority, Client as ClientMark, Error, Id, Item, Result};
use webkit::{Answer, App, Caller, Form, Page, flash};

use super::{again, clients::one, mendable};
use crate::{
    SiteCallers,
    model::{
        openid::client::{Client, Kind},
        post::NewPost,
    },
    service::{items, openid::clients as service, posts},
};

/// A post of a machine.
pub(crate) struct ClientPost {
    pub(crate) id: String,
    pub(crate) name: String,
    /// For which item; empty: for all of the authority.
    pub(crate) item: String,
    pub(crate) scopes: String,
}

impl ClientPost {
    /// For what it is, and what it gives.
    pub(super) fn reach(&self) -> String {
        let of = if self.item.is_empty() {
            "本单位全部事项".to_owned()
        } else {
            format!("只办「{}」", self.item)
        };
        format!("{of}；{}", self.scopes)
    }
}

/// The posts that a machine holds.
pub(super) async fn lines(app: &App, found: &Client) -> Result<Vec<ClientPost>> {
    let callers = app.part::<SiteCallers>()?;
    let held =
        if found.state.kind == Kind::Machine { posts::posts_of(&app.db, found.id.cast()).await? } else { Vec::new() };
    let bound: Vec<_> = held.iter().filter_map(|it| it.state.item).collect();
    let items = items::named(app, &bound).await?;
    let in_force = held.into_iter().filter(|it| it.state.ended_at.is_none()).filter_map(|it| {
        let post = callers.post(&it.state.code)?;
        let scopes: Vec<_> = post.permissions.iter().map(|it| it.code).collect();
        let item =
            it.state.item.map(|of| items.iter().find(|it| it.id == of).map_or("一个事项", |it| it.name.as_str()));
        let item = item.unwrap_or_default().to_owned();
        Some(ClientPost { id: it.id.to_string(), name: post.name.to_owned(), item, scopes: scopes.join(" ") })
    });
    Ok(in_force.collect())
}

pub(super) async fn grant(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<ClientMark>>,
    Form(form): Form,
) -> Answer {
    let found = service::get_administered(&it.ctx, &app, id).await?;
    if found.state.kind != Kind::Machine {
        return Err(Error::refused("只有机器接口可以有岗位。").into());
    }
    let (code, words) = (form.text("code"), form.text("item").trim());
    let done = async {
        let item = item_of(&app, words, found.state.authority).await?;
        let new = NewPost { item, ..NewPost::from_today(id.cast(), code, Some(found.state.authority)) };
        posts::grant_post(&it.ctx, &app, &new).await
    };
    match done.await {
        Ok(_) => Ok(flash(&format!("/desk/clients/{id}"), "done", "岗位已授予，下次取令牌时生效。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(one(&app, it, id, ((code, words), faults)).await)
        }
    }
}

/// The item of the office that these words name; none named: all of its items.
async fn item_of(app: &App, words: &str, office: Id<Authority>) -> Result<Option<Id<Item>>> {
    if words.is_empty() {
        return Ok(None);
    }
    let found = items::find(app, words, Some(office)).await?;
    if let [it] = found.iter().filter(|it| it.name == words).collect::<Vec<_>>().as_slice() {
        return Ok(Some(it.id));
    }
    match found.as_slice() {
        [it] => Ok(Some(it.id)),
        [] => Err(Error::invalid("item", "本单位没有这个名称的在办事项，请核对后填写全称。")),
        several => {
            let names: Vec<_> = several.iter().map(|it| format!("「{}」", it.name)).collect();
            Err(Error::invalid("item", format!("有几个事项：{}。请填写其中一个的全称。", names.join(""))))
        }
    }
}

pub(super) async fn end(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ClientMark>>,
    Form(form): Form,
) -> Answer {
    service::get_administered(&ctx, &app, id).await?;
    posts::end_post(&ctx, &app, form.text("post").parse()?).await?;
    Ok(flash(&format!("/desk/clients/{id}"), "done", "岗位已终止。"))
}
