//! Made-up content for the desk's pages.

use askama::Template;
use kernel::{Id, Moment};
use standards::{DivisionCode, ItemType};
use webkit::{Sample, Shell};

use crate::{
    edit::MainFields,
    model::{ItemDocument, ItemState, ItemSummary, ItemTags, findings, missing},
    pages::{ItemPage, ItemsPage, ListAsk},
};

/// An item that was read from a list.
fn listed() -> Option<ItemSummary> {
    Some(ItemSummary {
        id: Id::from_parts(Moment::from_micros(0), [1; 10]),
        authority: Id::from_parts(Moment::from_micros(0), [2; 10]),
        division: DivisionCode::parse("341602").ok()?,
        base_code: String::new(),
        item_code: String::new(),
        local_code: "511A0138000000-341602".to_owned(),
        name: "适龄儿童、少年因身体状况需要延缓入学<b>审批</b>".to_owned(),
        main_item: String::new(),
        aliases: Vec::new(),
        summary: String::new(),
        item_type: ItemType::Licence,
        state: ItemState::Listed,
        current_version: 0,
        missing: 20,
        immediate: None,
        for_persons: false,
        for_organisations: false,
        promise: String::new(),
        visits: None,
        tags: ItemTags::default(),
        version: 0,
        changed_at: Moment::from_micros(0),
    })
}

/// The desk's pages with made-up content.
pub(crate) fn desk() -> Vec<Sample> {
    let Some(item) = listed() else { return Vec::new() };
    let shell = Shell::sample("亳州市政务服务网");
    let document = ItemDocument::named(&item.name);
    let list = ItemsPage::sample(shell.clone(), ListAsk::default(), vec![item.clone()]);
    let one = ItemPage::sample(shell, item, (missing(&document), findings(&document)), MainFields::of(&document));
    [("items_desk.html", list.render()), ("item_desk.html", one.render())]
        .into_iter()
        .filter_map(|(name, html)| Some(Sample { name, html: html.ok()? }))
        .collect()
}
