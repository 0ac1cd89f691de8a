//! Rows of files that come in pieces.

use kernel::{Id, Moment, Person, Result};
use storage::{Migration, Row, Sql};

use crate::{CaseId, service::uploads::UploadId};

/// The schema of it.
pub(crate) const MIGRATION: Migration =
    Migration { area: "cases", number: 7, sql: include_str!("../../migrations/0007_materials.sql") };

storage::sql! {
    /// One upload.
    UPLOAD = "SELECT id, case_id, person, material, replaces, name, size, received, made, expires FROM case_uploads WHERE id = $1";
    /// A new one, unless the person has too many, or too much, on the way: at most $9 of them before it, $10 bytes with it.
    UPLOAD_ADD = "INSERT INTO case_uploads (id, case_id, person, material, replaces, name, size, received, made, expires) \
        SELECT $1, $2, $3, $4, $5, $6, $7, 0, NULL, $8 \
        WHERE (SELECT count(*) FROM case_uploads WHERE person = $3 AND expires > $11 AND made IS NULL) < $9 \
        AND (SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM case_uploads WHERE person = $3 AND expires > $11 AND made IS NULL) + $7 <= $10";
    /// So much more of it lies here, unless another request brought that meanwhile.
    UPLOAD_MOVE = "UPDATE case_uploads SET received = $2, expires = $3 WHERE id = $1 AND received = $4 AND made IS NULL";
    /// It became a file.
    UPLOAD_MADE = "UPDATE case_uploads SET made = $2 WHERE id = $1 AND made IS NULL AND received = size";
    /// It is over.
    UPLOAD_DROP = "DELETE FROM case_uploads WHERE id = $1";
    /// Uploads whose time is over.
    UPLOADS_EXPIRED = "SELECT id FROM case_uploads WHERE expires < $1 ORDER BY expires, id LIMIT $2";
    /// Uploads to a draft or case.
    UPLOADS_OF_CASE = "SELECT id FROM case_uploads WHERE case_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// Uploads of a person, to whatever.
    UPLOADS_OF_PERSON = "SELECT id FROM case_uploads WHERE person = $1 ORDER BY expires, id LIMIT $2";
    /// A piece.
    PIECE_ADD = "INSERT INTO case_upload_pieces (upload, start, blob) VALUES ($1, $2, $3)";
    /// The pieces of an upload, in order.
    PIECES = "SELECT start, blob FROM case_upload_pieces WHERE upload = $1 ORDER BY start LIMIT $2";
    /// They are put together, or not wanted any more.
    PIECES_DROP = "DELETE FROM case_upload_pieces WHERE upload = $1";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;

/// An upload as stored.
#[derive(Debug, Clone)]
pub(crate) struct UploadRow {
    pub(crate) id: UploadId,
    pub(crate) case: CaseId,
    pub(crate) person: Id<Person>,
    pub(crate) material: String,
    /// The file whose place it takes.
    pub(crate) replaces: Option<i64>,
    /// The file's name, sealed.
    pub(crate) name: Vec<u8>,
    pub(crate) size: i64,
    /// So many bytes lie here.
    pub(crate) received: i64,
    /// The number of the file that came of it.
    pub(crate) made: Option<i64>,
    pub(crate) expires: Moment,
}

/// Reads a row of `case_uploads`.
pub(crate) fn upload(row: &Row) -> Result<UploadRow> {
    Ok(UploadRow {
        id: row.id("id")?,
        case: row.id("case_id")?,
        person: row.id("person")?,
        material: row.string("material")?,
        replaces: Some(row.int("replaces")?).filter(|it| *it > 0),
        name: row.blob("name")?.to_vec(),
        size: row.int("size")?,
        received: row.int("received")?,
        made: row.opt_int("made")?,
        expires: row.moment("expires")?,
    })
}
