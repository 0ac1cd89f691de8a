//! The portal alone on 127.0.0.1:8089, with the demo's divisions, authorities, items and the real list of 广安区: to look at its pages.

use std::{error::Error, fs, path::Path};

use kernel::Clock;
use webkit::axum;

static AREAS: [&webkit::Area; 3] = [&identity::AREA, &catalogue::AREA, &portal::AREA];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let own = |_: &storage::Db| [catalogue::own(), portal::own(None)].concat();
    let site = testkit::sites_with(&AREAS, own, None).await.remove(0);
    let (ctx, db) = (site.app.system("demo"), &site.app.db);
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../yiwang/demo");
    identity::import_divisions(&ctx, db, &fs::read(demo.join("divisions.csv"))?).await?;
    let authorities: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(demo.join("authorities.json"))?)?;
    let mut ids = std::collections::HashMap::new();
    for it in &authorities {
        let text = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
        let facts = identity::AuthorityFacts {
            name: text("name"),
            short_name: text("short"),
            uscc: text("uscc"),
            division: text("division"),
            phone: text("phone"),
            address: text("address"),
            hours: text("hours"),
        };
        ids.insert(text("key"), identity::create_authority(&ctx, db, &facts).await?);
    }
    let mut files: Vec<_> = fs::read_dir(demo.join("items"))?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::path);
    for file in files {
        let value: serde_json::Value = serde_json::from_slice(&fs::read(file.path())?)?;
        let authority = ids[value["authority"].as_str().unwrap_or_default()];
        let document: catalogue::ItemDocument = serde_json::from_value(value)?;
        let item = catalogue::create_item(&ctx, db, authority, &document).await?;
        catalogue::publish(&ctx, db, item, 1).await?;
    }
    let report = catalogue::import_items(&ctx, db, &fs::read(demo.join("items-guanganqu.csv"))?, &|_, _| {}).await?;
    site.app.part::<portal::SearchIndex>()?.ready(db, site.clock.now()).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8089").await?;
    println!("http://127.0.0.1:8089 ({report})");
    let service = webkit::service(&site.app, &AREAS).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
