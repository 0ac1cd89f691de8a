//! Guardians of minors: declared by the guardian, confirmed by a base or at a window, ended by itself on the eighteenth birthday.
//!
//! 民法典 art. 17 (of age), 23 and 27 (guardians represent minors; parents are guardians). Guardians of adults are appointed by others
//! (art. 28, 31) and are not declared here.

use std::collections::BTreeMap;

use kernel::{Basis, Ctx, Error, Fault, Holder, Id, MandateRow, Person, Result};
use standards::{PaperKind, PersonPaper};
use storage::{Unit, args};
use webkit::App;

use super::{
    guard, kinds,
    levels::{self, Question},
    mandates::{self, ACTING_LEVEL, OPEN_MAX, vault_holder},
    names::person_names,
    people::{self, card_of, find_person_by_paper},
    tries::{count_tries, try_key},
};
use crate::{
    model::{
        account::Allowance,
        level::Verdict,
        line,
        mandate::{MandateState, OF_AGE, Principal, Role, Standing, last_day_as_minor},
        person::{CheckedPerson, NAME_MAX, PersonCard},
    },
    store::mandates as rows,
};

/// Declarations of one person in a day: a family has few children.
const DECLARATIONS: Allowance = Allowance { tries: 8, seconds: 24 * 3_600 };

/// A guardian's declaration, as typed.
#[derive(Clone, Copy)]
pub struct Declaration<'a> {
    /// The minor's name.
    pub name: &'a str,
    /// The minor's citizen number.
    pub number: &'a str,
    /// Whether the guardian declares that it is so.
    pub declared: bool,
}

/// Declares that the caller is a minor's guardian; gives whether it is in force at once, because a base agreed. Otherwise a window
/// confirms it. Whether the minor is known here already is not told.
///
/// # Errors
/// [`Error::Invalid`] for each field that is wrong; [`Error::Refused`] if the caller's name is not verified, or the same was declared;
/// [`Error::TooMany`]; if the engine fails.
pub async fn declare(ctx: &Ctx, app: &App, new: &Declaration<'_>) -> Result<bool> {
    let own = card_of(app, ctx.person()?).await?;
    if own.level < ACTING_LEVEL {
        return Err(Error::refused("请先在「我的账号」的「实名等级」里完成核验，再来声明。"));
    }
    let (name, ward, ends) = checked(ctx, &own, new)?;
    let key = try_key(app, &["guardian", &own.id.to_string()]);
    count_tries(ctx, app, &[(key, DECLARATIONS)]).await?;
    let agreed = ask(ctx, app, &own, (&name, &ward)).await == Verdict::Agree;
    let known = find_person_by_paper(app, &ward).await?;
    let mut unit = Unit::new(ctx);
    let person = match known {
        Some(person) => person,
        None => {
            let person = ctx.new_id();
            let (mobile, address) = (own.mobile.clone(), own.address.clone());
            let new = CheckedPerson { name: name.clone(), paper: ward, mobile, address, level: 0 };
            let _ = people::add(&mut unit, ctx, &app.vault, person, &new)?;
            person
        }
    };
    let id: Id<MandateRow> = ctx.new_id();
    let mut card = BTreeMap::new();
    if !agreed {
        let holder = vault_holder(id);
        let key = app.vault.create(&mut unit, ctx, &holder);
        card.insert("name".to_owned(), app.vault.seal(&mut unit, ctx, (&holder, &key), "name", name.as_bytes()));
    }
    let state = MandateState {
        principal: Principal(Holder::Person(person)),
        agent: Some(own.id),
        invited: String::new(),
        role: Role::Guardian,
        matter: None,
        looks_only: false,
        items: Vec::new(),
        starts: ctx.now.legal_date().to_string(),
        ends: Some(ends),
        card,
        offered_at: ctx.now,
        accepted_at: agreed.then_some(ctx.now),
        ended_at: None,
    };
    mandates::add(&mut unit, ctx, (id, if agreed { kinds::MANDATE_GIVEN } else { kinds::MANDATE_OFFERED }), &state)?;
    app.db.commit(unit).await?.or_else(|guard| match guard {
        rows::GUARD => Error::refused("您已经声明过这项监护关系，请到「委托代办」查看。"),
        _ => Error::Stale { what: "监护声明", by: None },
    })?;
    Ok(agreed)
}

