//! Everything of the pages as JSON: drafts, filing, materials, acts, worklist, papers.

mod charging;
mod desk;
mod drafts;
mod exports;
mod notes;
mod notices;
mod opinions;
mod pictures;
mod pledges;
mod progress;
mod systems;
mod templates;
mod uploads;

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Error, Holder, Id, Item, PageAsk};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, UPLOAD_MAX, routes};

use crate::{
    CaseId, DESK, FILE, SEE,
    service::{
        acts::{self, ActInput, Acted},
        filing::{self, Application, Filed, HowFiled},
        find, looks,
        materials::{self, NewMaterial},
        papers,
        reads::{self, CaseDetail, CaseSummary, TimelineEntry},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .merge(drafts::routes())
        .merge(notices::routes())
        .merge(pictures::routes())
        .merge(pledges::routes())
        .merge(progress::routes())
        .merge(charging::routes())
        .merge(uploads::routes())
        .api(Access::May(FILE), routes!(file, list))
        .api(Access::May(DESK), routes!(case_find))
        .api(Access::May(SEE), routes!(show))
        .api(Access::May(SEE), routes!(look))
        .api(Access::May(SEE), routes!(timeline))
        .api(Access::May(SEE), routes!(act))
        .api_limited(Access::May(SEE), UPLOAD_MAX, routes!(material_add))
        .api(Access::May(SEE), routes!(material_read))
        .api(Access::May(SEE), routes!(paper))
        .merge(desk::routes())
        .merge(notes::routes())
        .merge(opinions::routes())
        .merge(systems::routes())
        .merge(templates::routes())
        .merge(exports::routes())
}

fn holder(text: Option<&str>) -> kernel::Result<Option<Holder>> {
    let wrong = |_| Error::invalid("holder", "申请人应写成 person:标识 或 enterprise:标识。");
    text.map(|it| it.parse().map_err(wrong)).transpose()
}

fn item(text: &str) -> kernel::Result<Id<Item>> {
    text.parse().map_err(|_| Error::invalid("item", "事项标识应为 32 位十六进制数字。"))
}

/// 上传的文件
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadQuery {
    /// 文件名
    #[serde(default)]
    name: String,
    /// 代替的文件序号：须是同一种材料、还没有提交的文件
    #[serde(default)]
    replaces: Option<i64>,
}

/// 已收的文件
#[derive(Serialize, ToSchema)]
struct Uploaded {
    /// 序号
    number: i64,
}

async fn take(
    (app, ctx): (App, kernel::Ctx),
    (id, material): (CaseId, String),
    UploadQuery { name, replaces }: UploadQuery,
    bytes: Bytes,
) -> Answer<Response> {
    let number = materials::add_material(&ctx, &app, id, &NewMaterial { material, name, bytes, replaces }).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { number })).into_response())
}

/// 补交一份材料：提交补正或容缺材料前上传，提交后生效
#[utoipa::path(post, path = "/api/v1/cases/{id}/materials/{material}", tag = "cases",
    params(("id" = String, Path), ("material" = String, Path, description = "材料代码"), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Uploaded), (status = 409, description = "现在不需要补交材料")))]
async fn material_add(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(place): Path<(CaseId, String)>,
    Query(query): Query<UploadQuery>,
    bytes: Bytes,
) -> Answer<Response> {
    take((app, ctx), place, query, bytes).await
}

/// 提交申请：给出草稿标识，或者事项和申请表内容
#[derive(Deserialize, ToSchema)]
#[serde(default)]
#[derive(Default)]
struct CaseNew {
    /// 草稿标识；已上传的材料一并提交
    draft: Option<String>,
    /// 事项标识（没有草稿时）
    item: String,
    /// 申请表内容（没有草稿时）
    #[schema(value_type = Object)]
    values: Value,
    /// 窗口代为提交时的申请人
    holder: Option<String>,
    /// 提交标识：同一标识重复提交，得到同一个办件
    idempotency_key: String,
    /// 窗口收到的纸质材料
    on_paper: Vec<String>,
    /// 材料不齐仍要提交
    incomplete: bool,
    /// 由哪个机关受理和初审（统一社会信用代码）：事项列出几个初审机关时必填
    preliminary: String,
    /// 窗口代为提交时，申请人在场并同意；建草稿时已同意的不必再填
    consent: bool,
}

/// 已提交的办件
#[derive(Serialize, ToSchema)]
struct CaseFiled {
    /// 办件标识
    id: String,
    /// 办件编号
    number: String,
    /// 版本号
    version: i64,
}

/// 提交申请
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = CaseNew,
    responses((status = 201, body = CaseFiled), (status = 422, description = "有内容需要更正，或缺少材料")))]
async fn file(State(app): State<App>, Caller(ctx): Caller, Json(new): Json<CaseNew>) -> Answer<Response> {
    let how = HowFiled {
        on_paper: new.on_paper,
        incomplete: new.incomplete,
        preliminary: new.preliminary,
        consent: new.consent,
    };
    let filed = match new.draft {
        Some(draft) => filing::file_draft(&ctx, &app, draft.parse()?, &how).await?,
        None => {
            if new.idempotency_key.len() > 100 {
                return Err(Error::invalid("idempotency_key", "提交标识最长 100 个字节。").into());
            }
            let (item, holder) = (item(&new.item)?, holder(new.holder.as_deref())?);
            let application = Application { item, holder, values: new.values, how, key: new.idempotency_key };
            filing::file(&ctx, &app, &application).await?
        }
    };
    let Filed { id, number, version } = filed;
    Ok((StatusCode::CREATED, Json(CaseFiled { id: id.to_string(), number, version })).into_response())
}

