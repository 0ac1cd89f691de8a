//! How a file that was looked through is sealed and kept under the next number: with whatever comes in one with it, and in the place of what.

use kernel::{Ctx, Error, Id, Person, Result};
use storage::{BlobId, Commit, Row, Unit, args};
use vault::DataKey;
use webkit::App;

use super::{MaterialKind, NewMaterial, Target, clean, place, replaced, seal_name};
use crate::{
    CaseId,
    service::{
        drafts, pledges, subject, thumbs,
        uploads::{self, UploadId},
    },
    store::{self, MaterialRow, Signing, guard},
};

/// Tries to take the next number when two files come at once.
const TRIES: usize = 8;

/// How a file comes in that was looked through.
pub(super) struct Way<'a> {
    pub(super) kind: MaterialKind,
    /// The version of the item that a draft follows.
    pub(super) draft_at: Option<i64>,
    /// What came in pieces.
    pub(super) upload: Option<UploadId>,
    /// The files, not sent yet, in whose place it comes.
    pub(super) instead: Vec<i64>,
    /// How it was signed, if it is the text of a pledge.
    pub(super) signed: Option<Signed<'a>>,
}

/// How the text of a pledge was signed.
pub(crate) struct Signed<'a> {
    /// Who did; `None`: by hand for an enterprise.
    pub(crate) by: Option<Id<Person>>,
    /// The officer at whose window.
    pub(crate) window: Option<Id<Person>>,
    /// By what.
    pub(crate) proof: Proof<'a>,
}

/// What proves that somebody signed.
pub(crate) enum Proof<'a> {
    /// A code that was proven, and is used up with it.
    Code(identity::CodeClaim<'a>),
    /// The paper, scanned, that was signed by hand; it lies under the number after the text's.
    Paper(&'a NewMaterial, MaterialKind),
}

/// A file whose bytes lie sealed, without a row yet.
struct Laid {
    number: i64,
    blob: BlobId,
    thumb: BlobId,
    name: Vec<u8>,
    kind: MaterialKind,
    size: i64,
    signing: Option<Signing>,
}

impl<'a> Way<'a> {
    pub(super) fn of(kind: MaterialKind, target: &Target) -> Self {
        Self { kind, draft_at: target.draft_at, upload: None, instead: Vec::new(), signed: None }
    }

    /// The files in whose place it comes: those that were named, and a pledge, where what it stood for is handed in after all.
    fn old(&self, rows: &[Row], material: &str) -> Result<Vec<MaterialRow>> {
        let mut old = self.instead.iter().map(|it| replaced(rows, *it, material)).collect::<Result<Vec<_>>>()?;
        if self.kind != MaterialKind::Pledge {
            let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
            let waits = |it: &MaterialRow| it.material == material && it.filed_at.is_none() && pledges::belongs(it);
            let named = |it: &MaterialRow| self.instead.contains(&it.number);
            old.extend(rows.into_iter().filter(|it| waits(it) && !named(it)));
        }
        Ok(old)
    }

    /// The files that come in with it, from this number on: itself, and the paper on which it was signed.
    fn files<'f>(&'f self, new: &'f NewMaterial, number: i64) -> Vec<(&'f NewMaterial, MaterialKind, Option<Signing>)> {
        let Some(Signed { by, window, proof }) = &self.signed else { return vec![(new, self.kind, None)] };
        let text = |paper| Some(Signing::Text { by: *by, window: *window, paper });
        match proof {
            Proof::Code(_) => vec![(new, self.kind, text(None))],
            Proof::Paper(scan, kind) => {
                let paper = Some(Signing::Paper { text: number });
                vec![(new, self.kind, text(Some(number + 1))), (*scan, *kind, paper)]
            }
        }
    }

    /// The code that is used up with it.
    fn code(&self) -> Option<identity::CodeClaim<'a>> {
        match &self.signed {
            Some(Signed { proof: Proof::Code(claim), .. }) => Some(*claim),
            _ => None,
        }
    }
}

