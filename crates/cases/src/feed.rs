//! Papers, and what applicants are told: made by readers of the journal, so that no act waits for them; the numbers of papers have neither
//! gap nor repeat.

pub(crate) mod compose;
mod hooks;
mod moves;
mod notice;
pub(crate) mod sample;
#[cfg(test)]
mod tests;
mod values;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use journal::{
    Head, Record,
    feed::{Reader, Start},
};
use kernel::{Authority, Ctx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use storage::{Unit, args};
use webkit::App;

use crate::{
    CaseId,
    model::{Event, PaperKind},
    service::{self, papers::place},
    store::{self, CaseRow, guard},
};

/// A paper, as an id's mark.
#[derive(Debug)]
pub(crate) enum PaperMark {}

/// What the record says of a paper that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaperMade {
    pub(crate) case: CaseId,
    /// The version of the case's entry that it was made for.
    pub(crate) number: i64,
    pub(crate) paper: String,
    pub(crate) title: String,
    pub(crate) authority: Id<Authority>,
    pub(crate) year: i64,
    pub(crate) serial: i64,
    pub(crate) document_number: String,
    /// The name of the sealed content in the vault, and SM3 of its sealed bytes.
    pub(crate) content: String,
    pub(crate) content_sm3: String,
    /// SM3 of the sealed file, which is its name among the files.
    pub(crate) file: String,
    /// From which template it was made: `shipped@SM3`, `site@VERSION`, `AUTHORITY@VERSION`; empty: before templates were kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) template: String,
}

/// The kind of entry that tells of a paper.
pub(crate) const PAPER_MADE: &str = "cases.paper_made";

/// The area's readers.
pub(crate) fn readers(app: &App) -> Vec<Arc<dyn Reader>> {
    vec![
        Arc::new(PaperMaker { app: app.clone() }),
        Arc::new(Teller { app: app.clone() }),
        Arc::new(moves::Moves),
        Arc::new(hooks::Hooks { app: app.clone() }),
    ]
}

/// Tells applicants how their cases go on. A site that gets it later tells of what comes from then on.
struct Teller {
    app: App,
}

#[async_trait]
impl Reader for Teller {
    fn name(&self) -> &'static str {
        "cases.notices"
    }

    fn start(&self) -> Start {
        Start::Now
    }

    fn batch(&self) -> usize {
        50
    }

    async fn take(&self, ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()> {
        for entry in entries {
            let Some(id) = entry.subject.strip_prefix("case:") else { continue };
            let event = Event::read(&entry.kind, &entry.body).map_err(Error::internal)?;
            let row = service::load(&self.app, id.parse()?).await?;
            service::notices::tell(ctx, unit, &self.app, (&row, &event, entry.version)).await?;
            service::owing::keep(unit, &row);
            service::pledges::follow(&self.app, unit, (&row, &event)).await?;
        }
        Ok(())
    }
}

/// Makes the papers that the law asks for.
struct PaperMaker {
    app: App,
}

#[async_trait]
impl Reader for PaperMaker {
    fn name(&self) -> &'static str {
        "cases.papers"
    }

    fn start(&self) -> Start {
        Start::Origin
    }

    fn batch(&self) -> usize {
        50
    }

    async fn take(&self, ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()> {
        let mut serials = Serials::new();
        for entry in entries {
            let Some(id) = entry.subject.strip_prefix("case:") else { continue };
            let event = Event::read(&entry.kind, &entry.body).map_err(Error::internal)?;
            let Some(kind) = event.paper().filter(|it| !it.is_read_off()) else { continue };
            let row = service::load(&self.app, id.parse()?).await?;
            match self.make(ctx, unit, (&row, entry, &event, kind), &mut serials).await {
                Ok(()) => {}
                // What the paper would have told was erased by law meanwhile.
                Err(Error::NotFound { .. }) => {
                    tracing::warn!(case = %row.id, "no paper is made: its content was erased")
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

type Serials = BTreeMap<(Id<Authority>, PaperKind, i64), i64>;

impl PaperMaker {
    async fn make(
        &self,
        ctx: &Ctx,
        unit: &mut Unit,
        (row, entry, event, kind): (&CaseRow, &Record, &Event, PaperKind),
        serials: &mut Serials,
    ) -> Result<()> {
        let app = &self.app;
        let year = i64::from(event.at.legal_date().year());
        let key = app.vault.key(&service::subject(row.id)).await?;
        let office = row.facts.office_of(&row.case, event);
        let serial = self.next(serials, (office, kind, year)).await?;
        let composed = compose::compose(app, (row, event, kind), Some((year, serial))).await?;
        let (vault, of, sealing, at) = (app.vault.clone(), ctx.clone(), key.clone(), place(row.id, entry.version));
        let seal = move |pdf: Vec<u8>| vault.seal_bytes(&of, &sealing, &at, &pdf);
        let sealed = composed.print_behind(app, event.at, seal).await?;
        let compose::Composed { paper, template, .. } = composed;
        let holder = service::subject(row.id);
        let file = app.blobs.put(sealed).await?;
        let content = format!("paper.{}", entry.version);
        let text = store::json(&paper)?;
        let content_sm3 = app.vault.seal(unit, ctx, (&holder, &key), &content, text.as_bytes());
        let made = PaperMade {
            case: row.id,
            number: entry.version,
            paper: kind.code().to_owned(),
            title: paper.title,
            authority: office,
            year,
            serial,
            document_number: paper.number.unwrap_or_default(),
            content,
            content_sm3,
            file,
            template,
        };
        let id = ctx.new_id::<PaperMark>();
        let head = journal::append(unit, ctx, &Head::none(), (&format!("case-paper:{id}"), PAPER_MADE), &made)?;
        let values = args![
            made.case,
            made.number,
            id,
            made.paper,
            made.title,
            made.authority,
            made.year,
            made.serial,
            made.document_number,
            made.content,
            made.file,
            head.at,
            head.version,
            head.hash,
            head.at,
            made.template,
        ];
        unit.one(guard::PAPER, store::PAPER_ADD, values);
        Ok(())
    }

    /// The next number of the authority's papers of this kind and year; counted on within the batch.
    async fn next(&self, serials: &mut Serials, key: (Id<Authority>, PaperKind, i64)) -> Result<i64> {
        let last = match serials.get(&key) {
            Some(last) => *last,
            None => {
                let row = self.app.db.find(store::PAPER_LAST, args![key.0, key.1.code(), key.2]).await?;
                row.map_or(Ok(0), |row| row.int("serial"))?
            }
        };
        serials.insert(key, last + 1);
        Ok(last + 1)
    }
}
