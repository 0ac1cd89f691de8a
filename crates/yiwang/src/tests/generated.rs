//! Generated documents are committed and up to date.

use crate::site::AREAS;

#[test]
fn the_api_is_described_as_it_is() {
    let routes = webkit::all_routes(AREAS, false);
    let text = routes.openapi().to_pretty_json().expect("JSON");
    super::committed("openapi.json", &format!("{text}\n"));
}

#[test]
fn every_endpoint_of_the_api_says_what_it_does_in_chinese() {
    let routes = webkit::all_routes(AREAS, false);
    let value = serde_json::to_value(routes.openapi()).expect("JSON");
    let mut silent = Vec::new();
    for (path, item) in value["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let words = operation["summary"].as_str().unwrap_or_default();
            if !words.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it)) {
                silent.push(format!("{method} {path}: {words}"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}