/// Seals a file that was looked through, and keeps it under the next number.
pub(super) async fn keep(
    ctx: &Ctx,
    app: &App,
    (id, by): (CaseId, Id<Person>),
    (new, way): (&NewMaterial, Way<'_>),
) -> Result<i64> {
    let key = app.vault.key(&subject(id)).await?;
    for _ in 0..TRIES {
        let rows = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
        let old = way.old(&rows, &new.material)?;
        let number = rows.last().map_or(Ok(0), |row| row.int("number"))? + 1;
        let files = way.files(new, number);
        if rows.len() + files.len() - old.len().min(files.len())
            > usize::try_from(store::FILES_MAX).unwrap_or(usize::MAX)
        {
            return Err(Error::refused("文件太多了，请把同一份材料的各页合并成一个 PDF 再上传。"));
        }
        let mut laid = Vec::with_capacity(files.len());
        for (number, (file, kind, signing)) in (number..).zip(files) {
            laid.push(lay(ctx, app, (id, &key), (number, file, kind, signing)).await?);
        }
        let mut unit = Unit::new(ctx);
        if let Some(version) = way.draft_at {
            unit.check(guard::DRAFT, store::DRAFT_AT, args![id, version]);
        }
        for it in &laid {
            it.add(&mut unit, ctx, (id, by, &new.material))?;
        }
        for old in &old {
            unit.one(guard::FILES, store::MATERIAL_DROP, args![id, old.number]);
        }
        if let Some(code) = way.code() {
            identity::code_used(&mut unit, app, code);
        }
        if let Some(upload) = way.upload {
            uploads::made(&mut unit, upload, number);
        }
        let committed = app.db.commit(unit).await?;
        if committed == Commit::Done {
            for blob in old.iter().flat_map(MaterialRow::own_blobs) {
                app.blobs.delete(blob).await?;
            }
            return Ok(number);
        }
        // Another file took the number, or the draft moved on; what was sealed for it is of no use.
        for blob in laid.iter().flat_map(|it| [&it.blob, &it.thumb]).filter(|it| !it.is_empty()) {
            app.blobs.delete(blob).await?;
        }
        match committed {
            Commit::Lost { guard: guard::DRAFT } => return Err(drafts::elsewhere()),
            Commit::Lost { guard: identity::CODE_GUARD } => {
                return Err(Error::invalid("code", "验证码不正确或已过期，请重新获取。"));
            }
            Commit::Lost { guard: guard::UPLOAD } => return Err(Error::Stale { what: "上传", by: None }),
            _ => {}
        }
    }
    Err(Error::Busy)
}

/// Seals the bytes of a file for its place, with its small picture.
async fn lay(
    ctx: &Ctx,
    app: &App,
    (id, key): (CaseId, &DataKey),
    (number, file, kind, signing): (i64, &NewMaterial, MaterialKind, Option<Signing>),
) -> Result<Laid> {
    let small = thumbs::small(app, kind, &file.bytes).await?;
    let (vault, of, sealing, bytes) = (app.vault.clone(), ctx.clone(), key.clone(), file.bytes.clone());
    let at = place(id, number);
    let sealed = tokio::task::spawn_blocking(move || vault.seal_bytes(&of, &sealing, &at, &bytes));
    let blob = app.blobs.put(sealed.await.map_err(Error::internal)?).await?;
    let thumb = thumbs::keep(ctx, app, key, (&thumbs::place(id, number), small.as_deref())).await?;
    let name = seal_name(ctx, app, key, (id, number), &clean(&file.name));
    let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
    Ok(Laid { number, blob, thumb, name, kind, size, signing })
}

impl Laid {
    /// Its row, in this unit.
    fn add(&self, unit: &mut Unit, ctx: &Ctx, (id, by, material): (CaseId, Id<Person>, &str)) -> Result<()> {
        let Self { number, blob, thumb, name, kind, size, signing } = self;
        let signing = signing.as_ref().map_or(Ok(String::new()), store::json)?;
        let mut values = args![id, *number, material, blob, name.clone(), kind.code(), *size, false, by, ctx.now];
        values.extend(args![thumb, signing]);
        unit.one(guard::FILES, store::MATERIAL_ADD, values);
        Ok(())
    }
}
