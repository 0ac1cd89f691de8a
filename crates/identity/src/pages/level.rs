//! My real-name level: what it is, why one would raise it, and the next step; and the window that sees people.

use askama::Template;
use axum::extract::{Path, State};
use kernel::{Error, Fault, Holder, Id, MandateRow, Person};
use standards::{PaperKind, PersonPaper};
use webkit::{Answer, App, Caller, Form, FormData, Page, Shell, flash, page, see_other};

use super::{again, fault, mandates, mendable};
use crate::{
    model::{
        level::{self, Factor, Proof, SEEN, Verdict},
        look::Purpose,
        mandate::{NewMandate, Role},
        person::masked_mobile,
    },
    service::{
        guardians::{self, Declaration},
        levels::{self, Outcome},
        looks::Look,
        mandates as service,
        people::{find_person_by_paper, person_card},
    },
};

/// Where one's own level is.
const HERE: &str = "/me/level";

/// One further fact that can be shown.
pub(crate) struct FactorLine {
    pub(crate) factor: Factor,
    /// Whether it has agreed already.
    pub(crate) proved: bool,
    /// What was answered just now.
    pub(crate) verdict: Option<Verdict>,
}

impl FactorLine {
    fn agreed(&self) -> bool {
        self.proved || self.verdict == Some(Verdict::Agree)
    }
}

#[derive(Template)]
#[template(path = "level.html")]
pub(crate) struct LevelPage {
    pub(crate) shell: Shell,
    pub(crate) level: i64,
    pub(crate) mobile: String,
    pub(crate) lines: Vec<FactorLine>,
    /// Who is asked, and what is said beside; empty: nobody on this site.
    pub(crate) base: String,
    pub(crate) caution: String,
    /// What the base said of name and number, unless they agreed.
    pub(crate) identity: Option<Verdict>,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl LevelPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn words(&self) -> &'static str {
        level::words(self.level)
    }

    /// What to do to get on.
    fn next(&self) -> &'static str {
        match self.level {
            SEEN.. => "已经是最高等级。",
            2 => "要升到三级，请带身份证件到任意政务服务窗口，由工作人员当面核验。",
            1 => "再有一项核对一致，就是二级；到窗口当面核验，就是三级。",
            _ => "有一项核对一致，就是一级；有两项，就是二级；到窗口当面核验，就是三级。",
        }
    }
}

async fn level_page(
    app: &App,
    it: Page,
    (form, faults): (FormData, Vec<Fault>),
    outcome: Option<Outcome>,
) -> kernel::Result<LevelPage> {
    let (card, proved) = levels::own(&it.ctx, app).await?;
    let base = levels::verifier(app);
    let verdict = |factor| outcome.as_ref()?.answers.iter().find(|it| it.0 == factor).map(|it| it.1);
    let line = |factor| FactorLine { factor, proved: proved.contains(&Proof::from(factor)), verdict: verdict(factor) };
    Ok(LevelPage {
        shell: it.shell,
        level: card.level,
        mobile: masked_mobile(&card.mobile),
        lines: Factor::ALL.into_iter().map(line).collect(),
        base: base.as_ref().map_or_else(String::new, |it| it.name().to_owned()),
        caution: base.as_ref().map_or_else(String::new, |it| it.caution().to_owned()),
        identity: outcome.as_ref().map(|it| it.identity).filter(|it| *it != Verdict::Agree),
        form,
        faults,
    })
}

pub(crate) async fn show(State(app): State<App>, it: Page) -> Answer {
    page(&level_page(&app, it, (FormData::default(), Vec::new()), None).await?)
}

pub(crate) async fn verify(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    // The registered number is asked about if its box is ticked, the others if something is typed.
    let typed: Vec<(Factor, &str)> =
        Factor::ALL.into_iter().filter(|it| form.has(it.code())).map(|it| (it, form.text(it.code()))).collect();
    match levels::verify(&it.ctx, &app, &typed).await {
        Ok(outcome) if outcome.level > outcome.before => {
            Ok(flash(HERE, "done", &format!("核对一致，实名等级已升到{}。", level::words(outcome.level))))
        }
        Ok(outcome) => page(&level_page(&app, it, (form, Vec::new()), Some(outcome)).await?),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&level_page(&app, it, (form, faults), None).await?))
        }
    }
}

