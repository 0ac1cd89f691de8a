//! Trust level A: the result of an earlier case of the same applicant, which the authority itself made (可信等级 A：由发证机关直接签发).

use std::collections::{BTreeMap, BTreeSet};

use catalogue::ItemDocument;
use kernel::{Authority, Ctx, Error, Id, Item, Moment, Result, Scope};
use storage::{Row, args};
use webkit::App;

use super::{EarlierView, Found, LOOKED_MAX, Trust, Wanting};
use crate::{
    CaseId, SEE,
    model::{
        Outcome, State,
        validity::{Holds, bears},
    },
    service::{self, document, material_kind::MaterialKind, materials, papers},
    store::{self, CaseRow, MaterialRow, RESULT},
    view,
};

/// A file of a result, or the paper of a decision of whose result no file was handed over.
struct Piece {
    case: CaseId,
    item: Id<Item>,
    item_version: i64,
    authority: Id<Authority>,
    file: MaterialRow,
    /// The title of the paper; `None`: a file, whose name lies sealed.
    title: Option<String>,
}

impl Piece {
    fn of_file(row: &Row) -> Result<Self> {
        let Found { case, item, item_version, authority, file, .. } = Found::read(row)?;
        Ok(Self { case, item, item_version, authority, file, title: None })
    }

    fn of_paper(row: &Row) -> Result<Self> {
        let file = MaterialRow {
            number: row.int("number")?,
            material: RESULT.to_owned(),
            blob: row.string("blob")?,
            name: Vec::new(),
            kind: MaterialKind::Pdf.code().to_owned(),
            size: 0,
            on_paper: false,
            filed_at: None,
            source: None,
            thumb: String::new(),
            signing: None,
        };
        Ok(Self {
            case: row.id("case_id")?,
            item: row.id("item")?,
            item_version: row.int("item_version")?,
            authority: row.id("authority")?,
            file,
            title: Some(row.string("title")?),
        })
    }
}

/// What may be taken in, and when it was decided.
struct Given {
    decided: Moment,
    view: EarlierView,
}

/// What the applicant was given before that is what these materials ask for, by the material's key, what was decided last: the files of a
/// result, or the paper of the decision where that is all that was given.
///
/// # Errors
/// If the engine fails.
pub(super) async fn offers(ctx: &Ctx, app: &App, wanting: &Wanting<'_>) -> Result<BTreeMap<String, EarlierView>> {
    let mut out: BTreeMap<String, Given> = BTreeMap::new();
    if wanting.materials().next().is_none() {
        return Ok(BTreeMap::new());
    }
    let of_holder = async |sql| app.db.query(sql, args![wanting.holder.to_string(), LOOKED_MAX]).await;
    let files = of_holder(store::RESULTS_OF).await?.iter().map(Piece::of_file).collect::<Result<Vec<_>>>()?;
    let papers = of_holder(store::DECISIONS_OF).await?.iter().map(Piece::of_paper).collect::<Result<Vec<_>>>()?;
    for pieces in [files, papers] {
        for (key, given) in latest(ctx, app, wanting, &pieces).await? {
            if out.get(&key).is_none_or(|it| it.decided < given.decided) {
                out.insert(key, given);
            }
        }
    }
    Ok(out.into_iter().map(|(key, it)| (key, it.view)).collect())
}

/// Of these pieces, the latest filed first, the first that holds still for each material.
async fn latest(ctx: &Ctx, app: &App, wanting: &Wanting<'_>, pieces: &[Piece]) -> Result<BTreeMap<String, Given>> {
    let (mut seen, mut out) = (BTreeSet::new(), BTreeMap::new());
    for it in pieces {
        let own = wanting.case.is_some_and(|row| row.id == it.case);
        let hidden = ctx.may(SEE, &Scope::item(it.authority, it.item).of(wanting.holder)).is_err();
        if own || hidden || !seen.insert(it.case) {
            continue;
        }
        let then = document(app, it.item, it.item_version).await?;
        let name = then.result.as_ref().map_or("", |it| it.name.as_str());
        for material in wanting.materials().filter(|it| bears(name, &it.name)) {
            if !out.contains_key(&material.key)
                && let Some(given) = given(ctx, app, (pieces, it.case), &then).await?
            {
                out.insert(material.key.clone(), given);
            }
        }
    }
    Ok(out)
}

