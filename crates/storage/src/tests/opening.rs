//! What is refused at the start, in words that an operator understands; and migrations.

use std::fs;

use super::*;

fn refusal<T>(outcome: Result<T>) -> String {
    match outcome {
        Err(error @ Error::Refused { .. }) => error.message(),
        Err(other) => panic!("expected a refusal, not {other}"),
        Ok(_) => panic!("expected a refusal"),
    }
}

#[tokio::test]
async fn a_second_program_may_read_the_folder_but_not_write_to_it() {
    let site = sites().await.remove(0);
    assert!(refusal(Db::open(&site.settings).await).contains("正被另一个一网程序使用"));
    let reading = Db::open_for_reading(&site.settings).await.unwrap();
    assert_eq!(site.db.commit(run(ADD, args!["a", 0_i64, None::<&str>])).await.unwrap(), Commit::Done);
    assert_eq!(number(&reading, COUNT).await, 1);
    assert!(refusal(reading.commit(run(ADD, args!["b", 0_i64, None::<&str>])).await).contains("只读"));
    site.db.close().await.unwrap();
    let again = Db::open(&site.settings).await.unwrap();
    assert_eq!(number(&again, COUNT).await, 1, "it may write when the first has ended");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("yiwang.db");
    let junk = "这不是数据库".repeat(1_000);
    fs::write(&file, &junk).unwrap();
    let told = refusal(Db::open(&Settings::sqlite(folder.path())).await);
    assert!(told.contains("已损坏或不是本系统的数据库") && told.contains("yiwang.db"), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap(), junk);
}

#[tokio::test]
async fn reading_does_not_make_a_database() {
    let folder = TempDir::new().unwrap();
    assert!(refusal(Db::open_for_reading(&Settings::sqlite(folder.path())).await).contains("打不开数据库文件"));
    assert!(!folder.path().join("yiwang.db").exists());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_without_the_password() {
    let folder = TempDir::new().unwrap();
    for (url, words) in
        [("postgres://u:geheim@127.0.0.1:1/x", "连不上"), ("postgres://u:geheim@:x", "数据库地址不正确")]
    {
        let told = refusal(Db::open(&Settings::postgres(url, folder.path())).await);
        assert!(told.contains(words) && !told.contains("geheim"), "{told}");
    }
}

#[tokio::test]
async fn migrations_are_applied_once_and_stay_as_they_were() {
    for site in sites().await {
        let engine = site.engine();
        site.db.migrate(&all_tables()).await.unwrap();

        let mut edited = all_tables();
        edited[1].sql = "CREATE TABLE other (id TEXT NOT NULL PRIMARY KEY)";
        assert!(refusal(site.db.migrate(&edited).await).contains("tests 第 1 号"), "{engine:?}");
        assert!(refusal(site.db.migrate(MIGRATIONS).await).contains("数据库比本程序新"), "{engine:?}");

        let mut gap = all_tables();
        gap.push(Migration { area: "tests", number: 3, sql: "SELECT 1" });
        internal(site.db.migrate(&gap).await);
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_and_can_be_mended() {
    for site in sites().await {
        let before = site.db.tables().await.unwrap();
        let mut all = all_tables();
        let broken = "CREATE TABLE made (id TEXT NOT NULL PRIMARY KEY); INSERT INTO nowhere (id) VALUES ('a')";
        all.push(Migration { area: "tests", number: 2, sql: broken });
        let told = internal(site.db.migrate(&all).await);
        assert!(told.contains("tests 2"), "{told}");
        assert_eq!(site.db.tables().await.unwrap(), before, "{:?}", site.engine());
        all[2].sql = "CREATE TABLE made (id TEXT NOT NULL PRIMARY KEY);";
        site.db.migrate(&all).await.unwrap();
        assert_eq!(site.db.tables().await.unwrap().len(), before.len() + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_may_start_at_once() {
    for site in empty_sites().await {
        let mut nodes = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let db = site.db.clone();
            nodes.spawn(async move { db.migrate(&all_tables()).await });
        }
        for outcome in nodes.join_all().await {
            outcome.unwrap();
        }
        assert_eq!(site.db.tables().await.unwrap().len(), 5, "{:?}", site.engine());
    }
}
