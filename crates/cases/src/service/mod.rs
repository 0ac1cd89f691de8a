//! What can be done with cases: one function an act. Each asks permission, reads, lets the model decide, and commits one unit.

pub(crate) mod absences;
pub(crate) mod acts;
pub(crate) mod album;
pub(crate) mod applicants;
pub(crate) mod archive;
pub(crate) mod batch;
pub(crate) mod calendar;
pub(crate) mod charging;
pub(crate) mod claims;
pub(crate) mod dossier;
pub(crate) mod draft_bin;
pub(crate) mod draft_renewal;
pub(crate) mod drafts;
pub(crate) mod erasure;
pub(crate) mod exhibits;
pub(crate) mod exports;
pub(crate) mod extension;
pub(crate) mod filing;
pub(crate) mod filled;
pub(crate) mod find;
pub(crate) mod hearing;
pub(crate) mod hooks;
pub(crate) mod known;
pub(crate) mod looks;
pub(crate) mod material_kind;
pub(crate) mod materials;
pub(crate) mod notes;
pub(crate) mod notices;
pub(crate) mod opinions;
pub(crate) mod owing;
pub(crate) mod papers;
pub(crate) mod pledge_checks;
pub(crate) mod pledge_print;
pub(crate) mod pledge_signing;
pub(crate) mod pledges;
pub(crate) mod preliminary;
pub(crate) mod progress;
pub(crate) mod reads;
pub(crate) mod reuse;
pub(crate) mod scan;
pub(crate) mod sweeps;
pub(crate) mod systems;
pub(crate) mod templates;
pub(crate) mod thumbs;
pub(crate) mod together;
pub(crate) mod typed;
pub(crate) mod uploads;
pub(crate) mod views;
pub(crate) mod worklist;

use std::sync::Arc;

use catalogue::{Documents, ItemDocument};
use journal::Head;
use kernel::{Actor, Basis, Ctx, Error, Holder, Id, Item, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use storage::{Unit, args};
use webkit::App;

use crate::{
    ACCEPT, CaseId, DECIDE, FILE, HEAD, ISSUE, REVIEW, SEE, SYSTEM_ACT,
    model::{By, Event, Role, TextRef},
    store::{self, CaseRow, Facts, FileRef, FormRef},
};

/// The subject of a case's chain, and under what the vault keeps its texts.
pub(crate) fn subject(id: CaseId) -> String {
    format!("case:{id}")
}

/// What is asked of permissions that concern a case.
pub(crate) fn scope(row: &CaseRow) -> Scope {
    Scope::item(row.facts.authority, row.facts.item).of(row.facts.holder).matter(row.id.cast())
}

/// The same of posts that work on a case where it is now: at the organ that examines first, or at the one that decides.
pub(crate) fn desk_scope(row: &CaseRow) -> Scope {
    Scope { authority: Some(row.desk()), ..scope(row) }
}

/// By what right somebody sees a case: of who decides it, of who examined it first, of the applicant.
///
/// # Errors
/// Those of the permission.
pub(crate) fn sees(ctx: &Ctx, row: &CaseRow) -> Result<Basis> {
    match (ctx.may(SEE, &scope(row)), row.facts.preliminary) {
        (Err(Error::Forbidden { .. }), Some(lower)) => ctx.may(SEE, &Scope { authority: Some(lower), ..scope(row) }),
        (answer, _) => answer,
    }
}

/// From which organ an officer looks at a case: from the one that decides, or else from the one that examined first.
pub(crate) fn seen_from(ctx: &Ctx, row: &CaseRow) -> Id<kernel::Authority> {
    let lower = row.facts.preliminary.filter(|_| ctx.may(SEE, &scope(row)).is_err());
    lower.unwrap_or(row.facts.authority)
}

/// One case, whoever asks.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub(crate) async fn load(app: &App, id: CaseId) -> Result<CaseRow> {
    let row = app.db.find(store::CASE, args![id]).await?.ok_or(Error::NotFound { what: "办件" })?;
    store::case(&row)
}

/// One case, for somebody who may see it. To others there is none: nobody learns from an address whether a case exists.
///
/// # Errors
/// [`Error::SignIn`] if nobody is signed in; [`Error::NotFound`].
pub(crate) async fn load_for(ctx: &Ctx, app: &App, id: CaseId) -> Result<CaseRow> {
    let row = load(app, id).await?;
    match sees(ctx, &row) {
        Ok(_) => Ok(row),
        Err(Error::Forbidden { .. }) => Err(Error::NotFound { what: "办件" }),
        Err(error) => Err(error),
    }
}

/// The document of an item's version.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn document(app: &App, item: Id<Item>, version: i64) -> Result<Arc<ItemDocument>> {
    let documents = app.part::<Documents>()?;
    catalogue::version(&app.db, &documents, item, version).await
}

/// The answers of a case's form, unsealed.
///
/// # Errors
/// [`Error::NotFound`] if they were erased; [`Error::Internal`] if they were altered.
pub(crate) async fn answers(app: &App, row: &CaseRow) -> Result<Value> {
    let bytes = app.vault.open(&subject(row.id), &row.form.name).await?;
    serde_json::from_slice(&bytes).map_err(Error::internal)
}

/// In which roles somebody acts on a case, and by what right in each.
pub(crate) struct Hands {
    pub(crate) by: By,
    rights: Vec<(Role, Basis)>,
    /// Whether it is the applicant's own, or looked at in the applicant's stead.
    own: bool,
}

