//! Files: taken in, kept sealed, read back, taken out again before they are sent.

mod keeping;

use kernel::{Ctx, Error, Id, Person, Result};
use storage::{Row, Unit, args};
use webkit::App;

pub(super) use keeping::{Proof, Signed};
use keeping::{Way, keep};

pub use super::material_kind::MaterialKind;
use super::{document, drafts, papers, pledges, scan, subject, uploads::UploadId};
use crate::{
    ACCEPT, CaseId, FILE,
    model::Stage,
    rules::APPLICATION,
    store::{self, CaseRow, MaterialRow, Origin, RESULT, guard},
};

/// A file at most, in bytes.
pub(crate) const FILE_MAX: usize = 50 * 1024 * 1024;
/// What is said of a file of another kind.
const UNKNOWN: &str = "只能上传 PDF、JPG、PNG 或 OFD 文件。这个文件的内容不是其中任何一种，请转换后再上传。";
/// What is said of a photograph as iPhones keep it.
const HEIC: &str = "这是 HEIC 格式的照片，办件系统打不开，没有收下。请在手机「设置 → 相机 → 格式」里选「兼容性最佳」后重新拍照，\
    或者打开这张照片截一张图，上传截图。";
/// A file's name at most, in characters.
const NAME_MAX: usize = 120;

/// A file that comes in.
#[derive(Clone)]
pub struct NewMaterial {
    /// Which material it is.
    pub material: String,
    /// The file's name as the person's machine told it.
    pub name: String,
    /// Its bytes.
    pub bytes: bytes::Bytes,
    /// The file of the same material, not sent yet, whose place it takes.
    pub replaces: Option<i64>,
}

/// A file that is read back.
pub struct ReadMaterial {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: MaterialKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Takes a file in for a draft, or for a case whose applicant must supply something, and gives its number. It counts once the
/// application (or the supplement) is sent.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if nothing can be supplied now; [`Error::Invalid`] at `file` if it is none of the four
/// kinds, or empty; [`Error::TooLarge`]; if the engine fails.
pub async fn add_material(ctx: &Ctx, app: &App, id: CaseId, new: &NewMaterial) -> Result<i64> {
    add(ctx, app, id, new, None).await
}

/// As [`add_material`]; what came in pieces ends with the same unit.
///
/// # Errors
/// As [`add_material`]; [`Error::Stale`] if the upload has become a file meanwhile.
pub(super) async fn add(ctx: &Ctx, app: &App, id: CaseId, new: &NewMaterial, upload: Option<UploadId>) -> Result<i64> {
    let field = field(&new.material);
    let kind = check(&field, new)?;
    let target = target(ctx, app, (id, &new.material)).await?;
    scan::passes(app, &field, &new.bytes).await?;
    let way = Way { upload, instead: new.replaces.into_iter().collect(), ..Way::of(kind, &target) };
    keep(ctx, app, (id, ctx.person()?), (new, way)).await
}

/// Takes in a file that was made here of others of the same material, in whose place it comes.
///
/// # Errors
/// As [`add_material`]; [`Error::Refused`] if one of the others was sent or taken away meanwhile.
pub(super) async fn add_instead(
    ctx: &Ctx,
    app: &App,
    (id, target): (CaseId, &Target),
    (new, instead): (&NewMaterial, Vec<i64>),
) -> Result<i64> {
    let field = field(&new.material);
    let kind = check(&field, new)?;
    scan::passes(app, &field, &new.bytes).await?;
    keep(ctx, app, (id, ctx.person()?), (new, Way { instead, ..Way::of(kind, target) })).await
}

/// Takes in the text of a pledge that was signed so.
///
/// # Errors
/// As [`add_material`]; [`Error::Invalid`] at `code` if it was used meanwhile.
pub(super) async fn add_pledge(
    ctx: &Ctx,
    app: &App,
    id: CaseId,
    (new, signed): (&NewMaterial, Signed<'_>),
) -> Result<i64> {
    let target = target(ctx, app, (id, &new.material)).await?;
    let way = Way { signed: Some(signed), ..Way::of(MaterialKind::Pledge, &target) };
    keep(ctx, app, (id, ctx.person()?), (new, way)).await
}

/// Takes in a file of the result for a case, and gives its number; whoever calls has asked by what right. `by`: the system that brings it.
///
/// # Errors
/// As [`add_material`], at `file`.
pub(crate) async fn add_result(ctx: &Ctx, app: &App, (id, by): (CaseId, Id<Person>), new: &NewMaterial) -> Result<i64> {
    let kind = check("file", new)?;
    scan::passes(app, "file", &new.bytes).await?;
    keep(ctx, app, (id, by), (new, Way { kind, draft_at: None, upload: None, instead: Vec::new(), signed: None })).await
}

/// The file whose place another takes.
fn replaced(rows: &[Row], number: i64, material: &str) -> Result<MaterialRow> {
    let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
    let old = rows.into_iter().find(|it| it.number == number && it.material == material);
    let old = old.filter(|it| it.filed_at.is_none() && !it.on_paper);
    old.ok_or_else(|| Error::refused("要替换的文件已经提交或者移除，请刷新页面查看。"))
}

/// Where a fault of a material is shown.
pub(super) fn field(material: &str) -> String {
    format!("material.{material}")
}

pub(super) fn check(field: &str, new: &NewMaterial) -> Result<MaterialKind> {
    check_size(field, new.bytes.len())?;
    MaterialKind::of(&new.bytes).ok_or_else(|| Error::invalid(field, unknown(&new.bytes)))
}

/// What is said of a file that begins so and is of no kind that is taken.
pub(super) fn unknown(bytes: &[u8]) -> &'static str {
    match infer::get(bytes).map(|it| it.mime_type()) {
        Some("image/heif" | "image/heic" | "image/heic-sequence" | "image/heif-sequence") => HEIC,
        _ => UNKNOWN,
    }
}

/// Whether a file of so many bytes is taken.
pub(super) fn check_size(field: &str, size: usize) -> Result<()> {
    match size {
        0 => Err(Error::invalid(field, "这个文件是空的，请重新选择。")),
        1..=FILE_MAX => Ok(()),
        _ => Err(Error::TooLarge {
            reason: "单个文件不能超过 50 MB，请压缩或分成几个文件上传。".to_owned()
        }),
    }
}

/// A name without path or control characters, not too long, its end kept.
pub(super) fn clean(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: Vec<char> = name.chars().filter(|it| !it.is_control()).collect();
    let start = name.len().saturating_sub(NAME_MAX);
    let name: String = name[start..].iter().collect();
    if name.trim().is_empty() { "未命名".to_owned() } else { name.trim().to_owned() }
}

/// Where files go.
pub(super) struct Target {
    document: std::sync::Arc<catalogue::ItemDocument>,
    /// The version of the item that a draft follows; `None`: a case.
    draft_at: Option<i64>,
}

impl Target {
    /// The version of the item that a draft follows; `None`: a case.
    pub(super) fn draft_at(&self) -> Option<i64> {
        self.draft_at
    }

