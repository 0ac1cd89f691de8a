//! `yiwang init`: makes a real site: keys, place, first authority, first administrator with a code that works once.

mod answers;

use std::io::IsTerminal;

use crate::{
    cli::InitArgs,
    outcome::Failed,
    settings::Settings,
    site::{About, Folder, Site, operator},
};
use answers::Answers;

/// The prefix of document numbers until the authority's own is entered: so many characters of its name.
const AUTHORITY_SHORT: usize = 4;

/// Checks all that was given, asks on a terminal for what is missing, and only then makes anything.
pub(crate) async fn run(settings: &Settings, args: InitArgs) -> Result<(), Failed> {
    if !Folder::at(settings).is_empty() {
        return Err(Failed::input(format!(
            "目录 {} 里已有网站（或没有建完的网站），没有改动。请换一个空目录。",
            settings.data.display()
        )));
    }
    let input = std::io::stdin();
    let mut terminal = (input.is_terminal() && !args.json).then(|| (input.lock(), std::io::stderr()));
    let given = answers::given(args.answers, args.answers_file.as_deref())?;
    let answers = answers::complete(given, terminal.as_mut())?;
    make(settings, answers, args.json).await
}

async fn make(settings: &Settings, it: Answers, json: bool) -> Result<(), Failed> {
    let facts = identity::AuthorityFacts {
        short_name: it.authority.chars().take(AUTHORITY_SHORT).collect(),
        name: it.authority,
        uscc: it.authority_code,
        division: it.division.to_string(),
        phone: it.phone.clone(),
        address: it.authority_address,
        hours: it.authority_hours,
    };
    let facts = facts.check().map_err(kernel::Error::Invalid)?;
    let id = operator().new_id::<Site>().to_string();
    let (division, signer) = (it.division.to_string(), String::new());
    let about = About { id, name: it.name, division, phone: it.phone, demo: false, signer };
    let site = Site::make(settings, about).await?;
    let ctx = site.app.system("operator");
    let report = identity::import_divisions(&ctx, &site.app.db, &it.divisions).await?;
    identity::create_authority(&ctx, &site.app.db, &facts).await?;
    let code = identity::first_administrator(&ctx, &site.app).await?;
    site.finish(settings)?;
    site.app.db.close().await?;
    if json {
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
    println!("请立即另行备份密钥（yiwang keys backup DIR）：没有它，个人信息再也读不出来。");
    Ok(())
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
            ("--division", "34160X000000", "行政区划代码"),
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
