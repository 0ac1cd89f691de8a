//! From the department's desk to the public: separate hands, reasons at fields, acts on their day, changes of the base directory.

use kernel::{Authority, Ctx, Error, Id, Item, PageAsk, Permission};
use testkit::{Site, Visitor};

use super::{AREAS, authority, licence, sites};
use crate::{
    CATALOGUE, DIRECTORY, ItemState, LEGAL_CHECK, OFFICE_CHECK, Publication, Remark, acts, at_stage, base_entry,
    cancel, create_item, decide_act, draft, item,
    model::{ActKind, ActStage, Day, ItemAct, Opened, Stage, TimeLimit, TimeUnit},
    of_base, pass, propose_act, publish, publish_on_day, put_base, remarks, revise, revision, send_back, service,
    submit, suspend, withdraw,
};

const USCC: &str = "11341600000000019Q";
const OTHER: &str = "11341600000000027K";

/// Somebody with one permission, at one authority or the whole site, whose post is seated.
pub(super) async fn hand(site: &Site, permission: Permission, at: Option<Id<Authority>>) -> (Visitor, Ctx) {
    let visitor = site.person(permission.words, &[(permission, at)]);
    let ctx = site.ctx(&visitor);
    identity::testing::seat(&site.app, &ctx).await.expect("seated");
    (visitor, ctx)
}

/// Three people and an item that the first of them drafted.
async fn drafted(site: &Site) -> (Ctx, Ctx, Ctx, Id<Item>) {
    let (system, db) = (site.app.system("test"), &site.app.db);
    let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
    put_base(&system, db, 0, licence().base.as_ref().unwrap()).await.unwrap();
    let writer = hand(site, CATALOGUE, Some(office)).await.1;
    let checker = hand(site, OFFICE_CHECK, None).await.1;
    let lawyer = hand(site, LEGAL_CHECK, None).await.1;
    let id = create_item(&writer, db, office, &licence()).await.unwrap();
    (writer, checker, lawyer, id)
}

async fn at(site: &Site, id: Id<Item>) -> i64 {
    item(&site.app.db, id).await.unwrap().version
}

#[tokio::test]
async fn nothing_is_published_before_two_others_have_checked_it_and_no_hand_does_two() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, lawyer, id) = drafted(&site).await;
        assert!(
            matches!(publish(&writer, db, id, 1).await, Err(Error::Refused { .. })),
            "not checked, {}",
            site.engine
        );
        assert!(matches!(pass(&checker, db, id, 1).await, Err(Error::Refused { .. })), "not submitted");
        submit(&writer, db, id, 1).await.unwrap();
        assert!(matches!(revise(&writer, db, id, 2, &licence()).await, Err(Error::Refused { .. })), "being checked");
        assert!(matches!(pass(&writer, db, id, 2).await, Err(Error::Forbidden { .. })));
        assert!(
            matches!(pass(&lawyer, db, id, 2).await, Err(Error::Forbidden { .. })),
            "the organisation office first"
        );
        pass(&checker, db, id, 2).await.unwrap();
        assert!(matches!(publish(&writer, db, id, 3).await, Err(Error::Refused { .. })), "legal affairs have not");
        pass(&lawyer, db, id, 3).await.unwrap();
        assert_eq!(item(db, id).await.unwrap().stage, Some(Stage::Ready));
        assert_eq!(publish(&writer, db, id, 4).await.unwrap(), 1);
        let now = item(db, id).await.unwrap();
        assert_eq!((now.state, now.stage), (ItemState::Published, None));
    }
}

#[tokio::test]
async fn who_wrote_or_checked_it_cannot_check_it_again_whatever_posts_he_holds() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        put_base(&system, db, 0, licence().base.as_ref().unwrap()).await.unwrap();
        let all = [(CATALOGUE, Some(office)), (OFFICE_CHECK, None), (LEGAL_CHECK, None)];
        let (one, two) = (site.ctx(&site.person("甲", &all)), site.ctx(&site.person("乙", &all)));
        for it in [&one, &two] {
            identity::testing::seat(&site.app, it).await.unwrap();
        }
        let id = create_item(&one, db, office, &licence()).await.unwrap();
        submit(&one, db, id, 1).await.unwrap();
        let Err(error) = pass(&one, db, id, 2).await else { panic!("checked his own, {}", site.engine) };
        assert!(error.message().contains("由您本人编制"), "{}", error.message());
        pass(&two, db, id, 2).await.unwrap();
        let Err(error) = pass(&two, db, id, 3).await else { panic!("two checks by one") };
        assert!(error.message().contains("其他人员"), "{}", error.message());
    }
}

