//! What the platform knows of an applicant: what a draft is begun with, each value with where it comes from, and what the answers of a case
//! are compared with on the desk.

use std::collections::BTreeMap;

use catalogue::{ItemDocument, model::ApplicationForm};
use forms::Origin;
use identity::{Look, Purpose};
use kernel::{Ctx, Error, Holder, Id, Item, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use storage::args;
use vault::DataKey;
use webkit::App;

use super::{answers, document, drafts::Draft, filled, looks};
use crate::{
    CaseId, FILE,
    model::Stage,
    store::{self, CaseRow, DraftRow},
};

/// So many of the applicant's last cases are looked at for answers that can be taken over.
const EARLIER: i64 = 5;
/// An answer is taken over from cases that were filed so many days ago at most: people move.
const EARLIER_DAYS: i64 = 730;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Name and number, which the real-name check or an officer confirmed.
    Identity,
    /// The telephone number of the account.
    Phone,
    /// The address of the account.
    Address,
    /// The base of legal persons.
    Register,
    /// An earlier application.
    Earlier,
}

impl Source {
    /// What people call it.
    fn name(self) -> &'static str {
        match self {
            Self::Identity => "实名登记信息",
            Self::Phone => "账号登记的手机号",
            Self::Address => "账号登记的地址",
            Self::Register => "法人登记信息",
            Self::Earlier => "您以前的申请",
        }
    }

    /// What to do if what is registered there is wrong, with the page for it; none: there is none.
    fn mend(self) -> (&'static str, &'static str) {
        match self {
            Self::Identity => ("登记有误的，带身份证到窗口更正。", ""),
            Self::Phone => ("号码换了，去更换登记的手机号", "/me/phone"),
            Self::Address | Self::Earlier => ("", ""),
            Self::Register => ("登记有误的，向登记机关申请变更。", ""),
        }
    }
}

/// A value that the platform brought in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// The value, as the form keeps it.
    pub value: Value,
    /// Where it comes from.
    pub source: Source,
    /// Of an earlier application: its item and day.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
}

impl Known {
    /// Where it comes from, in words.
    #[must_use]
    pub fn from(&self) -> String {
        if self.about.is_empty() {
            self.source.name().to_owned()
        } else {
            format!("{}（{}）", self.source.name(), self.about)
        }
    }
}

/// What fields are begun with: what is registered of the applicant, and then what the applicant wrote in fields that are the same in
/// applications before this one.
///
/// # Errors
/// If the engine fails.
pub(super) async fn of(
    ctx: &Ctx,
    app: &App,
    (item, document): (Id<Item>, &ItemDocument),
    holder: Holder,
) -> Result<BTreeMap<String, Known>> {
    let Some(form) = &document.form else { return Ok(BTreeMap::new()) };
    // Whoever acts for an enterprise is its contact; a clerk at the window is not.
    let person = match holder {
        Holder::Person(id) => Some(id),
        Holder::Enterprise(_) if ctx.actor.holder() == Some(holder) => Some(ctx.person()?),
        Holder::Enterprise(_) => None,
    };
    let mut out = registered(ctx, app, form, (holder, person, (Purpose::Window, &Look::default()))).await?;
    // A clerk has no business with what the applicant wrote to other offices.
    if ctx.actor.holder() == Some(holder) {
        earlier(ctx, app, (item, form), holder, &mut out).await?;
    }
    Ok(out)
}

/// Whose data it is, and what for it is read: the holder, and the person whose card counts.
type Whose<'a> = (Holder, Option<Id<kernel::Person>>, (Purpose, &'a Look));

