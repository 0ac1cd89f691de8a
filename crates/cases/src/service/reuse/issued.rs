//! Trust level A: the result of an earlier case of the same applicant, which the authority itself made (可信等级 A：由发证机关直接签发).

use std::collections::{BTreeMap, BTreeSet};

use catalogue::ItemDocument;
use kernel::{Ctx, Error, Result, Scope};
use storage::args;
use webkit::App;

use super::{EarlierView, Found, LOOKED_MAX, Trust, Wanting};
use crate::{
    SEE,
    model::{
        Outcome, State,
        validity::{Holds, bears},
    },
    service::{self, document, materials},
    store::{self, CaseRow},
    view,
};

/// What the applicant was given before that is what these materials ask for, by the material's key, the latest first.
///
/// # Errors
/// If the engine fails.
pub(super) async fn offers(ctx: &Ctx, app: &App, wanting: &Wanting<'_>) -> Result<BTreeMap<String, EarlierView>> {
    let wanted: Vec<_> = wanting.materials().collect();
    let mut out = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(out);
    }
    let rows = app.db.query(store::RESULTS_OF, args![wanting.holder.to_string(), LOOKED_MAX]).await?;
    let found = rows.iter().map(Found::read).collect::<Result<Vec<_>>>()?;
    let mut seen = BTreeSet::new();
    for it in &found {
        let own = wanting.case.is_some_and(|row| row.id == it.case);
        let hidden = ctx.may(SEE, &Scope::item(it.authority, it.item).of(wanting.holder)).is_err();
        if own || hidden || !seen.insert(it.case) {
            continue;
        }
        let then = document(app, it.item, it.item_version).await?;
        let name = then.result.as_ref().map_or("", |it| it.name.as_str());
        for material in wanted.iter().filter(|it| bears(name, &it.name)) {
            if out.contains_key(&material.key) {
                continue;
            }
            if let Some(offer) = offer(ctx, app, &found, it, &then).await? {
                out.insert(material.key.clone(), offer);
            }
        }
    }
    Ok(out)
}

/// All files of that result, if it holds still.
async fn offer(
    ctx: &Ctx,
    app: &App,
    found: &[Found],
    first: &Found,
    then: &ItemDocument,
) -> Result<Option<EarlierView>> {
    let row = service::load(app, first.case).await?;
    let Some(holds) = holds(&row, then).filter(|it| it.holds(ctx.now.legal_date())) else { return Ok(None) };
    let key = match app.vault.key(&service::subject(row.id)).await {
        Ok(key) => key,
        // It was erased.
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut files: Vec<_> = found.iter().filter(|it| it.case == row.id).map(|it| it.file.clone()).collect();
    files.sort_by_key(|it| it.number);
    let names = files.iter().map(|it| materials::name_of(app, &key, row.id, it)).collect::<Result<Vec<_>>>()?;
    Ok(Some(EarlierView {
        case: row.id.to_string(),
        item_name: then.name.clone(),
        filed_on: decided_on(&row),
        until: match holds {
            Holds::Always => String::new(),
            Holds::Until(last) => view::day(last),
        },
        issued: decision(app, &row, then).await?,
        names,
        files,
    }))
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
