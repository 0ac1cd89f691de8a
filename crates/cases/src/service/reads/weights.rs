//! The discretion standard beside a case: its grades, and which of them the answers of the form give.

use catalogue::ItemDocument;
use serde::Serialize;
use webkit::utoipa::ToSchema;

use crate::model::{GradeChosen, Rules, Weighing};

/// A matter of the discretion standard.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WeightView {
    /// 裁量事项
    pub matter: String,
    /// 依据
    pub basis: String,
    /// 必须选择阶次：申请表已经说明适用哪一档
    pub must: bool,
    /// 裁量阶次，由轻到重
    pub grades: Vec<GradeView>,
}

/// A grade of the discretion standard.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GradeView {
    /// 裁量阶次
    pub grade: String,
    /// 适用条件
    pub condition: String,
    /// 裁量幅度
    pub outcome: String,
    /// 按申请表适用这一档
    pub applies: bool,
    /// 最低金额（分）
    pub fen_min: Option<i64>,
    /// 最高金额（分）
    pub fen_max: Option<i64>,
}

impl GradeView {
    /// The range of its amounts: 「50000.00 元以上、100000.00 元以下」; empty: it is none of money.
    pub(crate) fn range(&self) -> String {
        let least = self.fen_min.map(|it| format!("{} 元以上", yuan(it)));
        let most = self.fen_max.map(|it| format!("{} 元以下", yuan(it)));
        least.into_iter().chain(most).collect::<Vec<_>>().join("、")
    }
}

impl WeightView {
    /// Whether an amount is asked.
    pub(crate) fn is_money(&self) -> bool {
        self.grades.iter().any(|it| it.fen_min.is_some() || it.fen_max.is_some())
    }

    /// The place of the only grade that the form gives, which stands chosen before anything is; empty: none or several.
    pub(crate) fn given(&self) -> String {
        let mut given = self.grades.iter().enumerate().filter(|it| it.1.applies).map(|it| it.0.to_string());
        match (given.next(), given.next()) {
            (Some(only), None) => only,
            _ => String::new(),
        }
    }
}

/// An amount in yuan: 「1234.50」.
fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// The discretion standard of this item under these rules.
pub(crate) fn weights(document: &ItemDocument, rules: &Rules) -> Vec<WeightView> {
    let pairs = document.discretion.iter().zip(&rules.weights);
    let view = |(it, rule): (&catalogue::model::Discretion, &crate::model::Weight)| WeightView {
        matter: it.matter.clone(),
        basis: it.basis.clone(),
        must: rule.is_told(),
        grades: it
            .grades
            .iter()
            .zip(&rule.grades)
            .map(|(it, rule)| GradeView {
                grade: it.grade.clone(),
                condition: it.condition.clone(),
                outcome: it.outcome.clone(),
                applies: rule.applies,
                fen_min: it.fen_min,
                fen_max: it.fen_max,
            })
            .collect(),
    };
    pairs.map(view).collect()
}

/// What was weighed, in the words of an officers' timeline: name and content.
pub(crate) fn told(weighed: &Weighing, document: &ItemDocument) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if !weighed.points.is_empty() {
        let counts = crate::model::PointVerdict::ALL
            .map(|verdict| (verdict.name(), weighed.points.iter().filter(|it| it.verdict == verdict).count()));
        let said = counts.iter().filter(|it| it.1 > 0).map(|(name, count)| format!("{name} {count} 条"));
        out.push(("审查要点".to_owned(), said.collect::<Vec<_>>().join("，")));
    }
    out.extend(weighed.grades.iter().filter_map(|it| grade_told(it, document)));
    out
}

fn grade_told(it: &GradeChosen, document: &ItemDocument) -> Option<(String, String)> {
    let matter = document.discretion.get(usize::try_from(it.matter).ok()?)?;
    let grade = it.grade.and_then(|at| matter.grades.get(usize::try_from(at).ok()?));
    let name = grade.map_or("基准以外", |it| it.grade.as_str());
    let amount = it.fen.map(|fen| format!("，{} 元", yuan(fen))).unwrap_or_default();
    let outside = if it.outside { "（超出裁量基准的幅度）" } else { "" };
    Some((format!("裁量：{}", matter.matter), format!("{name}{amount}{outside}")))
}
