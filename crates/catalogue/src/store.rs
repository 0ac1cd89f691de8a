//! The only SQL of the catalogue.

use journal::Head;
use kernel::{Error, Id, Item, Moment, Result};
use standards::{DivisionCode, ItemType};
use storage::{Migration, Row, Sql, Unit, args};

use crate::model::{BaseEntry, ItemDocument, ItemState, ItemSummary};

/// The catalogue's schema.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { area: "catalogue", number: 1, sql: include_str!("../migrations/0001_catalogue.sql") },
    Migration { area: "catalogue", number: 2, sql: include_str!("../migrations/0002_tags.sql") },
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
    /// The import's own row.
    pub(crate) const IMPORT: &str = "import";
}

/// The columns of a summary.
macro_rules! columns {
    () => {
        "id, authority, division, base_code, item_code, local_code, name, main_item, aliases, summary, item_type, state, \
         current_version, missing, immediate, for_persons, for_organisations, promise, visits, tags, version, head, changed_at"
    };
}

/// Twenty-five parameters from `$1`.
macro_rules! keys {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
         $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, \
         $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, \
         $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, \
         $91, $92, $93, $94, $95, $96, $97, $98, $99, $100"
    };
}

/// Ids asked for at once; fewer are padded with `''`, which no item has.
pub(crate) const KEYS: usize = 100;

storage::sql! {
    /// One item.
    ITEM = concat!("SELECT ", columns!(), " FROM items WHERE id = $1");
    /// Items of these ids.
    ITEMS_OF = concat!("SELECT ", columns!(), " FROM items WHERE id IN (", keys!(), ")");
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
    /// How many items an authority has in each state, and how many elements they lack.
    COUNTS = "SELECT state, count(*) AS items, CAST(sum(missing) AS BIGINT) AS missing FROM items WHERE authority = $1 \
        GROUP BY state ORDER BY state";
    /// A new item.
    ITEM_ADD = "INSERT INTO items (id, authority, division, base_code, item_code, handling_code, local_code, name, folded, \
        main_item, aliases, summary, item_type, state, current_version, missing, immediate, for_persons, for_organisations, \
        promise, visits, version, head, changed_at, tags) \
        VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";
    /// What can change of an item, unless somebody changed it meanwhile.
    ITEM_CHANGE = "UPDATE items SET base_code = $2, item_code = $3, name = $4, folded = $5, main_item = $6, aliases = $7, \
        summary = $8, item_type = $9, state = $10, current_version = $11, missing = $12, immediate = $13, for_persons = $14, \
        for_organisations = $15, promise = $16, visits = $17, version = $18, head = $19, changed_at = $20, tags = $22, \
        local_code = $23 WHERE id = $1 AND version = $21";
    /// One version's document.
    VERSION = "SELECT document FROM item_versions WHERE item = $1 AND number = $2";
    /// Versions of an item, newest first.
    VERSIONS = "SELECT number, published_at FROM item_versions WHERE item = $1 ORDER BY number DESC LIMIT $2";
    /// A new version.
    VERSION_ADD = "INSERT INTO item_versions (item, number, document, published_at) VALUES ($1, $2, $3, $4)";
    /// The item that bears an implementing code.
    ITEM_OF_CODE = "SELECT id FROM items WHERE item_code = $1";
    /// The item if it is in use at this version, for a guard.
    IN_FORCE = "SELECT id FROM items WHERE id = $1 AND current_version = $2 AND state = 'published'";
    /// What is being written.
    DRAFT = "SELECT document FROM item_drafts WHERE item = $1";
    /// Keeps what is being written.
    DRAFT_PUT = "INSERT INTO item_drafts (item, document, changed_at) VALUES ($1, $2, $3) \
        ON CONFLICT (item) DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at";
    /// Forgets what was being written, now that it is published.
    DRAFT_DROP = "DELETE FROM item_drafts WHERE item = $1";
    /// One base entry.
    BASE = "SELECT id, code, document, version, head, changed_at FROM base_entries WHERE code = $1";
    /// A new base entry.
    BASE_ADD = "INSERT INTO base_entries (code, id, name, item_type, document, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Items of an authority by their local codes.
    BY_LOCAL_CODE = concat!("SELECT ", columns!(), " FROM items WHERE authority = $101 AND local_code IN (", keys!(), ")");
    /// A new import.
    IMPORT_ADD = "INSERT INTO item_imports (id, file_hash, rows_done, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// How far an import has come.
    IMPORT_MOVE = "UPDATE item_imports SET rows_done = $2, version = $3, head = $4, changed_at = $5 WHERE id = $1 AND version = $6";
    /// For the verification of the record: items that have a chain of their own, with the document in force.
    ITEM_ROWS = "SELECT i.id, i.authority, i.division, i.item_code, i.state, i.current_version, i.version, i.head, i.changed_at, \
        coalesce(v.document, '') AS document FROM items i LEFT JOIN item_versions v \
        ON v.item = i.id AND v.number = i.current_version WHERE i.id > $1 AND i.version > 0 ORDER BY i.id LIMIT $2";
    /// For the verification of the record.
    BASE_ROWS = "SELECT id, code, document, version, head, changed_at FROM base_entries WHERE id > $1 ORDER BY id LIMIT $2";
    /// For the verification of the record.
    IMPORT_ROWS = "SELECT id, file_hash, rows_done, version, head, changed_at FROM item_imports WHERE id > $1 ORDER BY id LIMIT $2";
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
        version: row.int("version")?,
        changed_at: row.moment("changed_at")?,
    };
    Ok((summary, Head::of(row)?))
}

