//! Promises of the whole house: every route has its answer for everybody, every statement runs on both engines, every page is sound.
//!
//! `UPDATE=1 cargo test -p yiwang` writes the generated documents anew; a reviewer sees them as a diff.

mod counts;
mod demo;
mod flips;
mod generated;
mod hooks;
mod matrix;
mod measured;
mod pages;
mod relations;
mod rights;
mod sql;
mod world;

use std::{any::Any, path::PathBuf, sync::Arc};

/// What the areas keep in memory, for a site under test.
pub(crate) fn own(_db: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    let (_, mut own) = crate::site::in_memory(None);
    own.extend(cases::parts_with(testkit::fonts()).expect("the shipped words"));
    own
}

/// As [`own`], with a gateway for messages to telephones.
pub(crate) fn own_with_sms(db: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    let mut own = own(db);
    own.push(Arc::new(identity::Means { sms: true, mail: true, ..identity::Means::default() }));
    own
}

/// The same database as a site that is no demo, with what the test needs of its parts.
pub(crate) fn in_earnest(app: &webkit::App) -> webkit::App {
    testkit::altered(app, crate::site::AREAS, own_with_sms(&app.db), |it| it.site.demo = false)
}

/// Compares a generated document with the one that is committed, or writes it.
fn committed(name: &str, made: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, made).expect("the document is written");
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let first = made.lines().zip(found.lines()).find(|it| it.0 != it.1);
    assert!(
        made == found,
        "docs/{name} is not up to date (UPDATE=1 cargo test -p yiwang); first difference: {first:?}"
    );
}
