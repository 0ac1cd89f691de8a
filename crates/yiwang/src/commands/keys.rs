//! `yiwang keys`: the keys of a site looked at, changed and copied, while it serves.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use crate::{
    cli::KeysCommand,
    demo::bar,
    keys::KeyFolder,
    outcome::Failed,
    settings::Settings,
    site::{Folder, Site, about, operator},
    workers,
};

/// How often the progress of another program is looked at.
const LOOK: Duration = Duration::from_millis(300);
/// A running site that wraps nothing anew for so long does not at all.
const STANDSTILL: Duration = Duration::from_secs(90);
/// Old wrapping keys may go so long after the last change of the file: every node has read it anew by then.
const SETTLED: Duration = Duration::from_secs(60);

/// Runs one of the commands on keys.
pub(crate) async fn run(settings: &Settings, command: KeysCommand) -> Result<(), Failed> {
    about(settings)?;
    let folder = Folder::at(settings).keys();
    let (told, as_json) = match command {
        KeysCommand::Status { json } => (status(settings, &folder).await?, json),
        KeysCommand::Rotate { prepare: true, json } => (prepare(&folder)?, json),
        KeysCommand::Rotate { prepare: false, json } => (rotate(settings, &folder).await?, json),
        KeysCommand::Retire { json } => (retire(settings, &folder).await?, json),
        KeysCommand::RenewSigner { json } => (renew_signer(&folder)?, json),
        KeysCommand::RenewTokens { json } => (renew_tokens(settings).await?, json),
        KeysCommand::Backup { to, json } => (backup(settings, &folder, &to)?, json),
    };
    if as_json {
        println!("{}", told.facts);
    } else {
        told.lines.iter().for_each(|it| println!("{it}"));
    }
    Ok(())
}

/// What a command has to say, for programs and for people.
#[derive(Debug)]
struct Told {
    facts: Value,
    lines: Vec<String>,
}

async fn status(settings: &Settings, folder: &KeyFolder) -> Result<Told, Failed> {
    let (master, signer) = (folder.master()?, folder.signer()?.public_keys());
    let site = Site::open_for_reading(settings).await?;
    let wrapped = site.app.vault.epochs().await;
    let tokens = identity::token_keys(&site.app.db).await;
    site.app.db.close().await?;
    let (wrapped, tokens) = (wrapped?, tokens?);
    let fingerprints: Vec<String> = signer.iter().map(journal::SitePublicKey::fingerprint).collect();
    let data_keys: Vec<_> = wrapped.iter().map(|it| json!({ "epoch": it.0, "keys": it.1 })).collect();
    let facts = json!({
        "epoch": master.epoch(), "epochs": master.epochs(), "prepared": master.prepared_epoch(),
        "data_keys": data_keys, "signers": fingerprints,
        "token_keys": tokens,
    });
    let old: Vec<_> =
        master.epochs().iter().filter(|it| **it != master.epoch()).map(|it| format!("第 {it} 批")).collect();
    let mut lines = vec![format!("主密钥：现用第 {} 批", master.epoch())];
    if !old.is_empty() {
        lines.push(format!("  文件里还留着旧的：{}", old.join("、")));
    }
    lines.extend(master.prepared_epoch().map(|next| format!("  已备好、尚未启用：第 {next} 批")));
    lines.extend(wrapped.iter().map(|(epoch, keys)| format!("数据密钥：第 {epoch} 批之下 {keys} 把")));
    let (present, former) = fingerprints.split_last().map_or(("", &[][..]), |it| (it.0.as_str(), it.1));
    lines.push(format!("签名密钥指纹（SM3）：{present}"));
    lines.extend(former.iter().map(|it| format!("  此前用过：{it}")));
    lines.extend(tokens.iter().map(|it| format!("令牌签名密钥（{}）：{}，{} 起用", it.alg, it.kid, it.use_from.zh())));
    Ok(Told { facts, lines })
}

fn prepare(folder: &KeyFolder) -> Result<Told, Failed> {
    let keys = folder.master()?.prepared(&operator());
    folder.set_master(&keys)?;
    let (next, file) = (keys.prepared_epoch().unwrap_or_default(), folder.master_file());
    Ok(Told {
        facts: json!({ "epoch": keys.epoch(), "prepared": next, "copy_to_each_node": file }),
        lines: vec![
            format!("第 {next} 批包裹密钥已备好，尚未启用。"),
            format!("请把 {} 复制到每个节点的密钥目录，再在其中一个节点运行 yiwang keys rotate。", file.display()),
        ],
    })
}

