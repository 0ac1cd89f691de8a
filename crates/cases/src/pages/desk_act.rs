//! Acts as forms of the case page: what each shows beside its fields, and what its form says, read as an act.

use std::collections::BTreeMap;

use catalogue::model::ApplicationForm;
use kernel::{Error, Fault, Result};
use webkit::FormData;

use super::desk_about;
use crate::{
    model::{ActKind, PaperKind, Stage, TABLE},
    service::{
        acts::{ActInput, FaultInput, GradeInput},
        claims,
        reads::CaseDetail,
    },
};

/// Rows for fields of the form in a correction notice.
pub(super) const FIELD_ROWS: [usize; 3] = [1, 2, 3];

/// What moves a case forward, in the order of the window. The other acts stand below, under their own heading.
const FORWARD: [ActKind; 21] = [
    ActKind::Extend,
    ActKind::RefuseExtension,
    ActKind::HandleAtOnce,
    ActKind::Accept,
    ActKind::AskCorrection,
    ActKind::Receive,
    ActKind::Supply,
    ActKind::StartReview,
    ActKind::ConfirmCheck,
    ActKind::HandUp,
    ActKind::Recommend,
    ActKind::AnswerRecusal,
    ActKind::SetHearing,
    ActKind::HoldHearing,
    ActKind::EndSpecial,
    ActKind::Approve,
    ActKind::Refuse,
    ActKind::SupplyOwed,
    ActKind::Issue,
    ActKind::Deliver,
    ActKind::Close,
];

/// One act that the caller can do now, with what stands beside its fields.
pub(super) struct Panel {
    /// The code of the act.
    pub(super) act: &'static str,
    /// What its button says.
    pub(super) words: &'static str,
    /// What it does, in one or two sentences.
    pub(super) about: &'static str,
    /// The law behind it.
    pub(super) law: &'static str,
    /// The paper that it makes, or empty.
    pub(super) paper: &'static str,
    /// Whether it ends the case against the applicant, or without a decision.
    pub(super) danger: bool,
    /// Whether there is nothing to fill in.
    pub(super) plain: bool,
    /// Whether its form is open.
    pub(super) open: bool,
}

impl Panel {
    /// Before the ids of its fields.
    pub(super) fn prefix(&self) -> String {
        format!("{}-", self.act)
    }

    /// The look of its button.
    pub(super) fn tone(&self) -> &'static str {
        if self.danger { "danger" } else { "primary" }
    }
}

/// The acts on this case: those that move it forward, and the others. `typed`: what was just sent, or kept.
pub(super) fn panels(case: &CaseDetail, typed: &Typed) -> (Vec<Panel>, Vec<Panel>) {
    let stage = Stage::from_code(&case.summary.stage);
    // What a colleague has in hand is taken over before it is acted on.
    let waits = |it: &ActKind| case.claim.held() && stage.is_some_and(|stage| claims::of_post(*it, stage));
    let offered = case.acts.iter().filter_map(|it| ActKind::from_code(&it.act));
    let offered: Vec<ActKind> = offered.filter(|it| !waits(it)).collect();
    let panel = |kind: &ActKind| {
        let line = TABLE.iter().find(|line| line.act == *kind && stage.is_some_and(|it| line.from.contains(&it)));
        let paper = line.and_then(|it| it.paper).zip(case.document.item_type());
        Panel {
            act: kind.code(),
            words: kind.words(),
            about: desk_about::about(*kind),
            law: line.map_or("", |it| it.law),
            paper: paper.map_or("", |(kind, item_type): (PaperKind, _)| kind.title(item_type)),
            danger: is_danger(*kind),
            plain: is_plain(*kind, case),
            open: kind.code() == typed.act() || typed.has_kept(kind.code()),
        }
    };
    let mut forward: Vec<_> = FORWARD.iter().filter(|it| offered.contains(it)).map(panel).collect();
    let other = offered.iter().filter(|it| !FORWARD.contains(it)).map(panel).collect();
    if let [only] = forward.as_mut_slice() {
        only.open = true;
    }
    (forward, other)
}

