//! The officer's desk as JSON: worklist, its counts, who has what in hand, who is away, kept lists.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use kernel::{Error, Id, PageAsk, Person};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, routes};

use super::{CasePage, item};
use crate::{
    CaseFilter, CaseId, SEE,
    service::{
        absences,
        acts::ActInput,
        batch::{self, Batch, BatchResult},
        claims::{self, Took},
        views::{self, SavedView},
        worklist::{self as waiting, SOON_DAYS, Whose, WorklistCounts},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::May(SEE), routes!(worklist))
        .api(Access::May(SEE), routes!(counts))
        .api(Access::May(SEE), routes!(claim, release))
        .api(Access::May(SEE), routes!(officers))
        .api(Access::May(SEE), routes!(assign))
        .api(Access::May(SEE), routes!(absence, absent, back))
        .api(Access::May(SEE), routes!(view_list, view_keep))
        .api(Access::May(SEE), routes!(view_forget))
        .api(Access::May(SEE), routes!(batch_check))
        .api(Access::May(SEE), routes!(batch_act))
}

/// 工作台的查询条件
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct WorklistQuery {
    /// 上一页给出的 next
    after: String,
    /// 每页条数，最多 100
    limit: Option<u16>,
    /// 岗位 `accept`、`review`、`decide`、`issue`，或 `applicant`、`none`
    post: String,
    /// 事项标识
    item: String,
    /// 状态代码
    stage: String,
    /// 只要这么多个工作日内到期和超期的；-1：只要超期的
    within: Option<i32>,
    /// 只要 3 个工作日内到期和超期的，同 `within=3`
    soon: bool,
    /// 在谁手上：`mine` 本人（含代岗），`group` 本组待领，或者人员标识；空：不限
    whose: String,
}

/// 工作台：等我办理的办件，最紧的在前
#[utoipa::path(get, path = "/api/v1/worklist", tag = "cases", params(WorklistQuery), responses((status = 200, body = CasePage)))]
async fn worklist(
    State(app): State<App>,
    Caller(ctx): Caller,
    Query(query): Query<WorklistQuery>,
) -> Answer<Json<CasePage>> {
    let of_item = if query.item.is_empty() { None } else { Some(item(&query.item)?) };
    let wrong = |_| Error::invalid("whose", "whose 应为 mine、group 或者 32 位十六进制的人员标识。");
    let whose = match query.whose.as_str() {
        "" => Whose::All,
        "mine" => Whose::Mine,
        "group" => Whose::Group,
        person => Whose::Of(person.parse().map_err(wrong)?),
    };
    let within = query.within.or(query.soon.then_some(SOON_DAYS));
    let filter = CaseFilter { post: query.post, item: of_item, stage: query.stage, within, whose };
    let found = waiting::worklist(&ctx, &app, &filter, &PageAsk::from_query(Some(&query.after), query.limit)?).await?;
    Ok(Json(CasePage { items: found.items, next: found.next }))
}

/// 工作台各列表的件数，数到「99+」为止
#[utoipa::path(get, path = "/api/v1/worklist/counts", tag = "cases", responses((status = 200, body = WorklistCounts)))]
async fn counts(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<WorklistCounts>> {
    Ok(Json(waiting::worklist_counts(&ctx, &app).await?))
}

/// 认领
#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
struct ClaimAsk {
    /// 在同事手上的，也接手过来
    over: bool,
}

/// 认领一件办件；在同事手上的，`over` 为 true 才接手
#[utoipa::path(post, path = "/api/v1/cases/{id}/claim", tag = "cases", params(("id" = String, Path)), request_body = ClaimAsk,
    responses((status = 200, body = Took), (status = 409, description = "在同事手上，或者刚刚被认领")))]
async fn claim(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(ask): Json<ClaimAsk>,
) -> Answer<Json<Took>> {
    Ok(Json(claims::claim_case(&ctx, &app, id, ask.over).await?))
}

/// 放回一件办件
#[utoipa::path(delete, path = "/api/v1/cases/{id}/claim", tag = "cases", params(("id" = String, Path)),
    responses((status = 204), (status = 409, description = "无人认领，或者刚刚有变动")))]
