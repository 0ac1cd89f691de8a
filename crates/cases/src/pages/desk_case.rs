//! A case on the desk: everything to decide by, and the acts that the machine allows to the caller.

use std::{fmt::Display, ops::Deref};

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use kernel::{Ctx, Error, Fault};
use webkit::{
    Access, Answer, App, Failure, Form, FormData, Page, Routes, Sample, Shell, address, flash, page, see_other,
};

use super::desk_act::{self, FIELD_ROWS, Panel, Typed};
use crate::{
    CaseId, DESK,
    model::{ActKind, DeliveryWay, Stage},
    rules,
    service::{
        acts,
        applicants::{self, ApplicantCard},
        exhibits::{self, ExhibitView},
        looks,
        notes::{self, NoteView, Notes},
        notices::{self, Notice},
        opinions::{self, OpinionView},
        reads::{self, CaseDetail, CaseSummary, FileView, MaterialView, TimelineEntry, WeightView},
        typed::{self as kept, Phrase},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/cases/{id}", Access::May(DESK), show)
        .post("/desk/cases/{id}/acts", Access::May(DESK), act)
        .post("/desk/cases/{id}/look", Access::May(DESK), tell)
}

#[derive(Template)]
#[template(path = "desk_case.html")]
pub(super) struct CasePage {
    pub(super) shell: Shell,
    pub(super) case: CaseDetail,
    pub(super) applicant: ApplicantCard,
    pub(super) timeline: Vec<TimelineEntry>,
    pub(super) forward: Vec<Panel>,
    pub(super) other: Vec<Panel>,
    pub(super) fields: Vec<(String, String)>,
    pub(super) law: String,
    pub(super) remedies: String,
    pub(super) typed: Typed,
    /// What officers wrote on it.
    pub(super) notes: Notes,
    /// Phrases for opinions.
    pub(super) phrases: Vec<Phrase>,
    /// The applicant's other cases with this authority.
    pub(super) earlier: Vec<CaseSummary>,
    /// What the applicant was told.
    pub(super) told: Vec<Notice>,
    /// Files that officers added.
    pub(super) exhibits: Vec<ExhibitView>,
    /// What other offices were asked.
    pub(super) opinions: Vec<OpinionView>,
    /// What is wrong with what was typed, each at its field.
    pub(super) faults: Vec<Fault>,
    /// Why the act was not carried out, if that lies at no field.
    pub(super) trouble: String,
}

/// One of its acts. A template of its own: what the compiler takes for a function with all of the page grows faster than the page.
#[derive(Template)]
#[template(path = "desk_case_act.html")]
struct ActForm<'a> {
    of: &'a CasePage,
    panel: &'a Panel,
}

impl Deref for ActForm<'_> {
    type Target = CasePage;

    fn deref(&self) -> &CasePage {
        self.of
    }
}

impl CasePage {
    const fn form_of<'a>(&'a self, panel: &'a Panel) -> ActForm<'a> {
        ActForm { of: self, panel }
    }

    pub(super) fn new(
        shell: Shell,
        (case, applicant, timeline): (CaseDetail, ApplicantCard, Vec<TimelineEntry>),
        typed: Typed,
    ) -> Self {
        let (forward, other) = desk_act::panels(&case, &typed);
        Self {
            fields: desk_act::fields(case.document.form.as_ref()),
            law: rules::legal_basis(&case.document),
            remedies: rules::remedies(&case.document),
            faults: Vec::new(),
            notes: Notes::default(),
            phrases: Vec::new(),
            earlier: Vec::new(),
            told: Vec::new(),
            exhibits: Vec::new(),
            opinions: Vec::new(),
            trouble: String::new(),
            shell,
            case,
            applicant,
            timeline,
            forward,
            other,
            typed,
        }
    }

    fn fault(&self, act: &str, field: &str) -> &str {
        let at = |it: &&Fault| it.field.strip_prefix(act).and_then(|it| it.strip_prefix('-')) == Some(field);
        self.faults.iter().find(at).map_or("", |it| it.message.as_str())
    }

    /// What for an officer may look at a case that is over.
    fn purposes(&self) -> Vec<(&'static str, &'static str)> {
        identity::Purpose::CHOSEN.iter().map(|it| (it.code(), it.name())).collect()
    }

