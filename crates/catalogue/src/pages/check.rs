//! The desk of the two checks: what waits for the organisation office and for legal affairs, and one revision to be judged.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Ctx, Error, Fault, Id, Item, PageAsk};
use webkit::{Answer, App, Form, Page, Shell, flash, page};

use super::{
    here,
    item::{ActLine, Inherited, act_line, inherited},
    may, may_look,
};
use crate::{
    LEGAL_CHECK, OFFICE_CHECK,
    model::{ActStage, Difference, Finding, ItemDocument, ItemSummary, Stage, differences, fields_of},
    reads,
    service::{self, base::working, review::Remark, rules::rulebook},
};

/// Reasons that a page can give at once.
const REASONS: usize = 5;

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct ChecksAsk {
    stage: String,
    after: String,
}

/// An item that waits, with its authority.
pub(crate) struct Waiting {
    pub(crate) item: ItemSummary,
    pub(crate) authority: String,
}

/// An act that waits.
pub(crate) struct WaitingAct {
    pub(crate) item: ItemSummary,
    pub(crate) authority: String,
    pub(crate) line: ActLine,
}

#[derive(Template)]
#[template(path = "checks_desk.html")]
pub(crate) struct ChecksPage {
    pub(crate) shell: Shell,
    pub(crate) tabs: Vec<(String, &'static str, bool)>,
    pub(crate) items: Vec<Waiting>,
    pub(crate) acts: Vec<WaitingAct>,
    pub(crate) next: String,
    pub(crate) first: String,
}

/// The checks that the caller makes anywhere.
fn own_checks(ctx: &Ctx) -> Vec<Stage> {
    let all = [(Stage::Office, OFFICE_CHECK), (Stage::Legal, LEGAL_CHECK)];
    all.into_iter().filter(|it| ctx.may_somewhere(it.1)).map(|it| it.0).collect()
}

pub(super) async fn list(State(app): State<App>, it: Page, Query(ask): Query<ChecksAsk>) -> Answer {
    let own = own_checks(&it.ctx);
    let Some(first) = own.first().copied() else {
        return Err(Error::Forbidden { action: OFFICE_CHECK.words }.into());
    };
    let stage = Stage::from_code(&ask.stage).filter(|it| own.contains(it)).unwrap_or(first);
    let permission = service::review::check_of(stage);
    let found = reads::at_stage(&app.db, stage, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let acts = match stage {
        Stage::Office => reads::acts_at(&app.db, ActStage::Proposed, &PageAsk::default()).await?.items,
        _ => Vec::new(),
    };
    let ids: Vec<_> = acts.iter().flat_map(|it| [Some(it.item), it.act.into].into_iter().flatten()).collect();
    let known = reads::items_of(&app.db, &ids).await?;
    let mut offices: Vec<_> = found.items.iter().map(|it| it.authority).collect();
    offices.extend(known.values().map(|it| it.authority));
    let offices = identity::authorities(&app.db, &offices).await?;
    let name = |it: &ItemSummary| offices.get(&it.authority).map(|it| it.facts.name.clone()).unwrap_or_default();
    let names = identity::names(&app, acts.iter().map(|it| it.proposed_by.as_str())).await?;
    let acts = acts.iter().filter_map(|row| {
        let item = known.get(&row.item).filter(|item| may(&it.ctx, permission, item))?.clone();
        Some(WaitingAct { authority: name(&item), line: act_line(row, &names, &known), item })
    });
    let acts = acts.collect();
    let items = found.items.into_iter().filter(|item| may(&it.ctx, permission, item));
    let items = items.map(|item| Waiting { authority: name(&item), item }).collect();
    let href =
        |stage: Stage, after: &str| webkit::address("/desk/item-checks", &[("stage", stage.code()), ("after", after)]);
    page(&ChecksPage {
        tabs: own.iter().map(|it| (href(*it, ""), it.name(), *it == stage)).collect(),
        next: found.next.map(|key| href(stage, &key)).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { href(stage, "") },
        items,
        acts,
        shell: it.shell,
    })
}

#[derive(Template)]
#[template(path = "item_check.html")]
pub(crate) struct CheckPage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) authority: String,
    pub(crate) stage: Stage,
    pub(crate) changed: Vec<Difference>,
    pub(crate) before: String,
    pub(crate) warnings: Vec<Finding>,
    pub(crate) inherited: Vec<Inherited>,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) may: bool,
    pub(crate) typed: Vec<(String, String)>,
    pub(crate) faults: Vec<Fault>,
}

