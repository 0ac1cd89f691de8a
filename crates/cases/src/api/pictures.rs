//! Photographs of a material as JSON: bound into one PDF; the small picture of a file.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::Error;
use serde::Deserialize;
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, routes};

use super::{Uploaded, download};
use crate::{
    CaseId, SEE,
    service::{album, thumbs},
};

pub(super) fn routes() -> Routes {
    Routes::new().api(Access::May(SEE), routes!(material_bind)).api(Access::May(SEE), routes!(material_thumbnail))
}

/// 一页照片
#[derive(Deserialize, ToSchema)]
struct Leaf {
    /// 照片的文件序号
    file: i64,
    /// 向右转多少度：0、90、180、270；照片本身写明的方向已经算在内
    #[serde(default)]
    turn: u16,
}

/// 照片合成 PDF
#[derive(Deserialize, ToSchema)]
struct Binding {
    /// 各页，依次
    pages: Vec<Leaf>,
}

/// 把已上传、还没有提交的照片合成一份 PDF，一张一页，最多 60 页；不带照片里的拍摄地点和时间，合成后照片由 PDF 代替
#[utoipa::path(post, path = "/api/v1/cases/{id}/materials/{material}/pdf", tag = "cases",
    params(("id" = String, Path, description = "草稿标识，或者等待补正、补交的办件标识"), ("material" = String, Path, description = "材料代码")),
    request_body = Binding,
    responses((status = 201, body = Uploaded), (status = 404, description = "没有这份草稿或办件"),
        (status = 409, description = "现在不需要补交材料，或者照片已经提交、移除"), (status = 413, description = "合起来超过 50 MB"),
        (status = 422, description = "没有照片，太多，或者有一张不能用")))]
async fn material_bind(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
    Json(binding): Json<Binding>,
) -> Answer<Response> {
    let shown = album::album(&ctx, &app, id, (&material, "")).await?;
    let mut parts = Vec::with_capacity(binding.pages.len());
    for it in &binding.pages {
        if shown.pages.iter().all(|page| page.number != it.file) {
            let words = format!("这种材料没有可以合成的照片 {}，请核对文件序号。", it.file);
            return Err(Error::invalid("pages", words).into());
        }
        if it.turn % 90 != 0 || it.turn >= 360 {
            return Err(Error::invalid("pages", "turn 应为 0、90、180 或 270。").into());
        }
        parts.push(format!("{}.{}", it.file, it.turn / 90));
    }
    // What is not named stays a file of its own.
    let named = |number: i64| binding.pages.iter().any(|it| it.file == number);
    let rest = shown.pages.iter().filter(|it| !named(it.number));
    parts.extend(rest.map(|it| format!("{}.x", it.number)));
    let number = album::bind(&ctx, &app, id, (&material, &parts.join("-"))).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { number })).into_response())
}

/// 照片的缩略图（JPEG，长边不超过 240 像素）；谁能看文件，谁能看缩略图
#[utoipa::path(get, path = "/api/v1/cases/{id}/files/{number}/thumbnail", tag = "cases",
    params(("id" = String, Path, description = "草稿或办件标识"), ("number" = i64, Path, description = "文件序号")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 404, description = "没有这个文件，或者它没有缩略图")))]
async fn material_thumbnail(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
) -> Answer<Response> {
    Ok(download("缩略图.jpg", "image/jpeg", thumbs::read(&ctx, &app, id, number).await?, true))
}
