//! The desk as JSON, for departments whose own system keeps their items: writing, handing in, checking, publishing, acts.
//!
//! Every step is the page's: the same services, permissions, separate hands and versions. A `version` that is no longer the item's is
//! refused (409), so nothing is overwritten.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{Authority, Ctx, Id, Item, PageAsk, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Failure, Routes, routes};

use crate::{
    ActMark, CATALOGUE, ItemFilter, OFFICE_CHECK, Publication, Remark,
    model::{ItemAct, ItemDocument, ItemState, ItemSummary, Severity, Stage, missing, percent_complete},
    pages::may_look,
    reads, service,
};

pub(crate) fn routes() -> Routes {
    let keeps = Access::May(CATALOGUE);
    let signed = Access::SignedIn;
    Routes::new()
        .api(keeps, routes!(list, create))
        .api(signed, routes!(show))
        .api(keeps, routes!(save))
        .api(keeps, routes!(submit))
        .api(keeps, routes!(withdraw))
        .api(signed, routes!(pass))
        .api(signed, routes!(send_back))
        .api(keeps, routes!(publish))
        .api(keeps, routes!(propose))
        .api(keeps, routes!(withdraw_act))
        .api(Access::May(OFFICE_CHECK), routes!(decide_act))
}

/// 本单位事项的查询条件
#[derive(Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
struct DeskQuery {
    /// 实施主体
    authority: String,
    /// 状态代码
    state: String,
    /// 名称中的字
    q: String,
    /// 上一页给出的 next
    after: String,
    /// 每页条数，最多 100
    limit: Option<u16>,
}

/// 事项在工作台上的情况
#[derive(Serialize, ToSchema)]
struct DeskLine {
    /// 事项标识
    id: String,
    /// 事项名称
    name: String,
    /// 实施主体
    authority: String,
    /// 实施编码；没有定则为空
    item_code: String,
    /// 地方实施编码
    local_code: String,
    /// 状态
    state: ItemState,
    /// 修改到了哪一步；没有修改则没有
    stage: Option<&'static str>,
    /// 版本号：修改时带上，不一致则不保存
    version: i64,
    /// 现行版本的序号，0 为尚未发布
    number: i64,
    /// 还缺几项要素
    missing: i64,
}

impl DeskLine {
    fn of(it: ItemSummary) -> Self {
        Self {
            id: it.id.to_string(),
            name: it.name,
            authority: it.authority.to_string(),
            item_code: it.item_code,
            local_code: it.local_code,
            state: it.state,
            stage: it.stage.map(Stage::code),
            version: it.version,
            number: it.current_version,
            missing: it.missing,
        }
    }
}

/// 一页事项
#[derive(Serialize, ToSchema)]
struct DeskPage {
    items: Vec<DeskLine>,
    /// 下一页的 after；没有则为最后一页
    next: Option<String>,
}

/// 一处提示
#[derive(Serialize, ToSchema)]
struct DeskFinding {
    /// 哪个要素，如 materials/0/name
    field: String,
    /// 哪里不对，怎么改
    message: String,
    /// 不改不能送审
    blocks: bool,
}

/// 一个事项和它正在进行的修改
#[derive(Serialize, ToSchema)]
struct DeskItem {
    #[serde(flatten)]
    item: DeskLine,
    /// 完整度，百分数
    percent: i64,
    /// 正在编制的内容；没有修改时为现行内容
    #[schema(value_type = Object)]
    document: ItemDocument,
    /// 提示
    findings: Vec<DeskFinding>,
}

/// 新编事项
#[derive(Deserialize, ToSchema)]
struct DeskNew {
    /// 实施主体
    authority: String,
    /// 实施清单各要素
    #[schema(value_type = Object)]
    document: ItemDocument,
}

/// 保存修改
#[derive(Deserialize, ToSchema)]
struct DeskSave {
    /// 读到的版本号
    version: i64,
    /// 实施清单各要素
    #[schema(value_type = Object)]
    document: ItemDocument,
}

/// 办理一步
#[derive(Deserialize, ToSchema)]
struct DeskStep {
    /// 读到的版本号
    version: i64,
}

/// 退回修改
#[derive(Deserialize, ToSchema)]
struct DeskReturn {
    /// 读到的版本号
    version: i64,
    /// 至少一条
    remarks: Vec<DeskRemark>,
}

/// 一条退回的理由
#[derive(Deserialize, ToSchema)]
struct DeskRemark {
    /// 哪个要素；空为整体
    #[serde(default)]
    field: String,
    /// 哪里不对，怎么改
    reason: String,
}

