//! Begins an area: the rooms that every area has, empty but in their place.

use std::{fs, path::Path};

const ROOMS: &[(&str, &str)] = &[
    ("model.rs", "//! What a thing of this area is and may become. Pure: no database, clock, web, async.\n"),
    (
        "service.rs",
        "//! What can be done: one function an act. Asks permission, reads, lets the model decide, commits one unit.\n",
    ),
    ("store.rs", "//! How things are kept. The only SQL of this area.\n"),
    ("pages.rs", "//! Pages for people: parse, call the service, render.\n"),
    ("api.rs", "//! The same acts as JSON.\n"),
    ("tests.rs", "//! Promises of this area.\n"),
];

/// Makes `crates/NAME`; says what is left to do by hand.
pub(crate) fn make(root: &Path, name: &str) -> Result<String, String> {
    if name.is_empty() || !name.bytes().all(|it| it.is_ascii_lowercase()) {
        return Err(format!("«{name}»: an area's name is one word of lower-case letters"));
    }
    let folder = root.join("crates").join(name);
    if folder.exists() {
        return Err(format!("crates/{name} is there already"));
    }
    let write = |path: &Path, text: &str| fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()));
    for sub in ["src", "templates", "migrations"] {
        fs::create_dir_all(folder.join(sub)).map_err(|error| error.to_string())?;
    }
    write(&folder.join("Cargo.toml"), &manifest(name))?;
    write(&folder.join("askama.toml"), "[general]\ndirs = [\"templates\", \"../webkit/templates\"]\n")?;
    let rooms: String = ROOMS
        .iter()
        .map(|it| it.0.trim_end_matches(".rs"))
        .filter(|it| *it != "tests")
        .map(|it| format!("mod {it};\n"))
        .collect();
    let lib = format!(
        "//! What this area is for, in one sentence.\n\n{rooms}#[cfg(test)]\nmod tests;\n\n/// The area, as the program sees it.\npub static AREA: webkit::Area = webkit::Area::empty(\"{name}\");\n"
    );
    write(&folder.join("src/lib.rs"), &lib)?;
    for (file, text) in ROOMS {
        write(&folder.join("src").join(file), text)?;
    }
    Ok(format!(
        "crates/{name} begun. Now: add `{name} = {{ path = \"crates/{name}\" }}` to the workspace table, `{name}.workspace = true` and \
         `&{name}::AREA` to crates/yiwang, and a line to ARCHITECTURE.md."
    ))
}

fn manifest(name: &str) -> String {
    let inherited: String = ["version", "edition", "rust-version", "license", "publish"]
        .iter()
        .map(|it| format!("{it}.workspace = true\n"))
        .collect();
    let needs: String = ["kernel", "storage", "webkit"].iter().map(|it| format!("{it}.workspace = true\n")).collect();
    format!(
        "[package]\nname = \"{name}\"\n{inherited}\n[lints]\nworkspace = true\n\n[dependencies]\n{needs}\n[dev-dependencies]\ntestkit.workspace = true\n"
    )
}
