//! Templates of papers on the desk of legal affairs: what is in force, its words block by block beside the very page that is printed, its
//! versions. Works without script: each button sends the whole form; with script the page is laid out again while one types.

use askama::Template as _;
use axum::extract::{Path, Query, State};
use catalogue::LEGAL_CHECK;
use identity::{AuthorityFacts, Choice, ChoiceAsk, Reach};
use kernel::{Authority, Error, Fault, Id, Moment, Result};
use webkit::{Access, Answer, App, Form, FormData, Page, Routes, Sample, Shell, address, flash, page};

use super::again;
use crate::{
    feed::sample,
    model::{
        PaperKind,
        template::{BLOCK_CHARS, BLOCKS_MAX, Form as Shape, Kit, Part, Placeholder, Spec, Template},
    },
    service::templates::{self, InForce, KindView, REASON_MAX, Source, VersionLine},
};

const HERE: &str = "/desk/paper-templates";
/// What an address says in place of an authority's id when the site is meant.
const SITE: &str = "site";

pub(crate) fn routes() -> Routes {
    let may = Access::May(LEGAL_CHECK);
    Routes::new()
        .get(HERE, may, list)
        .get("/desk/paper-templates/{kind}", may, show)
        .post("/desk/paper-templates/{kind}", may, act)
        .post("/desk/paper-templates/{kind}/try", may, tried)
        .get("/desk/paper-templates/{kind}/versions/{version}", may, version)
}

/// Which authority's templates are meant; `None`: the site's.
fn whose(text: &str) -> Result<Option<Id<Authority>>> {
    if text.is_empty() || text == SITE { Ok(None) } else { text.parse().map(Some) }
}

/// What a kind of paper is called, whatever the type of the item.
fn title(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::Approval => "准予、通过的决定书",
        PaperKind::Refusal => "不予许可、不予通过的决定书",
        PaperKind::Revocation => "撤销决定书",
        kind => kind.title(standards::ItemType::Licence),
    }
}

/// A kind of paper in the list.
struct KindLine {
    href: String,
    title: &'static str,
    about: String,
    tone: &'static str,
    source: String,
    since: String,
}

#[derive(askama::Template)]
#[template(path = "templates_desk.html")]
struct ListPage {
    shell: Shell,
    choice: Choice,
    whole: bool,
    kinds: Vec<KindLine>,
}

async fn list(State(app): State<App>, it: Page, Query(mut ask): Query<ChoiceAsk>) -> Answer {
    let reach = Reach::of(&it.ctx, &app.db, LEGAL_CHECK).await?;
    if ask.authority == SITE {
        ask.authority.clear();
    }
    let whole = reach.is_whole();
    let choice = reach.choose(&app.db, &ask, (HERE, &[]), !whole).await?;
    let mut kinds = Vec::new();
    if !choice.open {
        let kit = app.part::<Kit>()?;
        let authority = choice.chosen.as_ref().map(|it| it.id);
        let found = templates::overview(&it.ctx, &app, authority).await?;
        kinds = found.iter().map(|it| kind_line(&kit, authority, it)).collect::<Result<_>>()?;
    }
    page(&ListPage { shell: it.shell, choice, whole, kinds })
}

fn kind_line(kit: &Kit, authority: Option<Id<Authority>>, it: &KindView) -> Result<KindLine> {
    Ok(KindLine {
        href: here(it.kind.code(), authority),
        title: title(it.kind),
        about: kit.spec(it.kind).map_err(Error::internal)?.about.clone(),
        tone: match it.in_force.source {
            Source::Shipped(_) => "plain",
            Source::Site(_) => "info",
            Source::Own(_) => "good",
        },
        source: it.in_force.source.words(),
        since: it.in_force.since.map(Moment::zh).unwrap_or_default(),
    })
}

fn here(kind: &str, authority: Option<Id<Authority>>) -> String {
    let authority = authority.map_or_else(|| SITE.to_owned(), |it| it.to_string());
    address(&format!("{HERE}/{kind}"), &[("authority", &authority)])
}

/// A block as the form shows it.
struct BlockView {
    number: usize,
    part: Part,
    fault: String,
}

/// The page as it would be printed, or why it cannot be.
#[derive(askama::Template)]
#[template(path = "template_preview.html")]
struct Preview {
    /// Pages as SVG, by the layout itself, which escapes all words.
    pages: Vec<String>,
    faults: Vec<Fault>,
}

