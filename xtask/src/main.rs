//! Tasks of the workshop: `cargo xtask tidy` holds the house to its law, `cargo xtask new-area NAME` begins a room.

mod documents;
mod law;
mod new_area;
mod source;

use std::{path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy(&root),
        ["new-area", name] => match new_area::make(&root, name) {
            Ok(text) => {
                println!("{text}");
                ExitCode::SUCCESS
            }
            Err(why) => {
                eprintln!("{why}");
                ExitCode::from(2)
            }
        },
        _ => {
            eprintln!("usage: cargo xtask tidy | cargo xtask new-area NAME");
            ExitCode::from(2)
        }
    }
}

fn tidy(root: &std::path::Path) -> ExitCode {
    let house = source::House::read(root);
    for line in law::long(&house) {
        println!("long: {line}");
    }
    let mut broken = 0;
    for (name, judge) in law::LAWS {
        let faults = judge(&house);
        println!("{} {name}", if faults.is_empty() { "ok " } else { "BAD" });
        for fault in &faults {
            println!("      {fault}");
        }
        broken += faults.len();
    }
    println!("{} laws, {broken} breaches", law::LAWS.len());
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
