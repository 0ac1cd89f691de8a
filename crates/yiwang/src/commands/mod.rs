//! One file a command; each reads its input whole before it changes anything.

mod backup;
mod calendar;
mod code;
pub(crate) mod demo;
mod export;
mod import;
mod init;
mod keys;
mod person;
mod search;
pub(crate) mod verify;
mod walk;

use crate::{
    bench,
    cli::{CalendarCommand, Cli, CodeCommand, Command, ExportCommand, JournalCommand, Listen, PersonCommand},
    observe,
    outcome::Failed,
    serve,
    settings::Settings,
    site::Site,
};

/// Runs the command.
pub(crate) async fn run(cli: Cli) -> Result<(), Failed> {
    let place = cli.place;
    let settings = |listen: &Listen| Settings::of(&place, listen);
    let plain = Listen::default();
    match cli.command {
        Command::Code(CodeCommand::Check { kind }) => code::check(&kind),
        Command::Calendar(CalendarCommand::Due) => calendar::due(),
        Command::Serve(listen) => serve_site(&settings(&listen)?).await,
        Command::Demo(args) => {
            let settings = Settings { days_ahead: args.days_ahead, ..settings(&args.listen)? };
            demo::run(&settings, args.load_only).await
        }
        Command::Init(args) => init::run(&settings(&plain)?, args).await,
        Command::Migrate => migrate(&settings(&plain)?).await,
        Command::Import(command) => import::run(&settings(&plain)?, command).await,
        Command::Export(ExportCommand::Items(args)) => export::items(&settings(&plain)?, &args).await,
        Command::Search(args) => search::run(&settings(&plain)?, &args).await,
        Command::Journal(JournalCommand::Verify { json }) => verify::run(&settings(&plain)?, json).await,
        Command::Keys(command) => keys::run(&settings(&plain)?, command).await,
        Command::Person(PersonCommand::Erase(args)) => person::erase(&settings(&plain)?, args).await,
        Command::Backup(args) => backup::take(&settings(&plain)?, args).await,
        Command::Restore(args) => backup::restore(&settings(&plain)?, args).await,
        Command::Walk(args) => walk::run(&settings(&plain)?, args.json).await,
        Command::Bench(args) => bench::run(&settings(&plain)?, &args).await,
        Command::BenchFill { cases } => bench::fill::run(&settings(&plain)?, cases).await,
        Command::BenchFilled(args) => bench::filled::run(&settings(&plain)?, &args).await,
        Command::BenchMorning(args) => bench::morning::run(&settings(&plain)?, &args).await,
        Command::BenchBare { folder, listen } => bench::serve_bare(folder, listen).await,
    }
}

async fn serve_site(settings: &Settings) -> Result<(), Failed> {
    serve::expect_encrypted(settings)?;
    observe::logs(settings.log_format, settings.log_file.as_deref())?;
    let site = Site::open(settings).await?;
    let public = settings.address.clone();
    serve::run(site, settings, |address| println!("网站已启动：{public}（监听 {address}）。按 Ctrl-C 停止。")).await
}

async fn migrate(settings: &Settings) -> Result<(), Failed> {
    let site = Site::open(settings).await?;
    site.app.db.close().await?;
    println!("数据库结构已是本程序的版本。");
    Ok(())
}
