//! Opinions asked of other offices (征求意见), as JSON.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use kernel::PageAsk;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    ADVISE, CaseId, SEE,
    service::opinions::{self, NewOpinion, OpinionId, OpinionLine, OpinionView},
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::May(SEE), routes!(on_case, ask))
        .api(Access::May(SEE), routes!(withdraw))
        .api(Access::May(ADVISE), routes!(list))
        .api(Access::May(ADVISE), routes!(one))
        .api(Access::May(ADVISE), routes!(answer))
}

/// 这件办件征求其他单位意见的情况，旧的在前；只给工作人员
#[utoipa::path(get, path = "/api/v1/cases/{id}/opinions", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Vec<OpinionView>), (status = 403, description = "不是这个办件的工作人员")))]
async fn on_case(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
) -> Answer<Json<Vec<OpinionView>>> {
    Ok(Json(opinions::asked_on(&ctx, &app, id).await?))
}

/// 发出的一次征求意见
#[derive(Serialize, ToSchema)]
struct OpinionAsked {
    /// 序号
    number: i64,
}

/// 征求其他单位的意见；不停止计时，申请人看不到
#[utoipa::path(post, path = "/api/v1/cases/{id}/opinions", tag = "cases", params(("id" = String, Path)), request_body = NewOpinion,
    responses((status = 201, body = OpinionAsked), (status = 409, description = "还没有受理，或者已经作出决定"), (status = 422, description = "单位、日期、问题或者材料不对")))]
async fn ask(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(new): Json<NewOpinion>,
) -> Answer<(StatusCode, Json<OpinionAsked>)> {
    let number = opinions::ask(&ctx, &app, id, &new).await?;
    Ok((StatusCode::CREATED, Json(OpinionAsked { number })))
}

/// 撤回一次还没有答复的征求意见
#[utoipa::path(delete, path = "/api/v1/cases/{id}/opinions/{number}", tag = "cases",
    params(("id" = String, Path), ("number" = i64, Path)),
    responses((status = 204, description = "已撤回"), (status = 409, description = "已经答复或者撤回")))]
async fn withdraw(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
) -> Answer<StatusCode> {
    opinions::withdraw(&ctx, &app, id, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 要哪一页
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// 答复过的（true），或者等候答复的
    done: bool,
    /// 上一页给出的 `next`
    after: String,
    /// 每页条数
    limit: Option<u16>,
}

/// 一页征求意见
#[derive(Serialize, ToSchema)]
struct OpinionPage {
    /// 按答复日期排列
    items: Vec<OpinionLine>,
    /// 下一页从哪里开始；没有了为空
    next: Option<String>,
}

/// 其他单位征求本单位意见的列表
#[utoipa::path(get, path = "/api/v1/opinions", tag = "cases", params(ListQuery), responses((status = 200, body = OpinionPage)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Query(ask): Query<ListQuery>) -> Answer<Json<OpinionPage>> {
    let page = PageAsk::from_query(Some(&ask.after), ask.limit)?;
    let found = opinions::asked_of(&ctx, &app, !ask.done, &page).await?;
    Ok(Json(OpinionPage { items: found.items, next: found.next }))
}

/// 一次征求意见：问题和对方选的材料
#[utoipa::path(get, path = "/api/v1/opinions/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = OpinionView), (status = 404, description = "没有，或者没有征求本单位的意见")))]
async fn one(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<OpinionId>) -> Answer<Json<OpinionView>> {
    Ok(Json(opinions::one(&ctx, &app, id).await?))
}

/// 答复意见
#[derive(Deserialize, ToSchema)]
struct OpinionAnswer {
    /// 意见
    answer: String,
}

/// 答复一次征求意见；提交后不能修改
#[utoipa::path(post, path = "/api/v1/opinions/{id}/answer", tag = "cases", params(("id" = String, Path)), request_body = OpinionAnswer,
    responses((status = 204, description = "已答复"), (status = 409, description = "已经答复或者撤回"), (status = 422, description = "没有写意见")))]
async fn answer(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<OpinionId>,
    Json(new): Json<OpinionAnswer>,
) -> Answer<StatusCode> {
    opinions::answer(&ctx, &app, id, &new.answer).await?;
    Ok(StatusCode::NO_CONTENT)
}