/// The minor's name and paper, and the last day of the guardian's right.
fn checked(ctx: &Ctx, own: &PersonCard, new: &Declaration<'_>) -> Result<(String, PersonPaper, String)> {
    let today = ctx.now.legal_date();
    let mut faults = Vec::new();
    let name = line(&mut faults, "name", "孩子的姓名", new.name, NAME_MAX);
    let paper = PersonPaper::parse_on(PaperKind::Citizen, new.number, today);
    let born = paper.as_ref().ok().and_then(PersonPaper::citizen_number);
    match (&paper, &born) {
        (Err(error), _) => faults.push(Fault::new("number", format!("{}。请照户口簿填写。", error.message()))),
        (_, Some(number)) if last_day_as_minor(number.birth_date()) < today => {
            faults.push(Fault::new("number", format!("这个人已满 {OF_AGE} 周岁，是成年人，应由本人委托您代办。")));
        }
        _ => {}
    }
    if paper.as_ref().is_ok_and(|it| *it == own.paper) {
        faults.push(Fault::new("number", "这是您自己的身份证号，请填写孩子的。"));
    }
    if !new.declared {
        faults.push(Fault::new("declared", "请确认声明属实。"));
    }
    match (paper, born) {
        (Ok(paper), Some(born)) if faults.is_empty() => {
            Ok((name, paper, last_day_as_minor(born.birth_date()).to_string()))
        }
        _ => Err(Error::Invalid(faults)),
    }
}

async fn ask(ctx: &Ctx, app: &App, own: &PersonCard, (name, ward): (&str, &PersonPaper)) -> Verdict {
    let Some(base) = levels::verifier(app) else { return Verdict::NotReachable };
    let question = |name: &str, paper: &PersonPaper| Question {
        name: name.to_owned(),
        paper: paper.kind().code(),
        number: paper.number().to_owned(),
        factors: Vec::new(),
    };
    base.guardianship(ctx, (&question(&own.name, &own.paper), &question(name, ward))).await
}

/// A declaration that waits for a window.
pub(crate) struct Waiting {
    pub(crate) id: Id<MandateRow>,
    pub(crate) guardian: String,
    pub(crate) ward: String,
    /// The name that was declared, if the platform knows the ward by another.
    pub(crate) declared: String,
}

/// Declarations by this person, and about it, that wait for a window. Whoever calls has asked by what right.
pub(crate) async fn waiting(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Waiting>> {
    let mut found = app.db.query(rows::MANDATES_TO, args![person, OPEN_MAX]).await?;
    found.extend(app.db.query(rows::MANDATES_OPEN, args![Holder::Person(person).to_string(), OPEN_MAX]).await?);
    let today = ctx.now.legal_date();
    let mut out = Vec::new();
    for row in &found {
        let it = rows::read(row)?;
        let (Holder::Person(ward), Some(guardian)) = (it.state.principal.0, it.state.agent) else { continue };
        if it.state.role != Role::Guardian || it.state.standing(today) != Standing::Offered {
            continue;
        }
        let names = person_names(app, &[ward, guardian]).await?;
        let declared = app.vault.open(&vault_holder(it.id), "name").await?;
        let declared = String::from_utf8(declared).map_err(Error::internal)?;
        let (guardian, ward) = (names.person(&guardian).to_owned(), names.person(&ward).to_owned());
        let declared = if declared == ward { String::new() } else { declared };
        out.push(Waiting { id: it.id, guardian, ward, declared });
    }
    Ok(out)
}

/// Confirms a declaration at a window, where the papers of the family were seen.
///
/// # Errors
/// Those of [`levels::vouches`]; [`Error::NotFound`] if nothing waits; [`Error::Refused`] for oneself; [`Error::Stale`]; if the engine
/// fails.
pub(crate) async fn confirm(ctx: &Ctx, app: &App, id: Id<MandateRow>) -> Result<()> {
    let right: Basis = levels::vouches(ctx)?;
    let found = mandates::load(app, id).await?;
    let waits = found.state.role == Role::Guardian && found.state.standing(ctx.now.legal_date()) == Standing::Offered;
    let Some(guardian) = found.state.agent.filter(|_| waits) else {
        return Err(Error::NotFound { what: "监护声明" });
    };
    if guardian == ctx.person()? {
        return Err(Error::refused("不能确认自己的监护关系，请由别的窗口人员确认。"));
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, Some(right));
    let accepted = found.state.clone().accepted(guardian, ctx.now);
    mandates::settle(&mut unit, ctx, app, (&found, accepted), kinds::MANDATE_ACCEPTED)?;
    app.db.commit(unit).await?.or_stale("监护声明")
}
