//! Every page template, rendered with made-up content, is sound HTML for people who cannot see it either.

use std::collections::BTreeSet;

use crate::site::AREAS;

#[test]
fn every_page_is_sound() {
    let mut faults = Vec::new();
    for sample in AREAS.iter().flat_map(|it| (it.samples)()) {
        faults.extend(judge(&sample.html).into_iter().map(|it| format!("{}: {it}", sample.name)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_page_template_has_a_sample() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut without = Vec::new();
    for area in AREAS {
        let sampled: BTreeSet<_> = (area.samples)().into_iter().map(|it| it.name.to_owned()).collect();
        for entry in std::fs::read_dir(crates.join(area.name).join("templates")).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            if text.contains("{% extends") && !sampled.contains(&name) {
                without.push(format!("{}/{name}", area.name));
            }
        }
    }
    assert!(without.is_empty(), "{without:#?}");
}

/// What is wrong with a page: cheap, certain things; the browser tests ask axe for the rest.
fn judge(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |fine: bool, what: &str| {
        if !fine {
            faults.push(what.to_owned());
        }
    };
    must(html.trim_start().to_lowercase().starts_with("<!doctype html>"), "no doctype");
    must(html.contains("lang=\"zh-CN\""), "no language");
    must(html.contains("<title>"), "no title");
    must(html.matches("<h1").count() == 1, "not exactly one h1");
    must(!html.contains(" style=\"") && !html.contains("<style"), "style in the page, which the policy forbids");
    must(!html.contains(" onclick=") && !html.contains("javascript:"), "script in the page, which the policy forbids");
    must(!html.contains("{{") && !html.contains("{%"), "template marks left");
    for (open, close) in [
        ("<form", "</form>"),
        ("<table", "</table>"),
        ("<section", "</section>"),
        ("<ul", "</ul>"),
        ("<ol", "</ol>"),
        ("<dl", "</dl>"),
    ] {
        must(
            html.matches(open).count() == html.matches(close).count(),
            &format!("{open} is not closed as often as opened"),
        );
    }
    for form in html.split("<form").skip(1).map(|it| it.split("</form>").next().unwrap_or_default()) {
        // What is posted to another system must not tell it our token.
        let elsewhere = form.contains("action=\"https://");
        let token = form.contains("name=\"csrf\"");
        must(
            !form.contains("method=\"post\"") || token != elsewhere,
            "a form without its token, or one that gives it away",
        );
    }
    let ids: Vec<_> = html.split(" id=\"").skip(1).filter_map(|it| it.split('"').next()).collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    let twice: Vec<_> = distinct.iter().filter(|id| ids.iter().filter(|it| *it == **id).count() > 1).collect();
    must(twice.is_empty(), &format!("ids used twice: {twice:?}"));
    faults
}