/// Puts a new wrapping key in use and brings every data key under it. Cut off at any moment, it is carried on by the same command.
async fn rotate(settings: &Settings, folder: &KeyFolder) -> Result<Told, Failed> {
    let beside = storage::Db::is_open_elsewhere(&settings.storage())?;
    let site = if beside { Site::open_for_reading(settings).await? } else { Site::open(settings).await? };
    let rotated = bring_under_a_new_key(&site, folder, beside).await;
    site.app.db.close().await?;
    let (keys, epoch, file) = (rotated?, folder.master()?.epoch(), folder.master_file());
    Ok(Told {
        facts: json!({ "epoch": epoch, "data_keys": keys, "copy_to_each_node": file }),
        lines: vec![
            format!("主密钥已更换：现用第 {epoch} 批，{keys} 把数据密钥全部在它之下。"),
            format!("请立即另行备份（yiwang keys backup DIR）。多节点的，把 {} 复制到每个节点。", file.display()),
            "旧密钥还留在文件里；确认备份后运行 yiwang keys retire 去掉。更换之前的数据备份仍须用更换之前的密钥备份恢复，请一并保管。"
                .to_owned(),
        ],
    })
}

async fn bring_under_a_new_key(site: &Site, folder: &KeyFolder, beside: bool) -> Result<i64, Failed> {
    let vault = &site.app.vault;
    if left(site).await? > 0 {
        eprintln!("上次更换没有做完，接着做。");
    } else {
        let keys = vault.keys().rotated(&operator());
        folder.set_master(&keys)?;
        vault.replace_keys(keys)?;
    }
    let all = vault.epochs().await?.iter().map(|it| it.1).sum::<i64>();
    let steps = bar("重新包裹", usize::try_from(all).unwrap_or_default());
    let (mut before, mut since) = (i64::MAX, tokio::time::Instant::now());
    loop {
        let left = left(site).await?;
        steps.set_position(u64::try_from(all - left).unwrap_or_default());
        if left == 0 {
            steps.finish_and_clear();
            return Ok(vault.epochs().await?.iter().map(|it| it.1).sum());
        }
        if left < before {
            (before, since) = (left, tokio::time::Instant::now());
        } else if since.elapsed() > STANDSTILL {
            return Err(Failed::Platform(format!(
                "还有 {left} 把数据密钥没有重新包裹，{} 秒内没有进展。请看网站日志；再运行一次本命令会接着做。",
                STANDSTILL.as_secs()
            )));
        }
        // Beside a server that holds the embedded database, the server wraps and we look on.
        if beside || workers::rewrap(&site.app, &site.app.system("operator"), &site.node).await? == 0 {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// How many data keys lie under older epochs than the newest of the file.
async fn left(site: &Site) -> Result<i64, Failed> {
    let epoch = site.app.vault.keys().epoch();
    Ok(site.app.vault.epochs().await?.iter().filter(|it| it.0 < epoch).map(|it| it.1).sum())
}

/// The present instant, as files know it.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(operator().now.micros()).unwrap_or_default())
}

async fn retire(settings: &Settings, folder: &KeyFolder) -> Result<Told, Failed> {
    let keys = folder.master()?;
    let old = keys.epochs().len() - 1;
    if old == 0 {
        let facts = json!({ "epoch": keys.epoch(), "retired": 0 });
        return Ok(Told { facts, lines: vec!["文件里没有旧的包裹密钥。".to_owned()] });
    }
    let changed = std::fs::metadata(folder.master_file())?.modified()?;
    let since = now().duration_since(changed).unwrap_or_default();
    if let Some(wait) = SETTLED.checked_sub(since) {
        return Err(Failed::input(format!(
            "密钥文件刚刚改过，运行中的网站可能还没有读到。请 {} 秒后再运行。",
            wait.as_secs() + 1
        )));
    }
    let site = Site::open_for_reading(settings).await?;
    let left = left(&site).await;
    site.app.db.close().await?;
    match left? {
        0 => {}
        left => {
            return Err(Failed::input(format!(
                "还有 {left} 把数据密钥在旧密钥之下，去掉旧密钥就再也打不开。请先运行 yiwang keys rotate。"
            )));
        }
    }
    folder.set_master(&keys.without_old())?;
    let line =
        format!("已去掉 {old} 把旧的包裹密钥，只留第 {} 批。请重新备份（yiwang keys backup DIR）。", keys.epoch());
    Ok(Told { facts: json!({ "epoch": keys.epoch(), "retired": old }), lines: vec![line] })
}

fn renew_signer(folder: &KeyFolder) -> Result<Told, Failed> {
    folder.renew_signer(&operator())?;
    let signers: Vec<_> = folder.signer()?.public_keys().iter().map(journal::SitePublicKey::fingerprint).collect();
    let path = folder.path();
    Ok(Told {
        facts: json!({ "signers": signers, "copy_to_each_node": path }),
        lines: vec![
            format!("签名密钥已更换，指纹（SM3）：{}", signers.last().map_or("", String::as_str)),
            format!("此前的公钥留在 {}/former，旧签名照常可验。", path.display()),
            format!("运行中的网站几秒内改用新密钥；多节点的，请立即把 {} 复制到每个节点。", path.display()),
            "请立即另行备份（yiwang keys backup DIR），并向保存签名链头的人公布新指纹。".to_owned(),
        ],
    })
}

/// Lets the next keys that sign tokens for other systems sign sooner. They lie in the database, not in a file: with the embedded one
/// whoever serves the site is the only one who writes.
async fn renew_tokens(settings: &Settings) -> Result<Told, Failed> {
    if storage::Db::is_open_elsewhere(&settings.storage())? {
        return Err(Failed::input(
            "网站正在运行，这个数据库只有它能写。请在网站的「接入系统」页面打开「签名密钥」更换，或者停站后再运行。",
        ));
    }
    let site = Site::open(settings).await?;
    let renewed = identity::renew_token_keys(&site.app.system("operator"), &site.app).await;
    let keys = identity::token_keys(&site.app.db).await;
    site.app.db.close().await?;
    renewed?;
    let keys = keys?;
    let mut lines = vec!["下一把令牌签名密钥已公布，一天后开始使用；此前签的令牌照常可验。".to_owned()];
    lines.extend(keys.iter().map(|it| format!("令牌签名密钥（{}）：{}，{} 起用", it.alg, it.kid, it.use_from.zh())));
    Ok(Told { facts: json!({ "token_keys": keys }), lines })
}

fn backup(settings: &Settings, folder: &KeyFolder, to: &Path) -> Result<Told, Failed> {
    folder.master()?;
    folder.signer()?;
    let copy = KeyFolder::at(to);
    if to.exists() && std::fs::read_dir(to).is_ok_and(|mut it| it.next().is_some()) {
        return match copy.differs_from(folder)? {
            None => Ok(Told {
                facts: json!({ "folder": to, "written": false, "agrees": true }),
                lines: vec![format!("{} 与本站点现用的密钥一致。", to.display())],
            }),
            Some(file) => Err(Failed::input(format!(
                "目录 {} 已有内容，其中 {} 与本站点现用的密钥不同，没有覆盖。请换一个空目录。",
                to.display(),
                file.display()
            ))),
        };
    }
    std::fs::create_dir_all(to)
        .map_err(|error| Failed::input(format!("目录 {} 不能使用：{error}。请检查路径和读写权限。", to.display())))?;
    if to.canonicalize()?.starts_with(settings.data.canonicalize()?) {
        // Made just now, and empty.
        let _ = std::fs::remove_dir(to);
        return Err(Failed::input("密钥备份不能放在数据目录里：数据和密钥须分开保管。请换一个目录。"));
    }
    folder.copy_to(&copy)?;
    let same_disk = same_disk(&settings.data, to);
    let mut lines = vec![format!("密钥已备份并核对：{}。请与数据备份分开保管。", to.display())];
    if same_disk {
        lines.push("提示：它与数据在同一块盘上，这块盘坏了两者都没有了。请移到别处。".to_owned());
    }
    let facts = json!({ "folder": to, "written": true, "agrees": true, "same_disk": same_disk });
    Ok(Told { facts, lines })
}

fn same_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| std::fs::metadata(path).map(|it| it.dev()).ok();
    device(one).is_some_and(|it| device(other) == Some(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::{Listen, Place},
        site::{About, operator},
    };

    /// A site of a few people, at rest.
    async fn site(data: &Path) -> Settings {
        let place = Place { data: Some(data.to_owned()), database: None, config: None };
        let settings = Settings::of(&place, &Listen::default()).unwrap();
        let text = |it: &str| it.to_owned();
        let (id, signer) = (operator().new_id::<Site>().to_string(), String::new());
        let (name, division, phone) = (text("试验网"), text("341600000000"), text("12345"));
        let about = About { id, name, division, phone, demo: false, signer };
        let site = Site::make(&settings, about).await.unwrap();
        let ctx = site.app.system("test");
        for (number, name) in [("341602194803120026", "甲"), ("341602194310090017", "乙")] {
            let new = identity::NewPerson {
                paper: standards::PaperKind::Citizen,
                name: text(name),
                citizen_number: text(number),
                mobile: text("13900000001"),
                ..identity::NewPerson::default()
            };
            identity::create_person(&ctx, &site.app, &new).await.unwrap();
        }
        site.finish(&settings).unwrap();
        site.app.db.close().await.unwrap();
        settings
    }

    fn input(result: Result<Told, Failed>) -> String {
        let Err(Failed::Input(text)) = result else { panic!("refused as input: {result:?}") };
        text
    }

    #[tokio::test]
    async fn a_change_that_was_cut_off_is_carried_on_and_then_the_old_key_may_go() {
        let folder = tempfile::tempdir().unwrap();
        let settings = site(&folder.path().join("site")).await;
        let keys = Folder::at(&settings).keys();
        let old = keys.master().unwrap();
        // The new key was put in use, and then somebody pulled the plug.
        keys.set_master(&old.rotated(&operator())).unwrap();
        let told = input(retire(&settings, &keys).await);
        assert!(told.contains("刚刚改过"), "{told}");
        let long_ago = now() - 2 * SETTLED;
        let touch = || std::fs::File::open(keys.master_file()).unwrap().set_modified(long_ago).unwrap();
        touch();
        let told = input(retire(&settings, &keys).await);
        assert!(told.contains("在旧密钥之下"), "{told}");
        let told = rotate(&settings, &keys).await.unwrap();
        assert_eq!((told.facts["epoch"].clone(), told.facts["data_keys"].clone()), (json!(2), json!(2)));
        assert_eq!(keys.master().unwrap().epochs(), [1, 2], "carried on, not begun anew");
        touch();
        assert_eq!(retire(&settings, &keys).await.unwrap().facts, json!({ "epoch": 2, "retired": 1 }));
        assert_eq!(keys.master().unwrap().epochs(), [2]);
        let site = Site::open(&settings).await.unwrap();
        assert_eq!(site.app.vault.epochs().await.unwrap(), [(2, 2)]);
        assert!(crate::commands::verify::check(&site).await.unwrap().is_ok());
        site.app.db.close().await.unwrap();
        keys.set_master(&old).unwrap();
        let Err(Failed::Input(told)) = Site::open(&settings).await.map(drop) else {
            panic!("an older copy is refused")
        };
        assert!(told.contains("早于最近一次更换") && told.contains("master.key"), "{told}");
    }

    #[tokio::test]
    async fn the_next_token_keys_are_shown_at_once_and_once_and_the_record_still_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let settings = site(&folder.path().join("site")).await;
        let kids = |told: &Told| told.facts["token_keys"].as_array().unwrap().len();
        let first = renew_tokens(&settings).await.unwrap();
        assert_eq!(kids(&first), 4, "of each algorithm the one that signs and the one to come: {first:?}");
        let again = renew_tokens(&settings).await.unwrap();
        assert_eq!(again.facts, first.facts, "what is to come already is not made twice");
        let site = Site::open(&settings).await.unwrap();
        assert!(crate::commands::verify::check(&site).await.unwrap().is_ok());
        let told = input(renew_tokens(&settings).await);
        assert!(told.contains("接入系统"), "beside a running site: {told}");
        site.app.db.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_prepared_key_is_the_one_that_is_put_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let settings = site(&folder.path().join("site")).await;
        let keys = Folder::at(&settings).keys();
        prepare(&keys).unwrap();
        let ready = keys.master().unwrap();
        assert_eq!((ready.epoch(), ready.prepared_epoch()), (1, Some(2)));
        rotate(&settings, &keys).await.unwrap();
        assert_eq!(keys.master().unwrap().to_text(), ready.rotated(&operator()).to_text());
    }
}
