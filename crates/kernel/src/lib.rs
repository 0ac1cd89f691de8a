//! What every room of the house stands on: who acts and when ([`Ctx`]), ids that know what they identify ([`Id`]),
//! one error in words of the domain ([`Error`]), and lists paged by key ([`Page`]).
//!
//! No SQL, no HTTP, no I/O. The two sources of the outside world that a rule may feel, the clock and randomness, enter
//! here as traits and are read once, at the edge, into a [`Ctx`].

mod ctx;
mod error;
mod id;
mod moment;
mod page;
mod permission;

pub use ctx::{Actor, Channel, Clock, Ctx, Random, SystemClock, SystemRandom, Who};
pub use error::{Error, Fault, Result};
pub use id::Id;
pub use moment::Moment;
pub use page::{Cursor, PAGE_DEFAULT, PAGE_MAX, Page, PageAsk};
pub use permission::{
    Authority, Basis, Branch, Client, Enterprise, Grant, Holder, Item, MANDATE_GUARD, Mandate, MandateRow, Matter,
    POST_GUARD, Permission, Person, Post, PostRow, Scope,
};

#[cfg(test)]
mod tests;
