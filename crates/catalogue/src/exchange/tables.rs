//! The national exchange tables of the catalogue (2020 convergence schema), column by column: name, Chinese name, width, and how a cell
//! is written and read. What a reader wants to know of a column stands in its line here and nowhere else.

use standards::{
    AuthorityKind, HandlingArea, HandlingKind, ItemType, MaterialForm, MaterialKind, MaterialNecessity, MaterialSource,
    OnlineDepth, PowerSource, UseLevel,
};

use super::{
    cell::{
        code, codes, day, flag, joined, limit_number, limit_unit, line, lines, number, read_limit_number,
        read_limit_unit, result_kind, said, yes,
    },
    column::{Column, Entry, Find, RowKind, Table, Way},
    reach::{base_laws, change, fee, maybe, or, read_handling_number, read_url, result, words},
    texts,
};
use crate::model::{Audience, Booking, CORP_TOPICS, Courier, HandlingWay, PERSON_TOPICS, Visits};

/// A column of the item's document.
macro_rules! item {
    ($name:literal $label:literal $width:literal, $write:expr, $read:expr) => {
        Column::new($name, $label, $width, Way::Entry($write, $read))
    };
}

/// A column of the base directory.
macro_rules! base {
    ($name:literal $label:literal $width:literal, $write:expr, $read:expr) => {
        Column::new($name, $label, $width, Way::Base($write, $read))
    };
}

/// A text of the item's document.
macro_rules! text {
    ($name:literal $label:literal $width:literal, $field:ident) => {
        item!($name $label $width, |it| it.doc.$field.clone(), |doc, cell| { cell.clone_into(&mut doc.$field); Ok(()) })
    };
}

/// One of a code table.
macro_rules! one {
    ($name:literal $label:literal $width:literal, $field:ident, $type:ty) => {
        item!($name $label $width, |it| it.doc.$field.map(|it| it.code().to_owned()).unwrap_or_default(), |doc, cell| {
            doc.$field = if cell.is_empty() { None } else { Some(code(cell, <$type>::ALL, (<$type>::code, <$type>::name))?) };
            Ok(())
        })
    };
}

/// Several of a code table.
macro_rules! many {
    ($name:literal $label:literal $width:literal, $field:ident, $type:ty) => {
        item!($name $label $width, |it| joined(it.doc.$field.iter().map(|it| it.code())), |doc, cell| {
            doc.$field = codes(cell, <$type>::ALL, (<$type>::code, <$type>::name))?;
            Ok(())
        })
    };
}

/// Every table also carries these five, which belong to the transport of rows between platforms.
const TRANSPORT: &str = "平台之间传送数据用的列，由交换程序填写";
/// Files are handed in on the item's page.
const FILES: &str = "文件请在事项页面上传";

const GUID: Column =
    Column::new("task_guid", "事项唯一标识", 50, Way::Platform(|it| it.facts.guid.clone())).must().find(Find::Guid);
const TASK_CODE: Column = Column::new("task_code", "实施编码", 36, Way::Platform(|it| it.facts.item_code.clone()))
    .must()
    .find(Find::ItemCode)
    .also(&["实施清单编码", "事项实施编码", "国家编码", "国家级实施编码"]);
const HANDLE_ITEM: Column =
    Column::new("task_handle_item", "业务办理项编码", 50, Way::Platform(|it| it.facts.handling_code.clone()))
        .find(Find::HandlingCode);
/// 办件 tables of departments join their rows by these too, though the national part tables lack them.
const JOIN_LOCAL: Column =
    Column::new("local_task_code", "地方实施编码", 50, Way::Platform(|it| it.facts.local_code.clone()))
        .find(Find::LocalCode)
        .also(LOCAL_CODE);
const JOIN_NAME: Column =
    Column::new("task_name", "事项名称", 1000, Way::Platform(|it| it.doc.name.clone())).find(Find::Name).also(NAME);
const LOCAL_CODE: &[&str] =
    &["local_code", "地方编码", "地方事项编码", "事项编码", "本地编码", "地方实施清单编码", "编码"];
const NAME: &[&str] =
    &["item_name", "名称", "实施清单名称", "办理项名称", "业务办理项名称", "服务事项名称", "政务服务事项名称"];

