//! Lists written out in the background, as JSON.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use kernel::{Error, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Access, Answer, App, Caller, Routes, routes};

use super::item;
use crate::{
    pages::send_export,
    service::{
        exports::{self, Export, ExportMark, NewExport},
        worklist::{CaseFilter, Whose},
    },
};

pub(super) fn routes() -> Routes {
    let may = Access::SignedIn;
    Routes::new()
        .api(may, routes!(list, begin))
        .api(may, routes!(show, forget))
        .api(may, routes!(stop))
        .api(may, routes!(file))
}

/// 要导出的办件，或者别的列表
#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
struct ExportAsk {
    /// 别的列表：`catalogue.items` 事项目录、`catalogue.base` 基本目录、`catalogue.implementing` 一个基本目录事项的实施清单（`code`）、
    /// `catalogue.checks` 待审核的事项、`catalogue.acts` 待审核的变动、`catalogue.suspects` 可疑材料、`catalogue.offices` 部门和完整度、
    /// `catalogue.imports` 事项的导入、`catalogue.import` 一次导入的报告（`id`、`kind`）、`cases.pledges` 承诺核查、
    /// `cases.opinions` 征求意见、`cases.hook` 一个接收地址的推送（`client`、`hook`）、`identity.authorities` 实施主体、
    /// `identity.clients` 接入系统、`identity.looks` 谁看过我的信息、`portal.missed` 没搜到的、`portal.words` 搜索词、
    /// `portal.places` 站点、`portal.notices` 一个站点的公告（`place`）；给出的，只看 `asked` 和 `form`
    list: String,
    /// 那个列表的筛选条件，照它的网址里问号后面的写；括号里的也写在这里，如 `code=000131024000`
    asked: String,
    /// 申请人的公民身份号码或者统一社会信用代码；给出的，下面的筛选条件不用
    number: String,
    /// 岗位 `accept`、`review`、`decide`、`issue`，或 `applicant`、`none`
    post: String,
    /// 事项标识
    item: String,
    /// 状态代码
    stage: String,
    /// 只要这么多个工作日内到期和超期的；-1：只要超期的
    within: Option<i32>,
    /// 在谁手上：`mine` 本人（含代岗），`group` 本组待领，或者人员标识；空：不限
    whose: String,
    /// 文件格式：`csv`、`xlsx`
    form: String,
    /// 目的：`enquiry`、`complaint`、`inspection`、`archive`、`other`；申请人看得到
    purpose: String,
    /// 说明，最长 100 个字；目的为 `other` 的必填
    words: String,
}

impl ExportAsk {
    fn read(self) -> Result<NewExport> {
        let wrong = |_| Error::invalid("whose", "whose 应为 mine、group 或者 32 位十六进制的人员标识。");
        let other = (!self.list.is_empty()).then_some((self.list, self.asked));
        let list = if self.number.is_empty() && other.is_none() {
            let whose = match self.whose.as_str() {
                "" => Whose::All,
                "mine" => Whose::Mine,
                "group" => Whose::Group,
                person => Whose::Of(person.parse().map_err(wrong)?),
            };
            let item = if self.item.is_empty() { None } else { Some(item(&self.item)?) };
            Some(CaseFilter { post: self.post, item, stage: self.stage, within: self.within, whose })
        } else {
            None
        };
        Ok(NewExport { list, other, number: self.number, form: self.form, purpose: self.purpose, words: self.words })
    }
}

/// 一次导出
#[derive(Serialize, ToSchema)]
struct ExportJson {
    /// 标识
    id: String,
    /// 内容
    what: String,
    /// 文件格式
    form: &'static str,
    /// 状态：`writing` 正在读取、`packing` 正在生成文件、`done` 可以下载、`stopped` 已停止、`failed` 没有完成
    state: &'static str,
    /// 已写的件数
    rows: i64,
    /// 文件大小，字节
    bytes: i64,
    /// 没有完成的原因
    failure: String,
    /// 开始时间（RFC 3339）
    begun_at: String,
    /// 到这时删除（RFC 3339）
    expires: String,
}

fn told(it: &Export) -> ExportJson {
    ExportJson {
        id: it.id.to_string(),
        what: it.asked.words().to_owned(),
        form: it.form.ending(),
        state: it.state.code(),
        rows: it.done,
        bytes: it.bytes,
        failure: it.failure.clone(),
        begun_at: it.begun_at.to_string(),
        expires: it.expires.to_string(),
    }
}

/// 本人的导出，新的在前
#[utoipa::path(get, path = "/api/v1/worklist/exports", tag = "cases", responses((status = 200, body = Vec<ExportJson>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Answer<Json<Vec<ExportJson>>> {
    Ok(Json(exports::own(&ctx, &app).await?.iter().map(told).collect()))
}

/// 开始导出：在后台进行；导出办件的，记入每位申请人的「谁看过我的信息」
#[utoipa::path(post, path = "/api/v1/worklist/exports", tag = "cases", request_body = ExportAsk,
    responses((status = 202, body = ExportJson), (status = 409, description = "导出太多"), (status = 422, description = "没有选目的或者格式")))]
async fn begin(
    State(app): State<App>,
    Caller(ctx): Caller,
    Json(ask): Json<ExportAsk>,
) -> Answer<(StatusCode, Json<ExportJson>)> {
    let id = exports::begin(&ctx, &app, &ask.read()?).await?;
    Ok((StatusCode::ACCEPTED, Json(told(&exports::one(&ctx, &app, id).await?))))
}

/// 一次导出的进度
#[utoipa::path(get, path = "/api/v1/worklist/exports/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = ExportJson), (status = 404, description = "没有，或者是别人的")))]
async fn show(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<ExportMark>>) -> Answer<Json<ExportJson>> {
    Ok(Json(told(&exports::one(&ctx, &app, id).await?)))
}

/// 删除一次导出和文件
#[utoipa::path(delete, path = "/api/v1/worklist/exports/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 204), (status = 404, description = "没有，或者是别人的")))]
async fn forget(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<ExportMark>>) -> Answer<StatusCode> {
    exports::forget(&ctx, &app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 停止一次导出
#[utoipa::path(post, path = "/api/v1/worklist/exports/{id}/stop", tag = "cases", params(("id" = String, Path)),
    responses((status = 204), (status = 409, description = "已经结束")))]
async fn stop(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<ExportMark>>) -> Answer<StatusCode> {
    exports::stop(&ctx, &app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 导出的文件
#[utoipa::path(get, path = "/api/v1/worklist/exports/{id}/file", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 409, description = "还没有完成")))]
async fn file(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<ExportMark>>) -> Answer {
    send_export(&ctx, &app, id).await
}
