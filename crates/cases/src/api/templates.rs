//! Templates of papers as JSON, for legal affairs.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use catalogue::LEGAL_CHECK;
use kernel::{Authority, Error, Id, Moment, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Access, Answer, App, Caller, Routes, routes};

use crate::{
    model::template::{Form, Kit, Part, Template},
    service::templates::{self, KindView},
};

pub(super) fn routes() -> Routes {
    let may = Access::May(LEGAL_CHECK);
    Routes::new().api(may, routes!(list)).api(may, routes!(show, put)).api(may, routes!(versions))
}

/// 哪个单位的模板
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// 实施主体标识；空：全站
    authority: String,
}

impl Whose {
    fn id(&self) -> Result<Option<Id<Authority>>> {
        let wrong = |_| Error::invalid("authority", "实施主体标识应为 32 位十六进制数字。");
        if self.authority.is_empty() { Ok(None) } else { self.authority.parse().map(Some).map_err(wrong) }
    }
}

/// 一种文书和现用的模板
#[derive(Serialize, ToSchema)]
struct KindJson {
    /// 种类代码
    kind: &'static str,
    /// 什么时候出具
    about: String,
    /// 现用模板的来源：系统自带、全站模板、本单位模板
    source: String,
    /// 从什么时候起用；系统自带的没有
    since: Option<String>,
    /// 这一级自己的模板的版本号；0：没有。修改时原样带回
    version: i64,
}

impl KindJson {
    fn of(kit: &Kit, it: &KindView) -> Result<Self> {
        Ok(Self {
            kind: it.kind.code(),
            about: kit.spec(it.kind).map_err(Error::internal)?.about.clone(),
            source: it.in_force.source.words(),
            since: it.in_force.since.map(Moment::zh),
            version: it.version,
        })
    }
}

/// 模板的一块
#[derive(Serialize, Deserialize, ToSchema)]
struct BlockJson {
    /// 样式：`paragraph` 段落、`heading` 小标题、`list` 逐条列出、`table` 表格、`remedies` 救济途径、`note` 附注
    form: String,
    /// 内容；占位符写在花括号里，方括号里的话在占位符没有内容时不出现
    #[serde(default)]
    text: String,
    /// 在什么情形下出现；空：都要
    #[serde(default)]
    when: String,
}

/// 一个占位符
#[derive(Serialize, ToSchema)]
struct PlaceholderJson {
    /// 名称，写在花括号里
    name: String,
    /// 含义
    about: String,
    /// 举例
    example: String,
    /// 是否逐条列出
    list: bool,
    /// 是否可能没有内容
    optional: bool,
}

/// 一种情形
#[derive(Serialize, ToSchema)]
struct CircumstanceJson {
    /// 代码
    code: String,
    /// 说明
    name: String,
}

/// 一种文书的模板
#[derive(Serialize, ToSchema)]
struct TemplateJson {
    #[serde(flatten)]
    kind: KindJson,
    /// 现用模板的内容
    blocks: Vec<BlockJson>,
    /// 可以用的占位符
    placeholders: Vec<PlaceholderJson>,
    /// 可以选的情形
    circumstances: Vec<CircumstanceJson>,
}

/// 文书的种类和现用的模板
#[utoipa::path(get, path = "/api/v1/desk/paper-templates", tag = "cases", params(Whose), responses((status = 200, body = Vec<KindJson>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Query(whose): Query<Whose>) -> Answer<Json<Vec<KindJson>>> {
    let kit = app.part::<Kit>()?;
    let found = templates::overview(&ctx, &app, whose.id()?).await?;
    Ok(Json(found.iter().map(|it| KindJson::of(&kit, it)).collect::<Result<_>>()?))
}

/// 一种文书的模板：内容、占位符、情形
#[utoipa::path(get, path = "/api/v1/desk/paper-templates/{kind}", tag = "cases", params(("kind" = String, Path), Whose),
    responses((status = 200, body = TemplateJson), (status = 404, description = "没有这种文书")))]