/// The columns that every table carries for the transport of its rows.
pub(crate) const EVERY: &[Column] = &[
    Column::new("row_guid", "记录唯一标识", 50, Way::NotKept(TRANSPORT)),
    Column::new("data_source", "数据来源", 3, Way::NotKept(TRANSPORT)),
    Column::new("cd_operation", "同步类型", 2, Way::NotKept(TRANSPORT)),
    Column::new("cd_batch", "批次号", 32, Way::NotKept(TRANSPORT)),
    Column::new("cd_time", "同步时间", 0, Way::NotKept(TRANSPORT)),
];

/// All tables, in the order in which a workbook holds them.
pub(crate) const TABLES: &[Table] = &[
    Table { name: "up_task_directory", label: "基本目录", rows: RowKind::Directory, columns: DIRECTORY },
    Table { name: "up_task_general_basic", label: "实施清单基本信息", rows: RowKind::Item, columns: BASIC },
    Table { name: "up_task_general_extend", label: "实施清单扩展信息", rows: RowKind::Item, columns: EXTEND },
    Table { name: "up_task_general_material", label: "申请材料", rows: RowKind::Material, columns: MATERIAL },
    Table { name: "up_task_general_fee_project", label: "收费项目", rows: RowKind::Fee, columns: FEE },
    Table { name: "up_task_general_questions", label: "常见问题", rows: RowKind::Question, columns: QUESTIONS },
];

const CATALOG_CODE: Column =
    Column::new("catalog_code", "基本编码", 12, Way::Base(|it| it.code.as_str().to_owned(), |_, _| Ok(())))
        .must()
        .find(Find::Base)
        .also(&["base_code", "事项基本编码", "目录编码", "基本目录编码"]);
const LOCAL_CATALOG: Column = base!("local_catalog_code" "地方基本编码" 50, |it| it.local_code.clone(), |it, cell| {
    cell.clone_into(&mut it.local_code);
    Ok(())
});
const TYPE: Column = base!("task_type" "事项类型" 2, |it| it.item_type.code().to_owned(), |it, cell| {
    let named = code(cell, ItemType::ALL, (ItemType::code, ItemType::name));
    it.item_type = named.or_else(|error| ItemType::from_code(cell).ok_or(error))?;
    Ok(())
})
.must()
.also(&["item_type", "权力类型", "事项类别", "权力类别"]);

#[rustfmt::skip]
const DIRECTORY: &[Column] = &[
    CATALOG_CODE,
    LOCAL_CATALOG,
    base!("task_name" "事项名称" 1000, |it| it.name.clone(), |it, cell| { it.name = line(cell); Ok(()) }).must().also(NAME),
    TYPE,
    Column::new("task_version", "版本号", 0, Way::Platform(|it| it.facts.number.to_string())).must(),
    Column::new("task_state", "事项状态", 2, Way::Platform(|it| it.facts.state.to_owned())).must(),
    base!("by_law" "设定依据" 256, |it| texts::laws(it.legal_basis.iter()), |it, cell| { base_laws(it, cell); Ok(()) }).must(),
    base!("use_level" "行使层级" 11, |it| joined(it.use_levels.iter().map(|it| it.code())), |it, cell| {
        it.use_levels = codes(cell, UseLevel::ALL, (UseLevel::code, UseLevel::name))?;
        Ok(())
    }).must(),
    Column::new("plan_effective_date", "计划生效日期", 0, Way::NotKept("基本目录变更即时生效")),
    Column::new("plan_cancel_date", "计划取消日期", 0, Way::NotKept("基本目录变更即时生效")),
];

