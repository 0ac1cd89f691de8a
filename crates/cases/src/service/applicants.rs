//! Applicants as officers meet them: the card of who applied, and whoever stands at the window, found or registered there.

use catalogue::{Documents, ItemFilter, ItemState, ItemSummary, Published};
use identity::{Look, NewEnterprise, NewPerson, Purpose, masked_mobile};
use kernel::{Authority, Basis, Channel, Ctx, Cursor, Error, Holder, Id, Item, Page, PageAsk, Person, Result, Scope};
use standards::{CitizenNumber, CreditCode};
use webkit::App;

use super::{
    Hands,
    known::{self, Compared},
    load_for, looks,
};
use crate::{CaseId, FILE_AT_WINDOW};

/// Who applied, as the officer who handles the case reads it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApplicantCard {
    /// The name of the person or enterprise.
    pub(crate) name: String,
    /// Whether it is an enterprise.
    pub(crate) enterprise: bool,
    /// The citizen number, masked, or the credit code.
    pub(crate) number: String,
    /// The mobile number to call; empty: an enterprise, or erased.
    pub(crate) mobile: String,
    /// The address; may be empty.
    pub(crate) address: String,
    /// By what way, and if for another by whom, it was filed.
    pub(crate) filed: String,
    /// What was written in the form beside what is registered.
    pub(crate) compared: Vec<Compared>,
    /// The case is over, and nothing personal is shown until the officer tells what for it looks.
    pub(crate) asks: bool,
}

impl ApplicantCard {
    /// What its name is called.
    pub(crate) fn name_title(&self) -> &'static str {
        if self.enterprise { "单位名称" } else { "姓名" }
    }

    /// What was written otherwise than it is registered.
    pub(crate) fn differing(&self) -> Vec<&Compared> {
        self.compared.iter().filter(|it| !it.same).collect()
    }

    /// What was compared, by title.
    pub(crate) fn compared_titles(&self) -> String {
        self.compared.iter().map(|it| it.title.as_str()).collect::<Vec<_>>().join("、")
    }

    /// What its number is called.
    pub(crate) fn number_title(&self) -> &'static str {
        if self.enterprise { "统一社会信用代码" } else { "公民身份号码" }
    }
}

