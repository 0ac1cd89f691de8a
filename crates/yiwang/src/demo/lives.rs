//! The demo's cases, lived one act after the other through the same service as everybody's, each act on its own past day.

use std::{collections::BTreeSet, sync::Arc};

use cases::{ActInput, CaseId, DraftAsk, FaultInput, HowFiled, NewMaterial};
use catalogue::ItemDocument;
use kernel::{Ctx, Moment};
use papers::{Block, Fonts, Info, Paper};
use serde_json::Value;
use standards::MaterialNecessity;

use crate::{
    demo::{
        content::DemoCase,
        loader::{Loading, bar},
    },
    outcome::Failed,
};

/// The first act of a day happens at 9:10, each further one so many minutes later.
const DAY_BEGINS_S: i64 = 9 * 3_600 + 600;
const BETWEEN_S: i64 = 23 * 60;

/// Lives every case of the demo.
pub(crate) async fn live(loading: &Loading<'_>) -> Result<(), Failed> {
    let fonts = Fonts::embedded().map_err(|error| Failed::Platform(error.to_string()))?;
    let steps = bar("演示办件", loading.content.cases.len());
    for (index, case) in loading.content.cases.iter().enumerate() {
        let life = Life { loading, case, fonts: &fonts };
        life.live().await.map_err(|failed| Failed::Platform(format!("demo case {}: {failed:?}", index + 1)))?;
        steps.inc(1);
    }
    steps.finish_and_clear();
    println!("  演示办件：{} 件", loading.content.cases.len());
    Ok(())
}

struct Life<'a> {
    loading: &'a Loading<'a>,
    case: &'a DemoCase,
    fonts: &'a Fonts,
}

impl Life<'_> {
    async fn live(&self) -> Result<(), Failed> {
        let missing = || Failed::Platform(format!("the demo has no item {}", self.case.item));
        let item = *self.loading.who.items.get(&self.case.item).ok_or_else(missing)?;
        let app = self.loading.app;
        let mut given: BTreeSet<String> = self.case.materials.iter().cloned().collect();
        let mut filed: Option<(CaseId, Arc<ItemDocument>)> = None;
        for (index, act) in self.case.acts.iter().enumerate() {
            let ctx = self.ctx(act, index)?;
            let Some((id, document)) = &filed else {
                let draft = cases::create_draft(&ctx, app, &DraftAsk { item, holder: None, consent: false }).await?;
                let version = cases::save_draft(&ctx, app, draft.id, draft.version, &self.case.form).await?;
                tracing::debug!(version, "the demo's draft was saved");
                self.upload(&ctx, draft.id, &draft.document, &self.case.materials).await?;
                let how = HowFiled { incomplete: true, ..HowFiled::default() };
                filed = Some((cases::file_draft(&ctx, app, draft.id, &how).await?.id, draft.document));
                continue;
            };
            if text(act, "act") == "supply" {
                let more = strings(act, "materials");
                self.upload(&ctx, *id, document, &more).await?;
                given.extend(more);
            }
            // A refusal makes no certificate: its paper is the decision itself.
            let refused = self.case.acts[..index].iter().any(|it| text(it, "act") == "refuse");
            if refused && text(act, "act") == "issue" {
                continue;
            }
            for input in inputs(act, document, &given) {
                let version = cases::case(&ctx, app, *id).await?.summary.version;
                cases::act(&ctx, app, *id, version, &input).await?;
            }
        }
        Ok(())
    }

    fn ctx(&self, act: &Value, index: usize) -> Result<Ctx, Failed> {
        let day = self.loading.working_day(self.case.days_ago - act["day"].as_i64().unwrap_or(0));
        let minutes = i64::try_from(index).unwrap_or(0) * BETWEEN_S;
        let left = i64::try_from(self.case.acts.len() - index).unwrap_or(0);
        // Never later than now, and each act later than the one before.
        let latest = self.loading.app.clock.now().plus_seconds(-left);
        let at = Moment::start_of(day).plus_seconds(DAY_BEGINS_S + minutes).min(latest);
        let by = text(act, "by");
        let behalf = self.case.on_behalf_of.as_deref().filter(|_| by == self.case.applicant);
        self.loading.person(by, behalf, at)
    }

    async fn upload(&self, ctx: &Ctx, id: CaseId, document: &ItemDocument, keys: &[String]) -> Result<(), Failed> {
        for key in keys.iter().filter(|it| *it != "application") {
            let name = document.requirement(key).map_or(key.as_str(), |it| it.name.as_str());
            let new = NewMaterial {
                material: key.clone(),
                name: format!("{name}.pdf"),
                bytes: self.scan(name, ctx.now)?.into(),
                replaces: None,
            };
            cases::add_material(ctx, self.loading.app, id, &new).await?;
        }
        Ok(())
    }

    /// A page that stands for a scanned material.
    fn scan(&self, name: &str, at: Moment) -> Result<Vec<u8>, Failed> {
        let failed = |error: papers::PaperError| Failed::Platform(error.to_string());
        let paper = Paper {
            authority: "演示材料".to_owned(),
            title: name.to_owned(),
            number: None,
            addressee: None,
            blocks: vec![Block::Paragraph("这是演示网站的材料样张，内容为虚构，不代表真实证照或文书。".to_owned())],
            signature: None,
            notes: Vec::new(),
            verification: None,
            watermark: None,
        };
        let laid = papers::layout(&paper, self.fonts).map_err(failed)?;
        let info = Info {
            title: name.to_owned(),
            author: "演示".to_owned(),
            subject: "演示材料".to_owned(),
            keywords: Vec::new(),
            created: utc(at),
        };
        papers::pdf(&laid, self.fonts, &info).map_err(failed)
    }
}

