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
    let id = operator().new_id::<Site>().to_string();
    let about =
        About { id, name: args.name.clone(), division: division.to_string(), phone: args.phone.clone(), demo: false };
    let site = Site::make(settings, about).await?;
    let ctx = site.app.system("operator");
    let report = identity::import_divisions(&ctx, &site.app.db, &divisions).await?;
    let facts = identity::AuthorityFacts {
        short_name: args.authority.chars().take(AUTHORITY_SHORT).collect(),
        name: args.authority,
        uscc: authority.to_string(),
        division: division.to_string(),
        phone: args.phone,
        address: String::new(),
        hours: String::new(),
    };
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
