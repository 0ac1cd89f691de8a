//! The only SQL of the catalogue.

use journal::Head;
use kernel::{Error, Id, Item, Moment, Result};
use standards::{DivisionCode, ItemType};
use storage::{Migration, Row, Sql, Unit, args};

use crate::model::{BaseEntry, ItemDocument, ItemState, ItemSummary, Opened, Revision, Stage};

/// The catalogue's schema.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { area: "catalogue", number: 1, sql: include_str!("../migrations/0001_catalogue.sql") },
    Migration { area: "catalogue", number: 2, sql: include_str!("../migrations/0002_tags.sql") },
    Migration { area: "catalogue", number: 3, sql: include_str!("../migrations/0003_lifecycle.sql") },
    Migration { area: "catalogue", number: 4, sql: include_str!("../migrations/0004_record.sql") },
    Migration { area: "catalogue", number: 5, sql: include_str!("../migrations/0005_exchange.sql") },
    Migration { area: "catalogue", number: 6, sql: include_str!("../migrations/0006_words.sql") },
    Migration { area: "catalogue", number: 7, sql: include_str!("../migrations/0007_counts.sql") },
    Migration { area: "catalogue", number: 8, sql: include_str!("../migrations/0008_examined.sql") },
    Migration { area: "catalogue", number: 9, sql: include_str!("../migrations/0009_checks.sql") },
];

/// Every SQL text of the catalogue, for the test that prepares each on both engines.
pub(crate) const SQL: &[Sql] = ALL;

/// Guards of the catalogue's units.
pub(crate) mod guard {
    /// The item's version that was read.
    pub(crate) const ITEM: &str = "item";
    /// A code that another item of the site bears.
    pub(crate) const CODE: &str = "item code";
    /// The base entry that somebody else made first.
    pub(crate) const BASE: &str = "base entry";
    /// A number of a version that exists.
    pub(crate) const VERSION: &str = "item version";
    /// An act that somebody else moved on first.
    pub(crate) const ACT: &str = "item act";
    /// The import's own row.
    pub(crate) const IMPORT: &str = "import";
    /// The columns that an authority chose.
    pub(crate) const MAPPING: &str = "mapping";
    /// The list of words that somebody else wrote first.
    pub(crate) const WORDS: &str = "words";
}

/// The columns of a summary.
macro_rules! columns {
    () => {
        "id, authority, division, base_code, item_code, handling_code, local_code, name, main_item, aliases, summary, item_type, state, \
         current_version, missing, immediate, for_persons, for_organisations, promise, visits, tags, stage, findings, suspects, base_version, version, head, changed_at"
    };
}

/// The columns of an item that the record vouches for, in the order of [`values`].
macro_rules! recorded {
    () => {
        "i.id, i.authority, i.division, i.base_code, i.item_code, i.handling_code, i.local_code, i.name, i.folded, i.main_item, \
         i.aliases, i.summary, i.item_type, i.state, i.current_version, i.missing, i.immediate, i.for_persons, \
         i.for_organisations, i.promise, i.visits, i.tags, i.stage, i.findings, i.suspects, i.base_version, i.import, i.chunk"
    };
}

/// How many columns [`recorded`] names.
const RECORDED: usize = 28;

/// Keys asked for at once where there may be any number: what is read of them lies in memory.
pub(crate) const KEYS: usize = 1_000;