/// The applicant of a case, for an officer who may act on it. Reading a person's data is logged with its purpose.
///
/// # Errors
/// [`Error::NotFound`] if there is no case, or the caller may not see it; [`Error::Forbidden`] if the caller is no officer of it.
pub(crate) async fn card(ctx: &Ctx, app: &App, id: CaseId) -> Result<ApplicantCard> {
    let row = load_for(ctx, app, id).await?;
    if !Hands::of(ctx, &row)?.officer() {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    if !looks::looked(ctx, app, &row).await? {
        return Ok(ApplicantCard { asks: true, ..ApplicantCard::default() });
    }
    let own = row.facts.holder == Holder::Person(row.facts.filed_by);
    let by = if own { String::new() } else { identity::person_name(app, row.facts.filed_by).await? };
    let consent = row.facts.consent_at.map_or_else(String::new, |at| format!("，申请人于{}当面同意", at.zh()));
    let filed = match (row.case.channel, own) {
        (Channel::Window, _) => format!("{by}在窗口代为提交{consent}"),
        (_, true) => "本人网上提交".to_owned(),
        (_, false) => format!("{by}网上代为提交"),
    };
    let told = identity::look_told(ctx, app, row.facts.filed_by, &row.facts.number).await?;
    let about = Look { matter: row.facts.number.clone(), ..Look::default() };
    let why = (told.unwrap_or(Purpose::Handling), &about);
    let compared = known::compared(ctx, app, &row, why).await?;
    Ok(ApplicantCard { filed, compared, ..known_card(ctx, app, row.facts.holder, why).await? })
}

async fn known_card(ctx: &Ctx, app: &App, holder: Holder, why: (Purpose, &Look)) -> Result<ApplicantCard> {
    match holder {
        Holder::Enterprise(id) => {
            let it = identity::enterprise(&app.db, id).await?;
            Ok(ApplicantCard {
                name: it.name,
                enterprise: true,
                number: it.uscc,
                address: it.address,
                ..Default::default()
            })
        }
        Holder::Person(id) => match identity::person_card(ctx, app, id, why).await {
            Ok(it) => Ok(ApplicantCard {
                name: it.name,
                number: it.paper.masked(),
                mobile: it.mobile,
                address: it.address,
                ..ApplicantCard::default()
            }),
            Err(Error::NotFound { .. }) => {
                Ok(ApplicantCard { name: identity::person_name(app, id).await?, ..ApplicantCard::default() })
            }
            Err(error) => Err(error),
        },
    }
}

/// An item for which a clerk may file.
#[derive(Debug, Clone)]
pub(crate) struct AtWindow {
    /// The item.
    pub(crate) item: ItemSummary,
    /// Who decides, if the clerk's organ only accepts and examines first; else empty.
    pub(crate) decided_by: String,
}

/// The items of an authority (or of all, for a post at all) for which the caller may file at the window: its own, and those of other
/// organs that it accepts and examines first.
///
/// # Errors
/// [`Error::Forbidden`] without such a post; [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn items_at_window(
    ctx: &Ctx,
    app: &App,
    (authority, text): (Option<Id<Authority>>, &str),
    ask: &PageAsk,
) -> Result<Page<AtWindow>> {
    let mut windows = ctx.actor.grants.iter().filter(|it| it.permission == FILE_AT_WINDOW.code);
    if !windows.any(|it| it.authority.is_none() || it.authority == authority) {
        return Err(Error::Forbidden { action: FILE_AT_WINDOW.words });
    }
    let text: String = text.chars().take(100).collect();
    let filter =
        ItemFilter { authority, state: Some(ItemState::Published), text: text.clone(), ..ItemFilter::default() };
    let mut found = catalogue::items(&app.db, &filter, ask).await?;
    if let Some(authority) = authority {
        let code = identity::authority(&app.db, authority).await?.facts.uscc;
        if !code.is_empty() {
            found = both(found, catalogue::examined_at(&app.db, &code, &text, ask).await?, ask);
        }
    }
    let at = |it: &ItemSummary| authority.unwrap_or(it.authority);
    let mine = |it: &ItemSummary| ctx.may(FILE_AT_WINDOW, &Scope::item(at(it), it.id)).is_ok();
    found.items.retain(|it| it.takes_applications() && mine(it));
    let others: Vec<_> = found.items.iter().filter(|it| at(it) != it.authority).map(|it| it.authority).collect();
    let names = identity::authorities(&app.db, &others).await?;
    let told = |item: ItemSummary| {
        let other = names.get(&item.authority).filter(|_| at(&item) != item.authority);
        AtWindow { decided_by: other.map_or_else(String::new, |it| it.facts.name.clone()), item }
    };
    Ok(Page { items: found.items.into_iter().map(told).collect(), next: found.next })
}

/// One page of two by id.
fn both(one: Page<ItemSummary>, other: Page<ItemSummary>, ask: &PageAsk) -> Page<ItemSummary> {
    let mut items = [one.items, other.items].concat();
    items.sort_by_key(|it| it.id);
    let more = one.next.is_some() || other.next.is_some() || items.len() > ask.rows();
    items.truncate(ask.rows());
    let next = items.last().filter(|_| more).map(|it| Cursor::new([it.id.to_string()]).to_string());
    Page { items, next }
}

/// An item for which the caller may file at the window.
///
/// # Errors
/// [`Error::NotFound`] if there is none; [`Error::Refused`] if it takes no application; [`Error::Forbidden`].
pub(crate) async fn item_at_window(ctx: &Ctx, app: &App, item: Id<Item>) -> Result<Published> {
    let documents = app.part::<Documents>()?;
    let found = catalogue::published(&app.db, &documents, item).await?;
    let at = |office| ctx.may(FILE_AT_WINDOW, &Scope::item(office, item));
    let offices = super::preliminary::offices(app, &found.document).await?;
    if offices.iter().all(|it| at(it.id).is_err()) {
        at(found.item.authority)?;
    }
    Ok(found)
}

