//! Each rule for publishing, broken once.

use standards::{
    AuthorityKind, HandlingKind, ItemType, MaterialNecessity, OnlineDepth, OnlineGrade, ReviewKind, UseLevel,
};

use super::{findings, licence, suspects, warnings};
use crate::model::{
    BaseEntry, ConditionCheck, DeliveryWay, Discretion, DiscretionGrade, ELEMENTS, Fee, FeeLine, HandlingWay,
    Intermediary, ItemDocument, Payer, Preliminary, Rulebook, Severity, SuspectKind, TimeLimit, TimeUnit, Visits,
    missing, percent_complete, percent_of_list,
};

type Break = fn(&mut ItemDocument);

/// A rule's number, the field at which it speaks, and how to break it.
const BROKEN: &[(u8, &str, Break)] = &[
    (0, "name", |it| it.name = "长".repeat(1_001)),
    (0, "materials/0/name", |it| it.materials[0].name = "长".repeat(201)),
    (0, "correction_limit", |it| it.correction_limit = Some(TimeLimit { n: 0, unit: TimeUnit::WorkingDay })),
    (0, "correction_limit", |it| it.correction_limit = Some(TimeLimit { n: 0, unit: TimeUnit::AtOnce })),
    (0, "correction_limit", |it| it.correction_limit = Some(TimeLimit { n: 366, unit: TimeUnit::NaturalDay })),
    (1, "promised_limit", |it| it.promised_limit = Some(TimeLimit { n: 11, unit: TimeUnit::WorkingDay })),
    (1, "promised_limit", |it| it.promised_limit = Some(TimeLimit { n: 9, unit: TimeUnit::NaturalDay })),
    (2, "promised_limit", |it| it.handling_kind = Some(HandlingKind::Immediate)),
    (2, "handling_kind", |it| it.promised_limit = Some(TimeLimit { n: 0, unit: TimeUnit::AtOnce })),
    (2, "promised_limit", |it| it.promised_limit = Some(TimeLimit { n: 0, unit: TimeUnit::WorkingDay })),
    (3, "steps", |it| it.steps[3].name = "办结".to_owned()),
    (4, "visits", |it| it.visits = Some(Visits { times: 1, reason: "无".to_owned() })),
    (4, "visits", |it| it.visits = Some(Visits { times: 0, reason: "核对".to_owned() })),
    (5, "handling_forms", |it| it.handling_forms = vec![HandlingWay::Window]),
    (5, "handling_forms", |it| {
        it.handling_forms = vec![HandlingWay::Window, HandlingWay::Online];
        it.online_depth = vec![OnlineDepth::Consulting];
    }),
    (7, "fee", |it| it.fee = Some(Fee { charged: true, ..Fee::default() })),
    (7, "fee", |it| {
        let line = FeeLine { name: "工本费".to_owned(), standard: "40 元".to_owned(), ..FeeLine::default() };
        it.fee = Some(Fee { lines: vec![line], ..Fee::default() });
    }),
    (8, "consult_phone", |it| it.consult_phone = "5550152".to_owned()),
    (8, "complaint_phone", |it| it.complaint_phone.clone_from(&it.consult_phone)),
    (9, "topics", |it| it.topics.corp.clear()),
    (9, "topics", |it| it.base.as_mut().expect("a base").service_objects.truncate(1)),
    (10, "questions", |it| it.questions.clear()),
    (10, "steps", |it| drop(it.steps.pop())),
    (11, "result", |it| it.result.as_mut().expect("a result").sample_note.clear()),
    (12, "conditions", |it| it.conditions.push("符合有关规定".to_owned())),
    (12, "materials/0/name", |it| it.materials[0].name = "其他材料".to_owned()),
    (13, "materials/4", |it| it.materials[4].max_days_owed = None),
    (2, "review_kind", |it| it.review_kind = Some(ReviewKind::Immediate)),
    (6, "visits", |it| {
        it.online_grade = Some(OnlineGrade::Full);
        it.visits = Some(Visits { times: 2, reason: "核对原件".to_owned() });
    }),
    (7, "fee", |it| it.fee = Some(Fee { online_payment: true, ..Fee::default() })),
    (7, "fee", |it| it.fee = Some(Fee { charged: true, basis: "某价目".to_owned(), ..Fee::default() })),
    (14, "remedies", |it| it.remedies = None),
    (14, "windows", |it| it.windows.clear()),
    (14, "delivery", |it| it.delivery = vec![DeliveryWay::Post]),
    (14, "base", |it| base(it).statutory_limit = TimeLimit { n: 0, unit: TimeUnit::WorkingDay }),
    (16, "use_levels", |it| base(it).use_levels = vec![UseLevel::City]),
    (16, "materials/1/name", |it| base(it).materials = vec![it.materials[0].name.clone()]),
    (16, "visits", |it| {
        base(it).visits_max = Some(0);
        it.visits = Some(Visits { times: 1, reason: "核对原件".to_owned() });
    }),
    (17, "check", |it| {
        it.check = Some(ConditionCheck { intro: String::new(), questions: Vec::new(), passed: String::new() })
    }),
    (17, "discretion/0", |it| {
        let only_if = Some(forms::Condition { field: "nowhere".to_owned(), test: forms::Test::Filled(true) });
        let (grade, words) = ("一般".to_owned(), "酌情".to_owned());
        let grades = vec![DiscretionGrade {
            grade,
            condition: words.clone(),
            only_if,
            outcome: words,
            fen_min: None,
            fen_max: None,
        }];
        it.discretion = vec![Discretion { matter: "幅度".to_owned(), basis: String::new(), grades }];
    }),
    (17, "discretion/0", |it| it.discretion = vec![by_number("name", forms::Range::default())]),
    (17, "discretion/0", |it| it.discretion = vec![by_number("area", forms::Range::default())]),
    (17, "discretion/0", |it| {
        let turned = forms::Range { least: Some(50.into()), below: Some(50.into()), most: None };
        it.discretion = vec![by_number("area", turned)];
    }),
    (17, "materials/1/condition", |it| {
        let test = forms::Test::Equals(true.into());
        it.materials[1].condition = Some(forms::Condition { field: "nowhere".to_owned(), test });
    }),
    (17, "materials/1/condition", |it| {
        let range = forms::Range { least: Some("很多".into()), ..forms::Range::default() };
        it.materials[1].condition =
            Some(forms::Condition { field: "area".to_owned(), test: forms::Test::Range(range) });
    }),
    (17, "discretion/0", |it| {
        it.discretion = vec![Discretion { matter: "罚款".to_owned(), basis: String::new(), grades: Vec::new() }];
    }),
    (17, "entrusted_body", |it| it.authority_kind = Some(AuthorityKind::Entrusted)),
    (17, "intermediaries/0/basis", |it| {
        it.intermediaries = vec![Intermediary {
            name: "检测".to_owned(),
            basis: String::new(),
            condition: String::new(),
            product: "报告".to_owned(),
            providers: String::new(),
            time_limit: String::new(),
            fee: String::new(),
            payer: Payer::Applicant,
        }];
    }),
    (17, "planned_cancel", |it| {
        it.planned_effect = "2026-07-01".parse().ok();
        it.planned_cancel = "2026-07-01".parse().ok();
    }),
    (17, "materials/1/key", |it| it.materials[1].key = it.materials[0].key.clone()),
    (22, "preliminary", |it| it.preliminary = Some(first(&[], 20, "某法第三条"))),
    (22, "preliminary", |it| it.preliminary = Some(first(&[" "], 20, "某法第三条"))),
    (22, "preliminary", |it| it.preliminary = Some(first(&["11341602003000001Y"], 0, "某法第三条"))),
    (22, "preliminary", |it| it.preliminary = Some(first(&["11341602003000001Y"], 20, " "))),
    (22, "preliminary", |it| {
        it.preliminary = Some(first(&["11341602003000001Y"], 20, "某法第三条"));
        it.handling_kind = Some(HandlingKind::Immediate);
        it.promised_limit = Some(TimeLimit { n: 0, unit: TimeUnit::AtOnce });
    }),
    (17, "extension", |it| it.extension.as_mut().expect("an extension").days_max = 11),
    (20, "form", |it| it.form.as_mut().expect("a form").remove("by_agent")),
];

