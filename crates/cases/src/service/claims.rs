//! Who has a case in hand (认领、放回、转派): claiming shares out the work of a post, it gives and takes no competence.
//!
//! A case is in one officer's hands at its present post, or in nobody's. Whoever holds the post may open it nevertheless; before acting on
//! it he or she takes it over (接手), so that two do not work on the same case unknowingly. Nothing must be claimed before it is acted
//! on. Claims are things of their own in the record: none makes an act stale, and no act waits for one. With its next post a case is
//! free again; one that is returned goes back to whoever had it there.

use journal::Head;
use kernel::{Authority, Basis, Ctx, Error, Id, Item, Permission, Person, Result};
use serde::{Deserialize, Serialize};
use storage::{Commit, Unit, args};
use webkit::{App, utoipa};

use super::{Hands, desk_scope, load_for, sees, worklist::POSTS};
use crate::{
    ASSIGN, CaseId, SEE,
    model::{ActKind, Event, Fact, Role, Stage, TABLE},
    store::{self, CaseRow, desk, guard},
};

/// Cases that one officer has in hand at most: who takes more than can be worked on hides them from the others.
pub(crate) const IN_HAND_MAX: i64 = 200;

/// What the record says of a claim: who has the case in hand at this post; `None`: nobody any more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) case: CaseId,
    pub(crate) post: String,
    pub(crate) person: String,
}

/// How a case stands after it was claimed, put back or handed over.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Took {
    /// 现在由谁办理（人员标识）；空：无人认领
    pub person: String,
    /// 姓名
    pub name: String,
}

/// What the case page and its API say of the hands that a case is in.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct ClaimView {
    /// 由谁办理；空：无人认领
    pub name: String,
    /// 由本人办理，或者由本人代岗
    pub mine: bool,
    /// 由本人办理
    pub own: bool,
    /// 本人可以认领（无人认领时）或者接手（由别人办理时）
    pub may_take: bool,
    /// 本人可以放回
    pub may_release: bool,
    /// 本人可以转派
    pub may_assign: bool,
}

impl ClaimView {
    /// Whether there is anything to say of it.
    pub(crate) fn shown(&self) -> bool {
        !self.name.is_empty() || self.may_take || self.may_assign
    }

    /// Whether the caller could work on it, but a colleague has it in hand.
    pub(crate) fn held(&self) -> bool {
        self.may_take && !self.name.is_empty()
    }
}

/// The permission of a post's code, if cases wait for it at all.
pub(crate) fn permission(post: &str) -> Option<Permission> {
    POSTS.iter().find(|it| it.0 == post).map(|it| it.2)
}

/// The post of a role.
fn post_of(role: Role) -> Option<&'static str> {
    match role {
        Role::Accept => Some("accept"),
        Role::Review => Some("review"),
        Role::Decide => Some("decide"),
        Role::Issue => Some("issue"),
        Role::Applicant | Role::Head | Role::System => None,
    }
}

/// Whether the case is in the caller's own hands, or in those of somebody in whose stead the caller acts.
pub(crate) fn is_mine(ctx: &Ctx, row: &CaseRow) -> bool {
    row.claimed_by.is_some_and(|it| whose(ctx).contains(&it))
}

/// The caller, and all in whose stead he or she acts.
pub(crate) fn whose(ctx: &Ctx) -> Vec<Id<Person>> {
    let mut out: Vec<_> = ctx.person().into_iter().collect();
    for grant in ctx.actor.grants.iter().filter(|it| it.permission == SEE.code) {
        out.extend(grant.stands_for.filter(|it| !out.contains(it)));
    }
    out
}

/// The right by which the caller works on the case at its present post. Nobody claims the own case.
fn right(ctx: &Ctx, row: &CaseRow) -> Result<Basis> {
    let post = store::post_of(row.case.stage());
    let permission = permission(post).ok_or_else(|| Error::refused("这件办件现在不由工作人员办理，不用认领。"))?;
    if !Hands::of(ctx, row)?.officer() || row.facts.holder == kernel::Holder::Person(ctx.person()?) {
        return Err(Error::Forbidden { action: permission.words });
    }
    ctx.may(permission, &desk_scope(row))
}

/// What the caller sees of the hands that a case is in.
pub(crate) fn view(ctx: &Ctx, row: &CaseRow, name: String) -> ClaimView {
    let may = right(ctx, row).is_ok();
    let waits = permission(store::post_of(row.case.stage())).is_some();
    let mine = is_mine(ctx, row);
    let assigns = waits && ctx.may(ASSIGN, &desk_scope(row)).is_ok();
    ClaimView {
        may_take: may && !mine,
        may_release: row.claimed_by.is_some() && (mine || assigns),
        may_assign: assigns || (mine && may),
        own: row.claimed_by.is_some() && row.claimed_by == ctx.person().ok(),
        mine,
        name,
    }
}