/// What that case gave, if it holds still: all files of the result, or the paper of the decision that was not undone.
async fn given(ctx: &Ctx, app: &App, (pieces, case): (&[Piece], CaseId), then: &ItemDocument) -> Result<Option<Given>> {
    let row = service::load(app, case).await?;
    let Some(holds) = holds(&row, then).filter(|it| it.holds(ctx.now.legal_date())) else { return Ok(None) };
    let Some(decided) = row.case.decision().map(|it| it.decided.at) else { return Ok(None) };
    let key = match app.vault.key(&service::subject(case)).await {
        Ok(key) => key,
        // It was erased.
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let paper = pieces.iter().any(|it| it.case == case && it.title.is_some());
    let mut of_case: Vec<_> = pieces.iter().filter(|it| it.case == case).collect();
    of_case.sort_by_key(|it| it.file.number);
    if paper {
        of_case.retain(|it| !row.case.is_annulled(it.file.number));
        of_case = of_case.pop().into_iter().collect();
    }
    if of_case.is_empty() {
        return Ok(None);
    }
    let name = |it: &&Piece| match &it.title {
        Some(title) => Ok(title.clone()),
        None => materials::name_of(app, &key, case, &it.file),
    };
    let names = of_case.iter().map(name).collect::<Result<Vec<_>>>()?;
    let view = EarlierView {
        case: case.to_string(),
        item_name: then.name.clone(),
        filed_on: decided_on(&row),
        until: match holds {
            Holds::Always => String::new(),
            Holds::Until(last) => view::day(last),
        },
        issued: decision(app, &row, then).await?,
        names,
        files: of_case.into_iter().map(|it| it.file.clone()).collect(),
        paper,
    };
    Ok(Some(Given { decided, view }))
}

/// How many bytes the paper has.
///
/// # Errors
/// [`Error::NotFound`] if it was erased; [`Error::Internal`] if it was altered.
pub(super) async fn size(app: &App, case: &str, file: &MaterialRow) -> Result<i64> {
    let case: CaseId = case.parse()?;
    let key = app.vault.key(&service::subject(case)).await?;
    let sealed = app.blobs.get(&file.blob).await?;
    let bytes = app.vault.open_bytes(&key, &papers::place(case, file.number), &sealed)?;
    i64::try_from(bytes.len()).map_err(Error::internal)
}

/// Until when the result of a case holds; `None`: there is none, it was taken back, or nobody can say.
fn holds(row: &CaseRow, then: &ItemDocument) -> Option<Holds> {
    let decision = match &row.case.state {
        State::Issued { decision, .. } | State::Delivered { decision, .. } | State::Closed { decision, .. } => decision,
        _ => return None,
    };
    if matches!(decision.outcome, Outcome::Refused { .. }) {
        return None;
    }
    Holds::of(&then.result.as_ref()?.valid, decision.decided.at.legal_date())
}

fn decided_on(row: &CaseRow) -> String {
    row.case.decision().map_or_else(String::new, |it| view::day(it.decided.at.legal_date()))
}

/// Which decision it is: 「2026年3月2日谯城区市场监督管理局「食品经营许可」的决定，办件编号 …」.
async fn decision(app: &App, row: &CaseRow, then: &ItemDocument) -> Result<String> {
    let office = identity::authority(&app.db, row.facts.authority).await?.facts.name;
    Ok(format!("{}{office}「{}」的决定，办件编号 {}", decided_on(row), then.name, row.facts.number))
}

/// What is told beside a file that is such a result.
///
/// # Errors
/// If the engine fails.
pub(super) async fn told(app: &App, row: &CaseRow, then: &ItemDocument) -> Result<String> {
    let told = format!("来自{}；{}", decision(app, row, then).await?, Trust::Issued.words());
    Ok(match holds(row, then) {
        Some(_) => told,
        None => format!("{told}。注意：这件决定后来已经撤销或者更正，请另行核实"),
    })
}
