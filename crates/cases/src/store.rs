//! The only SQL of the area.

use journal::Head;
use kernel::{Authority, Channel, Error, Holder, Id, Item, Moment, Person, Result};
use serde::{Deserialize, Serialize};
use standards::Due;
use storage::{Migration, Row, Sql, Unit, Value, args};

use crate::{
    CaseId,
    model::{Case, Stage, State},
};

/// The area's schema.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { area: "cases", number: 1, sql: include_str!("../migrations/0001_cases.sql") },
    Migration { area: "cases", number: 2, sql: include_str!("../migrations/0002_wake_and_consent.sql") },
];

/// Every SQL text of the area, for the test that prepares each on both engines.
pub(crate) const SQL: &[Sql] = ALL;

/// Guards of the area's units.
pub(crate) mod guard {
    /// The version of the case that was read.
    pub(crate) const CASE: &str = "case";
    /// A number that another case has.
    pub(crate) const NUMBER: &str = "case number";
    /// The draft's version that was read.
    pub(crate) const DRAFT: &str = "case draft";
    /// The item is in force at the version that was read.
    pub(crate) const ITEM: &str = "item in force";
    /// The files that were read are those that are filed.
    pub(crate) const FILES: &str = "case files";
    /// Serials that another node leased first.
    pub(crate) const SERIALS: &str = "case serials";
    /// A paper's number, or the paper itself, that was made already.
    pub(crate) const PAPER: &str = "case paper";
    /// A notice of the same year that was loaded meanwhile.
    pub(crate) const YEAR: &str = "calendar year";
}

/// Files that one case may hold.
pub(crate) const FILES_MAX: i64 = 300;
/// Authorities among which one look-up of an applicant's cases chooses at most.
pub(crate) const AUTHORITIES: usize = 12;
/// Papers of one case that are read at once.
pub(crate) const PAPERS_MAX: i64 = 200;
/// Cases read at once by their ids; fewer are padded with `''`, which no case has.
pub(crate) const CASES_AT_ONCE: usize = 100;

macro_rules! columns {
    () => {
        "id, number, item, item_version, authority, division, holder, filed_by, channel, consent_at, filed_at, stage, state, \
         form, files, wake_day, wake_tbd, promised_due, promised_tbd, statutory_due, statutory_tbd, post, due_key, open, \
         version, head, changed_at"
    };
}

