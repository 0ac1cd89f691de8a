//! Files: taken in, kept sealed, read back, taken out again before they are sent.

use kernel::{Ctx, Error, Id, Person, Result};
use storage::{Commit, Row, Unit, args};
use webkit::App;

use super::{
    document, drafts, scan, subject,
    uploads::{self, UploadId},
};
use crate::{
    ACCEPT, CaseId, FILE,
    model::Stage,
    rules::APPLICATION,
    store::{self, MaterialRow, RESULT, guard},
};

/// A file at most, in bytes.
pub(crate) const FILE_MAX: usize = 50 * 1024 * 1024;
/// What is said of a file of another kind.
pub(super) const UNKNOWN: &str = "只能上传 PDF、JPG、PNG 或 OFD 文件。这个文件的内容不是其中任何一种，请转换后再上传。";
/// A file's name at most, in characters.
const NAME_MAX: usize = 120;
/// Tries to take the next number when two files come at once.
const TRIES: usize = 8;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaterialKind {
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// OFD (GB/T 33190), a ZIP with OFD.xml.
    Ofd,
}

impl MaterialKind {
    const ALL: [Self; 4] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Ofd];

    /// Tells by the content, whatever the name says.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match infer::get(bytes).map(|it| it.mime_type()) {
            Some("application/pdf") => Some(Self::Pdf),
            Some("image/jpeg") => Some(Self::Jpeg),
            Some("image/png") => Some(Self::Png),
            Some("application/zip") => bytes.windows(7).any(|it| it == b"OFD.xml").then_some(Self::Ofd),
            _ => None,
        }
    }

    /// Whether a file that begins so may be of one of these kinds. What a ZIP holds is seen only when it is whole.
    pub(super) fn may_begin(bytes: &[u8]) -> bool {
        let kinds = ["application/pdf", "image/jpeg", "image/png", "application/zip"];
        infer::get(bytes).is_some_and(|it| kinds.contains(&it.mime_type()))
    }

    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Ofd => "ofd",
        }
    }

    /// The media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Ofd => "application/ofd",
        }
    }

    /// The endings that a file of this kind may have; the first is the usual one.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::Ofd => &["ofd"],
        }
    }

    /// A name whose ending says what the file is: a machine opens it by that, whatever it was called when it came.
    #[must_use]
    pub fn named(self, name: &str) -> String {
        let ending = name.rsplit_once('.').map(|it| it.1.to_lowercase());
        match ending.is_some_and(|it| self.endings().contains(&it.as_str())) {
            true => name.to_owned(),
            false => format!("{name}.{}", self.endings()[0]),
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

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
    let way = Way { kind, draft_at: target.draft_at, upload };
    keep(ctx, app, (id, ctx.person()?), (new, way)).await
}

/// Takes in a file of the result for a case, and gives its number; whoever calls has asked by what right. `by`: the system that brings it.
///
/// # Errors
/// As [`add_material`], at `file`.
pub(crate) async fn add_result(ctx: &Ctx, app: &App, (id, by): (CaseId, Id<Person>), new: &NewMaterial) -> Result<i64> {
    let kind = check("file", new)?;
    scan::passes(app, "file", &new.bytes).await?;
    keep(ctx, app, (id, by), (new, Way { kind, draft_at: None, upload: None })).await
}

/// How a file comes in that was looked through.
struct Way {
    kind: MaterialKind,
    /// The version of the item that a draft follows.
    draft_at: Option<i64>,
    /// What came in pieces.
    upload: Option<UploadId>,
}

/// Seals a file that was looked through, and keeps it under the next number.
async fn keep(ctx: &Ctx, app: &App, (id, by): (CaseId, Id<Person>), (new, way): (&NewMaterial, Way)) -> Result<i64> {
    let Way { kind, draft_at, upload } = way;
    let key = app.vault.key(&subject(id)).await?;
    for _ in 0..TRIES {
        let rows = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
        let old = new.replaces.map(|it| replaced(&rows, it, &new.material)).transpose()?;
        if old.is_none() && i64::try_from(rows.len()).unwrap_or(i64::MAX) >= store::FILES_MAX {
            return Err(Error::refused("文件太多了，请把同一份材料的各页合并成一个 PDF 再上传。"));
        }
        let number = rows.last().map_or(Ok(0), |row| row.int("number"))? + 1;
        let (vault, of, sealing, bytes) = (app.vault.clone(), ctx.clone(), key.clone(), new.bytes.clone());
        let place = place(id, number);
        let sealed = tokio::task::spawn_blocking(move || vault.seal_bytes(&of, &sealing, &place, &bytes));
        let blob = app.blobs.put(sealed.await.map_err(Error::internal)?).await?;
        let name = seal_name(ctx, app, &key, (id, number), &clean(&new.name));
        let size = i64::try_from(new.bytes.len()).unwrap_or(i64::MAX);
        let mut unit = Unit::new(ctx);
        let values = args![id, number, &new.material, &blob, name, kind.code(), size, false, by, ctx.now];
        if let Some(version) = draft_at {
            unit.check(guard::DRAFT, store::DRAFT_AT, args![id, version]);
        }
        unit.one(guard::FILES, store::MATERIAL_ADD, values);
        if let Some(old) = &old {
            unit.one(guard::FILES, store::MATERIAL_DROP, args![id, old.number]);
        }
        if let Some(upload) = upload {
            uploads::made(&mut unit, upload, number);
        }
        let committed = app.db.commit(unit).await?;
        if committed == Commit::Done {
            if let Some(blob) = old.as_ref().and_then(MaterialRow::own_blob) {
                app.blobs.delete(blob).await?;
            }
            return Ok(number);
        }
        // Another file took the number, or the draft moved on; what was sealed for it is of no use.
        app.blobs.delete(&blob).await?;
        match committed {
            Commit::Lost { guard: guard::DRAFT } => return Err(drafts::elsewhere()),
            Commit::Lost { guard: guard::UPLOAD } => return Err(Error::Stale { what: "上传", by: None }),
            _ => {}
        }
    }
    Err(Error::Busy)
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
    MaterialKind::of(&new.bytes).ok_or_else(|| Error::invalid(field, UNKNOWN))
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
async fn open_for_files(ctx: &Ctx, app: &App, id: CaseId) -> Result<Target> {
    match drafts::own_row(ctx, app, id).await {
        Ok(row) => {
            let document = document(app, row.item, row.item_version).await?;
            return Ok(Target { document, draft_at: Some(row.item_version) });
        }
        Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let row = super::load_for(ctx, app, id).await?;
    let scope = super::scope(&row.facts);
    ctx.may(FILE, &scope).or_else(|_| ctx.may(ACCEPT, &scope))?;
    let owing = row.case.handling().is_some_and(|it| !it.owed.is_empty());
    if row.case.stage() != Stage::CorrectionAsked && !owing {
        return Err(Error::refused("现在不需要补交材料。需要补正时，我们会一次告知全部内容。"));
    }
    Ok(Target { document: document(app, row.facts.item, row.facts.item_version).await?, draft_at: None })
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
    match drafts::own_row(ctx, app, id).await {
        Ok(_) => {}
        Err(Error::NotFound { .. }) => {
            let row = super::load_for(ctx, app, id).await?;
            if super::Hands::of(ctx, &row.facts)?.officer() {
                super::looks::must_look(ctx, app, &row).await?;
            }
        }
        Err(error) => return Err(error),
    }
    opened(app, id, number).await
}

/// A file, unsealed; whoever calls has asked by what right, and written down the look. A file of the result is none before it is sent.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Internal`] if it was altered.
pub(crate) async fn opened(app: &App, id: CaseId, number: i64) -> Result<ReadMaterial> {
    let none = || Error::NotFound { what: "材料" };
    let row = app.db.find(store::MATERIAL, args![id, number]).await?;
    let row = row.as_ref().map(store::material).transpose()?;
    let shown = |it: &MaterialRow| !it.on_paper && (it.material != RESULT || it.filed_at.is_some());
    let row = row.filter(shown).ok_or_else(none)?;
    let key = app.vault.key(&subject(id)).await?;
    let name = name_of(app, &key, id, &row)?;
    // What was handed in before lies sealed for the case with which it came.
    let (key, place) = match row.source {
        Some((case, number)) => (app.vault.key(&subject(case)).await?, place(case, number)),
        None => (key, place(id, number)),
    };
    let (sealed, vault) = (app.blobs.get(&row.blob).await?, app.vault.clone());
    let opened = tokio::task::spawn_blocking(move || vault.open_bytes(&key, &place, &sealed));
    let kind = MaterialKind::from_code(&row.kind).ok_or_else(none)?;
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
    let mut unit = Unit::new(ctx);
    unit.one(guard::FILES, store::MATERIAL_DROP, args![id, number]);
    app.db.commit(unit).await?.or_else(|_| Error::refused("这份材料已经提交，不能移除。"))?;
    match row.own_blob() {
        Some(blob) => app.blobs.delete(blob).await,
        None => Ok(()),
    }
}

fn place(id: CaseId, number: i64) -> String {
    format!("material:{id}:{number}")
}

fn name_place(id: CaseId, number: i64) -> String {
    format!("material-name:{id}:{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_is() {
        let ofd = [b"PK\x03\x04".as_slice(), &[0; 26], b"OFD.xml"].concat();
        let table: [(&[u8], Option<MaterialKind>); 6] = [
            (b"<script>alert(1)</script>", None),
            (b"MZ\x90\x00 a program", None),
            (&[b"PK\x03\x04".as_slice(), &[0; 26], b"word/document.xml"].concat(), None),
            (b"%PDF-1.7 ...", Some(MaterialKind::Pdf)),
            (b"\xff\xd8\xff\xe0....", Some(MaterialKind::Jpeg)),
            (&ofd, Some(MaterialKind::Ofd)),
        ];
        for (bytes, kind) in table {
            assert_eq!(MaterialKind::of(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_file_is_handed_out_under_an_ending_that_says_what_it_is() {
        let table = [
            (MaterialKind::Pdf, "户口簿.pdf", "户口簿.pdf"),
            (MaterialKind::Pdf, "户口簿.exe", "户口簿.exe.pdf"),
            (MaterialKind::Pdf, "户口簿", "户口簿.pdf"),
            (MaterialKind::Jpeg, "照片.JPEG", "照片.JPEG"),
            (MaterialKind::Jpeg, "照片.png", "照片.png.jpg"),
            (MaterialKind::Ofd, "证照.html", "证照.html.ofd"),
        ];
        for (kind, name, expected) in table {
            assert_eq!(kind.named(name), expected);
        }
    }

    #[test]
    fn a_name_keeps_no_path_and_no_control_character() {
        assert_eq!(clean("C:\\户口\\簿.pdf"), "簿.pdf");
        assert_eq!(clean("../../etc/passwd"), "passwd");
        assert_eq!(clean("a\r\nb.pdf"), "ab.pdf");
        assert_eq!(clean(" / "), "未命名");
        assert_eq!(clean(&format!("{}.pdf", "长".repeat(300))).chars().count(), NAME_MAX);
    }
}