    /// What is wrong with a field that belongs to no act.
    fn plain_fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    /// Why the caller may or may not do what the case waits for.
    fn why(&self) -> String {
        let act = match self.case.summary.post.as_str() {
            "accept" => "cases.accept",
            "review" => "cases.review",
            "decide" => "cases.decide",
            _ => "cases.issue",
        };
        let authority = self.case.authority.to_string();
        address("/desk/why", &[("act", act), ("authority", &authority), ("item", &self.case.summary.item)])
    }

    /// What was typed into a form that is not there any more, since the case moved on.
    fn kept(&self) -> Vec<&str> {
        let there = self.forward.iter().chain(&self.other).any(|it| it.act == self.typed.act());
        if there { Vec::new() } else { self.typed.texts() }
    }

    fn acts(&self) -> usize {
        self.forward.len() + self.other.len()
    }

    /// The tone of what is said of a file or point.
    fn tone(&self, said: &NoteView) -> &'static str {
        match said.verdict.as_str() {
            "good" | "met" | "original" => "good",
            "mend" => "warn",
            "not_applicable" => "plain",
            _ => "bad",
        }
    }

    /// What officers say of this file.
    fn mark(&self, number: &i64) -> Option<&NoteView> {
        self.notes.marks.get(&number.to_string())
    }

    /// What is to be mended in this material, as its marks say, all in one.
    fn marked(&self, it: &MaterialView) -> String {
        let marks = it.files.iter().filter_map(|file| self.mark(&file.number)).filter(|it| it.verdict == "mend");
        let told =
            marks.map(|it| if it.page > 0 { format!("第 {} 页：{}", it.page, it.text) } else { it.text.clone() });
        told.collect::<Vec<_>>().join("；")
    }

    /// What officers say of this point of review.
    fn point(&self, index: &usize) -> Option<&NoteView> {
        self.notes.points.get(&index.to_string())
    }

    /// Points of review of which nobody has said anything yet.
    fn unchecked(&self) -> usize {
        (0..self.case.review_points.len()).filter(|it| self.point(it).is_none()).count()
    }

    /// Required points among them.
    fn unanswered(&self) -> usize {
        (0..self.case.required_points).filter(|it| self.point(it).is_none()).count()
    }

    /// Whether the discretion standard stands open beside this act, since a grade must be chosen or something about it is wrong.
    fn weights_open(&self, act: &str) -> bool {
        let wrong = ["grades", "deviation"].iter().any(|it| !self.fault(act, it).is_empty());
        wrong || (act != "refuse" && self.case.discretion.iter().any(|it| it.must))
    }

    /// The grade that stands chosen before anything is: the only one that the form gives, where one speaks in favour.
    fn given(&self, act: &str, it: &WeightView) -> String {
        if act == "refuse" { String::new() } else { it.given() }
    }

    /// The grades that can be chosen.
    fn grades(&self, it: &WeightView) -> Vec<(String, String)> {
        let listed = it.grades.iter().enumerate().map(|(place, it)| (place.to_string(), it.grade.clone()));
        listed.chain([(acts::NO_GRADE.to_owned(), "基准以外（写明理由）".to_owned())]).collect()
    }

    /// Whether this act answers the application, so that points and the discretion standard stand beside it.
    fn weighs(&self, act: &str) -> bool {
        matches!(act, "recommend" | "approve" | "refuse" | "handle_at_once")
    }

    /// The field of this act into which phrases go; empty: none.
    fn speaks(&self, act: &str) -> &'static str {
        match act {
            "recommend" | "hand_up" | "approve" | "handle_at_once" => "opinion",
            "refuse" | "not_accept" | "not_needed" => "reasons",
            "return" | "extend" | "ask_extension" => "reason",
            _ => "",
        }
    }

    /// What was proposed to the head: days, as a field has them, and reasons.
    fn asked(&self) -> (String, &str) {
        let ask = self.case.extension_asked.as_ref();
        ask.map_or((String::new(), ""), |it| (it.days.to_string(), it.reason.as_str()))
    }

    /// Whether notes can still be written.
    fn writes(&self) -> bool {
        !self.applicant.asks && !Stage::from_code(&self.case.summary.stage).is_none_or(Stage::is_final)
    }

    /// Whether other offices can be asked: by who reviews or decides, while it is undecided.
    fn asks_opinion(&self) -> bool {
        self.case.asks_opinion && !self.applicant.asks
    }

    /// Whether a question was just typed and not sent.
    fn opinion_typed(&self) -> bool {
        ["office", "due", "question", "files"].iter().any(|it| !self.plain_fault(it).is_empty())
    }

    /// The files that can be shown to who is asked, by number and name.
    fn shareable(&self) -> Vec<(String, String)> {
        let files = self.case.materials.iter().flat_map(|it| it.files.iter().map(move |file| (it, file)));
        let there = files.filter(|it| !it.1.on_paper);
        there.map(|(it, file)| (file.number.to_string(), format!("{}：{}", it.name, file.name))).collect()
    }

    /// Whether files of officers can be added: to an act that takes them.
    fn adds(&self) -> bool {
        let takes = |it: &Panel| matches!(it.act, "record_check" | "hold_hearing" | "end_special");
        self.forward.iter().chain(&self.other).any(takes)
    }

    /// Which files of the caller lie ready and go along with an act.
    fn going_along(&self, what: &str) -> String {
        match self.exhibits.iter().filter(|it| it.mine).count() {
            0 => format!("需要{what}的，先上传，会一并提交。"),
            n => format!("您上传的、还没有提交的 {n} 个{what}一并提交。"),
        }
    }

    /// What people get wrong with this material.
    fn mistakes(&self, key: &str) -> &[String] {
        self.case.document.requirement(key).map_or(&[], |it| &it.common_mistakes)
    }

    /// How a material stands.
    fn standing(&self, it: &MaterialView) -> (&'static str, &'static str) {
        let owed = self.case.owed.iter().any(|owed| owed.about == it.key);
        let missing = self.case.missing.iter().any(|missing| missing.0 == it.key);
        match (it.files.is_empty(), owed || missing) {
            _ if it.pledged() => ("info", "以告知承诺代替"),
            (_, _) if owed => ("warn", "容缺，待补交"),
            (true, true) => ("bad", "未提交"),
            (true, false) if it.from_form => ("good", "随申请表生成"),
            (true, false) if it.required => ("good", "由部门获取"),
            (true, false) => ("plain", "未提交，非必要"),
            (false, _) => ("good", "已提交"),
        }
    }

    fn is_missing(&self, key: &str) -> bool {
        self.case.missing.iter().any(|it| it.0 == key)
    }

    /// Materials that can be handed over on paper now.
    fn handed(&self) -> Vec<(&str, &str)> {
        let open = |it: &&MaterialView| {
            !it.from_form && (self.case.owed.is_empty() || self.case.owed.iter().any(|owed| owed.about == it.key))
        };
        self.case.materials.iter().filter(open).map(|it| (it.key.as_str(), it.name.as_str())).collect()
    }

    fn ways(&self) -> Vec<(&'static str, &'static str)> {
        DeliveryWay::ALL.into_iter().map(|it| (acts::way_code(it), it.name())).collect()
    }

    /// Where a file or paper of the case is read.
    fn place(&self, what: &str, number: impl Display) -> String {
        format!("/cases/{}/{what}/{number}", self.case.summary.id)
    }

    /// Where the small picture of a file is; empty: there is none.
    fn thumb(&self, it: &FileView) -> String {
        it.thumb(format!("/cases/{}/materials", self.case.summary.id))
    }

    /// Whether a refusal of acceptance must name the competent office: not where the answer to the notice was incomplete.
    fn names_office(&self) -> bool {
        self.case.summary.stage != Stage::Resupplied.code()
    }

    fn rows(&self) -> [usize; 3] {
        FIELD_ROWS
    }
}

