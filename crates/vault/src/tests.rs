//! Promises of the vault, on every engine.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use journal::Head;
use kernel::{Actor, Ctx, Error, Id, Moment, Random, SystemRandom};
use storage::{Commit, Db, Settings, Unit, args, testing::server_statement};

use crate::{MIGRATIONS, MasterKeys, SQL, Vault};

/// The same bytes for the same seed.
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            // SplitMix64, a byte a step.
            let mut it = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (it ^ (it >> 31)).to_be_bytes()[0];
        }
    }
}

pub(crate) fn ctx(seed: u64) -> Ctx {
    let noon = Moment::from_micros(1_772_424_000_000_000);
    Ctx::new(Actor::system("test"), noon, Arc::new(Seeded(AtomicU64::new(seed))))
}

storage::sql! {
    /// Damages a sealed item.
    ITEM_SET = "UPDATE vault_items SET sealed = $3 WHERE holder = $1 AND name = $2";
    /// Damages a wrapped key.
    KEY_SET = "UPDATE vault_keys SET wrapped = $2 WHERE holder = $1";
    /// As stored.
    ITEM_GET = "SELECT sealed FROM vault_items WHERE holder = $1 AND name = $2";
    /// As stored.
    KEY_GET = "SELECT wrapped FROM vault_keys WHERE holder = $1";
}

/// A fresh database of one engine, gone when dropped.
struct Engine {
    db: Db,
    folder: tempfile::TempDir,
    server: Option<(String, String)>,
}

impl Engine {
    async fn open(server: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::sqlite(folder.path());
        let mut made = None;
        if let Some(url) = server {
            let mut random = [0; 10];
            SystemRandom.fill(&mut random);
            let name = format!("t{}", Id::<Self>::from_parts(Moment::from_micros(0), random));
            server_statement(&url, &format!("CREATE DATABASE {name}")).await.unwrap();
            let base = url.rsplit_once('/').unwrap().0.to_owned();
            settings = Settings::postgres(format!("{base}/{name}"), folder.path());
            made = Some((url, name));
        }
        settings.connections = 3;
        let db = Db::open(&settings).await.unwrap();
        db.migrate(&[journal::MIGRATIONS, MIGRATIONS].concat()).await.unwrap();
        Self { db, folder, server: made }
    }

    async fn each() -> Vec<Self> {
        let mut engines = vec![Self::open(None).await];
        match std::env::var("TEST_PG") {
            Ok(url) => engines.push(Self::open(Some(url)).await),
            Err(_) => eprintln!("TEST_PG is not set: on SQLite only"),
        }
        engines
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some((url, name)) = self.server.take() else { return };
        let drop = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(server_statement(&url, &format!("DROP DATABASE {name} WITH (FORCE)"))).unwrap();
        };
        std::thread::spawn(drop).join().unwrap();
    }
}

async fn commit(db: &Db, unit: Unit) {
    assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
}

/// A holder with one item.
async fn sealed(vault: &Vault, db: &Db, ctx: &Ctx, holder: &str, (name, text): (&str, &str)) -> String {
    let mut unit = Unit::new(ctx);
    let key = vault.create(&mut unit, ctx, holder);
    let digest = vault.seal(&mut unit, ctx, (holder, &key), name, text.as_bytes());
    commit(db, unit).await;
    digest
}

#[tokio::test]
async fn every_statement_is_understood() {
    for engine in Engine::each().await {
        for sql in SQL {
            engine.db.prepare(*sql).await.unwrap_or_else(|error| panic!("{}: {error}", sql.name));
        }
    }
}

