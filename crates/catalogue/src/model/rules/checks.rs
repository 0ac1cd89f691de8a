//! What breaks each rule: functions of a document that only find. The words are in the table.

use standards::{
    AuthorityKind, HandlingKind, ItemType, MaterialNecessity, OnlineDepth, OnlineGrade, ResultKind, ReviewKind,
};

use super::super::{DeliveryWay, HandlingWay, ItemDocument, StepPost, SuspectKind, TimeLimit, suspects};

/// One breach: of which entry, and what fills the blanks of the message.
pub(super) struct Hit {
    pub(super) entry: Option<usize>,
    pub(super) values: Vec<String>,
}

/// Words that leave the applicant guessing (reference 2.3 rule 12; the national list is open-ended).
const VAGUE: [&str; 8] =
    ["其他材料", "其它材料", "符合有关规定", "视情况", "其他条件", "其它条件", "相关材料", "有关材料"];
/// Working days of one extension at most (行政许可法 art. 42).
const EXTENSION_DAYS_MAX: u32 = 10;

fn hit(values: impl IntoIterator<Item = String>) -> Hit {
    Hit { entry: None, values: values.into_iter().collect() }
}

fn entry(entry: usize, values: impl IntoIterator<Item = String>) -> Hit {
    Hit { entry: Some(entry), values: values.into_iter().collect() }
}

/// One breach without blanks if it is so.
fn when(broken: bool) -> Vec<Hit> {
    if broken { vec![hit([])] } else { Vec::new() }
}

fn promise_and_statute(doc: &ItemDocument) -> Option<(TimeLimit, TimeLimit)> {
    let (promise, base) = (doc.promised_limit?, doc.base.as_ref()?);
    (!promise.is_at_once()).then_some((promise, base.statutory_limit))
}

pub(super) fn promise_in_other_unit(doc: &ItemDocument) -> Vec<Hit> {
    let both = promise_and_statute(doc).filter(|(promise, statute)| promise.unit != statute.unit);
    both.map(|(promise, statute)| hit([promise.to_string(), statute.to_string()])).into_iter().collect()
}

pub(super) fn promise_too_long(doc: &ItemDocument) -> Vec<Hit> {
    let both =
        promise_and_statute(doc).filter(|(promise, statute)| promise.unit == statute.unit && promise.n > statute.n);
    both.map(|(promise, statute)| hit([promise.to_string(), statute.to_string()])).into_iter().collect()
}

pub(super) fn immediate_with_days(doc: &ItemDocument) -> Vec<Hit> {
    let limit = doc.promised_limit.filter(|it| doc.is_immediate() && !it.is_at_once());
    limit.map(|it| hit([it.to_string()])).into_iter().collect()
}

pub(super) fn at_once_but_promised(doc: &ItemDocument) -> Vec<Hit> {
    let at_once = doc.promised_limit.is_some_and(TimeLimit::is_at_once);
    when(at_once && doc.handling_kind.is_some() && !doc.is_immediate())
}

pub(super) fn promise_of_nothing(doc: &ItemDocument) -> Vec<Hit> {
    let nothing = doc.promised_limit.is_some_and(|it| !it.is_at_once() && it.n == 0);
    when(nothing && !doc.is_immediate())
}

pub(super) fn review_of_other_kind(doc: &ItemDocument) -> Vec<Hit> {
    let wanted = match doc.handling_kind {
        Some(HandlingKind::Immediate) => ReviewKind::Immediate,
        Some(HandlingKind::Promised) => ReviewKind::ReviewThenDecide,
        _ => return Vec::new(),
    };
    let kind = doc.handling_kind.map_or("", HandlingKind::name);
    let broken = doc.review_kind.is_some_and(|it| it != wanted);
    if broken { vec![hit([kind.to_owned(), wanted.name().to_owned()])] } else { Vec::new() }
}

