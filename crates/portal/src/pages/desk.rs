//! The desk of those who edit sites: which places have one, what each says, its picture, its notices.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::IntoResponse,
};
use identity::{Choice, ChoiceAsk, Reach};
use kernel::{Ctx, Error, Fault, PageAsk, Scope};
use standards::DivisionCode;
use webkit::{Access, Answer, App, Failure, Form, FormData, Page, Routes, Shell, UploadForm, asked, flash, page};

use super::notices::name_of;
use crate::{
    SITES,
    model::{
        notice::{Notice, NoticeFacts, NoticeKind},
        site::{AgentPoint, HOURS_MAX, HoursKind, HoursLine, PHONES_MAX, PhoneLine, Picture, SiteFacts},
    },
    service::{
        notices,
        sites::{self, NewSite, PICTURE_MAX, Site},
    },
};

pub(crate) fn routes() -> Routes {
    let may = Access::May(SITES);
    Routes::new()
        .get("/desk/places", may, list)
        .post("/desk/places", may, make)
        .get("/desk/places/new", may, blank)
        .get("/desk/places/{place}", may, show)
        .post("/desk/places/{place}", may, change)
        .upload("/desk/places/{place}/picture", may, PICTURE_MAX + 64 * 1024, picture)
        .post("/desk/places/{place}/picture/remove", may, no_picture)
        .get("/desk/places/{place}/notices", may, notices_of)
        .post("/desk/places/{place}/notices", may, post)
        .get("/desk/notices/{id}", may, notice)
        .post("/desk/notices/{id}", may, change_notice)
        .post("/desk/notices/{id}/withdraw", may, withdraw)
}

/// What is wrong with a field; empty if nothing.
fn fault<'a>(faults: &'a [Fault], field: &str) -> &'a str {
    faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
}

/// The faults of an error that the person can mend on the same page; any other error goes on.
fn mendable(error: Error) -> Result<Vec<Fault>, Failure> {
    match error {
        Error::Invalid(faults) => Ok(faults),
        Error::Refused { reason } | Error::TooLarge { reason } => Ok(vec![Fault::new("", reason)]),
        other => Err(Failure(other)),
    }
}

