//! The code tables of GB/T 39046 and of the exchange tables.

use standards::{
    ApplicantIdKind, AuthorityKind, ExchangeCaseState, HandlingForm, HandlingKind, ItemType, LimitUnit, Satisfaction,
    ServiceObject, SpecialProcedureKind, UseLevel, tables,
};

/// Asserts that a table is one to one between values, codes and serde text, and lists all its rows as `code name`.
macro_rules! rows {
    ($type:ty) => {{
        let mut rows = Vec::new();
        for value in <$type>::ALL {
            assert_eq!(<$type>::from_code(value.code()), Some(*value), "{}", <$type>::TABLE);
            let json = serde_json::to_string(value).unwrap();
            assert_eq!(json, format!("\"{}\"", value.code()));
            assert_eq!(serde_json::from_str::<$type>(&json).unwrap(), *value);
            assert_eq!(value.to_string(), value.name());
            rows.push(format!("{} {}", value.code(), value.name()));
        }
        let distinct: std::collections::BTreeSet<_> = <$type>::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(distinct.len(), rows.len());
        rows
    }};
}

#[test]
fn a_code_that_is_not_in_the_table_is_refused_with_the_name_of_the_table() {
    let error = serde_json::from_str::<UseLevel>("\"8\"").unwrap_err();
    assert!(error.to_string().starts_with("行使层级没有代码「8」"), "{error}");
    for code in ["", "0", "8", "11", "１"] {
        assert_eq!(UseLevel::from_code(code), None);
    }
    for code in ["", "1", "001", "1a", "a1", "１１", "-1", "+1"] {
        assert_eq!(ItemType::from_code(code), None, "{code:?}");
    }
}

#[test]
fn the_tables_are_those_of_the_standard() {
    assert_eq!(rows!(UseLevel).len(), 7);
    assert_eq!(rows!(AuthorityKind), ["1 法定机关", "2 授权组织", "3 受委托组织", "9 其他"]);
    assert_eq!(
        rows!(ServiceObject),
        ["1 自然人", "2 企业法人", "3 事业法人", "4 社会组织法人", "5 行政机关", "6 其他组织"]
    );
    assert_eq!(rows!(HandlingForm), ["1 窗口办理", "2 电脑端网上办理", "3 移动端办理", "4 快递申请", "9 其他"]);
    assert_eq!(rows!(HandlingKind), ["1 即办件", "2 承诺件", "9 其他"]);
    assert_eq!(rows!(SpecialProcedureKind), ["1 延长审批", "2 除延长审批外的特别程序"]);
    assert_eq!(rows!(Satisfaction), ["1 非常满意", "2 满意", "3 基本满意", "4 不满意", "5 非常不满意"]);
    assert_eq!(rows!(ApplicantIdKind), ["111 公民身份号码", "001 统一社会信用代码"]);
    assert_eq!(rows!(LimitUnit), ["1 工作日", "2 自然日", "3 小时", "4 月", "5 年"]);
    let states = rows!(ExchangeCaseState);
    assert_eq!((states.len(), states[0].as_str(), states[14].as_str()), (15, "1 已接件", "15 撤销"));
}

#[test]
fn every_other_table_is_one_to_one() {
    let sizes = [
        rows!(tables::PowerSource).len(),
        rows!(tables::ItemState).len(),
        rows!(tables::MaterialNecessity).len(),
        rows!(tables::MaterialForm).len(),
        rows!(tables::MaterialKind).len(),
        rows!(tables::MaterialSource).len(),
        rows!(tables::MaterialCopy).len(),
        rows!(tables::HandlingArea).len(),
        rows!(tables::ResultKind).len(),
        rows!(tables::OnlineDepth).len(),
        rows!(tables::OnlineGrade).len(),
        rows!(tables::RealNameLevel).len(),
        rows!(tables::ConsultWay).len(),
        rows!(tables::ReviewKind).len(),
    ];
    assert_eq!(sizes, [6, 3, 3, 3, 3, 3, 4, 6, 4, 8, 4, 4, 5, 2]);
}

#[test]
fn item_types_on_application_are_those_with_an_application_flow() {
    let types = rows!(ItemType);
    assert_eq!(types.len(), 12);
    let on_application: Vec<_> = ItemType::ALL.iter().filter(|t| t.is_on_application()).map(|t| t.code()).collect();
    assert_eq!(on_application, ["01", "05", "07", "08", "09", "10", "20"]);
}

#[test]
fn extension_types_keep_their_code_and_bear_the_name_of_what_they_extend() {
    for n in 0..100 {
        let code = format!("{n:02}");
        let item_type = ItemType::from_code(&code).unwrap();
        assert_eq!(item_type.code(), code);
        assert_eq!(matches!(item_type, ItemType::Extension(_)), (11..=19).contains(&n) || n > 20, "{code}");
    }
    assert_eq!(ItemType::from_code("11").unwrap().name(), "其他行政权力（扩展）");
    assert_eq!(ItemType::from_code("21").unwrap().name(), "公共服务（扩展）");
}

#[test]
fn the_codes_of_running_platforms_are_read_where_they_differ_from_the_standard() {
    let object = |code| ServiceObject::from_platform_code(code);
    assert_eq!(object("1"), Some(ServiceObject::Person));
    assert_eq!(object("5"), Some(ServiceObject::OtherOrganisation));
    assert_eq!(object("6"), Some(ServiceObject::Government));
    assert_eq!(object("9"), Some(ServiceObject::OtherOrganisation));
    assert_eq!(object("7"), None);
    assert_eq!(HandlingForm::from_platform_code("3"), Some(HandlingForm::Courier));
    assert_eq!(HandlingForm::from_platform_code("4"), None);
}

#[test]
fn five_levels_of_satisfaction_are_five_to_one_stars() {
    let stars: Vec<_> = Satisfaction::ALL.iter().map(|level| level.stars()).collect();
    assert_eq!(stars, [5, 4, 3, 2, 1]);
}