#[tokio::test]
async fn a_check_sends_back_with_reasons_at_fields_and_the_department_mends_and_submits_again() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, lawyer, id) = drafted(&site).await;
        submit(&writer, db, id, 1).await.unwrap();
        pass(&checker, db, id, 2).await.unwrap();
        assert!(matches!(send_back(&lawyer, &site.app, id, 3, &[]).await, Err(Error::Invalid(_))), "without a word");
        let said = [Remark { field: "conditions".to_owned(), reason: "第二条没有依据。".to_owned() }];
        send_back(&lawyer, &site.app, id, 3, &said).await.unwrap();
        let kept = remarks(&site.app, id).await.unwrap();
        assert_eq!((kept[0].field.as_str(), kept[0].reason.as_str()), ("conditions", "第二条没有依据。"));
        assert_eq!(revision(db, id).await.unwrap().unwrap().revision.stage, Stage::Writing, "{}", site.engine);
        let mut better = licence();
        better.conditions.remove(1);
        revise(&writer, db, id, 4, &better).await.unwrap();
        submit(&writer, db, id, 5).await.unwrap();
        let waiting = at_stage(db, Stage::Office, None, &PageAsk::default()).await.unwrap();
        assert_eq!(waiting.items.len(), 1, "both look again");
        withdraw(&writer, db, id, 6).await.unwrap();
        assert_eq!(item(db, id).await.unwrap().stage, Some(Stage::Writing));
        let mut worse = licence();
        worse.questions.clear();
        revise(&writer, db, id, 7, &worse).await.unwrap();
        assert!(
            matches!(submit(&writer, db, id, 8).await, Err(Error::Invalid(_))),
            "what breaks rules is not submitted"
        );
    }
}

#[tokio::test]
async fn a_planned_version_takes_effect_and_ends_on_its_days_by_itself() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, lawyer, id) = drafted(&site).await;
        let today = writer.now.legal_date();
        let mut doc = licence();
        doc.planned_effect = Some(Day(today + time::Duration::days(3)));
        doc.planned_cancel = Some(Day(today + time::Duration::days(9)));
        revise(&writer, db, id, 1, &doc).await.unwrap();
        submit(&writer, db, id, 2).await.unwrap();
        pass(&checker, db, id, 3).await.unwrap();
        pass(&lawyer, db, id, 4).await.unwrap();
        let waits = publish_on_day(&writer, db, id, 5).await.unwrap();
        assert_eq!(waits, Publication::Waits(doc.planned_effect.unwrap()), "{}", site.engine);
        for (days, state, stage) in [
            (0, ItemState::Draft, Some(Stage::Waiting)),
            (3, ItemState::Published, None),
            (8, ItemState::Published, None),
            (9, ItemState::Cancelled, None),
        ] {
            let then = site.app.clock.now().plus_seconds(days * 86_400);
            let ctx =
                Ctx::new(kernel::Actor::system("catalogue.agenda"), then, std::sync::Arc::new(kernel::SystemRandom));
            service::agenda::round(&site.app, &ctx).await.unwrap();
            let now = item(db, id).await.unwrap();
            assert_eq!((now.state, now.stage), (state, stage), "after {days} days");
        }
    }
}

fn act(kind: ActKind, effect: time::Date) -> ItemAct {
    ItemAct {
        kind,
        basis: "亳编〔2026〕8号".to_owned(),
        effect: Day(effect),
        parts: Vec::new(),
        into: None,
        to: None,
        level: None,
    }
}

#[tokio::test]
async fn an_act_needs_a_basis_a_day_and_another_hand() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, _, id) = drafted(&site).await;
        let today = writer.now.legal_date();
        let early = propose_act(&writer, db, id, 1, &act(ActKind::Suspend, today)).await;
        assert!(matches!(early, Err(Error::Refused { .. })), "a draft is not suspended, {}", site.engine);
        publish(&site.app.system("test"), db, id, 1).await.unwrap();
        assert!(matches!(suspend(&writer, db, id, 2).await, Err(Error::Refused { .. })), "not by one hand");
        assert!(matches!(cancel(&writer, db, id, 2).await, Err(Error::Refused { .. })));
        let bare = ItemAct { basis: " ".to_owned(), ..act(ActKind::Cancel, today) };
        assert!(matches!(propose_act(&writer, db, id, 2, &bare).await, Err(Error::Invalid(_))));
        let one = propose_act(&writer, db, id, 2, &act(ActKind::Suspend, today)).await.unwrap();
        let two = propose_act(&writer, db, id, 3, &act(ActKind::Cancel, today)).await;
        assert!(matches!(two, Err(Error::Refused { .. })), "one at a time");
        assert!(matches!(decide_act(&writer, &site.app, (id, one), None).await, Err(Error::Forbidden { .. })));
        assert!(
            matches!(decide_act(&checker, &site.app, (id, one), Some("")).await, Err(Error::Invalid(_))),
            "why not?"
        );
        decide_act(&checker, &site.app, (id, one), None).await.unwrap();
        assert_eq!(item(db, id).await.unwrap().state, ItemState::Suspended, "its day had come");
        assert_eq!(acts(&site.app, id).await.unwrap()[0].stage, ActStage::Done);
        let again = decide_act(&checker, &site.app, (id, one), None).await;
        assert!(matches!(again, Err(Error::Refused { .. })), "decided once");
    }
}