/// A form shown again with what is wrong (422).
fn again(answer: Answer) -> Answer {
    let mut answer = answer?.into_response();
    *answer.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// A site in the list of the desk.
pub(crate) struct Row {
    pub(crate) place: String,
    pub(crate) name: String,
    pub(crate) keeper: String,
    /// Whether the caller edits it.
    pub(crate) mine: bool,
}

#[derive(Template)]
#[template(path = "desk_places.html")]
pub(crate) struct PlacesPage {
    pub(crate) shell: Shell,
    pub(crate) rows: Vec<Row>,
    pub(crate) next: String,
    pub(crate) first: String,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct ListAsk {
    after: String,
}

/// A page of all sites, with whose each is.
pub(super) async fn places(ctx: &Ctx, app: &App, ask: &PageAsk) -> kernel::Result<kernel::Page<Row>> {
    let found = sites::sites(&app.db, None, ask).await?;
    let keepers: Vec<_> = found.items.iter().map(|it| it.keeper).collect();
    let keepers = identity::authorities(&app.db, &keepers).await?;
    let codes: Vec<_> = found.items.iter().map(|it| it.division.clone()).collect();
    let names = identity::division_names(&app.db, &codes).await?;
    Ok(found.map(|site: Site| Row {
        place: site.place.key(),
        name: if site.place.is_hall() { site.name } else { names.get(&site.division).cloned().unwrap_or_default() },
        keeper: keepers.get(&site.keeper).map(|it| it.facts.name.clone()).unwrap_or_default(),
        mine: ctx.may(SITES, &Scope::authority(site.keeper)).is_ok(),
    }))
}

async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let found = places(&it.ctx, &app, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    page(&PlacesPage {
        rows: found.items,
        next: found.next.map(|key| format!("/desk/places?after={key}")).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { "/desk/places".to_owned() },
        shell: it.shell,
    })
}

#[derive(Template)]
#[template(path = "desk_place_new.html")]
pub(crate) struct NewPage {
    pub(crate) shell: Shell,
    pub(crate) division: String,
    pub(crate) hall: String,
    /// Who keeps the site: chosen from few, or found by words of the name before the rest is asked.
    pub(crate) keeper: Choice,
    pub(crate) faults: Vec<Fault>,
}

impl NewPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

/// The authorities for which the caller may edit sites, and which of them the address or the form names.
async fn keeper(app: &App, ctx: &kernel::Ctx, ask: &ChoiceAsk) -> kernel::Result<Choice> {
    Reach::of(ctx, &app.db, SITES).await?.choose(&app.db, ask, ("/desk/places/new", &[]), true).await
}

async fn blank(State(app): State<App>, it: Page, Query(ask): Query<ChoiceAsk>) -> Answer {
    let keeper = keeper(&app, &it.ctx, &ask).await?;
    let (division, hall) = Default::default();
    page(&NewPage { shell: it.shell, division, hall, keeper, faults: Vec::new() })
}

async fn make(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let (division, office) = (form.text("division"), form.text("authority"));
    let made = async {
        let code = DivisionCode::parse(division)
            .map_err(|error| Error::invalid("division", format!("行政区划代码：{}。", error.message())))?;
        let keeper = office.parse().map_err(|_| Error::invalid("authority", "请选择维护单位。"))?;
        let new = NewSite { division: code, hall: form.text("hall").to_owned(), keeper };
        sites::make_site(&it.ctx, &app.db, &new).await
    };
    match made.await {
        Ok(place) => Ok(flash(&format!("/desk/places/{place}"), "done", "站点已建立，请填写内容。")),
        Err(error) => {
            let faults = mendable(error)?;
            let ask = if faults.iter().any(|it| it.field == "authority") { "" } else { office };
            let keeper = keeper(&app, &it.ctx, &ChoiceAsk::of(ask)).await?;
            let (division, hall) = (division.to_owned(), form.text("hall").to_owned());
            again(page(&NewPage { shell: it.shell, division, hall, keeper, faults }))
        }
    }
}

#[derive(Template)]
#[template(path = "desk_place.html")]
pub(crate) struct SitePage {
    pub(crate) shell: Shell,
    pub(crate) place: String,
    pub(crate) name: String,
    pub(crate) hall: bool,
    pub(crate) version: i64,
    pub(crate) facts: SiteFacts,
    pub(crate) phones: Vec<PhoneLine>,
    pub(crate) hours: Vec<HoursLine>,
    pub(crate) agent: AgentPoint,
    /// Departments of a hall: id, name, whether chosen.
    pub(crate) offices: Vec<(String, String)>,
    pub(crate) chosen: Vec<String>,
    pub(crate) faults: Vec<Fault>,
}

impl SitePage {
    pub(crate) fn new(shell: Shell, site: &Site, name: String, facts: SiteFacts) -> Self {
        let rows = |filled: usize, max: usize| (filled + 2).min(max).max(filled);
        let mut phones = facts.phones.clone();
        phones.resize(rows(phones.len(), PHONES_MAX), PhoneLine::default());
        let mut hours = facts.hours.clone();
        hours.resize(rows(hours.len(), HOURS_MAX), HoursLine::default());
        Self {
            place: site.place.key(),
            hall: site.place.is_hall(),
            version: site.head.version,
            agent: facts.agent_point.clone().unwrap_or_default(),
            chosen: facts.offices.iter().map(ToString::to_string).collect(),
            offices: Vec::new(),
            faults: Vec::new(),
            shell,
            name,
            facts,
            phones,
            hours,
        }
    }

    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// The fault of a field of a numbered row.
    fn fault_at(&self, field: &str, index: &usize) -> &str {
        fault(&self.faults, &format!("{field}_{index}"))
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        HoursKind::ALL.iter().map(|it| (it.code(), it.name())).collect()
    }
}

/// The site, if the caller may edit it.
async fn mine(app: &App, it: &Page, place: &str) -> kernel::Result<Site> {
    let site = sites::site(&app.db, &place.parse()?).await?;
    it.ctx.may(SITES, &Scope::authority(site.keeper))?;
    Ok(site)
}

/// The form of a site, with the departments that a hall can have: those at work where it lies.
async fn form_page(
    app: &App,
    shell: Shell,
    site: &Site,
    (name, facts): (String, SiteFacts),
) -> kernel::Result<SitePage> {
    let mut out = SitePage::new(shell, site, name, facts);
    if site.place.is_hall() {
        let known = super::known(app).await?;
        let place = site.division.parent().unwrap_or_else(|| site.division.clone());
        let near = |it: &&crate::index::Office| {
            let division = DivisionCode::parse(&it.facts.division);
            division.is_ok_and(|it| it.is_within(&site.division) || it == place)
        };
        out.offices = known.offices.iter().filter(near).map(|it| (it.id.to_string(), it.facts.name.clone())).collect();
        out.offices.sort_by(|a, b| a.1.cmp(&b.1));
    }
    Ok(out)
}

async fn show(State(app): State<App>, it: Page, Path(place): Path<String>) -> Answer {
    let site = mine(&app, &it, &place).await?;
    let name = name_of(&app, &site.place).await?;
    page(&form_page(&app, it.shell, &site, (name, site.facts.clone())).await?)
}

/// What the form says; rows are numbered from 0.
fn read(form: &FormData, picture: Option<Picture>) -> SiteFacts {
    let text = |name: &str| form.text(name).to_owned();
    let at = |name: &str, index: usize| form.text(&format!("{name}_{index}")).to_owned();
    let agent = AgentPoint {
        name: text("agent_name"),
        address: text("agent_address"),
        hours: text("agent_hours"),
        phone: text("agent_phone"),
        does: form.text("agent_does").lines().map(str::to_owned).collect(),
    };
    let hours = |i| HoursLine {
        kind: HoursKind::from_code(&at("hours_kind", i)).unwrap_or_default(),
        days: at("hours_days", i),
        times: at("hours_times", i),
        note: at("hours_note", i),
    };
    SiteFacts {
        welcome: text("welcome"),
        address: text("address"),
        way_there: text("way_there"),
        longitude: text("longitude"),
        latitude: text("latitude"),
        map_link: text("map_link"),
        phones: (0..PHONES_MAX).map(|i| PhoneLine { label: at("phone_label", i), number: at("phone", i) }).collect(),
        hours: (0..HOURS_MAX).map(hours).collect(),
        colour: text("colour"),
        picture: picture.map(|it| Picture { alt: text("alt"), ..it }),
        agent_point: (agent != AgentPoint { does: Vec::new(), ..AgentPoint::default() }).then_some(agent),
        offices: form.all("offices").into_iter().filter_map(|it| it.parse().ok()).collect(),
    }
}

async fn change(State(app): State<App>, it: Page, Path(place): Path<String>, Form(form): Form) -> Answer {
    let site = mine(&app, &it, &place).await?;
    let (name, facts) = (form.text("name").to_owned(), read(&form, site.facts.picture.clone()));
    match sites::change_site(&it.ctx, &app.db, (&site.place, form.version()?), (&name, &facts)).await {
        Ok(()) => Ok(flash(&format!("/desk/places/{place}"), "done", "站点已保存，网页上一分钟内看到。")),
        Err(error) => {
            let name = if site.place.is_hall() { name } else { name_of(&app, &site.place).await? };
            let mut again_page = form_page(&app, it.shell, &site, (name, facts)).await?;
            again_page.version = form.version()?;
            again_page.faults = mendable(error)?;
            again(page(&again_page))
        }
    }
}

async fn picture(State(app): State<App>, it: Page, Path(place): Path<String>, form: UploadForm) -> Answer {
    let site = mine(&app, &it, &place).await?;
    let version = form.data.version()?;
    let file = form.files.into_iter().find(|it| it.field == "picture");
    let done = async {
        let file = file.ok_or_else(|| Error::invalid("picture", "请选择图片。"))?;
        let picture = Some((file.bytes.to_vec(), form.data.text("new_alt").to_owned()));
        sites::set_picture(&it.ctx, (&app.db, &app.blobs), (&site.place, version), picture).await
    };
    match done.await {
        Ok(()) => Ok(flash(&format!("/desk/places/{place}"), "done", "图片已更换。")),
        Err(error) => {
            let name = name_of(&app, &site.place).await?;
            let mut again_page = form_page(&app, it.shell, &site, (name, site.facts.clone())).await?;
            again_page.faults = mendable(error)?;
            again(page(&again_page))
        }
    }
}

async fn no_picture(State(app): State<App>, it: Page, Path(place): Path<String>, Form(form): Form) -> Answer {
    let site = mine(&app, &it, &place).await?;
    sites::set_picture(&it.ctx, (&app.db, &app.blobs), (&site.place, form.version()?), None).await?;
    Ok(flash(&format!("/desk/places/{place}"), "done", "图片已去掉。"))
}

#[derive(Template)]
#[template(path = "desk_notices.html")]
pub(crate) struct NoticesPage {
    pub(crate) shell: Shell,
    pub(crate) place: String,
    pub(crate) name: String,
    /// Whether the place has places below.
    pub(crate) hall: bool,
    pub(crate) today: String,
    pub(crate) notices: Vec<Notice>,
    pub(crate) new: NoticeFacts,
    pub(crate) next: String,
    pub(crate) first: String,
    pub(crate) faults: Vec<Fault>,
}

impl NoticesPage {
    fn asked(&self) -> String {
        asked(&[("place", &self.place)])
    }

    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

async fn board(app: &App, it: Page, site: &Site, (after, new): (&str, NoticeFacts)) -> kernel::Result<NoticesPage> {
    let found = notices::notices_of(&app.db, &site.place, &PageAsk::from_query(Some(after), None)?).await?;
    let here = format!("/desk/places/{}/notices", site.place);
    Ok(NoticesPage {
        shell: it.shell,
        place: site.place.key(),
        name: name_of(app, &site.place).await?,
        hall: site.place.is_hall(),
        today: app.clock.now().legal_date().to_string(),
        notices: found.items,
        new,
        next: found.next.map(|key| format!("{here}?after={key}")).unwrap_or_default(),
        first: if after.is_empty() { String::new() } else { here },
        faults: Vec::new(),
    })
}

async fn notices_of(State(app): State<App>, it: Page, Path(place): Path<String>, Query(ask): Query<ListAsk>) -> Answer {
    let site = mine(&app, &it, &place).await?;
    let today = app.clock.now().legal_date();
    let new = NoticeFacts {
        kind: NoticeKind::Info,
        title: String::new(),
        body: String::new(),
        below: false,
        starts: today.to_string(),
        ends: (today + time::Duration::days(30)).to_string(),
    };
    page(&board(&app, it, &site, (&ask.after, new)).await?)
}

fn said(form: &FormData) -> NoticeFacts {
    let text = |name: &str| form.text(name).to_owned();
    NoticeFacts {
        kind: NoticeKind::from_code(form.text("kind")),
        title: text("title"),
        body: text("body"),
        below: form.has("below"),
        starts: text("starts"),
        ends: text("ends"),
    }
}

async fn post(State(app): State<App>, it: Page, Path(place): Path<String>, Form(form): Form) -> Answer {
    let site = mine(&app, &it, &place).await?;
    let facts = said(&form);
    match notices::post_notice(&it.ctx, &app.db, &site.place, &facts).await {
        Ok(_) => Ok(flash(&format!("/desk/places/{place}/notices"), "done", "公告已发布。")),
        Err(error) => {
            let mut again_page = board(&app, it, &site, ("", facts)).await?;
            again_page.faults = mendable(error)?;
            again(page(&again_page))
        }
    }
}

#[derive(Template)]
#[template(path = "desk_notice.html")]
pub(crate) struct NoticePage {
    pub(crate) shell: Shell,
    pub(crate) notice: Notice,
    pub(crate) name: String,
    pub(crate) version: i64,
    pub(crate) facts: NoticeFacts,
    pub(crate) faults: Vec<Fault>,
}

impl NoticePage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

async fn my_notice(app: &App, it: &Page, id: &str) -> kernel::Result<Notice> {
    let notice = notices::notice(&app.db, id.parse()?).await?;
    mine(app, it, &notice.place.key()).await?;
    Ok(notice)
}

async fn notice(State(app): State<App>, it: Page, Path(id): Path<String>) -> Answer {
    let notice = my_notice(&app, &it, &id).await?;
    let (name, version, facts) = (name_of(&app, &notice.place).await?, notice.head.version, notice.facts.clone());
    page(&NoticePage { shell: it.shell, notice, name, version, facts, faults: Vec::new() })
}

async fn change_notice(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let notice = my_notice(&app, &it, &id).await?;
    let (facts, version) = (said(&form), form.version()?);
    match notices::change_notice(&it.ctx, &app.db, (notice.id, version), &facts).await {
        Ok(()) => Ok(flash(&format!("/desk/places/{}/notices", notice.place), "done", "公告已修改。")),
        Err(error) => {
            let name = name_of(&app, &notice.place).await?;
            again(page(&NoticePage { shell: it.shell, notice, name, version, facts, faults: mendable(error)? }))
        }
    }
}

async fn withdraw(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let notice = my_notice(&app, &it, &id).await?;
    notices::withdraw_notice(&it.ctx, &app.db, (notice.id, form.version()?)).await?;
    Ok(flash(&format!("/desk/places/{}/notices", notice.place), "done", "公告已撤下。"))
}
