//! Acts on published items: proposed by the department with basis and day, decided by the organisation office, in effect on the day.

use kernel::{Ctx, Error, Id, Item, Result, Who};
use serde_json::json;
use standards::{PowerSource, UseLevel};
use storage::{Db, Row, args};
use webkit::App;

use super::{Change, base, fingerprint, in_force, items, said::Sealing};
use crate::{
    CATALOGUE, OFFICE_CHECK,
    model::{ActKind, ActStage, ItemAct, ItemDocument, Opened, TEXT_MAX},
    store::{self, guard},
};

/// An act's mark, for its id.
#[derive(Debug)]
pub enum ActMark {}

/// An act as it stands.
#[derive(Debug, Clone)]
pub struct ActRow {
    /// Its id.
    pub id: Id<ActMark>,
    /// The item.
    pub item: Id<Item>,
    /// What was proposed.
    pub act: ItemAct,
    /// Where it stands.
    pub stage: ActStage,
    /// Who proposed it, as the journal writes people.
    pub proposed_by: String,
    /// Who decided; empty: nobody yet.
    pub decided_by: String,
    /// Why it was refused; only [`crate::acts`] opens it.
    pub reason: String,
    /// The items that came of it.
    pub made: Vec<Id<Item>>,
}

impl ActRow {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let stage = row.text("stage")?;
        Ok(Self {
            id: row.id("id")?,
            item: row.id("item")?,
            act: row.json("document")?,
            stage: ActStage::from_code(stage).ok_or_else(|| Error::internal(format!("unknown act stage {stage}")))?,
            proposed_by: row.string("proposed_by")?,
            decided_by: row.string("decided_by")?,
            reason: String::new(),
            made: row.text("made")?.lines().map(str::parse).collect::<Result<_>>()?,
        })
    }
}

/// Proposes an act on an item.
///
/// # Errors
/// [`Error::Forbidden`] without [`CATALOGUE`]; [`Error::Invalid`] at its fields; [`Error::Refused`] if the item's state does not
/// allow it or another act waits; [`Error::Stale`].
pub async fn propose_act(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64, act: &ItemAct) -> Result<Id<ActMark>> {
    let mut change = Change::begin(ctx, db, (id, version), CATALOGUE).await?;
    let doc = base::working(db, &change.item).await?;
    act.check((id, change.item.authority), change.item.state, doc.use_levels.first().copied())?;
    if let Some(into) = act.into {
        let target = db.find(store::ITEM, args![into]).await?.ok_or(Error::NotFound { what: "并入的事项" })?;
        let target = store::read(&target)?.0;
        if target.authority != change.item.authority || !target.state.is_open() {
            return Err(Error::invalid("into", "只能并入本单位没有取消的事项。"));
        }
    }
    let waits = db.query(store::ACTS, args![id, 50_i64]).await?;
    let open = |row: &Row| row.text("stage").is_ok_and(|it| matches!(it, "proposed" | "agreed"));
    if waits.iter().any(open) {
        return Err(Error::refused("该事项已有一项变动在审核或者待生效，请先办结或者撤回。"));
    }
    let act_id: Id<ActMark> = ctx.new_id();
    let text = store::json(act)?;
    let values = args![
        id,
        act_id,
        act.kind.code(),
        act.effect.to_string(),
        ActStage::Proposed.code(),
        &text,
        ctx.actor.who.to_string(),
        ctx.now
    ];
    change.unit.one(guard::ACT, store::ACT_ADD, values);
    let note = json!({ "act": act_id, "does": act.kind, "effect": act.effect, "basis": fingerprint(&act.basis) });
    let in_force = in_force(db, &change.item).await?;
    change.record(ctx, db, "catalogue.act_proposed", (&in_force, "", note)).await?;
    Ok(act_id)
}

/// Takes a proposal back.
///
/// # Errors
/// [`Error::Refused`] if it has been decided.
pub async fn withdraw_act(ctx: &Ctx, db: &Db, id: Id<Item>, act: Id<ActMark>) -> Result<()> {
    let change = Change::read(ctx, db, id, CATALOGUE).await?;
    let row = proposed(db, id, act).await?;
    let moved = (ActStage::Withdrawn, String::new(), String::new());
    settle((ctx, db), change, &row, moved, "catalogue.act_withdrawn").await
}

/// Agrees to an act or refuses it. An agreed act makes its new items at once, as drafts, and takes effect on its day: today, if
/// that has come.
///
/// # Errors
/// [`Error::Forbidden`] without [`OFFICE_CHECK`]; [`Error::Refused`] to who proposed it, or if it was decided already;
/// [`Error::Invalid`] for a refusal without a reason.
pub async fn decide_act(ctx: &Ctx, app: &App, (id, act): (Id<Item>, Id<ActMark>), refusal: Option<&str>) -> Result<()> {
    let db = &app.db;
    let mut change = Change::read(ctx, db, id, OFFICE_CHECK).await?;
    let row = proposed(db, id, act).await?;
    if row.proposed_by == ctx.actor.who.to_string() {
        return Err(Error::refused("这项变动由您本人提出，请由其他人员审核。"));
    }
    if let Some(reason) = refusal {
        if reason.trim().is_empty() {
            return Err(Error::invalid("reason", "请写明不同意的理由。"));
        }
        if reason.chars().count() > TEXT_MAX {
            return Err(Error::invalid("reason", format!("理由最多 {TEXT_MAX} 个字。")));
        }
        let sealing = Sealing::of(ctx, app, &mut change.unit, id).await?;
        let sealed = sealing.seal(ctx, app, &mut change.unit, (&reason_name(act), reason.trim()));
        let moved = (ActStage::Refused, sealed, String::new());
        return settle((ctx, db), change, &row, moved, "catalogue.act_refused").await;
    }
    row.act.takes(change.item.state)?;
    let made = make(ctx, db, &mut change, &row.act).await?;
    change.unit.run(store::AGENDA_PUT, args![row.act.effect.to_string(), "act", id, act]);
    settle((ctx, db), change, &row, (ActStage::Agreed, String::new(), made), "catalogue.act_agreed").await?;
    if row.act.effect.0 <= ctx.now.legal_date() {
        take_effect(&ctx.as_actor(kernel::Actor::system("catalogue.agenda")), db, id, act).await?;
    }
    Ok(())
}

