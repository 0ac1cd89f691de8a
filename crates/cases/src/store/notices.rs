//! Rows of what people were told, and of what they chose to be told.

use storage::{Migration, Sql};

use crate::model::notice::Choices;

/// The schema of it.
pub(crate) const MIGRATION: Migration =
    Migration { area: "cases", number: 6, sql: include_str!("../../migrations/0006_notices.sql") };

/// What is read of a notice.
macro_rules! columns {
    () => {
        "n.case_id, n.number, n.id, n.kind, n.made_at, n.read_at, n.sending, n.send_at, n.settled_at, n.mail_sending, n.mail_send_at, n.mail_settled_at"
    };
}

storage::sql! {
    /// What was told of one entry of a case.
    NOTICE_ADD = "INSERT INTO case_notices (case_id, number, id, person, kind, made_at, read_at, sending, message, send_at, settled_at, \
        mail_sending, mail_message, mail_send_at) VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8, $9, NULL, $10, $11, $12) ON CONFLICT (case_id, number) DO NOTHING";
    /// What a person was told, the latest first, with the case's number, item and holder.
    NOTICES_OF = concat!("SELECT ", columns!(), ", c.number AS case_number, c.item, c.holder FROM case_notices n JOIN cases c ON c.id = n.case_id \
        WHERE n.person = $1 AND n.id < $2 ORDER BY n.id DESC LIMIT $3");
    /// What was told of a case, the first first.
    NOTICES_OF_CASE = concat!("SELECT ", columns!(), " FROM case_notices n WHERE n.case_id = $1 ORDER BY n.made_at, n.number LIMIT $2");
    /// The person has seen what came up to this one.
    NOTICES_READ = "UPDATE case_notices SET read_at = $3 WHERE person = $1 AND id <= $2 AND read_at IS NULL";
    /// How many a person has not seen; counted up to $2.
    NOTICES_UNREAD = "SELECT count(*) AS unread FROM (SELECT id FROM case_notices WHERE person = $1 AND read_at IS NULL LIMIT $2) some_unread";
    /// Notices whose message is on its way and should have gone by now.
    NOTICES_WAITING = "SELECT id, message, send_at FROM case_notices WHERE sending = 'waiting' AND send_at <= $1 AND (send_at > $2 OR send_at = $2 AND id > $3) \
        ORDER BY send_at, id LIMIT $4";
    /// How it ended.
    NOTICE_SETTLED = "UPDATE case_notices SET sending = $2, settled_at = $3 WHERE id = $1 AND sending = 'waiting'";
    /// Notices whose mail is on its way and should have gone by now.
    MAILS_WAITING = "SELECT id, mail_message AS message, mail_send_at AS send_at FROM case_notices WHERE mail_sending = 'waiting' AND mail_send_at <= $1 \
        AND (mail_send_at > $2 OR mail_send_at = $2 AND id > $3) ORDER BY mail_send_at, id LIMIT $4";
    /// How it ended.
    MAIL_SETTLED = "UPDATE case_notices SET mail_sending = $2, mail_settled_at = $3 WHERE id = $1 AND mail_sending = 'waiting'";
    /// What a person chose.
    CHOICES = "SELECT progress, night, mail FROM notice_choices WHERE person = $1";
    /// A person chooses.
    CHOICES_SET = "INSERT INTO notice_choices (person, progress, night, mail) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person) DO UPDATE SET progress = excluded.progress, night = excluded.night, mail = excluded.mail";
    /// What an erased person was told and chose.
    NOTICES_FORGET = "DELETE FROM case_notices WHERE person = $1";
    /// As above.
    CHOICES_FORGET = "DELETE FROM notice_choices WHERE person = $1";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;

/// Reads what a person chose.
///
/// # Errors
/// If the row is of another kind.
pub(crate) fn choices(row: &storage::Row) -> kernel::Result<Choices> {
    Ok(Choices { progress: row.flag("progress")?, night: row.flag("night")?, mail: row.flag("mail")? })
}