fn is_danger(kind: ActKind) -> bool {
    matches!(
        kind,
        ActKind::NotNeeded
            | ActKind::NotAccept
            | ActKind::Lapse
            | ActKind::Withdraw
            | ActKind::Refuse
            | ActKind::Revoke
            | ActKind::Annul
    )
}

fn is_plain(kind: ActKind, case: &CaseDetail) -> bool {
    match kind {
        ActKind::Receive | ActKind::StartReview | ActKind::Close => true,
        ActKind::Accept => case.missing.is_empty(),
        _ => false,
    }
}

/// The form's fields that a fault can be about, with their titles.
pub(super) fn fields(form: Option<&ApplicationForm>) -> Vec<(String, String)> {
    let sections = form.map(forms::sections).unwrap_or_default();
    sections.into_iter().flat_map(|it| it.fields).map(|it| (it.name, it.title)).collect()
}

/// What a form of the case page says. Fields that the act does not need are not sent.
///
/// # Errors
/// [`Error::Invalid`] where a number is none, or no conclusion is chosen.
pub(super) fn read(data: &FormData) -> Result<ActInput> {
    let text = |name: &str| data.text(name).to_owned();
    let list = |name: &str| data.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    if (data.text("act"), data.text("granted")) == ("answer_recusal", "") {
        return Err(Error::invalid("granted", "请选择是否同意回避。"));
    }
    if (data.text("act"), data.text("agrees")) == ("confirm_check", "") {
        return Err(Error::invalid("agrees", "请选择是否属实。"));
    }
    let yes = |name: &str| data.text(name) == "yes";
    let favour = match (data.text("act"), data.text("favour")) {
        ("recommend" | "hand_up", "") => return Err(Error::invalid("favour", "请选择审核结论：同意或不同意。")),
        (_, chosen) => chosen == "yes",
    };
    Ok(ActInput {
        act: text("act"),
        faults: faults(data),
        materials: list("materials"),
        obtained: list("obtained"),
        owed: list("owed"),
        reasons: text("reasons"),
        law: text("law"),
        remedies: text("remedies"),
        office: text("office"),
        reason: text("reason"),
        favour,
        opinion: text("opinion"),
        procedure: text("procedure"),
        days: days(data.text("days"))?,
        result: text("result"),
        experts: text("experts"),
        documents: data
            .text("documents")
            .lines()
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
        way: text("way"),
        proof: text("proof"),
        others: yes("others"),
        held_at: text("held_at"),
        place: text("place"),
        presider: text("presider"),
        public: yes("public"),
        granted: yes("granted"),
        record: text("record"),
        signed: yes("signed"),
        second: text("second"),
        checked_on: text("checked_on"),
        finding: text("finding"),
        agrees: yes("agrees"),
        grades: grades(data)?,
        deviation: text("deviation"),
        number: data.text("number").parse().unwrap_or(0),
        values: None,
    })
}

fn days(text: &str) -> Result<u32> {
    let wrong = || Error::invalid("days", format!("「{text}」不是工作日数，请填写整数，如 10。"));
    if text.is_empty() { Ok(0) } else { text.parse().map_err(|_| wrong()) }
}

/// What is chosen of the discretion standard: a grade and perhaps an amount for each matter.
fn grades(data: &FormData) -> Result<Vec<GradeInput>> {
    let mut out = Vec::new();
    for (name, grade) in data.pairs() {
        let Some(matter) = name.strip_prefix("grade.").and_then(|it| it.parse().ok()) else { continue };
        if !grade.trim().is_empty() {
            let fen = fen(data.text(&format!("fen.{matter}")))?;
            out.push(GradeInput { matter, grade: grade.trim().to_owned(), fen });
        }
    }
    Ok(out)
}

