//! One field of an application form on the desk: its description as controls, and read back.

use askama::Template;
use forms::design::{Asked, Described, KINDS, Made, Place};
use kernel::{Error, Fault, Result};
use webkit::{FormData, Shell};

use super::{designer, editing};
use crate::model::{ApplicationForm, ItemSummary};

/// One field being described.
#[derive(Template)]
#[template(path = "form_field_desk.html")]
pub(crate) struct FieldPage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) closed: String,
    /// Its path; empty: it is new.
    pub(crate) path: String,
    /// Where a new one goes: `section:0`, `group:staff`.
    pub(crate) to: String,
    pub(crate) section: usize,
    pub(crate) key: String,
    pub(crate) it: Described,
    /// Fields on which it may depend, and of which it may be reckoned.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) inputs: Vec<(String, String)>,
    pub(crate) in_group: bool,
    pub(crate) faults: Vec<Fault>,
}

impl FieldPage {
    pub(super) fn of(
        shell: Shell,
        item: ItemSummary,
        form: &ApplicationForm,
        (path, to, kind): (&str, &str, &str),
    ) -> Result<Self> {
        let known = form.described(path);
        let group = match place(to) {
            Some(Place::Group(group)) => Some(group),
            _ => path.split_once('/').map(|it| it.0.to_owned()),
        };
        if known.is_none() && place(to).is_none() {
            return Err(Error::NotFound { what: "这一项" });
        }
        let fresh =
            || Described { kind: kind.to_owned(), most: default_most(kind), table: true, ..Described::default() };
        let owner = group.clone().unwrap_or_else(|| path.to_owned());
        let at = form.layout.iter().position(|it| it.fields.contains(&owner));
        let at = at.or(match place(to) {
            Some(Place::Section(index)) => Some(index),
            _ => None,
        });
        let own = |it: &(String, String)| it.0 != path;
        Ok(Self {
            closed: editing::closed(&item),
            path: known.as_ref().map_or("", |_| path).to_owned(),
            to: to.to_owned(),
            section: at.unwrap_or(0) + 1,
            key: path.rsplit('/').next().unwrap_or_default().to_owned(),
            it: known.unwrap_or_else(fresh),
            fields: fields(form, group.as_deref().unwrap_or_default()).into_iter().filter(own).collect(),
            inputs: every(form).into_iter().filter(own).collect(),
            in_group: group.is_some(),
            faults: Vec::new(),
            shell,
            item,
        })
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        KINDS.iter().filter(|it| it.2 || !self.in_group).map(|it| (it.0, it.1)).collect()
    }

    fn kind_name(&self) -> &'static str {
        KINDS.iter().find(|it| it.0 == self.it.kind).map_or("", |it| it.1)
    }

    fn is(&self, kinds: &[&str]) -> bool {
        kinds.contains(&self.it.kind.as_str())
    }

    /// The words for what may be bounded.
    fn bounds(&self) -> Option<(&'static str, &'static str)> {
        match self.it.kind.as_str() {
            "text" | "long" => Some(("最少几个字", "最多几个字")),
            "integer" | "number" => Some(("不小于", "不大于")),
            "money-fen" => Some(("不少于（元）", "不超过（元）")),
            "area-hundredths" => Some(("不小于（平方米）", "不大于（平方米）")),
            "group" => Some(("最少几行", "最多几行")),
            _ => None,
        }
    }

    fn prefills(&self) -> Vec<(&'static str, &'static str)> {
        designer::prefills()
    }

    fn input(&self, index: usize) -> &str {
        self.it.made.of.get(index).map_or("", String::as_str)
    }
}

fn default_most(kind: &str) -> String {
    match kind {
        "text" => "50",
        "long" => "500",
        "group" => "10",
        _ => "",
    }
    .to_owned()
}

/// Fields that can be named from a group (empty: from outside all groups): path and words.
pub(super) fn fields(form: &ApplicationForm, group: &str) -> Vec<(String, String)> {
    let seen = |path: &String| path.split_once('/').is_none_or(|it| it.0 == group);
    form.paths().into_iter().filter(seen).map(|it| (it.clone(), form.full_title(&it))).collect()
}

/// All fields and columns: path and words.
fn every(form: &ApplicationForm) -> Vec<(String, String)> {
    form.paths().into_iter().map(|it| (it.clone(), form.full_title(&it))).collect()
}

/// Where a field goes: `section:0`, `group:staff`.
pub(super) fn place(text: &str) -> Option<Place> {
    match text.split_once(':')? {
        ("section", index) => index.parse().ok().map(Place::Section),
        ("group", group) => Some(Place::Group(group.to_owned())),
        _ => None,
    }
}

/// What was written as a condition.
pub(super) fn asked(data: &FormData) -> Asked {
    let values = data.text("when_values").split(['\n', '、']).map(str::trim).filter(|it| !it.is_empty());
    Asked {
        field: data.text("when_field").to_owned(),
        test: data.text("when_test").to_owned(),
        values: values.map(str::to_owned).collect(),
        least: data.text("when_least").to_owned(),
        most: data.text("when_most").to_owned(),
        below: data.text("when_below").to_owned(),
    }
}

/// What was written as a description.
pub(super) fn read(data: &FormData) -> Described {
    let text = |name: &str| data.text(name).to_owned();
    let lines =
        |name: &str| data.text(name).lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let of = match data.text("made") {
        "sum" | "product" => data.all("made_of").into_iter().map(str::to_owned).collect(),
        "" => Vec::new(),
        _ => [text("made_first"), text("made_second")].into_iter().filter(|it| !it.is_empty()).collect(),
    };
    Described {
        kind: text("kind"),
        title: text("title"),
        hint: text("hint"),
        required: data.has("required"),
        options: lines("options"),
        least: text("least"),
        most: text("most"),
        row: text("row"),
        table: data.has("table"),
        depth: text("depth"),
        prefill: text("prefill"),
        only_if: asked(data),
        made: Made { kind: text("made"), of },
    }
}
