//! The demo's files, read.

use std::collections::BTreeMap;

use catalogue::ItemDocument;
use serde::Deserialize;
use serde_json::Value;

use crate::outcome::Failed;

/// Divisions of Bozhou and of Guang'an district.
pub(crate) const DIVISIONS: &[u8] = include_bytes!("../../demo/divisions.csv");
/// The published list of Guang'an district.
pub(crate) const ITEMS: &[u8] = include_bytes!("../../demo/items-guanganqu.csv");

const AUTHORITIES: &str = include_str!("../../demo/authorities.json");
const PEOPLE: &str = include_str!("../../demo/people.json");
const CASES: &str = include_str!("../../demo/cases.json");

macro_rules! item_files {
    ($($slug:literal),+ $(,)?) => { &[$(($slug, include_str!(concat!("../../demo/items/", $slug, ".json")))),+] };
}

/// The completely written items: file name and text.
const ITEM_FILES: &[(&str, &str)] = item_files![
    "01-food-business-licence",
    "02-public-place-hygiene-licence",
    "03-large-outdoor-advertising",
    "04-individual-business-registration",
    "05-old-age-allowance",
    "06-minimum-living-allowance",
    "07-birth-registration",
    "08-housing-lease-filing",
    "09-resident-pension-enrolment",
    "10-resident-id-card-replacement",
    "11-residence-permit",
    "12-death-deregistration",
    "13-driving-licence-renewal",
    "14-company-establishment",
    "15-individual-closing",
    "16-prepackaged-food-filing",
    "17-equity-pledge",
    "18-market-whistleblower-reward",
    "19-unemployment-registration",
    "20-social-security-card",
    "21-unemployment-benefit",
    "22-employee-retirement",
    "23-labour-dispatch-licence",
    "24-employee-insurance-registration",
    "25-work-injury-recognition",
    "26-marriage-registration",
    "27-disability-subsidies",
    "28-temporary-relief",
    "29-resident-medical-enrolment",
    "30-chronic-outpatient",
    "31-long-stay-filing",
    "32-maternity-allowance",
    "33-childcare-subsidy",
    "34-tcm-clinic-filing",
    "35-nurse-registration",
    "36-school-enrolment",
    "37-teacher-qualification",
    "38-housing-transfer",
    "39-homestead-approval",
    "40-land-dispute-ruling",
    "41-construction-permit",
    "42-public-rental",
    "43-provident-fund-withdrawal",
    "44-road-freight-permit",
    "45-tax-certificate",
    "46-roadside-occupation",
    "47-disability-card",
    "48-legal-aid",
    "49-fire-safety-check",
    "50-tractor-registration",
    "51-veteran-subsidy",
    "52-commercial-performance",
    "53-procurement-complaint",
    "54-safety-report-reward",
    "55-lawyer-licence",
];

/// An authority of the demo.
#[derive(Debug, Deserialize)]
pub(crate) struct DemoAuthority {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) short: String,
    pub(crate) uscc: String,
    pub(crate) division: String,
    pub(crate) phone: String,
    pub(crate) address: String,
    pub(crate) hours: String,
}

/// A person of the demo, with login and posts.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DemoPerson {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) citizen_number: String,
    pub(crate) mobile: String,
    pub(crate) address: String,
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) role_words: String,
    pub(crate) posts: Vec<DemoPost>,
}

/// A post of a demo person.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DemoPost {
    pub(crate) authority: Option<String>,
    pub(crate) post: String,
}

/// An enterprise of the demo.
#[derive(Debug, Deserialize)]
pub(crate) struct DemoEnterprise {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) uscc: String,
    pub(crate) legal_representative: String,
    pub(crate) address: String,
}

/// Somebody who acts for another in the demo, or was invited to.
#[derive(Debug, Deserialize)]
pub(crate) struct DemoMandate {
    /// A person's or an enterprise's key.
    pub(crate) principal: String,
    /// Who acts: a person's key.
    pub(crate) agent: String,
    /// Items by their slugs; empty: all.
    pub(crate) items: Vec<String>,
    /// Whether it was accepted; otherwise the invitation waits.
    pub(crate) accepted: bool,
}

/// What a guardian of the demo declared: in force if the demo's base knows the family, else it waits for the window.
#[derive(Debug, Deserialize)]
pub(crate) struct DemoWard {
    pub(crate) guardian: String,
    pub(crate) name: String,
    pub(crate) number: String,
}

/// A case of the demo and what happened to it.
#[derive(Debug, Deserialize)]
pub(crate) struct DemoCase {
    pub(crate) item: String,
    pub(crate) applicant: String,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) days_ago: i64,
    pub(crate) form: Value,
    pub(crate) materials: Vec<String>,
    pub(crate) acts: Vec<Value>,
}

/// An item of the demo.
pub(crate) struct DemoItem {
    /// The file's name without its number: `food-business-licence`.
    pub(crate) slug: String,
    /// The authority's key.
    pub(crate) authority: String,
    pub(crate) document: ItemDocument,
}

/// All of it.
pub(crate) struct Content {
    pub(crate) authorities: Vec<DemoAuthority>,
    pub(crate) people: Vec<DemoPerson>,
    pub(crate) enterprises: Vec<DemoEnterprise>,
    pub(crate) mandates: Vec<DemoMandate>,
    pub(crate) wards: Vec<DemoWard>,
    pub(crate) items: Vec<DemoItem>,
    pub(crate) cases: Vec<DemoCase>,
}

#[derive(Deserialize)]
struct People {
    people: Vec<DemoPerson>,
    enterprises: Vec<DemoEnterprise>,
    mandates: Vec<DemoMandate>,
    wards: Vec<DemoWard>,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<DemoCase>,
}

impl Content {
    /// Reads the files that the program carries.
    pub(crate) fn read() -> Result<Self, Failed> {
        let people: People = parse("people.json", PEOPLE)?;
        let cases: Cases = parse("cases.json", CASES)?;
        let items = ITEM_FILES.iter().map(|(name, text)| item(name, text)).collect::<Result<_, _>>()?;
        let authorities = parse("authorities.json", AUTHORITIES)?;
        let People { people, enterprises, mandates, wards } = people;
        Ok(Self { authorities, people, enterprises, mandates, wards, items, cases: cases.cases })
    }

    /// The person of this key.
    pub(crate) fn person(&self, key: &str) -> Result<&DemoPerson, Failed> {
        let found = self.people.iter().find(|it| it.key == key);
        found.ok_or_else(|| Failed::Platform(format!("people.json has no {key}")))
    }
}

fn item(name: &str, text: &str) -> Result<DemoItem, Failed> {
    let whole: BTreeMap<String, Value> = parse(name, text)?;
    let authority = whole.get("authority").and_then(Value::as_str).unwrap_or_default().to_owned();
    let slug = name.split_once('-').map_or(name, |it| it.1).to_owned();
    Ok(DemoItem { slug, authority, document: parse(name, text)? })
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, Failed> {
    serde_json::from_str(text).map_err(|error| Failed::Platform(format!("demo file {name}: {error}")))
}