#[tokio::test]
async fn what_was_altered_or_changed_places_does_not_open() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let vault = Vault::new(db.clone(), MasterKeys::generate(&ctx));
        for holder in ["case:1", "case:2"] {
            sealed(&vault, db, &ctx, holder, ("reason", holder)).await;
        }
        let read = async |sql, args| db.find(sql, args).await.unwrap().unwrap().values()[0].clone();
        let (one, two) =
            (read(ITEM_GET, args!["case:1", "reason"]).await, read(ITEM_GET, args!["case:2", "reason"]).await);
        let mut unit = Unit::new(&ctx);
        unit.run(ITEM_SET, args!["case:1", "reason", two.clone()])
            .run(ITEM_SET, args!["case:2", "reason", one.clone()]);
        commit(db, unit).await;
        for holder in ["case:1", "case:2"] {
            assert!(
                matches!(vault.open(holder, "reason").await, Err(Error::Internal(_))),
                "{holder} shows the other's text"
            );
        }
        let keys = (read(KEY_GET, args!["case:1"]).await, read(KEY_GET, args!["case:2"]).await);
        let mut unit = Unit::new(&ctx);
        unit.run(ITEM_SET, args!["case:1", "reason", one]).run(ITEM_SET, args!["case:2", "reason", two]);
        unit.run(KEY_SET, args!["case:1", keys.1]);
        commit(db, unit).await;
        assert!(matches!(vault.open("case:1", "reason").await, Err(Error::Internal(_))), "another holder's key");
        assert!(vault.open_each(&["case:2".into(), "case:1".into()], "reason").await.is_err());
        assert_eq!(vault.open("case:2", "reason").await.unwrap(), b"case:2");
    }
}

#[tokio::test]
async fn a_holders_items_are_read_alone_together_and_in_lists() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let vault = Vault::new(db.clone(), MasterKeys::generate(&ctx));
        let holders: Vec<String> = (0..230).map(|n| format!("person:{n}")).collect();
        let mut unit = Unit::new(&ctx);
        for holder in holders.iter().step_by(2) {
            let key = vault.create(&mut unit, &ctx, holder);
            vault.seal(&mut unit, &ctx, (holder, &key), "name", format!("姓名{holder}").as_bytes());
            vault.seal(&mut unit, &ctx, (holder, &key), "note/1", b"one");
            vault.seal(&mut unit, &ctx, (holder, &key), "note/2", b"two");
        }
        commit(db, unit).await;
        let before = db.queries();
        let listed = vault.open_each(&holders, "name").await.unwrap();
        assert_eq!(db.queries() - before, 1, "one query, however many they are");
        let expected: Vec<_> =
            holders.iter().step_by(2).map(|it| (it.clone(), format!("姓名{it}").into_bytes())).collect();
        assert_eq!(listed, expected);
        let notes = vault.open_all("person:4", "note/").await.unwrap();
        assert_eq!(notes, [("note/1".to_owned(), b"one".to_vec()), ("note/2".to_owned(), b"two".to_vec())]);
        assert!(matches!(vault.open("person:4", "phone").await, Err(Error::NotFound { .. })));
        assert!(matches!(vault.open_all("person:1", "").await, Err(Error::NotFound { .. })), "no such holder");
        let key = vault.key("person:4").await.unwrap();
        let file = vault.seal_bytes(&ctx, &key, "file/1", b"%PDF");
        assert!(vault.open_bytes(&key, "file/2", &file).is_err());
        assert_eq!(vault.open_bytes(&key, "file/1", &file).unwrap(), b"%PDF");
    }
}

#[tokio::test]
async fn a_sealed_text_is_never_replaced_nor_a_key() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let vault = Vault::new(db.clone(), MasterKeys::generate(&ctx));
        sealed(&vault, db, &ctx, "case:1", ("reason", "first")).await;
        let mut unit = Unit::new(&ctx);
        let _ = vault.create(&mut unit, &ctx, "case:1");
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Lost { guard: crate::GUARD });
        let mut unit = Unit::new(&ctx);
        let key = vault.key("case:1").await.unwrap();
        vault.seal(&mut unit, &ctx, ("case:1", &key), "reason", b"second");
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Lost { guard: crate::GUARD });
        assert_eq!(vault.open("case:1", "reason").await.unwrap(), b"first");
    }
}

