//! For systems of departments (业务系统): what moved, one case whole, files by range, and steps sent back.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Error, PageAsk};
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, UPLOAD_MAX, routes};

use super::{Uploaded, download};
use crate::{
    CaseId, SYSTEM_ACT, SYSTEM_CONTENT, SYSTEM_PULL,
    service::{
        acts::{ActInput, Acted},
        systems::{
            self, SystemCaseWhole, SystemCases,
            steps::{self, Operator, Step},
        },
    },
};

/// The header by which a step is known again.
const KEY: &str = "idempotency-key";

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Access::May(SYSTEM_PULL), routes!(moved))
        .api(Access::May(SYSTEM_PULL), routes!(whole))
        .api(Access::May(SYSTEM_CONTENT), routes!(file))
        .api_limited(Access::May(SYSTEM_ACT), UPLOAD_MAX, routes!(result_file))
        .api(Access::May(SYSTEM_ACT), routes!(step))
}

/// 从哪里接着取
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct MovedAsk {
    /// 上次给出的 `next`；为空时从头取
    after: String,
    /// 一次最多几件，最多 100
    limit: Option<u16>,
    /// 没有受理的也要（由业务系统接件、受理时）
    all: bool,
}

/// 业务系统取办件：有变动的办件，按变动的先后；默认只要受理过的
#[utoipa::path(get, path = "/api/v1/systems/cases", tag = "systems", params(MovedAsk),
    responses((status = 200, body = SystemCases), (status = 429, description = "每分钟最多 600 次")))]
async fn moved(State(app): State<App>, Caller(ctx): Caller, Query(ask): Query<MovedAsk>) -> Answer<Json<SystemCases>> {
    let page = PageAsk::from_query(Some(&ask.after), ask.limit)?;
    Ok(Json(systems::moved(&ctx, &app, &page, ask.all).await?))
}

/// 业务系统读一件办件。令牌有 `cases.system_content` 范围的，给出申请内容和材料，并记入申请人的「谁看过我的信息」
#[utoipa::path(get, path = "/api/v1/systems/cases/{id}", tag = "systems", params(("id" = String, Path)),
    responses((status = 200, body = SystemCaseWhole, headers(("ETag" = String, description = "版本号，办理时放在 If-Match"))),
        (status = 404, description = "没有这个办件，或者不属于本系统的事项")))]
async fn whole(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer<Response> {
    let found = systems::whole(&ctx, &app, id).await?;
    let tag = tag(found.case.version)?;
    Ok(([(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(found))
        .into_response())
}

/// 业务系统下载一份材料，可以分段（`Range`）
#[utoipa::path(get, path = "/api/v1/systems/cases/{id}/files/{number}", tag = "systems",
    params(("id" = String, Path), ("number" = i64, Path), ("range" = Option<String>, Header, description = "如 `bytes=0-1048575`，一次一段")),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206, description = "其中一段"),
        (status = 416, description = "超出文件的大小")))]
async fn file(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
    headers: HeaderMap,
) -> Answer<Response> {
    let file = systems::file(&ctx, &app, id, number).await?;
    let asked = headers.get(header::RANGE).and_then(|it| it.to_str().ok());
    Ok(part(&file.name, file.kind.media(), file.bytes, asked))
}

/// 业务系统上传一份结果附件（PDF、JPG、PNG 或 OFD，最大 50 MB）：随下一次决定或制证生效
#[utoipa::path(post, path = "/api/v1/systems/cases/{id}/files", tag = "systems",
    params(("id" = String, Path), ResultName), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Uploaded), (status = 422, description = "不是这几种文件")))]
async fn result_file(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    Query(query): Query<ResultName>,
    bytes: Bytes,
) -> Answer<(StatusCode, Json<Uploaded>)> {
    let number = steps::result_file(&ctx, &app, id, (query.name, bytes)).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { number })))
}

/// 附件的文件名
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ResultName {
    /// 文件名
    #[serde(default)]
    name: String,
}

/// 在业务系统中办理的一步
#[derive(Serialize, Deserialize, ToSchema)]
struct StepAsk {
    /// 承办人
    #[serde(default)]
    operator: Operator,
    #[serde(flatten)]
    input: ActInput,
}

