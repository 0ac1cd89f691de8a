//! How cases, their papers and the templates of these, who has them in hand, what is noted on them, and loaded notices are replayed by `yiwang journal verify` and compared with their rows.

use std::collections::BTreeMap;

use journal::{Attested, Record, Replay, Thing};
use kernel::{Error, Result};
use serde::Serialize;
use serde_json::Value;
use storage::{Row, Sql};

use crate::{
    feed::{PAPER_MADE, PaperMade},
    model::{Case, Event, opinion::OpinionState, pledge::PledgeState},
    service::{
        Beside,
        claims::Claim,
        hooks::HookEntry,
        notes::{self, NoteState},
        opinions,
        templates::TemplateWritten,
    },
    store::{self, Derived, Facts, FileRef, FormRef, desk, templates},
};

/// Everything of the area that has a chain.
pub(crate) fn all() -> Vec<Box<dyn Replay>> {
    vec![
        Box::new(Cases),
        Box::new(Papers),
        Box::new(Templates),
        Box::new(Claims),
        Box::new(Notes),
        Box::new(Opinions),
        Box::new(Hooks),
        Box::new(Pledges),
        Box::new(Calendars),
    ]
}

/// All that the record determines of a case's row.
#[derive(Serialize)]
struct Told<'a> {
    facts: &'a Facts,
    /// The case that is found under its number.
    numbered: Option<&'a str>,
    /// Whether its row and the claims agree on who has it in hand.
    claims_agree: bool,
    channel: &'a str,
    filed_at: i64,
    /// At which organ it is worked on.
    desk: String,
    state: &'a Case,
    derived: &'a Derived,
    form: &'a FormRef,
    files: &'a [FileRef],
}

struct Cases;

impl Replay for Cases {
    fn prefix(&self) -> &'static str {
        "case:"
    }

    fn rows(&self) -> Sql {
        store::CASE_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let it = store::case(row)?;
        let derived = Derived::read(row)?;
        let told = Told {
            facts: &it.facts,
            numbered: row.opt_text("numbered")?,
            claims_agree: row.text("claimed_by")? == row.opt_text("claimant")?.unwrap_or_default(),
            channel: row.text("channel")?,
            filed_at: row.int("filed_at")?,
            desk: row.string("desk")?,
            state: &it.case,
            derived: &derived,
            form: &it.form,
            files: &it.files,
        };
        Ok(Thing { subject: format!("case:{}", it.id), state: store::json(&told)? })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let first = entries.first().ok_or_else(|| Error::internal("a chain without an entry"))?;
        let facts: Facts = serde_json::from_str(&first.body).map_err(Error::internal)?;
        let mut events = Vec::with_capacity(entries.len());
        let (mut form, mut files) = (None, Vec::new());
        for entry in entries {
            events.push(Event::read(&entry.kind, &entry.body).map_err(Error::internal)?);
            let beside: Beside = serde_json::from_str(&entry.body).map_err(Error::internal)?;
            form = beside.form.or(form);
            files.extend(beside.files);
        }
        let case = Case::replay(&events).map_err(Error::internal)?;
        let told = Told {
            facts: &facts,
            numbered: first.subject.strip_prefix(self.prefix()),
            claims_agree: true,
            channel: store::channel_code(case.channel),
            filed_at: case.filed.at.micros(),
            desk: facts.desk(&case).to_string(),
            state: &case,
            derived: &Derived::of(&case),
            form: &form.ok_or_else(|| Error::internal("a case without a form"))?,
            files: &files,
        };
        Ok(Thing { subject: first.subject.clone(), state: store::json(&told)? })
    }
}

struct Papers;

