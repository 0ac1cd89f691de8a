//! The materials of a draft or case with their files, as pages show them.

use std::collections::BTreeMap;

use catalogue::ItemDocument;
use kernel::Moment;
use serde::Serialize;
use serde_json::Value;
use webkit::utoipa::ToSchema;

use crate::{
    rules::APPLICATION,
    service::{materials::MaterialKind, pledges, reuse::EarlierView},
    store::{self, Origin},
    view,
};

/// A file as pages show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileView {
    /// 序号
    pub number: i64,
    /// 文件名
    pub name: String,
    /// 种类和大小；交过几次的，还有是哪一次
    pub note: String,
    /// 文件种类：`pdf`、`jpeg`、`png`、`ofd`；签署的告知承诺书为 `pledge`，纸质的为 `paper`
    pub kind: String,
    /// 是否纸质
    pub on_paper: bool,
    /// 是否已随申请提交
    pub filed: bool,
    /// 同一种材料后来又交过：以后来的为准，这一份留存备查
    pub superseded: bool,
    /// 是否有缩略图
    pub has_thumb: bool,
    /// 以前交过、这次直接用的：什么时候为什么事项提交，可信等级
    #[serde(skip_serializing_if = "String::is_empty")]
    pub origin: String,
    #[serde(skip)]
    pub(crate) source: Option<Origin>,
    /// Whether it is the paper on which a pledge was signed by hand.
    #[serde(skip)]
    pub(crate) signed_paper: bool,
}

impl FileView {
    /// Where its small picture is, if there is one, of a file that lies under this address.
    pub(crate) fn thumb(&self, files: impl AsRef<str>) -> String {
        if self.has_thumb { format!("{}/{}/thumb", files.as_ref(), self.number) } else { String::new() }
    }

    /// Where a file of this filed case is read: a pledge on a page of its own.
    pub(crate) fn place(&self, case: impl AsRef<str>) -> String {
        let what = if self.is_pledge() { "pledges" } else { "materials" };
        format!("/cases/{}/{what}/{}", case.as_ref(), self.number)
    }

    /// Whether it is a signed pledge.
    pub(crate) fn is_pledge(&self) -> bool {
        self.kind == MaterialKind::Pledge.code()
    }

    /// Whether another file may come in its place by itself: not of what was signed.
    pub(crate) fn may_be_replaced(&self) -> bool {
        !self.on_paper && !self.is_pledge() && !self.signed_paper
    }

    /// Its kind, size and origin in one line.
    pub(crate) fn whole_note(&self) -> String {
        match self.origin.is_empty() {
            true => self.note.clone(),
            false => format!("{}；{}", self.note, self.origin),
        }
    }
}

/// A material of the item with the files handed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MaterialView {
    /// 材料代码
    pub key: String,
    /// 材料名称
    pub name: String,
    /// 说明
    pub hint: String,
    /// 受理标准
    pub standard: String,
    /// 是否必要
    pub required: bool,
    /// 是否由填写的申请表生成
    pub from_form: bool,
    /// 是否可以告知承诺代替：还没有交的，可以改为签署告知承诺书
    pub may_pledge: bool,
    /// 是否可以容缺后补
    pub may_follow: bool,
    /// 已有的文件
    pub files: Vec<FileView>,
    /// 草稿中还没有交的：以前为同名材料交过、还能直接用的
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) earlier_offer: Option<EarlierView>,
}

impl MaterialView {
    /// The files that count: of what was handed in again, the latest.
    pub(crate) fn present(&self) -> Vec<&FileView> {
        self.files.iter().filter(|it| !it.superseded).collect()
    }

    /// Whether a pledge stands for it.
    pub(crate) fn pledged(&self) -> bool {
        self.files.iter().any(|it| !it.superseded && it.is_pledge())
    }

    /// Whether all that lies ready was handed in before.
    pub(crate) fn had(&self) -> bool {
        !self.files.is_empty() && self.files.iter().all(|it| it.source.is_some())
    }

