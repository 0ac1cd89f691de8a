//! Filing at the window (窗口收件): the item first, then whoever stands there, then the same draft that applicants fill in.

use askama::Template;
use axum::extract::{Path, Query, State};
use catalogue::ItemDocument;
use identity::{Choice, ChoiceAsk, NewPerson, Reach};
use kernel::{Ctx, Error, Fault, Holder, Id, Item, PageAsk};
use webkit::{Access, Answer, App, Failure, Form, FormData, Page, Routes, Sample, Shell, address, page, see_other};

use crate::{
    DraftAsk, FILE_AT_WINDOW, create_draft,
    service::applicants::{self, ApplicantCard, AtWindow, EnterpriseAtWindow},
};

pub(crate) fn routes() -> Routes {
    let files = Access::May(FILE_AT_WINDOW);
    Routes::new().get("/desk/file", files, choose).get("/desk/file/{item}", files, ask).post(
        "/desk/file/{item}",
        files,
        answer,
    )
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct ChooseAsk {
    #[serde(flatten)]
    choice: ChoiceAsk,
    q: String,
    after: String,
}

#[derive(Template)]
#[template(path = "window.html")]
struct ChoosePage {
    shell: Shell,
    choice: Choice,
    q: String,
    items: Vec<AtWindow>,
    next: String,
    first: String,
}

const HERE: &str = "/desk/file";

async fn choose(State(app): State<App>, it: Page, Query(ask): Query<ChooseAsk>) -> Answer {
    let Page { ctx, shell } = it;
    let windows = Reach::of(&ctx, &app.db, FILE_AT_WINDOW).await?;
    let keep = [("q", ask.q.as_str())];
    let choice = windows.choose(&app.db, &ask.choice, (HERE, &keep), !windows.is_whole()).await?;
    let mut shown =
        ChoosePage { shell, choice, q: ask.q.clone(), items: Vec::new(), next: String::new(), first: String::new() };
    if !shown.choice.open {
        let authority = shown.choice.chosen.as_ref().map(|it| it.id);
        let found = PageAsk::from_query(Some(&ask.after), None)?;
        let found = applicants::items_at_window(&ctx, &app, (authority, &ask.q), &found).await?;
        let chosen = shown.choice.id();
        let href = |after: &str| address(HERE, &[("authority", &chosen), ("q", &ask.q), ("after", after)]);
        let next = found.next.map(|key| href(&key)).unwrap_or_default();
        let first = if ask.after.is_empty() { String::new() } else { href("") };
        (shown.items, shown.next, shown.first) = (found.items, next, first);
    }
    page(&shown)
}

/// How far the clerk has come with the person at the window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Asks for the number on the card.
    Number,
    /// Nobody has this number: asks for the rest, to register the person.
    Register,
    /// No enterprise has this code: asks for the rest, to register it.
    RegisterEnterprise,
    /// The person is found and agrees.
    Agree,
}

#[derive(Template)]
#[template(path = "window_person.html")]
struct PersonPage {
    shell: Shell,
    item: String,
    item_name: String,
    persons: bool,
    organisations: bool,
    step: Step,
    holder: String,
    card: ApplicantCard,
    form: FormData,
    faults: Vec<Fault>,
}