impl CheckPage {
    fn typed(&self, field: &str, n: &usize) -> &str {
        let name = format!("{field}/{n}");
        self.typed.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
    }

    /// The fault of a reason; all of it stands at the first.
    fn fault(&self, n: &usize) -> &str {
        self.faults.first().filter(|_| *n == 0).map_or("", |it| it.message.as_str())
    }

    fn numbers(&self) -> std::ops::Range<usize> {
        0..REASONS
    }
}

async fn check_page(app: &App, it: Page, id: Id<Item>, (typed, faults): (Vec<(String, String)>, Vec<Fault>)) -> Answer {
    let item = reads::item(&app.db, id).await?;
    may_look(&it.ctx, item.authority)?;
    let Some(stage) = item.stage.filter(|it| it.is_check()) else {
        return Ok(webkit::see_other(&here(id)));
    };
    let doc = working(&app.db, &item).await?;
    let before = match item.current_version {
        0 => ItemDocument::default(),
        n => (*reads::version(&app.db, &*app.part::<crate::Documents>()?, id, n).await?).clone(),
    };
    let authority = identity::authority(&app.db, item.authority).await?.facts.name;
    page(&CheckPage {
        authority,
        changed: differences(&before, &doc),
        before: if item.current_version == 0 { String::new() } else { format!("第 {} 版", item.current_version) },
        warnings: rulebook(&app.db).await?.warnings(&doc),
        inherited: inherited(&doc),
        fields: fields_of().map(|it| (it.1.to_owned(), crate::model::field_name(it.1).to_owned())).collect(),
        may: may(&it.ctx, service::review::check_of(stage), &item),
        stage,
        item,
        typed,
        faults,
        shell: it.shell,
    })
}

pub(super) async fn show(State(app): State<App>, it: Page, Path(id): Path<String>) -> Answer {
    check_page(&app, it, id.parse()?, (Vec::new(), Vec::new())).await
}

pub(super) async fn decide(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    let version = form.version()?;
    if form.text("verdict") == "pass" {
        service::review::pass(&it.ctx, &app.db, id, version).await?;
        return Ok(flash("/desk/item-checks", "done", "已审核通过，转入下一环节。"));
    }
    let remarks: Vec<_> = (0..REASONS)
        .map(|n| Remark {
            field: form.text(&format!("field/{n}")).to_owned(),
            reason: form.text(&format!("reason/{n}")).to_owned(),
        })
        .collect();
    match service::review::send_back(&it.ctx, &app, id, version, &remarks).await {
        Ok(()) => Ok(flash("/desk/item-checks", "done", "已退回编制单位修改。")),
        Err(Error::Invalid(faults)) => {
            let faults = faults.into_iter().map(|it| Fault::new("reason/0", it.message)).collect();
            check_page(&app, it, id, (form.pairs().to_vec(), faults)).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn act(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    let refusal = (form.text("verdict") != "agree").then(|| form.text("reason"));
    match service::acts::decide_act(&it.ctx, &app, (id, form.text("act").parse()?), refusal).await {
        Ok(()) => Ok(flash(
            "/desk/item-checks",
            "done",
            if refusal.is_some() { "已退回。" } else { "已同意，到日期自动生效。" },
        )),
        Err(Error::Invalid(_)) => Ok(flash("/desk/item-checks", "fault", "没有退回：请写明不同意的理由。")),
        Err(error) => Err(error.into()),
    }
}
