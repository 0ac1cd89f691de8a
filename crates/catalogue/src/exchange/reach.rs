//! How some columns reach into a document: what several columns share, and what is made when the first of them says something.

use super::{
    cell::{Read, number, yes},
    texts,
};
use crate::model::{BaseEntry, Channels, Fee, ItemDocument, ItemResult};

pub(super) fn or(first: &str, second: &str) -> String {
    if first.is_empty() { second } else { first }.to_owned()
}

pub(super) fn base_laws(base: &mut BaseEntry, cell: &str) {
    base.legal_basis = texts::read_laws(cell, &base.legal_basis);
}

pub(super) fn maybe(cell: &str) -> Result<Option<bool>, String> {
    if cell.is_empty() { Ok(None) } else { yes(cell).map(Some) }
}

pub(super) fn words(cell: &str) -> Vec<String> {
    super::cell::parts(cell).filter(|it| *it != "无").map(str::to_owned).collect()
}

pub(super) fn fee(doc: &mut ItemDocument) -> &mut Fee {
    doc.fee.get_or_insert_default()
}

pub(super) fn result(doc: &mut ItemDocument, kind: standards::ResultKind) -> &mut ItemResult {
    let empty = String::new;
    doc.result.get_or_insert_with(|| ItemResult {
        kind,
        name: empty(),
        valid: empty(),
        sample_note: empty(),
        sample: None,
        certificate_type: empty(),
        area: empty(),
    })
}

/// Changes where one applies online; what says nothing is left out.
pub(super) fn change(doc: &mut ItemDocument, by: impl FnOnce(&mut Channels)) {
    let mut channels = doc.channels.take().unwrap_or_default();
    by(&mut channels);
    doc.channels = Some(channels).filter(|it| *it != Channels::default());
}

pub(super) fn read_url(doc: &mut ItemDocument, cell: &str) -> Read {
    change(doc, |it| cell.clone_into(&mut it.url));
    Ok(())
}

/// The last two digits of a code of 33, or the number alone.
pub(super) fn read_handling_number(doc: &mut ItemDocument, cell: &str) -> Read {
    if cell.is_empty() {
        doc.handling_number = None;
        return Ok(());
    }
    let digits = match standards::HandlingCode::parse(cell) {
        Ok(code) => code.sequence().to_owned(),
        Err(error) if cell.len() > 3 => return Err(error.message()),
        Err(_) => cell.to_owned(),
    };
    match number(&digits) {
        Ok(n @ 1..=99) => {
            doc.handling_number = u8::try_from(n).ok();
            Ok(())
        }
        _ => Err("业务办理项序号应为 1 至 99".to_owned()),
    }
}
