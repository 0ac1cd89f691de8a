//! The desk as officers use it: their worklist, a case with its acts as forms, filing at the window.

use serde_json::json;
use testkit::{Answer, Visitor};

use super::world::{World, officer, worlds, worlds_for_persons};
use crate::{ACCEPT, CaseId, DECIDE, DraftAsk, FILE_AT_WINDOW, ISSUE, SEE, create_draft, store};

/// The fields of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

impl World {
    /// Sends an act's form at the case's present version.
    pub(super) async fn form(&self, who: &Visitor, id: CaseId, fields: &[(&str, &str)]) -> Answer {
        let version = self.version(id).await.to_string();
        let fields = [&[("version", version.as_str())], fields].concat();
        self.site.post(who, &format!("/desk/cases/{id}/acts"), &fields).await
    }

    /// Sends an act's form that must be carried out.
    pub(super) async fn done(&self, who: &Visitor, id: CaseId, fields: &[(&str, &str)]) {
        let answer = self.form(who, id, fields).await;
        assert_eq!(answer.status, 303, "{fields:?} on {}: {}", self.site.engine, answer.body);
        assert_eq!(answer.location, format!("/desk/cases/{id}"));
    }

    pub(super) async fn page(&self, who: &Visitor, path: &str) -> String {
        let answer = self.site.get(who, path).await;
        assert_eq!(answer.status, 200, "{path} on {}: {}", self.site.engine, answer.body);
        answer.body
    }

    async fn number(&self, id: CaseId) -> String {
        crate::service::load(&self.site.app, id).await.expect("a case").facts.number
    }
}

#[tokio::test]
async fn who_has_no_post_sees_no_worklist_and_no_case_on_the_desk() {
    for world in worlds().await {
        let id = world.filed().await;
        let nobody = world.site.person("路人", &[]);
        for path in ["/desk".to_owned(), format!("/desk/cases/{id}"), "/desk/file".to_owned()] {
            assert_eq!(world.site.get(&nobody, &path).await.status, 403, "{path} on {}", world.site.engine);
        }
        let stranger = world.form(&nobody, id, &[("act", "receive")]).await;
        assert_eq!(stranger.status, 403);
        assert_eq!(world.stage(id).await, "filed");
    }
}

#[tokio::test]
async fn a_worklist_shows_what_waits_for_my_post_at_my_authority_and_nothing_else() {
    for world in worlds().await {
        let (filed, decide) = (world.filed().await, world.for_decision().await);
        let (filed, decide) = (world.number(filed).await, world.number(decide).await);
        let other = world.site.app.system("test").new_id();
        let elsewhere = officer(&world.site, "别处", &[SEE, ACCEPT, DECIDE], other).await;
        let nothing = world.page(&elsewhere, "/desk").await;
        assert!(nothing.contains("现在没有待办的办件") && !nothing.contains(&filed), "{}", world.site.engine);
        let clerk = world.page(&world.accept, "/desk").await;
        assert!(clerk.contains(&filed) && !clerk.contains(&decide), "what waits for acceptance");
        let decider = world.page(&world.decide, "/desk").await;
        assert!(decider.contains(&decide) && !decider.contains(&filed), "what waits for the decision");
        assert!(decider.contains("个工作日"), "days left are told");
    }
}

