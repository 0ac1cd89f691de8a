//! Files in pieces, as JSON and bytes: begun, brought piece by piece, asked how far they are, put together, given up.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use kernel::Error;
use serde::Deserialize;
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, routes};

use super::Uploaded;
use crate::{
    FILE,
    service::uploads::{self, NewUpload, PIECE_MAX, UploadId, UploadView},
};

/// Where a piece begins, in bytes (draft-ietf-httpbis-resumable-upload).
const OFFSET: &str = "upload-offset";

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::May(FILE), routes!(upload_begin))
        .api_limited(Access::May(FILE), PIECE_MAX, routes!(upload_show, upload_put, upload_discard))
        .api(Access::May(FILE), routes!(upload_finish))
}

/// 分片上传一个文件
#[derive(Deserialize, ToSchema)]
struct UploadNew {
    /// 草稿标识，或者等待补正、补交容缺材料的办件标识
    case: String,
    /// 材料代码
    material: String,
    /// 文件名
    #[serde(default)]
    name: String,
    /// 代替的文件序号：须是同一种材料、还没有提交的文件；传完后原来的文件移除
    #[serde(default)]
    replaces: Option<i64>,
    /// 文件大小，字节；最大 52428800
    size: i64,
}

/// 开始分片上传：断线、重启都不丢已收到的部分，三天内接着传即可
#[utoipa::path(post, path = "/api/v1/uploads", tag = "cases", request_body = UploadNew,
    responses((status = 201, body = UploadView), (status = 404, description = "没有这份草稿或办件"),
        (status = 409, description = "现在不需要补交材料，或者同时上传的文件过多"), (status = 413, description = "文件过大"),
        (status = 422, description = "没有这种材料，或者文件是空的")))]
async fn upload_begin(State(app): State<App>, Caller(ctx): Caller, Json(new): Json<UploadNew>) -> Answer<Response> {
    let case = new.case.parse().map_err(|_| Error::NotFound { what: "草稿" })?;
    let UploadNew { material, name, size, replaces, .. } = new;
    let begun = uploads::begin(&ctx, &app, case, &NewUpload { material, replaces, name, size }).await?;
    Ok((StatusCode::CREATED, Json(begun)).into_response())
}

/// 上传到哪里了：断线以后先问这里，从 received 接着传
#[utoipa::path(get, path = "/api/v1/uploads/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = UploadView), (status = 404, description = "没有这次上传，或者已过期")))]
async fn upload_show(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<UploadId>,
) -> Answer<Json<UploadView>> {
    Ok(Json(uploads::upload(&ctx, &app, id).await?))
}

/// 传下一片：请求体即这一片的内容（64 KB 到 4 MB，最后一片可以更小）；有应答，这一片就已落盘
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", tag = "cases",
    params(("id" = String, Path), ("Upload-Offset" = i64, Header, description = "这一片从文件的第几个字节开始；须等于 received")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = UploadView), (status = 404, description = "没有这次上传，或者已过期"),
        (status = 409, description = "不是从 received 开始的：请先查询，再接着传"), (status = 413, description = "这一片超过 4 MB"),
        (status = 422, description = "这一片太小，超出文件大小，或者文件种类不对")))]
async fn upload_put(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<UploadId>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<Json<UploadView>> {
    let told = headers.get(OFFSET).and_then(|it| it.to_str().ok()).and_then(|it| it.trim().parse().ok());
    let wrong = || Error::invalid("Upload-Offset", "请求头 Upload-Offset 应写明这一片从文件的第几个字节开始。");
    let offset = told.ok_or_else(wrong)?;
    Ok(Json(uploads::put(&ctx, &app, id, (offset, bytes)).await?))
}

/// 不传了：删去已收到的部分
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 204), (status = 404, description = "没有这次上传，或者已过期")))]
async fn upload_discard(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<UploadId>) -> Answer<StatusCode> {
    uploads::discard(&ctx, &app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 传完了
#[derive(Deserialize, ToSchema)]
struct UploadFinish {
    /// 整个文件的 SM3，64 位十六进制；给出时，与收到的内容不符的不收
    #[serde(default)]
    sm3: String,
}

/// 传完了：核对大小、摘要、种类，通过安全检查后成为一份材料；重复提交，得到同一个序号
#[utoipa::path(post, path = "/api/v1/uploads/{id}/finish", tag = "cases", params(("id" = String, Path)), request_body = UploadFinish,
    responses((status = 201, body = Uploaded), (status = 404, description = "没有这次上传，或者已过期"),
        (status = 409, description = "还没有传完，或者暂时不能收"), (status = 422, description = "与摘要不符，种类不对，或者有病毒")))]
async fn upload_finish(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<UploadId>,
    Json(told): Json<UploadFinish>,
) -> Answer<Response> {
    let number = uploads::finish(&ctx, &app, id, &told.sm3).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { number })).into_response())
}
