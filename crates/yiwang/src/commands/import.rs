//! `yiwang import`: divisions, items, the State Council's notice of next year's holidays. Good rows go in, bad rows are named.

use std::{fmt::Display, path::Path};

use serde::Serialize;

use crate::{
    cli::{ImportArgs, ImportCommand},
    demo::bar,
    outcome::Failed,
    settings::Settings,
    site::Site,
};

/// Larger files are not read whole into memory: no list of a place is nearly as large.
const FILE_MAX: u64 = 256 << 20;

/// Imports one file and ends with one line of counts.
pub(crate) async fn run(settings: &Settings, command: ImportCommand) -> Result<(), Failed> {
    let args = match &command {
        ImportCommand::Divisions(args) | ImportCommand::Items(args) | ImportCommand::Calendar(args) => args,
    };
    let bytes = read(&args.file)?;
    let site = Site::open(settings).await?;
    let ctx = site.app.system("operator");
    let told = match &command {
        ImportCommand::Divisions(_) => {
            let report = identity::import_divisions(&ctx, &site.app.db, &bytes).await;
            report.map(|it| tell(&it, &it.refused, args))
        }
        ImportCommand::Items(_) => {
            let steps = bar("事项清单", 0);
            let report = catalogue::import_items(&ctx, &site.app.db, &bytes, &|done, all| {
                steps.set_length(all as u64);
                steps.set_position(done as u64);
            })
            .await;
            steps.finish_and_clear();
            report.map(|it| tell(&it, &it.refused, args))
        }
        ImportCommand::Calendar(_) => {
            cases::import_calendar(&ctx, &site.app, &bytes).await.map(|it| tell(&it, &[] as &[String], args))
        }
    };
    site.app.db.close().await?;
    Ok(told?)
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