storage::sql! {
    /// One item.
    ITEM = concat!("SELECT ", columns!(), " FROM items WHERE id = $1");
    /// Items of these ids.
    ITEMS_OF = concat!("SELECT ", columns!(), " FROM items WHERE id IN (EACH($1))");
    /// A page of all items by id: for indexes that are made anew.
    ALL_AFTER = concat!("SELECT ", columns!(), " FROM items WHERE id > $1 ORDER BY id LIMIT $2");
    /// A page of an authority's items. Type, state and text may be empty: any.
    OF_AUTHORITY = concat!("SELECT ", columns!(), " FROM items WHERE authority = $1 AND id > $2 AND ($3 = '' OR state = $3) \
        AND ($4 = '' OR item_type = $4) AND ($5 = '' OR folded LIKE $5 ESCAPE '\\') AND ($7 = 0 OR state IN ('listed', 'published', 'suspended')) ORDER BY id LIMIT $6");
    /// As [`OF_AUTHORITY`], of a division.
    OF_DIVISION = concat!("SELECT ", columns!(), " FROM items WHERE division = $1 AND id > $2 AND ($3 = '' OR state = $3) \
        AND ($4 = '' OR item_type = $4) AND ($5 = '' OR folded LIKE $5 ESCAPE '\\') AND ($7 = 0 OR state IN ('listed', 'published', 'suspended')) ORDER BY id LIMIT $6");
    /// As [`OF_AUTHORITY`], of the whole site.
    OF_SITE = concat!("SELECT ", columns!(), " FROM items WHERE $1 = '' AND id > $2 AND ($3 = '' OR state = $3) \
        AND ($4 = '' OR item_type = $4) AND ($5 = '' OR folded LIKE $5 ESCAPE '\\') AND ($7 = 0 OR state IN ('listed', 'published', 'suspended')) ORDER BY id LIMIT $6");
    /// A page of the items in force that the organ of a credit code examines first. Text may be empty: any.
    EXAMINED_AT = concat!("SELECT ", columns!(), " FROM item_examined JOIN items ON id = item WHERE office = $1 AND item > $2 \
        AND state = 'published' AND ($3 = '' OR folded LIKE $3 ESCAPE '\\') ORDER BY item LIMIT $4");
    /// Whether this organ examines this item first.
    EXAMINED_HERE = "SELECT item FROM item_examined WHERE office = $1 AND item = $2";
    /// An item is examined first by this organ.
    EXAMINED_ADD = "INSERT INTO item_examined (office, item) VALUES ($1, $2) ON CONFLICT (office, item) DO NOTHING";
    /// By nobody any more, as far as was known.
    EXAMINED_DROP = "DELETE FROM item_examined WHERE item = $1";
    /// How many items an authority has in each state, and how many elements they lack.
    COUNTS = "SELECT state, count(*) AS items, CAST(sum(missing) AS BIGINT) AS missing FROM items WHERE authority = $1 \
        GROUP BY state ORDER BY state";
    /// A new item.
    ITEM_ADD = "INSERT INTO items (id, authority, division, base_code, item_code, handling_code, local_code, name, folded, \
        main_item, aliases, summary, item_type, state, current_version, missing, immediate, for_persons, for_organisations, \
        promise, visits, tags, stage, findings, suspects, base_version, import, chunk, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
        $24, $25, $26, $27, $28, $29, $30, $31)";
    /// What can change of an item, unless somebody changed it meanwhile.
    ITEM_CHANGE = "UPDATE items SET authority = $2, division = $3, base_code = $4, item_code = $5, handling_code = $6, \
        local_code = $7, name = $8, folded = $9, main_item = $10, aliases = $11, summary = $12, item_type = $13, state = $14, \
        current_version = $15, missing = $16, immediate = $17, for_persons = $18, for_organisations = $19, promise = $20, \
        visits = $21, tags = $22, stage = $23, findings = $24, suspects = $25, base_version = $26, import = $27, \
        chunk = $28, version = $29, head = $30, changed_at = $31 WHERE id = $1 AND version = $32";
    /// One version's document.
    VERSION = "SELECT document FROM item_versions WHERE item = $1 AND number = $2";
    /// Versions of an item, newest first.
    VERSIONS = "SELECT number, published_at FROM item_versions WHERE item = $1 ORDER BY number DESC LIMIT $2";
    /// A new version.
    VERSION_ADD = "INSERT INTO item_versions (item, number, document, published_at, entry) VALUES ($1, $2, $3, $4, $5)";
    /// The item that bears an implementing code.
    ITEM_OF_CODE = "SELECT id FROM items WHERE item_code = $1 AND item_code <> '' AND handling_code = $2";
    /// The item if it is in use at this version, for a guard.
    IN_FORCE = "SELECT id FROM items WHERE id = $1 AND current_version = $2 AND state = 'published'";
    /// What is being written, and whose hands it has been in.
    DRAFT = "SELECT document, revision, changed_at FROM item_drafts WHERE item = $1";
    /// Keeps what is being written.
    DRAFT_PUT = "INSERT INTO item_drafts (item, document, changed_at, revision) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (item) DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at, \
        revision = excluded.revision";
    /// Moves a revision on; its words stay.
    DRAFT_MOVE = "UPDATE item_drafts SET revision = $2 WHERE item = $1";
    /// Keeps a draft as it was saved.
    DRAFT_LOG = "INSERT INTO item_draft_log (item, version, document, who, saved_at) VALUES ($1, $2, $3, $4, $5)";
    /// The draft that stood at a version of the item.
    DRAFT_AT = "SELECT document, who FROM item_draft_log WHERE item = $1 AND version <= $2 ORDER BY version DESC LIMIT 1";
    /// Keeps the draft that a bulk load put there without keeping it here, before it is replaced.
    DRAFT_LOG_KEEP = "INSERT INTO item_draft_log (item, version, document, who, saved_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (item, version) DO NOTHING";
    /// Forgets drafts that nobody can still be editing from.
    DRAFT_LOG_DROP = "DELETE FROM item_draft_log WHERE item = $1 AND version < $2";
    /// Forgets what was being written, now that it is published.
    DRAFT_DROP = "DELETE FROM item_drafts WHERE item = $1";
    /// One base entry.
    BASE = "SELECT id, code, document, version, head, changed_at FROM base_entries WHERE code = $1";
    /// A new base entry.
    BASE_ADD = "INSERT INTO base_entries (id, code, name, item_type, document, folded, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A changed base entry, unless somebody changed it meanwhile.
    BASE_CHANGE = "UPDATE base_entries SET name = $2, item_type = $3, document = $4, folded = $5, version = $6, head = $7, \
        changed_at = $8 WHERE code = $1 AND version = $9";
    /// Keeps a version of a base entry.
    BASE_VERSION_ADD = "INSERT INTO base_versions (code, number, document, at) VALUES ($1, $2, $3, $4)";
    /// One version of a base entry.
    BASE_VERSION = "SELECT document FROM base_versions WHERE code = $1 AND number = $2";
    /// A page of the base directory by code. Text may be empty: any.
    BASES = "SELECT code, document, version, changed_at FROM base_entries WHERE code > $1 \
        AND ($2 = '' OR folded LIKE $2 ESCAPE '\\') ORDER BY code LIMIT $3";
    /// As [`BASES`], of one type.
    BASES_OF_TYPE = "SELECT code, document, version, changed_at FROM base_entries WHERE item_type = $4 AND code > $1 \
        AND ($2 = '' OR folded LIKE $2 ESCAPE '\\') ORDER BY code LIMIT $3";
    /// A page of the implementing lists of a base entry.
    OF_BASE = concat!("SELECT ", columns!(), " FROM items WHERE base_code = $1 AND id > $2 ORDER BY id LIMIT $3");
    /// Implementing lists that rest on an older version of their base entry.
    BEHIND = concat!("SELECT ", columns!(), " FROM items WHERE base_code = $1 AND id > $2 AND base_version < $3 \
        AND state <> 'cancelled' ORDER BY id LIMIT $4");
    /// A page of items whose revision stands at a stage.
    AT_STAGE = concat!("SELECT ", columns!(), " FROM items WHERE stage = $1 AND stage <> '' AND id > $2 ORDER BY id LIMIT $3");
    /// As [`AT_STAGE`], of an authority.
    AT_STAGE_OF = concat!("SELECT ", columns!(), " FROM items WHERE stage = $1 AND stage <> '' AND authority = $4 AND id > $2 \
        ORDER BY id LIMIT $3");
    /// A page of items of an authority with suspect materials.
    WITH_SUSPECTS = concat!("SELECT ", columns!(), " FROM items WHERE authority = $1 AND suspects > 0 AND id > $2 \
        ORDER BY id LIMIT $3");
    /// As [`WITH_SUSPECTS`], of all authorities.
    ALL_WITH_SUSPECTS = concat!("SELECT ", columns!(), " FROM items WHERE suspects > 0 AND id > $1 ORDER BY id LIMIT $2");
    /// How far all items have been weighed, and under which rules.
    WEIGHED = "SELECT rules, after, done FROM items_weighed WHERE id = $1";
    /// Writes how far they have been.
    WEIGHED_PUT = "INSERT INTO items_weighed (id, rules, after, done) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (id) DO UPDATE SET rules = excluded.rules, after = excluded.after, done = excluded.done";
    /// The documents in force of these items.
    DOCUMENTS_OF = "SELECT v.item AS item, v.document AS document FROM items i JOIN item_versions v \
        ON v.item = i.id AND v.number = i.current_version WHERE i.id IN (EACH($1))";
    /// What is being written of these items.
    DRAFTS_OF = "SELECT item, document, revision FROM item_drafts WHERE item IN (EACH($1))";
    /// How an authority's items stand by type.
    BY_TYPE = "SELECT item_type, state, count(*) AS items, CAST(sum(missing) AS BIGINT) AS missing, \
        CAST(sum(suspects) AS BIGINT) AS suspects FROM items WHERE authority = $1 GROUP BY item_type, state ORDER BY item_type, state";
    /// How the items of these authorities stand together; cancelled ones are left out.
    OFFICE_COUNTS = "SELECT authority, count(*) AS items, CAST(sum(missing) AS BIGINT) AS missing, \
        CAST(sum(suspects) AS BIGINT) AS suspects, CAST(sum(CASE WHEN stage <> '' THEN 1 ELSE 0 END) AS BIGINT) AS open \
        FROM items WHERE authority IN (EACH($1)) AND state <> 'cancelled' GROUP BY authority";
    /// Why a revision was sent back.
    REMARK_ADD = "INSERT INTO item_remarks (item, round, n, stage, field, sealed, who, said_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Remarks on an item, the latest first.
    REMARKS = "SELECT round, n, stage, field, who, said_at FROM item_remarks WHERE item = $1 ORDER BY round DESC, n LIMIT $2";
    /// A proposed act.
    ACT_ADD = "INSERT INTO item_acts (item, id, kind, effect, stage, document, proposed_by, decided_by, sealed, made, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', $8)";
    /// Moves an act on.
    ACT_MOVE = "UPDATE item_acts SET stage = $3, decided_by = $4, sealed = $5, made = $6 WHERE item = $1 AND id = $2 AND stage = $7";
    /// Acts of one item, the latest first.
    ACTS = "SELECT item, id, kind, effect, stage, document, proposed_by, decided_by, sealed, made, at FROM item_acts \
        WHERE item = $1 ORDER BY id DESC LIMIT $2";
    /// One act.
    ACT = "SELECT item, id, kind, effect, stage, document, proposed_by, decided_by, sealed, made, at FROM item_acts \
        WHERE item = $1 AND id = $2";
    /// A page of acts at a stage.
    ACTS_AT = "SELECT item, id, kind, effect, stage, document, proposed_by, decided_by, sealed, made, at FROM item_acts \
        WHERE stage = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// As [`ACTS_AT`], on items of an authority.
    ACTS_AT_OF = "SELECT item, id, kind, effect, stage, document, proposed_by, decided_by, sealed, made, at FROM item_acts \
        WHERE stage = $1 AND id > $2 AND EXISTS (SELECT 1 FROM items i WHERE i.id = item_acts.item AND i.authority = $4) \
        ORDER BY id LIMIT $3";
    /// Something that takes effect by itself on a day.
    AGENDA_PUT = "INSERT INTO item_agenda (due, kind, item, act) VALUES ($1, $2, $3, $4) ON CONFLICT (due, kind, item, act) DO NOTHING";
    /// It took effect, or no longer will.
    AGENDA_DROP = "DELETE FROM item_agenda WHERE kind = $1 AND item = $2 AND act = $3";
    /// What is due by a day, after a key.
    AGENDA_DUE = "SELECT due, kind, item, act FROM item_agenda WHERE due <= $1 AND (due, kind, item, act) > ($2, $3, $4, $5) \
        ORDER BY due, kind, item, act LIMIT $6";
    /// Items of an authority by their local codes.
    BY_LOCAL_CODE = concat!("SELECT ", columns!(), " FROM items WHERE authority = $2 AND local_code IN (EACH($1))");
    /// Items by their national codes.
    BY_ITEM_CODE = concat!("SELECT ", columns!(), " FROM items WHERE item_code <> '' AND item_code IN (EACH($1))");
    /// Items of an authority by their names.
    BY_NAME = concat!("SELECT ", columns!(), " FROM items WHERE authority = $2 AND folded IN (EACH($1))");
    /// A new import of a published list.
    IMPORT_ADD = "INSERT INTO item_imports (id, file_hash, rows_done, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// A file that was handed in.
    JOB_ADD = "INSERT INTO item_imports (id, file_hash, rows_done, version, head, changed_at, authority, starter, grants, name, bytes, blob, \
        state, mapping, begun_at) VALUES ($1, $2, 0, 0, '', $3, $4, $5, $6, $7, $8, $9, $10, $11, $3)";
    /// One import.
    JOB = "SELECT id, file_hash, rows_done, version, head, changed_at, authority, starter, grants, name, bytes, blob, state, mapping, place, \
        total, added, updated, unchanged, refused, reported, failure, begun_at, checked_at FROM item_imports WHERE id = $1";
    /// Imports of an authority, the latest first.
    JOBS_OF = "SELECT id, file_hash, rows_done, version, head, changed_at, authority, starter, grants, name, bytes, blob, state, mapping, place, \
        total, added, updated, unchanged, refused, reported, failure, begun_at, checked_at FROM item_imports \
        WHERE authority = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// Imports in a state, the oldest first.
    JOBS_IN = "SELECT id, file_hash, rows_done, version, head, changed_at, authority, starter, grants, name, bytes, blob, state, mapping, place, \
        total, added, updated, unchanged, refused, reported, failure, begun_at, checked_at FROM item_imports \
        WHERE state = $1 ORDER BY id LIMIT $2";
    /// Moves an import on, unless somebody else did.
    JOB_MOVE = "UPDATE item_imports SET state = $4, mapping = $5, place = $6, total = $7, added = $8, updated = $9, unchanged = $10, \
        refused = $11, reported = $12, failure = $13, checked_at = $14, grants = $15, starter = $16 WHERE id = $1 AND state = $2 AND place = $3";
    /// Forgets the report of a pass.
    REPORT_DROP = "DELETE FROM item_import_report WHERE import = $1";
    /// A line of a report.
    REPORT_ADD = "INSERT INTO item_import_report (import, kind, n, sheet, line, place, value, reason, advice) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Lines of a report of one kind, in order.
    REPORT = "SELECT n, kind, sheet, line, place, value, reason, advice FROM item_import_report WHERE import = $1 AND kind = $2 AND n > $3 \
        ORDER BY n LIMIT $4";
    /// What was chosen for the columns of an authority's lists.
    MAPPING = "SELECT authority AS id, kept, version, head, changed_at FROM item_mappings WHERE authority = $1";
    /// Keeps what was chosen first.
    MAPPING_ADD = "INSERT INTO item_mappings (authority, kept, version, head, changed_at) VALUES ($1, $2, $3, $4, $5)";
    /// Keeps what was chosen since.
    MAPPING_CHANGE = "UPDATE item_mappings SET kept = $2, version = $3, head = $4, changed_at = $5 WHERE authority = $1 AND version = $6";
    /// For the verification of the record.
    MAPPING_ROWS = "SELECT authority AS id, kept, version, head, changed_at FROM item_mappings WHERE authority > $1 ORDER BY authority LIMIT $2";
    /// Keeps a list of words that is written first.
    WORDS_ADD = "INSERT INTO check_words (list, words, version, head, changed_at) VALUES ($1, $2, $3, $4, $5)";
    /// Keeps a list of words that is written anew.
    WORDS_CHANGE = "UPDATE check_words SET words = $2, version = $3, head = $4, changed_at = $5 WHERE list = $1 AND version = $6";
    /// The lists of words that the site wrote itself; also for the verification of the record.
    WORDS_ROWS = "SELECT list AS id, words, version, head, changed_at FROM check_words WHERE list > $1 ORDER BY list LIMIT $2";
    /// How far an import has come.
    IMPORT_MOVE = "UPDATE item_imports SET rows_done = $2, version = $3, head = $4, changed_at = $5 WHERE id = $1 AND version = $6";
    /// For the verification of the record: items that have a chain of their own, with the document in force.
    ITEM_ROWS = concat!("SELECT ", recorded!(), ", i.version, i.head, i.changed_at, coalesce(v.document, '') AS document \
        FROM items i LEFT JOIN item_versions v ON v.item = i.id AND v.number = i.current_version \
        WHERE i.id > $1 AND i.import = '' ORDER BY i.id LIMIT $2");
    /// For the verification of the record: items that were imported and not written since.
    LISTED_ROWS = concat!("SELECT ", recorded!(), ", i.version, i.head, i.changed_at, \
        'catalogue-import:' || i.import AS subject, i.chunk AS entry FROM items i \
        WHERE i.import <> '' AND (i.import, i.chunk, i.id) > (substr($1, 18), $2, $3) ORDER BY i.import, i.chunk, i.id LIMIT $4");
    /// For the verification of the record: versions of items.
    VERSION_ROWS = "SELECT 'catalogue-item:' || item AS subject, entry, CAST(number AS TEXT) AS id, document, published_at \
        FROM item_versions WHERE (item, entry, CAST(number AS TEXT)) > (substr($1, 16), $2, $3) \
        ORDER BY item, entry, CAST(number AS TEXT) LIMIT $4";
    /// For the verification of the record: versions of base entries.
    BASE_VERSION_ROWS = "SELECT 'catalogue-base:' || b.id AS subject, v.number AS entry, v.code AS id, v.document, v.at \
        FROM base_entries b JOIN base_versions v ON v.code = b.code WHERE (b.id, v.number, v.code) > (substr($1, 16), $2, $3) \
        ORDER BY b.id, v.number, v.code LIMIT $4";
    /// For the verification of the record.
    BASE_ROWS = "SELECT id, code, name, item_type, document, folded, version, head, changed_at FROM base_entries WHERE id > $1 \
        ORDER BY id LIMIT $2";
    /// For the verification of the record.
    IMPORT_ROWS = "SELECT id, file_hash, rows_done, version, head, changed_at FROM item_imports WHERE id > $1 AND version > 0 \
        ORDER BY id LIMIT $2";
}

