//! Routes with their question. A route cannot be added without saying who may come in.

pub use axum::routing::MethodFilter as Method;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    middleware::from_fn,
    routing::{MethodRouter, on},
};
use kernel::Permission;
use utoipa::openapi::{OpenApi, OpenApiBuilder, path::HttpMethod};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{App, BODY_MAX, guard};

/// Who may come in at all. The service asks the fine question, with the scope of the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever has this permission anywhere (a holder's permission: whoever is signed in).
    May(Permission),
}

/// One route, for the permission table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its parameters: `/cases/{id}`.
    pub path: String,
    /// Who may come in.
    pub access: Access,
}

/// An area's pages and API.
pub struct Routes {
    pub(crate) router: Router<App>,
    pub(crate) table: Vec<Route>,
    pub(crate) openapi: OpenApi,
}

impl Default for Routes {
    fn default() -> Self {
        Self::new()
    }
}

impl Routes {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), table: Vec::new(), openapi: OpenApiBuilder::new().build() }
    }

    /// A page that is read.
    #[must_use]
    pub fn get<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.page((Method::GET, "GET"), path, access, on(Method::GET, handler).layer(DefaultBodyLimit::max(BODY_MAX)))
    }

    /// A form that is sent.
    #[must_use]
    pub fn post<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.page(
            (Method::POST, "POST"),
            path,
            access,
            on(Method::POST, handler).layer(DefaultBodyLimit::max(BODY_MAX)),
        )
    }

    /// A form with files, whose body may be as large as `limit` bytes.
    #[must_use]
    pub fn upload<H: Handler<T, App>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        limit: usize,
        handler: H,
    ) -> Self {
        self.page((Method::POST, "POST"), path, access, on(Method::POST, handler).layer(DefaultBodyLimit::max(limit)))
    }

    /// Endpoints of the API, from `routes!(handler)`; each handler carries its `#[utoipa::path]`.
    #[must_use]
    pub fn api(self, access: Access, endpoint: UtoipaMethodRouter<App>) -> Self {
        self.api_limited(access, BODY_MAX, endpoint)
    }

    /// Endpoints of the API whose body may be as large as `limit` bytes.
    #[must_use]
    pub fn api_limited(mut self, access: Access, limit: usize, endpoint: UtoipaMethodRouter<App>) -> Self {
        let (schemas, paths, methods) = endpoint;
        for (path, item) in &paths.paths {
            for (method, _) in operations(item) {
                self.table.push(Route { method: method.to_owned(), path: path.clone(), access });
            }
        }
        let methods = methods
            .layer(DefaultBodyLimit::max(limit))
            .layer(from_fn(move |request, next| guard::admit(access, request, next)));
        let (router, openapi) = OpenApiRouter::<App>::new().routes((schemas, paths, methods)).split_for_parts();
        self.router = self.router.merge(router);
        self.openapi.merge(openapi);
        self
    }

    /// These and those.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self.openapi.merge(other.openapi);
        self
    }

    /// Every route, for the permission table.
    #[must_use]
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    /// The API's description.
    #[must_use]
    pub fn openapi(&self) -> &OpenApi {
        &self.openapi
    }

    fn page(mut self, method: (Method, &str), path: &'static str, access: Access, handler: MethodRouter<App>) -> Self {
        let guarded = handler.layer(from_fn(move |request, next| guard::admit(access, request, next)));
        self.router = self.router.route(path, guarded);
        self.table.push(Route { method: method.1.to_owned(), path: path.to_owned(), access });
        self
    }
}

fn operations(item: &utoipa::openapi::path::PathItem) -> Vec<(&'static str, HttpMethod)> {
    let all = [
        ("GET", HttpMethod::Get, &item.get),
        ("POST", HttpMethod::Post, &item.post),
        ("PUT", HttpMethod::Put, &item.put),
        ("PATCH", HttpMethod::Patch, &item.patch),
        ("DELETE", HttpMethod::Delete, &item.delete),
    ];
    all.into_iter().filter(|it| it.2.is_some()).map(|it| (it.0, it.1)).collect()
}