/// Why an officer looks somebody up at the window.
const PURPOSES: [(&str, &str); 3] =
    [("level", "当面核验本人，提升实名等级"), ("mandate", "为本人登记委托代办"), ("guardian", "核验监护关系")];

#[derive(Template)]
#[template(path = "verify_find.html")]
pub(crate) struct VerifyFindPage {
    pub(crate) shell: Shell,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl VerifyFindPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        paper_kinds()
    }

    /// The kind of paper; until another is chosen the one that nearly everybody has.
    fn paper(&self) -> &str {
        paper_or_citizen(&self.form)
    }

    fn purposes(&self) -> [(&'static str, &'static str); 3] {
        PURPOSES
    }
}

/// The kind of paper that a form says; the citizen number's if it says none.
pub(crate) fn paper_or_citizen(form: &FormData) -> &str {
    if form.has("paper") { form.text("paper") } else { PaperKind::Citizen.code() }
}

/// Kinds of paper, for a menu.
pub(crate) fn paper_kinds() -> Vec<(&'static str, &'static str)> {
    PaperKind::ALL.into_iter().map(|it| (it.code(), it.name())).collect()
}

/// Reads kind and number of a paper from a form.
pub(crate) fn paper_of(form: &FormData) -> kernel::Result<PersonPaper> {
    let kind = PaperKind::from_code(form.text("paper")).unwrap_or_default();
    PersonPaper::parse(kind, form.text("number"))
        .map_err(|error| Error::invalid("number", format!("{}。请照证件填写。", error.message())))
}

pub(crate) async fn find_page(it: Page) -> Answer {
    levels::vouches(&it.ctx)?;
    page(&VerifyFindPage { shell: it.shell, form: FormData::default(), faults: Vec::new() })
}

/// Finds who stands at the window; the number is sent as a form, never in an address.
pub(crate) async fn find(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    levels::vouches(&it.ctx)?;
    let found = match paper_of(&form) {
        Ok(paper) => find_person_by_paper(&app, &paper).await?,
        Err(error) => {
            let faults = mendable(error)?;
            return again(page(&VerifyFindPage { shell: it.shell, form, faults }));
        }
    };
    match found {
        Some(person) => Ok(see_other(&format!("/desk/verify/{person}"))),
        None => {
            let faults = vec![Fault::new("number", "平台还没有这个人。请本人先注册，再来核验。")];
            again(page(&VerifyFindPage { shell: it.shell, form, faults }))
        }
    }
}

/// A guardian's declaration that waits for a window.
pub(crate) struct WaitingLine {
    pub(crate) id: String,
    /// Who declared it, and for whom.
    pub(crate) guardian: String,
    pub(crate) ward: String,
    /// The ward's name as it was declared, if it is another.
    pub(crate) declared: String,
}

#[derive(Template)]
#[template(path = "verify_person.html")]
pub(crate) struct VerifyPersonPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) paper: String,
    pub(crate) number: String,
    pub(crate) mobile: String,
    pub(crate) level: i64,
    pub(crate) waiting: Vec<WaitingLine>,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl VerifyPersonPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn words(&self) -> &'static str {
        level::words(self.level)
    }

    fn seen(&self) -> bool {
        self.level >= SEEN
    }
}

async fn person_page(
    app: &App,
    it: Page,
    id: Id<Person>,
    (form, faults): (FormData, Vec<Fault>),
) -> kernel::Result<VerifyPersonPage> {
    let basis = Some(levels::vouches(&it.ctx)?);
    let card = person_card(&it.ctx, app, id, (Purpose::Window, &Look { basis, ..Look::default() })).await?;
    let waiting = guardians::waiting(&it.ctx, app, id).await?;
    Ok(VerifyPersonPage {
        shell: it.shell,
        id: id.to_string(),
        name: card.name,
        paper: card.paper.kind().name().to_owned(),
        number: card.paper.masked(),
        mobile: masked_mobile(&card.mobile),
        level: card.level,
        waiting: waiting
            .into_iter()
            .map(|it| WaitingLine {
                id: it.id.to_string(),
                guardian: it.guardian,
                ward: it.ward,
                declared: it.declared,
            })
            .collect(),
        form,
        faults,
    })
}

