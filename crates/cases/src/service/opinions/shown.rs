//! How opinions that were asked stand, for those who read them: with their words, as lines of a list, as lines of the officers' timeline.

use std::collections::HashMap;

use kernel::{Authority, Ctx, Error, Id, Moment, Person, Result};
use serde::Serialize;
use storage::{args, each};
use webkit::{App, utoipa};

use super::{OPINIONS_MAX, Opinion, answer_place, question_place, read};
use crate::{
    CaseId,
    model::opinion::OpinionStanding,
    service::{document, load, materials, subject},
    store::{self, opinions as sql},
    view,
};

/// An opinion as those who handle the case read it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct OpinionView {
    /// 标识
    pub(crate) id: String,
    /// 序号
    pub(crate) number: i64,
    /// 征求意见的单位
    pub(crate) office: String,
    /// 被征求意见的单位
    pub(crate) asked: String,
    /// 事项名称
    pub(crate) item_name: String,
    /// 问题
    pub(crate) question: String,
    /// 谁提出的
    pub(crate) who: String,
    /// 什么时候提出的
    pub(crate) when: String,
    /// 答复日期
    pub(crate) due: String,
    /// 现在怎么样：等候答复、逾期未答复、已按时答复、已逾期答复、已撤回
    pub(crate) standing: &'static str,
    #[serde(skip)]
    pub(crate) tone: &'static str,
    /// 还可以答复
    pub(crate) open: bool,
    /// 给对方看的材料：文件序号和文件名
    pub(crate) files: Vec<(i64, String)>,
    /// 答复
    pub(crate) answer: String,
    /// 谁答复的
    pub(crate) answered_by: String,
    /// 什么时候答复的
    pub(crate) answered_at: String,
}

/// A line of the list of what an office is asked.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct OpinionLine {
    /// 标识
    pub(crate) id: String,
    /// 征求意见的单位
    pub(crate) office: String,
    /// 事项名称
    pub(crate) item_name: String,
    /// 什么时候提出的
    pub(crate) when: String,
    /// 答复日期
    pub(crate) due: String,
    /// 现在怎么样：等候答复、逾期未答复、已按时答复、已逾期答复
    pub(crate) standing: &'static str,
    #[serde(skip)]
    pub(crate) tone: &'static str,
}

/// The opinions of one case with their words.
pub(super) async fn views(ctx: &Ctx, app: &App, case: CaseId, all: &[Opinion]) -> Result<Vec<OpinionView>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let row = load(app, case).await?;
    let item_name = document(app, row.facts.item, row.facts.item_version).await?.name.clone();
    let texts: HashMap<String, Vec<u8>> = app.vault.open_all(&subject(case), "opinion.").await?.into_iter().collect();
    let files = match materials::list(app, case).await {
        // What was erased has no names.
        Err(Error::NotFound { .. }) => HashMap::new(),
        files => files?.into_iter().map(|it| (it.0.number, it.1)).collect::<HashMap<i64, String>>(),
    };
    let offices: Vec<_> = all.iter().map(|it| it.state.authority).chain([row.facts.authority]).collect();
    let offices = identity::authorities(&app.db, &offices).await?;
    let office = |id: Id<Authority>| offices.get(&id).map(|it| it.facts.name.clone()).unwrap_or_default();
    let people: Vec<Id<Person>> = all
        .iter()
        .flat_map(|it| [Some(it.state.asked_by), it.state.answered.as_ref().map(|it| it.by)])
        .flatten()
        .collect();
    let names = identity::person_names(app, &people).await?;
    // Empty if the words were erased.
    let text = |name: &str| texts.get(name).map(|it| String::from_utf8_lossy(it).into_owned()).unwrap_or_default();
    let view = |it: &Opinion| {
        let standing = it.state.standing(ctx.now.legal_date());
        let file = |number: &i64| (*number, files.get(number).cloned().unwrap_or_default());
        OpinionView {
            id: it.id.to_string(),
            number: it.state.number,
            office: office(row.facts.authority),
            asked: office(it.state.authority),
            item_name: item_name.clone(),
            question: text(&question_place(it.state.number)),
            who: names.person(&it.state.asked_by).to_owned(),
            when: it.state.asked_at.zh(),
            due: view::day(it.state.due),
            standing: standing.words(),
            tone: standing.tone(),
            open: it.state.is_open(),
            files: it.state.files.iter().map(file).collect(),
            answer: text(&answer_place(it.state.number)),
            answered_by: it.state.answered.as_ref().map(|it| names.person(&it.by).to_owned()).unwrap_or_default(),
            answered_at: it.state.answered.as_ref().map(|it| it.at.zh()).unwrap_or_default(),
        }
    };
    Ok(all.iter().map(view).collect())
}

/// Lines of a list: without words, so that a page asks as often for many as for few.
pub(super) async fn lines(ctx: &Ctx, app: &App, all: &[Opinion]) -> Result<Vec<OpinionLine>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let mut cases = HashMap::new();
    for row in app.db.query(store::CASES, args![each(all.iter().map(|it| it.case))]).await? {
        let row = store::case(&row)?;
        cases.insert(row.id, row.facts);
    }
    let offices: Vec<_> = cases.values().map(|it| it.authority).collect();
    let offices = identity::authorities(&app.db, &offices).await?;
    let mut out = Vec::with_capacity(all.len());
    for it in all {
        let Some(facts) = cases.get(&it.case) else { continue };
        let document = document(app, facts.item, facts.item_version).await?;
        let standing = it.state.standing(ctx.now.legal_date());
        out.push(OpinionLine {
            id: it.id.to_string(),
            office: offices.get(&facts.authority).map(|it| it.facts.name.clone()).unwrap_or_default(),
            item_name: document.name.clone(),
            when: it.state.asked_at.zh(),
            due: view::day(it.state.due),
            standing: standing.words(),
            tone: standing.tone(),
        });
    }
    Ok(out)
}

/// A line of the officers' timeline: when, what, by whom, and the words.
pub(crate) struct ToldOpinion {
    pub(crate) at: Moment,
    pub(crate) title: &'static str,
    pub(crate) who: String,
    pub(crate) texts: Vec<(String, String)>,
}

/// What the officers' timeline says of the opinions of a case.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn told(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<ToldOpinion>> {
    let rows = app.db.query(sql::OPINIONS, args![id, OPINIONS_MAX]).await?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let views = views(ctx, app, id, &all).await?;
    let mut out = Vec::new();
    for (it, view) in all.iter().zip(views) {
        let asked = vec![
            ("征求".to_owned(), format!("{}，{}前答复", view.asked, view.due)),
            ("问题".to_owned(), view.question),
        ];
        out.push(ToldOpinion { at: it.state.asked_at, title: "征求意见", who: view.who, texts: asked });
        if let Some(answered) = &it.state.answered {
            let late = it.state.standing(answered.at.legal_date()) == OpinionStanding::AnsweredLate;
            let title = if late { "答复征求意见（逾期）" } else { "答复征求意见" };
            let who = format!("{}（{}）", view.answered_by, view.asked);
            out.push(ToldOpinion { at: answered.at, title, who, texts: vec![("意见".to_owned(), view.answer)] });
        }
        if let Some(at) = it.state.withdrawn {
            out.push(ToldOpinion { at, title: "撤回征求意见", who: view.asked, texts: Vec::new() });
        }
    }
    Ok(out)
}