/// 列表的查询条件
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// 上一页给出的 next
    after: String,
    /// 每页条数，最多 100
    limit: Option<u16>,
}

/// 一页办件
#[derive(Serialize, ToSchema)]
struct CasePage {
    items: Vec<CaseSummary>,
    /// 下一页的 after；没有则为最后一页
    next: Option<String>,
}

/// 我的办件，新的在前
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(ListQuery), responses((status = 200, body = CasePage)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Query(query): Query<ListQuery>) -> Answer<Json<CasePage>> {
    let found = reads::my_cases(&ctx, &app, &PageAsk::from_query(Some(&query.after), query.limit)?).await?;
    Ok(Json(CasePage { items: found.items, next: found.next }))
}

/// 查找办件
#[derive(Deserialize, ToSchema)]
struct FindAsk {
    /// 办件编号，或者申请人的公民身份号码、统一社会信用代码；须完整
    number: String,
    /// 上一页给出的 next
    #[serde(default)]
    after: String,
    /// 每页条数，最多 100
    #[serde(default)]
    limit: Option<u16>,
}

/// 按号码查找办件：只在本人岗位可以查看的办件中查找，新的在前。号码放在请求体里，不进地址
#[utoipa::path(post, path = "/api/v1/cases/find", tag = "cases", request_body = FindAsk,
    responses((status = 200, body = CasePage), (status = 422, description = "不是完整的号码")))]
async fn case_find(State(app): State<App>, Caller(ctx): Caller, Json(ask): Json<FindAsk>) -> Answer<Json<CasePage>> {
    let found = find::find_cases(&ctx, &app, &ask.number, &PageAsk::from_query(Some(&ask.after), ask.limit)?).await?;
    Ok(Json(CasePage { items: found.items, next: found.next }))
}

/// 一个办件
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = CaseDetail), (status = 404, description = "没有这个办件，或者无权查看"),
        (status = 409, description = "办件已经结束，工作人员当天还没有说明查看的目的")))]
async fn show(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<Json<CaseDetail>> {
    Ok(Json(reads::case(&ctx, &app, id).await?))
}

/// 查看的目的
#[derive(Deserialize, ToSchema)]
struct LookTold {
    /// 目的：`enquiry` 答复申请人的询问，`complaint` 处理投诉、复议或诉讼，`inspection` 检查办件质量，`archive` 整理或调阅档案，`other` 其他
    purpose: String,
    /// 补充说明，申请人看得到；目的为 `other` 的必填
    #[serde(default)]
    words: String,
}

/// 工作人员查看已经结束的办件前说明目的：当天对这个办件有效，单位、岗位、日期和目的记入申请人的「谁看过我的信息」
#[utoipa::path(post, path = "/api/v1/cases/{id}/looks", tag = "cases", params(("id" = String, Path)), request_body = LookTold,
    responses((status = 204), (status = 403, description = "不是这个办件的工作人员"), (status = 422, description = "没有选目的，或者缺少说明")))]
async fn look(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(told): Json<LookTold>,
) -> Answer<StatusCode> {
    looks::tell(&ctx, &app, id, (&told.purpose, &told.words)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 办件经过
#[utoipa::path(get, path = "/api/v1/cases/{id}/timeline", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Vec<TimelineEntry>)))]
async fn timeline(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
) -> Answer<Json<Vec<TimelineEntry>>> {
    Ok(Json(reads::timeline(&ctx, &app, id).await?))
}

/// 一项操作
#[derive(Deserialize, ToSchema)]
struct ActAsk {
    /// 读到的版本号
    version: i64,
    #[serde(flatten)]
    input: ActInput,
}

/// 办理一项操作
#[utoipa::path(post, path = "/api/v1/cases/{id}/acts", tag = "cases", params(("id" = String, Path)), request_body = ActAsk,
    responses((status = 200, body = Acted), (status = 409, description = "已被他人处理，或依法不能这样办理")))]
async fn act(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(ask): Json<ActAsk>,
) -> Answer<Json<Acted>> {
    Ok(Json(acts::act(&ctx, &app, id, ask.version, &ask.input).await?))
}

/// 下载一份材料
#[utoipa::path(get, path = "/api/v1/cases/{id}/files/{number}", tag = "cases",
    params(("id" = String, Path), ("number" = i64, Path)), responses((status = 200, content_type = "application/octet-stream")))]
async fn material_read(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
) -> Answer<Response> {
    let file = materials::read_material(&ctx, &app, id, number).await?;
    Ok(download(&file.name, file.kind.media(), file.bytes, false))
}

/// 下载一份文书（PDF）
#[utoipa::path(get, path = "/api/v1/cases/{id}/papers/{number}", tag = "cases",
    params(("id" = String, Path), ("number" = i64, Path)), responses((status = 200, content_type = "application/pdf"), (status = 404, description = "没有，或者正在出具")))]
async fn paper(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
) -> Answer<Response> {
    let (row, bytes) = papers::paper_file(&ctx, &app, id, number).await?;
    Ok(download(&format!("{}.pdf", row.title), "application/pdf", bytes, false))
}

/// A file as an answer: never run or guessed at by a browser, never kept by it. `inline` shows pictures and PDF in place.
pub(crate) fn download(name: &str, media: &'static str, bytes: impl Into<Body>, inline: bool) -> Response {
    let encoded: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect();
    let way = if inline { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{way}; filename*=UTF-8''{encoded}")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes.into()).into_response()
}
