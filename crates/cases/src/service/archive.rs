//! All of one case as one ZIP, for its applicant and for officers who may see it: what was filled in and what happened as a page and as
//! JSON, the materials, the papers; and the same files of all one's cases among one's own data.

use askama::Template;
use kernel::{Ctx, Error, Result};
use webkit::{App, ArchiveSink, Packing};

use super::{
    Hands, load_for, looks, materials, papers, pledge_checks,
    reads::{self, CaseDetail, TimelineEntry},
};
use crate::CaseId;

/// A case, ready to be packed.
pub(crate) struct Packed {
    case: CaseDetail,
    timeline: Vec<TimelineEntry>,
}

impl Packed {
    /// What the archive is called.
    pub(crate) fn name(&self) -> String {
        format!("{} {}.zip", self.case.summary.number, self.case.summary.item_name)
    }
}

/// The case as a page that any browser opens, without anything from elsewhere.
#[derive(Template)]
#[template(path = "case_archive.html")]
pub(crate) struct ArchivePage<'a> {
    pub(crate) case: &'a CaseDetail,
    pub(crate) timeline: &'a [TimelineEntry],
    /// When it was packed.
    pub(crate) at: String,
    /// What was left out, a whole sentence each.
    pub(crate) left: &'a [String],
}

/// Reads a case to be packed. A look of an officer stands in the applicant's own log («谁看过我的信息»).
///
/// # Errors
/// [`Error::NotFound`] if there is none, or the caller may not see it; [`Error::Refused`] if the case is over and an officer has not told
/// yet today what for it looks; if the engine fails.
pub(crate) async fn read(ctx: &Ctx, app: &App, id: CaseId) -> Result<Packed> {
    let row = load_for(ctx, app, id).await?;
    if Hands::of(ctx, &row)?.officer() {
        looks::must_look(ctx, app, &row).await?;
    }
    Ok(Packed { case: reads::case(ctx, app, id).await?, timeline: reads::timeline(ctx, app, id).await? })
}

/// Fills the archive of one case.
///
/// # Errors
/// If the engine fails, a file was altered, or nobody fetches the archive any more.
pub(crate) async fn fill(ctx: &Ctx, app: &App, it: &Packed, mut into: ArchiveSink) -> Result<()> {
    let id = it.case.summary.id.parse()?;
    let (mut left, mut room) = (Vec::new(), u64::MAX);
    files(ctx, app, (&it.case, id, ""), (&mut into, &mut room, &mut left)).await?;
    let told = serde_json::json!({ "case": it.case, "timeline": it.timeline });
    let json = serde_json::to_vec_pretty(&told).map_err(Error::internal)?;
    into.add("办件.json", Packing::Smaller, json).await?;
    let page = ArchivePage { case: &it.case, timeline: &it.timeline, at: ctx.now.zh(), left: &left };
    let page = page.render().map_err(Error::internal)?;
    into.add("办件.html", Packing::Smaller, page).await?;
    into.finish().await
}

/// Where files go: the archive, how many bytes there is still room for, and what was left out.
type Into<'a> = (&'a mut ArchiveSink, &'a mut u64, &'a mut Vec<String>);

/// Puts the materials and papers of a case into an archive, in folders under this one.
///
/// # Errors
/// As [`fill`].
pub(super) async fn files(
    ctx: &Ctx,
    app: &App,
    (case, id, folder): (&CaseDetail, CaseId, &str),
    (into, room, left): Into<'_>,
) -> Result<()> {
    for material in &case.materials {
        for file in &material.files {
            let number = &case.summary.number;
            if file.on_paper {
                left.push(format!("{number} 的「{}」是窗口收取的纸质材料，没有电子文件。", material.name));
                continue;
            }
            // What was signed is read as a paper; the text itself stands on the page of the case.
            let (name, bytes) = match file.is_pledge() {
                true => pledge_checks::printed(app, (id, file.number), (&case.summary.item_name, ctx.now)).await?,
                false => {
                    let read = materials::read_material(ctx, app, id, file.number).await?;
                    (read.name, read.bytes)
                }
            };
            let path = format!("{folder}材料/{}/{}", plain(&material.name), plain(&name));
            let what = format!("{number} 的材料「{}」（{name}）", material.name);
            put((into, room, left), (&path, &what), bytes).await?;
        }
    }
    for paper in case.papers.iter().filter(|it| !it.document_number.is_empty()) {
        let (row, bytes) = papers::paper_file(ctx, app, id, paper.number).await?;
        let path = format!("{folder}文书/{}", plain(&format!("{} {}.pdf", row.title, row.document_number)));
        let what = format!("{} 的文书「{}」", case.summary.number, row.title);
        put((into, room, left), (&path, &what), bytes).await?;
    }
    for paper in case.papers.iter().filter(|it| it.document_number.is_empty()) {
        left.push(format!("{} 的文书「{}」正在出具，过一会儿再下载。", case.summary.number, paper.title));
    }
    Ok(())
}

/// A part of a path: a blank in the place of what would begin a folder.
fn plain(name: &str) -> String {
    name.replace('/', "／")
}

/// Puts one file in, or says why not and where it can be had.
async fn put((into, room, left): Into<'_>, (path, what): (&str, &str), bytes: Vec<u8>) -> Result<()> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    match room.checked_sub(size) {
        Some(rest) => {
            *room = rest;
            into.add(path, Packing::AsIs, bytes).await.map(drop)
        }
        None => {
            left.push(format!("{what}没有放进来：全部文件太大了。请在「我的办件」打开这一件，单独下载。"));
            Ok(())
        }
    }
}
