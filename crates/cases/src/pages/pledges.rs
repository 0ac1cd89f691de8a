//! Pledges in the place of a material: the applicant reads, ticks and signs by a code, at a window also by hand on paper; officers see what is
//! to be checked and record what they found; both read the signed text.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Ctx, Error, Fault, PageAsk};
use serde::Deserialize;
use webkit::{
    Access, Answer, App, Caller, ClientAddress, Form, FormData, Listing, Page, Routes, Sample, Shell, UPLOAD_MAX,
    UploadForm, address, filter_of, flash, page, see_other,
};

use super::again;
use crate::{
    CHECK_PLEDGES, CaseId, FILE, SEE, api,
    service::{
        looks,
        pledge_checks::{self, PledgeLine, PledgeStep, PledgeView, Which},
        pledge_signing::{self, OfferedPledge, Signing},
    },
};

pub(crate) fn routes() -> Routes {
    let own = Access::May(FILE);
    // A case may be supplied by its applicant and by the window that accepts it; the service asks which.
    let supplies = Access::May(SEE);
    Routes::new()
        .get("/drafts/{id}/pledge/{material}", own, offer)
        .post("/drafts/{id}/pledge/{material}", own, sign)
        .post("/drafts/{id}/pledge/{material}/code", own, send_code)
        .get("/drafts/{id}/pledge/{material}/print", own, print)
        .upload("/drafts/{id}/pledge/{material}/paper", own, UPLOAD_MAX, sign_on_paper)
        .get("/cases/{id}/supply/{material}/pledge", supplies, offer)
        .post("/cases/{id}/supply/{material}/pledge", supplies, sign)
        .post("/cases/{id}/supply/{material}/pledge/code", supplies, send_code)
        .get("/cases/{id}/supply/{material}/pledge/print", supplies, print)
        .upload("/cases/{id}/supply/{material}/pledge/paper", supplies, UPLOAD_MAX, sign_on_paper)
        .get("/cases/{id}/pledges/{number}", Access::May(SEE), show)
        .post("/cases/{id}/pledges/{number}", Access::May(CHECK_PLEDGES), find)
        .get("/cases/{id}/pledges/{number}/pdf", Access::May(SEE), pdf)
        .get("/desk/pledges", Access::May(CHECK_PLEDGES), list)
}

/// The text to be signed.
#[derive(Template)]
#[template(path = "pledge_sign.html")]
struct SignPage {
    shell: Shell,
    id: String,
    pledge: OfferedPledge,
    /// What goes with the code that was sent; empty: none was yet.
    handle: String,
    agrees: bool,
    faults: Vec<Fault>,
}

impl SignPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn lines(&self) -> Vec<Line<'_>> {
        lines(&self.pledge.text)
    }

    /// Where it is signed.
    fn place(&self) -> String {
        place(&self.id, &self.pledge)
    }

    /// Where one comes from and goes back to.
    fn back(&self) -> String {
        back(&self.id, &self.pledge)
    }
}

fn place(id: &str, it: &OfferedPledge) -> String {
    match it.filed {
        true => format!("/cases/{id}/supply/{}/pledge", it.material),
        false => format!("/drafts/{id}/pledge/{}", it.material),
    }
}

fn back(id: &str, it: &OfferedPledge) -> String {
    if it.filed { format!("/cases/{id}/supply") } else { format!("/drafts/{id}/materials") }
}

/// A line of a pledge as pages show it.
struct Line<'a> {
    /// Whether it heads those after it.
    heading: bool,
    text: &'a str,
}

/// The lines of a pledge; its first, the title, stands elsewhere on the page.
fn lines(text: &str) -> Vec<Line<'_>> {
    let heading = |it: &str| it.starts_with("一、") || it.starts_with("二、");
    text.lines().skip(1).filter(|it| !it.is_empty()).map(|text| Line { heading: heading(text), text }).collect()
}

type Place = (CaseId, String);

