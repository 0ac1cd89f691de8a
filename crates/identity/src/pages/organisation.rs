//! The desk of the organisation (机构): from divisions to authorities to their units, at most five levels, and who works there.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Authority as AuthorityMark, Branch, Ctx, Error, Fault, Id, PageAsk};
use standards::DivisionCode;
use storage::Db;
use webkit::{Answer, App, Form, FormData, Page, Shell, address, flash, page};

use super::{
    again, fault, mendable,
    post_words::{OfficerLine, Words},
};
use crate::{
    ADMINISTER, SiteCallers,
    model::{
        authority::Authority,
        division::{branch, number},
        unit::{NewUnit, OrgUnit, OrgUnitMark, UnitKind},
    },
    service::{
        authorities::{authorities, authority, in_branch},
        divisions::{children, division, path as division_path},
        posts,
        reach::Reach,
        units::{self, Change},
    },
};

const HERE: &str = "/desk/organisation";
/// Units of one authority that a menu of places to move to holds at most; of more, one is found by words.
const TARGETS_MAX: u16 = 60;
/// Units found by words that a page shows.
const FOUND_MAX: u16 = 20;

/// A link with a note.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) note: String,
}

/// The unit that the page is about.
#[derive(Debug)]
pub(crate) struct ShownUnit {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) kind_name: &'static str,
}

