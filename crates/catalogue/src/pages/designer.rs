//! The designer of an item's application form: its sections and fields in order beside the very page that applicants will see. Each act is
//! one change of the item's draft, guarded by its version; two who edit at once meet as on every page of the item.

use askama::Template;
use axum::{
    Json,
    extract::{Path, Query, RawQuery, State},
};
use forms::{
    Checker, Judged, Offers, SectionView, Setting, Shown, Told,
    design::{KINDS, PREFILLS, kind_code, kind_name},
    kits::KITS,
};
use kernel::{Error, Fault, Id, Item, Result};
use serde_json::{Map, Value};
use webkit::{Answer, App, Form, FormData, Page, Shell, flash, page};

use super::{described, editing};
use crate::{
    model::{ApplicationForm, ItemDocument, ItemSummary},
    service,
};

/// One field or column of the list.
pub(crate) struct FieldLine {
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) kind: &'static str,
    pub(crate) notes: Vec<String>,
    pub(crate) faults: Vec<String>,
    pub(crate) group: bool,
    pub(crate) column: bool,
}

/// One section of the list.
pub(crate) struct SectionCard {
    pub(crate) number: usize,
    pub(crate) heading: String,
    pub(crate) hint: String,
    pub(crate) when: String,
    pub(crate) only_if: forms::design::Asked,
    /// Something typed into its description was wrong.
    pub(crate) wrong: bool,
    pub(crate) lines: Vec<FieldLine>,
}

/// The designer.
#[derive(Template)]
#[template(path = "form_desk.html")]
pub(crate) struct DesignerPage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    /// Why it cannot be edited now; empty: it can.
    pub(crate) closed: String,
    pub(crate) cards: Vec<SectionCard>,
    /// The section that is previewed, from 1.
    pub(crate) now: usize,
    pub(crate) preview: SectionView,
    pub(crate) wide: bool,
    /// What keeps the form from being published.
    pub(crate) unsound: Vec<Fault>,
    pub(crate) faults: Vec<Fault>,
    /// Fields on which a section may depend.
    pub(crate) fields: Vec<(String, String)>,
}

impl DesignerPage {
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        KINDS.iter().map(|it| (it.0, it.1)).collect()
    }

    /// What is wrong with a control of a section's description.
    fn fault(&self, card: &SectionCard, control: &str) -> &str {
        let at = format!("{}-{control}", card.number);
        self.faults.iter().find(|it| it.field == at).map_or("", |it| it.message.as_str())
    }

    fn kits(&self) -> Vec<(&'static str, &'static str)> {
        KITS.iter().map(|it| (it.code, it.name)).collect()
    }
}

/// What is asked of the designer: which section is previewed, and what was typed into the preview.
fn asked(query: Option<&str>) -> FormData {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(500);
    FormData::of(pairs.map(|it| (it.0.into_owned(), it.1.into_owned())).collect())
}

pub(super) async fn show(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<Item>>,
    RawQuery(query): RawQuery,
) -> Answer {
    draw(&app, it, id, (&asked(query.as_deref()), Vec::new())).await
}

async fn draw(app: &App, it: Page, id: Id<Item>, (ask, faults): (&FormData, Vec<Fault>)) -> Answer {
    let (item, doc) = editing::kept(app, &it, id).await?;
    let form = doc.form.unwrap_or_else(ApplicationForm::empty);
    let today = it.ctx.now.legal_date();
    let sections = forms::sections(&form);
    let now = previewed(ask, sections.len());
    let offers = match sections.get(now - 1) {
        Some(section) => {
            let values = judged(&form, section, ask, today).settled.values;
            Offers::of(app, Some(&item.division), &section.fields, &values).await?
        }
        None => Offers::default(),
    };
    let mut shown = designer((it.shell, item), &form, (ask, &offers, today));
    // What was typed into a section's description and is wrong, stands as typed.
    if ask.text("act") == "section-save"
        && let Some(card) = shown.cards.get_mut(now - 1)
    {
        (card.heading, card.hint) = (ask.text("heading").to_owned(), ask.text("hint").to_owned());
        (card.only_if, card.wrong) = (described::asked(ask), true);
    }
    page(&DesignerPage { faults, ..shown })
}