    pub(super) fn item_name(&self) -> &str {
        &self.document.name
    }

    /// What a material is called.
    pub(super) fn material_name(&self, key: &str) -> &str {
        self.document.requirement(key).map_or("材料", |it| it.name.as_str())
    }
}

/// Whether the caller may add a file for this material to this draft or case now.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if nothing can be supplied now; [`Error::Invalid`] if no such material is asked for.
pub(super) async fn target(ctx: &Ctx, app: &App, (id, material): (CaseId, &str)) -> Result<Target> {
    let target = open_for_files(ctx, app, id).await?;
    if target.document.requirement(material).is_none() || material == APPLICATION {
        return Err(Error::invalid(field(material), "本事项不需要上传这种材料，请从材料清单中选择。"));
    }
    Ok(target)
}

/// Whether the caller may change the files of this draft or case now.
pub(super) async fn open_for_files(ctx: &Ctx, app: &App, id: CaseId) -> Result<Target> {
    match drafts::own_row(ctx, app, id).await {
        Ok(row) => {
            let document = document(app, row.item, row.item_version).await?;
            return Ok(Target { document, draft_at: Some(row.item_version) });
        }
        Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let row = super::load_for(ctx, app, id).await?;
    may_supply(ctx, &row)?;
    let owing = row.case.handling().is_some_and(|it| !it.owed.is_empty());
    if row.case.stage() != Stage::CorrectionAsked && !owing {
        return Err(Error::refused("现在不需要补交材料。需要补正时，我们会一次告知全部内容。"));
    }
    Ok(Target { document: document(app, row.facts.item, row.facts.item_version).await?, draft_at: None })
}

/// Whether the caller may hand something in for this case: its applicant, or an officer who accepts.
///
/// # Errors
/// [`Error::Forbidden`].
pub(super) fn may_supply(ctx: &Ctx, row: &CaseRow) -> Result<()> {
    ctx.may(FILE, &super::scope(row)).or_else(|_| ctx.may(ACCEPT, &super::desk_scope(row))).map(drop)
}

/// The name of a file, opened with the key of its case.
pub(super) fn name_of(app: &App, key: &vault::DataKey, case: CaseId, row: &MaterialRow) -> Result<String> {
    let bytes = app.vault.open_bytes(key, &name_place(case, row.number), &row.name)?;
    String::from_utf8(bytes).map_err(Error::internal)
}

/// The name of a file, sealed for its row.
pub(super) fn seal_name(
    ctx: &Ctx,
    app: &App,
    key: &vault::DataKey,
    (case, number): (CaseId, i64),
    name: &str,
) -> Vec<u8> {
    app.vault.seal_bytes(ctx, key, &name_place(case, number), name.as_bytes())
}

/// The files of a draft or case with their names; whoever calls has asked by what right.
pub(crate) async fn list(app: &App, id: CaseId) -> Result<Vec<(MaterialRow, String)>> {
    let rows = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = app.vault.key(&subject(id)).await?;
    let mut files = Vec::with_capacity(rows.len());
    for row in &rows {
        let row = store::material(row)?;
        let name = match row.on_paper {
            true => "纸质材料".to_owned(),
            false => name_of(app, &key, id, &row)?,
        };
        files.push((row, name));
    }
    Ok(files)
}

/// A file of one's own draft, or of a case that the caller may see.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if the case is over and an officer has not told yet today what for it looks;
/// [`Error::Internal`] if it was altered.
pub async fn read_material(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<ReadMaterial> {
    may_read(ctx, app, id).await?;
    opened(app, id, number).await
}

/// Whether the caller may read the files of this draft or case now.
///
/// # Errors
/// As [`read_material`].
pub(super) async fn may_read(ctx: &Ctx, app: &App, id: CaseId) -> Result<()> {
    match drafts::own_row(ctx, app, id).await {
        Ok(_) => {}
        Err(Error::NotFound { .. }) => {
            let row = super::load_for(ctx, app, id).await?;
            if super::Hands::of(ctx, &row)?.officer() {
                super::looks::must_look(ctx, app, &row).await?;
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// A file that can be read by whoever may read the files of its case. A file of the result is none before it is sent.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn shown(app: &App, id: CaseId, number: i64) -> Result<MaterialRow> {
    let row = app.db.find(store::MATERIAL, args![id, number]).await?;
    let row = row.as_ref().map(store::material).transpose()?;
    let shown = |it: &MaterialRow| !it.on_paper && (it.material != RESULT || it.filed_at.is_some());
    row.filter(shown).ok_or(Error::NotFound { what: "材料" })
}

/// A file, unsealed; whoever calls has asked by what right, and written down the look. A file of the result is none before it is sent.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Internal`] if it was altered.
pub(crate) async fn opened(app: &App, id: CaseId, number: i64) -> Result<ReadMaterial> {
    let row = shown(app, id, number).await?;
    let key = app.vault.key(&subject(id)).await?;
    let name = name_of(app, &key, id, &row)?;
    // What was handed in or given before lies sealed for the case with which it came.
    let (key, place) = match row.source {
        Some(Origin { case, number, paper }) => {
            let place = if paper { papers::place(case, number) } else { place(case, number) };
            (app.vault.key(&subject(case)).await?, place)
        }
        None => (key, place(id, number)),
    };
    let (sealed, vault) = (app.blobs.get(&row.blob).await?, app.vault.clone());
    let opened = tokio::task::spawn_blocking(move || vault.open_bytes(&key, &place, &sealed));
    let kind = MaterialKind::from_code(&row.kind).ok_or(Error::NotFound { what: "材料" })?;
    Ok(ReadMaterial { name: kind.named(&name), kind, bytes: opened.await.map_err(Error::internal)?? })
}

/// Takes a file back that was not sent yet.
///
/// # Errors
/// [`Error::NotFound`] if there is none, or it was sent.
pub async fn remove_material(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<()> {
    open_for_files(ctx, app, id).await?;
    let row = app.db.find(store::MATERIAL, args![id, number]).await?;
    let row = row.as_ref().map(store::material).transpose()?.ok_or(Error::NotFound { what: "材料" })?;
    // A signed text and the paper on which it was signed go together.
    let mut gone = vec![row];
    if pledges::belongs(&gone[0]) {
        let rows = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
        let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
        let other = |it: &MaterialRow| it.number != number && it.material == gone[0].material && it.filed_at.is_none();
        let others: Vec<_> = rows.into_iter().filter(|it| other(it) && pledges::belongs(it)).collect();
        gone.extend(others);
    }
    let mut unit = Unit::new(ctx);
    for it in &gone {
        unit.one(guard::FILES, store::MATERIAL_DROP, args![id, it.number]);
    }
    app.db.commit(unit).await?.or_else(|_| Error::refused("这份材料已经提交，不能移除。"))?;
    for blob in gone.iter().flat_map(MaterialRow::own_blobs) {
        app.blobs.delete(blob).await?;
    }
    Ok(())
}

fn place(id: CaseId, number: i64) -> String {
    format!("material:{id}:{number}")
}

fn name_place(id: CaseId, number: i64) -> String {
    format!("material-name:{id}:{number}")
}

/// In the unit that sends it: a material that was handed over on paper.
///
/// # Errors
/// [`Error::SignIn`] if nobody is signed in.
pub(super) fn on_paper(unit: &mut Unit, ctx: &Ctx, id: CaseId, (number, material): (i64, &str)) -> Result<()> {
    let (none, no_bytes) = ("", Vec::<u8>::new());
    let values = args![id, number, material, none, no_bytes, "paper", 0_i64, true, ctx.person()?, ctx.now, none, none];
    unit.one(guard::FILES, store::MATERIAL_ADD, values);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_no_path_and_no_control_character() {
        assert_eq!(clean("C:\\户口\\簿.pdf"), "簿.pdf");
        assert_eq!(clean("../../etc/passwd"), "passwd");
        assert_eq!(clean("a\r\nb.pdf"), "ab.pdf");
        assert_eq!(clean(" / "), "未命名");
        assert_eq!(clean(&format!("{}.pdf", "长".repeat(300))).chars().count(), NAME_MAX);
    }
}
