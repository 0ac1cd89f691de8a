//! Drafts as JSON: begun, read, saved, renewed, discarded, their materials.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::Ctx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, UPLOAD_MAX, routes};

use super::{UploadQuery, Uploaded, holder, item, take};
use crate::{
    CaseId, Change, FILE, Left,
    service::{
        draft_bin,
        draft_renewal::{self as renewal, Renewal, Standing},
        drafts::{self, Draft, DraftAsk},
        materials,
        reads::{self, MaterialView},
        reuse,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::May(FILE), routes!(draft_create))
        .api(Access::May(FILE), routes!(draft_show, draft_save, draft_discard))
        .api(Access::May(FILE), routes!(draft_renew))
        .api_limited(Access::May(FILE), UPLOAD_MAX, routes!(draft_material))
        .api(Access::May(FILE), routes!(draft_reuse))
        .api(Access::May(FILE), routes!(case_reuse))
}

/// 新建草稿
#[derive(Deserialize, ToSchema)]
struct DraftNew {
    /// 事项标识
    item: String,
    /// 窗口代为提交时的申请人：`person:…` 或 `enterprise:…`；不填为本人或所代表的单位
    #[serde(default)]
    holder: Option<String>,
    /// 窗口代为填写时，申请人在场并同意由窗口代为填写和提交
    #[serde(default)]
    consent: bool,
    /// 已有的申请表内容，覆盖平台带入的内容
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    values: Option<Value>,
}

/// 草稿
#[derive(Serialize, ToSchema)]
struct DraftView {
    /// 草稿标识；提交后即办件标识
    id: String,
    /// 事项标识
    item: String,
    /// 事项名称
    item_name: String,
    /// 事项版本
    item_version: i64,
    /// 申请表内容
    #[schema(value_type = Object)]
    values: Value,
    /// 平台带入了什么、从哪里带入
    known: Vec<KnownView>,
    /// 需要的材料和已有的文件
    materials: Vec<MaterialView>,
    /// 版本号，保存时带上
    version: i64,
    /// 超过此时不保存即删除
    expires: String,
    /// 事项已经更新时：有什么变化，更新草稿后什么不能带入；更新以前不能提交
    #[serde(skip_serializing_if = "Option::is_none")]
    renewal: Option<RenewalView>,
    /// 事项现在不能申请时：原因
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<String>,
}

/// 平台带入的一项
#[derive(Serialize, ToSchema)]
struct KnownView {
    /// 表格字段
    field: String,
    /// 当时带入的内容
    #[schema(value_type = Object)]
    value: Value,
    /// 从哪里带入
    from: String,
}

/// 草稿所依据的事项版本之后的变化
#[derive(Serialize, ToSchema)]
struct RenewalView {
    /// 现行版本
    item_version: i64,
    /// 有什么变化
    changes: Vec<Change>,
    /// 不能带入的内容
    left: Vec<Left>,
}

impl DraftView {
    async fn of(ctx: &Ctx, app: &App, draft: Draft) -> kernel::Result<Self> {
        let files = materials::list(app, draft.id).await?;
        let mut views = reads::material_views(&draft.document, &draft.values, files);
        reuse::tell(app, &mut views).await?;
        reuse::lay(reuse::offers(ctx, app, &reuse::Wanting::of_draft(&draft)).await?, &mut views);
        let (renewal, closed) = match renewal::standing(app, &draft).await? {
            Standing::Present => (None, None),
            Standing::Older(Renewal { item_version, changes, left }) => {
                (Some(RenewalView { item_version, changes, left }), None)
            }
            Standing::Closed(reason) => (None, Some(reason)),
        };
        Ok(Self {
            id: draft.id.to_string(),
            item: draft.item.to_string(),
            item_name: draft.document.name.clone(),
            item_version: draft.item_version,
            materials: views,
            known: draft
                .known
                .iter()
                .map(|(field, it)| KnownView { field: field.clone(), value: it.value.clone(), from: it.from() })
                .collect(),
            values: draft.values,
            version: draft.version,
            expires: draft.expires.to_string(),
            renewal,
            closed,
        })
    }
}

/// 新建草稿，带入平台已知的内容
#[utoipa::path(post, path = "/api/v1/drafts", tag = "cases", request_body = DraftNew,
    responses((status = 201, body = DraftView), (status = 409, description = "事项不能申请")))]
async fn draft_create(State(app): State<App>, Caller(ctx): Caller, Json(new): Json<DraftNew>) -> Answer<Response> {
    let ask = DraftAsk { item: item(&new.item)?, holder: holder(new.holder.as_deref())?, consent: new.consent };
    let mut draft = drafts::create_draft(&ctx, &app, &ask).await?;
    if let Some(values) = new.values {
        draft.version = drafts::save_draft(&ctx, &app, draft.id, draft.version, &values).await?;
        draft.values = values;
    }
    Ok((StatusCode::CREATED, Json(DraftView::of(&ctx, &app, draft).await?)).into_response())
}

