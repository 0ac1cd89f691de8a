//! Lists written out in the background: by who may see them, with a purpose that the applicants read, for who asked and nobody else.

use identity::Purpose;
use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{World, officer, worlds, worlds_for_persons};
use crate::{ACCEPT, SEE, model::export::ExportState, service::exports::work::round, store::exports as rows};

const API: &str = "/api/v1/worklist/exports";

impl World {
    /// Asks for a list; gives its id.
    async fn export(&self, who: &Visitor, ask: Value) -> String {
        let told = self.call("POST", who, API, ask).await;
        assert_eq!(told.status, 202, "{}: {}", self.site.engine, told.body);
        told.json()["id"].as_str().expect("an id").to_owned()
    }

    async fn rounds(&self, times: usize) {
        for _ in 0..times {
            round(&self.site.app, &self.site.app.system("cases.exports")).await.expect("a round");
        }
    }

    async fn state(&self, who: &Visitor, id: &str) -> Value {
        self.call("GET", who, &format!("{API}/{id}"), json!(null)).await.json()
    }

    /// The names of the files of the site.
    async fn files(&self) -> usize {
        self.site.app.blobs.list("", 10_000).await.expect("files").len()
    }
}

fn ask(form: &str) -> Value {
    json!({"post": "accept", "form": form, "purpose": "inspection"})
}

#[tokio::test]
async fn a_list_is_written_out_as_text_and_as_workbook_with_what_the_desk_shows() {
    for world in worlds().await {
        let mut numbers = Vec::new();
        for _ in 0..3 {
            let id = world.filed().await;
            numbers.push(crate::service::load(&world.site.app, id).await.expect("a case").facts.number);
        }
        let other = world.for_decision().await;
        let other = crate::service::load(&world.site.app, other).await.expect("a case").facts.number;
        for form in ["csv", "xlsx"] {
            let id = world.export(&world.accept, ask(form)).await;
            let early = world.call("GET", &world.accept, &format!("{API}/{id}/file"), json!(null)).await;
            assert_eq!(early.status, 409, "not finished yet: {}", early.body);
            world.rounds(1).await;
            let told = world.state(&world.accept, &id).await;
            assert_eq!((told["state"].as_str(), told["rows"].as_i64()), (Some("done"), Some(3)), "{told}");
            let file = world.call("GET", &world.accept, &format!("{API}/{id}/file"), json!(null)).await;
            assert_eq!(file.status, 200);
            assert_eq!(Some(file.bytes.len() as i64), told["bytes"].as_i64());
            let mut book = sheets::Book::open(sheets::Source::Memory(file.bytes.clone().into()), &format!("a.{form}"))
                .expect("a table");
            let mut read = Vec::new();
            book.rows(0, &mut |_, row| {
                read.push(row);
                std::ops::ControlFlow::Continue(())
            })
            .expect("rows");
            assert_eq!(read.len(), 4, "{form}: {read:?}");
            assert_eq!(read[0][..4], ["办件编号", "事项名称", "实施主体", "申请人"]);
            for number in &numbers {
                assert!(read.iter().any(|it| it[0] == *number && it[3].contains("志远")), "{number} in {read:?}");
            }
            assert!(!read.iter().any(|it| it[0] == other), "what another post waits for is not of this list");
        }
    }
}

#[tokio::test]
async fn nobody_exports_without_a_post_a_purpose_and_a_form_and_nobody_sees_what_another_asked_for() {
    for world in worlds().await {
        world.filed().await;
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.call("POST", &stranger, API, ask("csv")).await.status, 403, "{}", world.site.engine);
        for (bad, field) in [
            (json!({"form": "csv"}), "purpose"),
            (json!({"form": "csv", "purpose": "handling"}), "purpose"),
            (json!({"form": "csv", "purpose": "other"}), "words"),
            (json!({"form": "csv", "purpose": "other", "words": "长".repeat(101)}), "words"),
            (json!({"form": "pdf", "purpose": "inspection"}), "form"),
            (json!({"form": "csv", "purpose": "inspection", "number": "12345"}), "number"),
        ] {
            let told = world.call("POST", &world.accept, API, bad.clone()).await;
            assert_eq!(told.status, 422, "{bad}: {}", told.body);
            assert!(told.body.contains(&format!("\"{field}\"")), "{field}: {}", told.body);
        }
        let id = world.export(&world.accept, ask("csv")).await;
        world.rounds(1).await;
        for who in [&world.review, &world.decide] {
            for (method, path) in [
                ("GET", format!("{API}/{id}")),
                ("GET", format!("{API}/{id}/file")),
                ("DELETE", format!("{API}/{id}")),
                ("POST", format!("{API}/{id}/stop")),
            ] {
                let answer = world.call(method, who, &path, json!(null)).await;
                assert_eq!(answer.status, 404, "{method} {path}: {}", answer.body);
            }
            assert_eq!(world.call("GET", who, API, json!(null)).await.json(), json!([]));
        }
        assert_eq!(world.state(&world.accept, &id).await["state"], "done", "it is still there");
    }
}