impl PersonPage {
    fn new(shell: Shell, item: String, document: &ItemDocument, form: FormData) -> Self {
        Self {
            shell,
            item,
            item_name: document.name.clone(),
            persons: document.serves_persons(),
            organisations: document.serves_organisations(),
            step: Step::Number,
            holder: String::new(),
            card: ApplicantCard::default(),
            form,
            faults: Vec::new(),
        }
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    /// What stands on the card that is asked for.
    fn number_words(&self) -> (&'static str, &'static str) {
        match (self.persons, self.organisations) {
            (true, false) => ("公民身份号码", "身份证上的 18 位号码。"),
            (false, true) => ("统一社会信用代码", "营业执照或者登记证书上的 18 位代码。"),
            _ => ("公民身份号码或统一社会信用代码", "个人办理填身份证号，企业等组织办理填营业执照上的代码。"),
        }
    }

    fn found(self, holder: Holder, card: ApplicantCard) -> Self {
        Self { step: Step::Agree, holder: holder.to_string(), card, ..self }
    }
}

async fn ask(State(app): State<App>, it: Page, Path(item): Path<Id<Item>>) -> Answer {
    let found = applicants::item_at_window(&it.ctx, &app, item).await?;
    page(&PersonPage::new(it.shell, item.to_string(), &found.document, FormData::default()))
}

async fn answer(State(app): State<App>, it: Page, Path(item): Path<Id<Item>>, Form(form): Form) -> Answer {
    let Page { ctx, shell } = it;
    let found = applicants::item_at_window(&ctx, &app, item).await?;
    let blank = PersonPage::new(shell, item.to_string(), &found.document, form.clone());
    match form.text("step") {
        "begin" => begin(&ctx, &app, item, (blank, &form)).await,
        "register" => register(&ctx, &app, item, (blank, &form)).await,
        "register_enterprise" => register_enterprise(&ctx, &app, item, (blank, &form)).await,
        _ => find(&ctx, &app, item, (blank, &form)).await,
    }
}

async fn find(ctx: &Ctx, app: &App, item: Id<Item>, (blank, form): (PersonPage, &FormData)) -> Answer {
    match applicants::find_at_window(ctx, app, item, form.text("number")).await {
        Ok(Some((holder, card))) => page(&blank.found(holder, card)),
        Ok(None) if standards::CitizenNumber::parse(form.text("number")).is_ok() => {
            page(&PersonPage { step: Step::Register, ..blank })
        }
        Ok(None) => page(&PersonPage { step: Step::RegisterEnterprise, ..blank }),
        Err(error) => {
            let faults = mendable(error, "number")?;
            shown_again(PersonPage { faults, ..blank })
        }
    }
}

async fn register(ctx: &Ctx, app: &App, item: Id<Item>, (blank, form): (PersonPage, &FormData)) -> Answer {
    let text = |name: &str| form.text(name).to_owned();
    let new = NewPerson {
        paper: standards::PaperKind::Citizen,
        name: text("name"),
        citizen_number: text("number"),
        mobile: text("mobile"),
        address: text("address"),
        // The officer has the person and the card before the eyes.
        level: 3,
    };
    let done = applicants::register_at_window(ctx, app, item, &new).await;
    registered(ctx, app, (blank, Step::Register), done).await
}

async fn register_enterprise(ctx: &Ctx, app: &App, item: Id<Item>, (blank, form): (PersonPage, &FormData)) -> Answer {
    let text = |name: &str| form.text(name).to_owned();
    let new = EnterpriseAtWindow {
        uscc: text("number"),
        name: text("name"),
        address: text("address"),
        representative: text("representative"),
    };
    let done = applicants::register_enterprise_at_window(ctx, app, item, &new).await;
    registered(ctx, app, (blank, Step::RegisterEnterprise), done).await
}

/// Who was registered, to be compared with the card; or the same form with what is wrong.
async fn registered(ctx: &Ctx, app: &App, (blank, step): (PersonPage, Step), done: kernel::Result<Holder>) -> Answer {
    match done {
        Ok(holder) => {
            let card = applicants::at_window(ctx, app, holder).await?;
            page(&blank.found(holder, card))
        }
        Err(error) => {
            let number = |it: &Fault| matches!(it.field.as_str(), "citizen_number" | "uscc" | "");
            let rename = |it: Fault| if number(&it) { Fault::new("number", it.message) } else { it };
            let faults = mendable(error, "")?.into_iter().map(rename).collect();
            shown_again(PersonPage { step, faults, ..blank })
        }
    }
}

async fn begin(ctx: &Ctx, app: &App, item: Id<Item>, (blank, form): (PersonPage, &FormData)) -> Answer {
    let holder: Holder = form.text("holder").parse().map_err(|_| Error::NotFound { what: "申请人" })?;
    if !form.has("consent") {
        let card = applicants::at_window(ctx, app, holder).await?;
        let faults = vec![Fault::new("consent", "请先征得申请人同意并勾选，再继续填写。")];
        return shown_again(PersonPage { faults, ..blank.found(holder, card) });
    }
    let draft = create_draft(ctx, app, &DraftAsk { item, holder: Some(holder), consent: true }).await?;
    Ok(see_other(&format!("/drafts/{}", draft.id)))
}

/// The faults that can be mended on the same page; any other error goes on.
fn mendable(error: Error, field: &str) -> Result<Vec<Fault>, Failure> {
    match error {
        Error::Invalid(faults) => Ok(faults),
        Error::Refused { reason } => Ok(vec![Fault::new(field, reason)]),
        other => Err(Failure(other)),
    }
}

/// The page shown again with what is wrong (422).
fn shown_again(shown: PersonPage) -> Answer {
    super::again(page(&shown)?)
}

/// Items of one's own, and one that another organ decides.
fn at_window() -> Vec<AtWindow> {
    let items = super::desk_samples::items().into_iter().zip(["", "亳州市<司法>局"]);
    items.map(|(item, decided_by)| AtWindow { item, decided_by: decided_by.to_owned() }).collect()
}

/// The pages with made-up content.
pub(crate) fn samples() -> Vec<Sample> {
    let shell = super::desk_samples::shell;
    let document = super::desk_samples::document();
    let person = |step, pairs: &[(&str, &str)], faults| PersonPage {
        step,
        persons: true,
        organisations: true,
        card: super::desk_samples::card(),
        faults,
        ..PersonPage::new(
            shell(),
            "1".to_owned(),
            &document,
            FormData::of(pairs.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect()),
        )
    };
    let choose = |items, few| ChoosePage {
        shell: shell(),
        choice: Choice::sample(few),
        q: String::new(),
        items,
        next: String::new(),
        first: String::new(),
    };
    let wrong = vec![Fault::new("mobile", "手机号应为 11 位数字，以 1 开头，请核对。")];
    let pages = [
        ("window.html", choose(at_window(), true).render()),
        ("window.html", choose(Vec::new(), true).render()),
        ("window.html", choose(Vec::new(), false).render()),
        ("window_person.html", person(Step::Number, &[], Vec::new()).render()),
        (
            "window_person.html",
            person(
                Step::Register,
                &[("number", "341602199301010028"), ("name", "武<b>敏</b>"), ("mobile", "138")],
                wrong,
            )
            .render(),
        ),
        (
            "window_person.html",
            person(
                Step::RegisterEnterprise,
                &[("number", "92341602MA00000151"), ("name", "武<b>敏</b>店")],
                Vec::new(),
            )
            .render(),
        ),
        ("window_person.html", person(Step::Agree, &[], Vec::new()).render()),
    ];
    pages.into_iter().filter_map(|(name, html)| Some(Sample { name, html: html.ok()? })).collect()
}
