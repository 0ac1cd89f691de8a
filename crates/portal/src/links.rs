//! Addresses with their questions.

/// `path?key=value&…` of the pairs that have a value.
pub(crate) fn href(path: &str, pairs: &[(&str, &str)]) -> String {
    let filled = pairs.iter().filter(|it| !it.1.is_empty());
    let query: Vec<_> = filled.map(|(key, value)| format!("{key}={}", encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}