fn utc(at: Moment) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(at.micros() / 1_000_000).unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}

fn text<'a>(act: &'a Value, field: &str) -> &'a str {
    act[field].as_str().unwrap_or_default()
}

fn strings(act: &Value, field: &str) -> Vec<String> {
    let listed = act[field].as_array().map(Vec::as_slice).unwrap_or_default();
    listed.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

/// What the demo's act is for the service; 「审核通过」 and 「初审报送」 are two acts there.
fn inputs(act: &Value, document: &ItemDocument, given: &BTreeSet<String>) -> Vec<ActInput> {
    let own = |field: &str| text(act, field).to_owned();
    let plain = |code: &str| ActInput { act: code.to_owned(), ..ActInput::default() };
    let days = u32::try_from(act["days"].as_u64().unwrap_or(0)).unwrap_or(0);
    match text(act, "act") {
        "correct" => {
            let told = act["list"].as_array().map(Vec::as_slice).unwrap_or_default();
            let fault = |it: &Value| FaultInput {
                about: text(it, "material").to_owned(),
                what: text(it, "problem").to_owned(),
            };
            vec![ActInput { faults: told.iter().map(fault).collect(), ..plain("ask_correction") }]
        }
        "accept" => {
            let (owed, obtained) = lacking(document, given);
            vec![ActInput { owed, obtained, ..plain("accept") }]
        }
        "not_accept" => vec![ActInput { reasons: own("reason"), office: own("redirect"), ..plain("not_accept") }],
        "review_pass" => {
            vec![plain("start_review"), ActInput { favour: true, opinion: own("opinion"), ..plain("recommend") }]
        }
        "hand_up" => {
            vec![plain("start_review"), ActInput { favour: true, opinion: own("opinion"), ..plain("hand_up") }]
        }
        "suspend" => {
            let wanted = text(act, "procedure");
            let listed = document.special_procedures.iter().find(|it| it.kind == wanted);
            let procedure = listed.map_or_else(|| "检测".to_owned(), |it| it.name.clone());
            vec![ActInput { procedure, days, reason: own("reason"), ..plain("start_special") }]
        }
        "resume" => vec![ActInput { result: own("result"), experts: own("experts"), ..plain("end_special") }],
        "ask_extension" => vec![ActInput { days, reason: own("reason"), ..plain("ask_extension") }],
        "send_back" => vec![ActInput { reason: own("reason"), ..plain("return") }],
        "approve" => vec![ActInput { opinion: own("opinion"), ..plain("approve") }],
        "refuse" => vec![ActInput { reasons: own("reason"), law: own("basis"), ..plain("refuse") }],
        "deliver" => {
            let way = match text(act, "way") {
                "post" => "courier",
                "online" => "electronic",
                _ => "window",
            };
            vec![ActInput { way: way.to_owned(), proof: "演示送达记录".to_owned(), ..plain("deliver") }]
        }
        "withdraw" => vec![ActInput { reason: own("reason"), ..plain("withdraw") }],
        code => vec![plain(code)],
    }
}

/// What was not handed in: what may be owed, and what the office gets itself.
fn lacking(document: &ItemDocument, given: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    let needed =
        document.materials.iter().filter(|it| it.need != MaterialNecessity::Optional && it.key != "application");
    let absent = needed.filter(|it| !given.contains(&it.key));
    let (owed, obtained): (Vec<_>, Vec<_>) = absent.partition(|it| it.max_days_owed.is_some());
    let keys = |list: Vec<&catalogue::model::Requirement>| list.into_iter().map(|it| it.key.clone()).collect();
    (keys(owed), keys(obtained))
}