async fn show(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(kind): Path<String>,
    Query(whose): Query<Whose>,
) -> Answer<Json<TemplateJson>> {
    let kit = app.part::<Kit>()?;
    let view = templates::one(&ctx, &app, (whose.id()?, &kind)).await?;
    let spec = kit.spec(view.kind).map_err(Error::internal)?;
    let block = |it: &Part| BlockJson { form: it.form.code().to_owned(), text: it.text.clone(), when: it.when.clone() };
    let placeholders = kit.placeholders(view.kind).into_iter().map(|it| PlaceholderJson {
        name: it.name.clone(),
        about: it.about.clone(),
        example: it.example_words(),
        list: it.is_list(),
        optional: it.optional,
    });
    let circumstance =
        |it: &crate::model::template::Circumstance| CircumstanceJson { code: it.code.clone(), name: it.name.clone() };
    Ok(Json(TemplateJson {
        kind: KindJson::of(&kit, &view)?,
        blocks: view.in_force.template.blocks.iter().map(block).collect(),
        placeholders: placeholders.collect(),
        circumstances: spec.circumstances.iter().map(circumstance).collect(),
    }))
}

/// 要发布的模板
#[derive(Deserialize, ToSchema)]
struct TemplateAsk {
    /// 读到的版本号；还没有自己的模板时为 0
    version: i64,
    /// 内容；不给：停用自己的模板，用上一级的
    blocks: Option<Vec<BlockJson>>,
    /// 修改的理由，最长 200 个字
    #[serde(default)]
    reason: String,
}

/// 发布一种文书的模板，立即生效；已经出具的文书不变
#[utoipa::path(put, path = "/api/v1/desk/paper-templates/{kind}", tag = "cases", params(("kind" = String, Path), Whose),
    request_body = TemplateAsk, responses((status = 204), (status = 409, description = "刚刚被他人修改，或者没有变化"),
        (status = 422, description = "模板不符合要求，按块说明")))]
async fn put(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(kind): Path<String>,
    Query(whose): Query<Whose>,
    Json(ask): Json<TemplateAsk>,
) -> Answer<StatusCode> {
    let authority = whose.id()?;
    let view = templates::one(&ctx, &app, (authority, &kind)).await?;
    let template = ask.blocks.map(read).transpose()?;
    templates::put(&ctx, &app, ((authority, view.kind), ask.version), template.as_ref(), &ask.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(blocks: Vec<BlockJson>) -> Result<Template> {
    let part = |(n, it): (usize, BlockJson)| {
        let wrong = || Error::invalid(format!("block-{n}"), format!("第 {n} 块：没有「{}」这种样式。", it.form));
        let form = Form::from_code(&it.form).ok_or_else(wrong)?;
        Ok(Part { form, text: it.text, when: it.when })
    };
    Ok(Template { blocks: (1..).zip(blocks).map(part).collect::<Result<_>>()? })
}

/// 一个版本
#[derive(Serialize, ToSchema)]
struct VersionJson {
    /// 版本号
    version: i64,
    /// 发布时间
    at: String,
    /// 经办人
    by: String,
    /// 理由
    reason: String,
    /// 是否停用了自己的模板
    back: bool,
}

/// 发布过的版本，新的在前
#[utoipa::path(get, path = "/api/v1/desk/paper-templates/{kind}/versions", tag = "cases", params(("kind" = String, Path), Whose),
    responses((status = 200, body = Vec<VersionJson>)))]
async fn versions(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(kind): Path<String>,
    Query(whose): Query<Whose>,
) -> Answer<Json<Vec<VersionJson>>> {
    let authority = whose.id()?;
    let view = templates::one(&ctx, &app, (authority, &kind)).await?;
    let found = templates::versions(&ctx, &app, (authority, view.kind)).await?;
    let line = |it: templates::VersionLine| VersionJson {
        version: it.version,
        at: it.at.zh(),
        by: it.by,
        reason: it.reason,
        back: it.back,
    };
    Ok(Json(found.into_iter().map(line).collect()))
}
