//! Charging somebody with one case, as JSON.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    CaseId, FILE,
    pages::charge_day,
    service::charging::{self, NewCharge},
};

pub(super) fn routes() -> Routes {
    Routes::new().api(Access::May(FILE), routes!(charge))
}

/// 把这一件委托给谁
#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
struct ChargeNew {
    /// 对方姓名
    name: String,
    /// 对方手机号
    mobile: String,
    /// 只能查看进度、文书和结果，不能办理；不填为可以办理
    looks_only: bool,
    /// 到哪一天为止（含当日）：`2026-03-02`；个人之间必填
    ends: String,
}

/// 已发出的邀请
#[derive(Serialize, ToSchema)]
struct Charged {
    /// 代办授权的编号；对方接受以后生效
    mandate: String,
}

/// 把这一件办件委托给别人：对方接受后，只在这一件里查看、补交、答复、撤回、取结果，或者只能查看
#[utoipa::path(post, path = "/api/v1/cases/{id}/mandates", tag = "cases", params(("id" = String, Path)),
    request_body = ChargeNew,
    responses((status = 201, body = Charged), (status = 409, description = "办件已经结束，或者不能由您委托别人")))]
async fn charge(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(new): Json<ChargeNew>,
) -> Answer<Response> {
    let ends = charge_day(&new.ends)?;
    let new = NewCharge { name: new.name, mobile: new.mobile, looks_only: new.looks_only, ends };
    let mandate = charging::charge(&ctx, &app, id, &new).await?.to_string();
    Ok((StatusCode::CREATED, Json(Charged { mandate })).into_response())
}