fn first(offices: &[&str], days: u32, basis: &str) -> Preliminary {
    Preliminary { offices: offices.iter().map(|it| (*it).to_owned()).collect(), days, basis: basis.to_owned() }
}

/// A discretion standard of one grade that a number of the form gives.
fn by_number(field: &str, range: forms::Range) -> Discretion {
    let words = "按面积".to_owned();
    let only_if = Some(forms::Condition { field: field.to_owned(), test: forms::Test::Range(range) });
    let (grade, condition, outcome) = (words.clone(), words.clone(), words.clone());
    let grades = vec![DiscretionGrade { grade, condition, only_if, outcome, fen_min: None, fen_max: None }];
    Discretion { matter: words, basis: String::new(), grades }
}

#[test]
fn a_grade_that_a_number_of_the_form_gives_can_be_published() {
    let mut doc = licence();
    let range = forms::Range { least: Some(50.into()), below: Some(200.into()), most: None };
    doc.discretion = vec![by_number("area", range)];
    assert!(!findings(&doc).iter().any(|it| it.field.starts_with("discretion")), "{:?}", findings(&doc));
}

fn base(doc: &mut ItemDocument) -> &mut BaseEntry {
    doc.base.as_mut().expect("a base")
}

#[test]
fn each_rule_speaks_at_its_field_when_it_is_broken() {
    assert_eq!(licence().materials[4].need, MaterialNecessity::MayFollow, "the table below rests on it");
    for (rule, field, spoil) in BROKEN {
        let mut doc = licence();
        spoil(&mut doc);
        let said = findings(&doc);
        assert!(said.iter().any(|it| it.rule == *rule && it.field == *field), "rule {rule} at {field}: {said:?}");
    }
    // Rule 15 is kept by the database: `one_authority_has_one_item_of_a_code`.
    let book = Rulebook::shipped().unwrap();
    for rule in book.rules().iter().filter(|it| it.severity == Severity::Block && it.number != 15) {
        let field = |it: &&(u8, &str, Break)| it.0 == rule.number && bare(it.1) == bare(&rule.field);
        assert!(BROKEN.iter().any(|it| field(&it)), "rule {} at {} is never broken here", rule.number, rule.field);
    }
}

