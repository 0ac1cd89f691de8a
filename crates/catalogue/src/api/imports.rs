//! Imports over the interface, for departments whose own system keeps their list: hand in a file, say which column is which, have it
//! checked, let it be taken in, read the report. The jobs are those of the desk: what one begins the other shows, stops and goes on with.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{Authority, Error, Id, PageAsk};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, UPLOAD_MAX, routes};

use crate::{
    CATALOGUE, ReportLine,
    exchange::{
        column::{Column, Table},
        heads::{Mapping, SheetMapping},
        job::{self, FieldChange, Job},
        tables::TABLES,
        write::ImportMark,
    },
};

pub(super) fn routes() -> Routes {
    let keeps = Access::May(CATALOGUE);
    Routes::new()
        .api(keeps, routes!(list))
        .api_limited(keeps, UPLOAD_MAX, routes!(begin))
        .api(keeps, routes!(columns))
        .api(keeps, routes!(show))
        .api(keeps, routes!(choose))
        .api(keeps, routes!(check))
        .api(keeps, routes!(start))
        .api(keeps, routes!(stop))
        .api(keeps, routes!(report))
}

/// Whose items an address or a body names: an authority, or `site`.
fn whose(text: &str) -> kernel::Result<Option<Id<Authority>>> {
    if text == "site" { Ok(None) } else { text.parse().map(Some) }
}

/// 哪个单位的导入
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ImportsQuery {
    /// 实施主体；全站的写 site
    authority: String,
    /// 上一页给出的 next
    after: String,
    /// 每页条数，最多 100
    limit: Option<u16>,
}

/// 上传的文件
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ImportNew {
    /// 实施主体；全站的写 site，这时表格里要写明实施主体
    authority: String,
    /// 文件名，如 清单.xlsx
    name: String,
}

/// 事项成了什么
#[derive(Serialize, ToSchema)]
struct ImportCounts {
    /// 新增（形成草稿）
    added: i64,
    /// 修改（形成修改稿）
    updated: i64,
    /// 未变
    unchanged: i64,
    /// 拒绝
    refused: i64,
}

/// 一次导入
#[derive(Serialize, ToSchema)]
struct ImportLine {
    /// 标识
    id: String,
    /// 实施主体；全站的没有
    authority: Option<String>,
    /// 文件名
    name: String,
    /// 上传时间
    begun_at: String,
    /// 状态：mapping 待核对列，checking 检查中，checked 检查完毕，running 导入中，stopped 已停止，done 已完成，failed 不能继续
    state: &'static str,
    /// 这一遍已经处理的事项数
    place: i64,
    /// 事项总数；还没有数完为 0
    total: i64,
    counts: ImportCounts,
    /// 不能继续的原因
    failure: String,
}

impl ImportLine {
    fn of(it: &Job) -> Self {
        let job::Counts { added, updated, unchanged, refused } = it.counts;
        Self {
            id: it.id.to_string(),
            authority: it.authority.map(|it| it.to_string()),
            name: it.name.clone(),
            begun_at: it.begun_at.to_string(),
            state: it.state.code(),
            place: it.place,
            total: it.total,
            counts: ImportCounts { added, updated, unchanged, refused },
            failure: it.failure.clone(),
        }
    }
}

/// 一页导入，新的在前
#[derive(Serialize, ToSchema)]
struct ImportPage {
    imports: Vec<ImportLine>,
    /// 下一页的 after；没有则为最后一页
    next: Option<String>,
}

/// 一张工作表的列对应哪些要素
#[derive(Serialize, Deserialize, ToSchema)]
struct ImportSheet {
    /// 工作表名
    sheet: String,
    /// 表头在第几行；0 为不导入这张表
    head: u32,
    /// 文件中的列名
    #[serde(default)]
    heads: Vec<String>,
    /// 逐列对应的要素，如 up_task_general_basic.task_name；空为不导入。可选的见 import-columns
    columns: Vec<String>,
}

/// 列的对应关系
#[derive(Serialize, Deserialize, ToSchema)]
struct ImportMapping {
    /// 空单元格清空原内容；否则保持原内容
    #[serde(default)]
    blank_clears: bool,
    /// 各工作表，次序与文件一致
    sheets: Vec<ImportSheet>,
}

/// 一次导入和它的列
#[derive(Serialize, ToSchema)]
struct ImportWhole {
    #[serde(flatten)]
    import: ImportLine,
    /// 列的对应关系：上传时按列名和上次的选择认出
    mapping: ImportMapping,
}

impl ImportWhole {
    fn of(it: Job) -> Self {
        let import = ImportLine::of(&it);
        let sheet =
            |it: SheetMapping| ImportSheet { sheet: it.sheet, head: it.head, heads: it.heads, columns: it.columns };
        let Mapping { blank_clears, sheets } = it.mapping;
        Self { import, mapping: ImportMapping { blank_clears, sheets: sheets.into_iter().map(sheet).collect() } }
    }
}