#[tokio::test]
async fn a_text_and_the_entry_that_names_its_digest_stand_or_fall_together() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let vault = Vault::new(db.clone(), MasterKeys::generate(&ctx));
        let (subject, none) = ("case:1", Head::none());
        let mut unit = Unit::new(&ctx);
        let key = vault.create(&mut unit, &ctx, subject);
        let reason = vault.seal(&mut unit, &ctx, (subject, &key), "reason", "新办".as_bytes());
        let head = journal::append(&mut unit, &ctx, &none, (subject, "cases.filed"), &[&reason]).unwrap();
        commit(db, unit).await;

        let act = async |word: &str| {
            let mut unit = Unit::new(&ctx);
            let key = vault.key(subject).await.unwrap();
            let opinion = vault.seal(&mut unit, &ctx, (subject, &key), word, word.as_bytes());
            journal::append(&mut unit, &ctx, &head, (subject, "cases.accepted"), &[&opinion]).unwrap();
            unit
        };
        let (first, second) = (act("first").await, act("second").await);
        commit(db, first).await;
        assert_eq!(db.commit(second).await.unwrap(), Commit::Lost { guard: journal::GUARD });
        assert!(matches!(vault.open(subject, "second").await, Err(Error::NotFound { .. })), "nothing half done");
        let chain = journal::history(db, subject).await.unwrap();
        assert_eq!(chain.len(), 2);
        assert_eq!(chain[0].body, format!("[\"{reason}\"]"));
        let sealed = db.find(ITEM_GET, args![subject, "reason"]).await.unwrap().unwrap();
        assert_eq!(
            crate::cipher::sm3_hex(sealed.blob("sealed").unwrap()),
            reason,
            "the record vouches for the sealed bytes"
        );
    }
}

#[tokio::test]
async fn what_was_erased_is_read_by_nobody_and_others_are_not_touched() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let vault = Vault::new(db.clone(), MasterKeys::generate(&ctx));
        for holder in ["person:1", "person:2"] {
            sealed(&vault, db, &ctx, holder, ("name", holder)).await;
        }
        let mut unit = Unit::new(&ctx);
        vault.destroy(&mut unit, "person:1");
        commit(db, unit).await;
        for lost in [
            vault.open("person:1", "name").await.map(|_| ()),
            vault.key("person:1").await.map(|_| ()),
            vault.open_all("person:1", "").await.map(|_| ()),
        ] {
            let error = lost.unwrap_err();
            assert!(matches!(error, Error::NotFound { .. }) && error.message().contains("已依法删除"), "{error:?}");
        }
        let both = ["person:1".to_owned(), "person:2".to_owned()];
        let listed = vault.open_each(&both, "name").await.unwrap();
        assert_eq!(listed, [("person:2".to_owned(), b"person:2".to_vec())]);
        let mut unit = Unit::new(&ctx);
        let _ = vault.create(&mut unit, &ctx, "person:1");
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Lost { guard: crate::GUARD }, "no new key in its place");
    }
}

#[tokio::test]
async fn names_that_are_shown_again_are_those_that_the_rows_hold_now() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let vault = Vault::new(db.clone(), MasterKeys::generate(&ctx));
        let other_node = Vault::new(db.clone(), MasterKeys::clone(&vault.keys()));
        let holders = ["person:1", "person:2"].map(str::to_owned);
        for holder in &holders {
            sealed(&vault, db, &ctx, holder, ("name", &format!("姓名{holder}"))).await;
            let (mut unit, key) = (Unit::new(&ctx), vault.key(holder).await.unwrap());
            vault.seal(&mut unit, &ctx, (holder, &key), "born", b"1950");
            commit(db, unit).await;
        }
        let names = async |vault: &Vault| vault.open_each_again(&holders, "name").await;
        let expected: Vec<_> = holders.iter().map(|it| (it.clone(), format!("姓名{it}").into_bytes())).collect();
        for _ in 0..3 {
            assert_eq!(names(&vault).await.unwrap(), expected);
            assert_eq!(vault.open_each_again(&holders, "born").await.unwrap()[1].1, b"1950", "another item is another");
        }
        let whole = db.find(ITEM_GET, args!["person:2", "name"]).await.unwrap().unwrap().values()[0].clone();
        let mut unit = Unit::new(&ctx);
        unit.run(ITEM_SET, args!["person:2", "name", vec![1_u8; 60]]);
        commit(db, unit).await;
        assert!(matches!(names(&vault).await, Err(Error::Internal(_))), "altered since it was shown");
        let mut unit = Unit::new(&ctx);
        unit.run(ITEM_SET, args!["person:2", "name", whole]);
        commit(db, unit).await;
        assert_eq!(names(&vault).await.unwrap(), expected);
        let mut unit = Unit::new(&ctx);
        other_node.destroy(&mut unit, "person:1");
        commit(db, unit).await;
        assert_eq!(names(&vault).await.unwrap(), expected[1..], "erased by another node since it was shown");
    }
}

