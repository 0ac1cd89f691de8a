//! `yiwang search`: what the portal would find, without a running server.

use portal::{Ask, SearchIndex};

use crate::{cli::SearchArgs, outcome::Failed, settings::Settings, site::Site};

/// Prints names and codes, best first; beside a running server nothing is written.
pub(crate) async fn run(settings: &Settings, args: &SearchArgs) -> Result<(), Failed> {
    if args.limit == 0 {
        return Err(Failed::input("--limit 须大于 0。"));
    }
    let site = Site::open_for_reading(settings).await?;
    let ask = Ask { text: args.query.join(" "), limit: args.limit, ..Ask::default() };
    let index = SearchIndex::for_reading(&settings.data);
    let found = index.search(&site.app.db, site.app.clock.now(), &ask).await;
    site.app.db.close().await?;
    let found = found?;
    if args.json {
        let hits: Vec<_> = found.hits.iter().map(portal::SearchHit::of).collect();
        println!("{}", serde_json::to_string(&hits).map_err(|error| Failed::Platform(error.to_string()))?);
        return Ok(());
    }
    for hit in &found.hits {
        let item = &hit.entry.item;
        let code = if item.item_code.is_empty() { &item.local_code } else { &item.item_code };
        println!("{}\t{code}\t{}", item.name, hit.entry.authority.name);
    }
    if found.hits.is_empty() {
        eprintln!("没有找到「{}」。换一个说法试试，比如只写两三个字。", ask.text);
    } else if !found.sure {
        eprintln!("没有完全对上的，以上只是相近的事项。");
    }
    Ok(())
}
