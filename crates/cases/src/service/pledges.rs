//! Pledges in the place of a material (告知承诺) on record: what was signed ([`super::pledge_signing`]) begins with the filing, and is to be
//! checked after the decision. What is found of them: [`super::pledge_checks`].

use journal::Head;
use kernel::{Ctx, Error, Fault, Holder, Id, Item, Result};
use standards::Limit;
use storage::{Unit, args};
use webkit::App;

use super::{
    document,
    materials::{self, MaterialKind},
};
use crate::{
    Calendars, CaseId,
    model::{
        Event, Fact,
        pledge::{PledgeState, Standing},
    },
    rules,
    store::{CaseRow, Facts, MaterialRow, Signing, pledges as rows},
};

/// A pledge, as an id's mark.
#[derive(Debug)]
pub(crate) enum PledgeMark {}

/// Pledges of one case at most: one a material.
const OF_CASE_MAX: i64 = 100;
/// The kind of entry with which it begins.
pub(crate) const MADE: &str = "cases.pledge_made";

/// A pledge with its place in the record.
#[derive(Debug, Clone)]
pub(crate) struct Pledge {
    pub(crate) id: Id<PledgeMark>,
    pub(crate) state: PledgeState,
    pub(crate) head: Head,
}

/// The subject of a pledge's chain.
pub(crate) fn chain(id: Id<PledgeMark>) -> String {
    format!("case-pledge:{id}")
}

/// Whether this file is a signed pledge.
pub(super) fn is_pledge(row: &MaterialRow) -> bool {
    row.kind == MaterialKind::Pledge.code()
}

/// Whether this file is a signed pledge, or the paper on which one was signed.
pub(super) fn belongs(row: &MaterialRow) -> bool {
    is_pledge(row) || row.signing.is_some()
}

/// Whether a holder has a breach for an item that is not repaired (国办发〔2020〕42号, 二（二）).
///
/// # Errors
/// If the engine fails.
pub(super) async fn breach(app: &App, holder: Holder, item: Id<Item>) -> Result<bool> {
    Ok(app.db.find(rows::PLEDGE_BREACH, args![holder.to_string(), item]).await?.is_some())
}

/// What is said to whoever has such a breach.
pub(super) fn barred(material: &str) -> String {
    format!(
        "您办这个事项时作过的告知承诺经核查不符，违诺记录还没有修复，现在不能再用告知承诺，请提交「{material}」。\
         怎样修复，请在「我的办件」打开那一件查看，或者向办理单位咨询。"
    )
}

/// In the unit that files: each signed pledge among these files begins its place in the record. Whoever has a breach for that item that is
/// not repaired files nothing ([`rows::GUARD`]).
///
/// # Errors
/// If the engine fails.
pub(super) fn file(unit: &mut Unit, ctx: &Ctx, (id, facts): (CaseId, &Facts), signed: &[MaterialRow]) -> Result<()> {
    for it in signed.iter().filter(|it| is_pledge(it)) {
        let (signed_by, window, paper) = match &it.signing {
            Some(Signing::Text { by, window, paper }) => (*by, *window, *paper),
            _ => (Some(ctx.person()?), None, None),
        };
        let scan = signed.iter().find(|file| Some(file.number) == paper);
        if paper.is_some() != scan.is_some() {
            return Err(Error::internal(format!("the paper of pledge {} is not there", it.number)));
        }
        let state = PledgeState {
            case: id,
            file: it.number,
            material: it.material.clone(),
            holder: facts.holder.to_string(),
            item: facts.item,
            authority: facts.authority,
            signed_by,
            window,
            paper: scan.map(|file| (file.number, file.blob.clone())),
            text: it.blob.clone(),
            standing: Standing::Made,
            reason: String::new(),
        };
        let pledge = ctx.new_id::<PledgeMark>();
        let head = journal::append(unit, ctx, &Head::none(), (&chain(pledge), MADE), &state)?;
        rows::add(unit, pledge, &state, &head)?;
    }
    Ok(())
}

/// What is said if one may not pledge any more when filing.
pub(super) fn broken_meanwhile() -> Error {
    Error::refused(
        "您办这个事项时作过的告知承诺刚刚核查为不符，违诺记录修复以前不能再用告知承诺。请移除承诺书，改交材料再提交。",
    )
}

/// Pledges of a case, with by when each is to be checked; whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub(super) async fn of_case(app: &App, id: CaseId) -> Result<Vec<Pledge>> {
    let found = app.db.query(rows::PLEDGES_OF_CASE, args![id, OF_CASE_MAX]).await?;
    found.iter().map(rows::read).collect()
}

/// Once a case is approved, its pledges are to be checked within the days that the item says; in the unit of the reader that read it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn follow(app: &App, unit: &mut Unit, (row, event): (&CaseRow, &Event)) -> Result<()> {
    if !matches!(event.fact, Fact::Approved { .. }) {
        return Ok(());
    }
    let pledges = of_case(app, row.id).await?;
    if pledges.is_empty() {
        return Ok(());
    }
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let calendar = app.part::<Calendars>()?.now(&app.db, event.at).await?;
    for it in pledges.iter().filter(|it| it.state.standing == Standing::Made) {
        let days = document.requirement(&it.state.material).and_then(|it| it.pledge_check_days).unwrap_or(0);
        let due = calendar.due(event.at.legal_date(), Limit::working_days(days), &[]).map_err(Error::internal)?;
        unit.run(rows::DUE_ADD, args![it.id, it.state.authority, due.value()]);
    }
    Ok(())
}

/// Of the signed pledges that are about to be sent, those for which none may stand as things are.
pub(super) fn faults(
    document: &catalogue::ItemDocument,
    answers: &serde_json::Value,
    signed: &[MaterialRow],
) -> Vec<Fault> {
    let stands = |key: &str| rules::asked(document, answers).any(|it| it.key == key && it.may_pledge());
    signed.iter().filter(|it| is_pledge(it) && !stands(&it.material)).map(cannot_stand).collect()
}

/// What is said of a signed pledge for which none may stand now.
pub(super) fn cannot_stand(it: &MaterialRow) -> Fault {
    Fault::new(materials::field(&it.material), "这份材料现在不能用告知承诺代替，请移除承诺书，改交材料。")
}
