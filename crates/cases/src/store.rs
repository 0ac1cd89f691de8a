//! The only SQL of the area.

pub(crate) mod desk;
mod drafts;
pub(crate) mod exhibits;
pub(crate) mod exports;
pub(crate) mod hooks;
mod notices;
pub(crate) mod opinions;
mod owing;
pub(crate) mod pledges;
mod rows;
pub(crate) mod systems;
pub(crate) mod templates;
mod uploads;

use storage::{Migration, Sql};

pub(crate) use drafts::*;
pub(crate) use notices::{
    CHOICES, CHOICES_FORGET, CHOICES_SET, MAIL_SETTLED, MAILS_WAITING, NOTICE_ADD, NOTICE_SETTLED, NOTICES_FORGET,
    NOTICES_OF, NOTICES_OF_CASE, NOTICES_READ, NOTICES_UNREAD, NOTICES_WAITING, SQL as NOTICES, choices,
};
pub(crate) use owing::{OWED_DROP, OWED_DUE, OWED_KEEP, OWED_TOLD, SQL as OWED};
pub(crate) use rows::*;
pub(crate) use uploads::{
    PIECE_ADD, PIECES, PIECES_DROP, SQL as UPLOADS, UPLOAD, UPLOAD_ADD, UPLOAD_DROP, UPLOAD_MADE, UPLOAD_MOVE,
    UPLOADS_EXPIRED, UPLOADS_OF_CASE, UPLOADS_OF_PERSON, UploadRow, upload,
};

/// The area's schema.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { area: "cases", number: 1, sql: include_str!("../migrations/0001_cases.sql") },
    Migration { area: "cases", number: 2, sql: include_str!("../migrations/0002_wake_and_consent.sql") },
    Migration { area: "cases", number: 3, sql: include_str!("../migrations/0003_holder.sql") },
    Migration { area: "cases", number: 4, sql: include_str!("../migrations/0004_desk.sql") },
    Migration { area: "cases", number: 5, sql: include_str!("../migrations/0005_case_notes.sql") },
    notices::MIGRATION,
    uploads::MIGRATION,
    exhibits::MIGRATION,
    systems::MIGRATION,
    Migration { area: "cases", number: 10, sql: include_str!("../migrations/0010_drafts_and_mail.sql") },
    Migration { area: "cases", number: 11, sql: include_str!("../migrations/0011_deciding.sql") },
    Migration { area: "cases", number: 12, sql: include_str!("../migrations/0012_known.sql") },
    Migration { area: "cases", number: 13, sql: include_str!("../migrations/0013_pictures_and_pledges.sql") },
    templates::MIGRATION,
    exports::MIGRATION,
    Migration { area: "cases", number: 16, sql: include_str!("../migrations/0016_second_opinions.sql") },
    Migration { area: "cases", number: 17, sql: include_str!("../migrations/0017_preliminary.sql") },
    Migration { area: "cases", number: 18, sql: include_str!("../migrations/0018_signed_papers.sql") },
    Migration { area: "cases", number: 19, sql: include_str!("../migrations/0019_moves_below.sql") },
    Migration { area: "cases", number: 20, sql: include_str!("../migrations/0020_paper_again.sql") },
];

/// Every SQL text of the area, for the test that prepares each on both engines.
pub(crate) const SQL: &[Sql] = ALL;

/// Guards of the area's units.
pub(crate) mod guard {
    /// The version of the case that was read.
    pub(crate) const CASE: &str = "case";
    /// The hands that the case was in.
    pub(crate) const CLAIM: &str = "case claim";
    /// The note of that number.
    pub(crate) const NOTE: &str = "case note";
    /// The list of that number that somebody keeps.
    pub(crate) const VIEW: &str = "case view";
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
    /// The reminder that was made last.
    pub(crate) const OWED: &str = "case owed";
    /// The opinion that was read stands where it did.
    pub(crate) const OPINION: &str = "case opinion";
    /// The upload stands where it was read.
    pub(crate) const UPLOAD: &str = "case upload";
    /// A paper's number, or the paper itself, that was made already.
    pub(crate) const PAPER: &str = "case paper";
    /// A notice of the same year that was loaded meanwhile.
    pub(crate) const YEAR: &str = "calendar year";
}

