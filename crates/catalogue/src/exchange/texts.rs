//! Cells that hold more than one value in words: laws, steps, windows, ways to ask. What is read again keeps what the words do not say. Pure.

use standards::ConsultWay;

use super::cell::{self, lines, named, with_note};
use crate::model::{
    ContactWay, Intermediary, ItemDocument, LegalBasis, LocalField, Payer, ProcessStep, SpecialProcedure, StepPost,
    Window,
};

/// 设定依据, one law a line: 「《法律》第几条：条文」.
pub(crate) fn laws<'a>(laws: impl Iterator<Item = &'a LegalBasis>) -> String {
    let one = |it: &LegalBasis| match &it.text {
        Some(text) => format!("{}：{}", it.cited(), flat(text)),
        None => it.cited(),
    };
    laws.map(one).collect::<Vec<_>>().join("\n")
}

/// Text as one line of a cell.
fn flat(text: &str) -> String {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Reads laws; one that is known already keeps what the words do not say.
pub(crate) fn read_laws(text: &str, known: &[LegalBasis]) -> Vec<LegalBasis> {
    lines(text)
        .iter()
        .map(|line| {
            let read = read_law(line);
            let same = known.iter().find(|it| it.cited() == read.cited());
            same.map_or_else(
                || read.clone(),
                |it| LegalBasis { text: read.text.clone().or(it.text.clone()), ..it.clone() },
            )
        })
        .collect()
}

fn read_law(line: &str) -> LegalBasis {
    let start = line.find('《').map_or(0, |it| it + '《'.len_utf8());
    let (law, rest) = match line[start..].split_once('》') {
        Some((law, rest)) => (law, rest),
        None => (line, ""),
    };
    let (article, text) = match rest.split_once(['：', ':']) {
        Some((article, text)) => (article, text),
        None => (rest, ""),
    };
    let text = Some(text.trim().to_owned()).filter(|it| !it.is_empty());
    let (law, article) = (law.trim().to_owned(), article.trim().to_owned());
    LegalBasis { law, article, text, issuer: String::new(), effective: String::new() }
}

/// What a document's laws say beyond its base entry becomes local basis; those of the base entry stay the directory's.
pub(crate) fn read_local_laws(doc: &mut ItemDocument, text: &str) {
    let base = doc.base.as_ref().map_or(&[][..], |it| &it.legal_basis);
    let read = read_laws(text, &doc.local_basis);
    doc.local_basis = read.into_iter().filter(|it| !base.iter().any(|law| law.cited() == it.cited())).collect();
}

/// 办理流程, one step a line: 「受理（综合窗口，1 个工作日）：当场核对」.
pub(crate) fn steps(steps: &[ProcessStep]) -> String {
    let one = |it: &ProcessStep| format!("{}（{}，{} 个工作日）：{}", it.name, it.office, it.days, flat(&it.how));
    steps.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Reads steps; one of a known name keeps what the words do not say.
pub(crate) fn read_steps(known: &mut Vec<ProcessStep>, text: &str) {
    let read = lines(text).into_iter().map(|line| {
        let (head, how) = match line.split_once(['：', ':']) {
            Some((head, how)) => (head.trim(), how.trim()),
            None => (line.as_str(), ""),
        };
        let (name, note) = with_note(head);
        let name = name.trim_start_matches(|it: char| it.is_ascii_digit() || matches!(it, '.' | '、' | '）' | ')'));
        let (office, days) = note.rsplit_once(['，', ',']).unwrap_or((note, ""));
        let days = cell::number(days).unwrap_or(0);
        match known.iter().find(|it| it.name == name) {
            Some(it) => ProcessStep { days, office: office.to_owned(), how: how.to_owned(), ..it.clone() },
            None => ProcessStep::new(post_of(name), name, days, office, how),
        }
    });
    *known = read.collect();
}

/// The post of a step by the words of its name.
fn post_of(name: &str) -> StepPost {
    let words: &[(&[&str], StepPost)] = &[
        (&["受理", "收件", "接件", "申请"], StepPost::Accept),
        (&["证", "出文", "办结", "制作"], StepPost::Issue),
        (&["送达", "领取", "发放", "取件"], StepPost::Deliver),
        (&["审批", "决定", "批准", "核准"], StepPost::Decide),
    ];
    words.iter().find(|it| it.0.iter().any(|word| name.contains(word))).map_or(StepPost::Review, |it| it.1)
}

/// 特别程序, one a line: 「听证（最长 20 个工作日，依据…）：情形」; 「无」 if there is none.
pub(crate) fn procedures(all: &[SpecialProcedure]) -> String {
    if all.is_empty() {
        return "无".to_owned();
    }
    let one = |it: &SpecialProcedure| {
        format!("{}（最长 {} 个工作日，{}）：{}", it.name, it.days_max, flat(&it.basis), flat(&it.explain))
    };
    all.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Reads special procedures; one of a known name keeps its kind.
pub(crate) fn read_procedures(known: &mut Vec<SpecialProcedure>, text: &str) {
    let read = lines(text).into_iter().filter(|it| it != "无").map(|line| {
        let (head, explain) = line.split_once(['：', ':']).unwrap_or((&line, ""));
        let (name, note) = with_note(head);
        let (days, basis) = note.split_once(['，', ',']).unwrap_or((note, ""));
        let digits: String = days.chars().filter(char::is_ascii_digit).collect();
        let days_max = digits.parse().unwrap_or(0);
        let before = known.iter().find(|it| it.name == name);
        let kind = before.map_or_else(|| kind_of(name), |it| it.kind.clone());
        let required = before.is_some_and(|it| it.required);
        let (name, basis, explain) = (name.to_owned(), basis.trim().to_owned(), explain.trim().to_owned());
        SpecialProcedure { kind, name, basis, days_max, explain, required }
    });
    *known = read.collect();
}

/// The kind of a special procedure by the words of 行政许可法 art. 45.
fn kind_of(name: &str) -> String {
    let words = [
        ("听证", "hearing"),
        ("招标", "tender"),
        ("拍卖", "auction"),
        ("检验", "inspection"),
        ("检测", "test"),
        ("检疫", "quarantine"),
        ("鉴定", "appraisal"),
        ("评审", "expert_review"),
    ];
    words.iter().find(|it| name.contains(it.0)).map_or("other", |it| it.1).to_owned()
}

/// 咨询方式 or 监督投诉方式: the telephone, then other ways, one a line: 「窗口：…」.
pub(crate) fn contact(phone: &str, ways: &[ContactWay]) -> String {
    let phone = Some(phone.to_owned()).filter(|it| !it.is_empty());
    let ways = ways.iter().map(|it| format!("{}：{}", it.way.name(), flat(&it.text)));
    phone.into_iter().chain(ways).collect::<Vec<_>>().join("\n")
}

/// Reads what a cell says of asking or complaining. A telephone alone leaves the other ways as they are.
pub(crate) fn read_ways(phone: &mut String, ways: &mut Vec<ContactWay>, text: &str) {
    if is_phone(text) {
        text.trim().clone_into(phone);
    } else {
        (*phone, *ways) = read_contact(text);
    }
}

/// Reads telephone and other ways; a line without a known way before its colon is the telephone, then a way by telephone.
fn read_contact(text: &str) -> (String, Vec<ContactWay>) {
    let (mut phone, mut ways) = (String::new(), Vec::new());
    for line in lines(text) {
        let (name, rest) = named(&line);
        let way = name.and_then(|name| ConsultWay::ALL.iter().copied().find(|it| name.starts_with(it.name())));
        match way {
            Some(ConsultWay::Telephone) | None if phone.is_empty() && is_phone(rest) => rest.clone_into(&mut phone),
            Some(way) => ways.push(ContactWay { way, text: rest.to_owned() }),
            None => ways.push(ContactWay { way: ConsultWay::Telephone, text: line }),
        }
    }
    (phone, ways)
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 3
        && text.chars().all(|it| it.is_ascii_digit() || matches!(it, '-' | ' ' | '（' | '）' | '(' | ')' | '—' | '+'))
}

/// What each window says, one a line: 「窗口：…」.
pub(crate) fn windows(all: &[Window], of: fn(&Window) -> &str) -> String {
    all.iter().map(|it| format!("{}：{}", it.name, flat(of(it)))).collect::<Vec<_>>().join("\n")
}

/// Reads one thing of each window, by its name or else by its place.
pub(crate) fn read_windows(all: &mut Vec<Window>, text: &str, into: fn(&mut Window) -> &mut String) {
    for (n, line) in lines(text).iter().enumerate() {
        let (name, rest) = named(line);
        let place = name.and_then(|name| all.iter().position(|it| it.name == name)).unwrap_or(n);
        if place >= all.len() {
            let name = name.unwrap_or("办理窗口").to_owned();
            let empty = String::new;
            all.push(Window { name, address: empty(), hours: empty(), phone: empty(), directions: empty() });
        }
        if let Some(window) = all.get_mut(place) {
            let whole = if name == Some(window.name.as_str()) { rest } else { line };
            whole.clone_into(into(window));
        }
    }
}

/// 中介服务, one a line: 「名称（设定依据）」.
pub(crate) fn intermediaries(all: &[Intermediary]) -> String {
    all.iter().map(|it| format!("{}（{}）", it.name, flat(&it.basis))).collect::<Vec<_>>().join("\n")
}

/// Reads intermediary services; one of a known name keeps what the words do not say.
pub(crate) fn read_intermediaries(known: &mut Vec<Intermediary>, text: &str) {
    let read = lines(text).into_iter().filter(|it| it != "无").map(|line| {
        let (name, basis) = with_note(&line);
        let (name, basis) = (name.to_owned(), basis.to_owned());
        match known.iter().find(|it| it.name == name) {
            Some(it) => Intermediary { basis, ..it.clone() },
            None => Intermediary {
                name,
                basis,
                condition: String::new(),
                product: String::new(),
                providers: String::new(),
                time_limit: String::new(),
                fee: String::new(),
                payer: Payer::Applicant,
            },
        }
    });
    *known = read.collect();
}

/// 地方扩展字段, one a line: 「名称：内容」.
pub(crate) fn local_fields(all: &[LocalField]) -> String {
    all.iter().map(|it| format!("{}：{}", it.name, flat(&it.value))).collect::<Vec<_>>().join("\n")
}

/// Reads local fields.
pub(crate) fn read_local_fields(text: &str) -> Vec<LocalField> {
    let read = |line: String| {
        let (name, value) = line.split_once(['：', ':']).unwrap_or((&line, ""));
        LocalField { name: name.trim().to_owned(), value: value.trim().to_owned() }
    };
    lines(text).into_iter().map(read).collect()
}

/// Topics of the standard table as codes.
pub(crate) fn topic_codes(table: &[(&'static str, &'static str)], words: &[String]) -> String {
    cell::joined(words.iter().filter_map(|word| table.iter().find(|it| it.1 == word).map(|it| it.0)))
}

/// Topics of local character, as words.
pub(crate) fn topic_words(table: &[(&'static str, &'static str)], words: &[String]) -> String {
    cell::joined(words.iter().map(String::as_str).filter(|word| !table.iter().any(|it| it.1 == *word)))
}

/// Reads topics of the standard table, by code or word; those of local character stay.
pub(crate) fn read_topic_codes(
    table: &[(&'static str, &'static str)],
    words: &mut Vec<String>,
    text: &str,
) -> cell::Read {
    let mut read: Vec<String> = Vec::new();
    for part in cell::parts(text) {
        let known = table.iter().find(|it| it.1 == part || it.0 == part || format!("{part:0>3}") == it.0);
        let (_, word) =
            known.ok_or_else(|| format!("主题分类中没有「{part}」，本地自定的主题请写在地方特色主题一列"))?;
        read.push((*word).to_owned());
    }
    let local = words.iter().filter(|word| !table.iter().any(|it| it.1 == **word)).cloned();
    *words = read.into_iter().chain(local.collect::<Vec<_>>()).collect();
    Ok(())
}

/// Reads topics of local character; those of the standard table stay.
pub(crate) fn read_topic_words(table: &[(&'static str, &'static str)], words: &mut Vec<String>, text: &str) {
    words.retain(|word| table.iter().any(|it| it.1 == word));
    words.extend(cell::parts(text).map(str::to_owned));
}