impl Hands {
    /// The roles of the caller. Who is the applicant has no other role in the case, whatever posts he or she holds (回避).
    ///
    /// # Errors
    /// [`Error::SignIn`] if no person acts.
    pub(crate) fn of(ctx: &Ctx, row: &CaseRow) -> Result<Self> {
        let (person, facts) = (ctx.person()?, &row.facts);
        let mut rights = Vec::new();
        if let Ok(basis) = ctx.may(FILE, &scope(row)) {
            rights.push((Role::Applicant, basis));
        }
        // Who may only look for the applicant has no role, and is no officer.
        let own = ctx.actor.holder() == Some(facts.holder);
        if rights.is_empty() && !own && facts.holder != Holder::Person(person) {
            let posts = [
                (Role::Accept, ACCEPT),
                (Role::Review, REVIEW),
                (Role::Decide, DECIDE),
                (Role::Issue, ISSUE),
                (Role::Head, HEAD),
            ];
            let here = desk_scope(row);
            for (role, permission) in posts.into_iter().filter(|it| row.works(it.0)) {
                if let Ok(basis) = ctx.may(permission, &here) {
                    rights.push((role, basis));
                }
            }
        }
        let by = By { person: Some(person), roles: rights.iter().map(|it| it.0).collect() };
        Ok(Self { by, rights, own })
    }

    /// The roles of a department's own system: the officers' all, for it has its own posts over there. `operator`: the keyed digest of who
    /// did it, which stands where a person's id would, so that who accepted or reviewed is known again before the decision; it is no
    /// person's here.
    ///
    /// # Errors
    /// Those of the permission.
    pub(crate) fn of_system(ctx: &Ctx, row: &CaseRow, operator: Option<String>) -> Result<Self> {
        let basis = ctx.may(SYSTEM_ACT, &desk_scope(row))?;
        let roles = [Role::Accept, Role::Review, Role::Decide, Role::Issue, Role::Head];
        let rights: Vec<_> = roles.into_iter().filter(|it| row.works(*it)).map(|role| (role, basis)).collect();
        let person = operator.and_then(|it| it.get(..32)?.parse().ok());
        let by = By { person, roles: rights.iter().map(|it| it.0).collect() };
        Ok(Self { by, rights, own: false })
    }

    /// The context under which an act in this role is recorded: in whose stead it is done, if its right is that of a stand-in (代岗).
    pub(crate) fn in_stead(&self, ctx: &Ctx, role: Role) -> Ctx {
        let right = self.rights.iter().find(|it| it.0 == role).map(|it| it.1);
        let grant = ctx.actor.grants.iter().find(|it| right == Some(Basis::Post(it.post)));
        match grant.and_then(|it| it.stands_for) {
            Some(person) => {
                let on_behalf_of = Some(Holder::Person(person));
                ctx.as_actor(Actor { on_behalf_of, ..Actor::clone(&ctx.actor) })
            }
            None => ctx.clone(),
        }
    }

    /// Whether an officer looks, not the applicant.
    pub(crate) fn officer(&self) -> bool {
        !self.own && !self.by.roles.contains(&Role::Applicant)
    }

    /// Asks whether the last proof of who acts is fresh enough, if nobody but who decides, issues or heads the organ may carry the act out.
    ///
    /// # Errors
    /// [`Error::ProveAgain`].
    pub(crate) fn proven(ctx: &Ctx, roles: &[Role]) -> Result<()> {
        let asked = |role: &Role| match role {
            Role::Decide => ctx.proven(DECIDE),
            Role::Issue => ctx.proven(ISSUE),
            Role::Head => ctx.proven(HEAD),
            Role::Applicant | Role::Accept | Role::Review | Role::System => Ok(()),
        };
        let refused = roles.iter().map(asked).collect::<Vec<_>>();
        if refused.iter().any(Result::is_ok) { Ok(()) } else { refused.into_iter().collect() }
    }

    /// Guards the unit by the rights behind these roles.
    pub(crate) fn guard(&self, unit: &mut Unit, ctx: &Ctx, roles: &[Role]) {
        let mut guarded: Vec<Basis> = Vec::new();
        for (role, basis) in &self.rights {
            if roles.contains(role) && !guarded.contains(basis) {
                identity::still_holds(unit, ctx, basis);
                guarded.push(*basis);
            }
        }
    }
}

/// An entry of a case's chain: the machine's event, and beside it what the machine does not know.
#[derive(Serialize)]
pub(crate) struct Entry<'a> {
    #[serde(flatten)]
    pub(crate) event: &'a Event,
    #[serde(flatten)]
    pub(crate) facts: Option<&'a Facts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) form: Option<&'a FormRef>,
    #[serde(skip_serializing_if = "<[FileRef]>::is_empty")]
    pub(crate) files: &'a [FileRef],
    /// Who did it in a department's own system, sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operator: Option<&'a TextRef>,
}

/// What an entry says besides the event, read back.
#[derive(Deserialize)]
pub(crate) struct Beside {
    #[serde(default)]
    pub(crate) form: Option<FormRef>,
    #[serde(default, deserialize_with = "handed_in")]
    pub(crate) files: Vec<FileRef>,
}

/// The files of materials; under the same name the result of a procedure and the record of a hearing name files of officers, which are of
/// the event.
fn handed_in<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<FileRef>, D::Error> {
    let all = Vec::<Value>::deserialize(deserializer)?.into_iter().filter(|it| it.get("material").is_some());
    all.map(|it| serde_json::from_value(it).map_err(serde::de::Error::custom)).collect()
}

/// Appends an entry to the case's chain.
pub(crate) fn append(unit: &mut Unit, ctx: &Ctx, head: &Head, id: CaseId, entry: &Entry<'_>) -> Result<Head> {
    journal::append(unit, ctx, head, (&subject(id), entry.event.kind()), entry)
}