/// An amount in yuan, with two digits after the point at most, in fen; `None`: nothing is written.
fn fen(text: &str) -> Result<Option<i64>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::invalid("grades", format!("「{text}」不是金额，请写成 40 或者 40.50。"));
    let (yuan, rest) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |it: &str| !it.is_empty() && it.len() <= 12 && it.bytes().all(|it| it.is_ascii_digit());
    if !digits(yuan) || !digits(rest) || rest.len() > 2 {
        return Err(wrong());
    }
    let hundredths = if rest.len() == 1 { format!("{rest}0") } else { rest.to_owned() };
    format!("{yuan}{hundredths}").parse().map(Some).map_err(|_| wrong())
}

/// The faults of a correction notice: one a material that is ticked or written about, one a field, one a line of the rest.
fn faults(data: &FormData) -> Vec<FaultInput> {
    let lacking = data.all("lack");
    let mut out = Vec::new();
    for (name, what) in data.pairs() {
        let Some(about) = name.strip_prefix("what.") else { continue };
        let what = match (lacking.contains(&about), what.trim()) {
            (true, "") => "没有提交这份材料，请按受理标准补交。".to_owned(),
            (true, what) => format!("没有提交这份材料，请补交：{what}"),
            (false, what) => what.to_owned(),
        };
        if !what.is_empty() {
            out.push(FaultInput { about: about.to_owned(), what });
        }
    }
    for row in FIELD_ROWS {
        let (about, what) = (data.text(&format!("field{row}")), data.text(&format!("mend{row}")));
        // A field that is named without a word comes back with what is wrong.
        if !(about.is_empty() && what.is_empty()) {
            let about = if about.is_empty() { String::new() } else { format!("/{about}") };
            out.push(FaultInput { about, what: what.to_owned() });
        }
    }
    let rest = data.text("other").lines().map(str::trim).filter(|it| !it.is_empty());
    out.extend(rest.map(|what| FaultInput { about: String::new(), what: what.to_owned() }));
    out
}

/// The form that was just sent, if one was: what is shown again when it was not carried out.
#[derive(Default)]
pub(super) struct Typed {
    data: FormData,
    /// What was typed for other acts before and kept.
    kept: BTreeMap<String, FormData>,
}

impl Typed {
    pub(super) fn new(data: FormData) -> Self {
        Self { data, kept: BTreeMap::new() }
    }

    /// A field of a form that is no act.
    pub(super) fn plain(&self, field: &str) -> &str {
        self.data.text(field)
    }

    /// The boxes of such a field.
    pub(super) fn plain_all(&self, field: &str) -> Vec<&str> {
        self.data.all(field)
    }

    /// The act that it was; empty: none.
    pub(super) fn act(&self) -> &str {
        self.data.text("act")
    }

    /// The same, with what was kept of other acts while it was typed.
    pub(super) fn keeping(mut self, kept: BTreeMap<String, FormData>) -> Self {
        self.kept = kept;
        self
    }

    /// Whether something typed for this act was kept.
    pub(super) fn has_kept(&self, act: &str) -> bool {
        self.act() != act && self.kept.contains_key(act)
    }

    /// What was typed for this act: just sent, or kept.
    fn of(&self, act: &str) -> Option<&FormData> {
        if self.act() == act { Some(&self.data) } else { self.kept.get(act) }
    }

    /// What was typed into this field of this act; empty: nothing, or it was another act.
    pub(super) fn text(&self, act: &str, field: &str) -> &str {
        self.of(act).map_or("", |it| it.text(field))
    }

    /// The same, or what stands there before anything is typed.
    pub(super) fn text_or<'a>(&'a self, act: &str, field: &str, otherwise: &'a str) -> &'a str {
        self.of(act).map_or(otherwise, |it| it.text(field))
    }

    /// The boxes that were ticked under this name.
    pub(super) fn all(&self, act: &str, field: &str) -> Vec<&str> {
        self.of(act).map_or_else(Vec::new, |it| it.all(field))
    }

