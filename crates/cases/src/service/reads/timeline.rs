//! What happened to a case, in plain words.

use std::collections::BTreeMap;

use catalogue::ItemDocument;
use kernel::{Channel, Ctx, Error, Holder, Result};
use serde::Serialize;
use webkit::{App, utoipa::ToSchema};

use super::{
    PaperView,
    detail::about_name,
    papers::{marked, paper_view, unkept},
    weights,
};
use crate::{
    CaseId,
    model::{Acceptance, CorrectionFault, Event, Fact, Role, Slot, Stage, annulled_words},
    service::{
        Hands, acts::is_internal, charging, document, load_for, looks, opinions, papers, subject,
        systems::steps::Operator,
    },
    view,
};

/// One line of a case's timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// 时间（RFC 3339）
    pub at: String,
    /// 时间，供人阅读
    pub when: String,
    /// 发生了什么
    pub title: String,
    /// 由谁：对申请人是机关和岗位，对工作人员是姓名
    pub who: String,
    /// 说明：名称和内容
    pub texts: Vec<(String, String)>,
    /// 文书序号和标题；没有文书时为空
    pub paper: Option<PaperView>,
    /// 事件代码
    pub kind: String,
    /// `past`、`now`、`bad`、`void`（已撤销）
    pub state: String,
    /// 已经由上级撤销
    pub annulled: bool,
}