#[rustfmt::skip]
const BASIC: &[Column] = &[
    Column::new("row_guid", "记录唯一标识", 50, Way::Platform(|it| it.facts.guid.clone())).must().find(Find::Guid).also(&["task_guid", "事项唯一标识"]),
    CATALOG_CODE,
    LOCAL_CATALOG,
    TASK_CODE,
    item!("local_task_code" "地方实施编码" 50, |it| or(&it.doc.local_code, &it.facts.local_code), |doc, cell| {
        cell.clone_into(&mut doc.local_code);
        Ok(())
    }).find(Find::LocalCode).also(LOCAL_CODE),
    item!("task_handle_item" "业务办理项编码" 50, |it| match it.doc.handling_number {
        Some(n) if it.facts.handling_code.is_empty() => format!("{n:02}"),
        _ => it.facts.handling_code.clone(),
    }, read_handling_number).find(Find::HandlingCode).also(&["业务办理项序号"]),
    item!("task_name" "事项名称" 1000, |it| it.doc.name.clone(), |doc, cell| { doc.name = line(cell); Ok(()) })
        .must().find(Find::Name).also(NAME).base(|it, cell| { it.name = line(cell); Ok(()) }),
    TYPE,
    Column::new("task_version", "版本号", 0, Way::Platform(|it| it.facts.number.to_string())).must(),
    Column::new("task_state", "事项状态", 2, Way::Platform(|it| it.facts.state.to_owned())).must().also(&["状态"]),
    item!("by_law" "设定依据" 256, |it| texts::laws(it.doc.laws()), |doc, cell| { texts::read_local_laws(doc, cell); Ok(()) })
        .must().base(|it, cell| { base_laws(it, cell); Ok(()) }).also(&["法律依据", "实施依据"]),
    one!("power_source" "权力来源" 2, power_source, PowerSource).must(),
    many!("use_level" "行使层级" 11, use_levels, UseLevel).must().also(&["实施层级"]),
    Column::new("dept_name", "实施主体", 200, Way::Platform(|it| it.facts.office.clone())).must().find(Find::Office)
        .also(&["department", "实施主体名称", "部门", "部门名称", "实施部门", "实施机构", "责任部门"]),
    Column::new("dept_code", "实施主体编码", 50, Way::Platform(|it| it.facts.office_code.clone())).must().find(Find::OfficeCode)
        .also(&["department_code", "部门编码", "统一社会信用代码", "实施主体统一社会信用代码"]),
    one!("dept_type" "实施主体性质" 2, authority_kind, AuthorityKind).must(),
    text!("entrust_name" "受委托部门" 100, entrusted_body).also(&["委托部门"]),
    base!("anticipate_day" "法定办结时限" 0, |it| limit_number(Some(it.statutory_limit)), |it, cell| {
        let mut limit = Some(it.statutory_limit);
        read_limit_number(&mut limit, cell)?;
        it.statutory_limit = limit.unwrap_or(it.statutory_limit);
        Ok(())
    }).must().also(&["法定时限", "法定期限", "法定办结时限(工作日)"]),
    base!("anticipate_type" "法定办结时限单位" 2, |it| limit_unit(Some(it.statutory_limit)), |it, cell| {
        let mut limit = Some(it.statutory_limit);
        read_limit_unit(&mut limit, cell)?;
        it.statutory_limit = limit.unwrap_or(it.statutory_limit);
        Ok(())
    }).must().also(&["法定时限单位"]),
    base!("anticipate_explain" "法定办结时限说明" 256, |it| it.limit_explain.clone(), |it, cell| {
        cell.clone_into(&mut it.limit_explain);
        Ok(())
    }).also(&["法定时限说明"]),
    item!("promise_day" "承诺办结时限" 0, |it| limit_number(it.doc.promised_limit), |doc, cell| {
        if cell.is_empty() { doc.promised_limit = None; return Ok(()); }
        read_limit_number(&mut doc.promised_limit, cell)
    }).must().also(&["承诺时限", "承诺期限", "承诺办结时限(工作日)"]),
    item!("promise_type" "承诺办结时限单位" 0, |it| limit_unit(it.doc.promised_limit), |doc, cell| {
        if cell.is_empty() { return Ok(()); }
        read_limit_unit(&mut doc.promised_limit, cell)
    }).must().also(&["承诺时限单位"]),
    text!("promise_explain" "承诺办结时限说明" 256, promise_explain).also(&["承诺时限说明"]),
    item!("accept_condition" "受理条件" 256, |it| it.doc.conditions.join("\n"), |doc, cell| { doc.conditions = lines(cell); Ok(()) })
        .must().also(&["申请条件", "办理条件"]),
    item!("handle_flow" "办理流程" 256, |it| texts::steps(&it.doc.steps), |doc, cell| { texts::read_steps(&mut doc.steps, cell); Ok(()) }).must(),
    item!("is_fee" "是否收费" 2, |it| said(it.doc.fee.as_ref().map(|it| it.charged)), |doc, cell| {
        if cell.is_empty() { doc.fee = None; return Ok(()); }
        doc.fee.get_or_insert_default().charged = yes(cell)?;
        Ok(())
    }).must().also(&["收费情况"]),
    item!("fee_basis" "收费依据" 256, |it| it.doc.fee.as_ref().map(|it| it.basis.clone()).unwrap_or_default(), |doc, cell| {
        if !matches!(cell, "" | "无") || doc.fee.is_some() {
            fee(doc).basis = if cell == "无" { String::new() } else { cell.to_owned() };
        }
        Ok(())
    }),
    base!("server_type" "服务对象" 32, |it| joined(it.service_objects.iter().map(|it| it.code())), |it, cell| {
        it.service_objects = codes(cell, Audience::ALL, (Audience::code, Audience::name))?;
        Ok(())
    }).must(),
    one!("project_type" "办件类型" 2, handling_kind, HandlingKind).must(),
    many!("handle_type" "办理形式" 5, handling_forms, HandlingWay).also(&["办理方式"]),
    item!("limit_scene_num" "到办事现场次数" 0, |it| it.doc.visits.as_ref().map(|it| it.times.to_string()).unwrap_or_default(), |doc, cell| {
        if cell.is_empty() { doc.visits = None; return Ok(()); }
        let times = number(cell)?;
        doc.visits.get_or_insert_with(|| Visits { times, reason: String::new() }).times = times;
        Ok(())
    }).must().also(&["到现场次数", "跑动次数", "办事者到办事现场次数"]),
    item!("special_procedure" "特别程序" 500, |it| texts::procedures(&it.doc.special_procedures), |doc, cell| {
        texts::read_procedures(&mut doc.special_procedures, cell);
        Ok(())
    }).must(),
    item!("link_way" "咨询方式" 256, |it| texts::contact(&it.doc.consult_phone, &it.doc.consult_ways), |doc, cell| {
        texts::read_ways(&mut doc.consult_phone, &mut doc.consult_ways, cell);
        Ok(())
    }).must().also(&["咨询电话", "联系电话"]),
    item!("supervise_way" "监督投诉方式" 256, |it| texts::contact(&it.doc.complaint_phone, &it.doc.complaint_ways), |doc, cell| {
        texts::read_ways(&mut doc.complaint_phone, &mut doc.complaint_ways, cell);
        Ok(())
    }).must().also(&["监督电话", "投诉电话", "监督投诉电话"]),
    item!("transact_addr" "办理地点" 500, |it| texts::windows(&it.doc.windows, |it| &it.address), |doc, cell| {
        texts::read_windows(&mut doc.windows, cell, |it| &mut it.address);
        Ok(())
    }).must().also(&["办理地址", "办事地点"]),
    item!("transact_time" "办理时间" 500, |it| texts::windows(&it.doc.windows, |it| &it.hours), |doc, cell| {
        texts::read_windows(&mut doc.windows, cell, |it| &mut it.hours);
        Ok(())
    }).must().also(&["办公时间"]),
    item!("is_single_login" "是否单点登录" 2, |it| flag(it.doc.channels.as_ref().is_some_and(|it| it.single_login)), |doc, cell| {
        let on = !cell.is_empty() && yes(cell)?;
        change(doc, |it| it.single_login = on);
        Ok(())
    }).must(),
    item!("app_is_single_login" "移动端是否单点登录" 2, |it| flag(it.doc.channels.as_ref().is_some_and(|it| it.app_single_login)), |doc, cell| {
        let on = !cell.is_empty() && yes(cell)?;
        change(doc, |it| it.app_single_login = on);
        Ok(())
    }).must(),
    item!("link_addr" "网上办理跳转地址" 256, |it| it.doc.channels.as_ref().map(|it| it.url.clone()).unwrap_or_default(), read_url),
    item!("mobile_terminal_url" "移动端办理地址" 500, |it| it.doc.channels.as_ref().map(|it| it.mobile_url.clone()).unwrap_or_default(), |doc, cell| {
        change(doc, |it| cell.clone_into(&mut it.mobile_url));
        Ok(())
    }),
    item!("plan_effective_date" "计划生效日期" 0, |it| it.doc.planned_effect.map(|it| it.to_string()).unwrap_or_default(), |doc, cell| {
        doc.planned_effect = if cell.is_empty() { None } else { Some(day(cell)?) };
        Ok(())
    }),
    item!("plan_cancel_date" "计划取消日期" 0, |it| it.doc.planned_cancel.map(|it| it.to_string()).unwrap_or_default(), |doc, cell| {
        doc.planned_cancel = if cell.is_empty() { None } else { Some(day(cell)?) };
        Ok(())
    }),
];

