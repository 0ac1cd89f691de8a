//! The same acts as JSON.

mod mandates;
mod openid;
mod party;
mod roster;

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use kernel::{Error, Holder, PageAsk};
use serde::{Deserialize, Serialize};
use standards::DivisionCode;
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, ClientAddress, Routes, routes};

use crate::{
    model::authority::AuthorityFacts,
    pages::{Token, program},
    service::{
        accounts::SignIn,
        authorities::authority_list,
        divisions, entry,
        prove::{self, Proof},
        sessions,
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .api(Access::Public, routes!(session_create))
        .api(Access::SignedIn, routes!(session_end))
        .api(Access::SignedIn, routes!(session_prove))
        .api(Access::SignedIn, routes!(me))
        .api(Access::Public, routes!(division_list))
        .api(Access::Public, routes!(authority_page))
        .merge(mandates::routes())
        .merge(openid::routes())
        .merge(party::routes())
        .merge(roster::routes())
}

/// 登录所需
#[derive(Deserialize, ToSchema)]
struct SessionAsk {
    /// 登录名或身份证号
    login: String,
    /// 密码
    password: String,
    /// 开启了两步验证的账号：动态验证码或恢复码
    #[serde(default)]
    code: String,
}

/// 登录结果
#[derive(Serialize, ToSchema)]
struct SessionMade {
    /// 令牌：其后的请求带上 `Authorization: Bearer 令牌`
    token: String,
    /// 人员编号
    person: String,
    /// 姓名
    name: String,
    /// 最迟失效时间（RFC 3339，UTC）；连续不用会更早失效
    expires: String,
}

/// 登录，取得令牌
#[utoipa::path(post, path = "/api/v1/sessions", tag = "身份", request_body = SessionAsk,
    responses((status = 201, description = "已登录", body = SessionMade),
        (status = 409, description = "有岗位而没有两步验证，须先用浏览器登录设置"),
        (status = 422, description = "登录名或密码不正确，或缺少两步验证的 code"), (status = 429, description = "尝试过于频繁")))]
async fn session_create(
    State(app): State<App>,
    Caller(ctx): Caller,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Json(ask): Json<SessionAsk>,
) -> Answer {
    let (login, password, code) = (ask.login.as_str(), ask.password.trim(), ask.code.trim());
    let ask = SignIn { login, password, address, device: program(&headers) };
    let made = entry::sign_in_api(&ctx, &app, ask, code).await?;
    let (person, expires) = (made.person.to_string(), made.expires.to_string());
    let body = SessionMade { token: made.token, person, name: made.name, expires };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// 退出：当前令牌立即失效
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "身份",
    responses((status = 204, description = "已退出"), (status = 401, description = "没有登录")))]
async fn session_end(State(app): State<App>, Caller(ctx): Caller, Token(token): Token) -> Answer<StatusCode> {
    sessions::sign_out(&ctx, &app, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 再次验证身份所需
#[derive(Deserialize, ToSchema)]
struct ProofAsk {
    /// 密码，或者动态验证码
    password: String,
}

/// 再次验证身份：答复的 type 为 urn:yiwang:prove-again 时先调用，半小时内有效，然后重发原来的请求
#[utoipa::path(post, path = "/api/v1/sessions/current/proof", tag = "身份", request_body = ProofAsk,
    responses((status = 204, description = "已验证"), (status = 401, description = "没有登录"),
        (status = 422, description = "密码或验证码不正确"), (status = 429, description = "尝试过于频繁")))]
async fn session_prove(
    State(app): State<App>,
    Caller(ctx): Caller,
    Token(token): Token,
    Json(ask): Json<ProofAsk>,
) -> Answer<StatusCode> {
    prove::again(&ctx, &app, &token, Proof::Typed(ask.password.trim())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 当前用户
#[derive(Serialize, ToSchema)]
struct Me {
    /// 人员编号
    person: String,
    /// 姓名
    name: String,
    /// 所代表的单位或个人的编号；为空表示本人
    acting_for: Option<String>,
    /// 各岗位所给的权限
    grants: Vec<MyGrant>,
}

/// 一项权限
#[derive(Serialize, ToSchema)]
struct MyGrant {
    /// 权限代码
    permission: &'static str,
    /// 限于这个实施主体；为空表示全站
    authority: Option<String>,
    /// 限于这个事项；为空表示不限
    item: Option<String>,
}

/// 我是谁、代表谁、有哪些权限
#[utoipa::path(get, path = "/api/v1/me", tag = "身份",
    responses((status = 200, description = "当前用户", body = Me), (status = 401, description = "没有登录")))]
