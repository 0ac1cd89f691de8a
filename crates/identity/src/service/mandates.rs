//! The right to act for another: offered, accepted, declined, ended by either side, over by itself.
//!
//! Only whom it concerns can make one: a person for itself, the legal representative for the enterprise. Whoever acts for another cannot
//! charge a third (民法典 art. 169).

use std::collections::BTreeMap;

use journal::Head;
use kernel::{Basis, Ctx, Cursor, Error, Holder, Id, Item, MandateRow, Matter, Moment, Page, PageAsk, Person, Result};
use storage::{Db, Unit, args};
use time::{Date, Duration};
use webkit::App;

use super::{
    guard, kinds,
    names::{Names, names},
    people::card_of,
};
use crate::{
    model::{
        mandate::{
            MandateState, Mandated, NewMandate, OFFER_DAYS, Offer, OneMatter, Principal, Role, Standing, invited,
        },
        person::masked_mobile,
    },
    store::{mandates as rows, people},
};

/// Principals for whom one person acts, invitations to one person, and whoever acts for one principal, at most.
pub(crate) const OPEN_MAX: i64 = 200;
/// So many are ended by one run of the sweep, each in a unit of its own.
const SWEPT: i64 = 200;
/// The real-name level that acting for others takes: it must be known who acts.
pub(crate) const ACTING_LEVEL: i64 = 1;

/// Under what the vault keeps the name that an invitation was made out to.
pub(crate) fn vault_holder(id: Id<MandateRow>) -> String {
    format!("mandate:{id}")
}

/// A right to act for another that is in force.
#[derive(Debug, Clone)]
pub struct Acting {
    /// Its id.
    pub id: Id<MandateRow>,
    /// For whom.
    pub principal: Holder,
    /// In what capacity.
    pub role: Role,
    /// For which items; empty: all.
    pub items: Vec<Id<Item>>,
    /// Only for this one thing.
    pub matter: Option<OneMatter>,
    /// For looking alone.
    pub looks_only: bool,
    /// To which legal day (`2026-03-02`), included.
    pub ends: Option<String>,
}

