//! Enterprises and other organisations that apply.

use kernel::{Enterprise as EnterpriseMark, Fault, Id, Person};
use serde::{Deserialize, Serialize};
use standards::CreditCode;

use super::{line, optional_line};

/// A legal person or other organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enterprise {
    /// Its id.
    pub id: Id<EnterpriseMark>,
    /// 统一社会信用代码.
    pub uscc: String,
    /// Its name.
    pub name: String,
    /// Its legal representative, if known to the platform.
    pub representative: Option<Id<Person>>,
    /// Its address; may be empty.
    pub address: String,
    /// Of a branch (分支机构): the credit code of its head office.
    pub head_office: Option<String>,
}

/// An enterprise that is not known yet, as typed.
#[derive(Debug, Clone, Default)]
pub struct NewEnterprise {
    /// 统一社会信用代码.
    pub uscc: String,
    /// Its name.
    pub name: String,
    /// Its legal representative, who may act for it.
    pub representative: Option<Id<Person>>,
    /// Its address; may be empty.
    pub address: String,
}

/// What the record determines of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EnterpriseState {
    pub(crate) uscc: String,
    pub(crate) name: String,
    pub(crate) representative: Option<Id<Person>>,
    pub(crate) address: String,
    /// Of a branch: the credit code of its head office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) head_office: Option<String>,
}

impl NewEnterprise {
    pub(crate) fn check(&self) -> Result<EnterpriseState, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "单位名称", &self.name, 100);
        let address = optional_line(&mut faults, "address", "地址", &self.address, 200);
        match CreditCode::parse(&self.uscc) {
            Ok(uscc) if faults.is_empty() => {
                let uscc = uscc.as_str().to_owned();
                Ok(EnterpriseState { uscc, name, representative: self.representative, address, head_office: None })
            }
            Ok(_) => Err(faults),
            Err(error) => {
                faults.push(Fault::new("uscc", format!("{}。", error.message())));
                Err(faults)
            }
        }
    }
}