#[test]
fn a_table_that_names_what_there_is_not_is_refused_whole() {
    let rule = |broken: &str, message: &str| {
        format!(
            "[[rule]]\nnumber = 1\nfield = \"visits\"\nasks = \"\"\nbroken = [{broken}]\nmessage = \"{message}\"\n\
             severity = \"block\"\nsource = \"\"\n[[list]]\nkey = \"vague\"\nname = \"\"\nabout = \"\"\nsource = \"\"\nwords = []\n"
        )
    };
    assert!(Rulebook::read(&rule("{ fact = 'visits', over = 0 }", "{visits}")).is_ok());
    for (broken, message, why) in [
        ("{ fact = 'no_such', is = true }", "", "no_such"),
        ("{ fact = 'visits', same_as = 'no_such' }", "", "no_such"),
        ("{ fact = 'visits', near = 1 }", "", "near"),
        ("{ fact = 'visits' }", "", "visits"),
        ("{ fact = 'condition', names = 'no_such' }", "", "no_such"),
        ("{ fact = 'visits', over = 0 }", "{no_such}", "no_such"),
    ] {
        let Err(said) = Rulebook::read(&rule(broken, message)) else { panic!("{broken} {message}") };
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn every_rule_says_what_it_asks_and_where_it_comes_from_and_leaves_a_bare_name_in_peace() {
    let book = Rulebook::shipped().unwrap();
    for it in book.rules() {
        assert!(
            !it.asks.is_empty() && !it.source.is_empty() && it.message.ends_with(['。', '}']),
            "rule {}",
            it.number
        );
        assert!(
            crate::model::field(it.field.split('/').next().unwrap()).is_some() || it.field == "base",
            "{}",
            it.field
        );
    }
    let numbers: Vec<_> = book.rules().iter().map(|it| it.number).collect();
    assert!(numbers.is_sorted() && (1..=15).all(|it| numbers.contains(&it)), "{numbers:?}");
    // Of what is not written only the missing elements are told, and no rule of what is.
    let said = findings(&ItemDocument::named("学生资助政策咨询"));
    assert!(said.iter().all(|it| it.message.starts_with("请补充")), "{said:?}");
}

/// A field without the numbers of its entries.
fn bare(field: &str) -> String {
    field
        .split('/')
        .map(|it| if it.chars().all(|c| c.is_ascii_digit()) { "#" } else { it })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn a_message_names_what_was_found_and_what_to_do() {
    let mut doc = licence();
    doc.promised_limit = Some(TimeLimit { n: 11, unit: TimeUnit::WorkingDay });
    let said: Vec<_> = findings(&doc).into_iter().map(|it| it.message).collect();
    assert_eq!(said, ["承诺时限（11 个工作日）超过法定时限（10 个工作日），请缩短。"]);
}

#[test]
fn a_material_is_suspect_if_no_law_asks_for_it_or_the_platform_holds_it() {
    let mut doc = licence();
    assert_eq!(suspects(&doc), [], "the demo's licence asks for nothing odd");
    assert!(warnings(&doc).iter().all(|it| it.rule != 18));
    doc.materials[2].legal_basis.clear();
    doc.materials[1].need = MaterialNecessity::Required;
    doc.materials[3].name = "家庭成员关系证明".to_owned();
    doc.materials[3].issuer = "村委会".to_owned();
    let kinds: Vec<_> = suspects(&doc).into_iter().map(|it| (it.material, it.kind)).collect();
    assert_eq!(kinds, [(1, SuspectKind::Held), (2, SuspectKind::NoBasis), (3, SuspectKind::Proof)]);
    let fields: Vec<_> = warnings(&doc).into_iter().filter(|it| it.rule == 18).map(|it| it.field).collect();
    assert_eq!(fields, ["materials/2/legal_basis", "materials/1/need"]);
    assert_eq!(findings(&doc), [], "a suspicion keeps nothing from being published");
}

#[test]
fn a_preliminary_review_longer_than_the_law_says_is_told_and_keeps_nothing_back() {
    let mut doc = licence();
    doc.preliminary = Some(first(&["11341602003000001Y"], 21, "某条例第三条"));
    assert_eq!(findings(&doc), []);
    assert!(warnings(&doc).iter().any(|it| it.rule == 22 && it.message.contains("21 个工作日")));
    doc.preliminary = Some(first(&["11341602003000001Y"], 20, "某条例第三条"));
    assert!(warnings(&doc).iter().all(|it| it.rule != 22));
}

#[test]
fn a_rule_for_licences_leaves_public_services_alone() {
    let mut doc = licence();
    doc.base.as_mut().expect("a base").item_type = ItemType::PublicService;
    doc.questions.clear();
    assert!(findings(&doc).iter().all(|it| it.rule != 10));
}

#[test]
fn every_item_of_the_demo_may_be_published() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../yiwang/demo/items");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let doc: ItemDocument = serde_json::from_str(&text).unwrap();
        assert_eq!(findings(&doc), [], "{}", doc.name);
        let again: ItemDocument = serde_json::from_str(&serde_json::to_string(&doc).unwrap()).unwrap();
        assert_eq!(again, doc, "what is stored is what was read");
        seen += 1;
    }
    assert!(seen >= 40, "{seen}");
}

#[test]
fn a_document_that_is_only_named_lacks_everything_else() {
    let absent = missing(&ItemDocument::named("学生资助政策咨询"));
    assert_eq!(absent.len(), ELEMENTS.len() - 1);
    assert_eq!((percent_complete(0), percent_complete(21)), (100, 0));
    assert!(percent_complete(1) < 100, "complete means complete");
    let whole = i64::try_from(ELEMENTS.len()).unwrap();
    for (items, missing, percent) in
        [(0, 0, None), (2, 0, Some(100)), (2, whole, Some(50)), (1_000, 1, Some(99)), (1, whole + 9, Some(0))]
    {
        assert_eq!(percent_of_list(items, missing), percent, "{items} items, {missing} missing");
    }
}

#[test]
fn a_material_with_a_condition_is_needed_only_then() {
    let doc = licence();
    let cold = doc.requirement("cold-room").unwrap();
    assert!(cold.applies(&serde_json::json!({ "has_cold_food": true })));
    assert!(!cold.applies(&serde_json::json!({ "has_cold_food": false })));
    assert!(!cold.applies(&serde_json::json!({})), "an unanswered form asks for no more");
    assert!(doc.requirement("layout").unwrap().applies(&serde_json::json!({})));
}
