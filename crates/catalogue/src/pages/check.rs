//! The desk of the two checks: what waits for the organisation office and for legal affairs, and one revision to be judged.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Authority, Ctx, Error, Fault, Id, Item, PageAsk, Permission};
use webkit::{Answer, App, Form, Listing, Page, Shell, asked, filter_of, flash, page};

use super::{
    here,
    item::{ActLine, Inherited, act_line, inherited},
    may, may_look, offices_of,
};
use crate::{
    ActRow, LEGAL_CHECK, OFFICE_CHECK,
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

impl ChecksAsk {
    /// The check that is meant, or else the caller's first; and all that are the caller's.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without any.
    fn stage(&self, ctx: &Ctx) -> kernel::Result<(Stage, Vec<Stage>)> {
        let own = own_checks(ctx);
        let first = own.first().copied().ok_or(Error::Forbidden { action: OFFICE_CHECK.words })?;
        Ok((Stage::from_code(&self.stage).filter(|it| own.contains(it)).unwrap_or(first), own))
    }
}

/// An item that waits, with its authority.
pub(crate) struct Waiting {
    pub(crate) item: ItemSummary,
    pub(crate) authority: String,
}

impl Waiting {
    /// Which version it is to become.
    fn version(&self) -> String {
        match self.item.current_version {
            0 => "首次发布".to_owned(),
            n => format!("第 {} 版", n + 1),
        }
    }
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
    /// Which check it is, as the address has it.
    pub(crate) asked: String,
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

/// The authorities for which the caller makes this check; `None`: for all.
fn checked_by(ctx: &Ctx, permission: Permission) -> Option<BTreeSet<Id<Authority>>> {
    ctx.actor.grants.iter().filter(|it| it.permission == permission.code).map(|it| it.authority).collect()
}

/// A page of what waits at a check and is the caller's to judge.
async fn waiting(ctx: &Ctx, app: &App, stage: Stage, ask: &PageAsk) -> kernel::Result<kernel::Page<Waiting>> {
    let permission = service::review::check_of(stage);
    let mut found = reads::at_stage(&app.db, stage, checked_by(ctx, permission).as_ref(), ask).await?;
    found.items.retain(|item| may(ctx, permission, item));
    let offices = offices_of(app, &found.items).await?;
    let name = |it: &ItemSummary| offices.get(&it.authority).cloned().unwrap_or_default();
    Ok(found.map(|item| Waiting { authority: name(&item), item }))
}

/// As [`waiting`], of acts, which only the first check judges.
async fn waiting_acts(ctx: &Ctx, app: &App, ask: &PageAsk) -> kernel::Result<kernel::Page<WaitingAct>> {
    let found = reads::acts_at(&app.db, ActStage::Proposed, checked_by(ctx, OFFICE_CHECK).as_ref(), ask).await?;
    let ids = found.items.iter().flat_map(|it| [Some(it.item), it.act.into].into_iter().flatten());
    let known = reads::items_of(&app.db, &ids.collect::<Vec<_>>()).await?;
    let own = |row: &ActRow| known.get(&row.item).is_some_and(|item| may(ctx, OFFICE_CHECK, item));
    let rows: Vec<_> = found.items.into_iter().filter(own).collect();
    let offices = offices_of(app, known.values()).await?;
    let names = identity::names(app, rows.iter().map(|it| it.proposed_by.as_str())).await?;
    let act = |row: &ActRow| {
        let item = known.get(&row.item)?.clone();
        let authority = offices.get(&item.authority).cloned().unwrap_or_default();
        Some(WaitingAct { authority, line: act_line(row, &names, &known), item })
    };
    Ok(kernel::Page { items: rows.iter().filter_map(act).collect(), next: found.next })
}

/// What waits for a check, as it is written out.
pub(crate) const LISTING: Listing = Listing {
    code: "catalogue.checks",
    name: "待审核的事项",
    page: "/desk/item-checks",
    needs: &[OFFICE_CHECK, LEGAL_CHECK],
    columns: &[
        ("事项名称", 36),
        ("实施主体", 36),
        ("类型", 12),
        ("版本", 12),
        ("审核环节", 16),
        ("送审时间", 20),
        ("基本编码", 16),
        ("可疑材料", 10),
    ],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let stage = filter_of::<ChecksAsk>(query)?.stage(ctx)?.0;
    let found = waiting(ctx, app, stage, ask).await?;
    Ok(found.map(|it| {
        vec![
            it.item.name.clone(),
            it.authority.clone(),
            it.item.item_type.name().to_owned(),
            it.version(),
            stage.name().to_owned(),
            it.item.changed_at.zh(),
            it.item.base_code,
            it.item.suspects.to_string(),
        ]
    }))
}

/// The acts that wait, as they are written out.
pub(crate) const ACTS: Listing = Listing {
    code: "catalogue.acts",
    name: "待审核的变动",
    page: "/desk/item-checks",
    needs: &[OFFICE_CHECK],
    columns: &[("事项名称", 36), ("实施主体", 36), ("变动", 36), ("依据", 36), ("实施编码", 34)],
    rows: |ctx, app, _, ask| Box::pin(act_rows(ctx, app, ask)),
};

async fn act_rows(ctx: &Ctx, app: &App, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    if !ctx.may_somewhere(OFFICE_CHECK) {
        return Err(Error::Forbidden { action: OFFICE_CHECK.words });
    }
    let found = waiting_acts(ctx, app, ask).await?;
    Ok(found.map(|it| vec![it.item.name, it.authority, it.line.words, it.line.basis, it.item.item_code]))
}

pub(super) async fn list(State(app): State<App>, it: Page, Query(ask): Query<ChecksAsk>) -> Answer {
    let (stage, own) = ask.stage(&it.ctx)?;
    let found = waiting(&it.ctx, &app, stage, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let acts = match stage {
        Stage::Office => waiting_acts(&it.ctx, &app, &PageAsk::default()).await?.items,
        _ => Vec::new(),
    };
    let href =
        |stage: Stage, after: &str| webkit::address("/desk/item-checks", &[("stage", stage.code()), ("after", after)]);
    page(&ChecksPage {
        tabs: own.iter().map(|it| (href(*it, ""), it.name(), *it == stage)).collect(),
        asked: asked(&[("stage", stage.code())]),
        next: found.next.map(|key| href(stage, &key)).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { href(stage, "") },
        items: found.items,
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