/// 可以对应的要素
#[derive(Serialize, ToSchema)]
struct ImportColumn {
    /// 写在 columns 里的名称
    column: String,
    /// 中文名称
    label: &'static str,
    /// 交换表的中文名称
    table: &'static str,
    /// 国家标准长度；0 为数字或者日期
    width: u16,
    /// 国家标准是否必填
    required: bool,
    /// 导入时怎么用
    taken: &'static str,
}

impl ImportColumn {
    fn of(table: &Table, it: &Column) -> Self {
        Self {
            column: format!("{}.{}", table.name, it.name),
            label: it.label,
            table: table.label,
            width: it.width,
            required: it.must,
            taken: crate::exchange::taken(it),
        }
    }
}

/// 报告的哪些行
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// 种类：refused 拒绝，told 提示，changed 修改的事项，left 不导入的列
    kind: String,
    /// 上一页给出的 next
    after: Option<i64>,
    /// 每页条数，最多 100
    limit: Option<u16>,
}

/// 修改的一个要素
#[derive(Serialize, ToSchema)]
struct ImportChange {
    /// 要素
    field: String,
    /// 原来
    was: String,
    /// 改为
    now: String,
}

/// 报告的一行
#[derive(Serialize, ToSchema)]
struct ImportReportLine {
    /// 工作表
    sheet: String,
    /// 第几行；0 为整张表
    line: u32,
    /// 列
    #[serde(skip_serializing_if = "String::is_empty")]
    column: String,
    /// 修改的事项的标识
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// 内容；修改的事项为名称
    value: String,
    /// 原因
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// 怎么办
    #[serde(skip_serializing_if = "String::is_empty")]
    advice: String,
    /// 改了什么
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ImportChange>,
}

impl ImportReportLine {
    fn of(kind: &str, it: ReportLine) -> Self {
        let ReportLine { sheet, line, column, value, reason, advice, .. } = it;
        let plain = Self { sheet, line, column, item: None, value, reason, advice, changes: Vec::new() };
        if kind != job::CHANGED {
            return plain;
        }
        let changes: Vec<FieldChange> = serde_json::from_str(&plain.reason).unwrap_or_default();
        let change = |it: FieldChange| ImportChange { field: it.0, was: it.1, now: it.2 };
        Self {
            item: Some(plain.column),
            column: String::new(),
            reason: String::new(),
            changes: changes.into_iter().map(change).collect(),
            ..plain
        }
    }
}

/// 一页报告
#[derive(Serialize, ToSchema)]
struct ImportReportPage {
    lines: Vec<ImportReportLine>,
    /// 下一页的 after；没有则为最后一页
    next: Option<i64>,
}

async fn whole(app: &App, ctx: &kernel::Ctx, id: Id<ImportMark>) -> Answer<Json<ImportWhole>> {
    Ok(Json(ImportWhole::of(job::job(ctx, &app.db, id).await?)))
}

/// 一个单位的导入，新的在前
#[utoipa::path(get, path = "/api/v1/desk/imports", tag = "catalogue", params(ImportsQuery),
    responses((status = 200, body = ImportPage), (status = 403, description = "不是本单位的目录管理人员")))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    Query(query): Query<ImportsQuery>,
) -> Answer<Json<ImportPage>> {
    let ask = PageAsk::from_query(Some(&query.after), query.limit)?;
    let found = job::jobs(&ctx, &app.db, whose(&query.authority)?, &ask).await?;
    Ok(Json(ImportPage { imports: found.items.iter().map(ImportLine::of).collect(), next: found.next }))
}

/// 上传清单：请求体即文件内容（XLSX、CSV，或者 CSV 打包的 ZIP，不超过 50 MB）；此时不改动任何事项
#[utoipa::path(post, path = "/api/v1/desk/imports", tag = "catalogue", params(ImportNew),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = ImportWhole), (status = 413, description = "文件过大"),
        (status = 422, description = "文件不能读取，说明原因"), (status = 429, description = "等待的导入太多")))]
async fn begin(
    State(app): State<App>,
    Caller(ctx): Caller,
    Query(query): Query<ImportNew>,
    bytes: Bytes,
) -> Answer<Response> {
    let id = job::begin(&ctx, &app, whose(&query.authority)?, (&query.name, bytes)).await?;
    Ok((StatusCode::CREATED, whole(&app, &ctx, id).await?).into_response())
}

/// 列可以对应的全部要素
#[utoipa::path(get, path = "/api/v1/desk/import-columns", tag = "catalogue",
    responses((status = 200, body = Vec<ImportColumn>)))]
async fn columns() -> Json<Vec<ImportColumn>> {
    let kept =
        |table: &'static Table| table.columns.iter().filter(|it| it.is_kept()).map(|it| ImportColumn::of(table, it));
    Json(TABLES.iter().flat_map(kept).collect())
}