async fn me(Caller(ctx): Caller) -> Answer<Json<Me>> {
    let grant = |it: &kernel::Grant| MyGrant {
        permission: it.permission,
        authority: it.authority.map(|id| id.to_string()),
        item: it.item.map(|id| id.to_string()),
    };
    let acting_for = match ctx.actor.on_behalf_of {
        Some(Holder::Enterprise(id)) => Some(id.to_string()),
        Some(Holder::Person(id)) => Some(id.to_string()),
        None => None,
    };
    let (person, name) = (ctx.person()?.to_string(), ctx.actor.name.clone());
    Ok(Json(Me { person, name, acting_for, grants: ctx.actor.grants.iter().map(grant).collect() }))
}

/// 查询下级区划的条件
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DivisionAsk {
    /// 上级区划代码（6 位或 12 位）；不填则列出省级
    #[serde(default)]
    parent: String,
}

/// 行政区划
#[derive(Serialize, ToSchema)]
struct DivisionOut {
    /// 12 位代码
    code: String,
    /// 名称
    name: String,
    /// 行使层级：2 省级，3 市级，4 县级，5 镇（乡、街道），6 村（社区）
    level: u8,
    /// 上级区划代码
    parent: Option<String>,
}

/// 下级行政区划
#[utoipa::path(get, path = "/api/v1/divisions", tag = "基础数据", params(DivisionAsk),
    responses((status = 200, description = "按代码排列的下级区划", body = Vec<DivisionOut>),
        (status = 422, description = "代码不正确")))]
async fn division_list(State(app): State<App>, Query(ask): Query<DivisionAsk>) -> Answer<Json<Vec<DivisionOut>>> {
    let parent = match ask.parent.as_str() {
        "" => None,
        text => Some(
            DivisionCode::parse(text).map_err(|error| Error::invalid("parent", format!("{}。", error.message())))?,
        ),
    };
    let out = |it: crate::Division| DivisionOut {
        code: it.code.to_string(),
        name: it.name,
        level: it.level,
        parent: it.parent.map(|code| code.to_string()),
    };
    Ok(Json(divisions::children(&app.db, parent.as_ref()).await?.into_iter().map(out).collect()))
}

/// 翻页条件
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// 从上一页给出的 `next` 之后开始
    after: Option<String>,
    /// 每页行数，默认 20，最多 100
    limit: Option<u16>,
}

/// 实施主体
#[derive(Serialize, ToSchema)]
struct AuthorityOut {
    /// 编号
    id: String,
    /// 公开信息
    #[serde(flatten)]
    facts: AuthorityFacts,
}

/// 一页实施主体
#[derive(Serialize, ToSchema)]
struct AuthorityPage {
    /// 本页各行
    items: Vec<AuthorityOut>,
    /// 下一页从这里之后开始；为空表示没有更多
    next: Option<String>,
}

/// 实施主体名录
#[utoipa::path(get, path = "/api/v1/authorities", tag = "基础数据", params(PageQuery),
    responses((status = 200, description = "按行政区划排列的一页", body = AuthorityPage)))]
async fn authority_page(State(app): State<App>, Query(ask): Query<PageQuery>) -> Answer<Response> {
    let found = authority_list(&app.db, &PageAsk::from_query(ask.after.as_deref(), ask.limit)?).await?;
    let page = found.map(|it| AuthorityOut { id: it.id.to_string(), facts: it.facts });
    Ok(Json(AuthorityPage { items: page.items, next: page.next }).into_response())
}
