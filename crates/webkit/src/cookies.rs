//! Cookies of a site on https carry the prefix `__Host-`: browsers then take them from this host only, on TLS only, for all of its paths,
//! so that no neighbour under the same domain and nobody on the wire can put one in. Handlers know them by their plain names.

use axum::http::{HeaderMap, HeaderValue, header};

/// The prefix (draft-ietf-httpbis-rfc6265bis section 4.1.3.2).
const HOST: &str = "__Host-";
const SECURE: &str = "; Secure";

/// Of the cookies that came, those with the prefix, without it; any other is not ours, whatever its name.
pub(crate) fn arrived(headers: &mut HeaderMap) {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(';'));
    let ours: Vec<_> = pairs.filter_map(|pair| pair.trim().strip_prefix(HOST)).collect();
    let line = HeaderValue::from_str(&ours.join("; "));
    headers.remove(header::COOKIE);
    if let Some(line) = line.ok().filter(|it| !it.is_empty()) {
        headers.insert(header::COOKIE, line);
    }
}

/// Gives the prefix, and `Secure`, to every cookie that goes out.
pub(crate) fn leaving(headers: &mut HeaderMap) {
    let header::Entry::Occupied(mut all) = headers.entry(header::SET_COOKIE) else { return };
    for cookie in all.iter_mut() {
        let Ok(plain) = cookie.to_str() else { continue };
        let secure = if plain.ends_with(SECURE) { "" } else { SECURE };
        // What was a header stays one: both additions are plain letters.
        if let Ok(named) = HeaderValue::from_str(&format!("{HOST}{plain}{secure}")) {
            *cookie = named;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|it| (name.clone(), it.parse().unwrap())).collect()
    }

    #[test]
    fn a_cookie_that_a_neighbour_put_in_is_not_seen() {
        let table: [(&[&str], Option<&str>); 5] = [
            (&["yiwang_session=theirs"], None),
            (&["__Secure-yiwang_session=theirs; __host-yiwang_session=theirs"], None),
            (&["yiwang_session=theirs; __Host-yiwang_session=ours"], Some("yiwang_session=ours")),
            (&["__Host-a=1;__Host-b=2", "__Host-c=3"], Some("a=1; b=2; c=3")),
            (&[], None),
        ];
        for (sent, seen) in table {
            let mut headers = with(header::COOKIE, sent);
            arrived(&mut headers);
            assert_eq!(headers.get(header::COOKIE).map(|it| it.to_str().unwrap()), seen, "{sent:?}");
        }
    }

    #[test]
    fn every_cookie_that_goes_out_is_for_this_host_on_tls_alone() {
        let mut headers = with(header::SET_COOKIE, &["a=1; Path=/; HttpOnly", "b=2; Path=/; Max-Age=0; Secure"]);
        leaving(&mut headers);
        let all: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
        assert_eq!(all, ["__Host-a=1; Path=/; HttpOnly; Secure", "__Host-b=2; Path=/; Max-Age=0; Secure"]);
    }
}