/// 发布的结果
#[derive(Serialize, ToSchema)]
struct DeskPublished {
    /// 生效的版本序号；还没有到计划日期的没有
    number: Option<i64>,
    /// 到这一天自动生效
    waits_for: Option<String>,
}

/// 提出变动
#[derive(Deserialize, ToSchema)]
struct DeskAct {
    /// 读到的版本号
    version: i64,
    /// 变动：kind（suspend resume cancel split merge hand_down hand_up）、basis、effect，按需 parts、into、to、level
    #[schema(value_type = Object)]
    act: ItemAct,
}

/// 新的标识
#[derive(Serialize, ToSchema)]
struct DeskMade {
    /// 标识
    id: String,
}

/// 审核变动
#[derive(Deserialize, ToSchema)]
struct DeskVerdict {
    /// 不同意的理由；同意则不填
    #[serde(default)]
    refusal: Option<String>,
}

/// 一个单位的全部事项，未发布的也在内
#[utoipa::path(get, path = "/api/v1/desk/items", tag = "catalogue", params(DeskQuery),
    responses((status = 200, body = DeskPage), (status = 403, description = "不是本单位的目录管理人员")))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Query(query): Query<DeskQuery>) -> Answer<Json<DeskPage>> {
    let authority: Id<Authority> = query.authority.parse()?;
    ctx.may(CATALOGUE, &Scope::authority(authority))?;
    let state = match query.state.as_str() {
        "" => None,
        code => Some(
            ItemState::from_code(code)
                .ok_or_else(|| kernel::Error::invalid("state", format!("没有状态「{code}」。")))?,
        ),
    };
    let text = query.q.chars().take(100).collect();
    let filter = ItemFilter { authority: Some(authority), state, text, ..ItemFilter::default() };
    let found = reads::items(&app.db, &filter, &PageAsk::from_query(Some(&query.after), query.limit)?).await?;
    Ok(Json(DeskPage { items: found.items.into_iter().map(DeskLine::of).collect(), next: found.next }))
}

/// 新编一个事项
#[utoipa::path(post, path = "/api/v1/desk/items", tag = "catalogue", request_body = DeskNew,
    responses((status = 201, body = DeskItem), (status = 422, description = "内容与基本目录不符，或者超过长度")))]
async fn create(State(app): State<App>, Caller(ctx): Caller, Json(new): Json<DeskNew>) -> Answer<Response> {
    let id = service::items::create_item(&ctx, &app.db, new.authority.parse()?, &new.document).await?;
    Ok((StatusCode::CREATED, Json(whole(&ctx, &app, id).await?)).into_response())
}

/// 一个事项和它正在进行的修改
#[utoipa::path(get, path = "/api/v1/desk/items/{id}", tag = "catalogue", params(("id" = String, Path, description = "事项标识")),
    responses((status = 200, body = DeskItem), (status = 404, description = "没有这个事项")))]
async fn show(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<Item>>) -> Answer<Json<DeskItem>> {
    Ok(Json(whole(&ctx, &app, id).await?))
}

/// 保存修改；已经发布的继续有效
#[utoipa::path(put, path = "/api/v1/desk/items/{id}", tag = "catalogue", params(("id" = String, Path)), request_body = DeskSave,
    responses((status = 200, body = DeskItem), (status = 409, description = "别人已经改过，或者正在审核"), (status = 422)))]
async fn save(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Item>>,
    Json(it): Json<DeskSave>,
) -> Answer<Json<DeskItem>> {
    service::items::revise(&ctx, &app.db, id, it.version, &it.document).await?;
    Ok(Json(whole(&ctx, &app, id).await?))
}

/// 送机构编制审核
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/submit", tag = "catalogue", params(("id" = String, Path)), request_body = DeskStep,
    responses((status = 200, body = DeskItem), (status = 422, description = "还有不符合要求的要素，逐项列出")))]
async fn submit(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Item>>,
    Json(it): Json<DeskStep>,
) -> Answer<Json<DeskItem>> {
    service::review::submit(&ctx, &app.db, id, it.version).await?;
    Ok(Json(whole(&ctx, &app, id).await?))
}

/// 撤回到编制
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/withdraw", tag = "catalogue", params(("id" = String, Path)), request_body = DeskStep,
    responses((status = 200, body = DeskItem), (status = 409)))]