async fn sign_page(
    app: &App,
    it: Page,
    (id, material): (CaseId, &str),
    (form, handle, faults): (&FormData, String, Vec<Fault>),
) -> Answer {
    let pledge = pledge_signing::offered(&it.ctx, app, id, material).await?;
    let wrong = !faults.is_empty();
    let agrees = form.has("agrees");
    let shown = page(&SignPage { shell: it.shell, id: id.to_string(), pledge, handle, agrees, faults })?;
    if wrong { again(shown) } else { Ok(shown) }
}

async fn offer(State(app): State<App>, it: Page, Path((id, material)): Path<Place>) -> Answer {
    sign_page(&app, it, (id, &material), (&FormData::default(), String::new(), Vec::new())).await
}

async fn send_code(
    State(app): State<App>,
    it: Page,
    ClientAddress(from): ClientAddress,
    Path((id, material)): Path<Place>,
    Form(form): Form,
) -> Answer {
    match pledge_signing::send_code(&it.ctx, &app, (id, &material), from).await {
        Ok(handle) => sign_page(&app, it, (id, &material), (&form, handle, Vec::new())).await,
        Err(error @ (Error::Refused { .. } | Error::TooMany { .. })) => {
            let faults = vec![Fault::new("code", error.message())];
            sign_page(&app, it, (id, &material), (&form, form.text("handle").to_owned(), faults)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign(State(app): State<App>, it: Page, Path((id, material)): Path<Place>, Form(form): Form) -> Answer {
    let signing = Signing {
        mark: form.text("mark"),
        agrees: form.has("agrees"),
        handle: form.text("handle"),
        code: form.text("code"),
    };
    let done = pledge_signing::sign(&it.ctx, &app, (id, &material), &signing).await;
    signed(&app, it, (id, &material), (&form, done)).await
}

/// Ends a signature: back among the materials, or on the page with what is wrong.
async fn signed(
    app: &App,
    it: Page,
    (id, material): (CaseId, &str),
    (form, done): (&FormData, kernel::Result<i64>),
) -> Answer {
    let (tone, words) = match done {
        Ok(_) => ("done", "告知承诺书已签署，代替这份材料，提交以后生效。".to_owned()),
        Err(Error::Invalid(faults)) => {
            return sign_page(app, it, (id, material), (form, form.text("handle").to_owned(), faults)).await;
        }
        Err(error @ Error::Refused { .. }) => ("warn", error.message()),
        Err(error) => return Err(error.into()),
    };
    let there = back(&id.to_string(), &pledge_signing::offered(&it.ctx, app, id, material).await?);
    Ok(flash(&there, tone, &words))
}

async fn print(State(app): State<App>, Caller(ctx): Caller, Path((id, material)): Path<Place>) -> Answer {
    let (name, bytes) = pledge_signing::blank(&ctx, &app, (id, &material)).await?;
    Ok(api::download(&name, "application/pdf", bytes, false))
}

async fn sign_on_paper(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<Place>,
    upload: UploadForm,
) -> Answer {
    let mark = upload.data.text("mark").to_owned();
    let done = match upload.files.into_iter().next() {
        Some(scan) => {
            pledge_signing::sign_on_paper(&it.ctx, &app, (id, &material), (&mark, scan.name, scan.bytes)).await
        }
        None => Err(Error::invalid(pledge_signing::SCAN, "还没有选择文件。请扫描或者拍下签好名的承诺书，再上传。")),
    };
    signed(&app, it, (id, &material), (&upload.data, done)).await
}

/// What was signed, as PDF.
async fn pdf(State(app): State<App>, Caller(ctx): Caller, Path((id, file)): Path<(CaseId, i64)>) -> Answer {
    let place = format!("/cases/{id}/pledges/{file}/pdf");
    let read = pledge_checks::print(&ctx, &app, id, file).await;
    match super::handed_out::or_ask(&ctx, &app, (id, place), read).await {
        Ok((name, bytes)) => Ok(api::download(&name, "application/pdf", bytes, false)),
        Err(asked) => Ok(asked),
    }
}

/// A pledge that was filed.
#[derive(Template)]
#[template(path = "pledge.html")]
struct PledgePage {
    shell: Shell,
    pledge: PledgeView,
    typed: FormData,
    faults: Vec<Fault>,
}

impl ListPage {
    /// What stands behind the question mark of this list's address.
    fn asked(&self) -> &'static str {
        if self.broken { "show=broken" } else { "" }
    }
}

impl PledgePage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn lines(&self) -> Vec<Line<'_>> {
        lines(&self.pledge.text)
    }

    /// Where the case is.
    fn case(&self) -> String {
        let place = if self.pledge.officer { "/desk/cases" } else { "/cases" };
        format!("{place}/{}", self.pledge.line.case)
    }

    fn mends(&self) -> bool {
        self.pledge.line.standing == "broken"
    }
}

async fn show(State(app): State<App>, it: Page, Path((id, file)): Path<(CaseId, i64)>) -> Answer {
    pledge_page(&app, it, (id, file), (FormData::default(), Vec::new())).await
}

async fn pledge_page(
    app: &App,
    it: Page,
    (id, file): (CaseId, i64),
    (typed, faults): (FormData, Vec<Fault>),
) -> Answer {
    // Of a case that is over an officer first tells what for; that leads on to here.
    if looks::asks(&it.ctx, app, id).await? {
        let then = format!("/cases/{id}/pledges/{file}");
        return Ok(see_other(&address(&format!("/desk/cases/{id}"), &[("then", &then)])));
    }
    let pledge = pledge_checks::pledge(&it.ctx, app, id, file).await?;
    let wrong = !faults.is_empty();
    let shown = page(&PledgePage { shell: it.shell, pledge, typed, faults })?;
    if wrong { again(shown) } else { Ok(shown) }
}

async fn find(State(app): State<App>, it: Page, Path((id, file)): Path<(CaseId, i64)>, Form(form): Form) -> Answer {
    let place = format!("/cases/{id}/pledges/{file}");
    let said = (form.text("found"), form.text("reason"));
    match pledge_checks::find(&it.ctx, &app, (id, file, form.version()?), said).await {
        Ok(()) => Ok(flash(&place, "done", "已登记，申请人会收到消息。")),
        Err(Error::Invalid(faults)) => pledge_page(&app, it, (id, file), (form, faults)).await,
        Err(error @ (Error::Refused { .. } | Error::Stale { .. })) => Ok(flash(&place, "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

/// What is to be checked, or repaired.
#[derive(Template)]
#[template(path = "desk_pledges.html")]
struct ListPage {
    shell: Shell,
    broken: bool,
    lines: Vec<PledgeLine>,
    next: String,
    first: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListAsk {
    show: String,
    after: String,
}

async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let which = ask.which();
    let broken = which == Which::Broken;
    let found = pledge_checks::list(&it.ctx, &app, which, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let show = if broken { "broken" } else { "" };
    let at = |after: &str| address("/desk/pledges", &[("show", show), ("after", after)]);
    page(&ListPage {
        shell: it.shell,
        broken,
        lines: found.items,
        next: found.next.map_or_else(String::new, |next| at(&next)),
        first: if ask.after.is_empty() { String::new() } else { at("") },
    })
}

/// The list as it is written out. It names no applicant.
pub(crate) const LISTING: Listing = Listing {
    code: "cases.pledges",
    name: "承诺核查",
    page: "/desk/pledges",
    needs: &[CHECK_PLEDGES],
    columns: &[
        ("办件编号", 50),
        ("事项名称", 36),
        ("代替的材料", 36),
        ("状态", 16),
        ("核查期限", 16),
        ("是否超期", 10),
    ],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let asked: ListAsk = filter_of(query)?;
    if !ctx.may_somewhere(CHECK_PLEDGES) {
        return Err(Error::Forbidden { action: CHECK_PLEDGES.words });
    }
    let found = pledge_checks::list(ctx, app, asked.which(), ask).await?;
    let late = |it: bool| if it { "是" } else { "" }.to_owned();
    Ok(found.map(|it| vec![it.number, it.item_name, it.material, it.standing_name, it.due, late(it.late)]))
}

impl ListAsk {
    fn which(&self) -> Which {
        if self.show == "broken" { Which::Broken } else { Which::Due }
    }
}

/// The pages with made-up content.
#[expect(clippy::too_many_lines, reason = "a table of made-up pages")]
pub(super) fn samples() -> Vec<Sample> {
    const ID: &str = "0196f0c3a2b47c11a0b1c2d3e4f50617";
    const TEXT: &str = "告知承诺书\n事项：失业登记\n一、行政机关告知\n1. 设定依据：社会保险法<b>第五十条</b>。\n二、申请人承诺\n1. 已经知晓。";
    let shell = || Shell::sample("亳州市政务服务网");
    let line = |standing: &str, name: &str, tone: &'static str, late: bool| PledgeLine {
        case: ID.to_owned(),
        file: 3,
        number: "1134160200300001120142130230000202603020001".to_owned(),
        item_name: "失业登记".to_owned(),
        material: "终止<i>劳动关系</i>的证明".to_owned(),
        standing: standing.to_owned(),
        standing_name: name.to_owned(),
        tone,
        due: if standing == "made" { "2026年3月31日".to_owned() } else { String::new() },
        late,
    };
    let made = || line("made", "等待核查", "info", true);
    let broken = || line("broken", "核查不符（违诺）", "bad", false);
    let offer = |refusal: &str| OfferedPledge {
        refusal: refusal.to_owned(),
        ..OfferedPledge::sample(("leave", "终止<i>劳动关系</i>的证明"), "失业登记", TEXT)
    };
    let at_window = || OfferedPledge { at_window: true, filed: true, ..offer("") };
    let sign = |pledge: OfferedPledge, handle: &str, faults: Vec<Fault>| SignPage {
        shell: shell(),
        id: ID.to_owned(),
        pledge,
        handle: handle.to_owned(),
        agrees: false,
        faults,
    };
    let step = |title: &str, reason: &str| PledgeStep {
        title: title.to_owned(),
        when: "2026年3月2日 09:00".to_owned(),
        reason: reason.to_owned(),
    };
    let view = |line: PledgeLine, findings: &[(&str, &str)], officer: bool| PledgeView {
        line,
        text: TEXT.to_owned(),
        steps: vec![step("申请人签署后随申请提交", ""), step("告知承诺核查不符", "原单位<b>不认</b>")],
        version: 2,
        findings: findings.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect(),
        consequence: "违诺修复以前，申请人办理本事项不再适用告知承诺。".to_owned(),
        paper: if officer { Some(4) } else { None },
        officer,
    };
    let shown = |pledge: PledgeView, faults: Vec<Fault>| PledgePage {
        shell: shell(),
        pledge,
        typed: FormData::default(),
        faults,
    };
    let list = |broken: bool, lines: Vec<PledgeLine>| ListPage {
        shell: shell(),
        broken,
        lines,
        next: "/desk/pledges?after=1~2".to_owned(),
        first: String::new(),
    };
    let wrong = |field: &str| vec![Fault::new(field, "请填写。")];
    let kinds = [("kept", "相符"), ("broken", "不符，记录违诺")];
    let pages = [
        ("pledge_sign.html", sign(offer(""), "", Vec::new()).render()),
        ("pledge_sign.html", sign(offer(""), "00", wrong("code")).render()),
        ("pledge_sign.html", sign(offer("违诺记录还没有修复。"), "", Vec::new()).render()),
        ("pledge_sign.html", sign(at_window(), "", wrong("scan")).render()),
        ("pledge_sign.html", sign(OfferedPledge { mobile: String::new(), ..at_window() }, "", Vec::new()).render()),
        ("pledge.html", shown(view(made(), &kinds, true), wrong("found")).render()),
        ("pledge.html", shown(view(broken(), &[("mended", "违诺已经修复")], true), wrong("reason")).render()),
        ("pledge.html", shown(view(broken(), &[], false), Vec::new()).render()),
        ("desk_pledges.html", list(false, vec![made()]).render()),
        ("desk_pledges.html", list(true, vec![broken()]).render()),
        ("desk_pledges.html", list(false, Vec::new()).render()),
    ];
    pages.into_iter().filter_map(|(name, html)| Some(Sample { name, html: html.ok()? })).collect()
}
