//! The guide page (办事指南): everything a person must know of an item, and the way to apply.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use catalogue::{
    Documents, ItemDocument, ItemState, ItemSummary,
    model::{Audience, DeliveryWay, FileRef, HandlingWay, ProcessStep, Requirement, Visits, missing},
};
use identity::AuthorityFacts;
use kernel::{Error, Id, Item};
use standards::MaterialNecessity;
use webkit::{Access, Answer, App, Frame, Keep, Routes, Shell, Stamp, address, page};

use crate::{
    SearchIndex,
    flow::{self, FlowStep},
    forms::{self, is_drawn},
    guide_cache::{GuideCache, Key, Rendered},
    index::{Entry, Known},
    levels::Levels,
    model::measured::{CASES_MAX, DAYS_BACK, Measured},
    once, store,
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/items/{id}", Access::Public, show)
        .get("/items/{id}/check", Access::Public, super::check::show)
        .get("/items/{id}/once.pdf", Access::Public, super::once::pdf)
        .get("/items/{id}/form.pdf", Access::Public, super::once::form)
        .get("/items/{id}/form.svg", Access::Public, super::once::form_page)
}

/// Anybody may keep a guide so many seconds; after that it is asked for again, with its tag.
const CACHE: &str = "public, max-age=60";

/// What files of a material are called, see [`Requirement::files`].
const BLANK: &str = "空白表格";
const FILLED: &str = "填写样例";

/// Boxes of the flow in a row on a wide screen.
const FLOW_COLUMNS: usize = 4;

#[derive(Template)]
#[template(path = "guide.html")]
pub(crate) struct GuidePage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) office: Arc<AuthorityFacts>,
    /// Where, from the city down.
    pub(crate) place: String,
    pub(crate) place_code: String,
    pub(crate) doc: Option<Arc<ItemDocument>>,
    /// Who examines first and who decides, where these are two.
    pub(crate) levels: Option<Levels>,
    /// The steps drawn as a flow, for a wide screen and for a telephone.
    pub(crate) flows: [String; 2],
    /// The guide's whole address, and its QR code.
    pub(crate) address: String,
    pub(crate) qr: String,
    /// The situations by which materials differ.
    pub(crate) situations: Vec<String>,
    /// What it has really taken here lately, in words; empty: too few cases to say.
    pub(crate) measured: String,
}

/// The document in force, and what the item has taken here lately.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) doc: Option<Arc<ItemDocument>>,
    pub(crate) measured: Option<Measured>,
}

impl Content {
    async fn of(app: &App, item: &ItemSummary) -> kernel::Result<Self> {
        Ok(Self { doc: document(app, item).await?, measured: measured(app, item.id).await? })
    }
}

/// What an item has really taken here lately; `None`: too few cases to be honest.
///
/// # Errors
/// If the engine fails.
pub async fn measured(app: &App, item: Id<Item>) -> kernel::Result<Option<Measured>> {
    let since = app.clock.now().legal_date() - time::Duration::days(DAYS_BACK);
    let days = app.db.query(store::HANDLED_OF, storage::args![item, since.to_string(), CASES_MAX]).await?;
    let days = days.iter().map(|it| it.int("days")).collect::<kernel::Result<Vec<_>>>()?;
    Ok(Measured::of(days))
}

impl GuidePage {
    pub(crate) fn new(shell: Shell, entry: &Entry, known: &Known, content: Content) -> Self {
        let Content { doc, measured } = content;
        let place = known.places.get(&entry.item.division);
        let address = format!("{}/items/{}", shell.site.address, entry.item.id);
        Self {
            shell,
            place: place.map(|it| it.name.clone()).unwrap_or_default(),
            place_code: entry.item.division.to_string(),
            item: entry.item.clone(),
            office: Arc::clone(&entry.authority),
            levels: doc.as_deref().and_then(|it| Levels::of(it, known, &entry.authority.name)),
            flows: doc.as_deref().map(flows).unwrap_or_default(),
            qr: webkit::qr_svg(&address, "用手机扫一扫，打开这份办事指南").unwrap_or_default(),
            situations: doc.as_deref().map(once::situations).unwrap_or_default(),
            measured: measured.map(|it| it.words()).unwrap_or_default(),
            address,
            doc,
        }
    }