/// A summary and where its chain stands.
pub(crate) fn read(row: &Row) -> Result<(ItemSummary, Head)> {
    let unknown = |name: &str, code: &str| Error::internal(format!("items.{name}: unknown code {code}"));
    let (division, item_type, state) = (row.text("division")?, row.text("item_type")?, row.text("state")?);
    let summary = ItemSummary {
        id: row.id("id")?,
        authority: row.id("authority")?,
        division: DivisionCode::parse(division).map_err(|_| unknown("division", division))?,
        base_code: row.string("base_code")?,
        item_code: row.string("item_code")?,
        handling_code: row.string("handling_code")?,
        local_code: row.string("local_code")?,
        name: row.string("name")?,
        main_item: row.string("main_item")?,
        aliases: row.text("aliases")?.lines().map(str::to_owned).collect(),
        summary: row.string("summary")?,
        item_type: ItemType::from_code(item_type).ok_or_else(|| unknown("item_type", item_type))?,
        state: ItemState::from_code(state).ok_or_else(|| unknown("state", state))?,
        current_version: row.int("current_version")?,
        missing: row.int("missing")?,
        immediate: row.opt_int("immediate")?.map(|it| it == 1),
        for_persons: row.flag("for_persons")?,
        for_organisations: row.flag("for_organisations")?,
        promise: row.string("promise")?,
        visits: row.opt_int("visits")?,
        tags: row.json("tags")?,
        stage: Stage::from_code(row.text("stage")?),
        findings: row.int("findings")?,
        suspects: row.int("suspects")?,
        base_version: row.int("base_version")?,
        version: row.int("version")?,
        changed_at: row.moment("changed_at")?,
    };
    Ok((summary, Head::of(row)?))
}