/// Which section is previewed, from 1.
fn previewed(ask: &FormData, count: usize) -> usize {
    ask.text("section").parse::<usize>().unwrap_or(1).clamp(1, count.max(1))
}

/// The page for this form.
fn designer(
    (shell, item): (Shell, ItemSummary),
    form: &ApplicationForm,
    (ask, offers, today): (&FormData, &Offers, time::Date),
) -> DesignerPage {
    let sections = forms::sections(form);
    let now = previewed(ask, sections.len());
    let preview = sections.get(now - 1).map(|section| {
        let judged = judged(form, section, ask, today);
        let told = if ask.has("refresh") { judged.faults.as_slice() } else { &[] };
        let with = Shown { settled: &judged.settled, faults: told, offers, add: ask.text("add"), origins: None };
        forms::section_view(form, section, &with)
    });
    let unsound = form.faults();
    DesignerPage {
        closed: editing::closed(&item),
        cards: sections.iter().enumerate().map(|(index, it)| card(form, &unsound, index, it)).collect(),
        now,
        preview: preview.unwrap_or_default(),
        wide: ask.has("wide"),
        fields: described::fields(form, ""),
        unsound,
        faults: Vec::new(),
        shell,
        item,
    }
}

/// The page with made-up content.
pub(crate) fn sample(shell: &Shell, item: ItemSummary, form: &ApplicationForm, ask: &[(&str, &str)]) -> DesignerPage {
    let ask = FormData::of(ask.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect());
    let top = vec![("340000000000".to_owned(), "安徽<b>省</b>".to_owned())];
    let offers = Offers { top, ..Offers::default() };
    designer((shell.clone(), item), form, (&ask, &offers, time::macros::date!(2026 - 03 - 02)))
}

fn card(form: &ApplicationForm, unsound: &[Fault], index: usize, it: &forms::Section) -> SectionCard {
    let own = it.place.and_then(|place| form.layout.get(place));
    let condition = own.and_then(|it| it.only_if.as_ref());
    let mut lines = Vec::new();
    for field in &it.fields {
        lines.push(line(form, unsound, &field.name));
        let columns = field.rows.iter().flat_map(|it| &it.columns);
        lines.extend(columns.map(|it| line(form, unsound, &format!("{}/{}", field.name, it.name))));
    }
    SectionCard {
        number: index + 1,
        heading: it.heading.clone(),
        hint: it.hint.clone(),
        when: condition.map(|it| form.condition_words(it)).unwrap_or_default(),
        only_if: condition.map(|it| form.asked(it)).unwrap_or_default(),
        wrong: false,
        lines,
    }
}

fn line(form: &ApplicationForm, unsound: &[Fault], path: &str) -> FieldLine {
    let none = Value::Null;
    let schema = form.property(path).unwrap_or(&none);
    let at = format!("form/{path}");
    FieldLine {
        path: path.to_owned(),
        title: form.title(path).to_owned(),
        kind: kind_name(schema),
        notes: form.notes(path),
        faults: unsound.iter().filter(|it| it.field == at).map(|it| it.message.clone()).collect(),
        group: kind_code(schema) == "group",
        column: path.contains('/'),
    }
}

/// What the engine says of what was typed into the preview; nothing of it is kept.
fn judged(form: &ApplicationForm, section: &forms::Section, typed: &FormData, today: time::Date) -> Judged {
    let mut values = Map::new();
    forms::take(&section.fields, typed, &mut values);
    let (values, setting) = (Value::Object(values), Setting { today, signers: &[], before: None });
    match Checker::compile(form) {
        Ok(checker) => checker.judge(&values, &setting),
        // A schema that is none is told in the list.
        Err(_) => Judged { settled: form.settle(&values, &setting), faults: Vec::new() },
    }
}

