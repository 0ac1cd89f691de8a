//! A form as its keeper makes it.

use serde_json::json;

use super::samples::household;
use crate::{
    ApplicationForm,
    design::{Asked, Described, KINDS, Made, Place},
    kits::KITS,
};

fn described(kind: &str) -> Described {
    let options = if kind == "choice" { vec!["甲".to_owned(), "乙".to_owned()] } else { Vec::new() };
    let most = if kind == "group" { "5".to_owned() } else { String::new() };
    Described { kind: kind.to_owned(), title: "一项".to_owned(), options, most, ..Described::default() }
}

#[test]
fn a_description_that_makes_no_field_is_told_at_its_field() {
    let table = [
        (Described { title: String::new(), ..described("text") }, "title"),
        (described("heart"), "kind"),
        (Described { options: Vec::new(), ..described("choice") }, "options"),
        (Described { least: "很多".to_owned(), ..described("money-fen") }, "least"),
        (Described { most: "51".to_owned(), ..described("group") }, "most"),
        (Described { most: String::new(), ..described("group") }, "most"),
    ];
    for (wrong, at) in table {
        let faults = ApplicationForm::empty().add(&Place::Section(0), "", &wrong).unwrap_err();
        assert_eq!(faults.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), [at]);
    }
    let mut form = household();
    for key in ["Name", "9a", "a-b", "name"] {
        assert_eq!(form.add(&Place::Section(0), key, &described("text")).unwrap_err()[0].field, "key", "{key}");
    }
    let nested = form.add(&Place::Group("members".to_owned()), "", &described("signature")).unwrap_err();
    assert_eq!(nested[0].field, "kind");
    assert_eq!(form, household(), "nothing is half done");
}

#[test]
fn a_field_of_every_kind_comes_back_as_it_was_described() {
    let mut form = ApplicationForm::empty();
    for (kind, ..) in KINDS {
        let path = form.add(&Place::Section(0), "", &described(kind)).unwrap();
        let read = form.described(&path).unwrap();
        assert_eq!(read.kind, *kind);
        form.describe(&path, &read).unwrap();
        assert_eq!(form.described(&path).unwrap(), read, "{kind}");
    }
    let group = form.paths().into_iter().find(|it| form.is_group(it)).unwrap();
    form.add(&Place::Group(group), "", &described("text")).unwrap();
    assert_eq!(form.faults(), []);
}

#[test]
fn conditions_and_calculations_are_written_in_the_words_of_the_form() {
    let mut form = household();
    let agent = form.described("members/income").unwrap();
    let (field, test, values) = ("members/works".to_owned(), "equals".to_owned(), vec!["是".to_owned()]);
    let asked = Asked { field, test, values, ..Asked::default() };
    assert_eq!(agent.only_if, asked);
    assert_eq!(
        form.described("total").unwrap().made,
        Made { kind: "sum".to_owned(), of: vec!["members/year".to_owned()] }
    );
    let price = form.described("price").unwrap();
    let asked = Asked {
        field: "area".to_owned(),
        test: "equals".to_owned(),
        values: vec!["90.50".to_owned(), "12".to_owned()],
        ..Asked::default()
    };
    form.describe("price", &Described { only_if: asked.clone(), ..price }).unwrap();
    assert_eq!(
        serde_json::to_value(&form.conditions["price"]).unwrap(),
        json!({"field": "area", "one_of": [9_050, 1_200]})
    );
    assert_eq!(form.described("price").unwrap().only_if, asked);
}

#[test]
fn fields_move_through_their_sections_and_take_what_hangs_on_them_along_when_they_go() {
    let mut form = household();
    form.shift("by_agent", true);
    assert_eq!(form.layout[0].fields, ["by_agent", "name"]);
    form.shift("name", false);
    assert_eq!((form.layout[0].fields.len(), form.layout[1].fields.join(",")), (1, "name,agent_name".to_owned()));
    form.shift("by_agent", true);
    assert_eq!(form.layout[0].fields, ["by_agent"], "there is no section above the first");
    form.shift("members/number", true);
    assert_eq!(form.groups["members"].columns[0], "number");
    form.remove("members/income");
    assert!(!form.conditions.contains_key("members/income") && form.property("members/income").is_none());
    assert!(!form.faults().is_empty(), "others still rest on it");
    form.remove("members");
    assert!(form.groups.is_empty() && form.conditions.is_empty() && !form.is_required("members"));
}

#[test]
fn every_ready_group_can_be_published_even_twice_in_one_form() {
    for kit in KITS {
        let mut form = ApplicationForm::empty();
        form.add_kit(kit);
        form.add_kit(kit);
        assert_eq!(form.faults(), [], "{}", kit.name);
        assert_eq!(form.layout.len(), 2);
    }
}
