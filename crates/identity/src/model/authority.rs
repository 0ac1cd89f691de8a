//! Authorities (实施主体): bodies that handle items.

use journal::Head;
use kernel::{Authority as AuthorityMark, Fault, Id, Scope};
use serde::{Deserialize, Serialize};
use standards::{CreditCode, DivisionCode};

use super::{division::number, line};

/// What is publicly known of an authority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuthorityFacts {
    /// 名称：「亳州市市场监督管理局」
    pub name: String,
    /// 文号所用简称：「亳市监」
    pub short_name: String,
    /// 统一社会信用代码
    pub uscc: String,
    /// 所属行政区划（12 位代码）
    pub division: String,
    /// 联系电话
    pub phone: String,
    /// 地址
    pub address: String,
    /// 对外服务时间
    pub hours: String,
}

/// An authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its id.
    pub id: Id<AuthorityMark>,
    /// What is known of it.
    pub facts: AuthorityFacts,
    /// Where its chain stands; its version is what a form shows.
    pub head: Head,
}

impl Authority {
    /// What is asked of permissions that concern it.
    pub(crate) fn scope(&self) -> Scope {
        Scope::authority(self.id).within(number(&self.facts.division))
    }
}

impl AuthorityFacts {
    /// As [`AuthorityFacts::check`], of a body of which a published list tells no more than its name, its division and perhaps its
    /// code; the rest stays empty until somebody of the body writes it.
    pub(crate) fn check_listed(&self) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "名称", &self.name, 100);
        let uscc = self.uscc.trim();
        let uscc = if uscc.is_empty() { Ok(String::new()) } else { CreditCode::parse(uscc).map(|it| it.to_string()) };
        let uscc = uscc.unwrap_or_else(|error| {
            faults.push(Fault::new("uscc", format!("{}。", error.message())));
            String::new()
        });
        match DivisionCode::parse(&self.division) {
            Ok(division) if faults.is_empty() => {
                Ok(Self { name, uscc, division: division.as_str().to_owned(), ..Self::default() })
            }
            Ok(_) => Err(faults),
            Err(error) => {
                faults.push(Fault::new("division", format!("行政区划代码：{}。", error.message())));
                Err(faults)
            }
        }
    }

    /// The same facts with every field trimmed and the codes in their canonical spelling.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn check(&self) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "名称", &self.name, 100);
        let short_name = line(&mut faults, "short_name", "简称", &self.short_name, 20);
        let phone = line(&mut faults, "phone", "联系电话", &self.phone, 50);
        let address = line(&mut faults, "address", "地址", &self.address, 200);
        let hours = line(&mut faults, "hours", "服务时间", &self.hours, 200);
        let uscc = CreditCode::parse(&self.uscc);
        if let Err(error) = &uscc {
            faults.push(Fault::new("uscc", format!("{}。", error.message())));
        }
        let division = DivisionCode::parse(&self.division);
        if let Err(error) = &division {
            faults.push(Fault::new("division", format!("行政区划代码：{}。", error.message())));
        }
        match (uscc, division) {
            (Ok(uscc), Ok(division)) if faults.is_empty() => {
                let (uscc, division) = (uscc.as_str().to_owned(), division.as_str().to_owned());
                Ok(Self { name, short_name, uscc, division, phone, address, hours })
            }
            _ => Err(faults),
        }
    }
}
