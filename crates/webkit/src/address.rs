//! Addresses with their questions.

/// `path?key=value&…` of the pairs that have a value; the path alone if none has.
#[must_use]
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let said = pairs.iter().filter(|it| !it.1.is_empty());
    let said: Vec<_> = said.map(|(key, value)| format!("{key}={}", encoded(value))).collect();
    if said.is_empty() { path.to_owned() } else { format!("{path}?{}", said.join("&")) }
}

/// A value as an address or a header carries it (RFC 3986, percent-encoded).
#[must_use]
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}