/// What is registered, for the fields that ask for it.
async fn registered(
    ctx: &Ctx,
    app: &App,
    form: &ApplicationForm,
    (holder, person, why): Whose<'_>,
) -> Result<BTreeMap<String, Known>> {
    let asks = |what: &str| form.prefill.values().any(|it| it.starts_with(what));
    let card = match person.filter(|_| asks("person.")) {
        Some(person) => match identity::person_card(ctx, app, person, why).await {
            Ok(card) => Some(card),
            // Somebody without a card (an account being made, one that was closed) simply types.
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let enterprise = match holder {
        Holder::Enterprise(id) if asks("enterprise.") => Some(identity::enterprise(&app.db, id).await?),
        _ => None,
    };
    let mut out = BTreeMap::new();
    for (field, asked) in &form.prefill {
        let (person, office) = (card.as_ref(), enterprise.as_ref());
        let (known, source) = match asked.as_str() {
            "person.name" => (person.map(|it| it.name.clone()), Source::Identity),
            "person.citizen_number" => {
                let number = person.and_then(|it| it.paper.citizen_number());
                (number.map(|it| it.as_str().to_owned()), Source::Identity)
            }
            "person.mobile" => (person.map(|it| it.mobile.clone()), Source::Phone),
            "person.address" => (person.map(|it| it.address.clone()), Source::Address),
            "enterprise.name" => (office.map(|it| it.name.clone()), Source::Register),
            "enterprise.credit_code" => (office.map(|it| it.uscc.clone()), Source::Register),
            "enterprise.address" => (office.map(|it| it.address.clone()), Source::Register),
            _ => continue,
        };
        if let Some(known) = known.filter(|it| !it.is_empty()) {
            out.insert(field.clone(), Known { value: Value::from(known), source, about: String::new() });
        }
    }
    Ok(out)
}

/// Takes over what the applicant wrote before, the last first, where the very same is asked: words, places and papers, nothing that is
/// asked only sometimes, agreed to or signed.
async fn earlier(
    ctx: &Ctx,
    app: &App,
    (item, form): (Id<Item>, &ApplicationForm),
    holder: Holder,
    out: &mut BTreeMap<String, Known>,
) -> Result<()> {
    let mut open: Vec<_> = forms::lasting(form).into_iter().filter(|it| !out.contains_key(it)).collect();
    if open.is_empty() {
        return Ok(());
    }
    let since = ctx.now.plus_seconds(-EARLIER_DAYS * 86_400);
    let rows = app.db.query(store::OF_HOLDER, args![holder.to_string(), i64::MAX, "", EARLIER]).await?;
    for row in &rows {
        let row = store::case(row)?;
        let facts = &row.facts;
        let scope = Scope { item: Some(facts.item), ..Scope::own(holder) };
        let over = matches!(row.case.stage(), Stage::TakenBack | Stage::Lapsed);
        if over || row.case.filed.at < since || open.is_empty() || ctx.may(FILE, &scope).is_err() {
            continue;
        }
        let before = document(app, facts.item, facts.item_version).await?;
        let Some(its) = before.form.as_ref() else { continue };
        let same: Vec<_> = open.iter().filter(|it| form.same_field(it, its)).cloned().collect();
        if same.is_empty() {
            continue;
        }
        let values = match answers(app, &row).await {
            Ok(values) => values,
            Err(Error::NotFound { .. }) => continue,
            Err(error) => return Err(error),
        };
        let of = if facts.item == item { "同一事项".to_owned() } else { before.name.clone() };
        let about = format!("{}提交的{of}", row.case.filed.at.zh_date());
        for field in same {
            let value = values[&field].clone();
            if value.as_str().is_some_and(|it| !it.is_empty()) {
                open.retain(|it| *it != field);
                out.insert(field, Known { value, source: Source::Earlier, about: about.clone() });
            }
        }
    }
    Ok(())
}

fn place(id: CaseId) -> String {
    format!("known:{id}")
}

/// Seals what was brought in, beside the draft's answers.
///
/// # Errors
/// If it cannot be written as JSON.
pub(super) fn seal(
    ctx: &Ctx,
    app: &App,
    key: &DataKey,
    id: CaseId,
    known: &BTreeMap<String, Known>,
) -> Result<Vec<u8>> {
    Ok(app.vault.seal_bytes(ctx, key, &place(id), store::json(known)?.as_bytes()))
}

/// What [`seal`] sealed; nothing for a draft that was begun before that was kept.
///
/// # Errors
/// [`Error::Internal`] if it was altered.
pub(super) fn open(app: &App, key: &DataKey, row: &DraftRow) -> Result<BTreeMap<String, Known>> {
    let Some(sealed) = &row.known else { return Ok(BTreeMap::new()) };
    let bytes = app.vault.open_bytes(key, &place(row.id), sealed)?;
    serde_json::from_slice(&bytes).map_err(Error::internal)
}

/// What a page says beside each field of a draft that was brought in.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn origins(app: &App, form: &ApplicationForm, draft: &Draft) -> Result<BTreeMap<String, Origin>> {
    let registered = draft.known.iter().map(|(field, it)| (field.clone(), it.value.clone())).collect();
    let places = filled::places(app, Some(form), &Value::Object(registered)).await?;
    let origin = |(name, it): (&String, &Known)| {
        let (field, written) = (forms::field(form, name)?, &draft.values[name]);
        let same = *written == it.value || written.is_null();
        // What was written once before is no register that one could be at odds with.
        if !same && it.source == Source::Earlier {
            return None;
        }
        let registered = if same { String::new() } else { forms::told(&field, &it.value, &places) };
        let (mend, href) = it.source.mend();
        Some((name.clone(), Origin { from: it.from(), registered, mend: mend.to_owned(), href: href.to_owned() }))
    };
    Ok(draft.known.iter().filter_map(origin).collect())
}

/// An answer beside what is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compared {
    /// The field.
    pub(crate) title: String,
    /// What the applicant wrote.
    pub(crate) written: String,
    /// What is registered.
    pub(crate) registered: String,
    /// Where.
    pub(crate) source: &'static str,
    /// Whether both are the same.
    pub(crate) same: bool,
}

