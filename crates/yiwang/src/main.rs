//! The program: reads the command line and runs one command.
//!
//! Exit codes: 0 done; 1 the platform failed; 2 the input or the command line was wrong and nothing was done.

mod bench;
mod child;
mod cli;
mod commands;
mod couriers;
mod demo;
mod http;
mod keys;
mod mail;
mod observe;
mod outcome;
mod outward;
mod scanner;
mod serve;
mod settings;
mod site;
mod usage;
mod verifier;
mod workers;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Parser;

/// A page with a list is made of some thousand small texts; the system's own allocator takes a sixth of its processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => match usage::words(&error) {
            Some(words) => return outcome::Failed::input(words).report(),
            // Help, asked for or because a command is missing.
            None => error.exit(),
        },
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("无法启动：{error}");
            return ExitCode::from(1);
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failed.report(),
    }
}
