//! Forms as they come in: bounded, with their CSRF token checked, values trimmed.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
};
use kernel::{Ctx, Error};

use crate::{App, Failure, caller::Called, guard::csrf_holds, limits::FIELDS_MAX};

/// The hidden field that carries the CSRF token.
pub const CSRF_FIELD: &str = "csrf";
/// The hidden field that carries the key under which a form that creates is done only once.
pub const KEY_FIELD: &str = "key";

/// A fresh key for [`KEY_FIELD`].
#[must_use]
pub fn fresh_key(ctx: &Ctx) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(ctx.random_bytes::<15>())
}

/// A form's fields in the order they came.
#[derive(Debug, Clone, Default)]
pub struct FormData(Vec<(String, String)>);

impl FormData {
    /// A form of these fields: for tests and the API.
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The field's value without spaces around it; empty if it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|it| it.0 == name).map_or("", |it| it.1.trim())
    }

    /// The field's value as it was typed, spaces and all: a password; empty if it was not sent.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
    }

    /// All values sent under this name (checkboxes), trimmed, without empty ones.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|it| it.0 == name).map(|it| it.1.trim()).filter(|it| !it.is_empty()).collect()
    }

    /// Whether a box was ticked or a field sent with content.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the field if it is none.
    pub fn int(&self, name: &str) -> Result<i64, Error> {
        let text = self.text(name);
        text.parse().map_err(|_| Error::invalid(name, format!("「{text}」不是整数，请填写数字。")))
    }

    /// The version that the form showed, from the hidden field `version`: what it guards.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is missing.
    pub fn version(&self) -> Result<i64, Error> {
        self.int("version").map_err(|_| Error::invalid("version", "页面已过期，请刷新后重试。"))
    }

    /// All fields.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// An urlencoded form whose CSRF token holds.
pub struct Form(pub FormData);

impl FromRequest<App> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let called = called(&request)?;
        let body = Bytes::from_request(request, app).await.map_err(|_| too_large())?;
        let pairs: Vec<_> = form_urlencoded::parse(&body)
            .take(FIELDS_MAX + 1)
            .map(|it| (it.0.into_owned(), it.1.into_owned()))
            .collect();
        checked(&called, pairs).map(Self)
    }
}

/// One file of a form.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The form's field.
    pub field: String,
    /// The file's name as the browser tells it, without any path.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A multipart form whose CSRF token holds. Fields come before files.
pub struct UploadForm {
    /// The fields.
    pub data: FormData,
    /// The files that were chosen.
    pub files: Vec<Upload>,
}

impl FromRequest<App> for UploadForm {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let called = called(&request)?;
        let broken = |_| Failure(Error::invalid("file", "上传没有完成，请检查网络后重新选择文件。"));
        let mut parts = Multipart::from_request(request, app)
            .await
            .map_err(|_| Failure(Error::invalid("file", "上传内容无法识别，请重新选择文件。")))?;
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let field = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(|it| it.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
            let bytes = part.bytes().await.map_err(|_| too_large())?;
            match file {
                Some(name) if !name.is_empty() => files.push(Upload { field, name, bytes }),
                Some(_) => {}
                None => pairs.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            }
            if pairs.len() + files.len() > FIELDS_MAX {
                return Err(too_large());
            }
        }
        Ok(Self { data: checked(&called, pairs)?, files })
    }
}

fn called(request: &Request) -> Result<Arc<Called>, Failure> {
    let found = request.extensions().get::<Arc<Called>>().map(Arc::clone);
    found.ok_or_else(|| Failure(Error::internal("the session layer did not run")))
}

fn checked(called: &Called, pairs: Vec<(String, String)>) -> Result<FormData, Failure> {
    if pairs.len() > FIELDS_MAX {
        return Err(too_large());
    }
    // NUL is no character of any text, and no engine keeps it.
    let clean = |it: String| if it.contains('\0') { it.replace('\0', "") } else { it };
    let data = FormData(pairs.into_iter().map(|it| (it.0, clean(it.1))).collect());
    if csrf_holds(called, data.text(CSRF_FIELD)) {
        Ok(data)
    } else {
        Err(Failure(Error::refused("页面已过期（可能您已在别处退出或重新登录），请返回刷新页面后再提交。")))
    }
}

fn too_large() -> Failure {
    Failure(Error::TooLarge { reason: "提交的内容过大，单个文件不能超过 50 MB。".to_owned() })
}
