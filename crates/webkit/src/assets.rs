//! The style sheet and the script: in the program, served under their own hash, kept by browsers for ever.
//! The hash is of the content, so a new build has a new address.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::App;

const CSS: &str = concat!(
    include_str!("../assets/yiwang.css"),
    include_str!("../assets/portal.css"),
    include_str!("../assets/desk.css")
);
const JS: &str = concat!(
    include_str!("../assets/yiwang.js"),
    include_str!("../assets/filling.js"),
    include_str!("../assets/upload.js"),
    include_str!("../assets/album.js"),
    include_str!("../assets/portal.js"),
    include_str!("../assets/passkey.js"),
    include_str!("../assets/desk.js")
);

/// FNV-1a over the content, at compile time: names a version, keeps no secret.
const fn version(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

const CSS_BYTES: [u8; 37] = href(b"/static/", version(CSS), b"/yiwang.css ");
const JS_BYTES: [u8; 37] = href(b"/static/", version(JS), b"/yiwang.js  ");

/// The style sheet's address.
pub(crate) const CSS_HREF: &str = text(&CSS_BYTES).trim_ascii();
/// The script's address.
pub(crate) const JS_HREF: &str = text(&JS_BYTES).trim_ascii();

const fn text(bytes: &[u8; 37]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

const fn href(prefix: &[u8; 8], version: u64, name: &[u8; 12]) -> [u8; 37] {
    let digits = b"0123456789abcdef";
    let mut out = [b' '; 37];
    let mut at = 0;
    while at < 8 {
        out[at] = prefix[at];
        at += 1;
    }
    while at < 24 {
        out[at] = digits[(version >> (60 - 4 * (at - 8)) & 0xf) as usize];
        at += 1;
    }
    while at < 36 {
        out[at] = name[at - 24];
        at += 1;
    }
    out
}

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route(CSS_HREF, get(|| async { serve(CSS, "text/css; charset=utf-8") }))
        .route(JS_HREF, get(|| async { serve(JS, "text/javascript; charset=utf-8") }))
}

fn serve(content: &'static str, kind: &'static str) -> Response {
    let mut answer = content.into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    answer.headers_mut().insert(header::CACHE_CONTROL, keep);
    answer
}
