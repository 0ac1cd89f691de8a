//! The form by which somebody gets to stand in for another (代岗).

use askama::Template;
use axum::extract::{Path, State};
use kernel::{Error, Fault, Id, PageAsk, Person};
use standards::CitizenNumber;
use webkit::{Answer, App, Form, FormData, Page, Shell, flash, page};

use super::{again, day, fault, mendable, officer::stood_for, people::HERE, post_words::Words};
use crate::{
    ADMINISTER, SiteCallers,
    model::post::NewStandIn,
    service::{
        names::person_name,
        people::find_person_by_citizen_number,
        posts::{self, Order},
        reach::Reach,
        standins,
    },
};

/// Colleagues that a menu holds at most; of more, one is found by citizen number.
const COLLEAGUES_MAX: u16 = 100;

#[derive(Template)]
#[template(path = "stand_in.html")]
pub(crate) struct StandInPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    /// Posts that somebody can stand in for, as (id, words).
    pub(crate) posts: Vec<(String, String)>,
    /// Who works at the same authority, as (id, name).
    pub(crate) colleagues: Vec<(String, String)>,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl StandInPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// What is ticked: what was sent, or all.
    fn ticked(&self) -> Vec<String> {
        let sent = self.form.all("post");
        if sent.is_empty() && self.form.pairs().is_empty() {
            return self.posts.iter().map(|it| it.0.clone()).collect();
        }
        sent.into_iter().map(str::to_owned).collect()
    }
}

async fn form(
    app: &App,
    Page { ctx, shell }: Page,
    id: Id<Person>,
    (form, faults): (FormData, Vec<Fault>),
) -> kernel::Result<StandInPage> {
    let realm = Reach::of(&ctx, &app.db, ADMINISTER).await?;
    let kinds = app.part::<SiteCallers>()?;
    let held = posts::posts_of(&app.db, id).await?;
    let words = Words::of(&ctx, app, (&kinds, &realm), held.iter()).await?;
    let open = stood_for(&words, &held, &ctx.now.legal_date().to_string());
    let mut colleagues = Vec::new();
    if let Some(authority) = open.iter().find_map(|it| it.state.authority) {
        let ask = PageAsk { after: None, limit: COLLEAGUES_MAX };
        let found = posts::officers(&ctx, app, Some(authority), &ask).await?;
        if found.order == Order::Name && found.page.next.is_none() {
            let others = found.page.items.iter().filter(|it| it.person != id);
            colleagues = others.map(|it| (it.person.to_string(), found.names.person(&it.person).to_owned())).collect();
        }
    }
    let line = |it: &&crate::model::post::Held| {
        (it.id.to_string(), format!("{}：{}", words.kind(&it.state.code), words.place(&it.state)))
    };
    Ok(StandInPage {
        posts: open.iter().map(line).collect(),
        id: id.to_string(),
        name: person_name(app, id).await?,
        shell,
        colleagues,
        form,
        faults,
    })
}

pub(crate) async fn blank(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>) -> Answer {
    page(&form(&app, it, id, (FormData::default(), Vec::new())).await?)
}

pub(crate) async fn send(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>, Form(sent): Form) -> Answer {
    let made = match asked(&app, &sent).await {
        Ok(new) => standins::stand_in(&it.ctx, &app, &new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let words = format!("已设代岗 {} 个岗位，到期自动停止；办理记录会写明由谁代。", made.len());
            Ok(flash(&format!("{HERE}/{id}"), "done", &words))
        }
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&form(&app, it, id, (sent, faults)).await?))
        }
    }
}

async fn asked(app: &App, form: &FormData) -> kernel::Result<NewStandIn> {
    let person = match (form.text("person"), form.text("citizen_number")) {
        ("", "") => return Err(Error::invalid("person", "请选择由谁代，或者填写此人的身份证号。")),
        (_, number) if !number.is_empty() => {
            let wrong = || Error::invalid("citizen_number", "没有找到这个人，请核对身份证号；本人须已注册。");
            let number = CitizenNumber::parse(number).map_err(|_| wrong())?;
            find_person_by_citizen_number(app, &number).await?.ok_or_else(wrong)?
        }
        (id, _) => id.parse()?,
    };
    let ends = day(form, "ends")?.ok_or_else(|| Error::invalid("ends", "请填写代到哪一天。"))?;
    let posts = form.all("post").into_iter().map(str::parse).collect::<kernel::Result<Vec<_>>>()?;
    Ok(NewStandIn { posts, person, starts: day(form, "starts")?, ends })
}
