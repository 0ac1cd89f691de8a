//! Writes one paper of each kind as PDF and SVG into a folder, and says how many papers a second this machine makes.
//!
//! `cargo run --release -p papers --example specimen -- FOLDER [FONT…]`; fonts given are used for characters the embedded ones lack.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use papers::{Fonts, Info, Paper, layout, pdf, svg};
use time::macros::datetime;

mod specimens;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: specimen FOLDER [FONT…]")?);
    let extra = arguments.map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    std::fs::create_dir_all(&folder)?;
    let start = Instant::now();
    let fonts = Fonts::with_folder(extra)?;
    println!("fonts read in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let mut papers = specimens::all();
    if fonts.covers('𠮷') {
        papers.push(("rare", Paper { addressee: Some("𠮷某".to_owned()), ..specimens::receipt() }));
    }
    for (name, paper) in papers {
        let info = Info {
            title: paper.title.clone(),
            author: paper.authority.clone(),
            subject: "食品经营许可（新办）".to_owned(),
            keywords: paper.number.iter().cloned().collect(),
            created: datetime!(2026-03-02 09:30 +8),
        };
        let laid = layout(&paper, &fonts)?;
        let bytes = pdf(&laid, &fonts, &info)?;
        std::fs::write(folder.join(format!("{name}.pdf")), &bytes)?;
        for (index, page) in laid.pages.iter().enumerate() {
            std::fs::write(folder.join(format!("{name}-{}.svg", index + 1)), svg(page, &fonts))?;
        }
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < Duration::from_millis(500) {
            pdf(&layout(&paper, &fonts)?, &fonts, &info)?;
            count += 1;
        }
        let rate = f64::from(count) / start.elapsed().as_secs_f64();
        println!("{name}: {} pages, {} KB, {rate:.0} a second", laid.pages.len(), bytes.len() / 1024);
    }
    Ok(())
}
