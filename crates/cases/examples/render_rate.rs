//! How many papers a second one core makes: `cargo run --release -p cases --example render_rate -- [SECONDS]`. Each is filled from its template, laid out
//! after GB/T 9704 and written as tagged PDF/A with its fonts; one of every kind in turn. The figures are kept in `docs/benchmarks.md`.

use std::time::{Duration, Instant};

use cases::Specimens;
use kernel::{Error, Result};
use papers::{Fonts, Info};
use webkit::SiteInfo;

fn main() -> Result<()> {
    let seconds = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(10);
    let site = SiteInfo {
        name: "政务服务网".to_owned(),
        division: "340000000000".to_owned(),
        phone: "12345".to_owned(),
        demo: false,
        address: "https://example.gov.cn".to_owned(),
        trusted_proxies: Vec::new(),
    };
    let (fonts, shipped) = (Fonts::embedded().map_err(Error::internal)?, Specimens::shipped()?);
    let (mut made, mut bytes, begun) = (0_u32, 0, Instant::now());
    let mut longest = Duration::ZERO;
    while begun.elapsed() < Duration::from_secs(seconds) {
        for paper in shipped.papers(&site)? {
            let one = Instant::now();
            let info = Info {
                title: paper.title.clone(),
                author: paper.authority.clone(),
                subject: "食品经营许可（新办）".to_owned(),
                keywords: paper.number.iter().cloned().collect(),
                created: time::OffsetDateTime::UNIX_EPOCH,
            };
            let laid = papers::layout(&paper, &fonts).map_err(Error::internal)?;
            bytes += papers::pdf(&laid, &fonts, &info).map_err(Error::internal)?.len();
            longest = longest.max(one.elapsed());
            made += 1;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    println!(
        "{made} papers in {took:.1} s on one core: {:.0} a second, the longest {} ms, {} KB each",
        f64::from(made) / took,
        longest.as_millis(),
        bytes / 1024 / usize::try_from(made.max(1)).unwrap_or(1)
    );
    Ok(())
}
