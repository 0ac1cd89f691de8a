//! `yiwang export`: the items of an authority or of the site, in the national exchange tables.

use std::{fs::File, io, path::Path};

use catalogue::{ExportForm, export_tables};
use kernel::{Authority, Id, PAGE_MAX, PageAsk};
use storage::Db;

use crate::{cli::ExportItemsArgs, demo::bar, outcome::Failed, settings::Settings, site::Site};

/// Writes the file and says how many items are in it.
pub(crate) async fn items(settings: &Settings, args: &ExportItemsArgs) -> Result<(), Failed> {
    let form = form(&args.file)?;
    let site = Site::open_for_reading(settings).await?;
    let db = &site.app.db;
    let authority = match &args.authority {
        Some(name) => Some(authority(db, name).await?),
        None => None,
    };
    let steps = bar("导出事项", 0);
    let written = export_tables(db, authority, form, &|done, _| {
        steps.set_length(done as u64);
        steps.set_position(done as u64);
    })
    .await;
    steps.finish_and_clear();
    site.app.db.close().await?;
    let (mut from, items) = written?;
    let unwritable = |error: io::Error| Failed::input(format!("文件 {} 写不了：{error}", args.file.display()));
    let mut into = File::create(&args.file).map_err(unwritable)?;
    io::copy(&mut from, &mut into).map_err(unwritable)?;
    into.sync_all().map_err(unwritable)?;
    println!("导出 {items}");
    Ok(())
}

fn form(file: &Path) -> Result<ExportForm, Failed> {
    let ending = file.extension().and_then(|it| it.to_str()).unwrap_or_default();
    ExportForm::from_ending(ending).ok_or_else(|| Failed::input("文件名应以 .xlsx 或者 .zip 结尾。"))
}

/// The authority of this id, credit code or name.
pub(super) async fn authority(db: &Db, text: &str) -> Result<Id<Authority>, Failed> {
    if let Ok(id) = text.parse() {
        return Ok(identity::authority(db, id).await?.id);
    }
    if let Some(found) = identity::find_authority_by_uscc(db, text).await? {
        return Ok(found.id);
    }
    let (mut named, mut ask) = (Vec::new(), PageAsk { after: None, limit: PAGE_MAX });
    loop {
        let page = identity::authority_list(db, &ask).await?;
        named.extend(page.items.into_iter().filter(|it| it.facts.name == text).map(|it| it.id));
        let Some(next) = page.next else { break };
        ask.after = Some(next.parse()?);
    }
    match named.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failed::input(format!("没有实施主体「{text}」。"))),
        _ => Err(Failed::input(format!("叫「{text}」的实施主体不止一个，请写统一社会信用代码。"))),
    }
}