#[tokio::test]
async fn filters_narrow_the_list_and_an_empty_one_says_so() {
    for world in worlds().await {
        let number = world.number(world.filed().await).await;
        let table = [
            ("/desk?soon=yes".to_owned(), false),
            ("/desk?stage=received".to_owned(), false),
            ("/desk?stage=filed".to_owned(), true),
            (format!("/desk?post=accept&item={}", world.item), true),
            (format!("/desk?item={}", world.site.app.system("test").new_id::<kernel::Item>()), false),
        ];
        for (path, found) in table {
            let body = world.page(&world.accept, &path).await;
            assert_eq!(body.contains(&number), found, "{path} on {}", world.site.engine);
            assert_eq!(body.contains("没有符合条件的办件"), !found, "{path}");
        }
        // Three days on, what was filed is near its fifth day.
        world.site.clock.hours(3 * 24);
        assert!(world.page(&world.accept, "/desk?soon=yes").await.contains(&number), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn the_form_of_each_act_moves_the_case() {
    for world in worlds().await {
        let id = world.filed().await;
        world.done(&world.accept, id, &[("act", "receive")]).await;
        let faults = [
            ("act", "ask_correction"),
            ("lack", "layout"),
            ("what.layout", ""),
            ("field1", "mobile"),
            ("mend1", "请填能打通的号码"),
            ("other", "请补签字"),
        ];
        world.done(&world.accept, id, &faults).await;
        let told = world.page(&world.accept, &format!("/desk/cases/{id}")).await;
        for words in ["没有提交这份材料", "请填能打通的号码", "请补签字", "手机号码"] {
            assert!(told.contains(words), "{words} on {}", world.site.engine);
        }
        world.done(&world.accept, id, &[("act", "supply"), ("materials", "layout")]).await;
        world.done(&world.accept, id, &[("act", "accept")]).await;
        world.done(&world.review, id, &[("act", "start_review")]).await;
        let appraisal = [("act", "start_special"), ("procedure", "鉴定"), ("days", "10"), ("reason", "材料需要鉴定")];
        world.done(&world.review, id, &appraisal).await;
        let paused = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(paused.contains("计时暂停") && paused.contains("恢复后还剩"), "{}", world.site.engine);
        let result = [("act", "end_special"), ("result", "没有异议"), ("experts", "市鉴定所，张三")];
        world.done(&world.review, id, &result).await;
        world.done(&world.review, id, &[("act", "return"), ("reason", "请再核对地址")]).await;
        world.done(&world.review, id, &[("act", "start_review")]).await;
        world.done(&world.review, id, &[("act", "recommend"), ("favour", "yes"), ("opinion", "符合条件")]).await;
        world.done(&world.decide, id, &[("act", "ask_extension"), ("days", "3"), ("reason", "需要现场核查")]).await;
        world.done(&world.head, id, &[("act", "extend"), ("days", "2"), ("reason", "需要现场核查")]).await;
        world.done(&world.decide, id, &[("act", "approve")]).await;
        world.done(&world.issue, id, &[("act", "issue"), ("documents", "JY13416020000017\r\n")]).await;
        world.done(&world.issue, id, &[("act", "deliver"), ("way", "window"), ("proof", "本人签收")]).await;
        world.done(&world.issue, id, &[("act", "close")]).await;
        assert_eq!(world.stage(id).await, "closed", "{}", world.site.engine);
        let over = world.page(&world.issue, &format!("/desk/cases/{id}")).await;
        assert!(
            over.contains("这件办件已经结束") && over.contains("李审核（审核岗）"),
            "who did what stays to be read"
        );
    }
}

#[tokio::test]
async fn what_ends_a_case_against_the_applicant_has_its_form_too() {
    for world in worlds().await {
        let table = [
            (vec![("act", "not_needed"), ("reasons", "本项经营不需要许可")], "not_needed"),
            (vec![("act", "not_accept"), ("reasons", "不属于本机关职权"), ("office", "区文旅局")], "not_accepted"),
            (vec![("act", "withdraw"), ("reason", "不开店了")], "taken_back"),
        ];
        for (fields, stage) in table {
            let id = world.filed().await;
            world.done(&world.accept, id, &fields).await;
            assert_eq!(world.stage(id).await, stage, "{}", world.site.engine);
        }
        let id = world.for_decision().await;
        world.done(&world.decide, id, &[("act", "refuse"), ("reasons", "面积不足")]).await;
        assert_eq!(world.stage(id).await, "refused");
    }
}

#[tokio::test]
async fn only_acts_that_my_post_may_do_now_are_offered_and_law_and_remedies_stand_ready() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let path = format!("/desk/cases/{id}");
        let decider = world.page(&world.decide, &path).await;
        let offered = |act: &str| decider.contains(&format!(r#"name="act" value="{act}""#));
        assert!(offered("approve") && offered("refuse") && offered("ask_extension"), "{}", world.site.engine);
        assert!(!offered("accept") && !offered("recommend") && !offered("issue"));
        assert!(decider.contains("《中华人民共和国食品安全法》第三十五条") && decider.contains("行政复议"));
        assert!(decider.contains("不予行政许可决定书"), "the paper is named beforehand");
        let clerk = world.page(&world.accept, &path).await;
        assert!(
            clerk.contains(r#"value="withdraw""#) && !clerk.contains(r#"value="approve""#),
            "the window records a withdrawal"
        );
    }
}

#[tokio::test]
async fn an_error_stands_at_its_field_and_nothing_typed_is_lost() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let typed = "平面图没有标出<洗消水池>，现场核查不合格。";
        let table: [(Fields<'_>, u16, &str); 4] = [
            (&[("act", "ask_extension"), ("days", "十"), ("reason", typed)], 422, r##"href="#ask_extension-days""##),
            (&[("act", "ask_extension"), ("days", "99"), ("reason", typed)], 422, r##"href="#ask_extension-days""##),
            (&[("act", "refuse"), ("reasons", ""), ("law", typed)], 422, r##"href="#refuse-reasons""##),
            (
                &[("act", "start_special"), ("procedure", "占卜"), ("days", "3"), ("reason", typed)],
                422,
                r##"href="#start_special-procedure""##,
            ),
        ];
        for (fields, status, link) in table {
            let answer = world.form(&world.decide, id, fields).await;
            assert_eq!(answer.status, status, "{fields:?} on {}: {}", world.site.engine, answer.body);
            assert!(answer.body.contains(link), "{link} in {}", answer.body);
            assert!(answer.body.contains("没有标出&#60;洗消水池&#62;"), "what was typed is shown again, escaped");
            assert!(!answer.body.contains("<洗消水池>"));
        }
        let favour = world.for_decision().await;
        world.done(&world.decide, favour, &[("act", "return"), ("reason", "请写明结论")]).await;
        let answer = world.form(&world.review, favour, &[("act", "recommend"), ("opinion", typed)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(r##"href="#recommend-favour""##) && answer.body.contains("没有标出"));
        let empty = world.form(&world.accept, world.filed().await, &[("act", "ask_correction")]).await;
        assert_eq!(empty.status, 422);
        assert!(
            empty.body.contains(r##"href="#ask_correction-faults""##)
                && empty.body.contains(r#"id="ask_correction-faults""#)
        );
    }
}

#[tokio::test]
async fn who_comes_second_is_told_who_was_first_and_keeps_what_was_written() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let other = officer(&world.site, "赵审批", &[SEE, DECIDE], world.authority).await;
        let version = world.version(id).await.to_string();
        world.done(&world.decide, id, &[("act", "approve")]).await;
        let fields = [("act", "refuse"), ("reasons", "面积不足三平方米"), ("version", version.as_str())];
        let late = world.site.post(&other, &format!("/desk/cases/{id}/acts"), &fields).await;
        assert_eq!(late.status, 409, "{}", world.site.engine);
        assert!(late.body.contains("办件已被他人（何审批）处理，您的操作没有执行"), "{}", late.body);
        assert!(late.body.contains("准予通过"), "the page shows how the case stands now");
        assert!(late.body.contains("面积不足三平方米"), "what was written can be copied");
        assert_eq!(world.stage(id).await, "approved");
    }
}

#[tokio::test]
async fn the_applicant_who_is_an_officer_too_is_led_to_the_applicants_page() {
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        let person = world.applicant.person.expect("a person");
        let grants: Vec<_> = [SEE, ACCEPT, DECIDE, ISSUE].iter().map(|it| (*it, Some(world.authority))).collect();
        let both = world.site.visitor(person, "陈志远", &grants, None);
        let answer = world.site.get(&both, &format!("/desk/cases/{id}")).await;
        assert_eq!((answer.status, answer.location), (303, format!("/cases/{id}")), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_window_finds_or_registers_the_person_and_begins_the_draft_only_with_consent() {
    for world in worlds_for_persons().await {
        let list = world.page(&world.accept, "/desk/file").await;
        let path = format!("/desk/file/{}", world.item);
        assert!(list.contains(&path), "{}: {list}", world.site.engine);
        let ask = |fields: Vec<(&'static str, String)>| {
            let (site, who, path) = (&world.site, &world.accept, path.clone());
            async move {
                let fields: Vec<_> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
                site.post(who, &path, &fields).await
            }
        };
        let wrong = ask(vec![("step", "find".into()), ("number", "123".into())]).await;
        assert!(wrong.status == 422 && wrong.body.contains("请照身份证核对"), "{}", wrong.body);
        let number = super::world::citizen_number(977);
        let unknown = ask(vec![("step", "find".into()), ("number", number.clone())]).await;
        assert!(unknown.body.contains("登记申请人") && unknown.body.contains(&number), "{}", unknown.body);
        let person = |mobile: &str| {
            vec![
                ("step", "register".into()),
                ("number", number.clone()),
                ("name", "武奶奶".into()),
                ("mobile", mobile.into()),
            ]
        };
        let bad = ask(person("138")).await;
        assert!(
            bad.status == 422 && bad.body.contains("手机号应为 11 位") && bad.body.contains("武奶奶"),
            "{}",
            bad.body
        );
        let found = ask(person("13900000977")).await;
        assert!(
            found.body.contains("请与证件核对") && !found.body.contains(&number),
            "the number is masked: {}",
            found.body
        );
        let again = ask(vec![("step", "find".into()), ("number", number.clone())]).await;
        assert!(again.body.contains("武奶奶"), "who was registered is found");
        let holder = again.body.split_once(r#"name="holder" value=""#).expect("a holder").1;
        let holder = holder.split('"').next().expect("its value").to_owned();
        let silent = ask(vec![("step", "begin".into()), ("holder", holder.clone())]).await;
        assert!(silent.status == 422 && silent.body.contains("请先征得申请人同意"), "{}", silent.body);
        let begun = ask(vec![("step", "begin".into()), ("holder", holder.clone()), ("consent", "yes".into())]).await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        let id = begun.location.strip_prefix("/drafts/").expect("a draft");
        let draft = crate::draft(&world.ctx(&world.accept), &world.site.app, id.parse().expect("an id"))
            .await
            .expect("the draft");
        assert!(draft.at_window && draft.holder.to_string() == holder, "the person at the window is the applicant");
        let check = world.page(&world.accept, &format!("{}/check", begun.location)).await;
        assert!(
            check.contains("当面同意由窗口代为填写和提交") && !check.contains(r#"name="consent""#),
            "what was agreed is not asked again: {check}"
        );
    }
}

#[tokio::test]
async fn a_draft_for_an_enterprise_at_the_window_holds_nothing_of_the_clerk() {
    for world in worlds().await {
        let new = identity::NewEnterprise {
            uscc: super::world::credit_code("9234160200300099"),
            name: "谯城区志远牛肉馍店（试验）".to_owned(),
            representative: world.applicant.person,
            address: "试验路 8 号".to_owned(),
        };
        let enterprise = identity::create_enterprise(&world.site.app.system("test"), &world.site.app.db, &new).await;
        let holder = kernel::Holder::Enterprise(enterprise.expect("an enterprise"));
        let ask = DraftAsk { item: world.item, holder: Some(holder), consent: false };
        let draft = create_draft(&world.ctx(&world.accept), &world.site.app, &ask).await.expect("a draft");
        assert_eq!(draft.values["operator_name"], "谯城区志远牛肉馍店（试验）", "{}", world.site.engine);
        assert!(
            !draft.values.to_string().contains("王窗口") && draft.values.get("mobile").is_none(),
            "{}",
            draft.values
        );
    }
}

#[tokio::test]
async fn a_window_files_only_for_items_of_its_own_authority() {
    for world in worlds_for_persons().await {
        let other = world.site.app.system("test").new_id();
        let elsewhere = officer(&world.site, "别处", &[SEE, ACCEPT, FILE_AT_WINDOW], other).await;
        let path = format!("/desk/file/{}", world.item);
        assert!(!world.page(&elsewhere, "/desk/file").await.contains(&path), "{}", world.site.engine);
        assert_eq!(world.site.get(&elsewhere, &path).await.status, 403);
        let asked = format!("/desk/file?authority={}", world.authority);
        assert_eq!(world.site.get(&elsewhere, &asked).await.status, 403);
    }
}

#[tokio::test]
async fn who_stands_at_a_hundred_and_fifty_windows_files_at_each_of_them() {
    for world in worlds_for_persons().await {
        let many = identity::testing::many_authorities(&world.site.app, 149).await.expect("authorities");
        let windows: Vec<_> = many.iter().copied().chain([world.authority]).collect();
        let grants: Vec<_> = windows.iter().map(|it| (FILE_AT_WINDOW, Some(*it))).collect();
        let clerk = world.site.person("综合窗口", &grants);
        let offered = world.site.pages(&clerk, "/desk/file").await.concat();
        let missed: Vec<_> = windows.iter().filter(|it| !offered.contains(&format!("?authority={it}"))).collect();
        assert!(missed.is_empty(), "{}: {missed:?}", world.site.engine);
        let item = format!("/desk/file/{}", world.item);
        let own = world.page(&clerk, &format!("/desk/file?authority={}", world.authority)).await;
        assert!(own.contains(&item), "{}: {own}", world.site.engine);
        let found = world.page(&clerk, "/desk/file?office=%E7%AC%AC149&q=%E6%89%A7%E7%85%A7").await;
        assert!(found.contains("谯城区第149街道办事处") && !found.contains(&item), "{}", world.site.engine);
        let all = world.site.person("全市窗口", &[(FILE_AT_WINDOW, None)]);
        assert!(world.page(&all, "/desk/file").await.contains(&item), "{}: a window for all", world.site.engine);
    }
}

#[tokio::test]
async fn a_worklist_asks_as_much_for_forty_cases_as_for_two() {
    for world in worlds().await {
        let mut asked = Vec::new();
        for cases in [2, 40] {
            while count(&world).await < cases {
                world.filed().await;
            }
            world.page(&world.accept, "/desk").await;
            let before = world.site.app.db.queries();
            world.page(&world.accept, "/desk").await;
            asked.push(world.site.app.db.queries() - before);
        }
        assert_eq!(asked[0], asked[1], "{}", world.site.engine);
        let first = world.page(&world.accept, "/desk").await;
        let next =
            first.split_once(r#"rel="next" href=""#).expect("a next page").1.split('"').next().expect("its address");
        let second = world.page(&world.accept, &next.replace("&#38;", "&")).await;
        assert!(second.contains("没有更多了") && second.contains("回到第一页"), "{}", world.site.engine);
    }
}

async fn count(world: &World) -> usize {
    world.site.app.db.query(store::CASE_ROWS, storage::args!["", 100_i64]).await.expect("rows").len()
}

#[tokio::test]
async fn what_is_due_first_stands_first() {
    for world in worlds().await {
        let early = world.number(world.filed().await).await;
        world.site.clock.hours(48);
        let late = world.number(world.filed().await).await;
        let body = world.page(&world.accept, "/desk").await;
        let place = |number: &str| body.find(number).expect("listed");
        assert!(place(&early) < place(&late), "{}", world.site.engine);
        let act = json!({"act": "receive"});
        world.act(&world.accept, body_id(&body), act).await;
    }
}

/// The first case of a list.
fn body_id(body: &str) -> CaseId {
    let rest = body.split_once("/desk/cases/").expect("a case").1;
    rest.split('"').next().expect("an id").parse().expect("an id")
}

#[test]
fn every_state_of_the_pages_has_a_sample_that_is_rendered() {
    let names: Vec<_> = crate::pages::samples().into_iter().map(|it| it.name).collect();
    for (name, least) in [
        ("desk.html", 3),
        ("desk_absence.html", 2),
        ("desk_phrases.html", 2),
        ("desk_batch.html", 3),
        ("desk_batch_done.html", 1),
        ("desk_assign.html", 3),
        ("desk_case.html", 9),
        ("window.html", 3),
        ("window_person.html", 4),
        ("desk_find.html", 4),
    ] {
        assert_eq!(names.iter().filter(|it| **it == name).count(), least, "{name}");
    }
    for sample in crate::pages::samples() {
        assert!(!sample.html.contains("<script>alert"), "{}: text stays text", sample.name);
    }
}