    fn missing(&self) -> Vec<&'static str> {
        let bare = ItemDocument::named(&self.item.name);
        missing(self.doc.as_deref().unwrap_or(&bare)).into_iter().map(|it| it.name).collect()
    }

    /// What goes with a material, side by side.
    fn cards(&self, doc: &ItemDocument, it: &Requirement) -> Vec<SampleCard> {
        cards(&self.item, doc, it)
    }

    fn suspended(&self) -> bool {
        self.item.state == ItemState::Suspended
    }
}

/// A form or a sample that goes with a material.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SampleCard {
    /// What it is: 「空白表格」.
    pub(crate) words: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// Where it is; empty: it is fetched at the window.
    pub(crate) href: String,
    /// A picture of it; empty: none.
    pub(crate) preview: String,
}

/// What goes with a material: the files that were handed in; of the application form whatever was not, drawn of the form itself.
fn cards(item: &ItemSummary, doc: &ItemDocument, it: &Requirement) -> Vec<SampleCard> {
    let drawn = |words: &'static str, name: String, filled: &str| {
        let at = |kind: &str| {
            address(
                &format!("/items/{}/form.{kind}", item.id),
                &[("filled", filled), ("v", &item.current_version.to_string())],
            )
        };
        SampleCard { words, name, href: at("pdf"), preview: at("svg") }
    };
    let file = |(words, file): (&'static str, &FileRef)| {
        let at = if file.is_there() { format!("/items/{}/files/{}", item.id, file.blob) } else { String::new() };
        let preview = if file.media.starts_with("image/") { at.clone() } else { String::new() };
        SampleCard { words, name: file.name.clone(), href: at, preview }
    };
    let mut out: Vec<_> = it.files().map(file).collect();
    if is_drawn(doc, it) {
        let has = |words: &str| out.iter().any(|it: &SampleCard| it.words == words && !it.href.is_empty());
        let (blank, filled) = (has(BLANK), has(FILLED) || doc.sample.is_none());
        out.retain(|it| !it.href.is_empty());
        if !blank {
            out.insert(0, drawn(BLANK, forms::title(doc), ""));
        }
        if !filled {
            out.push(drawn(FILLED, format!("{}（样例）", forms::title(doc)), "yes"));
        }
    }
    out
}

/// What one must hand in of a material, in words.
pub(crate) fn copies(it: &Requirement) -> String {
    let mut parts = Vec::new();
    if it.original_copies > 0 {
        parts.push(format!("原件 {} 份", it.original_copies));
    }
    if it.duplicate_copies > 0 {
        parts.push(format!("复印件 {} 份", it.duplicate_copies));
    }
    if parts.is_empty() { "不用交纸质件".to_owned() } else { parts.join("、") }
}

/// Whether it must be handed in, in words, with the tone of its tag.
pub(crate) fn need(it: &Requirement) -> (&'static str, &'static str) {
    match it.need {
        MaterialNecessity::Required if it.condition.is_some() => ("info", "特定情形才要"),
        MaterialNecessity::Required => ("warn", "必须提交"),
        MaterialNecessity::Optional => ("good", "能查到的免提交"),
        MaterialNecessity::MayFollow => ("info", "可以后补"),
    }
}

/// In which case a material is needed, in words: 「是否制售凉菜」填「是」, 「经营面积」200 平方米以上.
pub(crate) fn when(doc: &ItemDocument, it: &Requirement) -> String {
    let Some(condition) = &it.condition else { return String::new() };
    let Some(form) = &doc.form else { return String::new() };
    match &condition.test {
        ::forms::Test::Equals(_) => {
            let value = form.asked(condition).values.join("");
            format!("申请表中「{}」填「{value}」的才要交", form.full_title(&condition.field))
        }
        _ => format!("申请表中{}的才要交", form.condition_words(condition)),
    }
}

/// The fields of the filled example with their words.
pub(crate) fn example(doc: &ItemDocument) -> Vec<(String, String)> {
    let (Some(form), Some(sample)) = (&doc.form, &doc.sample) else { return Vec::new() };
    let fields = form.layout.iter().flat_map(|it| &it.fields);
    let words = |field: &str| Some(forms::words(&form.schema["properties"][field], sample.form.get(field)?));
    fields.filter_map(|field| Some((form.title(field).to_owned(), words(field)?))).collect()
}

