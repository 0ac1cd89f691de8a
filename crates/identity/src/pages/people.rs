//! The administrator's desk: who holds which post.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Authority as AuthorityMark, Ctx, Error, Fault, Id, PageAsk, Person};
use standards::CitizenNumber;
use webkit::{Answer, App, Caller, Form, FormData, Page, Shell, address, flash, page, see_other};

use super::{
    again,
    choice::{Choice, ChoiceAsk},
    day, fault, mendable, zh_day,
};
use crate::{
    ADMINISTER, SiteCallers,
    model::{
        authority::Authority,
        post::{Held, NewPost},
    },
    service::{
        authorities::authorities,
        names::Names,
        people::{find_person_by_citizen_number, person_card},
        posts::{self, Officer, Officers, Order},
        reach::{Meant, Reach},
    },
};

const HERE: &str = "/desk/people";

/// One post, in words.
pub(crate) struct PostLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) days: String,
    pub(crate) tone: &'static str,
    pub(crate) state: &'static str,
    /// Whether the caller may end it.
    pub(crate) mine: bool,
}

/// One kind of post that a person holds, with the places: several posts of one kind read as one line.
pub(crate) struct PostGroup {
    pub(crate) name: String,
    pub(crate) posts: Vec<PostLine>,
}

/// Places of one kind of post that are read at a glance; the others are folded away.
const GLANCE: usize = 3;

impl PostGroup {
    /// The places read at a glance: all, unless that leaves at least two to fold away.
    pub(crate) fn glance(&self) -> &[PostLine] {
        if self.posts.len() > GLANCE + 1 { &self.posts[..GLANCE] } else { &self.posts }
    }

    /// The places folded away.
    pub(crate) fn folded(&self) -> &[PostLine] {
        &self.posts[self.glance().len()..]
    }
}

/// A person with posts, in words.
pub(crate) struct OfficerLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) groups: Vec<PostGroup>,
}

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

/// What is needed to put posts into words.
struct Words<'a> {
    kinds: &'a SiteCallers,
    realm: &'a Reach,
    places: HashMap<Id<AuthorityMark>, Authority>,
    today: String,
}

impl<'a> Words<'a> {
    async fn of(
        ctx: &Ctx,
        app: &App,
        (kinds, realm): (&'a SiteCallers, &'a Reach),
        posts: impl Iterator<Item = &Held>,
    ) -> kernel::Result<Self> {
        let ids: Vec<_> = posts.filter_map(|it| it.state.authority).collect();
        let places = authorities(&app.db, &ids).await?;
        Ok(Self { kinds, realm, places, today: ctx.now.legal_date().to_string() })
    }

    fn line(&self, it: &Held) -> PostLine {
        let place =
            it.state.authority.map_or("全站", |id| self.places.get(&id).map_or("", |it| it.facts.name.as_str()));
        let (tone, state) = it.state.words(&self.today);
        PostLine {
            id: it.id.to_string(),
            name: self.kinds.post(&it.state.code).map_or_else(|| it.state.code.clone(), |it| it.name.to_owned()),
            place: if it.state.item.is_some() { format!("{place}（限一个事项）") } else { place.to_owned() },
            days: match &it.state.ends {
                Some(ends) => format!("{}至{}", zh_day(&it.state.starts), zh_day(ends)),
                None => format!("{}起，长期", zh_day(&it.state.starts)),
            },
            tone,
            state,
            mine: it.state.ended_at.is_none() && self.realm.covers(it.state.authority),
        }
    }

    /// Posts in words: in the order of their kinds, those of one kind by place.
    fn lines<'b>(&self, posts: impl Iterator<Item = &'b Held>) -> Vec<PostLine> {
        let kind = |it: &Held| self.kinds.posts().iter().position(|kind| kind.code == it.state.code);
        let division = |it: &Held| it.state.authority.and_then(|id| Some(self.places.get(&id)?.facts.division.clone()));
        let mut sorted: Vec<_> =
            posts.map(|it| (it.state.ended_at.is_some(), kind(it), division(it), self.line(it))).collect();
        sorted.sort_by(|a, b| (a.0, a.1, &a.2, &a.3.place).cmp(&(b.0, b.1, &b.2, &b.3.place)));
        sorted.into_iter().map(|it| it.3).collect()
    }

    fn officer(&self, it: &Officer, names: &Names) -> OfficerLine {
        let mut groups: Vec<PostGroup> = Vec::new();
        for post in self.lines(it.posts.iter()) {
            match groups.iter_mut().find(|group| group.name == post.name) {
                Some(group) => group.posts.push(post),
                None => groups.push(PostGroup { name: post.name.clone(), posts: vec![post] }),
            }
        }
        OfficerLine { id: it.person.to_string(), name: names.person(&it.person).to_owned(), groups }
    }
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

