//! Three steps of registration: each names its mistakes, nobody learns who is known, and the telephone is proven.

use standards::{PaperKind, PersonPaper};
use testkit::Site;

use super::{
    PASSWORD,
    browser::{Browser, Shown},
    citizen_number,
    codes::latest_code,
    person, signed_in, sites, somebody,
};
use crate::{create_person, find_person_by_paper, person_card};

/// Fields of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Somebody on the way through the steps.
struct Steps {
    browser: Browser,
    fields: Vec<(&'static str, String)>,
}

impl Steps {
    async fn of(site: &Site, name: &str, (paper, number): (PaperKind, String), mobile: &str) -> Self {
        let mut browser = Browser::new(&site.app);
        browser.get("/register").await;
        let fields = vec![
            ("name", name.to_owned()),
            ("paper", paper.code().to_owned()),
            ("number", number),
            ("mobile", mobile.to_owned()),
        ];
        Self { browser, fields }
    }

    async fn send(&mut self, step: &str, more: &[(&str, &str)]) -> Shown {
        let known =
            self.fields.iter().map(|it| (it.0, it.1.as_str())).filter(|it| more.iter().all(|new| new.0 != it.0));
        let all: Vec<(&str, &str)> = known.chain([("step", step)]).chain(more.iter().copied()).collect();
        self.browser.post("/register", &all).await
    }

    /// Asks for a code and gives what goes with it.
    async fn handle(&mut self) -> String {
        let sent = self.send("phone", &[]).await;
        assert_eq!(sent.status, 200, "{}", sent.body);
        let after = sent.body.split(r#"name="handle" value=""#).nth(1).expect("a handle");
        after.split('"').next().unwrap().to_owned()
    }

    /// Registers with a code that was sent.
    async fn finish(&mut self, site: &Site, login: &str) -> Shown {
        // The latest message is told from others by its time.
        site.clock.seconds(1);
        let handle = self.handle().await;
        let code = latest_code(site).await;
        let more = [("handle", handle.as_str()), ("code", &code), ("login", login), ("password", PASSWORD)];
        assert_eq!(self.send("code", &more[..2]).await.status, 200);
        self.send("password", &more).await
    }
}

#[tokio::test]
async fn each_step_names_its_mistakes_and_none_is_jumped() {
    for site in sites().await {
        let (citizen, number) = (PaperKind::Citizen, citizen_number(5).to_string());
        let mut steps = Steps::of(&site, "某人", (citizen, number), "13900000099").await;
        let rows: [(&str, Fields<'_>, &str); 6] = [
            ("who", &[("name", "")], "请填写姓名"),
            ("who", &[("number", "341602199001010001")], "校验码"),
            ("phone", &[("mobile", "123")], "手机号应为 11 位"),
            ("phone", &[("name", "")], "请填写姓名"),
            ("code", &[("handle", "nothing"), ("code", "123456")], "验证码不正确"),
            (
                "password",
                &[("handle", "nothing"), ("code", "123456"), ("login", "somebody"), ("password", PASSWORD)],
                "验证码不正确",
            ),
        ];
        for (step, more, words) in rows {
            let shown = steps.send(step, more).await;
            assert_eq!(shown.status, 422, "{} {step}: {}", site.engine, shown.body);
            assert!(shown.body.contains(words), "{} {step}: {words}: {}", site.engine, shown.body);
        }
        let handle = steps.handle().await;
        let code = latest_code(&site).await;
        let more = [("handle", handle.as_str()), ("code", &code), ("login", "1"), ("password", "short")];
        let shown = steps.send("password", &more).await;
        for words in ["登录名应为 3 至 30 个字", "密码至少"] {
            assert!(shown.body.contains(words), "{}: {words}: {}", site.engine, shown.body);
        }
        let done = steps.finish(&site, "somebody").await;
        assert_eq!((done.status, done.location.as_str()), (303, "/login"), "{}: {}", site.engine, done.body);
        signed_in(&site, "somebody").await;
    }
}

#[tokio::test]
async fn registering_does_not_tell_who_is_known() {
    for site in sites().await {
        create_person(&site.app.system("test"), &site.app, &person("何卫东", 9)).await.unwrap();
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let mut told = Vec::new();
        for (n, login) in [(9, "somebody"), (1, "somebody"), (5, "zhiyuan")] {
            let paper = (PaperKind::Citizen, citizen_number(n).to_string());
            let mut steps = Steps::of(&site, "某人", paper, &format!("139000001{n:02}")).await;
            let shown = steps.finish(&site, login).await;
            assert_eq!(shown.status, 422, "{}: {}", site.engine, shown.body);
            let words = shown.body.split("error-summary").nth(1).unwrap().split("</ul>").next().unwrap().to_owned();
            told.push(words);
        }
        assert!(told.iter().all(|it| *it == told[0]), "{}: {told:?}", site.engine);
    }
}

#[tokio::test]
async fn whom_a_window_made_known_opens_an_account_with_the_same_name_and_number() {
    for site in sites().await {
        let id = create_person(&site.app.system("test"), &site.app, &person("何卫东", 9)).await.unwrap();
        let paper = || (PaperKind::Citizen, citizen_number(9).to_string());
        let other = Steps::of(&site, "何卫西", paper(), "13900000009").await.finish(&site, "heweidong").await;
        assert_eq!(other.status, 422, "{}: another name", site.engine);
        let done = Steps::of(&site, "何卫东", paper(), "13900000009").await.finish(&site, "heweidong").await;
        assert_eq!(done.status, 303, "{}: {}", site.engine, done.body);
        let me = site.get(&signed_in(&site, "heweidong").await, "/api/v1/me").await.json();
        assert_eq!(me["person"], id.to_string(), "{}", site.engine);
    }
}

#[tokio::test]
async fn whoever_has_another_paper_registers_by_its_number() {
    for site in sites().await {
        let app = &site.app;
        let rows = [
            (PaperKind::HongKongMacaoPass, "H12345678", "chenwing"),
            (PaperKind::TaiwanPass, "12345678", "linyiling"),
            (PaperKind::ForeignResidence, "USA341600000012", "john-smith"),
            (PaperKind::Passport, "E12345678", "marie"),
        ];
        for (n, (kind, number, login)) in rows.into_iter().enumerate() {
            let mobile = format!("1390000020{n}");
            let done = Steps::of(&site, "某人", (kind, number.to_owned()), &mobile).await.finish(&site, login).await;
            assert_eq!(done.status, 303, "{} {}: {}", site.engine, kind.name(), done.body);
            let paper = PersonPaper::parse(kind, number).unwrap();
            let found = find_person_by_paper(app, &paper).await.unwrap().expect("known by it");
            let card =
                person_card(&app.system("test"), app, found, (crate::Purpose::Handling, &crate::Look::default()))
                    .await
                    .unwrap();
            assert_eq!((card.paper, card.level), (paper, 0), "{} {}", site.engine, kind.name());
        }
        let other = PersonPaper::parse(PaperKind::Passport, "12345678").unwrap();
        assert_eq!(find_person_by_paper(app, &other).await.unwrap(), None, "{}: a number is of its kind", site.engine);
    }
}
