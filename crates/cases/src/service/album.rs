//! Several photographs of a material become one PDF (多页合成): in the order and turned as the person says, without what the camera wrote of
//! place and time. The PDF comes in their place, by the way of any file.

use kernel::{Ctx, Error, Result};
use papers::{AlbumError, Info, Sheet};
use pictures::Fault;
use storage::args;
use time::OffsetDateTime;
use webkit::App;

use super::{
    materials::{self, FILE_MAX, MaterialKind, NewMaterial},
    reads,
    thumbs::Darkroom,
};
use crate::{
    CaseId,
    model::album::{Leaf, Move, Order},
    store::{self, MaterialRow},
};

/// Pages of one PDF at most.
pub(crate) const PAGES_MAX: usize = 60;
/// Bytes that all its PNGs have when they are decoded, at most: they are pressed anew, which takes a second for some tens of megabytes.
const DECODED_MAX: u64 = 400_000_000;

/// A picture among the pages, with where its buttons lead.
#[derive(Debug, Clone)]
pub(crate) struct LeafView {
    /// The number of its file.
    pub(crate) number: i64,
    /// The file's name.
    pub(crate) name: String,
    /// Kind and size.
    pub(crate) note: String,
    /// Whether there is a small picture of it.
    pub(crate) has_thumb: bool,
    /// By so many quarters clockwise.
    pub(crate) turn: u16,
    /// As it stands in the order: `3.1`.
    pub(crate) part: String,
    /// The order after it went forward, back, was turned, was left out or taken in; empty: it cannot.
    pub(crate) up: String,
    /// See `up`.
    pub(crate) down: String,
    /// See `up`.
    pub(crate) turned: String,
    /// See `up`.
    pub(crate) toggled: String,
}

/// The pictures of a material that can become one PDF.
#[derive(Debug, Clone)]
pub(crate) struct AlbumView {
    /// The material's code and name, and the item's name.
    pub(crate) material: String,
    pub(crate) name: String,
    pub(crate) item_name: String,
    /// The order as its address says.
    pub(crate) order: String,
    pub(crate) pages: Vec<LeafView>,
    pub(crate) left_out: Vec<LeafView>,
}

/// The pictures of a material, in the order that the address says.
///
/// # Errors
/// As [`materials::add_material`].
pub(crate) async fn album(ctx: &Ctx, app: &App, id: CaseId, (material, address): (&str, &str)) -> Result<AlbumView> {
    let target = materials::target(ctx, app, (id, material)).await?;
    let there: Vec<_> = materials::list(app, id).await?.into_iter().filter(|it| is_leaf(&it.0, material)).collect();
    let numbers: Vec<_> = there.iter().map(|it| it.0.number).collect();
    let order = Order::of(&numbers, address);
    let view = |leaf: Leaf| {
        let (row, name) = there.iter().find(|it| it.0.number == leaf.number)?;
        let file = reads::file_view(row, name.clone());
        let after = |what| Some(order.after(leaf.number, what)).filter(|it| *it != order);
        let told = |what| after(what).map_or_else(String::new, |it| it.to_string());
        Some(LeafView {
            number: leaf.number,
            name: file.name,
            note: file.note,
            has_thumb: file.has_thumb,
            turn: leaf.turn.unwrap_or(0).into(),
            part: format!("{}.{}", leaf.number, leaf.turn.unwrap_or(0)),
            up: told(Move::Up),
            down: told(Move::Down),
            turned: told(Move::Turn),
            toggled: told(Move::Toggle),
        })
    };
    Ok(AlbumView {
        material: material.to_owned(),
        name: target.material_name(material).to_owned(),
        item_name: target.item_name().to_owned(),
        pages: order.pages().filter_map(view).collect(),
        left_out: order.left_out().filter_map(view).collect(),
        order: order.to_string(),
    })
}

/// Whether this file is a picture of this material that was not sent yet.
fn is_leaf(row: &MaterialRow, material: &str) -> bool {
    let picture = MaterialKind::from_code(&row.kind).is_some_and(MaterialKind::is_picture);
    picture && row.material == material && row.filed_at.is_none() && !row.on_paper && row.signing.is_none()
}