/// 本人的一份草稿
#[utoipa::path(get, path = "/api/v1/drafts/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = DraftView), (status = 404, description = "没有这份草稿")))]
async fn draft_show(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<Json<DraftView>> {
    let draft = drafts::draft(&ctx, &app, id).await?;
    Ok(Json(DraftView::of(&ctx, &app, draft).await?))
}

/// 保存草稿
#[derive(Deserialize, ToSchema)]
struct DraftSave {
    /// 读到的版本号
    version: i64,
    /// 申请表内容
    #[schema(value_type = Object)]
    values: Value,
}

/// 新的版本号
#[derive(Serialize, ToSchema)]
struct Saved {
    version: i64,
}

/// 保存草稿的申请表内容
#[utoipa::path(put, path = "/api/v1/drafts/{id}", tag = "cases", params(("id" = String, Path)), request_body = DraftSave,
    responses((status = 200, body = Saved), (status = 409, description = "草稿已在别处改动")))]
async fn draft_save(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(save): Json<DraftSave>,
) -> Answer<Json<Saved>> {
    let version = drafts::save_draft(&ctx, &app, id, save.version, &save.values).await?;
    Ok(Json(Saved { version }))
}

/// 更新草稿
#[derive(Deserialize, ToSchema)]
struct DraftRenew {
    /// 读到的版本号
    version: i64,
}

/// 更新后的草稿
#[derive(Serialize, ToSchema)]
struct DraftRenewed {
    /// 草稿
    draft: DraftView,
    /// 没有带入的内容
    left: Vec<Left>,
}

/// 把草稿更新到事项的现行版本：仍然适用的内容和文件保留，其余列出
#[utoipa::path(post, path = "/api/v1/drafts/{id}/renew", tag = "cases", params(("id" = String, Path)), request_body = DraftRenew,
    responses((status = 200, body = DraftRenewed), (status = 409, description = "草稿已在别处改动，或者事项现在不能申请")))]
async fn draft_renew(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(ask): Json<DraftRenew>,
) -> Answer<Json<DraftRenewed>> {
    let (draft, left) = renewal::renew_draft(&ctx, &app, id, ask.version).await?;
    Ok(Json(DraftRenewed { draft: DraftView::of(&ctx, &app, draft).await?, left }))
}

/// 删除草稿；30 天内可以在网页的「我的办件」里找回
#[utoipa::path(delete, path = "/api/v1/drafts/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 204), (status = 404, description = "没有这份草稿")))]
async fn draft_discard(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<StatusCode> {
    draft_bin::discard(&ctx, &app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 为草稿上传一份材料：请求体即文件内容（PDF、JPG、PNG、OFD，不超过 50 MB）
#[utoipa::path(post, path = "/api/v1/drafts/{id}/materials/{material}", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码"), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Uploaded), (status = 413, description = "文件过大"), (status = 422, description = "种类不对")))]
async fn draft_material(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(place): Path<(CaseId, String)>,
    Query(query): Query<UploadQuery>,
    bytes: Bytes,
) -> Answer<Response> {
    take((app, ctx), place, query, bytes).await
}

/// 直接用以前交过的材料
#[derive(Deserialize, ToSchema)]
struct DraftReuse {
    /// 当时的办件标识，取自草稿中这种材料的 `earlier_offer`
    case: String,
}

/// 用了几个文件
#[derive(Serialize, ToSchema)]
struct Reused {
    files: usize,
}

/// 用以前交过的材料：同一申请人、同名材料、还在可以重复使用的期限内
#[utoipa::path(post, path = "/api/v1/drafts/{id}/materials/{material}/reuse", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")), request_body = DraftReuse,
    responses((status = 200, body = Reused), (status = 404, description = "没有这份草稿"), (status = 409, description = "已经不能直接用")))]
async fn draft_reuse(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
    Json(ask): Json<DraftReuse>,
) -> Answer<Json<Reused>> {
    Ok(Json(Reused { files: reuse::reuse(&ctx, &app, id, (&material, &ask.case)).await? }))
}

/// 补正、补交容缺材料时，直接用以前交过的或者本平台发给申请人的这份材料
#[utoipa::path(post, path = "/api/v1/cases/{id}/materials/{material}/reuse", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码")), request_body = DraftReuse,
    responses((status = 200, body = Reused), (status = 404, description = "没有这件办件"),
        (status = 409, description = "不能直接用了，或者现在不需要补交材料")))]
async fn case_reuse(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
    Json(ask): Json<DraftReuse>,
) -> Answer<Json<Reused>> {
    Ok(Json(Reused { files: reuse::reuse(&ctx, &app, id, (&material, &ask.case)).await? }))
}
