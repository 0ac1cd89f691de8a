//! Several like cases at once: which can go along, one act with its words, and what came of each.

use askama::Template;
use axum::extract::State;
use kernel::{Error, Fault, Result};
use webkit::{Access, Answer, App, Form, FormData, Page, Routes, Sample, Shell, flash, page};

use super::{
    again,
    desk::{back, back_with},
};
use crate::{
    CaseId, DESK,
    model::DeliveryWay,
    service::{
        acts::{self, ActInput},
        batch::{Batch, BatchResult, BatchRow, act_batch, check_batch},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new().post("/desk/batch", Access::May(DESK), check).post("/desk/batch/acts", Access::May(DESK), act)
}

#[derive(Template)]
#[template(path = "desk_batch.html")]
struct BatchPage {
    shell: Shell,
    batch: Batch,
    back: String,
    typed: FormData,
    faults: Vec<Fault>,
}

impl BatchPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn goes(&self) -> usize {
        self.batch.rows.iter().filter(|it| it.hindrance.is_empty()).count()
    }

    /// Whether one of these acts is offered, so that its fields are asked.
    fn offers(&self, acts: &[&str]) -> bool {
        self.batch.acts.iter().any(|it| acts.contains(&it.0.as_str()))
    }

    /// Says of a field that only one of several acts asks for with which it must be filled in.
    fn only_for(&self, act: &str) -> String {
        let name = self.batch.acts.iter().find(|it| it.0 == act).map_or("", |it| it.1.as_str());
        if self.batch.acts.len() > 1 { format!("选「{name}」的必填") } else { String::new() }
    }

    fn speaks(&self) -> bool {
        self.offers(&["recommend", "approve"])
    }

    /// The act that is chosen beforehand: the only one there is.
    fn chosen(&self) -> &str {
        match (self.typed.text("act"), self.batch.acts.as_slice()) {
            ("", [only]) => &only.0,
            (typed, _) => typed,
        }
    }

    fn ways(&self) -> Vec<(&'static str, &'static str)> {
        DeliveryWay::ALL.into_iter().map(|it| (acts::way_code(it), it.name())).collect()
    }
}

#[derive(Template)]
#[template(path = "desk_batch_done.html")]
struct DonePage {
    shell: Shell,
    results: Vec<BatchResult>,
    back: String,
}

impl DonePage {
    fn failed(&self) -> usize {
        self.results.iter().filter(|it| !it.done).count()
    }

    fn tone(&self) -> &'static str {
        if self.failed() == 0 { "done" } else { "warn" }
    }

    fn told(&self) -> String {
        let (all, failed) = (self.results.len(), self.failed());
        if failed == 0 {
            format!("{all} 件全部办成")
        } else {
            format!("办成 {} 件，没有办成 {failed} 件", all - failed)
        }
    }
}

/// The ticked cases, each once.
fn ticked(form: &FormData) -> Result<Vec<CaseId>> {
    let mut out = Vec::new();
    for text in form.all("case") {
        let id: CaseId = text.split('.').next().unwrap_or_default().parse()?;
        if !out.contains(&id) {
            out.push(id);
        }
    }
    Ok(out)
}

/// The cases of the check that was shown, each at its version.
fn versions(form: &FormData) -> Result<Vec<(CaseId, i64)>> {
    let wrong = || Error::invalid("case", "请回到工作台重新勾选办件。");
    let one = |text: &str| {
        let (id, version) = text.split_once('.').ok_or_else(wrong)?;
        Ok((id.parse()?, version.parse().map_err(|_| wrong())?))
    };
    form.all("case").into_iter().map(one).collect()
}

async fn check(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let ticked = ticked(&form)?;
    match check_batch(&it.ctx, &app, &ticked).await {
        Ok(batch) => {
            let back = form.text("back").to_owned();
            page(&BatchPage { shell: it.shell, batch, back, typed: FormData::default(), faults: Vec::new() })
        }
        Err(error @ Error::Invalid(_)) => Ok(flash(&back_with(form.text("back"), &ticked), "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

fn read(form: &FormData) -> Result<ActInput> {
    let text = |name: &str| form.text(name).to_owned();
    let favour = match (form.text("act"), form.text("favour")) {
        ("recommend", "") => return Err(Error::invalid("favour", "请选择审核结论：同意或不同意。")),
        (_, chosen) => chosen == "yes",
    };
    Ok(ActInput {
        act: text("act"),
        opinion: text("opinion"),
        way: text("way"),
        proof: text("proof"),
        favour,
        ..ActInput::default()
    })
}

async fn act(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let told = async { act_batch(&it.ctx, &app, &versions(&form)?, &read(&form)?).await };
    match told.await {
        Ok(results) => page(&DonePage { shell: it.shell, results, back: back(form.text("back")) }),
        Err(Error::Invalid(faults)) => {
            let batch = check_batch(&it.ctx, &app, &ticked(&form)?).await?;
            let back = form.text("back").to_owned();
            again(page(&BatchPage { shell: it.shell, batch, back, typed: form, faults })?)
        }
        Err(error) => Err(error.into()),
    }
}

/// The pages with made-up content: all can go, some cannot, none can; what came of it.
pub(crate) fn samples() -> Vec<Sample> {
    let id = "0196f0c3a2b47c11a0b1c2d3e4f50617".to_owned();
    let row = |number: &str, hindrance: &str| BatchRow {
        id: id.clone(),
        number: number.to_owned(),
        applicant: "谯城区志远牛肉馍店<店>".to_owned(),
        version: 3,
        hindrance: hindrance.to_owned(),
    };
    let act = |code: &str, words: &str| (code.to_owned(), words.to_owned());
    let shown = |acts: Vec<(String, String)>, rows: Vec<BatchRow>, faults: Vec<Fault>| BatchPage {
        shell: super::desk_samples::shell(),
        batch: Batch {
            item_name: "食品经营许可（新办）".to_owned(), stage_name: "待审批".to_owned(), acts, rows
        },
        back: "whose=mine".to_owned(),
        typed: FormData::default(),
        faults,
    };
    let some = vec![row("341602000000260000017", ""), row("341602000000260000018", "在王<五>手上，请先接手")];
    let none = vec![row("341602000000260000018", "这一环节不由您的岗位办理")];
    let pages = [
        shown(vec![act("approve", "准予")], some.clone(), Vec::new()),
        shown(
            vec![act("recommend", "提交审核意见"), act("deliver", "送达")],
            some,
            vec![Fault::new("favour", "请选择审核结论：同意或不同意。")],
        ),
        shown(Vec::new(), none, Vec::new()),
    ];
    let result = |number: &str, done: bool, told: &str| BatchResult {
        id: id.clone(),
        number: number.to_owned(),
        done,
        told: told.to_owned(),
    };
    let done = DonePage {
        shell: super::desk_samples::shell(),
        results: vec![
            result("341602000000260000017", true, "准予通过"),
            result("341602000000260000018", false, "已被王<五>处理，请刷新页面查看最新情况。"),
        ],
        back: "/desk?whose=mine".to_owned(),
    };
    let asked = pages.iter().filter_map(|it| Some(Sample { name: "desk_batch.html", html: it.render().ok()? }));
    let came = done.render().ok().map(|html| Sample { name: "desk_batch_done.html", html });
    asked.chain(came).collect()
}
