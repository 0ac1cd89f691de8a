//! People: made known, found, read.

use std::collections::BTreeMap;

use journal::Head;
use kernel::{Ctx, Error, Id, Person, Result};
use standards::{CitizenNumber, PaperKind, PersonPaper};
use storage::{Commit, Row, Unit, args};
use vault::{DataKey, Vault};
use webkit::App;

use super::{
    kinds,
    looks::{self, Look},
};
use crate::{
    model::{
        code::Recipient,
        level,
        look::Purpose,
        person::{self, CheckedPerson, NewPerson, PersonCard, PersonState},
    },
    store::people as rows,
};

/// People that share one mobile number and are listed at most.
const SAME_MOBILE_MAX: i64 = 20;

/// Under what the vault keeps a person's data.
pub(crate) fn vault_holder(person: Id<Person>) -> String {
    format!("person:{person}")
}

/// Keyed digest of a citizen number.
pub(crate) fn citizen_digest(vault: &Vault, number: &CitizenNumber) -> String {
    vault.digest("citizen", number.as_str())
}

/// Keyed digest of a paper's number. A residence permit bears a citizen number, and is found by it.
pub(crate) fn paper_digest(vault: &Vault, paper: &PersonPaper) -> String {
    match paper.citizen_number() {
        Some(number) => citizen_digest(vault, &number),
        None => vault.digest("citizen", &format!("{}\n{}", paper.kind().code(), paper.number())),
    }
}

/// Makes a person known: seals what is personal, and keeps digests. Asks no permission itself: whoever calls has asked by what right
/// (a window that files for the person, a loader).
///
/// # Errors
/// [`Error::Invalid`] for each field that is wrong; [`Error::Refused`] if the citizen number is known already; if the engine
/// fails.
pub async fn create_person(ctx: &Ctx, app: &App, new: &NewPerson) -> Result<Id<Person>> {
    let checked = new.check(ctx.now.legal_date()).map_err(Error::Invalid)?;
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    let _ = add(&mut unit, ctx, &app.vault, id, &checked)?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok(id),
        Commit::Lost { guard: "person" } => Err(Error::refused("这个公民身份号码已经登记过，请直接查找此人。")),
        Commit::Lost { .. } => Err(Error::Stale { what: "人员信息", by: None }),
    }
}

/// Adds a new person to this unit and gives its data key; the guard `person` fails if the citizen number is known.
pub(crate) fn add(unit: &mut Unit, ctx: &Ctx, vault: &Vault, id: Id<Person>, new: &CheckedPerson) -> Result<DataKey> {
    let holder = vault_holder(id);
    let key = vault.create(unit, ctx, &holder);
    let items = [
        ("name", new.name.as_str()),
        ("citizen_number", new.paper.number()),
        (MOBILE, &new.mobile),
        ("address", &new.address),
    ];
    let card: BTreeMap<String, String> = items
        .iter()
        .map(|(name, text)| ((*name).to_owned(), vault.seal(unit, ctx, (&holder, &key), name, text.as_bytes())))
        .collect();
    let state = PersonState {
        citizen: paper_digest(vault, &new.paper),
        mobile: vault.digest("mobile", &new.mobile),
        mailbox: String::new(),
        level: new.level,
        card,
        proved: level::behind(new.level),
        paper: new.paper.kind().code().to_owned(),
    };
    let head = journal::append(unit, ctx, &Head::none(), (&holder, kinds::PERSON_REGISTERED), &state)?;
    rows::add(unit, id, &state, &head)?;
    Ok(key)
}

/// The person with this citizen number, if known. Whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub async fn find_person_by_citizen_number(app: &App, number: &CitizenNumber) -> Result<Option<Id<Person>>> {
    let row = app.db.find(rows::PERSON_BY_CITIZEN, args![citizen_digest(&app.vault, number)]).await?;
    row.map(|row| row.id("id")).transpose()
}

/// The person with this paper, if known. Whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub async fn find_person_by_paper(app: &App, paper: &PersonPaper) -> Result<Option<Id<Person>>> {
    let row = app.db.find(rows::PERSON_BY_CITIZEN, args![paper_digest(&app.vault, paper)]).await?;
    row.map(|row| row.id("id")).transpose()
}

