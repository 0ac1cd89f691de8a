//! What officers write on a case for each other, and phrases for opinions, as JSON.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use kernel::{Authority, Error, Id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    CaseId, SEE,
    service::{
        notes::{self, NewNote, NoteView},
        typed::{self, Phrase},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::May(SEE), routes!(list, add))
        .api(Access::May(SEE), routes!(phrases, phrase_add))
        .api(Access::May(SEE), routes!(phrase_forget))
}

/// 内部备注、材料标注和审查要点的核对，旧的在前；只给工作人员
#[utoipa::path(get, path = "/api/v1/cases/{id}/notes", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Vec<NoteView>), (status = 403, description = "不是这个办件的工作人员")))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<Json<Vec<NoteView>>> {
    Ok(Json(notes::notes(&ctx, &app, id).await?))
}

/// 已写下的一条
#[derive(Serialize, ToSchema)]
struct Noted {
    /// 序号
    number: i64,
}

/// 写一条备注、标注一份材料，或者核对一条审查要点；写下以后不能修改，后写的代替先写的
#[utoipa::path(post, path = "/api/v1/cases/{id}/notes", tag = "cases", params(("id" = String, Path)), request_body = NewNote,
    responses((status = 201, body = Noted), (status = 422, description = "缺少内容或者结论")))]
async fn add(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Json(new): Json<NewNote>,
) -> Answer<(StatusCode, Json<Noted>)> {
    let number = notes::add_note(&ctx, &app, id, &new).await?;
    Ok((StatusCode::CREATED, Json(Noted { number })))
}

/// 谁的常用语
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Office {
    /// 单位的实施主体标识；空：本人的
    office: String,
}

fn office(text: &str) -> kernel::Result<Option<Id<Authority>>> {
    let wrong = |_| Error::invalid("office", "实施主体标识应为 32 位十六进制数字。");
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(wrong) }
}

/// 本人的常用语；给出 `office` 的，后面接着单位的
#[utoipa::path(get, path = "/api/v1/worklist/phrases", tag = "cases", params(Office), responses((status = 200, body = Vec<Phrase>)))]
async fn phrases(State(app): State<App>, Caller(ctx): Caller, Query(ask): Query<Office>) -> Answer<Json<Vec<Phrase>>> {
    Ok(Json(typed::phrases(&ctx, &app, office(&ask.office)?).await?))
}

/// 一条常用语
#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
struct PhraseNew {
    /// 内容，最长 300 个字
    text: String,
    /// 单位的实施主体标识（须能转派该单位的办件）；空：本人的
    office: String,
}

/// 添加一条常用语，每人（每单位）最多 30 条
#[utoipa::path(post, path = "/api/v1/worklist/phrases", tag = "cases", request_body = PhraseNew,
    responses((status = 201, body = Phrase), (status = 422, description = "没有内容或者过长")))]
async fn phrase_add(
    State(app): State<App>,
    Caller(ctx): Caller,
    Json(new): Json<PhraseNew>,
) -> Answer<(StatusCode, Json<Phrase>)> {
    let added = typed::add_phrase(&ctx, &app, (office(&new.office)?, &new.text)).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// 删除一条常用语
#[utoipa::path(delete, path = "/api/v1/worklist/phrases/{number}", tag = "cases", params(("number" = i64, Path), Office),
    responses((status = 204), (status = 404, description = "没有这条常用语")))]
async fn phrase_forget(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(number): Path<i64>,
    Query(ask): Query<Office>,
) -> Answer<StatusCode> {
    typed::forget_phrase(&ctx, &app, (office(&ask.office)?, number)).await?;
    Ok(StatusCode::NO_CONTENT)
}