/// For whom a person may act on this legal day.
///
/// # Errors
/// If the engine fails.
pub async fn acting(db: &Db, person: Id<Person>, today: Date) -> Result<Vec<Acting>> {
    let found = db.query(rows::MANDATES_TO, args![person, OPEN_MAX]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    let in_force = found.into_iter().filter(|it| it.state.standing(today) == Standing::InForce);
    Ok(in_force
        .map(|Mandated { id, state, .. }| Acting {
            id,
            principal: state.principal.0,
            role: state.role,
            items: state.items,
            matter: state.matter,
            looks_only: state.looks_only,
            ends: state.ends,
        })
        .collect())
}

/// A mandate as either side sees it.
#[derive(Debug, Clone)]
pub(crate) struct MandateLine {
    pub(crate) id: Id<MandateRow>,
    pub(crate) role: Role,
    /// The name of the principal.
    pub(crate) principal: String,
    /// Whether the principal is an enterprise.
    pub(crate) enterprise: bool,
    /// The name of whoever acts, or was invited.
    pub(crate) agent: String,
    /// The number that was invited, masked; empty once it is settled.
    pub(crate) mobile: String,
    pub(crate) items: Vec<Id<Item>>,
    pub(crate) matter: Option<OneMatter>,
    pub(crate) looks_only: bool,
    pub(crate) starts: String,
    pub(crate) ends: Option<String>,
    pub(crate) standing: Standing,
}

impl MandateLine {
    /// Whether it can still be ended.
    pub(crate) fn open(&self) -> bool {
        !matches!(self.standing, Standing::Over | Standing::Ended)
    }
}

async fn lines(ctx: &Ctx, app: &App, found: Vec<Mandated>) -> Result<Vec<MandateLine>> {
    let whom = found.iter().flat_map(|it| {
        std::iter::once(it.state.principal.0).chain(it.state.agent.map(Holder::Person)).map(|it| it.to_string())
    });
    let known: Names = names(app, whom).await?;
    let sealed: Vec<String> =
        found.iter().filter(|it| !it.state.card.is_empty()).map(|it| vault_holder(it.id)).collect();
    let mut open = BTreeMap::new();
    for item in ["name", "mobile"] {
        for (holder, text) in app.vault.open_each(&sealed, item).await? {
            open.insert((holder, item), String::from_utf8(text).map_err(Error::internal)?);
        }
    }
    let today = ctx.now.legal_date();
    let line = |it: Mandated| {
        let mut typed = |item| open.remove(&(vault_holder(it.id), item)).unwrap_or_default();
        let (name, mobile) = (typed("name"), typed("mobile"));
        MandateLine {
            id: it.id,
            role: it.state.role,
            principal: known.of(&it.state.principal.0).to_owned(),
            enterprise: matches!(it.state.principal.0, Holder::Enterprise(_)),
            agent: match it.state.agent {
                Some(agent) => known.person(&agent).to_owned(),
                None if name.is_empty() => "（邀请已失效）".to_owned(),
                None => name,
            },
            mobile: if mobile.is_empty() { String::new() } else { masked_mobile(&mobile) },
            standing: it.state.standing(today),
            items: it.state.items,
            matter: it.state.matter,
            looks_only: it.state.looks_only,
            starts: it.state.starts,
            ends: it.state.ends,
        }
    };
    Ok(found.into_iter().map(line).collect())
}

/// Who acts, or acted, for a principal: a page, the newest first.
///
/// # Errors
/// Those of [`over`]; if the engine fails.
pub(crate) async fn given(ctx: &Ctx, app: &App, principal: Holder, ask: &PageAsk) -> Result<Page<MandateLine>> {
    over(ctx, app, principal).await?;
    let before = ask.after.as_ref().map_or(Ok("~"), |it| it.text(0))?;
    let found = app.db.query(rows::MANDATES_FROM, args![principal.to_string(), before, ask.sql_limit()]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    let page = Page::cut(found, ask, |it| Cursor::new([it.id.to_string()]));
    let (items, next) = (page.items, page.next);
    Ok(Page { items: lines(ctx, app, items).await?, next })
}

/// Somebody who was charged with one thing, and accepted.
#[derive(Debug, Clone)]
pub struct Charged {
    /// Who acts.
    pub agent: String,
    /// For looking alone.
    pub looks_only: bool,
    /// When it was accepted.
    pub accepted: Moment,
    /// To which legal day (`2026-03-02`), included.
    pub ends: Option<String>,
    /// When somebody ended it, or its day was past.
    pub ended: Option<Moment>,
}

/// Who is, or was, charged with one thing of a principal's, the first first; whoever calls has asked whether the caller may see that thing.
///
/// # Errors
/// If the engine fails.
pub async fn charged(app: &App, principal: Holder, matter: Id<Matter>) -> Result<Vec<Charged>> {
    let found = app.db.query(rows::MANDATES_IN, args![principal.to_string(), matter, OPEN_MAX]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    let known =
        names(app, found.iter().filter_map(|it| it.state.agent).map(|it| Holder::Person(it).to_string())).await?;
    let told = |it: Mandated| {
        let (agent, accepted) = (it.state.agent?, it.state.accepted_at?);
        Some(Charged {
            agent: known.person(&agent).to_owned(),
            looks_only: it.state.looks_only,
            accepted,
            ends: it.state.ends,
            ended: it.state.ended_at,
        })
    };
    Ok(found.into_iter().filter_map(told).collect())
}

/// For whom the caller acts, in force or ahead.
pub(crate) async fn received(ctx: &Ctx, app: &App) -> Result<Vec<MandateLine>> {
    let found = app.db.query(rows::MANDATES_TO, args![ctx.person()?, OPEN_MAX]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    let mut lines = lines(ctx, app, found).await?;
    lines.retain(MandateLine::open);
    Ok(lines)
}

/// Invitations made out to the caller's name and mobile number.
pub(crate) async fn invitations(ctx: &Ctx, app: &App) -> Result<Vec<MandateLine>> {
    let found = app.db.query(rows::MANDATES_INVITED, args![own_digest(ctx, app).await?, OPEN_MAX]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    let mut lines = lines(ctx, app, found).await?;
    lines.retain(|it| it.standing == Standing::Offered);
    Ok(lines)
}

async fn own_digest(ctx: &Ctx, app: &App) -> Result<String> {
    let card = card_of(app, ctx.person()?).await?;
    Ok(app.vault.digest("invited", &invited(&card.name, &card.mobile)))
}

/// By what right the caller decides who acts for this principal: it is oneself, or one's enterprise.
///
/// # Errors
/// [`Error::SignIn`]; [`Error::NotFound`] if it is neither: nobody learns whose desk there is.
pub(crate) async fn over(ctx: &Ctx, app: &App, principal: Holder) -> Result<Basis> {
    let person = ctx.person()?;
    match principal {
        Holder::Person(id) if id == person => Ok(Basis::Holder),
        Holder::Person(_) => Err(Error::NotFound { what: "委托" }),
        Holder::Enterprise(_) => {
            let row = app.db.find(rows::MANDATE_BETWEEN, args![person, principal.to_string(), ""]).await?;
            let held = row.as_ref().map(rows::read).transpose()?;
            let today = ctx.now.legal_date();
            let held = held.filter(|it| it.state.role == Role::Legal && it.state.standing(today) == Standing::InForce);
            held.map(|it| Basis::Mandate(it.id)).ok_or(Error::NotFound { what: "单位" })
        }
    }
}

/// Invites somebody, by name and mobile number, to act for oneself or one's enterprise. Whether anybody of that name is known here is not
/// told; who has that name and number finds the invitation after signing in.
///
/// # Errors
/// Those of [`over`]; [`Error::Invalid`] for each field that is wrong; [`Error::Refused`] if there are too many; if the engine fails.
pub async fn offer(ctx: &Ctx, app: &App, principal: Holder, new: &NewMandate) -> Result<Id<MandateRow>> {
    let right = over(ctx, app, principal).await?;
    let role = if matches!(principal, Holder::Enterprise(_)) { Role::Agent } else { Role::Delegate };
    let checked = new.check(role, ctx.now.legal_date()).map_err(Error::Invalid)?;
    offer_for(ctx, app, (principal, role, right), &checked).await
}

/// As [`offer`], by whoever has asked by what right.
pub(crate) async fn offer_for(
    ctx: &Ctx,
    app: &App,
    (principal, role, right): (Holder, Role, Basis),
    checked: &Offer,
) -> Result<Id<MandateRow>> {
    let open = app.db.query(rows::MANDATES_OPEN, args![principal.to_string(), OPEN_MAX]).await?;
    if open.len() >= usize::try_from(OPEN_MAX).unwrap_or(usize::MAX) {
        return Err(Error::refused(format!("最多同时有 {OPEN_MAX} 人代办。请先终止不再需要的。")));
    }
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, Some(right));
    let holder = vault_holder(id);
    let key = app.vault.create(&mut unit, ctx, &holder);
    let typed = [("name", &checked.name), ("mobile", &checked.mobile)];
    let card = typed
        .map(|(name, text)| (name.to_owned(), app.vault.seal(&mut unit, ctx, (&holder, &key), name, text.as_bytes())));
    let state = MandateState {
        principal: Principal(principal),
        agent: None,
        invited: app.vault.digest("invited", &invited(&checked.name, &checked.mobile)),
        role,
        items: checked.items.clone(),
        matter: checked.matter.clone(),
        looks_only: checked.looks_only,
        starts: checked.starts.to_string(),
        ends: checked.ends.map(|it| it.to_string()),
        card: BTreeMap::from(card),
        offered_at: ctx.now,
        accepted_at: None,
        ended_at: None,
    };
    add(&mut unit, ctx, (id, kinds::MANDATE_OFFERED), &state)?;
    app.db.commit(unit).await?.or_stale("委托")?;
    Ok(id)
}

/// Adds a mandate to this unit; [`rows::GUARD`] fails if there is one in force between the same two.
pub(crate) fn add(
    unit: &mut Unit,
    ctx: &Ctx,
    (id, kind): (Id<MandateRow>, &'static str),
    state: &MandateState,
) -> Result<()> {
    let head = journal::append(unit, ctx, &Head::none(), (&vault_holder(id), kind), state)?;
    rows::add(unit, id, state, &head)
}

/// Lets a person act for a holder at once, by whoever has asked by what right.
pub(crate) fn seat(unit: &mut Unit, ctx: &Ctx, holder: Holder, (person, role): (Id<Person>, Role)) -> Result<()> {
    let state = MandateState::legal(holder, person, ctx.now.legal_date(), ctx.now);
    add(unit, ctx, (ctx.new_id(), kinds::MANDATE_GIVEN), &MandateState { role, ..state })
}

/// One mandate, whoever asks.
pub(crate) async fn load(app: &App, id: Id<MandateRow>) -> Result<Mandated> {
    let row = app.db.find(rows::MANDATE, args![id]).await?.ok_or(Error::NotFound { what: "委托" })?;
    rows::read(&row)
}

/// An invitation made out to the caller.
async fn invitation(ctx: &Ctx, app: &App, id: Id<MandateRow>) -> Result<Mandated> {
    let found = load(app, id).await?;
    let mine = !found.state.invited.is_empty() && found.state.invited == own_digest(ctx, app).await?;
    if !mine || found.state.standing(ctx.now.legal_date()) != Standing::Offered {
        return Err(Error::NotFound { what: "邀请" });
    }
    Ok(found)
}

/// Accepts an invitation made out to the caller's name and number. It takes the place of an earlier one by the same principal.
///
/// # Errors
/// [`Error::NotFound`] if there is none such; [`Error::Refused`] if the caller's name is not verified, or the caller may act already by a
/// higher right; [`Error::Stale`] if it was ended meanwhile; if the engine fails.
pub async fn accept(ctx: &Ctx, app: &App, id: Id<MandateRow>) -> Result<()> {
    let person = ctx.person()?;
    let found = invitation(ctx, app, id).await?;
    if found.state.principal.0 == Holder::Person(person) {
        return Err(Error::refused("不必委托自己：本人的事，直接办理就可以。"));
    }
    let row = app.db.find(people::PERSON, args![person]).await?.ok_or(Error::NotFound { what: "人员" })?;
    if row.int("level")? < ACTING_LEVEL {
        return Err(Error::refused("代人办事要先完成实名核验。请在「我的账号」的「实名等级」里核验，再来接受。"));
    }
    let mut unit = Unit::new(ctx);
    let principal = found.state.principal.0.to_string();
    let matter = found.state.matter.as_ref().map(|it| it.id.to_string()).unwrap_or_default();
    let mut between = app.db.query(rows::MANDATE_BETWEEN, args![person, &principal, ""]).await?;
    if !matter.is_empty() {
        between.extend(app.db.query(rows::MANDATE_BETWEEN, args![person, &principal, &matter]).await?);
    }
    for row in &between {
        let earlier = rows::read(row)?;
        let stands = earlier.state.standing(ctx.now.legal_date()) == Standing::InForce;
        if stands && matches!(earlier.state.role, Role::Legal | Role::Guardian) {
            let role = earlier.state.role.name();
            return Err(Error::refused(format!("您是{role}，本来就可以代办全部事项，不必再接受邀请。")));
        }
        // One for a single thing stands beside one for items; it takes the place of its like alone.
        if earlier.state.matter == found.state.matter {
            end_in(&mut unit, ctx, app, &earlier)?;
        }
    }
    settle(&mut unit, ctx, app, (&found, found.state.clone().accepted(person, ctx.now)), kinds::MANDATE_ACCEPTED)?;
    app.db.commit(unit).await?.or_stale("邀请")
}

/// Declines an invitation made out to the caller.
///
/// # Errors
/// [`Error::NotFound`] if there is none such; [`Error::Stale`] if it was ended meanwhile; if the engine fails.
pub async fn decline(ctx: &Ctx, app: &App, id: Id<MandateRow>) -> Result<()> {
    let found = invitation(ctx, app, id).await?;
    let mut unit = Unit::new(ctx);
    end_in(&mut unit, ctx, app, &found)?;
    app.db.commit(unit).await?.or_stale("邀请")
}

/// Ends a mandate, by whoever gave it or whoever acts by it (民法典 art. 173): from the next request on nobody acts by it, and what is
/// being committed on its strength is undone.
///
/// # Errors
/// [`Error::NotFound`] if it is no business of the caller; [`Error::Refused`] for the legal representative, who is changed, not ended;
/// [`Error::Stale`] if somebody was first; if the engine fails.
pub async fn end(ctx: &Ctx, app: &App, id: Id<MandateRow>) -> Result<()> {
    let found = load(app, id).await?;
    let right = match found.state.agent == Some(ctx.person()?) {
        true => Basis::Holder,
        false => over(ctx, app, found.state.principal.0).await.map_err(|_| Error::NotFound { what: "委托" })?,
    };
    if found.state.role == Role::Legal {
        return Err(Error::refused(
            "法定代表人不能终止，只能变更。请先在登记机关办理变更，再由新的法定代表人认领本单位。",
        ));
    }
    if found.state.ended_at.is_some() {
        return Err(Error::refused("这项代办已经终止。"));
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, Some(right));
    end_in(&mut unit, ctx, app, &found)?;
    app.db.commit(unit).await?.or_stale("委托")
}

/// Ends a mandate in this unit.
pub(crate) fn end_in(unit: &mut Unit, ctx: &Ctx, app: &App, found: &Mandated) -> Result<()> {
    let ended = found.state.clone().ended(ctx.now.max(found.head.at));
    settle(unit, ctx, app, (found, ended), kinds::MANDATE_ENDED)
}

pub(crate) fn settle(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    (before, after): (&Mandated, MandateState),
    kind: &'static str,
) -> Result<()> {
    let holder = vault_holder(before.id);
    let head = journal::append(unit, ctx, &before.head, (&holder, kind), &after)?;
    rows::set(unit, before, &after, &head)?;
    if !before.state.card.is_empty() {
        app.vault.destroy(unit, &holder);
    }
    Ok(())
}

/// Ends in this unit every right that a person has, and every one that it gave.
pub(crate) async fn end_all_of(ctx: &Ctx, app: &App, unit: &mut Unit, person: Id<Person>) -> Result<()> {
    let mut found = app.db.query(rows::MANDATES_TO, args![person, OPEN_MAX]).await?;
    let own = Holder::Person(person).to_string();
    found.extend(app.db.query(rows::MANDATES_OPEN, args![own, OPEN_MAX]).await?);
    for row in &found {
        end_in(unit, ctx, app, &rows::read(row)?)?;
    }
    Ok(())
}

/// Ends what is over: mandates whose last day is past, and invitations that nobody answered. They have given nothing since; this writes it
/// into the record and forgets the names.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    let mut found = app.db.query(rows::MANDATES_OVER, args![ctx.now.legal_date(), SWEPT]).await?;
    let since = ctx.now.plus_seconds(-Duration::days(OFFER_DAYS).whole_seconds());
    found.extend(app.db.query(rows::MANDATES_UNANSWERED, args![since, SWEPT]).await?);
    for row in &found {
        let mut unit = Unit::new(ctx);
        end_in(&mut unit, ctx, app, &rows::read(row)?)?;
        // Whoever was quicker has ended it.
        let _ = app.db.commit(unit).await?;
    }
    Ok(())
}
