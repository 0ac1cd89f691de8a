//! How a case stands, for programs that ask in somebody's stead, as JSON.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, ClientAddress, Routes, routes};

use crate::service::progress::{self, ProgressAsk, PublicProgress};

pub(super) fn routes() -> Routes {
    Routes::new().api(Access::Public, routes!(look))
}

/// 查哪一件
#[derive(Deserialize, ToSchema)]
struct ProgressQuestion {
    /// 办件编号
    number: String,
    /// 申请人的姓名；单位申请的为单位全称
    name: String,
}

/// 按编号和申请人查办件进度，不含个人信息；不用登录，问得太多会被拒绝（429）
#[utoipa::path(
    post, path = "/api/v1/progress", tag = "cases", request_body = ProgressQuestion,
    responses((status = 200, body = PublicProgress), (status = 404), (status = 422), (status = 429))
)]
async fn look(
    State(app): State<App>,
    Caller(ctx): Caller,
    ClientAddress(from): ClientAddress,
    Json(asked): Json<ProgressQuestion>,
) -> Answer<Json<PublicProgress>> {
    let ask = ProgressAsk { number: &asked.number, name: &asked.name, from };
    Ok(Json(progress::progress(&ctx, &app, ask).await?))
}
