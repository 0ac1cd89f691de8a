//! Writing laid pages as PDF/A-2a: fonts embedded as subsets, text extractable and tagged in reading order.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Transform};
use krilla::graphic::Graphic;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use time::{OffsetDateTime, UtcOffset};

use crate::PaperError;
use crate::fonts::Fonts;
use crate::laid::{Colour, Laid, Mark, Role, Rule, Run};

/// What the file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Title, shown by readers in their window's head.
    pub title: String,
    /// The authority.
    pub author: String,
    /// What it is about, e.g. the item.
    pub subject: String,
    /// Words to find it by, e.g. case number and document number.
    pub keywords: Vec<String>,
    /// When it was made; given by the caller, so that the same paper gives the same bytes.
    pub created: OffsetDateTime,
}

/// Writes the pages as PDF/A-2a. The same pages and info give the same bytes.
///
/// # Errors
/// [`PaperError::Pdf`] if the writer refuses, which a laid paper of the same [`Fonts`] does not cause.
pub fn pdf(laid: &Laid, fonts: &Fonts, info: &Info) -> Result<Vec<u8>, PaperError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .finish()
        .map_err(|error| PaperError::Pdf(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(info));
    let mut pen = Pen::default();
    for page in &laid.pages {
        let marks = page.marks.iter().map(|mark| prepare(mark, fonts)).collect::<Result<Vec<_>, _>>()?;
        let size =
            PageSettings::from_wh(pt(210.0), pt(297.0)).ok_or_else(|| PaperError::Pdf("page size".to_owned()))?;
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        pen.draw(&mut surface, &marks);
        surface.finish();
        sheet.finish();
    }
    document.set_tag_tree(tree(pen.groups));
    document.finish().map_err(|error| PaperError::Pdf(format!("{error:?}")))
}

/// The pieces of text with what they are, in reading order.
type Groups = BTreeMap<usize, (Role, Vec<Identifier>)>;

/// So many mm in points.
pub(crate) fn pt(mm: f64) -> f32 {
    (mm * 72.0 / 25.4) as f32
}

/// What the file says of itself, as the writer takes it.
pub(crate) fn metadata(info: &Info) -> Metadata {
    let at = info.created.to_offset(UtcOffset::UTC);
    let created = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(u8::from(at.month()))
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(info.title.clone())
        .authors(vec![info.author.clone()])
        .description(info.subject.clone())
        .keywords(info.keywords.clone())
        .language("zh-CN".to_owned())
        .creator("Yiwang".to_owned())
        .creation_date(created)
}

/// A mark with all that drawing it needs. Found before a page is begun: the writer cannot leave a page half drawn.
enum Drawn<'a> {
    Text { run: &'a Run, font: Font, glyphs: Vec<KrillaGlyph> },
    Rule(&'a Rule),
}

fn prepare<'a>(mark: &'a Mark, fonts: &Fonts) -> Result<Drawn<'a>, PaperError> {
    let run = match mark {
        Mark::Rule(rule) => return Ok(Drawn::Rule(rule)),
        Mark::Text(run) => run,
    };
    let missing = || PaperError::Pdf(format!("字体与排版时不同：{}", run.text));
    let font = fonts.font(run.face).ok_or_else(missing)?;
    let mut glyphs = Vec::with_capacity(run.advances.len());
    for ((at, character), advance) in run.text.char_indices().zip(&run.advances) {
        let glyph = fonts.glyph(run.face, character).ok_or_else(missing)?;
        let range = at..at + character.len_utf8();
        glyphs.push(KrillaGlyph::new(GlyphId::new(glyph.id), (advance / run.size) as f32, 0.0, 0.0, 0.0, range, None));
    }
    Ok(Drawn::Text { run, font, glyphs })
}

/// What is kept from page to page while drawing.
#[derive(Default)]
struct Pen {
    groups: Groups,
    /// Watermarks by their text, drawn once and then only referred to.
    stamps: HashMap<String, Graphic>,
}

impl Pen {
    fn draw(&mut self, surface: &mut Surface<'_>, marks: &[Drawn<'_>]) {
        for marks in marks.chunk_by(belong_together) {
            let first = marks.first();
            let tag = match first {
                Some(Drawn::Text { run, .. }) => content_tag(run.role),
                _ => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
            };
            let identifier = surface.start_tagged(tag);
            for mark in marks {
                match mark {
                    Drawn::Text { run, .. } if run.role == Role::Watermark => self.stamp(surface, run, mark),
                    Drawn::Text { run, .. } => draw_text(surface, mark, (run.x, run.y)),
                    Drawn::Rule(rule) => draw_rule(surface, rule),
                }
            }
            surface.end_tagged();
            if let Some(Drawn::Text { run, .. }) = first
                && !matches!(run.role, Role::Furniture | Role::Watermark)
            {
                self.groups.entry(run.group).or_insert_with(|| (run.role, Vec::new())).1.push(identifier);
            }
        }
    }

    fn stamp(&mut self, surface: &mut Surface<'_>, run: &Run, mark: &Drawn<'_>) {
        let graphic = self.stamps.entry(run.text.clone()).or_insert_with(|| {
            let mut builder = surface.stream_builder();
            let mut inner = builder.surface();
            draw_text(&mut inner, mark, (0.0, 0.0));
            inner.finish();
            Graphic::new(builder.finish(), false)
        });
        surface.push_transform(&Transform::from_translate(pt(run.x), pt(run.y)));
        surface.push_transform(&Transform::from_rotate(-run.angle as f32));
        surface.draw_graphic(graphic.clone());
        surface.pop();
        surface.pop();
    }
}

