//! How a case stands, for whoever has its number and knows who applied: no account needed, and nothing personal told. What happened is
//! told by its title and day; reasons, opinions, materials, papers and who acted are not.

use std::net::IpAddr;

use kernel::{Ctx, Error, Result};
use serde::Serialize;
use standards::CaseNumber;
use storage::args;
use webkit::{App, utoipa::ToSchema};

use super::{
    document, load,
    reads::{StepView, steps},
    subject,
};
use crate::{
    Calendars,
    model::{Event, Stage},
    store,
    view::{self, ClockView},
};

/// A name has so many characters at most; a longer one is nobody's.
const NAME_MAX: usize = 200;
/// A case has so many lines at most; what happened earlier is left out.
const EVENTS_MAX: usize = 100;

/// What somebody asks with.
#[derive(Clone, Copy)]
pub(crate) struct ProgressAsk<'a> {
    /// 办件编号.
    pub(crate) number: &'a str,
    /// The applicant's name, of a person or an enterprise.
    pub(crate) name: &'a str,
    /// From where.
    pub(crate) from: IpAddr,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProgressEvent {
    /// 日期，供人阅读
    pub(crate) on: String,
    /// 发生了什么
    pub(crate) title: String,
    /// How it is drawn: the last as the present.
    #[serde(skip)]
    pub(crate) state: &'static str,
}

/// How a case stands, without anything personal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PublicProgress {
    /// 办件编号
    pub(crate) number: String,
    /// 事项名称
    pub(crate) item_name: String,
    /// 受理机关
    pub(crate) authority_name: String,
    /// 受理机关电话
    pub(crate) authority_phone: String,
    /// 申请日期，供人阅读
    pub(crate) filed_on: String,
    /// 状态代码
    pub(crate) stage: String,
    /// 状态
    pub(crate) stage_name: String,
    #[serde(skip)]
    pub(crate) tone: &'static str,
    /// 是否轮到申请人：登录后可以看到要做什么
    pub(crate) your_turn: bool,
    /// 五个环节
    pub(crate) steps: Vec<StepView>,
    /// 时限
    pub(crate) clocks: Vec<ClockView>,
    /// 办理经过，最近的在前
    pub(crate) events: Vec<ProgressEvent>,
}

/// How the case of this number stands, if this is its applicant's name. A number that is none and a name that is another's are told
/// alike.
///
/// # Errors
/// [`Error::Invalid`] at `number` or `name` if it is blank or no number; [`Error::TooMany`] after too many questions from one network or
/// about one number; [`Error::NotFound`] if number and name do not belong together; if the engine fails.
pub(crate) async fn progress(ctx: &Ctx, app: &App, ask: ProgressAsk<'_>) -> Result<PublicProgress> {
    let number = CaseNumber::parse(ask.number.trim())
        .map_err(|_| Error::invalid("number", "办件编号不对，请照受理通知书、收件凭证或短信上的填写。"))?;
    let name = plain(ask.name);
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Error::invalid("name", "请填写申请人的姓名；单位申请的，填写单位全称。"));
    }
    let number = number.to_string();
    identity::count_question(ctx, app, ("progress", &number), ask.from).await?;
    let unknown = Error::NotFound { what: "办件" };
    let Some(found) = app.db.find(store::NUMBER, args![&number]).await? else { return Err(unknown) };
    let row = load(app, found.id("case_id")?).await?;
    let applicant = identity::holder_name(app, &row.facts.holder).await?;
    if plain(&applicant) != name {
        return Err(unknown);
    }
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let authority = identity::authority(&app.db, row.facts.authority).await?.facts;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let stage = row.case.stage();
    let mut events = Vec::new();
    for record in journal::history(&app.db, &subject(row.id)).await?.iter().rev().take(EVENTS_MAX) {
        let event = Event::read(&record.kind, &record.body).map_err(Error::internal)?;
        let state = if events.is_empty() && !stage.is_final() { "now" } else { "past" };
        events.push(ProgressEvent { on: record.at.zh_date(), title: event.fact.words().to_owned(), state });
    }
    Ok(PublicProgress {
        number,
        item_name: document.name.clone(),
        authority_name: authority.name,
        authority_phone: authority.phone,
        filed_on: row.case.filed.at.zh_date(),
        stage: stage.code().to_owned(),
        stage_name: stage.name().to_owned(),
        tone: view::tone(stage),
        your_turn: matches!(stage, Stage::CorrectionAsked | Stage::ApprovedOwing),
        steps: steps(&row.case),
        clocks: view::clocks(&row.case, &calendar, ctx.now.legal_date()),
        events,
    })
}

/// A name as it is compared: without blanks, the dot of the minorities' names and brackets written one way.
fn plain(name: &str) -> String {
    let one = |c: char| match c {
        '•' | '・' | '‧' | '∙' | '.' | '．' => '·',
        '（' => '(',
        '）' => ')',
        other => other,
    };
    name.chars().filter(|it| !it.is_whitespace()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_is_the_same_however_its_dot_brackets_and_blanks_are_typed() {
        for (typed, known) in [
            (" 李 桂兰 ", "李桂兰"),
            ("买买提•艾力", "买买提·艾力"),
            ("亳州（谯城）餐饮有限公司", "亳州(谯城)餐饮有限公司"),
        ] {
            assert_eq!(plain(typed), plain(known), "{typed}");
        }
        assert_ne!(plain("李桂兰"), plain("李桂蓝"));
    }
}
