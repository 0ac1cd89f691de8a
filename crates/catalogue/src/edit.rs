//! The desk's form: the main fields of an item, as they are typed and read. Full editing of every element comes with the whole desk.

use kernel::{Error, Fault};
use standards::HandlingKind;
use webkit::FormData;

use crate::model::{ItemDocument, TimeLimit, TimeUnit};

/// The main fields as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MainFields {
    pub(crate) name: String,
    pub(crate) summary: String,
    /// One a line; so for the conditions.
    pub(crate) aliases: String,
    pub(crate) conditions: String,
    pub(crate) not_for: String,
    pub(crate) promise_n: String,
    pub(crate) promise_unit: String,
    pub(crate) consult_phone: String,
    pub(crate) complaint_phone: String,
}

impl MainFields {
    /// The fields of a document.
    pub(crate) fn of(doc: &ItemDocument) -> Self {
        Self {
            name: doc.name.clone(),
            summary: doc.summary.clone(),
            aliases: doc.aliases.join("\n"),
            conditions: doc.conditions.join("\n"),
            not_for: doc.not_for.clone(),
            promise_n: doc.promised_limit.map(|it| it.n.to_string()).unwrap_or_default(),
            promise_unit: doc.promised_limit.map(|it| it.unit.code().to_owned()).unwrap_or_default(),
            consult_phone: doc.consult_phone.clone(),
            complaint_phone: doc.complaint_phone.clone(),
        }
    }

    /// The fields of a form.
    pub(crate) fn read(form: &FormData) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            name: text("name"),
            summary: text("summary"),
            aliases: text("aliases"),
            conditions: text("conditions"),
            not_for: text("not_for"),
            promise_n: text("promise_n"),
            promise_unit: text("promise_unit"),
            consult_phone: text("consult_phone"),
            complaint_phone: text("complaint_phone"),
        }
    }

    /// Writes what was typed into a document.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the limit if it is no number; 「当场办结」 needs none.
    pub(crate) fn apply(&self, doc: &mut ItemDocument) -> Result<(), Error> {
        doc.promised_limit = self.promise()?;
        doc.name.clone_from(&self.name);
        doc.summary.clone_from(&self.summary);
        doc.aliases = lines(&self.aliases);
        doc.conditions = lines(&self.conditions);
        doc.not_for.clone_from(&self.not_for);
        doc.consult_phone.clone_from(&self.consult_phone);
        doc.complaint_phone.clone_from(&self.complaint_phone);
        // 即办件 and 当场办结 say the same thing (quality rule 2); the form asks once.
        if let Some(limit) = doc.promised_limit {
            let kind = if limit.is_at_once() { HandlingKind::Immediate } else { HandlingKind::Promised };
            doc.handling_kind = Some(kind);
        }
        Ok(())
    }

    fn promise(&self) -> Result<Option<TimeLimit>, Error> {
        let bad = |message: &str| Error::Invalid(vec![Fault::new("promise_n", message)]);
        match TimeUnit::from_code(&self.promise_unit) {
            None if self.promise_n.is_empty() => Ok(None),
            None => Err(bad("请选择承诺时限的单位。")),
            Some(TimeUnit::AtOnce) => Ok(Some(TimeLimit { n: 0, unit: TimeUnit::AtOnce })),
            Some(unit) => match self.promise_n.parse() {
                Ok(n @ 1..=3_650) => Ok(Some(TimeLimit { n, unit })),
                _ => Err(bad("承诺时限应为 1 至 3650 的整数；当场办结的请在单位中选择「当场办结」。")),
            },
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}
