//! Lists of officers over the interface, for whoever keeps them elsewhere: hand one in, read what would become of it, let it be taken in.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    ADMINISTER,
    service::roster::job::{self, ImportMark, Job, UPLOAD_BYTES_MAX},
};

/// Lines of a report in one answer.
const LINES: usize = 500;

pub(super) fn routes() -> Routes {
    let keeps = Access::May(ADMINISTER);
    Routes::new()
        .api_limited(keeps, UPLOAD_BYTES_MAX + 1024, routes!(begin))
        .api(keeps, routes!(show))
        .api(keeps, routes!(start))
}

/// 上传的名单
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct OfficersNew {
    /// 文件名，报告和页面上显示
    name: String,
}

/// 一次人员岗位导入
#[derive(Serialize, ToSchema)]
struct OfficersImport {
    /// 导入标识
    id: String,
    /// 文件名
    name: String,
    /// 状态：checked 已检查、running 正在导入、done 已导入、failed 已停止
    state: &'static str,
    /// 授予的岗位
    added: i64,
    /// 任期改变的岗位，以及只开通账号的行
    changed: i64,
    /// 与现有一致的行
    same: i64,
    /// 被拒绝的行
    refused: i64,
    /// 已写入的人数
    done: i64,
    /// 要写入的人数
    total: i64,
    /// 被拒绝的行和原因；每次最多 500 条
    troubles: Vec<OfficersTrouble>,
    /// 还有更多时，下一次请求的 after
    next: Option<usize>,
}

/// 被拒绝的一行
#[derive(Serialize, ToSchema)]
struct OfficersTrouble {
    /// 文件中的行，从 1 起；0 是整个文件
    line: u32,
    /// 列名
    column: String,
    /// 内容；证件号码、手机号只给末四位
    value: String,
    /// 原因和办法
    reason: String,
}

async fn whole(app: &App, job: Job, after: usize) -> kernel::Result<Json<OfficersImport>> {
    let report = job::report(app, &job).await?;
    let next = (report.len() > after + LINES).then_some(after + LINES);
    let troubles = report.into_iter().skip(after).take(LINES);
    Ok(Json(OfficersImport {
        id: job.id.to_string(),
        name: job.name,
        state: job.state.code(),
        added: job.counts.added,
        changed: job.counts.changed,
        same: job.counts.same,
        refused: job.counts.refused,
        done: job.place,
        total: job.total,
        troubles: troubles
            .map(|it| OfficersTrouble { line: it.line, column: it.column, value: it.value, reason: it.reason })
            .collect(),
        next,
    }))
}

/// 上传人员岗位名单：请求体即文件内容（XLSX、CSV，不超过 5 MB、5000 行）；只检查，不写入
#[utoipa::path(post, path = "/api/v1/desk/officers/imports", tag = "身份", params(OfficersNew),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = OfficersImport), (status = 403, description = "没有管理人员岗位的权限"),
        (status = 413, description = "文件过大"), (status = 422, description = "文件不能读取，说明原因")))]
async fn begin(
    State(app): State<App>,
    Caller(ctx): Caller,
    Query(query): Query<OfficersNew>,
    bytes: Bytes,
) -> Answer<Response> {
    let id = job::begin(&ctx, &app, (&query.name, bytes)).await?;
    let made = job::job(&ctx, &app, id).await?;
    Ok((StatusCode::CREATED, whole(&app, made, 0).await?).into_response())
}

/// 从第几条报告起
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct OfficersAfter {
    /// 上一次答复的 next
    after: usize,
}

/// 一次导入：检查结果、进度、被拒绝的行
#[utoipa::path(get, path = "/api/v1/desk/officers/imports/{id}", tag = "身份",
    params(("id" = String, Path, description = "导入标识"), OfficersAfter),
    responses((status = 200, body = OfficersImport), (status = 404, description = "没有这次导入，或者已过一天")))]
async fn show(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
    Query(query): Query<OfficersAfter>,
) -> Answer<Json<OfficersImport>> {
    let found = job::job(&ctx, &app, id).await?;
    Ok(whole(&app, found, query.after).await?)
}

/// 导入检查过的名单
#[utoipa::path(post, path = "/api/v1/desk/officers/imports/{id}/start", tag = "身份", params(("id" = String, Path)),
    responses((status = 200, body = OfficersImport), (status = 409, description = "已经开始，或者没有要写入的内容")))]
async fn start(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
) -> Answer<Json<OfficersImport>> {
    job::start(&ctx, &app, id).await?;
    let found = job::job(&ctx, &app, id).await?;
    Ok(whole(&app, found, 0).await?)
}