    /// The files in whose place others came later.
    pub(crate) fn earlier(&self) -> Vec<&FileView> {
        self.files.iter().filter(|it| it.superseded).collect()
    }
}

/// When the files of a case were sent: with the application, and each time that something was supplied.
struct Rounds(Vec<Moment>);

impl Rounds {
    fn of(files: &[(store::MaterialRow, String)]) -> Self {
        let mut sent: Vec<_> = files.iter().filter_map(|it| it.0.filed_at).collect();
        sent.sort();
        sent.dedup();
        Self(sent)
    }

    /// With which of them a file came, in words; empty: there was but one.
    fn words(&self, filed_at: Option<Moment>) -> String {
        let Some(at) = filed_at.filter(|_| self.0.len() > 1) else { return String::new() };
        let day = view::day(at.legal_date());
        match self.0.iter().position(|it| *it == at) {
            Some(0) | None => format!("，{day}首次提交"),
            Some(1) if self.0.len() == 2 => format!("，{day}补交"),
            Some(n) => format!("，{day}第 {n} 次补交"),
        }
    }
}

/// One file, without what depends on the others.
pub(crate) fn file_view(row: &store::MaterialRow, name: String) -> FileView {
    let note = match row.on_paper {
        true => "窗口收取".to_owned(),
        false if pledges::is_pledge(row) => "以告知承诺代替这份材料".to_owned(),
        false if row.signing.is_some() => {
            format!("当面签名的承诺书扫描件，{}，{}", row.kind.to_uppercase(), view::size(row.size))
        }
        false => format!("{}，{}", row.kind.to_uppercase(), view::size(row.size)),
    };
    FileView {
        number: row.number,
        name,
        note,
        kind: row.kind.clone(),
        on_paper: row.on_paper,
        filed: row.filed_at.is_some(),
        superseded: false,
        has_thumb: !row.thumb.is_empty(),
        origin: String::new(),
        source: row.source,
        signed_paper: row.signing.is_some() && !pledges::is_pledge(row),
    }
}

/// The files of the result that were sent with a decision or with its making.
pub(crate) fn results(files: &[(store::MaterialRow, String)]) -> Vec<FileView> {
    let sent = files.iter().filter(|(row, _)| row.material == store::RESULT && row.filed_at.is_some());
    sent.map(|(row, name)| file_view(row, name.clone())).collect()
}

/// The materials that these answers ask for, each with its files.
pub(crate) fn material_views(
    document: &ItemDocument,
    values: &Value,
    files: Vec<(store::MaterialRow, String)>,
) -> Vec<MaterialView> {
    let mut by_key: BTreeMap<String, Vec<FileView>> = BTreeMap::new();
    let rounds = Rounds::of(&files);
    let mut latest: BTreeMap<String, Moment> = BTreeMap::new();
    for (row, _) in &files {
        let sent = latest.entry(row.material.clone()).or_insert(Moment::from_micros(0));
        *sent = row.filed_at.map_or(*sent, |at| at.max(*sent));
    }
    for (row, name) in files {
        let mut file = file_view(&row, name);
        file.note.push_str(&rounds.words(row.filed_at));
        file.superseded = row.filed_at.is_some_and(|at| latest.get(&row.material).is_some_and(|last| at < *last));
        by_key.entry(row.material).or_default().push(file);
    }
    let shown = document.materials.iter().filter(|it| it.applies(values) || by_key.contains_key(&it.key));
    let keys: Vec<_> = shown.collect();
    keys.into_iter()
        .map(|it| MaterialView {
            key: it.key.clone(),
            name: it.name.clone(),
            hint: it.fill_explain.clone(),
            standard: it.accept_standard.clone(),
            required: it.need == standards::MaterialNecessity::Required,
            from_form: it.key == APPLICATION,
            may_pledge: it.may_pledge(),
            may_follow: it.max_days_owed.is_some(),
            files: by_key.remove(&it.key).unwrap_or_default(),
            earlier_offer: None,
        })
        .collect()
}