/// Files that one case may hold.
pub(crate) const FILES_MAX: i64 = 300;
/// Papers of one case that are read at once.
pub(crate) const PAPERS_MAX: i64 = 200;
macro_rules! columns {
    () => {
        "id, number, item, item_version, authority, division, holder, filed_by, channel, consent_at, filed_at, stage, state, \
         form, files, wake_day, wake_tbd, promised_due, promised_tbd, statutory_due, statutory_tbd, post, due_key, open, \
         head_asked, version, head, changed_at, preliminary, desk, claimed_by"
    };
}

storage::sql! {
    /// One case.
    CASE = concat!("SELECT ", columns!(), " FROM cases WHERE id = $1");
    /// A new case.
    CASE_ADD = concat!("INSERT INTO cases (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
        $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, '')");
    /// What can change of a case, unless somebody changed it meanwhile. Whoever had it at the post to which it goes has it again.
    CASE_CHANGE = "UPDATE cases SET stage = $2, state = $3, form = $4, files = $5, wake_day = $6, wake_tbd = $7, \
        promised_due = $8, promised_tbd = $9, statutory_due = $10, statutory_tbd = $11, \
        claimed_by = CASE WHEN post = $12 AND desk = $20 THEN claimed_by ELSE coalesce((SELECT k.person FROM case_claims k \
            WHERE k.case_id = $1 AND k.post = $12), '') END, \
        post = $12, due_key = $13, open = $14, head_asked = $15, version = $16, head = $17, changed_at = $18, desk = $20 \
        WHERE id = $1 AND version = $19";
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
    /// As [`OF_HOLDER`], of the items for which somebody acts for the applicant.
    OF_HOLDER_FOR = concat!("SELECT ", columns!(), " FROM cases WHERE holder = $1 AND (filed_at, id) < ($2, $3) \
        AND item IN (EACH($5)) \
        ORDER BY filed_at DESC, id DESC LIMIT $4");
    /// As [`OF_HOLDER`], of the authorities at which an officer has posts, or of all.
    OF_HOLDER_SEEN = concat!("SELECT ", columns!(), " FROM cases WHERE holder = $1 AND (filed_at, id) < ($2, $3) \
        AND ($5 = 1 OR authority IN (EACH($6)) OR preliminary <> '' AND preliminary IN (EACH($6))) \
        ORDER BY filed_at DESC, id DESC LIMIT $4");
    /// How many cases an applicant has.
    COUNT_OF_HOLDER = "SELECT count(*) AS cases FROM cases WHERE holder = $1";
    /// Cases of an applicant that are not over, or were changed since $2; those filed by $3 only, unless that is empty.
    NOT_OVER = "SELECT number FROM cases WHERE holder = $1 AND (open = 1 OR stage = 'delivered' OR changed_at > $2) \
        AND ($3 = '' OR filed_by = $3) ORDER BY filed_at, id LIMIT 5";
    /// What waits for a post of an authority, the most pressing first: keys only, so that the walk stays in its index. `$3`, `$4`: after
    /// this key; `$5`: due by this day.
    WAITING = "SELECT due_key, id FROM cases WHERE desk = $1 AND post = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        ORDER BY due_key, id LIMIT $6";
    /// As [`WAITING`], of one item or in one stage; empty: any.
    WAITING_FOR = "SELECT due_key, id FROM cases WHERE desk = $1 AND post = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) ORDER BY due_key, id LIMIT $6";
    /// As [`WAITING`], for a post that is held at every authority (`$1` is empty).
    WAITING_ANYWHERE = "SELECT due_key, id FROM cases WHERE $1 = '' AND post || '' = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        ORDER BY due_key, id LIMIT $6";
    /// As [`WAITING_FOR`], for a post that is held at every authority (`$1` is empty).
    WAITING_ANYWHERE_FOR = "SELECT due_key, id FROM cases WHERE $1 = '' AND post || '' = $2 AND (due_key, id) > ($3, $4) AND due_key <= $5 \
        AND ($7 = '' OR item = $7) AND ($8 = '' OR stage = $8) ORDER BY due_key, id LIMIT $6";
    /// These cases.
    CASES = concat!("SELECT ", columns!(), " FROM cases WHERE id IN (EACH($1))");
    /// Cases with which the platform does something by itself, since their day, which is certain, is past.
    WAKING = concat!("SELECT ", columns!(), " FROM cases WHERE wake_tbd = 0 AND wake_day < $1 AND (wake_day, id) > ($2, $3) \
        ORDER BY wake_day, id LIMIT $4");
    /// How many wait for a day that is past but provisional, counted up to a limit.
    WAKING_UNCERTAIN = "SELECT count(*) AS cases FROM (SELECT id FROM cases WHERE wake_tbd = 1 AND wake_day < $1 LIMIT $2) AS s";
    /// Cases with a clock, by id.
    OPEN_AFTER = concat!("SELECT ", columns!(), " FROM cases WHERE open = 1 AND id > $1 ORDER BY id LIMIT $2");
    /// For the verification of the record.
    CASE_ROWS = concat!("SELECT ", columns!(), ", (SELECT n.case_id FROM case_numbers n WHERE n.number = cases.number) AS numbered, \
        (SELECT k.person FROM case_claims k WHERE k.case_id = cases.id AND k.post = cases.post) AS claimant FROM cases WHERE id > $1 ORDER BY id LIMIT $2");
    /// One draft.
    DRAFT = "SELECT id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, expires, binned_at, known FROM case_drafts WHERE id = $1";
    /// Drafts of a person, newest first.
    DRAFTS_OF = "SELECT id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, expires, binned_at, known FROM case_drafts \
        WHERE person = $1 AND binned_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT $2";
    /// Drafts of a person that can be brought back.
    DRAFTS_BINNED = "SELECT id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, expires, binned_at, known FROM case_drafts \
        WHERE person = $1 AND binned_at IS NOT NULL ORDER BY updated_at DESC, id DESC LIMIT $2";
    /// All drafts of a person, also those that can be brought back.
    DRAFTS_ALL_OF = "SELECT id, version FROM case_drafts WHERE person = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Drafts that others fill in for an applicant.
    DRAFTS_FOR = "SELECT id, version FROM case_drafts WHERE holder = $1 AND id > $2 AND person <> $3 ORDER BY id LIMIT $4";
    /// The draft while it follows this version of its item, for a guard.
    DRAFT_AT = "SELECT id FROM case_drafts WHERE id = $1 AND item_version = $2";
    /// The draft while it has no file after this one, for a guard.
    DRAFT_FILES = "SELECT id FROM case_drafts WHERE id = $1 \
        AND NOT EXISTS (SELECT 1 FROM case_materials WHERE case_id = $1 AND number > $2)";
    /// A new draft.
    DRAFT_ADD = "INSERT INTO case_drafts (id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, \
        expires, known) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11)";
    /// Keeps what is filled in, unless another window did meanwhile.
    DRAFT_SAVE = "UPDATE case_drafts SET sealed = $2, version = version + 1, updated_at = $3, expires = $4, warned = 0 WHERE id = $1 AND version = $5";
    /// Takes a draft over to another version of its item, unless another window changed it meanwhile.
    DRAFT_RENEW = "UPDATE case_drafts SET item_version = $2, sealed = $3, version = version + 1, updated_at = $4, expires = $5, \
        known = $7, warned = 0 WHERE id = $1 AND version = $6";
    /// A draft that was filed or thrown away.
    DRAFT_DROP = "DELETE FROM case_drafts WHERE id = $1 AND version = $2";
    /// Drafts whose time is over, in use or thrown away.
    DRAFTS_EXPIRED = "SELECT id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, expires, binned_at, known FROM case_drafts \
        WHERE expires < $1 ORDER BY expires, id LIMIT $2";
    /// Drafts with little time left, whose owner was not told yet; those whose time is over already are not told of a day that is past.
    DRAFTS_TO_WARN = "SELECT id, person, holder, item, item_version, channel, consent_at, sealed, version, updated_at, expires, binned_at, known FROM case_drafts \
        WHERE warned = 0 AND binned_at IS NULL AND expires >= $1 AND expires < $2 ORDER BY expires, id LIMIT $3";
    /// The owner was told.
    DRAFT_WARNED = "UPDATE case_drafts SET warned = 1 WHERE id = $1 AND version = $2 AND warned = 0";
    /// Throws a draft away, until $4.
    DRAFT_BIN = "UPDATE case_drafts SET binned_at = $3, expires = $4, version = version + 1 \
        WHERE id = $1 AND version = $2 AND binned_at IS NULL";
    /// Brings it back, until $3.
    DRAFT_RESTORE = "UPDATE case_drafts SET binned_at = NULL, expires = $3, warned = 0, version = version + 1 \
        WHERE id = $1 AND version = $2 AND binned_at IS NOT NULL";
    /// Files of a case or draft.
    MATERIALS = "SELECT case_id, number, material, blob, name, kind, size, on_paper, added_by, added_at, filed_at, source_case, source_number, \
        source_paper, thumb, signing FROM case_materials WHERE case_id = $1 ORDER BY number LIMIT $2";
    /// One file.
    MATERIAL = "SELECT case_id, number, material, blob, name, kind, size, on_paper, added_by, added_at, filed_at, source_case, source_number, \
        source_paper, thumb, signing FROM case_materials WHERE case_id = $1 AND number = $2";
    /// A new file.
    MATERIAL_ADD = "INSERT INTO case_materials (case_id, number, material, blob, name, kind, size, on_paper, added_by, added_at, thumb, signing) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// A file that was handed in with an earlier case: its bytes lie there.
    MATERIAL_REUSE = "INSERT INTO case_materials (case_id, number, material, blob, name, kind, size, on_paper, added_by, added_at, \
        source_case, source_number, source_paper, thumb) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $13)";
    /// What an applicant handed in with the cases since a moment, the latest first: files of its own, not those used again.
    HANDED_IN = "SELECT m.case_id, m.number, m.material, m.blob, m.name, m.kind, m.size, m.on_paper, m.filed_at, m.source_case, \
        m.source_number, m.source_paper, m.thumb, m.signing, c.item, c.item_version, c.authority FROM cases c JOIN case_materials m ON m.case_id = c.id \
        WHERE c.holder = $1 AND c.filed_at >= $2 AND m.filed_at >= $2 AND m.on_paper = 0 AND m.kind <> 'pledge' AND m.signing = '' AND m.source_case = '' \
        ORDER BY c.filed_at DESC, c.id DESC, m.number DESC LIMIT $3";
    /// Files of results that an applicant was given, the latest first.
    RESULTS_OF = "SELECT m.case_id, m.number, m.material, m.blob, m.name, m.kind, m.size, m.on_paper, m.filed_at, m.source_case, \
        m.source_number, m.source_paper, m.thumb, m.signing, c.item, c.item_version, c.authority FROM cases c JOIN case_materials m ON m.case_id = c.id \
        WHERE c.holder = $1 AND m.filed_at IS NOT NULL AND m.material = '@result' ORDER BY c.filed_at DESC, c.id DESC, m.number DESC LIMIT $2";
    /// Decisions for an applicant of whose result no file was handed over, the latest first: the paper is all that was given.
    DECISIONS_OF = "SELECT p.case_id, p.number, p.title, p.blob, c.item, c.item_version, c.authority FROM cases c JOIN case_papers p \
        ON p.case_id = c.id WHERE c.holder = $1 AND p.kind = 'approval' AND NOT EXISTS (SELECT 1 FROM case_materials m \
        WHERE m.case_id = c.id AND m.material = '@result' AND m.filed_at IS NOT NULL) \
        ORDER BY c.filed_at DESC, c.id DESC, p.number DESC LIMIT $2";
    /// Takes a file back that was not sent yet.
    MATERIAL_DROP = "DELETE FROM case_materials WHERE case_id = $1 AND number = $2 AND filed_at IS NULL";
    /// Sends the files that lie ready: those of the applicant, or (`$3` = 1) those of the result.
    MATERIALS_FILE = "UPDATE case_materials SET filed_at = $2 WHERE case_id = $1 AND filed_at IS NULL \
        AND CASE WHEN material = '@result' THEN 1 ELSE 0 END = $3";
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
        made_at, version, head, changed_at, template) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// For the verification of the record.
    PAPER_ROWS = "SELECT case_id, number, id, kind, title, authority, year, serial, document_number, content, blob, made_at, version, \
        head, changed_at, template FROM case_papers WHERE id > $1 ORDER BY id LIMIT $2";
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