/// Adds an item; its `version` and `changed_at` are those of `head`.
pub(crate) fn item_add(unit: &mut Unit, it: &ItemSummary, head: &Head) -> Result<()> {
    let values = args![
        it.id,
        it.authority,
        it.division.as_str(),
        &it.base_code,
        &it.item_code,
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
        head.version,
        &head.hash,
        head.at,
        json(&it.tags)?,
    ];
    unit.one(guard::CODE, ITEM_ADD, values);
    Ok(())
}

/// Changes an item from the version that was read.
pub(crate) fn item_change(unit: &mut Unit, it: &ItemSummary, was: i64, head: &Head) -> Result<()> {
    let values = args![
        it.id,
        &it.base_code,
        &it.item_code,
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
        head.version,
        &head.hash,
        head.at,
        was,
        json(&it.tags)?,
        &it.local_code,
    ];
    unit.one(guard::ITEM, ITEM_CHANGE, values);
    Ok(())
}

/// Adds a published version.
pub(crate) fn version_add(unit: &mut Unit, item: Id<Item>, number: i64, document: &str, at: Moment) {
    unit.one(guard::VERSION, VERSION_ADD, args![item, number, document, at]);
}

/// Keeps a draft.
pub(crate) fn draft_put(unit: &mut Unit, item: Id<Item>, document: &str, at: Moment) {
    unit.run(DRAFT_PUT, args![item, document, at]);
}

/// A base entry's mark, for its id.
#[derive(Debug)]
pub(crate) enum BaseMark {}

/// Adds a base entry.
pub(crate) fn base_add(unit: &mut Unit, id: Id<BaseMark>, it: &BaseEntry, document: &str, head: &Head) {
    let values =
        args![it.code.as_str(), id, &it.name, it.item_type.code(), document, head.version, &head.hash, head.at,];
    unit.one(guard::BASE, BASE_ADD, values);
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

/// Up to [`KEYS`] values, padded so that one statement serves any number of them.
pub(crate) fn padded(values: impl IntoIterator<Item = String>) -> Vec<storage::Value> {
    let mut out: Vec<_> = values.into_iter().take(KEYS).map(storage::Value::from).collect();
    out.resize(KEYS, storage::Value::from(""));
    out
}