#[derive(Template)]
#[template(path = "organisation.html")]
pub(crate) struct OrganisationPage {
    pub(crate) shell: Shell,
    pub(crate) title: String,
    pub(crate) kind: &'static str,
    /// What lies above, from the top down.
    pub(crate) above: Vec<Line>,
    /// Divisions in this one.
    pub(crate) divisions: Vec<Line>,
    /// Authorities of this division.
    pub(crate) offices: Vec<Line>,
    /// Units directly here.
    pub(crate) units: Vec<Line>,
    pub(crate) next: String,
    pub(crate) first: String,
    /// What was looked for, and what was found.
    pub(crate) q: String,
    pub(crate) found: Vec<Line>,
    pub(crate) found_next: String,
    /// The authority that the page is about; empty: a division.
    pub(crate) authority: String,
    pub(crate) unit: Option<ShownUnit>,
    pub(crate) people: Vec<OfficerLine>,
    pub(crate) people_more: bool,
    /// Where the unit can be moved, as (id, name).
    pub(crate) targets: Vec<(String, String)>,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl OrganisationPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        UnitKind::ALL.into_iter().map(|it| (it.code(), it.name())).collect()
    }

    pub(crate) fn blank(shell: Shell, title: String, kind: &'static str) -> Self {
        Self {
            shell,
            title,
            kind,
            above: Vec::new(),
            divisions: Vec::new(),
            offices: Vec::new(),
            units: Vec::new(),
            next: String::new(),
            first: String::new(),
            q: String::new(),
            found: Vec::new(),
            found_next: String::new(),
            authority: String::new(),
            unit: None,
            people: Vec::new(),
            people_more: false,
            targets: Vec::new(),
            form: FormData::default(),
            faults: Vec::new(),
        }
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct Ask {
    division: String,
    authority: String,
    unit: String,
    q: String,
    after: String,
}

pub(crate) async fn show(State(app): State<App>, it: Page, Query(ask): Query<Ask>) -> Answer {
    page(&view(&app, it, &ask).await?)
}

async fn view(app: &App, Page { ctx, shell }: Page, ask: &Ask) -> kernel::Result<OrganisationPage> {
    let realm = Reach::of(&ctx, &app.db, ADMINISTER).await?;
    let words = ask.q.trim();
    if !words.is_empty() {
        return search(app, shell, (&realm, words), ask).await;
    }
    if !ask.unit.is_empty() {
        let unit = units::unit(&app.db, ask.unit.parse()?).await?;
        return of_unit(&ctx, app, shell, (&realm, unit), ask).await;
    }
    if !ask.authority.is_empty() {
        let office = reached(&app.db, &realm, ask.authority.parse()?).await?;
        return of_authority(&ctx, app, shell, (&realm, office), ask).await;
    }
    of_division(app, shell, &realm, ask).await
}

/// The authority, if it is of the reach.
async fn reached(db: &Db, realm: &Reach, id: Id<AuthorityMark>) -> kernel::Result<Authority> {
    let office = authority(db, id).await?;
    if realm.covers(Some(&office)) {
        Ok(office)
    } else {
        Err(Error::Forbidden { action: "管理这个实施主体的机构" })
    }
}

fn at_division(code: &str) -> String {
    address(HERE, &[("division", code)])
}

fn at_office(it: &Authority) -> Line {
    Line { href: address(HERE, &[("authority", &it.id.to_string())]), name: it.facts.name.clone(), note: String::new() }
}

fn at_unit(it: &OrgUnit) -> Line {
    let href = address(HERE, &[("unit", &it.id.to_string())]);
    Line { href, name: it.state.name.clone(), note: it.state.kind.name().to_owned() }
}

async fn search(
    app: &App,
    shell: Shell,
    (realm, words): (&Reach, &str),
    ask: &Ask,
) -> kernel::Result<OrganisationPage> {
    let mut out = OrganisationPage::blank(shell, "查找机构".to_owned(), "");
    if ask.after.is_empty() {
        let found = realm.search(&app.db, words, &PageAsk { after: None, limit: FOUND_MAX }).await?;
        out.found.extend(found.items.iter().map(|it| Line { note: "实施主体".to_owned(), ..at_office(it) }));
    }
    let page = PageAsk::from_query(Some(&ask.after), Some(FOUND_MAX))?;
    let found = units::named(&app.db, realm, words, &page).await?;
    let ids: Vec<_> = found.items.iter().map(|it| it.state.authority).collect();
    let offices = authorities(&app.db, &ids).await?;
    for it in &found.items {
        let office = offices.get(&it.state.authority).map_or("", |it| it.facts.name.as_str());
        let line = at_unit(it);
        out.found.push(Line { note: format!("{office}　{}", line.note), ..line });
    }
    let href = |after: &str| address(HERE, &[("q", words), ("after", after)]);
    out.found_next = found.next.map(|next| href(&next)).unwrap_or_default();
    out.q = words.to_owned();
    Ok(out)
}

/// A division, or where the caller's reach begins.
async fn of_division(app: &App, shell: Shell, realm: &Reach, ask: &Ask) -> kernel::Result<OrganisationPage> {
    let asked = if ask.division.is_empty() && realm.is_whole() { &app.site.division } else { &ask.division };
    if asked.is_empty() {
        return roots(app, shell, realm).await;
    }
    let code = DivisionCode::parse(asked).map_err(|_| Error::NotFound { what: "行政区划" })?;
    if !realm.has(number(code.as_str())) {
        return Err(Error::Forbidden { action: "管理这个地区的机构" });
    }
    let mut path = division_path(&app.db, &code).await?;
    path.retain(|it| realm.has(number(it.code.as_str())));
    let here = path.pop().ok_or(Error::NotFound { what: "行政区划" })?;
    let mut out = OrganisationPage::blank(shell, here.name, "行政区划");
    out.above = path
        .into_iter()
        .map(|it| Line { href: at_division(it.code.as_str()), name: it.name, note: String::new() })
        .collect();
    let below = children(&app.db, Some(&code)).await?;
    out.divisions = below
        .into_iter()
        .map(|it| Line { href: at_division(it.code.as_str()), note: it.level_name().to_owned(), name: it.name })
        .collect();
    let own = number(code.as_str());
    let wanted = PageAsk::from_query(Some(&ask.after), None)?;
    let after = wanted.after.as_ref().map_or(Ok(""), |cursor| cursor.text(0))?;
    let only = Branch { from: own, to: own };
    let after = if after.is_empty() { ("", "") } else { (code.as_str(), after) };
    let found = in_branch(&app.db, only, "", (after.0, after.1, wanted.sql_limit())).await?;
    let cut = kernel::Page::cut(found, &wanted, |it| kernel::Cursor::new([it.id.to_string()]));
    out.offices = cut.items.iter().map(at_office).collect();
    paged(&mut out, cut.next, ask, &[("division", code.as_str())]);
    Ok(out)
}

/// Of whoever administers parts only: which.
async fn roots(app: &App, shell: Shell, realm: &Reach) -> kernel::Result<OrganisationPage> {
    let mut out = OrganisationPage::blank(shell, "机构".to_owned(), "您管理的地区和单位");
    for it in realm.branches() {
        let code = format!("{:012}", it.from);
        if let Ok(parsed) = DivisionCode::parse(&code) {
            let name = division(&app.db, &parsed).await?.name;
            out.divisions.push(Line { href: at_division(&code), name, note: String::new() });
        }
    }
    out.offices = realm.own().iter().map(at_office).collect();
    Ok(out)
}

fn paged(out: &mut OrganisationPage, next: Option<String>, ask: &Ask, keep: &[(&str, &str)]) {
    let href = |after: &str| address(HERE, &[keep, &[("after", after)]].concat());
    out.next = next.map(|next| href(&next)).unwrap_or_default();
    out.first = if ask.after.is_empty() { String::new() } else { href("") };
}

/// What lies above an authority, as far as the reach goes.
async fn above(db: &Db, realm: &Reach, office: &Authority) -> kernel::Result<Vec<Line>> {
    let Ok(code) = DivisionCode::parse(&office.facts.division) else { return Ok(Vec::new()) };
    let mut path = division_path(db, &code).await?;
    path.retain(|it| realm.has(branch(&it.code).from));
    let line = |it: crate::Division| Line { href: at_division(it.code.as_str()), name: it.name, note: String::new() };
    Ok(path.into_iter().map(line).collect())
}

async fn of_authority(
    ctx: &Ctx,
    app: &App,
    shell: Shell,
    (realm, office): (&Reach, Authority),
    ask: &Ask,
) -> kernel::Result<OrganisationPage> {
    let mut out = OrganisationPage::blank(shell, office.facts.name.clone(), "实施主体");
    out.above = above(&app.db, realm, &office).await?;
    let found = units::under(&app.db, (office.id, None), &PageAsk::from_query(Some(&ask.after), None)?).await?;
    out.units = found.items.iter().map(at_unit).collect();
    out.authority = office.id.to_string();
    paged(&mut out, found.next, ask, &[("authority", &office.id.to_string())]);
    let people = posts::officers(ctx, app, Some(office.id), &PageAsk::default()).await?;
    tell(ctx, app, realm, &mut out, people).await?;
    Ok(out)
}

async fn of_unit(
    ctx: &Ctx,
    app: &App,
    shell: Shell,
    (realm, unit): (&Reach, OrgUnit),
    ask: &Ask,
) -> kernel::Result<OrganisationPage> {
    let office = reached(&app.db, realm, unit.state.authority).await?;
    let mut out = OrganisationPage::blank(shell, unit.state.name.clone(), unit.state.kind.name());
    out.above = above(&app.db, realm, &office).await?;
    out.above.push(at_office(&office));
    let mut path = units::path(&app.db, unit.id).await?;
    path.pop();
    out.above.extend(path.iter().map(at_unit));
    let here = PageAsk::from_query(Some(&ask.after), None)?;
    let found = units::under(&app.db, (office.id, Some(unit.id)), &here).await?;
    out.units = found.items.iter().map(at_unit).collect();
    out.authority = office.id.to_string();
    paged(&mut out, found.next, ask, &[("unit", &unit.id.to_string())]);
    let people = posts::in_unit(app, unit.id, &PageAsk::default()).await?;
    tell(ctx, app, realm, &mut out, people).await?;
    out.targets = targets(&app.db, office.id, &unit).await?;
    if unit.state.ended_at.is_none() {
        out.unit = Some(ShownUnit {
            id: unit.id.to_string(),
            version: unit.head.version,
            name: unit.state.name.clone(),
            kind: unit.state.kind.code(),
            kind_name: unit.state.kind.name(),
        });
    }
    Ok(out)
}

/// Who works here, in words.
async fn tell(
    ctx: &Ctx,
    app: &App,
    realm: &Reach,
    out: &mut OrganisationPage,
    found: posts::Officers,
) -> kernel::Result<()> {
    let kinds = app.part::<SiteCallers>()?;
    let held = found.page.items.iter().flat_map(|it| &it.posts);
    let words = Words::of(ctx, app, (&kinds, realm), held).await?;
    out.people = found.page.items.iter().map(|it| words.officer(it, &found.names)).collect();
    out.people_more = found.page.next.is_some();
    Ok(())
}

/// Where a unit can be moved: the authority itself, and those of its units that can hold it.
async fn targets(db: &Db, office: Id<AuthorityMark>, unit: &OrgUnit) -> kernel::Result<Vec<(String, String)>> {
    let found = units::named_at(db, office, "", &PageAsk { after: None, limit: TARGETS_MAX }).await?;
    let fits = |it: &&OrgUnit| it.id != unit.id && unit.state.kind.fits_under(Some(it.state.kind));
    let named = found.items.iter().filter(fits).map(|it| (it.id.to_string(), it.state.name.clone()));
    Ok(std::iter::once(("top".to_owned(), "直接属于实施主体".to_owned())).chain(named).collect())
}

fn typed(form: &FormData) -> NewUnit {
    NewUnit { kind: form.text("kind").to_owned(), name: form.text("name").to_owned() }
}

pub(crate) async fn create(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let (authority, parent) = (form.text("authority").to_owned(), form.text("parent").to_owned());
    let over = if parent.is_empty() { None } else { Some(parent.parse()?) };
    let made = units::create(&it.ctx, &app.db, (authority.parse()?, over), &typed(&form)).await;
    let ask = Ask { authority, unit: parent, ..Ask::default() };
    match made {
        Ok(_) => Ok(flash(&back(&ask), "done", "机构已设立。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&OrganisationPage { form, faults, ..view(&app, it, &ask).await? }))
        }
    }
}

fn back(ask: &Ask) -> String {
    if ask.unit.is_empty() {
        address(HERE, &[("authority", &ask.authority)])
    } else {
        address(HERE, &[("unit", &ask.unit)])
    }
}

pub(crate) async fn change(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<OrgUnitMark>>,
    Form(form): Form,
) -> Answer {
    let (new, at) = (typed(&form), (id, form.version()?));
    let changed = match form.text("do") {
        "end" => units::change(&it.ctx, &app.db, at, Change::End).await,
        "move" => match target(&app.db, id, &form).await {
            Ok(to) => units::change(&it.ctx, &app.db, at, Change::Move(to)).await,
            Err(error) => Err(error),
        },
        _ => units::change(&it.ctx, &app.db, at, Change::Facts(&new)).await,
    };
    let ask = Ask { unit: id.to_string(), ..Ask::default() };
    match changed {
        Ok(()) if form.text("do") == "end" => {
            let office = units::unit(&app.db, id).await?.state.authority.to_string();
            Ok(flash(&address(HERE, &[("authority", &office)]), "done", "机构已撤销。"))
        }
        Ok(()) => Ok(flash(&back(&ask), "done", "已修改。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&OrganisationPage { form, faults, ..view(&app, it, &ask).await? }))
        }
    }
}

/// Where the unit shall go: chosen from the menu, or named in words.
async fn target(db: &Db, id: Id<OrgUnitMark>, form: &FormData) -> kernel::Result<Option<Id<OrgUnitMark>>> {
    match (form.text("to"), form.text("to_words")) {
        ("top", "") => Ok(None),
        ("", "") => Err(Error::invalid("to", "请选择移到哪里。")),
        (chosen, "") => Ok(Some(chosen.parse()?)),
        (_, words) => {
            let office = units::unit(db, id).await?.state.authority;
            let found = units::named_at(db, office, words, &PageAsk { after: None, limit: FOUND_MAX }).await?;
            let exact: Vec<_> = found.items.iter().filter(|it| it.state.name == words).collect();
            match (exact.as_slice(), found.items.as_slice()) {
                ([one], _) => Ok(Some(one.id)),
                ([], [one]) => Ok(Some(one.id)),
                ([], []) => Err(Error::invalid("to_words", format!("没有名称含「{words}」的机构，少写几个字再试。"))),
                _ => Err(Error::invalid("to_words", format!("名称含「{words}」的机构不止一个，请把名称写全。"))),
            }
        }
    }
}
