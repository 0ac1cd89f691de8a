//! Divisions: import and look-up.

use std::collections::{BTreeSet, HashMap};

use journal::Head;
use kernel::{Ctx, Error, Result, Scope};
use serde::Serialize;
use sm3::{Digest, Sm3};
use standards::DivisionCode;
use storage::{Db, Unit, args, each};

use super::{administers, guard, kinds};
use crate::{
    model::division::{self, Division, ImportReport},
    store::divisions as store,
};

/// Divisions written in one unit.
const CHUNK: usize = 300;
/// What lies directly under one division at most; in China no division has two hundred parts.
const CHILDREN_MAX: i64 = 1_000;

/// One chunk, as the journal keeps it.
#[derive(Serialize)]
struct Chunk<'a> {
    rows: usize,
    first: &'a str,
    last: &'a str,
    /// SM3 of the rows as `code,name,level,parent` lines.
    sm3: String,
}

/// Takes a file of divisions (UTF-8, head line `code,name,level,parent`). Good rows go in, bad rows are refused and named; a file
/// that is no file of divisions is refused whole. The same file again changes nothing. Written a few hundred rows a unit, parents
/// first: an import that was cut short is finished by sending the file again.
///
/// # Errors
/// Those of the permission; [`Error::Invalid`] at `file` if the file is refused whole; if the engine fails.
pub async fn import_divisions(ctx: &Ctx, db: &Db, file: &[u8]) -> Result<ImportReport> {
    let right = administers(ctx, &Scope::SITE)?;
    let (lines, faults) = division::read(file).map_err(|reason| Error::invalid("file", reason))?;
    let plan = division::plan(lines, faults, &standing(db).await?);
    for chunk in plan.write.chunks(CHUNK) {
        let mut unit = Unit::new(ctx);
        guard(&mut unit, ctx, right);
        for division in chunk {
            store::put(&mut unit, division);
        }
        let subject = format!("divisions-import:{}", unit.id);
        let about = (subject.as_str(), kinds::DIVISIONS_IMPORTED);
        journal::append(&mut unit, ctx, &Head::none(), about, &told(chunk))?;
        db.commit(unit).await?.or_stale("行政区划")?;
    }
    Ok(plan.report)
}

/// Whether this is a file of divisions with this one in it, before anything is made of it.
///
/// # Errors
/// [`Error::Invalid`] at `file` as [`import_divisions`]; at `division` if no good row has it.
pub fn check_divisions(file: &[u8], division: &DivisionCode) -> Result<()> {
    let (lines, faults) = division::read(file).map_err(|reason| Error::invalid("file", reason))?;
    let plan = division::plan(lines, faults, &HashMap::new());
    if plan.write.iter().any(|it| it.code == *division) {
        return Ok(());
    }
    Err(Error::invalid("division", format!("行政区划表里没有 {division}，请核对代码或换一份包含它的表。")))
}

fn told(chunk: &[Division]) -> Chunk<'_> {
    let mut sm3 = Sm3::new();
    for Division { code, name, level, parent } in chunk {
        let parent = parent.as_ref().map_or("", DivisionCode::as_str);
        sm3.update(format!("{code},{name},{level},{parent}\n"));
    }
    Chunk {
        rows: chunk.len(),
        first: chunk.first().map_or("", |it| it.code.as_str()),
        last: chunk.last().map_or("", |it| it.code.as_str()),
        sm3: sm3.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// All divisions that stand.
async fn standing(db: &Db) -> Result<HashMap<DivisionCode, Division>> {
    let mut all = HashMap::new();
    let mut after = String::new();
    loop {
        let limit = i64::try_from(store::SCAN).unwrap_or(i64::MAX);
        let rows = db.query(store::DIVISIONS_AFTER, args![&after, limit]).await?;
        for row in &rows {
            let division = store::read(row)?;
            division.code.as_str().clone_into(&mut after);
            all.insert(division.code.clone(), division);
        }
        if rows.len() < store::SCAN {
            return Ok(all);
        }
    }
}

/// One division.
///
/// # Errors
/// [`Error::NotFound`] if there is none of this code; if the engine fails.
pub async fn division(db: &Db, code: &DivisionCode) -> Result<Division> {
    find_division(db, code).await?.ok_or(Error::NotFound { what: "行政区划" })
}

/// One division, if there is one of this code.
///
/// # Errors
/// If the engine fails.
pub async fn find_division(db: &Db, code: &DivisionCode) -> Result<Option<Division>> {
    db.find(store::DIVISION, args![code.as_str()]).await?.as_ref().map(store::read).transpose()
}

/// The names of many divisions, in one query. Those that do not exist are left out.
///
/// # Errors
/// If the engine fails.
pub async fn division_names(db: &Db, codes: &[DivisionCode]) -> Result<HashMap<DivisionCode, String>> {
    let mut distinct = codes.to_vec();
    distinct.sort();
    distinct.dedup();
    let rows = db.query(store::DIVISIONS_OF, args![each(distinct)]).await?;
    rows.iter().map(|row| store::read(row).map(|it| (it.code, it.name))).collect()
}

/// What lies directly under a division, by code; `None`: the tops.
///
/// # Errors
/// If the engine fails.
pub async fn children(db: &Db, parent: Option<&DivisionCode>) -> Result<Vec<Division>> {
    let parent = parent.map_or("", DivisionCode::as_str);
    db.query(store::CHILDREN, args![parent, CHILDREN_MAX]).await?.iter().map(store::read).collect()
}

/// The names of divisions for a list, by code, each with its prefecture's before it (亳州市谯城区), in one query. Those
/// that nobody knows are left out.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn places(db: &Db, codes: impl Iterator<Item = &str>) -> Result<HashMap<String, String>> {
    // The first four digits of a code are its prefecture's.
    let prefecture = |code: &str| format!("{}00000000", code.get(..4).unwrap_or_default());
    let codes: BTreeSet<_> = codes.collect();
    let asked = each(codes.iter().flat_map(|it| [(*it).to_owned(), prefecture(it)]));
    let rows = db.query(store::DIVISIONS_OF, args![asked]).await?;
    let found = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    let names: HashMap<_, _> = found.iter().map(|it| (it.code.as_str(), it.name.as_str())).collect();
    let place = |code: &&str| {
        let own = *names.get(*code)?;
        let above = names.get(prefecture(code).as_str()).filter(|it| **it != own).copied().unwrap_or_default();
        Some(((*code).to_owned(), format!("{above}{own}")))
    };
    Ok(codes.iter().filter_map(place).collect())
}

/// A division and all above it, from the top down: 安徽省, 亳州市, 谯城区, … Empty if there is none of this code.
///
/// # Errors
/// If the engine fails.
pub async fn path(db: &Db, code: &DivisionCode) -> Result<Vec<Division>> {
    db.query(store::PATH, args![code.as_str()]).await?.iter().map(store::read).collect()
}
