//! Two server processes on one PostgreSQL, as `docs/operations.md` describes them: cases are filed and handled through both, one is
//! shot, the other goes on alone, and the record is one.

use std::{path::Path, time::Duration};

use crate::{
    load::{Load, Record},
    server::{Place, Server},
};

/// Both are at work for so long before the shot, and the one that is left after it.
const TOGETHER: Duration = Duration::from_millis(1_500);
const ALONE: Duration = Duration::from_millis(1_500);

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_on_one_database_one_is_shot_and_the_other_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    // Without a server there is nothing to test; `./check` always has one.
    let Some((settings, _database)) = testkit::fresh_database("postgres", folder.path()).await else { return };
    let first = Place { data: folder.path().join("first"), database: settings.url.clone() };
    first.run(&["demo", "--load-only"]);
    let second = Place { data: folder.path().join("second"), database: settings.url.clone() };
    join(&first.data, &second.data);
    let foreign = Place { data: folder.path().join("foreign"), database: settings.url };
    join(&first.data, &foreign.data);
    std::fs::remove_file(foreign.data.join("files")).expect("the link");
    std::fs::create_dir(foreign.data.join("files")).expect("a folder");
    let told = foreign.refused(&["migrate"]);
    assert!(told.contains("没有本站点的标记"), "a node without the site's files does not start: {told}");

    let one = Server::start(&first).await;
    let other = Server::start(&second).await;
    let (mut at_one, mut at_other) = (Record::named("one"), Record::named("other"));
    let (load_one, load_other) = (Load::start(&one, &mut at_one).await, Load::start(&other, &mut at_other).await);
    tokio::time::sleep(TOGETHER).await;
    // Clients of the one that is shot lose their answers; those of the other notice nothing.
    one.kill();
    let told = load_one.end().await;
    assert!(told.acts() > 0, "nothing was done through the first node");
    at_one.add(told);
    tokio::time::sleep(ALONE).await;
    other.kill();
    let told = load_other.end().await;
    assert!(told.acts() > 0, "nothing was done through the second node");
    at_other.add(told);

    // Each sees through the other what was acknowledged by either.
    let (one, other) = (Server::start(&first).await, Server::start(&second).await);
    at_one.settle(&other).await;
    at_other.settle(&one).await;
    at_one.check_all(&other).await;
    at_one.check_all(&one).await;
    at_other.check_all(&one).await;
    at_other.check_all(&other).await;
    one.stop().await;
    other.stop().await;
    // One sequence without gap or repeat, and every chain whole.
    first.run(&["journal", "verify"]);
}

/// A second node's folder: the same site, its own copy of the keys, the same files.
fn join(first: &Path, second: &Path) {
    std::fs::create_dir_all(second.join("keys")).expect("a folder");
    for file in ["site.toml", "keys/master.key", "keys/site.pem"] {
        std::fs::copy(first.join(file), second.join(file)).expect("copied");
    }
    std::os::unix::fs::symlink(first.join("files"), second.join("files")).expect("the same files");
}
