//! What the portal learns of cases by reading the record: which items people use, and how long they really take.

use std::collections::HashMap;

use async_trait::async_trait;
use journal::{
    Record,
    feed::{Reader, Start},
};
use kernel::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use standards::{Calendar, Suspension};
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
    /// The days of a special procedure that has ended.
    stop: Option<Stop>,
    /// The kind of the entry that was undone (撤销错误的办理).
    undone: String,
}

/// Entries that decide a case.
const DECIDED: [&str; 2] = ["cases.approved", "cases.refused"];

/// Days that the legal clock does not count (行政许可法 art. 45), both included.
#[derive(Debug, Clone, Deserialize, Serialize)]
struct Stop {
    from: String,
    to: String,
}

/// A case that is not decided yet.
#[derive(Clone, Default)]
struct Open {
    item: String,
    accepted_on: String,
    stops: Vec<Stop>,
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
                    open.insert(case.to_owned(), Open { item: told.item, ..Open::default() });
                }
                "cases.accepted" | "cases.deemed_accepted" => {
                    unit.run(store::OPEN_ACCEPT, args![case, &told.on]);
                    if let Some(it) = self.known(&mut open, case).await? {
                        open.insert(case.to_owned(), Open { accepted_on: told.on, ..it });
                    }
                }
                "cases.special_ended" => {
                    if let (Some(mut it), Some(stop)) = (self.known(&mut open, case).await?, told.stop) {
                        it.stops.push(stop);
                        let stops = serde_json::to_string(&it.stops).map_err(Error::internal)?;
                        unit.run(store::OPEN_STOP, args![case, stops]);
                        open.insert(case.to_owned(), it);
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
                "cases.annulled" if DECIDED.contains(&told.undone.as_str()) => {
                    if let Some(it) = undecided(&self.app, unit, entry).await? {
                        open.insert(case.to_owned(), it);
                    }
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
        let read = |row: storage::Row| {
            Ok(Open { item: row.string("item")?, accepted_on: row.string("accepted_on")?, stops: row.json("stops")? })
        };
        row.map(read).transpose()
    }
}

/// A decision was undone: what it took is taken back, and the case is open again as it was before. Told by the case's own chain, since nothing
/// is kept of a decided case but what it took.
async fn undecided(app: &App, unit: &mut Unit, annulled: &Record) -> Result<Option<Open>> {
    let Some(case) = annulled.subject.strip_prefix("case:") else { return Ok(None) };
    let (mut it, mut decided) = (Open::default(), None);
    for entry in journal::history(&app.db, &annulled.subject).await? {
        if entry.version >= annulled.version {
            break;
        }
        let told: Told = serde_json::from_str(&entry.body).unwrap_or_default();
        match entry.kind.as_str() {
            "cases.filed" => it.item = told.item,
            "cases.accepted" | "cases.deemed_accepted" => it.accepted_on = told.on,
            "cases.special_ended" => it.stops.extend(told.stop),
            kind if DECIDED.contains(&kind) => decided = Some(entry.at.legal_date()),
            _ => {}
        }
    }
    let Some(decided) = decided else { return Ok(None) };
    unit.run(store::HANDLED_DROP, args![&it.item, decided.to_string(), case]);
    unit.run(store::OPEN_ADD, args![case, &it.item]);
    unit.run(store::OPEN_ACCEPT, args![case, &it.accepted_on]);
    unit.run(store::OPEN_STOP, args![case, serde_json::to_string(&it.stops).map_err(Error::internal)?]);
    Ok(Some(it))
}

/// Working days from acceptance to decision as the legal clock counts them: on the published calendar, without special procedures.
/// What was decided the same day took none. The time until the applicant had everything together (补正) lies before acceptance.
fn took(case: &Open, decided: Date) -> Option<(String, i64)> {
    let accepted = day(&case.accepted_on)?;
    let stops = case.stops.iter().filter_map(|it| Suspension::new(day(&it.from)?, Some(day(&it.to)?)).ok());
    let days = Calendar::published().elapsed(accepted, decided, &stops.collect::<Vec<_>>()).ok()?.fixed()?;
    Some((case.item.clone(), days))
}

fn day(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_took_what_the_legal_clock_counted_and_nothing_is_told_of_what_cannot_be_reckoned() {
        let stop = |from: &str, to: &str| Stop { from: from.to_owned(), to: to.to_owned() };
        let decided = day("2026-03-11").unwrap();
        for (accepted, stops, days) in [
            ("", vec![], None),
            ("2026-02-30", vec![], None),
            ("2026-03-11", vec![], Some(0)),
            ("2026-03-02", vec![], Some(7)),
            // A stop that ends before it begins, or says no day, is none.
            ("2026-03-02", vec![stop("2026-03-06", "2026-03-04"), stop("", "")], Some(7)),
            ("2026-03-02", vec![stop("2026-03-03", "2026-03-05")], Some(4)),
            ("2026-03-02", vec![stop("2026-03-03", "2026-03-05"), stop("2026-03-07", "2026-03-09")], Some(3)),
            ("2026-03-02", vec![stop("2026-03-03", "2026-03-31")], Some(0)),
        ] {
            let case = Open { item: "one".to_owned(), accepted_on: accepted.to_owned(), stops };
            assert_eq!(took(&case, decided).map(|it| it.1), days, "{accepted} {:?}", case.stops);
        }
    }
}
