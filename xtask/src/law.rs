//! The law of the house, as ARCHITECTURE.md numbers it. What Cargo and clippy keep already is not repeated here.

use crate::{
    documents,
    source::{File, House},
};

/// A law's name and its judge, which names each breach.
type Law = (&'static str, fn(&House) -> Vec<String>);

pub(crate) const LAWS: &[Law] = &[
    ("1  standards and kernel do no I/O", ground_is_pure),
    ("2  only storage depends on the database drivers", drivers),
    ("3  axum is named only at the edge", edge),
    ("4  model is pure", model_is_pure),
    ("6  a table is named only by the area that made it, in store and migrations", tables),
    ("8  what commits a unit appends to the journal", journalled),
    ("9  no cargo features, no global state", no_globals),
    ("11 every file says what it is for", purpose),
    ("13 every page template is rendered by its area", templates),
    ("16 nothing is left unfinished", unfinished),
    ("17 documents name only what is there", documents::named_files),
    ("18 every dependency is used and has its reason", documents::dependencies),
];

/// Crates whose files may commit without a journal entry: they are the ground that journalling stands on, or what the architecture
/// names as not journalled (drafts, sessions, codes, leases, cursors).
const UNJOURNALLED: &[(&str, &str)] = &[
    ("crates/storage/", "the ground"),
    ("crates/journal/", "the record itself"),
    ("crates/vault/", "sealed content is named by the journal of its thing"),
    ("session", "sessions and codes are not journalled"),
    ("draft", "drafts are not journalled"),
    ("crates/cases/src/parts.rs", "blocks of serials are leases"),
    ("crates/cases/src/service/absences.rs", "when officers say they are away; no right rests on it"),
    ("crates/cases/src/service/notices.rs", "what people are told follows from entries, and they have seen it"),
    ("crates/cases/src/service/typed.rs", "what is typed and not sent is as a draft; phrases are words of one's own"),
    ("crates/cases/src/service/views.rs", "how an officer likes its lists is not journalled"),
    ("crates/cases/src/service/draft_bin.rs", "drafts are not acts; what is filed is journalled"),
    (
        "crates/cases/src/service/exports/",
        "how far an export is is not journalled; exports.rs appends that it was asked for",
    ),
    ("crates/cases/src/service/exhibits.rs", "files lie ready as a draft does; the act that names them is journalled"),
    ("crates/cases/src/service/materials", "files lie ready as a draft does; that they are sent is journalled"),
    (
        "crates/cases/src/service/opinions/reminders.rs",
        "how far reminders went; the opinion they are of is journalled, and the message is",
    ),
    (
        "crates/cases/src/service/owing.rs",
        "that something is owed stands in the case; that one was reminded is a notice",
    ),
    ("crates/cases/src/service/reuse.rs", "files lie ready as a draft does; that they are sent is journalled"),
    ("crates/cases/src/service/uploads.rs", "what is on its way is as a draft; that its file is sent is journalled"),
    (
        "crates/catalogue/src/service/counts.rs",
        "how far it is is not journalled; what it changes goes by Change, which journals",
    ),
    (
        "crates/identity/src/service/guardians.rs",
        "a guardian's right is a mandate: mandates.rs appends what its units say",
    ),
    ("crates/identity/src/callers.rs", "when a session was last used is not journalled"),
    ("crates/identity/src/service/tries.rs", "counts for the throttle are not journalled"),
    ("crates/identity/src/service/codes.rs", "codes of minutes are not journalled; what they prove is"),
    (
        "crates/identity/src/service/looks.rs",
        "who saw a person's data is counted, a row a day, and shown to the person",
    ),
    (
        "crates/identity/src/service/factors/",
        "questions of minutes are not journalled; mod.rs appends a factor that is set or ended",
    ),
    ("crates/identity/src/service/prove.rs", "that somebody proved again who it is lasts as long as the session"),
    ("crates/identity/src/service/qr.rs", "square codes of minutes are not journalled; entry.rs appends the sign-in"),
    ("crates/identity/src/service/messages.rs", "its round destroys messages whose time is over"),
    ("crates/identity/src/service/openid/mod.rs", "its round forgets codes and tokens that are over"),
    (
        "crates/identity/src/service/openid/authorize.rs",
        "requests and codes are as sessions; consents.rs journals consent",
    ),
    ("crates/identity/src/service/openid/logout.rs", "that a system is to be told stands in the outbox"),
    (
        "crates/identity/src/service/party/trip.rs",
        "who is on the way is as a session; links.rs journals what is agreed to",
    ),
    ("crates/identity/src/service/party/mod.rs", "its round forgets who did not come back"),
    ("crates/identity/src/service/party/logout.rs", "that a session ended is as the session; links.rs journals links"),
    (
        "crates/identity/src/service/roster/",
        "how far a list is is not journalled; people.rs, accounts.rs and posts.rs append what its units say",
    ),
    ("crates/portal/src/search/engine.rs", "the index is a copy of what the record says"),
    ("sweep", "rounds delegate to acts that journal"),
];

fn production(house: &House) -> impl Iterator<Item = &File> {
    house.rust.iter().filter(|it| !it.is_test() && it.path.contains("/src/"))
}

fn ground_is_pure(house: &House) -> Vec<String> {
    let words = ["std::fs", "std::net", "std::process", "std::io::", "tokio", "async fn"];
    production(house)
        .filter(|it| matches!(it.area(), "standards" | "kernel"))
        .flat_map(|it| it.naming(&words))
        .collect()
}

fn drivers(house: &House) -> Vec<String> {
    let words = ["rusqlite", "tokio-postgres", "deadpool-postgres", "object_store"];
    let others = house.manifests.iter().filter(|it| it.area() != "storage" && !it.path.starts_with("xtask"));
    others.flat_map(|it| it.naming(&words)).collect()
}

fn edge(house: &House) -> Vec<String> {
    let may = |it: &&File| {
        !(matches!(it.area(), "webkit" | "yiwang" | "testkit")
            || it.in_room("pages")
            || it.in_room("api")
            || it.path.starts_with("xtask"))
    };
    production(house).filter(may).flat_map(|it| it.naming(&["axum::", "use axum"])).collect()
}

fn model_is_pure(house: &House) -> Vec<String> {
    let words = ["async ", "storage::", "webkit::", "tokio", "SystemClock", "SystemTime", "vault::", "axum"];
    production(house).filter(|it| it.in_room("model")).flat_map(|it| it.naming(&words)).collect()
}

fn tables(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    for migration in &house.sql {
        for table in migration.text.split("CREATE TABLE ").skip(1) {
            let name = table.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
            for file in production(house) {
                let home = file.area() == migration.area();
                if home && (file.in_room("store") || file.area() == "storage") {
                    continue;
                }
                let words: Vec<_> =
                    ["FROM", "INTO", "UPDATE", "JOIN"].iter().map(|verb| format!("{verb} {name} ")).collect();
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                faults.extend(file.naming(&words));
            }
        }
    }
    faults
}

fn journalled(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    for file in production(house) {
        let excused = UNJOURNALLED.iter().any(|it| file.path.contains(it.0))
            || matches!(file.area(), "webkit" | "testkit" | "yiwang" | "");
        if excused {
            continue;
        }
        let code = file.code();
        if code.contains(".commit(") && !code.contains("append(") && !code.contains("appended(") {
            faults.push(format!("{}: commits, and appends nothing", file.path));
        }
    }
    faults
}

fn no_globals(house: &House) -> Vec<String> {
    let words = ["static mut", "OnceLock<", "LazyLock<", "OnceCell<", "thread_local!", "lazy_static!"];
    let mut faults: Vec<String> =
        production(house).filter(|it| it.area() != "").flat_map(|it| it.naming(&words)).collect();
    faults.extend(
        house
            .manifests
            .iter()
            .filter(|it| it.text.contains("\n[features]"))
            .map(|it| format!("{}: has features", it.path)),
    );
    faults.extend(production(house).flat_map(|it| it.naming(&["cfg(feature"])).filter(|it| !it.starts_with("xtask")));
    faults
}

fn purpose(house: &House) -> Vec<String> {
    house.rust.iter().filter(|it| !it.text.starts_with("//!")).map(|it| it.path.clone()).collect()
}

fn templates(house: &House) -> Vec<String> {
    let named = |template: &File| {
        let name = template.path.split_once("/templates/").map_or("", |it| it.1);
        let word = format!("\"{name}\"");
        let used = |it: &File| it.area() == template.area() && it.text.contains(&word);
        let included = house.html.iter().any(|it| it.text.contains(&word));
        house.rust.iter().any(used) || included
    };
    house.html.iter().filter(|it| it.path.contains("/templates/") && !named(it)).map(|it| it.path.clone()).collect()
}

fn unfinished(house: &House) -> Vec<String> {
    let words = ["todo!(", "unimplemented!(", "TODO", "FIXME", "XXX", "being built", "#[ignore"];
    house.rust.iter().filter(|it| !it.path.starts_with("xtask")).flat_map(|it| it.naming(&words)).collect()
}

/// Files past 500 lines: no breach, but where a reader stops (clippy warns of functions past 70).
pub(crate) fn long(house: &House) -> Vec<String> {
    let lines = house.rust.iter().map(|it| (it.text.lines().count(), it));
    lines.filter(|it| it.0 > 500).map(|(count, it)| format!("{} has {count} lines", it.path)).collect()
}