/// Which file was asked for before it was told what for.
#[derive(serde::Deserialize)]
struct Then {
    #[serde(default)]
    then: String,
}

async fn show(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Query(ask): Query<Then>) -> Answer {
    let case = reads::case(&it.ctx, &app, id).await?;
    if !case.officer {
        // Whoever is the applicant reads the applicant's page, whatever posts he or she holds.
        return Ok(see_other(&format!("/cases/{id}")));
    }
    let typed = Typed::new(FormData::of(vec![("then".to_owned(), ask.then)]));
    page(&read(&app, it, id, (case, typed)).await?)
}

/// Where one goes on to who has told what for: the file of this case that was asked for, or the case.
fn onward(id: CaseId, then: &str) -> String {
    let own = then.strip_prefix(&format!("/cases/{id}/")).filter(|rest| {
        rest.split('/').all(|part| part.chars().all(|it| it.is_ascii_alphanumeric()) && !part.is_empty())
    });
    if own.is_some() { then.to_owned() } else { format!("/desk/cases/{id}") }
}

/// The officer tells what for it looks at a case that is over.
async fn tell(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    match looks::tell(&it.ctx, &app, id, (form.text("purpose"), form.text("words"))).await {
        Ok(()) => Ok(see_other(&onward(id, form.text("then")))),
        Err(Error::Invalid(faults)) => {
            let case = reads::case(&it.ctx, &app, id).await?;
            let mut shown = read(&app, it, id, (case, Typed::new(form))).await?;
            shown.faults = faults;
            let mut answer = page(&shown)?.into_response();
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}

/// The case as it stands now, with a form that was sent and not carried out.
pub(super) async fn fresh(app: &App, it: Page, id: CaseId, form: FormData) -> kernel::Result<CasePage> {
    let case = reads::case(&it.ctx, app, id).await?;
    read(app, it, id, (case, Typed::new(form))).await
}

async fn read(app: &App, it: Page, id: CaseId, (case, typed): (CaseDetail, Typed)) -> kernel::Result<CasePage> {
    let applicant = applicants::card(&it.ctx, app, id).await?;
    let timeline = reads::timeline(&it.ctx, app, id).await?;
    let typed = typed.keeping(kept::kept(&it.ctx, app, id).await?);
    let phrases = kept::phrases(&it.ctx, app, Some(case.authority)).await?;
    let earlier = kept::earlier(&it.ctx, app, id).await?;
    let asks = applicant.asks;
    let mut page = CasePage::new(it.shell, (case, applicant, timeline), typed);
    if !asks {
        page.notes = notes::sorted(app, id).await?;
        page.earlier = earlier;
        page.told = notices::of_case(&it.ctx, app, id).await?;
        page.exhibits = exhibits::list(&it.ctx, app, id).await?;
        page.opinions = opinions::of_case(&it.ctx, app, id).await?;
    }
    page.phrases = phrases;
    Ok(page)
}

async fn act(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    match carry_out(&it.ctx, &app, id, &form).await {
        Ok(acted) => {
            let words = ActKind::from_code(form.text("act")).map_or("", ActKind::words);
            let text = format!("已办理：{words}。办件现为「{}」。", acted.stage_name);
            Ok(flash(&format!("/desk/cases/{id}"), "done", &text))
        }
        Err(error) => again(&app, it, id, (form, error)).await,
    }
}

async fn carry_out(ctx: &Ctx, app: &App, id: CaseId, form: &FormData) -> kernel::Result<acts::Acted> {
    acts::act(ctx, app, id, form.version()?, &desk_act::read(form)?).await
}

/// The case as it stands now, with why the act was not carried out and everything that was typed.
async fn again(app: &App, it: Page, id: CaseId, (form, error): (FormData, Error)) -> Answer {
    let (status, faults, trouble) = match error {
        Error::Invalid(faults) => (StatusCode::UNPROCESSABLE_ENTITY, faults, String::new()),
        Error::Refused { .. } | Error::Stale { .. } => (StatusCode::CONFLICT, Vec::new(), error.message()),
        error => return Err(Failure(error)),
    };
    let case = reads::case(&it.ctx, app, id).await?;
    let mut shown = read(app, it, id, (case, Typed::new(form))).await?;
    shown.faults = desk_act::placed(shown.typed.act(), faults);
    shown.trouble = trouble;
    let mut answer = page(&shown)?.into_response();
    *answer.status_mut() = status;
    Ok(answer)
}

/// The page with made-up content, in the states that look most different.
pub(crate) fn samples() -> Vec<Sample> {
    let pages = super::desk_samples::cases();
    pages.iter().filter_map(|it| Some(Sample { name: "desk_case.html", html: it.render().ok()? })).collect()
}