storage::sql! {
    /// One case.
    CASE = concat!("SELECT ", columns!(), " FROM cases WHERE id = $1");
    /// A new case.
    CASE_ADD = concat!("INSERT INTO cases (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
        $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)");
    /// What can change of a case, unless somebody changed it meanwhile.
    CASE_CHANGE = "UPDATE cases SET stage = $2, state = $3, form = $4, files = $5, wake_day = $6, wake_tbd = $7, \
        promised_due = $8, promised_tbd = $9, statutory_due = $10, statutory_tbd = $11, post = $12, due_key = $13, open = $14, \
        version = $15, head = $16, changed_at = $17 WHERE id = $1 AND version = $18";
    /// The number of a case.
    NUMBER_ADD = "INSERT INTO case_numbers (number, case_id) VALUES ($1, $2)";
    /// Whose number it is.
    NUMBER = "SELECT case_id FROM case_numbers WHERE number = $1";
    /// How many serials of a series are given out.
    SERIALS = "SELECT next FROM case_serials WHERE series = $1";
    /// The first block of a series.
    SERIALS_BEGIN = "INSERT INTO case_serials (series, next) VALUES ($1, $2)";
    /// A further block, unless another node was first.
    SERIALS_MOVE = "UPDATE case_serials SET next = $2 WHERE series = $1 AND next = $3";
    /// An applicant's cases, newest first.
    OF_HOLDER = concat!("SELECT ", columns!(), " FROM cases WHERE holder = $1 AND (filed_at, id) < ($2, $3) \
        ORDER BY filed_at DESC, id DESC LIMIT $4");
    /// As [`OF_HOLDER`], of the authorities at which an officer has posts, or of all.
    OF_HOLDER_SEEN = concat!("SELECT ", columns!(), " FROM cases WHERE holder = $1 AND (filed_at, id) < ($2, $3) \
        AND ($5 = 1 OR authority IN ($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)) \
        ORDER BY filed_at DESC, id DESC LIMIT $4");
    /// How many cases an applicant has.
    COUNT_OF_HOLDER = "SELECT count(*) AS cases FROM cases WHERE holder = $1";
    /// Cases of an applicant that are not over, or were changed since $2; those filed by $3 only, unless that is empty.
    NOT_OVER = "SELECT number FROM cases WHERE holder = $1 AND (open = 1 OR stage = 'delivered' OR changed_at > $2) \
        AND ($3 = '' OR filed_by = $3) ORDER BY filed_at, id LIMIT 5";
    /// What waits for a post of an authority, the most pressing first: keys only, so that the walk stays in its index. `$3`, `$4`: after
    /// this key; `$5`: due by this day.
    WAITING = "SELECT due_key, id FROM cases WHERE authority = $1 AND post = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        ORDER BY due_key, id LIMIT $6";
    /// As [`WAITING`], of one item or in one stage; empty: any.
    WAITING_FOR = "SELECT due_key, id FROM cases WHERE authority = $1 AND post = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) ORDER BY due_key, id LIMIT $6";
    /// As [`WAITING`], for a post that is held at every authority (`$1` is empty).
    WAITING_ANYWHERE = "SELECT due_key, id FROM cases WHERE $1 = '' AND post = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        ORDER BY due_key, id LIMIT $6";
    /// As [`WAITING_FOR`], for a post that is held at every authority (`$1` is empty).
    WAITING_ANYWHERE_FOR = "SELECT due_key, id FROM cases WHERE $1 = '' AND post = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) ORDER BY due_key, id LIMIT $6";
    /// Up to a hundred cases.
    CASES = concat!("SELECT ", columns!(), " FROM cases WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
        $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, \
        $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, \
        $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, \
        $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100)");
    /// Cases with which the platform does something by itself, since their day, which is certain, is past.
    WAKING = concat!("SELECT ", columns!(), " FROM cases WHERE wake_tbd = 0 AND wake_day < $1 AND (wake_day, id) > ($2, $3) \
        ORDER BY wake_day, id LIMIT $4");
    /// How many wait for a day that is past but provisional, counted up to a limit.
    WAKING_UNCERTAIN = "SELECT count(*) AS cases FROM (SELECT id FROM cases WHERE wake_tbd = 1 AND wake_day < $1 LIMIT $2) AS s";
    /// Cases with a clock, by id.
    OPEN_AFTER = concat!("SELECT ", columns!(), " FROM cases WHERE open = 1 AND id > $1 ORDER BY id LIMIT $2");
    /// For the verification of the record.
    CASE_ROWS = concat!("SELECT ", columns!(), " FROM cases WHERE id > $1 ORDER BY id LIMIT $2");
    /// One draft.
    DRAFT = "SELECT id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, expires FROM case_drafts WHERE id = $1";
    /// Drafts of a person, newest first.
    DRAFTS_OF = "SELECT id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, expires FROM case_drafts \
        WHERE person = $1 ORDER BY updated_at DESC, id DESC LIMIT $2";
    /// A new draft.
    DRAFT_ADD = "INSERT INTO case_drafts (id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, \
        expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)";
    /// Keeps what is filled in, unless another window did meanwhile.
    DRAFT_SAVE = "UPDATE case_drafts SET sealed = $2, version = version + 1, updated_at = $3, expires = $4 WHERE id = $1 AND version = $5";
    /// Takes a draft over to another version of its item, unless another window changed it meanwhile.
    DRAFT_RENEW = "UPDATE case_drafts SET item_version = $2, sealed = $3, version = version + 1, updated_at = $4, expires = $5 \
        WHERE id = $1 AND version = $6";
    /// A draft that was filed or thrown away.
    DRAFT_DROP = "DELETE FROM case_drafts WHERE id = $1 AND version = $2";
    /// Drafts whose time is over.
    DRAFTS_EXPIRED = "SELECT id, version FROM case_drafts WHERE expires < $1 ORDER BY expires, id LIMIT $2";
    /// Files of a case or draft.
    MATERIALS = "SELECT case_id, number, material, blob, name, kind, size, on_paper, added_by, added_at, filed_at FROM case_materials \
        WHERE case_id = $1 ORDER BY number LIMIT $2";
    /// One file.
    MATERIAL = "SELECT case_id, number, material, blob, name, kind, size, on_paper, added_by, added_at, filed_at FROM case_materials \
        WHERE case_id = $1 AND number = $2";
    /// A new file.
    MATERIAL_ADD = "INSERT INTO case_materials (case_id, number, material, blob, name, kind, size, on_paper, added_by, added_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// Takes a file back that was not sent yet.
    MATERIAL_DROP = "DELETE FROM case_materials WHERE case_id = $1 AND number = $2 AND filed_at IS NULL";
    /// Sends the files that lie ready.
    MATERIALS_FILE = "UPDATE case_materials SET filed_at = $2 WHERE case_id = $1 AND filed_at IS NULL";
    /// Forgets the files of a draft.
    MATERIALS_DROP = "DELETE FROM case_materials WHERE case_id = $1 AND filed_at IS NULL";
    /// Papers of a case.
    PAPERS = "SELECT case_id, number, id, kind, title, authority, year, serial, document_number, content, blob, made_at, version, head, \
        changed_at FROM case_papers WHERE case_id = $1 ORDER BY number LIMIT $2";
    /// One paper.
    PAPER = "SELECT case_id, number, id, kind, title, authority, year, serial, document_number, content, blob, made_at, version, head, \
        changed_at FROM case_papers WHERE case_id = $1 AND number = $2";
    /// The last number given to a paper of this authority, kind and year.
    PAPER_LAST = "SELECT coalesce(max(serial), 0) AS serial FROM case_papers WHERE authority = $1 AND kind = $2 AND year = $3";
    /// A new paper.
    PAPER_ADD = "INSERT INTO case_papers (case_id, number, id, kind, title, authority, year, serial, document_number, content, blob, \
        made_at, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// For the verification of the record.
    PAPER_ROWS = "SELECT case_id, number, id, kind, title, authority, year, serial, document_number, content, blob, made_at, version, \
        head, changed_at FROM case_papers WHERE id > $1 ORDER BY id LIMIT $2";
    /// A mark that rises with each notice loaded.
    CALENDAR_MARK = "SELECT CAST(coalesce(sum(version), 0) AS BIGINT) AS mark FROM calendar_years";
    /// The notices loaded.
    CALENDAR = "SELECT year, id, notice, version, head, changed_at FROM calendar_years ORDER BY year";
    /// A notice of a year that had none loaded.
    CALENDAR_ADD = "INSERT INTO calendar_years (year, id, notice, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Another notice of a year.
    CALENDAR_CHANGE = "UPDATE calendar_years SET notice = $2, version = $3, head = $4, changed_at = $5 WHERE year = $1 AND version = $6";
    /// For the verification of the record.
    CALENDAR_ROWS = "SELECT year, id, notice, version, head, changed_at FROM calendar_years WHERE id > $1 ORDER BY id LIMIT $2";
}