/// What happened to a case, in plain words, newest last. To the applicant who acted is told by office, to officers by name.
///
/// # Errors
/// As [`case`].
pub async fn timeline(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<TimelineEntry>> {
    let row = load_for(ctx, app, id).await?;
    let officer = Hands::of(ctx, &row)?.officer();
    if officer && ctx.actor.channel == Channel::Api {
        looks::must_look(ctx, app, &row).await?;
    }
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let office = identity::authority(&app.db, row.facts.authority).await?.facts.name;
    let below = match row.facts.preliminary {
        Some(lower) => identity::authority(&app.db, lower).await?.facts.name,
        None => String::new(),
    };
    let records = journal::history(&app.db, &subject(id)).await?;
    let mut events = Vec::with_capacity(records.len());
    for record in &records {
        events.push(Event::read(&record.kind, &record.body).map_err(Error::internal)?);
    }
    let named = records.iter().flat_map(|it| [it.actor.clone(), it.on_behalf_of.clone()]);
    let presiders = events.iter().filter_map(|it| match it.fact {
        Fact::HearingSet { presider, .. } => Some(Holder::Person(presider).to_string()),
        Fact::SiteChecked { second, .. } => Some(Holder::Person(second).to_string()),
        _ => None,
    });
    let names = identity::names(app, named.filter(|it| !it.is_empty()).chain(presiders)).await?;
    let texts: BTreeMap<String, Vec<u8>> = app.vault.open_all(&subject(id), "act.").await?.into_iter().collect();
    let made: BTreeMap<i64, papers::PaperRow> =
        papers::list(app, id).await?.into_iter().map(|it| (it.number, it)).collect();
    // A case whose result was handed over is over for everybody; that its file is closed later is the archive's.
    let stage = row.case.stage();
    let over = stage.is_final() || stage == Stage::Delivered;
    let mut out: Vec<(kernel::Moment, TimelineEntry)> = Vec::with_capacity(records.len());
    for (record, event) in records.iter().zip(&events) {
        let operator = texts.get(&format!("act.{}.operator", record.version));
        let is_below = !below.is_empty() && row.facts.office_of(&row.case, event) != row.facts.authority;
        let handed_up = matches!(event.fact, Fact::HandedUp { .. });
        let spoke = if is_below || handed_up { &below } else { &office };
        let who = who(record, (event.role, spoke), (&names, operator), officer);
        let paper = event.paper().zip(document.item_type()).map(|(kind, item_type)| match made.get(&record.version) {
            Some(it) => paper_view(it),
            None => unkept(&row, record, kind.title(item_type), kind),
        });
        let paper = paper.map(|it| marked(&row, it));
        let annulled = row.case.is_annulled(record.version);
        let last = record.version == row.head.version;
        let entry = TimelineEntry {
            at: record.at.to_string(),
            when: record.at.zh(),
            title: if handed_up {
                format!("{below}初审已完成，意见和全部申请材料已报送{office}")
            } else {
                event.fact.words().to_owned()
            },
            who,
            texts: event_texts(event, (&texts, &names), &document, officer),
            paper,
            kind: record.kind.clone(),
            state: if annulled { "void" } else { state_of(&event.fact, last && !over) }.to_owned(),
            annulled,
        };
        out.push((record.at, entry));
    }
    out.extend(charging::told(app, &row).await?);
    if officer {
        // What other offices were asked stands between, for officers alone.
        out.extend(opinions::told(ctx, app, id).await?.into_iter().map(opinion_entry));
    }
    out.sort_by_key(|it| it.0);
    Ok(out.into_iter().map(|it| it.1).collect())
}

/// Who acted, as this reader is told.
fn who(
    record: &journal::Record,
    (role, office): (Role, &str),
    (names, operator): (&identity::Names, Option<&Vec<u8>>),
    officer: bool,
) -> String {
    let actor = names.of(&record.actor);
    match role {
        Role::System => "系统".to_owned(),
        // Who acted for a person is named to that person and to officers alike.
        Role::Applicant if record.on_behalf_of.starts_with("person:") => format!("申请人，由{actor}代办"),
        Role::Applicant if officer => format!("{actor}（申请人）"),
        Role::Applicant if record.on_behalf_of.starts_with("enterprise:") => format!("申请人，经办人{actor}"),
        Role::Applicant => "申请人".to_owned(),
        // In somebody's stead: 代岗.
        role if officer && !record.on_behalf_of.is_empty() => {
            format!("{actor}代{}（{}）", names.of(&record.on_behalf_of), role.name())
        }
        role if record.actor.starts_with("client:") => outside(actor, (role, office), operator, officer),
        role if officer => format!("{actor}（{}）", role.name()),
        role => format!("{office} {}", role.name()),
    }
}

fn opinion_entry(it: opinions::ToldOpinion) -> (kernel::Moment, TimelineEntry) {
    let entry = TimelineEntry {
        at: it.at.to_string(),
        when: it.at.zh(),
        title: it.title.to_owned(),
        who: it.who,
        texts: it.texts,
        paper: None,
        kind: "cases.opinion".to_owned(),
        state: "past".to_owned(),
        annulled: false,
    };
    (it.at, entry)
}

/// Who acted in a department's own system: to the applicant by office, system and name; to officers also by work number.
fn outside(system: &str, (role, office): (Role, &str), operator: Option<&Vec<u8>>, officer: bool) -> String {
    let told: Operator = operator.and_then(|it| serde_json::from_slice(it).ok()).unwrap_or_default();
    let by = match (told.name.as_str(), officer) {
        ("", _) => String::new(),
        (name, true) => format!("，承办人{name}（工号 {}）", told.number),
        (name, false) => format!("，承办人{name}"),
    };
    let how = format!("由业务系统“{system}”办理{by}");
    if officer { format!("{}，{how}", role.name()) } else { format!("{office} {}，{how}", role.name()) }
}

fn state_of(fact: &Fact, last: bool) -> &'static str {
    match fact {
        Fact::NotNeeded { .. }
        | Fact::NotAccepted { .. }
        | Fact::Refused { .. }
        | Fact::Revoked { .. }
        | Fact::Lapsed {} => "bad",
        _ if last => "now",
        _ => "past",
    }
}

