//! One person on the administrator's desk: posts granted and ended, who stands in, the last day in office.

use askama::Template;
use axum::extract::{Path, State};
use kernel::{Authority as AuthorityMark, Basis, Ctx, Error, Fault, Id, PageAsk, Person};
use standards::DivisionCode;
use webkit::{Answer, App, Caller, Form, FormData, Page, Shell, flash, page};

use super::{
    again,
    choice::ChoiceAsk,
    day, fault, mendable,
    people::HERE,
    post_words::{PostLine, Words, standing},
    zh_day,
};
use crate::{
    ADMINISTER, SiteCallers,
    model::{
        look::Purpose,
        post::{Held, NewPost},
        unit::OrgUnitMark,
    },
    service::{
        divisions::{children, division},
        leavings,
        looks::Look,
        names::person_names,
        people::person_card,
        posts,
        reach::{Meant, Reach},
        units,
    },
};

/// Divisions that a menu of places to administer holds at most; of more, only the first.
const AREAS_MAX: usize = 200;
/// Units that are offered for words which mean several.
const UNITS_MAX: u16 = 8;

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
    /// Divisions for which somebody may be made an administrator, as (code, name).
    pub(crate) areas: Vec<(String, String)>,
    /// The last day in office, as a field takes it; empty if none is set.
    pub(crate) leaving: String,
    /// The same in words.
    pub(crate) leaving_words: String,
    pub(crate) faults: Vec<Fault>,
}

impl OfficerPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// Whether somebody can stand in: there is a post of the person's own that the caller administers.
    fn may_be_stood_for(&self) -> bool {
        self.posts.iter().any(|it| it.mine && it.stead.is_empty())
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
    let basis = ctx.actor.grants.iter().find(|it| it.permission == ADMINISTER.code).map(|it| Basis::Post(it.post));
    let card = person_card(&ctx, app, id, (Purpose::Posts, &Look { basis, ..Look::default() })).await?;
    let held = posts::posts_of(&app.db, id).await?;
    let words = Words::of(&ctx, app, (&kinds, &realm), held.iter()).await?;
    let lines = words.lines(held.iter().filter(|it| words.covers(&it.state)));
    let menu = realm.choose(&app.db, &ChoiceAsk::default(), (HERE, &[]), false).await?.menu;
    let by_words = menu.is_empty() || realm.is_whole() || !realm.branches().is_empty();
    let leaving = leavings::leaving(&app.db, id).await?;
    let leaving = leaving.and_then(|it| it.state.pending().map(str::to_owned)).unwrap_or_default();
    Ok(OfficerPage {
        shell,
        id: id.to_string(),
        name: card.name,
        citizen_number: card.paper.masked(),
        posts: with_standings(app, id, lines).await?,
        choices: if by_words { offered(app, &realm, &form).await? } else { menu },
        form,
        kinds: kinds.posts().iter().filter(|it| !it.is_of_systems()).map(|it| (it.code, it.name)).collect(),
        by_words,
        whole: realm.is_whole(),
        areas: areas(app, &realm).await?,
        leaving_words: zh_day(&leaving),
        leaving,
        faults,
    })
}

/// Each post with who stands in for it.
async fn with_standings(app: &App, id: Id<Person>, mut lines: Vec<PostLine>) -> kernel::Result<Vec<PostLine>> {
    let standings = posts::standings_for(&app.db, id).await?;
    let people: Vec<_> = standings.iter().map(|it| it.state.person).collect();
    let names = person_names(app, &people).await?;
    for it in standings {
        let of = it.state.stands_for.map(|it| it.to_string()).unwrap_or_default();
        if let Some(line) = lines.iter_mut().find(|line| line.id == of) {
            line.stood.push(standing(&it.state, &names, it.state.person));
        }
    }
    Ok(lines)
}

/// Divisions that the caller may put somebody in charge of: those of its reach and what lies directly in them.
async fn areas(app: &App, realm: &Reach) -> kernel::Result<Vec<(String, String)>> {
    let mut roots: Vec<String> = realm.branches().iter().map(|it| format!("{:012}", it.from)).collect();
    if realm.is_whole() {
        roots.push(app.site.division.clone());
    }
    let mut out = Vec::new();
    for root in roots {
        let Ok(code) = DivisionCode::parse(&root) else { continue };
        let Ok(top) = division(&app.db, &code).await else { continue };
        out.push((root, top.name));
        let below = children(&app.db, Some(&code)).await?;
        out.extend(below.into_iter().map(|it| (it.code.to_string(), it.name)));
    }
    out.truncate(AREAS_MAX);
    Ok(out)
}

