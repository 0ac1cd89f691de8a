//! The sources as text, with what the laws ask of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file of the repository.
pub(crate) struct File {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl File {
    /// The crate it belongs to, if it is under `crates/`.
    pub(crate) fn area(&self) -> &str {
        self.path.strip_prefix("crates/").and_then(|it| it.split('/').next()).unwrap_or("")
    }

    /// Whether it is tests, examples or measures, which may do what production may not.
    pub(crate) fn is_test(&self) -> bool {
        let p = &self.path;
        ["/tests/", "/examples/", "/benches/"].iter().any(|it| p.contains(it))
            || p.ends_with("/tests.rs")
            || p.ends_with("_tests.rs")
    }

    /// The text up to the file's own test module, without comments.
    pub(crate) fn code(&self) -> String {
        let production = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        production.lines().filter(|it| !it.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    /// `path:line` of each line of code that holds one of these words.
    pub(crate) fn naming(&self, words: &[&str]) -> Vec<String> {
        let code = self.code();
        let hit = |line: &&str| words.iter().any(|word| line.contains(word));
        code.lines().filter(hit).map(|line| format!("{}: {}", self.path, line.trim())).collect()
    }

    /// Whether it is in the room of this name: `src/pages.rs` or under `src/pages/`.
    pub(crate) fn in_room(&self, room: &str) -> bool {
        let inside = self.path.split_once("/src/").map_or("", |it| it.1);
        inside == format!("{room}.rs") || inside.starts_with(&format!("{room}/"))
    }
}

/// The repository's own files.
pub(crate) struct House {
    /// Rust sources.
    pub(crate) rust: Vec<File>,
    /// SQL of migrations.
    pub(crate) sql: Vec<File>,
    /// Templates.
    pub(crate) html: Vec<File>,
    /// Manifests.
    pub(crate) manifests: Vec<File>,
    /// The workspace's own manifest.
    pub(crate) root_manifest: String,
    /// Documents: at the root and under `docs/`.
    pub(crate) documents: Vec<File>,
    root: PathBuf,
}

impl House {
    /// Reads `crates/` and `xtask/`.
    pub(crate) fn read(root: &Path) -> Self {
        let mut paths = Vec::new();
        for folder in ["crates", "xtask"] {
            walk(&root.join(folder), &mut paths);
        }
        paths.sort();
        let of = |kind: &str| {
            let chosen = paths.iter().filter(|it| it.extension().is_some_and(|it| it == kind));
            chosen
                .map(|path| File {
                    path: path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/"),
                    text: fs::read_to_string(path).unwrap_or_default(),
                })
                .collect::<Vec<_>>()
        };
        let manifests = of("toml").into_iter().filter(|it| it.path.ends_with("Cargo.toml")).collect();
        let root_manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
        let documents = ["", "docs/"].iter().flat_map(|folder| documents(root, folder)).collect();
        let root = root.to_owned();
        Self { rust: of("rs"), sql: of("sql"), html: of("html"), manifests, root_manifest, documents, root }
    }

    /// Whether there is a file or folder of this path from the root.
    pub(crate) fn exists(&self, path: &str) -> bool {
        self.root.join(path.trim_start_matches('/')).exists()
    }
}

fn documents(root: &Path, folder: &str) -> Vec<File> {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let names = entries.filter_map(|it| it.file_name().into_string().ok()).filter(|it| it.ends_with(".md"));
    let mut documents: Vec<File> = names
        .map(|name| File {
            text: fs::read_to_string(root.join(folder).join(&name)).unwrap_or_default(),
            path: format!("{folder}{name}"),
        })
        .collect();
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    documents
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, out);
        } else {
            out.push(path);
        }
    }
}