pub(crate) async fn person(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>) -> Answer {
    page(&person_page(&app, it, id, (FormData::default(), Vec::new())).await?)
}

pub(crate) async fn seen(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>, Form(form): Form) -> Answer {
    let here = format!("/desk/verify/{id}");
    if !(form.has("present") && form.has("original")) {
        levels::vouches(&it.ctx)?;
        let faults = vec![Fault::new("present", "请确认本人在场，并且看过证件原件；两项都要勾选。")];
        return again(page(&person_page(&app, it, id, (form, faults)).await?));
    }
    levels::seen(&it.ctx, &app, id).await?;
    Ok(flash(&here, "done", "已核验，实名等级升到三级。"))
}

/// Somebody who stands at the window charges another: the old who have no telephone of their own.
pub(crate) async fn charge(State(app): State<App>, it: Page, Path(id): Path<Id<Person>>, Form(form): Form) -> Answer {
    let right = levels::vouches(&it.ctx)?;
    let offered = match mandates::new_mandate(&form) {
        Ok(_) if !form.has("consent") => Err(Error::invalid("consent", "请确认委托人在场，并且同意委托。")),
        Ok(new) => at_window(&it.ctx, &app, (id, right), &new).await,
        Err(error) => Err(error),
    };
    match offered {
        Ok(()) => Ok(flash(&format!("/desk/verify/{id}"), "done", "委托已登记。请受托人登录后接受，接受以后生效。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&person_page(&app, it, id, (form, faults)).await?))
        }
    }
}

async fn at_window(
    ctx: &kernel::Ctx,
    app: &App,
    (id, right): (Id<Person>, kernel::Basis),
    new: &NewMandate,
) -> kernel::Result<()> {
    if ctx.person()? == id {
        return Err(Error::refused("不能在窗口为自己登记，请在「我的账号」里办理。"));
    }
    let checked = new.check(Role::Delegate, ctx.now.legal_date()).map_err(Error::Invalid)?;
    service::offer_for(ctx, app, (Holder::Person(id), Role::Delegate, right), &checked).await.map(drop)
}

pub(crate) async fn confirm(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((person, id)): Path<(Id<Person>, Id<MandateRow>)>,
    Form(form): Form,
) -> Answer {
    let here = format!("/desk/verify/{person}");
    if !form.has("papers") {
        return Ok(flash(&here, "warn", "没有确认：请先看过户口簿、出生医学证明等原件，再勾选确认。"));
    }
    guardians::confirm(&ctx, &app, id).await?;
    Ok(flash(&here, "done", "监护关系已确认，立即生效，到被监护人年满十八周岁自行终止。"))
}

#[derive(Template)]
#[template(path = "guardian.html")]
pub(crate) struct GuardianPage {
    pub(crate) shell: Shell,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl GuardianPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

pub(crate) async fn guardian(shell: Shell) -> Answer {
    page(&GuardianPage { shell, form: FormData::default(), faults: Vec::new() })
}

pub(crate) async fn declare(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let declaration =
        Declaration { name: form.text("name"), number: form.text("number"), declared: form.has("declared") };
    match guardians::declare(&it.ctx, &app, &declaration).await {
        Ok(true) => Ok(flash(mandates::HERE, "done", "监护关系核对一致，已经生效。")),
        Ok(false) => {
            let words = "声明已提交。请带您的身份证件和户口簿（或出生医学证明）到政务服务窗口核验，核验后生效。";
            Ok(flash(mandates::HERE, "done", words))
        }
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&GuardianPage { shell: it.shell, form, faults }))
        }
    }
}
