//! `yiwang person erase`: what is personal of somebody can be read by nobody any more, and the record still verifies.

use std::io::{BufRead, IsTerminal, Write};

use kernel::{Id, Person};
use storage::Unit;
use webkit::App;

use crate::{cli::EraseArgs, outcome::Failed, settings::Settings, site::Site};

/// What must be typed to go on.
const CONSENT: &str = "删除";

/// What was erased and what stays.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Erased {
    person: Id<Person>,
    drafts: usize,
    /// Cases whose files stay.
    cases_kept: i64,
}

/// Erases a person, after a question on a terminal.
pub(crate) async fn erase(settings: &Settings, args: EraseArgs) -> Result<(), Failed> {
    let input = std::io::stdin();
    let terminal = input.is_terminal();
    if !args.yes && !terminal {
        return Err(Failed::input("删除后不能恢复。标准输入不是终端，无法询问；确要删除请加 --yes。"));
    }
    let named = match args.person.as_str() {
        "-" => {
            if terminal {
                eprint!("公民身份号码：");
            }
            line(&mut input.lock())?
        }
        id => id.to_owned(),
    };
    let site = Site::open(settings).await?;
    let erased = erase_named(&site.app, (&named, args.person == "-"), |cases| {
        args.yes || consents(cases, &mut input.lock(), &mut std::io::stderr())
    })
    .await;
    site.app.db.close().await?;
    let erased = erased?;
    if args.json {
        println!("{}", serde_json::to_string(&erased).unwrap_or_default());
        return Ok(());
    }
    println!("已删除 {}：数据密钥已销毁，账号已注销，会话已结束，草稿 {} 份已删去。", erased.person, erased.drafts);
    println!("{}", kept(erased.cases_kept));
    println!("更早的数据备份里仍有密封的内容：备份到期销毁后，连同当时的密钥备份，才再也读不出来。");
    Ok(())
}

/// Finds the person and erases it, if `consented` (asked with the number of cases whose files stay) says so.
async fn erase_named(
    app: &App,
    (named, by_number): (&str, bool),
    consented: impl FnOnce(i64) -> bool,
) -> Result<Erased, Failed> {
    let person = find(app, named, by_number).await?;
    let ctx = app.system("operator");
    let cases = cases::persons_cases(app, person, ctx.now).await?;
    if !cases.not_over.is_empty() {
        return Err(Failed::input(format!(
            "此人有未办结或刚办结的办件（{}），办理中的个人信息不能删除。请在办结 10 分钟后再试；不再需要的，请其先撤回申请。",
            cases.not_over.join("、")
        )));
    }
    for (reader, _, error) in journal::feed::lag(&app.db).await? {
        if let Some(error) = error {
            return Err(Failed::input(format!(
                "记录的读者「{reader}」停住了（{error}），可能还有文书没有出具。请先排除，再来删除。"
            )));
        }
    }
    let mut unit = Unit::new(&ctx);
    identity::erase_person(&ctx, app, &mut unit, person).await?;
    let (drafts, files) = cases::forget_drafts(app, &mut unit, person).await?;
    if !consented(cases.own) {
        return Err(Failed::input("没有确认，什么也没有删除。"));
    }
    app.db.commit(unit).await?.or_stale("人员信息")?;
    for file in &files {
        app.blobs.delete(file).await?;
    }
    Ok(Erased { person, drafts, cases_kept: cases.own })
}

async fn find(app: &App, named: &str, by_number: bool) -> Result<Id<Person>, Failed> {
    if !by_number {
        return named.parse().map_err(|_| {
            Failed::input(format!(
                "「{named}」不是人员标识（32 位小写十六进制）。按公民身份号码删除的，请写 - 并从标准输入给出号码。"
            ))
        });
    }
    let number = standards::CitizenNumber::parse(named)
        .map_err(|error| Failed::input(format!("公民身份号码：{}。", error.message())))?;
    let found = identity::find_person_by_citizen_number(app, &number).await?;
    found.ok_or_else(|| Failed::input("本站点没有登记过这个公民身份号码。"))
}

fn consents(cases: i64, input: &mut impl BufRead, out: &mut impl Write) -> bool {
    let told = writeln!(
        out,
        "将销毁此人的数据密钥（姓名、证件号码、电话、住址从此无人能读），注销账号，结束会话，删去草稿。不能恢复。\n{}\n\
         输入「{CONSENT}」继续，其他任何输入都放弃：",
        kept(cases)
    );
    told.is_ok() && line(input).is_ok_and(|it| it == CONSENT)
}

/// What stays, and by which law.
fn kept(cases: i64) -> String {
    format!(
        "依法保留：已办结的办件 {cases} 件，其申请表、材料、文书是办件档案，由办理单位按保管期限保存（《档案法》、\
         《政务服务电子文件归档和电子档案管理办法》国办发〔2023〕26号；《个人信息保护法》第四十七条：法定保存期限未届满的，\
         停止除存储和必要的安全保护之外的处理）；全程留痕记录只存标识、代码、日期和密钥摘要，保持完整可核验。"
    )
}

fn line(input: &mut impl BufRead) -> Result<String, Failed> {
    let mut text = String::new();
    input.read_line(&mut text)?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::AREAS;

    const NUMBER: &str = "341602194803120026";

    fn input<T: std::fmt::Debug>(result: Result<T, Failed>) -> String {
        let Err(Failed::Input(text)) = result else { panic!("refused as input: {result:?}") };
        text
    }

    #[tokio::test]
    async fn a_person_is_erased_by_number_or_id_once_and_only_with_consent() {
        for site in testkit::sites_with(AREAS, crate::tests::own, None).await {
            let app = &site.app;
            for (named, by_number, words) in
                [("hello", false, "人员标识"), ("hello", true, "公民身份号码"), (NUMBER, true, "没有登记")]
            {
                let told = input(erase_named(app, (named, by_number), |_| true).await);
                assert!(told.contains(words), "{}: {told}", site.engine);
            }
            let new = identity::NewPerson {
                paper: standards::PaperKind::Citizen,
                name: "李桂兰".to_owned(),
                citizen_number: NUMBER.to_owned(),
                mobile: "13900000001".to_owned(),
                ..identity::NewPerson::default()
            };
            let id = identity::create_person(&app.system("test"), app, &new).await.unwrap();
            let told = input(erase_named(app, (NUMBER, true), |_| false).await);
            assert!(told.contains("什么也没有删除"), "{}: {told}", site.engine);
            assert_eq!(identity::person_name(app, id).await.unwrap(), "李桂兰", "{}", site.engine);
            let erased = erase_named(app, (&id.to_string(), false), |_| true).await.unwrap();
            assert_eq!((erased.person, erased.drafts, erased.cases_kept), (id, 0, 0), "{}", site.engine);
            assert_eq!(identity::person_name(app, id).await.unwrap(), "已注销人员", "{}", site.engine);
            let told = input(erase_named(app, (&id.to_string(), false), |_| true).await);
            assert!(told.contains("已经删除"), "{}: {told}", site.engine);
        }
    }

    #[test]
    fn only_the_word_itself_is_consent_and_what_stays_is_told_with_its_law_before() {
        for (typed, consented) in [("删除\n", true), ("", false), ("y\n", false), ("删\n", false)] {
            let mut shown = Vec::new();
            assert_eq!(consents(3, &mut typed.as_bytes(), &mut shown), consented, "{typed:?}");
            let shown = String::from_utf8(shown).unwrap();
            assert!(shown.contains("已办结的办件 3 件") && shown.contains("第四十七条"), "{shown}");
        }
    }
}