#[derive(askama::Template)]
#[template(path = "template_desk.html")]
struct EditPage {
    shell: Shell,
    kind: PaperKind,
    about: String,
    /// An authority's id, or `site`.
    authority: String,
    /// For whom the template is, in words.
    whom: String,
    /// What is in force.
    source: String,
    since: String,
    version: i64,
    blocks: Vec<BlockView>,
    /// Circumstances of the kind: code and words.
    circumstances: Vec<(String, String)>,
    shown: String,
    placeholders: Vec<Placeholder>,
    reason: String,
    preview: Preview,
    versions: Vec<VersionLine>,
    /// Whether there is one of its own that can be taken back.
    own: bool,
    faults: Vec<Fault>,
}

impl EditPage {
    fn shapes(&self) -> Vec<(&'static str, &'static str)> {
        let may = |it: &Shape| *it != Shape::Remedies || self.kind.names_remedies();
        Shape::ALL.into_iter().filter(may).map(|it| (it.code(), it.name())).collect()
    }

    fn title(&self) -> &'static str {
        title(self.kind)
    }

    fn here(&self) -> String {
        address(&format!("{HERE}/{}", self.kind.code()), &[("authority", &self.authority)])
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    /// Whether a block is the one that nobody can take away.
    fn fixed(&self, it: &BlockView) -> bool {
        it.part.form == Shape::Remedies
    }

    fn full(&self) -> bool {
        self.blocks.len() >= BLOCKS_MAX
    }

    fn hint(&self, it: &BlockView) -> String {
        match it.part.form {
            Shape::List => "只写一个逐条列出的占位符".to_owned(),
            Shape::Table => "一行一项，写成「名称：内容」；占位符都没有内容的行不出现".to_owned(),
            Shape::Note => "印在日期下方，加括号".to_owned(),
            _ => format!("最长 {BLOCK_CHARS} 个字"),
        }
    }

    /// Lines of the field for a block's words.
    fn rows(&self, it: &BlockView) -> u32 {
        if matches!(it.part.form, Shape::Heading | Shape::List) { 1 } else { 4 }
    }

    fn reason_max(&self) -> u32 {
        u32::try_from(REASON_MAX).unwrap_or_default()
    }
}

/// What was typed into the form, or what is in force.
struct Typed {
    blocks: Vec<Part>,
    shown: String,
    reason: String,
}

impl Typed {
    /// The blocks of the form, as many as it says, within bounds.
    fn of(form: &FormData) -> Self {
        let count = form.text("count").parse::<usize>().unwrap_or(0).min(BLOCKS_MAX + 1);
        let part = |n: usize| Part {
            form: Shape::from_code(form.text(&format!("form-{n}"))).unwrap_or_default(),
            text: form.text(&format!("text-{n}")).replace("\r\n", "\n"),
            when: form.text(&format!("when-{n}")).to_owned(),
        };
        Self {
            blocks: (1..=count).map(part).collect(),
            shown: form.text("shown").to_owned(),
            reason: form.text("reason").to_owned(),
        }
    }

    fn template(&self) -> Template {
        Template { blocks: self.blocks.clone() }.normal()
    }