/// People with this mobile number (at most twenty: a family may share one). Whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub async fn find_people_by_mobile(app: &App, mobile: &str) -> Result<Vec<Id<Person>>> {
    let Some(mobile) = person::mobile(mobile) else { return Ok(Vec::new()) };
    let values = args![app.vault.digest("mobile", &mobile), SAME_MOBILE_MAX];
    app.db.query(rows::PEOPLE_BY_MOBILE, values).await?.iter().map(|row| row.id("id")).collect()
}

/// All that is known of a person, unsealed, for a purpose that is written down before it is read ([`looks::look`]); one's own data
/// needs none. Whoever calls has asked by what right.
///
/// # Errors
/// [`Error::NotFound`] if there is no such person, or the data was erased; [`Error::Internal`] if it was altered.
pub async fn person_card(ctx: &Ctx, app: &App, id: Id<Person>, why: (Purpose, &Look)) -> Result<PersonCard> {
    let row = app.db.find(rows::PERSON, args![id]).await?.ok_or(Error::NotFound { what: "人员" })?;
    looks::look(ctx, app, id, why).await?;
    card(app, id, &row).await
}

/// As [`person_card`], for whoever has written down the look itself.
pub(crate) async fn card_of(app: &App, id: Id<Person>) -> Result<PersonCard> {
    let row = app.db.find(rows::PERSON, args![id]).await?.ok_or(Error::NotFound { what: "人员" })?;
    card(app, id, &row).await
}

/// Under what name a person's mobile number is sealed: what is sealed is never changed, so a later one has a name that sorts after it.
pub(crate) const MOBILE: &str = "mobile";

/// The name of the mobile number that a person has from this version of the record on.
pub(crate) fn mobile_from(version: i64) -> String {
    format!("{MOBILE}.{version:08}")
}

/// The keyed digest by which somebody with this number or mailbox is found.
pub(crate) fn digest_of(vault: &Vault, to: &Recipient) -> String {
    match to {
        Recipient::Mobile(it) => vault.digest("mobile", it),
        Recipient::Mailbox(it) => vault.digest("mailbox", it),
    }
}

/// Under what name a person's mailbox is sealed; as of the mobile number, a later one has a name that sorts after it.
pub(crate) const MAILBOX: &str = "mailbox";

/// The name of the mailbox that a person has from this version of the record on.
pub(crate) fn mailbox_from(version: i64) -> String {
    format!("{MAILBOX}.{version:08}")
}

/// The mailbox of a person, if there is one.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn mailbox_of(app: &App, person: Id<Person>) -> Result<Option<String>> {
    let row = app.db.find(rows::PERSON, args![person]).await?;
    if row.as_ref().map(|it| it.text("mailbox")).transpose()?.is_none_or(str::is_empty) {
        return Ok(None);
    }
    let latest = app.vault.open_all(&vault_holder(person), MAILBOX).await?.pop();
    latest.map(|it| String::from_utf8(it.1).map_err(Error::internal)).transpose()
}

/// The mobile number of a person.
///
/// # Errors
/// [`Error::NotFound`] if the data was erased; if the engine fails.
pub(crate) async fn mobile_of(app: &App, person: Id<Person>) -> Result<String> {
    let latest =
        app.vault.open_all(&vault_holder(person), MOBILE).await?.pop().ok_or(Error::NotFound { what: "手机号" })?;
    String::from_utf8(latest.1).map_err(Error::internal)
}

async fn card(app: &App, id: Id<Person>, row: &Row) -> Result<PersonCard> {
    let mut items: BTreeMap<_, _> = app.vault.open_all(&vault_holder(id), "").await?.into_iter().collect();
    let latest = |kind| items.keys().rfind(|it| it.split('.').next() == Some(kind)).cloned().unwrap_or_default();
    let (mobile, mailbox) = (latest(MOBILE), latest(MAILBOX));
    let has_mailbox = !row.text("mailbox")?.is_empty();
    let mut take = |name: &str| {
        let bytes =
            items.remove(name).ok_or_else(|| Error::internal(format!("a person's {name} is not in the vault")))?;
        String::from_utf8(bytes).map_err(Error::internal)
    };
    let number = take("citizen_number")?;
    let kind = PaperKind::from_code(row.text("paper")?).ok_or_else(|| Error::internal("a paper's kind"))?;
    Ok(PersonCard {
        id,
        name: take("name")?,
        paper: PersonPaper::parse(kind, &number).map_err(|_| Error::internal("a sealed paper's number"))?,
        mobile: take(&mobile)?,
        mailbox: if has_mailbox { take(&mailbox)? } else { String::new() },
        address: take("address")?,
        level: row.int("level")?,
    })
}
