//! Login providers as JSON: the ways in for anybody, the desk for whoever administers the site.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    PROVIDERS,
    model::party::{
        new_provider::NewProvider,
        provider::{Dialect, Fields, Places, Provider, ProviderMark},
    },
    service::party::{
        providers::{self, Change},
        trip::back_address,
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .api(Access::Public, routes!(ways))
        .api(Access::May(PROVIDERS), routes!(provider_list))
        .api(Access::May(PROVIDERS), routes!(provider_create))
        .api(Access::May(PROVIDERS), routes!(provider_change))
        .api(Access::May(PROVIDERS), routes!(provider_switch))
}

/// 一个登录入口
#[derive(Serialize, ToSchema)]
struct WayOut {
    /// 编号：浏览器打开 `/login/at/编号` 即去登录
    id: String,
    /// 名称
    name: String,
}

/// 可以用哪些别处的账号登录
#[utoipa::path(get, path = "/api/v1/login-ways", tag = "身份",
    responses((status = 200, description = "按登录页上的次序", body = Vec<WayOut>)))]
async fn ways(State(app): State<App>) -> Answer<Json<Vec<WayOut>>> {
    let found = providers::ways(&app).await?.into_iter();
    Ok(Json(found.map(|it| WayOut { id: it.id.to_string(), name: it.name }).collect()))
}

/// 登录渠道的登记内容
#[derive(Serialize, Deserialize, ToSchema)]
struct ProviderFacts {
    /// 渠道名称
    name: String,
    /// `oidc`、`oauth2`、`wechat` 或 `alipay`；登记之后不能更改
    #[schema(value_type = String)]
    dialect: Dialect,
    /// 签发者；只用于 oidc，登记之后不能更改
    #[serde(default)]
    issuer: String,
    /// 客户端编号；可以后补，补上之前不能用
    #[serde(default)]
    client: String,
    /// 密钥，支付宝为应用私钥；只写不读，留空则不变
    #[serde(default, skip_serializing)]
    secret: String,
    /// 公众号的 AppID，供微信里打开的页面用；只用于 wechat
    #[serde(default)]
    inside_client: String,
    /// 公众号的 AppSecret；只写不读，留空则不变
    #[serde(default, skip_serializing)]
    inside_secret: String,
    /// 支付宝公钥；只用于 alipay
    #[serde(default)]
    public_key: String,
    /// 请求的范围，用空格分开
    #[serde(default)]
    scopes: String,
    /// 登录、令牌、用户信息的地址；oauth2 必填，wechat 和 alipay 不填则用公开的地址
    #[serde(default)]
    #[schema(value_type = Object)]
    places: Places,
    /// 对方交来的信息在哪些字段：subject、name、number、mobile、level
    #[serde(default)]
    #[schema(value_type = Object)]
    fields: Fields,
    /// 等级对照：对方的值和本站的级（0 至 3）
    #[serde(default)]
    levels: Vec<(String, i64)>,
    /// 表示对方已做两步验证的 acr 取值
    #[serde(default)]
    two_factors: Vec<String>,
    /// 有岗位的工作人员是否也可以用
    #[serde(default)]
    officers: bool,
    /// 登录页上的次序，1 至 99
    order: i64,
}

/// 登录渠道
#[derive(Serialize, ToSchema)]
struct ProviderOut {
    /// 编号
    id: String,
    /// 版本：修改时带上
    version: i64,
    /// 是否停用
    disabled: bool,
    /// 是否存有密钥
    has_secret: bool,
    /// 请对方登记的返回地址
    redirect_uri: String,
    /// 登记内容
    #[serde(flatten)]
    facts: ProviderFacts,
}

