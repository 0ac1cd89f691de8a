//! The table of people: digests only.

use journal::Head;
use kernel::{Id, Person, Result};
use storage::{Row, Unit, args};

use crate::model::person::PersonState;

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, citizen, mobile, mailbox, level, card, proved, paper, version, head, changed_at"
    };
}

storage::sql! {
    /// One person.
    PERSON = concat!("SELECT ", columns!(), " FROM people WHERE id = $1");
    /// The person with this paper.
    PERSON_BY_CITIZEN = concat!("SELECT ", columns!(), " FROM people WHERE citizen = $1");
    /// People with this mobile number.
    PEOPLE_BY_MOBILE = "SELECT id FROM people WHERE mobile = $1 ORDER BY id LIMIT $2";
    /// A new person.
    PERSON_ADD = "INSERT INTO people (id, citizen, mobile, level, card, version, head, changed_at, proved, paper, mailbox) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// What is known of a person from now on, unless somebody changed it meanwhile.
    PERSON_SET = "UPDATE people SET citizen = $2, mobile = $3, level = $4, card = $5, version = $6, head = $7, changed_at = $8, \
        proved = $10, paper = $11, mailbox = $12 WHERE id = $1 AND version = $9";
    /// For the verification of the record.
    PERSON_ROWS = concat!("SELECT ", columns!(), " FROM people WHERE id > $1 ORDER BY id LIMIT $2");
}

pub(crate) fn state(row: &Row) -> Result<PersonState> {
    Ok(PersonState {
        citizen: row.string("citizen")?,
        mobile: row.string("mobile")?,
        mailbox: row.string("mailbox")?,
        level: row.int("level")?,
        card: row.json("card")?,
        proved: row.json("proved")?,
        paper: row.string("paper")?,
    })
}

pub(crate) fn add(unit: &mut Unit, id: Id<Person>, it: &PersonState, head: &Head) -> Result<()> {
    let card = serde_json::to_string(&it.card).map_err(kernel::Error::internal)?;
    let proved = serde_json::to_string(&it.proved).map_err(kernel::Error::internal)?;
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let values = args![id, &it.citizen, &it.mobile, it.level, card, version, hash, at, proved, &it.paper, &it.mailbox];
    unit.one("person", PERSON_ADD, values);
    Ok(())
}

pub(crate) fn set(unit: &mut Unit, id: Id<Person>, it: &PersonState, (before, head): (&Head, &Head)) -> Result<()> {
    let card = serde_json::to_string(&it.card).map_err(kernel::Error::internal)?;
    let proved = serde_json::to_string(&it.proved).map_err(kernel::Error::internal)?;
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let (was, paper, mailbox) = (before.version, &it.paper, &it.mailbox);
    let values = args![id, &it.citizen, &it.mobile, it.level, card, version, hash, at, was, proved, paper, mailbox];
    unit.one("person", PERSON_SET, values);
    Ok(())
}
