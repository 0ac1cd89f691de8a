//! Search as JSON, for everybody.

use axum::{
    Json,
    extract::{Query, State},
};
use kernel::Error;
use serde::{Deserialize, Serialize};
use standards::DivisionCode;
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{Ask, Hit, SUGGESTIONS_MAX, SearchIndex};

pub(crate) fn routes() -> Routes {
    Routes::new().api(Access::Public, routes!(search)).api(Access::Public, routes!(suggestions))
}

/// 搜索条件
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// 要找什么，如「开饭店」
    q: String,
    /// 最多几条，不超过 50
    limit: Option<usize>,
    /// 只看这个地方（行政区划代码）能办的
    place: Option<String>,
    /// 在哪里找（行政区划代码）：那里和离那里近的地方能办的排在前面
    near: Option<String>,
}

/// 输入到一半的话
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct TypedQuery {
    /// 已经输入的，汉字、拼音、首字母都可以
    q: String,
}

/// 搜索结果
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// 事项标识
    id: String,
    /// 事项名称
    name: String,
    /// 实施主体名称
    authority_name: String,
    /// 下级初审的事项，向其中一个机关申请；其他事项没有
    apply_to: Vec<String>,
    /// 行政区划代码
    division: String,
    /// 实施编码
    item_code: String,
    /// 地方实施编码
    local_code: String,
    /// 现在能否申请
    takes_applications: bool,
}

impl SearchHit {
    /// A hit as the API gives it.
    #[must_use]
    pub fn of(hit: &Hit) -> Self {
        let it = &hit.entry.item;
        Self {
            id: it.id.to_string(),
            name: it.name.clone(),
            authority_name: hit.entry.authority.name.clone(),
            apply_to: hit.entry.counters.iter().map(|it| it.facts.name.clone()).collect(),
            division: it.division.to_string(),
            item_code: it.item_code.clone(),
            local_code: it.local_code.clone(),
            takes_applications: it.takes_applications(),
        }
    }
}

/// 按名称、俗称和部门查找事项，最相关的在前
#[utoipa::path(get, path = "/api/v1/search", tag = "items", params(SearchQuery), responses((status = 200, body = Vec<SearchHit>)))]
async fn search(
    State(app): State<App>,
    Caller(ctx): Caller,
    Query(query): Query<SearchQuery>,
) -> Answer<Json<Vec<SearchHit>>> {
    let (place, near) = (division(query.place)?, division(query.near)?);
    let ask = Ask { text: query.q, limit: query.limit.unwrap_or(0), place, near };
    let index = app.part::<SearchIndex>()?;
    let found = index.search(&app.db, app.clock.now(), &ask).await?;
    // What is half typed is not counted; what is asked through a program of somebody's is asked in earnest.
    if !found.sure && !ask.text.trim().is_empty() {
        index.missed(&app.db, &ctx, ask.text.trim()).await;
    }
    Ok(Json(found.hits.iter().map(SearchHit::of).collect()))
}

fn division(code: Option<String>) -> kernel::Result<Option<DivisionCode>> {
    let unknown = |_| Error::NotFound { what: "这个地方" };
    code.filter(|it| !it.is_empty()).map(|it| DivisionCode::parse(&it).map_err(unknown)).transpose()
}

/// 边输入边提示：可能要找的说法和事项名称，最多 8 条
#[utoipa::path(get, path = "/api/v1/search/suggestions", tag = "items", params(TypedQuery), responses((status = 200, body = Vec<String>)))]
async fn suggestions(State(app): State<App>, Query(query): Query<TypedQuery>) -> Answer<Json<Vec<String>>> {
    let index = app.part::<SearchIndex>()?;
    Ok(Json(index.suggest(&app.db, app.clock.now(), &query.q, SUGGESTIONS_MAX).await?))
}