/// 一次导入：状态、进度、列的对应关系
#[utoipa::path(get, path = "/api/v1/desk/imports/{id}", tag = "catalogue", params(("id" = String, Path, description = "导入标识")),
    responses((status = 200, body = ImportWhole), (status = 404, description = "没有这次导入")))]
async fn show(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
) -> Answer<Json<ImportWhole>> {
    whole(&app, &ctx, id).await
}

/// 核对列：保存对应关系，本单位下次的文件自动对上
#[utoipa::path(put, path = "/api/v1/desk/imports/{id}/mapping", tag = "catalogue", params(("id" = String, Path)), request_body = ImportMapping,
    responses((status = 200, body = ImportWhole), (status = 409, description = "正在检查或者导入"),
        (status = 422, description = "没有这一要素，或者两列对应同一要素")))]
async fn choose(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
    Json(it): Json<ImportMapping>,
) -> Answer<Json<ImportWhole>> {
    let job = job::job(&ctx, &app.db, id).await?;
    let mapping = laid(&job, it)?;
    job::choose(&ctx, &app.db, (id, job.state), mapping, false).await?;
    whole(&app, &ctx, id).await
}

/// What was sent, laid onto the sheets of the file: their names and heads are the file's own.
fn laid(job: &Job, it: ImportMapping) -> kernel::Result<Mapping> {
    let mut mapping = Mapping { blank_clears: it.blank_clears, ..job.mapping.clone() };
    if it.sheets.len() != mapping.sheets.len() {
        let reason = format!("文件有 {} 张工作表，请按次序逐张写明；不导入的 head 写 0。", mapping.sheets.len());
        return Err(Error::invalid("sheets", reason));
    }
    for (n, (sheet, said)) in mapping.sheets.iter_mut().zip(it.sheets).enumerate() {
        if said.columns.len() > sheet.heads.len().max(sheet.columns.len()) {
            let reason = format!("「{}」只有 {} 列。", sheet.sheet, sheet.heads.len());
            return Err(Error::invalid(format!("sheets/{n}/columns"), reason));
        }
        (sheet.head, sheet.columns) = (said.head, said.columns);
    }
    Ok(mapping)
}

/// 检查：逐行看会新增、修改、拒绝什么，不改动任何事项
#[utoipa::path(post, path = "/api/v1/desk/imports/{id}/check", tag = "catalogue", params(("id" = String, Path)),
    responses((status = 200, body = ImportWhole), (status = 409, description = "正在检查、导入，或者已经完成"),
        (status = 422, description = "没有一列对应要素")))]
async fn check(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
) -> Answer<Json<ImportWhole>> {
    let job = job::job(&ctx, &app.db, id).await?;
    job::choose(&ctx, &app.db, (id, job.state), job.mapping, true).await?;
    whole(&app, &ctx, id).await
}

/// 导入检查过的文件，或者从停止的地方继续
#[utoipa::path(post, path = "/api/v1/desk/imports/{id}/start", tag = "catalogue", params(("id" = String, Path)),
    responses((status = 200, body = ImportWhole), (status = 409, description = "还没有检查，或者已经完成")))]
async fn start(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
) -> Answer<Json<ImportWhole>> {
    job::start(&ctx, &app.db, id).await?;
    whole(&app, &ctx, id).await
}

/// 停止；已经导入的保留，可以继续
#[utoipa::path(post, path = "/api/v1/desk/imports/{id}/stop", tag = "catalogue", params(("id" = String, Path)),
    responses((status = 200, body = ImportWhole), (status = 409, description = "没有在检查或者导入")))]
async fn stop(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
) -> Answer<Json<ImportWhole>> {
    job::stop(&ctx, &app.db, id).await?;
    whole(&app, &ctx, id).await
}

/// 报告：哪张表、哪一行、哪一列、什么原因、怎么办
#[utoipa::path(get, path = "/api/v1/desk/imports/{id}/report", tag = "catalogue", params(("id" = String, Path), ReportQuery),
    responses((status = 200, body = ImportReportPage), (status = 422, description = "没有这一种类")))]
async fn report(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
    Query(query): Query<ReportQuery>,
) -> Answer<Json<ImportReportPage>> {
    let job = job::job(&ctx, &app.db, id).await?;
    let asked = if query.kind.is_empty() { job::REFUSED } else { &query.kind };
    let Some((kind, _)) = job::REPORT_KINDS.into_iter().find(|it| it.0 == asked) else {
        return Err(Error::invalid("kind", format!("报告没有「{asked}」这一种类。")).into());
    };
    let most = usize::from(query.limit.unwrap_or(kernel::PAGE_MAX).clamp(1, kernel::PAGE_MAX));
    let wanted = crate::service::count(most + 1);
    let mut found = job::report(&app.db, job.id, (kind, query.after.unwrap_or(-1)), wanted).await?;
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|it| it.0);
    Ok(Json(ImportReportPage { lines: found.into_iter().map(|it| ImportReportLine::of(kind, it.1)).collect(), next }))
}
