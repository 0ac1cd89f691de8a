//! `yiwang backup` and `yiwang restore`: one file with database, papers and uploads; never with keys, which are kept apart.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek},
    path::{Path, PathBuf},
};

use storage::{Blobs, Db, backup};
use tar::{Archive, Builder, Header};

use crate::{
    cli::{BackupArgs, RestoreArgs},
    commands::verify,
    keys::KeyFolder,
    outcome::Failed,
    settings::Settings,
    site::{About, Folder, Site, migrations, operator},
};

/// The archive's entries, in this order.
const ABOUT: &str = "site.toml";
const DATABASE: &str = "database.jsonl";
const FILES: &str = "files/";
/// Names of stored files are read so many at a time.
const NAMES: usize = 1_000;

/// Takes a backup while the site runs.
pub(crate) async fn take(settings: &Settings, args: BackupArgs) -> Result<(), Failed> {
    if args.file.exists() {
        return Err(Failed::input(format!("文件 {} 已存在，没有覆盖。请换一个文件名。", args.file.display())));
    }
    let site = Site::open_for_reading(settings).await?;
    let partial = PathBuf::from(format!("{}.partial", args.file.display()));
    let taken = write(&site, settings, &partial).await;
    let (rows, files) = match taken {
        Ok(counts) => counts,
        Err(failed) => {
            let _ = std::fs::remove_file(&partial);
            return Err(failed);
        }
    };
    std::fs::rename(&partial, &args.file)?;
    site.app.db.close().await?;
    if args.json {
        println!("{}", serde_json::json!({ "rows": rows, "files": files }));
    } else {
        println!("备份完成：数据 {rows} 行，文件 {files} 个 → {}", args.file.display());
        println!("密钥不在备份里，请用 yiwang keys backup DIR 另行备份。");
    }
    Ok(())
}

async fn write(site: &Site, settings: &Settings, to: &Path) -> Result<(u64, u64), Failed> {
    // The rows first: every file that they name was stored before they were committed.
    let mut rows =
        tempfile::tempfile_in(to.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    let summary = backup::export(&site.app.db, BufWriter::new(&mut rows)).await?;
    let mut archive = Builder::new(BufWriter::new(File::create(to)?));
    append(&mut archive, ABOUT, &std::fs::read(Folder::at(settings).about())?)?;
    let mut header = header(rows.metadata()?.len());
    rows.rewind()?;
    archive.append_data(&mut header, DATABASE, &mut rows)?;
    let (mut files, mut after) = (0, String::new());
    loop {
        let names = site.app.blobs.list(&after, NAMES).await?;
        let Some(last) = names.last() else { break };
        after.clone_from(last);
        for name in names {
            append(&mut archive, &format!("{FILES}{name}"), &site.app.blobs.get(&name).await?)?;
            files += 1;
        }
    }
    let out = archive.into_inner()?.into_inner().map_err(|error| Failed::Platform(error.to_string()))?;
    out.sync_all()?;
    Ok((summary.rows, files))
}

fn header(size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header.set_cksum();
    header
}

fn append(archive: &mut Builder<BufWriter<File>>, name: &str, bytes: &[u8]) -> Result<(), Failed> {
    archive.append_data(&mut header(bytes.len() as u64), name, bytes)?;
    Ok(())
}

/// Restores into an empty folder (and an empty database), then proves itself by verifying the whole record.
pub(crate) async fn restore(settings: &Settings, args: RestoreArgs) -> Result<(), Failed> {
    let folder = Folder::at(settings);
    if !folder.is_empty() {
        return Err(Failed::input(format!("目录 {} 里已有网站，没有改动。请换一个空目录。", settings.data.display())));
    }
    let file = File::open(&args.file)
        .map_err(|error| Failed::input(format!("备份文件 {} 打不开：{error}", args.file.display())))?;
    let keys = KeyFolder::at(&args.keys);
    keys.master()?;
    keys.signer()?;
    std::fs::create_dir_all(&settings.data)?;
    let restored = load(settings, file, &keys).await;
    let (site, rows, files) = match restored {
        Ok(it) => it,
        Err(failed) => {
            folder.clear()?;
            // Written by us just now, and only if all before it went well.
            let _ = std::fs::remove_file(folder.about());
            return Err(match (&settings.database, failed) {
                (Some(_), Failed::Input(text)) => {
                    Failed::Input(format!("{text}（数据库里可能留下了恢复到一半的数据，请删去后再试。）"))
                }
                (_, failed) => failed,
            });
        }
    };
    let checked = verify::check(&site).await?;
    site.app.db.close().await?;
    match checked {
        Ok(report) if args.json => {
            println!("{}", serde_json::json!({ "rows": rows, "files": files, "report": report }))
        }
        Ok(report) => {
            println!("恢复完成：数据 {rows} 行，文件 {files} 个。核验通过：记录 {} 条，全部相符。", report.entries);
        }
        Err(broken) => return Err(Failed::BadNews(format!("数据已恢复，但核验不通过，第一处：{broken}"))),
    }
    Ok(())
}

/// Loads all of it, puts the keys beside it, and opens it as a site.
async fn load(settings: &Settings, file: File, keys: &KeyFolder) -> Result<(Site, u64, u64), Failed> {
    let folder = Folder::at(settings);
    let (about, rows, files) = read(settings, file).await?;
    keys.copy_to(&folder.keys())?;
    std::fs::write(folder.about(), toml::to_string(&about).map_err(|error| Failed::Platform(error.to_string()))?)?;
    Ok((Site::open(settings).await?, rows, files))
}

async fn read(settings: &Settings, file: File) -> Result<(About, u64, u64), Failed> {
    let broken = |why: &str| Failed::input(format!("这不是完好的备份文件：{why}。"));
    let blobs = Blobs::open(&settings.data)?;
    let mut archive = Archive::new(BufReader::new(file));
    let (mut about, mut rows, mut files) = (None::<About>, None, 0);
    for entry in archive.entries().map_err(|_| broken("读不出归档"))? {
        let mut entry = entry.map_err(|_| broken("归档不完整"))?;
        let name = entry.path().map_err(|_| broken("条目名有误"))?.to_string_lossy().into_owned();
        if name == ABOUT {
            let mut text = String::new();
            entry.read_to_string(&mut text).map_err(|_| broken("站点说明读不出来"))?;
            about = Some(toml::from_str(&text).map_err(|_| broken("站点说明有误"))?);
        } else if name == DATABASE {
            let about = about.as_ref().ok_or_else(|| broken("缺少站点说明"))?;
            blobs.mark(&about.id).await?;
            let mut spool = tempfile::tempfile_in(&settings.data)?;
            std::io::copy(&mut entry, &mut spool).map_err(|_| broken("数据不完整"))?;
            spool.rewind()?;
            let db = Db::open(&settings.storage()).await?;
            rows = Some(backup::restore(&db, &operator(), &migrations(), BufReader::new(spool)).await?.rows);
            db.close().await?;
        } else if let Some(id) = name.strip_prefix(FILES) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|_| broken("文件不完整"))?;
            if blobs.put(bytes).await? != id {
                return Err(broken(&format!("文件 {id} 被改动过")));
            }
            files += 1;
        } else {
            return Err(broken(&format!("有不认识的条目 {name}")));
        }
    }
    let about = about.ok_or_else(|| broken("缺少站点说明"))?;
    Ok((about, rows.ok_or_else(|| broken("缺少数据"))?, files))
}
