//! The promises of forms.

mod asking;
mod checking;
mod designing;
mod ranges;
mod samples;
mod soundness;
mod typing;