/// A file as the record knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRef {
    /// Its number within the case.
    pub(crate) number: i64,
    /// Which material it is.
    pub(crate) material: String,
    /// SM3 of its sealed bytes; empty: handed over on paper.
    pub(crate) sm3: String,
}

/// The form's answers as the record knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FormRef {
    /// The name of the sealed item in the vault.
    pub(crate) name: String,
    /// SM3 of its sealed bytes.
    pub(crate) sm3: String,
}

/// What a case is about, fixed at filing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) number: String,
    pub(crate) item: Id<Item>,
    pub(crate) item_version: i64,
    pub(crate) authority: Id<Authority>,
    pub(crate) division: String,
    #[serde(with = "holder_text")]
    pub(crate) holder: Holder,
    pub(crate) filed_by: Id<Person>,
    /// When the person at the window agreed, as `filed_by` told; `None`: filed by the applicant.
    pub(crate) consent_at: Option<Moment>,
}

/// A case with everything its row keeps.
#[derive(Debug, Clone)]
pub(crate) struct CaseRow {
    pub(crate) id: CaseId,
    pub(crate) facts: Facts,
    pub(crate) case: Case,
    pub(crate) form: FormRef,
    pub(crate) files: Vec<FileRef>,
    pub(crate) head: Head,
}