#[tokio::test]
async fn each_row_stands_among_the_looks_at_the_applicants_data_with_what_it_was_for() {
    for world in worlds().await {
        let id = world.filed().await;
        let number = crate::service::load(&world.site.app, id).await.expect("a case").facts.number;
        let before = world.page(&world.applicant, "/me/looks").await;
        assert!(!before.contains(Purpose::Inspection.name()), "{before}");
        world.export(&world.accept, ask("xlsx")).await;
        world.rounds(1).await;
        let after = world.page(&world.applicant, "/me/looks").await;
        assert!(
            after.contains(Purpose::Inspection.name()) && after.contains(&number),
            "{}: {after}",
            world.site.engine
        );
    }
}

/// Adds 5,100 cases, more than a piece holds, as this one but for their ids and numbers.
pub(super) async fn more(world: &World, first: crate::CaseId) {
    storage::sql! {
        /// More cases than a piece holds, as the first one but for their ids and numbers.
        MORE = "INSERT INTO cases (id, number, item, item_version, authority, division, holder, filed_by, channel, consent_at, filed_at, stage, \
            state, form, files, wake_day, wake_tbd, promised_due, promised_tbd, statutory_due, statutory_tbd, post, due_key, open, version, \
            head, changed_at, preliminary, desk, claimed_by) SELECT $2, 'N' || $2, item, item_version, authority, division, holder, filed_by, channel, \
            consent_at, filed_at, stage, state, form, files, wake_day, wake_tbd, promised_due, promised_tbd, statutory_due, \
            statutory_tbd, post, due_key, open, version, head, changed_at, preliminary, desk, \
            claimed_by FROM cases WHERE id = $1";
    }
    let system = world.site.app.system("test");
    for _ in 0..51 {
        let mut unit = storage::Unit::new(&system);
        for _ in 0..100 {
            unit.run(MORE, storage::args![first, system.new_id::<crate::CaseMark>()]);
        }
        world.site.app.db.commit(unit).await.expect("committed").or_stale("x").expect("committed");
    }
}

#[tokio::test]
async fn it_goes_on_where_it_stood_in_pieces_and_takes_every_case_once() {
    for world in worlds().await {
        // Two pages and a piece.
        let first = world.filed().await;
        more(&world, first).await;
        let id = world.export(&world.accept, ask("csv")).await;
        world.rounds(1).await;
        let file = world.call("GET", &world.accept, &format!("{API}/{id}/file"), json!(null)).await;
        let text = String::from_utf8(file.bytes.to_vec()).expect("text");
        let mut lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines.len(), 5_101, "{}", world.site.engine);
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 5_101, "each once");
    }
}

#[tokio::test]
async fn a_stopped_or_thrown_away_export_leaves_no_file_and_an_old_one_goes_by_itself() {
    for world in worlds().await {
        world.filed().await;
        let before = world.files().await;
        let stopped = world.export(&world.accept, ask("csv")).await;
        let stop = format!("{API}/{stopped}/stop");
        assert_eq!(world.call("POST", &world.accept, &stop, json!(null)).await.status, 204);
        assert_eq!(world.call("POST", &world.accept, &stop, json!(null)).await.status, 409);
        world.rounds(2).await;
        assert_eq!(world.state(&world.accept, &stopped).await["state"], "stopped", "{}", world.site.engine);
        let thrown = world.export(&world.accept, ask("csv")).await;
        let kept = world.export(&world.accept, ask("csv")).await;
        world.rounds(2).await;
        assert_eq!(world.files().await, before + 2);
        assert_eq!(world.call("DELETE", &world.accept, &format!("{API}/{thrown}"), json!(null)).await.status, 204);
        assert_eq!(world.files().await, before + 1);
        world.site.clock.hours(24 * 7 + 1);
        assert_eq!(world.call("GET", &world.accept, &format!("{API}/{kept}/file"), json!(null)).await.status, 404);
        world.rounds(1).await;
        assert_eq!(world.files().await, before);
        assert_eq!(world.call("GET", &world.accept, API, json!(null)).await.json(), json!([]));
    }
}