#[tokio::test]
async fn a_split_item_ends_on_its_day_and_its_parts_begin_as_drafts() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, _, id) = drafted(&site).await;
        publish(&site.app.system("test"), db, id, 1).await.unwrap();
        let later = writer.now.legal_date() + time::Duration::days(10);
        let parts = vec!["食品经营许可（新办）".to_owned(), "食品经营许可（延续）".to_owned()];
        let split = ItemAct { parts, ..act(ActKind::Split, later) };
        let one = ItemAct { parts: vec!["只有一个".to_owned()], ..split.clone() };
        assert!(matches!(propose_act(&writer, db, id, 2, &one).await, Err(Error::Invalid(_))));
        let split = propose_act(&writer, db, id, 2, &split).await.unwrap();
        decide_act(&checker, &site.app, (id, split), None).await.unwrap();
        let row = &acts(&site.app, id).await.unwrap()[0];
        assert_eq!((row.stage, row.made.len()), (ActStage::Agreed, 2), "{}", site.engine);
        let part = revision(db, row.made[0]).await.unwrap().unwrap();
        assert_eq!((part.revision.opened, part.document.name.as_str()), (Opened::Split, "食品经营许可（新办）"));
        assert_eq!(item(db, id).await.unwrap().state, ItemState::Published, "until its day");
        let then = site.app.clock.now().plus_seconds(10 * 86_400);
        let ctx = Ctx::new(kernel::Actor::system("catalogue.agenda"), then, std::sync::Arc::new(kernel::SystemRandom));
        service::agenda::round(&site.app, &ctx).await.unwrap();
        assert_eq!(item(db, id).await.unwrap().state, ItemState::Cancelled);
    }
}

#[tokio::test]
async fn what_is_handed_down_begins_at_the_other_authority_without_the_places_of_the_first() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, _, id) = drafted(&site).await;
        let lower = authority(&site.app.system("test"), db, "薛阁街道办事处", OTHER).await;
        publish(&site.app.system("test"), db, id, 1).await.unwrap();
        let today = writer.now.legal_date();
        let down = |level| ItemAct { to: Some(lower), level: Some(level), ..act(ActKind::HandDown, today) };
        let up = propose_act(&writer, db, id, 2, &down(standards::UseLevel::City)).await;
        assert!(matches!(up, Err(Error::Invalid(_))), "down is not up, {}", site.engine);
        let down = propose_act(&writer, db, id, 2, &down(standards::UseLevel::Town)).await.unwrap();
        decide_act(&checker, &site.app, (id, down), None).await.unwrap();
        let made = acts(&site.app, id).await.unwrap()[0].made[0];
        let heir = item(db, made).await.unwrap();
        let doc = draft(db, made).await.unwrap().unwrap();
        assert_eq!((heir.authority, heir.state), (lower, ItemState::Draft));
        assert_eq!((doc.windows.len(), doc.consult_phone.as_str()), (0, ""));
        assert_eq!(item(db, id).await.unwrap().state, ItemState::Cancelled);
    }
}

#[tokio::test]
async fn a_changed_base_entry_lists_and_opens_every_implementing_list_and_what_is_in_force_stays() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let (writer, ..) = drafted(&site).await;
        let page = of_base(db, "000131024000", &PageAsk::default()).await.unwrap();
        let id = page.items[0].id;
        publish(&system, db, id, 1).await.unwrap();
        let keeper = hand(&site, DIRECTORY, None).await.1;
        let row = base_entry(db, "000131024000").await.unwrap();
        let mut entry = row.entry.clone();
        entry.statutory_limit = TimeLimit { n: 6, unit: TimeUnit::WorkingDay };
        assert!(matches!(put_base(&writer, db, row.version, &entry).await, Err(Error::Forbidden { .. })));
        assert!(matches!(put_base(&keeper, db, row.version + 1, &entry).await, Err(Error::Stale { .. })));
        put_base(&keeper, db, row.version, &entry).await.unwrap();
        let touched = of_base(db, "000131024000", &PageAsk::default()).await.unwrap();
        assert_eq!(touched.items[0].base_version, 2, "{}", site.engine);
        let opened = revision(db, id).await.unwrap().unwrap();
        assert_eq!((opened.revision.opened, opened.document.base), (Opened::Base, Some(entry)));
        let now = item(db, id).await.unwrap();
        assert_eq!((now.state, now.current_version, now.promise.as_str()), (ItemState::Published, 1, "8 个工作日"));
        assert!(now.findings > 0, "eight days are more than the new six");
        assert!(matches!(submit(&writer, db, id, at(&site, id).await).await, Err(Error::Invalid(_))), "never loosened");
    }
}