/// Columns that follow from the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Derived {
    pub(crate) stage: String,
    pub(crate) post: String,
    pub(crate) due_key: String,
    pub(crate) open: bool,
    /// The day after which the platform acts by itself.
    pub(crate) wake: Option<Due>,
    pub(crate) promised: Option<Due>,
    pub(crate) statutory: Option<Due>,
}

/// Who must act next at a stage.
pub(crate) fn post_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Filed | Stage::Received | Stage::Resupplied => "accept",
        Stage::CorrectionAsked | Stage::ApprovedOwing => "applicant",
        Stage::Accepted | Stage::UnderReview | Stage::Suspended => "review",
        Stage::ForDecision => "decide",
        Stage::Approved | Stage::Refused | Stage::Issued | Stage::Delivered => "issue",
        _ => "none",
    }
}

/// After every day of the calendar: no day presses.
pub(crate) const NO_DAY: &str = "9999-12-31";

impl Derived {
    /// What follows from this state.
    pub(crate) fn of(case: &Case) -> Self {
        let stage = case.stage();
        let pressing = match &case.state {
            State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => {
                Some(intake.due)
            }
            State::CorrectionAsked { correction, .. } => correction.answer_due,
            State::InHand { handling, .. } => Some(handling.promised_due),
            State::Suspended { special, .. } => Some(special.expected_end),
            State::Decided { decision, .. } | State::Issued { decision, .. } => Some(decision.delivery_due),
            _ => None,
        };
        let handling = case.handling().filter(|_| !matches!(case.state, State::Suspended { .. }));
        Self {
            stage: stage.code().to_owned(),
            post: post_of(stage).to_owned(),
            due_key: pressing.map_or_else(|| NO_DAY.to_owned(), |due| due.value().to_string()),
            open: !stage.is_final() && stage != Stage::Delivered,
            wake: case.wake().map(|it| it.after),
            promised: handling.map(|it| it.promised_due),
            statutory: handling.map(|it| it.statutory_due),
        }
    }

    /// What the row's columns say.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let due = |day: &str, tbd: &str| -> Result<Option<Due>> {
            let provisional = row.flag(tbd)?;
            let day = row.opt_date(day)?;
            Ok(day.map(|day| if provisional { Due::Provisional(day) } else { Due::Fixed(day) }))
        };
        Ok(Self {
            stage: row.string("stage")?,
            post: row.string("post")?,
            due_key: row.string("due_key")?,
            open: row.flag("open")?,
            wake: due("wake_day", "wake_tbd")?,
            promised: due("promised_due", "promised_tbd")?,
            statutory: due("statutory_due", "statutory_tbd")?,
        })
    }
}

fn day(due: Option<Due>) -> (Value, Value) {
    let provisional = due.is_some_and(Due::is_provisional);
    (Value::from(due.map(|due| due.value())), Value::from(provisional))
}

/// Reads a row of `cases`.
pub(crate) fn case(row: &Row) -> Result<CaseRow> {
    Ok(CaseRow {
        id: row.id("id")?,
        facts: facts(row)?,
        case: row.json("state")?,
        form: row.json("form")?,
        files: row.json("files")?,
        head: Head::of(row)?,
    })
}

/// Reads what a case is about.
pub(crate) fn facts(row: &Row) -> Result<Facts> {
    Ok(Facts {
        number: row.string("number")?,
        item: row.id("item")?,
        item_version: row.int("item_version")?,
        authority: row.id("authority")?,
        division: row.string("division")?,
        holder: row.text("holder")?.parse()?,
        filed_by: row.id("filed_by")?,
        consent_at: row.opt_moment("consent_at")?,
    })
}

/// A document as stored.
pub(crate) fn json(document: &impl Serialize) -> Result<String> {
    serde_json::to_string(document).map_err(Error::internal)
}