#[tokio::test]
async fn who_loses_the_post_while_it_is_written_gets_no_file() {
    for world in worlds().await {
        let site = &world.site;
        world.filed().await;
        let visitor = officer(site, "周窗口", &[SEE, ACCEPT], world.authority).await;
        let id = world.export(&visitor, ask("csv")).await;
        let post = world.ctx(&visitor).actor.grants[0].post;
        identity::end_post(&site.app.system("test"), &site.app, post).await.expect("ended");
        world.rounds(2).await;
        let told = world.state(&visitor, &id).await;
        assert_eq!(told["state"], "failed", "{}: {told}", site.engine);
        assert!(told["failure"].as_str().is_some_and(|it| it.contains("岗位有变动")), "{told}");
    }
}

#[tokio::test]
async fn the_desk_asks_what_for_shows_how_far_it_is_and_hands_the_file_out() {
    for world in worlds().await {
        world.filed().await;
        let desk = world.page(&world.accept, "/desk?stage=filed").await;
        assert!(desk.contains("action=\"/desk/exports/ask\"") && desk.contains("value=\"stage=filed\""), "{desk}");
        let asked = world.site.post(&world.accept, "/desk/exports/ask", &[("asked", "stage=filed")]).await;
        assert!(asked.status == 200 && asked.body.contains("导出的目的"), "{}", asked.body);
        let bare = [("asked", "stage=filed"), ("words", "季度<检查>"), ("form", "csv")];
        let again = world.site.post(&world.accept, "/desk/exports", &bare).await;
        assert_eq!(again.status, 422, "{}", world.site.engine);
        assert!(
            again.body.contains("季度&#60;检查&#62;") && again.body.contains("stage=filed"),
            "what was typed is kept"
        );
        let full = [&bare[..], &[("purpose", "inspection")]].concat();
        let begun = world.site.post(&world.accept, "/desk/exports", &full).await;
        assert_eq!((begun.status, begun.location.as_str()), (303, "/desk/exports"), "{}", begun.body);
        let page = world.page(&world.accept, "/desk/exports").await;
        assert!(page.contains("正在读取") && page.contains("http-equiv=\"refresh\""), "{page}");
        world.rounds(1).await;
        let page = world.page(&world.accept, "/desk/exports").await;
        assert!(page.contains("可以下载") && !page.contains("http-equiv=\"refresh\""), "{page}");
        let link = page
            .split("href=\"")
            .find(|it| it.contains("/file\""))
            .and_then(|it| it.split('"').next())
            .expect("a link");
        let file = world.site.get(&world.accept, link).await;
        assert!(file.status == 200 && file.kind.starts_with("text/csv"), "{}", file.kind);
        let wrong = [("asked", "within=soon"), ("purpose", "inspection"), ("form", "csv")];
        assert_eq!(world.site.post(&world.accept, "/desk/exports", &wrong).await.status, 422);
    }
}

#[tokio::test]
async fn the_cases_of_one_applicant_are_written_out_by_number_which_stands_nowhere() {
    for world in worlds_for_persons().await {
        world.filed().await;
        let (ctx, person) = (world.ctx(&world.accept), world.applicant.person.expect("a person"));
        let why = (Purpose::Handling, &identity::Look::default());
        let card = identity::person_card(&ctx, &world.site.app, person, why).await.expect("a card");
        let number = card.paper.number();
        let id = world.export(&world.review, json!({"number": number, "form": "csv", "purpose": "complaint"})).await;
        world.rounds(1).await;
        let told = world.state(&world.review, &id).await;
        assert_eq!(
            (told["state"].as_str(), told["rows"].as_i64()),
            (Some("done"), Some(1)),
            "{}: {told}",
            world.site.engine
        );
        let row =
            world.site.app.db.find(rows::EXPORT, storage::args![id.as_str()]).await.expect("asked").expect("a row");
        assert!(!row.text("asked").expect("a list").contains(number));
        assert_eq!(row.text("state").expect("a state"), ExportState::Done.code());
    }
}