async fn release(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<StatusCode> {
    claims::release_case(&ctx, &app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 一位可以承办的人员
#[derive(Serialize, ToSchema)]
struct Officer {
    /// 人员标识
    person: String,
    /// 姓名
    name: String,
}

/// 可以承办这件办件的人员：担任它现在所在岗位的人
#[utoipa::path(get, path = "/api/v1/cases/{id}/officers", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Vec<Officer>)))]
async fn officers(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<Json<Vec<Officer>>> {
    let found = claims::may_be_given(&ctx, &app, id).await?;
    Ok(Json(found.into_iter().map(|it| Officer { person: it.0.to_string(), name: it.1 }).collect()))
}

/// 转派
#[derive(Deserialize, ToSchema)]
struct AssignAsk {
    /// 承办人的人员标识
    to: String,
}

/// 把一件办件转派给同岗位的人员
#[utoipa::path(post, path = "/api/v1/cases/{id}/assign", tag = "cases", params(("id" = String, Path)), request_body = AssignAsk,
    responses((status = 200, body = Took), (status = 422, description = "不是本岗位的人员")))]
async fn assign(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(ask): Json<AssignAsk>,
) -> Answer<Json<Took>> {
    let to: Id<Person> = ask.to.parse().map_err(|_| Error::invalid("to", "人员标识应为 32 位十六进制数字。"))?;
    Ok(Json(claims::assign_case(&ctx, &app, id, to).await?))
}

/// 不在岗的日期，首尾都算
#[derive(Serialize, Deserialize, ToSchema)]
struct Days {
    /// 从哪天，如 `2026-03-02`
    starts: String,
    /// 到哪天
    ends: String,
}

/// 本人登记的不在岗；没有登记时为 null
#[utoipa::path(get, path = "/api/v1/worklist/absence", tag = "cases", responses((status = 200, body = Option<Days>)))]
async fn absence(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<Option<Days>>> {
    let days = absences::absence(&ctx, &app).await?;
    Ok(Json(days.map(|it| Days { starts: it.starts, ends: it.ends })))
}

/// 登记本人不在岗：这段时间手上的办件也列给同岗位的同事
#[utoipa::path(put, path = "/api/v1/worklist/absence", tag = "cases", request_body = Days,
    responses((status = 204), (status = 422, description = "日期不对")))]
async fn absent(State(app): State<App>, Caller(ctx): Caller, Json(ask): Json<Days>) -> Answer<StatusCode> {
    let days = (absences::day("starts", &ask.starts)?, absences::day("ends", &ask.ends)?);
    absences::set_absence(&ctx, &app, Some(days)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 取消本人的不在岗登记
#[utoipa::path(delete, path = "/api/v1/worklist/absence", tag = "cases", responses((status = 204)))]
async fn back(State(app): State<App>, Caller(ctx): Caller) -> Answer<StatusCode> {
    absences::set_absence(&ctx, &app, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 本人保存的视图
#[utoipa::path(get, path = "/api/v1/worklist/views", tag = "cases", responses((status = 200, body = Vec<SavedView>)))]
async fn view_list(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<Vec<SavedView>>> {
    Ok(Json(views::views(&ctx, &app).await?))
}

/// 一个视图
#[derive(Deserialize, ToSchema)]
struct ViewNew {
    /// 名称，最长 20 个字
    name: String,
    /// 列表的查询条件，如 `whose=mine&stage=filed`
    asked: String,
}

/// 保存一个视图，每人最多 20 个
#[utoipa::path(post, path = "/api/v1/worklist/views", tag = "cases", request_body = ViewNew,
    responses((status = 201, body = SavedView), (status = 422, description = "名称不对或者重名")))]
async fn view_keep(
    State(app): State<App>,
    Caller(ctx): Caller,
    Json(new): Json<ViewNew>,
) -> Answer<(StatusCode, Json<SavedView>)> {
    Ok((StatusCode::CREATED, Json(views::keep_view(&ctx, &app, (&new.name, &new.asked)).await?)))
}

/// 删除一个视图
#[utoipa::path(delete, path = "/api/v1/worklist/views/{number}", tag = "cases", params(("number" = i64, Path)),
    responses((status = 204), (status = 404, description = "没有这个视图")))]
async fn view_forget(State(app): State<App>, Caller(ctx): Caller, Path(number): Path<i64>) -> Answer<StatusCode> {
    views::forget_view(&ctx, &app, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 要批量办理的办件
#[derive(Deserialize, ToSchema)]
struct BatchCheck {
    /// 办件标识，1 至 50 件，同一个事项、同一个状态
    cases: Vec<String>,
}

/// 核对一批办件：哪些可以一起办，不能的是什么原因
#[utoipa::path(post, path = "/api/v1/worklist/batch/check", tag = "cases", request_body = BatchCheck,
    responses((status = 200, body = Batch), (status = 422, description = "不是同类的办件，或者件数不对")))]
async fn batch_check(State(app): State<App>, Caller(ctx): Caller, Json(ask): Json<BatchCheck>) -> Answer<Json<Batch>> {
    let ids = ask.cases.iter().map(|it| it.parse()).collect::<kernel::Result<Vec<CaseId>>>()?;
    Ok(Json(batch::check_batch(&ctx, &app, &ids).await?))
}

/// 一件办件和读到的版本号
#[derive(Deserialize, ToSchema)]
struct BatchCase {
    /// 办件标识
    id: String,
    /// 读到的版本号
    version: i64,
}

/// 批量办理
#[derive(Deserialize, ToSchema)]
struct BatchAsk {
    /// 各件，最多 50 件
    cases: Vec<BatchCase>,
    #[serde(flatten)]
    input: ActInput,
}

/// 批量办理：逐件办理、逐件记录，一件办不成不影响其他
#[utoipa::path(post, path = "/api/v1/worklist/batch", tag = "cases", request_body = BatchAsk,
    responses((status = 200, body = Vec<BatchResult>), (status = 422, description = "操作或者内容不对")))]
async fn batch_act(
    State(app): State<App>,
    Caller(ctx): Caller,
    Json(ask): Json<BatchAsk>,
) -> Answer<Json<Vec<BatchResult>>> {
    let one = |it: &BatchCase| Ok((it.id.parse()?, it.version));
    let cases = ask.cases.iter().map(one).collect::<kernel::Result<Vec<(CaseId, i64)>>>()?;
    Ok(Json(batch::act_batch(&ctx, &app, &cases, &ask.input).await?))
}