fn belong_together(a: &Drawn<'_>, b: &Drawn<'_>) -> bool {
    match (a, b) {
        (Drawn::Text { run: a, .. }, Drawn::Text { run: b, .. }) => a.group == b.group && a.role == b.role,
        (Drawn::Rule(_), Drawn::Rule(_)) => true,
        _ => false,
    }
}

fn content_tag(role: Role) -> ContentTag<'static> {
    match role {
        Role::Furniture => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
        Role::Watermark => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Watermark)),
        _ => ContentTag::Other,
    }
}

/// Draws a run with the left end of its base line at a place in mm; a watermark as shapes.
fn draw_text(surface: &mut Surface<'_>, mark: &Drawn<'_>, at: (f64, f64)) {
    let Drawn::Text { run, font, glyphs } = mark else { return };
    surface.set_fill(Some(Fill { paint: ink(run.colour).into(), ..Fill::default() }));
    surface.set_stroke(None);
    let is_shape = run.role == Role::Watermark;
    surface.draw_glyphs(Point::from_xy(pt(at.0), pt(at.1)), glyphs, font.clone(), &run.text, pt(run.size), is_shape);
}

fn draw_rule(surface: &mut Surface<'_>, rule: &Rule) {
    let mut path = PathBuilder::new();
    path.move_to(pt(rule.from.0), pt(rule.from.1));
    path.line_to(pt(rule.to.0), pt(rule.to.1));
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: ink(rule.colour).into(), width: pt(rule.width), ..Stroke::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn ink(colour: Colour) -> rgb::Color {
    rgb::Color::new(colour.0, colour.1, colour.2)
}

/// The logical tree: title and headings, paragraphs, lists of items, tables of rows.
fn tree(groups: Groups) -> TagTree {
    let mut top: Vec<TagGroup> = Vec::new();
    let mut previous = None;
    for (role, identifiers) in groups.into_values() {
        let nodes: Vec<Node> = identifiers.into_iter().map(Node::from).collect();
        let continues = previous.is_some_and(|before| same_container(before, role));
        match role {
            Role::Item { .. } => {
                let body = TagGroup::with_children(Tag::LBody, nodes);
                let item = TagGroup::with_children(Tag::LI, vec![body.into()]);
                if !continues {
                    top.push(TagGroup::new(Tag::L(ListNumbering::Decimal)));
                }
                push_last(&mut top, item.into());
            }
            Role::Label { .. } => {
                if !continues {
                    top.push(TagGroup::new(Tag::Table));
                }
                let cell = TagGroup::with_children(Tag::TH(TableHeaderScope::Row), nodes);
                push_last(&mut top, TagGroup::with_children(Tag::TR, vec![cell.into()]).into());
            }
            Role::Value { .. } => {
                let cell = TagGroup::with_children(Tag::TD, nodes);
                if let Some(Node::Group(row)) = top.last_mut().and_then(|table| table.children.last_mut()) {
                    row.push(cell);
                }
            }
            Role::Title => top.push(TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, None), nodes)),
            Role::Heading => top.push(TagGroup::with_children(Tag::Hn(NonZeroU16::MIN.saturating_add(1), None), nodes)),
            Role::Text | Role::Furniture | Role::Watermark => top.push(TagGroup::with_children(Tag::P, nodes)),
        }
        previous = Some(role);
    }
    let mut tree = TagTree::new().with_lang(Some("zh-CN".to_owned()));
    for group in top {
        tree.push(group);
    }
    tree
}

fn push_last(top: &mut [TagGroup], node: Node) {
    if let Some(last) = top.last_mut() {
        last.push(node);
    }
}

/// Whether two pieces stand in the same list or the same table.
fn same_container(a: Role, b: Role) -> bool {
    match (a, b) {
        (Role::Item { list: a }, Role::Item { list: b }) => a == b,
        (Role::Label { table: a, .. } | Role::Value { table: a, .. }, Role::Label { table: b, .. }) => a == b,
        _ => false,
    }
}
