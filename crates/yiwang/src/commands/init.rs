//! `yiwang init`: makes a real site: keys, place, first authority, first administrator with a code that works once.

use crate::{
    cli::InitArgs,
    outcome::Failed,
    settings::Settings,
    site::{About, Site, operator},
};

/// The prefix of document numbers until the authority's own is entered: so many characters of its name.
const AUTHORITY_SHORT: usize = 4;

/// Checks all that was given before it makes anything.
pub(crate) async fn run(settings: &Settings, args: InitArgs) -> Result<(), Failed> {
    let division: standards::DivisionCode = wrong(args.division.parse(), "--division")?;
    let authority: standards::CreditCode = wrong(args.authority_code.parse(), "--authority-code")?;
    let path = args.divisions.display();
    let divisions =
        std::fs::read(&args.divisions).map_err(|error| Failed::input(format!("文件 {path} 读不出来：{error}")))?;
    identity::check_divisions(&divisions, &division)?;
    let facts = identity::AuthorityFacts {
        short_name: args.authority.chars().take(AUTHORITY_SHORT).collect(),
        name: args.authority,
        uscc: authority.to_string(),
        division: division.to_string(),
        phone: args.phone.clone(),
        address: args.authority_address,
        hours: args.authority_hours,
    };
    let facts = facts.check().map_err(kernel::Error::Invalid)?;
    let id = operator().new_id::<Site>().to_string();
    let about = About { id, name: args.name, division: division.to_string(), phone: args.phone, demo: false };
    let site = Site::make(settings, about).await?;
    let ctx = site.app.system("operator");
    let report = identity::import_divisions(&ctx, &site.app.db, &divisions).await?;
    identity::create_authority(&ctx, &site.app.db, &facts).await?;
    let code = identity::first_administrator(&ctx, &site.app).await?;
    site.finish(settings)?;
    site.app.db.close().await?;
    if args.json {
        println!("{}", serde_json::json!({ "data": settings.data, "code": code, "first": "/first" }));
        return Ok(());
    }
    println!("{report}");
    println!("网站已建好，数据目录：{}", settings.data.display());
    println!("首位管理员的一次性代码（只显示这一次）：{code}");
    println!(
        "下一步：yiwang serve --data {}，打开 {}/first，用此代码设定登录名和密码。",
        settings.data.display(),
        settings.address
    );
    println!("请立即把 {}/keys 另行备份：没有它，个人信息再也读不出来。", settings.data.display());
    Ok(())
}

fn wrong<T, E: std::fmt::Display>(parsed: Result<T, E>, flag: &str) -> Result<T, Failed> {
    parsed.map_err(|error| Failed::input(format!("{flag}：{error}")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;
    use crate::{
        cli::{Cli, Command, Listen},
        commands::verify,
    };

    async fn init(data: &Path, changed: &[(&str, &str)]) -> Result<Settings, Failed> {
        let divisions = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/divisions.csv");
        let data = data.to_str().unwrap();
        let mut words = [
            ("--data", data),
            ("--name", "亳州市政务服务网"),
            ("--division", "341600000000"),
            ("--divisions", divisions),
            ("--authority", "亳州市数据资源管理局"),
            ("--authority-code", "11341600000000019Q"),
            ("--authority-address", "亳州市谯城区演示大道1号"),
        ];
        for (flag, value) in changed {
            words.iter_mut().find(|it| it.0 == *flag).unwrap().1 = value;
        }
        let line = ["yiwang", "init"].into_iter().chain(words.iter().flat_map(|it| [it.0, it.1]));
        let cli = Cli::try_parse_from(line).unwrap();
        let settings = Settings::of(&cli.place, &Listen::default())?;
        let Command::Init(args) = cli.command else { panic!("the words of another command") };
        run(&settings, args).await.map(|()| settings)
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_before_anything_is_made_and_then_a_whole_site_is() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("site");
        let wrong = [
            ("--division", "34160X000000", "--division"),
            ("--division", "341700000000", "行政区划表里没有"),
            ("--divisions", "/nowhere.csv", "/nowhere.csv"),
            ("--authority-code", "11341600000000019A", "第 18 位"),
            ("--authority", " ", "名称"),
            ("--authority-address", "", "地址"),
        ];
        for (flag, value, told) in wrong {
            let Err(Failed::Input(text)) = init(&data, &[(flag, value)]).await else {
                panic!("{flag} {value} was taken")
            };
            assert!(text.contains(told), "{flag} {value}: {text}");
            assert!(!data.exists(), "{flag} {value} left something behind");
        }
        let settings = init(&data, &[]).await.unwrap();
        let site = Site::open(&settings).await.unwrap();
        assert!(verify::check(&site).await.unwrap().is_ok());
        site.app.db.close().await.unwrap();
        let Err(Failed::Input(text)) = init(&data, &[]).await else { panic!("made twice") };
        assert!(text.contains("已有网站"), "{text}");
    }
}