#[rustfmt::skip]
const EXTEND: &[Column] = &[
    GUID,
    TASK_CODE,
    HANDLE_ITEM,
    JOIN_LOCAL,
    JOIN_NAME,
    item!("is_entry_center" "是否进驻政务大厅" 2, |it| said(it.doc.in_hall), |doc, cell| { doc.in_hall = maybe(cell)?; Ok(()) }).must(),
    one!("handle_area" "通办范围" 2, handling_area, HandlingArea),
    item!("other_dept" "联办机构" 200, |it| joined(it.doc.joint_offices.iter().map(String::as_str)), |doc, cell| {
        doc.joint_offices = words(cell);
        Ok(())
    }),
    item!("service_type" "中介服务" 500, |it| texts::intermediaries(&it.doc.intermediaries), |doc, cell| {
        texts::read_intermediaries(&mut doc.intermediaries, cell);
        Ok(())
    }),
    item!("limit_explain" "数量限制" 256, |it| it.doc.quantity_limit.clone(), |doc, cell| {
        doc.quantity_limit = if cell == "无" { String::new() } else { cell.to_owned() };
        Ok(())
    }),
    item!("result_type" "审批结果类型" 30, |it| it.doc.result.as_ref().map(|it| it.kind.name().to_owned()).unwrap_or_default(), |doc, cell| {
        if cell.is_empty() { doc.result = None; return Ok(()); }
        let kind = result_kind(cell)?;
        result(doc, kind).kind = kind;
        Ok(())
    }).must().also(&["结果类型"]),
    item!("result_name" "审批结果名称" 200, |it| it.doc.result.as_ref().map(|it| it.name.clone()).unwrap_or_default(), |doc, cell| {
        if !cell.is_empty() || doc.result.is_some() { cell.clone_into(&mut result(doc, standards::ResultKind::Other).name); }
        Ok(())
    }).also(&["结果名称"]),
    Column::new("result_guid", "结果样本", 256, Way::NotKept(FILES)),
    item!("is_schedule" "是否支持预约" 2, |it| said(it.doc.booking.as_ref().map(|it| it.possible)), |doc, cell| {
        match maybe(cell)? {
            None => doc.booking = None,
            Some(possible) => doc.booking.get_or_insert(Booking { possible, rule: String::new(), places_a_day: None }).possible = possible,
        }
        Ok(())
    }).also(&["支持预约"]),
    item!("is_pay_online" "是否支持网上支付" 2, |it| said(it.doc.fee.as_ref().map(|it| it.online_payment)), |doc, cell| {
        if let Some(online) = maybe(cell)? && (online || doc.fee.is_some()) { fee(doc).online_payment = online; }
        Ok(())
    }).must().also(&["网上支付"]),
    item!("is_express" "是否支持物流快递" 2, |it| said(it.doc.courier.map(|it| it.materials || it.results)), |doc, cell| {
        doc.courier = maybe(cell)?.map(|on| Courier { materials: on, results: on });
        Ok(())
    }).must().also(&["物流快递"]),
    item!("is_service_terminals" "是否支持自助终端" 2, |it| said(it.doc.self_service), |doc, cell| { doc.self_service = maybe(cell)?; Ok(()) })
        .also(&["自助终端"]),
    item!("is_online" "是否网上办理" 2, |it| flag(it.doc.handling_forms.contains(&HandlingWay::Online)), |doc, cell| {
        let online = maybe(cell)?.unwrap_or(false);
        doc.handling_forms.retain(|it| online || *it != HandlingWay::Online);
        if online && !doc.handling_forms.contains(&HandlingWay::Online) { doc.handling_forms.push(HandlingWay::Online); }
        Ok(())
    }).must(),
    many!("online_handle_depth" "网上办理深度" 20, online_depth, OnlineDepth),
    item!("online_handle_url" "网上办理地址" 256, |it| it.doc.channels.as_ref().map(|it| it.url.clone()).unwrap_or_default(), read_url),
    item!("limit_scene_explain" "必须现场办理原因" 1000, |it| it.doc.visits.as_ref().map(|it| it.reason.clone()).unwrap_or_default(), |doc, cell| {
        if !cell.is_empty() || doc.visits.is_some() {
            cell.clone_into(&mut doc.visits.get_or_insert(Visits { times: 0, reason: String::new() }).reason);
        }
        Ok(())
    }),
    item!("user_topic_type" "面向自然人主题分类" 40, |it| texts::topic_codes(PERSON_TOPICS, &it.doc.topics.person), |doc, cell| {
        texts::read_topic_codes(PERSON_TOPICS, &mut doc.topics.person, cell)
    }).also(&["自然人主题"]),
    item!("corp_topic_type" "面向法人主题分类" 40, |it| texts::topic_codes(CORP_TOPICS, &it.doc.topics.corp), |doc, cell| {
        texts::read_topic_codes(CORP_TOPICS, &mut doc.topics.corp, cell)
    }).also(&["法人主题"]),
    item!("user_character_topic_type" "面向自然人地方特色主题" 100, |it| texts::topic_words(PERSON_TOPICS, &it.doc.topics.person), |doc, cell| {
        texts::read_topic_words(PERSON_TOPICS, &mut doc.topics.person, cell);
        Ok(())
    }),
    item!("corp_character_topic_type" "面向法人地方特色主题" 100, |it| texts::topic_words(CORP_TOPICS, &it.doc.topics.corp), |doc, cell| {
        texts::read_topic_words(CORP_TOPICS, &mut doc.topics.corp, cell);
        Ok(())
    }),
    Column::new("town_code", "乡镇代码", 18, Way::NotKept(NEARBY)),
    Column::new("town_name", "乡镇名称", 200, Way::NotKept(NEARBY)),
    Column::new("village_code", "村代码", 18, Way::NotKept(NEARBY)),
    Column::new("village_name", "村名称", 200, Way::NotKept(NEARBY)),
    item!("extend_field" "地方扩展字段" 2000, |it| texts::local_fields(&it.doc.local_fields), |doc, cell| {
        doc.local_fields = texts::read_local_fields(cell);
        Ok(())
    }),
];