pub(super) fn result_without_step(doc: &ItemDocument) -> Vec<Hit> {
    let Some(result) = &doc.result else { return Vec::new() };
    let name = result.name.trim_end_matches(['）', ')']);
    let suffixes = [("批复", "审批办结"), ("证", "出证办结"), ("文", "出文办结")];
    match suffixes.into_iter().find(|it| name.ends_with(it.0)) {
        Some((suffix, step)) if !doc.steps.is_empty() && !doc.steps.iter().any(|it| it.name == step) => {
            vec![hit([result.name.clone(), suffix.to_owned(), step.to_owned()])]
        }
        _ => Vec::new(),
    }
}

pub(super) fn no_visit_with_reason(doc: &ItemDocument) -> Vec<Hit> {
    when(doc.visits.as_ref().is_some_and(|it| it.times == 0 && it.reason.trim() != "无"))
}

pub(super) fn visit_without_reason(doc: &ItemDocument) -> Vec<Hit> {
    let bare = doc.visits.as_ref().filter(|it| it.times > 0 && matches!(it.reason.trim(), "" | "无"));
    bare.map(|it| hit([it.times.to_string()])).into_iter().collect()
}

pub(super) fn no_visit_without_way(doc: &ItemDocument) -> Vec<Hit> {
    let never = doc.visits.as_ref().is_some_and(|it| it.times == 0);
    let online = doc.handling_forms.contains(&HandlingWay::Online)
        && doc.online_depth.iter().any(|it| matches!(it, OnlineDepth::Accepting | OnlineDepth::Handling));
    let courier = doc.handling_forms.contains(&HandlingWay::Courier);
    when(never && !online && !courier && !doc.handling_forms.is_empty())
}

pub(super) fn full_online_with_visit(doc: &ItemDocument) -> Vec<Hit> {
    let visits = doc.visits.as_ref().filter(|it| doc.online_grade == Some(OnlineGrade::Full) && it.times > 0);
    visits.map(|it| hit([it.times.to_string()])).into_iter().collect()
}

pub(super) fn free_with_lines(doc: &ItemDocument) -> Vec<Hit> {
    let free = doc.fee.as_ref().filter(|it| !it.charged);
    when(free.is_some_and(|it| !it.lines.is_empty() || !it.basis.is_empty() || it.online_payment))
}

pub(super) fn fee_without_basis(doc: &ItemDocument) -> Vec<Hit> {
    let charged = doc.fee.as_ref().filter(|it| it.charged);
    when(charged.is_some_and(|it| it.basis.trim().is_empty()))
}

pub(super) fn fee_without_lines(doc: &ItemDocument) -> Vec<Hit> {
    let charged = doc.fee.as_ref().filter(|it| it.charged);
    when(charged.is_some_and(|it| {
        it.lines.is_empty() || it.lines.iter().any(|it| it.name.trim().is_empty() || it.standard.trim().is_empty())
    }))
}

pub(super) fn fee_without_payment(doc: &ItemDocument) -> Vec<Hit> {
    when(doc.fee.as_ref().is_some_and(|it| it.charged && !it.online_payment))
}

fn bare_phone(phone: &str) -> Vec<Hit> {
    if phone.is_empty() || has_area_code(phone) { Vec::new() } else { vec![hit([phone.to_owned()])] }
}

pub(super) fn consult_phone_bare(doc: &ItemDocument) -> Vec<Hit> {
    bare_phone(&doc.consult_phone)
}

pub(super) fn complaint_phone_bare(doc: &ItemDocument) -> Vec<Hit> {
    bare_phone(&doc.complaint_phone)
}

pub(super) fn phones_alike(doc: &ItemDocument) -> Vec<Hit> {
    when(!doc.consult_phone.is_empty() && doc.consult_phone == doc.complaint_phone)
}

/// `0558-5550101`: area code of three or four digits, a hyphen, five to eight digits.
fn has_area_code(phone: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    phone.split_once('-').is_some_and(|(area, number)| {
        area.starts_with('0')
            && (3..=4).contains(&area.len())
            && (5..=8).contains(&number.len())
            && digits(area)
            && digits(number)
    })
}

/// Whom the item serves and whether it has topics for them.
fn served(doc: &ItemDocument) -> Vec<(&'static str, bool, bool)> {
    if doc.audience().is_empty() {
        return Vec::new();
    }
    vec![
        ("自然人", doc.serves_persons(), !doc.topics.person.is_empty()),
        ("法人和其他组织", doc.serves_organisations(), !doc.topics.corp.is_empty()),
    ]
}

