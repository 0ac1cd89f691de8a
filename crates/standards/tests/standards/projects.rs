//! Codes of investment projects (GB/T 40058) and the scheme before it.

use standards::{ProjectCode, ProjectScheme};

pub(crate) const NEW_PROJECTS: [&str; 10] = [
    "2603-141124-89-05-346948",
    "2411-130202-89-01-637015",
    "2202-340503-04-01-746428",
    "2304-441900-04-01-135254",
    "2304-441900-04-01-386559",
    "2504-441223-04-01-343550",
    "2603-330106-04-01-000015",
    "2603-330106-07-02-123457",
    "2601-000000-04-01-000006",
    "2612-511602-89-05-999999",
];
const OLD_PROJECTS: [&str; 2] = ["2020-330327-48-01-167360", "2020-451421-88-03-016343"];

#[test]
fn a_wrong_project_code_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写投资项目代码"),
        ("2603-141124-89-05-34694", "投资项目代码应为 24（含连字符）或 20 位，实为 23 位"),
        ("2603-141124-89-05-346940", "第 24 位校验码应为 8，实为 0"),
        ("26031411248905346940", "第 20 位校验码应为 8，实为 0"),
        ("2603 141124-89-05-346948", "第 5 位应为连字符「-」，实为空格"),
        ("2603-14112A-89-05-346948", "第 11 位应为数字，实为「A」"),
        ("2613-141124-89-05-346948", "第 3 位起的月份应为 01 至 12，实为「13」"),
        ("2600-141124-89-05-346948", "第 3 位起的月份应为 01 至 12，实为「00」"),
        ("2021-330327-48-01-167360", "第 3 位起的月份应为 01 至 12，实为「21」"),
        ("2020-330327-48-04-167360", "第 16 位起的审批类型应为 01 审批、02 核准或 03 备案，实为「04」"),
    ] {
        assert_eq!(ProjectCode::parse(text).unwrap_err().message(), message, "{text:?}");
    }
}

#[test]
fn every_known_code_of_the_new_scheme_is_read() {
    for text in NEW_PROJECTS {
        let code = ProjectCode::parse(text).unwrap();
        assert_eq!((code.as_str(), code.scheme()), (text, ProjectScheme::Checked));
        assert_eq!(ProjectCode::parse(&text.replace('-', "")).unwrap(), code);
    }
    let code = ProjectCode::parse(NEW_PROJECTS[0]).unwrap();
    assert_eq!((code.year(), code.region(), code.department(), code.project_type()), (2026, "141124", "89", "05"));
}

#[test]
fn codes_given_up_to_2020_are_read_without_a_check() {
    for text in OLD_PROJECTS {
        let code = ProjectCode::parse(text).unwrap();
        assert_eq!((code.as_str(), code.scheme(), code.year()), (text, ProjectScheme::Old, 2020));
    }
}
