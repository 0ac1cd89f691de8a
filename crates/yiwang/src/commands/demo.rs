//! `yiwang demo`: Bozhou in one command.

use crate::{
    demo::{Content, Loaded, load},
    observe,
    outcome::Failed,
    serve,
    settings::Settings,
    site::{About, Folder, Site, about, operator},
};

/// Stands in the folder while the demo is being loaded: what lies beside it is only half a site and may be begun anew.
const LOADING: &str = "demo.loading";

/// Loads Bozhou if the folder is empty, and serves it.
pub(crate) async fn run(settings: &Settings, load_only: bool) -> Result<(), Failed> {
    serve::expect_encrypted(settings)?;
    observe::logs(settings.log_format, settings.log_file.as_deref())?;
    let content = Content::read()?;
    let site = if Folder::at(settings).about().exists() {
        if !about(settings)?.demo {
            let folder = settings.data.display();
            return Err(Failed::input(format!(
                "目录 {folder} 里是正式网站，不能装入演示数据。请换一个目录（--data）。"
            )));
        }
        Site::open(settings).await?
    } else {
        make(settings, &content).await?.0
    };
    if load_only {
        return Ok(site.app.db.close().await?);
    }
    let public = settings.address.clone();
    serve::run(site, settings, |_| tell(&public, &content)).await
}

/// Makes the demo's site in an empty folder; gives it and who is who.
pub(crate) async fn make(settings: &Settings, content: &Content) -> Result<(Site, Loaded), Failed> {
    let mark = settings.data.join(LOADING);
    if mark.exists() {
        println!("上次装入没有完成，从头再来。");
        Folder::at(settings).clear()?;
    }
    std::fs::create_dir_all(&settings.data)?;
    std::fs::write(&mark, "")?;
    println!("正在装入演示数据（亳州）……");
    let about = About {
        id: operator().new_id::<Site>().to_string(),
        name: "亳州市政务服务网".to_owned(),
        division: "341600000000".to_owned(),
        phone: "12345".to_owned(),
        demo: true,
        signer: String::new(),
    };
    let site = Site::make(settings, about).await?;
    let who = load(&site, content).await?;
    site.finish(settings)?;
    std::fs::remove_file(&mark)?;
    Ok((site, who))
}

fn tell(public: &str, content: &Content) {
    println!();
    println!("演示网站已启动：{public}   （按 Ctrl-C 停止）");
    println!("办事指南：{public}/items　办件工作台：{public}/desk　接口文档：{public}/api/v1/openapi.json");
    println!("演示人员（口令都是 {}）：", content.people.first().map_or("", |it| it.password.as_str()));
    for it in &content.people {
        println!("  {:<18} {}", it.login, it.role_words);
    }
    println!("数据均为虚构，仅供演示；演示账号只在演示网站有效。");
}
