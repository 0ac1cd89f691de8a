//! What the portal learns of cases by reading the record: which items people use, and how long they really take.

use std::collections::HashMap;

use async_trait::async_trait;
use journal::{
    Record,
    feed::{Reader, Start},
};
use kernel::{Ctx, Result};
use serde::Deserialize;
use standards::Calendar;
use storage::{Unit, args};
use time::{Date, macros::format_description};
use webkit::App;

use crate::store;

/// The reader of cases. It knows their entries by kind and by the few fields that it takes; whatever else they say it passes over.
pub(crate) struct CaseReader {
    pub(crate) app: App,
}

/// What it takes of an entry.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    /// The item, in the entry of the filing.
    item: String,
    /// The legal day of acceptance.
    on: String,
}

/// A case that is not decided yet.
#[derive(Clone)]
struct Open {
    item: String,
    accepted_on: String,
}

#[async_trait]
impl Reader for CaseReader {
    fn name(&self) -> &'static str {
        "portal.cases"
    }

    fn start(&self) -> Start {
        Start::Origin
    }

    async fn take(&self, ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()> {
        // What this batch itself says of a case is not in the tables yet.
        let mut open: HashMap<String, Open> = HashMap::new();
        for entry in entries {
            let Some(case) = entry.subject.strip_prefix("case:") else { continue };
            let told: Told = serde_json::from_str(&entry.body).unwrap_or_default();
            match entry.kind.as_str() {
                "cases.filed" => {
                    let day = entry.at.legal_date();
                    let month = format!("{}-{:02}", day.year(), u8::from(day.month()));
                    unit.run(store::USE_ADD, args![&told.item, month]);
                    unit.run(store::OPEN_ADD, args![case, &told.item]);
                    open.insert(case.to_owned(), Open { item: told.item, accepted_on: String::new() });
                }
                "cases.accepted" | "cases.deemed_accepted" => {
                    unit.run(store::OPEN_ACCEPT, args![case, &told.on]);
                    if let Some(it) = self.known(&mut open, case).await? {
                        open.insert(case.to_owned(), Open { accepted_on: told.on, ..it });
                    }
                }
                "cases.approved" | "cases.refused" => {
                    let found = self.known(&mut open, case).await?;
                    let decided = entry.at.legal_date();
                    if let Some((item, days)) = found.and_then(|it| took(&it, decided)) {
                        unit.run(store::HANDLED_ADD, args![item, decided.to_string(), case, days]);
                    }
                    unit.run(store::OPEN_DROP, args![case]);
                }
                "cases.withdrawn" | "cases.lapsed" | "cases.not_accepted" | "cases.not_needed" => {
                    unit.run(store::OPEN_DROP, args![case]);
                }
                _ => {}
            }
        }
        // Months that nobody asks for any more.
        let day = ctx.now.legal_date();
        unit.run(store::USE_DROP, args![format!("{}-{:02}", day.year() - 2, u8::from(day.month()))]);
        Ok(())
    }
}

impl CaseReader {
    /// The case as this batch knows it, else as the table does.
    async fn known(&self, open: &mut HashMap<String, Open>, case: &str) -> Result<Option<Open>> {
        if let Some(it) = open.get(case) {
            return Ok(Some(it.clone()));
        }
        let row = self.app.db.find(store::OPEN, args![case]).await?;
        let read = |row: storage::Row| Ok(Open { item: row.string("item")?, accepted_on: row.string("accepted_on")? });
        row.map(read).transpose()
    }
}

/// Working days from acceptance to decision, on the published calendar; what was decided the same day took none.
fn took(case: &Open, decided: Date) -> Option<(String, i64)> {
    let accepted = Date::parse(&case.accepted_on, format_description!("[year]-[month]-[day]")).ok()?;
    let days = Calendar::published().elapsed(accepted, decided, &[]).ok()?.fixed()?;
    Some((case.item.clone(), days))
}