/// Where town and village are said of an item.
const NEARBY: &str = "乡镇、村能办的，请写在事项的「就近办」中";

/// A column of a material that is text.
macro_rules! material {
    ($name:literal $label:literal $width:literal, $field:ident) => {
        Column::new(
            $name,
            $label,
            $width,
            Way::Material(
                |it| it.$field.clone(),
                |it, cell| {
                    cell.clone_into(&mut it.$field);
                    Ok(())
                },
            ),
        )
    };
}

/// A column of a material that is one of a code table.
macro_rules! material_code {
    ($name:literal $label:literal $width:literal, $field:ident, $type:ty) => {
        Column::new(
            $name,
            $label,
            $width,
            Way::Material(
                |it| it.$field.code().to_owned(),
                |it, cell| {
                    if !cell.is_empty() {
                        it.$field = code(cell, <$type>::ALL, (<$type>::code, <$type>::name))?;
                    }
                    Ok(())
                },
            ),
        )
    };
}

#[rustfmt::skip]
const MATERIAL: &[Column] = &[
    GUID,
    TASK_CODE,
    HANDLE_ITEM,
    JOIN_LOCAL,
    JOIN_NAME,
    Column::new("material_name", "材料名称", 200, Way::Material(|it| it.name.clone(), |it, cell| { it.name = line(cell); Ok(()) }))
        .must().also(&["申请材料名称", "申请材料", "材料", "提交材料"]),
    material_code!("material_type" "材料类型" 2, kind, MaterialKind),
    material_code!("material_format" "材料形式" 2, form, MaterialForm),
    Column::new("is_need", "材料必要性", 2, Way::Material(|it| it.need.code().to_owned(), |it, cell| {
        it.need = match cell {
            "是" | "必需" | "必须" | "" => MaterialNecessity::Required,
            "否" | "非必需" | "非必须" => MaterialNecessity::Optional,
            "容缺" => MaterialNecessity::MayFollow,
            other => code(other, MaterialNecessity::ALL, (MaterialNecessity::code, MaterialNecessity::name))?,
        };
        Ok(())
    })).must().also(&["是否必要", "必要性", "是否必需"]),
    Column::new("form_guid", "空白表格", 256, Way::NotKept(FILES)),
    Column::new("example_guid", "示例样表", 256, Way::NotKept(FILES)),
    material_code!("source_type" "来源渠道" 2, source, MaterialSource).also(&["材料来源"]),
    material!("source_explain" "来源渠道说明" 500, source_explain),
    Column::new("page_num", "份数", 0, Way::Material(|it| (it.original_copies + it.duplicate_copies).to_string(), |it, cell| {
        let all = if cell.is_empty() { 0 } else { number(cell)? };
        // The table knows one number: what goes beyond the originals are copies.
        it.original_copies = it.original_copies.min(all);
        it.duplicate_copies = all - it.original_copies;
        Ok(())
    })).also(&["纸质份数", "材料份数"]),
    material!("page_format" "规格" 200, page_format).also(&["材料规格"]),
    material!("fill_explain" "填报须知" 500, fill_explain),
    material!("accept_stand" "受理标准" 256, accept_standard),
    material!("by_law" "要求提供材料的依据" 256, legal_basis).also(&["依据", "材料依据"]),
    material!("remark" "备注" 256, remark).also(&["材料备注"]),
    Column::new("order_num", "排序号", 0, Way::Order).must().also(&["序号"]),
];

