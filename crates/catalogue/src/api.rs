//! Items as JSON, for everybody; and the desk and its imports for departments' own systems.

mod desk;
mod imports;
mod rules;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use identity::AuthorityFacts;
use kernel::{PageAsk, Result};
use serde::{Deserialize, Serialize};
use standards::{DivisionCode, ItemType};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Failure, Routes, routes};

use crate::{
    Documents, ItemFilter,
    model::{ItemDocument, ItemState, ItemSummary},
    reads,
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .api(Access::Public, routes!(list))
        .api(Access::Public, routes!(show))
        .merge(desk::routes())
        .merge(imports::routes())
        .merge(rules::routes())
}

/// 事项列表的查询条件
#[derive(Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
struct ListQuery {
    /// 行政区划代码，6 位或 12 位
    division: String,
    /// 实施主体
    authority: String,
    /// 事项类型代码，如 01
    #[serde(rename = "type")]
    item_type: String,
    /// 名称中的字
    q: String,
    /// 上一页给出的 next
    after: String,
    /// 每页条数，最多 100
    limit: Option<u16>,
}

/// 事项
#[derive(Serialize, ToSchema)]
struct ItemLine {
    /// 事项标识
    id: String,
    /// 事项名称
    name: String,
    /// 主项名称
    main_item: String,
    /// 事项类型代码
    item_type: &'static str,
    /// 事项类型
    item_type_name: &'static str,
    /// 实施主体
    authority: String,
    /// 实施主体名称
    authority_name: String,
    /// 行政区划代码
    division: String,
    /// 基本编码
    base_code: String,
    /// 实施编码
    item_code: String,
    /// 地方实施编码
    local_code: String,
    /// 状态
    state: ItemState,
    /// 现行版本号，0 为尚无
    number: i64,
    /// 承诺办结时限
    promise: String,
    /// 是否即办件
    immediate: Option<bool>,
    /// 到现场次数
    visits: Option<i64>,
    /// 现在能否申请
    takes_applications: bool,
}

impl ItemLine {
    fn of(it: ItemSummary, authority_name: String) -> Self {
        Self {
            takes_applications: it.takes_applications(),
            id: it.id.to_string(),
            name: it.name,
            main_item: it.main_item,
            item_type: it.item_type.code(),
            item_type_name: it.item_type.name(),
            authority: it.authority.to_string(),
            authority_name,
            division: it.division.to_string(),
            base_code: it.base_code,
            item_code: it.item_code,
            local_code: it.local_code,
            state: it.state,
            number: it.current_version,
            promise: it.promise,
            immediate: it.immediate,
            visits: it.visits,
        }
    }
}

/// 一页事项
#[derive(Serialize, ToSchema)]
struct ItemPage {
    items: Vec<ItemLine>,
    /// 下一页的 after；没有则为最后一页
    next: Option<String>,
}

/// 事项与办事指南
#[derive(Serialize, ToSchema)]
struct ItemGuide {
    #[serde(flatten)]
    item: ItemLine,
    /// 现行版本的实施清单全部要素；待完善的事项没有
    #[schema(value_type = Option<Object>)]
    document: Option<serde_json::Value>,
    /// 先由下级机关受理和初审的，谁受理、谁初审、谁决定；否则没有
    levels: Option<GuideLevels>,
}

/// 下级初审（行政许可法第三十五条、第四十三条）
#[derive(Serialize, ToSchema)]
struct GuideLevels {
    /// 受理和初审的机关，向其中一个申请
    offices: Vec<GuideOffice>,
    /// 自受理之日起几个工作日内审查完毕，连同全部申请材料报送
    days: u32,
    /// 决定机关
    upper: String,
    /// 自受理之日起多久作出决定，已含初审的时间
    promise: String,
    /// 依据
    basis: String,
}

/// 受理和初审的机关
#[derive(Serialize, ToSchema)]
struct GuideOffice {
    /// 统一社会信用代码：申请时放在 `preliminary`
    code: String,
    /// 名称
    name: String,
    /// 地址
    address: String,
    /// 电话
    phone: String,
}