/// 业务系统送回一步：接件、受理、补正告知、审核、初审报送、特别程序、决定、制证、送达。与在平台上办理同一套规则和时限。
/// 先由下级机关初审的，报送以前由初审机关的系统送回，报送以后由决定机关的系统送回；同一 `Idempotency-Key`
/// 重发得到同一结果
#[utoipa::path(post, path = "/api/v1/systems/cases/{id}/steps", tag = "systems",
    params(("id" = String, Path), ("if-match" = String, Header, description = "读到的版本号，如 `\"3\"`"),
        ("idempotency-key" = String, Header, description = "这一步的标识，1 至 100 个可见 ASCII 字符")),
    request_body = StepAsk,
    responses((status = 200, body = Acted), (status = 409, description = "已被他人处理，或依法不能这样办理"),
        (status = 422, description = "内容不对，缺少请求头，或同一标识用于另一项操作")))]
async fn step(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<CaseId>,
    headers: HeaderMap,
    Json(ask): Json<StepAsk>,
) -> Answer<Response> {
    let key = headers.get(KEY).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    let version = version(&headers)?;
    let whole = serde_json::to_string(&(id.to_string(), &ask)).map_err(Error::internal)?;
    let digest = Sm3::digest(whole).iter().map(|byte| format!("{byte:02x}")).collect();
    let step = Step { version, key, operator: ask.operator, digest };
    let acted = steps::step(&ctx, &app, id, (step, &ask.input)).await?;
    Ok(([(header::ETAG, tag(acted.version)?)], Json(acted)).into_response())
}

/// The version of a case as an entity tag.
fn tag(version: i64) -> kernel::Result<HeaderValue> {
    HeaderValue::from_str(&format!("\"{version}\"")).map_err(Error::internal)
}

/// The version that the caller read.
fn version(headers: &HeaderMap) -> kernel::Result<i64> {
    let given = headers.get(header::IF_MATCH).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let wrong = || Error::invalid("If-Match", "请在请求头 If-Match 中给出读到的版本号，如 \"3\"。");
    given.trim().trim_matches('"').parse().map_err(|_| wrong())
}

/// The whole file, or the one part of it that is asked for (RFC 9110 section 14); of several parts, all of it.
fn part(name: &str, media: &'static str, bytes: Vec<u8>, asked: Option<&str>) -> Response {
    let size = bytes.len();
    let Some((from, to)) = asked.and_then(|it| range(it, size)) else {
        let mut whole = download(name, media, bytes, false);
        whole.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        return whole;
    };
    let (status, said, body) = if from < size {
        let to = to.min(size - 1);
        (StatusCode::PARTIAL_CONTENT, format!("bytes {from}-{to}/{size}"), bytes[from..=to].to_vec())
    } else {
        (StatusCode::RANGE_NOT_SATISFIABLE, format!("bytes */{size}"), Vec::new())
    };
    let mut answer = download(name, media, body, false);
    *answer.status_mut() = status;
    if let Ok(said) = HeaderValue::from_str(&said) {
        answer.headers_mut().insert(header::CONTENT_RANGE, said);
    }
    answer
}

/// First and last byte of the one range that is asked for; none if there are several, or it makes no sense. A first byte past the end
/// stays, to be refused.
fn range(asked: &str, size: usize) -> Option<(usize, usize)> {
    let one = asked.trim().strip_prefix("bytes=")?;
    let (from, to) = one.split_once('-')?;
    match (from.trim(), to.trim()) {
        ("", last) => {
            let last: usize = last.parse().ok().filter(|it| *it > 0)?;
            (size > 0).then(|| (size.saturating_sub(last), size - 1))
        }
        (from, "") => Some((from.parse().ok()?, usize::MAX)),
        (from, to) => {
            let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
            (from <= to).then_some((from, to))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part_and_anything_else_is_the_whole() {
        let table = [
            ("bytes=0-3", Some((0, 3))),
            ("bytes=4-", Some((4, usize::MAX))),
            ("bytes=-3", Some((7, 9))),
            ("bytes=-30", Some((0, 9))),
            ("bytes=12-13", Some((12, 13))),
            ("bytes=3-2", None),
            ("bytes=-0", None),
            ("bytes=a-b", None),
            ("bytes=0-1,4-5", None),
            ("lines=0-1", None),
            ("", None),
        ];
        for (asked, expected) in table {
            assert_eq!(range(asked, 10), expected, "{asked}");
        }
        assert_eq!(part("a.pdf", "application/pdf", vec![0; 10], Some("bytes=12-13")).status(), 416);
        assert_eq!(part("a.pdf", "application/pdf", vec![0; 10], Some("bytes=8-13")).status(), 206);
        assert_eq!(part("a.pdf", "application/pdf", vec![0; 10], None).status(), 200);
    }
}
