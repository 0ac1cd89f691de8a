//! What erasing a person asks of the cases: that none is open, and that drafts are forgotten. Files of closed cases stay, by law.

use kernel::{Holder, Id, Moment, Person, Result};
use storage::{BlobId, Unit, args};
use webkit::App;

use super::{exports, subject, typed, uploads};
use crate::{
    CaseId,
    store::{self, desk, guard},
};

/// The last papers of a case are surely made so many seconds after its last change.
const PAPERS_SECONDS: i64 = 600;
/// Drafts of one person at most.
const DRAFTS_MAX: i64 = 200;

/// The cases of a person, as far as they matter before it is erased.
#[derive(Debug, Default)]
pub struct PersonsCases {
    /// Numbers of cases that are not over, or only just: its own, and those it filed for enterprises (five of each at most).
    pub not_over: Vec<String>,
    /// How many cases of its own there are.
    pub own: i64,
}

/// The cases of a person.
///
/// # Errors
/// If the engine fails.
pub async fn persons_cases(app: &App, person: Id<Person>, now: Moment) -> Result<PersonsCases> {
    let since = now.plus_seconds(-PAPERS_SECONDS);
    let own = Holder::Person(person).to_string();
    let counted = app.db.find(store::COUNT_OF_HOLDER, args![&own]).await?;
    let mut asks = vec![(own, String::new())];
    for it in identity::enterprises_of(&app.db, person, now.legal_date()).await? {
        asks.push((Holder::Enterprise(it.enterprise.id).to_string(), person.to_string()));
    }
    let mut not_over = Vec::new();
    for (holder, filed_by) in asks {
        for row in app.db.query(store::NOT_OVER, args![holder, since, filed_by]).await? {
            not_over.push(row.string("number")?);
        }
    }
    Ok(PersonsCases { not_over, own: counted.map_or(Ok(0), |row| row.int("cases"))? })
}

/// Forgets in this unit a person's drafts, also those that a window fills in for it, what the person was told, the lists it had written out, and what it kept for itself at
/// a desk; gives how many drafts, and the files that may go once it is committed.
///
/// # Errors
/// If the engine fails.
pub async fn forget_drafts(app: &App, unit: &mut Unit, person: Id<Person>) -> Result<(usize, Vec<BlobId>)> {
    let holder = Holder::Person(person).to_string();
    let mut drafts = Vec::new();
    for own in [true, false] {
        let mut after = String::new();
        loop {
            let page = match own {
                true => app.db.query(store::DRAFTS_ALL_OF, args![person, &after, DRAFTS_MAX]).await?,
                false => app.db.query(store::DRAFTS_FOR, args![&holder, &after, person, DRAFTS_MAX]).await?,
            };
            let Some(last) = page.last() else { break };
            after = last.string("id")?;
            drafts.extend(page);
        }
    }
    let mut files = Vec::new();
    for row in &drafts {
        let id: CaseId = row.id("id")?;
        for file in app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await? {
            files.extend(store::material(&file)?.own_blobs().map(str::to_owned));
        }
        unit.one(guard::DRAFT, store::DRAFT_DROP, args![id, row.int("version")?]);
        unit.run(store::MATERIALS_DROP, args![id]);
        files.extend(uploads::forget_of_case(app, unit, id).await?);
        app.vault.destroy(unit, &subject(id));
    }
    files.extend(uploads::forget_of_person(app, unit, person).await?);
    files.extend(exports::forget_of_person(app, unit, person).await?);
    unit.run(store::NOTICES_FORGET, args![person]);
    unit.run(store::CHOICES_FORGET, args![person]);
    unit.run(desk::VIEWS_DROP, args![person]);
    unit.run(desk::ABSENCE_DROP, args![person]);
    unit.run(desk::PHRASES_DROP, args![typed::own_phrases(person)]);
    Ok((drafts.len(), files))
}