/// The import whose entry tells an item, and which of its entries; `''` and 0: the item's own chain does.
pub(crate) type Told<'a> = (&'a str, i64);

/// The values of all columns, with `version`, `head` and `changed_at` of `head`.
fn values(it: &ItemSummary, told: Told<'_>, head: &Head) -> Result<Vec<storage::Value>> {
    Ok(args![
        it.id,
        it.authority,
        it.division.as_str(),
        &it.base_code,
        &it.item_code,
        &it.handling_code,
        &it.local_code,
        &it.name,
        folded(&it.name),
        &it.main_item,
        it.aliases.join("\n"),
        &it.summary,
        it.item_type.code(),
        it.state.code(),
        it.current_version,
        it.missing,
        it.immediate,
        it.for_persons,
        it.for_organisations,
        &it.promise,
        it.visits,
        json(&it.tags)?,
        it.stage.map_or("", Stage::code),
        it.findings,
        it.suspects,
        it.base_version,
        told.0,
        told.1,
        head.version,
        &head.hash,
        head.at,
    ])
}

/// What an entry says of an item's row: SM3 of its columns as they will be stored.
pub(crate) fn item_hash(it: &ItemSummary, told: Told<'_>) -> Result<journal::Hash> {
    Ok(journal::row_hash(&values(it, told, &Head::none())?[..RECORDED]))
}