/// What the preview is told while somebody tries it out.
pub(super) async fn tried(
    State(app): State<App>,
    it: Page,
    Path((id, number)): Path<(Id<Item>, usize)>,
    Form(data): Form,
) -> Answer<Json<Told>> {
    let (item, doc) = editing::kept(&app, &it, id).await?;
    let form = doc.form.unwrap_or_else(ApplicationForm::empty);
    let sections = forms::sections(&form);
    let section =
        number.checked_sub(1).and_then(|it| sections.get(it)).ok_or(Error::NotFound { what: "这个分组" })?;
    let judged = judged(&form, section, &data, it.ctx.now.legal_date());
    let offers = Offers::of(&app, Some(&item.division), &section.fields, &judged.settled.values).await?;
    let with = Shown { settled: &judged.settled, faults: &judged.faults, offers: &offers, add: "", origins: None };
    Ok(Json(Told::of(None, &forms::section_view(&form, section, &with))))
}

/// What a form's change comes to.
pub(super) type Changed = std::result::Result<ApplicationForm, Vec<Fault>>;

/// Keeps a change of the form that somebody made who saw `version`: where it goes, or the page again.
pub(super) async fn keep(
    app: &App,
    it: Page,
    id: Id<Item>,
    (version, to): (i64, &str),
    change: impl FnOnce(ApplicationForm) -> Changed,
) -> std::result::Result<Answer, (Page, Vec<Fault>)> {
    let done: Result<std::result::Result<Answer, Vec<Fault>>> = async {
        let (item, now) = editing::kept(app, &it, id).await?;
        let base =
            if item.version == version { now.clone() } else { editing::started_from(app, &item, version).await? };
        let form = match change(base.form.clone().unwrap_or_else(ApplicationForm::empty)) {
            Ok(form) => form,
            Err(faults) => return Ok(Err(faults)),
        };
        let form = Some(form).filter(|it| !it.layout.is_empty());
        let yours = ItemDocument { form, ..base.clone() };
        if item.version != version {
            return Ok(Ok(editing::meeting(app, &it, item, (&base, &now, &yours)).await));
        }
        let yours = editing::with_current_base(app, yours).await?;
        match service::items::revise(&it.ctx, &app.db, id, version, &yours).await {
            Ok(()) => Ok(Ok(Ok(flash(to, "done", "已保存。审核、发布后才对外生效。")))),
            Err(Error::Invalid(faults)) => Ok(Err(faults)),
            Err(Error::Stale { .. }) => {
                let (item, now) = editing::kept(app, &it, id).await?;
                Ok(Ok(editing::meeting(app, &it, item, (&base, &now, &yours)).await))
            }
            Err(error) => Err(error),
        }
    }
    .await;
    match done {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(faults)) => Err((it, faults)),
        Err(error) => Ok(Err(error.into())),
    }
}

/// Beyond the last section, wherever that is: the page shows the last.
const LAST: usize = 999;

/// What a section's description is typed into, besides its number.
const TYPED: &[&str] =
    &["act", "heading", "hint", "when_field", "when_test", "when_values", "when_least", "when_most", "when_below"];

/// The designer's page, at a section.
pub(super) fn here(id: Id<Item>, section: usize) -> String {
    format!("/desk/items/{id}/form?section={}#list", section.max(1))
}

pub(super) async fn act(State(app): State<App>, it: Page, Path(id): Path<Id<Item>>, Form(data): Form) -> Answer {
    let number = data.text("section").parse::<usize>().unwrap_or(1);
    let to = match data.text("act") {
        "kit" | "section-add" => here(id, LAST),
        "section-up" => here(id, number.saturating_sub(1)),
        "section-down" => here(id, number + 1),
        _ => here(id, number),
    };
    let change = |form: ApplicationForm| changed(form, number, &data);
    match keep(&app, it, id, (data.version()?, &to), change).await {
        Ok(answer) => answer,
        Err((it, faults)) => {
            let typed = data.pairs().iter().filter(|it| TYPED.contains(&it.0.as_str())).cloned();
            let section = ("section".to_owned(), number.to_string());
            draw(&app, it, id, (&FormData::of(std::iter::once(section).chain(typed).collect()), faults)).await
        }
    }
}

