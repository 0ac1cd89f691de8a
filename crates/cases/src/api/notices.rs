//! What applicants were told, as JSON.

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
    CaseId, SEE,
    service::notices::{self, Notice, NoticeChoices},
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::SignedIn, routes!(own))
        .api(Access::SignedIn, routes!(read))
        .api(Access::SignedIn, routes!(choices, choose))
        .api(Access::May(SEE), routes!(of_case))
}

/// 从哪一条之后
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NoticesAsk {
    /// 上一页给出的 `next`
    #[serde(default)]
    after: String,
}

/// 一页消息
#[derive(Serialize, ToSchema)]
struct NoticesPage {
    items: Vec<Notice>,
    /// 下一页；没有时为空
    next: Option<String>,
    /// 没有看过的条数，最多数到 100
    unread: i64,
}

/// 我的消息，新的在前
#[utoipa::path(get, path = "/api/v1/notices", tag = "cases", params(NoticesAsk), responses((status = 200, body = NoticesPage)))]
async fn own(State(app): State<App>, Caller(ctx): Caller, Query(ask): Query<NoticesAsk>) -> Answer<Json<NoticesPage>> {
    let page = notices::own(&ctx, &app, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let unread = notices::unread(&ctx, &app).await?;
    Ok(Json(NoticesPage { items: page.items, next: page.next, unread }))
}

/// 看到了哪一条
#[derive(Deserialize, ToSchema)]
struct NoticesRead {
    /// 这一条和更早的都已看过；为空时全部
    #[serde(default)]
    last: String,
}

/// 标为已看
#[utoipa::path(post, path = "/api/v1/notices/read", tag = "cases", request_body = NoticesRead, responses((status = 204)))]
async fn read(State(app): State<App>, Caller(ctx): Caller, Json(ask): Json<NoticesRead>) -> Answer<StatusCode> {
    notices::read(&ctx, &app, &ask.last).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 短信设置
#[utoipa::path(get, path = "/api/v1/notices/choices", tag = "cases", responses((status = 200, body = NoticeChoices)))]
async fn choices(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<NoticeChoices>> {
    Ok(Json(notices::choices(&ctx, &app).await?))
}

/// 修改短信设置
#[utoipa::path(put, path = "/api/v1/notices/choices", tag = "cases", request_body = NoticeChoices, responses((status = 204)))]
async fn choose(State(app): State<App>, Caller(ctx): Caller, Json(it): Json<NoticeChoices>) -> Answer<StatusCode> {
    notices::choose(&ctx, &app, it).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 一件办件告知过申请人什么、短信是否发出
#[utoipa::path(get, path = "/api/v1/cases/{id}/notices", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Vec<Notice>)))]
async fn of_case(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<Json<Vec<Notice>>> {
    Ok(Json(notices::of_case(&ctx, &app, id).await?))
}