/// The names under which the vault keeps why acts were refused begin so.
pub(crate) const REASONS: &str = "act/";

/// The name under which the vault keeps why an act was refused.
pub(crate) fn reason_name(act: Id<ActMark>) -> String {
    format!("{REASONS}{act}")
}

/// The drafts that an act makes: the parts of a split item, or the list of the authority that takes it over. One id a line.
async fn make(ctx: &Ctx, db: &Db, change: &mut Change, act: &ItemAct) -> Result<String> {
    let doc = base::working(db, &change.item).await?;
    let mut drafts = Vec::new();
    match (act.kind, act.to) {
        (ActKind::Split, _) => {
            for name in act.parts.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
                let part = ItemDocument { name: name.to_owned(), local_code: String::new(), ..doc.clone() };
                drafts.push((change.item.authority, Opened::Split, part));
            }
        }
        (ActKind::HandDown | ActKind::HandUp, Some(to)) => {
            drafts.push((to, Opened::Handed, taken_over(doc, act.kind, act.level)));
        }
        _ => {}
    }
    let mut made = Vec::with_capacity(drafts.len());
    for (authority, why, doc) in drafts {
        let base_version = change.item.base_version;
        made.push(items::add(ctx, db, &mut change.unit, (authority, base_version, why), &doc).await?.to_string());
    }
    Ok(made.join("\n"))
}

/// The document as the authority begins with that takes the item over: its own level, and none of the other's places.
fn taken_over(doc: ItemDocument, kind: ActKind, level: Option<UseLevel>) -> ItemDocument {
    let source = if kind == ActKind::HandDown { PowerSource::HandedDown } else { PowerSource::OwnLevel };
    ItemDocument {
        use_levels: level.into_iter().collect(),
        power_source: Some(source),
        local_code: String::new(),
        windows: Vec::new(),
        consult_phone: String::new(),
        complaint_phone: String::new(),
        remedies: None,
        office_in_charge: String::new(),
        ..doc
    }
}

/// Brings an agreed act into effect.
///
/// # Errors
/// [`Error::Refused`] if the item has come to a state that does not allow it, or to a person.
pub(crate) async fn take_effect(ctx: &Ctx, db: &Db, id: Id<Item>, act: Id<ActMark>) -> Result<()> {
    if !matches!(ctx.actor.who, Who::System(_)) {
        return Err(Error::refused("变动到生效日期由系统自动生效。"));
    }
    let mut change = Change::read(ctx, db, id, CATALOGUE).await?;
    let row = db.find(store::ACT, args![id, act]).await?.ok_or(Error::NotFound { what: "事项变动" })?;
    let row = ActRow::read(&row)?;
    if row.stage != ActStage::Agreed {
        return Ok(());
    }
    change.item.state = row.act.takes(change.item.state)?;
    if !change.item.state.is_open() {
        items::end(&mut change);
    }
    let made = row.made.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let values = args![id, act, ActStage::Done.code(), &row.decided_by, "", made, ActStage::Agreed.code()];
    change.unit.one(guard::ACT, store::ACT_MOVE, values);
    change.unit.run(store::AGENDA_DROP, args!["act", id, act]);
    let note = json!({ "act": act, "does": row.act.kind, "effect": row.act.effect });
    let kind = match row.act.kind {
        ActKind::Suspend => "catalogue.item_suspended",
        ActKind::Resume => "catalogue.item_resumed",
        _ => "catalogue.item_cancelled",
    };
    let in_force = in_force(db, &change.item).await?;
    change.record(ctx, db, kind, (&in_force, "", note)).await
}

async fn proposed(db: &Db, id: Id<Item>, act: Id<ActMark>) -> Result<ActRow> {
    let row = db.find(store::ACT, args![id, act]).await?.ok_or(Error::NotFound { what: "事项变动" })?;
    let row = ActRow::read(&row)?;
    match row.stage {
        ActStage::Proposed => Ok(row),
        now => Err(Error::refused(format!("这项变动现为「{}」，不能再处理。", now.name()))),
    }
}

async fn settle(
    (ctx, db): (&Ctx, &Db),
    mut change: Change,
    row: &ActRow,
    (stage, sealed, made): (ActStage, String, String),
    kind: &'static str,
) -> Result<()> {
    let decider = if stage == ActStage::Withdrawn { String::new() } else { ctx.actor.who.to_string() };
    let values = args![row.item, row.id, stage.code(), decider, &sealed, made, ActStage::Proposed.code()];
    change.unit.one(guard::ACT, store::ACT_MOVE, values);
    let note = json!({ "act": row.id, "does": row.act.kind, "effect": row.act.effect, "reason": sealed });
    let in_force = in_force(db, &change.item).await?;
    change.record(ctx, db, kind, (&in_force, "", note)).await
}