pub(super) fn topics_lacking(doc: &ItemDocument) -> Vec<Hit> {
    let lacking = served(doc).into_iter().filter(|it| it.1 && !it.2);
    lacking.map(|it| hit([it.0.to_owned(), it.0.to_owned()])).collect()
}

pub(super) fn topics_too_many(doc: &ItemDocument) -> Vec<Hit> {
    let extra = served(doc).into_iter().filter(|it| !it.1 && it.2);
    extra.map(|it| hit([it.0.to_owned(), it.0.to_owned()])).collect()
}

fn is_licence(doc: &ItemDocument) -> bool {
    doc.item_type() == Some(ItemType::Licence)
}

pub(super) fn licence_without_question(doc: &ItemDocument) -> Vec<Hit> {
    when(is_licence(doc) && doc.questions.is_empty())
}

pub(super) fn licence_with_few_steps(doc: &ItemDocument) -> Vec<Hit> {
    if is_licence(doc) && doc.steps.len() < 5 { vec![hit([doc.steps.len().to_string()])] } else { Vec::new() }
}

pub(super) fn licence_lacks_post(doc: &ItemDocument) -> Vec<Hit> {
    let lacks = |post: &&StepPost| !doc.steps.iter().any(|it| it.post == **post);
    let lacking = StepPost::ALL.iter().filter(|_| is_licence(doc) && !doc.steps.is_empty()).filter(lacks);
    lacking.map(|it| hit([it.name().to_owned()])).collect()
}

pub(super) fn result_without_sample(doc: &ItemDocument) -> Vec<Hit> {
    when(
        doc.result
            .as_ref()
            .is_some_and(|it| it.kind != ResultKind::None && it.sample_note.trim().is_empty() && it.sample.is_none()),
    )
}

fn vague(text: &str) -> Option<[String; 2]> {
    let word = VAGUE.iter().find(|it| text.contains(**it))?;
    Some([text.to_owned(), (*word).to_owned()])
}

pub(super) fn vague_condition(doc: &ItemDocument) -> Vec<Hit> {
    doc.conditions.iter().filter_map(|it| vague(it)).map(hit).collect()
}

pub(super) fn vague_material(doc: &ItemDocument) -> Vec<Hit> {
    let named = doc.materials.iter().enumerate();
    named.filter_map(|(i, it)| Some(entry(i, vague(&it.name)?))).collect()
}

pub(super) fn owed_without_days(doc: &ItemDocument) -> Vec<Hit> {
    let owed = doc.materials.iter().enumerate().filter(|(_, it)| it.need == MaterialNecessity::MayFollow);
    owed.filter(|(_, it)| it.max_days_owed.is_none_or(|days| days == 0))
        .map(|(i, it)| entry(i, [it.name.clone()]))
        .collect()
}

/// A way of delivery that needs no address of the applicant must exist: the window, or the platform.
pub(super) fn post_alone(doc: &ItemDocument) -> Vec<Hit> {
    when(doc.delivery == [DeliveryWay::Post])
}

pub(super) fn statute_of_nothing(doc: &ItemDocument) -> Vec<Hit> {
    let statute = doc.base.as_ref().map(|it| it.statutory_limit);
    when(statute.is_some_and(|it| !it.is_at_once() && it.n == 0))
}

/// Two items of one code: only the database sees both (`items_item_code`), and says this rule's words.
pub(super) fn kept_by_the_database(_: &ItemDocument) -> Vec<Hit> {
    Vec::new()
}

pub(super) fn level_beyond_base(doc: &ItemDocument) -> Vec<Hit> {
    let Some(base) = doc.base.as_ref().filter(|it| !it.use_levels.is_empty()) else { return Vec::new() };
    let allowed = base.use_levels.iter().map(|it| it.name()).collect::<Vec<_>>().join("、");
    let beyond = doc.use_levels.iter().filter(|it| !base.use_levels.contains(it));
    beyond.map(|it| hit([allowed.clone(), it.name().to_owned()])).collect()
}