#[derive(Template)]
#[template(path = "officer.html")]
pub(crate) struct OfficerPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) citizen_number: String,
    pub(crate) posts: Vec<PostLine>,
    pub(crate) form: FormData,
    /// Kinds of post, as (code, name).
    pub(crate) kinds: Vec<(&'static str, &'static str)>,
    /// The authorities to choose from, as (id, name): all of few, or those that the words of the form mean.
    pub(crate) choices: Vec<(String, String)>,
    /// Whether an authority is named by words, there being more than a menu holds.
    pub(crate) by_words: bool,
    /// Whether posts for the whole site may be granted.
    pub(crate) whole: bool,
    pub(crate) faults: Vec<Fault>,
}

impl OfficerPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

pub(crate) async fn show(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>) -> Answer {
    page(&officer(&app, it, id, (FormData::default(), Vec::new())).await?)
}

async fn officer(
    app: &App,
    it: Page,
    id: Id<Person>,
    (form, faults): (FormData, Vec<Fault>),
) -> kernel::Result<OfficerPage> {
    let Page { ctx, shell } = it;
    let realm = Reach::of(&ctx, &app.db, ADMINISTER).await?;
    let kinds = app.part::<SiteCallers>()?;
    let card = person_card(&ctx, app, id, ADMINISTER.words).await?;
    let held = posts::posts_of(&app.db, id).await?;
    let words = Words::of(&ctx, app, (&kinds, &realm), held.iter()).await?;
    let seen = held.iter().filter(|it| realm.covers(it.state.authority));
    let menu = realm.choose(&app.db, &ChoiceAsk::default(), (HERE, &[]), false).await?.menu;
    let by_words = menu.is_empty() || realm.is_whole();
    Ok(OfficerPage {
        shell,
        id: id.to_string(),
        name: card.name,
        citizen_number: card.citizen_number.masked(),
        posts: words.lines(seen),
        choices: if by_words { offered(app, &realm, &form).await? } else { menu },
        form,
        kinds: kinds.posts().iter().map(|it| (it.code, it.name)).collect(),
        by_words,
        whole: realm.is_whole(),
        faults,
    })
}

pub(crate) async fn grant(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>, Form(form): Form) -> Answer {
    let granted = match new_post(&it.ctx, &app, id, &form).await {
        Ok(new) => posts::grant_post(&it.ctx, &app, &new).await.map(drop),
        Err(error) => Err(error),
    };
    match granted {
        Ok(()) => Ok(flash(&format!("/desk/people/{id}"), "done", "岗位已授予，对方下一次操作时生效。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&officer(&app, it, id, (form, faults)).await?))
        }
    }
}

/// What is offered for the words of the form, where they mean more than one authority.
async fn offered(app: &App, realm: &Reach, form: &FormData) -> kernel::Result<Vec<(String, String)>> {
    let words = form.text("place").trim();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match realm.meant(&app.db, words, "").await? {
        Meant::Several(found) => found.into_iter().map(|it| (it.id.to_string(), it.facts.name)).collect(),
        _ => Vec::new(),
    })
}

/// Where a post is: chosen from a list, or named in words that mean one authority.
async fn place(app: &App, ctx: &Ctx, form: &FormData) -> kernel::Result<Option<Id<AuthorityMark>>> {
    let (chosen, words) = (form.text("authority"), form.text("place").trim());
    if form.has("site") || chosen == "site" {
        return Ok(None);
    }
    let realm = Reach::of(ctx, &app.db, ADMINISTER).await?;
    match (chosen, words) {
        ("", "") if form.has("by_words") => return Err(Error::invalid("place", "请写明在哪个实施主体任职。")),
        ("", "") => return Err(Error::invalid("authority", "请选择在哪个实施主体任职。")),
        (id, "") => return Ok(Some(id.parse()?)),
        _ => {}
    }
    match realm.meant(&app.db, words, chosen).await? {
        Meant::One(id) => Ok(Some(id)),
        Meant::Several(found) => {
            Err(Error::invalid("authority", format!("有 {} 个实施主体名称相符，请选择一个。", found.len())))
        }
        Meant::TooMany => Err(Error::invalid("place", format!("名称含「{words}」的实施主体太多，请把名称写全。"))),
        Meant::Nothing => Err(Error::invalid("place", format!("没有名称含「{words}」的实施主体，少写几个字再试。"))),
    }
}

async fn new_post(ctx: &Ctx, app: &App, person: Id<Person>, form: &FormData) -> kernel::Result<NewPost> {
    let authority = place(app, ctx, form).await?;
    let (starts, ends) = (day(form, "starts")?, day(form, "ends")?);
    Ok(NewPost { person, code: form.text("code").to_owned(), authority, item: None, starts, ends })
}

pub(crate) async fn end(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Person>>,
    Form(form): Form,
) -> Answer {
    posts::end_post(&ctx, &app, form.text("post").parse()?).await?;
    Ok(flash(&format!("/desk/people/{id}"), "done", "岗位已终止，立即生效。"))
}
