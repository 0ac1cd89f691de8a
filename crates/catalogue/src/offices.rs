//! What the catalogue needs to know of authorities; the one place where it asks the identity area.

use std::collections::HashMap;

use identity::AuthorityFacts;
use kernel::{Authority, Ctx, Error, Id, PAGE_MAX, PageAsk, Permission, Result, Scope, Who};
use standards::{CreditCode, DivisionCode};
use storage::{Db, Unit};

use crate::model::ListRow;

/// An authority as far as its items depend on it.
pub(crate) struct Office {
    /// Where it handles items.
    pub(crate) division: DivisionCode,
    /// Its unified social credit code; `None`: not known, so its items get no national code.
    pub(crate) credit_code: Option<CreditCode>,
}

/// One authority.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub(crate) async fn office(db: &Db, id: Id<Authority>) -> Result<Office> {
    let it = identity::authority(db, id).await?;
    let division = DivisionCode::parse(&it.facts.division).map_err(|error| Error::internal(error.message()))?;
    Ok(Office { division, credit_code: CreditCode::parse(&it.facts.uscc).ok() })
}

/// Where the authority of this unified social credit code handles items; `None`: the site knows none.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn lower(db: &Db, code: &str) -> Result<Option<DivisionCode>> {
    let Some(it) = identity::find_authority_by_uscc(db, code).await? else { return Ok(None) };
    DivisionCode::parse(&it.facts.division).map(Some).map_err(|error| Error::internal(error.message()))
}

/// Asks whether the actor may do this at the authority, and makes the unit rest on the post that says so. The platform's own
/// workers (the operator's command line) ask no permission.
///
/// # Errors
/// As [`Ctx::may`].
pub(crate) fn allow(ctx: &Ctx, unit: &mut Unit, permission: Permission, authority: Id<Authority>) -> Result<()> {
    if matches!(ctx.actor.who, Who::System(_)) {
        return Ok(());
    }
    let basis = ctx.may(permission, &Scope::authority(authority))?;
    identity::still_holds(unit, ctx, &basis);
    Ok(())
}

/// The authorities of a list: those that are known, and those that it makes known.
pub(crate) struct ListOffices {
    by_code: HashMap<String, Id<Authority>>,
    by_name: HashMap<(DivisionCode, String), Id<Authority>>,
}

impl ListOffices {
    /// All authorities of the site.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn read(db: &Db) -> Result<Self> {
        let mut out = Self { by_code: HashMap::new(), by_name: HashMap::new() };
        let mut ask = PageAsk { after: None, limit: PAGE_MAX };
        loop {
            let page = identity::authority_list(db, &ask).await?;
            for it in page.items {
                out.take(it.id, &it.facts);
            }
            let Some(next) = page.next else { return Ok(out) };
            ask.after = Some(next.parse()?);
        }
    }

    /// The authority of a row, made if it is unknown: by its credit code, else by division and name.
    ///
    /// # Errors
    /// Those of [`identity::create_listed_authority`].
    pub(crate) async fn of(&mut self, ctx: &Ctx, db: &Db, row: &ListRow) -> Result<Id<Authority>> {
        let by_name = self.by_name.get(&(row.division.clone(), row.department.clone()));
        if let Some(id) = by_name.or_else(|| self.by_code.get(&row.credit_code)) {
            return Ok(*id);
        }
        let facts = AuthorityFacts {
            name: row.department.clone(),
            uscc: row.credit_code.clone(),
            division: row.division.as_str().to_owned(),
            ..AuthorityFacts::default()
        };
        let id = identity::create_listed_authority(ctx, db, &facts).await?;
        self.take(id, &facts);
        Ok(id)
    }

    fn take(&mut self, id: Id<Authority>, facts: &AuthorityFacts) {
        if !facts.uscc.is_empty() {
            self.by_code.insert(facts.uscc.clone(), id);
        }
        if let Ok(division) = DivisionCode::parse(&facts.division) {
            self.by_name.insert((division, facts.name.clone()), id);
        }
    }
}
