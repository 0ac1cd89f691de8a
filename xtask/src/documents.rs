//! What documents say of the repository must be so: files they name, dependencies and their reasons.

use crate::source::{File, House};

/// Documents whose tables name files: from `crates/`, from the root with a leading `/`, or beside the one named before.
const INDEXES: &[&str] = &["ARCHITECTURE.md", "docs/security.md", "docs/asvs.md"];
/// What the name of a file ends with, in a document; a folder ends with `/`.
const ENDINGS: &[&str] = &[".rs", ".md", ".sql", ".toml", ".css", ".js", ".html", ".json", "/"];

/// Links and tables of documents that lead nowhere.
pub(crate) fn named_files(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    for document in &house.documents {
        for line in document.text.lines() {
            faults.extend(links(house, document, line));
            if INDEXES.contains(&document.path.as_str()) && line.starts_with('|') {
                faults.extend(row(house, document, line));
            }
        }
    }
    faults
}

fn links(house: &House, document: &File, line: &str) -> Vec<String> {
    let targets = line.split("](").skip(1).filter_map(|it| it.split([')', '#']).next());
    let folder = document.path.rsplit_once('/').map_or("", |it| it.0);
    targets
        .filter(|it| !it.is_empty() && !it.contains("://"))
        .filter(|it| !house.exists(&format!("{folder}/{it}")))
        .map(|it| format!("{}: links to {it}, which is not there", document.path))
        .collect()
}

fn row(house: &House, document: &File, line: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut beside = String::new();
    let words = line.split('`').skip(1).step_by(2);
    for word in words.filter(|it| !it.contains(' ') && ENDINGS.iter().any(|end| it.ends_with(end))) {
        let mut places = vec![word.strip_prefix('/').map_or_else(|| format!("crates/{word}"), str::to_owned)];
        places.extend(beside.rmatch_indices('/').map(|it| format!("{}/{word}", &beside[..it.0])));
        match places.iter().find(|it| house.exists(it)) {
            Some(found) => beside.clone_from(found),
            None => faults.push(format!("{}: names {word}, which is not there", document.path)),
        }
    }
    faults
}

/// Dependencies of the one table that no crate uses, or whose reason is not told.
pub(crate) fn dependencies(house: &House) -> Vec<String> {
    let Some(reasons) = house.documents.iter().find(|it| it.path == "ARCHITECTURE.md") else {
        return vec!["ARCHITECTURE.md is not there".to_owned()];
    };
    let (_, reasons) = reasons.text.split_once("\n## 8. ").unwrap_or_default();
    let reasons = reasons.split("\n## ").next().unwrap_or_default();
    let told: Vec<&str> = reasons
        .lines()
        .filter_map(|it| it.strip_prefix('|')?.split('|').next())
        .flat_map(|it| it.split([',', '(', ')', ' ']))
        .collect();
    let table = house.root_manifest.split("[workspace.dependencies]").nth(1).unwrap_or_default();
    let table = table.split("\n[").next().unwrap_or_default();
    let mut faults = Vec::new();
    for (name, _) in table.lines().filter_map(|it| it.split_once(" = ")).filter(|it| !it.1.contains("path =")) {
        let words = [format!("\n{name}.workspace"), format!("\n{name} = {{ workspace")];
        if !house.manifests.iter().any(|it| words.iter().any(|word| it.text.contains(word))) {
            faults.push(format!("Cargo.toml: {name}, which no crate uses"));
        }
        if !told.contains(&name) {
            faults.push(format!("ARCHITECTURE.md, section 8: no reason for {name}"));
        }
    }
    faults
}
