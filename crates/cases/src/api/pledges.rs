//! Pledges in the place of a material as JSON: the text, the code, the signature; what is to be checked, and what was found.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::PageAsk;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, ClientAddress, Routes, UPLOAD_MAX, routes};

use super::{Uploaded, download};
use crate::{
    CHECK_PLEDGES, CaseId, FILE, SEE,
    service::{
        pledge_checks::{self, PledgeLine, PledgeView, Which},
        pledge_signing::{self, OfferedPledge, Signing},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::May(FILE), routes!(pledge_offered, pledge_sign))
        .api(Access::May(FILE), routes!(pledge_code))
        .api_limited(Access::May(FILE), UPLOAD_MAX, routes!(pledge_paper))
        .api(Access::May(SEE), routes!(supply_pledge_offered, supply_pledge_sign))
        .api(Access::May(SEE), routes!(supply_pledge_code))
        .api_limited(Access::May(SEE), UPLOAD_MAX, routes!(supply_pledge_paper))
        .api(Access::May(SEE), routes!(pledge_pdf))
        .api(Access::May(SEE), routes!(pledge_show))
        .api(Access::May(CHECK_PLEDGES), routes!(pledge_find))
        .api(Access::May(CHECK_PLEDGES), routes!(pledge_list))
}

/// 可以代替一份材料的告知承诺书：全文，能不能用
#[utoipa::path(get, path = "/api/v1/drafts/{id}/pledges/{material}", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")),
    responses((status = 200, body = OfferedPledge), (status = 404, description = "没有这份草稿，或者这种材料不能用告知承诺代替")))]
async fn pledge_offered(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
) -> Answer<Json<OfferedPledge>> {
    Ok(Json(pledge_signing::offered(&ctx, &app, id, &material).await?))
}

/// 发出的验证码
#[derive(Serialize, ToSchema)]
struct CodeSent {
    /// 签署时带回
    handle: String,
}

/// 向申请人本人的手机发送签署用的验证码，5 分钟内有效
#[utoipa::path(post, path = "/api/v1/drafts/{id}/pledges/{material}/code", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")),
    responses((status = 201, body = CodeSent), (status = 404, description = "没有这份草稿，或者不能用告知承诺代替"),
        (status = 409, description = "现在不能签署：原因见说明"), (status = 429, description = "获取得太频繁")))]
async fn pledge_code(
    State(app): State<App>,
    Caller(ctx): Caller,
    ClientAddress(from): ClientAddress,
    Path((id, material)): Path<(CaseId, String)>,
) -> Answer<Response> {
    let handle = pledge_signing::send_code(&ctx, &app, (id, &material), from).await?;
    Ok((StatusCode::CREATED, Json(CodeSent { handle })).into_response())
}

/// 签署告知承诺书
#[derive(Deserialize, ToSchema)]
struct PledgeSign {
    /// 读到的全文的 SM3
    mark: String,
    /// 已阅读全文，自愿承诺
    agrees: bool,
    /// 获取验证码时得到的
    handle: String,
    /// 验证码
    code: String,
}

/// 签署告知承诺书，代替这份材料；随申请一起提交后生效
#[utoipa::path(post, path = "/api/v1/drafts/{id}/pledges/{material}", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")), request_body = PledgeSign,
    responses((status = 201, body = Uploaded), (status = 404, description = "没有这份草稿，或者不能用告知承诺代替"),
        (status = 409, description = "现在不能签署：原因见说明"), (status = 422, description = "没有同意，全文已有变化，或者验证码不对")))]
async fn pledge_sign(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
    Json(it): Json<PledgeSign>,
) -> Answer<Response> {
    let signing = Signing { mark: &it.mark, agrees: it.agrees, handle: &it.handle, code: &it.code };
    let number = pledge_signing::sign(&ctx, &app, (id, &material), &signing).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { number })).into_response())
}

/// 签好名的纸质承诺书
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PaperQuery {
    /// 读到的全文的 SM3：打印的就是这一份
    mark: String,
    /// 文件名
    #[serde(default)]
    name: String,
}