/// The same of a row as it was read with the columns [`recorded`] first.
pub(crate) fn item_row_hash(row: &Row) -> journal::Hash {
    journal::row_hash(&row.values()[..RECORDED])
}

/// Adds an item; its `version` and `changed_at` are those of `head`.
pub(crate) fn item_add(unit: &mut Unit, it: &ItemSummary, told: Told<'_>, head: &Head) -> Result<()> {
    unit.one(guard::CODE, ITEM_ADD, values(it, told, head)?);
    Ok(())
}

/// Changes an item from the version that was read; from then on its own chain tells it.
pub(crate) fn item_change(unit: &mut Unit, it: &ItemSummary, was: i64, head: &Head) -> Result<()> {
    let mut values = values(it, ("", 0), head)?;
    values.push(was.into());
    unit.one(guard::ITEM, ITEM_CHANGE, values);
    Ok(())
}

/// Adds a published version, told by this entry of the item's chain at this moment.
pub(crate) fn version_add(unit: &mut Unit, of: (Id<Item>, i64), document: &str, (entry, at): (i64, Moment)) {
    unit.one(guard::VERSION, VERSION_ADD, args![of.0, of.1, document, at, entry]);
}

/// Keeps a draft.
pub(crate) fn draft_put(
    unit: &mut Unit,
    item: Id<Item>,
    document: &str,
    revision: &Revision,
    at: Moment,
) -> Result<()> {
    unit.run(DRAFT_PUT, args![item, document, at, json(revision)?]);
    Ok(())
}