#[rustfmt::skip]
const FEE: &[Column] = &[
    GUID,
    TASK_CODE,
    HANDLE_ITEM,
    JOIN_LOCAL,
    JOIN_NAME,
    Column::new("fee_name", "收费项目名称", 200, Way::Fee(|it| it.name.clone(), |it, cell| { it.name = line(cell); Ok(()) })).must().also(&["收费项目"]),
    Column::new("fee_stand", "收费标准", 256, Way::Fee(|it| it.standard.clone(), |it, cell| { cell.clone_into(&mut it.standard); Ok(()) })).must(),
    Column::new("by_law", "收费项目依据", 256, Way::Fee(|it| it.basis.clone(), |it, cell| { cell.clone_into(&mut it.basis); Ok(()) })).also(&["设定依据"]),
    Column::new("is_desc", "允许减免", 2, Way::Fee(|it| flag(!it.reduction.is_empty()), |it, cell| {
        if cell.is_empty() || !yes(cell)? { it.reduction.clear(); }
        Ok(())
    })),
    Column::new("desc_explain", "减免说明", 256, Way::Fee(|it| it.reduction.clone(), |it, cell| { cell.clone_into(&mut it.reduction); Ok(()) })).also(&["减免依据"]),
    Column::new("remark", "收费备注", 1000, Way::Fee(|it| it.remark.clone(), |it, cell| { cell.clone_into(&mut it.remark); Ok(()) })).also(&["备注"]),
    Column::new("order_num", "排序号", 0, Way::Order).must().also(&["序号"]),
];