async fn paper_signed(
    (app, ctx): (App, kernel::Ctx),
    (id, material): (CaseId, String),
    it: PaperQuery,
    bytes: Bytes,
) -> Answer<Response> {
    let number = pledge_signing::sign_on_paper(&ctx, &app, (id, &material), (&it.mark, it.name, bytes)).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { number })).into_response())
}

/// 在窗口当面签名的纸质承诺书：扫描件存档，代替这份材料；随申请一起提交后生效
#[utoipa::path(post, path = "/api/v1/drafts/{id}/pledges/{material}/paper", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码"), PaperQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Uploaded), (status = 404, description = "没有这份草稿，或者不能用告知承诺代替"),
        (status = 409, description = "现在不能签署，或者不是在窗口：原因见说明"), (status = 422, description = "文件不能用，或者全文已有变化")))]
async fn pledge_paper(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(place): Path<(CaseId, String)>,
    Query(it): Query<PaperQuery>,
    bytes: Bytes,
) -> Answer<Response> {
    paper_signed((app, ctx), place, it, bytes).await
}

/// 补正时可以代替一份材料的告知承诺书：全文，能不能用
#[utoipa::path(get, path = "/api/v1/cases/{id}/supply/{material}/pledge", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")),
    responses((status = 200, body = OfferedPledge), (status = 404, description = "没有这件办件，或者这种材料不能用告知承诺代替"),
        (status = 409, description = "现在不需要补正")))]
async fn supply_pledge_offered(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
) -> Answer<Json<OfferedPledge>> {
    Ok(Json(pledge_signing::offered(&ctx, &app, id, &material).await?))
}

/// 补正时，向申请人本人的手机发送签署用的验证码，5 分钟内有效
#[utoipa::path(post, path = "/api/v1/cases/{id}/supply/{material}/pledge/code", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")),
    responses((status = 201, body = CodeSent), (status = 404, description = "没有这件办件，或者不能用告知承诺代替"),
        (status = 409, description = "现在不能签署：原因见说明"), (status = 429, description = "获取得太频繁")))]
async fn supply_pledge_code(
    State(app): State<App>,
    Caller(ctx): Caller,
    ClientAddress(from): ClientAddress,
    Path((id, material)): Path<(CaseId, String)>,
) -> Answer<Response> {
    let handle = pledge_signing::send_code(&ctx, &app, (id, &material), from).await?;
    Ok((StatusCode::CREATED, Json(CodeSent { handle })).into_response())
}

/// 补正时签署告知承诺书，代替这份材料；提交补正后生效
#[utoipa::path(post, path = "/api/v1/cases/{id}/supply/{material}/pledge", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")), request_body = PledgeSign,
    responses((status = 201, body = Uploaded), (status = 404, description = "没有这件办件，或者不能用告知承诺代替"),
        (status = 409, description = "现在不能签署：原因见说明"), (status = 422, description = "没有同意，全文已有变化，或者验证码不对")))]
async fn supply_pledge_sign(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
    Json(it): Json<PledgeSign>,
) -> Answer<Response> {
    let signing = Signing { mark: &it.mark, agrees: it.agrees, handle: &it.handle, code: &it.code };
    let number = pledge_signing::sign(&ctx, &app, (id, &material), &signing).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { number })).into_response())
}

/// 补正时在窗口当面签名的纸质承诺书：扫描件存档，代替这份材料；提交补正后生效
#[utoipa::path(post, path = "/api/v1/cases/{id}/supply/{material}/pledge/paper", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码"), PaperQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Uploaded), (status = 404, description = "没有这件办件，或者不能用告知承诺代替"),
        (status = 409, description = "现在不能签署，或者不是在窗口：原因见说明"), (status = 422, description = "文件不能用，或者全文已有变化")))]
async fn supply_pledge_paper(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(place): Path<(CaseId, String)>,
    Query(it): Query<PaperQuery>,
    bytes: Bytes,
) -> Answer<Response> {
    paper_signed((app, ctx), place, it, bytes).await
}

