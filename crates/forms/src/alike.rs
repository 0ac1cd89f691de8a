//! Which questions several forms ask alike, so that one answer may serve them all; and which questions of a form one answers the same each time.

use crate::{ApplicationForm, Field, Kind, field, sections};

/// A question that at least two forms ask alike.
#[derive(Debug, Clone)]
pub struct Alike {
    /// As the first of them asks it; required if any of them requires it.
    pub field: Field,
    /// In which forms it stands, by their place, and under what name there.
    pub at: Vec<(usize, String)>,
}

/// What at least two of these forms ask alike (`None`: an application without a form): equal under one name, or filled from one source and of one
/// kind. What is signed or agreed to is so for each application by itself; what is reckoned or asked only sometimes, and rows, are left to
/// each form.
#[must_use]
pub fn alike(forms: &[Option<&ApplicationForm>]) -> Vec<Alike> {
    let plain = |it: &Field| {
        let alone = matches!(it.kind, Kind::Consent | Kind::Signature | Kind::Group | Kind::Division);
        !alone && !it.calculated && !it.conditional
    };
    let mut out: Vec<Alike> = Vec::new();
    for (index, form) in forms.iter().enumerate() {
        let Some(form) = form else { continue };
        for one in sections(form).into_iter().flat_map(|it| it.fields).filter(plain) {
            let same = |it: &&mut Alike| {
                it.at.iter().all(|at| at.0 != index)
                    && it.at.iter().any(|(part, name)| {
                        let Some(other) = forms[*part] else { return false };
                        let known = !one.known.is_empty()
                            && one.kind == it.field.kind
                            && field(other, name).is_some_and(|it| it.known == one.known);
                        known || (*name == one.name && form.same_field(name, other))
                    })
            };
            let own = (index, one.name.clone());
            match out.iter_mut().find(same) {
                Some(it) => {
                    it.field.required |= one.required;
                    it.at.push(own);
                }
                None => out.push(Alike { field: one, at: vec![own] }),
            }
        }
    }
    out.retain(|it| it.at.len() > 1);
    out
}

/// The names of the questions whose answer outlasts one application: words, places and papers, nothing that is reckoned, asked only sometimes,
/// agreed to or signed.
#[must_use]
pub fn lasting(form: &ApplicationForm) -> Vec<String> {
    let lasts = |it: &Field| {
        matches!(it.kind, Kind::Text | Kind::Place | Kind::Division | Kind::Paper) && !it.calculated && !it.conditional
    };
    sections(form).into_iter().flat_map(|it| it.fields).filter(lasts).map(|it| it.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A form with these questions.
    fn form(properties: &Value, required: &[&str], prefill: &Value) -> ApplicationForm {
        let names: Vec<_> = properties.as_object().expect("questions").keys().cloned().collect();
        let schema = json!({"type": "object", "properties": properties, "required": required});
        let layout = json!([{"heading": "申请人", "fields": names, "hint": ""}]);
        serde_json::from_value(json!({"schema": schema, "layout": layout, "prefill": prefill})).expect("a form")
    }

    fn text(title: &str) -> Value {
        json!({"type": "string", "title": title, "maxLength": 50})
    }

    #[test]
    fn what_only_looks_alike_is_asked_by_each_form_itself() {
        let none = json!({});
        let rows = [
            ("of another name", json!({"shop": text("店名")}), json!({"name": text("店名")})),
            ("in other words", json!({"name": text("店名")}), json!({"name": text("单位名称")})),
            ("of another kind", json!({"name": text("店名")}), json!({"name": {"type": "boolean", "title": "店名"}})),
            (
                "signed",
                json!({"sign": {"type": "string", "title": "签名", "format": "signature"}}),
                json!({"sign": {"type": "string", "title": "签名", "format": "signature"}}),
            ),
            (
                "rows",
                json!({"rows": {"type": "array", "title": "成员", "items": {"type": "object", "properties": {"a": text("姓名")}}}}),
                json!({"rows": {"type": "array", "title": "成员", "items": {"type": "object", "properties": {"a": text("姓名")}}}}),
            ),
        ];
        for (words, one, other) in rows {
            let (one, other) = (form(&one, &[], &none), form(&other, &[], &none));
            assert!(alike(&[Some(&one), Some(&other)]).is_empty(), "{words}");
        }
        let alone = form(&json!({"name": text("店名")}), &[], &none);
        assert!(alike(&[Some(&alone), None]).is_empty(), "one form alone shares nothing");
    }

    #[test]
    fn what_is_equal_or_filled_from_one_source_is_asked_once_and_required_if_any_form_requires_it() {
        let one = form(
            &json!({"name": text("店名"), "mobile": {"type": "string", "title": "手机", "format": "mobile"}}),
            &[],
            &json!({"mobile": "person.mobile"}),
        );
        let other = form(
            &json!({"name": text("店名"), "phone": {"type": "string", "title": "联系电话", "format": "mobile"}}),
            &["name"],
            &json!({"phone": "person.mobile"}),
        );
        let found = alike(&[None, Some(&one), Some(&other)]);
        let at: Vec<_> = found.iter().map(|it| it.at.clone()).collect();
        let stands = |name: &str, other: &str| vec![(1, name.to_owned()), (2, other.to_owned())];
        assert_eq!(at.len(), 2);
        assert!(at.contains(&stands("name", "name")) && at.contains(&stands("mobile", "phone")), "{at:?}");
        assert!(found.iter().any(|it| it.field.name == "name" && it.field.required));
        assert!(found.iter().any(|it| it.field.name == "mobile" && !it.field.required));
    }

    #[test]
    fn an_answer_that_is_agreed_to_reckoned_or_a_number_does_not_outlast_its_application() {
        let asked = form(
            &json!({
                "name": text("店名"),
                "persons": {"type": "integer", "title": "人数"},
                "agree": {"type": "boolean", "title": "同意"},
                "sign": {"type": "string", "title": "签名", "format": "signature"},
            }),
            &[],
            &json!({}),
        );
        assert_eq!(lasting(&asked), ["name"]);
    }
}
