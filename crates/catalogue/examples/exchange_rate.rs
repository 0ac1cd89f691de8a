//! How fast lists come in and go out, and in how much memory: `cargo run --release -p catalogue --example exchange_rate -- [ITEMS] [postgres://…]`.
//! Each item has four materials; 300 bodies. The figures are kept in `docs/benchmarks.md`.

use std::{
    io::{Cursor, Write},
    sync::Arc,
    time::Instant,
};

use catalogue::{ExchangeAsk, ExportForm, ItemDocument, Source, create_item, export_tables, import_tables};
use identity::{AuthorityFacts, create_listed_authority};
use kernel::{Actor, Ctx, Error, Result, SystemClock, SystemRandom};
use storage::{Db, Settings};
use zip::{ZipWriter, write::SimpleFileOptions};

const OFFICES: usize = 300;
const MATERIALS: usize = 4;
/// The demo's licence: its base entry is that of all items here.
const LICENCE: &str = include_str!("../../yiwang/demo/items/01-food-business-licence.json");

fn ctx() -> Ctx {
    Ctx::new(Actor::system("bench"), kernel::Clock::now(&SystemClock), Arc::new(SystemRandom))
}

/// So much memory the process held at most, in MB.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// A list of so many items with their materials, packed.
fn list(items: usize) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut file = |name: &str, head: &str, rows: &mut dyn Iterator<Item = String>| -> Result<()> {
        archive.start_file(name, SimpleFileOptions::default()).map_err(Error::internal)?;
        archive.write_all(head.as_bytes()).map_err(Error::internal)?;
        for row in rows {
            archive.write_all(row.as_bytes()).map_err(Error::internal)?;
        }
        Ok(())
    };
    let basic = "catalog_code,local_task_code,task_name,dept_name,use_level,power_source,promise_day,promise_type,accept_condition,is_fee,\
        project_type,handle_type,limit_scene_num,link_way,supervise_way,transact_addr,transact_time\n";
    let mut rows = (0..items).map(|n| {
        format!(
            "000131024000,B-{n:06},第 {n} 项食品经营许可,第{}局,4,1,5,1,\"有固定的经营场所\n有相应的设备\",0,2,1^2,1,0558-5550101,0558-5550102,\
             窗口：演示大道{n}号,窗口：工作日 9:00—17:00\n",
            n % OFFICES
        )
    });
    file("up_task_general_basic.csv", basic, &mut rows)?;
    let material = "local_task_code,dept_name,material_name,material_type,material_format,is_need,source_type,page_num,fill_explain,by_law,order_num\n";
    let mut rows = (0..items).flat_map(|n| {
        (1..=MATERIALS).map(move |m| {
            let office = n % OFFICES;
            format!("B-{n:06},第{office}局,第 {m} 份材料,3,3,1,10,1,按实际情况填写,食品经营许可和备案管理办法,{m}\n")
        })
    });
    file("up_task_general_material.csv", material, &mut rows)?;
    Ok(archive.finish().map_err(Error::internal)?.into_inner())
}

async fn import(db: &Db, file: &[u8], name: &str, dry_run: bool) -> Result<()> {
    let ask = ExchangeAsk { dry_run, ..ExchangeAsk::default() };
    let begun = Instant::now();
    let source = Source::Memory(file.to_vec().into());
    let report = import_tables(&ctx(), db, (source, name), &ask, &|_, _| {}).await?;
    let what = if dry_run { "check" } else { "import" };
    println!(
        "{what} {name} ({} MB): {:.1} s, peak {} MB; {report}",
        file.len() >> 20,
        begun.elapsed().as_secs_f64(),
        peak_mb()
    );
    report.lines.iter().take(3).for_each(|it| println!("  {it}"));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let items = words.next().and_then(|it| it.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let settings = match words.next() {
        Some(url) => Settings::postgres(url, folder.path()),
        None => Settings::sqlite(folder.path()),
    };
    let db = Db::open(&settings).await?;
    let migrations = [storage::MIGRATIONS, journal::MIGRATIONS, identity::AREA.migrations, catalogue::AREA.migrations];
    db.migrate(&migrations.concat()).await?;
    let mut first = None;
    for n in 0..OFFICES {
        let facts = AuthorityFacts {
            name: format!("第{n}局"),
            division: "341602000000".to_owned(),
            ..AuthorityFacts::default()
        };
        first = first.or(Some(create_listed_authority(&ctx(), &db, &facts).await?));
    }
    let licence: ItemDocument = serde_json::from_str(LICENCE).map_err(Error::internal)?;
    if let Some(office) = first {
        create_item(&ctx(), &db, office, &licence).await?;
    }
    let file = list(items)?;
    println!(
        "{:?}: {items} items with {MATERIALS} materials each, {OFFICES} bodies; peak before {} MB",
        db.engine(),
        peak_mb()
    );
    import(&db, &file, "list.zip", true).await?;
    import(&db, &file, "list.zip", false).await?;
    import(&db, &file, "list.zip", false).await?;
    for form in [ExportForm::Archive, ExportForm::Workbook] {
        let begun = Instant::now();
        let (mut out, n) = export_tables(&db, None, form, &|_, _| {}).await?;
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut out, &mut bytes).map_err(Error::internal)?;
        println!(
            "export {n} as {}: {:.1} s, {} MB, peak {} MB",
            form.ending(),
            begun.elapsed().as_secs_f64(),
            bytes.len() >> 20,
            peak_mb()
        );
        import(&db, &bytes, &format!("out.{}", form.ending()), true).await?;
    }
    db.close().await
}
