//! Keys are changed, copied and missed while people are served; what was signed and sealed before stays good.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    load::{Load, Record},
    server::{Place, Server},
};

/// The server looks at its keys every few seconds.
const SEEN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_changed_under_a_serving_site_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    change(Place { data: folder.path().join("site"), database: None }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_changed_under_a_serving_site_on_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    // Without a server there is nothing to test; `./check` always has one.
    let Some((settings, _database)) = testkit::fresh_database("postgres", folder.path()).await else { return };
    change(Place { data: folder.path().join("site"), database: settings.url }).await;
}

async fn change(place: Place) {
    place.run(&["demo", "--load-only"]);
    let before = status(&place);
    assert_eq!((before["epoch"].as_i64(), before["signers"].as_array().map(Vec::len)), (Some(1), Some(1)));
    let server = Server::start(&place).await;
    let mut record = Record::default();
    let load = Load::start(&server, &mut record).await;

    place.run(&["keys", "rotate"]);
    let after = status(&place);
    assert_eq!(after["epoch"], 2, "{}: {after}", place.engine());
    place.run(&["keys", "renew-signer"]);
    assert_eq!(status(&place)["signers"][0], before["signers"][0], "the former key is kept");

    // People were served all the while; the head signed next bears the new key and an entry says so.
    settled(&place).await;
    server.kill();
    let told = load.end().await;
    assert!(told.acts() > 0, "{}: nobody was served meanwhile", place.engine());
    let server = Server::start(&place).await;
    record.add(told);
    record.settle(&server).await;
    record.check_all(&server).await;
    server.stop().await;
    place.run(&["journal", "verify"]);

    let safe = place.data.parent().expect("a folder").join("safe");
    let safe = safe.to_str().expect("a path");
    place.run(&["keys", "backup", safe]);
    place.run(&["keys", "backup", safe]);
    let told = place.refused(&["keys", "backup", place.data.join("keys-copy").to_str().expect("a path")]);
    assert!(told.contains("不能放在数据目录里"), "{told}");
    let told = place.refused(&["keys", "retire"]);
    assert!(told.contains("刚刚改过"), "{told}");
    wrong_keys_are_told(&place, safe);
}

/// A copy of another site's keys, or none, is told in a sentence and changes nothing.
fn wrong_keys_are_told(place: &Place, safe: &str) {
    let keys = place.data.join("keys");
    let stranger = tempfile::tempdir().expect("a folder");
    let other = Place { data: stranger.path().join("other"), database: None };
    other.run(&["demo", "--load-only"]);
    for (file, words) in [("master.key", "不相配"), ("site.pem", "不是本站点的")] {
        std::fs::copy(other.data.join("keys").join(file), keys.join(file)).expect("copied");
        let told = place.refused(&["migrate"]);
        assert!(told.contains(words) && told.contains(file), "{file}: {told}");
        std::fs::remove_file(keys.join(file)).expect("removed");
        let told = place.refused(&["migrate"]);
        assert!(told.contains(file) && told.contains("密钥备份"), "{file}: {told}");
        std::fs::copy(std::path::Path::new(safe).join(file), keys.join(file)).expect("copied");
    }
    place.run(&["migrate"]);
    let told = place.refused(&["keys", "backup", other.data.join("keys").to_str().expect("a path")]);
    assert!(told.contains("没有覆盖"), "{told}");
}

/// Waits until every data key lies under the newest master key: what was made before the server saw it, too.
async fn settled(place: &Place) {
    let began = Instant::now();
    while status(place)["data_keys"].as_array().map(Vec::len) != Some(1) {
        assert!(began.elapsed() < SEEN, "{}: the server does not see its new key", place.engine());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn status(place: &Place) -> Value {
    serde_json::from_str(&place.run(&["keys", "status", "--json"])).expect("JSON")
}
