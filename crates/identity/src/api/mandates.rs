//! For whom one acts, as JSON: what there is to choose from, and the choice.

use axum::{Json, extract::State, http::StatusCode};
use kernel::{Holder, Id, MandateRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    pages::Token,
    service::{mandates, names::names, sessions},
};

pub(crate) fn routes() -> Routes {
    Routes::new().api(Access::SignedIn, routes!(mandate_list)).api(Access::SignedIn, routes!(acting_set))
}

/// 可以代办的一方
#[derive(Serialize, ToSchema)]
struct ActingOut {
    /// 代办授权的编号
    mandate: String,
    /// `person` 个人，`enterprise` 单位
    kind: &'static str,
    /// 个人或单位的编号
    principal: String,
    /// 名称
    name: String,
    /// `legal` 法定代表人，`agent` 经办人，`delegate` 受托人，`guardian` 监护人
    role: &'static str,
    /// 限于这些事项；为空表示全部
    items: Vec<String>,
    /// 只限这一件办件的编号；为空表示不限
    matter: String,
    /// 只能查看，不能办理
    looks_only: bool,
    /// 到哪一天为止（含当日）；为空表示长期
    ends: Option<String>,
}

/// 可以为谁代办
#[utoipa::path(get, path = "/api/v1/me/mandates", tag = "身份",
    responses((status = 200, description = "现在有效的代办授权", body = Vec<ActingOut>), (status = 401, description = "没有登录")))]
async fn mandate_list(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<Vec<ActingOut>>> {
    let found = mandates::acting(&app.db, ctx.person()?, ctx.now.legal_date()).await?;
    let known = names(&app, found.iter().map(|it| it.principal)).await?;
    let out = |it: mandates::Acting| {
        let (kind, principal) = match it.principal {
            Holder::Person(id) => ("person", id.to_string()),
            Holder::Enterprise(id) => ("enterprise", id.to_string()),
        };
        ActingOut {
            mandate: it.id.to_string(),
            kind,
            principal,
            name: known.of(&it.principal).to_owned(),
            role: it.role.code(),
            items: it.items.iter().map(ToString::to_string).collect(),
            matter: it.matter.map(|it| it.number).unwrap_or_default(),
            looks_only: it.looks_only,
            ends: it.ends,
        }
    };
    Ok(Json(found.into_iter().map(out).collect()))
}

/// 切换为谁办事
#[derive(Deserialize, ToSchema)]
struct ActingAsk {
    /// 代办授权的编号；为空表示本人
    mandate: Option<String>,
}

/// 切换当前令牌为谁办事
#[utoipa::path(put, path = "/api/v1/me/acting", tag = "身份", request_body = ActingAsk,
    responses((status = 204, description = "已切换"), (status = 401, description = "没有登录"),
        (status = 409, description = "没有这项授权，或已终止、到期")))]
async fn acting_set(
    State(app): State<App>,
    Caller(ctx): Caller,
    Token(token): Token,
    Json(ask): Json<ActingAsk>,
) -> Answer<StatusCode> {
    let mandate: Option<Id<MandateRow>> = ask.mandate.as_deref().map(str::parse).transpose()?;
    sessions::act_for(&ctx, &app, &token, mandate).await?;
    Ok(StatusCode::NO_CONTENT)
}