#[rustfmt::skip]
const QUESTIONS: &[Column] = &[
    GUID,
    TASK_CODE,
    HANDLE_ITEM,
    JOIN_LOCAL,
    JOIN_NAME,
    Column::new("question", "问题", 1000, Way::Question(|it| it.q.clone(), |it, cell| { cell.clone_into(&mut it.q); Ok(()) })).must().also(&["常见问题", "问"]),
    Column::new("answer", "解答", 256, Way::Question(|it| it.a.clone(), |it, cell| { cell.clone_into(&mut it.a); Ok(()) })).must().also(&["答案", "答复", "答"]),
    Column::new("order_num", "排序号", 0, Way::Order).must().also(&["序号"]),
];

/// The code of an item's state (`task_state`); empty for one that is not published.
pub(crate) fn state_code(state: crate::ItemState) -> &'static str {
    match state {
        crate::ItemState::Published => "1",
        crate::ItemState::Suspended => "2",
        crate::ItemState::Cancelled => "3",
        crate::ItemState::Draft | crate::ItemState::Listed => "",
    }
}

/// The text of a column for an item; empty for a column of its parts.
pub(crate) fn written(column: &Column, entry: &Entry) -> String {
    match column.way {
        Way::Entry(write, _) | Way::Platform(write) => write(entry),
        Way::Base(write, _) => entry.doc.base.as_ref().map(write).unwrap_or_default(),
        _ => String::new(),
    }
}