/// The limits that begin with acceptance.
fn limits(it: &Acceptance) -> impl Iterator<Item = (String, String)> + use<> {
    let before = |name: &str, due| (name.to_owned(), format!("{}前", view::due(due)));
    let own = [before("承诺办结", it.promised_due), before("法定办结", it.statutory_due)];
    own.into_iter().chain(it.preliminary_due.map(|due| before("下级初审", due)))
}

fn side(favour: bool) -> String {
    if favour { "同意" } else { "不同意" }.to_owned()
}

fn event_texts(
    event: &Event,
    (texts, names): (&BTreeMap<String, Vec<u8>>, &identity::Names),
    document: &ItemDocument,
    officer: bool,
) -> Vec<(String, String)> {
    let mut out = Vec::new();
    match &event.fact {
        Fact::SpecialStarted { name, days, basis, .. } => {
            out.push(("特别程序".to_owned(), format!("{name}，预计 {days} 个工作日")));
            if !basis.is_empty() {
                out.push(("依据".to_owned(), basis.clone()));
            }
        }
        Fact::SpecialProlonged { name, days, expected_end, .. } => {
            let until = view::due(*expected_end);
            out.push(("特别程序".to_owned(), format!("{name}，共需 {days} 个工作日，到{until}")));
        }
        Fact::ExtensionAsked { days, .. } if officer => {
            out.push(("提请延长".to_owned(), format!("{days} 个工作日")));
        }
        Fact::SiteChecked { second, on, photos, .. } => {
            out.push(("核查日期".to_owned(), view::day(*on)));
            if officer {
                out.push(("一同核查".to_owned(), names.person(second).to_owned()));
                out.push(("现场照片".to_owned(), format!("{} 张", photos.len())));
            }
        }
        Fact::HearingTold { ask_by, others, .. } => {
            let whom = if *others { "申请人和利害关系人" } else { "申请人" };
            out.push(("告知".to_owned(), format!("{whom}可以在{}前申请听证", view::due(*ask_by))));
        }
        Fact::HearingBegun { days, expected_end, .. } => {
            out.push(("听证".to_owned(), format!("{days} 个工作日内举行，到{}", view::due(*expected_end))));
        }
        Fact::HearingSet { sits_at, presider, public, .. } => {
            out.push(("时间".to_owned(), sits_at.zh()));
            out.push(("主持人".to_owned(), names.person(presider).to_owned()));
            if *public {
                out.push(("公告".to_owned(), "已经向社会公告".to_owned()));
            }
        }
        Fact::Extended { days, statutory_due, .. } => {
            out.push(("延长".to_owned(), format!("{days} 个工作日，法定期限到{}", view::due(*statutory_due))));
        }
        Fact::Annulled { kind, of, .. } => {
            out.push(("撤销的办理".to_owned(), format!("{}「{}」", of.zh(), annulled_words(kind))));
        }
        Fact::Accepted(it) | Fact::DeemedAccepted(it) => out.extend(limits(it)),
        Fact::Delivered { way, .. } => out.push(("送达方式".to_owned(), way.name().to_owned())),
        Fact::HandedUp { favour, .. } if officer => out.push(("初审结论".to_owned(), side(*favour))),
        Fact::Recommended { favour, weighed, .. } if officer => {
            out.push(("审核结论".to_owned(), side(*favour)));
            out.extend(weights::told(weighed, document));
        }
        Fact::Approved { weighed, .. } | Fact::Refused { weighed, .. } if officer => {
            out.extend(weights::told(weighed, document));
        }
        _ => {}
    }
    for (slot, text) in event.fact.texts() {
        if !officer && is_internal(&event.fact, slot) {
            continue;
        }
        let Some(bytes) = texts.get(&text.name) else { continue };
        if slot == Slot::Faults {
            let faults: Vec<CorrectionFault> = serde_json::from_slice(bytes).unwrap_or_default();
            out.extend(faults.into_iter().map(|it| (about_name(document, &it.about), it.what)));
        } else {
            out.push((slot.words().to_owned(), String::from_utf8_lossy(bytes).into_owned()));
        }
    }
    out
}