async fn withdraw(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Item>>,
    Json(it): Json<DeskStep>,
) -> Answer<Json<DeskItem>> {
    service::review::withdraw(&ctx, &app.db, id, it.version).await?;
    Ok(Json(whole(&ctx, &app, id).await?))
}

/// 审核通过：机构编制，然后法制
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/pass", tag = "catalogue", params(("id" = String, Path)), request_body = DeskStep,
    responses((status = 200, body = DeskItem), (status = 409, description = "本人编制或者审核过，不能再审")))]
async fn pass(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Item>>,
    Json(it): Json<DeskStep>,
) -> Answer<Json<DeskItem>> {
    service::review::pass(&ctx, &app.db, id, it.version).await?;
    Ok(Json(whole(&ctx, &app, id).await?))
}

/// 退回修改，写明哪一处、怎么改
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/return", tag = "catalogue", params(("id" = String, Path)), request_body = DeskReturn,
    responses((status = 200, body = DeskItem), (status = 422, description = "没有写理由")))]
async fn send_back(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Item>>,
    Json(it): Json<DeskReturn>,
) -> Answer<Json<DeskItem>> {
    let remarks: Vec<_> = it.remarks.into_iter().map(|it| Remark { field: it.field, reason: it.reason }).collect();
    service::review::send_back(&ctx, &app, id, it.version, &remarks).await?;
    Ok(Json(whole(&ctx, &app, id).await?))
}

/// 发布；计划日期没有到的，到时自动生效
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/publish", tag = "catalogue", params(("id" = String, Path)), request_body = DeskStep,
    responses((status = 200, body = DeskPublished), (status = 409, description = "还没有审核完")))]
async fn publish(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Item>>,
    Json(it): Json<DeskStep>,
) -> Answer<Json<DeskPublished>> {
    let (number, waits_for) = match service::items::publish_on_day(&ctx, &app.db, id, it.version).await? {
        Publication::InForce(number) => (Some(number), None),
        Publication::Waits(day) => (None, Some(day.to_string())),
    };
    Ok(Json(DeskPublished { number, waits_for }))
}

/// 提出变动：暂停、恢复、取消、拆分、合并、下放、上收
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/acts", tag = "catalogue", params(("id" = String, Path)), request_body = DeskAct,
    responses((status = 201, body = DeskMade), (status = 409, description = "现在不能这样变动"), (status = 422)))]
async fn propose(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<Item>>,
    Json(it): Json<DeskAct>,
) -> Answer<Response> {
    let made = service::acts::propose_act(&ctx, &app.db, id, it.version, &it.act).await?;
    Ok((StatusCode::CREATED, Json(DeskMade { id: made.to_string() })).into_response())
}

/// 撤回提出的变动
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/acts/{act}/withdraw", tag = "catalogue",
    params(("id" = String, Path), ("act" = String, Path)), responses((status = 204), (status = 409)))]
async fn withdraw_act(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, act)): Path<(Id<Item>, Id<ActMark>)>,
) -> Answer<StatusCode> {
    service::acts::withdraw_act(&ctx, &app.db, id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 审核变动：同意，或者写明不同意的理由
#[utoipa::path(post, path = "/api/v1/desk/items/{id}/acts/{act}/decide", tag = "catalogue",
    params(("id" = String, Path), ("act" = String, Path)), request_body = DeskVerdict,
    responses((status = 204), (status = 409, description = "本人提出，不能自己审")))]
async fn decide_act(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, act)): Path<(Id<Item>, Id<ActMark>)>,
    Json(it): Json<DeskVerdict>,
) -> Answer<StatusCode> {
    service::acts::decide_act(&ctx, &app, (id, act), it.refusal.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An item with what is being written of it, for whoever keeps or checks it.
async fn whole(ctx: &Ctx, app: &App, id: Id<Item>) -> Result<DeskItem, Failure> {
    let item = reads::item(&app.db, id).await?;
    may_look(ctx, item.authority)?;
    let document = service::base::working(&app.db, &item).await?;
    let book = service::rules::rulebook(&app.db).await?;
    let writing = item.stage == Some(Stage::Writing);
    let blocks = if writing {
        service::codes::obstacles(&app.db, &item, &document, &book).await?
    } else {
        book.findings(&document)
    };
    let findings = blocks
        .into_iter()
        .chain(book.warnings(&document))
        .map(|it| DeskFinding { blocks: it.severity == Severity::Block, field: it.field, message: it.message })
        .collect();
    let percent = percent_complete(service::count(missing(&document).len()));
    Ok(DeskItem { item: DeskLine::of(item), percent, document, findings })
}