#[tokio::test]
async fn rotation_keeps_everything_readable_and_then_the_old_key_may_go() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let old = MasterKeys::generate(&ctx);
        let vault = Vault::new(db.clone(), old.clone());
        let holders: Vec<String> = (0..7).map(|n| format!("case:{n}")).collect();
        for holder in &holders {
            sealed(&vault, db, &ctx, holder, ("name", holder)).await;
        }
        let mut unit = Unit::new(&ctx);
        vault.destroy(&mut unit, "case:6");
        commit(db, unit).await;
        let new = old.rotated(&ctx);
        let rotating = Vault::new(db.clone(), new.clone());
        sealed(&rotating, db, &ctx, "case:new", ("name", "new")).await;
        assert_eq!(rewrap(&rotating, db, &ctx).await, 4);
        for holder in &holders[..6] {
            assert_eq!(rotating.open(holder, "name").await.unwrap(), holder.as_bytes(), "half-way");
        }
        assert_eq!(rotating.epochs().await.unwrap(), [(1, 2), (2, 5)]);
        assert_eq!(rewrap(&rotating, db, &ctx).await, 2);
        assert_eq!(rewrap(&rotating, db, &ctx).await, 0);
        let after = Vault::new(db.clone(), new.without_old());
        for holder in &holders[..6] {
            assert_eq!(after.open(holder, "name").await.unwrap(), holder.as_bytes());
        }
        assert!(
            matches!(after.open("case:6", "name").await, Err(Error::NotFound { .. })),
            "what was destroyed stays so"
        );
        let before = Vault::new(db.clone(), old);
        assert!(
            matches!(before.open("case:0", "name").await, Err(Error::Internal(_))),
            "the old key opens nothing more"
        );
    }
}

/// Brings up to four keys under the newest epoch.
async fn rewrap(vault: &Vault, db: &Db, ctx: &Ctx) -> usize {
    let Some(it) = vault.rewrapping(ctx, 4).await.unwrap() else { return 0 };
    commit(db, it.unit).await;
    it.keys
}

#[tokio::test]
async fn a_key_destroyed_while_it_was_being_rewrapped_stays_destroyed() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let old = MasterKeys::generate(&ctx);
        let vault = Vault::new(db.clone(), old.clone());
        sealed(&vault, db, &ctx, "case:1", ("name", "text")).await;
        vault.replace_keys(old.rotated(&ctx)).unwrap();
        let late = vault.rewrapping(&ctx, 4).await.unwrap().unwrap();
        let mut unit = Unit::new(&ctx);
        vault.destroy(&mut unit, "case:1");
        commit(db, unit).await;
        commit(db, late.unit).await;
        assert!(matches!(vault.open("case:1", "name").await, Err(Error::NotFound { .. })));
    }
}

