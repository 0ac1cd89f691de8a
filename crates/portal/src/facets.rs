//! What a place offers, counted for its ways in: items by type and for whom, departments by place.

use std::{cmp::Reverse, collections::BTreeMap};

use catalogue::model::{BusinessEvent, LifeEvent, ServiceFlag};
use standards::{DivisionCode, ItemType};

use crate::index::{Known, Office};

/// What is offered in one place and below it, or on the whole site.
#[derive(Debug, Default)]
pub(crate) struct Facets {
    /// Items.
    pub(crate) items: usize,
    /// Of these, so many have a complete guide for persons.
    pub(crate) for_persons: usize,
    /// Of these, so many have a complete guide for organisations.
    pub(crate) for_organisations: usize,
    /// By type.
    pub(crate) types: Vec<(ItemType, usize)>,
    /// By event of life, only those that have any.
    pub(crate) life: Vec<(LifeEvent, usize)>,
    /// By event of business, only those that have any.
    pub(crate) business: Vec<(BusinessEvent, usize)>,
    /// By what is easy.
    pub(crate) flags: Vec<(ServiceFlag, usize)>,
    /// Departments by place, from the place itself down; in each those with most items first.
    pub(crate) offices: Vec<(String, Vec<Office>)>,
}

impl Facets {
    /// Counts what is known of this place; `None`: of the whole site.
    pub(crate) fn of(known: &Known, place: Option<&DivisionCode>) -> Self {
        let mut facets = Self::default();
        let mut types: BTreeMap<ItemType, usize> = BTreeMap::new();
        let (mut life, mut business): (BTreeMap<LifeEvent, usize>, BTreeMap<BusinessEvent, usize>) = Default::default();
        let mut flags: BTreeMap<ServiceFlag, usize> = BTreeMap::new();
        let here = |division: &DivisionCode| place.is_none_or(|it| division.is_within(it));
        for entry in known.entries().filter(|it| it.divisions().any(here)) {
            facets.items += 1;
            facets.for_persons += usize::from(entry.item.for_persons);
            facets.for_organisations += usize::from(entry.item.for_organisations);
            *types.entry(entry.item.item_type).or_default() += 1;
            let tags = &entry.item.tags;
            tags.topics.life_events.iter().for_each(|it| *life.entry(*it).or_default() += 1);
            tags.topics.business_events.iter().for_each(|it| *business.entry(*it).or_default() += 1);
            tags.flags.iter().for_each(|it| *flags.entry(*it).or_default() += 1);
        }
        facets.life = life.into_iter().collect();
        facets.business = business.into_iter().collect();
        facets.flags = flags.into_iter().collect();
        facets.types = types.into_iter().collect();
        let mut offices: BTreeMap<DivisionCode, Vec<Office>> = BTreeMap::new();
        for office in &known.offices {
            let Ok(division) = DivisionCode::parse(&office.facts.division) else { continue };
            if here(&division) {
                offices.entry(division).or_default().push(office.clone());
            }
        }
        let named = |(division, mut offices): (DivisionCode, Vec<Office>)| {
            offices.sort_by(|a, b| (Reverse(a.items), &a.facts.name).cmp(&(Reverse(b.items), &b.facts.name)));
            (known.places.get(&division).map_or_else(|| division.to_string(), |it| it.name.clone()), offices)
        };
        facets.offices = offices.into_iter().map(named).collect();
        facets
    }
}