/// Who accepts, examines first and decides; `None`: it is decided where one applies, or the site knows none of the organs.
async fn levels(app: &App, document: &ItemDocument, upper: &str) -> Result<Option<GuideLevels>> {
    let Some(told) = &document.preliminary else { return Ok(None) };
    let mut offices = Vec::new();
    for code in &told.offices {
        let Some(it) = identity::find_authority_by_uscc(&app.db, code.trim()).await? else { continue };
        let AuthorityFacts { uscc, name, address, phone, .. } = it.facts;
        offices.push(GuideOffice { code: uscc, name, address, phone });
    }
    Ok((!offices.is_empty()).then(|| GuideLevels {
        offices,
        days: told.days,
        upper: upper.to_owned(),
        promise: document.promised_limit.map(|it| it.to_string()).unwrap_or_default(),
        basis: told.basis.trim().to_owned(),
    }))
}

/// 对外公布的事项
#[utoipa::path(get, path = "/api/v1/items", tag = "items", params(ListQuery),
    responses((status = 200, body = ItemPage), (status = 422, description = "条件有误")))]
async fn list(State(app): State<App>, Query(query): Query<ListQuery>) -> Answer<Json<ItemPage>> {
    let filter = filter(&query)?;
    let found = reads::items(&app.db, &filter, &PageAsk::from_query(Some(&query.after), query.limit)?).await?;
    let ids: Vec<_> = found.items.iter().map(|it| it.authority).collect();
    let names = identity::authorities(&app.db, &ids).await?;
    let name = |it: &ItemSummary| names.get(&it.authority).map(|it| it.facts.name.clone()).unwrap_or_default();
    let items = found.items.into_iter().map(|it| (name(&it), it)).map(|(name, it)| ItemLine::of(it, name)).collect();
    Ok(Json(ItemPage { items, next: found.next }))
}

fn filter(query: &ListQuery) -> Result<ItemFilter> {
    let wrong = |field: &str, message: String| kernel::Error::invalid(field, message);
    let division = match query.division.as_str() {
        "" => None,
        text => Some(DivisionCode::parse(text).map_err(|error| wrong("division", error.message()))?),
    };
    let item_type = match query.item_type.as_str() {
        "" => None,
        code => Some(ItemType::from_code(code).ok_or_else(|| wrong("type", format!("没有事项类型「{code}」。")))?),
    };
    let authority = if query.authority.is_empty() { None } else { Some(query.authority.parse()?) };
    let text = query.q.chars().take(100).collect();
    Ok(ItemFilter { authority, division, item_type, state: None, public: true, text })
}

/// 一个事项的办事指南
#[utoipa::path(get, path = "/api/v1/items/{id}", tag = "items", params(("id" = String, Path, description = "事项标识")),
    responses((status = 200, body = ItemGuide), (status = 404, description = "没有这个事项")))]
async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer<Json<ItemGuide>> {
    let item = reads::item(&app.db, id.parse()?).await?;
    if !item.state.is_public() {
        return Err(Failure(kernel::Error::NotFound { what: "事项" }));
    }
    let documents = app.part::<Documents>()?;
    let document = documents.find(&app.db, item.id, item.current_version).await?;
    let authority = identity::authority(&app.db, item.authority).await?.facts.name;
    let levels = match &document {
        Some(document) => levels(&app, document, &authority).await?,
        None => None,
    };
    let document = document.map(|it| serde_json::to_value(&*it).map_err(kernel::Error::internal)).transpose()?;
    // What the examiner looks at is for officers.
    let document = document.map(|mut it| {
        if let Some(fields) = it.as_object_mut() {
            fields.remove("required_points");
            fields.remove("review_points");
        }
        it
    });
    Ok(Json(ItemGuide { item: ItemLine::of(item, authority), document, levels }))
}
