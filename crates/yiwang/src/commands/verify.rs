//! `yiwang journal verify`: checks all of the record from one snapshot.

use crate::{
    outcome::Failed,
    settings::Settings,
    site::{AREAS, Site},
};

/// Checks everything and says what was checked, or names the first altered row.
pub(crate) async fn run(settings: &Settings, json: bool) -> Result<(), Failed> {
    let site = Site::open_for_reading(settings).await?;
    let found = check(&site).await;
    site.app.db.close().await?;
    match found? {
        Ok(report) if json => println!("{}", serde_json::json!({ "ok": true, "report": report })),
        Ok(report) => println!(
            "核验通过：记录 {} 条，链 {} 条，对象 {} 个，已签名的链头 {} 个，全部相符。",
            report.entries, report.chains, report.things, report.signed_heads
        ),
        Err(broken) if json => {
            println!("{}", serde_json::json!({ "ok": false, "broken": broken }));
            return Err(Failed::BadNews(format!("核验不通过：{broken}")));
        }
        Err(broken) => return Err(Failed::BadNews(format!("核验不通过，第一处：{broken}"))),
    }
    Ok(())
}

/// The check itself, for `restore` too.
pub(crate) async fn check(site: &Site) -> Result<Result<journal::Report, journal::Broken>, Failed> {
    let snapshot = site.app.db.snapshot().await?;
    let replays: Vec<_> = AREAS.iter().flat_map(|it| (it.replays)()).collect();
    let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
    Ok(journal::verify(&snapshot, &site.signer.public_keys(), &replays).await?)
}