#[tokio::test]
async fn a_person_cannot_invent_an_entry_of_the_base_directory_by_writing_an_item() {
    for site in sites().await {
        let db = &site.app.db;
        let office = authority(&site.app.system("test"), db, "谯城区市场监督管理局", USCC).await;
        let writer = hand(&site, CATALOGUE, Some(office)).await.1;
        let Err(error) = create_item(&writer, db, office, &licence()).await else { panic!("created, {}", site.engine) };
        assert!(error.message().contains("没有列入目录的不得办理"), "{}", error.message());
    }
}

#[tokio::test]
async fn the_record_tells_every_hand_and_agrees_with_the_rows() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, lawyer, id) = drafted(&site).await;
        submit(&writer, db, id, 1).await.unwrap();
        pass(&checker, db, id, 2).await.unwrap();
        pass(&lawyer, db, id, 3).await.unwrap();
        publish(&writer, db, id, 4).await.unwrap();
        let suspended = propose_act(&writer, db, id, 5, &act(ActKind::Suspend, writer.now.legal_date())).await.unwrap();
        decide_act(&checker, &site.app, (id, suspended), None).await.unwrap();
        let kinds: Vec<_> = journal::history(db, &format!("catalogue-item:{id}")).await.unwrap();
        let kinds: Vec<_> = kinds.iter().map(|it| it.kind.trim_start_matches("catalogue.")).collect();
        assert_eq!(
            kinds,
            [
                "item_created",
                "item_submitted",
                "item_check_passed",
                "item_check_passed",
                "item_published",
                "act_proposed",
                "act_agreed",
                "item_suspended"
            ],
            "{}",
            site.engine
        );
        site.settle(&AREAS).await;
        let replays: Vec<_> = AREAS.iter().flat_map(|it| (it.replays)()).collect();
        let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
        let verdict = journal::verify(&db.snapshot().await.unwrap(), &[], &replays).await.unwrap();
        assert!(verdict.is_ok(), "{}: {verdict:?}", site.engine);
    }
}

/// Whether a text stands anywhere in the database as it was written.
async fn stands_plain(site: &Site, text: &str) -> bool {
    for table in site.app.db.tables().await.unwrap() {
        let sql = format!("SELECT {} FROM {}", table.columns.join(", "), table.name);
        let sql = storage::Sql { name: "ALL", text: Box::leak(sql.into_boxed_str()) };
        for row in site.app.db.query(sql, Vec::new()).await.unwrap() {
            let told = |it: &storage::Value| match it {
                storage::Value::Text(it) => it.contains(text),
                storage::Value::Blob(it) => it.windows(text.len()).any(|it| it == text.as_bytes()),
                _ => false,
            };
            if row.values().iter().any(told) {
                return true;
            }
        }
    }
    false
}

#[tokio::test]
async fn what_officers_write_of_people_lies_sealed_and_is_read_by_who_may() {
    for site in sites().await {
        let db = &site.app.db;
        let (writer, checker, lawyer, id) = drafted(&site).await;
        assert!(stands_plain(&site, "谯城区市场监督管理局").await, "the search finds what is there");
        submit(&writer, db, id, 1).await.unwrap();
        let said = ["请找欧阳明核对。", "与司徒静的意见不同。"];
        let remark = |reason: &str| Remark { field: "conditions".to_owned(), reason: reason.to_owned() };
        send_back(&checker, &site.app, id, 2, &said.map(remark)).await.unwrap();
        submit(&writer, db, id, 3).await.unwrap();
        pass(&checker, db, id, 4).await.unwrap();
        pass(&lawyer, db, id, 5).await.unwrap();
        publish(&writer, db, id, 6).await.unwrap();
        let act = act(ActKind::Suspend, writer.now.legal_date());
        let act = propose_act(&writer, db, id, 7, &act).await.unwrap();
        let long = "长".repeat(crate::model::TEXT_MAX + 1);
        let told = decide_act(&checker, &site.app, (id, act), Some(&long)).await;
        assert!(matches!(told, Err(Error::Invalid(_))), "{told:?}");
        decide_act(&checker, &site.app, (id, act), Some("诸葛亮亮仍在办理。")).await.unwrap();

        let read: Vec<_> = remarks(&site.app, id).await.unwrap().into_iter().map(|it| it.reason).collect();
        assert_eq!(read, said, "{}", site.engine);
        assert_eq!(acts(&site.app, id).await.unwrap()[0].reason, "诸葛亮亮仍在办理。");
        for name in ["欧阳明", "司徒静", "诸葛亮亮"] {
            assert!(!stands_plain(&site, name).await, "{}: {name}", site.engine);
        }
    }
}