/// Whose hands a draft has been in.
pub(crate) fn revision(row: &Row) -> Result<Revision> {
    let text = row.text("revision")?;
    if text.is_empty() { Ok(Revision::opened(Opened::Change)) } else { row.json("revision") }
}

/// A base entry's mark, for its id.
#[derive(Debug)]
pub(crate) enum BaseMark {}

/// How many columns of a base entry the record vouches for: the first of `BASE_ROWS`.
pub(crate) const BASE_RECORDED: usize = 6;

/// The columns of a base entry that the record vouches for.
fn base_values(id: &str, it: &BaseEntry, document: &str) -> Vec<storage::Value> {
    args![id, it.code.as_str(), &it.name, it.item_type.code(), document, folded(&it.name)]
}

/// What an entry says of a base entry's row: SM3 of its columns as they will be stored.
pub(crate) fn base_hash(id: &str, it: &BaseEntry, document: &str) -> journal::Hash {
    journal::row_hash(&base_values(id, it, document))
}

/// Adds a base entry.
pub(crate) fn base_add(unit: &mut Unit, id: Id<BaseMark>, it: &BaseEntry, document: &str, head: &Head) {
    let mut values = base_values(&id.to_string(), it, document);
    values.extend(args![head.version, &head.hash, head.at]);
    unit.one(guard::BASE, BASE_ADD, values);
    unit.run(BASE_VERSION_ADD, args![it.code.as_str(), head.version, document, head.at]);
}

/// Changes a base entry and keeps its new version.
pub(crate) fn base_change(unit: &mut Unit, it: &BaseEntry, document: &str, (was, now): (&Head, &Head)) {
    let code = it.code.as_str();
    let mut values = base_values(code, it, document);
    values.remove(0);
    values.extend(args![now.version, &now.hash, now.at, was.version]);
    unit.one(guard::BASE, BASE_CHANGE, values);
    unit.run(BASE_VERSION_ADD, args![code, now.version, document, now.at]);
}

/// A document as stored.
pub(crate) fn json(document: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(document).map_err(Error::internal)
}

/// A document as read.
pub(crate) fn document(row: &Row) -> Result<ItemDocument> {
    row.json("document")
}

/// Text as it is compared: lower case, full-width letters and digits made narrow, without spaces.
pub(crate) fn folded(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// The pattern that finds `text` anywhere; empty for an empty text.
pub(crate) fn pattern(text: &str) -> String {
    let text = folded(text);
    if text.is_empty() {
        return text;
    }
    let mut out = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}