/// 办件中的一份告知承诺书，PDF，照签署的全文
#[utoipa::path(get, path = "/api/v1/cases/{id}/pledges/{number}/pdf", tag = "cases",
    params(("id" = String, Path), ("number" = i64, Path, description = "承诺书的文件序号")),
    responses((status = 200, description = "PDF"), (status = 404, description = "没有这份承诺"),
        (status = 409, description = "办件已经结束，要先说明查看的目的")))]
async fn pledge_pdf(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, file)): Path<(CaseId, i64)>,
) -> Answer<Response> {
    let (name, bytes) = pledge_checks::print(&ctx, &app, id, file).await?;
    Ok(download(&name, "application/pdf", bytes, false))
}

/// 办件中的一份告知承诺：全文、经过、核查结果
#[utoipa::path(get, path = "/api/v1/cases/{id}/pledges/{number}", tag = "cases",
    params(("id" = String, Path), ("number" = i64, Path, description = "承诺书的文件序号")),
    responses((status = 200, body = PledgeView), (status = 404, description = "没有这份承诺"),
        (status = 409, description = "办件已经结束，要先说明查看的目的")))]
async fn pledge_show(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, file)): Path<(CaseId, i64)>,
) -> Answer<Json<PledgeView>> {
    Ok(Json(pledge_checks::pledge(&ctx, &app, id, file).await?))
}

/// 核查结果
#[derive(Deserialize, ToSchema)]
struct PledgeFound {
    /// 读到的版本号
    version: i64,
    /// 结果：`kept` 相符、`broken` 不符（记录违诺）、`mended` 违诺已经修复
    found: String,
    /// 理由，必填；申请人看得到
    reason: String,
}

/// 登记事后核查的结果，或者信用修复；申请人会收到消息
#[utoipa::path(post, path = "/api/v1/cases/{id}/pledges/{number}/findings", tag = "cases",
    params(("id" = String, Path), ("number" = i64, Path, description = "承诺书的文件序号")), request_body = PledgeFound,
    responses((status = 200, body = PledgeView), (status = 403, description = "没有核查的岗位，或者是本人的承诺"),
        (status = 404, description = "没有这份承诺"), (status = 409, description = "已经登记过，或者别人先登记了"),
        (status = 422, description = "没有写明结果或者理由")))]
async fn pledge_find(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, file)): Path<(CaseId, i64)>,
    Json(it): Json<PledgeFound>,
) -> Answer<Json<PledgeView>> {
    pledge_checks::find(&ctx, &app, (id, file, it.version), (&it.found, &it.reason)).await?;
    Ok(Json(pledge_checks::pledge(&ctx, &app, id, file).await?))
}

/// 要哪些承诺
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PledgeAsk {
    /// `due` 等待核查（默认），`broken` 违诺未修复
    #[serde(default)]
    show: String,
    /// 从这一页之后
    #[serde(default)]
    after: String,
    /// 每页多少，最多 100
    #[serde(default)]
    limit: Option<u16>,
}

/// 一页承诺
#[derive(Serialize, ToSchema)]
struct PledgePage {
    items: Vec<PledgeLine>,
    /// 下一页的 after；没有了为空
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// 本人岗位要核查的告知承诺，期限近的在前；或者违诺没有修复的
#[utoipa::path(get, path = "/api/v1/pledges", tag = "cases", params(PledgeAsk), responses((status = 200, body = PledgePage)))]
async fn pledge_list(
    State(app): State<App>,
    Caller(ctx): Caller,
    Query(ask): Query<PledgeAsk>,
) -> Answer<Json<PledgePage>> {
    let which = if ask.show == "broken" { Which::Broken } else { Which::Due };
    let found = pledge_checks::list(&ctx, &app, which, &PageAsk::from_query(Some(&ask.after), ask.limit)?).await?;
    Ok(Json(PledgePage { items: found.items, next: found.next }))
}