impl Replay for Papers {
    fn prefix(&self) -> &'static str {
        "case-paper:"
    }

    fn rows(&self) -> Sql {
        store::PAPER_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let made = PaperMade {
            case: row.id("case_id")?,
            number: row.int("number")?,
            paper: row.string("kind")?,
            title: row.string("title")?,
            authority: row.id("authority")?,
            year: row.int("year")?,
            serial: row.int("serial")?,
            document_number: row.string("document_number")?,
            content: row.string("content")?,
            content_sm3: String::new(),
            file: row.string("blob")?,
            template: row.string("template")?,
        };
        let told = serde_json::json!({ "made": made, "at": row.int("made_at")? });
        Ok(Thing { subject: format!("case-paper:{}", row.text("id")?), state: told.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let [entry] = entries else { return Err(Error::internal("a paper is made once")) };
        if entry.kind != PAPER_MADE {
            return Err(Error::internal(format!("{} is no paper", entry.kind)));
        }
        let made: PaperMade = serde_json::from_str(&entry.body).map_err(Error::internal)?;
        // The row does not repeat the digest of the sealed content.
        let made = PaperMade { content_sm3: String::new(), ..made };
        let told = serde_json::json!({ "made": made, "at": entry.at.micros() });
        Ok(Thing { subject: entry.subject.clone(), state: told.to_string() })
    }
}

struct Templates;

impl Replay for Templates {
    fn prefix(&self) -> &'static str {
        "paper-template:"
    }

    fn rows(&self) -> Sql {
        templates::TEMPLATE_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let state = serde_json::json!([row.text("authority")?, row.text("kind")?]);
        Ok(Thing { subject: format!("paper-template:{}", row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let last = entries.last().ok_or_else(|| Error::internal("a chain without an entry"))?;
        let written: TemplateWritten = serde_json::from_str(&last.body).map_err(Error::internal)?;
        let state = serde_json::json!([written.authority, written.kind]);
        Ok(Thing { subject: last.subject.clone(), state: state.to_string() })
    }

    /// Each version stays as the entry that put it in force told it.
    fn attested(&self) -> Vec<Attested> {
        vec![Attested {
            table: "paper_template_versions",
            rows: templates::TEMPLATE_VERSION_ROWS,
            row: |row| {
                let body = row.text("body")?;
                let sm3 = if body.is_empty() { String::new() } else { vault::sm3_hex(body.as_bytes()) };
                Ok(serde_json::json!([sm3, row.int("at")?]).to_string())
            },
            told: |entry| {
                let written: TemplateWritten = serde_json::from_str(&entry.body).map_err(Error::internal)?;
                let state = serde_json::json!([written.body_sm3, entry.at.micros()]);
                Ok(BTreeMap::from([("version".to_owned(), state.to_string())]))
            },
            goes_on: None,
        }]
    }
}

struct Claims;

impl Replay for Claims {
    fn prefix(&self) -> &'static str {
        "case-claim:"
    }

    fn rows(&self) -> Sql {
        desk::CLAIM_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let claim = Claim { case: row.id("case_id")?, post: row.string("post")?, person: row.string("person")? };
        Ok(Thing { subject: format!("case-claim:{}", row.text("id")?), state: store::json(&claim)? })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let last = entries.last().ok_or_else(|| Error::internal("a chain without an entry"))?;
        let claim: Claim = serde_json::from_str(&last.body).map_err(Error::internal)?;
        Ok(Thing { subject: last.subject.clone(), state: store::json(&claim)? })
    }
}

struct Notes;

impl Replay for Notes {
    fn prefix(&self) -> &'static str {
        "case-note:"
    }

    fn rows(&self) -> Sql {
        desk::NOTE_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let state = store::json(&notes::state(row)?)?;
        Ok(Thing { subject: format!("case-note:{}", row.text("id")?), state })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let [entry] = entries else { return Err(Error::internal("a note is written once")) };
        let note: NoteState = serde_json::from_str(&entry.body).map_err(Error::internal)?;
        Ok(Thing { subject: entry.subject.clone(), state: store::json(&note)? })
    }
}

struct Opinions;

impl Replay for Opinions {
    fn prefix(&self) -> &'static str {
        "case-opinion:"
    }

    fn rows(&self) -> Sql {
        store::opinions::OPINION_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let told = serde_json::json!({
            "case": row.text("case_id")?, "number": row.int("number")?, "authority": row.text("authority")?,
            "due": row.text("due_day")?, "open": row.int("open")?, "state": opinions::state(row)?,
        });
        Ok(Thing { subject: format!("case-opinion:{}", row.text("id")?), state: told.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let last = entries.last().ok_or_else(|| Error::internal("a chain without an entry"))?;
        let it: OpinionState = serde_json::from_str(&last.body).map_err(Error::internal)?;
        let told = serde_json::json!({
            "case": it.case, "number": it.number, "authority": it.authority, "due": it.due.to_string(),
            "open": i64::from(it.is_open()), "state": it,
        });
        Ok(Thing { subject: last.subject.clone(), state: told.to_string() })
    }
}

struct Hooks;

impl Replay for Hooks {
    fn prefix(&self) -> &'static str {
        "case-hook:"
    }

    fn rows(&self) -> Sql {
        store::hooks::HOOK_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let hook = store::hooks::read(row)?;
        let told = serde_json::json!({
            "client": row.text("client")?, "authority": row.text("authority")?, "state": hook.state,
        });
        Ok(Thing { subject: format!("case-hook:{}", hook.id), state: told.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let last = entries.last().ok_or_else(|| Error::internal("a chain without an entry"))?;
        let HookEntry { state, .. } = serde_json::from_str(&last.body).map_err(Error::internal)?;
        let told = serde_json::json!({ "client": state.client, "authority": state.authority, "state": state });
        Ok(Thing { subject: last.subject.clone(), state: told.to_string() })
    }
}

struct Pledges;

impl Pledges {
    /// All that a row holds, as it follows from what the record says.
    fn told(state: &PledgeState) -> Value {
        serde_json::json!({
            "case": state.case, "file": state.file, "holder": state.holder, "item": state.item,
            "authority": state.authority, "standing": state.standing.code(), "state": state,
        })
    }
}

impl Replay for Pledges {
    fn prefix(&self) -> &'static str {
        "case-pledge:"
    }

    fn rows(&self) -> Sql {
        store::pledges::PLEDGE_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let it = store::pledges::read(row)?;
        let told = serde_json::json!({
            "case": row.text("case_id")?, "file": row.int("file")?, "holder": row.text("holder")?, "item": row.text("item")?,
            "authority": row.text("authority")?, "standing": row.text("standing")?, "state": it.state,
        });
        Ok(Thing { subject: format!("case-pledge:{}", it.id), state: told.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let last = entries.last().ok_or_else(|| Error::internal("a chain without an entry"))?;
        let state: PledgeState = serde_json::from_str(&last.body).map_err(Error::internal)?;
        Ok(Thing { subject: last.subject.clone(), state: Self::told(&state).to_string() })
    }
}

struct Calendars;

impl Replay for Calendars {
    fn prefix(&self) -> &'static str {
        "calendar:"
    }

    fn rows(&self) -> Sql {
        store::CALENDAR_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let told = serde_json::json!({ "year": row.int("year")?, "notice": row.text("notice")? });
        Ok(Thing { subject: format!("calendar:{}", row.text("id")?), state: told.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let last = entries.last().ok_or_else(|| Error::internal("a chain without an entry"))?;
        let told: Value = serde_json::from_str(&last.body).map_err(Error::internal)?;
        Ok(Thing { subject: last.subject.clone(), state: told.to_string() })
    }
}
