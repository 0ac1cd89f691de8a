//! `yiwang import`: divisions, items, the State Council's notice of next year's holidays. Good rows go in, bad rows are named.

use std::{fmt::Display, fs::File, io::Read, path::Path};

use catalogue::{ExchangeAsk, ExchangeReport, Source, import_tables, is_published_list};
use kernel::Ctx;
use serde::Serialize;
use storage::Db;

use crate::{
    cli::{ImportArgs, ImportCommand, ImportItemsArgs, ImportOfficersArgs},
    demo::bar,
    outcome::Failed,
    settings::Settings,
    site::Site,
};

/// Larger files are not read whole into memory: no list of a place is nearly as large.
const FILE_MAX: u64 = 256 << 20;
/// So much of a file tells what it is.
const START: u64 = 8 * 1024;

/// Imports one file and ends with one line of counts.
pub(crate) async fn run(settings: &Settings, command: ImportCommand) -> Result<(), Failed> {
    let args = match &command {
        ImportCommand::Divisions(args) | ImportCommand::Calendar(args) => args,
        ImportCommand::Items(args) => return items(settings, args).await,
        ImportCommand::Officers(args) => return officers(settings, args).await,
    };
    let bytes = read(&args.file)?;
    let site = Site::open(settings).await?;
    let ctx = site.app.system("operator");
    let told = match &command {
        ImportCommand::Divisions(_) => {
            let report = identity::import_divisions(&ctx, &site.app.db, &bytes).await;
            report.map(|it| tell(&it, &it.refused, args))
        }
        _ => cases::import_calendar(&ctx, &site.app, &bytes).await.map(|it| tell(&it, &[] as &[String], args)),
    };
    site.app.db.close().await?;
    Ok(told?)
}

/// Items: a published list, or the exchange tables, by how the file begins.
async fn items(settings: &Settings, args: &ImportItemsArgs) -> Result<(), Failed> {
    let is_list = is_published_list(&start(&args.import.file)?);
    if is_list && args.dry_run {
        return Err(Failed::input("已公布的清单（这种表头的 CSV）不能只检查；重复导入不会改变已有内容。"));
    }
    let list = if is_list { Some(read(&args.import.file)?) } else { None };
    let site = Site::open(settings).await?;
    let (ctx, db) = (site.app.system("operator"), &site.app.db);
    let steps = bar(if args.dry_run { "检查事项" } else { "导入事项" }, 0);
    let progress = |done: usize, all: usize| {
        steps.set_length(all as u64);
        steps.set_position(done as u64);
    };
    let told = match list {
        Some(bytes) => {
            let report = catalogue::import_items(&ctx, db, &bytes, &progress).await;
            report.map_err(Failed::from).map(|it| {
                steps.finish_and_clear();
                tell(&it, &it.refused, &args.import);
            })
        }
        None => tables(&ctx, db, args, &progress).await.map(|it| {
            steps.finish_and_clear();
            it.not_kept.iter().for_each(|it| eprintln!("不导入的列：{it}"));
            tell(&it, &it.lines, &args.import);
        }),
    };
    steps.finish_and_clear();
    site.app.db.close().await?;
    told
}

/// A list of officers: who holds which post.
async fn officers(settings: &Settings, args: &ImportOfficersArgs) -> Result<(), Failed> {
    let file = &args.import.file;
    let name = file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let site = Site::open(settings).await?;
    let ctx = site.app.system("operator");
    let steps = bar(if args.dry_run { "检查人员" } else { "导入人员" }, 0);
    let progress = |done: usize, all: usize| {
        steps.set_length(all as u64);
        steps.set_position(done as u64);
    };
    let source = Source::Disk(file.clone());
    let report = identity::import_officers(&ctx, &site.app, (source, &name), args.dry_run, &progress).await;
    steps.finish_and_clear();
    site.app.db.close().await?;
    let report = report?;
    tell(&report, &report.troubles, &args.import);
    Ok(())
}

async fn tables(
    ctx: &Ctx,
    db: &Db,
    args: &ImportItemsArgs,
    progress: catalogue::Progress<'_>,
) -> Result<ExchangeReport, Failed> {
    let authority = match &args.authority {
        Some(name) => Some(super::export::authority(db, name).await?),
        None => None,
    };
    let ask = ExchangeAsk { authority, dry_run: args.dry_run, blank_clears: args.blank_clears };
    let file = &args.import.file;
    let name = file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(import_tables(ctx, db, (Source::Disk(file.clone()), &name), &ask, progress).await?)
}

/// The first bytes of a file: enough for its head line.
fn start(path: &Path) -> Result<Vec<u8>, Failed> {
    let unreadable = |error: std::io::Error| Failed::input(format!("文件 {} 读不出来：{error}", path.display()));
    let mut out = Vec::new();
    File::open(path).map_err(unreadable)?.take(START).read_to_end(&mut out).map_err(unreadable)?;
    Ok(out)
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    let unreadable = |error: std::io::Error| Failed::input(format!("文件 {} 读不出来：{error}", path.display()));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > FILE_MAX {
        return Err(Failed::input(format!(
            "文件 {} 有 {} MB，超过 256 MB，请分成几个文件。",
            path.display(),
            size >> 20
        )));
    }
    std::fs::read(path).map_err(unreadable)
}

/// Each refused row on standard error, and the counts as the last line of standard output.
fn tell<R: Display>(report: &(impl Serialize + Display), refused: &[R], args: &ImportArgs) {
    for row in refused {
        eprintln!("{row}");
    }
    if args.json {
        println!("{}", serde_json::to_string(report).unwrap_or_default());
    } else {
        println!("{report}");
    }
}
