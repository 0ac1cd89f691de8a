//! Enterprises, and who acts for them.

use journal::Head;
use kernel::{Ctx, Enterprise as EnterpriseMark, Error, Holder, Id, MandateRow, Person, Result, Scope};
use storage::{Commit, Db, Unit, args};
use time::Date;

use super::{administers, guard, kinds, mandates};
use crate::{
    model::{
        enterprise::{Enterprise, NewEnterprise},
        mandate::Role,
    },
    store::enterprises as rows,
};

/// Enterprises that one person acts for and may choose from at most.
const OF_ONE_MAX: i64 = 100;

/// An enterprise that a person acts for.
#[derive(Debug, Clone)]
pub struct Represented {
    /// The enterprise.
    pub enterprise: Enterprise,
    /// In what capacity.
    pub role: Role,
    /// By which right.
    pub mandate: Id<MandateRow>,
}

/// Makes an enterprise known; its legal representative may act for it at once. Asks no permission itself: whoever calls has asked
/// by what right.
///
/// # Errors
/// [`Error::Invalid`] for each field that is wrong; [`Error::Refused`] if the code is known already; if the engine fails.
pub async fn create_enterprise(ctx: &Ctx, db: &Db, new: &NewEnterprise) -> Result<Id<EnterpriseMark>> {
    let state = new.check().map_err(Error::Invalid)?;
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    let subject = format!("enterprise:{id}");
    let head = journal::append(&mut unit, ctx, &Head::none(), (&subject, kinds::ENTERPRISE_REGISTERED), &state)?;
    rows::add(&mut unit, id, &state, &head);
    if let Some(person) = state.representative {
        mandates::seat(&mut unit, ctx, Holder::Enterprise(id), (person, Role::Legal))?;
    }
    match db.commit(unit).await? {
        Commit::Done => Ok(id),
        Commit::Lost { guard: "enterprise" } => {
            Err(Error::refused("这个统一社会信用代码已经登记过，请直接查找该单位。"))
        }
        Commit::Lost { .. } => Err(Error::Stale { what: "单位信息", by: None }),
    }
}

/// Lets a person act for an enterprise.
///
/// # Errors
/// Those of the permission (for the whole site); [`Error::Refused`] if the person may already; if the engine fails.
pub async fn add_agent(
    ctx: &Ctx,
    db: &Db,
    enterprise: Id<EnterpriseMark>,
    person: Id<Person>,
    role: Role,
) -> Result<()> {
    let right = administers(ctx, &Scope::SITE)?;
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    mandates::seat(&mut unit, ctx, Holder::Enterprise(enterprise), (person, role))?;
    db.commit(unit).await?.or_else(|_| Error::refused("此人已经可以代表该单位办事，不必重复授权。"))
}

/// One enterprise.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub async fn enterprise(db: &Db, id: Id<EnterpriseMark>) -> Result<Enterprise> {
    let row = db.find(rows::ENTERPRISE, args![id]).await?;
    rows::read(&row.ok_or(Error::NotFound { what: "单位" })?)
}

/// The enterprise with this unified social credit code, if there is one.
///
/// # Errors
/// If the engine fails.
pub async fn find_enterprise_by_uscc(db: &Db, uscc: &str) -> Result<Option<Enterprise>> {
    db.find(rows::ENTERPRISE_BY_USCC, args![uscc]).await?.as_ref().map(rows::read).transpose()
}

/// The enterprises that a person may act for on this legal day.
///
/// # Errors
/// If the engine fails.
pub async fn enterprises_of(db: &Db, person: Id<Person>, today: Date) -> Result<Vec<Represented>> {
    let found = db.query(rows::ENTERPRISES_OF, args![person, today, OF_ONE_MAX]).await?;
    let read = |row: &storage::Row| {
        let role = Role::from_code(row.text("role")?).ok_or_else(|| Error::internal("an agent's role"))?;
        Ok(Represented { enterprise: rows::read(row)?, role, mandate: row.id("mandate")? })
    };
    found.iter().map(read).collect()
}