    /// Whether this box was ticked; before anything is sent, whether it stands ticked.
    pub(super) fn ticked(&self, act: &str, field: &str, value: &str, before: bool) -> bool {
        self.of(act).map_or(before, |it| it.all(field).contains(&value))
    }

    /// All texts that were typed, to be kept when their form is gone.
    pub(super) fn texts(&self) -> Vec<&str> {
        let texts = [
            "text",
            "reasons",
            "office",
            "reason",
            "opinion",
            "result",
            "proof",
            "documents",
            "other",
            "record",
            "finding",
            "deviation",
            "experts",
        ];
        let rows = self.data.pairs().iter().filter(|it| it.0.starts_with("what.") || it.0.starts_with("mend"));
        let all = texts.into_iter().map(|it| self.data.text(it)).chain(rows.map(|it| it.1.trim()));
        all.filter(|it| !it.is_empty()).collect()
    }
}

/// The faults of an act, each at the field of its form.
pub(super) fn placed(act: &str, faults: Vec<Fault>) -> Vec<Fault> {
    let place = |it: Fault| {
        let field = match (act, it.field.as_str()) {
            ("start_special", "name") => "procedure",
            (_, field) => field,
        };
        Fault::new(format!("{act}-{field}"), it.message)
    };
    faults.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> FormData {
        FormData::of(pairs.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect())
    }

    #[test]
    fn a_number_of_days_that_is_none_and_a_missing_conclusion_are_told_at_their_fields() {
        let table = [
            (form(&[("act", "ask_extension"), ("days", "十")]), "days"),
            (form(&[("act", "ask_extension"), ("days", "-1")]), "days"),
            (form(&[("act", "recommend"), ("opinion", "好")]), "favour"),
            (form(&[("act", "answer_recusal"), ("reason", "无利害关系")]), "granted"),
            (form(&[("act", "approve"), ("grade.0", "1"), ("fen.0", "四十")]), "grades"),
            (form(&[("act", "approve"), ("grade.0", "1"), ("fen.0", "1.234")]), "grades"),
            (form(&[("act", "approve"), ("grade.0", "1"), ("fen.0", "-1")]), "grades"),
        ];
        for (data, field) in table {
            let Err(Error::Invalid(faults)) = read(&data) else { panic!("{field} was taken") };
            assert_eq!(faults[0].field, field);
        }
    }

    #[test]
    fn a_correction_notice_takes_materials_fields_and_lines_and_leaves_out_empty_rows() {
        let data = form(&[
            ("act", "ask_correction"),
            ("lack", "licence"),
            ("what.licence", ""),
            ("what.plan", "图纸没有标注面积"),
            ("what.photo", " "),
            ("field1", "area"),
            ("mend1", "面积与图纸不一致"),
            ("field2", ""),
            ("mend2", ""),
            ("other", "请带原件核对\n\n请补签字"),
        ]);
        let told: Vec<_> = read(&data).unwrap().faults.into_iter().map(|it| (it.about, it.what)).collect();
        let told: Vec<_> = told.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        assert_eq!(
            told,
            [
                ("licence", "没有提交这份材料，请按受理标准补交。"),
                ("plan", "图纸没有标注面积"),
                ("/area", "面积与图纸不一致"),
                ("", "请带原件核对"),
                ("", "请补签字"),
            ]
        );
    }

    #[test]
    fn a_grade_of_the_discretion_standard_is_read_with_its_amount_and_what_is_not_chosen_is_left_out() {
        let data = form(&[
            ("act", "approve"),
            ("grade.0", "1"),
            ("fen.0", "40.5"),
            ("grade.1", ""),
            ("fen.1", "9"),
            ("grade.2", "none"),
            ("grade.x", "1"),
        ]);
        let read = read(&data).unwrap().grades;
        let told: Vec<_> = read.iter().map(|it| (it.matter, it.grade.as_str(), it.fen)).collect();
        assert_eq!(told, [(0, "1", Some(4_050)), (2, "none", None)]);
    }
}