pub(crate) async fn grant(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>, Form(form): Form) -> Answer {
    let granted = match new_post(&it.ctx, &app, id, &form).await {
        Ok(new) => granted(&it.ctx, &app, &new).await,
        Err(error) => Err(error),
    };
    match granted {
        Ok(warning) if warning.is_empty() => {
            Ok(flash(&format!("{HERE}/{id}"), "done", "岗位已授予，对方下一次操作时生效。"))
        }
        Ok(warning) => Ok(flash(&format!("{HERE}/{id}"), "warn", &warning)),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&officer(&app, it, id, (form, faults)).await?))
        }
    }
}

/// Grants the post; gives what is to be told about other posts in the same hand, or nothing.
async fn granted(ctx: &Ctx, app: &App, new: &NewPost) -> kernel::Result<String> {
    let apart = posts::apart(ctx, app, (new.person, &new.code, new.authority)).await?;
    posts::grant_post(ctx, app, new).await?;
    if apart.is_empty() {
        return Ok(String::new());
    }
    let kinds = app.part::<SiteCallers>()?;
    let name = kinds.post(&new.code).map_or("", |it| it.name);
    Ok(format!(
        "岗位已授予。请注意：此人同时有「{}」和「{name}」岗位，按岗位分离的要求一般应由不同的人担任；实行接办分离的事项，\
         受理、审核过的办件，系统不会让同一人作决定。",
        apart.join("」「")
    ))
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
    if form.has("site") || chosen == "site" || form.has("area") {
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

/// The unit that the words of a form mean, in the authority.
pub(super) async fn unit(
    app: &App,
    authority: Option<Id<AuthorityMark>>,
    words: &str,
) -> kernel::Result<Option<Id<OrgUnitMark>>> {
    let (Some(authority), false) = (authority, words.is_empty()) else { return Ok(None) };
    let found = units::named_at(&app.db, authority, words, &PageAsk { after: None, limit: UNITS_MAX }).await?;
    let exact: Vec<_> = found.items.iter().filter(|it| it.state.name == words).collect();
    match (exact.as_slice(), found.items.as_slice()) {
        ([one], _) => Ok(Some(one.id)),
        ([], [one]) => Ok(Some(one.id)),
        ([], []) => Err(Error::invalid("unit", format!("没有名称含「{words}」的处室或窗口，请先在「机构」里设立。"))),
        _ => {
            let names: Vec<_> = found.items.iter().map(|it| it.state.name.as_str()).collect();
            Err(Error::invalid("unit", format!("名称含「{words}」的不止一个：{}。请把名称写全。", names.join("、"))))
        }
    }
}

async fn new_post(ctx: &Ctx, app: &App, person: Id<Person>, form: &FormData) -> kernel::Result<NewPost> {
    let authority = place(app, ctx, form).await?;
    let (starts, ends) = (day(form, "starts")?, day(form, "ends")?);
    let division = match form.text("area") {
        "" => None,
        code => {
            Some(DivisionCode::parse(code).map_err(|error| Error::invalid("area", format!("{}。", error.message())))?)
        }
    };
    let unit = unit(app, authority, form.text("unit")).await?;
    Ok(NewPost { person, code: form.text("code").to_owned(), authority, item: None, division, unit, starts, ends })
}

pub(crate) async fn end(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Person>>,
    Form(form): Form,
) -> Answer {
    posts::end_post(&ctx, &app, form.text("post").parse()?).await?;
    Ok(flash(&format!("{HERE}/{id}"), "done", "岗位已终止，立即生效。"))
}

pub(crate) async fn leave(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>, Form(form): Form) -> Answer {
    let left = match day(&form, "day") {
        Ok(None) if !form.has("stay") => Err(Error::invalid("day", "请填写在岗的最后一天。")),
        Ok(day) => leavings::leave(&it.ctx, &app, id, day.filter(|_| !form.has("stay"))).await,
        Err(error) => Err(error),
    };
    match left {
        Ok(()) if form.has("stay") => Ok(flash(&format!("{HERE}/{id}"), "done", "已取消离岗，各岗位恢复原来的任期。")),
        Ok(()) => {
            let words = "离岗日期已设。这一天过后，岗位、代岗、登录和令牌都自动停止。";
            Ok(flash(&format!("{HERE}/{id}"), "done", words))
        }
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&officer(&app, it, id, (form, faults)).await?))
        }
    }
}

/// The posts of a person that somebody can stand in for, as far as the caller administers them.
pub(super) fn stood_for<'a>(words: &Words<'_>, held: &'a [Held], today: &str) -> Vec<&'a Held> {
    let running = |it: &&Held| it.state.ended_at.is_none() && it.state.ends.as_deref().is_none_or(|ends| today <= ends);
    held.iter().filter(running).filter(|it| it.state.stands_for.is_none() && words.covers(&it.state)).collect()
}