/// The view of a case's hands, with the name of who has it.
pub(crate) async fn seen(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<ClaimView> {
    let name = match row.claimed_by {
        Some(it) => identity::person_name(app, it).await?,
        None => String::new(),
    };
    Ok(view(ctx, row, name))
}

/// Whether an act belongs to the present post of a case, so that it waits while a colleague has it in hand.
///
/// The second officer of a check on site confirms it whoever has the case in hand.
pub(crate) fn of_post(act: ActKind, stage: Stage) -> bool {
    if act == ActKind::ConfirmCheck {
        return false;
    }
    let post = store::post_of(stage);
    let line = TABLE.iter().find(|line| line.act == act && line.from.contains(&stage));
    line.is_some_and(|line| line.hands.roles().iter().any(|it| post_of(*it) == Some(post)))
}

/// Refuses an act of the case's present post while a colleague has it in hand.
///
/// # Errors
/// [`Error::Refused`], by name; if the engine fails.
pub(crate) async fn before(ctx: &Ctx, app: &App, row: &CaseRow, events: &[Event]) -> Result<()> {
    if events.iter().any(|it| matches!(it.fact, Fact::SiteConfirmed { .. })) {
        return Ok(());
    }
    let post = store::post_of(row.case.stage());
    let of_post = events.first().and_then(|it| post_of(it.role)) == Some(post);
    let Some(claimant) = row.claimed_by.filter(|_| of_post && !is_mine(ctx, row)) else { return Ok(()) };
    let name = identity::person_name(app, claimant).await?;
    Err(Error::refused(format!("这件办件在{name}手上。确需由您办理的，请先点「接手」。")))
}

/// Takes a case in hand. `over`: also out of a colleague's hands (接手).
///
/// # Errors
/// [`Error::NotFound`] if there is none or the caller may not see it; [`Error::Forbidden`] if its present post is none of the caller's;
/// [`Error::Refused`] if a colleague has it and `over` was not said, if it waits for nobody's post, or the caller has
/// [`IN_HAND_MAX`] already; [`Error::Stale`] if it was taken or moved on meanwhile; if the engine fails.
pub async fn claim_case(ctx: &Ctx, app: &App, id: CaseId, over: bool) -> Result<Took> {
    let row = load_for(ctx, app, id).await?;
    let basis = right(ctx, &row)?;
    let me = ctx.person()?;
    if let Some(claimant) = row.claimed_by.filter(|it| *it != me) {
        let name = identity::person_name(app, claimant).await?;
        if !over {
            return Err(Error::refused(format!("这件办件已由{name}认领。要接着办的，请打开办件点「接手」。")));
        }
    } else if row.claimed_by == Some(me) {
        return Ok(Took { person: me.to_string(), name: identity::person_name(app, me).await? });
    }
    put(ctx, app, &row, (Some(me), basis)).await
}

/// Puts a case back, for whoever of the post takes it next.
///
/// # Errors
/// As [`claim_case`]; [`Error::Refused`] if nobody has it; [`Error::Forbidden`] if somebody else has it and the caller does not hand out cases.
pub async fn release_case(ctx: &Ctx, app: &App, id: CaseId) -> Result<Took> {
    let row = load_for(ctx, app, id).await?;
    if row.claimed_by.is_none() {
        return Err(Error::refused("这件办件现在无人认领。"));
    }
    let basis = if is_mine(ctx, &row) { sees(ctx, &row)? } else { ctx.may(ASSIGN, &desk_scope(&row))? };
    put(ctx, app, &row, (None, basis)).await
}

/// Hands a case to an officer of its present post: whoever hands out cases may (转派), and who has it in hand.
///
/// # Errors
/// As [`claim_case`]; [`Error::Invalid`] at `to` if that person does not hold the post here.
pub async fn assign_case(ctx: &Ctx, app: &App, id: CaseId, to: Id<Person>) -> Result<Took> {
    let row = load_for(ctx, app, id).await?;
    let basis = match ctx.may(ASSIGN, &desk_scope(&row)) {
        Err(Error::Forbidden { .. }) if is_mine(ctx, &row) => right(ctx, &row)?,
        other => other?,
    };
    if !officers(ctx, app, &row).await?.iter().any(|it| it.0 == to) {
        return Err(Error::invalid("to", "请从本岗位的人员中选择承办人。"));
    }
    put(ctx, app, &row, (Some(to), basis)).await
}

/// As [`officers`], for somebody who may hand the case out.
///
/// # Errors
/// [`Error::NotFound`] if there is none or the caller may not see it; [`Error::Forbidden`] if the caller may not hand it out; if the engine fails.
pub(crate) async fn may_be_given(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<(Id<Person>, String)>> {
    let row = load_for(ctx, app, id).await?;
    if !view(ctx, &row, String::new()).may_assign {
        return Err(Error::Forbidden { action: ASSIGN.words });
    }
    officers(ctx, app, &row).await
}

/// Who holds the present post of a case, but for its applicant.
///
/// # Errors
/// [`Error::Refused`] if it waits for nobody's post; if the engine fails.
pub(crate) async fn officers(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<Vec<(Id<Person>, String)>> {
    let permission = permission(store::post_of(row.case.stage()))
        .ok_or_else(|| Error::refused("这件办件现在不由工作人员办理，不用转派。"))?;
    let place: (Id<Authority>, Id<Item>) = (row.desk(), row.facts.item);
    let mut found = identity::colleagues(ctx, app, place, permission).await?;
    found.retain(|it| row.facts.holder != kernel::Holder::Person(it.0));
    Ok(found)
}

/// Lets go of what somebody has in hand at the post, since the case goes to another organ with it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn let_go(unit: &mut Unit, ctx: &Ctx, app: &App, row: &CaseRow) -> Result<()> {
    let post = store::post_of(row.case.stage());
    let Some(before) = app.db.find(desk::CLAIM, args![row.id, post]).await? else { return Ok(()) };
    if before.text("person")?.is_empty() {
        return Ok(());
    }
    let (head, claim) = (Head::of(&before)?, Claim { case: row.id, post: post.to_owned(), person: String::new() });
    let of = format!("case-claim:{}", before.text("id")?);
    let after = journal::append(unit, ctx, &head, (&of, "cases.released"), &claim)?;
    let values = args![row.id, post, "", after.version, &after.hash, after.at, head.version];
    unit.one(guard::CLAIM, desk::CLAIM_CHANGE, values);
    Ok(())
}

/// The case goes into these hands.
async fn put(ctx: &Ctx, app: &App, row: &CaseRow, (to, basis): (Option<Id<Person>>, Basis)) -> Result<Took> {
    if let Some(to) = to {
        let counted = app.db.find(desk::COUNT_IN_HAND, args![to, IN_HAND_MAX]).await?;
        if counted.map_or(Ok(0), |row| row.int("cases"))? >= IN_HAND_MAX {
            return Err(Error::refused(format!("一个人手上最多 {IN_HAND_MAX} 件，请先办结或者放回一些。")));
        }
    }
    let post = store::post_of(row.case.stage());
    let before = app.db.find(desk::CLAIM, args![row.id, post]).await?;
    let (id, head) = match &before {
        Some(it) => (it.string("id")?, Head::of(it)?),
        None => (ctx.new_id::<Claim>().to_string(), Head::none()),
    };
    let person = to.map(|it| it.to_string()).unwrap_or_default();
    let claim = Claim { case: row.id, post: post.to_owned(), person: person.clone() };
    let kind = match to {
        Some(to) if ctx.person()? == to => "cases.claimed",
        Some(_) => "cases.assigned",
        None => "cases.released",
    };
    let mut unit = Unit::new(ctx);
    let was = row.claimed_by.map(|it| it.to_string()).unwrap_or_default();
    unit.one(guard::CLAIM, desk::CASE_CLAIM, args![row.id, post, &person, was]);
    let after = journal::append(&mut unit, ctx, &head, (&format!("case-claim:{id}"), kind), &claim)?;
    let values = args![row.id, post];
    match &before {
        Some(_) => {
            let more = args![&person, after.version, &after.hash, after.at, head.version];
            unit.one(guard::CLAIM, desk::CLAIM_CHANGE, [values, more].concat());
        }
        None => {
            let more = args![id, &person, after.version, &after.hash, after.at];
            unit.one(guard::CLAIM, desk::CLAIM_ADD, [values, more].concat());
        }
    }
    identity::still_holds(&mut unit, ctx, &basis);
    match app.db.commit(unit).await? {
        Commit::Done => {
            let name = match to {
                Some(to) => identity::person_name(app, to).await?,
                None => String::new(),
            };
            Ok(Took { person, name })
        }
        Commit::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
        Commit::Lost { .. } => Err(meanwhile(app, row.id).await),
    }
}

/// Somebody was first: who has it now.
async fn meanwhile(app: &App, id: CaseId) -> Error {
    let by = match super::load(app, id).await.map(|row| row.claimed_by) {
        Ok(Some(claimant)) => identity::person_name(app, claimant).await.ok(),
        Ok(None) | Err(_) => None,
    };
    Error::Stale { what: "办件", by }
}