/// Whom the number on a card belongs to: a citizen number, or a unified social credit code; `None`: nobody whom the platform knows.
/// What is told of a person is masked: enough to compare with the card that lies on the desk.
///
/// # Errors
/// Those of [`item_at_window`]; [`Error::Invalid`] at `number` if it is neither.
pub(crate) async fn find_at_window(
    ctx: &Ctx,
    app: &App,
    item: Id<Item>,
    number: &str,
) -> Result<Option<(Holder, ApplicantCard)>> {
    let published = item_at_window(ctx, app, item).await?;
    let holder = if let Ok(number) = CitizenNumber::parse(number) {
        identity::find_person_by_citizen_number(app, &number).await?.map(Holder::Person)
    } else if let Ok(code) = CreditCode::parse(number) {
        identity::find_enterprise_by_uscc(&app.db, code.as_str()).await?.map(|it| Holder::Enterprise(it.id))
    } else {
        let serves = (published.document.serves_persons(), published.document.serves_organisations());
        return Err(Error::invalid("number", wrong_number(serves)));
    };
    let Some(holder) = holder else { return Ok(None) };
    super::drafts::check_audience(&published.document, holder)?;
    Ok(Some((holder, at_window(ctx, app, holder).await?)))
}

fn wrong_number((persons, organisations): (bool, bool)) -> &'static str {
    match (persons, organisations) {
        (true, false) => "公民身份号码不正确，请照身份证核对 18 位号码。",
        (false, true) => "统一社会信用代码不正确，请照营业执照核对 18 位代码。",
        _ => "号码不正确：请照身份证填写公民身份号码，或照营业执照填写统一社会信用代码。",
    }
}

/// Somebody already found, told again.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn at_window(ctx: &Ctx, app: &App, holder: Holder) -> Result<ApplicantCard> {
    let basis = ctx.actor.grants.iter().find(|it| it.permission == FILE_AT_WINDOW.code).map(|it| Basis::Post(it.post));
    let card = known_card(ctx, app, holder, (Purpose::Window, &Look { basis, ..Look::default() })).await?;
    let mobile = if card.mobile.is_empty() { String::new() } else { masked_mobile(&card.mobile) };
    Ok(ApplicantCard { mobile, ..card })
}

/// Makes somebody known who stands at the window with an identity card; seen by an officer, so of the highest real-name level.
///
/// # Errors
/// Those of [`item_at_window`]; [`Error::Invalid`] for each field that is wrong; [`Error::Refused`] if the number is known already.
pub(crate) async fn register_at_window(ctx: &Ctx, app: &App, item: Id<Item>, new: &NewPerson) -> Result<Holder> {
    let published = item_at_window(ctx, app, item).await?;
    if !published.document.serves_persons() {
        return Err(Error::refused("本事项面向企业等组织办理，不能以个人名义申请。"));
    }
    identity::create_person(ctx, app, new).await.map(Holder::Person)
}

/// An enterprise at the window that nobody knows yet, as typed from its licence.
#[derive(Debug, Clone, Default)]
pub(crate) struct EnterpriseAtWindow {
    /// 统一社会信用代码.
    pub(crate) uscc: String,
    /// 单位名称.
    pub(crate) name: String,
    /// 住所; may be empty.
    pub(crate) address: String,
    /// The citizen number of its legal representative, if that person is known to the platform and shall act for it online; else empty.
    pub(crate) representative: String,
}

/// Makes an enterprise known whose licence lies on the desk.
///
/// # Errors
/// Those of [`item_at_window`]; [`Error::Invalid`] for each field that is wrong (`representative`: nobody is known by this number);
/// [`Error::Refused`] if the code is known already.
pub(crate) async fn register_enterprise_at_window(
    ctx: &Ctx,
    app: &App,
    item: Id<Item>,
    new: &EnterpriseAtWindow,
) -> Result<Holder> {
    let published = item_at_window(ctx, app, item).await?;
    if !published.document.serves_organisations() {
        return Err(Error::refused("本事项面向个人办理，不能以单位名义申请。"));
    }
    let representative = match new.representative.trim() {
        "" => None,
        number => Some(representative(app, number).await?),
    };
    let new =
        NewEnterprise { uscc: new.uscc.clone(), name: new.name.clone(), representative, address: new.address.clone() };
    identity::create_enterprise(ctx, &app.db, &new).await.map(Holder::Enterprise)
}

async fn representative(app: &App, number: &str) -> Result<Id<Person>> {
    let wrong = |why: &str| Error::invalid("representative", why);
    let number = CitizenNumber::parse(number);
    let number = number.map_err(|_| wrong("公民身份号码不正确，请照法定代表人的身份证核对，或者留空。"))?;
    let found = identity::find_person_by_citizen_number(app, &number).await?;
    found.ok_or_else(|| wrong("平台还没有这个人。请留空，法定代表人以后可以自己注册。"))
}