/// Makes one PDF of the pictures, in whose place it comes; gives its number.
///
/// # Errors
/// As [`materials::add_material`]; [`Error::Invalid`] at the material if there is no picture, one cannot be used, or they are too many;
/// [`Error::TooLarge`]; [`Error::Refused`] if one of them was sent or taken away meanwhile.
pub(crate) async fn bind(ctx: &Ctx, app: &App, id: CaseId, (material, address): (&str, &str)) -> Result<i64> {
    let target = materials::target(ctx, app, (id, material)).await?;
    let field = materials::field(material);
    let rows = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    let rows = rows.iter().map(store::material).collect::<Result<Vec<_>>>()?;
    let there: Vec<_> = rows.iter().filter(|it| is_leaf(it, material)).collect();
    let numbers: Vec<_> = there.iter().map(|it| it.number).collect();
    let leaves: Vec<_> = Order::of(&numbers, address).pages().collect();
    if leaves.is_empty() {
        return Err(Error::invalid(field, "还没有可以合成的照片，请先拍照或者选择照片。"));
    }
    if leaves.len() > PAGES_MAX {
        let words = format!("一份 PDF 最多 {PAGES_MAX} 页，现在有 {} 页，请分成几份合成。", leaves.len());
        return Err(Error::invalid(field, words));
    }
    let chosen = |row: &&&MaterialRow| leaves.iter().any(|it| it.number == row.number);
    let size: i64 = there.iter().filter(chosen).map(|it| it.size).sum();
    if usize::try_from(size).unwrap_or(usize::MAX) > FILE_MAX {
        let reason = "这些照片合起来超过 50 MB，请分成几份合成，或者把照片拍小一些。".to_owned();
        return Err(Error::TooLarge { reason });
    }
    let mut sheets = Vec::with_capacity(leaves.len());
    for leaf in &leaves {
        let bytes = materials::opened(app, id, leaf.number).await?.bytes;
        sheets.push(Sheet { bytes, quarters: leaf.turn.unwrap_or(0) });
    }
    let name = target.material_name(material);
    let info = info(ctx, name, target.item_name())?;
    let made = app.part::<Darkroom>()?.work(move || bound(sheets, &info)).await?;
    let bytes = made.map_err(|error| told(&field, error))?.into();
    let name = format!("{name}（{} 页照片）.pdf", leaves.len());
    let new = NewMaterial { material: material.to_owned(), name, bytes, replaces: None };
    let instead = leaves.iter().map(|it| it.number).collect();
    materials::add_instead(ctx, app, (id, &target), (&new, instead)).await
}

/// What the PDF says of itself: what it is, and nobody's name.
fn info(ctx: &Ctx, material: &str, item: &str) -> Result<Info> {
    let created = OffsetDateTime::from_unix_timestamp(ctx.now.micros() / 1_000_000).map_err(Error::internal)?;
    let (title, subject) = (material.to_owned(), item.to_owned());
    Ok(Info { title, author: String::new(), subject, keywords: Vec::new(), created })
}

fn bound(sheets: Vec<Sheet>, info: &Info) -> std::result::Result<Vec<u8>, AlbumError> {
    let mut decoded = 0;
    for (number, sheet) in sheets.iter().enumerate() {
        let wrong = |fault| AlbumError::Picture { page: number + 1, fault };
        let it = pictures::look(&sheet.bytes).map_err(wrong)?;
        if it.format == pictures::Format::Png {
            decoded += u64::from(it.width) * u64::from(it.height) * 4;
        }
        if decoded > DECODED_MAX {
            return Err(wrong(Fault::TooLarge));
        }
    }
    papers::album(sheets, info)
}

/// Which picture cannot be used, why, and what to do.
fn told(field: &str, error: AlbumError) -> Error {
    let (page, fault) = match error {
        AlbumError::Picture { page, fault } => (page, fault),
        AlbumError::Paper(error) => return Error::internal(error),
    };
    let what = match fault {
        Fault::Unknown | Fault::Broken => "请重新拍这一张，或者换一张照片。",
        Fault::TooLarge => "请把相机的分辨率调低一些重新拍，或者单独上传这一张。",
        Fault::Colours => "请用手机重新拍这一张，或者另存为普通（RGB）的 JPG。",
    };
    Error::invalid(field, format!("第 {page} 张照片不能用：{fault}。{what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_of_a_picture_says_which_one_why_and_what_to_do() {
        for fault in [Fault::Unknown, Fault::Broken, Fault::TooLarge, Fault::Colours] {
            let error = told("material.layout", AlbumError::Picture { page: 3, fault });
            let Error::Invalid(faults) = error else { panic!("{error}") };
            assert_eq!(faults[0].field, "material.layout");
            assert!(faults[0].message.starts_with("第 3 张照片不能用："), "{}", faults[0].message);
            assert!(faults[0].message.contains('请'), "{}", faults[0].message);
        }
    }
}
