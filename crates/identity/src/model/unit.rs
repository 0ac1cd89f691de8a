//! Units of an authority (机构): departments of its own, offices, windows and agency points, in a tree.

use journal::Head;
use kernel::{Authority, Fault, Id, Moment};
use serde::{Deserialize, Serialize};

use super::line;

/// A unit, as an id's mark.
#[derive(Debug)]
pub enum OrgUnitMark {}

/// The tree has five levels: the authority itself is the first, so units lie on the second to the fifth.
pub const LEVELS: usize = 5;
/// A unit's name has so many characters at most.
const NAME_MAX: usize = 60;

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnitKind {
    /// 部门: a part with parts of its own (分局, 二级机构).
    Department,
    /// 处室, 科室.
    Office,
    /// 窗口.
    Window,
    /// 代办点.
    AgencyPoint,
}

impl UnitKind {
    /// All, in the order of the tree.
    pub(crate) const ALL: [Self; 4] = [Self::Department, Self::Office, Self::Window, Self::AgencyPoint];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Office => "office",
            Self::Window => "window",
            Self::AgencyPoint => "agency_point",
        }
    }

    /// As shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Department => "部门",
            Self::Office => "处室（科室）",
            Self::Window => "窗口",
            Self::AgencyPoint => "代办点",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether a unit of this kind may lie directly under `above` (`None`: the authority itself). A department may hold anything; an
    /// office other offices and points of service; a window agency points; an agency point nothing.
    pub(crate) fn fits_under(self, above: Option<Self>) -> bool {
        match above {
            None | Some(Self::Department) => true,
            Some(Self::Office) => self != Self::Department,
            Some(Self::Window) => self == Self::AgencyPoint,
            Some(Self::AgencyPoint) => false,
        }
    }
}

/// What the record determines of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnitState {
    pub(crate) authority: Id<Authority>,
    /// `None`: directly under the authority.
    pub(crate) parent: Option<Id<OrgUnitMark>>,
    pub(crate) kind: UnitKind,
    pub(crate) name: String,
    pub(crate) ended_at: Option<Moment>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrgUnit {
    pub(crate) id: Id<OrgUnitMark>,
    pub(crate) state: UnitState,
    pub(crate) head: Head,
}

/// A unit as typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewUnit {
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl NewUnit {
    /// The kind and the trimmed name.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub(crate) fn check(&self) -> Result<(UnitKind, String), Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "名称", &self.name, NAME_MAX);
        let Some(kind) = UnitKind::from_code(&self.kind) else {
            faults.push(Fault::new("kind", "请选择机构种类。"));
            return Err(faults);
        };
        if faults.is_empty() { Ok((kind, name)) } else { Err(faults) }
    }
}

/// Whether a unit of this kind, with `below` levels of units under it, may lie under these units (from the authority down to the
/// one directly above it).
///
/// # Errors
/// Why not, in the words of the desk.
pub(crate) fn may_lie(kind: UnitKind, below: usize, above: &[OrgUnit]) -> Result<(), String> {
    if let Some(gone) = above.iter().find(|it| it.state.ended_at.is_some()) {
        return Err(format!("「{}」已撤销，不能再设下级机构。", gone.state.name));
    }
    let over = above.last();
    if !kind.fits_under(over.map(|it| it.state.kind)) {
        let (over, kind) = (over.map_or("", |it| it.state.kind.name()), kind.name());
        return Err(format!("{over}下面不能设{kind}，请选择别的上级机构。"));
    }
    // The authority, those above, itself, those below.
    let levels = 1 + above.len() + 1 + below;
    if levels > LEVELS {
        return Err(format!("机构最多 {LEVELS} 级（含实施主体），这样会有 {levels} 级，请选择更靠上的机构。"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(kind: UnitKind, ended: bool) -> OrgUnit {
        let at = Moment::from_micros(0);
        let ended_at = ended.then_some(at);
        let authority = Id::from_parts(at, [1; 10]);
        let state = UnitState { authority, parent: None, kind, name: "食品科".to_owned(), ended_at };
        OrgUnit { id: Id::from_parts(at, [2; 10]), state, head: Head::none() }
    }

    #[test]
    fn the_tree_has_five_levels_and_each_kind_its_place() {
        use UnitKind::{AgencyPoint, Department, Office, Window};
        let table: [(UnitKind, usize, &[UnitKind], bool); 13] = [
            (Department, 0, &[Office], false),
            (Department, 0, &[Window], false),
            (Office, 0, &[Window], false),
            (Window, 0, &[Window], false),
            (Window, 0, &[AgencyPoint], false),
            (AgencyPoint, 0, &[AgencyPoint], false),
            (AgencyPoint, 0, &[Department, Office, Office, Window], false),
            (Office, 3, &[Department], false),
            (Department, 0, &[], true),
            (Department, 3, &[], true),
            (Office, 0, &[Department, Office], true),
            (Window, 1, &[Department, Office], true),
            (AgencyPoint, 0, &[Department, Office, Window], true),
        ];
        for (kind, below, above, allowed) in table {
            let over: Vec<_> = above.iter().map(|it| unit(*it, false)).collect();
            assert_eq!(may_lie(kind, below, &over).is_ok(), allowed, "{kind:?} with {below} below under {above:?}");
        }
        let told = may_lie(Window, 0, &[unit(Department, false), unit(Office, true)]).unwrap_err();
        assert!(told.contains("已撤销"), "{told}");
    }

    #[test]
    fn a_unit_without_name_or_kind_is_told_both() {
        let faults = NewUnit { kind: "king".to_owned(), name: " ".to_owned() }.check().unwrap_err();
        assert_eq!(faults.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), ["name", "kind"]);
    }
}