pub(super) fn material_beyond_base(doc: &ItemDocument) -> Vec<Hit> {
    let Some(base) = doc.base.as_ref().filter(|it| !it.materials.is_empty()) else { return Vec::new() };
    let beyond = doc.materials.iter().enumerate().filter(|(_, it)| !base.materials.contains(&it.name));
    beyond.map(|(i, it)| entry(i, [it.name.clone()])).collect()
}

pub(super) fn visits_beyond_base(doc: &ItemDocument) -> Vec<Hit> {
    let max = doc.base.as_ref().and_then(|it| it.visits_max);
    match (max, &doc.visits) {
        (Some(max), Some(visits)) if visits.times > max => vec![hit([max.to_string(), visits.times.to_string()])],
        _ => Vec::new(),
    }
}

pub(super) fn check_is_broken(doc: &ItemDocument) -> Vec<Hit> {
    doc.check.iter().flat_map(super::super::ConditionCheck::faults).map(|it| hit([it.message])).collect()
}

pub(super) fn discretion_is_broken(doc: &ItemDocument) -> Vec<Hit> {
    let matters = doc.discretion.iter().enumerate();
    let broken = matters.filter(|(_, it)| {
        it.grades.is_empty()
            || it.grades.iter().any(|it| {
                let turned = it.fen_min.zip(it.fen_max).is_some_and(|(min, max)| min > max || min < 0);
                turned || it.condition.trim().is_empty() || it.outcome.trim().is_empty()
            })
    });
    broken.map(|(i, it)| entry(i, [it.matter.clone()])).collect()
}

pub(super) fn entrusted_by_nobody(doc: &ItemDocument) -> Vec<Hit> {
    when(doc.authority_kind == Some(AuthorityKind::Entrusted) && doc.entrusted_body.trim().is_empty())
}

pub(super) fn intermediary_without_basis(doc: &ItemDocument) -> Vec<Hit> {
    let bare = doc.intermediaries.iter().enumerate().filter(|(_, it)| it.basis.trim().is_empty());
    bare.map(|(i, it)| entry(i, [it.name.clone()])).collect()
}

pub(super) fn cancelled_before_effect(doc: &ItemDocument) -> Vec<Hit> {
    match (doc.planned_effect, doc.planned_cancel) {
        (Some(effect), Some(cancel)) if cancel <= effect => vec![hit([cancel.to_string(), effect.to_string()])],
        _ => Vec::new(),
    }
}

pub(super) fn key_twice(doc: &ItemDocument) -> Vec<Hit> {
    let named = doc.materials.iter().enumerate();
    let twice = named
        .filter(|(i, it)| it.key.trim().is_empty() || doc.materials.iter().take(*i).any(|other| other.key == it.key));
    twice.map(|(i, it)| entry(i, [it.name.clone(), it.key.clone()])).collect()
}

pub(super) fn extension_too_long(doc: &ItemDocument) -> Vec<Hit> {
    let long = doc.extension.as_ref().filter(|it| is_licence(doc) && it.allowed && it.days_max > EXTENSION_DAYS_MAX);
    long.map(|it| hit([it.days_max.to_string()])).into_iter().collect()
}

pub(super) fn material_without_basis(doc: &ItemDocument) -> Vec<Hit> {
    suspects(doc)
        .into_iter()
        .filter(|it| it.kind == SuspectKind::NoBasis)
        .map(|it| entry(it.material, [it.name]))
        .collect()
}

pub(super) fn material_held(doc: &ItemDocument) -> Vec<Hit> {
    let held = suspects(doc).into_iter().filter(|it| it.kind == SuspectKind::Held);
    held.map(|it| entry(it.material, [it.name, it.why])).collect()
}

pub(super) fn power_without_responsibility(doc: &ItemDocument) -> Vec<Hit> {
    let power = doc.item_type().is_some_and(|it| it.code() < "20");
    let empty = doc.responsibility.as_ref().is_none_or(|it| it.duties.is_empty() || it.situations.is_empty());
    when(power && empty)
}