    /// What a button does with the blocks: `up-3`, `down-3`, `remove-3`, `add-3` (after it).
    fn moved(&mut self, order: &str) {
        let Some((what, n)) = order.split_once('-') else { return };
        let Ok(n) = n.parse::<usize>() else { return };
        match what {
            "up" if n > 1 && n <= self.blocks.len() => self.blocks.swap(n - 1, n - 2),
            "down" if n > 0 && n < self.blocks.len() => self.blocks.swap(n - 1, n),
            "remove" if n > 0 && n <= self.blocks.len() => drop(self.blocks.remove(n - 1)),
            "add" if n <= self.blocks.len() && self.blocks.len() < BLOCKS_MAX => self.blocks.insert(n, Part::default()),
            _ => {}
        }
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Ask {
    authority: String,
    /// The circumstance that is previewed.
    shown: String,
}

async fn show(State(app): State<App>, it: Page, Path(kind): Path<String>, Query(ask): Query<Ask>) -> Answer {
    let of = (whose(&ask.authority)?, kind.as_str());
    let view = templates::one(&it.ctx, &app, of).await?;
    let blocks = view.in_force.template.blocks.clone();
    let typed = Typed { blocks, shown: ask.shown, reason: String::new() };
    page(&draw(&app, it, (of.0, view), (typed, Vec::new())).await?)
}

async fn draw(
    app: &App,
    it: Page,
    (authority, view): (Option<Id<Authority>>, KindView),
    (typed, faults): (Typed, Vec<Fault>),
) -> Result<EditPage> {
    let kit = app.part::<Kit>()?;
    let spec = kit.spec(view.kind).map_err(Error::internal)?;
    let facts = match authority {
        Some(id) => Some(identity::authority(&app.db, id).await?.facts),
        None => None,
    };
    let versions = templates::versions(&it.ctx, app, (authority, view.kind)).await?;
    let preview = preview(app, &kit, (spec, &typed), facts.as_ref())?;
    let InForce { source, since, .. } = &view.in_force;
    let own = match source {
        Source::Shipped(_) => false,
        Source::Site(_) => authority.is_none(),
        Source::Own(_) => true,
    };
    let fault = |n: usize| {
        let field = format!("block-{n}");
        faults.iter().find(|it| it.field == field).map(|it| it.message.clone()).unwrap_or_default()
    };
    let block = |(n, part): (usize, Part)| BlockView { number: n, part, fault: fault(n) };
    Ok(EditPage {
        kind: view.kind,
        about: spec.about.clone(),
        authority: authority.map_or_else(|| SITE.to_owned(), |it| it.to_string()),
        whom: facts.map_or_else(|| "全站".to_owned(), |it| it.name),
        source: source.words(),
        since: since.map(Moment::zh).unwrap_or_default(),
        version: view.version,
        blocks: (1..).zip(typed.blocks).map(block).collect(),
        circumstances: spec.circumstances.iter().map(|it| (it.code.clone(), it.name.clone())).collect(),
        shown: typed.shown,
        placeholders: kit.placeholders(view.kind).into_iter().cloned().collect(),
        reason: typed.reason,
        preview,
        versions,
        own,
        shell: it.shell,
        faults,
    })
}

fn preview(app: &App, kit: &Kit, (spec, typed): (&Spec, &Typed), facts: Option<&AuthorityFacts>) -> Result<Preview> {
    let template = typed.template();
    let faults = kit.faults(spec, &template);
    let paper = sample::paper(&app.site, kit, (spec, &template), (&typed.shown, facts));
    Ok(match sample::pages(&paper, &*app.part::<papers::Fonts>()?) {
        Ok(pages) => Preview { pages, faults },
        Err(error) => {
            let told = Fault::new("blocks", format!("不能排版：{error}。"));
            Preview { pages: Vec::new(), faults: [faults, vec![told]].concat() }
        }
    })
}

/// What is typed, laid out: for the script of the page.
async fn tried(State(app): State<App>, it: Page, Path(kind): Path<String>, Form(form): Form) -> Answer {
    let authority = whose(form.text("authority"))?;
    let view = templates::one(&it.ctx, &app, (authority, &kind)).await?;
    let facts = match authority {
        Some(id) => Some(identity::authority(&app.db, id).await?.facts),
        None => None,
    };
    let kit = app.part::<Kit>()?;
    let spec = kit.spec(view.kind).map_err(Error::internal)?;
    page(&preview(&app, &kit, (spec, &Typed::of(&form)), facts.as_ref())?)
}

/// Every button of the form.
async fn act(State(app): State<App>, it: Page, Path(kind): Path<String>, Form(form): Form) -> Answer {
    let authority = whose(form.text("authority"))?;
    let view = templates::one(&it.ctx, &app, (authority, &kind)).await?;
    let mut typed = Typed::of(&form);
    let (order, of) = (form.text("do").to_owned(), (authority, view.kind));
    let done = match order.as_str() {
        "save" => {
            let template = typed.template();
            templates::put(&it.ctx, &app, (of, form.version()?), Some(&template), &typed.reason).await
        }
        "back" => templates::put(&it.ctx, &app, (of, form.version()?), None, &typed.reason).await,
        order => {
            typed.moved(order);
            return page(&draw(&app, it, (authority, view), (typed, Vec::new())).await?);
        }
    };
    let to = here(&kind, authority);
    match done {
        Ok(()) if order == "back" => Ok(flash(&to, "done", "已停用自己的模板，从现在起用上一级的。")),
        Ok(()) => Ok(flash(&to, "done", "已发布，从现在起按新模板出具。已经出具的文书不变。")),
        Err(Error::Invalid(faults)) => again(page(&draw(&app, it, (authority, view), (typed, faults)).await?)?),
        Err(error @ (Error::Refused { .. } | Error::Stale { .. })) => {
            let faults = vec![Fault::new("", error.message())];
            again(page(&draw(&app, it, (authority, view), (typed, faults)).await?)?)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(askama::Template)]
#[template(path = "template_version.html")]
struct VersionPage {
    shell: Shell,
    title: &'static str,
    back: String,
    whom: String,
    version: i64,
    at: String,
    preview: Preview,
    /// Whether this version took the template back.
    gone: bool,
}

async fn version(
    State(app): State<App>,
    it: Page,
    Path((kind, number)): Path<(String, i64)>,
    Query(ask): Query<Ask>,
) -> Answer {
    let authority = whose(&ask.authority)?;
    let view = templates::one(&it.ctx, &app, (authority, &kind)).await?;
    let (at, template) = templates::version(&it.ctx, &app, (authority, view.kind), number).await?;
    let kit = app.part::<Kit>()?;
    let spec = kit.spec(view.kind).map_err(Error::internal)?;
    let facts = match authority {
        Some(id) => Some(identity::authority(&app.db, id).await?.facts),
        None => None,
    };
    let gone = template.is_none();
    let typed = Typed { blocks: template.unwrap_or_default().blocks, shown: ask.shown, reason: String::new() };
    let preview = if gone {
        Preview { pages: Vec::new(), faults: Vec::new() }
    } else {
        preview(&app, &kit, (spec, &typed), facts.as_ref())?
    };
    page(&VersionPage {
        shell: it.shell,
        title: title(view.kind),
        back: here(&kind, authority),
        whom: facts.map_or_else(|| "全站".to_owned(), |it| it.name),
        version: number,
        at: at.zh(),
        preview,
        gone,
    })
}

/// The pages with made-up content: the list, a template with every shape and fault, a version.
pub(crate) fn samples() -> Vec<Sample> {
    let line = |tone, source: &str| KindLine {
        href: format!("{HERE}/refusal?authority=site"),
        title: title(PaperKind::Refusal),
        about: "不予通过的<决定>".to_owned(),
        tone,
        source: source.to_owned(),
        since: "2026年3月2日 9:30".to_owned(),
    };
    let list = ListPage {
        shell: super::desk_samples::shell(),
        choice: Choice::sample(true),
        whole: true,
        kinds: vec![line("plain", "系统自带"), line("good", "本单位模板第 3 版")],
    };
    let preview = |faults: Vec<Fault>| Preview {
        pages: vec!["<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 210 297\"></svg>".to_owned()],
        faults,
    };
    let faults = vec![
        Fault::new("block-2", "第 2 块：没有占位符「{申请者}」，是不是「{申请人}」？可以用的列在旁边。"),
        Fault::new("reason", "请写明修改的理由。"),
    ];
    let parts = Shape::ALL.map(|form| Part { form, text: "{申请者}<b>".to_owned(), when: "owing".to_owned() });
    let edit = EditPage {
        shell: super::desk_samples::shell(),
        kind: PaperKind::Refusal,
        about: "不予通过的决定".to_owned(),
        authority: SITE.to_owned(),
        whom: "全站".to_owned(),
        source: "全站模板第 2 版".to_owned(),
        since: "2026年3月2日 9:30".to_owned(),
        version: 2,
        blocks: (1..)
            .zip(parts)
            .map(|(number, part)| BlockView { number, part, fault: faults[0].message.clone() })
            .collect(),
        circumstances: vec![("owing".to_owned(), "容缺通过".to_owned())],
        shown: "owing".to_owned(),
        placeholders: Kit::shipped()
            .map(|kit| kit.placeholders(PaperKind::Refusal).into_iter().cloned().collect())
            .unwrap_or_default(),
        reason: "按<新>规定调整".to_owned(),
        preview: preview(faults.clone()),
        versions: vec![VersionLine {
            version: 2,
            at: Moment::from_micros(0),
            by: "陶<静>".to_owned(),
            reason: "按新规定调整".to_owned(),
            back: false,
        }],
        own: true,
        faults,
    };
    let version = VersionPage {
        shell: super::desk_samples::shell(),
        title: title(PaperKind::Refusal),
        back: HERE.to_owned(),
        whom: "全站".to_owned(),
        version: 1,
        at: "2026年3月2日 9:30".to_owned(),
        preview: preview(Vec::new()),
        gone: false,
    };
    let shown = [
        ("templates_desk.html", list.render()),
        ("template_desk.html", edit.render()),
        ("template_version.html", version.render()),
    ];
    shown.into_iter().filter_map(|(name, html)| Some(Sample { name, html: html.ok()? })).collect()
}