fn out(app: &App, it: Provider) -> ProviderOut {
    let (id, version, state) = (it.id, it.head.version, it.state);
    ProviderOut {
        id: id.to_string(),
        version,
        disabled: state.disabled,
        has_secret: state.secret.is_some(),
        redirect_uri: back_address(app, id),
        facts: ProviderFacts {
            name: state.name,
            dialect: state.dialect,
            issuer: state.issuer,
            client: state.client,
            secret: String::new(),
            inside_client: state.vendor.inside_client,
            inside_secret: String::new(),
            public_key: state.vendor.public_key,
            scopes: state.scopes,
            places: state.places,
            fields: state.fields,
            levels: state.levels,
            two_factors: state.two_factors,
            officers: state.officers,
            order: state.order,
        },
    }
}

fn typed(it: ProviderFacts) -> NewProvider {
    let levels: Vec<_> = it.levels.iter().map(|row| format!("{}={}", row.0, row.1)).collect();
    NewProvider {
        name: it.name,
        dialect: it.dialect,
        issuer: it.issuer,
        client: it.client,
        secret: it.secret,
        inside_client: it.inside_client,
        inside_secret: it.inside_secret,
        public_key: it.public_key,
        scopes: it.scopes,
        places: it.places,
        fields: it.fields,
        levels: levels.join("\n"),
        two_factors: it.two_factors.join("\n"),
        officers: it.officers,
        order: it.order,
    }
}

/// 登录渠道一览
#[utoipa::path(get, path = "/api/v1/login-providers", tag = "身份",
    responses((status = 200, description = "全部登录渠道，按登录页上的次序", body = Vec<ProviderOut>),
        (status = 403, description = "没有全站的「管理登录渠道」权限")))]
async fn provider_list(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<Vec<ProviderOut>>> {
    let found = providers::list(&ctx, &app).await?;
    Ok(Json(found.into_iter().map(|it| out(&app, it)).collect()))
}

/// 登记登录渠道
#[utoipa::path(post, path = "/api/v1/login-providers", tag = "身份", request_body = ProviderFacts,
    responses((status = 201, description = "已登记", body = ProviderOut),
        (status = 403, description = "没有全站的「管理登录渠道」权限，或须再次验证身份"), (status = 422, description = "填写有误")))]
async fn provider_create(
    State(app): State<App>,
    Caller(ctx): Caller,
    Json(ask): Json<ProviderFacts>,
) -> Answer<Response> {
    let id = providers::register(&ctx, &app, "", &typed(ask)).await?;
    let made = providers::get(&app, id).await?;
    Ok((StatusCode::CREATED, Json(out(&app, made))).into_response())
}

/// 对登录渠道的修改
#[derive(Deserialize, ToSchema)]
struct ProviderChange {
    /// 读到的版本
    version: i64,
    /// 修改后的登记内容
    #[serde(flatten)]
    facts: ProviderFacts,
}

/// 修改登录渠道
#[utoipa::path(put, path = "/api/v1/login-providers/{id}", tag = "身份", request_body = ProviderChange,
    params(("id" = String, Path, description = "渠道编号")),
    responses((status = 204, description = "已修改"), (status = 404, description = "没有这个渠道"),
        (status = 409, description = "别人先改过"), (status = 422, description = "填写有误")))]
async fn provider_change(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ProviderMark>>,
    Json(ask): Json<ProviderChange>,
) -> Answer<StatusCode> {
    providers::change(&ctx, &app, (id, ask.version), Change::Facts(&typed(ask.facts))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 停用或恢复
#[derive(Deserialize, ToSchema)]
struct ProviderSwitch {
    /// 读到的版本
    version: i64,
    /// 是否停用
    disabled: bool,
}

/// 停用或恢复登录渠道
#[utoipa::path(put, path = "/api/v1/login-providers/{id}/disabled", tag = "身份", request_body = ProviderSwitch,
    params(("id" = String, Path, description = "渠道编号")),
    responses((status = 204, description = "已停用或恢复"), (status = 404, description = "没有这个渠道"),
        (status = 409, description = "别人先改过")))]
async fn provider_switch(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ProviderMark>>,
    Json(ask): Json<ProviderSwitch>,
) -> Answer<StatusCode> {
    providers::change(&ctx, &app, (id, ask.version), Change::Disabled(ask.disabled)).await?;
    Ok(StatusCode::NO_CONTENT)
}