/// Where a field is filled from, as its form says.
fn name_of<'a>(form: &'a ApplicationForm, field: &str) -> &'a str {
    form.prefill.get(field).map_or("", String::as_str)
}

/// The answers of a case beside what is registered today, for an officer whose look at them is on record. Nothing if they were erased.
///
/// # Errors
/// If the engine fails.
pub(super) async fn compared(ctx: &Ctx, app: &App, row: &CaseRow, why: (Purpose, &Look)) -> Result<Vec<Compared>> {
    let values = match answers(app, row).await {
        Ok(values) => values,
        Err(Error::NotFound { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let Some(form) = &document.form else { return Ok(Vec::new()) };
    // Who files at a window for an enterprise is not its contact.
    let person = match (row.facts.holder, row.facts.consent_at) {
        (Holder::Person(id), _) => Some(id),
        (Holder::Enterprise(_), None) => Some(looks::whose(row)),
        (Holder::Enterprise(_), Some(_)) => None,
    };
    let known = registered(ctx, app, form, (row.facts.holder, person, why)).await?;
    let plain = |it: &str| it.chars().filter(|it| !it.is_whitespace()).collect::<String>().to_uppercase();
    let one = |(name, it): (&String, &Known)| {
        let field = forms::field(form, name)?;
        let registered = forms::told(&field, &it.value, &forms::Places::new());
        let written = forms::told(&field, &values[name], &forms::Places::new());
        let (left, right) = (plain(&written), plain(&registered));
        // An address is the same with and without the province before it.
        let ends = |whole: &str, part: &str| !part.is_empty() && whole.ends_with(part);
        let address = name_of(form, name).ends_with(".address");
        let same = left == right || (address && (ends(&left, &right) || ends(&right, &left)));
        Some(Compared { title: field.title, written, registered, source: it.source.name(), same })
    };
    Ok(known.iter().filter_map(one).collect())
}