#[tokio::test]
async fn keys_are_changed_under_a_running_site() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let old = MasterKeys::generate(&ctx);
        let new = old.rotated(&ctx);
        let file = new.clone();
        let running = Vault::new(db.clone(), old.clone()).reading_keys_from(Arc::new(move || Ok(file.clone())));
        sealed(&running, db, &ctx, "case:1", ("name", "text")).await;
        let other = Vault::new(db.clone(), new.clone());
        assert_eq!(rewrap(&other, db, &ctx).await, 1);
        assert_eq!(running.keys().epoch(), 1);
        assert_eq!(running.open("case:1", "name").await.unwrap(), b"text", "what another node wrapped anew");
        assert_eq!(running.keys().epoch(), 2, "the keys were read anew");
        let stranger = running.replace_keys(MasterKeys::generate(&ctx)).unwrap_err();
        assert!(stranger.message().contains("不是本站点"), "{stranger:?}");
        assert_eq!(running.keys().epoch(), 2);
    }
}

#[tokio::test]
async fn keys_of_another_site_or_from_before_the_last_change_are_told_at_once() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let old = MasterKeys::generate(&ctx);
        let new = old.rotated(&ctx);
        let vault = Vault::new(db.clone(), new.clone());
        let with = |keys: &MasterKeys| Vault::new(db.clone(), keys.clone());
        with(&old).check_keys().await.unwrap();
        for holder in ["case:1", "case:2"] {
            sealed(&vault, db, &ctx, holder, ("name", "text")).await;
        }
        for wrong in [&old, &MasterKeys::generate(&ctx)] {
            let error = with(wrong).check_keys().await.unwrap_err();
            assert!(error.message().starts_with("主密钥文件与数据库不相配"), "{error:?}");
        }
        let mut unit = Unit::new(&ctx);
        unit.run(KEY_SET, args!["case:1", b"damaged".to_vec()]);
        commit(db, unit).await;
        vault.check_keys().await.expect("one damaged row is no foreign key");
    }
}

#[tokio::test]
async fn the_database_file_holds_no_plain_text_and_no_key() {
    let engine = Engine::open(None).await;
    let (db, ctx) = (&engine.db, ctx(1));
    let keys = MasterKeys::generate(&ctx);
    let vault = Vault::new(db.clone(), keys.clone());
    let text = "张三，身份证号 340823199001011234";
    sealed(&vault, db, &ctx, "person:1", ("visible-name", text)).await;
    let key = vault.key("person:1").await.unwrap();
    let mut bytes = Vec::new();
    for file in walk(engine.folder.path()) {
        bytes.extend(std::fs::read(file).unwrap());
    }
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(b"visible-name"), "the search itself works");
    assert!(!holds("张三".as_bytes()) && !holds(b"340823199001011234"));
    assert!(!holds(key.0.as_slice()) && !holds(keys.newest().1.as_slice()));
}

#[tokio::test]
async fn a_destroyed_key_lies_in_no_file_of_the_folder_any_more() {
    let engine = Engine::open(None).await;
    let (db, ctx) = (&engine.db, ctx(1));
    let vault = Vault::new(db.clone(), MasterKeys::generate(&ctx));
    let mut wrapped = Vec::new();
    for number in 0..40 {
        let holder = format!("person:{number}");
        sealed(&vault, db, &ctx, &holder, ("name", "张三")).await;
        wrapped.push(db.find(KEY_GET, args![holder]).await.unwrap().unwrap().blob("wrapped").unwrap().to_vec());
    }
    let lies = |folder: &std::path::Path, key: &[u8]| {
        walk(folder).iter().any(|file| std::fs::read(file).unwrap().windows(key.len()).any(|window| window == key))
    };
    assert!(wrapped.iter().all(|key| lies(engine.folder.path(), key)), "the search itself works");
    for number in (0..40).step_by(2) {
        let mut unit = Unit::new(&ctx);
        vault.destroy(&mut unit, &format!("person:{number}"));
        commit(db, unit).await;
    }
    db.close().await.unwrap();
    for (number, key) in wrapped.iter().enumerate() {
        assert_eq!(lies(engine.folder.path(), key), number % 2 == 1, "person:{number}");
    }
}

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    for engine in Engine::each().await {
        let found = storage::testing::scans(&engine.db, SQL).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
