//! What an act brings with it besides what is typed: files that lie ready, corrected answers, answers to points of review.

use catalogue::ItemDocument;
use kernel::{Ctx, Error, Result};
use serde_json::Value;
use storage::{Unit, args};
use webkit::App;

use super::input::ActInput;
use crate::{
    model::{Exhibit, PointAnswer},
    rules,
    service::{exhibits, extension, filled::Asked, materials, notes, pledges, systems::steps::Operator},
    store::{self, CaseRow, FileRef, MaterialRow, RESULT, guard},
};

/// What an act brings with it besides texts: files that lie ready, papers received, corrected answers.
#[derive(Default)]
pub(crate) struct More {
    pub(super) files: Vec<FileRef>,
    /// How many of the files have rows already.
    uploaded: usize,
    pub(super) values: Option<Value>,
    /// Those of the files that are signed pledges, and the papers on which they were signed.
    pub(super) signed: Vec<MaterialRow>,
    /// Files of the acting officer that lie ready.
    pub(super) exhibits: Vec<Exhibit>,
    /// Who did it in a department's own system.
    pub(super) operator: Option<Operator>,
    /// Whether the files are those of the result, not the applicant's.
    of_result: bool,
    /// What officers answered to the points of review.
    pub(super) points: Vec<PointAnswer>,
    /// The extension that waits for the head: days and reasons.
    pub(super) asked: Option<(u32, String)>,
}

/// Acts to which files of the acting officer belong.
const WITH_EXHIBITS: [&str; 3] = ["record_check", "hold_hearing", "end_special"];

impl More {
    pub(super) async fn of(
        ctx: &Ctx,
        app: &App,
        (row, document): (&CaseRow, &ItemDocument),
        input: &ActInput,
        answers: &Value,
    ) -> Result<Self> {
        // A department's own system has no files of an officer here.
        if WITH_EXHIBITS.contains(&input.act.as_str()) && ctx.person().is_ok() {
            return Ok(Self { exhibits: exhibits::ready(ctx, app, row.id).await?, ..Self::default() });
        }
        match input.act.as_str() {
            "supply" | "supply_owed" => {}
            "recommend" => return Ok(Self { points: notes::answers(app, row.id).await?, ..Self::default() }),
            "approve" | "refuse" | "handle_at_once" => {
                return Ok(Self { points: notes::answers(app, row.id).await?, ..Self::of_result(app, row).await? });
            }
            "extend" => return Ok(Self { asked: extension::asked(app, row).await?, ..Self::default() }),
            "issue" => return Self::of_result(app, row).await,
            _ => return Ok(Self::default()),
        }
        if let Some(unknown) = input.materials.iter().find(|key| document.requirement(key).is_none()) {
            return Err(Error::invalid("materials", format!("本事项没有材料「{unknown}」。")));
        }
        let rows = app.db.query(store::MATERIALS, args![row.id, store::FILES_MAX]).await?;
        let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
        let next = rows.iter().map(|it| it.number).max().unwrap_or(0) + 1;
        let ready: Vec<_> = rows.into_iter().filter(|it| it.filed_at.is_none() && it.material != RESULT).collect();
        let signed: Vec<_> = ready.iter().filter(|it| pledges::belongs(it)).cloned().collect();
        let mut files: Vec<FileRef> =
            ready.into_iter().map(|it| FileRef { number: it.number, material: it.material, sm3: it.blob }).collect();
        let uploaded = files.len();
        let on_paper = (next..).zip(&input.materials);
        files.extend(on_paper.map(|(number, it)| FileRef { number, material: it.clone(), sm3: String::new() }));
        let values = match &input.values {
            Some(changed) => Some(corrected(ctx, app, (row, document), (answers, changed)).await?),
            None => None,
        };
        // What is owed was promised to come: no pledge takes its place.
        let faults = match input.act.as_str() {
            "supply" => pledges::faults(document, values.as_ref().unwrap_or(answers), &signed),
            _ => signed.iter().filter(|it| pledges::is_pledge(it)).map(pledges::cannot_stand).collect(),
        };
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        Ok(Self { files, uploaded, values, signed, ..Self::default() })
    }

    /// The files of the result that lie ready.
    async fn of_result(app: &App, row: &CaseRow) -> Result<Self> {
        let rows = app.db.query(store::MATERIALS, args![row.id, store::FILES_MAX]).await?;
        let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
        let ready = rows.into_iter().filter(|it| it.filed_at.is_none() && it.material == RESULT);
        let files: Vec<FileRef> =
            ready.map(|it| FileRef { number: it.number, material: it.material, sm3: it.blob }).collect();
        Ok(Self { uploaded: files.len(), files, of_result: true, ..Self::default() })
    }

    /// The files' rows, sent now.
    pub(super) fn file(&self, unit: &mut Unit, ctx: &Ctx, row: &CaseRow, files: &[FileRef]) -> Result<()> {
        for it in &files[self.uploaded.min(files.len())..] {
            materials::on_paper(unit, ctx, row.id, (it.number, &it.material))?;
        }
        let rows = u64::try_from(files.len()).unwrap_or(u64::MAX);
        unit.expect(guard::FILES, rows, store::MATERIALS_FILE, args![row.id, ctx.now, self.of_result]);
        Ok(())
    }

    pub(super) fn codes(&self, document: &ItemDocument) -> Vec<String> {
        let mut codes: Vec<String> = self.files.iter().map(|it| it.material.clone()).collect();
        if self.values.is_some() && document.requirement(rules::APPLICATION).is_some() {
            codes.push(rules::APPLICATION.to_owned());
        }
        codes.sort();
        codes.dedup();
        codes
    }
}

/// The form with what the applicant corrected, if all of it is in order.
async fn corrected(
    ctx: &Ctx,
    app: &App,
    (row, document): (&CaseRow, &ItemDocument),
    (before, changed): (&Value, &Value),
) -> Result<Value> {
    let (Some(form), Some(changed)) = (&document.form, changed.as_object()) else {
        return Err(Error::invalid("values", "申请表的内容应当是一个 JSON 对象。"));
    };
    let mut values = before.clone();
    if let Some(all) = values.as_object_mut() {
        all.extend(changed.clone());
    }
    let item = (row.facts.item, row.facts.item_version);
    let asked = Asked { item, form, holder: row.facts.holder, before: Some(before) };
    let (values, faults) = asked.filed(ctx, app, &values).await?;
    if faults.is_empty() { Ok(values) } else { Err(Error::Invalid(faults)) }
}