/// Whom an item serves, in words.
pub(crate) fn audience(doc: &ItemDocument) -> String {
    joined(doc.audience(), Audience::name)
}

/// How the result reaches one, in words.
pub(crate) fn delivery(doc: &ItemDocument) -> String {
    joined(&doc.delivery, DeliveryWay::name)
}

/// How one can apply, in words.
pub(crate) fn ways(doc: &ItemDocument) -> String {
    joined(&doc.handling_forms, HandlingWay::name)
}

/// How often one must come, in words.
pub(crate) fn visits(it: &Visits) -> String {
    if it.times == 0 { "不用跑".to_owned() } else { format!("{} 次", it.times) }
}

/// Names of a list of codes.
fn joined<T: Copy>(list: &[T], name: fn(T) -> &'static str) -> String {
    list.iter().map(|it| name(*it)).collect::<Vec<_>>().join("、")
}

/// How long a step takes, in words.
pub(crate) fn step_days(days: &u32) -> String {
    if *days == 0 { "当天".to_owned() } else { format!("{days} 个工作日") }
}

/// The steps drawn: some in a row for a wide screen, one under the other for a telephone.
fn flows(doc: &ItemDocument) -> [String; 2] {
    let step = |it: &ProcessStep| FlowStep {
        name: it.name.clone(),
        office: it.office.clone(),
        days: step_days(&it.days),
        special: it.special,
    };
    let steps: Vec<_> = doc.steps.iter().map(step).collect();
    [flow::svg(&steps, FLOW_COLUMNS, "steps"), flow::svg(&steps, 1, "steps")]
}

async fn show(State(app): State<App>, frame: Frame, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let id: Id<Item> = id.parse()?;
    let known = app.part::<SearchIndex>()?.known(&app.db, app.clock.now()).await?;
    let entry = known.entry(id).ok_or(Error::NotFound { what: "事项" })?;
    // Only what is the same for everybody may be kept by anybody.
    let Some((care, contrast)) = frame.for_anybody() else {
        let content = Content::of(&app, &entry.item).await?;
        return page(&GuidePage::new(frame.shell(&app), entry, &known, content));
    };
    let now = app.clock.now();
    let key = Key {
        item: id,
        version: entry.item.version,
        authorities_at: known.authorities_at,
        care,
        contrast,
        day: now.legal_date(),
    };
    let cache = app.part::<GuideCache>()?;
    let guide = match cache.find(&key) {
        Some(guide) => guide,
        None => {
            let content = Content::of(&app, &entry.item).await?;
            let html = GuidePage::new(frame.shell(&app), entry, &known, content).render().map_err(Error::internal)?;
            let guide = Arc::new(Rendered::new(html));
            cache.keep(key, Arc::clone(&guide));
            guide
        }
    };
    Ok(answer(&guide, &headers, known.stamp(now)))
}

pub(crate) async fn document(app: &App, item: &ItemSummary) -> kernel::Result<Option<Arc<ItemDocument>>> {
    if item.current_version == 0 {
        return Ok(None);
    }
    app.part::<Documents>()?.find(&app.db, item.id, item.current_version).await
}

/// A page that is the same for everybody as long as this is the stamp, or 304 if the visitor has it already.
pub(crate) fn answer(guide: &Rendered, headers: &HeaderMap, stamp: Stamp) -> Response {
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let has_it = asked.split(',').any(|it| it.trim() == guide.etag);
    let mut out = if has_it { StatusCode::NOT_MODIFIED.into_response() } else { guide.html.clone().into_response() };
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static(CACHE)),
        // Whoever is signed in, or wants another look, gets another page under the same address.
        (header::VARY, HeaderValue::from_static("Cookie, Authorization")),
    ];
    for (name, value) in fixed {
        out.headers_mut().insert(name, value);
    }
    if let Ok(etag) = HeaderValue::from_str(&guide.etag) {
        out.headers_mut().insert(header::ETAG, etag);
    }
    out.extensions_mut().insert(Keep(stamp));
    out
}