/// One act of the list: on a field, on a section, or a ready group.
fn changed(mut form: ApplicationForm, number: usize, data: &FormData) -> Changed {
    let path = data.text("path");
    let at = number.saturating_sub(1);
    let heading = data.text("heading");
    let wrong = |field: &str, message: &str| Err(vec![Fault::new(field, message)]);
    let named = |own: Option<usize>| {
        let taken = form.layout.iter().enumerate().any(|(place, it)| Some(place) != own && it.heading == heading);
        !heading.is_empty() && heading.chars().count() <= 40 && !taken
    };
    match data.text("act") {
        "up" => form.shift(path, true),
        "down" => form.shift(path, false),
        "remove" => form.remove(path),
        "kit" => match KITS.iter().find(|it| it.code == data.text("kit")) {
            Some(kit) => form.add_kit(kit),
            None => return wrong("kit", "请选择一组。"),
        },
        "section-add" if named(None) => form.add_section(heading),
        "section-save" if named(Some(at)) && at < form.layout.len() => {
            let asked = described::asked(data);
            let faults = form.asked_faults(&asked).into_iter();
            let faults: Vec<_> =
                faults.map(|it| Fault::new(format!("{number}-when_{}", it.field), it.message)).collect();
            if !faults.is_empty() {
                return Err(faults);
            }
            let only_if = form.condition(&asked);
            let section = &mut form.layout[at];
            (section.heading, section.hint, section.only_if) =
                (heading.to_owned(), data.text("hint").to_owned(), only_if);
        }
        "section-add" => return wrong("heading", "请写分组的名称，不超过 40 个字，不与别的分组相同。"),
        "section-save" => {
            return wrong(&format!("heading-{number}"), "请写分组的名称，不超过 40 个字，不与别的分组相同。");
        }
        "section-up" => form.shift_section(at, true),
        "section-down" => form.shift_section(at, false),
        "section-remove" => match form.layout.get(at) {
            Some(section) if section.fields.is_empty() => drop(form.layout.remove(at)),
            _ => return wrong("", "分组里还有内容，请先移走或者删除里面的各项。"),
        },
        _ => return wrong("", "请选择要做什么。"),
    }
    Ok(form)
}

/// Which field is described: one that is there, or a new one of this kind at this place.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct FieldAsk {
    path: String,
    to: String,
    kind: String,
}

pub(super) async fn field(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<Item>>,
    Query(ask): Query<FieldAsk>,
) -> Answer {
    let (item, doc) = editing::kept(&app, &it, id).await?;
    let form = doc.form.unwrap_or_else(ApplicationForm::empty);
    page(&described::FieldPage::of(it.shell, item, &form, (&ask.path, &ask.to, &ask.kind))?)
}

pub(super) async fn describe(State(app): State<App>, it: Page, Path(id): Path<Id<Item>>, Form(data): Form) -> Answer {
    let (path, place) = (data.text("path").to_owned(), described::place(data.text("to")));
    let section = data.text("section").parse().unwrap_or(1);
    let typed = described::read(&data);
    let change = |mut form: ApplicationForm| {
        match (form.property(&path).is_some(), &place) {
            (true, _) => form.describe(&path, &typed)?,
            (false, Some(place)) => drop(form.add(place, data.text("key"), &typed)?),
            (false, None) => return Err(vec![Fault::new("", "这一项已被删除，请回到申请表重新添加。")]),
        }
        Ok(form)
    };
    match keep(&app, it, id, (data.version()?, &here(id, section)), change).await {
        Ok(answer) => answer,
        Err((it, faults)) => {
            let (item, doc) = editing::kept(&app, &it, id).await?;
            let form = doc.form.unwrap_or_else(ApplicationForm::empty);
            let shown = described::FieldPage::of(it.shell, item, &form, (&path, data.text("to"), &typed.kind))?;
            page(&described::FieldPage { it: typed, key: data.text("key").to_owned(), faults, ..shown })
        }
    }
}

/// The words of the fields that can be chosen from, of every kind, for the templates.
pub(crate) fn prefills() -> Vec<(&'static str, &'static str)> {
    PREFILLS.to_vec()
}
