//! The site's own pages: how it looks, what it says of accessibility.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{Access, Answer, App, Routes, Shell, page, see_other};

pub(crate) fn routes(demo: bool) -> Routes {
    let routes = Routes::new()
        .get("/look", Access::Public, look)
        .get("/accessibility", Access::Public, accessibility)
        .get("/robots.txt", Access::Public, robots);
    if demo { routes.get("/styleguide", Access::Public, styleguide) } else { routes }
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct AccessibilityPage {
    shell: Shell,
}

async fn accessibility(shell: Shell) -> Answer {
    page(&AccessibilityPage { shell })
}

#[derive(Template)]
#[template(path = "styleguide.html")]
struct StyleguidePage {
    shell: Shell,
}

async fn styleguide(shell: Shell) -> Answer {
    page(&StyleguidePage { shell })
}

async fn robots() -> Response {
    "User-agent: *\nDisallow: /desk\nDisallow: /cases\nDisallow: /api\n".into_response()
}

#[derive(serde::Deserialize)]
struct LookAsk {
    #[serde(default)]
    set: String,
    #[serde(default)]
    back: String,
}

/// Sets the look (`care`, `contrast`, both joined by `-`, or nothing) and goes back to the page one came from.
async fn look(State(app): State<App>, Query(ask): Query<LookAsk>) -> Answer {
    let known: Vec<_> =
        ["care", "contrast"].into_iter().filter(|it| ask.set.split('-').any(|set| set == *it)).collect();
    // Only a path of this site: nobody may be led elsewhere by a link to us.
    let inside = ask.back.starts_with('/') && !ask.back.starts_with("//") && !ask.back.contains(['\\', '\r', '\n']);
    let mut answer = see_other(if inside { &ask.back } else { "/" });
    let cookie = crate::caller::set_cookie(&app, "yiwang_look", &known.join("-"), 31_536_000);
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(answer)
}
