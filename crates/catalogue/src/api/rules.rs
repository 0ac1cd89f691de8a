//! The rules by which documents are checked, and the lists of words of legal affairs, over the interface.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    LEGAL_CHECK,
    model::{Rule, Severity},
    service::rules::{KeptWords, put_words, rulebook, word_lists},
};

pub(super) fn routes() -> Routes {
    Routes::new().api(Access::SignedIn, routes!(show)).api(Access::May(LEGAL_CHECK), routes!(save))
}

/// 一条检查规则
#[derive(Serialize, ToSchema)]
struct RuleView {
    /// 编号
    number: u8,
    /// 在哪个要素处提示；# 为第几项
    field: String,
    /// 要求
    asks: String,
    /// 怎么提示；花括号内换成实际内容
    message: String,
    /// 不改不能送审
    blocks: bool,
    /// 出处
    source: String,
}

impl RuleView {
    fn of(it: &Rule) -> Self {
        Self {
            number: it.number,
            field: it.field.clone(),
            asks: it.asks.clone(),
            message: it.message.clone(),
            blocks: it.severity == Severity::Block,
            source: it.source.clone(),
        }
    }
}

/// 一张词表
#[derive(Serialize, ToSchema)]
struct WordsView {
    /// 代码
    list: String,
    /// 名称
    name: String,
    /// 用途和写法
    about: String,
    /// 词；有说明的写成「词：说明」
    words: Vec<String>,
    /// 版本号：修改时带上；0 为系统自带的内容
    version: i64,
}

impl WordsView {
    fn of(it: KeptWords) -> Self {
        let KeptWords { list, version, .. } = it;
        Self { list: list.key, name: list.name, about: list.about, words: list.words, version }
    }
}

/// 检查规则和词表
#[derive(Serialize, ToSchema)]
struct RulesView {
    rules: Vec<RuleView>,
    lists: Vec<WordsView>,
}

/// 修改词表
#[derive(Deserialize, ToSchema)]
struct WordsNew {
    /// 读到的版本号
    version: i64,
    /// 全部的词
    words: Vec<String>,
}

/// 发布前的检查规则，和规则所用的词表
#[utoipa::path(get, path = "/api/v1/desk/item-rules", tag = "catalogue", responses((status = 200, body = RulesView)))]
async fn show(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<RulesView>> {
    crate::pages::may_look_somewhere(&ctx)?;
    let rules = rulebook(&app.db).await?.rules().iter().map(RuleView::of).collect();
    Ok(Json(RulesView { rules, lists: word_lists(&app.db).await?.into_iter().map(WordsView::of).collect() }))
}

/// 修改一张词表，立即用于全站的检查
#[utoipa::path(put, path = "/api/v1/desk/item-rules/{list}", tag = "catalogue", params(("list" = String, Path, description = "词表代码")),
    request_body = WordsNew, responses((status = 200, body = RulesView), (status = 403, description = "不是全站的法制审核人员"),
        (status = 404, description = "没有这张词表"), (status = 409, description = "别人已经改过"), (status = 422)))]
async fn save(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(list): Path<String>,
    Json(it): Json<WordsNew>,
) -> Answer<Json<RulesView>> {
    put_words(&ctx, &app.db, (&list, it.version), &it.words.join("\n")).await?;
    show(State(app), Caller(ctx)).await
}