/// Adds a case with its number.
pub(crate) fn case_add(unit: &mut Unit, it: &CaseRow) -> Result<()> {
    let derived = Derived::of(&it.case);
    let (wake, wake_tbd) = day(derived.wake);
    let (promised, promised_tbd) = day(derived.promised);
    let (statutory, statutory_tbd) = day(derived.statutory);
    let facts = &it.facts;
    let values = args![
        it.id,
        &facts.number,
        facts.item,
        facts.item_version,
        facts.authority,
        &facts.division,
        facts.holder.to_string(),
        facts.filed_by,
        channel_code(it.case.channel),
        facts.consent_at,
        it.case.filed.at,
        derived.stage,
        json(&it.case)?,
        json(&it.form)?,
        json(&it.files)?,
        wake,
        wake_tbd,
        promised,
        promised_tbd,
        statutory,
        statutory_tbd,
        derived.post,
        derived.due_key,
        derived.open,
        it.head.version,
        &it.head.hash,
        it.head.at,
    ];
    unit.one(guard::CASE, CASE_ADD, values);
    unit.one(guard::NUMBER, NUMBER_ADD, args![&facts.number, it.id]);
    Ok(())
}

/// Changes a case from the version `was`.
pub(crate) fn case_change(unit: &mut Unit, it: &CaseRow, was: i64) -> Result<()> {
    let derived = Derived::of(&it.case);
    let (wake, wake_tbd) = day(derived.wake);
    let (promised, promised_tbd) = day(derived.promised);
    let (statutory, statutory_tbd) = day(derived.statutory);
    let values = args![
        it.id,
        derived.stage,
        json(&it.case)?,
        json(&it.form)?,
        json(&it.files)?,
        wake,
        wake_tbd,
        promised,
        promised_tbd,
        statutory,
        statutory_tbd,
        derived.post,
        derived.due_key,
        derived.open,
        it.head.version,
        &it.head.hash,
        it.head.at,
        was,
    ];
    unit.one(guard::CASE, CASE_CHANGE, values);
    Ok(())
}

/// As stored.
pub(crate) fn channel_code(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "web",
        Channel::Window => "window",
        Channel::Api => "api",
        Channel::System => "system",
    }
}

/// The way of a code.
pub(crate) fn channel(code: &str) -> Result<Channel> {
    match code {
        "web" => Ok(Channel::Web),
        "window" => Ok(Channel::Window),
        "api" => Ok(Channel::Api),
        "system" => Ok(Channel::System),
        _ => Err(Error::internal(format!("unknown channel {code}"))),
    }
}

/// A draft as stored.
pub(crate) struct DraftRow {
    pub(crate) id: CaseId,
    pub(crate) person: Id<Person>,
    pub(crate) holder: Holder,
    pub(crate) item: Id<Item>,
    pub(crate) item_version: i64,
    pub(crate) channel: Channel,
    /// When the person at the window agreed, as `person` told.
    pub(crate) consent_at: Option<Moment>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) version: i64,
    pub(crate) updated_at: Moment,
    pub(crate) expires: Moment,
}

/// Reads a row of `case_drafts`.
pub(crate) fn draft(row: &Row) -> Result<DraftRow> {
    Ok(DraftRow {
        id: row.id("id")?,
        person: row.id("person")?,
        holder: row.text("holder")?.parse()?,
        item: row.id("item")?,
        item_version: row.int("item_version")?,
        channel: channel(row.text("channel")?)?,
        consent_at: row.opt_moment("consent_at")?,
        sealed: row.blob("sealed")?.to_vec(),
        version: row.int("version")?,
        updated_at: row.moment("updated_at")?,
        expires: row.moment("expires")?,
    })
}

/// A file as stored.
#[derive(Debug, Clone)]
pub(crate) struct MaterialRow {
    pub(crate) number: i64,
    pub(crate) material: String,
    pub(crate) blob: String,
    pub(crate) name: Vec<u8>,
    pub(crate) kind: String,
    pub(crate) size: i64,
    pub(crate) on_paper: bool,
    pub(crate) filed_at: Option<Moment>,
}

/// Reads a row of `case_materials`.
pub(crate) fn material(row: &Row) -> Result<MaterialRow> {
    Ok(MaterialRow {
        number: row.int("number")?,
        material: row.string("material")?,
        blob: row.string("blob")?,
        name: row.blob("name")?.to_vec(),
        kind: row.string("kind")?,
        size: row.int("size")?,
        on_paper: row.flag("on_paper")?,
        filed_at: row.opt_moment("filed_at")?,
    })
}

/// Holders as the record writes them.
mod holder_text {
    use kernel::Holder;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(holder: &Holder, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(holder)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Holder, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("not a holder"))
    }
}
